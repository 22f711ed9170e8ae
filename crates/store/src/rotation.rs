//! The change of the master key. It works on a store that nobody else uses, in batches: each reseals some rows, rewrites
//! their keyed hashes and notes how far it came, in one transaction. Killed at any moment it goes on there. Until the last
//! one is done the old key opens nothing by itself and the new one neither; then the new key alone opens everything.
//!
//! A keyed hash whose content is not kept (an objection) cannot be computed anew, so hashes are nested: the new one is
//! `HMAC(new key, old hash)`, for all alike. Whoever looks something up computes both, one after the other; the earlier
//! keys for hashes are kept in the store for that, sealed under the new master key. What others go by stays as it is: the
//! chains with their anchors, and the pseudonyms in research packages.

use crate::db::{Arg, Row, Tx, args};
use crate::keys::{Keys, OlderKeys, Purpose, to_hex};
use crate::{Actor, MasterKey, Store, StoreError, chain};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Leading key values of a batch.
const BATCH: i64 = 200;
/// Name of the row of `meta` that says how far a change came.
pub(crate) const UNDER_WAY: &str = "key_rotation";
/// Name of the row of `meta` that holds the earlier keys for hashes.
pub(crate) const OLDER: &str = "older_keys";
/// More ads than these that wait for an analysis are not noted one by one.
const MOST_CHANGED: usize = 50_000;

/// A column by its kind.
#[derive(Clone, Copy)]
enum Col {
    Int(&'static str),
    Text(&'static str),
    Hash(&'static str),
}

impl Col {
    fn name(self) -> &'static str {
        match self {
            Col::Int(name) | Col::Text(name) | Col::Hash(name) => name,
        }
    }
}

/// What names the place of a sealed value beside table and column.
#[derive(Clone, Copy)]
enum Place {
    /// These columns.
    Of(&'static [Col]),
    /// The row's own keyed hash, by its place among the hashes.
    Hash(usize),
    /// The address of the archived page that the row belongs to.
    Page,
}

/// What depends on the key in a table.
struct Spec {
    table: &'static str,
    key: &'static [Col],
    hashes: &'static [(&'static str, Purpose)],
    sealed: &'static [(&'static str, Place)],
}

const ID: &[Col] = &[Col::Int("id")];
const COMMON: &[Col] = &[Col::Int("source"), Col::Text("programme"), Col::Hash("contact_hash")];
const BY_ATTEMPT: Place = Place::Of(&[Col::Int("attempt_id")]);
const BY_EVENT: Place = Place::Of(&[Col::Int("event_seq")]);

macro_rules! spec {
    ($table:literal, $key:expr, [$($hash:expr),*], [$($sealed:expr),*]) => {
        Spec { table: $table, key: $key, hashes: &[$($hash),*], sealed: &[$($sealed),*] }
    };
}

