//! Daily operation from outside, on both databases: the log, deletion, a person's rights, backups that bring nobody back,
//! the move between the engines.

use crate::support::{Ran, bavn, done, run};
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

/// A store to work on: the arguments that name it. Both lie below the folder, with what stands beside them.
fn stores(folder: &Path) -> Vec<Vec<String>> {
    let key = folder.join("postgres.key");
    std::fs::write(&key, "ab".repeat(32)).expect("written");
    let data = |name: &str| ["--data".to_owned(), folder.join(name).display().to_string()];
    let mut postgres = data("postgres").to_vec();
    postgres.extend(["--database".to_owned(), crate::support::postgres_url()]);
    postgres.extend(["--key".to_owned(), key.display().to_string()]);
    vec![data("sqlite").to_vec(), postgres]
}

fn command(store: &[String], rest: &[&str]) -> std::process::Command {
    let mut arguments: Vec<&str> = store.iter().map(String::as_str).collect();
    arguments.extend(rest);
    bavn(&arguments)
}

fn with(store: &[String], rest: &[&str]) -> Ran {
    done(&mut command(store, rest))
}

fn refused(store: &[String], rest: &[&str], why: &str) {
    let ran = run(&mut command(store, rest));
    assert!(ran.code == 1 && ran.err.contains(why), "{rest:?}: {} {}", ran.code, ran.err);
}

fn add_user(store: &[String], login: &str, role: &str) {
    let mut child = command(store, &["user", "add", login, "--name", "Mette Eksempel", "--role", role])
        .stdin(Stdio::piped())
        .spawn()
        .expect("starts");
    child.stdin.take().expect("a pipe").write_all(b"a long enough password\n").expect("written");
    assert!(child.wait().expect("ends").success());
}

/// Three ads of two people, seen yesterday, and an old one that is due.
fn fill(store: &[String], folder: &Path) {
    let yesterday = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24);
    let ad = |id: &str, phone: &str, seen: &str| {
        format!(
            r#"{{"site":"s1","ad_id":"{id}","seen_at":["{seen}"],"title":"Annonce {id}","body":"Ring til mig i København, jeg glæder mig til at høre fra dig","fields":{{"phone":"{phone}","place":"2100 København Ø"}}}}"#
        )
    };
    let seen = yesterday.to_string();
    let lines = [
        ad("1", "34000051", &seen),
        ad("2", "34000051", &seen),
        ad("3", "67000053", &seen),
        ad("old", "94000054", "2019-01-01T10:00:00Z"),
    ];
    let file = folder.join("ads.jsonl");
    std::fs::write(&file, lines.join("\n")).expect("written");
    with(store, &["import", "ads", file.to_str().expect("UTF-8")]);
    with(store, &["analyse"]);
}

