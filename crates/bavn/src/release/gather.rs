//! Gathers the facts of a period.

use crate::config::{Config, Programme};
use crate::pipeline;
use anyhow::Context;
use domain::{Band, Queue, Subject};
use jiff::Timestamp;
use jiff::civil::Date;
use report::source::{
    Ad, Advertiser, Assignment, Attempt, Indicator, Line, MadeOf, Named, Network, Place, Run, Site, Source,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{CountedQuery, Look, Store};

/// What is asked for.
pub struct Asked<'a> {
    /// Programme.
    pub programme: &'a Programme,
    /// First local day.
    pub from: Date,
    /// Last local day.
    pub to: Date,
    /// What was known by then counts.
    pub as_of: Timestamp,
    /// The analysis as of this time; the kept one where it is of that time, else made in memory.
    pub analysed_as_of: Timestamp,
    /// What the audit log says.
    pub look: &'a Look,
}

/// Who belongs together and how they were assessed.
struct Analysis {
    members: HashMap<i64, (String, String)>,
    assessed: HashMap<String, (Band, f64, bool, Queue)>,
    fired: HashMap<String, Vec<u16>>,
    ties: Vec<(String, bool, u64)>,
}

fn number(day: Date) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}

fn day(number: i64) -> anyhow::Result<Date> {
    let part = |value: i64| i8::try_from(value).context("a day");
    Ok(Date::new(i16::try_from(number / 10_000)?, part(number / 100 % 100)?, part(number % 100)?)?)
}

