//! The small language of patterns.
//!
//! | written | means |
//! | --- | --- |
//! | `hun er ny` | these words, with white space, commas or hyphens between them |
//! | `pige*` | inflection: any further letters |
//! | `(ny\|ung)`, `(meget )?ung` | one of these, maybe this |
//! | `{women}` | the words of that name in `rules.toml` |
//! | `_` | any one word |
//! | `<3>` | up to three words of the same clause |
//! | `A ~3~ B` | A and B in either order, with up to three words of the same clause between them |
//! | `#` | digits |
//! | `A && B` | A where the same text says B too, anywhere and as its own: the match is A |
//! | `= A` | among the patterns that silence: only what A touches |
//! | `A && @id` | A where the wording of that other indicator is there too |
//!
//! Patterns are folded as texts are, so `på` and `paa` are one.

use super::literals::{Needs, required};
use super::parse::either_order;
use super::walk::{Expression, Made, Parts, Walked};
use domain::NormalText;
use regex_automata::meta::{Config, Regex};
use regex_automata::{Anchored, Input, util::syntax};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

/// Bytes that one compiled pattern may take.
const SIZE_LIMIT: usize = 4 << 20;
/// Between two words of a pattern: nothing that ends a sentence, nothing that is a word. In bytes, of which a sign
/// beyond ASCII has up to four: expressions over letters of all scripts take many times the memory and time.
const SEPARATOR: &str = r"[^a-z0-9.!?;:|\n]{1,8}";
/// Between words that a gap jumps over: no comma either.
const SAME_CLAUSE: &str = r"[^a-z0-9.!?;:|,()\n]{1,6}";
/// A word; one of these abbreviations, or a number, with its full stop too.
const WORD: &str = r"(?:(?:kr|kl|ca|nr|tlf|min|st|d|[0-9]+)\.|(?:[a-z0-9']|’)+)";

/// A pattern, checked and made ready to be walked through when it is loaded. Its automaton is compiled when first a text
/// takes too long a walk, which most never do.
#[derive(Debug, Clone)]
pub(crate) struct CompiledPattern {
    /// The same folded.
    pub folded: String,
    /// As written, with words in the place of names.
    pub written: String,
    /// What the text must say besides.
    pub besides: Option<Besides>,
    walk: Expression,
    regex: OnceLock<Option<Regex>>,
}

/// What a text must say besides a pattern.
#[derive(Debug, Clone)]
pub(crate) enum Besides {
    /// This.
    Said(Box<CompiledPattern>),
    /// What this indicator stands for.
    Indicator(String),
}

impl CompiledPattern {
    /// Ranges of the text that it matches.
    pub fn find_all<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
        self.find_within(text, 0..text.len(), text.len())
    }

    /// The same inside of `within`, where a match can begin only at `starts`: each is tried, and nothing between.
    pub fn find_at(&self, text: &str, within: &Range<usize>, starts: &[usize]) -> Vec<Range<usize>> {
        let (mut found, mut end): (Vec<Range<usize>>, usize) = (Vec::new(), within.start);
        for start in starts.iter().copied().filter(|start| within.contains(start)) {
            if start < end {
                continue;
            }
            if let Some(to) = self.ends_at(text, start, within.end) {
                end = to.max(start + 1);
                found.push(start..to);
            }
        }
        found
    }

    /// The same inside of `within`, where the text around it still says what a whole word is, and no match begins behind
    /// `last`.
    pub fn find_within<'t>(
        &'t self,
        text: &'t str,
        within: Range<usize>,
        last: usize,
    ) -> impl Iterator<Item = Range<usize>> + 't {
        let mut from = within.start;
        std::iter::from_fn(move || {
            let found = self.next_within(text, from..within.end, last)?;
            from = found.end.max(found.start + 1);
            Some(found)
        })
    }

    fn ends_at(&self, text: &str, start: usize, end: usize) -> Option<usize> {
        match self.walk.walk(text.as_bytes(), start, end) {
            Walked::To(to) => Some(to),
            Walked::Not => None,
            Walked::Far => {
                let input = Input::new(text).span(start..end).anchored(Anchored::Yes);
                self.automaton()?.find(input).map(|found| found.end())
            }
        }
    }

    fn next_within(&self, text: &str, within: Range<usize>, last: usize) -> Option<Range<usize>> {
        let by_automaton =
            |from: usize| self.automaton()?.find(Input::new(text).span(from..within.end)).map(|found| found.range());
        let bytes = text.as_bytes();
        for at in within.start..within.end.min(last.saturating_add(1)) {
            if !self.walk.may_begin(bytes, at) {
                continue;
            }
            match self.walk.walk(bytes, at, within.end) {
                Walked::To(to) => return Some(at..to),
                Walked::Not => {}
                Walked::Far => return by_automaton(at),
            }
        }
        None
    }

    /// Loading has read it; a pattern over the size limit is one of several thousand letters, and matches nothing.
    fn automaton(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| build(&self.source())).as_ref()
    }

    /// The pattern as an expression: what the automaton is made of, and what others measure with.
    pub fn source(&self) -> String {
        expression(&self.folded).unwrap_or_default()
    }
}

