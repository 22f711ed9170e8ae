//! What other grades, thresholds or weights would make of today's data: which cases would come, go or move. Nothing
//! changes until somebody adopts it and says why.

use super::firings::group_name;
use super::network::subject_name;
use super::pair::wrong_reason;
use super::{csv, show};
use crate::AppState;
use crate::access::{Office, Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use crate::port::{ConfigurationAct, WorkbenchError};
use crate::what_if::{Adopted, Comparison, MovedCase, SettingChange, Trial};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use std::collections::{BTreeMap, HashMap};
use store::{Actor, CaseChange, CaseSubject, Cause, PersonRole};

/// Cases of one kind shown on a page.
const ROWS: usize = 50;

/// A field of the form.
struct FieldView {
    id: String,
    name: String,
    label: String,
    value: String,
    about: String,
}

/// An indicator's fields.
struct IndicatorView {
    id: String,
    title: String,
    fields: Vec<FieldView>,
}

struct GroupView {
    letter: char,
    name: String,
    changed: bool,
    indicators: Vec<IndicatorView>,
}

#[derive(Template)]
#[template(path = "what_if.html")]
struct FormView {
    page: Page,
    error: Option<String>,
    groups: Vec<GroupView>,
    ways: Vec<FieldView>,
    weights: Vec<FieldView>,
    weights_changed: bool,
}

/// A value that differs.
pub(super) struct ChangeView {
    pub what: String,
    pub before: String,
    pub after: String,
}

/// A case that would move.
pub(super) struct MovedView {
    pub name: String,
    pub href: Option<String>,
    pub now: String,
    pub then: String,
    pub why: Vec<String>,
    pub anyway: bool,
}

/// The cases of one kind.
pub(super) struct KindView {
    pub key: &'static str,
    pub title: String,
    pub count: String,
    pub rows: Vec<MovedView>,
    pub more: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "what_if_result.html")]
struct ResultView {
    page: Page,
    id: u64,
    changes: Vec<ChangeView>,
    under_way: Option<String>,
    failed: Option<String>,
    about: String,
    unchanged: String,
    anyway: Option<String>,
    kinds: Vec<KindView>,
    csv_cut: Option<String>,
    reason: String,
    error: Option<String>,
    done: bool,
}

/// What a file is about: an indicator by its title, else in words.
fn file_name(state: &AppState, page: &Page, file: &str) -> String {
    let id = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".toml");
    match (file, state.catalogue.get(id)) {
        (_, Some(indicator)) => page.of_both(&indicator.title).to_owned(),
        ("indicators/rules.toml", _) => page.t("what-if-rules"),
        ("linkage.toml", _) => page.t("what-if-linkage"),
        _ => file.to_owned(),
    }
}

fn key_name(page: &Page, key: &str) -> String {
    match key {
        "grade" => page.t("grade"),
        "points" => page.t("points"),
        "status" => page.t("state"),
        "" => page.t("what-if-whole-file"),
        other => way(other).unwrap_or_else(|| other.to_owned()),
    }
}

/// A number of a way to a band: `medium 1 · points`.
fn way(key: &str) -> Option<String> {
    let mut parts = key.split('.');
    let (band, at, number) = (parts.next()?, parts.next()?.parse::<usize>().ok()?, parts.next()?);
    Some(format!("{band} {} · {number}", at + 1))
}

/// Values that differ, for this page and that of a shadow.
pub(super) fn change_views(state: &AppState, page: &Page, changes: &[SettingChange]) -> Vec<ChangeView> {
    let value = |value: &Option<String>| {
        let text = value.as_deref().map_or_else(|| "–".to_owned(), |text| text.trim_matches('"').to_owned());
        if text.chars().count() > 160 { format!("{}…", text.chars().take(160).collect::<String>()) } else { text }
    };
    let view = |change: &SettingChange| ChangeView {
        what: format!("{}: {}", file_name(state, page, &change.file), key_name(page, &change.key)),
        before: value(&change.before),
        after: value(&change.after),
    };
    changes.iter().map(view).collect()
}

/// The form with the values in force, or those that were sent.
pub async fn form(State(state): State<AppState>, Office(who): Office, visit: Visit) -> Result<Html<String>, WebError> {
    form_page(&state, &visit, &who, &HashMap::new(), None)
}

