//! The rights of a person (GDPR art. 15, 17, 21): what the store knows of a contact, an answer with it, and its erasure.
//! An answer goes out only after a named person has checked who asks and whether an answer endangers somebody: an
//! exploiter may ask for 'his' people's data, or have what incriminates him erased.

mod answer;
mod erase;

pub use erase::{Erased, Forgotten, ForgottenKind};

use crate::analysis::current;
use crate::chain;
use crate::db::{Tx, args};
use crate::retention::Retention;
use crate::{AccountId, Actor, Look, Store, StoreError};
use domain::Contact;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What the store knows of a contact: counts, nothing of its content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubjectFound {
    /// The contact as a pseudonym.
    pub pseudonym: String,
    /// Ads that show it.
    pub ads: u32,
    /// Further ads of the same advertisers, which may be other people's.
    pub linked_ads: u32,
    /// Other contacts of the same advertisers, as pseudonyms.
    pub linked_contacts: Vec<String>,
    /// Archived answers of those ads' pages.
    pub pages: u32,
    /// Cases of their advertisers and networks.
    pub cases: Vec<String>,
    /// Lines of contact lists that name it.
    pub lines: u32,
    /// Contact attempts.
    pub attempts: u32,
    /// Approaches that the register holds that programmes share, of any of them.
    pub common_approaches: u32,
    /// Another programme of that register has an objection that covers it.
    pub objected_elsewhere: bool,
    /// Since when an objection covers it.
    pub objection: Option<Timestamp>,
    /// When it was erased before.
    pub erased: Option<Timestamp>,
    /// The newest check, and what it said.
    pub check: Option<(Timestamp, CheckAnswer)>,
}

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckAnswer {
    /// The answer may go out.
    MayGoOut,
    /// It is withheld, with the exception that allows it.
    Withheld,
}

impl CheckAnswer {
    fn as_str(self) -> &'static str {
        match self {
            CheckAnswer::MayGoOut => "may_go_out",
            CheckAnswer::Withheld => "withheld",
        }
    }
    fn parse(text: &str) -> Result<Self, StoreError> {
        match text {
            "may_go_out" => Ok(CheckAnswer::MayGoOut),
            "withheld" => Ok(CheckAnswer::Withheld),
            _ => Err(StoreError::Corrupt { what: "the check of a request" }),
        }
    }
}

/// A named person's check of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectCheck {
    /// How it was made sure who asks, and that the contact is theirs.
    pub identity: String,
    /// Whether an answer or an erasure endangers somebody, and why not.
    pub danger: String,
    /// The exception under which it is withheld (for example databeskyttelsesloven § 22, stk. 2); empty where it may go out.
    pub exception: String,
    /// Its reason.
    pub reason: String,
}

/// A check holds for so many days.
pub const CHECK_DAYS: i64 = 30;

/// What of the store has to do with a contact.
pub(crate) struct Of {
    pub hash: [u8; 32],
    pub contact_id: Option<i64>,
    pub ads: Vec<i64>,
    pub advertisers: Vec<String>,
    pub networks: Vec<String>,
    pub linked: Vec<i64>,
}

impl Store {
    pub(crate) async fn of_contact(&self, tx: &mut Tx, hash: [u8; 32]) -> Result<Of, StoreError> {
        let analysis = current(tx).await?;
        let contact_id = tx
            .one("SELECT id FROM contact WHERE contact_hash = $1", args![hash])
            .await?
            .map(|row| row.int(0))
            .transpose()?;
        let mut of =
            Of { hash, contact_id, ads: Vec::new(), advertisers: Vec::new(), networks: Vec::new(), linked: Vec::new() };
        let Some(id) = contact_id else { return Ok(of) };
        for row in
            tx.all("SELECT DISTINCT ad_id FROM contact_mention WHERE contact_id = $1 ORDER BY 1", args![id]).await?
        {
            of.ads.push(row.int(0)?);
        }
        for row in tx
            .all(
                "SELECT DISTINCT m.advertiser, m.network FROM contact_mention n JOIN entity_member m \
                 ON m.analysis_id = $2 AND m.ad_id = n.ad_id WHERE n.contact_id = $1 ORDER BY 1",
                args![id, analysis],
            )
            .await?
        {
            of.advertisers.push(row.text(0)?);
            of.networks.push(row.text(1)?);
        }
        of.networks.sort();
        of.networks.dedup();
        for advertiser in &of.advertisers {
            for row in tx
                .all(
                    "SELECT ad_id FROM entity_member WHERE analysis_id = $1 AND advertiser = $2 ORDER BY ad_id",
                    args![analysis, advertiser],
                )
                .await?
            {
                let ad = row.int(0)?;
                if !of.ads.contains(&ad) {
                    of.linked.push(ad);
                }
            }
        }
        Ok(of)
    }

