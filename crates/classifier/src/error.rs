//! What can be wrong with the files that this crate is given.

use std::fmt;

/// Something wrong in a file of the catalogue: where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct CatalogueError {
    /// The file's path as the caller named it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The key at fault, empty where the file is no TOML.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: ", self.file, self.line, self.column)?;
        if !self.key.is_empty() {
            write!(f, "`{}`: ", self.key)?;
        }
        write!(f, "{}", self.message)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, " ({})", self.help) }
    }
}

/// The table of municipalities cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GeographyError {
    /// The first line does not name the columns.
    #[error("the table of municipalities must begin with `code,name,region,lat,lon`, not `{0}`")]
    Header(String),
    /// A line does not hold five values, or a coordinate is no number.
    #[error("line {line} of the table of municipalities needs code, name, region, latitude and longitude: {what}")]
    Row {
        /// Line, from 1.
        line: usize,
        /// What is wrong with it.
        what: &'static str,
    },
}
