//! `bavn.toml`.

use super::toml_file::ConfigError;
use serde::Deserialize;
use std::net::SocketAddr;

/// `bavn.toml`: what holds for the installation as a whole.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Who answers for the installation.
    pub controller: Controller,
    /// The web pages.
    pub serve: ServeSettings,
    /// The crawl.
    pub crawl: CrawlSettings,
    /// The analysis.
    pub analyse: AnalyseSettings,
    /// What monitors ask.
    pub monitor: MonitorSettings,
    /// The public pages.
    #[serde(default)]
    pub public: PublicSettings,
    /// How people sign in.
    #[serde(default)]
    pub sign_in: SignInSettings,
    /// An identity provider beside passwords.
    #[serde(default)]
    pub oidc: OidcSettings,
    /// The mail server for notices.
    #[serde(default)]
    pub smtp: SmtpSettings,
    /// The log of looks.
    #[serde(default)]
    pub audit: AuditSettings,
    /// How long what is kept.
    #[serde(default)]
    pub retention: RetentionSettings,
    /// Backups.
    #[serde(default)]
    pub backup: BackupSettings,
    /// Who is told when something calls for somebody.
    #[serde(default)]
    pub alarms: AlarmSettings,
    /// Where the contact register lies that programmes share.
    #[serde(default)]
    pub register: RegisterSettings,
    /// Several programmes are configured: worked out, never written.
    #[serde(skip)]
    pub several: bool,
}

/// Where the contact register lies that programmes share who agreed to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegisterSettings {
    /// Its own store, `sqlite:FILE` or `postgres://…`; empty: `register/bavn.sqlite` beside the data folder. The environment
    /// variable `BAVN_REGISTER_DATABASE` comes first, for an address with a password.
    pub database: String,
    /// File with its own master key; empty: `register.key` beside the data folder. `BAVN_REGISTER_KEY_FILE` comes first.
    pub key_file: String,
}

/// Alarms by mail and webhook. Nothing personal is in them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AlarmSettings {
    /// Addresses told of the crawl, backups, deletions, configuration and approvals.
    pub emails: Vec<String>,
    /// Addresses of auditors, told of limits of looks.
    pub auditor_emails: Vec<String>,
    /// Address that each alarm is posted to as JSON; empty: none.
    pub webhook: String,
    /// File with a secret by which each post is signed (HMAC-SHA-256); empty: not signed.
    pub webhook_secret_file: String,
    /// Hours after which the newest backup is too old.
    pub backup_hours: u32,
    /// Days before an approval's end at which it is told.
    pub approval_days: u32,
}

impl Default for AlarmSettings {
    fn default() -> Self {
        Self {
            emails: Vec::new(),
            auditor_emails: Vec::new(),
            webhook: String::new(),
            webhook_secret_file: String::new(),
            backup_hours: 48,
            approval_days: 14,
        }
    }
}

impl AlarmSettings {
    /// Checks what the types do not.
    fn check(&self, smtp: &SmtpSettings) -> Result<(), (&'static str, &'static str)> {
        let bad = |address: &String| address.parse::<lettre::message::Mailbox>().is_err();
        if self.emails.iter().any(bad) {
            return Err(("alarms.emails", "each must be an e-mail address"));
        }
        if self.auditor_emails.iter().any(bad) {
            return Err(("alarms.auditor_emails", "each must be an e-mail address"));
        }
        if smtp.server.is_empty() && !(self.emails.is_empty() && self.auditor_emails.is_empty()) {
            return Err(("alarms.emails", "mail needs smtp.server"));
        }
        if !self.webhook.is_empty() {
            let url = url::Url::parse(&self.webhook).ok();
            let own = url.as_ref().is_some_and(|url| match url.host() {
                Some(url::Host::Ipv4(address)) => address.is_loopback(),
                Some(url::Host::Ipv6(address)) => address.is_loopback(),
                Some(url::Host::Domain(name)) => name == "localhost",
                None => false,
            });
            if !url.is_some_and(|url| url.scheme() == "https" || (url.scheme() == "http" && own)) {
                return Err(("alarms.webhook", "must be an https address (http only on this machine), or empty"));
            }
        }
        if self.backup_hours == 0 {
            return Err(("alarms.backup_hours", "must be at least 1"));
        }
        Ok(())
    }
}

/// The log of looks, its anchors and its alarm.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuditSettings {
    /// File of the anchors, outside the data folder; empty: `<data>.anchors.jsonl`.
    pub anchor_file: String,
    /// Look-ups that one person may make on a day before the alarm; 0: no limit.
    pub lookups_per_day: u32,
    /// Pages with personal data outside the own list, likewise.
    pub views_per_day: u32,
    /// Exports, likewise.
    pub exports_per_day: u32,
}

