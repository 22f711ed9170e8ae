//! Shadow runs: beside each analysis, what it would say with an indicator that is not (yet) in the catalogue. Linking,
//! bands, cases and exports know nothing of it.

use super::compare::{causes, subjects_of};
use crate::closures::{Everybody, Facts, Rules};
use crate::config::{Config, Shadow};
use crate::pipeline;
use crate::references::References;
use domain::AdFacts;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{AdRow, CaseChange, CaseSubject, KnownAd, NewClosure, ShadowRow, Store, StoreError, SubjectScore};

/// What these closures would be with a shadow: whoever it fires on, and whoever it moves.
async fn rows(
    store: &Store,
    config: &Config,
    shadow: &Shadow,
    rules: &Rules<'_>,
    closures: &[NewClosure],
) -> anyhow::Result<Vec<ShadowRow>> {
    let facts = Facts::with_catalogue(store, config, &shadow.catalogue, &shadow.reader_version);
    let with = Rules { catalogue: &shadow.catalogue, ..*rules };
    let mut rows = Vec::new();
    // The closures of a piece are some thousand ads, one closure may be more.
    let ads: Vec<AdRow> = closures.iter().flat_map(|closure| closure.ads.iter().map(|ad| ad.row)).collect();
    let known = facts.of(&ads, rules.as_of).await?;
    tokio::task::block_in_place(|| {
        let by_row: HashMap<AdRow, &KnownAd> = known.iter().map(|known| (known.row, known)).collect();
        for closure in closures {
            let ads: Vec<&AdFacts> =
                closure.ads.iter().filter_map(|ad| by_row.get(&ad.row).map(|known| &known.facts)).collect();
            let then = with.assess_linked(&ads, &closure.linkage);
            let now = || closure.assessments.iter().map(|(one, _)| one);
            let standing: BTreeMap<String, CaseSubject> =
                subjects_of(&closure.linkage, now()).into_iter().map(|one| (one.subject.clone(), one)).collect();
            let scores: HashMap<&str, SubjectScore> =
                now().map(|one| (super::compare::id_of(&one.subject), SubjectScore::of(one))).collect();
            let would: HashMap<String, CaseSubject> =
                subjects_of(&closure.linkage, then.iter()).into_iter().map(|one| (one.subject.clone(), one)).collect();
            for assessment in &then {
                let subject = super::compare::id_of(&assessment.subject);
                let score = SubjectScore::of(assessment);
                let fires = score.fired.contains_key(&shadow.id);
                let (before, after) = (standing.get(subject), would.get(subject));
                let change = CaseChange::between(before, after);
                if !fires && change.is_none() {
                    continue;
                }
                let plain = || CaseSubject {
                    subject: subject.to_owned(),
                    band: domain::Band::None,
                    urgent: false,
                    spam: false,
                };
                rows.push(ShadowRow {
                    now: before.cloned().unwrap_or_else(plain),
                    then: after.cloned().unwrap_or_else(plain),
                    change,
                    fires,
                    causes: causes(scores.get(subject), &score),
                });
            }
        }
    });
    Ok(rows)
}

/// The shadows beside an analysis of everything.
pub(crate) struct Shadows<'a> {
    store: &'a Store,
    config: &'a Config,
    which: Vec<&'a Shadow>,
    at: Timestamp,
}

impl<'a> Shadows<'a> {
    /// All that are configured.
    pub async fn begin(store: &'a Store, config: &'a Config, at: Timestamp) -> anyhow::Result<Self> {
        Self::some(store, config, config.shadows.iter().collect(), at).await
    }

    async fn some(store: &'a Store, config: &'a Config, which: Vec<&'a Shadow>, at: Timestamp) -> anyhow::Result<Self> {
        for shadow in &which {
            store.begin_shadow(&shadow.version, shadow.id.as_str(), at).await?;
        }
        Ok(Self { store, config, which, at })
    }

    /// The next closures.
    pub async fn add(&mut self, rules: &Rules<'_>, closures: &[NewClosure]) -> anyhow::Result<()> {
        for shadow in &self.which {
            let rows = rows(self.store, self.config, shadow, rules, closures).await?;
            self.store.add_shadow(&shadow.version, &rows, self.at).await?;
        }
        Ok(())
    }

    /// The rows stand beside this analysis.
    pub async fn end(self, place: (i64, i64), as_of: Timestamp) -> anyhow::Result<()> {
        for shadow in &self.which {
            self.store.end_shadow(&shadow.version, place, as_of).await?;
        }
        Ok(())
    }
}

/// Follows a batch that was put into the current analysis. A shadow that does not stand beside the batch before is left to
/// [`catch_up`].
pub(crate) async fn put_batch(
    store: &Store,
    config: &Config,
    rules: &Rules<'_>,
    closures: &[NewClosure],
    gone: &BTreeSet<String>,
    place: (i64, i64),
    at: Timestamp,
) -> anyhow::Result<()> {
    for shadow in &config.shadows {
        let rows = rows(store, config, shadow, rules, closures).await?;
        match store.put_shadow_batch(&shadow.version, place, gone, &rows, (rules.as_of, at)).await {
            Ok(()) | Err(StoreError::Refused { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Goes through everything for shadows that do not stand beside the current analysis (new ones, or cut off), and forgets
/// those that are no longer configured.
pub(crate) async fn catch_up(
    store: &Store,
    config: &Config,
    at: Timestamp,
    progress: &(dyn Fn(&str, u64) + Send + Sync),
) -> anyhow::Result<()> {
    let kept = store.shadows().await?;
    let configured: BTreeSet<String> = config.shadows.iter().map(|shadow| shadow.version.clone()).collect();
    if kept.iter().any(|state| !configured.contains(&state.version)) {
        store.keep_shadows(&configured).await?;
    }
    if configured.is_empty() {
        return Ok(());
    }
    let (Some(header), Some(standing)) = (store.latest_analysis().await?, store.standing().await?) else {
        return Ok(());
    };
    let place = (header.id, standing.batch);
    let stands = |shadow: &&Shadow| {
        kept.iter().any(|state| state.version == shadow.version && (state.analysis, state.batch) == place)
    };
    let behind: Vec<&Shadow> = config.shadows.iter().filter(|shadow| !stands(shadow)).collect();
    if behind.is_empty() {
        return Ok(());
    }
    let reference = store.reference(&header.reference_version).await?;
    let reference = reference.and_then(|bytes| References::from_bytes(&bytes, config)).filter(|one| one.fits(config));
    if reference.is_none() || header.catalogue != config.catalogue.hash() {
        // The analysis is another program's or of another catalogue: the next one goes through everything.
        return Ok(());
    }
    let judgements = store.judgements(Some(header.as_of)).await?;
    let facts = Facts::kept(store);
    let mut everybody = Everybody::gather(&facts, config, &judgements, reference, header.as_of, progress).await?;
    let references = everybody.references.clone();
    let rules = pipeline::rules(config, &references, &judgements, header.as_of);
    let mut shadows = Shadows::some(store, config, behind, at).await?;
    let mut done = 0;
    while let Some((closures, _)) = everybody.next(&facts, &rules).await? {
        shadows.add(&rules, &closures).await?;
        done += closures.iter().map(|closure| closure.ads.len() as u64).sum::<u64>();
        progress("in the shadow", done);
    }
    shadows.end(place, header.as_of).await
}
