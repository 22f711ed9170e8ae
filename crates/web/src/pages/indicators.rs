//! Help pages, made from the catalogue.

use super::firings::group_name;
use super::show;
use crate::AppState;
use crate::access::{Visit, Who};
use crate::errors::WebError;
use crate::page::Page;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Html;
use classifier::{Indicator, Source};
use domain::{Role, Scope};
use std::collections::BTreeMap;

struct Row {
    id: String,
    title: String,
    definition: String,
    grade: String,
    role: String,
    status: String,
}

struct Group {
    letter: char,
    name: String,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "indicators.html")]
struct IndicatorsView {
    page: Page,
    groups: Vec<Group>,
    hash: String,
}

#[derive(Template)]
#[template(path = "indicator.html")]
struct IndicatorView {
    page: Page,
    definition: String,
    facts: Vec<(String, String)>,
    why: String,
    other_readings: Vec<String>,
    examples: Vec<String>,
    counter_examples: Vec<String>,
    sources: Vec<Source>,
    checked: String,
}

/// All indicators by group.
pub async fn indicators(State(state): State<AppState>, who: Who, visit: Visit) -> Result<Html<String>, WebError> {
    let page = Page::of(&state, &visit, &who, visit.language.t("indicators-title"));
    let mut groups: BTreeMap<domain::Group, Vec<Row>> = BTreeMap::new();
    for indicator in state.catalogue.indicators() {
        groups.entry(indicator.group).or_default().push(row(&page, indicator));
    }
    let groups = groups
        .into_iter()
        .map(|(group, rows)| Group { letter: group.0, name: group_name(&page, group), rows })
        .collect();
    show(&IndicatorsView { page, groups, hash: state.catalogue.hash().to_owned() })
}

fn row(page: &Page, indicator: &Indicator) -> Row {
    Row {
        id: indicator.id.0.clone(),
        title: page.of_both(&indicator.title).to_owned(),
        definition: page.of_both(&indicator.definition).to_owned(),
        grade: indicator.grade.as_str().to_owned(),
        role: role(page, indicator.role),
        status: page.t(&format!("status-{}", indicator.status.as_str())),
    }
}

fn role(page: &Page, role: Role) -> String {
    page.t(match role {
        Role::Score => "indicator-role-score",
        Role::Context => "indicator-role-context",
        Role::Control => "indicator-role-control",
        Role::Urgent => "indicator-role-urgent",
        Role::Counter => "indicator-role-counter",
    })
}

/// One indicator.
pub async fn indicator(
    State(state): State<AppState>,
    who: Who,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Html<String>, WebError> {
    let t = visit.language;
    let indicator = state.catalogue.get(&id).ok_or(WebError::NotFound)?;
    let page =
        Page::of(&state, &visit, &who, t.of(&indicator.title).to_owned()).under("/indicators", t.t("menu-indicators"));
    let scope = page.t(match indicator.scope {
        Scope::Ad => "scope-ad",
        Scope::Advertiser => "scope-advertiser",
        Scope::Network => "scope-network",
    });
    let points = if indicator.points > 0.0 { page.decimal(&indicator.points) } else { t.t("indicator-no-points") };
    let mut facts = vec![
        (t.t("group"), format!("{} · {}", indicator.group, group_name(&page, indicator.group))),
        (t.t("grade"), format!("{}: {}", indicator.grade.as_str(), page.grade(&indicator.grade))),
        (t.t("role-of-indicator"), role(&page, indicator.role)),
        (t.t("points"), points),
        (t.t("indicator-scope"), scope),
        (t.t("state"), t.t(&format!("status-{}", indicator.status.as_str()))),
        (t.t("indicator-id"), format!("{} ({})", indicator.id, indicator.version)),
    ];
    if indicator.sensitive {
        facts.push((t.t("indicator-sensitive"), t.t("firing-sensitive")));
    }
    let keys = &indicator.sources;
    let view = IndicatorView {
        definition: t.of(&indicator.definition).to_owned(),
        facts,
        why: t.of(&indicator.why).to_owned(),
        other_readings: indicator.other_readings.iter().map(|reading| t.of(reading).to_owned()).collect(),
        examples: indicator.examples.clone(),
        counter_examples: indicator.counter_examples.iter().map(|example| example.text.clone()).collect(),
        sources: state.catalogue.sources().iter().filter(|source| keys.contains(&source.key)).cloned().collect(),
        checked: indicator.checked.clone(),
        page,
    };
    show(&view)
}
