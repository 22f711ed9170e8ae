//! `bavn import`: ads, decisions and contact attempts from JSON Lines.

use crate::cli::{Cli, ImportArgs, ImportCommand};
use crate::config::Config;
use crate::input::{LineCounts, ad_line, each_line, register_line};
use crate::key::{Need, open_store};
use anyhow::Context;
use domain::{AdContent, Image, ProgrammeId, SiteId};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use store::{
    Channel, Decision, DecisionKind, ImportResult, NewAd, Outcome, PutAds, SiteRegistration, Store, StoreError,
};

/// Ads written at a time; each is whole, so a killed import goes on by running it again.
const BATCH: usize = 500;

/// Carries out an import.
pub async fn run(cli: &Cli, command: &ImportCommand) -> anyhow::Result<()> {
    let config = Config::of(cli, false)?;
    let now = crate::time::now();
    match command {
        ImportCommand::Ads(args) => {
            let store = open_store(cli, Need::Make, now).await?;
            let (counts, put) = ads(&store, &config, args, now).await?;
            store.close().await;
            eprintln!(
                "{} lines: {} new ads, {} new versions, {} with new sightings, {} known; {} lines left out.",
                counts.taken + counts.wrong,
                put.ads_new,
                put.versions_new,
                put.sighted,
                put.unchanged,
                counts.wrong
            );
        }
        ImportCommand::Decisions(args) => {
            let store = open_store(cli, Need::Existing, now).await?;
            let at = super::virtual_today(&store).await?.unwrap_or(now);
            let results = decisions(&store, args, at).await?;
            store.close().await;
            report("decisions", &results);
        }
        ImportCommand::Attempts(args) => {
            let store = open_store(cli, Need::Existing, now).await?;
            let at = super::virtual_today(&store).await?.unwrap_or(now);
            let results = attempts(&store, args, at).await?;
            crate::pipeline::spread_objections(&store, &config, None, at).await?;
            store.close().await;
            report("attempts", &results);
        }
    }
    Ok(())
}

fn open(file: &Path) -> anyhow::Result<Box<dyn BufRead + Send>> {
    if file.as_os_str() == "-" {
        return Ok(Box::new(BufReader::new(std::io::stdin())));
    }
    if file.is_dir() {
        anyhow::bail!("{} is a folder; name a file", file.display());
    }
    let opened = std::fs::File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
    Ok(Box::new(BufReader::new(opened)))
}

/// Ads. A site that no adapter describes is registered as import-only.
async fn ads(
    store: &Store,
    config: &Config,
    args: &ImportArgs,
    now: jiff::Timestamp,
) -> anyhow::Result<(LineCounts, PutAds)> {
    let folder = args.file.parent().unwrap_or(Path::new("")).to_owned();
    let name = args.file.display().to_string();
    let mut input = open(&args.file)?;
    // Lines are parsed on this thread and written as they come, so that a file of any size takes constant memory.
    let (send, mut receive) = tokio::sync::mpsc::channel::<Vec<NewAd>>(4);
    let strict = args.strict;
    let parse = tokio::task::spawn_blocking(move || {
        let mut batch = Vec::with_capacity(BATCH);
        let mut closed = false;
        let counts = each_line(&mut *input, &name, strict, |_, object| {
            let mut line = ad_line::read(object)?;
            hash_images(&mut line.content, &folder)?;
            batch.push(NewAd { ad: line.ad, content: line.content, seen: line.seen_at, masked: Vec::new() });
            if batch.len() >= BATCH {
                closed |= send.blocking_send(std::mem::take(&mut batch)).is_err();
            }
            if closed { Err("the store stopped".to_owned()) } else { Ok(()) }
        });
        // What was read before a mistake that stops the import is kept.
        drop(send.blocking_send(batch));
        counts
    });
    let bar = crate::progress::spinner("importing ads");
    let (mut total, mut known) = (PutAds::default(), BTreeSet::new());
    while let Some(batch) = receive.recv().await {
        for ad in &batch {
            if known.insert(ad.ad.site.clone()) {
                register(store, config, &ad.ad.site, now).await?;
            }
        }
        let put = store.put_ads(&batch).await?;
        total.ads_new += put.ads_new;
        total.versions_new += put.versions_new;
        total.sighted += put.sighted;
        total.unchanged += put.unchanged;
        bar.inc(batch.len() as u64);
    }
    bar.finish_and_clear();
    Ok((parse.await??, total))
}

async fn register(store: &Store, config: &Config, site: &SiteId, now: jiff::Timestamp) -> anyhow::Result<()> {
    let adapter = config.sites.get(site.as_str());
    let programme =
        config.programmes.values().find(|programme| programme.watches(site.as_str())).ok_or_else(|| {
            anyhow::anyhow!("no programme watches site '{site}': name it under 'sites' of a programme")
        })?;
    let registration = SiteRegistration {
        site: site.clone(),
        programme: ProgrammeId(programme.id.clone()),
        name: adapter.map_or_else(|| site.to_string(), |adapter| adapter.settings().name.clone()),
        import_only: adapter.is_none(),
    };
    store.register_site(&registration, now).await?;
    Ok(())
}

