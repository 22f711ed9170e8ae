//! What the addresses of ads have in common, and which part of them is the ad's id.

use std::collections::{BTreeMap, HashSet};
use url::Url;

/// Addresses of one kind: as many segments, the same names in the query, the same first segment where there are several.
pub(super) fn shape(url: &Url, with_first: bool) -> String {
    let segments = segments(url);
    let mut names: Vec<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    names.sort_unstable();
    names.dedup();
    let first = match segments.as_slice() {
        [first, _, ..] if with_first => first.as_str(),
        // `annonce.php?id=7`: the program is part of the kind.
        [only] if with_first && !names.is_empty() => only.as_str(),
        _ => "",
    };
    format!("{}|{}|{first}|{}", url.host_str().unwrap_or_default(), segments.len(), names.join(","))
}

pub(super) fn segments(url: &Url) -> Vec<String> {
    url.path().trim_matches('/').split('/').map(str::to_owned).filter(|segment| !segment.is_empty()).collect()
}

/// How ads' ids are read from their addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IdPattern {
    /// A pattern whose first group is the id.
    pub pattern: String,
    /// Parameters that are the same in all links and mean nothing: sessions, campaigns.
    pub dropped: Vec<String>,
}

/// The pattern for these addresses of different ads; `None` where no part differs in all of them.
pub(super) fn id_pattern(urls: &[Url]) -> Option<IdPattern> {
    let dropped = dropped(urls);
    let parameter = parameter(urls, &dropped);
    let pattern = parameter.or_else(|| path_pattern(urls))?;
    Some(IdPattern { pattern, dropped })
}

fn is_random(value: &str) -> bool {
    value.len() >= 6
        && value.chars().all(|letter| letter.is_ascii_alphanumeric())
        && value.chars().any(|letter| letter.is_ascii_digit())
}

fn dropped(urls: &[Url]) -> Vec<String> {
    let mut values: BTreeMap<String, HashSet<String>> = BTreeMap::new();
    for url in urls {
        for (name, value) in url.query_pairs() {
            values.entry(name.into_owned()).or_default().insert(value.into_owned());
        }
    }
    let known = ["sid", "session", "sessionid", "phpsessid", "jsessionid", "fbclid", "gclid"];
    let by_name = |name: &str| known.contains(&name) || name.starts_with("utm_");
    values
        .into_iter()
        .filter(|(name, values)| {
            by_name(&name.to_ascii_lowercase())
                || (urls.len() > 2 && values.len() == 1 && values.iter().all(|v| is_random(v)))
        })
        .map(|(name, _)| name)
        .collect()
}

/// A parameter of the query that differs in every address.
fn parameter(urls: &[Url], dropped: &[String]) -> Option<String> {
    let first = urls.first()?;
    let mut names: Vec<String> = first.query_pairs().map(|(name, _)| name.into_owned()).collect();
    names.retain(|name| !dropped.contains(name));
    // An id is called so more often than not.
    names.sort_by_key(|name| !name.to_ascii_lowercase().ends_with("id"));
    names.into_iter().find_map(|name| {
        let values: Vec<String> = urls.iter().filter_map(|url| value_of(url, &name)).collect();
        let different = values.iter().collect::<HashSet<_>>().len();
        (values.len() == urls.len() && different == values.len()).then(|| {
            let group = if all_digits(&values) { r"(\d+)" } else { "([^&#]+)" };
            format!("[?&]{}={group}", regex::escape(&name))
        })
    })
}

fn value_of(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(own, _)| own == name)
        .map(|(_, value)| value.into_owned())
        .filter(|value| !value.is_empty())
}

fn all_digits(values: &[String]) -> bool {
    values.iter().all(|value| !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()))
}

