//! The words of all patterns, and a text as these words: looked up once, so that a pattern compares numbers. A word
//! that no pattern knows is looked up as what it may be a slip of: without the marks of æ, ø and å, with letters doubled
//! or not, in two pieces, or with one letter wrong in a long word.

use super::grammar::NUMBER;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

/// Words of so many letters may have one of them wrong.
const LONG: usize = 8;
/// A word in two pieces has at least so many letters; shorter ones meet by chance.
const LEAST_JOINED: usize = 8;
/// Bytes that may stand between two words that belong together.
const APART: usize = 24;
/// The same where a gap jumps over words.
const NEAR: usize = 8;

/// A word of the vocabulary.
pub(crate) type WordId = u32;
/// A set of words, as patterns name it.
pub(crate) type SetId = u32;

/// What stands between two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Between {
    /// Nothing that ends a clause.
    Clause,
    /// A comma or bracket, or many signs.
    Comma,
    Colon,
    /// The end of a sentence.
    Sentence,
}

/// FNV: short keys, no adversary (the keys that a table holds are the catalogue's).
#[derive(Default)]
pub(crate) struct ShortHash(u64);

impl Hasher for ShortHash {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0.rotate_left(5) ^ u64::from(*byte)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }
}

type Table<K, V> = HashMap<K, V, BuildHasherDefault<ShortHash>>;

/// All words, and the sets that hold each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vocabulary {
    ids: Table<String, WordId>,
    /// Beginnings of words (`pige*`), without the star.
    beginnings: Table<String, WordId>,
    lengths: BTreeSet<usize>,
    /// Ends of words (`*ede`), without the star.
    endings: Table<String, WordId>,
    sets: HashMap<BTreeSet<String>, SetId>,
    /// By word: the sets that hold it, in order.
    sets_of: Vec<Vec<SetId>>,
    number: Option<WordId>,
    /// Words by what remains when marks and doubled letters are taken away.
    bare: Table<String, WordId>,
    /// Long words by each form with a letter less, hashed.
    slips: Table<u64, Vec<WordId>>,
    words: Vec<String>,
}

/// One word of a text.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    pub range: Range<usize>,
    /// What stands before it.
    pub before: Between,
    /// A gap may not jump to it: too much stands before it.
    pub far: bool,
    ids: [WordId; 6],
    count: u8,
    /// What this word and the next are together.
    pair: WordId,
}

/// No word.
const NONE: WordId = WordId::MAX;

impl Word {
    /// The words of the vocabulary that it is.
    pub fn ids(&self) -> &[WordId] {
        self.ids.get(..usize::from(self.count)).unwrap_or_default()
    }

    fn push(&mut self, id: WordId) {
        if let Some(room) = self.ids.get_mut(usize::from(self.count)) {
            *room = id;
            self.count += 1;
        }
    }

    /// The word that it is together with the next.
    pub fn pair(&self) -> Option<WordId> {
        (self.pair != NONE).then_some(self.pair)
    }
}

impl Vocabulary {
    /// The set of these words.
    pub fn set(&mut self, words: &BTreeSet<String>) -> SetId {
        if let Some(id) = self.sets.get(words) {
            return *id;
        }
        let set = SetId::try_from(self.sets.len()).unwrap_or(SetId::MAX);
        self.sets.insert(words.clone(), set);
        for word in words {
            let id = self.word(word);
            if let Some(sets) = self.sets_of.get_mut(id as usize) {
                sets.push(set);
            }
        }
        set
    }

    /// How many sets there are.
    pub fn sets(&self) -> usize {
        self.sets.len()
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.sets_of.len()
    }

    /// A word by its number; one that ends in `*` is the beginning of a word.
    pub fn name(&self, word: WordId) -> Option<&String> {
        self.words.get(word as usize)
    }

