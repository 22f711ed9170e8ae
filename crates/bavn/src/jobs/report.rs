//! `bavn report`: the status report of a period, as PDF or as a page.

use super::research::{analysed_as_of, as_of, day};
use crate::cli::{Cli, ReportArgs, ReportLanguage};
use crate::key::Need;
use crate::release::{self, Asked, PERIOD};
use anyhow::{Context, bail};
use report::document::Tongue;
use report::figures::Figures;

/// Writes it.
pub async fn run(cli: &Cli, args: &ReportArgs) -> anyhow::Result<()> {
    let now = crate::time::now();
    let (from, to) = (day("--from", &args.from)?, day("--to", &args.to)?);
    if from > to {
        bail!("{PERIOD}");
    }
    let ending = args.out.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    if !matches!(ending.as_str(), "pdf" | "html") {
        bail!("'{}' ends neither in .pdf nor in .html: name such a file with --out", args.out.display());
    }
    let (config, store) = super::open(cli, Need::Existing, now).await?;
    let tongue = match args.lang {
        Some(ReportLanguage::Da) => Tongue::Da,
        Some(ReportLanguage::En) => Tongue::En,
        None if config.settings.serve.language == "en" => Tongue::En,
        None => Tongue::Da,
    };
    let as_of = as_of(&store, args.as_of.as_deref()).await?;
    let mut look = super::system_look("report", &args.purpose, now);
    look.subject = format!("{from} {to}");
    let asked = Asked {
        programme: config.programme(None)?,
        from,
        to,
        as_of,
        analysed_as_of: analysed_as_of(&store, as_of).await?,
        look: &look,
    };
    let made = release::report(&store, &config, &asked, &super::system_actor(), now).await?;
    store.close().await;
    let document = tokio::task::block_in_place(|| {
        let figures: &Figures = &made.1;
        report::status::document(&made.0, figures, tongue)
    });
    let bytes = if ending == "pdf" { document.to_pdf() } else { document.to_html().into_bytes() };
    std::fs::write(&args.out, &bytes).with_context(|| format!("cannot write {}", args.out.display()))?;
    eprintln!("Wrote the report of {from} to {to} to {}.", args.out.display());
    Ok(())
}
