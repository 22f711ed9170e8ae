//! From a site's adapter to the plan by which it is crawled.

use crate::config::{CrawlConfig, Settings};
use anyhow::bail;
use crawler::plan::{Approval, Expect, FetchLimits, Hours, SitePlan};
use domain::{ProgrammeId, SiteId};
use extract::adapter::{Schedule, SiteSettings};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;
use store::{SiteRegistration, Store};

/// The plans of the sites asked for, or of all. Registers each in the store. Refused as a whole while a site outside
/// loopback is among them and the controller is not complete.
pub async fn plans(
    config: &CrawlConfig,
    store: &Store,
    asked: &[String],
    at: Timestamp,
) -> anyhow::Result<Vec<SitePlan>> {
    for name in asked {
        if !config.sites.contains_key(name) {
            let known: Vec<&str> = config.sites.keys().map(String::as_str).collect();
            let known = if known.is_empty() { "none yet".to_owned() } else { known.join(", ") };
            bail!("there is no site '{name}'; there is {known}");
        }
    }
    let mut plans = Vec::new();
    for (id, adapter) in &config.sites {
        if !asked.is_empty() && !asked.contains(id) {
            continue;
        }
        let settings = adapter.settings();
        check_controller(&config.settings, &settings.id, &settings.hosts)?;
        let Some(programme) = config.programmes.values().find(|programme| programme.watches(id)) else {
            bail!("no programme watches site '{id}': name it under 'sites' in a file of programmes/");
        };
        let registration = SiteRegistration {
            site: SiteId(id.clone()),
            programme: ProgrammeId(programme.id.clone()),
            name: settings.name.clone(),
            import_only: false,
        };
        store.register_site(&registration, at).await?;
        plans.push(plan(&config.settings, settings)?);
    }
    if plans.is_empty() {
        bail!("there is no site to crawl: add one as sites/README.md in the configuration folder shows");
    }
    Ok(plans)
}

/// Rule 13: any host but loopback waits until the installation says who answers for it.
pub fn check_controller(installation: &Settings, site: &str, hosts: &[String]) -> anyhow::Result<()> {
    let loopback = |host: &String| {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    };
    if hosts.iter().all(loopback) {
        return Ok(());
    }
    let missing = installation.controller.missing();
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "site '{}' is not on this machine, and [controller] in bavn.toml is not complete: {} missing; nothing was asked of any site",
        site,
        missing.join(", ")
    );
}

/// The longest and the shortest time between two runs.
fn intervals(schedule: &Schedule, interval_min: u32) -> (Duration, Duration) {
    let minutes = |minutes: u32| Duration::from_secs(u64::from(minutes) * 60);
    let most = minutes(schedule.most_min.unwrap_or(interval_min));
    let least = match schedule.adapts {
        true => schedule.least_min.map_or(most / 4, minutes).min(most),
        false => most,
    };
    (most, least)
}

/// The plan of one site.
pub fn plan(installation: &Settings, settings: &SiteSettings) -> anyhow::Result<SitePlan> {
    let day_start = |date: jiff::civil::Date| crate::time::copenhagen(date.at(0, 0, 0, 0));
    let approval = match &settings.approval {
        Some(approval) => Some(Approval {
            by: approval.by.clone(),
            from: day_start(approval.at)?,
            until: day_start(approval.until.tomorrow()?)?,
            legal_basis: approval.legal_basis.clone(),
        }),
        None => None,
    };
    let shares = [
        ("phone", settings.expect.phone_min),
        ("price", settings.expect.price_min),
        ("place", settings.expect.place_min),
    ];
    let (interval, least_interval) = intervals(&settings.schedule, installation.crawl.interval_min);
    Ok(SitePlan {
        site: SiteId(settings.id.clone()),
        start_urls: settings.start.clone(),
        also_hosts: settings.hosts.clone(),
        delay: Duration::from_secs_f64(settings.pacing.delay_s),
        connections: settings.pacing.connections,
        hours: settings.pacing.hours.iter().map(|(from, to)| Hours { from: *from, to: *to }).collect(),
        approval,
        allow_private: settings.allow_private_addresses.iter().filter_map(|text| text.parse().ok()).collect(),
        fetch_images: settings.fetch_images,
        max_listing_pages: settings.max_listing_pages,
        counts_pages: settings.counts_pages,
        recheck_after: Duration::from_secs(u64::from(settings.recheck_after_h) * 3600),
        interval,
        least_interval,
        lists_newest_only: settings.lists_newest_only,
        expect: Expect {
            ads_min: Some(u64::from(settings.expect.ads_min)),
            ads_max: Some(u64::from(settings.expect.ads_max)),
            shares: shares
                .into_iter()
                .filter(|(_, least)| *least > 0.0)
                .map(|(f, s)| (f.to_owned(), s))
                .collect::<BTreeMap<_, _>>(),
            as_listed_min: settings.expect.as_listed_min,
        },
        limits: FetchLimits {
            total: Duration::from_secs(u64::from(settings.limits.answer_s)),
            page_bytes: settings.limits.page_kib as usize * 1024,
            ..FetchLimits::default()
        },
        retries: settings.limits.retries,
    })
}
