//! The words of the public page on data and objections: one file a language, since a person who is advertised may read
//! neither Danish nor English.

use serde::Deserialize;

/// One language's words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicText {
    /// ISO 639-1.
    pub language: String,
    /// Its own name of itself.
    pub name: String,
    /// Skip link.
    pub skip: String,
    /// Label of the choice of language.
    pub languages: String,
    /// First heading.
    pub title: String,
    /// Below it.
    pub lead: String,
    /// Heading of the form.
    pub form_title: String,
    /// Label of its field.
    pub form_label: String,
    /// Help to it.
    pub form_help: String,
    /// Its button.
    pub form_button: String,
    /// Heading once it is sent.
    pub received_title: String,
    /// What then holds.
    pub received: Vec<String>,
    /// Where nothing could be read.
    pub unreadable: String,
    /// Where too many were sent.
    pub too_many: String,
    /// Heading of these two.
    pub wrong_title: String,
    /// What is collected, why, by what right, for how long.
    pub sections: Vec<PublicSection>,
}

/// A part of the page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicSection {
    /// Heading.
    pub title: String,
    /// Paragraphs.
    pub text: Vec<String>,
}

/// What the words may name.
pub const PUBLIC_VARIABLES: [&str; 6] = ["organisation", "contact", "legal_basis", "dpia", "ads_days", "case_days"];

impl PublicText {
    /// Refuses words that name what nobody fills in.
    pub fn check(&self) -> Result<(), String> {
        let filled = self.filled(&PUBLIC_VARIABLES.map(|name| (name, String::new())));
        let sections = filled.sections.iter().flat_map(|section| std::iter::once(&section.title).chain(&section.text));
        let all = [&filled.lead, &filled.too_many, &filled.unreadable, &filled.form_help];
        match all.into_iter().chain(&filled.received).chain(sections).find(|text| text.contains(['{', '}'])) {
            Some(text) => Err(format!(
                "'{text}' has a brace that nobody fills: the variables are {}",
                PUBLIC_VARIABLES.map(|name| format!("{{{name}}}")).join(", ")
            )),
            None if self.sections.is_empty() => Err("'sections' is empty: say what is collected, and why".to_owned()),
            None => Ok(()),
        }
    }

    /// With its variables filled. A paragraph of which nothing is left but what was to be filled in is left out.
    pub fn filled(&self, values: &[(&str, String)]) -> PublicText {
        let fill = |text: &String| {
            values.iter().fold(text.clone(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
        };
        let empty = |text: &String| {
            values.iter().any(|(name, value)| value.is_empty() && text.contains(&format!("{{{name}}}")))
        };
        PublicText {
            lead: fill(&self.lead),
            unreadable: fill(&self.unreadable),
            too_many: fill(&self.too_many),
            received: self.received.iter().map(fill).collect(),
            sections: (self.sections.iter())
                .map(|section| PublicSection {
                    title: section.title.clone(),
                    text: section.text.iter().filter(|text| !empty(text)).map(fill).collect(),
                })
                .filter(|section| !section.text.is_empty())
                .collect(),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> Vec<PublicText> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/public");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        files.map(|file| toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()).collect()
    }

    #[test]
    fn shipped_words_are_whole_and_say_nothing_that_nobody_fills() {
        let texts = shipped();
        assert!(texts.len() >= 3);
        for text in &texts {
            assert_eq!(text.check(), Ok(()), "{}", text.language);
            assert_eq!(text.sections.len(), texts[0].sections.len(), "{}: a part is missing", text.language);
            let values = PUBLIC_VARIABLES.map(|name| (name, format!("[{name}]")));
            let all = format!("{:?}", text.filled(&values));
            for name in PUBLIC_VARIABLES {
                assert!(all.contains(&format!("[{name}]")), "{}: says nothing of {name}", text.language);
            }
            assert_eq!(outreach::text::names_trafficking(&all), None, "{}", text.language);
        }
    }

    #[test]
    fn what_is_not_known_is_left_out_and_what_nobody_fills_is_refused() {
        let mut text = shipped().remove(0);
        let values = PUBLIC_VARIABLES.map(|name| (name, if name == "dpia" { String::new() } else { "x".to_owned() }));
        assert!(!format!("{:?}", text.filled(&values)).contains("{dpia}"));
        text.sections[0].text.push("{phone}".to_owned());
        assert!(text.check().unwrap_err().contains("{organisation}"));
    }
}
