//! Taking a case to read, deciding it, and taking a decision back.

use super::case::{Ask, read, short_id};
use super::queue_acts::{go_on, reading_until};
use super::queue_filter::Asked;
use super::{Choice, show};
use crate::access::{Researcher, Visit};
use crate::errors::WebError;
use crate::forms::{Posted, new_token};
use crate::page::Page;
use crate::{AppState, Language};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use std::collections::HashMap;
use store::{
    CaseId, DecideWith, Decision, DecisionId, DecisionKind, DecisionRow, NewReferral, SecondShare, StoreError,
};

/// Longest text of a decision, in characters.
const MOST_TEXT: usize = 4000;

/// The form of a decision, empty or as it was sent.
#[derive(Debug, Clone, Default)]
pub struct DecisionForm {
    /// What to decide.
    pub kinds: Vec<Choice>,
    /// Until when to watch.
    pub until: String,
    /// To whom to refer.
    pub teams: Vec<Choice>,
    /// Reasons.
    pub reasons: Vec<Choice>,
    /// Reason in words.
    pub text: String,
    /// What would change my mind.
    pub change_mind: String,
    /// Sent twice, it is one decision.
    pub key: String,
    /// What is wrong with it: field and words.
    pub errors: Vec<(&'static str, String)>,
}

/// A decision in the history.
pub struct DecisionView {
    /// Its row.
    pub id: i64,
    /// What.
    pub kind: String,
    /// Why, from the list.
    pub reason: String,
    /// Why, in words.
    pub text: String,
    /// What would change the mind.
    pub change_mind: String,
    /// Who and when.
    pub who_and_when: String,
    /// Who undid it, and when.
    pub undone: Option<String>,
    /// Where the case is that it sent to another programme.
    pub sent: Option<String>,
}

impl DecisionView {
    /// As the page shows it.
    pub fn of(state: &AppState, page: &Page, row: &DecisionRow) -> Self {
        let t = page.t;
        Self {
            id: row.id.0,
            kind: decision_words(state, page, &row.decision),
            reason: reason_words(state, t, &row.decision.reason_code),
            text: row.decision.text.clone(),
            change_mind: row.decision.change_mind.clone(),
            who_and_when: by_words(page, "by-name-at", &row.by, &row.at),
            undone: row.undone.as_ref().map(|(name, at)| by_words(page, "undone-by-name-at", name, at)),
            sent: None,
        }
    }
}

/// A decision in words, with its day or its receiver.
pub fn decision_words(state: &AppState, page: &Page, decision: &Decision) -> String {
    let (t, kind) = (page.t, kind_words(page.t, decision.kind));
    match (&decision.until, &decision.refer_to) {
        (Some(until), _) => t.vs("decision-until", &[("kind", kind), ("date", page.date(until))]),
        (_, Some(to)) => t.vs("decision-to", &[("kind", kind), ("to", refer_words(state, t, to))]),
        _ => kind,
    }
}

/// Who did it, and when.
pub fn by_words(page: &Page, key: &str, name: &str, at: &jiff::Timestamp) -> String {
    page.t.vs(key, &[("name", name.to_owned()), ("time", page.short_time(at))])
}

/// A kind of decision in words.
pub fn kind_words(t: Language, kind: DecisionKind) -> String {
    t.t(&format!("decision-{}", kind.as_str()))
}

/// A reason in words, or its code where the list no longer has it.
pub fn reason_words(state: &AppState, t: Language, code: &str) -> String {
    let known = state.settings.reasons.iter().find(|reason| reason.code == code);
    known.map_or_else(|| code.to_owned(), |reason| t.of(&reason.text).to_owned())
}

/// What stands before a programme's id where a case is referred to it and not to a team.
const TO_PROGRAMME: &str = "programme:";

/// Whom a case can be referred to: teams, then other programmes. An authority is none of them.
fn referrals(state: &AppState, t: Language) -> impl Iterator<Item = (String, String)> {
    let teams = state.settings.teams.iter().map(|team| (team.id.as_str().to_owned(), team.name.clone()));
    let programmes = state.settings.other_programmes.iter().map(move |(id, name)| {
        (format!("{TO_PROGRAMME}{}", id.as_str()), t.v("decide-refer-programme", "programme", t.of(name).to_owned()))
    });
    teams.chain(programmes)
}

fn refer_words(state: &AppState, t: Language, to: &str) -> String {
    referrals(state, t).find(|(id, _)| id == to).map_or_else(|| to.to_owned(), |(_, words)| words)
}

impl DecisionForm {
    /// Nothing chosen.
    pub fn empty(state: &AppState, t: Language) -> Result<Self, WebError> {
        Ok(Self { key: new_token()?, ..Self::filled(state, t, &Posted::default()) })
    }

