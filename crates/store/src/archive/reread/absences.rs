//! When an ad was gone, by its pages and by the runs that did not list it, once its sightings were put right.

use super::{Reread, RereadAs, WholeRun};
use crate::StoreError;
use crate::db::{Tx, args};
use std::collections::{BTreeMap, BTreeSet};

/// When it went, when it was back, why.
type Absence = (i64, Option<i64>, String);

/// Writes the absences anew where they differ.
pub(super) async fn put_right(
    tx: &mut Tx,
    ad_id: i64,
    times: &BTreeSet<i64>,
    pages: &[Reread],
    runs: &[WholeRun],
) -> Result<bool, StoreError> {
    let mut known: Vec<Absence> = Vec::new();
    for row in
        &tx.all("SELECT gone_at, back_at, why FROM ad_absence WHERE ad_id = $1 ORDER BY gone_at", args![ad_id]).await?
    {
        known.push((row.int(0)?, row.opt_int(1)?, row.text(2)?));
    }
    let gone_pages = pages.iter().filter_map(|page| match page.what {
        RereadAs::Gone(why) => Some((page.at.as_millisecond(), why.as_str())),
        _ => None,
    });
    let runs: Vec<(i64, i64)> =
        runs.iter().map(|run| (run.started_at.as_millisecond(), run.ended_at.as_millisecond())).collect();
    let wanted = derive(&known, times, gone_pages, &runs);
    if wanted == known {
        return Ok(false);
    }
    tx.run("DELETE FROM ad_absence WHERE ad_id = $1", args![ad_id]).await?;
    for (gone_at, back_at, why) in &wanted {
        tx.run(
            "INSERT INTO ad_absence (ad_id, gone_at, back_at, why) VALUES ($1, $2, $3, $4)",
            args![ad_id, *gone_at, *back_at, why],
        )
        .await?;
    }
    let gone_at = wanted.last().filter(|(_, back_at, _)| back_at.is_none()).map(|(gone_at, ..)| *gone_at);
    tx.run("UPDATE ad SET gone_at = $2 WHERE id = $1", args![ad_id, gone_at]).await?;
    Ok(true)
}

fn derive<'p>(
    known: &[Absence],
    times: &BTreeSet<i64>,
    gone_pages: impl Iterator<Item = (i64, &'p str)>,
    runs: &[(i64, i64)],
) -> Vec<Absence> {
    let listed_in = |(from, to): (i64, i64)| times.range(from..=to).next().is_some();
    let ends: BTreeMap<i64, (i64, i64)> = runs.iter().map(|run| (run.1, *run)).collect();
    let mut events: Vec<(i64, String)> = known
        .iter()
        // A run that turns out to have listed it says nothing any more.
        .filter(|(gone_at, _, why)| why != "missing" || !ends.get(gone_at).is_some_and(|run| listed_in(*run)))
        .map(|(gone_at, _, why)| (*gone_at, why.clone()))
        .collect();
    events.extend(gone_pages.map(|(at, why)| (at, why.to_owned())));
    let missed = runs.iter().filter(|run| !listed_in(**run)).map(|run| (run.1, "missing".to_owned()));
    events.extend(missed);
    events.sort_by_key(|(at, _)| *at);
    let mut wanted: Vec<Absence> = Vec::new();
    for (at, why) in events {
        // Gone is only what was up: seen since it went last.
        let seen = times.range(..=at).next_back();
        let gone_before = wanted.last().map(|(gone_at, ..)| *gone_at);
        if seen.is_some_and(|seen| gone_before.is_none_or(|before| *seen > before)) {
            wanted.push((at, times.range(at + 1..).next().copied(), why));
        }
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_listed_it_after_all_takes_its_absence_back_and_one_that_did_not_makes_one() {
        let missing = |at, back| (at, back, "missing".to_owned());
        let runs = [(10, 12), (20, 22), (30, 32)];
        // The broken adapter had missed it in the second run.
        let known = [missing(22, Some(30))];
        let times = BTreeSet::from([11, 21, 30]);
        assert_eq!(derive(&known, &times, std::iter::empty(), &runs), []);
        // An ad found only now, which was listed in the first run and not in the second.
        assert_eq!(derive(&[], &BTreeSet::from([11]), std::iter::empty(), &runs), [missing(22, None)]);
        // Its own page says so first.
        let gone = derive(&[], &BTreeSet::from([11]), [(15, "gone")].into_iter(), &runs);
        assert_eq!(gone, [(15, None, "gone".to_owned())]);
        // Back again, and gone again.
        let gone = derive(&[], &BTreeSet::from([11, 30]), [(15, "gone"), (40, "gone")].into_iter(), &runs);
        assert_eq!(gone, [(15, Some(30), "gone".to_owned()), (40, None, "gone".to_owned())]);
        assert_eq!(derive(&[], &BTreeSet::new(), [(15, "gone")].into_iter(), &runs), [], "never seen, never gone");
    }
}
