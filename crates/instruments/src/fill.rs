//! What a set of answers shows and hides, and which values it gives. One pass from top to bottom: expressions look back.

use crate::check::kinds;
use crate::expr::{Scope, number};
use crate::model::{Choice, Instrument, Kind, Row};
use std::collections::BTreeMap;

/// Answers by question. Several choices stand with a blank between; no answer is no entry, or an empty one.
pub type Answers = BTreeMap<String, String>;

/// A form with answers.
#[derive(Debug, Clone)]
pub struct Filled<'a> {
    instrument: &'a Instrument,
    today: String,
    shown: Vec<bool>,
    values: BTreeMap<String, String>,
    wrong: BTreeMap<String, Wrong>,
}

/// Why an answer cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Not of the question's type.
    #[error("'{question}' takes {expected}")]
    Type {
        /// The question.
        question: String,
        /// What it takes.
        expected: String,
    },
    /// The form's own constraint does not hold.
    #[error("this answer to '{question}' is not possible: {constraint}")]
    Constraint {
        /// The question.
        question: String,
        /// The constraint as written.
        constraint: String,
    },
}

impl<'a> Filled<'a> {
    /// Works out the form for `answers`; `today` is a day, `2026-11-30`.
    ///
    /// An answer to a question that is not shown, and one that cannot be taken, count as none.
    pub fn of(instrument: &'a Instrument, answers: &Answers, today: &str) -> Filled<'a> {
        let mut filled = Filled {
            instrument,
            today: today.to_owned(),
            shown: Vec::with_capacity(instrument.survey.len()),
            values: BTreeMap::new(),
            wrong: BTreeMap::new(),
        };
        let mut open: Vec<bool> = Vec::new();
        for row in &instrument.survey {
            if row.kind == Kind::EndGroup {
                open.pop();
            }
            let around = open.last().copied().unwrap_or(true);
            let shown = around && row.relevant.as_ref().is_none_or(|formula| formula.holds(&filled.scope("")));
            filled.shown.push(shown);
            if row.kind == Kind::BeginGroup {
                open.push(shown);
            }
            if shown {
                filled.take(row, answers.get(&row.name).map_or("", |answer| answer.trim()));
            }
        }
        filled
    }

    fn take(&mut self, row: &Row, answer: &str) {
        let value = match &row.kind {
            Kind::Calculate => row.calculation.as_ref().map(|formula| formula.value(&self.scope("")).text()),
            Kind::NotAsked(what) if what == "today" => Some(self.today.clone()),
            kind if kind.is_asked() && !answer.is_empty() => match self.check(row, answer) {
                Ok(()) => Some(answer.to_owned()),
                Err(wrong) => {
                    self.wrong.insert(row.name.clone(), wrong);
                    None
                }
            },
            _ => None,
        };
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.values.insert(row.name.clone(), value);
        }
    }

    fn scope<'b>(&'b self, own: &'b str) -> Scope<'b> {
        Scope { values: &self.values, own, columns: None, today: &self.today }
    }

    /// Whether the row with this index is shown.
    pub fn shows(&self, index: usize) -> bool {
        self.shown.get(index).copied().unwrap_or(false)
    }

    /// Whether the question of this name is shown.
    pub fn shows_question(&self, name: &str) -> bool {
        self.instrument.survey.iter().position(|row| row.name == name).is_some_and(|index| self.shows(index))
    }

    /// The answer that counts, or the calculated value; empty where there is none.
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// The answers that count: to questions that are shown, and possible.
    pub fn answers(&self) -> Answers {
        let asked = |row: &&Row| row.kind.is_asked() && self.values.contains_key(&row.name);
        self.instrument
            .survey
            .iter()
            .filter(asked)
            .map(|row| (row.name.clone(), self.value(&row.name).to_owned()))
            .collect()
    }

    /// Answers that could not be taken, by question.
    pub fn wrong(&self) -> &BTreeMap<String, Wrong> {
        &self.wrong
    }

