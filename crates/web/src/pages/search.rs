//! Search in the masked texts of the ads, and in the networks and cases that they belong to. Words that hold a contact
//! are refused, since they would stand in the address: a contact is looked up by a form that asks why.

use super::firings::Shown;
use super::network::subject_name;
use super::queue_filter::{LANGUAGES, with_query};
use super::{Choice, csv, show};
use crate::access::{Researcher, Visit, Who};
use crate::covered::is_covered;
use crate::errors::WebError;
use crate::forms::Posted;
use crate::highlight::{Mark, Segment, excerpt};
use crate::page::Page;
use crate::{AppState, format};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Contact, IndicatorId};
use jiff::civil::Date;
use std::collections::{BTreeSet, HashMap};
use store::search::{MOST_COUNTED, SearchHit, SearchQuery, words};
use store::{ContactFound, SearchFacets, SearchGroup};

/// Hits on a page.
const ROWS: u32 = 20;
/// Networks shown.
const MOST_GROUPS: u32 = 100;
/// Longest search, in characters.
const MOST_TYPED: usize = 200;
/// So many digits may be a number, whatever stands between them.
const DIGITS: usize = 6;

struct HitView {
    label: String,
    href: String,
    about: String,
    network: (String, String),
    segments: Vec<Segment>,
    case: Option<(String, String)>,
}

struct GroupView {
    href: String,
    name: String,
    ads: String,
    case: Option<(String, String)>,
}

/// A value that what was found can be narrowed to: words, number of ads, address.
struct Facet {
    words: String,
    ads: String,
    href: String,
}

struct FoundView {
    name: String,
    kind: String,
    count: String,
    ads: Vec<(String, String, Option<(String, String)>)>,
}

/// What the finds are shown as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Show {
    #[default]
    Ads,
    Networks,
    Cases,
}

impl Show {
    fn as_str(self) -> &'static str {
        match self {
            Show::Ads => "",
            Show::Networks => "networks",
            Show::Cases => "cases",
        }
    }
    fn parse(text: &str) -> Self {
        [Show::Networks, Show::Cases].into_iter().find(|show| show.as_str() == text).unwrap_or_default()
    }
}

