//! The lines of a robots.txt (RFC 9309, section 2.2), read leniently where a lenient reading keeps a door shut.

/// RFC 9309, 2.5: at least 500 KiB must be parsed; what follows is ignored.
pub const LIMIT_BYTES: usize = 500 * 1024;

/// A rule of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) allow: bool,
    /// As it is matched: percent-encoding in upper case, everything beyond ASCII percent-encoded.
    pub(super) pattern: String,
}

/// A group: the product tokens it names, and its rules.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Group {
    pub(super) agents: Vec<String>,
    pub(super) rules: Vec<Rule>,
    /// Each Crawl-delay in seconds, with the number of agents that were named before it and whom it concerns.
    pub(super) delays_s: Vec<(usize, f64)>,
}

impl Group {
    /// The longest delay asked of an agent.
    pub(super) fn delay_s(&self, agent: &str) -> Option<f64> {
        let concerns = |named: usize| self.agents.iter().take(named).any(|name| name == agent);
        self.delays_s.iter().filter(|(named, _)| concerns(*named)).map(|(_, delay)| *delay).reduce(f64::max)
    }
}

/// Cuts a body at the limit and, where something was cut, at the last line end before it, so that half a rule
/// (`Allow: /private` out of `Allow: /private/but-only-this`) does not open more than the whole one.
pub fn within_limit(body: &[u8]) -> &[u8] {
    if body.len() <= LIMIT_BYTES {
        return body;
    }
    let cut = &body[..LIMIT_BYTES];
    match cut.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')) {
        Some(end) => &cut[..=end],
        None => &[],
    }
}

/// The groups of a body.
pub(super) fn groups(body: &[u8]) -> Vec<Group> {
    let text = String::from_utf8_lossy(without_mark(within_limit(body)));
    let mut groups: Vec<Group> = Vec::new();
    // User-agent lines in a row name one group. Lines that belong to no group (Sitemap, unknown ones) and Crawl-delay
    // do not end the row, so that an agent followed by such a line only is not let in by an empty group. A Crawl-delay
    // still concerns only the agents named before it, which is what those who write it there mean.
    let mut naming = false;
    for line in text.split(['\n', '\r']) {
        let Some((key, value)) = key_and_value(line) else { continue };
        match key.to_ascii_lowercase().as_str() {
            "user-agent" | "useragent" | "user agent" => {
                if !naming {
                    groups.push(Group::default());
                    naming = true;
                }
                if let (Some(group), Some(agent)) = (groups.last_mut(), product_token(value)) {
                    group.agents.push(agent);
                }
            }
            "allow" => rule(&mut groups, &mut naming, true, value),
            // The misspellings are those that google/robotstxt takes for it; they can only shut.
            "disallow" | "dissallow" | "dissalow" | "disalow" | "diasllow" | "disallaw" => {
                rule(&mut groups, &mut naming, false, value);
            }
            "crawl-delay" => {
                if let (Some(group), Ok(delay)) = (groups.last_mut(), value.parse::<f64>())
                    && delay.is_finite()
                    && delay >= 0.0
                {
                    group.delays_s.push((group.agents.len(), delay));
                }
            }
            _ => {}
        }
    }
    groups
}

/// Number of lines that are a user agent or a rule: none means that a page is no robots.txt.
pub fn directives(body: &[u8]) -> usize {
    let text = String::from_utf8_lossy(without_mark(within_limit(body)));
    text.split(['\n', '\r'])
        .filter_map(key_and_value)
        .filter(|(key, _)| matches!(key.to_ascii_lowercase().as_str(), "user-agent" | "allow" | "disallow"))
        .count()
}

fn rule(groups: &mut [Group], naming: &mut bool, allow: bool, value: &str) {
    // A rule before any user agent belongs to nobody.
    let Some(group) = groups.last_mut() else { return };
    *naming = false;
    // An empty value matches nothing.
    if !value.is_empty() {
        group.rules.push(Rule { allow, pattern: escape(value) });
    }
}

/// A byte order mark, also one that lost its last bytes.
fn without_mark(body: &[u8]) -> &[u8] {
    const MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];
    let length = body.iter().zip(MARK).take_while(|(byte, mark)| **byte == *mark).count();
    &body[length..]
}

/// Key and value of a line without its comment. A colon may be missing where exactly two words stand.
fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let line = line.split('#').next().unwrap_or_default().trim_matches([' ', '\t', '\0']);
    if let Some((key, value)) = line.split_once(':') {
        return Some((key.trim(), value.trim())).filter(|(key, _)| !key.is_empty());
    }
    let mut words = line.split_ascii_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(key), Some(value), None) => Some((key, value)),
        _ => None,
    }
}

/// `*`, or the leading letters, hyphens and underscores (RFC 9309, 2.2.1), in lower case. What follows them, such as a
/// version or a second word, is ignored, as the published cases ask.
fn product_token(value: &str) -> Option<String> {
    if let Some(rest) = value.strip_prefix('*')
        && (rest.is_empty() || rest.starts_with(char::is_whitespace))
    {
        return Some("*".to_owned());
    }
    let end = value.find(|c: char| !(c.is_ascii_alphabetic() || c == '-' || c == '_')).unwrap_or(value.len());
    Some(value[..end].to_ascii_lowercase()).filter(|token| !token.is_empty())
}

/// Whether a text is a product token as a whole.
pub fn is_product_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-' || byte == b'_')
}

/// Percent-encodes what is not ASCII and writes percent-encodings in upper case, as in the addresses compared with.
pub fn escape(pattern: &str) -> String {
    let mut escaped = String::with_capacity(pattern.len());
    let bytes = pattern.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = bytes.get(at + 1..at + 3).filter(|pair| byte == b'%' && pair.iter().all(u8::is_ascii_hexdigit));
        if let Some(pair) = hex {
            escaped.push('%');
            escaped.extend(pair.iter().map(|digit| digit.to_ascii_uppercase() as char));
            at += 3;
        } else {
            if byte.is_ascii() {
                escaped.push(byte as char);
            } else {
                escaped.push_str(&format!("%{byte:02X}"));
            }
            at += 1;
        }
    }
    escaped
}

/// Path, parameters and query of an address, `/` where there are none; without the fragment. Also of addresses that
/// lack a scheme, as the published cases write them.
pub fn path_and_query(address: &str) -> String {
    let address = address.split('#').next().unwrap_or_default();
    let after_host = if let Some(rest) = address.strip_prefix("//") {
        rest
    } else {
        // `://` counts as a scheme's only before any path or query.
        match address.find("://").filter(|at| !address[..*at].contains(['/', '?', ';'])) {
            Some(at) => &address[at + 3..],
            None => address,
        }
    };
    match after_host.find(['/', '?', ';']) {
        Some(at) if after_host[at..].starts_with('/') => after_host[at..].to_owned(),
        Some(at) => format!("/{}", &after_host[at..]),
        None => "/".to_owned(),
    }
}
