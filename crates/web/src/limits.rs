//! How many objections the public page takes: by client, then in all, so that one client's flood takes nothing from the
//! others. Counted twice: in memory, so that a flood does not reach the store, and in the store, so that several web
//! processes are as one. Addresses lie in memory for an hour at most; the store is given a keyed hash.

use crate::{Proxies, WebSettings};
use axum::http::request::Parts;
use governor::clock::DefaultClock;
use governor::state::keyed::HashMapStateStore;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use jiff::Timestamp;
use std::net::IpAddr;
use std::num::NonZeroU32;
use store::{Store, StoreError};

/// Clients remembered at once; beyond it those who may ask again are forgotten first.
const MOST_CLIENTS: usize = 20_000;
const HOUR_MS: i64 = 60 * 60_000;
const MINUTE_MS: i64 = 60_000;

type ByClient = RateLimiter<IpAddr, HashMapStateStore<IpAddr>, DefaultClock>;

/// What could not be read costs nothing of the share of objections: so many tries come on each of those.
const TRIES: u32 = 10;

/// The two brakes, and one for tries.
pub struct PublicLimits {
    tries: ByClient,
    client: ByClient,
    all: RateLimiter<NotKeyed, InMemoryState, DefaultClock>,
    per_client_hour: u32,
    per_minute: u32,
}

impl Default for PublicLimits {
    fn default() -> Self {
        // A shelter or a household may share one address.
        Self::new(30, 60)
    }
}

impl PublicLimits {
    /// `per_client_hour` objections a client and hour, `per_minute` in all.
    pub fn new(per_client_hour: u32, per_minute: u32) -> Self {
        let least = |count: u32| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
        Self {
            tries: RateLimiter::hashmap(Quota::per_hour(least(per_client_hour.saturating_mul(TRIES)))),
            client: RateLimiter::hashmap(Quota::per_hour(least(per_client_hour))),
            all: RateLimiter::direct(Quota::per_minute(least(per_minute))),
            per_client_hour,
            per_minute,
        }
    }

    /// Whether a text is read at all: a brake on the work alone, wide enough for whoever mistypes.
    pub fn may_try(&self, parts: &Parts, settings: &WebSettings) -> bool {
        self.may_try_here(parts, &settings.proxies)
    }

    fn may_try_here(&self, parts: &Parts, proxies: &Proxies) -> bool {
        if self.tries.len() > MOST_CLIENTS {
            self.tries.retain_recent();
        }
        self.tries.check_key(&proxies.client(parts)).is_ok()
    }

    /// Whether one more may be taken from whoever sent the request.
    pub async fn admits(&self, parts: &Parts, settings: &WebSettings, store: &Store) -> Result<bool, StoreError> {
        if !self.admits_here(parts, &settings.proxies) {
            return Ok(false);
        }
        let (now, client) = (Timestamp::now(), settings.proxies.client(parts));
        let (own, _) = store.take_of_budget(&format!("objection:{client}"), now, HOUR_MS).await?;
        if own > self.per_client_hour {
            return Ok(false);
        }
        Ok(store.take_of_budget("objection", now, MINUTE_MS).await?.0 <= self.per_minute)
    }

    fn admits_here(&self, parts: &Parts, proxies: &Proxies) -> bool {
        if self.client.len() > MOST_CLIENTS {
            self.client.retain_recent();
        }
        // The client's own share comes first: what it is refused takes nothing from the share of all.
        self.client.check_key(&proxies.client(parts)).is_ok() && self.all.check().is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Peer;
    use axum::extract::ConnectInfo;
    use axum::http::Request;

    fn parts(from: &str, forwarded: &str) -> Parts {
        let mut request = Request::get("/objection").header("x-forwarded-for", forwarded);
        if let Some(extensions) = request.extensions_mut() {
            extensions.insert(ConnectInfo(Peer(from.parse().unwrap())));
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn a_flood_of_one_client_takes_nothing_from_the_others() {
        let (limits, none) = (PublicLimits::new(3, 10), Proxies::default());
        let flood = (0..500).filter(|_| limits.admits_here(&parts("192.0.2.1", "x"), &none)).count();
        assert_eq!(flood, 3);
        let others = (2..9).filter(|n| limits.admits_here(&parts(&format!("192.0.2.{n}"), "x"), &none)).count();
        assert_eq!(others, 7, "the share of all was not used up by what was refused");
        assert!(!limits.admits_here(&parts("192.0.2.99", "x"), &none), "but there is a share of all");
    }

    #[test]
    fn whoever_mistypes_is_not_shut_out() {
        let (limits, none) = (PublicLimits::new(3, 10), Proxies::default());
        let tried = (0..100).filter(|_| limits.may_try_here(&parts("192.0.2.1", "x"), &none)).count();
        assert_eq!(tried, 30);
        assert!(limits.admits_here(&parts("192.0.2.1", "x"), &none), "what could not be read was not counted");
    }

    #[test]
    fn a_client_cannot_name_its_own_address_and_a_household_is_one() {
        let (limits, none) = (PublicLimits::new(1, 100), Proxies::default());
        assert!(limits.admits_here(&parts("192.0.2.1", "203.0.113.5"), &none));
        assert!(!limits.admits_here(&parts("192.0.2.1", "203.0.113.6"), &none), "the header is not believed");
        let (proxied, ours) = (PublicLimits::new(1, 100), Proxies::parse(&["127.0.0.1".to_owned()]).unwrap());
        assert!(proxied.admits_here(&parts("127.0.0.1", "1.1.1.1, 203.0.113.5"), &ours));
        assert!(
            !proxied.admits_here(&parts("127.0.0.1", "2.2.2.2, 203.0.113.5"), &ours),
            "the last one is our proxy's"
        );
        assert!(proxied.admits_here(&parts("127.0.0.1", "2.2.2.2, 203.0.113.6"), &ours));
        let home = |n: u8| parts(&format!("2001:db8:0:1:{n}::1"), "x");
        assert!(limits.admits_here(&home(0), &none) && !limits.admits_here(&home(9), &none));
    }
}