/// What is asked of the page.
#[derive(Debug, Clone, Default)]
struct Asked {
    words: String,
    region: String,
    language: String,
    indicator: String,
    from: String,
    to: String,
    show: Show,
    page: u32,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchTemplate {
    page: Page,
    words: String,
    regions: Vec<Choice>,
    languages: Vec<Choice>,
    indicators: Vec<Choice>,
    from: String,
    to: String,
    asked: bool,
    show: &'static str,
    ways: Vec<(String, String, bool)>,
    total: String,
    hits: Vec<HitView>,
    facets: Vec<(String, Vec<Facet>)>,
    groups: Vec<GroupView>,
    groups_note: String,
    csv_href: String,
    csv_cut: Option<String>,
    previous: Option<String>,
    next: Option<String>,
    contact: String,
    purpose: String,
    errors: Vec<(&'static str, String)>,
    found: Option<Vec<FoundView>>,
}

impl Asked {
    fn of(state: &AppState, get: impl Fn(&str) -> String) -> Self {
        let day = |name: &str| get(name).parse::<Date>().map_or_else(|_| String::new(), |day| day.to_string());
        let among = |name: &str, known: &dyn Fn(&str) -> bool| Some(get(name)).filter(|v| known(v)).unwrap_or_default();
        Self {
            words: get("q").chars().filter(|c| !c.is_control()).take(MOST_TYPED).collect::<String>().trim().to_owned(),
            region: among("region", &|id| state.settings.regions.iter().any(|region| region.id == id)),
            language: among("language", &|code| LANGUAGES.contains(&code)),
            indicator: among("indicator", &|id| state.catalogue.get(id).is_some()),
            from: day("from"),
            to: day("to"),
            show: Show::parse(&get("show")),
            page: get("page").parse().unwrap_or(1).clamp(1, 500),
        }
    }

    fn query(&self, show: Show) -> String {
        let parts = [
            ("q", self.words.as_str()),
            ("region", &self.region),
            ("language", &self.language),
            ("indicator", &self.indicator),
            ("from", &self.from),
            ("to", &self.to),
            ("show", show.as_str()),
        ];
        let parts = parts.iter().filter(|(_, value)| !value.is_empty());
        parts.map(|(name, value)| format!("{name}={}", super::line_view::percent(value))).collect::<Vec<_>>().join("&")
    }

    fn for_store(&self, state: &AppState, who: &Who) -> SearchQuery {
        let region = state.settings.regions.iter().find(|region| region.id == self.region);
        SearchQuery {
            words: self.words.clone(),
            municipalities: region.map(|region| region.municipalities.clone()).unwrap_or_default(),
            language: Some(self.language.clone()).filter(|code| !code.is_empty()),
            indicator: Some(self.indicator.clone()).filter(|id| !id.is_empty()).map(IndicatorId),
            from: self.from.parse().ok(),
            to: self.to.parse().ok(),
            may_urgent: who.account.details.urgent_contact,
        }
    }
}

/// The contacts in what somebody typed.
async fn contacts_in(state: &AppState, typed: &str) -> Result<Vec<Contact>, WebError> {
    if typed.is_empty() {
        return Ok(Vec::new());
    }
    Ok(state.workbench.read_text(typed, format::day_of(state.now())).await?.reading.contacts())
}

/// Whether the words must not stand in an address: they hold a contact, or digits enough for one.
pub async fn holds_contact(state: &AppState, typed: &str) -> Result<bool, WebError> {
    let digits = typed.chars().filter(char::is_ascii_digit).count() >= DIGITS;
    Ok(digits || typed.contains('@') || !contacts_in(state, typed).await?.is_empty())
}

/// The search, and what it finds.
pub async fn search(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let mut asked = Asked::of(&state, |name| query.get(name).cloned().unwrap_or_default());
    if holds_contact(&state, &asked.words).await? {
        asked.words = String::new();
        return refused(&state, visit, &who, asked);
    }
    let page = Page::of(&state, &visit, &who, visit.language.t("search-title"));
    let mut view = empty(&state, page, &asked);
    let wanted = asked.for_store(&state, &who);
    if view.asked && asked.show != Show::Ads {
        let look = who.look("search", "review", asked.query(asked.show), state.now());
        let groups = groups(&state, &look, &wanted, asked.show, MOST_GROUPS).await?;
        view.groups = groups.iter().map(|group| group_view(&view.page, group, asked.show)).collect();
        let (key, note) = match asked.show {
            Show::Cases => ("search-cases", "search-cases-note"),
            _ => ("search-networks", "search-networks-note"),
        };
        view.groups_note = view.page.t(note);
        view.total = view.page.n(key, view.groups.len());
    } else if view.asked {
        let offset = (asked.page - 1) * ROWS;
        let look = who.look("search", "review", asked.query(Show::Ads), state.now());
        let (found, facets) = state.store.search_spread(&look, &wanted, offset, ROWS, &region_of(&state)).await?;
        view.csv_cut = csv::cut(&view.page, found.total);
        view.facets = facet_views(&state, &view.page, &asked, &facets);
        view.total = if found.total > MOST_COUNTED {
            view.page.n("search-more-than", MOST_COUNTED)
        } else {
            view.page.n("search-found", found.total)
        };
        view.hits = found.hits.iter().map(|hit| hit_view(&state, &view.page, &asked.words, hit)).collect();
        let href = |number: u32| format!("/search?{}&page={number}#found", asked.query(Show::Ads));
        view.previous = (asked.page > 1).then(|| href(asked.page - 1));
        view.next = (u64::from(offset + ROWS) < found.total).then(|| href(asked.page + 1));
    }
    Ok(show(&view)?.into_response())
}

/// Checks what was typed before it comes into an address.
pub async fn ask(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    posted: Posted,
) -> Result<Response, WebError> {
    let mut asked = Asked::of(&state, |name| posted.text(name));
    if holds_contact(&state, &asked.words).await? {
        asked.words = String::new();
        return refused(&state, visit, &who, asked);
    }
    Ok(Redirect::to(&with_query("/search", &asked.query(asked.show))).into_response())
}

fn refused(state: &AppState, mut visit: Visit, who: &Who, asked: Asked) -> Result<Response, WebError> {
    // Neither the page nor the way back to it repeats what was typed.
    visit.path = "/search".to_owned();
    let page = Page::of(state, &visit, who, visit.language.t("search-title"));
    let mut view = empty(state, page, &Asked { words: String::new(), ..asked });
    view.asked = false;
    view.errors.push(("contact", view.page.t("search-no-contact")));
    Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&view)?).into_response())
}

