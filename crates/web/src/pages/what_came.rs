//! What came of it: one form for an attempt that waits for its answer, for a follow-up, and for somebody who rings or
//! answers later. None of these is an approach, so neither gate nor claim is asked.

use super::attempt::{again, reach_soon};
use super::attempt_form::{Written, caution_choices, consent_hows, told_ways, written};
use super::both::{Both, Merge};
use super::line_view::{history, outcome_words};
use super::today::own_team;
use super::urgent::UrgentHelp;
use super::{Choice, show};
use crate::access::{OutreachWorker, Visit, Who};
use crate::errors::WebError;
use crate::forms::{Posted, TOKEN_FIELD, new_token};
use crate::page::Page;
use crate::sessions::CALLED;
use crate::settings::Team;
use crate::{AppState, Language, format, gate};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use store::{
    AttemptId, AttemptNow, AttemptRow, CalledBack, Channel, ContactRef, NewAttempt, Outcome, OutcomeEdit, StoreError,
};
use tower_sessions::Session;

/// How long an attempt can be taken back, as in the store.
pub const UNDO: SignedDuration = SignedDuration::from_mins(10);
/// Callers whom a session remembers.
const MOST_CALLERS: usize = 20;

/// What else can be recorded of an attempt, with what was typed so far.
pub struct More {
    /// The form as it was sent.
    pub f: Posted,
    /// Offers that can be accepted.
    pub offers: Vec<Choice>,
    /// Ways of telling about the data.
    pub told: Vec<Choice>,
    /// Ways of consent.
    pub hows: Vec<Choice>,
    /// What colleagues must know.
    pub cautions: Vec<Choice>,
    /// The day of a consent that names none.
    pub today: String,
    /// Something in it is wrong: it stands open.
    pub open: bool,
}

/// The fields, with what was typed.
pub fn more(state: &AppState, t: Language, f: Posted, open: bool) -> More {
    let offers = state.settings.offers.iter().map(|offer| Choice::new(&offer.id, t.of(&offer.title), "-")).collect();
    More {
        cautions: caution_choices(t, &f),
        offers,
        told: told_ways(t),
        hows: consent_hows(t),
        today: format::day_of(state.now()).to_string(),
        open,
        f,
    }
}

