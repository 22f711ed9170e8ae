//! `programmes/<id>.toml` or `programmes/<id>/programme.toml`: one programme with its teams, instruments and offers.

use super::toml_file::ConfigError;
use domain::Bilingual;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

/// One programme.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Programme {
    /// The file's name; never changed.
    pub id: String,
    /// What people call it.
    pub title: Bilingual,
    /// What its teams approach.
    #[serde(default)]
    pub unit: Unit,
    /// Its sites by id; `["*"]` means all that no other programme names.
    pub sites: Vec<String>,
    /// Sites that other programmes name: worked out, never written.
    #[serde(skip)]
    pub elsewhere: BTreeSet<String>,
    /// Screening instruments by id.
    #[serde(default)]
    pub instruments: Vec<String>,
    /// Rules of the gate and the list, and prepared texts.
    pub outreach: outreach::Settings,
    /// How cases are read; left out for the defaults.
    #[serde(default)]
    pub review: Review,
    /// Reasons that a researcher picks from.
    pub reasons: Vec<Reason>,
    /// What work costs, for reports; left out where nobody said.
    #[serde(default)]
    pub cost: Cost,
    /// Outreach methods on trial.
    pub methods: Vec<Method>,
    /// The statutory duty where a possible minor is concerned; left out until somebody has checked it.
    pub duty: Option<Duty>,
    /// Who is told of a possible minor.
    #[serde(default)]
    pub urgent: UrgentSettings,
    /// What can be offered.
    pub offers: Vec<Offer>,
    /// A number that anybody can call for help, for the line's page and prepared texts; may be empty.
    #[serde(default)]
    pub hotline: String,
    /// Whom a worker rings for an interpreter: number, hours, code; may be empty.
    #[serde(default)]
    pub interpreter: String,
    /// Copies of the day's list that may leave the screen.
    #[serde(default)]
    pub copies: CopiesSettings,
    /// How places are visited, where the unit is a clinic or a workplace.
    #[serde(default)]
    pub visits: VisitSettings,
    /// The outreach teams.
    pub teams: Vec<TeamSettings>,
    /// Whether it shares the contact register with other programmes.
    #[serde(default)]
    pub register: RegisterAgreement,
    /// Where its store is, for commands that work for all programmes.
    #[serde(default)]
    pub store: StoreSettings,
    /// Where its pages are.
    #[serde(default)]
    pub serve: ProgrammePages,
    /// Its own clocks, in place of those of `bavn.toml`; those left out have their usual length.
    pub retention: Option<super::RetentionSettings>,
}

/// Where a programme's store is, for a command that works for all programmes. With `--programme` the command line says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreSettings {
    /// Folder of the embedded store; empty: `--data` with `-` and the programme's id.
    pub data: String,
    /// Another database in its place, `postgres://…`; empty: none.
    pub database: String,
    /// File with its master key; empty: beside the data folder.
    pub key_file: String,
}

/// Where a programme's pages are; what is left out follows from `bavn.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProgrammePages {
    /// Address and port of the pages.
    pub listen: Option<SocketAddr>,
    /// Address and port of the public pages, where they have a listener of their own.
    pub public_listen: Option<SocketAddr>,
    /// Address and port that monitors ask.
    pub monitor_listen: Option<SocketAddr>,
    /// Address by which people reach the pages, `https://klinikker.example.dk/`: in mails, and on the sign-in pages of the
    /// other programmes.
    pub pages_url: String,
}

/// Whether a programme shares the contact register, and who agreed to that: none until somebody did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegisterAgreement {
    /// It does.
    pub common: bool,
    /// Who agreed for the programme.
    pub by: String,
    /// When.
    pub at: Option<jiff::civil::Date>,
    /// The agreement: its reference, the controllers' arrangement (GDPR art. 26), the impact assessment.
    pub agreement: String,
}

/// How places are visited.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VisitSettings {
    /// Every known place is visited once within so many days.
    pub interval_days: u32,
    /// A place of concern goes first when its last visit is so many days back.
    pub concern_days: u32,
    /// Nobody is visited again within so many days, but for concern.
    pub pause_days: u32,
    /// A team's visits on each day of the week, Monday first.
    pub visits: [u32; 7],
    /// Where each team's day begins, by the team's id: latitude and longitude in degrees.
    pub bases: BTreeMap<String, (f64, f64)>,
}

impl Default for VisitSettings {
    fn default() -> Self {
        Self {
            interval_days: 182,
            concern_days: 14,
            pause_days: 30,
            visits: [3, 3, 3, 3, 3, 0, 0],
            bases: BTreeMap::new(),
        }
    }
}

/// What a programme's teams approach.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Whoever runs ads: the teams get contact lists.
    #[default]
    Advertiser,
    /// A clinic: the teams visit places.
    Clinic,
    /// A workplace: the teams visit places.
    Workplace,
}

impl Unit {
    /// Whether its teams visit places.
    pub fn visits_places(self) -> bool {
        self != Unit::Advertiser
    }

