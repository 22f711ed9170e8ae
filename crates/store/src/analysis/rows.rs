//! The rows of closures: what an analysis of everything and a batch write alike.

use super::cases::SubjectNow;
use super::{band_number, queue_text};
use crate::ads::AdRow;
use crate::db::{Arg, Tx, args};
use crate::keys::{Keys, Purpose};
use crate::retention::Retention;
use crate::{Store, StoreError};
use domain::{AdRef, Assessment, Contact, Firing, LinkKind, Linkage, RunFigures, SiteId, Subject};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// An ad of a closure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosureAd {
    /// Which ad.
    pub ad: AdRef,
    /// Its row.
    pub row: AdRow,
    /// A number that stands for the keys by which later ads find it.
    pub keys: i64,
}

/// Ads that something may tie, and nobody else, with what was found out about them.
#[derive(Debug, Clone, Default)]
pub struct NewClosure {
    /// All of them.
    pub ads: Vec<ClosureAd>,
    /// Their links, advertisers, networks and damped contacts.
    pub linkage: Linkage,
    /// Assessments of its advertisers and networks, each with the language of most of its ads.
    pub assessments: Vec<(Assessment, String)>,
}

/// Rows by table, of one analysis.
#[derive(Default)]
pub(super) struct Rows {
    entity: Vec<Vec<Arg>>,
    member: Vec<Vec<Arg>>,
    pub link: Vec<Vec<Arg>>,
    damped: BTreeMap<i64, Vec<Arg>>,
    damped_ad: Vec<Vec<Arg>>,
    assessment: Vec<Vec<Arg>>,
    indicator: Vec<Vec<Arg>>,
}

/// Texts that insert rows: what stands before them and after them.
const ENTITY: [&str; 2] =
    ["INSERT INTO entity (analysis_id, id, kind, founder_ad, network, size, retention, delete_after) VALUES", ""];
const MEMBER: [&str; 2] = [
    "INSERT INTO entity_member (analysis_id, ad_id, advertiser, network, closure, keys, retention, delete_after) VALUES",
    "",
];
const LINK: [&str; 2] = [
    "INSERT INTO link (analysis_id, position, a_ad, b_ad, kind, bits, joins, note, retention, delete_after) VALUES",
    "",
];
const DAMPED: [&str; 2] = [
    "INSERT INTO damped_contact (analysis_id, contact_id, reason) VALUES",
    "ON CONFLICT (analysis_id, contact_id) DO UPDATE SET reason = excluded.reason",
];
const DAMPED_AD: [&str; 2] =
    ["INSERT INTO damped_ad (analysis_id, contact_id, ad_id) VALUES", "ON CONFLICT DO NOTHING"];
const ASSESSMENT: [&str; 2] = [
    "INSERT INTO assessment (analysis_id, subject, kind, band, points, urgent, queue, body_sealed, language, retention, \
     delete_after) VALUES",
    "",
];
const INDICATOR: [&str; 2] =
    ["INSERT INTO assessment_indicator (analysis_id, subject, indicator, role, retention, delete_after) VALUES", ""];

impl Rows {
    /// Everything in the order in which rows may refer to each other, by text and pieces of rows.
    pub fn pieces(&self) -> impl Iterator<Item = (&'static [&'static str; 2], Vec<Vec<Arg>>)> + '_ {
        let damped: Vec<Vec<Arg>> = self.damped.values().cloned().collect();
        let tables = [(&ENTITY, &self.entity), (&MEMBER, &self.member), (&LINK, &self.link)];
        let more = [(&DAMPED_AD, &self.damped_ad), (&ASSESSMENT, &self.assessment), (&INDICATOR, &self.indicator)];
        let all = tables.into_iter().chain(more);
        let pieces =
            all.flat_map(|(text, rows)| rows.chunks(crate::db::MOST_ROWS).map(move |piece| (text, piece.to_vec())));
        pieces.chain([(&DAMPED, damped)])
    }

    /// All of them in this transaction.
    pub async fn write(&self, tx: &mut Tx) -> Result<(), StoreError> {
        for (text, rows) in self.pieces() {
            tx.insert(text[0], text[1], &rows).await?;
        }
        Ok(())
    }
}

