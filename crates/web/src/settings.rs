//! What the pages need of the configuration, as checked values.

use crate::{Language, PublicText};
use domain::{Bilingual, ProgrammeId, TeamId};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where the pages get the time from: the machine's clock, or the demo's last day.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What the pages need of the configuration.
#[derive(Clone)]
pub struct WebSettings {
    /// The programme whose cases and lists are shown.
    pub programme: ProgrammeId,
    /// Its name.
    pub programme_name: Bilingual,
    /// Other programmes that share the contact register with this one: a case can be sent to them, and theirs come here.
    pub other_programmes: Vec<(ProgrammeId, Bilingual)>,
    /// Its outreach teams.
    pub teams: Vec<Team>,
    /// The regions by which the queue is filtered.
    pub regions: Vec<Region>,
    /// Names of municipalities by code.
    pub municipalities: BTreeMap<String, String>,
    /// Who runs this installation.
    pub controller: Controller,
    /// What site owners are told of the crawler.
    pub crawler: CrawlerFacts,
    /// Where the world reads the public page on data and objections; empty where that is not known. Texts name it.
    pub public_page: String,
    /// Words of the public page on data and objections, one language each.
    pub public_texts: Vec<PublicText>,
    /// Days that ads are kept after they were last seen, and cases and contact, for the public page.
    pub kept_days: (u32, u32),
    /// How long what is kept, for administrators.
    pub clocks: store::Clocks,
    /// Language of a visitor who has not chosen.
    pub default_language: Language,
    /// The time.
    pub clock: Clock,
    /// Reasons that a researcher picks from.
    pub reasons: Vec<ReviewReason>,
    /// Outreach methods of the programme.
    pub methods: Vec<Method>,
    /// What can be offered.
    pub offers: Vec<Offer>,
    /// A number that anybody can call for help; empty where there is none.
    pub hotline: String,
    /// Rules of the gate and of the list.
    pub outreach: outreach::Settings,
    /// The people appointed for the urgent route, for workers who must ring one of them.
    pub urgent_people: Vec<UrgentPerson>,
    /// The statutory duty for possible minors, shown on urgent cases.
    pub duty: Option<Duty>,
    /// How cases are read.
    pub review: ReviewSettings,
    /// How places are visited; `None` where the programme's teams get contact lists.
    pub places: Option<Arc<PlacesSettings>>,
    /// The programme watches sites: there are ads, and cases about them.
    pub watches: bool,
    /// Copies of a list that may leave the screen.
    pub copies: Copies,
    /// How long a line is kept for the worker who took it, in minutes.
    pub approach_minutes: i64,
    /// A session ends after so many minutes without a request.
    pub idle_minutes: i64,
    /// A session ends after so many minutes in any case.
    pub session_minutes: i64,
    /// Roles that sign in with a second factor.
    pub second_factor: Vec<store::PersonRole>,
    /// Hours that a one-time link is good.
    pub invitation_hours: i64,
    /// Our own proxies, whose `X-Forwarded-For` is believed.
    pub proxies: crate::Proxies,
    /// Cookies only over TLS, and HSTS: true unless bound to loopback without a proxy.
    pub behind_tls: bool,
    /// When an analysis warns of a difference between languages or of a change.
    pub watch: classifier::WatchRules,
    /// What stands behind the names of cookies: empty, or `-` and the programme's id where several programmes are served
    /// under one host name, since cookies do not tell ports apart.
    pub cookie_suffix: String,
    /// Other programmes with the address of their pages, for whoever signs in at the wrong one.
    pub neighbours: Vec<(Bilingual, String)>,
    /// A line on every page, for example that this is a demonstration.
    pub notice: Option<Bilingual>,
}

/// How places are visited.
#[derive(Debug, Clone, Default)]
pub struct PlacesSettings {
    /// Every known place is visited once within so many days.
    pub interval_days: u32,
    /// A place of concern goes first when its last visit is so many days back.
    pub concern_days: u32,
    /// Nobody is visited again within so many days, but for concern.
    pub pause_days: u32,
    /// A team's visits on each day of the week, Monday first.
    pub visits: [u32; 7],
    /// Where each municipality lies: latitude and longitude of its centre in degrees.
    pub points: BTreeMap<String, (f64, f64)>,
    /// Where each team's day begins.
    pub bases: BTreeMap<TeamId, (f64, f64)>,
    /// The forms that can be begun: id and version.
    pub asked: Vec<(String, u32)>,
    /// Those and every earlier version that was asked, so that its answers can still be read.
    pub forms: Vec<Arc<instruments::Instrument>>,
}

impl PlacesSettings {
    /// A version of a form.
    pub fn form(&self, id: &str, version: u32) -> Option<&Arc<instruments::Instrument>> {
        self.forms.iter().find(|form| form.id == id && form.version == version)
    }
    /// The forms that can be begun.
    pub fn begun(&self) -> impl Iterator<Item = &Arc<instruments::Instrument>> {
        self.asked.iter().filter_map(|(id, version)| self.form(id, *version))
    }
}

