//! The rules of the gate and of the list, as checked values.

use crate::error::OutreachError;
use crate::outcome::Outcome;
use crate::shipped::shipped;
use crate::text::PreparedText;
use crate::trial::Trial;
use domain::{Band, TeamId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// May somebody be on a list whom no researcher has read?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AdmitUnread {
    /// Never.
    #[default]
    None,
    /// From the high band.
    High,
    /// From the medium band and up.
    Medium,
}

impl AdmitUnread {
    /// Whether it admits this band.
    pub fn admits(self, band: Band) -> bool {
        match self {
            AdmitUnread::None => false,
            AdmitUnread::High => band >= Band::High,
            AdmitUnread::Medium => band >= Band::Medium,
        }
    }
}

/// Days of being left alone after each outcome. An outcome that is not here (`declined`) has no end; an `objection` has
/// none either where no contact is on record, and else stands in the register of objections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CoolDownDays {
    /// While no outcome is recorded.
    pub no_outcome_yet: u32,
    /// After no answer.
    pub no_answer: u32,
    /// After a wrong number.
    pub wrong_number: u32,
    /// After somebody else answered.
    pub third_party: u32,
    /// After being informed.
    pub informed: u32,
    /// After a wish to talk: the follow-up is no approach.
    pub wants_to_talk: u32,
    /// After an accepted offer.
    pub accepted_offer: u32,
    /// After 'independent, no need'.
    pub no_need: u32,
    /// After a referral.
    pub referred: u32,
}

impl Default for CoolDownDays {
    fn default() -> Self {
        Self {
            no_outcome_yet: 2,
            no_answer: 3,
            wrong_number: 30,
            third_party: 14,
            informed: 90,
            wants_to_talk: 7,
            accepted_offer: 30,
            no_need: 180,
            referred: 180,
        }
    }
}

impl CoolDownDays {
    /// Days after an outcome; `None` = for ever.
    pub fn after(&self, outcome: Option<Outcome>) -> Option<u32> {
        Some(match outcome {
            None => self.no_outcome_yet,
            Some(Outcome::NoAnswer) => self.no_answer,
            Some(Outcome::WrongNumber) => self.wrong_number,
            Some(Outcome::ThirdParty) => self.third_party,
            Some(Outcome::Informed) => self.informed,
            Some(Outcome::WantsToTalk) => self.wants_to_talk,
            Some(Outcome::AcceptedOffer) => self.accepted_offer,
            Some(Outcome::NoNeed) => self.no_need,
            Some(Outcome::Referred) => self.referred,
            Some(Outcome::Declined | Outcome::Objection) => return None,
        })
    }
}

/// Who approved the random stratum (product rule 11).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomApproval {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// The DPIA's reference.
    pub dpia: String,
    /// Share of a list's lines, 0 to 0.1.
    pub share: f64,
    /// Seed of the lots: with the team and the day it decides who is drawn.
    #[serde(default)]
    pub seed: u64,
}

impl RandomApproval {
    /// Most share of a list: 10 %.
    pub const MOST: f64 = 0.1;

    /// Whether it holds at a time: every part of it is there, the time is within it, and the share is allowed.
    pub fn holds(&self, now: Timestamp) -> bool {
        !self.by.trim().is_empty()
            && !self.dpia.trim().is_empty()
            && self.at <= now
            && now < self.until
            && (0.0..=Self::MOST).contains(&self.share)
    }

    /// Refuses a share that no approval can give.
    pub fn check(&self) -> Result<(), OutreachError> {
        if (0.0..=Self::MOST).contains(&self.share) {
            return Ok(());
        }
        Err(OutreachError::RandomShare { given: format!("{}", self.share) })
    }
}

/// From which part of the population a line comes. The worker does not see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stratum {
    /// By decision or band.
    #[default]
    Flagged,
    /// Drawn from those whom the rules did not flag.
    Random,
}

impl Stratum {
    /// As exported.
    pub fn as_str(self) -> &'static str {
        match self {
            Stratum::Flagged => "flagged",
            Stratum::Random => "random",
        }
    }
}

/// The rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GatePolicy {
    /// Whether unread cases may be on a list.
    pub admit_unread: AdmitUnread,
    /// Days since the last sighting after which nobody is approached any more.
    pub active_days: u32,
    /// Attempts without an answer after which nobody tries again.
    pub attempts_without_answer: u32,
    /// Days of being left alone by outcome.
    pub cool_down_days: CoolDownDays,
    /// Local days, the day of the attempt included, on which a network gets no second approach.
    pub network_days: u32,
    /// Days of being left alone after an approach of another programme that shares the register; at least 1, 180 at most.
    pub common_days: u32,
    /// Bits from which ads without a contact in common count as strongly tied, so that an objection reaches from one to
    /// the other by rule: 8 = 256 times likelier between ads of one desk than of two.
    pub objection_strong_bits: f64,
    /// The random stratum, where approved.
    pub random: Option<RandomApproval>,
    /// Where a day begins and ends.
    #[serde(skip, default = "copenhagen")]
    pub zone: TimeZone,
}

/// The register that programmes share keeps an approach for so many days.
pub const MOST_COMMON_DAYS: u32 = 180;