/// Sentences are short and patterns many: automata that are built while they run would take more time and many times
/// the memory of looking each way.
fn build(source: &str) -> Option<Regex> {
    let config = Config::new().hybrid(false).dfa(false).onepass(false).nfa_size_limit(Some(SIZE_LIMIT));
    let syntax = syntax::Config::new().unicode(false).utf8(false);
    Regex::builder().configure(config).syntax(syntax).build(source).ok()
}

/// Compiles one pattern, or says what is wrong with it.
pub(crate) fn compile(source: &str, words: &BTreeMap<String, String>) -> Result<CompiledPattern, String> {
    compile_and_parse(source, words, &mut Parts::default()).map(|(pattern, _)| pattern)
}

/// The same, with what a text must hold for it. `parts` are those that several patterns share.
pub(crate) fn compile_and_parse(
    source: &str,
    words: &BTreeMap<String, String>,
    parts: &mut Parts,
) -> Result<(CompiledPattern, Needs), String> {
    let (source, besides) = match source.split_once(" && ") {
        Some((_, besides)) if besides.contains("&&") => return Err("`&&` stands in a pattern once".to_owned()),
        Some((source, besides)) => match besides.trim().strip_prefix('@') {
            Some(id) => (source, Some(Besides::Indicator(id.to_owned()))),
            None => (source, Some(Besides::Said(Box::new(compile_and_parse(besides, words, parts)?.0)))),
        },
        None => (source, None),
    };
    let written = expand(source, words, 0)?.trim().to_owned();
    let folded = NormalText::fold(&written).as_str().to_owned();
    slips(&folded)?;
    let (whole, needs) = match either_order(&folded)? {
        Some((one, gap, other)) => {
            let (one, gap, other) = (bounded(parts, one)?, parts.gap(gap), bounded(parts, other)?);
            let in_order = parts.row(vec![one.clone(), gap.clone(), other.clone()]);
            let needs = Needs { any_order: true, ..required(parts, &in_order.0) };
            let turned = parts.row(vec![other, gap, one]);
            (parts.ways(vec![in_order, turned]), needs)
        }
        None => {
            let whole = bounded(parts, &folded)?;
            let needs = required(parts, &whole.0);
            (whole, needs)
        }
    };
    let walk = parts.expression(whole).ok_or("it matches nothing at all")?;
    Ok((CompiledPattern { folded, written, besides, walk, regex: OnceLock::new() }, needs))
}

/// What looks as if it said something else.
fn slips(folded: &str) -> Result<(), String> {
    for (slip, instead) in [(" ?", "`(word )?`"), (")*", "`(a|b)` without the star"), ("<>", "a number in `<3>`")] {
        if folded.contains(slip) {
            return Err(format!("`{slip}` does not say what it seems to: write {instead}"));
        }
    }
    Ok(())
}