    /// As written in the files.
    pub fn as_str(self) -> &'static str {
        match self {
            Unit::Advertiser => "advertiser",
            Unit::Clinic => "clinic",
            Unit::Workplace => "workplace",
        }
    }
}

/// Copies of the day's list that may leave the screen: none until the programme says so.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CopiesSettings {
    /// On paper.
    pub paper: bool,
    /// As a file for a spreadsheet.
    pub csv: bool,
}

/// How cases are read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Review {
    /// A case that somebody opens is kept for so many minutes.
    pub reading_minutes: u32,
    /// A pause is proposed after so many minutes without one; 0 for never.
    pub pause_minutes: u32,
    /// A pause is proposed after so many cases without one; 0 for never.
    pub pause_cases: u32,
    /// A break of so many minutes counts as a pause.
    pub rest_minutes: u32,
    /// Share of the decisions that a colleague reads once more, blind: 0 to 1.
    pub second_share: f64,
    /// The same seed draws the same decisions.
    pub second_seed: String,
}

impl Default for Review {
    fn default() -> Self {
        Self {
            reading_minutes: 30,
            pause_minutes: 50,
            pause_cases: 25,
            rest_minutes: 10,
            second_share: 0.1,
            second_seed: "second-reading".to_owned(),
        }
    }
}

/// What work costs, in kroner; 0 where nobody said.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cost {
    /// One worker's hour with everything.
    pub hour_kr: f64,
    /// The same for a team that differs, by the team's id.
    pub team_hour_kr: BTreeMap<String, f64>,
    /// What an attempt costs beside time, by channel: `sms`, `call`, `visit`.
    pub attempt_kr: BTreeMap<String, f64>,
}

impl Cost {
    /// As reports compute with them.
    pub fn rates(&self) -> report::source::Rates {
        report::source::Rates {
            hour_kr: self.hour_kr,
            team_hour_kr: self.team_hour_kr.clone(),
            attempt_kr: self.attempt_kr.clone(),
        }
    }
}

/// A reason for a decision.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Kept in the store.
    pub code: String,
    /// Shown.
    pub text: Bilingual,
}

/// An outreach method.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Method {
    /// Kept in the store.
    pub code: String,
    /// Shown.
    pub name: Bilingual,
    /// The way that it goes by: `sms`, `call`, `visit`, `mail`, `app`. An attempt by that way is counted under it.
    #[serde(default)]
    pub channel: Option<outreach::Channel>,
}

/// A statutory duty.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// What must be done.
    pub text: Bilingual,
    /// Law and paragraph.
    pub law: String,
    /// The day on which somebody last checked it, `2026-11-01`.
    pub checked: jiff::civil::Date,
}

/// Who is told of a possible minor, and how soon somebody must answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UrgentSettings {
    /// The people appointed: only they see such cases.
    pub people: Vec<UrgentPerson>,
    /// E-mail addresses that are told where nobody has answered in time.
    pub escalate_to: Vec<String>,
    /// Minutes until then.
    pub answer_min: u32,
}

impl Default for UrgentSettings {
    fn default() -> Self {
        Self { people: Vec::new(), escalate_to: Vec::new(), answer_min: 60 }
    }
}

/// Somebody appointed for the urgent route.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UrgentPerson {
    /// Log-in of the account.
    pub login: String,
    /// Where notices go.
    pub email: String,
    /// What workers call them; empty for the account's name.
    #[serde(default)]
    pub name: String,
    /// Where a worker rings them; may be empty.
    #[serde(default)]
    pub phone: String,
}

/// Something that can be offered.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// Kept in the store.
    pub id: String,
    /// Shown.
    pub title: Bilingual,
    /// Phone or address for the worker.
    pub contact: String,
    /// Municipalities that it is for, four digits each; left out or empty: all.
    #[serde(default)]
    pub municipalities: Vec<String>,
}

/// An outreach team.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamSettings {
    /// Never changed.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Whole regions, by name as in `places/municipalities.csv`.
    pub regions: Vec<String>,
    /// Further municipalities, four digits.
    pub municipalities: Vec<String>,
    /// When its list is ready, local time, `06:00`.
    pub hour: String,
    /// Most lines on a list.
    pub lines: u32,
    /// Languages that its workers speak, ISO 639-1.
    pub languages: Vec<String>,
    /// The number that prepared texts give; empty where there is none.
    pub phone: String,
}

