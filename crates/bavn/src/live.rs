//! The configuration in force, read anew whenever its files change: by the pages, by hand, by git. A file that is torn or
//! wrong leaves the last good configuration in force, with a message that says where. Nobody restarts anything.

use anyhow::Context;
use crawler::Stop;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::sync::watch;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// Held while a file of the configuration is compared with what somebody saw, and written: of two people who change it at
/// the same moment, the second one is told that it was changed.
pub static WRITING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// What a file looked like: when it was written, and its length.
type Stamp = (Option<SystemTime>, u64);

/// Why what stands in the files is not in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault {
    /// Whole, for people who may see the configuration: it may repeat words of an indicator.
    pub message: String,
    /// File and line alone, for logs.
    pub place: String,
}

/// What came of a look at the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// They are as they were.
    Same,
    /// They changed, and what they say is in force.
    Taken,
    /// They changed, and what they say is not valid: the configuration before stays in force.
    Refused,
}

/// Reads the folder as a value.
type Load<T> = Box<dyn Fn(&Path) -> anyhow::Result<T> + Send + Sync>;

/// A configuration that follows its files.
pub struct Live<T> {
    folder: Option<PathBuf>,
    load: Load<T>,
    current: watch::Sender<Arc<T>>,
    fault: Mutex<Option<ConfigFault>>,
    seen: tokio::sync::Mutex<BTreeMap<PathBuf, Stamp>>,
}

impl<T: Send + Sync + 'static> Live<T> {
    /// Reads `folder` by `load` now and after each change.
    pub fn open(
        folder: &Path,
        load: impl Fn(&Path) -> anyhow::Result<T> + Send + Sync + 'static,
    ) -> anyhow::Result<Arc<Self>> {
        // The stamps first: what is written between the two is looked at again.
        let seen = stamps(folder);
        let value = Arc::new(load(folder)?);
        Ok(Arc::new(Self { folder: Some(folder.to_owned()), load: Box::new(load), ..Self::fixed_parts(value, seen) }))
    }

    /// One that stands still: the demo's, or one that is built into the program.
    pub fn fixed(value: Arc<T>) -> Arc<Self> {
        Arc::new(Self::fixed_parts(value, BTreeMap::new()))
    }

    fn fixed_parts(value: Arc<T>, seen: BTreeMap<PathBuf, Stamp>) -> Self {
        Self {
            folder: None,
            load: Box::new(|_| anyhow::bail!("this configuration stands still")),
            current: watch::channel(value).0,
            fault: Mutex::default(),
            seen: tokio::sync::Mutex::new(seen),
        }
    }

    /// The configuration in force.
    pub fn now(&self) -> Arc<T> {
        self.current.borrow().clone()
    }

    /// Tells each later change.
    pub fn changes(&self) -> watch::Receiver<Arc<T>> {
        self.current.subscribe()
    }

    /// The folder, where it follows one.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Why what stands in the files is not in force; `None` where it is.
    pub fn fault(&self) -> Option<ConfigFault> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks at the files, and takes what they say where it changed and is valid.
    pub async fn look(self: &Arc<Self>) -> Looked {
        let Some(folder) = self.folder.clone() else { return Looked::Same };
        // One at a time: what a second one would read is what the first one takes.
        let mut seen = self.seen.lock().await;
        let this = self.clone();
        let known = seen.clone();
        let read = tokio::task::spawn_blocking(move || {
            let found = stamps(&folder);
            let value = (found != known).then(|| (this.load)(&folder));
            (found, value)
        });
        let Ok((found, value)) = read.await else { return Looked::Same };
        let Some(value) = value else { return Looked::Same };
        *seen = found;
        let (fault, looked) = match value {
            Ok(value) => {
                self.current.send_replace(Arc::new(value));
                (None, Looked::Taken)
            }
            Err(error) => {
                let message = crate::explain::explain(&error).trim_start_matches("bavn: ").to_owned();
                (Some(ConfigFault { place: place_of(&message), message }), Looked::Refused)
            }
        };
        if let Some(fault) = &fault {
            tracing::error!(
                "the configuration is not valid at {}: the last good one stays in force; the page 'Settings' and \
                 'bavn doctor' say what is wrong",
                fault.place
            );
        }
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
        if looked == Looked::Taken {
            tracing::info!("the configuration changed and is in force");
        }
        looked
    }

    /// Looks every two seconds until it is told to stop; `after` each change that was taken or refused.
    pub async fn watch<F: Future<Output = ()>>(self: Arc<Self>, stop: Stop, after: impl Fn(Looked) -> F) {
        loop {
            tokio::select! {
                () = stop.stopped() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
            match self.look().await {
                Looked::Same => {}
                looked => after(looked).await,
            }
        }
    }
}

