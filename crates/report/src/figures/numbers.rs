//! How many advertisers there are, what was watched, how long ads last.

use super::counted::days_between;
use crate::source::Source;
use crate::stat::{Estimate, LEVEL, loglinear, recapture};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// An estimate rests on so many who were met twice, or it is not given.
const LEAST_TWICE: u64 = 7;

/// How many advertisers had an ad up in the period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HowMany {
    /// Seen.
    pub seen: u64,
    /// Between sites: the estimate, and how it was made. `None` where too few were met on two sites.
    pub between_sites: Option<BetweenSites>,
    /// Over days: at least so many.
    pub over_days: Option<Estimate>,
    /// Seen on one day, on two days; and the number of days.
    pub once_twice_days: (u64, u64, u64),
}

/// The estimate between sites.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BetweenSites {
    /// How many.
    pub total: Estimate,
    /// Names of the sites, the fullest first.
    pub sites: Vec<String>,
    /// Advertisers met on each.
    pub met: Vec<u64>,
    /// Met on two or more of them.
    pub twice: u64,
    /// `chapman` or `log-linear`.
    pub method: &'static str,
    /// Pairs of sites that go together in the chosen model, by place.
    pub pairs: Vec<(usize, usize)>,
    /// Models weighed.
    pub models: usize,
}

pub(super) fn how_many(source: &Source) -> HowMany {
    let seen = source.advertisers.len() as u64;
    let days = days_between(source.from, source.known_to).max(1) as u64;
    let mut met: Vec<u64> = vec![0; days as usize];
    for advertiser in &source.advertisers {
        if let Some(count) = advertiser.days().len().checked_sub(1).and_then(|at| met.get_mut(at)) {
            *count += 1;
        }
    }
    HowMany {
        seen,
        between_sites: between_sites(source),
        over_days: recapture::chao(&met, days, LEVEL).filter(|_| days > 1),
        once_twice_days: (met.first().copied().unwrap_or(0), met.get(1).copied().unwrap_or(0), days),
    }
}

fn between_sites(source: &Source) -> Option<BetweenSites> {
    let mut on: BTreeMap<u16, u64> = BTreeMap::new();
    let sites: Vec<Vec<u16>> = source.advertisers.iter().map(|advertiser| advertiser.sites()).collect();
    sites.iter().flatten().for_each(|site| *on.entry(*site).or_default() += 1);
    let mut order: Vec<(u16, u64)> = on.into_iter().collect();
    order.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    order.truncate(loglinear::MOST_LISTS);
    let mut seen: BTreeMap<u32, u64> = BTreeMap::new();
    for sites in &sites {
        let set = order
            .iter()
            .enumerate()
            .filter(|(_, (site, _))| sites.contains(site))
            .fold(0, |set, (at, _)| set | 1 << at);
        if set != 0 {
            *seen.entry(set).or_default() += 1;
        }
    }
    let twice: u64 = seen.iter().filter(|(set, _)| set.count_ones() > 1).map(|(_, count)| count).sum();
    if order.len() < 2 || twice < LEAST_TWICE {
        return None;
    }
    let (total, method, pairs, models) = if order.len() == 2 {
        (recapture::chapman(order[0].1, order[1].1, twice, LEVEL)?, "chapman", Vec::new(), 1)
    } else {
        let chosen = loglinear::choose(order.len(), &seen, LEVEL)?;
        (chosen.total, "log-linear", chosen.best.pairs, chosen.models)
    };
    // What was met on sites beyond those that are taken as lists is there in any case.
    let total =
        Estimate { value: total.value.max(sites.len() as f64), high: total.high.max(sites.len() as f64), ..total };
    Some(BetweenSites {
        total,
        sites: order
            .iter()
            .filter_map(|(site, _)| source.sites.get(usize::from(*site)))
            .map(|site| site.name.clone())
            .collect(),
        met: order.iter().map(|(_, met)| *met).collect(),
        twice,
        method,
        pairs,
        models,
    })
}

