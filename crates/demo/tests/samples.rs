//! The saved pages beside the adapters are what the sites answer, and what is expected of them is the population's
//! truth. `UPDATE_EXPECT=1 cargo test -p demo --test samples` writes both anew; read the difference before committing.

use demo::{DemoAd, Kind, Population, PopulationSettings, SITES, reply, site_folders};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::path::Path;

/// A saved page with what its adapter must find.
struct Sample {
    name: &'static str,
    path: String,
    at: Timestamp,
    /// Class names that the page has lost, with those that it has instead.
    changed: &'static [(&'static str, &'static str)],
    expected: Value,
}

fn population() -> Population {
    Population::generate(&PopulationSettings { seed: 11, advertisers: 60, days: 10, ..PopulationSettings::default() })
}

fn samples(population: &Population, site: &str) -> Vec<Sample> {
    let at = population.settings.start + SignedDuration::from_hours(107);
    let up = population.up_at(site, at);
    let base = format!("http://{site}.invalid");
    let kind = |ad: &DemoAd| population.operators[ad.operator].kind;
    let fuller = |ad: &&&DemoAd| ad.version_at(at).fields.len() == 6 && !ad.version_at(at).images.is_empty();
    let full = *up.iter().find(fuller).expect("an ad with every field");
    let sparse = *up.iter().min_by_key(|ad| ad.version_at(at).fields.len()).expect("an ad");
    let ended = population.ads.iter().filter(|ad| ad.site == site && ad.up_until < at);
    let ended = ended.max_by_key(|ad| (kind(ad) != Kind::Scam, ad.up_until)).expect("an ad that ended");
    let scam = population.ads.iter().find(|ad| ad.site == site && kind(ad) == Kind::Scam).expect("a fraud");
    let (listing, empty) = match site {
        "demo-table" => ("/annoncer.php".to_owned(), "/annoncer.php?side=99".to_owned()),
        "demo-cards" => ("/region/hovedstaden".to_owned(), "/region/nordjylland?side=99".to_owned()),
        _ => ("/liste/1".to_owned(), "/liste/99".to_owned()),
    };
    let sample = |name, path: String, at, expected: Value| Sample { name, path, at, changed: &[], expected };
    let shown: Vec<&DemoAd> = match site {
        "demo-cards" => up.iter().filter(|ad| ad.version_at(at).town.region == "Region Hovedstaden").copied().collect(),
        _ => up.clone(),
    };
    let size = [("demo-table", 25), ("demo-cards", 12), ("demo-veiled", 10)]
        .iter()
        .find(|(id, _)| *id == site)
        .expect("a site")
        .1;
    let more = shown.len() > size;
    let items: Vec<Value> = shown.iter().take(size).map(|ad| item(ad, &base, at)).collect();
    let next = match site {
        "demo-table" => vec![format!("{base}/annoncer.php?side=2")],
        "demo-veiled" => vec![format!("{base}/liste/2")],
        _ if more => vec![format!("{base}/region/hovedstaden?side=2")],
        _ => vec![],
    };
    let mut changed =
        sample("layout-changed", full.path(), at, json!({"kind": "detail", "mark": null, "issues": ["detail"]}));
    // The page holds no ad that the adapter can see, and it must say so rather than give an empty one.
    changed.changed = match site {
        "demo-table" => &[("class=\"ov\"", "class=\"overskrift\""), ("class=\"tekst\"", "class=\"brodtekst\"")],
        "demo-cards" => &[("<main class=\"annonce\"", "<section class=\"opslag\""), ("</main>", "</section>")],
        _ => &[("<article>", "<section>"), ("</article>", "</section>")],
    };
    vec![
        sample("detail", full.path(), at, detail(full, &base, at)),
        sample("detail-sparse", sparse.path(), at, detail(sparse, &base, at)),
        sample("listing", listing, at, json!({"kind": "listing", "items": items, "next": next, "mark": null})),
        sample("no-ads", empty, at, json!({"kind": "listing", "items": [], "next": [], "mark": "no_ads"})),
        sample("expired", ended.path(), at, json!({"kind": "detail", "mark": "expired"})),
        sample("account-closed", scam.path(), scam.up_until, json!({"kind": "detail", "mark": "suspended"})),
        changed,
    ]
}

