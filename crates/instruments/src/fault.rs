//! What is wrong with a form, and where.

use std::fmt;

/// Where something stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// The file as a whole.
    #[default]
    File,
    /// A line and a column of characters of a text file, from 1.
    Line(usize, usize),
    /// A cell of a workbook: sheet, row and column from 1.
    Cell(&'static str, usize, usize),
}

/// Something wrong in a form: where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Fault {
    /// The file as the caller named it.
    pub file: String,
    /// Where in it.
    pub place: Place,
    /// What is wrong, and what to do.
    pub message: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File => Ok(()),
            Place::Line(line, column) => write!(f, ":{line}:{column}"),
            Place::Cell(sheet, row, column) => write!(f, ", sheet {sheet}, cell {}{row}", letters(*column)),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}: {}", self.file, self.place, self.message)
    }
}

/// The name of a spreadsheet's column: 1 is A, 27 is AA.
pub(crate) fn letters(mut column: usize) -> String {
    let mut name = Vec::new();
    while column > 0 {
        column -= 1;
        name.push(b'A' + u8::try_from(column % 26).unwrap_or_default());
        column /= 26;
    }
    name.iter().rev().map(|byte| char::from(*byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_spreadsheets_name_them() {
        let name = |column| Place::Cell("survey", 7, column).to_string();
        assert_eq!((name(1).as_str(), name(27).as_str()), (", sheet survey, cell A7", ", sheet survey, cell AA7"));
        assert!(name(702).ends_with("ZZ7") && name(703).ends_with("AAA7"));
    }
}
