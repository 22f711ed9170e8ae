//! `bavn objection`: who wants to be left alone, and how far that goes. Nothing printed holds a contact in clear.

use crate::cli::{Cli, ExtentArg, ObjectionAddArgs, ObjectionCommand};
use crate::config::Config;
use crate::key::Need;
use crate::pipeline::spread_objections;
use domain::{Contact, Field};
use jiff::Timestamp;
use outreach::AskWhy;
use std::io::{BufRead, Write};
use store::{Extent, Look, ObjectionChannel, ObjectionId, ObjectionQuestion, ObjectionRow, Store};

/// Objections and questions that are listed at most.
const MOST: u32 = 10_000;

/// Carries out the command.
pub async fn run(cli: &Cli, command: &ObjectionCommand) -> anyhow::Result<()> {
    let now = crate::time::now();
    let (config, store) = super::open(cli, Need::Existing, now).await?;
    // What is done to a store that stands still in time happens at its own time.
    let at = super::virtual_today(&store).await?.unwrap_or(now);
    let actor = super::system_actor();
    match command {
        ObjectionCommand::Add(args) => add(&store, &config, args, at).await?,
        ObjectionCommand::List { open, json, purpose } => list(&store, *open, *json, purpose, at).await?,
        ObjectionCommand::Decide(args) => {
            let version = version(&store, args.question, at).await?;
            let extent = match args.extent {
                ExtentArg::Contact => Extent::Contact,
                ExtentArg::Advertiser => Extent::Advertiser,
            };
            store.decide_objection(args.question, extent, &args.because, version, &actor, at).await?;
            spread_objections(&store, &config, None, at).await?;
            eprintln!("Question {} is decided: {}.", args.question, extent.label().en.to_lowercase());
        }
        ObjectionCommand::Undo { question } => {
            let version = version(&store, *question, at).await?;
            store.undo_objection_decision(*question, version, &actor, at).await?;
            eprintln!("Question {question} is open again.");
        }
        ObjectionCommand::Withdraw { objection, because } => {
            store.withdraw_objection(ObjectionId(*objection), because, &actor, at).await?;
            eprintln!("Objection {objection} is withdrawn; what others cover stays covered.");
        }
    }
    store.close().await;
    Ok(())
}

/// The contacts of a typed text, read as ads are read, so that both are written alike.
fn contacts(config: &Config, text: &str) -> Vec<Contact> {
    let read = |text: String| config.reader.read(vec![(Field::Text, text)], &Default::default()).reading.contacts();
    let found = read(text.to_owned());
    // A bare foreign number is read once something says that it is one.
    if found.is_empty() { read(format!("Tlf. {text}")) } else { found }
}

async fn add(store: &Store, config: &Config, args: &ObjectionAddArgs, at: Timestamp) -> anyhow::Result<()> {
    let lines: Vec<String> = match args.contact.as_str() {
        "-" => std::io::stdin().lock().lines().collect::<Result<_, _>>()?,
        contact => vec![contact.to_owned()],
    };
    let actor = super::system_actor();
    let mut out = std::io::stdout().lock();
    let mut wrong = 0;
    for (number, line) in (1..).zip(lines.iter().map(|line| line.trim())).filter(|(_, line)| !line.is_empty()) {
        let contacts = contacts(config, line);
        if contacts.is_empty() {
            wrong += 1;
            eprintln!(
                "line {number}: no phone number, e-mail address or user name could be read; nothing was kept of it"
            );
            continue;
        }
        for contact in contacts {
            let look = super::system_look("objection", &args.purpose, at);
            store.audit(&look).await?;
            let put = store.object(&contact, ObjectionChannel::Office, &actor, at).await?;
            spread_objections(store, config, Some(put.id), at).await?;
            let rows = store.objections(&Look { subject: put.id.0.to_string(), ..look }, false, MOST).await?;
            let known = if put.new { "kept" } else { "known already" };
            match rows.iter().find(|row| row.id == put.id) {
                Some(row) => writeln!(out, "{} {known}: {}", row.id.0, reach(row))?,
                None => writeln!(out, "{} {known}", put.id.0)?,
            }
        }
    }
    if wrong > 0 {
        anyhow::bail!("{wrong} of {} could not be read", lines.len());
    }
    Ok(())
}

