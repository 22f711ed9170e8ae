//! For the same ads, judgements, reference and time, any order and any batches give the same bytes as one run over
//! everything: random worlds with numbers that many show, copied and edited texts, near pictures, ads that come and go,
//! versions, and people who judge and take it back.

use bavn::config::Config;
use bavn::pipeline::{self, NewReference};
use domain::{AdContent, AdRef, ContactRole, Image, JudgementKind, PdqHash, ProgrammeId, RunFigures, SiteId};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::path::Path;
use store::testing::{TestStore, at, on};
use store::{AccountId, Actor, Engine, Look, NewAccount, NewAd, PersonRole, SiteRegistration, Store, Waiting};

/// When everything has happened.
const END: i64 = 40 * 1_440;
/// Until then the first part of the world has happened, of which the reference is made.
const BASE: i64 = 12 * 1_440;

/// SplitMix64: the same world for the same seed, on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) % most.max(1) as u64) as usize
    }
    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// What happens to a store.
#[derive(Debug, Clone)]
enum Happens {
    /// An ad is seen with a content.
    Seen(NewAd),
    Gone(AdRef, i64),
    Judged(AdRef, AdRef, JudgementKind, i64),
    /// Takes back what was judged of the two.
    Undone(AdRef, AdRef, i64),
    /// The number that most ads show is called something.
    Named(ContactRole, i64),
}

const WORDS: [&str; 40] = [
    "rolig", "stue", "midt", "byen", "kaffe", "hygge", "venlig", "samtale", "aften", "morgen", "dejlig", "have",
    "udsigt", "musik", "gamle", "stole", "lyse", "vinduer", "trappe", "varm", "te", "kage", "blomster", "bord", "bog",
    "lampe", "tid", "ro", "besøg", "dør", "klokke", "nabo", "gade", "park", "cykel", "sol", "regn", "vind", "havn",
    "bro",
];
const TOWNS: [&str; 8] = ["Aarhus C", "Odense C", "Aalborg", "Esbjerg", "Randers C", "Kolding", "Horsens", "Vejle"];
const NAMES: [&str; 8] = ["Anna", "Maria", "Sofie", "Emma", "Ida", "Clara", "Laura", "Freja"];

struct World {
    dice: Dice,
    texts: Vec<Vec<&'static str>>,
    pictures: Vec<PdqHash>,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let texts = (0..7).map(|_| (0..26).map(|_| WORDS[dice.below(WORDS.len())]).collect()).collect();
        let pictures = (0..5).map(|_| PdqHash(std::array::from_fn(|_| dice.below(256) as u8))).collect();
        Self { dice, texts, pictures }
    }

    fn content(&mut self, number: usize) -> AdContent {
        let dice = &mut self.dice;
        // A few desks, a number that many unrelated ads show, and numbers of one ad each.
        let phone = match dice.below(10) {
            0..=4 => 40_000 + dice.below(9),
            5 | 6 => 49_999,
            _ => 50_000 + number,
        };
        let mut words = if dice.one_in(3) {
            (0..24).map(|_| WORDS[dice.below(WORDS.len())]).collect()
        } else {
            self.texts[dice.below(self.texts.len())].clone()
        };
        for _ in 0..dice.below(7) {
            let at = dice.below(words.len());
            words[at] = WORDS[dice.below(WORDS.len())];
        }
        let mut body = format!("{} {}. Ring 34{phone:06}", NAMES[dice.below(NAMES.len())], words.join(" "));
        if dice.one_in(6) {
            body.push_str(&format!(" eller 67{:06}", 10 + dice.below(3)));
        }
        if dice.one_in(8) {
            body.push_str(&format!(" se https://eksempel{}.dk/side", dice.below(3)));
        }
        let images = (0..usize::from(dice.one_in(3))).map(|_| {
            let mut hash = self.pictures[dice.below(self.pictures.len())];
            (0..dice.below(14)).for_each(|_| hash.0[dice.below(32)] ^= 1 << dice.below(8));
            Image { source: format!("{number}-{}.jpg", dice.below(1_000_000)), pdq: Some(hash), quality: 90 }
        });
        let images = images.collect();
        let place = TOWNS[dice.below(TOWNS.len())].to_owned();
        let price = format!("{} kr", 600 + 100 * dice.below(6));
        AdContent {
            title: format!("{} i byen", NAMES[dice.below(NAMES.len())]),
            body,
            fields: BTreeMap::from([("place".to_owned(), place), ("price".to_owned(), price)]),
            images,
            ..AdContent::default()
        }
    }

    /// What happens to one ad from a minute on: versions in their order, each seen now and then, and perhaps its end.
    fn ad(&mut self, number: usize, from: i64, until: i64) -> Vec<Happens> {
        let ad = AdRef::new(["s1", "s2"][number % 2], format!("a{number}"));
        let (mut now, mut happens) = (from, Vec::new());
        for _ in 0..1 + self.dice.below(3) {
            let content = self.content(number);
            let mut seen = Vec::new();
            for _ in 0..1 + self.dice.below(3) {
                now += 1 + self.dice.below(2 * 1_440) as i64;
                if now < until {
                    seen.push(at(now));
                }
            }
            if !seen.is_empty() {
                happens.push(Happens::Seen(NewAd { ad: ad.clone(), content, seen, masked: Vec::new() }));
            }
        }
        if !happens.is_empty() && self.dice.one_in(4) && now + 100 < until {
            happens.push(Happens::Gone(ad, now + 100));
        }
        happens
    }

    /// Deals what happens to several ads among each other; each ad's own order stays.
    fn deal(&mut self, mut of_ads: Vec<Vec<Happens>>) -> Vec<Happens> {
        of_ads.iter_mut().for_each(|list| list.reverse());
        let mut dealt = Vec::new();
        while !of_ads.is_empty() {
            let at = self.dice.below(of_ads.len());
            match of_ads[at].pop() {
                Some(one) => dealt.push(one),
                None => _ = of_ads.swap_remove(at),
            }
        }
        dealt
    }
}

