//! Archives, out and in: what a crawl keeps is replayed by other people's tools with the same bytes, what they keep is
//! read through an adapter, and a mended adapter reads the archive again.

mod site;

use crate::support::{Ran, bavn, done, from_test_command, postgres_url, root, run};
use serde_json::Value;
use site::{Answer, Site};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// A configuration with the adapter for this address, changed as asked.
fn config(folder: &Path, name: &str, base: &str, change: impl Fn(String) -> String) -> PathBuf {
    let config = folder.join(name);
    done(&mut bavn(&["init", "--config", text(&config)]));
    write_adapter(&config, base, change);
    config
}

fn write_adapter(config: &Path, base: &str, change: impl Fn(String) -> String) {
    let adapter = std::fs::read_to_string(root().join("tests/archive/site.toml")).expect("the adapter");
    std::fs::create_dir_all(config.join("sites/small")).expect("a folder");
    std::fs::write(config.join("sites/small/site.toml"), change(adapter.replace("{base}", base))).expect("written");
}

fn right(adapter: String) -> String {
    adapter
}

/// A store of its own with its configuration.
struct Place {
    arguments: Vec<String>,
}

impl Place {
    fn new(folder: &Path, name: &str, config: &Path) -> Self {
        let data = folder.join(name);
        Place { arguments: ["--config", text(config), "--data", text(&data)].map(str::to_owned).to_vec() }
    }

    fn on(mut self, database: &str, folder: &Path) -> Self {
        let key = folder.join("postgres.key");
        std::fs::write(&key, "42".repeat(32)).expect("written");
        self.arguments.extend(["--database", database, "--key", text(&key)].map(str::to_owned));
        self
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        arguments.extend(words);
        bavn(&arguments)
    }

    fn done(&self, words: &[&str]) -> Ran {
        done(&mut self.command(words))
    }

    fn export(&self, form: &str) -> String {
        self.done(&["export", form]).out
    }
}

/// Whether a file of records holds these bytes.
fn holds(file: &Path, wanted: &[u8]) -> bool {
    let mut plain = Vec::new();
    let mut decoder = flate2::read::MultiGzDecoder::new(std::fs::File::open(file).expect("there"));
    std::io::Read::read_to_end(&mut decoder, &mut plain).expect("gzip");
    plain.windows(wanted.len()).any(|window| window == wanted)
}

/// Checks and replays a file; gives the record types.
fn replay(file: &Path, expected: &Value) -> Value {
    let mut command = Command::new(from_test_command("BAVN_TEST_PYTHON"));
    command.arg(root().join("tests/archive/replay.py")).arg(file);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("python starts");
    child.stdin.take().expect("piped").write_all(expected.to_string().as_bytes()).expect("written");
    let ran: Ran = child.wait_with_output().expect("ends").into();
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    serde_json::from_str(&ran.out).expect("JSON")
}

