//! Consent before a form that has none of its own.

use super::ours;
use crate::draft::{At, Draft, DraftChoice, DraftRow};
use crate::{Consent, Place, Text};
use std::collections::BTreeMap;

const QUESTION: &str = "bavn_consent";
const LIST: &str = "bavn_consent_answers";

fn text(languages: &BTreeMap<String, String>, da: &'static str, en: &'static str) -> Text {
    Text(languages.keys().map(|code| (code.clone(), ours(code, da, en).to_owned())).collect())
}

/// Puts the question first and everything else into a group that waits for it.
pub fn add(draft: &mut Draft) {
    let languages = draft.languages.value.clone();
    let text = |da, en| text(&languages, da, en);
    let row = |kind: &str, name: &str| DraftRow {
        kind: At::new(kind.to_owned(), Place::File),
        name: At::new(name.to_owned(), Place::File),
        ..DraftRow::default()
    };
    let choice = |name: &str, label: Text| {
        let choice = DraftChoice { list: LIST.to_owned(), name: name.to_owned(), label, extra: BTreeMap::new() };
        At::new(choice, Place::File)
    };
    let question = DraftRow {
        label: text(
            "Må jeg stille dig nogle spørgsmål? Du bestemmer selv, hvad du vil svare på, og du kan stoppe når som helst.",
            "May I ask you some questions? You decide what to answer, and you can stop at any time.",
        ),
        note: text(
            "Sig, hvem du er, hvad svarene bruges til, og at hjælpen ikke afhænger af dem. Spørg kun, hvis I er alene.",
            "Say who you are, what the answers are used for, and that help does not depend on them. Ask only where you are alone.",
        ),
        required: true,
        ..row(&format!("select_one {LIST}"), QUESTION)
    };
    let group = DraftRow {
        relevant: At::new(format!("${{{QUESTION}}} = 'yes'"), Place::File),
        ..row("begin_group", "bavn_with_consent")
    };
    let end = row("end_group", "");
    let form = std::mem::take(&mut draft.survey);
    draft.survey = [question, group].into_iter().chain(form).chain([end]).collect();
    draft.choices.push(choice("yes", text("Ja", "Yes")));
    draft.choices.push(choice("no", text("Nej", "No")));
    draft.consent = Some(At::new(Consent { question: QUESTION.to_owned(), given: "yes".to_owned() }, Place::File));
}
