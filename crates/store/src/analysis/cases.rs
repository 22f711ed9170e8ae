//! Cases follow the ads they were decided on. An id is given once; links change, the case stays with the part that
//! holds most of those ads.

use super::PutAnalysis;
use crate::ads::AdRow;
use crate::db::{Arg, Tx, args};
use crate::keys::Keys;
use crate::retention::Retention;
use crate::times::{day_from_number, day_from_text, local_day_and_hour};
use crate::{Actor, StoreError, chain};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Whom a case may be about, in the analysis that becomes current.
pub(super) struct SubjectNow {
    pub id: String,
    pub kind: &'static str,
    pub founder: i64,
    pub programme: String,
    pub ads: Vec<i64>,
    pub band: i64,
    pub points: f64,
    pub queue: &'static str,
    pub urgent: bool,
    pub urgent_keys: BTreeSet<String>,
    pub evidence: BTreeSet<String>,
}

impl SubjectNow {
    /// Worth a person's reading: it scored, is urgent, or waits in the spam queue, of which a share is read.
    fn opens_case(&self) -> bool {
        self.band > 0 || self.urgent || self.queue == "spam"
    }
}

/// A case as it stands before.
struct CaseBefore {
    id: String,
    anchor: i64,
    subject: Option<String>,
    state: String,
    urgent: bool,
    urgent_keys: BTreeSet<String>,
    urgent_seen: BTreeSet<String>,
    band: i64,
    points: f64,
    queue: String,
    evidence: BTreeSet<String>,
    evidence_decided: BTreeSet<String>,
    new_evidence: BTreeSet<String>,
    decided_ads: Vec<i64>,
    watch_until: Option<String>,
    merged_into: Option<String>,
    opened_at: i64,
    decision: Option<i64>,
}

/// What marks a rise of the band among the evidence that a decision was made on.
pub(crate) fn band_mark(band: i64) -> String {
    format!("band:{band}")
}

fn set(json: &str) -> Result<BTreeSet<String>, StoreError> {
    serde_json::from_str(json).map_err(|_| StoreError::Corrupt { what: "a case's evidence" })
}

fn json(set: &BTreeSet<String>) -> Result<String, StoreError> {
    serde_json::to_string(set).map_err(|_| StoreError::Corrupt { what: "a case's evidence" })
}

/// Up to when an analysis knows things, and when it is kept.
pub(super) type Times = (Timestamp, Timestamp);

/// Lets every case follow, or `only` these, and opens new ones. `before`: the analysis whose rows are still there as they
/// were.
pub(super) async fn follow(
    tx: &mut Tx,
    keys: &Keys,
    before: i64,
    subjects: &[SubjectNow],
    only: Option<&BTreeSet<String>>,
    times: Times,
) -> Result<PutAnalysis, StoreError> {
    if tx.is_postgres() {
        // Decisions wait until the cases have followed.
        tx.run("LOCK TABLE case_file IN SHARE ROW EXCLUSIVE MODE", args![]).await?;
    }
    let cases = load(tx, only).await?;
    let mut of_ad: HashMap<i64, usize> = HashMap::new();
    for (at, subject) in subjects.iter().enumerate() {
        of_ad.extend(subject.ads.iter().map(|ad| (*ad, at)));
    }
    let mut at_subject: BTreeMap<usize, Vec<&CaseBefore>> = BTreeMap::new();
    let mut done = PutAnalysis::default();
    for case in &cases {
        match place(case, &of_ad) {
            Some(subject) => at_subject.entry(subject).or_default().push(case),
            None => lose(tx, case).await?,
        }
    }
    let mut urgent_opened = Vec::new();
    for (at, mut here) in at_subject.iter().map(|(at, here)| (*at, here.clone())) {
        // One case for one subject: the decided one, then the one opened first, leads; others point to it.
        here.sort_by(|a, b| {
            let rank = |case: &CaseBefore| (case.decision.is_none(), case.opened_at, case.id.clone());
            rank(a).cmp(&rank(b))
        });
        let Some((leader, merged)) = here.split_first() else { continue };
        for case in merged.iter().filter(|case| case.merged_into.as_deref() != Some(&leader.id)) {
            tx.run(
                "UPDATE case_file SET merged_into = $2, subject = NULL, version = version + 1, changed_at = $3 \
                 WHERE id = $1",
                args![&case.id, &leader.id, times.1],
            )
            .await?;
        }
        let carried = merged.iter().any(|case| case.urgent);
        if update(tx, leader, &subjects[at], carried, times, &mut done).await? {
            urgent_opened.push(leader.id.clone());
        }
    }
    for (at, subject) in subjects.iter().enumerate() {
        if at_subject.contains_key(&at) || !subject.opens_case() {
            continue;
        }
        let split_from = split_from(tx, before, subject, &cases).await?;
        let id = open(tx, subject, split_from, times.1).await?;
        done.opened += 1;
        if subject.urgent {
            done.urgent += 1;
            urgent_opened.push(id);
        }
    }
    for case in urgent_opened {
        let body = serde_json::json!({ "case": case });
        let actor = Actor::System("job:analyse".to_owned());
        chain::event(tx, keys, "urgent_opened", &actor, body, times.1).await?;
    }
    Ok(done)
}