async fn open(engine: Engine) -> (TestStore, AccountId) {
    let test = on(engine).await;
    let actor = Actor::System("test".to_owned());
    for site in ["s1", "s2"] {
        let site = SiteRegistration {
            site: SiteId::from(site),
            programme: ProgrammeId::from("initiative-1"),
            name: site.to_owned(),
            import_only: true,
        };
        test.store.register_site(&site, at(0)).await.expect("a site");
    }
    let account = NewAccount {
        login: "researcher".to_owned(),
        name: "Researcher".to_owned(),
        role: PersonRole::Researcher,
        team: None,
        programme: None,
        organisation: None,
        language: "en".to_owned(),
        urgent_contact: false,
        password_hash: "none".to_owned(),
    };
    let account = test.store.put_account(&account, &actor, at(0)).await.expect("an account");
    (test, account)
}

async fn happen(
    store: &Store,
    by: AccountId,
    what: &Happens,
    judged: &mut BTreeMap<(AdRef, AdRef), store::JudgementId>,
) {
    match what {
        Happens::Seen(ad) => _ = store.put_ads(std::slice::from_ref(ad)).await.expect("an ad"),
        Happens::Gone(ad, when) => store.mark_gone(ad, "missing", at(*when)).await.expect("an ad that goes"),
        Happens::Judged(a, b, kind, when) => {
            let id = store.judge(a, b, *kind, "why", by, at(*when)).await.expect("a judgement");
            judged.insert((a.clone(), b.clone()), id);
        }
        Happens::Undone(a, b, when) => {
            let id = judged[&(a.clone(), b.clone())];
            store.undo_judgement(id, by, at(*when)).await.expect("a judgement that is taken back");
        }
        Happens::Named(role, when) => {
            let page = store.shared_numbers(&look(), Waiting::Unnamed, 0, 1).await.expect("shared numbers");
            if let Some(number) = page.rows.first() {
                store.name_contact(number.number, *role, "why", by, at(*when)).await.expect("a name");
            }
        }
    }
}

fn look() -> Look {
    let actor = Actor::System("test".to_owned());
    Look { actor, purpose: "test".to_owned(), what: "test", subject: String::new(), at: at(END) }
}

async fn analyse(store: &Store, config: &Config, minute: i64) -> pipeline::AnalyseSummary {
    let when = at(minute);
    pipeline::analyse(store, config, when, when, NewReference::IfNone, &|_, _| {}).await.expect("an analysis")
}

/// Everything that an analysis says of ads, as text.
#[derive(PartialEq)]
struct Said {
    entities: String,
    links: String,
    assessments: String,
    figures: RunFigures,
}

/// As it is kept.
async fn kept(store: &Store) -> Said {
    let entities = store.analysis_entities(&look()).await.expect("entities");
    let mut links = store.analysis_links(&look()).await.expect("links");
    let damped = store.analysis_damped(&look()).await.expect("damped contacts");
    links.extend(linkage::damped_links(&damped, |of, ad| of.ads.iter().position(|one| one == ad)));
    links.sort_by(|x, y| (&x.a, &x.b, x.kind).cmp(&(&y.a, &y.b, y.kind)));
    let assessments = store.analysis_assessments(&look()).await.expect("assessments");
    let standing = store.standing().await.expect("counts").expect("an analysis");
    assert_eq!(standing.ads as usize, entities.len());
    assert_eq!(standing.damped as usize, damped.len());
    Said {
        entities: entities.iter().map(|row| format!("{row:?}\n")).collect(),
        links: links.iter().map(|link| format!("{link:?}\n")).collect(),
        assessments: assessments.iter().map(|one| format!("{one:?}\n")).collect(),
        figures: standing.figures,
    }
}

