//! A clock that is stepped by events.

use super::{Clock, TimeReader};
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Moves to the next due event only when no participant is running, and wakes exactly one sleeper at a time, ordered
/// by time, name and sequence: a run is the same each time, however the machine schedules its tasks.
#[derive(Clone)]
pub struct VirtualClock {
    state: Arc<Mutex<State>>,
}

/// One task's hold on a [`VirtualClock`]. It counts as running until it sleeps or is dropped.
pub struct Participant {
    clock: VirtualClock,
    id: u64,
    name: Arc<str>,
}

type Key = (Timestamp, Arc<str>, u64);

struct State {
    now: Timestamp,
    sequence: u64,
    /// Whether each participant is running; those who sleep are not.
    running: BTreeMap<u64, bool>,
    sleepers: BTreeMap<Key, Sleeper>,
}

struct Sleeper {
    participant: u64,
    wake: oneshot::Sender<()>,
}

impl VirtualClock {
    /// A clock that stands at `start`.
    pub fn new(start: Timestamp) -> Self {
        let state = State { now: start, sequence: 0, running: BTreeMap::new(), sleepers: BTreeMap::new() };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.lock().now
    }

    /// The time as a function, for servers that have no other use of the clock.
    pub fn reader(&self) -> TimeReader {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }

    /// Registers a task. It counts as running at once.
    pub fn participant(&self, name: &str) -> Participant {
        let mut state = self.lock();
        state.sequence += 1;
        let id = state.sequence;
        state.running.insert(id, true);
        Participant { clock: self.clone(), id, name: name.into() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock, and the state is whole after each statement.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Wakes the next sleeper if nobody is running.
    fn step(&mut self) {
        while !self.running.values().any(|running| *running) {
            match self.sleepers.first_key_value() {
                // Who sleeps to the end of time steps aside for others and is woken by them.
                Some(((at, ..), _)) if *at < Timestamp::MAX => {}
                _ => return,
            }
            let Some(((at, ..), sleeper)) = self.sleepers.pop_first() else { return };
            self.now = self.now.max(at);
            if let Some(running) = self.running.get_mut(&sleeper.participant) {
                *running = true;
            }
            // A sleeper whose receiver is gone was cancelled; its guard has already set it running.
            let _ = sleeper.wake.send(());
        }
    }
}

/// Takes a sleeper away when its sleep is cancelled.
struct Asleep<'a> {
    participant: &'a Participant,
    key: Key,
}

impl Drop for Asleep<'_> {
    fn drop(&mut self) {
        let mut state = self.participant.clock.lock();
        if state.sleepers.remove(&self.key).is_some() {
            state.running.insert(self.participant.id, true);
        }
    }
}

#[async_trait]
impl Clock for Participant {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn sleep_until(&self, at: Timestamp) {
        let (woken, _asleep) = {
            let mut state = self.clock.lock();
            if at <= state.now {
                return;
            }
            let (wake, woken) = oneshot::channel();
            state.sequence += 1;
            let key = (at, self.name.clone(), state.sequence);
            state.sleepers.insert(key.clone(), Sleeper { participant: self.id, wake });
            state.running.insert(self.id, false);
            state.step();
            (woken, Asleep { participant: self, key })
        };
        let _ = woken.await;
    }

    fn participant(&self, name: &str) -> Arc<dyn Clock> {
        Arc::new(self.clock.participant(name))
    }

    fn reader(&self) -> TimeReader {
        self.clock.reader()
    }
}

impl Drop for Participant {
    fn drop(&mut self) {
        let mut state = self.clock.lock();
        state.running.remove(&self.id);
        state.sleepers.retain(|_, sleeper| sleeper.participant != self.id);
        state.step();
    }
}

#[cfg(test)]
mod tests {
    use super::super::after;
    use super::*;
    use std::time::Duration;

    fn start() -> Timestamp {
        "2026-10-01T06:00:00Z".parse().expect("a time")
    }

    async fn log_of_a_run() -> Vec<String> {
        let clock = VirtualClock::new(start());
        let log = Arc::new(Mutex::new(Vec::new()));
        // All are registered before the first one runs.
        let tasks: Vec<_> = [("b", 20), ("a", 20), ("c", 30)]
            .into_iter()
            .map(|(name, every_s)| (name, every_s, clock.participant(name)))
            .collect();
        let tasks: Vec<_> = tasks
            .into_iter()
            .map(|(name, every_s, participant)| {
                let log = log.clone();
                tokio::spawn(async move {
                    for _ in 0..3 {
                        participant.sleep_until(after(participant.now(), Duration::from_secs(every_s))).await;
                        // Work that takes wall time must not let the clock move on.
                        tokio::time::sleep(Duration::from_millis(2)).await;
                        let passed = participant.now().duration_since(start()).as_secs();
                        log.lock().expect("unpoisoned").push(format!("{passed} {name}"));
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic");
        }
        let log = log.lock().expect("unpoisoned");
        log.clone()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn a_run_is_the_same_each_time_and_names_break_ties() {
        let expected = ["20 a", "20 b", "30 c", "40 a", "40 b", "60 a", "60 b", "60 c", "90 c"];
        for _ in 0..20 {
            assert_eq!(log_of_a_run().await, expected);
        }
    }

    #[tokio::test]
    async fn a_cancelled_sleep_counts_as_running_and_a_dropped_task_as_gone() {
        let clock = VirtualClock::new(start());
        let one = clock.participant("one");
        let two = clock.participant("two");
        let cancelled =
            tokio::time::timeout(Duration::from_millis(20), one.sleep_until(after(start(), Duration::from_secs(5))));
        assert!(cancelled.await.is_err(), "two is running, so time stands still");
        assert_eq!(clock.now(), start());
        drop(two);
        one.sleep_until(after(start(), Duration::from_secs(7))).await;
        assert_eq!(clock.now(), after(start(), Duration::from_secs(7)));
    }

    #[tokio::test]
    async fn who_steps_aside_is_not_woken_by_the_clock() {
        let clock = VirtualClock::new(start());
        let aside = clock.participant("aside");
        let busy = clock.participant("busy");
        let task = tokio::spawn(async move {
            busy.sleep_until(after(busy.now(), Duration::from_secs(60))).await;
            busy.now()
        });
        tokio::select! {
            end = task => assert_eq!(end.expect("no panic"), after(start(), Duration::from_secs(60))),
            () = aside.sleep_until(Timestamp::MAX) => panic!("nobody wakes at the end of time"),
        }
    }
}
