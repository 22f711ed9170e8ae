//! Pictures as SVG from Rust: each has a title, a description, and a table beside it that says the same. Shapes carry
//! classes; the stylesheet gives the colours, so that dark mode and print work.

pub mod contacts;
pub mod graph;
pub mod layout;
pub mod line_chart;
pub mod map;
pub mod qr;
pub mod timeline;
pub mod waterfall;

/// Text that may stand in a page.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A text cut to `most` characters, with a mark where something was cut.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
/// Width of a text in pixels at 12 px: what a wide sans-serif needs, rather too much than too little.
pub fn width_of(text: &str) -> f64 {
    text.chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | '.' | ',' | ' ' | '\'' | '|' => 4.2,
            'm' | 'w' | 'M' | 'W' | '—' | '…' => 11.0,
            'A'..='Z' | 'Æ' | 'Ø' | 'Å' => 8.8,
            _ => 7.2,
        })
        .sum()
}
