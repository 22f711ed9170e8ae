//! Contacts by a clock of their own: the ad stays as masked text, and what identified somebody goes from its original, its
//! reading and the archive. In their place stand keyed names, so that the ads of one desk stay together; nothing can be
//! dialled, written to or looked up by them.

use super::forget::{CHANGED_WHOLE, drop_page_without_capture};
use crate::StoreError;
use crate::ads::version_place;
use crate::db::{Tx, args};
use crate::keys::{Keys, Purpose, to_hex};
use crate::readings::{masked_texts, open_reading, seal_reading};
use domain::{AdContent, Contact, ContactKind, Field, MaskedText, Reading, Span, VersionFacts};
use jiff::Timestamp;

/// How a name in the place of a contact begins, after what is left of it: no number, address or handle looks so.
const GONE: &str = "~";

/// Takes contacts, links and street addresses out of every version of these ads. An ad that comes back is read anew, as a
/// new version.
pub(crate) async fn forget_contacts(tx: &mut Tx, keys: &Keys, ids: &[i64], now: Timestamp) -> Result<u64, StoreError> {
    let mut done = 0;
    for &ad in ids {
        let rows = tx
            .all(
                "SELECT v.id, v.version, v.content_sealed, v.masked, r.body_sealed FROM ad_version v \
                 LEFT JOIN reading r ON r.version_id = v.id WHERE v.ad_id = $1 AND v.contacts_gone_at IS NULL",
                args![ad],
            )
            .await?;
        for row in &rows {
            let (id, version) = (row.int(0)?, row.int(1)?);
            let place = version_place(ad, version);
            let content: AdContent = keys.open_json("ad_version", &place, "content", &row.blob(2)?)?;
            let texts = masked_texts(row.opt_text(3)?)?;
            if let Some(body) = row.opt_blob(4)? {
                let (reading, facts) = open_reading(keys, id, &body)?;
                let body = seal_reading(keys, id, &masked_reading(reading, &texts), &named_facts(keys, facts))?;
                tx.run("UPDATE reading SET body_sealed = $2 WHERE version_id = $1", args![id, body]).await?;
            }
            let content = masked_content(content, &texts);
            let whole: Vec<MaskedText> =
                texts.into_iter().map(|text| MaskedText { runs: Vec::new(), ..text }).collect();
            let whole = serde_json::to_string(&whole).map_err(|_| StoreError::Corrupt { what: "masked texts" })?;
            // A hash that no content has: the same text seen again is a version with its contacts.
            let hash = keys.hash(Purpose::Content, &[b"contacts gone", &id.to_le_bytes(), &row.blob(2)?]);
            tx.run(
                "UPDATE ad_version SET content_sealed = $2, content_hash = $3, masked = $4, contacts_gone_at = $5 \
                 WHERE id = $1",
                args![id, keys.seal_json("ad_version", &place, "content", &content)?, hash, whole, now],
            )
            .await?;
            done += 1;
        }
        let pages = tx.all("SELECT DISTINCT page_id FROM page_capture WHERE ad_id = $1", args![ad]).await?;
        for sql in [
            "DELETE FROM page_capture WHERE ad_id = $1",
            "DELETE FROM contact_mention WHERE ad_id = $1",
            "DELETE FROM address_mention WHERE ad_id = $1",
            "UPDATE list_line SET contacts = '[]' WHERE anchor_ad = $1",
            "UPDATE ad SET excerpt_hash = NULL, validators_sealed = NULL, page_read_at = NULL WHERE id = $1",
            CHANGED_WHOLE,
        ] {
            tx.run(sql, args![ad]).await?;
        }
        for page in &pages {
            drop_page_without_capture(tx, page.int(0)?).await?;
        }
    }
    Ok(done)
}

/// The content as people read it anyway. Where the ad stood goes too: it may name whom it shows.
fn masked_content(content: AdContent, texts: &[MaskedText]) -> AdContent {
    let of = |field: &Field| {
        texts.iter().find(|text| text.field == *field).map_or_else(String::new, |text| text.text.clone())
    };
    AdContent {
        title: of(&Field::Title),
        body: of(&Field::Body),
        fields: content.fields.into_keys().map(|name| (name.clone(), of(&Field::Named(name)))).collect(),
        url: None,
        ..content
    }
}

/// What was read, without what identifies; spans are those of the masked text, which is all that is left.
fn masked_reading(reading: Reading, texts: &[MaskedText]) -> Reading {
    let moved = |span: &mut Span| {
        if let Some(text) = texts.iter().find(|text| text.field == span.field) {
            *span = text.mask_span(span);
        }
    };
    let mut left = Reading {
        phones: Vec::new(),
        emails: Vec::new(),
        urls: Vec::new(),
        addresses: Vec::new(),
        handles: Vec::new(),
        ..reading
    };
    left.prices.iter_mut().for_each(|one| moved(&mut one.span));
    left.ages.iter_mut().for_each(|one| moved(&mut one.span));
    left.names.iter_mut().for_each(|one| moved(&mut one.span));
    left.places.iter_mut().for_each(|one| moved(&mut one.span));
    left
}

/// What linking and rules need, under names.
fn named_facts(keys: &Keys, mut facts: VersionFacts) -> VersionFacts {
    for contact in &mut facts.contacts {
        contact.value = named(keys, contact);
    }
    let of = |what: &[u8], text: &str| {
        format!("{GONE}{}", to_hex(&keys.hash(Purpose::Pseudonym, &[what, text.as_bytes()])[..16]))
    };
    facts.urls.iter_mut().for_each(|url| *url = of(b"url", url));
    facts.addresses.iter_mut().for_each(|address| *address = of(b"address", address));
    facts
}

/// A name that says of what country a number was, or of what service a handle, as the rules ask.
fn named(keys: &Keys, contact: &Contact) -> String {
    let name = to_hex(&keys.hash(Purpose::Pseudonym, &[b"contact", &keys.contact(contact)])[..16]);
    let kept = match contact.kind {
        // Two digits of the number: with `+45` the country; of others its beginning.
        ContactKind::Phone => contact.value.get(..3).unwrap_or("+"),
        ContactKind::Handle => contact.value.split_inclusive(':').next().unwrap_or_default(),
        ContactKind::Email => "",
    };
    format!("{kept}{GONE}{name}")
}
