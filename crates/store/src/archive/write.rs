//! Keeping captures.

use super::heads;
use super::kind_number;
use crate::crawl::RunId;
use crate::db::{Tx, args};
use crate::keys::{Keys, Purpose, compress};
use crate::retention::Retention;
use crate::{Store, StoreError};
use domain::{Capture, CaptureKind, Exchange, Issue, Page, Truncated};
use jiff::Timestamp;
use std::collections::HashMap;

/// A capture made ready before the transaction begins: hashed, compressed, sealed.
pub(crate) struct Prepared {
    kind: CaptureKind,
    pub(crate) address: [u8; 32],
    body_sealed: Vec<u8>,
    bytes: i64,
    url_sealed: Vec<u8>,
    exchange_sealed: Option<Vec<u8>>,
    pub(super) status: u16,
    content_type: String,
    truncated: Option<Truncated>,
    pub(super) fetched_at: Timestamp,
    /// The retention clock starts here: when it was fetched, or brought in.
    pub(super) kept_from: Timestamp,
    issues: String,
}

/// Whose page a capture is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CaptureOf {
    pub site_id: i64,
    pub run: Option<RunId>,
    pub ad_id: Option<i64>,
}

/// Where a body is kept.
pub(super) fn address_of(keys: &Keys, body: &[u8]) -> [u8; 32] {
    keys.hash(Purpose::Content, &[b"page", body])
}

impl Store {
    pub(crate) fn prepare(&self, capture: &Capture) -> Result<Prepared, StoreError> {
        let mut ready = self.prepare_page(capture.kind, &capture.page, Some(&capture.exchange), &[])?;
        ready.truncated = capture.truncated;
        Ok(ready)
    }

    pub(crate) fn prepare_page(
        &self,
        kind: CaptureKind,
        page: &Page,
        exchange: Option<&Exchange>,
        issues: &[Issue],
    ) -> Result<Prepared, StoreError> {
        let keys = self.keys();
        let address = address_of(keys, &page.body);
        let issues: Vec<[&str; 2]> = issues.iter().map(|issue| [issue.at.as_str(), issue.what.as_str()]).collect();
        let exchange_sealed = match exchange {
            Some(exchange) => Some(keys.seal("page_capture", &address, "exchange", &heads::pack(exchange)?)?),
            None => None,
        };
        Ok(Prepared {
            kind,
            body_sealed: keys.seal("page", &address, "body", &compress(&page.body)?)?,
            bytes: i64::try_from(page.body.len()).unwrap_or(i64::MAX),
            url_sealed: keys.seal_text("page_capture", &address, "url", &page.url)?,
            exchange_sealed,
            address,
            status: page.status,
            content_type: page.content_type.clone(),
            truncated: None,
            fetched_at: page.fetched_at,
            kept_from: page.fetched_at,
            issues: serde_json::to_string(&issues).map_err(|_| StoreError::Corrupt { what: "a page's issues" })?,
        })
    }

    /// Keeps what was asked for an entry that gave nothing: redirects, refusals, cut bodies, robots.txt.
    pub async fn archive(
        &self,
        run: RunId,
        entry: crate::crawl::EntryId,
        captures: &[Capture],
    ) -> Result<(), StoreError> {
        let ready = captures.iter().map(|capture| self.prepare(capture)).collect::<Result<Vec<_>, _>>()?;
        let mut tx = self.write_soon("archiving answers without a page").await?;
        let row = tx
            .one(
                "SELECT r.site_id, f.ad_id FROM run r LEFT JOIN frontier f ON f.run_id = r.id AND f.id = $2 WHERE r.id = $1",
                args![run.0, entry.0],
            )
            .await?
            .ok_or(StoreError::NotFound { what: "run" })?;
        let of = CaptureOf { site_id: row.int(0)?, run: Some(run), ad_id: row.opt_int(1)? };
        for capture in &ready {
            capture.keep(&mut tx, of, None).await?;
        }
        tx.commit().await
    }
}

/// A capture, whose page it is, and the version of its ad that was read from it.
pub(crate) type Keeping<'a> = (&'a Prepared, CaptureOf, Option<i64>);

impl Prepared {
    /// Writes the body, where it is not there yet, and the capture, with the version of its ad that was read from it.
    pub(crate) async fn keep(&self, tx: &mut Tx, of: CaptureOf, version: Option<i64>) -> Result<(), StoreError> {
        Self::keep_all(tx, &[(self, of, version)]).await
    }

    /// Writes several, in their order.
    pub(crate) async fn keep_all(tx: &mut Tx, captures: &[Keeping<'_>]) -> Result<(), StoreError> {
        let retention = Retention::Page.as_str();
        let until = |of: &Prepared| Retention::Page.until(of.kept_from);
        let (mut bodies, mut place): (Vec<(Option<i64>, &Prepared)>, HashMap<&[u8; 32], usize>) = Default::default();
        for (prepared, ..) in captures {
            // A statement may name each body once only.
            let at = *place.entry(&prepared.address).or_insert(bodies.len());
            match bodies.get_mut(at) {
                Some((latest, _)) => *latest = (*latest).max(until(prepared)),
                None => bodies.push((until(prepared), prepared)),
            }
        }
        let bodies = bodies
            .into_iter()
            .map(|(until, of)| args![of.address, of.body_sealed.clone(), of.bytes, retention, until])
            .collect();
        // The same body again keeps its row and lives as long as its last capture.
        tx.insert_later(
            "INSERT INTO page (address, body_sealed, bytes, retention, delete_after) VALUES",
            " ON CONFLICT (address) DO UPDATE SET delete_after = CASE WHEN excluded.delete_after > page.delete_after \
             THEN excluded.delete_after ELSE page.delete_after END",
            bodies,
        )
        .await?;
        let rows = (0_i64..).zip(captures).map(|(place, (prepared, of, version))| {
            args![
                prepared.address,
                of.site_id,
                of.run.map(|run| run.0),
                of.ad_id,
                kind_number(prepared.kind),
                prepared.url_sealed.clone(),
                prepared.status,
                &prepared.content_type,
                prepared.fetched_at,
                &prepared.issues,
                prepared.exchange_sealed.clone(),
                prepared.truncated.map(Truncated::as_str),
                *version,
                retention,
                until(prepared),
                place
            ]
        });
        tx.insert_later(
            "INSERT INTO page_capture (page_id, site_id, run_id, ad_id, kind, url_sealed, status, content_type, \
             fetched_at, issues, exchange_sealed, truncated, version, retention, delete_after) \
             SELECT p.id, v.column2, v.column3, v.column4, v.column5, v.column6, v.column7, v.column8, v.column9, \
             v.column10, v.column11, v.column12, v.column13, v.column14, v.column15 FROM (VALUES",
            ") AS v JOIN page p ON p.address = v.column1 ORDER BY v.column16",
            rows.collect(),
        )
        .await
    }
}
