//! The pieces of the gate's answer. For a whole programme each is one query over everything, so that its cost does not grow
//! with the number of advertisers; for one network each asks for its own rows, so that a page does not cost what the store
//! holds.

use super::ledger::{ATTEMPT, attempt_row};
use super::{AttemptRow, Claim, ContactRef, GateContact};
use crate::analysis::{band_from, queue_from};
use crate::db::{Arg, Row, Tx, args};
use crate::keys::parse_contact_kind;
use crate::research::{CaseId, Decided, decided_of};
use crate::times::{from_ms, local_day_and_hour, unpack_times};
use crate::{AccountId, StoreError};
use domain::{Band, Queue, TeamId};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The hours of activity are those of the last so many days.
const HOURS_DAYS_MS: i64 = 30 * 86_400_000;

/// Whose rows are read.
pub(super) enum Scope<'a> {
    Everybody,
    /// Of these advertisers and networks.
    Subjects(&'a BTreeSet<String>),
}

impl Scope<'_> {
    /// The rows of a text for everybody, or (`AND COLUMN IN`) for these subjects.
    async fn rows(&self, tx: &mut Tx, sql: &str, column: &str, first: Vec<Arg>) -> Result<Vec<Row>, StoreError> {
        match self {
            Scope::Everybody => tx.all_of(sql.to_owned(), first).await,
            Scope::Subjects(these) => {
                let names = these.iter().map(Arg::from);
                tx.all_in(&format!("{sql} AND {column} IN"), &first, names).await
            }
        }
    }

    /// The same by the ads of these subjects.
    async fn of_ads(
        &self,
        tx: &mut Tx,
        sql: &str,
        column: &str,
        first: Vec<Arg>,
        ads: &HashMap<i64, String>,
    ) -> Result<Vec<Row>, StoreError> {
        match self {
            Scope::Everybody => tx.all_of(sql.to_owned(), first).await,
            Scope::Subjects(_) => {
                let ids = ads.keys().map(|ad| Arg::from(*ad));
                tx.all_in(&format!("{sql} AND {column} IN"), &first, ids).await
            }
        }
    }
}

/// What is gathered of an advertiser's ads.
pub(super) struct Ads {
    pub first_seen: i64,
    pub last_seen: i64,
}

/// Each member ad as it was known at `as_of`.
pub(super) async fn seen_by(
    tx: &mut Tx,
    scope: &Scope<'_>,
    advertiser_of: &HashMap<i64, String>,
    as_of: Timestamp,
) -> Result<HashMap<i64, Ads>, StoreError> {
    let until = as_of.as_millisecond();
    let mut ads = HashMap::new();
    let sql = "SELECT id, first_seen, last_seen FROM ad WHERE first_seen <= $1";
    for row in scope.of_ads(tx, sql, "id", args![as_of], advertiser_of).await? {
        let id = row.int(0)?;
        if advertiser_of.contains_key(&id) {
            let last_seen = row.int(2)?.min(until);
            ads.insert(id, Ads { first_seen: row.int(1)?, last_seen });
        }
    }
    // Ads seen again since: their last sighting by then stands among the observations.
    let mut exact: HashMap<i64, i64> = HashMap::new();
    let sql = "SELECT g.ad_id, g.times FROM sighting g JOIN ad a ON a.id = g.ad_id \
               WHERE a.last_seen > $1 AND g.first_at <= $1";
    for row in scope.of_ads(tx, sql, "g.ad_id", args![as_of], advertiser_of).await? {
        let last = unpack_times(&row.blob(1)?)?.into_iter().filter(|ms| *ms <= until).max();
        if let Some(last) = last {
            let known = exact.entry(row.int(0)?).or_insert(last);
            *known = (*known).max(last);
        }
    }
    for (id, last) in exact {
        if let Some(ad) = ads.get_mut(&id) {
            ad.last_seen = last;
        }
    }
    Ok(ads)
}

pub(super) struct Assessed {
    pub band: Band,
    pub points: f64,
    pub urgent: bool,
    pub queue: Queue,
}

