//! What was visited of what is known, and of what there is estimated to be.

use crate::register::Register;
use jiff::civil::Date;

/// An estimate of how many places there are, with its interval; made elsewhere, by capture and recapture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub number: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Coverage of some municipalities in a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage {
    /// Places known and not closed at some time of the period.
    pub known: usize,
    /// Those visited in it.
    pub visited: usize,
    /// Those where somebody was met.
    pub met: usize,
    /// Offers made and accepted.
    pub offers: (u32, u32),
    /// Visited of known; `None` where none is known.
    pub of_known: Option<f64>,
    /// Visited of estimated, with the ends of its interval: the lower from the estimate's upper end. At most 1. `None`
    /// without an estimate.
    pub of_estimated: Option<(f64, f64, f64)>,
    /// Days of the longest wait for a visit, among those known for the whole period.
    pub longest_wait_days: Option<i32>,
}

/// Works it out for the places in `municipalities`, from `from` to `to`, both days included.
pub fn coverage(
    register: &Register,
    municipalities: &[String],
    (from, to): (Date, Date),
    estimate: Option<Estimate>,
) -> Coverage {
    let (mut known, mut visited, mut met, mut offers) = (0, 0, 0, (0, 0));
    let mut longest: Option<i32> = None;
    for place in register.places() {
        let here = |code: &str| municipalities.iter().any(|municipality| municipality == code);
        let there = place.details().is_some_and(|details| here(&details.municipality_code));
        if !there || place.known_since > to || place.closed.is_some_and(|closed| closed < from) {
            continue;
        }
        known += 1;
        let visits: Vec<_> = place.visits.iter().filter(|(on, ..)| (from..=to).contains(on)).collect();
        visited += usize::from(!visits.is_empty());
        met += usize::from(visits.iter().any(|(_, _, visit)| visit.result == crate::VisitResult::Met));
        for (_, _, visit) in &visits {
            offers = (offers.0 + visit.offered, offers.1 + visit.accepted);
        }
        if place.known_since <= from {
            let mut days = vec![from];
            days.extend(visits.iter().map(|(on, ..)| *on));
            days.push(place.closed.unwrap_or(to).min(to));
            let waits = days.iter().zip(days.iter().skip(1));
            longest = longest.max(waits.filter_map(|(a, b)| b.since(*a).ok().map(|span| span.get_days())).max());
        }
    }
    let share = |of: f64| (visited as f64 / of.max(1.0)).min(1.0);
    Coverage {
        known,
        visited,
        met,
        offers,
        of_known: (known > 0).then(|| share(known as f64)),
        // There are at least as many as are known, whatever an interval's lower end says.
        of_estimated: estimate.map(|e| {
            let at_least = |number: f64| share(number.max(known as f64));
            (at_least(e.number), at_least(e.high), at_least(e.low))
        }),
        longest_wait_days: longest,
    }
}