    /// Cases whose subject is one of the advertisers or networks, or that were decided on one of the ads.
    pub(crate) async fn cases_of(&self, tx: &mut Tx, of: &Of) -> Result<Vec<String>, StoreError> {
        let mut cases = std::collections::BTreeSet::new();
        for subject in of.advertisers.iter().chain(&of.networks) {
            for row in tx.all("SELECT id FROM case_file WHERE subject = $1", args![subject]).await? {
                cases.insert(row.text(0)?);
            }
        }
        for ad in &of.ads {
            for row in tx
                .all(
                    "SELECT id FROM case_file WHERE anchor_ad = $1 UNION SELECT d.case_id FROM decision_ad a \
                     JOIN decision d ON d.id = a.decision_id WHERE a.ad_id = $1",
                    args![*ad],
                )
                .await?
            {
                cases.insert(row.text(0)?);
            }
        }
        Ok(cases.into_iter().collect())
    }

    /// What the store knows of a contact, in counts. Audited in the same transaction, under the contact's pseudonym.
    pub async fn subject_find(&self, look: &Look, contact: &Contact) -> Result<SubjectFound, StoreError> {
        let mut tx = self.write("looking for what is known of a person").await?;
        let keys = self.keys();
        let of = self.of_contact(&mut tx, keys.contact(contact)).await?;
        let look = Look { subject: keys.pseudonym(&of.hash), ..look.clone() };
        look.write(&mut tx, keys).await?;
        let mut found = SubjectFound {
            pseudonym: look.subject.clone(),
            ads: u32::try_from(of.ads.len()).unwrap_or(u32::MAX),
            linked_ads: u32::try_from(of.linked.len()).unwrap_or(u32::MAX),
            cases: self.cases_of(&mut tx, &of).await?,
            ..SubjectFound::default()
        };
        let mut others = std::collections::BTreeSet::new();
        for ad in of.ads.iter().chain(&of.linked) {
            let rows = tx
                .all(
                    "SELECT DISTINCT c.contact_hash FROM contact_mention m JOIN contact c ON c.id = m.contact_id \
                     WHERE m.ad_id = $1",
                    args![*ad],
                )
                .await?;
            for row in &rows {
                let hash = row.blob(0)?;
                if hash[..] != of.hash[..] {
                    others.insert(keys.pseudonym(&hash));
                }
            }
        }
        found.linked_contacts = others.into_iter().collect();
        for ad in &of.ads {
            found.pages += tx
                .one("SELECT count(*) FROM page_capture WHERE ad_id = $1", args![*ad])
                .await?
                .map_or(Ok(0), |row| row.count(0))?;
            found.attempts += tx
                .one(
                    "SELECT count(*) FROM attempt WHERE anchor_ad = $1 AND (contact_id IS NULL OR contact_id <> $2)",
                    args![*ad, of.contact_id.unwrap_or(0)],
                )
                .await?
                .map_or(Ok(0), |row| row.count(0))?;
        }
        if let Some(id) = of.contact_id {
            found.attempts += tx
                .one("SELECT count(*) FROM attempt WHERE contact_id = $1", args![id])
                .await?
                .map_or(Ok(0), |row| row.count(0))?;
            found.lines = u32::try_from(lines_naming(&mut tx, id).await?.len()).unwrap_or(u32::MAX);
        }
        let time = |row: Option<crate::db::Row>| row.map(|row| row.time(0)).transpose();
        found.objection = time(tx.one("SELECT at FROM objection WHERE contact_hash = $1", args![of.hash]).await?)?;
        found.erased = time(tx.one("SELECT at FROM erasure WHERE contact_hash = $1", args![of.hash]).await?)?;
        found.check = newest_check(&mut tx, &of.hash).await?;
        found.objected_elsewhere = !self.objected_elsewhere([contact]).await?.is_empty();
        found.common_approaches = u32::try_from(self.common_approaches(contact).await?.len()).unwrap_or(u32::MAX);
        tx.commit().await?;
        Ok(found)
    }

