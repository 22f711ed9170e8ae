//! The queue: cases that wait, by band, region, language, indicator and state. Filters live in the address.

use super::case::{short_id, titles, who_and_where};
use super::{Choice, show};
use crate::access::{Researcher, Visit};
use crate::errors::WebError;
use crate::page::Page;
use crate::{AppState, Language};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Html;
use domain::{Band, IndicatorId, Queue};
use std::collections::HashMap;
use store::{CaseState, QueueFilter, QueueRow};

/// Cases on a page.
const ROWS: u32 = 25;
const BANDS: [Band; 4] = [Band::High, Band::Medium, Band::Low, Band::None];
const STATES: [CaseState; 3] = [CaseState::Open, CaseState::Reopened, CaseState::Decided];
/// Languages that can be asked for; others are met too rarely for a filter.
const LANGUAGES: [&str; 12] = ["da", "en", "th", "ro", "es", "pl", "hu", "de", "sv", "no", "pt", "ru"];

struct CountRow {
    state: String,
    cells: Vec<CountCell>,
}

struct CountCell {
    href: String,
    count: String,
    words: String,
}

struct Select {
    name: &'static str,
    label: String,
    options: Vec<Choice>,
}

struct RowView {
    id: String,
    title: String,
    band: String,
    band_code: &'static str,
    points: String,
    state: String,
    urgent: bool,
    is_spam: bool,
    reader: Option<String>,
    new_evidence: String,
    signs: String,
    facts: String,
}

#[derive(Template)]
#[template(path = "queue.html")]
struct QueueView {
    page: Page,
    urgent_count: u64,
    may_urgent: bool,
    urgent_only: bool,
    bands: Vec<String>,
    counts: Vec<CountRow>,
    filters: Vec<Select>,
    filtered: bool,
    total: u64,
    rows: Vec<RowView>,
    previous: Option<String>,
    next: Option<String>,
}

/// What the address asks for.
#[derive(Debug, Clone, Default)]
struct Asked {
    band: String,
    state: String,
    region: String,
    language: String,
    indicator: String,
    queue: String,
    urgent: bool,
    page: u32,
}

impl Asked {
    fn of(query: &HashMap<String, String>) -> Self {
        let get = |name: &str| query.get(name).cloned().unwrap_or_default();
        Self {
            band: get("band"),
            state: get("state"),
            region: get("region"),
            language: get("language"),
            indicator: get("indicator"),
            queue: get("queue"),
            urgent: get("urgent") == "1",
            // A page far beyond any queue is an empty page.
            page: get("page").parse().unwrap_or(1).clamp(1, 100_000),
        }
    }

    fn filter(&self, state: &AppState) -> QueueFilter {
        let region = state.settings.regions.iter().find(|region| region.id == self.region);
        QueueFilter {
            programme: Some(state.settings.programme.clone()),
            band: BANDS.into_iter().find(|band| band.as_str() == self.band),
            state: CaseState::parse(&self.state),
            municipalities: region.map(|region| region.municipalities.clone()).unwrap_or_default(),
            language: Some(self.language.clone()).filter(|language| !language.is_empty()),
            indicator: Some(self.indicator.clone()).filter(|id| !id.is_empty()).map(IndicatorId),
            urgent: self.urgent,
            queue: (!self.urgent).then_some(if self.queue.starts_with("spam") { Queue::Spam } else { Queue::Ordinary }),
            drawn: self.queue == "spam",
            skip: Vec::new(),
        }
    }

    fn href(&self, page: u32) -> String {
        let parts = [
            ("band", self.band.as_str()),
            ("state", &self.state),
            ("region", &self.region),
            ("language", &self.language),
            ("indicator", &self.indicator),
            ("queue", &self.queue),
            ("urgent", if self.urgent { "1" } else { "" }),
        ];
        let mut query: Vec<String> = parts
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", super::line_view::percent(value)))
            .collect();
        query.push(format!("page={page}"));
        format!("/queue?{}#rows", query.join("&"))
    }

    fn is_filtered(&self) -> bool {
        [&self.band, &self.state, &self.region, &self.language, &self.indicator, &self.queue]
            .iter()
            .any(|f| !f.is_empty())
    }
}

/// The queue.
pub async fn queue(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let (t, now, asked) = (visit.language, state.now(), Asked::of(&query));
    let may_urgent = who.account.details.urgent_contact;
    if asked.urgent && !may_urgent {
        return Err(WebError::UrgentOnly);
    }
    let offset = (asked.page - 1) * ROWS;
    let look = who.look("queue", "review", state.settings.programme.0.clone(), now);
    let found = state.store.queue(&look, &asked.filter(&state), offset, ROWS).await?;
    let (counts, urgent_count) = state.store.queue_counts().await?;
    let page = Page::of(&state, &visit, &who, t.t("queue-title")).with_done(query.get("done"));
    let view = QueueView {
        urgent_count,
        may_urgent,
        urgent_only: asked.urgent,
        bands: BANDS.iter().map(|band| t.t(&format!("band-{}", band.as_str()))).collect(),
        counts: STATES.iter().map(|state| count_row(t, *state, &counts)).collect(),
        filters: filters(&state, &page, &asked),
        filtered: asked.is_filtered(),
        total: found.total,
        previous: (asked.page > 1).then(|| asked.href(asked.page - 1)),
        next: (u64::from(offset) + u64::from(ROWS) < found.total).then(|| asked.href(asked.page + 1)),
        rows: found.rows.iter().map(|row| row_view(&state, &page, row, now)).collect(),
        page,
    };
    show(&view)
}

