//! A team's day in clinics at phone size in Chromium, in both languages and on both databases: sign in, plan, talk, visit,
//! the next visit. Set `BAVN_SCREENSHOTS=DIR` to keep a picture of every page.

use crate::support::{Child, add_worker, bavn, done, free_port, from_test_command, postgres_url, root, wait_for, with};
use std::process::{Command, Stdio};

fn visits_day(store: &[String], name: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config").display().to_string();
    done(&mut bavn(&["init", "--config", &config]));
    let example =
        std::fs::read_to_string(root().join("docs/examples/programmes/clinics/programme.toml")).expect("read");
    // Visits on each day, so that the test's day has one.
    let every_day = example.replace("[3, 3, 3, 3, 3, 0, 0]", "[2, 2, 2, 2, 2, 2, 2]");
    let every_day = every_day.replace("sites = []", "sites = [\"s1\"]");
    assert_ne!(example, every_day);
    let programme = folder.path().join("config/programmes/clinics");
    std::fs::create_dir_all(&programme).expect("a folder");
    std::fs::write(programme.join("programme.toml"), every_day).expect("written");
    let store = &[store, &["--config".to_owned(), config, "--programme".to_owned(), "clinics".to_owned()]].concat()[..];
    // Ads with addresses, and a list from before that names one of them too.
    let seen = (jiff::Timestamp::now() - jiff::SignedDuration::from_hours(20)).to_string();
    let ad = |id: &str, body: &str, place: &str, phone: &str| {
        serde_json::json!({ "site": "s1", "ad_id": id, "seen_at": [seen], "title": "Klinik", "body": body,
            "fields": { "phone": phone, "place": place } })
        .to_string()
    };
    let ads = [
        ad("1", "Velkommen på Havnegade 1, der er åbent hver dag", "5000 Odense C", "34000061"),
        ad("2", "Ny klinik på Vestergade 14, ring først", "6000 Kolding", "34000062"),
        ad("3", "Ring for en tid", "5000 Odense C", "34000063"),
    ];
    let write = |file: &str, text: &str| {
        let file = folder.path().join(file);
        std::fs::write(&file, text).expect("written");
        file.display().to_string()
    };
    with(store, &["import", "ads", &write("ads.jsonl", &ads.join("\n"))]);
    with(store, &["analyse"]);
    let built = with(store, &["places", "build"]);
    assert!(built.err.contains("2 new places") && built.err.contains("1 of them without"), "{}", built.err);
    let again = with(store, &["places", "build"]);
    assert!(again.err.contains("0 new places") && again.err.contains("2 taken in before"), "{}", again.err);
    let list = write("list.csv", "navn;kommune\nHavnegade 1;Odense\nSkolegade 7;Esbjerg\nUkendt 1;Ingensteds\n");
    let taken = with(store, &["places", "import", &list]);
    assert!(taken.err.contains("1 new places, 1 merged") && taken.err.contains("line 4"), "{}", taken.err);
    let listed = with(store, &["places", "list"]).out;
    let places: Vec<serde_json::Value> = listed.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(places.len(), 3, "{listed}");
    let havnegade = places.iter().find(|place| place["name"] == "Havnegade 1").expect("built");
    assert_eq!(
        (&havnegade["origins"], &havnegade["municipality"]),
        (&serde_json::json!(["ads", "list"]), &"Odense".into())
    );
    let password = "en lang adgangskode";
    add_worker(store, "ulla", "Ulla Test", "syddanmark", password);
    add_worker(store, "una", "Una Test", "syddanmark", password);

    let address = format!("127.0.0.1:{}", free_port());
    let mut arguments: Vec<&str> = store.iter().map(String::as_str).collect();
    arguments.extend(["serve", "--listen", &address]);
    let server = Child(bavn(&arguments).stderr(Stdio::null()).spawn().expect("starts"));
    wait_for(&address, 60);
    for (login, language) in [("ulla", "da"), ("una", "en")] {
        let mut walk = Command::new(from_test_command("BAVN_TEST_NODE"));
        walk.current_dir(root().join("tests/ui")).arg("visits.mjs").arg(format!("http://{address}"));
        walk.args([login, password, language]);
        if let Ok(shots) = std::env::var("BAVN_SCREENSHOTS") {
            walk.arg(format!("{shots}/{name}"));
        }
        let walked = walk.stdin(Stdio::null()).output().expect("node starts");
        let told = String::from_utf8_lossy(&walked.stdout).trim().to_owned();
        assert!(walked.status.success(), "{language}: {told}{}", String::from_utf8_lossy(&walked.stderr));
    }
    drop(server);
    let listed = with(store, &["places", "list"]).out;
    let visits =
        listed.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok()?["visits"].as_u64());
    assert_eq!(visits.sum::<u64>(), 2, "one visit of each: {listed}");
    let verified = with(store, &["audit", "verify"]);
    assert!(!format!("{}{}", verified.out, verified.err).contains("fault"), "{}", verified.out);
}

#[test]
fn a_day_of_visits_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    visits_day(&["--data".to_owned(), folder.path().join("data").display().to_string()], "sqlite");
}

#[test]
fn a_day_of_visits_on_postgresql() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("store.key");
    std::fs::write(&key, "ef".repeat(32)).expect("written");
    visits_day(&["--database".to_owned(), postgres_url(), "--key".to_owned(), key.display().to_string()], "postgres");
}