impl Default for AuditSettings {
    fn default() -> Self {
        Self { anchor_file: String::new(), lookups_per_day: 60, views_per_day: 400, exports_per_day: 20 }
    }
}

/// The clocks, in days. Pages have theirs in `crawl.keep_pages_days`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionSettings {
    /// Ads with text, contacts and readings, after their advertiser was last seen.
    pub ads_days: u32,
    /// Contacts, links and street addresses of ads, after their advertiser was last seen.
    pub contacts_days: u32,
    /// Hashes of pictures, after they were made.
    pub images_days: u32,
    /// Cases, decisions, judgements, after their last change.
    pub cases_days: u32,
    /// Lists, claims and attempts.
    pub ledger_days: u32,
    /// What was done and looked at, in words; the chain itself stays.
    pub audit_days: u32,
    /// Local time at which `bavn run` deletes what is due.
    pub hour: String,
}

impl Default for RetentionSettings {
    fn default() -> Self {
        Self {
            ads_days: 730,
            contacts_days: 730,
            images_days: 730,
            cases_days: 1826,
            ledger_days: 1826,
            audit_days: 1826,
            hour: "03:30".to_owned(),
        }
    }
}

/// Backups made by `bavn run`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BackupSettings {
    /// Folder for the backups; empty: none are made by the schedule.
    pub folder: String,
    /// age recipients (`age1…`) for whom backups are encrypted.
    pub recipients: Vec<String>,
    /// File with an age identity or a passphrase, by which `backup verify` opens them.
    pub secret_file: String,
    /// Local time of the daily backup.
    pub hour: String,
    /// Backups that are kept.
    pub keep: u32,
    /// Days between two trial restores.
    pub verify_days: u32,
}

impl Default for BackupSettings {
    fn default() -> Self {
        Self {
            folder: String::new(),
            recipients: Vec::new(),
            secret_file: String::new(),
            hour: "02:30".to_owned(),
            keep: 14,
            verify_days: 7,
        }
    }
}

/// What kind of body the controller is: their legal bases differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ControllerKind {
    /// A public authority.
    Authority,
    /// A non-governmental organisation.
    Ngo,
}

/// Who answers for the installation (GDPR art. 4, 7). Empty texts mean that it is not yet decided.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    /// Name of the organisation.
    pub organisation: String,
    /// Authority or NGO.
    pub kind: ControllerKind,
    /// How people and site owners reach it: an e-mail address or phone.
    pub contact: String,
    /// GDPR art. 6 and 9 and databeskyttelsesloven § 8 as applied here.
    pub legal_bases: Vec<String>,
    /// Reference of the data protection impact assessment (GDPR art. 35).
    pub dpia_reference: String,
    /// Its date, `2026-05-01`.
    pub dpia_date: String,
}

impl Controller {
    /// What is still missing; empty when other hosts than loopback may be asked.
    pub fn missing(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        for (name, value) in [
            ("organisation", &self.organisation),
            ("contact", &self.contact),
            ("dpia_reference", &self.dpia_reference),
            ("dpia_date", &self.dpia_date),
        ] {
            if value.trim().is_empty() {
                missing.push(name);
            }
        }
        // A date that is none is as good as missing; what it says is for a person to judge.
        if !self.dpia_date.trim().is_empty() && self.dpia_date.trim().parse::<jiff::civil::Date>().is_err() {
            missing.push("dpia_date (a day such as 2026-05-01)");
        }
        if self.legal_bases.iter().all(|basis| basis.trim().is_empty()) {
            missing.push("legal_bases");
        }
        missing
    }
}

/// The web pages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServeSettings {
    /// Address and port, `127.0.0.1:8600`.
    pub listen: SocketAddr,
    /// Language of a page before its reader has chosen: `da` or `en`.
    pub language: String,
    /// The pages are reached over https (directly or by a proxy): cookies are marked `Secure`.
    pub https: bool,
    /// File with the certificate (PEM, with those that vouch for it): the pages are then served with TLS by bavn itself.
    /// Empty: plain, for loopback or behind a proxy.
    #[serde(default)]
    pub certificate: String,
    /// File with the certificate's key (PEM).
    #[serde(default)]
    pub certificate_key: String,
    /// Addresses or nets of our own proxies: only what comes from them may name the client in `X-Forwarded-For`.
    #[serde(default)]
    pub proxies: Vec<String>,
}

