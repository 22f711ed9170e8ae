//! Which element is the ad's title and which is its text: the ones that differ from ad to ad, say what the listing says,
//! and hold nothing else.

use super::super::document::Document;
use super::super::text::text_of;
use super::machine;
use super::select::{Compiled, candidates};
use super::{Rule, Sample};
use scraper::{ElementRef, Selector};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

// Compiled from constants, so that `unwrap` cannot fail once a test ran them.
#[allow(clippy::unwrap_used)]
static TITLE: LazyLock<Selector> = LazyLock::new(|| Selector::parse("title").unwrap());
#[allow(clippy::unwrap_used)]
static LINKS: LazyLock<Selector> = LazyLock::new(|| Selector::parse("a[href]").unwrap());
#[allow(clippy::unwrap_used)]
static FACTS: LazyLock<Selector> = LazyLock::new(|| Selector::parse("dt, th, h1, form, nav, select, time").unwrap());

/// A text for comparing: white space and case do not count.
pub(super) fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Whether a reader sees it only after a click: a picture's large view repeats the title, on ads with pictures alone.
fn is_hidden(element: ElementRef<'_>) -> bool {
    std::iter::once(element).chain(element.ancestors().filter_map(ElementRef::wrap)).any(|above| {
        above.value().name() == "dialog"
            || above.attr("hidden").is_some()
            || above.attr("aria-hidden") == Some("true")
            || above.attr("role") == Some("dialog")
            || above.value().classes().any(|class| matches!(class, "modal" | "lightbox" | "popup"))
    })
}

/// What one selector finds on each page.
struct Found<'d> {
    selector: String,
    elements: Vec<Option<ElementRef<'d>>>,
}

/// Every selector that finds at most one element a page and one on nearly all.
fn single<'d>(
    samples: &'d [Sample],
    compiled: &mut Compiled,
    wanted: impl Fn(ElementRef<'_>) -> bool,
    places: bool,
) -> Vec<Found<'d>> {
    let mut tried: BTreeSet<String> = BTreeSet::new();
    let mut found = Vec::new();
    for sample in samples.iter().take(3) {
        let root = sample.document.html.root_element();
        for element in root.descendants().filter_map(ElementRef::wrap) {
            if !wanted(element) || is_hidden(element) {
                continue;
            }
            for selector in candidates(element, places) {
                if !tried.insert(selector.clone()) {
                    continue;
                }
                let elements: Vec<Vec<ElementRef<'d>>> =
                    samples.iter().map(|sample| compiled.all(&sample.document, &selector)).collect();
                let alone = elements.iter().filter(|found| found.len() == 1).count();
                if alone * 10 >= samples.len() * 9 && elements.iter().all(|found| found.len() <= 1) {
                    let elements = elements.into_iter().map(|found| found.first().copied()).collect();
                    found.push(Found { selector, elements });
                }
            }
        }
    }
    found
}

fn text(sample: &Sample, element: ElementRef<'_>) -> String {
    text_of(element, &sample.document.ignored, false)
}

/// The titles that pages name for machines.
fn machine_titles(samples: &[Sample]) -> Vec<HashSet<String>> {
    let documents: Vec<&Document> = samples.iter().map(|sample| &sample.document).collect();
    let mut sets = vec![HashSet::new(); samples.len()];
    let named = [
        machine::by_ending(&documents, &["name", "headline", "title"]),
        machine::by_property(&documents, &["name", "headline"]),
        machine::by_meta(&documents, &["og:title", "twitter:title"]),
    ];
    for (_, values) in named.into_iter().flatten() {
        for (set, value) in sets.iter_mut().zip(values) {
            set.extend(value.map(|value| plain(&value)));
        }
    }
    sets
}

