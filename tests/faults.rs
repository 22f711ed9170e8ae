//! What breaks under bavn: a disk that cannot be written, a damaged page. Nothing is lost, and each is said clearly.

use crate::support::{Ran, done, run};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Command;

/// bavn as a user who is not root, to whom rights of files mean something.
fn as_user(folder: &Path, arguments: &[&str]) -> Command {
    let program = env!("CARGO_BIN_EXE_bavn");
    let root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    let mut command = if root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--", program]);
        command
    } else {
        Command::new(program)
    };
    for name in ["BAVN_DATABASE", "BAVN_MASTER_KEY_FILE", "BAVN_LOG"] {
        command.env_remove(name);
    }
    let (config, data) = (folder.join("config"), folder.join("data"));
    command.arg("--config").arg(config).arg("--data").arg(data).args(arguments).current_dir("/");
    command
}

fn given(folder: &Path) {
    let root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    if root {
        let given = Command::new("chown").args(["-R", "postgres:postgres"]).arg(folder).status();
        assert!(given.expect("chown runs").success());
    }
}

fn ads(folder: &Path, name: &str, count: u32) -> String {
    let lines: Vec<String> = (0..count)
        .map(|n| {
            format!(
                r#"{{"site":"s1","ad_id":"{name}{n}","seen_at":["2026-10-01T15:00:00+02:00"],"title":"Annonce {n}","body":"{}"}}"#,
                "Jeg er ny i byen og glæder mig til at høre fra dig. ".repeat(20)
            )
        })
        .collect();
    let file = folder.join(format!("{name}.jsonl"));
    std::fs::write(&file, lines.join("\n")).expect("written");
    file.display().to_string()
}

/// Rights of the folder and every file in it, as `chmod` takes them.
fn rights(folder: &Path, of_folder: u32, of_files: u32) {
    std::fs::set_permissions(folder, PermissionsExt::from_mode(of_folder)).expect("set");
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        std::fs::set_permissions(entry.path(), PermissionsExt::from_mode(of_files)).expect("set");
    }
}

#[test]
fn a_disk_that_cannot_be_written_is_said_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).expect("set");
    let (first, second) = (ads(path, "a", 20), ads(path, "b", 20));
    given(path);
    let bavn = |arguments: &[&str]| -> Ran { run(&mut as_user(path, arguments)) };
    done(&mut as_user(path, &["init"]));
    done(&mut as_user(path, &["import", "ads", &first]));
    done(&mut as_user(path, &["analyse"]));
    let before = done(&mut as_user(path, &["export", "entities"])).out;
    let data = path.join("data");
    rights(&data, 0o555, 0o444);
    for arguments in [&["import", "ads", second.as_str()][..], &["analyse", "--all"], &["export", "mentions"]] {
        let ran = bavn(arguments);
        assert_eq!(ran.code, 1, "{arguments:?}: {}", ran.err);
        assert!(
            ran.err.contains("cannot be written") && ran.err.contains("make") && !ran.err.contains("panicked"),
            "{arguments:?}: {}",
            ran.err
        );
    }
    rights(&data, 0o700, 0o600);
    assert_eq!(done(&mut as_user(path, &["export", "entities"])).out, before);
    done(&mut as_user(path, &["import", "ads", &second]));
    done(&mut as_user(path, &["analyse"]));
    assert_eq!(done(&mut as_user(path, &["export", "entities"])).out.lines().count(), 40);
}

#[test]
fn a_damaged_page_is_found_and_the_backup_brings_all_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).expect("set");
    let (file, secret, backup) = (ads(path, "a", 60), path.join("secret"), path.join("whole.age"));
    std::fs::write(&secret, "a passphrase of several words\n").expect("written");
    given(path);
    done(&mut as_user(path, &["init"]));
    done(&mut as_user(path, &["import", "ads", &file]));
    done(&mut as_user(path, &["analyse"]));
    let before = done(&mut as_user(path, &["export", "mentions"])).out;
    let (secret, backup) = (secret.display().to_string(), backup.display().to_string());
    done(&mut as_user(path, &["backup", "create", &backup, "--secret", &secret]));
    // A third of the file, page by page, as a dying disk would: the head stays, so that it still is a database.
    let store = path.join("data/bavn.sqlite");
    let mut bytes = std::fs::read(&store).expect("the store");
    let pages = bytes.len() / 4096;
    for page in (pages / 3)..(pages * 2 / 3) {
        bytes[page * 4096..page * 4096 + 4096].fill(0xa5);
    }
    std::fs::write(&store, bytes).expect("written");
    let doctor = run(&mut as_user(path, &["doctor"]));
    let told = format!("{}{}", doctor.out, doctor.err);
    assert!(doctor.code == 1 && told.contains("BROKEN") && told.contains("restore"), "{told}");
    let export = run(&mut as_user(path, &["export", "mentions"]));
    assert!(!export.err.contains("panicked"), "{}", export.err);
    if export.code != 0 {
        assert!(export.err.contains("restore") || export.err.contains("doctor"), "{}", export.err);
    }
    done(&mut as_user(path, &["backup", "restore", &backup, "--secret", &secret]));
    assert_eq!(done(&mut as_user(path, &["export", "mentions"])).out, before);
}
