//! The one query path to a contact: what the gate must know of each advertiser. Whatever fails here travels up, so that
//! a list made of half an answer cannot be.

use super::ledger::{ATTEMPT, attempt_row};
use super::{AttemptRow, Claim, ContactRef, GateContact, GateRow};
use crate::analysis::{band_from, current, queue_from};
use crate::db::{Tx, args};
use crate::keys::{Keys, parse_contact_kind};
use crate::research::{CaseId, Decided, decided_of};
use crate::times::{from_ms, local_day_and_hour, unpack_times};
use crate::{AccountId, Look, Store, StoreError};
use domain::{AdvertiserId, Band, Contact, IndicatorId, NetworkId, ProgrammeId, Queue, TeamId};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Whose rows are asked for.
enum Of<'a> {
    Programme(&'a ProgrammeId),
    /// All advertisers of a network, since attempts at the others count too.
    Network(&'a str),
}

/// The hours of activity are those of the last so many days.
const HOURS_DAYS_MS: i64 = 30 * 86_400_000;

impl Store {
    /// What the gate must know of each advertiser of a programme, by id: the one query path to a contact. Acts after
    /// `as_of` are left out; claims and objections are as they are now.
    pub async fn gate_rows(
        &self,
        programme: &ProgrammeId,
        as_of: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<GateRow>, StoreError> {
        let mut tx = self.read("asking what the gate must know").await?;
        gate(&mut tx, Of::Programme(programme), as_of, now).await
    }

    /// The gate's facts of one advertiser.
    pub async fn gate_row(
        &self,
        advertiser: &AdvertiserId,
        as_of: Timestamp,
        now: Timestamp,
    ) -> Result<Option<GateRow>, StoreError> {
        let mut tx = self.read("asking what the gate must know").await?;
        let analysis = current(&mut tx).await?;
        let row = tx
            .one("SELECT network FROM entity WHERE analysis_id = $1 AND id = $2", args![analysis, advertiser.as_str()])
            .await?;
        let Some(row) = row else { return Ok(None) };
        let network = row.text(0)?;
        let rows = gate(&mut tx, Of::Network(&network), as_of, now).await?;
        Ok(rows.into_iter().find(|row| row.advertiser == *advertiser))
    }

    /// Opens contacts. Audited in the same transaction.
    pub async fn open_contacts(&self, look: &Look, contacts: &[ContactRef]) -> Result<Vec<Contact>, StoreError> {
        let mut tx = self.write("opening contacts").await?;
        look.write(&mut tx, self.keys()).await?;
        let mut opened = Vec::with_capacity(contacts.len());
        for contact in contacts {
            opened.push(open_contact(&mut tx, self.keys(), *contact).await?.0);
        }
        tx.commit().await?;
        Ok(opened)
    }
}

/// A contact in clear, and whether an objection covers it.
pub(super) async fn open_contact(tx: &mut Tx, keys: &Keys, contact: ContactRef) -> Result<(Contact, bool), StoreError> {
    let row = tx
        .one(
            "SELECT c.kind, c.contact_hash, c.value_sealed, o.at FROM contact c \
             LEFT JOIN objection o ON o.contact_hash = c.contact_hash WHERE c.id = $1",
            args![contact.0],
        )
        .await?
        .ok_or(StoreError::NotFound { what: "contact" })?;
    let kind = parse_contact_kind(&row.text(0)?)?;
    let value = keys.open_text("contact", &row.blob(1)?, "value", &row.blob(2)?)?;
    Ok((Contact { kind, value }, row.opt_int(3)?.is_some()))
}

/// What is gathered of an advertiser's ads.
struct Ads {
    first_seen: i64,
    last_seen: i64,
    up: bool,
}

async fn gate(tx: &mut Tx, of: Of<'_>, as_of: Timestamp, now: Timestamp) -> Result<Vec<GateRow>, StoreError> {
    let analysis = current(tx).await?;
    let (advertisers_on, members_on, value) = match of {
        Of::Programme(programme) => (
            "s.programme = $2",
            "m.advertiser IN (SELECT e.id FROM entity e JOIN ad f ON f.id = e.founder_ad JOIN site s ON s.id = f.site_id \
             WHERE e.analysis_id = $1 AND e.kind = 'advertiser' AND s.programme = $2)",
            programme.as_str().to_owned(),
        ),
        Of::Network(network) => ("e.network = $2", "m.network = $2", network.to_owned()),
    };
    let scope = || args![analysis, &value];
    let heads = tx
        .all_of(
            format!(
                "SELECT e.id, e.network, n.size FROM entity e \
                 JOIN entity n ON n.analysis_id = e.analysis_id AND n.id = e.network \
                 JOIN ad f ON f.id = e.founder_ad JOIN site s ON s.id = f.site_id \
                 WHERE e.analysis_id = $1 AND e.kind = 'advertiser' AND {advertisers_on} ORDER BY e.id"
            ),
            scope(),
        )
        .await?;
    let members = tx
        .all_of(
            format!("SELECT m.advertiser, m.ad_id FROM entity_member m WHERE m.analysis_id = $1 AND {members_on}"),
            scope(),
        )
        .await?;
    let advertiser_of: HashMap<i64, String> =
        members.iter().map(|row| Ok((row.int(1)?, row.text(0)?))).collect::<Result<_, StoreError>>()?;
    let ads = seen_by(tx, &advertiser_of, as_of).await?;
    let mut of_advertiser: HashMap<&str, Ads> = HashMap::new();
    for (ad, seen) in &ads {
        let Some(advertiser) = advertiser_of.get(ad) else { continue };
        let all = of_advertiser.entry(advertiser).or_insert(Ads { first_seen: i64::MAX, last_seen: 0, up: false });
        all.first_seen = all.first_seen.min(seen.first_seen);
        all.last_seen = all.last_seen.max(seen.last_seen);
        all.up |= seen.up;
    }
    let assessed = assessments(tx, analysis).await?;
    let indicators = indicators(tx, analysis).await?;
    let cases = cases(tx, as_of).await?;
    let claims = claims(tx, now).await?;
    let contacts = contacts(tx, analysis, members_on, &value).await?;
    let attempts = attempts(tx, as_of, &advertiser_of, &contacts).await?;
    let municipalities = ordered(
        tx,
        format!(
            "SELECT m.advertiser, p.municipality_code, max(CASE WHEN v.version = a.current_version THEN a.last_seen \
             ELSE a.first_seen END) FROM entity_member m JOIN ad a ON a.id = m.ad_id \
             JOIN place_mention p ON p.ad_id = m.ad_id JOIN ad_version v ON v.id = p.version_id \
             WHERE m.analysis_id = $1 AND {members_on} GROUP BY m.advertiser, p.municipality_code \
             ORDER BY 1, 3 DESC, min(p.position), 2"
        ),
        scope(),
    )
    .await?;
    let languages = ordered(
        tx,
        format!(
            "SELECT m.advertiser, l.code, count(CASE WHEN l.position = 0 THEN 1 END) FROM entity_member m \
             JOIN language_mention l ON l.ad_id = m.ad_id WHERE m.analysis_id = $1 AND {members_on} \
             GROUP BY m.advertiser, l.code ORDER BY 1, 3 DESC, 2"
        ),
        scope(),
    )
    .await?;
    let personas = counts(
        tx,
        format!(
            "SELECT m.advertiser, count(DISTINCT p.persona_hash) FROM entity_member m \
             JOIN persona_mention p ON p.ad_id = m.ad_id WHERE m.analysis_id = $1 AND {members_on} GROUP BY m.advertiser"
        ),
        scope(),
    )
    .await?;
    let hours = hours(tx, &advertiser_of, as_of).await?;
    let mut claimed: HashMap<&str, &Claim> = HashMap::new();
    for (ad, claim) in &claims {
        if let Some(advertiser) = advertiser_of.get(ad) {
            claimed.insert(advertiser, claim);
        }
    }

    let mut rows = Vec::with_capacity(heads.len());
    for head in &heads {
        let (id, network, network_size) = (head.text(0)?, head.text(1)?, head.count(2)?);
        let Some(seen) = of_advertiser.get(id.as_str()) else { continue };
        let own = assessed.get(&id);
        let of_network = assessed.get(&network);
        let case = cases.get(&network).or_else(|| cases.get(&id));
        let urgent = match case {
            Some(case) => case.urgent,
            None => own.is_some_and(|of| of.urgent) || of_network.is_some_and(|of| of.urgent),
        };
        let (mut scored, mut others) = (BTreeSet::new(), BTreeSet::new());
        for (indicator, role) in [&id, &network].into_iter().filter_map(|of| indicators.get(of)).flatten() {
            let set = if role == "score" { &mut scored } else { &mut others };
            set.insert(IndicatorId(indicator.clone()));
        }
        let of_others: Vec<AttemptRow> = heads
            .iter()
            .filter_map(|other| other.text(0).ok().zip(other.text(1).ok()))
            .filter(|(other, of)| *of == network && *other != id)
            .filter_map(|(other, _)| attempts.get(&other))
            .flatten()
            .cloned()
            .collect();
        rows.push(GateRow {
            network_size,
            case: case.map(|case| case.id.clone()),
            decided: case.and_then(|case| case.decided.clone()),
            reopened: case.is_some_and(|case| case.reopened),
            band: own.map_or(Band::None, |of| of.band),
            points: own.map_or(0.0, |of| of.points),
            network_band: of_network.or(own).map_or(Band::None, |of| of.band),
            urgent,
            queue: own.or(of_network).map_or(Queue::Ordinary, |of| of.queue),
            claim: claimed.get(id.as_str()).map(|claim| (*claim).clone()),
            attempts: attempts.get(&id).cloned().unwrap_or_default(),
            network_attempts: sorted(of_others),
            municipalities: municipalities.get(&id).cloned().unwrap_or_default(),
            last_seen: from_ms(seen.last_seen)?,
            first_seen: from_ms(seen.first_seen)?,
            gone: !seen.up,
            contacts: contacts
                .get(&id)
                .map(|of| of.iter().map(|(contact, _)| contact.clone()).collect())
                .unwrap_or_default(),
            languages: languages.get(&id).cloned().unwrap_or_default(),
            personas: personas.get(&id).copied().unwrap_or(0),
            indicators: scored.into_iter().collect(),
            other_indicators: others.into_iter().collect(),
            hours: hours.get(id.as_str()).copied().unwrap_or(0),
            advertiser: AdvertiserId(id),
            network: NetworkId(network),
        });
    }
    Ok(rows)
}

fn sorted(mut attempts: Vec<AttemptRow>) -> Vec<AttemptRow> {
    attempts.sort_by_key(|attempt| (attempt.at, attempt.id));
    attempts.dedup_by_key(|attempt| attempt.id);
    attempts
}

/// Each member ad as it was known at `as_of`.
async fn seen_by(
    tx: &mut Tx,
    advertiser_of: &HashMap<i64, String>,
    as_of: Timestamp,
) -> Result<HashMap<i64, Ads>, StoreError> {
    let until = as_of.as_millisecond();
    let absent: BTreeSet<i64> = tx
        .all("SELECT ad_id FROM ad_absence WHERE gone_at <= $1 AND (back_at IS NULL OR back_at > $1)", args![as_of])
        .await?
        .iter()
        .map(|row| row.int(0))
        .collect::<Result<_, _>>()?;
    let mut ads = HashMap::new();
    for row in tx.all("SELECT id, first_seen, last_seen FROM ad WHERE first_seen <= $1", args![as_of]).await? {
        let id = row.int(0)?;
        if advertiser_of.contains_key(&id) {
            let last_seen = row.int(2)?.min(until);
            ads.insert(id, Ads { first_seen: row.int(1)?, last_seen, up: !absent.contains(&id) });
        }
    }
    // Ads seen again since: their last sighting by then stands among the observations.
    let mut exact: HashMap<i64, i64> = HashMap::new();
    for row in tx
        .all(
            "SELECT g.ad_id, g.times FROM sighting g JOIN ad a ON a.id = g.ad_id \
             WHERE a.last_seen > $1 AND g.first_at <= $1",
            args![as_of],
        )
        .await?
    {
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

struct Assessed {
    band: Band,
    points: f64,
    urgent: bool,
    queue: Queue,
}

async fn assessments(tx: &mut Tx, analysis: i64) -> Result<HashMap<String, Assessed>, StoreError> {
    let rows = tx
        .all("SELECT subject, band, points, urgent, queue FROM assessment WHERE analysis_id = $1", args![analysis])
        .await?;
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

async fn indicators(tx: &mut Tx, analysis: i64) -> Result<HashMap<String, Vec<(String, String)>>, StoreError> {
    let mut found: HashMap<String, Vec<(String, String)>> = HashMap::new();
    for row in tx
        .all(
            "SELECT subject, indicator, role FROM assessment_indicator WHERE analysis_id = $1 ORDER BY subject, indicator",
            args![analysis],
        )
        .await?
    {
        found.entry(row.text(0)?).or_default().push((row.text(1)?, row.text(2)?));
    }
    Ok(found)
}

struct CaseNow {
    id: CaseId,
    urgent: bool,
    reopened: bool,
    decided: Option<Decided>,
}

/// Cases by their subject, with the decision that was in force at `as_of`.
async fn cases(tx: &mut Tx, as_of: Timestamp) -> Result<HashMap<String, CaseNow>, StoreError> {
    let mut decided = HashMap::new();
    for row in tx
        .all(
            "SELECT case_id, kind, at, watch_until FROM decision WHERE at <= $1 \
             AND (undone_at IS NULL OR undone_at > $1) ORDER BY at, id",
            args![as_of],
        )
        .await?
    {
        if let Some(decision) = decided_of(row.opt_text(1)?, row.opt_time(2)?, row.opt_text(3)?)? {
            decided.insert(row.text(0)?, decision);
        }
    }
    let rows = tx
        .all(
            "SELECT subject, id, urgent, state FROM case_file WHERE subject IS NOT NULL AND merged_into IS NULL",
            args![],
        )
        .await?;
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
async fn claims(tx: &mut Tx, now: Timestamp) -> Result<Vec<(i64, Claim)>, StoreError> {
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
type Contacts = HashMap<String, Vec<(GateContact, i64)>>;

async fn contacts(tx: &mut Tx, analysis: i64, members_on: &str, value: &str) -> Result<Contacts, StoreError> {
    let mut personas: HashMap<(String, i64), u32> = HashMap::new();
    let text = format!(
        "SELECT m.advertiser, n.contact_id, count(DISTINCT p.persona_hash) FROM entity_member m \
         JOIN contact_mention n ON n.ad_id = m.ad_id JOIN persona_mention p ON p.version_id = n.version_id \
         WHERE m.analysis_id = $1 AND {members_on} GROUP BY m.advertiser, n.contact_id"
    );
    for row in tx.all_of(text, args![analysis, value]).await? {
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
    for row in tx.all_of(text, args![analysis, value]).await? {
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
async fn attempts(
    tx: &mut Tx,
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
    let text = format!(
        "{ATTEMPT} WHERE t.made_at <= $1 AND (t.undone_at IS NULL OR t.undone_at > $1) ORDER BY t.made_at, t.id"
    );
    let mut found: BTreeMap<String, Vec<AttemptRow>> = BTreeMap::new();
    for row in tx.all_of(text, args![as_of]).await? {
        let attempt = attempt_row(&row)?;
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
async fn ordered(
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

async fn counts(tx: &mut Tx, text: String, arguments: Vec<crate::db::Arg>) -> Result<HashMap<String, u32>, StoreError> {
    tx.all_of(text, arguments).await?.iter().map(|row| Ok((row.text(0)?, row.count(1)?))).collect()
}

/// Local hours of activity as bits, by advertiser.
async fn hours<'a>(
    tx: &mut Tx,
    advertiser_of: &'a HashMap<i64, String>,
    as_of: Timestamp,
) -> Result<HashMap<&'a str, u32>, StoreError> {
    let from = local_day_and_hour(from_ms(as_of.as_millisecond().saturating_sub(HOURS_DAYS_MS))?).0;
    let rows =
        tx.all("SELECT ad_id, hours FROM sighting WHERE day >= $1 AND last_at <= $2", args![from, as_of]).await?;
    let mut found: HashMap<&str, u32> = HashMap::new();
    for row in &rows {
        if let Some(advertiser) = advertiser_of.get(&row.int(0)?) {
            *found.entry(advertiser).or_default() |= row.count(1)?;
        }
    }
    Ok(found)
}
