//! Erasure (GDPR art. 17): the ads that show a contact, their pages in the archive, listing pages that name them, lines,
//! notes, payloads that speak of them. What stays is a keyed hash, so that neither the next crawl's list nor an older
//! backup brings the person back.

use super::{Of, lines_naming};
use crate::chain::{self, Chain, Gone};
use crate::db::{Tx, args};
use crate::keys::{decompress, from_hex, to_hex};
use crate::readings::ad_ref;
use crate::research::{CaseId, Item, NoteRow};
use crate::retention::{Forget, Retention, erase_contacts, forget_ads};
use crate::{Actor, Look, Store, StoreError};
use domain::{Contact, ContactKind};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What an erasure took away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    /// Ads.
    pub ads: u64,
    /// Cases of nobody else, with their decisions.
    pub cases: u64,
    /// Listing pages of the archive that showed the ads or the contact.
    pub pages: u64,
    /// Notes of attempts that were emptied (the attempts themselves stay for the statistics of methods), and researchers'
    /// notes on what was erased.
    pub notes: u64,
    /// Payloads of acts and looks that spoke of the person.
    pub payloads: u64,
}

/// What must stay forgotten, for the list outside the store and its backups.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forgotten {
    /// An objection or an erasure.
    pub kind: ForgottenKind,
    /// The contact's keyed hash, hex.
    pub contact: String,
    /// When.
    pub at: Timestamp,
    /// Where it is covered by somebody else's objection: that one's own contact (keyed hash, hex), so that the cover ends
    /// with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// Names the master key that the hash belongs to; none for the store's first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// Why a contact is on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForgottenKind {
    /// It is left alone.
    Objection,
    /// It is left alone since another contact's objection reaches it.
    Covered,
    /// It was erased.
    Erasure,
}

const OF_AD_CHANGES: &str =
    "SELECT c.event_seq FROM attempt_change c JOIN attempt t ON t.id = c.attempt_id WHERE t.anchor_ad = $1";
const OF_AD_HANDOVERS: &str =
    "SELECT h.event_seq FROM handover h JOIN attempt t ON t.id = h.attempt_id WHERE t.anchor_ad = $1";
const OF_CONTACT_CHANGES: &str =
    "SELECT c.event_seq FROM attempt_change c JOIN attempt t ON t.id = c.attempt_id WHERE t.contact_id = $1";
const OF_CONTACT_HANDOVERS: &str =
    "SELECT h.event_seq FROM handover h JOIN attempt t ON t.id = h.attempt_id WHERE t.contact_id = $1";

impl Store {
    /// Erases a contact and the ads that show it. Needs a check; audited; recorded as an event under the pseudonym; an
    /// objection is kept for it, so that nobody is contacted who asked to be forgotten.
    pub async fn subject_erase(&self, look: &Look, contact: &Contact) -> Result<Erased, StoreError> {
        let hash = self.keys().contact(contact);
        let mut tx = self.write("checking a request").await?;
        self.demand_check(&mut tx, &hash, look.at).await?;
        let look = Look { subject: self.keys().pseudonym(&hash), ..look.clone() };
        look.write(&mut tx, self.keys()).await?;
        tx.commit().await?;
        self.put_objection(contact, &look.actor, look.at).await?;
        self.erase_in_register(contact).await?;
        self.erase_hash(hash, Some(contact), &look.actor, look.at).await
    }

    /// Erases by the keyed hash alone, as a restore does from the list outside the store.
    pub async fn erase_again(&self, contact: &str, actor: &Actor, at: Timestamp) -> Result<Erased, StoreError> {
        self.erase_hash(hash_of(contact)?, None, actor, at).await
    }

    /// Keeps an objection by the keyed hash alone, as a restore does. True where it is new.
    pub async fn object_again(&self, contact: &str, actor: &Actor, at: Timestamp) -> Result<bool, StoreError> {
        self.put_objection_by_hash(&hash_of(contact)?, actor, at).await
    }

    /// Covers a contact by the objection of another, as a restore does; where that one is not in force the contact gets an
    /// objection of its own: rather left alone than not. True where it was not covered so.
    pub async fn cover_again(
        &self,
        contact: &str,
        through: &str,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.cover_by_hash(&hash_of(contact)?, &hash_of(through)?, actor, at).await
    }

    /// Names the master key of the store's hashes on the list of what must stay forgotten; none for the first one.
    pub fn forgotten_key(&self) -> Option<String> {
        self.keys().changed().then(|| self.key_name())
    }

