//! Keeping an analysis of everything: its rows are written beside the current ones in short transactions, then one
//! transaction makes them the current ones and lets the cases follow. Killed before that, the analysis before is still
//! whole.

use super::cases::{self, SubjectNow};
use super::rows::{ClosureAd, Filling, NewClosure, Rows};
use super::{NewAnalysis, PutAnalysis, SpamShare, figures, lineage};
use crate::ads::{AdRow, BATCH};
use crate::db::{Arg, args};
use crate::retention::Retention;
use crate::{Store, StoreError};
use domain::{AdRef, RunFigures};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::time::Instant;

/// What an analysis is made of.
#[derive(Debug, Clone)]
pub struct RunHead {
    /// What was known by then counts.
    pub as_of: Timestamp,
    /// `sha256:…` of the catalogue.
    pub catalogue: String,
    /// `sha256:…` of the parameters.
    pub parameters: String,
    /// Version of the code.
    pub code_version: String,
    /// Version of the reference.
    pub reference_version: String,
    /// The reference itself; kept once for each version, never changed.
    pub reference: Vec<u8>,
    /// What part of the spam queue is drawn to be read.
    pub spam: SpamShare,
    /// When it is kept.
    pub at: Timestamp,
}

/// An analysis of everything that is being written.
pub struct AnalysisRun<'a> {
    store: &'a Store,
    id: i64,
    head: RunHead,
    filling: Filling<'a>,
    chunks: i64,
    ads: i64,
    subjects: Vec<SubjectNow>,
    figures: RunFigures,
}

const DERIVED: [&str; 8] = [
    "DELETE FROM entity WHERE analysis_id = $1",
    "DELETE FROM entity_member WHERE analysis_id = $1",
    "DELETE FROM link WHERE analysis_id = $1",
    "DELETE FROM damped_contact WHERE analysis_id = $1",
    "DELETE FROM damped_ad WHERE analysis_id = $1",
    "DELETE FROM assessment_indicator WHERE analysis_id = $1",
    "DELETE FROM assessment WHERE analysis_id = $1",
    "DELETE FROM key_chunk WHERE analysis_id = $1",
];

