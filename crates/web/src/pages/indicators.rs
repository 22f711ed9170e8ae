//! Help pages, made from the catalogue.

use super::firings::group_name;
use super::shadow::{self, ShadowCard};
use super::show;
use crate::AppState;
use crate::access::{Visit, Who};
use crate::errors::WebError;
use crate::page::Page;
use crate::picture::line_chart::{Line, lines};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Html;
use classifier::{Indicator, Source};
use domain::{IndicatorId, Role, Scope};
use report::stat::LEVEL;
use report::stat::interval::wilson;
use std::collections::{BTreeMap, HashMap};
use store::{DecidedWith, DecisionKind, PersonRole};

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
    /// Those in the shadow, for whoever may open them.
    shadows: Vec<(String, String)>,
}

/// How an indicator does here.
struct Card {
    chart: String,
    now: String,
    decisions: Vec<(String, String, String)>,
    /// How often people acted where it had fired, and where it had not.
    agreement: Vec<String>,
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
    card: Option<Card>,
    shadow: Option<ShadowCard>,
}

/// All indicators by group.
pub async fn indicators(
    State(state): State<AppState>,
    who: Who,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let page = Page::of(&state, &visit, &who, visit.language.t("indicators-title")).with_done(query.get("done"));
    let shadows = if may_tune(&who) { shadow::list(&state, &page) } else { Vec::new() };
    let mut groups: BTreeMap<domain::Group, Vec<Row>> = BTreeMap::new();
    for indicator in state.catalogue.indicators() {
        groups.entry(indicator.group).or_default().push(row(&page, indicator));
    }
    let groups = groups
        .into_iter()
        .map(|(group, rows)| Group { letter: group.0, name: group_name(&page, group), rows })
        .collect();
    show(&IndicatorsView { page, groups, hash: state.catalogue.hash().to_owned(), shadows })
}

/// Who may open what runs in the shadow.
fn may_tune(who: &Who) -> bool {
    matches!(who.role(), PersonRole::Researcher | PersonRole::Administrator)
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

/// Analyses that a card looks back on.
const ANALYSES: u32 = 90;

/// How the indicator fires over time, and what people decided where it had fired.
async fn card(state: &AppState, page: &Page, id: &str) -> Result<Card, WebError> {
    let indicator = IndicatorId::from(id);
    let runs = state.store.run_figures(ANALYSES).await?;
    let share = |run: &store::RunFiguresRow| {
        let fired = run.figures.fired.get(&indicator).copied().unwrap_or(0);
        (run.analysis.as_of, fired, run.figures.subjects())
    };
    let mut points: Vec<_> = runs.iter().map(share).filter(|(_, _, all)| *all > 0).collect();
    points.reverse();
    let now = points.last().map_or_else(String::new, |(_, fired, all)| {
        page.t.vs("card-now", &[("fired", page.whole(*fired)), ("all", page.whole(*all))])
    });
    let line = Line {
        label: page.title.chars().take(24).collect(),
        points: points.iter().map(|(at, fired, all)| (*at, *fired as f64 / *all as f64)).collect(),
    };
    let decided = state.store.decided_with(&indicator).await?;
    Ok(Card {
        agreement: agreement(page, &decided),
        chart: lines(page.t, &page.t("card-over-time"), &page.t("card-over-time-note"), &[line]),
        now,
        decisions: decided
            .iter()
            .map(|row| (super::decision::kind_words(page.t, row.kind), page.whole(row.fired), page.whole(row.all)))
            .collect(),
    })
}

/// With fewer cases a share says nothing.
const LEAST: u64 = 10;

/// Of the cases in which people either acted (outreach, another team, the urgent route) or set the case aside (no concern,
/// spam): the share in which they acted, where the sign had fired and where it had not. To watch is neither.
fn agreement(page: &Page, decided: &[DecidedWith]) -> Vec<String> {
    use DecisionKind::{NoConcern, OfferOutreach, Refer, Spam, Urgent};
    let count = |kinds: &[DecisionKind], of: fn(&DecidedWith) -> u64| -> u64 {
        decided.iter().filter(|row| kinds.contains(&row.kind)).map(of).sum()
    };
    let percent = |share: f64| page.whole((share * 100.0).round() as i64);
    let side = |key: &'static str, of: fn(&DecidedWith) -> u64| {
        let (acted, aside) = (count(&[OfferOutreach, Refer, Urgent], of), count(&[NoConcern, Spam], of));
        let all = acted + aside;
        match wilson(acted, all, LEVEL).filter(|_| all >= LEAST) {
            None => page.t.vs(
                "card-agree-few",
                &[("where", page.t(key)), ("all", page.whole(all)), ("least", page.whole(LEAST))],
            ),
            Some(share) => page.t.vs(
                "card-agree",
                &[
                    ("where", page.t(key)),
                    ("acted", page.whole(acted)),
                    ("all", page.whole(all)),
                    ("percent", percent(share.value)),
                    ("low", percent(share.low)),
                    ("high", percent(share.high)),
                ],
            ),
        }
    };
    vec![side("card-agree-with", |row| row.fired), side("card-agree-without", |row| row.all - row.fired)]
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
    let card = if who.role() == PersonRole::Researcher { Some(card(&state, &page, &id).await?) } else { None };
    let shadow = if may_tune(&who) { shadow::card(&state, &page, &id).await? } else { None };
    let view = IndicatorView {
        shadow,
        definition: t.of(&indicator.definition).to_owned(),
        facts,
        why: t.of(&indicator.why).to_owned(),
        other_readings: indicator.other_readings.iter().map(|reading| t.of(reading).to_owned()).collect(),
        examples: indicator.examples.clone(),
        counter_examples: indicator.counter_examples.iter().map(|example| example.text.clone()).collect(),
        sources: state.catalogue.sources().iter().filter(|source| keys.contains(&source.key)).cloned().collect(),
        checked: indicator.checked.clone(),
        card,
        page,
    };
    show(&view)
}
