//! Bad input gets a clear message, the right exit code, and nothing is lost.

use crate::support::{Child, bavn, done, free_port, run};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// A configuration of its own, as `bavn init` writes it.
fn config(folder: &Path) -> PathBuf {
    let config = folder.join("config");
    done(&mut bavn(&["init", "--config", text(&config)]));
    config
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// The configuration and data folders of a test as arguments before `rest`.
fn with<'a>(config: &'a Path, data: &'a Path, rest: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["--config", text(config), "--data", text(data)];
    arguments.extend(rest);
    arguments
}

fn edit(file: &Path, from: &str, to: &str) {
    let old = std::fs::read_to_string(file).expect("a file");
    assert!(old.contains(from), "{} lacks {from}", file.display());
    std::fs::write(file, old.replacen(from, to, 1)).expect("written");
}

/// A site on loopback: `detail` and `listing` are what it needs beyond the usual.
fn site(config: &Path, id: &str, base: &str, approval: bool) {
    let folder = config.join("sites").join(id);
    std::fs::create_dir_all(&folder).expect("a folder");
    let approval = if approval {
        "[approval]\nby = \"test\"\nat = \"2026-01-01\"\nlegal_basis = \"synthetic\"\nuntil = \"2099-12-31\"\n"
    } else {
        ""
    };
    let toml = format!(
        "id = \"{id}\"\nname = \"Site\"\nowner = \"tests\"\npurpose = \"tests\"\nstart = [\"{base}/\"]\n\
         allow_private_addresses = [\"127.0.0.1\"]\n{approval}\
         [pacing]\ndelay_s = 0.0\n\
         [listing]\nitem = \"li\"\nad_id = {{ url = '/ad/(\\d+)' }}\n\
         [detail]\ntitle = \"h1\"\nbody = \"p\"\n\
         [detail.fields]\ncategory = {{ select = \".c\", lookup = {{ \"A\" = \"a\" }} }}\n\
         [expect]\nads_min = 1\nads_max = 100\n"
    );
    std::fs::write(folder.join("site.toml"), toml).expect("written");
}

/// A web server that answers `pages` by path, 404 else, until the test ends.
fn serve(pages: Vec<(&'static str, String)>) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut buffer = [0; 4096];
            let read = std::io::Read::read(&mut stream, &mut buffer).unwrap_or(0);
            let request = String::from_utf8_lossy(&buffer[..read]).into_owned();
            let path = request.split(' ').nth(1).unwrap_or("/").to_owned();
            let found = pages.iter().find(|(known, _)| *known == path);
            let (status, body) = found.map_or(("404 Not Found", ""), |(_, body)| ("200 OK", body.as_str()));
            let kind = if path == "/robots.txt" { "text/plain" } else { "text/html; charset=utf-8" };
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            drop(stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())));
        }
    });
    base
}

#[test]
fn wrong_usage_is_exit_2() {
    assert_eq!(run(&mut bavn(&["analyse", "--no-such-option"])).code, 2);
    assert_eq!(run(&mut bavn(&[])).code, 2);
    assert_eq!(run(&mut bavn(&["--help"])).code, 0);
}

#[test]
fn broken_toml_is_named_with_file_line_and_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path());
    edit(&config.join("bavn.toml"), "interval_min    = 120", "intervall_min    = 120");
    let ran = run(&mut bavn(&with(&config, folder.path(), &["analyse"])));
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("bavn.toml:") && ran.err.contains("intervall_min"), "{}", ran.err);

    edit(&config.join("bavn.toml"), "intervall_min", "interval_min");
    let indicator = config.join("indicators/B/third_person_voice.toml");
    edit(&indicator, "group", "groop");
    let ran = run(&mut bavn(&["indicators", "list", "--config", text(&config)]));
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("third_person_voice.toml:") && ran.err.contains("groop"), "{}", ran.err);
}

