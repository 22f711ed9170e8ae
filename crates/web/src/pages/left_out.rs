//! Whom the team might expect on its list and does not find there, each with every reason; no contact is shown.

use super::show;
use super::today::own_team;
use crate::access::{OutreachWorker, Visit};
use crate::errors::WebError;
use crate::page::Page;
use crate::{AppState, format, gate};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::collections::{BTreeMap, HashMap};

/// Rows of a page.
const ROWS: usize = 40;

struct RowView {
    title: String,
    reasons: Vec<String>,
}

struct ReasonView {
    code: &'static str,
    words: String,
    count: usize,
    current: bool,
}

#[derive(Template)]
#[template(path = "left_out.html")]
struct LeftOutView {
    page: Page,
    problem: Option<String>,
    reasons: Vec<ReasonView>,
    all: usize,
    chosen: bool,
    rows: Vec<RowView>,
    more: Option<String>,
    back: Option<String>,
}

/// Shows them, of one reason where the address names it.
pub async fn left_out(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let (t, now) = (visit.language, state.now());
    let team = own_team(&state, &who)?;
    let page = Page::of(&state, &visit, &who, t.t("left-out-title")).under("/today", t.t("menu-today"));
    let look = who.look("left_out", "outreach", format!("{} {}", format::day_of(now), team.id), now);
    let view = gate::team_view(team, None);
    let settings = &state.settings;
    let asked =
        gate::left_out(&state.store, &state.catalogue, &settings.programme, &view, &settings.outreach.policy, now);
    let found = match asked.await {
        Ok(found) => found,
        Err(error) => {
            tracing::error!(%error, "the gate gave no answer, so nobody is shown");
            let problem = Some(t.t("gate-silent"));
            let (reasons, rows) = (Vec::new(), Vec::new());
            let view = LeftOutView { page, problem, reasons, all: 0, chosen: false, rows, more: None, back: None };
            return Ok((StatusCode::SERVICE_UNAVAILABLE, show(&view)?).into_response());
        }
    };
    state.store.audit(&look).await?;
    // The urgent route is for those appointed alone, also as a count.
    let found: Vec<gate::LeftOut> =
        found.into_iter().filter(|of| !of.urgent || who.account.details.urgent_contact).collect();
    let why = query.get("why").map_or("", String::as_str);
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for (refusal, _) in found.iter().flat_map(|of| &of.reasons) {
        *counts.entry(refusal.as_str()).or_default() += 1;
    }
    let mut reasons: Vec<ReasonView> = counts
        .into_iter()
        .map(|(code, count)| ReasonView {
            code,
            words: t.t(&format!("left-out-{}", code.replace('_', "-"))),
            count,
            current: code == why,
        })
        .collect();
    reasons.sort_by(|a, b| (b.count, a.code).cmp(&(a.count, b.code)));
    let chosen = reasons.iter().any(|reason| reason.current);
    let fits = |of: &&gate::LeftOut| !chosen || of.reasons.iter().any(|(refusal, _)| refusal.as_str() == why);
    let fitting: Vec<&gate::LeftOut> = found.iter().filter(fits).collect();
    let from = query.get("from").and_then(|from| from.parse::<usize>().ok()).unwrap_or(0).min(fitting.len());
    let to = |from: usize| format!("/left-out?why={}&from={from}", if chosen { why } else { "" });
    let rows = fitting.iter().skip(from).take(ROWS).map(|of| row(&state, &page, of)).collect();
    let view = LeftOutView {
        all: found.len(),
        more: (from + ROWS < fitting.len()).then(|| to(from + ROWS)),
        back: (from > 0).then(|| to(from.saturating_sub(ROWS))),
        problem: None,
        reasons,
        chosen,
        rows,
        page,
    };
    Ok(show(&view)?.into_response())
}

fn row(state: &AppState, page: &Page, of: &gate::LeftOut) -> RowView {
    let language = match of.language.as_str() {
        "" => page.t("language-unknown"),
        code => page.language(code),
    };
    let case = of
        .case
        .as_ref()
        .map_or_else(String::new, |case| format!(" · {}", page.v("left-out-case", "id", super::case::short_id(case))));
    let place = state.settings.municipality(&of.municipality_code);
    RowView {
        title: format!("{place}, {language} · {}{case}", page.near(&of.last_seen)),
        reasons: of.reasons.iter().map(|(_, words)| page.of_both(words).to_owned()).collect(),
    }
}
