//! One notice when a site's state calls for a look, ended when it is over.

use super::fixture::register;
use super::on_both;
use crate::NoticeChange;
use crate::crawl::SiteState;
use crate::testing::at;
use domain::{Bilingual, SiteId};

fn state(phase: &str, until_minute: Option<i64>, minute: i64) -> SiteState {
    let reason = Bilingual { da: format!("{phase} da"), en: format!("{phase} en") };
    let phase = serde_json::from_value(phase.into()).unwrap();
    SiteState { phase, reason, since: at(minute), until: until_minute.map(at) }
}

fn change(ended: Option<&str>, began: Option<&str>) -> NoticeChange {
    NoticeChange { ended: ended.map(str::to_owned), began: began.map(str::to_owned) }
}

on_both! {
    a_night_of_retries_is_one_notice(test) {
        let (store, site) = (&test.store, SiteId::from("s1"));
        register(store).await;
        let set = async |phase: &str, until, minute| {
            store.set_site_state(&site, &state(phase, until, minute)).await.unwrap()
        };
        assert_eq!(set("running", None, 1).await, change(None, None));
        assert_eq!(set("waiting", Some(10), 2).await, change(None, Some("waiting")));
        assert_eq!(set("waiting", Some(20), 10).await, change(None, None), "a later retry is no news");
        assert_eq!(set("running", None, 20).await, change(Some("waiting"), None));
        assert_eq!(set("failed", None, 21).await, change(None, Some("failed")));
        for minute in [30, 40] {
            assert_eq!(set("running", None, minute).await, change(None, None), "the next run proves nothing yet");
            assert_eq!(set("failed", None, minute + 1).await, change(None, None));
        }
        assert_eq!(set("closed", None, 50).await, change(Some("failed"), Some("closed")));
        assert_eq!(set("idle", None, 60).await, change(Some("closed"), None));

        let notices = store.notices(Some(&site), 10).await.unwrap();
        let told: Vec<_> = notices.iter().map(|n| (n.phase.as_str(), n.began_at, n.ended_at)).collect();
        assert_eq!(
            told,
            [
                ("closed", at(50), Some(at(60))),
                ("failed", at(21), Some(at(50))),
                ("waiting", at(2), Some(at(20))),
            ]
        );
        assert_eq!(notices[1].reason.en, "failed en");
        assert!(store.open_notices().await.unwrap().is_empty());
        set("paused", None, 70).await;
        assert_eq!(store.open_notices().await.unwrap().len(), 1);
    }
}