/// Every table with sealed values or keyed hashes; a test compares it with the schema. `page_capture` stands before `page`,
/// whose address names its place.
const SPECS: &[Spec] = &[
    spec!("event_payload", &[Col::Int("seq")], [], [("body", Place::Of(&[Col::Int("seq")]))]),
    spec!("audit_payload", &[Col::Int("seq")], [], [("body", Place::Of(&[Col::Int("seq")]))]),
    spec!(
        "ad",
        ID,
        [("key_hash", Purpose::Ad), ("excerpt_hash", Purpose::Content)],
        [("site_ad_id", Place::Hash(0)), ("validators", Place::Hash(0))]
    ),
    spec!(
        "ad_version",
        ID,
        [("content_hash", Purpose::Content)],
        [("content", Place::Of(&[Col::Int("ad_id"), Col::Int("version")]))]
    ),
    spec!("image_hash", &[Col::Int("ad_id"), Col::Hash("source_hash")], [("source_hash", Purpose::Url)], []),
    spec!(
        "frontier",
        ID,
        [("entry_hash", Purpose::Url)],
        [("url", Place::Hash(0)), ("promise", Place::Hash(0)), ("held", Place::Of(ID))]
    ),
    spec!(
        "listing_page",
        &[Col::Int("site_id"), Col::Hash("url_hash")],
        [("url_hash", Purpose::Url)],
        [("url", Place::Hash(0)), ("validators", Place::Hash(0))]
    ),
    spec!("page_capture", ID, [], [("url", Place::Page), ("exchange", Place::Page)]),
    spec!("page", ID, [("address", Purpose::Content)], [("body", Place::Hash(0))]),
    spec!("reading", &[Col::Int("version_id")], [], [("body", Place::Of(&[Col::Int("version_id")]))]),
    spec!("contact", ID, [("contact_hash", Purpose::Contact)], [("value", Place::Hash(0))]),
    spec!("persona_mention", &[Col::Int("version_id"), Col::Int("position")], [("persona_hash", Purpose::Persona)], []),
    spec!("reference", &[Col::Text("version")], [], [("body", Place::Of(&[Col::Text("version")]))]),
    spec!(
        "assessment",
        &[Col::Int("analysis_id"), Col::Text("subject")],
        [],
        [("body", Place::Of(&[Col::Text("subject")]))]
    ),
    spec!(
        "key_chunk",
        &[Col::Int("analysis_id"), Col::Int("number")],
        [],
        [("body", Place::Of(&[Col::Int("analysis_id"), Col::Int("number")]))]
    ),
    spec!("decision", ID, [("import_hash", Purpose::Import), ("form_hash", Purpose::Import)], [("body", BY_EVENT)]),
    spec!("second_reading", ID, [], [("body", BY_EVENT)]),
    spec!("judgement", ID, [], [("reason", BY_EVENT)]),
    spec!("contact_judgement", ID, [], [("reason", BY_EVENT)]),
    spec!("item_note", ID, [("label_hash", Purpose::Import)], [("body", BY_EVENT)]),
    spec!("outreach_list", ID, [], [("frame", BY_EVENT)]),
    spec!("list_line", ID, [], [("body", Place::Of(&[Col::Int("list_id"), Col::Int("rank")]))]),
    spec!(
        "attempt",
        ID,
        [("idempotency_hash", Purpose::Import)],
        [("note", Place::Hash(0)), ("told_why", Place::Hash(0))]
    ),
    spec!("referral_status", ID, [], [("said_by", Place::Of(&[Col::Int("attempt_id"), Col::Int("at")]))]),
    spec!("objection", &[Col::Hash("contact_hash")], [("contact_hash", Purpose::Contact)], []),
    spec!("objection_request", ID, [("contact_hash", Purpose::Contact)], []),
    spec!("objection_question", ID, [], [("reason", Place::Of(ID))]),
    spec!(
        "objection_reach",
        &[Col::Int("request_id"), Col::Hash("contact_hash")],
        [("contact_hash", Purpose::Contact)],
        []
    ),
    spec!("attempt_change", ID, [], [("plan", BY_ATTEMPT)]),
    spec!("handover", ID, [], [("note", BY_ATTEMPT), ("answer", BY_ATTEMPT)]),
    spec!("legal_hold", ID, [], [("reason", Place::Of(&[Col::Int("at")]))]),
    spec!("config_version", ID, [], [("text", Place::Of(&[Col::Int("at")])), ("reason", Place::Of(&[Col::Int("at")]))]),
    spec!("place_act", ID, [("source_hash", Purpose::Import)], [("body", BY_EVENT)]),
    spec!("visit_plan", ID, [], [("body", BY_EVENT)]),
    spec!("form_record", ID, [("form_hash", Purpose::Import)], [("answers", BY_EVENT)]),
    spec!("subject_check", ID, [("contact_hash", Purpose::Contact)], [("body", BY_EVENT)]),
    spec!("erasure", &[Col::Hash("contact_hash")], [("contact_hash", Purpose::Contact)], []),
    spec!("second_factor", &[Col::Int("account_id")], [], [("secret", Place::Of(&[Col::Int("account_id")]))]),
    spec!("recovery_code", &[Col::Int("account_id"), Col::Int("number")], [("code_hash", Purpose::SignIn)], []),
    spec!("invitation", &[Col::Hash("token_hash")], [("token_hash", Purpose::SignIn)], []),
    spec!("outer_identity", &[Col::Hash("identity_hash")], [("identity_hash", Purpose::SignIn)], []),
    spec!("common_approach", COMMON, [("contact_hash", Purpose::Contact)], []),
    spec!("common_hold", COMMON, [("contact_hash", Purpose::Contact)], []),
    spec!("common_objection", COMMON, [("contact_hash", Purpose::Contact)], []),
    spec!(
        "common_referral_contact",
        &[Col::Int("referral_id"), Col::Hash("contact_hash")],
        [("contact_hash", Purpose::Contact)],
        []
    ),
];

