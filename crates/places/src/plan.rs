//! The plan of a team's next days: every known place within the interval, places of concern first, the rest by draw.
//!
//! Each place has a last day, an interval after its last visit (or after it became known). A place is planned when its
//! lot comes, unless somebody else's last day would then be missed: with room for every place in each interval, nobody
//! waits longer than one. Distance decides only which of those drawn are visited on the same day.

use crate::draw::{distance_km, lot};
use crate::register::{Place, Register};
use crate::{PlaceId, VisitResult};
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What a plan goes by.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanSettings {
    /// Municipalities of the team, four digits each.
    pub municipalities: Vec<String>,
    /// Every known place is visited once within so many days.
    pub interval_days: u32,
    /// A place of concern goes first when its last visit is so many days back.
    pub concern_days: u32,
    /// Nobody is visited again within so many days, but for concern.
    pub pause_days: u32,
    /// Visits on each day of the week, Monday first.
    pub visits: [u32; 7],
    /// Where the team's day begins: latitude and longitude in degrees.
    pub base: Option<(f64, f64)>,
    /// The same seed draws the same plan.
    pub seed: String,
}

/// Why a place is on the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// A person set it as a place of concern.
    Concern,
    /// Its last day comes before another chance.
    LastDay,
    /// Its lot came.
    Drawn,
}

/// A visit to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// When.
    pub on: Date,
    /// Where.
    pub place: PlaceId,
    /// Why now.
    pub why: Why,
    /// The day by which the interval ends.
    pub last_day: Date,
    /// Kilometres from the stop before, or from the base; `None` where a point is not known.
    pub distance_km: Option<f64>,
}

/// A plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// In the order in which they are made.
    pub visits: Vec<Planned>,
    /// Places whose interval ends without a visit, since there is no room: said, never hidden.
    pub late: Vec<PlaceId>,
    /// Places of the frame: known, open, in the team's municipalities.
    pub frame: usize,
}

struct Waiting<'a> {
    place: &'a Place,
    last_day: Date,
    concern: bool,
    /// Is its pause over on the first day of the plan?
    rested: bool,
    lot: u64,
}

