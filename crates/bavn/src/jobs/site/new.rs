//! `bavn site new`: a polite look at a listing, and an adapter to go on with.

use super::look::{Look, failures};
use super::masked::Shown;
use super::samples::without_numbers;
use crate::cli::{Cli, NewArgs};
use crate::config::Config;
use crate::plans;
use crate::ports::{DryFrontier, DryLimits};
use anyhow::{Context, bail};
use crawler::SitePlan;
use crawler::plan::{Approval, Expect, FetchLimits};
use crawler::ports::{EntryKind, NewEntry, ReadPage};
use domain::{AdContent, AdRef, DetailRead, ListingRead, Mark, Page, PdqHash, SiteId};
use extract::adapter::{Adapter, Draft, DraftSettings, Drafter, Wanted, WantedKind};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::io::Write;
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Most pages that a draft may ask for.
const LISTINGS: usize = 12;
const ADS: usize = 10;

/// Looks, drafts, writes, reports.
pub async fn run(cli: &Cli, config: &Config, args: &NewArgs) -> anyhow::Result<()> {
    let urls: Vec<url::Url> = args.urls.iter().map(|text| address(text)).collect::<anyhow::Result<_>>()?;
    let hosts: Vec<String> = urls.iter().filter_map(|url| url.host_str().map(str::to_owned)).collect();
    let id = match &args.id {
        Some(id) => id.clone(),
        None => id_of(&urls[0]),
    };
    check_id(&id)?;
    let folder = cli.config.join("sites").join(&id);
    if folder.exists() {
        bail!("{} is there already: name another with --id, or move it away", folder.display());
    }
    plans::check_controller(&config.settings, &id, &hosts)?;
    let private: Vec<IpAddr> = hosts
        .iter()
        .filter_map(|host| host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok())
        .filter(IpAddr::is_loopback)
        .collect();
    let plan = plan(&id, &args.urls, &hosts, &private, args.delay, crate::time::now());
    let look = Look::begin(cli, DryLimits { listings: LISTINGS.max(urls.len()), ads: ADS }).await?;
    let starts: Vec<String> = urls.iter().map(url::Url::to_string).collect();
    let mut drafter = Drafter::new(&starts);
    // The beginnings are the plan's own; what comes after is asked for through the frontier.
    while drafter.wants().is_some() {}
    let reader = Arc::new(Drafting {
        site: SiteId(id.clone()),
        frontier: look.frontier.clone(),
        drafter: Mutex::new(Some(drafter)),
    });
    eprintln!("Looking at {} (at least {} s between two requests) …", args.urls.join(", "), args.delay);
    let looked = look.read(config, &plan, reader.clone()).await?;
    let drafter = reader.drafter.lock().unwrap_or_else(PoisonError::into_inner).take();
    let name = args.name.clone().unwrap_or_else(|| hosts.first().cloned().unwrap_or_else(|| id.clone()));
    let settings = DraftSettings {
        id: id.clone(),
        name,
        allow_private: private.iter().map(IpAddr::to_string).collect(),
        delay_s: args.delay,
    };
    let drafted = drafter.map(|drafter| drafter.finish(&settings));
    let draft = match drafted {
        Some(Ok(draft)) => draft,
        Some(Err(error)) => {
            let mut why = vec![error.to_string()];
            why.extend(looked.end.err());
            if !looked.tally.errors.is_empty() {
                why.push(format!("failures: {}", failures(&looked.tally)));
            }
            bail!("{}", why.join("; "));
        }
        None => bail!("the look ended unexpectedly; try again"),
    };
    write(&folder, &id, &draft).with_context(|| format!("writing {}", folder.display()))?;
    report(config, args, &folder, &id, &draft)
}

fn address(text: &str) -> anyhow::Result<url::Url> {
    let url =
        url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some());
    url.with_context(|| format!("'{text}' is no address of a web page: begin with https:// or http://"))
}

/// `www.example.dk` is `example`.
fn id_of(url: &url::Url) -> String {
    let host = url.host_str().unwrap_or("site");
    if host.parse::<IpAddr>().is_ok() {
        return format!("local-{}", url.port_or_known_default().unwrap_or(0));
    }
    let words: Vec<&str> = host.trim_start_matches("www.").split('.').collect();
    let name = words.get(words.len().saturating_sub(2)).or(words.first()).copied().unwrap_or("site");
    name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' }).collect()
}

fn check_id(id: &str) -> anyhow::Result<()> {
    let fine = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if id.is_empty() || id.starts_with('-') || !id.chars().all(fine) {
        bail!("'{id}' cannot be a site's id: use lower-case letters, digits and hyphens (--id)");
    }
    Ok(())
}

