//! Prepared texts: by language, with variables, counted in SMS parts, and never naming trafficking.

use crate::error::OutreachError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A text that a worker sends from the team's own phone. bavn sends nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreparedText {
    /// Never changed; texts of one id are translations of each other.
    pub id: String,
    /// Raised on every change, since attempts name it.
    pub version: u32,
    /// ISO 639-1.
    pub language: String,
    /// Says nothing of who writes and why, so that it can stand on a phone that somebody else holds.
    #[serde(default)]
    pub reveals_nothing: bool,
    /// Nobody who grew up with the language has read it yet: the page says so.
    #[serde(default)]
    pub draft: bool,
    /// The words, with `{team}`, `{phone}`, `{place}`, `{hotline}`, `{page}`.
    pub body: String,
}

/// Variables that a text may have.
pub const VARIABLES: [&str; 5] = ["team", "phone", "place", "hotline", "page"];

/// Stems that no text of ours holds, in the languages most written: folded to lower case before comparing.
const NEVER: [&str; 29] = [
    "menneskehandel",
    "handel med menneske",
    "handlede kvinder",
    "bagmand",
    "bagmænd",
    "trafficking",
    "trafficked",
    "trafficker",
    "människohandel",
    "menneskesmugl",
    "menschenhandel",
    "traite des",
    "traite d'êtres",
    "trata de personas",
    "tratta di",
    "tráfico de",
    "trafic de persoane",
    "handel ludźmi",
    "handlu ludźmi",
    "торговл",
    "การค้ามนุษย์",
    "emberkereskedelem",
    "трафик на хора",
    "трафика на хора",
    "торгівл",
    "traficul de persoane",
    "traficului de persoane",
    "traficant",
    "zwangsprostitution",
];

/// The first word in a text that must not stand there.
pub fn names_trafficking(text: &str) -> Option<&'static str> {
    let folded = text.to_lowercase();
    NEVER.into_iter().find(|word| folded.contains(word))
}

impl PreparedText {
    /// Refuses a text that names trafficking or uses a variable that nobody fills, and one that is said to reveal nothing
    /// and yet takes up who writes.
    pub fn check(&self) -> Result<(), OutreachError> {
        if self.reveals_nothing && self.body.contains('{') {
            return Err(OutreachError::Reveals { id: self.id.clone(), language: self.language.clone() });
        }
        if let Some(word) = names_trafficking(&self.body) {
            return Err(OutreachError::Names { id: self.id.clone(), language: self.language.clone(), word });
        }
        self.fill(&VARIABLES.iter().map(|name| (*name, "")).collect()).map(|_| ())
    }

    /// The text with its variables filled; what is inserted is not read again for variables. A variable that is known
    /// but not given stays empty. What was filled in is checked too.
    pub fn fill(&self, values: &BTreeMap<&str, &str>) -> Result<String, OutreachError> {
        let mut out = String::new();
        let mut rest = self.body.as_str();
        let brace = || OutreachError::Brace { id: self.id.clone(), language: self.language.clone() };
        while let Some(at) = rest.find(['{', '}']) {
            out.push_str(&rest[..at]);
            let inner = rest[at..].strip_prefix('{').ok_or_else(brace)?;
            let close = inner.find('}').ok_or_else(brace)?;
            let name = &inner[..close];
            if !VARIABLES.contains(&name) {
                return Err(OutreachError::Variable {
                    id: self.id.clone(),
                    language: self.language.clone(),
                    variable: name.to_owned(),
                    known: VARIABLES.map(|known| format!("{{{known}}}")).join(", "),
                });
            }
            out.push_str(values.get(name).copied().unwrap_or_default());
            rest = &inner[close + 1..];
        }
        out.push_str(rest);
        let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
        match names_trafficking(&out) {
            Some(word) => Err(OutreachError::Names { id: self.id.clone(), language: self.language.clone(), word }),
            None => Ok(out),
        }
    }

    /// Name and version, as kept with an attempt.
    pub fn version_name(&self) -> String {
        format!("{}-{}-{}", self.id, self.language, self.version)
    }
}

/// The text for a language: the first of them that there is a text in, else English, else the first. Where somebody
/// else may hold the phone, only texts that reveal nothing.
pub fn choose<'t>(texts: &'t [PreparedText], languages: &[String], third_party: bool) -> Option<&'t PreparedText> {
    let fits: Vec<&PreparedText> = texts.iter().filter(|text| text.reveals_nothing || !third_party).collect();
    // Where nobody else is likely to read it, the offer itself comes first.
    let best = |language: &str| {
        fits.iter().filter(|text| text.language == language).min_by_key(|text| text.reveals_nothing).copied()
    };
    languages.iter().find_map(|language| best(language)).or_else(|| best("en")).or_else(|| fits.first().copied())
}

/// How a text is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// The 7-bit default alphabet of 3GPP TS 23.038: 160 units in one message, 153 in each of several.
    Gsm7,
    /// 16-bit units: 70 in one message, 67 in each of several.
    Ucs2,
}

