//! Reads of personal data by a person. Each writes a row in the transaction of the read.

use crate::chain::{self, Chain, Payload};
use crate::db::{Tx, args};
use crate::keys::Keys;
use crate::retention::Retention;
use crate::times::local_day_and_hour;
use crate::{AccountId, Store, StoreError};
use jiff::Timestamp;

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who is signed in.
    Account(AccountId),
    /// A user of the machine, at the command line, or a job (`job:list`).
    System(String),
}

impl Actor {
    /// Somebody who is signed in, and not this account.
    pub(crate) fn is_another(&self, than: Option<AccountId>) -> bool {
        matches!(self, Actor::Account(id) if Some(*id) != than)
    }
}

/// A look at personal data: who, why, what. Its audit row is written in the transaction that reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Who.
    pub actor: Actor,
    /// Why, in words or from the configured list.
    pub purpose: String,
    /// What is looked at: `case`, `queue`, `list`, `contacts`, `export:mentions`, …
    pub what: &'static str,
    /// Of whom or which: a case id, an advertiser, a date and team; never a contact in clear.
    pub subject: String,
    /// When.
    pub at: Timestamp,
}

/// A row of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its place in the chain, from 1.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// What was looked at or done: the look's `what`, or `sign_in`, `sign_out`, `sign_in_failed`, `export`, …
    pub kind: String,
    /// Who; `None` once retention has deleted the payload.
    pub actor: Option<Actor>,
    /// Why.
    pub purpose: Option<String>,
    /// Of whom or which.
    pub subject: Option<String>,
}

impl Look {
    /// Writes the audit row in the transaction that reads.
    pub(crate) async fn write(&self, tx: &mut Tx, keys: &Keys) -> Result<i64, StoreError> {
        let mut payload = Payload::of(&self.actor);
        payload.purpose = Some(self.purpose.clone());
        payload.subject = Some(self.subject.clone());
        let seq = chain::append(tx, keys, Chain::Audit, self.at, self.what, &payload).await?;
        if let Some(class) = LookClass::of(self.what)
            && let Some(who) = counted_name(&self.actor)
        {
            let (day, _) = local_day_and_hour(self.at);
            let retention = Retention::Analysis;
            tx.run(
                "INSERT INTO look_count (who, class, day, count, retention, delete_after) VALUES ($1, $2, $3, 1, $4, $5) \
                 ON CONFLICT (who, class, day) DO UPDATE SET count = look_count.count + 1",
                args![who, class.as_str(), day, retention.as_str(), retention.until(self.at)],
            )
            .await?;
        }
        Ok(seq)
    }
}

/// What kind of a look it is, for the counts by which the alarm goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LookClass {
    /// Somebody was searched for by a contact or a word.
    LookUp,
    /// A page with personal data outside the own team's list was opened.
    View,
    /// Data left the store: export, archive file, answer to a person.
    Export,
}

impl LookClass {
    /// All of them.
    pub const ALL: [LookClass; 3] = [LookClass::LookUp, LookClass::View, LookClass::Export];

    /// As stored: `lookup`, `view`, `export`.
    pub fn as_str(self) -> &'static str {
        match self {
            LookClass::LookUp => "lookup",
            LookClass::View => "view",
            LookClass::Export => "export",
        }
    }

    /// The class of a look's `what`; `None` for what is not counted: signing in, and the own team's list, lines and visits.
    pub fn of(what: &str) -> Option<Self> {
        let head = what.split(':').next().unwrap_or(what);
        match head {
            "export" | "archive_export" | "subject_export" | "backup" => Some(LookClass::Export),
            "search" | "contact_lookup" | "subject_find" => Some(LookClass::LookUp),
            "list" | "line" | "visits" | "queue" | "try" | "audit" => None,
            _ if what.starts_with("sign_") => None,
            _ => Some(LookClass::View),
        }
    }
}