/// Draws the visits of `days` days from `first` on.
pub fn plan(register: &Register, settings: &PlanSettings, first: Date, days: u32) -> Plan {
    let interval = i64::from(settings.interval_days.max(1));
    let later = |day: Date, days: i64| day.saturating_add(days.days());
    let mut waiting: Vec<Waiting<'_>> = register
        .places()
        .filter(|place| {
            let here = place.details().is_some_and(|d| settings.municipalities.contains(&d.municipality_code));
            here && place.closed.is_none()
        })
        .map(|place| {
            let since = place.last_visit().unwrap_or(place.known_since);
            let back = |days: u32| place.last_visit().is_none_or(|last| later(last, i64::from(days)) <= first);
            let concern = place.concern.is_some() && back(settings.concern_days);
            let rested = concern || back(settings.pause_days);
            let lot = lot(&settings.seed, first, &place.id);
            Waiting { place, last_day: later(since, interval), concern, rested, lot }
        })
        .collect();
    waiting.sort_by_key(|one| (!one.concern, one.lot, one.place.id.clone()));
    let frame = waiting.len();
    let capacity = |day: Date| {
        let weekday = day.weekday().to_monday_zero_offset();
        settings.visits.get(usize::try_from(weekday).unwrap_or_default()).copied().unwrap_or_default() as usize
    };
    let span: Vec<Date> = (0..i64::from(days)).map(|ahead| later(first, ahead)).collect();
    let room: usize = span.iter().map(|day| capacity(*day)).sum();
    // Room after the plan's days, up to each day of an interval ahead.
    let end = later(first, i64::from(days));
    let mut after: BTreeMap<Date, usize> = BTreeMap::new();
    let mut sum = 0;
    for ahead in 0..=interval {
        let day = later(end, ahead);
        sum += capacity(day);
        after.insert(day, sum);
    }
    // First who goes in these days, then on which of them.
    let order: Vec<usize> =
        (0..waiting.len()).filter(|index| waiting.get(*index).is_some_and(|one| one.rested)).collect();
    let everybody: Vec<(usize, Date)> = waiting.iter().enumerate().map(|(index, one)| (index, one.last_day)).collect();
    let chosen = choose(&order, &everybody, room, &|day| after.range(..=day).next_back().map_or(0, |(_, sum)| *sum));
    let mut left: Vec<(usize, Date)> =
        everybody.iter().filter(|(index, _)| chosen.iter().any(|(chosen, _)| chosen == index)).copied().collect();
    let mut visits = Vec::new();
    for (number, day) in span.iter().enumerate() {
        let slots = capacity(*day);
        let rest: Vec<(Date, usize)> = span
            .iter()
            .skip(number + 1)
            .scan(0, |sum, day| {
                *sum += capacity(*day);
                Some((*day, *sum))
            })
            .collect();
        let room_by = |day: Date| rest.iter().rev().find(|(end, _)| *end <= day).map_or(0, |(_, sum)| *sum);
        let near = by_distance(&left, &waiting, settings.base, slots);
        let today = choose(&near, &left, slots, &room_by);
        let forced = |index: usize| chosen.iter().any(|(chosen, forced)| *chosen == index && *forced);
        let mut stops: Vec<usize> = today.iter().map(|(index, _)| *index).collect();
        left.retain(|(index, _)| !stops.contains(index));
        let mut from = settings.base;
        while !stops.is_empty() {
            let nearest = (0..stops.len()).min_by(|a, b| {
                let far = |at: &usize| {
                    let place = stops.get(*at).and_then(|index| waiting.get(*index)).map(|one| one.place);
                    place.and_then(|place| leg(from, place)).unwrap_or(f64::INFINITY)
                };
                far(a).total_cmp(&far(b))
            });
            let Some(one) =
                nearest.map(|at| stops.remove(at)).and_then(|index| waiting.get(index).map(|one| (index, one)))
            else {
                break;
            };
            let (index, one) = one;
            let why = match (one.concern, forced(index)) {
                (true, _) => Why::Concern,
                (false, true) => Why::LastDay,
                (false, false) => Why::Drawn,
            };
            let distance_km = leg(from, one.place);
            from = one.place.details().and_then(|details| details.point).or(from);
            visits.push(Planned { on: *day, place: one.place.id.clone(), why, last_day: one.last_day, distance_km });
        }
    }
    let late = waiting
        .iter()
        .filter(|one| {
            let planned = visits.iter().find(|visit| visit.place == one.place.id).map(|visit| visit.on);
            planned.map_or(one.last_day < end, |on| on > one.last_day)
        })
        .map(|one| one.place.id.clone())
        .collect();
    Plan { visits, late, frame }
}

fn leg(from: Option<(f64, f64)>, place: &Place) -> Option<f64> {
    Some(distance_km(from?, place.details()?.point?))
}

