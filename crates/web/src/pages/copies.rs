//! Copies of the day's list that leave the screen: off until the programme allows them; each has a number, a day and a
//! holder, is logged, and carries no reason. Whatever stands on one is taken for its holder until the day is over, so that
//! nobody is approached twice.

use super::line::draw_method;
use super::line_view::spaced;
use super::today::own_team;
use super::{csv, show};
use crate::access::{OutreachWorker, Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use crate::{AppState, Language, format, gate};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ContactKind;
use jiff::Timestamp;
use std::collections::HashMap;
use store::{ClaimResult, CopyKind, CopyRow, ListHeader, ListLine, NewCopy};

/// Copies shown, and longest name of a holder in characters.
const SHOWN: u32 = 30;
const MOST_NAME: usize = 80;

struct CopyLine {
    number: i64,
    words: String,
}

#[derive(Template)]
#[template(path = "copies.html")]
struct CopiesView {
    page: Page,
    paper: bool,
    csv: bool,
    holder: String,
    problem: Option<String>,
    made: Vec<CopyLine>,
}

struct PaperRow {
    rank: u32,
    place: String,
    language: String,
    contacts: Vec<String>,
    way: String,
}

#[derive(Template)]
#[template(path = "copy.html")]
struct CopyView {
    page: Page,
    number: i64,
    head: String,
    is_paper: bool,
    rows: Vec<PaperRow>,
    shut: Option<String>,
}

/// What can be copied, and what was.
pub async fn copies(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let holder = who.account.details.name.clone();
    overview(&state, &visit, &who, holder, None, query.get("done")).await
}

async fn overview(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    holder: String,
    problem: Option<String>,
    done: Option<&String>,
) -> Result<Response, WebError> {
    let (t, team, allowed) = (visit.language, own_team(state, who)?, state.settings.copies);
    let page = Page::of(state, visit, who, t.t("copies-title")).under("/today", t.t("menu-today")).with_done(done);
    let made = state.store.copies(&team.id, SHOWN).await?;
    let line = |copy: &CopyRow| CopyLine {
        number: copy.number,
        words: t.vs(
            "copy-row",
            &[
                ("number", copy.number.to_string()),
                ("time", page.short_time(&copy.at)),
                ("kind", t.t(kind_key(copy.kind))),
                ("holder", copy.holder.clone()),
                ("lines", t.n("count-lines", copy.lines.len() as i64)),
            ],
        ),
    };
    let made = made.iter().map(line).collect();
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = CopiesView { paper: allowed.paper, csv: allowed.csv, holder, problem, made, page };
    Ok((status, show(&view)?).into_response())
}

fn kind_key(kind: CopyKind) -> &'static str {
    match kind {
        CopyKind::Paper => "copy-paper",
        CopyKind::Csv => "copy-csv",
    }
}

/// Makes a copy: takes what is free of the list for the holder, numbers it, logs it.
pub async fn make(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    posted: Posted,
) -> Result<Response, WebError> {
    let (t, now, team) = (visit.language, state.now(), own_team(&state, &who)?);
    let (kind, holder) = (CopyKind::parse(&posted.text("kind")), posted.text("holder"));
    let allowed = match kind {
        Some(CopyKind::Paper) => state.settings.copies.paper,
        Some(CopyKind::Csv) => state.settings.copies.csv,
        None => return Err(WebError::UnreadableForm),
    };
    let (Some(kind), true) = (kind, allowed) else { return Err(WebError::Forbidden) };
    if holder.is_empty() || holder.chars().count() > MOST_NAME {
        return overview(&state, &visit, &who, holder, Some(t.t("wrong-holder")), None).await;
    }
    let date = format::day_of(now);
    let look = who.look("list", "copy", format!("{date} {}", team.id), now);
    let Some((header, kept)) = state.store.list(&look, date, &team.id).await? else {
        return overview(&state, &visit, &who, holder, Some(t.v("today-not-made", "hour", &team.hour)), None).await;
    };
    let (view, policy) = (gate::worker_view(team, &who), &state.settings.outreach.policy);
    let until = end_of_day(&state, now);
    let mut lines = Vec::new();
    for line in &kept {
        let advertiser = &line.line.advertiser;
        let answer =
            gate::ask(&state.store, &state.catalogue, advertiser, line.line.random, &view, policy, now).await?;
        if !answer.is_open() || !may_leave(line, &answer) {
            continue;
        }
        // Of any number of workers one gets it; what a colleague has is not copied.
        if let ClaimResult::Yours(_) = state.store.claim(advertiser, who.id(), &team.id, now, until).await? {
            draw_method(&state, &who, &line.line, &answer, now).await?;
            lines.push(line.id);
        }
    }
    if lines.is_empty() {
        return overview(&state, &visit, &who, holder, Some(t.t("copy-nothing")), None).await;
    }
    let new = NewCopy { list: header.id, kind, holder, lines };
    let number = state.store.put_copy(&new, who.id(), now).await?;
    Ok(Redirect::to(&format!("/copies/{number}?done=copied")).into_response())
}

