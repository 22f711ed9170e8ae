//! The classes. Each row with personal data names its class and the time after which it is to go; the clocks of the
//! configuration move that time when the deletion runs.

use jiff::Timestamp;

/// Milliseconds of a day.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// Days for which the register that programmes share keeps an approach.
pub const COMMON_DAYS: i64 = 180;

/// A retention class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Retention {
    /// Archived pages and the frontier: 30 days.
    Page,
    /// Ads, versions, readings, sightings, picture hashes, contacts, links: two years after the last sighting.
    Ad,
    /// Derived rows of an analysis: replaced by the next one; 90 days at the most.
    Analysis,
    /// Cases, decisions, judgements: five years.
    Case,
    /// Lists, claims, attempts: five years.
    Ledger,
    /// Payloads of events and audit rows: five years.
    Audit,
    /// Accounts of colleagues: until they are deleted.
    Account,
    /// Sessions and counters: a day after their end.
    Session,
    /// Objections: as long as the installation looks at ads.
    Objection,
    /// Approaches in the register that programmes share: 180 days, longer than any of them lets a contact rest.
    Common,
}

impl Retention {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Retention::Page => "page",
            Retention::Ad => "ad",
            Retention::Analysis => "analysis",
            Retention::Case => "case",
            Retention::Ledger => "ledger",
            Retention::Audit => "audit",
            Retention::Account => "account",
            Retention::Session => "session",
            Retention::Objection => "objection",
            Retention::Common => "common",
        }
    }

    /// The time after which a row written (or renewed) at `at` is to go, in milliseconds; `None` for no set time.
    pub(crate) fn until(self, at: Timestamp) -> Option<i64> {
        self.days().map(|days| at.as_millisecond() + days * DAY_MS)
    }

    /// Days of the class's own clock.
    pub(crate) fn days(self) -> Option<i64> {
        match self {
            Retention::Page => Some(30),
            Retention::Ad => Some(730),
            Retention::Analysis => Some(90),
            Retention::Case | Retention::Ledger | Retention::Audit => Some(1_826),
            Retention::Session => Some(1),
            Retention::Common => Some(COMMON_DAYS),
            Retention::Account | Retention::Objection => None,
        }
    }
}
