//! From what was written to checked values; every fault is named at once.

pub(crate) mod kinds;
mod rows;

use crate::draft::{At, Draft, DraftChoice};
use crate::model::{BandRule, Choice, ChoiceList, Instrument, Kind, Licence, Row, Sign, SignRole, is_name};
use crate::{Fault, Filled, Place, Text};
use domain::{Band, Grade};
use std::collections::{BTreeMap, BTreeSet};

/// A form without faults, and what somebody should know of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The form.
    pub instrument: Instrument,
    /// What is no fault and yet should be known: texts that are missing in a language, parts that bavn does not use.
    pub remarks: Vec<Remark>,
}

/// Something to know of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Where.
    pub place: Place,
    /// What.
    pub message: String,
}

/// Most points that one sign may give its group.
const MOST_POINTS: f64 = 3.0;

/// Collects faults and remarks.
struct Notes<'a> {
    file: &'a str,
    faults: Vec<Fault>,
    remarks: Vec<Remark>,
}

impl Notes<'_> {
    fn fault(&mut self, place: Place, message: impl Into<String>) {
        self.faults.push(Fault { file: self.file.to_owned(), place, message: message.into() });
    }

    fn remark(&mut self, place: Place, message: impl Into<String>) {
        self.remarks.push(Remark { place, message: message.into() });
    }
}

/// Checks a draft.
pub(crate) fn checked(file: &str, draft: Draft) -> Result<Checked, Vec<Fault>> {
    let mut notes = Notes { file, faults: Vec::new(), remarks: Vec::new() };
    head(&draft, &mut notes);
    let languages = &draft.languages.value;
    let signs = signs(&draft, &mut notes);
    let bands = draft.bands.iter().map(|band| band_of(band, &draft, &mut notes)).collect();
    let lists = lists(&draft.choices, &draft.default_language.value, languages, &mut notes);
    let places: Vec<Place> = draft.survey.iter().map(|row| row.kind.place).collect();
    let survey = rows::rows(draft.survey, &draft.default_language.value, languages, &lists, &signs, &mut notes);
    let instrument = Instrument {
        id: draft.id.value,
        version: draft.version.value,
        status: draft.status,
        title: draft.title.value.tidy(),
        purpose: draft.purpose.tidy(),
        validated: draft.validated.value.tidy(),
        languages: draft.languages.value,
        default_language: draft.default_language.value,
        consent: draft.consent.as_ref().map(|consent| consent.value.clone()),
        licence: draft.licence.map(|licence| {
            let Licence { holder, terms, until } = licence.value;
            Licence { holder: holder.trim().to_owned(), terms: terms.trim().to_owned(), until }
        }),
        sources: draft.sources,
        groups: draft.groups.into_iter().map(|group| crate::SignGroup { title: group.title.tidy(), ..group }).collect(),
        signs,
        bands,
        lists,
        survey,
        settings: tidied(draft.settings),
    };
    if notes.faults.is_empty()
        && let Some(consent) = &draft.consent
    {
        consent_first(&instrument, consent.place, &places, &mut notes);
    }
    if notes.faults.is_empty() { Ok(Checked { instrument, remarks: notes.remarks }) } else { Err(notes.faults) }
}

fn head(draft: &Draft, notes: &mut Notes<'_>) {
    let id = &draft.id.value;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    if id.is_empty() || !id.chars().all(plain) {
        notes.fault(draft.id.place, format!("the id '{id}' must be small letters a to z, digits, - and _"));
    }
    if draft.version.value == 0 {
        notes.fault(draft.version.place, "versions begin with 1");
    }
    let (languages, default) = (&draft.languages.value, &draft.default_language.value);
    for code in languages.keys().filter(|code| !is_name(code)) {
        notes.fault(draft.languages.place, format!("'{code}' is no language code such as da"));
    }
    for (code, name) in languages.iter().filter(|(_, name)| !crate::xlsform::is_language_name(name)) {
        notes.fault(draft.languages.place, format!("the name '{name}' of '{code}' must be plain words"));
    }
    for key in draft.settings.keys().filter(|key| crate::xlsform::is_setting(key)) {
        notes.fault(Place::File, format!("'{key}' under settings has a key of its own"));
    }
    for source in &draft.sources {
        let same = draft.sources.iter().filter(|other| other.key == source.key).count();
        if !is_name(&source.key) || same > 1 || source.title.trim() != source.title || source.title.is_empty() {
            notes.fault(Place::File, format!("the source '{}' needs a key of its own and a title", source.key));
        }
    }
    if !languages.contains_key(default) {
        let known: Vec<&str> = languages.keys().map(String::as_str).collect();
        let message =
            format!("the default language '{default}' is none of the form's languages ({})", known.join(", "));
        notes.fault(draft.default_language.place, message);
    }
    for (what, text) in [("title", &draft.title), ("validated", &draft.validated)] {
        if !text.value.clone().tidy().has(default) {
            notes.fault(text.place, format!("`{what}` says nothing in '{default}', the default language"));
        }
    }
    if let Some(licence) = &draft.licence {
        let until = &licence.value.until;
        if licence.value.holder.trim().is_empty() || licence.value.terms.trim().is_empty() {
            notes.fault(licence.place, "a licence names its holder and the terms of use");
        }
        let date = until.len() == 10 && kinds::is_date(until);
        if !until.is_empty() && !date {
            notes.fault(licence.place, format!("the licence's end '{until}' is no day such as 2027-12-31"));
        }
    }
}

