//! A line of `bavn import ads`.

use super::Object;
use domain::{AdContent, AdRef, Image};
use jiff::Timestamp;

/// An ad as the line gives it.
#[derive(Debug, PartialEq)]
pub struct AdLine {
    /// Which ad.
    pub ad: AdRef,
    /// What it says. Image sources are the paths as given.
    pub content: AdContent,
    /// When it was seen: one time or more.
    pub seen_at: Vec<Timestamp>,
}

/// A time in RFC 3339, or a local one in Europe/Copenhagen where it has no offset.
pub fn time(text: &str) -> Result<Timestamp, String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let local: jiff::civil::DateTime = text
        .parse::<jiff::civil::DateTime>()
        .or_else(|_| text.parse::<jiff::civil::Date>().map(|date| date.at(0, 0, 0, 0)))
        .map_err(|_| "is no time such as 2026-10-01T15:00:00+02:00".to_owned())?;
    crate::time::copenhagen(local).map_err(|error| error.to_string())
}

/// Reads a line. What is wrong is said without repeating the ad's text.
pub fn read(object: &mut Object) -> Result<AdLine, String> {
    let site = object.id("site")?;
    if !site.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')) || site.len() > 100 {
        return Err("'site' must be letters, digits, '-', '_' or '.', at most 100".to_owned());
    }
    let ad = AdRef::new(site, object.id("ad_id")?);
    let mut seen_at = Vec::new();
    for text in object.list("seen_at")? {
        seen_at.push(time(&text).map_err(|reason| format!("'seen_at' {reason}"))?);
    }
    if seen_at.is_empty() {
        return Err("'seen_at' is missing: one time or more".to_owned());
    }
    seen_at.sort();
    seen_at.dedup();
    let posted_at = match object.optional_text("posted_at")? {
        Some(text) => Some(time(&text).map_err(|reason| format!("'posted_at' {reason}"))?),
        None => None,
    };
    let content = AdContent {
        url: object.optional_text("url")?,
        posted_at,
        title: object.optional_text("title")?.unwrap_or_default(),
        body: object.optional_text("body")?.unwrap_or_default(),
        fields: object.texts_by_name("fields")?,
        images: (object.list("images")?.into_iter()).map(|source| Image { source, pdq: None, quality: 0 }).collect(),
    };
    if content.title.trim().is_empty() && content.body.trim().is_empty() {
        return Err("one of 'title' and 'body' is needed".to_owned());
    }
    Ok(AdLine { ad, content, seen_at })
}
