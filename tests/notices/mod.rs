//! The urgent route's notices through a real SMTP server (PyPI's aiosmtpd): sent once, tried again, escalated, answered,
//! and never with anything personal in them.

use crate::support::{Child, bavn, done, free_port, from_test_command, mails, root, wait_for};
use std::process::{Command, Stdio};

#[test]
fn the_people_appointed_are_told_without_anything_personal_and_others_where_nobody_answers() {
    let folder = tempfile::tempdir().expect("a folder");
    let (inbox, port) = (folder.path().join("inbox"), free_port());
    std::fs::create_dir(&inbox).expect("made");
    let mut server = Command::new(from_test_command("BAVN_TEST_PYTHON"));
    server.arg(root().join("tests/notices/server.py")).arg(&inbox).arg(port.to_string());
    let _server = Child(server.stdin(Stdio::null()).spawn().expect("python starts"));
    wait_for(&format!("127.0.0.1:{port}"), 30);

    let config = folder.path().join("config");
    let (config_text, data) = (config.display().to_string(), folder.path().join("data").display().to_string());
    let with = |rest: &[&str]| {
        let mut arguments = vec!["--config", &config_text, "--data", &data];
        arguments.extend(rest);
        done(&mut bavn(&arguments))
    };
    done(&mut bavn(&["--config", &config_text, "init"]));
    let set = |file: &str, changes: &[(&str, String)]| {
        let path = config.join(file);
        let mut text = std::fs::read_to_string(&path).expect("read");
        for (from, to) in changes {
            assert!(text.contains(from), "{file}: {from}");
            text = text.replacen(from, to, 1);
        }
        std::fs::write(path, text).expect("written");
    };
    set(
        "bavn.toml",
        &[
            ("server        = \"\"", "server        = \"127.0.0.1\"".to_owned()),
            ("port          = 587", format!("port          = {port}")),
            ("security      = \"starttls\"", "security      = \"none\"".to_owned()),
            ("from          = \"\"", "from          = \"bavn <bavn@example.dk>\"".to_owned()),
            ("pages_url     = \"\"", "pages_url     = \"https://bavn.example.dk/\"".to_owned()),
        ],
    );
    let people = "people      = [{ login = \"anna\", email = \"gone@example.dk\" }, { login = \"ulla\", email = \"ulla@example.dk\" }, { login = \"per\", email = \"per@example.dk\" }]";
    set(
        "programmes/initiative-1.toml",
        &[
            ("people      = []", people.to_owned()),
            ("escalate_to = []", "escalate_to = [\"leder@example.dk\"]".to_owned()),
            ("answer_min  = 60", "answer_min  = 0".to_owned()),
            (
                "# [duty] ",
                "[duty]\ntext = { da = \"Underret kommunen.\", en = \"Notify the municipality.\" }\nlaw = \"Barnets lov § 133\"\nchecked = \"2026-11-01\"\n# ".to_owned(),
            ),
        ],
    );
    let ads = folder.path().join("ads.jsonl");
    std::fs::write(
        &ads,
        r#"{"site":"s1","ad_id":"1","seen_at":["2026-10-01T15:00:00+02:00"],"title":"Mia i Aarhus","body":"Jeg er 17 år. Ring 34 00 00 61","fields":{"phone":"34000061","place":"8000 Aarhus C"}}"#,
    )
    .expect("written");
    with(&["import", "ads", ads.to_str().expect("UTF-8")]);
    // The server refuses at first: nothing is lost, and the next try comes through.
    std::fs::write(inbox.join("refuse"), "").expect("written");
    let told = with(&["analyse"]);
    assert!(told.err.contains("1 urgent"), "{}", told.err);
    assert!(mails(&inbox).is_empty());
    std::fs::remove_file(inbox.join("refuse")).expect("removed");
    with(&["analyse"]);
    let sent = mails(&inbox);
    // One of three has no such address any more: the two others are told all the same, and once.
    assert_eq!(sent.len(), 3, "two people appointed, then one where nobody answered in time: {sent:?}");
    for (mail, to) in sent.iter().zip(["ulla@example.dk", "per@example.dk", "leder@example.dk"]) {
        assert!(mail.contains(&format!("To: {to}")), "{mail}");
        assert!(
            mail.contains("https://bavn.example.dk/") && mail.contains("133") && mail.contains("2026-11-01"),
            "{mail}"
        );
        for personal in ["Mia", "17", "34000061", "34 00 00 61", "Aarhus", "case_", "s1"] {
            let body = mail.replace("2026-11-01", "");
            assert!(!body.contains(personal), "{personal}: {mail}");
        }
    }
    with(&["analyse"]);
    assert_eq!(mails(&inbox).len(), 3, "each is told once");
    let wrong = config.join("bavn.toml");
    let text = std::fs::read_to_string(&wrong)
        .expect("read")
        .replace("server        = \"127.0.0.1\"", "server        = \"mail.example.dk\"");
    std::fs::write(&wrong, text).expect("written");
    let refused = crate::support::run(&mut bavn(&["--config", &config_text, "--data", &data, "analyse"]));
    assert!(refused.code == 1 && refused.err.contains("smtp.security"), "{}", refused.err);
}
