//! Keeping an analysis; cases that follow, reopen, split and merge.

use super::fixture::{World, account, ad, analyse, look, programme, put, register};
use super::on_both;
use crate::db::args;
use crate::testing::{TestStore, at};
use crate::{
    AccountId, CaseId, CaseState, Decision, DecisionKind, PersonRole, QueueFilter, QueueRow, Store, StoreError,
};
use domain::{AdvertiserId, NetworkId};

async fn three_ads(test: &TestStore) {
    register(&test.store).await;
    put(&test.store, &[("1", "0001", 0), ("2", "0001", 10), ("3", "0003", 20)]).await;
}

async fn rows(store: &Store) -> Vec<QueueRow> {
    let mut rows = Vec::new();
    for state in [CaseState::Open, CaseState::Decided, CaseState::Reopened] {
        let filter = QueueFilter { state: Some(state), ..QueueFilter::default() };
        rows.extend(store.queue(&look("queue"), &filter, 0, 50).await.unwrap().rows);
    }
    rows.sort_by(|a, b| a.case.cmp(&b.case));
    rows
}

fn decision(kind: DecisionKind) -> Decision {
    Decision {
        kind,
        reason_code: "pattern".to_owned(),
        text: String::new(),
        change_mind: String::new(),
        until: (kind == DecisionKind::Watch).then(|| "2026-10-10".parse().unwrap()),
        refer_to: None,
    }
}

async fn decide(store: &Store, row: &QueueRow, kind: DecisionKind, by: AccountId, minute: i64) {
    store.decide(&row.case, &decision(kind), row.version, by, at(minute)).await.unwrap();
}

