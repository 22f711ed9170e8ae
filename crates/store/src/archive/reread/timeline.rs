//! Which version each sighting of an ad belongs to, by what its archived pages say. Pure.

use std::collections::{BTreeMap, BTreeSet};

/// What is kept of an ad. Times are milliseconds; version 0 is 'its page was not read yet'.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Content hash by version.
    pub hashes: BTreeMap<i64, Vec<u8>>,
    /// Sightings by version.
    pub times: BTreeMap<i64, BTreeSet<i64>>,
}

/// What its archived pages say, in time order.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    /// Contents and when they were fetched.
    pub contents: Vec<(i64, Vec<u8>)>,
    /// All times at which a page showed the ad.
    pub seen: Vec<i64>,
    /// Versions that were read from these pages before.
    pub captured: BTreeSet<i64>,
}

/// What should be kept.
#[derive(Debug, PartialEq)]
pub(super) struct Wanted {
    /// Version by content hash.
    pub numbers: BTreeMap<Vec<u8>, i64>,
    /// Sightings by version.
    pub times: BTreeMap<i64, BTreeSet<i64>>,
    /// Sightings that were not known.
    pub sightings_new: u64,
}

impl Known {
    pub(super) fn by_hash(&self) -> BTreeMap<Vec<u8>, i64> {
        self.hashes.iter().map(|(number, hash)| (hash.clone(), *number)).collect()
    }

    /// The version that was up at a time, as far as is known.
    fn at(&self, time: i64) -> i64 {
        let before =
            self.times.iter().filter_map(|(version, times)| Some((*times.range(..=time).next_back()?, *version)));
        let first = || self.hashes.keys().next().copied().unwrap_or(0);
        before.max().map_or_else(first, |(_, version)| version)
    }
}

