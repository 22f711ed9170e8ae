//! Which addresses may be asked at all. The spelling of a URL is checked before it is used, and the address that a
//! name leads to is checked when the connection is made, so that neither a redirect nor a name that changes its
//! address (DNS rebinding) gets round it.

mod resolve;
mod special;

pub use resolve::{Lookup, LookupFailed, SafeResolver, SystemLookup};
pub use special::is_special;

use std::net::IpAddr;
use url::{Host, Url};

/// Names that never mean a public site (RFC 6761, RFC 6762, RFC 7686, RFC 8375, and names used inside networks).
const SPECIAL_NAMES: &[&str] = &[
    "localhost",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "lan",
    "home.arpa",
    "onion",
    "invalid",
    "test",
    "alt",
];

/// The private or special addresses that a site's adapter names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressPolicy {
    allow: Vec<IpAddr>,
}

/// Why a URL is not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// Not a URL with a host.
    #[error("the address is not a whole URL")]
    Malformed,
    /// Neither http nor https.
    #[error("the scheme is neither http nor https")]
    Scheme,
    /// A user name or password stands in it.
    #[error("the address carries a user name or password")]
    Credentials,
    /// An IP address not in its usual spelling.
    #[error("the IP address is spelled oddly")]
    OddSpelling,
    /// A name that never means a public site.
    #[error("the name is reserved for private networks; name its address in the adapter's allow_private to ask it")]
    SpecialName,
    /// A private or special address.
    #[error("the address is private or special; name it in the adapter's allow_private to ask it")]
    SpecialAddress,
}

impl AddressPolicy {
    /// A policy that refuses every private or special address but these.
    pub fn allowing(addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        Self { allow: addresses.into_iter().map(|address| address.to_canonical()).collect() }
    }

    /// Whether an address may be connected to.
    pub fn permits(&self, address: IpAddr) -> bool {
        !is_special(address) || self.allow.contains(&address.to_canonical())
    }

    /// Reads a URL that was found on a page or in an adapter, and refuses what is not to be asked for.
    pub fn check(&self, text: &str) -> Result<Url, Refusal> {
        let text = text.trim();
        let url = Url::parse(text).map_err(|_| Refusal::Malformed)?;
        self.check_url(&url)?;
        // The parser also takes `http://2130706433/`, `http://0x7f.1/` and circled digits for IP addresses.
        if let Some(Host::Ipv4(address)) = url.host()
            && written_host(text) != Some(address.to_string().as_str())
        {
            return Err(Refusal::OddSpelling);
        }
        Ok(url)
    }

    /// Refuses a URL that is not to be asked for, whatever its spelling was.
    pub fn check_url(&self, url: &Url) -> Result<(), Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Credentials);
        }
        match url.host() {
            None => Err(Refusal::Malformed),
            Some(Host::Ipv4(address)) => self.permits(address.into()).then_some(()).ok_or(Refusal::SpecialAddress),
            Some(Host::Ipv6(address)) => self.permits(address.into()).then_some(()).ok_or(Refusal::SpecialAddress),
            // An adapter that names private addresses may use private names; what they lead to is checked then.
            Some(Host::Domain(name)) if self.allow.is_empty() && is_special_name(name) => Err(Refusal::SpecialName),
            Some(Host::Domain(_)) => Ok(()),
        }
    }
}

fn is_special_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    // A single word is completed by the machine's own search list.
    !name.contains('.')
        || SPECIAL_NAMES
            .iter()
            .any(|special| name.strip_suffix(special).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

/// The host as it was written, without user and port.
fn written_host(text: &str) -> Option<&str> {
    let authority = text.split_once("://")?.1.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    Some(host.split(':').next().unwrap_or(host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn all_published_targets_hold() {
        let cases = include_str!("../../../../tests/data/conformance/net/fetch_targets.jsonl");
        let policy = AddressPolicy::default();
        for line in cases.lines() {
            let case: serde_json::Value = serde_json::from_str(line).expect("a case a line");
            let answer = policy.check(case["target"].as_str().expect("a target"));
            assert_eq!(Some(answer.is_ok()), case["fetch_allowed"].as_bool(), "{case}: {answer:?}");
        }
        assert_eq!(cases.lines().count(), 64);
    }

    #[test]
    fn an_adapter_opens_only_what_it_names() {
        let policy = AddressPolicy::allowing(["127.0.0.1".parse().expect("an address")]);
        assert!(policy.check("http://127.0.0.1:8001/").is_ok());
        assert_eq!(policy.check("http://127.0.0.2:8001/"), Err(Refusal::SpecialAddress));
        assert_eq!(policy.check("http://127.1:8001/"), Err(Refusal::OddSpelling));
        assert_eq!(policy.check("http://169.254.169.254/"), Err(Refusal::SpecialAddress));
    }

    proptest! {
        #[test]
        fn a_private_address_is_refused_in_every_form(last in 0u32..1 << 24) {
            let v4 = std::net::Ipv4Addr::from_bits(10 << 24 | last);
            let policy = AddressPolicy::default();
            let [a, b] = [last >> 16 | 10 << 8, last & 0xffff];
            for form in [
                format!("http://{v4}/"), format!("http://{}/", v4.to_bits()), format!("http://0x{:x}/", v4.to_bits()),
                format!("http://0{:o}/", v4.to_bits()), format!("http://[::ffff:{a:x}:{b:x}]/"),
                format!("http://[64:ff9b::{a:x}:{b:x}]/"), format!("http://[2002:{a:x}:{b:x}::1]/"),
            ] {
                prop_assert!(policy.check(&form).is_err(), "{form}");
            }
        }

        #[test]
        fn any_text_can_be_checked(text in ".{0,60}") {
            let _ = AddressPolicy::default().check(&text);
        }
    }
}
