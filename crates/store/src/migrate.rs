//! Schema versions: forward only, each atomic. A database that is ahead of the program stops it.

use crate::db::{Db, Tx, args};
use crate::keys::Keys;
use crate::{StoreError, rotation};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// A step: version, name, text for SQLite, text for PostgreSQL.
type Step = (i64, &'static str, &'static str, &'static str);

macro_rules! step {
    ($version:literal, $name:literal, $file:literal) => {
        (
            $version,
            $name,
            include_str!(concat!("../migrations/sqlite/", $file)),
            include_str!(concat!("../migrations/postgres/", $file)),
        )
    };
}

const STEPS: &[Step] = &[
    step!(1, "first", "0001_first.sql"),
    step!(2, "notices of sites", "0002_site_notices.sql"),
    step!(3, "pace revision", "0003_pace_revision.sql"),
    step!(4, "captures", "0004_captures.sql"),
    step!(5, "coverage in time", "0005_coverage.sql"),
    step!(6, "figures of each analysis", "0006_figures.sql"),
    step!(7, "named contacts", "0007_named_contacts.sql"),
    step!(8, "closures", "0008_closures.sql"),
    step!(9, "reading cases together", "0009_review.sql"),
    step!(10, "objections and urgent notices", "0010_objections.sql"),
    step!(11, "ledger", "0011_ledger.sql"),
    step!(12, "releases", "0012_releases.sql"),
    step!(13, "daily operation", "0013_operation.sql"),
    step!(14, "shadow runs", "0014_shadow.sql"),
    step!(15, "who looks after somebody", "0015_hand_over.sql"),
    step!(16, "accounts", "0016_accounts.sql"),
    step!(18, "configuration and alarms", "0018_configuration.sql"),
    step!(20, "contacts by their own clock", "0020_contacts.sql"),
    step!(21, "places, visits and forms", "0021_places.sql"),
    step!(23, "what the worker sees", "0023_worker_sees.sql"),
    step!(24, "the register that programmes share", "0024_register.sql"),
    step!(25, "one notice a case", "0025_one_notice.sql"),
];

/// The newest version that this program knows.
pub(crate) fn newest() -> i64 {
    STEPS.iter().map(|step| step.0).max().unwrap_or(0)
}

/// All versions, the earliest first.
#[cfg(test)]
pub(crate) fn versions() -> Vec<i64> {
    STEPS.iter().map(|step| step.0).collect()
}

/// Names the place at which a test's process is to die: `in 7`, `after 7`.
#[cfg(test)]
pub(crate) const DIE_AT: &str = "BAVN_TEST_DIE_AT";

/// Dies here if a test wants it so: the process ends at once, as by a kill.
#[cfg(test)]
fn die(place: &str, version: i64) {
    if std::env::var(DIE_AT).is_ok_and(|wanted| wanted == format!("{place} {version}")) {
        std::process::abort();
    }
}

/// The version of a database; 0 for an empty one.
pub(crate) async fn version(tx: &mut Tx) -> Result<i64, StoreError> {
    let table = if tx.is_postgres() {
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'schema_version'"
    } else {
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'"
    };
    if tx.id(table, vec![]).await? == 0 {
        return Ok(0);
    }
    tx.id("SELECT coalesce(max(version), CAST(0 AS BIGINT)) FROM schema_version", vec![]).await
}

/// The steps that a database has taken.
async fn taken(tx: &mut Tx) -> Result<BTreeSet<i64>, StoreError> {
    if version(tx).await? == 0 {
        return Ok(BTreeSet::new());
    }
    let rows = tx.all("SELECT version FROM schema_version", vec![]).await?;
    rows.iter().map(|row| row.int(0)).collect()
}

/// Brings the database to the newest version and checks that the key is its own.
/// Gives the earlier keys for hashes with it.
pub(crate) async fn migrate(db: &Db, keys: Keys, at: Timestamp) -> Result<Keys, StoreError> {
    migrate_to(db, at, newest()).await?;
    let mut tx = db.read("looking for a change of the key").await?;
    if tx.one("SELECT 1 FROM meta WHERE name = $1", args![rotation::UNDER_WAY]).await?.is_some() {
        return Err(StoreError::KeyChanging);
    }
    drop(tx);
    check_key(db, &keys).await?;
    rotation::with_older(&mut db.read("reading the earlier keys for hashes").await?, keys).await
}

/// As [`migrate`], for a store whose key is being changed: under the key before or the one after.
pub(crate) async fn migrate_to_rotate(db: &Db, keys: Keys, at: Timestamp) -> Result<Keys, StoreError> {
    migrate_to(db, at, newest()).await?;
    let mut tx = db.read("checking the key").await?;
    let kept = tx.one("SELECT value FROM meta WHERE name = 'key_check'", vec![]).await?;
    match kept.map(|row| row.blob(0)).transpose()? {
        Some(kept) if kept == keys.check() => rotation::with_older(&mut tx, keys).await,
        Some(_) => Err(StoreError::WrongKey),
        None => Ok(keys),
    }
}

/// As [`migrate`], no further than a version, and without asking for the key.
pub(crate) async fn migrate_to(db: &Db, at: Timestamp, last: i64) -> Result<(), StoreError> {
    let mut tx = db.read("looking at the schema's version").await?;
    let found = version(&mut tx).await?;
    // A step that came in beside a later one is taken too.
    let taken = taken(&mut tx).await?;
    drop(tx);
    if found > newest() {
        return Err(StoreError::Newer { found, known: newest() });
    }
    for step in STEPS.iter().filter(|step| !taken.contains(&step.0) && step.0 <= last) {
        apply(db, step, at).await.map_err(|error| match error {
            StoreError::Engine { what, .. } => StoreError::Migration { version: step.0, what },
            other => other,
        })?;
    }
    Ok(())
}

async fn apply(db: &Db, step: &Step, at: Timestamp) -> Result<(), StoreError> {
    let mut tx = db.write("bringing the schema forward").await?;
    if tx.is_postgres() {
        // Two programs that start at once migrate one after the other. The number is bavn's own.
        tx.run("SELECT pg_advisory_xact_lock(7203104)", vec![]).await?;
    }
    if taken(&mut tx).await?.contains(&step.0) {
        return tx.commit().await;
    }
    tx.script(
        "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)",
    )
    .await?;
    let text = if tx.is_postgres() { step.3 } else { step.2 };
    tx.script(text).await?;
    #[cfg(test)]
    die("in", step.0);
    tx.run("INSERT INTO schema_version (version, name, applied_at) VALUES ($1, $2, $3)", args![step.0, step.1, at])
        .await?;
    tx.commit().await?;
    #[cfg(test)]
    die("after", step.0);
    Ok(())
}

async fn check_key(db: &Db, keys: &Keys) -> Result<(), StoreError> {
    const READ: &str = "SELECT value FROM meta WHERE name = 'key_check'";
    let mut tx = db.read("checking the key").await?;
    let mut stored = tx.one(READ, vec![]).await?;
    drop(tx);
    if stored.is_none() {
        let mut tx = db.write("keeping the key's check value").await?;
        tx.run(
            "INSERT INTO meta (name, value) VALUES ('key_check', $1) ON CONFLICT (name) DO NOTHING",
            args![keys.check()],
        )
        .await?;
        stored = tx.one(READ, vec![]).await?;
        tx.commit().await?;
    }
    match stored {
        Some(row) if row.blob(0)? == keys.check() => Ok(()),
        _ => Err(StoreError::WrongKey),
    }
}
