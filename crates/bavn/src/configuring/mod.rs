//! The configuration as the page 'Settings' works on it: files are read, checked by the code that loads them, and written
//! whole; comments stay, since it is the file's own text that is changed.

mod effects;
mod new_files;
mod values;

use crate::config::{Config, ConfigError, differences};
use crate::live::{Live, WRITING, takes_files, write_whole};
use crate::ports::Trials;
use async_trait::async_trait;
use domain::Bilingual;
use extract::adapter::AdapterError;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use similar::{ChangeTag, TextDiff};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{AccountId, Actor, ConfigHow, NewConfigVersion, Store};
use web::{
    ConfigChange, ConfigDraft, ConfigFile, ConfigGroup, ConfigMistake, ConfigOpen, Configuration, ConfigurationError,
    DiffLine,
};

/// Lines shown around a change.
const AROUND: usize = 3;
/// Largest text that is taken from a page, in bytes.
const LARGEST: usize = 160 * 1024;

/// What stands behind the page.
pub struct Desk {
    live: Arc<Live<Config>>,
    store: Store,
    trials: Trials,
}

impl Desk {
    /// Over the configuration in force. Changes of rules are tried among `trials`.
    pub fn new(live: Arc<Live<Config>>, store: Store, trials: Trials) -> Self {
        Self { live, store, trials }
    }

    fn folder(&self) -> Result<PathBuf, ConfigurationError> {
        self.live.folder().map(Path::to_owned).ok_or(ConfigurationError::NotFound)
    }

    fn file(&self, path: &str) -> Result<ConfigFile, ConfigurationError> {
        // Only what the list names can be opened: no way out of the folder.
        list(&self.folder()?).into_iter().find(|file| file.path == path).ok_or(ConfigurationError::NotFound)
    }

    /// A file that is not there and may be.
    fn missing(&self, path: &str) -> Result<ConfigOpen, ConfigurationError> {
        let folder = self.folder()?;
        let file = new_files::may_be_made(&folder, path).ok_or(ConfigurationError::NotFound)?;
        let target = folder.join(path);
        let writable =
            target.ancestors().skip(1).find(|above| above.is_dir()).is_some_and(|at| takes_files(at).is_ok());
        Ok(ConfigOpen {
            file,
            text: String::new(),
            digest: digest(""),
            fields: Vec::new(),
            writable,
            exists: false,
            one_of_many: true,
        })
    }

    fn text(&self, path: &str) -> Result<String, ConfigurationError> {
        let file = self.folder()?.join(path);
        std::fs::read_to_string(&file).map_err(|error| unavailable(format!("{}: {error}", file.display())))
    }
}

fn unavailable(what: impl Into<String>) -> ConfigurationError {
    ConfigurationError::Unavailable { what: what.into() }
}

/// What a text is recognised by.
fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[async_trait]
impl Configuration for Desk {
    async fn files(&self) -> Result<Vec<ConfigFile>, ConfigurationError> {
        Ok(self.live.folder().map(list).unwrap_or_default())
    }

    async fn open(&self, path: &str) -> Result<ConfigOpen, ConfigurationError> {
        let file = match self.file(path) {
            Err(ConfigurationError::NotFound) => return self.missing(path),
            file => file?,
        };
        let text = self.text(path)?;
        let writable = is_writable(&self.folder()?.join(path));
        let one_of_many = new_files::one_of_many(path);
        Ok(ConfigOpen {
            file,
            digest: digest(&text),
            fields: values::fields(&text),
            writable,
            text,
            exists: true,
            one_of_many,
        })
    }

    async fn with_values(
        &self,
        path: &str,
        base: &str,
        values: &BTreeMap<String, String>,
    ) -> Result<String, ConfigurationError> {
        self.file(path)?;
        let text = self.text(path)?;
        if digest(&text) != base {
            return Err(ConfigurationError::Changed);
        }
        values::changed(&text, values).map_err(|mistake| ConfigurationError::Invalid(vec![mistake]))
    }

    async fn outline(&self, path: &str, like: Option<&str>) -> Result<String, ConfigurationError> {
        self.missing(path)?;
        Ok(new_files::outline(&self.folder()?, path, like))
    }

