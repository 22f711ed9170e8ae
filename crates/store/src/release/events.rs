//! Decisions, attempts, list lines and crawl runs as they are counted.

use crate::analysis::{band_from, link_kind, queue_from};
use crate::crawl::tally_of;
use crate::db::{Row, args};
use crate::times::day_from_text;
use crate::{Store, StoreError};
use domain::{Band, LinkKind, Queue};
use jiff::Timestamp;
use jiff::civil::Date;

/// A decision in force at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedDecision {
    /// Its number.
    pub id: i64,
    /// `offer_outreach`, `watch`, …
    pub kind: String,
    /// Code of the reason.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// The ads that it was made on, by number.
    pub ads: Vec<i64>,
}

/// An attempt that was not undone by a time.
#[derive(Debug, Clone, PartialEq)]
pub struct CountedAttempt {
    /// Founding ad of whom it was made at.
    pub anchor_ad: i64,
    /// Of which team.
    pub team: String,
    /// Method.
    pub method: String,
    /// How.
    pub channel: String,
    /// What came of it.
    pub outcome: Option<String>,
    /// Language used.
    pub language: Option<String>,
    /// Minutes spent.
    pub minutes: Option<u32>,
    /// Workers on it.
    pub people: Option<u32>,
    /// When.
    pub at: Timestamp,
    /// From a line of a list: drawn at random or flagged.
    pub random: Option<bool>,
    /// Probability with which the line was on its list.
    pub probability: Option<f64>,
}

/// A method that was drawn by lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedAssignment {
    /// Founding ad of whom it was drawn for.
    pub anchor_ad: i64,
    /// Which.
    pub method: String,
    /// From which methods.
    pub arms: Vec<String>,
    /// When.
    pub at: Timestamp,
}

/// A line of a list in force.
#[derive(Debug, Clone, PartialEq)]
pub struct CountedLine {
    /// Founding ad of whom it is about.
    pub anchor_ad: i64,
    /// For which day.
    pub day: Date,
    /// Of which team.
    pub team: String,
    /// Drawn at random.
    pub random: bool,
    /// Probability of being on the list.
    pub probability: f64,
}

/// A run over a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedRun {
    /// Which site.
    pub site: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// `good`, `partial`, `failed`; `None` while under way or cut off.
    pub end: Option<String>,
    /// Different ads seen on its listings.
    pub ads_listed: u64,
    /// Ads never seen before.
    pub ads_new: u64,
    /// Pages asked for.
    pub pages: u64,
    /// Failures of any kind.
    pub failures: u64,
}

/// How much a store holds of what a package was made from: what deletion took shows by these.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SourceCounts {
    /// Ads first seen by then.
    pub ads: u64,
    /// Days on which versions were seen.
    pub sightings: u64,
    /// Decisions made by then.
    pub decisions: u64,
    /// Attempts recorded by then.
    pub attempts: u64,
    /// Runs begun by then.
    pub runs: u64,
}

impl Store {
    /// Band, points, urgency and queue of each subject of the current analysis.
    pub async fn counted_assessments(&self) -> Result<Vec<(String, Band, f64, bool, Queue)>, StoreError> {
        let mut tx = self.read("reading assessments to count").await?;
        let rows = tx
            .all(
                "SELECT a.subject, a.band, a.points, a.urgent, a.queue FROM assessment a \
                 JOIN current_analysis c ON c.analysis_id = a.analysis_id",
                args![],
            )
            .await?;
        let read = |row: &Row| {
            Ok((row.text(0)?, band_from(row.int(1)?), row.real(2)?, row.flag(3)?, queue_from(&row.text(4)?)))
        };
        rows.iter().map(read).collect()
    }

    /// The indicators that fired for each subject of the current analysis.
    pub async fn counted_indicators(&self) -> Result<Vec<(String, String)>, StoreError> {
        let mut tx = self.read("reading indicators to count").await?;
        let rows = tx
            .all(
                "SELECT DISTINCT i.subject, i.indicator FROM assessment_indicator i \
                 JOIN current_analysis c ON c.analysis_id = i.analysis_id ORDER BY 1, 2",
                args![],
            )
            .await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect()
    }

    /// Ties of the current analysis by kind and by whether they join.
    pub async fn counted_links(&self) -> Result<Vec<(LinkKind, bool, u64)>, StoreError> {
        let mut tx = self.read("counting ties").await?;
        let rows = tx
            .all(
                "SELECT l.kind, l.joins, count(*) FROM link l JOIN current_analysis c ON c.analysis_id = l.analysis_id \
                 GROUP BY l.kind, l.joins ORDER BY 1, 2",
                args![],
            )
            .await?;
        rows.iter().map(|row| Ok((link_kind(&row.text(0)?)?, row.flag(1)?, row.int(2)?.unsigned_abs()))).collect()
    }

