//! Which tokens a detector has taken, so that the next one leaves them alone.

use crate::tokens::Tokens;
use domain::{Field, Span};
use std::ops::Range;

/// What a token was read as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Claim {
    /// Nothing yet.
    #[default]
    Free,
    /// Part of an e-mail address, link or handle.
    Contact,
    /// Part of a street address.
    Address,
    /// Part of a place.
    Place,
    /// A time of day or date.
    Clock,
    /// Part of a phone number.
    Phone,
    /// Part of a price or its length of time.
    Price,
    /// Part of an age.
    Age,
}

/// The claims on the tokens of one text.
pub(crate) struct Claims(Vec<Claim>);

impl Claims {
    pub(crate) fn new(tokens: &Tokens<'_>) -> Self {
        Self(vec![Claim::Free; tokens.len()])
    }
    pub(crate) fn at(&self, token: usize) -> Claim {
        self.0.get(token).copied().unwrap_or_default()
    }
    pub(crate) fn is_free(&self, token: usize) -> bool {
        self.at(token) == Claim::Free
    }
    pub(crate) fn are_free(&self, tokens: Range<usize>) -> bool {
        tokens.into_iter().all(|token| self.is_free(token))
    }
    pub(crate) fn take(&mut self, tokens: Range<usize>, claim: Claim) {
        for slot in self.0.iter_mut().take(tokens.end).skip(tokens.start) {
            *slot = claim;
        }
    }
}

/// The span of tokens `range` in the original.
pub(crate) fn span(tokens: &Tokens<'_>, field: &Field, range: Range<usize>) -> Span {
    match (tokens.get(range.start), range.end.checked_sub(1).and_then(|last| tokens.get(last))) {
        (Some(first), Some(last)) => Span::new(field.clone(), first.start, last.end.max(first.start)),
        _ => Span::new(field.clone(), 0, 0),
    }
}