    /// The choices that a question shows now.
    pub fn choices(&self, row: &Row) -> Vec<&'a Choice> {
        let Some(list) = row.kind.list() else { return Vec::new() };
        let kept = |choice: &&Choice| {
            row.choice_filter.as_ref().is_none_or(|formula| {
                let mut columns = choice.extra.clone();
                columns.insert("name".to_owned(), choice.name.clone());
                let scope = Scope { values: &self.values, own: "", columns: Some(&columns), today: &self.today };
                formula.holds(&scope)
            })
        };
        self.instrument.choices(list).iter().filter(kept).collect()
    }

    /// Whether `when` of a question's sign holds for its answer.
    pub(crate) fn means(&self, row: &Row, when: &crate::Formula) -> bool {
        let value = self.value(&row.name);
        !value.is_empty() && when.holds(&self.scope(value))
    }

    /// Whether `answer` can be taken for `row` now.
    pub fn check(&self, row: &Row, answer: &str) -> Result<(), Wrong> {
        let whole = |text: &str| {
            let digits = text.strip_prefix('-').unwrap_or(text);
            (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        let choices = self.choices(row);
        let is_choice = |name: &str| choices.iter().any(|choice| choice.name == name);
        let fits = match &row.kind {
            Kind::Text => true,
            Kind::Integer => whole(answer),
            Kind::Decimal => number(answer).is_finite(),
            Kind::Range => {
                let (start, end, step) =
                    kinds::range(row.extra.get("parameters").map_or("", String::as_str)).unwrap_or((0.0, 10.0, 1.0));
                let steps = (number(answer) - start) / step;
                (start..=end).contains(&number(answer)) && (steps - steps.round()).abs() < 1e-9
            }
            Kind::Date => kinds::is_date(answer),
            Kind::Time => kinds::is_time(answer),
            Kind::DateTime => {
                answer.split_once(['T', ' ']).is_some_and(|(day, time)| kinds::is_date(day) && kinds::is_time(time))
            }
            Kind::Acknowledge => answer == "OK",
            Kind::SelectOne(_) => is_choice(answer),
            Kind::SelectMultiple(_) => {
                let chosen: Vec<&str> = answer.split_whitespace().collect();
                let twice = |(index, name): (usize, &&str)| chosen.iter().take(index).any(|other| other == name);
                chosen.iter().all(|name| is_choice(name)) && !chosen.iter().enumerate().any(twice)
            }
            _ => false,
        };
        if !fits {
            return Err(Wrong::Type { question: row.name.clone(), expected: self.expected(row) });
        }
        match &row.constraint {
            Some(formula) if !self.allows(formula, row, answer) => {
                Err(Wrong::Constraint { question: row.name.clone(), constraint: formula.text.clone() })
            }
            _ => Ok(()),
        }
    }

    /// Whether a constraint holds; it may name its own question by `.` or by name.
    fn allows(&self, formula: &crate::Formula, row: &Row, answer: &str) -> bool {
        if !formula.names().contains(row.name.as_str()) {
            return formula.holds(&self.scope(answer));
        }
        let mut values = self.values.clone();
        values.insert(row.name.clone(), answer.to_owned());
        formula.holds(&Scope { values: &values, own: answer, columns: None, today: &self.today })
    }

    fn expected(&self, row: &Row) -> String {
        let names = || self.choices(row).iter().map(|choice| choice.name.clone()).collect::<Vec<_>>().join(", ");
        match &row.kind {
            Kind::Integer => "a whole number".to_owned(),
            Kind::Decimal => "a number".to_owned(),
            Kind::Range => {
                format!("a number of its range ({})", row.extra.get("parameters").map_or("0 to 10", String::as_str))
            }
            Kind::Date => "a day such as 2026-11-30".to_owned(),
            Kind::Time => "a time such as 21:30".to_owned(),
            Kind::DateTime => "a day and time such as 2026-11-30T21:30".to_owned(),
            Kind::Acknowledge => "OK or nothing".to_owned(),
            Kind::SelectOne(_) => format!("one of {}", names()),
            Kind::SelectMultiple(_) => format!("some of {}, each once, with a blank between", names()),
            _ => "no answer".to_owned(),
        }
    }
}