    /// A line of the list as it reads after the newest change of the master key; one that reads so already is left alone.
    pub fn forgotten_after_change(&self, line: Forgotten) -> Result<Forgotten, StoreError> {
        let key = self.forgotten_key();
        if line.key == key {
            return Ok(line);
        }
        let nested = |hash: &str| -> Result<String, StoreError> {
            Ok(to_hex(&self.keys().nest(crate::keys::Purpose::Contact, &hash_of(hash)?)))
        };
        let through = line.through.as_deref().map(nested).transpose()?;
        Ok(Forgotten { contact: nested(&line.contact)?, key, through, ..line })
    }

    /// Every objection, what each reaches, and every erasure, by time.
    pub async fn forgotten(&self) -> Result<Vec<Forgotten>, StoreError> {
        let mut tx = self.read("reading what must stay forgotten").await?;
        let mut all = Vec::new();
        for (kind, sql) in [
            (
                ForgottenKind::Objection,
                "SELECT o.contact_hash, o.at, NULL FROM objection o WHERE NOT EXISTS (SELECT 1 FROM objection_reach c \
                 WHERE c.contact_hash = o.contact_hash AND c.how <> 'itself') OR EXISTS (SELECT 1 FROM objection_reach c \
                 WHERE c.contact_hash = o.contact_hash AND c.how = 'itself')",
            ),
            (
                ForgottenKind::Covered,
                "SELECT c.contact_hash, c.at, r.contact_hash FROM objection_reach c JOIN objection_request r \
                 ON r.id = c.request_id WHERE c.how <> 'itself'",
            ),
            (ForgottenKind::Erasure, "SELECT contact_hash, at, NULL FROM erasure"),
        ] {
            for row in tx.all(sql, args![]).await? {
                let through = match kind {
                    ForgottenKind::Covered => Some(to_hex(&row.blob(2)?)),
                    ForgottenKind::Objection | ForgottenKind::Erasure => None,
                };
                let key = self.forgotten_key();
                all.push(Forgotten { kind, contact: to_hex(&row.blob(0)?), at: row.time(1)?, through, key });
            }
        }
        all.sort_by(|a, b| (a.at, a).cmp(&(b.at, b)));
        Ok(all)
    }