/// Turns closures into rows of one analysis.
pub(super) struct Filling<'a> {
    pub keys: &'a Keys,
    pub analysis: i64,
    /// The number of the last closure.
    pub closure: i64,
    /// The place of the last link.
    pub position: i64,
    pub programmes: HashMap<SiteId, String>,
    /// Contacts by keyed hash.
    contacts: HashMap<[u8; 32], i64>,
    until: Option<i64>,
}

impl<'a> Filling<'a> {
    pub fn new(keys: &'a Keys, analysis: i64, programmes: HashMap<SiteId, String>, at: Timestamp) -> Self {
        let until = Retention::Analysis.until(at);
        Self { keys, analysis, closure: 0, position: 0, programmes, contacts: HashMap::new(), until }
    }

    /// Looks up the contacts that these closures name.
    pub async fn meet(&mut self, tx: &mut Tx, closures: &[NewClosure]) -> Result<(), StoreError> {
        let named = closures.iter().flat_map(|closure| &closure.linkage.damped);
        let unknown: BTreeSet<[u8; 32]> =
            named.map(|damped| self.hash(&damped.contact)).filter(|hash| !self.contacts.contains_key(hash)).collect();
        let rows = tx
            .all_in(
                "SELECT id, contact_hash FROM contact WHERE contact_hash IN",
                &[],
                unknown.into_iter().map(Arg::from),
            )
            .await?;
        for row in &rows {
            let hash = row.blob(1)?.try_into().map_err(|_| StoreError::Corrupt { what: "a contact's hash" })?;
            self.contacts.insert(hash, row.int(0)?);
        }
        Ok(())
    }

    fn hash(&self, contact: &Contact) -> [u8; 32] {
        self.keys.contact(contact)
    }

    /// Adds the rows of a closure, counts it, and says whom cases may be about.
    pub fn add(
        &mut self,
        closure: &NewClosure,
        rows: &mut Rows,
        figures: &mut RunFigures,
    ) -> Result<Vec<SubjectNow>, StoreError> {
        self.closure += 1;
        let ads = AdRows::of(closure);
        let (id, until) = (self.analysis, self.until);
        let kept = || [Arg::from(Retention::Analysis.as_str()), Arg::from(until)];
        let with = |mut row: Vec<Arg>| {
            row.extend(kept());
            row
        };
        let linkage = &closure.linkage;
        let mut network_of = HashMap::new();
        for network in &linkage.networks {
            network_of.extend(network.advertisers.iter().map(|advertiser| (advertiser.as_str(), network.id.as_str())));
            let size = i64::try_from(network.advertisers.len()).unwrap_or(i64::MAX);
            let (founder, network) = (ads.row(&network.founder)?, network.id.as_str());
            rows.entity.push(with(args![id, network, "network", founder, network, size]));
        }
        for advertiser in &linkage.advertisers {
            let network = network_of
                .get(advertiser.id.as_str())
                .copied()
                .ok_or(StoreError::Corrupt { what: "an advertiser's network" })?;
            let size = i64::try_from(advertiser.ads.len()).unwrap_or(i64::MAX);
            let (founder, own) = (ads.row(&advertiser.founder)?, advertiser.id.as_str());
            rows.entity.push(with(args![id, own, "advertiser", founder, network, size]));
            for ad in &advertiser.ads {
                let (row, keys) = ads.find(ad)?;
                let keys = keyed(self.keys, keys);
                rows.member.push(with(args![id, row, own, network, self.closure, keys]));
            }
        }
        for link in &linkage.links {
            self.position += 1;
            let (a, b) = (ads.row(&link.a)?, ads.row(&link.b)?);
            let kind = LinkKind::as_str(link.kind);
            let note = json(&link.note)?;
            rows.link.push(with(args![id, self.position, a, b, kind, link.bits, link.joins, note]));
        }
        for damped in &linkage.damped {
            let Some(contact) = self.contacts.get(&self.hash(&damped.contact)).copied() else { continue };
            rows.damped.insert(contact, args![id, contact, json(&damped.reason)?]);
            for ad in &damped.ads {
                rows.damped_ad.push(args![id, contact, ads.row(ad)?]);
            }
        }
        for (assessment, language) in &closure.assessments {
            figures.add(assessment, language);
            let (subject, kind) = subject_text(&assessment.subject);
            let body = self.keys.seal_json("assessment", subject.as_bytes(), "body", assessment)?;
            rows.assessment.push(with(args![
                id,
                subject,
                kind,
                band_number(assessment.band),
                assessment.points,
                assessment.urgent,
                queue_text(assessment.queue),
                body,
                language
            ]));
            let firings = all_firings(assessment);
            let indicators: BTreeMap<&str, &'static str> =
                firings.map(|firing| (firing.indicator.as_str(), role_text(firing))).collect();
            for (indicator, role) in indicators {
                rows.indicator.push(with(args![id, subject, indicator, role]));
            }
        }
        self.subjects(closure, &ads)
    }

