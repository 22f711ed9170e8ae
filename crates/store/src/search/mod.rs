//! Search over the masked texts of the ads and the networks and cases that they belong to; and, apart from it, the exact
//! look-up of a contact by its keyed hash.
//!
//! The index is filled when a text is read, and holds what the masked text holds: no number, address or name of a
//! street. It goes with its ad version. Read again (`analyse --all`), it is made again.

mod contact;
pub mod words;

pub use contact::{ContactAd, ContactFound};

use crate::analysis::{band_from, current};
use crate::db::{Arg, Row, Tx, args};
use crate::readings::ReadingRow;
use crate::research::{CaseAd, CaseId, CaseState, Of};
use crate::times::{day_from_number, local_day_and_hour};
use crate::{Look, Store, StoreError};
use domain::{AdvertiserId, Band, IndicatorId, NetworkId};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use words::{Asked, Entry};

/// Most hits that are counted; beyond it the page says 'more than'.
pub const MOST_COUNTED: u64 = 1_000;
/// Newest hits that a search knows of: its pages, facets, networks and cases are all of these.
const MOST_FOUND: i64 = 2_000;

/// What is searched for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchQuery {
    /// Words, and phrases in quotation marks, as somebody typed them. No contact: the page refuses it.
    pub words: String,
    /// In any of these municipalities; empty for all.
    pub municipalities: Vec<String>,
    /// In this language.
    pub language: Option<String>,
    /// With this one-ad indicator fired.
    pub indicator: Option<IndicatorId>,
    /// Versions first seen on this local day or later.
    pub from: Option<Date>,
    /// Versions first seen on this local day or before.
    pub to: Option<Date>,
    /// Also ads of cases in the urgent route.
    pub may_urgent: bool,
}

/// An ad version that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchHit {
    /// The ad, with its masked texts.
    pub ad: CaseAd,
    /// Which version.
    pub version: u32,
    /// Its network.
    pub network: NetworkId,
    /// The case about it.
    pub case: Option<CaseId>,
}

/// A network that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchGroup {
    /// Which network (or advertiser alone in its network).
    pub network: NetworkId,
    /// Its first advertiser among what was found.
    pub advertiser: AdvertiserId,
    /// Advertisers with hits.
    pub advertisers: u32,
    /// Ads with hits.
    pub ads: u32,
    /// The case about it.
    pub case: Option<CaseId>,
    /// Where that case stands, and its band.
    pub standing: Option<(CaseState, Band)>,
}

/// How the newest hits are spread: for each value the number of ads, most first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchFacets {
    /// By language.
    pub languages: Vec<(String, u64)>,
    /// By the part of the country that they name.
    pub regions: Vec<(String, u64)>,
}

/// A page of what was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchPage {
    /// Newest version first.
    pub hits: Vec<SearchHit>,
    /// How many there are, counted to [`MOST_COUNTED`] and one.
    pub total: u64,
}

/// Fills the index with a version that was read. Part of the transaction that keeps the reading.
pub(crate) async fn index(tx: &mut Tx, row: &ReadingRow) -> Result<(), StoreError> {
    let (id, mut entry) = (row.row.0, Entry::of(&row.masked));
    let first_day = day_from_number(local_day_and_hour(row.facts.first_seen).0)?;
    words::day_facets(first_day).into_iter().for_each(|facet| entry.facet(facet));
    for place in &row.facts.places {
        entry.facet(format!("_p{}", place.municipality_code));
    }
    for language in &row.facts.languages {
        entry.facet(format!("_l{}", language.code));
    }
    for firing in &row.facts.firings {
        entry.facet(format!("_i{}", firing.indicator.as_str()));
    }
    if tx.is_postgres() {
        tx.run(
            "INSERT INTO search_text (version_id, words) VALUES ($1, CAST(CAST($2 AS TEXT) AS TSVECTOR)) \
             ON CONFLICT (version_id) DO UPDATE SET words = excluded.words",
            args![id, entry.for_postgres()],
        )
        .await?;
    } else {
        tx.run("DELETE FROM search_text WHERE rowid = $1", args![id]).await?;
        tx.run("INSERT INTO search_text (rowid, words) VALUES ($1, $2)", args![id, entry.for_sqlite()]).await?;
    }
    Ok(())
}