pub(super) async fn assessments(
    tx: &mut Tx,
    scope: &Scope<'_>,
    analysis: i64,
) -> Result<HashMap<String, Assessed>, StoreError> {
    let sql = "SELECT subject, band, points, urgent, queue FROM assessment WHERE analysis_id = $1";
    let rows = scope.rows(tx, sql, "subject", args![analysis]).await?;
    rows.iter()
        .map(|row| {
            let assessed = Assessed {
                band: band_from(row.int(1)?),
                points: row.real(2)?,
                urgent: row.flag(3)?,
                queue: queue_from(&row.text(4)?),
            };
            Ok((row.text(0)?, assessed))
        })
        .collect()
}

pub(super) async fn indicators(
    tx: &mut Tx,
    scope: &Scope<'_>,
    analysis: i64,
) -> Result<HashMap<String, Vec<(String, String)>>, StoreError> {
    let mut found: HashMap<String, Vec<(String, String)>> = HashMap::new();
    let sql = "SELECT subject, indicator, role FROM assessment_indicator WHERE analysis_id = $1";
    for row in scope.rows(tx, sql, "subject", args![analysis]).await? {
        found.entry(row.text(0)?).or_default().push((row.text(1)?, row.text(2)?));
    }
    Ok(found)
}

pub(super) struct CaseNow {
    pub id: CaseId,
    pub urgent: bool,
    pub reopened: bool,
    pub decided: Option<Decided>,
}

/// Cases by their subject, with the decision that was in force at `as_of`.
pub(super) async fn cases(
    tx: &mut Tx,
    scope: &Scope<'_>,
    as_of: Timestamp,
) -> Result<HashMap<String, CaseNow>, StoreError> {
    let sql = "SELECT subject, id, urgent, state FROM case_file WHERE subject IS NOT NULL AND merged_into IS NULL";
    let rows = scope.rows(tx, sql, "subject", args![]).await?;
    let sql = "SELECT case_id, kind, at, watch_until, id FROM decision WHERE at <= $1 \
               AND (undone_at IS NULL OR undone_at > $1)";
    let mut decisions = match scope {
        Scope::Everybody => tx.all_of(sql.to_owned(), args![as_of]).await?,
        Scope::Subjects(_) => {
            let ids: Vec<Arg> =
                rows.iter().map(|row| Ok(Arg::from(row.text(1)?))).collect::<Result<_, StoreError>>()?;
            tx.all_in(&format!("{sql} AND case_id IN"), &[Arg::from(as_of)], ids).await?
        }
    };
    decisions.sort_by_cached_key(|row| (row.int(2).unwrap_or_default(), row.int(4).unwrap_or_default()));
    let mut decided = HashMap::new();
    for row in &decisions {
        if let Some(decision) = decided_of(row.opt_text(1)?, row.opt_time(2)?, row.opt_text(3)?)? {
            decided.insert(row.text(0)?, decision);
        }
    }
    rows.iter()
        .map(|row| {
            let id = row.text(1)?;
            let case = CaseNow {
                decided: decided.remove(&id),
                id: CaseId(id),
                urgent: row.flag(2)?,
                reopened: row.text(3)? == "reopened",
            };
            Ok((row.text(0)?, case))
        })
        .collect()
}

/// Live claims by the ad that they are on.
pub(super) async fn claims(tx: &mut Tx, now: Timestamp) -> Result<Vec<(i64, Claim)>, StoreError> {
    let rows = tx
        .all(
            "SELECT c.anchor_ad, c.account_id, a.name, c.team, c.at, c.until FROM outreach_claim c \
             JOIN account a ON a.id = c.account_id WHERE c.until > $1 ORDER BY c.at, c.anchor_ad",
            args![now],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let claim = Claim {
                by: AccountId(row.int(1)?),
                name: row.text(2)?,
                team: TeamId(row.text(3)?),
                at: row.time(4)?,
                until: row.time(5)?,
            };
            Ok((row.int(0)?, claim))
        })
        .collect()
}

/// Contacts by advertiser, the most recently seen first, each with its row.
pub(super) type Contacts = HashMap<String, Vec<(GateContact, i64)>>;

