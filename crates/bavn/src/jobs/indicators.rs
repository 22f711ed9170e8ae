//! `bavn indicators`: the catalogue.

use crate::cli::IndicatorCommand;
use crate::config::Config;
use domain::Field;
use std::io::Write;
use std::path::Path;

/// The text of a line `{"text"}`.
fn text_of(line: &str) -> Option<String> {
    serde_json::from_str::<serde_json::Value>(line).ok()?.get("text")?.as_str().map(str::to_owned)
}

/// A text with nothing read in it: what the patterns alone see.
fn folded(text: &str) -> domain::ReadAd {
    let normal = domain::NormalText::fold(text);
    let texts = vec![domain::FieldText { field: Field::Text, original: text.to_owned(), normal }];
    domain::ReadAd { texts, reading: domain::Reading::default() }
}

/// Lists, checks or shows.
pub fn run(config: &Path, command: &IndicatorCommand) -> anyhow::Result<()> {
    let (catalogue, reader) = Config::load_reading(config)?;
    let mut out = std::io::stdout().lock();
    match command {
        IndicatorCommand::List => {
            for indicator in catalogue.indicators() {
                writeln!(
                    out,
                    "{:<26} {} {:<2} {:<10} {:<8} {}",
                    indicator.id.as_str(),
                    indicator.group,
                    indicator.grade.as_str(),
                    format!("{:?}", indicator.scope).to_lowercase(),
                    format!("{:?}", indicator.role).to_lowercase(),
                    indicator.title.en
                )?;
            }
        }
        IndicatorCommand::Check => {
            let read = |text: &str| reader.read(vec![(Field::Text, text.to_owned())], &Default::default());
            let mut results = catalogue.check(&read);
            for shadow in Config::load_shadows(config, &catalogue)? {
                let own = shadow.catalogue.check(&read).into_iter().filter(|result| result.indicator == shadow.id);
                results.extend(own);
            }
            let failed: Vec<_> = results.iter().filter(|result| !result.passed).collect();
            for result in &failed {
                writeln!(out, "{result}")?;
            }
            writeln!(out, "{} checks, {} failed", results.len(), failed.len())?;
            if !failed.is_empty() {
                anyhow::bail!("{} of the catalogue's examples do not hold; they are listed above", failed.len());
            }
        }
        IndicatorCommand::Show { id } => {
            let indicator = catalogue.get(id).ok_or_else(|| {
                anyhow::anyhow!(
                    "there is no indicator '{id}'; 'bavn indicators list' names all {}",
                    catalogue.indicators().len()
                )
            })?;
            write!(out, "{}", indicator.markdown())?;
        }
        // Handled where the store is opened.
        IndicatorCommand::Shadow { .. } => {}
        IndicatorCommand::Docs => write!(out, "{}", catalogue.markdown())?,
        IndicatorCommand::Patterns => {
            for (indicator, table, regex) in catalogue.expressions() {
                let line = serde_json::json!({"indicator": indicator.as_str(), "table": table, "regex": regex});
                writeln!(out, "{line}")?;
            }
        }
        IndicatorCommand::Time { file, rounds } => {
            let text = std::fs::read_to_string(file)
                .map_err(|error| anyhow::anyhow!("cannot open {}: {error}", file.display()))?;
            let texts: Vec<String> = text.lines().filter_map(text_of).collect();
            let ads: Vec<domain::ReadAd> = texts.iter().map(|text| folded(text)).collect();
            // Patterns compile when they are first needed; that is a start's time, not a text's.
            let fire = || ads.iter().map(|ad| classifier::fire_ad(&catalogue, ad, &Default::default()).len()).sum();
            let mut fired: usize = fire();
            let start = std::time::Instant::now();
            for _ in 0..*rounds {
                fired = fire();
            }
            let line = serde_json::json!({"texts": texts.len(), "fired": fired,
                "seconds": start.elapsed().as_secs_f64() / f64::from((*rounds).max(1)),
                "folded": ads.iter().map(|ad| ad.texts.iter().map(|t| t.normal.as_str()).collect::<String>()).collect::<Vec<_>>()});
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}