/// Whose rows wait for the next analysis when they change; a new key changes nothing of what they say.
const WATCHED: [&str; 4] = ["reading", "image_hash", "judgement", "contact_judgement"];

/// How far a change of the key came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct UnderWay {
    /// The new key's check value, hex.
    to: String,
    /// Place of the table in the list.
    table: usize,
    /// Last value of its leading column.
    after: i64,
    /// Values that could not be opened and stay as they are.
    unopened: u64,
}

/// What came of a change of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotated {
    /// Rows that were written anew by this call.
    pub rows: u64,
    /// Values that could not be opened before either, in all.
    pub unopened: u64,
    /// The change was done before this call.
    pub before: bool,
}

impl Store {
    /// Changes the master key of the store at `url`, or goes on with a change that was begun. Nobody else may use the store
    /// meanwhile. `progress` is told table and rows after each batch.
    pub async fn rotate_key(
        url: &str,
        old: &MasterKey,
        new: &MasterKey,
        actor: &Actor,
        at: Timestamp,
        progress: &(dyn Fn(&str, u64) + Sync),
    ) -> Result<Rotated, StoreError> {
        let store = Self::open_to_rotate(url, old, at).await?;
        let done = store.rotate(new, actor, at, progress).await;
        store.close().await;
        done
    }

    async fn rotate(
        &self,
        new: &MasterKey,
        actor: &Actor,
        at: Timestamp,
        progress: &(dyn Fn(&str, u64) + Sync),
    ) -> Result<Rotated, StoreError> {
        let old = self.keys();
        let keys = Keys::after(new, old);
        let mut rows = 0;
        let mut state = match self.begin(&keys, actor, at).await? {
            Some(state) => state,
            None => return Ok(Rotated { rows, unopened: 0, before: true }),
        };
        while let Some(spec) = SPECS.get(state.table) {
            let done = self.step(spec, old, &keys, &mut state).await?;
            rows += done;
            progress(spec.table, done);
        }
        self.finish(&keys, &state, actor, at).await?;
        Ok(Rotated { rows, unopened: state.unopened, before: false })
    }

