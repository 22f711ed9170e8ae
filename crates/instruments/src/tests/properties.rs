//! Made-up forms and walks.

use super::shipped::shipped;
use crate::{Answers, Filled, Instrument, Interview, Kind, Step, from_xlsx, judge, to_xlsx};
use proptest::prelude::*;

const TODAY: &str = "2026-11-30";

/// Texts that a form may hold, quotes, line ends and other scripts among them.
fn words() -> impl Strategy<Value = String> {
    "[A-Za-zæøåÆØÅ0-9 '\"\\\\.,:;?!{}$&<>\n%#ก-ญ=+@-]{0,24}".prop_map(|text| format!("x{text}y"))
}

/// A form of up to ten questions, each relevant by one before it or always, some of them in groups, some of them signs.
fn form() -> impl Strategy<Value = String> {
    let question = (0usize..8, words(), words(), any::<prop::sample::Index>(), 0usize..6, any::<bool>(), 0usize..4);
    prop::collection::vec(question, 1..10).prop_map(|questions| {
        let mut text = String::from(
            "id = \"made\"\nversion = 3\nstatus = \"trial\"\ntitle = { da = \"Skema\", en = \"Form\" }\n\
             validated = { da = \"nej\", en = \"no\" }\nlanguages = { da = \"Dansk\", en = \"English\" }\n\
             default_language = \"da\"\nsettings = { style = \"pages\" }\n\
             [[sources]]\nkey = \"S\"\ntitle = \"A source\"\nverified = false\n",
        );
        for group in 0..3 {
            text += &format!("[[groups]]\nkey = \"g{group}\"\ntitle = {{ da = \"G\", en = \"G\" }}\n");
        }
        for sign in 0..4 {
            let (group, grade) = (sign % 3, ["A", "B", "C", "B+"][sign]);
            text += &format!(
                "[[signs]]\nid = \"s{sign}\"\ntitle = {{ da = \"T\", en = \"T\" }}\ngroup = \"g{group}\"\ngrade = \"{grade}\"\n\
                 sources = [\"S\"]\nother_reading = {{ da = \"noget\", en = \"something\" }}\n"
            );
        }
        text += "[[bands]]\nband = \"high\"\ntitle = { da = \"H\", en = \"H\" }\npoints = 4.5\ngroups = 2\nstrong_groups = 2\none_of = [\"g0\"]\n\
                 [[bands]]\nband = \"medium\"\ntitle = { da = \"M\", en = \"M\" }\npoints = 2.0\ngroups = 1\n";
        for choice in ["a", "b", "c"] {
            text += &format!("[[choices]]\nlist = \"abc\"\nname = \"{choice}\"\nlabel = {{ da = \"{choice}\", en = \"{choice}\" }}\nextra = {{ part = \"{choice}1\" }}\n");
        }
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string().replace('\n', "\\n");
        let single = |text: &str| if text.contains('\n') { quoted(&text.replace('\n', " ")) } else { quoted(text) };
        let mut before: Vec<(String, usize)> = Vec::new();
        let mut open = 0;
        for (number, (kind, label, note, back, condition, grouped, sign)) in questions.into_iter().enumerate() {
            let kinds = ["text", "integer", "decimal", "date", "select_one abc", "select_multiple abc", "note", "acknowledge"];
            let kind_name = kinds[kind];
            let relevant = if before.is_empty() || condition == 0 {
                String::new()
            } else {
                let (name, kind) = &before[back.index(before.len())];
                let expression = match (*kind, condition) {
                    (4 | 5, 1) => format!("selected(${{{name}}}, 'b')"),
                    (4 | 5, 2) => format!("not(selected(${{{name}}}, 'a')) or ${{{name}}} = ''"),
                    (1 | 2, 1) => format!("${{{name}}} >= 18 and ${{{name}}} < 30"),
                    (_, 3) => format!("string-length(${{{name}}}) > 0"),
                    _ => format!("${{{name}}} != \"x\""),
                };
                format!("relevant = {}\n", single(&expression))
            };
            if grouped {
                text += &format!("[[survey]]\ntype = \"begin_group\"\nname = \"group{number}\"\n{relevant}");
                open += 1;
            }
            let name = format!("q{number}");
            text += &format!(
                "[[survey]]\ntype = \"{kind_name}\"\nname = \"{name}\"\nlabel = {{ da = {}, en = \"?\" }}\nnote = {{ da = {}, en = \"!\" }}\n{}",
                single(&label), single(&note), if grouped { "" } else { &relevant },
            );
            if kind != 6 {
                let when = match kind {
                    4 | 5 => "selected(., 'b')",
                    1 | 2 => ". > 20",
                    _ => ". != ''",
                };
                text += &format!("signs = [{{ sign = \"s{sign}\", when = {} }}]\n", single(when));
                before.push((name, kind));
            }
            text += "extra = { appearance = \"minimal\" }\n";
            if open > 1 {
                text += "[[survey]]\ntype = \"end_group\"\n";
                open -= 1;
            }
        }
        text += &"[[survey]]\ntype = \"end_group\"\n".repeat(open);
        if before.is_empty() {
            text += "[[survey]]\ntype = \"text\"\nname = \"last\"\nlabel = { da = \"?\", en = \"?\" }\n";
        }
        text
    })
}

fn made(text: &str) -> Instrument {
    Instrument::from_toml("made.toml", text)
        .unwrap_or_else(|faults| {
            panic!("{}\n{text}", faults.iter().map(|f| f.to_string()).collect::<Vec<_>>().join("\n"))
        })
        .instrument
}

