//! The normal form of an ad's text, and the tokens that all detectors share.
//!
//! Steps: HTML remains and invisible marks go ([`clean`]), look-alikes become the letters they stand for
//! ([`lookalikes`]), letters spelled one by one become words ([`spaced`]); then the text is folded. Every character
//! keeps the bytes of the original that it came from.

mod clean;
mod entities;
mod lookalikes;
mod spaced;

use domain::{NormalText, NormalTextBuilder};

/// One character after cleaning, with its bytes in the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clean {
    pub(crate) c: char,
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// It was written as something else (full-width, circled, another script, split by invisible marks).
    pub(crate) exotic: bool,
}

/// The cleaned characters of a text.
pub(crate) fn cleaned(original: &str) -> Vec<Clean> {
    let mut chars = clean::clean(original);
    lookalikes::undo(&mut chars);
    spaced::join(&mut chars);
    chars
}

/// The normal form of `original`, and for each cleaned character where its folded form begins (one more at the end).
pub(crate) fn folded(chars: &[Clean]) -> (NormalText, Vec<u32>) {
    let mut builder = NormalTextBuilder::default();
    let mut offsets = Vec::with_capacity(chars.len() + 1);
    for clean in chars {
        offsets.push(u32::try_from(builder.as_str().len()).unwrap_or(u32::MAX));
        builder.push_folded(clean.c, clean.start as usize..clean.end as usize);
    }
    offsets.push(u32::try_from(builder.as_str().len()).unwrap_or(u32::MAX));
    (builder.finish(), offsets)
}

/// The normal form of a text: what patterns are matched on. The way back is in the result.
pub fn normalise(original: &str) -> NormalText {
    folded(&cleaned(original)).0
}
