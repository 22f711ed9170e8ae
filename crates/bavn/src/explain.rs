//! An error as a person reads it: one sentence with what happened and what to do; a caret where a file is wrong.

use crate::config::ConfigError;

/// What `main` prints on standard error before it exits with 1.
pub fn explain(error: &anyhow::Error) -> String {
    let mut text = format!("bavn: {error}");
    if let Some(config) = error.downcast_ref::<ConfigError>() {
        text.push('\n');
        text.push_str(&config.caret());
        return text;
    }
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    text
}