/// As one run over everything gives it, against the same reference.
async fn from_scratch(store: &Store, config: &Config, minute: i64) -> Said {
    let all = pipeline::analyse_in_memory(store, config, at(minute)).await.expect("an analysis");
    let facts = store.facts(Some(at(minute))).await.expect("facts");
    let mut figures = RunFigures::default();
    for one in &all.assessments {
        let own = facts.iter().filter(|facts| one.ads.contains(&facts.ad));
        figures.add(one, classifier::dominant_language(own));
    }
    Said {
        entities: bavn::exports::entities::rows(&all.linkage).iter().map(|row| format!("{row:?}\n")).collect(),
        links: all.linkage.links.iter().map(|link| format!("{link:?}\n")).collect(),
        assessments: all.assessments.iter().map(|one| format!("{one:?}\n")).collect(),
        figures,
    }
}

fn same(what: &str, a: &Said, b: &Said) {
    let first = |a: &str, b: &str| {
        a.lines().zip(b.lines()).find(|(a, b)| a != b).map(|(a, b)| format!("\n{a}\n{b}")).unwrap_or_default()
    };
    assert!(a.entities == b.entities, "{what}: entities differ{}", first(&a.entities, &b.entities));
    assert!(a.links == b.links, "{what}: links differ{}", first(&a.links, &b.links));
    assert!(a.assessments == b.assessments, "{what}: assessments differ{}", first(&a.assessments, &b.assessments));
    assert_eq!(a.figures, b.figures, "{what}: figures");
}

/// A world with `base` ads at first and `more` later, in two stores in different order and different batches.
async fn any_order_gives_the_same(engine: Engine, seed: u64, base: usize, more: usize) {
    let config = Config::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("config"), false).expect("a configuration");
    let mut world = World::new(seed);
    let first: Vec<Happens> =
        (0..base).flat_map(|number| world.ad(number, (number % 9) as i64 * 1_440, BASE)).collect();
    let mut later: Vec<Vec<Happens>> =
        (base..base + more).map(|number| world.ad(number, BASE + 1 + (number % 20) as i64 * 1_440, END)).collect();
    // Ads of the first part are seen again, and edited.
    for number in (0..base).filter(|number| number % 4 == 0) {
        later.push(world.ad(number, BASE + 1, END));
    }
    let ads: Vec<AdRef> = first
        .iter()
        .filter_map(|one| match one {
            Happens::Seen(ad) => Some(ad.ad.clone()),
            _ => None,
        })
        .collect();
    for kind in [JudgementKind::Same, JudgementKind::NotSame, JudgementKind::Same, JudgementKind::SplitHere] {
        let (a, b) = (ads[world.dice.below(ads.len())].clone(), ads[world.dice.below(ads.len())].clone());
        let (a, b) = if a < b { (a, b) } else { (b, a) };
        if a != b {
            let mut list = vec![Happens::Judged(a.clone(), b.clone(), kind, BASE + 5)];
            if world.dice.one_in(2) {
                list.push(Happens::Undone(a, b, BASE + 3_000));
            }
            later.retain(|known| !matches!((&known[..], &list[..]), ([Happens::Judged(a, b, ..), ..], [Happens::Judged(c, d, ..), ..]) if (a, b) == (c, d)));
            later.push(list);
        }
    }
    let named = [ContactRole::Operator, ContactRole::Directory, ContactRole::Agency][world.dice.below(3)];
    let mut said: Vec<Said> = Vec::new();
    for round in 0..2 {
        let (test, by) = open(engine).await;
        let store = &test.store;
        let mut judged = BTreeMap::new();
        let mut early = first.clone();
        if round == 1 {
            // Versions of one ad keep their order; the ads do not.
            let mut of_ad: BTreeMap<AdRef, Vec<Happens>> = BTreeMap::new();
            for one in early {
                let (Happens::Seen(NewAd { ad, .. }) | Happens::Gone(ad, _)) = &one else { continue };
                of_ad.entry(ad.clone()).or_default().push(one);
            }
            early = world.deal(of_ad.into_values().collect());
        }
        for one in &early {
            happen(store, by, one, &mut judged).await;
        }
        let made = analyse(store, &config, BASE).await;
        assert!(made.batch.is_none(), "the first analysis goes through everything");
        same("the first", &kept(store).await, &from_scratch(store, &config, BASE).await);
        if seed % 2 == 0 {
            happen(store, by, &Happens::Named(named, BASE + 2), &mut judged).await;
        }
        let dealt = world.deal(later.clone());
        let mut rest = &dealt[..];
        let mut minute = BASE + 10;
        while !rest.is_empty() {
            let size = (1 + world.dice.below(if round == 0 { 40 } else { 9 })).min(rest.len());
            for one in &rest[..size] {
                happen(store, by, one, &mut judged).await;
            }
            rest = &rest[size..];
            minute = (minute + world.dice.below(4_000) as i64).min(END);
            let made = analyse(store, &config, minute).await;
            assert!(made.batch.is_some(), "a batch was expected");
            if world.dice.one_in(3) {
                let what = format!("seed {seed}, round {round}, minute {minute}");
                same(&what, &kept(store).await, &from_scratch(store, &config, minute).await);
            }
        }
        analyse(store, &config, END).await;
        let now = kept(store).await;
        same(&format!("seed {seed}, round {round}, at the end"), &now, &from_scratch(store, &config, END).await);
        let again = analyse(store, &config, END).await;
        assert_eq!(again.batch.map(|batch| batch.changed), Some(0), "nothing is left to do");
        said.push(now);
        // A new reference goes through everything.
        let when = at(END) + SignedDuration::from_secs(60);
        let renewed = pipeline::analyse(store, &config, when, when, NewReference::Always, &|_, _| {}).await;
        assert!(renewed.expect("an analysis").batch.is_none());
        same("the new reference", &kept(store).await, &scratch_at(store, &config, when).await);
    }
    same(&format!("seed {seed}, two orders"), &said[0], &said[1]);
}

