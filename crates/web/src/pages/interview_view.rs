//! A form as the page shows it: what is asked now, what was answered, and what it comes to.

use super::Choice;
use crate::Language;
use crate::page::Page;
use instruments::{Answers, Filled, Instrument, Kind, Row, Wrong, judge};
use std::collections::{BTreeMap, BTreeSet};

/// How a question is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// A heading.
    Heading,
    /// A text to read.
    Note,
    /// One of several.
    One,
    /// Any of several.
    Many,
    /// A line of text.
    Line,
    /// A number.
    Number,
    /// A field of the browser's own kind: `date`, `time`, `datetime-local`.
    Field(&'static str),
    /// A mark.
    Mark,
}

/// A row of the form as it is shown.
pub struct RowView {
    /// How it is answered.
    pub input: Input,
    /// Name of the question.
    pub name: String,
    /// Unique on the page.
    pub id: String,
    /// What is asked.
    pub label: String,
    /// Help beside it.
    pub hint: String,
    /// For the interviewer alone.
    pub note: String,
    /// The answer, as typed.
    pub value: String,
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// What is wrong with the answer.
    pub error: Option<String>,
    /// What somebody else saved meanwhile, where it differs.
    pub theirs: Option<String>,
    /// It was not asked before the last answers.
    pub fresh: bool,
}

impl RowView {
    /// Whether it is a heading.
    pub fn is_heading(&self) -> bool {
        self.input == Input::Heading
    }
    /// Whether it is a text to read.
    pub fn is_note(&self) -> bool {
        self.input == Input::Note
    }
    /// Whether one of several is chosen.
    pub fn is_one(&self) -> bool {
        self.input == Input::One
    }
    /// Whether several can be chosen.
    pub fn is_many(&self) -> bool {
        self.input == Input::Many
    }
    /// Whether it is a mark.
    pub fn is_mark(&self) -> bool {
        self.input == Input::Mark
    }
    /// The kind of its field.
    pub fn kind(&self) -> &'static str {
        match self.input {
            Input::Field(kind) => kind,
            _ => "text",
        }
    }
    /// The keyboard that a phone shows for it.
    pub fn keyboard(&self) -> &'static str {
        if self.input == Input::Number { "decimal" } else { "text" }
    }
}

/// What stands beside the answers.
#[derive(Default)]
pub struct Beside<'a> {
    /// Answers that somebody else saved meanwhile.
    pub theirs: Option<&'a Answers>,
    /// Questions that the page showed before; `None` where that does not matter.
    pub seen: Option<&'a BTreeSet<String>>,
    /// Whether what is missing is said.
    pub strict: bool,
}

/// The rows that are shown for `answers`, as typed. The question of consent was answered before.
pub fn rows(
    form: &Instrument,
    answers: &Answers,
    today: &str,
    language: &str,
    t: Language,
    beside: &Beside<'_>,
) -> Vec<RowView> {
    let filled = Filled::of(form, answers, today);
    let text = |text: &instruments::Text| text.get(language, &form.default_language).to_owned();
    let consent = form.consent.as_ref().map(|consent| consent.question.as_str());
    let mut views = Vec::new();
    for (index, row) in form.survey.iter().enumerate().filter(|(index, _)| filled.shows(*index)) {
        if consent == Some(row.name.as_str()) {
            continue;
        }
        let Some(input) = input(row) else { continue };
        let (label, value) = (text(&row.label), answers.get(&row.name).cloned().unwrap_or_default());
        if input == Input::Heading && label.is_empty() {
            continue;
        }
        let missing = beside.strict && row.required && row.kind.is_asked() && value.is_empty();
        let error = match filled.wrong().get(&row.name) {
            Some(Wrong::Constraint { .. }) if !row.constraint_message.is_empty() => Some(text(&row.constraint_message)),
            Some(_) => Some(t.t("form-wrong")),
            None if missing && !row.required_message.is_empty() => Some(text(&row.required_message)),
            None if missing => Some(t.t("form-missing")),
            None => None,
        };
        let chosen: BTreeSet<&str> = match input {
            Input::Many => value.split_whitespace().collect(),
            _ => BTreeSet::from([value.as_str()]),
        };
        let choices = filled.choices(row).into_iter().map(|choice| Choice {
            value: choice.name.clone(),
            words: text(&choice.label),
            chosen: chosen.contains(choice.name.as_str()),
        });
        let theirs = beside.theirs.map(|theirs| theirs.get(&row.name).cloned().unwrap_or_default());
        let theirs = theirs.filter(|theirs| row.kind.is_asked() && *theirs != value);
        views.push(RowView {
            input,
            id: format!("q{index}"),
            name: row.name.clone(),
            label,
            hint: text(&row.hint),
            // The interviewer's own language, whatever the person's is.
            note: row.note.get(t.code(), &form.default_language).to_owned(),
            choices: choices.collect(),
            error,
            theirs: theirs.map(|theirs| {
                let words = answer_words(form, row, &theirs, language);
                t.v("form-theirs", "answer", if words.is_empty() { t.t("form-no-answer") } else { words })
            }),
            fresh: row.kind.is_asked() && beside.seen.is_some_and(|seen| !seen.contains(&row.name)),
            value,
        });
    }
    views
}

