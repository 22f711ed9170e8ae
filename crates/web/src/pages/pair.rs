//! Two ads side by side: what ties them, how it adds up, and what a person says of them.

use super::case_ads::{self, AdView};
use super::firings::Shown;
use super::network::{refuse_urgent, subject_name};
use super::network_parts::{JudgementView, LinkView};
use super::{Choice, show};
use crate::access::{Researcher, Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use crate::picture::waterfall::{self, Step};
use crate::{AppState, Followed};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::{JudgementKind, TemplatePart, Waterfall, WaterfallSection};
use std::collections::HashMap;
use store::{JudgementId, PairView};

/// Longest reason, in characters.
pub const MOST_REASON: usize = 2000;
/// Texts that a slot shows.
const MOST_IN_SLOT: usize = 4;

/// A line of the waterfall.
struct StepView {
    section: String,
    note: String,
    bits: String,
    sum: String,
}

/// A run of the template.
struct PartView {
    /// Number of the slot; `None` for fixed words.
    slot: Option<usize>,
    words: String,
}

/// How the evidence adds up.
struct WeighedView {
    svg: String,
    steps: Vec<StepView>,
    outcome: String,
    sum: String,
    template: Vec<PartView>,
    template_words: String,
}

#[derive(Template)]
#[template(path = "pair.html")]
struct PairTemplate {
    page: Page,
    href: String,
    lead: String,
    shared: String,
    sides: [(String, String); 2],
    links: Vec<LinkView>,
    asked: bool,
    weighed: Option<WeighedView>,
    ads: Vec<AdView>,
    words_shown: bool,
    judged: bool,
    judgements: Vec<JudgementView>,
    kinds: Vec<(Choice, String)>,
    reason: String,
    errors: Vec<(&'static str, String)>,
}

/// The form as it was sent.
#[derive(Default)]
struct Sent {
    kind: String,
    reason: String,
    errors: Vec<(&'static str, String)>,
}

/// Shows two ads.
pub async fn pair(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Path((a, b)): Path<(i64, i64)>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let view = read(&state, &who, a, b).await?;
    page(&state, &visit, &who, &view, &query, Sent::default()).await
}

async fn read(state: &AppState, who: &Who, a: i64, b: i64) -> Result<PairView, WebError> {
    let view = state.store.pair(&who.look("pair", "review", format!("{a}-{b}"), state.now()), a, b).await?;
    refuse_urgent(who, view.urgent)?;
    Ok(view)
}

async fn page(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    view: &PairView,
    query: &HashMap<String, String>,
    sent: Sent,
) -> Result<Html<String>, WebError> {
    let t = visit.language;
    let [first, second] = &view.ads;
    let names = [("a", first.label.words.clone()), ("b", second.label.words.clone())];
    let page = Page::of(state, visit, who, t.vs("pair-title", &names)).under("/queue", t.t("menu-queue"));
    let side = |ad: &store::CaseAd| (ad.advertiser.0.clone(), subject_name(&page, ad.advertiser.as_str()));
    let (mine, theirs) = (side(first), side(second));
    let page = page.under(format!("/network/{}", mine.0), mine.1.clone()).with_done(query.get("done"));
    // Weighing reads much, so it is done only when somebody asks for it.
    let asked = query.get("weigh").is_some_and(|asked| asked == "yes");
    let waterfall = if asked { state.workbench.compare_ads(&first.ad, &second.ad).await? } else { None };
    let words_shown = query.get("words").is_some_and(|words| words == "shown");
    let shown = Shown::of_case(&page, &state.catalogue, &view.ads, words_shown);
    let kinds = JudgementKind::ALL.map(|kind| {
        let words = t.t(&format!("judge-{}", kind.as_str()));
        (Choice::new(kind.as_str(), words, &sent.kind), t.t(&format!("judge-help-{}", kind.as_str())))
    });
    let template = PairTemplate {
        href: format!("/pair/{}/{}", first.label.number, second.label.number),
        lead: t.t(match (view.same_advertiser, view.same_network) {
            (true, _) => "pair-same-advertiser",
            (false, true) => "pair-same-network",
            (false, false) => "pair-apart",
        }),
        shared: view.shared.join(", "),
        sides: [mine, theirs],
        links: view.links.iter().take(40).map(|link| LinkView::of(&page, link)).collect(),
        asked,
        weighed: waterfall.as_ref().map(|waterfall| weighed(&page, waterfall)),
        ads: case_ads::ads(&shown, &view.ads, view.ads.len(), usize::MAX),
        words_shown,
        judged: view.judged().is_some(),
        judgements: view.judgements.iter().map(|row| JudgementView::of(&page, row)).collect(),
        kinds: kinds.into(),
        reason: sent.reason,
        errors: sent.errors,
        page,
    };
    show(&template)
}

fn weighed(page: &Page, waterfall: &Waterfall) -> WeighedView {
    let steps: Vec<Step> = waterfall
        .steps
        .iter()
        .map(|step| Step {
            words: page.of_both(&step.note).to_owned(),
            bits: (step.section != WaterfallSection::Missing).then_some(step.bits),
        })
        .collect();
    let section = |section| match section {
        WaterfallSection::Prior => "waterfall-prior",
        WaterfallSection::For => "waterfall-for",
        WaterfallSection::Against => "waterfall-against",
        WaterfallSection::Missing => "waterfall-missing",
    };
    let mut slots = 0;
    let parts = waterfall.template.as_ref().map_or(&[][..], |template| &template.parts);
    let template = parts
        .iter()
        .map(|part| match part {
            TemplatePart::Fixed(words) => PartView { slot: None, words: words.clone() },
            TemplatePart::Slot(texts) => {
                slots += 1;
                let nothing = page.t("template-nothing");
                let word = |text: &String| if text.is_empty() { nothing.clone() } else { text.clone() };
                let words: Vec<String> = texts.iter().take(MOST_IN_SLOT).map(word).collect();
                PartView { slot: Some(slots), words: words.join(" / ") }
            }
        })
        .collect();
    WeighedView {
        svg: waterfall::draw(page.t, &steps, waterfall.threshold),
        steps: waterfall
            .steps
            .iter()
            .map(|step| StepView {
                section: page.t(section(step.section)),
                note: page.of_both(&step.note).to_owned(),
                bits: match step.section {
                    WaterfallSection::Missing => "–".to_owned(),
                    _ => crate::format::signed(page.t, step.bits),
                },
                sum: page.decimal(&step.sum),
            })
            .collect(),
        outcome: page.t(match waterfall.outcome {
            domain::PairOutcome::OneAdvertiser => "outcome-one-advertiser",
            domain::PairOutcome::OneNetwork => "outcome-one-network",
            domain::PairOutcome::OneNetworkThroughOthers => "outcome-through-others",
            domain::PairOutcome::JudgedApart => "outcome-judged-apart",
            domain::PairOutcome::TooFewBits => "outcome-too-few-bits",
            domain::PairOutcome::OneKind => "outcome-one-kind",
            domain::PairOutcome::CutElsewhere => "outcome-cut-elsewhere",
        }),
        sum: page.t.vs(
            "waterfall-description",
            &[("sum", page.decimal(&waterfall.bits)), ("needed", page.decimal(&waterfall.threshold))],
        ),
        template_words: match &waterfall.template {
            Some(template) => page
                .t
                .vs("template-words", &[("fixed", page.whole(template.fixed_words())), ("slots", page.whole(slots))]),
            None => String::new(),
        },
        template,
    }
}

/// Says of two ads that they are one desk's, that they are not, or that what held them together ends between them.
pub async fn judge(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Path((a, b)): Path<(i64, i64)>,
    posted: Posted,
) -> Result<Response, WebError> {
    let (t, now) = (visit.language, state.now());
    let view = read(&state, &who, a, b).await?;
    let kind = JudgementKind::parse(&posted.text("kind"));
    let mut sent = Sent { kind: posted.text("kind"), reason: posted.text("reason"), errors: Vec::new() };
    if kind.is_none() {
        sent.errors.push(("kind", t.t("wrong-judgement")));
    }
    sent.errors.extend(wrong_reason(t, &sent.reason));
    let (Some(kind), true) = (kind, sent.errors.is_empty()) else {
        let page = page(&state, &visit, &who, &view, &HashMap::new(), sent).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    if view.judged().is_some_and(|held| held != kind) {
        // One word on a pair at a time: the page offers to take the other back first.
        return Ok(Redirect::to(&format!("/pair/{a}/{b}?done=judged-before")).into_response());
    }
    state.store.judge(&view.ads[0].ad, &view.ads[1].ad, kind, &sent.reason, who.id(), now).await?;
    let done = followed(state.workbench.follow_judgement(now).await, "judged");
    Ok(Redirect::to(&format!("/pair/{a}/{b}?done={done}")).into_response())
}

/// What is wrong with a reason.
pub fn wrong_reason(t: crate::Language, reason: &str) -> Option<(&'static str, String)> {
    if reason.is_empty() {
        return Some(("reason", t.t("wrong-judgement-reason")));
    }
    (reason.chars().count() > MOST_REASON).then(|| ("reason", t.n("wrong-too-long", MOST_REASON as i64)))
}

/// The word for the address: what was done, and whether the analysis has followed.
pub fn followed(followed: Followed, what: &str) -> String {
    match followed {
        Followed::Done => what.to_owned(),
        Followed::Soon => format!("{what}-soon"),
    }
}

/// Takes a judgement on these two back.
pub async fn undo(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    Path((a, b)): Path<(i64, i64)>,
    posted: Posted,
) -> Result<Redirect, WebError> {
    let now = state.now();
    let view = read(&state, &who, a, b).await?;
    let id = posted.number("judgement").ok_or(WebError::UnreadableForm)?;
    // A judgement on other ads is not undone from this page.
    let row = view.judgements.iter().find(|row| row.id == JudgementId(id)).ok_or(WebError::NotFound)?;
    state.store.undo_judgement(row.id, who.id(), now).await?;
    let done = followed(state.workbench.follow_judgement(now).await, "judgement-undone");
    Ok(Redirect::to(&format!("/pair/{a}/{b}?done={done}")))
}