pub(super) async fn contacts(
    tx: &mut Tx,
    analysis: i64,
    members_on: &str,
    value: &Arg,
) -> Result<Contacts, StoreError> {
    let mut personas: HashMap<(String, i64), u32> = HashMap::new();
    let text = format!(
        "SELECT m.advertiser, n.contact_id, count(DISTINCT p.persona_hash) FROM entity_member m \
         JOIN contact_mention n ON n.ad_id = m.ad_id JOIN persona_mention p ON p.version_id = n.version_id \
         WHERE m.analysis_id = $1 AND {members_on} GROUP BY m.advertiser, n.contact_id"
    );
    for row in tx.all_of(text, vec![Arg::from(analysis), value.clone()]).await? {
        personas.insert((row.text(0)?, row.int(1)?), row.count(2)?);
    }
    let text = format!(
        "SELECT m.advertiser, c.id, c.kind, max(a.last_seen), \
         (SELECT count(*) FROM damped_contact d WHERE d.analysis_id = $1 AND d.contact_id = c.id), \
         (SELECT count(*) FROM objection o WHERE o.contact_hash = c.contact_hash) \
         FROM entity_member m JOIN ad a ON a.id = m.ad_id JOIN contact_mention n ON n.ad_id = m.ad_id \
         JOIN contact c ON c.id = n.contact_id WHERE m.analysis_id = $1 AND {members_on} \
         GROUP BY m.advertiser, c.id, c.kind, c.contact_hash ORDER BY 1, 4 DESC, min(n.position), 2"
    );
    let mut found: Contacts = HashMap::new();
    for row in tx.all_of(text, vec![Arg::from(analysis), value.clone()]).await? {
        let (advertiser, id) = (row.text(0)?, row.int(1)?);
        let contact = GateContact {
            contact: ContactRef(id),
            kind: parse_contact_kind(&row.text(2)?)?,
            last_seen: row.time(3)?,
            damped: row.flag(4)?,
            objected: row.flag(5)?,
            personas: personas.get(&(advertiser.clone(), id)).copied().unwrap_or(0),
        };
        found.entry(advertiser).or_default().push((contact, id));
    }
    Ok(found)
}

/// Attempts by advertiser as of a time, oldest first: those at an ad that is its own now, and those through a contact
/// that is its own now (a damped one is nobody's).
pub(super) async fn attempts(
    tx: &mut Tx,
    scope: &Scope<'_>,
    as_of: Timestamp,
    advertiser_of: &HashMap<i64, String>,
    contacts: &Contacts,
) -> Result<BTreeMap<String, Vec<AttemptRow>>, StoreError> {
    let mut through: HashMap<i64, Vec<&str>> = HashMap::new();
    for (advertiser, of) in contacts {
        for (_, id) in of.iter().filter(|(contact, _)| !contact.damped) {
            through.entry(*id).or_default().push(advertiser);
        }
    }
    let text = format!("{ATTEMPT} WHERE t.made_at <= $1 AND (t.undone_at IS NULL OR t.undone_at > $1)");
    let mut rows = scope.of_ads(tx, &text, "t.anchor_ad", args![as_of], advertiser_of).await?;
    if matches!(scope, Scope::Subjects(_)) {
        let ids = through.keys().map(|contact| Arg::from(*contact));
        rows.extend(tx.all_in(&format!("{text} AND t.contact_id IN"), &[Arg::from(as_of)], ids).await?);
    }
    let mut known = Vec::with_capacity(rows.len());
    for row in &rows {
        known.push((attempt_row(row)?, row));
    }
    known.sort_by_key(|(attempt, _)| (attempt.at, attempt.id));
    // One by its ad and by its contact is one.
    known.dedup_by_key(|(attempt, _)| attempt.id);
    let mut found: BTreeMap<String, Vec<AttemptRow>> = BTreeMap::new();
    for (attempt, row) in known {
        let by_contact = row.opt_int(13)?.and_then(|contact| through.get(&contact)).into_iter().flatten().copied();
        let whose: BTreeSet<&str> =
            advertiser_of.get(&row.int(12)?).map(String::as_str).into_iter().chain(by_contact).collect();
        for advertiser in whose {
            found.entry(advertiser.to_owned()).or_default().push(attempt.clone());
        }
    }
    Ok(found)
}

