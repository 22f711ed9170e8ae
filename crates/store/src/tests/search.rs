//! Search: forms of words, phrases, facets, days, masking, networks, deletion; and the look-up of a contact.

use super::fixture::{World, account, ad, analyse, facts, look, phone, register};
use super::on_both;
use crate::db::args;
use crate::testing::{TestStore, at};
use crate::{NewAd, PersonRole, ReadingRow, SearchQuery, Store, StoreError};
use domain::{AdContent, Contact, ContactKind, Field, LanguageGuess, MaskedText, PlaceFact, Reading};
use std::collections::BTreeMap;

/// Ads with their texts: id, text, language, municipality, minute.
const ADS: [(&str, &str, &str, &str, i64); 4] = [
    ("1", "Søde piger venter i lejligheden. Ring 34000001 nu", "da", "0751", 0),
    ("2", "Sød pige er ny hos os på Vesterbro", "da", "0101", 10),
    ("3", "She is new with us", "en", "0751", 20),
    ("4", "Os er her ny", "da", "0101", 40_000),
];

async fn put(store: &Store, version: &str) {
    let new: Vec<NewAd> = ADS
        .iter()
        .map(|(id, text, _, _, minute)| {
            let content = AdContent {
                title: format!("Annonce {id}"),
                body: (*text).to_owned(),
                fields: BTreeMap::new(),
                url: None,
                posted_at: None,
                images: Vec::new(),
            };
            NewAd { ad: ad(id), content, seen: vec![at(*minute)], masked: Vec::new() }
        })
        .collect();
    store.put_ads(&new).await.unwrap();
    let unread = store.unread_versions(version, 100).await.unwrap();
    let rows: Vec<ReadingRow> = unread
        .iter()
        .map(|unread| {
            let (id, text, language, town, _) = ADS.iter().find(|(id, ..)| *id == unread.ad.ad_id).unwrap();
            let runs: Vec<_> = text.find("34000001").map(|from| (from..from + 8, "[telefon]")).into_iter().collect();
            let mut facts = facts(unread.version, unread.first_seen, unread.last_seen, "0001");
            facts.languages = vec![LanguageGuess { code: (*language).to_owned(), confidence: 0.9 }];
            facts.places = vec![PlaceFact { municipality_code: (*town).to_owned(), place: String::new() }];
            ReadingRow {
                row: unread.row,
                reader_version: version.to_owned(),
                reading: Reading::default(),
                facts,
                masked: vec![
                    MaskedText::build(Field::Title, &format!("Annonce {id}"), &[]),
                    MaskedText::build(Field::Body, text, &runs),
                ],
            }
        })
        .collect();
    store.put_readings(&rows, at(100)).await.unwrap();
}

async fn world(test: &TestStore) {
    let store = &test.store;
    register(store).await;
    put(store, "r1").await;
    let world = World {
        advertisers: vec![
            (vec!["1"], vec!["a", "b", "c"]),
            (vec!["2"], vec!["a"]),
            (vec!["3"], vec!["b"]),
            (vec!["4"], vec![]),
        ],
        networks: vec![vec![0, 1]],
    };
    analyse(store, &world, 41_000).await;
}

fn words(words: &str) -> SearchQuery {
    SearchQuery { words: words.to_owned(), ..SearchQuery::default() }
}

async fn found(store: &Store, query: &SearchQuery) -> Vec<String> {
    let page = store.search(&look("search"), query, 0, 20).await.unwrap();
    assert_eq!(page.total, page.hits.len() as u64);
    page.hits.into_iter().map(|hit| hit.ad.ad.ad_id).collect()
}

