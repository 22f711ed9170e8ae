//! A worker's whole day at phone size in Chromium, in both languages and on both databases; whoever objected is gone from
//! tomorrow's list, also under a new ad with a new number. Set `BAVN_SCREENSHOTS=DIR` to keep a picture of every page.

use crate::support::{
    Child, add_worker, axe, bavn, done, free_port, from_test_command, postgres_url, root, wait_for, with,
};
use jiff::civil::Date;
use std::process::{Command, Stdio};

/// The Danish day of the machine, and days from it.
fn day(ahead: i64) -> Date {
    let today =
        jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::get("Europe/Copenhagen").expect("a zone")).date();
    today.saturating_add(jiff::Span::new().days(ahead))
}

const WORDS: &str = "Jeg tager imod i rolige omgivelser midt i byen og glæder mig meget til at høre fra dig, ring eller \
                     skriv i god tid så finder vi et tidspunkt der passer os begge";

fn ad(id: &str, name: &str, place: &str, phone: &str, body: &str, days: [i64; 2]) -> String {
    let seen: Vec<String> = days.iter().map(|ahead| format!("{}T20:00:00+01:00", day(*ahead))).collect();
    serde_json::json!({
        "site": "s1", "ad_id": id, "seen_at": seen, "title": format!("{name} i byen"), "body": body,
        "fields": { "phone": phone, "place": place, "name": name },
    })
    .to_string()
}

fn offer(id: &str) -> String {
    serde_json::json!({
        "site": "s1", "ad_id": id, "decision": "offer_outreach", "reason": "register", "by": "Kim",
        "at": format!("{}T22:00:00+01:00", day(-1)),
    })
    .to_string()
}

fn worker_day(store: &[String], name: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    // A programme that allows copies, with a number for interpreters.
    let config = folder.path().join("config").display().to_string();
    done(&mut bavn(&["init", "--config", &config]));
    let file = folder.path().join("config/programmes/initiative-1.toml");
    let text = std::fs::read_to_string(&file).expect("read");
    let allowed = text.replace("paper = false", "paper = true").replace("csv   = false", "csv   = true");
    let allowed = allowed.replace("interpreter = \"\"", "interpreter = \"67 00 00 55\"");
    assert!(allowed.contains("csv   = true") && allowed.contains("67 00 00 55"));
    std::fs::write(&file, allowed).expect("written");
    let store = &[store, &["--config".to_owned(), config]].concat()[..];
    let write = |file: &str, lines: &[String]| {
        let file = folder.path().join(file);
        std::fs::write(&file, lines.join("\n")).expect("written");
        file.display().to_string()
    };
    let karen = "Kom forbi til en snak og en kop kaffe når det passer dig, jeg svarer selv og har god tid hele ugen";
    let ads = [
        ad("1", "Lone", "8000 Aarhus C", "34000061", WORDS, [-2, -1]),
        ad("2", "Karen", "5000 Odense C", "37000062", karen, [-2, -1]),
    ];
    with(store, &["import", "ads", &write("ads.jsonl", &ads)]);
    with(store, &["analyse"]);
    with(store, &["import", "decisions", &write("decisions.jsonl", &[offer("1"), offer("2")])]);
    let made = with(store, &["list", "--date", &day(0).to_string(), "--team", "vest"]).out;
    assert!(made.contains("2 lines"), "{made}");
    let password = "en lang adgangskode";
    for (login, name) in [("ida", "Ida Hansen"), ("bo", "Bo Holm"), ("ina", "Ina Hansen"), ("bodil", "Bodil Holm")] {
        add_worker(store, login, name, "vest", password);
    }

    let address = format!("127.0.0.1:{}", free_port());
    let mut arguments: Vec<&str> = store.iter().map(String::as_str).collect();
    arguments.extend(["serve", "--listen", &address]);
    let server = Child(bavn(&arguments).stderr(Stdio::null()).spawn().expect("starts"));
    wait_for(&address, 60);
    let mut objected = Vec::new();
    // Each signs in for the first time, and is asked to set an app up.
    for (logins, language) in [("ida,bo", "da"), ("ina,bodil", "en")] {
        let mut walk = Command::new(from_test_command("BAVN_TEST_NODE"));
        walk.current_dir(root().join("tests/ui")).arg("worker.mjs").arg(format!("http://{address}"));
        walk.args([logins, password, language, "+4534000061,+4537000062"]).env("BAVN_AXE", axe(name));
        if let Ok(shots) = std::env::var("BAVN_SCREENSHOTS") {
            walk.arg(format!("{shots}/{name}"));
        }
        let walked = walk.stdin(Stdio::null()).output().expect("node starts");
        let told = String::from_utf8_lossy(&walked.stdout).trim().to_owned();
        assert!(walked.status.success(), "{language}: {told}{}", String::from_utf8_lossy(&walked.stderr));
        objected.push(told);
    }
    objected.sort();
    assert_eq!(objected, ["+4534000061", "+4537000062"], "each walk met its own line");
    drop(server);

    // Tomorrow: the same ads, and a new one of Lone's with a new number beside the old one.
    let both = format!("{WORDS}. Nyt nummer 34000069, det gamle 34000061 virker lidt endnu");
    let moved = [ad("3", "Lone", "8000 Aarhus C", "34000069", &both, [-1, -1])];
    with(store, &["import", "ads", &write("moved.jsonl", &moved)]);
    with(store, &["analyse"]);
    with(store, &["import", "decisions", &write("more.jsonl", &[offer("3")])]);
    let made = with(store, &["list", "--date", &day(1).to_string(), "--team", "vest", "--why"]).out;
    assert!(made.contains("0 lines") && made.contains("An objection holds"), "{made}");
}

#[test]
fn on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    worker_day(&["--data".to_owned(), folder.path().join("data").display().to_string()], "sqlite");
}

#[test]
fn on_postgresql() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("store.key");
    std::fs::write(&key, "ef".repeat(32)).expect("written");
    worker_day(&["--database".to_owned(), postgres_url(), "--key".to_owned(), key.display().to_string()], "postgres");
}
