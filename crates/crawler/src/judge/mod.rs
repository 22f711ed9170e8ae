//! Whether a run can be trusted: held against the site's bounds and its own past.

mod falls;
mod promises;

use crate::crawl::ended_early;
use crate::error::ErrorKind;
use crate::plan::Expect;
use crate::run::{Alarm, RunEnd, RunTally, RunVerdict};
use domain::Bilingual;
use domain::crawl::Politeness;
use falls::{Share, fall};
pub(crate) use promises::not_as_listed;

/// With how many of the site's last good runs a run is compared.
pub const PAST_RUNS: u32 = 20;
/// Least number of ads' pages from which a share says something.
const SHARE_FROM: u64 = 5;
/// Least ads on the listing in the past from which a fall of their number says something.
const ADS_FROM: u64 = 20;
/// Least ads gone by their own pages from which their number says something.
const GONE_FROM: u64 = 10;

/// Judges a run against the site's last good ones (at most [`PAST_RUNS`], newest first). An ad counts as gone for being
/// missing only where every listing page was read, the run kept its bounds, and the listing showed ads or said that there
/// are none.
pub fn judge(expect: &Expect, tally: &RunTally, past: &[RunTally], ended_by: Option<ErrorKind>) -> RunVerdict {
    let mut failed: Vec<(Alarm, Bilingual)> = Vec::new();
    let mut partial: Vec<Bilingual> = Vec::new();
    // What a person stopped is cut short, not broken.
    let stopped = ended_by == Some(ErrorKind::StoppedByPerson);
    let early = ended_by.map(ended_early);
    if stopped {
        partial.extend(early)
    } else {
        failed.extend(early.map(|reason| (Alarm::Ended, reason)))
    }
    let listing_whole = tally.listing_pages > 0 && tally.listing_failures == 0;
    if tally.listing_pages == 0 && ended_by.is_none() {
        let worst = tally.errors.iter().max_by_key(|(_, count)| **count).map(|(kind, _)| *kind);
        let reason = match worst {
            Some(kind) => ended_early(kind),
            None => say("Ingen listeside blev læst", "No listing page was read"),
        };
        failed.push((Alarm::Listing, reason));
    } else if tally.listing_failures > 0 {
        let count = tally.listing_failures;
        partial.push(say(
            &format!("{count} listesider kunne ikke læses; ingen annonce regnes for forsvundet"),
            &format!("{count} listing pages could not be read; no ad counts as gone"),
        ));
    }
    if !stopped && listing_whole && tally.ads_listed == 0 && !tally.marked_empty {
        let reason = say(
            "Listen viste ingen annoncer og sagde heller ikke, at den er tom; se efter om siden er lavet om (bavn site check)",
            "The listing showed no ads and did not say that it is empty; look whether the site has changed (bavn site check)",
        );
        failed.push((Alarm::Listing, reason));
    }
    // First, since it is the reason for what follows: a page for the named crawler also lacks fields. A run that a person
    // stopped is held to it, too: its pages are just as wrong.
    failed.extend(not_as_listed(expect, tally, past).map(|reason| (Alarm::NotAsListed, reason)));
    let mut changed = Vec::new();
    if !stopped {
        failed.extend(ads_bounds(expect, tally, listing_whole).into_iter().map(|reason| (Alarm::Bounds, reason)));
        failed.extend(listing_fell(tally, past, listing_whole).map(|reason| (Alarm::Listing, reason)));
        failed.extend(all_gone(tally).map(|reason| (Alarm::Layout, reason)));
        changed = layout(expect, tally, past);
    }
    let set_aside = !changed.is_empty();
    failed.extend(changed.into_iter().map(|reason| (Alarm::Layout, reason)));
    let unread = unread(tally);
    if unread > 0 {
        partial.push(say(
            &format!("{unread} annoncesider kunne ikke forstås"),
            &format!("{unread} ads' pages could not be understood"),
        ));
    }
    let end = match (failed.is_empty(), partial.is_empty()) {
        (false, _) => RunEnd::Failed,
        (true, false) => RunEnd::Partial,
        (true, true) => RunEnd::Good,
    };
    let missing_are_gone = failed.is_empty() && listing_whole;
    let mut alarms: Vec<Alarm> = failed.iter().map(|(alarm, _)| *alarm).collect();
    alarms.dedup();
    let reasons = failed.into_iter().map(|(_, reason)| reason).chain(partial).collect();
    RunVerdict { end, missing_are_gone, set_aside, reasons, alarms, politeness: Politeness::default() }
}

