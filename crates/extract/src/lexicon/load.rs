//! From the lexicon's files to [`Lexicon`].

use super::files::{
    AgesFile, ContactFile, FrequencyFile, MoneyFile, NamesFile, NumbersFile, PlacesFile, StreetsFile, WordLists,
};
use super::{AgeWords, Flags, Lexicon, Word, numbers, phrases::Phrases};
use crate::error::ReaderError;
use crate::language::LanguageModel;
use domain::NormalText;
use rustc_hash::FxHashMap;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Folds a word or phrase of a file and splits it into words as an ad's tokens are split.
pub(crate) fn folded_words(text: &str) -> Vec<String> {
    NormalText::fold(text)
        .as_str()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(String::from)
        .collect()
}

fn folded(text: &str) -> String {
    NormalText::fold(text.trim()).as_str().to_owned()
}

fn parse<T: DeserializeOwned>(lexicon: &[(String, String)], file: &'static str) -> Result<T, ReaderError> {
    let (_, content) = lexicon.iter().find(|(name, _)| name == file).ok_or(ReaderError::MissingFile { file })?;
    toml::from_str(content).map_err(|error| ReaderError::BadFile { file: file.to_owned(), message: error.to_string() })
}

fn number_key(file: &str, key: &str) -> Result<u16, ReaderError> {
    key.parse().map_err(|_| ReaderError::BadFile { file: file.to_owned(), message: format!("'{key}' is no number") })
}

#[derive(Default)]
struct Words(FxHashMap<String, Word>);

impl Words {
    fn entry(&mut self, word: String) -> &mut Word {
        self.0.entry(word).or_default()
    }
    fn flag(&mut self, words: &[String], flags: Flags) {
        for word in words {
            self.entry(folded(word)).flags.add(flags);
        }
    }
    fn forward<V: Clone>(&mut self, phrases: &mut Phrases<V>, text: &str, value: V, flags: Flags) {
        let words = folded_words(text);
        if let Some(first) = words.first() {
            self.entry(first.clone()).flags.add(flags);
        }
        phrases.add_forward(words, value);
    }
    fn backward<V: Clone>(&mut self, phrases: &mut Phrases<V>, text: &str, value: V, flags: Flags) {
        let words = folded_words(text);
        if let Some(last) = words.last() {
            self.entry(last.clone()).flags.add(flags);
        }
        phrases.add_backward(words, value);
    }
}

/// Reads the lexicon, and the file of places for the gazetteer.
pub(crate) fn load(lexicon: &[(String, String)]) -> Result<(Lexicon, PlacesFile), ReaderError> {
    let mut words = Words::default();
    let number_words = load_numbers(&mut words, &parse(lexicon, "numbers.toml")?);
    let money: MoneyFile = parse(lexicon, "money.toml")?;
    let (currencies, lengths) = load_money(&mut words, &money)?;
    let ages: AgesFile = parse(lexicon, "ages.toml")?;
    let (mut i_am, mut limits, mut times_after) = (Phrases::default(), Phrases::default(), Phrases::default());
    words.flag(&ages.units, Flags::AGE_UNIT);
    words.flag(&ages.before, Flags::AGE_BEFORE);
    words.flag(&ages.persons, Flags::PERSON);
    words.flag(&ages.others, Flags::OTHERS);
    for text in &ages.i_am {
        words.backward(&mut i_am, text, (), Flags::I_AM);
    }
    for text in &ages.limit_before {
        words.backward(&mut limits, text, (), Flags::LIMIT);
    }
    for text in &ages.time_after {
        words.forward(&mut times_after, text, (), Flags::TIME_AFTER);
    }
    for (decade, list) in &ages.decades {
        let years = number_key("ages.toml", decade)?.min(90) as u8;
        for word in list {
            let entry = words.entry(folded_words(word).pop().unwrap_or_default());
            entry.flags.add(Flags::DECADE);
            entry.decade = years;
        }
    }
    let contact: ContactFile = parse(lexicon, "contact.toml")?;
    let (services, link_hosts) = load_contact(&mut words, &contact);
    let names: NamesFile = parse(lexicon, "names.toml")?;
    let introductions = load_names(&mut words, &names);
    let streets: StreetsFile = parse(lexicon, "streets.toml")?;
    words.flag(&streets.words, Flags::STREET_WORD);
    words.flag(&streets.alone, Flags::STREET_ALONE);
    let sure: HashSet<String> = streets.sure.iter().map(|word| folded(word)).collect();
    let mut endings: Vec<(String, bool)> =
        streets.endings.iter().map(|word| folded(word)).map(|word| (word.clone(), sure.contains(&word))).collect();
    endings.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    let places: PlacesFile = parse(lexicon, "places.toml")?;
    words.flag(&places.prepositions, Flags::PREPOSITION);
    words.flag(&places.not_after, Flags::NOT_AFTER);
    words.flag(&places.area_after, Flags::AREA_AFTER);
    let mut short_words: FxHashMap<String, Vec<String>> = FxHashMap::default();
    for (full, shorts) in &places.short_words {
        for short in shorts {
            words.entry(folded(short)).flags.add(Flags::SHORT);
            short_words.entry(folded(short)).or_default().push(folded(full));
        }
    }
    let mut parts: FxHashMap<String, Vec<String>> = FxHashMap::default();
    for (codes, list) in &places.parts {
        for word in list {
            let word = folded_words(word).pop().unwrap_or_default();
            words.entry(word.clone()).flags.add(Flags::PART);
            parts.insert(word, codes.split_whitespace().map(String::from).collect());
        }
    }
    let (languages, model) = load_languages(&mut words, lexicon)?;
    let lexicon = Lexicon {
        words: words.0,
        number_words,
        currencies,
        services,
        languages,
        model,
        lengths,
        ages: AgeWords::of(&ages.places),
        i_am,
        limits,
        times_after,
        introductions,
        street_endings: endings,
        link_hosts,
        short_words,
        parts,
    };
    Ok((lexicon, places))
}

