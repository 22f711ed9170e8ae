//! The research package: tables with their dictionary, methods, versions and checksums, for one recipient.
//!
//! **Invariant**: one way. Nothing in it can be imported; pseudonyms are keyed for the recipient; by default it holds counts
//! and rows of which at least five are alike.

mod aggregates;
mod csv_file;
mod descriptor;
mod methods;
mod parquet_file;
mod people;
mod table;
#[cfg(test)]
pub(crate) mod tests;
mod texts;

pub use table::{Column, Kind, Table, Value};

use crate::figures::Figures;
use crate::guard::earlier::Released;
use crate::guard::rows::Check;
use crate::source::{MadeOf, Source};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who receives it, under what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Short name; the pseudonyms' key hangs on it.
    pub name: String,
    /// Organisation.
    pub organisation: String,
    /// The agreement under which ad rows are given; empty: counts and coarsened rows only.
    pub agreement: String,
    /// Rows of ads are given: only where an agreement is named.
    pub ad_rows: bool,
    /// Smallest count that is shown, at least 5.
    pub least: u64,
}

/// Files beside the tables: configuration and catalogue, by path.
pub type Extras = BTreeMap<String, Vec<u8>>;

/// What a package is made for.
pub struct Order<'a> {
    /// Recipient.
    pub recipient: &'a Recipient,
    /// Pseudonym of something of a kind by its id.
    pub pseudonym: &'a dyn Fn(&str, &str) -> String,
    /// Releases to hold against.
    pub earlier: &'a [Released],
    /// Configuration and catalogue.
    pub extras: Extras,
    /// How much of the source there was.
    pub counts: serde_json::Value,
}

/// A package: its files by path.
pub struct Package {
    /// Bytes by path, `/` between folders.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What it shows and withholds.
    pub released: Released,
    /// The re-identification check of advertisers' rows.
    pub check: Check,
}

/// What a package says of itself; `manifest.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Form of the package.
    pub form: u32,
    /// Recipient.
    pub recipient: Recipient,
    /// First local day.
    pub from: Date,
    /// Last local day.
    pub to: Date,
    /// What was known by then counted.
    pub as_of: Timestamp,
    /// Versions of what made it.
    pub made_of: MadeOf,
    /// How much of the source there was.
    pub source: serde_json::Value,
}

/// Name of the file with the checksums of all others.
pub const CHECKSUMS: &str = "SHA256SUMS";

/// A package that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// A file could not be written.
    #[error("cannot write {file}: {what}")]
    File {
        /// Which.
        file: String,
        /// Why.
        what: String,
    },
}

/// Makes the package. The same source and order give the same bytes.
pub fn make(source: &Source, order: Order<'_>) -> Result<Package, PackageError> {
    let figures = Figures::of(source, order.recipient.least, order.earlier);
    let people = people::tables(source, &order);
    let mut tables = vec![people.advertisers, people.networks];
    tables.extend(people.ads);
    tables.extend(aggregates::tables(source, &figures));
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for table in &tables {
        files.insert(table.csv_path(), csv_file::write(table)?);
        files.insert(table.parquet_path(), parquet_file::write(table)?);
    }
    let dictionary = descriptor::dictionary(&tables);
    files.insert(dictionary.csv_path(), csv_file::write(&dictionary)?);
    let codebook = descriptor::codebook(source);
    files.insert(codebook.csv_path(), csv_file::write(&codebook)?);
    tables.extend([dictionary, codebook]);
    let manifest = Manifest {
        form: 1,
        recipient: order.recipient.clone(),
        from: source.from,
        to: source.to,
        as_of: source.as_of,
        made_of: source.made_of.clone(),
        source: order.counts,
    };
    let check = serde_json::json!({
        "k": figures.cube.least(),
        "quasi_identifiers": people::QUASI,
        "advertisers": people.advertisers_check,
        "networks": people.networks_check,
        "small_cells": {
            "least": figures.cube.least(),
            "cells_with_people": figures.cube.withheld().0,
            "withheld": figures.cube.withheld().1,
            "of_these_only_to_cover_others": figures.cube.covering(),
        },
    });
    files.insert("reidentification.json".to_owned(), json(&check));
    files.insert("manifest.json".to_owned(), json(&manifest));
    files.insert("METHODS.da.md".to_owned(), texts::methods_da(source, &figures).into_bytes());
    files.insert("METHODS.en.md".to_owned(), texts::methods_en(source, &figures).into_bytes());
    files.insert("README.md".to_owned(), texts::readme(source, order.recipient).into_bytes());
    files.extend(order.extras);
    let described = descriptor::datapackage(source, order.recipient, &tables, &files);
    files.insert("datapackage.json".to_owned(), json(&described));
    let sums = files.iter().map(|(path, bytes)| format!("{}  {path}\n", sha256(bytes))).collect::<String>();
    files.insert(CHECKSUMS.to_owned(), sums.into_bytes());
    Ok(Package {
        released: Released::of(&figures.cube, source.from, source.to),
        check: people.advertisers_check,
        files,
    })
}

fn json(value: &impl Serialize) -> Vec<u8> {
    // Our own types have string keys and finite numbers, which always can be written.
    let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// Lower-case hex of the SHA-256 of bytes.
pub fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