    /// Whom a case may be about: each network of two or more advertisers, each other advertiser.
    fn subjects(&self, closure: &NewClosure, ads: &AdRows<'_>) -> Result<Vec<SubjectNow>, StoreError> {
        let by_subject: HashMap<&str, &Assessment> =
            closure.assessments.iter().map(|(one, _)| (subject_text(&one.subject).0, one)).collect();
        let mut subjects = Vec::with_capacity(closure.linkage.networks.len());
        for network in &closure.linkage.networks {
            let several = network.advertisers.len() >= 2;
            let (id, kind) = match network.advertisers.first() {
                Some(only) if !several => (only.as_str(), "advertiser"),
                _ => (network.id.as_str(), "network"),
            };
            let own = by_subject.get(id).copied();
            let members = network.advertisers.iter().filter_map(|one| by_subject.get(one.as_str()).copied());
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
            let programme = self.programmes.get(&network.founder.site).cloned();
            subjects.push(SubjectNow {
                id: id.to_owned(),
                kind,
                founder: ads.row(&network.founder)?,
                programme: programme.ok_or(StoreError::NotFound { what: "site of an ad" })?,
                ads: network.ads.iter().map(|ad| ads.row(ad)).collect::<Result<Vec<_>, _>>()?,
                band: own.map_or(0, |own| band_number(own.band)),
                points: own.map_or(0.0, |own| own.points),
                queue: own.map_or("ordinary", |own| queue_text(own.queue)),
                urgent,
                urgent_keys,
                evidence,
            });
        }
        Ok(subjects)
    }
}

/// Rows of a closure's ads.
struct AdRows<'a>(HashMap<&'a AdRef, (i64, i64)>);

impl<'a> AdRows<'a> {
    fn of(closure: &'a NewClosure) -> Self {
        Self(closure.ads.iter().map(|one| (&one.ad, (one.row.0, one.keys))).collect())
    }
    fn find(&self, ad: &AdRef) -> Result<(i64, i64), StoreError> {
        self.0.get(ad).copied().ok_or(StoreError::NotFound { what: "ad that the analysis names" })
    }
    fn row(&self, ad: &AdRef) -> Result<i64, StoreError> {
        self.find(ad).map(|found| found.0)
    }
}

/// The number of an ad's keys as it is kept: who has no key to the store cannot try out texts on it.
pub(super) fn keyed(keys: &Keys, number: i64) -> i64 {
    let hash = keys.hash_at_first(Purpose::Content, &[b"keys", &number.to_le_bytes()]);
    hash.iter().take(8).fold(0_i64, |number, byte| number << 8 | i64::from(*byte))
}

impl Store {
    /// The programme of each site.
    pub(super) async fn programmes(&self, tx: &mut Tx) -> Result<HashMap<SiteId, String>, StoreError> {
        let rows = tx.all("SELECT site, programme FROM site", args![]).await?;
        rows.iter().map(|row| Ok((SiteId(row.text(0)?), row.text(1)?))).collect()
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