on_both! {
    words_are_found_in_every_form_phrases_in_their_order_and_all_must_be_there(test) {
        let store = &test.store;
        world(test).await;
        assert_eq!(found(store, &words("pigerne")).await, ["2", "1"], "newest first, whatever the form");
        assert_eq!(found(store, &words("SØD pige")).await, ["2", "1"]);
        assert_eq!(found(store, &words("soed")).await, ["2", "1"], "without Danish letters too");
        assert_eq!(found(store, &words("pige lejlighed")).await, ["1"]);
        assert_eq!(found(store, &words("\"ny hos os\"")).await, ["2"]);
        assert_eq!(found(store, &words("\"os er\"")).await, ["4"], "a phrase has an order");
        assert_eq!(found(store, &words("\"2 sød\"")).await, Vec::<String>::new(), "and does not reach over a text's end");
        assert!(found(store, &words("ingenting")).await.is_empty());
        for typed in ["", "   ", "\"\"", "' OR 1=1 --", "* AND (", "_lda", "!:&|"] {
            let page = store.search(&look("search"), &words(typed), 0, 20).await.unwrap();
            assert!(page.hits.len() < 4, "{typed}: nothing typed means anything to an engine");
        }
    }

    masked_numbers_are_not_in_the_index(test) {
        let store = &test.store;
        world(test).await;
        for typed in ["34000001", "telefon", "\"ring nu\"", "\"ring telefon\""] {
            assert!(found(store, &words(typed)).await.is_empty(), "{typed}");
        }
        assert_eq!(found(store, &words("ring nu")).await, ["1"]);
    }

    facets_and_days_narrow_and_stand_alone(test) {
        let store = &test.store;
        world(test).await;
        let day = |text: &str| Some(text.parse().unwrap());
        let query = |municipalities: &[&str], language: Option<&str>| SearchQuery {
            municipalities: municipalities.iter().map(|code| (*code).to_owned()).collect(),
            language: language.map(str::to_owned),
            ..SearchQuery::default()
        };
        assert_eq!(found(store, &query(&["0751"], None)).await, ["3", "1"]);
        assert_eq!(found(store, &query(&["0751", "0101"], Some("da"))).await, ["4", "2", "1"]);
        assert_eq!(found(store, &SearchQuery { words: "ny".to_owned(), ..query(&["0101"], None) }).await, ["4", "2"]);
        let first = crate::times::day_from_number(crate::times::local_day_and_hour(at(0)).0).unwrap();
        let early = SearchQuery { to: Some(first), ..SearchQuery::default() };
        assert_eq!(found(store, &early).await, ["3", "2", "1"]);
        let late = SearchQuery { from: Some(first.tomorrow().unwrap()), ..words("ny") };
        assert_eq!(found(store, &late).await, ["4"]);
        let none = SearchQuery { from: day("2026-12-01"), to: day("2026-11-01"), ..words("ny") };
        assert!(found(store, &none).await.is_empty(), "a time that ends before it begins");
    }

    what_was_found_is_spread_over_languages_and_regions_and_an_ad_counts_once_in_each(test) {
        let store = &test.store;
        world(test).await;
        let region = |code: &str| Some(if code == "0751" { "west" } else { "east" }.to_owned());
        let (page, facets) = store.search_spread(&look("search"), &words("ny"), 0, 1, &region).await.unwrap();
        assert_eq!((page.total, page.hits.len()), (2, 1), "the spread is that of all hits, not of the page");
        let counted = |values: &[(&str, u64)]| values.iter().map(|(v, n)| ((*v).to_owned(), *n)).collect::<Vec<_>>();
        assert_eq!((facets.languages, facets.regions), (counted(&[("da", 2)]), counted(&[("east", 2)])));
        let days = SearchQuery { to: Some("2030-01-01".parse().unwrap()), ..SearchQuery::default() };
        let (_, facets) = store.search_spread(&look("search"), &days, 0, 20, &region).await.unwrap();
        assert_eq!(facets.languages, counted(&[("da", 3), ("en", 1)]));
        assert_eq!(facets.regions, counted(&[("east", 2), ("west", 2)]));
        let none = store.search_spread(&look("search"), &words("findesikke"), 0, 20, &region).await.unwrap();
        assert_eq!((none.0.total, none.1), (0, crate::SearchFacets::default()));
    }

    networks_and_cases_of_what_was_found(test) {
        let store = &test.store;
        world(test).await;
        let groups = store.search_groups(&look("search"), &words("pige"), 10).await.unwrap();
        assert_eq!((groups.len(), groups[0].ads, groups[0].advertisers), (1, 2, 2), "one network holds both");
        assert!(groups[0].network.0.starts_with("net_") && groups[0].case.is_some());
        assert_eq!(groups[0].standing, Some((crate::CaseState::Open, domain::Band::High)));
        assert_eq!(store.search_cases(&look("search"), &words("pige"), 10).await.unwrap(), groups);
        let all = store.search_groups(&look("search"), &words("ny"), 10).await.unwrap();
        let with_case = store.search_cases(&look("search"), &words("ny"), 10).await.unwrap();
        assert_eq!((all.len(), with_case.len()), (2, 1), "what nothing fired on has no case");
        let hit = store.search(&look("search"), &words("pige"), 0, 1).await.unwrap().hits.remove(0);
        assert_eq!((hit.case, hit.network), (groups[0].case.clone(), groups[0].network.clone()));
        let case = groups[0].case.clone().unwrap();
        // What is urgent is found by those appointed alone.
        let by = account(store, "urgent", PersonRole::Researcher).await;
        let row = store.case(&look("case"), &case).await.unwrap().row;
        let urgent = crate::Decision {
            kind: crate::DecisionKind::Urgent,
            reason_code: "x".to_owned(),
            text: String::new(),
            change_mind: String::new(),
            until: None,
            refer_to: None,
        };
        store.decide(&case, &urgent, row.version, by, at(41_001)).await.unwrap();
        assert!(found(store, &words("pige")).await.is_empty());
        assert!(store.search_groups(&look("search"), &words("pige"), 10).await.unwrap().is_empty());
        assert_eq!(found(store, &SearchQuery { may_urgent: true, ..words("pige") }).await, ["2", "1"]);
        let lookup = |may| store.look_up_contacts_of(may);
        assert_eq!((lookup(false).await, lookup(true).await), (2, 4));
        let audits = store.audit_entries(None, 50).await.unwrap();
        assert!(audits.iter().filter(|entry| entry.kind == "search").count() >= 5, "each search is logged");
    }

    the_index_is_made_again_with_the_readings_and_goes_with_its_ad(test) {
        let store = &test.store;
        world(test).await;
        put(store, "r2").await;
        assert_eq!(found(store, &words("pigerne")).await, ["2", "1"], "read again, it is there once");
        let mut tx = store.write("test").await.unwrap();
        tx.run("DELETE FROM ad_version WHERE ad_id = (SELECT min(id) FROM ad)", args![]).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.read("test").await.unwrap();
        assert_eq!(tx.id("SELECT count(*) FROM search_text", args![]).await.unwrap(), 3);
    }

    a_contact_is_looked_up_by_its_hash_with_a_purpose_that_is_logged(test) {
        let store = &test.store;
        world(test).await;
        let look = crate::Look { purpose: "anmodning om indsigt".to_owned(), ..look("contact_lookup") };
        let unknown = Contact { kind: ContactKind::Phone, value: "+4534999999".to_owned() };
        let found = store.look_up_contacts(&look, &[phone("0001"), unknown], true).await.unwrap();
        assert_eq!((found[0].ads.len(), found[1].ads.len()), (4, 0));
        assert!(found[0].name.starts_with("K-") && !format!("{found:?}").contains("340000"));
        let entry = store.audit_entries(None, 1).await.unwrap().remove(0);
        assert_eq!((entry.kind.as_str(), entry.purpose.as_deref()), ("contact_lookup", Some("anmodning om indsigt")));
        assert_eq!(entry.subject.as_deref(), Some(format!("{} {}", found[0].name, found[1].name).as_str()));
        let blank = crate::Look { purpose: " ".to_owned(), ..look };
        let refused = store.look_up_contacts(&blank, &[phone("0001")], true).await;
        assert!(matches!(refused, Err(StoreError::Refused { .. })), "{refused:?}");
    }
}

