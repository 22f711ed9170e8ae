//! A network or an advertiser: tables first, then the picture of its ties, its contacts over time, its places, what
//! people judged, and how it came about.

use super::case::short_id;
use super::network_parts::{ContactRow, GraphView, JudgementView, LinkView, MOST_TIES, by_contact, graph_of, map_of};
use super::{csv, show};
use crate::access::{Researcher, Visit, Who};
use crate::errors::WebError;
use crate::page::Page;
use crate::picture::graph::{self, Node};
use crate::{AppState, format};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Html, Response};
use std::collections::HashMap;
use store::{LineageStep, NetworkAd, NetworkView};

/// Rows of each table.
const ROWS: usize = 30;
/// Contacts in the table beside the time line.
const MOST_CONTACTS: usize = 40;

/// An advertiser as a row.
struct AdvertiserRow {
    name: String,
    id: String,
    band: String,
    points: String,
    ads: String,
    first: String,
    last: String,
}

/// An ad as a row.
struct AdRow {
    href: String,
    label: String,
    advertiser: String,
    first: String,
    last: String,
    versions: String,
    contacts: String,
    places: String,
}

/// A page of a table: what comes before and after.
#[derive(Default)]
struct Pager {
    words: String,
    previous: Option<String>,
    next: Option<String>,
}

/// A step of the lineage.
struct LineageView {
    words: String,
    other: String,
    href: String,
    at: String,
}

/// A case about the subject.
struct CaseRow {
    id: String,
    name: String,
    words: String,
}

#[derive(Template)]
#[template(path = "network.html")]
struct NetworkTemplate {
    notes: super::notes::NotesView,
    back: String,
    page: Page,
    lead: String,
    gone: bool,
    is_network: bool,
    cases: Vec<CaseRow>,
    network: Option<(String, String)>,
    advertisers: Vec<AdvertiserRow>,
    advertisers_pager: Pager,
    ads: Vec<AdRow>,
    ads_pager: Pager,
    links: Vec<LinkView>,
    links_pager: Pager,
    graph: GraphView,
    timeline: String,
    contacts: Vec<ContactRow>,
    more_contacts: i64,
    shared: Vec<(i64, String, String)>,
    map: String,
    places: Vec<(String, String)>,
    judgements: Vec<JudgementView>,
    lineage: Vec<LineageView>,
    made_of: String,
}

/// The last six digits of an advertiser's or network's id: enough to talk about it.
pub fn short_subject(id: &str) -> String {
    id.get(id.len().saturating_sub(6)..).unwrap_or(id).to_uppercase()
}

/// A network's or advertiser's name on a page.
pub fn subject_name(page: &Page, id: &str) -> String {
    let key = if id.starts_with("net_") { "network-name" } else { "advertiser-name" };
    page.v(key, "id", short_subject(id))
}

/// Shows a network or an advertiser.
pub async fn network(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let view = state.store.network(&who.look("network", "review", id.clone(), state.now()), &id).await?;
    refuse_urgent(&who, view.urgent)?;
    let page = Page::of(&state, &visit, &who, String::new()).under("/queue", visit.language.t("menu-queue"));
    let page = Page { title: subject_name(&page, &id), ..page }.with_done(query.get("done"));
    let notes = super::notes::of_items(&state, &page, &[store::Item::Subject(id)]).await?;
    show(&template(&state, page, &view, &query, notes))
}

/// One of a network's tables as a file. Logged as an export.
pub async fn file(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let view = state.store.network(&who.look("export:network", "review", id.clone(), state.now()), &id).await?;
    refuse_urgent(&who, view.urgent)?;
    let page = Page::of(&state, &visit, &who, String::new());
    let header = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let place = |code: &String| state.settings.municipality(code).to_owned();
    let (head, rows): (Vec<String>, Vec<Vec<String>>) = match query.get("list").map(String::as_str) {
        Some("advertisers") => (
            header(&["advertiser", "band", "points", "ads", "first_seen", "last_seen"]),
            (view.advertisers.iter())
                .map(|a| {
                    let (band, points) = (a.band.as_str().to_owned(), page.decimal(&a.points));
                    let seen = [a.first_seen.to_string(), a.last_seen.to_string()];
                    [vec![a.id.0.clone(), band, points, a.ads.to_string()], seen.to_vec()].concat()
                })
                .collect(),
        ),
        Some("links") => (
            header(&["ad", "other_ad", "kind", "bits", "joins", "note"]),
            (view.links.iter())
                .map(|link| {
                    let joins = (link.joins && !link.outside).to_string();
                    let (bits, note) = (page.decimal(&link.bits), page.of_both(&link.note).to_owned());
                    vec![link.a.words.clone(), link.b.words.clone(), link.kind.as_str().to_owned(), bits, joins, note]
                })
                .collect(),
        ),
        _ => (
            header(&["ad", "advertiser", "first_seen", "last_seen", "versions", "contacts", "municipalities"]),
            (view.ads.iter())
                .map(|ad| {
                    let places = ad.municipalities.iter().map(place).collect::<Vec<_>>().join(", ");
                    let seen = [ad.first_seen.to_string(), ad.last_seen.to_string()];
                    let names = vec![ad.label.words.clone(), ad.advertiser.0.clone()];
                    [names, seen.to_vec(), vec![ad.versions.to_string(), ad.contacts.join(", "), places]].concat()
                })
                .collect(),
        ),
    };
    Ok(csv::answer("network", head, rows))
}

