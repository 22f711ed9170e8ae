//! Other values on trial: what can be tried, and what comes of it.

use super::*;

/// Two of an indicator, one of a way to a band, one weight.
pub fn settings() -> Vec<Setting> {
    let one = |file: &str, key: &str, value: &str, about: &str| Setting {
        file: file.to_owned(),
        key: key.to_owned(),
        value: value.to_owned(),
        about: about.to_owned(),
    };
    vec![
        one("indicators/B/third_person_voice.toml", "grade", "B", ""),
        one("indicators/B/third_person_voice.toml", "points", "1.0", ""),
        one("indicators/rules.toml", "medium.0.points", "4.0", "a cross-ad group and signs"),
        one("linkage.toml", "levels.image.most", "9.0", "A picture. Alone it joins nobody."),
    ]
}

/// Trial 7 is done, 8 under way; no other is known.
pub fn trial(id: TrialId) -> Option<(Vec<SettingChange>, Trial)> {
    let change = SettingChange {
        file: "indicators/B/third_person_voice.toml".to_owned(),
        key: "points".to_owned(),
        before: Some("1.0".to_owned()),
        after: Some("2.0".to_owned()),
    };
    let case = |band, spam| CaseSubject { subject: "adv_1".to_owned(), band, urgent: false, spam };
    let cause =
        |now: Option<f64>, then: Option<f64>| Cause { indicator: IndicatorId::from("third_person_voice"), now, then };
    let moved = |change, now, then, causes| MovedCase {
        subject: "adv_1".to_owned(),
        case: Some(CaseId("c1".to_owned())),
        now,
        then,
        change,
        causes,
        other_ads: false,
        also_without: Some(false),
    };
    let found = Comparison {
        as_of: now(),
        reference_now: "2026-11-01-a".to_owned(),
        reference_then: "2026-11-02-b".to_owned(),
        moved: vec![
            moved(CaseChange::Comes, None, Some(case(Band::Low, false)), vec![cause(None, Some(2.0))]),
            moved(
                CaseChange::Rises,
                Some(case(Band::Low, false)),
                Some(case(Band::High, false)),
                vec![cause(Some(1.0), Some(2.0))],
            ),
            moved(CaseChange::Goes, Some(case(Band::Low, true)), None, vec![]),
        ],
        unchanged: 12,
        changes: vec![change.clone()],
    };
    match id {
        7 => Some((vec![change], Trial::Done(Arc::new(found)))),
        8 => Some((vec![change], Trial::UnderWay(1_200))),
        _ => None,
    }
}
