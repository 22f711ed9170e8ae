//! The administrator's tools for adapters: a layout that changes under the crawl, `site dry-run` and `site diff`.

use crate::support::{bavn, done, run};
use domain::AdContent;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// How many ads the made-up site has.
const ADS: usize = 60;

/// A site whose layout changes: 0 as it was; 1 a third of the pages lose the price; 2 the text has another class on every page;
/// 3 every ad's page says that it is gone.
fn serve(layout: Arc<AtomicU8>) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let looks = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut buffer = [0; 4096];
            let read = stream.read(&mut buffer).unwrap_or(0);
            let request = String::from_utf8_lossy(&buffer[..read]).into_owned();
            let path = request.split(' ').nth(1).unwrap_or("/").to_owned();
            let layout = layout.load(Ordering::Relaxed);
            let body = if path == "/robots.txt" {
                String::new()
            } else if let Some(id) = path.strip_prefix("/ad/").and_then(|id| id.parse::<usize>().ok()) {
                match layout {
                    3 => "<p class=slut>Annoncen er taget ned</p>".to_owned(),
                    layout => {
                        let price = if layout == 1 && id % 3 == 0 { "" } else { "<b class=pris>800 kr.</b>" };
                        let class = if layout == 2 { "ny" } else { "tekst" };
                        format!(
                            "<h1>Annonce {id}</h1>{price}<div class={class}>Tekst nummer {id}. Ring 34 00 {:02} 00.</div>",
                            id % 100
                        )
                    }
                }
            } else {
                // Another excerpt at each look, so that every page is read again.
                let look = looks.fetch_add(1, Ordering::Relaxed);
                (0..ADS).map(|id| format!("<li><a href=/ad/{id}>Annonce {id}</a> <i>{look}</i></li>")).collect()
            };
            let kind = if path == "/robots.txt" { "text/plain" } else { "text/html; charset=utf-8" };
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            drop(stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())));
        }
    });
    base
}

struct World {
    _folder: tempfile::TempDir,
    config: PathBuf,
    data: PathBuf,
    layout: Arc<AtomicU8>,
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

const SITE: &str = "id = \"one\"\nname = \"One\"\nowner = \"tests\"\npurpose = \"tests\"\nstart = [\"{base}/\"]\n\
    allow_private_addresses = [\"127.0.0.1\"]\n[approval]\nby = \"test\"\nat = \"2026-01-01\"\nlegal_basis = \"synthetic\"\n\
    until = \"2099-12-31\"\n[pacing]\ndelay_s = 0.0\n[listing]\nitem = \"li\"\nad_id = { url = '/ad/(\\d+)' }\n\
    [detail]\ntitle = \"h1\"\nbody = \".tekst\"\n[detail.fields]\nprice = { select = \".pris\", kind = \"price\" }\n\
    gone_field = \".findes-ikke\"\n[marks]\nexpired = { select = \".slut\" }\n[expect]\nads_min = 10\nads_max = 1000\n";

fn world() -> World {
    let folder = tempfile::tempdir().expect("a folder");
    let (config, data) = (folder.path().join("config"), folder.path().join("data"));
    done(&mut bavn(&["init", "--config", text(&config)]));
    let layout = Arc::new(AtomicU8::new(0));
    let base = serve(layout.clone());
    std::fs::create_dir_all(config.join("sites/one")).expect("a folder");
    std::fs::write(config.join("sites/one/site.toml"), SITE.replace("{base}", &base)).expect("written");
    World { _folder: folder, config, data, layout }
}

impl World {
    fn bavn(&self, rest: &[&str]) -> crate::support::Ran {
        run(&mut bavn(&[&["--config", text(&self.config), "--data", text(&self.data)], rest].concat()))
    }

