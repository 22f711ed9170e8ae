//! A configuration of one file in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use store::{AccountId, Actor, ConfigHow, NewConfigVersion, Store};
use web::{
    ConfigChange, ConfigDraft, ConfigField, ConfigFile, ConfigGroup, ConfigMistake, ConfigOpen, Configuration,
    ConfigurationError, DiffLine,
};

/// Where the second file is.
pub const SECOND: &str = "indicators/B/mine.toml";

/// One file in memory that must hold `interval_min`; the real one is tested where it lives.
pub struct OneFile {
    pub text: Mutex<String>,
    /// An indicator that may be made and removed.
    pub second: Mutex<Option<String>>,
    pub store: Store,
}

impl OneFile {
    pub fn new(store: Store) -> Arc<Self> {
        let text = "[crawl]\ninterval_min = 120 # minutes between two runs\n".to_owned();
        Arc::new(Self { text: Mutex::new(text), second: Mutex::default(), store })
    }

    fn now(&self) -> String {
        self.text.lock().unwrap().clone()
    }
}

#[async_trait::async_trait]
impl Configuration for OneFile {
    async fn files(&self) -> Result<Vec<ConfigFile>, ConfigurationError> {
        Ok(vec![self.open("bavn.toml").await?.file])
    }

    async fn open(&self, path: &str) -> Result<ConfigOpen, ConfigurationError> {
        if path == SECOND {
            let text = self.second.lock().unwrap().clone();
            let title = domain::Bilingual { da: "Mit tegn".into(), en: "My sign".into() };
            return Ok(ConfigOpen {
                file: ConfigFile { path: path.into(), group: ConfigGroup::Indicators, title },
                digest: text.as_ref().map_or(0, String::len).to_string(),
                fields: Vec::new(),
                writable: true,
                exists: text.is_some(),
                one_of_many: true,
                text: text.unwrap_or_default(),
            });
        }
        if path != "bavn.toml" {
            return Err(ConfigurationError::NotFound);
        }
        let text = self.now();
        let value = text.split("= ").nth(1).unwrap_or_default().split(' ').next().unwrap_or_default().to_owned();
        let title = domain::Bilingual { da: "Installationen".into(), en: "Installation".into() };
        Ok(ConfigOpen {
            file: ConfigFile { path: path.into(), group: ConfigGroup::Installation, title },
            digest: text.len().to_string(),
            fields: vec![ConfigField {
                at: "crawl/interval_min".into(),
                table: "crawl".into(),
                key: "interval_min".into(),
                value,
                yes_no: false,
                long: false,
                help: "minutes between two runs".into(),
            }],
            writable: true,
            exists: true,
            one_of_many: false,
            text,
        })
    }

    async fn with_values(
        &self,
        _path: &str,
        base: &str,
        values: &BTreeMap<String, String>,
    ) -> Result<String, ConfigurationError> {
        let text = self.now();
        if base != text.len().to_string() {
            return Err(ConfigurationError::Changed);
        }
        Ok(text.replace("120", &values["crawl/interval_min"]))
    }

    async fn outline(&self, _path: &str, like: Option<&str>) -> Result<String, ConfigurationError> {
        Ok(format!("id = \"mine\"\ninterval_min = 1 # as {}\n", like.unwrap_or("the nearest")))
    }

    async fn draft(
        &self,
        path: &str,
        text: Option<&str>,
        _by: AccountId,
        _at: jiff::Timestamp,
    ) -> Result<ConfigDraft, ConfigurationError> {
        let (open, text) = (self.open(path).await?, text.unwrap_or_default());
        let wrong = !text.is_empty() && !text.contains("interval_min");
        let caret = "    intervall = 1\n    ^".to_owned();
        let mistake = ConfigMistake { line: 2, message: "bavn.toml:2:1: unknown field".into(), caret };
        Ok(ConfigDraft {
            difference: vec![DiffLine::Gone(open.text.clone()), DiffLine::New(text.into())],
            mistakes: if wrong { vec![mistake] } else { Vec::new() },
            effects: vec![domain::Bilingual { da: "12 sider læst med begge.".into(), en: "12 pages.".into() }],
            text: Some(text.to_owned()).filter(|text| !text.is_empty()),
            trial: (path == SECOND).then_some(7),
            open,
        })
    }

    async fn save(&self, change: &ConfigChange) -> Result<(), ConfigurationError> {
        if change.base != self.open(&change.path).await?.digest {
            return Err(ConfigurationError::Changed);
        }
        let how = match (&change.text, change.is_return) {
            (None, _) => ConfigHow::Gone,
            (_, true) => ConfigHow::Return,
            _ => ConfigHow::Page,
        };
        let new = NewConfigVersion {
            file: &change.path,
            text: change.text.as_deref().unwrap_or_default(),
            how,
            reason: &change.reason,
        };
        self.store.note_config(&new, &Actor::Account(change.by), change.at).await?;
        if change.path == SECOND {
            *self.second.lock().unwrap() = change.text.clone();
            return Ok(());
        }
        *self.text.lock().unwrap() = change.text.clone().unwrap_or_default();
        Ok(())
    }

    fn fault(&self) -> Option<String> {
        None
    }
}