/// Texts by advertiser in the order of the rows.
pub(super) async fn ordered(
    tx: &mut Tx,
    text: String,
    arguments: Vec<crate::db::Arg>,
) -> Result<HashMap<String, Vec<String>>, StoreError> {
    let mut found: HashMap<String, Vec<String>> = HashMap::new();
    for row in tx.all_of(text, arguments).await? {
        found.entry(row.text(0)?).or_default().push(row.text(1)?);
    }
    Ok(found)
}

pub(super) async fn counts(
    tx: &mut Tx,
    text: String,
    arguments: Vec<crate::db::Arg>,
) -> Result<HashMap<String, u32>, StoreError> {
    tx.all_of(text, arguments).await?.iter().map(|row| Ok((row.text(0)?, row.count(1)?))).collect()
}

/// Local hours of activity as bits, by advertiser, with the hours in which somebody looked: those of the runs on the sites
/// and days on which it was seen. Only against them do the hours say anything.
pub(super) async fn hours<'a>(
    tx: &mut Tx,
    scope: &Scope<'_>,
    advertiser_of: &'a HashMap<i64, String>,
    as_of: Timestamp,
) -> Result<HashMap<&'a str, (u32, u32)>, StoreError> {
    let from_ms_ago = as_of.as_millisecond().saturating_sub(HOURS_DAYS_MS);
    let from = local_day_and_hour(from_ms(from_ms_ago)?).0;
    let looked = looked(tx, from_ms_ago, as_of).await?;
    let sql = "SELECT g.ad_id, g.hours, a.site_id, g.day FROM sighting g JOIN ad a ON a.id = g.ad_id \
               WHERE g.day >= $1 AND g.last_at <= $2";
    let rows = scope.of_ads(tx, sql, "g.ad_id", args![from, as_of], advertiser_of).await?;
    let mut found: HashMap<&str, (u32, u32)> = HashMap::new();
    for row in &rows {
        if let Some(advertiser) = advertiser_of.get(&row.int(0)?) {
            let (seen, of) = found.entry(advertiser).or_default();
            *seen |= row.count(1)?;
            // Whoever was seen was looked for: what was imported has no run.
            *of |= row.count(1)? | looked.get(&(row.int(2)?, row.int(3)?)).copied().unwrap_or(0);
        }
    }
    Ok(found)
}

/// Local hours in which each site was read, by day.
async fn looked(tx: &mut Tx, from: i64, until: Timestamp) -> Result<HashMap<(i64, i64), u32>, StoreError> {
    const HOUR_MS: i64 = 3_600_000;
    let sql = "SELECT site_id, started_at, ended_at FROM run WHERE started_at >= $1 AND started_at <= $2";
    let mut looked: HashMap<(i64, i64), u32> = HashMap::new();
    for row in tx.all(sql, args![from, until]).await? {
        let (site, started) = (row.int(0)?, row.int(1)?);
        let ended = row.opt_int(2)?.unwrap_or(started).min(until.as_millisecond());
        // By the clock: a run from 10:50 to 11:10 is in two hours.
        let first = started - started.rem_euclid(HOUR_MS);
        for hour in 0..=((ended - first) / HOUR_MS).clamp(0, HOURS_DAYS_MS / HOUR_MS) {
            let (day, hour) = local_day_and_hour(from_ms(first + hour * HOUR_MS)?);
            *looked.entry((site, day)).or_default() |= 1 << hour;
        }
    }
    Ok(looked)
}

/// Advertisers of whom an ad names a street address.
pub(super) async fn addressed(
    tx: &mut Tx,
    analysis: i64,
    members_on: &str,
    value: &Arg,
) -> Result<BTreeSet<String>, StoreError> {
    let text = format!(
        "SELECT DISTINCT m.advertiser FROM entity_member m JOIN address_mention x ON x.ad_id = m.ad_id \
         WHERE m.analysis_id = $1 AND {members_on}"
    );
    tx.all_of(text, vec![Arg::from(analysis), value.clone()]).await?.iter().map(|row| row.text(0)).collect()
}