/// Europe/Copenhagen from the time zone data that is compiled in.
pub(crate) fn copenhagen() -> TimeZone {
    TimeZone::get("Europe/Copenhagen").unwrap_or(TimeZone::UTC)
}

impl Default for GatePolicy {
    fn default() -> Self {
        Self {
            admit_unread: AdmitUnread::None,
            active_days: 14,
            attempts_without_answer: 3,
            cool_down_days: CoolDownDays::default(),
            network_days: 1,
            common_days: 14,
            objection_strong_bits: 8.0,
            random: None,
            zone: copenhagen(),
        }
    }
}

/// What the pages and the lists need of the configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Rules of the gate.
    pub policy: GatePolicy,
    /// Prepared texts: one with the id and language of a shipped one takes its place.
    pub texts: Vec<PreparedText>,
    /// Shipped drafts that somebody has read who grew up with the language, by name and version (`offer-ro-1`).
    pub confirmed: Vec<String>,
    /// Offer the other shipped drafts too, marked as such.
    pub drafts: bool,
    /// Methods on trial, where approved.
    pub trial: Option<Trial>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { policy: GatePolicy::default(), texts: Vec::new(), confirmed: Vec::new(), drafts: true, trial: None }
    }
}

impl Settings {
    /// Refuses what must not go live: a text that names trafficking, a random share above a tenth.
    pub fn check(&self) -> Result<(), OutreachError> {
        self.policy.random.as_ref().map_or(Ok(()), RandomApproval::check)?;
        if !(1..=MOST_COMMON_DAYS).contains(&self.policy.common_days) {
            return Err(OutreachError::CommonDays { given: self.policy.common_days, most: MOST_COMMON_DAYS });
        }
        self.trial.as_ref().map_or(Ok(()), Trial::check)?;
        let known = |name: &&String| shipped().iter().any(|text| text.draft && text.version_name() == **name);
        if let Some(name) = self.confirmed.iter().find(|name| !known(name)) {
            return Err(OutreachError::Confirmed { name: name.clone() });
        }
        self.texts.iter().try_for_each(PreparedText::check)
    }

    /// The texts to choose from: the programme's own, then those shipped that none of them replaces.
    pub fn prepared_texts(&self) -> Vec<PreparedText> {
        let own = |text: &PreparedText| self.texts.iter().any(|o| o.id == text.id && o.language == text.language);
        let mut texts = self.texts.clone();
        for mut text in shipped().into_iter().filter(|text| !own(text)) {
            text.draft &= !self.confirmed.contains(&text.version_name());
            if self.drafts || !text.draft {
                texts.push(text);
            }
        }
        texts
    }
}

/// A team as the gate sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamView {
    /// Which team.
    pub id: TeamId,
    /// Its municipalities, four digits each.
    pub municipalities: BTreeSet<String>,
    /// Languages of its workers, ISO 639-1.
    pub languages: Vec<String>,
    /// Most lines of a day.
    pub lines: usize,
    /// The worker who asks, if one does: a claim of a colleague then refuses too.
    pub worker: Option<String>,
    /// Whom to ring for an interpreter; empty where none is configured.
    pub interpreter: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_checked_and_strict() {
        let written = r#"
            [policy]
            admit_unread = "high"
            [policy.cool_down_days]
            informed = 30
            [[texts]]
            id = "offer"
            version = 3
            language = "ro"
            body = "{team} {phone}"
        "#;
        let settings: Settings = toml::from_str(written).unwrap();
        assert_eq!(settings.policy.cool_down_days.after(Some(Outcome::Informed)), Some(30));
        assert_eq!(settings.policy.cool_down_days.after(Some(Outcome::Declined)), None);
        assert_eq!((settings.check(), settings.prepared_texts()[0].version), (Ok(()), 3));
        let of = |settings: &Settings, name: &str| {
            settings.prepared_texts().into_iter().find(|text| text.version_name() == name).map(|text| text.draft)
        };
        assert_eq!(of(&settings, "offer-ro-1"), None, "the programme's own takes its place");
        assert_eq!((of(&settings, "offer-da-1"), of(&settings, "offer-pl-1")), (Some(false), Some(true)));
        let confirmed = Settings { confirmed: vec!["offer-pl-1".into()], drafts: false, ..settings.clone() };
        assert_eq!(confirmed.check(), Ok(()));
        assert_eq!((of(&confirmed, "offer-pl-1"), of(&confirmed, "offer-th-1")), (Some(false), None));
        let unknown = Settings { confirmed: vec!["offer-pl-9".into()], ..settings };
        assert!(matches!(unknown.check(), Err(OutreachError::Confirmed { .. })));
        assert!(toml::from_str::<Settings>("[policy]\nadmit_unred = \"high\"").is_err());
        let random = RandomApproval {
            by: "A".into(),
            at: Timestamp::UNIX_EPOCH,
            until: Timestamp::MAX,
            dpia: "1".into(),
            share: 0.11,
            seed: 0,
        };
        let policy = GatePolicy { random: Some(random), ..GatePolicy::default() };
        assert!(matches!(Settings { policy, ..Settings::default() }.check(), Err(OutreachError::RandomShare { .. })));
    }
}
