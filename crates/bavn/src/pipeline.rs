//! The path of the data from an ad version to cases, top to bottom. Each step is a pure function of another crate;
//! only [`read_new_versions`] and [`analyse`] touch the store.

use crate::closures::{Analysed, Everybody, Facts, Rules, assess_all};
use crate::config::Config;
use crate::references::References;
use crate::what_if::shadow::{self, Shadows};
use anyhow::Context;
use classifier::Catalogue;
use domain::{AdRef, AdVersion, Evidence, Firing, Judgement, MaskedText, ReadAd, Waterfall};
use extract::{ReadHints, Reader};
use jiff::Timestamp;
use store::{AdRow, PutAnalysis, ReadingRow, RunHead, Store, UnreadVersion};

/// Ad versions read and kept at a time.
const BATCH: u32 = 500;

/// Step 1 and 2: `ad version -> mentions -> indicators (one ad)`. Everything that the present reader has not read.
/// Killed between two batches, the next call goes on with the rest.
pub async fn read_new_versions(
    store: &Store,
    config: &Config,
    at: Timestamp,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> anyhow::Result<u64> {
    let mut done = 0;
    loop {
        let unread = store.unread_versions(&config.reader_version, BATCH).await?;
        if unread.is_empty() {
            return Ok(done);
        }
        let read = || {
            unread.iter().map(|version| read_version(config, &config.catalogue, version)).collect::<Vec<ReadingRow>>()
        };
        let rows = tokio::task::block_in_place(read);
        store.put_readings(&rows, at).await?;
        done += rows.len() as u64;
        progress(done);
    }
}

/// One version: mentions, one-ad indicators, masked text. Firings are kept in masked offsets, so that nothing that is
/// shown or searched holds a number.
pub(crate) fn read_version(config: &Config, catalogue: &Catalogue, version: &UnreadVersion) -> ReadingRow {
    let hints = config.read_hints(version.ad.site.as_str());
    let ad = config.reader.read_content(&version.content, &hints);
    let firings = classifier::fire_ad(catalogue, &ad, &seen(&version.ad, version.version, version.first_seen));
    let masked = extract::mask(&ad);
    let firings = firings.into_iter().map(|firing| mask_firing(firing, &masked)).collect();
    let ad_version = AdVersion {
        ad: version.ad.clone(),
        version: version.version,
        content: version.content.clone(),
        first_seen: version.first_seen,
        last_seen: version.last_seen,
    };
    let facts = extract::version_facts(&ad_version, &ad, firings);
    ReadingRow { row: version.row, reader_version: config.reader_version.clone(), reading: ad.reading, facts, masked }
}

/// Which ad version it is, and the Danish day on which it was first seen.
fn seen(ad: &AdRef, version: u32, first_seen: Timestamp) -> classifier::AdAt<'_> {
    classifier::AdAt { ad: Some((ad, version)), on: Some(crate::time::local_day(first_seen)) }
}

/// A firing whose spans count in the masked texts, with the words that stand there.
pub fn mask_firing(mut firing: Firing, masked: &[MaskedText]) -> Firing {
    for evidence in &mut firing.evidence {
        if let Evidence::Span { span, text, .. } = evidence
            && let Some(field) = masked.iter().find(|candidate| candidate.field == span.field)
        {
            *span = field.mask_span(span);
            *text = field.text.get(span.start..span.end).unwrap_or_default().to_owned();
        }
    }
    firing
}

/// What the one-ad indicators said in original offsets, recomputed from the original text: for exports to operators.
pub fn original_firings(
    catalogue: &Catalogue,
    reader: &Reader,
    hints: &ReadHints,
    ad: &AdRef,
    (version, first_seen): (u32, Timestamp),
    content: &domain::AdContent,
) -> (ReadAd, Vec<Firing>) {
    let read = reader.read_content(content, hints);
    let firings = classifier::fire_ad(catalogue, &read, &seen(ad, version, first_seen));
    (read, firings)
}

/// How much a batch went through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchSize {
    /// Ads that had changed.
    pub changed: usize,
    /// Ads of the closures that were made anew.
    pub touched: usize,
}

