//! The deletion: what is due is counted, listed and deleted by the same conditions, in short transactions.

use super::contacts::forget_contacts;
use super::forget::{Forget, erase_contacts, forget_ads};
use super::hold;
use super::rules::{AD_DUE, CONTACT_DUE, Clocks, Kind, RULES, Rule, version_without_contacts_due};
use crate::chain::{self, Chain, Gone};
use crate::db::{Arg, Tx, args};
use crate::{Actor, Engine, Store, StoreError};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Rows of a table that are due or were deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// By which clock.
    pub kind: Kind,
    /// In which table. Rows that hang on these go with them and are not counted.
    pub table: &'static str,
    /// How many.
    pub rows: u64,
}

/// What goes within some days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upcoming {
    /// For each day from today on: what becomes due on it (today: what is due already).
    pub days: Vec<Vec<Due>>,
    /// Cases among it, with the day on which each goes.
    pub cases: Vec<(String, usize)>,
}

/// Rows of a batch: a transaction lasts some milliseconds, so that nobody waits.
const BATCH: usize = 200;
const PAYLOADS: usize = 2_000;

const DAY: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

fn arguments(sql: &str, own: i64, ads: i64) -> Vec<Arg> {
    if sql.contains("$2") { args![own, ads] } else { args![own] }
}

fn contact_due() -> String {
    CONTACT_DUE.replace("{ad_due}", AD_DUE)
}

impl Store {
    /// What is due at `now`, without deleting it. Holds whose time is over count as released.
    pub async fn retention_due(&self, clocks: &Clocks, now: Timestamp) -> Result<Vec<Due>, StoreError> {
        let mut tx = self.write("finding what is held").await?;
        hold::refresh(&mut tx, now).await?;
        tx.commit().await?;
        self.count_due(clocks, now).await
    }

