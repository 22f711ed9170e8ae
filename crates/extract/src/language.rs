//! The languages of an ad, the dominant one first.
//!
//! First pass: frequent words of each language, a word shared by k languages counting 1/k, by sentence. Only where
//! they say too little does whatlang decide (0.04 ms an ad), and scripts decide for themselves.

use crate::lexicon::{Flags, Lexicon};
use crate::tokens::{Kind, Tokens};
use domain::LanguageGuess;

/// What the texts of an ad say, gathered text by text.
pub(crate) struct Tally {
    /// Words by language of the lexicon, of the segments that it won.
    words: Vec<f64>,
    /// What unsure segments say; counts only where no segment was sure.
    leftover: Vec<f64>,
    /// What all segments say of each language, won or not.
    evidence: Vec<f64>,
    /// By codes that have no word list (scripts).
    scripts: Vec<(&'static str, f64)>,
    /// Text in Cyrillic letters, which several languages share.
    cyrillic: String,
    /// Text of segments that no list could tell.
    unsure: String,
    unsure_words: f64,
}

impl Tally {
    pub(crate) fn new(lexicon: &Lexicon) -> Self {
        let none = vec![0.0; lexicon.languages.len()];
        Self {
            words: none.clone(),
            leftover: none.clone(),
            evidence: none,
            scripts: Vec::new(),
            unsure: String::new(),
            cyrillic: String::new(),
            unsure_words: 0.0,
        }
    }

    /// Adds a text, sentence by sentence.
    pub(crate) fn add(&mut self, tokens: &Tokens<'_>, lexicon: &Lexicon) {
        let mut start = 0;
        for at in 0..=tokens.len() {
            let ends = at == tokens.len()
                || (at > start
                    && (tokens[at].line_before || (tokens.is_any(at - 1, &['.', '!', '?', '|']) && at - start >= 4)));
            if ends && at > start {
                self.segment(tokens, lexicon, start, at);
                start = at;
            }
        }
    }

    fn segment(&mut self, tokens: &Tokens<'_>, lexicon: &Lexicon, from: usize, to: usize) {
        let mut scores = [0.0f64; 32];
        let mut words = 0.0;
        for at in from..to {
            let token = &tokens[at];
            // Names say nothing about the language around them.
            if token.kind != Kind::Word
                || (token.word.is(Flags::NAME) && (token.capital || !token.word.is(Flags::STOPWORD)))
            {
                continue;
            }
            // "30 min 800 kr" is written in every language of the region.
            let unit = token.word.is(Flags::UNIT.or(Flags::CURRENCY));
            if unit && at > 0 && tokens[at - 1].kind == Kind::Number {
                continue;
            }
            if let Some(code) = script(token.first) {
                if code == "ru" {
                    self.cyrillic.push_str(tokens.text(at));
                    self.cyrillic.push(' ');
                }
                let size = f64::from(token.normal.1 - token.normal.0) / 12.0;
                match self.scripts.iter_mut().find(|(known, _)| *known == code) {
                    Some(entry) => entry.1 += size.max(1.0),
                    None => self.scripts.push((code, size.max(1.0))),
                }
                continue;
            }
            // Single letters are initials, districts, and what an apostrophe left.
            if token.normal.1 - token.normal.0 < 2
                && !(token.word.is(Flags::STOPWORD)
                    && matches!(tokens.text(at), "i" | "a" | "e" | "o" | "y" | "w" | "z"))
            {
                continue;
            }
            words += 1.0;
            let languages = token.word.languages;
            let weight = 1.0 / f64::from(languages.count_ones().max(1));
            for (index, score) in scores.iter_mut().enumerate() {
                if languages & (1 << index) != 0 {
                    *score += weight;
                }
            }
            marks(tokens, at, lexicon, &mut scores);
        }
        for (sum, score) in self.evidence.iter_mut().zip(scores) {
            *sum += score;
        }
        // Listings in Denmark: of two that fit alike, Danish and then English.
        for (code, bonus) in [("da", 0.3), ("en", 0.1)] {
            if let Some(index) = lexicon.languages.iter().position(|known| known == code)
                && scores[index] > 0.0
            {
                scores[index] = scores[index] * 1.1 + bonus;
            }
        }
        let (best, second) = best_two(&scores);
        if words == 0.0 {
            return;
        }
        if scores[best] >= 0.5 && scores[best] >= second * 1.05 {
            self.words[best] += words;
            return;
        }
        self.unsure_words += words;
        self.unsure.push_str(tokens.original.get(tokens[from].start..tokens[to - 1].end).unwrap_or(""));
        self.unsure.push(' ');
        // What it says still counts a little towards the ad as a whole.
        for (index, score) in scores.iter().enumerate().take(self.words.len()) {
            self.leftover[index] += score * 0.3;
        }
    }

