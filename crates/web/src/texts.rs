//! The words of the pages: Fluent files in `texts/`, one for each language and area. A test holds the languages
//! together and finds every key that a page asks for.

use crate::format;
use domain::Bilingual;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::LazyLock;
use unic_langid::{LanguageIdentifier, subtags};

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// Danish.
    #[default]
    Da,
    /// English.
    En,
}

impl Language {
    /// Both.
    pub const ALL: [Language; 2] = [Language::Da, Language::En];
    /// As stored and as the page's `lang` attribute.
    pub fn code(self) -> &'static str {
        match self {
            Language::Da => "da",
            Language::En => "en",
        }
    }
    /// From its code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }
    /// The text of a key.
    pub fn t(self, key: &str) -> String {
        self.with(key, &FluentArgs::new())
    }
    /// The text of a key with one value.
    pub fn v(self, key: &str, name: &'static str, value: impl ToString) -> String {
        self.vs(key, &[(name, value.to_string())])
    }
    /// The text of a key with several values.
    pub fn vs(self, key: &str, values: &[(&'static str, String)]) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(*name, value.as_str());
        }
        self.with(key, &args)
    }
    /// The text of a key with a number: `$n` chooses the plural, `$count` is written.
    pub fn n(self, key: &str, count: impl TryInto<i64>) -> String {
        let count = count.try_into().unwrap_or(i64::MAX);
        let mut args = FluentArgs::new();
        args.set("n", FluentValue::from(count));
        args.set("count", format::whole(self, count));
        self.with(key, &args)
    }
    /// The side of a sentence that is in this language.
    pub fn of(self, sentence: &Bilingual) -> &str {
        match self {
            Language::Da => &sentence.da,
            Language::En => &sentence.en,
        }
    }
    /// A language's name by its ISO 639-1 code, or the code where no name is known.
    pub fn language_name(self, code: &str) -> String {
        let key = format!("language-{code}");
        if bundle(self).has_message(&key) { self.t(&key) } else { code.to_owned() }
    }

    fn with(self, key: &str, args: &FluentArgs<'_>) -> String {
        let bundle = bundle(self);
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            // A test finds every key that is asked for, so this is seen only while a page is being written.
            return key.to_owned();
        };
        bundle.format_pattern(pattern, Some(args), &mut Vec::new()).into_owned()
    }
}

/// The files of a language.
pub(crate) fn files(language: Language) -> [(&'static str, &'static str); 14] {
    match language {
        Language::Da => [
            ("common", include_str!("../texts/da/common.ftl")),
            ("research", include_str!("../texts/da/research.ftl")),
            ("review", include_str!("../texts/da/review.ftl")),
            ("outreach", include_str!("../texts/da/outreach.ftl")),
            ("administration", include_str!("../texts/da/administration.ftl")),
            ("settings", include_str!("../texts/da/settings.ftl")),
            ("network", include_str!("../texts/da/network.ftl")),
            ("public", include_str!("../texts/da/public.ftl")),
            ("tuning", include_str!("../texts/da/tuning.ftl")),
            ("objections", include_str!("../texts/da/objections.ftl")),
            ("what_if", include_str!("../texts/da/what_if.ftl")),
            ("accounts", include_str!("../texts/da/accounts.ftl")),
            ("places", include_str!("../texts/da/places.ftl")),
            ("urgent", include_str!("../texts/da/urgent.ftl")),
        ],
        Language::En => [
            ("common", include_str!("../texts/en/common.ftl")),
            ("research", include_str!("../texts/en/research.ftl")),
            ("review", include_str!("../texts/en/review.ftl")),
            ("outreach", include_str!("../texts/en/outreach.ftl")),
            ("administration", include_str!("../texts/en/administration.ftl")),
            ("settings", include_str!("../texts/en/settings.ftl")),
            ("network", include_str!("../texts/en/network.ftl")),
            ("public", include_str!("../texts/en/public.ftl")),
            ("tuning", include_str!("../texts/en/tuning.ftl")),
            ("objections", include_str!("../texts/en/objections.ftl")),
            ("what_if", include_str!("../texts/en/what_if.ftl")),
            ("accounts", include_str!("../texts/en/accounts.ftl")),
            ("places", include_str!("../texts/en/places.ftl")),
            ("urgent", include_str!("../texts/en/urgent.ftl")),
        ],
    }
}

fn bundle(language: Language) -> &'static FluentBundle<FluentResource> {
    static BUNDLES: LazyLock<[FluentBundle<FluentResource>; 2]> = LazyLock::new(|| Language::ALL.map(build));
    &BUNDLES[language as usize]
}

fn build(language: Language) -> FluentBundle<FluentResource> {
    // Our codes are well-formed, so parsing them gives the language and never the default.
    let code = subtags::Language::from_bytes(language.code().as_bytes()).unwrap_or_default();
    let id = LanguageIdentifier::from_parts(code, None, None, &[]);
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // Isolation marks would stand in attributes, in prepared texts and in copies; both languages run left to right.
    bundle.set_use_isolating(false);
    for (_, text) in files(language) {
        // The files are part of the program and a test parses each without a fault; a faulty line is left out.
        let resource = match FluentResource::try_new(text.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
    }
    bundle
}

#[cfg(test)]
mod tests;
