//! The one query path to a contact: what the gate must know of each advertiser. Whatever fails here travels up, so that
//! a list made of half an answer cannot be.

use super::gate_facts::{
    Ads, Assessed, CaseNow, Scope, addressed, assessments, attempts, cases, claims, contacts, counts, hours,
    indicators, ordered, seen_by,
};
use super::objection_reach::{desks, extents};
use super::{AttemptRow, Claim, ContactRef, GateRow};
use crate::analysis::current;
use crate::db::{Arg, Tx, args};
use crate::keys::parse_contact_kind;
use crate::times::from_ms;
use crate::{Look, Store, StoreError};
use domain::{AdvertiserId, Band, Contact, IndicatorId, NetworkId, ProgrammeId, Queue};
use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap};

/// Whose rows are asked for.
enum Of<'a> {
    Programme(&'a ProgrammeId),
    /// All advertisers of a network, since attempts at the others count too.
    Network(&'a str),
    /// All advertisers of the networks that the lines of a kept list are in.
    List(i64),
}

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
        gate(self, &mut tx, Of::Programme(programme), as_of, now).await
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
        let rows = gate(self, &mut tx, Of::Network(&network), as_of, now).await?;
        Ok(rows.into_iter().find(|row| row.advertiser == *advertiser))
    }

    /// The gate's facts of those whom a kept list names and of the others of their networks: as [`Store::gate_row`] gives
    /// them one by one, asked at once.
    pub async fn gate_rows_of_list(
        &self,
        list: i64,
        as_of: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<GateRow>, StoreError> {
        let mut tx = self.read("asking what the gate must know of a list").await?;
        gate(self, &mut tx, Of::List(list), as_of, now).await
    }

    /// Whether an advertiser is in the urgent route, as the gate has it.
    pub async fn in_urgent_route(&self, advertiser: &AdvertiserId, now: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.read("asking for the urgent route").await?;
        let analysis = current(&mut tx).await?;
        Ok(!urgent_among(&mut tx, analysis, std::iter::once(advertiser.as_str()), now).await?.is_empty())
    }

    /// Opens contacts. Audited in the same transaction.
    pub async fn open_contacts(&self, look: &Look, contacts: &[ContactRef]) -> Result<Vec<Contact>, StoreError> {
        let mut tx = self.write("opening contacts").await?;
        look.write(&mut tx, self.keys()).await?;
        let opened = open_each(self, &mut tx, &contacts.iter().copied().collect()).await?;
        tx.commit().await?;
        let one = |contact| opened.get(contact).map(|(contact, _)| contact.clone());
        contacts.iter().map(|contact| one(contact).ok_or(StoreError::NotFound { what: "contact" })).collect()
    }
}

/// Contacts in clear, each with whether an objection covers it, here or in a programme of the register.
pub(super) async fn open_each(
    store: &Store,
    tx: &mut Tx,
    contacts: &BTreeSet<ContactRef>,
) -> Result<HashMap<ContactRef, (Contact, bool)>, StoreError> {
    const OPEN: &str = "SELECT c.kind, c.contact_hash, c.value_sealed, o.at, c.id FROM contact c \
         LEFT JOIN objection o ON o.contact_hash = c.contact_hash WHERE c.id IN";
    let mut opened = HashMap::with_capacity(contacts.len());
    for row in tx.all_in(OPEN, &[], contacts.iter().map(|contact| Arg::from(contact.0))).await? {
        let kind = parse_contact_kind(&row.text(0)?)?;
        let value = store.keys().open_text("contact", &row.blob(1)?, "value", &row.blob(2)?)?;
        opened.insert(ContactRef(row.int(4)?), (Contact { kind, value }, row.opt_int(3)?.is_some()));
    }
    let elsewhere = store.objected_elsewhere(opened.values().map(|(contact, _)| contact)).await?;
    for (contact, objected) in opened.values_mut() {
        *objected |= elsewhere.contains(contact);
    }
    Ok(opened)
}

/// In the urgent route: by the case, which a named person closes, and where there is none by what the analysis says of
/// the advertiser or its network. The one place that knows this rule.
fn in_urgent_route(
    cases: &HashMap<String, CaseNow>,
    assessed: &HashMap<String, Assessed>,
    advertiser: &str,
    network: &str,
) -> bool {
    match case_of(cases, advertiser, network) {
        Some(case) => case.urgent,
        None => [advertiser, network].into_iter().any(|of| assessed.get(of).is_some_and(|of| of.urgent)),
    }
}

/// The case about an advertiser's network, else the one about itself.
fn case_of<'a>(cases: &'a HashMap<String, CaseNow>, advertiser: &str, network: &str) -> Option<&'a CaseNow> {
    cases.get(network).or_else(|| cases.get(advertiser))
}

/// Which of these advertisers are in the urgent route.
pub(super) async fn urgent_among(
    tx: &mut Tx,
    analysis: i64,
    advertisers: impl Iterator<Item = &str>,
    as_of: Timestamp,
) -> Result<BTreeSet<String>, StoreError> {
    let asked: BTreeSet<&str> = advertisers.collect();
    const NETWORKS: &str = "SELECT id, network FROM entity WHERE analysis_id = $1 AND id IN";
    let rows = tx.all_in(NETWORKS, &[analysis.into()], asked.into_iter().map(Arg::from)).await?;
    let of: Vec<(String, String)> =
        rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect::<Result<_, StoreError>>()?;
    let subjects: BTreeSet<String> = of.iter().flat_map(|(id, network)| [id.clone(), network.clone()]).collect();
    let scope = Scope::Subjects(&subjects);
    let (cases, assessed) = (cases(tx, &scope, as_of).await?, assessments(tx, &scope, analysis).await?);
    let urgent = of.into_iter().filter(|(id, network)| in_urgent_route(&cases, &assessed, id, network));
    Ok(urgent.map(|(id, _)| id).collect())
}

