//! The fields of an ad: phone, price, place, age, name, category; when it was posted, and its pictures.

use super::super::dates::{self, Formats};
use super::super::decode::Decode;
use super::super::document::Document;
use super::super::text::{NONE, text_of};
use super::machine;
use super::rows::Rows;
use super::select::{Compiled, candidates, named, parent};
use super::{Rule, Sample};
use scraper::ElementRef;
use std::collections::{BTreeMap, HashSet};

/// What was found of the fields.
pub(super) struct Fields {
    pub fields: Vec<Rule>,
    pub posted_at: Option<Rule>,
    pub images: Option<Rule>,
    /// The site hides numbers itself.
    pub obscures_phone: bool,
}

pub(super) fn find(samples: &[Sample], rows: Option<&Rows>, compiled: &mut Compiled) -> Fields {
    let documents: Vec<&Document> = samples.iter().map(|sample| &sample.document).collect();
    let row = |field: &str, more: &str| {
        rows.and_then(|rows| rows.known.get(field)).map(|(label, _)| {
            (format!("{{ row = {}{more} }}", super::write::text(label)), format!("the label '{label}'"))
        })
    };
    let machine = |endings: &[&str], properties: &[&str]| {
        let found = machine::by_ending(&documents, endings).map(|found| (found, "JSON-LD"));
        found.or_else(|| machine::by_property(&documents, properties).map(|found| (found, "microdata")))
    };
    let mut fields = Vec::new();
    let mut add = |key: &'static str, found: Option<(String, String)>| {
        fields.extend(found.map(|(toml, why)| Rule { key, toml, why }));
    };

    add(
        "name",
        row("name", "").or_else(|| {
            by_class(samples, compiled, &["navn", "profilnavn", "nickname"], &|text| text.chars().count() < 40)
        }),
    );
    add(
        "age",
        row("age", ", kind = \"age\"").or_else(|| {
            let age = |text: &str| text.chars().any(|letter| letter.is_ascii_digit()) && text.chars().count() < 12;
            by_class(samples, compiled, &["alder", "age"], &age).map(|(toml, why)| (with(&toml, "kind = \"age\""), why))
        }),
    );

    let place = row("place", "").or_else(|| {
        machine(&["addressLocality", "areaServed", "contentLocation", "location"], &["addressLocality"])
            .map(|((toml, _), source)| (toml, source.to_owned()))
    });
    let place = place.or_else(|| {
        by_class(samples, compiled, &["sted", "place", "city", "by", "location", "omraade", "area"], &|text| {
            text.chars().count() < 60
        })
    });
    add("place", place);

    let hidden = hidden_phone(samples, compiled);
    let obscures_phone = hidden.is_some();
    let phone = hidden
        .or_else(|| phone_link(samples, compiled))
        .or_else(|| row("phone", ", kind = \"phone\""))
        .or_else(|| {
            machine(&["telephone"], &["telephone"])
                .map(|((toml, _), source)| (with(&toml, "kind = \"phone\""), source.to_owned()))
        })
        .or_else(|| phone_text(samples, compiled));
    add("phone", phone);

    let price = row("price", ", kind = \"price\"").or_else(|| {
        machine(&["offers.price", "price", "offers.lowPrice"], &["price"]).map(|((toml, values), source)| {
            let bare =
                values.iter().flatten().all(|value| value.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ','));
            let more = if bare { "suffix = \" kr.\", kind = \"price\"" } else { "kind = \"price\"" };
            (with(&toml, more), source.to_owned())
        })
    });
    let price = price.or_else(|| {
        let money = |text: &str| text.chars().any(|letter| letter.is_ascii_digit()) && text.chars().count() < 25;
        by_class(samples, compiled, &["pris", "price", "preis", "amount"], &money)
            .map(|(toml, why)| (with(&toml, "kind = \"price\""), why))
    });
    add("price", price);
    add(
        "category",
        row("category", "")
            .or_else(|| machine::by_ending(&documents, &["category"]).map(|(toml, _)| (toml, "JSON-LD".to_owned()))),
    );

    let posted = posted_at(samples, rows, &documents, compiled);
    Fields { fields, posted_at: posted, images: images(samples, compiled), obscures_phone }
}

/// A rule with one more key.
fn with(toml: &str, more: &str) -> String {
    format!("{}, {more} }}", toml.trim_end_matches('}').trim_end())
}

