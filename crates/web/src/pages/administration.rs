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
use store::{Actor, Notice, RunRow, SiteOverview};

/// Runs shown on the list of sites and on a site's own page.
const FEW_RUNS: usize = 3;
const MANY_RUNS: u32 = 100;
/// Runs that say what is usual at a site; fewer than three say nothing.
const PAST_RUNS: u32 = 15;
const LEAST_PAST: usize = 3;

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
    coverage: Vec<String>,
    politeness: Vec<String>,
}

struct NoticeView {
    began: String,
    ended: String,
    phase: String,
    reason: String,
}

/// A notice that lasts, on the page of all sites.
struct OpenNotice {
    site: String,
    name: String,
    words: String,
    reason: String,
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
    usual: Option<String>,
    caption: String,
    runs: Vec<RunView>,
}

#[derive(Template)]
#[template(path = "sites.html")]
struct SitesView {
    page: Page,
    open: Vec<OpenNotice>,
    sites: Vec<SiteView>,
}

#[derive(Template)]
#[template(path = "site.html")]
struct SitePage {
    page: Page,
    s: SiteView,
    notices: Vec<NoticeView>,
}

/// All sites with their last runs.
pub async fn sites(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    visit: Visit,
) -> Result<Html<String>, WebError> {
    let sites = state.store.sites(PAST_RUNS).await?;
    let page = Page::of(&state, &visit, &who, visit.language.t("sites-title"));
    let notices = state.store.open_notices().await?;
    let open = notices.iter().map(|notice| open_notice(&page, notice, &sites)).collect();
    let sites = sites.iter().map(|site| site_view(&page, site, FEW_RUNS)).collect();
    show(&SitesView { page, open, sites })
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
    let s = site_view(&page, site, usize::MAX);
    let notices = state.store.notices(Some(&site.registration.site), MANY_RUNS).await?;
    let notices = notices.iter().map(|notice| notice_view(&page, notice)).collect();
    show(&SitePage { page, s, notices })
}

/// Pauses or stops a site, or lets it go on.
pub async fn wish(
    State(state): State<AppState>,
    Administrator(who): Administrator,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Redirect, WebError> {
    let (wish, done) = match posted.text("wish").as_str() {
        "pause" => (SiteWish::Pause, "paused"),
        "stop" => (SiteWish::Stop, "stopped"),
        "go" => (SiteWish::Go, "resumed"),
        _ => return Err(WebError::UnreadableForm),
    };
    let site = SiteId(id);
    state.store.set_site_wish(&site, wish, &Actor::Account(who.id()), state.now()).await?;
    Ok(Redirect::to(&format!("/sites/{site}?done={done}")))
}

fn site_view(page: &Page, site: &SiteOverview, shown: usize) -> SiteView {
    let t = page.t;
    let paused = site.wish != SiteWish::Go;
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
        usual: usual(page, site),
        runs: site
            .runs
            .iter()
            .take(shown)
            .enumerate()
            .map(|(n, run)| run_view(page, run, site.runs.get(n + 1)))
            .collect(),
    }
}

/// The last whole run against those before it: how many ads the listings showed, and how many are usual.
fn usual(page: &Page, site: &SiteOverview) -> Option<String> {
    let whole =
        |run: &&RunRow| run.ended_at.is_some() && run.tally.listing_failures == 0 && run.tally.listing_pages > 0;
    let mut listed = site.runs.iter().filter(whole).map(|run| run.tally.ads_listed);
    let last = listed.next()?;
    let mut before: Vec<u64> = listed.collect();
    if before.len() < LEAST_PAST {
        return None;
    }
    before.sort_unstable();
    let usual = before[before.len() / 2];
    let share = (last * 100).checked_div(usual).unwrap_or(100);
    let words = [
        ("now", page.whole(last)),
        ("usual", page.whole(usual)),
        ("share", page.whole(share)),
        ("runs", page.whole(before.len() as u64)),
    ];
    Some(page.t.vs("site-usual", &words))
}

