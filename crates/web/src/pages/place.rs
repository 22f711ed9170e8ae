//! One place: how it stands, what the next visit should do, what was done, and what can be done with it.

use super::interview_view::band_words;
use super::place_view::{
    Scope, act_words, advice_words, look, origin_words, refused_words, result_words, settings, short, source_of,
    whereabouts,
};
use super::visits::{OfferRow, offer_rows};
use super::{Choice, show};
use crate::access::{OfPlaces, Visit, Who};
use crate::errors::WebError;
use crate::forms::{Posted, new_token};
use crate::page::Page;
use crate::places::{self as register, Acted, KeptAct, KnownPlaces, check_name, id_of};
use crate::{AppState, format};
use ::places::{Act, Details, EventId, Place, PlaceId, VisitResult, advice};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::HashMap;
use store::PersonRole;

/// Longest reason or note, in characters.
const MOST_WORDS: usize = 1_000;
/// Months until a status of concern is looked at again, as proposed.
const REVIEW_MONTHS: i64 = 3;

struct HistoryRow {
    id: u64,
    words: String,
    note: String,
    who: String,
    taken_back: bool,
    may_undo: bool,
}

struct FormRowView {
    href: Option<String>,
    words: String,
}

struct ConcernView {
    since: String,
    by: String,
    reason: String,
    evidence: Vec<String>,
    review: String,
    due: bool,
}

#[derive(Template)]
#[template(path = "place.html")]
struct PlaceView {
    page: Page,
    id: String,
    whereabouts: String,
    facts: Vec<String>,
    closed: Option<String>,
    concern: Option<ConcernView>,
    advice: Vec<String>,
    history: Vec<HistoryRow>,
    forms: Vec<FormRowView>,
    begin: Vec<(String, String)>,
    worker: bool,
    offers: Vec<OfferRow>,
    results: Vec<Choice>,
    others: Vec<Choice>,
    municipalities: Vec<Choice>,
    name: String,
    today: String,
    tomorrow: String,
    review: String,
    form_key: String,
    typed: Posted,
    problem: Option<String>,
    open: String,
}

/// The place of an id, where this person may see it; by an older id too, since merges keep those.
pub async fn known_place(state: &AppState, who: &Who, id: &str) -> Result<(KnownPlaces, PlaceId), WebError> {
    settings(state)?;
    let scope = Scope::of(state, who)?;
    let look = look(state, who, id);
    let known = KnownPlaces::read(&state.store, &look, &state.settings.programme).await?;
    let place = known.register.resolve(&PlaceId(id.to_owned())).filter(|place| scope.sees(place));
    let id = place.ok_or(WebError::NotFound)?.id.clone();
    Ok((known, id))
}

/// Shows it.
pub async fn place(
    State(state): State<AppState>,
    OfPlaces(who): OfPlaces,
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    page(&state, &visit, &who, &id, Posted::default(), None, query.get("done")).await
}

/// The page, with what was typed and what is wrong with it.
pub async fn page(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    id: &str,
    typed: Posted,
    problem: Option<String>,
    done: Option<&String>,
) -> Result<Html<String>, WebError> {
    let (known, id) = known_place(state, who, id).await?;
    let place = known.register.resolve(&id).ok_or(WebError::NotFound)?;
    let (t, today, scope) = (visit.language, format::day_of(state.now()), Scope::of(state, who)?);
    let details = place.details().cloned().ok_or(WebError::NotFound)?;
    let page = Page::of(state, visit, who, details.name.clone())
        .within("/places")
        .under("/places", t.t("places-title"))
        .with_done(done);
    let worker = who.role() == PersonRole::OutreachWorker;
    let origins: Vec<String> = place.origins.iter().map(|origin| origin_words(t, *origin)).collect();
    let mut facts = vec![
        t.vs("place-known", &[("day", page.date(&place.known_since)), ("origins", origins.join(", "))]),
        match place.visits.last() {
            None => t.t("place-never"),
            Some((on, _, last)) => t.vs(
                "place-last",
                &[("day", format::day_near(t, *on, today)), ("result", result_words(t, last.result))],
            ),
        },
    ];
    if place.whereabouts.len() > 1 {
        let before = place.whereabouts.iter().rev().skip(1).map(|(_, details)| whereabouts(state, details));
        facts.push(t.v("place-before", "where", before.collect::<Vec<_>>().join("; ")));
    }
    let entries = known.register.ids_of(&id);
    let history = history(state, &page, &known, place, &entries, worker);
    let (forms, begin) = forms(state, &page, who, &id, &entries, worker).await?;
    let mut others: Vec<Choice> = known
        .register
        .places()
        .filter(|other| {
            other.id != id && other.details().is_some_and(|of| of.municipality_code == details.municipality_code)
        })
        .map(|other| {
            let words = other.details().map(|of| format!("{} ({})", of.name, short(&other.id.0))).unwrap_or_default();
            Choice::new(&other.id.0, words, "")
        })
        .collect();
    others.sort_by(|a, b| a.words.cmp(&b.words));
    let chosen = typed.or("municipality", &details.municipality_code);
    let view = PlaceView {
        whereabouts: whereabouts(state, &details),
        facts,
        closed: place.closed.map(|day| t.v("place-closed", "day", page.date(&day))),
        concern: place.concern.as_ref().map(|concern| ConcernView {
            since: page.date(&concern.since),
            by: concern.by.clone(),
            reason: concern.reason.clone(),
            evidence: concern.evidence.clone(),
            review: page.date(&concern.review),
            due: place.review_due(today),
        }),
        advice: advice(place, today).into_iter().map(|advice| advice_words(t, advice)).collect(),
        history,
        forms,
        begin,
        worker,
        offers: offer_rows(state, t, &details.municipality_code, &typed),
        results: [(VisitResult::Met, "met"), (VisitResult::NotMet, "not_met"), (VisitResult::Empty, "empty")]
            .map(|(result, value)| Choice::new(value, result_words(t, result), &typed.text("result")))
            .to_vec(),
        others,
        municipalities: scope.municipalities(state, &chosen),
        name: details.name,
        today: today.to_string(),
        tomorrow: today.saturating_add(1_i64.days()).to_string(),
        review: today.saturating_add(REVIEW_MONTHS.months()).to_string(),
        form_key: new_token()?,
        open: typed.text("act"),
        typed,
        problem,
        id: id.0,
        page,
    };
    show(&view)
}