impl Store {
    /// Ads of the population's one number that a reader of this kind is shown.
    async fn look_up_contacts_of(&self, may_urgent: bool) -> usize {
        let found = self.look_up_contacts(&look("contact_lookup"), &[phone("0001")], may_urgent).await.unwrap();
        found.iter().map(|found| found.ads.len()).sum()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_on_the_other_engine_answers_alike() {
    use crate::Engine::{Postgres, Sqlite};
    use crate::testing::on;
    let (sqlite, postgres, back) = (on(Sqlite).await, on(Postgres).await, on(Sqlite).await);
    world(&sqlite).await;
    sqlite.store.copy_to(&postgres.store).await.unwrap();
    postgres.store.copy_to(&back.store).await.unwrap();
    let of = |municipality: &str| SearchQuery { municipalities: vec![municipality.to_owned()], ..words("ny") };
    for query in [words("pigerne"), words("\"ny hos os\""), of("0101"), words("findesikke")] {
        let there = found(&sqlite.store, &query).await;
        assert_eq!(found(&postgres.store, &query).await, there, "{query:?}");
        assert_eq!(found(&back.store, &query).await, there, "{query:?}, there and back");
    }
}

/// Milliseconds that an answer may take.
const MOST_MS: u128 = 200;

/// A number below `limit`, small ones far more often: words of a language are so.
fn skewed(state: &mut u64, limit: f64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    let unit = (*state >> 11) as f64 / (1_u64 << 53) as f64;
    limit.powf(unit) as u64 - 1
}

/// Puts `ads` made-up ads straight into the tables: 40 words of a vocabulary of 20,000, one municipality of 98.
async fn fill(store: &Store, ads: i64) {
    let (mut state, keys) = (7_u64, store.keys());
    let mut tx = store.write("filling for a measurement").await.unwrap();
    let analysis = crate::analysis::current(&mut tx).await.unwrap();
    let postgres = tx.is_postgres();
    for number in 1_000..1_000 + ads {
        let key = keys.hash(crate::keys::Purpose::Ad, &[&number.to_le_bytes()]);
        let sealed = keys.seal_text("ad", &key, "site_ad_id", &number.to_string()).unwrap();
        tx.later(
            "INSERT INTO ad (id, site_id, key_hash, site_ad_id_sealed, first_seen, last_seen, versions, current_version, \
             retention) VALUES ($1, 1, $2, $3, $4, $4, 1, 1, 'ad')",
            args![number, key, sealed, at(0)],
        )
        .await
        .unwrap();
        tx.later(
            "INSERT INTO ad_version (id, ad_id, version, content_hash, content_sealed, masked, reader_version, retention) \
             VALUES ($1, $1, 1, $2, $2, '[]', 'r', 'ad')",
            args![number, key],
        )
        .await
        .unwrap();
        tx.later(
            "INSERT INTO sighting (ad_id, version, day, first_at, last_at, count, hours, longest_gap_ms, times, retention) \
             VALUES ($1, 1, 20261001, $2, $2, 1, 1, 0, $3, 'ad')",
            args![number, at(0), crate::times::pack_times(&[at(0).as_millisecond()])],
        )
        .await
        .unwrap();
        tx.later(
            "INSERT INTO entity_member (analysis_id, ad_id, advertiser, network, retention) \
             VALUES ($1, $2, $3, $4, 'analysis')",
            args![analysis, number, format!("adv_{}", number / 3), format!("net_{}", number / 9)],
        )
        .await
        .unwrap();
        for (sql, value) in [
            (
                "INSERT INTO place_mention (version_id, position, ad_id, municipality_code, place) \
                 VALUES ($1, 0, $1, $2, '')",
                format!("{:04}", 100 + number % 98),
            ),
            (
                "INSERT INTO language_mention (version_id, position, ad_id, code) VALUES ($1, 0, $1, $2)",
                ["da", "en", "th"][(number % 3) as usize].to_owned(),
            ),
        ] {
            tx.later(sql, args![number, value]).await.unwrap();
        }
        let drawn: Vec<String> = (0..40).map(|_| format!("w{}", skewed(&mut state, 20_001.0))).collect();
        let facet = format!("_p{:04}", 100 + skewed(&mut state, 99.0));
        if postgres {
            let words: Vec<String> = drawn.iter().zip(1..).map(|(word, place)| format!("'{word}':{place}")).collect();
            tx.later(
                "INSERT INTO search_text (version_id, words) VALUES ($1, CAST(CAST($2 AS TEXT) AS TSVECTOR))",
                args![number, format!("{} '{facet}'", words.join(" "))],
            )
            .await
            .unwrap();
        } else {
            tx.later(
                "INSERT INTO search_text (rowid, words) VALUES ($1, $2)",
                args![number, format!("{} _ _ {facet}", drawn.join(" "))],
            )
            .await
            .unwrap();
        }
        if number % 20_000 == 0 {
            tx.commit().await.unwrap();
            tx = store.write("filling for a measurement").await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    if postgres {
        let mut tx = store.write("counting for a measurement").await.unwrap();
        tx.script(
            "ANALYZE search_text; ANALYZE entity_member; ANALYZE ad_version; ANALYZE ad; \
             ANALYZE place_mention; ANALYZE language_mention",
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
    }
}

on_both! {
    /// `./measure search [ADS]` sets `BAVN_SEARCH_ADS`; a test run fills a small sample.
    every_kind_of_search_answers_in_time(test) {
        let store = &test.store;
        world(test).await;
        let ads = std::env::var("BAVN_SEARCH_ADS").ok().and_then(|ads| ads.parse().ok()).unwrap_or(2_000_i64);
        fill(store, ads).await;
        let town = |query: SearchQuery| SearchQuery { municipalities: vec!["0107".to_owned()], ..query };
        for (name, query) in [
            ("a common word", words("w0")),
            ("a rare word", words("w15000")),
            ("two common words", words("w0 w1")),
            ("a common and a rare word", words("w0 w15000")),
            ("a phrase of common words", words("\"w0 w1 w0\"")),
            ("a common word in one town", town(words("w1"))),
            ("one town", town(SearchQuery::default())),
            ("nothing to be found", words("w0 findesikke")),
        ] {
            let mut times = Vec::new();
            let mut total = 0;
            for _ in 0..5 {
                let started = std::time::Instant::now();
                let region = |code: &str| code.get(..2).map(str::to_owned);
                total = store.search_spread(&look("search"), &query, 0, 20, &region).await.unwrap().0.total;
                store.search_groups(&look("search"), &query, 100).await.unwrap();
                times.push(started.elapsed().as_millis());
            }
            times.sort_unstable();
            println!("{:?}, {ads} ads, {name}: {total} found, median {} ms, slowest {} ms", store.engine(), times[2], times[4]);
            assert!(times[2] <= MOST_MS || ads <= 2_000, "{name}: {times:?} ms for both lists");
        }
    }
}
