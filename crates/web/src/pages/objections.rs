//! Objections for the office: on which of them a named person must decide how far they go, and all of them as they came.
//! Contacts stand as pseudonyms.

use super::{Choice, csv, show};
use crate::AppState;
use crate::access::{Office, Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use outreach::AskWhy;
use std::collections::HashMap;
use store::{Actor, Extent, ObjectionId, ObjectionQuestion, ObjectionRow, PersonRole};

/// Questions and objections on the page.
const MOST: u32 = 100;
/// Longest reason, in characters.
const MOST_REASON: usize = 2000;

struct QuestionView {
    id: i64,
    version: i64,
    contact: String,
    made: String,
    size: String,
    why: Vec<String>,
    network: Option<String>,
    decided: Option<(String, String)>,
    error: Option<String>,
    reason: String,
    extents: Vec<(Choice, String)>,
}

struct RowView {
    id: i64,
    contact: String,
    made: String,
    covers: String,
    state: String,
    in_force: bool,
}

#[derive(Template)]
#[template(path = "objections.html")]
struct ObjectionsView {
    page: Page,
    open: Vec<QuestionView>,
    decided: Vec<QuestionView>,
    rows: Vec<RowView>,
    problem: Option<String>,
}

/// What a form held that could not be taken.
#[derive(Default)]
struct Wrong {
    question: i64,
    extent: String,
    reason: String,
    words: String,
}

/// Shows them.
pub async fn objections(
    State(state): State<AppState>,
    Office(who): Office,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    page(&state, &visit, &who, Wrong::default(), query.get("done")).await
}

/// All of them as a file. Contacts stand as pseudonyms there too.
pub async fn file(State(state): State<AppState>, Office(who): Office, visit: Visit) -> Result<Response, WebError> {
    let look = who.look("export:objections", "objections", String::new(), state.now());
    let rows = state.store.objections(&look, false, csv::MOST_ROWS).await?;
    let page = Page::of(&state, &visit, &who, String::new());
    let cells = |row: &ObjectionRow| {
        let view = row_view(&page, row);
        vec![view.contact, view.made, view.covers, view.state]
    };
    let header = ["contact", "made", "covers", "state"].map(str::to_owned).to_vec();
    Ok(csv::answer("objections", header, rows.iter().map(cells).collect()))
}

async fn page(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    wrong: Wrong,
    done: Option<&String>,
) -> Result<Html<String>, WebError> {
    let look = who.look("objections", "objections", String::new(), state.now());
    let questions = state.store.objection_questions(&look, MOST).await?;
    let rows = state.store.objections(&look, false, MOST).await?;
    let page = Page::of(state, visit, who, visit.language.t("objections-title")).with_done(done);
    let researcher = who.role() == PersonRole::Researcher;
    let (mut open, mut decided) = (Vec::new(), Vec::new());
    for question in &questions {
        let view = question_view(&page, question, researcher, &wrong);
        if question.decided.is_none() { open.push(view) } else { decided.push(view) }
    }
    let problem = (wrong.question == 0 && !wrong.words.is_empty()).then_some(wrong.words);
    show(&ObjectionsView { open, decided, rows: rows.iter().map(|row| row_view(&page, row)).collect(), problem, page })
}

fn question_view(page: &Page, question: &ObjectionQuestion, researcher: bool, wrong: &Wrong) -> QuestionView {
    let t = page.t;
    let (ads, personas, contacts) = question.size;
    let here = wrong.question == question.id;
    QuestionView {
        id: question.id,
        version: question.version,
        contact: question.contact.clone(),
        made: made(page, question.made.0, question.made.1.as_str()),
        size: [page.n("count-ads", ads), page.n("count-personas", personas), page.n("count-contacts", contacts)]
            .join(" · "),
        why: (question.why.iter())
            .map(|why| AskWhy::parse(why).map_or_else(|| why.clone(), |why| t.of(&why.label()).to_owned()))
            .collect(),
        network: question.network.clone().filter(|_| researcher),
        decided: question.decided.as_ref().map(|(extent, by, at, reason)| {
            let words = t.of(&extent.label()).to_owned();
            (
                words,
                t.vs(
                    "objection-decided-by",
                    &[("name", by.clone()), ("time", page.short_time(at)), ("reason", reason.clone())],
                ),
            )
        }),
        error: here.then(|| wrong.words.clone()),
        reason: if here { wrong.reason.clone() } else { String::new() },
        extents: Extent::ALL
            .iter()
            .map(|extent| {
                let chosen = if here { wrong.extent.as_str() } else { "" };
                let help = match extent {
                    Extent::Contact => t.t("objection-help-contact"),
                    Extent::Advertiser => t.t("objection-help-advertiser"),
                };
                (Choice::new(extent.as_str(), t.of(&extent.label()), chosen), help)
            })
            .collect(),
    }
}

fn made(page: &Page, at: jiff::Timestamp, channel: &str) -> String {
    let way = match channel {
        "public" => page.t("objection-by-public"),
        "worker" => page.t("objection-by-worker"),
        _ => page.t("objection-by-office"),
    };
    format!("{} · {way}", page.short_time(&at))
}

fn row_view(page: &Page, row: &ObjectionRow) -> RowView {
    let state = match &row.withdrawn {
        Some((at, by)) => page.t.vs("objection-withdrawn-by", &[("name", by.clone()), ("time", page.short_time(at))]),
        None if row.open > 0 => page.t("objection-asks"),
        None => page.t("objection-in-force"),
    };
    let by = if row.by.is_empty() { String::new() } else { format!(" · {}", row.by) };
    RowView {
        id: row.id.0,
        contact: row.contact.clone(),
        made: format!("{}{by}", made(page, row.at, row.channel.as_str())),
        covers: page.n("count-contacts", row.covers),
        state,
        in_force: row.withdrawn.is_none(),
    }
}

/// A named person decides how far an objection goes.
pub async fn decide(
    State(state): State<AppState>,
    Office(who): Office,
    visit: Visit,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, WebError> {
    let (reason, chosen) = (posted.text("reason"), posted.text("extent"));
    let version = posted.number("version").ok_or(WebError::UnreadableForm)?;
    let extent = Extent::parse(&chosen);
    let long = reason.chars().count() > MOST_REASON;
    let (Some(extent), false, false) = (extent, reason.is_empty(), long) else {
        let words = visit.language.t("wrong-objection-decision");
        let wrong = Wrong { question: id, extent: chosen, reason, words };
        let page = page(&state, &visit, &who, wrong, None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    state.store.decide_objection(id, extent, &reason, version, &Actor::Account(who.id()), state.now()).await?;
    Ok(Redirect::to("/objections?done=objection-decided").into_response())
}

/// Takes a decision back.
pub async fn undo(
    State(state): State<AppState>,
    Office(who): Office,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Redirect, WebError> {
    let version = posted.number("version").ok_or(WebError::UnreadableForm)?;
    state.store.undo_objection_decision(id, version, &Actor::Account(who.id()), state.now()).await?;
    Ok(Redirect::to("/objections?done=objection-undone"))
}

/// Takes an objection back, for the person who made it.
pub async fn withdraw(
    State(state): State<AppState>,
    Office(who): Office,
    visit: Visit,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, WebError> {
    let reason = posted.text("reason");
    if reason.is_empty() || reason.chars().count() > MOST_REASON {
        let wrong = Wrong { words: visit.language.t("wrong-objection-withdrawal"), ..Wrong::default() };
        let page = page(&state, &visit, &who, wrong, None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    state.store.withdraw_objection(ObjectionId(id), &reason, &Actor::Account(who.id()), state.now()).await?;
    Ok(Redirect::to("/objections?done=objection-withdrawn").into_response())
}
