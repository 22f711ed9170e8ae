//! `forms.toml` and `recipients.toml`: how ads are counted by form, and who may receive a package.

use super::toml_file::ConfigError;
use domain::{Bilingual, Field, MaskedText, NormalText};
use report::package::Recipient;
use report::source::Named;
use serde::Deserialize;

/// `forms.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forms {
    forms: Vec<Form>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    id: String,
    title: Bilingual,
    words: Vec<String>,
}

/// `recipients.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipients {
    #[serde(default)]
    recipients: Vec<Recipient>,
}

impl Recipients {
    /// Checks what the types do not.
    pub fn check(&self, file: &str, text: &str) -> Result<(), ConfigError> {
        let wrong = |key: &str, message: String| Err(ConfigError::at_key(file, text, key, message));
        for (number, recipient) in self.recipients.iter().enumerate() {
            if recipient.name.trim().is_empty() {
                return wrong("name", "must not be empty".to_owned());
            }
            if self.recipients[..number].iter().any(|other| other.name == recipient.name) {
                return wrong("name", format!("'{}' stands there twice", recipient.name));
            }
            if recipient.least < report::guard::cube::LEAST {
                return wrong("least", format!("must be {} or more", report::guard::cube::LEAST));
            }
            if recipient.ad_rows && recipient.agreement.trim().is_empty() {
                return wrong("ad_rows", "rows of ads need a named agreement: fill in 'agreement'".to_owned());
            }
        }
        Ok(())
    }

    /// The recipient named, or the only one.
    pub fn choose(&self, name: Option<&str>, file: &str) -> anyhow::Result<&Recipient> {
        let known = || self.recipients.iter().map(|recipient| recipient.name.as_str()).collect::<Vec<_>>().join(", ");
        if self.recipients.is_empty() {
            anyhow::bail!(
                "no recipient is configured. Write one into {file}:\n[[recipients]]\nname = \"knowledge-institution\"\n\
                 organisation = \"who receives the package\"\nagreement = \"\"\nad_rows = false\nleast = 5"
            );
        }
        match name {
            Some(name) => (self.recipients.iter().find(|recipient| recipient.name == name))
                .ok_or_else(|| anyhow::anyhow!("no recipient '{name}' in {file}: there is {}", known())),
            None if self.recipients.len() == 1 => Ok(&self.recipients[0]),
            None => anyhow::bail!("several recipients are configured: name one with --recipient ({})", known()),
        }
    }
}

impl Forms {
    /// The forms with their titles; 'unclear' is the last.
    pub fn named(&self) -> Vec<Named> {
        let unclear =
            Named { id: "unclear".to_owned(), title: Bilingual { da: "Uklar".to_owned(), en: "Unclear".to_owned() } };
        let form = |form: &Form| Named { id: form.id.clone(), title: form.title.clone() };
        self.forms.iter().map(form).chain([unclear]).collect()
    }

    /// Ready to tell forms.
    pub fn teller(&self) -> FormTeller {
        FormTeller { words: self.forms.iter().map(|form| form.words.iter().map(|word| flat(word)).collect()).collect() }
    }
}

/// Tells the form of an ad from its masked texts.
pub struct FormTeller {
    words: Vec<Vec<String>>,
}

impl FormTeller {
    /// Place of the form; the number of forms for 'unclear'.
    pub fn form(&self, texts: &[MaskedText]) -> u8 {
        let count = |texts: &[String]| -> Option<u8> {
            let hits = self.words.iter().map(|words| {
                texts
                    .iter()
                    .map(|text| words.iter().map(|word| text.matches(word.as_str()).count()).sum::<usize>())
                    .sum::<usize>()
            });
            // The first of equals.
            let best =
                hits.enumerate().filter(|(_, hits)| *hits > 0).max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)))?;
            u8::try_from(best.0).ok()
        };
        let is_category = |text: &&MaskedText| matches!(&text.field, Field::Named(name) if name == "category");
        let category: Vec<String> = texts.iter().filter(is_category).map(|text| flat(&text.text)).collect();
        let others: Vec<String> = texts
            .iter()
            .filter(|text| matches!(text.field, Field::Title | Field::Body))
            .map(|text| flat(&text.text))
            .collect();
        count(&category).or_else(|| count(&others)).unwrap_or(self.words.len() as u8)
    }
}

/// Folded, each run of what is no letter or digit one space, a space at both ends.
fn flat(text: &str) -> String {
    let folded = NormalText::fold(text);
    let mut flat = String::with_capacity(text.len() + 2);
    flat.push(' ');
    for character in folded.as_str().chars() {
        if character.is_alphanumeric() {
            flat.push(character);
        } else if !flat.ends_with(' ') {
            flat.push(' ');
        }
    }
    if !flat.ends_with(' ') {
        flat.push(' ');
    }
    flat
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(field: Field, text: &str) -> MaskedText {
        MaskedText::build(field, text, &[])
    }

    #[test]
    fn the_category_decides_then_the_words() {
        let forms: Forms = toml::from_str(&super::super::Builtin::text("forms.toml").unwrap()).unwrap();
        let teller = forms.teller();
        let ids: Vec<String> = forms.named().into_iter().map(|form| form.id).collect();
        let told = |texts: &[MaskedText]| ids[usize::from(teller.form(texts))].clone();
        let category = |of: &str| text(Field::Named("category".into()), of);
        let body = |of: &str| text(Field::Body, of);
        assert_eq!(told(&[category("Escort"), body("Diskret og privat")]), "escort");
        assert_eq!(told(&[category("Annoncer"), body("Diskret, privat adresse")]), "private_discreet");
        assert_eq!(told(&[body("Velkommen til klinikken")]), "clinic");
        assert_eq!(told(&[body("Jeg er udekørende")]), "escort");
        assert_eq!(told(&[body("Velkommen"), category("Alt")]), "unclear");
        assert_eq!(told(&[body("privatist")]), "unclear", "whole words");
    }

    #[test]
    fn a_recipient_is_chosen_or_asked_for() {
        let parse = |text: &str| toml::from_str::<Recipients>(text).unwrap();
        let none = parse("").choose(None, "config/recipients.toml").unwrap_err().to_string();
        assert!(none.contains("config/recipients.toml") && none.contains("[[recipients]]"), "{none}");
        let built_in = parse(&super::super::Builtin::text("recipients.toml").unwrap());
        assert_eq!(built_in.choose(None, "x").unwrap().name, "knowledge-institution");
        assert!(
            built_in.choose(Some("other"), "x").unwrap_err().to_string().contains("there is knowledge-institution")
        );
        let low = "[[recipients]]\nname = \"a\"\norganisation = \"\"\nagreement = \"\"\nad_rows = false\nleast = 3\n";
        assert!(parse(low).check("f", low).unwrap_err().to_string().contains("5 or more"));
        let bare = low.replace("least = 3", "least = 5").replace("false", "true");
        assert!(parse(&bare).check("f", &bare).unwrap_err().to_string().contains("named agreement"));
    }
}