    async fn draft(
        &self,
        path: &str,
        text: Option<&str>,
        by: AccountId,
        at: Timestamp,
    ) -> Result<ConfigDraft, ConfigurationError> {
        let open = self.open(path).await?;
        if text.is_none() {
            may_go(&open)?;
        }
        let (mistakes, new) = match self.checked(path, text).await? {
            Ok(new) => (Vec::new(), Some(new)),
            Err(mistakes) => (mistakes, None),
        };
        let (now, after) = (self.live.now(), text.unwrap_or_default());
        let (mut effects, mut trial) = (Vec::new(), None);
        if let Some(new) = new.filter(|_| after != open.text) {
            let of = effects::of(&now, &new, path, &self.store, by, at).await;
            effects = of.map_err(|error| unavailable(format!("{error:#}")))?;
            let analysed = self.store.latest_analysis().await?.is_some();
            if analysed && effects::moves_cases(path) {
                let tried = effects::cases(&self.trials, &now, new, path, text, at).await;
                let (words, id) = tried.map_err(|error| unavailable(format!("{error:#}")))?;
                effects.extend(words);
                trial = id;
            }
        }
        let difference = difference(&open.text, after);
        Ok(ConfigDraft { difference, open, text: text.map(str::to_owned), mistakes, effects, trial })
    }

    async fn save(&self, change: &ConfigChange) -> Result<(), ConfigurationError> {
        let _writing = WRITING.lock().await;
        let open = self.open(&change.path).await?;
        if open.digest != change.base {
            return Err(ConfigurationError::Changed);
        }
        if !open.writable {
            return Err(ConfigurationError::ReadOnly { what: format!("{} is read-only", open.file.path) });
        }
        let new = change.text.as_deref();
        if new.is_none() {
            may_go(&open)?;
        }
        if let Err(mistakes) = self.checked(&change.path, new).await? {
            return Err(ConfigurationError::Invalid(mistakes));
        }
        let actor = Actor::Account(change.by);
        // How it was before, should nobody have met the file yet; then the act; then the file. Killed between the last two
        // the file is as before, and the history says so by itself at the next look.
        if open.exists {
            let before = NewConfigVersion { file: &change.path, text: &open.text, how: ConfigHow::Hand, reason: "" };
            self.store.note_config(&before, &Actor::System("job:configuration".to_owned()), change.at).await?;
        }
        let how = match new {
            None => ConfigHow::Gone,
            Some(_) if change.is_return => ConfigHow::Return,
            Some(_) => ConfigHow::Page,
        };
        let after = NewConfigVersion { file: &change.path, text: new.unwrap_or_default(), how, reason: &change.reason };
        self.store.note_config(&after, &actor, change.at).await?;
        let file = self.folder()?.join(&change.path);
        if let Err(error) = put(&file, new) {
            let back = NewConfigVersion {
                file: &change.path,
                text: &open.text,
                how: if open.exists { ConfigHow::Return } else { ConfigHow::Gone },
                reason: "the file could not be written",
            };
            self.store.note_config(&back, &actor, change.at).await?;
            return Err(ConfigurationError::ReadOnly { what: format!("{error:#}") });
        }
        self.live.look().await;
        Ok(())
    }

    fn fault(&self) -> Option<String> {
        self.live.fault().map(|fault| fault.message)
    }
}

impl Desk {
    /// The configuration with a file's text in place of what stands there, or what is wrong with it.
    async fn checked(
        &self,
        path: &str,
        text: Option<&str>,
    ) -> Result<Result<Config, Vec<ConfigMistake>>, ConfigurationError> {
        let length = text.map_or(0, str::len);
        if length > LARGEST {
            let message = format!("the text has {length} bytes, at most {LARGEST} are taken here");
            return Ok(Err(vec![ConfigMistake { line: 0, message, caret: String::new() }]));
        }
        let (folder, path, text) = (self.folder()?, path.to_owned(), text.map(str::to_owned));
        let programme = self.live.now().programmes.keys().next().cloned();
        let checked = tokio::task::spawn_blocking(move || check(&folder, &path, text.as_deref(), programme.as_deref()));
        checked
            .await
            .map_err(|error| unavailable(error.to_string()))?
            .map_err(|error| unavailable(format!("{error:#}")))
    }
}