fn history(
    state: &AppState,
    page: &Page,
    known: &KnownPlaces,
    place: &Place,
    entries: &[PlaceId],
    worker: bool,
) -> Vec<HistoryRow> {
    let of_place = |row: &store::PlaceActRow, kept: &KeptAct| {
        let names = |id: &PlaceId| entries.contains(id);
        match kept.act.places() {
            Some((one, other)) => names(one) || other.is_some_and(names),
            None => entries.iter().any(|id| id.0 == row.place),
        }
    };
    let rows = known.acts.iter().rev().filter(|(row, kept)| of_place(row, kept));
    rows.map(|(row, kept)| {
        let id = id_of(row);
        let undo = matches!(kept.act, Act::Undone { .. });
        // An act of an entry that was split off, or whose merge was undone, stands in the other one's history.
        let counts = place.history.contains(&id);
        HistoryRow {
            id: id.0,
            words: act_words(state, page, &known.register, kept),
            note: kept.note.clone(),
            who: page.t.vs("place-who", &[("day", page.date(&row.on)), ("name", row.by.clone())]),
            taken_back: !undo && !counts,
            may_undo: !undo && counts && may(kept.act.kind(), worker) && kept.act.kind() != "found",
        }
    })
    .collect()
}

/// Which acts a role does and takes back: a worker those of the day's work, a researcher all but visits.
fn may(kind: &str, worker: bool) -> bool {
    match kind {
        "visited" => worker,
        "corrected" | "moved" | "closed" | "reopened" => true,
        "merged" | "split" | "concern" | "concern_ended" => !worker,
        _ => false,
    }
}

/// Forms that were filled in, and those that can be begun.
async fn forms(
    state: &AppState,
    page: &Page,
    who: &Who,
    id: &PlaceId,
    entries: &[PlaceId],
    worker: bool,
) -> Result<(Vec<FormRowView>, Vec<(String, String)>), WebError> {
    let settings = settings(state)?;
    let ids: Vec<String> = entries.iter().map(|id| id.0.clone()).collect();
    let look = look(state, who, &format!("forms {}", id.0));
    let rows = state.store.forms_at(&look, &state.settings.programme, &ids).await?;
    // Another team's form opens for that team alone.
    let team = worker.then_some(who.account.details.team.as_ref()).flatten();
    let t = page.t;
    let views = rows.iter().map(|row| {
        let form = settings.form(&row.instrument.0, row.instrument.1);
        let title =
            form.map_or(row.instrument.0.clone(), |form| form.title.get(t.code(), &form.default_language).to_owned());
        let state_words = t.t(&format!("form-state-{}", row.state.as_str()));
        let band = form
            .filter(|_| row.state != store::FormState::Open)
            .map(|form| band_words(t, instruments::judge(form, &row.answers, &row.on.to_string()).band));
        let band = band.map_or_else(String::new, |band| format!(" · {}", t.v("form-band", "band", band)));
        FormRowView {
            href: (team == Some(&row.team)).then(|| format!("/forms/{}", row.id.0)),
            words: format!("{title} · {} · {} · {state_words}{band}", page.date(&row.on), row.by),
        }
    });
    let begin = settings.begun().filter(|_| worker).map(|form| {
        let href = format!("/places/{}/form?form={}", id.0, form.id);
        (href, form.title.get(t.code(), &form.default_language).to_owned())
    });
    Ok((views.collect(), begin.collect()))
}

