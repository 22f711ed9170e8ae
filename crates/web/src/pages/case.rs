//! The case page: evidence and what speaks against it, ads over time, links, history, and the decision.

use super::decision::{DecisionForm, DecisionView};
use super::firings::{GroupView, Shown, group_name, join, title};
use super::line_view::outcome_words;
use super::network_parts::{FEW_TIES, GraphView, JudgementView, LinkView, graph_of, map_of};
use super::notes::{NotesView, of_items};
use super::queue_acts::reading_until;
use super::queue_filter::Asked;
use super::{case_ads, case_ads::AdView, show};
use crate::access::{Researcher, Visit, Who};
use crate::errors::WebError;
use crate::page::Page;
use crate::picture::graph::Node;
use crate::{AppState, format, gate};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Html;
use domain::{Band, Queue};
use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap};
use store::{AttemptRow, CaseId, CaseState, CaseView, Item, Opening, QueueRow, SecondRow, UrgentNotice};

/// Most links shown; the page of the network has all of them.
const MOST_LINKS: usize = 30;

/// A page has no more bytes than this (a browser writes it somewhat longer), unless somebody asks for all ads: less of
/// what has a page of its own is shown then.
const MOST_BYTES: usize = 92_000;
/// What is left out step by step: ads beyond so many show no text, of the others the newest version; so many links; so
/// many places of each sign.
const LIGHTER: [(usize, usize, usize); 3] = [(8, 15, 3), (3, 8, 2), (0, 4, 1)];

/// One advertiser of a network.
pub struct AdvertiserView {
    name: String,
    id: String,
    band: String,
    points: String,
    ads: String,
}

/// Who is reading the case.
pub struct ReaderView {
    class: &'static str,
    words: String,
}

#[derive(Template)]
#[template(path = "case.html")]
struct CaseTemplate {
    page: Page,
    id: String,
    query: String,
    queue: String,
    href: String,
    action: String,
    blind: Option<i64>,
    blind_words: String,
    version: i64,
    band_code: &'static str,
    band: String,
    state: String,
    is_spam: bool,
    urgent: bool,
    duty: Option<(String, String)>,
    urgent_told: Option<String>,
    may_answer: bool,
    summary: String,
    /// What was decided, by whom and when; `None` before.
    decided: Option<String>,
    /// Why it waits again where no sign is new.
    again: Option<String>,
    new_evidence: Vec<(Option<String>, String)>,
    time: Option<String>,
    pause: Option<String>,
    split_from: Option<String>,
    groups: Vec<GroupView>,
    points: String,
    advertisers: Vec<AdvertiserView>,
    counter: Vec<GroupView>,
    context: Vec<GroupView>,
    abstentions: Vec<(String, String)>,
    words_shown: bool,
    chart: String,
    network: Option<String>,
    graph: GraphView,
    map: String,
    map_places: Vec<(String, String)>,
    ads: Vec<AdView>,
    more_ads: i64,
    links: Vec<LinkView>,
    more_links: i64,
    contacts: Vec<(String, u32, bool)>,
    places: Vec<(String, String, String)>,
    decisions: Vec<DecisionView>,
    judgements: Vec<JudgementView>,
    attempts: Vec<String>,
    notes: NotesView,
    back: String,
    made_of: String,
    reader: Option<ReaderView>,
    mine: bool,
    form: DecisionForm,
}

/// A colleague reads the case.
#[derive(Template)]
#[template(path = "held.html")]
struct HeldTemplate {
    page: Page,
    words: String,
    look: String,
    query: String,
    queue: String,
}

/// What the page's address may ask for.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// Covered words are shown.
    pub words_shown: bool,
    /// All ads are shown.
    pub all_ads: bool,
    /// Shown although a colleague reads it.
    pub look_only: bool,
    /// The queue that the case is read from.
    pub asked: Asked,
    /// It is read blind, as a second reading.
    pub blind: Option<SecondRow>,
    /// Who was told of it, where it is in the urgent route.
    pub urgent: Option<UrgentNotice>,
}