    /// One batch.
    async fn step(&self, spec: &Spec, old: &Keys, keys: &Keys, state: &mut UnderWay) -> Result<u64, StoreError> {
        let mut tx = self.write("changing the key").await?;
        let changed = if WATCHED.contains(&spec.table) { Some(changed_ads(&mut tx).await?) } else { None };
        let (done, last) = batch(&mut tx, spec, old, keys, state).await?;
        if let Some(changed) = changed {
            put_changed_back(&mut tx, changed).await?;
        }
        match last {
            Some(last) => state.after = last,
            None => (state.table, state.after) = (state.table + 1, i64::MIN),
        }
        put_state(&mut tx, state).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// From here on the new key alone opens the store.
    async fn finish(&self, keys: &Keys, state: &UnderWay, actor: &Actor, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write("finishing the change of the key").await?;
        let older = keys.sealed_older()?;
        for (name, value) in [("key_check", keys.check().to_vec()), (OLDER, older)] {
            tx.run(
                "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                args![name, value],
            )
            .await?;
        }
        tx.run("DELETE FROM meta WHERE name = $1", args![UNDER_WAY]).await?;
        let body = serde_json::json!({ "key": "changed", "unopened": state.unopened });
        chain::event(&mut tx, keys, "key", actor, body, at).await?;
        tx.commit().await?;
        // What was sealed under the old key is to be gone from the write-ahead log and from free space too.
        self.empty_wal().await?;
        self.vacuum().await
    }

    /// As a change that is ended after its first batch; true where that was the last.
    #[cfg(test)]
    pub(crate) async fn one_batch(&self, new: &MasterKey, actor: &Actor, at: Timestamp) -> Result<bool, StoreError> {
        let keys = Keys::after(new, self.keys());
        let Some(mut state) = self.begin(&keys, actor, at).await? else { return Ok(true) };
        match SPECS.get(state.table) {
            Some(spec) => self.step(spec, self.keys(), &keys, &mut state).await.map(|_| false),
            None => self.finish(&keys, &state, actor, at).await.map(|()| true),
        }
    }

    /// Notes that a change begins, and ends all sessions; or reads how far one came. `None` where it is done.
    async fn begin(&self, keys: &Keys, actor: &Actor, at: Timestamp) -> Result<Option<UnderWay>, StoreError> {
        let to = to_hex(keys.check());
        let mut tx = self.write("beginning the change of the key").await?;
        let kept = tx.one("SELECT value FROM meta WHERE name = 'key_check'", args![]).await?;
        if kept.map(|row| row.blob(0)).transpose()?.is_some_and(|kept| kept == keys.check()) {
            return Ok(None);
        }
        if let Some(row) = tx.one("SELECT value FROM meta WHERE name = $1", args![UNDER_WAY]).await? {
            let state: UnderWay = serde_json::from_slice(&row.blob(0)?)
                .map_err(|_| StoreError::Corrupt { what: "the state of a change of the key" })?;
            if state.to != to {
                return Err(StoreError::Refused {
                    why: "a change to another new key is under way; give the new key with which it was begun",
                });
            }
            return Ok(Some(state));
        }
        if tx.is_postgres() {
            // A connection that somebody let go of may just be closing.
            for wait_ms in [0, 200, 800, 2_000] {
                tokio::time::sleep(std::time::Duration::from_millis(wait_ms)).await;
                let others = tx
                    .id(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND \
                         application_name LIKE 'bavn%' AND application_name <> current_setting('application_name')",
                        args![],
                    )
                    .await?;
                match (others, wait_ms) {
                    (0, _) => break,
                    (_, 2_000) => {
                        return Err(StoreError::Refused {
                            why: "somebody else uses the store; stop every 'bavn' first",
                        });
                    }
                    _ => tx.run("SELECT pg_stat_clear_snapshot()", args![]).await?,
                };
            }
        }
        for sql in ["DELETE FROM session", "DELETE FROM sign_in_throttle"] {
            tx.run(sql, args![]).await?;
        }
        let state = UnderWay { to, table: 0, after: i64::MIN, unopened: 0 };
        put_state(&mut tx, &state).await?;
        let body = serde_json::json!({ "key": "change begun" });
        chain::event(&mut tx, self.keys(), "key", actor, body, at).await?;
        tx.commit().await?;
        Ok(Some(state))
    }
}

async fn put_state(tx: &mut Tx, state: &UnderWay) -> Result<(), StoreError> {
    let json =
        serde_json::to_vec(state).map_err(|_| StoreError::Corrupt { what: "the state of a change of the key" })?;
    tx.run(
        "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        args![UNDER_WAY, json],
    )
    .await?;
    Ok(())
}

/// The ads that wait for an analysis; `None` where they are too many to note.
async fn changed_ads(tx: &mut Tx) -> Result<Option<Vec<Vec<Arg>>>, StoreError> {
    let rows =
        tx.all_of(format!("SELECT ad_id, stamp, known_at FROM changed_ad LIMIT {}", MOST_CHANGED + 1), args![]).await?;
    if rows.len() > MOST_CHANGED {
        return Ok(None);
    }
    rows.iter().map(|row| Ok(args![row.int(0)?, row.int(1)?, row.int(2)?])).collect::<Result<_, StoreError>>().map(Some)
}

async fn put_changed_back(tx: &mut Tx, changed: Option<Vec<Vec<Arg>>>) -> Result<(), StoreError> {
    let Some(changed) = changed else { return Ok(()) };
    tx.run("DELETE FROM changed_ad", args![]).await?;
    tx.insert("INSERT INTO changed_ad (ad_id, stamp, known_at) VALUES", "", &changed).await
}

/// Writes the next rows of a table anew. How many, and the last value of the leading column; `None` when the table is done.
async fn batch(
    tx: &mut Tx,
    spec: &Spec,
    old: &Keys,
    new: &Keys,
    state: &mut UnderWay,
) -> Result<(u64, Option<i64>), StoreError> {
    let table = spec.table;
    let lead = spec.key[0];
    if !is_there(tx, table).await? {
        return Ok((0, None));
    }
    let (filter, bounds, last) = match lead {
        Col::Int(name) => {
            let next = tx
                .all_of(
                    format!("SELECT DISTINCT {name} FROM {table} WHERE {name} > $1 ORDER BY {name} LIMIT {BATCH}"),
                    args![state.after],
                )
                .await?;
            let Some(last) = next.last() else { return Ok((0, None)) };
            let last = last.int(0)?;
            (format!("t.{name} > $1 AND t.{name} <= $2"), args![state.after, last], Some(last))
        }
        // Few rows, whose key is what changes: all at once.
        Col::Text(_) | Col::Hash(_) => ("1 = 1".to_owned(), args![], None),
    };
    let mut columns: Vec<String> = spec.key.iter().map(|col| format!("t.{}", col.name())).collect();
    let hashes_at = columns.len();
    columns.extend(spec.hashes.iter().map(|(name, _)| format!("t.{name}")));
    let sealed_at = columns.len();
    let mut places_at = Vec::new();
    columns.extend(spec.sealed.iter().map(|(name, _)| format!("t.{name}_sealed")));
    for (_, place) in spec.sealed {
        places_at.push(columns.len());
        match place {
            Place::Of(cols) => columns.extend(cols.iter().map(|col| format!("t.{}", col.name()))),
            Place::Page => columns.push("(SELECT p.address FROM page p WHERE p.id = t.page_id)".to_owned()),
            Place::Hash(_) => {}
        }
    }
    let sql = format!("SELECT {} FROM {table} t WHERE {filter}", columns.join(", "));
    let rows = tx.all_of(sql, bounds).await?;
    for row in &rows {
        let mut sets: Vec<(String, Arg)> = Vec::new();
        let mut hashes = Vec::new();
        for (n, (name, purpose)) in spec.hashes.iter().enumerate() {
            let before = row.opt_blob(hashes_at + n)?;
            let after = before.as_ref().map(|hash| new.nest(*purpose, hash).to_vec());
            sets.push(((*name).to_owned(), Arg::from(after.clone())));
            hashes.push((before, after));
        }
        for (n, (name, place)) in spec.sealed.iter().enumerate() {
            let Some(blob) = row.opt_blob(sealed_at + n)? else { continue };
            let (from, to) = match place {
                Place::Of(cols) => {
                    let bytes = place_bytes(row, cols, places_at[n])?;
                    (bytes.clone(), bytes)
                }
                Place::Hash(of) => match &hashes[*of] {
                    (Some(before), Some(after)) => (before.clone(), after.clone()),
                    _ => continue,
                },
                Place::Page => match row.opt_blob(places_at[n])? {
                    Some(address) => (address.clone(), new.nest(Purpose::Content, &address).to_vec()),
                    None => continue,
                },
            };
            match old.open(table, &from, name, &blob) {
                Ok(plain) => sets.push((format!("{name}_sealed"), Arg::from(new.seal(table, &to, name, &plain)?))),
                // It could not be read before either: it is counted, and the rest goes on.
                Err(_) => state.unopened += 1,
            }
        }
        if sets.is_empty() {
            continue;
        }
        let assigned: Vec<String> = sets.iter().zip(1..).map(|((name, _), n)| format!("{name} = ${n}")).collect();
        let named: Vec<String> =
            spec.key.iter().zip(sets.len() + 1..).map(|(col, n)| format!("{} = ${n}", col.name())).collect();
        let mut arguments: Vec<Arg> = sets.into_iter().map(|(_, arg)| arg).collect();
        for (n, col) in spec.key.iter().enumerate() {
            arguments.push(match col {
                Col::Int(_) => Arg::from(row.int(n)?),
                Col::Text(_) => Arg::from(row.text(n)?),
                Col::Hash(_) => Arg::from(row.blob(n)?),
            });
        }
        let sql = format!("UPDATE {table} SET {} WHERE {}", assigned.join(", "), named.join(" AND "));
        tx.run_of(sql, arguments).await?;
    }
    Ok((rows.len() as u64, last))
}

/// Whether this store has the table: the list may name one that a later version of the schema brings.
pub(crate) async fn is_there(tx: &mut Tx, table: &str) -> Result<bool, StoreError> {
    let sql = if tx.is_postgres() {
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1"
    } else {
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1"
    };
    Ok(tx.id(sql, args![table]).await? > 0)
}

fn place_bytes(row: &Row, cols: &[Col], at: usize) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    for (n, col) in cols.iter().enumerate() {
        match col {
            Col::Int(_) => bytes.extend_from_slice(&row.int(at + n)?.to_le_bytes()),
            Col::Text(_) => bytes.extend_from_slice(row.text(at + n)?.as_bytes()),
            Col::Hash(_) => bytes.extend_from_slice(&row.blob(at + n)?),
        }
    }
    Ok(bytes)
}

