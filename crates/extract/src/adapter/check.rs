//! Saved pages against what they must give: the examples and the tests of an adapter.

use super::Adapter;
use domain::{DetailRead, Issue, ListingRead, Mark, Page};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// How one sample fared.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleResult {
    /// The sample's file name.
    pub name: String,
    /// Whether it holds.
    pub outcome: Outcome,
    /// What was found, in the form of an expected file; null where the sample could not be read.
    pub found: Value,
}

/// Whether a sample gives what is expected of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Everything expected was found.
    Holds,
    /// These values differ.
    Differs(Vec<Difference>),
    /// There is no expected file; `found` is read as an ad's page and can become one.
    NotExpected,
    /// The expected file cannot be used: why, and what to do.
    Unusable(String),
}

/// One value that is not as expected.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The key, `fields.price`.
    pub at: String,
    /// As the expected file has it; null for nothing.
    pub expected: Value,
    /// As the adapter found it; null for nothing.
    pub found: Value,
}

impl SampleResult {
    /// Everything expected was found.
    pub fn passed(&self) -> bool {
        self.outcome == Outcome::Holds
    }
}

impl std::fmt::Display for SampleResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.outcome {
            Outcome::Holds => write!(f, "{}: as expected", self.name),
            Outcome::Differs(differences) => {
                write!(f, "{}: {} differ", self.name, differences.len())?;
                for Difference { at, expected, found } in differences {
                    write!(f, "\n    {at}: expected {expected}\n    {:1$}  found    {found}", "", at.len())?;
                }
                Ok(())
            }
            Outcome::NotExpected => write!(
                f,
                "{}: nothing is expected of it; check what was found and save it as expected/*.json:\n{:#}",
                self.name, self.found
            ),
            Outcome::Unusable(why) => write!(f, "{}: {why}", self.name),
        }
    }
}

const KEYS: [&str; 15] = [
    "kind",
    "url",
    "fetched_at",
    "content_type",
    "status",
    "ad_id",
    "title",
    "body",
    "fields",
    "posted_at",
    "images",
    "mark",
    "issues",
    "items",
    "next",
];

/// Reads every sample (file name, bytes, expected file) and compares. The results are in the order of the samples.
pub fn check_site(adapter: &Adapter, samples: &[(String, Vec<u8>, Option<String>)]) -> Vec<SampleResult> {
    samples.iter().map(|(name, bytes, expected)| check(adapter, name, bytes, expected.as_deref())).collect()
}

impl Adapter {
    /// The expected file of a page as the adapter reads it now: a start for a sample's, to be looked through by a person.
    pub fn expected(&self, page: &Page, is_listing: bool) -> Value {
        let mut found =
            if is_listing { listing_json(&self.read_listing(page)) } else { detail_json(&self.read_detail(page)) };
        found["kind"] = json!(if is_listing { "listing" } else { "detail" });
        found["url"] = json!(page.url);
        found["fetched_at"] = json!(page.fetched_at.to_string());
        found["content_type"] = json!(page.content_type);
        found
    }
}

fn check(adapter: &Adapter, name: &str, bytes: &[u8], expected: Option<&str>) -> SampleResult {
    let result = |outcome, found| SampleResult { name: name.to_owned(), outcome, found };
    let Some(expected) = expected else {
        let url = adapter.settings().start.first().cloned().unwrap_or_default();
        let page = page(bytes, url, Timestamp::UNIX_EPOCH, &Map::new());
        return result(Outcome::NotExpected, detail_json(&adapter.read_detail(&page)));
    };
    let (expected, page) = match setting(bytes, expected) {
        Ok(setting) => setting,
        Err(why) => return result(Outcome::Unusable(why), Value::Null),
    };
    let found = match expected["kind"].as_str() {
        Some("listing") => listing_json(&adapter.read_listing(&page)),
        Some("detail") => detail_json(&adapter.read_detail(&page)),
        _ => return result(Outcome::Unusable("`kind` must be \"listing\" or \"detail\"".to_owned()), Value::Null),
    };
    let mut differences = Vec::new();
    let nothing_unexpected = json!([]);
    for (key, value) in &expected {
        if !matches!(key.as_str(), "kind" | "url" | "fetched_at" | "content_type" | "status" | "issues") {
            compare(key, value, found.get(key).unwrap_or(&Value::Null), &mut differences);
        }
    }
    compare("issues", expected.get("issues").unwrap_or(&nothing_unexpected), &found["issues"], &mut differences);
    let outcome = if differences.is_empty() { Outcome::Holds } else { Outcome::Differs(differences) };
    result(outcome, found)
}