    async fn erase_hash(
        &self,
        hash: [u8; 32],
        contact: Option<&Contact>,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<Erased, StoreError> {
        let keys = self.keys();
        let mut tx = self.write("erasing a person").await?;
        let of = self.of_contact(&mut tx, hash).await?;
        // By the hash alone the value is what the store still has of it.
        let value = match (contact, of.contact_id) {
            (Some(contact), _) => Some((contact.kind, contact.value.clone())),
            (None, Some(id)) => {
                let row = tx.one("SELECT kind, value_sealed FROM contact WHERE id = $1", args![id]).await?;
                let row = row.ok_or(StoreError::Corrupt { what: "a contact" })?;
                let value = keys.open_text("contact", &hash, "value", &row.blob(1)?)?;
                Some((crate::keys::parse_contact_kind(&row.text(0)?)?, value)).filter(|(_, value)| !value.is_empty())
            }
            (None, None) => None,
        };
        let mut needles = Needles::default();
        if let Some((kind, value)) = &value {
            needles.contact(*kind, value);
        }
        for ad in &of.ads {
            let row = tx
                .one(
                    "SELECT s.site, a.key_hash, a.site_ad_id_sealed FROM ad a JOIN site s ON s.id = a.site_id WHERE a.id = $1",
                    args![*ad],
                )
                .await?
                .ok_or(StoreError::Corrupt { what: "an ad's row" })?;
            needles.ad(&ad_ref(keys, row.text(0)?, &row.blob(1)?, &row.blob(2)?)?.ad_id);
        }
        let mut erased = Erased { ads: of.ads.len() as u64, ..Erased::default() };
        erased.pages = self.erase_listings(&mut tx, &of, &needles).await?;
        let cases = self.cases_of(&mut tx, &of).await?;
        let names = match &value {
            Some((kind, value)) => keys.pseudonyms(*kind, value),
            None => vec![keys.pseudonym(&hash)],
        };
        let seqs = self.events_about(&mut tx, &of, &needles, &names, &cases).await?;
        erased.notes = self.empty_notes(&mut tx, &of).await?;
        for note in self.item_notes_about(&mut tx, &of, &cases).await? {
            erased.notes += tx.run("DELETE FROM item_note WHERE id = $1", args![note.id]).await?;
        }
        erased.cases = self.erase_cases(&mut tx, &of, &cases).await?;
        if let Some(id) = of.contact_id {
            for (line, ..) in lines_naming(&mut tx, id).await? {
                self.empty_line(&mut tx, line).await?;
            }
        }
        for ad in &of.ads {
            for row in tx.all("SELECT id FROM list_line WHERE anchor_ad = $1", args![*ad]).await? {
                self.empty_line(&mut tx, row.int(0)?).await?;
            }
        }
        forget_ads(&mut tx, keys, &of.ads, Forget::Erased, at).await?;
        if let Some(id) = of.contact_id {
            tx.run("DELETE FROM contact_judgement WHERE contact_id = $1", args![id]).await?;
            tx.run("UPDATE attempt SET contact_id = NULL WHERE contact_id = $1", args![id]).await?;
            erase_contacts(&mut tx, keys, &[id]).await?;
        }
        for (chain, seqs) in seqs {
            erased.payloads += seqs.len() as u64;
            chain::delete_payloads(&mut tx, keys, chain, &seqs, at, Gone::Erasure).await?;
        }
        let body = serde_json::json!({
            "ads": erased.ads, "cases": erased.cases, "pages": erased.pages, "payloads": erased.payloads,
        });
        let seq = chain::event(&mut tx, keys, "erasure", actor, body, at).await?;
        tx.run(
            "INSERT INTO erasure (contact_hash, at, event_seq, retention, delete_after) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (contact_hash) DO UPDATE SET at = excluded.at, event_seq = excluded.event_seq",
            args![hash, at, seq, Retention::Objection.as_str(), Retention::Objection.until(at)],
        )
        .await?;
        tx.commit().await?;
        self.drop_empty_ads().await?;
        self.wipe().await?;
        Ok(erased)
    }

    /// Pages of the same sites that belong to no single ad (listings, brought-in pages) and show one of the ads or the
    /// contact. A page too many may go: it can be fetched again, a page too few cannot be taken back.
    async fn erase_listings(&self, tx: &mut Tx, of: &Of, needles: &Needles) -> Result<u64, StoreError> {
        let mut sites = BTreeSet::new();
        for ad in &of.ads {
            for row in tx.all("SELECT site_id FROM ad WHERE id = $1", args![*ad]).await? {
                sites.insert(row.int(0)?);
            }
        }
        let mut gone = 0;
        for site in sites {
            let mut after = 0;
            loop {
                let rows = tx
                    .all(
                        "SELECT p.id, p.address, p.body_sealed FROM page p WHERE p.id > $2 AND EXISTS (SELECT 1 \
                         FROM page_capture c WHERE c.page_id = p.id AND c.site_id = $1 AND c.ad_id IS NULL) \
                         ORDER BY p.id LIMIT 50",
                        args![site, after],
                    )
                    .await?;
                let Some(last) = rows.last() else { break };
                after = last.int(0)?;
                for row in &rows {
                    let sealed = self.keys().open("page", &row.blob(1)?, "body", &row.blob(2)?)?;
                    if needles.are_in(&decompress(&sealed, "page")?) {
                        // Captures and conditional requests that name it go with it.
                        gone += tx.run("DELETE FROM page WHERE id = $1", args![row.int(0)?]).await?;
                    }
                }
            }
        }
        Ok(gone)
    }

    /// Payloads of acts at the person and of looks that name her.
    async fn events_about(
        &self,
        tx: &mut Tx,
        of: &Of,
        needles: &Needles,
        names: &[String],
        cases: &[String],
    ) -> Result<Vec<(Chain, Vec<i64>)>, StoreError> {
        let mut acts = BTreeSet::new();
        let mut collect = async |tx: &mut Tx, sql: &'static str, id: i64| -> Result<(), StoreError> {
            for row in tx.all(sql, args![id]).await? {
                acts.insert(row.int(0)?);
            }
            Ok(())
        };
        for ad in &of.ads {
            collect(tx, "SELECT event_seq FROM attempt WHERE anchor_ad = $1", *ad).await?;
            for sql in [OF_AD_CHANGES, OF_AD_HANDOVERS] {
                collect(tx, sql, *ad).await?;
            }
            collect(tx, "SELECT event_seq FROM judgement WHERE a_ad = $1 OR b_ad = $1", *ad).await?;
        }
        if let Some(id) = of.contact_id {
            collect(tx, "SELECT event_seq FROM attempt WHERE contact_id = $1", id).await?;
            for sql in [OF_CONTACT_CHANGES, OF_CONTACT_HANDOVERS] {
                collect(tx, sql, id).await?;
            }
            collect(tx, "SELECT event_seq FROM contact_judgement WHERE contact_id = $1", id).await?;
        }
        for case in self.own_cases(tx, of, cases).await? {
            for row in tx.all("SELECT event_seq FROM decision WHERE case_id = $1", args![case.as_str()]).await? {
                acts.insert(row.int(0)?);
            }
            const READ_AGAIN: &str =
                "SELECT event_seq FROM second_reading WHERE case_id = $1 AND event_seq IS NOT NULL";
            for row in tx.all(READ_AGAIN, args![case]).await? {
                acts.insert(row.int(0)?);
            }
        }
        for note in self.item_notes_about(tx, of, cases).await? {
            for row in tx.all("SELECT event_seq FROM item_note WHERE id = $1", args![note.id]).await? {
                acts.insert(row.int(0)?);
            }
        }
        let mut texts: Vec<String> = of.advertisers.clone();
        texts.extend(names.iter().cloned());
        texts.extend(needles.texts());
        let mut found = Vec::new();
        for (chain, sure) in [(Chain::Event, acts), (Chain::Audit, BTreeSet::new())] {
            // One whose payload is gone already is not deleted again.
            let (mut seqs, mut before) = (BTreeSet::new(), None);
            loop {
                let rows = chain::newest(tx, self.keys(), chain, before, 1000).await?;
                let Some(last) = rows.last() else { break };
                before = Some(last.0);
                for (seq, _, kind, payload) in &rows {
                    let Some(payload) = payload else { continue };
                    let text = serde_json::to_string(payload).map_err(|_| StoreError::Corrupt { what: "a payload" })?;
                    // What shows that the request was met stays: who checked and when, under the pseudonym.
                    let of_request = kind.starts_with("subject_");
                    if sure.contains(seq) || (!of_request && texts.iter().any(|part| text.contains(part.as_str()))) {
                        seqs.insert(*seq);
                    }
                }
            }
            found.push((chain, seqs.into_iter().collect()));
        }
        Ok(found)
    }

