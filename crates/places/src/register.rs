//! The register as it is, derived from the acts.

use crate::event::{Act, Details, Event, EventId, Origin, PlaceId, Visit};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Every place, by id.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Register {
    places: BTreeMap<PlaceId, Place>,
    /// Entries that are another place, directly.
    merged: BTreeMap<PlaceId, PlaceId>,
}

/// One place.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Its id.
    pub id: PlaceId,
    /// How it became known, first.
    pub origin: Origin,
    /// Every way in which it became known: of the entries that were merged into it too.
    pub origins: BTreeSet<Origin>,
    /// Since when.
    pub known_since: Date,
    /// Where it was from which day on; the last is where it is. Corrections replace, moves add.
    pub whereabouts: Vec<(Date, Details)>,
    /// Since when it is closed.
    pub closed: Option<Date>,
    /// Whether, since when and why it is of concern.
    pub concern: Option<Concern>,
    /// Visits in order of their days.
    pub visits: Vec<(Date, EventId, Visit)>,
    /// Acts that made it what it is.
    pub history: Vec<EventId>,
}

/// A status that a person set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concern {
    /// Since when, without a gap.
    pub since: Date,
    /// What was seen.
    pub evidence: Vec<String>,
    /// Why.
    pub reason: String,
    /// Who set it last.
    pub by: String,
    /// The day on which somebody looks at it again. Past it, the status stays and is shown as due.
    pub review: Date,
}

/// An act that could not be followed: it is kept, and changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which act.
    pub act: EventId,
    /// Why not.
    pub refused: Refused,
}

/// Why an act cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no such place.
    #[error("there is no place '{0}'")]
    Unknown(String),
    /// The id was given before.
    #[error("the id '{0}' was given before: ids are given once")]
    Taken(String),
    /// The two are one already.
    #[error("'{0}' is that place already")]
    Same(String),
    /// A status of concern needs more.
    #[error("a place of concern needs evidence, a reason, and a day of review after the day of the act")]
    Unfounded,
    /// There is no status to end.
    #[error("'{0}' is no place of concern")]
    NoConcern(String),
    /// An end needs a reason.
    #[error("the end of a status of concern needs a reason")]
    NoReason,
    /// Accepted more than was offered.
    #[error("more was accepted than was offered")]
    Counts,
    /// It is closed, or open, already.
    #[error("'{0}' is so already")]
    Already(String),
    /// Only an earlier act can be taken back.
    #[error("act {0} is no earlier act")]
    NoAct(u64),
}

impl Register {
    /// Derives the register from the acts, in the order of their numbers. An act that was undone counts as if it had never
    /// been; an undo can be undone.
    pub fn of(events: &[Event]) -> (Register, Vec<Problem>) {
        let mut events: Vec<&Event> = events.iter().collect();
        events.sort_by_key(|event| event.id);
        let (undone, mut problems) = undone(&events);
        let mut register = Register::default();
        for event in events.into_iter().filter(|event| !undone.contains(&event.id)) {
            if let Err(refused) = register.take(event) {
                problems.push(Problem { act: event.id, refused });
            }
        }
        (register, problems)
    }

    /// Whether the act could be done now; nothing is changed.
    pub fn allows(&self, event: &Event) -> Result<(), Refused> {
        self.clone().take(event)
    }

    /// The place that an id stands for now, through all merges.
    pub fn resolve(&self, id: &PlaceId) -> Option<&Place> {
        self.places.get(self.follow(id))
    }

    /// The ids that stand for a place now: its own, then those of entries that were merged into it.
    pub fn ids_of(&self, id: &PlaceId) -> Vec<PlaceId> {
        let own = self.follow(id);
        let merged = self.merged.keys().filter(|from| self.follow(from) == own).cloned();
        std::iter::once(own.clone()).chain(merged).collect()
    }

