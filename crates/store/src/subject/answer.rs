//! The answer to a person who asks what is known of them (GDPR art. 15).

use super::{Of, lines_naming};
use crate::analysis::{current, open_assessment};
use crate::chain::{self, Chain};
use crate::db::{Tx, args};
use crate::readings::{ad_ref, open_reading};
use crate::research::{CaseId, Item, NoteRow};
use crate::{Look, Store, StoreError};
use domain::{AdContent, Contact, Evidence};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

impl Store {
    /// Everything that the store knows of a contact, as JSON: the ads that show it, what was read in them, assessments,
    /// decisions, notes, lists, attempts, objection, and when and for what purpose somebody looked (never who). Further ads of the
    /// same advertisers may be other people's: they are named only with `linked`. Needs a check; audited.
    pub async fn subject_export(&self, look: &Look, contact: &Contact, linked: bool) -> Result<Value, StoreError> {
        let keys = self.keys();
        let hash = keys.contact(contact);
        let mut tx = self.write("answering a person").await?;
        self.demand_check(&mut tx, &hash, look.at).await?;
        let of = self.of_contact(&mut tx, hash).await?;
        let look = Look { subject: keys.pseudonym(&hash), ..look.clone() };
        look.write(&mut tx, keys).await?;
        let mut ads = Vec::new();
        let mut names = BTreeSet::new();
        for ad in &of.ads {
            let (name, value) = self.ad_answer(&mut tx, *ad).await?;
            names.insert(name);
            ads.push(value);
        }
        let mut others = Vec::new();
        for ad in of.linked.iter().filter(|_| linked) {
            let row = tx
                .one(
                    "SELECT s.site, a.key_hash, a.site_ad_id_sealed FROM ad a JOIN site s ON s.id = a.site_id WHERE a.id = $1",
                    args![*ad],
                )
                .await?
                .ok_or(StoreError::Corrupt { what: "an ad's row" })?;
            let name = ad_ref(keys, row.text(0)?, &row.blob(1)?, &row.blob(2)?)?;
            others.push(json!({ "site": name.site.as_str(), "ad_id": name.ad_id }));
        }
        let cases = self.cases_of(&mut tx, &of).await?;
        let lines = match of.contact_id {
            Some(id) => lines_naming(&mut tx, id).await?,
            None => Vec::new(),
        };
        let objection = tx.one("SELECT at FROM objection WHERE contact_hash = $1", args![hash]).await?;
        let answer = json!({
            "contact": { "kind": crate::keys::contact_kind(contact.kind), "value": contact.value },
            "pseudonym": look.subject,
            "made_at": look.at.to_string(),
            "ads": ads,
            "linked_ads": { "count": of.linked.len(), "ads": others },
            "assessments": self.assessments_answer(&mut tx, &of, &names).await?,
            "cases": self.cases_answer(&mut tx, &cases).await?,
            "notes": self.notes_answer(&mut tx, &of, &cases).await?,
            "lists": lines.iter().map(|(_, day, team)| json!({ "day": day, "team": team })).collect::<Vec<_>>(),
            "attempts": self.attempts_answer(&mut tx, &of).await?,
            "shared_register": self.register_answer(contact).await?,
            "objection_since": objection.map(|row| row.time(0)).transpose()?.map(|at| at.to_string()),
            "looks": self.looks_answer(&mut tx, &of, contact, &cases, &lines).await?,
        });
        tx.commit().await?;
        Ok(answer)
    }

    /// What the register that programmes share holds of the person: which programme approached when, who has an objection,
    /// who sent her case to whom.
    async fn register_answer(&self, contact: &Contact) -> Result<Value, StoreError> {
        let named = |rows: Vec<(String, jiff::Timestamp)>| -> Vec<Value> {
            rows.into_iter().map(|(programme, at)| json!({ "programme": programme, "at": at.to_string() })).collect()
        };
        let sent = self.common_referrals(contact).await?.into_iter();
        Ok(json!({
            "approaches": named(self.common_approaches(contact).await?),
            "objections": named(self.common_objections(contact).await?),
            "sent": sent.map(|(from, to, at)| json!({ "from": from, "to": to, "at": at.to_string() })).collect::<Vec<_>>(),
        }))
    }