/// An element whose class says what it is.
fn by_class(
    samples: &[Sample],
    compiled: &mut Compiled,
    names: &[&str],
    fits: &dyn Fn(&str) -> bool,
) -> Option<(String, String)> {
    for name in names {
        for selector in [format!(".{name}"), format!("[class$=-{name}]"), format!("[class*=__{name}]")] {
            let found: Vec<Vec<ElementRef<'_>>> =
                samples.iter().map(|sample| compiled.all(&sample.document, &selector)).collect();
            let texts: Vec<String> =
                found.iter().filter_map(|found| found.first()).map(|element| text_of(*element, &NONE, false)).collect();
            let right = texts.iter().filter(|text| !text.is_empty() && fits(text)).count();
            if right * 2 >= samples.len() && right == texts.len() && found.iter().all(|found| found.len() <= 1) {
                return Some((
                    format!("{{ select = {} }}", super::write::text(&selector)),
                    format!("a class that says so ({selector})"),
                ));
            }
        }
    }
    None
}

/// Digits as of a Danish or foreign number.
fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let others = text.chars().filter(|letter| !letter.is_ascii_digit() && !" +-().\u{a0}/".contains(*letter)).count();
    (8..=15).contains(&digits) && others == 0 && text.chars().count() <= 24
}

fn phone_link(samples: &[Sample], compiled: &mut Compiled) -> Option<(String, String)> {
    let links = |compiled: &mut Compiled, selector: &str| -> Vec<usize> {
        samples.iter().map(|sample| compiled.all(&sample.document, selector).len()).collect()
    };
    let plain = "a[href^='tel:']";
    let counts = links(compiled, plain);
    if counts.iter().filter(|count| **count > 0).count() * 3 < samples.len() {
        return None;
    }
    // Where the site's own number stands on every page too, the ad's is told by its class.
    let mut ways: Vec<String> = Vec::new();
    for sample in samples.iter().take(3) {
        for link in compiled.all(&sample.document, plain) {
            ways.extend(candidates(link, false));
        }
    }
    let same_everywhere = |compiled: &mut Compiled, selector: &str| {
        let values: HashSet<String> = samples
            .iter()
            .flat_map(|sample| {
                compiled
                    .all(&sample.document, selector)
                    .into_iter()
                    .filter_map(|link| link.attr("href").map(str::to_owned))
                    .collect::<Vec<_>>()
            })
            .collect();
        values.len() <= 1 && samples.len() > 2
    };
    let mut selector = None;
    for way in std::iter::once(plain.to_owned()).chain(ways) {
        let way = if way == plain { way } else { format!("{way}[href^='tel:']") };
        let counts = links(compiled, &way);
        if counts.iter().all(|count| *count <= 1)
            && counts.iter().filter(|count| **count == 1).count() * 3 >= samples.len()
            && !same_everywhere(compiled, &way)
        {
            selector = Some(way);
            break;
        }
    }
    let selector = super::write::text(&selector?);
    Some((
        format!("{{ select = {selector}, attribute = \"href\", regex = '^tel:(.+)$', kind = \"phone\" }}"),
        "a link that calls".to_owned(),
    ))
}