/// Shows a case.
pub async fn case(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let ask = Ask {
        words_shown: query.get("words").is_some_and(|words| words == "shown"),
        all_ads: query.get("ads").is_some_and(|ads| ads == "all"),
        look_only: query.get("look").is_some_and(|look| look == "yes"),
        asked: Asked::of(&state, &query),
        blind: None,
        urgent: None,
    };
    let (id, now, review) = (CaseId(id), state.now(), &state.settings.review);
    let opening = Opening {
        until: (!ask.look_only).then(|| reading_until(&state, now)),
        rest_ms: review.rest_minutes * 60_000,
        may_urgent: who.account.details.urgent_contact,
    };
    state.store.begin_reading(&id, who.id(), now, &opening).await?;
    let view = read(&state, &who, &id, now).await?;
    let urgent = if view.row.urgent { state.store.urgent_notice(&view.row.case).await? } else { None };
    let ask = Ask { urgent, ..ask };
    let form = DecisionForm::empty(&state, visit.language)?;
    page(&state, &visit, &who, view, form, &ask, &query).await
}

/// Who was told of a case in the urgent route, and who answered.
pub fn told(page: &Page, notice: &UrgentNotice) -> String {
    let t = page.t;
    if let Some((at, name)) = &notice.acknowledged {
        return t.vs("urgent-answered", &[("name", name.clone()), ("time", page.short_time(at))]);
    }
    match (notice.escalated_at, notice.told_at) {
        (Some(at), _) => t.v("urgent-escalated", "time", page.short_time(&at)),
        (None, Some(at)) => t.v("urgent-told", "time", page.short_time(&at)),
        (None, None) if notice.failed.0 > 0 => t.n("urgent-not-sent", i64::from(notice.failed.0)),
        (None, None) => t.t("urgent-untold"),
    }
}

/// Reads a case, if the reader may.
pub async fn read(state: &AppState, who: &Who, id: &CaseId, now: Timestamp) -> Result<CaseView, WebError> {
    let view = state.store.case(&who.look("case", "review", id.0.clone(), now), id).await?;
    // The urgent route is for those appointed for it (product.md, rule 4).
    if view.row.urgent && !who.account.details.urgent_contact {
        return Err(WebError::UrgentOnly);
    }
    Ok(view)
}