#[test]
fn an_exported_archive_passes_warcio_and_is_replayed_by_pywb_with_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let site = Site::start();
    site.list(&["Anna", "Bea", "Cia", "Dina", "Eva", "Fie"]);
    site.put("/ad/1", Answer::ad("Anna", "Ring til mig", "34000001").with_picture("/1.png").gzip().etag("one"));
    let png = std::fs::read(root().join("tests/data/conformance/pdq/synthetic/field1.png")).expect("a picture");
    site.put("/1.png", Answer::picture(&png));
    site.put("/ad/2", Answer::ad("Bea", "Kom forbi", "34000002"));
    site.put("/ad/3", Answer::ad("Cia", "Ny i byen", "34000003").chunked());
    site.put("/ad/4", Answer::redirect("/ny/ad/4"));
    site.put("/ny/ad/4", Answer::ad("Dina", "Hver dag", "34000004"));
    site.put("/ad/5", Answer::ad("Eva", "Kun i dag", "34000005"));
    site.put("/ad/6", Answer::ad("Fie", "p\u{e5} Fyn", "34000006").latin1());
    let place = Place::new(folder.path(), "data", &config(folder.path(), "config", &site.base(), right));
    let ran = place.done(&["crawl", "--once"]);
    assert!(ran.err.contains("1 pictures"), "{}", ran.err);
    // Later: every excerpt says something new, so that each page is asked for again.
    std::thread::sleep(Duration::from_millis(1_100));
    site.list(&["Anna 2", "Bea 2", "Cia 2", "Dina 2", "Eva 2", "Fie 2"]);
    site.put("/ad/3", Answer::ad("Cia", "Ikke ny mere", "34000003").chunked());
    site.put("/ad/5", Answer::gone("<p>Annoncen er slettet</p>"));
    place.done(&["crawl", "--once"]);

    let file = folder.path().join("pages.warc.gz");
    let refused = run(&mut place.command(&["archive", "export", text(&file)]));
    assert_eq!(refused.code, 2, "a purpose is asked for: {}", refused.err);
    let export = |file: &Path, more: &[&str]| {
        place.done(&[&["archive", "export", text(file), "--purpose", "a test"], more].concat())
    };
    let ran = export(&file, &[]);
    assert!(ran.err.contains("personal data"), "{}", ran.err);
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).expect("there").permissions()) & 0o777,
        0o600
    );
    let told = replay(&file, &site.fetched());
    let kinds = &told["kinds"];
    assert_eq!(told["replayed"].as_u64(), Some(15), "{told}");
    for kind in ["warcinfo", "response", "request", "revisit", "metadata"] {
        assert!(kinds[kind].as_u64() > Some(0), "{kind}: {kinds}");
    }
    assert_eq!(kinds["revisit"].as_u64(), Some(4), "one not modified, three with the same payload: {kinds}");

    // The picture was hashed and dropped: not a byte of it is in the archive, whose pages are.
    assert!(holds(&file, b"Ring til mig") && !holds(&file, &png[60..100]) && !holds(&file, b"image/png"));

    // The same store gives the same bytes; nothing is left over under another name.
    let again = folder.path().join("again.warc.gz");
    export(&again, &["--site", "small"]);
    assert!(std::fs::read(&file).expect("read") == std::fs::read(&again).expect("read"));
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".part")), "{left:?}");
    let none = folder.path().join("none.warc.gz");
    export(&none, &["--to", "2020-01-01"]);
    assert_eq!(std::fs::metadata(&none).expect("there").len(), 0, "nothing was fetched by then");

    // Read back into an empty store, on the other engine: the same ads with the same versions.
    place.done(&["analyse"]);
    let other = Place::new(folder.path(), "other", Path::new(&place.arguments[1])).on(&postgres_url(), folder.path());
    let first = other.done(&["archive", "import", text(&file), "--site", "small"]);
    assert!(first.err.contains("0 faults"), "{}", first.err);
    other.done(&["analyse"]);
    assert_eq!(other.export("mentions"), place.export("mentions"));
    let second = other.done(&["archive", "import", text(&file), "--site", "small"]);
    assert!(second.err.contains(" 0 new in the archive") && second.err.contains("0 ads changed"), "{}", second.err);
}

