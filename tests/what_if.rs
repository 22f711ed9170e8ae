//! What if, shadow runs and adoption on both databases: what is shown is what then comes, nothing changes before, and an
//! indicator in the shadow has no effect.

use crate::support::{bavn, data, done, root};
use bavn::config::{Config, Overlay};
use bavn::configuring::Desk;
use bavn::live::Live;
use bavn::pipeline::{self, NewReference};
use bavn::ports::Bench;
use bavn::what_if::{self, Adoption};
use demo::{Population, PopulationSettings};
use domain::{AdContent, AdRef, ProgrammeId, SiteId};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use store::testing::{TestStore, on};
use store::{Actor, CaseChange, CaseSubject, Engine, Look, NewAd, ShadowRow, SiteRegistration, Store};
use web::{Adopted, ConfigChange, Configuration, ConfigurationAct, ConfigurationError, DiffLine, Workbench};

/// A world with its ads in order of when they were first seen.
fn world(seed: u64, advertisers: u32) -> Vec<NewAd> {
    let settings = PopulationSettings { seed, advertisers, days: 12, ..Default::default() };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let ad = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let fields = line["fields"].as_object().into_iter().flatten();
        let content = AdContent {
            title: text(&line["title"]),
            body: text(&line["body"]),
            fields: fields.map(|(name, value)| (name.clone(), text(value))).collect(),
            ..AdContent::default()
        };
        let seen = line["seen_at"].as_array().into_iter().flatten();
        let seen: Vec<Timestamp> = seen.map(|at| text(at).parse().expect("a time")).collect();
        NewAd { ad: AdRef::new(text(&line["site"]), text(&line["ad_id"])), content, seen, masked: Vec::new() }
    };
    let mut ads: Vec<NewAd> = Population::generate(&settings).ads_jsonl().lines().map(ad).collect();
    ads.sort_by_key(|ad| (ad.seen.iter().min().copied(), ad.ad.clone()));
    ads
}

fn end_of(ads: &[NewAd]) -> Timestamp {
    ads.iter().flat_map(|ad| &ad.seen).max().copied().expect("an ad was seen")
}

async fn opened(engine: Engine, ads: &[NewAd]) -> TestStore {
    let test = on(engine).await;
    let sites: BTreeSet<&str> = ads.iter().map(|ad| ad.ad.site.as_str()).collect();
    for site in sites {
        let registration = SiteRegistration {
            site: SiteId::from(site),
            programme: ProgrammeId::from("initiative-1"),
            name: site.to_owned(),
            import_only: true,
        };
        test.store.register_site(&registration, Timestamp::UNIX_EPOCH).await.expect("a site");
    }
    test
}

async fn analyse(store: &Store, config: &Config, as_of: Timestamp, renew: NewReference) -> pipeline::AnalyseSummary {
    pipeline::analyse(store, config, as_of, as_of, renew, &|_, _| {}).await.expect("an analysis")
}

/// Every row of every table, as a dump has it; on SQLite the files as well.
async fn bytes(test: &TestStore) -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut dump = Vec::new();
    test.store.dump(&mut dump, Timestamp::UNIX_EPOCH).await.expect("a dump");
    let file = |name: &str| test.folder.as_ref().and_then(|folder| std::fs::read(folder.path().join(name)).ok());
    (dump, ["bavn.db", "bavn.db-wal"].into_iter().filter_map(file).collect())
}

type Standing = (domain::Band, bool, bool);

async fn cases(store: &Store) -> BTreeMap<String, Standing> {
    let all = store.case_subjects().await.expect("cases");
    all.into_iter().map(|one| (one.subject.clone(), (one.band, one.urgent, one.spam))).collect()
}

fn standing(subject: &Option<CaseSubject>) -> Option<Standing> {
    subject.as_ref().filter(|one| one.has_case()).map(|one| (one.band, one.urgent, one.spam))
}

fn look() -> Look {
    let actor = Actor::System("test".to_owned());
    Look { actor, purpose: "test".to_owned(), what: "test", subject: String::new(), at: Timestamp::UNIX_EPOCH }
}

