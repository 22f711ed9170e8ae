//! Phone numbers, written plainly or to hide.
//!
//! The text is cut into runs of pieces (digits, number words, look-alike letters) with nothing between them that
//! could not stand inside a number; then the best windows of a run whose digits make a valid number are taken.

pub(crate) mod atoms;
mod context;
mod numbers;
mod parts;
mod said;

use crate::claim::{Claim, Claims, span};
use crate::lexicon::Lexicon;
use crate::tokens::Tokens;
use atoms::{Atom, Run};
use context::Around;
use domain::{Field, Phone};
use numbers::Valid;
pub(crate) use parts::across;
use rlibphonenumber::Region;

/// What is known beside the text.
#[derive(Clone, Copy, Default)]
pub(crate) struct PhoneHints {
    /// The site's own phone field.
    pub field: bool,
    /// The site hides numbers, not the writer.
    pub site_obscures: bool,
    /// The ad's language, for numbers with a leading zero.
    pub language: Option<[u8; 2]>,
}

/// A run of fewer digits holds no number.
const LEAST_DIGITS: usize = 6;

struct Window {
    atoms: (usize, usize),
    valid: Valid,
    score: i32,
    obscured: bool,
}

/// Finds the phone numbers and claims their tokens.
pub(crate) fn find(
    tokens: &Tokens<'_>,
    claims: &mut Claims,
    lexicon: &Lexicon,
    field: &Field,
    hints: PhoneHints,
) -> Vec<Phone> {
    let (mut phones, mut ends): (Vec<Phone>, Vec<usize>) = (Vec::new(), Vec::new());
    for combine in [true, false] {
        let runs = atoms::runs(tokens, claims, lexicon, combine, LEAST_DIGITS);
        for run in &runs {
            // Second round: only where another reading of "twenty five" matters.
            if !combine && !run.iter().any(|atom| atom.hidden) {
                continue;
            }
            for window in best(tokens, run, hints) {
                let (from, to) = (run[window.atoms.0].tokens.0, run[window.atoms.1 - 1].tokens.1);
                let plus = run[window.atoms.0].plus && (!run[window.atoms.0].plus_word || window.valid.international);
                let from = if plus { from - 1 } else { from };
                let (from, to) = brackets(tokens, from, to);
                if !claims.are_free(from..to) {
                    continue;
                }
                claims.take(from..to, Claim::Phone);
                let obscured = window.obscured && !(hints.field && hints.site_obscures);
                phones.push(Phone { e164: window.valid.e164, span: span(tokens, field, from..to), obscured });
                ends.push(to);
            }
        }
        if !runs.iter().flatten().any(|atom| atom.combined) {
            break;
        }
    }
    let seconds: Vec<Phone> = phones
        .iter()
        .zip(&ends)
        .flat_map(|(phone, end)| parts::suffixes(tokens, claims, field, &phone.e164, *end))
        .collect();
    phones.extend(seconds);
    phones.sort_by_key(|phone| phone.span.start);
    phones
}

/// "(+45) 34 00 00 50", "34(00)00(50)": a bracket at the edge whose other half stands inside belongs to the number.
fn brackets(tokens: &Tokens<'_>, from: usize, to: usize) -> (usize, usize) {
    let (mut depth, mut least) = (0_i32, 0_i32);
    for i in from..to {
        depth += i32::from(tokens.is(i, '(')) - i32::from(tokens.is(i, ')'));
        least = least.min(depth);
    }
    let before = from.checked_sub(1).filter(|before| least < 0 && tokens.is(*before, '('));
    let behind = depth - least > 0 && tokens.is(to, ')');
    (before.unwrap_or(from), to + usize::from(behind))
}