async fn gate(
    store: &Store,
    tx: &mut Tx,
    of: Of<'_>,
    as_of: Timestamp,
    now: Timestamp,
) -> Result<Vec<GateRow>, StoreError> {
    let analysis = current(tx).await?;
    let (advertisers_on, members_on, value) = match of {
        Of::Programme(programme) => (
            "s.programme = $2",
            "m.advertiser IN (SELECT e.id FROM entity e JOIN ad f ON f.id = e.founder_ad JOIN site s ON s.id = f.site_id \
             WHERE e.analysis_id = $1 AND e.kind = 'advertiser' AND s.programme = $2)",
            Arg::from(programme.as_str()),
        ),
        Of::Network(network) => ("e.network = $2", "m.network = $2", Arg::from(network)),
        Of::List(list) => (
            "e.network IN (SELECT o.network FROM list_line l JOIN entity o ON o.analysis_id = $1 \
             AND o.id = l.advertiser WHERE l.list_id = $2)",
            "m.network IN (SELECT o.network FROM list_line l JOIN entity o ON o.analysis_id = $1 \
             AND o.id = l.advertiser WHERE l.list_id = $2)",
            Arg::from(list),
        ),
    };
    let whole = matches!(of, Of::Programme(_));
    let scope = || vec![Arg::from(analysis), value.clone()];
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
    let mut subjects = BTreeSet::new();
    for head in &heads {
        subjects.extend([head.text(0)?, head.text(1)?]);
    }
    let whose = if whole { Scope::Everybody } else { Scope::Subjects(&subjects) };
    let ads = seen_by(tx, &whose, &advertiser_of, as_of).await?;
    let mut of_advertiser: HashMap<&str, Ads> = HashMap::new();
    for (ad, seen) in &ads {
        let Some(advertiser) = advertiser_of.get(ad) else { continue };
        let all = of_advertiser.entry(advertiser).or_insert(Ads { first_seen: i64::MAX, last_seen: 0 });
        all.first_seen = all.first_seen.min(seen.first_seen);
        all.last_seen = all.last_seen.max(seen.last_seen);
    }
    let assessed = assessments(tx, &whose, analysis).await?;
    let indicators = indicators(tx, &whose, analysis).await?;
    let cases = cases(tx, &whose, as_of).await?;
    let claims = claims(tx, now).await?;
    let mut contacts = contacts(tx, analysis, members_on, &value).await?;
    let network_of: HashMap<String, String> =
        heads.iter().map(|head| Ok((head.text(0)?, head.text(1)?))).collect::<Result<_, StoreError>>()?;
    let common =
        store.common_facts(tx, &mut contacts, &network_of, (analysis, members_on, &value), (as_of, now)).await?;
    let attempts = attempts(tx, &whose, as_of, &advertiser_of, &contacts).await?;
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
    let hours = hours(tx, &whose, &advertiser_of, as_of).await?;
    let addressed = addressed(tx, analysis, members_on, &value).await?;
    let extents = extents(tx, analysis).await?;
    let objected = contacts.iter().filter(|(_, of)| of.iter().any(|(contact, _)| contact.objected));
    let objected: Vec<String> = objected.map(|(advertiser, _)| advertiser.clone()).collect();
    let mut desks = desks(tx, analysis, &objected).await?;
    let mut claimed: HashMap<&str, &Claim> = HashMap::new();
    for (ad, claim) in &claims {
        if let Some(advertiser) = advertiser_of.get(ad) {
            claimed.insert(advertiser, claim);
        }
    }

    let mut together: HashMap<String, Vec<String>> = HashMap::new();
    for head in &heads {
        together.entry(head.text(1)?).or_default().push(head.text(0)?);
    }
    let mut rows = Vec::with_capacity(heads.len());
    for head in &heads {
        let (id, network, network_size) = (head.text(0)?, head.text(1)?, head.count(2)?);
        let Some(seen) = of_advertiser.get(id.as_str()) else { continue };
        let own = assessed.get(&id);
        let of_network = assessed.get(&network);
        let case = case_of(&cases, &id, &network);
        let urgent = in_urgent_route(&cases, &assessed, &id, &network);
        let (mut scored, mut beside) = (BTreeSet::new(), BTreeSet::new());
        for (indicator, role) in [&id, &network].into_iter().filter_map(|of| indicators.get(of)).flatten() {
            let set = if role == "score" { &mut scored } else { &mut beside };
            set.insert(IndicatorId(indicator.clone()));
        }
        let others = together.get(&network).into_iter().flatten().filter(|other| **other != id);
        let of_others: Vec<AttemptRow> = others.filter_map(|other| attempts.get(other)).flatten().cloned().collect();
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
            contacts: contacts
                .get(&id)
                .map(|of| of.iter().map(|(contact, _)| contact.clone()).collect())
                .unwrap_or_default(),
            languages: languages.get(&id).cloned().unwrap_or_default(),
            personas: personas.get(&id).copied().unwrap_or(0),
            indicators: scored.into_iter().collect(),
            other_indicators: beside.into_iter().collect(),
            hours: hours.get(id.as_str()).map_or(0, |(seen, _)| *seen),
            hours_looked: hours.get(id.as_str()).map_or(0, |(_, looked)| *looked),
            address_known: addressed.contains(&id),
            desk: desks.remove(&id),
            objection: extents.get(&id).copied(),
            common: common.get(&id).copied().unwrap_or_default(),
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
