//! The register of places: who is in it, what is due, how one is added or a list taken in.

use super::place_view::{Scope, look, settings, source_of};
use super::{Choice, show};
use crate::access::{OfPlaces, Researcher, Visit, Who};
use crate::errors::WebError;
use crate::format;
use crate::forms::{Posted, new_token};
use crate::page::Page;
use crate::places::{self as register, Acted, KnownPlaces, ListFault, TakenIn, check_name, read_list, take_in};
use crate::{AppState, Language};
use ::places::{Act, Details, Origin, Place, PlaceId};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::HashMap;
use store::PersonRole;

/// Places on one page of the list.
const PER_PAGE: usize = 60;
/// Most lines of a list that the page takes; more go by the command.
const MOST_LINES: usize = 2_000;

struct PlaceRow {
    id: String,
    name: String,
    municipality: String,
    concern: bool,
    due: bool,
    closed: bool,
    last: String,
    next: Option<(String, bool)>,
}

#[derive(Template)]
#[template(path = "places.html")]
struct PlacesView {
    page: Page,
    lead: String,
    rows: Vec<PlaceRow>,
    shows: Vec<Choice>,
    areas: Vec<Choice>,
    more: Option<String>,
    municipalities: Vec<Choice>,
    researcher: bool,
    form_key: String,
    typed: Posted,
    problem: Option<String>,
}

/// Shows them.
pub async fn list(
    State(state): State<AppState>,
    OfPlaces(who): OfPlaces,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    page(&state, &visit, &who, &query, Posted::default(), None).await
}

async fn page(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    query: &HashMap<String, String>,
    typed: Posted,
    problem: Option<String>,
) -> Result<Html<String>, WebError> {
    let (settings, scope) = (settings(state)?, Scope::of(state, who)?);
    let (t, today) = (visit.language, format::day_of(state.now()));
    let page = Page::of(state, visit, who, t.t("places-title")).within("/places").with_done(query.get("done"));
    let known = KnownPlaces::read(&state.store, &look(state, who, "register"), &state.settings.programme).await?;
    let word = |name: &str| query.get(name).map_or("", String::as_str);
    let (which, area) = (word("show"), word("area"));
    let region = state.settings.regions.iter().find(|region| region.id == area);
    let next_of = |place: &Place| {
        place.last_visit().unwrap_or(place.known_since).saturating_add(i64::from(settings.interval_days).days())
    };
    let mut places: Vec<&Place> = known
        .register
        .places()
        .filter(|place| scope.sees(place))
        .filter(|place| {
            let here = |code: &str| region.is_none_or(|region| region.municipalities.iter().any(|of| of == code));
            place.details().is_some_and(|details| here(&details.municipality_code))
        })
        .filter(|place| match which {
            "concern" => place.concern.is_some(),
            "due" => place.closed.is_none() && next_of(place) <= today,
            "never" => place.closed.is_none() && place.visits.is_empty(),
            "closed" => place.closed.is_some(),
            _ => place.closed.is_none(),
        })
        .collect();
    let name = |place: &Place| place.details().map(|details| details.name.to_lowercase()).unwrap_or_default();
    places.sort_by_key(|place| (place.concern.is_none(), next_of(place), name(place)));
    let all = places.len();
    let from: usize = word("from").parse().unwrap_or(0);
    let rows: Vec<PlaceRow> =
        places.iter().skip(from).take(PER_PAGE).map(|place| row(state, &page, place, next_of(place), today)).collect();
    let more =
        (from + rows.len() < all).then(|| format!("/places?show={which}&area={area}&from={}", from + rows.len()));
    let show_words = ["open", "concern", "due", "never", "closed"];
    let shows = show_words.map(|word| {
        Choice::new(word, t.t(&format!("places-show-{word}")), if which.is_empty() { "open" } else { which })
    });
    let areas = std::iter::once(Choice::new("", t.t("places-everywhere"), area))
        .chain(state.settings.regions.iter().map(|region| Choice::new(&region.id, &region.name, area)));
    let view = PlacesView {
        lead: t.n("places-lead", all),
        rows,
        shows: shows.to_vec(),
        areas: areas.collect(),
        more,
        municipalities: scope.municipalities(state, &typed.text("municipality")),
        researcher: who.role() == PersonRole::Researcher,
        form_key: new_token()?,
        typed,
        problem,
        page,
    };
    show(&view)
}

