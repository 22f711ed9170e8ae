//! What the current analysis says of some subjects, for laying another beside it. Nothing of it is shown as it stands:
//! pages show what they read in a transaction with its audit row.

use super::{current, open_assessment};
use crate::db::Arg;
use crate::{AdRow, CaseId, CaseSubject, Store, StoreError};
use domain::{AdRef, Assessment, IndicatorId, Role};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What became of a case, or would.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseChange {
    /// There is none now.
    Comes,
    /// There would be none.
    Goes,
    /// Into a higher band, or into the urgent route.
    Rises,
    /// Into a lower band.
    Falls,
    /// Into another queue of the same band.
    Turns,
}

impl CaseChange {
    /// All of them, in the order in which they are told.
    pub const ALL: [CaseChange; 5] =
        [CaseChange::Comes, CaseChange::Goes, CaseChange::Rises, CaseChange::Falls, CaseChange::Turns];

    /// As written.
    pub fn as_str(self) -> &'static str {
        match self {
            CaseChange::Comes => "comes",
            CaseChange::Goes => "goes",
            CaseChange::Rises => "rises",
            CaseChange::Falls => "falls",
            CaseChange::Turns => "turns",
        }
    }

    /// From how it is written.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }

    /// Between two standings; `None` where nothing would change.
    pub fn between(now: Option<&CaseSubject>, then: Option<&CaseSubject>) -> Option<Self> {
        let (now, then) = (now.filter(|one| one.has_case()), then.filter(|one| one.has_case()));
        match (now, then) {
            (None, None) => None,
            (None, Some(_)) => Some(CaseChange::Comes),
            (Some(_), None) => Some(CaseChange::Goes),
            (Some(now), Some(then)) if (then.urgent, then.band) == (now.urgent, now.band) => {
                (now.spam != then.spam).then_some(CaseChange::Turns)
            }
            (Some(now), Some(then)) if now.urgent != then.urgent => {
                Some(if then.urgent { CaseChange::Rises } else { CaseChange::Falls })
            }
            (Some(now), Some(then)) => Some(if then.band > now.band { CaseChange::Rises } else { CaseChange::Falls }),
        }
    }
}

/// What fired on a subject, and on which ads it stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SubjectScore {
    /// Points of each indicator that fired; 0 for those that give none.
    pub fired: BTreeMap<IndicatorId, (Role, f64)>,
    /// Its ads.
    pub ads: BTreeSet<AdRef>,
}

impl SubjectScore {
    /// Of an assessment.
    pub fn of(assessment: &Assessment) -> Self {
        let firings = assessment.evidence.iter().chain(&assessment.counter_evidence).chain(&assessment.context);
        Self {
            fired: firings.map(|firing| (firing.indicator.clone(), (firing.role, firing.points))).collect(),
            ads: assessment.ads.iter().cloned().collect(),
        }
    }
}

impl Store {
    /// What fired on these subjects, by subject.
    pub async fn scores_of(&self, subjects: &BTreeSet<String>) -> Result<HashMap<String, SubjectScore>, StoreError> {
        let mut tx = self.read("reading what fired on some subjects").await?;
        let analysis = current(&mut tx).await?;
        let rows = tx
            .all_in(
                "SELECT subject, body_sealed FROM assessment WHERE analysis_id = $1 AND subject IN",
                &[Arg::from(analysis)],
                subjects.iter().map(|subject| Arg::from(subject.as_str())),
            )
            .await?;
        let score = |row: &crate::db::Row| {
            let subject = row.text(0)?;
            let assessment = open_assessment(self.keys(), &subject, &row.blob(1)?)?;
            Ok((subject, SubjectScore::of(&assessment)))
        };
        rows.iter().map(score).collect()
    }

    /// The case about each of these subjects, where there is one.
    pub async fn cases_about(&self, subjects: &BTreeSet<String>) -> Result<HashMap<String, CaseId>, StoreError> {
        let mut tx = self.read("looking for the cases of some subjects").await?;
        let rows = tx
            .all_in(
                "SELECT subject, id FROM case_file WHERE merged_into IS NULL AND subject IN",
                &[],
                subjects.iter().map(|subject| Arg::from(subject.as_str())),
            )
            .await?;
        rows.iter().map(|row| Ok((row.text(0)?, CaseId(row.text(1)?)))).collect()
    }

    /// The advertisers and networks of these ads in the current analysis.
    pub async fn subjects_of(&self, ads: &BTreeSet<AdRow>) -> Result<BTreeSet<String>, StoreError> {
        let mut tx = self.read("looking for the subjects of some ads").await?;
        let analysis = current(&mut tx).await?;
        let rows = tx
            .all_in(
                "SELECT DISTINCT advertiser, network FROM entity_member WHERE analysis_id = $1 AND ad_id IN",
                &[Arg::from(analysis)],
                ads.iter().map(|row| Arg::from(row.0)),
            )
            .await?;
        let mut subjects = BTreeSet::new();
        for row in &rows {
            subjects.extend([row.text(0)?, row.text(1)?]);
        }
        Ok(subjects)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Band;

    #[test]
    fn what_becomes_of_a_case_follows_from_its_two_standings() {
        let one = |band, urgent, spam| CaseSubject { subject: "adv_1".to_owned(), band, urgent, spam };
        let none = one(Band::None, false, false);
        let (low, high) = (one(Band::Low, false, false), one(Band::High, false, false));
        let (urgent, spam) = (one(Band::Low, true, false), one(Band::Low, false, true));
        for (now, then, expected) in [
            (Some(&none), Some(&low), Some(CaseChange::Comes)),
            (None, Some(&low), Some(CaseChange::Comes)),
            (Some(&low), None, Some(CaseChange::Goes)),
            (Some(&low), Some(&none), Some(CaseChange::Goes)),
            (Some(&low), Some(&high), Some(CaseChange::Rises)),
            (Some(&high), Some(&low), Some(CaseChange::Falls)),
            (Some(&high), Some(&urgent), Some(CaseChange::Rises)),
            (Some(&urgent), Some(&high), Some(CaseChange::Falls)),
            (Some(&low), Some(&spam), Some(CaseChange::Turns)),
            (Some(&low), Some(&low), None),
            (None, Some(&none), None),
            (None, None, None),
        ] {
            assert_eq!(CaseChange::between(now, then), expected, "{now:?} {then:?}");
        }
        assert!(CaseChange::ALL.into_iter().all(|one| CaseChange::from_text(one.as_str()) == Some(one)));
    }
}