/// Whether a line may leave the screen. Paper has no caution beside a number and no step before it, so that a number that
/// somebody else may hold stays behind: where no way is known to be safe, and where only a visit is.
fn may_leave(line: &ListLine, answer: &gate::Answer) -> bool {
    !answer.third_party_possible && answer.channel != outreach::Channel::None && !line.contacts.is_empty()
}

fn end_of_day(state: &AppState, now: Timestamp) -> Timestamp {
    let local = now.to_zoned_datetime(state.settings.outreach.policy.zone.clone());
    local.end_of_day().map_or(now, |end| end.timestamp())
}

/// A copy of today that the worker made. What is shut by now stands on it no more.
async fn own_copy(
    state: &AppState,
    who: &Who,
    number: i64,
) -> Result<(CopyRow, ListHeader, Vec<(ListLine, gate::Answer)>, usize), WebError> {
    let (now, team) = (state.now(), own_team(state, who)?);
    let look = who.look("copy", "outreach", number.to_string(), now);
    let (copy, header, lines) = state.store.copy(&look, number).await?.ok_or(WebError::NotFound)?;
    if copy.by != who.id() || copy.team != team.id || header.date != format::day_of(now) {
        return Err(WebError::NotFound);
    }
    let (view, policy) = (gate::worker_view(team, who), &state.settings.outreach.policy);
    let all = lines.len();
    let mut open = Vec::with_capacity(all);
    for line in lines {
        let (advertiser, random) = (&line.line.advertiser, line.line.random);
        let mut answer = gate::ask(&state.store, &state.catalogue, advertiser, random, &view, policy, now).await?;
        let mine = line.claim.as_ref().is_some_and(|claim| claim.by == who.id());
        // What was drawn by lot is the way that the copy names too.
        if let Some((_, Some(way))) = super::line::drawn(state, advertiser, Some(&answer), now).await? {
            answer.channel = way;
        }
        if answer.is_open() && mine && may_leave(&line, &answer) {
            open.push((line, answer));
        }
    }
    let shut = all - open.len();
    Ok((copy, header, open, shut))
}

/// Shows a copy for print, or the way to its file.
pub async fn copy(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Path(number): Path<i64>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let t = visit.language;
    let (copy, header, lines, shut) = own_copy(&state, &who, number).await?;
    let page = Page::of(&state, &visit, &who, t.v("copy-title", "number", number))
        .under("/today", t.t("menu-today"))
        .under("/copies", t.t("copies-title"))
        .with_done(query.get("done"));
    let view = CopyView {
        number,
        head: head(t, &page, &copy, &header),
        is_paper: copy.kind == CopyKind::Paper,
        rows: lines.iter().map(|(line, answer)| row(&state, t, line, answer)).collect(),
        shut: (shut > 0).then(|| t.n("copy-shut", shut as i64)),
        page,
    };
    Ok(show(&view)?.into_response())
}

/// The file of a copy.
pub async fn file(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Path(number): Path<i64>,
) -> Result<Response, WebError> {
    let t = visit.language;
    let (copy, header, lines, _) = own_copy(&state, &who, number).await?;
    if copy.kind != CopyKind::Csv {
        return Err(WebError::NotFound);
    }
    let columns = ["number", "day", "holder", "rank", "place", "language", "contact", "way"];
    let cells = |(line, answer): &(ListLine, gate::Answer)| {
        let row = row(&state, t, line, answer);
        vec![
            number.to_string(),
            header.date.to_string(),
            copy.holder.clone(),
            row.rank.to_string(),
            row.place,
            row.language,
            row.contacts.join(", "),
            row.way,
        ]
    };
    let names = columns.map(|column| t.t(&format!("copy-column-{column}"))).to_vec();
    Ok(csv::answer("list", names, lines.iter().map(cells).collect()))
}

fn head(t: Language, page: &Page, copy: &CopyRow, header: &ListHeader) -> String {
    t.vs(
        "copy-head",
        &[
            ("number", copy.number.to_string()),
            ("date", page.date(&header.date)),
            ("holder", copy.holder.clone()),
            ("time", page.clock(&copy.at)),
        ],
    )
}

fn row(state: &AppState, t: Language, line: &ListLine, answer: &gate::Answer) -> PaperRow {
    let kept = &line.line;
    PaperRow {
        rank: line.rank,
        place: state.settings.municipality(&kept.municipality_code).to_owned(),
        language: match kept.language.as_str() {
            "" => t.t("language-unknown"),
            code => t.language_name(code),
        },
        contacts: (line.contacts.iter())
            .map(|(_, contact)| match contact.kind {
                ContactKind::Phone => spaced(&contact.value),
                _ => contact.value.clone(),
            })
            .collect(),
        way: t.of(&answer.channel.label()).to_owned(),
    }
}