/// Under which name looks are counted; jobs are not people.
fn counted_name(actor: &Actor) -> Option<String> {
    match actor {
        Actor::Account(id) => Some(format!("account:{}", id.0)),
        Actor::System(name) if name.starts_with("job:") => None,
        Actor::System(name) => Some(format!("system:{name}")),
    }
}

/// Most looks of a class that somebody may have on one day before the alarm; `None`: no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LookLimits {
    /// Look-ups.
    pub lookups: Option<u32>,
    /// Views.
    pub views: Option<u32>,
    /// Exports.
    pub exports: Option<u32>,
}

/// Somebody has passed a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookAlarm {
    /// Who.
    pub actor: Actor,
    /// What kind of looks.
    pub class: LookClass,
    /// On which day, `yyyymmdd`.
    pub day: i64,
    /// How many so far.
    pub count: u32,
    /// When it was noticed.
    pub at: Timestamp,
}

/// Which rows of the audit log are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// From this time on.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
    /// By this account.
    pub account: Option<AccountId>,
    /// By a user of the machine or a job whose name holds this.
    pub system: Option<String>,
    /// Kinds that begin so: `export` finds `export:mentions`.
    pub kind: Option<String>,
    /// Words in purpose or subject.
    pub words: Option<String>,
}

impl AuditFilter {
    fn takes(&self, entry: &AuditEntry) -> bool {
        let holds = |text: &Option<String>, part: &str| {
            text.as_ref().is_some_and(|text| text.to_lowercase().contains(&part.to_lowercase()))
        };
        self.account.is_none_or(|id| entry.actor == Some(Actor::Account(id)))
            && self.system.as_ref().is_none_or(|part| match &entry.actor {
                Some(Actor::System(name)) => holds(&Some(name.clone()), part),
                _ => false,
            })
            && self.kind.as_ref().is_none_or(|kind| entry.kind.starts_with(kind.as_str()))
            && self.words.as_ref().is_none_or(|part| holds(&entry.purpose, part) || holds(&entry.subject, part))
    }
}

/// A page of the audit log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditPage {
    /// Newest first.
    pub entries: Vec<AuditEntry>,
    /// Where to go on; `None` at the end.
    pub next: Option<i64>,
}

/// Rows that one search opens at most; it then says where to go on, so that no search holds the store for long.
const MOST_OPENED: usize = 20_000;

impl Store {
    /// Writes an audit row for something that reads nothing here (sign-in, an export made elsewhere).
    pub async fn audit(&self, look: &Look) -> Result<i64, StoreError> {
        let mut tx = self.write("writing an audit row").await?;
        let seq = look.write(&mut tx, self.keys()).await?;
        tx.commit().await?;
        Ok(seq)
    }

    /// The newest audit rows, newest first.
    pub async fn audit_entries(&self, before_seq: Option<i64>, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        let mut tx = self.read("reading the audit log").await?;
        let rows = chain::newest(&mut tx, self.keys(), Chain::Audit, before_seq, limit).await?;
        Ok(rows.into_iter().map(entry).collect())
    }

