//! What an administrator sees: sites with their runs, and people.

use super::show;
use crate::AppState;
use crate::access::{Administrator, Visit};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Html, Redirect};
use domain::SiteId;
use std::collections::HashMap;
use store::crawl::SiteWish;
use store::{Actor, RunRow, SiteOverview};

/// Runs shown on the list of sites and on a site's own page.
const FEW_RUNS: u32 = 3;
const MANY_RUNS: u32 = 100;

struct RunView {
    started: String,
    end: String,
    reasons: Vec<String>,
    pages: String,
    listed: String,
    new: String,
    changed: String,
    gone: String,
    errors: String,
}

struct SiteView {
    id: String,
    name: String,
    phase: String,
    class: &'static str,
    paused: bool,
    import_only: bool,
    reason: String,
    since: Option<String>,
    facts: String,
    caption: String,
    runs: Vec<RunView>,
}

#[derive(Template)]
#[template(path = "sites.html")]
struct SitesView {
    page: Page,
    sites: Vec<SiteView>,
}

#[derive(Template)]
#[template(path = "site.html")]
struct SitePage {
    page: Page,
    s: SiteView,
}

struct PersonView {
    name: String,
    login: String,
    role: String,
    urgent: bool,
    team: String,
    since: String,
    state: String,
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeopleView {
    page: Page,
    people: Vec<PersonView>,
}

/// All sites with their last runs.
pub async fn sites(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    visit: Visit,
) -> Result<Html<String>, WebError> {
    let sites = state.store.sites(FEW_RUNS).await?;
    let page = Page::of(&state, &visit, &who, visit.language.t("sites-title"));
    let sites = sites.iter().map(|site| site_view(&page, site)).collect();
    show(&SitesView { page, sites })
}

/// One site with its history.
pub async fn site(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let sites = state.store.sites(MANY_RUNS).await?;
    let site = sites.iter().find(|site| site.registration.site.as_str() == id).ok_or(WebError::NotFound)?;
    let page = Page::of(&state, &visit, &who, site.registration.name.clone())
        .under("/sites", visit.language.t("menu-sites"))
        .with_done(query.get("done"));
    let s = site_view(&page, site);
    show(&SitePage { page, s })
}

/// Pauses a site or lets it go on.
pub async fn wish(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Redirect, WebError> {
    let (wish, done) = match posted.text("wish").as_str() {
        "pause" => (SiteWish::Pause, "paused"),
        "go" => (SiteWish::Go, "resumed"),
        _ => return Err(WebError::UnreadableForm),
    };
    let site = SiteId(id);
    state.store.set_site_wish(&site, wish, &Actor::Account(who.id()), state.now()).await?;
    Ok(Redirect::to(&format!("/sites/{site}?done={done}")))
}

fn site_view(page: &Page, site: &SiteOverview) -> SiteView {
    let t = page.t;
    let paused = site.wish == SiteWish::Pause;
    let (phase, reason, since) = match &site.state {
        Some(now) => {
            let phase = t.t(&format!("phase-{}", now.phase));
            let until = now.until.map(|until| format!(" {}", page.v("until-time", "time", page.time(&until))));
            let reason = format!("{}{}", t.of(&now.reason), until.unwrap_or_default());
            (phase, reason, Some(page.v("since-time", "time", page.time(&now.since))))
        }
        None if site.registration.import_only => (t.t("phase-import-only"), t.t("site-import-only"), None),
        None => (t.t("phase-new"), t.t("site-never-run"), None),
    };
    let class = match site.state.as_ref().map(|now| now.phase.as_str()) {
        Some("failed" | "closed") => "bad",
        Some("waiting" | "paused") => "warn",
        _ => "",
    };
    let last_good = site.last_good.map_or_else(|| t.t("never"), |at| page.time(&at));
    SiteView {
        id: site.registration.site.0.clone(),
        name: site.registration.name.clone(),
        phase,
        class,
        paused,
        import_only: site.registration.import_only,
        reason,
        since,
        facts: t.vs(
            "site-facts",
            &[
                ("up", t.n("count-ads", i64::try_from(site.ads_up).unwrap_or(i64::MAX))),
                ("ever", page.whole(site.ads)),
                ("last", last_good),
            ],
        ),
        caption: page.v("runs-of", "site", &site.registration.name),
        runs: site.runs.iter().map(|run| run_view(page, run)).collect(),
    }
}

fn run_view(page: &Page, run: &RunRow) -> RunView {
    let (t, tally) = (page.t, &run.tally);
    let end = match (run.end.as_deref(), &run.ended_at) {
        (Some(end @ ("good" | "partial" | "failed")), Some(at)) => {
            t.vs("run-ended", &[("end", t.t(&format!("run-{end}"))), ("time", page.short_time(at))])
        }
        _ => t.t("run-under-way"),
    };
    let errors: Vec<String> =
        tally.errors.iter().map(|(kind, count)| format!("{kind}: {}", page.whole(*count))).collect();
    RunView {
        started: page.short_time(&run.started_at),
        end,
        reasons: run.reasons.iter().map(|reason| t.of(reason).to_owned()).collect(),
        pages: page.whole(tally.listing_pages + tally.details + tally.unchanged),
        listed: page.whole(tally.ads_listed),
        new: page.whole(tally.ads_new),
        changed: page.whole(tally.ads_changed),
        gone: page.whole(tally.ads_gone + run.missing_gone),
        errors: if errors.is_empty() { t.t("run-no-errors") } else { errors.join(", ") },
    }
}

/// All accounts.
pub async fn people(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    visit: Visit,
) -> Result<Html<String>, WebError> {
    let t = visit.language;
    let accounts = state.store.accounts().await?;
    let page = Page::of(&state, &visit, &who, t.t("people-title"));
    let people = accounts
        .iter()
        .map(|account| {
            let details = &account.details;
            let team =
                details.team.as_ref().map(|id| state.settings.team(id).map_or(id.0.clone(), |team| team.name.clone()));
            PersonView {
                name: details.name.clone(),
                login: details.login.clone(),
                role: t.t(&format!("role-{}", details.role.as_str())),
                urgent: details.urgent_contact,
                team: team.unwrap_or_else(|| "–".to_owned()),
                since: page.short_date(&account.created_at),
                state: match &account.disabled_at {
                    Some(at) => page.v("person-disabled", "date", page.short_date(at)),
                    None => t.t("person-active"),
                },
            }
        })
        .collect();
    show(&PeopleView { page, people })
}