/// Only one of several of a kind may go.
fn may_go(open: &ConfigOpen) -> Result<(), ConfigurationError> {
    if open.exists && open.one_of_many { Ok(()) } else { Err(ConfigurationError::NotFound) }
}

/// Writes the file, in its folder; or takes it away, with a site's folder where nothing else is in it.
fn put(file: &Path, text: Option<&str>) -> anyhow::Result<()> {
    if let Some(text) = text {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        return write_whole(file, text);
    }
    std::fs::remove_file(file)?;
    if file.ends_with("site.toml")
        && let Some(folder) = file.parent()
    {
        // One that still holds saved pages stays.
        _ = std::fs::remove_dir(folder);
    }
    Ok(())
}

/// Loads a copy of the folder in which the file has the new text (`None`: it is not there): by the very code that loads the
/// folder, for the programme that runs, which must still be there.
fn check(
    folder: &Path,
    path: &str,
    text: Option<&str>,
    programme: Option<&str>,
) -> anyhow::Result<Result<Config, Vec<ConfigMistake>>> {
    // Readable by its owner alone, and gone with this function.
    let copy = tempfile::Builder::new().prefix("bavn-settings-").tempdir()?;
    copy_texts(folder, copy.path())?;
    put(&copy.path().join(path), text)?;
    let config = match Config::load(copy.path(), false).and_then(|config| config.only(programme)) {
        Ok(config) => config,
        Err(error) => {
            let ours = format!("{}/", copy.path().display());
            return Ok(Err(mistakes_of(&error, &ours)));
        }
    };
    let mut mistakes = effects::examples(&config, path);
    let before = std::fs::read_to_string(folder.join(path)).unwrap_or_default();
    mistakes.extend(files_named_anew(path, &before, text.unwrap_or_default()));
    if mistakes.is_empty() { Ok(Ok(config)) } else { Ok(Err(mistakes)) }
}

/// Files that bavn itself reads or writes, the secrets above all, are named on the server: whoever may change settings on
/// the pages could else name the master key as the secret that is sent to a host of their choice.
fn files_named_anew(path: &str, before: &str, after: &str) -> Vec<ConfigMistake> {
    let is_file = |key: &str| key.ends_with("_file") || key == "serve.certificate_key";
    let named = |value: &Option<String>| value.clone().filter(|text| text != "\"\"");
    // A file that was torn by hand does not say what it named: whatever is named now is new then.
    let before = if before.parse::<toml::Table>().is_ok() { before } else { "" };
    differences(path, before, after)
        .into_iter()
        .filter(|change| path == "bavn.toml" && is_file(&change.key) && named(&change.before) != named(&change.after))
        .map(|change| {
            let message = format!("'{}' names a file of the server: it is changed there, in bavn.toml", change.key);
            ConfigMistake { line: 0, message, caret: String::new() }
        })
        .collect()
}

/// The texts that make a configuration: neither saved pages nor what is hidden.
pub fn copy_texts(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        if name.to_string_lossy().starts_with('.') || name == "samples" || name == "expected" {
            continue;
        }
        if path.is_dir() {
            copy_texts(&path, &to.join(&name))?;
        } else {
            std::fs::copy(&path, to.join(&name))?;
        }
    }
    Ok(())
}

/// What is wrong, with its line where the error knows it.
fn mistakes_of(error: &anyhow::Error, ours: &str) -> Vec<ConfigMistake> {
    let clean = |text: String| text.replace(ours, "");
    if let Some(error) = error.downcast_ref::<ConfigError>() {
        let message = clean(error.to_string());
        return vec![ConfigMistake { line: error.line, message, caret: error.caret() }];
    }
    if let Some(error) = error.downcast_ref::<AdapterError>() {
        let message = clean(error.to_string());
        return vec![ConfigMistake { line: line_in(&message), message, caret: error.caret() }];
    }
    let text = clean(format!("{error:#}"));
    text.lines()
        .map(|line| ConfigMistake { line: line_in(line), message: line.to_owned(), caret: String::new() })
        .collect()
}

