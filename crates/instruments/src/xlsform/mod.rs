//! XLSForm, the humanitarian field's form of questionnaires in a workbook: sheets `survey`, `choices` and `settings`.
//! What bavn knows beyond it stands in columns `bavn_…` of the survey and on sheets `bavn_…`, which other tools pass over.

mod book;
mod consent;
mod read;
mod sheet;
mod write;
mod zip;

use crate::{Consent, Licence};

pub use read::from_xlsx;
pub use write::to_xlsx;

/// How a workbook is taken in.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// The instrument's id; left out: `form_id` of the settings, made plain.
    pub id: Option<String>,
    /// Its version; left out: `version` of the settings where it is a number, else 1.
    pub version: Option<u32>,
    /// Language code of columns that name none; left out: the settings' default language, else English.
    pub language: Option<String>,
    /// The form's own question of consent.
    pub consent: Option<Consent>,
    /// Put a question of consent before the form, and nothing behind it without consent.
    pub add_consent: bool,
    /// Whose form it is.
    pub licence: Option<Licence>,
}

/// Columns of the survey that hold a text in a language.
const TEXTS: [&str; 5] = ["label", "hint", "guidance_hint", "required_message", "constraint_message"];
/// Columns of the survey that hold one value.
const VALUES: [&str; 9] = [
    "type",
    "name",
    "required",
    "relevant",
    "constraint",
    "calculation",
    "choice_filter",
    "bavn_signs",
    "bavn_unreachable",
];
/// Settings that bavn uses.
const SETTINGS: [&str; 4] = ["form_title", "form_id", "version", "default_language"];

/// The language of what bavn says by itself in a form.
fn ours(language: &str, da: &'static str, en: &'static str) -> &'static str {
    if language == "da" { da } else { en }
}

/// Whether a survey's further column would be taken for one of bavn's own on the way back.
pub(crate) fn is_survey_column(name: &str) -> bool {
    let header = sheet::Header::of(name);
    TEXTS.contains(&header.base.as_str()) || VALUES.contains(&header.base.as_str()) || name.trim().is_empty()
}

/// The same for a choice's.
pub(crate) fn is_choice_column(name: &str) -> bool {
    let base = sheet::Header::of(name).base;
    ["list_name", "name", "label"].contains(&base.as_str()) || name.trim().is_empty()
}

/// The same for a setting.
pub(crate) fn is_setting(name: &str) -> bool {
    SETTINGS.contains(&sheet::Header::of(name).base.as_str()) || name.trim().is_empty()
}

/// Whether a language's name can stand in a column's head: `label::Dansk (da)`.
pub(crate) fn is_language_name(name: &str) -> bool {
    !name.trim().is_empty() && name.trim() == name && !name.contains(['(', ')', ':', '\n'])
}