/// A dozen pages to draft from are no crawl: they need no approval by the site's file, which does not exist yet. Everything
/// else holds: robots.txt, the pace, the address check, the controller.
fn plan(id: &str, urls: &[String], hosts: &[String], private: &[IpAddr], delay: f64, now: Timestamp) -> SitePlan {
    let hour = SignedDuration::from_hours(1);
    SitePlan {
        site: SiteId(id.to_owned()),
        start_urls: urls.to_vec(),
        also_hosts: hosts.to_vec(),
        delay: Duration::from_secs_f64(delay.clamp(0.0, 3600.0)),
        connections: 1,
        hours: Vec::new(),
        approval: Some(Approval {
            by: "bavn site new".to_owned(),
            from: now.checked_sub(hour).unwrap_or(now),
            until: now.checked_add(hour).unwrap_or(now),
            legal_basis: "a look at a dozen pages; nothing is stored".to_owned(),
        }),
        allow_private: private.to_vec(),
        fetch_images: false,
        max_listing_pages: LISTINGS as u32,
        counts_pages: false,
        recheck_after: Duration::from_secs(3600),
        interval: Duration::from_secs(3600),
        least_interval: Duration::from_secs(3600),
        lists_newest_only: false,
        expect: Expect::default(),
        limits: FetchLimits::default(),
        retries: 1,
    }
}

/// Hands each page to the drafter, and what it wants next to the frontier.
struct Drafting {
    site: SiteId,
    frontier: Arc<DryFrontier>,
    drafter: Mutex<Option<Drafter>>,
}

impl Drafting {
    fn take(&self, page: &Page, kind: WantedKind) {
        let mut drafter = self.drafter.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(drafter) = drafter.as_mut() else { return };
        drafter.take(&Wanted { url: page.url.clone(), kind }, page.clone());
        while let Some(wanted) = drafter.wants() {
            let (kind, ad) = match wanted.kind {
                WantedKind::Listing => (EntryKind::Listing, None),
                WantedKind::Ad => {
                    (EntryKind::Detail, Some(AdRef { site: self.site.clone(), ad_id: wanted.url.clone() }))
                }
            };
            self.frontier.add(NewEntry { kind, url: wanted.url, ad, depth: 1 });
        }
    }
}

impl ReadPage for Drafting {
    fn listing(&self, _site: &SiteId, page: &Page) -> ListingRead {
        self.take(page, WantedKind::Listing);
        ListingRead { mark: Some(Mark::NoAds), ..ListingRead::default() }
    }

    fn detail(&self, _site: &SiteId, page: &Page) -> DetailRead {
        self.take(page, WantedKind::Ad);
        DetailRead { content: Some(AdContent::default()), ..DetailRead::default() }
    }

    fn image(&self, _bytes: &[u8]) -> Result<(PdqHash, u8), String> {
        Err("a draft reads no pictures".to_owned())
    }
}

/// Writes the folder: all or nothing.
fn write(folder: &Path, id: &str, draft: &Draft) -> anyhow::Result<()> {
    let adapter = Adapter::parse(id, "the draft", &draft.toml)?;
    std::fs::create_dir_all(folder.join("samples"))?;
    std::fs::create_dir_all(folder.join("expected"))?;
    let mut numbers = BTreeMap::new();
    for (name, kind, page) in &draft.samples {
        let page = Page { body: without_numbers(&page.body, &mut numbers), ..page.clone() };
        let is_listing = *kind == WantedKind::Listing;
        let ending = if page.content_type.contains("xml") { "xml" } else { "html" };
        std::fs::write(folder.join(format!("samples/{name}.{ending}")), &page.body)?;
        let expected = serde_json::to_string_pretty(&adapter.expected(&page, is_listing))?;
        std::fs::write(folder.join(format!("expected/{name}.json")), expected + "\n")?;
    }
    std::fs::write(folder.join("site.toml"), &draft.toml)?;
    Ok(())
}

fn report(config: &Config, args: &NewArgs, folder: &Path, id: &str, draft: &Draft) -> anyhow::Result<()> {
    let shown = Shown::new(config, args.show_contacts);
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} was written. What was found, and why:\n", folder.join("site.toml").display())?;
    for found in &draft.found {
        let key = found.at.trim_start_matches("detail.");
        writeln!(out, "  {key:<16} on {} of {} pages   {}", found.filled, found.pages, found.rule)?;
        writeln!(out, "  {:<16} {}", "", found.why)?;
        let examples = shown.values(&found.at, &found.examples, 3);
        if !examples.is_empty() {
            writeln!(out, "  {:<16} e.g. {examples}", "")?;
        }
    }
    writeln!(out, "\nLook at this before you use it:")?;
    for doubt in &draft.doubts {
        writeln!(out, "  - {doubt}")?;
    }
    writeln!(
        out,
        "  - the samples are pages of the site (plain numbers are replaced): put made-up people in before you share them\n\n\
         Next: fill in owner and purpose; 'bavn site check {id}'. There is no [approval] yet, so the site is not crawled and \
         not read by 'dry-run': a person who may decide that writes who approved it, when, on which legal basis, until when."
    )?;
    Ok(())
}
