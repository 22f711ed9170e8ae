//! The demo's second programme: teams that visit clinics, with a register of places that has a past. It has a store and a
//! configuration of its own beside the first one's, so that the one changes nothing in the other. Every place is made up;
//! streets are named so that no town has them.

use super::{Person, fill_people, folder, fresh_store, from_seed, people, remove, use_demo};
use crate::cli::Cli;
use crate::config::{Config, Programme, write_builtin};
use crate::key::PROGRAMME;
use crate::web_settings::centres;
use anyhow::Context as _;
use domain::{ProgrammeId, TeamId};
use instruments::{End, Instrument, Interview, Kind, Record, Row, Step, judge};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use places::{Act, Details, Origin, PlaceId, Visit, VisitResult};
use std::collections::BTreeMap;
use std::path::Path;
use store::{AccountId, Actor, FormState, Look, NewForm, Store};
use web::places::{Acted, Incoming, KeptAct, KnownPlaces, act, day_of, take_in};
use web::visit_plan::draw;

/// The example that the documentation ships.
const EXAMPLE: &str = include_str!("../../../../../docs/examples/programmes/clinics/programme.toml");
/// Its file.
const FILE: &str = "programmes/clinics/programme.toml";
/// Its id.
const CLINICS: &str = "clinics";
/// Days of visits before the demo's today.
const DAYS: i64 = 60;
/// Places that a municipality of the teams' areas has at most.
const MOST_PLACES: usize = 5;
/// Talks that are drawn at most for one that was held.
const TALKS: usize = 40;
const STREETS: [&str; 12] = [
    "Prøvegade",
    "Øvestræde",
    "Eksempelvej",
    "Modelgade",
    "Skitsevej",
    "Kladdegade",
    "Mønsterallé",
    "Forsøgsvej",
    "Attrapgade",
    "Kulissevej",
    "Skyggestræde",
    "Tænktevej",
];

/// The second programme as it is served.
pub(super) struct Clinics {
    /// Its command line: its data folder, key and configuration follow from it.
    pub(super) cli: Cli,
    /// Its configuration.
    pub(super) config: Config,
    /// Its store.
    pub(super) store: Store,
    /// Its people.
    pub(super) people: Vec<Person>,
}

/// Whether a demo's configuration is that of the clinics.
pub(super) fn are_of(folder: &Path) -> bool {
    folder.join(FILE).is_file()
}

/// The command line of the second programme: its data lie in the first one's folder. `None` where the first one is on
/// a database server.
pub(super) fn beside(cli: &Cli) -> Option<Cli> {
    let embedded = cli.database.as_deref().is_none_or(str::is_empty);
    let own = Cli { data: cli.data.join(CLINICS), key: None, database: None, programme: None, ..cli.clone() };
    embedded.then_some(own)
}

/// What is built into the program, with the example for its only programme: an installation's own rules need not have the
/// forms that it names.
fn write_configuration(folder: &Path) -> anyhow::Result<()> {
    remove(folder)?;
    write_builtin(folder)?;
    remove(&folder.join("programmes"))?;
    let file = folder.join(FILE);
    std::fs::create_dir_all(file.parent().unwrap_or(folder))?;
    Ok(std::fs::write(file, EXAMPLE)?)
}

/// Makes its configuration and store, and fills in what was done up to `today`.
pub(super) async fn make(cli: Cli, seed: u64, today: Timestamp) -> anyhow::Result<Clinics> {
    let folder = folder(&cli);
    write_configuration(&folder).with_context(|| format!("writing {}", folder.display()))?;
    let mut config = Config::load(&folder, false)?.only(None)?;
    use_demo(&mut config, |_| None)?;
    let start = today - SignedDuration::from_hours(24 * (DAYS + 1));
    let store = fresh_store(&cli, from_seed(seed, "clinics key"), start).await?;
    store.put_setting(PROGRAMME, CLINICS).await?;
    store.put_setting(super::VIRTUAL_TODAY, &today.to_string()).await?;
    let people = people(&config, seed)?;
    let accounts = fill_people(&store, &people, start).await?;
    let researcher = accounts.researchers.first().copied().context("the demo has no researcher")?;
    let past = Past {
        store: &store,
        config: &config,
        programme: config.programme(None)?,
        id: ProgrammeId::from(CLINICS),
        researcher,
        workers: &accounts.workers,
        seed,
        today,
    };
    past.fill().await?;
    Ok(Clinics { cli, config, store, people })
}

