//! Street addresses of an advertiser in clear: for a worker who is to visit, and nobody else.

use crate::analysis::current;
use crate::db::args;
use crate::readings::open_reading;
use crate::{Look, Store, StoreError};
use domain::AdvertiserId;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Most versions that are opened for one look; the last seen come first.
const MOST_VERSIONS: i64 = 200;

impl Store {
    /// The street addresses that an advertiser's ads name, the last seen first, each with its last sighting. Audited in the
    /// same transaction.
    pub async fn open_addresses(
        &self,
        look: &Look,
        advertiser: &AdvertiserId,
    ) -> Result<Vec<(String, Timestamp)>, StoreError> {
        let mut tx = self.write("opening addresses").await?;
        look.write(&mut tx, self.keys()).await?;
        let analysis = current(&mut tx).await?;
        let rows = tx
            .all(
                "SELECT v.id, r.body_sealed, coalesce((SELECT max(g.last_at) FROM sighting g \
                 WHERE g.ad_id = v.ad_id AND g.version = v.version), a.last_seen) FROM entity_member m \
                 JOIN address_mention x ON x.ad_id = m.ad_id JOIN ad_version v ON v.id = x.version_id \
                 JOIN ad a ON a.id = v.ad_id JOIN reading r ON r.version_id = v.id \
                 WHERE m.analysis_id = $1 AND m.advertiser = $2 ORDER BY 3 DESC, 1 DESC LIMIT $3",
                args![analysis, advertiser.as_str(), MOST_VERSIONS],
            )
            .await?;
        // Nobody else's audit row waits while they are opened.
        tx.commit().await?;
        let mut last: BTreeMap<String, Timestamp> = BTreeMap::new();
        for row in &rows {
            let seen = row.time(2)?;
            let (_, facts) = open_reading(self.keys(), row.int(0)?, &row.blob(1)?)?;
            for address in facts.addresses {
                let known = last.entry(address).or_insert(seen);
                *known = (*known).max(seen);
            }
        }
        let mut found: Vec<(String, Timestamp)> = last.into_iter().collect();
        found.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
        Ok(found)
    }
}