/// Cases that were opened for one of these ads, decided on one, or are about one of these subjects.
pub(super) async fn around(
    tx: &mut Tx,
    ads: impl Iterator<Item = Arg>,
    subjects: &[Arg],
) -> Result<BTreeSet<String>, StoreError> {
    let ads: Vec<Arg> = ads.collect();
    let mut found = tx.all_in("SELECT id FROM case_file WHERE anchor_ad IN", &[], ads.iter().cloned()).await?;
    found.extend(
        tx.all_in(
            "SELECT c.id FROM decision_ad a JOIN decision d ON d.id = a.decision_id \
             JOIN case_file c ON c.id = d.case_id AND c.decision_id = d.id WHERE a.ad_id IN",
            &[],
            ads,
        )
        .await?,
    );
    found.extend(tx.all_in("SELECT id FROM case_file WHERE subject IN", &[], subjects.iter().cloned()).await?);
    found.iter().map(|row| row.text(0)).collect()
}

/// The ads that these cases were opened for and decided on.
pub(super) async fn ads_of(tx: &mut Tx, cases: &BTreeSet<String>) -> Result<BTreeSet<AdRow>, StoreError> {
    let ids = || cases.iter().map(Arg::from);
    let mut found = tx.all_in("SELECT anchor_ad FROM case_file WHERE id IN", &[], ids()).await?;
    let decided = "SELECT a.ad_id FROM case_file c JOIN decision_ad a ON a.decision_id = c.decision_id WHERE c.id IN";
    found.extend(tx.all_in(decided, &[], ids()).await?);
    found.iter().map(|row| Ok(AdRow(row.int(0)?))).collect()
}

/// All cases, or `only` these.
async fn load(tx: &mut Tx, only: Option<&BTreeSet<String>>) -> Result<Vec<CaseBefore>, StoreError> {
    const CASE: &str = "SELECT c.id, c.anchor_ad, c.subject, c.state, c.urgent, c.urgent_seen, c.band, c.points, \
         c.queue, c.evidence, c.evidence_decided, c.new_evidence, c.merged_into, c.opened_at, c.decision_id, \
         d.watch_until, c.urgent_keys FROM case_file c LEFT JOIN decision d ON d.id = c.decision_id";
    const DECIDED: &str =
        "SELECT a.decision_id, a.ad_id FROM decision_ad a JOIN case_file c ON c.decision_id = a.decision_id";
    let (rows, on) = match only {
        None => (tx.all_of(CASE.to_owned(), args![]).await?, tx.all(DECIDED, args![]).await?),
        Some(ids) => {
            let ids = || ids.iter().map(Arg::from);
            let rows = tx.all_in(&format!("{CASE} WHERE c.id IN"), &[], ids()).await?;
            (rows, tx.all_in(&format!("{DECIDED} WHERE c.id IN"), &[], ids()).await?)
        }
    };
    let mut decided: HashMap<i64, Vec<i64>> = HashMap::new();
    for row in on {
        decided.entry(row.int(0)?).or_default().push(row.int(1)?);
    }
    let mut cases = rows
        .iter()
        .map(|row| {
            let decision = row.opt_int(14)?;
            Ok(CaseBefore {
                id: row.text(0)?,
                anchor: row.int(1)?,
                subject: row.opt_text(2)?,
                state: row.text(3)?,
                urgent: row.flag(4)?,
                urgent_seen: set(&row.text(5)?)?,
                urgent_keys: set(&row.text(16)?)?,
                band: row.int(6)?,
                points: row.real(7)?,
                queue: row.text(8)?,
                evidence: set(&row.text(9)?)?,
                evidence_decided: set(&row.text(10)?)?,
                new_evidence: set(&row.text(11)?)?,
                merged_into: row.opt_text(12)?,
                opened_at: row.int(13)?,
                decided_ads: decision.and_then(|id| decided.remove(&id)).unwrap_or_default(),
                watch_until: row.opt_text(15)?,
                decision,
            })
        })
        .collect::<Result<Vec<CaseBefore>, StoreError>>()?;
    cases.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(cases)
}

