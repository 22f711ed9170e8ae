//! One line: take it, reach out from the phone's own apps, record what came of it, take that back.

use super::attempt_form::{consent, consent_hows, details, told_ways};
use super::line_view::{Approach, approach, history, row_of, used_contact};
use super::today::{closed, facts, own_team, title};
use super::{Choice, show};
use crate::access::{OutreachWorker, Visit, Who};
use crate::errors::WebError;
use crate::forms::{Posted, new_token};
use crate::page::Page;
use crate::settings::Team;
use crate::{AppState, format, gate};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use store::{Actor, AttemptId, AttemptRow, Channel, ClaimResult, ListLine, NewAttempt, Outcome};

/// How long an attempt can be taken back, as in the store.
const UNDO: SignedDuration = SignedDuration::from_mins(10);
/// Longest note, in characters, and most minutes (a day).
const MOST_NOTE: usize = 4000;
const MOST_MINUTES: i64 = 24 * 60;

struct UndoView {
    attempt: i64,
    words: String,
}

struct AwaitedView {
    attempt: i64,
    version: i64,
    words: String,
}

#[derive(Template)]
#[template(path = "line.html")]
struct LineView {
    page: Page,
    id: i64,
    facts: String,
    problem: Option<String>,
    undo: Option<UndoView>,
    awaited: Vec<AwaitedView>,
    reasons: Vec<String>,
    cautions: Vec<String>,
    channel: String,
    hours: Option<String>,
    offers: Vec<(String, String)>,
    still_up: String,
    may_claim: bool,
    approach: Option<Approach>,
    drawn: Option<String>,
    errors: Vec<(&'static str, String)>,
    outcomes: Vec<Choice>,
    consent_hows: Vec<Choice>,
    told_ways: Vec<Choice>,
    offer_choices: Vec<Choice>,
    today: String,
    history: Vec<String>,
}

/// A line with its team, if the worker may see it.
struct Found<'a> {
    team: &'a Team,
    line: ListLine,
}

async fn find<'a>(state: &'a AppState, who: &Who, id: i64, now: Timestamp) -> Result<Found<'a>, WebError> {
    let team = own_team(state, who)?;
    let look = who.look("line", "outreach", id.to_string(), now);
    let (header, line) = state.store.list_line(&look, id).await?.ok_or(WebError::NotFound)?;
    // Another team's line is no page of ours, and an old list is no way to somebody.
    if header.team != team.id || header.date != format::day_of(now) {
        return Err(WebError::NotFound);
    }
    Ok(Found { team, line })
}

async fn answer(state: &AppState, who: &Who, found: &Found<'_>, now: Timestamp) -> Result<gate::Answer, WebError> {
    let view = gate::team_view(found.team, Some(who.id()));
    let line = &found.line.line;
    let policy = &state.settings.outreach.policy;
    Ok(gate::ask(&state.store, &state.catalogue, &line.advertiser, line.random, &view, policy, now).await?)
}

/// Shows a line.
pub async fn line(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Path(id): Path<i64>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let found = find(&state, &who, id, state.now()).await?;
    page(&state, &visit, &who, &found, Vec::new(), query.get("done")).await
}

