//! Whether each question can be reached: by many walks, and where none came there, by trying the answers that decide it.

use crate::Formula;
use crate::expr::Value;
use crate::fill::{Answers, Filled};
use crate::model::{Instrument, Kind, Row};
use std::collections::{BTreeMap, BTreeSet};

/// A row that no path was found to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreached {
    /// Its name.
    pub name: String,
    /// Whether every combination of answers was tried that its conditions tell apart. `false`: there were too many.
    pub proved: bool,
}

/// Walks before the search begins.
const WALKS: u64 = 200;
/// Most combinations that are tried for one row.
const TRIES: usize = 20_000;

impl Instrument {
    /// The questions and texts that no answers lead to, without those of which the form says so (`unreachable`).
    pub fn unreached(&self, today: &str) -> Vec<Unreached> {
        let samples: BTreeMap<&str, Vec<String>> = self
            .survey
            .iter()
            .filter(|row| row.kind.is_asked())
            .map(|row| (row.name.as_str(), self.samples(row, today)))
            .collect();
        let mut reached = vec![false; self.survey.len()];
        let note = |filled: &Filled<'_>, reached: &mut Vec<bool>| {
            for (index, reached) in reached.iter_mut().enumerate() {
                *reached |= filled.shows(index);
            }
        };
        for walk in 0..WALKS {
            let mut seed = walk.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
            let mut pick = |count: usize| {
                // xorshift: any spread will do, and no clock or machine decides it.
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                (seed % count.max(1) as u64) as usize
            };
            let answers: Answers = samples
                .iter()
                .filter_map(|(name, samples)| samples.get(pick(samples.len())).map(|s| ((*name).to_owned(), s.clone())))
                .collect();
            note(&Filled::of(self, &answers, today), &mut reached);
        }
        let ancestors = self.ancestors();
        let mut unreached = Vec::new();
        for (index, row) in self.survey.iter().enumerate() {
            let matters = row.kind.is_asked() || row.kind == Kind::Note;
            let said = !row.unreachable.is_empty()
                || ancestors
                    .get(index)
                    .into_iter()
                    .flatten()
                    .any(|group| self.survey.get(*group).is_some_and(|group| !group.unreachable.is_empty()));
            if !matters || said || reached.get(index).copied().unwrap_or(true) {
                continue;
            }
            match self.search(index, &ancestors, &samples, today) {
                Search::Found(answers) => note(&Filled::of(self, &answers, today), &mut reached),
                Search::Nothing => unreached.push(Unreached { name: row.name.clone(), proved: true }),
                Search::TooMany => unreached.push(Unreached { name: row.name.clone(), proved: false }),
            }
        }
        unreached
    }

    /// Tries every combination of sample answers to the questions that decide whether the row at `index` is shown.
    fn search(
        &self,
        index: usize,
        ancestors: &[Vec<usize>],
        samples: &BTreeMap<&str, Vec<String>>,
        today: &str,
    ) -> Search {
        let deciding: Vec<(&str, &Vec<String>)> = self
            .cone(index, ancestors)
            .into_iter()
            .filter_map(|name| samples.get(name).map(|samples| (name, samples)))
            .collect();
        let count = deciding.iter().try_fold(1usize, |count, (_, samples)| count.checked_mul(samples.len().max(1)));
        for number in 0..count.unwrap_or(usize::MAX).min(TRIES) {
            let mut rest = number;
            let mut answers = Answers::new();
            for (name, samples) in &deciding {
                let count = samples.len().max(1);
                if let Some(sample) = samples.get(rest % count) {
                    answers.insert((*name).to_owned(), sample.clone());
                }
                rest /= count;
            }
            if Filled::of(self, &answers, today).shows(index) {
                return Search::Found(answers);
            }
        }
        if count.is_some_and(|count| count <= TRIES) { Search::Nothing } else { Search::TooMany }
    }

    /// The questions on which it depends, directly or through others, whether the row at `index` is shown.
    fn cone(&self, index: usize, ancestors: &[Vec<usize>]) -> BTreeSet<&str> {
        let mut cone: BTreeSet<&str> = BTreeSet::new();
        let mut rows = vec![index];
        let mut seen = BTreeSet::new();
        while let Some(at) = rows.pop() {
            if !seen.insert(at) {
                continue;
            }
            let Some(row) = self.survey.get(at) else { continue };
            rows.extend(ancestors.get(at).into_iter().flatten());
            // The row itself need only be shown; what it depends on must also be answered.
            let mut formulas = vec![&row.relevant];
            if at != index {
                formulas.extend([&row.constraint, &row.calculation, &row.choice_filter]);
            }
            for name in formulas.into_iter().flatten().flat_map(Formula::names) {
                if let Some((other, found)) = self.survey.iter().enumerate().find(|(_, row)| row.name == name) {
                    cone.insert(&found.name);
                    rows.push(other);
                }
            }
        }
        cone
    }

    /// Answers that the form's expressions can tell apart: each choice, and values at and around what they compare with.
    fn samples(&self, row: &Row, today: &str) -> Vec<String> {
        let mut samples: Vec<String> = Vec::new();
        match &row.kind {
            Kind::SelectOne(list) => samples.extend(self.choices(list).iter().map(|choice| choice.name.clone())),
            Kind::SelectMultiple(list) => {
                let names: Vec<&str> = self.choices(list).iter().map(|choice| choice.name.as_str()).collect();
                samples.extend(names.iter().map(|name| (*name).to_owned()));
                samples.extend((2..=names.len()).filter_map(|count| Some(names.get(..count)?.join(" "))));
                for (index, a) in names.iter().enumerate() {
                    samples.extend(names.iter().skip(index + 2).map(|b| format!("{a} {b}")));
                }
            }
            Kind::Acknowledge => samples.push("OK".to_owned()),
            _ => {
                let formulas = self.survey.iter().flat_map(|other| {
                    let own = other.name == row.name;
                    [&other.relevant, &other.constraint, &other.calculation, &other.choice_filter]
                        .into_iter()
                        .flatten()
                        .filter(move |formula| own || formula.names().contains(row.name.as_str()))
                });
                let mut numbers = vec![0.0, 1.0];
                let mut texts = vec!["x".to_owned(), today.to_owned()];
                for literal in formulas.flat_map(Formula::literals) {
                    match literal {
                        Value::Number(number) => numbers.extend([number - 1.0, number, number + 1.0]),
                        other => texts.push(other.text()),
                    }
                }
                samples.extend(numbers.into_iter().map(|number| Value::Number(number).text()));
                samples.extend(texts);
                if row.kind == Kind::Time {
                    samples.push("12:00".to_owned());
                }
                if row.kind == Kind::DateTime {
                    samples.push(format!("{today}T12:00"));
                }
                if row.kind == Kind::Range {
                    let parameters = row.extra.get("parameters").map_or("", String::as_str);
                    if let Ok((start, end, step)) = crate::check::kinds::range(parameters) {
                        samples.extend([start, start + step, end].map(|number| Value::Number(number).text()));
                    }
                }
            }
        }
        samples.push(String::new());
        let mut seen = BTreeSet::new();
        samples.retain(|sample| seen.insert(sample.clone()));
        samples
    }
}

enum Search {
    Found(Answers),
    Nothing,
    TooMany,
}