/// The day's candidates: the farthest from the base first, then those nearest to it, so that far stops share a journey.
fn by_distance(left: &[(usize, Date)], waiting: &[Waiting<'_>], base: Option<(f64, f64)>, slots: usize) -> Vec<usize> {
    let point = |index: usize| waiting.get(index).and_then(|one| one.place.details()).and_then(|details| details.point);
    let mut order: Vec<usize> = left.iter().map(|(index, _)| *index).collect();
    let far = |index: &usize| base.zip(point(*index)).map_or(-1.0, |(base, point)| distance_km(base, point));
    // Places of concern keep their precedence over distance.
    let concern = |index: &usize| waiting.get(*index).is_some_and(|one| one.concern);
    order.sort_by(|a, b| concern(b).cmp(&concern(a)).then(far(b).total_cmp(&far(a))));
    let Some(seed) = order.first().copied().and_then(point).filter(|_| slots > 1) else { return order };
    let near = |index: &usize| point(*index).map_or(f64::INFINITY, |point| distance_km(seed, point));
    order.sort_by(|a, b| concern(b).cmp(&concern(a)).then(near(a).total_cmp(&near(b))));
    order
}

/// Takes from `order` as many as there are `slots`, so that nobody's last day is missed that could be kept:
/// `room_by(day)` is how many can be visited afterwards up to that day. Says of each whether its last day forced it.
fn choose(
    order: &[usize],
    everybody: &[(usize, Date)],
    slots: usize,
    room_by: &dyn Fn(Date) -> usize,
) -> Vec<(usize, bool)> {
    let mut last_days: Vec<Date> = everybody.iter().map(|(_, day)| *day).collect();
    last_days.sort();
    last_days.dedup();
    // How many of those with a last day up to each must go now.
    let mut must: Vec<(Date, usize)> = Vec::new();
    let mut count = 0;
    for day in last_days {
        count += everybody.iter().filter(|(_, last)| *last == day).count();
        must.push((day, count.saturating_sub(room_by(day))));
    }
    let last_of = |index: usize| everybody.iter().find(|(known, _)| *known == index).map(|(_, day)| *day);
    let mut chosen: Vec<(usize, bool)> = Vec::new();
    let mut take = |index: usize, day: Date, forced: bool, must: &mut Vec<(Date, usize)>| {
        for (until, needed) in must.iter_mut() {
            if *until >= day {
                *needed = needed.saturating_sub(1);
            }
        }
        chosen.push((index, forced));
    };
    let mut slots_left = slots;
    let mut skipped = Vec::new();
    for index in order {
        let Some(day) = last_of(*index).filter(|_| slots_left > 0) else { continue };
        // Taking it helps only last days from its own on; the earlier ones must still fit behind it.
        let fits = must.iter().all(|(until, needed)| *until >= day || *needed < slots_left);
        if fits {
            take(*index, day, false, &mut must);
            slots_left -= 1;
        } else {
            skipped.push((day, *index));
        }
    }
    // What is left of the room is kept for last days: first the earliest, and somebody who has not rested only where a
    // last day would be missed otherwise.
    let resting = everybody.iter().filter(|(index, _)| !order.contains(index)).map(|(index, day)| (*day, true, *index));
    let mut pool: Vec<(Date, bool, usize)> = skipped.into_iter().map(|(day, index)| (day, false, index)).collect();
    pool.extend(resting);
    pool.sort();
    for (day, resting, index) in pool {
        let needed = must.iter().any(|(until, needed)| *until >= day && *needed > 0);
        if slots_left > 0 && (needed || !resting) {
            take(index, day, true, &mut must);
            slots_left -= 1;
        }
    }
    chosen
}

/// What the next visit should do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Advice {
    /// Begin with the health offer: it is for everybody.
    HealthOfferFirst,
    /// Come back: trafficking is suspected, and trust takes more than one visit.
    ReturnVisit,
    /// Try another hour: nobody was met the last time.
    AnotherHour,
    /// The status of concern waits for its review.
    ReviewConcern,
}

/// The advice for a place, as mobile health teams work: help first, suspicion second.
pub fn advice(place: &Place, today: Date) -> Vec<Advice> {
    let mut advice = vec![Advice::HealthOfferFirst];
    let last = place.visits.last().map(|(_, _, visit)| visit);
    if place.concern.is_some() || last.is_some_and(|visit| visit.suspicion) {
        advice.push(Advice::ReturnVisit);
    }
    if last.is_some_and(|visit| visit.result != VisitResult::Met) {
        advice.push(Advice::AnotherHour);
    }
    if place.review_due(today) {
        advice.push(Advice::ReviewConcern);
    }
    advice
}
