//! The walk through a form: one question at a time, back and forth, stopped at any moment.

use crate::fill::{Answers, Filled, Wrong};
use crate::model::{Instrument, Kind, Row};

/// A walk that goes on.
#[derive(Debug, Clone)]
pub struct Interview<'a> {
    instrument: &'a Instrument,
    today: String,
    answers: Answers,
    /// Rows before this one are behind.
    at: usize,
    end: Option<End>,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq)]
pub enum Step<'a> {
    /// A question.
    Ask(&'a Row),
    /// A text to read.
    Read(&'a Row),
    /// Nothing: it has ended.
    End(End),
}

/// How an interview ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// No question is left.
    Complete,
    /// Consent was not given: nothing is kept.
    Declined,
    /// Stopped before this question. What was answered is kept or not, as the person wishes.
    Stopped {
        /// The question that was not asked any more.
        before: String,
        /// Whether the answers are kept.
        kept: bool,
    },
}

/// What is left of an interview that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Instrument and version.
    pub instrument: (String, u32),
    /// `sha256:…` of the version.
    pub hash: String,
    /// How it ended.
    pub end: End,
    /// The answers that count.
    pub answers: Answers,
}

/// Why a step cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The answer cannot be taken.
    #[error(transparent)]
    Wrong(#[from] Wrong),
    /// The form waits for an answer.
    #[error("'{0}' needs an answer; one can also stop")]
    Required(String),
    /// There is no question to answer.
    #[error("the interview has ended, or a text is shown: there is nothing to answer")]
    NothingAsked,
}

impl<'a> Interview<'a> {
    /// Begins; `today` is a day, `2026-11-30`.
    pub fn begin(instrument: &'a Instrument, today: &str) -> Interview<'a> {
        Interview { instrument, today: today.to_owned(), answers: Answers::new(), at: 0, end: None }
    }

    /// The form with the answers so far.
    pub fn filled(&self) -> Filled<'a> {
        Filled::of(self.instrument, &self.answers, &self.today)
    }

    fn index(&self) -> Option<usize> {
        let filled = self.filled();
        let there = |(index, row): &(usize, &Row)| {
            *index >= self.at && filled.shows(*index) && (row.kind.is_asked() || row.kind == Kind::Note)
        };
        self.instrument.survey.iter().enumerate().find(there).map(|(index, _)| index)
    }

    /// What comes next. Stays the same until it is answered or passed.
    pub fn step(&self) -> Step<'a> {
        if let Some(end) = &self.end {
            return Step::End(end.clone());
        }
        match self.index().and_then(|index| self.instrument.survey.get(index)) {
            Some(row) if row.kind == Kind::Note => Step::Read(row),
            Some(row) => Step::Ask(row),
            None => Step::End(End::Complete),
        }
    }

    /// Answers the question that is asked. Any answer to the question of consent but the one that gives it ends the
    /// interview and leaves nothing.
    pub fn answer(&mut self, answer: &str) -> Result<(), Refused> {
        let (Step::Ask(row), Some(index)) = (self.step(), self.index()) else { return Err(Refused::NothingAsked) };
        let answer = answer.trim();
        if answer.is_empty() {
            return self.pass();
        }
        self.filled().check(row, answer)?;
        if self.instrument.consent.as_ref().is_some_and(|c| c.question == row.name && c.given != answer) {
            self.answers.clear();
            self.end = Some(End::Declined);
            return Ok(());
        }
        self.answers.insert(row.name.clone(), answer.to_owned());
        self.at = index + 1;
        Ok(())
    }

    /// Goes on without an answer, or past a text.
    pub fn pass(&mut self) -> Result<(), Refused> {
        let Some(index) = self.index().filter(|_| self.end.is_none()) else { return Err(Refused::NothingAsked) };
        if let Step::Ask(row) = self.step() {
            let consent = self.instrument.consent.as_ref().is_some_and(|consent| consent.question == row.name);
            if row.required || consent {
                return Err(Refused::Required(row.name.clone()));
            }
            self.answers.remove(&row.name);
        }
        self.at = index + 1;
        Ok(())
    }

    /// Goes back to the question or text before; nothing happens at the first.
    pub fn back(&mut self) {
        if self.end.is_some() {
            return;
        }
        let filled = self.filled();
        let now = self.index().unwrap_or(self.instrument.survey.len());
        let shown =
            |(index, row): &(usize, &Row)| filled.shows(*index) && (row.kind.is_asked() || row.kind == Kind::Note);
        if let Some((index, _)) = self.instrument.survey.iter().enumerate().take(now).rfind(shown) {
            self.at = index;
        }
    }

    /// Stops now, at whatever question; `keep` says whether the person lets the answers so far be kept.
    pub fn stop(&mut self, keep: bool) {
        if self.end.is_some() {
            return;
        }
        let before = match self.step() {
            Step::Ask(row) | Step::Read(row) => row.name.clone(),
            Step::End(_) => return,
        };
        // Before consent was given there is nothing that could be kept.
        let agreed = self
            .instrument
            .consent
            .as_ref()
            .is_none_or(|c| self.answers.get(&c.question).is_some_and(|answer| *answer == c.given));
        let kept = keep && agreed;
        if !kept {
            self.answers.clear();
        }
        self.end = Some(End::Stopped { before, kept });
    }

    /// What is left, once it has ended. Answers to questions that later answers hid are gone.
    pub fn record(&self) -> Option<Record> {
        let Step::End(end) = self.step() else { return None };
        let answers = match end {
            End::Declined | End::Stopped { kept: false, .. } => Answers::new(),
            End::Complete | End::Stopped { .. } => self.filled().answers(),
        };
        let instrument = (self.instrument.id.clone(), self.instrument.version);
        Some(Record { instrument, hash: self.instrument.hash(), end, answers })
    }
}
