//! What goes with an analysis besides its rows: figures over everybody, and the draw of spam cases to be read.

use super::AnalysisHeader;
use super::cases::Times;
use crate::db::{Tx, args};
use crate::draw::is_drawn;
use crate::keys::Keys;
use crate::times::local_day_and_hour;
use crate::{Store, StoreError};
use domain::{Assessment, RunFigures};

/// For so long each analysis' figures stay; of earlier days the last of the day.
const ALL_FOR_MS: i64 = 7 * 86_400_000;

/// What part of the spam queue is drawn to be read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SpamShare {
    /// 0 to 1.
    pub share: f64,
    /// The same seed draws the same cases.
    pub seed: String,
}

/// The figures of an analysis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFiguresRow {
    /// Which analysis, and what it was made of.
    pub analysis: AnalysisHeader,
    /// Its counts.
    pub figures: RunFigures,
}

/// The figures of an analysis as they are kept.
pub(super) async fn of(tx: &mut Tx, id: i64) -> Result<RunFigures, StoreError> {
    match tx.one("SELECT body FROM run_figures WHERE analysis_id = $1", args![id]).await? {
        Some(row) => parse(&row.text(0)?),
        None => Ok(RunFigures::default()),
    }
}

fn parse(body: &str) -> Result<RunFigures, StoreError> {
    serde_json::from_str(body).map_err(|_| StoreError::Corrupt { what: "an analysis' figures" })
}

/// The figures of an analysis after one of its assessments went, or became another one: pages and warnings count by them
/// until the next analysis.
pub(crate) async fn recount(
    tx: &mut Tx,
    keys: &Keys,
    id: i64,
    subject: &str,
    then: Option<&Assessment>,
) -> Result<(), StoreError> {
    const READ: &str = "SELECT body_sealed, language FROM assessment WHERE analysis_id = $1 AND subject = $2";
    let Some(row) = tx.one(READ, args![id, subject]).await? else { return Ok(()) };
    if tx.one("SELECT 1 FROM run_figures WHERE analysis_id = $1", args![id]).await?.is_none() {
        return Ok(());
    }
    let (now, language) = (super::open_assessment(keys, subject, &row.blob(0)?)?, row.text(1)?);
    let mut figures = of(tx, id).await?;
    figures.remove(&now, &language);
    if let Some(then) = then {
        figures.add(then, &language);
    }
    let body = serde_json::to_string(&figures).map_err(|_| StoreError::Corrupt { what: "an analysis' figures" })?;
    tx.run("UPDATE run_figures SET body = $2 WHERE analysis_id = $1", args![id, body]).await?;
    Ok(())
}

/// Keeps the figures and draws the spam cases that were not drawn yet. Part of the transaction that makes an analysis the
/// current one or puts a batch into it.
pub(super) async fn keep(
    tx: &mut Tx,
    id: i64,
    figures: &RunFigures,
    spam: &SpamShare,
    (as_of, at): Times,
) -> Result<(), StoreError> {
    let body = serde_json::to_string(figures).map_err(|_| StoreError::Corrupt { what: "an analysis' figures" })?;
    let (day, _) = local_day_and_hour(as_of);
    tx.run(
        "INSERT INTO run_figures (analysis_id, day, body) VALUES ($1, $2, $3) \
         ON CONFLICT (analysis_id) DO UPDATE SET day = excluded.day, body = excluded.body",
        args![id, day, body],
    )
    .await?;
    let week_ago = jiff::Timestamp::from_millisecond(as_of.as_millisecond() - ALL_FOR_MS)
        .map_or(day, |at| local_day_and_hour(at).0);
    tx.run(
        "DELETE FROM run_figures WHERE day < $1 AND EXISTS (SELECT 1 FROM run_figures later \
         WHERE later.day = run_figures.day AND later.analysis_id > run_figures.analysis_id)",
        args![week_ago],
    )
    .await?;
    let waiting = tx
        .all(
            "SELECT c.id FROM case_file c WHERE c.queue = 'spam' AND c.merged_into IS NULL \
             AND NOT EXISTS (SELECT 1 FROM spam_draw d WHERE d.case_id = c.id) ORDER BY c.id",
            args![],
        )
        .await?;
    for row in &waiting {
        let case = row.text(0)?;
        let drawn = is_drawn(&spam.seed, spam.share, &case);
        tx.run(
            "INSERT INTO spam_draw (case_id, seed, share, drawn, at) VALUES ($1, $2, $3, $4, $5)",
            args![case, &spam.seed, spam.share, drawn, at],
        )
        .await?;
    }
    Ok(())
}

impl Store {
    /// The figures of the last analyses, the newest first; of days more than a week ago the last of each day.
    pub async fn run_figures(&self, most: u32) -> Result<Vec<RunFiguresRow>, StoreError> {
        let mut tx = self.read("reading the figures of analyses").await?;
        let rows = tx
            .all(
                "SELECT a.id, a.as_of, a.catalogue, a.parameters, a.code_version, a.reference_version, a.made_at, f.body \
                 FROM run_figures f JOIN analysis a ON a.id = f.analysis_id ORDER BY f.analysis_id DESC LIMIT $1",
                args![most],
            )
            .await?;
        rows.iter()
            .map(|row| Ok(RunFiguresRow { analysis: super::header_of(row)?, figures: parse(&row.text(7)?)? }))
            .collect()
    }

    /// How the cases of the spam queue were drawn: case, seed, share, drawn; by case.
    pub async fn spam_draws(&self) -> Result<Vec<(crate::CaseId, String, f64, bool)>, StoreError> {
        let mut tx = self.read("reading the draw of spam cases").await?;
        let rows = tx.all("SELECT case_id, seed, share, drawn FROM spam_draw ORDER BY case_id", args![]).await?;
        rows.iter().map(|row| Ok((crate::CaseId(row.text(0)?), row.text(1)?, row.real(2)?, row.flag(3)?))).collect()
    }
}
