//! Indicators on one ad.

use crate::catalogue::Catalogue;
use crate::detectors::{self, Found, Kind};
use domain::{AdRef, Evidence, Field, Firing, ReadAd, Scope, Span};
use std::collections::BTreeMap;
use std::ops::Range;

/// Evidence shown for one indicator and ad; more would say the same.
const MOST_EVIDENCE: usize = 5;
/// A clause of at most this many bytes is shown whole.
const READABLE: usize = 120;

/// One ad with what the patterns found in it.
pub(crate) struct AdContext<'a> {
    pub ad: &'a ReadAd,
    pub catalogue: &'a Catalogue,
    /// By indicator, and within it by text: ranges of the original.
    pub wording: BTreeMap<usize, Vec<Found>>,
}

impl AdContext<'_> {
    /// The text that a span points into.
    pub fn text_of(&self, span: &Span) -> Option<usize> {
        self.ad.texts.iter().position(|text| text.field == span.field)
    }
}

/// Everything that fires in one ad version. Spans are in original offsets; `of` names the ad and version that the
/// evidence is to carry (`None`, 0 while a single text is read). Sorted by indicator.
pub fn fire_ad(catalogue: &Catalogue, ad: &ReadAd, of: Option<(&AdRef, u32)>) -> Vec<Firing> {
    let mut wording: BTreeMap<usize, Vec<Found>> = BTreeMap::new();
    for (index, text) in ad.texts.iter().enumerate().filter(|(_, text)| has_words(&text.field)) {
        for (indicator, ranges) in catalogue.matcher().matches(&text.normal, &text.original) {
            let found = ranges.into_iter().map(|range| (index, text.normal.original(range)));
            wording.entry(indicator).or_default().extend(found);
        }
    }
    let context = AdContext { ad, catalogue, wording };
    let mut firings = Vec::new();
    for (index, indicator) in catalogue.indicators().iter().enumerate() {
        if indicator.scope != Scope::Ad || !indicator.status.runs() {
            continue;
        }
        let Some(Kind::Ad(detect)) = detectors::find(&indicator.detector).map(|detector| &detector.kind) else {
            continue;
        };
        let mut found = detect(&context, indicator);
        found.extend(context.wording.get(&index).into_iter().flatten().cloned());
        found.sort_by_key(|(text, range)| (*text, range.start, range.end));
        found.dedup();
        let evidence: Vec<Evidence> =
            found.iter().take(MOST_EVIDENCE).filter_map(|found| evidence(ad, found, of)).collect();
        if !evidence.is_empty() {
            firings.push(indicator.firing(evidence));
        }
    }
    firings
}

/// Fields that hold a number, price or age hold no words.
fn has_words(field: &Field) -> bool {
    !matches!(field, Field::Named(name) if matches!(name.as_str(), "phone" | "price" | "url" | "age" | "place"))
}

fn evidence(ad: &ReadAd, (index, range): &Found, of: Option<(&AdRef, u32)>) -> Option<Evidence> {
    let text = ad.texts.get(*index)?;
    let range = readable(&text.original, range.clone());
    let words = text.original.get(range.clone())?;
    Some(Evidence::Span {
        ad: of.map(|(ad, _)| ad.clone()),
        version: of.map_or(0, |(_, version)| version),
        span: Span::new(text.field.clone(), range.start, range.end),
        text: words.to_owned(),
    })
}

/// Widens a match to whole words and, where that stays short, to the clause around it.
fn readable(text: &str, range: Range<usize>) -> Range<usize> {
    let ends_clause = |c: char| matches!(c, '.' | '!' | '?' | ';' | ',' | '\n' | '|' | '•');
    let before = text.get(..range.start).unwrap_or_default();
    let after = text.get(range.end..).unwrap_or_default();
    let start = before.rfind(ends_clause).map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let end = range.end + after.find(ends_clause).unwrap_or(after.len());
    let (start, end) = if end - start <= READABLE {
        (start, end)
    } else {
        let word = |c: char| !c.is_alphanumeric();
        let start = before.rfind(word).map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        (start, range.end + after.find(word).unwrap_or(after.len()))
    };
    let Some(shown) = text.get(start..end) else { return range };
    let lead = shown.len() - shown.trim_start().len();
    start + lead..start + lead + shown.trim().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_the_clause_around_the_match() {
        let text = "Hej. Hun er ny hos os fra mandag, ring nu";
        let at = text.find("ny").unwrap();
        assert_eq!(&text[readable(text, at..at + 2)], "Hun er ny hos os fra mandag");
        let long = "æ".repeat(200);
        let text = format!("{long} ny pige {long}");
        let at = text.find("ny").unwrap();
        assert_eq!(&text[readable(&text, at..at + 2)], "ny");
    }
}
