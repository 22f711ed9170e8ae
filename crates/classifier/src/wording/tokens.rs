//! A folded text cut into words, clauses and sentences.

use domain::NormalText;
use std::ops::Range;

/// Words after which a full stop ends no sentence.
const ABBREVIATIONS: [&str; 22] = [
    "kl", "ca", "kr", "tlf", "eks", "bl", "nr", "st", "th", "tv", "min", "max", "approx", "bzw", "inkl", "evt", "dvs",
    "mht", "incl", "tel", "f", "osv",
];

/// One word.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub range: Range<usize>,
    pub clause: usize,
    pub sentence: usize,
    /// Without apostrophes: `don't` is `dont`.
    pub word: String,
}

/// The words of a text, and which clause and sentence they stand in.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub tokens: Vec<Token>,
    pub clauses: Vec<Range<usize>>,
    /// By sentence: does it end with a question mark?
    pub asks: Vec<bool>,
    /// Byte ranges between quotation marks.
    pub quotes: Vec<Range<usize>>,
}

impl Layout {
    /// Cuts `normal`; line breaks of `original` end a clause, empty lines a sentence. `opens` says whether a word
    /// opens a clause of its own (`men`, `but`).
    pub fn of(normal: &NormalText, original: &str, opens: impl Fn(&str) -> bool) -> Self {
        let text = normal.as_str();
        let mut layout = Layout { tokens: Vec::new(), clauses: Vec::new(), asks: vec![false], quotes: Vec::new() };
        let (mut clause_start, mut quote): (usize, Option<usize>) = (0, None);
        let mut characters = text.char_indices().peekable();
        let mut previous = ' ';
        while let Some((at, character)) = characters.next() {
            if character.is_alphanumeric() {
                let mut end = at + character.len_utf8();
                while let Some(&(next, c)) = characters.peek() {
                    let inside = c.is_alphanumeric()
                        || (is_apostrophe(c)
                            && text
                                .get(next + c.len_utf8()..)
                                .is_some_and(|t| t.starts_with(|c: char| c.is_alphabetic())));
                    if !inside {
                        break;
                    }
                    end = next + c.len_utf8();
                    characters.next();
                }
                let word: String =
                    text.get(at..end).unwrap_or_default().chars().filter(|c| !is_apostrophe(*c)).collect();
                if opens(&word) && at > clause_start {
                    layout.clauses.push(clause_start..at);
                    clause_start = at;
                }
                let (clause, sentence) = (layout.clauses.len(), layout.asks.len() - 1);
                layout.tokens.push(Token { range: at..end, clause, sentence, word });
                previous = 'a';
                continue;
            }
            let end = at + character.len_utf8();
            let next = text.get(end..).and_then(|rest| rest.chars().next()).unwrap_or(' ');
            let lines = match character {
                ' ' => original.get(normal.original(at..end)).map_or(0, |run| run.matches('\n').count()),
                '\n' => 1,
                _ => 0,
            };
            let abbreviated = layout.tokens.last().is_some_and(|token| {
                token.range.end == at && (ABBREVIATIONS.contains(&token.word.as_str()) || is_number(&token.word))
            });
            let ends_sentence = match character {
                '!' | '?' | '…' => true,
                '.' => !(next.is_alphanumeric() || abbreviated && matches!(next, ' ' | '-' | '–' | ',')),
                _ => lines > 1,
            };
            let ends_clause = ends_sentence
                || lines == 1
                || match character {
                    ',' => !(next.is_ascii_digit() && previous.is_alphanumeric()),
                    ':' => !next.is_ascii_digit(),
                    ';' | '(' | ')' | '|' | '•' | '*' | '–' | '—' | '~' | '=' | '>' | '<' => true,
                    '-' => next == ' ' && previous == ' ',
                    ' ' | '\'' | '"' | '/' | '&' | '+' | '%' | '.' | '#' | '@' => false,
                    other => !other.is_ascii() && !other.is_alphanumeric() && !is_quote(other) && !is_apostrophe(other),
                };
            if is_quote(character) {
                match quote.take() {
                    Some(open) => layout.quotes.push(open..at),
                    None => quote = Some(end),
                }
            }
            if ends_clause {
                layout.clauses.push(clause_start..at);
                clause_start = end;
            }
            if ends_sentence {
                if character == '?'
                    && let Some(asks) = layout.asks.last_mut()
                {
                    *asks = true;
                }
                layout.asks.push(false);
            }
            previous = character;
        }
        layout.clauses.push(clause_start..text.len());
        layout
    }

