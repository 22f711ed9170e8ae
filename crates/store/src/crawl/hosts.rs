//! What outlives a restart besides the frontier: pacing, robots.txt, states, leases of sites.

use super::{CachedRobots, HostState, Lease, SiteState, SiteWish};
use crate::db::{Tx, args};
use crate::notices::{self, NoticeChange};
use crate::sites::state_of;
use crate::{Store, StoreError};
use domain::SiteId;
use jiff::Timestamp;

impl Store {
    /// The state of a host (`name:port`) and its revision.
    pub async fn host_state(&self, host: &str) -> Result<Option<(HostState, i64)>, StoreError> {
        let mut tx = self.read("reading a host's pace").await?;
        let row = tx.one("SELECT state, revision FROM host_pacing WHERE host = $1", args![host]).await?;
        let Some(row) = row else { return Ok(None) };
        let state = serde_json::from_str(&row.text(0)?).map_err(|_| StoreError::Corrupt { what: "a host's pace" })?;
        Ok(Some((state, row.int(1)?)))
    }

    /// Keeps the state of a host where its revision is still `known` (0: it was never kept), and the state of a site
    /// that follows from it. The new revision, or `None` where somebody else was faster and nothing was kept. Survives a
    /// kill; a power cut lasts longer than any delay.
    pub async fn swap_host_state(
        &self,
        host: &str,
        known: i64,
        state: &HostState,
        site: Option<(&SiteId, &SiteState)>,
    ) -> Result<Option<(i64, NoticeChange)>, StoreError> {
        let json = serde_json::to_string(state).map_err(|_| StoreError::Corrupt { what: "a host's pace" })?;
        let mut tx = self.write_soon("keeping a host's pace").await?;
        let kept = if known == 0 {
            let first =
                "INSERT INTO host_pacing (host, state, revision) VALUES ($1, $2, 1) ON CONFLICT (host) DO NOTHING";
            tx.run(first, args![host, json]).await?
        } else {
            tx.run(
                "UPDATE host_pacing SET state = $2, revision = revision + 1 WHERE host = $1 AND revision = $3",
                args![host, json, known],
            )
            .await?
        };
        if kept == 0 {
            return Ok(None);
        }
        let change = match site {
            Some((site, state)) => set_state(&mut tx, site, state).await?,
            None => NoticeChange::default(),
        };
        tx.commit().await?;
        Ok(Some((known + 1, change)))
    }

    /// The kept robots.txt of an origin (`scheme://name:port`).
    pub async fn cached_robots(&self, origin: &str) -> Result<Option<CachedRobots>, StoreError> {
        let mut tx = self.read("reading a robots.txt").await?;
        let row = tx.one("SELECT fetched_at, answer FROM robots_cache WHERE origin = $1", args![origin]).await?;
        // A kept answer that an older program wrote in another form is as good as none: it is asked for again.
        let Some(row) = row else { return Ok(None) };
        let answer = serde_json::from_slice(&row.blob(1)?).ok();
        answer.map(|answer| Ok(CachedRobots { fetched_at: row.time(0)?, answer })).transpose()
    }

    /// Keeps a robots.txt.
    pub async fn save_robots(&self, origin: &str, robots: &CachedRobots) -> Result<(), StoreError> {
        let answer = serde_json::to_vec(&robots.answer)
            .map_err(|_| StoreError::Corrupt { what: "a robots.txt that was got" })?;
        let mut tx = self.write("keeping a robots.txt").await?;
        tx.run(
            "INSERT INTO robots_cache (origin, fetched_at, answer) VALUES ($1, $2, $3) \
             ON CONFLICT (origin) DO UPDATE SET fetched_at = excluded.fetched_at, answer = excluded.answer",
            args![origin, robots.fetched_at, answer],
        )
        .await?;
        tx.commit().await
    }

    /// The site's state.
    pub async fn site_state(&self, site: &SiteId) -> Result<Option<SiteState>, StoreError> {
        let mut tx = self.read("reading a site's state").await?;
        match tx.one("SELECT state, state_since FROM site WHERE site = $1", args![site.as_str()]).await? {
            Some(row) => state_of(row.opt_text(0)?, row.opt_time(1)?),
            None => Ok(None),
        }
    }

    /// Sets the site's state; the same state keeps its `since`. A notice begins or ends in the same transaction.
    pub async fn set_site_state(&self, site: &SiteId, state: &SiteState) -> Result<NoticeChange, StoreError> {
        let mut tx = self.write_soon("keeping a site's state").await?;
        let change = set_state(&mut tx, site, state).await?;
        tx.commit().await?;
        Ok(change)
    }

    /// What the administrator wants of the site.
    pub async fn site_wish(&self, site: &SiteId) -> Result<SiteWish, StoreError> {
        let mut tx = self.read("reading what is wanted of a site").await?;
        match tx.one("SELECT wish FROM site WHERE site = $1", args![site.as_str()]).await? {
            Some(row) => Ok(SiteWish::parse(&row.text(0)?)),
            None => Err(StoreError::NotFound { what: "site" }),
        }
    }

    /// Takes or renews the site for a worker until a time, unless another worker holds it at `at`.
    pub async fn lease_site(
        &self,
        site: &SiteId,
        worker: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<Lease, StoreError> {
        // One statement: of two that ask at once, the second waits for the first's row lock and then sees its lease.
        let mut tx = self.write("leasing a site").await?;
        let taken = tx
            .run(
                "UPDATE site SET lease_worker = $2, lease_until = $3 WHERE site = $1 \
                 AND (lease_worker IS NULL OR lease_worker = $2 OR lease_until <= $4)",
                args![site.as_str(), worker, until, at],
            )
            .await?;
        let holder = if taken == 0 {
            tx.one("SELECT lease_worker, lease_until FROM site WHERE site = $1", args![site.as_str()]).await?
        } else {
            None
        };
        tx.commit().await?;
        match holder {
            None if taken == 0 => Err(StoreError::NotFound { what: "site" }),
            None => Ok(Lease::Taken),
            // Given back in between: free at once.
            Some(row) => {
                Ok(Lease::Held { by: row.opt_text(0)?.unwrap_or_default(), until: row.opt_time(1)?.unwrap_or(at) })
            }
        }
    }

    /// Gives the site back; nothing happens where another worker holds it.
    pub async fn release_site(&self, site: &SiteId, worker: &str) -> Result<(), StoreError> {
        let mut tx = self.write("giving a site back").await?;
        tx.run(
            "UPDATE site SET lease_worker = NULL, lease_until = NULL WHERE site = $1 AND lease_worker = $2",
            args![site.as_str(), worker],
        )
        .await?;
        tx.commit().await
    }
}

/// Sets a site's state in the transaction of its cause, and begins or ends its notice; the same state keeps its `since`.
pub(crate) async fn set_state(tx: &mut Tx, site: &SiteId, state: &SiteState) -> Result<NoticeChange, StoreError> {
    let json = serde_json::to_string(state).map_err(|_| StoreError::Corrupt { what: "a site's state" })?;
    let changed = tx
        .one(
            "UPDATE site SET state = $2, state_since = $3 WHERE site = $1 AND (state IS NULL OR state <> $2) \
             RETURNING id",
            args![site.as_str(), json, state.since],
        )
        .await?;
    match changed {
        Some(row) => notices::follow(tx, row.int(0)?, state).await,
        None => Ok(NoticeChange::default()),
    }
}
