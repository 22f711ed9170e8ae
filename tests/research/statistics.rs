//! The statistics of `crates/report`, and the agreement of readers, against scipy, statsmodels and krippendorff: the same counts to both, the same answers from both.

use super::python;
use report::stat::{agreement, interval, loglinear, ratio, recapture, weighted};
use serde_json::json;
use std::collections::BTreeMap;

/// Numbers that only the seed decides.
fn draw(state: &mut u64, limit: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % limit
}

fn part(of: report::stat::Estimate) -> serde_json::Value {
    json!([of.value, of.low, of.high])
}

#[test]
fn statistics_say_what_scipy_and_statsmodels_say() {
    let mut state = 20_261_130;
    let mut cases = Vec::new();
    for level in [0.9, 0.95, 0.999] {
        for (hits, of) in [(0, 1), (0, 20), (1, 29), (5, 5), (15, 148), (81, 263), (4_999, 10_000)] {
            let (wilson, exact) =
                (interval::wilson(hits, of, level).unwrap(), interval::exact(hits, of, level).unwrap());
            cases.push(json!({"what": "share", "in": [hits, of, level], "wilson": part(wilson), "exact": part(exact)}));
        }
        for (first, second) in
            [((56, 70), (48, 80)), ((6, 7), (2, 7)), ((0, 30), (5, 25)), ((200, 1_000), (180, 1_100))]
        {
            let found = interval::difference(first, second, level).unwrap();
            cases.push(
                json!({"what": "difference", "in": [first.0, first.1, second.0, second.1, level], "out": part(found)}),
            );
        }
        cases.push(json!({"what": "none", "in": [45, level], "out": interval::none_of(45, level).unwrap()}));
        for _ in 0..5 {
            let counts: Vec<u64> = (0..4).map(|_| 1 + draw(&mut state, 400)).collect();
            let [fired_yes, fired_no, silent_yes, silent_no] = [0, 1, 2, 3].map(|at| counts[at] as f64);
            let table = ratio::TwoByTwo { fired_yes, fired_no, silent_yes, silent_no };
            let found = ratio::likelihood_ratios(&table, 1.0, level).unwrap();
            cases.push(json!({
                "what": "ratios", "in": [counts, level], "positive": part(found.positive), "negative": part(found.negative),
            }));
        }
        for kinds in [2, 3, 5] {
            let table: Vec<Vec<u64>> = (0..kinds)
                .map(|i| (0..kinds).map(|j| draw(&mut state, 20) + if i == j { 40 } else { 0 }).collect())
                .collect();
            let pairs: Vec<(usize, usize)> = (0..kinds)
                .flat_map(|i| (0..kinds).map(move |j| (i, j)))
                .flat_map(|(i, j)| std::iter::repeat_n((i, j), table[i][j] as usize))
                .collect();
            let found = agreement::kappa(&pairs, level).unwrap();
            cases.push(json!({"what": "kappa", "in": [table, level], "out": part(found.kappa)}));
        }
        for (first, second, both) in [(10, 15, 5), (120, 80, 31), (400, 390, 2)] {
            let found = recapture::chapman(first, second, both, level).unwrap();
            cases.push(json!({"what": "chapman", "in": [first, second, both, level], "out": part(found)}));
        }
        for met in [vec![43, 16, 8, 6, 0, 2, 1], vec![300, 40, 5], vec![12, 0, 3]] {
            let found = recapture::chao(&met, 18, level).unwrap();
            cases.push(json!({"what": "chao", "in": [met, 18, level], "out": part(found)}));
        }
        for lists in [3_usize, 4] {
            let seen: BTreeMap<u32, u64> = (1..1_u32 << lists).map(|set| (set, 3 + draw(&mut state, 60))).collect();
            for pairs in [vec![], vec![(0, 1)], vec![(0, 1), (1, 2)]] {
                let found = loglinear::fit(lists, &seen, &pairs, level).unwrap();
                cases.push(json!({
                    "what": "loglinear", "in": [lists, seen.iter().collect::<Vec<_>>(), pairs, level], "aic": found.aic,
                    "deviance": found.deviance, "freedom": found.freedom, "out": part(found.total),
                }));
            }
            let chosen = loglinear::choose(lists, &seen, level).unwrap();
            cases.push(json!({
                "what": "averaged", "in": [lists, seen.iter().collect::<Vec<_>>(), level], "models": chosen.models,
                "out": part(chosen.total),
            }));
        }
        let people: Vec<(bool, f64)> =
            (0..80).map(|n| (draw(&mut state, 3) == 0, if n % 4 == 0 { 0.02 } else { 1.0 })).collect();
        let answers: Vec<weighted::Answer> =
            people.iter().map(|(yes, probability)| weighted::Answer { yes: *yes, probability: *probability }).collect();
        let found = weighted::share(&answers, level).unwrap();
        cases.push(json!({
            "what": "weighted", "in": [people, level], "effective": found.effective, "out": part(found.share),
        }));
    }
    for (readers, kinds) in [(2, 2), (3, 4), (3, 6)] {
        // Not everybody reads every case; most agree.
        let units: Vec<Vec<u64>> = (0..60)
            .map(|_| {
                let most = draw(&mut state, kinds);
                let read = 2 + draw(&mut state, readers - 1);
                (0..read).map(|_| if draw(&mut state, 4) == 0 { draw(&mut state, kinds) } else { most }).collect()
            })
            .collect();
        let pairs: Vec<(u64, u64)> = units.iter().map(|unit| (unit[0], unit[1])).collect();
        cases.push(json!({
            "what": "alpha", "in": units, "out": agreement::krippendorffs_alpha(&units).unwrap(),
            "kappa": agreement::kappa(&pairs, 0.95).unwrap().kappa.value,
        }));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("cases.jsonl");
    std::fs::write(&file, cases.iter().map(|case| format!("{case}\n")).collect::<String>()).expect("written");
    let told = python("computed_again.py", &file);
    assert!(told.contains(&format!("{} cases agree", cases.len())), "{told}");
}
