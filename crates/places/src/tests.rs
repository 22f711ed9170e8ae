//! The register's history, the plan's promise, the draw's fairness.

use crate::*;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

const START: Date = date(2026, 1, 5); // a Monday

fn id(number: usize) -> PlaceId {
    PlaceId(format!("p{number}"))
}

fn details(number: usize) -> Details {
    let spread = number as f64;
    let point = (number % 5 != 0).then_some((55.0 + (spread * 0.37) % 1.5, 9.0 + (spread * 0.61) % 3.0));
    Details { name: format!("Place {number}"), municipality_code: "0751".to_owned(), point }
}

fn event(id: u64, on: Date, act: Act) -> Event {
    Event { id: EventId(id), on, by: "ulla".to_owned(), act }
}

fn visit() -> Visit {
    Visit { team: "vest".to_owned(), result: VisitResult::Met, offered: 2, accepted: 1, suspicion: false }
}

fn found(number: usize) -> Event {
    event(number as u64, START, Act::Found { place: id(number), origin: Origin::Ads, details: details(number) })
}

fn concern(number: u64, place: usize, on: Date) -> Event {
    let review = on.saturating_add(90.days());
    let (evidence, reason) = (vec!["visit 3".to_owned()], "somebody else answered".to_owned());
    event(number, on, Act::Concern { place: id(place), evidence, reason, review })
}

#[test]
fn a_merge_keeps_visits_and_concern_and_can_be_undone() {
    let mut events = vec![found(1), found(2), concern(3, 2, START)];
    events.push(event(4, START, Act::Visited { place: id(2), visit: visit() }));
    let before = Register::of(&events).0;
    events.push(event(5, START, Act::Merged { into: id(1), from: id(2) }));
    let (merged, problems) = Register::of(&events);
    assert_eq!(problems, []);
    let place = merged.resolve(&id(2)).expect("it is p1 now");
    assert_eq!((&place.id, place.visits.len(), place.concern.is_some()), (&id(1), 1, true));
    assert_eq!(merged.ids_of(&id(2)), [id(1), id(2)]);
    // A visit to the old id counts for the one that goes on.
    events.push(event(6, START, Act::Visited { place: id(2), visit: visit() }));
    assert_eq!(Register::of(&events).0.resolve(&id(1)).map(|place| place.visits.len()), Some(2));
    events.truncate(5);
    events.push(event(6, START, Act::Undone { act: EventId(5) }));
    assert_eq!(Register::of(&events).0, before);
    events.push(event(7, START, Act::Undone { act: EventId(6) }));
    assert_eq!(Register::of(&events).0, merged, "an undo can be undone");
}

#[test]
fn a_status_of_concern_is_a_persons_founded_act_with_an_end() {
    let register = Register::of(&[found(1)]).0;
    let bare = |evidence: &[&str], reason: &str, review| {
        let evidence = evidence.iter().map(|text| (*text).to_owned()).collect();
        let act = Act::Concern { place: id(1), evidence, reason: reason.to_owned(), review };
        register.allows(&event(9, START, act))
    };
    assert_eq!(bare(&[], "why", date(2026, 4, 1)), Err(Refused::Unfounded));
    assert_eq!(bare(&[" "], "why", date(2026, 4, 1)), Err(Refused::Unfounded));
    assert_eq!(bare(&["visit 3"], "", date(2026, 4, 1)), Err(Refused::Unfounded));
    assert_eq!(bare(&["visit 3"], "why", START), Err(Refused::Unfounded));
    let mut events = vec![found(1), concern(2, 1, START)];
    let place = |events: &[Event]| Register::of(events).0.resolve(&id(1)).cloned().expect("known");
    let due = date(2026, 6, 1);
    assert!(place(&events).review_due(due), "the status stays past its review, and is shown as due");
    assert!(advice(&place(&events), due).contains(&Advice::ReviewConcern));
    assert_eq!(advice(&place(&events), START).first(), Some(&Advice::HealthOfferFirst));
    assert!(advice(&place(&events), START).contains(&Advice::ReturnVisit));
    events.push(event(3, due, Act::ConcernEnded { place: id(1), reason: "visited three times".to_owned() }));
    assert_eq!(place(&events).concern, None);
    assert_eq!(Register::of(&events).0.allows(&events[2]), Err(Refused::NoConcern("p1".to_owned())));
}