    async fn ad_answer(&self, tx: &mut Tx, id: i64) -> Result<(domain::AdRef, Value), StoreError> {
        let keys = self.keys();
        let row = tx
            .one(
                "SELECT s.site, a.key_hash, a.site_ad_id_sealed, a.first_seen, a.last_seen, a.gone_at FROM ad a \
                 JOIN site s ON s.id = a.site_id WHERE a.id = $1",
                args![id],
            )
            .await?
            .ok_or(StoreError::Corrupt { what: "an ad's row" })?;
        let name = ad_ref(keys, row.text(0)?, &row.blob(1)?, &row.blob(2)?)?;
        let mut versions = Vec::new();
        for version in tx
            .all(
                "SELECT v.version, v.content_sealed, v.id, r.body_sealed FROM ad_version v \
                 LEFT JOIN reading r ON r.version_id = v.id WHERE v.ad_id = $1 ORDER BY v.version",
                args![id],
            )
            .await?
        {
            let number = version.int(0)?;
            let place = crate::ads::version_place(id, number);
            let content: AdContent = keys.open_json("ad_version", &place, "content", &version.blob(1)?)?;
            let reading = match version.opt_blob(3)? {
                Some(blob) => serde_json::to_value(open_reading(keys, version.int(2)?, &blob)?.0)
                    .map_err(|_| StoreError::Corrupt { what: "a reading" })?,
                None => Value::Null,
            };
            versions.push(json!({
                "version": number, "title": content.title, "text": content.body, "fields": content.fields,
                "address": content.url, "posted_at": content.posted_at.map(|at| at.to_string()),
                "pictures": content.images.len(), "read_in_it": reading,
            }));
        }
        let mut days = Vec::new();
        for day in tx
            .all("SELECT day, first_at, last_at, count FROM sighting WHERE ad_id = $1 ORDER BY day", args![id])
            .await?
        {
            days.push(json!({
                "day": day.int(0)?, "first": day.time(1)?.to_string(), "last": day.time(2)?.to_string(),
                "times": day.int(3)?,
            }));
        }
        let mut pages = Vec::new();
        for page in tx
            .all("SELECT fetched_at, status FROM page_capture WHERE ad_id = $1 ORDER BY fetched_at, id", args![id])
            .await?
        {
            pages.push(json!({ "fetched_at": page.time(0)?.to_string(), "status": page.int(1)? }));
        }
        let value = json!({
            "site": name.site.as_str(), "ad_id": name.ad_id, "first_seen": row.time(3)?.to_string(),
            "last_seen": row.time(4)?.to_string(), "gone_at": row.opt_time(5)?.map(|at| at.to_string()),
            "versions": versions, "days_seen": days, "archived_pages": pages,
        });
        Ok((name, value))
    }

    /// Bands and signs of the advertisers; of the evidence only what stands in the person's own ads.
    async fn assessments_answer(
        &self,
        tx: &mut Tx,
        of: &Of,
        own: &BTreeSet<domain::AdRef>,
    ) -> Result<Vec<Value>, StoreError> {
        let analysis = current(tx).await?;
        let mut all = Vec::new();
        for advertiser in &of.advertisers {
            let row = tx
                .one(
                    "SELECT body_sealed FROM assessment WHERE analysis_id = $1 AND subject = $2",
                    args![analysis, advertiser],
                )
                .await?;
            let Some(row) = row else { continue };
            let assessment = open_assessment(self.keys(), advertiser, &row.blob(0)?)?;
            let mut signs = BTreeMap::<&str, Vec<&str>>::new();
            let firings = assessment.evidence.iter().chain(&assessment.counter_evidence).chain(&assessment.context);
            for firing in firings {
                let texts = signs.entry(firing.indicator.as_str()).or_default();
                texts.extend(firing.evidence.iter().filter_map(|evidence| match evidence {
                    Evidence::Span { ad: Some(ad), text, .. } if own.contains(ad) => Some(text.as_str()),
                    _ => None,
                }));
            }
            all.push(json!({
                "advertiser": advertiser, "band": format!("{:?}", assessment.band).to_lowercase(),
                "points": assessment.points, "signs": signs, "catalogue": assessment.catalogue,
            }));
        }
        Ok(all)
    }

