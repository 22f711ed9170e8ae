//! The urgent route for whoever is appointed, whatever their role, and for the worker who learns that somebody may be
//! under 18: whom to ring, and a button that opens the route at once.

use super::case::{attempt_words, short_id, told, who_and_where};
use super::firings::{GroupView, Shown};
use super::line::find;
use super::{case_ads, case_ads::AdView, show};
use crate::AppState;
use crate::access::{OutreachWorker, UrgentContact, Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::Timestamp;
use std::collections::HashMap;
use store::{CaseId, CaseView, QueueFilter};

/// Cases on the page of the urgent route, and ads of one of them.
const MOST_CASES: u32 = 200;
const MOST_ADS: usize = 40;

/// Whom a worker rings, and what the law asks.
pub struct UrgentHelp {
    /// Name, number as people read it, and `tel:` address; the number may be missing.
    pub people: Vec<(String, String, String)>,
    /// The statutory duty with its law.
    pub duty: Option<(String, String)>,
}

/// Whom to ring about a possible minor.
pub async fn help(state: &AppState, page: &Page) -> Result<UrgentHelp, WebError> {
    let mut people = Vec::with_capacity(state.settings.urgent_people.len());
    for person in &state.settings.urgent_people {
        let name = match person.name.as_str() {
            "" => match state.store.account_by_login(&person.login.to_lowercase()).await? {
                Some(account) if account.disabled_at.is_none() => account.details.name,
                // Whoever has no open account cannot look after a case.
                _ => continue,
            },
            name => name.to_owned(),
        };
        let dialled: String = person.phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        people.push((name, person.phone.clone(), format!("tel:{dialled}")));
    }
    Ok(UrgentHelp { people, duty: duty(state, page) })
}

/// The statutory duty with its law and the day on which it was checked.
fn duty(state: &AppState, page: &Page) -> Option<(String, String)> {
    let t = page.t;
    state.settings.duty.as_ref().map(|duty| {
        let checked = page.date(&duty.checked);
        (t.of(&duty.text).to_owned(), t.vs("duty-law", &[("law", duty.law.clone()), ("date", checked)]))
    })
}

struct UrgentRow {
    id: String,
    title: String,
    facts: String,
    told: Option<String>,
}

#[derive(Template)]
#[template(path = "urgent.html")]
struct UrgentView {
    page: Page,
    rows: Vec<UrgentRow>,
}

/// The cases in the urgent route.
pub async fn urgent(
    State(state): State<AppState>,
    UrgentContact(who): UrgentContact,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let page = Page::of(&state, &visit, &who, visit.language.t("urgent-list-title")).with_done(query.get("done"));
    let filter =
        QueueFilter { urgent: true, programme: Some(state.settings.programme.clone()), ..QueueFilter::default() };
    let look = who.look("queue", "urgent", state.settings.programme.0.clone(), state.now());
    let found = state.store.queue(&look, &filter, 0, MOST_CASES).await?;
    let mut rows = Vec::with_capacity(found.rows.len());
    for row in &found.rows {
        let notice = state.store.urgent_notice(&row.case).await?;
        rows.push(UrgentRow {
            id: row.case.0.clone(),
            title: page.v("case-title", "id", short_id(&row.case)),
            facts: who_and_where(&state, &page, row),
            told: notice.as_ref().map(|notice| told(&page, notice)),
        });
    }
    show(&UrgentView { page, rows })
}

#[derive(Template)]
#[template(path = "urgent_case.html")]
struct UrgentCaseView {
    page: Page,
    id: String,
    facts: String,
    duty: Option<(String, String)>,
    told: Option<String>,
    reported: Option<String>,
    may_answer: bool,
    reason: String,
    problem: Option<String>,
    groups: Vec<GroupView>,
    ads: Vec<AdView>,
    more_ads: i64,
    places: Vec<(String, String)>,
    attempts: Vec<String>,
}

/// A case of the urgent route; others are not for this page.
async fn read(state: &AppState, who: &Who, id: &CaseId, now: Timestamp) -> Result<CaseView, WebError> {
    let view = state.store.case(&who.look("case", "urgent", id.0.clone(), now), id).await?;
    if view.row.urgent { Ok(view) } else { Err(WebError::NotFound) }
}

/// Shows a case of the urgent route.
pub async fn one(
    State(state): State<AppState>,
    UrgentContact(who): UrgentContact,
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let view = read(&state, &who, &CaseId(id), state.now()).await?;
    page(&state, &visit, &who, &view, (None, String::new()), query.get("done")).await
}

async fn page(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    view: &CaseView,
    (problem, reason): (Option<String>, String),
    done: Option<&String>,
) -> Result<Html<String>, WebError> {
    let t = visit.language;
    let title = t.v("case-title", "id", short_id(&view.row.case));
    let page = Page::of(state, visit, who, title).under("/urgent", t.t("urgent-list-title")).with_done(done);
    let page = Page { here: format!("/urgent/{}", view.row.case.0), ..page };
    let notice = state.store.urgent_notice(&view.row.case).await?;
    let shown = Shown::of_case(&page, &state.catalogue, &view.ads, false);
    let template = UrgentCaseView {
        id: view.row.case.0.clone(),
        facts: who_and_where(state, &page, &view.row),
        duty: duty(state, &page),
        told: notice.as_ref().map(|notice| told(&page, notice)),
        reported: (notice.as_ref()).and_then(|notice| {
            let (name, time) = (notice.reported.clone()?, page.short_time(&notice.opened_at));
            Some(t.vs("urgent-reported", &[("name", name), ("time", time)]))
        }),
        may_answer: notice.as_ref().is_some_and(|notice| notice.acknowledged.is_none()),
        reason,
        problem,
        groups: groups(&shown, view),
        ads: case_ads::ads(&shown, &view.ads, MOST_ADS),
        more_ads: view.ads.len().saturating_sub(MOST_ADS) as i64,
        places: places(state, &page, view),
        attempts: view.attempts.iter().map(|attempt| attempt_words(state, &page, attempt)).collect(),
        page,
    };
    show(&template)
}

/// What speaks for it, and what opened the route.
fn groups(shown: &Shown<'_>, view: &CaseView) -> Vec<GroupView> {
    let assessments = view.assessment.iter().chain(&view.advertisers);
    let mut firings: Vec<domain::Firing> = Vec::new();
    for firing in assessments.flat_map(|a| a.context.iter().chain(&a.evidence)) {
        if !firings.contains(firing) {
            firings.push(firing.clone());
        }
    }
    shown.groups(&firings, None, "for")
}

fn places(state: &AppState, page: &Page, view: &CaseView) -> Vec<(String, String)> {
    let one = |(place, _, last): &(domain::PlaceFact, Timestamp, Timestamp)| {
        let municipality = state.settings.municipality(&place.municipality_code);
        (format!("{} ({municipality})", place.place), page.short_date(last))
    };
    view.places.iter().map(one).collect()
}

/// Somebody appointed answers that they look after the case.
pub async fn answer(
    State(state): State<AppState>,
    UrgentContact(who): UrgentContact,
    Path(id): Path<String>,
    _posted: Posted,
) -> Result<Redirect, WebError> {
    let (id, now) = (CaseId(id), state.now());
    read(&state, &who, &id, now).await?;
    state.store.acknowledge_urgent(&id, who.id(), now).await?;
    Ok(Redirect::to(&format!("/urgent/{}?done=urgent-answered", id.0)))
}

/// Closes the urgent route of a case.
pub async fn close(
    State(state): State<AppState>,
    UrgentContact(who): UrgentContact,
    visit: Visit,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, WebError> {
    let (id, now) = (CaseId(id), state.now());
    let view = read(&state, &who, &id, now).await?;
    let reason = posted.text("reason");
    if reason.is_empty() {
        let problem = Some(visit.language.t("wrong-urgent-reason"));
        let page = page(&state, &visit, &who, &view, (problem, reason), None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    state.store.close_urgent(&id, &reason, who.id(), now).await?;
    Ok(Redirect::to("/urgent?done=urgent-closed").into_response())
}

/// A worker says on a line that somebody may be under 18.
pub async fn report_on_line(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    Path(id): Path<i64>,
    _posted: Posted,
) -> Result<Redirect, WebError> {
    let now = state.now();
    let found = find(&state, &who, id, now).await?;
    state.store.report_minor(&found.line.line.advertiser, who.id(), now).await?;
    Ok(Redirect::to(&format!("/line/{id}?done=urgent-reported")))
}

/// The same on a follow-up.
pub async fn report_on_follow_up(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    Path(id): Path<i64>,
    _posted: Posted,
) -> Result<Redirect, WebError> {
    let now = state.now();
    let attempt = super::follow_ups::own(&state, &who, id).await?;
    let look = who.look("attempt", "outreach", attempt.0.to_string(), now);
    let advertiser = state.store.attempt_now(&look, attempt).await?.attempt.advertiser;
    state.store.report_minor(&advertiser, who.id(), now).await?;
    Ok(Redirect::to("/follow-ups?done=urgent-reported"))
}
