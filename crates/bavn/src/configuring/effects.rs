//! What a change of the configuration would do: an indicator's examples, an adapter over archived pages, what clocks would
//! delete, today's cases under other rules. Nothing is changed.

use crate::config::{Config, Overlay};
use crate::jobs::site::compare_adapters;
use crate::ports::Trials;
use domain::{Bilingual, Field};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::{AccountId, Actor, CaseChange, Due, Look, Store};
use web::{ConfigMistake, Trial, TrialId};

/// Archived pages that are read for a preview.
const PAGES: usize = 200;
/// How long a preview waits for today's cases; a larger store's are told on the trial's own page.
const PATIENCE: Duration = Duration::from_secs(4);

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
    let site = path.strip_prefix("sites/").and_then(|rest| rest.split('/').next());
    let both = site.map(|site| (now.sites.get(site), new.sites.get(site)));
    if let Some((None, Some(_))) = both {
        effects.push(Bilingual {
            da: "Siden er ny: arkivet har ingen sider fra den endnu. Den læses først, når den har en godkendelse og hører \
                 til et program; prøv den før det med 'bavn site dry-run'."
                .to_owned(),
            en: "The site is new: the archive has no page of it yet. It is read only once it has an approval and belongs to \
                 a programme; try it before with 'bavn site dry-run'."
                .to_owned(),
        });
    }
    if let Some((Some(_), None)) = both {
        effects.push(Bilingual {
            da: "Siden læses ikke mere. Det, der er fundet på den, bliver, til dets tid er gået.".to_owned(),
            en: "The site is no longer read. What was found on it stays until its time is over.".to_owned(),
        });
    }
    if let (Some(site), Some((Some(old), Some(changed)))) = (site, both) {
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

/// Whether a file has a say in which cases there are.
pub fn moves_cases(path: &str) -> bool {
    path == "linkage.toml" || path.starts_with("indicators/")
}

/// What today's cases would be by the new rules, as a whole analysis would have them. The trial goes on by itself.
pub async fn cases(
    trials: &Trials,
    now: &Arc<Config>,
    new: Config,
    path: &str,
    text: Option<&str>,
    at: Timestamp,
) -> anyhow::Result<(Option<Bilingual>, Option<TrialId>)> {
    let overlay = text.map(|text| Overlay::of(BTreeMap::from([(path.to_owned(), text.to_owned())])).in_place_of(now));
    let id = trials.begin_file(now, new, path, overlay, at);
    use CaseChange::{Comes, Falls, Goes, Rises};
    let words = match trials.done_within(id, PATIENCE).await {
        Some(Trial::Done(found)) => {
            let [comes, goes, rises, falls] = [Comes, Goes, Rises, Falls].map(|change| found.count(change));
            let same = found.unchanged;
            Bilingual {
                da: format!(
                    "Dagens sager, som hele analysen ville give dem: {comes} kommer til, {goes} går ud, {rises} stiger, \
                     {falls} falder, {same} er uændrede."
                ),
                en: format!(
                    "Today's cases as a whole analysis would have them: {comes} come, {goes} go, {rises} rise in band, \
                     {falls} fall, {same} stay as they are."
                ),
            }
        }
        Some(Trial::Failed(why)) => {
            return Ok((
                Some(Bilingual {
                    da: format!("Hvad det ville gøre ved dagens sager, kunne ikke regnes ud: {why}"),
                    en: format!("What it would do to today's cases could not be worked out: {why}"),
                }),
                None,
            ));
        }
        _ => Bilingual {
            da: "Hvad det ville gøre ved dagens sager, regnes ud nu; se det her:".to_owned(),
            en: "What it would do to today's cases is being worked out; see it here:".to_owned(),
        },
    };
    Ok((Some(words), Some(id)))
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
