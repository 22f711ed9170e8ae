//! Trials of other settings, and indicators in the shadow, for the pages. A trial lives in memory and is forgotten when
//! others come or the program ends: what is worth keeping is adopted.

use crate::config::{Config, Overlay, Shadow, differences};
use crate::what_if::{self, Adoption};
use jiff::Timestamp;
use ring::rand::{SecureRandom, SystemRandom};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::Store;
use web::{Adopted, ConfigurationAct, Setting, SettingChange, ShadowInfo, Trial, TrialId, WorkbenchError};

/// Trials that are remembered.
const MOST: usize = 12;

/// The next trial's name. Names begin anywhere and go on when the pages are made anew, so that an address never shows (or
/// adopts) another trial than the one that it was made for: one of another process, or of after a change of the files.
static NEXT: LazyLock<AtomicU64> = LazyLock::new(|| {
    let mut bytes = [0; 8];
    // Without random numbers they begin at 0, as good as any for one process.
    _ = SystemRandom::new().fill(&mut bytes);
    AtomicU64::new(u64::from_le_bytes(bytes) >> 16)
});

struct Tried {
    config: Arc<Config>,
    /// What is tried, where it is no more than files in place of others.
    then: Option<Arc<Config>>,
    /// What an adoption writes; `None`: it is carried out elsewhere.
    overlay: Option<Overlay>,
    changes: Vec<SettingChange>,
    state: Trial,
}

impl Tried {
    /// It is under way and compares the same.
    fn goes_on_as(&self, other: &Self) -> bool {
        matches!(self.state, Trial::UnderWay(_))
            && Arc::ptr_eq(&self.config, &other.config)
            && self.overlay == other.overlay
            && self.changes == other.changes
    }
}

/// The trials of this program.
#[derive(Clone)]
pub struct Trials {
    config: Arc<Config>,
    store: Store,
    tried: Arc<Mutex<BTreeMap<TrialId, Tried>>>,
    /// One comparison at a time: each goes through everything.
    turn: Arc<tokio::sync::Mutex<()>>,
}

fn refused(error: anyhow::Error) -> WorkbenchError {
    WorkbenchError::Refused { why: format!("{error:#}") }
}

fn unavailable(error: anyhow::Error) -> WorkbenchError {
    WorkbenchError::Unavailable { what: format!("{error:#}") }
}

impl Trials {
    /// None yet.
    pub fn new(config: Arc<Config>, store: Store) -> Self {
        Self { config, store, tried: Arc::default(), turn: Arc::default() }
    }

    /// The same trials, by the configuration that is in force by now.
    pub fn with(&self, config: Arc<Config>) -> Self {
        Self { config, ..self.clone() }
    }