/// What an analysis did.
pub struct AnalyseSummary {
    /// Ad versions read.
    pub read: u64,
    /// Ads in the analysis.
    pub ads: u64,
    /// Its advertisers.
    pub advertisers: u64,
    /// Its networks of two advertisers or more.
    pub networks: u64,
    /// Links, but for those that only show damped contacts.
    pub links: u64,
    /// Contacts that were damped.
    pub damped: u64,
    /// Advertisers by band: none, low, medium, high.
    pub bands: [u64; 4],
    /// What it did to cases.
    pub cases: PutAnalysis,
    /// `None` where it went through everything.
    pub batch: Option<BatchSize>,
}

impl AnalyseSummary {
    /// Of the current analysis.
    pub(crate) async fn read(store: &Store, cases: PutAnalysis, batch: Option<BatchSize>) -> anyhow::Result<Self> {
        let standing = store.standing().await?.context("the analysis that was just kept is gone")?;
        Ok(Self {
            read: 0,
            ads: standing.ads,
            advertisers: standing.figures.advertisers,
            networks: standing.figures.networks,
            links: standing.links,
            damped: standing.damped,
            bands: standing.figures.bands,
            cases,
            batch,
        })
    }
}

/// Whether the reference is made anew.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum NewReference {
    /// Always (`--all`, the nightly step).
    Always,
    /// Only where there is none that this program can read, or where it no longer stands for the ads that there are.
    IfNone,
}

/// Two analyses of one process would take each other's rows for left-overs.
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// The whole path from unread versions to cases: a batch of what changed where one can be put into the current analysis,
/// else everything. The analysis before stays current until the new rows are whole.
pub async fn analyse(
    store: &Store,
    config: &Config,
    as_of: Timestamp,
    at: Timestamp,
    renew: NewReference,
    progress: &(dyn Fn(&str, u64) + Send + Sync),
) -> anyhow::Result<AnalyseSummary> {
    let _alone = ONE_AT_A_TIME.lock().await;
    let read = read_new_versions(store, config, at, &|done| progress("read", done)).await?;
    store.put_setting(&parameters_name(&config.parameters_hash()), config.parameters_text()).await?;
    let batch = match renew {
        NewReference::Always => None,
        NewReference::IfNone => crate::batch::run(store, config, as_of, at, progress).await?,
    };
    let summary = match batch {
        Some(summary) => summary,
        None => analyse_everything(store, config, as_of, at, renew, progress).await?,
    };
    shadow::catch_up(store, config, at, progress).await.context("following what runs in the shadow")?;
    spread_objections(store, config, None, at).await.context("working out how far objections reach")?;
    Ok(AnalyseSummary { read, ..summary })
}

/// Links and assesses all ads beside the current analysis.
async fn analyse_everything(
    store: &Store,
    config: &Config,
    as_of: Timestamp,
    at: Timestamp,
    renew: NewReference,
    progress: &(dyn Fn(&str, u64) + Send + Sync),
) -> anyhow::Result<AnalyseSummary> {
    // Before the facts: what changes from now on is left for the next one.
    let changes = store.changes().await?;
    let judgements = store.judgements(Some(as_of)).await?;
    let kept = match renew {
        NewReference::Always => None,
        NewReference::IfNone => {
            let ads = store.ad_rows_by(as_of).await?.len();
            References::newest(store, config).await?.filter(|kept| ads < 2 * kept.links.ads().max(1))
        }
    };
    let facts = Facts::kept(store);
    let mut everybody = Everybody::gather(&facts, config, &judgements, kept, as_of, progress).await?;
    let references = everybody.references.clone();
    let rules = rules(config, &references, &judgements, as_of);
    let mut run = store
        .begin_analysis(RunHead {
            as_of,
            catalogue: config.catalogue.hash().to_owned(),
            parameters: config.parameters_hash(),
            code_version: env!("CARGO_PKG_VERSION").to_owned(),
            reference_version: references.version().to_owned(),
            reference: references.to_bytes()?,
            spam: crate::figures::spam_share(config),
            at,
        })
        .await
        .context("keeping the analysis")?;
    let mut shadows = Shadows::begin(store, config, at).await?;
    let mut done = 0;
    while let Some((closures, chunk)) = everybody.next(&facts, &rules).await? {
        shadows.add(&rules, &closures).await.context("keeping what runs in the shadow")?;
        done += closures.iter().map(|closure| closure.ads.len() as u64).sum::<u64>();
        run.add(&closures).await.context("keeping the analysis")?;
        run.add_keys(&chunk).await.context("keeping the analysis")?;
        progress("assessed", done);
    }
    drop(everybody);
    let cases = run.finish().await.context("keeping the analysis")?;
    shadows.end((cases.id, 0), as_of).await.context("keeping what runs in the shadow")?;
    store.forget_changes(&changes, as_of).await?;
    AnalyseSummary::read(store, cases, None).await
}

