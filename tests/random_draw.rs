//! The random stratum from outside: with an approval that holds, without one, after its end; alike on both databases.

use crate::support::{bavn, done, postgres_url, with};
use std::path::Path;

/// Words that no other ad has, so that nothing ties the ads.
fn ad(number: usize) -> String {
    const SAID: [&str; 12] = [
        "Rolig massage ved vinduet",
        "Kaffe og en god snak",
        "Blid hånd til trætte skuldre",
        "Mandag til torsdag midt på dagen",
        "Eget hjem uden trapper",
        "Varm stue, lave lys",
        "Aftal tid dagen før",
        "Kun voksne gæster",
        "Parkering i gården",
        "Jeg svarer selv på beskeder",
        "Bad og rene håndklæder",
        "Ferie i uge syv",
    ];
    let day = 20 + number % 5;
    serde_json::json!({
        "site": "s1", "ad_id": format!("{number}"),
        "seen_at": [format!("2026-10-{day}T15:00:00+02:00"), "2026-10-26T15:00:00+01:00"],
        "title": format!("Navn{number} i Aarhus"),
        "body": format!("{}. Mærke {number}{}, {} gange om ugen.", SAID[number % 12], "xyz".repeat(number % 4 + 1), number + 1),
        "fields": { "phone": format!("340001{number:02}"), "place": "8000 Aarhus C", "name": format!("Navn{number}") },
    })
    .to_string()
}

/// Makes the list of a day and gives its lines.
fn lines(store: &[String], config: &Path, day: &str) -> Vec<serde_json::Value> {
    let config = config.display().to_string();
    with(store, &["--config", &config, "list", "--date", day, "--team", "vest"]);
    let out = with(store, &["--config", &config, "export", "contact-list"]).out;
    let lines = out.lines().map(|line| serde_json::from_str(line).expect("JSON"));
    lines.filter(|line: &serde_json::Value| line["date"] == day && line["team"] == "vest").collect()
}

#[test]
fn a_tenth_at_most_is_drawn_under_an_approval_that_holds_and_says_with_which_probability() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("postgres.key");
    std::fs::write(&key, "ce".repeat(32)).expect("written");
    let (none, holds) = (folder.path().join("none"), folder.path().join("holds"));
    for config in [&none, &holds] {
        done(&mut bavn(&["init", "--config", &config.display().to_string()]));
    }
    let file = holds.join("programmes/initiative-1.toml");
    let mut programme = std::fs::read_to_string(&file).expect("read");
    programme.push_str(
        "\n[outreach.policy.random]\nby = \"A. Leder\"\nat = \"2026-10-01T00:00:00+02:00\"\n\
         until = \"2026-10-29T00:00:00+01:00\"\ndpia = \"2026-17\"\nshare = 0.1\nseed = 5\n",
    );
    std::fs::write(&file, programme).expect("written");
    let ads: Vec<String> = (0..24).map(ad).collect();
    let ads_file = folder.path().join("ads.jsonl").display().to_string();
    std::fs::write(&ads_file, ads.join("\n")).expect("written");
    let decided: Vec<String> = (0..2)
        .map(|number| {
            format!(
                r#"{{"site":"s1","ad_id":"{number}","decision":"offer_outreach","reason":"register","by":"Kim","at":"2026-10-26T18:00:00+01:00"}}"#
            )
        })
        .collect();
    let decisions = folder.path().join("decisions.jsonl").display().to_string();
    std::fs::write(&decisions, decided.join("\n")).expect("written");
    let stores = [
        vec!["--data".to_owned(), folder.path().join("data").display().to_string()],
        vec!["--database".to_owned(), postgres_url(), "--key".to_owned(), key.display().to_string()],
    ];
    let mut seen = Vec::new();
    for store in &stores {
        with(store, &["import", "ads", &ads_file]);
        with(store, &["analyse"]);
        with(store, &["import", "decisions", &decisions]);
        let plain = lines(store, &none, "2026-10-27");
        assert_eq!(plain.len(), 2, "no approval, no draw: {plain:?}");
        assert!(plain.iter().all(|line| line["stratum"] == "flagged" && line["inclusion_probability"] == 1.0));
        let drawn = lines(store, &holds, "2026-10-27");
        let random: Vec<&serde_json::Value> = drawn.iter().filter(|line| line["stratum"] == "random").collect();
        assert_eq!((drawn.len(), random.len()), (3, 1), "a tenth of twelve lines: {drawn:?}");
        let frame = 1.0 / random[0]["inclusion_probability"].as_f64().expect("a number");
        assert!((frame - frame.round()).abs() < 1e-9 && (2.0..=22.0).contains(&frame), "one of a frame of {frame}");
        assert!(["none", "low"].contains(&random[0]["band"].as_str().expect("a band")), "{random:?}");
        assert_eq!(random[0]["reasons"], serde_json::json!(["Oplysning om sundhed og rettigheder"]));
        assert_eq!(lines(store, &holds, "2026-10-27"), drawn, "the same again");
        let over = lines(store, &holds, "2026-10-29");
        assert!(over.len() == 2 && over.iter().all(|line| line["stratum"] == "flagged"), "after its end: {over:?}");
        seen.push(drawn);
    }
    assert_eq!(seen[0], seen[1], "both databases draw alike");
}