/// A number that the page keeps in an attribute, perhaps turned round or encoded, until somebody clicks.
fn hidden_phone(samples: &[Sample], compiled: &mut Compiled) -> Option<(String, String)> {
    let ways: [(&[Decode], &str); 6] = [
        (&[], ""),
        (&[Decode::Reverse], "decode = \"reverse\""),
        (&[Decode::Base64], "decode = \"base64\""),
        (&[Decode::Base64, Decode::Reverse], "decode = [\"base64\", \"reverse\"]"),
        (&[Decode::Hex], "decode = \"hex\""),
        (&[Decode::Percent], "decode = \"percent\""),
    ];
    let mut tried: BTreeMap<(String, String), ()> = BTreeMap::new();
    for sample in samples.iter().take(3) {
        for element in sample.document.html.root_element().descendants().filter_map(ElementRef::wrap) {
            for (name, value) in element.value().attrs().filter(|(name, _)| name.starts_with("data-")) {
                if (8..=40).contains(&value.len())
                    && let Some(selector) =
                        candidates(element, false).into_iter().find(|s| s.contains('.') || s.contains('#'))
                {
                    tried.insert((selector, name.to_owned()), ());
                }
            }
        }
    }
    for (selector, attribute) in tried.into_keys() {
        let values: Vec<Option<String>> = samples
            .iter()
            .map(|sample| {
                compiled.all(&sample.document, &selector).first().and_then(|e| e.attr(&attribute)).map(str::to_owned)
            })
            .collect();
        let given = values.iter().flatten().count();
        if given * 3 < samples.len() || (values.iter().flatten().collect::<HashSet<_>>().len() < 2 && samples.len() > 2)
        {
            continue;
        }
        let danish = |number: &str| {
            let digits: String = number.chars().filter(char::is_ascii_digit).collect();
            let national = digits
                .strip_prefix("0045")
                .or(digits.strip_prefix("45").filter(|rest| rest.len() == 8))
                .unwrap_or(&digits);
            is_phone(number) && national.len() >= 8 && matches!(national.as_bytes()[0], b'2'..=b'9')
        };
        for (steps, toml) in ways {
            let decoded = values.iter().flatten().filter(|value| {
                let mut value = (*value).clone();
                for step in steps {
                    let Some(next) = step.apply(&value) else { return false };
                    value = next;
                }
                danish(&value)
            });
            // Eight digits turned round are a number too: plain ones are told by the name of the attribute.
            let by_name =
                ["phone", "tel", "tlf", "nr", "number", "nummer", "mobil"].iter().any(|word| attribute.contains(word));
            if decoded.count() == given && (by_name || !steps.is_empty()) {
                let between = if toml.is_empty() { "" } else { ", " };
                return Some((
                    format!(
                        "{{ select = {}, attribute = \"{attribute}\"{between}{toml}, kind = \"phone\" }}",
                        super::write::text(&selector)
                    ),
                    format!("a number that the page keeps in {attribute} until somebody clicks"),
                ));
            }
        }
    }
    None
}

/// A small element that holds a number and nothing else.
fn phone_text(samples: &[Sample], compiled: &mut Compiled) -> Option<(String, String)> {
    let mut ways: Vec<String> = Vec::new();
    for sample in samples.iter().take(3) {
        for element in sample.document.html.root_element().descendants().filter_map(ElementRef::wrap) {
            if element.child_elements().next().is_none() && is_phone(&text_of(element, &NONE, false)) {
                ways.extend(
                    candidates(element, false).into_iter().filter(|way| way.contains('.') || way.contains('#')),
                );
            }
        }
    }
    let way = ways.into_iter().find(|way| {
        let found: Vec<Vec<ElementRef<'_>>> =
            samples.iter().map(|sample| compiled.all(&sample.document, way)).collect();
        let right = found.iter().filter(|f| f.len() == 1 && is_phone(&text_of(f[0], &NONE, false))).count();
        let given = found.iter().filter(|found| !found.is_empty()).count();
        let values: HashSet<String> = found.iter().flatten().map(|element| text_of(*element, &NONE, false)).collect();
        right == given && right * 3 >= samples.len() && (values.len() > 1 || samples.len() < 3)
    })?;
    Some((
        format!("{{ select = {}, kind = \"phone\" }}", super::write::text(&way)),
        "an element that holds a number alone".to_owned(),
    ))
}

fn posted_at(
    samples: &[Sample],
    rows: Option<&Rows>,
    documents: &[&Document],
    compiled: &mut Compiled,
) -> Option<Rule> {
    let rule = |toml: String, why: &str| Some(Rule { key: "posted_at", toml, why: why.to_owned() });
    let reads = |value: &str, at: usize| dates::parse(value, samples[at].page.fetched_at, Formats::default()).is_some();
    if let Some((toml, values)) = machine::by_ending(
        documents,
        &["datePosted", "datePublished", "uploadDate", "dateCreated", "availabilityStarts"],
    ) && values.iter().enumerate().all(|(at, value)| value.as_ref().is_none_or(|value| reads(value, at)))
    {
        return rule(toml, "JSON-LD");
    }
    if let Some((toml, _)) = machine::by_meta(documents, &["article:published_time", "og:published_time"]) {
        return rule(toml, "OpenGraph");
    }
    if let Some((label, _)) = rows.and_then(|rows| rows.known.get("posted_at")) {
        return rule(format!("{{ row = {} }}", super::write::text(label)), "a label that says so");
    }
    let times: Vec<Vec<ElementRef<'_>>> =
        documents.iter().map(|document| compiled.all(document, "time[datetime]")).collect();
    if times.iter().all(|times| times.len() == 1) {
        return rule("{ select = \"time[datetime]\", attribute = \"datetime\" }".to_owned(), "<time>");
    }
    // A short element outside the text that reads as a date on every page.
    let mut ways: Vec<String> = Vec::new();
    for sample in samples.iter().take(2) {
        for element in sample.document.html.root_element().descendants().filter_map(ElementRef::wrap) {
            let text = text_of(element, &NONE, false);
            if !text.is_empty()
                && text.chars().count() <= 60
                && !matches!(element.value().name(), "h1" | "h2" | "h3" | "a" | "td" | "dd")
                && dates::parse(&text, sample.page.fetched_at, Formats::default()).is_some()
            {
                ways.extend(
                    candidates(element, false).into_iter().filter(|way| way.contains('.') || way.starts_with("time")),
                );
            }
        }
    }
    let way = ways.into_iter().find(|way| {
        samples.iter().all(|sample| {
            let found = compiled.all(&sample.document, way);
            let text = found.first().map(|element| text_of(*element, &NONE, false)).unwrap_or_default();
            found.len() == 1
                && text.chars().count() <= 60
                && dates::parse(&text, sample.page.fetched_at, Formats::default()).is_some()
        })
    })?;
    rule(format!("{{ select = {} }}", super::write::text(&way)), "a line that reads as a date on every page")
}

