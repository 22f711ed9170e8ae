//! Under which id the founding ad of a vanished advertiser or network lives on, and where a new one's came from.

use crate::StoreError;
use crate::db::{Arg, Tx, args};
use jiff::Timestamp;
use std::collections::HashMap;

/// Between two analyses of everything.
pub(super) async fn note_all(tx: &mut Tx, before: i64, now: i64, at: Timestamp) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO entity_lineage (analysis_id, old_id, new_id, at) \
         SELECT $2, o.id, CASE WHEN o.kind = 'network' THEN m.network ELSE m.advertiser END, $3 \
         FROM entity o JOIN entity_member m ON m.analysis_id = $2 AND m.ad_id = o.founder_ad \
         WHERE o.analysis_id = $1 AND NOT EXISTS \
         (SELECT 1 FROM entity n WHERE n.analysis_id = $2 AND n.id = o.id) ON CONFLICT DO NOTHING",
        args![before, now, at],
    )
    .await?;
    tx.run(
        "INSERT INTO entity_split (analysis_id, old_id, new_id, at) \
         SELECT $2, CASE WHEN n.kind = 'network' THEN m.network ELSE m.advertiser END, n.id, $3 \
         FROM entity n JOIN entity_member m ON m.analysis_id = $1 AND m.ad_id = n.founder_ad \
         WHERE n.analysis_id = $2 AND NOT EXISTS \
         (SELECT 1 FROM entity o WHERE o.analysis_id = $1 AND o.id = n.id) ON CONFLICT DO NOTHING",
        args![before, now, at],
    )
    .await?;
    Ok(())
}

/// Some advertisers and networks with their ads, as they stood at a moment.
pub(super) struct Standing {
    /// Whether it is a network, and its founding ad, by id.
    entities: HashMap<String, (bool, i64)>,
    /// Advertiser and network by ad.
    members: HashMap<i64, [String; 2]>,
}

impl Standing {
    /// Of these ads.
    pub async fn of(tx: &mut Tx, analysis: i64, ads: impl IntoIterator<Item = Arg>) -> Result<Self, StoreError> {
        let rows = tx
            .all_in(
                "SELECT ad_id, advertiser, network FROM entity_member WHERE analysis_id = $1 AND ad_id IN",
                &[Arg::from(analysis)],
                ads,
            )
            .await?;
        let mut members = HashMap::new();
        for row in &rows {
            members.insert(row.int(0)?, [row.text(1)?, row.text(2)?]);
        }
        let ids: std::collections::BTreeSet<&String> = members.values().flatten().collect();
        let rows = tx
            .all_in(
                "SELECT id, kind, founder_ad FROM entity WHERE analysis_id = $1 AND id IN",
                &[Arg::from(analysis)],
                ids.into_iter().map(Arg::from),
            )
            .await?;
        let mut entities = HashMap::new();
        for row in &rows {
            entities.insert(row.text(0)?, (row.text(1)? == "network", row.int(2)?));
        }
        Ok(Self { entities, members })
    }

    /// Ids of the advertisers and networks.
    pub fn ids(&self) -> impl Iterator<Item = &String> {
        self.entities.keys()
    }

    /// How many ads there are.
    pub fn ads(&self) -> usize {
        self.members.len()
    }

    /// Where the founding ads of those that `other` has not got are in `other`.
    fn lost_in<'s>(&'s self, other: &'s Self) -> impl Iterator<Item = (&'s String, &'s String)> {
        let gone = self.entities.iter().filter(|(id, _)| !other.entities.contains_key(*id));
        gone.filter_map(|(id, (network, founder))| Some((id, &other.members.get(founder)?[usize::from(*network)])))
    }
}

/// Between two states of one analysis.
pub(super) async fn note_batch(
    tx: &mut Tx,
    analysis: i64,
    before: &Standing,
    now: &Standing,
    at: Timestamp,
) -> Result<(), StoreError> {
    for (old, new) in before.lost_in(now) {
        tx.later(
            "INSERT INTO entity_lineage (analysis_id, old_id, new_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            args![analysis, old, new, at],
        )
        .await?;
    }
    for (new, old) in now.lost_in(before) {
        tx.later(
            "INSERT INTO entity_split (analysis_id, old_id, new_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            args![analysis, old, new, at],
        )
        .await?;
    }
    Ok(())
}