/// Which ads show a contact. The purpose is logged with pseudonyms; the answer stands on this page alone.
pub async fn contact(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    posted: Posted,
) -> Result<Response, WebError> {
    let (typed, purpose, now) = (posted.text("contact"), posted.text("purpose"), state.now());
    let page = Page::of(&state, &visit, &who, visit.language.t("search-title"));
    let mut view = empty(&state, page, &Asked::default());
    let contacts = contacts_in(&state, &typed).await?;
    if contacts.is_empty() {
        view.errors.push(("contact", view.page.t("lookup-unread")));
    }
    if purpose.chars().count() < 5 {
        view.errors.push(("purpose", view.page.t("lookup-why")));
    }
    if !view.errors.is_empty() {
        view.purpose = purpose;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&view)?).into_response());
    }
    let look = who.look("contact_lookup", &purpose, String::new(), now);
    let may_urgent = who.account.details.urgent_contact;
    let found = state.store.look_up_contacts(&look, &contacts, may_urgent).await?;
    view.found = Some(found.iter().map(|found| found_view(&view.page, found)).collect());
    Ok(show(&view)?.into_response())
}

/// What was found as a file. Logged as an export.
pub async fn file(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let asked = Asked::of(&state, |name| query.get(name).cloned().unwrap_or_default());
    if holds_contact(&state, &asked.words).await? {
        return refused(&state, visit, &who, asked);
    }
    let (t, wanted) = (visit.language, asked.for_store(&state, &who));
    let page = Page::of(&state, &visit, &who, t.t("search-title"));
    let look = who.look("export:search", "review", asked.query(asked.show), state.now());
    if asked.show != Show::Ads {
        let groups = groups(&state, &look, &wanted, asked.show, csv::MOST_ROWS).await?;
        let header = ["network", "advertisers", "ads", "case", "state", "band"].map(str::to_owned).to_vec();
        let row = |group: &SearchGroup| {
            let (state, band) = group.standing.map_or(("", ""), |(state, band)| (state.as_str(), band.as_str()));
            let case = group.case.as_ref().map_or("", |case| &case.0);
            let counts = [group.advertisers.to_string(), group.ads.to_string()];
            let about = [case, state, band].map(str::to_owned);
            [vec![group.network.0.clone()], counts.to_vec(), about.to_vec()].concat()
        };
        let name = if asked.show == Show::Cases { "cases" } else { "networks" };
        return Ok(csv::answer(name, header, groups.iter().map(row).collect()));
    }
    let found = state.store.search(&look, &wanted, 0, csv::MOST_ROWS).await?;
    let header = ["ad", "version", "first_seen", "last_seen", "network", "case", "text"].map(str::to_owned).to_vec();
    let row = |hit: &SearchHit| {
        let text: String =
            hit_view(&state, &page, &asked.words, hit).segments.iter().map(|s| s.text.as_str()).collect();
        vec![
            hit.ad.label.words.clone(),
            hit.version.to_string(),
            hit.ad.first_seen.to_string(),
            hit.ad.last_seen.to_string(),
            hit.network.0.clone(),
            hit.case.as_ref().map_or_else(String::new, |case| case.0.clone()),
            text,
        ]
    };
    Ok(csv::answer("ads", header, found.hits.iter().map(row).collect()))
}

