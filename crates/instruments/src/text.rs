//! A text in the languages of a form.

use serde::Deserialize;
use std::collections::BTreeMap;

/// A text by language code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub struct Text(pub BTreeMap<String, String>);

impl Text {
    /// A text in Danish and English.
    pub fn da_en(da: &str, en: &str) -> Text {
        Text([("da", da), ("en", en)].map(|(code, text)| (code.to_owned(), text.to_owned())).into())
    }

    /// In `language`; where it is not there, in `otherwise`, and else in any.
    pub fn get(&self, language: &str, otherwise: &str) -> &str {
        let found = self.0.get(language).or_else(|| self.0.get(otherwise)).or_else(|| self.0.values().next());
        found.map_or("", String::as_str)
    }

    /// Whether it says nothing in any language.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it says something in `language`.
    pub fn has(&self, language: &str) -> bool {
        self.0.contains_key(language)
    }

    /// Trimmed, with plain line ends and without the languages in which nothing is said.
    pub fn tidy(self) -> Text {
        let tidy = |text: String| text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
        Text(self.0.into_iter().map(|(code, text)| (code, tidy(text))).filter(|(_, text)| !text.is_empty()).collect())
    }
}
