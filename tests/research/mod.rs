//! `bavn export research`, `bavn export verify` and `bavn report`, on a demo: read by the tools of whoever receives them.

mod statistics;

use crate::support::{bavn, data, done, from_test_command, root, run};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// The demo's days lie in this period.
const PERIOD: [&str; 4] = ["--from", "2026-01-01", "--to", "2026-12-31"];

fn python(script: &str, argument: &Path) -> String {
    let mut command = Command::new(from_test_command("BAVN_TEST_PYTHON"));
    command.arg(root().join("tests/research").join(script)).arg(argument);
    done(&mut command).out
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(root, &path, found);
            } else {
                let name = path.strip_prefix(root).expect("below").display().to_string();
                found.insert(name, std::fs::read(&path).expect("a file"));
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, folder, &mut found);
    found
}

#[test]
fn a_package_and_a_report_leave_a_demo() {
    let folder = tempfile::tempdir().expect("a folder");
    let [flag, path] = data(folder.path());
    let config = folder.path().join("config").display().to_string();
    done(&mut bavn(&["--config", &config, "init"]));
    let recipients = folder.path().join("config/recipients.toml");
    let text = std::fs::read_to_string(&recipients).expect("recipients.toml");
    let other = "[[recipients]]\nname = \"other\"\norganisation = \"Other\"\nagreement = \"No. 7\"\nad_rows = true\nleast = 5\n";
    let base = ["--config", &config, &flag, &path];
    let ran = |more: &[&str]| run(&mut bavn(&[&base, more].concat()));
    assert_eq!(ran(&["demo", "--once", "--seed", "7", "--days", "6", "--advertisers", "200"]).code, 0);

    let export = |out: &str, more: &[&str]| {
        let to = folder.path().join(out).display().to_string();
        ran(&[&["export", "research"], &PERIOD[..], &["--out", &to], more].concat())
    };
    let first = export("one", &[]);
    assert_eq!(first.code, 0, "{}", first.err);
    assert!(first.err.contains("alike"), "{}", first.err);
    python("check.py", &folder.path().join("one"));
    assert_eq!(export("again", &[]).code, 0);
    let (one, again) = (files(&folder.path().join("one")), files(&folder.path().join("again")));
    for (name, bytes) in &one {
        assert!(again.get(name) == Some(bytes), "{name}: the same store gave other bytes");
    }
    no_contact_and_no_text(&one, &ran(&["export", "mentions"]).out);
    assert_ne!(export("one", &[]).code, 0, "a folder that holds something is left alone");

    std::fs::write(&recipients, format!("{text}{other}")).expect("recipients.toml");
    assert!(export("none", &[]).err.contains("--recipient"), "two recipients: one must be named");
    assert_eq!(export("other", &["--recipient", "other"]).code, 0);
    python("check.py", &folder.path().join("other"));
    let names = |package: &str| -> BTreeSet<String> {
        let text = std::fs::read_to_string(folder.path().join(package).join("data/advertisers.csv")).expect("rows");
        text.lines().skip(1).map(|line| line.split(',').next().unwrap_or_default().to_owned()).collect()
    };
    assert!(
        !names("one").is_empty() && names("one").is_disjoint(&names("other")),
        "two recipients can join their rows"
    );
    assert!(folder.path().join("other/data/ads.csv").exists() && !folder.path().join("one/data/ads.csv").exists());

    let verify = |package: &str| ran(&["export", "verify", &folder.path().join(package).display().to_string()]);
    let proved = verify("one");
    assert!(proved.code == 0 && proved.err.contains("byte for byte"), "{}", proved.err);
    std::fs::write(folder.path().join("again/data/coverage.csv"), "site\n").expect("written");
    let changed = verify("again");
    assert!(changed.code == 1 && changed.err.contains("data/coverage.csv: was changed"), "{}", changed.err);

    for (language, words) in [
        ("da", ["Sammenfatning", "Hvor mange annoncører der er"]),
        ("en", ["Summary", "How many advertisers there are"]),
    ] {
        let file = folder.path().join(format!("{language}.pdf"));
        let to = file.display().to_string();
        let made = ran(&[&["report"], &PERIOD[..], &["--out", &to, "--lang", language]].concat());
        assert_eq!(made.code, 0, "{}", made.err);
        let read: Value = serde_json::from_str(&python("pdf.py", &file)).expect("JSON");
        let text = read["text"].as_str().expect("text");
        for word in words {
            assert!(text.contains(word), "{word} is not in the PDF's text");
        }
        assert!(read["pages"].as_u64() > Some(3) && read["tagged"] == true && read["language"] == language, "{read}");
        assert!(
            read["title"].as_str().is_some_and(|title| title.len() > 10) && text.contains("/ "),
            "title and page numbers"
        );
        assert!(read["bookmarks"].as_array().is_some_and(|items| items.len() >= 8), "{}", read["bookmarks"]);
    }
    a_finding(folder.path(), &ran);
    gone(folder.path(), &ran);
    let wrong = ran(&["report", "--from", "2026-12-31", "--to", "2026-01-01", "--out", "x.pdf"]);
    assert!(wrong.code == 1 && wrong.err.contains("--from"), "{}", wrong.err);
}

