//! What the queue's address asks for. Only known words are taken, so that nothing personal can stand there.

use crate::access::Who;
use crate::errors::WebError;
use crate::{AppState, format};
use domain::{Band, IndicatorId, Queue};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use store::{CaseState, QueueFilter, Skipped};

/// Bands, highest first.
pub const BANDS: [Band; 4] = [Band::High, Band::Medium, Band::Low, Band::None];
/// States in the order of the page.
pub const STATES: [CaseState; 3] = [CaseState::Open, CaseState::Reopened, CaseState::Decided];
/// Languages that can be asked for; others are met too rarely for a filter.
pub const LANGUAGES: [&str; 12] = ["da", "en", "th", "ro", "es", "pl", "hu", "de", "sv", "no", "pt", "ru"];
/// Ages of a case that can be asked for.
pub const AGES: [&str; 4] = ["today", "week", "older-week", "older-month"];
/// Queues besides the ordinary one.
pub const QUEUES: [&str; 2] = ["spam", "spam-all"];
/// Whose decisions of today, or what I have read today.
const DAYS: [&str; 3] = ["mine", "all", "read"];
/// Far beyond any queue is an empty page.
const MOST_PAGES: u32 = 100_000;

/// What the address asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Band.
    pub band: String,
    /// State; empty for all that wait.
    pub state: String,
    /// Only what another programme sent here: its id.
    pub programme: String,
    /// Region.
    pub region: String,
    /// Language of the ads.
    pub language: String,
    /// Indicator that fired.
    pub indicator: String,
    /// Ordinary or spam.
    pub queue: String,
    /// Age of the case.
    pub age: String,
    /// Only with new evidence.
    pub new: bool,
    /// Decided today, by whom; or read today.
    pub day: String,
    /// Only what I skipped today.
    pub skipped: bool,
    /// The urgent route.
    pub urgent: bool,
    /// Page, from 1.
    pub page: u32,
}

fn known(value: Option<&String>, allowed: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let Some(value) = value else { return String::new() };
    if allowed.into_iter().any(|known| known.as_ref() == value) { value.clone() } else { String::new() }
}

impl Asked {
    /// From the query of an address.
    pub fn of(state: &AppState, query: &HashMap<String, String>) -> Self {
        let get = |name: &str| query.get(name);
        let flag = |name: &str| query.get(name).is_some_and(|value| value == "1");
        let indicator = get("indicator").filter(|id| state.catalogue.get(id.as_str()).is_some());
        Self {
            band: known(get("band"), BANDS.map(Band::as_str)),
            state: known(get("state"), STATES.map(CaseState::as_str)),
            programme: known(get("programme"), state.settings.other_programmes.iter().map(|(id, _)| id.as_str())),
            region: known(get("region"), state.settings.regions.iter().map(|region| &region.id)),
            language: known(get("language"), LANGUAGES),
            indicator: indicator.cloned().unwrap_or_default(),
            queue: known(get("queue"), QUEUES),
            age: known(get("age"), AGES),
            new: flag("new"),
            day: known(get("day"), DAYS),
            skipped: flag("skipped"),
            urgent: flag("urgent"),
            page: get("page").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, MOST_PAGES),
        }
    }

    /// From a query in one piece, as a form or a saved view carries it.
    pub fn of_text(state: &AppState, text: &str) -> Self {
        // Known words need no percent-encoding, and what is not known is not taken.
        let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        Self::of(state, &pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// What the store is asked.
    pub async fn filter(&self, state: &AppState, who: &Who, now: Timestamp) -> Result<QueueFilter, WebError> {
        let only = match self.programme.as_str() {
            "" => None,
            from => Some(state.store.referred_cases(&domain::ProgrammeId::from(from)).await?),
        };
        Ok(QueueFilter { only, ..self.own_filter(state, who, now) })
    }

    fn own_filter(&self, state: &AppState, who: &Who, now: Timestamp) -> QueueFilter {
        let region = state.settings.regions.iter().find(|region| region.id == self.region);
        let today = format::day_began(now);
        let ago = |days: i64| today - SignedDuration::from_hours(24 * days);
        let (opened_from, opened_before) = match self.age.as_str() {
            "today" => (Some(today), None),
            "week" => (Some(ago(7)), None),
            "older-week" => (None, Some(ago(7))),
            "older-month" => (None, Some(ago(30))),
            _ => (None, None),
        };
        let decided = match self.day.as_str() {
            "mine" => Some((today, Some(who.id()))),
            "all" => Some((today, None)),
            _ => None,
        };
        let looked = (self.day == "read").then(|| (who.id(), today));
        let which = if self.skipped { Skipped::Only } else { Skipped::Without };
        // What was skipped today is left out of what waits, not of what somebody asks for by name.
        let skipped =
            (self.skipped || (self.state.is_empty() && self.day.is_empty())).then(|| (which, who.id(), today));
        QueueFilter {
            programme: Some(state.settings.programme.clone()),
            band: BANDS.into_iter().find(|band| band.as_str() == self.band),
            state: CaseState::parse(&self.state).or(decided.is_some().then_some(CaseState::Decided)),
            municipalities: region.map(|region| region.municipalities.clone()).unwrap_or_default(),
            language: Some(self.language.clone()).filter(|language| !language.is_empty()),
            indicator: Some(self.indicator.clone()).filter(|id| !id.is_empty()).map(IndicatorId),
            urgent: self.urgent,
            queue: (!self.urgent && self.day.is_empty()).then_some(if self.queue.is_empty() {
                Queue::Ordinary
            } else {
                Queue::Spam
            }),
            drawn: self.queue == "spam",
            new_evidence: self.new,
            opened_from,
            opened_before,
            decided,
            looked,
            skipped,
            ..QueueFilter::default()
        }
    }

    /// The query without a page: `band=high&new=1`.
    pub fn query(&self) -> String {
        let flag = |on: bool| if on { "1" } else { "" };
        let parts = [
            ("band", self.band.as_str()),
            ("state", &self.state),
            ("programme", &self.programme),
            ("region", &self.region),
            ("language", &self.language),
            ("indicator", &self.indicator),
            ("queue", &self.queue),
            ("age", &self.age),
            ("new", flag(self.new)),
            ("day", &self.day),
            ("skipped", flag(self.skipped)),
            ("urgent", flag(self.urgent)),
        ];
        let parts = parts.iter().filter(|(_, value)| !value.is_empty());
        parts.map(|(name, value)| format!("{name}={}", super::line_view::percent(value))).collect::<Vec<_>>().join("&")
    }

    /// The address of a page.
    pub fn href(&self, page: u32) -> String {
        let query = self.query();
        let and = if query.is_empty() { "" } else { "&" };
        format!("/queue?{query}{and}page={page}#rows")
    }

    /// The queue with these filters.
    pub fn queue_href(&self) -> String {
        with_query("/queue", &self.query())
    }

    /// A case that is read from this queue, so that the next one comes from it too.
    pub fn case_href(&self, case: &str) -> String {
        with_query(&format!("/case/{case}"), &self.query())
    }

    /// Something is chosen besides the page.
    pub fn is_filtered(&self) -> bool {
        !self.query().is_empty()
    }
}

/// An address with a query, if there is one.
pub fn with_query(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}
