//! `entities`: one line for each ad with its advertiser and network.

use domain::{AdRef, AdvertiserId, Linkage, NetworkId};
use serde::Serialize;
use std::collections::BTreeMap;
use store::EntityRow;

/// A line.
#[derive(Serialize)]
pub struct EntityLine<'a> {
    site: &'a str,
    ad_id: &'a str,
    advertiser: &'a str,
    network: &'a str,
}

impl<'a> From<&'a EntityRow> for EntityLine<'a> {
    fn from(row: &'a EntityRow) -> Self {
        EntityLine {
            site: row.ad.site.as_str(),
            ad_id: &row.ad.ad_id,
            advertiser: row.advertiser.as_str(),
            network: row.network.as_str(),
        }
    }
}

/// Each ad with its advertiser and network, in the order of the ads.
pub fn rows(linkage: &Linkage) -> Vec<EntityRow> {
    let network_of: BTreeMap<&AdvertiserId, &NetworkId> =
        (linkage.networks.iter()).flat_map(|network| network.advertisers.iter().map(|id| (id, &network.id))).collect();
    let mut rows = Vec::new();
    for advertiser in &linkage.advertisers {
        let Some(network) = network_of.get(&advertiser.id) else { continue };
        let row =
            |ad: &AdRef| EntityRow { ad: ad.clone(), advertiser: advertiser.id.clone(), network: (*network).clone() };
        rows.extend(advertiser.ads.iter().map(row));
    }
    rows.sort_by(|a, b| a.ad.cmp(&b.ad));
    rows
}