fn open_notice(page: &Page, notice: &Notice, sites: &[SiteOverview]) -> OpenNotice {
    let site = sites.iter().find(|site| site.registration.site == notice.site);
    let words = [
        ("phase", page.t.t(&format!("phase-{}", notice.phase))),
        ("time", page.near(&notice.began_at)),
        ("clock", page.clock(&notice.began_at)),
    ];
    OpenNotice {
        site: notice.site.0.clone(),
        name: site.map_or_else(|| notice.site.0.clone(), |site| site.registration.name.clone()),
        words: page.t.vs("notice-open", &words),
        reason: page.t.of(&notice.reason).to_owned(),
    }
}

fn notice_view(page: &Page, notice: &Notice) -> NoticeView {
    NoticeView {
        began: page.short_time(&notice.began_at),
        ended: notice.ended_at.map_or_else(|| page.t.t("notice-lasts"), |at| page.short_time(&at)),
        phase: page.t.t(&format!("phase-{}", notice.phase)),
        reason: page.t.of(&notice.reason).to_owned(),
    }
}

/// `before`: the run before it, for the time between two looks.
fn run_view(page: &Page, run: &RunRow, before: Option<&RunRow>) -> RunView {
    let (t, tally) = (page.t, &run.tally);
    let end = match (run.end.as_deref(), &run.ended_at) {
        (Some(end @ ("good" | "partial" | "failed")), Some(at)) => {
            t.vs("run-ended", &[("end", t.t(&format!("run-{end}"))), ("time", page.short_time(at))])
        }
        _ => t.t("run-under-way"),
    };
    let (refusals, errors): (Vec<_>, Vec<_>) =
        tally.errors.iter().partition(|(kind, _)| kind.as_str().starts_with("robots_"));
    let refused: u64 = refusals.iter().map(|(_, count)| **count).sum();
    let errors: Vec<String> = errors.iter().map(|(kind, count)| format!("{kind}: {}", page.whole(**count))).collect();
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
        coverage: coverage(page, run, before),
        politeness: politeness(page, run, refused),
    }
}

/// Whether the run saw the whole listing, how many of the ads' pages it asked for it got, and how long the site had
/// not been looked at.
fn coverage(page: &Page, run: &RunRow, before: Option<&RunRow>) -> Vec<String> {
    let tally = &run.tally;
    let mut words = Vec::new();
    if run.ended_at.is_some() && tally.listing_pages > 0 {
        words.push(match tally.listing_failures {
            0 => page.t.t("coverage-whole"),
            missing => page.n("coverage-partial", missing),
        });
    }
    let got = tally.details + tally.unchanged + tally.ads_gone;
    if got > 0 {
        words.push(page.n("coverage-pages", got));
    }
    if let Some(before) = before {
        let minutes = (run.started_at.as_second() - before.started_at.as_second()) / 60;
        let gap = [("hours", page.whole(minutes / 60)), ("minutes", page.whole(minutes % 60))];
        words.push(page.t.vs("coverage-gap", &gap));
    }
    words
}

/// How the site was treated.
fn politeness(page: &Page, run: &RunRow, refused: u64) -> Vec<String> {
    let manners = &run.politeness;
    let mut words = Vec::new();
    if manners.requests > 0 {
        words.push(page.n("polite-requests", manners.requests));
    }
    if let Some(gap) = manners.shortest_gap_ms {
        let seconds = |ms: u64| page.decimal(&(ms as f64 / 1000.0));
        words.push(page.t.vs("polite-gap", &[("gap", seconds(gap)), ("agreed", seconds(manners.delay_ms))]));
    }
    if manners.busy > 0 {
        words.push(page.n("polite-busy", manners.busy));
    }
    if refused > 0 {
        words.push(page.n("polite-robots", refused));
    }
    words
}
