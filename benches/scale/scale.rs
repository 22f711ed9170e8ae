//! A store of made ads, as large as asked for, analysed as a whole and then by one batch. For `./measure scale`.
//!
//! `scale fill STORE ADS` fills a new store with ads that are read already (the speed of reading has its own measure);
//! `scale analyse STORE` goes through everything with a new reference; `scale batch STORE ADS` adds ads, of which a third
//! shows numbers, texts and pictures that are known, and analyses what changed. Each says how long it took and how much
//! memory the process had at most.
#![allow(clippy::disallowed_methods, missing_docs, dead_code, reason = "a measuring program, not part of the product")]

#[path = "../../crates/linkage/tests/world/mod.rs"]
mod world;

use anyhow::Context;
use bavn::config::Config;
use bavn::pipeline::{self, NewReference};
use domain::{AdContent, AdFacts, MaskedText, ProgrammeId, Reading, SiteId};
use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;
use store::{Actor, MasterKey, NewAccount, NewAd, Options, PersonRole, ReadingRow, SiteRegistration, Store};
use world::World;

/// Ads of one made world: several keep the memory of filling small.
const WORLD: usize = 100_000;
/// Ads for each independent of such a world, with the networks, directories and frauds around them.
const ADS_AN_INDEPENDENT: f64 = 5.46;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let config = Config::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("config"), false)?;
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["fill", path, ads] => {
            let store = open(path).await?;
            let total: usize = ads.parse()?;
            let began = Instant::now();
            let mut filled = 0;
            for number in 0.. {
                let wanted = WORLD.min(total - filled);
                if wanted == 0 {
                    break;
                }
                let ads = made(7 + number, wanted, &format!("w{number}"));
                filled += ads.len().max(1).min(total - filled);
                put(&store, &config, &ads).await?;
            }
            say("filled", filled, began);
            store.close().await;
        }
        ["analyse", path] => {
            let store = open(path).await?;
            let as_of = store.last_sighting().await?.context("an empty store")?;
            let began = Instant::now();
            let made = pipeline::analyse(&store, &config, as_of, as_of, NewReference::Always, &|_, _| {}).await?;
            say("analysed", made.ads as usize, began);
            println!("{}", bavn::jobs::analyse::describe(&made));
            store.close().await;
        }
        ["batch", path, ads] => {
            let store = open(path).await?;
            let wanted: usize = ads.parse()?;
            let mut ads = made(7, wanted / 3, "w0");
            for ad in &mut ads {
                ad.ad.ad_id.push_str("-again");
            }
            ads.extend(made(9_001, wanted - wanted / 3, "new"));
            put(&store, &config, &ads).await?;
            let as_of = store.last_sighting().await?.context("an empty store")?;
            let began = Instant::now();
            let made = pipeline::analyse(&store, &config, as_of, as_of, NewReference::IfNone, &|_, _| {}).await?;
            let batch = made.batch.context("everything was analysed, and no batch")?;
            say("batch of changed ads", batch.changed, began);
            println!("ads linked and assessed again: {}", batch.touched);
            store.close().await;
        }
        // For ./measure load: accounts with one password, researchers and workers of each team by turns.
        ["users", path, count] => {
            let store = open(path).await?;
            let teams: Vec<String> =
                config.programmes.values().flat_map(|of| of.teams.iter().map(|team| team.id.clone())).collect();
            let programme = config.programmes.keys().next().context("a programme")?.clone();
            let hash = web::password::hash("a long enough password")?;
            for number in 0..count.parse::<usize>()? {
                let worker = number % 2 == 1;
                let team = &teams[(number / 2) % teams.len()];
                let account = NewAccount {
                    login: format!("load{number}"),
                    name: format!("Load {number}"),
                    role: if worker { PersonRole::OutreachWorker } else { PersonRole::Researcher },
                    team: worker.then(|| domain::TeamId(team.clone())),
                    programme: Some(ProgrammeId(programme.clone())),
                    organisation: None,
                    language: "en".to_owned(),
                    urgent_contact: false,
                    password_hash: hash.clone(),
                };
                store.put_account(&account, &Actor::System("load".to_owned()), jiff::Timestamp::now()).await?;
            }
            store.close().await;
        }
        // How many acts of a kind the log holds.
        ["events", path, kind] => {
            let store = open(path).await?;
            let (mut count, mut before) = (0, None);
            loop {
                let page = store.events(before, 1_000).await?;
                count += page.iter().filter(|event| event.kind == *kind).count();
                match page.last() {
                    Some(last) if last.seq > 1 => before = Some(last.seq),
                    _ => break,
                }
            }
            println!("{count}");
            store.close().await;
        }
        _ => anyhow::bail!(
            "usage: scale fill STORE ADS | analyse STORE | batch STORE ADS | users STORE N | events STORE KIND"
        ),
    }
    Ok(())
}

