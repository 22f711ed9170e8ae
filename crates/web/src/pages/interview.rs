//! A form filled in with somebody at a place. Consent first: before it nothing is kept, and a refusal leaves nothing. What
//! is asked follows from the answers, worked out here at each save. One can stop at any question.

use super::interview_view::{Beside, OutcomeView, RowView, outcome, rows};
use super::place::known_place;
use super::place_view::settings;
use super::show;
use super::today::own_team;
use crate::access::{OutreachWorker, Visit, Who};
use crate::errors::WebError;
use crate::forms::{Posted, new_token};
use crate::page::Page;
use crate::{AppState, Language, format};
use ::places::Place;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use instruments::{Answers, Filled, Instrument, Kind};
use jiff::civil::Date;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use store::{FormId, FormRow, FormState, NewForm, StoreError};

/// Longest answer in characters.
const MOST_ANSWER: usize = 1_000;

#[derive(Template)]
#[template(path = "form_begin.html")]
struct BeginView {
    page: Page,
    place: String,
    form: String,
    validated: String,
    purpose: String,
    /// Code, name, address; the first is the one that is shown.
    languages: Vec<(String, String, bool)>,
    language: String,
    question: String,
    note: String,
    given: String,
    others: Vec<(String, String)>,
    asks: bool,
    form_key: String,
}

#[derive(Template)]
#[template(path = "form.html")]
struct FormView {
    page: Page,
    id: i64,
    place: (String, String),
    validated: String,
    lang: String,
    rows: Vec<RowView>,
    seen: String,
    revision: i64,
    problem: Option<String>,
    fresh: Option<String>,
    ended: bool,
}

#[derive(Template)]
#[template(path = "form_done.html")]
struct DoneView {
    page: Page,
    id: i64,
    place: (String, String),
    validated: String,
    state: String,
    outcome: OutcomeView,
    duty: Option<(String, String, String)>,
}

/// The newest version that may be asked.
fn instrument<'a>(state: &'a AppState, id: &str, today: Date) -> Result<&'a Arc<Instrument>, WebError> {
    let form = settings(state)?.begun().find(|form| form.id == id).ok_or(WebError::NotFound)?;
    // A licence that has ended is no licence.
    let ended =
        form.licence.as_ref().and_then(|licence| licence.until.parse::<Date>().ok()).is_some_and(|until| until < today);
    if ended {
        let why = "the licence of this form has ended: ask whoever holds it, or use another form";
        return Err(StoreError::Refused { why }.into());
    }
    Ok(form)
}

fn form_title(form: &Instrument, t: Language) -> String {
    form.title.get(t.code(), &form.default_language).to_owned()
}

fn place_link(place: &Place) -> (String, String) {
    (format!("/places/{}", place.id.0), place.details().map(|details| details.name.clone()).unwrap_or_default())
}

/// What is said first, and the question whether one may ask.
pub async fn begin(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let (known, id) = known_place(&state, &who, &id).await?;
    let place = known.register.resolve(&id).ok_or(WebError::NotFound)?;
    let (t, today) = (visit.language, format::day_of(state.now()));
    let asked = query.get("form").map(String::as_str);
    let first = settings(&state)?.begun().next().map(|form| form.id.clone());
    let form = instrument(&state, asked.or(first.as_deref()).unwrap_or_default(), today)?;
    let language = query.get("in").filter(|code| form.languages.contains_key(*code)).cloned();
    let language = language.unwrap_or_else(|| {
        if form.languages.contains_key(t.code()) { t.code().to_owned() } else { form.default_language.clone() }
    });
    let text = |text: &instruments::Text, code: &str| text.get(code, &form.default_language).to_owned();
    let consent = form.consent.as_ref().and_then(|consent| Some((consent, form.row(&consent.question)?)));
    let (question, note, given, others) = match consent {
        None => Default::default(),
        Some((consent, row)) => {
            let choices = row.kind.list().map_or(&[][..], |list| form.choices(list));
            let others = choices.iter().filter(|choice| choice.name != consent.given);
            let given = choices.iter().find(|choice| choice.name == consent.given);
            (
                text(&row.label, &language),
                text(&row.note, t.code()),
                given.map_or_else(|| consent.given.clone(), |choice| text(&choice.label, &language)),
                others.map(|choice| (choice.name.clone(), text(&choice.label, &language))).collect(),
            )
        }
    };
    let (href, name) = place_link(place);
    let page = Page::of(&state, &visit, &who, form_title(form, t)).within("/places").under(href, name.clone());
    let view = BeginView {
        place: id.0,
        form: form.id.clone(),
        validated: text(&form.validated, t.code()),
        purpose: text(&form.purpose, t.code()),
        languages: form.languages.iter().map(|(code, name)| (code.clone(), name.clone(), *code == language)).collect(),
        language,
        question,
        note,
        given,
        others,
        asks: consent.is_some(),
        form_key: new_token()?,
        page,
    };
    show(&view)
}