/// Gathers them. Nothing of a contact or a text is kept.
pub async fn gather(store: &Store, config: &Config, asked: &Asked<'_>) -> anyhow::Result<Source> {
    let header = store.latest_analysis().await?.context("nothing was analysed yet: run 'bavn analyse' first")?;
    let indicators: Vec<Indicator> = config
        .catalogue
        .indicators()
        .iter()
        .map(|indicator| Indicator {
            id: indicator.id.0.clone(),
            version: indicator.version,
            title: indicator.title.clone(),
            group: indicator.group.to_string(),
            scope: format!("{:?}", indicator.scope).to_lowercase(),
            grade: indicator.grade.as_str().to_owned(),
            status: indicator.status.as_str().to_owned(),
            role: format!("{:?}", indicator.role).to_lowercase(),
            points: indicator.points,
        })
        .collect();
    let indicator_at: HashMap<String, u16> =
        indicators.iter().enumerate().map(|(at, indicator)| (indicator.id.clone(), at as u16)).collect();
    let analysis = if header.as_of == asked.analysed_as_of {
        kept(store, &indicator_at).await?
    } else {
        in_memory(store, config, asked.analysed_as_of, &indicator_at).await?
    };
    let overviews = store.sites(0).await?;
    let sites: Vec<Site> = overviews
        .iter()
        .filter(|site| site.registration.programme.as_str() == asked.programme.id)
        .map(|site| Site {
            id: site.registration.site.as_str().to_owned(),
            name: site.registration.name.clone(),
            import_only: site.registration.import_only,
        })
        .collect();
    let site_at: HashMap<&str, u16> =
        sites.iter().enumerate().map(|(at, site)| (site.id.as_str(), at as u16)).collect();
    let mut places: Vec<Place> = config
        .geography
        .municipalities()
        .map(|(code, name, region)| Place { code: code.to_owned(), name: name.to_owned(), region: region.to_owned() })
        .collect();
    places.sort_by(|a, b| a.code.cmp(&b.code));
    let place_at: HashMap<&str, u16> =
        places.iter().enumerate().map(|(at, place)| (place.code.as_str(), at as u16)).collect();

    let teller = config.forms.teller();
    let query = CountedQuery {
        programme: &asked.programme.id,
        from_day: number(asked.from),
        to_day: number(asked.to),
        as_of: asked.as_of,
    };
    let counted = store.counted_ads(asked.look, query, &|texts| teller.form(texts)).await?;
    let mut by_advertiser: BTreeMap<&str, Vec<Ad>> = BTreeMap::new();
    let mut not_analysed = 0;
    for ad in &counted {
        let (Some((advertiser, _)), Some(site)) = (analysis.members.get(&ad.ad), site_at.get(ad.site.as_str())) else {
            not_analysed += 1;
            continue;
        };
        let offset = |of: i64| -> anyhow::Result<u16> { Ok(u16::try_from(asked.from.until(day(of)?)?.get_days())?) };
        by_advertiser.entry(advertiser).or_default().push(Ad {
            number: ad.ad,
            site: *site,
            first: day(ad.first_day)?,
            last: day(ad.last_day)?,
            days: ad.days.iter().map(|of| offset(*of)).collect::<anyhow::Result<_>>()?,
            versions: ad.versions,
            gone: ad.gone,
            place: ad.municipality.as_deref().and_then(|code| place_at.get(code).copied()),
            language: ad.language.clone(),
            form: ad.form,
            pictures: ad.pictures,
        });
    }
    drop(counted);
    let mut advertisers: Vec<Advertiser> = Vec::with_capacity(by_advertiser.len());
    let mut at: HashMap<String, u32> = HashMap::new();
    for (id, ads) in by_advertiser {
        let network = ads.first().and_then(|ad| analysis.members.get(&ad.number)).map(|(_, network)| network.clone());
        let assessed = analysis.assessed.get(id).copied().unwrap_or((Band::None, 0.0, false, Queue::Ordinary));
        at.insert(id.to_owned(), advertisers.len() as u32);
        advertisers.push(Advertiser {
            id: id.to_owned(),
            network: network.unwrap_or_default(),
            ads,
            band: assessed.0,
            points: assessed.1,
            urgent: assessed.2,
            spam: assessed.3 == Queue::Spam,
            indicators: analysis.fired.get(id).cloned().unwrap_or_default(),
            decision: None,
        });
    }
    for decision in store.counted_decisions(&asked.programme.id, asked.as_of).await? {
        let about: BTreeSet<u32> = decision
            .ads
            .iter()
            .filter_map(|ad| analysis.members.get(ad))
            .filter_map(|(advertiser, _)| at.get(advertiser).copied())
            .collect();
        // In order of time: the last one holds.
        for one in about {
            if let Some(advertiser) = advertisers.get_mut(one as usize) {
                advertiser.decision = Some(decision.kind.clone());
            }
        }
    }
    let networks = networks(&analysis, &advertisers);
    let advertiser_of = |anchor: i64| analysis.members.get(&anchor).and_then(|(id, _)| at.get(id).copied());
    // Whoever is not in the period's analysis is known by the founding ad.
    let person = |anchor: i64| advertiser_of(anchor).map_or(-1 - anchor, i64::from);
    let in_period = |of: Date| asked.from <= of && of <= asked.to;
    let attempts: Vec<Attempt> = store
        .counted_attempts(&asked.programme.id, asked.as_of)
        .await?
        .into_iter()
        .filter(|attempt| in_period(crate::time::local_day(attempt.at)))
        .map(|attempt| Attempt {
            advertiser: advertiser_of(attempt.anchor_ad),
            person: person(attempt.anchor_ad),
            team: attempt.team,
            method: attempt.method,
            channel: attempt.channel,
            outcome: attempt.outcome,
            minutes: attempt.minutes,
            workers: attempt.people.unwrap_or(1),
            day: crate::time::local_day(attempt.at),
            random: attempt.random,
            probability: attempt.probability,
        })
        .collect();
    let lines = store
        .counted_lines(&asked.programme.id, asked.as_of)
        .await?
        .into_iter()
        .filter(|line| in_period(line.day))
        .map(|line| Line {
            person: person(line.anchor_ad),
            random: line.random,
            probability: line.probability,
            day: line.day,
        })
        .collect();
    let assignments = store
        .counted_assignments(&asked.programme.id, asked.as_of)
        .await?
        .into_iter()
        .filter(|drawn| in_period(crate::time::local_day(drawn.at)))
        .map(|drawn| Assignment { person: person(drawn.anchor_ad), method: drawn.method, arms: drawn.arms })
        .collect();
    let begin = crate::time::copenhagen(asked.from.at(0, 0, 0, 0))?;
    let end = crate::time::copenhagen(asked.to.tomorrow()?.at(0, 0, 0, 0))?.min(asked.as_of);
    let runs = store
        .counted_runs(&asked.programme.id, begin, end)
        .await?
        .into_iter()
        .filter_map(|run| {
            Some(Run {
                site: *site_at.get(run.site.as_str())?,
                day: crate::time::local_day(run.started_at),
                end: run.end.unwrap_or_default(),
                pages: run.pages,
                failures: run.failures,
                ads_listed: run.ads_listed,
            })
        })
        .filter(|run| in_period(run.day))
        .collect();
    let readers = store
        .counted_readers(&asked.programme.id, asked.as_of)
        .await?
        .into_iter()
        .filter(|(_, _, at)| in_period(crate::time::local_day(*at)))
        .map(|(first, second, _)| (first, second))
        .collect();
    Ok(Source {
        readers,
        from: asked.from,
        to: asked.to,
        known_to: asked.to.min(crate::time::local_day(asked.as_of)),
        as_of: asked.as_of,
        forms: config.forms.named(),
        methods: asked.programme.methods.iter().map(|m| Named { id: m.code.clone(), title: m.name.clone() }).collect(),
        ties: analysis.ties,
        made_of: MadeOf {
            programme: asked.programme.id.clone(),
            programme_title: asked.programme.title.clone(),
            controller: config.settings.controller.organisation.clone(),
            catalogue: config.catalogue.hash().to_owned(),
            parameters: config.parameters_hash(),
            code: env!("CARGO_PKG_VERSION").to_owned(),
            reference: header.reference_version,
            analysed_as_of: asked.analysed_as_of,
            not_analysed,
        },
        sites,
        places,
        indicators,
        advertisers,
        networks,
        attempts,
        lines,
        assignments,
        rates: asked.programme.cost.rates(),
        runs,
    })
}

