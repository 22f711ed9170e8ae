//! What a new reference would move, before it is adopted: everything is linked and assessed against it in memory, and
//! laid beside the current analysis. Nothing is written.

use crate::closures::Everybody;
use crate::config::Config;
use crate::pipeline;
use domain::{Band, Queue, Subject};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use store::{CaseSubject, NewClosure, Store};

/// One whom a case is, was or would be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Advertiser or network.
    pub subject: String,
    /// Its band now; `None` where there is no case.
    pub now: Option<Band>,
    /// Its band then; `None` where there would be no case.
    pub then: Option<Band>,
}

/// The difference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// Version of the reference in force.
    pub reference_now: String,
    /// Version of the one that would come.
    pub reference_then: String,
    /// Whoever would come, go or change band, by subject.
    pub moved: Vec<Moved>,
    /// Those who would stay as they are.
    pub unchanged: usize,
}

/// Makes a new reference of all that is read, and what everything would be against it.
pub async fn preview(
    store: &Store,
    config: &Config,
    as_of: Timestamp,
    progress: &(dyn Fn(&str, u64) + Send + Sync),
) -> anyhow::Result<Preview> {
    let now: BTreeMap<String, Band> = match store.latest_analysis().await? {
        Some(_) => store.case_subjects().await?.into_iter().map(|one| (one.subject, one.band)).collect(),
        None => anyhow::bail!("nothing was analysed yet, so that there is nothing to compare with: run 'bavn analyse'"),
    };
    let judgements = store.judgements(Some(as_of)).await?;
    let mut everybody = Everybody::gather(store, config, &judgements, None, as_of, progress).await?;
    let references = everybody.references.clone();
    let rules = pipeline::rules(config, &references, &judgements, as_of);
    let mut then: BTreeMap<String, Band> = BTreeMap::new();
    while let Some((closures, _)) = everybody.next(store, &rules).await? {
        let subjects = closures.iter().flat_map(subjects_of).filter(CaseSubject::has_case);
        then.extend(subjects.map(|one| (one.subject, one.band)));
        progress("assessed", then.len() as u64);
    }
    let mut preview = Preview {
        reference_now: store.latest_analysis().await?.map(|header| header.reference_version).unwrap_or_default(),
        reference_then: references.version().to_owned(),
        ..Preview::default()
    };
    let gone = now.iter().filter(|(subject, _)| !then.contains_key(*subject));
    let gone = gone.map(|(subject, band)| Moved { subject: subject.clone(), now: Some(*band), then: None });
    preview.moved.extend(gone);
    for (subject, band) in &then {
        match now.get(subject) {
            Some(known) if known == band => preview.unchanged += 1,
            known => {
                let moved = Moved { subject: subject.clone(), now: known.copied(), then: Some(*band) };
                preview.moved.push(moved);
            }
        }
    }
    preview.moved.sort_by(|a, b| a.subject.cmp(&b.subject));
    Ok(preview)
}

/// Whom a case may be about: each network of two or more advertisers, each other advertiser.
pub fn subjects_of(closure: &NewClosure) -> Vec<CaseSubject> {
    let by_id: BTreeMap<&str, &domain::Assessment> =
        closure.assessments.iter().map(|(one, _)| (id_of(&one.subject), one)).collect();
    let mut subjects = Vec::new();
    for network in &closure.linkage.networks {
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

fn id_of(subject: &Subject) -> &str {
    match subject {
        Subject::Advertiser(id) => id.as_str(),
        Subject::Network(id) => id.as_str(),
    }
}

/// In words, one line for each that would move.
pub fn describe(preview: &Preview) -> String {
    let count = |which: &dyn Fn(&Moved) -> bool| preview.moved.iter().filter(|one| which(one)).count();
    let come = count(&|one| one.now.is_none());
    let go = count(&|one| one.then.is_none());
    let up = count(&|one| one.now.is_some() && one.then > one.now);
    let down = count(&|one| one.then.is_some() && one.then < one.now);
    let mut text = format!(
        "Against a new reference ({}, now {}): {come} cases would come, {go} go, {up} rise in band, {down} fall, {} stay as \
         they are. Nothing was changed; 'bavn analyse --all' adopts it.\n",
        preview.reference_then, preview.reference_now, preview.unchanged
    );
    let word = |band: Option<Band>| band.map_or("no case", Band::as_str);
    for one in &preview.moved {
        // Writing to a text does not fail.
        _ = writeln!(text, "{}\t{} -> {}", one.subject, word(one.now), word(one.then));
    }
    text
}
