//! Objections from outside: how far one reaches in real links, on both databases, and the public pages on their own
//! listener.

use crate::support::{Child, bavn, done, free_port, run, stores, wait_for, with};
use std::io::{Read, Write};
use std::net::TcpStream;

fn ad(id: &str, phone: &str, name: &str, body: &str, days: std::ops::RangeInclusive<u32>) -> String {
    let seen: Vec<String> = days.map(|day| format!("2026-10-{day:02}T15:00:00+02:00")).collect();
    serde_json::json!({
        "site": "s1", "ad_id": id, "seen_at": seen, "title": format!("{name} i Aarhus"), "body": body,
        "fields": { "phone": phone, "place": "8000 Aarhus C", "name": name },
    })
    .to_string()
}

fn decide(id: &str, day: u32) -> String {
    format!(
        r#"{{"site":"s1","ad_id":"{id}","decision":"offer_outreach","reason":"register","by":"Kim","at":"2026-10-{day:02}T16:00:00+02:00"}}"#
    )
}

/// The lines of the list of a day, as exported.
fn list(store: &[String], day: u32) -> Vec<serde_json::Value> {
    with(store, &["list", "--date", &format!("2026-10-{day:02}"), "--team", "vest"]);
    let out = with(store, &["export", "contact-list"]).out;
    let lines = out.lines().map(|line| serde_json::from_str(line).expect("JSON"));
    lines.filter(|line: &serde_json::Value| line["date"] == format!("2026-10-{day:02}")).collect()
}

fn contacts(lines: &[serde_json::Value]) -> Vec<String> {
    let mut found: Vec<String> = lines
        .iter()
        .flat_map(|line| line["contacts"].as_array().expect("contacts"))
        .map(|contact| contact.as_str().expect("text").to_owned())
        .collect();
    found.sort();
    found
}

const WORDS: &str = "Jeg tager imod i rolige omgivelser midt i byen og glæder mig meget til at høre fra dig, ring eller \
                     skriv i god tid så finder vi et tidspunkt der passer os begge";

#[test]
fn one_persona_is_left_alone_also_under_a_new_number_and_eight_persons_are_not_silenced_by_one() {
    let folder = tempfile::tempdir().expect("a folder");
    for store in stores(folder.path()) {
        let write = |name: &str, lines: &[String]| {
            let file = folder.path().join(name);
            std::fs::write(&file, lines.join("\n")).expect("written");
            file.display().to_string()
        };
        // Lone changes her number while both stand in one ad; a desk runs eight numbers for eight names.
        let lone = ad("lone1", "34000061", "Lone", WORDS, 1..=3);
        let desk = (0..8).map(|n| {
            let (own, next) = (format!("370000{}", 20 + n), format!("370000{}", 20 + (n + 1) % 8));
            let body = format!("Ring {own} eller {next}. Vi er nye i byen, nummer {n} af os venter, kom forbi");
            ad(
                &format!("desk{n}"),
                &own,
                ["Anna", "Mia", "Eva", "Ida", "Sofie", "Maria", "Nina", "Olga"][n],
                &body,
                1..=3,
            )
        });
        let ads: Vec<String> = std::iter::once(lone).chain(desk).collect();
        with(&store, &["import", "ads", &write("ads.jsonl", &ads)]);
        with(&store, &["analyse"]);
        with(&store, &["import", "decisions", &write("decisions.jsonl", &[decide("lone1", 3), decide("desk0", 3)])]);
        let before = contacts(&list(&store, 4));
        assert_eq!(before.len(), 9, "Lone's number and the desk's eight: {before:?}");

        let told = with(&store, &["objection", "add", "34 00 00 61", "--purpose", "she rang"]).out;
        assert!(told.contains("kept: covers 1 contact"), "{told}");
        let told = with(&store, &["objection", "add", "37 00 00 22"]).out;
        assert!(told.contains("a named person is to decide"), "{told}");
        assert!(with(&store, &["objection", "add", "+4537000022"]).out.contains("known already"));
        let after = contacts(&list(&store, 4));
        assert_eq!(after.len(), 7, "one number less for the desk, nobody else silenced: {after:?}");
        assert!(!after.contains(&"+4534000061".to_owned()) && !after.contains(&"+4537000022".to_owned()), "{after:?}");

        // Lone's next ad has a new number beside the old one, the one after that the new number alone.
        let both = format!("{WORDS}. Nyt nummer 34000062, det gamle 34000061 virker lidt endnu");
        let moved = [ad("lone2", "34000062", "Lone", &both, 4..=5), ad("lone3", "34000062", "Lone", WORDS, 6..=7)];
        with(&store, &["import", "ads", &write("moved.jsonl", &moved)]);
        with(&store, &["analyse"]);
        with(&store, &["import", "decisions", &write("more.jsonl", &[decide("lone3", 7)])]);
        let later = contacts(&list(&store, 8));
        assert!(!later.iter().any(|contact| contact.starts_with("+453400006")), "the new number too: {later:?}");
        assert_eq!(later.len(), 7, "{later:?}");
        let rows = with(&store, &["objection", "list"]).out;
        assert!(rows.contains("covers 2 contacts"), "kept as hashes, so that it outlives the ads: {rows}");
        assert!(!rows.contains("3400") && !rows.contains("3700"), "no number is printed: {rows}");

        // A named person lets the other objection cover the desk, and takes it back.
        let open = with(&store, &["objection", "list", "--open", "--json"]).out;
        let open: serde_json::Value = serde_json::from_str(open.trim()).expect("one objection is open");
        let question = open["questions"][0]["question"].to_string();
        let decide = ["objection", "decide", &question, "--extent", "advertiser", "--because", "one woman, she says"];
        with(&store, &decide);
        assert!(list(&store, 8).is_empty(), "the whole desk");
        with(&store, &["objection", "undo", &question]);
        assert_eq!(contacts(&list(&store, 8)).len(), 7, "taken back");
        let mine = open["objection"].to_string();
        with(&store, &["objection", "withdraw", &mine, "--because", "she asked by mail"]);
        assert_eq!(contacts(&list(&store, 8)).len(), 8, "withdrawn");
        let mut wrong: Vec<&str> = store.iter().map(String::as_str).collect();
        wrong.extend(["objection", "add", "hello"]);
        let wrong = run(&mut bavn(&wrong));
        assert!(wrong.code == 1 && wrong.err.contains("could be read"), "{}", wrong.err);
    }
}