impl SearchQuery {
    fn asked(&self) -> Asked {
        let mut facets = Vec::new();
        if !self.municipalities.is_empty() {
            facets.push(self.municipalities.iter().map(|code| format!("_p{code}")).collect());
        }
        facets.extend(self.language.iter().map(|code| vec![format!("_l{code}")]));
        facets.extend(self.indicator.iter().map(|id| vec![format!("_i{}", id.as_str())]));
        if self.from.is_some() || self.to.is_some() {
            // What is kept begins long after 2015 and ends before 2100.
            let from = self.from.unwrap_or(Date::constant(2015, 1, 1));
            let to = self.to.unwrap_or(Date::constant(2099, 12, 31));
            facets.push(words::range_facets(from, to));
        }
        Asked { terms: words::terms(&self.words), facets }
    }

    /// Nothing is asked for, or nothing can be found: no word, or a time that ends before it begins.
    pub fn is_empty(&self) -> bool {
        let asked = self.asked();
        (asked.terms.is_empty() && asked.facets.is_empty()) || asked.facets.iter().any(Vec::is_empty)
    }
}

/// The hits of `$2` in analysis `$1`, without ads of urgent cases unless `$3` is 1; and the column of the version.
fn found_in(is_postgres: bool) -> (String, &'static str) {
    // On SQLite CROSS JOIN keeps the order: the index is asked once, and not again for each ad.
    let (version, join, matches) = if is_postgres {
        ("t.version_id", "JOIN", "t.words @@ CAST(CAST($2 AS TEXT) AS TSQUERY)")
    } else {
        ("t.rowid", "CROSS JOIN", "t.search_text MATCH $2")
    };
    let text = format!(
        "FROM search_text t {join} ad_version v ON v.id = {version} \
         {join} entity_member m ON m.analysis_id = $1 AND m.ad_id = v.ad_id WHERE {matches} \
         AND ($3 = 1 OR NOT EXISTS (SELECT 1 FROM case_file c WHERE c.urgent = 1 \
         AND c.subject IN (m.advertiser, m.network)))"
    );
    (text, version)
}

/// A hit, and where its ad belongs.
struct Found {
    row: i64,
    ad: i64,
    version: u32,
    network: String,
    advertiser: String,
}

impl Found {
    /// The case about its network or its advertiser.
    fn case(&self, cases: &HashMap<String, String>) -> Option<String> {
        [&self.network, &self.advertiser].into_iter().filter_map(|subject| cases.get(subject)).min().cloned()
    }
}

/// The newest hits: all that a search counts, shows and groups, by one walk through the index.
async fn newest(tx: &mut Tx, query: &SearchQuery, analysis: i64) -> Result<Vec<Found>, StoreError> {
    let (found, version) = found_in(tx.is_postgres());
    let asked = query.asked();
    let text = if tx.is_postgres() { asked.for_postgres() } else { asked.for_sqlite() };
    let sql = format!(
        "SELECT {version}, v.ad_id, v.version, m.network, m.advertiser {found} ORDER BY {version} DESC LIMIT {MOST_FOUND}"
    );
    let rows = tx.all_of(sql, args![analysis, text, query.may_urgent]).await?;
    let hit = |row: &Row| {
        Ok(Found {
            row: row.int(0)?,
            ad: row.int(1)?,
            version: row.count(2)?,
            network: row.text(3)?,
            advertiser: row.text(4)?,
        })
    };
    rows.iter().map(hit).collect()
}

