//! Alarms: what calls for somebody while it lasts, and who was told. One notice for each way when an alarm begins, one
//! when it is over, tried again until it went out. Nothing personal: a kind, and which site, programme or day.

use crate::db::args;
use crate::{Store, StoreError};
use jiff::{SignedDuration, Timestamp};

/// What calls for somebody now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AlarmNow {
    /// `site-failed`, `backup-old`, `looks`, …
    pub kind: String,
    /// Which one: a site, a kind of looks with its day; empty where there is one alone.
    pub subject: String,
    /// By which ways it is told when it begins: `webhook`, or a short name of an address.
    pub ways: Vec<String>,
}

/// An alarm as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmRow {
    /// Its row.
    pub id: i64,
    /// What kind.
    pub kind: String,
    /// Which one.
    pub subject: String,
    /// Since when.
    pub began_at: Timestamp,
    /// When it was over; `None` while it lasts.
    pub ended_at: Option<Timestamp>,
    /// Notices that went out, and those that wait to be tried again.
    pub told: (u32, u32),
}

/// A notice that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmNotice {
    /// Of which alarm.
    pub alarm: AlarmRow,
    /// It tells that the alarm is over, not that it began.
    pub ended: bool,
    /// By which way.
    pub way: String,
    /// Tries that failed before.
    pub tries: u32,
}

/// Days that alarms are kept after their end.
const KEPT_DAYS: i64 = 90;
/// The first and the longest pause between two tries, in seconds; each is twice the one before.
const FIRST_PAUSE_S: i64 = 15;
const LONGEST_PAUSE_S: i64 = 3600;

const ROW: &str = "a.id, a.kind, a.subject, a.began_at, a.ended_at, \
     (SELECT count(*) FROM alarm_notice n WHERE n.alarm_id = a.id AND n.sent_at IS NOT NULL), \
     (SELECT count(*) FROM alarm_notice n WHERE n.alarm_id = a.id AND n.sent_at IS NULL AND n.tries > 0)";

fn alarm(row: &crate::db::Row) -> Result<AlarmRow, StoreError> {
    Ok(AlarmRow {
        id: row.int(0)?,
        kind: row.text(1)?,
        subject: row.text(2)?,
        began_at: row.time(3)?,
        ended_at: row.opt_time(4)?,
        told: (row.count(5)?, row.count(6)?),
    })
}

impl Store {
    /// Begins alarms for what calls now and has none, and ends those of what calls no more.
    pub async fn follow_alarms(&self, now: &[AlarmNow], at: Timestamp) -> Result<(), StoreError> {
        let open = self.open_alarms().await?;
        let is = |row: &AlarmRow, one: &AlarmNow| row.kind == one.kind && row.subject == one.subject;
        let began: Vec<&AlarmNow> = now.iter().filter(|one| !open.iter().any(|row| is(row, one))).collect();
        let over: Vec<&AlarmRow> = open.iter().filter(|row| !now.iter().any(|one| is(row, one))).collect();
        // Most of the time nothing changes, and the writer is left alone.
        if began.is_empty() && over.is_empty() {
            return Ok(());
        }
        let mut tx = self.write("following the alarms").await?;
        for one in began {
            // Another program may have begun it a moment ago.
            let new = tx
                .one(
                    "INSERT INTO alarm (kind, subject, began_at) VALUES ($1, $2, $3) \
                     ON CONFLICT (kind, subject) WHERE ended_at IS NULL DO NOTHING RETURNING id",
                    args![&one.kind, &one.subject, at],
                )
                .await?;
            let Some(id) = new.map(|row| row.int(0)).transpose()? else { continue };
            for way in &one.ways {
                tx.run(
                    "INSERT INTO alarm_notice (alarm_id, ended, way, tries, next_at) VALUES ($1, 0, $2, 0, $3) \
                     ON CONFLICT (alarm_id, ended, way) DO NOTHING",
                    args![id, way, at],
                )
                .await?;
            }
        }
        for row in over {
            let ended =
                tx.run("UPDATE alarm SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", args![row.id, at]).await?;
            if ended == 1 {
                // Whoever is told that it began is told that it is over.
                tx.run(
                    "INSERT INTO alarm_notice (alarm_id, ended, way, tries, next_at) \
                     SELECT n.alarm_id, 1, n.way, 0, $2 FROM alarm_notice n WHERE n.alarm_id = $1 AND n.ended = 0",
                    args![row.id, at],
                )
                .await?;
            }
        }
        let kept = at - SignedDuration::from_hours(24 * KEPT_DAYS);
        tx.run("DELETE FROM alarm WHERE ended_at < $1", args![kept]).await?;
        tx.commit().await
    }

    /// Notices that are to be sent now, the oldest alarm first; that one is over is told after that it began.
    pub async fn alarm_notices_due(&self, at: Timestamp) -> Result<Vec<AlarmNotice>, StoreError> {
        let mut tx = self.read("reading the notices of alarms").await?;
        let sql = format!(
            "SELECT {ROW}, d.ended, d.way, d.tries FROM alarm_notice d JOIN alarm a ON a.id = d.alarm_id \
             WHERE d.sent_at IS NULL AND d.next_at <= $1 AND (d.ended = 0 OR NOT EXISTS (SELECT 1 FROM alarm_notice b \
             WHERE b.alarm_id = d.alarm_id AND b.way = d.way AND b.ended = 0 AND b.sent_at IS NULL)) \
             ORDER BY a.began_at, a.id, d.ended, d.way"
        );
        let rows = tx.all_of(sql, args![at]).await?;
        rows.iter()
            .map(|row| {
                Ok(AlarmNotice { alarm: alarm(row)?, ended: row.int(7)? != 0, way: row.text(8)?, tries: row.count(9)? })
            })
            .collect()
    }

    /// Records what became of a notice: what could not be sent is tried again, later each time, at the latest in an hour.
    pub async fn alarm_told(&self, notice: &AlarmNotice, sent: bool, at: Timestamp) -> Result<(), StoreError> {
        let pause = (FIRST_PAUSE_S << notice.tries.min(10)).min(LONGEST_PAUSE_S);
        let next = at + SignedDuration::from_secs(pause);
        let mut tx = self.write("recording a notice of an alarm").await?;
        tx.run(
            "UPDATE alarm_notice SET tries = tries + 1, next_at = $4, sent_at = $5 \
             WHERE alarm_id = $1 AND ended = $2 AND way = $3 AND sent_at IS NULL",
            args![notice.alarm.id, i64::from(notice.ended), &notice.way, next, sent.then_some(at)],
        )
        .await?;
        tx.commit().await
    }

    /// Alarms that last, the oldest first.
    pub async fn open_alarms(&self) -> Result<Vec<AlarmRow>, StoreError> {
        let mut tx = self.read("reading the alarms").await?;
        let sql = format!("SELECT {ROW} FROM alarm a WHERE a.ended_at IS NULL ORDER BY a.began_at, a.id");
        tx.all_of(sql, args![]).await?.iter().map(alarm).collect()
    }

    /// The newest alarms, over or not.
    pub async fn alarms(&self, limit: u32) -> Result<Vec<AlarmRow>, StoreError> {
        let mut tx = self.read("reading the alarms").await?;
        let sql = format!("SELECT {ROW} FROM alarm a ORDER BY a.began_at DESC, a.id DESC LIMIT $1");
        tx.all_of(sql, args![limit]).await?.iter().map(alarm).collect()
    }
}
