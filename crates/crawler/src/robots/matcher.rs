//! Which rule decides about an address (RFC 9309, section 2.2.2).

use super::parse::{Group, Rule, groups};
use std::time::Duration;

/// The rules of one robots.txt for one product token.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rules {
    rules: Vec<Rule>,
    delay_s: Option<f64>,
}

impl Rules {
    /// Reads a body for `agent`: the groups that name it, merged, or else those for `*`. Takes time in proportion to
    /// the body, whatever it holds.
    pub fn parse(body: &[u8], agent: &str) -> Self {
        let agent = agent.to_ascii_lowercase();
        let groups = groups(body);
        let names = |token: &str| groups.iter().any(|group| group.agents.iter().any(|name| name == token));
        let token = if names(&agent) { agent.as_str() } else { "*" };
        let mut rules = Rules::default();
        for group in groups.iter().filter(|group| group.agents.iter().any(|name| name == token)) {
            rules.add(group, token);
        }
        rules
    }

    fn add(&mut self, group: &Group, token: &str) {
        self.rules.extend(group.rules.iter().cloned());
        self.delay_s = match (self.delay_s, group.delay_s(token)) {
            (Some(one), Some(other)) => Some(one.max(other)),
            (one, other) => one.or(other),
        };
    }

    /// Whether a path with its query may be fetched. The longest matching pattern decides, allow wins a tie, no match
    /// is allowed, and robots.txt itself always is.
    ///
    /// RFC 9309 2.2.2 compares after percent-encoded unreserved characters were decoded; the published cases compare
    /// as written. A disallow holds in either reading and an allow only as written, so that the door is shut where
    /// the two differ.
    pub fn allows(&self, path_and_query: &str) -> bool {
        if path_and_query == "/robots.txt" {
            return true;
        }
        let plain = decode_unreserved(path_and_query);
        let longest = |allow: bool| {
            self.rules
                .iter()
                .filter(|rule| rule.allow == allow)
                .filter(|rule| {
                    matches(&rule.pattern, path_and_query)
                        || (!allow && matches(&decode_unreserved(&rule.pattern), &plain))
                })
                .map(|rule| rule.pattern.len())
                .max()
        };
        match (longest(true), longest(false)) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(allow), Some(disallow)) => allow >= disallow,
        }
    }

    /// `Crawl-delay`, an extension that many sites use; at most a day, which is as good as a closed door.
    pub fn crawl_delay(&self) -> Option<Duration> {
        const DAY_S: f64 = 86_400.0;
        self.delay_s.and_then(|delay| Duration::try_from_secs_f64(delay.min(DAY_S)).ok())
    }
}

/// `*` stands for any characters, `$` at the end for the end. Greedy from left to right: the leftmost place of each
/// piece leaves most room for the next, so no going back is needed.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, anchored) = match pattern.strip_suffix('$') {
        Some(rest) => (rest, true),
        None => (pattern, false),
    };
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = path.strip_prefix(first) else { return false };
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return !anchored || rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if anchored && pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    true
}

fn decode_unreserved(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        decoded.push_str(&rest[..at]);
        let code = rest.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code {
            Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') => {
                decoded.push(byte as char);
                rest = &rest[at + 3..];
            }
            _ => {
                decoded.push('%');
                rest = &rest[at + 1..];
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rules(body: &str) -> Rules {
        Rules::parse(body.as_bytes(), "bavn")
    }

    /// What the greedy matcher must agree with: all ways tried.
    fn by_all_ways(pattern: &[u8], path: &[u8]) -> bool {
        match pattern.split_first() {
            None => true,
            Some((b'$', [])) => path.is_empty(),
            Some((b'*', rest)) => (0..=path.len()).any(|skip| by_all_ways(rest, &path[skip..])),
            Some((byte, rest)) => path.first() == Some(byte) && by_all_ways(rest, &path[1..]),
        }
    }

    proptest! {
        #[test]
        fn greedy_finds_what_trying_all_ways_finds(pattern in "/[ab*]{0,7}[$]?", path in "/[ab]{0,9}") {
            prop_assert_eq!(matches(&pattern, &path), by_all_ways(pattern.as_bytes(), path.as_bytes()));
        }

        #[test]
        fn any_bytes_can_be_read(body in proptest::collection::vec(any::<u8>(), 0..400), path in "/.{0,40}") {
            let rules = Rules::parse(&body, "bavn");
            let _ = (rules.allows(&path), rules.crawl_delay());
        }
    }

    #[test]
    fn many_stars_take_no_longer() {
        let rules = rules(&format!("user-agent: *\ndisallow: /{}b$\n", "*a".repeat(20_000)));
        let path = format!("/{}", "a".repeat(100_000));
        let start = std::time::Instant::now();
        assert!(rules.allows(&path));
        assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    }

    #[test]
    fn an_encoded_letter_does_not_open_a_closed_path() {
        let rules = rules("user-agent: *\ndisallow: /priv%61te\nallow: /ope%6E\ndisallow: /open\n");
        assert!(!rules.allows("/private"), "RFC 9309 2.2.2: compared after decoding");
        assert!(!rules.allows("/priv%61te"));
        assert!(!rules.allows("/open"), "an allow counts as written only");
    }

    #[test]
    fn crawl_delay_is_the_longest_of_our_groups() {
        let body = "user-agent: *\ncrawl-delay: 99\n\nuser-agent: bavn\ncrawl-delay: 2.5\nallow: /\nuser-agent: Bavn\ncrawl-delay: 7\n";
        assert_eq!(rules(body).crawl_delay(), Some(Duration::from_secs(7)));
        assert_eq!(rules("user-agent: *\ncrawl-delay: -1\ncrawl-delay: NaN").crawl_delay(), None);
        assert_eq!(rules("user-agent: *\ncrawl-delay: 1e30").crawl_delay(), Some(Duration::from_secs(86_400)));
    }

    #[test]
    fn a_rule_cut_at_the_limit_opens_nothing() {
        let head = "user-agent: *\ndisallow: /\n";
        let cut_at = super::super::LIMIT_BYTES - head.len() - "allow: /pub".len();
        let body = format!("{head}{}\nallow: /public-only\n", "#".repeat(cut_at - 1));
        assert!(!rules(&body).allows("/pub-secret"));
        assert!(!rules(&body).allows("/public-only"), "it stands after 500 KiB");
    }
}
