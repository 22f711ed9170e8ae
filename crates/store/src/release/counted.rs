//! Ads as they are counted: when they were up, where, in which language, of which form. Read in pieces, so that memory stays
//! bounded however many sightings there are.

use crate::db::args;
use crate::times::local_day_and_hour;
use crate::{Look, Store, StoreError};
use domain::MaskedText;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};

/// Rows of ads read at a time.
const PIECE: i64 = 10_000;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedQuery<'a> {
    /// Programme whose sites count.
    pub programme: &'a str,
    /// First local day, `yyyymmdd`.
    pub from_day: i64,
    /// Last local day, `yyyymmdd`.
    pub to_day: i64,
    /// What was known by then counts.
    pub as_of: Timestamp,
}

/// An ad that was up on a day of the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedAd {
    /// The store's own number.
    pub ad: i64,
    /// Its site.
    pub site: String,
    /// First local day on which it was seen at all, `yyyymmdd`.
    pub first_day: i64,
    /// Last local day on which it was seen at all by the time asked for.
    pub last_day: i64,
    /// Local days of the period on which it was seen, in order.
    pub days: Vec<i64>,
    /// Versions seen by the time asked for.
    pub versions: u32,
    /// Known to be gone by then.
    pub gone: bool,
    /// The municipality named by most of its versions, the listing's own place first.
    pub municipality: Option<String>,
    /// The language of most of its versions.
    pub language: Option<String>,
    /// What `form_of` said of its masked texts.
    pub form: u8,
    /// Number of its pictures.
    pub pictures: u32,
}

