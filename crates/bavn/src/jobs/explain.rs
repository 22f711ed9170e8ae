//! `bavn explain`: why the analysis holds things to be as they are.

use crate::cli::{Cli, ExplainCommand, PairArgs};
use crate::key::Need;
use crate::pipeline;
use anyhow::{Context, bail};
use domain::{AdRef, PairOutcome, TemplatePart, Waterfall, WaterfallSection};
use std::fmt::Write;

/// Writes the explanation to standard output; the look is logged.
pub async fn run(cli: &Cli, command: &ExplainCommand) -> anyhow::Result<()> {
    let ExplainCommand::Pair(args) = command;
    pair(cli, args).await
}

async fn pair(cli: &Cli, args: &PairArgs) -> anyhow::Result<()> {
    let (a, b) = (ad(&args.a)?, ad(&args.b)?);
    let now = crate::time::now();
    let (config, store) = super::open(cli, Need::Existing, now).await?;
    if store.latest_analysis().await?.is_none() {
        bail!("nothing was analysed yet: run 'bavn analyse' first");
    }
    let at = super::virtual_today(&store).await?.unwrap_or(now);
    store.audit(&super::system_look("explain:pair", &args.purpose, at)).await?;
    let waterfall = pipeline::compare_ads(&store, &config, &a, &b).await?;
    store.close().await;
    let waterfall =
        waterfall.context("the current analysis does not know both ads: check SITE/AD, or run 'bavn analyse' first")?;
    if args.json {
        println!("{}", serde_json::to_string(&waterfall)?);
    } else {
        print!("{}", describe(&waterfall)?);
    }
    Ok(())
}

/// An ad as it is named on the command line. A site's id holds no slash, an ad's own id may.
fn ad(name: &str) -> anyhow::Result<AdRef> {
    let (site, id) = name.split_once('/').with_context(|| format!("'{name}' names no ad: write it as SITE/AD"))?;
    Ok(AdRef::new(site, id))
}

/// A waterfall as a table: bits, sum so far, and what each line is about.
pub fn describe(waterfall: &Waterfall) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for side in &waterfall.sides {
        writeln!(text, "{}/{} (weighed with {} ads)", side.ad.site.as_str(), side.ad.ad_id, side.ads)?;
    }
    writeln!(text, "\n   bits     sum")?;
    for step in waterfall.steps.iter().filter(|step| step.section != WaterfallSection::Missing) {
        writeln!(text, "{:>+7.1} {:>7.1}  {} ({})", step.bits, step.sum, step.note.en, step.key)?;
    }
    for step in waterfall.steps.iter().filter(|step| step.section == WaterfallSection::Missing) {
        writeln!(text, "      -          {}", step.note.en)?;
    }
    let (threshold, kinds) = (waterfall.threshold, waterfall.kinds);
    writeln!(text, "\nOne network from {threshold:.1} bits and two kinds of evidence; here {kinds}.")?;
    writeln!(text, "Outcome: {}", outcome(waterfall.outcome))?;
    if let Some(template) = &waterfall.template {
        writeln!(text, "\nWhat stays and [what changes]:")?;
        let parts = template.parts.iter().map(|part| match part {
            TemplatePart::Fixed(words) => words.clone(),
            TemplatePart::Slot(held) => format!("[{}]", held.join(" | ")),
        });
        writeln!(text, "{}", parts.collect::<Vec<_>>().join(" "))?;
    }
    Ok(text)
}

fn outcome(outcome: PairOutcome) -> &'static str {
    match outcome {
        PairOutcome::OneAdvertiser => "one advertiser",
        PairOutcome::OneNetwork => "one network",
        PairOutcome::OneNetworkThroughOthers => "one network, through other ads and not by this pair",
        PairOutcome::JudgedApart => "apart: a person said 'not the same'",
        PairOutcome::TooFewBits => "apart: too few bits",
        PairOutcome::OneKind => "apart: one kind of evidence, which one copied ad explains",
        PairOutcome::CutElsewhere => {
            "apart: enough evidence, but a judgement or a weak bridge elsewhere keeps them apart"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ad_is_named_by_site_and_its_own_id() {
        assert_eq!(ad("s1/48213").unwrap(), AdRef::new("s1", "48213"));
        assert_eq!(ad("s1/a/b").unwrap(), AdRef::new("s1", "a/b"));
        assert!(ad("48213").unwrap_err().to_string().contains("SITE/AD"));
    }
}
