//! Links, plain and written out (`example punktum dk`), and the profile pages among them.

use crate::claim::{Claim, Claims, span};
use crate::lexicon::{Flags, Lexicon};
use crate::tokens::{Kind, Tokens};
use domain::{Field, Handle, UrlMention};

pub(super) fn find(
    tokens: &Tokens<'_>,
    claims: &mut Claims,
    lexicon: &Lexicon,
    field: &Field,
) -> (Vec<UrlMention>, Vec<Handle>) {
    let (mut urls, mut handles) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        let found = if claims.is_free(at) { link(tokens, claims, at) } else { None };
        let Some((url, host, path, end)) = found else {
            at += 1;
            continue;
        };
        let place = span(tokens, field, at..end);
        let service = lexicon.link_hosts.get(host.strip_prefix("www.").unwrap_or(&host));
        if let Some(service) = service.and_then(|index| lexicon.services.get(usize::from(*index)))
            && let Some(handle) = profile(&path)
        {
            handles.push(Handle { service: service.clone(), handle, span: place.clone() });
        }
        urls.push(UrlMention { url, span: place });
        // The number of wa.me/4534000050 is left for the phones.
        let number = service.is_some() && (at..end).any(|i| tokens.digits(i) >= 8);
        let claimed = if number { end - 1 } else { end };
        claims.take(at..claimed, Claim::Contact);
        at = end;
    }
    (urls, handles)
}

/// The handle in the path of a profile page.
fn profile(path: &str) -> Option<String> {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let mut part = parts.next()?;
    if matches!(part, "add" | "u" | "user" | "s") {
        part = parts.next()?;
    }
    let handle: String = part
        .trim_start_matches('@')
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
        .collect();
    let handle = handle.to_lowercase();
    let is_word = handle.chars().any(|c| c.is_ascii_alphabetic());
    (handle.len() >= 3 && is_word && !matches!(handle.as_str(), "joinchat" | "send" | "share" | "p" | "reel"))
        .then_some(handle)
}

/// A link at `at`: normal form, host, path, and the index behind it.
fn link(tokens: &Tokens<'_>, claims: &Claims, at: usize) -> Option<(String, String, String, usize)> {
    let token = &tokens[at];
    if token.kind == Kind::Symbol
        || (at > 0 && !token.space_before && (tokens.is(at - 1, '@') || tokens[at - 1].kind != Kind::Symbol))
    {
        return None;
    }
    let scheme = matches!(tokens.text(at), "http" | "https")
        && tokens.is(at + 1, ':')
        && tokens.is(at + 2, '/')
        && tokens.is(at + 3, '/');
    let start = if scheme { at + 4 } else { at };
    let www = tokens.get(start).is_some_and(|_| tokens.text(start) == "www");
    let (host, mut end, out) = host(tokens, start)?;
    if !claims.are_free(at..end) {
        return None;
    }
    let labels: Vec<&str> = host.split('.').collect();
    // "Kik: anna.dk" is a handle.
    let labelled = at >= 2 && tokens.is_any(at - 1, &[':', '=']) && tokens[at - 2].word.is(Flags::SERVICE);
    if labelled && !scheme && !www && !out && !tokens.is(end, '/') {
        return None;
    }
    let plain_enough = scheme || www || out || is_name(tokens, start, end, &labels);
    if labels.len() < 2 || !plain_enough {
        return None;
    }
    let mut path = String::new();
    if tokens.is_any(end, &['/', '?', ':'])
        && !tokens[end].space_before
        && (tokens.first_is(end, '/') || tokens.first_is(end, '?') || tokens.digits(end + 1) > 0)
    {
        let stop = (end..tokens.len()).find(|&i| tokens[i].space_before).unwrap_or(tokens.len());
        let mut last = stop;
        while last > end && tokens.is_any(last - 1, &['.', ',', '!', '?', ')', ';', ':', '"', '\'']) {
            last -= 1;
        }
        if tokens.get(end).is_some_and(|_| last > end) {
            path = tokens.spelled_range(end, last);
            end = last;
        }
    }
    let scheme_text = if tokens.text(at) == "http" { "http" } else { "https" };
    let trimmed = path.trim_end_matches('/');
    Some((format!("{scheme_text}://{host}{trimmed}"), host, path, end))
}

impl Tokens<'_> {
    fn first_is(&self, at: usize, symbol: char) -> bool {
        self.is(at, symbol)
    }
}

/// `example.dk` is a link; `fint.me` at the end of a sentence without a blank is not likely one.
fn is_name(tokens: &Tokens<'_>, start: usize, end: usize, labels: &[&str]) -> bool {
    let sure = [
        "dk", "com", "net", "org", "info", "eu", "se", "de", "io", "no", "nu", "me", "link", "app", "shop", "online",
        "site", "xyz", "uk", "pl", "ro", "biz", "club", "ly", "example", "test",
    ];
    let tld = labels.last().copied().unwrap_or("");
    let capital_tld = tokens.get(end - 1).is_some_and(|t| t.capital && !t.upper);
    let path = tokens.is(end, '/');
    let stop = !path
        && tokens[start].word.is(Flags::STOPWORD)
        && labels.len() == 2
        && matches!(tld, "me" | "no" | "de" | "se" | "nu" | "is" | "it" | "at" | "es");
    let short = labels[0].len() < 2 && !path;
    sure.contains(&tld) && !capital_tld && !stop && !short
}

/// A host at `at`: its text, the index behind it, and whether a dot was written out.
fn host(tokens: &Tokens<'_>, at: usize) -> Option<(String, usize, bool)> {
    let mut host = String::new();
    let (mut i, mut out) = (at, false);
    let mut complete = None;
    loop {
        // A label: letters, digits and hyphens without a blank.
        let label_start = i;
        while let Some(token) = tokens.get(i).filter(|t| i == label_start || !t.space_before) {
            let hyphen = tokens.is(i, '-') && i > label_start;
            // A label has 63 characters at most (RFC 1035, 2.3.4).
            if (token.kind == Kind::Symbol && !hyphen) || i - label_start > 31 || host.len() > 253 {
                break;
            }
            host.push_str(tokens.text(i));
            i += 1;
        }
        if i == label_start {
            break;
        }
        if complete.is_some() || host.contains('.') {
            if tokens[i - 1].word.is(Flags::TLD) && i - label_start == 1 {
                complete = Some((host.len(), i));
            } else {
                complete = complete.filter(|_| false).or(complete);
            }
        }
        if tokens.is(i, '.')
            && !tokens[i].space_before
            && tokens.get(i + 1).is_some_and(|t| !t.space_before && t.kind != Kind::Symbol)
        {
            host.push('.');
            i += 1;
            continue;
        }
        // "example punktum dk", "example (dot) com": only right before a top-level domain.
        let bracket = tokens.is_any(i, &['(', '[', '{']);
        let dot = if bracket { i + 1 } else { i };
        let behind = if bracket { dot + 2 } else { dot + 1 };
        let spelled = tokens.get(dot).is_some_and(|t| t.kind == Kind::Word && t.word.is(Flags::DOT) && !t.line_before)
            && tokens.get(behind).is_some_and(|t| {
                t.word.is(Flags::TLD)
                    && (!matches!(
                        tokens.text(behind),
                        "de" | "no" | "se" | "me" | "is" | "it" | "at" | "nu" | "es" | "us"
                    ) || bracket)
            });
        if spelled {
            host.push('.');
            host.push_str(tokens.text(behind));
            return Some((host, behind + 1, true));
        }
        break;
    }
    let (length, end) = complete?;
    host.truncate(length);
    out |= false;
    Some((host, end, out))
}
