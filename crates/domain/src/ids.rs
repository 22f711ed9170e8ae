//! Names of things. Each kind has its own type, so that a site's name cannot stand where an ad's is meant.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);
        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

text_id!(
    /// A listing site, for example `s1`: the name of its folder in `config/sites/`.
    SiteId
);
text_id!(
    /// A programme, for example `initiative-1`: the name of its file in `config/programmes/`.
    ProgrammeId
);
text_id!(
    /// An outreach team, as named in its programme.
    TeamId
);
text_id!(
    /// An indicator, for example `third_person_voice`. Never renamed or reused.
    IndicatorId
);
text_id!(
    /// An advertiser: `adv_` and 16 hex digits made from its founding ad (see [`AdvertiserId::of`]).
    AdvertiserId
);
text_id!(
    /// A network: `net_` and 16 hex digits made from its founding ad (see [`NetworkId::of`]).
    NetworkId
);

/// One ad on one site. Its order (site, then ad id) breaks every tie, so that results do not depend on arrival.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AdRef {
    /// The site that shows the ad.
    pub site: SiteId,
    /// The site's own id for it.
    pub ad_id: String,
}

impl AdRef {
    /// Names an ad.
    pub fn new(site: impl Into<String>, ad_id: impl Into<String>) -> Self {
        Self { site: SiteId(site.into()), ad_id: ad_id.into() }
    }

    fn digest(&self, kind: &str) -> String {
        let mut hash = Sha256::new();
        for part in [kind, self.site.as_str(), self.ad_id.as_str()] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl AdvertiserId {
    /// The id of the advertiser whose first seen ad is `founder`: the same on every machine, whatever the key.
    pub fn of(founder: &AdRef) -> Self {
        Self(format!("adv_{}", founder.digest("advertiser")))
    }
}

impl NetworkId {
    /// The id of the network whose first seen ad is `founder`.
    pub fn of(founder: &AdRef) -> Self {
        Self(format!("net_{}", founder.digest("network")))
    }
}

/// A group of the catalogue, `A` (movement) to `L` (context that argues the other way).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Group(pub char);

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_advertiser_has_the_same_id_everywhere_and_another_than_its_network() {
        let ad = AdRef::new("s1", "48213");
        assert_eq!(AdvertiserId::of(&ad), AdvertiserId::of(&ad.clone()));
        assert_ne!(AdvertiserId::of(&ad).0[4..], NetworkId::of(&ad).0[4..]);
        assert_ne!(AdvertiserId::of(&AdRef::new("s", "148213")), AdvertiserId::of(&AdRef::new("s1", "48213")));
    }
}
