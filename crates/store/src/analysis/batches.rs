//! A batch: what changed since the last analysis, who may be touched by it, and the exchange of their closures' rows in
//! one transaction. Killed before its commit it changed nothing, and the list of changes stands.

use super::lineage::{self, Standing};
use super::rows::{Filling, NewClosure, Rows};
use super::{PutAnalysis, SpamShare, cases, figures, open_assessment};
use crate::ads::AdRow;
use crate::db::{Arg, Tx, args};
use crate::keys::Keys;
use crate::retention::Retention;
use crate::times::{day_from_number, local_day_and_hour};
use crate::{Store, StoreError};
use domain::{Band, Contact, RunFigures};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// An ad that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Which; row 0 stands for everybody.
    pub ad: AdRow,
    stamp: i64,
}

/// What the current analysis is and counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Standard {
    /// Its number.
    pub id: i64,
    /// How often a batch changed it.
    pub batch: i64,
    /// Whether it is parted into closures, so that a batch can be put into it.
    pub parted: bool,
    /// Its ads.
    pub ads: u64,
    /// Its links, but for those of damped contacts.
    pub links: u64,
    /// Its damped contacts.
    pub damped: u64,
    /// Counts over its assessments.
    pub figures: RunFigures,
}

/// Closures that take the place of those in which their ads are now.
#[derive(Debug)]
pub struct NewBatch {
    /// The analysis that it was made for.
    pub analysis: i64,
    /// That analysis' batch when the batch was begun.
    pub batch: i64,
    /// What was known by then counts.
    pub as_of: Timestamp,
    /// The ads of the closures that go; the new ones hold no others.
    pub touched: BTreeSet<AdRow>,
    /// The closures that come.
    pub closures: Vec<NewClosure>,
    /// What part of the spam queue is drawn to be read.
    pub spam: SpamShare,
    /// When it is kept.
    pub at: Timestamp,
}

/// Whom a case may be about: a network of two advertisers or more, or an advertiser that stands alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseSubject {
    /// Its id.
    pub subject: String,
    /// Its band.
    pub band: Band,
    /// It, or one of its advertisers, opens the urgent route.
    pub urgent: bool,
    /// It waits in the queue of spam and scam.
    pub spam: bool,
}

impl CaseSubject {
    /// Worth a person's reading.
    pub fn has_case(&self) -> bool {
        self.band > Band::None || self.urgent || self.spam
    }
}

fn ids(rows: &BTreeSet<AdRow>) -> impl Iterator<Item = Arg> + '_ {
    rows.iter().map(|row| Arg::from(row.0))
}

impl Store {
    /// What changed since the last analysis, by ad.
    pub async fn changes(&self) -> Result<Vec<Change>, StoreError> {
        let mut tx = self.read("looking for what changed").await?;
        let rows = tx.all("SELECT ad_id, stamp FROM changed_ad ORDER BY ad_id", args![]).await?;
        rows.iter().map(|row| Ok(Change { ad: AdRow(row.int(0)?), stamp: row.int(1)? })).collect()
    }

    /// Forgets changes that an analysis as of a time has taken in. What changed again meanwhile stays, and what is only
    /// known later. While an analysis of everything is at work all of them stay: it may have read before they came.
    pub async fn forget_changes(&self, changes: &[Change], as_of: Timestamp) -> Result<(), StoreError> {
        let mut by_stamp: BTreeMap<i64, Vec<Arg>> = BTreeMap::new();
        for change in changes {
            by_stamp.entry(change.stamp).or_default().push(Arg::from(change.ad.0));
        }
        let mut tx = self.write_soon("noting what was analysed").await?;
        if tx.one("SELECT 1 FROM analysis WHERE whole = 0", args![]).await?.is_none() {
            for (stamp, ads) in by_stamp {
                let sql = "DELETE FROM changed_ad WHERE stamp = $1 AND known_at <= $2 AND ad_id IN";
                tx.run_in(sql, &[Arg::from(stamp), Arg::from(as_of)], ads).await?;
            }
        }
        tx.commit().await
    }