/// The subject that holds most of the ads decided on; ties: the one with the founding ad, then the lesser id. A case
/// that was never decided goes with its founding ad.
fn place(case: &CaseBefore, of_ad: &HashMap<i64, usize>) -> Option<usize> {
    let with_anchor = of_ad.get(&case.anchor).copied();
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for subject in case.decided_ads.iter().filter_map(|ad| of_ad.get(ad)) {
        *counts.entry(*subject).or_default() += 1;
    }
    let most = counts.values().copied().max();
    let best: Vec<usize> = counts.iter().filter(|(_, count)| Some(**count) == most).map(|(at, _)| *at).collect();
    match with_anchor {
        Some(anchor) if best.is_empty() || best.contains(&anchor) => Some(anchor),
        _ => best.first().copied(),
    }
}

/// Nothing of the case is in the analysis: it leaves the queue and keeps its history.
async fn lose(tx: &mut Tx, case: &CaseBefore) -> Result<(), StoreError> {
    if case.subject.is_some() {
        tx.run(
            "UPDATE case_file SET subject = NULL, subject_kind = NULL, version = version + 1 WHERE id = $1",
            args![&case.id],
        )
        .await?;
    }
    Ok(())
}

/// True where the urgent route was opened.
async fn update(
    tx: &mut Tx,
    case: &CaseBefore,
    now: &SubjectNow,
    carried_urgent: bool,
    (as_of, at): Times,
    done: &mut PutAnalysis,
) -> Result<bool, StoreError> {
    let opens_urgent =
        !case.urgent && (carried_urgent || (now.urgent && !now.urgent_keys.is_subset(&case.urgent_seen)));
    let decided = case.decision.is_some();
    let risen = decided && !case.evidence_decided.contains(&band_mark(now.band)) && now.band > decided_band(case);
    let new_evidence: BTreeSet<String> =
        if decided { now.evidence.difference(&case.evidence_decided).cloned().collect() } else { BTreeSet::new() };
    let today = day_from_number(local_day_and_hour(as_of).0)?;
    let watch_ended = match &case.watch_until {
        Some(until) => day_from_text(until)? < today,
        None => false,
    };
    let reopens = case.state == "decided" && (!new_evidence.is_empty() || risen || watch_ended);
    let state = if reopens { "reopened" } else { case.state.as_str() };
    let grown = now.evidence.difference(&case.evidence).next().is_some() || now.band > case.band;
    let changed = reopens
        || opens_urgent
        || case.merged_into.is_some()
        || case.subject.as_deref() != Some(&now.id)
        || case.evidence != now.evidence
        || case.new_evidence != new_evidence
        || case.band != now.band
        || case.queue != now.queue
        || case.urgent_keys != now.urgent_keys
        || (case.points - now.points).abs() > 1e-9;
    if !changed {
        return Ok(false);
    }
    done.reopened += u64::from(reopens);
    done.urgent += u64::from(opens_urgent);
    tx.run(
        "UPDATE case_file SET subject = $2, subject_kind = $3, state = $4, urgent = $5, band = $6, points = $7, \
         queue = $8, evidence = $9, new_evidence = $10, merged_into = NULL, version = version + 1, \
         changed_at = CASE WHEN $11 = 1 THEN $12 ELSE changed_at END, delete_after = $13, urgent_keys = $14 \
         WHERE id = $1",
        args![
            &case.id,
            &now.id,
            now.kind,
            state,
            case.urgent || opens_urgent,
            now.band,
            now.points,
            now.queue,
            json(&now.evidence)?,
            json(&new_evidence)?,
            grown || reopens || opens_urgent,
            at,
            Retention::Case.until(at),
            json(&now.urgent_keys)?
        ],
    )
    .await?;
    Ok(opens_urgent)
}