/// Does something with the place.
pub async fn act(
    State(state): State<AppState>,
    OfPlaces(who): OfPlaces,
    visit: Visit,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, WebError> {
    let (known, place) = known_place(&state, &who, &id).await?;
    let worker = who.role() == PersonRole::OutreachWorker;
    let kind = posted.text("act");
    if !may(&kind, worker) || kind == "visited" {
        return Err(if may(&kind, !worker) { WebError::Forbidden } else { WebError::UnreadableForm });
    }
    let t = visit.language;
    let act = match built(&state, &who, &known, &place, &kind, &posted) {
        Ok(act) => act,
        Err(problem) => return refuse(&state, &visit, &who, &place.0, posted, t.t(problem)).await,
    };
    let source = source_of(&who, &posted);
    let look = look(&state, &who, &place.0);
    let today = format::day_of(state.now());
    match register::act(&state.store, &look, &state.settings.programme, Some(known), &act, today, source).await? {
        Acted::Done(_) => Ok(Redirect::to(&format!("/places/{}?done=place-acted", place.0)).into_response()),
        Acted::Refused(refused) => refuse(&state, &visit, &who, &place.0, posted, refused_words(t, &refused)).await,
    }
}

/// The page once more, with what was wrong.
pub async fn refuse(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    id: &str,
    posted: Posted,
    problem: String,
) -> Result<Response, WebError> {
    let page = page(state, visit, who, id, posted, Some(problem), None).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// The act that a form asks for, or the key of what is wrong with it.
fn built(
    state: &AppState,
    who: &Who,
    known: &KnownPlaces,
    place: &PlaceId,
    kind: &str,
    posted: &Posted,
) -> Result<KeptAct, &'static str> {
    let text = |name: &str| posted.text(name);
    let short_enough = |text: &str| text.chars().count() <= MOST_WORDS;
    let scope = Scope::of(state, who).map_err(|_| "act-unknown")?;
    let details = || {
        let (name, code) = (text("name"), text("municipality"));
        check_name(&name).map_err(|fault| match fault {
            register::ListFault::Number => "list-fault-number",
            _ => "list-fault-name",
        })?;
        if !state.settings.municipalities.contains_key(&code) || !scope.has(&code) {
            return Err("list-fault-municipality");
        }
        let points = state.settings.places.as_ref().map(|places| &places.points);
        // A point that was known stays, where it is the same municipality.
        let before = known.register.resolve(place).and_then(Place::details).filter(|of| of.municipality_code == code);
        let centre = points.and_then(|points| points.get(&code).copied());
        let point = before.filter(|_| kind == "corrected").and_then(|of| of.point).or(centre);
        Ok(Details { name, municipality_code: code, point })
    };
    let place = place.clone();
    let act = match kind {
        "corrected" => Act::Corrected { place, details: details()? },
        "moved" => Act::Moved { place, details: details()? },
        "closed" => Act::Closed { place },
        "reopened" => Act::Reopened { place },
        "merged" => {
            let from = PlaceId(text("other"));
            if known.register.resolve(&from).is_none() {
                return Err("act-unknown");
            }
            Act::Merged { into: place, from }
        }
        "split" => {
            let into = PlaceId(state.store.new_place_id().map_err(|_| "act-unknown")?);
            Act::Split { from: place, into, details: details()? }
        }
        "concern" => {
            let review = text("review").parse::<Date>().map_err(|_| "act-unfounded")?;
            let evidence: Vec<String> =
                text("evidence").lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
            if !short_enough(&text("evidence")) || !short_enough(&text("reason")) {
                return Err("act-too-long");
            }
            Act::Concern { place, evidence, reason: text("reason"), review }
        }
        "concern_ended" if short_enough(&text("reason")) => Act::ConcernEnded { place, reason: text("reason") },
        "concern_ended" => return Err("act-too-long"),
        _ => return Err("act-unknown"),
    };
    if !short_enough(&text("note")) {
        return Err("act-too-long");
    }
    Ok(KeptAct { note: text("note"), ..KeptAct::from(act) })
}

/// Takes an act back; another act takes that back again.
pub async fn undo(
    State(state): State<AppState>,
    OfPlaces(who): OfPlaces,
    visit: Visit,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, WebError> {
    let (known, place) = known_place(&state, &who, &id).await?;
    let number =
        posted.number("number").and_then(|number| u64::try_from(number).ok()).ok_or(WebError::UnreadableForm)?;
    let (act, worker) = (EventId(number), who.role() == PersonRole::OutreachWorker);
    let counts = known.register.resolve(&place).is_some_and(|place| place.history.contains(&act));
    let kept = known.acts.iter().find(|(row, _)| id_of(row) == act && counts).map(|(_, kept)| kept);
    let t = visit.language;
    let Some(kept) = kept else {
        return refuse(&state, &visit, &who, &place.0, Posted::default(), t.t("act-gone")).await;
    };
    if !may(kept.act.kind(), worker) {
        return Err(WebError::Forbidden);
    }
    let look = look(&state, &who, &place.0);
    let today = format::day_of(state.now());
    let undone = KeptAct::from(Act::Undone { act });
    match register::act(&state.store, &look, &state.settings.programme, Some(known), &undone, today, None).await? {
        Acted::Done(_) => Ok(Redirect::to(&format!("/places/{}?done=place-undone", place.0)).into_response()),
        Acted::Refused(_) => {
            // Something that was done later rests on it.
            refuse(&state, &visit, &who, &place.0, Posted::default(), t.t("act-rests")).await
        }
    }
}
