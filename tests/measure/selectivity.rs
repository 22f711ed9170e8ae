//! Selectivity of the rules over made populations: shares by band, precision of the first lines, and how soon each
//! controlled network reaches medium.
//!   selectivity [ADVERTISERS] [DAYS] [SEED …]

#[path = "../in_memory.rs"]
mod in_memory;

use demo::{Kind, PopulationSettings};
use domain::{Band, Subject};
use in_memory::{World, config, lines, operator_of, shares};
use jiff::SignedDuration;
use std::collections::BTreeMap;

fn main() -> anyhow::Result<()> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u64>());
    let advertisers = numbers.next().transpose()?.unwrap_or(500) as u32;
    let days = numbers.next().transpose()?.unwrap_or(30) as u32;
    let mut seeds = numbers.collect::<Result<Vec<u64>, _>>()?;
    if seeds.is_empty() {
        seeds = vec![1, 2, 3, 4, 5];
    }
    let config = config()?;
    let explain = std::env::var_os("BAVN_EXPLAIN").is_some();
    for seed in seeds {
        let world = World::new(&config, &PopulationSettings { seed, days, advertisers, ..Default::default() });
        let operators = world.operators();
        let operator = |at: usize| &world.population.operators[at];
        let mut first: BTreeMap<usize, i32> = BTreeMap::new();
        let mut reached: BTreeMap<usize, (i32, usize)> = BTreeMap::new();
        let mut last = None;
        for day in 1..=days as i32 {
            let as_of = world.population.settings.start + SignedDuration::from_hours(24 * i64::from(day));
            let (facts, analysed) = world.analysed(&config, as_of);
            for fact in &facts {
                first.entry(operators[&fact.ad]).or_insert(day);
            }
            for assessment in analysed.assessments.iter().filter(|a| a.band >= Band::Medium) {
                for ad in &assessment.ads {
                    let owner = operators[ad];
                    let seen = || facts.iter().filter(|fact| operators[&fact.ad] == owner).count();
                    reached.entry(owner).or_insert_with(|| (day, seen()));
                }
            }
            last = Some((facts, analysed));
        }
        let Some((facts, analysed)) = last else { continue };
        let (high, medium) = shares(&analysed);
        let flagged: Vec<_> = lines(&analysed).into_iter().filter(|line| line.band >= Band::Medium).take(20).collect();
        let right = flagged
            .iter()
            .filter(|line| operator_of(&operators, &line.ads).is_some_and(|at| operator(at).kind == Kind::Network));
        println!(
            "seed {seed}: {} ads; high {:.1} %, medium {:.1} % of advertisers; of the first {} flagged lines {} are controlled",
            facts.len(),
            high * 100.0,
            medium * 100.0,
            flagged.len(),
            right.count()
        );
        for line in &flagged {
            let who = operator_of(&operators, &line.ads).map(operator);
            if let Some(who) = who.filter(|who| explain || who.kind != Kind::Network) {
                println!("  flagged: {} {} {} {:?}", who.kind.as_str(), who.pattern, line.band.as_str(), line.groups);
                for firing in &line.evidence {
                    println!("      {} {} {}", firing.group, firing.indicator, firing.points);
                }
                for fact in facts.iter().filter(|fact| explain && line.ads.contains(&fact.ad)).take(12) {
                    let v = &fact.versions[0];
                    let towns: Vec<&str> = v.places.iter().map(|place| place.place.as_str()).collect();
                    println!(
                        "      ad {} names {:?} ages {:?} towns {towns:?} {:?}",
                        fact.ad.ad_id, v.names, v.ages, v.contacts
                    );
                }
            }
        }
        let mut slow = BTreeMap::new();
        for (at, who) in world.population.operators.iter().enumerate().filter(|(_, who)| who.kind == Kind::Network) {
            let ads = facts.iter().filter(|fact| operators[&fact.ad] == at).count();
            if ads < 4 {
                continue;
            }
            let took = reached.get(&at).map(|(day, seen)| (day - first[&at] + 1, *seen));
            slow.entry(who.pattern.clone()).or_insert_with(Vec::new).push(took);
            if explain && took.is_none_or(|(days, _)| days > 7) {
                for a in analysed.assessments.iter().filter(|a| operator_of(&operators, &a.ads) == Some(at)) {
                    let kind = if matches!(a.subject, Subject::Network(_)) { "network" } else { "advertiser" };
                    println!(
                        "  slow: {} {kind} of {} ads {} {:?}",
                        who.pattern,
                        a.ads.len(),
                        a.band.as_str(),
                        a.groups
                    );
                    for firing in a.evidence.iter().chain(&a.counter_evidence) {
                        println!("      {} {} {}", firing.group, firing.indicator, firing.points);
                    }
                }
            }
        }
        for (pattern, took) in slow {
            let words: Vec<String> = took
                .iter()
                .map(|took| took.map_or("never".to_owned(), |(days, ads)| format!("day {days} ({ads} ads)")))
                .collect();
            println!("  {pattern}: medium on {}", words.join(", "));
        }
    }
    Ok(())
}
