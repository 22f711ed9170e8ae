//! Whether a run can be trusted: held against the site's bounds and its own past.

use crate::crawl::ended_early;
use crate::error::ErrorKind;
use crate::plan::Expect;
use crate::run::{RunEnd, RunTally, RunVerdict};
use domain::Bilingual;
use domain::crawl::Politeness;

/// Least number of ads' pages from which a share says something.
const SHARE_FROM: u64 = 5;
/// Least numbers, now and in the past, from which a fall against the past says something.
const FALL_FROM: (u64, u64) = (20, 50);

/// Judges a run. An ad counts as gone for being missing only where every listing page was read, the run kept its
/// bounds, and the listing showed ads or said that there are none.
pub fn judge(expect: &Expect, tally: &RunTally, past: &[RunTally], ended_by: Option<ErrorKind>) -> RunVerdict {
    let mut failed: Vec<Bilingual> = Vec::new();
    let mut partial: Vec<Bilingual> = Vec::new();
    // What a person stopped is cut short, not broken.
    let stopped = ended_by == Some(ErrorKind::StoppedByPerson);
    let early = ended_by.map(ended_early);
    if stopped {
        partial.extend(early)
    } else {
        failed.extend(early)
    }
    let listing_whole = tally.listing_pages > 0 && tally.listing_failures == 0;
    if tally.listing_pages == 0 && ended_by.is_none() {
        let worst = tally.errors.iter().max_by_key(|(_, count)| **count).map(|(kind, _)| *kind);
        failed.push(match worst {
            Some(kind) => ended_early(kind),
            None => say("Ingen listeside blev læst", "No listing page was read"),
        });
    } else if tally.listing_failures > 0 {
        let count = tally.listing_failures;
        partial.push(say(
            &format!("{count} listesider kunne ikke læses; ingen annonce regnes for forsvundet"),
            &format!("{count} listing pages could not be read; no ad counts as gone"),
        ));
    }
    if !stopped && listing_whole && tally.ads_listed == 0 && !tally.marked_empty {
        failed.push(say(
            "Listen viste ingen annoncer og sagde heller ikke, at den er tom; se efter om siden er lavet om (bavn site check)",
            "The listing showed no ads and did not say that it is empty; look whether the site has changed (bavn site check)",
        ));
    }
    if !stopped {
        failed.extend(bounds(expect, tally, listing_whole));
        failed.extend(falls(tally, past));
    }
    let details_failed: u64 = tally
        .errors
        .iter()
        .filter(|(kind, _)| matches!(kind, ErrorKind::NoAd | ErrorKind::WrongAd | ErrorKind::TooLarge))
        .map(|(_, count)| count)
        .sum();
    if details_failed > 0 {
        partial.push(say(
            &format!("{details_failed} annoncesider kunne ikke forstås"),
            &format!("{details_failed} ads' pages could not be understood"),
        ));
    }
    let end = match (failed.is_empty(), partial.is_empty()) {
        (false, _) => RunEnd::Failed,
        (true, false) => RunEnd::Partial,
        (true, true) => RunEnd::Good,
    };
    let missing_are_gone = failed.is_empty() && listing_whole;
    let reasons = failed.into_iter().chain(partial).collect();
    RunVerdict { end, missing_are_gone, reasons, politeness: Politeness::default() }
}

/// The bounds of `expect`.
fn bounds(expect: &Expect, tally: &RunTally, listing_whole: bool) -> Vec<Bilingual> {
    let mut broken = Vec::new();
    let listed = tally.ads_listed;
    if let Some(least) = expect.ads_min.filter(|least| listing_whole && listed < *least) {
        broken.push(say(
            &format!("Listen viste {listed} annoncer, ventet mindst {least}"),
            &format!("The listing showed {listed} ads, at least {least} were expected"),
        ));
    }
    if let Some(most) = expect.ads_max.filter(|most| listed > *most) {
        broken.push(say(
            &format!("Listen viste {listed} annoncer, ventet højst {most}"),
            &format!("The listing showed {listed} ads, at most {most} were expected"),
        ));
    }
    for (field, least) in &expect.shares {
        let filled = tally.filled.get(field).copied().unwrap_or_default();
        let share = filled as f64 / tally.details.max(1) as f64;
        if tally.details >= SHARE_FROM && share < *least {
            broken.push(below(field, share, *least));
        }
    }
    broken
}

