//! The path of the data from an ad version to cases, top to bottom. Each step is a pure function of another crate;
//! only [`read_new_versions`] and [`analyse`] touch the store.

use crate::config::Config;
use anyhow::Context;
use classifier::{Catalogue, GroupView, Reference};
use domain::{
    AdFacts, AdRef, AdVersion, AdvertiserId, Assessment, Evidence, Firing, Judgement, Linkage, MaskedText, ReadAd,
    Subject, Waterfall,
};
use extract::{ReadHints, Reader};
use jiff::Timestamp;
use std::collections::BTreeMap;
use store::{NewAnalysis, PutAnalysis, ReadingRow, Store, UnreadVersion};

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
        let read = || unread.iter().map(|version| read_version(config, version)).collect::<Vec<ReadingRow>>();
        let rows = tokio::task::block_in_place(read);
        store.put_readings(&rows, at).await?;
        done += rows.len() as u64;
        progress(done);
    }
}

/// One version: mentions, one-ad indicators, masked text. Firings are kept in masked offsets, so that nothing that is
/// shown or searched holds a number.
fn read_version(config: &Config, version: &UnreadVersion) -> ReadingRow {
    let hints = config.read_hints(version.ad.site.as_str());
    let ad = config.reader.read_content(&version.content, &hints);
    let firings = classifier::fire_ad(&config.catalogue, &ad, &seen(&version.ad, version.version, version.first_seen));
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

/// What steps 3 to 6 give.
pub struct Analysed {
    /// Links, advertisers, networks.
    pub linkage: Linkage,
    /// Assessments of advertisers, then of networks of two advertisers or more, each by id.
    pub assessments: Vec<Assessment>,
}

/// Steps 3 to 6: `links -> advertiser, network -> indicators (many ads) -> assessment`. Pure: the same facts,
/// judgements, configuration, reference and time give the same bytes.
pub fn assess_all(
    config: &Config,
    facts: &[AdFacts],
    judgements: &[Judgement],
    reference: &Reference,
    as_of: Timestamp,
) -> Analysed {
    let linkage = linkage::link(facts, judgements, &config.linkage);
    let by_ad: BTreeMap<&AdRef, &AdFacts> = facts.iter().map(|fact| (&fact.ad, fact)).collect();
    let mut links_of: BTreeMap<&AdRef, Vec<usize>> = BTreeMap::new();
    for (index, link) in linkage.links.iter().enumerate() {
        links_of.entry(&link.a).or_default().push(index);
        links_of.entry(&link.b).or_default().push(index);
    }
    let mut damped_of: BTreeMap<&AdRef, Vec<usize>> = BTreeMap::new();
    for (index, damped) in linkage.damped.iter().enumerate() {
        for ad in &damped.ads {
            damped_of.entry(ad).or_default().push(index);
        }
    }
    let ads_of: BTreeMap<&AdvertiserId, &Vec<AdRef>> = linkage.advertisers.iter().map(|a| (&a.id, &a.ads)).collect();
    let around = |index: &BTreeMap<&AdRef, Vec<usize>>, ads: &[AdRef]| {
        let mut found: Vec<usize> = ads.iter().filter_map(|ad| index.get(ad)).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        found
    };
    let assess = |subject: Subject, advertisers: Vec<(AdvertiserId, Vec<AdRef>)>, ads: &[AdRef]| {
        let members: Vec<&AdFacts> = ads.iter().filter_map(|ad| by_ad.get(ad).copied()).collect();
        let view = GroupView {
            subject: &subject,
            ads: members,
            advertisers,
            links: around(&links_of, ads).into_iter().filter_map(|index| linkage.links.get(index)).collect(),
            damped: around(&damped_of, ads).into_iter().filter_map(|index| linkage.damped.get(index)).collect(),
        };
        let (mut firings, abstentions) = classifier::fire_group(&config.catalogue, &view, reference, as_of);
        let single = view.ads.iter().flat_map(|fact| fact.versions.iter().flat_map(|version| version.firings.clone()));
        firings.extend(single);
        classifier::assess(&config.catalogue, subject, ads, firings, abstentions)
    };
    let mut assessments = Vec::with_capacity(linkage.advertisers.len());
    for advertiser in &linkage.advertisers {
        let members = vec![(advertiser.id.clone(), advertiser.ads.clone())];
        assessments.push(assess(Subject::Advertiser(advertiser.id.clone()), members, &advertiser.ads));
    }
    for network in linkage.networks.iter().filter(|network| network.advertisers.len() > 1) {
        let members = (network.advertisers.iter())
            .filter_map(|id| ads_of.get(id).map(|ads| (id.clone(), (*ads).clone())))
            .collect();
        assessments.push(assess(Subject::Network(network.id.clone()), members, &network.ads));
    }
    Analysed { linkage, assessments }
}

/// What an analysis did.
pub struct AnalyseSummary {
    /// Ad versions read.
    pub read: u64,
    /// Ads in the analysis.
    pub ads: usize,
    /// Its advertisers.
    pub advertisers: usize,
    /// Its networks of two advertisers or more.
    pub networks: usize,
    /// Links.
    pub links: usize,
    /// Contacts that were damped.
    pub damped: usize,
    /// Advertisers by band: none, low, medium, high.
    pub bands: [usize; 4],
    /// What it did to cases.
    pub cases: PutAnalysis,
}

/// Whether the reference is made anew.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum NewReference {
    /// Always (`--all`, the nightly step).
    Always,
    /// Only where there is none that this program can read.
    IfNone,
}