fn decided_band(case: &CaseBefore) -> i64 {
    case.evidence_decided
        .iter()
        .filter_map(|mark| mark.strip_prefix("band:"))
        .filter_map(|band| band.parse().ok())
        .max()
        .unwrap_or(0)
}

/// The case that the founding ad belonged to before, where that case went elsewhere.
async fn split_from(
    tx: &mut Tx,
    before: i64,
    subject: &SubjectNow,
    cases: &[CaseBefore],
) -> Result<Option<String>, StoreError> {
    let row = tx
        .one(
            "SELECT advertiser, network FROM entity_member WHERE analysis_id = $1 AND ad_id = $2",
            args![before, subject.founder],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let (advertiser, network) = (row.text(0)?, row.text(1)?);
    let was = |case: &&CaseBefore| case.subject.as_ref().is_some_and(|of| *of == advertiser || *of == network);
    Ok(cases.iter().find(was).map(|case| case.id.clone()))
}

/// Opens a case. Its id comes from the subject that it was opened for, so that it is the same on every machine.
async fn open(
    tx: &mut Tx,
    subject: &SubjectNow,
    split_from: Option<String>,
    at: Timestamp,
) -> Result<String, StoreError> {
    let stem = format!("case_{}", subject.id.rsplit('_').next().unwrap_or(&subject.id));
    let mut id = stem.clone();
    for number in 2.. {
        if tx.one("SELECT 1 FROM case_file WHERE id = $1", args![&id]).await?.is_none() {
            break;
        }
        id = format!("{stem}-{number}");
    }
    tx.run(
        "INSERT INTO case_file (id, programme, anchor_ad, subject, subject_kind, state, version, urgent, urgent_seen, \
         urgent_keys, band, points, queue, evidence, evidence_decided, new_evidence, split_from, opened_at, changed_at, retention, \
         delete_after) VALUES ($1, $2, $3, $4, $5, 'open', 1, $6, '[]', $15, $7, $8, $9, $10, '[]', '[]', $11, $12, $12, \
         $13, $14)",
        args![
            &id,
            &subject.programme,
            subject.founder,
            &subject.id,
            subject.kind,
            subject.urgent,
            subject.band,
            subject.points,
            subject.queue,
            json(&subject.evidence)?,
            split_from,
            at,
            Retention::Case.as_str(),
            Retention::Case.until(at),
            json(&subject.urgent_keys)?
        ],
    )
    .await?;
    Ok(id)
}

/// Opens a case for an ad's network (or advertiser, where it stands alone) that has none. `None` where the ad is in no
/// analysis yet.
pub(crate) async fn open_for_import(tx: &mut Tx, ad_id: i64, at: Timestamp) -> Result<Option<String>, StoreError> {
    let row = tx
        .one(
            "SELECT m.advertiser, m.network, n.size, n.founder_ad, s.programme, e.founder_ad FROM entity_member m \
             JOIN current_analysis c ON c.analysis_id = m.analysis_id \
             JOIN entity n ON n.analysis_id = m.analysis_id AND n.id = m.network \
             JOIN entity e ON e.analysis_id = m.analysis_id AND e.id = m.advertiser \
             JOIN ad a ON a.id = n.founder_ad JOIN site s ON s.id = a.site_id WHERE m.ad_id = $1",
            args![ad_id],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let several = row.int(2)? >= 2;
    let subject = SubjectNow {
        id: if several { row.text(1)? } else { row.text(0)? },
        kind: if several { "network" } else { "advertiser" },
        founder: if several { row.int(3)? } else { row.int(5)? },
        programme: row.text(4)?,
        ads: Vec::new(),
        band: 0,
        points: 0.0,
        queue: "ordinary",
        urgent: false,
        urgent_keys: BTreeSet::new(),
        evidence: BTreeSet::new(),
    };
    open(tx, &subject, None, at).await.map(Some)
}