#[test]
fn moves_and_closings_keep_their_history() {
    let mut events = vec![found(1), event(2, date(2026, 2, 1), Act::Moved { place: id(1), details: details(7) })];
    events.push(event(3, date(2026, 3, 1), Act::Closed { place: id(1) }));
    events.push(event(4, date(2026, 3, 1), Act::Split { from: id(1), into: id(2), details: details(2) }));
    events.push(event(5, date(2026, 3, 1), Act::Closed { place: id(1) }));
    let (register, problems) = Register::of(&events);
    let place = register.resolve(&id(1)).expect("known");
    assert_eq!(place.whereabouts.iter().map(|(on, _)| *on).collect::<Vec<_>>(), [START, date(2026, 2, 1)]);
    assert_eq!(place.closed, Some(date(2026, 3, 1)));
    assert!(register.resolve(&id(2)).is_some_and(|other| other.closed.is_none()));
    assert_eq!(problems, [Problem { act: EventId(5), refused: Refused::Already("p1".to_owned()) }]);
}

#[test]
fn regions_change_by_law_from_their_day_on() {
    let regions: Regions = Regions {
        changes: vec![RegionChange {
            on: date(2027, 1, 1),
            from: vec!["Region Sjælland".to_owned(), "Region Hovedstaden".to_owned()],
            to: "Region Østdanmark".to_owned(),
        }],
    };
    assert_eq!(regions.on("Region Sjælland", date(2026, 12, 31)), "Region Sjælland");
    assert_eq!(regions.on("Region Sjælland", date(2027, 1, 1)), "Region Østdanmark");
    assert_eq!(regions.on("Region Syddanmark", date(2027, 1, 1)), "Region Syddanmark");
}

#[test]
fn coverage_counts_against_the_known_and_the_estimated() {
    let mut events: Vec<Event> = (1..=8).map(found).collect();
    for (number, place) in [(20, 1), (21, 1), (22, 2), (23, 3), (24, 4)] {
        events.push(event(number, date(2026, 1, 20), Act::Visited { place: id(place), visit: visit() }));
    }
    let register = Register::of(&events).0;
    let here = ["0751".to_owned()];
    let period = (START, date(2026, 2, 4));
    let estimate = Estimate { number: 16.0, low: 6.0, high: 40.0 };
    let covered = coverage(&register, &here, period, Some(estimate));
    assert_eq!((covered.known, covered.visited, covered.offers), (8, 4, (10, 5)));
    assert_eq!(covered.of_known, Some(0.5));
    // Eight are known, so that there are not six.
    assert_eq!(covered.of_estimated, Some((0.25, 0.1, 0.5)));
    assert_eq!(covered.longest_wait_days, Some(30));
    assert_eq!(coverage(&register, &["0101".to_owned()], period, None).of_known, None);
}

fn settings(visits: [u32; 7], interval_days: u32, seed: &str) -> PlanSettings {
    PlanSettings {
        municipalities: vec!["0751".to_owned()],
        interval_days,
        concern_days: 14,
        pause_days: 5,
        visits,
        base: Some((55.7, 12.5)),
        seed: seed.to_owned(),
    }
}