    async fn cases_answer(&self, tx: &mut Tx, cases: &[String]) -> Result<Vec<Value>, StoreError> {
        let mut all = Vec::new();
        for case in cases {
            let row = tx
                .one("SELECT state, opened_at, urgent FROM case_file WHERE id = $1", args![case])
                .await?
                .ok_or(StoreError::Corrupt { what: "a case" })?;
            let decisions = self.decisions_of(tx, &CaseId(case.clone())).await?;
            let decisions: Vec<Value> = decisions
                .iter()
                .map(|of| {
                    json!({
                        "at": of.at.to_string(), "decision": of.decision.kind.as_str(), "reason": of.decision.reason_code,
                        "text": of.decision.text, "undone": of.undone.is_some(),
                    })
                })
                .collect();
            all.push(json!({
                "case": case, "state": row.text(0)?, "opened_at": row.time(1)?.to_string(), "urgent": row.flag(2)?,
                "decisions": decisions,
            }));
        }
        Ok(all)
    }

    /// What researchers wrote on the person's ads, contact, advertisers and cases; never who did.
    async fn notes_answer(&self, tx: &mut Tx, of: &Of, cases: &[String]) -> Result<Vec<Value>, StoreError> {
        let mut items: Vec<Item> = cases.iter().map(|case| Item::Case(CaseId(case.clone()))).collect();
        items.extend(of.advertisers.iter().cloned().map(Item::Subject));
        items.extend(of.ads.iter().copied().map(Item::Ad));
        items.extend(of.contact_id.map(Item::Contact));
        let note = |note: &NoteRow| {
            json!({
                "at": note.at.to_string(), "on": note.item.to_text(), "kind": note.kind.as_str(), "text": note.body,
                "undone": note.undone.is_some(),
            })
        };
        Ok(self.notes_on(tx, &items).await?.iter().map(note).collect())
    }