/// Whether the store is under this key, and no change of it is under way.
pub(crate) async fn is_key_of(tx: &mut Tx, keys: &Keys) -> Result<bool, StoreError> {
    let rows = tx.all("SELECT name, value FROM meta WHERE name IN ('key_check', 'key_rotation')", args![]).await?;
    let mut ours = true;
    for row in &rows {
        ours &= row.text(0)? == "key_check" && row.blob(1)? == keys.check();
    }
    Ok(ours)
}

/// The keys with the earlier ones for hashes, where the store holds some.
pub(crate) async fn with_older(tx: &mut Tx, keys: Keys) -> Result<Keys, StoreError> {
    let Some(row) = tx.one("SELECT value FROM meta WHERE name = $1", args![OLDER]).await? else { return Ok(keys) };
    let json = keys.open("meta", OLDER.as_bytes(), "value", &row.blob(0)?)?;
    let older: OlderKeys =
        serde_json::from_slice(&json).map_err(|_| StoreError::Corrupt { what: "the earlier keys for hashes" })?;
    Ok(keys.with_older(&older))
}

/// What the test of the schema compares: `table.column` of every sealed value and keyed hash that is rewritten.
#[cfg(test)]
pub(crate) fn columns() -> std::collections::BTreeSet<String> {
    let mut all = std::collections::BTreeSet::new();
    for spec in SPECS {
        let hashes = spec.hashes.iter().map(|(name, _)| format!("{}.{name}", spec.table));
        let sealed = spec.sealed.iter().map(|(name, _)| format!("{}.{name}_sealed", spec.table));
        for column in hashes.chain(sealed) {
            assert!(!all.contains(&column), "rewritten twice, and not to be opened the second time: {column}");
            all.insert(column);
        }
    }
    all
}
