//! What the page 'Settings' asks of the rest of bavn: the files of the configuration, read, checked and written by the
//! same code that loads them.

use crate::port::TrialId;
use domain::Bilingual;
use jiff::Timestamp;
use std::collections::BTreeMap;
use store::AccountId;

/// What a file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConfigGroup {
    /// The installation as a whole: clocks, servers, alarms, who answers for it.
    Installation,
    /// Programmes with their teams, thresholds of lists, offers.
    Programmes,
    /// Sites.
    Sites,
    /// Indicators and the rules by which they count.
    Indicators,
    /// Weights of links, bounds of drift.
    Linking,
    /// Words: public pages, lexicon.
    Words,
}

impl ConfigGroup {
    /// All, in the order in which they are shown.
    pub const ALL: [ConfigGroup; 6] = [
        ConfigGroup::Installation,
        ConfigGroup::Programmes,
        ConfigGroup::Sites,
        ConfigGroup::Indicators,
        ConfigGroup::Linking,
        ConfigGroup::Words,
    ];

    /// Key of its heading.
    pub fn key(self) -> &'static str {
        match self {
            ConfigGroup::Installation => "settings-group-installation",
            ConfigGroup::Programmes => "settings-group-programmes",
            ConfigGroup::Sites => "settings-group-sites",
            ConfigGroup::Indicators => "settings-group-indicators",
            ConfigGroup::Linking => "settings-group-linking",
            ConfigGroup::Words => "settings-group-words",
        }
    }
}

/// A file of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFile {
    /// Relative to the configuration folder, `programmes/initiative-1.toml`.
    pub path: String,
    /// What it is about.
    pub group: ConfigGroup,
    /// What people call what it describes; the path where there is no better name.
    pub title: Bilingual,
}

/// A value of a file, as a form shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigField {
    /// Where it stands: keys and places with `/` between them, `crawl/interval_min`.
    pub at: String,
    /// The table that it stands in, `crawl`; empty at the top.
    pub table: String,
    /// Its key.
    pub key: String,
    /// The value: a text as it is, all else as TOML.
    pub value: String,
    /// It is true or false.
    pub yes_no: bool,
    /// It is shown in several lines.
    pub long: bool,
    /// The file's own comment on it.
    pub help: String,
}

/// A file as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigOpen {
    /// Which one.
    pub file: ConfigFile,
    /// Its text.
    pub text: String,
    /// What the text is recognised by when it is saved.
    pub digest: String,
    /// Its values; empty where the file cannot be read as TOML.
    pub fields: Vec<ConfigField>,
    /// It can be written by bavn.
    pub writable: bool,
    /// It is there. One that is not may be made: its text is empty.
    pub exists: bool,
    /// It is one of several of its kind (a site, an indicator, a programme, a language): others like it can be made, and it
    /// may go.
    pub one_of_many: bool,
}

/// What is wrong with a text, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigMistake {
    /// Line from 1; 0 where no line is to blame.
    pub line: usize,
    /// What is wrong and what is expected.
    pub message: String,
    /// The line with a caret under the mistake; may be empty.
    pub caret: String,
}

/// A line of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiffLine {
    /// In both.
    Same(String),
    /// Only in the text before.
    Gone(String),
    /// Only in the new text.
    New(String),
    /// Some lines that are in both are left out here.
    Skipped,
}

/// A changed text, looked at before it is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigDraft {
    /// The file as it stands.
    pub open: ConfigOpen,
    /// The changed text; `None`: the file goes.
    pub text: Option<String>,
    /// What is wrong; empty where it can be saved.
    pub mistakes: Vec<ConfigMistake>,
    /// What differs.
    pub difference: Vec<DiffLine>,
    /// What the change would do, on archived pages or today's data.
    pub effects: Vec<Bilingual>,
    /// The trial that works out which of today's cases it would move.
    pub trial: Option<TrialId>,
}

/// A text to save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigChange {
    /// Which file.
    pub path: String,
    /// The new text; `None`: the file goes.
    pub text: Option<String>,
    /// Digest of the text that was changed.
    pub base: String,
    /// Why.
    pub reason: String,
    /// An earlier text is taken back.
    pub is_return: bool,
    /// Who.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
}

/// Why a file could not be read or saved.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    /// There is no such file.
    #[error("the configuration has no such file")]
    NotFound,
    /// Somebody changed it in the meantime.
    #[error("the file was changed by somebody else in the meantime; nothing was saved")]
    Changed,
    /// The text is not valid.
    #[error("the text is not valid; nothing was saved")]
    Invalid(Vec<ConfigMistake>),
    /// bavn may not write it.
    #[error("bavn cannot write the file ({what}); nothing was saved: change it where it comes from")]
    ReadOnly {
        /// Why.
        what: String,
    },
    /// The store said no.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// What does the work is not to be had.
    #[error("this could not be done: {what}")]
    Unavailable {
        /// Why.
        what: String,
    },
}

/// The configuration, for those who may change it.
#[async_trait::async_trait]
pub trait Configuration: Send + Sync {
    /// The files that can be opened.
    async fn files(&self) -> Result<Vec<ConfigFile>, ConfigurationError>;
    /// One file: one that is there, or one that may be made.
    async fn open(&self, path: &str) -> Result<ConfigOpen, ConfigurationError>;
    /// The file's text with other values; comments and the rest stay as they are.
    async fn with_values(
        &self,
        path: &str,
        base: &str,
        values: &BTreeMap<String, String>,
    ) -> Result<String, ConfigurationError>;
    /// A text to begin a new file with: that of `like`, or of the nearest of its kind, under the new name.
    async fn outline(&self, path: &str, like: Option<&str>) -> Result<String, ConfigurationError>;
    /// Looks at a changed text (`None`: the file goes): is it valid, what differs, what would it do. Changes nothing. `by`
    /// asks: archived pages may be read for it, which is logged.
    async fn draft(
        &self,
        path: &str,
        text: Option<&str>,
        by: AccountId,
        at: Timestamp,
    ) -> Result<ConfigDraft, ConfigurationError>;
    /// Writes a changed text, with its event; it is in force at once.
    async fn save(&self, change: &ConfigChange) -> Result<(), ConfigurationError>;
    /// What is wrong with the files where they are not in force.
    fn fault(&self) -> Option<String>;
}

/// A configuration that nobody can change here.
pub struct NoConfiguration;

#[async_trait::async_trait]
impl Configuration for NoConfiguration {
    async fn files(&self) -> Result<Vec<ConfigFile>, ConfigurationError> {
        Ok(Vec::new())
    }
    async fn open(&self, _path: &str) -> Result<ConfigOpen, ConfigurationError> {
        Err(ConfigurationError::NotFound)
    }
    async fn with_values(
        &self,
        _path: &str,
        _base: &str,
        _values: &BTreeMap<String, String>,
    ) -> Result<String, ConfigurationError> {
        Err(ConfigurationError::NotFound)
    }
    async fn outline(&self, _path: &str, _like: Option<&str>) -> Result<String, ConfigurationError> {
        Err(ConfigurationError::NotFound)
    }
    async fn draft(
        &self,
        _path: &str,
        _text: Option<&str>,
        _by: AccountId,
        _at: Timestamp,
    ) -> Result<ConfigDraft, ConfigurationError> {
        Err(ConfigurationError::NotFound)
    }
    async fn save(&self, _change: &ConfigChange) -> Result<(), ConfigurationError> {
        Err(ConfigurationError::NotFound)
    }
    fn fault(&self) -> Option<String> {
        None
    }
}