/// What is shown is what a whole analysis then gives; nothing changed before.
async fn shown_is_what_comes(
    test: &TestStore,
    present: &Config,
    overlay: &Overlay,
    as_of: Timestamp,
) -> (Config, usize) {
    let store = &test.store;
    let (before, at_first) = (cases(store).await, bytes(test).await);
    let found = what_if::what_if(store, present, overlay, as_of, &|_, _| {}).await.expect("a what-if");
    assert!(bytes(test).await == at_first, "a what-if changed the store");
    let then = present.over(overlay).expect("a configuration");
    store.forget_readings().await.expect("forgotten");
    analyse(store, &then, as_of, NewReference::Always).await;
    let after = cases(store).await;
    let subjects: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differing = subjects.into_iter().filter(|subject| before.get(*subject) != after.get(*subject));
    let came: Vec<(String, Option<Standing>, Option<Standing>)> =
        differing.map(|subject| (subject.clone(), before.get(subject).copied(), after.get(subject).copied())).collect();
    let told: Vec<(String, Option<Standing>, Option<Standing>)> =
        found.moved.iter().map(|one| (one.subject.clone(), standing(&one.now), standing(&one.then))).collect();
    assert_eq!(told, came, "what was shown, and what came");
    assert_eq!(found.unchanged, after.len() - came.iter().filter(|(_, _, then)| then.is_some()).count());
    let header = store.latest_analysis().await.expect("read").expect("an analysis");
    assert_eq!(found.reference_then, header.reference_version);
    // The causes are what fires otherwise.
    let assessments = store.analysis_assessments(&look()).await.expect("assessments");
    let points: BTreeMap<(String, String), f64> = assessments
        .iter()
        .flat_map(|one| {
            let id = match &one.subject {
                domain::Subject::Advertiser(id) => id.as_str().to_owned(),
                domain::Subject::Network(id) => id.as_str().to_owned(),
            };
            let firings = one.evidence.iter().chain(&one.context).chain(&one.counter_evidence);
            firings.map(move |firing| ((id.clone(), firing.indicator.to_string()), firing.points))
        })
        .collect();
    for one in found.moved.iter().filter(|one| one.then.is_some()) {
        for cause in &one.causes {
            let now = points.get(&(one.subject.clone(), cause.indicator.to_string())).copied();
            assert_eq!(cause.then, now, "{}: {}", one.subject, cause.indicator);
            assert_ne!(cause.now, cause.then);
        }
        let explained = !one.causes.is_empty() || one.other_ads || !overlay.is_empty();
        assert!(explained, "{} moves for no reason", one.subject);
    }
    (then, found.moved.len())
}

fn configured() -> Config {
    Config::load(&root().join("config"), false).expect("a configuration")
}

fn value(file: &str, key: &str, value: &str) -> (String, String, String) {
    (file.to_owned(), key.to_owned(), value.to_owned())
}

/// The indicators that fire most on points, as `B/third_person_voice`.
async fn firing_most(store: &Store, config: &Config, scope: domain::Scope) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (_, indicator) in store.counted_indicators().await.expect("counts") {
        *counts.entry(indicator).or_default() += 1;
    }
    let mut most: Vec<(usize, String)> = counts
        .into_iter()
        .filter_map(|(id, count)| {
            let indicator = config.catalogue.get(&id).filter(|one| one.points > 0.0 && one.scope == scope)?;
            Some((count, format!("indicators/{}/{id}.toml", indicator.group)))
        })
        .collect();
    most.sort_by(|a, b| b.cmp(a));
    most.into_iter().map(|(_, path)| path).collect()
}

