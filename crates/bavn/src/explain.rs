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
    if let Some(adapter) = error.downcast_ref::<extract::adapter::AdapterError>() {
        text.push('\n');
        text.push_str(&adapter.caret());
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

/// The other end of a pipe was closed, as by `| head -1`.
pub fn reader_is_gone(error: &anyhow::Error) -> bool {
    let broken = |error: &std::io::Error| error.kind() == std::io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(broken)
            || cause
                .downcast_ref::<serde_json::Error>()
                .is_some_and(|json| json.io_error_kind() == Some(std::io::ErrorKind::BrokenPipe))
    })
}
