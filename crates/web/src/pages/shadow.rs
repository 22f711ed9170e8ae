//! An indicator in the shadow: what it would do if it were adopted, on stored and incoming ads. Until then it does nothing.

use super::pair::wrong_reason;
use super::what_if::{ChangeView, KindView, MOVED_HEADER, change_views, moved_cells, moved_view};
use super::{csv, show};
use crate::AppState;
use crate::access::{Office, Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use crate::port::ConfigurationAct;
use crate::what_if::{Adopted, MovedCase, ShadowInfo};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use std::collections::{BTreeSet, HashMap};
use store::{Actor, CaseChange, CaseId, ShadowOverview, ShadowRow};

/// Rows of one kind on a page.
const ROWS: u32 = 50;

/// What a card says of an indicator's shadow.
pub(super) struct ShadowCard {
    pub href: String,
    pub words: String,
}

#[derive(Template)]
#[template(path = "shadow.html")]
struct ShadowView {
    page: Page,
    id: String,
    href: Option<String>,
    definition: String,
    file: String,
    words: String,
    about: String,
    changes: Vec<ChangeView>,
    kinds: Vec<KindView>,
    csv_cut: Option<String>,
    reason: String,
    error: Option<String>,
}

/// `Would have added 41 cases and removed 12; …`, or that no analysis has met it yet.
fn words(page: &Page, overview: Option<&ShadowOverview>) -> String {
    let Some(overview) = overview else { return page.t("shadow-waits") };
    if overview.state.batch < 0 {
        return page.t("shadow-under-way");
    }
    let count = |change| page.whole(overview.counts.of(change));
    page.t.vs(
        "shadow-would",
        &[
            ("comes", count(CaseChange::Comes)),
            ("goes", count(CaseChange::Goes)),
            ("rises", count(CaseChange::Rises)),
            ("falls", count(CaseChange::Falls)),
            ("fires", page.whole(overview.counts.fires)),
        ],
    )
}

/// The line for the card of an indicator; `None` where nothing of it is in the shadow.
pub(super) async fn card(state: &AppState, page: &Page, id: &str) -> Result<Option<ShadowCard>, WebError> {
    let shadows = state.workbench.shadows();
    let Some(info) = shadows.iter().find(|info| info.indicator.id.as_str() == id) else { return Ok(None) };
    let overview = state.store.shadow(&info.version).await?;
    Ok(Some(ShadowCard { href: format!("/shadow/{id}"), words: words(page, overview.as_ref()) }))
}

/// Every shadow: title and address.
pub(super) fn list(state: &AppState, page: &Page) -> Vec<(String, String)> {
    let shadows = state.workbench.shadows();
    let entry =
        |info: &ShadowInfo| (page.of_both(&info.indicator.title).to_owned(), format!("/shadow/{}", info.indicator.id));
    shadows.iter().map(entry).collect()
}

/// The page.
pub async fn shadow(
    State(state): State<AppState>,
    Office(who): Office,
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    shadow_page(&state, &visit, &who, &id, &query, (String::new(), None)).await
}

async fn shadow_page(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    id: &str,
    query: &HashMap<String, String>,
    (reason, error): (String, Option<String>),
) -> Result<Html<String>, WebError> {
    let shadows = state.workbench.shadows();
    let info = shadows.iter().find(|info| info.indicator.id.as_str() == id).ok_or(WebError::NotFound)?;
    let t = visit.language;
    let title = t.v("shadow-title", "indicator", t.of(&info.indicator.title));
    let page = Page::of(state, visit, who, title).under("/indicators", t.t("menu-indicators"));
    let overview = state.store.shadow(&info.version).await?;
    let mut kinds = Vec::new();
    if let Some(overview) = overview.as_ref().filter(|overview| overview.state.batch >= 0) {
        for change in CaseChange::ALL.map(Some).into_iter().chain([None]) {
            kinds.extend(kind(state, &page, who, (id, &info.version), overview, change, query).await?);
        }
    }
    let about = overview.as_ref().filter(|overview| overview.state.batch >= 0).map(|overview| {
        let key = if overview.current { "shadow-as-of" } else { "shadow-behind" };
        let began = ("began", page.time(&overview.state.began_at));
        page.t.vs(key, &[("at", page.time(&overview.state.as_of)), began])
    });
    let view = ShadowView {
        id: id.to_owned(),
        href: info.replaces.then(|| format!("/indicators/{id}")),
        definition: t.of(&info.indicator.definition).to_owned(),
        file: info.file.clone(),
        words: words(&page, overview.as_ref()),
        about: about.unwrap_or_default(),
        changes: change_views(state, &page, &info.changes),
        kinds,
        csv_cut: csv::cut(&page, overview.as_ref().map_or(0, |overview| overview.counts.fires)),
        reason,
        error,
        page,
    };
    show(&view)
}

/// The rows of one kind, a page of them; all on which it fires where no change is named.
async fn kind(
    state: &AppState,
    page: &Page,
    who: &Who,
    (id, version): (&str, &str),
    overview: &ShadowOverview,
    change: Option<CaseChange>,
    query: &HashMap<String, String>,
) -> Result<Option<KindView>, WebError> {
    let count = change.map_or(overview.counts.fires, |change| overview.counts.of(change));
    let key = change.map_or("fires", CaseChange::as_str);
    if count == 0 {
        return Ok(None);
    }
    let number = |key: &str| query.get(key).and_then(|page| page.parse::<u64>().ok()).unwrap_or(0).min(100_000);
    let at = number(key);
    let look = who.look("shadow", "review", id.to_owned(), state.now());
    let rows = state.store.shadow_rows(&look, version, change, (at * u64::from(ROWS), ROWS)).await?;
    let subjects: BTreeSet<String> = rows.iter().map(|row| row.then.subject.clone()).collect();
    let cases = state.store.cases_about(&subjects).await?;
    let left = count > (at + 1) * u64::from(ROWS);
    Ok(Some(KindView {
        key,
        title: page.t(&format!("what-if-{key}")),
        count: page.whole(count),
        rows: rows.iter().map(|row| moved_view(state, page, who, &moved(row, &cases))).collect(),
        more: left.then(|| (format!("/shadow/{id}?{key}={}#k-{key}", at + 1), page.t("pager-next"))),
    }))
}

fn moved(row: &ShadowRow, cases: &HashMap<String, CaseId>) -> MovedCase {
    MovedCase {
        subject: row.then.subject.clone(),
        case: cases.get(&row.then.subject).cloned(),
        now: Some(row.now.clone()),
        then: Some(row.then.clone()),
        // Shown alike; one that does not change stays in its band.
        change: row.change.unwrap_or(CaseChange::Turns),
        causes: row.causes.clone(),
        other_ads: false,
        also_without: None,
    }
}

/// Whom it would move, then all others on which it fires, as a file.
pub async fn file(
    State(state): State<AppState>,
    Office(who): Office,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let shadows = state.workbench.shadows();
    let info = shadows.iter().find(|info| info.indicator.id.as_str() == id).ok_or(WebError::NotFound)?;
    // One file is one export in the log; what it is made of are looks as on the page.
    state.store.audit(&who.look("export:shadow", "review", id.clone(), state.now())).await?;
    let look = who.look("shadow", "review", id, state.now());
    let page = Page::of(&state, &visit, &who, String::new());
    let mut cells = Vec::new();
    for change in CaseChange::ALL.map(Some).into_iter().chain([None]) {
        let left = csv::MOST_ROWS.saturating_sub(cells.len() as u32);
        if left == 0 {
            break;
        }
        let rows = state.store.shadow_rows(&look, &info.version, change, (0, left)).await?;
        // Those that it moves and on which it fires are there already.
        let rows = rows.iter().filter(|row| change.is_some() || row.change.is_none());
        cells.extend(rows.map(|row| {
            let of = row.change.map_or("fires", CaseChange::as_str);
            moved_cells(&state, &page, &who, of, &moved(row, &HashMap::new()))
        }));
    }
    Ok(csv::answer("shadow", MOVED_HEADER.map(str::to_owned).to_vec(), cells))
}

/// Takes it into the catalogue.
pub async fn adopt(
    State(state): State<AppState>,
    Office(who): Office,
    visit: Visit,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, WebError> {
    end(&state, &visit, &who, &id, &posted, true).await
}

/// Takes it away.
pub async fn leave(
    State(state): State<AppState>,
    Office(who): Office,
    visit: Visit,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, WebError> {
    end(&state, &visit, &who, &id, &posted, false).await
}

async fn end(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    id: &str,
    posted: &Posted,
    adopts: bool,
) -> Result<Response, WebError> {
    let reason = posted.text("reason");
    let refused = match wrong_reason(visit.language, &reason) {
        Some((_, words)) => words,
        None => {
            let act = ConfigurationAct { by: Actor::Account(who.id()), at: state.now(), reason: reason.clone() };
            let done = match adopts {
                true => state.workbench.adopt_shadow(id, &act).await?,
                false => state.workbench.drop_shadow(id, &act).await?,
            };
            match done {
                Adopted::Written(_) => {
                    let word = if adopts { "adopted" } else { "dropped" };
                    return Ok(Redirect::to(&format!("/indicators?done={word}")).into_response());
                }
                Adopted::Refused(why) => why,
            }
        }
    };
    let page = shadow_page(state, visit, who, id, &HashMap::new(), (reason, Some(refused))).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
