//! The words that reading needs, loaded once from `config/lexicon`: one look-up a word tells everything about it.

mod ages;
pub(crate) mod files;
mod flags;
mod load;
mod numbers;
pub(crate) mod phrases;

use crate::language::LanguageModel;
pub(crate) use ages::AgeWords;
pub(crate) use flags::Flags;
pub(crate) use load::load;
use phrases::Phrases;
use rustc_hash::FxHashMap;

/// Everything known about a word, small enough to be copied into its token.
#[derive(Clone, Copy, Default)]
pub(crate) struct Word {
    /// What it can be.
    pub flags: Flags,
    /// Its value as a number word, 0 to 99.
    pub number: Option<u8>,
    /// As a unit of time: minutes.
    pub minutes: u16,
    /// As a currency: index into [`Lexicon::currencies`].
    pub currency: u8,
    /// As a service: index into [`Lexicon::services`].
    pub service: u8,
    /// As a decade of life: years.
    pub decade: u8,
    /// How many times it says the next digit, or the digit of which it is the plural.
    pub repeat: u8,
    /// Its row in [`Lexicon::model`]; 0 where no language lists it.
    pub frequencies: u32,
}

impl Word {
    pub(crate) fn is(&self, flags: Flags) -> bool {
        self.flags.has(flags)
    }
}

/// All word lists.
#[derive(Default)]
pub(crate) struct Lexicon {
    pub(crate) words: FxHashMap<String, Word>,
    /// Number words without compounds, for words written together (`nulnulfem`).
    pub(crate) number_words: FxHashMap<String, u8>,
    pub(crate) currencies: Vec<String>,
    pub(crate) services: Vec<String>,
    /// Codes of the languages that `model` knows.
    pub(crate) languages: Vec<String>,
    /// Words around ages that say something in their place only.
    pub(crate) ages: AgeWords,
    /// What words say of their language.
    pub(crate) model: LanguageModel,
    /// Lengths of time in words, forwards, in minutes.
    pub(crate) lengths: Phrases<u16>,
    /// `jeg er`, backwards.
    pub(crate) i_am: Phrases<()>,
    /// Limits and lengths before a number, backwards.
    pub(crate) limits: Phrases<()>,
    /// Lengths behind a unit, forwards.
    pub(crate) times_after: Phrases<()>,
    /// Introductions of a name, backwards; `true` for those that any name may follow.
    pub(crate) introductions: Phrases<bool>,
    /// Street endings, folded, longest first; `true` for those that are sure in lower case.
    pub(crate) street_endings: Vec<(String, bool)>,
    /// Hosts whose path is a handle, with the service's index.
    pub(crate) link_hosts: FxHashMap<String, u8>,
    /// Short forms in place names (`nr` for `noerre`), several full words each.
    pub(crate) short_words: FxHashMap<String, Vec<String>>,
    /// Parts of the country with the first digits of their municipality codes.
    pub(crate) parts: FxHashMap<String, Vec<String>>,
}

impl Lexicon {
    /// What is known of a folded word.
    pub(crate) fn word(&self, folded: &str) -> Word {
        self.words.get(folded).copied().unwrap_or_default()
    }
}
