//! The page of a network or advertiser, and of two ads: each in one transaction with its audit row.

use super::case::Of;
use super::shared_numbers::ROLE;
use super::{
    AdLabel, AdPage, CaseId, CaseState, ContactPoint, LineageRow, LineageStep, NetworkAd, NetworkAdvertiser,
    NetworkView, PairView, SubjectCase,
};
use crate::analysis::members::members_of;
use crate::analysis::{band_from, header};
use crate::db::{Row, Tx, args};
use crate::{Look, Store, StoreError};
use domain::{AdvertiserId, ContactRole, NetworkId};
use std::collections::HashMap;

/// True where a case about the ads of `$2` (advertiser or network) is in the urgent route.
const URGENT: &str = concat!(
    "SELECT count(*) FROM case_file c WHERE c.urgent = 1 AND c.merged_into IS NULL AND c.subject IN \
     (SELECT m.network FROM entity_member m WHERE m.analysis_id = $1 AND m.ad_id IN ",
    members_of!(),
    " UNION SELECT m.advertiser FROM entity_member m WHERE m.analysis_id = $1 AND m.ad_id IN ",
    members_of!(),
    ")"
);

async fn is_urgent(tx: &mut Tx, analysis: i64, subject: &str) -> Result<bool, StoreError> {
    Ok(tx.id(URGENT, args![analysis, subject]).await? > 0)
}

impl Store {
    /// The page of a network or advertiser. Audited in the same transaction. [`StoreError::NotFound`] where neither the
    /// current analysis nor any before it had one of that id.
    pub async fn network(&self, look: &Look, subject: &str) -> Result<NetworkView, StoreError> {
        let mut tx = self.write("reading a network").await?;
        look.write(&mut tx, self.keys()).await?;
        let analysis = header(&mut tx).await?;
        let number = analysis.as_ref().map_or(0, |analysis| analysis.id);
        let entity = tx
            .one("SELECT kind, network FROM entity WHERE analysis_id = $1 AND id = $2", args![number, subject])
            .await?;
        let lineage = lineage(&mut tx, number, subject).await?;
        if entity.is_none() && lineage.is_empty() {
            return Err(StoreError::NotFound { what: "network or advertiser" });
        }
        let of = Of::Subject(subject);
        let (is_network, network) = match &entity {
            Some(row) => (row.text(0)? == "network", Some(NetworkId(row.text(1)?))),
            None => (subject.starts_with("net_"), None),
        };
        let view = NetworkView {
            id: subject.to_owned(),
            network,
            is_network,
            advertisers: advertisers(&mut tx, number, subject).await?,
            ads: self.network_ads(&mut tx, number, subject).await?,
            links: self.case_links(&mut tx, number, &of).await?,
            contacts: self.contact_points(&mut tx, number, subject).await?,
            municipalities: municipalities(&mut tx, number, subject).await?,
            judgements: self.judgements_on(&mut tx, number, subject).await?,
            lineage,
            cases: cases(&mut tx, subject).await?,
            urgent: is_urgent(&mut tx, number, subject).await?,
            as_of: analysis.as_ref().map(|analysis| analysis.as_of),
            made_at: analysis.as_ref().map(|analysis| analysis.at),
        };
        tx.commit().await?;
        Ok(view)
    }

    /// Two ads by the store's own numbers, with what ties them. Audited in the same transaction.
    pub async fn pair(&self, look: &Look, a: i64, b: i64) -> Result<PairView, StoreError> {
        if a == b {
            return Err(StoreError::NotFound { what: "pair of two ads" });
        }
        let mut tx = self.write("reading two ads").await?;
        look.write(&mut tx, self.keys()).await?;
        let analysis = header(&mut tx).await?;
        let number = analysis.as_ref().map_or(0, |analysis| analysis.id);
        let until = analysis.as_ref().map_or(i64::MAX, |analysis| analysis.as_of.as_millisecond());
        let of = Of::Pair(a, b);
        let ads = self.case_ads(&mut tx, number, &of, until).await?;
        let ads: [_; 2] = ads.try_into().map_err(|_| StoreError::NotFound { what: "pair of two ads" })?;
        let links = self.case_links(&mut tx, number, &of).await?;
        let on = "(j.a_ad = $2 AND j.b_ad = $3) OR (j.a_ad = $3 AND j.b_ad = $2)";
        let judgements = self.judgement_rows(&mut tx, on, of.values(number)).await?;
        let mut networks = Vec::new();
        let mut urgent = false;
        for row in tx
            .all(
                "SELECT m.network FROM entity_member m WHERE m.analysis_id = $1 AND m.ad_id IN ($2, $3)",
                of.values(number),
            )
            .await?
        {
            let network = row.text(0)?;
            urgent |= is_urgent(&mut tx, number, &network).await?;
            networks.push(network);
        }
        tx.commit().await?;
        let shared = ads[0].contacts.iter().filter(|name| ads[1].contacts.contains(name)).cloned().collect();
        Ok(PairView {
            same_advertiser: ads[0].advertiser == ads[1].advertiser,
            same_network: networks.windows(2).all(|two| two[0] == two[1]),
            shared,
            ads,
            links,
            judgements,
            urgent,
            as_of: analysis.map(|analysis| analysis.as_of),
        })
    }

