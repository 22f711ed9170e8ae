//! What figures are counted from: people (advertisers), what was seen of them and what was done, without anything that reaches
//! or names anybody.

use domain::{Band, Bilingual};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A period's facts.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// First local day.
    pub from: Date,
    /// Last local day.
    pub to: Date,
    /// Last local day of the period of which something can be known by then; before `from` if none.
    pub known_to: Date,
    /// What was known by then counted.
    pub as_of: Timestamp,
    /// Sites, by which other types name them.
    pub sites: Vec<Site>,
    /// Forms of advertising; the last one is 'unclear'.
    pub forms: Vec<Named>,
    /// Municipalities with their regions.
    pub places: Vec<Place>,
    /// Indicators of the catalogue.
    pub indicators: Vec<Indicator>,
    /// Methods of outreach.
    pub methods: Vec<Named>,
    /// Advertisers with an ad up in the period.
    pub advertisers: Vec<Advertiser>,
    /// Networks of two of these advertisers or more.
    pub networks: Vec<Network>,
    /// Attempts made in the period.
    pub attempts: Vec<Attempt>,
    /// Lines of lists of the period.
    pub lines: Vec<Line>,
    /// Methods drawn by lot in the period.
    pub assignments: Vec<Assignment>,
    /// What an hour and an attempt cost.
    pub rates: Rates,
    /// What two readers decided on the same case, each without the other: one pair a case.
    pub readers: Vec<(String, String)>,
    /// Runs begun in the period.
    pub runs: Vec<Run>,
    /// Ties of the analysis: kind, whether they join, how many.
    pub ties: Vec<(String, bool, u64)>,
    /// What made it.
    pub made_of: MadeOf,
}

/// A site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Site {
    /// Its folder's name.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Its ads come from imports.
    pub import_only: bool,
}

/// A code with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Code.
    pub id: String,
    /// Name.
    pub title: Bilingual,
}

/// A municipality.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Four digits.
    pub code: String,
    /// Name.
    pub name: String,
    /// Its region's name.
    pub region: String,
}

/// An indicator of the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Indicator {
    /// Permanent id.
    pub id: String,
    /// Version of its meaning.
    pub version: u32,
    /// Title.
    pub title: Bilingual,
    /// Group.
    pub group: String,
    /// `ad`, `advertiser`, `network`.
    pub scope: String,
    /// Grade of evidence.
    pub grade: String,
    /// `draft`, `trial`, …
    pub status: String,
    /// `score`, `context`, `control`, `urgent`, `counter`.
    pub role: String,
    /// Points.
    pub points: f64,
}

/// An ad of the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ad {
    /// The store's own number: never shown, it only makes the pseudonym.
    pub number: i64,
    /// Its site's place in [`Source::sites`].
    pub site: u16,
    /// First day on which it was ever seen.
    pub first: Date,
    /// Last day on which it was seen.
    pub last: Date,
    /// Days of the period on which it was seen, counted from the period's first day.
    pub days: Vec<u16>,
    /// Versions.
    pub versions: u32,
    /// Known to be gone.
    pub gone: bool,
    /// Place of its municipality in [`Source::places`].
    pub place: Option<u16>,
    /// Language.
    pub language: Option<String>,
    /// Place of its form in [`Source::forms`].
    pub form: u8,
    /// Pictures.
    pub pictures: u32,
}

/// An advertiser.
#[derive(Debug, Clone, PartialEq)]
pub struct Advertiser {
    /// The analysis' id: never shown, it only makes the pseudonym.
    pub id: String,
    /// Its network's id.
    pub network: String,
    /// Its ads of the period, at least one.
    pub ads: Vec<Ad>,
    /// Band.
    pub band: Band,
    /// Points.
    pub points: f64,
    /// In the urgent route.
    pub urgent: bool,
    /// In the queue of spam and scam.
    pub spam: bool,
    /// Places of the indicators that fired in [`Source::indicators`], sorted, each once.
    pub indicators: Vec<u16>,
    /// The decision in force, if any.
    pub decision: Option<String>,
}

/// A network of two advertisers or more.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// The analysis' id.
    pub id: String,
    /// Places of its advertisers in [`Source::advertisers`].
    pub advertisers: Vec<u32>,
    /// Band.
    pub band: Band,
    /// Points.
    pub points: f64,
    /// Indicators that fired for it or its members.
    pub indicators: Vec<u16>,
}

/// An attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// Place of the advertiser in [`Source::advertisers`]; `None` where she had no ad up in the period.
    pub advertiser: Option<u32>,
    /// Whom it was made at, the same for the same: never shown.
    pub person: i64,
    /// Team.
    pub team: String,
    /// Method's code.
    pub method: String,
    /// `sms`, `call`, `visit`.
    pub channel: String,
    /// Outcome's code.
    pub outcome: Option<String>,
    /// Minutes spent.
    pub minutes: Option<u32>,
    /// Workers on it; one where nobody wrote how many.
    pub workers: u32,
    /// Local day.
    pub day: Date,
    /// From a line drawn at random; `None` where it came from no line.
    pub random: Option<bool>,
    /// The line's inclusion probability.
    pub probability: Option<f64>,
}

