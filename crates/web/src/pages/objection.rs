//! The public page: what is collected and why, and the form by which anybody is left alone. It answers alike whether or
//! not the contact is known: the same bytes, after the same time.

use super::show;
use crate::access::Visit;
use crate::errors::WebError;
use crate::forms::PostedFromOurPage;
use crate::public_text::PublicText;
use crate::{AppState, Language, assets, format, gate};
use askama::Template;
use axum::extract::{FromRequest, Query, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::Contact;
use std::collections::HashMap;
use std::time::Duration;
use store::{Actor, ObjectionChannel, ObjectionId};
use tokio::time::Instant;

/// An answer leaves at a whole multiple of this after the request came: the work for a contact that is known and for one
/// that is not lies well within one.
const STEP: Duration = Duration::from_millis(400);
/// Longest entry, in characters, and most contacts that one entry may name.
const MOST_TEXT: usize = 200;
const MOST_CONTACTS: usize = 25;

/// What the page shows besides its words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Form,
    Received,
    Wrong(bool),
}

#[derive(Template)]
#[template(path = "objection.html")]
struct ObjectionView {
    words: PublicText,
    others: Vec<(String, String)>,
    received: bool,
    wrong: Option<String>,
    style: String,
    icon: String,
    banner: Option<(String, &'static str)>,
    typed: String,
}

/// The page.
pub async fn form(
    State(state): State<AppState>,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let shown = if query.contains_key("received") { Shown::Received } else { Shown::Form };
    page(&state, &visit, query.get("lang"), shown, String::new())
}

fn page(
    state: &AppState,
    visit: &Visit,
    asked: Option<&String>,
    shown: Shown,
    typed: String,
) -> Result<Html<String>, WebError> {
    let texts = &state.settings.public_texts;
    let of = |code: &str| texts.iter().find(|text| text.language == code);
    let text = asked.and_then(|code| of(code)).or_else(|| of(visit.language.code())).or_else(|| texts.first());
    let text = text.ok_or(WebError::NotFound)?;
    let controller = &state.settings.controller;
    let contact = [&controller.email, &controller.phone, &controller.address];
    let contact: Vec<&str> = contact.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    let values = [
        ("organisation", controller.organisation.clone()),
        ("contact", contact.join(", ")),
        ("legal_basis", visit.language.of(&controller.legal_basis).to_owned()),
        ("dpia", controller.dpia.clone()),
        ("ads_days", state.settings.kept_days.0.to_string()),
        ("case_days", state.settings.kept_days.1.to_string()),
    ];
    let words = text.filled(&values);
    let others = texts.iter().filter(|other| other.language != text.language);
    let view = ObjectionView {
        others: others.map(|other| (other.language.clone(), other.name.clone())).collect(),
        received: shown == Shown::Received,
        wrong: match shown {
            Shown::Wrong(true) => Some(words.too_many.clone()),
            Shown::Wrong(false) => Some(words.unreadable.clone()),
            _ => None,
        },
        style: assets::style(),
        icon: assets::icon(),
        // The notice is in Danish and English alone: it says which it is.
        banner: state.settings.notice.as_ref().map(|notice| {
            let language = Language::parse(&words.language).unwrap_or(visit.language);
            (language.of(notice).to_owned(), language.code())
        }),
        typed,
        words,
    };
    show(&view)
}

/// Takes an objection. The contact is covered before anybody is answered; how far it reaches is worked out afterwards.
pub async fn object(State(state): State<AppState>, visit: Visit, request: Request) -> Result<Response, WebError> {
    let came = Instant::now();
    let (parts, body) = request.into_parts();
    let may_try = state.limits.may_try(&parts, &state.settings);
    let PostedFromOurPage(posted) =
        PostedFromOurPage::from_request(Request::from_parts(parts.clone(), body), &state).await?;
    let (language, typed) = (posted.text("lang"), posted.text("contact"));
    let answer = if may_try { read_and_keep(&state, &parts, &typed).await } else { Ok(Taken::TooMany) };
    // The same time class for all answers, faults too.
    let passed = came.elapsed().as_millis() / STEP.as_millis() + 1;
    tokio::time::sleep_until(came + STEP * u32::try_from(passed).unwrap_or(u32::MAX)).await;
    let (status, shown) = match answer? {
        Taken::Kept(kept) => {
            tokio::spawn(reach_further(state.clone(), kept));
            let known = state.settings.public_texts.iter().any(|text| text.language == language);
            let language = if known { format!("lang={language}&") } else { String::new() };
            return Ok(Redirect::to(&format!("/objection?{language}received=1")).into_response());
        }
        Taken::TooMany => (StatusCode::TOO_MANY_REQUESTS, Shown::Wrong(true)),
        Taken::Unreadable => (StatusCode::UNPROCESSABLE_ENTITY, Shown::Wrong(false)),
    };
    Ok((status, page(&state, &visit, Some(&language), shown, typed)?).into_response())
}

/// What became of what was sent.
enum Taken {
    Kept(Vec<ObjectionId>),
    Unreadable,
    TooMany,
}

/// Reads the contacts and keeps the objection of each. Only what could be read counts against the limits: whoever mistypes
/// a number is not told to wait.
async fn read_and_keep(state: &AppState, parts: &Parts, typed: &str) -> Result<Taken, WebError> {
    let contacts = contacts(state, typed).await?;
    if contacts.is_empty() {
        return Ok(Taken::Unreadable);
    }
    if !state.limits.admits(parts, &state.settings, &state.store).await? {
        return Ok(Taken::TooMany);
    }
    keep(state, &contacts).await.map(Taken::Kept)
}

/// Keeps the objection of each contact.
async fn keep(state: &AppState, contacts: &[Contact]) -> Result<Vec<ObjectionId>, WebError> {
    let (actor, now) = (Actor::System("public page".to_owned()), state.now());
    let mut kept = Vec::with_capacity(contacts.len());
    for contact in contacts {
        kept.push(state.store.object(contact, ObjectionChannel::Public, &actor, now).await?.id);
    }
    Ok(kept)
}

/// The contacts that a typed text names, as the reader of ads reads them, so that both write them alike.
pub async fn contacts(state: &AppState, text: &str) -> Result<Vec<Contact>, WebError> {
    let text: String = text.chars().take(MOST_TEXT).collect();
    let on = format::day_of(state.now());
    let mut found = state.workbench.read_text(&text, on).await?.reading.contacts();
    if found.is_empty() {
        // A bare foreign number is read once something says that it is one.
        found = state.workbench.read_text(&format!("Tlf. {text}"), on).await?.reading.contacts();
    }
    found.truncate(MOST_CONTACTS);
    Ok(found)
}

/// How far the objections reach; a fault is logged, and the next analysis works it out again.
async fn reach_further(state: AppState, kept: Vec<ObjectionId>) {
    for id in kept {
        reach(&state, Some(id)).await;
    }
}

/// Lets objections (one, or all) reach as far as the rule says.
pub async fn reach(state: &AppState, only: Option<ObjectionId>) {
    let programmes = [(state.settings.programme.clone(), state.settings.outreach.policy.objection_strong_bits)];
    let done = gate::spread_objections(&state.store, &state.catalogue, only, &programmes, state.now()).await;
    if let Err(error) = done {
        tracing::error!(%error, "how far an objection reaches could not be worked out; the next analysis tries again");
    }
}