    /// Searches the audit log, newest first. The search is itself a look, written in the same transaction.
    pub async fn search_audit(
        &self,
        look: &Look,
        filter: &AuditFilter,
        before_seq: Option<i64>,
        limit: usize,
    ) -> Result<AuditPage, StoreError> {
        let mut tx = self.write("searching the audit log").await?;
        let mut page = AuditPage::default();
        let (mut before, mut opened) = (before_seq, 0);
        'walk: loop {
            let rows = chain::newest(&mut tx, self.keys(), Chain::Audit, before, 500).await?;
            if rows.is_empty() {
                break;
            }
            opened += rows.len();
            for row in rows {
                let found = entry(row);
                if page.entries.len() == limit {
                    page.next = before;
                    break 'walk;
                }
                before = Some(found.seq);
                // Times are those of the clock at each row: nearly sorted, and compared with a day's grace.
                if filter.from.is_some_and(|from| found.at < from - jiff::SignedDuration::from_hours(24)) {
                    break 'walk;
                }
                let in_time =
                    filter.from.is_none_or(|from| found.at >= from) && filter.to.is_none_or(|to| found.at < to);
                if in_time && filter.takes(&found) {
                    page.entries.push(found);
                }
            }
            if opened >= MOST_OPENED {
                page.next = before;
                break;
            }
        }
        look.write(&mut tx, self.keys()).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// Raises the alarm, once a day for each person and class, over whoever passed a limit since it was last asked; each
    /// is an event. Returns the new alarms.
    pub async fn raise_look_alarms(&self, limits: &LookLimits, at: Timestamp) -> Result<Vec<LookAlarm>, StoreError> {
        let mut raised = Vec::new();
        // Yesterday's too: a limit passed a minute before midnight.
        let since = local_day_and_hour(at - jiff::SignedDuration::from_hours(24)).0;
        for class in LookClass::ALL {
            let limit = match class {
                LookClass::LookUp => limits.lookups,
                LookClass::View => limits.views,
                LookClass::Export => limits.exports,
            };
            let Some(limit) = limit else { continue };
            const PASSED: &str = "SELECT who, day, count FROM look_count WHERE day >= $1 AND class = $2 AND count > $3 \
                                  AND alarmed_at IS NULL";
            let mut tx = self.read("counting looks").await?;
            let rows = tx.all(PASSED, args![since, class.as_str(), limit]).await?;
            drop(tx);
            for row in &rows {
                let (who, day, count) = (row.text(0)?, row.int(1)?, row.count(2)?);
                let mut tx = self.write("raising an alarm over looks").await?;
                let ours = tx
                    .run(
                        "UPDATE look_count SET alarmed_at = $4 WHERE who = $1 AND class = $2 AND day = $3 \
                         AND alarmed_at IS NULL",
                        args![&who, class.as_str(), day, at],
                    )
                    .await?;
                if ours == 1 {
                    let body = serde_json::json!({
                        "who": who, "class": class.as_str(), "day": day, "count": count, "limit": limit,
                    });
                    let job = Actor::System("job:alarm".to_owned());
                    chain::event(&mut tx, self.keys(), "look_alarm", &job, body, at).await?;
                    raised.push(LookAlarm { actor: actor_of(&who)?, class, day, count, at });
                }
                tx.commit().await?;
            }
        }
        Ok(raised)
    }

    /// Alarms noticed since `since`, newest first.
    pub async fn look_alarms(&self, since: Timestamp) -> Result<Vec<LookAlarm>, StoreError> {
        let mut tx = self.read("reading alarms over looks").await?;
        let rows = tx
            .all(
                "SELECT who, class, day, count, alarmed_at FROM look_count WHERE alarmed_at >= $1 \
                 ORDER BY alarmed_at DESC, who, class",
                args![since],
            )
            .await?;
        let alarm = |row: &crate::db::Row| {
            let class = row.text(1)?;
            Ok(LookAlarm {
                actor: actor_of(&row.text(0)?)?,
                class: (LookClass::ALL.into_iter().find(|of| of.as_str() == class))
                    .ok_or(StoreError::Corrupt { what: "a class of looks" })?,
                day: row.int(2)?,
                count: row.count(3)?,
                at: row.time(4)?,
            })
        };
        rows.iter().map(alarm).collect()
    }
}

fn entry((seq, at, kind, payload): (i64, Timestamp, String, Option<Payload>)) -> AuditEntry {
    let (actor, purpose, subject) = match payload {
        Some(payload) => (Some(payload.actor()), payload.purpose, payload.subject),
        None => (None, None, None),
    };
    AuditEntry { seq, at, kind, actor, purpose, subject }
}

fn actor_of(counted: &str) -> Result<Actor, StoreError> {
    let corrupt = StoreError::Corrupt { what: "a name under which looks are counted" };
    match counted.split_once(':') {
        Some(("account", id)) => id.parse().map(|id| Actor::Account(AccountId(id))).map_err(|_| corrupt),
        Some(("system", name)) => Ok(Actor::System(name.to_owned())),
        _ => Err(corrupt),
    }
}