/// The urgent route is for those appointed for it (product.md, rule 4).
pub fn refuse_urgent(who: &Who, urgent: bool) -> Result<(), WebError> {
    if urgent && !who.account.details.urgent_contact { Err(WebError::UrgentOnly) } else { Ok(()) }
}

fn template(
    state: &AppState,
    page: Page,
    view: &NetworkView,
    query: &HashMap<String, String>,
    notes: super::notes::NotesView,
) -> NetworkTemplate {
    let number = |name: &str| query.get(name).and_then(|text| text.parse().ok()).unwrap_or(1_usize).clamp(1, 10_000);
    let cut = |name: &'static str, total: usize| pager(&page, &view.id, name, number(name), total);
    let number_of: HashMap<&str, usize> = view.advertisers.iter().map(|a| a.id.as_str()).zip(1..).collect();
    let name_of = |id: &str| {
        let number = number_of.get(id).copied().unwrap_or(0);
        page.v("advertiser-number", "number", page.whole(number))
    };
    let (at_advertisers, advertisers_pager) = cut("a", view.advertisers.len());
    let (at_ads, ads_pager) = cut("p", view.ads.len());
    let (at_links, links_pager) = cut("t", view.links.len());
    let place = |code: &String| state.settings.municipality(code).to_owned();
    let shown = view.ads.iter().map(|ad| (&ad.contacts[..], ad.first_seen, ad.last_seen, ad.label.words.as_str()));
    let (timeline, contacts) = by_contact(&page, shown);
    NetworkTemplate {
        notes,
        back: format!("/network/{}", view.id),
        lead: lead(state, &page, view),
        gone: view.network.is_none(),
        is_network: view.is_network,
        cases: view
            .cases
            .iter()
            .map(|case| CaseRow {
                id: case.case.0.clone(),
                name: page.v("case-title", "id", short_id(&case.case)),
                words: case_words(&page, case),
            })
            .collect(),
        network: view
            .network
            .as_ref()
            .filter(|network| network.0 != view.id)
            .map(|network| (network.0.clone(), subject_name(&page, network.as_str()))),
        advertisers: view.advertisers[at_advertisers]
            .iter()
            .map(|a| AdvertiserRow {
                name: name_of(a.id.as_str()),
                id: a.id.0.clone(),
                band: page.t(&format!("band-{}", a.band.as_str())),
                points: page.decimal(&a.points),
                ads: page.whole(a.ads),
                first: page.short_date(&a.first_seen),
                last: page.short_date(&a.last_seen),
            })
            .collect(),
        advertisers_pager,
        ads: view.ads[at_ads]
            .iter()
            .map(|ad| AdRow {
                href: format!("/ad/{}", ad.label.number),
                label: ad.label.words.clone(),
                advertiser: name_of(ad.advertiser.as_str()),
                first: page.short_date(&ad.first_seen),
                last: page.short_date(&ad.last_seen),
                versions: page.whole(ad.versions),
                contacts: ad.contacts.join(", "),
                places: ad.municipalities.iter().map(place).collect::<Vec<_>>().join(", "),
            })
            .collect(),
        ads_pager,
        links: view.links[at_links].iter().map(|link| LinkView::of(&page, link)).collect(),
        links_pager,
        graph: graph(&page, view, &number_of),
        timeline,
        more_contacts: contacts.len().saturating_sub(MOST_CONTACTS) as i64,
        contacts: contacts.into_iter().take(MOST_CONTACTS).collect(),
        shared: view
            .contacts
            .iter()
            .filter(|contact| contact.damped || contact.role.is_some())
            .map(|contact| {
                let role =
                    contact.role.map_or("shared-unnamed".to_owned(), |role| format!("role-is-{}", role.as_str()));
                (contact.number, contact.name.clone(), page.t(&role))
            })
            .collect(),
        map: map_of(state, &page, view.municipalities.iter().cloned()),
        places: view.municipalities.iter().map(|(code, ads)| (place(code), page.whole(*ads))).collect(),
        judgements: view.judgements.iter().map(|row| JudgementView::of(&page, row)).collect(),
        lineage: view
            .lineage
            .iter()
            .map(|row| LineageView {
                words: page.t(match row.step {
                    LineageStep::TookIn => "lineage-took-in",
                    LineageStep::BecamePartOf => "lineage-became-part-of",
                    LineageStep::SplitFrom => "lineage-split-from",
                    LineageStep::SplitOff => "lineage-split-off",
                }),
                other: subject_name(&page, &row.other),
                href: format!("/network/{}", row.other),
                at: page.short_time(&row.at),
            })
            .collect(),
        made_of: match &view.made_at {
            Some(made) => page.v("network-made", "time", page.time(made)),
            None => page.t("never"),
        },
        page,
    }
}

