//! One suite for both engines.
//!
//! - `schema`: opening, versions, keys, what the schema promises
//! - `crawl`: runs, frontier, sightings, leases
//! - `ads`: versions, idempotent imports, replays as of a time
//! - `archive`: what is kept of an answer, and how it is read again
//! - `analyses`: keeping an analysis, cases that follow, reopen, split and merge
//! - `figures`: figures of each analysis, the draw of spam cases
//! - `reading`: several readers at one queue, second readings, the history
//! - `register`: what programmes share of contacts, two workers of two programmes at once, what one sends to another
//! - `releases`: what figures are counted from, the register of releases
//! - `queue`: the researcher's queue, decisions, undo, the urgent route
//! - `ledger`: the gate, claims under concurrency, attempts, objections, lists
//! - `objections`: what they cover, who decides how far, what is taken back; the urgent route's notices
//! - `places`: acts with the register, plans of visits, forms, and how they go
//! - `shadows`: shadow runs beside an analysis; figures after a lone ad was forgotten; how unread versions are found
//! - `search`: words, phrases, facets, the look-up of a contact
//! - `secrets`: no canary in any file, table or error; chains that show tampering
//! - `together`: connections of a run that share transactions
//! - `rotation`: the change of the master key
//! - `accounts`: accounts, sessions, the brake on sign-in
//! - `deleting`: retention, holds, the rights of a person
//! - `moving`: dumps, copies, what must stay forgotten
//! - `upgrading`: every earlier schema, with a kill in each step and after it
//! - `auditing`: the audit log searched, counted, anchored; alarms

mod accounts;
mod ads;
mod analyses;
mod archive;
mod auditing;
mod batches;
mod crawl;
mod deleting;
mod figures;
mod fixture;
mod hand_over;
mod ledger;
mod moving;
mod notices;
mod objections;
mod places;
mod queue;
mod reading;
mod register;
mod releases;
mod rotation;
mod schema;
mod search;
mod secrets;
mod shadows;
mod together;
mod upgrading;

/// A test on each engine.
macro_rules! on_both {
    ($($(#[$doc:meta])* $name:ident($store:ident) $body:block)*) => {
        $(mod $name {
            #[allow(unused_imports)]
            use super::*;
            async fn run(test: &crate::testing::TestStore) {
                let $store = test;
                $body
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let test = crate::testing::on(crate::Engine::Sqlite).await;
                run(&test).await;
                test.store.close().await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let test = crate::testing::on(crate::Engine::Postgres).await;
                run(&test).await;
                test.store.close().await;
            }
        })*
    };
}
pub(crate) use on_both;