/// Length of a text message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmsLength {
    /// How.
    pub encoding: Encoding,
    /// Units used, with the escapes of the 7-bit alphabet.
    pub units: usize,
    /// Messages that the sender pays for; 0 for an empty text.
    pub parts: usize,
}

/// 3GPP TS 23.038, table 6.2.1, without the escape.
const GSM7: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                    ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Table 6.2.1.1: two units each.
const GSM7_EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// Counts a text. A character is never split between two messages.
pub fn sms_length(text: &str) -> SmsLength {
    let in_gsm7 = |c: char| GSM7.contains(c) || GSM7_EXTENSION.contains(c);
    let encoding = if text.chars().all(in_gsm7) { Encoding::Gsm7 } else { Encoding::Ucs2 };
    let width = |c: char| match encoding {
        Encoding::Gsm7 => 1 + usize::from(GSM7_EXTENSION.contains(c)),
        Encoding::Ucs2 => c.len_utf16(),
    };
    let (single, several) = match encoding {
        Encoding::Gsm7 => (160, 153),
        Encoding::Ucs2 => (70, 67),
    };
    let units: usize = text.chars().map(width).sum();
    if units <= single {
        return SmsLength { encoding, units, parts: usize::from(units > 0) };
    }
    let (mut parts, mut used) = (1, 0);
    for character in text.chars() {
        if used + width(character) > several {
            parts += 1;
            used = 0;
        }
        used += width(character);
    }
    SmsLength { encoding, units, parts }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shipped::shipped;

    fn text(body: &str) -> PreparedText {
        PreparedText {
            id: "t".into(),
            version: 2,
            language: "da".into(),
            reveals_nothing: false,
            draft: false,
            body: body.into(),
        }
    }

    #[test]
    fn parts_are_counted_as_the_sender_pays() {
        let parts = |text: &str| sms_length(text).parts;
        assert_eq!((parts(""), parts("a"), parts(&"a".repeat(160)), parts(&"a".repeat(161))), (0, 1, 1, 2));
        assert_eq!((parts(&"a".repeat(306)), parts(&"a".repeat(307))), (2, 3));
        assert_eq!(sms_length("æøåÆØÅ"), SmsLength { encoding: Encoding::Gsm7, units: 6, parts: 1 });
        assert_eq!(sms_length("€"), SmsLength { encoding: Encoding::Gsm7, units: 2, parts: 1 });
        // The two units of a euro sign do not fit the last place of the first message.
        assert_eq!(parts(&format!("{}€{}", "a".repeat(152), "a".repeat(151))), 2);
        assert_eq!(parts(&format!("{}€{}", "a".repeat(152), "a".repeat(152))), 3);
        let wide = |count: usize| sms_length(&"ł".repeat(count));
        assert_eq!((wide(70).parts, wide(71).parts, wide(134).parts, wide(135).parts), (1, 2, 2, 3));
        assert_eq!(sms_length("🙂").units, 2);
    }

    #[test]
    fn a_text_that_names_trafficking_does_not_load() {
        assert!(matches!(text("Hjælp mod MENNESKEHANDEL").check(), Err(OutreachError::Names { .. })));
        let filled = text("{place}").fill(&BTreeMap::from([("place", "human trafficking")]));
        assert!(matches!(filled, Err(OutreachError::Names { .. })));
        for words in
            ["трафика на хора", "торгівлі людьми", "traficului de persoane", "Zwangsprostitution", "trata de personas"]
        {
            assert!(matches!(text(words).check(), Err(OutreachError::Names { .. })), "{words}");
        }
        let neutral = PreparedText { reveals_nothing: true, ..text("Hej, vi er {team}") };
        assert!(matches!(neutral.check(), Err(OutreachError::Reveals { .. })));
        assert!(matches!(text("{navn}").check(), Err(OutreachError::Variable { .. })));
        assert!(matches!(text("{team").check(), Err(OutreachError::Brace { .. })));
        assert!(matches!(text("team}").check(), Err(OutreachError::Brace { .. })));
        assert_eq!(text("a {team} b").fill(&BTreeMap::from([("team", "{phone}")])).unwrap(), "a {phone} b");
    }

    #[test]
    fn where_somebody_else_may_read_only_a_neutral_text_is_offered() {
        let texts = shipped();
        let pick = |languages: &[&str], third_party| {
            let languages: Vec<String> = languages.iter().map(|l| (*l).to_owned()).collect();
            choose(&texts, &languages, third_party).map(|text| (text.id.as_str(), text.language.as_str()))
        };
        assert_eq!(pick(&["da"], false), Some(("offer", "da")));
        assert_eq!(pick(&["ro", "da"], true), Some(("neutral", "ro")));
        assert_eq!(pick(&["xx", "da"], true), Some(("neutral", "da")));
        assert_eq!(pick(&["xx"], false), Some(("offer", "en")));
        assert_eq!(choose(&[text("x")], &[], true), None);
    }
}
