use super::host::{Asking, Refused, answered, delay, failed, inherit, succeeded, take};
use super::*;
use crate::error::ErrorKind;
use domain::crawl::HostState;
use proptest::prelude::*;

const SECOND: Duration = Duration::from_secs(1);
const MILLI: Duration = Duration::from_millis(1);

fn start() -> Timestamp {
    "2026-10-01T06:00:00Z".parse().expect("a time")
}

/// One site that asks for a delay, with a request that is over after ten seconds.
fn ask(state: &mut HostState, site: &str, delay: Duration, now: Timestamp) -> Result<(), Refused> {
    let (site, until) = (site.into(), after(now, SECOND * 10));
    let asking = Asking { site: &site, delay, connections: 1, token: "t".to_owned(), until, margin: MILLI };
    take(state, &asking, now)
}

/// As [`ask`], and the answer comes at once.
fn ask_and_end(state: &mut HostState, delay: Duration, now: Timestamp) -> Result<(), Refused> {
    ask(state, "s1", delay, now)?;
    host::done(state, "t", now);
    Ok(())
}

fn fail(state: &mut HostState, kind: ErrorKind, status: Option<u16>, asked: Option<Duration>, now: Timestamp) {
    failed(state, kind, status, asked, 0.0, now);
}

proptest! {
    #[test]
    fn no_two_requests_are_closer_than_the_delay(delay_ms in 1u64..5000, steps in proptest::collection::vec(0u64..3000, 1..60)) {
        let (mut state, mut now, delay) = (HostState::default(), start(), Duration::from_millis(delay_ms));
        let mut sent: Vec<Timestamp> = Vec::new();
        for step in steps {
            now = after(now, Duration::from_millis(step));
            if ask_and_end(&mut state, delay, now).is_ok() {
                sent.push(now);
            }
        }
        prop_assert!(!sent.is_empty());
        for pair in sent.windows(2) {
            prop_assert!(pair[1] >= after(pair[0], delay));
        }
    }

    #[test]
    fn waiting_as_told_is_enough(delay_ms in 1u64..5000, steps in proptest::collection::vec(0u64..9000, 1..20)) {
        let (mut state, mut now) = (HostState::default(), start());
        for step in steps {
            while let Err(Refused::Wait(until, _)) = ask_and_end(&mut state, Duration::from_millis(delay_ms), now) {
                prop_assert!(until > now);
                now = until;
            }
            now = after(now, Duration::from_millis(step));
        }
    }
}

#[test]
fn the_longest_delay_of_all_who_ask_counts_and_the_delay_runs_from_the_answer() {
    let (mut state, now) = (HostState::default(), start());
    assert_eq!(ask(&mut state, "s1", SECOND, now), Ok(()));
    assert_eq!(ask(&mut state, "s2", SECOND * 4, after(now, SECOND * 5)), Err(Refused::Full), "one connection");
    let answered_at = after(now, SECOND * 6);
    host::done(&mut state, "t", answered_at);
    let refused = ask(&mut state, "s1", SECOND, after(now, SECOND * 7));
    assert_eq!(refused, Err(Refused::Wait(after(answered_at, SECOND * 4 + MILLI), WaitFor::Delay)));
    state.crawl_delay_ms = 9_000;
    assert_eq!(delay(&state), SECOND * 9);
    let after_a_day = after(now, SECOND * 90_000);
    state.crawl_delay_ms = 0;
    assert_eq!(ask(&mut state, "s1", SECOND, after_a_day), Ok(()));
    assert_eq!(delay(&state), SECOND, "s2 has not asked for a day");
}

#[test]
fn a_killed_workers_request_is_over_at_its_end_and_counts_from_there() {
    let (mut state, now) = (HostState::default(), start());
    assert_eq!(ask(&mut state, "s1", SECOND, now), Ok(()));
    assert_eq!(ask(&mut state, "s1", SECOND, after(now, SECOND * 9)), Err(Refused::Full));
    let end = after(now, SECOND * 10);
    let refused = ask(&mut state, "s1", SECOND, end);
    assert_eq!(refused, Err(Refused::Wait(after(end, SECOND + MILLI), WaitFor::Delay)));
    assert_eq!(ask(&mut state, "s1", SECOND, after(end, SECOND + MILLI)), Ok(()));
}

