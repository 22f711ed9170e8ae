//! Accounts, sessions, the brake on sign-in.

use super::fixture::{account, known, system};
use super::on_both;
use crate::testing::at;
use crate::{PersonRole, SessionRow};

on_both! {
    accounts_are_known_by_their_login(test) {
        let store = &test.store;
        let id = account(store, "mette", PersonRole::Researcher).await;
        assert_eq!(account(store, "mette", PersonRole::Administrator).await, id, "renewed, not doubled");
        let found = store.account_by_login("mette").await.unwrap().unwrap();
        assert_eq!((found.id, found.details.role, found.created_at), (id, PersonRole::Administrator, at(0)));
        assert_eq!(store.account_by_login("nobody").await.unwrap(), None);
        store.set_account_language(id, "en").await.unwrap();
        assert_eq!(known(store, id).await.details.language, "en");
        account(store, "anders", PersonRole::OutreachWorker).await;
        let logins: Vec<String> = store.accounts().await.unwrap().into_iter().map(|of| of.details.login).collect();
        assert_eq!(logins, ["anders", "mette"]);
    }

    a_session_ends_by_time_by_hand_and_with_its_account(test) {
        let store = &test.store;
        let id = account(store, "mette", PersonRole::Researcher).await;
        let session = SessionRow { data: b"signed in".to_vec(), expires_at: at(60) };
        assert!(store.create_session(b"one", &session).await.unwrap());
        assert!(!store.create_session(b"one", &session).await.unwrap());
        assert_eq!(store.session(b"one", at(59)).await.unwrap(), Some(session.clone()));
        assert_eq!(store.session(b"one", at(60)).await.unwrap(), None);
        let of = crate::SessionOf { account: id, begun_at: Some(at(0)), seen_at: Some(at(0)), device: None };
        store.put_session(b"one", &session, Some(&of)).await.unwrap();
        store.put_session(b"one", &SessionRow { data: b"later".to_vec(), ..session.clone() }, None).await.unwrap();
        assert_eq!(store.session(b"one", at(1)).await.unwrap().unwrap().data, b"later");
        store.put_session(b"two", &session, None).await.unwrap();
        store.delete_session(b"two").await.unwrap();
        assert_eq!(store.session(b"two", at(1)).await.unwrap(), None);
        store.set_account_disabled(id, true, &system(), at(2)).await.unwrap();
        assert_eq!(store.session(b"one", at(3)).await.unwrap(), None);
        assert_eq!(known(store, id).await.disabled_at, Some(at(2)));
        store.set_account_disabled(id, false, &system(), at(4)).await.unwrap();
        assert_eq!(known(store, id).await.disabled_at, None);
        store.put_session(b"old", &session, None).await.unwrap();
        assert_eq!(store.delete_ended_sessions(at(61)).await.unwrap(), 1);
    }

    failed_sign_ins_are_braked_and_forgotten(test) {
        let store = &test.store;
        let fail = |minute: i64| async move {
            store.sign_in_failed("mette", at(minute), 15 * 60_000, 3, 10 * 60_000).await.unwrap()
        };
        assert_eq!(fail(0).await.failures, 1);
        assert_eq!(fail(1).await.locked_until, None);
        assert_eq!(fail(2).await.locked_until, Some(at(12)));
        assert_eq!(store.throttle("mette", at(11)).await.unwrap().locked_until, Some(at(12)));
        assert_eq!(store.throttle("mette", at(12)).await.unwrap().locked_until, None);
        assert_eq!(store.throttle("other", at(2)).await.unwrap().failures, 0, "nobody else is locked out");
        assert_eq!(fail(40).await.failures, 1, "a new window");
        store.sign_in_succeeded("mette").await.unwrap();
        assert_eq!(store.throttle("mette", at(41)).await.unwrap(), crate::Throttle::default());
    }
}