#[test]
fn a_value_that_a_lookup_does_not_list_is_an_issue_of_the_sample() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path());
    site(&config, "one", "http://127.0.0.1:1", true);
    let site = config.join("sites/one");
    std::fs::create_dir_all(site.join("samples")).expect("a folder");
    std::fs::create_dir_all(site.join("expected")).expect("a folder");
    std::fs::write(site.join("samples/ad.html"), "<h1>T</h1><p>B</p><i class=c>Z</i>").expect("written");
    let expected = r#"{"kind":"detail","url":"http://127.0.0.1:1/ad/1","fetched_at":"2026-11-03T15:00:00+01:00","title":"T","body":"B"}"#;
    std::fs::write(site.join("expected/ad.json"), expected).expect("written");
    let ran = run(&mut bavn(&["site", "check", "one", "--config", text(&config)]));
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.out.contains("fields.category"), "{}", ran.out);
}

#[test]
fn a_site_without_approval_is_not_crawled() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path());
    site(&config, "one", "http://127.0.0.1:1", false);
    let ran = run(&mut bavn(&with(&config, &folder.path().join("data"), &["crawl", "--once"])));
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("one") && ran.err.contains("approval"), "{}", ran.err);
}

#[test]
fn another_host_than_loopback_needs_a_complete_controller() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path());
    site(&config, "one", "http://ads.example", true);
    let ran = run(&mut bavn(&with(&config, &folder.path().join("data"), &["crawl", "--once"])));
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("[controller]") && ran.err.contains("dpia_reference"), "{}", ran.err);
}

#[test]
fn an_unreachable_site_is_said_and_kept_in_the_history() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path());
    site(&config, "one", &format!("http://127.0.0.1:{}", free_port()), true);
    let ran = run(&mut bavn(&with(&config, &folder.path().join("data"), &["crawl", "--once"])));
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("one") && ran.err.contains("look whether the site is down"), "{}", ran.err);
}

#[test]
fn an_empty_listing_fails_the_run_and_no_ad_counts_as_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let (config, data) = (config(folder.path()), folder.path().join("data"));
    let good = serve(vec![
        ("/", "<ul><li><a href=/ad/1>En</a></ul>".to_owned()),
        ("/ad/1", "<h1>Titel</h1><p>Tekst om en annonce</p><i class=c>A</i>".to_owned()),
    ]);
    site(&config, "one", &good, true);
    done(&mut bavn(&with(&config, &data, &["crawl", "--once"])));
    let empty = serve(vec![("/", "<ul></ul>".to_owned())]);
    site(&config, "one", &empty, true);
    let ran = run(&mut bavn(&with(&config, &data, &["crawl", "--once"])));
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("one"), "{}", ran.err);
    done(&mut bavn(&with(&config, &data, &["analyse"])));
    let mentions = done(&mut bavn(&with(&config, &data, &["export", "mentions"]))).out;
    assert_eq!(mentions.lines().count(), 1, "the ad is kept");
}

#[test]
fn a_torn_line_is_left_out_with_its_number_and_strict_stops() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let file = folder.path().join("ads.jsonl");
    let ad = |id: &str| {
        format!(r#"{{"site":"s1","ad_id":"{id}","seen_at":["2026-10-01T15:00:00+02:00"],"title":"T {id}"}}"#)
    };
    std::fs::write(&file, format!("{}\n{}\n{}\n", ad("1"), &ad("2")[..40], ad("3"))).expect("written");
    let ran = done(&mut bavn(&["--data", text(&data), "import", "ads", text(&file)]));
    assert!(ran.err.contains("ads.jsonl:2: the line is torn"), "{}", ran.err);
    assert!(ran.err.contains("2 new ads"), "{}", ran.err);
    let strict = run(&mut bavn(&["--data", text(&data), "import", "ads", text(&file), "--strict"]));
    assert_eq!(strict.code, 1);
    assert!(strict.err.contains("ads.jsonl:2:"), "{}", strict.err);
}

#[test]
fn a_wrong_database_address_says_how_to_write_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("k.key");
    std::fs::write(&key, "11".repeat(32)).expect("written");
    let ran = run(&mut bavn(&["--database", "mysql://x/y", "--key", text(&key), "analyse"]));
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("sqlite:PATH or postgres://"), "{}", ran.err);
    let away = format!("postgres://nobody@127.0.0.1:{}/none", free_port());
    let ran = run(&mut bavn(&["--database", &away, "--key", text(&key), "analyse"]));
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("cannot be reached"), "{}", ran.err);
    let keyless = run(&mut bavn(&["--database", &away, "analyse"]));
    assert!(keyless.err.contains("PostgreSQL needs a master key"), "{}", keyless.err);
}