    /// The decisions of a programme in force at `as_of`, in order of time.
    pub async fn counted_decisions(
        &self,
        programme: &str,
        as_of: Timestamp,
    ) -> Result<Vec<CountedDecision>, StoreError> {
        let mut tx = self.read("counting decisions").await?;
        let rows = tx
            .all(
                "SELECT d.id, d.kind, d.reason_code, d.at, n.ad_id FROM decision d JOIN case_file c ON c.id = d.case_id \
                 JOIN decision_ad n ON n.decision_id = d.id WHERE c.programme = $1 AND d.at <= $2 \
                 AND (d.undone_at IS NULL OR d.undone_at > $2) ORDER BY d.at, d.id, n.ad_id",
                args![programme, as_of],
            )
            .await?;
        let mut decisions: Vec<CountedDecision> = Vec::new();
        for row in &rows {
            let (id, ad) = (row.int(0)?, row.int(4)?);
            match decisions.last_mut().filter(|last| last.id == id) {
                Some(last) => last.ads.push(ad),
                None => decisions.push(CountedDecision {
                    id,
                    kind: row.text(1)?,
                    reason: row.text(2)?,
                    at: row.time(3)?,
                    ads: vec![ad],
                }),
            }
        }
        Ok(decisions)
    }

    /// What a first and a second reader decided on the same case without knowing of each other, and when the second did.
    pub async fn counted_readers(
        &self,
        programme: &str,
        as_of: Timestamp,
    ) -> Result<Vec<(String, String, Timestamp)>, StoreError> {
        let mut tx = self.read("counting second readings").await?;
        let rows = tx
            .all(
                "SELECT d.kind, r.kind, r.read_at FROM second_reading r JOIN decision d ON d.id = r.decision_id \
                 JOIN case_file c ON c.id = r.case_id WHERE c.programme = $1 AND r.turn = 2 AND r.kind IS NOT NULL \
                 AND r.read_at <= $2 ORDER BY r.read_at, r.id",
                args![programme, as_of],
            )
            .await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?, row.time(2)?))).collect()
    }

    /// The attempts of a programme that were recorded and not undone by `as_of`, in order of time. An outcome that was put right
    /// later is the later one.
    pub async fn counted_attempts(&self, programme: &str, as_of: Timestamp) -> Result<Vec<CountedAttempt>, StoreError> {
        let mut tx = self.read("counting attempts").await?;
        let rows = tx
            .all(
                "SELECT t.anchor_ad, t.team, t.method, t.channel, t.outcome, t.language, t.minutes, t.made_at, l.random, \
                 l.inclusion_probability, t.people FROM attempt t LEFT JOIN list_line l ON l.id = t.line_id WHERE t.programme = $1 \
                 AND t.made_at <= $2 AND (t.undone_at IS NULL OR t.undone_at > $2) ORDER BY t.made_at, t.id",
                args![programme, as_of],
            )
            .await?;
        let read = |row: &Row| {
            Ok(CountedAttempt {
                anchor_ad: row.int(0)?,
                team: row.text(1)?,
                method: row.text(2)?,
                channel: row.text(3)?,
                outcome: row.opt_text(4)?,
                language: row.opt_text(5)?,
                minutes: row.opt_int(6)?.and_then(|minutes| u32::try_from(minutes).ok()),
                at: row.time(7)?,
                random: row.opt_int(8)?.map(|random| random != 0),
                probability: row.opt_real(9)?,
                people: row.opt_int(10)?.and_then(|people| u32::try_from(people).ok()),
            })
        };
        rows.iter().map(read).collect()
    }

    /// The methods that were drawn for advertisers of a programme by `as_of`, in order of time.
    pub async fn counted_assignments(
        &self,
        programme: &str,
        as_of: Timestamp,
    ) -> Result<Vec<CountedAssignment>, StoreError> {
        let mut tx = self.read("counting methods drawn").await?;
        let rows = tx
            .all(
                "SELECT anchor_ad, method, arms, at FROM method_assignment WHERE programme = $1 AND at <= $2 \
                 ORDER BY at, anchor_ad",
                args![programme, as_of],
            )
            .await?;
        let read = |row: &Row| {
            Ok(CountedAssignment {
                anchor_ad: row.int(0)?,
                method: row.text(1)?,
                arms: serde_json::from_str(&row.text(2)?).map_err(|_| StoreError::Corrupt { what: "a trial" })?,
                at: row.time(3)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// The lines of a programme's lists, each list once and as it was replaced last by `as_of`.
    pub async fn counted_lines(&self, programme: &str, as_of: Timestamp) -> Result<Vec<CountedLine>, StoreError> {
        let mut tx = self.read("counting lines").await?;
        let rows = tx
            .all(
                "SELECT l.anchor_ad, o.day, o.team, l.random, l.inclusion_probability FROM list_line l \
                 JOIN outreach_list o ON o.id = l.list_id WHERE o.programme = $1 AND o.made_at <= $2 \
                 AND (o.replaced_at IS NULL OR o.replaced_at > $2) ORDER BY o.day, o.team, l.rank",
                args![programme, as_of],
            )
            .await?;
        let read = |row: &Row| {
            Ok(CountedLine {
                anchor_ad: row.int(0)?,
                day: day_from_text(&row.text(1)?)?,
                team: row.text(2)?,
                random: row.flag(3)?,
                probability: row.real(4)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// The runs over a programme's sites that began between two times, in order.
    pub async fn counted_runs(
        &self,
        programme: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<CountedRun>, StoreError> {
        let mut tx = self.read("counting runs").await?;
        let rows = tx
            .all(
                "SELECT s.site, r.started_at, r.ended_at, r.outcome, r.tally FROM run r JOIN site s ON s.id = r.site_id \
                 WHERE s.programme = $1 AND r.started_at >= $2 AND r.started_at <= $3 ORDER BY s.site, r.started_at",
                args![programme, from, to],
            )
            .await?;
        let read = |row: &Row| {
            let tally = tally_of(&row.text(4)?)?;
            Ok(CountedRun {
                site: row.text(0)?,
                started_at: row.time(1)?,
                ended_at: row.opt_time(2)?,
                end: row.opt_text(3)?,
                ads_listed: tally.ads_listed,
                ads_new: tally.ads_new,
                pages: tally.listing_pages + tally.details + tally.unchanged,
                failures: tally.errors.values().sum(),
            })
        };
        rows.iter().map(read).collect()
    }

    /// How much of the source is there, as known at `as_of`.
    pub async fn source_counts(&self, programme: &str, as_of: Timestamp) -> Result<SourceCounts, StoreError> {
        let mut tx = self.read("counting the source").await?;
        let mut counts = [0_u64; 5];
        for (at, sql) in [
            "SELECT count(*) FROM ad a JOIN site s ON s.id = a.site_id WHERE s.programme = $1 AND a.first_seen <= $2",
            "SELECT count(*) FROM sighting g JOIN ad a ON a.id = g.ad_id JOIN site s ON s.id = a.site_id \
             WHERE s.programme = $1 AND g.first_at <= $2",
            "SELECT count(*) FROM decision d JOIN case_file c ON c.id = d.case_id WHERE c.programme = $1 AND d.at <= $2",
            "SELECT count(*) FROM attempt t WHERE t.programme = $1 AND t.made_at <= $2",
            "SELECT count(*) FROM run r JOIN site s ON s.id = r.site_id WHERE s.programme = $1 AND r.started_at <= $2",
        ]
        .into_iter()
        .enumerate()
        {
            counts[at] = tx.id(sql, args![programme, as_of]).await?.unsigned_abs();
        }
        let [ads, sightings, decisions, attempts, runs] = counts;
        Ok(SourceCounts { ads, sightings, decisions, attempts, runs })
    }

    /// The last time at which anything was written that figures are counted from: the newest sighting, event or run. Two looks at
    /// a store that nobody wrote to in between give the same.
    pub async fn last_change(&self) -> Result<Option<Timestamp>, StoreError> {
        let mut tx = self.read("looking for the last change").await?;
        let row = tx
            .one(
                "SELECT max(t.at) FROM (SELECT max(last_seen) AS at FROM ad UNION ALL \
                 SELECT max(at) AS at FROM event WHERE kind <> 'release' UNION ALL \
                 SELECT max(started_at) AS at FROM run UNION ALL SELECT max(ended_at) AS at FROM run UNION ALL \
                 SELECT max(as_of) AS at FROM analysis) t",
                args![],
            )
            .await?;
        row.map(|row| row.opt_time(0)).transpose().map(Option::flatten)
    }
}