fn say(what: &str, ads: usize, began: Instant) {
    let took = began.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown").trim();
    println!("{what}: {ads} in {took:.1} s ({:.0} a second), memory at most {most}", ads as f64 / took);
}

async fn open(path: &str) -> anyhow::Result<Store> {
    let key = match std::env::var("BAVN_MASTER_KEY_FILE") {
        Ok(file) => MasterKey::parse(&std::fs::read_to_string(file)?)?,
        Err(_) => MasterKey::from_bytes([7; 32]),
    };
    let at = jiff::Timestamp::UNIX_EPOCH;
    let store = Store::open_with(
        &if path.contains("://") { path.to_owned() } else { format!("sqlite:{path}") },
        key,
        at,
        Options::default(),
    )
    .await?;
    let site = SiteRegistration {
        site: SiteId::from("s1"),
        programme: ProgrammeId::from("initiative-1"),
        name: "Made ads".to_owned(),
        import_only: true,
    };
    store.register_site(&site, at).await?;
    Ok(store)
}

/// Made ads with names and numbers of their own world.
fn made(seed: u64, ads: usize, prefix: &str) -> Vec<AdFacts> {
    let independents = (ads as f64 / ADS_AN_INDEPENDENT).ceil() as usize;
    let mut ads: Vec<AdFacts> = World::mixed(seed, 4000, independents.max(1)).ads;
    for ad in &mut ads {
        ad.ad.site = SiteId::from("s1");
        ad.ad.ad_id = format!("{prefix}-{}", ad.ad.ad_id);
        for contact in ad.versions.iter_mut().flat_map(|version| &mut version.contacts) {
            contact.value = format!("{}{prefix}", contact.value);
        }
    }
    ads
}

/// Puts them into the store as ads that were seen and read.
async fn put(store: &Store, config: &Config, ads: &[AdFacts]) -> anyhow::Result<()> {
    for piece in ads.chunks(2_000) {
        let new = piece.iter().flat_map(|ad| {
            ad.versions.iter().map(|version| NewAd {
                ad: ad.ad.clone(),
                content: AdContent {
                    title: format!("version {}", version.version),
                    body: version.skeleton.clone(),
                    images: version.images.clone(),
                    ..AdContent::default()
                },
                seen: vec![version.first_seen, version.last_seen],
                masked: Vec::new(),
            })
        });
        store.put_ads(&new.collect::<Vec<_>>()).await?;
        let by_ad: HashMap<_, _> = piece.iter().map(|ad| (&ad.ad, ad)).collect();
        let unread = store.unread_versions(&config.reader_version, 4_000).await?;
        let rows = unread.iter().filter_map(|unread| {
            let facts = by_ad.get(&unread.ad)?.versions.get(unread.version as usize - 1)?;
            Some(ReadingRow {
                row: unread.row,
                reader_version: config.reader_version.clone(),
                reading: Reading::default(),
                facts: facts.clone(),
                masked: Vec::<MaskedText>::new(),
            })
        });
        let now = piece.iter().map(|ad| ad.last_seen).max().unwrap_or_default();
        store.put_readings(&rows.collect::<Vec<_>>(), now).await?;
    }
    Ok(())
}
