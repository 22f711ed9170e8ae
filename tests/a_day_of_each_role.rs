//! Each role's day in Debian's Chromium on a served demo, on both databases (tests/ui/walk.mjs). Set
//! `BAVN_SCREENSHOTS=DIR` to keep a picture of every page.

use crate::support::{Child, axe, bavn, from_test_command, root};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Serves a small demo; gives its address and its log-ins.
fn serve_demo(store: &[String]) -> (Child, String, serde_json::Map<String, serde_json::Value>) {
    let mut arguments: Vec<&str> = store.iter().map(String::as_str).collect();
    arguments.extend(["demo", "--days", "8", "--advertisers", "200", "--seed", "1", "--listen", "127.0.0.1:0"]);
    let mut command = bavn(&arguments);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().expect("starts");
    let mut base = String::new();
    let mut accounts = serde_json::Map::new();
    let out = child.stdout.take().expect("standard output");
    let child = Child(child);
    for line in BufReader::new(out).lines() {
        let line = line.expect("UTF-8");
        if let Some(address) = line.strip_prefix("bavn is at ") {
            base = address.trim_end_matches('/').to_owned();
        } else if line.starts_with("Stop with") {
            break;
        } else {
            let mut words = line.split_whitespace();
            if let (Some(login), Some(password)) = (words.next(), words.next()) {
                accounts.insert(login.to_owned(), password.into());
            }
        }
    }
    assert!(!base.is_empty(), "the demo ended before it served");
    (child, base, accounts)
}

fn walk(store: &[String], name: &str) {
    let (_child, base, accounts) = serve_demo(store);
    let mut command = Command::new(from_test_command("BAVN_TEST_NODE"));
    command.current_dir(root().join("tests/ui")).arg("walk.mjs").arg(&base);
    command.arg(serde_json::Value::Object(accounts).to_string());
    command.env("BAVN_AXE", axe(name));
    if let Ok(folder) = std::env::var("BAVN_SCREENSHOTS") {
        command.arg(format!("{folder}/{name}"));
    }
    let output = command.stdin(Stdio::null()).output().expect("node starts");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    assert!(told.contains("pages looked at"), "{told}");
}

#[test]
fn on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    walk(&["--data".to_owned(), folder.path().join("data").display().to_string()], "sqlite");
}

#[test]
fn on_postgresql() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("demo.key").display().to_string();
    walk(&["--database".to_owned(), crate::support::postgres_url(), "--key".to_owned(), key], "postgres");
}