/// How cases are read.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewSettings {
    /// How long a case is kept for its reader, in minutes.
    pub reading_minutes: i64,
    /// A pause is proposed after so many minutes without one; 0 for never.
    pub pause_minutes: i64,
    /// A pause is proposed after so many cases without one; 0 for never.
    pub pause_cases: u64,
    /// A break of so many minutes counts as a pause.
    pub rest_minutes: i64,
    /// Share of the decisions that a colleague reads once more, blind: 0 to 1.
    pub second_share: f64,
    /// The same seed draws the same decisions.
    pub second_seed: String,
}

impl Default for ReviewSettings {
    fn default() -> Self {
        Self {
            reading_minutes: 30,
            pause_minutes: 50,
            pause_cases: 25,
            rest_minutes: 10,
            second_share: 0.0,
            second_seed: "second".to_owned(),
        }
    }
}

/// An outreach team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Never changed.
    pub id: TeamId,
    /// What people call it.
    pub name: String,
    /// Its municipalities, four digits each.
    pub municipalities: Vec<String>,
    /// Most lines a day.
    pub lines: u32,
    /// Languages that its workers speak, ISO 639-1.
    pub languages: Vec<String>,
    /// The number that prepared texts give; empty where there is none.
    pub phone: String,
    /// When its list is ready, local time, `06:00`.
    pub hour: String,
    /// Whom to ring for an interpreter; empty where none is configured.
    pub interpreter: String,
}

/// Which copies of a list a programme allows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Copies {
    /// On paper.
    pub paper: bool,
    /// As a file for a spreadsheet.
    pub csv: bool,
}

/// A region: a name for several municipalities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Stands in the queue's address.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its municipalities.
    pub municipalities: Vec<String>,
}

/// Who runs the installation. Empty fields are left out of the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Controller {
    /// Organisation responsible for the data.
    pub organisation: String,
    /// Where it can be written to.
    pub address: String,
    /// E-mail.
    pub email: String,
    /// Phone.
    pub phone: String,
    /// Data protection officer.
    pub data_protection: String,
    /// Legal bases, in words.
    pub legal_basis: Bilingual,
    /// Reference and date of the impact assessment.
    pub dpia: String,
}

/// What site owners are told of the crawler.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CrawlerFacts {
    /// As sent with each request.
    pub user_agent: String,
    /// The name that a robots.txt rule needs.
    pub product_token: String,
    /// Least pause between two requests to a host, in seconds.
    pub delay_s: u32,
}

/// A reason for a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewReason {
    /// Kept in the store.
    pub code: String,
    /// Shown.
    pub text: Bilingual,
}

/// An outreach method on trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// Kept in the store.
    pub code: String,
    /// Shown.
    pub name: Bilingual,
    /// The way that it goes by; an attempt by that way is counted under it.
    pub channel: Option<outreach::Channel>,
}

impl Method {
    /// Whether an attempt by this way is one of this method. A configuration that names no way is read by the code.
    pub fn goes_by(&self, channel: outreach::Channel) -> bool {
        match self.channel {
            Some(own) => own == channel,
            None => self.code == channel.as_str() || self.code == "message" && channel == outreach::Channel::Sms,
        }
    }
}

/// Something that can be offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Kept in the store.
    pub id: String,
    /// Shown.
    pub title: Bilingual,
    /// Phone or address; may be empty.
    pub contact: String,
    /// Municipalities that it is for; empty for all.
    pub municipalities: Vec<String>,
}

/// Somebody appointed for the urgent route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrgentPerson {
    /// Log-in of the account.
    pub login: String,
    /// What colleagues call them; empty for the account's name.
    pub name: String,
    /// Where they are rung; may be empty.
    pub phone: String,
}

/// A statutory duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// What must be done.
    pub text: Bilingual,
    /// Law and paragraph.
    pub law: String,
    /// When somebody last checked it.
    pub checked: Date,
}

impl WebSettings {
    /// A cookie's name: only for this host and over TLS where there is TLS, and this programme's own.
    pub fn cookie_name(&self, name: &str) -> String {
        format!("{}{name}{}", if self.behind_tls { "__Host-" } else { "" }, self.cookie_suffix)
    }
    /// A team by its id.
    pub fn team(&self, id: &TeamId) -> Option<&Team> {
        self.teams.iter().find(|team| &team.id == id)
    }
    /// A team's name, or its id where it is not configured any more.
    pub fn team_name<'a>(&'a self, id: &'a TeamId) -> &'a str {
        self.team(id).map_or(id.as_str(), |team| team.name.as_str())
    }
    /// The offers for a municipality: those made for it alone first.
    pub fn offers_in(&self, municipality: &str) -> Vec<&Offer> {
        let near = |offer: &&Offer| offer.municipalities.iter().any(|code| code == municipality);
        let anywhere = |offer: &&Offer| offer.municipalities.is_empty();
        self.offers.iter().filter(near).chain(self.offers.iter().filter(anywhere)).collect()
    }
    /// A municipality's name, or its code where the name is not known.
    pub fn municipality<'a>(&'a self, code: &'a str) -> &'a str {
        self.municipalities.get(code).map_or(code, String::as_str)
    }
}
