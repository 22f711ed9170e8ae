//! Group D, the indicators over several ads: hours of the day and days without a pause, over both nights on which the
//! clock is moved.

use super::super::testing::*;
use crate::reference::Reference;
use domain::AdFacts;
use jiff::Timestamp;
use rstest::rstest;

/// One ad posted at each of these local times.
fn posted(times: &[String]) -> Vec<AdFacts> {
    let zone = super::super::summary::copenhagen();
    let ads = times.iter().enumerate().map(|(n, local)| {
        let at = local.parse::<jiff::civil::DateTime>().unwrap().to_zoned_datetime(zone.clone()).unwrap().timestamp();
        let mut ad = ad(&n.to_string(), "Anna", 25, "34000050", AARHUS, 0, 0);
        (ad.first_seen, ad.last_seen) = (at, at);
        (ad.versions[0].first_seen, ad.versions[0].last_seen) = (at, at);
        ad
    });
    ads.collect()
}

fn asked(id: &str, ads: &[AdFacts], as_of: &str) -> Said {
    let as_of: Timestamp = as_of.parse().unwrap();
    let reference = Reference::build(ads, &geography(), as_of);
    ask(id, &view(&advertiser(), ads, &[]), &reference, as_of)
}

/// Two posts a day on these days of a month.
fn twice_a_day(month: &str, days: impl Iterator<Item = u32>, first: &str, last: &str) -> Vec<AdFacts> {
    let times: Vec<String> = days.flat_map(|n| [first, last].map(|time| format!("{month}-{n:02}T{time}"))).collect();
    posted(&times)
}

#[rstest]
#[case::more_than_sixteen_hours_on_five_days(5, "06:00", "22:01", true)]
#[case::just_sixteen_hours(5, "06:00", "22:00", false)]
#[case::on_four_days(4, "06:00", "23:00", false)]
fn hours_of_the_day(#[case] days: u32, #[case] first: &str, #[case] last: &str, #[case] fires: bool) {
    let ads = twice_a_day("2026-11", 2..2 + days, first, last);
    let said = asked("long_hours_pattern", &ads, "2026-12-01T00:00:00Z");
    assert_eq!(said.fires(), fires);
    assert_eq!(said.abstains(), days < 5);
}

#[test]
fn posts_after_midnight_belong_to_the_next_day() {
    let evenings = (2..20).step_by(2);
    let times: Vec<String> =
        evenings.flat_map(|n| [format!("2026-11-{n:02}T06:00"), format!("2026-11-{:02}T00:30", n + 1)]).collect();
    assert!(asked("long_hours_pattern", &posted(&times), "2026-12-01T00:00:00Z").abstains());
}

#[test]
fn the_night_in_spring_has_an_hour_less() {
    // 29 March 2026: from 01:30 to 18:15 the clock says 16 h 45 min, and 15 h 45 min passed.
    let ads = twice_a_day("2026-03", 25..30, "01:30", "18:15");
    assert_eq!(asked("long_hours_pattern", &ads, "2026-04-20T00:00:00Z"), Said::Silent, "four of the days count");
    let ads = twice_a_day("2026-03", 25..30, "01:30", "18:31");
    assert!(asked("long_hours_pattern", &ads, "2026-04-20T00:00:00Z").fires());
}

#[test]
fn the_night_in_autumn_has_an_hour_more() {
    // 25 October 2026: from 01:30 to 17:00 the clock says 15 h 30 min, and 16 h 30 min passed.
    let mut ads = twice_a_day("2026-10", 21..25, "01:30", "17:31");
    ads.extend(posted(&["2026-10-25T01:30".to_owned(), "2026-10-25T17:00".to_owned()]).into_iter().enumerate().map(
        |(n, mut ad)| {
            ad.ad = domain::AdRef::new("s1", format!("dst{n}"));
            ad
        },
    ));
    assert!(asked("long_hours_pattern", &ads, "2026-11-20T00:00:00Z").fires());
}

/// A post a day at noon on the days for which `on` holds, from 1 March 2026 (over the night on which summer begins).
fn daily(days: i64, on: impl Fn(i64) -> bool) -> Vec<AdFacts> {
    let first = jiff::civil::date(2026, 3, 15);
    let times: Vec<String> = (0..days)
        .filter(|day| on(*day))
        .map(|day| format!("{}T12:00", first.checked_add(jiff::Span::new().days(day)).unwrap()))
        .collect();
    posted(&times)
}

#[rstest]
#[case::every_day_for_three_weeks(22, |_| true, true)]
#[case::a_day_short(21, |_| true, false)]
#[case::every_other_day(29, |day| day % 2 == 0, true)]
#[case::a_pause_of_three_days(22, |day| !(10..12).contains(&day), false)]
#[case::a_pause_of_two_days(22, |day| day != 10, true)]
fn no_days_off(#[case] days: i64, #[case] on: fn(i64) -> bool, #[case] fires: bool) {
    assert_eq!(asked("no_days_off", &daily(days, on), "2026-05-01T00:00:00Z").fires(), fires);
}

#[test]
fn few_marks_or_little_time_say_nothing() {
    assert!(asked("no_days_off", &daily(30, |day| day % 3 == 0), "2026-05-01T00:00:00Z").abstains(), "ten marks");
    assert!(asked("no_days_off", &daily(16, |_| true), "2026-03-31T00:00:00Z").abstains(), "seen for 15 days");
    let one = daily(1, |_| true);
    assert!(asked("no_days_off", &one, "2026-05-01T00:00:00Z").abstains());
    assert!(asked("long_hours_pattern", &one, "2026-05-01T00:00:00Z").abstains());
}

#[test]
fn an_edit_is_a_mark_and_being_up_is_none() {
    let mut one = ad("1", "Anna", 25, "34000050", AARHUS, 0, 0);
    for n in 1..30 {
        one = then(one, n, n, |_| {});
    }
    assert!(said("no_days_off", &[one]).fires());
    assert!(said("no_days_off", &[ad("1", "Anna", 25, "34000050", AARHUS, 0, 40)]).abstains());
}
