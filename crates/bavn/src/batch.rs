//! A batch: what changed, who may be touched by it, and their closures anew. It costs its own size; what nobody touched
//! stays as it is, byte for byte.

use crate::closures::{Rules, part};
use crate::config::Config;
use crate::pipeline::{AnalyseSummary, BatchSize};
use crate::references::References;
use crate::what_if::shadow;
use domain::{AdFacts, AdRef, Judgement};
use jiff::Timestamp;
use linkage::{Population, Probe};
use std::collections::{BTreeSet, HashSet};
use store::{AdRow, AnalysisHeader, Change, KnownAd, NewBatch, Store, StoreError};

/// Changed ads up to which a batch is tried, and the part of all ads from which going through everything is cheaper.
const MOST: usize = 20_000;

/// How often a batch is made again where another came in between.
const TRIES: usize = 3;

/// Takes in what changed. `None` where everything must be gone through: there is no analysis to put it into, or that one
/// was made with another catalogue, other parameters, code, or of a later time; something was deleted; or the reference no
/// longer stands for the ads that there are.
pub(crate) async fn run(
    store: &Store,
    config: &Config,
    as_of: Timestamp,
    at: Timestamp,
    progress: &(dyn Fn(&str, u64) + Send + Sync),
) -> anyhow::Result<Option<AnalyseSummary>> {
    for _ in 0..TRIES {
        let changes = store.changes().await?;
        let Some(standing) = store.standing().await?.filter(|standing| standing.parted) else { return Ok(None) };
        let Some(header) = store.latest_analysis().await?.filter(|header| continues(header, config, as_of)) else {
            return Ok(None);
        };
        let most = MOST.max(standing.ads as usize / 4);
        if changes.len() > most || changes.first().is_some_and(|change| change.ad == AdRow(0)) {
            return Ok(None);
        }
        let Some(references) = references(store, config, &header).await? else { return Ok(None) };
        let judgements = store.judgements(Some(as_of)).await?;
        let rules = Rules {
            catalogue: &config.catalogue,
            parameters: &config.linkage,
            references: &references,
            judgements: &judgements,
            as_of,
        };
        let touched = touched(store, &rules, header.id, &changes).await?;
        if touched.len() > most {
            return Ok(None);
        }
        progress("touched", touched.len() as u64);
        let rows: Vec<AdRow> = touched.iter().copied().collect();
        let others = (standing.ads as usize).saturating_sub(store.members(&touched).await?);
        let gone = if config.shadows.is_empty() { BTreeSet::new() } else { store.subjects_of(&touched).await? };
        let parted = part(store, &rules, header.id, &rows, others).await?;
        // Counted among less than half of the ads it says little of what is rare.
        let ads = others + parted.closures.iter().map(|closure| closure.ads.len()).sum::<usize>();
        if ads >= 2 * references.links.ads().max(1) {
            return Ok(None);
        }
        let batch = NewBatch {
            analysis: header.id,
            batch: standing.batch,
            as_of,
            touched,
            closures: parted.closures,
            spam: crate::figures::spam_share(config),
            at,
        };
        match store.put_batch(&batch, &parted.chunk).await {
            Ok(cases) => {
                let place = (header.id, standing.batch + 1);
                shadow::put_batch(store, config, &rules, &batch.closures, &gone, place, at).await?;
                store.forget_changes(&changes, as_of).await?;
                let size = BatchSize { changed: changes.len(), touched: batch.touched.len() };
                return AnalyseSummary::read(store, cases, Some(size)).await.map(Some);
            }
            Err(StoreError::Refused { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    anyhow::bail!("another analysis is at work on this store: run one at a time, or try again")
}

/// Whether rows made now may stand beside those of this analysis.
fn continues(header: &AnalysisHeader, config: &Config, as_of: Timestamp) -> bool {
    header.as_of <= as_of
        && header.catalogue == config.catalogue.hash()
        && header.parameters == config.parameters_hash()
        && header.code_version == env!("CARGO_PKG_VERSION")
}

async fn references(store: &Store, config: &Config, header: &AnalysisHeader) -> anyhow::Result<Option<References>> {
    let kept = store.reference(&header.reference_version).await?;
    let kept = kept.and_then(|bytes| References::from_bytes(&bytes, config));
    Ok(kept.filter(|kept| kept.version() == header.reference_version && kept.fits(config)))
}

/// The changed ads, those with which they were in one closure, those with which they may be now, and theirs.
async fn touched(
    store: &Store,
    rules: &Rules<'_>,
    analysis: i64,
    changes: &[Change],
) -> anyhow::Result<BTreeSet<AdRow>> {
    let changed: BTreeSet<AdRow> = changes.iter().map(|change| change.ad).collect();
    let rows: Vec<AdRow> = changed.iter().copied().collect();
    let known = store.facts_of(&rows, rules.as_of).await?;
    let facts: Vec<&AdFacts> = known.iter().map(|known| &known.facts).collect();
    let near: Vec<AdRow> = neighbours(store, rules, analysis, &facts).await?.difference(&changed).copied().collect();
    let near = store.facts_of(&near, rules.as_of).await?;
    let mut found = changed.clone();
    // Keys propose many; the relation itself is asked before their closures are loaded.
    tokio::task::block_in_place(|| {
        let all: Vec<&KnownAd> = known.iter().chain(&near).collect();
        let mut population = Population::default();
        all.iter().for_each(|known| _ = population.add(&known.facts, rules.parameters));
        for set in population.closures(rules.judgements, &rules.references.links, rules.parameters) {
            let rows = || set.iter().map(|at| all[*at as usize].row);
            if rows().any(|row| changed.contains(&row)) {
                found.extend(rows());
            }
        }
    });
    Ok(store.with_closures(found, rules.as_of).await?)
}

/// Ads of the store that something may tie to these: who shows a contact that ties, who shares a key or has a near
/// picture, and who was judged beside one of them.
async fn neighbours(
    store: &Store,
    rules: &Rules<'_>,
    analysis: i64,
    facts: &[&AdFacts],
) -> anyhow::Result<BTreeSet<AdRow>> {
    let links = &rules.references.links;
    let contacts = linkage::tying_contacts(facts.iter().copied(), rules.judgements, links);
    let mut found = store.ads_with(&contacts).await?;
    let names: HashSet<&AdRef> = facts.iter().map(|facts| &facts.ad).collect();
    let mut judged = BTreeSet::new();
    for one in rules.judgements {
        if let Judgement::Ads { a, b, .. } = one
            && (names.contains(a) || names.contains(b))
        {
            judged.extend([a.clone(), b.clone()]);
        }
    }
    found.extend(store.ad_rows(&judged).await?);
    let mut population = Population::default();
    facts.iter().for_each(|facts| _ = population.add(facts, rules.parameters));
    let keys: Vec<_> =
        (0..facts.len() as u32).map(|number| population.keys_of(number, links, rules.parameters)).collect();
    let probe = Probe::new(&keys, rules.parameters.image_distance);
    if !probe.is_empty() {
        for number in store.key_chunks(analysis).await? {
            let bytes = store.key_chunk(analysis, number).await?;
            let rows = tokio::task::block_in_place(|| probe.scan(&bytes));
            let rows =
                rows.ok_or_else(|| anyhow::anyhow!("the index of keys cannot be read: run 'bavn analyse --all'"))?;
            found.extend(rows.into_iter().map(AdRow));
        }
    }
    Ok(found)
}