    /// Contents by the site's id, and how many ads are gone.
    fn stored(&self) -> (BTreeMap<String, AdContent>, usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(crate::classified::stored(&self.data, jiff::Timestamp::now()))
    }
}

#[test]
fn a_changed_layout_fails_the_run_and_the_last_good_data_stay() {
    let world = world();
    for _ in 0..3 {
        let ran = world.bavn(&["crawl", "--once"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    assert_eq!(world.bavn(&["analyse"]).code, 0);
    let (before, gone) = world.stored();
    assert_eq!((before.len(), gone), (ADS, 0));

    for (layout, sign) in [
        (1, "Field price is filled on 67 %"),
        (2, "Field body is filled on 0 %"),
        (3, "were not what the listing promised"),
    ] {
        world.layout.store(layout, Ordering::Relaxed);
        let ran = world.bavn(&["crawl", "--once"]);
        assert_eq!(ran.code, 1, "layout {layout}: {}", ran.err);
        assert!(ran.err.contains(sign) && ran.err.contains("the last good data stay"), "layout {layout}: {}", ran.err);
        assert_eq!(world.bavn(&["analyse"]).code, 0);
        let (after, gone) = world.stored();
        assert_eq!(gone, 0, "layout {layout}: no ad counts as gone");
        assert_eq!(after, before, "layout {layout}: what was read before stays current");
    }

    // The site goes on without prices on a third of its pages: once a person has accepted that, runs are good again.
    world.layout.store(1, Ordering::Relaxed);
    assert_eq!(world.bavn(&["crawl", "--once"]).code, 1);
    let accepted = world.bavn(&["site", "accept", "one", "--because", "prices are optional now"]);
    assert_eq!(accepted.code, 0, "{}", accepted.err);
    let ran = world.bavn(&["crawl", "--once"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn a_dry_run_shows_each_selector_and_stores_nothing() {
    let world = world();
    let ran = world.bavn(&["site", "dry-run", "one", "--ads", "7"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("1 listing pages with 60 ads, 7 ads' pages"), "{}", ran.out);
    assert!(
        ran.out.contains("fields.price") && ran.out.contains("7 of 7") && ran.out.contains("'800 kr.'"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("found nothing on any page: detail.fields.gone_field"), "{}", ran.out);
    assert!(ran.out.contains("[telefon]") && !ran.out.contains("34 00"), "contacts are masked: {}", ran.out);
    assert!(!world.data.join("bavn.sqlite").exists(), "nothing is stored");
    let clear = world.bavn(&["site", "dry-run", "one", "--ads", "2", "--show-contacts"]);
    assert!(clear.out.contains("Ring 34 00"), "{}", clear.out);

    let site = world.config.join("sites/one/site.toml");
    let toml = std::fs::read_to_string(&site).expect("a file");
    std::fs::write(&site, toml.replace("item = \"li\"", "item = \"li.new\"")).expect("written");
    let ran = world.bavn(&["site", "dry-run", "one"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("no ads"), "{}", ran.err);
    std::fs::write(&site, toml.replace("2099-12-31", "2026-01-02")).expect("written");
    let ran = world.bavn(&["site", "dry-run", "one"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("ended on 2026-01-02") && ran.err.contains("nothing was asked"), "{}", ran.err);
    std::fs::write(&site, toml.replace("title = \"h1\"", "title = \"h1[\"")).expect("written");
    let ran = world.bavn(&["site", "check"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("site.toml:") && ran.err.contains("title = \"h1[\"\n") && ran.err.contains('^'),
        "{}",
        ran.err
    );
}

#[test]
fn a_diff_shows_what_a_changed_adapter_reads_otherwise() {
    let world = world();
    assert_eq!(world.bavn(&["crawl", "--once"]).code, 0);
    let same = world.bavn(&["site", "diff", "one"]);
    assert_eq!(same.code, 0, "{}", same.err);
    assert!(same.out.contains("no ad would read otherwise"), "{}", same.out);

    let changed = world.config.join("changed");
    std::fs::create_dir_all(&changed).expect("a folder");
    let toml = std::fs::read_to_string(world.config.join("sites/one/site.toml")).expect("a file");
    let toml = toml.replace("price = { select = \".pris\"", "price = { select = \".pris\", regex = '\\d+'");
    let toml =
        toml.replace("gone_field = \".findes-ikke\"", "contact = { select = \".tekst\", regex = 'Ring (.+)\\.' }");
    std::fs::write(changed.join("site.toml"), toml.replace("'/ad/(\\d+)'", "'/(ad/\\d+)'")).expect("written");
    let ran = world.bavn(&["site", "diff", "one", "--adapter", text(&changed)]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let row = |name: &str| {
        let line = ran.out.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}: {}", ran.out));
        line.split_whitespace().skip(1).map(|number| number.parse().expect("a number")).collect::<Vec<usize>>()
    };
    assert_eq!(row("price"), [0, 0, ADS, 0]);
    assert_eq!(row("contact"), [ADS, 0, 0, 0]);
    assert_eq!(row("title"), [0, 0, 0, ADS]);
    assert!(ran.out.contains("'800 kr.' -> '800'"), "{}", ran.out);
    assert!(ran.out.contains("60 ads that would get another id"), "{}", ran.out);
    assert!(!ran.out.contains("34 00"), "contacts are masked: {}", ran.out);
}
