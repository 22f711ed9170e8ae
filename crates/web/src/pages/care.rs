//! Care for the reader: how long one has read today, and a proposal to pause. No score, and nobody else sees it.

use crate::access::Who;
use crate::errors::WebError;
use crate::page::Page;
use crate::{AppState, format};
use jiff::Timestamp;

/// What was read today in words, and the proposal to pause where a configured limit is met.
pub async fn words(
    state: &AppState,
    page: &Page,
    who: &Who,
    now: Timestamp,
) -> Result<(Option<String>, Option<String>), WebError> {
    let review = &state.settings.review;
    let day = state.store.reading_day(who.id(), now, format::day_began(now)).await?;
    let Some(since) = day.reading_since else { return Ok((None, None)) };
    let minutes = |ms: i64| ms / 60_000;
    let today = page.t.vs(
        "care-today",
        &[("minutes", page.n("count-minutes", minutes(day.spent_ms))), ("cases", page.n("count-cases", day.cases))],
    );
    let without_rest = minutes(now.as_millisecond() - since.as_millisecond());
    let long = review.pause_minutes > 0 && without_rest >= review.pause_minutes;
    let many = review.pause_cases > 0 && day.cases_since >= review.pause_cases;
    let pause = (long || many).then(|| {
        page.t.vs(
            "care-pause",
            &[
                ("minutes", page.n("count-minutes", without_rest)),
                ("cases", page.n("count-cases", day.cases_since)),
                ("rest", page.n("count-minutes", review.rest_minutes)),
            ],
        )
    });
    Ok((Some(today), pause))
}