on_both! {
    an_analysis_comes_back_as_it_was_put_in(test) {
        let store = &test.store;
        three_ads(test).await;
        let world = World {
            advertisers: vec![(vec!["1", "2"], vec!["a", "b"]), (vec!["3"], vec!["c"])],
            networks: vec![vec![0, 1]],
        };
        let done = analyse(store, &world, 100).await;
        assert_eq!((done.opened, done.reopened, done.urgent), (1, 0, 0));
        let linkage = world.linkage();
        let mut assessments = world.assessments(&linkage);
        assessments.sort_by(|a, b| {
            let key = |of: &domain::Assessment| match &of.subject {
                domain::Subject::Advertiser(id) => (0, id.0.clone()),
                domain::Subject::Network(id) => (1, id.0.clone()),
            };
            key(a).cmp(&key(b))
        });
        assert_eq!(store.analysis_links(&look("export:links")).await.unwrap(), linkage.links);
        assert_eq!(store.analysis_assessments(&look("export:assessments")).await.unwrap(), assessments);
        let entities = store.analysis_entities(&look("export:entities")).await.unwrap();
        assert_eq!(entities.len(), 3);
        assert_eq!(entities[1].advertiser, AdvertiserId::of(&ad("1")));
        assert!(entities.iter().all(|row| row.network == NetworkId::of(&ad("1"))));
        let header = store.latest_analysis().await.unwrap().unwrap();
        assert_eq!((header.id, header.as_of, header.catalogue.as_str()), (done.id, at(100), "sha256:test"));
        assert_eq!(store.reference("ref-1").await.unwrap().unwrap(), b"reference");
        assert_eq!(store.latest_reference().await.unwrap().unwrap().0, "ref-1");
        let row = &rows(store).await[0];
        assert_eq!((row.network.clone(), row.advertisers, row.ads), (Some(NetworkId::of(&ad("1"))), 2, 3));
        assert_eq!(row.case, CaseId(NetworkId::of(&ad("1")).0.replace("net_", "case_")), "the same on every machine");
    }

    an_analysis_that_was_cut_off_leaves_the_one_before_whole(test) {
        let store = &test.store;
        three_ads(test).await;
        let world = World { advertisers: vec![(vec!["1", "2"], vec!["a"]), (vec!["3"], vec![])], networks: vec![] };
        let first = analyse(store, &world, 100).await;
        // What a kill in the middle leaves behind: a header that is not whole, and some rows.
        let mut tx = store.write("test").await.unwrap();
        let cut = tx
            .id(
                "INSERT INTO analysis (as_of, catalogue, parameters, code_version, reference_version, made_at, whole) \
                 VALUES (1, 'x', 'x', 'x', 'ref-1', 1, 0) RETURNING id",
                args![],
            )
            .await
            .unwrap();
        tx.run(
            "INSERT INTO entity_member (analysis_id, ad_id, advertiser, network, retention, delete_after) \
             SELECT $1, id, 'adv_x', 'net_x', 'analysis', 0 FROM ad",
            args![cut],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.latest_analysis().await.unwrap().unwrap().id, first.id);
        assert_eq!(store.analysis_entities(&look("x")).await.unwrap().len(), 3);
        let next = analyse(store, &world, 200).await;
        assert_eq!((next.opened, next.reopened), (0, 0), "the same evidence opens nothing");
        let mut tx = store.read("test").await.unwrap();
        let left = tx.all("SELECT DISTINCT analysis_id FROM entity_member", args![]).await.unwrap();
        assert_eq!(left.len(), 1, "left-overs are gone");
        assert_eq!(tx.id("SELECT count(*) FROM analysis WHERE whole = 1", args![]).await.unwrap(), 2, "headers stay");
    }

    an_analysis_that_names_an_unknown_ad_changes_nothing(test) {
        let store = &test.store;
        three_ads(test).await;
        let world = World { advertisers: vec![(vec!["1", "2"], vec!["a"]), (vec!["3"], vec![])], networks: vec![] };
        let first = analyse(store, &world, 100).await;
        let broken = World { advertisers: vec![(vec!["1", "9"], vec!["a"])], networks: vec![] };
        let linkage = broken.linkage();
        let assessments = broken.assessments(&linkage);
        let analysis = crate::NewAnalysis {
            as_of: at(200),
            catalogue: String::new(),
            parameters: String::new(),
            code_version: String::new(),
            reference_version: "ref-2".to_owned(),
            reference: Vec::new(),
            linkage: &linkage,
            assessments: &assessments,
            figures: Default::default(),
            spam: Default::default(),
            at: at(200),
        };
        assert!(matches!(store.put_analysis(&analysis).await, Err(StoreError::NotFound { .. })));
        assert_eq!(store.latest_analysis().await.unwrap().unwrap().id, first.id);
    }

    new_evidence_reopens_a_decided_case_and_says_what_is_new(test) {
        let store = &test.store;
        three_ads(test).await;
        let by = account(store, "mette", PersonRole::Researcher).await;
        let world = |signs: Vec<&'static str>| World {
            advertisers: vec![(vec!["1", "2"], signs), (vec!["3"], vec![])],
            networks: vec![],
        };
        analyse(store, &world(vec!["a"]), 100).await;
        let row = rows(store).await.remove(0);
        assert_eq!((row.state, row.indicators[0].as_str()), (CaseState::Open, "a"));
        decide(store, &row, DecisionKind::NoConcern, by, 110).await;
        assert_eq!(analyse(store, &world(vec!["a"]), 120).await.reopened, 0);
        assert_eq!(rows(store).await[0].state, CaseState::Decided);
        assert_eq!(analyse(store, &world(vec!["a", "b"]), 130).await.reopened, 1);
        let row = rows(store).await.remove(0);
        assert_eq!(row.state, CaseState::Reopened);
        assert_eq!(row.new_evidence.iter().map(|of| of.as_str()).collect::<Vec<_>>(), ["b"]);
        assert_eq!(row.decided.as_ref().unwrap().kind, DecisionKind::NoConcern, "the decision stands until another");
        decide(store, &row, DecisionKind::OfferOutreach, by, 140).await;
        assert_eq!(analyse(store, &world(vec!["b"]), 150).await.reopened, 0, "less evidence reopens nothing");
        let row = rows(store).await.remove(0);
        assert_eq!((row.state, row.new_evidence.len()), (CaseState::Decided, 0));
    }

    a_watch_that_has_ended_comes_back(test) {
        let store = &test.store;
        three_ads(test).await;
        let by = account(store, "mette", PersonRole::Researcher).await;
        let world = World { advertisers: vec![(vec!["1", "2"], vec!["a"]), (vec!["3"], vec![])], networks: vec![] };
        analyse(store, &world, 100).await;
        let row = rows(store).await.remove(0);
        decide(store, &row, DecisionKind::Watch, by, 110).await;
        assert_eq!(analyse(store, &world, 1_440 * 9).await.reopened, 0, "10 October is still watched");
        assert_eq!(analyse(store, &world, 1_440 * 10).await.reopened, 1);
    }

    a_split_leaves_the_case_with_most_of_the_ads_decided_on(test) {
        let store = &test.store;
        register(store).await;
        put(store, &[("1", "0001", 0), ("2", "0001", 10), ("3", "0001", 20), ("4", "0004", 30)]).await;
        let by = account(store, "mette", PersonRole::Researcher).await;
        let one = World { advertisers: vec![(vec!["1", "2", "3"], vec!["a"]), (vec!["4"], vec![])], networks: vec![] };
        analyse(store, &one, 100).await;
        let first = rows(store).await.remove(0);
        decide(store, &first, DecisionKind::OfferOutreach, by, 110).await;
        let split = World {
            advertisers: vec![(vec!["1"], vec!["a"]), (vec!["2", "3"], vec!["a"]), (vec!["4"], vec![])],
            networks: vec![],
        };
        let done = analyse(store, &split, 120).await;
        assert_eq!(done.opened, 1);
        let now = rows(store).await;
        let kept = now.iter().find(|row| row.case == first.case).unwrap();
        assert_eq!(kept.advertiser, Some(AdvertiserId::of(&ad("2"))), "two of the three ads are there");
        assert_eq!(kept.decided.as_ref().unwrap().kind, DecisionKind::OfferOutreach);
        let new = now.iter().find(|row| row.case != first.case).unwrap();
        assert_eq!(new.state, CaseState::Open);
        let view = store.case(&look("case"), &new.case).await.unwrap();
        assert_eq!(view.split_from, Some(first.case.clone()), "the other part points back");
        // Joined again: the decided case leads, and the other points to it.
        analyse(store, &one, 130).await;
        let again = rows(store).await;
        assert_eq!(again.len(), 1);
        assert_eq!((again[0].case.clone(), again[0].ads), (first.case, 3));
        let gate = store.gate_rows(&programme(), at(140), at(140)).await.unwrap();
        assert_eq!(gate.iter().filter(|row| row.decided.is_some()).count(), 1);
    }

    an_ad_that_becomes_part_of_a_network_takes_its_case_along(test) {
        let store = &test.store;
        three_ads(test).await;
        let alone = World { advertisers: vec![(vec!["1", "2"], vec!["a"]), (vec!["3"], vec!["b"])], networks: vec![] };
        assert_eq!(analyse(store, &alone, 100).await.opened, 2);
        let before = rows(store).await;
        let tied = World { networks: vec![vec![0, 1]], ..alone };
        assert_eq!(analyse(store, &tied, 110).await.opened, 0);
        let after = rows(store).await;
        assert_eq!(after.len(), 1);
        assert!(before.iter().any(|row| row.case == after[0].case));
        assert_eq!(after[0].network, Some(NetworkId::of(&ad("1"))));
        let mut tx = store.read("test").await.unwrap();
        let lineage = tx.all("SELECT old_id, new_id FROM entity_lineage", args![]).await.unwrap();
        assert_eq!(lineage.len(), 1, "the network of one that ended lives on in the other");
    }

    a_possible_minor_opens_the_urgent_route_until_a_named_person_closes_it(test) {
        let store = &test.store;
        three_ads(test).await;
        let appointed = account(store, "urgent", PersonRole::Researcher).await;
        let other = account(store, "mette", PersonRole::Researcher).await;
        let world = |signs: Vec<&'static str>| World {
            advertisers: vec![(vec!["1", "2"], vec!["a"]), (vec!["3"], signs)],
            networks: vec![],
        };
        assert_eq!(analyse(store, &world(vec!["!minor"]), 100).await.urgent, 1);
        let urgent = QueueFilter { urgent: true, ..QueueFilter::default() };
        let page = store.queue(&look("queue"), &urgent, 0, 10).await.unwrap();
        assert_eq!((page.total, page.rows[0].band), (1, domain::Band::None), "whatever the band");
        let case = page.rows[0].case.clone();
        assert!(rows(store).await.iter().all(|row| row.case != case), "on no ordinary list");
        assert_eq!(store.queue_counts().await.unwrap().1, 1);
        let refused = store.close_urgent(&case, "talked to", other, at(101)).await;
        assert!(matches!(refused, Err(StoreError::Refused { .. })), "only who is appointed");
        assert!(store.close_urgent(&case, " ", appointed, at(101)).await.is_err(), "with a reason");
        analyse(store, &world(vec![]), 110).await;
        let gate = store.gate_rows(&programme(), at(111), at(111)).await.unwrap();
        assert!(gate.iter().any(|row| row.urgent), "it stays urgent when the sign is gone");
        analyse(store, &world(vec!["!minor"]), 115).await;
        store.close_urgent(&case, "an adult, checked", appointed, at(120)).await.unwrap();
        assert_eq!(analyse(store, &world(vec!["!minor"]), 130).await.urgent, 0, "the same sign was looked at");
        let gate = store.gate_rows(&programme(), at(131), at(131)).await.unwrap();
        assert!(gate.iter().all(|row| !row.urgent));
        assert_eq!(analyse(store, &world(vec!["!minor", "!school"]), 140).await.urgent, 1, "a new sign opens it again");
        let kinds: Vec<String> = store.events(None, 50).await.unwrap().into_iter().map(|of| of.kind).collect();
        assert_eq!(kinds.iter().filter(|kind| *kind == "urgent_opened").count(), 2);
        assert_eq!(kinds.iter().filter(|kind| *kind == "urgent_closed").count(), 1);
    }
}
