//! One indicator, as checked values.

use domain::{Bilingual, Evidence, Firing, Grade, Group, IndicatorId, Role, Scope};
use serde::Deserialize;
use std::collections::BTreeMap;

/// How far an indicator has come. Results promote it, age never does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Written down, not run.
    Draft,
    /// Runs and counts; not yet tested against Danish outcomes.
    Trial,
    /// Runs and counts; tested.
    Active,
    /// Runs, gives no points.
    Context,
    /// Not run any more; kept so that its id is never used again.
    Retired,
}

impl Status {
    /// As written in the files.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Draft => "draft",
            Status::Trial => "trial",
            Status::Active => "active",
            Status::Context => "context",
            Status::Retired => "retired",
        }
    }
    /// Whether it is run at all.
    pub fn runs(self) -> bool {
        !matches!(self, Status::Draft | Status::Retired)
    }
}

/// How near a `not` pattern must stand to silence a match.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NotWithin {
    /// In the same clause.
    #[default]
    Clause,
    /// In the same sentence or the one before, where the person spoken of is named.
    Sentence,
    /// Anywhere in the text.
    Text,
}

/// In which way a counter-example is silent. Where a file names none, the words tell: a question mark, a word of
/// reporting, a negator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// It is denied.
    Negation,
    /// It is asked.
    Question,
    /// Somebody else said it.
    Reported,
    /// It is said of somebody or something else.
    OtherSubject,
    /// It was so once.
    Past,
    /// A warning, a condition or a piece of advice.
    Advice,
    /// Someone who works alone keeps herself safe.
    Safety,
    /// The same words, another meaning.
    Homonym,
    /// Ordinary words close to it.
    Near,
}

impl Shape {
    /// As written in the files.
    pub fn as_str(self) -> &'static str {
        match self {
            Shape::Negation => "negation",
            Shape::Question => "question",
            Shape::Reported => "reported",
            Shape::OtherSubject => "other_subject",
            Shape::Past => "past",
            Shape::Advice => "advice",
            Shape::Safety => "safety",
            Shape::Homonym => "homonym",
            Shape::Near => "near",
        }
    }
}

/// A text on which the indicator must not fire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterExample {
    /// The text.
    pub text: String,
    /// In which way it is silent, where the file says so.
    pub shape: Option<Shape>,
    /// Why it stays silent when its negation is taken out; `None` where it must then fire (or holds no negation).
    pub no_mutation: Option<String>,
}

/// Patterns by language (`da`, `en`, `sv`, `de`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wording {
    /// What fires.
    pub fires: BTreeMap<String, Vec<String>>,
    /// What silences it where it stands near.
    pub not: BTreeMap<String, Vec<String>>,
    /// How near.
    pub not_within: NotWithin,
    /// Guards that do not hold for this indicator (`negation`, `question`, `reported`, `addressed`, `past`).
    pub without_guards: Vec<String>,
}

/// The numbers and words that a detector takes from the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parameters {
    pub(crate) numbers: BTreeMap<String, f64>,
    pub(crate) words: BTreeMap<String, Vec<String>>,
}

impl Parameters {
    /// A number. Loading has checked that each detector's parameters are there, so 0 is never used.
    pub fn number(&self, key: &str) -> f64 {
        self.numbers.get(key).copied().unwrap_or_default()
    }
    /// A number as a count.
    pub fn count(&self, key: &str) -> usize {
        // Loading has checked that it is between 0 and 1,000,000.
        self.number(key) as usize
    }
    /// A list of words.
    pub fn words(&self, key: &str) -> &[String] {
        self.words.get(key).map_or(&[], Vec::as_slice)
    }
    /// All of them in order of name, as text for pages.
    pub fn shown(&self) -> Vec<(String, String)> {
        let numbers = self.numbers.iter().map(|(key, value)| (key.clone(), value.to_string()));
        let words = self.words.iter().map(|(key, value)| (key.clone(), value.join(", ")));
        numbers.chain(words).collect()
    }
}

/// A defined sign with its evidence grade.
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator {
    /// Permanent name.
    pub id: IndicatorId,
    /// Raised on every change of meaning.
    pub version: u32,
    /// Short name.
    pub title: Bilingual,
    /// What it means that it fires.
    pub definition: Bilingual,
    /// Its group, `A` to `L`.
    pub group: Group,
    /// What it looks at.
    pub scope: Scope,
    /// How far it has come.
    pub status: Status,
    /// Strength of the published evidence.
    pub grade: Grade,
    /// A sensitive trait: a fact for context only.
    pub sensitive: bool,
    /// What a firing is used for.
    pub role: Role,
    /// What a firing gives its group: 0 unless it scores.
    pub points: f64,
    /// Name of its detector (see [`crate::DETECTORS`]).
    pub detector: String,
    /// Why one looks at it.
    pub why: Bilingual,
    /// Innocent explanations.
    pub other_readings: Vec<Bilingual>,
    /// Keys of `sources.toml`.
    pub sources: Vec<String>,
    /// How and when it was last validated.
    pub checked: String,
    /// When and why it was retired.
    pub retired: Option<String>,
    /// The detector's parameters.
    pub parameters: Parameters,
    /// Patterns.
    pub wording: Wording,
    /// Texts (or, for several ads, situations) on which it fires.
    pub examples: Vec<String>,
    /// Texts (or situations) on which it does not.
    pub counter_examples: Vec<CounterExample>,
}

impl Indicator {
    /// This indicator's firing on `evidence`.
    pub(crate) fn firing(&self, evidence: Vec<Evidence>) -> Firing {
        Firing {
            indicator: self.id.clone(),
            version: self.version,
            scope: self.scope,
            group: self.group,
            grade: self.grade,
            role: self.role,
            sensitive: self.sensitive,
            points: self.points,
            evidence,
        }
    }
}
