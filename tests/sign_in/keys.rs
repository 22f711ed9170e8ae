//! The master key from outside: where it may come from, its change, ended at any moment, and what lies in the files.

use super::Place;
use crate::support::{Child, run};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

fn ads(count: u32) -> String {
    let ad = |n: u32| {
        serde_json::json!({
            "site": "s1", "ad_id": format!("canaryad{n}"), "seen_at": ["2026-10-01T15:00:00+02:00"],
            "title": "Lone i Aarhus", "body": format!("Ring {} canaryword{n}", 34_001_000 + n),
            "fields": { "phone": format!("{}", 34_001_000 + n), "place": "8000 Aarhus C", "name": "Lone" },
        })
        .to_string()
    };
    (0..count).map(ad).collect::<Vec<_>>().join("\n")
}

fn place(count: u32) -> Place {
    let place = Place::new(None);
    let file = place.path("ads.jsonl");
    std::fs::write(&file, ads(count)).expect("written");
    place.run(&["import", "ads", file.to_str().expect("UTF-8")]);
    place.run(&["analyse"]);
    place.run(&["objection", "add", "34001003"]);
    place
}

/// What is exported in clear, with the numbers.
fn known(place: &Place) -> (String, String) {
    (place.run(&["export", "mentions"]).out, place.run(&["objection", "list"]).out.lines().count().to_string())
}

fn holds(folder: &Path, needle: &[u8]) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path());
    files.filter(|file| std::fs::read(file).expect("read").windows(needle.len()).any(|part| part == needle)).collect()
}

#[test]
fn a_change_of_the_key_ended_at_any_moment_goes_on_and_loses_nothing() {
    let place = place(150);
    let before = known(&place);
    let key = place.path("data.key");
    let old = std::fs::read_to_string(&key).expect("a key");
    let mut killed = 0;
    for wait in [40, 80, 120, 160, 200, 250, 300, 400, 500, 700] {
        let mut command = place.command(&["key", "rotate"]);
        let mut child = Child(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts"));
        std::thread::sleep(Duration::from_millis(wait));
        if child.0.try_wait().expect("asked").is_some() {
            break;
        }
        drop(child);
        killed += 1;
        // Either it is as before, or everybody is told to finish it; nothing is lost in between.
        let looked = run(&mut place.command(&["objection", "list"]));
        assert!(looked.code == 0 || looked.err.contains("bavn key rotate"), "{}", looked.err);
    }
    assert!(killed > 0, "it was ended at least once");
    let told = run(&mut place.command(&["key", "rotate"]));
    // A change that was done before this one begins another; both are good.
    assert_eq!(told.code, 0, "{}", told.err);
    assert_eq!(known(&place), before);
    let new = std::fs::read_to_string(&key).expect("a key");
    assert_ne!(old, new);
    assert!(place.run(&["objection", "add", "34001003"]).out.contains("known already"), "still covered");
    assert!(place.run(&["audit", "verify"]).code == 0);
    assert_eq!(place.run(&["analyse"]).code, 0);
    assert_eq!(known(&place).0, before.0);
    // The old key opens nothing more, and nothing lies in clear.
    let file = place.path("old.key");
    std::fs::write(&file, &old).expect("written");
    let refused = run(&mut place.command(&["--key", file.to_str().expect("UTF-8"), "objection", "list"]));
    assert!(refused.code == 1 && refused.err.contains("does not fit"), "{}", refused.err);
    let kept =
        std::fs::read_dir(place.folder.path()).expect("a folder").map(|entry| entry.expect("a file").file_name());
    assert!(kept.filter(|name| name.to_string_lossy().starts_with("data.key.old-")).count() >= 1);
    for needle in ["34001007", "canaryad7", "canaryword7"] {
        let found = holds(&place.path("data"), needle.as_bytes());
        // Words without a number stand in the masked text, in clear (SECURITY.md).
        assert!(found.is_empty() || needle == "canaryword7", "{needle} lies in {found:?}");
    }
    for key in [&old, &new] {
        let bytes: Vec<u8> = key
            .trim()
            .as_bytes()
            .chunks(2)
            .map(|two| u8::from_str_radix(std::str::from_utf8(two).expect("hex"), 16).expect("hex"))
            .collect();
        assert!(
            holds(&place.path("data"), &bytes).is_empty()
                && holds(&place.path("data"), key.trim().as_bytes()).is_empty()
        );
    }
}

#[test]
fn a_backup_from_before_the_change_brings_nobody_back() {
    let place = place(8);
    let secret = place.path("secret");
    std::fs::write(&secret, "a passphrase for the test\n").expect("written");
    let (backup, secret) = (place.path("backup.age").display().to_string(), secret.display().to_string());
    place.run(&["backup", "create", &backup, "--secret", &secret]);
    place.run(&["objection", "add", "34001005"]);
    let old = place.path("data.key");
    let kept = place.path("kept.key");
    std::fs::copy(&old, &kept).expect("copied");
    place.run(&["key", "rotate"]);
    place.run(&["objection", "add", "34001006"]);
    let lines = place.run(&["objection", "list"]).out.lines().count();
    let (kept, new) = (kept.display().to_string(), old.display().to_string());
    place.run(&["backup", "create", &place.path("later.age").display().to_string(), "--secret", &secret]);
    let unlike = run(&mut place.command(&["--key", &kept, "backup", "restore", &backup, "--secret", &secret]));
    assert!(unlike.code == 1 && unlike.err.contains("--then-key"), "{}", unlike.err);
    place.run(&["--key", &kept, "backup", "restore", &backup, "--secret", &secret, "--then-key", &new]);
    assert_eq!(place.run(&["objection", "list"]).out.lines().count(), lines, "those made since the backup too");
    for contact in ["34001003", "34001005", "34001006"] {
        assert!(place.run(&["objection", "add", contact]).out.contains("known already"), "{contact}");
    }
}

#[test]
fn the_key_may_come_from_a_file_the_environment_or_a_systemd_credential() {
    let place = place(2);
    let key = std::fs::read_to_string(place.path("data.key")).expect("a key");
    std::fs::rename(place.path("data.key"), place.path("away.key")).expect("moved");
    let list = || place.command(&["objection", "list"]);
    let missing = run(&mut list());
    assert!(missing.code == 1 && missing.err.contains("put it back"), "{}", missing.err);
    assert_eq!(run(list().env("BAVN_MASTER_KEY_FILE", place.path("away.key"))).code, 0);
    assert_eq!(run(list().env("BAVN_MASTER_KEY", &key)).code, 0);
    let folder = place.path("credentials");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("bavn.key"), &key).expect("written");
    assert_eq!(run(list().env("CREDENTIALS_DIRECTORY", &folder)).code, 0);
    let wrong = run(list().env("BAVN_MASTER_KEY", "abcd"));
    assert!(wrong.code == 1 && wrong.err.contains("BAVN_MASTER_KEY") && wrong.err.contains("2 bytes"), "{}", wrong.err);
    assert!(!wrong.err.contains("abcd"), "{}", wrong.err);
}
