//! Keeping an analysis: its rows are written beside the current ones in short transactions, then one transaction makes
//! them the current ones and lets the cases follow. Killed before that, the analysis before is still whole.

use super::cases::{self, SubjectNow};
use super::{NewAnalysis, PutAnalysis, band_number, figures, queue_text};
use crate::ads::BATCH;
use crate::db::{Tx, args};
use crate::keys::Keys;
use crate::retention::Retention;
use crate::{Store, StoreError};
use domain::{AdRef, Assessment, Firing, LinkKind, Subject};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Instant;

/// Rows of ads by their keyed hash, with the programme of their site.
pub(super) struct AdRows<'a> {
    keys: &'a Keys,
    rows: HashMap<Vec<u8>, (i64, String)>,
}

impl AdRows<'_> {
    pub(super) fn row(&self, ad: &AdRef) -> Result<i64, StoreError> {
        self.find(ad).map(|found| found.0)
    }
    fn find(&self, ad: &AdRef) -> Result<&(i64, String), StoreError> {
        self.rows.get(&self.keys.ad(ad)[..]).ok_or(StoreError::NotFound { what: "ad that the analysis names" })
    }
}

/// A transaction that is committed and begun anew when it has lasted its time.
struct Batches<'a> {
    store: &'a Store,
    tx: Option<Tx>,
    started: Instant,
}

impl<'a> Batches<'a> {
    fn new(store: &'a Store) -> Self {
        Self { store, tx: None, started: Instant::now() }
    }
    async fn run(&mut self, sql: &'static str, arguments: Vec<crate::db::Arg>) -> Result<u64, StoreError> {
        if self.started.elapsed() > BATCH {
            self.finish().await?;
        }
        let mut tx = match self.tx.take() {
            Some(tx) => tx,
            None => {
                // Nothing here counts before the last step, which is durable.
                let tx = self.store.write_soon("writing an analysis").await?;
                self.started = Instant::now();
                tx
            }
        };
        let done = tx.run(sql, arguments).await?;
        self.tx = Some(tx);
        Ok(done)
    }
    async fn finish(&mut self) -> Result<(), StoreError> {
        match self.tx.take() {
            Some(tx) => tx.commit().await,
            None => Ok(()),
        }
    }
}

const DERIVED: [&str; 6] = [
    "DELETE FROM entity WHERE analysis_id = $1",
    "DELETE FROM entity_member WHERE analysis_id = $1",
    "DELETE FROM link WHERE analysis_id = $1",
    "DELETE FROM damped_contact WHERE analysis_id = $1",
    "DELETE FROM assessment_indicator WHERE analysis_id = $1",
    "DELETE FROM assessment WHERE analysis_id = $1",
];

impl Store {
    /// Keeps an analysis and makes it the current one. Until it is whole the one before stays current, whatever
    /// happens; then cases are opened, followed or reopened in the same transaction.
    pub async fn put_analysis(&self, analysis: &NewAnalysis<'_>) -> Result<PutAnalysis, StoreError> {
        let ads = self.ad_rows().await?;
        self.delete_left_overs().await?;
        let id = self.begin_analysis(analysis).await?;
        self.write_rows(id, analysis, &ads).await?;
        let subjects = subjects(analysis, &ads)?;

        let mut tx = self.write("making an analysis the current one").await?;
        let before = super::current(&mut tx).await?;
        let mut done = cases::follow(&mut tx, self.keys(), before, &subjects, analysis).await?;
        note_lineage(&mut tx, before, id, analysis).await?;
        let whole = tx.run("UPDATE analysis SET whole = 1 WHERE id = $1", args![id]).await?;
        if whole == 0 {
            return Err(StoreError::Refused { why: "another analysis began meanwhile; run one at a time" });
        }
        tx.run(
            "INSERT INTO current_analysis (one, analysis_id) VALUES (1, $1) \
             ON CONFLICT (one) DO UPDATE SET analysis_id = excluded.analysis_id",
            args![id],
        )
        .await?;
        figures::keep(&mut tx, id, analysis).await?;
        tx.commit().await?;
        done.id = id;
        if before != 0 {
            self.delete_rows(before).await?;
        }
        Ok(done)
    }