    async fn attempts_answer(&self, tx: &mut Tx, of: &Of) -> Result<Vec<Value>, StoreError> {
        const ATTEMPT: &str = "SELECT id, made_at, team, method, channel, outcome, language, note_sealed, \
             idempotency_hash, undone_at, told, told_why_sealed, cautions, offer, person_asked, follow_up, people \
             FROM attempt WHERE";
        let mut rows = Vec::new();
        if let Some(id) = of.contact_id {
            rows.extend(tx.all_of(format!("{ATTEMPT} contact_id = $1"), args![id]).await?);
        }
        for ad in &of.ads {
            rows.extend(tx.all_of(format!("{ATTEMPT} anchor_ad = $1"), args![*ad]).await?);
        }
        let mut attempts = BTreeMap::new();
        for row in &rows {
            let note = self.keys().open_text("attempt", &row.blob(8)?, "note", &row.blob(7)?)?;
            let told_why = match row.opt_blob(11)? {
                Some(sealed) => self.keys().open_text("attempt", &row.blob(8)?, "told_why", &sealed)?,
                None => String::new(),
            };
            // Everything that was agreed in the course of time; the newest is in force.
            let mut plans = Vec::new();
            for change in tx
                .all(
                    "SELECT plan_sealed, follow_up, at FROM attempt_change WHERE attempt_id = $1 ORDER BY id",
                    args![row.int(0)?],
                )
                .await?
            {
                let place = row.int(0)?.to_le_bytes();
                plans.push(json!({
                    "at": change.time(2)?.to_string(), "day": change.opt_text(1)?,
                    "plan": self.keys().open_text("attempt_change", &place, "plan", &change.blob(0)?)?,
                }));
            }
            let agreed = plans.last().map_or_else(|| json!(""), |plan| plan["plan"].clone());
            let consent = tx
                .one(
                    "SELECT consent_on, consent_how, language, interpreter, referred_to FROM referral WHERE attempt_id = $1",
                    args![row.int(0)?],
                )
                .await?;
            let consent = match consent {
                Some(given) => json!({
                    "on": given.text(0)?, "how": given.text(1)?, "language": given.text(2)?,
                    "interpreter": given.flag(3)?, "referred_to": given.text(4)?,
                }),
                None => Value::Null,
            };
            let mut handed = Vec::new();
            let sql = "SELECT from_team, to_team, state, at, note_sealed, answer_sealed FROM handover \
                       WHERE attempt_id = $1 ORDER BY id";
            for of in tx.all(sql, args![row.int(0)?]).await? {
                let place = row.int(0)?.to_le_bytes();
                let words = self.keys().open_text("handover", &place, "note", &of.blob(4)?)?;
                let answer = match of.opt_blob(5)? {
                    Some(sealed) => self.keys().open_text("handover", &place, "answer", &sealed)?,
                    None => String::new(),
                };
                handed.push(json!({
                    "from": of.text(0)?, "to": of.text(1)?, "state": of.text(2)?, "at": of.time(3)?.to_string(),
                    "note": words, "answer": answer,
                }));
            }
            attempts.insert(
                row.int(0)?,
                json!({
                    "agreed": agreed, "plans": plans, "handed_over": handed,
                    "told_about_the_data": row.opt_text(10)?, "not_told_because": told_why,
                    "cautions": row.text(12)?.split_whitespace().collect::<Vec<_>>(),
                    "offer": row.opt_text(13)?, "person_asked": row.flag(14)?, "follow_up": row.opt_text(15)?,
                    "workers": row.opt_int(16)?, "consent_to_referral": consent,
                    "at": row.time(1)?.to_string(), "team": row.text(2)?, "method": row.text(3)?,
                    "channel": row.text(4)?, "outcome": row.opt_text(5)?, "language": row.opt_text(6)?, "note": note,
                    "undone": row.opt_int(9)?.is_some(),
                }),
            );
        }
        Ok(attempts.into_values().collect())
    }

    /// When and for what purpose somebody looked at the person's cases, advertisers, lines or contact. Not who: a
    /// colleague's name is not the person's.
    async fn looks_answer(
        &self,
        tx: &mut Tx,
        of: &Of,
        contact: &Contact,
        cases: &[String],
        lines: &[(i64, String, String)],
    ) -> Result<Vec<Value>, StoreError> {
        let mut subjects: BTreeSet<String> = cases.iter().cloned().collect();
        subjects.extend(of.advertisers.iter().cloned());
        subjects.extend(of.networks.iter().cloned());
        subjects.extend(self.keys().pseudonyms(contact.kind, &contact.value));
        let own_lines: BTreeSet<String> = lines.iter().map(|(id, ..)| id.to_string()).collect();
        let own_lists: BTreeSet<String> =
            lines.iter().flat_map(|(_, day, team)| [format!("{day} {team}"), format!("{team} {day}")]).collect();
        let (mut looks, mut before) = (Vec::new(), None);
        loop {
            let rows = chain::newest(tx, self.keys(), Chain::Audit, before, 1000).await?;
            let Some(last) = rows.last() else { break };
            before = Some(last.0);
            for (_, at, kind, payload) in rows {
                let Some(payload) = payload else { continue };
                let subject = payload.subject.unwrap_or_default();
                // Several contacts that were looked up at once stand side by side.
                let concerns = subject.split(' ').any(|name| subjects.contains(name))
                    || (kind == "line" && own_lines.contains(&subject))
                    || (matches!(kind.as_str(), "list" | "export:contact-list") && own_lists.contains(&subject))
                    // An export of everything holds what is known of this person too.
                    || (kind.starts_with("export:") && kind != "export:contact-list" && !of.ads.is_empty());
                if concerns {
                    looks.push(json!({
                        "at": at.to_string(), "what": kind, "purpose": payload.purpose.unwrap_or_default(),
                    }));
                }
            }
        }
        Ok(looks)
    }
}
