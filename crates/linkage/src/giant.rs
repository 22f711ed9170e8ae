//! The test of the largest component: one network that holds a large share of all ads says that some tie joins the
//! unrelated, and such a run is not to be believed.

use crate::graph::most_ads;
use crate::parameters::LinkParameters;
use domain::{AdvertiserId, LinkKind, Linkage, NetworkId};
use std::collections::{BTreeMap, BTreeSet};

/// A network beyond belief.
#[derive(Debug, Clone, PartialEq)]
pub struct Giant {
    /// Which.
    pub network: NetworkId,
    /// Its ads.
    pub ads: usize,
    /// What it may hold.
    pub most: usize,
    /// The weakest tie that joins it: kind, bits, and the two advertisers (one and the same for a contact).
    pub tie: Option<(LinkKind, f64, AdvertiserId, AdvertiserId)>,
}

impl std::fmt::Display for Giant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "network {} would hold {} ads, more than the {} allowed", self.network, self.ads, self.most)?;
        match &self.tie {
            Some((kind, bits, a, b)) => {
                write!(f, "; its weakest tie is '{}' with {bits:.1} bits between {a} and {b}", kind.as_str())
            }
            None => Ok(()),
        }
    }
}

/// The largest network of two advertisers or more, if it holds more than the share of `total` ads that the parameters
/// allow. One desk that posts very much is no network that something tied by mistake.
pub fn giant(linkage: &Linkage, total: usize, parameters: &LinkParameters) -> Option<Giant> {
    let most = most_ads(total, parameters);
    let several = linkage.networks.iter().filter(|network| network.advertisers.len() > 1);
    let network = several.max_by_key(|network| network.ads.len())?;
    if network.ads.len() <= most {
        return None;
    }
    let ads: BTreeSet<_> = network.ads.iter().collect();
    let of_ad: BTreeMap<_, _> =
        linkage.advertisers.iter().flat_map(|one| one.ads.iter().map(move |ad| (ad, &one.id))).collect();
    let joining = linkage.links.iter().filter(|link| link.joins && ads.contains(&link.a) && ads.contains(&link.b));
    let weakest =
        joining.min_by(|x, y| x.bits.total_cmp(&y.bits).then((&x.a, &x.b, x.kind).cmp(&(&y.a, &y.b, y.kind))));
    let tie = weakest
        .and_then(|link| Some((link.kind, link.bits, (*of_ad.get(&link.a)?).clone(), (*of_ad.get(&link.b)?).clone())));
    Some(Giant { network: network.id.clone(), ads: network.ads.len(), most, tie })
}
