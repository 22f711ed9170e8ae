//! Progress of long work on standard error: a line that moves where it is a terminal, nothing where it is not.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

/// A line with a spinner, an amount and a message.
pub fn spinner(message: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {human_pos} ({per_sec}, {elapsed})") {
        bar.set_style(style);
    }
    bar.set_message(message.to_owned());
    bar.enable_steady_tick(std::time::Duration::from_millis(200));
    bar
}