/// One request without a library: status and whole answer.
fn ask(address: &str, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).expect("connects");
    stream.write_all(request.as_bytes()).expect("sends");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("reads");
    (answer.split(' ').nth(1).expect("a status").parse().expect("a number"), answer)
}

#[test]
fn the_public_pages_have_a_listener_of_their_own_that_answers_alike_and_knows_no_other_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = &stores(folder.path())[0];
    let config = folder.path().join("config");
    done(&mut bavn(&["--config", config.to_str().expect("UTF-8"), "init"]));
    let settings = config.join("bavn.toml");
    let text = std::fs::read_to_string(&settings).expect("read");
    let public = format!("127.0.0.1:{}", free_port());
    let at = text.find("[public]").expect("a section");
    let text = format!("{}{}", &text[..at], text[at..].replacen("= \"\"", &format!("= \"{public}\""), 1));
    std::fs::write(&settings, text).expect("written");
    let ads = folder.path().join("ads.jsonl");
    std::fs::write(&ads, ad("1", "34000061", "Lone", WORDS, 1..=3)).expect("written");
    with(store, &["import", "ads", ads.to_str().expect("UTF-8")]);
    with(store, &["analyse"]);
    let main = format!("127.0.0.1:{}", free_port());
    let mut arguments: Vec<&str> = store.iter().map(String::as_str).collect();
    arguments.extend(["--config", config.to_str().expect("UTF-8"), "serve", "--listen", &main]);
    let _child = Child(bavn(&arguments).stderr(std::process::Stdio::null()).spawn().expect("starts"));
    wait_for(&public, 60);
    let get = |path: &str| ask(&public, &format!("GET {path} HTTP/1.1\r\nhost: {public}\r\nconnection: close\r\n\r\n"));
    for path in ["/contact", "/objection", "/objection?lang=en", "/objection?lang=ro", "/healthz"] {
        assert_eq!(get(path).0, 200, "{path}");
    }
    assert!(get("/objection?lang=ro").1.contains("<html lang=\"ro\">"));
    for path in ["/sign-in", "/today", "/queue", "/objections", "/people", "/readyz"] {
        assert_eq!(get(path).0, 404, "{path}");
    }
    let object = |contact: &str| {
        let body = format!("lang=da&contact={contact}");
        let began = std::time::Instant::now();
        let (status, answer) = ask(
            &public,
            &format!(
                "POST /objection HTTP/1.1\r\nhost: {public}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
                 content-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            ),
        );
        let dateless: Vec<&str> = answer.lines().filter(|line| !line.to_lowercase().starts_with("date:")).collect();
        (status, dateless.join("\n"), began.elapsed())
    };
    let (known, unknown) = (object("34000061"), object("94999999"));
    assert_eq!((known.0, &known.1), (303, &unknown.1), "the same bytes");
    assert!(known.2.as_millis() >= 400 && unknown.2.as_millis() >= 400, "{:?} {:?}", known.2, unknown.2);
    assert_eq!(object("hello").0, 422);
    let covered = with(store, &["objection", "list"]).out;
    assert_eq!(covered.lines().count(), 2, "{covered}");
    assert!(covered.contains("public"), "{covered}");
    // A flood of one client meets its brake, whatever it names.
    let flood: Vec<u16> = (0..30).map(|n| object(&format!("940000{n:02}")).0).collect();
    assert_eq!(*flood.last().expect("thirty"), 429, "{flood:?}");
    // What was typed stays in the field; all else is alike also then.
    let refused = |number: &str| object(number).1.replace(number, "what was typed");
    assert_eq!(refused("34000061"), refused("94999998"));
}