fn networks(analysis: &Analysis, advertisers: &[Advertiser]) -> Vec<Network> {
    let mut by_network: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (at, advertiser) in advertisers.iter().enumerate() {
        by_network.entry(&advertiser.network).or_default().push(at as u32);
    }
    by_network
        .into_iter()
        .filter(|(id, members)| !id.is_empty() && members.len() > 1)
        .map(|(id, members)| {
            let assessed = analysis.assessed.get(id).copied().unwrap_or((Band::None, 0.0, false, Queue::Ordinary));
            let mut fired: BTreeSet<u16> = analysis.fired.get(id).into_iter().flatten().copied().collect();
            fired.extend(members.iter().filter_map(|at| advertisers.get(*at as usize)).flat_map(|one| &one.indicators));
            Network {
                id: id.to_owned(),
                band: assessed.0,
                points: assessed.1,
                indicators: fired.into_iter().collect(),
                advertisers: members,
            }
        })
        .collect()
}

/// From the store's own rows: no text is opened.
async fn kept(store: &Store, indicator_at: &HashMap<String, u16>) -> anyhow::Result<Analysis> {
    let mut fired: HashMap<String, Vec<u16>> = HashMap::new();
    for (subject, indicator) in store.counted_indicators().await? {
        if let Some(at) = indicator_at.get(&indicator) {
            fired.entry(subject).or_default().push(*at);
        }
    }
    sort_each(&mut fired);
    let assessed = store.counted_assessments().await?;
    Ok(Analysis {
        members: store.counted_members().await?,
        assessed: assessed
            .into_iter()
            .map(|(id, band, points, urgent, queue)| (id, (band, points, urgent, queue)))
            .collect(),
        fired,
        ties: (store.counted_links().await?.into_iter())
            .map(|(kind, joins, count)| (kind.as_str().to_owned(), joins, count))
            .collect(),
    })
}

fn sort_each(fired: &mut HashMap<String, Vec<u16>>) {
    for indicators in fired.values_mut() {
        indicators.sort_unstable();
        indicators.dedup();
    }
}

/// The analysis as of another time, made again.
async fn in_memory(
    store: &Store,
    config: &Config,
    as_of: Timestamp,
    indicator_at: &HashMap<String, u16>,
) -> anyhow::Result<Analysis> {
    let analysed = pipeline::analyse_in_memory(store, config, as_of).await?;
    let numbers = store.ad_numbers().await?;
    let mut members = HashMap::new();
    let network_of: HashMap<&str, &str> = (analysed.linkage.networks.iter())
        .flat_map(|network| network.advertisers.iter().map(|id| (id.as_str(), network.id.as_str())))
        .collect();
    for advertiser in &analysed.linkage.advertisers {
        let network = network_of.get(advertiser.id.as_str()).copied().unwrap_or_default();
        for ad in &advertiser.ads {
            if let Some(number) = numbers.get(ad) {
                members.insert(*number, (advertiser.id.as_str().to_owned(), network.to_owned()));
            }
        }
    }
    let (mut assessed, mut fired) = (HashMap::new(), HashMap::new());
    for assessment in &analysed.assessments {
        let id = match &assessment.subject {
            Subject::Advertiser(id) => id.as_str(),
            Subject::Network(id) => id.as_str(),
        };
        assessed.insert(id.to_owned(), (assessment.band, assessment.points, assessment.urgent, assessment.queue));
        let all = assessment.evidence.iter().chain(&assessment.counter_evidence).chain(&assessment.context);
        let of: Vec<u16> = all.filter_map(|firing| indicator_at.get(&firing.indicator.0).copied()).collect();
        fired.insert(id.to_owned(), of);
    }
    sort_each(&mut fired);
    let mut ties: BTreeMap<(&'static str, bool), u64> = BTreeMap::new();
    for link in &analysed.linkage.links {
        *ties.entry((link.kind.as_str(), link.joins)).or_default() += 1;
    }
    let ties = ties.into_iter().map(|((kind, joins), count)| (kind.to_owned(), joins, count)).collect();
    Ok(Analysis { members, assessed, fired, ties })
}
