//! The urgent route for whoever is appointed, whatever their role, and for the worker who learns that somebody may be
//! under 18: whom to ring, and a button that opens the route at once.

use super::case::{attempt_words, short_id, told, who_and_where};
use super::firings::{GroupView, Shown};
use super::line::{Shown as ShownLine, find};
use super::today::own_team;
use super::what_came::{self, From};
use super::{case_ads, case_ads::AdView, line, show};
use crate::AppState;
use crate::access::{OutreachWorker, UrgentContact, Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use crate::settings::Team;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::Timestamp;
use std::collections::HashMap;
use store::{AttemptNow, CaseId, CaseView, QueueFilter};
use tower_sessions::Session;

/// Cases on the page of the urgent route, and ads of one of them.
const MOST_CASES: u32 = 200;
const MOST_ADS: usize = 40;
/// Longest reason for closing the route, in characters, as in the store.
const MOST_REASON: usize = 2000;

/// Whom a worker rings, and what the law asks.
#[derive(Clone)]
pub struct UrgentHelp {
    /// Name, number as people read it, and `tel:` address; the number may be missing.
    pub people: Vec<(String, String, String)>,
    /// The statutory duty with its law.
    pub duty: Option<(String, String)>,
}

/// Whom to ring about a possible minor.
pub async fn help(state: &AppState, page: &Page) -> Result<UrgentHelp, WebError> {
    let appointed = &state.settings.urgent_people;
    let nameless = appointed.iter().filter(|person| person.name.is_empty());
    let logins: Vec<String> = nameless.map(|person| person.login.to_lowercase()).collect();
    let names = match logins.is_empty() {
        true => HashMap::new(),
        false => state.store.names_of_logins(&logins).await?,
    };
    let mut people = Vec::with_capacity(appointed.len());
    for person in appointed {
        let name = match person.name.as_str() {
            "" => match names.get(&person.login.to_lowercase()) {
                Some(name) => name.clone(),
                // Whoever has no open account cannot look after a case.
                None => continue,
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
    more: Option<String>,
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
    let cases: Vec<CaseId> = found.rows.iter().map(|row| row.case.clone()).collect();
    let notices = state.store.urgent_notices(&cases).await?;
    let mut rows = Vec::with_capacity(found.rows.len());
    for row in &found.rows {
        rows.push(UrgentRow {
            id: row.case.0.clone(),
            title: page.v("case-title", "id", short_id(&row.case)),
            facts: who_and_where(&state, &page, row),
            told: notices.get(&row.case).map(|notice| told(&page, notice)),
        });
    }
    let beyond = i64::try_from(found.total).unwrap_or(i64::MAX) - rows.len() as i64;
    let more = (beyond > 0).then(|| page.n("urgent-list-more", beyond));
    show(&UrgentView { page, rows, more })
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
        ads: case_ads::ads(&shown, &view.ads, MOST_ADS, usize::MAX),
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
    let wrong = match reason.chars().count() {
        0 => Some(visit.language.t("wrong-urgent-reason")),
        long if long > MOST_REASON => Some(visit.language.n("wrong-too-long", MOST_REASON as i64)),
        _ => None,
    };
    if wrong.is_some() {
        let page = page(&state, &visit, &who, &view, (wrong, reason), None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    state.store.close_urgent(&id, &reason, who.id(), now).await?;
    Ok(Redirect::to("/urgent?done=urgent-closed").into_response())
}

/// A worker says on a line that somebody may be under 18. What was typed and ticked so far stands there again: the button
/// is one of the same form.
pub async fn report_on_line(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, WebError> {
    let now = state.now();
    let found = find(&state, &who, id, now).await?;
    state.store.report_minor(&found.line.line.advertiser, who.id(), now).await?;
    if !what_came::typed(&posted) {
        return Ok(Redirect::to(&format!("/line/{id}?done=urgent-reported")).into_response());
    }
    let (done, text) = ("urgent-reported".to_owned(), posted.text("text"));
    let text = Some(text).filter(|text| !text.is_empty());
    let shown = ShownLine { done: Some(&done), posted, text: text.as_ref(), ..ShownLine::default() };
    Ok(line::page(&state, &visit, &who, &found, shown).await?.into_response())
}

/// The same of an attempt that the team looks after.
pub async fn report_on_follow_up(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, WebError> {
    let team = own_team(&state, &who)?;
    let now = what_came::own(&state, &who, team, id).await?;
    report(&state, &visit, &who, team, &now, From::FollowUp, posted).await
}

/// The same of somebody who rings, whom this session has looked up.
pub async fn report_on_caller(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    session: Session,
    posted: Posted,
) -> Result<Response, WebError> {
    let team = own_team(&state, &who)?;
    let (now, from) = what_came::of_caller(&state, &who, &session, &posted).await?;
    report(&state, &visit, &who, team, &now, from, posted).await
}

async fn report(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    team: &Team,
    now: &AttemptNow,
    from: From,
    posted: Posted,
) -> Result<Response, WebError> {
    state.store.report_minor(&now.attempt.advertiser, who.id(), state.now()).await?;
    // From the list of follow-ups it is a form of its own, and that page is the one to come back to.
    if !posted.ticked("attempt") {
        return Ok(Redirect::to("/follow-ups?done=urgent-reported").into_response());
    }
    let done = "urgent-reported".to_owned();
    Ok(what_came::page(state, visit, who, team, now, from, Vec::new(), posted, Some(&done)).await?.into_response())
}
