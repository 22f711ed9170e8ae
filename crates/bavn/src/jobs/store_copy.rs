//! `bavn store copy FROM TO`: moves a store to the other engine, or to another place.

use crate::cli::Cli;
use crate::key::key_for;
use store::{Options, Store};

/// Copies everything, reads it again and compares.
pub async fn run(cli: &Cli, from: &str, to: &str) -> anyhow::Result<()> {
    let now = crate::time::now();
    let key = key_for(cli)?;
    if from == to {
        anyhow::bail!("FROM and TO are the same store");
    }
    let source = Store::open_with(from, key.clone(), now, Options { create: false, ..Options::default() }).await?;
    let target = match Store::open_with(to, key, now, Options::default()).await {
        Ok(target) => target,
        Err(error) => {
            source.close().await;
            return Err(error.into());
        }
    };
    let done = copy(&source, &target).await;
    source.close().await;
    target.close().await;
    let (tables, rows, events, audits) = done?;
    println!(
        "{rows} rows in {tables} tables copied and compared by digest; chains of {events} events and {audits} audit rows hold"
    );
    eprintln!("The same key opens the copy.");
    Ok(())
}

async fn copy(source: &Store, target: &Store) -> anyhow::Result<(usize, u64, i64, i64)> {
    let moved = source.copy_to(target).await?;
    let verified = target.verify_rows(&moved).await?;
    let chains = target.audit_verify().await?;
    if let Some((chain, sequence, what)) = chains.faults.first() {
        anyhow::bail!("the chain of the copy does not hold: {chain} {sequence}: {what}");
    }
    Ok((verified.tables, verified.rows, chains.events, chains.audits))
}