fn empty(state: &AppState, page: Page, asked: &Asked) -> SearchTemplate {
    let t = page.t;
    let choices = |all: String, chosen: &str, options: Vec<(String, String)>| {
        let options = std::iter::once((String::new(), all)).chain(options);
        options.map(|(value, words)| Choice::new(value, words, chosen)).collect::<Vec<_>>()
    };
    let regions = state.settings.regions.iter().map(|region| (region.id.clone(), region.name.clone())).collect();
    let languages = LANGUAGES.iter().map(|code| ((*code).to_owned(), t.language_name(code))).collect();
    let running = state.catalogue.indicators().iter().filter(|i| i.status.runs() && i.scope == domain::Scope::Ad);
    let mut indicators: Vec<(String, String)> =
        running.map(|i| (i.id.0.clone(), format!("{} · {}", i.group, t.of(&i.title)))).collect();
    indicators.sort_by(|a, b| a.1.cmp(&b.1));
    SearchTemplate {
        words: asked.words.clone(),
        regions: choices(t.t("all-regions"), &asked.region, regions),
        languages: choices(t.t("all-languages"), &asked.language, languages),
        indicators: choices(t.t("all-indicators"), &asked.indicator, indicators),
        from: asked.from.clone(),
        to: asked.to.clone(),
        asked: !asked.query(Show::Ads).is_empty(),
        show: asked.show.as_str(),
        ways: [(Show::Ads, "ads"), (Show::Networks, "networks"), (Show::Cases, "cases")]
            .map(|(show, key)| {
                let words = t.t(&format!("search-show-{key}"));
                (with_query("/search", &asked.query(show)), words, show == asked.show)
            })
            .to_vec(),
        total: String::new(),
        hits: Vec::new(),
        facets: Vec::new(),
        groups: Vec::new(),
        groups_note: String::new(),
        csv_cut: None,
        csv_href: with_query("/search.csv", &asked.query(asked.show)),
        previous: None,
        next: None,
        contact: String::new(),
        purpose: String::new(),
        errors: Vec::new(),
        found: None,
        page,
    }
}

/// The region of a municipality, by its id.
fn region_of(state: &AppState) -> impl Fn(&str) -> Option<String> + Sync {
    let by_code: HashMap<String, String> = (state.settings.regions.iter())
        .flat_map(|region| region.municipalities.iter().map(|code| (code.clone(), region.id.clone())))
        .collect();
    move |code| by_code.get(code).cloned()
}

/// Languages and regions of the newest hits, those that are not chosen already.
fn facet_views(state: &AppState, page: &Page, asked: &Asked, facets: &SearchFacets) -> Vec<(String, Vec<Facet>)> {
    let facet = |words: String, ads: u64, to: Asked| Facet {
        words,
        ads: page.whole(ads),
        href: with_query("/search", &to.query(Show::Ads)),
    };
    let mut views = Vec::new();
    if asked.language.is_empty() {
        let offered = facets.languages.iter().filter(|(code, _)| LANGUAGES.contains(&code.as_str()));
        let each = offered
            .map(|(code, ads)| facet(page.language(code), *ads, Asked { language: code.clone(), ..asked.clone() }));
        views.push((page.t("language"), each.collect::<Vec<_>>()));
    }
    if asked.region.is_empty() {
        let named = facets.regions.iter().filter_map(|(id, ads)| {
            let region = state.settings.regions.iter().find(|region| region.id == *id)?;
            Some(facet(region.name.clone(), *ads, Asked { region: id.clone(), ..asked.clone() }))
        });
        views.push((page.t("region"), named.collect()));
    }
    views.retain(|(_, facets)| facets.len() > 1);
    views
}

fn case_link(page: &Page, case: &store::CaseId) -> (String, String) {
    (format!("/case/{}?look=yes", case.0), page.v("case-title", "id", super::case::short_id(case)))
}