    /// A word's number, given to it now where it has none.
    pub fn word(&mut self, word: &str) -> WordId {
        let new = WordId::try_from(self.sets_of.len()).unwrap_or(NONE);
        let id = match word.strip_suffix('*') {
            Some(beginning) => {
                self.lengths.insert(beginning.len());
                *self.beginnings.entry(beginning.to_owned()).or_insert(new)
            }
            None if word.starts_with('*') => {
                *self.endings.entry(word.trim_start_matches('*').to_owned()).or_insert(new)
            }
            None if word == NUMBER => *self.number.get_or_insert(new),
            None => *self.ids.entry(word.to_owned()).or_insert(new),
        };
        if id == new {
            self.sets_of.push(Vec::new());
            self.words.push(word.to_owned());
        }
        id
    }

    /// The sets that hold a word.
    pub fn sets_of(&self, word: WordId) -> &[SetId] {
        self.sets_of.get(word as usize).map_or(&[], Vec::as_slice)
    }

    /// Whether `set` holds one of the words that stand there.
    pub fn holds(&self, set: SetId, words: &[WordId]) -> bool {
        words.iter().any(|word| self.sets_of(*word).binary_search(&set).is_ok())
    }

    /// Once all words are in: what slips of them look like.
    pub fn finish(&mut self) {
        for (id, word) in (0..).zip(&self.words) {
            if word.contains(['*', '#']) || !word.bytes().all(|b| b.is_ascii_lowercase()) {
                continue;
            }
            let bare = bare(word);
            if bare.len() >= 2 && *bare != **word || word.len() >= 5 {
                self.bare.entry(bare.into_owned()).or_insert(id);
            }
            if word.len() >= LONG {
                each_shorter(word.as_bytes(), |hash| self.slips.entry(hash).or_default().push(id));
            }
        }
    }

    /// A text (folded) as words of the vocabulary.
    pub fn read(&self, text: &str) -> Vec<Word> {
        let mut words: Vec<Word> = Vec::with_capacity(text.len() / 5 + 1);
        let bytes = text.as_bytes();
        let mut at = 0;
        let mut buffer = String::new();
        while at < bytes.len() {
            let kind = kind_at(text, at);
            if kind == Kind::Between {
                at += text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
                continue;
            }
            let start = at;
            buffer.clear();
            while let Some(sign) = text.get(at..).and_then(|rest| rest.chars().next()) {
                let now = kind_at(text, at);
                if now == kind {
                    buffer.push(sign);
                    at += sign.len_utf8();
                    if kind == Kind::Sign {
                        break;
                    }
                } else if kind == Kind::Letters
                    && is_apostrophe(sign)
                    && kind_at(text, at + sign.len_utf8()) == Kind::Letters
                {
                    at += sign.len_utf8();
                } else {
                    break;
                }
            }
            let (before, far) = match words.last() {
                None => (Between::Sentence, false),
                Some(last) => between(text, &last.range, start),
            };
            let mut word = Word { range: start..at, before, far, ids: [NONE; 6], count: 0, pair: NONE };
            self.look_up(&buffer, kind, &mut word);
            if kind == Kind::Letters
                && let Some(last) = words.last_mut()
                && before == Between::Clause
                && start - last.range.end <= 1
                && last.range.len() + word.range.len() >= LEAST_JOINED
                && let Some(first) = text.get(last.range.clone())
                && let Some(id) = self.ids.get(format!("{first}{buffer}").as_str())
            {
                last.pair = *id;
            }
            words.push(word);
        }
        words
    }

    fn look_up(&self, text: &str, kind: Kind, word: &mut Word) {
        if let Some(id) = self.ids.get(text) {
            word.push(*id);
        }
        match kind {
            Kind::Digits => {
                if let Some(number) = self.number {
                    word.push(number);
                }
            }
            Kind::Letters => {
                for length in self.lengths.iter().take_while(|length| **length <= text.len()) {
                    if let Some(id) = text.get(..*length).and_then(|beginning| self.beginnings.get(beginning)) {
                        word.push(*id);
                    }
                }
                let known = word.count > 0;
                for length in 1..text.len().min(5) {
                    if let Some(id) = text.get(text.len() - length..).and_then(|ending| self.endings.get(ending)) {
                        word.push(*id);
                    }
                }
                if !known && let Some(id) = self.slip(text) {
                    word.push(id);
                }
            }
            // "Anna & Maria": the sign is a word, and so are those that it stands for.
            Kind::Sign if text == "&" => {
                for and in ["og", "and", "och", "und"] {
                    if let Some(id) = self.ids.get(and) {
                        word.push(*id);
                    }
                }
            }
            Kind::Sign | Kind::Between => {}
        }
    }

