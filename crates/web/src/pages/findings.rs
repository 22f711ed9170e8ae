//! Findings in figures: the report of whole months as a page, each chart with its table and its download.

use super::{Choice, csv, show};
use crate::access::{Researcher, Visit, Who};
use crate::errors::WebError;
use crate::page::Page;
use crate::{AppState, FindingsAsked, FindingsMade, format};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use jiff::ToSpan;
use jiff::civil::Date;
use report::document::Block;
use std::collections::HashMap;

/// Months that can be chosen.
const MONTHS: i32 = 36;

struct Select {
    name: &'static str,
    label: String,
    options: Vec<Choice>,
}

struct TableView {
    caption: String,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    href: String,
}

/// A block as the page shows it.
enum Shown {
    Heading(u8, String),
    Paragraph(String),
    List(Vec<String>),
    Figure(String, String),
    Table(TableView),
}

#[derive(Template)]
#[template(path = "findings.html")]
struct FindingsTemplate {
    page: Page,
    selects: Vec<Select>,
    counted: String,
    pdf_href: String,
    blocks: Vec<Shown>,
    proposals: Vec<ProposalView>,
}

/// Before anything was analysed.
#[derive(Template)]
#[template(path = "findings_none.html")]
struct NoneTemplate {
    page: Page,
}

/// A change of a grade that can be tried: what the form of 'what if' is sent.
struct ProposalView {
    title: String,
    href: String,
    words: String,
    because: String,
    fields: Vec<(String, String)>,
}

/// Only what the files in force can be tried with is offered.
fn proposals(state: &AppState, page: &Page, made: &FindingsMade) -> Vec<ProposalView> {
    let settings = state.workbench.settings();
    let field = |id: &str, key: &str| {
        let name = format!("/{id}.toml");
        settings
            .iter()
            .find(|setting| setting.key == key && setting.file.ends_with(&name))
            .map(|setting| setting.field())
    };
    let offered = made.proposals.iter().filter_map(|proposal| {
        let mut fields = vec![(field(&proposal.indicator, "grade")?, proposal.to.clone())];
        // Grade D has no points.
        if proposal.to == "D" {
            fields.push((field(&proposal.indicator, "points")?, "0".to_owned()));
        }
        Some(ProposalView {
            title: proposal.title.clone(),
            href: format!("/indicators/{}", proposal.indicator),
            words: page.t.vs("findings-grade", &[("from", proposal.from.clone()), ("to", proposal.to.clone())]),
            because: proposal.because.clone(),
            fields,
        })
    });
    offered.collect()
}

fn month(date: Date) -> String {
    format!("{:04}-{:02}", date.year(), date.month())
}

/// The first day of a month such as `2026-10`.
fn first_of(text: &str) -> Option<Date> {
    format!("{text}-01").parse().ok()
}

fn asked(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    query: &HashMap<String, String>,
    leaves: bool,
) -> Result<FindingsAsked, WebError> {
    let now = state.now();
    let this = format::day_of(now).first_of_month();
    let given = |name: &str, else_day: Date| match query.get(name) {
        Some(text) => first_of(text).ok_or(WebError::Unknown),
        None => Ok(else_day),
    };
    let from = given("from", this.saturating_sub(2.months()))?;
    let to = given("to", this)?.last_of_month();
    if from > to {
        return Err(WebError::Unknown);
    }
    let text = |name: &str| query.get(name).filter(|text| !text.is_empty()).cloned();
    Ok(FindingsAsked {
        from,
        to,
        region: text("region"),
        language: text("language"),
        tongue: visit.language,
        leaves,
        by: who.account.id,
        at: now,
    })
}

fn query_of(asked: &FindingsAsked) -> String {
    let mut query = format!("from={}&to={}", month(asked.from), month(asked.to));
    // Names of regions and languages hold letters and spaces alone; others are not offered.
    for (name, value) in [("region", &asked.region), ("language", &asked.language)] {
        if let Some(value) = value {
            let safe: String =
                value
                    .bytes()
                    .map(|byte| {
                        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
                    })
                    .collect();
            query.push_str(&format!("&{name}={safe}"));
        }
    }
    query
}