/// With consent the form begins; any other answer leaves nothing.
pub async fn consent(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Redirect, WebError> {
    let (_, place) = known_place(&state, &who, &id).await?;
    let (today, team) = (format::day_of(state.now()), own_team(&state, &who)?);
    let form = instrument(&state, &posted.text("form"), today)?;
    let answer = posted.text("consent");
    let mut answers = Answers::new();
    match &form.consent {
        Some(consent) if answer == "given" => {
            answers.insert(consent.question.clone(), consent.given.clone());
        }
        None if answer == "given" => {}
        _ => return Ok(Redirect::to(&format!("/places/{}?done=form-declined", place.0))),
    }
    let language = posted.text("in");
    let new = NewForm {
        programme: state.settings.programme.clone(),
        place: place.0,
        team: team.id.clone(),
        instrument: (form.id.clone(), form.version),
        digest: form.hash(),
        language: if form.languages.contains_key(&language) { language } else { form.default_language.clone() },
        answers,
        on: today,
        form_key: posted.text("form_key"),
    };
    let id = state.store.begin_form(&new, who.id(), state.now()).await?;
    Ok(Redirect::to(&format!("/forms/{}", id.0)))
}

/// A form of the worker's team.
async fn own_row(state: &AppState, who: &Who, id: i64) -> Result<FormRow, WebError> {
    let team = own_team(state, who)?;
    let look = who.look("visits", "outreach", format!("form {id}"), state.now());
    let row = state.store.form(&look, &state.settings.programme, FormId(id)).await?;
    if row.team == team.id { Ok(row) } else { Err(WebError::NotFound) }
}

/// A form's instrument and where it was filled in; the key of what is not there any more, where something is not.
async fn with_form(
    state: &AppState,
    who: &Who,
    row: &FormRow,
) -> Result<Result<(Arc<Instrument>, (String, String)), &'static str>, WebError> {
    let Some(form) = settings(state)?.form(&row.instrument.0, row.instrument.1) else {
        return Ok(Err("form-gone-version"));
    };
    if form.hash() != row.digest {
        return Ok(Err("form-gone-changed"));
    }
    match known_place(state, who, &row.place).await {
        Ok((known, id)) => {
            let place = known.register.resolve(&id).ok_or(WebError::NotFound)?;
            Ok(Ok((form.clone(), place_link(place))))
        }
        Err(WebError::NotFound) => Ok(Err("form-gone-place")),
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "form_gone.html")]
struct GoneView {
    page: Page,
    id: i64,
    facts: String,
    problem: String,
}

/// A form that cannot be shown: a consent is taken back all the same.
fn gone(state: &AppState, visit: &Visit, who: &Who, row: &FormRow, key: &str) -> Result<Response, WebError> {
    let t = visit.language;
    let page =
        Page::of(state, visit, who, t.t("form-gone-title")).within("/places").under("/places", t.t("places-title"));
    let facts = format!("{} · {} · {}", row.instrument.0, page.date(&row.on), row.by);
    let view = GoneView { id: row.id.0, facts, problem: t.t(key), page };
    Ok((StatusCode::CONFLICT, show(&view)?).into_response())
}