    /// The current analysis with its counts.
    pub async fn standing(&self) -> Result<Option<Standard>, StoreError> {
        let mut tx = self.read("reading what the analysis counts").await?;
        let row = tx
            .one(
                "SELECT a.id, a.batch, a.parted, a.ads, a.links, \
                 (SELECT count(*) FROM damped_contact d WHERE d.analysis_id = a.id) \
                 FROM analysis a JOIN current_analysis c ON c.analysis_id = a.id",
                args![],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let count = |at: usize| row.int(at).map(|count| u64::try_from(count).unwrap_or(0));
        let id = row.int(0)?;
        let figures = figures::of(&mut tx, id).await?;
        Ok(Some(Standard {
            id,
            batch: row.int(1)?,
            parted: row.flag(2)?,
            ads: count(3)?,
            links: count(4)?,
            damped: count(5)?,
            figures,
        }))
    }

    /// Whom cases are about by the current analysis: those worth a person's reading, by subject.
    pub async fn case_subjects(&self) -> Result<Vec<CaseSubject>, StoreError> {
        let mut tx = self.read("reading whom cases are about").await?;
        let urgent = tx
            .all(
                "SELECT e.network FROM current_analysis c JOIN assessment o ON o.analysis_id = c.analysis_id AND o.urgent = 1 \
                 JOIN entity e ON e.analysis_id = o.analysis_id AND e.id = o.subject",
                args![],
            )
            .await?;
        let urgent = urgent.iter().map(|row| row.text(0)).collect::<Result<BTreeSet<_>, _>>()?;
        let rows = tx
            .all(
                "SELECT s.subject, s.band, s.queue, e.network FROM current_analysis c \
                 JOIN assessment s ON s.analysis_id = c.analysis_id \
                 JOIN entity e ON e.analysis_id = s.analysis_id AND e.id = s.subject \
                 JOIN entity n ON n.analysis_id = e.analysis_id AND n.id = e.network \
                 WHERE (e.kind = 'network') = (n.size >= 2) ORDER BY s.subject",
                args![],
            )
            .await?;
        let subject = |row: &crate::db::Row| {
            Ok(CaseSubject {
                subject: row.text(0)?,
                band: super::band_from(row.int(1)?),
                urgent: urgent.contains(&row.text(3)?),
                spam: row.text(2)? == "spam",
            })
        };
        let all = rows.iter().map(subject).collect::<Result<Vec<_>, StoreError>>()?;
        Ok(all.into_iter().filter(CaseSubject::has_case).collect())
    }

    /// Ads that show one of these contacts in any version.
    pub async fn ads_with(&self, contacts: &BTreeSet<Contact>) -> Result<BTreeSet<AdRow>, StoreError> {
        let mut tx = self.read("looking for ads by contact").await?;
        let hashes = contacts.iter().map(|contact| Arg::from(self.keys().contact(contact)));
        let rows = tx
            .all_in(
                "SELECT DISTINCT m.ad_id FROM contact c JOIN contact_mention m ON m.contact_id = c.id \
                 WHERE c.contact_hash IN",
                &[],
                hashes,
            )
            .await?;
        rows.iter().map(|row| Ok(AdRow(row.int(0)?))).collect()
    }

    /// These ads with all that go together with them: their closures in the current analysis, the ads on which one case
    /// was decided, and those of cases whose watch has ended.
    pub async fn with_closures(&self, ads: BTreeSet<AdRow>, as_of: Timestamp) -> Result<BTreeSet<AdRow>, StoreError> {
        let mut tx = self.read("looking for what a batch touches").await?;
        let analysis = super::current(&mut tx).await?;
        let today = day_from_number(local_day_and_hour(as_of).0)?;
        let ended = tx
            .all(
                "SELECT c.id FROM case_file c JOIN decision d ON d.id = c.decision_id WHERE c.state = 'decided' \
                 AND c.subject IS NOT NULL AND c.merged_into IS NULL AND d.watch_until < $1",
                args![today.to_string()],
            )
            .await?;
        let mut new = ads;
        let ended = ended.iter().map(|row| row.text(0)).collect::<Result<BTreeSet<_>, _>>()?;
        new.extend(cases::ads_of(&mut tx, &ended).await?);
        let mut all = BTreeSet::new();
        while !new.is_empty() {
            let mut found = mates(&mut tx, analysis, &new).await?;
            found.extend(new.iter().copied());
            let around = cases::around(&mut tx, ids(&found), &[]).await?;
            let decided = cases::ads_of(&mut tx, &around).await?;
            all.extend(found);
            new = decided.difference(&all).copied().collect();
        }
        Ok(all)
    }

    /// How many of these ads are in the current analysis.
    pub async fn members(&self, ads: &BTreeSet<AdRow>) -> Result<usize, StoreError> {
        let mut tx = self.read("counting ads of the analysis").await?;
        let analysis = super::current(&mut tx).await?;
        let sql = "SELECT ad_id FROM entity_member WHERE analysis_id = $1 AND ad_id IN";
        Ok(tx.all_in(sql, &[Arg::from(analysis)], ids(ads)).await?.len())
    }

    /// The chunks of the index of keys, by number.
    pub async fn key_chunks(&self, analysis: i64) -> Result<Vec<i64>, StoreError> {
        let mut tx = self.read("looking at the index of keys").await?;
        let rows =
            tx.all("SELECT number FROM key_chunk WHERE analysis_id = $1 ORDER BY number", args![analysis]).await?;
        rows.iter().map(|row| row.int(0)).collect()
    }

    /// A chunk of the index of keys; empty where it is gone.
    pub async fn key_chunk(&self, analysis: i64, number: i64) -> Result<Vec<u8>, StoreError> {
        let mut tx = self.read("reading the index of keys").await?;
        let row = tx
            .one("SELECT body_sealed FROM key_chunk WHERE analysis_id = $1 AND number = $2", args![analysis, number])
            .await?;
        match row {
            Some(row) => self.keys().open("key_chunk", &place(analysis, number), "body", &row.blob(0)?),
            None => Ok(Vec::new()),
        }
    }

    /// Which of these ads (each with the number of its keys) the index does not know by these keys.
    pub async fn without_keys(&self, analysis: i64, ads: &BTreeMap<AdRow, i64>) -> Result<BTreeSet<AdRow>, StoreError> {
        let mut tx = self.read("looking at the index of keys").await?;
        let rows = tx
            .all_in(
                "SELECT ad_id, keys FROM entity_member WHERE analysis_id = $1 AND ad_id IN",
                &[Arg::from(analysis)],
                ads.keys().map(|row| Arg::from(row.0)),
            )
            .await?;
        let mut unknown: BTreeSet<AdRow> = ads.keys().copied().collect();
        for row in &rows {
            let ad = AdRow(row.int(0)?);
            if ads.get(&ad).is_some_and(|number| super::rows::keyed(self.keys(), *number) == row.int(1).unwrap_or(0)) {
                unknown.remove(&ad);
            }
        }
        Ok(unknown)
    }

    /// Puts a batch into the current analysis: the rows of the closures of its ads go, those of its own closures come,
    /// cases follow, all in one transaction. `chunk`: keys of ads that the index does not know yet.
    pub async fn put_batch(&self, batch: &NewBatch, chunk: &[u8]) -> Result<PutAnalysis, StoreError> {
        let (id, times) = (batch.analysis, (batch.as_of, batch.at));
        let mut tx = self.write("putting a batch into the analysis").await?;
        let mine = tx
            .run(
                "UPDATE analysis SET batch = batch + 1, as_of = $3, made_at = $4 WHERE id = $1 AND batch = $2 \
                 AND parted = 1 AND as_of <= $3",
                args![id, batch.batch, batch.as_of, batch.at],
            )
            .await?;
        if mine == 0 || super::current(&mut tx).await? != id {
            return Err(StoreError::Refused { why: "another analysis came meanwhile; run one at a time" });
        }
        let before = Standing::of(&mut tx, id, ids(&batch.touched)).await?;
        let mut filling = Filling::new(self.keys(), id, self.programmes(&mut tx).await?, batch.at);
        const LAST: &str = "SELECT (SELECT max(closure) FROM entity_member WHERE analysis_id = $1), \
             (SELECT max(position) FROM link WHERE analysis_id = $1), \
             (SELECT max(number) FROM key_chunk WHERE analysis_id = $1)";
        let last = tx.one(LAST, args![id]).await?.ok_or(StoreError::Corrupt { what: "an analysis" })?;
        (filling.closure, filling.position) = (last.opt_int(0)?.unwrap_or(0), last.opt_int(1)?.unwrap_or(0));
        filling.meet(&mut tx, &batch.closures).await?;
        let mut counted = figures::of(&mut tx, id).await?;
        self.take_out(&mut tx, id, &before, &mut counted).await?;
        let (mut rows, mut subjects, mut ads) = (Rows::default(), Vec::new(), 0);
        for closure in &batch.closures {
            if !closure.ads.iter().all(|ad| batch.touched.contains(&ad.row)) {
                return Err(StoreError::Refused { why: "a batch that writes ads which it did not touch" });
            }
            ads += closure.ads.len();
            subjects.extend(filling.add(closure, &mut rows, &mut counted)?);
        }
        subjects.sort_by(|a, b| a.id.cmp(&b.id));
        let old: Vec<Arg> = before.ids().map(Arg::from).collect();
        let around = cases::around(&mut tx, ids(&batch.touched), &old).await?;
        let mut done = cases::follow(&mut tx, self.keys(), id, &subjects, Some(&around), times).await?;
        let gone = delete(&mut tx, id, &batch.touched, &old).await?;
        rows.write(&mut tx).await?;
        for contact in gone.damped {
            tx.later(
                "DELETE FROM damped_contact WHERE analysis_id = $1 AND contact_id = $2 AND NOT EXISTS \
                 (SELECT 1 FROM damped_ad d WHERE d.analysis_id = $1 AND d.contact_id = $2)",
                args![id, contact],
            )
            .await?;
        }
        let now = Standing::of(&mut tx, id, ids(&batch.touched)).await?;
        lineage::note_batch(&mut tx, id, &before, &now, batch.at).await?;
        let more = |new: usize, old: u64| i64::try_from(new).unwrap_or(0) - i64::try_from(old).unwrap_or(0);
        tx.run(
            "UPDATE analysis SET ads = ads + $2, links = links + $3 WHERE id = $1",
            args![id, more(ads, before.ads() as u64), more(rows.link.len(), gone.links)],
        )
        .await?;
        if !chunk.is_empty() {
            let number = last.opt_int(2)?.unwrap_or(0) + 1;
            put_chunk(&mut tx, self.keys(), id, number, chunk, batch.at).await?;
        }
        figures::keep(&mut tx, id, &counted, &batch.spam, times).await?;
        tx.commit().await?;
        done.id = id;
        Ok(done)
    }

    /// Takes the assessments of some advertisers and networks out of the figures.
    async fn take_out(
        &self,
        tx: &mut Tx,
        id: i64,
        standing: &Standing,
        figures: &mut RunFigures,
    ) -> Result<(), StoreError> {
        let rows = tx
            .all_in(
                "SELECT subject, body_sealed, language FROM assessment WHERE analysis_id = $1 AND subject IN",
                &[Arg::from(id)],
                standing.ids().map(Arg::from),
            )
            .await?;
        for row in &rows {
            figures.remove(&open_assessment(self.keys(), &row.text(0)?, &row.blob(1)?)?, &row.text(2)?);
        }
        Ok(())
    }
}

/// All ads of the closures of these.
async fn mates(tx: &mut Tx, analysis: i64, ads: &BTreeSet<AdRow>) -> Result<BTreeSet<AdRow>, StoreError> {
    let rows = tx
        .all_in(
            "SELECT DISTINCT closure FROM entity_member WHERE analysis_id = $1 AND ad_id IN",
            &[Arg::from(analysis)],
            ids(ads),
        )
        .await?;
    let closures = rows.iter().map(|row| row.int(0)).collect::<Result<BTreeSet<_>, _>>()?;
    let rows = tx
        .all_in(
            "SELECT ad_id FROM entity_member WHERE analysis_id = $1 AND closure IN",
            &[Arg::from(analysis)],
            closures.into_iter().map(Arg::from),
        )
        .await?;
    rows.iter().map(|row| Ok(AdRow(row.int(0)?))).collect()
}

/// What went.
struct Gone {
    links: u64,
    /// Contacts that were damped on the ads.
    damped: BTreeSet<i64>,
}

async fn delete(tx: &mut Tx, id: i64, ads: &BTreeSet<AdRow>, subjects: &[Arg]) -> Result<Gone, StoreError> {
    let analysis = args![id];
    let rows = tx
        .all_in("SELECT DISTINCT contact_id FROM damped_ad WHERE analysis_id = $1 AND ad_id IN", &analysis, ids(ads))
        .await?;
    let damped = rows.iter().map(|row| row.int(0)).collect::<Result<_, _>>()?;
    tx.run_in("DELETE FROM damped_ad WHERE analysis_id = $1 AND ad_id IN", &analysis, ids(ads)).await?;
    tx.run_in("DELETE FROM entity_member WHERE analysis_id = $1 AND ad_id IN", &analysis, ids(ads)).await?;
    // Both ends of a link are in one closure.
    let links = tx.run_in("DELETE FROM link WHERE analysis_id = $1 AND a_ad IN", &analysis, ids(ads)).await?;
    for sql in [
        "DELETE FROM entity WHERE analysis_id = $1 AND id IN",
        "DELETE FROM assessment WHERE analysis_id = $1 AND subject IN",
        "DELETE FROM assessment_indicator WHERE analysis_id = $1 AND subject IN",
    ] {
        tx.run_in(sql, &analysis, subjects.iter().cloned()).await?;
    }
    Ok(Gone { links, damped })
}

/// Where a sealed chunk belongs.
fn place(analysis: i64, number: i64) -> [u8; 16] {
    let mut place = [0; 16];
    place[..8].copy_from_slice(&analysis.to_le_bytes());
    place[8..].copy_from_slice(&number.to_le_bytes());
    place
}

pub(super) async fn put_chunk(
    tx: &mut Tx,
    keys: &Keys,
    analysis: i64,
    number: i64,
    chunk: &[u8],
    at: Timestamp,
) -> Result<(), StoreError> {
    let body = keys.seal("key_chunk", &place(analysis, number), "body", chunk)?;
    tx.run(
        "INSERT INTO key_chunk (analysis_id, number, body_sealed, retention, delete_after) VALUES ($1, $2, $3, $4, $5)",
        args![analysis, number, body, Retention::Analysis.as_str(), Retention::Analysis.until(at)],
    )
    .await?;
    Ok(())
}
