//! Whether a failure speaks of a host or of one of its pages: a page that failed before, while the host has answered
//! others well since, is bad by itself. Without this a handful of bad pages that are tried again one after the other
//! would open the breaker of a host that is well, and a run would end before its good pages were read.

use crate::error::ErrorKind;
use crate::fetch::FetchError;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// What a visit has seen of its hosts and their bad pages.
#[derive(Default)]
pub(super) struct Blame {
    /// Good answers by host.
    well: HashMap<String, u64>,
    /// How many good answers the host had given when a page (by the hash of its address) failed last.
    failed: HashMap<u64, u64>,
    hasher: RandomState,
}

impl Blame {
    /// The host has answered well.
    pub(super) fn answered(&mut self, host: &str) {
        match self.well.get_mut(host) {
            Some(count) => *count += 1,
            None => drop(self.well.insert(host.to_owned(), 1)),
        }
    }

    /// A request has failed. True where that says nothing about the host.
    pub(super) fn is_the_pages(&mut self, host: &str, url: &str, error: &FetchError) -> bool {
        use ErrorKind::{BrokenBody, ServerError, Timeout, TooSlow};
        // One that asks for quiet, and one that cannot be reached, always speaks of itself.
        if !matches!(error.kind, BrokenBody | ServerError | Timeout | TooSlow)
            || error.status == Some(503)
            || error.retry_after.is_some()
        {
            return false;
        }
        let well = self.well.get(host).copied().unwrap_or(0);
        let before = self.failed.insert(self.hasher.hash_one(url), well);
        before.is_some_and(|before| before < well)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_fails_again_on_a_host_that_is_well_is_bad_by_itself() {
        let mut blame = Blame::default();
        let slow = FetchError::of(ErrorKind::TooSlow);
        assert!(!blame.is_the_pages("a", "/1", &slow), "the first time nobody knows");
        assert!(!blame.is_the_pages("a", "/1", &slow), "nothing went well since");
        blame.answered("b");
        assert!(!blame.is_the_pages("a", "/1", &slow), "another host");
        blame.answered("a");
        assert!(!blame.is_the_pages("a", "/2", &slow), "another page");
        assert!(blame.is_the_pages("a", "/1", &slow));
        assert!(!blame.is_the_pages("a", "/1", &slow), "nothing went well since it failed last");
        blame.answered("a");
        let busy = FetchError::of_status(503, None);
        assert!(!blame.is_the_pages("a", "/1", &busy), "asks for quiet");
        assert!(!blame.is_the_pages("a", "/1", &FetchError::of(ErrorKind::Connect)));
        assert!(blame.is_the_pages("a", "/1", &FetchError::of_status(500, None)));
    }
}
