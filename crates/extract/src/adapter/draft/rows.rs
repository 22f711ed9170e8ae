//! Tables of labels and values: `<dl>`, `<th>` and `<td>`, list points with a bold label.

use super::super::text::{NONE, text_of};
use super::super::value::label_of;
use super::Sample;
use super::select::{Compiled, group_selector};
use scraper::ElementRef;
use std::collections::{BTreeMap, BTreeSet};

/// `[detail.rows]` with the labels that pages have.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    pub item: Option<String>,
    pub label: String,
    pub value: Option<String>,
    /// Label as on the page, by its field; the values that were seen.
    pub known: BTreeMap<&'static str, (String, Vec<String>)>,
    /// Labels that mean nothing to us.
    pub others: BTreeSet<String>,
}

/// What labels mean, in lower case without colons.
const LABELS: [(&str, &[&str]); 7] = [
    ("name", &["navn", "name", "namn", "kaldenavn", "fornavn"]),
    ("age", &["alder", "age", "ålder", "alter", "år"]),
    (
        "place",
        &[
            "by",
            "sted",
            "område",
            "place",
            "location",
            "city",
            "area",
            "ort",
            "stad",
            "postnummer",
            "postnr. og by",
            "by og postnummer",
            "adresse",
            "town",
            "kommune",
        ],
    ),
    (
        "phone",
        &[
            "telefon",
            "tlf",
            "tlf.",
            "telefonnummer",
            "mobil",
            "mobilnummer",
            "phone",
            "mobile",
            "tel",
            "tel.",
            "telephone",
            "nummer",
            "ring",
            "kontakt telefon",
            "contact phone",
        ],
    ),
    ("price", &["pris", "price", "fra", "from", "preis", "takst", "priser", "pris fra", "price from"]),
    ("category", &["kategori", "category", "type", "rubrik", "kategorie"]),
    (
        "posted_at",
        &[
            "oprettet",
            "dato",
            "date",
            "posted",
            "published",
            "indrykket",
            "lagt op",
            "publicerad",
            "datum",
            "erstellt",
            "created",
            "online siden",
            "annonceret",
            "sat ind",
        ],
    ),
];

fn meaning(label: &str) -> Option<&'static str> {
    LABELS.iter().find(|(_, words)| words.contains(&label)).map(|(field, _)| *field)
}

/// A label and its value, as the way of writing finds them on one page.
type Pairs = Vec<(String, String)>;

struct Way {
    item: Option<String>,
    label: String,
    value: Option<String>,
}

impl Way {
    fn pairs(&self, sample: &Sample, compiled: &mut Compiled) -> Pairs {
        let text = |element: ElementRef<'_>| text_of(element, &NONE, false).replace('\n', " ");
        let mut pairs = Vec::new();
        match &self.item {
            None => {
                for label in compiled.all(&sample.document, &self.label) {
                    if let Some(value) = next_of(label) {
                        pairs.push((text(label), text(value)));
                    }
                }
            }
            Some(item) => {
                for item in compiled.all(&sample.document, item) {
                    let label = compiled.get(&self.label).and_then(|selector| item.select(selector).next());
                    let Some(label) = label else { continue };
                    let value = match &self.value {
                        Some(value) => compiled.get(value).and_then(|selector| item.select(selector).next()).map(text),
                        None => next_of(label).map(text).or_else(|| {
                            let whole = text(item);
                            whole.strip_prefix(&text(label)).map(|rest| rest.trim_start_matches([':', ' ']).to_owned())
                        }),
                    };
                    if let Some(value) = value {
                        pairs.push((text(label), value));
                    }
                }
            }
        }
        pairs
    }
}

fn next_of<'d>(label: ElementRef<'d>) -> Option<ElementRef<'d>> {
    label.next_siblings().find_map(ElementRef::wrap)
}

/// The ways of writing that the pages could use.
fn ways(samples: &[Sample], compiled: &mut Compiled) -> Vec<Way> {
    let mut ways: BTreeMap<(Option<String>, String, Option<String>), ()> = BTreeMap::new();
    for sample in samples.iter().take(4) {
        for term in compiled.all(&sample.document, "dl > dt, dl > div > dt") {
            let list =
                super::select::parent(term).filter(|list| list.value().name() == "dl").and_then(super::select::named);
            ways.insert((None, list.map_or("dt".to_owned(), |list| format!("{list} dt")), None), ());
        }
        for row in compiled.all(&sample.document, "tr") {
            let cells: Vec<&str> = row.child_elements().map(|cell| cell.value().name()).collect();
            let (label, value) = match cells.as_slice() {
                ["th", "td"] => ("th", "td"),
                ["td", "td"] => ("td:first-child", "td:last-child"),
                _ => continue,
            };
            ways.insert((Some(group_selector(row)), label.to_owned(), Some(value.to_owned())), ());
        }
        for label in compiled.all(&sample.document, "li > b, li > strong, li > span, p > b, p > strong, div > b, div > strong, div > span, li > em, div > label, li > label") {
            let first = label.prev_siblings().all(|node| ElementRef::wrap(node).is_none() && node.value().as_text().is_none_or(|t| t.trim().is_empty()));
            let text = label_of(&text_of(label, &NONE, false));
            if !first || meaning(&text).is_none() {
                continue;
            }
            let Some(item) = super::select::parent(label) else { continue };
            let value = label.next_siblings().find_map(ElementRef::wrap).filter(|value| value.value().name() != "br");
            let own = |element: ElementRef<'_>| super::select::simple(element).into_iter().next().unwrap_or_default();
            let key = match value {
                Some(value) if value.value().name() != label.value().name() => (own(label), Some(value.value().name().to_owned())),
                Some(value) if own(value) != own(label) => (own(label), Some(own(value))),
                Some(_) => (format!("{}:first-child", label.value().name()), None),
                None => (own(label), None),
            };
            ways.insert((Some(group_selector(item)), key.0, key.1), ());
        }
    }
    ways.into_keys().map(|(item, label, value)| Way { item, label, value }).collect()
}

/// The table that explains most labels.
pub(super) fn find(samples: &[Sample], compiled: &mut Compiled) -> Option<Rows> {
    let mut best: Option<(usize, Rows)> = None;
    for way in ways(samples, compiled) {
        let mut rows =
            Rows { item: way.item.clone(), label: way.label.clone(), value: way.value.clone(), ..Rows::default() };
        let mut total = 0usize;
        for sample in samples {
            for (label, value) in way.pairs(sample, compiled) {
                let (label, value) = (label.trim().trim_end_matches(':').trim().to_owned(), value.trim().to_owned());
                if label.is_empty() || label.chars().count() > 40 {
                    continue;
                }
                total += 1;
                match meaning(&label_of(&label)) {
                    Some(field) if rows.known.get(field).is_none_or(|(known, _)| *known == label) => {
                        rows.known.entry(field).or_insert_with(|| (label, Vec::new())).1.push(value);
                    }
                    _ => drop(rows.others.insert(label)),
                }
            }
        }
        // A way that also takes in a page's texts as labels explains less than it finds.
        let explained: usize = rows.known.values().map(|(_, values)| values.len()).sum();
        let score = rows.known.len() * 100 + explained * 10 / total.max(1) * 10;
        if !rows.known.is_empty() && explained * 4 >= total && best.as_ref().is_none_or(|(other, _)| score > *other) {
            best = Some((score, rows));
        }
    }
    best.map(|(_, rows)| rows)
}
