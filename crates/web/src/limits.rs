//! How many objections the public page takes: by client, then in all, so that one client's flood takes nothing from the
//! others. Addresses lie in memory for an hour at most and are never written.

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use governor::clock::DefaultClock;
use governor::state::keyed::HashMapStateStore;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;

/// Clients remembered at once; beyond it those who may ask again are forgotten first.
const MOST_CLIENTS: usize = 20_000;

type ByClient = RateLimiter<IpAddr, HashMapStateStore<IpAddr>, DefaultClock>;

/// The two brakes.
pub struct PublicLimits {
    client: ByClient,
    all: RateLimiter<NotKeyed, InMemoryState, DefaultClock>,
    behind_proxy: bool,
}

impl Default for PublicLimits {
    fn default() -> Self {
        Self::new(6, 60, false)
    }
}

impl PublicLimits {
    /// `per_client_hour` objections a client and hour, `per_minute` in all. `behind_proxy`: the client's address is the
    /// last one in `X-Forwarded-For`, which our own proxy wrote.
    pub fn new(per_client_hour: u32, per_minute: u32, behind_proxy: bool) -> Self {
        let least = |count: u32| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
        Self {
            client: RateLimiter::hashmap(Quota::per_hour(least(per_client_hour))),
            all: RateLimiter::direct(Quota::per_minute(least(per_minute))),
            behind_proxy,
        }
    }

    /// Whether one more may be taken from whoever sent the request.
    pub fn admits(&self, parts: &Parts) -> bool {
        if self.client.len() > MOST_CLIENTS {
            self.client.retain_recent();
        }
        // The client's own share comes first: what it is refused takes nothing from the share of all.
        self.client.check_key(&self.client_of(parts)).is_ok() && self.all.check().is_ok()
    }

    fn client_of(&self, parts: &Parts) -> IpAddr {
        let forwarded = || {
            let header = parts.headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
            header.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
        };
        let peer = || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        let address = if self.behind_proxy { forwarded().or_else(peer) } else { peer() };
        match address.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)).to_canonical() {
            // A household has 2^64 addresses of version 6.
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            address => address,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn parts(from: &str, forwarded: &str) -> Parts {
        let mut request = Request::get("/objection").header("x-forwarded-for", forwarded);
        if let Some(extensions) = request.extensions_mut() {
            extensions.insert(ConnectInfo(SocketAddr::new(from.parse().unwrap(), 1)));
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn a_flood_of_one_client_takes_nothing_from_the_others() {
        let limits = PublicLimits::new(3, 10, false);
        let flood = (0..500).filter(|_| limits.admits(&parts("192.0.2.1", "x"))).count();
        assert_eq!(flood, 3);
        let others = (2..9).filter(|n| limits.admits(&parts(&format!("192.0.2.{n}"), "x"))).count();
        assert_eq!(others, 7, "the share of all was not used up by what was refused");
        assert!(!limits.admits(&parts("192.0.2.99", "x")), "but there is a share of all");
    }

    #[test]
    fn a_client_cannot_name_its_own_address_and_a_household_is_one() {
        let limits = PublicLimits::new(1, 100, false);
        assert!(limits.admits(&parts("192.0.2.1", "203.0.113.5")));
        assert!(!limits.admits(&parts("192.0.2.1", "203.0.113.6")), "the header is not believed");
        let proxied = PublicLimits::new(1, 100, true);
        assert!(proxied.admits(&parts("127.0.0.1", "1.1.1.1, 203.0.113.5")));
        assert!(!proxied.admits(&parts("127.0.0.1", "2.2.2.2, 203.0.113.5")), "the last one is our proxy's");
        assert!(proxied.admits(&parts("127.0.0.1", "2.2.2.2, 203.0.113.6")));
        assert!(limits.admits(&parts("2001:db8:0:1::1", "x")) && !limits.admits(&parts("2001:db8:0:1:9::2", "x")));
    }
}
