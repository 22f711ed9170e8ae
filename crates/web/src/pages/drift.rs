//! Fairness and drift: how often which language is flagged, what points rest on, what began or stopped to fire.

use super::firings::group_name;
use super::{csv, show};
use crate::AppState;
use crate::access::{Researcher, Visit};
use crate::errors::WebError;
use crate::page::Page;
use crate::picture::line_chart::{Line, lines};
use askama::Template;
use axum::extract::State;
use axum::response::{Html, Response};
use classifier::{Share, Warning, warnings, wilson};
use domain::{IndicatorId, RunFigures};
use std::collections::BTreeSet;
use store::RunFiguresRow;

/// Analyses shown.
const MOST: u32 = 120;
/// Languages in the picture.
const LINES: usize = 5;

struct LanguageRow {
    name: String,
    advertisers: u64,
    flagged: u64,
    high: u64,
    share: String,
    interval: String,
    warns: bool,
}

struct GroupRow {
    letter: char,
    name: String,
    share: String,
    before: String,
}

struct IndicatorRow {
    id: String,
    title: String,
    fired: u64,
    share: String,
    before: String,
    abstained: u64,
    warns: bool,
}

struct RunRow {
    at: String,
    as_of: String,
    advertisers: u64,
    high: String,
    medium: String,
    made_of: String,
}

#[derive(Template)]
#[template(path = "drift.html")]
struct DriftView {
    page: Page,
    about: Option<String>,
    warnings: Vec<String>,
    rule: String,
    languages: Vec<LanguageRow>,
    chart: String,
    groups: Vec<GroupRow>,
    indicators: Vec<IndicatorRow>,
    runs: Vec<RunRow>,
}

/// The page.
pub async fn drift(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
) -> Result<Html<String>, WebError> {
    let page = Page::of(&state, &visit, &who, visit.language.t("drift-title"));
    let rows = state.store.run_figures(MOST).await?;
    let (now, before) = (rows.first(), rows.get(1));
    let rules = &state.settings.watch;
    let found = now.map_or_else(Vec::new, |now| warnings(&now.figures, before.map(|b| &b.figures), rules));
    let empty = RunFigures::default();
    let (figures, earlier) = (now.map_or(&empty, |row| &row.figures), before.map(|row| &row.figures));
    let view = DriftView {
        about: now.map(|row| about(&page, row)),
        warnings: found.iter().map(|warning| words(&state, &page, warning)).collect(),
        rule: page.t.vs(
            "drift-rule",
            &[
                ("least", rules.least_advertisers.to_string()),
                ("factor", page.decimal(&rules.factor)),
                ("firings", rules.least_firings.to_string()),
            ],
        ),
        languages: languages(&page, figures, rules.z, &found),
        chart: chart(&page, &rows),
        groups: groups(&page, figures, earlier),
        indicators: indicators(&state, &page, figures, earlier, &found),
        runs: rows.iter().take(20).map(|row| run(&page, row)).collect(),
        page,
    };
    show(&view)
}

/// The history of the analyses as a file: one row for each count, the newest analysis first.
pub async fn file(State(state): State<AppState>, Researcher(who): Researcher) -> Result<Response, WebError> {
    state.store.audit(&who.look("export:drift", "research", String::new(), state.now())).await?;
    let mut rows = Vec::new();
    for row in state.store.run_figures(MOST).await? {
        let of = &row.analysis;
        let mut put = |kind: &str, of_what: &str, count: String| {
            rows.push(vec![of.as_of.to_string(), of.catalogue.clone(), kind.to_owned(), of_what.to_owned(), count]);
        };
        let figures = &row.figures;
        put("advertisers", "", figures.advertisers.to_string());
        for (band, count) in ["none", "low", "medium", "high"].iter().zip(figures.bands) {
            put("band", band, count.to_string());
        }
        for (code, of) in &figures.languages {
            put("language_advertisers", code, of.advertisers.to_string());
            put("language_flagged", code, of.flagged.to_string());
            put("language_high", code, of.high.to_string());
        }
        for (group, points) in &figures.points {
            put("group_points", &group.0.to_string(), points.to_string());
        }
        for (id, count) in &figures.fired {
            put("indicator_fired", id.as_str(), count.to_string());
        }
        for (id, count) in &figures.abstained {
            put("indicator_abstained", id.as_str(), count.to_string());
        }
    }
    let header = ["as_of", "catalogue", "kind", "of", "count"].map(str::to_owned).to_vec();
    Ok(csv::answer("drift", header, rows))
}

fn percent(page: &Page, share: f64) -> String {
    page.v("percent", "share", page.decimal(&(share * 100.0)))
}

fn of_all(page: &Page, counted: u64, all: u64) -> String {
    if all == 0 { "–".to_owned() } else { percent(page, counted as f64 / all as f64) }
}

fn short(hash: &str) -> &str {
    hash.get(..hash.len().min("sha256:".len() + 12)).unwrap_or(hash)
}

fn about(page: &Page, row: &RunFiguresRow) -> String {
    let of = &row.analysis;
    page.t.vs(
        "drift-about",
        &[
            ("at", page.time(&of.as_of)),
            ("catalogue", short(&of.catalogue).to_owned()),
            ("parameters", short(&of.parameters).to_owned()),
            ("reference", of.reference_version.clone()),
            ("code", of.code_version.clone()),
        ],
    )
}

fn interval(page: &Page, share: &Share) -> String {
    page.t.vs(
        "percent-interval",
        &[("low", page.decimal(&(share.low * 100.0))), ("high", page.decimal(&(share.high * 100.0)))],
    )
}

