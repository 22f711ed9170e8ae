//! Notes, tags and links on a case, a network or advertiser, an ad or a shared contact.

use super::decision::by_words;
use super::network::subject_name;
use super::search::holds_contact;
use super::{Choice, csv, show};
use crate::AppState;
use crate::access::{Researcher, Visit};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use store::{Item, NoteKind, NoteRow};

/// Longest note and longest tag, in characters.
const MOST_NOTE: usize = 2000;
const MOST_TAG: usize = 40;
/// Items that a tag lists.
const MOST_TAGGED: u32 = 200;

/// The notes of a page, and the form for another.
pub struct NotesView {
    /// The notes.
    pub notes: Vec<NoteView>,
    /// What a note can be put on.
    pub items: Vec<Choice>,
    /// Which kind.
    pub kinds: Vec<Choice>,
}

/// A note.
pub struct NoteView {
    /// Its row.
    pub id: i64,
    /// What it is on.
    pub item: String,
    /// Which kind, in words.
    pub kind: String,
    /// Its words.
    pub body: String,
    /// Where a tag or a link leads.
    pub href: Option<String>,
    /// Who and when.
    pub who_and_when: String,
    /// Who took it back, and when.
    pub undone: Option<String>,
}

/// The notes on the items of a page.
pub async fn of_items(state: &AppState, page: &Page, items: &[Item]) -> Result<NotesView, WebError> {
    let notes = state.store.notes(items).await?;
    let kinds = NoteKind::ALL.map(|kind| Choice::new(kind.as_str(), kind_words(page, kind), "note"));
    Ok(NotesView {
        notes: notes.iter().map(|note| note_view(page, note)).collect(),
        items: items.iter().map(|item| Choice::new(item.to_text(), item_words(page, item), "")).collect(),
        kinds: kinds.to_vec(),
    })
}

fn kind_words(page: &Page, kind: NoteKind) -> String {
    page.t(&format!("note-kind-{}", kind.as_str()))
}

fn note_view(page: &Page, note: &NoteRow) -> NoteView {
    let linked = (note.kind == NoteKind::Link).then(|| Item::parse(&note.body)).flatten();
    NoteView {
        id: note.id,
        item: item_words(page, &note.item),
        kind: kind_words(page, note.kind),
        body: linked.as_ref().map_or_else(|| note.body.clone(), |item| item_words(page, item)),
        href: match note.kind {
            NoteKind::Note => None,
            NoteKind::Tag => Some(format!("/tag/{}", note.id)),
            NoteKind::Link => linked.as_ref().map(item_href),
        },
        who_and_when: by_words(page, "by-name-at", &note.by, &note.at),
        undone: note.undone.as_ref().map(|(name, at)| by_words(page, "undone-by-name-at", name, at)),
    }
}

fn item_words(page: &Page, item: &Item) -> String {
    match item {
        Item::Case(id) => page.v("case-title", "id", super::case::short_id(id)),
        Item::Subject(id) => subject_name(page, id),
        Item::Ad(number) => page.v("note-ad", "number", number),
        Item::Contact(number) => page.v("note-contact", "number", number),
    }
}

fn item_href(item: &Item) -> String {
    match item {
        Item::Case(id) => format!("/case/{}?look=yes", id.0),
        Item::Subject(id) => format!("/network/{id}"),
        Item::Contact(number) => format!("/shared-numbers/{number}"),
        Item::Ad(number) => format!("/ad/{number}"),
    }
}

/// The item that an address of ours names: `/case/…`, `/network/…`, `/ad/…`, `/shared-numbers/…`, with or without the host.
fn item_of_address(address: &str) -> Option<Item> {
    let path = address.split_once("://").map_or(address, |(_, rest)| rest);
    let path = path.get(path.find('/')?..)?.split(['?', '#']).next()?;
    let (kind, id) = path.trim_start_matches('/').split_once('/')?;
    let kind = match kind {
        "case" => "case",
        "network" => "subject",
        "ad" => "ad",
        "shared-numbers" => "contact",
        _ => return None,
    };
    Item::parse(&format!("{kind}:{}", id.trim_end_matches('/')))
}

/// Where the form was: a page of ours that shows notes.
fn back(posted: &Posted) -> String {
    item_of_address(&posted.text("back")).map(|item| item_href(&item)).unwrap_or_else(|| "/queue".to_owned())
}

