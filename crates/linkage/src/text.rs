//! Which ads of a closure say the same, and how surprising that is.
//!
//! Candidates come from MinHash bands with a low threshold (half of the pairs at Jaccard 0.17, nine of ten at 0.3);
//! alignment decides. Phrases that many owners have carry little, so that a site's boilerplate ties nobody.

pub use crate::corpus::Agreement;
use crate::corpus::{COULD_ALIGN, Corpus, Places, Scale};
use crate::index::Index;
use crate::parameters::LinkParameters;
use crate::reference::LinkReference;
use crate::sketch::{band_keys, of_band};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

/// A bucket with more texts compares each with its next neighbours only, so that time stays linear.
const BUCKET: usize = 24;
const NEIGHBOURS: usize = 8;

/// All distinct texts in sorted order.
pub struct Texts {
    corpus: Corpus,
    scale: Scale,
    /// Owners of those that are common property by the reference.
    common: Vec<Option<u32>>,
    /// An ad that has it, and in which of its versions.
    first_at: Vec<(u32, u32)>,
    /// Texts of each ad.
    pub of_ad: Vec<Vec<u32>>,
    /// Pairs that agree at least as a template, sorted.
    pub pairs: Vec<(u32, u32, Agreement)>,
    /// The same pairs by text, both ways.
    pub like: HashMap<u32, Vec<u32>>,
    memo: RefCell<HashMap<(u32, u32), Agreement>>,
}

impl Texts {
    /// Reads the skeletons and finds the pairs.
    pub fn new(index: &Index, reference: &LinkReference, parameters: &LinkParameters) -> Self {
        let mut by_text: BTreeMap<&str, ((u32, u32), Vec<u32>)> = BTreeMap::new();
        for (ad, facts) in (0u32..).zip(&index.ads) {
            for (at, version) in (0u32..).zip(&facts.versions).filter(|(_, v)| !v.skeleton.trim().is_empty()) {
                by_text.entry(version.skeleton.as_str()).or_insert(((ad, at), Vec::new())).1.push(ad);
            }
        }
        let mut corpus = Corpus::default();
        let mut of_ad = vec![Vec::new(); index.ads.len()];
        let mut first_at = Vec::with_capacity(by_text.len());
        for (skeleton, (first, ads)) in by_text {
            let number = corpus.add(skeleton);
            if number as usize == first_at.len() {
                first_at.push(first);
            }
            for ad in ads {
                let texts: &mut Vec<u32> = &mut of_ad[ad as usize];
                if !texts.contains(&number) {
                    texts.push(number);
                }
            }
        }
        let scale = corpus.scale(reference, parameters);
        let common = corpus.texts.iter().map(|text| reference.common(text.key)).collect();
        let mut this = Self {
            corpus,
            scale,
            common,
            first_at,
            of_ad,
            pairs: Vec::new(),
            like: HashMap::new(),
            memo: RefCell::default(),
        };
        let mut places = Places::default();
        this.pairs = this
            .candidates(reference)
            .into_iter()
            .filter(|(a, b)| {
                this.corpus.could_align(*a, *b, COULD_ALIGN, &mut places) && this.corpus.could_agree(*a, *b)
            })
            .map(|(a, b)| (a, b, this.corpus.compare(a, b, &this.scale)))
            .filter(|(_, _, agreement)| agreement.similarity >= parameters.template_similarity)
            .collect();
        for (a, b, _) in &this.pairs {
            this.like.entry(*a).or_default().push(*b);
            this.like.entry(*b).or_default().push(*a);
        }
        this.memo.borrow_mut().extend(this.pairs.iter().map(|(a, b, agreement)| ((*a, *b), *agreement)));
        this
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.corpus.texts.len()
    }

    /// Owners of a text that is common property by the reference.
    pub fn common(&self, text: u32) -> Option<u32> {
        self.common[text as usize]
    }

    /// A text as it was given.
    pub fn skeleton<'i>(&self, index: &'i Index, text: u32) -> &'i str {
        let (ad, version) = self.first_at[text as usize];
        &index.ads[ad as usize].versions[version as usize].skeleton
    }

    /// How two texts agree, whether or not the bands proposed them.
    pub fn agreement(&self, a: u32, b: u32) -> Agreement {
        let key = (a.min(b), a.max(b));
        if let Some(known) = self.memo.borrow().get(&key) {
            return *known;
        }
        let agreement = if self.corpus.could_agree(key.0, key.1) {
            self.corpus.compare(key.0, key.1, &self.scale)
        } else {
            Agreement { similarity: 0.0, bits: 0.0 }
        };
        self.memo.borrow_mut().insert(key, agreement);
        agreement
    }

    /// Pairs that share a key.
    fn candidates(&self, reference: &LinkReference) -> Vec<(u32, u32)> {
        if self.corpus.texts.len() < 2 {
            return Vec::new();
        }
        let mut keys: Vec<(u32, u32)> = Vec::new();
        for (number, text) in (0u32..).zip(&self.corpus.texts) {
            keys.extend(band_keys(&text.shingles, reference).into_iter().map(|key| (key, number)));
        }
        keys.retain(|(key, _)| reference.common(of_band(*key)).is_none());
        keys.sort_unstable();
        let mut pairs = Vec::new();
        for bucket in keys.chunk_by(|a, b| a.0 == b.0) {
            let reach = if bucket.len() <= BUCKET { bucket.len() } else { NEIGHBOURS };
            for (at, (_, a)) in bucket.iter().enumerate() {
                pairs.extend(bucket[at + 1..].iter().take(reach).map(|(_, b)| (*a, *b)));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }
}
