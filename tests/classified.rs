//! A real listing engine: PyPI's django-classified, filled through its own models with synthetic ads, crawled by an
//! ordinary adapter (tests/classified/adapter). Ads served and ads stored are compared field by field; a second crawl
//! sees edits and removals.

use crate::support::{Child, bavn, done, free_port, from_test_command, root, run, wait_for};
use demo::{ClassifiedAd, Population, PopulationSettings};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The engine in a folder of its own.
struct Engine {
    folder: PathBuf,
}

impl Engine {
    fn command(&self, verb: &[&str]) -> Command {
        let mut command = Command::new(from_test_command("BAVN_TEST_PYTHON"));
        command.arg(root().join("tests/classified/engine.py")).arg(&self.folder).args(verb);
        command
    }

    fn verb(&self, verb: &[&str]) -> Vec<Value> {
        let out = done(&mut self.command(verb)).out;
        out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    fn serve(&self, port: u16) -> Child {
        let mut command = self.command(&["serve", &port.to_string()]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
        wait_for(&format!("127.0.0.1:{port}"), 30);
        Child(child)
    }

    /// What is served, by the engine's own number.
    fn truth(&self) -> BTreeMap<String, Value> {
        self.verb(&["truth"]).into_iter().map(|row| (row["pk"].to_string(), row)).collect()
    }
}

fn write_ads(folder: &Path, ads: &[ClassifiedAd]) -> PathBuf {
    let mut lines = String::new();
    for (number, ad) in ads.iter().enumerate() {
        let mut images = Vec::new();
        for (index, png) in ad.images.iter().take(2).enumerate() {
            let name = format!("{number}-{index}.png");
            std::fs::write(folder.join(&name), png).expect("written");
            images.push(name);
        }
        let title: String = ad.title.chars().take(100).collect();
        let row = json!({
            "ad_id": number.to_string(), "title": title.trim(), "body": ad.body,
            "price": ad.price.unwrap_or(500).to_string(), "place": ad.place, "group": ad.category, "images": images,
            "phone": format!("3400{:04}", 100 + number),
        });
        lines.push_str(&row.to_string());
        lines.push('\n');
    }
    let file = folder.join("ads.jsonl");
    std::fs::write(&file, lines).expect("written");
    file
}

/// The configuration with the adapter at this port.
fn config(folder: &Path, port: u16) -> PathBuf {
    let config = folder.join("config");
    done(&mut bavn(&["init", "--config", text(&config)]));
    let adapter = std::fs::read_to_string(root().join("tests/classified/adapter/site.toml")).expect("the adapter");
    std::fs::create_dir_all(config.join("sites/classified")).expect("a folder");
    let adapter = adapter.replace("{base}", &format!("http://127.0.0.1:{port}"));
    std::fs::write(config.join("sites/classified/site.toml"), adapter).expect("written");
    config
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// Stored ads by the site's own id: the newest version of each.
pub async fn stored(data: &Path, at: jiff::Timestamp) -> (BTreeMap<String, domain::AdContent>, usize) {
    let key = std::fs::read_to_string(data.with_extension("key")).expect("the key");
    let key = store::MasterKey::parse(&key).expect("a key");
    let store =
        store::Store::open(&format!("sqlite:{}", data.join("bavn.sqlite").display()), key, at).await.expect("opens");
    let look = store::Look {
        actor: store::Actor::System("test".to_owned()),
        purpose: "test".to_owned(),
        what: "export:mentions",
        subject: String::new(),
        at,
    };
    let mut newest = BTreeMap::new();
    for row in store.readings(&look, None).await.expect("readings") {
        newest.insert(row.ad.ad_id.clone(), row.content);
    }
    let gone = store.facts(None).await.expect("facts").iter().filter(|fact| fact.gone_at.is_some()).count();
    store.close().await;
    (newest, gone)
}

/// Site and store agree: every ad, with title, text, price, place, phone and hashed pictures.
fn compare(served: &BTreeMap<String, Value>, stored: &BTreeMap<String, domain::AdContent>) {
    for (pk, row) in served {
        let ad = stored.get(pk).unwrap_or_else(|| panic!("ad {pk} was served and not stored"));
        let word = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        // The engine sends the text as HTML paragraphs: white space at line ends and empty lines do not survive that.
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(plain(&ad.title), plain(&word("title")), "title of {pk}");
        assert_eq!(plain(&ad.body), plain(&word("body")), "text of {pk}");
        assert_eq!(ad.fields.get("price"), Some(&word("price")), "price of {pk}");
        assert_eq!(ad.fields.get("place"), Some(&word("place")), "place of {pk}");
        assert_eq!(ad.fields.get("phone"), Some(&word("phone")), "phone of {pk}");
        assert_eq!(ad.images.len() as u64, row["images"].as_u64().unwrap_or(0), "pictures of {pk}");
        assert!(ad.images.iter().all(|image| image.pdq.is_some()), "a picture of {pk} has no hash");
    }
}

#[test]
fn every_ad_of_a_real_engine_is_stored_and_changes_are_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    let population = Population::generate(&PopulationSettings { days: 5, advertisers: 60, ..Default::default() });
    let mut ads = population.classified_ads();
    ads.truncate(83); // Nine listing pages, the last one not full.
    let engine = Engine { folder: folder.path().join("engine") };
    let file = write_ads(folder.path(), &ads);
    assert_eq!(engine.verb(&["fill", text(&file)]).len(), ads.len());
    let port = free_port();
    let _server = engine.serve(port);
    let (config, data) = (config(folder.path(), port), folder.path().join("data"));
    let base = ["--config", text(&config), "--data", text(&data)];
    let crawl = || done(&mut bavn(&[&base[..], &["crawl", "--once"]].concat()));
    let analyse = || done(&mut bavn(&[&base[..], &["analyse"]].concat()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let now = jiff::Timestamp::now();

    crawl();
    analyse();
    let (first, gone) = runtime.block_on(stored(&data, now));
    compare(&engine.truth(), &first);
    assert_eq!((first.len(), gone), (ads.len(), 0));

    // An edit that the listing shows, one that only the ad's page shows (seen at the recheck), and two removals.
    let changes = [
        json!({"pk": 1, "title": "Ny overskrift til samme annonce"}),
        json!({"pk": 2, "price": "1234.00"}),
        json!({"pk": 3, "remove": true}),
        json!({"pk": 40, "remove": true}),
    ];
    let changes: Vec<String> = changes.iter().map(Value::to_string).collect();
    let change_file = folder.path().join("changes.jsonl");
    std::fs::write(&change_file, changes.join("\n")).expect("written");
    engine.verb(&["edit", text(&change_file)]);
    let second = crawl();
    assert!(second.err.contains("2 changed") && second.err.contains("2 gone"), "{}", second.err);
    analyse();
    let (after, gone) = runtime.block_on(stored(&data, now));
    compare(&engine.truth(), &after);
    assert_eq!((after.len(), gone), (ads.len(), 2), "an ad that is gone is kept");
}

/// `bavn site new` and nothing else but an approval: title, text and every page of the listing are right.
#[test]
fn an_adapter_drafted_for_the_engine_reads_every_ad() {
    let folder = tempfile::tempdir().expect("a folder");
    let population = Population::generate(&PopulationSettings { days: 5, advertisers: 60, ..Default::default() });
    let mut ads = population.classified_ads();
    ads.truncate(43);
    let engine = Engine { folder: folder.path().join("engine") };
    let file = write_ads(folder.path(), &ads);
    engine.verb(&["fill", text(&file)]);
    let port = free_port();
    let _server = engine.serve(port);
    let (config, data) = (folder.path().join("config"), folder.path().join("data"));
    done(&mut bavn(&["init", "--config", text(&config)]));
    let base = ["--config", text(&config), "--data", text(&data)];
    let url = format!("http://127.0.0.1:{port}/search/?page=1");
    let drafted = done(&mut bavn(&[&base[..], &["site", "new", "--id", "drafted", "--delay", "0", &url]].concat()));
    assert!(drafted.out.contains("There is no [approval] yet"), "{}", drafted.out);
    assert!(!drafted.out.contains("3400"), "contacts are masked: {}", drafted.out);
    done(&mut bavn(&[&base[..], &["site", "check", "drafted"]].concat()));
    let refused = run(&mut bavn(&[&base[..], &["crawl", "--once"]].concat()));
    assert!(refused.code == 1 && refused.err.contains("not approved"), "{}", refused.err);

    let site = config.join("sites/drafted/site.toml");
    let toml = std::fs::read_to_string(&site).expect("the draft");
    let approval =
        "\n[approval]\nby = \"test\"\nat = \"2026-01-01\"\nlegal_basis = \"synthetic\"\nuntil = \"2099-12-31\"\n";
    std::fs::write(&site, format!("{toml}{approval}")).expect("written");
    done(&mut bavn(&[&base[..], &["crawl", "--once"]].concat()));
    done(&mut bavn(&[&base[..], &["analyse"]].concat()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (stored, _) = runtime.block_on(stored(&data, jiff::Timestamp::now()));
    let served = engine.truth();
    assert_eq!(
        stored.keys().collect::<Vec<_>>(),
        served.keys().collect::<Vec<_>>(),
        "every ad, by the engine's number"
    );
    for (pk, row) in &served {
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(plain(&stored[pk].title), plain(row["title"].as_str().unwrap_or_default()), "{toml}");
        assert_eq!(plain(&stored[pk].body), plain(row["body"].as_str().unwrap_or_default()), "{toml}");
    }
}

#[test]
fn the_engines_robots_txt_is_obeyed() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = Engine { folder: folder.path().join("engine") };
    let population = Population::generate(&PopulationSettings { days: 2, advertisers: 20, ..Default::default() });
    let file = write_ads(folder.path(), &population.classified_ads()[..3]);
    engine.verb(&["fill", text(&file)]);
    let port = free_port();
    let _server = engine.serve(port);
    let config = config(folder.path(), port);
    let site = config.join("sites/classified/site.toml");
    let adapter = std::fs::read_to_string(&site).expect("the adapter").replace("/search/?page=1", "/user/");
    std::fs::write(&site, adapter).expect("written");
    let data = folder.path().join("data");
    let ran = run(&mut bavn(&["--config", text(&config), "--data", text(&data), "crawl", "--once"]));
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("robots.txt"), "{}", ran.err);
}
