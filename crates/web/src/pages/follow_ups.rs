//! What the team is to follow up: promised days, and referrals of which the authority has not said the last word.

use super::both::{Both, Merge};
use super::hand_over::{HandoverView, Receiver, receivers};
use super::line_view::{history, spaced};
use super::today::own_team;
use super::urgent::UrgentHelp;
use super::what_came::undoable;
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
use store::{AccountId, AttemptId, ConsentHow, DueRow, FollowUpEdit, Outcome, PersonRole, ReferralStatus, StoreError};

/// Days ahead that the page looks.
pub const AHEAD_DAYS: i64 = 7;
/// Of them on one page, which stays small on a bad connection.
const ROWS: usize = 12;
/// Longest plan, in characters.
const MOST_PLAN: usize = 2000;

struct DueView {
    id: i64,
    version: i64,
    day: String,
    iso_day: String,
    late: bool,
    care: String,
    plan: String,
    cares: Vec<Choice>,
    typed: Posted,
    words: String,
    note: String,
    awaits: bool,
    language: String,
    contact: Option<(String, Option<String>)>,
    referral: Option<ReferralView>,
    urgent: bool,
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
    hand_overs: Vec<HandoverView>,
    receivers: Vec<Receiver>,
    problem: Option<String>,
    undo: Vec<(i64, String)>,
    minor: UrgentHelp,
    today: String,
    previous: Option<String>,
    next: Option<String>,
}

/// Shows them.
pub async fn follow_ups(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let at = query.get("page").and_then(|at| at.parse().ok()).unwrap_or(0_usize);
    page(&state, &visit, &who, None, (0, Posted::default()), (query.get("done"), at)).await
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
    typed: (i64, Posted),
    (done, at): (Option<&String>, usize),
) -> Result<Html<String>, WebError> {
    let (team, today) = (own_team(state, who)?, format::day_of(state.now()));
    let page = Page::of(state, visit, who, visit.language.t("follow-ups-title")).with_done(done);
    let rows = due(state, who, team).await?;
    let colleagues = colleagues(state, team).await?;
    // What was typed is shown on the page that it was typed on.
    let at = rows.iter().position(|row| row.attempt.id.0 == typed.0).map_or(at, |row| row / ROWS);
    let at = at.min(rows.len().saturating_sub(1) / ROWS);
    let mut views = Vec::with_capacity(ROWS);
    for row in rows.iter().skip(at * ROWS).take(ROWS) {
        let mut view = view(state, &page, team, row, today, &colleagues);
        if view.id == typed.0 {
            view.typed = typed.1.clone();
        }
        views.push(view);
    }
    let hand_overs = super::hand_over::views(state, &page, who, team).await?;
    let receivers = receivers(state, who, team).await?;
    let minor = super::urgent::help(state, &page).await?;
    let undo = undoable(state, &page, who, team).await?;
    let to = |at: usize| format!("/follow-ups?page={at}");
    let (previous, next) = (at.checked_sub(1).map(to), ((at + 1) * ROWS < rows.len()).then(|| to(at + 1)));
    show(&FollowUpsView {
        previous,
        next,
        due: views,
        hand_overs,
        receivers,
        problem,
        undo,
        minor,
        today: today.to_string(),
        page,
    })
}

/// Workers of the team to choose from.
async fn colleagues(state: &AppState, team: &Team) -> Result<Vec<(AccountId, String)>, WebError> {
    let accounts = state.store.accounts().await?.into_iter().filter(|account| {
        let details = &account.details;
        account.disabled_at.is_none()
            && details.role == PersonRole::OutreachWorker
            && details.team.as_ref() == Some(&team.id)
    });
    Ok(accounts.map(|account| (account.id, account.details.name)).collect())
}

/// The same as choices, after nobody in particular.
fn care_choices(t: Language, colleagues: &[(AccountId, String)], chosen: Option<AccountId>) -> Vec<Choice> {
    let nobody = !colleagues.iter().any(|(id, _)| Some(*id) == chosen);
    std::iter::once(Choice { value: String::new(), words: t.t("care-nobody"), chosen: nobody })
        .chain(colleagues.iter().map(|(id, name)| Choice {
            value: id.0.to_string(),
            words: name.clone(),
            chosen: Some(*id) == chosen,
        }))
        .collect()
}

