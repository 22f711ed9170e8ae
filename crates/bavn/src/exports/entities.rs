//! `entities`: one line for each ad with its advertiser and network.

use domain::{AdRef, Linkage};
use serde::Serialize;
use std::collections::BTreeMap;

/// A line.
#[derive(Serialize)]
pub struct EntityLine<'a> {
    site: &'a str,
    ad_id: &'a str,
    advertiser: &'a str,
    network: &'a str,
}

/// All lines, in the order of the ads.
pub fn lines(linkage: &Linkage) -> Vec<EntityLine<'_>> {
    let network_of: BTreeMap<&str, &str> = (linkage.networks.iter())
        .flat_map(|network| network.advertisers.iter().map(|id| (id.as_str(), network.id.as_str())))
        .collect();
    let mut advertiser_of: BTreeMap<&AdRef, &str> = BTreeMap::new();
    for advertiser in &linkage.advertisers {
        advertiser_of.extend(advertiser.ads.iter().map(|ad| (ad, advertiser.id.as_str())));
    }
    advertiser_of
        .into_iter()
        .map(|(ad, advertiser)| EntityLine {
            site: ad.site.as_str(),
            ad_id: &ad.ad_id,
            advertiser,
            network: network_of.get(advertiser).copied().unwrap_or_default(),
        })
        .collect()
}