fn title(state: &AppState, page: &Page, id: &IndicatorId) -> String {
    state.catalogue.get(id.as_str()).map_or_else(|| id.0.clone(), |i| page.of_both(&i.title).to_owned())
}

/// A language's name; `und` where none was told.
fn language(page: &Page, code: &str) -> String {
    if code == "und" { page.t("language-unknown") } else { page.language(code) }
}

fn words(state: &AppState, page: &Page, warning: &Warning) -> String {
    let share = |share: &Share| format!("{} ({})", percent(page, share.share), interval(page, share));
    match warning {
        Warning::Language { code, own, others } => page.t.vs(
            if own.share > others.share { "drift-language-more" } else { "drift-language-less" },
            &[("language", language(page, code)), ("own", share(own)), ("others", share(others))],
        ),
        Warning::Started { indicator, now } => {
            page.t.vs("drift-started", &[("indicator", title(state, page, indicator)), ("count", page.whole(now))])
        }
        Warning::Stopped { indicator, before } => {
            page.t.vs("drift-stopped", &[("indicator", title(state, page, indicator)), ("count", page.whole(before))])
        }
        Warning::Changed { indicator, before, now } => page.t.vs(
            "drift-changed",
            &[
                ("indicator", title(state, page, indicator)),
                ("before", percent(page, *before)),
                ("now", percent(page, *now)),
            ],
        ),
    }
}

fn languages(page: &Page, figures: &RunFigures, z: f64, found: &[Warning]) -> Vec<LanguageRow> {
    let mut rows: Vec<LanguageRow> = figures
        .languages
        .iter()
        .map(|(code, of)| LanguageRow {
            name: language(page, code),
            advertisers: of.advertisers,
            flagged: of.flagged,
            high: of.high,
            share: of_all(page, of.flagged, of.advertisers),
            interval: wilson(of.flagged, of.advertisers, z).map_or_else(String::new, |share| interval(page, &share)),
            warns: found.iter().any(|w| matches!(w, Warning::Language { code: own, .. } if own == code)),
        })
        .collect();
    rows.sort_by(|a, b| b.advertisers.cmp(&a.advertisers).then(a.name.cmp(&b.name)));
    rows
}

/// The flagged share of the largest languages over the analyses.
fn chart(page: &Page, rows: &[RunFiguresRow]) -> String {
    let Some(now) = rows.first() else { return String::new() };
    let mut codes: Vec<(&String, u64)> =
        now.figures.languages.iter().map(|(code, of)| (code, of.advertisers)).collect();
    codes.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let drawn: Vec<Line> = codes
        .iter()
        .take(LINES)
        .map(|(code, _)| Line {
            label: language(page, code),
            points: rows
                .iter()
                .rev()
                .filter_map(|row| {
                    let of = row.figures.languages.get(*code).filter(|of| of.advertisers > 0)?;
                    Some((row.analysis.as_of, of.flagged as f64 / of.advertisers as f64))
                })
                .collect(),
        })
        .collect();
    lines(page.t, &page.t("drift-chart"), &page.t("drift-chart-description"), &drawn)
}

fn groups(page: &Page, now: &RunFigures, before: Option<&RunFigures>) -> Vec<GroupRow> {
    let sum = |figures: &RunFigures| figures.points.values().sum::<i64>().max(1) as f64;
    let share = |figures: &RunFigures, group| {
        percent(page, figures.points.get(group).copied().unwrap_or(0) as f64 / sum(figures))
    };
    let both: BTreeSet<_> =
        now.points.keys().chain(before.into_iter().flat_map(|before| before.points.keys())).collect();
    both.into_iter()
        .map(|group| GroupRow {
            letter: group.0,
            name: group_name(page, *group),
            share: share(now, group),
            before: before.map_or_else(|| "–".to_owned(), |before| share(before, group)),
        })
        .collect()
}

fn indicators(
    state: &AppState,
    page: &Page,
    now: &RunFigures,
    before: Option<&RunFigures>,
    found: &[Warning],
) -> Vec<IndicatorRow> {
    let of = |figures: &RunFigures, id: &IndicatorId| {
        of_all(page, figures.fired.get(id).copied().unwrap_or(0), figures.subjects())
    };
    let warns = |id: &IndicatorId| {
        found.iter().any(|warning| match warning {
            Warning::Started { indicator, .. }
            | Warning::Stopped { indicator, .. }
            | Warning::Changed { indicator, .. } => indicator == id,
            Warning::Language { .. } => false,
        })
    };
    let ids: BTreeSet<&IndicatorId> = now
        .fired
        .keys()
        .chain(now.abstained.keys())
        .chain(before.into_iter().flat_map(|before| before.fired.keys()))
        .collect();
    ids.into_iter()
        .map(|id| IndicatorRow {
            id: id.0.clone(),
            title: title(state, page, id),
            fired: now.fired.get(id).copied().unwrap_or(0),
            share: of(now, id),
            before: before.map_or_else(|| "–".to_owned(), |before| of(before, id)),
            abstained: now.abstained.get(id).copied().unwrap_or(0),
            warns: warns(id),
        })
        .collect()
}

fn run(page: &Page, row: &RunFiguresRow) -> RunRow {
    let [_, _, medium, high] = row.figures.bands;
    let of = &row.analysis;
    RunRow {
        at: page.short_time(&of.at),
        as_of: page.short_time(&of.as_of),
        advertisers: row.figures.advertisers,
        high: of_all(page, high, row.figures.advertisers),
        medium: of_all(page, medium, row.figures.advertisers),
        made_of: format!(
            "{} · {} · {} · {}",
            short(&of.catalogue),
            short(&of.parameters),
            of.reference_version,
            of.code_version
        ),
    }
}
