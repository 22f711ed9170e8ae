//! Fairness and drift: what the figures of an analysis say beside those of the one before. It warns; it changes nothing.

use domain::{AdFacts, IndicatorId, LanguageFigures, RunFigures};
use serde::Deserialize;
use std::collections::BTreeMap;

/// When to warn: `config/watch.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WatchRules {
    /// Fewest advertisers of a language, and of all others together, before their rates are compared.
    pub least_advertisers: u64,
    /// Width of the intervals in standard deviations of the normal distribution (1.96: 95 %).
    pub z: f64,
    /// An indicator's rate that rose or fell by this factor or more warns.
    pub factor: f64,
    /// Fewest firings, now or before, that make a change worth a warning.
    pub least_firings: u64,
}

impl WatchRules {
    /// What is wrong: the key and why.
    pub fn check(&self) -> Result<(), (&'static str, &'static str)> {
        if !(0.5..=5.0).contains(&self.z) {
            return Err(("z", "must lie between 0.5 and 5: 1.96 gives intervals of 95 %"));
        }
        if !(1.0 < self.factor && self.factor <= 100.0) {
            return Err(("factor", "must be above 1 and at most 100: 2 warns of a doubling and of a halving"));
        }
        if self.least_advertisers == 0 || self.least_firings == 0 {
            return Err(("least_", "must be 1 at least"));
        }
        Ok(())
    }
}

/// A share with its interval, all from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Counted of all.
    pub share: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// `counted` of `all` with Wilson's score interval (E. B. Wilson, "Probable Inference, the Law of Succession, and
/// Statistical Inference", JASA 22, 1927, p. 209-212). `None` of nobody.
///
/// ```
/// let share = classifier::wilson(0, 10, 1.96).unwrap();
/// assert_eq!((share.share, share.low), (0.0, 0.0));
/// assert!((share.high - 0.2775).abs() < 1e-3);
/// ```
pub fn wilson(counted: u64, all: u64, z: f64) -> Option<Share> {
    if all == 0 {
        return None;
    }
    let (n, share) = (all as f64, counted.min(all) as f64 / all as f64);
    let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let end = |value: f64| value.clamp(0.0, 1.0);
    let low = if counted == 0 { 0.0 } else { end(middle - half) };
    let high = if counted >= all { 1.0 } else { end(middle + half) };
    Some(Share { share, low, high })
}

/// Something that a person should look into.
#[derive(Debug, Clone, PartialEq)]
pub enum Warning {
    /// Advertisers of a language are flagged more, or less, often than all others: the intervals do not touch.
    Language {
        /// `da`, or `und` where none was told.
        code: String,
        /// Its rate.
        own: Share,
        /// The others' rate.
        others: Share,
    },
    /// An indicator that did not fire before.
    Started {
        /// Which.
        indicator: IndicatorId,
        /// Firings now.
        now: u64,
    },
    /// One that does not fire any more.
    Stopped {
        /// Which.
        indicator: IndicatorId,
        /// Firings before.
        before: u64,
    },
    /// One whose rate changed by the factor.
    Changed {
        /// Which.
        indicator: IndicatorId,
        /// Share of advertisers and networks before.
        before: f64,
        /// And now.
        now: f64,
    },
}

/// What to look into: languages by code, then indicators by id.
pub fn warnings(now: &RunFigures, before: Option<&RunFigures>, rules: &WatchRules) -> Vec<Warning> {
    let mut found = Vec::new();
    for (code, own) in &now.languages {
        let (flagged, all) = now.languages.iter().filter(|(other, _)| *other != code).fold(
            (0, 0),
            |(flagged, all), (_, figures): (_, &LanguageFigures)| {
                (flagged + figures.flagged, all + figures.advertisers)
            },
        );
        if own.advertisers < rules.least_advertisers || all < rules.least_advertisers {
            continue;
        }
        let pair = wilson(own.flagged, own.advertisers, rules.z).zip(wilson(flagged, all, rules.z));
        if let Some((own, others)) = pair.filter(|(own, others)| own.low > others.high || own.high < others.low) {
            found.push(Warning::Language { code: code.clone(), own, others });
        }
    }
    let Some(before) = before else { return found };
    let ids: std::collections::BTreeSet<&IndicatorId> = now.fired.keys().chain(before.fired.keys()).collect();
    for id in ids {
        let count = |figures: &RunFigures| figures.fired.get(id).copied().unwrap_or(0);
        let (was, is) = (count(before), count(now));
        if was.max(is) < rules.least_firings {
            continue;
        }
        let rate = |count: u64, figures: &RunFigures| count as f64 / figures.subjects().max(1) as f64;
        let (old, new) = (rate(was, before), rate(is, now));
        let indicator = id.clone();
        if was == 0 {
            found.push(Warning::Started { indicator, now: is });
        } else if is == 0 {
            found.push(Warning::Stopped { indicator, before: was });
        } else if new >= old * rules.factor || old >= new * rules.factor {
            found.push(Warning::Changed { indicator, before: old, now: new });
        }
    }
    found
}

