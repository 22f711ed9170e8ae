//! Figures of a report, and its line in the register of releases.

use super::gather::{Asked, gather};
use crate::config::Config;
use anyhow::Context;
use jiff::Timestamp;
use jiff::civil::Date;
use report::document::Tongue;
use report::figures::{Figures, LANGUAGE, REGION};
use report::guard::cube::LEAST;
use report::guard::earlier::Released;
use report::package::sha256;
use report::source::Source;
use std::sync::Arc;
use std::time::Duration;
use store::{Actor, Look, NewRelease, Store};
use tokio::sync::Mutex;
use web::{FindingsAsked, FindingsMade, Language};

/// Gathers a period and computes its figures against what was released before; notes the release. The same report again is
/// the same release.
pub async fn report(
    store: &Store,
    config: &Config,
    asked: &Asked<'_>,
    actor: &Actor,
    at: Timestamp,
) -> anyhow::Result<(Source, Figures)> {
    let (source, figures, release) = counted(store, config, asked, at).await?;
    store.note_release(&release, actor).await?;
    Ok((source, figures))
}

/// How long the figures of a period serve: a page says as of when they are, and to choose another region counts nothing anew.
const KEPT: Duration = Duration::from_secs(600);

/// What was counted of a period.
struct Counted {
    from: Date,
    to: Date,
    /// As of which analysis, and when.
    analysed_as_of: Timestamp,
    at: Timestamp,
    source: Source,
    figures: Figures,
    release: NewRelease,
}

/// The period that was counted last, let go of after [`KEPT`]: what a year is counted from takes hundreds of MB. Whoever
/// asks for it while it is being counted waits for that.
#[derive(Default)]
pub struct KeptFigures(Arc<Mutex<Option<Arc<Counted>>>>);

impl KeptFigures {
    fn let_go_later(&self, counted: &Arc<Counted>) {
        let (last, counted) = (self.0.clone(), Arc::downgrade(counted));
        tokio::spawn(async move {
            tokio::time::sleep(KEPT).await;
            let mut last = last.lock().await;
            if last.as_ref().is_some_and(|kept| std::ptr::eq(Arc::as_ptr(kept), counted.as_ptr())) {
                *last = None;
            }
        });
    }
}

/// The figures of a page; noted as a release where they leave the house.
pub async fn page(
    store: &Store,
    config: &Config,
    asked: &FindingsAsked,
    kept: &KeptFigures,
) -> anyhow::Result<FindingsMade> {
    let actor = Actor::Account(asked.by);
    let look = Look {
        actor: actor.clone(),
        purpose: "research".to_owned(),
        what: if asked.leaves { "export:report" } else { "findings" },
        subject: format!("{} {}", asked.from, asked.to),
        at: asked.at,
    };
    let counted = counted_for(store, config, asked, &look, kept).await?;
    let Counted { source, figures, release, .. } = &*counted;
    if asked.leaves {
        store.note_release(release, &actor).await?;
    }
    let tongue = match asked.tongue {
        Language::Da => Tongue::Da,
        Language::En => Tongue::En,
    };
    let values =
        |dimension: usize| figures.cube.dimensions().get(dimension).map(|d| d.values.clone()).unwrap_or_default();
    let (region, language) = (asked.region.as_deref(), asked.language.as_deref());
    Ok(FindingsMade {
        counted_at: counted.at,
        chosen: report::status::chosen(figures, region, language, source, tongue),
        proposals: report::status::proposals(figures, source, tongue),
        document: report::status::document(source, figures, tongue),
        regions: values(REGION).into_iter().filter(|region| region != "unknown").collect(),
        languages: values(LANGUAGE).into_iter().filter(|language| language != "other").collect(),
    })
}

/// From what is kept, where it is of this analysis; each look is logged.
async fn counted_for(
    store: &Store,
    config: &Config,
    asked: &FindingsAsked,
    look: &Look,
    kept: &KeptFigures,
) -> anyhow::Result<Arc<Counted>> {
    let header = store.latest_analysis().await?.context("nothing was analysed yet")?;
    let mut last = kept.0.lock().await;
    let serves = |counted: &&Arc<Counted>| {
        (counted.from, counted.to, counted.analysed_as_of) == (asked.from, asked.to, header.as_of)
    };
    // What leaves the house is held against every release up to now.
    if let Some(counted) = last.as_ref().filter(|_| !asked.leaves).filter(serves) {
        store.audit(look).await?;
        return Ok(counted.clone());
    }
    // The room that the one before took is free before another is counted.
    *last = None;
    let of = Asked {
        programme: config.programme(None)?,
        from: asked.from,
        to: asked.to,
        as_of: asked.at.max(header.as_of),
        analysed_as_of: header.as_of,
        look,
    };
    let (source, figures, release) = counted(store, config, &of, asked.at).await?;
    let (from, to, at) = (asked.from, asked.to, asked.at);
    let made = Arc::new(Counted { from, to, analysed_as_of: header.as_of, at, source, figures, release });
    *last = Some(made.clone());
    kept.let_go_later(&made);
    Ok(made)
}

async fn counted(
    store: &Store,
    config: &Config,
    asked: &Asked<'_>,
    at: Timestamp,
) -> anyhow::Result<(Source, Figures, NewRelease)> {
    let source = gather(store, config, asked).await?;
    let programme = &asked.programme.id;
    let made = &source.made_of;
    let identity = format!(
        "{}|{}|{}|{}|{}|{}|{}",
        asked.from, asked.to, asked.as_of, asked.analysed_as_of, made.catalogue, made.parameters, made.code
    );
    let earlier: Vec<Released> = store
        .releases_before(programme, "report", &identity)
        .await?
        .iter()
        .map(|row| serde_json::from_str(&row.cells))
        .collect::<Result<_, _>>()
        .context("the register of releases holds a row that cannot be read: run 'bavn doctor'")?;
    let figures = tokio::task::block_in_place(|| Figures::of(&source, LEAST, &earlier));
    let cells = serde_json::to_string(&Released::of(&figures.cube, asked.from, asked.to))?;
    let release = NewRelease {
        kind: "report",
        identity,
        recipient: String::new(),
        programme: programme.clone(),
        from: asked.from,
        to: asked.to,
        as_of: asked.as_of,
        checksum: format!("sha256:{}", sha256(cells.as_bytes())),
        cells,
        at,
    };
    Ok((source, figures, release))
}