/// Gives each sighting its version. Numbers follow the time of the first sighting; where all versions stay, they keep
/// the numbers that they have.
pub(super) fn settle(known: &Known, timeline: &Timeline) -> Wanted {
    // What a failed run read was set aside: a version without a sighting. Where the present adapter still reads the same,
    // it is not mended, and that stays set aside.
    let aside: BTreeMap<&Vec<u8>, i64> = known
        .hashes
        .iter()
        .filter(|(number, _)| !known.times.contains_key(number))
        .map(|(n, hash)| (hash, *n))
        .collect();
    let contents: Vec<&(i64, Vec<u8>)> =
        timeline.contents.iter().filter(|(_, hash)| !aside.contains_key(hash)).collect();
    let content_at = |time: i64| -> Option<&Vec<u8>> {
        let next = contents.partition_point(|(at, _)| *at <= time);
        contents.get(next.saturating_sub(1)).map(|(_, hash)| hash)
    };
    // No hash: its page was not read yet.
    let hash_of = |time: i64, version: i64| -> Option<Vec<u8>> {
        let read_again = version == 0 || timeline.captured.contains(&version);
        match content_at(time).filter(|_| read_again) {
            Some(hash) => Some(hash.clone()),
            None => known.hashes.get(&version).cloned(),
        }
    };
    let mut by_hash: BTreeMap<Option<Vec<u8>>, BTreeSet<i64>> = BTreeMap::new();
    let mut all = BTreeSet::new();
    for (version, times) in &known.times {
        for time in times {
            by_hash.entry(hash_of(*time, *version)).or_default().insert(*time);
            all.insert(*time);
        }
    }
    let mut sightings_new = 0;
    for time in &timeline.seen {
        if all.insert(*time) {
            sightings_new += 1;
            let version = if contents.is_empty() { known.at(*time) } else { 0 };
            by_hash.entry(hash_of(*time, version)).or_default().insert(*time);
        }
    }
    // A page that was fetched says what was up then, whatever the sighting was kept under.
    for (time, hash) in contents {
        let kept_elsewhere = by_hash.iter().any(|(other, times)| other.as_ref() != Some(hash) && times.contains(time));
        if kept_elsewhere {
            for times in by_hash.values_mut() {
                times.remove(time);
            }
        }
        by_hash.entry(Some(hash.clone())).or_default().insert(*time);
    }
    by_hash.retain(|_, times| !times.is_empty());
    let read_now: BTreeSet<&Vec<u8>> = timeline.contents.iter().map(|(_, hash)| hash).collect();
    let still_aside: Vec<&Vec<u8>> = aside
        .iter()
        .filter(|(hash, number)| read_now.contains(**hash) || !timeline.captured.contains(number))
        .map(|(hash, _)| *hash)
        .collect();
    let hashes: BTreeSet<&Vec<u8>> = by_hash.keys().flatten().chain(still_aside.iter().copied()).collect();
    let numbers: BTreeMap<Vec<u8>, i64> = if hashes == known.hashes.values().collect() {
        known.by_hash()
    } else {
        let mut order: Vec<(i64, &Vec<u8>)> =
            by_hash.iter().filter_map(|(hash, times)| Some((*times.first()?, hash.as_ref()?))).collect();
        order.sort();
        order.into_iter().map(|(_, hash)| hash).chain(still_aside).cloned().zip(1..).collect()
    };
    let mut times: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
    for (hash, seen) in by_hash {
        let number = hash.and_then(|hash| numbers.get(&hash).copied()).unwrap_or(0);
        times.entry(number).or_default().extend(seen);
    }
    Wanted { numbers, times, sightings_new }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(name: &str) -> Vec<u8> {
        name.as_bytes().to_vec()
    }

    fn known(versions: &[(i64, &str, &[i64])]) -> Known {
        let mut known = Known::default();
        for (number, name, times) in versions {
            if *number > 0 {
                known.hashes.insert(*number, hash(name));
            }
            known.times.insert(*number, times.iter().copied().collect());
        }
        known
    }

    fn pages(contents: &[(i64, &str)], captured: &[i64]) -> Timeline {
        Timeline {
            contents: contents.iter().map(|(at, name)| (*at, hash(name))).collect(),
            seen: contents.iter().map(|(at, _)| *at).collect(),
            captured: captured.iter().copied().collect(),
        }
    }

    /// Content and sightings of each version, in order.
    fn check(known: Known, timeline: Timeline, expected: &[(&str, &[i64])]) {
        let wanted = settle(&known, &timeline);
        let named = wanted.numbers.iter().map(|(hash, number)| (*number, hash.clone()));
        let named: BTreeMap<i64, Vec<u8>> = named.collect();
        let found: Vec<(Vec<u8>, Vec<i64>)> = wanted
            .times
            .iter()
            .map(|(number, times)| (named.get(number).cloned().unwrap_or_default(), times.iter().copied().collect()))
            .collect();
        let expected: Vec<_> = expected.iter().map(|(name, times)| (hash(name), times.to_vec())).collect();
        assert_eq!(found, expected);
        // Once more with what is then kept: nothing changes.
        let then = Known { hashes: named, times: wanted.times.clone() };
        let captured = timeline.contents.iter().filter_map(|(_, hash)| wanted.numbers.get(hash).copied()).collect();
        let again = settle(&then, &Timeline { captured, ..timeline });
        assert_eq!((again.numbers, again.times, again.sightings_new), (wanted.numbers, wanted.times, 0));
    }

    #[test]
    fn a_field_that_was_missed_is_put_right_under_the_same_number() {
        let bad = known(&[(1, "a without phone", &[10, 12, 14]), (2, "b without phone", &[20, 22])]);
        check(bad, pages(&[(10, "a"), (20, "b")], &[1, 2]), &[("a", &[10, 12, 14]), ("b", &[20, 22])]);
    }

    #[test]
    fn two_contents_that_looked_the_same_become_two_versions_with_their_own_sightings() {
        let bad = known(&[(1, "empty", &[10, 12, 20, 22])]);
        check(bad, pages(&[(10, "a"), (20, "b")], &[1]), &[("a", &[10, 12]), ("b", &[20, 22])]);
    }

    #[test]
    fn versions_that_a_counter_made_become_one() {
        let bad = known(&[(1, "a 1", &[10]), (2, "a 2", &[20]), (3, "a 3", &[30])]);
        check(bad, pages(&[(10, "a"), (20, "a"), (30, "a")], &[1, 2, 3]), &[("a", &[10, 20, 30])]);
    }

    #[test]
    fn what_a_failed_run_read_stays_set_aside_until_the_adapter_is_mended() {
        let known = || {
            let mut known = known(&[(1, "a", &[10, 20])]);
            known.hashes.insert(2, hash("b misread"));
            known
        };
        let of = |second: &str| settle(&known(), &pages(&[(10, "a"), (20, second)], &[1, 2]));
        let same = of("b misread");
        assert_eq!((same.numbers, same.times), (known().by_hash(), known().times), "not mended yet");
        let mended = of("b");
        assert_eq!(mended.numbers, BTreeMap::from([(hash("a"), 1), (hash("b"), 2)]));
        assert_eq!(mended.times, BTreeMap::from([(1, BTreeSet::from([10])), (2, BTreeSet::from([20]))]));
    }

    #[test]
    fn an_ad_whose_page_was_never_understood_gets_its_first_version() {
        check(known(&[(0, "", &[5, 15])]), pages(&[(10, "a")], &[]), &[("a", &[5, 10, 15])]);
        check(known(&[(0, "", &[5, 15])]), pages(&[], &[]), &[("", &[5, 15])]);
    }

    #[test]
    fn what_no_archived_page_speaks_of_stays() {
        let mixed = known(&[(1, "imported", &[1, 2]), (2, "b bad", &[10, 12])]);
        check(mixed, pages(&[(10, "b")], &[2]), &[("imported", &[1, 2]), ("b", &[10, 12])]);
        // A version that an import brought later keeps its number where nothing else changes.
        let late = known(&[(1, "b", &[10]), (2, "older", &[1])]);
        check(late, pages(&[(10, "b")], &[1]), &[("b", &[10]), ("older", &[1])]);
    }
}