/// Pictures that are the ad's: in an element of their own, others on other pages.
fn images(samples: &[Sample], compiled: &mut Compiled) -> Option<Rule> {
    let mut ways: BTreeMap<(String, &'static str), ()> = BTreeMap::new();
    for sample in samples {
        for image in compiled.all(&sample.document, "img") {
            if image
                .ancestors()
                .filter_map(ElementRef::wrap)
                .any(|above| matches!(above.value().name(), "header" | "footer" | "nav" | "aside"))
            {
                continue;
            }
            let attribute = ["data-src", "data-original", "data-lazy-src", "src"]
                .into_iter()
                .find(|name| image.attr(name).is_some());
            let Some(attribute) = attribute else { continue };
            let mut above = parent(image);
            let own = named(image);
            for _ in 0..3 {
                let Some(element) = above else { break };
                if let Some(name) = named(element) {
                    ways.insert((format!("{name} img"), attribute), ());
                }
                above = parent(element);
            }
            ways.extend(own.map(|own| ((own, attribute), ())));
        }
    }
    let mut best: Option<(f64, String, &'static str)> = None;
    for (selector, attribute) in ways.into_keys() {
        let by_page: Vec<Vec<String>> = samples
            .iter()
            .map(|sample| {
                let found = compiled.all(&sample.document, &selector);
                found
                    .into_iter()
                    .filter_map(|image| image.attr(attribute))
                    .filter(|source| !source.starts_with("data:"))
                    .map(str::to_owned)
                    .collect()
            })
            .collect();
        let filled = by_page.iter().filter(|images| !images.is_empty()).count();
        if filled == 0 {
            continue;
        }
        let all: Vec<&String> = by_page.iter().flatten().collect();
        // A picture on every page is the site's own.
        let everywhere = all
            .iter()
            .filter(|source| filled > 2 && by_page.iter().filter(|page| page.contains(source)).count() == filled)
            .count();
        let related = samples.iter().any(|sample| {
            sample.ad_kind.as_ref().is_some_and(|kind| {
                compiled.all(&sample.document, &selector).into_iter().any(|image| {
                    image.ancestors().filter_map(ElementRef::wrap).any(|above| {
                        above.value().name() == "a"
                            && above.attr("href").and_then(|href| sample.document.absolute(href)).is_some_and(|url| {
                                url.as_str() != sample.page.url && (super::address::shape(&url, true) == *kind)
                            })
                    })
                })
            })
        });
        if everywhere > 0 || related {
            continue;
        }
        let names = ["galleri", "gallery", "foto", "photo", "billed", "image", "picture", "carousel"];
        let hint = if names.iter().any(|name| selector.contains(name)) { 2.0 } else { 1.0 };
        let score = filled as f64 * hint - 0.01 * selector.len() as f64;
        if best.as_ref().is_none_or(|(other, ..)| score > *other) {
            best = Some((score, selector, attribute));
        }
    }
    let (_, selector, attribute) = best?;
    let toml = format!("{{ select = {}, attribute = \"{attribute}\", count = \"0+\" }}", super::write::text(&selector));
    Some(Rule { key: "images", toml, why: "pictures that differ from ad to ad".to_owned() })
}
