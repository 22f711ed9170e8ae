//! A pattern as steps over a text's words.

use super::grammar::{Node, most};
use super::vocabulary::{Between, SetId, Vocabulary, Word};
use std::collections::BTreeSet;
use std::ops::Range;

/// Steps that one try may take: no text makes a pattern expensive.
const MOST_STEPS: u32 = 3000;

#[derive(Debug, Clone, Copy)]
enum Step {
    /// A word of the set.
    Words(SetId),
    Any,
    /// A word that a gap jumps over.
    Over,
    /// The next word follows within the clause.
    Near,
    /// A colon may stand before the next word.
    Colon,
    /// A comma stands before the next word.
    Comma,
    /// First one way, then the other.
    Try(u32, u32),
    Go(u32),
    End,
}

/// A compiled pattern.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    steps: Box<[Step]>,
    /// Most words that a match can have.
    pub longest: usize,
    /// Sets of which every match holds a word.
    pub needs: Box<[SetId]>,
}

/// Where a try stands.
struct Try<'a> {
    vocabulary: &'a Vocabulary,
    words: &'a [Word],
    left: u32,
}

impl Program {
    /// Compiles the ways of a pattern (its orders) and puts its words into the vocabulary. What must be there is the
    /// first way's: the others hold the same parts.
    pub fn of(ways: &[Vec<Node>], vocabulary: &mut Vocabulary) -> Self {
        let mut steps = Vec::new();
        either(ways, vocabulary, &mut steps);
        steps.push(Step::End);
        let needs = ways.first().map(|way| needs(way, vocabulary)).unwrap_or_default();
        // A word in two pieces is one of the pattern's and two of the text's.
        let longest = ways.iter().map(|way| most(way)).max().unwrap_or(0) * 2;
        Self { steps: steps.into(), longest, needs: needs.into() }
    }

    /// The words of the match that begins at a word.
    pub fn at(&self, vocabulary: &Vocabulary, words: &[Word], start: usize) -> Option<Range<usize>> {
        let mut attempt = Try { vocabulary, words, left: MOST_STEPS };
        let end = attempt.run(&self.steps, 0, start, Between::Sentence)?;
        (end > start).then_some(start..end)
    }

    /// Whether a match can begin with that word.
    pub fn may_begin(&self, vocabulary: &Vocabulary, word: &Word) -> bool {
        match self.steps.first() {
            Some(Step::Words(set)) => is(vocabulary, *set, word),
            _ => true,
        }
    }
}

fn is(vocabulary: &Vocabulary, set: SetId, word: &Word) -> bool {
    vocabulary.holds(set, word.ids()) || word.pair().is_some_and(|pair| vocabulary.holds(set, &[pair]))
}

impl Try<'_> {
    /// Runs from a step on; `limit` is what may stand before the next word.
    fn run(&mut self, steps: &[Step], mut step: usize, mut at: usize, mut limit: Between) -> Option<usize> {
        // What a match may have between two words.
        let usual = Between::Comma;
        loop {
            self.left = self.left.checked_sub(1)?;
            let follows = |limit: Between| {
                self.words.get(at).filter(|word| word.before <= limit && !(limit == Between::Clause && word.far))
            };
            match steps.get(step)? {
                Step::Words(set) => {
                    let word = follows(limit)?;
                    if self.vocabulary.holds(*set, word.ids()) {
                        at += 1;
                    } else if word.pair().is_some_and(|pair| self.vocabulary.holds(*set, &[pair])) {
                        at += 2;
                    } else {
                        return None;
                    }
                    limit = usual;
                }
                Step::Any => {
                    follows(limit)?;
                    at += 1;
                    limit = usual;
                }
                Step::Over => {
                    follows(limit)?;
                    at += 1;
                    limit = Between::Clause;
                }
                // "Alder: omkring 17": a colon that the pattern names stays.
                Step::Near if limit == Between::Colon => {}
                Step::Near => limit = Between::Clause,
                Step::Comma => {
                    self.words.get(at).filter(|word| word.before == Between::Comma)?;
                }
                Step::Colon => limit = limit.max(Between::Colon),
                Step::Try(one, other) => {
                    if let Some(end) = self.run(steps, *one as usize, at, limit) {
                        return Some(end);
                    }
                    step = *other as usize;
                    continue;
                }
                Step::Go(to) => {
                    step = *to as usize;
                    continue;
                }
                Step::End => return Some(at),
            }
            step += 1;
        }
    }
}

fn here(steps: &[Step]) -> u32 {
    u32::try_from(steps.len()).unwrap_or(u32::MAX)
}

fn set_step(steps: &mut [Step], at: u32, step: Step) {
    if let Some(place) = steps.get_mut(at as usize) {
        *place = step;
    }
}

fn either(ways: &[Vec<Node>], vocabulary: &mut Vocabulary, steps: &mut Vec<Step>) {
    let mut ends = Vec::new();
    for (number, way) in ways.iter().enumerate() {
        let last = number + 1 == ways.len();
        let fork = here(steps);
        if !last {
            steps.push(Step::End);
        }
        sequence(way, vocabulary, steps);
        if !last {
            ends.push(here(steps));
            steps.push(Step::End);
            let next = here(steps);
            set_step(steps, fork, Step::Try(fork + 1, next));
        }
    }
    let end = here(steps);
    for at in ends {
        set_step(steps, at, Step::Go(end));
    }
}

fn sequence(nodes: &[Node], vocabulary: &mut Vocabulary, steps: &mut Vec<Step>) {
    for node in nodes {
        match node {
            Node::Words(words) => {
                let set = vocabulary.set(words);
                steps.push(Step::Words(set));
            }
            Node::Any => steps.push(Step::Any),
            Node::Colon => steps.push(Step::Colon),
            Node::Comma => steps.push(Step::Comma),
            Node::Gap(most) => {
                steps.push(Step::Near);
                // As many as there are, then fewer.
                let mut forks = Vec::new();
                for _ in 0..*most {
                    forks.push(here(steps));
                    steps.push(Step::End);
                    steps.push(Step::Over);
                }
                let end = here(steps);
                for fork in forks {
                    set_step(steps, fork, Step::Try(fork + 1, end));
                }
            }
            Node::Either(ways) => either(ways, vocabulary, steps),
        }
    }
}

/// The sets that a sequence cannot do without.
fn needs(nodes: &[Node], vocabulary: &mut Vocabulary) -> Vec<SetId> {
    let mut sets = Vec::new();
    for node in nodes {
        match node {
            Node::Words(words) => sets.push(vocabulary.set(words)),
            Node::Either(ways) => {
                if let Some(words) = beginnings(ways) {
                    sets.push(vocabulary.set(&words));
                }
            }
            _ => {}
        }
    }
    sets.sort_unstable();
    sets.dedup();
    sets
}

/// One of these words is in every way: of each way the set that says most.
fn beginnings(ways: &[Vec<Node>]) -> Option<BTreeSet<String>> {
    let mut all = BTreeSet::new();
    for way in ways {
        let best = way
            .iter()
            .filter_map(|node| match node {
                Node::Words(words) => Some(words.clone()),
                Node::Either(inner) => beginnings(inner),
                _ => None,
            })
            .min_by(|one, other| commonness(one).total_cmp(&commonness(other)))?;
        all.extend(best);
    }
    Some(all)
}

/// How often one of these words stands in a text, roughly: short words are common.
pub(crate) fn commonness<'a>(words: impl IntoIterator<Item = &'a String>) -> f64 {
    words.into_iter().map(|word| 1.0 / (word.len().max(1) as f64).powi(3)).sum()
}