/// A team that works its plans, `step` days at a time, for four intervals. Gives the longest wait of a place in days.
fn worked(count: usize, settings: &PlanSettings, step: u32, late: &mut bool) -> i32 {
    let mut events: Vec<Event> = (0..count).map(found).collect();
    let mut next = count as u64;
    let mut day = START;
    let end = START.saturating_add(i64::from(settings.interval_days * 4).days());
    while day < end {
        let register = Register::of(&events).0;
        let plan = plan(&register, settings, day, step);
        *late |= !plan.late.is_empty();
        for planned in &plan.visits {
            events.push(event(next, planned.on, Act::Visited { place: planned.place.clone(), visit: visit() }));
            next += 1;
        }
        day = day.saturating_add(i64::from(step).days());
    }
    let register = Register::of(&events).0;
    let waits = register.places().flat_map(|place| {
        let mut days = vec![place.known_since];
        days.extend(place.visits.iter().map(|(on, ..)| *on));
        days.push(end.saturating_sub(1.days()));
        days.windows(2).map(|pair| pair[1].since(pair[0]).expect("in order").get_days()).collect::<Vec<_>>()
    });
    waits.max().unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// With room for every place in each interval, nobody waits longer than one.
    #[test]
    fn every_known_place_is_visited_within_the_interval(
        weekdays in 1u32..5, weeks in 1u32..5, full in 1usize..=10, step in 1u32..=7, seed in "[a-z]{1,6}",
    ) {
        let visits = [weekdays, weekdays, weekdays, weekdays, weekdays, 0, 0];
        let room = (weekdays * 5 * weeks) as usize;
        let count = (room * full / 10).max(1);
        let mut late = false;
        let wait = worked(count, &settings(visits, weeks * 7, &seed), step, &mut late);
        prop_assert!(wait <= (weeks * 7) as i32, "{count} places, {visits:?}, {weeks} weeks: {wait} days");
        prop_assert!(!late);
    }

    /// Undoing an act gives the register as if it had never been; every id stands for one place.
    #[test]
    fn an_undone_act_leaves_no_trace(acts in prop::collection::vec((0usize..7, 0usize..6, 0usize..6), 1..30), back in any::<prop::sample::Index>()) {
        let mut events: Vec<Event> = Vec::new();
        for (number, (kind, a, b)) in acts.into_iter().enumerate() {
            let (place, other) = (id(a), id(b));
            let act = match kind {
                0 => Act::Found { place, origin: Origin::List, details: details(a) },
                1 => Act::Merged { into: place, from: other },
                2 => Act::Split { from: place, into: other, details: details(b) },
                3 => Act::Closed { place },
                4 => Act::Moved { place, details: details(b) },
                5 => Act::Visited { place, visit: visit() },
                _ => return Ok(()),
            };
            events.push(event(number as u64, START.saturating_add((number as i64).days()), act));
        }
        if events.is_empty() { return Ok(()); }
        let gone = events[back.index(events.len())].id;
        let mut undone = events.clone();
        undone.push(event(1000, START, Act::Undone { act: gone }));
        let without: Vec<Event> = events.iter().filter(|event| event.id != gone).cloned().collect();
        prop_assert_eq!(Register::of(&undone), Register::of(&without));
        let register = Register::of(&events).0;
        let mut backwards = events.clone();
        backwards.reverse();
        prop_assert_eq!(&Register::of(&backwards).0, &register);
        for number in 0..6 {
            if let Some(place) = register.resolve(&id(number)) {
                prop_assert_eq!(register.resolve(&place.id).map(|place| &place.id), Some(&place.id));
            }
        }
        let visits: usize = register.places().map(|place| place.visits.len()).sum();
        let allowed = events.iter().filter(|event| matches!(event.act, Act::Visited { .. })).count();
        prop_assert!(visits <= allowed);
    }

    /// No place of concern waits while a place that was only drawn is visited.
    #[test]
    fn places_of_concern_go_first(concerned in prop::collection::btree_set(0usize..30, 0..12), room in 1u32..8, seed in "[a-z]{1,6}") {
        let mut events: Vec<Event> = (0..30).map(found).collect();
        for (number, place) in concerned.iter().enumerate() {
            events.push(concern(100 + number as u64, *place, START));
        }
        let register = Register::of(&events).0;
        let plan = plan(&register, &settings([room, 0, 0, 0, 0, 0, 0], 365, &seed), START, 7);
        prop_assert_eq!(plan.visits.len(), room as usize);
        let first = plan.visits.iter().filter(|visit| visit.why == Why::Concern).count();
        prop_assert_eq!(first, concerned.len().min(room as usize));
    }
}

/// 3,000 seeds, 20 like places, 4 visits: each is drawn a fifth of the time. Five standard deviations are 110.
#[test]
fn the_draw_is_fair() {
    let events: Vec<Event> = (0..20).map(found).collect();
    let register = Register::of(&events).0;
    let mut drawn = [0i32; 20];
    for seed in 0..3000 {
        let settings = settings([4, 0, 0, 0, 0, 0, 0], 365, &seed.to_string());
        for visit in plan(&register, &settings, START, 7).visits {
            let number: usize = visit.place.0.trim_start_matches('p').parse().expect("a number");
            drawn[number] += 1;
        }
    }
    assert!(drawn.iter().all(|count| (count - 600).abs() < 110), "{drawn:?}");
}

#[test]
fn too_little_room_is_said_and_the_earliest_last_days_go_first() {
    let mut events: Vec<Event> = (0..6).map(found).collect();
    events.push(event(50, START.saturating_add(8.days()), Act::Visited { place: id(3), visit: visit() }));
    let register = Register::of(&events).0;
    let first = START.saturating_add(14.days());
    let plan = plan(&register, &settings([1, 1, 0, 0, 0, 0, 0], 14, "x"), first, 7);
    assert_eq!((plan.visits.len(), plan.frame), (2, 6));
    assert!(plan.visits.iter().all(|visit| visit.place != id(3)), "it was visited last week");
    assert_eq!(plan.late.len(), 4, "one on its last day, the rest after it: {plan:?}");
}