/// The form.
pub struct WhatCame {
    /// Where it goes.
    pub action: String,
    /// Fields that are not shown.
    pub hidden: Vec<(&'static str, String)>,
    /// Ways to choose from; none where the attempt's own stays.
    pub channels: Vec<Choice>,
    /// Outcomes, a button each.
    pub outcomes: Outcomes,
    /// Methods on trial to choose from; none where the method is drawn or is the earlier attempt's.
    pub methods: Vec<Choice>,
    /// The contacts to choose from, by their place on the page; none where one is on record.
    pub contacts: Vec<Choice>,
    /// What else can be recorded.
    pub more: Option<More>,
    /// Where the button goes that opens the urgent route, and whom to ring; none where that is open.
    pub minor: Option<(String, UrgentHelp)>,
}

/// Outcomes to choose from.
pub struct Outcomes {
    /// Those that come most often.
    pub frequent: Vec<Choice>,
    /// The others.
    pub rare: Vec<Choice>,
}

/// The outcomes that come most often.
const FREQUENT: [Outcome; 4] = [Outcome::NoAnswer, Outcome::Informed, Outcome::WantsToTalk, Outcome::Declined];

/// Something was typed or ticked in a form, beside what stands there by itself.
pub fn typed(posted: &Posted) -> bool {
    const ITSELF: [&str; 9] =
        ["key", "seen", "text_version", "text", "attempt", "version", "channel", "consent_on", TOKEN_FIELD];
    !posted.again(&ITSELF).is_empty()
}

/// An earlier attempt as it is told, with its note where the team looks after it.
pub struct Told {
    /// What happened.
    pub words: String,
    /// What was noted.
    pub note: String,
}

/// Earlier attempts, newest first, with the notes that the team may see. Notes are opened, so the look is logged.
pub async fn told(
    state: &AppState,
    page: &Page,
    who: &Who,
    team: &Team,
    attempts: &[AttemptRow],
) -> Result<Vec<Told>, WebError> {
    let of: Vec<AttemptId> = attempts.iter().filter(|of| of.cared_by() == &team.id).map(|of| of.id).collect();
    let mut notes = HashMap::new();
    if !of.is_empty() {
        let ids = of.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(" ");
        let look = who.look("attempt_notes", "outreach", ids, state.now());
        notes = state.store.attempt_notes(&look, &team.id, &of).await?;
    }
    let tell = |attempt: &AttemptRow| Told {
        words: history(state, page, team, attempt),
        note: notes.get(&attempt.id).cloned().unwrap_or_default(),
    };
    Ok(attempts.iter().rev().map(tell).collect())
}

/// Outcomes to choose from. `awaited`: that an answer is waited for is one.
pub fn outcomes(t: Language, awaited: bool) -> Outcomes {
    let waits = awaited.then(|| Choice::new("", t.t("outcome-awaited"), "-"));
    // An objection stands apart: nobody should end up on it with a thumb that aimed at its neighbour.
    let apart = Outcome::Objection.as_str();
    let choice = |o: &Outcome| Choice::new(o.as_str(), t.of(&gate::outcome(*o).label()), apart);
    let rare = Outcome::ALL.iter().filter(|outcome| !FREQUENT.contains(outcome)).map(choice);
    Outcomes { frequent: FREQUENT.iter().map(choice).collect(), rare: waits.into_iter().chain(rare).collect() }
}

/// The form for an attempt that waits.
pub fn waiting(
    t: Language,
    action: String,
    attempt: &AttemptRow,
    more: Option<More>,
    minor: Option<(String, UrgentHelp)>,
) -> WhatCame {
    WhatCame {
        action,
        hidden: vec![("attempt", attempt.id.0.to_string()), ("version", attempt.version.to_string())],
        channels: Vec::new(),
        outcomes: outcomes(t, false),
        methods: Vec::new(),
        contacts: Vec::new(),
        more,
        minor,
    }
}

/// The key that makes a second send of the form harmless: the one that was sent, else a new one.
pub fn form_key(posted: &Posted) -> Result<String, WebError> {
    let sent = Some(posted.text("key")).filter(|key| key.len() == 32);
    sent.map_or_else(new_token, Ok)
}

/// The form for what happened after an attempt. `newest`: the newest attempt that the page tells of.
pub fn further(
    t: Language,
    action: String,
    attempt: &AttemptRow,
    newest: AttemptId,
    awaited: bool,
    more: More,
    minor: Option<(String, UrgentHelp)>,
) -> Result<WhatCame, WebError> {
    let known = [
        outreach::Channel::Sms,
        outreach::Channel::Call,
        outreach::Channel::Visit,
        outreach::Channel::Mail,
        outreach::Channel::App,
    ];
    let chosen = more.f.or("channel", "call");
    let key = form_key(&more.f)?;
    Ok(WhatCame {
        action,
        hidden: vec![("attempt", attempt.id.0.to_string()), ("seen", newest.0.to_string()), ("key", key)],
        channels: known.iter().map(|c| Choice::new(c.as_str(), t.of(&c.label()), &chosen)).collect(),
        outcomes: outcomes(t, awaited),
        methods: Vec::new(),
        contacts: Vec::new(),
        more: Some(more),
        minor,
    })
}

/// Where the worker comes from, and goes back to.
#[derive(Debug, Clone, Copy)]
pub enum From {
    /// A line of today.
    Line(i64),
    /// A follow-up, or any attempt that the team looks after.
    FollowUp,
    /// Somebody who called, by the contact that was looked up.
    Called(ContactRef),
}

impl From {
    fn action(self, attempt: AttemptId) -> String {
        match self {
            From::Line(id) => format!("/line/{id}/outcome"),
            From::FollowUp => format!("/follow-ups/{}/outcome", attempt.0),
            From::Called(_) => "/called/outcome".to_owned(),
        }
    }
    fn urgent(self, attempt: AttemptId) -> String {
        match self {
            From::Line(id) => format!("/line/{id}/urgent"),
            From::FollowUp => format!("/follow-ups/{}/urgent", attempt.0),
            From::Called(_) => "/called/urgent".to_owned(),
        }
    }
    fn back(self) -> (String, &'static str) {
        match self {
            From::Line(id) => (format!("/line/{id}"), "line-back"),
            From::FollowUp => ("/follow-ups".to_owned(), "menu-follow-ups"),
            From::Called(_) => ("/called".to_owned(), "menu-called"),
        }
    }
    fn done(self) -> String {
        match self {
            From::Line(id) => format!("/line/{id}?done=outcome"),
            // There it can be taken back, and there it stands if it is to be followed up.
            From::FollowUp | From::Called(_) => "/follow-ups?done=outcome".to_owned(),
        }
    }
}

#[derive(Template)]
#[template(path = "what_came_page.html")]
struct WhatCameView {
    page: Page,
    told: Vec<Told>,
    language: String,
    errors: Vec<(&'static str, String)>,
    urgent: Option<UrgentHelp>,
    form: WhatCame,
}

/// The form on a page of its own: small, and what is wrong stands above it.
#[expect(clippy::too_many_arguments, reason = "each is one plain fact of the page")]
pub async fn page(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    team: &Team,
    now: &AttemptNow,
    from: From,
    errors: Vec<(&'static str, String)>,
    posted: Posted,
    done: Option<&String>,
) -> Result<Html<String>, WebError> {
    let (t, attempt) = (visit.language, &now.attempt);
    let (back, words) = from.back();
    // Also after a mistake, whose own address may be no page to come back to.
    let here = match from {
        From::FollowUp => from.action(attempt.id),
        _ => back.clone(),
    };
    let page =
        Page { here, ..Page::of(state, visit, who, t.t("line-outcome")).under(back, t.t(words)).with_done(done) };
    let more = more(state, t, posted, !errors.is_empty());
    let action = from.action(attempt.id);
    let help = super::urgent::help(state, &page).await?;
    let (urgent, minor) = match state.store.in_urgent_route(&attempt.advertiser, state.now()).await? {
        true => (Some(help), None),
        false => (None, Some((from.urgent(attempt.id), help))),
    };
    let form = match waits(team, attempt) {
        true => waiting(t, action, attempt, Some(more), minor),
        false => further(t, action, attempt, now.newest, matches!(from, From::FollowUp), more, minor)?,
    };
    let language = match now.language.as_str() {
        "" => t.t("language-unknown"),
        code => page.language(code),
    };
    let told = told(state, &page, who, team, std::slice::from_ref(attempt)).await?;
    show(&WhatCameView { page, told, language, errors, urgent, form })
}

/// The attempt waits for an answer, and the team looks after it: the outcome is its own. Else what came is one more.
pub fn waits(team: &Team, attempt: &AttemptRow) -> bool {
    attempt.outcome.is_none() && attempt.cared_by() == &team.id
}

async fn read(state: &AppState, who: &Who, attempt: AttemptId) -> Result<AttemptNow, WebError> {
    let look = who.look("attempt", "outreach", attempt.0.to_string(), state.now());
    Ok(state.store.attempt_now(&look, attempt).await?)
}

/// An attempt that the worker's team looks after.
pub async fn own(state: &AppState, who: &Who, team: &Team, id: i64) -> Result<AttemptNow, WebError> {
    let now = read(state, who, AttemptId(id)).await?;
    if now.attempt.cared_by() == &team.id { Ok(now) } else { Err(WebError::NotFound) }
}

/// The form for an attempt that the team looks after.
pub async fn form(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Path(id): Path<i64>,
) -> Result<Html<String>, WebError> {
    let team = own_team(&state, &who)?;
    let now = own(&state, &who, team, id).await?;
    page(&state, &visit, &who, team, &now, From::FollowUp, Vec::new(), Posted::default(), None).await
}

/// Records what came of it.
pub async fn save(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, WebError> {
    let team = own_team(&state, &who)?;
    let now = own(&state, &who, team, id).await?;
    record(&state, &visit, &who, team, now, From::FollowUp, posted).await
}

/// Takes back what was recorded lately.
pub async fn undo(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    Path(id): Path<i64>,
    _posted: Posted,
) -> Result<Redirect, WebError> {
    let team = own_team(&state, &who)?;
    let now = own(&state, &who, team, id).await?;
    if now.attempt.team != team.id {
        return Err(WebError::NotFound);
    }
    state.store.undo_attempt(now.attempt.id, who.id(), state.now()).await?;
    Ok(Redirect::to("/follow-ups?done=attempt-undone"))
}

/// Records what came of it when somebody rang: of a number that this session has looked up.
pub async fn called(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    session: Session,
    posted: Posted,
) -> Result<Response, WebError> {
    let team = own_team(&state, &who)?;
    let (now, from) = of_caller(&state, &who, &session, &posted).await?;
    record(&state, &visit, &who, team, now, from, posted).await
}

/// The attempt that a form about a caller names, where this session has looked the number up.
pub async fn of_caller(
    state: &AppState,
    who: &Who,
    session: &Session,
    posted: &Posted,
) -> Result<(AttemptNow, From), WebError> {
    let named = posted.number("attempt").ok_or(WebError::UnreadableForm)?;
    let callers: Vec<(i64, i64)> = session.get(CALLED).await?.unwrap_or_default();
    let contact = callers.iter().rev().find(|(attempt, _)| *attempt == named).map(|(_, contact)| *contact);
    let from = From::Called(ContactRef(contact.ok_or(WebError::NotFound)?));
    Ok((read(state, who, AttemptId(named)).await?, from))
}

/// The form for a caller, whom the session remembers: the page repeats no number.
pub async fn caller(
    state: &AppState,
    t: Language,
    team: &Team,
    session: &Session,
    known: &CalledBack,
    help: Option<UrgentHelp>,
) -> Result<Option<WhatCame>, WebError> {
    let Some(last) = known.attempts.last() else { return Ok(None) };
    let mut callers: Vec<(i64, i64)> = session.get(CALLED).await?.unwrap_or_default();
    callers.retain(|(attempt, _)| *attempt != last.id.0);
    callers.push((last.id.0, known.contact.0));
    let from = callers.len().saturating_sub(MOST_CALLERS);
    session.insert(CALLED, &callers[from..]).await?;
    let (action, minor) = ("/called/outcome".to_owned(), help.map(|help| ("/called/urgent".to_owned(), help)));
    if waits(team, last) {
        return Ok(Some(waiting(t, action, last, Some(more(state, t, Posted::default(), false)), minor)));
    }
    // Whoever rings has asked for contact.
    let asked = Posted::default().with("person_asked", "1");
    let newest = known.attempts.iter().map(|attempt| attempt.id).max().unwrap_or(last.id);
    Ok(Some(further(t, action, last, newest, false, more(state, t, asked, false), minor)?))
}

/// Reads the form and keeps it: on the attempt where that waited, else as a further attempt.
pub async fn record(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    team: &Team,
    now: AttemptNow,
    from: From,
    posted: Posted,
) -> Result<Response, WebError> {
    let (t, at, attempt) = (visit.language, state.now(), now.attempt.id);
    let (written, mut errors) = written(state, t, &posted)?;
    let key = posted.text("key");
    let channel = Channel::parse(&posted.text("channel")).filter(|channel| *channel != Channel::None);
    if !key.is_empty() && channel.is_none() {
        errors.push(("how", t.t("wrong-channel")));
    }
    if !errors.is_empty() {
        let page = page(state, visit, who, team, &now, from, errors, posted, None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let objected = written.outcome == Some(Outcome::Objection);
    if key.is_empty() {
        let outcome = written.outcome.ok_or(WebError::UnreadableForm)?;
        let version = posted.number("version").ok_or(WebError::UnreadableForm)?;
        if now.attempt.cared_by() != &team.id {
            return Err(WebError::NotFound);
        }
        let Written { minutes, note, follow_up, details, .. } = written;
        let edit = OutcomeEdit { outcome, minutes, note, follow_up, details };
        match state.store.record_outcome(attempt, &edit, version, who.id(), at).await {
            Err(StoreError::Conflict { found, .. }) => {
                return both(state, visit, who, attempt, from, outcome, found, &posted).await;
            }
            // What became of the referral is on record: the consent that was typed is not dropped without a word.
            Err(StoreError::Refused { .. }) if edit.details.consent.is_some() => {
                let errors = vec![("consent", t.t("wrong-consent-again"))];
                let page = page(state, visit, who, team, &now, from, errors, posted, None).await?;
                return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
            }
            saved => saved?,
        }
    } else {
        let (Some(channel), 32) = (channel, key.len()) else { return Err(WebError::UnreadableForm) };
        let new = NewAttempt {
            idempotency_key: format!("{}:{key}", who.id().0),
            advertiser: now.attempt.advertiser.clone(),
            line: None,
            contact: match from {
                From::Called(contact) => Some(contact),
                _ => now.attempt.contact,
            },
            // One method for all that happens with the same person or group.
            method: now.attempt.method.clone(),
            channel,
            outcome: written.outcome,
            language: Some(now.language.clone()).filter(|language| !language.is_empty()),
            text_version: None,
            minutes: written.minutes,
            note: written.note,
            follow_up: written.follow_up,
            team: team.id.clone(),
            made_at: at,
            details: written.details,
        };
        let seen = posted.number("seen").map(AttemptId);
        match state.store.put_further(&new, attempt, seen, who.id()).await {
            Err(StoreError::Conflict { found, .. }) => {
                let newest = read(state, who, AttemptId(found)).await?.attempt;
                let action = from.action(attempt);
                return again(state, visit, who, team, &[newest], found, (action, from.back().0), &posted);
            }
            saved => saved?,
        };
    }
    if objected {
        reach_soon(state);
    }
    Ok(Redirect::to(&from.done()).into_response())
}

/// A colleague set another outcome meanwhile: both are shown, and nothing is saved until the worker has chosen.
#[expect(clippy::too_many_arguments, reason = "each is one plain fact of the two saves")]
async fn both(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    attempt: AttemptId,
    from: From,
    mine: Outcome,
    newer: i64,
    posted: &Posted,
) -> Result<Response, WebError> {
    let t = visit.language;
    let now = read(state, who, attempt).await?;
    let mut again = posted.again(&["attempt", "version", "outcome"]);
    again.extend([
        ("attempt".to_owned(), attempt.0.to_string()),
        ("version".to_owned(), newer.to_string()),
        ("outcome".to_owned(), mine.as_str().to_owned()),
    ]);
    Both {
        theirs: vec![outcome_words(t, now.attempt.outcome)],
        changed: now.changed,
        mine: [outcome_words(t, Some(mine)), posted.text("note")].into_iter().filter(|of| !of.is_empty()).collect(),
        again,
        action: from.action(attempt),
        back: from.back().0,
        merge: None::<Merge>,
    }
    .answer(state, visit, who)
}

/// What a worker recorded lately and can take back, as words with the attempt.
pub async fn undoable(state: &AppState, page: &Page, who: &Who, team: &Team) -> Result<Vec<(i64, String)>, WebError> {
    let now: Timestamp = state.now();
    let recent = state.store.recorded_since(who.id(), now - UNDO).await?;
    Ok(recent
        .iter()
        .map(|attempt| {
            let until = page.v("undo-until", "time", page.clock(&(attempt.at + UNDO)));
            (attempt.id.0, format!("{} {until}", history(state, page, team, attempt)))
        })
        .collect())
}