/// The line that a message such as `indicators/B/x.toml:7:1: …` names; 0 where it names none.
fn line_in(message: &str) -> usize {
    let after = message.split_once(".toml:").map_or("", |(_, rest)| rest);
    after.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0)
}

/// Whether the file can be replaced: it may be written itself, and its folder must take a new file.
fn is_writable(file: &Path) -> bool {
    file.parent().is_some_and(|folder| takes_files(folder).is_ok())
        && std::fs::OpenOptions::new().append(true).open(file).is_ok()
}

fn difference(before: &str, after: &str) -> Vec<DiffLine> {
    let diff = TextDiff::from_lines(before, after);
    let mut lines = Vec::new();
    for (number, group) in diff.grouped_ops(AROUND).iter().enumerate() {
        if number > 0 || group.first().is_some_and(|op| op.old_range().start > 0) {
            lines.push(DiffLine::Skipped);
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let text = change.value().trim_end_matches('\n').to_owned();
            lines.push(match change.tag() {
                ChangeTag::Equal => DiffLine::Same(text),
                ChangeTag::Delete => DiffLine::Gone(text),
                ChangeTag::Insert => DiffLine::New(text),
            });
        }
    }
    lines
}

/// The files of a folder that can be opened: those that the loading reads, each with what people call it.
pub fn list(folder: &Path) -> Vec<ConfigFile> {
    let mut files = Vec::new();
    for path in paths(folder) {
        let Some(group) = group_of(&path) else { continue };
        let text = std::fs::read_to_string(folder.join(&path)).unwrap_or_default();
        // One that could be opened here and never saved is for an editor (the list of word frequencies).
        if text.len() > LARGEST {
            continue;
        }
        files.push(ConfigFile { title: title(&path, &text), path, group });
    }
    files.sort_by(|a, b| (a.group, &a.path).cmp(&(b.group, &b.path)));
    files
}

/// Every TOML file below the folder, relative to it.
fn paths(folder: &Path) -> Vec<String> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ext| ext == "toml")
                && let Some(relative) = path.strip_prefix(folder).ok().and_then(Path::to_str)
            {
                found.push(relative.to_owned());
            }
        }
    }
    found
}

fn group_of(path: &str) -> Option<ConfigGroup> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["bavn.toml" | "recipients.toml" | "forms.toml"] => Some(ConfigGroup::Installation),
        ["linkage.toml" | "watch.toml"] => Some(ConfigGroup::Linking),
        ["programmes", _] => Some(ConfigGroup::Programmes),
        ["sites", _, "site.toml"] => Some(ConfigGroup::Sites),
        ["indicators", "rules.toml" | "sources.toml"] | ["indicators", _, _] => Some(ConfigGroup::Indicators),
        ["public" | "lexicon", _] => Some(ConfigGroup::Words),
        _ => None,
    }
}

/// Whether the history keeps a file's texts.
pub fn is_kept(path: &str) -> bool {
    group_of(path).is_some()
}

/// `title = { da, en }` or `name = "…"` of the file, else its path.
fn title(path: &str, text: &str) -> Bilingual {
    let table: toml::Table = text.parse().unwrap_or_default();
    let word = |value: Option<&toml::Value>| value.and_then(toml::Value::as_str).map(str::to_owned);
    if let Some(title) = table.get("title").and_then(toml::Value::as_table)
        && let (Some(da), Some(en)) = (word(title.get("da")), word(title.get("en")))
    {
        return Bilingual { da, en };
    }
    let name = word(table.get("title")).or_else(|| word(table.get("name"))).unwrap_or_else(|| path.to_owned());
    Bilingual { da: name.clone(), en: name }
}