    /// Every place, by id; entries that were merged stand under the one that goes on.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        self.places.values()
    }

    fn follow<'a>(&'a self, id: &'a PlaceId) -> &'a PlaceId {
        let mut id = id;
        // A merge names two live places, so that no circle can arise.
        while let Some(next) = self.merged.get(id) {
            id = next;
        }
        id
    }

    fn known(&mut self, id: &PlaceId) -> Result<&mut Place, Refused> {
        let id = self.follow(id).clone();
        self.places.get_mut(&id).ok_or_else(|| Refused::Unknown(id.0.clone()))
    }

    fn is_new(&self, id: &PlaceId) -> Result<(), Refused> {
        let taken = self.places.contains_key(id) || self.merged.contains_key(id);
        if taken { Err(Refused::Taken(id.0.clone())) } else { Ok(()) }
    }

    fn add(&mut self, id: &PlaceId, origin: Origin, details: &Details, event: &Event) -> Result<(), Refused> {
        self.is_new(id)?;
        let place = Place {
            id: id.clone(),
            origin,
            origins: BTreeSet::from([origin]),
            known_since: event.on,
            whereabouts: vec![(event.on, details.clone())],
            closed: None,
            concern: None,
            visits: Vec::new(),
            history: vec![event.id],
        };
        self.places.insert(id.clone(), place);
        Ok(())
    }

    fn take(&mut self, event: &Event) -> Result<(), Refused> {
        match &event.act {
            Act::Found { place, origin, details } => return self.add(place, *origin, details, event),
            Act::Corrected { place, details } => {
                let place = self.known(place)?;
                if let Some(last) = place.whereabouts.last_mut() {
                    last.1 = details.clone();
                }
                place.history.push(event.id);
            }
            Act::Moved { place, details } => {
                let place = self.known(place)?;
                place.whereabouts.push((event.on, details.clone()));
                place.closed = None;
                place.history.push(event.id);
            }
            Act::Merged { into, from } => return self.merge(into, from, event),
            Act::Split { from, into, details } => {
                let origin = self.known(from)?.origin;
                self.add(into, origin, details, event)?;
                self.known(from)?.history.push(event.id);
            }
            Act::Closed { place } => {
                let place = self.known(place)?;
                if place.closed.is_some() {
                    return Err(Refused::Already(place.id.0.clone()));
                }
                place.closed = Some(event.on);
                place.history.push(event.id);
            }
            Act::Reopened { place } => {
                let place = self.known(place)?;
                if place.closed.take().is_none() {
                    return Err(Refused::Already(place.id.0.clone()));
                }
                place.history.push(event.id);
            }
            Act::Concern { place, evidence, reason, review } => {
                let place = self.known(place)?;
                let said = evidence.iter().any(|seen| !seen.trim().is_empty()) && !reason.trim().is_empty();
                if !said || *review <= event.on || event.by.trim().is_empty() {
                    return Err(Refused::Unfounded);
                }
                let since = place.concern.as_ref().map_or(event.on, |concern| concern.since);
                let (evidence, reason, by) = (evidence.clone(), reason.clone(), event.by.clone());
                place.concern = Some(Concern { since, evidence, reason, by, review: *review });
                place.history.push(event.id);
            }
            Act::ConcernEnded { place, reason } => {
                let place = self.known(place)?;
                if reason.trim().is_empty() {
                    return Err(Refused::NoReason);
                }
                if place.concern.take().is_none() {
                    return Err(Refused::NoConcern(place.id.0.clone()));
                }
                place.history.push(event.id);
            }
            Act::Visited { place, visit } => {
                let place = self.known(place)?;
                if visit.accepted > visit.offered {
                    return Err(Refused::Counts);
                }
                place.visits.push((event.on, event.id, visit.clone()));
                place.visits.sort_by_key(|(on, id, _)| (*on, *id));
                place.history.push(event.id);
            }
            // Worked out before.
            Act::Undone { .. } => {}
        }
        Ok(())
    }

    fn merge(&mut self, into: &PlaceId, from: &PlaceId, event: &Event) -> Result<(), Refused> {
        let (into, from) = (self.known(into)?.id.clone(), self.known(from)?.id.clone());
        if into == from {
            return Err(Refused::Same(from.0));
        }
        let Some(gone) = self.places.remove(&from) else { return Err(Refused::Unknown(from.0)) };
        self.merged.insert(from, into.clone());
        let place = self.known(&into)?;
        if gone.known_since < place.known_since {
            place.known_since = gone.known_since;
            place.origin = gone.origin;
        }
        place.origins.extend(gone.origins);
        // A status is never lost by tidying up; of two, the one that is looked at sooner, since the longer time.
        place.concern = match (place.concern.take(), gone.concern) {
            (Some(a), Some(b)) => {
                let since = a.since.min(b.since);
                let sooner = if b.review < a.review { b } else { a };
                Some(Concern { since, ..sooner })
            }
            (a, b) => a.or(b),
        };
        // Open where either is.
        place.closed = match (place.closed, gone.closed) {
            (Some(a), Some(b)) => Some(a.max(b)),
            _ => None,
        };
        place.visits.extend(gone.visits);
        place.visits.sort_by_key(|(on, id, _)| (*on, *id));
        place.history.extend(gone.history);
        place.history.push(event.id);
        place.history.sort();
        Ok(())
    }
}

/// Acts that do not count, from the last to the first: an undo that was itself undone takes nothing back.
fn undone(events: &[&Event]) -> (BTreeSet<EventId>, Vec<Problem>) {
    let known: BTreeSet<EventId> = events.iter().map(|event| event.id).collect();
    let mut undone = BTreeSet::new();
    let mut problems = Vec::new();
    for event in events.iter().rev() {
        if let Act::Undone { act } = event.act
            && !undone.contains(&event.id)
        {
            if act < event.id && known.contains(&act) {
                undone.insert(act);
            } else {
                problems.push(Problem { act: event.id, refused: Refused::NoAct(act.0) });
            }
        }
    }
    (undone, problems)
}

impl Place {
    /// Where it is.
    pub fn details(&self) -> Option<&Details> {
        self.whereabouts.last().map(|(_, details)| details)
    }

    /// The day of its last visit.
    pub fn last_visit(&self) -> Option<Date> {
        self.visits.last().map(|(on, ..)| *on)
    }

    /// Whether the review of its status is due.
    pub fn review_due(&self, today: Date) -> bool {
        self.concern.as_ref().is_some_and(|concern| concern.review <= today)
    }
}
