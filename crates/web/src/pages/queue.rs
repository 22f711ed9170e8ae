//! The queue: cases that wait, by band, age, new evidence, region, language, indicator and state. Filters live in the
//! address. The day's progress and the reader's own views stand above it.

use super::case::{short_id, titles, who_and_where};
use super::incoming::IncomingRow;
use super::queue_filter::{AGES, Asked, BANDS, LANGUAGES, QUEUES, STATES, with_query};
use super::{Choice, csv, show};
use crate::access::{Researcher, Visit, Who};
use crate::errors::WebError;
use crate::page::Page;
use crate::{AppState, Language, format};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, Response};
use domain::{Band, Queue};
use std::collections::HashMap;
use store::{CaseState, QueueFilter, QueueRow, SavedView};

/// Cases on a page.
const ROWS: u32 = 25;

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

/// A number of the day and where its rows are.
struct DayCount {
    href: String,
    count: String,
    words: String,
}

/// A saved view with what came since it was last opened.
struct SavedViewView {
    id: i64,
    name: String,
    new: String,
    total: String,
}

struct RowView {
    href: String,
    is_skipped: bool,
    id: String,
    title: String,
    band: String,
    band_code: &'static str,
    points: String,
    state: String,
    urgent: bool,
    is_spam: bool,
    read_again: bool,
    reader: Option<String>,
    again: Option<String>,
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
    query: String,
    csv_href: String,
    csv_cut: Option<String>,
    day: Vec<DayCount>,
    time: Option<String>,
    pause: Option<String>,
    views: Vec<SavedViewView>,
    second_waiting: u64,
    incoming: Vec<IncomingRow>,
    total: u64,
    rows: Vec<RowView>,
    previous: Option<String>,
    next: Option<String>,
}

/// The queue.
pub async fn queue(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let (t, now, asked) = (visit.language, state.now(), Asked::of(&state, &query));
    let may_urgent = who.account.details.urgent_contact;
    if asked.urgent && !may_urgent {
        return Err(WebError::UrgentOnly);
    }
    let offset = (asked.page - 1) * ROWS;
    let look = who.look("queue", "review", state.settings.programme.0.clone(), now);
    let found = state.store.queue(&look, &asked.filter(&state, &who, now).await?, offset, ROWS).await?;
    let (counts, urgent_count) = state.store.queue_counts().await?;
    let page = Page::of(&state, &visit, &who, t.t("queue-title")).with_done(query.get("done")).with_last(&query);
    let (time, pause) = super::care::words(&state, &page, &who, now).await?;
    let view = QueueView {
        urgent_count,
        may_urgent,
        urgent_only: asked.urgent,
        bands: BANDS.iter().map(|band| t.t(&format!("band-{}", band.as_str()))).collect(),
        counts: STATES.iter().map(|state| count_row(t, *state, &counts)).collect(),
        filters: filters(&state, &page, &asked),
        filtered: asked.is_filtered(),
        query: asked.query(),
        csv_cut: csv::cut(&page, found.total),
        csv_href: with_query("/queue.csv", &asked.query()),
        day: day_counts(&state, &page, &who, now).await?,
        time,
        pause,
        views: saved_views(&state, &page, &who, now).await?,
        incoming: super::incoming::rows(&state, &page, &who, &asked.programme).await?,
        second_waiting: state.store.second_waiting(&state.settings.programme, who.id(), now).await?,
        total: found.total,
        previous: (asked.page > 1).then(|| asked.href(asked.page - 1)),
        next: (u64::from(offset) + u64::from(ROWS) < found.total).then(|| asked.href(asked.page + 1)),
        rows: found.rows.iter().map(|row| row_view(&state, &page, row, &asked, now)).collect(),
        page,
    };
    show(&view)
}

/// The queue as a file. Logged as an export.
pub async fn file(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let (t, now, asked) = (visit.language, state.now(), Asked::of(&state, &query));
    if asked.urgent && !who.account.details.urgent_contact {
        return Err(WebError::UrgentOnly);
    }
    let look = who.look("export:queue", "review", asked.query(), now);
    let found = state.store.queue(&look, &asked.filter(&state, &who, now).await?, 0, csv::MOST_ROWS).await?;
    let page = Page::of(&state, &visit, &who, t.t("queue-title"));
    let header = [
        "case",
        "state",
        "band",
        "points",
        "signs",
        "new",
        "municipalities",
        "languages",
        "ads",
        "opened",
        "last_seen",
    ];
    let row = |row: &QueueRow| {
        let towns: Vec<&str> = row.municipalities.iter().map(|code| state.settings.municipality(code)).collect();
        vec![
            row.case.0.clone(),
            row.state.as_str().to_owned(),
            row.band.as_str().to_owned(),
            page.decimal(&row.points),
            titles(&state, &page, &row.indicators),
            titles(&state, &page, &row.new_evidence),
            towns.join(", "),
            row.languages.join(", "),
            row.ads.to_string(),
            row.opened_at.to_string(),
            row.last_seen.to_string(),
        ]
    };
    Ok(csv::answer("queue", header.map(str::to_owned).to_vec(), found.rows.iter().map(row).collect()))
}