fn count_row(t: Language, state: CaseState, counts: &[(CaseState, Band, u64)]) -> CountRow {
    let words = t.t(&format!("state-{}", state.as_str()));
    let cell = |band: &Band| {
        let count: u64 = counts.iter().filter(|(s, b, _)| *s == state && b == band).map(|(_, _, count)| count).sum();
        CountCell {
            href: format!("/queue?state={}&band={}#rows", state.as_str(), band.as_str()),
            count: crate::format::whole(t, i64::try_from(count).unwrap_or(i64::MAX)),
            words: format!("{words}, {}", t.t(&format!("band-{}", band.as_str()))),
        }
    };
    CountRow { cells: BANDS.iter().map(cell).collect(), state: words }
}

fn filters(state: &AppState, page: &Page, asked: &Asked) -> Vec<Select> {
    let t = page.t;
    let select = |name, label: String, all: String, chosen: &str, options: Vec<(String, String)>| Select {
        name,
        label,
        options: std::iter::once((String::new(), all))
            .chain(options)
            .map(|(value, words)| Choice::new(value, words, chosen))
            .collect(),
    };
    let bands = BANDS.iter().map(|b| (b.as_str().to_owned(), t.t(&format!("band-{}", b.as_str())))).collect();
    let states = STATES.iter().map(|s| (s.as_str().to_owned(), t.t(&format!("state-{}", s.as_str())))).collect();
    let regions = state.settings.regions.iter().map(|r| (r.id.clone(), r.name.clone())).collect();
    let languages = LANGUAGES.iter().map(|l| ((*l).to_owned(), t.language_name(l))).collect();
    let running = state.catalogue.indicators().iter().filter(|indicator| indicator.status.runs());
    let mut indicators: Vec<(String, String)> =
        running.map(|i| (i.id.0.clone(), format!("{} · {}", i.group, t.of(&i.title)))).collect();
    indicators.sort_by(|a, b| a.1.cmp(&b.1));
    let spam = vec![("spam".to_owned(), t.t("queue-spam-drawn")), ("spam-all".to_owned(), t.t("queue-spam-all"))];
    vec![
        select("band", t.t("band"), t.t("all-bands"), &asked.band, bands),
        select("state", t.t("state"), t.t("all-waiting"), &asked.state, states),
        select("region", t.t("region"), t.t("all-regions"), &asked.region, regions),
        select("language", t.t("language"), t.t("all-languages"), &asked.language, languages),
        select("indicator", t.t("indicator"), t.t("all-indicators"), &asked.indicator, indicators),
        select("queue", t.t("queue-which"), t.t("queue-ordinary"), &asked.queue, spam),
    ]
}

fn row_view(state: &AppState, page: &Page, row: &QueueRow, now: jiff::Timestamp) -> RowView {
    let t = page.t;
    let languages: Vec<String> = row.languages.iter().take(3).map(|code| t.language_name(code)).collect();
    RowView {
        id: row.case.0.clone(),
        title: t.vs("queue-row-title", &[("id", short_id(&row.case)), ("who", who_and_where(state, page, row))]),
        band: t.t(&format!("band-{}", row.band.as_str())),
        band_code: row.band.as_str(),
        points: page.v("points-of", "points", page.decimal(&row.points)),
        state: row.decided.as_ref().filter(|_| row.state == CaseState::Decided).map_or_else(
            || t.t(&format!("state-{}", row.state.as_str())),
            |decided| super::decision::kind_words(t, decided.kind),
        ),
        urgent: row.urgent,
        is_spam: row.queue == Queue::Spam,
        reader: row
            .claimed
            .as_ref()
            .filter(|claim| claim.until > now)
            .map(|claim| t.vs("reader-other", &[("name", claim.name.clone()), ("until", page.clock(&claim.until))])),
        new_evidence: titles(state, page, &row.new_evidence),
        signs: titles(state, page, &row.indicators),
        facts: t.vs(
            "queue-row-facts",
            &[
                ("languages", languages.join(", ")),
                ("last", page.near(&row.last_seen)),
                ("opened", page.near(&row.opened_at)),
                ("contacts", t.n("count-contacts", row.contacts.len() as i64)),
            ],
        ),
    }
}
