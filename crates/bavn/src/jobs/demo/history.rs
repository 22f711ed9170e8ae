//! What the demo's people did before today: researchers read cases of band low, teams had lists with a random part, workers
//! drew methods by lot, made contact and recorded what came of it. All of it is made up, by lots from the seed, so that
//! report and findings have something to show: one sign is made to go with accepted offers and one to go without them. It
//! is no evidence about any sign.
//!
//! Cases of band medium and high are left for whoever tries the demo.

use super::from_seed;
use crate::config::{Config, Programme, TeamSettings};
use crate::jobs::list;
use anyhow::Context;
use demo::Population;
use domain::{AdvertiserId, Band, ProgrammeId, Role, TeamId};
use jiff::civil::{Date, time};
use jiff::{SignedDuration, Timestamp};
use outreach::{AdmitUnread, Candidate, GatePolicy, RandomApproval, Trial, TrialMethod};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{
    AccountId, Actor, AttemptDetails, Channel, Consent, ConsentHow, ContactRef, DecideWith, Decision, DecisionKind,
    ListLine, Look, NewAssignment, NewAttempt, Outcome, QueueFilter, QueueRow, SecondShare, Store, Told14,
};

/// Days of the period that pass before anything is decided.
const QUIET_DAYS: i64 = 3;
/// Cases that are read a day.
const READ_A_DAY: usize = 6;
/// Of every so many cases of band low one is left unread.
const LEFT: usize = 4;

/// Whose history it is.
pub struct Cast<'a> {
    /// Two researchers: who reads, and who reads once more.
    pub researchers: [AccountId; 2],
    /// The worker of each team.
    pub workers: &'a BTreeMap<TeamId, AccountId>,
    /// Which decisions are read once more.
    pub second: SecondShare,
    /// Everything by lot comes from it.
    pub seed: u64,
}

/// How much was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    /// Cases decided.
    pub decided: usize,
    /// Lines on lists.
    pub lines: usize,
    /// Attempts.
    pub attempts: usize,
}

/// A number from 0 to 1 that nothing but the seed and these words decides.
fn lot(seed: u64, words: &[&str]) -> f64 {
    let hash = from_seed(seed, &words.join("\u{0}"));
    let part = u64::from_le_bytes([hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]]);
    (part >> 11) as f64 / (1_u64 << 53) as f64
}

/// Of weighted choices the one that a lot falls on.
fn choose<T: Copy>(lot: f64, choices: &[(f64, T)], last: T) -> T {
    let mut sum = 0.0;
    for (share, choice) in choices {
        sum += share;
        if lot < sum {
            return *choice;
        }
    }
    last
}

struct History<'a> {
    store: &'a Store,
    config: &'a Config,
    programme: &'a Programme,
    cast: &'a Cast<'a>,
    policy: GatePolicy,
    trial: Trial,
    /// When each advertiser's first ad came up.
    first: HashMap<String, Timestamp>,
    /// Signs that are made to go with accepted offers, and without them.
    signs: Option<[String; 2]>,
    /// What fires on whom, as of the last lists.
    shown: HashMap<AdvertiserId, BTreeSet<String>>,
    done: Done,
}

/// Makes the history of the programme from the population's beginning to the day before `today`.
pub async fn fill(
    store: &Store,
    config: &Config,
    population: &Population,
    cast: &Cast<'_>,
    today: Timestamp,
) -> anyhow::Result<Done> {
    let programme = config.programme(None)?;
    let start = population.settings.start;
    let until = today + SignedDuration::from_hours(24 * 90);
    let (by, dpia) = ("Demonstration".to_owned(), "DPIA 0 (demonstration)".to_owned());
    let arms = [("message", outreach::Channel::Sms), ("call", outreach::Channel::Call)];
    let methods = arms.map(|(code, channel)| TrialMethod { code: code.to_owned(), channel }).to_vec();
    let mut history = History {
        store,
        config,
        programme,
        cast,
        policy: GatePolicy {
            admit_unread: AdmitUnread::None,
            random: Some(RandomApproval {
                by: by.clone(),
                at: start,
                until,
                dpia: dpia.clone(),
                share: RandomApproval::MOST,
                seed: cast.seed,
            }),
            ..programme.outreach.policy.clone()
        },
        trial: Trial { by, at: start, until, dpia, seed: cast.seed, methods },
        first: first_seen(store, population).await?,
        signs: None,
        shown: HashMap::new(),
        done: Done::default(),
    };
    let cases = history.cases(today).await?;
    let mut waiting = cases.into_iter().enumerate().filter(|(at, _)| at % LEFT > 0).map(|(_, case)| case).collect();
    let last = crate::time::local_day(today);
    let mut day = crate::time::local_day(start).saturating_add(jiff::Span::new().days(QUIET_DAYS));
    while day < last {
        history.lists(day).await?;
        history.read(day, &mut waiting).await?;
        history.read_again(day).await?;
        day = day.tomorrow()?;
    }
    Ok(history.done)
}