    /// Researchers' notes on the person's ads, contact and advertisers, and on cases of nobody else.
    async fn item_notes_about(&self, tx: &mut Tx, of: &Of, cases: &[String]) -> Result<Vec<NoteRow>, StoreError> {
        let own = self.own_cases(tx, of, cases).await?;
        let mut items: Vec<Item> = own.into_iter().map(|case| Item::Case(CaseId(case))).collect();
        items.extend(of.advertisers.iter().cloned().map(Item::Subject));
        items.extend(of.ads.iter().copied().map(Item::Ad));
        items.extend(of.contact_id.map(Item::Contact));
        self.notes_on(tx, &items).await
    }

    /// Cases that speak of nobody else: every ad that they were decided on or stand at is the person's.
    async fn own_cases(&self, tx: &mut Tx, of: &Of, cases: &[String]) -> Result<Vec<String>, StoreError> {
        let analysis = crate::analysis::current(tx).await?;
        let mut own = Vec::new();
        for case in cases {
            let rows = tx
                .all(
                    "SELECT anchor_ad FROM case_file WHERE id = $2 UNION SELECT a.ad_id FROM decision d \
                     JOIN decision_ad a ON a.decision_id = d.id WHERE d.case_id = $2 UNION SELECT m.ad_id \
                     FROM case_file c JOIN entity_member m ON m.analysis_id = $1 AND (m.advertiser = c.subject \
                     OR m.network = c.subject) WHERE c.id = $2",
                    args![analysis, case],
                )
                .await?;
            let all = rows.iter().map(|row| row.int(0)).collect::<Result<Vec<_>, _>>()?;
            if all.iter().all(|ad| of.ads.contains(ad)) {
                own.push(case.clone());
            }
        }
        Ok(own)
    }

    async fn erase_cases(&self, tx: &mut Tx, of: &Of, cases: &[String]) -> Result<u64, StoreError> {
        let own = self.own_cases(tx, of, cases).await?;
        for case in &own {
            tx.run("UPDATE list_line SET case_id = NULL WHERE case_id = $1", args![case]).await?;
            tx.run("DELETE FROM case_file WHERE id = $1", args![case]).await?;
        }
        Ok(own.len() as u64)
    }

