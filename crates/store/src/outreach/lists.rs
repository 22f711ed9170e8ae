//! Kept lists. A line names contacts by their rows; they are opened in the transaction that writes the audit row.

use super::claims::anchor;
use super::gate::{open_each, urgent_among};
use super::gate_facts::claims;
use super::ledger::{ads_of, attempts_at_each};
use super::{AttemptRow, Channel, ContactRef, ListHeader, ListLine, NewLine, NewList};
use crate::analysis::{band_from, band_number, current};
use crate::db::{Arg, Row, Tx, args};
use crate::keys::Keys;
use crate::research::CaseId;
use crate::retention::Retention;
use crate::times::day_from_text;
use crate::{Actor, Look, Store, StoreError, chain};
use domain::{AdvertiserId, Bilingual, NetworkId, ProgrammeId, TeamId};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// What lies sealed in a line's row.
#[derive(Serialize, Deserialize)]
struct Body {
    reasons: Vec<Bilingual>,
    cautions: Vec<Bilingual>,
}

pub(super) const HEADER: &str = "SELECT l.id, l.day, l.team, l.programme, l.as_of, l.made_at, \
     (SELECT count(*) FROM list_line n WHERE n.list_id = l.id) FROM outreach_list l";
pub(super) const LINE: &str = "SELECT id, rank, advertiser, network, case_id, random, inclusion_probability, contacts, language, \
     municipality_code, last_seen, body_sealed, channel, band, list_id, anchor_ad FROM list_line";

impl Store {
    /// Keeps a team's list for a day. The one kept before is replaced; its draw stays in the chain of events.
    pub async fn put_list(&self, list: &NewList, actor: &Actor) -> Result<i64, StoreError> {
        let keys = self.keys();
        let mut tx = self.write("keeping a list").await?;
        let (day, team) = (list.date.to_string(), list.team.as_str());
        let lines: Vec<_> = list
            .lines
            .iter()
            .map(|line| {
                serde_json::json!({
                    "advertiser": line.advertiser.as_str(), "random": line.random, "p": line.inclusion_probability,
                })
            })
            .collect();
        let event = serde_json::json!({
            "day": day, "team": team, "seed": list.seed, "as_of": list.as_of.as_millisecond(), "frame": list.frame,
            "lines": lines,
        });
        let seq = chain::event(&mut tx, keys, "list", actor, event, list.at).await?;
        tx.run(
            "UPDATE outreach_list SET replaced_at = $3 WHERE day = $1 AND team = $2 AND replaced_at IS NULL",
            args![&day, team, list.at],
        )
        .await?;
        let frame = keys.seal_json("outreach_list", &seq.to_le_bytes(), "frame", &list.frame)?;
        let (kept, until) = (Retention::Ledger.as_str(), Retention::Ledger.until(list.at));
        let id = tx
            .id(
                "INSERT INTO outreach_list (day, team, programme, as_of, seed, frame_sealed, made_at, event_seq, \
                 retention, delete_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
                args![
                    &day,
                    team,
                    list.programme.as_str(),
                    list.as_of,
                    list.seed.cast_signed(),
                    frame,
                    list.at,
                    seq,
                    kept,
                    until
                ],
            )
            .await?;
        for (rank, line) in (1_i64..).zip(&list.lines) {
            let (anchor, _) = anchor(&mut tx, &line.advertiser).await?;
            let contacts: Vec<i64> = line.contacts.iter().map(|contact| contact.0).collect();
            let contacts = serde_json::to_string(&contacts).map_err(|_| StoreError::Corrupt { what: "a line" })?;
            let body = Body { reasons: line.reasons.clone(), cautions: line.cautions.clone() };
            let body = keys.seal_json("list_line", &line_place(id, rank), "body", &body)?;
            tx.run(
                "INSERT INTO list_line (list_id, rank, advertiser, network, anchor_ad, case_id, random, \
                 inclusion_probability, contacts, language, municipality_code, last_seen, body_sealed, channel, band, \
                 retention, delete_after) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
                args![
                    id,
                    rank,
                    line.advertiser.as_str(),
                    line.network.as_str(),
                    anchor,
                    line.case.as_ref().map(|case| case.0.as_str()),
                    line.random,
                    line.inclusion_probability,
                    contacts,
                    &line.language,
                    &line.municipality_code,
                    line.last_seen,
                    body,
                    line.channel.as_str(),
                    band_number(line.band),
                    kept,
                    until
                ],
            )
            .await?;
        }
        tx.commit().await?;
        Ok(id)
    }