fn row(state: &AppState, page: &Page, place: &Place, next: Date, today: Date) -> PlaceRow {
    let details = place.details();
    PlaceRow {
        id: place.id.0.clone(),
        name: details.map(|details| details.name.clone()).unwrap_or_default(),
        municipality: details
            .map(|details| state.settings.municipality(&details.municipality_code).to_owned())
            .unwrap_or_default(),
        concern: place.concern.is_some(),
        due: place.review_due(today),
        closed: place.closed.is_some(),
        last: place.last_visit().map_or_else(
            || page.t("places-never"),
            |day| page.v("places-last", "day", format::day_near(page.t, day, today)),
        ),
        next: place.closed.is_none().then(|| (page.v("places-next", "day", page.date(&next)), next < today)),
    }
}

/// Adds a place that somebody found.
pub async fn add(
    State(state): State<AppState>,
    OfPlaces(who): OfPlaces,
    visit: Visit,
    posted: Posted,
) -> Result<Response, WebError> {
    let (settings, scope) = (settings(&state)?, Scope::of(&state, &who)?);
    let (name, code) = (posted.text("name"), posted.text("municipality"));
    let wrong =
        check_name(&name).err().or((!scope.has(&code) || !state.settings.municipalities.contains_key(&code))
            .then_some(ListFault::Municipality));
    if let Some(fault) = wrong {
        let problem = fault_words(visit.language, fault);
        let page = page(&state, &visit, &who, &HashMap::new(), posted, Some(problem)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let origin = if who.role() == PersonRole::OutreachWorker { Origin::Visit } else { Origin::List };
    let place = PlaceId(state.store.new_place_id()?);
    let details = Details { point: settings.points.get(&code).copied(), name, municipality_code: code };
    let act = Act::Found { place: place.clone(), origin, details };
    let source = source_of(&who, &posted);
    let today = format::day_of(state.now());
    let look = look(&state, &who, "add");
    match register::act(&state.store, &look, &state.settings.programme, None, &act.into(), today, source).await? {
        Acted::Done(Some(_)) => Ok(Redirect::to(&format!("/places/{}?done=place-added", place.0)).into_response()),
        // Sent twice: the first one stands on the list.
        _ => Ok(Redirect::to("/places?done=place-before").into_response()),
    }
}

/// What is wrong with a place's name or line, in words.
pub fn fault_words(t: Language, fault: ListFault) -> String {
    t.t(match fault {
        ListFault::Header => "list-fault-header",
        ListFault::Name => "list-fault-name",
        ListFault::Number => "list-fault-number",
        ListFault::Municipality => "list-fault-municipality",
        ListFault::Point => "list-fault-point",
        ListFault::Line => "list-fault-line",
    })
}

#[derive(Template)]
#[template(path = "places_import.html")]
struct ImportView {
    page: Page,
    typed: String,
    taken: Option<TakenIn>,
    faults: Vec<String>,
}

/// The form for a list.
pub async fn import_form(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
) -> Result<Html<String>, WebError> {
    settings(&state)?;
    let page = import_page(&state, &visit, &who);
    show(&ImportView { page, typed: String::new(), taken: None, faults: Vec::new() })
}

fn import_page(state: &AppState, visit: &Visit, who: &Who) -> Page {
    let t = visit.language;
    Page::of(state, visit, who, t.t("import-title")).within("/places").under("/places", t.t("places-title"))
}

/// Takes a list in: what cannot be read is named by its line, and the rest goes in.
pub async fn import(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    posted: Posted,
) -> Result<Response, WebError> {
    let (settings, t) = (settings(&state)?, visit.language);
    let typed = posted.text("list");
    let list = read_list(&typed, &state.settings.municipalities, &settings.points);
    let page = import_page(&state, &visit, &who);
    if list.places.len() > MOST_LINES {
        let faults = vec![t.n("import-too-long", MOST_LINES)];
        let view = ImportView { page, typed, taken: None, faults };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&view)?).into_response());
    }
    let line = |(line, fault): &(u64, ListFault)| {
        t.vs("import-line", &[("line", line.to_string()), ("what", fault_words(t, *fault))])
    };
    let faults: Vec<String> = list.faults.iter().take(50).map(line).collect();
    let look = look(&state, &who, "import");
    let today = format::day_of(state.now());
    let taken = take_in(&state.store, &look, &state.settings.programme, &list.places, today, &look.actor).await?;
    let status = if list.places.is_empty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let typed = if faults.is_empty() { String::new() } else { typed };
    let taken = (!list.places.is_empty()).then_some(taken);
    Ok((status, show(&ImportView { page, typed, taken, faults })?).into_response())
}
