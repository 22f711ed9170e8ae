//! E-mail addresses, plain and written out (`anna snabel-a example punktum dk`).

use crate::claim::{Claim, Claims, span};
use crate::lexicon::Flags;
use crate::tokens::{Kind, Tokens};
use domain::{Email, Field};

pub(super) fn find(tokens: &Tokens<'_>, claims: &mut Claims, field: &Field) -> Vec<Email> {
    let mut emails = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match at_sign(tokens, at).and_then(|sign| address(tokens, claims, sign)) {
            Some((address, from, to)) => {
                claims.take(from..to, Claim::Contact);
                emails.push(Email { address, span: span(tokens, field, from..to) });
                at = to;
            }
            None => at += 1,
        }
    }
    emails
}

/// An @ in some form: its tokens, and whether it is an ordinary word too.
#[derive(Clone, Copy)]
struct Sign {
    from: usize,
    to: usize,
    word: bool,
    /// A sign that stands for nothing else.
    plain: bool,
}

fn at_sign(tokens: &Tokens<'_>, at: usize) -> Option<Sign> {
    let token = tokens.get(at)?;
    if tokens.is(at, '@') {
        return Some(Sign { from: at, to: at + 1, word: false, plain: true });
    }
    // (at), [at], {a}, <at>
    if tokens.is_any(at, &['(', '[', '{', '<', '*', '_', '-'])
        && tokens.get(at + 1).is_some_and(|t| t.kind != Kind::Symbol || t.first == '@')
    {
        if tokens.is(at + 1, '@') && tokens.is_any(at + 2, &[')', ']', '}', '>', '*', '_', '-']) {
            return Some(Sign { from: at, to: at + 3, word: false, plain: true });
        }
        if let Some(end) = at_word(tokens, at + 1).or_else(|| (tokens.text(at + 1) == "a").then_some(at + 2))
            && tokens.is_any(end, &[')', ']', '}', '>', '*', '_', '-'])
        {
            return Some(Sign { from: at, to: end + 1, word: false, plain: false });
        }
    }
    if token.kind == Kind::Word && at > 0 {
        let end = at_word(tokens, at)?;
        let ordinary = matches!(tokens.text(at), "at" | "alfa" | "hos" | "paa");
        return Some(Sign { from: at, to: end, word: ordinary, plain: false });
    }
    None
}

/// `snabel-a`, `snabela`, `at`: the index behind it.
fn at_word(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let token = tokens.get(at).filter(|token| token.kind == Kind::Word)?;
    if matches!(tokens.text(at), "snabel" | "kroelle" | "snabels" | "kroellet" | "kroellede" | "kroel") {
        let next = if tokens.is(at + 1, '-') { at + 2 } else { at + 1 };
        return tokens.get(next).filter(|_| tokens.text(next) == "a").map(|_| next + 1);
    }
    // "lotte.holst på gmail punktum com"
    let before = tokens.get(at + 1).is_some_and(|t| t.word.is(Flags::PROVIDER));
    (token.word.is(Flags::AT) || (before && matches!(tokens.text(at), "hos" | "paa"))).then_some(at + 1)
}

/// A piece of an address at `at` going on from `at`: its text and the index behind it.
fn piece<'t>(tokens: &'t Tokens<'_>, at: usize) -> Option<(&'t str, usize)> {
    let token = tokens.get(at)?;
    match token.kind {
        Kind::Number => Some((tokens.text(at), at + 1)),
        Kind::Word => Some((tokens.text(at), at + 1)),
        Kind::Symbol => None,
    }
}

/// A separator inside an address: its sign, the index behind it, and whether it was written out.
fn separator(tokens: &Tokens<'_>, at: usize) -> Option<(char, usize, bool)> {
    let token = tokens.get(at)?;
    if token.kind == Kind::Symbol {
        // "lotte-at-postkasse-dot-dk"
        let dash = token.first == '-' && tokens.is(at + 2, '-') && !tokens[at + 2].space_before;
        if dash && tokens.get(at + 1).is_some_and(|t| t.word.is(Flags::DOT) && !t.space_before) {
            return Some(('.', at + 3, true));
        }
        if matches!(token.first, '.' | '-' | '_') {
            return Some((token.first, at + 1, false));
        }
        // "lotte@postkasse,dk": a slip of the finger.
        let tld = |i: usize| tokens.get(i).is_some_and(|t| !t.space_before && t.word.is(Flags::TLD));
        if token.first == ',' && !token.space_before && tld(at + 1) {
            return Some(('.', at + 1, false));
        }
        let bracket = matches!(token.first, '(' | '[' | '{' | '<' | '*');
        // A star is both kinds: a row of them would be asked star within star, as deep as it is long.
        if bracket && !tokens.is(at + 1, '*') && tokens.is_any(at + 2, &[')', ']', '}', '>', '*']) {
            let (sign, _, _) = separator(tokens, at + 1)?;
            return Some((sign, at + 3, true));
        }
        return None;
    }
    if token.word.is(Flags::DOT) {
        Some(('.', at + 1, true))
    } else if token.word.is(Flags::HYPHEN) {
        Some(('-', at + 1, true))
    } else if token.word.is(Flags::UNDERSCORE) {
        Some(('_', at + 1, true))
    } else {
        None
    }
}