    /// One ad by the store's own number, with all of its versions. Audited in the same transaction.
    pub async fn ad_page(&self, look: &Look, ad: i64) -> Result<AdPage, StoreError> {
        let mut tx = self.write("reading an ad").await?;
        look.write(&mut tx, self.keys()).await?;
        let analysis = header(&mut tx).await?;
        let number = analysis.as_ref().map_or(0, |analysis| analysis.id);
        let of = Of::One(ad);
        let read = self.case_ads(&mut tx, number, &of, i64::MAX).await?.into_iter().next();
        let read = read.ok_or(StoreError::NotFound { what: "ad" })?;
        let links = self.case_links(&mut tx, number, &of).await?;
        let member = tx
            .one("SELECT m.network FROM entity_member m WHERE m.analysis_id = $1 AND m.ad_id = $2", of.values(number))
            .await?
            .ok_or(StoreError::NotFound { what: "ad" })?;
        let network = NetworkId(member.text(0)?);
        let urgent = is_urgent(&mut tx, number, network.as_str()).await?;
        let mut about = cases(&mut tx, network.as_str()).await?;
        about.extend(cases(&mut tx, read.advertiser.as_str()).await?);
        tx.commit().await?;
        Ok(AdPage { ad: read, network, links, cases: about, urgent })
    }

    async fn network_ads(&self, tx: &mut Tx, analysis: i64, subject: &str) -> Result<Vec<NetworkAd>, StoreError> {
        let of = Of::Subject(subject);
        let rows = tx
            .all(
                concat!(
                    "SELECT a.id, s.site, m.advertiser, a.first_seen, a.last_seen, a.gone_at, a.versions \
                 FROM entity_member m JOIN ad a ON a.id = m.ad_id JOIN site s ON s.id = a.site_id \
                 WHERE m.analysis_id = $1 AND m.ad_id IN ",
                    members_of!(),
                    " ORDER BY a.first_seen, a.id"
                ),
                of.values(analysis),
            )
            .await?;
        let mut contacts = self.contacts_of_ads(tx, &of, analysis).await?;
        let mut places: HashMap<i64, Vec<String>> = HashMap::new();
        for row in tx
            .all(
                concat!(
                    "SELECT DISTINCT p.ad_id, p.municipality_code FROM entity_member m \
                 JOIN place_mention p ON p.ad_id = m.ad_id \
                 WHERE m.analysis_id = $1 AND m.ad_id IN ",
                    members_of!(),
                    " ORDER BY 1, 2"
                ),
                of.values(analysis),
            )
            .await?
        {
            places.entry(row.int(0)?).or_default().push(row.text(1)?);
        }
        let ad = |row: &Row| {
            let number = row.int(0)?;
            Ok(NetworkAd {
                label: AdLabel::of(row.text(1)?, number),
                advertiser: AdvertiserId(row.text(2)?),
                first_seen: row.time(3)?,
                last_seen: row.time(4)?,
                gone_at: row.opt_time(5)?,
                versions: row.count(6)?,
                contacts: contacts.remove(&number).unwrap_or_default(),
                municipalities: places.remove(&number).unwrap_or_default(),
            })
        };
        rows.iter().map(ad).collect()
    }

    async fn contact_points(&self, tx: &mut Tx, analysis: i64, subject: &str) -> Result<Vec<ContactPoint>, StoreError> {
        let rows = tx
            .all_of(
                format!(
                    "SELECT c.id, c.contact_hash, count(DISTINCT n.ad_id), \
                     (SELECT count(*) FROM damped_contact d WHERE d.analysis_id = $1 AND d.contact_id = c.id), {ROLE} \
                     FROM entity_member m JOIN contact_mention n ON n.ad_id = m.ad_id \
                     JOIN contact c ON c.id = n.contact_id \
                     WHERE m.analysis_id = $1 AND m.ad_id IN {} \
                     GROUP BY c.id, c.contact_hash ORDER BY 3 DESC, 1",
                    members_of!()
                ),
                args![analysis, subject],
            )
            .await?;
        let point = |row: &Row| {
            Ok(ContactPoint {
                number: row.int(0)?,
                name: self.keys().pseudonym(&row.blob(1)?),
                ads: row.count(2)?,
                damped: row.flag(3)?,
                role: row.opt_text(4)?.as_deref().and_then(ContactRole::parse),
            })
        };
        rows.iter().map(point).collect()
    }
}

