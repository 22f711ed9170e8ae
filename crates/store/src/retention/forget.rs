//! Taking ads and contacts out of every table that knows them. What a case or the ledger still needs stays as an empty
//! row without content: so research pseudonyms and the history of decisions remain usable.

use crate::StoreError;
use crate::analysis::{current, open_assessment};
use crate::db::{Tx, args};
use crate::keys::{Keys, fill_random};
use crate::readings::ad_ref;
use domain::{AdRef, Assessment, Evidence, Firing};
use jiff::Timestamp;

/// Why something is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forget {
    /// Its time is over: an ad that comes back is known again by its keyed hash.
    Due,
    /// A person asked: the site's own id and the keyed hash of it go too.
    Erased,
}

/// Everything of an ad but its row.
const OF_AD: &[&str] = &[
    "DELETE FROM page_capture WHERE ad_id = $1",
    "DELETE FROM frontier WHERE ad_id = $1",
    "DELETE FROM image_hash WHERE ad_id = $1",
    "DELETE FROM sighting WHERE ad_id = $1",
    "DELETE FROM ad_absence WHERE ad_id = $1",
    "DELETE FROM contact_mention WHERE ad_id = $1",
    "DELETE FROM place_mention WHERE ad_id = $1",
    "DELETE FROM language_mention WHERE ad_id = $1",
    "DELETE FROM persona_mention WHERE ad_id = $1",
    "DELETE FROM address_mention WHERE ad_id = $1",
    "DELETE FROM link WHERE a_ad = $1 OR b_ad = $1",
    "DELETE FROM entity_member WHERE ad_id = $1",
    "DELETE FROM outreach_claim WHERE anchor_ad = $1",
    "UPDATE list_line SET contacts = '[]' WHERE anchor_ad = $1",
    // Readings and the search index go with the version.
    "DELETE FROM ad_version WHERE ad_id = $1",
];

/// The next analysis is a whole one.
pub(super) const CHANGED_WHOLE: &str = "INSERT INTO changed_ad (ad_id, stamp, known_at) SELECT 0, 1, 0 FROM ad WHERE id = $1 \
     ON CONFLICT (ad_id) DO UPDATE SET stamp = changed_ad.stamp + 1";

/// Tables of a step that this program may not have yet: the ad's rows there go too, and the next analysis is a whole one,
/// since a batch would not see what is missing.
const OF_AD_WHERE_THERE: &[(&str, &str)] = &[
    ("damped_ad", "DELETE FROM damped_ad WHERE ad_id = $1"),
    ("objection_question", "DELETE FROM objection_question WHERE anchor_ad = $1"),
    ("changed_ad", CHANGED_WHOLE),
];

/// What an analysis counts of an ad that goes.
const UNCOUNT: &str = "UPDATE analysis SET \
     ads = ads - (SELECT count(*) FROM entity_member m WHERE m.analysis_id = $1 AND m.ad_id = $2), \
     links = links - (SELECT count(*) FROM link l WHERE l.analysis_id = $1 AND (l.a_ad = $2 OR l.b_ad = $2)) WHERE id = $1";

async fn there(tx: &mut Tx, table: &str) -> Result<bool, StoreError> {
    let sql = if tx.is_postgres() {
        "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1"
    } else {
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1"
    };
    Ok(tx.one(sql, args![table]).await?.is_some())
}

/// Who still needs the row.
const NEEDED: &str = "SELECT 1 FROM ad WHERE id = $1 AND (EXISTS (SELECT 1 FROM case_file WHERE anchor_ad = ad.id) \
     OR EXISTS (SELECT 1 FROM decision_ad WHERE ad_id = ad.id) \
     OR EXISTS (SELECT 1 FROM attempt WHERE anchor_ad = ad.id) \
     OR EXISTS (SELECT 1 FROM list_line WHERE anchor_ad = ad.id) \
     OR EXISTS (SELECT 1 FROM judgement WHERE a_ad = ad.id OR b_ad = ad.id) \
     OR EXISTS (SELECT 1 FROM legal_hold WHERE ad_id = ad.id))";

