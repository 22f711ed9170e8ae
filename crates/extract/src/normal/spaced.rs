//! Third step: letters spelled one by one (`l i g e  n y`, `r.i.n.g`) become words.

use super::Clean;

/// Joins runs of four or more single letters with the same separator between them; a wider gap parts words.
pub(super) fn join(chars: &mut Vec<Clean>) {
    let mut drop = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !starts_run(chars, at) {
            at += 1;
            continue;
        }
        let separator = chars[at + 1].c;
        let mut last = at;
        while is_single(chars, last + 2) && chars[last + 1].c == separator {
            last += 2;
        }
        if (last - at) / 2 + 1 >= 4 {
            drop.extend((at + 1..last).step_by(2));
        }
        at = last + 1;
    }
    if drop.is_empty() {
        return;
    }
    for &i in &drop {
        let end = chars[i].end;
        chars[i - 1].end = end;
        chars[i - 1].exotic = true;
    }
    let mut next = drop.iter().peekable();
    let mut index = 0;
    chars.retain(|_| {
        let keep = next.peek() != Some(&&index);
        if !keep {
            next.next();
        }
        index += 1;
        keep
    });
}

fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '.' | '-' | '_' | '*' | '\u{a0}' | '·' | '•' | '~' | '|')
}

/// A letter with no letter or digit beside it.
fn is_single(chars: &[Clean], at: usize) -> bool {
    chars.get(at).is_some_and(|clean| clean.c.is_alphabetic())
        && at.checked_sub(1).is_none_or(|before| !chars[before].c.is_alphanumeric())
        && chars.get(at + 1).is_none_or(|after| !after.c.is_alphanumeric())
}

fn starts_run(chars: &[Clean], at: usize) -> bool {
    is_single(chars, at) && chars.get(at + 1).is_some_and(|clean| is_separator(clean.c)) && is_single(chars, at + 2)
}
