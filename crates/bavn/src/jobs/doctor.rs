//! `bavn doctor`: is everything in order, and how to mend what is not.

use crate::cli::Cli;
use crate::config::{Config, Programme};
use crate::jobs::backup::{MADE, VERIFIED};
use crate::key::{Need, database_url, default_key_file, named_key_file, open_store};
use crate::machine::{self, Encryption};
use crate::{anchors, forgotten};
use jiff::Timestamp;
use std::io::Write;
use std::path::Path;

/// What was looked at and how it is.
enum Finding {
    Good(String),
    Warning(String),
    Bad(String),
}

/// Looks at configuration, approvals, key, store, log chains and clock. Exit 1 where something is broken.
pub async fn run(cli: &Cli) -> anyhow::Result<()> {
    let mut findings = Vec::new();
    let config = Config::of(cli, false);
    match &config {
        Ok(config) => look_at_config(config, &mut findings),
        Err(error) => findings.push(Finding::Bad(format!("configuration: {}", crate::explain::explain(error)))),
    }
    look_at_key(cli, &mut findings);
    if database_url(cli).starts_with("sqlite:") {
        look_at_machine(&cli.data, &mut findings);
    }
    match open_store(cli, Need::Existing, crate::time::now()).await {
        Ok(store) => {
            // What cannot be looked at is a finding like any other: the rest is looked at all the same.
            let mut looks =
                vec![look_at_store(&store, &mut findings).await, look_at_clock(&store, &mut findings).await];
            if let Ok(config) = &config {
                looks.push(look_at_anchors(cli, config, &store, &mut findings).await);
                looks.push(look_at_backups(config, &store, &mut findings).await);
            }
            for error in looks.into_iter().filter_map(Result::err) {
                findings.push(Finding::Bad(format!("store: {error:#}")));
            }
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
    let now = crate::time::now();
    let today = crate::time::local_day(now);
    for programme in config.programmes.values() {
        look_at_programme(programme, config, now, findings);
    }
    for (id, adapter) in &config.sites {
        let settings = adapter.settings();
        match (settings.refusal(today), &settings.approval) {
            (Some(why), _) => findings.push(Finding::Warning(format!("approval of {id}: {why}"))),
            (None, Some(approval)) if (approval.until - today).get_days() <= 30 => findings.push(Finding::Warning(
                format!(
                    "approval of {id} ends on {}, in {} days: renew it in sites/{id}/site.toml or on the page 'Settings'",
                    approval.until,
                    (approval.until - today).get_days()
                ),
            )),
            (None, _) => findings.push(Finding::Good(format!("approval of {id}"))),
        }
    }
}

/// Who is told of a possible minor, and approvals of what is drawn by lot.
fn look_at_programme(programme: &Programme, config: &Config, now: Timestamp, findings: &mut Vec<Finding>) {
    let (id, urgent) = (&programme.id, &programme.urgent);
    if urgent.people.is_empty() {
        findings.push(Finding::Warning(format!(
            "urgent route of {id}: nobody is appointed, so that a possible minor is seen by nobody; name people in [urgent] \
             of programmes/{id}.toml"
        )));
    } else {
        findings.push(Finding::Good(format!("urgent route of {id}: {} people are appointed", urgent.people.len())));
        if urgent.people.iter().all(|person| person.phone.trim().is_empty()) {
            findings.push(Finding::Warning(format!(
                "urgent route of {id}: none of them has a phone number, so that a worker who meets a possible minor can \
                 ring nobody; write 'phone' beside each in [urgent] of programmes/{id}.toml"
            )));
        }
        if config.settings.smtp.server.is_empty() {
            findings.push(Finding::Warning(format!(
                "urgent route of {id}: no mail server in [smtp] of bavn.toml, so that nobody is told at once"
            )));
        }
    }
    if programme.duty.is_none() {
        findings.push(Finding::Warning(format!(
            "urgent route of {id}: no statutory duty in [duty] of programmes/{id}.toml; have it checked and write it"
        )));
    }
    let random = programme.outreach.policy.random.as_ref().map(|of| ("random stratum", of.holds(now), of.until));
    let trial = programme.outreach.trial.as_ref().map(|of| ("methods on trial", of.holds(now), of.until));
    for (what, holds, until) in random.into_iter().chain(trial) {
        findings.push(match holds {
            true => Finding::Good(format!("{what} of {id}: approved until {until}")),
            false => Finding::Warning(format!(
                "{what} of {id}: the approval does not hold (who, when, until {until}, dpia), so nothing is drawn"
            )),
        });
    }
    let drafts = programme.outreach.prepared_texts().iter().filter(|text| text.draft).count();
    if drafts > 0 {
        findings.push(Finding::Warning(format!(
            "prepared texts of {id}: {drafts} are drafts that nobody who grew up with the language has read; name those \
             read in outreach.confirmed, or set outreach.drafts = false"
        )));
    }
}

fn look_at_key(cli: &Cli, findings: &mut Vec<Finding>) {
    let file = named_key_file(cli).unwrap_or_else(|| default_key_file(&cli.data));
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
    if let (Ok(file), Ok(data)) = (file.canonicalize(), cli.data.canonicalize())
        && file.starts_with(&data)
    {
        findings.push(Finding::Bad(format!(
            "key file {}: it lies in the data folder, so that whoever takes that folder can read everything; move it out \
             and name it with --key",
            file.display()
        )));
    }
}

/// Room and encryption of the disk under the data folder, and who may look into it.
fn look_at_machine(data: &Path, findings: &mut Vec<Finding>) {
    if !data.is_dir() {
        return;
    }
    #[cfg(unix)]
    if let Ok(facts) = std::fs::metadata(data) {
        use std::os::unix::fs::PermissionsExt;
        let mode = facts.permissions().mode() & 0o777;
        if mode & 0o022 != 0 {
            let folder = data.display();
            findings.push(Finding::Bad(format!(
                "data folder {folder}: others may write there (mode {mode:o}); chmod 700 it"
            )));
        }
    }
    match machine::room(data) {
        Some((free, whole)) => {
            let gigabytes = free as f64 / 1e9;
            let share = free as f64 / (whole as f64).max(1.0);
            findings.push(if free < 500_000_000 {
                Finding::Bad(format!("disk: {gigabytes:.1} GB are free; make room, or a crawl stops and waits"))
            } else if share < 0.1 {
                Finding::Warning(format!("disk: {gigabytes:.1} GB are free, less than a tenth; make room soon"))
            } else {
                Finding::Good(format!("disk: {gigabytes:.1} GB are free"))
            });
        }
        None => findings.push(Finding::Warning("disk: df does not say how much is free; look yourself".to_owned())),
    }
    findings.push(match machine::encryption(data) {
        Encryption::Encrypted => Finding::Good("disk: encrypted (dm-crypt)".to_owned()),
        Encryption::Plain => Finding::Warning(
            "disk: not encrypted; put the data folder, the key and backups on LUKS, since masked text and deleted blocks \
             lie there in clear"
                .to_owned(),
        ),
        Encryption::Unknown => Finding::Warning(
            "disk: the system does not say whether it is encrypted; make sure that the host encrypts it".to_owned(),
        ),
    });
}

async fn look_at_anchors(
    cli: &Cli,
    config: &Config,
    store: &store::Store,
    findings: &mut Vec<Finding>,
) -> anyhow::Result<()> {
    let file = anchors::file_of(cli, &config.settings);
    let anchors = match anchors::read(&file) {
        Ok(anchors) => anchors,
        Err(error) => {
            findings.push(Finding::Bad(format!("anchors: {error:#}")));
            return Ok(());
        }
    };
    for (chain, sequence, what) in store.check_anchors(&anchors).await? {
        findings.push(Finding::Bad(format!(
            "anchor of {chain} {sequence}: {what}; tell who answers for data protection ('bavn audit verify')"
        )));
    }
    match anchors.last() {
        Some(last) if crate::time::now().duration_since(last.at).as_hours() > 48 => {
            findings.push(Finding::Warning(format!(
                "anchors: the newest is of {}; 'bavn run' writes one each day, 'bavn audit anchor' one now",
                last.at
            )));
        }
        Some(last) => findings.push(Finding::Good(format!("anchors: {}, newest {}", anchors.len(), last.at))),
        None => findings.push(Finding::Warning(
            "anchors: none; a cut at the log's end would not show; 'bavn audit anchor' writes one".to_owned(),
        )),
    }
    if !store.forgotten().await?.is_empty() && forgotten::read(&forgotten::file_of(cli))?.is_empty() {
        findings.push(Finding::Warning(format!(
            "what must stay forgotten: {} is missing; 'bavn run' and 'bavn backup create' write it, a restore needs it",
            forgotten::file_of(cli).display()
        )));
    }
    Ok(())
}

/// Most milliseconds by which two clocks may differ: leases and turns go by them.
const CLOCKS_DIFFER_MS: i64 = 2_000;

/// This machine's clock against the database's, whether it is kept by the network, and whether it jumped.
async fn look_at_clock(store: &store::Store, findings: &mut Vec<Finding>) -> anyhow::Result<()> {
    let before = crate::time::now();
    if let Some(server) = store.server_clock_ms().await? {
        let after = crate::time::now();
        // Between asking and answer lies some time: only what cannot be explained by it is a difference.
        let early = before.as_millisecond() - server;
        let late = server - after.as_millisecond();
        let off = early.max(late).max(0);
        findings.push(if off > CLOCKS_DIFFER_MS {
            Finding::Bad(format!(
                "clock: {:.1} seconds away from the database's; let both keep time by NTP (timedatectl set-ntp true)",
                off as f64 / 1000.0
            ))
        } else {
            Finding::Good("clock: as the database's".to_owned())
        });
    }
    match machine::clock_is_kept() {
        Some(true) => findings.push(Finding::Good("clock: kept by the network (NTP)".to_owned())),
        Some(false) => findings.push(Finding::Warning(
            "clock: not kept by the network; 'timedatectl set-ntp true', or install systemd-timesyncd".to_owned(),
        )),
        None => {}
    }
    let jumped = store.setting(super::upkeep::CLOCK_JUMPED).await?.unwrap_or_default();
    if let Some((at, seconds)) = jumped.split_once(' ')
        && let Ok(at) = at.parse::<Timestamp>()
        && before.duration_since(at).as_hours() < 24 * 7
    {
        findings.push(Finding::Warning(format!(
            "clock: it jumped by {seconds} seconds at {at} (or the machine slept); lists, backups and deletions are made once a \
             day all the same, a deletion waited a day; look at the machine's time service"
        )));
    }
    if let Some(error) = store.setting(super::alarms::DELETION_FAILED).await?.filter(|why| !why.is_empty()) {
        findings.push(Finding::Bad(format!("deletion: the last one {error}; see the log of 'bavn run'")));
    }
    Ok(())
}

/// When a backup was made and when one was last restored on trial.
async fn look_at_backups(config: &Config, store: &store::Store, findings: &mut Vec<Finding>) -> anyhow::Result<()> {
    let now = crate::time::now();
    let time = async |name: &str| -> anyhow::Result<Option<Timestamp>> {
        let kept = store.setting(name).await?;
        Ok(kept.and_then(|text| text.split(' ').next().and_then(|at| at.parse().ok())))
    };
    match time(MADE).await? {
        Some(at) if now.duration_since(at).as_hours() <= 48 => {
            findings.push(Finding::Good(format!("backup: made {at}")))
        }
        Some(at) => findings.push(Finding::Warning(format!(
            "backup: the newest is of {at}; 'bavn backup create' makes one, [backup] in bavn.toml one each day"
        ))),
        None => findings.push(Finding::Warning(
            "backup: none was made of this store; name a folder in [backup] of bavn.toml, or 'bavn backup create'"
                .to_owned(),
        )),
    }
    let days = i64::from(config.settings.backup.verify_days);
    match time(VERIFIED).await? {
        Some(at) if now.duration_since(at).as_hours() <= 24 * (days + 1) => {
            findings.push(Finding::Good(format!("trial restore: {at}")));
        }
        Some(at) => {
            findings.push(Finding::Warning(format!("trial restore: the last was {at}; run 'bavn backup verify'")))
        }
        None => findings.push(Finding::Warning(
            "trial restore: never; a backup that was never restored is a hope ('bavn backup verify')".to_owned(),
        )),
    }
    Ok(())
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