fn form_page(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    sent: &HashMap<String, String>,
    error: Option<String>,
) -> Result<Html<String>, WebError> {
    let page = Page::of(state, visit, who, visit.language.t("what-if-title"));
    let (mut groups, mut ways, mut weights): (BTreeMap<char, GroupView>, Vec<FieldView>, Vec<FieldView>) =
        Default::default();
    let mut weights_changed = false;
    for (number, setting) in state.workbench.settings().iter().enumerate() {
        let value = sent.get(&setting.field()).unwrap_or(&setting.value).clone();
        let changed = value.trim() != setting.value;
        let view = FieldView {
            id: format!("w-{number}"),
            name: setting.field(),
            label: key_name(&page, &setting.key),
            value,
            about: setting.about.clone(),
        };
        let id = setting.file.rsplit('/').next().unwrap_or_default().trim_end_matches(".toml");
        match (setting.file.as_str(), state.catalogue.get(id)) {
            ("linkage.toml", _) => {
                weights_changed |= changed;
                weights.push(view);
            }
            (_, Some(indicator)) => {
                let group = groups.entry(indicator.group.0).or_insert_with(|| GroupView {
                    letter: indicator.group.0,
                    name: group_name(&page, indicator.group),
                    changed: false,
                    indicators: Vec::new(),
                });
                group.changed |= changed;
                match group.indicators.last_mut().filter(|last| last.id == id) {
                    Some(last) => last.fields.push(view),
                    None => group.indicators.push(IndicatorView {
                        id: id.to_owned(),
                        title: page.of_both(&indicator.title).to_owned(),
                        fields: vec![view],
                    }),
                }
            }
            _ => ways.push(view),
        }
    }
    show(&FormView { error, groups: groups.into_values().collect(), ways, weights, weights_changed, page })
}