/// A method drawn by lot for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// For whom, as in [`Attempt::person`].
    pub person: i64,
    /// What was drawn.
    pub method: String,
    /// From which methods, each with the same chance.
    pub arms: Vec<String>,
}

/// What work costs, in kroner; 0 where nobody said.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rates {
    /// One worker's hour.
    pub hour_kr: f64,
    /// One worker's hour in a team that differs.
    pub team_hour_kr: BTreeMap<String, f64>,
    /// What an attempt costs beside time, by channel.
    pub attempt_kr: BTreeMap<String, f64>,
}

impl Rates {
    /// Somebody said what work costs.
    pub fn known(&self) -> bool {
        let rates = self.team_hour_kr.values().chain(self.attempt_kr.values());
        self.hour_kr > 0.0 || rates.into_iter().any(|rate| *rate > 0.0)
    }

    /// What an attempt cost; its time only where minutes were noted.
    pub fn of(&self, attempt: &Attempt) -> f64 {
        let hour = self.team_hour_kr.get(&attempt.team).copied().unwrap_or(self.hour_kr);
        attempt.hours().unwrap_or(0.0) * hour + self.attempt_kr.get(&attempt.channel).copied().unwrap_or(0.0)
    }
}

/// A line of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Whom it is about, as in [`Attempt::person`].
    pub person: i64,
    /// Drawn at random.
    pub random: bool,
    /// Inclusion probability.
    pub probability: f64,
    /// Day of the list.
    pub day: Date,
}

/// A run over a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Place in [`Source::sites`].
    pub site: u16,
    /// Local day on which it began.
    pub day: Date,
    /// `good`, `partial`, `failed`, or empty where it was cut off.
    pub end: String,
    /// Pages asked for.
    pub pages: u64,
    /// Failures.
    pub failures: u64,
    /// Different ads on the listings.
    pub ads_listed: u64,
}

/// Versions of everything that made the figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeOf {
    /// Programme's id.
    pub programme: String,
    /// Programme's title.
    pub programme_title: Bilingual,
    /// Who answers for it.
    pub controller: String,
    /// `sha256:…` of the catalogue.
    pub catalogue: String,
    /// `sha256:…` of the parameters of linking.
    pub parameters: String,
    /// Version of the program.
    pub code: String,
    /// Version of the reference.
    pub reference: String,
    /// What was known by then counted in the analysis.
    pub analysed_as_of: Timestamp,
    /// Ads of the period that no analysis has seen yet.
    pub not_analysed: u64,
}

/// Outcomes in the order of how near they are to help, as in the ledger.
pub const OUTCOMES: [&str; 10] = [
    "no_answer",
    "wrong_number",
    "third_party",
    "declined",
    "objection",
    "informed",
    "no_need",
    "wants_to_talk",
    "accepted_offer",
    "referred",
];

/// Somebody answered: the person advertised, whatever she said.
pub fn is_answer(outcome: &str) -> bool {
    matches!(
        outcome,
        "declined" | "objection" | "informed" | "no_need" | "wants_to_talk" | "accepted_offer" | "referred"
    )
}

/// An offer was accepted.
pub fn is_accepted(outcome: &str) -> bool {
    matches!(outcome, "accepted_offer" | "referred")
}

impl Attempt {
    /// Hours of work: minutes for each worker on it. `None` where no minutes were noted.
    pub fn hours(&self) -> Option<f64> {
        self.minutes.map(|minutes| f64::from(minutes) * f64::from(self.workers.max(1)) / 60.0)
    }
}

impl Advertiser {
    /// The most frequent value over its ads, weighted by days; the smallest of equals.
    fn most<T: Ord + Clone>(&self, of: impl Fn(&Ad) -> Option<T>) -> Option<T> {
        let mut weights: BTreeMap<T, usize> = BTreeMap::new();
        for ad in &self.ads {
            if let Some(value) = of(ad) {
                *weights.entry(value).or_default() += ad.days.len();
            }
        }
        weights.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0))).map(|(value, _)| value)
    }

    /// Its municipality: place in [`Source::places`].
    pub fn place(&self) -> Option<u16> {
        self.most(|ad| ad.place)
    }

    /// Its language.
    pub fn language(&self) -> Option<String> {
        self.most(|ad| ad.language.clone())
    }

    /// Its form: what most of its ads say, 'unclear' only where none says.
    pub fn form(&self, unclear: u8) -> u8 {
        self.most(|ad| (ad.form != unclear).then_some(ad.form)).unwrap_or(unclear)
    }

    /// Days of the period on which an ad of it was seen, each once.
    pub fn days(&self) -> Vec<u16> {
        let mut days: Vec<u16> = self.ads.iter().flat_map(|ad| ad.days.iter().copied()).collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// Sites on which it was up in the period, each once.
    pub fn sites(&self) -> Vec<u16> {
        let mut sites: Vec<u16> = self.ads.iter().map(|ad| ad.site).collect();
        sites.sort_unstable();
        sites.dedup();
        sites
    }
}