    /// Of two near relatives an ad is mostly in one: the one with more evidence takes the other's sentences, where
    /// the other has less than `share` of its evidence.
    fn merge(&mut self, lexicon: &Lexicon, relatives: &[&str; 2], share: f64) {
        let index = |code: &str| lexicon.languages.iter().position(|known| known == code);
        let (Some(a), Some(b)) = (index(relatives[0]), index(relatives[1])) else { return };
        let (strong, weak) = if self.evidence[b] > self.evidence[a] { (b, a) } else { (a, b) };
        if self.evidence[weak] <= self.evidence[strong] * share {
            self.words[strong] += std::mem::take(&mut self.words[weak]);
        }
    }

    /// The languages, dominant first. `given` is what the ad's source says.
    pub(crate) fn finish(mut self, lexicon: &Lexicon, given: Option<&str>) -> Vec<LanguageGuess> {
        let told: f64 = self.words.iter().sum();
        if told < 1.0 {
            for (words, leftover) in self.words.iter_mut().zip(&self.leftover) {
                *words += leftover;
            }
        }
        let letters = self.unsure.chars().filter(|c| c.is_alphabetic()).count();
        if self.unsure_words > told
            && letters >= 12
            && let Some((code, confidence)) = detect(&self.unsure)
        {
            let weight = self.unsure_words * confidence;
            let score = |wanted: &str| {
                let index = lexicon.languages.iter().position(|known| known == wanted);
                index.map_or(0.0, |index| self.words[index])
            };
            // The detector takes short Danish for Norwegian; without a Norwegian word it is Danish.
            let code = if code == "no" && score("no") <= score("da") { "da" } else { code };
            match lexicon.languages.iter().position(|known| known == code) {
                Some(index) => self.words[index] += weight,
                None => self.scripts.push((code, weight)),
            }
        }
        if !self.cyrillic.is_empty()
            && let Some(entry) = self.scripts.iter_mut().find(|(code, _)| *code == "ru")
        {
            entry.0 = cyrillic(&self.cyrillic);
        }
        if let Some(index) = given.and_then(|code| lexicon.languages.iter().position(|known| known == code)) {
            // The source's word counts where the text says little.
            self.words[index] += 1.0;
        }
        self.merge(lexicon, &["da", "no"], 1.0);
        self.merge(lexicon, &["cs", "sk"], 1.0);
        self.merge(lexicon, &["es", "pt"], 1.0);
        self.merge(lexicon, &["da", "sv"], 0.5);
        self.merge(lexicon, &["no", "sv"], 0.5);
        let mut guesses: Vec<(String, f64)> = lexicon.languages.iter().cloned().zip(self.words).collect();
        guesses.extend(self.scripts.into_iter().map(|(code, weight)| (code.to_owned(), weight)));
        let total: f64 = guesses.iter().map(|(_, weight)| weight).sum();
        guesses.retain(|(_, weight)| *weight > 0.0);
        guesses.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let share = |weight: f64| if total > 0.0 { weight / total } else { 0.0 };
        guesses
            .iter()
            .enumerate()
            .filter(|(rank, (_, weight))| *rank == 0 || (share(*weight) >= 0.15 && *weight >= 3.0))
            .map(|(_, (code, weight))| LanguageGuess {
                code: code.clone(),
                confidence: (share(*weight) * 100.0).round() / 100.0,
            })
            .take(4)
            .collect()
    }
}

fn best_two(scores: &[f64; 32]) -> (usize, f64) {
    let best = (0..32).fold(0, |best, i| if scores[i] > scores[best] { i } else { best });
    let second = (0..32).filter(|i| *i != best).map(|i| scores[i]).fold(0.0, f64::max);
    (best, second)
}

/// Letters that only some of the languages have, each once a word.
fn marks(tokens: &Tokens<'_>, at: usize, lexicon: &Lexicon, scores: &mut [f64; 32]) {
    let token = &tokens[at];
    let mut seen = 0u16;
    for clean in &tokens.chars[token.clean.0 as usize..token.clean.1 as usize] {
        let (bit, codes): (u16, &[(&str, f64)]) = match clean.c {
            'æ' | 'ø' | 'Æ' | 'Ø' => (1, &[("da", 0.15), ("no", 0.15)]),
            'å' | 'Å' => (2, &[("da", 0.1), ("no", 0.1), ("sv", 0.1)]),
            'ä' | 'ö' | 'Ä' | 'Ö' => (4, &[("sv", 0.5), ("de", 0.4), ("fi", 0.3)]),
            'ü' | 'Ü' => (256, &[("de", 0.5), ("tr", 0.2), ("hu", 0.2)]),
            'ß' => (8, &[("de", 0.6)]),
            'ñ' | '¿' => (16, &[("es", 0.4)]),
            'ă' | 'ș' | 'ț' | 'ţ' | 'Ș' | 'Ț' => (32, &[("ro", 0.4)]),
            'ł' | 'ż' | 'ś' | 'ę' | 'ź' | 'ń' | 'Ł' => (64, &[("pl", 0.4)]),
            'ã' | 'õ' => (128, &[("pt", 0.3)]),
            _ => continue,
        };
        if seen & bit != 0 {
            continue;
        }
        seen |= bit;
        for (code, weight) in codes {
            if let Some(index) = lexicon.languages.iter().position(|known| known == code) {
                scores[index] += weight;
            }
        }
    }
}

/// Languages that their script tells.
fn script(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{e00}'..='\u{e7f}' => "th",
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => "el",
        '\u{400}'..='\u{52f}' => "ru",
        '\u{590}'..='\u{5ff}' => "he",
        '\u{600}'..='\u{6ff}' => "ar",
        '\u{3040}'..='\u{30ff}' => "ja",
        '\u{4e00}'..='\u{9fff}' => "zh",
        '\u{ac00}'..='\u{d7af}' => "ko",
        _ => return None,
    })
}

/// Ukrainian by its letters, Bulgarian by the detector, else Russian.
fn cyrillic(text: &str) -> &'static str {
    if text.contains(['і', 'ї', 'є', 'ґ']) {
        return "uk";
    }
    match detect(text) {
        Some(("bg", _)) => "bg",
        _ => "ru",
    }
}

/// The slow detector, for what the word lists could not tell.
fn detect(text: &str) -> Option<(&'static str, f64)> {
    use whatlang::Lang;
    let info = whatlang::detect(text)?;
    let code = match info.lang() {
        Lang::Dan => "da",
        Lang::Eng => "en",
        Lang::Swe => "sv",
        Lang::Nob => "no",
        Lang::Deu => "de",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Fra => "fr",
        Lang::Ron => "ro",
        Lang::Pol => "pl",
        Lang::Nld => "nl",
        Lang::Fin => "fi",
        Lang::Hun => "hu",
        Lang::Ces => "cs",
        Lang::Slk => "sk",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        Lang::Tur => "tr",
        Lang::Hrv => "hr",
        Lang::Vie => "vi",
        Lang::Tgl => "tl",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Bul => "bg",
        Lang::Tha => "th",
        _ => return None,
    };
    Some((code, info.confidence()))
}
