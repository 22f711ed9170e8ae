//! Versions, idempotent imports, replays as of a time.

use super::fixture::{ad, content, look, put, register};
use super::on_both;
use crate::testing::at;
use crate::{NewAd, PutAds, StoreError};
use domain::{Image, PdqHash};

fn new(id: &str, text: &str, minutes: &[i64]) -> NewAd {
    NewAd {
        ad: ad(id),
        content: content(text),
        seen: minutes.iter().map(|minute| at(*minute)).collect(),
        masked: Vec::new(),
    }
}

on_both! {
    a_file_imported_twice_changes_nothing(test) {
        let store = &test.store;
        register(store).await;
        let file = [
            new("1", "a", &[30, 0, 60]),
            new("1", "b", &[90]),
            new("1", "a", &[120]),
            new("2", "a", &[0]),
        ];
        let first = store.put_ads(&file).await.unwrap();
        assert_eq!(first, PutAds { ads_new: 2, versions_new: 1, sighted: 1, unchanged: 0 });
        let again = store.put_ads(&file).await.unwrap();
        assert_eq!(again, PutAds { unchanged: 4, ..PutAds::default() });
        assert_eq!(store.unread_count("r1").await.unwrap(), 3, "the same content is the same version");
        assert_eq!(store.last_sighting().await.unwrap(), Some(at(120)));
        let unread = store.unread_versions("r1", 10).await.unwrap();
        let first = unread.iter().find(|version| version.ad == ad("1") && version.version == 1).unwrap();
        assert_eq!((first.first_seen, first.last_seen), (at(0), at(120)));
        assert_eq!(first.content, content("a"), "the text comes back as it was");
    }

    what_was_known_then_is_the_same_when_asked_later(test) {
        let store = &test.store;
        register(store).await;
        put(store, &[("1", "0001", 0), ("2", "0002", 50)]).await;
        store.put_ads(&[new("1", "1", &[10, 20])]).await.unwrap();
        let then = store.facts(Some(at(20))).await.unwrap();
        assert_eq!(then.len(), 1, "ad 2 was not seen yet");
        assert_eq!((then[0].first_seen, then[0].last_seen, then[0].sightings[0].count), (at(0), at(20), 3));
        assert_eq!(then[0].versions[0].last_seen, at(20));
        store.put_ads(&[new("1", "1", &[25, 300]), new("1", "changed", &[310])]).await.unwrap();
        store.mark_gone(&ad("1"), "missing", at(400)).await.unwrap();
        put(store, &[("1", "0001", 0)]).await;
        assert_eq!(store.facts(Some(at(20))).await.unwrap(), then, "a replay gives the same");
        let now = store.facts(None).await.unwrap();
        assert_eq!(now.len(), 2);
        assert_eq!((now[0].versions.len(), now[0].last_seen, now[0].gone_at), (2, at(310), Some(at(400))));
        assert_eq!(now[0].versions[1].first_seen, at(310));
    }

    a_sighting_after_it_was_gone_takes_that_back(test) {
        let store = &test.store;
        register(store).await;
        put(store, &[("1", "0001", 0)]).await;
        store.mark_gone(&ad("1"), "not_found", at(100)).await.unwrap();
        store.put_ads(&[new("1", "1", &[50])]).await.unwrap();
        assert_eq!(store.facts(None).await.unwrap()[0].gone_at, Some(at(100)), "an older sighting says nothing new");
        store.put_ads(&[new("1", "1", &[200])]).await.unwrap();
        assert_eq!(store.facts(None).await.unwrap()[0].gone_at, None);
        assert_eq!(store.facts(Some(at(150))).await.unwrap()[0].gone_at, Some(at(100)));
        store.mark_gone(&ad("1"), "not_found", at(150)).await.unwrap();
        assert_eq!(store.facts(None).await.unwrap()[0].gone_at, None, "it was seen since");
    }

    a_picture_s_hash_goes_to_every_version_that_shows_it(test) {
        let store = &test.store;
        register(store).await;
        let image = Image { source: "https://example.dk/1.png".to_owned(), pdq: None, quality: 0 };
        let mut one = new("1", "a", &[0]);
        one.content.images = vec![image.clone()];
        let mut two = new("1", "b", &[10]);
        two.content.images = vec![image.clone()];
        store.put_ads(&[one, two]).await.unwrap();
        store.set_image_hash(&ad("1"), &image.source, PdqHash([9; 32]), 88, at(11)).await.unwrap();
        for version in store.unread_versions("r1", 10).await.unwrap() {
            assert_eq!(version.content.images[0].pdq, Some(PdqHash([9; 32])));
            assert_eq!(version.content.images[0].quality, 88);
        }
        let unknown = store.set_image_hash(&ad("9"), "x", PdqHash([9; 32]), 88, at(11)).await;
        assert!(matches!(unknown, Err(StoreError::NotFound { .. })));
    }

    readings_come_back_with_the_original_text_and_are_audited(test) {
        let store = &test.store;
        register(store).await;
        put(store, &[("2", "0002", 5), ("1", "0001", 0)]).await;
        let read = store.readings(&look("export:mentions"), None).await.unwrap();
        assert_eq!(read.iter().map(|row| row.ad.ad_id.as_str()).collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(read[0].content, content("1"));
        assert_eq!(read[0].facts.contacts, vec![crate::tests::fixture::phone("0001")]);
        assert_eq!(read[0].masked.len(), 2);
        assert_eq!(store.readings(&look("export:mentions"), Some(at(2))).await.unwrap().len(), 1);
        let audit = store.audit_entries(None, 10).await.unwrap();
        assert_eq!(audit.len(), 2);
        assert_eq!((audit[0].kind.as_str(), audit[0].purpose.as_deref()), ("export:mentions", Some("test")));
    }

    a_new_reader_reads_again(test) {
        let store = &test.store;
        register(store).await;
        put(store, &[("1", "0001", 0)]).await;
        assert_eq!(store.unread_count("r1").await.unwrap(), 0);
        let unread = store.unread_versions("r2", 10).await.unwrap();
        assert_eq!(unread.len(), 1);
        let mut facts = crate::tests::fixture::facts(1, at(0), at(0), "0009");
        facts.places.clear();
        let row = crate::ReadingRow {
            row: unread[0].row,
            reader_version: "r2".to_owned(),
            reading: domain::Reading::default(),
            facts,
            masked: Vec::new(),
        };
        store.put_readings(std::slice::from_ref(&row), at(10)).await.unwrap();
        store.put_readings(&[row], at(10)).await.unwrap();
        let facts = store.facts(None).await.unwrap();
        assert_eq!(facts[0].versions[0].contacts, vec![crate::tests::fixture::phone("0009")]);
        assert!(facts[0].versions[0].places.is_empty());
    }

    an_ad_without_a_time_or_of_an_unknown_site_is_refused(test) {
        let store = &test.store;
        register(store).await;
        assert!(matches!(store.put_ads(&[new("1", "a", &[])]).await, Err(StoreError::Refused { .. })));
        let mut elsewhere = new("1", "a", &[0]);
        elsewhere.ad.site = domain::SiteId::from("none");
        assert!(matches!(store.put_ads(&[elsewhere]).await, Err(StoreError::NotFound { .. })));
    }
}