/// Trimmed, without what is empty.
fn tidied(map: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let tidy = |text: String| text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
    map.into_iter()
        .map(|(key, value)| (key.trim().to_owned(), tidy(value)))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// Remarks on the languages of the form in which a text is missing.
fn languages_of(
    text: &Text,
    what: &str,
    place: Place,
    default: &str,
    languages: &BTreeMap<String, String>,
    notes: &mut Notes<'_>,
) {
    if text.is_empty() {
        return;
    }
    if !text.has(default) {
        notes.fault(place, format!("{what} says nothing in '{default}', the default language"));
    }
    for code in text.0.keys().filter(|code| !languages.contains_key(*code)) {
        notes.fault(place, format!("{what} has a text in '{code}', which is none of the form's languages"));
    }
    let missing: Vec<&str> = languages.keys().filter(|code| !text.has(code)).map(String::as_str).collect();
    if !missing.is_empty() {
        notes.remark(place, format!("{what} has no text in {}", missing.join(", ")));
    }
}

fn signs(draft: &Draft, notes: &mut Notes<'_>) -> Vec<Sign> {
    let mut seen = BTreeSet::new();
    let (default, languages) = (&draft.default_language.value, &draft.languages.value);
    for group in &draft.groups {
        languages_of(&group.title.clone().tidy(), "the group's title", Place::File, default, languages, notes);
        if !is_name(&group.key) || draft.groups.iter().filter(|other| other.key == group.key).count() > 1 {
            notes.fault(Place::File, format!("the key of the group '{}' must be a name of its own", group.key));
        }
    }
    draft.signs.iter().map(|sign| sign_of(sign, draft, &mut seen, notes)).collect()
}

fn sign_of(At { value, place }: &At<Sign>, draft: &Draft, seen: &mut BTreeSet<String>, notes: &mut Notes<'_>) -> Sign {
    let place = *place;
    let (title, other_reading) = (value.title.clone().tidy(), value.other_reading.clone().tidy());
    let sign = Sign { title, other_reading, ..value.clone() };
    if !is_name(&sign.id) || !seen.insert(sign.id.clone()) {
        notes.fault(place, format!("the sign's id '{}' must be a name of its own", sign.id));
    }
    if !draft.groups.iter().any(|group| group.key == sign.group) {
        notes.fault(place, format!("there is no group '{}': add it under groups", sign.group));
    }
    for key in sign.sources.iter().filter(|key| !draft.sources.iter().any(|source| source.key == **key)) {
        notes.fault(place, format!("there is no source '{key}': add it under sources"));
    }
    let scores = sign.role == SignRole::Score && sign.grade != Grade::D;
    if scores && !(sign.points > 0.0 && sign.points <= MOST_POINTS) {
        notes.fault(place, format!("points must be above 0 and at most {MOST_POINTS} (A 2, B+ 2, B 1, C 0.5)"));
    }
    if !scores && sign.points != 0.0 {
        notes.fault(place, "points must be 0: grade D and every role but score give none");
    }
    if scores && sign.sources.is_empty() {
        notes.fault(place, "name at least one source: a sign without one is an opinion");
    }
    let (default, languages) = (&draft.default_language.value, &draft.languages.value);
    if sign.title.is_empty() {
        notes.fault(place, "a sign needs a title");
    }
    if scores && sign.other_reading.is_empty() {
        notes.fault(place, "say what else the answer may mean (other_reading): it is shown beside the sign");
    }
    languages_of(&sign.title, "the sign's title", place, default, languages, notes);
    languages_of(&sign.other_reading, "the sign's other reading", place, default, languages, notes);
    sign
}

fn band_of(At { value, place }: &At<BandRule>, draft: &Draft, notes: &mut Notes<'_>) -> BandRule {
    let rule = BandRule { title: value.title.clone().tidy(), ..value.clone() };
    if !matches!(rule.band, Band::Medium | Band::High) {
        notes.fault(*place, "a rule leads to medium or high: one scoring sign is low without a rule");
    }
    if !(rule.points > 0.0 && rule.points.is_finite()) || rule.groups == 0 {
        notes.fault(*place, "a rule needs points above 0 and at least one group");
    }
    for key in rule.one_of.iter().filter(|key| !draft.groups.iter().any(|group| group.key == **key)) {
        notes.fault(*place, format!("there is no group '{key}'"));
    }
    if rule.title.is_empty() {
        notes.fault(*place, "a rule needs a title: it is the band's explanation");
    }
    languages_of(&rule.title, "the rule's title", *place, &draft.default_language.value, &draft.languages.value, notes);
    rule
}

fn lists(
    choices: &[At<DraftChoice>],
    default: &str,
    languages: &BTreeMap<String, String>,
    notes: &mut Notes<'_>,
) -> Vec<ChoiceList> {
    let mut lists: Vec<ChoiceList> = Vec::new();
    for At { value: choice, place } in choices {
        if !is_name(&choice.list) {
            notes.fault(*place, format!("'{}' cannot name a list of choices", choice.list));
        }
        if choice.name.is_empty() || choice.name.contains(char::is_whitespace) {
            notes.fault(*place, format!("the choice '{}' needs a name without blanks", choice.name));
        }
        let label = choice.label.clone().tidy();
        if label.is_empty() {
            notes.fault(*place, format!("the choice '{}' has no label", choice.name));
        }
        languages_of(&label, &format!("the choice '{}'", choice.name), *place, default, languages, notes);
        for column in choice.extra.keys().filter(|column| crate::xlsform::is_choice_column(column)) {
            notes.fault(*place, format!("'{column}' under extra has a key of its own"));
        }
        let made = Choice { name: choice.name.clone(), label, extra: tidied(choice.extra.clone()) };
        match lists.iter_mut().find(|list| list.name == choice.list) {
            Some(list) if list.choices.iter().any(|other| other.name == made.name) => {
                notes.fault(*place, format!("the list '{}' has '{}' twice", list.name, made.name));
            }
            Some(list) => list.choices.push(made),
            None => lists.push(ChoiceList { name: choice.list.clone(), choices: vec![made] }),
        }
    }
    // Lists stand together, whatever the order in which their choices were written.
    lists
}

/// Consent is the first question, and nothing is asked without it: in other tools that show the form too, which know
/// nothing of bavn's `consent`.
fn consent_first(instrument: &Instrument, place: Place, places: &[Place], notes: &mut Notes<'_>) {
    let Some(consent) = &instrument.consent else { return };
    let first = instrument.survey.iter().find(|row| row.kind.is_asked());
    let Some(row) = first.filter(|row| row.name == consent.question) else {
        let first = first.map_or("nothing", |row| row.name.as_str());
        notes.fault(place, format!("'{}' must be the first question, which is '{first}'", consent.question));
        return;
    };
    let choices = match &row.kind {
        Kind::SelectOne(list) => instrument.choices(list),
        _ => &[],
    };
    if !choices.iter().any(|choice| choice.name == consent.given) {
        notes.fault(place, format!("'{}' is no choice of the question '{}'", consent.given, row.name));
        return;
    }
    for other in choices.iter().map(|choice| choice.name.as_str()).chain([""]).filter(|name| *name != consent.given) {
        let answers = BTreeMap::from([(row.name.clone(), other.to_owned())]);
        let filled = Filled::of(instrument, &answers, "2026-01-01");
        let asked =
            |(index, row): &(usize, &Row)| row.kind.is_asked() && row.name != consent.question && filled.shows(*index);
        if let Some((index, row)) = instrument.survey.iter().enumerate().find(asked) {
            let gate = format!("${{{}}} = '{}'", consent.question, consent.given);
            let message = format!(
                "'{}' is asked without consent: make it, or a group around it, relevant where {gate}",
                row.name
            );
            notes.fault(places.get(index).copied().unwrap_or_default(), message);
            return;
        }
    }
}
