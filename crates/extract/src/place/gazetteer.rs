//! The places that a text may name, from the postal list and the lexicon.

use super::names::{base, shortened, without_marks, words};
use crate::error::ReaderError;
use crate::lexicon::files::PlacesFile;
use crate::lexicon::{Flags, Lexicon};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// How careful one must be with a name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Care {
    /// Means nothing else.
    None,
    /// Also a word: a capital letter inside a sentence, or a word of place before it.
    Mild,
    /// A frequent word: both, or a postal code.
    Strong,
}

/// A place.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Its usual name.
    pub name: String,
    /// The municipality's code, or the several that it could be.
    pub codes: Vec<String>,
    /// Where it has just one.
    pub postal_code: Option<String>,
    pub care: Care,
}

/// A postal code.
#[derive(Clone, Debug)]
pub(crate) struct Postal {
    pub place: String,
    /// The one that the place is counted to first.
    pub codes: Vec<String>,
}

/// All places by their first word, and by postal code.
pub(crate) struct Gazetteer {
    by_first: FxHashMap<String, Vec<(Vec<String>, usize)>>,
    entries: Vec<Entry>,
    postal: FxHashMap<u32, Postal>,
}

struct Row {
    codes: BTreeSet<String>,
    postal: BTreeSet<String>,
}

impl Gazetteer {
    /// Builds the gazetteer and marks the first word of each name in the lexicon.
    ///
    /// A place whose postal codes reach into several municipalities belongs to the one that is named like it, else to
    /// the one that the lexicon's `main` gives, else to the one whose name contains it, else to the first by code.
    pub(crate) fn new(csv: &str, file: &PlacesFile, lexicon: &mut Lexicon) -> Result<Self, ReaderError> {
        let mut rows: BTreeMap<String, Row> = BTreeMap::new();
        let mut municipalities: BTreeMap<String, String> = BTreeMap::new();
        let mut postal_codes: BTreeMap<String, (String, BTreeSet<String>)> = BTreeMap::new();
        for (index, line) in csv.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
            let fields: Vec<&str> = line.trim().split(',').collect();
            let [postal, place, code, municipality, _region] = fields[..] else {
                return Err(ReaderError::BadPlaceLine { line: index + 1 });
            };
            municipalities.insert(code.to_owned(), municipality.to_owned());
            let row =
                rows.entry(place.to_owned()).or_insert_with(|| Row { codes: BTreeSet::new(), postal: BTreeSet::new() });
            row.codes.insert(code.to_owned());
            row.postal.insert(postal.to_owned());
            let entry = postal_codes.entry(postal.to_owned()).or_insert_with(|| (place.to_owned(), BTreeSet::new()));
            entry.1.insert(code.to_owned());
        }
        let mut builder = Builder::new(file, lexicon, &municipalities);
        for (place, row) in &rows {
            let code = builder.main(place, &row.codes);
            let only = row.postal.iter().next().filter(|_| row.postal.len() == 1).cloned();
            builder.add(place, place, vec![code], only);
        }
        for (place, row) in &rows {
            let name_words = words(place);
            let Some(base_words) = base(&name_words) else { continue };
            let code = builder.main(place, &row.codes);
            let name = place.rsplit_once(' ').map_or(place.as_str(), |(head, _)| head).to_owned();
            let only = row.postal.iter().next().filter(|_| row.postal.len() == 1 && !is_district(place)).cloned();
            builder.add_base(&name, base_words, code, only);
        }
        builder.add_municipalities();
        builder.add_areas(file)?;
        builder.add_ambiguous(file);
        builder.add_aliases(file)?;
        let (by_first, entries) = builder.finish();
        let postal = postal_codes
            .into_iter()
            .filter_map(|(code, (place, codes))| {
                let main = main_of(&place, &codes, file, &municipalities);
                let mut ordered = vec![main.clone()];
                ordered.extend(codes.into_iter().filter(|other| *other != main));
                Some((code.parse().ok()?, Postal { place, codes: ordered }))
            })
            .collect();
        Ok(Self { by_first, entries, postal })
    }

    /// The names that begin with `first`: their other words and entries, longest first.
    pub(crate) fn beginning_with(&self, first: &str) -> &[(Vec<String>, usize)] {
        self.by_first.get(first).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn entry(&self, index: usize) -> &Entry {
        &self.entries[index]
    }

    pub(crate) fn postal(&self, code: u32) -> Option<&Postal> {
        self.postal.get(&code)
    }
}

/// A lettered district of a town: `Odense C`.
fn is_district(place: &str) -> bool {
    place.rsplit_once(' ').is_some_and(|(_, last)| {
        matches!(last, "C" | "N" | "S" | "V" | "Ø" | "NV" | "SV" | "NØ" | "SØ" | "K" | "M" | "Øst")
            && !place.starts_with("Nykøbing")
    })
}

fn main_of(
    place: &str,
    codes: &BTreeSet<String>,
    file: &PlacesFile,
    municipalities: &BTreeMap<String, String>,
) -> String {
    if codes.len() == 1 {
        return codes.iter().next().cloned().unwrap_or_default();
    }
    let named = |code: &&String| municipalities.get(*code).map(String::as_str);
    let head = place.split(' ').next().unwrap_or(place);
    let listed = file.main.iter().find(|(_, places)| places.iter().any(|name| name == place)).map(|(code, _)| code);
    codes
        .iter()
        .find(|code| named(code) == Some(place))
        .or_else(|| listed.filter(|code| codes.contains(*code)))
        .or_else(|| codes.iter().find(|code| named(code) == Some(head)))
        .or_else(|| {
            codes.iter().find(|code| named(code).is_some_and(|name| name.starts_with(place) || name.ends_with(place)))
        })
        .or_else(|| codes.iter().next())
        .cloned()
        .unwrap_or_default()
}

