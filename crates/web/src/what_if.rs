//! What a page says of a configuration that is tried: what differs, and which cases would come, go or move.

use jiff::Timestamp;
use store::{CaseChange, CaseId, CaseSubject, Cause};

/// A value that differs between two configurations.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SettingChange {
    /// The file, below the configuration folder.
    pub file: String,
    /// The key in it, as `points` or `medium.0.points`; empty for a file as a whole.
    pub key: String,
    /// The value in force; `None` where there is none.
    pub before: Option<String>,
    /// The value tried.
    pub after: Option<String>,
}

/// A case that would come, go or move.
#[derive(Debug, Clone, PartialEq)]
pub struct MovedCase {
    /// Advertiser or network.
    pub subject: String,
    /// The case about it, where there is one.
    pub case: Option<CaseId>,
    /// How it stands; `None` where nobody of that id is assessed.
    pub now: Option<CaseSubject>,
    /// How it would stand.
    pub then: Option<CaseSubject>,
    /// What becomes of the case.
    pub change: CaseChange,
    /// The indicators that differ, the weightiest first. None where only the ways to a band differ.
    pub causes: Vec<Cause>,
    /// It would be made of other ads.
    pub other_ads: bool,
    /// A new reference, and ads that no analysis has met, would move it as well; `None` where that cannot be told apart.
    pub also_without: Option<bool>,
}

/// A configuration laid beside the one in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What was known by then counts.
    pub as_of: Timestamp,
    /// Reference of the current analysis.
    pub reference_now: String,
    /// Reference that it would be.
    pub reference_then: String,
    /// Whoever would move, by subject.
    pub moved: Vec<MovedCase>,
    /// Cases that would stay as they are.
    pub unchanged: usize,
    /// What differs in the configuration.
    pub changes: Vec<SettingChange>,
}

impl Comparison {
    /// How many would move in this way.
    pub fn count(&self, change: CaseChange) -> usize {
        self.moved.iter().filter(|one| one.change == change).count()
    }
}

/// A value that the page lets one try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its file.
    pub file: String,
    /// Its key.
    pub key: String,
    /// The value in force.
    pub value: String,
    /// What the file says above it.
    pub about: String,
}

impl Setting {
    /// Name of its field in the form.
    pub fn field(&self) -> String {
        format!("{}|{}", self.file, self.key)
    }
}

/// How far a comparison is.
#[derive(Debug, Clone)]
pub enum Trial {
    /// Ads gone through.
    UnderWay(u64),
    /// It is done.
    Done(std::sync::Arc<Comparison>),
    /// It could not be made: why.
    Failed(String),
}

/// An indicator in the shadow, as pages tell of it.
#[derive(Debug, Clone)]
pub struct ShadowInfo {
    /// Its file, below the configuration folder.
    pub file: String,
    /// Its version.
    pub version: String,
    /// The indicator as it would be.
    pub indicator: classifier::Indicator,
    /// What differs from the one in force; empty for a new one.
    pub changes: Vec<SettingChange>,
    /// The catalogue in force has one of that id.
    pub replaces: bool,
}

/// What became of an adoption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Adopted {
    /// Written to these files; the next analysis goes by them.
    Written(Vec<String>),
    /// Nothing was written: why, and what to do.
    Refused(String),
}