/// How people sign in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignInSettings {
    /// Roles that must show a code from an app beside their password.
    pub second_factor: Vec<String>,
    /// A session ends after so many minutes without a request.
    pub idle_minutes: u32,
    /// A session ends after so many hours in any case.
    pub session_hours: u32,
    /// Hours that a one-time link is good.
    pub invitation_hours: u32,
}

impl Default for SignInSettings {
    fn default() -> Self {
        let roles = ["administrator", "outreach_worker"];
        Self {
            second_factor: roles.map(str::to_owned).to_vec(),
            idle_minutes: 60,
            session_hours: 12,
            invitation_hours: 72,
        }
    }
}

impl SignInSettings {
    /// The roles; a word that is none is given back.
    pub fn roles(&self) -> Result<Vec<store::PersonRole>, String> {
        self.second_factor.iter().map(|role| store::PersonRole::parse(role).ok_or_else(|| role.clone())).collect()
    }
}

/// An identity provider (OpenID Connect).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OidcSettings {
    /// Its address, as it names itself. Empty: none.
    pub issuer: String,
    /// What people call it.
    pub name: String,
    /// Who we are to it.
    pub client_id: String,
    /// File with the secret that goes with it; empty for none.
    pub client_secret_file: String,
    /// The claim that is a log-in here: `preferred_username`, or `email` (only where the provider has checked it).
    pub login_claim: String,
    /// It asks everybody for a second factor itself: bavn then asks for none of its own.
    pub second_factor: bool,
}

impl Default for OidcSettings {
    fn default() -> Self {
        Self {
            issuer: String::new(),
            name: "OpenID Connect".to_owned(),
            client_id: String::new(),
            client_secret_file: String::new(),
            login_claim: "preferred_username".to_owned(),
            second_factor: false,
        }
    }
}

/// The crawl.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrawlSettings {
    /// The page that the user agent names; it must be reachable by site owners. Empty: `/contact` of these pages.
    pub contact_url: String,
    /// Minutes between two runs over a site's listing.
    pub interval_min: u32,
    /// Days that archived pages are kept.
    pub keep_pages_days: u32,
    /// Seconds after which a killed worker's sites go to another (several machines). No request lasts longer than half
    /// of it.
    #[serde(default = "lease_s")]
    pub lease_s: u32,
}

fn lease_s() -> u32 {
    60
}

/// What monitors ask.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonitorSettings {
    /// Address and port of `/metrics`, `/healthz` and `/readyz`, on loopback or a private net. Empty: none.
    pub listen: String,
}

impl MonitorSettings {
    /// The address, where there is one.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listen.parse().ok()
    }
}

/// The pages that the world may see, on a listener of their own.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PublicSettings {
    /// Address and port. Empty: they are among the other pages alone.
    pub listen: String,
    /// Their address as the world reaches it, without a path; texts name the page on data and objections by it.
    pub url: String,
    /// The client's address is the last one of `X-Forwarded-For`, written by a proxy of ours.
    pub behind_proxy: bool,
    /// Most objections by the form from one client in an hour.
    pub objections_per_client_hour: u32,
    /// Most objections by the form in a minute, from all.
    pub objections_per_minute: u32,
}

impl Default for PublicSettings {
    fn default() -> Self {
        Self {
            listen: String::new(),
            url: String::new(),
            behind_proxy: false,
            objections_per_client_hour: 30,
            objections_per_minute: 60,
        }
    }
}

impl PublicSettings {
    /// The address, where there is one.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listen.parse().ok()
    }
}

/// How the way to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpSecurity {
    /// TLS is asked for after the greeting, and nothing is sent without it.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// None: only to a server on this machine.
    None,
}

/// The mail server for notices. Nothing personal is ever in a mail.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SmtpSettings {
    /// Host name. Empty: no mail is sent.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the way there is protected.
    pub security: SmtpSecurity,
    /// Who we are to the server; empty where it does not ask.
    pub user: String,
    /// File that holds the password.
    pub password_file: String,
    /// Address that the mails come from.
    pub from: String,
    /// Address of these pages, named in the mail; may be empty.
    pub pages_url: String,
}

/// The analysis.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnalyseSettings {
    /// Minutes between two analyses in `bavn run`.
    pub interval_min: u32,
}

