//! Faults with their places, remarks, releases, foreign forms.

use super::shipped::shipped;
use crate::{Answers, Filled, ImportOptions, Instrument, Released, Releases, from_xlsx, judge, to_xlsx};
use rstest::rstest;

const TODAY: &str = "2026-11-30";
const HEAD: &str = r#"id = "x"
version = 1
status = "draft"
title = { da = "X" }
validated = { da = "ikke valideret" }
languages = { da = "Dansk" }
default_language = "da"
"#;

fn read(body: &str) -> Result<Instrument, Vec<String>> {
    let read = Instrument::from_toml("x.toml", &format!("{HEAD}{body}"));
    read.map(|checked| checked.instrument).map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

fn row(rest: &str) -> String {
    format!("[[survey]]\ntype = \"integer\"\nname = \"age\"\nlabel = {{ da = \"Alder\" }}\n{rest}\n")
}

#[rstest]
#[case(&row("relevant = \"${later} = 1\"") , "x.toml:12:12: there is no question 'later'")]
#[case(&row("relevant = \"${age} = 1\""), "x.toml:12:12: ${age} does not come before 'age'")]
#[case(&row("constraint = \". >\""), "x.toml:12:14: character 4: a question")]
#[case(&row("constraint = \"age > 1\""), "'age' alone means nothing here")]
#[case(&row("relevant = \". = 1\""), "'.' is the question's own answer")]
#[case(&row("colour = 1"), "x.toml:12:1: unknown field `colour`")]
#[case(&row("signs = [{ sign = \"s\", when = \". = 1\" }]"), "there is no sign 's'")]
#[case(&row("calculation = \"1\""), "only a row of the type calculate")]
#[case("[[survey]]\ntype = \"geopint\"\nname = \"a\"\n", "x.toml:9:8: there is no type 'geopint'")]
#[case("[[survey]]\ntype = \"begin_repeat\"\nname = \"a\"\n", "repeats are not supported")]
#[case("[[survey]]\ntype = \"end_group\"\n", "ends no group")]
#[case("[[survey]]\ntype = \"begin_group\"\nname = \"g\"\n", "has no end_group")]
#[case("[[survey]]\ntype = \"text\"\nname = \"1a\"\nlabel = { da = \"?\" }\n", "cannot name a question")]
#[case("[[survey]]\ntype = \"text\"\nname = \"a\"\n", "has no label")]
#[case("[[survey]]\ntype = \"select_one l\"\nname = \"a\"\nlabel = { da = \"?\" }\n", "no list of choices 'l'")]
#[case("[[survey]]\ntype = \"text\"\nname = \"a\"\nlabel = { en = \"?\" }\n", "says nothing in 'da'")]
fn faults_are_named_at_their_line(#[case] body: &str, #[case] message: &str) {
    let faults = read(body).expect_err(body);
    assert!(faults.iter().any(|fault| fault.contains(message)), "{faults:?} lacks {message}");
}

#[test]
fn what_comes_later_is_told_from_what_is_nowhere() {
    let second = row("").replace("age", "later");
    let faults = read(&format!("{}{second}", row("relevant = \"${later} = 1\""))).expect_err("looks ahead");
    assert!(faults.iter().any(|fault| fault.contains("does not come before")), "{faults:?}");
}

#[test]
fn a_question_asked_without_consent_is_a_fault() {
    let form = r#"consent = { question = "ok", given = "yes" }
[[choices]]
list = "l"
name = "yes"
label = { da = "Ja" }
[[choices]]
list = "l"
name = "no"
label = { da = "Nej" }
[[survey]]
type = "select_one l"
name = "ok"
label = { da = "Må jeg?" }
"#;
    let gated = format!("{form}{}", row("relevant = \"${ok} = 'yes'\""));
    assert!(read(&gated).is_ok(), "{:?}", read(&gated));
    let open = format!("{form}{}", row("relevant = \"${ok} != ''\""));
    let faults = read(&open).expect_err("asked after no");
    assert!(faults.iter().any(|fault| fault.contains("'age' is asked without consent")), "{faults:?}");
    let late = format!("{}{}", row(""), form.replace("consent = { question = \"ok\", given = \"yes\" }\n", ""));
    let late = format!("consent = {{ question = \"ok\", given = \"yes\" }}\n{late}");
    assert!(read(&late).expect_err("late").iter().any(|fault| fault.contains("must be the first question")));
}

#[test]
fn a_question_that_no_path_leads_to_is_found_unless_the_form_says_so() {
    let first = row("constraint = \". >= 18\"");
    let never = row("relevant = \"${age} < 18\"").replace("\"age\"", "\"child\"");
    let form = read(&format!("{first}{never}")).expect("no fault");
    let unreached = form.unreached(TODAY);
    assert_eq!(unreached.len(), 1);
    assert!(unreached.iter().all(|row| row.name == "child" && row.proved));
    let said = format!("{first}{never}unreachable = \"kept for older answers\"\n");
    assert_eq!(read(&said).expect("no fault").unreached(TODAY), []);
    // A needle: one value of one question, far from the others.
    let needle = row("relevant = \"${age} = 4711\"").replace("\"age\"", "\"needle\"");
    assert_eq!(read(&format!("{}{needle}", row(""))).expect("no fault").unreached(TODAY), []);
}

#[test]
fn a_form_changed_after_its_release_is_refused() {
    let form = shipped().remove(0);
    let released = Released {
        id: form.id.clone(),
        version: form.version,
        hash: form.hash(),
        on: TODAY.to_owned(),
        by: "Ulla \"U\" Test".to_owned(),
    };
    let releases: Releases = toml::from_str(&released.lines()).expect("its own lines are read back");
    assert_eq!(releases.released, [released]);
    assert_eq!(releases.hold(&form), Ok(()));
    // Status may change; comments and layout are no content.
    let retired = Instrument { status: crate::Status::Retired, ..form.clone() };
    assert_eq!(releases.hold(&retired), Ok(()));
    let text = form.to_toml().replace("Er du fyldt 18 år?", "Er du over 18 år?");
    let changed = Instrument::from_toml("x.toml", &text).expect("still a form").instrument;
    let error = releases.hold(&changed).expect_err("changed");
    assert!(error.to_string().contains("make the change in version 2"), "{error}");
    let next = Instrument { version: 2, ..changed };
    assert_eq!(releases.hold(&next), Ok(()));
}

#[test]
fn consent_is_put_before_a_form_that_has_none() {
    let form = read(&row("")).expect("no fault");
    let options = ImportOptions { add_consent: true, ..Default::default() };
    let bytes = to_xlsx(&form).expect("a workbook");
    let taken = from_xlsx("x.xlsx", &bytes, &options).expect("taken").instrument;
    let consent = taken.consent.clone().expect("consent");
    let filled = |answer: &str| {
        let answers: Answers = [(consent.question.clone(), answer.to_owned())].into();
        Filled::of(&taken, &answers, TODAY).shows_question("age")
    };
    assert!(filled("yes") && !filled("no") && !filled(""));
}

#[test]
fn a_sheet_that_is_missing_and_a_file_that_is_no_workbook_are_told_apart() {
    let faults = from_xlsx("x.xlsx", b"PK not a workbook", &Default::default()).expect_err("no workbook");
    assert!(faults.iter().any(|fault| fault.to_string().contains("save the form as .xlsx")), "{faults:?}");
}

#[test]
fn answers_that_cannot_be_taken_count_as_none() {
    let form = shipped().remove(0);
    let answers: Answers = [("consent", "yes"), ("alone", "yes"), ("hours", "99"), ("papers", "moon")]
        .map(|(name, answer)| (name.to_owned(), answer.to_owned()))
        .into();
    let filled = Filled::of(&form, &answers, TODAY);
    assert_eq!(filled.wrong().keys().collect::<Vec<_>>(), ["hours", "papers"]);
    assert!(judge(&form, &answers, TODAY).signs.is_empty());
}
