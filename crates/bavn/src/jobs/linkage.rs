//! `bavn linkage`: the weights by which ads are linked, as they are and as this store's own ads would have them.

use crate::cli::{Cli, EstimateArgs, LinkageCommand};
use crate::key::Need;
use crate::pipeline::parameters_name;
use anyhow::{Context, bail};
use linkage::{Estimate, Kept, LevelEstimate, LinkParameters};
use std::fmt::Write;

/// Carries out a command.
pub async fn run(cli: &Cli, command: &LinkageCommand) -> anyhow::Result<()> {
    match command {
        LinkageCommand::Estimate(args) => estimate(cli, args).await,
        LinkageCommand::Show { of } => show(cli, of.as_deref()).await,
    }
}

async fn estimate(cli: &Cli, args: &EstimateArgs) -> anyhow::Result<()> {
    let now = crate::time::now();
    let (config, store) = super::open(cli, Need::Existing, now).await?;
    let as_of = super::as_of(&store, args.as_of.as_deref()).await?;
    let file = config.folder.as_ref().map(|folder| folder.join("linkage.toml"));
    if args.write && file.is_none() {
        bail!("there is no configuration folder to write to: make one with 'bavn init', or name it with --config");
    }
    let facts = store.facts(Some(as_of)).await?;
    let judgements = store.judgements(Some(as_of)).await?;
    store.close().await;
    if facts.is_empty() {
        bail!("the store holds no read ads as of {as_of}: run 'bavn analyse' first");
    }
    let parameters = config.linkage.clone();
    let found = tokio::task::spawn_blocking(move || linkage::estimate(&facts, &judgements, &parameters)).await?;
    print!("{}", describe(&found)?);
    let Some(file) = file.filter(|_| args.write) else {
        println!("Nothing was written. --write puts the new values into linkage.toml.");
        return Ok(());
    };
    let text = with_levels(config.parameters_text(), &found)?;
    // What is written must be read again by the same rules before it takes the old file's place.
    let read: LinkParameters =
        toml::from_str(&text).context("the new linkage.toml cannot be read; nothing was written")?;
    if read != found.apply(&config.linkage) {
        bail!("the new linkage.toml would not say what was estimated; nothing was written");
    }
    crate::live::write_whole(&file, &text)?;
    println!("Written to {}. The next 'bavn analyse' links by it.", file.display());
    Ok(())
}

/// Sets m and u of what was estimated; everything else, comments too, stays as it is.
fn with_levels(text: &str, found: &Estimate) -> anyhow::Result<String> {
    let mut document: toml_edit::DocumentMut = text.parse().context("linkage.toml cannot be edited")?;
    let levels = document.entry("levels").or_insert(toml_edit::table());
    for level in found.levels.iter().filter(|level| level.kept.is_none()) {
        let key = level.name.key();
        if levels.get(key).is_none() {
            levels[key] = toml_edit::value(toml_edit::InlineTable::new());
            levels[key]["most"] = toml_edit::value(level.after.most);
        }
        for (name, value) in [("m", level.after.m), ("u", level.after.u)] {
            levels[key][name] = toml_edit::value(value);
        }
    }
    Ok(document.to_string())
}

async fn show(cli: &Cli, version: Option<&str>) -> anyhow::Result<()> {
    let (config, store) = super::open(cli, Need::Existing, crate::time::now()).await?;
    let configured = config.parameters_hash();
    let version = version.unwrap_or(&configured);
    let text = if version == configured {
        Some(config.parameters_text().to_owned())
    } else {
        store.setting(&parameters_name(version)).await?
    };
    store.close().await;
    let text = text.with_context(|| format!("no analysis of this store used the parameters {version}"))?;
    print!("# {version}\n{text}");
    Ok(())
}

/// The report as a table.
pub fn describe(found: &Estimate) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    let Estimate { desks, random_pairs, candidate_pairs, .. } = found;
    writeln!(
        text,
        "{desks} sets of ads by contact; {random_pairs} pairs drawn at random, {candidate_pairs} that share something."
    )?;
    for session in &found.sessions {
        let state = if session.converged { "at rest" } else { "NOT at rest" };
        writeln!(
            text,
            "Found by {}: {} pairs, {:.0} % of one desk; {state} after {} rounds (last change {:.0e}).",
            session.found_by.key(),
            session.pairs,
            100.0 * session.share,
            session.rounds,
            session.last_change
        )?;
    }
    if found.sessions.is_empty() {
        writeln!(text, "Too few pairs share a text, picture or link target: every value stays.")?;
    }
    writeln!(
        text,
        "\n{:<16} {:>9} {:>9} {:>6}    {:>9} {:>9} {:>6}",
        "level", "m", "u", "bits", "new m", "new u", "bits"
    )?;
    for LevelEstimate { name, before, after, kept, .. } in &found.levels {
        write!(text, "{:<16} {:>9} {:>9} {:>+6.1}    ", name.key(), before.m, before.u, before.bits())?;
        match kept {
            None => writeln!(text, "{:>9} {:>9} {:>+6.1}", after.m, after.u, after.bits())?,
            Some(kept) => writeln!(text, "stays: {}", why(*kept))?,
        }
    }
    Ok(text)
}

fn why(kept: Kept) -> &'static str {
    match kept {
        Kept::ByHand => "set by hand",
        Kept::TooFewPairs => "too few pairs",
        Kept::WrongSide => "the estimate is on the wrong side of 0 bits",
        Kept::NotConverged => "the estimate did not come to rest",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linkage::{Level, LevelName};

    #[test]
    fn only_m_and_u_of_what_was_estimated_change_in_the_file() {
        let text = include_str!("../../../../config/linkage.toml");
        let level = |name: LevelName, kept| LevelEstimate {
            name,
            before: name.by_hand(),
            after: Level { m: 0.61, u: 0.0004, most: name.by_hand().most },
            pairs: 100.0,
            kept,
        };
        let levels = vec![level(LevelName::Image, None), level(LevelName::Url, Some(Kept::TooFewPairs))];
        let found = Estimate { desks: 9, random_pairs: 9, candidate_pairs: 9, sessions: vec![], levels };
        let written = with_levels(text, &found).unwrap();
        let changed: Vec<(&str, &str)> = text.lines().zip(written.lines()).filter(|(old, new)| old != new).collect();
        assert_eq!(
            changed,
            [("image = { m = 0.5, u = 0.00097, most = 9.0 }", "image = { m = 0.61, u = 0.0004, most = 9.0 }")]
        );
        assert_eq!(text.lines().count(), written.lines().count());
        let bare = with_levels("network_bits = 2.0\n", &found).unwrap();
        let read: LinkParameters = toml::from_str(&bare).unwrap();
        assert_eq!(read.levels[&LevelName::Image].u, 0.0004, "{bare}");
    }
}