/// A folded pattern between boundaries where it begins and ends with words: before it, behind it.
fn at_words(folded: &str) -> (bool, bool) {
    let first_is_word = folded.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '(' | '#'));
    let last_is_word = folded.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, ')' | '*' | '#'));
    // `?` after an optional word at the end: the boundary is right there too.
    (first_is_word, last_is_word || folded.ends_with(")?"))
}

fn bounded(parts: &mut Parts, folded: &str) -> Result<Made, String> {
    let (before, behind) = at_words(folded);
    let inside = parts.written(folded)?;
    let boundary = parts.boundary();
    let mut row = vec![inside];
    if before {
        row.insert(0, boundary.clone());
    }
    if behind {
        row.push(boundary);
    }
    Ok(parts.row(row))
}

/// A folded pattern as an expression over bytes.
fn expression(folded: &str) -> Result<String, String> {
    let bounded = |folded: &str| {
        let (before, behind) = at_words(folded);
        Ok::<_, String>(format!("{}(?:{}){}", boundary(before), translate(folded)?, boundary(behind)))
    };
    match either_order(folded)? {
        Some((one, gap, other)) => {
            let gap = translate(&format!(" <{gap}> "))?;
            let (one, other) = (bounded(one)?, bounded(other)?);
            Ok(format!("(?:{one}{gap}{other}|{other}{gap}{one})"))
        }
        None => bounded(folded),
    }
}

fn boundary(at_word: bool) -> &'static str {
    if at_word { r"(?-u:\b)" } else { "" }
}

/// The words of all names, each with the words of the names in it.
pub(crate) fn expanded(words: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let whole = |value: &String| expand(value, words, 1).unwrap_or_else(|_| value.clone());
    words.iter().map(|(name, value)| (name.clone(), whole(value))).collect()
}

fn expand(source: &str, words: &BTreeMap<String, String>, depth: usize) -> Result<String, String> {
    if depth > 6 {
        return Err("words that name each other in a circle".to_owned());
    }
    let (mut text, mut rest) = (String::new(), source);
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        let close = from.find('}').ok_or("`{` without `}`")?;
        let (name, after) = (from.get(1..close).unwrap_or_default(), from.get(close + 1..).unwrap_or_default());
        let value = words.get(name).ok_or_else(|| format!("no words of the name `{name}` in rules.toml"))?;
        text.push_str(before);
        text.push('(');
        text.push_str(&expand(value, words, depth + 1)?);
        text.push(')');
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

fn translate(folded: &str) -> Result<String, String> {
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
                let most: u8 = gap.parse().map_err(|_| format!("`<{gap}>` must hold a number"))?;
                if most > 9 || characters.next() != Some(' ') {
                    return Err("a gap jumps over nine words at most and stands between two spaces".to_owned());
                }
                regex.push_str(&format!("(?:{SAME_CLAUSE}{WORD}){{0,{most}}}{SAME_CLAUSE}"));
            }
            ' ' => regex.push_str(SEPARATOR),
            other if other.is_alphabetic() => regex.push(other),
            other if "%+/-&.,:!\"".contains(other) => {
                regex.push_str(&regex_escape(other));
            }
            other => return Err(format!("`{other}` means nothing in a pattern")),
        }
    }
    Ok(regex)
}

