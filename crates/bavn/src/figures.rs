//! Figures of an analysis, kept with it and shown to researchers; and what the rules say of the spam queue's draw.

use crate::config::Config;
use classifier::{Warning, warnings};
use store::{SpamShare, Store};

/// What part of the spam queue is read.
pub fn spam_share(config: &Config) -> SpamShare {
    let rules = config.catalogue.rules();
    SpamShare { share: rules.spam_read_share, seed: rules.spam_seed.clone() }
}

/// What the last analysis warns of, beside the one before.
pub async fn last_warnings(store: &Store, config: &Config) -> anyhow::Result<Vec<Warning>> {
    let last = store.run_figures(2).await?;
    let Some(now) = last.first() else { return Ok(Vec::new()) };
    Ok(warnings(&now.figures, last.get(1).map(|before| &before.figures), &config.watch))
}

/// The warnings in one line.
pub fn describe(warnings: &[Warning]) -> String {
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let words: Vec<String> = warnings
        .iter()
        .map(|warning| match warning {
            Warning::Language { code, own, others } => {
                format!("language {code} flagged {}, all others {}", percent(own.share), percent(others.share))
            }
            Warning::Started { indicator, now } => format!("{indicator} began to fire ({now})"),
            Warning::Stopped { indicator, before } => format!("{indicator} stopped firing ({before} before)"),
            Warning::Changed { indicator, before, now } => {
                format!("{indicator} went from {} to {}", percent(*before), percent(*now))
            }
        })
        .collect();
    if words.is_empty() {
        return "Fairness and drift: nothing stands out.".to_owned();
    }
    format!("Fairness and drift, to look into: {}.", words.join("; "))
}
