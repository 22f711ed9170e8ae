//! Whether the ads' pages were what the listing promised: see [`crate::promise`] for the rule for one page.

use super::say;
use crate::plan::Expect;
use crate::run::RunTally;
use domain::Bilingual;

/// Least number of promises from which their share says something by itself, and in the past.
const PROMISES_FROM: (u64, u64) = (5, 50);
/// A past without a broken promise does not mean that there never is one: pages are edited and ads end between the
/// look at the listing and that at the page.
const LEAST_USUAL: f64 = 0.02;
/// A run whose broken promises chance alone explains less often than this raises the alarm. What is held back is only
/// read again in the next run, so that one false alarm in a thousand runs costs little.
const CHANCE: f64 = 1e-3;

/// Whether the ads' pages are something else than the listing promises, more often than the site's bound allows or than
/// chance and the site's own past explain.
pub(crate) fn not_as_listed(expect: &Expect, tally: &RunTally, past: &[RunTally]) -> Option<Bilingual> {
    let (promised, broken) = (tally.promised, tally.broken_promises);
    let share = 1.0 - broken as f64 / promised.max(1) as f64;
    let below_bound = promised >= PROMISES_FROM.0 && share < expect.as_listed_min;
    let before: u64 = past.iter().map(|run| run.promised).sum();
    let broken_before: u64 = past.iter().map(|run| run.broken_promises).sum();
    let usual = (broken_before as f64 / before.max(1) as f64).max(LEAST_USUAL);
    let unusual = before >= PROMISES_FROM.1 && broken >= 2 && at_least(broken, promised, usual) < CHANCE;
    (below_bound || unusual).then(|| {
        say(
            &format!(
                "{broken} af {promised} annoncesider viste noget andet end listen lovede; siden viser måske den navngivne crawler noget andet. Intet er overskrevet, ingen annonce regnes for forsvundet; sammenlign de arkiverede sider med listen i en browser"
            ),
            &format!(
                "{broken} of {promised} ads' pages were not what the listing promised; the site may show the named crawler something else. Nothing was overwritten and no ad counts as gone; compare the archived pages with the listing in a browser"
            ),
        )
    })
}

/// The chance of `least` or more among `all` where each happens with the chance `each` (the binomial distribution's
/// upper tail), summed in logarithms so that it holds for any number.
fn at_least(least: u64, all: u64, each: f64) -> f64 {
    if least == 0 || each >= 1.0 {
        return 1.0;
    }
    let odds = (each / (1.0 - each)).ln();
    let (mut term, mut sum) = (all as f64 * (1.0 - each).ln(), 0.0);
    for count in 0..=all {
        if count >= least {
            sum += term.exp();
        }
        term += ((all - count) as f64 / (count + 1) as f64).ln() + odds;
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::judge;
    use crate::run::{Alarm, RunEnd};

    #[test]
    fn pages_that_are_not_what_the_listing_promised_are_an_alarm_of_their_own() {
        let promises = |promised, broken_promises| RunTally {
            listing_pages: 2,
            ads_listed: 40,
            promised,
            broken_promises,
            ..RunTally::default()
        };
        let expect = Expect { as_listed_min: 0.5, ..Expect::default() };
        let alarms = |tally, past: &[RunTally]| judge(&expect, &tally, past, None).alarms;
        assert_eq!(alarms(promises(10, 6), &[]), [Alarm::NotAsListed], "below the site's bound");
        assert_eq!(alarms(promises(10, 4), &[]), []);
        assert_eq!(alarms(promises(4, 4), &[]), [], "too few to say without a past");
        let past = vec![promises(100, 1); 3];
        assert_eq!(alarms(promises(2, 2), &past), [Alarm::NotAsListed], "both of two, where one in a hundred is usual");
        assert_eq!(alarms(promises(100, 10), &past), [Alarm::NotAsListed]);
        assert_eq!(alarms(promises(100, 6), &past), [], "chance does that");
        assert_eq!(alarms(promises(1, 1), &past), []);
        let careless = vec![promises(100, 40); 3];
        assert_eq!(alarms(promises(100, 45), &careless), [], "a site whose listing says little");
        let verdict = judge(&expect, &promises(10, 6), &[], None);
        assert_eq!((verdict.end, verdict.missing_are_gone), (RunEnd::Failed, false));
    }

    #[test]
    fn the_chance_of_many_is_the_binomial_tail() {
        assert!((at_least(1, 2, 0.5) - 0.75).abs() < 1e-12);
        assert!((at_least(2, 2, 0.02) - 0.0004).abs() < 1e-12);
        assert!((at_least(3, 10, 0.1) - 0.070_190_826).abs() < 1e-8);
        assert!(at_least(900, 50_000, 0.02) > 0.99 && at_least(1_200, 50_000, 0.02) < 1e-6, "no underflow");
        assert_eq!(at_least(0, 5, 0.1), 1.0);
    }
}
