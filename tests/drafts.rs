//! `bavn site new` and nothing else but an approval: the drafts for the demo's three sites read every ad over HTTP.

use crate::site::{Reply, serve};
use crate::support::{bavn, done};
use demo::{Population, PopulationSettings, reply};
use domain::AdContent;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use store::{MasterKey, Store};

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn digits(text: Option<&String>) -> String {
    let all: String = text.map_or("", String::as_str).chars().filter(char::is_ascii_digit).collect();
    all.strip_prefix("45").filter(|rest| rest.len() == 8).map_or(all.clone(), str::to_owned)
}

/// One of the demo's sites as it is at `now`, over HTTP. Its robots.txt asks for no delay: the test would wait for it.
fn serve_demo(population: Arc<Population>, site: &'static str, now: Timestamp) -> u16 {
    serve(move |path| {
        let answer = reply(&population, site, path, "", now);
        let headers = answer.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let body = match path {
            "/robots.txt" => {
                let text = String::from_utf8_lossy(&answer.body).into_owned();
                let lines = text.lines().filter(|line| !line.starts_with("Crawl-delay"));
                lines.map(|line| format!("{line}\n")).collect::<String>().into_bytes()
            }
            _ => answer.body,
        };
        Reply::Whole(answer.status, headers, body)
    })
}

/// What was kept of each ad's first version, by site and the site's own id.
async fn kept(data: &Path) -> BTreeMap<(String, String), AdContent> {
    let key = std::fs::read_to_string(data.with_extension("key")).expect("the key");
    let url = format!("sqlite:{}", data.join("bavn.sqlite").display());
    let store = Store::open(&url, MasterKey::parse(&key).expect("a key"), Timestamp::now()).await.expect("opens");
    // Nothing has read them yet.
    let versions = store.unread_versions("none", u32::MAX).await.expect("versions");
    store.close().await;
    versions.into_iter().map(|of| ((of.ad.site.0, of.ad.ad_id), of.content)).collect()
}

#[test]
fn a_draft_reads_every_ad_of_the_demos_sites() {
    let settings = PopulationSettings { advertisers: 400, days: 12, ..Default::default() };
    let population = Arc::new(Population::generate(&settings));
    let now = population.settings.start + SignedDuration::from_hours(10 * 24 + 5);
    let folder = tempfile::tempdir().expect("a folder");
    let (config, data) = (folder.path().join("config"), folder.path().join("data"));
    let text = |path: &Path| path.to_str().expect("UTF-8").to_owned();
    let base = ["--config".to_owned(), text(&config), "--data".to_owned(), text(&data)];
    let bavn = |rest: &[&str]| done(bavn(&base.iter().map(String::as_str).collect::<Vec<_>>()).args(rest));
    bavn(&["init"]);
    let regions = ["hovedstaden", "sjaelland", "syddanmark", "midtjylland", "nordjylland"];
    let starts: [(&'static str, Vec<String>); 3] = [
        ("demo-cards", regions.iter().map(|region| format!("/region/{region}")).collect()),
        ("demo-table", vec!["/annoncer.php".to_owned()]),
        ("demo-veiled", vec!["/liste/1".to_owned()]),
    ];
    let mut drafts = BTreeMap::new();
    for (name, start) in &starts {
        let port = serve_demo(population.clone(), name, now);
        let urls: Vec<String> = start.iter().map(|path| format!("http://127.0.0.1:{port}{path}")).collect();
        let mut words = vec!["site", "new", "--id", name, "--delay", "0"];
        words.extend(urls.iter().map(String::as_str));
        let drafted = bavn(&words);
        assert!(drafted.out.contains("There is no [approval] yet"), "{name}: {}", drafted.out);
        bavn(&["site", "check", name]);
        let site = config.join("sites").join(name).join("site.toml");
        let toml = std::fs::read_to_string(&site).expect("the draft");
        let approval =
            "\n[approval]\nby = \"test\"\nat = \"2026-01-01\"\nlegal_basis = \"synthetic\"\nuntil = \"2099-12-31\"\n";
        std::fs::write(&site, format!("{toml}{approval}")).expect("written");
        drafts.insert(*name, toml);
    }
    bavn(&["crawl", "--once"]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let found = runtime.block_on(kept(&data));
    for (name, _) in &starts {
        let toml = &drafts[name];
        let up = population.up_at(name, now);
        assert!(up.len() > 27, "{name}: {} ads are several pages", up.len());
        let own = found.keys().filter(|(site, _)| site == name).count();
        assert_eq!(own, up.len(), "{name}: every ad, on every page\n{toml}");
        for ad in up {
            let version = ad.version_at(now);
            let read = found
                .get(&((*name).to_owned(), ad.ad_id.clone()))
                .unwrap_or_else(|| panic!("{name}: no ad {}\n{toml}", ad.ad_id));
            assert_eq!(plain(&read.title), plain(&version.title), "{name}: title\n{toml}");
            assert_eq!(plain(&read.body), plain(&version.body), "{name}: text\n{toml}");
            for field in ["phone", "price"] {
                let (read, shown) = (digits(read.fields.get(field)), digits(version.fields.get(field)));
                assert_eq!(read, shown, "{name}: {field}\n{toml}");
            }
        }
    }
}