/// The first case about each network and advertiser of these hits.
async fn cases_of(tx: &mut Tx, hits: &[Found]) -> Result<HashMap<String, String>, StoreError> {
    let subjects: BTreeSet<&str> =
        hits.iter().flat_map(|hit| [hit.network.as_str(), hit.advertiser.as_str()]).collect();
    const CASES: &str = "SELECT subject, id FROM case_file WHERE merged_into IS NULL AND subject IN";
    let mut cases = HashMap::new();
    for row in tx.all_in(CASES, &[], subjects.into_iter().map(Arg::from)).await? {
        let (subject, case) = (row.text(0)?, row.text(1)?);
        let first = cases.entry(subject).or_insert_with(|| case.clone());
        if case < *first {
            *first = case;
        }
    }
    Ok(cases)
}

impl Store {
    /// A search's transaction, with its line in the log. PostgreSQL plans each question by its words: a plan that does
    /// for any words would, for common ones, gather hundreds of thousands of hits of which a page shows twenty.
    async fn searching(&self, look: &Look) -> Result<Tx, StoreError> {
        let mut tx = self.write("searching").await?;
        if tx.is_postgres() {
            tx.run("SET LOCAL plan_cache_mode = force_custom_plan", args![]).await?;
        }
        look.write(&mut tx, self.keys()).await?;
        Ok(tx)
    }