/// Hashes the pictures that lie beside the file; their pixels are not kept.
fn hash_images(content: &mut AdContent, folder: &Path) -> Result<(), String> {
    for image in &mut content.images {
        let path = Path::new(&image.source);
        let inside = path.components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if !inside {
            return Err("'images' must be paths below the file's folder".to_owned());
        }
        let Ok(bytes) = std::fs::read(folder.join(path)) else {
            continue; // A picture that is not there leaves its ad without a hash, not out.
        };
        if let Ok((pdq, quality)) = extract::image_hash::pdq(&bytes) {
            *image = Image { source: image.source.clone(), pdq: Some(pdq), quality };
        }
    }
    Ok(())
}

/// How many lines had each result.
#[derive(Default)]
struct Results {
    new: u64,
    known: u64,
    refused: u64,
    wrong: u64,
}

impl Results {
    /// A line that the rules refuse is said with its number and the rest goes on; a store that fails ends the import.
    fn count(&mut self, file: &str, line: u64, result: Result<ImportResult, StoreError>) -> Result<(), StoreError> {
        let why = match result {
            Ok(ImportResult::New) => {
                self.new += 1;
                return Ok(());
            }
            Ok(ImportResult::Known) => {
                self.known += 1;
                return Ok(());
            }
            Ok(ImportResult::UnknownAd) => "the store does not hold this ad; import or crawl it first",
            Ok(ImportResult::NotAnalysed) => "the ad is in no analysis yet; run 'bavn analyse' first",
            Ok(ImportResult::Refused) => "a later decision or an objection is in force; nothing was changed",
            Err(StoreError::Refused { why }) => why,
            Err(error) => return Err(error),
        };
        self.refused += 1;
        eprintln!("{file}:{line}: {why}");
        Ok(())
    }
}

fn report(what: &str, results: &Results) {
    eprintln!(
        "{} new {what}, {} known already, {} not taken, {} wrong lines left out.",
        results.new, results.known, results.refused, results.wrong
    );
}

async fn decisions(store: &Store, args: &ImportArgs, at: jiff::Timestamp) -> anyhow::Result<Results> {
    let (file, actor) = (args.file.display().to_string(), super::system_actor());
    let mut lines = Vec::new();
    let counts = each_line(&mut *open(&args.file)?, &file, args.strict, |number, object| {
        let line = register_line::decision(object)?;
        let kind = DecisionKind::parse(&line.decision).ok_or_else(|| {
            let known: Vec<&str> = DecisionKind::ALL.iter().map(|kind| kind.as_str()).collect();
            format!("'decision' must be one of {}", known.join(", "))
        })?;
        lines.push((number, line, kind));
        Ok(())
    })?;
    let mut results = Results { wrong: counts.wrong, ..Results::default() };
    for (number, line, kind) in lines {
        // A register that names no day watches for as long as people usually do: 30 days from the decision.
        let until = match kind {
            DecisionKind::Watch => {
                let decided = crate::time::local_day(line.at);
                Some(line.until.unwrap_or(decided.saturating_add(jiff::Span::new().days(30))))
            }
            _ => None,
        };
        let decision = Decision {
            kind,
            reason_code: "imported".to_owned(),
            text: line.reason,
            change_mind: String::new(),
            until,
            refer_to: None,
        };
        let result = store.import_decision(&line.ad, &decision, &line.by, &actor, line.at, at).await;
        results.count(&file, number, result)?;
    }
    Ok(results)
}

async fn attempts(store: &Store, args: &ImportArgs, at: jiff::Timestamp) -> anyhow::Result<Results> {
    let (file, actor) = (args.file.display().to_string(), super::system_actor());
    let words = |all: Vec<&str>| all.join(", ");
    let mut lines = Vec::new();
    let counts = each_line(&mut *open(&args.file)?, &file, args.strict, |number, object| {
        let line = register_line::attempt(object)?;
        let channel = Channel::parse(&line.channel).ok_or_else(|| {
            format!("'channel' must be one of {}", words(Channel::ALL.iter().map(|word| word.as_str()).collect()))
        })?;
        let outcome = Outcome::parse(&line.outcome).ok_or_else(|| {
            format!("'outcome' must be one of {}", words(Outcome::ALL.iter().map(|word| word.as_str()).collect()))
        })?;
        lines.push((number, line, channel, outcome));
        Ok(())
    })?;
    let mut results = Results { wrong: counts.wrong, ..Results::default() };
    for (number, line, channel, outcome) in lines {
        let result =
            store.import_attempt(&line.ad, &line.method, channel, outcome, &line.by, &actor, line.at, at).await;
        results.count(&file, number, result)?;
    }
    Ok(results)
}