fn load_languages(
    words: &mut Words,
    lexicon: &[(String, String)],
) -> Result<(Vec<String>, LanguageModel), ReaderError> {
    let stop: BTreeMap<String, String> = parse(lexicon, "languages.toml")?;
    let frequencies: FrequencyFile = parse(lexicon, "word_frequencies.toml")?;
    let languages: Vec<String> =
        stop.keys().chain(frequencies.keys()).cloned().collect::<BTreeSet<_>>().into_iter().collect();
    let mut listings = Vec::new();
    for (code, list) in &stop {
        let near = matches!(code.as_str(), "da" | "en" | "sv" | "no" | "de");
        let index = languages.iter().position(|known| known == code).unwrap_or(0);
        for word in folded_words(list) {
            let entry = words.entry(word.clone());
            entry.flags.add(Flags::STOPWORD);
            if near {
                entry.flags.add(Flags::COMMON);
            }
            listings.push((index, word));
        }
    }
    let model = LanguageModel::new(&languages, &frequencies, &listings, |word, row| {
        words.entry(word.to_owned()).frequencies = row;
    });
    Ok((languages, model))
}

fn load_numbers(words: &mut Words, file: &NumbersFile) -> FxHashMap<String, u8> {
    let own = [&file.da, &file.en, &file.sv, &file.no, &file.de];
    let mut number_words = FxHashMap::default();
    for (language, others) in
        own.map(|own| (own, false)).into_iter().chain(file.others.values().map(|other| (other, true)))
    {
        if !others {
            number_words.extend(numbers::simple(language));
        }
        for (word, value, flags) in numbers::all(language) {
            let entry = words.entry(word);
            if others && entry.number.is_some() {
                continue;
            }
            entry.number = Some(value);
            entry.flags.add(flags);
        }
        if !others {
            words.flag(&language.joiners, Flags::JOINER);
        }
        words.flag(&language.hundreds, Flags::HUNDRED);
        words.flag(&language.thousands, Flags::THOUSAND);
    }
    words.flag(&file.weak, Flags::WEAK_NUMBER);
    words.flag(&file.double, Flags::DOUBLE);
    words.flag(&file.triple, Flags::TRIPLE);
    let said = &file.said;
    words.flag(&said.times, Flags::TIMES);
    words.flag(&said.articles, Flags::ARTICLE);
    words.flag(&said.pieces, Flags::PIECES);
    words.flag(&said.piece_endings, Flags::PIECE_ENDING);
    words.flag(&said.ordinals, Flags::ORDINAL);
    words.flag(&said.digit_nouns, Flags::DIGIT_NOUN);
    words.flag(&said.says, Flags::SAYS);
    for (lists, flag) in [(&said.many, Flags::MANY), (&said.plurals, Flags::PLURAL)] {
        for (value, list) in lists {
            words.flag(list, flag);
            for word in list {
                words.entry(folded(word)).repeat = value.parse().unwrap_or(0);
            }
        }
    }
    number_words
}

