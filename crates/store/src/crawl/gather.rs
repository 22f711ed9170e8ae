//! What the connections of a run ask of the store at one moment shares a transaction: one wait for the disk, one lock of
//! the run, one answer for all. With one connection each question is a transaction of its own.

use super::complete::Record;
use super::runs::{keep_tally, lock_run};
use super::{Completed, Entry, Next, RunId};
use crate::{Store, StoreError};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Mutex as Turn, oneshot};

/// Most pages that share a transaction: it must stay short, since a page that a person asks for may wait for it.
const MOST_PAGES: usize = 48;

type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// What came of a page, and the next entry for whoever asked for it too.
pub(super) type Recorded = (Completed, Option<Box<Entry>>);

/// A question and where its answer goes.
pub(super) enum Asked {
    Record(Box<Record>, Answer<Recorded>),
    Lease(Timestamp, Answer<Next>),
}

/// What waits, by run.
#[derive(Default)]
pub(crate) struct Gathers(Mutex<HashMap<RunId, Arc<Gather>>>);

#[derive(Default)]
struct Gather {
    waiting: Mutex<Vec<Asked>>,
    turn: Turn<()>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it holds one of these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Gathers {
    fn of(&self, run: RunId) -> Arc<Gather> {
        locked(&self.0).entry(run).or_default().clone()
    }

    /// The run is over.
    pub(crate) fn forget(&self, run: RunId) {
        locked(&self.0).remove(&run);
    }
}

impl Store {
    /// Asks in company. Whoever has the turn answers all that has gathered; the others wait for their answer or the turn.
    pub(super) async fn gathered<T>(
        &self,
        run: RunId,
        asked: impl FnOnce(Answer<T>) -> Asked,
    ) -> Result<T, StoreError> {
        let gather = self.gathers().of(run);
        let (sender, mut answer) = oneshot::channel();
        locked(&gather.waiting).push(asked(sender));
        loop {
            let turn = tokio::select! {
                biased;
                // Lost only where whoever had the turn was cut off: the work is to be asked for again.
                answered = &mut answer => return answered.unwrap_or_else(|_| Err(cut_off())),
                turn = gather.turn.lock() => turn,
            };
            self.answer_some(run, &gather).await;
            drop(turn);
        }
    }

    /// Answers as much of what waits as fits in one transaction.
    async fn answer_some(&self, run: RunId, gather: &Gather) {
        let (mut records, mut leases, mut later, mut pages) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for asked in std::mem::take(&mut *locked(&gather.waiting)) {
            match asked {
                Asked::Record(record, answer) if pages == 0 || pages + record.weight() <= MOST_PAGES => {
                    pages += record.weight();
                    records.push((*record, answer));
                }
                Asked::Lease(at, answer) => leases.push((at, answer)),
                asked => later.push(asked),
            }
        }
        if !later.is_empty() {
            locked(&gather.waiting).splice(0..0, later);
        }
        if records.is_empty() && leases.is_empty() {
            return;
        }
        let (records, answers): (Vec<Record>, Vec<Answer<Recorded>>) = records.into_iter().unzip();
        let (times, hands): (Vec<Timestamp>, Vec<Answer<Next>>) = leases.into_iter().unzip();
        match self.answer_all(run, &records, &times).await {
            Ok((done, next)) => {
                answers.into_iter().zip(done).for_each(|(answer, done)| drop(answer.send(Ok(done))));
                hands.into_iter().zip(next).for_each(|(answer, next)| drop(answer.send(Ok(next))));
            }
            Err(StoreError::Unavailable { doing, what }) => {
                let error = || StoreError::Unavailable { doing, what: what.clone() };
                answers.into_iter().for_each(|answer| drop(answer.send(Err(error()))));
                hands.into_iter().for_each(|answer| drop(answer.send(Err(error()))));
            }
            // One of them has failed for good: each is tried by itself, so that it fails alone.
            Err(_) => {
                for (record, answer) in records.iter().zip(answers) {
                    let alone = self.answer_all(run, std::slice::from_ref(record), &[]).await;
                    drop(answer.send(alone.map(|(mut done, _)| done.pop().unwrap_or_default())));
                }
                for (at, answer) in times.iter().zip(hands) {
                    let alone = self.answer_all(run, &[], std::slice::from_ref(at)).await;
                    drop(answer.send(alone.map(|(_, mut next)| next.pop().unwrap_or(Next::InFlight))));
                }
            }
        }
    }

    async fn answer_all(
        &self,
        run: RunId,
        records: &[Record],
        times: &[Timestamp],
    ) -> Result<(Vec<Recorded>, Vec<Next>), StoreError> {
        let mut tx = match records.is_empty() {
            true => self.write_soon("leasing the next entries").await?,
            false => self.write("recording fetched pages").await?,
        };
        let mut done = Vec::new();
        if !records.is_empty() {
            let (site_id, mut tally) = lock_run(&mut tx, run).await?;
            done = self.record_all(&mut tx, (run, site_id), &mut tally, records).await?;
            keep_tally(&mut tx, run, &tally).await?;
        }
        let bringing = records.iter().filter(|record| record.lease).map(|record| record.at);
        let asked = times.iter().copied().chain(bringing.clone());
        let mut next = match asked.clone().max() {
            Some(at) => self.lease(&mut tx, run, at, asked.count()).await?,
            None => Vec::new(),
        };
        tx.commit().await?;
        // Whoever only asked waits longest for it.
        let mut with = next.split_off(times.len().min(next.len())).into_iter();
        let lease = |record: &Record| match record.lease.then(|| with.next()) {
            Some(Some(Next::Entry(entry))) => Some(entry),
            _ => None,
        };
        Ok((done.into_iter().zip(records.iter().map(lease)).collect(), next))
    }
}

fn cut_off() -> StoreError {
    StoreError::Unavailable { doing: "sharing a transaction", what: "it was cut off; ask again".to_owned() }
}
