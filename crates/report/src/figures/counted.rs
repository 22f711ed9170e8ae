//! The tables of advertisers, as one cube.

use crate::guard::cube::{Cube, Dimension, Person};
use crate::source::{OUTCOMES, Source};
use domain::Band;
use std::collections::{BTreeMap, BTreeSet};

/// Months in which an ad of it was up.
pub const MONTH: usize = 0;
/// Form of advertising.
pub const FORM: usize = 1;
/// Region of its municipality.
pub const REGION: usize = 2;
/// Municipality, small ones merged.
pub const PLACE: usize = 3;
/// Language of most of its ads.
pub const LANGUAGE: usize = 4;
/// Band.
pub const BAND: usize = 5;
/// Indicators that fired.
pub const INDICATOR: usize = 6;
/// Decision in force.
pub const DECISION: usize = 7;
/// Outcome nearest to help.
pub const OUTCOME: usize = 8;
/// Methods by which it was approached.
pub const METHOD: usize = 9;
/// Days from the first to the last sighting of its longest ad.
pub const LIFETIME: usize = 10;
/// Number of sites.
pub const SITES: usize = 11;

/// The tables that are made.
pub const TABLES: &[&[usize]] = &[
    &[MONTH, FORM],
    &[MONTH, REGION],
    &[MONTH, BAND],
    &[MONTH, INDICATOR],
    &[FORM, REGION],
    &[REGION, PLACE],
    &[BAND, REGION],
    &[BAND, FORM],
    &[BAND, LANGUAGE],
    &[INDICATOR, BAND],
    &[INDICATOR, OUTCOME],
    &[DECISION, BAND],
    &[METHOD, OUTCOME],
    &[BAND, OUTCOME],
    &[LIFETIME, FORM],
    &[SITES, FORM],
];

/// A municipality stands alone where so many times the limit of small cells name it; others are merged within their region.
const ALONE: u64 = 4;
/// Languages stand alone under the same rule.
const OTHER: &str = "other";
/// Classes of lifetimes in days: up to and including.
const LIFETIMES: [(i32, &str); 4] = [(1, "1 day"), (7, "2-7 days"), (30, "8-30 days"), (i32::MAX, "over 30 days")];

