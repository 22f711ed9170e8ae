//! Strict TOML with the place of each mistake.

use serde::de::DeserializeOwned;

/// A mistake in a configuration file.
#[derive(Debug, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}{}", .key.as_deref().map(|key| format!(" (key '{key}')")).unwrap_or_default())]
pub struct ConfigError {
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The key on that line, where there is one.
    pub key: Option<String>,
    /// What is wrong and what is expected.
    pub message: String,
    /// The line itself, for the caret.
    pub source_line: String,
}

impl ConfigError {
    /// The line with a caret under the mistake.
    pub fn caret(&self) -> String {
        format!("    {}\n    {}^", self.source_line, " ".repeat(self.column.saturating_sub(1)))
    }

    /// A mistake in the value of `key`, found after parsing: its first line in `text` is named.
    pub fn at_key(file: &str, text: &str, key: &str, message: String) -> ConfigError {
        let line = text.lines().position(|line| line.trim_start().starts_with(key)).unwrap_or(0);
        ConfigError {
            file: file.to_owned(),
            line: line + 1,
            column: 1,
            key: Some(key.to_owned()),
            message,
            source_line: text.lines().nth(line).unwrap_or_default().to_owned(),
        }
    }
}

/// Parses `text`; unknown and missing keys are mistakes where the type says `deny_unknown_fields`.
pub fn parse_toml<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, ConfigError> {
    toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start).min(text.len());
        let before = text.get(..offset).unwrap_or_default();
        let line = before.matches('\n').count();
        let source_line = text.lines().nth(line).unwrap_or_default();
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count());
        let key = source_line.split_once('=').map(|(key, _)| key.trim().to_owned()).filter(|key| !key.is_empty());
        ConfigError {
            file: file.to_owned(),
            line: line + 1,
            column: column + 1,
            key,
            message: error.message().replace('\n', " "),
            source_line: source_line.to_owned(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    struct Pacing {
        #[serde(rename = "delay_s")]
        _delay_s: f64,
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let error = parse_toml::<Pacing>("config/x.toml", "delay_s = 1.0\ndeley = 2\n").expect_err("must fail");
        assert_eq!((error.line, error.key.as_deref()), (2, Some("deley")));
        assert!(error.to_string().starts_with("config/x.toml:2:1: unknown field `deley`"), "{error}");
    }

    #[test]
    fn a_torn_file_is_named_with_its_line() {
        let error = parse_toml::<Pacing>("x.toml", "delay_s = 1.0\n[broken").expect_err("must fail");
        assert_eq!(error.line, 2);
    }
}