    async fn ad_rows(&self) -> Result<AdRows<'_>, StoreError> {
        let mut tx = self.read("looking for the ads of an analysis").await?;
        let rows =
            tx.all("SELECT a.key_hash, a.id, s.programme FROM ad a JOIN site s ON s.id = a.site_id", args![]).await?;
        let rows = rows
            .iter()
            .map(|row| Ok((row.blob(0)?, (row.int(1)?, row.text(2)?))))
            .collect::<Result<_, StoreError>>()?;
        Ok(AdRows { keys: self.keys(), rows })
    }

    async fn begin_analysis(&self, analysis: &NewAnalysis<'_>) -> Result<i64, StoreError> {
        let mut tx = self.write("beginning an analysis").await?;
        let version = analysis.reference_version.as_str();
        let body = self.keys().seal("reference", version.as_bytes(), "body", &analysis.reference)?;
        tx.run(
            "INSERT INTO reference (version, body_sealed, made_at, retention, delete_after) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (version) DO NOTHING",
            args![version, body, analysis.at, Retention::Case.as_str(), Retention::Case.until(analysis.at)],
        )
        .await?;
        let id = tx
            .id(
                "INSERT INTO analysis (as_of, catalogue, parameters, code_version, reference_version, made_at, whole) \
                 VALUES ($1, $2, $3, $4, $5, $6, 0) RETURNING id",
                args![
                    analysis.as_of,
                    &analysis.catalogue,
                    &analysis.parameters,
                    &analysis.code_version,
                    version,
                    analysis.at
                ],
            )
            .await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Deletes the rows of analyses that were cut off.
    async fn delete_left_overs(&self) -> Result<(), StoreError> {
        let mut tx = self.read("looking for an analysis that was cut off").await?;
        let cut = tx.all("SELECT id FROM analysis WHERE whole = 0", args![]).await?;
        drop(tx);
        for row in &cut {
            let id = row.int(0)?;
            self.delete_rows(id).await?;
            let mut tx = self.write("deleting an analysis that was cut off").await?;
            tx.run("DELETE FROM analysis WHERE id = $1 AND whole = 0", args![id]).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn delete_rows(&self, id: i64) -> Result<(), StoreError> {
        for sql in DERIVED {
            let mut tx = self.write_soon("deleting the rows of an earlier analysis").await?;
            tx.run(sql, args![id]).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn write_rows(&self, id: i64, analysis: &NewAnalysis<'_>, ads: &AdRows<'_>) -> Result<(), StoreError> {
        let (kept, until) = (Retention::Analysis.as_str(), Retention::Analysis.until(analysis.at));
        let linkage = analysis.linkage;
        let mut batches = Batches::new(self);
        let mut network_of = HashMap::new();
        for network in &linkage.networks {
            for advertiser in &network.advertisers {
                network_of.insert(advertiser.as_str(), network.id.as_str());
            }
            let size = i64::try_from(network.advertisers.len()).unwrap_or(i64::MAX);
            let founder = ads.row(&network.founder)?;
            let network = network.id.as_str();
            batches
                .run(
                    "INSERT INTO entity (analysis_id, id, kind, founder_ad, network, size, retention, delete_after) \
                     VALUES ($1, $2, 'network', $3, $2, $4, $5, $6)",
                    args![id, network, founder, size, kept, until],
                )
                .await?;
        }
        for advertiser in &linkage.advertisers {
            let network = network_of
                .get(advertiser.id.as_str())
                .copied()
                .ok_or(StoreError::Corrupt { what: "an advertiser's network" })?;
            let size = i64::try_from(advertiser.ads.len()).unwrap_or(i64::MAX);
            batches
                .run(
                    "INSERT INTO entity (analysis_id, id, kind, founder_ad, network, size, retention, delete_after) \
                     VALUES ($1, $2, 'advertiser', $3, $4, $5, $6, $7)",
                    args![id, advertiser.id.as_str(), ads.row(&advertiser.founder)?, network, size, kept, until],
                )
                .await?;
            for ad in &advertiser.ads {
                batches
                    .run(
                        "INSERT INTO entity_member (analysis_id, ad_id, advertiser, network, retention, delete_after) \
                         VALUES ($1, $2, $3, $4, $5, $6)",
                        args![id, ads.row(ad)?, advertiser.id.as_str(), network, kept, until],
                    )
                    .await?;
            }
        }
        for (position, link) in (0_i64..).zip(&linkage.links) {
            batches
                .run(
                    "INSERT INTO link (analysis_id, position, a_ad, b_ad, kind, bits, joins, note, retention, \
                     delete_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                    args![
                        id,
                        position,
                        ads.row(&link.a)?,
                        ads.row(&link.b)?,
                        LinkKind::as_str(link.kind),
                        link.bits,
                        link.joins,
                        json(&link.note)?,
                        kept,
                        until
                    ],
                )
                .await?;
        }
        for damped in &linkage.damped {
            batches
                .run(
                    "INSERT INTO damped_contact (analysis_id, contact_id, reason) \
                     SELECT $1, id, $3 FROM contact WHERE contact_hash = $2 ON CONFLICT DO NOTHING",
                    args![id, self.keys().contact(&damped.contact), json(&damped.reason)?],
                )
                .await?;
        }
        for assessment in analysis.assessments {
            let (subject, kind) = subject_text(&assessment.subject);
            let body = self.keys().seal_json("assessment", subject.as_bytes(), "body", assessment)?;
            batches
                .run(
                    "INSERT INTO assessment (analysis_id, subject, kind, band, points, urgent, queue, body_sealed, \
                     retention, delete_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                    args![
                        id,
                        subject,
                        kind,
                        band_number(assessment.band),
                        assessment.points,
                        assessment.urgent,
                        queue_text(assessment.queue),
                        body,
                        kept,
                        until
                    ],
                )
                .await?;
            let firings = all_firings(assessment);
            let indicators: BTreeMap<&str, &'static str> =
                firings.map(|firing| (firing.indicator.as_str(), role_text(firing))).collect();
            for (indicator, role) in indicators {
                batches
                    .run(
                        "INSERT INTO assessment_indicator (analysis_id, subject, indicator, role, retention, \
                         delete_after) VALUES ($1, $2, $3, $4, $5, $6)",
                        args![id, subject, indicator, role, kept, until],
                    )
                    .await?;
            }
        }
        batches.finish().await
    }
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Corrupt { what: "a sentence" })
}

pub(super) fn subject_text(subject: &Subject) -> (&str, &'static str) {
    match subject {
        Subject::Advertiser(id) => (id.as_str(), "advertiser"),
        Subject::Network(id) => (id.as_str(), "network"),
    }
}

fn all_firings(assessment: &Assessment) -> impl Iterator<Item = &Firing> {
    assessment.context.iter().chain(&assessment.counter_evidence).chain(&assessment.evidence)
}

fn role_text(firing: &Firing) -> &'static str {
    match firing.role {
        domain::Role::Score => "score",
        domain::Role::Context => "context",
        domain::Role::Control => "control",
        domain::Role::Urgent => "urgent",
        domain::Role::Counter => "counter",
    }
}

