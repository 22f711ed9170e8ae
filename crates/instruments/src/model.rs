//! A form as checked values.

use crate::{Formula, Text};
use domain::{Band, Grade};
use serde::Deserialize;
use std::collections::BTreeMap;

/// One version of an instrument.
#[derive(Debug, Clone, PartialEq)]
pub struct Instrument {
    /// Given once: small letters, digits, `-` and `_`.
    pub id: String,
    /// From 1; raised on every change once a version has been released.
    pub version: u32,
    /// How far it has come. The only thing that may change after release.
    pub status: Status,
    /// What people call it.
    pub title: Text,
    /// What it is for, and for whom.
    pub purpose: Text,
    /// Where it was validated, or that it was not: shown on every page of it.
    pub validated: Text,
    /// Language code and name, for example `da` and `Dansk`.
    pub languages: BTreeMap<String, String>,
    /// The language whose texts are never missing.
    pub default_language: String,
    /// The question that comes first and the answer without which nothing else is asked.
    pub consent: Option<Consent>,
    /// Whose form it is, where it is somebody's.
    pub licence: Option<Licence>,
    /// Where its signs come from.
    pub sources: Vec<Source>,
    /// Groups of signs; a group counts once.
    pub groups: Vec<SignGroup>,
    /// What answers can be signs of.
    pub signs: Vec<Sign>,
    /// Ways to a band above low; the first that holds of the highest band.
    pub bands: Vec<BandRule>,
    /// Lists of choices, by name.
    pub lists: Vec<ChoiceList>,
    /// Questions and groups of them, in order.
    pub survey: Vec<Row>,
    /// Settings of the XLSForm that bavn does not use, kept for the way back.
    pub settings: BTreeMap<String, String>,
}

/// How far an instrument has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Written down, not asked.
    Draft,
    /// Asked; not validated where it is used.
    Trial,
    /// Asked and validated.
    Active,
    /// Not asked any more.
    Retired,
}

impl Status {
    /// As written in the files.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Draft => "draft",
            Status::Trial => "trial",
            Status::Active => "active",
            Status::Retired => "retired",
        }
    }
}

/// The question of consent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// The first question that is asked.
    pub question: String,
    /// The answer that lets the interview go on.
    pub given: String,
}

/// Somebody else's form.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// Who holds the rights.
    pub holder: String,
    /// Under which terms or agreement it is used.
    pub terms: String,
    /// Until when, `2027-12-31`; empty for no end.
    #[serde(default)]
    pub until: String,
}

/// Where a sign comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Named by signs.
    pub key: String,
    /// Author, title, year.
    pub title: String,
    /// `false` where it is quoted from memory and must be verified first.
    pub verified: bool,
}

/// Signs that say the same.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignGroup {
    /// Named by signs.
    pub key: String,
    /// What people call it.
    pub title: Text,
}

/// What an answer can be a sign of.
#[derive(Debug, Clone, PartialEq)]
pub struct Sign {
    /// Named by questions.
    pub id: String,
    /// What people call it.
    pub title: Text,
    /// Its group.
    pub group: String,
    /// Strength of the published evidence.
    pub grade: Grade,
    /// What it is used for.
    pub role: SignRole,
    /// What it gives its group; 0 for grade D and every role but score.
    pub points: f64,
    /// Keys of sources.
    pub sources: Vec<String>,
    /// What the answer may mean instead; shown beside it.
    pub other_reading: Text,
}

/// What a sign is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignRole {
    /// Gives points.
    Score,
    /// Shown beside, without points.
    Context,
    /// Argues the other way, without points.
    Counter,
    /// Opens the urgent route, without points.
    Urgent,
}

impl SignRole {
    /// As written in the files.
    pub fn as_str(self) -> &'static str {
        match self {
            SignRole::Score => "score",
            SignRole::Context => "context",
            SignRole::Counter => "counter",
            SignRole::Urgent => "urgent",
        }
    }
}

/// A way to a band: all of it must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct BandRule {
    /// The band: medium or high. One scoring sign is low, none is none.
    pub band: Band,
    /// What it says.
    pub title: Text,
    /// Least points over all groups.
    pub points: f64,
    /// Least groups with points.
    pub groups: usize,
    /// Least groups with a sign of grade A, B+ or B.
    pub strong_groups: usize,
    /// One of these groups must have points; empty for any.
    pub one_of: Vec<String>,
}

/// Choices that questions share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceList {
    /// Named by questions.
    pub name: String,
    /// In the order in which they are shown.
    pub choices: Vec<Choice>,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The answer as kept: no blanks.
    pub name: String,
    /// Shown.
    pub label: Text,
    /// Further columns, for `choice_filter` and the way back.
    pub extra: BTreeMap<String, String>,
}

