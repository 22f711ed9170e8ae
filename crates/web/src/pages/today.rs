//! The team's list for today. Each line asks the gate again; where it cannot answer, the list is empty and says so.

use super::line_view::{history, outcome_words};
use super::show;
use crate::access::{OutreachWorker, Visit, Who};
use crate::errors::WebError;
use crate::page::Page;
use crate::settings::Team;
use crate::{AppState, format, gate};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use std::collections::HashMap;
use store::{AttemptRow, ListLine, Look, StoreError};

struct LineRow {
    id: i64,
    title: String,
    claim: Option<String>,
    claim_class: &'static str,
    channel: Option<String>,
    matches: Option<(String, &'static str)>,
    closed: Option<String>,
    finished: Option<String>,
    reasons: Vec<String>,
    cautions: String,
    facts: String,
    attempts: Option<String>,
}

#[derive(Template)]
#[template(path = "today.html")]
struct TodayView {
    page: Page,
    lead: String,
    problem: Option<String>,
    copies: bool,
    lines: Vec<LineRow>,
}

/// The worker's team, as it is configured now.
pub fn own_team<'a>(state: &'a AppState, who: &Who) -> Result<&'a Team, WebError> {
    who.account.details.team.as_ref().and_then(|team| state.settings.team(team)).ok_or(WebError::Forbidden)
}

/// Today's list.
pub async fn today(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let (t, now) = (visit.language, state.now());
    let team = own_team(&state, &who)?;
    let date = format::day_of(now);
    let page = Page::of(&state, &visit, &who, t.t("today-title")).with_done(query.get("done"));
    let look = who.look("list", "outreach", format!("{date} {}", team.id), now);
    let (status, lines, problem) = match lines(&state, &page, &who, team, &look).await {
        Ok(Some(lines)) => (StatusCode::OK, lines, None),
        Ok(None) => (StatusCode::OK, Vec::new(), Some(t.v("today-not-made", "hour", &team.hour))),
        Err(error) => {
            tracing::error!(%error, "the gate gave no answer, so the list is empty");
            (StatusCode::SERVICE_UNAVAILABLE, Vec::new(), Some(t.t("gate-silent")))
        }
    };
    let copies = state.settings.copies.paper || state.settings.copies.csv;
    let lead = t.vs(
        "today-lead",
        &[("date", page.date(&date)), ("team", team.name.clone()), ("lines", t.n("count-lines", lines.len() as i64))],
    );
    Ok((status, show(&TodayView { page, lead, problem, copies, lines })?).into_response())
}

/// The kept lines, each with the gate's answer of now; `None` where no list was made.
async fn lines(
    state: &AppState,
    page: &Page,
    who: &Who,
    team: &Team,
    look: &Look,
) -> Result<Option<Vec<LineRow>>, StoreError> {
    let Some((header, kept)) = state.store.list(look, format::day_of(look.at), &team.id).await? else {
        return Ok(None);
    };
    let (view, policy) = (gate::worker_view(team, who), &state.settings.outreach.policy);
    let asked = gate::ask_all(&state.store, &state.catalogue, header.id, &view, policy, state.now()).await?;
    let answers: HashMap<i64, gate::Answer> = asked.into_iter().collect();
    let mut rows = Vec::with_capacity(kept.len());
    for line in &kept {
        let answer = answers.get(&line.id).ok_or(StoreError::NotFound { what: "line" })?;
        rows.push(row(state, page, who, team, line, answer));
    }
    // What is done stands last; the others keep their order.
    rows.sort_by_key(|row| row.finished.is_some());
    Ok(Some(rows))
}

fn row(state: &AppState, page: &Page, who: &Who, team: &Team, line: &ListLine, answer: &gate::Answer) -> LineRow {
    let t = page.t;
    let claim = line.claim.as_ref().filter(|claim| claim.until > state.now());
    let mine = claim.is_some_and(|claim| claim.by == who.id());
    LineRow {
        id: line.id,
        title: title(state, page, line),
        claim: claim.map(|claim| {
            if mine {
                t.t("claim-yours")
            } else {
                t.vs("claim-other", &[("name", claim.name.clone()), ("until", page.clock(&claim.until))])
            }
        }),
        claim_class: if mine { "strong" } else { "warn" },
        channel: answer.is_open().then(|| t.of(&answer.channel.label()).to_owned()),
        matches: matches(page, who, team, line).filter(|_| answer.is_open()),
        finished: done_today(page, team, line, state.now()).filter(|_| !answer.is_open()),
        closed: closed(page, answer, claim.is_some()),
        reasons: line.line.reasons.iter().map(|reason| t.of(reason).to_owned()).collect(),
        cautions: answer.cautions.first().map_or_else(String::new, |caution| t.of(caution).to_owned()),
        facts: facts(page, line),
        attempts: line.attempts.last().map(|attempt| history(state, page, team, attempt)),
    }
}

/// Why the line may no longer be approached. That a colleague has taken it is told by its own badge.
pub fn closed(page: &Page, answer: &gate::Answer, claimed: bool) -> Option<String> {
    let told = |refusal: &&outreach::Refusal| !(claimed && matches!(refusal, outreach::Refusal::Claimed { .. }));
    let (_, why) = answer.refusals.iter().zip(&answer.why).find(|(refusal, _)| told(refusal))?;
    Some(page.v("line-closed", "why", page.of_both(why)))
}

/// What the team did on a line today, in words; nothing where it did nothing, or took it back.
pub fn done_today(page: &Page, team: &Team, line: &ListLine, now: Timestamp) -> Option<String> {
    let today = format::day_of(now);
    let own = |attempt: &&AttemptRow| attempt.team == team.id && format::day_of(attempt.at) == today;
    let attempt = line.attempts.iter().rev().filter(|attempt| !attempt.undone).find(own)?;
    let outcome = outcome_words(page.t, attempt.outcome);
    let mut letters = outcome.chars();
    let outcome = letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect());
    Some(page.v("line-finished", "outcome", outcome))
}

/// Whether the worker speaks the line's language, with a mark; nothing where it is not known.
pub fn matches(page: &Page, who: &Who, team: &Team, line: &ListLine) -> Option<(String, &'static str)> {
    let language = line.line.language.as_str();
    let own = match who.account.languages.as_slice() {
        [] => &team.languages,
        own => own,
    };
    match (language, own.iter().any(|code| code == language)) {
        ("", _) => None,
        (_, true) => Some((page.t("line-speaks"), "strong")),
        (_, false) if team.interpreter.is_empty() => Some((page.t("line-interpreter"), "warn")),
        (_, false) => Some((page.v("line-interpreter-at", "line", &team.interpreter), "warn")),
    }
}

/// `3. Aarhus, engelsk`.
pub fn title(state: &AppState, page: &Page, line: &ListLine) -> String {
    let language = match line.line.language.as_str() {
        "" => page.t("language-unknown"),
        code => page.language(code),
    };
    page.t.vs(
        "line-title",
        &[
            ("rank", page.whole(i64::from(line.rank))),
            ("place", state.settings.municipality(&line.line.municipality_code).to_owned()),
            ("language", language),
        ],
    )
}

/// When last seen.
pub fn facts(page: &Page, line: &ListLine) -> String {
    page.t.vs("line-facts", &[("last", page.near(&line.line.last_seen)), ("clock", page.clock(&line.line.last_seen))])
}
