//! `bavn analyse`: from unread ads to cases.

use crate::cli::{AnalyseArgs, Cli};
use crate::config::{Config, Overlay};
use crate::key::Need;
use crate::pipeline::{self, AnalyseSummary, NewReference};
use crate::what_if::{self, Adoption};
use jiff::Timestamp;
use store::Store;
use web::{Adopted, ConfigurationAct};

/// Reads, links, assesses, opens cases.
pub async fn run(cli: &Cli, args: &AnalyseArgs) -> anyhow::Result<()> {
    let now = crate::time::now();
    let (config, store) = super::open(cli, Need::Existing, now).await?;
    let as_of = super::as_of(&store, args.as_of.as_deref()).await?;
    if args.preview || args.what_if.is_some() {
        let done = compare(&store, &config, args, as_of, now).await;
        store.close().await;
        return done;
    }
    if args.from_archive {
        let at = super::virtual_today(&store).await?.unwrap_or(now);
        super::archive::reread::run(&store, &config, args.site.as_deref(), at).await?;
    }
    if args.all {
        store.forget_readings().await?;
    }
    if let Some(current) = store.latest_analysis().await?
        && as_of < current.as_of
    {
        // A look back must not take the place of what lists and cases are made of.
        pipeline::read_new_versions(&store, &config, now, &|_| {}).await?;
        let then = pipeline::analyse_in_memory(&store, &config, as_of).await?;
        store.close().await;
        eprintln!(
            "As of {as_of}: {} advertisers and networks, {} links. The store keeps its newer analysis (as of {}); \
             'bavn export … --as-of' shows this one.",
            then.assessments.len(),
            then.linkage.links.len(),
            current.as_of
        );
        return Ok(());
    }
    let bar = crate::progress::spinner("reading ads");
    // What an adapter missed was missing from the reference too.
    let renew = if args.all || args.from_archive { NewReference::Always } else { NewReference::IfNone };
    let at = super::virtual_today(&store).await?.unwrap_or(now);
    let summary = pipeline::analyse(&store, &config, as_of, at, renew, &|step, done| {
        bar.set_message(step.to_owned());
        bar.set_position(done);
    })
    .await?;
    bar.finish_and_clear();
    // Not later than the analysis that found them, also where the parts run by themselves.
    super::notices::send_due(&store, &config, at).await?;
    let warnings = crate::figures::last_warnings(&store, &config).await?;
    store.close().await;
    eprintln!("{}\n{}", describe(&summary), crate::figures::describe(&warnings));
    Ok(())
}

/// Shows what would come, and adopts it where a reason is given.
async fn compare(
    store: &Store,
    config: &Config,
    args: &AnalyseArgs,
    as_of: Timestamp,
    now: Timestamp,
) -> anyhow::Result<()> {
    let bar = crate::progress::spinner("comparing");
    let progress = |step: &str, done: u64| {
        bar.set_message(step.to_owned());
        bar.set_position(done);
    };
    let Some(folder) = &args.what_if else {
        let found = what_if::preview(store, config, as_of, &progress).await?;
        bar.finish_and_clear();
        print!("{}", what_if::describe_preview(&found));
        return Ok(());
    };
    let (overlay, besides) = Overlay::of_folder(folder, config)?;
    if !besides.is_empty() {
        eprintln!("These files differ too, but no assessment depends on them: {}.", besides.join(", "));
    }
    let found = what_if::what_if(store, config, &overlay, as_of, &progress).await?;
    bar.finish_and_clear();
    print!("{}", what_if::describe_what_if(&found));
    let Some(reason) = &args.adopt else {
        eprintln!("Nothing was changed. --adopt REASON makes it the configuration in force.");
        return Ok(());
    };
    let act = ConfigurationAct { by: super::system_actor(), at: now, reason: reason.clone() };
    match what_if::adopt(store, config, &Adoption::of(config, &overlay, &found), &act).await? {
        Adopted::Written(files) => {
            eprintln!(
                "Adopted and recorded: {} changed. 'bavn analyse --all' brings what was shown; \
                 a running 'bavn run' goes by it from its next analysis on.",
                files.join(", ")
            );
            Ok(())
        }
        Adopted::Refused(why) => anyhow::bail!("{why}"),
    }
}

/// The summary in a few lines.
pub fn describe(summary: &AnalyseSummary) -> String {
    let [none, low, medium, high] = summary.bands;
    let batch = match &summary.batch {
        Some(batch) => format!(" {} ads had changed; {} were linked and assessed again.", batch.changed, batch.touched),
        None => String::new(),
    };
    format!(
        "Read {} new ad versions. {} ads, {} links, {} advertisers, {} networks of two or more, {} damped contacts.{batch}\n\
         Advertisers by band: {high} high, {medium} medium, {low} low, {none} none. \
         Cases: {} opened, {} reopened, {} urgent.",
        summary.read,
        summary.ads,
        summary.links,
        summary.advertisers,
        summary.networks,
        summary.damped,
        summary.cases.opened,
        summary.cases.reopened,
        summary.cases.urgent
    )
}