/// Ads' pages that came and could not be understood, or that say they are another ad's.
fn unread(tally: &RunTally) -> u64 {
    let kinds = [ErrorKind::NoAd, ErrorKind::WrongAd, ErrorKind::TooLarge];
    kinds.iter().filter_map(|kind| tally.errors.get(kind)).sum()
}

/// Of all ads' pages that came, those with this field. A page that could not be understood fills none.
fn share(tally: &RunTally, field: &str) -> Share {
    Share { filled: tally.filled.get(field).copied().unwrap_or_default(), pages: tally.details + unread(tally) }
}

/// The bounds of `expect` for the number of ads.
fn ads_bounds(expect: &Expect, tally: &RunTally, listing_whole: bool) -> Vec<Bilingual> {
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
    broken
}

/// Less than half as many ads as in the median of the past: what a next-page link that is no longer found looks like.
fn listing_fell(tally: &RunTally, past: &[RunTally], listing_whole: bool) -> Option<Bilingual> {
    let whole = past.iter().filter(|run| run.listing_failures == 0).take(10);
    let mut listed: Vec<u64> = whole.map(|run| run.ads_listed).collect();
    listed.sort_unstable();
    let usual = *listed.get(listed.len() / 2).filter(|_| listed.len() >= 3)?;
    let (now, empty) = (tally.ads_listed, tally.ads_listed == 0);
    (listing_whole && !empty && usual >= ADS_FROM && now * 2 < usual).then(|| {
        say(
            &format!("Listen viste {now} annoncer mod {usual} ellers; se efter om den næste side stadig findes (bavn site dry-run)"),
            &format!("The listing showed {now} ads against {usual} usually; look whether the next page is still found (bavn site dry-run)"),
        )
    })
}

/// Most of the ads that the listing shows are said to be gone by their own pages: the addresses or marks have changed.
fn all_gone(tally: &RunTally) -> Option<Bilingual> {
    let gone = tally.ads_gone;
    let asked = tally.details + tally.unchanged + unread(tally) + gone;
    (gone >= GONE_FROM && gone * 2 > asked).then(|| {
        say(
            &format!("{gone} af {asked} annoncer på listen er væk ifølge deres egen side; se efter om adresser eller mærker er ændret (bavn site dry-run)"),
            &format!("{gone} of {asked} ads on the listing are gone by their own pages; look whether addresses or marks have changed (bavn site dry-run)"),
        )
    })
}

/// Signs that the ads' pages are no longer what the adapter was written for: shares below the bounds, or fallen against the
/// site's own past.
fn layout(expect: &Expect, tally: &RunTally, past: &[RunTally]) -> Vec<Bilingual> {
    let mut signs = Vec::new();
    let (unread, pages) = (unread(tally), tally.details + unread(tally));
    if pages >= SHARE_FROM && unread * 2 >= pages {
        signs.push(say(
            &format!("{unread} af {pages} annoncesider kunne ikke forstås; se efter om siden er lavet om (bavn site dry-run)"),
            &format!("{unread} of {pages} ads' pages could not be understood; look whether the site has changed (bavn site dry-run)"),
        ));
    }
    let mut told: Vec<&str> = Vec::new();
    for (field, least) in &expect.shares {
        let share = share(tally, field);
        let now = share.filled as f64 / share.pages.max(1) as f64;
        if share.pages >= SHARE_FROM && now < *least {
            signs.push(below(field, now, *least));
            told.push(field);
        }
    }
    let mut fields: Vec<&str> = past.iter().flat_map(|run| run.filled.keys()).map(String::as_str).collect();
    fields.sort_unstable();
    fields.dedup();
    for field in fields.into_iter().filter(|field| !told.contains(field)) {
        let before: Vec<Share> = past.iter().map(|run| share(run, field)).collect();
        if let Some(fall) = fall(share(tally, field), &before) {
            signs.push(below(field, fall.now, fall.usual));
        }
    }
    signs
}

