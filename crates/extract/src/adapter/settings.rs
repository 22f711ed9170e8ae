//! What a `site.toml` says to the crawler and to the people who answer for it.

use super::error::AdapterError;
use super::keys::{Keys, Node};
use jiff::civil::{Date, Time};
use url::Url;

/// A site's settings, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteSettings {
    /// The folder's name.
    pub id: String,
    /// What people call the site.
    pub name: String,
    /// Who runs it.
    pub owner: String,
    /// What it is and why it is read.
    pub purpose: String,
    /// Who approved that it is read; without one it is never crawled.
    pub approval: Option<Approval>,
    /// How fast and when.
    pub pacing: Pacing,
    /// Where a run begins.
    pub start: Vec<String>,
    /// Hosts (lower case, without port) that its pages may stand on, those of `start` first.
    pub hosts: Vec<String>,
    /// Addresses on private networks that it may be at.
    pub allow_private_addresses: Vec<String>,
    /// Whether pictures are fetched and hashed.
    pub fetch_images: bool,
    /// Whether the site itself hides every number.
    pub obscures_phone: bool,
    /// After how many hours an ad's page is fetched again without a sign of change.
    pub recheck_after_h: u32,
    /// Bounds of a good run.
    pub expect: Expect,
    /// How many listing pages a run follows at most.
    pub max_listing_pages: u32,
    /// How often a run begins.
    pub schedule: Schedule,
    /// Limits of one answer.
    pub limits: Limits,
    /// The listing shows the newest ads only: one that is missing from it is not gone.
    pub lists_newest_only: bool,
    /// Listing pages are found by counting, so that a page number past the last one is asked for and not found.
    pub counts_pages: bool,
}

/// Who approved that a site is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Who.
    pub by: String,
    /// When.
    pub at: Date,
    /// On which legal basis.
    pub legal_basis: String,
    /// The last day on which it holds.
    pub until: Date,
}

/// How fast a site may be read, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Pacing {
    /// Least seconds between two requests.
    pub delay_s: f64,
    /// Connections at once.
    pub connections: u32,
    /// Windows in local time (Europe/Copenhagen), start inclusive, end exclusive; empty is the whole day. An end
    /// before its start passes midnight.
    pub hours: Vec<(Time, Time)>,
}

/// Bounds of a good run. Outside them it fails and no ad counts as gone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expect {
    /// Least ads on the listing.
    pub ads_min: u32,
    /// Most ads on the listing.
    pub ads_max: u32,
    /// Least share of ads with a phone, 0 to 1.
    pub phone_min: f64,
    /// Least share of ads with a price, 0 to 1.
    pub price_min: f64,
    /// Least share of ads with a place, 0 to 1.
    pub place_min: f64,
    /// Least share of ads whose page is what the listing promised, 0 to 1.
    pub as_listed_min: f64,
}

/// Limits of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most seconds for one answer, connection included.
    pub answer_s: u32,
    /// Most KiB of an ad's page after decompression.
    pub page_kib: u32,
    /// How often a failed page is tried again in a run.
    pub retries: u32,
}

/// How often a run begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// Whether the interval follows how fast the site changes, between the two bounds.
    pub adapts: bool,
    /// Least minutes between two runs; a quarter of the most where it is left out.
    pub least_min: Option<u32>,
    /// Most minutes between two runs; the installation's `interval_min` where it is left out.
    pub most_min: Option<u32>,
}

impl SiteSettings {
    /// Why the site may not be crawled on this day, or `None` if it may.
    pub fn refusal(&self, today: Date) -> Option<String> {
        match &self.approval {
            None => {
                Some(format!("{} has no [approval]; add who approved it, when, on which basis, until when", self.id))
            }
            Some(approval) if today < approval.at => {
                Some(format!("the approval of {} begins on {}", self.id, approval.at))
            }
            Some(approval) if today > approval.until => {
                Some(format!("the approval of {} ended on {}; renew it", self.id, approval.until))
            }
            Some(_) => None,
        }
    }

