//! Whose request it is, by address: the peer's own, or what a proxy of ours says. Anybody can write `X-Forwarded-For`;
//! it is read only where the connection comes from an address that the configuration names as a proxy.

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use std::net::{IpAddr, Ipv6Addr};

/// The other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// Addresses of our own proxies: single ones, or nets such as `10.0.0.0/8`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(Vec<(IpAddr, u8)>);

impl Proxies {
    /// From their written forms; the first that is none is given back.
    pub fn parse(texts: &[String]) -> Result<Self, String> {
        texts.iter().map(|text| net(text).ok_or_else(|| text.clone())).collect::<Result<Vec<_>, _>>().map(Self)
    }

    fn holds(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|(net, bits)| match (net, address) {
            (IpAddr::V4(net), IpAddr::V4(own)) => same(u128::from(net.to_bits()), u128::from(own.to_bits()), 32, *bits),
            (IpAddr::V6(net), IpAddr::V6(own)) => same(net.to_bits(), own.to_bits(), 128, *bits),
            _ => false,
        })
    }

    /// The client's address: the peer's, or, where that is a proxy of ours, the last address in `X-Forwarded-For` that is
    /// none. Of an address of version 6 the net of 64 bits, since a household has 2^64 of them.
    pub fn client(&self, parts: &Parts) -> IpAddr {
        let mut client =
            parts.extensions.get::<ConnectInfo<Peer>>().map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.0.0);
        if self.holds(client) {
            let said: Vec<&str> = parts
                .headers
                .get_all("x-forwarded-for")
                .iter()
                .filter_map(|value| value.to_str().ok())
                .flat_map(|value| value.split(','))
                .collect();
            for text in said.iter().rev() {
                let Ok(address) = text.trim().parse::<IpAddr>() else { break };
                client = address;
                if !self.holds(address) {
                    break;
                }
            }
        }
        match client.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            address => address,
        }
    }
}

fn same(net: u128, own: u128, width: u32, bits: u8) -> bool {
    let shift = width.saturating_sub(u32::from(bits));
    // A net of no bits holds every address; a shift by the whole width is none.
    shift >= width && bits == 0 || net.checked_shr(shift) == own.checked_shr(shift)
}

fn net(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = match text.trim().split_once('/') {
        Some((address, bits)) => (address.parse::<IpAddr>().ok()?, Some(bits.parse::<u8>().ok()?)),
        None => (text.trim().parse::<IpAddr>().ok()?, None),
    };
    let most = if address.is_ipv4() { 32 } else { 128 };
    Some((address, bits.unwrap_or(most))).filter(|(_, bits)| *bits <= most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn client(proxies: &[&str], peer: &str, forwarded: &[&str]) -> String {
        let proxies = Proxies::parse(&proxies.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()).unwrap();
        let mut request = Request::get("/");
        for value in forwarded {
            request = request.header("x-forwarded-for", *value);
        }
        request.extensions_mut().unwrap().insert(ConnectInfo(Peer(peer.parse().unwrap())));
        proxies.client(&request.body(()).unwrap().into_parts().0).to_string()
    }

    #[test]
    fn only_a_proxy_of_ours_is_believed() {
        assert_eq!(client(&[], "192.0.2.7", &["198.51.100.1"]), "192.0.2.7", "no proxy is configured");
        assert_eq!(client(&["127.0.0.1"], "192.0.2.7", &["198.51.100.1"]), "192.0.2.7", "it is another one");
        assert_eq!(client(&["127.0.0.1"], "127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            client(&["127.0.0.1"], "127.0.0.1", &["203.0.113.9, 198.51.100.1"]),
            "198.51.100.1",
            "a forged start"
        );
        assert_eq!(client(&["127.0.0.1"], "127.0.0.1", &["203.0.113.9", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            client(&["127.0.0.1", "10.0.0.0/8"], "127.0.0.1", &["203.0.113.9, 198.51.100.1, 10.1.2.3"]),
            "198.51.100.1"
        );
        assert_eq!(client(&["127.0.0.1"], "127.0.0.1", &["198.51.100.1, nonsense"]), "127.0.0.1");
        assert_eq!(client(&["127.0.0.1"], "127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(client(&["127.0.0.1"], "::ffff:127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client(&["::/0"], "2001:db8::1", &["2001:db8:1:2:3:4:5:6"]), "2001:db8:1:2::");
    }

    #[test]
    fn nets_are_read_or_given_back() {
        assert!(Proxies::parse(&["10.0.0.0/8".into(), "::1".into(), "fd00::/8".into(), "0.0.0.0/0".into()]).is_ok());
        for wrong in ["10.0.0.0/33", "proxy.example", "10.0.0/8", ""] {
            assert_eq!(Proxies::parse(&[wrong.to_owned()]), Err(wrong.to_owned()));
        }
    }
}
