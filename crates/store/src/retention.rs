//! How long what is kept. Each row with personal data names its class and the time after which it is to go; a
//! programme's own clocks move that time later on.

use jiff::Timestamp;

/// How long things are kept, in days, for those who tell the people concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptDays {
    /// Ads and what is read in them, after the last sighting.
    pub ads: i64,
    /// Cases, lists and attempts.
    pub cases: i64,
}

impl crate::Store {
    /// How long things are kept.
    pub fn kept_days(&self) -> KeptDays {
        let days = |of: Retention| of.until(Timestamp::UNIX_EPOCH).map_or(0, |ms| ms / 86_400_000);
        KeptDays { ads: days(Retention::Ad), cases: days(Retention::Case) }
    }
}

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
        }
    }

    /// The time after which a row written (or renewed) at `at` is to go, in milliseconds; `None` for no set time.
    pub(crate) fn until(self, at: Timestamp) -> Option<i64> {
        const DAY_MS: i64 = 86_400_000;
        let days = match self {
            Retention::Page => 30,
            Retention::Ad => 730,
            Retention::Analysis => 90,
            Retention::Case | Retention::Ledger | Retention::Audit => 1_826,
            Retention::Session => 1,
            Retention::Account | Retention::Objection => return None,
        };
        Some(at.as_millisecond() + days * DAY_MS)
    }
}