/// Two analyses of one process would take each other's rows for left-overs.
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// The whole path from unread versions to cases. The analysis before stays current until the new one is whole.
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
    let facts = store.facts(Some(as_of)).await?;
    progress("facts", facts.len() as u64);
    let judgements = store.judgements(Some(as_of)).await?;
    let reference = reference(store, config, &facts, as_of, renew).await?;
    // Pages are served meanwhile by the other threads.
    let analysed = tokio::task::block_in_place(|| assess_all(config, &facts, &judgements, &reference, as_of));
    if let Some(giant) = linkage::giant(&analysed.linkage, facts.len(), &config.linkage) {
        anyhow::bail!(
            "{giant}. Such a network says that something ties the unrelated. The analysis before stays. Look at the two \
             with 'bavn explain pair', name the contact or judge the pair on its page, or raise largest_network_share in \
             linkage.toml if it is one network"
        );
    }
    progress("assessed", analysed.assessments.len() as u64);
    store.put_setting(&parameters_name(&config.parameters_hash()), config.parameters_text()).await?;
    let cases = store
        .put_analysis(&NewAnalysis {
            as_of,
            catalogue: config.catalogue.hash().to_owned(),
            parameters: config.parameters_hash(),
            code_version: env!("CARGO_PKG_VERSION").to_owned(),
            reference_version: reference.version().to_owned(),
            reference: reference.to_bytes(),
            linkage: &analysed.linkage,
            assessments: &analysed.assessments,
            figures: crate::figures::of(&analysed.assessments, &facts),
            spam: crate::figures::spam_share(config),
            at,
        })
        .await
        .context("keeping the analysis")?;
    spread_objections(store, config, None, at).await.context("working out how far objections reach")?;
    let mut bands = [0; 4];
    for assessment in &analysed.assessments {
        if matches!(assessment.subject, Subject::Advertiser(_)) {
            bands[assessment.band as usize] += 1;
        }
    }
    Ok(AnalyseSummary {
        read,
        ads: facts.len(),
        advertisers: analysed.linkage.advertisers.len(),
        networks: analysed.linkage.networks.iter().filter(|network| network.advertisers.len() > 1).count(),
        links: analysed.linkage.links.len(),
        damped: analysed.linkage.damped.len(),
        bands,
        cases,
    })
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

/// The reference in force, or a new one.
async fn reference(
    store: &Store,
    config: &Config,
    facts: &[AdFacts],
    as_of: Timestamp,
    renew: NewReference,
) -> anyhow::Result<Reference> {
    if renew == NewReference::IfNone
        && let Some((_, bytes)) = store.latest_reference().await?
        && let Some(kept) = Reference::from_bytes(&bytes, &config.geography)
    {
        return Ok(kept);
    }
    Ok(Reference::build(facts, &config.geography, as_of))
}

/// The analysis as of a time, in memory: what an export with `--as-of` shows where the store keeps another one.
pub async fn analyse_in_memory(store: &Store, config: &Config, as_of: Timestamp) -> anyhow::Result<Analysed> {
    let facts = store.facts(Some(as_of)).await?;
    let judgements = store.judgements(Some(as_of)).await?;
    let reference = reference(store, config, &facts, as_of, NewReference::IfNone).await?;
    Ok(assess_all(config, &facts, &judgements, &reference, as_of))
}

/// Why the current analysis holds two ads to be one desk's, or not: the same facts and judgements, weighed again.
/// `None` if one of them is not known to it.
pub async fn compare_ads(
    store: &Store,
    parameters: &linkage::LinkParameters,
    a: &AdRef,
    b: &AdRef,
) -> anyhow::Result<Option<Waterfall>> {
    let as_of = store.latest_analysis().await?.map(|analysis| analysis.as_of);
    let facts = store.facts(as_of).await?;
    let judgements = store.judgements(as_of).await?;
    let (parameters, a, b) = (parameters.clone(), a.clone(), b.clone());
    let weigh = move || {
        let reference = linkage::LinkReference::of(&facts, &parameters);
        linkage::waterfall(&facts, &judgements, &reference, &parameters, (&a, &b))
    };
    Ok(tokio::task::spawn_blocking(weigh).await?)
}
