//! The lexicon's files as they are written.

use serde::Deserialize;
use std::collections::BTreeMap;

/// Values by key, each with its words.
pub(crate) type WordLists = BTreeMap<String, Vec<String>>;

/// Words of each language by how frequent they are: one in 10 to the power of a tenth of the key.
pub(crate) type FrequencyFile = BTreeMap<String, BTreeMap<String, String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NumbersFile {
    pub weak: Vec<String>,
    pub double: Vec<String>,
    pub triple: Vec<String>,
    pub said: SaidWords,
    pub da: NumberLanguage,
    pub en: NumberLanguage,
    pub sv: NumberLanguage,
    pub no: NumberLanguage,
    pub de: NumberLanguage,
    /// Languages whose words give way where one of the five above has the same word.
    pub others: BTreeMap<String, NumberLanguage>,
}

/// Ways to say digits that are more than a row of number words.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SaidWords {
    pub times: Vec<String>,
    pub articles: Vec<String>,
    pub pieces: Vec<String>,
    pub piece_endings: Vec<String>,
    pub ordinals: Vec<String>,
    pub digit_nouns: Vec<String>,
    pub says: Vec<String>,
    pub many: WordLists,
    pub plurals: WordLists,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NumberLanguage {
    pub order: NumberOrder,
    pub joiners: Vec<String>,
    pub small: BTreeMap<String, u16>,
    pub tens: BTreeMap<String, u16>,
    pub hundreds: Vec<String>,
    pub thousands: Vec<String>,
}

/// Whether a compound says its unit first (`femogtyve`) or its tens (`twenty-five`).
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NumberOrder {
    UnitFirst,
    TensFirst,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NamesFile {
    pub plain: Vec<String>,
    pub homonyms: Vec<String>,
    pub business_before: Vec<String>,
    pub business_after: Vec<String>,
    pub introductions: Vec<String>,
    pub weak_introductions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoneyFile {
    pub currencies: WordLists,
    pub units: WordLists,
    pub lengths: WordLists,
    pub words: MoneyWords,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoneyWords {
    pub price: Vec<String>,
    pub connectors: Vec<String>,
    pub measures: Vec<String>,
    pub measures_before: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgesFile {
    pub units: Vec<String>,
    pub before: Vec<String>,
    pub i_am: Vec<String>,
    pub persons: Vec<String>,
    pub others: Vec<String>,
    pub time_after: Vec<String>,
    pub limit_before: Vec<String>,
    pub decades: WordLists,
    pub places: AgePlaces,
}

/// Words that say something of an age in one place only.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgePlaces {
    pub before_decade: Vec<String>,
    pub decade_parts: Vec<String>,
    pub decade_endings: Vec<String>,
    pub adverbs: Vec<String>,
    pub after: Vec<String>,
    pub leads: Vec<String>,
    pub labels: Vec<String>,
    pub of: Vec<String>,
    pub verbs: Vec<String>,
    pub several: Vec<String>,
    pub between: Vec<String>,
    pub and: Vec<String>,
    pub upwards: Vec<String>,
    pub about: Vec<String>,
    pub spoken_units: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContactFile {
    pub phone: PhoneWords,
    pub mail: MailWords,
    pub services: WordLists,
    pub service_words: ServiceWords,
    pub links: WordLists,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PhoneWords {
    pub hints: Vec<String>,
    pub fillers: Vec<String>,
    pub rest: Vec<String>,
    pub not_phone: Vec<String>,
    pub clock: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailWords {
    pub at: Vec<String>,
    pub dot: Vec<String>,
    pub hyphen: Vec<String>,
    pub underscore: Vec<String>,
    pub tlds: Vec<String>,
    pub providers: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceWords {
    pub common: Vec<String>,
    pub between: Vec<String>,
    pub before: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StreetsFile {
    pub endings: Vec<String>,
    pub sure: Vec<String>,
    pub words: Vec<String>,
    pub alone: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlacesFile {
    pub short_words: WordLists,
    pub aliases: WordLists,
    pub areas: WordLists,
    pub ambiguous: WordLists,
    pub homonyms: Vec<String>,
    pub homonyms_mild: Vec<String>,
    pub prepositions: Vec<String>,
    pub area_after: Vec<String>,
    pub not_after: Vec<String>,
    pub parts: WordLists,
    pub main: WordLists,
}
