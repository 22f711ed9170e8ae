//! Where in a file a fault lies.

use crate::error::CatalogueError;

/// A file being checked.
pub struct File<'a> {
    pub path: &'a str,
    pub text: &'a str,
}

impl File<'_> {
    /// A fault at `key`: the line that sets it, or the first line.
    pub fn at_key(&self, key: &str, message: impl Into<String>, help: impl Into<String>) -> CatalogueError {
        let top = key.split(['.', '[']).next().unwrap_or(key);
        let found = self.text.lines().enumerate().find_map(|(index, line)| {
            let start = line.len() - line.trim_start().len();
            let rest = line.trim_start();
            let table = rest.strip_prefix('[').map(str::trim_start);
            let name = table.unwrap_or(rest).strip_prefix(top)?;
            let ends = if table.is_some() { name.starts_with([']', '.']) } else { name.trim_start().starts_with('=') };
            ends.then_some((index + 1, start + 1))
        });
        let (line, column) = found.unwrap_or((1, 1));
        self.error(line, column, key, message.into(), help.into())
    }

    /// What the TOML reader says.
    pub fn of_toml(&self, error: &toml::de::Error) -> CatalogueError {
        let before = self.text.get(..error.span().map_or(0, |span| span.start)).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        let message = error.message().trim().to_owned();
        let key = message.split('`').nth(1).unwrap_or_default().to_owned();
        let help = if message.starts_with("missing field") {
            "add the key; config/indicators/B/third_person_voice.toml shows all of them"
        } else if message.starts_with("unknown field") {
            "remove it or mend its spelling"
        } else {
            "see CONTRIBUTING.md, \"An indicator\""
        };
        self.error(before.matches('\n').count() + 1, column, &key, message, help.to_owned())
    }

    fn error(&self, line: usize, column: usize, key: &str, message: String, help: String) -> CatalogueError {
        CatalogueError { file: self.path.to_owned(), line, column, key: key.to_owned(), message, help }
    }
}