    /// The clauses that a range touches, as one range.
    pub fn clause_around(&self, range: &Range<usize>) -> Range<usize> {
        let first = self.clauses.partition_point(|clause| clause.end <= range.start);
        let last = self.clauses.partition_point(|clause| clause.start < range.end).saturating_sub(1);
        let start = self.clauses.get(first).map_or(range.start, |clause| clause.start.min(range.start));
        let end = self.clauses.get(last).map_or(range.end, |clause| clause.end.max(range.end));
        start..end
    }

    /// The sentence in which a range begins, with the sentence before it.
    pub fn sentence_around(&self, range: &Range<usize>) -> Range<usize> {
        let at = self.tokens_in(range).start;
        let Some(sentence) = self.tokens.get(at).map(|token| token.sentence) else { return range.clone() };
        let first = self.tokens.partition_point(|token| token.sentence + 1 < sentence);
        let last = self.tokens.partition_point(|token| token.sentence <= sentence).saturating_sub(1);
        let start = self.tokens.get(first).map_or(range.start, |token| token.range.start.min(range.start));
        let end = self.tokens.get(last).map_or(range.end, |token| token.range.end.max(range.end));
        start..end
    }

    /// Indices of the words of a sentence.
    pub fn sentence(&self, number: usize) -> Range<usize> {
        let start = self.tokens.partition_point(|token| token.sentence < number);
        start..self.tokens.partition_point(|token| token.sentence <= number)
    }

    /// Whether the words of `phrase` stand from `at` on, each in a place that `within` accepts.
    pub fn says(&self, phrase: &[String], at: usize, within: impl Fn(&Token) -> bool) -> bool {
        let word = |i: usize, word: &String| self.tokens.get(at + i).is_some_and(|t| t.word == *word && within(t));
        phrase.iter().enumerate().all(|(i, wanted)| word(i, wanted))
    }

    /// The text that words reach over; `otherwise` where there are none.
    pub fn words(&self, words: &Range<usize>, otherwise: &Range<usize>) -> Range<usize> {
        let first = self.tokens.get(words.start);
        let last = words.end.checked_sub(1).and_then(|at| self.tokens.get(at));
        first.zip(last).map_or(otherwise.clone(), |(first, last)| first.range.start..last.range.end)
    }

    /// Indices of the words inside a range.
    pub fn tokens_in(&self, range: &Range<usize>) -> Range<usize> {
        let first = self.tokens.partition_point(|token| token.range.end <= range.start);
        let last = self.tokens.partition_point(|token| token.range.start < range.end);
        first..last.max(first)
    }
}

fn is_number(word: &str) -> bool {
    word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit())
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '’' | '´' | '`')
}

fn is_quote(character: char) -> bool {
    matches!(character, '"' | '“' | '”' | '„' | '«' | '»')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<Vec<String>> {
        let normal = NormalText::fold(text);
        let layout = Layout::of(&normal, text, |word| word == "men");
        let mut clauses: Vec<Vec<String>> = Vec::new();
        for token in &layout.tokens {
            clauses.resize(clauses.len().max(token.clause + 1), Vec::new());
            clauses[token.clause].push(token.word.clone());
        }
        clauses.into_iter().filter(|clause| !clause.is_empty()).collect()
    }

    #[test]
    fn clauses_end_where_a_reader_ends_them() {
        assert_eq!(cut("Ikke ung, men sød").len(), 2);
        assert_eq!(cut("Don't call\nWrite").len(), 2);
        assert_eq!(cut("kl. 10.30 til 22, hver dag").len(), 2);
        assert_eq!(cut("Aarhus 3.-5., Odense"), [vec!["aarhus", "3", "5"], vec!["odense"]]);
        assert_eq!(cut("don't")[0], ["dont"]);
    }

    #[test]
    fn a_question_mark_belongs_to_its_sentence() {
        let text = "Er du ny? Jeg er her.";
        let layout = Layout::of(&NormalText::fold(text), text, |_| false);
        assert_eq!(layout.asks, [true, false, false]);
    }
}
