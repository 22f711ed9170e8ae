//! The rows of the survey: names, groups, expressions that look back only, lists and signs that are there.

use super::{Notes, kinds, languages_of};
use crate::Place;
use crate::draft::{At, DraftRow};
use crate::expr::Formula;
use crate::model::{ChoiceList, Kind, Means, Row, Sign, is_name};
use std::collections::{BTreeMap, BTreeSet};

/// Columns that would change what is asked, which bavn does not follow.
const UNFOLLOWED: &[&str] = &["repeat_count", "trigger", "save_to", "save_instance", "instance_id"];

pub fn rows(
    drafts: Vec<DraftRow>,
    default: &str,
    languages: &BTreeMap<String, String>,
    lists: &[ChoiceList],
    signs: &[Sign],
    notes: &mut Notes<'_>,
) -> Vec<Row> {
    let all: BTreeSet<String> = drafts.iter().map(|row| row.name.value.trim().to_owned()).collect();
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<Place> = Vec::new();
    let mut rows = Vec::new();
    for draft in drafts {
        let place = draft.kind.place;
        let kind = match kinds::kind(&draft.kind.value) {
            Ok(kind) => kind,
            Err(message) => {
                notes.fault(place, message);
                continue;
            }
        };
        match kind {
            Kind::BeginGroup => open.push(place),
            Kind::EndGroup if open.pop().is_none() => notes.fault(place, "this end_group ends no group"),
            _ => {}
        }
        rows.push(row(draft, kind, Around { default, languages, lists, signs, all: &all, known: &mut known }, notes));
    }
    for place in open {
        notes.fault(place, "this group has no end_group");
    }
    if !rows.iter().any(|row| row.kind.is_asked()) && notes.faults.is_empty() {
        notes.fault(Place::File, "the form asks nothing");
    }
    rows
}

struct Around<'a> {
    default: &'a str,
    languages: &'a BTreeMap<String, String>,
    lists: &'a [ChoiceList],
    signs: &'a [Sign],
    all: &'a BTreeSet<String>,
    known: &'a mut BTreeSet<String>,
}

fn row(draft: DraftRow, kind: Kind, around: Around<'_>, notes: &mut Notes<'_>) -> Row {
    let place = draft.kind.place;
    let name = if kind == Kind::EndGroup { String::new() } else { draft.name.value.trim().to_owned() };
    if kind != Kind::EndGroup && !is_name(&name) {
        let message = format!("'{name}' cannot name a question: a letter or _ first, then letters, digits, _ - and .");
        notes.fault(draft.name.place, message);
    }
    let texts = [
        ("the label", draft.label.tidy()),
        ("the hint", draft.hint.tidy()),
        ("the interviewer's note", draft.note.tidy()),
        ("the message of required", draft.required_message.tidy()),
        ("the message of the constraint", draft.constraint_message.tidy()),
    ];
    for (what, text) in &texts {
        languages_of(text, &format!("{what} of '{name}'"), place, around.default, around.languages, notes);
    }
    let [label, hint, note, required_message, constraint_message] = texts.map(|(_, text)| text);
    if (kind.is_asked() || kind == Kind::Note) && label.is_empty() {
        notes.fault(place, format!("'{name}' has no label: what is asked?"));
    }
    if let Some(list) = kind.list()
        && !around.lists.iter().any(|known| known.name == list)
    {
        notes.fault(place, format!("there is no list of choices '{list}'"));
    }
    match &kind {
        Kind::NotAsked(what) if what != "today" => {
            notes.remark(
                place,
                format!("'{name}' ({what}) is kept in the file and never asked: bavn collects no such thing"),
            );
        }
        Kind::Range => {
            if let Err(message) = kinds::range(draft.extra.get("parameters").map_or("", String::as_str)) {
                notes.fault(place, message);
            }
        }
        _ => {}
    }
    for (column, value) in &draft.extra {
        if crate::xlsform::is_survey_column(column) {
            notes.fault(place, format!("'{column}' under extra has a key of its own"));
        }
        if UNFOLLOWED.contains(&column.as_str()) && !value.is_empty() {
            notes
                .fault(place, format!("the column '{column}' would change what is asked, and bavn does not follow it"));
        }
        if column == "default" {
            notes.remark(
                place,
                format!("the default of '{name}' is kept in the file and not used: bavn fills in no answer"),
            );
        }
    }
    let formula = |at: At<String>, own: bool, columns: bool, notes: &mut Notes<'_>| {
        if at.value.trim().is_empty() {
            return None;
        }
        match Formula::parse(&at.value) {
            Ok(formula) => {
                for wrong in formula.names().into_iter().filter(|other| !around.known.contains(*other)) {
                    if own && wrong == name {
                        continue;
                    }
                    let message = if around.all.contains(wrong) {
                        format!("${{{wrong}}} does not come before '{name}': an expression can look back only")
                    } else {
                        format!("there is no question '{wrong}'")
                    };
                    notes.fault(at.place, message);
                }
                if formula.speaks_of_own() && !own {
                    notes.fault(at.place, "'.' is the question's own answer, which is not there yet: name a question");
                }
                if let Some(bare) = formula.columns().into_iter().next().filter(|_| !columns) {
                    notes.fault(at.place, format!("'{bare}' alone means nothing here: ${{{bare}}} or '{bare}'?"));
                }
                Some(formula)
            }
            Err(error) => {
                notes.fault(at.place, error.to_string());
                None
            }
        }
    };
    let relevant = formula(draft.relevant, false, false, notes);
    let calculation_place = draft.calculation.place;
    let calculation = formula(draft.calculation, false, false, notes);
    let choice_filter = formula(draft.choice_filter, false, true, notes);
    let constraint = formula(draft.constraint, true, false, notes);
    let signs = draft.signs.into_iter().filter_map(|At { value: (sign, when), place }| {
        let when = formula(At::new(when, place), true, false, notes)?;
        if !around.signs.iter().any(|known| known.id == sign) {
            notes.fault(place, format!("there is no sign '{sign}': add it under signs"));
        }
        Some(Means { sign, when })
    });
    let signs: Vec<Means> = signs.collect();
    if (kind == Kind::Calculate) && calculation.is_none() {
        notes.fault(place, format!("'{name}' has nothing to calculate"));
    }
    if kind != Kind::Calculate && calculation.is_some() {
        notes.fault(calculation_place, format!("only a row of the type calculate is worked out; '{name}' is asked"));
    }
    if !kind.is_asked() && kind != Kind::Calculate && !signs.is_empty() {
        notes.fault(place, format!("'{name}' has no answer that could be a sign"));
    }
    if kind != Kind::EndGroup && !around.known.insert(name.clone()) {
        notes.fault(draft.name.place, format!("the name '{name}' is given twice"));
    }
    Row {
        name,
        label,
        hint,
        note,
        required: draft.required && kind.is_asked(),
        required_message,
        relevant,
        constraint,
        constraint_message,
        calculation,
        choice_filter,
        signs,
        unreachable: draft.unreachable.trim().to_owned(),
        extra: super::tidied(draft.extra),
        kind,
    }
}
