//! Words by their letters: which of them a text holds at a place.

/// No word ends here.
const NONE: u32 = u32::MAX;

/// Words in a tree of letters, laid out so that what is looked at together lies together.
#[derive(Debug, Clone, Default)]
pub(super) struct Trie {
    /// By first byte: the node behind it; 0 for none.
    first: Vec<u32>,
    nodes: Vec<Node>,
    /// The letters that go on from nodes, and the node behind each.
    letters: Vec<u8>,
    behind: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    /// The number of the word that ends here, or [`NONE`].
    word: u32,
    /// Its letters: where they begin, and how many.
    from: u32,
    count: u32,
}

impl Trie {
    /// Of words in order, each with its number. An empty word is none.
    pub(super) fn of<'w>(words: impl Iterator<Item = (&'w str, u32)>) -> Self {
        let words: Vec<(&[u8], u32)> =
            words.map(|(word, number)| (word.as_bytes(), number)).filter(|(word, _)| !word.is_empty()).collect();
        let mut trie = Self { first: vec![0; 256], ..Self::default() };
        // The root; no letter leads to it.
        trie.nodes.push(Node { word: NONE, from: 0, count: 0 });
        for (letter, words) in by_letter(&words, 0) {
            let node = trie.node(words, 1);
            if let Some(first) = trie.first.get_mut(usize::from(letter)) {
                *first = node;
            }
        }
        trie
    }

    /// The node of words that have their first `depth` letters in common.
    fn node(&mut self, words: &[(&[u8], u32)], depth: usize) -> u32 {
        let number = self.nodes.len() as u32;
        let (ends, longer): (Vec<_>, Vec<_>) = words.iter().copied().partition(|(word, _)| word.len() == depth);
        let ways: Vec<(u8, &[(&[u8], u32)])> = by_letter(&longer, depth);
        let from = self.letters.len();
        let word = ends.first().map_or(NONE, |(_, number)| *number);
        self.nodes.push(Node { word, from: from as u32, count: ways.len() as u32 });
        self.letters.extend(ways.iter().map(|(letter, _)| *letter));
        self.behind.resize(self.letters.len(), 0);
        for (way, (_, words)) in ways.into_iter().enumerate() {
            let behind = self.node(words, depth + 1);
            if let Some(slot) = self.behind.get_mut(from + way) {
                *slot = behind;
            }
        }
        number
    }

    /// Every word that stands at `at`, with where it ends, the shortest first.
    pub(super) fn each(&self, text: &[u8], at: usize, mut each: impl FnMut(u32, usize)) {
        let first = text.get(at).and_then(|byte| self.first.get(usize::from(*byte))).copied().unwrap_or(0);
        if first != 0 {
            self.on_from(text, first, at + 1, &mut each);
        }
    }

    fn on_from(&self, text: &[u8], mut number: u32, mut end: usize, each: &mut impl FnMut(u32, usize)) {
        while let Some(node) = self.nodes.get(number as usize).filter(|_| number != 0) {
            if node.word != NONE {
                each(node.word, end);
            }
            let Some(byte) = text.get(end) else { return };
            let from = node.from as usize;
            let letters = self.letters.get(from..from + node.count as usize).unwrap_or_default();
            let behind = |way: usize| self.behind.get(from + way).copied().unwrap_or(0);
            // A blank goes over all that stands between two words; it is the first of the letters.
            if letters.first() == Some(&b' ') && parts_words(*byte) {
                let gap = text.get(end..).unwrap_or_default().iter().take_while(|byte| parts_words(**byte)).count();
                if gap <= WIDEST {
                    self.on_from(text, behind(0), end + gap, each);
                }
            }
            if *byte == b' ' {
                return;
            }
            let Some(way) = letters.iter().position(|letter| letter == byte) else { return };
            number = behind(way);
            end += 1;
        }
    }
}

/// The most bytes between two words of a pattern, as `SEPARATOR` in `pattern.rs` has them.
const WIDEST: usize = 8;

/// A byte that may stand between two words of a pattern.
fn parts_words(byte: u8) -> bool {
    !(byte.is_ascii_lowercase()
        || byte.is_ascii_digit()
        || matches!(byte, b'.' | b'!' | b'?' | b';' | b':' | b'|' | b'\n'))
}

/// Words in order, parted by the letter at `depth`.
fn by_letter<'s, 'w>(words: &'s [(&'w [u8], u32)], depth: usize) -> Vec<(u8, &'s [(&'w [u8], u32)])> {
    let letter = |word: &(&[u8], u32)| word.0.get(depth).copied();
    let parts = words.chunk_by(move |one, next| letter(one) == letter(next));
    parts.filter_map(|part| Some((letter(part.first()?)?, part))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_is_whatever_stands_between_two_words() {
        let trie = Trie::of([("i am", 0), ("i-phone", 1), ("in", 2)].into_iter());
        let found = |text: &str| {
            let mut found = Vec::new();
            trie.each(text.as_bytes(), 0, |word, end| found.push((word, end)));
            found
        };
        assert_eq!(found("i am"), [(0, 4)]);
        assert_eq!(found("i - 'am"), [(0, 7)]);
        assert_eq!(found("i-phone"), [(1, 7)]);
        assert_eq!(found("i. am"), []);
        assert_eq!(found(&format!("i{}am", "-".repeat(9))), []);
    }

    #[test]
    fn all_words_at_a_place_are_found() {
        let trie = Trie::of([("er", 0), ("h", 1), ("her", 2), ("hertil", 3), ("hun", 4)].into_iter());
        let at = |text: &str, at: usize| {
            let mut found = Vec::new();
            trie.each(text.as_bytes(), at, |word, end| found.push((word, end)));
            found
        };
        assert_eq!(at("hertil", 0), [(1, 1), (2, 3), (3, 6)]);
        assert_eq!(at("hertil", 1), [(0, 3)]);
        assert_eq!(at("herti", 0), [(1, 1), (2, 3)]);
        assert_eq!(at("x", 0), []);
        assert_eq!(at("", 0), []);
    }
}