/// The page.
pub async fn findings(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let asked = asked(&state, &visit, &who, &query, false)?;
    let page = Page::of(&state, &visit, &who, visit.language.t("findings-title"));
    if state.store.latest_analysis().await?.is_none() {
        return show(&NoneTemplate { page });
    }
    let made = state.workbench.findings(&asked).await?;
    let template = FindingsTemplate {
        selects: selects(&state, &page, &asked, &made),
        counted: page.v("findings-counted", "time", page.time(&made.counted_at)),
        pdf_href: format!("/findings.pdf?{}", query_of(&asked)),
        blocks: shown(&made, &query_of(&asked)),
        proposals: proposals(&state, &page, &made),
        page,
    };
    show(&template)
}

fn selects(state: &AppState, page: &Page, asked: &FindingsAsked, made: &FindingsMade) -> Vec<Select> {
    let this = format::day_of(state.now()).first_of_month();
    let months = |chosen: Date| {
        let chosen = month(chosen);
        (0..MONTHS)
            .map(|back| month(this.saturating_sub(back.months())))
            .map(|name| Choice::new(name.clone(), name, &chosen))
            .collect()
    };
    let listed = |values: &[String], chosen: &Option<String>, words: &dyn Fn(&str) -> String| {
        let chosen = chosen.as_deref().unwrap_or_default();
        std::iter::once(Choice::new("", page.t("findings-any"), chosen))
            .chain(values.iter().map(|value| Choice::new(value.clone(), words(value), chosen)))
            .collect()
    };
    vec![
        Select { name: "from", label: page.t("findings-from"), options: months(asked.from) },
        Select { name: "to", label: page.t("findings-to"), options: months(asked.to) },
        Select {
            name: "region",
            label: page.t("findings-region"),
            options: listed(&made.regions, &asked.region, &str::to_owned),
        },
        Select {
            name: "language",
            label: page.t("findings-language"),
            options: listed(&made.languages, &asked.language, &|code| page.language(code)),
        },
    ]
}

/// All blocks: those of the choice, then the report.
fn blocks(made: &FindingsMade) -> impl Iterator<Item = &Block> {
    made.chosen.iter().chain(&made.document.blocks)
}

fn shown(made: &FindingsMade, query: &str) -> Vec<Shown> {
    blocks(made)
        .enumerate()
        .map(|(number, block)| match block {
            Block::Heading(level, text) => Shown::Heading(*level, text.clone()),
            Block::Paragraph(text) => Shown::Paragraph(text.clone()),
            Block::List(items) => Shown::List(items.clone()),
            Block::Figure { caption, drawing } => {
                Shown::Figure(caption.clone(), drawing.to_svg(&format!("f{number}"), caption))
            }
            Block::Table { caption, header, rows } => Shown::Table(TableView {
                caption: caption.clone(),
                header: header.clone(),
                rows: rows.clone(),
                href: format!("/findings.csv?{query}&block={number}"),
            }),
        })
        .collect()
}

/// A table as a file.
pub async fn table(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let made = state.workbench.findings(&asked(&state, &visit, &who, &query, false)?).await?;
    let wanted: Option<usize> = query.get("block").and_then(|number| number.parse().ok());
    let tables = blocks(&made).enumerate().filter_map(|(number, block)| match block {
        Block::Table { header, rows, .. } => Some((number, header, rows)),
        _ => None,
    });
    let mut tables = tables.filter(|(number, ..)| wanted.is_none_or(|wanted| wanted == *number));
    let (_, header, rows) = tables.next().ok_or(WebError::NotFound)?;
    Ok(csv::answer("findings", header.clone(), rows.clone()))
}

/// The report as a PDF: it leaves the house.
pub async fn pdf(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let asked = asked(&state, &visit, &who, &query, true)?;
    let made = state.workbench.findings(&asked).await?;
    let name = format!("attachment; filename=\"bavn-{}-{}.pdf\"", month(asked.from), month(asked.to));
    Ok(([(CONTENT_TYPE, "application/pdf".to_owned()), (CONTENT_DISPOSITION, name)], made.document.to_pdf())
        .into_response())
}
