//! Strict reading of TOML tables: every key is asked for by name, and one that nobody asked for is an error.

use super::error::{AdapterError, Source};
use std::cell::RefCell;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value with its path (`detail.fields.price`) and place in the file.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub source: Source<'a>,
    pub path: String,
    pub span: Range<usize>,
    pub value: &'a DeValue<'a>,
}

/// A text with its place, so that what is wrong *in* it can be pointed at.
#[derive(Clone)]
pub(super) struct Word<'a> {
    pub node: Node<'a>,
    pub text: &'a str,
}

/// A table whose keys are taken one after the other.
pub(super) struct Keys<'a> {
    source: Source<'a>,
    path: String,
    span: Range<usize>,
    entries: Vec<(&'a Spanned<std::borrow::Cow<'a, str>>, &'a Spanned<DeValue<'a>>)>,
    asked: RefCell<Vec<String>>,
}

impl<'a> Node<'a> {
    /// An error about this value.
    pub fn error(&self, message: impl Into<String>, help: &str) -> AdapterError {
        self.source.error(&self.span, &self.path, message, help)
    }

    fn wrong_type(&self, wanted: &str) -> AdapterError {
        self.error(format!("is {} here", self.value.type_str()), &format!("give {wanted}"))
    }

    pub fn word(&self) -> Result<Word<'a>, AdapterError> {
        match self.value {
            DeValue::String(text) => Ok(Word { node: self.clone(), text }),
            _ => Err(self.wrong_type("a text in quotes")),
        }
    }

    pub fn keys(&self) -> Result<Keys<'a>, AdapterError> {
        match self.value {
            DeValue::Table(table) => Ok(Keys::new(self.source, self.path.clone(), self.span.clone(), table)),
            _ => Err(self.wrong_type("a table")),
        }
    }

    /// The elements of a list, or the value itself where it is no list.
    pub fn list(&self) -> Vec<Node<'a>> {
        match self.value {
            DeValue::Array(items) => items.iter().map(|item| self.child(item)).collect(),
            _ => vec![self.clone()],
        }
    }

    pub fn words(&self) -> Result<Vec<Word<'a>>, AdapterError> {
        self.list().iter().map(Node::word).collect()
    }

    fn child(&self, item: &'a Spanned<DeValue<'a>>) -> Node<'a> {
        Node { source: self.source, path: self.path.clone(), span: item.span(), value: item.get_ref() }
    }

    pub fn flag(&self) -> Result<bool, AdapterError> {
        self.value.as_bool().ok_or_else(|| self.wrong_type("true or false"))
    }

    /// A whole number in `range`.
    pub fn whole(&self, range: std::ops::RangeInclusive<u32>) -> Result<u32, AdapterError> {
        let number = match self.value {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => return Err(self.wrong_type("a whole number")),
        };
        number.and_then(|number| u32::try_from(number).ok()).filter(|number| range.contains(number)).ok_or_else(|| {
            self.error("is out of range", &format!("give a whole number from {} to {}", range.start(), range.end()))
        })
    }

    /// A number from `least` to `most`, with or without decimals.
    pub fn number(&self, least: f64, most: f64) -> Result<f64, AdapterError> {
        let number: Option<f64> = match self.value {
            DeValue::Integer(number) => number.as_str().parse().ok(),
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => return Err(self.wrong_type("a number")),
        };
        number
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| self.error("is out of range", &format!("give a number from {least} to {most}")))
    }
}

impl<'a> Keys<'a> {
    pub fn new(source: Source<'a>, path: String, span: Range<usize>, table: &'a DeTable<'a>) -> Self {
        Keys { source, path, span, entries: table.iter().collect(), asked: RefCell::default() }
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    pub fn get(&self, key: &str) -> Option<Node<'a>> {
        self.asked.borrow_mut().push(key.to_owned());
        let (_, value) = self.entries.iter().find(|(name, _)| name.get_ref() == key)?;
        Some(Node { source: self.source, path: self.path_of(key), span: value.span(), value: value.get_ref() })
    }

    pub fn need(&self, key: &str, help: &str) -> Result<Node<'a>, AdapterError> {
        if let Some(node) = self.get(key) {
            return Ok(node);
        }
        // A slip of the pen is likelier than a key left out.
        if let Some((name, _)) = self.entries.iter().find(|(name, _)| nearly_same(key, name.get_ref())) {
            let help = format!("did you mean `{key}`?");
            return Err(self.source.error(&name.span(), &self.path_of(name.get_ref()), "there is no such key", &help));
        }
        Err(self.source.error(&self.span, &self.path_of(key), "this key is missing", help))
    }

    /// Every entry, for tables whose keys are free (`detail.fields`, `lookup`).
    pub fn all(&self) -> Vec<(&'a str, Node<'a>)> {
        let mut entries = self.entries.clone();
        entries.sort_by_key(|(name, _)| name.span().start);
        entries
            .into_iter()
            .filter_map(|(name, _)| self.get(name.get_ref()).map(|node| (name.get_ref().as_ref(), node)))
            .collect()
    }

    /// An error about the table as a whole.
    pub fn error(&self, message: impl Into<String>, help: &str) -> AdapterError {
        self.source.error(&self.span, &self.path, message, help)
    }

    /// Fails on a key that is neither asked for yet nor one of `others`.
    pub fn finish_among(&self, others: &[&str]) -> Result<(), AdapterError> {
        self.asked.borrow_mut().extend(others.iter().map(|key| (*key).to_owned()));
        self.finish()
    }

    /// Fails on the first key that nobody asked for.
    pub fn finish(&self) -> Result<(), AdapterError> {
        let asked = self.asked.borrow();
        let unknown = self.entries.iter().filter(|(name, _)| !asked.iter().any(|key| key == name.get_ref()));
        let Some((name, _)) = unknown.min_by_key(|(name, _)| name.span().start) else { return Ok(()) };
        let key = name.get_ref();
        let near = asked.iter().filter(|known| nearly_same(known, key)).min();
        let mut known: Vec<&str> = asked.iter().map(String::as_str).collect();
        known.sort_unstable();
        known.dedup();
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the keys here are {}", known.join(", ")),
        };
        Err(self.source.error(&name.span(), &self.path_of(key), "there is no such key", &help))
    }
}

/// One letter more, less or other, or two swapped.
fn nearly_same(known: &str, written: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (known.chars().collect(), written.chars().collect());
    let ahead = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let behind = a[ahead..].iter().rev().zip(b[ahead..].iter().rev()).take_while(|(x, y)| x == y).count();
    let (left, right) = (a.len() - ahead - behind, b.len() - ahead - behind);
    left.max(right) <= 1 || (left == 2 && right == 2 && a[ahead] == b[ahead + 1] && a[ahead + 1] == b[ahead])
}
