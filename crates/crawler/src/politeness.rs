//! Keeps count of how a visit treats the hosts it asks.

use domain::crawl::Politeness;
use jiff::Timestamp;
use std::collections::HashMap;

/// Keeps the figures while the visit lasts.
#[derive(Debug, Default)]
pub(crate) struct Manners {
    so_far: Politeness,
    last: HashMap<String, Timestamp>,
}

impl Manners {
    /// A request to a host is about to be sent.
    pub(crate) fn asked(&mut self, host: &str, delay_ms: u64, at: Timestamp) {
        self.so_far.requests += 1;
        self.so_far.delay_ms = self.so_far.delay_ms.max(delay_ms);
        if let Some(before) = self.last.insert(host.to_owned(), at) {
            let gap = u64::try_from(at.as_millisecond() - before.as_millisecond()).unwrap_or(0);
            self.so_far.shortest_gap_ms = Some(self.so_far.shortest_gap_ms.map_or(gap, |least| least.min(gap)));
        }
    }

    /// A host answered.
    pub(crate) fn answered(&mut self, status: u16) {
        self.so_far.busy += u64::from(matches!(status, 429 | 503));
    }

    /// The figures so far.
    pub(crate) fn figures(&self) -> Politeness {
        self.so_far.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_gap_is_that_of_one_host() {
        let at = |ms| Timestamp::from_millisecond(ms).expect("a time");
        let mut manners = Manners::default();
        manners.asked("a", 2_000, at(0));
        manners.asked("b", 1_000, at(10));
        assert_eq!(manners.figures().shortest_gap_ms, None, "two hosts, one request each");
        manners.asked("a", 2_000, at(2_001));
        manners.asked("a", 2_000, at(9_000));
        manners.answered(429);
        let figures = Politeness { requests: 4, delay_ms: 2_000, shortest_gap_ms: Some(2_001), busy: 1 };
        assert_eq!(manners.figures(), figures);
    }
}