impl Store {
    /// Begins an analysis of everything. Until [`AnalysisRun::finish`] the one before stays current.
    pub async fn begin_analysis(&self, head: RunHead) -> Result<AnalysisRun<'_>, StoreError> {
        self.delete_left_overs().await?;
        let mut tx = self.write("beginning an analysis").await?;
        let version = head.reference_version.as_str();
        let body = self.keys().seal("reference", version.as_bytes(), "body", &head.reference)?;
        tx.run(
            "INSERT INTO reference (version, body_sealed, made_at, retention, delete_after) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (version) DO NOTHING",
            args![version, body, head.at, Retention::Case.as_str(), Retention::Case.until(head.at)],
        )
        .await?;
        let id = tx
            .id(
                "INSERT INTO analysis (as_of, catalogue, parameters, code_version, reference_version, made_at, whole) \
                 VALUES ($1, $2, $3, $4, $5, $6, 0) RETURNING id",
                args![head.as_of, &head.catalogue, &head.parameters, &head.code_version, version, head.at],
            )
            .await?;
        let programmes = self.programmes(&mut tx).await?;
        tx.commit().await?;
        let filling = Filling::new(self.keys(), id, programmes, head.at);
        let (subjects, figures) = (Vec::new(), RunFigures::default());
        Ok(AnalysisRun { store: self, id, head, filling, chunks: 0, ads: 0, subjects, figures })
    }

    /// Keeps an analysis that was made elsewhere and makes it the current one. It is not parted into closures: the next
    /// one goes through everything.
    pub async fn put_analysis(&self, analysis: &NewAnalysis<'_>) -> Result<PutAnalysis, StoreError> {
        let head = RunHead {
            as_of: analysis.as_of,
            catalogue: analysis.catalogue.clone(),
            parameters: analysis.parameters.clone(),
            code_version: analysis.code_version.clone(),
            reference_version: analysis.reference_version.clone(),
            reference: analysis.reference.clone(),
            spam: analysis.spam.clone(),
            at: analysis.at,
        };
        let mut tx = self.read("looking for the ads of an analysis").await?;
        let mut ads = Vec::new();
        for ad in analysis.linkage.advertisers.iter().flat_map(|one| &one.ads) {
            let row = crate::ads::find_ad(&mut tx, self.keys(), ad).await?;
            let row = row.ok_or(StoreError::NotFound { what: "ad that the analysis names" })?;
            ads.push(ClosureAd { ad: ad.clone(), row: AdRow(row.id), keys: 0 });
        }
        drop(tx);
        let language = || "und".to_owned();
        let closure = NewClosure {
            ads,
            linkage: analysis.linkage.clone(),
            assessments: analysis.assessments.iter().map(|one| (one.clone(), language())).collect(),
        };
        let mut run = self.begin_analysis(head).await?;
        run.add(&[closure]).await?;
        run.figures = analysis.figures.clone();
        run.end(false).await
    }

    /// Deletes the rows of analyses that were cut off.
    async fn delete_left_overs(&self) -> Result<(), StoreError> {
        let mut tx = self.read("looking for an analysis that was cut off").await?;
        let cut = tx.all("SELECT id FROM analysis WHERE whole = 0", args![]).await?;
        drop(tx);
        for row in &cut {
            let id = row.int(0)?;
            self.delete_rows(id).await?;
            let mut tx = self.write("deleting an analysis that was cut off").await?;
            tx.run("DELETE FROM analysis WHERE id = $1 AND whole = 0", args![id]).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn delete_rows(&self, id: i64) -> Result<(), StoreError> {
        for sql in DERIVED {
            let mut tx = self.write_soon("deleting the rows of an earlier analysis").await?;
            tx.run(sql, args![id]).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Rows of some ads by name; unknown ones are left out.
    pub async fn ad_rows(&self, ads: &BTreeSet<AdRef>) -> Result<BTreeSet<AdRow>, StoreError> {
        let mut tx = self.read("looking for ads").await?;
        let hashes = ads.iter().map(|ad| Arg::from(self.keys().ad(ad)));
        let rows = tx.all_in("SELECT id FROM ad WHERE key_hash IN", &[], hashes).await?;
        rows.iter().map(|row| Ok(AdRow(row.int(0)?))).collect()
    }
}

impl AnalysisRun<'_> {
    /// Writes closures beside the current analysis, in short transactions.
    pub async fn add(&mut self, closures: &[NewClosure]) -> Result<(), StoreError> {
        let mut tx = self.store.read("looking for contacts of an analysis").await?;
        self.filling.meet(&mut tx, closures).await?;
        drop(tx);
        let mut rows = Rows::default();
        for closure in closures {
            self.ads += i64::try_from(closure.ads.len()).unwrap_or(0);
            self.subjects.extend(self.filling.add(closure, &mut rows, &mut self.figures)?);
        }
        let mut pieces = rows.pieces().peekable();
        while pieces.peek().is_some() {
            // Nothing here counts before the last step, which is durable.
            let mut tx = self.store.write_soon("writing an analysis").await?;
            let started = Instant::now();
            for (text, rows) in pieces.by_ref() {
                tx.insert(text[0], text[1], &rows).await?;
                if started.elapsed() > BATCH {
                    break;
                }
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// Writes a piece of the index of keys.
    pub async fn add_keys(&mut self, chunk: &[u8]) -> Result<(), StoreError> {
        self.chunks += 1;
        let mut tx = self.store.write_soon("writing the index of an analysis").await?;
        super::batches::put_chunk(&mut tx, self.store.keys(), self.id, self.chunks, chunk, self.head.at).await?;
        tx.commit().await
    }

    /// Makes it the current analysis; cases are opened, followed or reopened in the same transaction.
    pub async fn finish(self) -> Result<PutAnalysis, StoreError> {
        self.end(true).await
    }

    async fn end(mut self, parted: bool) -> Result<PutAnalysis, StoreError> {
        let (id, head) = (self.id, &self.head);
        self.subjects.sort_by(|a, b| a.id.cmp(&b.id));
        let mut tx = self.store.write("making an analysis the current one").await?;
        let before = super::current(&mut tx).await?;
        let times = (head.as_of, head.at);
        let mut done = cases::follow(&mut tx, self.store.keys(), before, &self.subjects, None, times).await?;
        lineage::note_all(&mut tx, before, id, head.at).await?;
        let whole = tx
            .run(
                "UPDATE analysis SET whole = 1, parted = $2, ads = $3, links = $4 WHERE id = $1",
                args![id, parted, self.ads, self.filling.position],
            )
            .await?;
        if whole == 0 {
            return Err(StoreError::Refused { why: "another analysis began meanwhile; run one at a time" });
        }
        tx.run(
            "INSERT INTO current_analysis (one, analysis_id) VALUES (1, $1) \
             ON CONFLICT (one) DO UPDATE SET analysis_id = excluded.analysis_id",
            args![id],
        )
        .await?;
        figures::keep(&mut tx, id, &self.figures, &head.spam, times).await?;
        tx.commit().await?;
        done.id = id;
        if before != 0 {
            self.store.delete_rows(before).await?;
        }
        Ok(done)
    }
}