/// The rule for the title, with what each page gives.
pub(super) fn title(samples: &[Sample], compiled: &mut Compiled) -> Option<(Rule, Vec<String>)> {
    let machine = machine_titles(samples);
    let heads: Vec<String> = samples
        .iter()
        .map(|sample| {
            sample
                .document
                .html
                .root_element()
                .select(&TITLE)
                .next()
                .map_or(String::new(), |t| plain(&t.text().collect::<String>()))
        })
        .collect();
    let small = |element: ElementRef<'_>| {
        let name = element.value().name();
        matches!(
            name,
            "h1" | "h2"
                | "h3"
                | "h4"
                | "strong"
                | "b"
                | "span"
                | "div"
                | "td"
                | "p"
                | "font"
                | "caption"
                | "legend"
                | "dd"
        ) && !element
            .ancestors()
            .filter_map(ElementRef::wrap)
            .any(|above| matches!(above.value().name(), "a" | "nav" | "footer" | "head" | "aside"))
    };
    let mut best: Option<(f64, String, Vec<String>, bool)> = None;
    for found in single(samples, compiled, small, false) {
        let texts: Vec<String> = samples
            .iter()
            .zip(&found.elements)
            .map(|(sample, element)| element.map_or(String::new(), |element| text(sample, element).replace('\n', " ")))
            .collect();
        let filled = texts.iter().filter(|text| !text.is_empty()).count();
        if filled * 10 < samples.len() * 9 || texts.iter().any(|text| text.chars().count() > 250) {
            continue;
        }
        let share = |holds: &dyn Fn(usize, &str) -> bool| {
            texts.iter().enumerate().filter(|(at, text)| !text.is_empty() && holds(*at, &plain(text))).count() as f64
                / filled as f64
        };
        let listed = share(&|at, text| {
            samples[at].card.as_ref().is_some_and(|card| card.texts.iter().any(|own| plain(own) == text))
        });
        let named = share(&|at, text| machine[at].contains(text));
        let head = share(&|at, text| heads[at].starts_with(text));
        let different = texts.iter().collect::<HashSet<_>>().len();
        if different < 2 && samples.len() > 2 {
            continue;
        }
        let tag = found.selector.rsplit([' ', '>']).next().unwrap_or_default();
        let heading = if tag.starts_with("h1") {
            2.0
        } else if tag.starts_with("h2") {
            1.2
        } else if tag.starts_with('h') {
            0.8
        } else {
            0.0
        };
        let length: f64 = texts.iter().map(|text| text.chars().count() as f64).sum::<f64>() / filled as f64;
        let short = if length < 4.0 { -3.0 } else { 0.0 };
        // Of two cards' texts that both stand on the page (title and price), the title differs more.
        let differs = different as f64 / filled as f64;
        let score =
            4.0 * listed + 4.0 * named + 3.0 * head + heading + differs + short - 0.01 * found.selector.len() as f64;
        if best.as_ref().is_none_or(|(other, ..)| score > *other) {
            best = Some((score, found.selector, texts, listed > 0.5));
        }
    }
    if let Some((_, selector, texts, listed)) = best.filter(|(score, ..)| *score >= 3.0) {
        let why =
            if listed { "says what the listing says of the ad" } else { "the heading that differs from ad to ad" };
        let toml = format!("{{ select = {}, required = true }}", super::write::text(&selector));
        return Some((Rule { key: "title", toml, why: why.to_owned() }, texts));
    }
    let documents: Vec<&Document> = samples.iter().map(|sample| &sample.document).collect();
    let (toml, values) = machine::by_ending(&documents, &["name", "headline", "title"])
        .or_else(|| machine::by_meta(&documents, &["og:title"]))?;
    let rule = Rule { key: "title", toml, why: "what the page names for machines; no element says it".to_owned() };
    Some((rule, values.into_iter().map(Option::unwrap_or_default).collect()))
}

/// Names that people give to the ad's text.
const TEXT_NAMES: [&str; 12] = [
    "tekst",
    "text",
    "body",
    "desc",
    "content",
    "beskriv",
    "indhold",
    "besked",
    "annoncetekst",
    "entry",
    "brod",
    "om-mig",
];

/// The rule for the text.
pub(super) fn body(samples: &[Sample], titles: &[String], compiled: &mut Compiled) -> Option<(Rule, Vec<String>)> {
    let documents: Vec<&Document> = samples.iter().map(|sample| &sample.document).collect();
    let descriptions: Vec<Option<String>> = machine::by_ending(&documents, &["description", "articleBody", "text"])
        .or_else(|| machine::by_property(&documents, &["description", "articleBody"]))
        .or_else(|| machine::by_meta(&documents, &["og:description", "description"]))
        .map_or(vec![None; samples.len()], |(_, values)| values);
    let block = |element: ElementRef<'_>| {
        let name = element.value().name();
        matches!(
            name,
            "div"
                | "p"
                | "td"
                | "section"
                | "article"
                | "blockquote"
                | "span"
                | "dd"
                | "li"
                | "main"
                | "pre"
                | "center"
                | "font"
        )
    };
    let mut best: Option<(f64, String, Vec<String>)> = None;
    for found in single(samples, compiled, block, true) {
        let texts: Vec<String> = samples
            .iter()
            .zip(&found.elements)
            .map(|(sample, element)| element.map_or(String::new(), |e| text(sample, e)))
            .collect();
        let Some(score) = body_score(samples, &found, &texts, titles, &descriptions) else { continue };
        if best.as_ref().is_none_or(|(other, ..)| score > *other) {
            best = Some((score, found.selector, texts));
        }
    }
    let (_, selector, texts) = best?;
    let toml = format!("{{ select = {}, required = true }}", super::write::text(&selector));
    let why = "the element that holds the most text of the ad's own and nothing else".to_owned();
    Some((Rule { key: "body", toml, why }, texts))
}

