//! What was visited of what is known, and of what there is estimated to be, by region.

use super::place_view::{look, settings};
use super::{Choice, show};
use crate::access::{Researcher, Visit};
use crate::errors::WebError;
use crate::page::Page;
use crate::places::KnownPlaces;
use crate::{AppState, Language, format};
use ::places::{Estimate, Origin, Place, Register};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Html;
use jiff::ToSpan;
use report::stat::LEVEL;
use report::stat::recapture::chapman;
use std::collections::HashMap;

struct CoverageRow {
    region: String,
    known: String,
    visited: String,
    of_known: String,
    estimate: String,
    of_estimated: String,
    met: String,
    offers: String,
    wait: String,
    concern: String,
}

#[derive(Template)]
#[template(path = "coverage.html")]
struct CoverageView {
    page: Page,
    lead: String,
    rows: Vec<CoverageRow>,
    periods: Vec<Choice>,
    problems: Option<String>,
}

/// Shows it.
pub async fn coverage(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let settings = settings(&state)?;
    let (t, today) = (visit.language, format::day_of(state.now()));
    let page = Page::of(&state, &visit, &who, t.t("coverage-title"));
    let known = KnownPlaces::read(&state.store, &look(&state, &who, "coverage"), &state.settings.programme).await?;
    let asked = query.get("days").and_then(|days| days.parse::<u32>().ok()).filter(|days| (1..=1826).contains(days));
    let days = asked.unwrap_or(settings.interval_days.max(1));
    let from = today.saturating_sub(i64::from(days).days());
    let mut rows = Vec::new();
    let everywhere: Vec<String> = state.settings.municipalities.keys().cloned().collect();
    let regions = state.settings.regions.iter().map(|region| (region.name.clone(), region.municipalities.as_slice()));
    for (name, municipalities) in regions.chain([(t.t("places-everywhere"), everywhere.as_slice())]) {
        let estimate = estimate(&known.register, municipalities);
        let of = ::places::coverage(&known.register, municipalities, (from, today), estimate);
        if of.known == 0 {
            continue;
        }
        let concern = here(&known.register, municipalities).filter(|place| place.concern.is_some()).count();
        rows.push(CoverageRow {
            region: name,
            known: page.whole(of.known),
            visited: page.whole(of.visited),
            of_known: of.of_known.map_or_else(String::new, |share| percent(t, share)),
            estimate: estimate.map_or_else(
                || t.t("coverage-no-estimate"),
                |e| interval(t, [e.number, e.low, e.high].map(|number| format::whole(t, number.round() as i64))),
            ),
            of_estimated: of.of_estimated.map_or_else(String::new, |(share, low, high)| {
                interval(t, [share, low, high].map(|share| percent(t, share)))
            }),
            met: page.whole(of.met),
            offers: format!("{} / {}", of.offers.0, of.offers.1),
            wait: of.longest_wait_days.map_or_else(|| "–".to_owned(), |days| t.n("count-days", i64::from(days))),
            concern: page.whole(concern),
        });
    }
    let choices = [30, 90, 182, 365, 730];
    let periods =
        choices.map(|choice| Choice::new(choice.to_string(), t.n("count-days", i64::from(choice)), &days.to_string()));
    let view = CoverageView {
        lead: t.vs("coverage-lead", &[("from", page.date(&from)), ("to", page.date(&today))]),
        rows,
        periods: periods.to_vec(),
        problems: (!known.problems.is_empty()).then(|| t.n("coverage-problems", known.problems.len())),
        page,
    };
    show(&view)
}

fn here<'a>(register: &'a Register, municipalities: &'a [String]) -> impl Iterator<Item = &'a Place> {
    register.places().filter(move |place| {
        place.closed.is_none() && place.details().is_some_and(|of| municipalities.contains(&of.municipality_code))
    })
}

/// How many there are, from those that ads name and those that lists or visits name.
fn estimate(register: &Register, municipalities: &[String]) -> Option<Estimate> {
    let (mut ads, mut others, mut both) = (0, 0, 0);
    for place in here(register, municipalities) {
        let in_ads = place.origins.contains(&Origin::Ads);
        let elsewhere = place.origins.contains(&Origin::List) || place.origins.contains(&Origin::Visit);
        ads += u64::from(in_ads);
        others += u64::from(elsewhere);
        both += u64::from(in_ads && elsewhere);
    }
    let found = chapman(ads, others, both, LEVEL)?;
    Some(Estimate { number: found.value, low: found.low, high: found.high })
}

fn percent(t: Language, share: f64) -> String {
    format!("{} %", format::decimal(t, share * 100.0))
}

fn interval(t: Language, [value, low, high]: [String; 3]) -> String {
    t.vs("coverage-interval", &[("value", value), ("low", low), ("high", high)])
}
