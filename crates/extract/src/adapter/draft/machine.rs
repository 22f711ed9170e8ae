//! What ads' pages say for machines: every path of JSON-LD, microdata and OpenGraph with its value.

use super::super::document::Document;
use super::super::issues::Issues;
use super::super::structured;
use serde_json::Value;

/// Paths with their values, as rules write them.
pub(super) fn json_paths(document: &Document) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for block in structured::json_blocks(document, &mut Issues::default()) {
        objects(block, &mut found);
    }
    found
}

fn objects(value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| objects(item, found)),
        Value::Object(object) => {
            if let Some(graph) = object.get("@graph") {
                objects(graph, found);
            }
            let kind = match object.get("@type") {
                Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str),
                Some(kind) => kind.as_str(),
                None => None,
            };
            let kind = kind.and_then(|kind| kind.rsplit(['/', '#', ':']).next()).unwrap_or_default();
            let about_site = ["WebSite", "Organization", "BreadcrumbList", "SearchAction", "ImageObject", "ItemList"];
            if !about_site.contains(&kind) && kind.starts_with(|letter: char| letter.is_ascii_uppercase()) {
                leaves(kind.to_owned(), value, found);
            }
        }
        _ => {}
    }
}

fn leaves(path: String, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(object) => {
            for (name, inner) in object.iter().filter(|(name, _)| !name.starts_with('@') && !name.contains('.')) {
                leaves(format!("{path}.{name}"), inner, found);
            }
            // A thing stands for its name or address.
            if path.contains('.')
                && let Some(text) =
                    ["name", "url", "contentUrl"].iter().find_map(|key| object.get(*key)).and_then(Value::as_str)
            {
                found.push((path, text.to_owned()));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| leaves(path.clone(), item, found)),
        Value::String(text) if !text.trim().is_empty() => found.push((path, text.trim().to_owned())),
        Value::Number(number) => found.push((path, number.to_string())),
        _ => {}
    }
}

/// The first path that ends with one of these words and has a value on most pages: the rule and its values by page.
pub(super) fn by_ending(documents: &[&Document], endings: &[&str]) -> Option<(String, Vec<Option<String>>)> {
    let all: Vec<Vec<(String, String)>> = documents.iter().map(|document| json_paths(document)).collect();
    for ending in endings {
        let mut paths: Vec<&String> =
            all.iter().flatten().map(|(path, _)| path).filter(|path| path.ends_with(&format!(".{ending}"))).collect();
        // The path nearest to the ad itself.
        paths.sort_by_key(|path| (path.matches('.').count(), path.len(), (*path).clone()));
        paths.dedup();
        for path in paths {
            let values: Vec<Option<String>> = all
                .iter()
                .map(|page| page.iter().find(|(own, _)| own == path).map(|(_, value)| value.clone()))
                .collect();
            if values.iter().flatten().count() * 3 >= documents.len() {
                return Some((format!("{{ json_ld = \"{path}\" }}"), values));
            }
        }
    }
    None
}

/// The same in microdata, by the name of the property.
pub(super) fn by_property(documents: &[&Document], names: &[&str]) -> Option<(String, Vec<Option<String>>)> {
    for name in names {
        let path = structured::Path::parse(name)?;
        let kinds = [
            "Product",
            "Offer",
            "Person",
            "Place",
            "PostalAddress",
            "LocalBusiness",
            "Article",
            "CreativeWork",
            "Service",
        ];
        for way in std::iter::once((*name).to_owned()).chain(kinds.iter().map(|kind| format!("{kind}.{name}"))) {
            let path = structured::Path::parse(&way).unwrap_or(path.clone());
            let values: Vec<Option<String>> = documents
                .iter()
                .map(|document| {
                    structured::microdata(document, &path)
                        .into_iter()
                        .map(|v| v.trim().to_owned())
                        .find(|v| !v.is_empty())
                })
                .collect();
            if values.iter().flatten().count() * 3 >= documents.len() {
                return Some((format!("{{ microdata = \"{way}\" }}"), values));
            }
        }
    }
    None
}

/// The same in `<meta>`.
pub(super) fn by_meta(documents: &[&Document], names: &[&str]) -> Option<(String, Vec<Option<String>>)> {
    names.iter().find_map(|name| {
        let values: Vec<Option<String>> = documents
            .iter()
            .map(|document| structured::open_graph(document, name).into_iter().find(|value| !value.trim().is_empty()))
            .collect();
        (values.iter().flatten().count() * 3 >= documents.len())
            .then(|| (format!("{{ opengraph = \"{name}\" }}"), values))
    })
}