fn lead(state: &AppState, page: &Page, view: &NetworkView) -> String {
    let (Some(first), Some(last)) =
        (view.ads.iter().map(|ad| ad.first_seen).min(), view.ads.iter().map(|ad| ad.last_seen).max())
    else {
        return page.t("network-gone");
    };
    let names: Vec<String> =
        view.municipalities.iter().take(3).map(|(code, _)| state.settings.municipality(code).to_owned()).collect();
    let places = if names.is_empty() { page.t("place-unknown") } else { super::firings::join(page, &names) };
    let ads = page.n("count-ads", view.ads.len());
    let who = if view.is_network {
        let who = page.n("count-advertisers", view.advertisers.len());
        page.t.vs("who-network", &[("who", who), ("ads", ads), ("places", places)])
    } else {
        page.t.vs("who-advertiser", &[("ads", ads), ("places", places)])
    };
    let day = |at| format::date(page.t, format::day_of(at));
    page.t.vs("summary-who", &[("who", who), ("from", day(first)), ("to", day(last))])
}

/// Where a case about a subject stands, and what it came from.
pub fn case_words(page: &Page, case: &store::SubjectCase) -> String {
    let mut words = vec![page.t(&format!("state-{}", case.state.as_str()))];
    let names = |ids: &[store::CaseId]| ids.iter().map(short_id).collect::<Vec<_>>().join(", ");
    if let Some(from) = &case.split_from {
        words.push(page.v("case-row-split-from", "id", short_id(from)));
    }
    if !case.split_off.is_empty() {
        words.push(page.v("case-row-split-off", "ids", names(&case.split_off)));
    }
    if !case.merged.is_empty() {
        words.push(page.v("case-row-merged", "ids", names(&case.merged)));
    }
    words.join(" · ")
}

/// Boxes are the advertisers of a network, or the ads of an advertiser.
fn graph(page: &Page, view: &NetworkView, number_of: &HashMap<&str, usize>) -> GraphView {
    if view.is_network {
        let nodes: Vec<Node> = view
            .advertisers
            .iter()
            .zip(1_usize..)
            .map(|(a, number)| Node {
                name: page.v("advertiser-number", "number", page.whole(number)),
                about: page.n("count-ads", a.ads),
                href: format!("/network/{}", a.id.0),
                class: format!("band-{}", a.band.as_str()),
            })
            .collect();
        return graph_of(page, &nodes, &view.links, MOST_TIES, |link| {
            let at = |id: &domain::AdvertiserId| Some(number_of.get(id.as_str())? - 1);
            Some((at(&link.advertisers.0)?, at(&link.advertisers.1)?))
        });
    }
    let at: HashMap<i64, usize> = view.ads.iter().map(|ad| ad.label.number).zip(0..).collect();
    let about = |ad: &NetworkAd| page.short_date(&ad.first_seen);
    let nodes: Vec<Node> = view
        .ads
        .iter()
        .take(graph::MOST_NODES + 1)
        .map(|ad| Node {
            name: ad.label.words.clone(),
            about: about(ad),
            href: format!("/ad/{}", ad.label.number),
            class: String::new(),
        })
        .collect();
    graph_of(page, &nodes, &view.links, MOST_TIES, |link| Some((*at.get(&link.a.number)?, *at.get(&link.b.number)?)))
}

fn pager(page: &Page, id: &str, name: &'static str, number: usize, total: usize) -> (std::ops::Range<usize>, Pager) {
    let number = number.min(total.div_ceil(ROWS).max(1));
    let from = (number - 1) * ROWS;
    let to = (from + ROWS).min(total);
    let href = |number: usize| format!("/network/{id}?{name}={number}#table-{name}");
    let pager = Pager {
        words: if total > ROWS {
            let value = |count: usize| page.whole(count);
            page.t.vs("rows-of", &[("from", value(from + 1)), ("to", value(to)), ("total", value(total))])
        } else {
            String::new()
        },
        previous: (number > 1).then(|| href(number - 1)),
        next: (to < total).then(|| href(number + 1)),
    };
    (from..to, pager)
}