/// After a deletion the package is still as it was made, and what is gone from its source is said.
fn gone(folder: &Path, ran: &dyn Fn(&[&str]) -> crate::support::Ran) {
    let settings = folder.join("config/bavn.toml");
    let text = std::fs::read_to_string(&settings).expect("bavn.toml");
    std::fs::write(&settings, text.replacen("ads_days    = 730", "ads_days    = 3", 1)).expect("written");
    let deleted = ran(&["retention", "run"]);
    assert!(deleted.code == 0 && deleted.out.contains("deleted"), "{}{}", deleted.out, deleted.err);
    let verified = ran(&["export", "verify", &folder.join("one").display().to_string()]);
    assert!(verified.err.contains("ads") && verified.err.contains("gone: "), "{}", verified.err);
    assert!(!verified.err.contains("byte for byte") && !verified.err.contains("was changed"), "{}", verified.err);
}

/// The id of a case in a state: ids and states lie in clear.
fn one_case(folder: &Path, state: &str) -> String {
    let mut command = Command::new(from_test_command("BAVN_TEST_PYTHON"));
    let ask = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT id FROM case_file WHERE state = ? ORDER BY id', \
               (sys.argv[2],)).fetchone()[0])";
    command.args(["-c", ask]).arg(folder.join("data/bavn.sqlite")).arg(state);
    done(&mut command).out.trim().to_owned()
}

/// A case that the demo's researcher closed, and one that is open.
fn a_finding(folder: &Path, ran: &dyn Fn(&[&str]) -> crate::support::Ran) {
    let open = one_case(folder, "open");
    let assessments = ran(&["export", "assessments"]).out;
    let high = assessments
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .find(|row| row["band"] == "high");
    let ad = high.expect("somebody of band high")["ads"][0].clone();
    let line = serde_json::json!({
        "site": ad[0], "ad_id": ad[1], "decision": "offer_outreach", "reason": "several_signs", "by": "Register", "at": "2026-11-20T10:00:00+01:00",
    });
    let register = folder.join("decisions.jsonl");
    std::fs::write(&register, format!("{line}\n")).expect("written");
    let imported = ran(&["import", "decisions", &register.display().to_string()]);
    assert_eq!(imported.code, 0, "{}", imported.err);
    let decided = one_case(folder, "decided");
    let file = folder.join("finding.pdf").display().to_string();
    let made = ran(&["export", "finding", &decided, "--out", &file, "--lang", "en"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let read: Value = serde_json::from_str(&python("pdf.py", &folder.join("finding.pdf"))).expect("JSON");
    // A checksum's letters are of several widths: it stands on the line of its words or on the next.
    let text = read["text"].as_str().expect("text").split_whitespace().collect::<Vec<_>>().join(" ");
    for word in ["Counter-evidence", "Checksum of the above:"] {
        assert!(text.contains(word), "{word} is not in the finding");
    }
    // Which case comes first by its id, and so what was decided about it, is the demo's to draw.
    let decisions = ["offer_outreach", "no_concern", "watch", "spam_scam", "spam"];
    assert!(decisions.iter().any(|decision| text.contains(decision)), "no decision is in the finding: {text}");
    let refused = ran(&["export", "finding", &open, "--out", &file]);
    assert!(refused.code == 1 && refused.err.contains("is not closed"), "{}", refused.err);
}

/// Neither a number, address or name that the reader found, nor the site's own id of an ad, is in any file.
fn no_contact_and_no_text(package: &BTreeMap<String, Vec<u8>>, mentions: &str) {
    let mut secrets = BTreeSet::new();
    for line in mentions.lines() {
        let row: Value = serde_json::from_str(line).expect("JSON");
        for (kind, key) in
            [("phones", "e164"), ("emails", "address"), ("urls", "url"), ("addresses", "text"), ("handles", "handle")]
        {
            for mention in row[kind].as_array().into_iter().flatten() {
                secrets.extend(mention[key].as_str().map(|text| text.trim_start_matches("+45").to_owned()));
            }
        }
    }
    secrets.retain(|secret| secret.len() >= 6);
    assert!(secrets.len() > 50, "{} contacts are too few to show anything", secrets.len());
    for (name, bytes) in package {
        let text = String::from_utf8_lossy(bytes);
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{name} holds a contact");
        }
    }
}