/// File and line of a message, without the rest: what it says may be an installation's own wording.
fn place_of(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    let end = first.find(".toml").map(|at| at + ".toml".len());
    let Some(end) = end else { return "one of its files".to_owned() };
    let place = first.get(..end).unwrap_or_default();
    let begin = place.rfind([' ', '\'']).map_or(0, |at| at + 1);
    let line: String =
        first.get(end..).unwrap_or_default().chars().take_while(|c| c.is_ascii_digit() || *c == ':').collect();
    format!("{}{}", place.get(begin..).unwrap_or_default(), line.trim_end_matches(':'))
}

/// Every file below the folder. What cannot be looked at is as good as not there: the reading says so.
fn stamps(folder: &Path) -> BTreeMap<PathBuf, Stamp> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            // Of what a link leads to: a folder that is mounted by an orchestrator is made of links.
            let Ok(facts) = std::fs::metadata(&path) else { continue };
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if facts.is_dir() && !hidden {
                open.push(path);
            } else if facts.is_file() && !hidden {
                found.insert(path, (facts.modified().ok(), facts.len()));
            }
        }
    }
    found
}

/// Gives a file that is to stand in another one's place that one's owner: what root writes is else lost to the account that
/// the server runs as. Nobody but root can, and nobody else needs to.
pub fn as_owner_of(old: &Path, new: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let (before, now) = (std::fs::metadata(old)?, std::fs::metadata(new)?);
        if (before.uid(), before.gid()) != (now.uid(), now.gid()) {
            std::os::unix::fs::chown(new, Some(before.uid()), Some(before.gid()))?;
        }
    }
    Ok(())
}

/// Writes the new text of a file beside it, to be put in its place by a rename.
pub fn write_beside(file: &Path, text: &str) -> std::io::Result<PathBuf> {
    use std::io::Write as _;
    // A file that may not be written is meant to stay, though its folder would let it be replaced.
    if file.exists() {
        std::fs::OpenOptions::new().append(true).open(file)?;
    }
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let beside = file.with_file_name(format!(".{name}.new"));
    let write = || -> std::io::Result<()> {
        let mut target = std::fs::File::create(&beside)?;
        if let Ok(facts) = std::fs::metadata(file) {
            target.set_permissions(facts.permissions())?;
            // Of a file that somebody else owns, whoever may write it keeps a copy of their own.
            _ = as_owner_of(file, &beside);
        }
        target.write_all(text.as_bytes())?;
        target.sync_all()
    };
    let done = write();
    if done.is_err() {
        // The rest of a write that failed: there is nothing to keep of it.
        _ = std::fs::remove_file(&beside);
    }
    done.map(|()| beside)
}

/// Writes a file whole or not at all: beside it first, then in its place.
pub fn write_whole(file: &Path, text: &str) -> anyhow::Result<()> {
    let put = |beside: PathBuf| {
        std::fs::rename(&beside, file).inspect_err(|_| {
            _ = std::fs::remove_file(&beside);
        })
    };
    write_beside(file, text).and_then(put).with_context(|| format!("cannot write {}", file.display()))
}

/// Whether a folder takes new files and lets those in it go.
pub fn takes_files(folder: &Path) -> std::io::Result<()> {
    tempfile::Builder::new().prefix(".bavn-").tempfile_in(folder).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct One {
        number: u32,
    }

    fn load(folder: &Path) -> anyhow::Result<One> {
        let file = folder.join("one.toml");
        Ok(crate::config::parse_toml(&file.display().to_string(), &std::fs::read_to_string(&file)?)?)
    }

    #[tokio::test]
    async fn a_change_is_taken_and_a_torn_file_leaves_the_last_good_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("one.toml");
        write_whole(&file, "number = 1\n").expect("written");
        let live = Live::open(folder.path(), load).expect("valid");
        let mut changes = live.changes();
        assert_eq!((live.now().number, live.look().await), (1, Looked::Same));
        write_whole(&file, "number = 22\n").expect("written");
        assert_eq!((live.look().await, live.now().number), (Looked::Taken, 22));
        assert!(changes.has_changed().expect("open") && changes.borrow_and_update().number == 22);
        std::fs::write(&file, "number = 22\nwording = \"a secret wor").expect("torn");
        assert_eq!((live.look().await, live.now().number), (Looked::Refused, 22));
        let fault = live.fault().expect("a fault");
        assert!(fault.message.contains("a secret wor") && fault.place.ends_with("one.toml:2:24"), "{fault:?}");
        assert_eq!(live.look().await, Looked::Same, "told once");
        std::fs::remove_file(&file).expect("removed");
        assert_eq!((live.look().await, live.now().number), (Looked::Refused, 22));
        write_whole(&file, "number = 333\n").expect("written");
        assert_eq!((live.look().await, live.now().number, live.fault()), (Looked::Taken, 333, None));
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_place_names_file_and_line_and_nothing_else() {
        assert_eq!(
            place_of("config/indicators/B/x.toml:7:12: invalid type: string \"hun er ny\""),
            "config/indicators/B/x.toml:7:12"
        );
        assert_eq!(place_of("cannot read config/a.toml: gone"), "config/a.toml");
        assert_eq!(place_of("something else"), "one of its files");
    }
}
