//! What a site owner sees of the real program: the pace of a host holds over sites, processes, kills and hand-overs; a
//! stop is quick; the program says who it is.

use crate::ad_site::{AdSite, Pages};
use crate::support::{Child, bavn, done, postgres_url};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

const DELAY: Duration = Duration::from_millis(300);
const QUICK: Pages = Pages::After(Duration::from_millis(20));

pub fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// A folder with a configuration, and the arguments that every process gets.
pub struct Installation {
    pub folder: tempfile::TempDir,
    pub config: PathBuf,
    store: Vec<String>,
}

impl Installation {
    /// On SQLite, or on a PostgreSQL database.
    pub fn new(postgres: Option<String>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = folder.path().join("config");
        done(&mut bavn(&["init", "--config", text(&config)]));
        let store = match postgres {
            None => vec!["--data".to_owned(), text(&folder.path().join("data")).to_owned()],
            Some(url) => {
                let key = folder.path().join("key");
                std::fs::write(&key, "11".repeat(32)).expect("written");
                vec!["--database".to_owned(), url, "--key".to_owned(), text(&key).to_owned()]
            }
        };
        Self { folder, config, store }
    }

    pub fn command(&self, more: &[&str]) -> std::process::Command {
        let mut command = bavn(&["--config", text(&self.config)]);
        command.args(&self.store).args(more).stdin(Stdio::null());
        command
    }

    pub fn start(&self, more: &[&str]) -> Child {
        let mut command = self.command(more);
        Child(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts"))
    }

    /// Each ad page that the store holds, as its title.
    pub fn ads(&self) -> Vec<String> {
        done(&mut self.command(&["analyse"]));
        let mentions = done(&mut self.command(&["export", "mentions"])).out;
        let mut ads: Vec<String> = mentions
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
            .map(|line| format!("{}/{} v{}", line["site"], line["ad_id"], line["version"]).replace('"', ""))
            .collect();
        ads.sort();
        ads
    }

    pub fn set(&self, from: &str, to: &str) {
        let file = self.config.join("bavn.toml");
        let toml = std::fs::read_to_string(&file).expect("bavn.toml");
        assert!(toml.contains(from), "{from} stands in bavn.toml");
        std::fs::write(&file, toml.replace(from, to)).expect("written");
    }
}

/// `s1/1 v1` and so on.
pub fn ads_of(site: &str, count: usize) -> Vec<String> {
    let mut ads: Vec<String> = (1..=count).map(|ad| format!("{site}/{ad} v1")).collect();
    ads.sort();
    ads
}

pub fn signal(child: &Child, name: &str) {
    done(std::process::Command::new("kill").args([name, &child.0.id().to_string()]));
}

/// Waits for the end; how long it took, and the exit code.
pub fn end_of(mut child: Child, most: Duration) -> (Duration, Option<i32>) {
    let began = Instant::now();
    while began.elapsed() < most {
        if let Some(status) = child.0.try_wait().expect("a child") {
            return (began.elapsed(), status.code());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("still running after {most:?}");
}

#[test]
fn two_processes_and_two_sites_on_one_host_keep_one_pace() {
    let site = AdSite::start(6, QUICK);
    let installation = Installation::new(Some(postgres_url()));
    for name in ["s1", "s2"] {
        site.write_adapter(&installation.config, name, DELAY);
    }
    installation.set("contact_url     = \"\"", "contact_url     = \"https://bavn.example.org/contact\"");
    let processes: Vec<Child> = ["s1", "s2"].map(|name| installation.start(&["crawl", "--once", name])).into();
    for process in processes {
        assert_eq!(end_of(process, Duration::from_secs(60)).1, Some(0));
    }
    site.assert_polite(DELAY);
    assert_eq!(installation.ads(), [ads_of("s1", 6), ads_of("s2", 6)].concat());
    let agent = format!("bavn/{} (+https://bavn.example.org/contact)", env!("CARGO_PKG_VERSION"));
    assert!(site.log().iter().all(|asked| asked.agent == agent), "{:?}", site.log()[0].agent);
}

#[test]
fn a_process_that_is_killed_and_started_again_keeps_the_pace() {
    let site = AdSite::start(8, QUICK);
    let installation = Installation::new(None);
    site.write_adapter(&installation.config, "s1", DELAY);
    for asked in [1, 2, 5, 7] {
        let process = installation.start(&["crawl", "--once"]);
        site.asked(asked);
        signal(&process, "-KILL");
        drop(process);
    }
    done(&mut installation.command(&["crawl", "--once"]));
    site.assert_polite(DELAY);
    assert_eq!(installation.ads(), ads_of("s1", 8));
}

#[test]
fn a_killed_workers_site_moves_on_within_the_lease_and_the_pace_holds() {
    const LEASE: Duration = Duration::from_secs(4);
    let site = AdSite::start(12, QUICK);
    let installation = Installation::new(Some(postgres_url()));
    site.write_adapter(&installation.config, "s1", DELAY);
    installation.set("lease_s         = 60", "lease_s         = 4");
    let mut workers = vec![installation.start(&["crawl"])];
    site.asked(1);
    workers.push(installation.start(&["crawl"]));
    site.asked(5);
    signal(&workers[0], "-KILL");
    let killed = Instant::now();
    drop(workers.remove(0));
    let before = site.log().len();
    site.asked(before + 1);
    let moved = site.log()[before].at.duration_since(killed);
    assert!(moved < LEASE + DELAY * 2, "moved on after {moved:?}");
    // The page that was in flight when its worker was killed is asked for again: the last ad tells the end, not the count.
    while site.count("/s1/ad/12") == 0 {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(DELAY);
    // It waits for the next interval now, and a stop is at once.
    signal(&workers[0], "-TERM");
    let (took, code) = end_of(workers.remove(0), Duration::from_secs(10));
    assert!(took < Duration::from_secs(3) && code == Some(0), "{took:?} {code:?}");
    site.assert_polite(DELAY);
    assert_eq!(site.count("/s1/"), 1, "one worker read the listing, once");
    assert_eq!(installation.ads(), ads_of("s1", 12));
}

#[test]
fn a_stop_ends_the_process_in_time_even_while_an_answer_drips_in() {
    let site = AdSite::start(4, Pages::SecondDrips);
    let installation = Installation::new(None);
    site.write_adapter(&installation.config, "s1", Duration::from_millis(50));
    let process = installation.start(&["crawl", "--once"]);
    while site.count("/s1/ad/2") == 0 {
        std::thread::sleep(Duration::from_millis(10));
    }
    signal(&process, "-TERM");
    let (took, code) = end_of(process, Duration::from_secs(10));
    assert_eq!(code, Some(0));
    assert!(took > Duration::from_secs(5), "what is in flight has time to finish: {took:?}");
    assert_eq!(site.count("/s1/ad/3"), 0, "nothing new was begun");
    assert_eq!(installation.ads(), ads_of("s1", 1), "what was read is kept");
}

#[test]
fn sqlite_takes_one_crawler_and_says_so() {
    let site = AdSite::start(9, QUICK);
    let installation = Installation::new(None);
    site.write_adapter(&installation.config, "s1", DELAY);
    let first = installation.start(&["crawl", "--once"]);
    site.asked(2);
    let second = crate::support::run(&mut installation.command(&["crawl", "--once"]));
    assert_eq!(second.code, 1);
    assert!(second.err.contains("SQLite takes one crawler at a time, several need PostgreSQL"), "{}", second.err);
    drop(first);
}