async fn every_change(engine: Engine, advertisers: u32) {
    let ads = world(3, advertisers);
    let test = opened(engine, &ads).await;
    let store = &test.store;
    let present = configured();
    // The last part of the world comes after the analysis that the first comparison stands beside.
    let (early, late) = ads.split_at(ads.len() * 4 / 5);
    let (middle, end) = (end_of(early), end_of(&ads));
    store.put_ads(early).await.expect("ads");
    analyse(store, &present, middle, NewReference::Always).await;
    store.put_ads(late).await.expect("ads");
    // Nothing but a new reference and new ads, not read yet: what `--preview` shows is what `--all` gives.
    let (now, new) = shown_is_what_comes(&test, &present, &Overlay::default(), end).await;
    assert!(new > 0, "late ads bring new cases");
    // Thresholds: the same assessments reach other bands.
    let way = present.catalogue.rules().medium[0].points;
    let lower = value("indicators/rules.toml", "medium.0.points", &format!("{:.1}", way - 1.5));
    let found = what_if::tried(&now, &[lower]).expect("a threshold");
    let (now, _) = shown_is_what_comes(&test, &now, &found, end).await;
    // Points of a cross-ad indicator, and an indicator that is read in each ad and is taken out.
    let across = firing_most(store, &now, domain::Scope::Advertiser).await;
    let single = firing_most(store, &now, domain::Scope::Ad).await;
    let retries = [value(&across[0], "points", "0.5"), value(&single[0], "status", "draft")];
    let changed = what_if::tried(&now, &retries).expect("points and a state");
    assert_ne!(now.over(&changed).expect("a configuration").reader_version, now.reader_version);
    let (without, fewer) = shown_is_what_comes(&test, &now, &changed, end).await;
    assert!(fewer > 0, "without the sign that fires most somebody moves");
    // And back: cases come again.
    let back = [value(&across[0], "points", "2.0"), value(&single[0], "status", "trial")];
    let back = what_if::tried(&without, &back).expect("points and a state");
    let (now, again) = shown_is_what_comes(&test, &without, &back, end).await;
    assert!(again > 0, "and back");
    // Weights: others belong together.
    let weights = [value("linkage.toml", "network_bits", "6.0"), value("linkage.toml", "hub_groups_anywhere", "12")];
    let weights = what_if::tried(&now, &weights).expect("weights");
    shown_is_what_comes(&test, &now, &weights, end).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_shown_is_what_then_comes() {
    every_change(Engine::Sqlite, 46).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql_what_is_shown_is_what_then_comes_too() {
    every_change(Engine::Postgres, 24).await;
}

/// A copy of the configuration that may be written.
fn copied(folder: &Path) -> PathBuf {
    let to = folder.join("config");
    copy(&root().join("config"), &to);
    to
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let target = to.join(entry.file_name().expect("a name"));
        if entry.is_dir() {
            copy(&entry, &target);
        } else {
            std::fs::copy(&entry, &target).expect("copied");
        }
    }
}

/// Everything that leaves an analysis for queue, pages and exports.
async fn said(store: &Store) -> String {
    let look = look();
    let entities = store.analysis_entities(&look).await.expect("entities");
    let links = store.analysis_links(&look).await.expect("links");
    let assessments = store.analysis_assessments(&look).await.expect("assessments");
    let damped = store.analysis_damped(&look).await.expect("damped contacts");
    let figures = store.standing().await.expect("counts").expect("an analysis").figures;
    // The catalogue's hash names the folder that it was read from.
    let hash = assessments.first().map(|one| one.catalogue.clone()).unwrap_or_default();
    let cases = store.case_subjects().await.expect("cases");
    let text = format!("{entities:?}\n{links:?}\n{assessments:?}\n{damped:?}\n{figures:?}\n{cases:?}");
    text.replace(&hash, "catalogue")
}

async fn shadow_rows(store: &Store, config: &Config, at: usize) -> Vec<ShadowRow> {
    let mut rows = Vec::new();
    for change in CaseChange::ALL.map(Some).into_iter().chain([None]) {
        rows.extend(
            store
                .shadow_rows(&look(), &config.shadows[at].version, change, (0, 10_000))
                .await
                .expect("a shadow's rows"),
        );
    }
    rows.sort_by(|a, b| a.then.subject.cmp(&b.then.subject));
    rows.dedup();
    rows
}

/// An indicator that fires on almost every text.
fn on_almost_all(like: &str, id: &str) -> String {
    let mut table: toml::Table = toml::from_str(like).expect("TOML");
    let words = |words: &[&str]| toml::Value::Array(words.iter().map(|word| (*word).into()).collect());
    let wording = [("da", ["og", "jeg"]), ("en", ["and", "i"]), ("sv", ["och", "jag"]), ("de", ["und", "ich"])];
    let wording = wording.into_iter().map(|(language, all)| (language.to_owned(), words(&all))).collect();
    table.insert("id".to_owned(), id.into());
    table.insert("points".to_owned(), 2.0.into());
    table.insert("grade".to_owned(), "B+".into());
    table.insert("detector".to_owned(), "wording".into());
    table.insert("wording".to_owned(), toml::Value::Table(wording));
    let guards = words(&["negation", "question", "reported", "addressed", "past", "warned"]);
    table.insert("without_guards".to_owned(), guards);
    ["not", "not_within", "parameters"].into_iter().for_each(|key| _ = table.remove(key));
    toml::to_string(&table).expect("TOML")
}

async fn in_the_shadow(engine: Engine, advertisers: u32) {
    let folder = tempfile::tempdir().expect("a folder");
    let config_folder = copied(folder.path());
    let plain = configured();
    let ads = world(5, advertisers);
    let (first, rest) = ads.split_at(ads.len() * 3 / 5);
    let bright = opened(engine, &ads).await;
    bright.store.put_ads(first).await.expect("ads");
    analyse(&bright.store, &plain, end_of(first), NewReference::Always).await;

    // A version of an indicator in force, and a new one.
    let single = firing_most(&bright.store, &plain, domain::Scope::Ad).await;
    let (known, like) = (&single[0], &single[1]);
    let text = |path: &str| plain.file_text(path).expect("a file");
    let id = |path: &str| path.rsplit('/').next().expect("a name").trim_end_matches(".toml").to_owned();
    let wider = on_almost_all(&text(known), &id(known));
    let group = like.split('/').nth(1).expect("a group");
    let new = format!("indicators/{group}/as_it_may_be.toml");
    let fresh = on_almost_all(&text(like), "as_it_may_be");
    for (path, text) in [(known, &wider), (&new, &fresh)] {
        let file = config_folder.join(path.replacen("indicators/", "shadow/", 1));
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(file, text).expect("written");
    }
    let shaded = Config::load(&config_folder, false).expect("a configuration with a shadow");
    assert_eq!(shaded.shadows.len(), 2);
    let dark = opened(engine, &ads).await;
    dark.store.put_ads(first).await.expect("ads");
    analyse(&dark.store, &shaded, end_of(first), NewReference::Always).await;
    assert!(said(&bright.store).await == said(&dark.store).await, "a shadow changes what is said");
    // Incoming ads, in batches.
    for piece in rest.chunks(rest.len() / 3 + 1) {
        for (test, config) in [(&bright, &plain), (&dark, &shaded)] {
            test.store.put_ads(piece).await.expect("ads");
            let made = analyse(&test.store, config, end_of(&ads), NewReference::IfNone).await;
            assert!(made.batch.is_some(), "a batch was expected");
        }
        assert!(said(&bright.store).await == said(&dark.store).await, "a shadow changes what a batch says");
    }
    for at in 0..2 {
        let overview = dark.store.shadow(&shaded.shadows[at].version).await.expect("read").expect("a shadow");
        assert!(overview.current, "the rows stand beside the current analysis");
        let followed = shadow_rows(&dark.store, &shaded, at).await;
        assert_eq!(overview.counts.fires, followed.iter().filter(|row| row.fires).count() as u64);
        assert!(overview.counts.fires > 0, "the shadow fires on somebody");
        // As one run over everything has it.
        dark.store.keep_shadows(&BTreeSet::new()).await.expect("forgotten");
        analyse(&dark.store, &shaded, end_of(&ads), NewReference::IfNone).await;
        assert_eq!(followed, shadow_rows(&dark.store, &shaded, at).await, "batches, and one run");
    }
    // And as a what-if has it, once both stand against a new reference.
    analyse(&dark.store, &shaded, end_of(&ads), NewReference::Always).await;
    for at in 0..2 {
        let shadow = &shaded.shadows[at];
        let overlay = Overlay::of(BTreeMap::from([(shadow.becomes.clone(), shadow.text.clone())]));
        let found =
            what_if::what_if(&dark.store, &shaded, &overlay, end_of(&ads), &|_, _| {}).await.expect("a what-if");
        let told: Vec<_> =
            found.moved.iter().map(|one| (one.subject.clone(), one.change, standing(&one.then))).collect();
        let rows = shadow_rows(&dark.store, &shaded, at).await;
        let kept: Vec<_> = rows
            .iter()
            .filter_map(|row| Some((row.then.subject.clone(), row.change?, standing(&Some(row.then.clone())))))
            .collect();
        assert_eq!(kept, told);
        assert!(told.iter().any(|(_, change, _)| *change == CaseChange::Comes), "{}: {told:?}", shadow.id);
    }
    adoption(&dark.store, &config_folder, &shaded, known).await;
}

/// The version of a known indicator is adopted, the new one dropped.
async fn adoption(store: &Store, folder: &Path, shaded: &Config, known: &str) {
    let find = |config: &Config, id: &str| config.shadows.iter().find(|one| one.id.as_str() == id).cloned();
    let id = known.rsplit('/').next().expect("a name").trim_end_matches(".toml");
    let shadow = find(shaded, id).expect("a shadow");
    let overview = store.shadow(&shadow.version).await.expect("read").expect("a shadow");
    let act = |reason: &str| ConfigurationAct {
        by: Actor::System("test".to_owned()),
        at: Timestamp::UNIX_EPOCH,
        reason: reason.to_owned(),
    };
    let adoption = what_if::shadow_adoption(shaded, &shadow, Some(&overview.counts));
    let none = what_if::adopt(store, shaded, &adoption, &act(" ")).await.expect("an answer");
    assert!(matches!(none, Adopted::Refused(why) if why.contains("reason")));
    let done = what_if::adopt(store, shaded, &adoption, &act("read 20 of them")).await.expect("adopted");
    assert!(matches!(done, Adopted::Written(_)), "{done:?}");
    let event = &store.events(None, 1).await.expect("events")[0];
    let payload = event.payload.clone().expect("a payload");
    assert_eq!((event.kind.as_str(), payload["what"].as_str()), ("configuration", Some("shadow_adopted")));
    assert_eq!(payload["reason"], "read 20 of them");
    assert_eq!(payload["would"]["fires"], overview.counts.fires);
    let words = payload["changes"].as_array().expect("changes").iter().find(|one| one["key"] == "wording.da");
    assert!(words.expect("the words differ")["after"].as_str().is_some_and(|after| after.contains("jeg")));
    let renewed = Config::load(folder, false).expect("a configuration");
    let points = renewed.catalogue.get(id).map(|one| one.points);
    assert_eq!((points, renewed.shadows.len()), (Some(2.0), 1));
    let other = find(&renewed, "as_it_may_be").expect("the other shadow");
    let dropped =
        what_if::adopt(store, &renewed, &what_if::drop_shadow(&renewed, &other, None), &act("too wide")).await;
    assert!(matches!(dropped.expect("dropped"), Adopted::Written(_)));
    let renewed = Config::load(folder, false).expect("a configuration");
    assert!(renewed.shadows.is_empty() && renewed.catalogue.get("as_it_may_be").is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_indicator_in_the_shadow_follows_every_batch_and_changes_nothing() {
    in_the_shadow(Engine::Sqlite, 40).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_indicator_in_the_shadow_on_postgresql() {
    in_the_shadow(Engine::Postgres, 20).await;
}

#[test]
fn the_command_shows_adopts_with_a_reason_or_says_what_to_do_by_hand() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = copied(folder.path());
    let settings = PopulationSettings { seed: 3, advertisers: 20, days: 8, ..Default::default() };
    let file = folder.path().join("ads.jsonl");
    let mut lines = String::new();
    for line in Population::generate(&settings).ads_jsonl().lines() {
        let mut ad: Value = serde_json::from_str(line).expect("JSON");
        ad["images"] = Value::Array(Vec::new());
        lines.push_str(&format!("{ad}\n"));
    }
    std::fs::write(&file, lines).expect("written");
    let store = data(folder.path());
    let config_text = config.display().to_string();
    let with = |rest: &[&str]| bavn(&[&[&*store[0], &*store[1], "--config", &config_text], rest].concat());
    done(&mut with(&["import", "ads", file.to_str().expect("UTF-8")]));
    done(&mut with(&["analyse"]));
    let tried = folder.path().join("tried");
    std::fs::create_dir_all(tried.join("indicators")).expect("a folder");
    let rules = std::fs::read_to_string(config.join("indicators/rules.toml")).expect("rules");
    let mut changed = String::new();
    for line in rules.lines() {
        changed.push_str(if line.starts_with("points = ") { "points = 1.0 # tried" } else { line });
        changed.push('\n');
    }
    std::fs::write(tried.join("indicators/rules.toml"), &changed).expect("written");
    let tried_text = tried.display().to_string();
    let kept = || {
        let folder = folder.path().join("data");
        let mut files: Vec<_> =
            std::fs::read_dir(folder).expect("a folder").map(|one| one.expect("a file").path()).collect();
        files.retain(|file| !file.to_string_lossy().ends_with("-shm"));
        files.sort();
        files.into_iter().map(|file| (file.clone(), std::fs::read(file).expect("read"))).collect::<Vec<_>>()
    };
    let before = kept();
    let shown = done(&mut with(&["analyse", "--what-if", &tried_text]));
    assert!(shown.out.contains("medium.0.points: "), "{}", shown.out);
    assert!(shown.out.contains(" cases would come, "), "{}", shown.out);
    assert!(shown.err.contains("Nothing was changed"), "{}", shown.err);
    assert!(kept() == before, "a what-if changed the store's files");
    // Where the file cannot be written, nothing is changed or recorded.
    std::fs::create_dir(config.join("indicators/.rules.toml.new")).expect("a folder in the way");
    let refused = crate::support::run(&mut with(&["analyse", "--what-if", &tried_text, "--adopt", "more to read"]));
    assert_eq!(refused.code, 1, "{}", refused.err);
    assert!(refused.err.contains("by hand") && refused.err.contains("medium.0.points"), "{}", refused.err);
    assert_eq!(std::fs::read_to_string(config.join("indicators/rules.toml")).expect("rules"), rules);
    std::fs::remove_dir(config.join("indicators/.rules.toml.new")).expect("removed");
    let adopted = done(&mut with(&["analyse", "--what-if", &tried_text, "--adopt", "more to read"]));
    assert!(adopted.err.contains("Adopted and recorded"), "{}", adopted.err);
    assert_eq!(std::fs::read_to_string(config.join("indicators/rules.toml")).expect("rules"), changed);
    let again = done(&mut with(&["analyse", "--what-if", &tried_text]));
    assert!(again.out.contains("No value differs"), "{}", again.out);
    let empty = tempfile::tempdir().expect("a folder");
    let nothing = crate::support::run(&mut with(&["analyse", "--what-if", &empty.path().display().to_string()]));
    assert!(nothing.code == 1 && nothing.err.contains("holds no configuration file"), "{}", nothing.err);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_adopted_is_what_was_seen_and_comments_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let config_folder = copied(folder.path());
    let ads = world(7, 12);
    let test = opened(Engine::Sqlite, &ads).await;
    test.store.put_ads(&ads).await.expect("ads");
    let present = Config::load(&config_folder, false).expect("a configuration");
    let end = end_of(&ads) + SignedDuration::from_secs(60);
    analyse(&test.store, &present, end, NewReference::Always).await;
    let values = [value("linkage.toml", "network_bits", "3,5")];
    let overlay = what_if::tried(&present, &values).expect("a weight");
    let found = what_if::what_if(&test.store, &present, &overlay, end, &|_, _| {}).await.expect("a what-if");
    let act = ConfigurationAct { by: Actor::System("test".to_owned()), at: end, reason: "fewer, surer".to_owned() };
    let file = config_folder.join("linkage.toml");
    let text = std::fs::read_to_string(&file).expect("linkage.toml");
    std::fs::write(&file, text.replace("circuit_bits = 9.0", "circuit_bits = 8.0")).expect("written");
    let adoption = Adoption::of(&present, &overlay, &found);
    let changed = what_if::adopt(&test.store, &present, &adoption, &act).await.expect("an answer");
    assert!(matches!(&changed, Adopted::Refused(why) if why.contains("changed since")), "{changed:?}");
    std::fs::write(&file, &text).expect("written");
    let done = what_if::adopt(&test.store, &present, &adoption, &act).await.expect("an answer");
    assert_eq!(done, Adopted::Written(vec!["linkage.toml".to_owned()]));
    let written = std::fs::read_to_string(&file).expect("linkage.toml");
    assert_eq!(written, text.replace("\nnetwork_bits = 2.0", "\nnetwork_bits = 3.5"));
    let payload = test.store.events(None, 1).await.expect("events")[0].payload.clone().expect("a payload");
    assert_eq!(payload["changes"][0]["key"], "network_bits");
    assert_eq!((&payload["changes"][0]["before"], &payload["changes"][0]["after"]), (&"2.0".into(), &"3.5".into()));
    assert_eq!(payload["would"]["unchanged"], found.unchanged);
    let history = test.store.config_versions("linkage.toml", 5).await.expect("a history");
    assert!(history.iter().any(|one| one.reason == "fewer, surer" && one.by == "test"), "{history:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_made_removed_and_taken_back_with_what_it_would_do_shown_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let config_folder = copied(folder.path());
    let ads = world(9, 24);
    let test = opened(Engine::Sqlite, &ads).await;
    let store = &test.store;
    store.put_ads(&ads).await.expect("ads");
    let live = Live::open(&config_folder, |folder| Config::load(folder, false)).expect("a configuration");
    let end = end_of(&ads) + SignedDuration::from_secs(60);
    analyse(store, &live.now(), end, NewReference::Always).await;
    let account = store::NewAccount {
        login: "anders".to_owned(),
        name: "Anders Admin".to_owned(),
        role: store::PersonRole::Administrator,
        team: None,
        programme: None,
        organisation: None,
        language: "da".to_owned(),
        urgent_contact: false,
        password_hash: String::new(),
    };
    let by = store.add_account(&account, &Actor::System("test".to_owned()), end).await.expect("an account");
    let again = store.add_account(&account, &Actor::System("test".to_owned()), end).await;
    assert!(matches!(again, Err(store::StoreError::Refused { .. })), "the second of two of one name is refused");
    let bench = Bench::new(live.now(), store.clone());
    let desk = Desk::new(live.clone(), store.clone(), bench.trials());

    // A sign that fires on every ad, begun as a copy: today's cases move, and the page says by what.
    let path = "indicators/B/on_everybody.toml";
    let like = "indicators/B/third_person_voice.toml";
    let outline = desk.outline(path, Some(like)).await.expect("an outline");
    assert!(outline.contains("id       = \"on_everybody\"") || outline.contains("\"on_everybody\""), "{outline}");
    let open = desk.open(path).await.expect("one that may be made");
    assert!(!open.exists && open.writable && open.text.is_empty());
    let before = bytes(&test).await;
    let draft = desk.draft(path, Some(&outline), by, end).await.expect("a draft");
    assert_eq!(draft.mistakes, []);
    assert!(draft.difference.iter().all(|line| matches!(line, DiffLine::New(_))), "every line is new");
    assert!(draft.effects.iter().any(|words| words.en.contains("Today's cases")), "{:?}", draft.effects);
    let trial = draft.trial.expect("a trial");
    let found = bench.trials().done_within(trial, std::time::Duration::from_secs(120)).await;
    assert!(matches!(found, Some(web::Trial::Done(_))), "{found:?}");
    let (changes, _) = bench.with(live.now()).trial(trial).expect("known after a change of the configuration too");
    assert!(changes.iter().all(|change| change.file == path), "{changes:?}");
    assert!(bytes(&test).await == before && !config_folder.join(path).exists(), "a look changes nothing");

    let change = |text: Option<&str>, base: &str, is_return: bool| ConfigChange {
        path: path.to_owned(),
        text: text.map(str::to_owned),
        base: base.to_owned(),
        reason: "tried in the north".to_owned(),
        is_return,
        by,
        at: end,
    };
    let faulty = outline.replacen("version", "versjon", 1);
    let told = desk.save(&change(Some(&faulty), &open.digest, false)).await;
    let Err(ConfigurationError::Invalid(mistakes)) = told else { panic!("{told:?}") };
    assert!(mistakes.iter().any(|mistake| mistake.line > 0), "{mistakes:?}");
    desk.save(&change(Some(&outline), &open.digest, false)).await.expect("saved");
    let is_in_force = || live.now().catalogue.get("on_everybody").is_some();
    assert!(is_in_force(), "at once");
    let late = desk.save(&change(Some(&outline), &open.digest, false)).await;
    assert!(matches!(late, Err(ConfigurationError::Changed)), "somebody else was first: {late:?}");

    // Away with it, by a reason; then back with one click.
    let open = desk.open(path).await.expect("there");
    let draft = desk.draft(path, None, by, end).await.expect("a draft");
    assert_eq!((draft.mistakes.len(), draft.text.as_deref(), draft.trial.is_some()), (0, None, true));
    desk.save(&change(None, &open.digest, false)).await.expect("removed");
    assert!(!config_folder.join(path).exists() && !is_in_force());
    let versions = store.config_versions(path, 9).await.expect("history");
    let how: Vec<store::ConfigHow> = versions.iter().map(|version| version.how).collect();
    assert_eq!(how, [store::ConfigHow::Gone, store::ConfigHow::Page]);
    let (_, text) = store.config_text(versions[1].id).await.expect("its text");
    let open = desk.open(path).await.expect("one that may be made");
    desk.save(&change(Some(&text), &open.digest, true)).await.expect("taken back");
    assert!(is_in_force() && std::fs::read_to_string(config_folder.join(path)).expect("there") == outline);

    // What must stay cannot go; one removed by hand is noticed.
    for fixed in ["bavn.toml", "linkage.toml", "indicators/rules.toml"] {
        assert!(matches!(desk.draft(fixed, None, by, end).await, Err(ConfigurationError::NotFound)), "{fixed}");
    }
    bavn::configuring::note_all(&config_folder, store, end).await.expect("noted");
    std::fs::remove_file(config_folder.join(path)).expect("removed");
    bavn::configuring::note_all(&config_folder, store, end).await.expect("noted");
    assert_eq!(store.config_versions(path, 1).await.expect("history")[0].how, store::ConfigHow::Gone);

    // A site begins with what it must have.
    let site = "sites/new-site/site.toml";
    let outline = desk.outline(site, None).await.expect("an outline");
    let draft = desk.draft(site, Some(&outline), by, end).await.expect("a draft");
    assert!(draft.mistakes.iter().any(|one| one.line > 0 && one.message.contains("name")), "{:?}", draft.mistakes);
    let filled = outline.replace("\"\"", "\"Made up\"");
    let draft = desk.draft(site, Some(&filled), by, end).await.expect("a draft");
    assert_eq!(draft.mistakes, [], "the outline can be read once it is filled in");
    assert!(draft.effects.iter().any(|words| words.en.contains("The site is new")) && draft.trial.is_none());
}
