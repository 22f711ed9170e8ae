//! What the team is to follow up: promised days, and referrals of which the authority has not said the last word.

use super::line_view::history;
use super::today::own_team;
use super::{Choice, show};
use crate::access::{OutreachWorker, Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use crate::settings::Team;
use crate::{AppState, Language, format};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::{Contact, ContactKind};
use jiff::civil::Date;
use std::collections::HashMap;
use store::{AttemptId, ConsentHow, DueRow, Outcome, ReferralStatus};

/// Days ahead that the page looks.
const AHEAD_DAYS: i64 = 7;

struct DueView {
    id: i64,
    version: i64,
    day: String,
    late: bool,
    words: String,
    language: String,
    contact: Option<(String, Option<String>)>,
    referral: Option<ReferralView>,
}

struct ReferralView {
    consent: String,
    last: String,
    statuses: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "follow_ups.html")]
struct FollowUpsView {
    page: Page,
    due: Vec<DueView>,
    problem: Option<String>,
    today: String,
}

/// Shows them.
pub async fn follow_ups(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    page(&state, &visit, &who, None, query.get("done")).await
}

async fn due(state: &AppState, who: &Who, team: &Team) -> Result<Vec<DueRow>, WebError> {
    let today = format::day_of(state.now());
    let look = who.look("follow_ups", "outreach", format!("{today} {}", team.id), state.now());
    let until = today.saturating_add(jiff::Span::new().days(AHEAD_DAYS));
    Ok(state.store.due(&look, &team.id, until).await?)
}

async fn page(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    problem: Option<String>,
    done: Option<&String>,
) -> Result<Html<String>, WebError> {
    let (team, today) = (own_team(state, who)?, format::day_of(state.now()));
    let page = Page::of(state, visit, who, visit.language.t("follow-ups-title")).with_done(done);
    let rows = due(state, who, team).await?;
    let mut views = Vec::with_capacity(rows.len());
    for row in &rows {
        views.push(view(state, &page, team, row, today).await?);
    }
    show(&FollowUpsView { due: views, problem, today: today.to_string(), page })
}

async fn view(state: &AppState, page: &Page, team: &Team, row: &DueRow, today: Date) -> Result<DueView, WebError> {
    let t = page.t;
    // A promise is kept without the gate's leave; where nobody wished for more, the gate alone opens a number.
    let wished = matches!(row.attempt.outcome, Some(Outcome::WantsToTalk | Outcome::AcceptedOffer | Outcome::Referred));
    let facts = state.store.gate_row(&row.attempt.advertiser, state.now(), state.now()).await?;
    let urgent = facts.is_some_and(|facts| facts.urgent);
    let contact = row.contact.as_ref().filter(|_| wished && !urgent);
    Ok(DueView {
        id: row.attempt.id.0,
        version: row.attempt.version,
        day: row.attempt.follow_up.map_or_else(String::new, |day| page.date(&day)),
        late: row.attempt.follow_up.is_some_and(|day| day < today),
        words: history(state, page, team, &row.attempt),
        language: if row.language.is_empty() { t.t("language-unknown") } else { page.language(&row.language) },
        contact: contact.map(shown),
        referral: row.referral.as_ref().map(|referral| {
            let consent = &referral.consent;
            let how = match consent.how {
                ConsentHow::Spoken => t.t("consent-spoken"),
                ConsentHow::Written => t.t("consent-written"),
                ConsentHow::Message => t.t("consent-message"),
            };
            let interpreter =
                if consent.interpreter { format!(", {}", t.t("consent-interpreter")) } else { String::new() };
            ReferralView {
                consent: format!(
                    "{}: {} · {how}, {}{interpreter} · {}",
                    t.t("consent-to"),
                    consent.referred_to,
                    consent.language,
                    page.date(&consent.on)
                ),
                last: match &referral.last {
                    Some((status, by, on)) => format!("{} · {by} · {}", status_words(t, *status), page.date(on)),
                    None => t.t("referral-nothing-heard"),
                },
                statuses: ReferralStatus::ALL
                    .iter()
                    .map(|s| Choice::new(s.as_str(), status_words(t, *s), "-"))
                    .collect(),
            }
        }),
    })
}

fn status_words(t: Language, status: ReferralStatus) -> String {
    match status {
        ReferralStatus::Pending => t.t("referral-pending"),
        ReferralStatus::Identified => t.t("referral-identified"),
        ReferralStatus::NotIdentified => t.t("referral-not-identified"),
        ReferralStatus::Withdrawn => t.t("referral-withdrawn"),
    }
}

fn shown(contact: &Contact) -> (String, Option<String>) {
    let call = (contact.kind == ContactKind::Phone).then(|| format!("tel:{}", contact.value));
    (contact.value.clone(), call)
}

/// The attempt that the form names, if it is one of the team's that are due.
async fn own(state: &AppState, who: &Who, id: i64) -> Result<AttemptId, WebError> {
    let team = own_team(state, who)?;
    let found = due(state, who, team).await?.into_iter().find(|row| row.attempt.id.0 == id);
    found.map(|row| row.attempt.id).ok_or(WebError::NotFound)
}

/// Done, or moved to another day.
pub async fn moved(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, WebError> {
    let (now, attempt) = (state.now(), own(&state, &who, id).await?);
    let version = posted.number("version").ok_or(WebError::UnreadableForm)?;
    let day = match posted.text("act").as_str() {
        "done" => None,
        _ => match posted.text("day").parse::<Date>().ok().filter(|day| *day >= format::day_of(now)) {
            Some(day) => Some(day),
            None => {
                let page = page(&state, &visit, &who, Some(visit.language.t("wrong-follow-up")), None).await?;
                return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
            }
        },
    };
    state.store.set_follow_up(attempt, day, version, who.id(), now).await?;
    Ok(Redirect::to("/follow-ups?done=follow-up").into_response())
}

/// What the authority said of a referral.
pub async fn status(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, WebError> {
    let (now, attempt) = (state.now(), own(&state, &who, id).await?);
    let today = format::day_of(now);
    let by = posted.text("said_by");
    let on = posted.text("said_on").parse::<Date>().ok().filter(|day| *day <= today);
    let status = ReferralStatus::parse(&posted.text("status"));
    let (Some(status), Some(on), true) = (status, on, !by.is_empty() && by.chars().count() <= 200) else {
        let page = page(&state, &visit, &who, Some(visit.language.t("wrong-referral")), None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    state.store.set_referral_status(attempt, status, &by, on, who.id(), now).await?;
    Ok(Redirect::to("/follow-ups?done=referral").into_response())
}