/// Forgets ads. Bodies of their pages go when no other capture names them.
pub(crate) async fn forget_ads(
    tx: &mut Tx,
    keys: &Keys,
    ids: &[i64],
    why: Forget,
    now: Timestamp,
) -> Result<(), StoreError> {
    let analysis = current(tx).await?;
    let mut more = Vec::new();
    for (table, sql) in OF_AD_WHERE_THERE {
        if there(tx, table).await? {
            more.push(*sql);
        }
    }
    for &id in ids {
        let Some(row) = tx
            .one(
                "SELECT s.site, a.key_hash, a.site_ad_id_sealed FROM ad a JOIN site s ON s.id = a.site_id WHERE a.id = $1",
                args![id],
            )
            .await?
        else {
            continue;
        };
        let ad = ad_ref(keys, row.text(0)?, &row.blob(1)?, &row.blob(2)?)?;
        let subjects = subjects_of(tx, analysis, id).await?;
        for subject in &subjects {
            forget_evidence(tx, keys, analysis, subject, id, &ad).await?;
        }
        let pages = tx.all("SELECT DISTINCT page_id FROM page_capture WHERE ad_id = $1", args![id]).await?;
        tx.run(UNCOUNT, args![analysis, id]).await?;
        for delete in more.iter().chain(OF_AD) {
            tx.run(delete, args![id]).await?;
        }
        for page in &pages {
            drop_page_without_capture(tx, page.int(0)?).await?;
        }
        // What was an advertiser or a network is gone with its last member.
        for subject in &subjects {
            tx.run(
                "DELETE FROM entity WHERE analysis_id = $1 AND id = $2 AND NOT EXISTS (SELECT 1 FROM entity_member m \
                 WHERE m.analysis_id = $1 AND m.advertiser = $2) AND NOT EXISTS (SELECT 1 FROM entity_member m \
                 WHERE m.analysis_id = $1 AND m.network = $2)",
                args![analysis, subject],
            )
            .await?;
        }
        if tx.one(NEEDED, args![id]).await?.is_none() && !founds(tx, id).await? {
            tx.run("DELETE FROM ad WHERE id = $1", args![id]).await?;
            continue;
        }
        tx.run(
            "UPDATE ad SET excerpt_hash = NULL, validators_sealed = NULL, page_read_at = NULL, delete_after = NULL, \
             gone_at = coalesce(gone_at, $2) WHERE id = $1",
            args![id, now],
        )
        .await?;
        if why == Forget::Erased {
            let mut key = [0; 32];
            fill_random(&mut key)?;
            let name = keys.seal_text("ad", &key, "site_ad_id", "erased")?;
            tx.run("UPDATE ad SET key_hash = $2, site_ad_id_sealed = $3 WHERE id = $1", args![id, key, name]).await?;
        }
    }
    Ok(())
}

async fn founds(tx: &mut Tx, id: i64) -> Result<bool, StoreError> {
    Ok(tx.one("SELECT 1 FROM entity WHERE founder_ad = $1 LIMIT 1", args![id]).await?.is_some())
}

/// A body that no capture names any more.
pub(super) async fn drop_page_without_capture(tx: &mut Tx, page: i64) -> Result<(), StoreError> {
    tx.run(
        "DELETE FROM page WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM page_capture c WHERE c.page_id = page.id)",
        args![page],
    )
    .await?;
    Ok(())
}

/// The advertiser and the network that an ad belongs to now.
async fn subjects_of(tx: &mut Tx, analysis: i64, id: i64) -> Result<Vec<String>, StoreError> {
    let member = tx
        .one("SELECT advertiser, network FROM entity_member WHERE analysis_id = $1 AND ad_id = $2", args![analysis, id])
        .await?;
    member.map_or(Ok(Vec::new()), |row| Ok(vec![row.text(0)?, row.text(1)?]))
}

