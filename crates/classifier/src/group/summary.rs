//! One ad as the rules over several ads see it, as of a time.

use domain::{AdFacts, Contact, ContactKind, VersionFacts};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use std::collections::BTreeSet;

/// A time in one municipality.
#[derive(Debug, Clone)]
pub(crate) struct Stay<'a> {
    pub town: &'a str,
    pub from: Timestamp,
    pub to: Timestamp,
}

/// An ad with what is known of it by `as_of`.
#[derive(Debug, Clone)]
pub(crate) struct AdSummary<'a> {
    pub facts: &'a AdFacts,
    pub first: Timestamp,
    pub last: Timestamp,
    pub versions: Vec<&'a VersionFacts>,
    /// Undamped contacts of all versions.
    pub contacts: BTreeSet<&'a Contact>,
    /// The name that its latest version with one names first.
    pub persona: Option<&'a str>,
    /// Ages of all versions.
    pub ages: BTreeSet<u32>,
    /// Where it says to be: each version's first place (the listing's own comes first).
    pub stays: Vec<Stay<'a>>,
}

impl<'a> AdSummary<'a> {
    /// `None` for an ad first seen after `as_of`.
    pub fn of(facts: &'a AdFacts, damped: &BTreeSet<&Contact>, as_of: Timestamp) -> Option<Self> {
        let versions: Vec<&VersionFacts> = facts.versions.iter().filter(|v| v.first_seen <= as_of).collect();
        let latest = *versions.last()?;
        let contacts = versions.iter().flat_map(|v| &v.contacts).filter(|contact| !damped.contains(contact)).collect();
        let persona = versions.iter().rev().find_map(|v| v.names.first()).map(String::as_str);
        let stays = versions.iter().filter_map(|v| {
            let town = v.places.first()?;
            Some(Stay { town: &town.municipality_code, from: v.first_seen, to: v.last_seen.min(as_of) })
        });
        Some(Self {
            facts,
            first: facts.first_seen.min(latest.first_seen),
            last: facts.last_seen.max(latest.first_seen).min(as_of),
            contacts,
            persona,
            ages: versions.iter().flat_map(|v| v.ages.iter().copied()).collect(),
            stays: stays.collect(),
            versions,
        })
    }

    /// Its latest version.
    pub fn latest(&self) -> Option<&'a VersionFacts> {
        self.versions.last().copied()
    }

    /// Its undamped phone numbers.
    pub fn phones(&self) -> BTreeSet<&'a Contact> {
        self.contacts.iter().copied().filter(|contact| contact.kind == ContactKind::Phone).collect()
    }

    /// Whether the two show a common undamped contact.
    pub fn shares_contact(&self, other: &AdSummary<'_>) -> bool {
        self.contacts.iter().any(|contact| other.contacts.contains(contact))
    }

    /// Both have a persona, and they differ. Two ads that give the same names in another order speak of the same
    /// persons.
    pub fn other_persona(&self, other: &AdSummary<'_>) -> bool {
        matches!((self.persona, other.persona), (Some(a), Some(b)) if !a.eq_ignore_ascii_case(b))
            && self.names() != other.names()
    }

    /// All names that it gives, folded.
    pub fn names(&self) -> BTreeSet<String> {
        self.versions.iter().flat_map(|version| version.names.iter().map(|name| name.to_lowercase())).collect()
    }

    /// Last known town.
    pub fn town(&self) -> Option<&'a str> {
        self.stays.last().map(|stay| stay.town)
    }

    /// Marks of activity: when each version was first seen, with its local day.
    pub fn marks(&self) -> impl Iterator<Item = (Date, Timestamp)> + '_ {
        let zone = copenhagen();
        self.versions
            .iter()
            .map(move |version| (version.first_seen.to_zoned_datetime(zone.clone()).date(), version.first_seen))
    }
}

/// Days for which both ads were up; negative where one was gone before the other came.
pub(crate) fn overlap_days(a: &AdSummary<'_>, b: &AdSummary<'_>) -> f64 {
    days_between(a.first.max(b.first), a.last.min(b.last))
}

/// Days from one time to another.
pub(crate) fn days_between(from: Timestamp, to: Timestamp) -> f64 {
    (to.as_millisecond() - from.as_millisecond()) as f64 / 86_400_000.0
}

/// The zone in which days and hours are counted; the bundled zone table always has it.
pub(crate) fn copenhagen() -> TimeZone {
    TimeZone::get("Europe/Copenhagen").unwrap_or(TimeZone::UTC)
}
