//! The register of places over the store: acts are kept there as sealed values, and what they come to is worked out by
//! `places` each time. Pages and commands act through here, so that no act is kept that cannot be followed.

use domain::{NormalText, ProgrammeId};
use jiff::Timestamp;
use jiff::civil::Date;
use places::{Act, Details, Event, EventId, Origin, Place, PlaceId, Problem, Refused, Register, VisitResult};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use store::{Actor, Look, NewPlaceAct, PlaceActRow, Store, StoreError, VisitTold};

/// An act as it is kept, with what was written beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptAct {
    /// The act.
    pub act: Act,
    /// What the team should know; no names.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Of a visit: each offer with how often it was made and accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<(String, u32, u32)>,
}

impl From<Act> for KeptAct {
    fn from(act: Act) -> Self {
        KeptAct { act, note: String::new(), offers: Vec::new() }
    }
}

/// The register with the acts that it follows from.
pub struct KnownPlaces {
    /// As it is now.
    pub register: Register,
    /// Every act, in order.
    pub acts: Vec<(PlaceActRow, KeptAct)>,
    /// Acts that could not be followed.
    pub problems: Vec<Problem>,
}

/// What came of an act.
#[derive(Debug, Clone, PartialEq)]
pub enum Acted {
    /// It is kept under this number; `None` where the same was kept before.
    Done(Option<i64>),
    /// It cannot be done, and nothing is kept.
    Refused(Refused),
}

/// How often an act is tried again where a colleague acted in between.
const TRIES: u32 = 5;
/// Acts that one transaction keeps at most.
const BATCH: usize = 200;

impl KnownPlaces {
    /// Reads the register. Audited.
    pub async fn read(store: &Store, look: &Look, programme: &ProgrammeId) -> Result<KnownPlaces, StoreError> {
        let mut acts = Vec::new();
        for row in store.place_acts(look, programme).await? {
            let kept = serde_json::from_value::<KeptAct>(row.body.clone())
                .map_err(|_| StoreError::Corrupt { what: "an act with a place" })?;
            acts.push((row, kept));
        }
        let events: Vec<Event> = acts.iter().map(|(row, kept)| event(row, &kept.act)).collect();
        let (register, problems) = Register::of(&events);
        Ok(KnownPlaces { register, acts, problems })
    }

    /// The number of the last act; 0 for none.
    pub fn last(&self) -> i64 {
        self.acts.last().map_or(0, |(row, _)| row.id)
    }

    /// The places that an act names, by the act that it takes back where it is an undo.
    fn places_of(&self, act: &Act) -> Option<(PlaceId, Option<PlaceId>)> {
        match act {
            Act::Undone { act } => {
                let (_, kept) = self.acts.iter().find(|(row, _)| id_of(row) == *act)?;
                self.places_of(&kept.act)
            }
            act => act.places().map(|(place, other)| (place.clone(), other.cloned())),
        }
    }

    fn new_act(&self, kept: &KeptAct, on: Date, source: Option<String>) -> Result<NewPlaceAct, StoreError> {
        let (place, other) = self.places_of(&kept.act).ok_or(StoreError::NotFound { what: "act" })?;
        let body = serde_json::to_value(kept).map_err(|_| StoreError::Corrupt { what: "an act with a place" })?;
        let (other, kind) = (other.map(|other| other.0), kept.act.kind());
        Ok(NewPlaceAct { place: place.0, other, kind, on, body, source, told: VisitTold::Nothing })
    }

    /// What other programmes that share a register are told: that somebody was met, or that a visit was taken back.
    fn told(&self, act: &Act, on: Date, now: Timestamp) -> VisitTold {
        match act {
            Act::Visited { place, visit } if visit.result == VisitResult::Met => self.met(place, on, now, None),
            Act::Undone { act } => {
                // An undo that is itself taken back lets the visit count again.
                let (mut act, mut counts) = (*act, false);
                loop {
                    match self.acts.iter().find(|(row, _)| id_of(row) == act) {
                        Some((_, KeptAct { act: Act::Undone { act: before }, .. })) => {
                            (act, counts) = (*before, !counts)
                        }
                        Some((row, KeptAct { act: Act::Visited { place, visit }, .. }))
                            if visit.result == VisitResult::Met =>
                        {
                            return if counts {
                                self.met(place, row.on, now, Some(row.id))
                            } else {
                                VisitTold::TakenBack(row.id)
                            };
                        }
                        _ => return VisitTold::Nothing,
                    }
                }
            }
            _ => VisitTold::Nothing,
        }
    }

