//! The files as they are written. Unknown keys stop the load; every list and table is checked once in
//! [`super::load`].

use domain::{Bilingual, Grade, Role, Scope};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A title, reason or reading in both languages of the user interface.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawBilingual {
    pub da: String,
    pub en: String,
}

impl From<RawBilingual> for Bilingual {
    fn from(raw: RawBilingual) -> Self {
        Bilingual { da: raw.da, en: raw.en }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum RawCounterExample {
    Plain(String),
    Marked(MarkedCounterExample),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkedCounterExample {
    pub text: String,
    #[serde(default)]
    pub shape: Option<super::Shape>,
    #[serde(default)]
    pub no_mutation: Option<String>,
}

/// Why and when an indicator was retired.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRetired {
    pub on: String,
    pub reason: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawIndicator {
    pub id: String,
    pub version: u32,
    pub title: RawBilingual,
    pub definition: RawBilingual,
    pub group: char,
    pub scope: Scope,
    pub status: super::Status,
    pub grade: Grade,
    pub sensitive: bool,
    pub role: Role,
    pub points: f64,
    pub detector: String,
    pub why: RawBilingual,
    pub other_readings: Vec<RawBilingual>,
    pub sources: Vec<String>,
    pub checked: String,
    #[serde(default)]
    pub retired: Option<RawRetired>,
    #[serde(default)]
    pub parameters: BTreeMap<String, toml::Value>,
    #[serde(default)]
    pub wording: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub not: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub not_within: super::NotWithin,
    #[serde(default)]
    pub without_guards: Vec<String>,
    pub examples: Vec<String>,
    pub counter_examples: Vec<RawCounterExample>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSource {
    pub key: String,
    pub title: String,
    pub what: String,
    pub verified: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSources {
    pub source: Vec<RawSource>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRules {
    pub cross_ad: Vec<char>,
    pub cross_ad_indicators: Vec<String>,
    pub cross_ad_least_points: f64,
    pub spam_groups: Vec<char>,
    pub spam_indicator: String,
    pub spam_needs_signs_of: Vec<char>,
    pub spam_read_share: f64,
    pub spam_seed: String,
    pub medium: Vec<super::BandRule>,
    pub high: Vec<super::BandRule>,
    pub guards: RawGuards,
    pub words: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawGuards {
    pub negation_words_before: usize,
    pub negation_words_after: usize,
    pub addressing_words_before: usize,
    pub negators: Vec<String>,
    pub not_negators: Vec<String>,
    pub negation_after: Vec<String>,
    pub negators_following: Vec<String>,
    pub clause_words: Vec<String>,
    pub and: Vec<String>,
    pub verbs_and_pronouns: Vec<String>,
    pub question_words: Vec<String>,
    pub reporting: Vec<String>,
    pub hearing: Vec<String>,
    pub own: Vec<String>,
    pub addressing: Vec<String>,
    pub relative: Vec<String>,
    pub prepositions: Vec<String>,
    pub past: Vec<String>,
    pub warned: Vec<String>,
}