/// Writes the page.
pub async fn page(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    view: CaseView,
    form: DecisionForm,
    ask: &Ask,
    query: &HashMap<String, String>,
) -> Result<Html<String>, WebError> {
    let t = visit.language;
    let page = Page::of(state, visit, who, t.v("case-title", "id", short_id(&view.row.case)))
        .under(ask.asked.queue_href(), t.t("menu-queue"))
        .with_done(query.get("done"))
        .with_last(query);
    let (row, now) = (&view.row, state.now());
    let claim = row.claimed.as_ref().filter(|claim| claim.until > now);
    let mine = claim.is_some_and(|claim| claim.by == who.id());
    let reader = claim.map(|claim| {
        let until = page.clock(&claim.until);
        if mine {
            ReaderView { class: "info", words: page.v("reader-you", "until", until) }
        } else {
            ReaderView { class: "warn", words: t.vs("reader-other", &[("name", claim.name.clone()), ("until", until)]) }
        }
    });
    if claim.is_some() && !mine && !ask.look_only {
        return show(&HeldTemplate {
            words: reader.map_or_else(String::new, |reader| reader.words),
            look: format!("{}look=yes", with_and(&ask.asked.case_href(&row.case.0))),
            query: ask.asked.query(),
            queue: ask.asked.queue_href(),
            page,
        });
    }
    let mut shown = Shown::of_case(&page, &state.catalogue, &view.ads, ask.words_shown);
    shown.new.clone_from(&row.new_evidence);
    let assessment = view.assessment.as_ref();
    let (most, versions) =
        if ask.all_ads { (usize::MAX, usize::MAX) } else { (case_ads::MOST_ADS, case_ads::MOST_VERSIONS) };
    let towns = ads_by_town(&view);
    let notes = of_items(state, &page, &items(&view, ask.blind.is_some(), most)).await?;
    let (time, pause) = super::care::words(state, &page, who, now).await?;
    let in_force = view.decisions.iter().find(|decision| decision.undone.is_none());
    let mut decisions = Vec::with_capacity(view.decisions.len());
    for decision in &view.decisions {
        let sent = super::decision::sent_words(state, &page, decision).await?;
        decisions.push(DecisionView { sent, ..DecisionView::of(state, &page, decision) });
    }
    let mut template = CaseTemplate {
        id: row.case.0.clone(),
        query: ask.asked.query(),
        queue: ask.asked.queue_href(),
        href: match &ask.blind {
            Some(second) => format!("/second/{}?", second.id.0),
            None => with_and(&ask.asked.case_href(&row.case.0)),
        },
        action: match &ask.blind {
            Some(second) => format!("/second/{}/read", second.id.0),
            None => format!("/case/{}/decide", row.case.0),
        },
        blind: ask.blind.as_ref().map(|second| second.id.0),
        blind_words: ask.blind.as_ref().map_or_else(String::new, |second| {
            page.v(if second.turn == 3 { "second-you-third" } else { "second-you" }, "until", page.clock(&second.until))
        }),
        version: row.version,
        band_code: row.band.as_str(),
        band: t.t(&format!("band-{}", row.band.as_str())),
        state: t.t(&format!("state-{}", row.state.as_str())),
        is_spam: row.queue == Queue::Spam,
        urgent: row.urgent,
        duty: state.settings.duty.as_ref().filter(|_| row.urgent).map(|duty| {
            let checked = page.date(&duty.checked);
            (t.of(&duty.text).to_owned(), t.vs("duty-law", &[("law", duty.law.clone()), ("date", checked)]))
        }),
        urgent_told: ask.urgent.as_ref().map(|notice| told(&page, notice)),
        may_answer: ask.urgent.as_ref().is_some_and(|notice| notice.acknowledged.is_none()),
        summary: summary(state, &page, row, assessment.map(|a| a.groups.keys().copied().collect())),
        decided: in_force.map(|decision| {
            let who = super::decision::by_words(&page, "by-name-at", &decision.by, &decision.at);
            t.vs(
                "case-decided",
                &[("decision", super::decision::decision_words(state, &page, &decision.decision)), ("who", who)],
            )
        }),
        again: again(&page, row),
        new_evidence: new_evidence(&shown, row, assessment),
        time,
        pause,
        split_from: view.split_from.as_ref().map(|case| case.0.clone()),
        groups: assessment.map_or_else(Vec::new, |a| shown.groups(&a.evidence, Some(a), "for")),
        points: page.decimal(&row.points),
        advertisers: advertisers(&page, &view),
        counter: assessment.map_or_else(Vec::new, |a| shown.groups(&a.counter_evidence, None, "against")),
        context: assessment.map_or_else(Vec::new, |a| shown.groups(&a.context, None, "beside")),
        abstentions: assessment.map_or_else(Vec::new, |a| {
            let one = |x: &domain::Abstention| (shown.title(x.indicator.as_str()), page.of_both(&x.reason).to_owned());
            a.abstentions.iter().map(one).collect()
        }),
        words_shown: ask.words_shown,
        chart: case_ads::picture(&page, &view.ads),
        network: row.network.as_ref().map(|id| id.0.clone()).or(row.advertiser.as_ref().map(|id| id.0.clone())),
        graph: graph(&page, &view),
        map: map_of(state, &page, towns.iter().cloned()),
        map_places: towns
            .iter()
            .map(|(code, ads)| (state.settings.municipality(code).to_owned(), page.whole(*ads)))
            .collect(),
        ads: case_ads::ads(&shown, &view.ads, most, versions),
        more_ads: view.ads.len().saturating_sub(most) as i64,
        links: view.links.iter().take(MOST_LINKS).map(|link| LinkView::of(&page, link)).collect(),
        more_links: view.links.len().saturating_sub(MOST_LINKS) as i64,
        contacts: view.contacts.clone(),
        places: view
            .places
            .iter()
            .map(|(place, first, last)| {
                let municipality = state.settings.municipality(&place.municipality_code);
                let name = if place.place == municipality {
                    place.place.clone()
                } else {
                    format!("{} ({municipality})", place.place)
                };
                (name, page.short_date(first), page.short_date(last))
            })
            .collect(),
        decisions,
        judgements: view.judgements.iter().map(|row| JudgementView::of(&page, row)).collect(),
        attempts: view.attempts.iter().map(|attempt| attempt_words(state, &page, attempt)).collect(),
        notes,
        back: format!("/case/{}", row.case.0),
        made_of: made_of(&page, &view),
        reader,
        mine,
        form,
        page,
    };
    let mut html = template.render()?;
    for step in LIGHTER {
        if html.len() <= MOST_BYTES || ask.all_ads {
            break;
        }
        lighten(&mut template, step);
        html = template.render()?;
    }
    Ok(Html(html))
}