    fn tried(&self) -> MutexGuard<'_, BTreeMap<TrialId, Tried>> {
        self.tried.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, id: TrialId, state: Trial) {
        if let Some(one) = self.tried().get_mut(&id) {
            one.state = state;
        }
    }

    /// What may be tried.
    pub fn settings(&self) -> Vec<Setting> {
        what_if::settings(&self.config).unwrap_or_else(|error| {
            tracing::error!("the settings cannot be shown: {error:#}");
            Vec::new()
        })
    }

    /// Begins a comparison as of a time; it goes on by itself.
    pub async fn begin(&self, values: &[(String, String, String)], at: Timestamp) -> Result<TrialId, WorkbenchError> {
        let config = self.config.clone();
        let overlay = what_if::tried(&config, values).map_err(refused)?;
        if overlay.is_empty() {
            return Err(refused(anyhow::anyhow!(
                "No value differs from the one in force: change one, then try again."
            )));
        }
        // What the files may not say is told at once, with file and line.
        let checking = (config.clone(), overlay.clone());
        let checked = tokio::task::spawn_blocking(move || checking.0.over(&checking.1).map(drop)).await;
        checked.map_err(|error| unavailable(error.into()))?.map_err(refused)?;
        let changes = overlay.changes(&config);
        let one = Tried { config, then: None, overlay: Some(overlay), changes, state: Trial::UnderWay(0) };
        Ok(self.put(one, at))
    }

    /// Begins a comparison with a configuration in which a file is another one, or gone (`overlay`: `None`).
    pub fn begin_file(
        &self,
        present: &Arc<Config>,
        then: Config,
        path: &str,
        overlay: Option<Overlay>,
        at: Timestamp,
    ) -> TrialId {
        let changes = match &overlay {
            Some(overlay) => overlay.changes(present),
            None => differences(path, &present.file_text(path).unwrap_or_default(), ""),
        };
        let (config, then) = (present.clone(), Some(Arc::new(then)));
        self.put(Tried { config, then, overlay, changes, state: Trial::UnderWay(0) }, at)
    }

    /// What came of a trial, where it is done soon.
    pub async fn done_within(&self, id: TrialId, patience: Duration) -> Option<Trial> {
        let done = async {
            loop {
                match self.trial(id) {
                    Some((_, Trial::UnderWay(_))) => tokio::time::sleep(Duration::from_millis(50)).await,
                    other => return other.map(|(_, state)| state),
                }
            }
        };
        tokio::time::timeout(patience, done).await.ok().flatten()
    }

    fn put(&self, one: Tried, at: Timestamp) -> TrialId {
        let mut tried = self.tried();
        // Whoever looks at the same change again waits for the comparison that is under way: each goes through everything.
        if let Some((id, _)) = tried.iter().find(|(_, before)| before.goes_on_as(&one)) {
            return *id;
        }
        let id = NEXT.fetch_add(1, Ordering::SeqCst);
        tried.insert(id, one);
        while tried.len() > MOST {
            tried.pop_first();
        }
        drop(tried);
        let trials = self.clone();
        tokio::spawn(async move { trials.compare(id, at).await });
        id
    }

    async fn compare(&self, id: TrialId, at: Timestamp) {
        let _turn = self.turn.lock().await;
        let asked = self.tried().get(&id).map(|one| {
            (one.config.clone(), one.then.clone(), one.overlay.clone().unwrap_or_default(), one.changes.clone())
        });
        let Some((config, then, overlay, changes)) = asked else { return };
        let progress = |_: &str, done: u64| self.set(id, Trial::UnderWay(done));
        let found = match then {
            Some(then) => {
                let found = what_if::compare(&self.store, &config, &then, at, &progress).await;
                found.map(|found| web::Comparison { changes, ..found })
            }
            None => what_if::what_if(&self.store, &config, &overlay, at, &progress).await,
        };
        self.set(
            id,
            match found {
                Ok(found) => Trial::Done(Arc::new(found)),
                Err(error) => Trial::Failed(format!("{error:#}")),
            },
        );
    }

    /// What is tried, and how far that is.
    pub fn trial(&self, id: TrialId) -> Option<(Vec<SettingChange>, Trial)> {
        self.tried().get(&id).map(|one| (one.changes.clone(), one.state.clone()))
    }

    /// Makes what was tried the configuration in force.
    pub async fn adopt(&self, id: TrialId, act: &ConfigurationAct) -> Result<Adopted, WorkbenchError> {
        let found = {
            let tried = self.tried();
            match tried.get(&id).map(|one| (one, &one.state)) {
                Some((one, Trial::Done(found))) => (one.config.clone(), one.overlay.clone(), found.clone()),
                _ => return Ok(Adopted::Refused("It is not known what this would move: try it first.".to_owned())),
            }
        };
        let (config, overlay, found) = found;
        let Some(overlay) = overlay else {
            return Ok(Adopted::Refused("A file is removed where it was looked at, on the page Settings.".to_owned()));
        };
        self.carry_out(&config, &Adoption::of(&config, &overlay, &found), act).await
    }

    /// The indicators in the shadow.
    pub fn shadows(&self) -> Vec<ShadowInfo> {
        let config = self.config.clone();
        let each = config.shadows.iter().filter_map(|shadow| {
            let now = config.file_text(&shadow.becomes);
            Some(ShadowInfo {
                file: shadow.path.clone(),
                version: shadow.version.clone(),
                indicator: shadow.catalogue.get(shadow.id.as_str())?.clone(),
                changes: now.map_or_else(Vec::new, |now| differences(&shadow.becomes, &now, &shadow.text)),
                replaces: shadow.replaces,
            })
        });
        each.collect()
    }

    /// Takes a shadow into the catalogue, or away.
    pub async fn end_shadow(&self, id: &str, adopt: bool, act: &ConfigurationAct) -> Result<Adopted, WorkbenchError> {
        let config = self.config.clone();
        let Some(shadow) = config.shadows.iter().find(|shadow| shadow.id.as_str() == id) else {
            return Ok(Adopted::Refused(format!("No indicator '{id}' is in the shadow any more.")));
        };
        let adoption = shadow_end(&self.store, &config, shadow, adopt).await.map_err(unavailable)?;
        self.carry_out(&config, &adoption, act).await
    }

    async fn carry_out(
        &self,
        config: &Config,
        adoption: &Adoption,
        act: &ConfigurationAct,
    ) -> Result<Adopted, WorkbenchError> {
        // The files are the truth: whoever follows them goes by what was adopted, the next analysis does.
        what_if::adopt(&self.store, config, adoption, act).await.map_err(unavailable)
    }
}

/// The end of a shadow, with what it would do by now.
pub(crate) async fn shadow_end(
    store: &Store,
    config: &Config,
    shadow: &Shadow,
    adopt: bool,
) -> anyhow::Result<Adoption> {
    let overview = store.shadow(&shadow.version).await?;
    let counts = overview.as_ref().map(|overview| &overview.counts);
    Ok(match adopt {
        true => what_if::shadow_adoption(config, shadow, counts),
        false => what_if::drop_shadow(config, shadow, counts),
    })
}
