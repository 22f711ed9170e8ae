//! From a written pattern (see [`super::pattern`]) to its parts. Part for part it is the expression that
//! [`super::pattern`] gives to an automaton; what stands in brackets is read once, in however many patterns it stands.

use super::walk::{Bytes, Made, Parts};

/// Between two words of a pattern: nothing that ends a sentence, nothing that is a word. In bytes, of which a sign
/// beyond ASCII has up to four.
pub(super) fn separator() -> Bytes {
    Bytes::but(b".!?;:|\n")
}

/// Between words that a gap jumps over: no comma either.
fn same_clause() -> Bytes {
    Bytes::but(b".!?;:|,()\n")
}

/// Words with their full stop that a gap jumps over.
const SHORT: [&str; 7] = ["kr", "kl", "ca", "nr", "tlf", "min", "st"];

impl Parts {
    /// Ways of a folded text, `a b|c`.
    pub(super) fn written(&mut self, folded: &str) -> Result<Made, String> {
        let mut ways = Vec::new();
        let (mut depth, mut from) = (0_u32, 0);
        for (at, byte) in folded.bytes().enumerate() {
            match byte {
                b'(' => depth += 1,
                b')' => depth = depth.checked_sub(1).ok_or("`)` without `(`")?,
                b'|' if depth == 0 => {
                    ways.push(self.row_of(folded.get(from..at).unwrap_or_default())?);
                    from = at + 1;
                }
                _ => {}
            }
        }
        if depth > 0 {
            return Err("`(` without `)`".to_owned());
        }
        let last = self.row_of(folded.get(from..).unwrap_or_default())?;
        if ways.is_empty() {
            return Ok(last);
        }
        ways.push(last);
        Ok(self.ways(ways))
    }

    /// The gap of `<most>`, with what stands before and behind it.
    pub(super) fn gap(&mut self, most: u32) -> Made {
        let between = self.run(same_clause(), 1, 6);
        if most == 0 {
            return between;
        }
        let word = self.word();
        let one = self.row(vec![between.clone(), word]);
        let words = self.again(one, most);
        self.row(vec![words, between])
    }

    /// `_`: a word; one of the short ones, or a number, with its full stop too.
    fn word(&mut self) -> Made {
        let mut stopped: Vec<Made> = SHORT.iter().map(|word| self.literal(word.as_bytes())).collect();
        stopped.push(self.literal(b"d"));
        stopped.push(self.run(Bytes::of(b"0123456789"), 1, u32::MAX));
        let (stopped, stop) = (self.ways(stopped), self.literal(b"."));
        let stopped = self.row(vec![stopped, stop]);
        let mut letters = Bytes::letters();
        letters.join(&Bytes::of(b"0123456789'"));
        let letters = self.letters(letters, "’".as_bytes());
        self.ways(vec![stopped, letters])
    }

    /// An apostrophe that may be left out.
    fn apostrophe(&mut self) -> Made {
        let signs = [self.one(Bytes::of(b"'`")), self.literal("’".as_bytes()), self.literal("´".as_bytes())];
        let signs = self.ways(signs.to_vec());
        self.maybe(signs)
    }

    fn row_of(&mut self, folded: &str) -> Result<Made, String> {
        let mut row: Vec<Made> = Vec::new();
        // Letters that belong together until something else comes.
        let mut letters = String::new();
        // Whether what stands before is a group or a word, which may be left out as a whole.
        let mut whole = false;
        let mut rest = folded;
        while let Some(character) = rest.chars().next() {
            let behind = rest.get(character.len_utf8()..).unwrap_or_default();
            let plain = character.is_ascii_digit() || character.is_alphabetic() || "%+/-&.,:!\"".contains(character);
            if plain {
                letters.push(character);
                rest = behind;
                continue;
            }
            if character == '?' {
                let last = match letters.pop() {
                    Some(last) => {
                        self.take(&mut letters, &mut row);
                        self.literal(last.encode_utf8(&mut [0; 4]).as_bytes())
                    }
                    None => row.pop().filter(|_| whole).ok_or("`?` stands behind a letter or `(…)`")?,
                };
                row.push(self.maybe(last));
                (rest, whole) = (behind, false);
                continue;
            }
            self.take(&mut letters, &mut row);
            rest = behind;
            whole = matches!(character, '(' | '_');
            match character {
                '(' => {
                    let close = closing(behind).ok_or("`(` without `)`")?;
                    let (inside, after) = (behind.get(..close).unwrap_or_default(), behind.get(close + 1..));
                    let group = match self.group(inside) {
                        Some(group) => group,
                        None => {
                            let group = self.written(inside)?;
                            self.keep_group(inside, group)
                        }
                    };
                    row.push(group);
                    rest = after.unwrap_or_default();
                }
                '*' => row.push(self.run(Bytes::letters(), 0, u32::MAX)),
                '#' => row.push(self.run(Bytes::of(b"0123456789"), 1, u32::MAX)),
                '_' => row.push(self.word()),
                '\'' | '’' => row.push(self.apostrophe()),
                ' ' if behind.starts_with('<') => {
                    let (gap, after) =
                        behind.get(1..).and_then(|rest| rest.split_once('>')).ok_or("`<` without `>`")?;
                    let most: u8 = gap.parse().map_err(|_| format!("`<{gap}>` must hold a number"))?;
                    rest = after
                        .strip_prefix(' ')
                        .filter(|_| most <= 9)
                        .ok_or("a gap jumps over nine words at most and stands between two spaces")?;
                    row.push(self.gap(most.into()));
                }
                ' ' => row.push(self.run(separator(), 1, 8)),
                other => return Err(format!("`{other}` means nothing in a pattern")),
            }
        }
        self.take(&mut letters, &mut row);
        Ok(self.row(row))
    }

    fn take(&mut self, letters: &mut String, row: &mut Vec<Made>) {
        if !letters.is_empty() {
            row.push(self.literal(letters.as_bytes()));
            letters.clear();
        }
    }
}

/// Where the bracket closes that was opened before `text`.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return Some(at),
            b')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// `A ~3~ B`, cut at its only such gap.
pub(super) fn either_order(folded: &str) -> Result<Option<(&str, u32, &str)>, String> {
    let Some((one, rest)) = folded.split_once(" ~") else { return Ok(None) };
    let (gap, other) = rest.split_once("~ ").ok_or("`~3~` stands between two spaces")?;
    if other.contains('~') {
        return Err("`~3~` stands in a pattern once".to_owned());
    }
    let most: u8 = gap.parse().map_err(|_| format!("`~{gap}~` must hold a number"))?;
    if most > 9 {
        return Err("a gap jumps over nine words at most".to_owned());
    }
    Ok(Some((one, most.into(), other)))
}
