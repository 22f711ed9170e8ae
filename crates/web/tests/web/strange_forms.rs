//! Forms that no page of ours would send: each address that takes one, as whoever may, with fields that are strange, missing,
//! too long or doubled. Nobody is told of an inner fault. `./measure fuzz forms SECONDS` goes on with other seeds.

use crate::browser::{Browser, value_of};
use crate::support::{make_list, world};
use axum::http::StatusCode;
use std::time::{Duration, Instant};
use store::PersonRole;
use web::{Audience, ROUTES, app};

/// Rounds over all addresses in the fixed sample.
const SAMPLE: u64 = 3;

const NAMES: [&str; 26] = [
    "version",
    "decision",
    "reason",
    "note",
    "wish",
    "on",
    "until",
    "because",
    "text",
    "how",
    "base",
    "channel",
    "outcome",
    "method",
    "q",
    "purpose",
    "contact",
    "from",
    "to",
    "before",
    "verdict",
    "date",
    "key",
    "extent",
    "v:crawl/interval_min",
    "minutes",
];

const VALUES: [&str; 22] = [
    "",
    " ",
    "0",
    "1",
    "-1",
    "9223372036854775807",
    "99999999999999999999",
    "1e9",
    "\u{0}",
    "\u{202e}x",
    "<script>",
    "' OR 1=1 --",
    "2026-02-30",
    "9999-12-31",
    "-0001-01-01",
    "everything",
    "case_x",
    "s1/a1",
    "34 00 00 50",
    "æøå",
    "../../etc/passwd",
    "%00",
];

fn pick(number: &mut u64, below: usize) -> usize {
    *number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*number >> 33) as usize % below
}

fn login(audience: Audience) -> Option<&'static str> {
    let of = |role| match role {
        PersonRole::Researcher => "forsker",
        PersonRole::OutreachWorker => "vest",
        PersonRole::Administrator => "admin",
        PersonRole::Auditor => "revisor",
    };
    match audience {
        Audience::Public => None,
        Audience::SignedIn => Some("admin"),
        Audience::Appointed => Some("udpeget"),
        Audience::Only(role) | Audience::Either(role, _) => Some(of(role)),
    }
}

#[tokio::test]
async fn no_form_breaks_a_page() {
    if std::env::var("BAVN_FUZZ_TARGET").is_ok_and(|target| target != "forms") {
        return;
    }
    let seconds = std::env::var("BAVN_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let world = world().await;
    let line = make_list(&world).await[0].to_string();
    let ids = [world.team_case.0.clone(), line, "1".into(), "-1".into(), "x".into(), "%00".into(), "bavn.toml".into()];
    let mut browsers = std::collections::BTreeMap::new();
    for name in ["forsker", "vest", "admin", "revisor", "udpeget"] {
        browsers.insert(name, Browser::signed_in(app(world.state.clone()), name).await);
    }
    let start = until.map_or(0, |_| {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs() << 16)
    });
    let (mut round, mut forms) = (0, 0);
    while until.map_or(round < SAMPLE, |until| Instant::now() < until) {
        let mut number = start + round * 7919;
        for route in ROUTES.iter().filter(|route| route.method == "POST" && route.path != "/sign-out") {
            let Some(browser) = login(route.audience).and_then(|name| browsers.get_mut(name)) else { continue };
            let mut path = route.path.to_owned();
            for part in ["{id}", "{a}", "{b}", "{name}"] {
                path = path.replace(part, &ids[pick(&mut number, ids.len())]);
            }
            browser.get(web_start(route.audience)).await;
            let token = value_of(&browser.body, "form_token").unwrap_or_default();
            let long = "x".repeat(if pick(&mut number, 20) == 0 { 300_000 } else { 2_000 });
            let mut fields = vec![("form_token", token.as_str())];
            for _ in 0..pick(&mut number, 7) {
                let value = match pick(&mut number, 12) {
                    0 => long.as_str(),
                    _ => VALUES[pick(&mut number, VALUES.len())],
                };
                fields.push((NAMES[pick(&mut number, NAMES.len())], value));
            }
            let answer = browser.post_raw(&path, &fields).await;
            assert!(
                answer.status != StatusCode::INTERNAL_SERVER_ERROR,
                "{path}: {:?}",
                fields.iter().skip(1).map(|(name, value)| (*name, value.len().min(60), *value)).collect::<Vec<_>>()
            );
            forms += 1;
        }
        round += 1;
    }
    println!("forms: {forms} sent in {round} rounds");
}

fn web_start(audience: Audience) -> &'static str {
    match login(audience) {
        Some("forsker") => "/queue",
        Some("vest") => "/today",
        Some("revisor") => "/audit",
        _ => "/people",
    }
}