/// Takes an ad's words out of an assessment that quotes them; an assessment of nobody else goes. Points stay until the
/// next analysis, which comes without the ad.
async fn forget_evidence(
    tx: &mut Tx,
    keys: &Keys,
    analysis: i64,
    subject: &str,
    id: i64,
    ad: &AdRef,
) -> Result<(), StoreError> {
    let others = tx
        .id(
            "SELECT (SELECT count(*) FROM entity_member WHERE analysis_id = $1 AND advertiser = $2 AND ad_id <> $3) \
             + (SELECT count(*) FROM entity_member WHERE analysis_id = $1 AND network = $2 AND ad_id <> $3)",
            args![analysis, subject, id],
        )
        .await?;
    if others == 0 {
        crate::analysis::recount(tx, keys, analysis, subject, None).await?;
        for delete in [
            "DELETE FROM assessment_indicator WHERE analysis_id = $1 AND subject = $2",
            "DELETE FROM assessment WHERE analysis_id = $1 AND subject = $2",
        ] {
            tx.run(delete, args![analysis, subject]).await?;
        }
        if there(tx, "shadow_subject").await? {
            tx.run("DELETE FROM shadow_subject WHERE subject = $1", args![subject]).await?;
        }
        return Ok(());
    }
    const READ: &str = "SELECT body_sealed FROM assessment WHERE analysis_id = $1 AND subject = $2";
    if let Some(row) = tx.one(READ, args![analysis, subject]).await? {
        let mut assessment = open_assessment(keys, subject, &row.blob(0)?)?;
        without(&mut assessment, ad);
        crate::analysis::recount(tx, keys, analysis, subject, Some(&assessment)).await?;
        let sealed = keys.seal_json("assessment", subject.as_bytes(), "body", &assessment)?;
        tx.run(
            "UPDATE assessment SET body_sealed = $3 WHERE analysis_id = $1 AND subject = $2",
            args![analysis, subject, sealed],
        )
        .await?;
    }
    Ok(())
}

fn without(assessment: &mut Assessment, ad: &AdRef) {
    let firings: [&mut Vec<Firing>; 3] =
        [&mut assessment.evidence, &mut assessment.counter_evidence, &mut assessment.context];
    for firings in firings {
        for firing in firings.iter_mut() {
            firing.evidence.retain_mut(|evidence| match evidence {
                Evidence::Span { ad: of, .. } => of.as_ref() != Some(ad),
                Evidence::Ads { ads, .. } => {
                    ads.retain(|of| of != ad);
                    !ads.is_empty()
                }
            });
        }
        firings.retain(|firing| !firing.evidence.is_empty());
    }
    assessment.ads.retain(|of| of != ad);
}

/// Deletes contacts; one that an attempt or a judgement names stays as its keyed hash without the value.
pub(crate) async fn erase_contacts(tx: &mut Tx, keys: &Keys, ids: &[i64]) -> Result<(), StoreError> {
    if ids.is_empty() {
        return Ok(());
    }
    for line in tx.all("SELECT id, contacts FROM list_line WHERE contacts <> '[]'", args![]).await? {
        let mut named: Vec<i64> =
            serde_json::from_str(&line.text(1)?).map_err(|_| StoreError::Corrupt { what: "a line's contacts" })?;
        let before = named.len();
        named.retain(|contact| !ids.contains(contact));
        if named.len() < before {
            let named = serde_json::to_string(&named).map_err(|_| StoreError::Corrupt { what: "a line's contacts" })?;
            tx.run("UPDATE list_line SET contacts = $2 WHERE id = $1", args![line.int(0)?, named]).await?;
        }
    }
    for &id in ids {
        tx.run("DELETE FROM damped_contact WHERE contact_id = $1", args![id]).await?;
        let needed = tx
            .one(
                "SELECT contact_hash FROM contact WHERE id = $1 AND (EXISTS (SELECT 1 FROM attempt \
                 WHERE contact_id = contact.id) OR EXISTS (SELECT 1 FROM contact_judgement WHERE contact_id = contact.id))",
                args![id],
            )
            .await?;
        match needed {
            None => {
                tx.run("DELETE FROM contact WHERE id = $1", args![id]).await?;
            }
            Some(row) => {
                let sealed = keys.seal_text("contact", &row.blob(0)?, "value", "")?;
                tx.run("UPDATE contact SET value_sealed = $2, delete_after = NULL WHERE id = $1", args![id, sealed])
                    .await?;
            }
        }
    }
    Ok(())
}
