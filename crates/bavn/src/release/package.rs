//! A package: made, written, and proved later.

use super::gather::{Asked, gather};
use crate::config::{Config, Programme};
use anyhow::Context;
use jiff::Timestamp;
use jiff::civil::Date;
use report::guard::earlier::Released;
use report::package::{CHECKSUMS, Manifest, Order, Package, Recipient, make, sha256};
use std::collections::BTreeMap;
use std::path::Path;
use store::{Actor, Look, NewRelease, SourceCounts, Store};

/// What is wrong with a period that ends before it begins.
pub const PERIOD: &str = "--from must not be after --to";

/// What a package is made for.
pub struct Making<'a> {
    /// Programme.
    pub programme: &'a Programme,
    /// Recipient.
    pub recipient: &'a Recipient,
    /// First local day.
    pub from: Date,
    /// Last local day.
    pub to: Date,
    /// What was known by then counts.
    pub as_of: Timestamp,
    /// The analysis as of this time.
    pub analysed_as_of: Timestamp,
    /// What the audit log says.
    pub look: &'a Look,
}

/// What makes two packages the same one.
fn identity(config: &Config, making: &Making<'_>) -> String {
    let Making { recipient, from, to, as_of, analysed_as_of, .. } = making;
    let of = format!(
        "{}|{}|{}|{}|{from}|{to}|{as_of}|{analysed_as_of}|{}|{}|{}",
        recipient.name,
        recipient.least,
        recipient.ad_rows,
        recipient.agreement,
        config.catalogue.hash(),
        config.parameters_hash(),
        env!("CARGO_PKG_VERSION")
    );
    format!("sha256:{}", sha256(of.as_bytes()))
}

/// Makes it. Nothing is noted.
async fn package(store: &Store, config: &Config, making: &Making<'_>, identity: &str) -> anyhow::Result<Package> {
    let asked = Asked {
        programme: making.programme,
        from: making.from,
        to: making.to,
        as_of: making.as_of,
        analysed_as_of: making.analysed_as_of,
        look: making.look,
    };
    let source = gather(store, config, &asked).await?;
    let counts = store.source_counts(&making.programme.id, making.as_of).await?;
    let earlier: Vec<Released> = store
        .releases_before(&making.programme.id, "package", identity)
        .await?
        .iter()
        .map(|row| serde_json::from_str(&row.cells))
        .collect::<Result<_, _>>()
        .context("the register of releases holds a row that cannot be read: run 'bavn doctor'")?;
    let pseudonyms = store.recipient_pseudonyms(&making.recipient.name)?;
    let order = Order {
        recipient: making.recipient,
        pseudonym: &|kind, id| pseudonyms.of(kind, id),
        earlier: &earlier,
        extras: config.package_files()?,
        counts: serde_json::to_value(counts)?,
    };
    Ok(tokio::task::block_in_place(|| make(&source, order))?)
}

/// Makes it, writes it into `out` (new or empty) and notes the release.
pub async fn made(
    store: &Store,
    config: &Config,
    making: &Making<'_>,
    out: &Path,
    actor: &Actor,
    at: Timestamp,
) -> anyhow::Result<Package> {
    if making.from > making.to {
        anyhow::bail!("{PERIOD}");
    }
    if out.exists() && std::fs::read_dir(out).map_or(true, |mut entries| entries.next().is_some()) {
        anyhow::bail!("'{}' holds something already: name a new or empty folder with --out", out.display());
    }
    let identity = identity(config, making);
    let package = package(store, config, making, &identity).await?;
    for (path, bytes) in &package.files {
        let file = out.join(path);
        if let Some(parent) = file.parent() {
            std::fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        }
        std::fs::write(&file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
    }
    let release = NewRelease {
        kind: "package",
        identity,
        recipient: making.recipient.name.clone(),
        programme: making.programme.id.clone(),
        from: making.from,
        to: making.to,
        as_of: making.as_of,
        cells: serde_json::to_string(&package.released)?,
        checksum: package.files.get(CHECKSUMS).map(|bytes| format!("sha256:{}", sha256(bytes))).unwrap_or_default(),
        at,
    };
    store.note_release(&release, actor).await?;
    Ok(package)
}

/// What came of proving a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What is wrong with its files: none, if it is as it was made.
    pub faults: Vec<String>,
    /// Whether it follows from the store, and what is gone or differs.
    pub source: Vec<String>,
    /// It was made again from the store, byte for byte.
    pub proved: bool,
}