#[test]
fn a_clock_that_was_ahead_costs_one_delay() {
    let mut state = HostState { last_at: Some(after(start(), SECOND * 3600)), ..HostState::default() };
    assert_eq!(
        ask(&mut state, "s1", SECOND, start()),
        Err(Refused::Wait(after(start(), SECOND + MILLI), WaitFor::Delay))
    );
}

#[test]
fn a_restart_waits_a_delay_and_keeps_the_hosts_wishes() {
    let (mut state, mut now) = (HostState::default(), start());
    assert_eq!(ask(&mut state, "s1", SECOND * 5, now), Ok(()), "nobody was here before");
    now = after(now, SECOND);
    inherit(&mut state, now);
    let refused = ask(&mut state, "s1", SECOND * 5, now);
    assert_eq!(refused, Err(Refused::Wait(after(now, SECOND * 5 + MILLI), WaitFor::Delay)));
    fail(&mut state, ErrorKind::Busy, Some(429), Some(SECOND * 3600), now);
    let until = after(now, SECOND * 3600);
    inherit(&mut state, now);
    assert_eq!(ask(&mut state, "s1", SECOND * 5, now), Err(Refused::Wait(until, WaitFor::Quiet)));
    assert_eq!(ask(&mut state, "s1", SECOND * 5, until), Ok(()));
    succeeded(&mut state);
    assert_eq!((state.quiet_until, state.failures), (None, 0));
    answered(&mut state, now);
    assert_eq!(state.last_at, Some(until), "never back");
}

#[test]
fn a_busy_host_is_left_alone_for_longer_each_time_and_then_behind_a_breaker() {
    let (mut state, mut now) = (HostState::default(), start());
    let mut waits = Vec::new();
    for _ in 0..7 {
        while let Err(Refused::Wait(until, _)) = ask_and_end(&mut state, SECOND, now) {
            now = until;
        }
        fail(&mut state, ErrorKind::ServerError, Some(503), None, now);
        let Err(Refused::Wait(until, why)) = ask(&mut state, "s1", SECOND, now) else { panic!("it failed") };
        waits.push((until.duration_since(now).as_secs(), why));
    }
    use WaitFor::*;
    let expected = [(30, Quiet), (60, Quiet), (120, Quiet), (240, Quiet), (480, Quiet), (960, Quiet), (1800, Quiet)];
    assert_eq!(waits, expected);
    assert!(state.open_until.is_some());
    for (kind, status, opens) in [(ErrorKind::Connect, None, 60), (ErrorKind::ServerError, Some(500), 300)] {
        let mut state = HostState::default();
        for _ in 0..BREAKER_AFTER {
            fail(&mut state, kind, status, None, now);
        }
        let refused = ask(&mut state, "s1", SECOND, now);
        assert_eq!(refused, Err(Refused::Wait(after(now, SECOND * opens), Breaker)));
    }
}

#[test]
fn http_and_https_of_one_host_share_a_pace_and_ports_do_not() {
    let key = |url: &str| host_key(&Url::parse(url).expect("a URL"));
    assert_eq!(key("http://Example.org/a"), key("https://example.org:443/b"));
    assert_ne!(key("http://127.0.0.1:8001/"), key("http://127.0.0.1:8002/"));
}

#[test]
fn spread_is_even_and_the_same_each_time() {
    let mean = (0u32..1000).map(|n| spread_of(&[&n.to_le_bytes()])).sum::<f64>() / 1000.0;
    assert!((0.45..0.55).contains(&mean), "{mean}");
    assert!(spread_of(&[b"a"]) == spread_of(&[b"a"]) && spread_of(&[b"a"]) != spread_of(&[b"b"]));
}
