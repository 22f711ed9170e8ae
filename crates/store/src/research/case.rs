//! The case page: everything in one transaction with its audit row.

use super::queue::contact_hashes;
use super::{AdLabel, CaseAd, CaseId, CaseLink, CaseView};
use crate::analysis::members::members_of;
use crate::analysis::{bilingual, header, link_kind, open_assessment};
use crate::db::{Arg, Tx, args};
use crate::outreach::attempts_at;
use crate::readings::facts::{collect_times, one_ad};
use crate::readings::{ad_ref, masked_texts, open_reading};
use crate::times::from_ms;
use crate::{Look, Store, StoreError};
use domain::{AdvertiserId, Assessment, MaskedText, PlaceFact, VersionFacts};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};

/// Links with an end among these ads. Asked end by end, since an `OR` over both goes through all links on SQLite.
macro_rules! touching {
    ($($ads:tt)+) => {
        concat!(
            "l.position IN (SELECT k.position FROM link k WHERE k.analysis_id = $1 AND k.a_ad IN ",
            $($ads)+,
            " UNION SELECT k.position FROM link k WHERE k.analysis_id = $1 AND k.b_ad IN ",
            $($ads)+,
            ")"
        )
    };
}

/// A version's facts with its masked texts.
type Version = (VersionFacts, Vec<MaskedText>);

impl Store {
    /// The case page. Audited in the same transaction.
    pub async fn case(&self, look: &Look, case: &CaseId) -> Result<CaseView, StoreError> {
        let mut tx = self.write("reading a case").await?;
        look.write(&mut tx, self.keys()).await?;
        let analysis = header(&mut tx).await?;
        let number = analysis.as_ref().map_or(0, |analysis| analysis.id);
        let row = self.case_row(&mut tx, case, number, look.at).await?;
        let subject = match (&row.network, &row.advertiser) {
            (Some(network), _) => network.0.clone(),
            (None, Some(advertiser)) => advertiser.0.clone(),
            (None, None) => String::new(),
        };
        let (assessment, advertisers) = self.case_assessments(&mut tx, number, &subject).await?;
        let until = analysis.as_ref().map_or(i64::MAX, |analysis| analysis.as_of.as_millisecond());
        let of = Of::Subject(&subject);
        let ads = self.case_ads(&mut tx, number, &of, until).await?;
        let links = self.case_links(&mut tx, number, &of).await?;
        let places = places(&ads);
        let contacts = contact_hashes(&mut tx, number, &subject).await?;
        let contacts =
            contacts.iter().map(|(hash, ads, damped)| (self.keys().pseudonym(hash), *ads, *damped)).collect();
        let decisions = self.decisions_of(&mut tx, case).await?;
        let mut attempts = attempts_at(&mut tx, number, &subject).await?;
        attempts.reverse();
        let judgements = self.judgements_on(&mut tx, number, &subject).await?;
        let split = tx.one("SELECT split_from FROM case_file WHERE id = $1", args![&case.0]).await?;
        let split_from = split.map(|row| row.opt_text(0)).transpose()?.flatten().map(CaseId);
        tx.commit().await?;
        Ok(CaseView {
            row,
            assessment,
            advertisers,
            ads,
            links,
            places,
            contacts,
            decisions,
            attempts,
            judgements,
            split_from,
            as_of: analysis.map(|analysis| analysis.as_of),
        })
    }

    /// The subject's own assessment, and those of the advertisers in it where it is a network.
    async fn case_assessments(
        &self,
        tx: &mut Tx,
        analysis: i64,
        subject: &str,
    ) -> Result<(Option<Assessment>, Vec<Assessment>), StoreError> {
        let rows = tx
            .all(
                "SELECT a.subject, a.body_sealed FROM assessment a WHERE a.analysis_id = $1 AND (a.subject = $2 \
                 OR a.subject IN (SELECT m.advertiser FROM entity_member m WHERE m.analysis_id = $1 \
                 AND m.network = $2)) ORDER BY a.subject",
                args![analysis, subject],
            )
            .await?;
        let (mut own, mut advertisers) = (None, Vec::new());
        for row in &rows {
            let of = row.text(0)?;
            let assessment = open_assessment(self.keys(), &of, &row.blob(1)?)?;
            if of == subject { own = Some(assessment) } else { advertisers.push(assessment) }
        }
        Ok((own, advertisers))
    }