fn path_pattern(urls: &[Url]) -> Option<String> {
    let paths: Vec<Vec<String>> = urls.iter().map(segments).collect();
    let length = paths.first().map(Vec::len).filter(|length| paths.iter().all(|path| path.len() == *length))?;
    let column = |at: usize| -> Vec<String> { paths.iter().map(|path| path[at].clone()).collect() };
    let differs = |values: &[String]| values.iter().collect::<HashSet<_>>().len() == values.len();
    // A number that differs in every address is the likeliest id; else a whole segment that does.
    let numbered = (0..length).rev().find_map(|at| number_in(&column(at)).map(|group| (at, group)));
    let whole = || (0..length).rev().find(|at| differs(&column(*at))).map(|at| (at, whole_segment(&column(at))));
    let (at, group) = numbered.or_else(whole)?;
    let mut pattern = String::new();
    for before in 0..at {
        let values = column(before);
        let fixed = values.iter().all(|value| *value == values[0]);
        pattern.push('/');
        pattern.push_str(&if fixed { regex::escape(&values[0]) } else { "[^/]+".to_owned() });
    }
    pattern.push('/');
    pattern.push_str(&group);
    // Without a fixed word before it, the address must end here, lest other pages' numbers pass for ids.
    let fixed_before = (0..at).any(|before| column(before).iter().all(|value| *value == paths[0][before]));
    if at + 1 == length && !fixed_before {
        pattern.push_str("/?(?:[?#]|$)");
    }
    Some(pattern)
}

/// Where in a segment a number stands that differs in every address: the whole, its beginning or its end.
fn number_in(values: &[String]) -> Option<String> {
    let check = |pattern: &str| -> bool {
        let Ok(regex) = regex::Regex::new(&format!("^{pattern}$")) else { return false };
        let mut seen = HashSet::new();
        values.iter().all(|value| {
            regex
                .captures(value)
                .and_then(|found| found.get(1).map(|id| id.as_str().to_owned()))
                .is_some_and(|id| seen.insert(id))
        })
    };
    [
        r"(\d+)",
        r"(\d+)\.[a-z]+",
        r"(\d+)-[^/]*",
        r"(\d+)_[^/]*",
        r"[^/]*[-_.](\d+)",
        r"[^/]*[-_.](\d+)\.[a-z]+",
        r"[a-zA-Z]+(\d+)",
        r"[a-zA-Z]+(\d+)\.[a-z]+",
    ]
    .into_iter()
    .find(|pattern| check(pattern))
    .map(str::to_owned)
}

fn whole_segment(values: &[String]) -> String {
    let ends = |end: &str| values.iter().all(|value| value.ends_with(end));
    match [".html", ".htm", ".php", ".aspx"].into_iter().find(|end| ends(end)) {
        Some(end) => format!("([^/?#]+){}", regex::escape(end)),
        None => "([^/?#]+)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(paths: &[&str]) -> Vec<Url> {
        paths.iter().map(|path| Url::parse(&format!("https://www.example.dk{path}")).unwrap()).collect()
    }

    #[test]
    fn the_part_that_differs_is_the_id() {
        let table: [(&[&str], Option<&str>, &[&str]); 9] = [
            (&["/vis/41", "/vis/42", "/vis/43"], Some(r"/vis/(\d+)"), &[]),
            (&["/41-anna/", "/42-eva/", "/43-anna/"], Some(r"/(\d+)-[^/]*/?(?:[?#]|$)"), &[]),
            (&["/annonce/dvqjte", "/annonce/2te3n4"], Some("/annonce/([^/?#]+)"), &[]),
            (&["/a/anna-i-aarhus-41.html", "/a/eva-42.html"], Some(r"/a/[^/]*[-_.](\d+)\.[a-z]+"), &[]),
            (&["/aarhus/massage/41", "/odense/massage/42"], Some(r"/[^/]+/massage/(\d+)"), &[]),
            (
                &["/a.php?id=41&sid=921643b7", "/a.php?id=42&sid=921643b7", "/a.php?id=43&sid=921643b7"],
                Some(r"[?&]id=(\d+)"),
                &["sid"],
            ),
            (&["/vis?nr=a1&lang=da", "/vis?nr=a2&lang=da"], Some("[?&]nr=([^&#]+)"), &[]),
            (&["/2026/11/anna-i-aarhus/", "/2026/11/eva-i-odense/"], Some("/2026/11/([^/?#]+)"), &[]),
            (&["/om", "/om"], None, &[]),
        ];
        for (paths, pattern, dropped) in table {
            let found = id_pattern(&urls(paths));
            assert_eq!(found.as_ref().map(|id| id.pattern.as_str()), pattern, "{paths:?}");
            assert_eq!(found.map_or(Vec::new(), |id| id.dropped), dropped, "{paths:?}");
        }
    }
}