#[test]
fn a_mended_adapter_reads_the_archive_again_and_gives_what_it_would_have_given_from_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let site = Site::start();
    site.list(&["Anna", "Bea", "Cia"]);
    site.put("/ad/1", Answer::ad("Anna", "Ring til mig", "34000001"));
    site.put("/ad/2", Answer::ad("Bea", "Kom forbi", "34000002"));
    site.put("/ad/3", Answer::ad("Cia", "Ny i byen", "34000003"));
    let base = site.base();
    // The phone is not found, the text is the same on every page, and the page of ad 3 is not understood.
    let broken = |adapter: String| {
        adapter
            .replace(r#""p.text", required = true"#, r#""p.footer""#)
            .replace(r#"".phone", kind"#, r#"".telephone", kind"#)
            .replace(r#""h1", required = true"#, r#""h1.old""#)
    };
    let wrong_config = config(folder.path(), "wrong", &base, broken);
    let wrong = Place::new(folder.path(), "mended", &wrong_config);
    let never = Place::new(folder.path(), "never", &config(folder.path(), "right", &base, right));
    let crawl = || {
        // Below the bounds the run fails; what was read is kept all the same.
        run(&mut wrong.command(&["crawl", "--once"]));
        never.done(&["crawl", "--once"]);
        std::thread::sleep(Duration::from_millis(1_100));
    };
    crawl();
    site.list(&["Anna 2", "Bea 2", "Cia 2"]);
    site.put("/ad/1", Answer::ad("Anna", "Ring efter ti", "34000009"));
    site.put("/ad/3", Answer::gone("<p>slettet</p>"));
    crawl();
    never.done(&["analyse"]);
    wrong.done(&["analyse"]);
    assert_ne!(wrong.export("mentions"), never.export("mentions"), "the broken adapter misses something");
    // A person decides in between.
    let decisions = folder.path().join("decisions.jsonl");
    let line = r#"{"site":"small","ad_id":"2","decision":"no_concern","reason":"known to the team","by":"A. Test","at":"2026-11-01T10:00:00+01:00"}"#;
    std::fs::write(&decisions, line).expect("written");
    let decide = || wrong.done(&["import", "decisions", text(&decisions)]).err;
    assert!(decide().contains("1 new decisions"), "the decision is taken");

    write_adapter(&wrong_config, &base, right);
    let ran = wrong.done(&["analyse", "--from-archive"]);
    assert!(ran.err.contains("small: read 2 listing pages"), "{}", ran.err);
    // The catalogue's hash names its folder, of which there are two here, and a reference is named after its time.
    let plain = |text: String| {
        ["catalogue", "reference"].iter().fold(text, |text, key| {
            let before = format!("\"{key}\":\"");
            match text.find(&before).map(|at| &text[at + before.len()..]).and_then(|rest| rest.split('"').next()) {
                Some(name) => text.replace(&format!("{before}{name}\""), ""),
                None => text,
            }
        })
    };
    for form in ["mentions", "indicators", "links", "entities", "assessments"] {
        assert_eq!(plain(wrong.export(form)), plain(never.export(form)), "{form} after the mend");
    }
    assert!(decide().contains("1 known already"), "the decision stands");
    let again = wrong.done(&["analyse", "--from-archive", "--site", "small"]);
    assert!(again.err.contains("0 ads changed, 0 ads found, 0 versions"), "{}", again.err);
}

#[test]
fn files_of_warcio_and_wget_are_read_as_if_fetched_at_their_dates() {
    let folder = tempfile::tempdir().expect("a folder");
    let site = Site::start();
    let base = site.base();
    // Import-only: no approval, never crawled.
    let import_only = |adapter: String| {
        let (before, rest) = adapter.split_once("[approval]").expect("an approval");
        format!("{before}{}", &rest[rest.find("[pacing]").expect("pacing")..])
    };
    let config = config(folder.path(), "config", &base, import_only);
    let others = |words: &[&str]| {
        let mut command = Command::new(from_test_command("BAVN_TEST_PYTHON"));
        done(command.arg(root().join("tests/archive/others.py")).args(words).arg(&base));
    };
    let file = folder.path().join("warcio.warc.gz");
    others(&["warcio", text(&file)]);
    let place = Place::new(folder.path(), "data", &config);
    let import = |file: &Path| place.done(&["archive", "import", text(file), "--site", "small"]).err;
    let told = import(&file);
    assert!(told.contains("7 answers: 7 new in the archive") && told.contains("0 faults"), "{told}");
    place.done(&["analyse"]);
    let mentions = place.export("mentions");
    let versions: Vec<(String, u64)> = mentions
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .map(|line| (line["ad_id"].as_str().unwrap_or_default().to_owned(), line["version"].as_u64().unwrap_or(0)))
        .collect();
    assert_eq!(versions, [("1".to_owned(), 1), ("1".to_owned(), 2), ("2".to_owned(), 1)]);
    assert!(mentions.contains("+4534000051") && mentions.contains("+4534000052"));
    let then = |day: &str| place.done(&["export", "mentions", "--as-of", day]).out.lines().count();
    assert_eq!((then("2026-10-01"), then("2026-10-04"), then("2026-10-05")), (1, 2, 3), "versions at their own times");
    let again = import(&file);
    assert!(again.contains("0 new in the archive") && again.contains("0 ads changed"), "{again}");
    // A picture in the file is passed over.
    let back = folder.path().join("back.warc.gz");
    place.done(&["archive", "export", text(&back), "--purpose", "a test"]);
    assert!(holds(&back, b"First text") && !holds(&back, b"PIXELS"));

    // A torn tail is told with its place, and what stands before it is kept.
    let whole = std::fs::read(&file).expect("read");
    let torn = folder.path().join("torn.warc.gz");
    std::fs::write(&torn, &whole[..whole.len() - 30]).expect("written");
    let fresh = Place::new(folder.path(), "torn", &config);
    let told = fresh.done(&["archive", "import", text(&torn), "--site", "small"]).err;
    assert!(told.contains("torn.warc.gz: offset ") && told.contains("1 faults"), "{told}");
    assert!(told.contains("7 new in the archive"), "{told}");

    // wget, against the living site.
    site.list(&["Gry", "Hanne"]);
    site.put("/ad/1", Answer::ad("Gry", "Ny tekst", "34000061").chunked());
    site.put("/ad/2", Answer::ad("Hanne", "Anden tekst", "34000062"));
    others(&["wget", text(folder.path())]);
    let told = import(&folder.path().join("wget.warc.gz"));
    assert!(told.contains("0 faults"), "{told}");
    place.done(&["analyse"]);
    let mentions = place.export("mentions");
    assert!(mentions.contains("+4534000061") && mentions.contains("+4534000062"), "{mentions}");
}