/// What was done before the demo's today.
struct Past<'a> {
    store: &'a Store,
    config: &'a Config,
    programme: &'a Programme,
    id: ProgrammeId,
    researcher: AccountId,
    workers: &'a BTreeMap<TeamId, AccountId>,
    seed: u64,
    today: Timestamp,
}

impl Past<'_> {
    fn before(&self, days: i64) -> Timestamp {
        self.today - SignedDuration::from_hours(24 * days)
    }

    fn look(&self, actor: Actor, at: Timestamp) -> Look {
        Look { actor, purpose: "demonstration".to_owned(), what: "places", subject: String::new(), at }
    }

    /// One of so many, as nothing but the seed and these words decides.
    fn pick(&self, words: &[&str], of: usize) -> usize {
        let hash = from_seed(self.seed, &words.join("\0"));
        let part = hash.iter().take(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        usize::try_from(part % u64::try_from(of.max(1)).unwrap_or(1)).unwrap_or_default()
    }

    /// The municipalities of each team.
    fn areas(&self) -> Vec<(&str, Vec<&str>)> {
        let of = |team: &crate::config::TeamSettings| -> Vec<&str> {
            let named = self.config.geography.municipalities();
            named
                .filter(|(code, _, region)| {
                    team.regions.iter().any(|of| of == region) || team.municipalities.iter().any(|of| of == code)
                })
                .map(|(code, ..)| code)
                .collect()
        };
        self.programme.teams.iter().map(|team| (team.id.as_str(), of(team))).collect()
    }

    /// The register of places with two months of visits: each team makes some on each day of the week that it has some.
    async fn fill(&self) -> anyhow::Result<()> {
        let areas = self.areas();
        let system = Actor::System("job:demo".to_owned());
        let known = self.look(system.clone(), self.before(DAYS));
        let incoming = self.incoming(&areas);
        take_in(self.store, &known, &self.id, &incoming, day_of(known.at), &system).await?;
        let known = KnownPlaces::read(self.store, &known, &self.id).await?;
        // By name, since ids are drawn anew each time.
        let mut of_team: BTreeMap<&str, BTreeMap<String, PlaceId>> = BTreeMap::new();
        for place in known.register.places() {
            let Some(details) = place.details() else { continue };
            let team = areas.iter().find(|(_, codes)| codes.contains(&details.municipality_code.as_str()));
            if let Some((team, _)) = team {
                let name = format!("{} {}", details.name, details.municipality_code);
                of_team.entry(team).or_default().insert(name, place.id.clone());
            }
        }
        let (mut visits, mut forms, mut concern) = (0, 0, Vec::new());
        for (team, places) in &of_team {
            let Some(worker) = self.workers.get(&TeamId::from(*team)) else { continue };
            let mut next = places.iter();
            for days in (1..DAYS).rev() {
                let (at, on) = (self.before(days), day_of(self.before(days)));
                let weekday = usize::from(on.weekday().to_monday_zero_offset().unsigned_abs());
                let a_day = self.programme.visits.visits.get(weekday).copied().unwrap_or(0);
                // A day in three is for other work.
                if self.pick(&[team, "day", &days.to_string()], 3) == 0 {
                    continue;
                }
                for _ in 0..a_day.min(1) {
                    let Some((name, place)) = next.next() else { break };
                    let kept = self.visit(team, name, place);
                    self.keep(Actor::Account(*worker), at, &kept).await?;
                    visits += 1;
                    let Act::Visited { visit, .. } = &kept.act else { continue };
                    if visit.suspicion {
                        concern.push((place.clone(), on));
                    }
                    if visit.result == VisitResult::Met && self.pick(&[team, name, "talk"], 2) == 0 {
                        forms += self.talk(&TeamId::from(*team), *worker, (name, place), on, at).await?;
                    }
                }
            }
            self.changes(places).await?;
        }
        for (place, on) in concern.iter().take(2) {
            let concern = Act::Concern {
                place: place.clone(),
                evidence: vec![format!("besøg / visit {on}")],
                reason: "En anden svarede på alle spørgsmål (opdigtet / made up)".to_owned(),
                review: day_of(self.today).saturating_add(30.days()),
            };
            self.keep(Actor::Account(self.researcher), self.before(1), &concern.into()).await?;
        }
        let visited = crate::web_settings::places(self.config, self.programme);
        for team in &self.programme.teams {
            let team = crate::web_settings::team(self.config, team);
            let Some(worker) = self.workers.get(&team.id) else { continue };
            let look = self.look(Actor::Account(*worker), self.today);
            draw(self.store, &look, &self.id, (&visited, &team), day_of(self.today)).await?;
        }
        eprintln!("Clinics: {} places, {visits} visits, {forms} talks (all made up).", known.register.places().count());
        Ok(())
    }

    /// Places from an earlier list and from ads, the same now and then in both.
    fn incoming(&self, areas: &[(&str, Vec<&str>)]) -> Vec<Incoming> {
        let points = centres(self.config);
        let mut incoming = Vec::new();
        for code in areas.iter().flat_map(|(_, codes)| codes) {
            for number in 0..self.pick(&[code, "places"], MOST_PLACES + 1) {
                let lot = |what: &str, of: usize| self.pick(&[code, what, &number.to_string()], of);
                let street = STREETS.get(lot("street", STREETS.len())).copied().unwrap_or_default();
                let name = format!("{street} {}", 1 + lot("house", 60));
                let origins: &[(Origin, &str)] = match lot("origin", 6) {
                    0 => &[(Origin::List, "list"), (Origin::Ads, "ads")],
                    1 | 2 => &[(Origin::List, "list")],
                    _ => &[(Origin::Ads, "ads")],
                };
                for (origin, from) in origins {
                    let point = points.get(*code).copied();
                    let details = Details { name: name.clone(), municipality_code: (*code).to_owned(), point };
                    incoming.push(Incoming { source: format!("demo {from}|{code}|{name}"), origin: *origin, details });
                }
            }
        }
        incoming
    }

    /// One place closed, one that moved down its street.
    async fn changes(&self, places: &BTreeMap<String, PlaceId>) -> anyhow::Result<()> {
        let actor = Actor::Account(self.researcher);
        let known = KnownPlaces::read(self.store, &self.look(actor.clone(), self.before(3)), &self.id).await?;
        let mut last = places.values().rev();
        if let Some(place) = last.next() {
            self.keep(actor.clone(), self.before(3), &Act::Closed { place: place.clone() }.into()).await?;
        }
        if let Some(place) = last.next()
            && let Some(details) = known.register.resolve(place).and_then(places::Place::details)
        {
            let street = details.name.rsplit_once(' ').map_or(details.name.as_str(), |(street, _)| street);
            let details = Details { name: format!("{street} 61"), ..details.clone() };
            let moved = Act::Moved { place: place.clone(), details };
            self.keep(actor, self.before(2), &moved.into()).await?;
        }
        Ok(())
    }

    async fn keep(&self, actor: Actor, at: Timestamp, kept: &KeptAct) -> anyhow::Result<()> {
        let look = self.look(actor, at);
        match act(self.store, &look, &self.id, None, kept, day_of(at), None).await? {
            Acted::Done(_) => Ok(()),
            Acted::Refused(refused) => anyhow::bail!("the demo's act with a place was refused: {refused}"),
        }
    }

    /// What came of a visit, by lot.
    fn visit(&self, team: &str, name: &str, place: &PlaceId) -> KeptAct {
        let lot = |what: &str, of: usize| self.pick(&[team, name, what], of);
        let count = |what: &str, of: usize| u32::try_from(lot(what, of)).unwrap_or_default();
        let result = match lot("result", 10) {
            0..5 => VisitResult::Met,
            5..8 => VisitResult::NotMet,
            _ => VisitResult::Empty,
        };
        let met = result == VisitResult::Met;
        let offered = if met { 1 + count("offered", 3) } else { 0 };
        let accepted = count("accepted", 3).min(offered);
        let suspicion = met && lot("suspicion", 5) == 0;
        let offers = self.programme.offers.first().filter(|_| offered > 0);
        KeptAct {
            act: Act::Visited {
                place: place.clone(),
                visit: Visit { team: team.to_owned(), result, offered, accepted, suspicion },
            },
            note: String::new(),
            offers: offers.map(|offer| (offer.id.clone(), offered, accepted)).into_iter().collect(),
        }
    }

    /// A talk with somebody who was met, by the programme's first form: every question answered by lot, few of them as
    /// signs. How many forms it left.
    async fn talk(
        &self,
        team: &TeamId,
        worker: AccountId,
        (name, place): (&str, &PlaceId),
        on: Date,
        at: Timestamp,
    ) -> anyhow::Result<u32> {
        let in_use = |id: &String| self.config.instruments.in_use(id);
        let Some(form) = self.programme.instruments.first().and_then(in_use) else { return Ok(0) };
        // Most people show no sign; the first of some talks that is like that is the one that was held.
        let may_show = self.pick(&[name, "signs"], 4) == 0;
        let held = (0..TALKS).map(|talk| self.held(form, name, on, talk)).find(|record| {
            record.as_ref().is_some_and(|record| {
                let judged = judge(form, &record.answers, &on.to_string());
                !judged.urgent && (may_show || judged.signs.is_empty())
            })
        });
        let Some(record) = held.flatten() else { return Ok(0) };
        let new = NewForm {
            programme: self.id.clone(),
            place: place.0.clone(),
            team: team.clone(),
            instrument: record.instrument,
            digest: record.hash,
            language: form.default_language.clone(),
            answers: BTreeMap::new(),
            on,
            form_key: format!("demo {name} {on}"),
        };
        let id = self.store.begin_form(&new, worker, at).await?;
        let state = if record.end == End::Complete { FormState::Complete } else { FormState::Stopped };
        let begun = self.store.form(&self.look(Actor::Account(worker), at), &self.id, id).await?;
        self.store.save_form(&self.id, id, &record.answers, state, begun.revision, worker, at).await?;
        Ok(1)
    }

    /// A talk with each question answered by lot.
    fn held(&self, form: &Instrument, name: &str, on: Date, number: usize) -> Option<Record> {
        let mut talk = Interview::begin(form, &on.to_string());
        loop {
            match talk.step() {
                Step::End(_) => return talk.record(),
                Step::Read(_) => talk.pass().ok()?,
                Step::Ask(row) => {
                    let answer = self.answer(form, row, &[name, &number.to_string()]);
                    if talk.answer(&answer).is_err() {
                        talk.stop(true);
                    }
                }
            }
        }
    }

    fn answer(&self, form: &Instrument, row: &Row, words: &[&str]) -> String {
        let question = row.name.as_str();
        let lot = |of: usize| self.pick(&[words, &[question]].concat(), of);
        if let Some(consent) = form.consent.as_ref().filter(|consent| consent.question == question) {
            return consent.given.clone();
        }
        match &row.kind {
            Kind::SelectOne(list) | Kind::SelectMultiple(list) => {
                let choices = form.choices(list);
                choices.get(lot(choices.len())).map_or_else(String::new, |choice| choice.name.clone())
            }
            Kind::Integer => (20 + lot(25)).to_string(),
            _ => String::new(),
        }
    }
}
