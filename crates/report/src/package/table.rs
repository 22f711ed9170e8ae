//! A table with the meaning of its columns.

use domain::Bilingual;
use jiff::civil::Date;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing: not known, or withheld.
    Missing,
    /// A code or name.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number.
    Real(f64),
    /// Yes or no.
    Flag(bool),
    /// A day.
    Day(Date),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}
impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}
impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Value::Int(i64::from(number))
    }
}
impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Value::Real(number)
    }
}
impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Value::Flag(flag)
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Missing, Into::into)
    }
}

/// Kind of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// [`Value::Text`].
    Text,
    /// [`Value::Int`].
    Int,
    /// [`Value::Real`].
    Real,
    /// [`Value::Flag`].
    Flag,
    /// [`Value::Day`].
    Day,
}

impl Kind {
    /// As Frictionless names it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Text => "string",
            Kind::Int => "integer",
            Kind::Real => "number",
            Kind::Flag => "boolean",
            Kind::Day => "date",
        }
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Name in the files.
    pub name: String,
    /// Kind.
    pub kind: Kind,
    /// What it means.
    pub meaning: Bilingual,
    /// Unit, or empty.
    pub unit: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// How it is coded, or empty.
    pub coding: String,
    /// What a missing value means; empty where none is missing.
    pub missing: &'static str,
}

impl Column {
    /// A column that is never missing and needs no coding.
    pub fn new(name: &str, kind: Kind, da: &str, en: &str, source: &'static str) -> Self {
        Column {
            name: name.to_owned(),
            kind,
            meaning: Bilingual { da: da.to_owned(), en: en.to_owned() },
            unit: "",
            source,
            coding: String::new(),
            missing: "",
        }
    }

    /// With a unit.
    pub fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// With its codes.
    pub fn coded(mut self, coding: impl Into<String>) -> Self {
        self.coding = coding.into();
        self
    }

    /// With what a missing value means.
    pub fn missing(mut self, missing: &'static str) -> Self {
        self.missing = missing;
        self
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Name, also of its files.
    pub name: String,
    /// Title.
    pub title: Bilingual,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows, each as long as the columns.
    pub rows: Vec<Vec<Value>>,
}

impl Table {
    /// An empty one.
    pub fn new(name: &str, da: &str, en: &str, columns: Vec<Column>) -> Self {
        let title = Bilingual { da: da.to_owned(), en: en.to_owned() };
        Table { name: name.to_owned(), title, columns, rows: Vec::new() }
    }

    /// Path of its CSV file.
    pub fn csv_path(&self) -> String {
        format!("data/{}.csv", self.name)
    }

    /// Path of its Parquet file.
    pub fn parquet_path(&self) -> String {
        format!("parquet/{}.parquet", self.name)
    }
}
