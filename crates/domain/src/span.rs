//! Where in an ad something stands.

use crate::mention::Reading;
use crate::normal::NormalText;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A text of an ad. Printed as in the exports: `title`, `body`, `fields.phone`; `text` for `bavn read`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Field {
    /// The ad's title.
    Title,
    /// The ad's text.
    Body,
    /// The single text that `bavn read` is given.
    Text,
    /// One of the site's own fields (`phone`, `place`, `price`, `name`, `age`, `category`, …).
    Named(String),
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Field::Title => f.write_str("title"),
            Field::Body => f.write_str("body"),
            Field::Text => f.write_str("text"),
            Field::Named(name) => write!(f, "fields.{name}"),
        }
    }
}

/// A half-open byte range `start..end` in the UTF-8 text of `field`; both ends lie on character boundaries.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// The text that the offsets count in.
    pub field: Field,
    /// First byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// A span of `field`.
    pub fn new(field: Field, start: usize, end: usize) -> Self {
        Self { field, start, end }
    }
}

/// One text of an ad with its normal form.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldText {
    /// Which text.
    pub field: Field,
    /// As the site gave it.
    pub original: String,
    /// Folded for matching, with the way back.
    pub normal: NormalText,
}

/// An ad as the rules see it: its texts in a fixed order (title, body, then fields by name) and what was read in them.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadAd {
    /// The texts.
    pub texts: Vec<FieldText>,
    /// The mentions found in them.
    pub reading: Reading,
}