    /// A team's list for a day with contacts opened, or `None` where none was made. Audited in the same transaction.
    pub async fn list(
        &self,
        look: &Look,
        date: Date,
        team: &TeamId,
    ) -> Result<Option<(ListHeader, Vec<ListLine>)>, StoreError> {
        let mut tx = self.write("reading a list").await?;
        look.write(&mut tx, self.keys()).await?;
        let sql = format!("{HEADER} WHERE l.day = $1 AND l.team = $2 AND l.replaced_at IS NULL");
        let found = tx.all_of(sql, args![date.to_string(), team.as_str()]).await?;
        let mut list = None;
        if let Some(row) = found.first() {
            let header = header(row)?;
            let rows = tx.all_of(format!("{LINE} WHERE list_id = $1 ORDER BY rank"), args![header.id]).await?;
            list = Some((header, self.lines(&mut tx, &rows, look.at).await?));
        }
        tx.commit().await?;
        Ok(list)
    }

    /// One line with contacts opened. Audited in the same transaction.
    pub async fn list_line(&self, look: &Look, line: i64) -> Result<Option<(ListHeader, ListLine)>, StoreError> {
        let mut tx = self.write("reading a line of a list").await?;
        look.write(&mut tx, self.keys()).await?;
        let rows = tx.all_of(format!("{LINE} WHERE id = $1"), args![line]).await?;
        let mut found = None;
        if let Some(row) = rows.first() {
            let lists = tx.all_of(format!("{HEADER} WHERE l.id = $1"), args![row.int(14)?]).await?;
            let header = header(lists.first().ok_or(StoreError::Corrupt { what: "a line's list" })?)?;
            found = self.lines(&mut tx, &rows, look.at).await?.pop().map(|line| (header, line));
        }
        tx.commit().await?;
        Ok(found)
    }

    /// Which line of a kept list stands for whom, in its order. Nothing is opened.
    pub async fn list_order(&self, list: i64) -> Result<Vec<(i64, AdvertiserId, bool)>, StoreError> {
        let mut tx = self.read("reading the order of a list").await?;
        let sql = "SELECT id, advertiser, random FROM list_line WHERE list_id = $1 ORDER BY rank";
        let rows = tx.all(sql, args![list]).await?;
        rows.iter().map(|row| Ok((row.int(0)?, AdvertiserId(row.text(1)?), row.flag(2)?))).collect()
    }

    /// Kept lists, newest first.
    pub async fn lists(&self, team: Option<&TeamId>, limit: u32) -> Result<Vec<ListHeader>, StoreError> {
        let mut tx = self.read("reading the lists").await?;
        let sql = format!(
            "{HEADER} WHERE l.replaced_at IS NULL AND ($1 = '' OR l.team = $1) ORDER BY l.day DESC, l.team LIMIT $2"
        );
        let rows = tx.all_of(sql, args![team.map_or("", TeamId::as_str), limit]).await?;
        rows.iter().map(header).collect()
    }