fn input(row: &Row) -> Option<Input> {
    Some(match &row.kind {
        Kind::BeginGroup => Input::Heading,
        Kind::Note => Input::Note,
        Kind::SelectOne(_) => Input::One,
        Kind::SelectMultiple(_) => Input::Many,
        Kind::Text => Input::Line,
        Kind::Integer | Kind::Decimal | Kind::Range => Input::Number,
        Kind::Date => Input::Field("date"),
        Kind::Time => Input::Field("time"),
        Kind::DateTime => Input::Field("datetime-local"),
        Kind::Acknowledge => Input::Mark,
        Kind::EndGroup | Kind::Calculate | Kind::NotAsked(_) => return None,
    })
}

/// An answer as people read it.
pub fn answer_words(form: &Instrument, row: &Row, answer: &str, language: &str) -> String {
    let Some(list) = row.kind.list() else { return answer.to_owned() };
    let labels: BTreeMap<&str, &str> = form
        .choices(list)
        .iter()
        .map(|choice| (choice.name.as_str(), choice.label.get(language, &form.default_language)))
        .collect();
    let words = answer.split_whitespace().map(|name| labels.get(name).copied().unwrap_or(name));
    words.collect::<Vec<_>>().join(", ")
}

/// A band in words.
pub fn band_words(t: Language, band: domain::Band) -> String {
    t.t(&format!("band-{}", band_code(band)))
}

fn band_code(band: domain::Band) -> &'static str {
    match band {
        domain::Band::High => "high",
        domain::Band::Medium => "medium",
        domain::Band::Low => "low",
        domain::Band::None => "none",
    }
}

/// An answer that is a sign.
pub struct EffectView {
    /// The question.
    pub question: String,
    /// Its answer.
    pub answer: String,
    /// Each sign with what it may mean instead.
    pub signs: Vec<(String, String)>,
    /// What would be without it.
    pub without: String,
}

/// What a form comes to.
pub struct OutcomeView {
    /// For the class of the badge.
    pub code: &'static str,
    /// The band in words.
    pub band: String,
    /// What led there.
    pub because: String,
    /// Answer by answer.
    pub effects: Vec<EffectView>,
    /// Questions that were asked and not answered.
    pub unanswered: Vec<String>,
    /// Whether an answer opens the urgent route.
    pub urgent: bool,
    /// Every answer that counts: question and answer.
    pub answers: Vec<(String, String)>,
}

/// What the answers come to, explained answer by answer.
pub fn outcome(form: &Instrument, answers: &Answers, today: &str, page: &Page) -> OutcomeView {
    let (t, language) = (page.t, page.t.code());
    let judged = judge(form, answers, today);
    let text = |text: &instruments::Text| text.get(language, &form.default_language).to_owned();
    let label = |name: &str| form.row(name).map_or_else(|| name.to_owned(), |row| text(&row.label));
    let words = |name: &str, answer: &str| {
        form.row(name).map_or_else(|| answer.to_owned(), |row| answer_words(form, row, answer, language))
    };
    let effects = judged.answers.iter().map(|effect| EffectView {
        question: label(&effect.question),
        answer: words(&effect.question, &effect.answer),
        signs: effect
            .signs
            .iter()
            .filter_map(|id| form.sign(id))
            .map(|sign| (text(&sign.title), text(&sign.other_reading)))
            .collect(),
        without: if effect.without.0 == judged.band {
            t.t("form-without-same")
        } else {
            t.v("form-without", "band", band_words(t, effect.without.0))
        },
    });
    let filled = Filled::of(form, answers, today).answers();
    let given = form.survey.iter().filter_map(|row| {
        let answer = filled.get(&row.name)?;
        Some((text(&row.label), answer_words(form, row, answer, language)))
    });
    OutcomeView {
        code: band_code(judged.band),
        band: band_words(t, judged.band),
        because: judged.because.as_ref().map(text).unwrap_or_default(),
        effects: effects.collect(),
        unanswered: judged.unanswered.iter().map(|name| label(name)).collect(),
        urgent: judged.urgent,
        answers: given.collect(),
    }
}
