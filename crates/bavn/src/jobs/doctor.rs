//! `bavn doctor`: is everything in order, and how to mend what is not.

use crate::cli::Cli;
use crate::config::Config;
use crate::key::{Need, default_key_file, open_store};
use std::io::Write;

/// What was looked at and how it is.
enum Finding {
    Good(String),
    Warning(String),
    Bad(String),
}

/// Looks at configuration, approvals, key, store, log chains and clock. Exit 1 where something is broken.
pub async fn run(cli: &Cli) -> anyhow::Result<()> {
    let mut findings = Vec::new();
    match Config::load(&cli.config, false) {
        Ok(config) => look_at_config(&config, &mut findings),
        Err(error) => findings.push(Finding::Bad(format!("configuration: {}", crate::explain::explain(&error)))),
    }
    look_at_key(cli, &mut findings);
    match open_store(cli, Need::Existing, crate::time::now()).await {
        Ok(store) => {
            look_at_store(&store, &mut findings).await?;
            store.close().await;
        }
        Err(error) => findings.push(Finding::Bad(format!("store: {error}"))),
    }
    let mut out = std::io::stdout().lock();
    let mut bad = 0;
    for finding in &findings {
        match finding {
            Finding::Good(text) => writeln!(out, "ok       {text}")?,
            Finding::Warning(text) => writeln!(out, "look at  {text}")?,
            Finding::Bad(text) => {
                bad += 1;
                writeln!(out, "BROKEN   {text}")?;
            }
        }
    }
    if bad > 0 {
        anyhow::bail!("{bad} of {} are broken; each line above says what to do", findings.len());
    }
    Ok(())
}

fn look_at_config(config: &Config, findings: &mut Vec<Finding>) {
    findings.push(Finding::Good(format!(
        "configuration: {} programmes, {} sites, {} indicators",
        config.programmes.len(),
        config.sites.len(),
        config.catalogue.indicators().len()
    )));
    let missing = config.settings.controller.missing();
    if !missing.is_empty() {
        findings.push(Finding::Warning(format!(
            "controller: {} missing in [controller] of bavn.toml; until then only hosts on loopback are asked",
            missing.join(", ")
        )));
    }
    let today = crate::time::local_day(crate::time::now());
    for (id, adapter) in &config.sites {
        let settings = adapter.settings();
        match (settings.refusal(today), &settings.approval) {
            (Some(why), _) => findings.push(Finding::Warning(format!("approval of {id}: {why}"))),
            (None, Some(approval)) if (approval.until - today).get_days() <= 30 => findings.push(Finding::Warning(
                format!("approval of {id} ends on {}: renew it in sites/{id}/site.toml", approval.until),
            )),
            (None, _) => findings.push(Finding::Good(format!("approval of {id}"))),
        }
    }
}

fn look_at_key(cli: &Cli, findings: &mut Vec<Finding>) {
    let file = cli.key.clone().unwrap_or_else(|| default_key_file(&cli.data));
    #[cfg(unix)]
    if let Ok(facts) = std::fs::metadata(&file) {
        use std::os::unix::fs::PermissionsExt;
        let mode = facts.permissions().mode() & 0o777;
        findings.push(if mode & 0o077 == 0 {
            Finding::Good(format!("key file {}: only its owner may read it", file.display()))
        } else {
            Finding::Bad(format!("key file {}: others may read it (mode {mode:o}); chmod 600 it", file.display()))
        });
    }
}

async fn look_at_store(store: &store::Store, findings: &mut Vec<Finding>) -> anyhow::Result<()> {
    let facts = store.doctor().await?;
    let rows: i64 = facts.tables.iter().map(|table| table.rows).sum();
    findings.push(Finding::Good(format!(
        "store: {:?} {}, schema {}, {rows} rows in {} tables, {:.1} MB",
        facts.engine,
        facts.engine_version,
        facts.schema_version,
        facts.tables.len(),
        facts.bytes as f64 / 1e6
    )));
    for fault in &facts.faults {
        findings.push(Finding::Bad(format!("store: {fault}; stop bavn and restore the newest good copy")));
    }
    let chains = store.audit_verify().await?;
    if chains.faults.is_empty() {
        findings.push(Finding::Good(format!(
            "logs: {} events and {} audit rows, both chains hold",
            chains.events, chains.audits
        )));
    }
    for (chain, sequence, what) in &chains.faults {
        findings.push(Finding::Bad(format!(
            "log of {chain}: row {sequence} {what}; someone changed it, tell who answers for data protection"
        )));
    }
    match (store.last_sighting().await?, store.latest_analysis().await?) {
        (None, _) => {
            findings.push(Finding::Warning("ads: none yet; run 'bavn crawl --once' or 'bavn import ads'".into()))
        }
        (Some(_), None) => findings.push(Finding::Warning("analysis: none yet; run 'bavn analyse'".into())),
        (Some(last), Some(analysis)) => {
            findings.push(Finding::Good(format!("ads: last sighting {last}; analysis as of {}", analysis.as_of)));
            let ahead = last > crate::time::now() + jiff::SignedDuration::from_hours(1);
            if ahead && super::virtual_today(store).await?.is_none() {
                findings
                    .push(Finding::Warning("clock: ads were seen later than now; check the machine's clock".into()));
            }
        }
    }
    Ok(())
}