fn view(
    state: &AppState,
    page: &Page,
    team: &Team,
    row: &DueRow,
    today: Date,
    colleagues: &[(AccountId, String)],
) -> DueView {
    let t = page.t;
    // A promise is kept without the gate's leave; where nobody wished for more, the gate alone opens a number.
    let wished = matches!(row.attempt.outcome, Some(Outcome::WantsToTalk | Outcome::AcceptedOffer | Outcome::Referred));
    let contact = row.contact.as_ref().filter(|_| wished && !row.urgent);
    DueView {
        id: row.attempt.id.0,
        version: row.attempt.version,
        day: row.attempt.follow_up.map_or_else(String::new, |day| page.date(&day)),
        iso_day: row.attempt.follow_up.map_or_else(String::new, |day| day.to_string()),
        late: row.attempt.follow_up.is_some_and(|day| day < today),
        care: row.care.clone().unwrap_or_default(),
        plan: row.plan.clone(),
        cares: care_choices(t, colleagues, row.attempt.care_account),
        typed: Posted::default(),
        words: history(state, page, team, &row.attempt),
        note: row.note.clone(),
        awaits: row.attempt.outcome.is_none(),
        language: if row.language.is_empty() { t.t("language-unknown") } else { page.language(&row.language) },
        urgent: row.urgent,
        contact: contact.map(shown),
        referral: row.referral.as_ref().map(|referral| {
            let consent = &referral.consent;
            let how = match consent.how {
                ConsentHow::Spoken => t.t("consent-spoken"),
                ConsentHow::Written => t.t("consent-written"),
                ConsentHow::Message => t.t("consent-message"),
            };
            let interpreter = if consent.interpreter {
                format!(", {}", t.t("consent-interpreter").to_lowercase())
            } else {
                String::new()
            };
            ReferralView {
                consent: format!(
                    "{}: {} · {how}, {}{interpreter} · {}",
                    t.t("consent-to"),
                    consent.referred_to,
                    page.language(&consent.language),
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
    }
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
    let shown = match contact.kind {
        ContactKind::Phone => spaced(&contact.value),
        _ => contact.value.clone(),
    };
    (shown, call)
}

/// The attempt that the form names, if it is one of the team's that are due.
pub async fn own(state: &AppState, who: &Who, id: i64) -> Result<AttemptId, WebError> {
    let team = own_team(state, who)?;
    let found = due(state, who, team).await?.into_iter().find(|row| row.attempt.id.0 == id);
    found.map(|row| row.attempt.id).ok_or(WebError::NotFound)
}

/// Writes on a follow-up, or says that it is done. A colleague's newer save is shown beside, never written over.
pub async fn save(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, WebError> {
    let (now, attempt) = (state.now(), own(&state, &who, id).await?);
    let version = posted.number("version").ok_or(WebError::UnreadableForm)?;
    let plan = posted.text("plan");
    let kept = posted.text("kept_day");
    // A day that has passed may stay as it is: it is late, not wrong.
    let fits = |day: &Date| *day >= format::day_of(now) || day.to_string() == kept;
    let day = match posted.text("act").as_str() {
        "done" => None,
        _ => posted.text("day").parse::<Date>().ok().filter(fits),
    };
    let wrong = match (day, posted.text("act").as_str()) {
        (None, act) if act != "done" => Some("wrong-follow-up"),
        _ if plan.chars().count() > MOST_PLAN => Some("wrong-plan"),
        _ => None,
    };
    if let Some(key) = wrong {
        let page = page(&state, &visit, &who, Some(visit.language.t(key)), (id, posted), (None, 0)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let edit = FollowUpEdit { day, plan, care: posted.number("care").map(AccountId) };
    match state.store.set_follow_up(attempt, &edit, version, who.id(), now).await {
        Err(StoreError::Conflict { .. }) => both(&state, &visit, &who, attempt, &edit).await,
        saved => {
            saved?;
            Ok(Redirect::to("/follow-ups?done=follow-up").into_response())
        }
    }
}

/// Both sides of a save that met a newer one.
async fn both(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    attempt: AttemptId,
    mine: &FollowUpEdit,
) -> Result<Response, WebError> {
    let (t, team) = (visit.language, own_team(state, who)?);
    let look = who.look("attempt", "outreach", attempt.0.to_string(), state.now());
    let now = state.store.attempt_now(&look, attempt).await?;
    let colleagues = colleagues(state, team).await?;
    let name = mine.care.and_then(|care| colleagues.iter().find(|(id, _)| *id == care)).map(|(_, name)| name.clone());
    let page = Page::of(state, visit, who, String::new());
    let side = |day: Option<Date>, care: Option<String>, plan: &str| {
        let day = day.map_or_else(|| t.t("follow-ups-done"), |day| page.date(&day));
        let mut lines = vec![
            format!("{}: {day}", t.t("follow-ups-when")),
            format!("{} {}", t.t("care-label"), care.unwrap_or_else(|| t.t("care-nobody"))),
        ];
        if !plan.is_empty() {
            lines.push(plan.to_owned());
        }
        lines
    };
    let cares = care_choices(t, &colleagues, mine.care.or(now.attempt.care_account));
    let version = now.attempt.version;
    let mut again = vec![
        ("version", version.to_string()),
        ("plan", mine.plan.clone()),
        ("care", mine.care.map(|care| care.0.to_string()).unwrap_or_default()),
    ];
    match mine.day {
        Some(day) => again.extend([("day", day.to_string()), ("kept_day", day.to_string())]),
        None => again.push(("act", "done".to_owned())),
    }
    let again = again.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let plan = match (now.plan.as_str(), mine.plan.as_str()) {
        (theirs, own) if theirs == own || own.is_empty() => theirs.to_owned(),
        ("", own) => own.to_owned(),
        (theirs, own) => format!("{theirs}\n{own}"),
    };
    let day = mine.day.or(now.attempt.follow_up).map_or_else(String::new, |day| day.to_string());
    Both {
        theirs: side(now.attempt.follow_up, now.care, &now.plan),
        changed: now.changed,
        mine: side(mine.day, name, &mine.plan),
        again,
        action: format!("/follow-ups/{}/save", attempt.0),
        back: "/follow-ups".to_owned(),
        merge: Some(Merge { version, day, plan, cares }),
    }
    .answer(state, visit, who)
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
        let page =
            page(&state, &visit, &who, Some(visit.language.t("wrong-referral")), (id, posted), (None, 0)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    state.store.set_referral_status(attempt, status, &by, on, who.id(), now).await?;
    Ok(Redirect::to("/follow-ups?done=referral").into_response())
}
