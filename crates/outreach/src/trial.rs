//! Methods on trial: which of the ways that are safe for a case is tried is drawn by lot, once for an advertiser, so that
//! what came of it can be compared as assigned.

use crate::draw::lot;
use crate::error::OutreachError;
use crate::outcome::Channel;
use crate::policy::RandomApproval;
use domain::AdvertiserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A method that takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrialMethod {
    /// As in the programme's methods.
    pub code: String,
    /// The way that it uses: it is drawn only where that way is safe.
    pub channel: Channel,
}

/// A trial with its approval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// Who approved it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// The DPIA's reference.
    pub dpia: String,
    /// Seed of the lots.
    pub seed: u64,
    /// What is tried: two methods or more.
    pub methods: Vec<TrialMethod>,
}

impl Trial {
    /// Whether the approval is whole and holds at a time: the same that the random stratum needs.
    pub fn holds(&self, now: Timestamp) -> bool {
        let approval = RandomApproval {
            by: self.by.clone(),
            at: self.at,
            until: self.until,
            dpia: self.dpia.clone(),
            share: 0.0,
            seed: 0,
        };
        approval.holds(now)
    }

    /// Refuses a trial in which nothing is compared.
    pub fn check(&self) -> Result<(), OutreachError> {
        let codes: BTreeSet<&str> = self.methods.iter().map(|method| method.code.as_str()).collect();
        if codes.len() == self.methods.len() && codes.len() > 1 && !codes.contains("") {
            return Ok(());
        }
        Err(OutreachError::Trial)
    }

    /// The methods whose way is safe, in the order of the configuration.
    pub fn arms(&self, safe: &BTreeSet<Channel>) -> Vec<&TrialMethod> {
        self.methods.iter().filter(|method| safe.contains(&method.channel)).collect()
    }

    /// The method for an advertiser, each of the arms with the same chance; nothing where fewer than two are safe, since
    /// then nothing is drawn.
    pub fn draw<'t>(&'t self, safe: &BTreeSet<Channel>, advertiser: &AdvertiserId) -> Option<&'t TrialMethod> {
        let arms = self.arms(safe);
        if arms.len() < 2 {
            return None;
        }
        let place = lot(self.seed, advertiser) % arms.len() as u64;
        arms.get(usize::try_from(place).ok()?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn trial() -> Trial {
        let method = |code: &str, channel| TrialMethod { code: code.to_owned(), channel };
        Trial {
            by: "A. Leder".into(),
            at: "2026-11-01T00:00:00Z".parse().unwrap(),
            until: "2026-12-01T00:00:00Z".parse().unwrap(),
            dpia: "2026-17".into(),
            seed: 7,
            methods: vec![
                method("message", Channel::Sms),
                method("call", Channel::Call),
                method("visit", Channel::Visit),
            ],
        }
    }

    #[test]
    fn each_safe_method_is_drawn_about_equally_often_and_always_the_same_for_one() {
        let (trial, safe) = (trial(), BTreeSet::from([Channel::Sms, Channel::Call]));
        let mut times: BTreeMap<&str, u32> = BTreeMap::new();
        for number in 0..2000 {
            let id = AdvertiserId(format!("adv_{number}"));
            let drawn = trial.draw(&safe, &id).unwrap();
            assert_eq!(trial.draw(&safe, &id), Some(drawn));
            *times.entry(&drawn.code).or_default() += 1;
        }
        // 1,000 expected with a standard deviation of 22.
        assert!(times.len() == 2 && times.values().all(|times| (890..=1110).contains(times)), "{times:?}");
        let other = Trial { seed: 8, ..trial.clone() };
        let differs = |n: &u32| {
            let id = AdvertiserId(format!("adv_{n}"));
            trial.draw(&safe, &id) != other.draw(&safe, &id)
        };
        assert!((0..200).filter(differs).count() > 50, "another seed is another lot");
    }

    #[test]
    fn nothing_is_drawn_where_nothing_is_compared_or_approved() {
        let id = AdvertiserId::from("adv_1");
        assert_eq!(trial().draw(&BTreeSet::from([Channel::Visit]), &id), None);
        assert_eq!(trial().draw(&BTreeSet::new(), &id), None);
        let at = |text: &str| text.parse().unwrap();
        assert!(trial().holds(at("2026-11-20T00:00:00Z")) && !trial().holds(at("2026-12-20T00:00:00Z")));
        assert!(!Trial { dpia: " ".into(), ..trial() }.holds(at("2026-11-20T00:00:00Z")));
        assert_eq!(trial().check(), Ok(()));
        let mut one = trial();
        one.methods.truncate(1);
        assert_eq!(one.check(), Err(OutreachError::Trial));
    }
}