/// What a row of the form is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Begins a group.
    BeginGroup,
    /// Ends the group begun last.
    EndGroup,
    /// A text to read out or show.
    Note,
    /// Worked out, never asked.
    Calculate,
    /// Free text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// A number between two ends (`parameters`: start, end, step).
    Range,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A day and time.
    DateTime,
    /// "OK" or nothing.
    Acknowledge,
    /// One choice of a list.
    SelectOne(String),
    /// Any choices of a list, kept with a blank between.
    SelectMultiple(String),
    /// Something that bavn does not collect (places, pictures, device ids): kept in the file, never asked.
    NotAsked(String),
}

impl Kind {
    /// As XLSForm writes it.
    pub fn xlsform(&self) -> String {
        match self {
            Kind::BeginGroup => "begin_group".to_owned(),
            Kind::EndGroup => "end_group".to_owned(),
            Kind::Note => "note".to_owned(),
            Kind::Calculate => "calculate".to_owned(),
            Kind::Text => "text".to_owned(),
            Kind::Integer => "integer".to_owned(),
            Kind::Decimal => "decimal".to_owned(),
            Kind::Range => "range".to_owned(),
            Kind::Date => "date".to_owned(),
            Kind::Time => "time".to_owned(),
            Kind::DateTime => "dateTime".to_owned(),
            Kind::Acknowledge => "acknowledge".to_owned(),
            Kind::SelectOne(list) => format!("select_one {list}"),
            Kind::SelectMultiple(list) => format!("select_multiple {list}"),
            Kind::NotAsked(kind) => kind.clone(),
        }
    }

    /// Whether somebody answers it.
    pub fn is_asked(&self) -> bool {
        !matches!(self, Kind::BeginGroup | Kind::EndGroup | Kind::Note | Kind::Calculate | Kind::NotAsked(_))
    }

    /// The list of its choices.
    pub fn list(&self) -> Option<&str> {
        match self {
            Kind::SelectOne(list) | Kind::SelectMultiple(list) => Some(list),
            _ => None,
        }
    }
}

/// One row of the form.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What it is.
    pub kind: Kind,
    /// Its name; empty for the end of a group.
    pub name: String,
    /// What is asked.
    pub label: Text,
    /// Help beside the question.
    pub hint: Text,
    /// The interviewer's note: how to ask, what to take care of. Not read out.
    pub note: Text,
    /// Whether the interview waits for an answer. One can still stop.
    pub required: bool,
    /// Said where it is missing.
    pub required_message: Text,
    /// When it is asked.
    pub relevant: Option<Formula>,
    /// Which answers are possible.
    pub constraint: Option<Formula>,
    /// Said where an answer is not.
    pub constraint_message: Text,
    /// What is worked out.
    pub calculation: Option<Formula>,
    /// Which choices are shown.
    pub choice_filter: Option<Formula>,
    /// Which answers are signs of what.
    pub signs: Vec<Means>,
    /// Why no path leads here, where that is meant; empty where one must.
    pub unreachable: String,
    /// Further XLSForm columns, kept for the way back.
    pub extra: BTreeMap<String, String>,
}

/// An answer that is a sign.
#[derive(Debug, Clone, PartialEq)]
pub struct Means {
    /// Which sign.
    pub sign: String,
    /// Of which answers (`.` is the answer).
    pub when: Formula,
}

/// Whether `name` can name a question or a choice: as in XML, without a colon.
pub fn is_name(name: &str) -> bool {
    let first = name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
    first && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

impl Instrument {
    /// The row of a question.
    pub fn row(&self, name: &str) -> Option<&Row> {
        self.survey.iter().find(|row| row.name == name)
    }

    /// The choices of a list.
    pub fn choices(&self, list: &str) -> &[Choice] {
        self.lists.iter().find(|known| known.name == list).map_or(&[], |list| list.choices.as_slice())
    }

    /// A sign by its id.
    pub fn sign(&self, id: &str) -> Option<&Sign> {
        self.signs.iter().find(|sign| sign.id == id)
    }

    /// For each row the groups that hold it, the outermost first.
    pub fn ancestors(&self) -> Vec<Vec<usize>> {
        let mut open = Vec::new();
        let mut all = Vec::with_capacity(self.survey.len());
        for (index, row) in self.survey.iter().enumerate() {
            if row.kind == Kind::EndGroup {
                open.pop();
            }
            all.push(open.clone());
            if row.kind == Kind::BeginGroup {
                open.push(index);
            }
        }
        all
    }
}