/// What was done today, and what is left. Each number opens its rows, since the same filter counts and lists them.
async fn day_counts(state: &AppState, page: &Page, who: &Who, now: jiff::Timestamp) -> Result<Vec<DayCount>, WebError> {
    let day = |day: &str| Asked { day: day.to_owned(), page: 1, ..Asked::default() };
    let asked = [
        ("day-mine", day("mine")),
        ("day-all", day("all")),
        ("day-skipped", Asked { skipped: true, ..day("") }),
        ("day-waiting", day("")),
        ("day-read", day("read")),
    ];
    let mut filters: Vec<QueueFilter> = Vec::with_capacity(asked.len());
    for (_, asked) in &asked {
        filters.push(asked.filter(state, who, now).await?);
    }
    let totals = state.store.queue_totals(&filters).await?;
    let count = |((key, asked), total): (&(&str, Asked), &u64)| DayCount {
        href: asked.href(1),
        count: page.whole(*total),
        words: page.t(key),
    };
    Ok(asked.iter().zip(&totals).map(count).collect())
}

async fn saved_views(
    state: &AppState,
    page: &Page,
    who: &Who,
    now: jiff::Timestamp,
) -> Result<Vec<SavedViewView>, WebError> {
    let views = state.store.saved_views(who.id()).await?;
    let mut filters: Vec<(QueueFilter, jiff::Timestamp)> = Vec::with_capacity(views.len());
    for view in &views {
        let asked = Asked::of_text(state, &view.query);
        filters.push((asked.filter(state, who, now).await?, view.opened_at));
    }
    let news = state.store.queue_news(&filters).await?;
    let view = |(view, (new, total)): (SavedView, (u64, u64))| SavedViewView {
        id: view.id,
        name: view.name,
        new: page.n("view-new", new),
        total: page.n("queue-total", total),
    };
    Ok(views.into_iter().zip(news).map(view).collect())
}

fn count_row(t: Language, state: CaseState, counts: &[(CaseState, Band, u64)]) -> CountRow {
    let words = t.t(&format!("state-{}", state.as_str()));
    let cell = |band: &Band| {
        let count: u64 = counts.iter().filter(|(s, b, _)| *s == state && b == band).map(|(_, _, count)| count).sum();
        CountCell {
            href: format!("/queue?state={}&band={}#rows", state.as_str(), band.as_str()),
            count: format::whole(t, i64::try_from(count).unwrap_or(i64::MAX)),
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
    let spam = QUEUES.iter().map(|q| ((*q).to_owned(), t.t(&format!("queue-{q}")))).collect();
    let ages = AGES.iter().map(|age| ((*age).to_owned(), t.t(&format!("age-{age}")))).collect();
    let new = vec![("1".to_owned(), t.t("new-only"))];
    let chosen_new = if asked.new { "1" } else { "" };
    let programmes: Vec<(String, String)> = (state.settings.other_programmes.iter())
        .map(|(id, name)| (id.as_str().to_owned(), t.of(name).to_owned()))
        .collect();
    let mut selects = vec![
        select("band", t.t("band"), t.t("all-bands"), &asked.band, bands),
        select("state", t.t("state"), t.t("all-waiting"), &asked.state, states),
        select("age", t.t("age"), t.t("all-ages"), &asked.age, ages),
        select("new", t.t("new-evidence"), t.t("new-or-not"), chosen_new, new),
        select("region", t.t("region"), t.t("all-regions"), &asked.region, regions),
        select("language", t.t("language"), t.t("all-languages"), &asked.language, languages),
        select("indicator", t.t("indicator"), t.t("all-indicators"), &asked.indicator, indicators),
        select("queue", t.t("queue-which"), t.t("queue-ordinary"), &asked.queue, spam),
    ];
    if !programmes.is_empty() {
        selects.push(select("programme", t.t("referred-from"), t.t("referred-or-not"), &asked.programme, programmes));
    }
    selects
}

fn row_view(state: &AppState, page: &Page, row: &QueueRow, asked: &Asked, now: jiff::Timestamp) -> RowView {
    let t = page.t;
    let languages: Vec<String> = row.languages.iter().take(3).map(|code| t.language_name(code)).collect();
    RowView {
        href: asked.case_href(&row.case.0),
        is_skipped: asked.skipped,
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
        read_again: row.read_again && row.decided.is_none(),
        again: super::case::again(page, row),
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