    /// Keeps a named person's check. Recorded as an event without its texts.
    pub async fn put_subject_check(
        &self,
        contact: &Contact,
        check: &SubjectCheck,
        by: AccountId,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<CheckAnswer, StoreError> {
        if check.identity.trim().is_empty() || check.danger.trim().is_empty() {
            return Err(StoreError::Refused {
                why: "a check says how it was made sure who asks, and whether an answer endangers somebody",
            });
        }
        if check.exception.trim().is_empty() != check.reason.trim().is_empty() {
            return Err(StoreError::Refused {
                why: "an answer is withheld under a named exception and with its reason",
            });
        }
        let answer = if check.exception.trim().is_empty() { CheckAnswer::MayGoOut } else { CheckAnswer::Withheld };
        let keys = self.keys();
        let hash = keys.contact(contact);
        let mut tx = self.write("keeping a check").await?;
        let account = tx.one("SELECT disabled_at FROM account WHERE id = $1", args![by.0]).await?;
        if account.ok_or(StoreError::NotFound { what: "account" })?.opt_int(0)?.is_some() {
            return Err(StoreError::Refused { why: "whoever checks has an account that is open" });
        }
        let body = serde_json::json!({
            "contact": keys.pseudonym(&hash), "answer": answer.as_str(), "checked_by": by.0,
            "exception": check.exception,
        });
        let seq = chain::event(&mut tx, keys, "subject_check", actor, body, at).await?;
        let sealed = keys.seal_json("subject_check", &seq.to_le_bytes(), "body", check)?;
        tx.run(
            "INSERT INTO subject_check (contact_hash, answer, body_sealed, event_seq, by_account, at, retention, \
             delete_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            args![hash, answer.as_str(), sealed, seq, by.0, at, Retention::Case.as_str(), Retention::Case.until(at)],
        )
        .await?;
        tx.commit().await?;
        Ok(answer)
    }

    /// Refuses unless the newest check lets an answer go out and is not too old.
    pub(crate) async fn demand_check(&self, tx: &mut Tx, hash: &[u8; 32], at: Timestamp) -> Result<(), StoreError> {
        match newest_check(tx, hash).await? {
            Some((_, CheckAnswer::Withheld)) => Err(StoreError::Refused {
                why: "the newest check withholds the answer; a named person must check again first (bavn subject check)",
            }),
            Some((when, CheckAnswer::MayGoOut)) if at <= when + jiff::SignedDuration::from_hours(24 * CHECK_DAYS) => {
                Ok(())
            }
            _ => Err(StoreError::Refused {
                why: "a named person must first check who asks and whether an answer endangers somebody: bavn subject check",
            }),
        }
    }
}

async fn newest_check(tx: &mut Tx, hash: &[u8; 32]) -> Result<Option<(Timestamp, CheckAnswer)>, StoreError> {
    let row = tx
        .one(
            "SELECT at, answer FROM subject_check WHERE contact_hash = $1 ORDER BY at DESC, id DESC LIMIT 1",
            args![hash],
        )
        .await?;
    row.map(|row| Ok((row.time(0)?, CheckAnswer::parse(&row.text(1)?)?))).transpose()
}

/// Lines of lists whose contacts hold this one: line, list's day, team.
pub(crate) async fn lines_naming(tx: &mut Tx, contact: i64) -> Result<Vec<(i64, String, String)>, StoreError> {
    let rows = tx
        .all(
            "SELECT l.id, o.day, o.team, l.contacts FROM list_line l JOIN outreach_list o ON o.id = l.list_id \
             WHERE l.contacts LIKE $1 ORDER BY l.id",
            args![format!("%{contact}%")],
        )
        .await?;
    let mut lines = Vec::new();
    for row in &rows {
        let named: Vec<i64> =
            serde_json::from_str(&row.text(3)?).map_err(|_| StoreError::Corrupt { what: "a line's contacts" })?;
        if named.contains(&contact) {
            lines.push((row.int(0)?, row.text(1)?, row.text(2)?));
        }
    }
    Ok(lines)
}
