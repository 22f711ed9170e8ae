//! From the files' text to checked values; every fault is named at once.

use super::file::{RawCounterExample, RawIndicator, RawRules, RawSources};
use super::indicator::{CounterExample, Indicator, Parameters, Wording};
use super::locate::File;
use super::rules::Rules;
use super::{CatalogueFiles, Source};
use crate::detectors::{self, Detector};
use crate::error::CatalogueError;
use crate::wording::{GUARDS, Matcher};
use domain::{Bilingual, Grade, Group, IndicatorId, NormalText, Role, Scope};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Fewest examples, and fewest counter-examples, of an indicator that reads one ad.
const LEAST_EXAMPLES: usize = 6;
/// Fewest situations, and fewest counter-situations, of one that needs several ads.
const LEAST_SITUATIONS: usize = 2;
/// Most points that one indicator may give its group.
const MOST_POINTS: f64 = 3.0;

pub(super) struct Parts {
    pub indicators: Vec<Indicator>,
    pub sources: Vec<Source>,
    pub rules: Rules,
    pub matcher: Matcher,
    pub reading_hash: String,
}

/// `sha256:…` over every file's path and bytes, in order of path. A path counts from the folder that holds all of them:
/// the same catalogue is the same wherever it lies.
pub(super) fn hash(files: &CatalogueFiles) -> String {
    let mut all: Vec<&(String, String)> = files.indicators.iter().chain([&files.sources, &files.rules]).collect();
    all.sort();
    let folder = match (all.first(), all.last()) {
        // In order: what the first and the last begin with, all begin with.
        (Some((first, _)), Some((last, _))) => {
            let alike = first.bytes().zip(last.bytes()).take_while(|(a, b)| a == b).count();
            first.as_bytes().iter().take(alike).rposition(|byte| *byte == b'/').map_or(0, |at| at + 1)
        }
        _ => 0,
    };
    let mut hash = Sha256::new();
    for (path, text) in all {
        for part in [path.get(folder..).unwrap_or(path), text] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
    }
    hash.finalize().iter().fold("sha256:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// `sha256:…` over what decides whether an indicator fires in one ad.
fn reading_hash(indicators: &[Indicator], rules: &RawRules) -> String {
    let mut hash = Sha256::new();
    for i in indicators.iter().filter(|i| i.scope == Scope::Ad && i.status.runs()) {
        hash.update(format!("{} {} {} {:?} {:?}\n", i.id, i.version, i.detector, i.parameters, i.wording));
    }
    hash.update(format!("{:?} {:?}", rules.guards, rules.words));
    hash.finalize().iter().fold("sha256:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

pub(super) fn load(files: &CatalogueFiles) -> Result<Parts, Vec<CatalogueError>> {
    let mut errors = Vec::new();
    let sources_file = File { path: &files.sources.0, text: &files.sources.1 };
    let sources: Vec<Source> = match toml::from_str::<RawSources>(sources_file.text) {
        Ok(raw) => raw
            .source
            .into_iter()
            .map(|s| Source { key: s.key, title: s.title, what: s.what, verified: s.verified })
            .collect(),
        Err(error) => {
            errors.push(sources_file.of_toml(&error));
            Vec::new()
        }
    };
    let keys: BTreeSet<&str> = sources.iter().map(|source| source.key.as_str()).collect();
    let mut paths: Vec<&(String, String)> = files.indicators.iter().collect();
    paths.sort();
    let mut indicators: Vec<(Indicator, &(String, String))> = Vec::new();
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for entry in paths {
        let file = File { path: &entry.0, text: &entry.1 };
        match toml::from_str::<RawIndicator>(file.text) {
            Ok(raw) => {
                if let Some(other) = seen.insert(raw.id.clone(), file.path) {
                    errors.push(file.at_key("id", format!("`{other}` has this id too"), "ids are given once"));
                    continue;
                }
                indicators.extend(checked(&file, raw, &keys, &mut errors).map(|indicator| (indicator, entry)));
            }
            Err(error) => errors.push(file.of_toml(&error)),
        }
    }
    indicators.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
    let (indicators, origins): (Vec<Indicator>, Vec<&(String, String)>) = indicators.into_iter().unzip();
    let rules_file = File { path: &files.rules.0, text: &files.rules.1 };
    let raw = match toml::from_str::<RawRules>(rules_file.text) {
        Ok(raw) => raw,
        Err(error) => {
            errors.push(rules_file.of_toml(&error));
            return Err(errors);
        }
    };
    for id in raw.cross_ad_indicators.iter().chain([&raw.spam_indicator]) {
        if !seen.contains_key(id) && !indicators.is_empty() {
            let key = if *id == raw.spam_indicator { "spam_indicator" } else { "cross_ad_indicators" };
            errors.push(rules_file.at_key(key, format!("no indicator `{id}`"), "name one of the catalogue's ids"));
        }
    }
    for (key, message, help) in raw.faults() {
        errors.push(rules_file.at_key(key, message, help));
    }
    // A file that cannot be read is a fault of its own.
    let known = |id: &str| {
        let file = format!("/{id}.toml");
        seen.contains_key(id) || files.indicators.iter().any(|(path, _)| path.ends_with(&file))
    };
    let matcher = Matcher::build(&indicators, &raw.words, &raw.guards, known).map_err(|bad| {
        bad.into_iter().filter_map(|bad| {
            let (path, text) = origins.get(bad.indicator)?;
            let help = "the language of patterns is described in crates/classifier/src/wording/pattern.rs";
            Some(File { path, text }.at_key(&bad.key, bad.message, help))
        })
    });
    match matcher {
        Ok(matcher) if errors.is_empty() => {
            let reading_hash = reading_hash(&indicators, &raw);
            Ok(Parts { indicators, sources, rules: Rules::of(raw), matcher, reading_hash })
        }
        Ok(_) => Err(errors),
        Err(bad) => Err(errors.into_iter().chain(bad).collect()),
    }
}

fn checked(
    file: &File<'_>,
    raw: RawIndicator,
    sources: &BTreeSet<&str>,
    errors: &mut Vec<CatalogueError>,
) -> Option<Indicator> {
    let before = errors.len();
    let mut fail = |key: &str, message: String, help: &str| errors.push(file.at_key(key, message, help));
    let mut path = file.path.trim_end_matches(".toml").rsplit(['/', '\\']);
    if path.next() != Some(raw.id.as_str()) {
        fail("id", format!("the file of `{}` must be named `{}.toml`", raw.id, raw.id), "rename the file");
    }
    if path.next() != Some(raw.group.to_string().as_str()) {
        fail("group", format!("group {} belongs in the folder `{}`", raw.group, raw.group), "move the file");
    }
    if !('A'..='L').contains(&raw.group) {
        fail("group", "groups are A to L".to_owned(), "see docs/indicators.md");
    }
    if raw.version == 0 {
        fail("version", "versions begin with 1".to_owned(), "");
    }
    let scores =
        raw.role == Role::Score && raw.grade != Grade::D && !raw.sensitive && raw.status != super::Status::Context;
    if !scores && raw.points != 0.0 {
        let help = "grade D, a sensitive trait, the status `context` and every role but score give no points";
        fail("points", "must be 0".to_owned(), help);
    }
    if scores && !(raw.points > 0.0 && raw.points <= MOST_POINTS) {
        fail("points", format!("must be above 0 and at most {MOST_POINTS}"), "defaults: A 2, B+ 2, B 1, C 0.5");
    }
    let detector = detectors::find(&raw.detector);
    match detector {
        None => fail(
            "detector",
            format!("no detector `{}`", raw.detector),
            "crates/classifier/src/detectors/mod.rs names them",
        ),
        Some(detector) if !detector.scopes.contains(&raw.scope) => {
            fail("scope", format!("the detector `{}` does not look at this", raw.detector), "see detectors/mod.rs");
        }
        Some(_) => {}
    }
    for source in raw.sources.iter().filter(|source| !sources.contains(source.as_str())) {
        fail("sources", format!("no source `{source}`"), "add it to sources.toml");
    }
    if raw.sources.is_empty() && raw.role != Role::Counter {
        fail("sources", "name at least one".to_owned(), "an indicator without a source is an opinion");
    }
    let unknown =
        |text: &str| matches!(text.trim().to_lowercase().as_str(), "" | "unknown" | "ukendt" | "none" | "ingen");
    if raw.other_readings.is_empty() || raw.other_readings.iter().any(|r| unknown(&r.da) || unknown(&r.en)) {
        fail("other_readings", "write a real one".to_owned(), "the page shows it beside the evidence");
    }
    let prose = [("title", &raw.title), ("definition", &raw.definition), ("why", &raw.why)];
    for (key, text) in prose {
        if text.da.trim().is_empty() || text.en.trim().is_empty() {
            fail(key, "must say something in Danish and in English".to_owned(), "");
        }
    }
    if raw.checked.trim().is_empty() {
        fail(
            "checked",
            "say how and when it was last validated".to_owned(),
            "\"not yet tested against Danish outcomes\"",
        );
    }
    if (raw.status == super::Status::Retired) != raw.retired.is_some() {
        fail("retired", "a retired indicator, and no other, says when and why".to_owned(), "retired = { on, reason }");
    }
    let least = if raw.scope == Scope::Ad { LEAST_EXAMPLES } else { LEAST_SITUATIONS };
    for (key, count) in [("examples", raw.examples.len()), ("counter_examples", raw.counter_examples.len())] {
        if count < least {
            fail(key, format!("has {count}, needs {least}"), "they are its tests and its help");
        }
    }
    for guard in raw.without_guards.iter().filter(|guard| !GUARDS.contains(&guard.as_str())) {
        fail("without_guards", format!("no guard `{guard}`"), "negation, question, reported, addressed, past, warned");
    }
    if raw.detector == "wording" {
        for language in ["da", "en", "sv", "de"] {
            if raw.wording.get(language).is_none_or(Vec::is_empty) {
                fail("wording", format!("has no `{language}`"), "wording needs da, en, sv and de");
            }
        }
    }
    let parameters = parameters(detector, &raw, &mut fail);
    if errors.len() > before {
        return None;
    }
    let counter_examples = raw.counter_examples.into_iter().map(|example| match example {
        RawCounterExample::Plain(text) => CounterExample { text, shape: None, no_mutation: None },
        RawCounterExample::Marked(marked) => {
            CounterExample { text: marked.text, shape: marked.shape, no_mutation: marked.no_mutation }
        }
    });
    Some(Indicator {
        id: IndicatorId(raw.id),
        version: raw.version,
        title: raw.title.into(),
        definition: raw.definition.into(),
        group: Group(raw.group),
        scope: raw.scope,
        status: raw.status,
        grade: raw.grade,
        sensitive: raw.sensitive,
        role: raw.role,
        points: raw.points,
        detector: raw.detector,
        why: raw.why.into(),
        other_readings: raw.other_readings.into_iter().map(Bilingual::from).collect(),
        sources: raw.sources,
        checked: raw.checked,
        retired: raw.retired.map(|retired| format!("{}: {}", retired.on, retired.reason)),
        parameters,
        wording: Wording {
            fires: raw.wording,
            not: raw.not,
            not_within: raw.not_within,
            without_guards: raw.without_guards,
        },
        examples: raw.examples,
        counter_examples: counter_examples.collect(),
    })
}

fn parameters(
    detector: Option<&Detector>,
    raw: &RawIndicator,
    fail: &mut impl FnMut(&str, String, &str),
) -> Parameters {
    let mut parameters = Parameters::default();
    let Some(detector) = detector else { return parameters };
    for key in detector.numbers {
        match raw.parameters.get(*key).and_then(|value| value.as_float().or(value.as_integer().map(|i| i as f64))) {
            Some(value) if (0.0..=1e6).contains(&value) => {
                parameters.numbers.insert((*key).to_owned(), value);
            }
            _ => fail("parameters", format!("`{key}` must be a number from 0 to 1,000,000"), "the detector needs it"),
        }
    }
    for key in detector.words {
        let words = raw.parameters.get(*key).and_then(toml::Value::as_array);
        let words: Option<Vec<String>> =
            words.and_then(|list| list.iter().map(|word| word.as_str().map(str::to_owned)).collect());
        match words {
            // Folded as texts are, so that `født` is found in them.
            Some(words) => {
                let words = words.iter().map(|word| NormalText::fold(word).as_str().to_owned()).collect();
                parameters.words.insert((*key).to_owned(), words);
            }
            None => fail("parameters", format!("`{key}` must be a list of words"), "the detector needs it"),
        }
    }
    for key in raw.parameters.keys() {
        if !detector.numbers.contains(&key.as_str()) && !detector.words.contains(&key.as_str()) {
            fail("parameters", format!("the detector does not know `{key}`"), "remove it or mend its spelling");
        }
    }
    parameters
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::testing::files;

    #[test]
    fn the_hash_is_that_of_the_files_wherever_they_lie() {
        let here = files();
        let moved = |(path, text): &(String, String)| (format!("/srv/of-another/config/{path}"), text.clone());
        let there = CatalogueFiles {
            indicators: here.indicators.iter().map(moved).collect(),
            sources: moved(&here.sources),
            rules: moved(&here.rules),
        };
        assert_eq!(hash(&here), hash(&there));
        let mut changed = here.clone();
        changed.indicators[0].0 = "A/of_another_name.toml".to_owned();
        assert_ne!(hash(&here), hash(&changed), "a file's name counts");
        changed = here.clone();
        changed.rules.1.push('\n');
        assert_ne!(hash(&here), hash(&changed), "and every byte");
    }
}
