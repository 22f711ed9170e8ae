//! Which length of time belongs to which amount.

use super::Item;
use crate::lexicon::Flags;
use crate::tokens::{Kind, Tokens};

/// For each amount the length of time that belongs to it: minutes and the item's index.
pub(super) fn pair(tokens: &Tokens<'_>, items: &[Item]) -> Vec<Option<(u32, usize)>> {
    let mut pairs = vec![None; items.len()];
    let mut used = vec![false; items.len()];
    let minutes = |i: usize| match items.get(i) {
        Some(Item::Length { minutes, .. }) => Some(*minutes),
        _ => None,
    };
    // Words that say it: "800 for 30 min", "1500/time", "1500 i timen".
    for i in 0..items.len() {
        if matches!(items[i], Item::Amount { .. })
            && gap(tokens, items, i, i + 1) == Gap::Strong
            && let Some(m) = minutes(i + 1)
        {
            pairs[i] = Some((m, i + 1));
            used[i + 1] = true;
        }
    }
    // "30/60 min 700/1200 kr": as many amounts behind as many lengths.
    for i in 0..items.len() {
        if i > 0 && minutes(i - 1).is_some() {
            continue;
        }
        let lengths = (i..items.len()).take_while(|&j| minutes(j).is_some() && !used[j]).count();
        if lengths < 2 {
            continue;
        }
        let amounts = (i + lengths..items.len())
            .take_while(|&j| matches!(items[j], Item::Amount { .. }) && gap(tokens, items, j - 1, j) != Gap::Apart)
            .count();
        if amounts >= lengths {
            for j in 0..lengths {
                if let Some(m) = minutes(i + j).filter(|_| pairs[i + lengths + j].is_none()) {
                    pairs[i + lengths + j] = Some((m, i + j));
                    used[i + j] = true;
                }
            }
        }
    }
    // "400/500/900 for 20/30/60 min": as many lengths behind as many amounts.
    for i in 0..items.len() {
        let is_amount = |j: usize| matches!(items[j], Item::Amount { .. });
        if i > 0 && is_amount(i - 1) && gap(tokens, items, i - 1, i) != Gap::Apart {
            continue;
        }
        let near = |j: usize| j == i || gap(tokens, items, j - 1, j) != Gap::Apart;
        let amounts = (i..items.len()).take_while(|&j| is_amount(j) && near(j)).count();
        if amounts < 2 {
            continue;
        }
        // One more than there may be is enough to know; a row of a thousand lengths is not counted a thousand times.
        let lengths = (i + amounts..items.len()).take(amounts + 1);
        if lengths.take_while(|&j| minutes(j).is_some() && near(j)).count() != amounts {
            continue;
        }
        for j in 0..amounts {
            pairs[i + j] = minutes(i + amounts + j).map(|m| (m, i + amounts + j));
            used[i + amounts + j] = true;
        }
    }
    // Lists: a row that begins with a length pairs backwards, one that begins with an amount forwards.
    let mut start = 0;
    while start < items.len() {
        let mut end = start + 1;
        while end < items.len() && gap(tokens, items, end - 1, end) != Gap::Apart {
            end += 1;
        }
        let length_first = matches!(items[start], Item::Length { .. });
        for i in start..end {
            if !matches!(items[i], Item::Amount { .. }) || pairs[i].is_some() {
                continue;
            }
            let before = i.checked_sub(1).filter(|b| *b >= start && !used[*b]).and_then(|b| minutes(b).map(|m| (m, b)));
            let behind = Some(i + 1).filter(|b| *b < end && !used[*b]).and_then(|b| minutes(b).map(|m| (m, b)));
            let chosen = if length_first {
                before.or(behind.filter(|_| i + 2 >= end))
            } else {
                behind.or(before.filter(|_| i + 1 == end))
            };
            if let Some((m, index)) = chosen {
                pairs[i] = Some((m, index));
                used[index] = true;
            }
        }
        start = end;
    }
    // "Eine Stunde 110 Euro oder 820 Kronen": one price in two currencies has one length.
    for i in 1..items.len() {
        let (Item::Amount { currency: Some(one), .. }, Item::Amount { currency: Some(other), .. }) =
            (items[i - 1], items[i])
        else {
            continue;
        };
        let (from, to) = (items[i - 1].range().1, items[i].range().0);
        let or = to == from + 1
            && (tokens.is_any(from, &['/', '(', '=', '~'])
                || matches!(tokens.text(from), "or" | "oder" | "eller" | "o" | "sau" | "lub"));
        if one == other || !or {
            continue;
        }
        match (pairs[i - 1], pairs[i]) {
            (Some(length), None) => pairs[i] = Some(length),
            (None, Some(length)) => pairs[i - 1] = Some(length),
            _ => {}
        }
    }
    pairs
}

