//! `bavn retention`: the clocks, what is due, what is held back.

use crate::cli::{Cli, HoldArgs, RetentionCommand};
use crate::config::Config;
use crate::key::Need;
use domain::AdRef;
use jiff::Timestamp;
use std::io::Write;
use store::{Clocks, Due, HoldOn, NewHold, RetentionKind, Store};

/// Days that `upcoming` looks ahead.
const AHEAD: usize = 14;

/// The clocks of the configuration.
pub fn clocks(config: &Config) -> Clocks {
    let (settings, pages) = (&config.settings.retention, config.settings.crawl.keep_pages_days);
    Clocks {
        pages_days: pages,
        ads_days: settings.ads_days,
        contacts_days: settings.contacts_days,
        images_days: settings.images_days,
        cases_days: settings.cases_days,
        ledger_days: settings.ledger_days,
        audit_days: settings.audit_days,
    }
}

/// Carries out a command.
pub async fn run(cli: &Cli, command: &RetentionCommand) -> anyhow::Result<()> {
    let now = crate::time::now();
    let (config, store) = super::open(cli, Need::Existing, now).await?;
    // A store that stands still in time has its own today.
    let at = super::virtual_today(&store).await?.unwrap_or(now);
    let done = match command {
        RetentionCommand::Show => show(&config),
        RetentionCommand::DryRun { at: asked } => {
            let at = time(asked.as_deref(), at)?;
            let due = store.retention_due(&clocks(&config), at).await?;
            tell(&due, "would be deleted")
        }
        RetentionCommand::Run => {
            let mut done = store.retention_run(&clocks(&config), &super::system_actor(), at).await?;
            if let Some(register) = store.register_store() {
                done.extend(register.retention_run(&clocks(&config), &super::system_actor(), at).await?);
            }
            tell(&done, "deleted")
        }
        RetentionCommand::Upcoming => upcoming(&config, &store, at).await,
        RetentionCommand::Hold(args) => hold(&store, args, at).await,
        RetentionCommand::Release { hold, by } => {
            store.release_hold(*hold, by, &super::system_actor(), at).await?;
            eprintln!("Hold {hold} is released; what it kept is deleted when it is due.");
            Ok(())
        }
        RetentionCommand::Holds => holds(&store).await,
    };
    store.close().await;
    done
}

fn time(asked: Option<&str>, now: Timestamp) -> anyhow::Result<Timestamp> {
    asked.map_or(Ok(now), |text| crate::time::argument("--at", text))
}

fn what(kind: RetentionKind) -> &'static str {
    match kind {
        RetentionKind::Pages => "archived pages, addresses of the crawl",
        RetentionKind::Ads => "ads with text, readings, sightings, links",
        RetentionKind::Contacts => "contacts, links, street addresses; with the ad at the latest",
        RetentionKind::Images => "hashes of pictures",
        RetentionKind::Cases => "cases, decisions, judgements",
        RetentionKind::Ledger => "lists, claims, contact attempts",
        RetentionKind::Audit => "who did and looked at what; the chain stays",
        RetentionKind::Common => "approaches in the register that programmes share",
        RetentionKind::Derived => "left-overs of analyses, counts of looks",
    }
}

fn show(config: &Config) -> anyhow::Result<()> {
    let clocks = clocks(config);
    let mut out = std::io::stdout().lock();
    for kind in RetentionKind::ALL {
        writeln!(out, "{:<9} {:>5} days   {}", kind.as_str(), clocks.days(kind), what(kind))?;
    }
    writeln!(out, "'bavn run' deletes what is due each day at {}.", config.settings.retention.hour)?;
    Ok(())
}

fn tell(due: &[Due], word: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if due.is_empty() {
        writeln!(out, "nothing is due")?;
    }
    for due in due {
        writeln!(out, "{:<9} {:<22} {:>8} {word}", due.kind.as_str(), due.table, due.rows)?;
    }
    Ok(())
}

async fn upcoming(config: &Config, store: &Store, now: Timestamp) -> anyhow::Result<()> {
    let upcoming = store.retention_upcoming(&clocks(config), now, AHEAD).await?;
    let today = crate::time::local_day(now);
    let day = |n: usize| today.saturating_add(jiff::Span::new().days(i64::try_from(n).unwrap_or(0)));
    let mut out = std::io::stdout().lock();
    let mut any = false;
    for (n, due) in upcoming.days.iter().enumerate() {
        for (kind, rows) in Due::by_kind(due) {
            any = true;
            writeln!(out, "{}  {:<9} {rows:>8}", day(n), kind.as_str())?;
        }
    }
    for (case, n) in &upcoming.cases {
        writeln!(out, "{}  case      {case}", day(*n))?;
    }
    if !any {
        writeln!(out, "nothing goes within {AHEAD} days")?;
    }
    Ok(())
}

async fn hold(store: &Store, args: &HoldArgs, at: Timestamp) -> anyhow::Result<()> {
    let on = match args.on.as_str() {
        "everything" => HoldOn::Everything,
        text => match text.split_once('/') {
            Some((site, ad)) => HoldOn::Ad(AdRef::new(site, ad)),
            None => HoldOn::Case(text.to_owned()),
        },
    };
    let until = args.until.as_deref().map(|text| crate::time::argument("--until", text)).transpose()?;
    let hold = NewHold { on, reason: args.because.clone(), by: args.by.clone(), until };
    let id = store.put_hold(&hold, &super::system_actor(), at).await?;
    eprintln!("Hold {id} is in force; 'bavn retention release {id} --by NAME' ends it.");
    Ok(())
}

async fn holds(store: &Store) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    for hold in store.holds().await? {
        let state = match (&hold.released_at, &hold.until) {
            (Some(at), _) => format!("released {}", crate::time::local_day(*at)),
            (None, Some(until)) => format!("in force until {}", crate::time::local_day(*until)),
            (None, None) => "in force".to_owned(),
        };
        let day = crate::time::local_day(hold.at);
        writeln!(
            out,
            "{:<4} {day} {state:<22} {:<28} {} ads  {}: {}",
            hold.id, hold.on, hold.ads, hold.by, hold.reason
        )?;
    }
    Ok(())
}
