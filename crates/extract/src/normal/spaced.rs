//! Third step: letters spelled one by one (`l i g e  n y`, `r.i.n.g`) become words.

use super::Clean;

/// Joins runs of four or more single letters with the same separator between them; a wider gap parts words. A shorter
/// run joins where runs stand in a row (`t r e  f i r e`).
pub(super) fn join(chars: &mut Vec<Clean>) {
    let drop = separators(chars);
    if drop.is_empty() {
        return;
    }
    for &i in &drop {
        chars[i - 1].end = chars[i].end;
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

/// The separators to leave out, in order.
fn separators(chars: &[Clean]) -> Vec<usize> {
    let mut drop = Vec::new();
    // Runs that stand in a row, each as first and last letter.
    let mut row: Vec<(usize, usize)> = Vec::new();
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
        let neighbours = row
            .last()
            .is_some_and(|(_, end)| at - end <= 5 && chars[end + 1..at].iter().all(|clean| !clean.c.is_alphanumeric()));
        if !neighbours {
            close(&mut row, &mut drop);
        }
        row.push((at, last));
        at = last + 1;
    }
    close(&mut row, &mut drop);
    drop
}

fn close(row: &mut Vec<(usize, usize)>, drop: &mut Vec<usize>) {
    let letters = |(first, last): &(usize, usize)| (last - first) / 2 + 1;
    let longest = row.iter().map(letters).max().unwrap_or(0);
    let all: usize = row.iter().map(letters).sum();
    if longest >= 4 || (longest >= 3 && all >= 6) {
        for (first, last) in row.iter() {
            drop.extend((first + 1..*last).step_by(2));
        }
    }
    row.clear();
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