/// Whom a case may be about: each network of two or more advertisers, each other advertiser.
fn subjects(analysis: &NewAnalysis<'_>, ads: &AdRows<'_>) -> Result<Vec<SubjectNow>, StoreError> {
    let by_subject: HashMap<&str, &Assessment> =
        analysis.assessments.iter().map(|assessment| (subject_text(&assessment.subject).0, assessment)).collect();
    let mut subjects = Vec::with_capacity(analysis.linkage.networks.len());
    for network in &analysis.linkage.networks {
        let several = network.advertisers.len() >= 2;
        let (id, kind) = match network.advertisers.first() {
            Some(only) if !several => (only.as_str(), "advertiser"),
            _ => (network.id.as_str(), "network"),
        };
        let own = by_subject.get(id).copied();
        let members = network.advertisers.iter().filter_map(|advertiser| by_subject.get(advertiser.as_str()).copied());
        let (mut urgent, mut urgent_keys, mut evidence) = (false, BTreeSet::new(), BTreeSet::new());
        for assessment in own.into_iter().chain(members) {
            if assessment.urgent {
                urgent = true;
                urgent_keys.extend(urgent_keys_of(assessment, ads)?);
            }
        }
        if let Some(own) = own {
            evidence.extend(own.evidence.iter().map(|firing| firing.indicator.0.clone()));
        }
        let rows = network.ads.iter().map(|ad| ads.row(ad)).collect::<Result<Vec<_>, _>>()?;
        let (founder, programme) = ads.find(&network.founder)?.clone();
        subjects.push(SubjectNow {
            id: id.to_owned(),
            kind,
            founder,
            programme,
            ads: rows,
            band: own.map_or(0, |own| band_number(own.band)),
            points: own.map_or(0.0, |own| own.points),
            queue: own.map_or("ordinary", |own| queue_text(own.queue)),
            urgent,
            urgent_keys,
            evidence,
        });
    }
    subjects.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(subjects)
}

