//! What a change of the configuration would do: an indicator's examples, an adapter over archived pages, what clocks would
//! delete, today's cases under other rules. Nothing is changed.

use crate::config::Config;
use crate::jobs::site::compare_adapters;
use domain::{Bilingual, Field};
use jiff::Timestamp;
use std::collections::BTreeMap;
use store::{AccountId, Actor, Due, Look, Store};
use web::ConfigMistake;

/// Archived pages that are read for a preview.
const PAGES: usize = 200;

/// The changed indicator's examples that do not hold: its own file says what it is to find.
pub fn examples(config: &Config, path: &str) -> Vec<ConfigMistake> {
    if !path.starts_with("indicators/") {
        return Vec::new();
    }
    let reader = &config.reader;
    let results =
        config.catalogue.check(&|text| reader.read(vec![(Field::Text, text.to_owned())], &Default::default()));
    let own = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".toml");
    let concerns = |id: &str| path.matches('/').count() < 2 || id == own;
    results
        .iter()
        .filter(|result| !result.passed && concerns(result.indicator.as_str()))
        .map(|result| ConfigMistake { line: 0, message: result.to_string(), caret: String::new() })
        .collect()
}

/// What the change of `path` would do.
pub async fn of(
    now: &Config,
    new: &Config,
    path: &str,
    store: &Store,
    by: AccountId,
    at: Timestamp,
) -> anyhow::Result<Vec<Bilingual>> {
    let mut effects = Vec::new();
    if path == "bavn.toml" {
        effects.extend(clocks(now, new, store, at).await?);
        effects.extend(addresses(now, new));
    }
    if let Some(site) = path.strip_prefix("sites/").and_then(|rest| rest.split('/').next())
        && let (Some(old), Some(changed)) = (now.sites.get(site), new.sites.get(site))
    {
        let look = Look {
            actor: Actor::Account(by),
            purpose: "tuning an adapter".to_owned(),
            what: "site_diff",
            subject: site.to_owned(),
            at,
        };
        effects.push(compare_adapters(store, site, old, changed, &look, PAGES).await?);
    }
    Ok(effects)
}

/// What would be due by the new clocks and is not by those in force.
async fn clocks(now: &Config, new: &Config, store: &Store, at: Timestamp) -> anyhow::Result<Vec<Bilingual>> {
    let (before, after) = (crate::jobs::retention::clocks(now), crate::jobs::retention::clocks(new));
    if before == after {
        return Ok(Vec::new());
    }
    let sums = async |clocks| -> anyhow::Result<BTreeMap<store::RetentionKind, u64>> {
        Ok(Due::by_kind(&store.retention_due(clocks, at).await?))
    };
    let (before, after) = (sums(&before).await?, sums(&after).await?);
    let mut effects = Vec::new();
    for kind in store::RetentionKind::ALL {
        let (old, new) = (before.get(&kind).copied().unwrap_or(0), after.get(&kind).copied().unwrap_or(0));
        if old != new {
            effects.push(Bilingual {
                da: format!("{}: {new} rækker ville blive slettet ved næste sletning, nu {old}.", kind.as_str()),
                en: format!("{}: the next deletion would delete {new} rows, now {old}.", kind.as_str()),
            });
        }
    }
    if effects.is_empty() {
        effects.push(Bilingual {
            da: "Urene ændres; ved næste sletning ville der blive slettet det samme som nu.".to_owned(),
            en: "The clocks change; the next deletion would delete the same as now.".to_owned(),
        });
    }
    Ok(effects)
}

/// Addresses that are listened on are taken when a process starts.
fn addresses(now: &Config, new: &Config) -> Option<Bilingual> {
    let of = |config: &Config| {
        let settings = &config.settings;
        (settings.serve.listen, settings.monitor.listen.clone(), settings.public.listen.clone())
    };
    (of(now) != of(new)).then(|| Bilingual {
        da: "Nye adresser ('listen') tages i brug, når bavn startes igen; alt andet gælder straks.".to_owned(),
        en: "New addresses ('listen') are used when bavn is started again; all else is in force at once.".to_owned(),
    })
}