    /// The ads with their versions and texts, by first sighting.
    pub(crate) async fn case_ads(
        &self,
        tx: &mut Tx,
        analysis: i64,
        of: &Of<'_>,
        until: i64,
    ) -> Result<Vec<CaseAd>, StoreError> {
        let (on, values) = (of.condition(), of.values(analysis));
        let ads = tx
            .all_of(
                format!(
                    "SELECT a.id, s.site, a.key_hash, a.site_ad_id_sealed, m.advertiser, a.first_seen, a.last_seen, \
                     a.gone_at FROM entity_member m JOIN ad a ON a.id = m.ad_id JOIN site s ON s.id = a.site_id \
                     WHERE m.analysis_id = $1 AND {on} ORDER BY a.first_seen, a.id"
                ),
                values.clone(),
            )
            .await?;
        let mut seen_by = values.clone();
        seen_by.push(until.into());
        let sightings = tx
            .all_of(
                format!(
                    "SELECT g.ad_id, g.version, g.day, g.times FROM entity_member m \
                     JOIN sighting g ON g.ad_id = m.ad_id \
                     WHERE m.analysis_id = $1 AND {on} AND g.first_at <= ${}",
                    seen_by.len()
                ),
                seen_by,
            )
            .await?;
        let versions = tx
            .all_of(
                format!(
                    "SELECT v.ad_id, v.version, v.id, r.body_sealed, v.masked FROM entity_member m \
                     JOIN ad_version v ON v.ad_id = m.ad_id JOIN reading r ON r.version_id = v.id \
                     WHERE m.analysis_id = $1 AND {on} ORDER BY v.ad_id, v.version"
                ),
                values.clone(),
            )
            .await?;
        let mut names = self.contacts_of_ads(tx, of, analysis).await?;
        let mut times = collect_times(&sightings, until)?;
        let mut texts: HashMap<i64, Vec<Version>> = HashMap::new();
        for row in &versions {
            let ad = row.int(0)?;
            let Some(seen) = times.get(&ad).and_then(|times| times.versions.get(&row.int(1).ok()?)) else { continue };
            let (_, mut facts) = open_reading(self.keys(), row.int(2)?, &row.blob(3)?)?;
            // The page has no contact, link, address or picture in it, and so none can be shown by mistake.
            facts.contacts.clear();
            facts.urls.clear();
            facts.addresses.clear();
            facts.images.clear();
            facts.version = row.count(1)?;
            (facts.first_seen, facts.last_seen) = (from_ms(seen.0)?, from_ms(seen.1)?);
            texts.entry(ad).or_default().push((facts, masked_texts(row.opt_text(4)?)?));
        }
        let mut found = Vec::with_capacity(ads.len());
        for row in &ads {
            let id = row.int(0)?;
            let Some(times) = times.remove(&id) else { continue };
            let site = row.text(1)?;
            let label = AdLabel::of(site.clone(), id);
            let ad = ad_ref(self.keys(), site, &row.blob(2)?, &row.blob(3)?)?;
            let facts = one_ad(ad, Vec::new(), times, row.opt_int(7)?)?;
            found.push(CaseAd {
                ad: facts.ad,
                label,
                advertiser: AdvertiserId(row.text(4)?),
                first_seen: facts.first_seen,
                last_seen: facts.last_seen,
                gone_at: facts.gone_at,
                versions: texts.remove(&id).unwrap_or_default(),
                sightings: facts.sightings,
                contacts: names.remove(&id).unwrap_or_default(),
            });
        }
        Ok(found)
    }

    /// The pseudonyms of each ad's contacts.
    pub(super) async fn contacts_of_ads(
        &self,
        tx: &mut Tx,
        of: &Of<'_>,
        analysis: i64,
    ) -> Result<HashMap<i64, Vec<String>>, StoreError> {
        let contacts = tx
            .all_of(
                format!(
                    "SELECT DISTINCT n.ad_id, c.contact_hash FROM entity_member m \
                     JOIN contact_mention n ON n.ad_id = m.ad_id JOIN contact c ON c.id = n.contact_id \
                     WHERE m.analysis_id = $1 AND {} ORDER BY 1, 2",
                    of.condition()
                ),
                of.values(analysis),
            )
            .await?;
        let mut names: HashMap<i64, Vec<String>> = HashMap::new();
        for row in &contacts {
            names.entry(row.int(0)?).or_default().push(self.keys().pseudonym(&row.blob(1)?));
        }
        Ok(names)
    }

