//! Acts with the register of places, in the order in which they were done.

use crate::db::{Arg, Tx, args};
use crate::keys::{Purpose, fill_random, to_hex};
use crate::people::by_name;
use crate::retention::Retention;
use crate::times::day_from_text;
use crate::{Actor, Look, Store, StoreError, chain};
use domain::ProgrammeId;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// An act to keep.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPlaceAct {
    /// The place that it is about.
    pub place: String,
    /// The other place that it names: of a merge or a split.
    pub other: Option<String>,
    /// `found`, `moved`, `visited`, …: for counts and the log.
    pub kind: &'static str,
    /// The local day.
    pub on: Date,
    /// The act, sealed.
    pub body: serde_json::Value,
    /// Where it came from, in words of the caller: an act of the same source is kept once. Only a keyed hash is kept.
    pub source: Option<String>,
    /// What the register that programmes share is told of it, where there is one.
    pub told: VisitTold,
}

/// What the register that programmes share is told of an act: that somebody was met, and nothing of what came of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum VisitTold {
    /// Nothing.
    #[default]
    Nothing,
    /// Somebody was met.
    Met {
        /// The addresses by which the place is known: municipality code, and the street and number.
        addresses: Vec<(String, String)>,
        /// When.
        at: Timestamp,
        /// The visit's number, where it is one of before that counts again; `None` for the act itself.
        visit: Option<i64>,
    },
    /// A visit does not count any more: its number.
    TakenBack(i64),
}