    /// Lines with their contacts opened: one question for each kind of thing, however many lines there are.
    pub(super) async fn lines(&self, tx: &mut Tx, rows: &[Row], now: Timestamp) -> Result<Vec<ListLine>, StoreError> {
        let analysis = current(tx).await?;
        let (mut refs_of, mut anchors) = (Vec::with_capacity(rows.len()), BTreeSet::new());
        for row in rows {
            let refs: Vec<i64> =
                serde_json::from_str(&row.text(7)?).map_err(|_| StoreError::Corrupt { what: "a line's contacts" })?;
            refs_of.push(refs.into_iter().map(ContactRef).collect::<Vec<_>>());
            anchors.insert(row.int(15)?);
        }
        let all: BTreeSet<ContactRef> = refs_of.iter().flatten().copied().collect();
        let opened = open_each(self, tx, &all).await?;
        // The ad may belong to another advertiser since the list was made: what counts is how it stands now.
        const NOW: &str = "SELECT m.ad_id, m.advertiser FROM entity_member m WHERE m.analysis_id = $1 AND m.ad_id IN";
        let members = tx.all_in(NOW, &[analysis.into()], anchors.into_iter().map(Arg::from)).await?;
        let mut now_of: HashMap<i64, String> = HashMap::with_capacity(members.len());
        for row in &members {
            now_of.insert(row.int(0)?, row.text(1)?);
        }
        let mut subjects: BTreeSet<String> = now_of.values().cloned().collect();
        for row in rows {
            if !now_of.contains_key(&row.int(15)?) {
                subjects.insert(row.text(2)?);
            }
        }
        const ALIVE: &str = "SELECT DISTINCT m.advertiser FROM entity_member m JOIN ad a ON a.id = m.ad_id \
             WHERE m.analysis_id = $1 AND a.gone_at IS NULL AND m.advertiser IN";
        let alive = tx.all_in(ALIVE, &[analysis.into()], subjects.iter().map(Arg::from)).await?;
        let alive: BTreeSet<String> = alive.iter().map(|row| row.text(0)).collect::<Result<_, _>>()?;
        let urgent = urgent_among(tx, analysis, subjects.iter().map(String::as_str), now).await?;
        let ads = ads_of(tx, analysis, &subjects).await?;
        let attempts = attempts_at_each(tx, analysis, &subjects, &ads).await?;
        let claims = claims(tx, now).await?;
        rows.iter()
            .zip(refs_of)
            .map(|(row, refs)| {
                let (rank, anchor_ad, list) = (row.int(1)?, row.int(15)?, row.int(14)?);
                let body: Body = self.keys().open_json("list_line", &line_place(list, rank), "body", &row.blob(11)?)?;
                let (mut contacts, mut objected) = (Vec::with_capacity(refs.len()), false);
                for contact in &refs {
                    let (opened, covered) =
                        opened.get(contact).ok_or(StoreError::NotFound { what: "contact" })?.clone();
                    objected |= covered;
                    if !covered {
                        contacts.push((*contact, opened));
                    }
                }
                let member = now_of.get(&anchor_ad);
                let subject = match member {
                    Some(advertiser) => advertiser.clone(),
                    None => row.text(2)?,
                };
                // On the ad itself, or on another that is the same advertiser's now.
                let on_it = |ad: i64| ad == anchor_ad || ads.get(&ad).is_some_and(|of| *of == subject);
                let undone = |attempt: &&AttemptRow| !attempt.undone;
                Ok(ListLine {
                    id: row.int(0)?,
                    rank: row.count(1)?,
                    line: NewLine {
                        advertiser: AdvertiserId(row.text(2)?),
                        network: NetworkId(row.text(3)?),
                        case: row.opt_text(4)?.map(CaseId),
                        random: row.flag(5)?,
                        inclusion_probability: row.real(6)?,
                        contacts: refs,
                        language: row.text(8)?,
                        municipality_code: row.text(9)?,
                        last_seen: row.time(10)?,
                        reasons: body.reasons,
                        cautions: body.cautions,
                        channel: Channel::parse(&row.text(12)?).ok_or(StoreError::Corrupt { what: "a channel" })?,
                        band: band_from(row.int(13)?),
                    },
                    contacts,
                    claim: claims.iter().find(|(ad, _)| on_it(*ad)).map(|(_, claim)| claim.clone()),
                    attempts: attempts.get(&subject).into_iter().flatten().filter(undone).cloned().collect(),
                    gone: member.is_some() && !alive.contains(&subject),
                    urgent: urgent.contains(&subject),
                    objected,
                })
            })
            .collect()
    }
}

/// A line's sealed body without reasons and cautions, for a person who was erased.
pub(crate) fn empty_line_body(keys: &Keys, list: i64, rank: i64) -> Result<Vec<u8>, StoreError> {
    let body = Body { reasons: Vec::new(), cautions: Vec::new() };
    keys.seal_json("list_line", &line_place(list, rank), "body", &body)
}

fn line_place(list: i64, rank: i64) -> [u8; 16] {
    crate::ads::version_place(list, rank)
}

pub(super) fn header(row: &Row) -> Result<ListHeader, StoreError> {
    Ok(ListHeader {
        id: row.int(0)?,
        date: day_from_text(&row.text(1)?)?,
        team: TeamId(row.text(2)?),
        programme: ProgrammeId(row.text(3)?),
        as_of: row.time(4)?,
        made_at: row.time(5)?,
        lines: row.count(6)?,
    })
}
