//! Words around ages that say something in one place only, so that they are looked up there.

use super::files::AgePlaces;
use domain::NormalText;
use std::collections::HashSet;

/// Sets of folded words; `config/lexicon/ages.toml` says what each is for.
#[derive(Default)]
pub(crate) struct AgeWords {
    pub before_decade: HashSet<String>,
    pub decade_parts: HashSet<String>,
    pub decade_endings: HashSet<String>,
    pub adverbs: HashSet<String>,
    pub after: HashSet<String>,
    pub leads: HashSet<String>,
    pub labels: HashSet<String>,
    pub of: HashSet<String>,
    pub verbs: HashSet<String>,
    pub several: HashSet<String>,
    pub between: HashSet<String>,
    pub and: HashSet<String>,
    pub upwards: HashSet<String>,
    pub about: HashSet<String>,
    pub spoken_units: Vec<String>,
}

impl AgeWords {
    pub(crate) fn of(file: &AgePlaces) -> Self {
        let fold = |word: &String| NormalText::fold(word).as_str().to_owned();
        let set = |words: &[String]| words.iter().map(fold).collect::<HashSet<String>>();
        Self {
            before_decade: set(&file.before_decade),
            decade_parts: set(&file.decade_parts),
            decade_endings: set(&file.decade_endings),
            adverbs: set(&file.adverbs),
            after: set(&file.after),
            leads: set(&file.leads),
            labels: set(&file.labels),
            of: set(&file.of),
            verbs: set(&file.verbs),
            several: set(&file.several),
            between: set(&file.between),
            and: set(&file.and),
            upwards: set(&file.upwards),
            about: set(&file.about),
            spoken_units: file.spoken_units.iter().map(fold).collect(),
        }
    }
}
