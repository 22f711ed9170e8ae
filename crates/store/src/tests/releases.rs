//! What figures are counted from, pseudonyms for recipients, and the register of releases.

use super::fixture::{World, analyse, look, programme, put, register, system};
use super::on_both;
use crate::testing::at;
use crate::{CountedQuery, NewRelease};
use jiff::civil::date;

fn release(identity: &str, cells: &str) -> NewRelease {
    NewRelease {
        kind: "package",
        identity: identity.to_owned(),
        recipient: "ki".to_owned(),
        programme: programme().as_str().to_owned(),
        from: date(2026, 1, 1),
        to: date(2026, 3, 31),
        as_of: at(1_000),
        cells: cells.to_owned(),
        checksum: "sha256:00".to_owned(),
        at: at(2_000),
    }
}

on_both! {
    ads_are_counted_as_they_were_known(test) {
        let store = &test.store;
        register(store).await;
        put(store, &[("1", "0001", 0), ("2", "0002", 10), ("3", "0003", 3 * 24 * 60)]).await;
        let world = World { advertisers: vec![(vec!["1", "3"], vec!["a"]), (vec!["2"], vec![])], networks: vec![] };
        analyse(store, &world, 5 * 24 * 60).await;
        let of = programme();
        let query = |as_of| CountedQuery { programme: of.as_str(), from_day: 20_200_101, to_day: 20_301_231, as_of };
        let all = store.counted_ads(&look("count"), query(at(9 * 24 * 60)), &|texts| texts.len() as u8).await.unwrap();
        assert_eq!(all.len(), 3);
        assert!(all.iter().all(|ad| ad.site == "s1" && ad.versions == 1 && ad.days.len() == 1 && ad.form == 2 && !ad.gone));
        assert!(all.iter().all(|ad| ad.municipality.is_some() && ad.language.is_some()));
        let early = store.counted_ads(&look("count"), query(at(60)), &|_| 0).await.unwrap();
        assert_eq!(early.len(), 2, "the third was not seen by then");
        let none = CountedQuery { from_day: 20_200_101, to_day: 20_200_102, ..query(at(9 * 24 * 60)) };
        assert!(store.counted_ads(&look("count"), none, &|_| 0).await.unwrap().is_empty());
        let members = store.counted_members().await.unwrap();
        let advertiser = |at: usize| &members[&all[at].ad].0;
        assert!(advertiser(0) == advertiser(2) && advertiser(0) != advertiser(1));
        assert_eq!(store.counted_assessments().await.unwrap().len(), 2);
        assert_eq!(store.counted_indicators().await.unwrap().iter().filter(|(_, indicator)| indicator == "a").count(), 1);
        let counts = store.source_counts(of.as_str(), at(60)).await.unwrap();
        assert_eq!((counts.ads, counts.sightings), (2, 2));
        assert!(store.counted_decisions(of.as_str(), at(60)).await.unwrap().is_empty());
        assert!(store.counted_attempts(of.as_str(), at(60)).await.unwrap().is_empty());
        assert!(store.counted_lines(of.as_str(), at(60)).await.unwrap().is_empty());
        assert!(store.counted_readers(of.as_str(), at(60)).await.unwrap().is_empty());
        assert!(store.counted_runs(of.as_str(), at(0), at(60)).await.unwrap().is_empty());
        assert!(store.counted_links().await.unwrap().iter().all(|(.., count)| *count > 0));
    }

    a_release_is_noted_once_and_sees_only_what_came_before_it(test) {
        let store = &test.store;
        register(store).await;
        assert!(store.note_release(&release("one", "1"), &system()).await.unwrap());
        assert!(store.note_release(&release("two", "2"), &system()).await.unwrap());
        assert!(!store.note_release(&release("one", "other"), &system()).await.unwrap(), "the first stays");
        let before = |kind: &'static str, identity: &'static str| async move {
            let rows = store.releases_before(programme().as_str(), kind, identity).await.unwrap();
            rows.into_iter().map(|row| row.cells).collect::<Vec<_>>()
        };
        assert_eq!(before("package", "one").await, Vec::<String>::new());
        assert_eq!(before("package", "two").await, ["1"]);
        assert_eq!(before("package", "new").await, ["1", "2"]);
        assert_eq!(before("report", "one").await, ["1", "2"], "a report of that identity was never made");
    }

    a_release_changes_nothing_that_is_counted_and_recipients_share_no_pseudonym(test) {
        let store = &test.store;
        register(store).await;
        put(store, &[("1", "0001", 0)]).await;
        let before = store.last_change().await.unwrap();
        store.note_release(&release("one", "1"), &system()).await.unwrap();
        assert!(before.is_some() && store.last_change().await.unwrap() == before);
        let (a, b) = (store.recipient_pseudonyms("a").unwrap(), store.recipient_pseudonyms("b").unwrap());
        assert_eq!(a.of("advertiser", "adv_1"), store.recipient_pseudonyms("a").unwrap().of("advertiser", "adv_1"));
        assert_ne!(a.of("advertiser", "adv_1"), b.of("advertiser", "adv_1"));
        assert_ne!(a.of("advertiser", "adv_1"), a.of("network", "adv_1"));
        assert_eq!(a.of("advertiser", "adv_1").len(), 18);
    }
}
