//! Masked text: what people read, search and export (design.md, section 1).
//!
//! Wider than reading: whatever was read as a contact or address, and any run of six or more digits, digit-likes or
//! number words, becomes a token, accepted as a mention or not. What no number words find is measured on the test set.

mod wide;

use domain::{Field, MaskedText, ReadAd, Span};
use std::ops::Range;

/// A phone number.
const PHONE: &str = "[telefon]";
/// An e-mail address.
const EMAIL: &str = "[e-mail]";
/// A handle.
const HANDLE: &str = "[profil]";
/// A link.
const LINK: &str = "[link]";
/// A street address.
const ADDRESS: &str = "[adresse]";
/// A number that could be a contact.
const NUMBER: &str = "[tal]";

/// The masked text of each of an ad's texts, in their order.
pub fn mask(ad: &ReadAd) -> Vec<MaskedText> {
    ad.texts
        .iter()
        .map(|text| {
            let mut runs = mentions(ad, &text.field);
            let kept = kept(ad, &text.field);
            runs.extend(wide::runs(&text.original, &runs, &kept).into_iter().map(|run| (run, NUMBER)));
            runs.extend(wide::profiles(&text.original).into_iter().map(|run| (run, HANDLE)));
            MaskedText::build(text.field.clone(), &text.original, &merged(runs))
        })
        .collect()
}

fn spans<'a>(spans: impl Iterator<Item = &'a Span>, field: &Field) -> Vec<Range<usize>> {
    spans.filter(|span| span.field == *field && span.start < span.end).map(|span| span.start..span.end).collect()
}

/// What was read as a contact or address, with its token.
fn mentions(ad: &ReadAd, field: &Field) -> Vec<(Range<usize>, &'static str)> {
    let reading = &ad.reading;
    let kinds = [
        (spans(reading.phones.iter().map(|m| &m.span), field), PHONE),
        (spans(reading.emails.iter().map(|m| &m.span), field), EMAIL),
        (spans(reading.handles.iter().map(|m| &m.span), field), HANDLE),
        (spans(reading.urls.iter().map(|m| &m.span), field), LINK),
        (spans(reading.addresses.iter().map(|m| &m.span), field), ADDRESS),
    ];
    kinds.into_iter().flat_map(|(spans, token)| spans.into_iter().map(move |span| (span, token))).collect()
}

/// Numbers that were read as something else and stay readable.
fn kept(ad: &ReadAd, field: &Field) -> Vec<Range<usize>> {
    let reading = &ad.reading;
    let mut kept = spans(reading.prices.iter().map(|m| &m.span), field);
    kept.extend(spans(reading.ages.iter().map(|m| &m.span), field));
    kept.extend(spans(reading.places.iter().map(|m| &m.span), field));
    kept
}

/// In order and without overlap: of two that overlap the union is kept, under the token of the longer.
fn merged(mut runs: Vec<(Range<usize>, &'static str)>) -> Vec<(Range<usize>, &'static str)> {
    runs.sort_by_key(|(run, _)| (run.start, std::cmp::Reverse(run.end)));
    let mut merged: Vec<(Range<usize>, &'static str)> = Vec::with_capacity(runs.len());
    for (run, token) in runs {
        match merged.last_mut() {
            Some((last, last_token)) if run.start < last.end => {
                if run.len() > last.len() {
                    *last_token = token;
                }
                last.end = last.end.max(run.end);
            }
            _ => merged.push((run, token)),
        }
    }
    merged
}