    /// What an unknown word may be a slip of.
    fn slip(&self, text: &str) -> Option<WordId> {
        if !text.bytes().all(|b| b.is_ascii_lowercase()) || text.len() < 2 || text.len() > 40 {
            return None;
        }
        let bare = bare(text);
        if let Some(id) = self.bare.get(bare.as_ref()) {
            return Some(*id);
        }
        if text.len() < LONG {
            return None;
        }
        // One letter too many, too few, another, or two in the wrong order.
        // Its first and last letter are right: another ending is another form, not a slip.
        let (first, last) = (text.as_bytes().first(), text.as_bytes().last());
        let near = |id: &&WordId| {
            self.words.get(**id as usize).is_some_and(|word| {
                word.as_bytes().first() == first
                    && word.as_bytes().last() == last
                    && one_apart(word.as_bytes(), text.as_bytes())
            })
        };
        let mut found = self.slips.get(&hash_of(text.as_bytes().iter())).and_then(|ids| ids.iter().find(near));
        if found.is_none() {
            each_shorter(text.as_bytes(), |hash| {
                if found.is_none() {
                    found = self.slips.get(&hash).and_then(|ids| ids.iter().find(near));
                }
            });
        }
        found.copied().or_else(|| {
            let mut found = None;
            // A letter too many: the text without it is a word.
            for skip in 1..text.len() - 1 {
                let (head, tail) = (text.get(..skip)?, text.get(skip + 1..)?);
                let whole = format!("{head}{tail}");
                if whole.len() >= LONG
                    && let Some(id) = self.ids.get(whole.as_str())
                {
                    found = Some(*id);
                    break;
                }
            }
            found
        })
    }
}

fn hash_of<'a>(bytes: impl Iterator<Item = &'a u8>) -> u64 {
    bytes.fold(0_u64, |hash, byte| (hash.rotate_left(5) ^ u64::from(*byte)).wrapping_mul(0x517c_c1b7_2722_0a95))
}

/// The hash of each form with one letter less.
fn each_shorter(word: &[u8], mut each: impl FnMut(u64)) {
    for skip in 1..word.len() {
        each(hash_of(word.iter().enumerate().filter(|(at, _)| *at != skip).map(|(_, byte)| byte)));
    }
}

/// Whether one change makes one of the other.
fn one_apart(one: &[u8], other: &[u8]) -> bool {
    let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (one.get(same..).unwrap_or_default(), other.get(same..).unwrap_or_default());
    let skip = |word: &'_ [u8], by: usize| word.get(by..).map(<[u8]>::to_vec);
    match one.len() as isize - other.len() as isize {
        0 => {
            skip(one, 1) == skip(other, 1)
                || one.len() >= 2
                    && one.first() == other.get(1)
                    && one.get(1) == other.first()
                    && skip(one, 2) == skip(other, 2)
        }
        1 => skip(one, 1).as_deref() == Some(other),
        -1 => skip(other, 1).as_deref() == Some(one),
        _ => false,
    }
}

/// Without the marks of æ, ø, å, ä, ö, ü (as folded) and with each letter once.
fn bare(word: &str) -> Cow<'_, str> {
    let bytes = word.as_bytes();
    let marked = bytes.windows(2).any(|two| matches!(two, b"aa" | b"ae" | b"oe" | b"ue") || two.first() == two.get(1));
    if !marked {
        return Cow::Borrowed(word);
    }
    let mut kept = String::with_capacity(word.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied();
        at += match (byte, next) {
            (b'a' | b'o' | b'u', Some(b'e')) | (b'a', Some(b'a')) => 2,
            _ => 1,
        };
        if !kept.ends_with(char::from(byte)) {
            kept.push(char::from(byte));
        }
    }
    Cow::Owned(kept)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letters,
    Digits,
    /// A sign that patterns name.
    Sign,
    Between,
}