/// Fields that are filled much more rarely than in the site's own past: the sign of a layout that changed silently.
fn falls(tally: &RunTally, past: &[RunTally]) -> Vec<Bilingual> {
    let before: u64 = past.iter().map(|run| run.details).sum();
    if tally.details < FALL_FROM.0 || before < FALL_FROM.1 {
        return Vec::new();
    }
    let mut fields: Vec<&String> = past.iter().flat_map(|run| run.filled.keys()).collect();
    fields.sort();
    fields.dedup();
    let mut fallen = Vec::new();
    for field in fields {
        let filled: u64 = past.iter().filter_map(|run| run.filled.get(field)).sum();
        let usual = filled as f64 / before as f64;
        let share = tally.filled.get(field).copied().unwrap_or_default() as f64 / tally.details as f64;
        // Four standard errors: chance alone does that less than once in ten thousand runs; and at least a tenth, since
        // what people fill in drifts.
        let chance = 4.0 * (usual * (1.0 - usual) / tally.details as f64).sqrt();
        let least = usual - chance.max(0.1);
        if share < least {
            fallen.push(below(field, share, usual));
        }
    }
    fallen
}

fn below(field: &str, share: f64, usual: f64) -> Bilingual {
    let (share, usual) = ((share * 100.0).round(), (usual * 100.0).round());
    say(
        &format!(
            "Feltet {field} er udfyldt på {share} % af annoncesiderne mod {usual} %; se efter om siden er lavet om"
        ),
        &format!(
            "Field {field} is filled on {share} % of the ads' pages against {usual} %; look whether the site has changed"
        ),
    )
}

fn say(da: &str, en: &str) -> Bilingual {
    Bilingual { da: da.to_owned(), en: en.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(details: u64, with_phone: u64) -> RunTally {
        RunTally {
            listing_pages: 2,
            ads_listed: 40,
            details,
            filled: [("phone".to_owned(), with_phone)].into(),
            ..RunTally::default()
        }
    }

    #[test]
    fn a_good_run_lets_missing_ads_be_gone() {
        let verdict = judge(&Expect::default(), &tally(40, 38), &[], None);
        assert_eq!((verdict.end, verdict.missing_are_gone), (RunEnd::Good, true));
    }

    #[test]
    fn nothing_is_gone_after_a_run_that_is_not_whole() {
        let failed_page = RunTally { listing_failures: 1, ..tally(40, 38) };
        let empty = RunTally { ads_listed: 0, ..tally(0, 0) };
        let none = RunTally { listing_pages: 0, ads_listed: 0, ..tally(0, 0) };
        let few = Expect { ads_min: Some(41), ..Expect::default() };
        for (verdict, end) in [
            (judge(&Expect::default(), &failed_page, &[], None), RunEnd::Partial),
            (judge(&Expect::default(), &empty, &[], None), RunEnd::Failed),
            (judge(&Expect::default(), &none, &[], None), RunEnd::Failed),
            (judge(&Expect::default(), &tally(40, 38), &[], Some(ErrorKind::Denied)), RunEnd::Failed),
            (judge(&few, &tally(40, 38), &[], None), RunEnd::Failed),
        ] {
            assert_eq!((verdict.end, verdict.missing_are_gone), (end, false), "{verdict:?}");
            assert!(!verdict.reasons.is_empty());
        }
    }

    #[test]
    fn a_listing_that_says_it_is_empty_is_believed() {
        let empty = RunTally { ads_listed: 0, marked_empty: true, ..tally(0, 0) };
        let verdict = judge(&Expect::default(), &empty, &[], None);
        assert_eq!((verdict.end, verdict.missing_are_gone), (RunEnd::Good, true));
    }

    #[test]
    fn a_field_that_falls_raises_the_alarm_in_the_same_run_and_drift_does_not() {
        let past = vec![tally(100, 95); 3];
        assert_eq!(judge(&Expect::default(), &tally(40, 20), &past, None).end, RunEnd::Failed);
        assert_eq!(judge(&Expect::default(), &tally(40, 35), &past, None).end, RunEnd::Good);
        assert_eq!(judge(&Expect::default(), &tally(10, 0), &past, None).end, RunEnd::Good, "too few to say");
        let shares = Expect { shares: [("phone".to_owned(), 0.8)].into(), ..Expect::default() };
        assert_eq!(judge(&shares, &tally(10, 7), &[], None).end, RunEnd::Failed);
    }
}
