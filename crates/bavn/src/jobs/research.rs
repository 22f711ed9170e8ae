//! `bavn export research` and `bavn export verify`: the knowledge institution's package.

use crate::cli::{Cli, ResearchArgs, VerifyArgs};
use crate::key::Need;
use crate::release::{self, Making};
use anyhow::{Context, bail};
use jiff::Timestamp;
use jiff::civil::Date;
use store::Store;

/// What counts: what was asked for, else the demo's last day, else the store's last change, so that the same store gives the
/// same bytes whenever it is asked.
pub async fn as_of(store: &Store, asked: Option<&str>) -> anyhow::Result<Timestamp> {
    if let Some(text) = asked {
        return crate::time::argument("--as-of", text);
    }
    if let Some(today) = super::virtual_today(store).await? {
        return Ok(today);
    }
    store.last_change().await?.context("the store is empty: nothing was crawled or imported yet")
}

/// The analysis that goes with it: the kept one, unless one of before was asked for.
pub async fn analysed_as_of(store: &Store, as_of: Timestamp) -> anyhow::Result<Timestamp> {
    let header = store.latest_analysis().await?.context("nothing was analysed yet: run 'bavn analyse' first")?;
    Ok(header.as_of.min(as_of))
}

/// A day of the command line.
pub fn day(name: &str, text: &str) -> anyhow::Result<Date> {
    text.parse().map_err(|_| anyhow::anyhow!("{name} '{text}' is no day such as 2026-10-01"))
}

/// Makes and writes a package.
pub async fn export(cli: &Cli, args: &ResearchArgs) -> anyhow::Result<()> {
    let now = crate::time::now();
    let (from, to) = (day("--from", &args.from)?, day("--to", &args.to)?);
    if from > to {
        bail!("{}", release::PERIOD);
    }
    let (config, store) = super::open(cli, Need::Existing, now).await?;
    let recipient = config.recipients.choose(args.recipient.as_deref(), &config.recipients_file())?;
    let as_of = as_of(&store, args.as_of.as_deref()).await?;
    let mut look = super::system_look("export:research", &args.purpose, now);
    look.subject = format!("{} {from} {to}", recipient.name);
    let making = Making {
        programme: config.programme(None)?,
        recipient,
        from,
        to,
        as_of,
        analysed_as_of: analysed_as_of(&store, as_of).await?,
        look: &look,
    };
    let package = release::made(&store, &config, &making, &args.out, &super::system_actor(), now).await?;
    store.close().await;
    let check = &package.check;
    let alike = check.smallest_group.map_or_else(|| "none is shown".to_owned(), |k| format!("at least {k} alike"));
    eprintln!(
        "Wrote {} files for {} to {}. Rows of advertisers: {} ({alike}), {} left out. Counts: {} withheld.",
        package.files.len(),
        recipient.name,
        args.out.display(),
        check.rows,
        check.left_out,
        package.released.withheld.len()
    );
    Ok(())
}

/// Proves a package.
pub async fn verify(cli: &Cli, args: &VerifyArgs) -> anyhow::Result<()> {
    let now = crate::time::now();
    let look = super::system_look("export:verify", "verification", now);
    let opened = super::open(cli, Need::Existing, now).await;
    let (config, store) = match opened {
        Ok((config, store)) => (config, Some(store)),
        Err(_) => (crate::config::Config::of(cli, true)?, None),
    };
    let outcome = release::verify(store.as_ref(), &config, &args.folder, &look).await?;
    if let Some(store) = store {
        store.close().await;
    }
    for line in outcome.faults.iter().chain(&outcome.source) {
        eprintln!("{line}");
    }
    if !outcome.faults.is_empty() {
        bail!("the package is not as it was made: {} faults", outcome.faults.len());
    }
    eprintln!("Every file is as its checksum says.");
    if outcome.proved {
        eprintln!("Made again from this store it is the same, byte for byte.");
    } else {
        eprintln!("It cannot be made again from here; the lines above say why.");
    }
    Ok(())
}