fn regions(language: Option<[u8; 2]>) -> [Region; 4] {
    match language.as_ref().map(|code| &code[..]) {
        Some(b"de") => [Region::DE, Region::SE, Region::GB, Region::NL],
        Some(b"en") => [Region::GB, Region::SE, Region::DE, Region::NL],
        Some(b"ro") => [Region::RO, Region::SE, Region::DE, Region::GB],
        Some(b"nl") => [Region::NL, Region::SE, Region::DE, Region::GB],
        _ => [Region::SE, Region::DE, Region::GB, Region::NL],
    }
}

/// The windows of a run that are phone numbers, best first, none overlapping.
fn best(tokens: &Tokens<'_>, run: &Run, hints: PhoneHints) -> Vec<Window> {
    let regions = regions(hints.language);
    let mut windows: Vec<Window> = Vec::new();
    for start in 0..run.len() {
        let (mut digits, plus) = (String::new(), run[start].plus);
        for end in start + 1..=run.len().min(start + 20) {
            let atom = &run[end - 1];
            if atom.blocked || digits.len() + atom.digits.len() > 16 {
                break;
            }
            digits.push_str(&atom.digits);
            if digits.len() < 8 {
                continue;
            }
            let valid = numbers::valid(&digits, plus, &regions);
            let plainly = || numbers::valid(&digits, false, &regions).filter(|_| run[start].plus_word);
            if let Some(valid) = valid.or_else(plainly)
                && let Some((score, obscured)) = judge(tokens, run, (start, end), &valid, hints)
            {
                windows.push(Window { atoms: (start, end), valid, score, obscured });
            }
        }
    }
    windows.sort_by_key(|window| (-window.score, window.atoms.0));
    let mut taken: Vec<Window> = Vec::new();
    for window in windows {
        if taken.iter().all(|other| window.atoms.1 <= other.atoms.0 || other.atoms.1 <= window.atoms.0) {
            taken.push(window);
        }
    }
    taken
}

