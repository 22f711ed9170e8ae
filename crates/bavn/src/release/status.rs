//! Figures of a report, and its line in the register of releases.

use super::gather::{Asked, gather};
use crate::config::Config;
use anyhow::Context;
use jiff::Timestamp;
use report::document::Tongue;
use report::figures::{Figures, LANGUAGE, REGION};
use report::guard::cube::LEAST;
use report::guard::earlier::Released;
use report::package::sha256;
use report::source::Source;
use store::{Actor, Look, NewRelease, Store};
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

/// The figures of a page; noted as a release where they leave the house.
pub async fn page(store: &Store, config: &Config, asked: &FindingsAsked) -> anyhow::Result<FindingsMade> {
    let actor = Actor::Account(asked.by);
    let look = Look {
        actor: actor.clone(),
        purpose: "research".to_owned(),
        what: if asked.leaves { "export:report" } else { "findings" },
        subject: format!("{} {}", asked.from, asked.to),
        at: asked.at,
    };
    let header = store.latest_analysis().await?.context("nothing was analysed yet")?;
    let as_of = asked.at.max(header.as_of);
    let of = Asked {
        programme: config.programme(None)?,
        from: asked.from,
        to: asked.to,
        as_of,
        analysed_as_of: header.as_of,
        look: &look,
    };
    let (source, figures, release) = counted(store, config, &of, asked.at).await?;
    if asked.leaves {
        store.note_release(&release, &actor).await?;
    }
    let tongue = match asked.tongue {
        Language::Da => Tongue::Da,
        Language::En => Tongue::En,
    };
    let values =
        |dimension: usize| figures.cube.dimensions().get(dimension).map(|d| d.values.clone()).unwrap_or_default();
    let (region, language) = (asked.region.as_deref(), asked.language.as_deref());
    Ok(FindingsMade {
        chosen: report::status::chosen(&figures, region, language, &source, tongue),
        proposals: report::status::proposals(&figures, &source, tongue),
        document: report::status::document(&source, &figures, tongue),
        regions: values(REGION).into_iter().filter(|region| region != "unknown").collect(),
        languages: values(LANGUAGE).into_iter().filter(|language| language != "other").collect(),
    })
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
