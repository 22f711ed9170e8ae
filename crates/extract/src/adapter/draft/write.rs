//! Writing a `site.toml` that a person goes on with.

/// A text in TOML: as a literal where it can be one, so that patterns read as they are.
pub(super) fn text(value: &str) -> String {
    if (value.contains('\\') || value.contains('"')) && !value.contains('\'') && !value.chars().any(char::is_control) {
        return format!("'{value}'");
    }
    let mut out = String::from("\"");
    for letter in value.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// A list of texts.
pub(super) fn list(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| text(value)).collect();
    format!("[{}]", values.join(", "))
}

/// `key = value  # comment`, or commented out as a whole.
pub(super) fn line(out: &mut String, key: &str, value: &str, comment: &str) {
    out.push_str(&format!("{key} = {value}"));
    if !comment.is_empty() {
        out.push_str(&format!("   # {comment}"));
    }
    out.push('\n');
}
