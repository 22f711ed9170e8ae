//! Second readings: a share of the decisions is read once more, blind; how far readers agree; what they disagree on.

use super::case::{Ask, page as case_page};
use super::decision::{DecisionForm, kind_words};
use super::firings::title;
use super::queue_acts::reading_until;
use super::queue_filter::Asked;
use super::{csv, show};
use crate::access::{Researcher, Visit};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use crate::{AppState, format};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use report::stat::agreement::{Resampled, kappa, krippendorffs_alpha, with_interval};
use std::collections::{BTreeMap, HashMap};
use store::{SecondDone, SecondId, SecondView, TwiceRead};

/// With fewer cases a figure says nothing.
const LEAST: usize = 10;
/// The intervals are the same each time the page is shown.
const SEED: u64 = 1;

/// Agreement over a time.
struct FigureView {
    when: String,
    cases: String,
    alike: String,
    kappa: String,
    alpha: String,
}

/// Cases on which two disagreed, with what had fired.
struct IndicatorView {
    id: String,
    title: String,
    read: String,
    apart: String,
    cases: Vec<ApartView>,
}

/// One such case.
#[derive(Clone)]
struct ApartView {
    href: String,
    case: String,
    words: String,
}

#[derive(Template)]
#[template(path = "second.html")]
struct OverviewTemplate {
    page: Page,
    share: String,
    waiting: u64,
    waiting_words: String,
    figures: Vec<FigureView>,
    open: String,
    indicators: Vec<IndicatorView>,
}

/// What waits, how far readers agree, and on what they do not.
pub async fn overview(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let (t, now, programme) = (visit.language, state.now(), &state.settings.programme);
    let waiting = state.store.second_waiting(programme, who.id(), now).await?;
    let look = who.look("second_readings", "review", programme.0.clone(), now);
    let read = state.store.twice_read(&look, programme).await?;
    let page = Page::of(&state, &visit, &who, t.t("second-title")).with_done(query.get("done"));
    let mut months: BTreeMap<(i16, i8), Vec<&TwiceRead>> = BTreeMap::new();
    for case in &read {
        let day = format::day_of(case.second.1);
        months.entry((day.year(), day.month())).or_default().push(case);
    }
    let mut figures = vec![figure(&page, t.t("second-all-time"), &read.iter().collect::<Vec<_>>())];
    figures.extend(
        months
            .iter()
            .rev()
            .map(|((year, month), cases)| figure(&page, format!("{} {year}", t.t(&format!("month-{month}"))), cases)),
    );
    // A disagreement that waits for its third reader is counted, but not shown: whoever reads the list may be the third.
    let (apart, open): (Vec<&TwiceRead>, Vec<&TwiceRead>) =
        read.iter().filter(|case| case.first != case.second.0).partition(|case| case.third.is_some());
    let template = OverviewTemplate {
        share: page.v("second-share", "percent", page.decimal(&(state.settings.review.second_share * 100.0))),
        waiting,
        waiting_words: page.n("second-waiting", waiting),
        figures,
        open: page.n("second-open", open.len()),
        indicators: by_indicator(&state, &page, &read, &apart),
        page,
    };
    show(&template)
}

/// Disagreements that a third one has read, as a file. Logged as an export.
pub async fn file(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
) -> Result<Response, WebError> {
    let programme = &state.settings.programme;
    let look = who.look("export:second_readings", "review", programme.0.clone(), state.now());
    let read = state.store.twice_read(&look, programme).await?;
    let page = Page::of(&state, &visit, &who, String::new());
    let row = |case: &TwiceRead| {
        let third = case.third.filter(|_| case.first != case.second.0)?;
        let signs: Vec<String> = case.indicators.iter().map(|id| title(&state.catalogue, &page, id.as_str())).collect();
        let kinds = [case.first, case.second.0, third].map(|kind| kind_words(page.t, kind));
        Some([vec![case.case.0.clone()], kinds.to_vec(), vec![case.second.1.to_string(), signs.join(", ")]].concat())
    };
    let header = ["case", "first", "second", "third", "second_at", "signs"].map(str::to_owned).to_vec();
    Ok(csv::answer("second", header, read.iter().filter_map(row).collect()))
}

