//! The researcher's queue.

use super::subjects::{Subject, subjects};
use super::{CaseId, CaseState, QueueFilter, QueuePage, QueueRow, ReviewClaim, Skipped};
use crate::analysis::members::members_of;
use crate::analysis::{band_from, band_number, current, queue_from, queue_text};
use crate::db::{Arg, Row, Tx, args, places};
use crate::{AccountId, Look, Store, StoreError};
use domain::{AdvertiserId, Band, IndicatorId, NetworkId};
use jiff::Timestamp;

/// Columns of a case, as [`Store::queue_row`] reads them.
const CASE: &str = "c.id, c.subject, c.subject_kind, c.state, c.version, c.band, c.points, c.urgent, c.queue, c.evidence, \
     c.new_evidence, c.opened_at, c.changed_at, c.claim_by, c.claim_until, p.name, d.kind, d.at, d.watch_until, \
     d.by_account, (SELECT count(*) FROM second_reading s WHERE s.decision_id = c.decision_id \
     AND s.kind IS NULL AND c.state = 'decided')";
const FROM: &str = "FROM case_file c LEFT JOIN account p ON p.id = c.claim_by \
     LEFT JOIN decision d ON d.id = c.decision_id";
/// Highest band first, then points, then what waits longest.
const ORDER: &str = "ORDER BY c.band DESC, c.points DESC, c.changed_at, c.id";
/// Holds where an ad `m` of the case's subject in the current analysis has `{has}` (`c` is the case). Each side has an index
/// of its own; an `OR` over both columns would go through the whole analysis.
fn has_member(has: &str) -> String {
    format!(
        "((c.subject_kind = 'network' AND EXISTS (SELECT 1 FROM entity_member m WHERE m.analysis_id = $1 \
         AND m.network = c.subject AND {has})) OR (c.subject_kind <> 'network' AND EXISTS (SELECT 1 FROM entity_member m \
         WHERE m.analysis_id = $1 AND m.advertiser = c.subject AND {has})))"
    )
}

/// A condition put together from fixed pieces, with its values.
struct Where {
    text: String,
    values: Vec<Arg>,
}

impl Where {
    fn and(&mut self, text: &str) {
        self.text.push_str(" AND ");
        self.text.push_str(text);
    }
    /// Adds a value and gives its place.
    fn value(&mut self, value: impl Into<Arg>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }
}

fn condition(filter: &QueueFilter, analysis: i64) -> Where {
    // `$1` is the current analysis in every text here.
    let mut on = Where { text: "c.merged_into IS NULL AND $1 = $1".to_owned(), values: args![analysis] };
    on.and(if filter.urgent { "c.urgent = 1" } else { "c.urgent = 0 AND c.subject IS NOT NULL" });
    match filter.state {
        Some(state) => {
            let place = on.value(state.as_str());
            on.and(&format!("c.state = {place}"));
        }
        None if filter.urgent || filter.looked.is_some() => {}
        None => on.and("c.state IN ('open', 'reopened')"),
    }
    if let Some(programme) = &filter.programme {
        let place = on.value(programme.as_str());
        on.and(&format!("c.programme = {place}"));
    }
    if let Some(band) = filter.band {
        let place = on.value(band_number(band));
        on.and(&format!("c.band = {place}"));
    }
    if let Some(queue) = filter.queue {
        let place = on.value(queue_text(queue));
        on.and(&format!("c.queue = {place}"));
    }
    if let Some(only) = &filter.only {
        let places: Vec<String> = only.iter().map(|case| on.value(&case.0)).collect();
        on.and(&if places.is_empty() { "1 = 0".to_owned() } else { format!("c.id IN ({})", places.join(", ")) });
    }
    if filter.drawn {
        on.and("EXISTS (SELECT 1 FROM spam_draw d WHERE d.case_id = c.id AND d.drawn = 1)");
    }
    if !filter.municipalities.is_empty() {
        let codes: Vec<String> = filter.municipalities.iter().map(|code| on.value(code)).collect();
        // An ad names few places: they are read, and not each of the region's municipalities looked for.
        on.and(&has_member(&format!(
            "EXISTS (SELECT 1 FROM place_mention x WHERE x.ad_id = m.ad_id AND x.municipality_code || '' IN ({}))",
            codes.join(", ")
        )));
    }
    if let Some(language) = &filter.language {
        let place = on.value(language);
        on.and(&has_member(&format!(
            "EXISTS (SELECT 1 FROM language_mention x WHERE x.ad_id = m.ad_id AND x.code = {place})"
        )));
    }
    if let Some(indicator) = &filter.indicator {
        let place = on.value(indicator.as_str());
        on.and(&format!(
            "c.subject IN (SELECT x.subject FROM assessment_indicator x WHERE x.analysis_id = $1 AND x.indicator = {place} \
             UNION SELECT m.network FROM assessment_indicator x CROSS JOIN entity_member m WHERE x.analysis_id = $1 \
             AND x.indicator = {place} AND m.analysis_id = $1 AND m.advertiser = x.subject)"
        ));
    }
    if !filter.skip.is_empty() {
        let held: Vec<String> = filter.skip.iter().map(|case| on.value(&case.0)).collect();
        on.and(&format!("c.id NOT IN ({})", held.join(", ")));
    }
    in_time(&mut on, filter);
    on
}