/// Shows texts of fewer ads, fewer links and fewer places of each sign; what is left out is counted, and the page of an ad
/// or of the network, which has it, is a click away.
fn lighten(template: &mut CaseTemplate, (ads, links, places): (usize, usize, usize)) {
    let groups = template.groups.iter_mut().chain(&mut template.counter).chain(&mut template.context);
    for firing in groups.flat_map(|group| &mut group.firings) {
        firing.more_evidence += firing.evidence.len().saturating_sub(places) as i64;
        firing.evidence.truncate(places);
    }
    for (at, ad) in template.ads.iter_mut().enumerate() {
        let left = ad.versions.len().saturating_sub(usize::from(at < ads));
        ad.versions.drain(..left);
        ad.earlier += left as i64;
    }
    template.more_links += template.links.len().saturating_sub(links) as i64;
    template.links.truncate(links);
}

/// Why a case waits again although no sign is new: its watch is over, or the whole weighs more. Else nothing.
pub fn again(page: &Page, row: &QueueRow) -> Option<String> {
    if row.state != CaseState::Reopened || !row.new_evidence.is_empty() {
        return None;
    }
    let until = row.decided.as_ref().and_then(|decided| decided.until).filter(|until| *until < page.today);
    Some(until.map_or_else(|| page.t("again-risen"), |until| page.v("again-watched", "date", page.date(&until))))
}

/// What is new since the decision, each with the place of its evidence on the page.
fn new_evidence(
    shown: &Shown<'_>,
    row: &QueueRow,
    assessment: Option<&domain::Assessment>,
) -> Vec<(Option<String>, String)> {
    let is_shown =
        |id: &domain::IndicatorId| assessment.is_some_and(|a| a.evidence.iter().any(|firing| firing.indicator == *id));
    let one =
        |id: &domain::IndicatorId| (is_shown(id).then(|| format!("#for-{}", id.as_str())), shown.title(id.as_str()));
    row.new_evidence.iter().map(one).collect()
}

/// An address to which another part of a query can be put.
fn with_and(href: &str) -> String {
    format!("{href}{}", if href.contains('?') { '&' } else { '?' })
}

/// The last six digits: enough to talk about a case.
pub fn short_id(case: &CaseId) -> String {
    let id = case.0.trim_start_matches("case_");
    let cut = id.char_indices().rev().nth(5).map_or(0, |(at, _)| at);
    id[cut..].to_uppercase()
}

/// Whose ads, how many, where: also the heading in the queue.
pub fn who_and_where(state: &AppState, page: &Page, row: &QueueRow) -> String {
    let t = page.t;
    let names: Vec<String> =
        row.municipalities.iter().take(3).map(|code| state.settings.municipality(code).to_owned()).collect();
    let places = match row.municipalities.len() {
        0 => t.t("place-unknown"),
        1..=3 => join(page, &names),
        more => {
            t.vs("places-more", &[("places", names.join(", ")), ("more", t.n("count-other-places", more as i64 - 3))])
        }
    };
    let ads = t.n("count-ads", i64::from(row.ads));
    if row.advertisers > 1 {
        let who = t.n("count-advertisers", i64::from(row.advertisers));
        t.vs("who-network", &[("who", who), ("ads", ads), ("places", places)])
    } else {
        t.vs("who-advertiser", &[("ads", ads), ("places", places)])
    }
}

fn summary(state: &AppState, page: &Page, row: &QueueRow, groups: Option<Vec<domain::Group>>) -> String {
    let t = page.t;
    let first = t.vs(
        "summary-who",
        &[
            ("who", who_and_where(state, page, row)),
            ("from", format::date(t, format::day_of(row.first_seen))),
            ("to", format::date(t, format::day_of(row.last_seen))),
        ],
    );
    let groups = groups.unwrap_or_default();
    if row.band == Band::None || groups.is_empty() {
        return format!("{first} {}", t.t("summary-no-points"));
    }
    let names: Vec<String> = groups.iter().map(|group| group_name(page, *group).to_lowercase()).collect();
    let second = t.vs(
        "summary-points",
        &[
            ("band", t.t(&format!("band-{}", row.band.as_str())).to_lowercase()),
            ("points", page.decimal(&row.points)),
            ("groups", join(page, &names)),
        ],
    );
    format!("{first} {second}")
}

