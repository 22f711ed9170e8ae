//! `bavn audit`: the chains and their anchors, and the log of looks.

use crate::anchors;
use crate::cli::{AuditCommand, AuditListArgs, Cli};
use crate::config::Config;
use crate::key::Need;
use std::collections::BTreeMap;
use std::io::Write;
use store::{AccountId, Actor, AnchorKind, AuditFilter, LookLimits, Store};

/// Carries out a command.
pub async fn run(cli: &Cli, command: &AuditCommand) -> anyhow::Result<()> {
    let now = crate::time::now();
    let (config, store) = super::open(cli, Need::Existing, now).await?;
    let done = match command {
        AuditCommand::Verify => verify(cli, &config, &store).await,
        AuditCommand::Anchor => {
            let file = anchors::file_of(cli, &config.settings);
            let anchor = anchors::add(&file, &store, AnchorKind::Regular, now).await?;
            eprintln!(
                "Anchor {} in {}: {} events, {} audit rows. Keep a copy of the file on another machine.",
                anchor.number,
                file.display(),
                anchor.events.seq,
                anchor.audits.seq
            );
            Ok(())
        }
        AuditCommand::List(args) => list(&store, args).await,
    };
    store.close().await;
    done
}

/// Both chains, every commitment, and each anchor. What does not hold is told row by row.
async fn verify(cli: &Cli, config: &Config, store: &Store) -> anyhow::Result<()> {
    let file = anchors::file_of(cli, &config.settings);
    let chains = store.audit_verify().await?;
    let anchors = anchors::read(&file)?;
    let mut faults = chains.faults.clone();
    faults.extend(store.check_anchors(&anchors).await?);
    let mut out = std::io::stdout().lock();
    writeln!(out, "events     {} rows, head {}", chains.events, chains.events_head)?;
    writeln!(out, "audit      {} rows, head {}", chains.audits, chains.audits_head)?;
    match anchors.last() {
        Some(last) => writeln!(out, "anchors    {} in {}, newest {}", anchors.len(), file.display(), last.at)?,
        None => writeln!(
            out,
            "anchors    none in {}: a cut at the chains' end would not show; 'bavn audit anchor' writes one, 'bavn run' each day",
            file.display()
        )?,
    }
    for (chain, sequence, what) in &faults {
        writeln!(out, "FAULT      {chain} {sequence}: {what}")?;
    }
    if !faults.is_empty() {
        anyhow::bail!(
            "{} faults: someone changed, removed or cut what was recorded; keep a copy of the store as it is and tell \
             who answers for data protection",
            faults.len()
        );
    }
    writeln!(out, "all hold")?;
    Ok(())
}

/// The limits of the configuration.
pub fn limits(config: &Config) -> LookLimits {
    let some = |limit: u32| (limit > 0).then_some(limit);
    let audit = &config.settings.audit;
    LookLimits {
        lookups: some(audit.lookups_per_day),
        views: some(audit.views_per_day),
        exports: some(audit.exports_per_day),
    }
}

/// How an actor is shown: a log-in, or a user of the machine.
fn shown(actor: Option<&Actor>, logins: &BTreeMap<AccountId, String>) -> String {
    match actor {
        Some(Actor::Account(id)) => logins.get(id).cloned().unwrap_or_else(|| format!("account {}", id.0)),
        Some(Actor::System(name)) => format!("({name})"),
        None => "(deleted)".to_owned(),
    }
}

async fn list(store: &Store, args: &AuditListArgs) -> anyhow::Result<()> {
    let accounts = store.accounts().await?;
    let logins: BTreeMap<AccountId, String> =
        accounts.into_iter().map(|account| (account.id, account.details.login)).collect();
    let time =
        |name: &str, text: &Option<String>| text.as_deref().map(|text| crate::time::argument(name, text)).transpose();
    let from = match args.from.as_deref() {
        // A day's beginning, where `argument` gives its end.
        Some(text) => match text.parse::<jiff::civil::Date>() {
            Ok(day) => Some(crate::time::copenhagen(day.at(0, 0, 0, 0))?),
            Err(_) => time("--from", &args.from)?,
        },
        None => None,
    };
    let account = match &args.who {
        Some(login) => logins.iter().find(|(_, known)| **known == login.to_lowercase()).map(|(id, _)| *id),
        None => None,
    };
    let filter = AuditFilter {
        from,
        to: time("--to", &args.to)?,
        // A name that is no log-in is a user of the machine.
        system: args.who.clone().filter(|_| account.is_none()),
        account,
        kind: args.kind.clone(),
        words: args.words.clone(),
    };
    let look = super::system_look("audit", &args.purpose, crate::time::now());
    let mut out = std::io::stdout().lock();
    let mut before = None;
    let mut left = args.limit;
    while left > 0 {
        let page = store.search_audit(&look, &filter, before, left).await?;
        left -= page.entries.len();
        for entry in &page.entries {
            let who = shown(entry.actor.as_ref(), &logins);
            let (purpose, subject) =
                (entry.purpose.as_deref().unwrap_or_default(), entry.subject.as_deref().unwrap_or_default());
            if args.json {
                let line = serde_json::json!({
                    "seq": entry.seq, "at": entry.at.to_string(), "who": who, "kind": entry.kind,
                    "purpose": purpose, "subject": subject,
                });
                writeln!(out, "{line}")?;
            } else {
                writeln!(out, "{:>8}  {}  {who:<16} {:<20} {purpose:<16} {subject}", entry.seq, entry.at, entry.kind)?;
            }
        }
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    Ok(())
}