/// How a site was watched in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Site.
    pub site: String,
    /// `2026-10`.
    pub month: String,
    /// Days of the month that lie in the period.
    pub days: u32,
    /// Days on which a whole look at the site was had (or, for a site of imports, an ad was seen).
    pub days_watched: u32,
    /// Longest run of days without one.
    pub longest_gap: u32,
    /// Runs by how they ended: good, partial, failed, cut off.
    pub runs: [u64; 4],
    /// Pages asked for.
    pub pages: u64,
    /// Failures.
    pub failures: u64,
}

pub(super) fn coverage(source: &Source) -> Vec<Coverage> {
    let mut watched: BTreeSet<(u16, Date)> =
        source.runs.iter().filter(|run| run.end == "good").map(|run| (run.site, run.day)).collect();
    for ad in source.advertisers.iter().flat_map(|advertiser| &advertiser.ads) {
        if source.sites.get(usize::from(ad.site)).is_some_and(|site| site.import_only) {
            let day = |day: &u16| source.from.saturating_add(jiff::Span::new().days(i64::from(*day)));
            watched.extend(ad.days.iter().map(|of| (ad.site, day(of))));
        }
    }
    let mut rows = Vec::new();
    for (number, site) in source.sites.iter().enumerate() {
        let number = number as u16;
        let mut day = source.from;
        // Days that have not come yet are no gaps.
        while day <= source.known_to {
            let last = day.last_of_month().min(source.known_to);
            let mut row = Coverage {
                site: site.id.clone(),
                month: format!("{:04}-{:02}", day.year(), day.month()),
                days: 0,
                days_watched: 0,
                longest_gap: 0,
                runs: [0; 4],
                pages: 0,
                failures: 0,
            };
            let (first, mut gap) = (day, 0);
            while day <= last {
                row.days += 1;
                if watched.contains(&(number, day)) {
                    row.days_watched += 1;
                    gap = 0;
                } else {
                    gap += 1;
                    row.longest_gap = row.longest_gap.max(gap);
                }
                match day.tomorrow() {
                    Ok(next) => day = next,
                    Err(_) => return rows,
                }
            }
            for run in source.runs.iter().filter(|run| run.site == number && (first..=last).contains(&run.day)) {
                let at = ["good", "partial", "failed"].iter().position(|end| *end == run.end).unwrap_or(3);
                row.runs[at] += 1;
                row.pages += run.pages;
                row.failures += run.failures;
            }
            rows.push(row);
        }
    }
    rows
}

/// How long ads last, in days.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lifetimes {
    /// Ads that are known to be gone.
    pub ended: u64,
    /// Ads still up as far as one knows.
    pub up: u64,
    /// Days by which a quarter, a half, three quarters of all were gone, ads still up counted for as long as they were seen
    /// (Kaplan and Meier 1958); `None` where too few ended.
    pub quartiles: [Option<i32>; 3],
}

pub(super) fn lifetimes(source: &Source, least: u64) -> Lifetimes {
    let mut spans: Vec<(i32, bool)> = source
        .advertisers
        .iter()
        .flat_map(|advertiser| &advertiser.ads)
        .filter(|ad| ad.first >= source.from)
        .map(|ad| (days_between(ad.first, ad.last), ad.gone))
        .collect();
    spans.sort_unstable();
    let ended = spans.iter().filter(|(_, gone)| *gone).count() as u64;
    let mut quartiles = [None; 3];
    if ended >= least {
        let (mut at, mut surviving) = (0, 1.0);
        while at < spans.len() {
            let day = spans[at].0;
            let here = spans[at..].iter().take_while(|(span, _)| *span == day);
            let (count, gone) = (here.clone().count(), here.filter(|(_, gone)| *gone).count());
            surviving *= 1.0 - gone as f64 / (spans.len() - at) as f64;
            for (quartile, share) in quartiles.iter_mut().zip([0.75, 0.5, 0.25]) {
                if quartile.is_none() && surviving <= share {
                    *quartile = Some(day);
                }
            }
            at += count;
        }
    }
    Lifetimes { ended, up: spans.len() as u64 - ended, quartiles }
}
