//! An ad's text for comparison: normal form with what varies between copies replaced by tokens.

use domain::{Field, FieldText, ReadAd, Span};
use std::ops::Range;

/// Title and body (or the single text) in normal form, with contacts, prices, places, names, ages and numbers replaced
/// by one token each; see [`domain::VersionFacts::skeleton`].
pub fn skeleton(ad: &ReadAd) -> String {
    let mut skeleton = String::new();
    for text in ad.texts.iter().filter(|text| matches!(text.field, Field::Title | Field::Body | Field::Text)) {
        if !skeleton.is_empty() {
            skeleton.push(' ');
        }
        write_text(ad, text, &mut skeleton);
    }
    skeleton.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn write_text(ad: &ReadAd, text: &FieldText, skeleton: &mut String) {
    let replaced = replaced(ad, &text.field);
    let normal = text.normal.as_str();
    let mut next = 0;
    let mut number = false;
    let mut at = 0;
    for c in normal.chars() {
        let range = at..at + c.len_utf8();
        at = range.end;
        let origin = text.normal.original(range);
        while replaced.get(next).is_some_and(|(run, _)| run.end <= origin.start) {
            next += 1;
        }
        if let Some((run, token)) =
            replaced.get(next).filter(|(run, _)| origin.start >= run.start && origin.end <= run.end)
        {
            if origin.start == run.start && !skeleton.ends_with(token) {
                skeleton.push(' ');
                skeleton.push_str(token);
                skeleton.push(' ');
            }
            number = false;
        } else if c.is_ascii_digit() {
            if !number {
                skeleton.push_str(" <num> ");
            }
            number = true;
        } else {
            number &= matches!(c, '.' | ':');
            skeleton.push(c);
        }
    }
}

/// The runs of a text that become tokens, in order, without overlap.
fn replaced(ad: &ReadAd, field: &Field) -> Vec<(Range<usize>, &'static str)> {
    let reading = &ad.reading;
    let mut runs: Vec<(Range<usize>, &'static str)> = Vec::new();
    let mut add = |spans: Vec<&Span>, token: &'static str| {
        runs.extend(spans.into_iter().filter(|span| span.field == *field).map(|span| (span.start..span.end, token)));
    };
    add(reading.phones.iter().map(|m| &m.span).collect(), "<phone>");
    add(reading.prices.iter().map(|m| &m.span).collect(), "<price>");
    add(reading.places.iter().map(|m| &m.span).collect(), "<place>");
    add(reading.names.iter().map(|m| &m.span).collect(), "<name>");
    add(reading.ages.iter().map(|m| &m.span).collect(), "<age>");
    add(reading.emails.iter().map(|m| &m.span).collect(), "<mail>");
    add(reading.handles.iter().map(|m| &m.span).collect(), "<mail>");
    add(reading.urls.iter().map(|m| &m.span).collect(), "<url>");
    add(reading.addresses.iter().map(|m| &m.span).collect(), "<addr>");
    runs.sort_by_key(|(run, _)| (run.start, std::cmp::Reverse(run.end)));
    let mut end = 0;
    runs.retain(|(run, _)| {
        let keep = run.start >= end && run.start < run.end;
        if keep {
            end = run.end;
        }
        keep
    });
    runs
}