    /// Whether an address is on one of the site's hosts.
    pub fn is_own(&self, url: &Url) -> bool {
        matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some_and(|host| self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host)))
    }
}

impl Pacing {
    /// Whether a local time lies in one of the windows.
    pub fn is_open(&self, time: Time) -> bool {
        self.hours.is_empty()
            || self.hours.iter().any(|&(start, end)| match start < end {
                true => (start..end).contains(&time),
                false => time >= start || time < end,
            })
    }
}

/// Reads everything of the top level but `listing`, `detail` and `marks`.
pub(super) fn read(folder: &str, top: &Keys<'_>) -> Result<SiteSettings, AdapterError> {
    let id = top.need("id", "write the folder's name")?;
    if id.word()?.text != folder {
        return Err(
            id.error(format!("the folder is called `{folder}`"), "write the folder's name: ads are known by it")
        );
    }
    let start_node =
        top.need("start", "give the pages where a run begins, for example [\"https://www.example.dk/\"]")?;
    let mut start = Vec::new();
    let mut hosts = Vec::new();
    for word in start_node.words()? {
        let url = Url::parse(word.text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let Some((url, host)) = url.and_then(|url| url.host_str().map(str::to_owned).map(|host| (url, host))) else {
            return Err(word.node.error("is no address of a web page", "begin with https:// or http://"));
        };
        start.push(url.to_string());
        hosts.push(host);
    }
    if start.is_empty() {
        return Err(start_node.error("is empty", "give at least one page"));
    }
    for word in top.get("hosts").map_or(Ok(Vec::new()), |node| node.words())? {
        hosts.push(word.text.to_lowercase());
    }
    hosts.dedup();
    let private = top.get("allow_private_addresses").map_or(Ok(Vec::new()), |node| node.words())?;
    for word in &private {
        if word.text.parse::<std::net::IpAddr>().is_err() {
            return Err(word.node.error("is no address", "give addresses such as \"127.0.0.1\" or \"::1\""));
        }
    }
    let flag = |key: &str| top.get(key).map_or(Ok(false), |node| node.flag());
    let whole = |key: &str, default, range| top.get(key).map_or(Ok(default), |node| node.whole(range));
    Ok(SiteSettings {
        id: folder.to_owned(),
        name: text(top, "name", "write what people call the site")?,
        owner: text(top, "owner", "write who runs the site")?,
        purpose: text(top, "purpose", "write what the site is and why it is read")?,
        approval: top.get("approval").map(|node| approval(&node)).transpose()?,
        pacing: pacing(&top.need("pacing", "add a table [pacing] with delay_s")?)?,
        start,
        hosts,
        allow_private_addresses: private.iter().map(|word| word.text.to_owned()).collect(),
        fetch_images: flag("fetch_images")?,
        obscures_phone: flag("obscures_phone")?,
        recheck_after_h: whole("recheck_after_h", 24, 1..=8760)?,
        expect: expect(&top.need("expect", "add a table [expect] with ads_min and ads_max")?)?,
        max_listing_pages: whole("max_listing_pages", 200, 1..=100_000)?,
        schedule: schedule(top.get("schedule").as_ref())?,
        limits: limits(top.get("limits").as_ref())?,
        lists_newest_only: false,
        counts_pages: false,
    })
}

fn text(keys: &Keys<'_>, key: &str, help: &str) -> Result<String, AdapterError> {
    let word = keys.need(key, help)?.word()?;
    match word.text.trim() {
        "" => Err(word.node.error("is empty", help)),
        text => Ok(text.to_owned()),
    }
}

fn day(keys: &Keys<'_>, key: &str, help: &str) -> Result<Date, AdapterError> {
    let node = keys.need(key, help)?;
    let text = match node.value {
        toml::de::DeValue::Datetime(date) => date.to_string(),
        _ => node.word()?.text.to_owned(),
    };
    text.parse().map_err(|_| node.error("is no day", "write it as \"2026-11-03\""))
}

fn approval(node: &Node<'_>) -> Result<Approval, AdapterError> {
    let keys = node.keys()?;
    let approval = Approval {
        by: text(&keys, "by", "write who approved that the site is read")?,
        at: day(&keys, "at", "write the day on which it was approved")?,
        legal_basis: text(&keys, "legal_basis", "write the legal basis")?,
        until: day(&keys, "until", "write the last day on which the approval holds")?,
    };
    keys.finish()?;
    if approval.until < approval.at {
        return Err(keys.error("ends before it begins", "let `until` be later than `at`"));
    }
    Ok(approval)
}

fn pacing(node: &Node<'_>) -> Result<Pacing, AdapterError> {
    let keys = node.keys()?;
    let pacing = Pacing {
        delay_s: keys.need("delay_s", "give the least seconds between two requests")?.number(0.0, 86_400.0)?,
        connections: keys.get("connections").map_or(Ok(1), |node| node.whole(1..=64))?,
        hours: match keys.get("hours") {
            None => Vec::new(),
            Some(node) => node
                .words()?
                .iter()
                .map(|word| {
                    window(word.text)
                        .ok_or_else(|| word.node.error("is no window of the day", "write it as \"06:00-23:30\""))
                })
                .collect::<Result<_, _>>()?,
        },
    };
    keys.finish()?;
    Ok(pacing)
}

/// `06:00-23:30`; `24:00` is midnight.
fn window(text: &str) -> Option<(Time, Time)> {
    let time = |text: &str| match text.trim() {
        "24:00" => Some(Time::midnight()),
        text => text.parse::<Time>().ok(),
    };
    let (start, end) = text.split_once(['-', '–'])?;
    Some((time(start)?, time(end)?)).filter(|(start, end)| start != end || *start == Time::midnight())
}

fn limits(node: Option<&Node<'_>>) -> Result<Limits, AdapterError> {
    let keys = node.map(|node| node.keys()).transpose()?;
    let whole = |key: &str, default, range| {
        keys.as_ref().and_then(|keys| keys.get(key)).map_or(Ok(default), |node| node.whole(range))
    };
    let limits = Limits {
        answer_s: whole("answer_s", 30, 1..=600)?,
        page_kib: whole("page_kib", 5 * 1024, 64..=16 * 1024)?,
        retries: whole("retries", 3, 0..=10)?,
    };
    keys.map_or(Ok(()), |keys| keys.finish())?;
    Ok(limits)
}

fn schedule(node: Option<&Node<'_>>) -> Result<Schedule, AdapterError> {
    let Some(node) = node else { return Ok(Schedule { adapts: true, least_min: None, most_min: None }) };
    let keys = node.keys()?;
    let minutes = |key: &str| keys.get(key).map(|node| node.whole(1..=10_080)).transpose();
    let schedule = Schedule {
        adapts: keys.get("adapts").map_or(Ok(true), |node| node.flag())?,
        least_min: minutes("least_min")?,
        most_min: minutes("most_min")?,
    };
    keys.finish()?;
    match (schedule.least_min, schedule.most_min) {
        (Some(least), Some(most)) if least > most => {
            Err(keys.error("least_min is more than most_min", "exchange the two"))
        }
        _ => Ok(schedule),
    }
}

fn expect(node: &Node<'_>) -> Result<Expect, AdapterError> {
    let keys = node.keys()?;
    let share = |key: &str| keys.get(key).map_or(Ok(0.0), |node| node.number(0.0, 1.0));
    let expect = Expect {
        ads_min: keys.need("ads_min", "give the least number of ads of a good run")?.whole(0..=10_000_000)?,
        ads_max: keys.need("ads_max", "give the greatest number of ads of a good run")?.whole(0..=10_000_000)?,
        phone_min: share("phone_min")?,
        price_min: share("price_min")?,
        place_min: share("place_min")?,
        as_listed_min: keys.get("as_listed_min").map_or(Ok(0.5), |node| node.number(0.0, 1.0))?,
    };
    keys.finish()?;
    if expect.ads_max < expect.ads_min {
        return Err(keys.error("ads_max is less than ads_min", "exchange the two"));
    }
    Ok(expect)
}