/// The form as it stands: its questions while it is open, and then what it comes to.
pub async fn form(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Path(id): Path<i64>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let row = own_row(&state, &who, id).await?;
    let (form, place) = match with_form(&state, &who, &row).await? {
        Ok(whole) => whole,
        Err(key) => return gone(&state, &visit, &who, &row, key),
    };
    let t = visit.language;
    let page = Page::of(&state, &visit, &who, form_title(&form, t))
        .within("/places")
        .under(place.0.clone(), place.1.clone())
        .with_done(query.get("done"));
    let today = row.on.to_string();
    if row.state == FormState::Open {
        let rows = rows(&form, &row.answers, &today, &row.language, t, &Beside::default());
        return Ok(show(&open_view(page, &form, &row, place, rows, None, None))?.into_response());
    }
    let outcome = outcome(&form, &row.answers, &today, &page);
    let duty = state.settings.duty.as_ref().filter(|_| outcome.urgent);
    let view = DoneView {
        id,
        place,
        validated: form.validated.get(t.code(), &form.default_language).to_owned(),
        state: t.vs(
            "form-filled",
            &[
                ("state", t.t(&format!("form-state-{}", row.state.as_str()))),
                ("day", page.date(&row.on)),
                ("name", row.by.clone()),
                ("language", form.languages.get(&row.language).cloned().unwrap_or(row.language)),
            ],
        ),
        duty: duty.map(|duty| (t.of(&duty.text).to_owned(), duty.law.clone(), page.date(&duty.checked))),
        outcome,
        page,
    };
    Ok(show(&view)?.into_response())
}

/// A save that met a newer one: both are shown. Where the form is open still, a save that has seen both decides; where it
/// was ended meanwhile nothing is written over, and what was typed stands there to be read.
fn both(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    row: &FormRow,
    form: &Instrument,
    place: (String, String),
    typed: &Answers,
) -> Result<Response, WebError> {
    let t = visit.language;
    let beside = Beside { theirs: Some(&row.answers), seen: None, strict: false };
    let rows = rows(form, typed, &row.on.to_string(), &row.language, t, &beside);
    let page =
        Page::of(state, visit, who, form_title(form, t)).within("/places").under(place.0.clone(), place.1.clone());
    let key = if row.state == FormState::Open { "form-both" } else { "form-both-ended" };
    let problem = t.vs(key, &[("name", row.by.clone()), ("time", page.short_time(&row.at))]);
    let view = open_view(page, form, row, place, rows, Some(problem), None);
    Ok((StatusCode::CONFLICT, show(&view)?).into_response())
}

fn open_view(
    page: Page,
    form: &Instrument,
    row: &FormRow,
    place: (String, String),
    rows: Vec<RowView>,
    problem: Option<String>,
    fresh: Option<String>,
) -> FormView {
    let seen: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    FormView {
        id: row.id.0,
        place,
        validated: form.validated.get(page.t.code(), &form.default_language).to_owned(),
        lang: row.language.clone(),
        seen: seen.join(" "),
        revision: row.revision,
        problem,
        fresh,
        ended: row.state != FormState::Open,
        rows,
        page,
    }
}

/// Answers as the page sends them: `q:` and the question's name; of several choices each is a field of its own.
fn typed(form: &Instrument, posted: &Posted, before: &Answers) -> Answers {
    let mut answers = Answers::new();
    let consent = form.consent.as_ref().map(|consent| consent.question.as_str());
    let shown: BTreeSet<String> = posted.text("seen").split_whitespace().map(str::to_owned).collect();
    for row in form.survey.iter().filter(|row| row.kind.is_asked()) {
        let answer = match &row.kind {
            _ if consent == Some(row.name.as_str()) => before.get(&row.name).cloned().unwrap_or_default(),
            // What the page did not show was not answered by it.
            _ if !shown.contains(&row.name) => before.get(&row.name).cloned().unwrap_or_default(),
            Kind::SelectMultiple(list) => {
                let ticked = |name: &&str| posted.ticked(&format!("q:{}:{name}", row.name));
                let names: Vec<&str> =
                    form.choices(list).iter().map(|choice| choice.name.as_str()).filter(ticked).collect();
                names.join(" ")
            }
            _ => posted.text(&format!("q:{}", row.name)).chars().take(MOST_ANSWER).collect(),
        };
        if !answer.is_empty() {
            answers.insert(row.name.clone(), answer);
        }
    }
    answers
}

