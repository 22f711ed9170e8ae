//! What the pages ask of reader, rules and linking.

use super::what_if::Trials;
use crate::config::Config;
use crate::pipeline::{self, NewReference};
use crate::release::{self, KeptFigures};
use async_trait::async_trait;
use domain::{AdRef, Field, Waterfall};
use jiff::Timestamp;
use jiff::civil::Date;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::Store;
use tokio::sync::{Mutex, Semaphore};
use web::{
    Adopted, ConfigurationAct, FindingsAsked, FindingsMade, Followed, Setting, SettingChange, ShadowInfo, TextRead,
    Trial, TrialId, Workbench, WorkbenchError,
};

/// Longest text that is read on request, in bytes: some fifty ads.
const LONGEST: usize = 32 * 1024;

/// How long a person waits for the analysis that follows a judgement.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads texts with the installation's reader and catalogue, and weighs pairs of ads with its parameters.
pub struct Bench {
    config: Arc<Config>,
    store: Store,
    trials: Trials,
    /// One analysis at work for judgements and one that waits for its turn.
    turns: Arc<Semaphore>,
    turn: Arc<Mutex<()>>,
    /// Time of the last judgement (milliseconds): the analysis that has its turn takes in all up to it.
    judged_ms: Arc<AtomicI64>,
    figures: KeptFigures,
}

impl Bench {
    /// With these.
    pub fn new(config: Arc<Config>, store: Store) -> Self {
        Self {
            trials: Trials::new(config.clone(), store.clone()),
            config,
            store,
            turns: Arc::new(Semaphore::new(2)),
            turn: Arc::default(),
            judged_ms: Arc::default(),
            figures: KeptFigures::default(),
        }
    }

    /// The same trials and the same turn, by the configuration that is in force by now.
    pub fn with(&self, config: Arc<Config>) -> Self {
        Self {
            trials: self.trials.with(config.clone()),
            config,
            store: self.store.clone(),
            turns: self.turns.clone(),
            turn: self.turn.clone(),
            judged_ms: self.judged_ms.clone(),
            // What counts and how may be said in the configuration.
            figures: KeptFigures::default(),
        }
    }

    /// The trials of this program.
    pub fn trials(&self) -> Trials {
        self.trials.clone()
    }
}

#[async_trait]
impl Workbench for Bench {
    async fn read_text(&self, text: &str, on: Date) -> Result<TextRead, WorkbenchError> {
        if text.len() > LONGEST {
            return Err(WorkbenchError::TooLong { length: text.len(), limit: LONGEST });
        }
        let config = self.config.clone();
        let (catalogue, reader, text) = (config.catalogue.clone(), config.reader.clone(), text.to_owned());
        let read = tokio::task::spawn_blocking(move || {
            let ad = reader.read(vec![(Field::Text, text)], &Default::default());
            let at = classifier::AdAt { ad: None, on: Some(on) };
            let firings = classifier::fire_ad(&catalogue, &ad, &at);
            let not_fired = classifier::explain_ad(&catalogue, &ad, &at);
            TextRead { reading: ad.reading, firings, not_fired }
        });
        read.await.map_err(|error| WorkbenchError::Unavailable { what: error.to_string() })
    }

    async fn findings(&self, asked: &FindingsAsked) -> Result<FindingsMade, WorkbenchError> {
        release::page(&self.store, &self.config, asked, &self.figures)
            .await
            .map_err(|error| WorkbenchError::Unavailable { what: error.to_string() })
    }

    async fn compare_ads(&self, a: &AdRef, b: &AdRef) -> Result<Option<Waterfall>, WorkbenchError> {
        pipeline::compare_ads(&self.store, &self.config, a, b)
            .await
            .map_err(|error| WorkbenchError::Unavailable { what: error.to_string() })
    }

    fn settings(&self) -> Vec<Setting> {
        self.trials.settings()
    }

    async fn try_settings(
        &self,
        values: &[(String, String, String)],
        at: Timestamp,
    ) -> Result<TrialId, WorkbenchError> {
        self.trials.begin(values, at).await
    }

    fn trial(&self, id: TrialId) -> Option<(Vec<SettingChange>, Trial)> {
        self.trials.trial(id)
    }

    async fn adopt_trial(&self, id: TrialId, act: &ConfigurationAct) -> Result<Adopted, WorkbenchError> {
        self.trials.adopt(id, act).await
    }

    fn shadows(&self) -> Vec<ShadowInfo> {
        self.trials.shadows()
    }

    async fn adopt_shadow(&self, id: &str, act: &ConfigurationAct) -> Result<Adopted, WorkbenchError> {
        self.trials.end_shadow(id, true, act).await
    }

    async fn drop_shadow(&self, id: &str, act: &ConfigurationAct) -> Result<Adopted, WorkbenchError> {
        self.trials.end_shadow(id, false, act).await
    }

    async fn follow_judgement(&self, at: Timestamp) -> Followed {
        self.judged_ms.fetch_max(at.as_millisecond(), Ordering::SeqCst);
        let Ok(place) = self.turns.clone().try_acquire_owned() else { return Followed::Soon };
        let (config, store) = (self.config.clone(), self.store.clone());
        let (turn, judged_ms) = (self.turn.clone(), self.judged_ms.clone());
        let analysis = tokio::spawn(async move {
            let _turn = turn.lock().await;
            let at = Timestamp::from_millisecond(judged_ms.load(Ordering::SeqCst)).unwrap_or(at);
            let done = pipeline::analyse(&store, &config, at, at, NewReference::IfNone, &|_, _| {}).await;
            drop(place);
            done
        });
        // The analysis goes on when nobody waits for it any more.
        match tokio::time::timeout(PATIENCE, analysis).await {
            Ok(Ok(Ok(_))) => Followed::Done,
            Ok(Ok(Err(error))) => {
                tracing::error!("the analysis after a judgement failed; the next one takes it in: {error:#}");
                Followed::Soon
            }
            Ok(Err(_)) | Err(_) => Followed::Soon,
        }
    }
}
