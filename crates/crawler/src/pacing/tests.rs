use super::host::Pace;
use super::*;
use crate::clock::after;
use crate::error::ErrorKind;
use proptest::prelude::*;

struct Stepped(Arc<Mutex<Timestamp>>);

impl Stepped {
    fn new() -> Self {
        Self(Arc::new(Mutex::new("2026-10-01T06:00:00Z".parse().expect("a time"))))
    }
    fn reader(&self) -> TimeReader {
        let now = self.0.clone();
        Arc::new(move || *locked(&now))
    }
    fn now(&self) -> Timestamp {
        *locked(&self.0)
    }
    fn step(&self, wait: Duration) {
        let mut now = locked(&self.0);
        *now = after(*now, wait);
    }
    fn set(&self, at: Timestamp) {
        *locked(&self.0) = at;
    }
}

const SECOND: Duration = Duration::from_secs(1);
const MILLI: Duration = Duration::from_millis(1);

proptest! {
    #[test]
    fn no_two_requests_are_closer_than_the_delay(delay_ms in 1u64..5000, steps in proptest::collection::vec(0u64..3000, 1..60)) {
        let time = Stepped::new();
        let mut pace = Pace::new(time.reader(), Duration::from_millis(delay_ms), None);
        let mut sent: Vec<Timestamp> = Vec::new();
        for step in steps {
            time.step(Duration::from_millis(step));
            if pace.take().is_ok() {
                sent.push(time.now());
            }
        }
        prop_assert!(!sent.is_empty());
        for pair in sent.windows(2) {
            prop_assert!(pair[1] >= after(pair[0], Duration::from_millis(delay_ms)));
        }
    }

    #[test]
    fn waiting_as_told_is_enough(delay_ms in 1u64..5000, steps in proptest::collection::vec(0u64..9000, 1..20)) {
        let time = Stepped::new();
        let mut pace = Pace::new(time.reader(), Duration::from_millis(delay_ms), None);
        for step in steps {
            while let Err((until, _)) = pace.take() {
                prop_assert!(until > time.now());
                time.set(until);
            }
            time.step(Duration::from_millis(step));
        }
    }
}

#[test]
fn a_longer_crawl_delay_counts_from_the_request_for_robots_txt() {
    let time = Stepped::new();
    let mut pace = Pace::new(time.reader(), SECOND, None);
    assert!(pace.take().is_ok());
    time.step(SECOND / 2);
    pace.answered();
    pace.set_robots_delay(SECOND * 10);
    time.step(SECOND * 9);
    assert!(pace.take().is_err());
    time.step(SECOND + MILLI);
    assert!(pace.take().is_ok());
    assert_eq!(pace.state().delay_ms, 10_000);
}

#[test]
fn a_restart_waits_a_delay_and_keeps_the_hosts_wishes() {
    let time = Stepped::new();
    let mut pace = Pace::new(time.reader(), SECOND * 5, None);
    assert!(pace.take().is_ok(), "nobody was here before");
    let kept = pace.state();
    time.step(SECOND);
    let mut pace = Pace::new(time.reader(), SECOND * 5, Some(kept));
    assert_eq!(pace.take(), Err((after(time.now(), SECOND * 5 + MILLI), WaitFor::Delay)));
    pace.failed(ErrorKind::Busy, Some(429), Some(SECOND * 3600), 0.0);
    let until = after(time.now(), SECOND * 3600);
    let mut pace = Pace::new(time.reader(), SECOND * 5, Some(pace.state()));
    assert_eq!(pace.take(), Err((until, WaitFor::Quiet)));
    time.set(until);
    assert!(pace.take().is_ok());
    pace.succeeded();
    assert_eq!(pace.state().quiet_until, None);
}

#[test]
fn a_busy_host_is_left_alone_for_longer_each_time_and_then_behind_a_breaker() {
    let time = Stepped::new();
    let mut pace = Pace::new(time.reader(), SECOND, None);
    let mut waits = Vec::new();
    for _ in 0..7 {
        while let Err((until, _)) = pace.take() {
            time.set(until);
        }
        let before = time.now();
        pace.failed(ErrorKind::ServerError, Some(503), None, 0.0);
        let (until, why) = pace.take().expect_err("it failed");
        waits.push((until.duration_since(before).as_secs(), why));
    }
    use WaitFor::*;
    let expected = [(30, Quiet), (60, Quiet), (120, Quiet), (240, Quiet), (480, Quiet), (960, Quiet), (1800, Quiet)];
    assert_eq!(waits, expected);
    assert!(pace.state().open_until.is_some());
    let mut pace = Pace::new(time.reader(), SECOND, None);
    for _ in 0..BREAKER_AFTER {
        pace.failed(ErrorKind::Connect, None, None, 0.0);
    }
    assert_eq!(pace.take(), Err((after(time.now(), SECOND * 300), Breaker)));
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
