//! Everything linked and assessed by another configuration, in memory, beside the current analysis: which cases would come,
//! go or move, and by what. Nothing is written.

use crate::closures::{Everybody, Facts, Rules};
use crate::config::Config;
use crate::pipeline;
use domain::{Assessment, Linkage, Queue, Subject};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use store::{CaseChange, CaseSubject, Cause, Store, SubjectScore};
use web::{Comparison, MovedCase};

/// Whom a case may be about: each network of two or more advertisers, each other advertiser.
pub fn subjects_of<'a>(linkage: &Linkage, assessments: impl Iterator<Item = &'a Assessment>) -> Vec<CaseSubject> {
    let by_id: BTreeMap<&str, &Assessment> = assessments.map(|one| (id_of(&one.subject), one)).collect();
    let mut subjects = Vec::new();
    for network in &linkage.networks {
        let several = network.advertisers.len() >= 2;
        let id = match network.advertisers.first() {
            Some(only) if !several => only.as_str(),
            _ => network.id.as_str(),
        };
        let Some(own) = by_id.get(id) else { continue };
        let members = network.advertisers.iter().filter_map(|one| by_id.get(one.as_str()));
        subjects.push(CaseSubject {
            subject: id.to_owned(),
            band: own.band,
            urgent: own.urgent || members.into_iter().any(|one| one.urgent),
            spam: own.queue == Queue::Spam,
        });
    }
    subjects
}

/// A subject's id.
pub(super) fn id_of(subject: &Subject) -> &str {
    match subject {
        Subject::Advertiser(id) => id.as_str(),
        Subject::Network(id) => id.as_str(),
    }
}

/// The indicators whose firing differs, those that weigh most first.
pub(super) fn causes(now: Option<&SubjectScore>, then: &SubjectScore) -> Vec<Cause> {
    let none = SubjectScore::default();
    let now = now.unwrap_or(&none);
    let ids: BTreeSet<_> = now.fired.keys().chain(then.fired.keys()).collect();
    let mut causes: Vec<Cause> = ids
        .into_iter()
        .filter(|id| now.fired.get(*id) != then.fired.get(*id))
        .map(|id| Cause {
            indicator: id.clone(),
            now: now.fired.get(id).map(|(_, points)| *points),
            then: then.fired.get(id).map(|(_, points)| *points),
        })
        .collect();
    let weight = |cause: &Cause| (cause.now.unwrap_or(0.0) - cause.then.unwrap_or(0.0)).abs();
    causes.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then_with(|| a.indicator.cmp(&b.indicator)));
    causes
}

/// One who would move, while everything is gone through.
struct Would {
    then: Option<CaseSubject>,
    score: SubjectScore,
    /// Moved by the new reference and by ads that no analysis has met, too.
    also_without: Option<bool>,
}

/// What `then` would make of everything, beside the current analysis. `present`: the configuration in force, by which those
/// are told whom a new reference alone would move.
pub async fn compare(
    store: &Store,
    present: &Config,
    then: &Config,
    as_of: Timestamp,
    progress: &(dyn Fn(&str, u64) + Send + Sync),
) -> anyhow::Result<Comparison> {
    let Some(header) = store.latest_analysis().await? else {
        anyhow::bail!("nothing was analysed yet, so that there is nothing to compare with: run 'bavn analyse'");
    };
    let now: HashMap<String, CaseSubject> =
        store.case_subjects().await?.into_iter().map(|one| (one.subject.clone(), one)).collect();
    let judgements = store.judgements(Some(as_of)).await?;
    let facts = Facts::read_by(store, then);
    let mut everybody = Everybody::gather(&facts, then, &judgements, None, as_of, progress).await?;
    let references = everybody.references.clone();
    let rules = pipeline::rules(then, &references, &judgements, as_of);
    // Where texts are read and ads are linked alike, the present catalogue on the same closures tells what comes anyway.
    let alike = present.parameters_hash() == then.parameters_hash() && Arc::ptr_eq(&present.reader, &then.reader);
    let besides = Rules { catalogue: &present.catalogue, ..rules };
    let as_now = Facts::read_by(store, present);
    let mut missing: BTreeSet<&String> = now.keys().collect();
    let (mut moved, mut unchanged, mut done): (BTreeMap<String, Would>, usize, u64) = Default::default();
    while let Some((closures, _)) = everybody.next(&facts, &rules).await? {
        for closure in &closures {
            done += closure.ads.len() as u64;
            let assessments = || closure.assessments.iter().map(|(one, _)| one);
            let would = subjects_of(&closure.linkage, assessments());
            let moves = |one: &&CaseSubject| CaseChange::between(now.get(&one.subject), Some(*one)).is_some();
            let mut anyway: Option<HashMap<String, CaseSubject>> = None;
            if alike && would.iter().any(|one| moves(&one)) {
                let rows: Vec<_> = closure.ads.iter().map(|ad| ad.row).collect();
                let known = as_now.of(&rows, as_of).await?;
                let ads: Vec<&domain::AdFacts> = known.iter().map(|known| &known.facts).collect();
                let assessed = tokio::task::block_in_place(|| besides.assess_linked(&ads, &closure.linkage));
                let subjects = subjects_of(&closure.linkage, assessed.iter());
                anyway = Some(subjects.into_iter().map(|one| (one.subject.clone(), one)).collect());
            }
            for one in &would {
                missing.remove(&one.subject);
                if !moves(&one) {
                    unchanged += usize::from(one.has_case());
                    continue;
                }
                let change = CaseChange::between(now.get(&one.subject), Some(one));
                let also_without = (anyway.as_ref())
                    .map(|anyway| CaseChange::between(now.get(&one.subject), anyway.get(&one.subject)) == change);
                let own = assessments().find(|of| id_of(&of.subject) == one.subject);
                let score = own.map(SubjectScore::of).unwrap_or_default();
                moved.insert(one.subject.clone(), Would { then: Some(one.clone()), score, also_without });
            }
        }
        progress("assessed", done);
    }
    for subject in missing {
        moved.insert(subject.clone(), Would { then: None, score: SubjectScore::default(), also_without: None });
    }
    let subjects: BTreeSet<String> = moved.keys().cloned().collect();
    let scores = store.scores_of(&subjects).await?;
    let cases = store.cases_about(&subjects).await?;
    let told = |(subject, would): (String, Would)| {
        let before = now.get(&subject);
        let change = CaseChange::between(before, would.then.as_ref())?;
        let score = scores.get(&subject);
        Some(MovedCase {
            case: cases.get(&subject).cloned(),
            now: before.cloned(),
            // Nobody of that id any more: what fired on it tells nothing.
            causes: if would.then.is_some() { causes(score, &would.score) } else { Vec::new() },
            other_ads: score.is_none_or(|score| score.ads != would.score.ads),
            then: would.then,
            also_without: would.also_without,
            subject,
            change,
        })
    };
    Ok(Comparison {
        as_of,
        reference_now: header.reference_version,
        reference_then: references.version().to_owned(),
        moved: moved.into_iter().filter_map(told).collect(),
        unchanged,
        changes: Vec::new(),
    })
}