fn reach(row: &ObjectionRow) -> String {
    let covers = match row.covers {
        1 => "covers 1 contact".to_owned(),
        many => format!("covers {many} contacts"),
    };
    match row.open {
        0 => covers,
        _ => format!("{covers}; a named person is to decide how far it goes ('bavn objection list --open')"),
    }
}

async fn list(store: &Store, open: bool, json: bool, purpose: &str, at: Timestamp) -> anyhow::Result<()> {
    let look = super::system_look("objections", purpose, at);
    let rows = store.objections(&look, open, MOST).await?;
    let questions = store.objection_questions(&look, MOST).await?;
    let mut out = std::io::stdout().lock();
    for row in &rows {
        let asked: Vec<&ObjectionQuestion> = questions.iter().filter(|of| of.objection == row.id).collect();
        if json {
            writeln!(out, "{}", as_json(row, &asked))?;
            continue;
        }
        let state = match &row.withdrawn {
            Some((when, by)) => format!("withdrawn {} by {by}", crate::time::local_day(*when)),
            None => reach(row),
        };
        let (day, by) = (crate::time::local_day(row.at), if row.by.is_empty() { "-" } else { &row.by });
        writeln!(out, "{:<5} {day} {:<7} {by:<16} {}  {state}", row.id.0, row.channel.as_str(), row.contact)?;
        for question in asked.into_iter().filter(|of| !open || of.decided.is_none()) {
            writeln!(out, "      question {}: {}", question.id, describe(question))?;
        }
    }
    if rows.is_empty() {
        eprintln!("{}", if open { "Nothing is to be decided." } else { "There are no objections." });
    }
    Ok(())
}

fn describe(question: &ObjectionQuestion) -> String {
    let (ads, personas, contacts) = question.size;
    let size = format!("{ads} ads, {personas} names, {contacts} contacts");
    match &question.decided {
        Some((extent, by, _, reason)) => format!("{} ({by}: {reason}); {size}", extent.label().en.to_lowercase()),
        None => {
            let why =
                question.why.iter().map(|why| AskWhy::parse(why).map_or_else(|| why.clone(), |why| why.label().en));
            format!(
                "{}; {size}; decide with 'bavn objection decide {}'",
                why.collect::<Vec<_>>().join(", "),
                question.id
            )
        }
    }
}

fn as_json(row: &ObjectionRow, asked: &[&ObjectionQuestion]) -> serde_json::Value {
    let questions: Vec<_> = asked
        .iter()
        .map(|of| {
            serde_json::json!({
                "question": of.id, "why": of.why, "advertiser": of.advertiser.as_ref().map(|id| id.as_str()),
                "extent": of.decided.as_ref().map(|decided| decided.0.as_str()),
            })
        })
        .collect();
    serde_json::json!({
        "objection": row.id.0, "at": row.at.to_string(), "channel": row.channel.as_str(), "contact": row.contact,
        "covers": row.covers, "withdrawn": row.withdrawn.is_some(), "questions": questions,
    })
}

/// The version of a question as it stands: a decision at the command line is on what the list shows.
async fn version(store: &Store, question: i64, at: Timestamp) -> anyhow::Result<i64> {
    let look = super::system_look("objections", "operation", at);
    let found = store.objection_questions(&look, MOST).await?.into_iter().find(|of| of.id == question);
    found.map(|of| of.version).ok_or_else(|| {
        anyhow::anyhow!(
            "there is no question {question} on an objection in force; 'bavn objection list --open' names them"
        )
    })
}
