//! One line: take it, reach out from the phone's own apps, record what came of it, take that back.

use super::line_view::{Approach, approach, history, record};
use super::show;
use super::today::{closed, done_today, facts, own_team, title};
use super::urgent::UrgentHelp;
use super::what_came::{Told, UNDO, WhatCame, more, told, waiting, waits};
use crate::access::{OutreachWorker, Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use crate::settings::Team;
use crate::{AppState, format, gate};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::AdvertiserId;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use store::{AttemptRow, ClaimResult, ListLine};

struct UndoView {
    attempt: i64,
    words: String,
}

struct AwaitedView {
    words: String,
    form: WhatCame,
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
    channel: Option<String>,
    no_way: bool,
    language: Option<String>,
    addresses: Vec<(String, String)>,
    finished: Option<Finished>,
    hours: Option<String>,
    offers: Vec<(String, String)>,
    still_up: String,
    may_claim: bool,
    minor: UrgentHelp,
    urgent_open: bool,
    ask: bool,
    approach: Option<Approach>,
    drawn: Option<String>,
    errors: Vec<(&'static str, String)>,
    mine: bool,
    record: Option<WhatCame>,
    answered: Option<i64>,
    history: Vec<Told>,
}

/// A line with its team, if the worker may see it.
pub struct Found<'a> {
    /// The worker's team.
    pub team: &'a Team,
    /// The line.
    pub line: ListLine,
}

/// A line of today of the worker's own team.
pub async fn find<'a>(state: &'a AppState, who: &Who, id: i64, now: Timestamp) -> Result<Found<'a>, WebError> {
    let team = own_team(state, who)?;
    let look = who.look("line", "outreach", id.to_string(), now);
    let (header, line) = state.store.list_line(&look, id).await?.ok_or(WebError::NotFound)?;
    // Another team's line is no page of ours, and an old list is no way to somebody: but whoever works past midnight can
    // still write what came of a line that she holds or has tried.
    let held = line.claim.as_ref().is_some_and(|claim| claim.by == who.id())
        || line.attempts.iter().any(|attempt| attempt.by_account == Some(who.id()) && !attempt.undone);
    let (day, hour) = (format::day_of(now), format::local(now).hour());
    let past_midnight = held && hour < 12 && header.date.tomorrow().is_ok_and(|next| next == day);
    if header.team != team.id || !(header.date == day || past_midnight) {
        return Err(WebError::NotFound);
    }
    Ok(Found { team, line })
}

async fn answer(state: &AppState, who: &Who, found: &Found<'_>, now: Timestamp) -> Result<gate::Answer, WebError> {
    let view = gate::worker_view(found.team, who);
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
    let shown = Shown { done: query.get("done"), text: query.get("text"), ..Shown::default() };
    page(&state, &visit, &who, &found, shown).await
}

/// What the page shows beside the line.
#[derive(Default)]
pub struct Shown<'a> {
    /// What is wrong with the form, with its field.
    pub errors: Vec<(&'static str, String)>,
    /// What was just done.
    pub done: Option<&'a String>,
    /// The language that the worker wants the text in.
    pub text: Option<&'a String>,
    /// The form as it was sent: nothing typed is lost.
    pub posted: Posted,
}

