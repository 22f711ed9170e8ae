//! The log of looks, for administrators and auditors: alarms first, then a search. The search is a form that is sent, so
//! that no name stands in an address; it asks for its purpose and is logged itself.

use super::{Choice, show};
use crate::AppState;
use crate::access::{Overseer, Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use askama::Template;
use axum::extract::State;
use axum::response::Html;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;
use store::{AccountId, Actor, AuditFilter, AuditPage, LookAlarm};

/// Rows on a page.
const ROWS: usize = 100;
/// Days back in which alarms are shown.
const ALARM_DAYS: i64 = 30;

struct AlarmView {
    at: String,
    words: String,
}

struct EntryView {
    seq: i64,
    at: String,
    who: String,
    kind: String,
    purpose: String,
    subject: String,
}

/// What was asked for, to show it again.
#[derive(Default)]
struct Asked {
    purpose: String,
    from: String,
    to: String,
    kind: String,
    words: String,
    system: String,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditView {
    page: Page,
    alarms: Vec<AlarmView>,
    people: Vec<Choice>,
    asked: Asked,
    error: Option<String>,
    searched: bool,
    entries: Vec<EntryView>,
    next: Option<i64>,
    chosen: String,
}

/// Alarms, and the form.
pub async fn form(
    State(state): State<AppState>,
    Overseer(who): Overseer,
    visit: Visit,
) -> Result<Html<String>, WebError> {
    view(&state, &visit, &who, Asked::default(), String::new(), None, None).await
}

/// Searches.
pub async fn search(
    State(state): State<AppState>,
    Overseer(who): Overseer,
    visit: Visit,
    posted: Posted,
) -> Result<Html<String>, WebError> {
    let asked = Asked {
        purpose: posted.text("purpose"),
        from: posted.text("from"),
        to: posted.text("to"),
        kind: posted.text("kind"),
        words: posted.text("words"),
        system: posted.text("system"),
    };
    let chosen = posted.text("who");
    if asked.purpose.is_empty() {
        let error = visit.language.t("audit-purpose-missing");
        return view(&state, &visit, &who, asked, chosen, Some(error), None).await;
    }
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let (from, to) = match (day(&asked.from), day(&asked.to)) {
        (Ok(from), Ok(to)) => (from, to.map(|at| at + jiff::SignedDuration::from_hours(24))),
        _ => {
            let error = visit.language.t("audit-day-wrong");
            return view(&state, &visit, &who, asked, chosen, Some(error), None).await;
        }
    };
    let filter = AuditFilter {
        from,
        to,
        account: chosen.parse().ok().map(AccountId),
        system: some(&asked.system),
        kind: some(&asked.kind),
        words: some(&asked.words),
    };
    let look = who.look("audit", &asked.purpose, String::new(), state.now());
    let found = state.store.search_audit(&look, &filter, posted.number("before"), ROWS).await?;
    view(&state, &visit, &who, asked, chosen, None, Some(found)).await
}

/// The beginning of a day as a date field sends it.
fn day(text: &str) -> Result<Option<Timestamp>, WebError> {
    if text.is_empty() {
        return Ok(None);
    }
    let day: Date = text.parse().map_err(|_| WebError::UnreadableForm)?;
    crate::format::day_begins(day).map(Some).ok_or(WebError::UnreadableForm)
}

async fn view(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    asked: Asked,
    chosen: String,
    error: Option<String>,
    found: Option<AuditPage>,
) -> Result<Html<String>, WebError> {
    let t = visit.language;
    let page = Page::of(state, visit, who, t.t("audit-title"));
    let accounts = state.store.accounts().await?;
    let names: BTreeMap<AccountId, String> =
        accounts.iter().map(|account| (account.id, account.details.name.clone())).collect();
    let mut people = vec![Choice::new("", t.t("audit-anybody"), &chosen)];
    people.extend(accounts.iter().map(|account| {
        Choice::new(account.id.0.to_string(), format!("{} ({})", account.details.name, account.details.login), &chosen)
    }));
    let since = state.now() - jiff::SignedDuration::from_hours(24 * ALARM_DAYS);
    let alarms = state.store.look_alarms(since).await?;
    let alarms = alarms.iter().map(|alarm| alarm_view(&page, alarm, &names)).collect();
    let searched = found.is_some();
    let found = found.unwrap_or_default();
    let entries = found
        .entries
        .into_iter()
        .map(|entry| EntryView {
            seq: entry.seq,
            at: page.time(&entry.at),
            who: entry.actor.as_ref().map_or_else(|| t.t("audit-deleted"), |actor| name_of(&page, actor, &names)),
            kind: entry.kind,
            purpose: entry.purpose.unwrap_or_default(),
            subject: entry.subject.unwrap_or_default(),
        })
        .collect();
    show(&AuditView { page, alarms, people, asked, error, searched, entries, next: found.next, chosen })
}

fn name_of(page: &Page, actor: &Actor, names: &BTreeMap<AccountId, String>) -> String {
    match actor {
        Actor::Account(id) => names.get(id).cloned().unwrap_or_else(|| page.t.t("audit-deleted")),
        Actor::System(name) => page.v("audit-machine", "name", name),
    }
}

fn alarm_view(page: &Page, alarm: &LookAlarm, names: &BTreeMap<AccountId, String>) -> AlarmView {
    let words = [
        ("who", name_of(page, &alarm.actor, names)),
        ("class", page.t.t(&format!("audit-class-{}", alarm.class.as_str()))),
        ("count", page.whole(alarm.count)),
    ];
    AlarmView { at: page.time(&alarm.at), words: page.t.vs("audit-alarm", &words) }
}