    async fn empty_notes(&self, tx: &mut Tx, of: &Of) -> Result<u64, StoreError> {
        let mut rows = Vec::new();
        for ad in &of.ads {
            rows.extend(tx.all("SELECT id, idempotency_hash FROM attempt WHERE anchor_ad = $1", args![*ad]).await?);
        }
        if let Some(id) = of.contact_id {
            rows.extend(tx.all("SELECT id, idempotency_hash FROM attempt WHERE contact_id = $1", args![id]).await?);
        }
        let mut seen = BTreeSet::new();
        for row in &rows {
            if seen.insert(row.int(0)?) {
                let note = self.keys().seal_text("attempt", &row.blob(1)?, "note", "")?;
                let id = row.int(0)?;
                tx.run("UPDATE attempt SET note_sealed = $2, told_why_sealed = NULL WHERE id = $1", args![id, note])
                    .await?;
                let plan = self.keys().seal_text("attempt_change", &id.to_le_bytes(), "plan", "")?;
                tx.run("UPDATE attempt_change SET plan_sealed = $2 WHERE attempt_id = $1", args![id, plan]).await?;
                let words = self.keys().seal_text("handover", &id.to_le_bytes(), "note", "")?;
                tx.run(
                    "UPDATE handover SET note_sealed = $2, answer_sealed = NULL WHERE attempt_id = $1",
                    args![id, words],
                )
                .await?;
            }
        }
        Ok(seen.len() as u64)
    }

    /// Takes contacts, reasons and cautions out of a line; that it was one of the day's lines stays.
    async fn empty_line(&self, tx: &mut Tx, line: i64) -> Result<(), StoreError> {
        let row = tx
            .one("SELECT list_id, rank FROM list_line WHERE id = $1", args![line])
            .await?
            .ok_or(StoreError::NotFound { what: "line" })?;
        let body = crate::outreach::empty_line_body(self.keys(), row.int(0)?, row.int(1)?)?;
        tx.run("UPDATE list_line SET contacts = '[]', body_sealed = $2 WHERE id = $1", args![line, body]).await?;
        Ok(())
    }
}

fn hash_of(hex: &str) -> Result<[u8; 32], StoreError> {
    from_hex(hex)
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(StoreError::Corrupt { what: "a keyed hash of the list of what must stay forgotten" })
}

/// What to look for in a page: the site's own ids of the ads and the contact as it may be written.
#[derive(Default)]
struct Needles {
    /// As they stand, lower case.
    words: Vec<String>,
    /// Digits of a number, to be found whatever stands between them.
    digits: Vec<String>,
    values: Vec<String>,
}

impl Needles {
    fn ad(&mut self, ad_id: &str) {
        // A very short id is in every page.
        if ad_id.len() >= 3 {
            self.words.push(ad_id.to_lowercase());
        }
    }

    fn contact(&mut self, kind: ContactKind, value: &str) {
        self.values.push(value.to_owned());
        match kind {
            ContactKind::Phone => {
                let digits: String = value.chars().filter(char::is_ascii_digit).collect();
                // Without the country's code, as a Danish ad writes it.
                let national = digits.strip_prefix("45").filter(|rest| rest.len() == 8).unwrap_or(&digits);
                self.digits.push(national.to_owned());
                self.values.push(national.to_owned());
            }
            ContactKind::Email => self.words.push(value.to_lowercase()),
            ContactKind::Handle => {
                let name = value.split_once(':').map_or(value, |(_, name)| name);
                self.words.push(name.to_lowercase());
            }
        }
    }

    fn texts(&self) -> impl Iterator<Item = String> + '_ {
        self.values.iter().filter(|value| value.len() >= 5).cloned()
    }

    fn are_in(&self, body: &[u8]) -> bool {
        let text = String::from_utf8_lossy(body).to_lowercase();
        if self.words.iter().any(|word| text.contains(word.as_str())) {
            return true;
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        self.digits.iter().any(|number| digits.contains(number.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_shows_the_person_is_found_however_the_number_is_written() {
        let mut needles = Needles::default();
        needles.ad("A-4821");
        needles.contact(ContactKind::Phone, "+4534000050");
        for page in ["<a href='/ad/a-4821'>", "ring 34 00 00 50", "34.00-00&nbsp;50", "+45 34000050"] {
            assert!(needles.are_in(page.as_bytes()), "{page}");
        }
        assert!(!needles.are_in(b"ring 34 00 00 51, annonce A-4822"));
        let mut handle = Needles::default();
        handle.contact(ContactKind::Handle, "telegram:Anna_K");
        handle.contact(ContactKind::Email, "anna@example.dk");
        assert!(handle.are_in(b"skriv til @anna_k") && handle.are_in(b"ANNA@example.dk"));
        assert!(!handle.are_in(b"skriv til @anna"));
    }
}