/// The page of a line.
pub async fn page(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    found: &Found<'_>,
    shown: Shown<'_>,
) -> Result<Html<String>, WebError> {
    let (t, now, line) = (visit.language, state.now(), &found.line);
    let page = Page::of(state, visit, who, String::new()).under("/today", t.t("menu-today")).with_done(shown.done);
    // Also after a form with a mistake, whose own address is no page to come back to.
    let page = Page { title: title(state, &page, line), here: format!("/line/{}", line.id), ..page };
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
    // What the team has done today is no failure: it is said calmly, with the way on.
    let finished = match done_today(&page, found.team, line, now) {
        Some(words) if !open => Some(Finished { words, next: next_line(state, who, found, now).await? }),
        _ => None,
    };
    let problem = problem.filter(|_| finished.is_none() || answer.is_none());
    // Where another team has accepted it, nothing vanishes under their hands.
    let is_mine = |attempt: &&AttemptRow| {
        attempt.by_account == Some(who.id()) && !attempt.undone && attempt.cared_by() == &found.team.id
    };
    let undo = line.attempts.iter().rev().find(|a| is_mine(a) && now.duration_since(a.at) < UNDO).map(|attempt| {
        UndoView { attempt: attempt.id.0, words: page.v("undo-until", "time", page.clock(&(attempt.at + UNDO))) }
    });
    let help = super::urgent::help(state, &page).await?;
    let urgent_open = answer.as_ref().is_some_and(|answer| answer.refusals.contains(&outreach::Refusal::Urgent));
    // One form holds the button on a possible minor: whatever was typed in it goes along.
    let mut minor = (!urgent_open).then(|| (format!("/line/{}/urgent", line.id), help.clone()));
    let lot = if mine { drawn(state, &line.line.advertiser, answer.as_ref(), now).await? } else { None };
    let drawn = lot.as_ref().map(|(code, way)| {
        let method = state.settings.methods.iter().find(|method| method.code == *code);
        let key = if way.is_some() { "line-drawn" } else { "line-drawn-unsafe" };
        t.v(key, "method", method.map_or(code.as_str(), |method| t.of(&method.name)))
    });
    // What was drawn is what the page offers first, where it is safe now.
    let way = lot.as_ref().and_then(|(_, way)| *way).or_else(|| answer.as_ref().map(|answer| answer.channel));
    let advised =
        (way.unwrap_or(outreach::Channel::None), answer.as_ref().is_none_or(|answer| answer.third_party_possible));
    let reach = approach(state, &page, found.team, line, advised, &shown);
    // Whoever holds the line may have made contact before it was shut: what came of it can be written all the same.
    let sent = shown.posted.ticked("key");
    let mut posted = Some(shown.posted);
    let record = match mine && (open || finished.is_none()) || sent {
        true => {
            let more = more(state, t, posted.take().unwrap_or_default(), !shown.errors.is_empty());
            let form = record(state, t, line, &reach, (advised.0, drawn.is_some()), more)?;
            Some(WhatCame { minor: minor.take(), ..form })
        }
        false => None,
    };
    let mut awaited = Vec::new();
    for (place, attempt) in line.attempts.iter().filter(|attempt| waits(found.team, attempt)).enumerate() {
        // Of several, the first has all the fields; the page stays small.
        let more = (place == 0).then(|| more(state, t, posted.take().unwrap_or_default(), false));
        awaited.push(AwaitedView {
            words: history(state, &page, found.team, attempt),
            form: waiting(t, format!("/line/{}/outcome", line.id), attempt, more, minor.take()),
        });
    }
    let cared = line.attempts.iter().rev().find(|attempt| attempt.cared_by() == &found.team.id);
    let answered = cared.filter(|_| awaited.is_empty() && record.is_none()).map(|attempt| attempt.id.0);
    let view = LineView {
        id: line.id,
        facts: facts(&page, line),
        problem,
        undo,
        awaited,
        reasons: line.line.reasons.iter().map(|reason| t.of(reason).to_owned()).collect(),
        // As of now, with what a colleague met with since the list was made.
        cautions: (answer.as_ref().map_or(&line.line.cautions, |answer| &answer.cautions).iter())
            .map(|caution| t.of(caution).to_owned())
            .collect(),
        no_way: answer.as_ref().is_some_and(|answer| open && answer.channel == outreach::Channel::None),
        channel: (way.filter(|way| open && answer.is_some() && *way != outreach::Channel::None))
            .map(|way| t.of(&way.label()).to_owned()),
        language: super::today::matches(&page, who, found.team, line).map(|(words, _)| words),
        addresses: match answer.as_ref().filter(|_| open && mine) {
            Some(answer) => addresses(state, &page, who, line, answer).await?,
            None => Vec::new(),
        },
        hours: answer
            .as_ref()
            .and_then(|answer| hours(answer.hours, answer.hours_looked))
            .map(|hours| t.v("line-hours", "hours", hours)),
        offers: offers(state, t, line),
        still_up: match answer.as_ref().and_then(|answer| answer.last_seen).filter(|_| !line.gone) {
            Some(seen) => t.vs("line-still-up", &[("last", page.near(&seen)), ("clock", page.clock(&seen))]),
            None => t.t("line-gone"),
        },
        may_claim: open && claim.is_none(),
        urgent_open,
        ask: minor.is_some(),
        minor: help,
        drawn,
        approach: Some(reach).filter(|_| open && mine),
        // What is done is given back by the clock: there is nothing to leave to a colleague.
        mine: mine && finished.is_none(),
        record,
        errors: shown.errors,
        finished,
        answered,
        history: told(state, &page, who, found.team, &line.attempts).await?,
        page,
    };
    show(&view)
}

/// What the team did on a line today, and where it goes on.
struct Finished {
    words: String,
    next: Option<i64>,
}

/// The first line of today's list that is open and that nobody has taken. No contact is opened for that.
async fn next_line(state: &AppState, who: &Who, found: &Found<'_>, now: Timestamp) -> Result<Option<i64>, WebError> {
    let newest = state.store.lists(Some(&found.team.id), 1).await?;
    let Some(list) = newest.first().filter(|list| list.date == format::day_of(now)) else { return Ok(None) };
    let (view, policy) = (gate::worker_view(found.team, who), &state.settings.outreach.policy);
    let answers = gate::ask_all(&state.store, &state.catalogue, list.id, &view, policy, now).await?;
    let free = |(line, answer): &&(i64, gate::Answer)| *line != found.line.id && answer.is_open() && !answer.claimed;
    Ok(answers.iter().find(free).map(|(line, _)| *line))
}