/// When something came of the case, and who did what to it.
fn in_time(on: &mut Where, filter: &QueueFilter) {
    if filter.new_evidence {
        on.and("c.new_evidence <> '[]'");
    }
    for (at, compared) in [
        (filter.opened_from, "c.opened_at >="),
        (filter.opened_before, "c.opened_at <"),
        (filter.changed_after, "c.changed_at >"),
    ] {
        if let Some(at) = at {
            let place = on.value(at);
            on.and(&format!("{compared} {place}"));
        }
    }
    if let Some((since, by)) = filter.decided {
        let since = on.value(since);
        let by = by.map_or_else(String::new, |by| format!(" AND d.by_account = {}", on.value(by.0)));
        on.and(&format!("EXISTS (SELECT 1 FROM decision d WHERE d.id = c.decision_id AND d.at >= {since}{by})"));
    }
    if let Some((by, since)) = filter.looked {
        let (by, since) = (on.value(by.0), on.value(since));
        on.and(&format!(
            "EXISTS (SELECT 1 FROM case_look k WHERE k.case_id = c.id AND k.account_id = {by} AND k.at >= {since})"
        ));
    }
    if let Some((which, by, since)) = filter.skipped {
        let (by, since) = (on.value(by.0), on.value(since));
        let not = if which == Skipped::Only { "" } else { "NOT " };
        on.and(&format!(
            "{not}EXISTS (SELECT 1 FROM case_skip k WHERE k.case_id = c.id AND k.account_id = {by} AND k.at >= {since})"
        ));
    }
    if let Some((by, at)) = filter.free_for {
        let (by, at) = (on.value(by.0), on.value(at));
        on.and(&format!("(c.claim_by IS NULL OR c.claim_by = {by} OR c.claim_until <= {at})"));
    }
}

impl Store {
    /// A page of the queue. `look` is audited in the same transaction. A decision that waits for its second reader is
    /// shown to nobody but who made it.
    pub async fn queue(
        &self,
        look: &Look,
        filter: &QueueFilter,
        offset: u32,
        limit: u32,
    ) -> Result<QueuePage, StoreError> {
        let mut tx = self.write("reading the queue").await?;
        look.write(&mut tx, self.keys()).await?;
        let analysis = current(&mut tx).await?;
        let on = condition(filter, analysis);
        let mut page = Where { text: on.text.clone(), values: on.values.clone() };
        let (many, from) = (page.value(limit), page.value(offset));
        // Counted while they are sorted: the filters are asked once for each case, not twice.
        let text = format!(
            "SELECT c.id, count(*) OVER () FROM case_file c WHERE {} {ORDER} LIMIT {many} OFFSET {from}",
            page.text
        );
        let found = tx.all_of(text, page.values).await?;
        let total = match found.first() {
            Some(row) => row.int(1)?.unsigned_abs(),
            None if offset == 0 => 0,
            None => total(&mut tx, &on).await?,
        };
        let ids = found.iter().map(|row| row.text(0)).collect::<Result<Vec<_>, _>>()?;
        let mut rows = Vec::with_capacity(ids.len());
        for some in ids.chunks(200) {
            let text = format!("SELECT {CASE} {FROM} WHERE c.id IN ({}) {ORDER}", places(0, some.len()));
            rows.extend(tx.all_of(text, some.iter().map(Arg::from).collect()).await?);
        }
        let mut rows = self.queue_rows(&mut tx, &rows, analysis, look.at).await?;
        tx.commit().await?;
        // Whoever reads the list may become the second reader of what stands in it.
        for row in rows.iter_mut().filter(|row| row.read_again && look.actor.is_another(row.decided_by)) {
            row.decided = None;
        }
        Ok(QueuePage { rows, total })
    }