async fn advertisers(tx: &mut Tx, analysis: i64, subject: &str) -> Result<Vec<NetworkAdvertiser>, StoreError> {
    let rows = tx
        .all(
            concat!(
                "SELECT m.advertiser, count(*), min(a.first_seen), max(a.last_seen), max(s.band), max(s.points) \
             FROM entity_member m JOIN ad a ON a.id = m.ad_id \
             LEFT JOIN assessment s ON s.analysis_id = $1 AND s.subject = m.advertiser \
             WHERE m.analysis_id = $1 AND m.ad_id IN ",
                members_of!(),
                " \
             GROUP BY m.advertiser ORDER BY 3, 1"
            ),
            args![analysis, subject],
        )
        .await?;
    let advertiser = |row: &Row| {
        Ok(NetworkAdvertiser {
            id: AdvertiserId(row.text(0)?),
            ads: row.count(1)?,
            first_seen: row.time(2)?,
            last_seen: row.time(3)?,
            band: band_from(row.opt_int(4)?.unwrap_or(0)),
            points: row.opt_real(5)?.unwrap_or(0.0),
        })
    };
    rows.iter().map(advertiser).collect()
}

async fn municipalities(tx: &mut Tx, analysis: i64, subject: &str) -> Result<Vec<(String, u32)>, StoreError> {
    let rows = tx
        .all(
            concat!(
                "SELECT p.municipality_code, count(DISTINCT p.ad_id) FROM entity_member m \
             JOIN place_mention p ON p.ad_id = m.ad_id \
             WHERE m.analysis_id = $1 AND m.ad_id IN ",
                members_of!(),
                " \
             GROUP BY p.municipality_code ORDER BY 2 DESC, 1"
            ),
            args![analysis, subject],
        )
        .await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.count(1)?))).collect()
}

/// Steps that name the subject, newest first.
async fn lineage(tx: &mut Tx, analysis: i64, subject: &str) -> Result<Vec<LineageRow>, StoreError> {
    let rows = tx
        .all(
            "SELECT l.old_id, l.new_id, l.at, l.parted, (SELECT count(*) FROM entity e WHERE e.analysis_id = $1 \
             AND e.id = CASE WHEN l.old_id = $2 THEN l.new_id ELSE l.old_id END) FROM \
             (SELECT old_id, new_id, at, analysis_id, CAST(0 AS BIGINT) AS parted FROM entity_lineage \
             WHERE old_id = $2 OR new_id = $2 UNION ALL \
             SELECT old_id, new_id, at, analysis_id, CAST(1 AS BIGINT) AS parted FROM entity_split \
             WHERE old_id = $2 OR new_id = $2) l ORDER BY l.analysis_id DESC, l.old_id, l.new_id LIMIT 100",
            args![analysis, subject],
        )
        .await?;
    let step = |row: &Row| {
        let (old, new) = (row.text(0)?, row.text(1)?);
        let (step, other) = match (row.int(3)? != 0, old == subject) {
            (false, true) => (LineageStep::BecamePartOf, new),
            (false, false) => (LineageStep::TookIn, old),
            (true, true) => (LineageStep::SplitOff, new),
            (true, false) => (LineageStep::SplitFrom, old),
        };
        Ok(LineageRow { step, other, other_lives: row.flag(4)?, at: row.time(2)? })
    };
    rows.iter().map(step).collect()
}

async fn cases(tx: &mut Tx, subject: &str) -> Result<Vec<SubjectCase>, StoreError> {
    let rows = tx
        .all(
            "SELECT id, state, opened_at, split_from FROM case_file WHERE subject = $1 ORDER BY opened_at, id",
            args![subject],
        )
        .await?;
    let mut cases = Vec::with_capacity(rows.len());
    for row in &rows {
        let id = row.text(0)?;
        let ids = |rows: Vec<Row>| rows.iter().map(|row| row.text(0).map(CaseId)).collect::<Result<Vec<_>, _>>();
        let split_off = ids(tx.all("SELECT id FROM case_file WHERE split_from = $1 ORDER BY id", args![&id]).await?)?;
        let merged = ids(tx.all("SELECT id FROM case_file WHERE merged_into = $1 ORDER BY id", args![&id]).await?)?;
        cases.push(SubjectCase {
            case: CaseId(id),
            state: CaseState::parse(&row.text(1)?).ok_or(StoreError::Corrupt { what: "a case's state" })?,
            opened_at: row.time(2)?,
            split_from: row.opt_text(3)?.map(CaseId),
            split_off,
            merged,
        });
    }
    Ok(cases)
}