fn below(field: &str, share: f64, usual: f64) -> Bilingual {
    let (share, usual) = ((share * 100.0).round(), (usual * 100.0).round());
    say(
        &format!(
            "Feltet {field} er udfyldt på {share} % af annoncesiderne mod {usual} %; se efter om siden er lavet om (bavn site dry-run)"
        ),
        &format!(
            "Field {field} is filled on {share} % of the ads' pages against {usual} %; look whether the site has changed (bavn site dry-run)"
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
        let past = vec![tally(60, 57); 3];
        let fallen = judge(&Expect::default(), &tally(60, 37), &past, None);
        assert_eq!((fallen.end, fallen.missing_are_gone, fallen.set_aside), (RunEnd::Failed, false, true));
        assert!(fallen.reasons[0].en.contains("Field phone is filled on 62 %"), "{:?}", fallen.reasons);
        assert_eq!(judge(&Expect::default(), &tally(40, 35), &past, None).end, RunEnd::Good);
        assert_eq!(judge(&Expect::default(), &tally(3, 0), &past, None).end, RunEnd::Good, "too few to say");
        let shares = Expect { shares: [("phone".to_owned(), 0.8)].into(), ..Expect::default() };
        let below = judge(&shares, &tally(10, 7), &[], None);
        assert_eq!((below.end, below.set_aside), (RunEnd::Failed, true));
    }

    /// A page that the adapter no longer understands fills no field: it counts where shares are counted.
    #[test]
    fn pages_that_cannot_be_understood_are_a_changed_layout() {
        let past = vec![tally(60, 57); 3];
        let unread = RunTally { errors: [(ErrorKind::NoAd, 30)].into(), ..tally(30, 29) };
        for past in [&past[..], &[]] {
            let verdict = judge(&Expect::default(), &unread, past, None);
            assert_eq!((verdict.end, verdict.set_aside), (RunEnd::Failed, true));
        }
        let one = RunTally { errors: [(ErrorKind::NoAd, 1)].into(), ..tally(59, 57) };
        assert_eq!(judge(&Expect::default(), &one, &past, None).end, RunEnd::Partial);
    }

    #[test]
    fn a_listing_that_lost_its_next_page_makes_no_ad_gone() {
        let past = vec![RunTally { ads_listed: 100, ..tally(0, 0) }; 3];
        let first_page = RunTally { ads_listed: 25, ..tally(0, 0) };
        let verdict = judge(&Expect::default(), &first_page, &past, None);
        assert_eq!((verdict.end, verdict.missing_are_gone, verdict.set_aside), (RunEnd::Failed, false, false));
        let fewer = RunTally { ads_listed: 60, ..tally(0, 0) };
        assert_eq!(judge(&Expect::default(), &fewer, &past, None).end, RunEnd::Good);
    }

    #[test]
    fn ads_that_are_listed_and_gone_at_once_are_not_believed() {
        let moved = RunTally { ads_gone: 35, ..tally(5, 5) };
        assert_eq!(judge(&Expect::default(), &moved, &[], None).end, RunEnd::Failed);
        let some = RunTally { ads_gone: 9, ..tally(5, 5) };
        assert_eq!(judge(&Expect::default(), &some, &[], None).end, RunEnd::Good);
    }
}
