//! What is known of the subjects of cases, with one question for each kind of thing, however many cases a page has: a page's
//! transaction holds what an audit row of somebody else waits for.

use crate::StoreError;
use crate::db::{Arg, Tx, args, places};
use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap};

/// Subjects that are asked about at once.
const AT_ONCE: usize = 100;

/// What a row of the queue shows of a subject.
#[derive(Clone, Default)]
pub(super) struct Subject {
    pub ads: u32,
    pub advertisers: u32,
    pub first_seen: Option<Timestamp>,
    pub last_seen: Option<Timestamp>,
    /// Most recently seen first.
    pub municipalities: Vec<String>,
    /// On most ads first.
    pub languages: Vec<String>,
    /// Hashes, on most ads first.
    pub contacts: Vec<Vec<u8>>,
}

/// By the subject's id; one without ads is left out.
pub(super) async fn subjects(
    tx: &mut Tx,
    analysis: i64,
    names: &[String],
) -> Result<HashMap<String, Subject>, StoreError> {
    let names: Vec<&String> =
        names.iter().filter(|name| !name.is_empty()).collect::<BTreeSet<_>>().into_iter().collect();
    let mut found: HashMap<String, Subject> = HashMap::with_capacity(names.len());
    for some in names.chunks(AT_ONCE) {
        let mut values = args![analysis];
        values.extend(some.iter().map(|name| Arg::from(*name)));
        // A subject is an advertiser or a network; each side has an index of its own.
        let list = places(1, some.len());
        let members = format!(
            "(SELECT m.advertiser AS subject, m.ad_id, m.advertiser FROM entity_member m WHERE m.analysis_id = $1 \
             AND m.advertiser IN ({list}) UNION SELECT m.network, m.ad_id, m.advertiser FROM entity_member m \
             WHERE m.analysis_id = $1 AND m.network IN ({list})) x"
        );
        let sizes = "SELECT x.subject, count(*), count(DISTINCT x.advertiser), min(a.first_seen), max(a.last_seen) \
                     FROM {members} JOIN ad a ON a.id = x.ad_id GROUP BY x.subject";
        for row in tx.all_of(sizes.replace("{members}", &members), values.clone()).await? {
            let of = found.entry(row.text(0)?).or_default();
            (of.ads, of.advertisers) = (row.count(1)?, row.count(2)?);
            (of.first_seen, of.last_seen) = (row.opt_time(3)?, row.opt_time(4)?);
        }
        let municipalities = "SELECT x.subject, p.municipality_code, max(a.last_seen) FROM {members} \
                              JOIN place_mention p ON p.ad_id = x.ad_id JOIN ad a ON a.id = x.ad_id \
                              GROUP BY x.subject, p.municipality_code ORDER BY 1, 3 DESC, 2";
        for row in tx.all_of(municipalities.replace("{members}", &members), values.clone()).await? {
            found.entry(row.text(0)?).or_default().municipalities.push(row.text(1)?);
        }
        let languages = "SELECT x.subject, l.code, count(DISTINCT l.ad_id) FROM {members} \
                         JOIN language_mention l ON l.ad_id = x.ad_id GROUP BY x.subject, l.code ORDER BY 1, 3 DESC, 2";
        for row in tx.all_of(languages.replace("{members}", &members), values.clone()).await? {
            found.entry(row.text(0)?).or_default().languages.push(row.text(1)?);
        }
        let contacts = "SELECT x.subject, c.contact_hash, count(DISTINCT n.ad_id) FROM {members} \
                        JOIN contact_mention n ON n.ad_id = x.ad_id JOIN contact c ON c.id = n.contact_id \
                        GROUP BY x.subject, c.id, c.contact_hash ORDER BY 1, 3 DESC, 2";
        for row in tx.all_of(contacts.replace("{members}", &members), values.clone()).await? {
            found.entry(row.text(0)?).or_default().contacts.push(row.blob(1)?);
        }
    }
    Ok(found)
}