fn detail(ad: &DemoAd, base: &str, at: Timestamp) -> Value {
    let version = ad.version_at(at);
    let image = |id: &u32| match ad.site {
        "demo-table" => format!("{base}/billede.php?nr={id}"),
        "demo-cards" => format!("{base}/foto/{id}.png"),
        _ => format!("{base}/medie/{id}"),
    };
    // The cards say 'for 3 timer siden', which loses the minutes; the other two write the time out.
    let age_s = at.as_second() - ad.up_from.as_second();
    let today = at.as_second() - (at.as_second() + 7200).rem_euclid(86_400);
    let posted = match (ad.site, ad.up_from.as_second() >= today) {
        ("demo-cards", true) if age_s >= 3600 => at - SignedDuration::from_hours(age_s / 3600),
        ("demo-cards", true) => at - SignedDuration::from_mins(age_s / 60),
        _ => ad.up_from,
    };
    let mut expected = json!({
        "kind": "detail",
        "title": version.title,
        "body": version.body,
        "fields": version.fields,
        "posted_at": posted.to_string(),
        "images": version.images.iter().map(image).collect::<Vec<_>>(),
        "mark": null
    });
    if ad.site == "demo-cards" {
        expected["ad_id"] = json!(ad.ad_id);
    }
    expected
}

/// What the listing shows of an ad: title, first words, place and price, by the adapter's `excerpt`.
fn item(ad: &DemoAd, base: &str, at: Timestamp) -> Value {
    let version = ad.version_at(at);
    let field = |name: &str| version.fields.get(name).cloned().unwrap_or_default();
    let length = [("demo-table", 90), ("demo-cards", 120), ("demo-veiled", 60)]
        .iter()
        .find(|(id, _)| *id == ad.site)
        .expect("a site")
        .1;
    let mut teaser = String::new();
    for word in version.body.split_whitespace() {
        if teaser.chars().count() + word.chars().count() >= length {
            teaser.push_str(" ...");
            break;
        }
        teaser = format!("{teaser} {word}").trim().to_owned();
    }
    let place_and_price = format!("{} {}", field("place"), field("price")).trim().to_owned();
    let excerpt = match ad.site {
        "demo-table" => format!("{}\n{teaser}\n{}\n{}", version.title, field("place"), field("price")),
        "demo-cards" => format!("{}\n{teaser}\n{place_and_price}", version.title),
        _ => format!("{}\n{place_and_price}\n{teaser}", version.title),
    };
    json!({"ad_id": ad.ad_id, "url": format!("{base}{}", ad.path()), "excerpt": excerpt})
}

fn page(population: &Population, site: &str, sample: &Sample) -> (Vec<u8>, Value) {
    let reply = reply(population, site, &sample.path, "", sample.at);
    let mut bytes = reply.body.clone();
    for (from, to) in sample.changed {
        let latin: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        assert!(latin.contains(from), "{site}: nothing to change in {}", sample.name);
        bytes =
            latin.replace(from, to).chars().map(|letter| u8::try_from(u32::from(letter)).expect("one byte")).collect();
    }
    let mut expected = json!({
        "url": format!("http://{site}.invalid{}", sample.path),
        "fetched_at": sample.at.to_string(),
        "content_type": reply.header("content-type"),
        "status": reply.status
    });
    for (key, value) in sample.expected.as_object().expect("an object") {
        expected[key] = value.clone();
    }
    (bytes, expected)
}

#[test]
fn the_saved_pages_are_what_the_sites_answer() {
    let population = population();
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    for site in SITES {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/sites").join(site);
        for sample in samples(&population, site) {
            let (bytes, expected) = page(&population, site, &sample);
            let html = folder.join(format!("samples/{}.html", sample.name));
            let json = folder.join(format!("expected/{}.json", sample.name));
            let text = serde_json::to_string_pretty(&expected).expect("plain values") + "\n";
            if update {
                std::fs::write(&html, &bytes).expect("writing a sample");
                std::fs::write(&json, &text).expect("writing what is expected");
            }
            assert!(std::fs::read(&html).is_ok_and(|saved| saved == bytes), "{site}: {} is out of date", sample.name);
            assert_eq!(std::fs::read_to_string(&json).unwrap_or_default(), text, "{site}: {}", sample.name);
        }
    }
}

#[test]
fn every_file_of_the_folders_is_carried_and_takes_its_address() {
    for folder in site_folders() {
        let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/sites").join(folder.id);
        for part in ["samples", "expected"] {
            for entry in std::fs::read_dir(base.join(part)).expect("the folder") {
                let path = format!("{part}/{}", entry.expect("an entry").file_name().to_string_lossy());
                let carried = folder.files.iter().find(|(name, _)| *name == path);
                let saved = std::fs::read(base.join(&path)).expect("the file");
                assert!(carried.is_some_and(|(_, bytes)| *bytes == saved), "{}: {path} is not carried", folder.id);
            }
        }
        let placed = folder.with_base("http://127.0.0.1:4711");
        for (path, bytes) in &placed.files {
            let text = String::from_utf8_lossy(bytes);
            assert!(!text.contains(".invalid/"), "{}: {path} keeps the placeholder", folder.id);
        }
        let toml = &placed.files[0];
        assert!(toml.0 == "site.toml" && String::from_utf8_lossy(&toml.1).contains("\"http://127.0.0.1:4711/"));
    }
}
