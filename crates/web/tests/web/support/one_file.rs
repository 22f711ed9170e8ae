//! A configuration of one file in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use store::{AccountId, Actor, ConfigHow, NewConfigVersion, Store};
use web::{
    ConfigChange, ConfigDraft, ConfigField, ConfigFile, ConfigGroup, ConfigMistake, ConfigOpen, Configuration,
    ConfigurationError, DiffLine,
};

/// One file in memory that must hold `interval_min`; the real one is tested where it lives.
pub struct OneFile {
    pub text: Mutex<String>,
    pub store: Store,
}

impl OneFile {
    pub fn new(store: Store) -> Arc<Self> {
        let text = "[crawl]\ninterval_min = 120 # minutes between two runs\n".to_owned();
        Arc::new(Self { text: Mutex::new(text), store })
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

    async fn draft(
        &self,
        path: &str,
        text: &str,
        _by: AccountId,
        _at: jiff::Timestamp,
    ) -> Result<ConfigDraft, ConfigurationError> {
        let open = self.open(path).await?;
        let wrong = !text.contains("interval_min");
        let caret = "    intervall = 1\n    ^".to_owned();
        let mistake = ConfigMistake { line: 2, message: "bavn.toml:2:1: unknown field".into(), caret };
        Ok(ConfigDraft {
            difference: vec![DiffLine::Gone(open.text.clone()), DiffLine::New(text.into())],
            mistakes: if wrong { vec![mistake] } else { Vec::new() },
            effects: vec![domain::Bilingual { da: "12 sider læst med begge.".into(), en: "12 pages.".into() }],
            text: text.into(),
            open,
        })
    }

    async fn save(&self, change: &ConfigChange) -> Result<(), ConfigurationError> {
        if change.base != self.now().len().to_string() {
            return Err(ConfigurationError::Changed);
        }
        let how = if change.is_return { ConfigHow::Return } else { ConfigHow::Page };
        let new = NewConfigVersion { file: &change.path, text: &change.text, how, reason: &change.reason };
        self.store.note_config(&new, &Actor::Account(change.by), change.at).await?;
        *self.text.lock().unwrap() = change.text.clone();
        Ok(())
    }

    fn fault(&self) -> Option<String> {
        None
    }
}
