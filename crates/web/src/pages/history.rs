//! What was done to cases, ties and contacts: who, when, why. Any of it is undone from here; one's own last twenty by
//! key.

use super::decision::{by_words, decision_words, reason_words};
use super::pair::followed;
use super::{csv, show};
use crate::access::{Researcher, Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use crate::{AppState, Followed};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, Redirect, Response};
use std::collections::HashMap;
use store::{Act, ActFilter, ActId, ActWhat, DecisionId, JudgementId, SecondId};

/// Acts on a page: one's own last twenty are the first page.
const ROWS: u32 = 20;

struct ActView {
    id: String,
    href: String,
    subject: String,
    what: String,
    why: String,
    who_and_when: String,
    undone: Option<String>,
}

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryTemplate {
    page: Page,
    mine: bool,
    rows: Vec<ActView>,
    previous: Option<String>,
    next: Option<String>,
}

fn whose(mine: bool) -> &'static str {
    if mine { "mine" } else { "all" }
}

/// What was done.
pub async fn history(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let mine = query.get("whose").is_none_or(|whose| whose != "all");
    let number = query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1_u32).clamp(1, 100_000);
    let look = who.look("history", "review", whose(mine), state.now());
    let filter = ActFilter { by: mine.then(|| who.id()), ..filter(&who) };
    let mut acts = state.store.acts(&look, &filter, (number - 1) * ROWS, ROWS + 1).await?;
    let more = acts.len() > ROWS as usize;
    acts.truncate(ROWS as usize);
    let page = Page::of(&state, &visit, &who, visit.language.t("history-title")).with_done(query.get("done"));
    let href = |number: u32| format!("/history?whose={}&page={number}", whose(mine));
    let template = HistoryTemplate {
        mine,
        rows: acts.iter().map(|act| view(&state, &page, act)).collect(),
        previous: (number > 1).then(|| href(number - 1)),
        next: more.then(|| href(number + 1)),
        page,
    };
    show(&template)
}

fn filter(who: &Who) -> ActFilter {
    ActFilter { may_urgent: who.account.details.urgent_contact, ..ActFilter::default() }
}

fn view(state: &AppState, page: &Page, act: &Act) -> ActView {
    let t = page.t;
    let (href, subject, what, why) = match &act.what {
        ActWhat::Decided(case, decision) | ActWhat::ReadAgain(case, decision) => {
            let reason = reason_words(state, t, &decision.reason_code);
            let why = if decision.text.is_empty() { reason } else { format!("{reason}. {}", decision.text) };
            let subject = t.v("case-title", "id", super::case::short_id(case));
            let words = decision_words(state, page, decision);
            let again = matches!(act.what, ActWhat::ReadAgain(..));
            let what = if again { t.v("history-read-again", "decision", words) } else { words };
            (format!("/case/{}?look=yes", case.0), subject, what, why)
        }
        ActWhat::Covered(case) => {
            let subject = t.v("case-title", "id", super::case::short_id(case));
            (format!("/case/{}?look=yes", case.0), subject, t.t("state-decided"), t.t("history-covered"))
        }
        ActWhat::Judged((a, b), kind, reason) => {
            let subject = t.vs("pair-title", &[("a", a.words.clone()), ("b", b.words.clone())]);
            let what = t.t(&format!("judge-{}", kind.as_str()));
            (format!("/pair/{}/{}", a.number, b.number), subject, what, reason.clone())
        }
        ActWhat::Named(number, name, role, reason) => (
            format!("/shared-numbers/{number}"),
            name.clone(),
            t.t(&format!("role-is-{}", role.as_str())),
            reason.clone(),
        ),
    };
    ActView {
        id: act.id.to_text(),
        href,
        subject,
        what,
        why,
        who_and_when: by_words(page, "by-name-at", &act.by, &act.at),
        undone: act.undone.as_ref().map(|(name, at)| by_words(page, "undone-by-name-at", name, at)),
    }
}

/// What was done as a file. Logged as an export.
pub async fn file(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let mine = query.get("whose").is_none_or(|whose| whose != "all");
    let look = who.look("export:history", "review", whose(mine), state.now());
    let wanted = ActFilter { by: mine.then(|| who.id()), ..filter(&who) };
    let acts = state.store.acts(&look, &wanted, 0, csv::MOST_ROWS).await?;
    let page = Page::of(&state, &visit, &who, visit.language.t("history-title"));
    let header = ["act", "at", "by", "subject", "what", "why", "undone"].map(str::to_owned).to_vec();
    let row = |act: &Act| {
        let view = view(&state, &page, act);
        let undone = view.undone.unwrap_or_default();
        vec![view.id, act.at.to_string(), act.by.clone(), view.subject, view.what, view.why, undone]
    };
    Ok(csv::answer("history", header, acts.iter().map(row).collect()))
}

/// Undoes one act, named by the form.
pub async fn undo(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    posted: Posted,
) -> Result<Redirect, WebError> {
    let now = state.now();
    let id = ActId::parse(&posted.text("act")).ok_or(WebError::UnreadableForm)?;
    // Read first: what the reader may not see is not undone either.
    let look = who.look("history", "undo", id.to_text(), now);
    let one = ActFilter { only: Some(id), ..filter(&who) };
    let act = state.store.acts(&look, &one, 0, 1).await?.into_iter().next().ok_or(WebError::NotFound)?;
    let whose = whose(posted.text("whose") != "all");
    let done = match act.id {
        // A second press of the same key finds it undone.
        _ if act.undone.is_some() => "undone".to_owned(),
        ActId::Decision(row) => {
            state.store.undo_decision(DecisionId(row), who.id(), now).await?;
            "undone".to_owned()
        }
        ActId::Second(row) => {
            state.store.undo_second(SecondId(row), who.id(), now).await?;
            "undone".to_owned()
        }
        ActId::Judgement(row) => {
            state.store.undo_judgement(JudgementId(row), who.id(), now).await?;
            follow(&state, now).await
        }
        ActId::ContactName(row) => {
            state.store.undo_contact_name(row, who.id(), now).await?;
            follow(&state, now).await
        }
    };
    Ok(Redirect::to(&format!("/history?whose={whose}&done={done}")))
}

async fn follow(state: &AppState, now: jiff::Timestamp) -> String {
    let done: Followed = state.workbench.follow_judgement(now).await;
    followed(done, "judgement-undone")
}