fn hit_view(state: &AppState, page: &Page, typed: &str, hit: &SearchHit) -> HitView {
    let ads = std::slice::from_ref(&hit.ad);
    let shown = Shown::of_case(page, &state.catalogue, ads, false);
    let wanted: BTreeSet<String> = words::terms(typed).into_iter().flat_map(|term| term.0).collect();
    let version = hit.ad.versions.iter().find(|(facts, _)| facts.version == hit.version);
    let mut segments = Vec::new();
    if let Some((facts, texts)) = version {
        // The first text that says it, else the longest; covered words stay covered.
        let marks_of = |text: &domain::MaskedText| -> Vec<Mark> {
            let said = words::words(&text.text).into_iter().filter(|word| wanted.contains(&word.stem));
            said.map(|word| Mark {
                start: word.start,
                end: word.end,
                words: page.t("search-said"),
                class: "mention",
                covered: false,
            })
            .collect()
        };
        let said = texts.iter().find(|text| !marks_of(text).is_empty());
        if let Some(text) = said.or_else(|| texts.iter().max_by_key(|text| text.text.len())) {
            let mut marks = marks_of(text);
            let (start, end) = marks.first().map_or((0, 0), |mark| (mark.start, mark.end));
            marks.extend(shown.marks(facts.firings.iter().filter(|firing| is_covered(firing)), &text.field));
            segments = excerpt(&text.text, start, end.max(start), &marks);
        }
    }
    let seen = page
        .t
        .vs("from-to", &[("from", page.short_date(&hit.ad.first_seen)), ("to", page.short_date(&hit.ad.last_seen))]);
    HitView {
        label: hit.ad.label.words.clone(),
        href: super::case_ads::href(&hit.ad),
        network: (format!("/network/{}", hit.network.0), subject_name(page, &hit.network.0)),
        about: page.t.vs("search-about", &[("version", page.whole(u64::from(hit.version))), ("seen", seen)]),
        segments,
        case: hit.case.as_ref().map(|case| case_link(page, case)),
    }
}

/// The networks of the newest finds, or those of them that have a case.
async fn groups(
    state: &AppState,
    look: &store::Look,
    wanted: &SearchQuery,
    show: Show,
    most: u32,
) -> Result<Vec<SearchGroup>, WebError> {
    Ok(match show {
        Show::Cases => state.store.search_cases(look, wanted, most).await?,
        Show::Ads | Show::Networks => state.store.search_groups(look, wanted, most).await?,
    })
}

fn group_view(page: &Page, group: &SearchGroup, show: Show) -> GroupView {
    // A network of one advertiser has its page under the advertiser.
    let id = &group.network.0;
    if let (Show::Cases, Some(case), Some((state, band))) = (show, &group.case, group.standing) {
        let (href, name) = case_link(page, case);
        let standing =
            format!("{}, {}", page.t(&format!("state-{}", state.as_str())), page.t(&format!("band-{}", band.as_str())));
        return GroupView {
            name: format!("{name} · {standing}"),
            href,
            ads: page.n("count-ads", group.ads),
            case: Some((format!("/network/{id}"), subject_name(page, id))),
        };
    }
    GroupView {
        href: format!("/network/{id}"),
        name: subject_name(page, id),
        ads: page.n("count-ads", group.ads),
        case: group.case.as_ref().map(|case| case_link(page, case)),
    }
}

fn found_view(page: &Page, found: &ContactFound) -> FoundView {
    let kind = match found.kind {
        domain::ContactKind::Phone => "mention-phone",
        domain::ContactKind::Email => "mention-email",
        domain::ContactKind::Handle => "mention-handle",
    };
    FoundView {
        name: found.name.clone(),
        kind: page.t(kind),
        count: page.n("count-ads", found.ads.len()),
        ads: found
            .ads
            .iter()
            .map(|ad| {
                let seen = page.t.vs(
                    "from-to",
                    &[("from", page.short_date(&ad.first_seen)), ("to", page.short_date(&ad.last_seen))],
                );
                (ad.label.words.clone(), seen, ad.case.as_ref().map(|case| case_link(page, case)))
            })
            .collect(),
    }
}