/// Notes what stands in the folder now, so that the history begins with it and a change by hand is seen as one. Returns how
/// many files were new or changed.
pub async fn note_all(folder: &Path, store: &Store, at: Timestamp) -> anyhow::Result<usize> {
    let actor = Actor::System("job:configuration".to_owned());
    let mut noted = 0;
    for file in list(folder) {
        let Ok(text) = std::fs::read_to_string(folder.join(&file.path)) else { continue };
        let version = NewConfigVersion { file: &file.path, text: &text, how: ConfigHow::Hand, reason: "" };
        noted += usize::from(store.note_config(&version, &actor, at).await?);
    }
    for path in store.config_files().await? {
        if std::fs::symlink_metadata(folder.join(&path)).is_err() {
            let gone = NewConfigVersion { file: &path, text: "", how: ConfigHow::Gone, reason: "" };
            noted += usize::from(store.note_config(&gone, &actor, at).await?);
        }
    }
    Ok(noted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        crate::config::write_builtin(&folder.path().join("config")).expect("written");
        folder
    }

    #[test]
    fn a_mistake_is_told_at_its_line_by_the_code_that_loads() {
        let folder = folder();
        let config = folder.path().join("config");
        let path = "bavn.toml";
        let text = std::fs::read_to_string(config.join(path)).expect("read");
        assert!(check(&config, path, Some(&text), None).expect("copied").is_ok());
        let wrong = text.replace("interval_min = 60 ", "intervall_min = 60 ");
        let line = 1 + wrong.lines().position(|line| line.starts_with("intervall_min")).expect("there");
        let Err(mistakes) = check(&config, path, Some(&wrong), None).expect("copied") else {
            panic!("must be refused")
        };
        assert_eq!(mistakes[0].line, line, "{mistakes:?}");
        assert!(mistakes[0].message.contains("intervall_min") && !mistakes[0].message.contains("bavn-settings-"));
        assert!(mistakes[0].caret.contains('^'));
        let wrong = text.replace("client_secret_file = \"\"", "client_secret_file = \"/etc/bavn/master.key\"");
        let Err(mistakes) = check(&config, path, Some(&wrong), None).expect("copied") else {
            panic!("must be refused")
        };
        assert!(mistakes.len() == 1 && mistakes[0].message.contains("oidc.client_secret_file"), "{mistakes:?}");
        // Nor over a file that was torn by hand, where nothing can be compared; one that names none may be mended so.
        assert_eq!(files_named_anew(path, "[torn", "[oidc]\nclient_secret_file = \"/key\"\n").len(), 1);
        assert_eq!(files_named_anew(path, "[torn", "[oidc]\nclient_secret_file = \"\"\n").len(), 0);
        let path = "indicators/B/third_person_voice.toml";
        let text = std::fs::read_to_string(config.join(path)).expect("read");
        let wrong = text.replacen("grade", "grades", 1);
        let Err(mistakes) = check(&config, path, Some(&wrong), None).expect("copied") else {
            panic!("must be refused")
        };
        assert!(mistakes.iter().any(|mistake| mistake.line > 0 && mistake.message.contains("grades")), "{mistakes:?}");
    }

    #[test]
    fn an_example_that_does_not_hold_is_a_mistake() {
        let folder = folder();
        let config = folder.path().join("config");
        let path = "indicators/B/third_person_voice.toml";
        let text = std::fs::read_to_string(config.join(path)).expect("read");
        let at = text.find("\nexamples").expect("examples");
        let bracket = at + text[at..].find('[').expect("a list") + 1;
        let wrong = format!("{} \"Jeg glæder mig til at se dig\",{}", &text[..bracket], &text[bracket..]);
        let Err(mistakes) = check(&config, path, Some(&wrong), None).expect("copied") else {
            panic!("must be refused")
        };
        assert!(mistakes[0].message.contains("glæder"), "{mistakes:?}");
    }

    #[test]
    fn only_files_that_the_loading_reads_can_be_opened() {
        let folder = folder();
        let files = list(&folder.path().join("config"));
        assert!(files.len() > 60);
        assert!(files.iter().all(|file| !file.path.contains("..") && file.path.ends_with(".toml")));
        let voice = files.iter().find(|file| file.path.ends_with("third_person_voice.toml")).expect("there");
        assert_ne!(voice.title.da, voice.title.en);
    }

    #[test]
    fn a_difference_shows_what_is_around_it() {
        let before: String = (1..=40).map(|n| format!("line {n}\n")).collect();
        let after = before.replace("line 20\n", "line twenty\n");
        let lines = difference(&before, &after);
        assert_eq!(lines.len(), 1 + 3 + 2 + 3);
        assert!(
            lines.contains(&DiffLine::Gone("line 20".into())) && lines.contains(&DiffLine::New("line twenty".into()))
        );
    }
}