/// Begins a trial with the values that differ.
pub async fn begin(
    State(state): State<AppState>,
    Office(who): Office,
    visit: Visit,
    posted: Posted,
) -> Result<Response, WebError> {
    let mut sent = HashMap::new();
    let mut values = Vec::new();
    for setting in state.workbench.settings() {
        let value = posted.text(&setting.field());
        if value.is_empty() {
            continue;
        }
        if value != setting.value {
            values.push((setting.file.clone(), setting.key.clone(), value.clone()));
        }
        sent.insert(setting.field(), value);
    }
    match state.workbench.try_settings(&values, state.now()).await {
        Ok(id) => Ok(Redirect::to(&format!("/what-if/{id}")).into_response()),
        Err(WorkbenchError::Refused { why }) => {
            let page = form_page(&state, &visit, &who, &sent, Some(why))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// How a subject stands, in words.
fn standing(page: &Page, subject: Option<&CaseSubject>) -> String {
    let Some(subject) = subject.filter(|one| one.has_case()) else { return page.t("what-if-no-case") };
    let mut words = page.t(&format!("band-{}", subject.band.as_str()));
    if subject.spam {
        words = format!("{words} · {}", page.t("what-if-spam"));
    }
    if subject.urgent {
        words = format!("{words} · {}", page.t("what-if-urgent"));
    }
    words
}

/// An indicator whose firing differs, in words.
fn cause_words(state: &AppState, page: &Page, cause: &Cause) -> String {
    let title =
        state.catalogue.get(cause.indicator.as_str()).map_or(cause.indicator.as_str(), |one| page.of_both(&one.title));
    let points = |points: Option<f64>| points.map_or_else(|| "–".to_owned(), |points| page.decimal(&points));
    page.t.vs(
        "what-if-cause",
        &[("indicator", title.to_owned()), ("now", points(cause.now)), ("then", points(cause.then))],
    )
}

/// One row, for this page and that of a shadow. Only a researcher opens cases.
pub(super) fn moved_view(state: &AppState, page: &Page, who: &Who, one: &MovedCase) -> MovedView {
    let href = match &one.case {
        Some(case) => format!("/case/{}", case.0),
        None => format!("/network/{}", one.subject),
    };
    let mut why: Vec<String> = one.causes.iter().take(6).map(|cause| cause_words(state, page, cause)).collect();
    if one.other_ads {
        why.push(page.t("what-if-other-ads"));
    }
    if why.is_empty() {
        why.push(page.t("what-if-ways-only"));
    }
    MovedView {
        name: subject_name(page, &one.subject),
        href: (who.role() == PersonRole::Researcher).then_some(href),
        now: standing(page, one.now.as_ref()),
        then: standing(page, one.then.as_ref()),
        why,
        anyway: one.also_without == Some(true),
    }
}

fn kinds(state: &AppState, page: &Page, who: &Who, id: u64, found: &Comparison, all: Option<&String>) -> Vec<KindView> {
    let each = CaseChange::ALL.into_iter().filter_map(|change| {
        let of: Vec<&MovedCase> = found.moved.iter().filter(|one| one.change == change).collect();
        if of.is_empty() {
            return None;
        }
        let key = change.as_str();
        let whole = all.is_some_and(|all| all == key);
        let shown = if whole { of.len() } else { ROWS };
        Some(KindView {
            key,
            title: page.t(&format!("what-if-{key}")),
            count: page.whole(of.len()),
            rows: of.iter().take(shown).map(|one| moved_view(state, page, who, one)).collect(),
            more: (of.len() > shown)
                .then(|| (format!("/what-if/{id}?all={key}#k-{key}"), page.n("what-if-all", of.len()))),
        })
    });
    each.collect()
}

/// How far a trial is, and what it found.
pub async fn trial(
    State(state): State<AppState>,
    Office(who): Office,
    visit: Visit,
    Path(id): Path<u64>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    trial_page(&state, &visit, &who, id, query.get("all"), (String::new(), None, false))
}

/// Columns of a file of cases that move.
pub(super) const MOVED_HEADER: [&str; 6] = ["subject", "change", "now", "then", "why", "also_without"];

/// A row of such a file.
pub(super) fn moved_cells(state: &AppState, page: &Page, who: &Who, change: &str, one: &MovedCase) -> Vec<String> {
    let view = moved_view(state, page, who, one);
    let anyway = if view.anyway { "1" } else { "0" }.to_owned();
    vec![view.name, change.to_owned(), view.now, view.then, view.why.join(", "), anyway]
}

/// What a trial found, as a file.
pub async fn trial_file(
    State(state): State<AppState>,
    Office(who): Office,
    visit: Visit,
    Path(id): Path<u64>,
) -> Result<Response, WebError> {
    let (_, trial) = state.workbench.trial(id).ok_or(WebError::NotFound)?;
    let Trial::Done(found) = trial else { return Err(WebError::NotFound) };
    state.store.audit(&who.look("export:what_if", "review", id.to_string(), state.now())).await?;
    let page = Page::of(&state, &visit, &who, String::new());
    let rows = found.moved.iter().take(csv::MOST_ROWS as usize);
    let rows = rows.map(|one| moved_cells(&state, &page, &who, one.change.as_str(), one)).collect();
    Ok(csv::answer("what-if", MOVED_HEADER.map(str::to_owned).to_vec(), rows))
}

fn trial_page(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    id: u64,
    all: Option<&String>,
    (reason, error, done): (String, Option<String>, bool),
) -> Result<Html<String>, WebError> {
    let (changes, trial) = state.workbench.trial(id).ok_or(WebError::NotFound)?;
    let page = Page::of(state, visit, who, visit.language.t("what-if-result-title"))
        .under("/what-if", visit.language.t("what-if-title"));
    let mut view = ResultView {
        id,
        changes: change_views(state, &page, &changes),
        under_way: None,
        failed: None,
        about: String::new(),
        unchanged: String::new(),
        anyway: None,
        kinds: Vec::new(),
        csv_cut: None,
        reason,
        error,
        done,
        page,
    };
    match trial {
        Trial::UnderWay(ads) => view.under_way = Some(view.page.n("what-if-under-way", ads)),
        Trial::Failed(why) => view.failed = Some(why),
        Trial::Done(found) => {
            let page = &view.page;
            view.about = page.t.vs(
                "what-if-about",
                &[
                    ("at", page.time(&found.as_of)),
                    ("now", found.reference_now.clone()),
                    ("then", found.reference_then.clone()),
                ],
            );
            view.unchanged = page.n("what-if-unchanged", found.unchanged);
            let anyway = found.moved.iter().filter(|one| one.also_without == Some(true)).count();
            view.anyway = (anyway > 0).then(|| page.n("what-if-anyway-count", anyway));
            view.csv_cut = csv::cut(page, found.moved.len() as u64);
            view.kinds = kinds(state, page, who, id, &found, all);
        }
    }
    show(&view)
}

/// Makes it the configuration in force.
pub async fn adopt(
    State(state): State<AppState>,
    Office(who): Office,
    visit: Visit,
    Path(id): Path<u64>,
    posted: Posted,
) -> Result<Response, WebError> {
    let reason = posted.text("reason");
    let refused = match wrong_reason(visit.language, &reason) {
        Some((_, words)) => Some(words),
        None => {
            let act = ConfigurationAct { by: Actor::Account(who.id()), at: state.now(), reason: reason.clone() };
            match state.workbench.adopt_trial(id, &act).await? {
                Adopted::Written(_) => None,
                Adopted::Refused(why) => Some(why),
            }
        }
    };
    let wrong = refused.is_some();
    let page = trial_page(&state, &visit, &who, id, None, (reason, refused, !wrong))?;
    Ok(if wrong { (StatusCode::UNPROCESSABLE_ENTITY, page).into_response() } else { page.into_response() })
}