#[test]
fn a_missing_data_folder_and_a_missing_key_are_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("nowhere");
    let ran = run(&mut bavn(&["--data", text(&data), "analyse"]));
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("there is no store in") && ran.err.contains("nowhere"), "{}", ran.err);
    assert!(!data.exists(), "looking must not make a folder");

    let file = folder.path().join("ads.jsonl");
    std::fs::write(&file, r#"{"site":"s1","ad_id":"1","seen_at":["2026-10-01"],"title":"T"}"#).expect("written");
    done(&mut bavn(&["--data", text(&data), "import", "ads", text(&file)]));
    std::fs::remove_file(folder.path().join("nowhere.key")).expect("removed");
    let ran = run(&mut bavn(&["--data", text(&data), "analyse"]));
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("its key is not"), "{}", ran.err);
    std::fs::write(folder.path().join("nowhere.key"), "22".repeat(32)).expect("written");
    let ran = run(&mut bavn(&["--data", text(&data), "analyse"]));
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("master key does not fit"), "{}", ran.err);
}

#[test]
fn a_port_in_use_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let (config, data) = (config(folder.path()), folder.path().join("data"));
    let file = folder.path().join("ads.jsonl");
    std::fs::write(&file, r#"{"site":"s1","ad_id":"1","seen_at":["2026-10-01"],"title":"T"}"#).expect("written");
    done(&mut bavn(&with(&config, &data, &["import", "ads", text(&file)])));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let ran = run(&mut bavn(&with(&config, &data, &["serve", "--listen", &address])));
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains(&address) && ran.err.contains("--listen"), "{}", ran.err);
}

#[test]
fn a_second_crawler_on_sqlite_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (config, data) = (config(folder.path()), folder.path().join("data"));
    site(&config, "one", "http://127.0.0.1:1", true);
    std::fs::create_dir(&data).expect("a folder");
    let lock = std::fs::File::create(data.join("bavn.sqlite.crawl-lock")).expect("a file");
    lock.try_lock().expect("free");
    let ran = run(&mut bavn(&with(&config, &data, &["crawl", "--once"])));
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("SQLite takes one crawler at a time"), "{}", ran.err);
}

#[test]
fn a_database_from_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let file = folder.path().join("ads.jsonl");
    std::fs::write(&file, r#"{"site":"s1","ad_id":"1","seen_at":["2026-10-01"],"title":"T"}"#).expect("written");
    done(&mut bavn(&["--data", text(&data), "import", "ads", text(&file)]));
    let newer = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); \
        c.execute(\"INSERT INTO schema_version (version, name, applied_at) VALUES (9000, 'later', 0)\"); c.commit()";
    let python = crate::support::from_test_command("BAVN_TEST_PYTHON");
    done(std::process::Command::new(python).args(["-c", newer]).arg(data.join("bavn.sqlite")));
    let ran = run(&mut bavn(&["--data", text(&data), "analyse"]));
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("newer bavn"), "{}", ran.err);
}

#[test]
fn a_configuration_is_never_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path());
    let ran = run(&mut bavn(&["init", "--config", text(&config)]));
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("already holds a configuration"), "{}", ran.err);
}

#[test]
fn serving_ends_within_ten_seconds_of_sigterm() {
    let folder = tempfile::tempdir().expect("a folder");
    let (config, data) = (config(folder.path()), folder.path().join("data"));
    let file = folder.path().join("ads.jsonl");
    std::fs::write(&file, r#"{"site":"s1","ad_id":"1","seen_at":["2026-10-01"],"title":"T"}"#).expect("written");
    done(&mut bavn(&with(&config, &data, &["import", "ads", text(&file)])));
    let address = format!("127.0.0.1:{}", free_port());
    let mut command = bavn(&with(&config, &data, &["serve", "--listen", &address]));
    let mut child = Child(command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts"));
    crate::support::wait_for(&address, 20);
    let killed = std::process::Command::new("kill").arg(child.0.id().to_string()).status().expect("kill runs");
    assert!(killed.success());
    for _ in 0..100 {
        if let Some(status) = child.0.try_wait().expect("a child") {
            assert!(status.success(), "{status}");
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("it still runs after 10 s");
}
