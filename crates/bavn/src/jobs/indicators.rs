//! `bavn indicators`: the catalogue.

use crate::cli::IndicatorCommand;
use crate::config::Config;
use domain::Field;
use std::io::Write;
use std::path::Path;

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
            let results =
                catalogue.check(&|text| reader.read(vec![(Field::Text, text.to_owned())], &Default::default()));
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
        IndicatorCommand::Docs => write!(out, "{}", catalogue.markdown())?,
    }
    Ok(())
}