/// The rules in force.
pub fn rules<'a>(
    config: &'a Config,
    references: &'a References,
    judgements: &'a [Judgement],
    as_of: Timestamp,
) -> Rules<'a> {
    Rules { catalogue: &config.catalogue, parameters: &config.linkage, references, judgements, as_of }
}

/// Lets objections reach as far as the rule says: contacts come and ties change with each analysis.
pub async fn spread_objections(
    store: &Store,
    config: &Config,
    only: Option<store::ObjectionId>,
    at: Timestamp,
) -> anyhow::Result<usize> {
    let programmes: Vec<(domain::ProgrammeId, f64)> = config
        .programmes
        .values()
        .map(|of| (domain::ProgrammeId(of.id.clone()), of.outreach.policy.objection_strong_bits))
        .collect();
    Ok(web::gate::spread_objections(store, &config.catalogue, only, &programmes, at).await?)
}

/// Under which name the store keeps the parameters of a version, so that an old assessment can be understood.
pub fn parameters_name(version: &str) -> String {
    format!("linkage:{version}")
}

/// The analysis as of a time, in memory: what an export with `--as-of` shows where the store keeps another one.
pub async fn analyse_in_memory(store: &Store, config: &Config, as_of: Timestamp) -> anyhow::Result<Analysed> {
    let facts = store.facts(Some(as_of)).await?;
    let judgements = store.judgements(Some(as_of)).await?;
    let references = match References::newest(store, config).await? {
        Some(kept) => kept,
        None => References::of(&facts, config, as_of)?,
    };
    let rules = rules(config, &references, &judgements, as_of);
    Ok(tokio::task::block_in_place(|| assess_all(&rules, &facts)))
}

/// Why the current analysis holds two ads to be one desk's, or not: their closures, weighed again against its reference.
/// `None` if one of them is not known to it.
pub async fn compare_ads(store: &Store, config: &Config, a: &AdRef, b: &AdRef) -> anyhow::Result<Option<Waterfall>> {
    let Some(header) = store.latest_analysis().await? else { return Ok(None) };
    let judgements = store.judgements(Some(header.as_of)).await?;
    let kept = store.reference(&header.reference_version).await?;
    let kept = kept.and_then(|bytes| References::from_bytes(&bytes, config)).filter(|kept| kept.fits(config));
    let parted = store.standing().await?.is_some_and(|standing| standing.parted);
    let (facts, links) = match kept {
        Some(kept) if parted => {
            let two = store.ad_rows(&[a.clone(), b.clone()].into()).await?;
            let rows: Vec<AdRow> = store.with_closures(two, header.as_of).await?.into_iter().collect();
            let known = store.facts_of(&rows, header.as_of).await?;
            (known.into_iter().map(|known| known.facts).collect::<Vec<_>>(), Some(kept.links))
        }
        // An analysis of another program or other parameters: everything, against a reference of it.
        _ => (store.facts(Some(header.as_of)).await?, None),
    };
    let (parameters, a, b) = (config.linkage.clone(), a.clone(), b.clone());
    let weigh = move || {
        let links = links.unwrap_or_else(|| linkage::LinkReference::of(&facts, &parameters));
        linkage::waterfall(&facts, &judgements, &links, &parameters, (&a, &b))
    };
    Ok(tokio::task::spawn_blocking(weigh).await?)
}
