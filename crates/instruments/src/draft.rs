//! A form as it was written, each part with its place, before it is checked. TOML and XLSForm both become this.

use crate::model::{BandRule, Consent, Licence, Sign, SignGroup, Source, Status};
use crate::{Place, Text};
use std::collections::BTreeMap;

/// A value and its place.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct At<T> {
    pub value: T,
    pub place: Place,
}

impl<T> At<T> {
    pub fn new(value: T, place: Place) -> At<T> {
        At { value, place }
    }
}

#[derive(Debug, Clone)]
pub struct Draft {
    pub id: At<String>,
    pub version: At<u32>,
    pub status: Status,
    pub title: At<Text>,
    pub purpose: Text,
    pub validated: At<Text>,
    pub languages: At<BTreeMap<String, String>>,
    pub default_language: At<String>,
    pub consent: Option<At<Consent>>,
    pub licence: Option<At<Licence>>,
    pub sources: Vec<Source>,
    pub groups: Vec<SignGroup>,
    pub signs: Vec<At<Sign>>,
    pub bands: Vec<At<BandRule>>,
    pub choices: Vec<At<DraftChoice>>,
    pub survey: Vec<DraftRow>,
    pub settings: BTreeMap<String, String>,
}

#[derive(Debug, Clone)]
pub struct DraftChoice {
    pub list: String,
    pub name: String,
    pub label: Text,
    pub extra: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Default)]
pub struct DraftRow {
    pub kind: At<String>,
    pub name: At<String>,
    pub label: Text,
    pub hint: Text,
    pub note: Text,
    pub required: bool,
    pub required_message: Text,
    pub relevant: At<String>,
    pub constraint: At<String>,
    pub constraint_message: Text,
    pub calculation: At<String>,
    pub choice_filter: At<String>,
    /// Sign and expression.
    pub signs: Vec<At<(String, String)>>,
    pub unreachable: String,
    pub extra: BTreeMap<String, String>,
}