/// An act as it was done.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceActRow {
    /// Its number: acts count in this order.
    pub id: i64,
    /// The place that it is about.
    pub place: String,
    /// What kind of act.
    pub kind: String,
    /// The local day.
    pub on: Date,
    /// The act.
    pub body: serde_json::Value,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// An id for a new place: given once, and says nothing of the place.
    pub fn new_place_id(&self) -> Result<String, StoreError> {
        let mut bytes = [0; 8];
        fill_random(&mut bytes)?;
        Ok(format!("pl_{}", to_hex(&bytes)))
    }

    /// Every act of a programme, in order. Audited.
    pub async fn place_acts(&self, look: &Look, programme: &ProgrammeId) -> Result<Vec<PlaceActRow>, StoreError> {
        let mut tx = self.write("reading the register of places").await?;
        look.write(&mut tx, self.keys()).await?;
        let rows = tx
            .all(
                "SELECT id, place, kind, on_day, body_sealed, by_name, at, event_seq FROM place_act \
                 WHERE programme = $1 ORDER BY id",
                args![programme.as_str()],
            )
            .await?;
        // Nobody else's audit row waits while all of them are opened.
        tx.commit().await?;
        let mut acts = Vec::with_capacity(rows.len());
        for row in &rows {
            let place = row.int(7)?.to_le_bytes();
            acts.push(PlaceActRow {
                id: row.int(0)?,
                place: row.text(1)?,
                kind: row.text(2)?,
                on: day_from_text(&row.text(3)?)?,
                body: value(&self.keys().open_text("place_act", &place, "body", &row.blob(4)?)?)?,
                by: row.text(5)?,
                at: row.time(6)?,
            });
        }
        Ok(acts)
    }

    /// Keeps acts, all or none; their numbers, `None` for one whose source was taken in before. `last` is the number of
    /// the last act that the caller saw (0 for none): where somebody acted meanwhile nothing is kept.
    pub async fn put_place_acts(
        &self,
        programme: &ProgrammeId,
        acts: &[NewPlaceAct],
        last: i64,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<Vec<Option<i64>>, StoreError> {
        let mut tx = self.write("keeping acts with places").await?;
        // The chain orders writers: what is read from here on is what they left.
        let (account, name) = by_name(&mut tx, actor).await?;
        let counts: BTreeMap<&str, usize> = acts.iter().fold(BTreeMap::new(), |mut counts, act| {
            *counts.entry(act.kind).or_default() += 1;
            counts
        });
        let places: BTreeSet<&str> = acts.iter().map(|act| act.place.as_str()).take(20).collect();
        let body = serde_json::json!({ "programme": programme.as_str(), "acts": counts, "places": places });
        let seq = chain::event(&mut tx, self.keys(), "place", actor, body, at).await?;
        const LAST: &str = "SELECT coalesce(max(id), CAST(0 AS BIGINT)) FROM place_act WHERE programme = $1";
        let found = tx.id(LAST, args![programme.as_str()]).await?;
        if found != last {
            return Err(StoreError::Conflict { what: "register of places", expected: last, found });
        }
        let retention = Retention::Ledger;
        let mut ids = Vec::with_capacity(acts.len());
        for act in acts {
            let source = act.source.as_ref().map(|source| self.source_hash(programme, source));
            let sealed = self.keys().seal_text("place_act", &seq.to_le_bytes(), "body", &act.body.to_string())?;
            let row = tx
                .one(
                    "INSERT INTO place_act (programme, place, other, kind, on_day, body_sealed, source_hash, by_account, \
                     by_name, at, event_seq, retention, delete_after) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
                     ON CONFLICT (programme, source_hash) WHERE source_hash IS NOT NULL DO NOTHING RETURNING id",
                    args![
                        programme.as_str(),
                        &act.place,
                        act.other.clone(),
                        act.kind,
                        act.on.to_string(),
                        sealed,
                        source,
                        account.map(|of| of.0),
                        &name,
                        at,
                        seq,
                        retention.as_str(),
                        retention.until(at)
                    ],
                )
                .await?;
            ids.push(row.map(|row| row.int(0)).transpose()?);
        }
        let touched: BTreeSet<String> =
            acts.iter().flat_map(|act| [Some(&act.place), act.other.as_ref()]).flatten().cloned().collect();
        renew(&mut tx, programme, touched, retention.until(at)).await?;
        for (act, id) in acts.iter().zip(&ids) {
            if let (VisitTold::Met { addresses, at, visit }, Some(id)) = (&act.told, id) {
                self.note_visit(&mut tx, addresses, visit.unwrap_or(*id), *at).await?;
            }
        }
        tx.commit().await?;
        for (act, id) in acts.iter().zip(&ids) {
            if let (VisitTold::TakenBack(visit), Some(_)) = (&act.told, id) {
                self.forget_visit(*visit).await?;
            }
        }
        Ok(ids)
    }

    /// Which of these sources were taken in before.
    pub async fn known_place_sources(
        &self,
        programme: &ProgrammeId,
        sources: &[String],
    ) -> Result<BTreeSet<String>, StoreError> {
        const FIND: &str = "SELECT source_hash FROM place_act WHERE programme = $1 AND source_hash IN";
        let by_hash: HashMap<Vec<u8>, &String> =
            sources.iter().map(|source| (self.source_hash(programme, source), source)).collect();
        let mut tx = self.read("looking for sources of places").await?;
        let hashes: Vec<Arg> = by_hash.keys().cloned().map(Arg::from).collect();
        let mut known = BTreeSet::new();
        for row in tx.all_in(FIND, &[Arg::from(programme.as_str())], hashes).await? {
            known.extend(by_hash.get(&row.blob(0)?).map(|source| (*source).clone()));
        }
        Ok(known)
    }

    fn source_hash(&self, programme: &ProgrammeId, source: &str) -> Vec<u8> {
        self.keys().hash(Purpose::Import, &[b"place", programme.as_str().as_bytes(), source.as_bytes()]).to_vec()
    }
}

/// A place is derived from all its acts: they and those of the places that it was merged with or split from go together,
/// so that each act begins the time of all of them anew.
async fn renew(
    tx: &mut Tx,
    programme: &ProgrammeId,
    mut touched: BTreeSet<String>,
    until: Option<i64>,
) -> Result<(), StoreError> {
    const PAIRS: &str = "SELECT DISTINCT place, other FROM place_act WHERE programme = $1 AND other IS NOT NULL";
    let pairs = tx.all(PAIRS, args![programme.as_str()]).await?;
    let pairs: Vec<(String, String)> =
        pairs.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect::<Result<_, StoreError>>()?;
    loop {
        let before = touched.len();
        for (a, b) in &pairs {
            if touched.contains(a) || touched.contains(b) {
                touched.insert(a.clone());
                touched.insert(b.clone());
            }
        }
        if touched.len() == before {
            break;
        }
    }
    for column in ["place", "other"] {
        let sql = format!("UPDATE place_act SET delete_after = $1 WHERE programme = $2 AND {column} IN");
        let first = [Arg::from(until), Arg::from(programme.as_str())];
        tx.run_in(&sql, &first, touched.iter().map(Arg::from)).await?;
    }
    Ok(())
}

pub(super) fn value(text: &str) -> Result<serde_json::Value, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt { what: "what is kept of a place" })
}