fn with_done(path: &str, done: &str) -> String {
    format!("{path}{}done={done}", if path.contains('?') { '&' } else { '?' })
}

#[derive(Template)]
#[template(path = "note_refused.html")]
struct RefusedTemplate {
    page: Page,
    why: String,
    text: String,
    back: String,
}

/// Puts a note on an item.
pub async fn add(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    posted: Posted,
) -> Result<Response, WebError> {
    let (t, text, back) = (visit.language, posted.text("text"), back(&posted));
    let item = Item::parse(&posted.text("item")).ok_or(WebError::UnreadableForm)?;
    let kind = NoteKind::parse(&posted.text("kind")).ok_or(WebError::UnreadableForm)?;
    let linked = if kind == NoteKind::Link { item_of_address(&text) } else { None };
    let most = if kind == NoteKind::Tag { MOST_TAG } else { MOST_NOTE };
    let why = if text.is_empty() {
        Some(t.t("note-empty"))
    } else if text.chars().count() > most {
        Some(t.n("wrong-too-long", most as i64))
    } else if kind == NoteKind::Link && linked.is_none() {
        Some(t.t("note-no-link"))
    } else if kind != NoteKind::Link && holds_contact(&state, &text).await? {
        Some(t.t("note-contact-refused"))
    } else {
        None
    };
    if let Some(why) = why {
        let page = Page::of(&state, &visit, &who, t.t("notes-title"));
        let template = RefusedTemplate { why, text, back, page };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&template)?).into_response());
    }
    let body = linked.map_or(text, |item| item.to_text());
    state.store.add_note(&item, kind, &body, who.id(), state.now()).await?;
    Ok(Redirect::to(&format!("{}#notes", with_done(&back, "noted"))).into_response())
}

/// Takes a note back.
pub async fn undo(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Redirect, WebError> {
    state.store.undo_note(id, who.id(), state.now()).await?;
    Ok(Redirect::to(&format!("{}#notes", with_done(&back(&posted), "undone"))))
}

#[derive(Template)]
#[template(path = "tag.html")]
struct TagTemplate {
    page: Page,
    id: i64,
    rows: Vec<(String, String, String)>,
}

/// Everything with a tag. The tag's words stand on the page, not in the address.
pub async fn tag(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Path(id): Path<i64>,
) -> Result<Html<String>, WebError> {
    state.store.audit(&who.look("tag", "review", id.to_string(), state.now())).await?;
    let (words, notes) = state.store.tagged(id, MOST_TAGGED).await?;
    let page = Page::of(&state, &visit, &who, visit.language.v("tag-title", "tag", words))
        .under("/queue", visit.language.t("menu-queue"));
    let row = |note: &NoteRow| {
        (item_words(&page, &note.item), item_href(&note.item), by_words(&page, "by-name-at", &note.by, &note.at))
    };
    let rows = notes.iter().map(row).collect();
    show(&TagTemplate { id, rows, page })
}

/// What has a tag as a file. Logged as an export.
pub async fn tag_file(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Path(id): Path<i64>,
) -> Result<Response, WebError> {
    state.store.audit(&who.look("export:tag", "review", id.to_string(), state.now())).await?;
    let (words, notes) = state.store.tagged(id, MOST_TAGGED).await?;
    let page = Page::of(&state, &visit, &who, String::new());
    let row = |note: &NoteRow| {
        vec![words.clone(), note.item.to_text(), item_words(&page, &note.item), note.by.clone(), note.at.to_string()]
    };
    let header = ["tag", "item", "name", "by", "at"].map(str::to_owned).to_vec();
    Ok(csv::answer("tag", header, notes.iter().map(row).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_an_address_of_a_page_of_ours() {
        for (address, item) in [
            ("/case/case_1a?look=yes", Some("case:case_1a")),
            ("https://bavn.example.dk/network/net_2#table-a", Some("subject:net_2")),
            ("http://127.0.0.1:8080/shared-numbers/17", Some("contact:17")),
            ("https://example.org/elsewhere", None),
            ("/ad/381", Some("ad:381")),
            ("/ad/x", None),
            ("/case/", None),
            ("/case/a b", None),
            ("34000050", None),
        ] {
            assert_eq!(item_of_address(address).map(|item| item.to_text()).as_deref(), item, "{address}");
        }
    }
}