fn advertisers(page: &Page, view: &CaseView) -> Vec<AdvertiserView> {
    let one = |(number, a): (usize, &domain::Assessment)| AdvertiserView {
        name: page.v("advertiser-number", "number", page.whole(number as i64 + 1)),
        id: match &a.subject {
            domain::Subject::Advertiser(id) => id.0.clone(),
            domain::Subject::Network(id) => id.0.clone(),
        },
        band: page.t(&format!("band-{}", a.band.as_str())),
        points: page.decimal(&a.points),
        ads: page.whole(a.ads.len() as i64),
    };
    view.advertisers.iter().enumerate().map(one).collect()
}

/// What a note on this page can be on: the case, its network or advertiser, the ads that are shown. A second reader
/// sees none: a note may tell what was decided.
fn items(view: &CaseView, blind: bool, most: usize) -> Vec<Item> {
    if blind {
        return Vec::new();
    }
    let subject = view.row.network.as_ref().map(|id| &id.0).or(view.row.advertiser.as_ref().map(|id| &id.0));
    let ads = view.ads.iter().take(most).map(|ad| Item::Ad(ad.label.number));
    std::iter::once(Item::Case(view.row.case.clone())).chain(subject.cloned().map(Item::Subject)).chain(ads).collect()
}

/// Municipalities with the number of ads that name them, most first.
fn ads_by_town(view: &CaseView) -> Vec<(String, u32)> {
    let mut counts: HashMap<&str, u32> = HashMap::new();
    for ad in &view.ads {
        let places = ad.versions.iter().flat_map(|(facts, _)| &facts.places);
        for code in places.map(|place| place.municipality_code.as_str()).collect::<BTreeSet<_>>() {
            *counts.entry(code).or_default() += 1;
        }
    }
    let mut counts: Vec<(String, u32)> = counts.into_iter().map(|(code, ads)| (code.to_owned(), ads)).collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

/// The advertisers of a network as boxes; one advertiser alone has its picture on its own page.
fn graph(page: &Page, view: &CaseView) -> GraphView {
    let boxes = advertisers(page, view);
    let at: HashMap<&str, usize> = boxes.iter().map(|a| a.id.as_str()).zip(0..).collect();
    let nodes: Vec<Node> = boxes
        .iter()
        .zip(&view.advertisers)
        .map(|(a, assessment)| Node {
            name: a.name.clone(),
            about: page.n("count-ads", assessment.ads.len()),
            href: format!("/network/{}", a.id),
            class: format!("band-{}", assessment.band.as_str()),
        })
        .collect();
    graph_of(page, &nodes, &view.links, FEW_TIES, |link| {
        Some((*at.get(link.advertisers.0.as_str())?, *at.get(link.advertisers.1.as_str())?))
    })
}

/// An attempt, as those see it who do not make them.
pub fn attempt_words(state: &AppState, page: &Page, attempt: &AttemptRow) -> String {
    let t = page.t;
    let team = state.settings.team(&attempt.team).map_or(attempt.team.0.clone(), |team| team.name.clone());
    let channel = t.of(&gate::channel(attempt.channel).label()).to_owned();
    let outcome = outcome_words(t, attempt.outcome);
    let words = t.vs(
        "attempt-words",
        &[("time", page.short_time(&attempt.at)), ("team", team), ("channel", channel), ("outcome", outcome)],
    );
    if attempt.undone { t.v("attempt-undone", "attempt", words) } else { words }
}

fn made_of(page: &Page, view: &CaseView) -> String {
    let as_of = view.as_of.map_or_else(|| page.t("never"), |at| page.time(&at));
    let catalogue = view.assessment.as_ref().map_or("", |a| &a.catalogue);
    let short = catalogue.get(..19).unwrap_or(catalogue).to_owned();
    page.t.vs("made-of", &[("time", as_of), ("catalogue", short)])
}

/// What fired, in words, for lists.
pub fn titles(state: &AppState, page: &Page, ids: &[domain::IndicatorId]) -> String {
    join(page, &ids.iter().map(|id| title(&state.catalogue, page, id.as_str())).collect::<Vec<_>>())
}
