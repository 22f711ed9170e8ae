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

    another_role_ends_the_sessions_and_leaves_the_password(test) {
        let store = &test.store;
        let id = account(store, "mette", PersonRole::Researcher).await;
        let before = known(store, id).await.details;
        let session = SessionRow { data: b"signed in".to_vec(), expires_at: at(60) };
        let of = crate::SessionOf { account: id, begun_at: Some(at(0)), seen_at: Some(at(0)), device: None };
        store.put_session(b"one", &session, Some(&of)).await.unwrap();
        store.set_account_role(id, before.role, before.team.as_ref(), &system(), at(1)).await.unwrap();
        assert!(store.session(b"one", at(2)).await.unwrap().is_some(), "nothing changed");
        store.set_account_role(id, PersonRole::Auditor, before.team.as_ref(), &system(), at(2)).await.unwrap();
        assert_eq!(store.session(b"one", at(3)).await.unwrap(), None);
        let after = known(store, id).await.details;
        assert_eq!((after.role, after.password_hash), (PersonRole::Auditor, before.password_hash));
    }

    attempts_are_counted_in_windows_and_given_back(test) {
        let store = &test.store;
        let take = |minute: i64| async move { store.take_of_budget("mette", at(minute), 15 * 60_000).await.unwrap() };
        assert_eq!(take(0).await, (1, at(15)));
        assert_eq!(take(1).await, (2, at(15)));
        store.give_back_to_budgets(&["mette".to_owned()]).await.unwrap();
        assert_eq!(take(2).await, (2, at(15)));
        assert_eq!(store.take_of_budget("other", at(3), 15 * 60_000).await.unwrap().0, 1, "nobody else is braked");
        assert_eq!(take(40).await, (1, at(55)), "a new window");
    }
}