/// The language of most of these ads, by the first one of each ad's latest version; ties: the lesser code. `und` where
/// none was told.
pub fn dominant_language<'a>(ads: impl IntoIterator<Item = &'a AdFacts>) -> &'a str {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for ad in ads {
        if let Some(guess) = ad.versions.last().and_then(|version| version.languages.first()) {
            *counts.entry(&guess.code).or_default() += 1;
        }
    }
    counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0))).map_or("und", |(code, _)| code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::assess;
    use crate::catalogue::testing::catalogue;
    use crate::group::testing::{AARHUS, ad, with};
    use domain::{AdRef, AdvertiserId, Assessment, Evidence, LanguageGuess, Subject};
    use proptest::prelude::*;
    use std::sync::LazyLock;

    const RULES: WatchRules = WatchRules { least_advertisers: 20, z: 1.96, factor: 2.0, least_firings: 5 };

    fn language(flagged: u64, advertisers: u64) -> LanguageFigures {
        LanguageFigures { advertisers, flagged, high: 0 }
    }

    fn figures(languages: &[(&str, u64, u64)], fired: &[(&str, u64)]) -> RunFigures {
        RunFigures {
            advertisers: languages.iter().map(|(_, _, all)| all).sum(),
            languages: languages
                .iter()
                .map(|(code, flagged, all)| ((*code).to_owned(), language(*flagged, *all)))
                .collect(),
            fired: fired.iter().map(|(id, count)| (IndicatorId((*id).to_owned()), *count)).collect(),
            ..RunFigures::default()
        }
    }

    /// Table of R's `binom::binom.wilson`, 95 %.
    #[test]
    fn wilsons_interval() {
        for (counted, all, low, high) in [(1, 10, 0.0179, 0.4042), (5, 10, 0.2366, 0.7634), (50, 1000, 0.0381, 0.0653)]
        {
            let share = wilson(counted, all, 1.959_964).unwrap();
            assert!((share.low - low).abs() < 1e-4 && (share.high - high).abs() < 1e-4, "{share:?}");
        }
        assert_eq!(wilson(0, 0, 1.96), None);
        assert_eq!(wilson(10, 10, 1.96).unwrap().high, 1.0);
    }

    #[test]
    fn a_language_warns_when_the_intervals_part() {
        let warn = |languages: &[(&str, u64, u64)]| -> Vec<String> {
            let found = warnings(&figures(languages, &[]), None, &RULES);
            found
                .into_iter()
                .map(|warning| match warning {
                    Warning::Language { code, own, others } => format!("{code} {}", own.share > others.share),
                    other => panic!("{other:?}"),
                })
                .collect()
        };
        assert_eq!(warn(&[("da", 10, 300), ("en", 30, 100)]), ["da false", "en true"]);
        assert!(warn(&[("da", 10, 300), ("en", 4, 100)]).is_empty());
        assert!(warn(&[("da", 10, 300), ("th", 19, 19)]).is_empty(), "too few to say");
        assert!(warn(&[("da", 10, 300)]).is_empty(), "nobody to compare with");
    }

    #[test]
    fn an_indicator_warns_when_it_starts_stops_or_changes() {
        let all = &[("da", 0, 100)];
        let before = figures(all, &[("a", 6), ("b", 10), ("c", 10), ("d", 4)]);
        let now = figures(all, &[("b", 20), ("c", 19), ("e", 5), ("f", 4)]);
        let found = warnings(&now, Some(&before), &RULES);
        assert_eq!(
            found,
            [
                Warning::Stopped { indicator: IndicatorId("a".into()), before: 6 },
                Warning::Changed { indicator: IndicatorId("b".into()), before: 0.1, now: 0.2 },
                Warning::Started { indicator: IndicatorId("e".into()), now: 5 },
            ]
        );
        assert!(warnings(&now, None, &RULES).is_empty());
        // Twice the firings among twice the advertisers is the same rate.
        let grown = figures(&[("da", 0, 200)], &[("a", 12), ("b", 20), ("c", 20), ("d", 8)]);
        assert!(warnings(&grown, Some(&before), &RULES).is_empty());
    }

    #[test]
    fn rules_that_make_no_sense_name_their_key() {
        assert_eq!(RULES.check(), Ok(()));
        assert_eq!(WatchRules { factor: 1.0, ..RULES }.check().unwrap_err().0, "factor");
        assert_eq!(WatchRules { z: 0.0, ..RULES }.check().unwrap_err().0, "z");
    }

    #[test]
    fn the_language_of_most_ads() {
        let of = |code: &str| {
            with(ad(code, "Anna", 25, "34000050", AARHUS, 0, 1), |version| {
                version.languages = vec![LanguageGuess { code: code.to_owned(), confidence: 0.9 }];
            })
        };
        let ads = [of("en"), of("da"), of("en"), ad("9", "Anna", 25, "34000050", AARHUS, 0, 1)];
        assert_eq!(dominant_language(&ads), "en");
        assert_eq!(dominant_language(&ads[..2]), "da", "ties: the lesser code");
        assert_eq!(dominant_language(&ads[3..]), "und");
    }

    static CATALOGUE: LazyLock<crate::Catalogue> = LazyLock::new(catalogue);

    fn assessment(chosen: &[usize], number: usize) -> Assessment {
        let own = AdRef::new("s1", number.to_string());
        let evidence = || Evidence::Ads { ads: vec![own.clone()], note: Default::default() };
        let indicators = CATALOGUE.indicators();
        let firings = chosen.iter().map(|at| indicators[at % indicators.len()].firing(vec![evidence()])).collect();
        assess(&CATALOGUE, Subject::Advertiser(AdvertiserId::of(&own)), &[], firings, Vec::new())
    }

    proptest! {
        #[test]
        fn taking_out_undoes_counting(
            kept in proptest::collection::vec(proptest::collection::vec(0_usize..200, 0..6), 0..6),
            other in proptest::collection::vec(0_usize..200, 0..6),
        ) {
            let mut figures = RunFigures::default();
            for (number, chosen) in kept.iter().enumerate() {
                figures.add(&assessment(chosen, number), ["da", "en"][number % 2]);
            }
            let before = figures.clone();
            let more = assessment(&other, 99);
            figures.add(&more, "th");
            prop_assert_eq!(figures.advertisers, before.advertisers + 1);
            figures.remove(&more, "th");
            prop_assert_eq!(figures, before);
        }
    }
}