fn body_score(
    samples: &[Sample],
    found: &Found<'_>,
    texts: &[String],
    titles: &[String],
    descriptions: &[Option<String>],
) -> Option<f64> {
    let count = texts.len() as f64;
    let total: usize = texts.iter().map(|text| text.chars().count()).sum();
    if (total as f64) < 15.0 * count || texts.iter().collect::<HashSet<_>>().len() * 2 < texts.len() {
        return None;
    }
    // Lines that most pages share are the site's: labels, hints, footers.
    let mut pages_with: HashMap<&str, usize> = HashMap::new();
    for text in texts {
        let lines: HashSet<&str> = text.lines().collect();
        lines.into_iter().for_each(|line| *pages_with.entry(line).or_default() += 1);
    }
    let (mut own, mut with_title, mut with_facts, mut excerpt, mut described) = (0usize, 0, 0, 0.0, 0.0);
    for (at, (sample, text)) in samples.iter().zip(texts).enumerate() {
        let Some(element) = found.elements[at] else { continue };
        let linked: usize = element
            .select(&LINKS)
            .filter(|link| {
                !link.attr("href").is_some_and(|href| href.starts_with("tel:") || href.starts_with("mailto:"))
            })
            .map(|link| text_of(link, &sample.document.ignored, false).chars().count())
            .sum();
        let shared: usize = text
            .lines()
            .filter(|line| {
                samples.len() > 2 && pages_with.get(line).is_some_and(|pages| *pages * 5 > samples.len() * 4)
            })
            .map(|line| line.chars().count())
            .sum();
        own += text.chars().count().saturating_sub(linked + shared);
        let title = plain(&titles[at]);
        with_title += usize::from(!title.is_empty() && text.lines().any(|line| plain(line) == title));
        with_facts += usize::from(element.select(&FACTS).next().is_some());
        let text = plain(text);
        if let Some(card) = &sample.card {
            let holds = card.texts.iter().filter(|own| plain(own) != title).any(|own| {
                let words: Vec<&str> = own.split_whitespace().take(6).collect();
                words.len() >= 4 && text.contains(&plain(&words.join(" ")))
            });
            excerpt += f64::from(u8::from(holds));
        }
        if let Some(description) = &descriptions[at] {
            let words: Vec<&str> = description.split_whitespace().take(6).collect();
            described += f64::from(u8::from(words.len() >= 3 && text.contains(&plain(&words.join(" ")))));
        }
    }
    // A line with a number or a name is no text.
    let words: usize = texts
        .iter()
        .map(|text| text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count())
        .sum();
    let few = if words < 5 * texts.len() { 0.3 } else { 1.0 };
    let purity = own as f64 / total.max(1) as f64;
    let penalty = |times: usize, factor: f64| 1.0 - (1.0 - factor) * times as f64 / count;
    let named = TEXT_NAMES
        .iter()
        .any(|name| found.selector.to_lowercase().rsplit([' ', '>']).next().is_some_and(|last| last.contains(name)));
    Some(
        few * (own as f64 / count).sqrt()
            * purity.powi(2)
            * penalty(with_title, 0.2)
            * penalty(with_facts, 0.4)
            * (1.0 + excerpt / count)
            * match descriptions.iter().flatten().count() * 2 > samples.len() {
                // The pages say for machines what the text is: what does not hold it is something else.
                true => 0.4 + 2.0 * described / count,
                false => 1.0 + described / count,
            }
            * if named { 1.15 } else { 1.0 }
            // Of two that find the same, the one that says less of where it stands.
            * (1.0 - 0.001 * found.selector.len() as f64)
            * if found.selector.contains("nth-of-type") { 0.9 } else { 1.0 },
    )
}