/// Saves, goes on, ends or takes the form away.
pub async fn save(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, WebError> {
    let (t, now, act) = (visit.language, state.now(), posted.text("act"));
    if act == "withdraw" || act == "stop-drop" {
        // A consent is taken back at any time, also where the instrument or the place is not there any more.
        let row = own_row(&state, &who, id).await?;
        state.store.withdraw_form(&state.settings.programme, row.id, who.id(), now).await?;
        let back = match known_place(&state, &who, &row.place).await {
            Ok((_, place)) => format!("/places/{}", place.0),
            Err(_) => "/places".to_owned(),
        };
        let done = if act == "withdraw" { "form-withdrawn" } else { "form-dropped" };
        return Ok(Redirect::to(&format!("{back}?done={done}")).into_response());
    }
    let row = own_row(&state, &who, id).await?;
    let (form, place) = match with_form(&state, &who, &row).await? {
        Ok(whole) => whole,
        Err(key) => return gone(&state, &visit, &who, &row, key),
    };
    let today = row.on.to_string();
    let revision = posted.number("revision").ok_or(WebError::UnreadableForm)?;
    let typed = typed(&form, &posted, &row.answers);
    let filled = Filled::of(&form, &typed, &today);
    if row.state != FormState::Open {
        // The same sent twice, or nothing that differs: there is nothing to choose.
        if filled.answers() == row.answers {
            return Ok(Redirect::to(&format!("/forms/{id}")).into_response());
        }
        return both(&state, &visit, &who, &row, &form, place, &typed);
    }
    let seen: BTreeSet<String> = posted.text("seen").split_whitespace().map(str::to_owned).collect();
    let consent = form.consent.as_ref().map(|consent| consent.question.as_str());
    let asked = |index: usize, row: &instruments::Row| {
        filled.shows(index) && row.kind.is_asked() && consent != Some(row.name.as_str())
    };
    let rest = || form.survey.iter().enumerate().filter(|(index, row)| asked(*index, row)).map(|(_, row)| row);
    let fresh = rest().filter(|row| !seen.contains(&row.name)).count();
    let missing = rest().any(|row| row.required && filled.value(&row.name).is_empty());
    let (finish, wrong) = (act == "finish", !filled.wrong().is_empty());
    let state_after = match act.as_str() {
        "stop-keep" => FormState::Stopped,
        "finish" if fresh == 0 && !missing && !wrong => FormState::Complete,
        "finish" | "save" => FormState::Open,
        _ => return Err(WebError::UnreadableForm),
    };
    let answers = filled.answers();
    let page = || {
        Page::of(&state, &visit, &who, form_title(&form, t)).within("/places").under(place.0.clone(), place.1.clone())
    };
    match state.store.save_form(&state.settings.programme, row.id, &answers, state_after, revision, who.id(), now).await
    {
        Err(StoreError::Conflict { .. }) => {
            // Another device saved, maybe since the row was read.
            let row = own_row(&state, &who, id).await?;
            both(&state, &visit, &who, &row, &form, place, &typed)
        }
        saved => {
            saved?;
            if state_after != FormState::Open {
                return Ok(Redirect::to(&format!("/forms/{id}?done=form-ended")).into_response());
            }
            if !finish && !wrong && fresh == 0 {
                return Ok(Redirect::to(&format!("/forms/{id}?done=form-saved")).into_response());
            }
            let beside = Beside { theirs: None, seen: Some(&seen), strict: finish };
            let rows = rows(&form, &typed, &today, &row.language, t, &beside);
            let faulty = wrong || finish && missing && fresh == 0;
            let problem = faulty.then(|| t.t("form-problem"));
            let fresh = (fresh > 0).then(|| t.n("form-fresh", fresh));
            let saved = FormRow { revision: revision + 1, ..row };
            let status = if faulty { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            let view = open_view(page(), &form, &saved, place, rows, problem, fresh);
            Ok((status, show(&view)?).into_response())
        }
    }
}