/// What made an assessment urgent: indicator and ad. A closed urgent case opens again when one of these is new.
fn urgent_keys_of(assessment: &Assessment, ads: &AdRows<'_>) -> Result<BTreeSet<String>, StoreError> {
    let mut keys = BTreeSet::new();
    for firing in all_firings(assessment).filter(|firing| firing.role == domain::Role::Urgent) {
        for evidence in &firing.evidence {
            match evidence {
                domain::Evidence::Span { ad: Some(ad), .. } => {
                    keys.insert(format!("{}|{}", firing.indicator, ads.row(ad)?));
                }
                domain::Evidence::Span { ad: None, .. } => {
                    keys.insert(firing.indicator.0.clone());
                }
                domain::Evidence::Ads { ads: of, .. } => {
                    for ad in of {
                        keys.insert(format!("{}|{}", firing.indicator, ads.row(ad)?));
                    }
                }
            }
        }
    }
    if keys.is_empty() {
        keys.insert("urgent".to_owned());
    }
    Ok(keys)
}

/// Notes under which id the founding ad of a vanished advertiser or network lives on, and where a new one's came from.
async fn note_lineage(tx: &mut Tx, before: i64, now: i64, analysis: &NewAnalysis<'_>) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO entity_lineage (analysis_id, old_id, new_id, at) \
         SELECT $2, o.id, CASE WHEN o.kind = 'network' THEN m.network ELSE m.advertiser END, $3 \
         FROM entity o JOIN entity_member m ON m.analysis_id = $2 AND m.ad_id = o.founder_ad \
         WHERE o.analysis_id = $1 AND NOT EXISTS \
         (SELECT 1 FROM entity n WHERE n.analysis_id = $2 AND n.id = o.id) ON CONFLICT DO NOTHING",
        args![before, now, analysis.at],
    )
    .await?;
    tx.run(
        "INSERT INTO entity_split (analysis_id, old_id, new_id, at) \
         SELECT $2, CASE WHEN n.kind = 'network' THEN m.network ELSE m.advertiser END, n.id, $3 \
         FROM entity n JOIN entity_member m ON m.analysis_id = $1 AND m.ad_id = n.founder_ad \
         WHERE n.analysis_id = $2 AND NOT EXISTS \
         (SELECT 1 FROM entity o WHERE o.analysis_id = $1 AND o.id = n.id) ON CONFLICT DO NOTHING",
        args![before, now, analysis.at],
    )
    .await?;
    Ok(())
}