async fn page(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    found: &Found<'_>,
    errors: Vec<(&'static str, String)>,
    done: Option<&String>,
) -> Result<Html<String>, WebError> {
    let (t, now, line) = (visit.language, state.now(), &found.line);
    let page = Page::of(state, visit, who, String::new()).under("/today", t.t("menu-today")).with_done(done);
    let page = Page { title: title(state, &page, line), ..page };
    let claim = line.claim.as_ref().filter(|claim| claim.until > now);
    let mine = claim.is_some_and(|claim| claim.by == who.id());
    let answer = match answer(state, who, found, now).await {
        Ok(answer) => Some(answer),
        Err(error) => {
            tracing::error!(%error, "the gate gave no answer, so the line stays shut");
            None
        }
    };
    let open = answer.as_ref().is_some_and(gate::Answer::is_open);
    let problem = match (&answer, claim) {
        (None, _) => Some(t.t("gate-silent")),
        (Some(_), Some(claim)) if !mine => {
            Some(t.vs("claim-other", &[("name", claim.name.clone()), ("until", page.clock(&claim.until))]))
        }
        (Some(answer), _) => closed(&page, answer, claim.is_some()),
    };
    let third_party = answer.as_ref().is_none_or(|answer| answer.third_party_possible);
    let is_mine = |attempt: &&AttemptRow| attempt.by_account == Some(who.id()) && !attempt.undone;
    let undo = line.attempts.iter().rev().find(|a| is_mine(a) && now.duration_since(a.at) < UNDO).map(|attempt| {
        UndoView { attempt: attempt.id.0, words: page.v("undo-until", "time", page.clock(&(attempt.at + UNDO))) }
    });
    let awaited = line
        .attempts
        .iter()
        .filter(|attempt| attempt.outcome.is_none() && attempt.team == found.team.id)
        .map(|attempt| AwaitedView {
            attempt: attempt.id.0,
            version: attempt.version,
            words: history(state, &page, found.team, attempt),
        })
        .collect();
    let view = LineView {
        id: line.id,
        facts: facts(&page, line),
        problem,
        undo,
        awaited,
        reasons: line.line.reasons.iter().map(|reason| t.of(reason).to_owned()).collect(),
        cautions: line.line.cautions.iter().map(|caution| t.of(caution).to_owned()).collect(),
        channel: t.of(&gate::channel(line.line.channel).label()).to_owned(),
        hours: answer.as_ref().and_then(|answer| hours(answer.hours)).map(|hours| t.v("line-hours", "hours", hours)),
        offers: offers(state, t, line),
        still_up: t.t(if line.gone { "line-gone" } else { "line-still-up" }),
        may_claim: open && claim.is_none(),
        drawn: match open && mine {
            true => (state.store.assigned_method(&line.line.advertiser).await?).map(|code| {
                let method = state.settings.methods.iter().find(|method| method.code == code);
                t.v("line-drawn", "method", method.map_or(code.as_str(), |method| t.of(&method.name)))
            }),
            false => None,
        },
        approach: match open && mine {
            true => Some(approach(state, &page, found.team, line, third_party, new_token()?)),
            false => None,
        },
        errors,
        outcomes: outcome_choices(t),
        consent_hows: consent_hows(t),
        told_ways: told_ways(t),
        offer_choices: (state.settings.offers.iter())
            .map(|offer| Choice::new(&offer.id, t.of(&offer.title), "-"))
            .collect(),
        today: format::day_of(now).to_string(),
        history: line.attempts.iter().rev().map(|attempt| history(state, &page, found.team, attempt)).collect(),
        page,
    };
    show(&view)
}

/// Runs of hours in which an ad was seen, `10–14, 20–02`; nothing where it was none or any hour.
fn hours(bits: u32) -> Option<String> {
    let seen = |hour: u32| bits >> (hour % 24) & 1 == 1;
    let count = (0..24).filter(|hour| seen(*hour)).count();
    if count == 0 || count == 24 {
        return None;
    }
    let begins = (0..24).filter(|hour| seen(*hour) && !seen(hour + 23));
    let run = |from: u32| {
        let long = (1..24).find(|more| !seen(from + more)).unwrap_or(24);
        format!("{from:02}–{:02}", (from + long) % 24)
    };
    Some(begins.map(run).collect::<Vec<_>>().join(", "))
}

/// What can be offered there, and the number for anybody.
fn offers(state: &AppState, t: crate::Language, line: &ListLine) -> Vec<(String, String)> {
    let near = state.settings.offers_in(&line.line.municipality_code);
    let mut offers: Vec<(String, String)> =
        near.into_iter().map(|offer| (t.of(&offer.title).to_owned(), offer.contact.clone())).collect();
    if !state.settings.hotline.is_empty() {
        offers.push((t.t("line-hotline"), state.settings.hotline.clone()));
    }
    offers
}

fn outcome_choices(t: crate::Language) -> Vec<Choice> {
    Outcome::ALL.iter().map(|o| Choice::new(o.as_str(), t.of(&gate::outcome(*o).label()), "")).collect()
}

/// Takes the line. The gate is asked in the same breath; of any number of workers one gets it.
pub async fn claim(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Path(id): Path<i64>,
    _posted: Posted,
) -> Result<Response, WebError> {
    let now = state.now();
    let found = find(&state, &who, id, now).await?;
    let answered = answer(&state, &who, &found, now).await?;
    if answered.is_open() {
        let until = now + SignedDuration::from_mins(state.settings.approach_minutes);
        let advertiser = &found.line.line.advertiser;
        let taken = state.store.claim(advertiser, who.id(), &found.team.id, now, until).await?;
        if matches!(taken, ClaimResult::Yours(_)) {
            draw_method(&state, &who, &found, &answered, now).await?;
            return Ok(Redirect::to(&format!("/line/{id}?done=claimed")).into_response());
        }
    }
    // Read again: the page says why it could not be taken.
    let found = find(&state, &who, id, now).await?;
    let page = page(&state, &visit, &who, &found, Vec::new(), None).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

/// Draws the method for the advertiser where a trial is approved: concealed until the line is taken, and kept.
async fn draw_method(
    state: &AppState,
    who: &Who,
    found: &Found<'_>,
    answer: &gate::Answer,
    now: Timestamp,
) -> Result<(), WebError> {
    let Some(trial) = state.settings.outreach.trial.as_ref().filter(|trial| trial.holds(now)) else { return Ok(()) };
    let line = &found.line.line;
    // The random stratum is a trial of its own.
    let Some(drawn) = trial.draw(&answer.safe_channels, &line.advertiser).filter(|_| !line.random) else {
        return Ok(());
    };
    let new = store::NewAssignment {
        advertiser: line.advertiser.clone(),
        method: drawn.code.clone(),
        arms: trial.arms(&answer.safe_channels).into_iter().map(|arm| arm.code.clone()).collect(),
        approval: format!("{}, {} – {}, {}, seed {}", trial.by, trial.at, trial.until, trial.dpia, trial.seed),
    };
    state.store.assign_method(&new, who.id(), now).await?;
    Ok(())
}

/// Gives the line back.
pub async fn release(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    Path(id): Path<i64>,
    _posted: Posted,
) -> Result<Redirect, WebError> {
    let now = state.now();
    let found = find(&state, &who, id, now).await?;
    state.store.release_claim(&found.line.line.advertiser, who.id(), now).await?;
    Ok(Redirect::to("/today?done=released"))
}

/// Records an attempt and what came of it. The same form sent twice counts once.
pub async fn attempt(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, WebError> {
    let (t, now) = (visit.language, state.now());
    let found = find(&state, &who, id, now).await?;
    let mut errors = Vec::new();
    let channel = Channel::parse(&posted.text("channel")).filter(|channel| *channel != Channel::None);
    let outcome = match posted.text("outcome").as_str() {
        "" => None,
        word => Some(Outcome::parse(word).ok_or(WebError::UnreadableForm)?),
    };
    let minutes = posted.text("minutes");
    let minutes_read = minutes.parse::<i64>().ok().filter(|given| (0..=MOST_MINUTES).contains(given));
    if !minutes.is_empty() && minutes_read.is_none() {
        errors.push(("minutes", t.t("wrong-minutes")));
    }
    let follow_up = posted.text("follow_up");
    let follow_up_read: Option<Date> = follow_up.parse().ok().filter(|day| *day >= format::day_of(now));
    if !follow_up.is_empty() && follow_up_read.is_none() {
        errors.push(("follow", t.t("wrong-follow-up")));
    }
    if posted.text("note").chars().count() > MOST_NOTE {
        errors.push(("note", t.n("wrong-too-long", MOST_NOTE as i64)));
    }
    let details = details(&state, t, &posted, outcome == Some(Outcome::Referred), &mut errors);
    let (Some(channel), true) = (channel, errors.is_empty()) else {
        if errors.is_empty() {
            return Err(WebError::UnreadableForm);
        }
        let page = page(&state, &visit, &who, &found, errors, None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let key = posted.text("key");
    if key.len() != 32 {
        return Err(WebError::UnreadableForm);
    }
    let method = state.settings.methods.iter().map(|m| m.code.as_str()).find(|code| *code == posted.text("method"));
    let text_version = posted.text("text_version");
    let used = used_contact(&found.line, posted.number("contact"));
    let new = NewAttempt {
        idempotency_key: format!("{}:{key}", who.id().0),
        advertiser: found.line.line.advertiser.clone(),
        line: Some(id),
        contact: used.and_then(|used| row_of(&found.line, used)),
        // What was drawn is what is analysed, whatever the form says.
        method: match state.store.assigned_method(&found.line.line.advertiser).await? {
            Some(drawn) => drawn,
            None => method.unwrap_or("outreach").to_owned(),
        },
        channel,
        outcome,
        language: Some(found.line.line.language.clone()).filter(|language| !language.is_empty()),
        text_version: Some(text_version).filter(|text| channel == Channel::Sms && !text.is_empty() && text.len() < 100),
        minutes: minutes_read.and_then(|minutes| u32::try_from(minutes).ok()),
        note: posted.text("note"),
        follow_up: follow_up_read,
        team: found.team.id.clone(),
        made_at: now,
        details,
    };
    let put = state.store.put_attempt(&new, who.id()).await?;
    if let (Some(Outcome::Objection), None, Some(used)) = (outcome, new.contact, used) {
        // With its row the store keeps the objection together with the attempt.
        state.store.put_objection(used, &Actor::Account(who.id()), now).await?;
    }
    if outcome == Some(Outcome::Objection) {
        reach_soon(&state);
    }
    let done = if put.new { "attempt" } else { "attempt-again" };
    Ok(Redirect::to(&format!("/line/{id}?done={done}")).into_response())
}

/// Sets what came of an attempt that had no outcome yet.
pub async fn outcome(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, WebError> {
    let now = state.now();
    let found = find(&state, &who, id, now).await?;
    let attempt = own_attempt(&found, &posted)?;
    let outcome = Outcome::parse(&posted.text("outcome")).ok_or(WebError::UnreadableForm)?;
    let version = posted.number("version").ok_or(WebError::UnreadableForm)?;
    if outcome == Outcome::Referred {
        match consent(visit.language, &posted, now) {
            Ok(consent) => state.store.set_referred(attempt, &consent, version, who.id(), now).await?,
            Err(error) => {
                let page = page(&state, &visit, &who, &found, vec![error], None).await?;
                return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
            }
        }
    } else {
        state.store.set_outcome(attempt, outcome, version, who.id(), now).await?;
    }
    if outcome == Outcome::Objection {
        reach_soon(&state);
    }
    Ok(Redirect::to(&format!("/line/{id}?done=attempt")).into_response())
}

/// How far an objection reaches is worked out once the worker is answered; the gate asks the same rule meanwhile.
fn reach_soon(state: &AppState) {
    let state = state.clone();
    tokio::spawn(async move { super::objection::reach(&state, None).await });
}

/// Takes an attempt back.
pub async fn undo(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Redirect, WebError> {
    let now = state.now();
    let found = find(&state, &who, id, now).await?;
    let attempt = own_attempt(&found, &posted)?;
    state.store.undo_attempt(attempt, who.id(), now).await?;
    Ok(Redirect::to(&format!("/line/{id}?done=attempt-undone")))
}

/// The attempt that the form names, if it is one of the team's at this advertiser.
fn own_attempt(found: &Found<'_>, posted: &Posted) -> Result<AttemptId, WebError> {
    let named = posted.number("attempt").ok_or(WebError::UnreadableForm)?;
    let attempt = found.line.attempts.iter().find(|attempt| attempt.id.0 == named && attempt.team == found.team.id);
    attempt.map(|attempt| attempt.id).ok_or(WebError::NotFound)
}

#[cfg(test)]
mod tests {
    use super::hours;

    #[test]
    fn hours_are_told_in_runs_that_may_pass_midnight() {
        let bits = |hours: &[u32]| hours.iter().fold(0, |bits, hour| bits | 1 << hour);
        assert_eq!(hours(bits(&[10, 11, 12, 20])).as_deref(), Some("10–13, 20–21"));
        assert_eq!(hours(bits(&[22, 23, 0, 1])).as_deref(), Some("22–02"));
        assert_eq!((hours(0), hours(bits(&(0..24).collect::<Vec<_>>()))), (None, None), "nothing to tell");
    }
}
