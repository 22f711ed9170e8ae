//! A follow-up goes from one team to another: offered, accepted or declined, and taken back.

use super::follow_ups::{AHEAD_DAYS, own};
use super::today::own_team;
use crate::AppState;
use crate::access::{OutreachWorker, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use crate::settings::Team;
use axum::extract::{Path, State};
use axum::response::Redirect;
use jiff::{SignedDuration, Timestamp};
use store::{AccountId, HandoverId, HandoverRow, HandoverState, NewHandover, PersonRole};

/// Longest words that go along, in characters.
const MOST_WORDS: usize = 1000;

/// A hand-over on the page.
pub struct HandoverView {
    /// Its row.
    pub id: i64,
    /// From whom, to whom, when.
    pub title: String,
    /// What they need to know.
    pub note: String,
    /// What is to be followed up, on which day, in which language.
    pub words: String,
    /// Where it stands.
    pub state: String,
    /// This worker may answer.
    pub may_answer: bool,
    /// This team may take its step back.
    pub may_undo: bool,
}

/// Somebody to hand over to.
pub struct Receiver {
    /// What the form sends.
    pub value: String,
    /// Team, or team and name.
    pub words: String,
}

/// Teams that can be asked, each with its workers.
pub async fn receivers(state: &AppState, who: &Who, own: &Team) -> Result<Vec<Receiver>, WebError> {
    let accounts = state.store.accounts().await?;
    let mut all = Vec::new();
    for team in state.settings.teams.iter().filter(|team| team.id != own.id) {
        all.push(Receiver { value: format!("team:{}", team.id), words: team.name.clone() });
        let of_team = accounts.iter().filter(|account| {
            let details = &account.details;
            account.disabled_at.is_none()
                && details.role == PersonRole::OutreachWorker
                && details.team.as_ref() == Some(&team.id)
                && account.id != who.id()
        });
        all.extend(of_team.map(|account| Receiver {
            value: format!("account:{}", account.id.0),
            words: format!("{} – {}", team.name, account.details.name),
        }));
    }
    Ok(all)
}

/// Hand-overs of the team, as the page shows them: those that wait for it first.
pub async fn views(state: &AppState, page: &Page, who: &Who, team: &Team) -> Result<Vec<HandoverView>, WebError> {
    let now = state.now();
    let look = who.look("hand_overs", "outreach", team.id.to_string(), now);
    let since = now - SignedDuration::from_hours(24 * AHEAD_DAYS);
    let mut rows = state.store.handovers(&look, &team.id, since).await?;
    rows.sort_by_key(|row| !(row.state == HandoverState::Offered && row.to_team == team.id));
    Ok(rows.iter().map(|row| view(state, page, who, team, row)).collect())
}

fn view(state: &AppState, page: &Page, who: &Who, team: &Team, row: &HandoverRow) -> HandoverView {
    let (t, ours) = (page.t, row.to_team == team.id);
    let to = match &row.to_account {
        Some((_, name)) => format!("{} – {name}", state.settings.team_name(&row.to_team)),
        None => state.settings.team_name(&row.to_team).to_owned(),
    };
    let title = t.vs(
        "hand-over-title",
        &[
            ("from", state.settings.team_name(&row.from_team).to_owned()),
            ("to", to),
            ("name", row.by.clone()),
            ("time", page.short_time(&row.at)),
        ],
    );
    let language = match row.language.as_str() {
        "" => t.t("language-unknown"),
        code => page.language(code),
    };
    let day = match (row.attempt.follow_up, &row.done) {
        (_, Some(done)) => page.v("hand-over-done", "time", page.short_time(done)),
        (Some(day), None) => page.date(&day),
        (None, None) => t.t("hand-over-no-day"),
    };
    // What came of the attempt stays with the team that made it until the other has accepted.
    let channel = t.of(&crate::gate::channel(row.attempt.channel).label()).to_owned();
    let words = t.vs(
        "hand-over-words",
        &[("day", day), ("language", language), ("time", page.short_time(&row.attempt.at)), ("channel", channel)],
    );
    let state_words = match (&row.answered, row.state) {
        (Some((name, at)), HandoverState::Accepted) => said(page, "hand-over-accepted", name, at),
        (Some((name, at)), HandoverState::Declined) => said(page, "hand-over-declined", name, at),
        _ => t.t("hand-over-waits"),
    };
    let answer = if row.answer.is_empty() { String::new() } else { format!(" {}", row.answer) };
    HandoverView {
        id: row.id.0,
        title,
        note: row.note.clone(),
        words,
        state: format!("{state_words}{answer}"),
        may_answer: ours
            && row.state == HandoverState::Offered
            && row.to_account.as_ref().is_none_or(|(id, _)| *id == who.id()),
        may_undo: ours != (row.state == HandoverState::Offered),
    }
}

fn said(page: &Page, key: &str, name: &str, at: &Timestamp) -> String {
    page.t.vs(key, &[("name", name.to_owned()), ("time", page.short_time(at))])
}

/// Words of a form, none too long.
fn words(posted: &Posted, name: &str) -> Result<String, WebError> {
    let words = posted.text(name);
    if words.chars().count() > MOST_WORDS { Err(WebError::TooLarge) } else { Ok(words) }
}

/// Offers a follow-up to another team or one of its workers.
pub async fn offer(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Redirect, WebError> {
    let (now, attempt, team) = (state.now(), own(&state, &who, id).await?, own_team(&state, &who)?);
    let to = posted.text("to");
    let (to_team, to_account) = match to.split_once(':') {
        Some(("team", id)) => (id.to_owned(), None),
        Some(("account", id)) => {
            let id = AccountId(id.parse().map_err(|_| WebError::UnreadableForm)?);
            let account = state.store.account(id).await?.ok_or(WebError::UnreadableForm)?;
            (account.details.team.ok_or(WebError::UnreadableForm)?.0, Some(id))
        }
        _ => return Err(WebError::UnreadableForm),
    };
    let to_team = state.settings.team(&domain::TeamId(to_team)).ok_or(WebError::UnreadableForm)?.id.clone();
    let new = NewHandover { attempt, from_team: team.id.clone(), to_team, to_account, note: words(&posted, "note")? };
    state.store.offer_handover(&new, who.id(), now).await?;
    Ok(Redirect::to("/follow-ups?done=handed-over"))
}

/// Accepts or declines.
pub async fn answer(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Redirect, WebError> {
    let team = own_team(&state, &who)?;
    let accept = match posted.text("act").as_str() {
        "accept" => true,
        "decline" => false,
        _ => return Err(WebError::UnreadableForm),
    };
    let answer = words(&posted, "answer")?;
    state.store.answer_handover(HandoverId(id), accept, &answer, &team.id, who.id(), state.now()).await?;
    let done = if accept { "handover-accepted" } else { "handover-declined" };
    Ok(Redirect::to(&format!("/follow-ups?done={done}")))
}

/// Takes the offer or the answer back.
pub async fn undo(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    Path(id): Path<i64>,
    _posted: Posted,
) -> Result<Redirect, WebError> {
    let team = own_team(&state, &who)?;
    state.store.undo_handover(HandoverId(id), &team.id, who.id(), state.now()).await?;
    Ok(Redirect::to("/follow-ups?done=handover-undone"))
}