impl Programme {
    /// Checks what the types do not.
    pub fn check(&self, file: &str) -> Result<(), ConfigError> {
        let wrong = |key: &str, message: String| Err(ConfigError::at_key(file, "", key, message));
        let mut parts = file.trim_end_matches(".toml").rsplit(['/', '\\']);
        let name = parts.next().unwrap_or_default();
        let own = if name == "programme" { parts.next().unwrap_or_default() } else { name };
        if own != self.id {
            return wrong("id", format!("'{}' is not the name of its file or folder, '{own}'", self.id));
        }
        if let Err(error) = self.outreach.check() {
            return wrong("outreach", error.to_string());
        }
        let addresses = self.urgent.people.iter().map(|person| &person.email).chain(&self.urgent.escalate_to);
        for address in addresses {
            if address.parse::<lettre::Address>().is_err() {
                return wrong("urgent", format!("'{address}' is no e-mail address"));
            }
        }
        let url = &self.serve.pages_url;
        if !url.is_empty() && !url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
            return wrong("pages_url", format!("'{url}' is no address of pages such as https://klinikker.example.dk/"));
        }
        let register = &self.register;
        if register.common
            && (register.by.trim().is_empty() || register.agreement.trim().is_empty() || register.at.is_none())
        {
            return wrong(
                "register",
                "common = true needs 'by', 'at' and 'agreement': who agreed to share the contact register, when, and under \
                 which agreement"
                    .to_owned(),
            );
        }
        let review = &self.review;
        if !(0.0..=1.0).contains(&review.second_share) {
            return wrong("second_share", format!("{} is no share from 0 to 1", review.second_share));
        }
        if review.reading_minutes == 0 || review.reading_minutes > 24 * 60 {
            return wrong("reading_minutes", format!("{} is not between 1 and 1440", review.reading_minutes));
        }
        let cost = &self.cost;
        let rates = cost.team_hour_kr.values().chain(cost.attempt_kr.values()).chain([&cost.hour_kr]);
        if let Some(rate) = rates.copied().find(|rate| !rate.is_finite() || *rate < 0.0) {
            return wrong("cost", format!("{rate} is no amount in kroner"));
        }
        if let Some(team) = cost.team_hour_kr.keys().find(|id| self.teams.iter().all(|team| team.id != **id)) {
            return wrong("team_hour_kr", format!("there is no team '{team}'"));
        }
        if let Some(channel) = cost.attempt_kr.keys().find(|channel| outreach::Channel::parse(channel).is_none()) {
            return wrong("attempt_kr", format!("'{channel}' is no channel: sms, call, visit, mail, app, none"));
        }
        let visits = &self.visits;
        if visits.interval_days == 0 || visits.interval_days > 1826 {
            return wrong("interval_days", format!("{} is not between 1 and 1826", visits.interval_days));
        }
        for (key, days) in [("concern_days", visits.concern_days), ("pause_days", visits.pause_days)] {
            if days > 1826 {
                return wrong(key, format!("{days} is more than 1826"));
            }
        }
        if self.unit.visits_places() && visits.visits.iter().all(|number| *number == 0) {
            return wrong("visits", "no day of the week has a visit".to_owned());
        }
        if let Some(most) = visits.visits.iter().find(|number| **number > 100) {
            return wrong("visits", format!("{most} visits are more than a team makes in a day"));
        }
        for (team, (lat, lon)) in &visits.bases {
            if self.teams.iter().all(|known| known.id != *team) {
                return wrong("bases", format!("there is no team '{team}'"));
            }
            if !(lat.abs() <= 90.0 && lon.abs() <= 180.0) {
                return wrong("bases", format!("'{team}': [{lat}, {lon}] is no latitude and longitude"));
            }
        }
        for team in &self.teams {
            if team.hour.parse::<jiff::civil::Time>().is_err() {
                return wrong("hour", format!("team '{}': '{}' is no time such as 06:00", team.id, team.hour));
            }
            if let Some(code) =
                team.municipalities.iter().find(|c| c.len() != 4 || !c.bytes().all(|b| b.is_ascii_digit()))
            {
                return wrong("municipalities", format!("team '{}': '{code}' is no code of four digits", team.id));
            }
        }
        Ok(())
    }

    /// Whether the programme watches `site`.
    pub fn watches(&self, site: &str) -> bool {
        self.sites.iter().any(|name| name == site || name == "*" && !self.elsewhere.contains(site))
    }
}

/// Checks that no two programmes want the same site or team, and tells each what the others name.
pub fn share(programmes: &mut BTreeMap<String, Programme>) -> Result<(), String> {
    let (mut sites, mut teams): (BTreeMap<String, String>, BTreeMap<String, String>) = Default::default();
    for programme in programmes.values() {
        for site in &programme.sites {
            if let Some(other) = sites.insert(site.clone(), programme.id.clone()).filter(|other| *other != programme.id)
            {
                return Err(match site.as_str() {
                    "*" => format!("'{other}' and '{}' both want all sites: name those of one of them", programme.id),
                    _ => format!(
                        "site '{site}' is named by '{other}' and by '{}': a site has one programme",
                        programme.id
                    ),
                });
            }
        }
        for team in &programme.teams {
            if let Some(other) = teams.insert(team.id.clone(), programme.id.clone()) {
                return Err(format!("team '{}' is in '{other}' and again in '{}'", team.id, programme.id));
            }
        }
    }
    for programme in programmes.values_mut() {
        let others = sites.iter().filter(|(site, of)| **of != programme.id && site.as_str() != "*");
        programme.elsewhere = others.map(|(site, _)| site.clone()).collect();
    }
    Ok(())
}