async fn scratch_at(store: &Store, config: &Config, when: Timestamp) -> Said {
    let minutes = (when.as_second() - at(0).as_second()) / 60;
    from_scratch(store, config, minutes).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_order_and_any_batches_give_the_same_bytes_as_one_run() {
    let worlds = std::env::var("BAVN_WORLDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    for seed in 1..=worlds {
        any_order_gives_the_same(Engine::Sqlite, seed, 60, 25).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_on_postgresql_give_the_same_bytes_too() {
    any_order_gives_the_same(Engine::Postgres, 100, 24, 8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_beyond_belief_fails_a_batch_and_the_analysis_before_stays() {
    let config = Config::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("config"), false).expect("a configuration");
    let value = |key: &str, value: &str| ("linkage.toml".to_owned(), key.to_owned(), value.to_owned());
    // Ten ads are a giant here, any two kinds of evidence tie, and no tie is weak enough to be cut.
    let values = [value("largest_network_floor", "10"), value("network_bits", "-9"), value("bridge_bits", "-9")];
    let overlay = bavn::what_if::tried(&config, &values).expect("weights");
    let config = config.over(&overlay).expect("a configuration with a low floor");
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let (test, _) = open(engine).await;
        let store = &test.store;
        // Two desks of eight ads with one text and one picture, under two numbers; the others stand alone.
        let ad = |number: usize| {
            let desk = if number < 16 { number / 8 } else { number };
            let text = if number < 16 { 0 } else { number };
            let words = WORDS.iter().cycle().skip(7 * text).take(24).copied().collect::<Vec<_>>().join(" ");
            let body = format!("{words}. Ring 34{:06}", 70_000 + desk);
            let picture = PdqHash(std::array::from_fn(|at| (at * 37 + 11) as u8));
            let images = (0..usize::from(number < 16)).map(|_| Image {
                source: format!("{number}.jpg"),
                pdq: Some(picture),
                quality: 90,
            });
            let content =
                AdContent { title: "I byen".to_owned(), body, images: images.collect(), ..AdContent::default() };
            NewAd { ad: AdRef::new("s1", format!("a{number}")), content, seen: vec![at(5)], masked: Vec::new() }
        };
        let (first, second): (Vec<NewAd>, Vec<NewAd>) = (0..24).map(ad).partition(|ad| {
            let number: usize = ad.ad.ad_id.trim_start_matches('a').parse().expect("a number");
            !(8..16).contains(&number)
        });
        store.put_ads(&first).await.expect("ads");
        analyse(store, &config, 10).await;
        let before = kept(store).await;
        store.put_ads(&second).await.expect("ads");
        let when = at(30);
        let refused = pipeline::analyse(store, &config, when, when, NewReference::IfNone, &|_, _| {}).await;
        let why = refused.err().expect("such a network stops the batch").to_string();
        assert!(
            why.contains("would hold 16 ads, more than the 10 allowed") && why.contains("bavn explain pair"),
            "{why}"
        );
        same("after a batch that was refused", &kept(store).await, &before);
        let waiting = store.changes().await.expect("changes");
        assert_eq!(waiting.len(), 8, "what it did not take in waits for the next one");
        assert!(waiting.iter().all(|change| change.ad.0 != 0), "and that one is a batch again");
    }
}
