//! The team's visits: the plan that was drawn, the day's stops, and what came of a visit.

use super::place::{known_place, refuse};
use super::place_view::{advice_words, look, refused_words, settings, source_of, whereabouts};
use super::show;
use super::today::own_team;
use crate::access::{OutreachWorker, Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use crate::places::{self as register, Acted, KeptAct, KnownPlaces};
use crate::visit_plan::{self, PlanBody, StopBody};
use crate::{AppState, Language, format};
use ::places::{Act, Place, PlaceId, VisitResult, advice};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::civil::Date;
use std::collections::HashMap;

/// Longest note, in characters.
const MOST_NOTE: usize = 1_000;
/// Most offers of a kind that one visit makes.
const MOST_OFFERS: i64 = 99;

/// An offer on the form of a visit.
pub struct OfferRow {
    /// What the form sends.
    pub id: String,
    /// Shown.
    pub title: String,
    /// How often it was made, as typed.
    pub offered: String,
    /// How often it was accepted, as typed.
    pub accepted: String,
}

/// The offers for a municipality, with what was typed.
pub fn offer_rows(state: &AppState, t: Language, municipality: &str, typed: &Posted) -> Vec<OfferRow> {
    let rows = state.settings.offers_in(municipality).into_iter();
    rows.map(|offer| OfferRow {
        offered: typed.text(&format!("o:{}", offer.id)),
        accepted: typed.text(&format!("a:{}", offer.id)),
        title: t.of(&offer.title).to_owned(),
        id: offer.id.clone(),
    })
    .collect()
}

struct StopView {
    id: String,
    title: String,
    why: String,
    concern: bool,
    made: bool,
    facts: String,
    advice: Vec<String>,
}

struct DayView {
    title: String,
    stops: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "visits.html")]
struct VisitsView {
    page: Page,
    lead: String,
    stops: Vec<StopView>,
    missed: Vec<(String, String)>,
    days: Vec<DayView>,
    late: Vec<(String, String)>,
    planned: Option<String>,
}

/// The day's visits.
pub async fn day(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    settings(&state)?;
    let (t, team, today) = (visit.language, own_team(&state, &who)?, format::day_of(state.now()));
    let page = Page::of(&state, &visit, &who, t.t("visits-title")).with_done(query.get("done"));
    let look = look(&state, &who, &format!("{today} {}", team.id));
    let programme = &state.settings.programme;
    let known = KnownPlaces::read(&state.store, &look, programme).await?;
    let row = state.store.visit_plan(&look, programme, &team.id, today).await?;
    let body: Option<PlanBody> = match &row {
        Some(row) => Some(
            serde_json::from_value(row.body.clone())
                .map_err(|_| store::StoreError::Corrupt { what: "a plan of visits" })?,
        ),
        None => None,
    };
    let of = |id: &PlaceId| known.register.resolve(id).filter(|place| place.closed.is_none());
    let named =
        |id: &PlaceId| of(id).and_then(|place| Some((place.id.0.clone(), whereabouts(&state, place.details()?))));
    let stops = body.as_ref().map_or(&[][..], |body| body.stops.as_slice());
    let visited_since = |place: &Place, day: Date| place.last_visit().is_some_and(|last| last >= day);
    let missed = stops
        .iter()
        .filter(|stop| stop.on < today)
        .filter(|stop| of(&stop.place).is_some_and(|place| !visited_since(place, stop.on)))
        .filter_map(|stop| named(&stop.place));
    let mut days: Vec<DayView> = Vec::new();
    for stop in stops.iter().filter(|stop| stop.on > today) {
        let title = page.date(&stop.on);
        if days.last().is_none_or(|day| day.title != title) {
            days.push(DayView { title, stops: Vec::new() });
        }
        if let (Some(day), Some(stop)) = (days.last_mut(), named(&stop.place)) {
            day.stops.push(stop);
        }
    }
    let today_stops: Vec<StopView> = stops
        .iter()
        .filter(|stop| stop.on == today)
        .filter_map(|stop| of(&stop.place).map(|place| stop_view(&state, &page, stop, place, today)))
        .collect();
    let view = VisitsView {
        lead: t.vs(
            "visits-lead",
            &[
                ("date", page.date(&today)),
                ("team", team.name.clone()),
                ("visits", t.n("count-visits", today_stops.len())),
            ],
        ),
        stops: today_stops,
        missed: missed.collect(),
        days,
        late: body.iter().flat_map(|body| &body.late).filter_map(named).collect(),
        planned: row.as_ref().zip(body.as_ref()).map(|(row, body)| {
            t.vs(
                "visits-planned",
                &[
                    ("first", page.date(&row.first)),
                    ("last", page.date(&row.last)),
                    ("name", row.by.clone()),
                    ("time", page.short_time(&row.at)),
                    ("frame", page.whole(body.frame)),
                ],
            )
        }),
        page,
    };
    show(&view)
}