    /// A page of what is found, newest version first. Audited in the same transaction.
    pub async fn search(
        &self,
        look: &Look,
        query: &SearchQuery,
        offset: u32,
        limit: u32,
    ) -> Result<SearchPage, StoreError> {
        let mut tx = self.searching(look).await?;
        let (page, _) = self.found(&mut tx, query, offset, limit).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// As [`Store::search`], with how the newest hits are spread over languages and parts of the country, of which
    /// `region_of` names that of a municipality.
    pub async fn search_spread(
        &self,
        look: &Look,
        query: &SearchQuery,
        offset: u32,
        limit: u32,
        region_of: &(dyn Fn(&str) -> Option<String> + Sync),
    ) -> Result<(SearchPage, SearchFacets), StoreError> {
        let mut tx = self.searching(look).await?;
        let (page, hits) = self.found(&mut tx, query, offset, limit).await?;
        let facets = facets(&mut tx, &hits, region_of).await?;
        tx.commit().await?;
        Ok((page, facets))
    }

    async fn found(
        &self,
        tx: &mut Tx,
        query: &SearchQuery,
        offset: u32,
        limit: u32,
    ) -> Result<(SearchPage, Vec<Found>), StoreError> {
        if query.is_empty() {
            return Ok(Default::default());
        }
        let analysis = current(tx).await?;
        let found = newest(tx, query, analysis).await?;
        let shown: &[Found] = found.get(offset as usize..).unwrap_or_default();
        let shown = shown.get(..limit as usize).unwrap_or(shown);
        let cases = cases_of(tx, shown).await?;
        let mut hits = Vec::with_capacity(shown.len());
        for hit in shown {
            let of = Of::One(hit.ad);
            let Some(ad) = self.case_ads(tx, analysis, &of, i64::MAX).await?.into_iter().next() else { continue };
            hits.push(SearchHit {
                ad,
                version: hit.version,
                network: NetworkId(hit.network.clone()),
                case: hit.case(&cases).map(CaseId),
            });
        }
        let total = (found.len() as u64).min(MOST_COUNTED + 1);
        Ok((SearchPage { hits, total }, found))
    }

    /// The networks and cases of the newest hits, those with most ads first. Audited in the same transaction.
    pub async fn search_groups(
        &self,
        look: &Look,
        query: &SearchQuery,
        limit: u32,
    ) -> Result<Vec<SearchGroup>, StoreError> {
        self.grouped(look, query, limit, false).await
    }

    /// As [`Store::search_groups`], only those that a case is about.
    pub async fn search_cases(
        &self,
        look: &Look,
        query: &SearchQuery,
        limit: u32,
    ) -> Result<Vec<SearchGroup>, StoreError> {
        self.grouped(look, query, limit, true).await
    }

    async fn grouped(
        &self,
        look: &Look,
        query: &SearchQuery,
        limit: u32,
        with_case: bool,
    ) -> Result<Vec<SearchGroup>, StoreError> {
        let mut tx = self.searching(look).await?;
        if query.is_empty() {
            tx.commit().await?;
            return Ok(Vec::new());
        }
        let analysis = current(&mut tx).await?;
        let hits = newest(&mut tx, query, analysis).await?;
        let cases = cases_of(&mut tx, &hits).await?;
        let mut by_network: BTreeMap<&str, Vec<&Found>> = BTreeMap::new();
        hits.iter().for_each(|hit| by_network.entry(&hit.network).or_default().push(hit));
        let mut groups = Vec::new();
        for (network, hits) in by_network {
            let advertisers: BTreeSet<&str> = hits.iter().map(|hit| hit.advertiser.as_str()).collect();
            let ads: BTreeSet<i64> = hits.iter().map(|hit| hit.ad).collect();
            let case = hits.iter().filter_map(|hit| hit.case(&cases)).min();
            if !with_case || case.is_some() {
                groups.push(SearchGroup {
                    network: NetworkId(network.to_owned()),
                    advertiser: AdvertiserId(advertisers.first().copied().unwrap_or_default().to_owned()),
                    advertisers: advertisers.len() as u32,
                    ads: ads.len() as u32,
                    case: case.map(CaseId),
                    standing: None,
                });
            }
        }
        groups.sort_by(|a, b| b.ads.cmp(&a.ads).then_with(|| a.network.cmp(&b.network)));
        groups.truncate(limit as usize);
        let cases: Vec<String> =
            groups.iter().filter_map(|group| group.case.as_ref()).map(|case| case.0.clone()).collect();
        let mut standing = HashMap::with_capacity(cases.len());
        const STANDING: &str = "SELECT id, state, band FROM case_file WHERE id IN";
        for row in tx.all_in(STANDING, &[], cases.iter().map(Arg::from)).await? {
            let state = CaseState::parse(&row.text(1)?).ok_or(StoreError::Corrupt { what: "a case's state" })?;
            standing.insert(row.text(0)?, (state, band_from(row.int(2)?)));
        }
        tx.commit().await?;
        for group in &mut groups {
            group.standing = group.case.as_ref().and_then(|case| standing.get(&case.0).copied());
        }
        Ok(groups)
    }
}

/// How hits are spread.
async fn facets(
    tx: &mut Tx,
    hits: &[Found],
    region_of: &(dyn Fn(&str) -> Option<String> + Sync),
) -> Result<SearchFacets, StoreError> {
    let ads: HashMap<i64, i64> = hits.iter().map(|hit| (hit.row, hit.ad)).collect();
    let rows = || hits.iter().map(|hit| Arg::from(hit.row));
    const LANGUAGES: &str = "SELECT version_id, code FROM language_mention WHERE version_id IN";
    const PLACES: &str = "SELECT version_id, municipality_code FROM place_mention WHERE version_id IN";
    let mut languages = BTreeMap::<String, BTreeSet<i64>>::new();
    for row in tx.all_in(LANGUAGES, &[], rows()).await? {
        languages.entry(row.text(1)?).or_default().extend(ads.get(&row.int(0)?));
    }
    let mut regions = BTreeMap::<String, BTreeSet<i64>>::new();
    for row in tx.all_in(PLACES, &[], rows()).await? {
        if let Some(region) = region_of(&row.text(1)?) {
            regions.entry(region).or_default().extend(ads.get(&row.int(0)?));
        }
    }
    let most_first = |counts: BTreeMap<String, BTreeSet<i64>>| {
        let mut counts: Vec<(String, u64)> = counts.into_iter().map(|(value, ads)| (value, ads.len() as u64)).collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        counts
    };
    Ok(SearchFacets { languages: most_first(languages), regions: most_first(regions) })
}