/// The expected file and the page as it says it was sent.
fn setting(bytes: &[u8], expected: &str) -> Result<(Map<String, Value>, Page), String> {
    let expected: Map<String, Value> = serde_json::from_str(expected)
        .map_err(|error| format!("line {}, column {}: no JSON object; mend it", error.line(), error.column()))?;
    if let Some(key) = expected.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(format!("there is no key `{key}`; the keys are {}", KEYS.join(", ")));
    }
    let text = |key: &str| expected.get(key).and_then(Value::as_str).ok_or(format!("`{key}` is missing or no text"));
    let url = text("url")?.to_owned();
    let fetched_at = text("fetched_at")?
        .parse()
        .map_err(|_| "`fetched_at` is no time; write it as \"2026-11-03T15:00:00+01:00\"".to_owned())?;
    let page = page(bytes, url, fetched_at, &expected);
    Ok((expected, page))
}

fn page(bytes: &[u8], url: String, fetched_at: Timestamp, expected: &Map<String, Value>) -> Page {
    let content_type = expected.get("content_type").and_then(Value::as_str).unwrap_or("text/html");
    let status = expected.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
    Page { url, status: status.unwrap_or(200), content_type: content_type.to_owned(), body: bytes.to_vec(), fetched_at }
}

/// Compares part by part, so that one wrong field is shown as that field.
fn compare(at: &str, expected: &Value, found: &Value, differences: &mut Vec<Difference>) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            let mut keys: Vec<&String> = expected.keys().chain(found.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                let part = |object: &Map<String, Value>| object.get(key).cloned().unwrap_or(Value::Null);
                compare(&format!("{at}.{key}"), &part(expected), &part(found), differences);
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (number, (expected, found)) in expected.iter().zip(found).enumerate() {
                compare(&format!("{at}[{number}]"), expected, found, differences);
            }
        }
        _ if at == "posted_at" && same_time(expected, found) => {}
        _ if expected != found => {
            differences.push(Difference { at: at.to_owned(), expected: expected.clone(), found: found.clone() });
        }
        _ => {}
    }
}

fn same_time(a: &Value, b: &Value) -> bool {
    let time = |value: &Value| value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    time(a).is_some_and(|a| Some(a) == time(b))
}

fn mark_json(mark: Option<Mark>) -> Value {
    match mark {
        None => Value::Null,
        Some(Mark::Expired) => json!("expired"),
        Some(Mark::NoAds) => json!("no_ads"),
        Some(Mark::Suspended) => json!("suspended"),
        Some(Mark::Challenge) => json!("challenge"),
    }
}

fn issues_json(issues: &[Issue]) -> Value {
    let mut places: Vec<&str> = issues.iter().map(|issue| issue.at.as_str()).collect();
    places.sort_unstable();
    places.dedup();
    json!(places)
}

fn listing_json(read: &ListingRead) -> Value {
    let items: Vec<Value> =
        read.items.iter().map(|item| json!({"ad_id": item.ad_id, "url": item.url, "excerpt": item.excerpt})).collect();
    json!({"items": items, "next": read.next, "mark": mark_json(read.mark), "issues": issues_json(&read.issues)})
}

fn detail_json(read: &DetailRead) -> Value {
    let mut found = json!({"mark": mark_json(read.mark), "issues": issues_json(&read.issues)});
    if let Some(ad_id) = &read.ad_id {
        found["ad_id"] = json!(ad_id);
    }
    if let Some(content) = &read.content {
        found["title"] = json!(content.title);
        found["body"] = json!(content.body);
        found["fields"] = json!(content.fields);
        found["posted_at"] = content.posted_at.map_or(Value::Null, |time| json!(time.to_string()));
        found["images"] = content.images.iter().map(|image| json!(image.source)).collect();
    }
    found
}