fn stop_view(state: &AppState, page: &Page, stop: &StopBody, place: &Place, today: Date) -> StopView {
    let t = page.t;
    let last = place.last_visit().filter(|day| *day < today);
    let last = last.map_or_else(|| t.t("place-never"), |day| t.v("places-last", "day", page.date(&day)));
    let distance = stop.distance_km.map(|km| t.v("visits-distance", "km", page.decimal(&km)));
    StopView {
        id: place.id.0.clone(),
        title: place.details().map(|details| whereabouts(state, details)).unwrap_or_default(),
        why: t.vs("visits-why", &[("why", why_words(t, &stop.why)), ("day", page.date(&stop.last_day))]),
        concern: place.concern.is_some(),
        made: place.last_visit() == Some(today),
        facts: [Some(last), distance].into_iter().flatten().collect::<Vec<_>>().join(" · "),
        advice: advice(place, today).into_iter().map(|advice| advice_words(t, advice)).collect(),
    }
}

fn why_words(t: Language, why: &str) -> String {
    t.t(match why {
        "concern" => "why-concern",
        "last_day" => "why-last-day",
        _ => "why-drawn",
    })
}

/// Draws the plan of the next days, from today on. What was planned before stands beside it.
pub async fn plan(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    _posted: Posted,
) -> Result<Redirect, WebError> {
    let (team, today) = (own_team(&state, &who)?, format::day_of(state.now()));
    let look = look(&state, &who, &format!("plan {today} {}", team.id));
    let of_team = (settings(&state)?, team);
    visit_plan::draw(&state.store, &look, &state.settings.programme, of_team, today).await?;
    Ok(Redirect::to("/visits?done=plan-drawn"))
}

/// Records a visit that was made.
pub async fn record(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, WebError> {
    let (known, place) = known_place(&state, &who, &id).await?;
    let (t, today) = (visit.language, format::day_of(state.now()));
    let (kept, on) = match built(&state, &who, &place, &posted, today) {
        Ok(built) => built,
        Err(key) => return refuse(&state, &visit, &who, &place.0, posted, t.t(key)).await,
    };
    let source = source_of(&who, &posted);
    let look = look(&state, &who, &place.0);
    match register::act(&state.store, &look, &state.settings.programme, Some(known), &kept, on, source).await? {
        Acted::Done(_) => Ok(Redirect::to(&format!("/places/{}?done=place-visited", place.0)).into_response()),
        Acted::Refused(refused) => refuse(&state, &visit, &who, &place.0, posted, refused_words(t, &refused)).await,
    }
}

fn built(
    state: &AppState,
    who: &Who,
    place: &PlaceId,
    posted: &Posted,
    today: Date,
) -> Result<(KeptAct, Date), &'static str> {
    let team = own_team(state, who).map_err(|_| "act-unknown")?;
    let result = match posted.text("result").as_str() {
        "met" => VisitResult::Met,
        "not_met" => VisitResult::NotMet,
        "empty" => VisitResult::Empty,
        _ => return Err("visit-no-result"),
    };
    let on = match posted.text("on").as_str() {
        "" => today,
        day => day.parse::<Date>().ok().filter(|day| *day <= today).ok_or("visit-wrong-day")?,
    };
    let mut offers = Vec::new();
    for offer in &state.settings.offers {
        let number = |mark: &str| match posted.text(&format!("{mark}:{}", offer.id)).as_str() {
            "" => Ok(0),
            text => match text.parse::<i64>() {
                Ok(number) if (0..=MOST_OFFERS).contains(&number) => Ok(u32::try_from(number).unwrap_or_default()),
                _ => Err("visit-wrong-number"),
            },
        };
        let (offered, accepted) = (number("o")?, number("a")?);
        if accepted > offered {
            return Err("act-counts");
        }
        if offered > 0 {
            offers.push((offer.id.clone(), offered, accepted));
        }
    }
    let note = posted.text("note");
    if note.chars().count() > MOST_NOTE {
        return Err("act-too-long");
    }
    let visit = ::places::Visit {
        team: team.id.0.clone(),
        result,
        offered: offers.iter().map(|(_, offered, _)| offered).sum(),
        accepted: offers.iter().map(|(_, _, accepted)| accepted).sum(),
        suspicion: posted.ticked("suspicion"),
    };
    let act = Act::Visited { place: place.clone(), visit };
    Ok((KeptAct { act, note, offers }, on))
}