#[test]
fn the_log_shows_who_exported_what_and_a_cut_of_it_shows() {
    let folder = tempfile::tempdir().expect("a folder");
    for store in stores(folder.path()) {
        fill(&store, folder.path());
        with(&store, &["export", "mentions", "--purpose", "yearly supervision"]);
        let log = with(&store, &["audit", "list", "--kind", "export", "--json"]).out;
        let row: serde_json::Value = serde_json::from_str(log.lines().next().expect("a row")).expect("JSON");
        assert_eq!(
            (row["kind"].as_str(), row["purpose"].as_str()),
            (Some("export:mentions"), Some("yearly supervision"))
        );
        assert!(row["who"].as_str().expect("a name").len() > 2, "{row}");
        assert!(with(&store, &["audit", "verify"]).out.contains("none in"), "says that no anchor is there");
        with(&store, &["audit", "anchor"]);
        let verified = with(&store, &["audit", "verify"]).out;
        assert!(verified.contains("all hold") && verified.contains("anchors    1 in"), "{verified}");
        // The anchors of another store do not fit: as if this one had been put in the place of the one anchored.
        let file = std::fs::read_dir(folder.path()).expect("a folder").filter_map(|entry| Some(entry.ok()?.path()));
        let name = Path::new(&store[1]).file_name().expect("a name").to_str().expect("UTF-8").to_owned();
        let anchors: Vec<_> = file
            .filter(|path| {
                let own = path.file_name().and_then(|of| of.to_str()).unwrap_or_default();
                own.starts_with(&name) && own.ends_with("anchors.jsonl")
            })
            .collect();
        let text = std::fs::read_to_string(&anchors[0]).expect("the anchors");
        std::fs::write(&anchors[0], text.replace(r#""number":1"#, r#""number":7"#)).expect("written");
        let ran = run(&mut command(&store, &["audit", "verify"]));
        assert!(
            ran.code == 1 && ran.out.contains("FAULT") && ran.err.contains("data protection"),
            "{} {}",
            ran.out,
            ran.err
        );
    }
}

#[test]
fn what_is_due_goes_and_what_a_person_asks_for_is_done_after_a_check_and_a_restore_brings_nobody_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let secret = folder.path().join("passphrase");
    std::fs::write(&secret, "a passphrase of several words\n").expect("written");
    let secret = secret.to_str().expect("UTF-8");
    for (number, store) in stores(folder.path()).into_iter().enumerate() {
        fill(&store, folder.path());
        add_user(&store, "mette", "administrator");
        let due = with(&store, &["retention", "dry-run"]).out;
        assert!(due.contains("ads       ad") && due.contains("would be deleted"), "{due}");
        with(&store, &["retention", "hold", "s1/old", "--because", "a trial", "--by", "DPO"]);
        assert!(with(&store, &["retention", "dry-run"]).out.contains("nothing is due"));
        with(&store, &["retention", "release", "1", "--by", "DPO"]);
        assert!(with(&store, &["retention", "upcoming"]).out.contains("ads"));
        assert!(with(&store, &["retention", "run"]).out.contains("deleted"));
        assert!(with(&store, &["retention", "run"]).out.contains("nothing is due"));
        assert!(with(&store, &["retention", "show"]).out.contains("730 days"));

        let found = with(&store, &["subject", "find", "34 00 00 51", "--purpose", "request 12"]).out;
        assert!(found.contains("ads              2") && !found.contains("34000051"), "{found}");
        let answer = folder.path().join(format!("answer-{number}.json"));
        let out = answer.to_str().expect("UTF-8");
        refused(&store, &["subject", "export", "34000051", "--out", out], "bavn subject check");
        refused(&store, &["subject", "erase", "34000051"], "bavn subject check");
        let check = ["subject", "check", "34000051", "--checked-by", "mette", "--identity", "met", "--danger", "none"];
        with(&store, &check);
        with(&store, &["subject", "export", "34000051", "--out", out]);
        let text = std::fs::read_to_string(&answer).expect("the answer");
        assert!(text.contains("+4534000051") && text.contains("Annonce 2") && !text.contains("67000053"), "{text}");

        let backup = folder.path().join(format!("bavn-{number}.age"));
        let file = backup.to_str().expect("UTF-8");
        with(&store, &["backup", "create", file, "--secret", secret]);
        refused(&store, &["backup", "create", file, "--secret", secret], "never written over");
        let bytes = std::fs::read(&backup).expect("the backup");
        assert!(bytes.starts_with(b"age-encryption.org/v1") && !bytes.windows(9).any(|part| part == b"[telefon]"));
        let erased = with(&store, &["subject", "erase", "+45 34000051"]).out;
        assert!(erased.contains("2 ads"), "{erased}");
        with(&store, &["subject", "object", "67000053"]);
        assert!(with(&store, &["backup", "verify", file, "--secret", secret]).out.contains("hold"));
        let wrong = folder.path().join("wrong");
        std::fs::write(&wrong, "another passphrase\n").expect("written");
        refused(&store, &["backup", "verify", file, "--secret", wrong.to_str().expect("UTF-8")], "cannot be opened");

        // PostgreSQL is restored into an empty database; the list beside the data is the same.
        let mut restored = store.clone();
        if let Some(at) = restored.iter().position(|part| part == "--database") {
            refused(&store, &["backup", "restore", file, "--secret", secret], "holds something already");
            restored[at + 1] = crate::support::postgres_url();
            let name = |url: &str| url.rsplit('/').next().unwrap_or_default().to_owned();
            let list = |url: &str| folder.path().join(format!("postgres.{}.forgotten.jsonl", name(url)));
            std::fs::copy(list(&store[at + 1]), list(&restored[at + 1])).expect("the list is kept");
        }
        let told = with(&restored, &["backup", "restore", file, "--secret", secret]).err;
        assert!(told.contains("1 erasures"), "{told}");
        let found = with(&restored, &["subject", "find", "34000051", "--purpose", "after a restore"]).out;
        assert!(found.contains("ads              0"), "{found}");
        let other = with(&restored, &["subject", "find", "67000053", "--purpose", "after a restore"]).out;
        assert!(other.contains("ads              1") && !other.contains("objection        none"), "{other}");
        assert!(with(&restored, &["audit", "verify"]).out.contains("all hold"));
        with(&restored, &["analyse"]);
        assert!(!with(&restored, &["export", "mentions"]).out.contains("34000051"));
    }
}

#[test]
fn a_store_moves_to_postgresql_and_back_with_the_same_exports() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = stores(folder.path()).remove(0);
    fill(&store, folder.path());
    let key = folder.path().join("sqlite.key").display().to_string();
    let from = format!("sqlite:{}", folder.path().join("sqlite/bavn.sqlite").display());
    let (there, back) =
        (crate::support::postgres_url(), format!("sqlite:{}", folder.path().join("back.sqlite").display()));
    let key_arguments = ["--key".to_owned(), key.clone()];
    let told = with(&key_arguments, &["store", "copy", &from, &there]).out;
    assert!(told.contains("compared by digest"), "{told}");
    refused(&key_arguments, &["store", "copy", &from, &there], "holds something already");
    with(&key_arguments, &["store", "copy", &there, &back]);
    let exports = |url: &str| {
        let store = ["--database".to_owned(), url.to_owned(), "--key".to_owned(), key.clone()];
        ["mentions", "links", "entities", "assessments"].map(|form| with(&store, &["export", form]).out)
    };
    let original = exports(&from);
    assert!(original[0].contains("34000051"));
    assert_eq!(exports(&there), original);
    assert_eq!(exports(&back), original);
}