    /// How many cases each filter finds that changed after a time, and how many in all.
    pub async fn queue_news(&self, filters: &[(QueueFilter, Timestamp)]) -> Result<Vec<(u64, u64)>, StoreError> {
        let mut tx = self.read("counting what is new in the queue").await?;
        let analysis = current(&mut tx).await?;
        let mut news = Vec::with_capacity(filters.len());
        for (filter, after) in filters {
            let mut on = condition(filter, analysis);
            let after = on.value(*after);
            let text = format!(
                "SELECT count(CASE WHEN c.changed_at > {after} THEN 1 END), count(*) FROM case_file c WHERE {}",
                on.text
            );
            let rows = tx.all_of(text, on.values).await?;
            let count =
                |at: usize| rows.first().map_or(Ok(0), |row| Ok::<u64, StoreError>(row.int(at)?.unsigned_abs()));
            news.push((count(0)?, count(1)?));
        }
        Ok(news)
    }

    /// How many cases each filter finds. The rows behind each number are those of [`Store::queue`].
    pub async fn queue_totals(&self, filters: &[QueueFilter]) -> Result<Vec<u64>, StoreError> {
        let mut tx = self.read("counting the queue").await?;
        let analysis = current(&mut tx).await?;
        let mut totals = Vec::with_capacity(filters.len());
        for filter in filters {
            totals.push(total(&mut tx, &condition(filter, analysis)).await?);
        }
        Ok(totals)
    }

    /// Takes the first case of the queue that nobody else reads, until a time; `None` where there is none. The
    /// reader's earlier claim ends: one case at a time.
    pub async fn claim_next(
        &self,
        filter: &QueueFilter,
        by: AccountId,
        at: Timestamp,
        until: Timestamp,
    ) -> Result<Option<CaseId>, StoreError> {
        let mut tx = self.write("taking the next case").await?;
        let analysis = current(&mut tx).await?;
        let filter = QueueFilter { free_for: Some((by, at)), ..filter.clone() };
        let on = condition(&filter, analysis);
        // Two readers on PostgreSQL each get a case of their own; on SQLite there is one writer at a time.
        let lock = if tx.is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" };
        let text = format!("SELECT c.id FROM case_file c WHERE {} {ORDER} LIMIT 1{lock}", on.text);
        let found = tx.all_of(text, on.values).await?;
        let Some(row) = found.first() else { return Ok(None) };
        let case = CaseId(row.text(0)?);
        self.put_claim(&mut tx, &case, by, at, until).await?;
        tx.commit().await?;
        Ok(Some(case))
    }

    /// One case as in the queue.
    pub(super) async fn case_row(
        &self,
        tx: &mut Tx,
        case: &CaseId,
        analysis: i64,
        now: Timestamp,
    ) -> Result<QueueRow, StoreError> {
        let rows = tx.all_of(format!("SELECT {CASE} {FROM} WHERE c.id = $1"), args![&case.0]).await?;
        let rows = self.queue_rows(tx, &rows, analysis, now).await?;
        rows.into_iter().next().ok_or(StoreError::NotFound { what: "case" })
    }

    async fn queue_rows(
        &self,
        tx: &mut Tx,
        rows: &[Row],
        analysis: i64,
        now: Timestamp,
    ) -> Result<Vec<QueueRow>, StoreError> {
        let mut names = Vec::with_capacity(rows.len());
        for row in rows {
            names.push(row.opt_text(1)?.unwrap_or_default());
        }
        let subjects = subjects(tx, analysis, &names).await?;
        let mut found = Vec::with_capacity(rows.len());
        for (row, name) in rows.iter().zip(&names) {
            found.push(self.queue_row(row, subjects.get(name).cloned().unwrap_or_default(), now)?);
        }
        Ok(found)
    }