    fn filled(state: &AppState, t: Language, posted: &Posted) -> Self {
        let (kind, reason, refer) = (posted.text("kind"), posted.text("reason"), posted.text("refer"));
        Self {
            kinds: DecisionKind::ALL.map(|k| Choice::new(k.as_str(), kind_words(t, k), &kind)).to_vec(),
            until: posted.text("until"),
            teams: referrals(state, t).map(|(id, words)| Choice::new(id, words, &refer)).collect(),
            reasons: state.settings.reasons.iter().map(|r| Choice::new(&r.code, t.of(&r.text), &reason)).collect(),
            text: posted.text("text"),
            change_mind: posted.text("change_mind"),
            key: posted.text("key"),
            errors: Vec::new(),
        }
    }

    /// The decision, or what is wrong with the form.
    pub fn read(state: &AppState, t: Language, posted: &Posted, today: Date) -> Result<Decision, Box<Self>> {
        let mut form = Self::filled(state, t, posted);
        let mut wrong = |field: &'static str, words: String| form.errors.push((field, words));
        let kind = DecisionKind::parse(&posted.text("kind"));
        if kind.is_none() {
            wrong("kind", t.t("wrong-kind"));
        }
        let reason = state.settings.reasons.iter().find(|reason| reason.code == posted.text("reason"));
        if reason.is_none() {
            wrong("reason", t.t("wrong-reason"));
        }
        let (text, change_mind) = (posted.text("text"), posted.text("change_mind"));
        if reason.is_some_and(|reason| reason.code == "other") && text.is_empty() {
            wrong("text", t.t("wrong-text-needed"));
        }
        for (field, given) in [("text", &text), ("change", &change_mind)] {
            if given.chars().count() > MOST_TEXT {
                wrong(field, t.n("wrong-too-long", MOST_TEXT as i64));
            }
        }
        let until: Option<Date> = posted.text("until").parse().ok().filter(|until| *until > today);
        if kind == Some(DecisionKind::Watch) && until.is_none() {
            wrong("until", t.t("wrong-until"));
        }
        let refer = posted.text("refer");
        let refer_to = referrals(state, t).map(|(id, _)| id).find(|id| *id == refer);
        if kind == Some(DecisionKind::Refer) && refer_to.is_none() {
            wrong("refer", t.t("wrong-refer"));
        }
        match (kind, reason) {
            (Some(kind), Some(reason)) if form.errors.is_empty() => Ok(Decision {
                kind,
                reason_code: reason.code.clone(),
                text,
                change_mind,
                until: until.filter(|_| kind == DecisionKind::Watch),
                refer_to: refer_to.filter(|_| kind == DecisionKind::Refer),
            }),
            _ => Err(Box::new(form)),
        }
    }
}

/// What goes along where the decision sends the case to another programme: the reason from the list, never the words.
fn referral(state: &AppState, decision: &Decision) -> Option<NewReferral> {
    let to = decision.refer_to.as_deref()?.strip_prefix(TO_PROGRAMME)?;
    let reason = state.settings.reasons.iter().find(|reason| reason.code == decision.reason_code)?;
    Some(NewReferral { to: domain::ProgrammeId::from(to), reason: reason.code.clone(), words: reason.text.clone() })
}

/// Where a case is that was sent to another programme with a decision.
pub async fn sent_words(state: &AppState, page: &Page, row: &DecisionRow) -> Result<Option<String>, WebError> {
    let there = row.decision.refer_to.as_deref().is_some_and(|to| to.starts_with(TO_PROGRAMME));
    if !there {
        return Ok(None);
    }
    let sent = state.store.sent_state(row.id.0).await?;
    Ok(sent.map(|(how, when)| {
        let words = page.t(&format!("sent-{}", how.as_str()));
        page.t.vs("incoming-state", &[("state", words), ("when", page.near(&when))])
    }))
}

/// Keeps the case for this reader for a while.
pub async fn take(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    Path(id): Path<String>,
    _posted: Posted,
) -> Result<Redirect, WebError> {
    let (id, now) = (CaseId(id), state.now());
    read(&state, &who, &id, now).await?;
    state.store.claim_case(&id, who.id(), now, reading_until(&state, now)).await?;
    Ok(Redirect::to(&format!("/case/{}?done=taken", id.0)))
}

/// Gives the case back unread.
pub async fn give_back(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    Path(id): Path<String>,
    _posted: Posted,
) -> Result<Redirect, WebError> {
    state.store.release_case(&CaseId(id.clone()), who.id()).await?;
    // Opening the case would take it again.
    Ok(Redirect::to("/queue?done=given-back"))
}

#[derive(Template)]
#[template(path = "conflict.html")]
struct ConflictView {
    page: Page,
    id: String,
    theirs: Option<DecisionView>,
    now_says: String,
    mine_kind: String,
    mine_reason: String,
    mine_text: String,
    again: Vec<(&'static str, String)>,
}

/// Decides.
pub async fn decide(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, WebError> {
    let (t, now, id) = (visit.language, state.now(), CaseId(id));
    let view = read(&state, &who, &id, now).await?;
    let asked = Asked::of_text(&state, posted.raw("from"));
    let seen = posted.number("version").ok_or(WebError::UnreadableForm)?;
    let decision = match DecisionForm::read(&state, t, &posted, crate::format::day_of(now)) {
        Ok(decision) => decision,
        Err(form) => {
            // Whoever was stopped by a mistake keeps the case as the page before showed it.
            let ask = Ask { look_only: true, asked, ..Ask::default() };
            let page = super::case::page(&state, &visit, &who, view, *form, &ask, &HashMap::new()).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let review = &state.settings.review;
    let second = SecondShare { share: review.second_share, seed: review.second_seed.clone() };
    let with = DecideWith { form: posted.text("key"), second, referral: referral(&state, &decision) };
    match state.store.decide_with(&id, &decision, seen, who.id(), now, &with).await {
        Ok(_) => Ok(go_on(&state, &who, &asked, Some(&id), Some("decided"), now).await?.into_response()),
        Err(StoreError::Conflict { found, .. }) => {
            // Read again: what the colleague saved may be newer than what was read above.
            let view = read(&state, &who, &id, now).await?;
            let page = Page::of(&state, &visit, &who, t.v("conflict-title", "id", short_id(&id)))
                .under("/queue", t.t("menu-queue"));
            let again = [
                ("version", found.to_string()),
                ("kind", decision.kind.as_str().to_owned()),
                ("reason", decision.reason_code.clone()),
                ("text", decision.text.clone()),
                ("change_mind", decision.change_mind.clone()),
                ("until", decision.until.map(|until| until.to_string()).unwrap_or_default()),
                ("from", asked.query()),
                ("key", new_token()?),
                ("refer", decision.refer_to.clone().unwrap_or_default()),
            ];
            let theirs = view.decisions.iter().find(|decision| decision.undone.is_none());
            let conflict = ConflictView {
                theirs: theirs.map(|decision| DecisionView::of(&state, &page, decision)),
                now_says: t.v(
                    "conflict-state",
                    "state",
                    t.t(&format!("state-{}", view.row.state.as_str())).to_lowercase(),
                ),
                mine_kind: kind_words(t, decision.kind),
                mine_reason: reason_words(&state, t, &decision.reason_code),
                mine_text: decision.text,
                again: again.to_vec(),
                id: id.0,
                page,
            };
            Ok((StatusCode::CONFLICT, show(&conflict)?).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes a decision back.
pub async fn undo(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Redirect, WebError> {
    let (id, now) = (CaseId(id), state.now());
    let view = read(&state, &who, &id, now).await?;
    let decision = posted.number("decision").ok_or(WebError::UnreadableForm)?;
    // A decision of another case is not undone from this page.
    let decision = view.decisions.iter().find(|row| row.id == DecisionId(decision)).ok_or(WebError::NotFound)?;
    state.store.undo_decision(decision.id, who.id(), now).await?;
    Ok(Redirect::to(&format!("/case/{}?done=undone", id.0)))
}

/// A person appointed answers that they look after a case in the urgent route.
pub async fn answer_urgent(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    Path(id): Path<String>,
    _posted: Posted,
) -> Result<Redirect, WebError> {
    let (id, now) = (CaseId(id), state.now());
    read(&state, &who, &id, now).await?;
    if !who.account.details.urgent_contact {
        return Err(WebError::UrgentOnly);
    }
    state.store.acknowledge_urgent(&id, who.id(), now).await?;
    Ok(Redirect::to(&format!("/case/{}?done=urgent-answered", id.0)))
}

/// Closes the urgent route of a case.
pub async fn close_urgent(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Redirect, WebError> {
    let (id, now) = (CaseId(id), state.now());
    read(&state, &who, &id, now).await?;
    if !who.account.details.urgent_contact {
        return Err(WebError::UrgentOnly);
    }
    let reason = posted.text("reason");
    if reason.is_empty() {
        return Err(WebError::UnreadableForm);
    }
    state.store.close_urgent(&id, &reason, who.id(), now).await?;
    Ok(Redirect::to(&format!("/case/{}?done=urgent-closed", id.0)))
}