/// By advertiser of the analysis, from what the population shows.
async fn first_seen(store: &Store, population: &Population) -> anyhow::Result<HashMap<String, Timestamp>> {
    let (numbers, members) = (store.ad_numbers().await?, store.counted_members().await?);
    let by_ad: HashMap<(&str, &str), Timestamp> =
        population.ads.iter().map(|ad| ((ad.site, ad.ad_id.as_str()), ad.up_from)).collect();
    let mut first: HashMap<String, Timestamp> = HashMap::new();
    for (ad, number) in &numbers {
        let up = by_ad.get(&(ad.site.as_str(), ad.ad_id.as_str()));
        if let (Some(up), Some((advertiser, _))) = (up, members.get(number)) {
            let known = first.entry(advertiser.clone()).or_insert(*up);
            *known = (*known).min(*up);
        }
    }
    Ok(first)
}

impl History<'_> {
    fn lot(&self, words: &[&str]) -> f64 {
        lot(self.cast.seed, words)
    }

    fn look(&self, by: AccountId, what: &'static str, at: Timestamp) -> Look {
        Look { actor: Actor::Account(by), purpose: "demonstration".to_owned(), what, subject: String::new(), at }
    }

    fn known_by(&self, advertiser: &AdvertiserId, at: Timestamp) -> bool {
        self.first.get(advertiser.as_str()).is_some_and(|first| *first < at)
    }

    /// Cases of band low about one advertiser, those seen first at the front.
    async fn cases(&self, today: Timestamp) -> anyhow::Result<Vec<QueueRow>> {
        let filter = QueueFilter { band: Some(Band::Low), ..QueueFilter::default() };
        let look = self.look(self.cast.researchers[0], "queue", today);
        let mut rows = self.store.queue(&look, &filter, 0, 1_000).await?.rows;
        rows.retain(|row| row.advertiser.is_some() && row.queue == domain::Queue::Ordinary);
        rows.sort_by(|a, b| (a.first_seen, &a.case.0).cmp(&(b.first_seen, &b.case.0)));
        Ok(rows)
    }

    /// The researcher's afternoon.
    async fn read(&mut self, day: Date, waiting: &mut Vec<QueueRow>) -> anyhow::Result<()> {
        let at = crate::time::at_hour(day, time(14, 0, 0, 0))?;
        let mut read = 0;
        while read < READ_A_DAY && waiting.first().is_some_and(|case| case.first_seen < at) {
            let case = waiting.remove(0);
            let shown = case.advertiser.as_ref().and_then(|of| self.shown.get(of));
            let without = self.signs.as_ref().map(|[_, without]| without);
            // The sign that goes without accepted offers is seen through by the researcher too, so that there is a
            // proposal to take it down.
            let offers = if shown.zip(without).is_some_and(|(of, sign)| of.contains(sign)) { 0.12 } else { 0.7 };
            let kinds = [
                (offers, DecisionKind::OfferOutreach),
                (0.87 - offers, DecisionKind::NoConcern),
                (0.08, DecisionKind::Watch),
            ];
            let kind = choose(self.lot(&["decision", &case.case.0]), &kinds, DecisionKind::Spam);
            let with = DecideWith { form: String::new(), second: self.cast.second.clone(), referral: None };
            let decision = decision(kind, day);
            self.store.decide_with(&case.case, &decision, case.version, self.cast.researchers[0], at, &with).await?;
            read += 1;
        }
        self.done.decided += read;
        Ok(())
    }

    /// A colleague reads what was drawn to be read once more, and agrees with most of it.
    async fn read_again(&self, day: Date) -> anyhow::Result<()> {
        let (programme, by) = (ProgrammeId(self.programme.id.clone()), self.cast.researchers[1]);
        let mut at = crate::time::at_hour(day, time(16, 0, 0, 0))?;
        while self.store.second_waiting(&programme, by, at).await? > 0 {
            let until = at + SignedDuration::from_mins(30);
            let Some(second) = self.store.claim_second(&programme, by, at, until).await? else { break };
            let kinds = [(0.58, DecisionKind::OfferOutreach), (0.42, DecisionKind::NoConcern)];
            let kind = choose(self.lot(&["second", &second.0.to_string()]), &kinds, DecisionKind::NoConcern);
            self.store.answer_second(second, &decision(kind, day), by, at).await?;
            at += SignedDuration::from_mins(2);
        }
        Ok(())
    }

    /// Each team's list of a day, and what its worker did with it.
    async fn lists(&mut self, day: Date) -> anyhow::Result<()> {
        let first_hour = crate::time::at_hour(day, time(6, 0, 0, 0))?;
        let programme = ProgrammeId(self.programme.id.clone());
        let mut all =
            web::gate::candidates(self.store, &self.config.catalogue, &programme, first_hour, first_hour).await?;
        all.retain(|candidate| self.known_by(&candidate.facts.advertiser, first_hour));
        if self.signs.is_none() {
            self.signs = self.choose_signs(&all);
        }
        self.shown = all
            .iter()
            .map(|one| (one.facts.advertiser.clone(), one.indicators.iter().map(|id| id.0.clone()).collect()))
            .collect();
        for team in &self.programme.teams {
            let as_of = list::hour_of(team, day)?;
            let view = web::gate::team_view(&crate::web_settings::team(self.config, team), None);
            let mut candidates = all.clone();
            let seed = self.cast.seed.wrapping_add(day.day_of_year().unsigned_abs().into());
            let draw = outreach::draw(&mut candidates, &view, &self.policy, as_of, seed);
            let list = outreach::days_list(day, &view, candidates, &self.policy, as_of);
            let made = web::gate::DayList { list, draw, seed, approval: self.policy.random.clone() };
            let keep = web::gate::to_keep(&made, &programme, as_of, as_of);
            self.store.put_list(&keep, &Actor::System("job:demo".to_owned())).await?;
            self.work(day, team).await?;
        }
        Ok(())
    }

    /// The two signs with points that stand for about a third of those who may be drawn; the second of a grade that can
    /// be taken down.
    fn choose_signs(&self, all: &[Candidate<ContactRef>]) -> Option<[String; 2]> {
        let unflagged: Vec<_> = all.iter().filter(|one| one.facts.band <= Band::Low).collect();
        let share = |id: &domain::IndicatorId| {
            let with = unflagged.iter().filter(|one| one.indicators.contains(id)).count();
            (with as f64 / unflagged.len().max(1) as f64 - 0.33).abs()
        };
        let mut signs: Vec<_> =
            self.config.catalogue.indicators().iter().filter(|one| one.role == Role::Score).collect();
        signs.sort_by(|a, b| share(&a.id).total_cmp(&share(&b.id)).then(a.id.cmp(&b.id)));
        let (with, others) = signs.split_first()?;
        let without = others.iter().find(|one| one.grade != domain::Grade::D)?;
        Some([with.id.0.clone(), without.id.0.clone()])
    }

    /// The worker's day: most lines are taken, a method is drawn for the flagged ones, and what came of it is recorded.
    async fn work(&mut self, day: Date, team: &TeamSettings) -> anyhow::Result<()> {
        let id = TeamId(team.id.clone());
        let by = *self.cast.workers.get(&id).context("a team of the demo has no worker")?;
        let mut at = crate::time::at_hour(day, time(9, 0, 0, 0))?;
        let look = self.look(by, "list", at);
        let Some((_, lines)) = self.store.list(&look, day, &id).await? else { return Ok(()) };
        self.done.lines += lines.len();
        for line in lines {
            let advertiser = line.line.advertiser.clone();
            let words = |what: &'static str| [what, advertiser.as_str()].map(str::to_owned);
            let of = |what: &'static str, tries: usize| {
                let [what, who] = words(what);
                lot(self.cast.seed, &[&what, &who, &tries.to_string()])
            };
            let tries = line.attempts.len();
            let view = web::gate::team_view(&crate::web_settings::team(self.config, team), None);
            let answer = web::gate::ask(
                self.store,
                &self.config.catalogue,
                &advertiser,
                line.line.random,
                &view,
                &self.policy,
                at,
            )
            .await?;
            if !answer.is_open() {
                continue;
            }
            let channel = self.method(&line, &answer, by, at).await?;
            // Some lines are left at the day's end.
            if of("left", tries) < 0.06 {
                continue;
            }
            let outcome =
                self.outcome(self.shown.get(&advertiser), of("answer", tries), of("yes", 0), of("which", tries));
            self.store.put_attempt(&self.attempt(&line, day, id.clone(), channel, outcome, at), by).await?;
            self.done.attempts += 1;
            at += SignedDuration::from_mins(25);
        }
        Ok(())
    }

    /// The way of approach: drawn by lot for those on the list by decision, else what the line advises.
    async fn method(
        &self,
        line: &ListLine,
        answer: &web::gate::Answer,
        by: AccountId,
        at: Timestamp,
    ) -> anyhow::Result<Channel> {
        let advised = if line.line.channel == Channel::None { Channel::Call } else { line.line.channel };
        let Some(drawn) = self.trial.draw(&answer.safe_channels, &line.line.advertiser).filter(|_| !line.line.random)
        else {
            return Ok(advised);
        };
        let new = NewAssignment {
            advertiser: line.line.advertiser.clone(),
            method: drawn.code.clone(),
            arms: self.trial.arms(&answer.safe_channels).into_iter().map(|arm| arm.code.clone()).collect(),
            approval: format!("{}, {}", self.trial.by, self.trial.dpia),
        };
        self.store.assign_method(&new, by, at).await?;
        Ok(web::gate::stored_channel(drawn.channel))
    }

    fn outcome(&self, signs: Option<&BTreeSet<String>>, answer: f64, yes: f64, which: f64) -> Outcome {
        if answer < 0.22 {
            let silent = [(0.75, Outcome::NoAnswer), (0.1, Outcome::WrongNumber)];
            return choose(which, &silent, Outcome::ThirdParty);
        }
        let has = |at: usize| {
            self.signs
                .as_ref()
                .is_some_and(|of| signs.is_some_and(|signs| of.get(at).is_some_and(|id| signs.contains(id))))
        };
        let accepts = match (has(0), has(1)) {
            // So far apart that some hundred answers, weighted by how likely each was to be asked, speak for a grade.
            (true, _) => 0.94,
            (false, true) => 0.02,
            (false, false) => 0.05,
        };
        if yes < accepts {
            return choose(which, &[(0.85, Outcome::AcceptedOffer)], Outcome::Referred);
        }
        let others = [(0.45, Outcome::Informed), (0.2, Outcome::Declined), (0.1, Outcome::WantsToTalk)];
        choose(which, &others, Outcome::NoNeed)
    }

    fn attempt(
        &self,
        line: &ListLine,
        day: Date,
        team: TeamId,
        channel: Channel,
        outcome: Outcome,
        at: Timestamp,
    ) -> NewAttempt {
        let (method, minutes, people) = match channel {
            Channel::Sms | Channel::Mail | Channel::App => ("message", 6, 1),
            Channel::Visit => ("visit", 70, 2),
            Channel::Call | Channel::None => ("call", 18, 1),
        };
        let advertiser = line.line.advertiser.clone();
        let noted = self.lot(&["minutes", advertiser.as_str(), &day.to_string()]);
        let answered = report::source::is_answer(outcome.as_str());
        let consent = (outcome == Outcome::Referred).then(|| Consent {
            on: day,
            how: ConsentHow::Spoken,
            language: line.line.language.clone(),
            interpreter: line.line.language != "da",
            referred_to: "Demonstration".to_owned(),
        });
        NewAttempt {
            idempotency_key: format!("demo {} {day} {}", team.as_str(), advertiser.as_str()),
            advertiser,
            line: Some(line.id),
            contact: line.line.contacts.first().copied(),
            method: method.to_owned(),
            channel,
            outcome: Some(outcome),
            language: Some(line.line.language.clone()),
            text_version: None,
            // One in eight was not noted.
            minutes: (noted > 0.125).then(|| minutes + (noted * 10.0) as u32),
            note: String::new(),
            follow_up: None,
            team,
            made_at: at,
            details: AttemptDetails {
                people: Some(people),
                told: answered.then_some(Told14::Words),
                consent,
                ..AttemptDetails::default()
            },
        }
    }
}

fn decision(kind: DecisionKind, day: Date) -> Decision {
    let reason = match kind {
        DecisionKind::OfferOutreach => "several_signs",
        DecisionKind::NoConcern => "ordinary",
        _ => "too_little",
    };
    Decision {
        kind,
        reason_code: reason.to_owned(),
        text: String::new(),
        change_mind: String::new(),
        until: (kind == DecisionKind::Watch).then(|| day.saturating_add(jiff::Span::new().days(60))),
        refer_to: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lot_depends_on_seed_and_words_alone_and_choices_keep_their_shares() {
        assert_eq!(lot(1, &["a", "b"]), lot(1, &["a", "b"]));
        assert!(lot(1, &["a", "b"]) != lot(2, &["a", "b"]) && lot(1, &["a", "b"]) != lot(1, &["ab", ""]));
        let mut counts = [0_u32; 3];
        for number in 0..3_000 {
            counts[choose(lot(7, &[&number.to_string()]), &[(0.5, 0), (0.3, 1)], 2)] += 1;
        }
        assert!(counts[0].abs_diff(1_500) < 120 && counts[1].abs_diff(900) < 120, "{counts:?}");
    }
}