    fn queue_row(&self, row: &Row, of: Subject, now: Timestamp) -> Result<QueueRow, StoreError> {
        let subject = row.opt_text(1)?.unwrap_or_default();
        let network = row.opt_text(2)?.as_deref() == Some("network");
        let opened_at = row.time(11)?;
        let decided = super::decided_of(row.opt_text(16)?, row.opt_time(17)?, row.opt_text(18)?)?;
        let claimed = match (row.opt_int(13)?, row.opt_time(14)?, row.opt_text(15)?) {
            (Some(by), Some(until), Some(name)) if until > now => Some(ReviewClaim { by: AccountId(by), name, until }),
            _ => None,
        };
        Ok(QueueRow {
            case: CaseId(row.text(0)?),
            advertiser: (!network && !subject.is_empty()).then(|| AdvertiserId(subject.clone())),
            network: network.then(|| NetworkId(subject.clone())),
            state: CaseState::parse(&row.text(3)?).ok_or(StoreError::Corrupt { what: "a case's state" })?,
            version: row.int(4)?,
            band: band_from(row.int(5)?),
            points: row.real(6)?,
            urgent: row.flag(7)?,
            queue: queue_from(&row.text(8)?),
            indicators: indicators(&row.text(9)?)?,
            new_evidence: indicators(&row.text(10)?)?,
            municipalities: of.municipalities,
            languages: of.languages,
            ads: of.ads,
            advertisers: of.advertisers,
            contacts: of.contacts.iter().map(|hash| self.keys().pseudonym(hash)).collect(),
            opened_at,
            changed_at: row.time(12)?,
            first_seen: of.first_seen.unwrap_or(opened_at),
            last_seen: of.last_seen.unwrap_or(opened_at),
            claimed,
            decided,
            decided_by: row.opt_int(19)?.map(AccountId),
            read_again: row.flag(20)?,
        })
    }

    /// Cases of the ordinary queue by (state, band) that are not urgent, and the number of urgent ones.
    pub async fn queue_counts(&self) -> Result<(Vec<(CaseState, Band, u64)>, u64), StoreError> {
        let mut tx = self.read("counting the queue").await?;
        let rows = tx
            .all(
                "SELECT state, band, count(*) FROM case_file WHERE urgent = 0 AND merged_into IS NULL \
                 AND subject IS NOT NULL AND queue = 'ordinary' GROUP BY state, band ORDER BY state, band DESC",
                args![],
            )
            .await?;
        let urgent = tx.id("SELECT count(*) FROM case_file WHERE urgent = 1 AND merged_into IS NULL", args![]).await?;
        let count = |row: &Row| {
            let state = CaseState::parse(&row.text(0)?).ok_or(StoreError::Corrupt { what: "a case's state" })?;
            Ok((state, band_from(row.int(1)?), row.int(2)?.unsigned_abs()))
        };
        let counts = rows.iter().map(count).collect::<Result<Vec<_>, StoreError>>()?;
        Ok((counts, urgent.unsigned_abs()))
    }
}

async fn total(tx: &mut Tx, on: &Where) -> Result<u64, StoreError> {
    let rows = tx.all_of(format!("SELECT count(*) FROM case_file c WHERE {}", on.text), on.values.clone()).await?;
    rows.first().map_or(Ok(0), |row| Ok(row.int(0)?.unsigned_abs()))
}

/// A subject's contacts: hash, number of ads, damped; most ads first.
pub(super) async fn contact_hashes(
    tx: &mut Tx,
    analysis: i64,
    subject: &str,
) -> Result<Vec<(Vec<u8>, u32, bool)>, StoreError> {
    let rows = tx
        .all(
            concat!(
                "SELECT c.contact_hash, count(DISTINCT n.ad_id), \
             (SELECT count(*) FROM damped_contact d WHERE d.analysis_id = $1 AND d.contact_id = c.id) \
             FROM entity_member m JOIN contact_mention n ON n.ad_id = m.ad_id JOIN contact c ON c.id = n.contact_id \
             WHERE m.analysis_id = $1 AND m.ad_id IN ",
                members_of!(),
                " \
             GROUP BY c.id, c.contact_hash ORDER BY 2 DESC, 1"
            ),
            args![analysis, subject],
        )
        .await?;
    rows.iter().map(|row| Ok((row.blob(0)?, row.count(1)?, row.flag(2)?))).collect()
}

fn indicators(json: &str) -> Result<Vec<IndicatorId>, StoreError> {
    let ids: Vec<String> = serde_json::from_str(json).map_err(|_| StoreError::Corrupt { what: "a case's evidence" })?;
    Ok(ids.into_iter().map(IndicatorId).collect())
}