struct Builder<'a> {
    file: &'a PlacesFile,
    lexicon: &'a mut Lexicon,
    municipalities: &'a BTreeMap<String, String>,
    names: FxHashMap<Vec<String>, usize>,
    entries: Vec<Entry>,
    strong: HashSet<String>,
    mild: HashSet<String>,
    /// Base forms made so far: several rows with the same one make it ambiguous.
    bases: HashSet<Vec<String>>,
}

impl<'a> Builder<'a> {
    fn new(file: &'a PlacesFile, lexicon: &'a mut Lexicon, municipalities: &'a BTreeMap<String, String>) -> Self {
        let folded = |list: &[String]| list.iter().map(|name| words(name).join(" ")).collect::<HashSet<_>>();
        let (strong, mild) = (folded(&file.homonyms), folded(&file.homonyms_mild));
        Self {
            file,
            lexicon,
            municipalities,
            names: FxHashMap::default(),
            entries: Vec::new(),
            strong,
            mild,
            bases: HashSet::new(),
        }
    }

    fn main(&self, place: &str, codes: &BTreeSet<String>) -> String {
        main_of(place, codes, self.file, self.municipalities)
    }

    fn care(&self, key: &[String]) -> Care {
        let name = key.join(" ");
        if self.mild.contains(&name) {
            Care::Mild
        } else if self.strong.contains(&name) {
            Care::Strong
        } else {
            Care::None
        }
    }

    fn insert(&mut self, key: Vec<String>, name: &str, codes: Vec<String>, postal_code: Option<String>) {
        if key.is_empty() || self.names.contains_key(&key) {
            return;
        }
        let care = self.care(&key);
        self.names.insert(key, self.entries.len());
        self.entries.push(Entry { name: name.to_owned(), codes, postal_code, care });
    }

    /// A name with its spellings.
    fn add(&mut self, spelled: &str, name: &str, codes: Vec<String>, postal_code: Option<String>) {
        let key = words(spelled);
        let mut forms = shortened(&key, self.lexicon);
        forms.extend(without_marks(spelled));
        self.insert(key, name, codes.clone(), postal_code.clone());
        for form in forms {
            self.insert(form, name, codes.clone(), postal_code.clone());
        }
    }

    fn add_base(&mut self, name: &str, key: Vec<String>, code: String, postal_code: Option<String>) {
        if self.file.ambiguous.contains_key(name) {
            return;
        }
        if self.bases.insert(key.clone()) {
            self.add(name, name, vec![code], postal_code);
        } else if let Some(entry) = self.names.get(&key).and_then(|index| self.entries.get_mut(*index)) {
            entry.postal_code = None;
        }
    }

    fn add_municipalities(&mut self) {
        for (code, name) in self.municipalities {
            self.add(name, name, vec![code.clone()], None);
        }
    }

    fn add_areas(&mut self, file: &PlacesFile) -> Result<(), ReaderError> {
        for (code, names) in &file.areas {
            if !self.municipalities.contains_key(code) {
                return Err(ReaderError::UnknownPlace { name: code.clone() });
            }
            for name in names {
                self.add(name, name, vec![code.clone()], None);
            }
        }
        Ok(())
    }

    fn add_ambiguous(&mut self, file: &PlacesFile) {
        for (name, codes) in &file.ambiguous {
            let codes: Vec<String> =
                codes.iter().filter(|code| self.municipalities.contains_key(*code)).cloned().collect();
            let key = words(name);
            let forms = std::iter::once(key).chain(without_marks(name)).collect::<Vec<_>>();
            for key in forms {
                let care = self.care(&key);
                let entry = Entry { name: name.clone(), codes: codes.clone(), postal_code: None, care };
                match self.names.get(&key) {
                    Some(&index) => self.entries[index] = entry,
                    None => {
                        self.names.insert(key, self.entries.len());
                        self.entries.push(entry);
                    }
                }
            }
        }
    }

    fn add_aliases(&mut self, file: &PlacesFile) -> Result<(), ReaderError> {
        for (name, aliases) in &file.aliases {
            let known = self.names.get(&words(name)).copied();
            let Some(index) = known else { return Err(ReaderError::UnknownPlace { name: name.clone() }) };
            let entry = self.entries[index].clone();
            for alias in aliases {
                let key = words(alias);
                self.names.remove(&key);
                self.insert(key, &entry.name, entry.codes.clone(), entry.postal_code.clone());
            }
            // "Kbh. Ø", "Copenhagen N": districts of a town by its other names.
            for direction in super::names::DIRECTIONS {
                let mut full = words(name);
                full.push(direction.to_owned());
                let Some(index) = self.names.get(&full).copied() else { continue };
                let district = self.entries[index].clone();
                for alias in aliases {
                    let mut key = words(alias);
                    key.push(direction.to_owned());
                    self.insert(key, &district.name, district.codes.clone(), district.postal_code.clone());
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> (FxHashMap<String, Vec<(Vec<String>, usize)>>, Vec<Entry>) {
        let mut by_first: FxHashMap<String, Vec<(Vec<String>, usize)>> = FxHashMap::default();
        for (mut key, index) in self.names {
            let first = key.remove(0);
            self.lexicon.words.entry(first.clone()).or_default().flags.add(Flags::PLACE);
            by_first.entry(first).or_default().push((key, index));
        }
        for names in by_first.values_mut() {
            names.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        }
        (by_first, self.entries)
    }
}
