//! A pattern as a regular expression over folded text, so that other engines can be measured and asked on the same
//! patterns. bavn itself does not run these: it also reads slips of the words, which no expression says.

/// Between two words of a pattern: nothing that ends a sentence, nothing that is a word.
const SEPARATOR: &str = r"[^a-z0-9.!?;:|\n]{1,8}";
/// Between words that a gap jumps over: no comma either.
const SAME_CLAUSE: &str = r"[^a-z0-9.!?;:|,()\n]{1,6}";
/// A word; one of these abbreviations, or a number, with its full stop too.
const WORD: &str = r"(?:(?:kr|kl|ca|nr|tlf|min|st|d|[0-9]+)\.|(?:[a-z0-9']|’)+)";

/// The expression of a pattern as written (checked, with words in the place of names).
pub(crate) fn of(written: &str) -> String {
    let (mut parts, mut gaps, mut rest) = (Vec::new(), Vec::new(), written);
    while let Some((one, behind)) = rest.split_once(" ~") {
        let (gap, other) = behind.split_once("~ ").unwrap_or((behind, ""));
        parts.push(bounded(one));
        gaps.push(gap_of(gap));
        rest = other;
    }
    parts.push(bounded(rest));
    let mut orders = Vec::new();
    super::grammar::permute(&mut (0..parts.len()).collect::<Vec<_>>(), 0, &mut |order| {
        let mut text = String::new();
        for (at, part) in order.iter().enumerate() {
            text.push_str(if at > 0 { gaps.get(at - 1).map_or("", String::as_str) } else { "" });
            text.push_str(parts.get(*part).map_or("", String::as_str));
        }
        orders.push(text);
    });
    if orders.len() == 1 { orders.remove(0) } else { format!("(?:{})", orders.join("|")) }
}

fn gap_of(most: &str) -> String {
    format!("(?:{SAME_CLAUSE}{WORD}){{0,{most}}}{SAME_CLAUSE}")
}

/// Between boundaries where it begins and ends with words.
fn bounded(folded: &str) -> String {
    let first_is_word = folded.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '(' | '#'));
    let last_is_word = folded.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, ')' | '*' | '#'));
    // `?` after an optional word at the end: the boundary is right there too.
    let last_is_word = last_is_word || folded.ends_with(")?");
    let boundary = |at_word: bool| if at_word { r"(?-u:\b)" } else { "" };
    format!("{}(?:{}){}", boundary(first_is_word), translate(folded), boundary(last_is_word))
}

fn translate(folded: &str) -> String {
    let mut regex = String::new();
    let mut characters = folded.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            'a'..='z' | '0'..='9' | '|' | ')' | '?' => regex.push(character),
            '(' => regex.push_str("(?:"),
            '*' => regex.push_str("[a-z]*"),
            '#' => regex.push_str("[0-9]+"),
            '_' => regex.push_str(WORD),
            '\'' | '’' => regex.push_str("(?:['`]|’|´)?"),
            ' ' if characters.peek() == Some(&'<') => {
                let gap: String = characters.by_ref().skip(1).take_while(|c| *c != '>').collect();
                characters.next();
                regex.push_str(&gap_of(&gap));
            }
            ' ' => regex.push_str(SEPARATOR),
            '+' | '.' => regex.extend(['\\', character]),
            other => regex.push(other),
        }
    }
    regex
}
