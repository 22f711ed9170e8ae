//! How long what is kept, what goes in the next two weeks, and what is held back, for administrators. A hold is an act with
//! a reason, and so is its release.

use super::show;
use crate::AppState;
use crate::access::{Administrator, Visit, Who};
use crate::errors::WebError;
use crate::format::day_of;
use crate::forms::Posted;
use crate::page::Page;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::AdRef;
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use std::collections::HashMap;
use store::{Actor, Due, HoldOn, HoldRow, NewHold, RetentionKind, StoreError};

/// Days that the list looks ahead.
const AHEAD: usize = 14;

struct ClockView {
    kind: String,
    days: String,
    what: String,
}

struct DayView {
    day: String,
    rows: Vec<(String, String)>,
    cases: Vec<String>,
}

struct HoldView {
    id: i64,
    on: String,
    reason: String,
    words: String,
    in_force: bool,
    ads: String,
}

#[derive(Default)]
struct Asked {
    on: String,
    because: String,
    until: String,
}

#[derive(Template)]
#[template(path = "retention.html")]
struct RetentionView {
    page: Page,
    clocks: Vec<ClockView>,
    days: Vec<DayView>,
    holds: Vec<HoldView>,
    everything: bool,
    asked: Asked,
    error: Option<String>,
}

/// Clocks, the next two weeks, holds.
pub async fn upcoming(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    shown(&state, &visit, &who, query.get("done"), Asked::default(), None).await
}

/// Places a hold.
pub async fn hold(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    visit: Visit,
    posted: Posted,
) -> Result<Response, WebError> {
    let asked = Asked { on: posted.text("on"), because: posted.text("because"), until: posted.text("until") };
    let t = visit.language;
    let until = match asked.until.as_str() {
        "" => Ok(None),
        text => text.parse::<Date>().map(Some).map_err(|_| t.t("hold-until-wrong")),
    };
    let fault = match (&until, asked.on.is_empty(), asked.because.is_empty()) {
        (Err(fault), ..) => Some(fault.clone()),
        (_, true, _) => Some(t.t("hold-on-missing")),
        (_, _, true) => Some(t.t("hold-because-missing")),
        _ => None,
    };
    if let Some(fault) = fault {
        return Ok(shown(&state, &visit, &who, None, asked, Some(fault)).await?.into_response());
    }
    let on = match asked.on.as_str() {
        "everything" => HoldOn::Everything,
        text => match text.split_once('/') {
            Some((site, ad)) => HoldOn::Ad(AdRef::new(site, ad)),
            None => HoldOn::Case(text.to_owned()),
        },
    };
    // The day named is the last one that is held.
    let until = until.ok().flatten().and_then(|day| end_of(day).ok());
    let hold = NewHold { on, reason: asked.because.clone(), by: who.account.details.name.clone(), until };
    match state.store.put_hold(&hold, &Actor::Account(who.id()), state.now()).await {
        Ok(_) => Ok(Redirect::to("/retention?done=hold-placed").into_response()),
        Err(StoreError::NotFound { .. }) => {
            let fault = t.t("hold-on-unknown");
            Ok(shown(&state, &visit, &who, None, asked, Some(fault)).await?.into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Ends a hold.
pub async fn release(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    Path(id): Path<i64>,
    _posted: Posted,
) -> Result<Redirect, WebError> {
    let by = who.account.details.name.clone();
    state.store.release_hold(id, &by, &Actor::Account(who.id()), state.now()).await?;
    Ok(Redirect::to("/retention?done=hold-released"))
}

fn end_of(day: Date) -> Result<Timestamp, jiff::Error> {
    let zone = jiff::tz::TimeZone::get("Europe/Copenhagen").unwrap_or(jiff::tz::TimeZone::UTC);
    zone.to_ambiguous_timestamp(day.tomorrow()?.at(0, 0, 0, 0)).compatible()
}

async fn shown(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    done: Option<&String>,
    asked: Asked,
    error: Option<String>,
) -> Result<Html<String>, WebError> {
    let page = Page::of(state, visit, who, visit.language.t("retention-title")).with_done(done);
    let (clocks, now) = (&state.settings.clocks, state.now());
    let upcoming = state.store.retention_upcoming(clocks, now, AHEAD).await?;
    let holds = state.store.holds().await?;
    let today = day_of(now);
    let name = |kind: RetentionKind| page.t(&format!("retention-{}", kind.as_str()));
    let days = upcoming.days.iter().enumerate().map(|(n, due)| {
        let day = today.saturating_add(Span::new().days(i64::try_from(n).unwrap_or(0)));
        let rows = Due::by_kind(due).into_iter().map(|(kind, rows)| (name(kind), page.whole(rows)));
        let cases = upcoming.cases.iter().filter(|(_, on)| *on == n).map(|(case, _)| case.clone());
        DayView { day: page.date(&day), rows: rows.collect(), cases: cases.collect() }
    });
    let days = days.filter(|day| !day.rows.is_empty() || !day.cases.is_empty()).collect();
    let view = RetentionView {
        clocks: RetentionKind::ALL
            .into_iter()
            .map(|kind| ClockView {
                kind: name(kind),
                days: page.n("retention-days", i64::from(clocks.days(kind))),
                what: page.t(&format!("retention-{}-what", kind.as_str())),
            })
            .collect(),
        days,
        everything: holds.iter().any(|hold| hold.on == "everything" && hold.released_at.is_none()),
        holds: holds.iter().map(|hold| hold_view(&page, hold)).collect(),
        asked,
        error,
        page,
    };
    show(&view)
}

fn hold_view(page: &Page, hold: &HoldRow) -> HoldView {
    let placed = [("who", hold.by.clone()), ("time", page.short_time(&hold.at))];
    let mut words = page.t.vs("hold-placed-by", &placed);
    match (&hold.released_at, &hold.until) {
        (Some(at), _) => words = format!("{words} {}", page.v("hold-ended", "time", page.short_time(at))),
        (None, Some(until)) => words = format!("{words} {}", page.v("hold-until", "time", page.short_time(until))),
        (None, None) => {}
    }
    HoldView {
        id: hold.id,
        on: if hold.on == "everything" { page.t("hold-everything") } else { hold.on.clone() },
        reason: hold.reason.clone(),
        words,
        in_force: hold.released_at.is_none(),
        ads: page.n("count-ads", i64::from(hold.ads)),
    }
}