/// Some answer to a question, by a number.
fn answer(form: &Instrument, row: &crate::Row, pick: usize) -> String {
    let choices: Vec<&str> = row
        .kind
        .list()
        .map_or(Vec::new(), |list| form.choices(list).iter().map(|choice| choice.name.as_str()).collect());
    match &row.kind {
        Kind::SelectOne(_) => choices[pick % choices.len()].to_owned(),
        Kind::SelectMultiple(_) => {
            let some = choices.iter().enumerate().filter(|(index, _)| pick >> index & 1 == 1).map(|(_, name)| *name);
            some.collect::<Vec<_>>().join(" ")
        }
        Kind::Integer | Kind::Decimal => (pick % 40).to_string(),
        Kind::Date => format!("2026-0{}-1{}", pick % 9 + 1, pick % 10),
        Kind::Acknowledge => "OK".to_owned(),
        _ => ["x", "yes", "no 1"][pick % 3].to_owned(),
    }
}

/// Walks a form by picks; every step is checked. Gives the answers as they were given.
fn walk(form: &Instrument, picks: &[usize]) -> Vec<(String, String)> {
    let mut talk = Interview::begin(form, TODAY);
    let mut given = Vec::new();
    let mut seen = Vec::new();
    for step in 0.. {
        assert!(step <= form.survey.len() * 2, "no end of {}", form.id);
        match talk.step() {
            Step::End(_) => break,
            Step::Read(row) => {
                assert!(!seen.contains(&row.name), "{} twice", row.name);
                seen.push(row.name.clone());
                talk.pass().expect("a text is passed");
            }
            Step::Ask(row) => {
                assert!(!seen.contains(&row.name), "{} twice", row.name);
                assert!(talk.filled().shows_question(&row.name));
                let mut stopped = talk.clone();
                stopped.stop(false);
                assert!(stopped.record().is_some_and(|record| record.answers.is_empty()), "a stop leaves nothing");
                let pick = picks.get(step % picks.len().max(1)).copied().unwrap_or(0);
                let wanted = answer(form, row, pick);
                match talk.answer(&wanted) {
                    Ok(()) => {
                        seen.push(row.name.clone());
                        given.push((row.name.clone(), wanted));
                    }
                    // Not possible here, or needed: leave it out, or else stop.
                    Err(_) => match talk.pass() {
                        Ok(()) => seen.push(row.name.clone()),
                        Err(_) => talk.stop(true),
                    },
                }
            }
        }
    }
    let record = talk.record().expect("ended");
    let answers: Answers = given.iter().cloned().collect();
    let filled = Filled::of(form, &answers, TODAY);
    for (name, _) in &record.answers {
        assert!(filled.shows_question(name), "{name} was kept and is not shown");
    }
    given
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_path_ends_and_the_same_answers_give_the_same_band(
        text in form(),
        picks in prop::collection::vec(0usize..1000, 1..12),
        turn in any::<prop::sample::Index>(),
    ) {
        let form = made(&text);
        let given = walk(&form, &picks);
        let answers: Answers = given.iter().cloned().collect();
        let judged = judge(&form, &answers, TODAY);
        // In any order, with answers that do not count thrown in.
        let mut turned = given.clone();
        if !turned.is_empty() {
            let at = turn.index(turned.len());
            turned.rotate_left(at);
        }
        let mut other: Answers = turned.into_iter().collect();
        other.insert("nobody_asks_this".to_owned(), "yes".to_owned());
        prop_assert_eq!(&judge(&form, &other, TODAY), &judged);
        // Every point is explained: each group's points are those of a sign that an answer shows.
        for (group, points) in &judged.groups {
            let own = judged.signs.iter().find(|sign| sign.group == *group && sign.counts);
            prop_assert_eq!(own.map(|sign| sign.points), Some(*points));
        }
        // What the page says would change without an answer is what changes.
        for effect in &judged.answers {
            let mut without = answers.clone();
            without.remove(&effect.question);
            let judged = judge(&form, &without, TODAY);
            prop_assert_eq!(effect.without, (judged.band, judged.points));
        }
    }

    #[test]
    fn both_ways_of_writing_lose_nothing(text in form()) {
        let form = made(&text);
        let written = form.to_toml();
        prop_assert_eq!(&made(&written), &form);
        let bytes = to_xlsx(&form).expect("a workbook");
        let back = from_xlsx("made.xlsx", &bytes, &Default::default());
        let back = back.map_err(|faults| TestCaseError::fail(format!("{faults:?}")))?.instrument;
        prop_assert_eq!(back.to_toml(), written);
        prop_assert_eq!(back, form);
    }

    #[test]
    fn every_path_through_the_shipped_forms_ends(picks in prop::collection::vec(0usize..1000, 1..40)) {
        for form in shipped() {
            walk(&form, &picks);
        }
    }

    #[test]
    fn no_text_makes_the_reader_of_expressions_panic(text in "[ -~æ–”${}]{0,40}") {
        if let Ok(formula) = crate::Formula::parse(&text) {
            let empty = Default::default();
            let scope = crate::Scope { values: &empty, own: "", columns: None, today: TODAY };
            let _ = formula.value(&scope).text();
            prop_assert_eq!(crate::Formula::parse(&formula.text).expect("read back"), formula);
        }
    }
}