/// The street addresses where a visit is advised or safe, with when each was last seen: opened and logged as a contact is.
async fn addresses(
    state: &AppState,
    page: &Page,
    who: &Who,
    line: &ListLine,
    answer: &gate::Answer,
) -> Result<Vec<(String, String)>, WebError> {
    if !answer.safe_channels.contains(&outreach::Channel::Visit) {
        return Ok(Vec::new());
    }
    let look = who.look("address", "outreach", line.id.to_string(), state.now());
    let found = state.store.open_addresses(&look, &line.line.advertiser).await?;
    let shown = |(address, seen): &(String, Timestamp)| (in_capitals(address), page.short_date(seen));
    Ok(found.iter().map(shown).collect())
}

/// `vestergade 12 b` as people write it.
fn in_capitals(address: &str) -> String {
    let mut characters = address.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// Runs of hours in which an ad was seen, `10–14, 20–02`, as far as that says anything: the hours of which nobody knows,
/// since nobody looked, count as those around them. Nothing where it was there whenever somebody looked.
fn hours(seen: u32, looked: u32) -> Option<String> {
    let bit = |bits: u32, hour: u32| bits >> (hour % 24) & 1 == 1;
    if seen == 0 || seen & looked == looked {
        return None;
    }
    let nearest = |hour: u32, step: u32| (1..24).map(|n| hour + n * step).find(|at| bit(looked, *at));
    let there = |hour: u32| match bit(looked, hour) {
        true => bit(seen, hour),
        // 23 hours on is one back.
        false => [1, 23].iter().all(|step| nearest(hour, *step).is_some_and(|at| bit(seen, at))),
    };
    let begins = (0..24).filter(|hour| there(*hour) && !there(hour + 23));
    let run = |from: u32| {
        let long = (1..24).find(|more| !there(from + more)).unwrap_or(24);
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
            draw_method(&state, &who, &found.line.line, &answered, now).await?;
            return Ok(Redirect::to(&format!("/line/{id}?done=claimed")).into_response());
        }
    }
    // Read again: the page says why it could not be taken.
    let found = find(&state, &who, id, now).await?;
    let page = page(&state, &visit, &who, &found, Shown::default()).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

/// The method that was drawn for an advertiser while its trial holds, with its way where that is safe now.
pub(super) async fn drawn(
    state: &AppState,
    advertiser: &AdvertiserId,
    answer: Option<&gate::Answer>,
    now: Timestamp,
) -> Result<Option<(String, Option<outreach::Channel>)>, WebError> {
    let Some(trial) = state.settings.outreach.trial.as_ref().filter(|trial| trial.holds(now)) else { return Ok(None) };
    let Some(code) = state.store.assigned_method(advertiser).await? else { return Ok(None) };
    let way = trial.methods.iter().find(|method| method.code == code).map(|method| method.channel);
    let safe = way.filter(|way| answer.is_some_and(|answer| answer.safe_channels.contains(way)));
    Ok(Some((code, safe)))
}

/// Draws the method for the advertiser where a trial is approved: concealed until the line is taken, and kept.
pub async fn draw_method(
    state: &AppState,
    who: &Who,
    line: &store::NewLine,
    answer: &gate::Answer,
    now: Timestamp,
) -> Result<(), WebError> {
    let Some(trial) = state.settings.outreach.trial.as_ref().filter(|trial| trial.holds(now)) else { return Ok(()) };
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

#[cfg(test)]
mod tests {
    use super::hours;

    #[test]
    fn hours_are_told_in_runs_that_may_pass_midnight() {
        let bits = |hours: &[u32]| hours.iter().fold(0, |bits, hour| bits | 1 << hour);
        let all = bits(&(0..24).collect::<Vec<_>>());
        assert_eq!(hours(bits(&[10, 11, 12, 20]), all).as_deref(), Some("10–13, 20–21"));
        assert_eq!(hours(bits(&[22, 23, 0, 1]), all).as_deref(), Some("22–02"));
        assert_eq!((hours(0, all), hours(all, all)), (None, None), "nothing to tell");
    }

    #[test]
    fn the_timetable_of_the_crawl_is_nobody_s_hours() {
        let bits = |hours: &[u32]| hours.iter().fold(0, |bits, hour| bits | 1 << hour);
        let looked = bits(&[0, 3, 6, 9, 12, 15, 18, 21]);
        assert_eq!(hours(looked, looked), None, "there whenever somebody looked");
        assert_eq!(hours(bits(&[12, 15, 18]), looked).as_deref(), Some("12–19"), "as far as anybody knows");
        assert_eq!(hours(bits(&[21, 0]), looked).as_deref(), Some("21–01"));
    }
}