/// The address around an @: its text and tokens.
fn address(tokens: &Tokens<'_>, claims: &Claims, sign: Sign) -> Option<(String, usize, usize)> {
    let (domain, to, spelled) = domain_at(tokens, sign.to)?;
    // An ordinary "at" is an @ only before a mail provider or where the dot is written out too.
    let provider = tokens.get(sign.to).is_some_and(|t| t.word.is(Flags::PROVIDER));
    if sign.word && !provider && !spelled {
        return None;
    }
    let (local, from) = local_before(tokens, sign.from, sign.plain, sign.word)?;
    // "Skriv på gmail.com" names nobody.
    let preposition = sign.word && matches!(tokens.text(sign.from), "hos" | "paa");
    if preposition && !local.contains(|c: char| c.is_ascii_digit() || matches!(c, '.' | '_')) {
        return None;
    }
    if from >= sign.from || !claims.are_free(from..to) {
        return None;
    }
    Some((format!("{local}@{domain}"), from, to))
}

/// The domain at `at`; the last flag says that a dot was written out.
fn domain_at(tokens: &Tokens<'_>, at: usize) -> Option<(String, usize, bool)> {
    let (first, mut end) = piece(tokens, at)?;
    let mut domain = first.to_owned();
    let (mut spelled, mut complete) = (false, None);
    // "lotte_88 at hotmail com"
    let provider = matches!(
        tokens.text(at),
        "gmail" | "hotmail" | "outlook" | "yahoo" | "icloud" | "protonmail" | "proton" | "gmx" | "jubii"
    );
    let bare = tokens.get(end).is_some_and(|t| t.space_before && !t.line_before && t.word.is(Flags::TLD));
    if provider && bare && matches!(tokens.text(end), "com" | "dk" | "se" | "de" | "net" | "no") {
        return Some((format!("{domain}.{}", tokens.text(end)), end + 1, true));
    }
    while let Some((sign, behind, out)) = separator(tokens, end) {
        // A blank behind a plain dot ends the sentence, unless a blank stands before it too.
        let spaced = tokens.get(behind).is_some_and(|t| t.space_before) && !tokens[end].space_before && !out;
        if sign == '_' || spaced && sign != '.' {
            break;
        }
        let Some((next, after)) = piece(tokens, behind) else { break };
        let tld = tokens[behind].word.is(Flags::TLD);
        if spaced && !(tld && complete.is_none()) {
            break;
        }
        if !spaced && !out && tokens[behind].space_before && !tld {
            break;
        }
        domain.push(sign);
        domain.push_str(next);
        spelled |= out;
        end = after;
        // Letters and digits without a blank are one label: web24.
        while let Some((more, after)) = piece(tokens, end).filter(|_| !tokens[end].space_before) {
            domain.push_str(more);
            end = after;
        }
        if sign == '.' && tld {
            complete = Some((domain.len(), end));
        }
    }
    if complete.is_none() {
        // First label of letters and digits ("mail24.dk").
        let mut label = first.to_owned();
        let mut behind = at + 1;
        while let Some((more, after)) = piece(tokens, behind).filter(|_| !tokens[behind].space_before) {
            label.push_str(more);
            behind = after;
        }
        if behind > at + 1 {
            let (rest, to, spelled) = domain_tail(tokens, behind)?;
            return Some((format!("{label}{rest}"), to, spelled));
        }
    }
    let (length, end) = complete?;
    domain.truncate(length);
    Some((domain, end, spelled))
}

fn domain_tail(tokens: &Tokens<'_>, at: usize) -> Option<(String, usize, bool)> {
    let (sign, behind, out) = separator(tokens, at)?;
    let tld = tokens.get(behind).filter(|t| t.word.is(Flags::TLD))?;
    (sign == '.' && (out || !tld.space_before)).then(|| (format!(".{}", tokens.text(behind)), behind + 1, out))
}

/// What stands before an @, from right to left. Behind a plain sign only what is joined to it counts.
fn local_before(tokens: &Tokens<'_>, sign: usize, plain: bool, word: bool) -> Option<(String, usize)> {
    let joined = !tokens[sign].space_before;
    let mut parts: Vec<String> = Vec::new();
    let mut from = sign;
    let mut expect_piece = true;
    while from > 0 && sign - from < 40 {
        let i = from - 1;
        let token = &tokens[i];
        let gap = tokens[from].space_before;
        if tokens[from].line_before {
            break;
        }
        if token.kind == Kind::Symbol {
            let sign_like = matches!(token.first, '.' | '-' | '_' | '+');
            if !sign_like || expect_piece || gap || (token.space_before && (i == 0 || plain)) {
                break;
            }
            if token.space_before {
                break;
            }
            parts.push(token.first.to_string());
            expect_piece = true;
            from = i;
            continue;
        }
        if token.word.is(Flags::DOT.or(Flags::UNDERSCORE).or(Flags::HYPHEN)) && !expect_piece && gap && !plain && i > 0
        {
            let written = separator(tokens, i)?;
            parts.push(written.0.to_string());
            expect_piece = true;
            from = i;
            continue;
        }
        // A new piece: the first one may have a blank before the sign, later ones none.
        if !expect_piece && gap {
            break;
        }
        if expect_piece && gap && parts.is_empty() && plain && joined {
            break;
        }
        parts.push(tokens.text(i).to_owned());
        expect_piece = false;
        from = i;
    }
    while parts.last().is_some_and(|part| matches!(part.as_str(), "." | "-" | "_" | "+")) {
        parts.pop();
        from += 1;
    }
    parts.reverse();
    let local = parts.concat();
    let fits = !local.is_empty() && local.len() <= 64 && !(word && matches!(local.as_str(), "me" | "us" | "mig"));
    fits.then_some((local, from))
}
