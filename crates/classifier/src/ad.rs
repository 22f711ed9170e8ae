//! Indicators on one ad.

use crate::catalogue::{Catalogue, Indicator};
use crate::detectors::{self, Found, Kind, Seen};
use crate::wording::Folded;
use domain::{AdRef, Evidence, Field, Firing, ReadAd, Scope, Span};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::ops::Range;

/// Evidence shown for one indicator and ad; more would say the same.
const MOST_EVIDENCE: usize = 5;
/// A clause of at most this many bytes is shown whole.
const READABLE: usize = 120;
/// Of a longer one, at most this many bytes on each side of the match.
const AROUND: usize = 40;

/// Which ad a text is, as far as that is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct AdAt<'a> {
    /// The ad and its version, which the evidence is to carry; `None` while a single text is read.
    pub ad: Option<(&'a AdRef, u32)>,
    /// The day on which it was seen, by which a year of birth becomes an age.
    pub on: Option<Date>,
}

/// One ad with what the patterns found in it.
pub(crate) struct AdContext<'a> {
    pub ad: &'a ReadAd,
    pub catalogue: &'a Catalogue,
    pub on: Option<Date>,
    /// By text.
    pub folded: Vec<Folded<'a>>,
    /// By indicator, and within it by text: ranges of the original.
    pub wording: BTreeMap<usize, Vec<Found>>,
}

impl<'a> AdContext<'a> {
    pub fn of(catalogue: &'a Catalogue, ad: &'a ReadAd, on: Option<Date>) -> Self {
        let folded: Vec<Folded<'a>> = ad.texts.iter().map(|t| Folded::of(&t.normal, &t.original)).collect();
        let mut wording: BTreeMap<usize, Vec<Found>> = BTreeMap::new();
        for (index, (text, folded)) in ad.texts.iter().zip(&folded).enumerate() {
            if !has_words(&text.field) {
                continue;
            }
            for (indicator, ranges) in catalogue.matcher().matches(folded) {
                let found = ranges.into_iter().map(|range| (index, text.normal.original(range)));
                wording.entry(indicator).or_default().extend(found);
            }
        }
        Self { ad, catalogue, on, folded, wording }
    }

    /// The text that a span points into.
    pub fn text_of(&self, span: &Span) -> Option<usize> {
        self.ad.texts.iter().position(|text| text.field == span.field)
    }

    /// What the indicator of that index sees: its detector's findings and those of its wording.
    pub fn look(&self, index: usize, indicator: &Indicator) -> Option<Seen> {
        let Kind::Ad(detect) = &detectors::find(&indicator.detector)?.kind else { return None };
        let mut seen = detect(self, indicator);
        seen.found.extend(self.wording.get(&index).into_iter().flatten().cloned());
        seen.found.sort_by_key(|(text, range)| (*text, range.start, range.end));
        seen.found.dedup();
        Some(seen)
    }
}

/// Everything that fires in one ad version. Spans are in original offsets. Sorted by indicator.
pub fn fire_ad(catalogue: &Catalogue, ad: &ReadAd, at: &AdAt<'_>) -> Vec<Firing> {
    let context = AdContext::of(catalogue, ad, at.on);
    let mut firings = Vec::new();
    for (index, indicator) in catalogue.indicators().iter().enumerate().filter(|(_, i)| reads_one_ad(i)) {
        let Some(seen) = context.look(index, indicator) else { continue };
        // No more is made than is shown: in a long text that ends no clause each match costs the whole of it.
        let mut shown: Vec<Evidence> = Vec::new();
        for one in seen.found.iter().filter_map(|found| evidence(ad, found, at.ad)) {
            // Two matches in one clause are shown by the same words.
            if shown.last() != Some(&one) {
                shown.push(one);
            }
            if shown.len() == MOST_EVIDENCE {
                break;
            }
        }
        if !shown.is_empty() {
            firings.push(indicator.firing(shown));
        }
    }
    firings
}

/// Whether an indicator is asked about a single ad.
pub(crate) fn reads_one_ad(indicator: &Indicator) -> bool {
    indicator.scope == Scope::Ad && indicator.status.runs()
}

/// Fields that hold a number, price or age hold no words.
pub(crate) fn has_words(field: &Field) -> bool {
    !matches!(field, Field::Named(name) if matches!(name.as_str(), "phone" | "price" | "url" | "age"))
        && !is_place(field)
}

/// The site's own field for the place, by the names that sites give it.
pub(crate) fn is_place(field: &Field) -> bool {
    matches!(field, Field::Named(name) if matches!(name.as_str(), "place" | "city" | "town" | "location"))
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

/// Widens a match to the clause around it, or to the words around it where the clause is long.
fn readable(text: &str, range: Range<usize>) -> Range<usize> {
    let ends_clause = |c: char| matches!(c, '.' | '!' | '?' | ';' | ',' | '\n' | '|' | '•');
    let before = text.get(..range.start).unwrap_or_default();
    let after = text.get(range.end..).unwrap_or_default();
    let start = before.rfind(ends_clause).map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let end = range.end + after.find(ends_clause).unwrap_or(after.len());
    let (start, end) = if end - start <= READABLE {
        (start, end)
    } else {
        // Whole words, up to `AROUND` bytes on each side.
        let from = before.ceil_char_boundary(before.len().saturating_sub(AROUND)).max(start);
        let first = before.get(from..).and_then(|t| if from == start { Some(0) } else { t.find(char::is_whitespace) });
        let word_start = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        let to = after.floor_char_boundary(AROUND).min(end - range.end);
        let last =
            after.get(..to).and_then(|t| if to + range.end == end { Some(to) } else { t.rfind(char::is_whitespace) });
        let word_end = after.find(char::is_whitespace).unwrap_or(after.len());
        (first.map_or(word_start, |at| from + at), range.end + last.unwrap_or(word_end))
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
        assert_eq!(&text[readable(&text, at..at + 2)], "ny pige");
        let words = "ord ".repeat(60);
        let text = format!("{words}hun er ny {words}");
        let at = text.find("hun").unwrap();
        let shown = &text[readable(&text, at..at + 9)];
        assert!(shown.len() <= 2 * AROUND + 9 && shown.starts_with("ord ord") && shown.ends_with("ord"), "{shown}");
    }
}