    async fn count_due(&self, clocks: &Clocks, now: Timestamp) -> Result<Vec<Due>, StoreError> {
        let mut tx = self.read("counting what is due").await?;
        if hold::on_everything(&mut tx).await? {
            return Ok(Vec::new());
        }
        let ads = clocks.cutoff(Kind::Ads, now);
        let mut due = Vec::new();
        let mut count = async |kind: Kind, table: &'static str, condition: &str| -> Result<(), StoreError> {
            let sql = format!("SELECT count(*) FROM {table} WHERE {condition}");
            let arguments = arguments(condition, clocks.cutoff(kind, now), ads);
            let rows = tx.all_of(sql, arguments).await?.first().map_or(Ok(0), |row| row.int(0))?;
            if rows > 0 {
                due.push(Due { kind, table, rows: rows.unsigned_abs() });
            }
            Ok(())
        };
        for kind in Kind::ALL {
            match kind {
                Kind::Ads => count(kind, "ad", AD_DUE).await?,
                Kind::Contacts => {
                    if clocks.days(kind) < clocks.days(Kind::Ads) {
                        count(kind, "ad_version", &version_without_contacts_due()).await?;
                    }
                    count(kind, "contact", &contact_due()).await?;
                }
                Kind::Audit => {
                    count(kind, "event_payload", "delete_after <= $1").await?;
                    count(kind, "audit_payload", "delete_after <= $1").await?;
                }
                _ => {}
            }
            for rule in RULES.iter().filter(|rule| rule.kind == kind) {
                count(kind, rule.table, rule.due).await?;
            }
        }
        Ok(due)
    }

    /// What becomes due on each of the next days, and which cases.
    pub async fn retention_upcoming(
        &self,
        clocks: &Clocks,
        now: Timestamp,
        days: usize,
    ) -> Result<Upcoming, StoreError> {
        let mut tx = self.write("finding what is held").await?;
        hold::refresh(&mut tx, now).await?;
        tx.commit().await?;
        let (mut upcoming, mut before) = (Upcoming::default(), BTreeMap::new());
        let mut known = std::collections::BTreeSet::new();
        for day in 0..=days {
            let at = now + DAY * i32::try_from(day).unwrap_or(i32::MAX);
            let mut on_day = Vec::new();
            for due in self.count_due(clocks, at).await? {
                let so_far = before.insert(due.table, due.rows).unwrap_or(0);
                if due.rows > so_far {
                    on_day.push(Due { rows: due.rows - so_far, ..due });
                }
            }
            if on_day.iter().any(|due| due.table == "case_file")
                && let Some(rule) = RULES.iter().find(|rule| rule.table == "case_file")
            {
                let mut tx = self.read("listing cases that are due").await?;
                let sql = format!("SELECT id FROM case_file WHERE {} ORDER BY id", rule.due);
                for row in tx.all_of(sql, args![clocks.cutoff(Kind::Cases, at)]).await? {
                    let id = row.text(0)?;
                    if known.insert(id.clone()) {
                        upcoming.cases.push((id, day));
                    }
                }
            }
            upcoming.days.push(on_day);
        }
        Ok(upcoming)
    }

    /// Deletes what is due, for good: rows, what hangs on them, the archive, the search index, and on SQLite the bytes in
    /// the file and its write-ahead log. Recorded as an event with its counts.
    pub async fn retention_run(&self, clocks: &Clocks, actor: &Actor, now: Timestamp) -> Result<Vec<Due>, StoreError> {
        let mut tx = self.write("finding what is held").await?;
        hold::refresh(&mut tx, now).await?;
        let everything = hold::on_everything(&mut tx).await?;
        tx.commit().await?;
        if everything {
            return Err(StoreError::Refused {
                why: "a hold on everything is in force: nothing is deleted until it is released (bavn retention holds)",
            });
        }
        let ads = clocks.cutoff(Kind::Ads, now);
        let mut done = Vec::new();
        for kind in Kind::ALL {
            let cutoff = clocks.cutoff(kind, now);
            match kind {
                Kind::Ads => done.push(Due { kind, table: "ad", rows: self.forget_due_ads(cutoff, now).await? }),
                Kind::Contacts => {
                    if clocks.days(kind) < clocks.days(Kind::Ads) {
                        let rows = self.forget_due_contacts_of_ads(cutoff, ads, now).await?;
                        done.push(Due { kind, table: "ad_version", rows });
                    }
                    done.push(Due { kind, table: "contact", rows: self.forget_due_contacts(cutoff).await? });
                }
                Kind::Audit => {
                    for (chain, table) in [(Chain::Event, "event_payload"), (Chain::Audit, "audit_payload")] {
                        done.push(Due { kind, table, rows: self.delete_due_payloads(chain, cutoff, now).await? });
                    }
                }
                _ => {}
            }
            for rule in RULES.iter().filter(|rule| rule.kind == kind) {
                done.push(Due { kind, table: rule.table, rows: self.delete_due(rule, cutoff, ads).await? });
            }
        }
        self.drop_empty_ads().await?;
        done.retain(|due| due.rows > 0);
        if !done.is_empty() {
            let counts: BTreeMap<&str, u64> = done.iter().map(|due| (due.table, due.rows)).collect();
            let mut tx = self.write("recording a deletion").await?;
            let body = serde_json::json!({ "deleted": counts });
            chain::event(&mut tx, self.keys(), "retention", actor, body, now).await?;
            tx.commit().await?;
        }
        self.wipe().await?;
        Ok(done)
    }

    async fn delete_due(&self, rule: &Rule, cutoff: i64, ads: i64) -> Result<u64, StoreError> {
        let mut all = 0;
        loop {
            let mut tx = self.write("deleting what is due").await?;
            let due = match rule.key {
                // A batch is picked once, so that what is done first and the deletion speak of the same rows.
                Some(key) => format!(
                    "{key} IN (SELECT {key} FROM {} WHERE {} ORDER BY {key} LIMIT {BATCH})",
                    rule.table, rule.due
                ),
                None => rule.due.to_owned(),
            };
            if let Some(before) = rule.before {
                let sql = before.replace("{due}", &due);
                let arguments = arguments(&sql, cutoff, ads);
                tx.run_of(sql, arguments).await?;
            }
            let sql = format!("DELETE FROM {} WHERE {due}", rule.table);
            let arguments = arguments(&sql, cutoff, ads);
            let rows = tx.run_of(sql, arguments).await?;
            tx.commit().await?;
            all += rows;
            if rows < BATCH as u64 || rule.key.is_none() {
                return Ok(all);
            }
        }
    }

    async fn forget_due_ads(&self, cutoff: i64, now: Timestamp) -> Result<u64, StoreError> {
        // The ads of an advertiser are due together: they are found once, since what was forgotten of one would change
        // the answer about another.
        let mut tx = self.read("finding ads that are due").await?;
        let rows = tx.all_of(format!("SELECT ad.id FROM ad WHERE {AD_DUE} ORDER BY ad.id"), args![cutoff]).await?;
        drop(tx);
        let ids: Vec<i64> = rows.iter().map(|row| row.int(0)).collect::<Result<_, _>>()?;
        for batch in ids.chunks(BATCH / 10) {
            let mut tx = self.write("deleting ads that are due").await?;
            let still = still_due(&mut tx, batch, cutoff).await?;
            forget_ads(&mut tx, self.keys(), &still, Forget::Due, now).await?;
            tx.commit().await?;
        }
        Ok(ids.len() as u64)
    }

    async fn forget_due_contacts_of_ads(&self, cutoff: i64, ads: i64, now: Timestamp) -> Result<u64, StoreError> {
        // Found once, as above: what is left of an advertiser's ads says nothing any more of the others.
        let mut tx = self.read("finding ads whose contacts are due").await?;
        let sql = format!(
            "SELECT DISTINCT ad_version.ad_id FROM ad_version WHERE {} ORDER BY 1",
            version_without_contacts_due()
        );
        let rows = tx.all_of(sql, args![cutoff, ads]).await?;
        drop(tx);
        let ids: Vec<i64> = rows.iter().map(|row| row.int(0)).collect::<Result<_, _>>()?;
        let mut all = 0;
        for batch in ids.chunks(BATCH / 10) {
            let mut tx = self.write("deleting the contacts of ads that are due").await?;
            let still = still_due(&mut tx, batch, cutoff).await?;
            all += forget_contacts(&mut tx, self.keys(), &still, now).await?;
            tx.commit().await?;
        }
        Ok(all)
    }

    async fn forget_due_contacts(&self, cutoff: i64) -> Result<u64, StoreError> {
        let mut all = 0;
        loop {
            let mut tx = self.write("deleting contacts that no ad shows").await?;
            let sql = format!("SELECT id FROM contact WHERE {} ORDER BY id LIMIT {BATCH}", contact_due());
            let rows = tx.all_of(sql, args![cutoff]).await?;
            let ids: Vec<i64> = rows.iter().map(|row| row.int(0)).collect::<Result<_, _>>()?;
            erase_contacts(&mut tx, self.keys(), &ids).await?;
            tx.commit().await?;
            all += ids.len() as u64;
            if ids.len() < BATCH {
                return Ok(all);
            }
        }
    }

    async fn delete_due_payloads(&self, chain: Chain, cutoff: i64, now: Timestamp) -> Result<u64, StoreError> {
        let table = if chain == Chain::Event { "event_payload" } else { "audit_payload" };
        let mut all = 0;
        loop {
            let mut tx = self.write("deleting payloads that are due").await?;
            let sql = format!("SELECT seq FROM {table} WHERE delete_after <= $1 ORDER BY seq LIMIT {PAYLOADS}");
            let rows = tx.all_of(sql, args![cutoff]).await?;
            let sorted: Vec<i64> = rows.iter().map(|row| row.int(0)).collect::<Result<_, _>>()?;
            chain::delete_payloads(&mut tx, self.keys(), chain, &sorted, now, Gone::Retention).await?;
            tx.commit().await?;
            all += sorted.len() as u64;
            if sorted.len() < PAYLOADS {
                return Ok(all);
            }
        }
    }

    /// Rows of ads that were forgotten and that nothing needs any more.
    pub(crate) async fn drop_empty_ads(&self) -> Result<(), StoreError> {
        let mut tx = self.write("deleting empty ads").await?;
        tx.run(
            "DELETE FROM ad WHERE delete_after IS NULL \
             AND NOT EXISTS (SELECT 1 FROM ad_version v WHERE v.ad_id = ad.id) \
             AND NOT EXISTS (SELECT 1 FROM sighting g WHERE g.ad_id = ad.id) \
             AND NOT EXISTS (SELECT 1 FROM case_file c WHERE c.anchor_ad = ad.id) \
             AND NOT EXISTS (SELECT 1 FROM decision_ad d WHERE d.ad_id = ad.id) \
             AND NOT EXISTS (SELECT 1 FROM attempt t WHERE t.anchor_ad = ad.id) \
             AND NOT EXISTS (SELECT 1 FROM list_line l WHERE l.anchor_ad = ad.id) \
             AND NOT EXISTS (SELECT 1 FROM judgement j WHERE j.a_ad = ad.id OR j.b_ad = ad.id) \
             AND NOT EXISTS (SELECT 1 FROM entity e WHERE e.founder_ad = ad.id) \
             AND NOT EXISTS (SELECT 1 FROM legal_hold g WHERE g.ad_id = ad.id)",
            args![],
        )
        .await?;
        // And contacts whose value is gone, once no attempt and no judgement names them.
        tx.run(
            "DELETE FROM contact WHERE delete_after IS NULL \
             AND NOT EXISTS (SELECT 1 FROM contact_mention m WHERE m.contact_id = contact.id) \
             AND NOT EXISTS (SELECT 1 FROM attempt t WHERE t.contact_id = contact.id) \
             AND NOT EXISTS (SELECT 1 FROM contact_judgement j WHERE j.contact_id = contact.id)",
            args![],
        )
        .await?;
        tx.commit().await
    }

    /// Makes a deletion real on the disk. SQLite overwrites what it frees (`secure_delete`); what is left then is the
    /// write-ahead log, which is emptied, and deleted words of the search index, which are merged away. PostgreSQL keeps
    /// dead rows until they are vacuumed.
    pub(crate) async fn wipe(&self) -> Result<(), StoreError> {
        self.merge_search_index().await?;
        match self.engine() {
            Engine::Sqlite => self.empty_wal().await,
            Engine::Postgres => self.vacuum().await,
        }
    }

    async fn merge_search_index(&self) -> Result<(), StoreError> {
        if self.engine() == Engine::Postgres {
            return Ok(());
        }
        let mut tx = self.write("merging the search index").await?;
        let indexes = tx
            .all(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%fts5%'",
                args![],
            )
            .await?;
        for index in &indexes {
            let name = index.text(0)?;
            tx.run_of(format!("INSERT INTO {name} ({name}) VALUES ('optimize')"), args![]).await?;
        }
        tx.commit().await
    }
}

/// Those of these ads that are still due: one that was seen in the meantime, or is held since, stays as it is.
async fn still_due(tx: &mut Tx, ids: &[i64], cutoff: i64) -> Result<Vec<i64>, StoreError> {
    const STILL: &str = "SELECT ad.id FROM ad WHERE ad.delete_after <= $1 \
         AND NOT EXISTS (SELECT 1 FROM held_ad h WHERE h.ad_id = ad.id) AND ad.id IN";
    let rows = tx.all_in(STILL, &[Arg::from(cutoff)], ids.iter().map(|id| Arg::from(*id))).await?;
    let mut still: Vec<i64> = rows.iter().map(|row| row.int(0)).collect::<Result<_, _>>()?;
    still.sort_unstable();
    Ok(still)
}

impl Due {
    /// Sums over tables by kind.
    pub fn by_kind(all: &[Due]) -> BTreeMap<Kind, u64> {
        let mut sums = BTreeMap::new();
        for due in all {
            *sums.entry(due.kind).or_default() += due.rows;
        }
        sums
    }
}
