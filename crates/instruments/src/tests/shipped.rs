//! What ships in `config/instruments`.

use crate::{Answers, End, Instrument, Interview, Step, from_xlsx, judge, to_xlsx};
use domain::Band;

const TODAY: &str = "2026-11-30";

pub fn shipped() -> Vec<Instrument> {
    let texts = [
        ("clinic-visit/1.toml", include_str!("../../../../config/instruments/clinic-visit/1.toml")),
        ("worker-labour/1.toml", include_str!("../../../../config/instruments/worker-labour/1.toml")),
    ];
    let read = |(file, text): (&str, &str)| match Instrument::from_toml(file, text) {
        Ok(checked) => {
            assert!(checked.remarks.is_empty(), "{file}: {:?}", checked.remarks);
            checked.instrument
        }
        Err(faults) => panic!("{}", faults.iter().map(|f| f.to_string()).collect::<Vec<_>>().join("\n")),
    };
    texts.into_iter().map(read).collect()
}

fn answers(pairs: &[(&str, &str)]) -> Answers {
    pairs.iter().map(|(name, answer)| ((*name).to_owned(), (*answer).to_owned())).collect()
}

#[test]
fn every_question_of_the_shipped_forms_is_reached_and_both_languages_are_whole() {
    for form in shipped() {
        assert_eq!(form.unreached(TODAY), [], "{}", form.id);
        assert!(form.languages.contains_key("da") && form.languages.contains_key("en"));
        assert!(form.validated.get("en", "da").contains("not validated in Denmark"));
        assert!(form.consent.is_some(), "{}", form.id);
    }
}

#[test]
fn the_shipped_forms_go_through_a_workbook_without_loss() {
    for form in shipped() {
        let bytes = to_xlsx(&form).expect("a workbook");
        assert_eq!(bytes, to_xlsx(&form).expect("a workbook"), "the same form gave other bytes");
        let back = from_xlsx("x.xlsx", &bytes, &Default::default()).expect("read back").instrument;
        assert_eq!(back.to_toml(), form.to_toml());
        assert_eq!(back.hash(), form.hash());
    }
}

#[test]
fn the_eleven_indicators_of_the_ilo_are_all_there_and_can_each_be_shown() {
    let form = shipped().into_iter().find(|form| form.id == "worker-labour").expect("shipped");
    let scoring: Vec<&str> = form.signs.iter().filter(|sign| sign.points > 0.0).map(|sign| sign.id.as_str()).collect();
    assert_eq!(scoring.len(), 11, "{scoring:?}");
    for sign in &scoring {
        assert!(form.survey.iter().flat_map(|row| &row.signs).any(|means| means.sign == *sign), "{sign}");
    }
}

#[test]
fn a_group_counts_once_and_overtime_alone_is_low() {
    let form = shipped().into_iter().find(|form| form.id == "worker-labour").expect("shipped");
    let mut given = answers(&[("consent", "yes"), ("alone", "yes"), ("hours", "60"), ("could_refuse", "no")]);
    let judged = judge(&form, &given, TODAY);
    assert_eq!((judged.band, judged.points), (Band::Low, 0.5));
    // Two of one group: papers and movement together are one group.
    given.extend(answers(&[("papers", "other"), ("can_leave", "no")]));
    let judged = judge(&form, &given, TODAY);
    assert_eq!(judged.groups.get("freedom"), Some(&1.0));
    assert_eq!(judged.band, Band::Low, "{judged:?}");
    assert_eq!(judged.signs.iter().filter(|sign| sign.group == "freedom" && sign.counts).count(), 1);
    given.extend(answers(&[("debt", "yes"), ("debt_binds", "yes"), ("threat", "authorities family")]));
    let judged = judge(&form, &given, TODAY);
    assert_eq!((judged.band, judged.points), (Band::High, 3.5));
    let debt = judged.answers.iter().find(|effect| effect.question == "debt_binds").expect("explained");
    assert_eq!((debt.answer.as_str(), debt.without), ("yes", (Band::Medium, 2.5)));
    // Without "debt" the question that it opens is not asked, and its sign is gone too.
    given.remove("debt");
    assert_eq!(judge(&form, &given, TODAY).points, 2.5);
    assert!(judged.unanswered.contains(&"paid".to_owned()) && !judged.unanswered.contains(&"debt".to_owned()));
}

#[test]
fn under_eighteen_opens_the_urgent_route_without_points() {
    for form in shipped() {
        let judged = judge(&form, &answers(&[("consent", "yes"), ("alone", "yes"), ("age", "minor")]), TODAY);
        assert!(judged.urgent && judged.points == 0.0 && judged.band == Band::None, "{}", form.id);
    }
}

#[test]
fn without_consent_nothing_is_asked_and_nothing_is_left() {
    for form in shipped() {
        let mut talk = Interview::begin(&form, TODAY);
        assert!(talk.pass().is_err(), "consent waits for an answer");
        assert!(matches!(talk.step(), Step::Ask(row) if row.name == "consent"));
        talk.answer("no").expect("taken");
        assert_eq!(talk.step(), Step::End(End::Declined));
        assert_eq!(talk.record().map(|record| record.answers), Some(Answers::new()));
    }
}

#[test]
fn one_can_stop_at_any_question_and_take_everything_back() {
    let form = shipped().remove(0);
    let mut talk = Interview::begin(&form, TODAY);
    talk.stop(true);
    assert_eq!(talk.record().expect("ended").answers, Answers::new(), "no consent yet: nothing to keep");
    let mut talk = Interview::begin(&form, TODAY);
    for answer in ["yes", "health card", "yes", "adult", "other"] {
        talk.answer(answer).expect("taken");
    }
    let (mut kept, mut dropped) = (talk.clone(), talk);
    kept.stop(true);
    dropped.stop(false);
    assert_eq!(kept.record().expect("ended").answers.len(), 5);
    assert_eq!(dropped.record().expect("ended").answers, Answers::new());
    assert!(matches!(kept.step(), Step::End(End::Stopped { before, kept: true }) if before == "can_leave"));
    assert!(kept.answer("yes").is_err(), "nothing is asked after a stop");
}
