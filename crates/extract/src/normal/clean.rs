//! First step: HTML remains, invisible marks, combining marks, and characters that are compatible forms of others.

use super::{Clean, entities};
use unicode_normalization::char::{compose, decompose_compatible, is_combining_mark};

pub(super) fn clean(original: &str) -> Vec<Clean> {
    let mut chars: Vec<Clean> = Vec::with_capacity(original.len());
    let mut at = 0;
    while let Some(c) = original.get(at..).and_then(|rest| rest.chars().next()) {
        if (c == '&' || c == '<')
            && let Some((stands_for, length)) = entities::at(&original[at..])
        {
            match stands_for {
                Some(c) => push(&mut chars, c, at, at + length),
                None => widen(&mut chars, at + length),
            }
            at += length;
            continue;
        }
        push(&mut chars, c, at, at + c.len_utf8());
        at += c.len_utf8();
    }
    chars
}

/// An invisible mark belongs to the character before it, so that spans cover it.
fn widen(chars: &mut [Clean], end: usize) {
    if let Some(last) = chars.last_mut()
        && !last.c.is_whitespace()
    {
        last.end = clamp(end);
    }
}

fn push(chars: &mut Vec<Clean>, c: char, start: usize, end: usize) {
    if c.is_ascii() {
        chars.push(Clean { c, start: clamp(start), end: clamp(end), exotic: false });
        return;
    }
    if is_invisible(c) {
        if let Some(last) = chars.last_mut() {
            // A joiner between two emoji is ordinary; inside words and numbers it hides something.
            last.exotic |= last.c.is_ascii_digit() || (last.c.is_alphanumeric() && c != '\u{fe0f}');
        }
        widen(chars, end);
        return;
    }
    if is_combining_mark(c) {
        if let Some(last) = chars.last_mut() {
            if let Some(composed) = compose(last.c, c) {
                last.c = composed;
            } else {
                // A key's frame, a stroke, a line below: nobody writes a plain number so.
                last.exotic |= last.c.is_ascii_digit();
            }
            // A mark of Thai or another script that lives by marks stays; it cannot be composed.
            if !is_script_mark(c) {
                last.end = clamp(end);
                return;
            }
        } else if !is_script_mark(c) {
            return;
        }
    }
    let (start, end) = (clamp(start), clamp(end));
    if let Some(digit) = digit(c) {
        chars.push(Clean { c: digit, start, end, exotic: true });
        return;
    }
    if let Some(letter) = letter(c) {
        chars.push(Clean { c: letter, start, end, exotic: true });
        return;
    }
    if keeps_its_form(c) {
        chars.push(Clean { c, start, end, exotic: false });
        return;
    }
    let from = chars.len();
    decompose_compatible(c, |part| {
        if is_combining_mark(part) && !is_script_mark(part) {
            if let Some(last) = chars.get_mut(from..).and_then(<[Clean]>::last_mut)
                && let Some(composed) = compose(last.c, part)
            {
                last.c = composed;
            }
        } else {
            chars.push(Clean { c: part, start, end, exotic: part != c && part.is_alphanumeric() });
        }
    });
    // é is written as it is everywhere: only a compatible form is exotic.
    if let [only] = &mut chars[from..] {
        only.exotic &= only.c != c;
    }
}

/// Characters that a price, a list or an emoji needs as they are, and scripts that decomposition would break.
fn keeps_its_form(c: char) -> bool {
    matches!(c, '½' | '¼' | '¾' | '·' | '…' | '´' | '¨' | '\u{0e00}'..='\u{0e7f}' | '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}')
        || (c.is_alphabetic() && domain::normal::fold_char(c).is_some())
        || matches!(c, '\u{1f000}'..='\u{1f0ff}' | '\u{1f300}'..='\u{1faff}')
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{180e}' | '\u{34f}' | '\u{e0000}'..='\u{e007f}' | '\u{61c}')
}

/// Marks without which a script cannot be read (Thai, Arabic, Hebrew, Indic): kept.
fn is_script_mark(c: char) -> bool {
    matches!(c, '\u{0591}'..='\u{1fff}' | '\u{3099}'..='\u{309a}' | '\u{a8e0}'..='\u{abff}')
}

/// Digits of other scripts and in rings that compatibility does not know.
fn digit(c: char) -> Option<char> {
    let code = u32::from(c);
    let value = match code {
        0x2776..=0x277e => code - 0x2775,
        0x2780..=0x2788 => code - 0x277f,
        0x278a..=0x2792 => code - 0x2789,
        0x24f5..=0x24fd => code - 0x24f4,
        0x24ff | 0x1f10b | 0x1f10c => 0,
        0x0660..=0x0669 => code - 0x0660,
        0x06f0..=0x06f9 => code - 0x06f0,
        0x0966..=0x096f => code - 0x0966,
        0x0e50..=0x0e59 => code - 0x0e50,
        _ => return None,
    };
    char::from_digit(value, 10)
}

/// Letters in rings and squares that compatibility does not know, and small capitals.
fn letter(c: char) -> Option<char> {
    let code = u32::from(c);
    let offset = match code {
        0x1f150..=0x1f169 => code - 0x1f150,
        0x1f170..=0x1f189 => code - 0x1f170,
        _ => return small_capital(c),
    };
    char::from_u32(u32::from('A') + offset)
}

fn small_capital(c: char) -> Option<char> {
    const SMALL: [(char, char); 22] = [
        ('ᴀ', 'a'),
        ('ʙ', 'b'),
        ('ᴄ', 'c'),
        ('ᴅ', 'd'),
        ('ᴇ', 'e'),
        ('ꜰ', 'f'),
        ('ɢ', 'g'),
        ('ʜ', 'h'),
        ('ɪ', 'i'),
        ('ᴊ', 'j'),
        ('ᴋ', 'k'),
        ('ʟ', 'l'),
        ('ᴍ', 'm'),
        ('ɴ', 'n'),
        ('ᴏ', 'o'),
        ('ᴘ', 'p'),
        ('ʀ', 'r'),
        ('ꜱ', 's'),
        ('ᴛ', 't'),
        ('ᴜ', 'u'),
        ('ᴠ', 'v'),
        ('ᴡ', 'w'),
    ];
    SMALL.iter().find(|(small, _)| *small == c).map(|(_, plain)| *plain)
}

fn clamp(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
