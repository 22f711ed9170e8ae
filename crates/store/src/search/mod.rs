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
/// Newest hits whose networks are listed.
const MOST_GROUPED: i64 = 2_000;

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

/// The case about a hit's network or advertiser.
const CASE: &str = "(SELECT min(c.id) FROM case_file c WHERE c.merged_into IS NULL \
     AND c.subject IN (m.network, m.advertiser))";

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
        let page = self.found(&mut tx, query, offset, limit).await?;
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
        let page = self.found(&mut tx, query, offset, limit).await?;
        let facets =
            if page.total > 0 { self.facets(&mut tx, query, region_of).await? } else { SearchFacets::default() };
        tx.commit().await?;
        Ok((page, facets))
    }

    async fn facets(
        &self,
        tx: &mut Tx,
        query: &SearchQuery,
        region_of: &(dyn Fn(&str) -> Option<String> + Sync),
    ) -> Result<SearchFacets, StoreError> {
        let analysis = current(tx).await?;
        let (found, version) = found_in(tx.is_postgres());
        let values = self.values(query, analysis, tx.is_postgres());
        let part = |kind: &str, table: &str, column: &str| {
            format!(
                "SELECT '{kind}' AS kind, x.{column} AS value, h.ad_id AS ad FROM hits h JOIN {table} x \
                 ON x.version_id = h.version_id"
            )
        };
        let sql = format!(
            "WITH hits AS MATERIALIZED (SELECT {version} AS version_id, v.ad_id AS ad_id {found} ORDER BY {version} DESC \
             LIMIT {MOST_GROUPED}) SELECT f.kind, f.value, f.ad FROM ({} UNION {}) f",
            part("language", "language_mention", "code"),
            part("place", "place_mention", "municipality_code")
        );
        let (mut languages, mut regions) = (BTreeMap::<String, BTreeSet<i64>>::new(), BTreeMap::new());
        for row in tx.all_of(sql, values).await? {
            let (value, ad) = (row.text(1)?, row.int(2)?);
            let of = match row.text(0)?.as_str() {
                "language" => Some((&mut languages, value)),
                _ => region_of(&value).map(|region| (&mut regions, region)),
            };
            if let Some((counts, value)) = of {
                counts.entry(value).or_default().insert(ad);
            }
        }
        let most_first = |counts: BTreeMap<String, BTreeSet<i64>>| {
            let mut counts: Vec<(String, u64)> =
                counts.into_iter().map(|(value, ads)| (value, ads.len() as u64)).collect();
            counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            counts
        };
        Ok(SearchFacets { languages: most_first(languages), regions: most_first(regions) })
    }

    async fn found(&self, tx: &mut Tx, query: &SearchQuery, offset: u32, limit: u32) -> Result<SearchPage, StoreError> {
        if query.is_empty() {
            return Ok(SearchPage::default());
        }
        let analysis = current(tx).await?;
        let (found, version) = found_in(tx.is_postgres());
        let values = self.values(query, analysis, tx.is_postgres());
        let count = format!("SELECT count(*) FROM (SELECT 1 AS one {found} LIMIT {}) AS hits", MOST_COUNTED + 1);
        let counted = tx.all_of(count, values.clone()).await?;
        let total = counted.first().map_or(Ok(0), |row| Ok::<u64, StoreError>(row.int(0)?.unsigned_abs()))?;
        let mut values = values;
        values.extend(args![limit, offset]);
        let sql =
            format!("SELECT v.ad_id, v.version, m.network, {CASE} {found} ORDER BY {version} DESC LIMIT $4 OFFSET $5");
        let rows = tx.all_of(sql, values).await?;
        let mut hits = Vec::with_capacity(rows.len());
        for row in &rows {
            let ad = row.int(0)?;
            let of = Of::One(ad);
            let Some(ad) = self.case_ads(tx, analysis, &of, i64::MAX).await?.into_iter().next() else { continue };
            hits.push(SearchHit {
                ad,
                version: row.count(1)?,
                network: NetworkId(row.text(2)?),
                case: row.opt_text(3)?.map(CaseId),
            });
        }
        Ok(SearchPage { hits, total })
    }

    /// The networks and cases of the newest hits, those with most ads first. Audited in the same transaction.
    pub async fn search_groups(
        &self,
        look: &Look,
        query: &SearchQuery,
        limit: u32,
    ) -> Result<Vec<SearchGroup>, StoreError> {
        self.grouped(look, query, limit, "").await
    }

    /// As [`Store::search_groups`], only those that a case is about.
    pub async fn search_cases(
        &self,
        look: &Look,
        query: &SearchQuery,
        limit: u32,
    ) -> Result<Vec<SearchGroup>, StoreError> {
        self.grouped(look, query, limit, "HAVING min(m.found_case) IS NOT NULL").await
    }

    async fn grouped(
        &self,
        look: &Look,
        query: &SearchQuery,
        limit: u32,
        having: &'static str,
    ) -> Result<Vec<SearchGroup>, StoreError> {
        let mut tx = self.searching(look).await?;
        if query.is_empty() {
            tx.commit().await?;
            return Ok(Vec::new());
        }
        let analysis = current(&mut tx).await?;
        let (found, version) = found_in(tx.is_postgres());
        let mut values = self.values(query, analysis, tx.is_postgres());
        values.push(limit.into());
        let sql = format!(
            "SELECT m.network, min(m.advertiser), count(DISTINCT m.advertiser), count(DISTINCT m.ad_id), min(m.found_case) \
             FROM (SELECT m.network, m.advertiser, m.ad_id, {CASE} AS found_case {found} ORDER BY {version} DESC \
             LIMIT {MOST_GROUPED}) AS m GROUP BY m.network {having} ORDER BY 4 DESC, 1 LIMIT $4"
        );
        let rows = tx.all_of(sql, values).await?;
        let mut cases = Vec::new();
        for row in &rows {
            cases.extend(row.opt_text(4)?);
        }
        let mut standing = HashMap::with_capacity(cases.len());
        const STANDING: &str = "SELECT id, state, band FROM case_file WHERE id IN";
        for row in tx.all_in(STANDING, &[], cases.iter().map(Arg::from)).await? {
            let state = CaseState::parse(&row.text(1)?).ok_or(StoreError::Corrupt { what: "a case's state" })?;
            standing.insert(row.text(0)?, (state, band_from(row.int(2)?)));
        }
        tx.commit().await?;
        let group = |row: &Row| {
            let case = row.opt_text(4)?;
            Ok(SearchGroup {
                network: NetworkId(row.text(0)?),
                advertiser: AdvertiserId(row.text(1)?),
                advertisers: row.count(2)?,
                ads: row.count(3)?,
                standing: case.as_ref().and_then(|case| standing.get(case).copied()),
                case: case.map(CaseId),
            })
        };
        rows.iter().map(group).collect()
    }

    fn values(&self, query: &SearchQuery, analysis: i64, is_postgres: bool) -> Vec<Arg> {
        let asked = query.asked();
        let text = if is_postgres { asked.for_postgres() } else { asked.for_sqlite() };
        args![analysis, text, query.may_urgent]
    }
}
