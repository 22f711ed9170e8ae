//! What one connection asked for one entry, written down for the archive as it happens.

use crate::fetch::{Answer, NoAnswer, Request};
use crate::ports::{EntryKind, PageOutcome, Trail};
use domain::{Capture, CaptureKind, Page, Truncated};
use jiff::Timestamp;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Writes down what is asked, from one entry to the next.
#[derive(Default)]
pub(super) struct Recorder(Mutex<Record>);

#[derive(Default)]
struct Record {
    /// What is asked for; `None` for pictures, which leave no trail.
    kind: Option<CaptureKind>,
    asked: Vec<Asked>,
}

struct Asked {
    capture: Capture,
    /// The answer has a body that is with the reader, and comes back where it is to be kept.
    body_elsewhere: bool,
}

impl Recorder {
    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins with an entry.
    pub(super) fn begin(&self, kind: EntryKind) {
        let mut record = self.record();
        record.asked.clear();
        record.kind = match kind {
            EntryKind::Listing => Some(CaptureKind::Listing),
            EntryKind::Detail => Some(CaptureKind::Detail),
            EntryKind::Image => None,
        };
    }

    /// Notes a request and what came of it.
    pub(super) fn asked(&self, request: &Request<'_>, answered: &Result<Answer, NoAnswer>, at: Timestamp) {
        let (answer, partial) = match answered {
            Ok(answer) => (answer, false),
            Err(NoAnswer { partial: Some(answer), .. }) => (&**answer, true),
            Err(_) => return,
        };
        let mut record = self.record();
        // Only robots.txt is asked for to be cut at the limit.
        let kind = if request.cut { Some(CaptureKind::Robots) } else { record.kind };
        let Some(kind) = kind else { return };
        let own_copy = partial || request.cut || matches!(answer.status, 404 | 410);
        let page = Page {
            url: request.url.as_str().to_owned(),
            status: answer.status,
            content_type: answer.content_type.clone(),
            body: if own_copy && !is_picture(&answer.content_type, &answer.body) {
                answer.body.clone()
            } else {
                Vec::new()
            },
            fetched_at: at,
        };
        let unread = !matches!(answer.status, 200..=299 | 304 | 404 | 410);
        let truncated = answer.truncated.or(unread.then_some(Truncated::Unspecified));
        let capture = Capture { kind, page, exchange: answer.exchange.clone(), truncated };
        let body_elsewhere = !own_copy && !answer.body.is_empty();
        record.asked.push(Asked { capture, body_elsewhere });
    }

    /// Gives the last answer its body back: a page that gave nothing, and is archived all the same.
    pub(super) fn keep_body(&self, body: Vec<u8>) {
        if let Some(last) = self.record().asked.last_mut().filter(|last| last.body_elsewhere) {
            last.capture.page.body = body;
            last.body_elsewhere = false;
        }
    }

    /// The trail of an outcome. Its own page stands in the outcome.
    pub(super) fn of(&self, outcome: &PageOutcome) -> Trail {
        let has_page = match outcome {
            // An unchanged listing's page is in the archive; the answer that said so has none.
            PageOutcome::Listing { page, .. } => page.status != 304,
            PageOutcome::Detail { .. } => true,
            PageOutcome::Gone { page, .. } => page.is_some(),
            PageOutcome::Image { .. } | PageOutcome::Unchanged { .. } => false,
        };
        let own = if has_page { self.record().asked.pop().map(|last| last.capture.exchange) } else { None };
        Trail { before: self.take(), own }
    }

    /// All that was noted.
    pub(super) fn take(&self) -> Vec<Capture> {
        let asked = std::mem::take(&mut self.record().asked);
        asked
            .into_iter()
            .map(|Asked { mut capture, body_elsewhere }| {
                if body_elsewhere {
                    capture.truncated = Some(Truncated::Unspecified);
                }
                capture
            })
            .collect()
    }
}

/// Whether an answer is a picture (or sound, or film) by its type or its first bytes: no byte of those is archived.
pub(super) fn is_picture(content_type: &str, body: &[u8]) -> bool {
    const BEGINS: [&[u8]; 5] = [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM"];
    let kind = content_type.trim_start().to_ascii_lowercase();
    ["image/", "video/", "audio/"].iter().any(|class| kind.starts_with(class))
        || BEGINS.iter().any(|begin| body.starts_with(begin))
        || body.get(4..8) == Some(b"ftyp")
}
