//! `bavn subject`: a person's rights over what is known of her contact. An answer or an erasure waits for a named
//! person's check.

use crate::cli::{Cli, SubjectCheckArgs, SubjectCommand};
use crate::config::Config;
use crate::forgotten;
use crate::key::Need;
use anyhow::Context;
use domain::{Contact, Field};
use jiff::Timestamp;
use std::io::Write;
use std::path::Path;
use store::{CHECK_DAYS, CheckAnswer, Store, SubjectCheck};

/// Carries out a command.
pub async fn run(cli: &Cli, command: &SubjectCommand) -> anyhow::Result<()> {
    let now = crate::time::now();
    let (config, store) = super::open(cli, Need::Existing, now).await?;
    let at = super::virtual_today(&store).await?.unwrap_or(now);
    let done = match command {
        SubjectCommand::Find { contact, purpose } => find(&config, &store, contact, purpose, at).await,
        SubjectCommand::Check(args) => check(&config, &store, args, at).await,
        SubjectCommand::Export { contact, out, linked, purpose } => {
            export(&config, &store, contact, out, *linked, purpose, at).await
        }
        SubjectCommand::Erase { contact, purpose } => erase(cli, &config, &store, contact, purpose, at).await,
        SubjectCommand::Object { contact } => object(cli, &config, &store, contact, at).await,
    };
    store.close().await;
    done
}

/// The one contact of a typed text, read as ads are read, so that both are written alike.
pub fn contact(config: &Config, text: &str) -> anyhow::Result<Contact> {
    let read = |text: String| config.reader.read(vec![(Field::Text, text)], &Default::default()).reading.contacts();
    let mut found = read(text.to_owned());
    if found.is_empty() {
        // A bare foreign number is read once something says that it is one.
        found = read(format!("Tlf. {text}"));
    }
    // The service of a handle is written before it, as exports write it: telegram:anna_k.
    if found.is_empty()
        && let Some((service, name)) = text.trim().split_once(':')
        && service.chars().all(|c| c.is_ascii_lowercase())
        && !name.trim().is_empty()
    {
        let value = format!("{service}:{}", name.trim().trim_start_matches('@'));
        found.push(Contact { kind: domain::ContactKind::Handle, value });
    }
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => anyhow::bail!(
            "no phone number, e-mail address or user name can be read in what was given; write it as +4534000050, \
             name@example.dk or telegram:name"
        ),
        many => anyhow::bail!("{} contacts can be read in what was given: name one", many.len()),
    }
}

async fn find(config: &Config, store: &Store, text: &str, purpose: &str, at: Timestamp) -> anyhow::Result<()> {
    let contact = contact(config, text)?;
    let found = store.subject_find(&super::system_look("subject_find", purpose, at), &contact).await?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "pseudonym        {}", found.pseudonym)?;
    writeln!(out, "ads              {}", found.ads)?;
    writeln!(out, "archived pages   {}", found.pages)?;
    writeln!(out, "further ads      {} of the same advertisers; they may be other people's", found.linked_ads)?;
    writeln!(out, "their contacts   {}", list(&found.linked_contacts))?;
    writeln!(out, "cases            {}", list(&found.cases))?;
    writeln!(out, "list lines       {}", found.lines)?;
    writeln!(out, "attempts         {}", found.attempts)?;
    let day = |at: Option<Timestamp>| at.map_or_else(|| "none".to_owned(), |at| crate::time::local_day(at).to_string());
    if store.shares_register() {
        let elsewhere = if found.objected_elsewhere { "; an objection in another programme stops it" } else { "" };
        writeln!(out, "common register  {} approaches{elsewhere}", found.common_approaches)?;
    }
    writeln!(out, "objection        {}", day(found.objection))?;
    writeln!(out, "erased           {}", day(found.erased))?;
    match found.check {
        Some((when, CheckAnswer::MayGoOut)) => {
            let left = CHECK_DAYS - at.duration_since(when).as_hours() / 24;
            writeln!(out, "check            {}: an answer may go out, for {} days yet", day(Some(when)), left.max(0))?;
        }
        Some((when, CheckAnswer::Withheld)) => writeln!(out, "check            {}: withheld", day(Some(when)))?,
        None => writeln!(out, "check            none: 'bavn subject check' comes before an answer or an erasure")?,
    }
    Ok(())
}