    /// The links that touch the ads; between two: those that tie their advertisers, or the two themselves.
    pub(super) async fn case_links(
        &self,
        tx: &mut Tx,
        analysis: i64,
        of: &Of<'_>,
    ) -> Result<Vec<CaseLink>, StoreError> {
        let on = match of {
            Of::Subject(_) => touching!(members_of!()),
            Of::One(_) => touching!("($2)"),
            // `x` and `y` are the two: links of their advertisers, or of the two alone where they share one. Each touches
            // an ad of the first one's advertiser.
            Of::Pair(..) => {
                concat!(
                    touching!(
                        "(SELECT f.ad_id FROM entity_member e JOIN entity_member f ON f.analysis_id = $1 \
                     AND f.advertiser = e.advertiser WHERE e.analysis_id = $1 AND e.ad_id = $2)"
                    ),
                    " AND EXISTS (SELECT 1 FROM entity_member x JOIN entity_member y ON y.analysis_id = $1 AND y.ad_id = $3 \
                 WHERE x.analysis_id = $1 AND x.ad_id = $2 AND ((x.advertiser = y.advertiser \
                 AND ((l.a_ad = $2 AND l.b_ad = $3) OR (l.a_ad = $3 AND l.b_ad = $2))) OR (x.advertiser <> y.advertiser \
                 AND ((m.advertiser = x.advertiser AND n.advertiser = y.advertiser) \
                 OR (m.advertiser = y.advertiser AND n.advertiser = x.advertiser)))))"
                )
            }
        };
        let rows = tx
            .all_of(
                format!(
                    "SELECT l.kind, l.bits, l.joins, l.note, l.a_ad, s.site, l.b_ad, t.site, m.network, m.advertiser, \
                     n.network, n.advertiser FROM link l \
                     JOIN ad a ON a.id = l.a_ad JOIN site s ON s.id = a.site_id \
                     JOIN ad b ON b.id = l.b_ad JOIN site t ON t.id = b.site_id \
                     JOIN entity_member m ON m.analysis_id = $1 AND m.ad_id = l.a_ad \
                     JOIN entity_member n ON n.analysis_id = $1 AND n.ad_id = l.b_ad \
                     WHERE l.analysis_id = $1 AND {on} ORDER BY l.position"
                ),
                of.values(analysis),
            )
            .await?;
        let mut links = Vec::with_capacity(rows.len());
        for row in &rows {
            let inside = |at: usize| -> Result<bool, StoreError> {
                Ok(match of {
                    Of::Subject(subject) => row.text(at)? == *subject || row.text(at + 1)? == *subject,
                    Of::One(_) | Of::Pair(..) => true,
                })
            };
            links.push(CaseLink {
                a: AdLabel::of(row.text(5)?, row.int(4)?),
                b: AdLabel::of(row.text(7)?, row.int(6)?),
                advertisers: (AdvertiserId(row.text(9)?), AdvertiserId(row.text(11)?)),
                kind: link_kind(&row.text(0)?)?,
                bits: row.real(1)?,
                joins: row.flag(2)?,
                note: bilingual(&row.text(3)?)?,
                outside: !(inside(8)? && inside(10)?),
            });
        }
        Ok(links)
    }
}

/// Which ads of the analysis: `m` is their row of `entity_member`, `$1` the analysis.
pub(crate) enum Of<'a> {
    /// All of an advertiser or network.
    Subject(&'a str),
    /// One.
    One(i64),
    /// Two.
    Pair(i64, i64),
}

impl Of<'_> {
    pub(super) fn condition(&self) -> &'static str {
        match self {
            Of::Subject(_) => concat!("m.ad_id IN ", members_of!()),
            Of::One(_) => "m.ad_id = $2",
            Of::Pair(..) => "m.ad_id IN ($2, $3)",
        }
    }
    pub(super) fn values(&self, analysis: i64) -> Vec<Arg> {
        match self {
            Of::Subject(subject) => args![analysis, *subject],
            Of::One(ad) => args![analysis, *ad],
            Of::Pair(a, b) => args![analysis, *a, *b],
        }
    }
}

/// Places that the ads name, with the first and last time; in order of first naming.
fn places(ads: &[CaseAd]) -> Vec<(PlaceFact, Timestamp, Timestamp)> {
    let mut found: BTreeMap<&PlaceFact, (Timestamp, Timestamp)> = BTreeMap::new();
    for (facts, _) in ads.iter().flat_map(|ad| &ad.versions) {
        for place in &facts.places {
            let times = found.entry(place).or_insert((facts.first_seen, facts.last_seen));
            *times = (times.0.min(facts.first_seen), times.1.max(facts.last_seen));
        }
    }
    let mut places: Vec<_> = found.into_iter().map(|(place, (first, last))| (place.clone(), first, last)).collect();
    places.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    places
}
