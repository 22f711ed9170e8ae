//! Numbers that many else unrelated ads show: each is one item for a person to name. Contacts stand as pseudonyms.

use super::case_ads::{self, FieldView};
use super::decision::by_words;
use super::firings::Shown;
use super::network::subject_name;
use super::pair::{followed, wrong_reason};
use super::{Choice, csv, show};
use crate::AppState;
use crate::access::{Researcher, Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::{ContactKind, ContactRole};
use std::collections::HashMap;
use store::{ContactJudgementRow, SharedNumber, SharedNumberView, Waiting};

/// Rows of a page.
const ROWS: u32 = 20;

/// One of them in the list.
struct NumberView {
    number: i64,
    name: String,
    kind: String,
    ads: String,
    advertisers: String,
    texts: String,
    towns: String,
    seen: String,
    damped: String,
    role: String,
}

#[derive(Template)]
#[template(path = "shared_numbers.html")]
struct ListTemplate {
    page: Page,
    named: bool,
    unnamed: String,
    rows: Vec<NumberView>,
    previous: Option<String>,
    next: Option<String>,
}

/// An ad of the sample.
struct SampleView {
    label: String,
    advertiser: String,
    href: String,
    fields: Vec<FieldView>,
}

/// What somebody said.
struct SaidView {
    id: i64,
    role: String,
    reason: String,
    who_and_when: String,
    effect: String,
    undone: Option<String>,
}

#[derive(Template)]
#[template(path = "shared_number.html")]
struct OneTemplate {
    page: Page,
    notes: super::notes::NotesView,
    back: String,
    number: NumberView,
    sample: Vec<SampleView>,
    roles: Vec<(Choice, String)>,
    reason: String,
    errors: Vec<(&'static str, String)>,
    history: Vec<SaidView>,
}

fn view(page: &Page, row: &SharedNumber) -> NumberView {
    let kind = match row.kind {
        ContactKind::Phone => "mention-phone",
        ContactKind::Email => "mention-email",
        ContactKind::Handle => "mention-handle",
    };
    let seen = row.first_seen.zip(row.last_seen).map_or_else(String::new, |(first, last)| {
        page.t.vs("from-to", &[("from", page.short_date(&first)), ("to", page.short_date(&last))])
    });
    NumberView {
        number: row.number,
        name: row.name.clone(),
        kind: page.t(kind),
        ads: page.n("count-ads", row.ads),
        advertisers: page.n("count-advertisers", row.advertisers),
        texts: page.n("count-texts", row.texts),
        towns: page.n("count-municipalities", row.municipalities),
        seen,
        damped: row.damped.as_ref().map_or_else(|| page.t("shared-not-damped"), |why| page.of_both(why).to_owned()),
        role: row.role.map_or_else(String::new, |role| page.t(&format!("role-is-{}", role.as_str()))),
    }
}

/// The list.
pub async fn list(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let named = query.get("show").is_some_and(|show| show == "named");
    let which = if named { Waiting::Named } else { Waiting::Unnamed };
    let number = query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1_u32).clamp(1, 10_000);
    let offset = (number - 1) * ROWS;
    let look = who.look("shared_numbers", "review", state.settings.programme.0.clone(), state.now());
    let found = state.store.shared_numbers(&look, which, offset, ROWS).await?;
    let page = Page::of(&state, &visit, &who, visit.language.t("shared-title"));
    let href = |number: u32| format!("/shared-numbers?{}page={number}", if named { "show=named&" } else { "" });
    let template = ListTemplate {
        named,
        unnamed: page.n("shared-waiting", found.unnamed),
        rows: found.rows.iter().map(|row| view(&page, row)).collect(),
        previous: (number > 1).then(|| href(number - 1)),
        next: (u64::from(offset + ROWS) < found.total).then(|| href(number + 1)),
        page,
    };
    show(&template)
}

/// The list as a file. Logged as an export.
pub async fn file(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let named = query.get("show").is_some_and(|show| show == "named");
    let which = if named { Waiting::Named } else { Waiting::Unnamed };
    let look = who.look("export:shared_numbers", "review", state.settings.programme.0.clone(), state.now());
    let found = state.store.shared_numbers(&look, which, 0, csv::MOST_ROWS).await?;
    let page = Page::of(&state, &visit, &who, String::new());
    let header =
        ["contact", "kind", "ads", "advertisers", "texts", "municipalities", "first_seen", "last_seen", "role"];
    let time = |at: Option<jiff::Timestamp>| at.map_or_else(String::new, |at| at.to_string());
    let row = |row: &SharedNumber| {
        let view = view(&page, row);
        let counts = [row.ads, row.advertisers, row.texts, row.municipalities].map(|count| count.to_string());
        [vec![view.name, view.kind], counts.to_vec(), vec![time(row.first_seen), time(row.last_seen), view.role]]
            .concat()
    };
    Ok(csv::answer("shared-numbers", header.map(str::to_owned).to_vec(), found.rows.iter().map(row).collect()))
}

/// One of them.
pub async fn one(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Path(id): Path<i64>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let found = read(&state, &who, id).await?;
    page(&state, &visit, &who, &found, query.get("done"), (String::new(), String::new(), Vec::new())).await
}

async fn read(state: &AppState, who: &Who, id: i64) -> Result<SharedNumberView, WebError> {
    let look = who.look("shared_number", "review", id.to_string(), state.now());
    Ok(state.store.shared_number(&look, id).await?)
}

async fn page(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    found: &SharedNumberView,
    done: Option<&String>,
    (chosen, reason, errors): (String, String, Vec<(&'static str, String)>),
) -> Result<Html<String>, WebError> {
    let t = visit.language;
    let page = Page::of(state, visit, who, t.v("shared-one-title", "name", &found.number.name))
        .under("/shared-numbers", t.t("shared-title"))
        .with_done(done);
    let roles = ContactRole::ALL.map(|role| {
        let words = t.t(&format!("role-{}", role.as_str()));
        (Choice::new(role.as_str(), words, &chosen), t.t(&format!("role-help-{}", role.as_str())))
    });
    // Words that are covered elsewhere are covered here.
    let shown = Shown::of_case(&page, &state.catalogue, &found.sample, false);
    let notes = super::notes::of_items(state, &page, &[store::Item::Contact(found.number.number)]).await?;
    let template = OneTemplate {
        notes,
        back: format!("/shared-numbers/{}", found.number.number),
        number: view(&page, &found.number),
        sample: found
            .sample
            .iter()
            .zip(case_ads::ads(&shown, &found.sample, found.sample.len(), usize::MAX))
            .map(|(ad, view)| SampleView {
                advertiser: subject_name(&page, ad.advertiser.as_str()),
                href: format!("/network/{}", ad.advertiser.0),
                label: view.label,
                fields: view.versions.into_iter().last().map_or_else(Vec::new, |version| version.fields),
            })
            .collect(),
        roles: roles.into(),
        reason,
        errors,
        history: found.history.iter().map(|row| said(&page, row)).collect(),
        page,
    };
    show(&template)
}

fn said(page: &Page, row: &ContactJudgementRow) -> SaidView {
    SaidView {
        id: row.id,
        role: page.t(&format!("role-{}", row.role.as_str())),
        reason: row.reason.clone(),
        who_and_when: by_words(page, "by-name-at", &row.by, &row.at),
        effect: page.t(if row.in_effect { "judgement-in-effect" } else { "judgement-waits" }),
        undone: row.undone.as_ref().map(|(name, at)| by_words(page, "undone-by-name-at", name, at)),
    }
}

/// Says what a number is.
pub async fn name(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, WebError> {
    let (t, now) = (visit.language, state.now());
    let found = read(&state, &who, id).await?;
    let (chosen, reason) = (posted.text("role"), posted.text("reason"));
    let role = ContactRole::parse(&chosen);
    let mut errors: Vec<(&'static str, String)> = Vec::new();
    if role.is_none() {
        errors.push(("role", t.t("wrong-role")));
    }
    errors.extend(wrong_reason(t, &reason));
    let (Some(role), true) = (role, errors.is_empty()) else {
        let page = page(&state, &visit, &who, &found, None, (chosen, reason, errors)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    state.store.name_contact(id, role, &reason, who.id(), now).await?;
    let done = followed(state.workbench.follow_judgement(now).await, "named");
    Ok(Redirect::to(&format!("/shared-numbers/{id}?done={done}")).into_response())
}

/// Takes back what was said.
pub async fn undo(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Redirect, WebError> {
    let now = state.now();
    let found = read(&state, &who, id).await?;
    let row = posted.number("judgement").ok_or(WebError::UnreadableForm)?;
    let row = found.history.iter().find(|said| said.id == row).ok_or(WebError::NotFound)?;
    state.store.undo_contact_name(row.id, who.id(), now).await?;
    let done = followed(state.workbench.follow_judgement(now).await, "judgement-undone");
    Ok(Redirect::to(&format!("/shared-numbers/{id}?done={done}")))
}