fn list(texts: &[String]) -> String {
    if texts.is_empty() { "none".to_owned() } else { texts.join(", ") }
}

async fn check(config: &Config, store: &Store, args: &SubjectCheckArgs, at: Timestamp) -> anyhow::Result<()> {
    let contact = contact(config, &args.contact)?;
    let account = store.account_by_login(&args.checked_by.to_lowercase()).await?;
    let account = account.with_context(|| {
        format!("there is no account '{}': whoever checks is named by log-in ('bavn user list')", args.checked_by)
    })?;
    let check = SubjectCheck {
        identity: args.identity.clone(),
        danger: args.danger.clone(),
        exception: args.withhold.clone().unwrap_or_default(),
        reason: args.because.clone().unwrap_or_default(),
    };
    match store.put_subject_check(&contact, &check, account.id, &super::system_actor(), at).await? {
        CheckAnswer::MayGoOut => {
            eprintln!(
                "{} has checked: an answer or an erasure may follow within {CHECK_DAYS} days.",
                account.details.name
            )
        }
        CheckAnswer::Withheld => {
            eprintln!(
                "{} has checked: withheld. Tell the person so, and how to complain to Datatilsynet.",
                account.details.name
            )
        }
    }
    Ok(())
}

async fn export(
    config: &Config,
    store: &Store,
    text: &str,
    out: &Path,
    linked: bool,
    purpose: &str,
    at: Timestamp,
) -> anyhow::Result<()> {
    let contact = contact(config, text)?;
    let look = super::system_look("subject_export", purpose, at);
    let mut answer = store.subject_export(&look, &contact, linked).await?;
    let controller = &config.settings.controller;
    if let Some(answer) = answer.as_object_mut() {
        answer.insert(
            "controller".to_owned(),
            serde_json::json!({
                "organisation": controller.organisation, "contact": controller.contact,
                "legal_bases": controller.legal_bases,
            }),
        );
        let clocks = super::retention::clocks(config);
        let days = |kind: store::RetentionKind| (kind.as_str(), clocks.days(kind));
        let kept: std::collections::BTreeMap<_, _> = store::RetentionKind::ALL.map(days).into();
        answer.insert("kept_for_days".to_owned(), serde_json::json!(kept));
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(out).with_context(|| format!("cannot write {}", out.display()))?;
    serde_json::to_writer_pretty(&mut file, &answer)?;
    writeln!(file)?;
    file.sync_all()?;
    eprintln!(
        "The answer is in {} (only its owner may read it). Send it by a safe way, then delete it.",
        out.display()
    );
    Ok(())
}

async fn erase(
    cli: &Cli,
    config: &Config,
    store: &Store,
    text: &str,
    purpose: &str,
    at: Timestamp,
) -> anyhow::Result<()> {
    let contact = contact(config, text)?;
    let erased = store.subject_erase(&super::system_look("subject_erase", purpose, at), &contact).await?;
    forgotten::keep(&forgotten::file_of(cli), store).await?;
    println!(
        "erased: {} ads, {} cases, {} archived listing pages, {} notes, {} payloads of the log",
        erased.ads, erased.cases, erased.pages, erased.notes, erased.payloads
    );
    eprintln!("An objection is kept for the contact. The next analysis comes without the ads: run 'bavn analyse'.");
    Ok(())
}

async fn object(cli: &Cli, config: &Config, store: &Store, text: &str, at: Timestamp) -> anyhow::Result<()> {
    let contact = contact(config, text)?;
    let new = store.put_objection(&contact, &super::system_actor(), at).await?;
    forgotten::keep(&forgotten::file_of(cli), store).await?;
    eprintln!("{}", if new { "The objection is kept." } else { "The objection was known already." });
    Ok(())
}