    fn met(&self, place: &PlaceId, on: Date, now: Timestamp, visit: Option<i64>) -> VisitTold {
        let ids = self.register.ids_of(place);
        let current = self.register.resolve(place).and_then(Place::details);
        // An entry that was put together with it may know it by the street where the other has the sign.
        let merged = self.acts.iter().filter_map(|(_, kept)| match &kept.act {
            Act::Found { place, details, .. } if ids.iter().skip(1).any(|id| id == place) => Some(details),
            _ => None,
        });
        let addresses: BTreeSet<(String, String)> = current
            .into_iter()
            .chain(merged)
            .map(|details| (details.municipality_code.clone(), details.name.clone()))
            .collect();
        let noon = on.at(12, 0, 0, 0).in_tz("Europe/Copenhagen").map_or(now, |noon| noon.timestamp());
        let at = if day_of(now) == on { now } else { noon.min(now) };
        VisitTold::Met { addresses: addresses.into_iter().collect(), at, visit }
    }

    /// Whether the act can be done now.
    fn allows(&self, kept: &KeptAct, on: Date, by: &str) -> Result<(), Refused> {
        let id = EventId(u64::try_from(self.last()).unwrap_or_default() + 1);
        let event = Event { id, on, by: by.to_owned(), act: kept.act.clone() };
        if let Act::Undone { act } = kept.act {
            // Taken back again it would be done twice; and what follows from it must still hold without it.
            let mut events: Vec<Event> = self.acts.iter().map(|(row, kept)| self::event(row, &kept.act)).collect();
            let before = self.problems.len();
            events.push(event);
            let known = self.acts.iter().any(|(row, _)| id_of(row) == act);
            return match Register::of(&events).1.get(before..) {
                Some([problem, ..]) => Err(problem.refused.clone()),
                _ if known => Ok(()),
                _ => Err(Refused::NoAct(act.0)),
            };
        }
        self.register.allows(&event)
    }
}

/// The number of an act.
pub fn id_of(row: &PlaceActRow) -> EventId {
    EventId(u64::try_from(row.id).unwrap_or_default())
}

fn event(row: &PlaceActRow, act: &Act) -> Event {
    Event { id: id_of(row), on: row.on, by: row.by.clone(), act: act.clone() }
}

/// Does one act, where it can be done. `known`: the register where the page has read it; it is read again only where a
/// colleague acted since. `source`: what sends it, so that the same is kept once.
pub async fn act(
    store: &Store,
    look: &Look,
    programme: &ProgrammeId,
    known: Option<KnownPlaces>,
    kept: &KeptAct,
    on: Date,
    source: Option<String>,
) -> Result<Acted, StoreError> {
    let (mut tries, mut first) = (0, known);
    loop {
        let known = match first.take() {
            Some(known) => known,
            None => KnownPlaces::read(store, look, programme).await?,
        };
        if let Some(source) = &source
            && !store.known_place_sources(programme, std::slice::from_ref(source)).await?.is_empty()
        {
            return Ok(Acted::Done(None));
        }
        // Who does it is the store's to say; that somebody does is all that an act of concern asks.
        if let Err(refused) = known.allows(kept, on, "somebody") {
            return Ok(Acted::Refused(refused));
        }
        let told = known.told(&kept.act, on, look.at);
        let new = NewPlaceAct { told, ..known.new_act(kept, on, source.clone())? };
        match store.put_place_acts(programme, &[new], known.last(), &look.actor, look.at).await {
            Err(StoreError::Conflict { .. }) if tries < TRIES => tries += 1,
            done => return Ok(Acted::Done(done?.first().copied().flatten())),
        }
    }
}

/// A place that comes in from elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// What it is known by, and where.
    pub details: Details,
    /// From ads, or from a list.
    pub origin: Origin,
    /// Names where it came from; taken in once.
    pub source: String,
}

/// What was taken in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct TakenIn {
    /// Places that were not known.
    pub new: usize,
    /// Entries that are a place that was known: kept, and merged with it, so that one sees that both sources name it.
    pub same: usize,
    /// Entries that were taken in before.
    pub before: usize,
}