fn load_money(words: &mut Words, file: &MoneyFile) -> Result<(Vec<String>, Phrases<u16>), ReaderError> {
    let mut currencies = Vec::new();
    for (code, list) in &file.currencies {
        for word in list {
            let entry = words.entry(folded_words(word).pop().unwrap_or_default());
            entry.flags.add(Flags::CURRENCY);
            entry.currency = currencies.len().min(255) as u8;
        }
        currencies.push(code.clone());
    }
    for (minutes, list) in &file.units {
        let minutes = number_key("money.toml", minutes)?;
        for word in list {
            let entry = words.entry(folded(word));
            entry.flags.add(Flags::UNIT);
            entry.minutes = minutes;
        }
    }
    let mut lengths = Phrases::default();
    for (minutes, list) in &file.lengths {
        let minutes = number_key("money.toml", minutes)?;
        for text in list {
            words.forward(&mut lengths, text, minutes, Flags::LENGTH);
        }
    }
    words.flag(&file.words.price, Flags::PRICE_WORD);
    words.flag(&file.words.connectors, Flags::CONNECTOR);
    words.flag(&file.words.measures, Flags::MEASURE);
    words.flag(&file.words.measures_before, Flags::MEASURE_BEFORE);
    Ok((currencies, lengths))
}

fn load_contact(words: &mut Words, file: &ContactFile) -> (Vec<String>, FxHashMap<String, u8>) {
    words.flag(&file.phone.hints, Flags::HINT);
    words.flag(&file.phone.fillers, Flags::FILLER);
    words.flag(&file.phone.rest, Flags::FILLER.or(Flags::REST));
    words.flag(&file.phone.not_phone, Flags::NOT_PHONE);
    words.flag(&file.phone.clock, Flags::CLOCK);
    words.flag(&file.mail.at, Flags::AT);
    words.flag(&file.mail.dot, Flags::DOT);
    words.flag(&file.mail.hyphen, Flags::HYPHEN);
    words.flag(&file.mail.underscore, Flags::UNDERSCORE);
    words.flag(&file.mail.tlds, Flags::TLD);
    words.flag(&file.mail.providers, Flags::PROVIDER);
    words.flag(&file.service_words.common, Flags::SERVICE_COMMON);
    words.flag(&file.service_words.between, Flags::BETWEEN);
    words.flag(&file.service_words.before, Flags::BEFORE_SERVICE);
    let mut services: Vec<String> = Vec::new();
    for (service, list) in &file.services {
        words.flag(list, Flags::SERVICE);
        for word in list {
            words.entry(folded(word)).service = services.len().min(255) as u8;
        }
        services.push(service.clone());
    }
    let links: &WordLists = &file.links;
    let mut hosts = FxHashMap::default();
    for (service, list) in links {
        if let Some(index) = services.iter().position(|known| known == service) {
            hosts.extend(list.iter().map(|host| (host.clone(), index.min(255) as u8)));
        }
    }
    (services, hosts)
}

fn load_names(words: &mut Words, file: &NamesFile) -> Phrases<bool> {
    words.flag(&file.plain, Flags::NAME);
    words.flag(&file.homonyms, Flags::NAME_HOMONYM);
    words.flag(&file.business_before, Flags::BUSINESS_BEFORE);
    words.flag(&file.business_after, Flags::BUSINESS_AFTER);
    let mut introductions = Phrases::default();
    for text in &file.introductions {
        words.backward(&mut introductions, text, true, Flags::INTRO);
    }
    for text in &file.weak_introductions {
        words.backward(&mut introductions, text, false, Flags::WEAK_INTRO);
    }
    introductions
}

impl Lexicon {
    /// A lexicon of number words and units of time only; empty where `content` is not as expected.
    pub(crate) fn of_numbers(content: &str) -> Lexicon {
        let mut words = Words::default();
        let number_words = match toml::from_str(content) {
            Ok(file) => load_numbers(&mut words, &file),
            Err(_) => FxHashMap::default(),
        };
        for (word, minutes) in
            [("min", 1), ("minutter", 1), ("minutes", 1), ("time", 60), ("timer", 60), ("hour", 60), ("hours", 60)]
        {
            let entry = words.entry(word.to_owned());
            entry.flags.add(Flags::UNIT);
            entry.minutes = minutes;
        }
        Lexicon { words: words.0, number_words, ..Lexicon::default() }
    }
}
