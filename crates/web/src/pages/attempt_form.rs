//! What else a worker can record of an attempt: who was on it, how the person was told about the data, which offer, and
//! the consent without which there is no referral.

use super::Choice;
use crate::errors::WebError;
use crate::forms::Posted;
use crate::{AppState, Language, format};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeSet;
use store::{AttemptDetails, Consent, ConsentHow, Outcome, Told14, WorkerCaution};

/// Most workers on an attempt, and longest words of a field, in characters.
const MOST_PEOPLE: i64 = 20;
const MOST_WORDS: usize = 200;
/// Longest note, in characters, and most minutes (a day).
const MOST_NOTE: usize = 4000;
const MOST_MINUTES: i64 = 24 * 60;

/// Ways of consent to choose from.
pub fn consent_hows(t: Language) -> Vec<Choice> {
    let words = |how: &ConsentHow| match how {
        ConsentHow::Spoken => t.t("consent-spoken"),
        ConsentHow::Written => t.t("consent-written"),
        ConsentHow::Message => t.t("consent-message"),
    };
    ConsentHow::ALL.iter().map(|how| Choice::new(how.as_str(), words(how), "-")).collect()
}

/// Ways of telling about the data to choose from.
pub fn told_ways(t: Language) -> Vec<Choice> {
    let words = |told: &Told14| match told {
        Told14::Link => t.t("told-link"),
        Told14::Words => t.t("told-words"),
        Told14::Postponed => t.t("told-postponed"),
    };
    Told14::ALL.iter().map(|told| Choice::new(told.as_str(), words(told), "-")).collect()
}

/// What colleagues must know, a box each.
pub fn caution_choices(t: Language, posted: &Posted) -> Vec<Choice> {
    let choice = |caution: &WorkerCaution| {
        let value = format!("caution_{}", caution.as_str());
        let ticked = if posted.ticked(&value) { value.clone() } else { String::new() };
        Choice::new(value, t.of(&crate::gate::worker_caution(*caution).label()), &ticked)
    };
    WorkerCaution::ALL.iter().map(choice).collect()
}

fn cautions(posted: &Posted) -> BTreeSet<WorkerCaution> {
    let ticked = |caution: &WorkerCaution| posted.ticked(&format!("caution_{}", caution.as_str()));
    WorkerCaution::ALL.iter().copied().filter(ticked).collect()
}

/// Reads the consent of a form; an error where one is asked for and something is missing.
fn consent(t: Language, posted: &Posted, now: Timestamp) -> Result<Consent, (&'static str, String)> {
    let today = format::day_of(now);
    let how = ConsentHow::parse(&posted.text("consent_how"));
    let (language, to) = (posted.text("consent_language"), posted.text("consent_to"));
    let on: Option<Date> = match posted.text("consent_on").as_str() {
        "" => Some(today),
        given => given.parse().ok().filter(|day| *day <= today),
    };
    let fits = |text: &str| !text.is_empty() && text.chars().count() <= MOST_WORDS;
    match (how, on) {
        (Some(how), Some(on)) if fits(&language) && fits(&to) => {
            Ok(Consent { on, how, language, interpreter: posted.ticked("interpreter"), referred_to: to })
        }
        _ => Err(("consent", t.t("wrong-consent"))),
    }
}

/// What a form says of an attempt.
pub struct Written {
    /// What came of it; `None` while an answer is waited for.
    pub outcome: Option<Outcome>,
    /// Minutes spent.
    pub minutes: Option<u32>,
    /// A note.
    pub note: String,
    /// When to follow up.
    pub follow_up: Option<Date>,
    /// What else is recorded.
    pub details: AttemptDetails,
}

/// What is wrong with a form, each with its field.
pub type Wrong = Vec<(&'static str, String)>;

/// Reads what came of an attempt, with what is wrong. Whoever wants to talk is never lost: where no day is given, she or
/// he stands under *Follow up* tomorrow.
pub fn written(state: &AppState, t: Language, posted: &Posted) -> Result<(Written, Wrong), WebError> {
    let (mut errors, today) = (Vec::new(), format::day_of(state.now()));
    let outcome = match posted.text("outcome").as_str() {
        "" => None,
        word => Some(Outcome::parse(word).ok_or(WebError::UnreadableForm)?),
    };
    let minutes = posted.text("minutes");
    let minutes_read = minutes.parse::<i64>().ok().filter(|given| (0..=MOST_MINUTES).contains(given));
    if !minutes.is_empty() && minutes_read.is_none() {
        errors.push(("minutes", t.t("wrong-minutes")));
    }
    let follow_up = posted.text("follow_up");
    let follow_up_read: Option<Date> = follow_up.parse().ok().filter(|day| *day >= today);
    if !follow_up.is_empty() && follow_up_read.is_none() {
        errors.push(("follow", t.t("wrong-follow-up")));
    }
    let tomorrow = (outcome == Some(Outcome::WantsToTalk)).then(|| today.saturating_add(jiff::Span::new().days(1)));
    if posted.text("note").chars().count() > MOST_NOTE {
        errors.push(("note", t.n("wrong-too-long", MOST_NOTE as i64)));
    }
    let details = details(state, t, posted, outcome == Some(Outcome::Referred), &mut errors);
    let written = Written {
        outcome,
        minutes: minutes_read.and_then(|minutes| u32::try_from(minutes).ok()),
        note: posted.text("note"),
        follow_up: follow_up_read.or(tomorrow),
        details,
    };
    Ok((written, errors))
}

/// Something of a consent was written down; the day stands there by itself.
fn consent_begun(posted: &Posted) -> bool {
    ["consent_to", "consent_how", "consent_language", "interpreter"].iter().any(|field| posted.ticked(field))
}

/// Reads the rest of a form. `referred`: the outcome asks for a consent.
fn details(
    state: &AppState,
    t: Language,
    posted: &Posted,
    referred: bool,
    errors: &mut Vec<(&'static str, String)>,
) -> AttemptDetails {
    let people = posted.text("people");
    let people_read = people.parse::<i64>().ok().filter(|given| (1..=MOST_PEOPLE).contains(given));
    if !people.is_empty() && people_read.is_none() {
        errors.push(("people", t.t("wrong-people")));
    }
    let (told, told_why) = (Told14::parse(&posted.text("told")), posted.text("told_why"));
    if told == Some(Told14::Postponed) && (told_why.is_empty() || told_why.chars().count() > MOST_WORDS) {
        errors.push(("told", t.t("wrong-told")));
    }
    let offer = posted.text("offer");
    let mut consented = None;
    if referred {
        match consent(t, posted, state.now()) {
            Ok(given) => consented = Some(given),
            Err(error) => errors.push(error),
        }
    } else if consent_begun(posted) {
        // What was typed is not dropped without a word.
        errors.push(("consent", t.t("wrong-consent-outcome")));
    }
    AttemptDetails {
        people: people_read.and_then(|people| u32::try_from(people).ok()),
        told,
        told_why,
        offer: Some(offer).filter(|given| state.settings.offers.iter().any(|offer| offer.id == *given)),
        person_asked: posted.ticked("person_asked"),
        consent: consented,
        cautions: cautions(posted),
    }
}