fn regex_escape(character: char) -> String {
    regex_syntax::escape(character.encode_utf8(&mut [0; 4]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str) -> bool {
        let words = BTreeMap::from([("women".to_owned(), "pige(r|rne)?|dame(r|rne)?".to_owned())]);
        compile(pattern, &words).unwrap().find_all(NormalText::fold(text).as_str()).next().is_some()
    }

    #[test]
    fn words_inflect_and_keep_their_boundaries() {
        assert!(check("hun er ny", "HUN er  ny her"));
        assert!(!check("hun er ny", "hun er nyttig"));
        assert!(check("vores {women}", "Mød vores damer!"));
        assert!(!check("vores {women}", "vores damefrisør"));
        assert!(check("på ferie", "Paa ferie"));
        assert!(check("100( )?% ægte", "100 % ægte") && check("100( )?% ægte", "100% ægte"));
        assert!(check("don't <2> drive", "dont ever drive") && !check("don't <2> drive", "don't, I drive"));
        assert!(!check("hun ny", "hun. Ny"), "a full stop stands between two sentences");
        let both = compile("hun er ny && ring til mig", &BTreeMap::new()).unwrap();
        assert_eq!(both.written, "hun er ny");
        let Some(Besides::Said(besides)) = both.besides else { panic!("a pattern besides") };
        assert!(besides.find_all("ring til mig i dag").next().is_some());
        let either = "(mangler|brug for) ~3~ penge";
        assert!(check(either, "jeg mangler lidt penge") && check(either, "penge er jeg meget brug for"));
        assert!(!check(either, "penge har jeg. Mangler du?") && !check(either, "mangler du noget, så penge"));
    }

    const WRITTEN: [&str; 10] = [
        "hun er ny",
        "pige* her",
        "(ny|nye|nyt )?(pige(r|rne)?|dame(r)?) <3> (her|hos os|ny)",
        "don't <2> drive",
        "(mangler|brug for) ~3~ penge",
        "_ er _ _",
        "# (kr|kr.|time) _",
        "100( )?% ny",
        "(hun|han|de|vi|ny) <9> (er|her) <9> (ny|hos)",
        "(a|ab|abc)(c|bc)? er",
    ];

    proptest::proptest! {
        #[test]
        fn what_is_walked_is_what_the_automaton_matches(
            words in proptest::collection::vec(
                proptest::sample::select(vec![
                    "hun", "er", "ny", "nye", "nyt", "pige", "piger", "pigerne", "dame", "her", "hos", "os", "don't", "dont",
                    "don’t", "drive", "mangler", "brug", "for", "penge", "12", "100", "%", "kr", "kr.", "time", "abcbc", "abc",
                    " ", " ", ", ", ". ", "-", "'", "’’", "æ", "\n", "  ", "'' ''",
                ]),
                0..40,
            ),
            blanks in proptest::prelude::any::<bool>(),
        ) {
            let text = words.join(if blanks { " " } else { "" });
            let text = NormalText::fold(&text).as_str().to_owned();
            for written in WRITTEN {
                let pattern = compile(written, &BTreeMap::new()).unwrap();
                let automaton = build(&pattern.source()).unwrap();
                let walked: Vec<Range<usize>> = pattern.find_all(&text).collect();
                let matched: Vec<Range<usize>> = automaton.find_iter(&text).map(|found| found.range()).collect();
                proptest::prop_assert_eq!(walked, matched, "{} in {:?}", written, &text);
            }
        }
    }

    #[test]
    fn a_walk_that_takes_too_long_is_left_to_the_automaton() {
        let pattern = compile("hun <9> er <9> ny <9> her", &BTreeMap::new()).unwrap();
        let text = format!("hun {}her", "er' 'ny '' ".repeat(200));
        assert_eq!(pattern.walk.walk(text.as_bytes(), 0, text.len()), Walked::Far);
        let automaton = build(&pattern.source()).unwrap();
        let matched: Vec<Range<usize>> = automaton.find_iter(&text).map(|found| found.range()).collect();
        assert_eq!(pattern.find_all(&text).collect::<Vec<_>>(), matched);
    }

    #[test]
    fn a_wrong_pattern_says_why() {
        let none = BTreeMap::new();
        for pattern in [
            "{women}",
            "a(b",
            "a)b",
            "a [b]",
            "a*?",
            "?a",
            "(a)??",
            "(a)?",
            "a <x> b",
            "a ~x~ b",
            "a ~2~ b ~2~ c",
            "a && b && c",
        ] {
            assert!(compile(pattern, &none).is_err(), "{pattern}");
        }
    }
}
