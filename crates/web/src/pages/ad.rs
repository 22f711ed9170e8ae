//! One ad: all that it ever said, version by version, what ties it to others, and the notes on it. No contact stands here.

use super::case::short_id;
use super::case_ads::{self, AdView};
use super::firings::{GroupView, Shown};
use super::network::{case_words, refuse_urgent, subject_name};
use super::network_parts::LinkView;
use super::show;
use crate::AppState;
use crate::access::{Researcher, Visit};
use crate::errors::WebError;
use crate::page::Page;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Html;
use domain::{Evidence, Firing, Role};
use std::collections::{BTreeMap, HashMap};
use store::{CaseAd, Item};

/// Most links shown; the network's page has all of them.
const MOST_LINKS: usize = 40;

#[derive(Template)]
#[template(path = "ad.html")]
struct AdTemplate {
    page: Page,
    href: String,
    lead: String,
    advertiser: (String, String),
    network: (String, String),
    cases: Vec<(String, String, String)>,
    words_shown: bool,
    contacts: String,
    days: String,
    ads: Vec<AdView>,
    evidence: Vec<GroupView>,
    counter: Vec<GroupView>,
    context: Vec<GroupView>,
    links: Vec<LinkView>,
    more_links: i64,
    notes: super::notes::NotesView,
}

/// Shows an ad, by the store's own number of it.
pub async fn ad(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Path(id): Path<i64>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let view = state.store.ad_page(&who.look("ad", "review", id.to_string(), state.now()), id).await?;
    refuse_urgent(&who, view.urgent)?;
    let t = visit.language;
    let page = Page::of(&state, &visit, &who, t.v("ad-title", "ad", &view.ad.label.words))
        .under("/search", t.t("menu-search"))
        .with_done(query.get("done"));
    let words_shown = query.get("words").is_some_and(|words| words == "shown");
    let one = std::slice::from_ref(&view.ad);
    let shown = Shown::of_case(&page, &state.catalogue, one, words_shown);
    let ads = case_ads::ads(&shown, one, 1, usize::MAX);
    let firings = fired(&view.ad);
    let with = |roles: &[Role], prefix: &str| {
        let some: Vec<Firing> = firings.iter().filter(|firing| roles.contains(&firing.role)).cloned().collect();
        shown.groups(&some, None, prefix)
    };
    let named = |id: &str| (id.to_owned(), subject_name(&page, id));
    let notes = super::notes::of_items(&state, &page, &[Item::Ad(id)]).await?;
    let template = AdTemplate {
        href: format!("/ad/{id}"),
        lead: ads.first().map_or_else(String::new, |ad| ad.where_and_when.clone()),
        advertiser: named(view.ad.advertiser.as_str()),
        network: named(view.network.as_str()),
        cases: (view.cases.iter())
            .map(|case| {
                (case.case.0.clone(), page.v("case-title", "id", short_id(&case.case)), case_words(&page, case))
            })
            .collect(),
        words_shown,
        contacts: view.ad.contacts.join(", "),
        days: page.whole(view.ad.sightings.len()),
        evidence: with(&[Role::Score, Role::Urgent], "for"),
        counter: with(&[Role::Counter], "against"),
        context: with(&[Role::Context, Role::Control], "beside"),
        ads,
        links: view.links.iter().take(MOST_LINKS).map(|link| LinkView::of(&page, link)).collect(),
        more_links: view.links.len().saturating_sub(MOST_LINKS) as i64,
        notes,
        page,
    };
    show(&template)
}

/// What fired in the ad's versions: each sign once, as the newest version that has it says it.
fn fired(ad: &CaseAd) -> Vec<Firing> {
    let mut newest: BTreeMap<&str, Firing> = BTreeMap::new();
    for (facts, _) in &ad.versions {
        for firing in &facts.firings {
            let mut firing_here = firing.clone();
            for evidence in &mut firing_here.evidence {
                if let Evidence::Span { ad: of, version, .. } = evidence {
                    // What fired in one version names neither the ad nor the version.
                    (*of, *version) = (Some(ad.ad.clone()), facts.version);
                }
            }
            newest.insert(firing.indicator.as_str(), firing_here);
        }
    }
    newest.into_values().collect()
}