/// Takes places in. One of the same name in the same municipality is the same place; a person can take a merge back.
pub async fn take_in(
    store: &Store,
    look: &Look,
    programme: &ProgrammeId,
    incoming: &[Incoming],
    on: Date,
    actor: &Actor,
) -> Result<TakenIn, StoreError> {
    let mut taken = TakenIn::default();
    for batch in incoming.chunks(BATCH) {
        let mut tries = 0;
        loop {
            match take_batch(store, look, programme, batch, on, actor).await {
                Err(StoreError::Conflict { .. }) if tries < TRIES => tries += 1,
                done => {
                    let done = done?;
                    taken.new += done.new;
                    taken.same += done.same;
                    taken.before += done.before;
                    break;
                }
            }
        }
    }
    Ok(taken)
}

async fn take_batch(
    store: &Store,
    look: &Look,
    programme: &ProgrammeId,
    batch: &[Incoming],
    on: Date,
    actor: &Actor,
) -> Result<TakenIn, StoreError> {
    let known = KnownPlaces::read(store, look, programme).await?;
    let sources: Vec<String> = batch.iter().map(|one| one.source.clone()).collect();
    let mut seen: BTreeSet<String> = store.known_place_sources(programme, &sources).await?;
    let mut by_name: BTreeMap<(String, String), PlaceId> = BTreeMap::new();
    for place in known.register.places() {
        if let Some(details) = place.details() {
            by_name.insert(name_key(details), place.id.clone());
        }
    }
    let (mut taken, mut acts) = (TakenIn::default(), Vec::new());
    for one in batch {
        if !seen.insert(one.source.clone()) {
            taken.before += 1;
            continue;
        }
        let place = PlaceId(store.new_place_id()?);
        let found = Act::Found { place: place.clone(), origin: one.origin, details: one.details.clone() };
        acts.push(known.new_act(&found.into(), on, Some(one.source.clone()))?);
        match by_name.get(&name_key(&one.details)) {
            Some(into) => {
                let merged = Act::Merged { into: into.clone(), from: place };
                acts.push(known.new_act(&merged.into(), on, None)?);
                taken.same += 1;
            }
            None => {
                by_name.insert(name_key(&one.details), place);
                taken.new += 1;
            }
        }
    }
    if !acts.is_empty() {
        store.put_place_acts(programme, &acts, known.last(), actor, look.at).await?;
    }
    Ok(taken)
}

/// By what two entries are the same place.
fn name_key(details: &Details) -> (String, String) {
    (details.municipality_code.clone(), NormalText::fold(&details.name).as_str().to_owned())
}

/// A list of places as people have it, as far as it can be read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadList {
    /// Its places.
    pub places: Vec<Incoming>,
    /// Lines that cannot be read: number, and what about it.
    pub faults: Vec<(u64, ListFault)>,
}

/// What is wrong with a line of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum ListFault {
    /// The first line does not name the columns.
    #[error("the first line names no columns 'name' and 'municipality'")]
    Header,
    /// No name.
    #[error("a place needs a name: a street and number, or what the team calls it")]
    Name,
    /// It looks like a person's number.
    #[error("the name holds a phone number: a place is named by its street or sign")]
    Number,
    /// No such municipality.
    #[error("there is no such municipality: write its name or its four digits")]
    Municipality,
    /// Not a point.
    #[error("latitude and longitude are degrees such as 55.47 and 9.49, both or neither")]
    Point,
    /// Not a line of the table.
    #[error("the line cannot be read as a table's")]
    Line,
}

/// Longest name of a place, in characters.
pub const MOST_NAME: usize = 120;

/// Whether a place may be called so: something is said, not too much, and no phone number.
pub fn check_name(name: &str) -> Result<(), ListFault> {
    if name.is_empty() || name.chars().count() > MOST_NAME {
        return Err(ListFault::Name);
    }
    // Eight digits in a row, whatever blanks and marks stand between: a Danish phone number, or the like.
    let mut run = 0;
    for c in name.chars() {
        match c {
            c if c.is_ascii_digit() => run += 1,
            ' ' | '-' | '.' | '+' | '(' | ')' | '/' => {}
            _ => run = 0,
        }
        if run >= 8 {
            return Err(ListFault::Number);
        }
    }
    Ok(())
}

