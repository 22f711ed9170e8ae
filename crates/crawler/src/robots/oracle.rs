//! Our matcher against the crate robotstxt 0.3, a port of Google's, on made-up files, as far as the crate can be trusted:
//! without lines of other kinds, which it lets end a row of user agents against the published cases
//! (`ID_LineSyntax_Groups_OtherRules`), and without `*`, where it moves positions instead of replacing them and so lets
//! `/aab` pass `Disallow: /*ab`. Stars are held against all ways tried, in `matcher.rs`.

use super::{Rules, path_and_query};
use proptest::prelude::*;

fn line() -> impl Strategy<Value = String> {
    let agent = prop_oneof![Just("bavn"), Just("Bavn/2.0"), Just("*"), Just("other"), Just("bavnette")];
    prop_oneof![
        4 => agent.prop_map(|agent| format!("User-Agent: {agent}")),
        4 => "/[ab]{0,3}[$]?".prop_map(|pattern| format!("disallow: {pattern}")),
        4 => "/[ab]{0,3}[$]?".prop_map(|pattern| format!("Allow: {pattern} # why")),
        1 => Just("disallow:".to_owned()),
        1 => Just("noise".to_owned()),
        1 => Just(String::new()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]
    #[test]
    fn both_give_the_same_answer(lines in proptest::collection::vec(line(), 0..14), path in "/[ab]{0,5}") {
        let body = lines.join("\n");
        let url = format!("http://foo.bar{path}");
        let ours = Rules::parse(body.as_bytes(), "bavn").allows(&path_and_query(&url));
        let mut oracle = robotstxt::DefaultMatcher::default();
        prop_assert_eq!(ours, oracle.one_agent_allowed_by_robots(&body, "bavn", &url), "{}", body);
    }
}