impl Settings {
    /// Checks what the types do not.
    pub fn check(&self, file: &str) -> Result<(), ConfigError> {
        let wrong = |key: &str, message: &str| Err(ConfigError::at_key(file, "", key, message.to_owned()));
        if !matches!(self.serve.language.as_str(), "da" | "en") {
            return wrong("serve.language", "must be \"da\" or \"en\"");
        }
        if self.serve.certificate.is_empty() != self.serve.certificate_key.is_empty() {
            return wrong("serve.certificate", "certificate and certificate_key are given together, or neither");
        }
        if let Err(text) = web::Proxies::parse(&self.serve.proxies) {
            return wrong("serve.proxies", &format!("{text:?} is no address and no net such as \"10.0.0.0/8\""));
        }
        if let Err(role) = self.sign_in.roles() {
            let known = "administrator, researcher, outreach_worker, auditor";
            return wrong("sign_in.second_factor", &format!("{role:?} is no role: there is {known}"));
        }
        let sign_in = &self.sign_in;
        if !(1..=1_440).contains(&sign_in.idle_minutes)
            || !(1..=168).contains(&sign_in.session_hours)
            || !(1..=720).contains(&sign_in.invitation_hours)
        {
            return wrong(
                "sign_in",
                "idle_minutes must be 1 to 1440, session_hours 1 to 168, invitation_hours 1 to 720",
            );
        }
        let oidc = &self.oidc;
        if !oidc.issuer.is_empty() {
            let own = ["http://127.0.0.1:", "http://localhost:"].iter().any(|own| oidc.issuer.starts_with(own));
            if !(oidc.issuer.starts_with("https://") || own) {
                return wrong("oidc.issuer", "must be an https address");
            }
            if oidc.client_id.is_empty() || !matches!(oidc.login_claim.as_str(), "preferred_username" | "email") {
                return wrong(
                    "oidc",
                    "client_id must be given, and login_claim be \"preferred_username\" or \"email\"",
                );
            }
        }
        if self.crawl.interval_min == 0 || self.analyse.interval_min == 0 {
            return wrong("interval_min", "must be at least 1 minute");
        }
        if !self.monitor.listen.is_empty() && self.monitor.address().is_none() {
            return wrong("monitor.listen", "must be an address with a port such as \"127.0.0.1:9464\", or empty");
        }
        if !self.public.listen.is_empty() && self.public.address().is_none() {
            return wrong("public.listen", "must be an address with a port such as \"127.0.0.1:8601\", or empty");
        }
        let url = &self.public.url;
        if !(url.is_empty() || url.starts_with("https://") || url.starts_with("http://")) {
            return wrong("public.url", "must be an address such as \"https://bavn.example.dk\", or empty");
        }
        if self.public.objections_per_client_hour == 0 || self.public.objections_per_minute == 0 {
            return wrong("public", "the limits of the form must be at least 1: nobody is kept from objecting");
        }
        let smtp = &self.smtp;
        if !smtp.server.is_empty() {
            if smtp.from.parse::<lettre::message::Mailbox>().is_err() {
                return wrong("smtp.from", "must be an e-mail address once smtp.server is set");
            }
            let own = matches!(smtp.server.as_str(), "localhost" | "127.0.0.1" | "::1");
            if smtp.security == SmtpSecurity::None && !own {
                return wrong(
                    "smtp.security",
                    "\"none\" is only for a mail server on this machine; use \"starttls\" or \"tls\"",
                );
            }
            if smtp.port == 0 {
                return wrong("smtp.port", "must be the mail server's port, mostly 587 (starttls) or 465 (tls)");
            }
        }
        if let Err((key, message)) = self.alarms.check(smtp) {
            return wrong(key, message);
        }
        if !(2..=3600).contains(&self.crawl.lease_s) {
            return wrong("crawl.lease_s", "must be 2 to 3600 seconds");
        }
        let clocks = &self.retention;
        for (key, days) in [
            ("retention.ads_days", clocks.ads_days),
            ("retention.contacts_days", clocks.contacts_days),
            ("retention.images_days", clocks.images_days),
            ("retention.cases_days", clocks.cases_days),
            ("retention.ledger_days", clocks.ledger_days),
            ("retention.audit_days", clocks.audit_days),
            ("crawl.keep_pages_days", self.crawl.keep_pages_days),
        ] {
            if !(1..=36_500).contains(&days) {
                return wrong(key, "must be 1 to 36500 days");
            }
        }
        for (key, hour) in [("retention.hour", &clocks.hour), ("backup.hour", &self.backup.hour)] {
            if hour.parse::<jiff::civil::Time>().is_err() {
                return wrong(key, "must be a time of day such as \"03:30\"");
            }
        }
        if self.backup.keep == 0 || self.backup.verify_days == 0 {
            return wrong("backup.keep", "keep and verify_days must be at least 1");
        }
        let contact = &self.crawl.contact_url;
        if !(contact.is_empty() || contact.starts_with("https://") || contact.starts_with("http://")) {
            return wrong("crawl.contact_url", "must be an http or https address, or empty");
        }
        Ok(())
    }
}
