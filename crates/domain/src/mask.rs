//! Masked text: what people read, search and export. Whatever is or could be a contact is one token.

use crate::span::{Field, Span};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// One run of the original that a token stands for. Offsets are bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaskedRun {
    /// In the original.
    pub original: Range<usize>,
    /// In the masked text.
    pub masked: Range<usize>,
}

/// A field's masked text with the way between its offsets and the original's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaskedText {
    /// Which field.
    pub field: Field,
    /// The text with tokens such as `[telefon]`.
    pub text: String,
    /// The replaced runs, in order, not overlapping.
    pub runs: Vec<MaskedRun>,
}

impl MaskedText {
    /// Builds the masked text of `original`: each of `runs` (sorted, not overlapping, with its token) is replaced.
    pub fn build(field: Field, original: &str, runs: &[(Range<usize>, &str)]) -> Self {
        let (mut text, mut kept, mut done) = (String::with_capacity(original.len()), 0, Vec::with_capacity(runs.len()));
        for (run, token) in runs {
            text.push_str(original.get(kept..run.start).unwrap_or_default());
            let start = text.len();
            text.push_str(token);
            done.push(MaskedRun { original: run.clone(), masked: start..text.len() });
            kept = run.end;
        }
        text.push_str(original.get(kept..).unwrap_or_default());
        Self { field, text, runs: done }
    }

    /// The span of the masked text that covers `original`: a span that touches a token covers the whole token.
    pub fn to_masked(&self, original: Range<usize>) -> Range<usize> {
        self.shift(original, |run| (&run.original, &run.masked))
    }

    /// The span of the original that `masked` covers; a token stands for all of its run.
    pub fn to_original(&self, masked: Range<usize>) -> Range<usize> {
        self.shift(masked, |run| (&run.masked, &run.original))
    }

    /// A span of the original as a span of the masked text.
    pub fn mask_span(&self, span: &Span) -> Span {
        let range = self.to_masked(span.start..span.end);
        Span::new(span.field.clone(), range.start, range.end)
    }

    /// A span of the masked text as a span of the original.
    pub fn unmask_span(&self, span: &Span) -> Span {
        let range = self.to_original(span.start..span.end);
        Span::new(span.field.clone(), range.start, range.end)
    }

    fn shift(&self, range: Range<usize>, sides: impl Fn(&MaskedRun) -> (&Range<usize>, &Range<usize>)) -> Range<usize> {
        let place = |offset: usize, is_end: bool| {
            let (mut from_end, mut to_end) = (0, 0);
            for run in &self.runs {
                let (from, to) = sides(run);
                let before = if is_end { offset <= from.start } else { offset < from.start };
                if before {
                    break;
                }
                let inside = if is_end { offset <= from.end } else { offset < from.end };
                if inside {
                    return if is_end { to.end } else { to.start };
                }
                (from_end, to_end) = (from.end, to.end);
            }
            to_end + (offset - from_end)
        };
        let start = place(range.start, false);
        if range.start >= range.end { start..start } else { start..place(range.end, true) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_go_to_the_masked_text_and_back() {
        let original = "Ring 34000050 nu, eller 34000051.";
        let masked = MaskedText::build(Field::Body, original, &[(5..13, "[telefon]"), (24..32, "[telefon]")]);
        assert_eq!(masked.text, "Ring [telefon] nu, eller [telefon].");
        assert_eq!(masked.to_masked(0..4), 0..4);
        assert_eq!(masked.to_masked(5..13), 5..14);
        assert_eq!(masked.to_masked(7..9), 5..14, "a part of a number is the whole token");
        assert_eq!(&masked.text[masked.to_masked(14..16)], "nu");
        assert_eq!(&original[masked.to_original(15..17)], "nu");
        assert_eq!(masked.to_original(5..14), 5..13);
        assert_eq!(masked.to_original(25..34), 24..32);
        assert_eq!(masked.to_masked(original.len() - 1..original.len()), masked.text.len() - 1..masked.text.len());
    }
}