#[derive(PartialEq, Eq)]
enum Gap {
    Strong,
    Near,
    Apart,
}

/// What stands between two items.
fn gap(tokens: &Tokens<'_>, items: &[Item], left: usize, right: usize) -> Gap {
    let (Some(a), Some(b)) = (items.get(left), items.get(right)) else { return Gap::Apart };
    let (from, to) = (a.range().1, b.range().0);
    // A row of dots leads the eye and counts once.
    let distinct =
        (from..to).filter(|&i| i == from || tokens[i].first != tokens[i - 1].first || tokens[i].kind != Kind::Symbol);
    if to < from || distinct.take(10).count() > 9 {
        return Gap::Apart;
    }
    let (mut strong, mut joined) = (false, false);
    let mut words = 0;
    // "500 kr, a full hour 900 kr": behind a comma an article belongs to what follows.
    let comma = tokens.is(from, ',');
    for i in from..to {
        let token = &tokens[i];
        match token.kind {
            Kind::Word
                if matches!(
                    tokens.text(i),
                    "for"
                        | "per"
                        | "pr"
                        | "i"
                        | "om"
                        | "a"
                        | "pro"
                        | "foer"
                        | "fuer"
                        | "the"
                        | "an"
                        | "la"
                        | "pe"
                        | "za"
                        | "por"
                        | "par"
                        | "all"
                ) =>
            {
                strong |= !comma || matches!(tokens.text(i), "for" | "per" | "pr" | "pro" | "foer" | "fuer")
            }
            // "1300 kr og for 2 timer": the next one's length.
            Kind::Word if token.word.is(Flags::JOINER) => joined = true,
            Kind::Word if token.word.is(Flags::CONNECTOR) => {}
            Kind::Word => words += 1,
            // "1500/t" belongs together; " / " parts the lines of a list.
            Kind::Symbol if token.first == '/' => {
                strong |= !(token.space_before && tokens.get(i + 1).is_some_and(|next| next.space_before));
            }
            Kind::Symbol if matches!(token.first, ';' | '|') => {
                return if matches!(token.first, ';') { Gap::Apart } else { Gap::Near };
            }
            Kind::Symbol if token.first == '.' && tokens.get(i + 1).is_some_and(|t| t.capital) => return Gap::Apart,
            Kind::Symbol => {}
            Kind::Number => return Gap::Apart,
        }
        if token.line_before && i > from {
            strong = false;
        }
    }
    // "60 min relaxing full body massage 900 kr": one phrase, as long as nothing parts it.
    let parted = (from..to).any(|i| tokens[i].kind == Kind::Symbol || tokens[i].line_before);
    // "An hour of honest work on your shoulders for 700 kr": "for" ties the ends of a phrase together.
    let tied = !parted
        && matches!(a, Item::Length { .. })
        && to > from
        && matches!(tokens.text(to - 1), "for" | "foer" | "fuer" | "at" | "til");
    if words
        > if parted {
            2
        } else if tied {
            7
        } else {
            4
        }
    {
        return Gap::Apart;
    }
    if strong && !joined { Gap::Strong } else { Gap::Near }
}