impl Store {
    /// The ads of a programme that were seen in a period, by number. `form_of` tells the form of advertising from the masked texts
    /// of the version seen last. Audited.
    pub async fn counted_ads(
        &self,
        look: &Look,
        query: CountedQuery<'_>,
        form_of: &(dyn Fn(&[MaskedText]) -> u8 + Sync),
    ) -> Result<Vec<CountedAd>, StoreError> {
        self.audit(look).await?;
        let mut tx = self.read("counting ads").await?;
        let until = query.as_of.as_millisecond();
        let top = tx.one("SELECT max(id) FROM ad", args![]).await?.map(|row| row.opt_int(0)).transpose()?.flatten();
        let mut counted = Vec::new();
        let mut after = 0;
        while after < top.unwrap_or(0) {
            let piece = (after, after + PIECE);
            after += PIECE;
            let mut ads: BTreeMap<i64, CountedAd> = BTreeMap::new();
            for row in tx
                .all(
                    "SELECT a.id, s.site, a.first_seen FROM ad a JOIN site s ON s.id = a.site_id \
                     WHERE a.id > $1 AND a.id <= $2 AND s.programme = $3 AND a.first_seen <= $4",
                    args![piece.0, piece.1, query.programme, until],
                )
                .await?
            {
                let first = local_day_and_hour(row.time(2)?).0;
                let ad = row.int(0)?;
                let new = CountedAd {
                    ad,
                    site: row.text(1)?,
                    first_day: first,
                    last_day: first,
                    days: Vec::new(),
                    versions: 0,
                    gone: false,
                    municipality: None,
                    language: None,
                    form: 0,
                    pictures: 0,
                };
                ads.insert(ad, new);
            }
            if ads.is_empty() {
                continue;
            }
            for row in tx
                .all(
                    "SELECT DISTINCT ad_id, day FROM sighting WHERE ad_id > $1 AND ad_id <= $2 AND first_at <= $3 \
                     AND day >= $4 AND day <= $5 ORDER BY ad_id, day",
                    args![piece.0, piece.1, until, query.from_day, query.to_day],
                )
                .await?
            {
                if let Some(ad) = ads.get_mut(&row.int(0)?) {
                    ad.days.push(row.int(1)?);
                }
            }
            ads.retain(|_, ad| !ad.days.is_empty());
            // Which version was seen last, how many were, and the last day of all.
            let mut last_version: HashMap<i64, i64> = HashMap::new();
            for row in tx
                .all(
                    "SELECT ad_id, version, max(day), max(first_at) FROM sighting WHERE ad_id > $1 AND ad_id <= $2 \
                     AND first_at <= $3 AND version > 0 GROUP BY ad_id, version ORDER BY 1, 4, 2",
                    args![piece.0, piece.1, until],
                )
                .await?
            {
                if let Some(ad) = ads.get_mut(&row.int(0)?) {
                    ad.versions += 1;
                    ad.last_day = ad.last_day.max(row.int(2)?);
                    last_version.insert(ad.ad, row.int(1)?);
                }
            }
            for row in tx
                .all(
                    "SELECT ad_id FROM ad_absence WHERE ad_id > $1 AND ad_id <= $2 AND gone_at <= $3 \
                     AND (back_at IS NULL OR back_at > $3)",
                    args![piece.0, piece.1, until],
                )
                .await?
            {
                if let Some(ad) = ads.get_mut(&row.int(0)?) {
                    ad.gone = true;
                }
            }
            for (of, sql) in [
                (
                    0,
                    "SELECT ad_id, municipality_code, sum(CASE WHEN position = 0 THEN 3 ELSE 1 END) FROM place_mention \
                     WHERE ad_id > $1 AND ad_id <= $2 GROUP BY ad_id, municipality_code ORDER BY 1, 3, 2 DESC",
                ),
                (
                    1,
                    "SELECT ad_id, code, sum(CASE WHEN position = 0 THEN 3 ELSE 1 END) FROM language_mention \
                     WHERE ad_id > $1 AND ad_id <= $2 GROUP BY ad_id, code ORDER BY 1, 3, 2 DESC",
                ),
            ] {
                // The last row of an ad is its most frequent value.
                for row in tx.all(sql, args![piece.0, piece.1]).await? {
                    if let Some(ad) = ads.get_mut(&row.int(0)?) {
                        *(if of == 0 { &mut ad.municipality } else { &mut ad.language }) = Some(row.text(1)?);
                    }
                }
            }
            for row in tx
                .all(
                    "SELECT ad_id, count(*) FROM image_hash WHERE ad_id > $1 AND ad_id <= $2 AND hashed_at <= $3 GROUP BY ad_id",
                    args![piece.0, piece.1, until],
                )
                .await?
            {
                if let Some(ad) = ads.get_mut(&row.int(0)?) {
                    ad.pictures = row.count(1)?;
                }
            }
            for row in tx
                .all(
                    "SELECT ad_id, version, masked FROM ad_version WHERE ad_id > $1 AND ad_id <= $2 AND masked IS NOT NULL",
                    args![piece.0, piece.1],
                )
                .await?
            {
                let (number, version) = (row.int(0)?, row.int(1)?);
                let Some(ad) = ads.get_mut(&number).filter(|_| last_version.get(&number) == Some(&version)) else { continue };
                let texts: Vec<MaskedText> =
                    serde_json::from_str(&row.text(2)?).map_err(|_| StoreError::Corrupt { what: "masked texts" })?;
                ad.form = form_of(&texts);
            }
            counted.extend(ads.into_values());
        }
        Ok(counted)
    }

    /// The advertiser and network of each ad in the current analysis, by the store's own number.
    pub async fn counted_members(&self) -> Result<HashMap<i64, (String, String)>, StoreError> {
        let mut tx = self.read("reading who belongs together").await?;
        let rows = tx
            .all(
                "SELECT m.ad_id, m.advertiser, m.network FROM entity_member m \
                 JOIN current_analysis c ON c.analysis_id = m.analysis_id",
                args![],
            )
            .await?;
        rows.iter().map(|row| Ok((row.int(0)?, (row.text(1)?, row.text(2)?)))).collect()
    }

    /// The store's own numbers of ads, by name.
    pub async fn ad_numbers(&self) -> Result<HashMap<domain::AdRef, i64>, StoreError> {
        let mut tx = self.read("reading the names of ads").await?;
        Ok(crate::analysis::ad_names(&mut tx, self.keys())
            .await?
            .into_iter()
            .map(|(number, ad)| (ad, number))
            .collect())
    }
}
