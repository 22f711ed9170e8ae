//! What the pages of places share: who sees which, and acts in words.

use super::Choice;
use crate::access::Who;
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use crate::places::KeptAct;
use crate::settings::PlacesSettings;
use crate::{AppState, Language, format};
use ::places::{Act, Advice, Details, Origin, Place, Refused, Register, VisitResult};
use std::collections::BTreeSet;
use store::{Look, PersonRole};

/// How places are visited; there is no such page where the programme's teams get contact lists.
pub fn settings(state: &AppState) -> Result<&PlacesSettings, WebError> {
    state.settings.places.as_deref().ok_or(WebError::NotFound)
}

/// A look at the register. A worker's looks at the own area's places are the day's work and not counted as look-ups.
pub fn look(state: &AppState, who: &Who, subject: &str) -> Look {
    let what = if who.role() == PersonRole::OutreachWorker { "visits" } else { "places" };
    who.look(what, "outreach", subject, state.now())
}

/// What names a form that was sent, so that the same is kept once.
pub fn source_of(who: &Who, posted: &Posted) -> Option<String> {
    Some(posted.text("form_key")).filter(|key| !key.is_empty()).map(|key| format!("form|{}|{key}", who.id().0))
}

/// Which places somebody sees: a worker those of the own team's area, a researcher all.
pub struct Scope {
    area: Option<BTreeSet<String>>,
}

impl Scope {
    /// Of somebody.
    pub fn of(state: &AppState, who: &Who) -> Result<Scope, WebError> {
        let area = match who.role() {
            PersonRole::OutreachWorker => {
                Some(super::today::own_team(state, who)?.municipalities.iter().cloned().collect())
            }
            _ => None,
        };
        Ok(Scope { area })
    }

    /// Whether the municipality is in it.
    pub fn has(&self, code: &str) -> bool {
        self.area.as_ref().is_none_or(|area| area.contains(code))
    }

    /// Whether the place is in it.
    pub fn sees(&self, place: &Place) -> bool {
        place.details().is_some_and(|details| self.has(&details.municipality_code))
    }

    /// Its municipalities to choose from, by name.
    pub fn municipalities(&self, state: &AppState, chosen: &str) -> Vec<Choice> {
        let mut all: Vec<Choice> = state
            .settings
            .municipalities
            .iter()
            .filter(|(code, _)| self.has(code))
            .map(|(code, name)| Choice::new(code, name, chosen))
            .collect();
        all.sort_by(|a, b| a.words.cmp(&b.words));
        all
    }
}

/// Where a place is, in words.
pub fn whereabouts(state: &AppState, details: &Details) -> String {
    format!("{}, {}", details.name, state.settings.municipality(&details.municipality_code))
}

/// How a place became known.
pub fn origin_words(t: Language, origin: Origin) -> String {
    t.t(match origin {
        Origin::Ads => "origin-ads",
        Origin::List => "origin-list",
        Origin::Visit => "origin-visit",
    })
}

/// What was met.
pub fn result_words(t: Language, result: VisitResult) -> String {
    t.t(match result {
        VisitResult::Met => "visit-met",
        VisitResult::NotMet => "visit-not-met",
        VisitResult::Empty => "visit-empty",
    })
}

/// What the next visit should do.
pub fn advice_words(t: Language, advice: Advice) -> String {
    t.t(match advice {
        Advice::HealthOfferFirst => "advice-health",
        Advice::ReturnVisit => "advice-return",
        Advice::AnotherHour => "advice-hour",
        Advice::ReviewConcern => "advice-review",
    })
}

/// Why an act cannot be done, and what to do.
pub fn refused_words(t: Language, refused: &Refused) -> String {
    t.t(match refused {
        Refused::Unknown(_) | Refused::Taken(_) => "act-unknown",
        Refused::Same(_) => "act-same",
        Refused::Unfounded => "act-unfounded",
        Refused::NoConcern(_) => "act-no-concern",
        Refused::NoReason => "act-no-reason",
        Refused::Counts => "act-counts",
        Refused::Already(_) => "act-already",
        Refused::NoAct(_) => "act-gone",
    })
}

/// An act in words, without who and when.
pub fn act_words(state: &AppState, page: &Page, register: &Register, kept: &KeptAct) -> String {
    let t = page.t;
    let name = |id: &::places::PlaceId| {
        register.resolve(id).and_then(Place::details).map_or_else(|| id.0.clone(), |of| of.name.clone())
    };
    match &kept.act {
        Act::Found { origin, details, .. } => {
            t.vs("act-found", &[("where", whereabouts(state, details)), ("origin", origin_words(t, *origin))])
        }
        Act::Corrected { details, .. } => t.v("act-corrected", "where", whereabouts(state, details)),
        Act::Moved { details, .. } => t.v("act-moved", "where", whereabouts(state, details)),
        // Since the merge its id leads to the other one: the end of the id is what tells it apart.
        Act::Merged { from, .. } => t.v("act-merged", "id", short(&from.0)),
        Act::Split { into, .. } => t.v("act-split", "name", name(into)),
        Act::Closed { .. } => t.t("act-closed"),
        Act::Reopened { .. } => t.t("act-reopened"),
        Act::Concern { evidence, reason, review, .. } => t.vs(
            "act-concern",
            &[("evidence", evidence.join("; ")), ("reason", reason.clone()), ("review", page.date(review))],
        ),
        Act::ConcernEnded { reason, .. } => t.v("act-concern-ended", "reason", reason),
        Act::Visited { visit, .. } => {
            let mut words = t.vs(
                "act-visited",
                &[
                    ("team", state.settings.team_name(&domain::TeamId(visit.team.clone())).to_owned()),
                    ("result", result_words(t, visit.result)),
                    ("offered", format::whole(t, i64::from(visit.offered))),
                    ("accepted", format::whole(t, i64::from(visit.accepted))),
                ],
            );
            for (id, offered, accepted) in &kept.offers {
                let offer = state.settings.offers.iter().find(|offer| offer.id == *id);
                let title = offer.map_or(id.as_str(), |offer| t.of(&offer.title));
                words.push_str(&format!(" {title}: {offered}/{accepted}."));
            }
            if visit.suspicion {
                words.push_str(&format!(" {}", t.t("act-suspicion")));
            }
            words
        }
        Act::Undone { .. } => t.t("act-undone"),
    }
}

/// The end of an id, to tell two entries apart.
pub fn short(id: &str) -> String {
    let from = id.len().saturating_sub(4);
    id.get(from..).unwrap_or(id).to_uppercase()
}
