//! What the pages ask of the rest of bavn. The package `bavn` implements it.

use crate::Language;
use crate::what_if::{Adopted, Setting, SettingChange, ShadowInfo, Trial};
use classifier::WhyNot;
use domain::{AdRef, Firing, Reading, Waterfall};
use jiff::Timestamp;
use jiff::civil::Date;

/// Work that the pages ask for but do not do themselves.
#[async_trait::async_trait]
pub trait Workbench: Send + Sync {
    /// Reads one text as if it were an ad seen on that day, and keeps nothing of it.
    async fn read_text(&self, text: &str, on: Date) -> Result<TextRead, WorkbenchError>;
    /// Why the current analysis holds two ads to be one desk's, or not; `None` if it does not know one of them.
    async fn compare_ads(&self, a: &AdRef, b: &AdRef) -> Result<Option<Waterfall>, WorkbenchError>;
    /// The figures of a period as a document, small counts withheld as in whatever leaves the house. Logged as a look.
    async fn findings(&self, asked: &FindingsAsked) -> Result<FindingsMade, WorkbenchError>;
    /// The values that a person may try: grades, points and states of indicators, ways to a band, weights of linking.
    fn settings(&self) -> Vec<Setting>;
    /// Begins to lay these values (file, key, new value) beside those in force; where it can be asked for. Nothing is
    /// kept of it but in memory.
    async fn try_settings(&self, values: &[(String, String, String)], at: Timestamp)
    -> Result<TrialId, WorkbenchError>;
    /// How far that is; `None` where it is forgotten.
    fn trial(&self, id: TrialId) -> Option<(Vec<SettingChange>, Trial)>;
    /// Makes what was tried the configuration in force, for this reason.
    async fn adopt_trial(&self, id: TrialId, act: &ConfigurationAct) -> Result<Adopted, WorkbenchError>;
    /// The indicators in the shadow.
    fn shadows(&self) -> Vec<ShadowInfo>;
    /// Takes an indicator out of the shadow and into the catalogue, for this reason.
    async fn adopt_shadow(&self, id: &str, act: &ConfigurationAct) -> Result<Adopted, WorkbenchError>;
    /// Takes an indicator out of the shadow, for this reason.
    async fn drop_shadow(&self, id: &str, act: &ConfigurationAct) -> Result<Adopted, WorkbenchError>;
    /// A person judged at `at`: analyses again, and waits for it a short while.
    async fn follow_judgement(&self, at: Timestamp) -> Followed;
}

/// Names a trial.
pub type TrialId = u64;

/// Who changes the configuration, when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigurationAct {
    /// Who.
    pub by: store::Actor,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// Which figures are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingsAsked {
    /// First day of the first month.
    pub from: Date,
    /// Last day of the last month.
    pub to: Date,
    /// A region by name.
    pub region: Option<String>,
    /// A language by its code.
    pub language: Option<String>,
    /// Language of the document.
    pub tongue: Language,
    /// It leaves the house: it is noted in the register of releases.
    pub leaves: bool,
    /// Who asks.
    pub by: store::AccountId,
    /// When.
    pub at: Timestamp,
}

/// The figures.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingsMade {
    /// When the figures were counted: some minutes ago, where somebody looked before.
    pub counted_at: Timestamp,
    /// What is said of the chosen region or language, before the rest.
    pub chosen: Vec<report::document::Block>,
    /// The report.
    pub document: report::document::Document,
    /// Changes of grades that the figures speak for.
    pub proposals: Vec<report::status::GradeProposal>,
    /// Regions that can be chosen.
    pub regions: Vec<String>,
    /// Languages that can be chosen.
    pub languages: Vec<String>,
}

/// Whether the analysis has followed a judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// It shows what was judged.
    Done,
    /// It is under way, or follows with the next one.
    Soon,
}

/// What was read in a text. Spans count in the text as it was given, with field `text`.
#[derive(Debug, Clone, Default)]
pub struct TextRead {
    /// Mentions.
    pub reading: Reading,
    /// One-ad indicators that fired.
    pub firings: Vec<Firing>,
    /// Why the others did not.
    pub not_fired: Vec<WhyNot>,
}

/// A mention as a page shows it: where, and what kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// First byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
    /// `phone`, `price`, `age`, `name`, `place`, `email`, `url`, `address`, `handle`.
    pub kind: &'static str,
}

impl TextRead {
    /// The mentions in order of place.
    pub fn found(&self) -> Vec<Found> {
        let r = &self.reading;
        let spans = r.phones.iter().map(|m| ("phone", &m.span));
        let spans = spans.chain(r.prices.iter().map(|m| ("price", &m.span)));
        let spans = spans.chain(r.ages.iter().map(|m| ("age", &m.span)));
        let spans = spans.chain(r.names.iter().map(|m| ("name", &m.span)));
        let spans = spans.chain(r.places.iter().map(|m| ("place", &m.span)));
        let spans = spans.chain(r.emails.iter().map(|m| ("email", &m.span)));
        let spans = spans.chain(r.urls.iter().map(|m| ("url", &m.span)));
        let spans = spans.chain(r.addresses.iter().map(|m| ("address", &m.span)));
        let spans = spans.chain(r.handles.iter().map(|m| ("handle", &m.span)));
        let mut found: Vec<Found> =
            spans.map(|(kind, span)| Found { start: span.start, end: span.end, kind }).collect();
        found.sort_by(|a, b| (a.start, a.end, a.kind).cmp(&(b.start, b.end, b.kind)));
        found
    }
}

/// Why the workbench could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum WorkbenchError {
    /// It is too long.
    #[error("the text has {length} bytes, at most {limit} can be read at once; read it in parts")]
    TooLong {
        /// Bytes given.
        length: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// What is asked for cannot be: a person has to ask otherwise.
    #[error("{why}")]
    Refused {
        /// Why, and what to do.
        why: String,
    },
    /// What does the work is not to be had.
    #[error("this could not be worked out: {what}; try again, and tell the administrator if it stays so")]
    Unavailable {
        /// What went wrong, without any text.
        what: String,
    },
}

/// Why an identity provider could not be used. Holds nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the identity provider cannot be used: {what}")]
pub struct IdentityError {
    /// What happened, and what to do.
    pub what: String,
}

/// A sign-in that was begun at an identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityAsked {
    /// Where the browser goes.
    pub url: String,
    /// Comes back with the answer.
    pub state: String,
    /// Stands in the identity token.
    pub nonce: String,
    /// Proves that the code is fetched by whoever asked for it (PKCE, RFC 7636).
    pub verifier: String,
}

/// Whom the provider named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// Its own lasting name for the person.
    pub subject: String,
    /// The claim that is a log-in of ours, in lower case.
    pub login: Option<String>,
    /// The provider has asked for a second factor.
    pub second_factor: bool,
}

/// An identity provider (OpenID Connect). It says who somebody is; what they may do is bavn's own.
#[async_trait::async_trait]
pub trait IdentityProvider: Send + Sync {
    /// What people call it.
    fn name(&self) -> &str;
    /// Begins; `back` is our address that it sends the browser back to.
    async fn begin(&self, back: &str) -> Result<IdentityAsked, IdentityError>;
    /// Ends: the code against an identity whose token was checked.
    async fn finish(&self, code: &str, back: &str, asked: &IdentityAsked) -> Result<Identity, IdentityError>;
}