/// Counts the advertisers.
pub(super) fn cube(source: &Source) -> Cube {
    let unclear = (source.forms.len().max(1) - 1) as u8;
    let months: BTreeSet<String> =
        source.advertisers.iter().flat_map(|advertiser| advertiser.days()).map(|day| month(source, day)).collect();
    let months: Vec<String> = months.into_iter().collect();
    let regions: BTreeSet<&str> = source.places.iter().map(|place| place.region.as_str()).collect();
    let regions: Vec<String> = regions.into_iter().map(str::to_owned).chain(["unknown".to_owned()]).collect();
    let mut by_place: BTreeMap<u16, u64> = BTreeMap::new();
    let mut by_language: BTreeMap<String, u64> = BTreeMap::new();
    for advertiser in &source.advertisers {
        if let Some(place) = advertiser.place() {
            *by_place.entry(place).or_default() += 1;
        }
        *by_language.entry(advertiser.language().unwrap_or_else(|| "und".to_owned())).or_default() += 1;
    }
    let alone = ALONE * crate::guard::cube::LEAST;
    let mut places: Vec<String> = by_place
        .iter()
        .filter(|(_, count)| **count >= alone)
        .filter_map(|(place, _)| source.places.get(usize::from(*place)))
        .map(|place| place.code.clone())
        .collect();
    places.extend(regions.iter().map(|region| rest_of(region)));
    let mut languages: Vec<String> =
        by_language.into_iter().filter(|(_, count)| *count >= alone).map(|(language, _)| language).collect();
    languages.push(OTHER.to_owned());
    let text = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    let dimension = |name: &str, values: Vec<String>, adds_up| Dimension { name: name.to_owned(), values, adds_up };
    let mut decisions: BTreeSet<String> = source.advertisers.iter().filter_map(|a| a.decision.clone()).collect();
    decisions.insert("none".to_owned());
    let mut outcomes = text(&["not_approached", "no_outcome_yet"]);
    outcomes.extend(text(&OUTCOMES));
    let mut methods: BTreeSet<String> = source.methods.iter().map(|method| method.id.clone()).collect();
    methods.extend(source.attempts.iter().map(|attempt| attempt.method.clone()));
    let dimensions = vec![
        dimension("month", months, false),
        dimension("form", source.forms.iter().map(|form| form.id.clone()).collect(), true),
        dimension("region", regions, true),
        dimension("place", places, true),
        dimension("language", languages, true),
        dimension("band", text(&["none", "low", "medium", "high"]), true),
        dimension("indicator", source.indicators.iter().map(|indicator| indicator.id.clone()).collect(), false),
        dimension("decision", decisions.into_iter().collect(), true),
        dimension("outcome", outcomes, true),
        dimension("method", methods.into_iter().collect(), false),
        dimension("lifetime", text(&LIFETIMES.map(|(_, name)| name)), true),
        dimension("sites", text(&["1", "2 or more"]), true),
    ];
    let mut attempts: BTreeMap<u32, Vec<&crate::source::Attempt>> = BTreeMap::new();
    for attempt in &source.attempts {
        if let Some(advertiser) = attempt.advertiser {
            attempts.entry(advertiser).or_default().push(attempt);
        }
    }
    let place_of = |dimension: usize, value: &str| -> u16 {
        let values: &Vec<String> = &dimensions[dimension].values;
        values.iter().position(|known| known == value).map_or(u16::MAX - 1, |at| at as u16)
    };
    let people: Vec<Person> = source
        .advertisers
        .iter()
        .enumerate()
        .map(|(number, advertiser)| {
            let months: BTreeSet<String> = advertiser.days().into_iter().map(|day| month(source, day)).collect();
            let place = advertiser.place().and_then(|place| source.places.get(usize::from(place)));
            let region = place.map_or("unknown", |place| place.region.as_str());
            let code = place
                .map(|place| place.code.as_str())
                .filter(|code| dimensions[PLACE].values.iter().any(|v| v == code));
            let code = code.map_or_else(|| rest_of(region), str::to_owned);
            let language = advertiser.language().unwrap_or_else(|| "und".to_owned());
            let language = if dimensions[LANGUAGE].values.contains(&language) { language } else { OTHER.to_owned() };
            let made = attempts.get(&(number as u32)).map(Vec::as_slice).unwrap_or_default();
            let best = made.iter().filter_map(|attempt| attempt.outcome.as_deref()).max_by_key(|outcome| rank(outcome));
            let outcome = if made.is_empty() { "not_approached" } else { best.unwrap_or("no_outcome_yet") };
            let lifetime = advertiser.ads.iter().map(|ad| days_between(ad.first, ad.last)).max().unwrap_or(1);
            let lifetime = LIFETIMES.iter().position(|(most, _)| lifetime <= *most).unwrap_or(0);
            let methods: BTreeSet<u16> = made.iter().map(|attempt| place_of(METHOD, &attempt.method)).collect();
            vec![
                months.iter().map(|month| place_of(MONTH, month)).collect(),
                vec![u16::from(advertiser.form(unclear))],
                vec![place_of(REGION, region)],
                vec![place_of(PLACE, &code)],
                vec![place_of(LANGUAGE, &language)],
                vec![band(advertiser.band)],
                advertiser.indicators.clone(),
                vec![place_of(DECISION, advertiser.decision.as_deref().unwrap_or("none"))],
                vec![place_of(OUTCOME, outcome)],
                methods.into_iter().collect(),
                vec![lifetime as u16],
                vec![u16::from(advertiser.sites().len() > 1)],
            ]
        })
        .collect();
    Cube::count(dimensions.clone(), TABLES, people.into_iter())
}

/// The merged municipalities of a region.
fn rest_of(region: &str) -> String {
    format!("rest of {region}")
}

/// `2026-10`.
fn month(source: &Source, day: u16) -> String {
    let date = source.from.saturating_add(jiff::Span::new().days(i64::from(day)));
    format!("{:04}-{:02}", date.year(), date.month())
}

/// Days that an ad was there, both ends counted.
pub(super) fn days_between(first: jiff::civil::Date, last: jiff::civil::Date) -> i32 {
    first.until(last).map_or(0, |span| span.get_days()).max(0) + 1
}

/// How near an outcome is to help.
fn rank(outcome: &str) -> usize {
    OUTCOMES.iter().position(|known| *known == outcome).unwrap_or(0)
}

/// Place of a band.
pub(crate) fn band(band: Band) -> u16 {
    match band {
        Band::None => 0,
        Band::Low => 1,
        Band::Medium => 2,
        Band::High => 3,
    }
}