fn kind_at(text: &str, at: usize) -> Kind {
    match text.as_bytes().get(at) {
        Some(b'a'..=b'z' | b'A'..=b'Z') => Kind::Letters,
        Some(b'0'..=b'9') => Kind::Digits,
        Some(b'%' | b'&' | b'+') => Kind::Sign,
        Some(byte) if byte.is_ascii() => Kind::Between,
        Some(_) => {
            let letter = text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(char::is_alphanumeric);
            if letter { Kind::Letters } else { Kind::Between }
        }
        None => Kind::Between,
    }
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '’' | '´' | '`')
}

/// Words whose full stop belongs to them.
const SHORT: [&str; 14] = ["kr", "kl", "ca", "nr", "tlf", "min", "st", "d", "bl", "evt", "osv", "inkl", "incl", "str"];

/// What stands between the word at `last` and the one that begins at `start`.
fn between(text: &str, last: &Range<usize>, start: usize) -> (Between, bool) {
    let signs = text.get(last.end..start).unwrap_or_default();
    let mut kind = Between::Clause;
    for (at, sign) in signs.bytes().enumerate() {
        kind = kind.max(match sign {
            b'!' | b'?' | b';' | b'|' | b'\n' => Between::Sentence,
            b'.' => {
                let word = text.get(last.clone()).unwrap_or_default();
                let own = at == 0
                    && (word.bytes().all(|b| b.is_ascii_digit())
                        || SHORT.contains(&word)
                        || word.len() == 1 && signs.len() == 1);
                if own { Between::Clause } else { Between::Sentence }
            }
            b':' => Between::Colon,
            b',' | b'(' | b')' => Between::Comma,
            _ => Between::Clause,
        });
    }
    if signs.len() > APART {
        kind = Between::Sentence;
    }
    (kind, signs.len() > NEAR)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        for word in
            ["lejlighed", "doegnaabent", "paa", "hotel*", "og", "chauffoer", "dont", "24", "#", "accommodation", "ny"]
        {
            vocabulary.set(&BTreeSet::from([word.to_owned()]));
        }
        vocabulary.finish();
        vocabulary
    }

    fn check(text: &str) -> Vec<String> {
        let vocabulary = vocabulary();
        let words = vocabulary.read(text);
        let name = |id: &WordId| vocabulary.words[*id as usize].clone();
        words
            .iter()
            .flat_map(|word| word.ids().iter().map(name).chain(word.pair().as_ref().map(name)).collect::<Vec<_>>())
            .collect()
    }

    #[test]
    fn a_slip_is_read_as_the_word() {
        assert_eq!(check("lejlihed"), ["lejlighed"]);
        assert_eq!(check("leijlighed"), ["lejlighed"]);
        assert_eq!(check("lejilghed"), ["lejlighed"]);
        assert_eq!(check("acomodation"), ["accommodation"], "doubled letters");
        assert_eq!(check("lejlihet"), Vec::<String>::new(), "two letters");
        assert_eq!(check("lejlighede"), Vec::<String>::new(), "another ending");
        assert_eq!(check("accomodation"), ["accommodation"]);
        assert_eq!(check("chaufor"), ["chauffoer"]);
        assert_eq!(check("pa"), ["paa"]);
        assert_eq!(check("doegn aabent"), ["doegnaabent"]);
        assert_eq!(check("hoteller & don't"), ["hotel*", "og", "dont"]);
        assert_eq!(check("24h"), ["24", "#"]);
        assert_eq!(check("nu"), Vec::<String>::new(), "a short word is what it is");
    }

    #[test]
    fn signs_between_words_are_told_apart() {
        let words = vocabulary().read("kl. 10 her. Nu, og: da");
        let before: Vec<Between> = words.iter().skip(1).map(|word| word.before).collect();
        use Between::*;
        assert_eq!(before, [Clause, Clause, Sentence, Comma, Colon]);
    }
}
