//! What is wrong with a `site.toml`, told so that one can mend it.

use std::cell::RefCell;
use std::ops::Range;

/// A `site.toml` that cannot be used: which line and key, what is wrong and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {key}: {message}; {help}")]
pub struct AdapterError {
    /// The file as it was named to [`super::Adapter::parse`].
    pub file: String,
    /// Line, 1 for the first.
    pub line: usize,
    /// Column in characters, 1 for the first.
    pub column: usize,
    /// The key, for example `detail.fields.price`; empty where the file as a whole cannot be read.
    pub key: Box<str>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Box<str>,
    /// The line itself, for the caret.
    pub source_line: Box<str>,
}

impl AdapterError {
    /// The line with a caret under the mistake.
    pub fn caret(&self) -> String {
        format!("    {}\n    {}^", self.source_line, " ".repeat(self.column.saturating_sub(1)))
    }
}

/// The file being read, for messages.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub file: &'a str,
    pub text: &'a str,
    /// Every selector as it is compiled, with its key: what `bavn site dry-run` counts.
    pub selectors: &'a RefCell<Vec<(String, String)>>,
}

impl Source<'_> {
    /// An error at a byte range of the file.
    pub fn error(&self, span: &Range<usize>, key: &str, message: impl Into<String>, help: &str) -> AdapterError {
        let before = self.text.get(..span.start.min(self.text.len())).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        AdapterError {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).map_or(0, |line| line.chars().count()) + 1,
            key: key.into(),
            message: message.into(),
            help: help.into(),
            source_line: self.text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or_default().into(),
        }
    }

    /// TOML itself could not be read.
    pub fn syntax(&self, error: &toml::de::Error) -> AdapterError {
        let span = error.span().unwrap_or(0..0);
        self.error(&span, "", error.message(), "see config/sites/README.md for a full example")
    }
}