/// Proves a package against its checksums and, where the store still has it, against its source.
pub async fn verify(store: Option<&Store>, config: &Config, folder: &Path, look: &Look) -> anyhow::Result<Outcome> {
    let sums = std::fs::read_to_string(folder.join(CHECKSUMS)).with_context(|| {
        format!("'{}' holds no {CHECKSUMS}: name the folder that 'bavn export research' wrote", folder.display())
    })?;
    let mut faults = Vec::new();
    let mut known = BTreeMap::new();
    for line in sums.lines() {
        let Some((sum, path)) = line.split_once("  ") else {
            faults.push(format!("{CHECKSUMS}: a line that is none"));
            continue;
        };
        known.insert(path.to_owned(), sum.to_owned());
        if path.starts_with('/') || path.split('/').any(|part| part == "..") {
            faults.push(format!("{path}: leads out of the package"));
            continue;
        }
        match std::fs::read(folder.join(path)) {
            Ok(bytes) if sha256(&bytes) == sum => {}
            Ok(_) => faults.push(format!("{path}: was changed")),
            Err(_) => faults.push(format!("{path}: is missing")),
        }
    }
    let mut files = Vec::new();
    walk(folder, folder, &mut files)?;
    faults.extend(
        files
            .iter()
            .filter(|file| *file != CHECKSUMS && !known.contains_key(*file))
            .map(|file| format!("{file}: was added")),
    );
    let mut outcome = Outcome { faults, source: Vec::new(), proved: false };
    let manifest = std::fs::read(folder.join("manifest.json")).context("manifest.json is missing")?;
    let manifest: Manifest = match serde_json::from_slice(&manifest) {
        Ok(manifest) => manifest,
        Err(error) => {
            outcome.faults.push(format!("manifest.json: cannot be read ({error})"));
            return Ok(outcome);
        }
    };
    match store {
        None => outcome.source.push("there is no store here to prove it against".to_owned()),
        Some(store) => against_source(store, config, &manifest, &known, look, &mut outcome).await?,
    }
    Ok(outcome)
}

async fn against_source(
    store: &Store,
    config: &Config,
    manifest: &Manifest,
    known: &BTreeMap<String, String>,
    look: &Look,
    outcome: &mut Outcome,
) -> anyhow::Result<()> {
    let made_of = &manifest.made_of;
    let Ok(programme) = config.programme(Some(&made_of.programme)) else {
        outcome.source.push(format!("this configuration has no programme '{}'", made_of.programme));
        return Ok(());
    };
    for (what, then, now) in [
        ("version of the program", &made_of.code, &env!("CARGO_PKG_VERSION").to_owned()),
        ("catalogue", &made_of.catalogue, &config.catalogue.hash().to_owned()),
        ("parameters of linking", &made_of.parameters, &config.parameters_hash()),
    ] {
        if then != now {
            outcome.source.push(format!("the {what} differs: it was {then} and is {now}"));
        }
    }
    let then: SourceCounts = serde_json::from_value(manifest.source.clone()).unwrap_or_default();
    let now = store.source_counts(&made_of.programme, manifest.as_of).await?;
    for (what, then, now) in [
        ("ads", then.ads, now.ads),
        ("days of sightings", then.sightings, now.sightings),
        ("decisions", then.decisions, now.decisions),
        ("contact attempts", then.attempts, now.attempts),
        ("crawl runs", then.runs, now.runs),
    ] {
        if now < then {
            outcome.source.push(format!("gone: {} of {then} {what}", then - now));
        } else if now > then {
            outcome.source.push(format!("added since: {} {what} of that time", now - then));
        }
    }
    let making = Making {
        programme,
        recipient: &manifest.recipient,
        from: manifest.from,
        to: manifest.to,
        as_of: manifest.as_of,
        analysed_as_of: made_of.analysed_as_of,
        look,
    };
    let identity = identity(config, &making);
    let again = package(store, config, &making, &identity).await?;
    let differs: Vec<&String> = (again.files.iter())
        .filter(|(path, bytes)| *path != CHECKSUMS && known.get(*path).is_none_or(|sum| *sum != sha256(bytes)))
        .map(|(path, _)| path)
        .collect();
    outcome.proved = differs.is_empty();
    if let Some(first) = differs.first() {
        outcome.source.push(format!(
            "made again from this store, {} of {} files differ, {first} first",
            differs.len(),
            known.len()
        ));
    }
    Ok(())
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<String>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(root, &path, found)?;
        } else if let Some(relative) = path.strip_prefix(root).ok().and_then(Path::to_str) {
            found.push(relative.replace('\\', "/"));
        }
    }
    found.sort();
    Ok(())
}