fn figure(page: &Page, when: String, cases: &[&TwiceRead]) -> FigureView {
    let pairs: Vec<_> = cases.iter().map(|case| (case.first, case.second.0)).collect();
    let units: Vec<_> = pairs.iter().map(|(a, b)| vec![*a, *b]).collect();
    let alike = pairs.iter().filter(|(a, b)| a == b).count();
    let words = |figure: Option<Resampled>| match figure {
        _ if pairs.len() < LEAST => page.n("second-too-few", LEAST),
        None => page.t("second-one-kind"),
        Some(Resampled { value, interval: None }) => two_decimals(page, value),
        Some(Resampled { value, interval: Some((low, high)) }) => page.t.vs(
            "second-figure",
            &[
                ("value", two_decimals(page, value)),
                ("low", two_decimals(page, low)),
                ("high", two_decimals(page, high)),
            ],
        ),
    };
    let beyond_chance = kappa(&pairs, report::stat::LEVEL).map(|found| {
        let of = found.kappa;
        Resampled { value: of.value, interval: Some((of.low, of.high)) }
    });
    FigureView {
        when,
        cases: page.whole(pairs.len()),
        alike: page.whole(alike),
        kappa: words(beyond_chance),
        alpha: words(with_interval(&units, SEED, krippendorffs_alpha)),
    }
}

fn two_decimals(page: &Page, value: f64) -> String {
    let text = format!("{value:.2}").replace('-', "\u{2212}");
    if page.t.code() == "da" { text.replace('.', ",") } else { text }
}

/// For each indicator that fired in a case which two readers saw apart: how often, and which cases. Most first.
fn by_indicator(state: &AppState, page: &Page, read: &[TwiceRead], apart: &[&TwiceRead]) -> Vec<IndicatorView> {
    let mut found: BTreeMap<&str, Vec<ApartView>> = BTreeMap::new();
    for case in apart {
        let third = case.third.map_or_else(String::new, |kind| kind_words(page.t, kind));
        let one = ApartView {
            href: format!("/case/{}?look=yes", case.case.0),
            case: page.v("case-title", "id", super::case::short_id(&case.case)),
            words: page.t.vs(
                "second-apart",
                &[
                    ("first", kind_words(page.t, case.first)),
                    ("second", kind_words(page.t, case.second.0)),
                    ("third", third),
                ],
            ),
        };
        for indicator in &case.indicators {
            found.entry(indicator.as_str()).or_default().push(one.clone());
        }
    }
    let mut views: Vec<(usize, IndicatorView)> = found
        .into_iter()
        .map(|(id, cases)| {
            let twice = read.iter().filter(|case| case.indicators.iter().any(|fired| fired.as_str() == id)).count();
            let view = IndicatorView {
                title: title(&state.catalogue, page, id),
                id: id.to_owned(),
                read: page.whole(twice),
                apart: page.whole(cases.len()),
                cases,
            };
            (view.cases.len(), view)
        })
        .collect();
    views.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.id.cmp(&b.1.id)));
    views.into_iter().map(|(_, view)| view).collect()
}

/// Takes the next reading.
pub async fn next(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    _posted: Posted,
) -> Result<Redirect, WebError> {
    let (now, programme) = (state.now(), &state.settings.programme);
    let taken = state.store.claim_second(programme, who.id(), now, reading_until(&state, now)).await?;
    let to = taken.map_or_else(|| "/second?done=none-second".to_owned(), |SecondId(id)| format!("/second/{id}"));
    Ok(Redirect::to(&to))
}

/// Shows the case blind.
pub async fn read_blind(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Path(id): Path<i64>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let look = who.look("second_reading", "review", id.to_string(), state.now());
    let SecondView { second, view } = state.store.second_view(&look, SecondId(id), who.id()).await?;
    state.store.read_second(who.id(), state.now(), state.settings.review.rest_minutes * 60_000).await?;
    let ask = Ask {
        words_shown: query.get("words").is_some_and(|words| words == "shown"),
        all_ads: query.get("ads").is_some_and(|ads| ads == "all"),
        blind: Some(second),
        ..Ask::default()
    };
    case_page(&state, &visit, &who, view, DecisionForm::empty(&state, visit.language)?, &ask, &query).await
}

/// Keeps what the reader says.
pub async fn answer(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, WebError> {
    let now = state.now();
    let decision = match DecisionForm::read(&state, visit.language, &posted, format::day_of(now)) {
        Ok(decision) => decision,
        Err(form) => {
            let look = who.look("second_reading", "review", id.to_string(), now);
            let SecondView { second, view } = state.store.second_view(&look, SecondId(id), who.id()).await?;
            let ask = Ask { blind: Some(second), asked: Asked::default(), ..Ask::default() };
            let page = case_page(&state, &visit, &who, view, *form, &ask, &HashMap::new()).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let done = match state.store.answer_second(SecondId(id), &decision, who.id(), now).await? {
        SecondDone::Agrees => "second-agrees",
        SecondDone::ThirdReads => "second-third",
        SecondDone::Changed => "second-changed",
        SecondDone::Before => "second-before",
    };
    Ok(Redirect::to(&format!("/second?done={done}")).into_response())
}

/// Gives the reading back.
pub async fn give_back(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    Path(id): Path<i64>,
    _posted: Posted,
) -> Result<Redirect, WebError> {
    state.store.release_second(SecondId(id), who.id()).await?;
    Ok(Redirect::to("/second?done=second-given-back"))
}