/// Reads a list of places: a table with a line of column names, `name,municipality` and, if known, `lat,lon`; commas,
/// semicolons or tabs between. `municipality`: four digits or the name. `points`: the municipalities' centres, for places
/// whose own point is not given.
pub fn read_list(
    text: &str,
    municipalities: &BTreeMap<String, String>,
    points: &BTreeMap<String, (f64, f64)>,
) -> ReadList {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b'\t', b';', b','].into_iter().find(|mark| first.as_bytes().contains(mark)).unwrap_or(b',');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut list = ReadList::default();
    let columns: Vec<String> = match reader.headers() {
        Ok(headers) => headers.iter().map(str::to_lowercase).collect(),
        Err(_) => Vec::new(),
    };
    let column = |names: &[&str]| columns.iter().position(|column| names.contains(&column.as_str()));
    let (Some(name), Some(municipality)) =
        (column(&["name", "navn", "adresse", "address"]), column(&["municipality", "kommune"]))
    else {
        list.faults.push((1, ListFault::Header));
        return list;
    };
    let (lat, lon) = (column(&["lat", "latitude"]), column(&["lon", "lng", "longitude"]));
    for (index, record) in reader.records().enumerate() {
        let line = index as u64 + 2;
        let Ok(record) = record else {
            list.faults.push((line, ListFault::Line));
            continue;
        };
        let line = record.position().map_or(line, csv::Position::line);
        if record.iter().all(str::is_empty) {
            continue;
        }
        let get = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default();
        match read_line(get(Some(name)), get(Some(municipality)), (get(lat), get(lon)), municipalities, points) {
            Ok(details) => {
                let (code, folded) = name_key(&details);
                let source = format!("list|{code}|{folded}");
                list.places.push(Incoming { details, origin: Origin::List, source });
            }
            Err(fault) => list.faults.push((line, fault)),
        }
    }
    list
}

fn read_line(
    name: &str,
    municipality: &str,
    point: (&str, &str),
    municipalities: &BTreeMap<String, String>,
    points: &BTreeMap<String, (f64, f64)>,
) -> Result<Details, ListFault> {
    check_name(name)?;
    let folded = NormalText::fold(municipality);
    let code = municipalities
        .iter()
        .find(|(code, name)| *code == municipality || NormalText::fold(name) == folded)
        .map(|(code, _)| code.clone())
        .ok_or(ListFault::Municipality)?;
    let degrees = |text: &str, most: f64| {
        text.replace(',', ".").parse::<f64>().ok().filter(|number| number.abs() <= most).ok_or(ListFault::Point)
    };
    let point = match point {
        ("", "") => points.get(&code).copied(),
        (lat, lon) => Some((degrees(lat, 90.0)?, degrees(lon, 180.0)?)),
    };
    Ok(Details { name: name.to_owned(), municipality_code: code, point })
}

/// The beginning of the moment's Danish day, for commands that act on places.
pub fn day_of(at: Timestamp) -> Date {
    crate::format::day_of(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> ReadList {
        let names = [("0751", "Aarhus"), ("0461", "Odense")];
        let municipalities = names.map(|(code, name)| (code.to_owned(), name.to_owned())).into();
        let points = [("0751".to_owned(), (56.15, 10.2))].into();
        read_list(text, &municipalities, &points)
    }

    #[test]
    fn a_list_is_read_as_people_write_it() {
        let list = read("Navn;Kommune;lat;lon\nHavnegade 1;0751;;\n\"Åboulevarden; kælderen\";aarhus;56,1;10,2\n\n");
        assert_eq!(list.faults, []);
        let of = |at: usize| list.places.get(at).map(|one| (one.details.name.as_str(), one.details.point));
        assert_eq!(of(0), Some(("Havnegade 1", Some((56.15, 10.2)))), "the municipality's centre stands in");
        assert_eq!(of(1), Some(("Åboulevarden; kælderen", Some((56.1, 10.2)))));
        let tabs = read("\u{feff}name\tmunicipality\nHavnegade 1\tODENSE\n");
        assert_eq!(tabs.places.first().map(|one| one.details.municipality_code.as_str()), Some("0461"));
        assert_eq!(tabs.places.first().and_then(|one| one.details.point), None);
    }

    #[test]
    fn what_cannot_be_read_is_named_and_the_rest_goes_on() {
        let list = read(
            "name,municipality,lat,lon\n,0751,,\nGade 1,9999,,\nGade 2 tlf. 34 00 00 10,0751,,\nGade 3,0751,56.1,\nGade 4,0751,,\n",
        );
        let faults: Vec<_> = list.faults.clone();
        assert_eq!(
            faults,
            [(2, ListFault::Name), (3, ListFault::Municipality), (4, ListFault::Number), (5, ListFault::Point)]
        );
        assert_eq!(list.places.len(), 1);
        assert_eq!(read("street,town\na,b\n").faults, [(1, ListFault::Header)]);
        assert_eq!(read("").faults, [(1, ListFault::Header)]);
    }
}