/// How much a window looks like a phone number, and whether it was written to hide; `None` where it does not.
fn judge(
    tokens: &Tokens<'_>,
    run: &Run,
    (start, end): (usize, usize),
    valid: &Valid,
    hints: PhoneHints,
) -> Option<(i32, bool)> {
    let atoms = &run[start..end];
    let Around { hint, other } = context::around(tokens, atoms[0].tokens.0, atoms[atoms.len() - 1].tokens.1);
    let hint = hint || hints.field || valid.international && (atoms[0].plus || valid.prefix == 4);
    // The minutes of "10.00, 11.30" are no 00 before a country code.
    let minutes = valid.prefix == 4 && !atoms[0].plus && matches!(atoms[0].gap.symbol, Some('.' | ':')) && start > 0;
    // "800 kr for 45. 67 81 13 26": minutes and the end of a sentence, no country code.
    let sentence = |atom: &Atom| matches!(atom.gap.symbol, Some('.' | ',' | '!')) && atom.gap.space;
    let minutes = minutes || valid.prefix == 2 && !atoms[0].plus && atoms.get(1).is_some_and(sentence);
    if (other && !hints.field) || (valid.needs_hint && !hint) || minutes {
        return None;
    }
    // The separator behind the country code says nothing about the rest.
    let skip = prefix_atoms(atoms, valid.prefix);
    let gaps: Vec<_> = atoms.iter().skip(skip + 1).map(|atom| atom.gap).collect();
    let lengths: Vec<usize> = atoms.iter().skip(skip).map(|atom| atom.digits.len()).collect();
    let hidden = atoms.iter().any(|atom| atom.hidden);
    let fillers = gaps.iter().any(|gap| gap.fillers > 0) || atoms.iter().skip(1).any(|atom| atom.gap.fillers > 0);
    let line = atoms.iter().skip(1).any(|atom| atom.gap.line);
    let comma = gaps.iter().any(|gap| matches!(gap.symbol, Some(',' | ';')));
    let plain_symbol = |symbol: Option<char>| matches!(symbol, None | Some('-' | '.' | '–' | '/' | '‑' | '−'));
    // "(34) 00 00 50" and "34 00 (0050)" are common; brackets around a piece in the middle hide it.
    let bracket = |symbol| matches!(symbol, Some('(' | ')'));
    let plain_symbol = |symbol: Option<char>| {
        plain_symbol(symbol) || (bracket(symbol) && (valid.international || symbol == Some(')') || gaps.len() < 3))
    };
    let odd = gaps.iter().any(|gap| !plain_symbol(gap.symbol) || gap.symbols > 1 || gap.wide);
    let slash = gaps.iter().any(|gap| gap.symbol == Some('/'));
    let uniform = gaps.windows(2).all(|pair| pair[0].symbol == pair[1].symbol && pair[0].fillers == pair[1].fillers);
    let singles = lengths.len() >= 7 && lengths.iter().all(|length| *length == 1);
    let standard = is_standard(&lengths);
    let weak_edge = atoms[0].weak || atoms[atoms.len() - 1].weak;
    let whole = start == 0 && end == run.len();

    let mut score = 100;
    score += if valid.international || (valid.needs_hint && whole) { 40 } else { 0 };
    score += if start == 0 { 10 } else { 0 } + if end == run.len() { 10 } else { 0 };
    score += if uniform { 12 } else { 0 } + if standard { 15 } else { 0 } + if hint { 5 } else { 0 };
    score -= if line { 15 } else { 0 } + if comma { 12 } else { 0 } + if fillers { 6 } else { 0 };
    score -= if weak_edge && !whole { 12 } else { 0 };
    // A plus and all that stands behind it, though no list knows the series.
    score -= if valid.loose && !whole { 40 } else { 0 };
    if lengths.len() == 1 {
        score += 20;
    }
    let gaps_within = || atoms.iter().skip(1).map(|atom| atom.gap);
    let certain = hint || hints.field || gaps_within().any(|gap| gap.says_rest);
    let own_sign = gaps_within().any(|gap| gap.own_sign);
    let accepted = if hidden {
        let strong = atoms.iter().filter(|atom| !atom.weak).map(|atom| atom.digits.len()).sum::<usize>();
        certain
            || (strong >= 4 && (whole || !weak_edge))
            || (strong >= 3 && whole && atoms.len() >= 6)
            || (strong >= 1 && whole && atoms.len() >= 7)
    } else if lengths.len() == 1 {
        true
    } else if comma || (slash && !uniform) {
        certain || (singles && whole)
    } else if line || fillers {
        certain || (whole && uniform && standard && lengths.len() > (if own_sign { 3 } else { 2 }))
    } else {
        (standard && uniform) || certain || (uniform && odd && whole) || (standard && whole)
    };
    // "plus 45", with the sign in a word.
    let word_plus = atoms[0].plus_word && valid.international;
    let parted = valid.prefix == 2 && atoms[0].digits.len() == 1 && valid.e164.starts_with("+45");
    let obscured = hidden
        || word_plus
        || parted
        || fillers
        || line
        || odd
        || slash
        || singles
        || comma
        || (lengths.len() > 1 && !standard && !valid.international && valid.e164.starts_with("+45"));
    accepted.then_some((score, obscured))
}

/// How many pieces the country code takes, if it ends where a piece ends.
fn prefix_atoms(atoms: &[Atom], prefix: usize) -> usize {
    let mut digits = 0;
    for (i, atom) in atoms.iter().enumerate() {
        if digits >= prefix {
            return i;
        }
        digits += atom.digits.len();
        if digits > prefix {
            return i;
        }
    }
    0
}

/// The ways in which people write a Danish number plainly; foreign ones are accepted by their prefix.
fn is_standard(lengths: &[usize]) -> bool {
    matches!(
        lengths,
        [_] | [4, 4] | [2, 2, 2, 2] | [2, 3, 3] | [3, 3, 2] | [3, 2, 3] | [4, 2, 2] | [2, 2, 4] | [2, 6] | [6, 2]
    ) || (lengths.len() == 8 && lengths.iter().all(|length| *length == 1))
}
