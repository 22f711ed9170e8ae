//! The population keeps its promises: the same for a seed, sound in form, and the right size.

use demo::{Kind, Population, PopulationSettings, SITES};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn of(seed: u64, advertisers: u32) -> Population {
    Population::generate(&PopulationSettings { seed, advertisers, ..PopulationSettings::default() })
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_gives_others() {
    assert_eq!(of(1, 80).truth_jsonl(), of(1, 80).truth_jsonl());
    assert_eq!(of(1, 80), of(1, 80));
    assert_ne!(of(1, 80).truth_jsonl(), of(2, 80).truth_jsonl());
}

#[test]
fn the_period_begins_at_midnight_in_denmark() {
    assert_eq!(PopulationSettings::default().start, "2026-09-01T00:00:00+02:00".parse().unwrap());
}

#[test]
fn the_demo_has_the_size_that_it_is_planned_for() {
    let population = of(1, 520);
    let of_kind = |kind| population.operators.iter().filter(|operator| operator.kind == kind).count();
    assert_eq!(population.operators.len(), 520);
    assert!(of_kind(Kind::Independent) > 440);
    assert_eq!(of_kind(Kind::Network), 5);
    assert!((1200..=1800).contains(&population.ads.len()), "{} ads", population.ads.len());
    let mut lives: Vec<i64> =
        population.ads.iter().map(|ad| ad.up_until.as_second() - ad.up_from.as_second()).collect();
    lives.sort_unstable();
    let median_h = lives[lives.len() / 2] / 3600;
    assert!((12..=60).contains(&median_h), "half of the ads live shorter than {median_h} h");
    let edited = population.ads.iter().filter(|ad| ad.versions.len() > 1).count();
    assert!(edited * 100 / population.ads.len() >= 10, "{edited} edited");
    for day in 0..30 {
        let at = population.settings.start + jiff::SignedDuration::from_hours(24 * day + 12);
        for site in SITES {
            let up = population.up_at(site, at).len();
            assert!((8..=120).contains(&up), "{site} day {day}: {up} ads");
        }
    }
}

#[test]
fn networks_are_of_the_planned_size_and_their_numbers_are_theirs_alone() {
    let population = of(3, 520);
    let mut owner: BTreeMap<&str, usize> = BTreeMap::new();
    for ad in &population.ads {
        for phone in ad.versions.iter().flat_map(|version| &version.phones) {
            let first = *owner.entry(&phone.e164).or_insert(ad.operator);
            assert_eq!(first, ad.operator, "a number belongs to one desk");
            assert!(population.operators[ad.operator].phones.contains(&phone.e164));
        }
    }
    for (at, operator) in population.operators.iter().enumerate() {
        let ads = population.ads.iter().filter(|ad| ad.operator == at).count();
        if operator.kind == Kind::Network {
            assert!((4..=20).contains(&ads), "{}: {ads} ads", operator.pattern);
        }
        if operator.kind == Kind::Clinic {
            assert!(operator.phones.len() == 1 && operator.personas.len() >= 2);
        }
    }
}

#[test]
fn exactly_one_ad_is_planted_for_the_urgent_route() {
    for seed in 1..4 {
        let population = of(seed, 520);
        let versions = || population.ads.iter().flat_map(|ad| &ad.versions);
        let planted: Vec<_> = versions().filter(|version| version.signs.contains(&"possible_minor")).collect();
        assert_eq!(planted.len(), 1, "seed {seed}");
        let young = |age: &String| age.parse::<u32>().unwrap() < 18;
        assert_eq!(versions().filter(|version| version.fields.get("age").is_some_and(young)).count(), 1);
        for version in versions().filter(|version| !version.signs.contains(&"possible_minor")) {
            let text = format!("{}\n{}", version.title, version.body).to_lowercase();
            for age in 10..18 {
                for unit in ["år", "years old", "year"] {
                    assert!(!text.contains(&format!("{age} {unit}")), "{text}");
                }
            }
            assert!(!text.contains("skole") && !text.contains("school") && !text.contains("gymnasi"), "{text}");
        }
    }
}

#[test]
fn independent_writers_do_not_write_alike() {
    let population = of(1, 520);
    let runs = |text: &str| -> BTreeSet<String> {
        let lower = text.to_lowercase();
        let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        words.windows(3).map(|run| run.join(" ")).collect()
    };
    let mut texts: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for ad in &population.ads {
        if population.operators[ad.operator].kind == Kind::Independent {
            texts.entry(ad.operator).or_insert_with(|| runs(&ad.versions[0].body));
        }
    }
    let texts: Vec<_> = texts.into_values().collect();
    let mut alike = 0;
    for (at, first) in texts.iter().enumerate() {
        for second in &texts[at + 1..] {
            let shared = first.intersection(second).count() as f64;
            let all = (first.len() + second.len()) as f64 - shared;
            assert!(shared / all < 0.5, "two strangers share {shared} of {all} runs of three words");
            alike += usize::from(shared / all > 0.3);
        }
    }
    assert!(alike <= 4, "{alike} pairs are fairly alike");
}

#[test]
fn signs_stand_at_base_rates() {
    let population = of(1, 520);
    let mut with: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for ad in &population.ads {
        if population.operators[ad.operator].kind == Kind::Independent {
            for sign in ad.versions.iter().flat_map(|version| &version.signs) {
                with.entry(sign).or_default().insert(ad.operator);
            }
        }
    }
    let share = |sign: &str| with.get(sign).map_or(0.0, |who| who.len() as f64 / 490.0);
    assert!((0.08..0.25).contains(&share("movement_language")), "{}", share("movement_language"));
    assert!((0.01..0.08).contains(&share("obscured_phone")), "{}", share("obscured_phone"));
    assert!((0.01..0.08).contains(&share("trust_claims")), "{}", share("trust_claims"));
    assert!(with.len() >= 12, "ordinary ads show many signs: {:?}", with.keys());
}

#[test]
fn who_shares_a_flat_has_a_number_of_her_own_and_the_same_address() {
    let population = of(1, 200);
    let sharing: Vec<_> = population.operators.iter().filter(|operator| operator.pattern == "shares_flat").collect();
    assert!(sharing.len() >= 8, "{}", sharing.len());
    let numbers: BTreeSet<_> = sharing.iter().flat_map(|operator| &operator.phones).collect();
    assert!(numbers.len() >= sharing.len());
    let streets = |at: usize| {
        let ad = population.ads.iter().find(|ad| ad.operator == at).unwrap();
        let words: Vec<&str> = ad.versions[0].body.split_whitespace().collect();
        words
            .windows(2)
            .filter(|pair| pair[1].trim_end_matches(',').parse::<u32>().is_ok())
            .map(|pair| pair.join(" "))
            .collect::<BTreeSet<_>>()
    };
    // The first two operators share the first flat.
    assert_eq!(population.operators[1].pattern, "shares_flat");
    assert!(streets(0).intersection(&streets(1)).count() >= 1, "{:?} {:?}", streets(0), streets(1));
}

#[test]
fn classified_ads_carry_what_a_plain_engine_needs() {
    let population = of(4, 40);
    let rows = population.classified_ads();
    assert_eq!(rows.len(), population.ads.iter().map(|ad| ad.versions.len()).sum::<usize>());
    for row in &rows {
        assert!(!row.title.is_empty() && !row.body.is_empty() && !row.place.is_empty() && row.shown.0 < row.shown.1);
        assert!(row.images.iter().all(|png| png.starts_with(b"\x89PNG")));
    }
    assert!(rows.iter().any(|row| row.price.is_some_and(|price| price >= 800)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_population_is_sound(seed: u64, advertisers in 8u32..90) {
        let population = of(seed, advertisers);
        let mut ids = BTreeSet::new();
        for ad in &population.ads {
            prop_assert!(ids.insert((ad.site, ad.ad_id.clone())), "an id is given once");
            prop_assert!(ad.up_from < ad.up_until);
            prop_assert_eq!(ad.versions[0].from, ad.up_from);
            prop_assert!(ad.versions.windows(2).all(|pair| pair[0].from < pair[1].from));
            prop_assert!(ad.versions.iter().all(|version| version.from < ad.up_until));
            for version in &ad.versions {
                for text in [&version.title, &version.body] {
                    prop_assert!(!text.is_empty() && !text.contains(['[', ']', '{', '}', '|']), "{}", text);
                    prop_assert!(text.lines().all(|line| line.trim() == line && !line.contains("  ")), "{:?}", text);
                    prop_assert!(text.lines().all(|line| !line.is_empty()), "{:?}", text);
                }
                prop_assert!(!version.phones.is_empty());
                for phone in &version.phones {
                    let parsed = rlibphonenumber::PHONE_NUMBER_UTIL.parse(&phone.e164, None).unwrap();
                    prop_assert!(rlibphonenumber::PHONE_NUMBER_UTIL.is_valid_number(&parsed));
                    let shown = version.body.chars().chain("\n".chars()).chain(version.fields.get("phone").into_iter().flat_map(|p| p.chars()));
                    let digits: String = shown.filter(|c| c.is_ascii_digit()).collect();
                    let national = &phone.e164[3..];
                    prop_assert!(phone.obscured || digits.contains(national), "{} is nowhere in {:?}", national, version);
                }
                prop_assert!(version.images.iter().all(|image| population.pictures.get(*image as usize).is_some()));
                prop_assert_eq!(version.town.municipality_code.len(), 4);
            }
        }
        let truth: Vec<serde_json::Value> = population.truth_jsonl().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        prop_assert_eq!(truth.len(), population.ads.len());
        let seen: Vec<serde_json::Value> = population.ads_jsonl().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for row in &seen {
            let ad = population.ad(row["site"].as_str().unwrap(), row["ad_id"].as_str().unwrap()).unwrap();
            for at in row["seen_at"].as_array().unwrap() {
                let at: jiff::Timestamp = at.as_str().unwrap().parse().unwrap();
                prop_assert!(ad.is_up(at));
                prop_assert_eq!(row["body"].as_str().unwrap(), &ad.version_at(at).body);
            }
        }
    }
}
