//! A made-up installation for the pages' tests: two sites, a network of two advertisers, an ordinary advertiser, an
//! urgent case, accounts of each role, and the day's list made through the gate. Numbers begin with 34.
//!
//! `world()` makes it. `people`: accounts. `programme`: settings and catalogue. `ads` and `analysis`: what is read of the
//! sites, and what follows. `lists`: what people decided, and the list. Behind the pages: `workbench`, with `documents`,
//! `pairs` and `trials`; `one_file`, the configuration.

// Each test file uses its own part of it.
#![allow(dead_code, unused_imports)]

mod ads;
mod analysis;
mod documents;
mod lists;
mod one_file;
mod pairs;
mod people;
mod programme;
mod trials;
mod workbench;

pub use ads::{Made, long_versions, population, read};
pub use analysis::{analysed_again, analysed_at};
pub use lists::{hold_second, make_list, make_ordinary_list, put_list};
pub use people::{PASSWORD, appointed};
pub use programme::{catalogue, settings};

use ::store::testing::TestStore;
use ::store::*;
use classifier::{AdAt, Catalogue, CatalogueFiles, assess, explain_ad, fire_ad};
use domain::*;
use jiff::Timestamp;
use jiff::civil::Date;
use report::document::{Block, Document, Tongue, chart};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use web::*;

/// The installation's present: 24 November 2026, 09:00 in Denmark.
pub fn now() -> Timestamp {
    "2026-11-24T08:00:00Z".parse().unwrap()
}

fn days_ago(days: i64) -> Timestamp {
    now() - jiff::SignedDuration::from_hours(24 * days)
}

pub struct World {
    pub state: AppState,
    pub test: TestStore,
    pub team_case: CaseId,
    pub ordinary_case: CaseId,
    pub urgent_case: CaseId,
    firings: BTreeMap<AdRef, Vec<Firing>>,
}

pub async fn world() -> World {
    world_at(Arc::new(now)).await
}

pub async fn world_at(clock: Clock) -> World {
    // The pages ask one store over two engines, which has its own tests on both; BAVN_PAGES_ON=postgres asks the other one.
    let other = std::env::var("BAVN_PAGES_ON").is_ok_and(|engine| engine == "postgres");
    world_on(if other { Engine::Postgres } else { Engine::Sqlite }, clock).await
}

/// Two programmes with the same ads that share a register: this one, and the clinics.
pub struct Pair {
    pub ads: World,
    pub clinics: World,
    pub register: TestStore,
}

pub async fn pair_on(engine: Engine) -> Pair {
    let (ads, mut clinics) = (world_on(engine, Arc::new(now)).await, world_on(engine, Arc::new(now)).await);
    let register = ::store::testing::on(engine).await;
    ads.state.store.join_register(&register.store, &ProgrammeId::from("initiative-1")).await.unwrap();
    clinics.state.store.join_register(&register.store, &ProgrammeId::from("initiative-3")).await.unwrap();
    let name = Bilingual { da: "Opsøgende indsats".into(), en: "Outreach".into() };
    let mut settings = (*clinics.state.settings).clone();
    settings.other_programmes = vec![(ProgrammeId::from("initiative-1"), name)];
    clinics.state.settings = Arc::new(settings);
    Pair { ads, clinics, register }
}

pub async fn world_on(engine: Engine, clock: Clock) -> World {
    let test = ::store::testing::on(engine).await;
    let catalogue = Arc::new(catalogue());
    let state = AppState {
        identity: None,
        store: test.store.clone(),
        catalogue: catalogue.clone(),
        settings: Arc::new(settings(clock)),
        configuration: one_file::OneFile::new(test.store.clone()),
        workbench: Arc::new(workbench::Bench(catalogue)),
        limits: Arc::default(),
    };
    people::accounts(&state.store).await;
    let firings = ads::ads(&state).await;
    analysis::analysis(&state, firings.clone(), now(), |_| {}).await;
    let case_of = async |site: &str, id: &str| {
        state.store.case_of_ad(&AdRef::new(site, id)).await.unwrap().unwrap_or_else(|| panic!("{id} has no case"))
    };
    let (team_case, ordinary_case, urgent_case) =
        (case_of("s1", "a1").await, case_of("s2", "b1").await, case_of("s1", "c1").await);
    analysis::runs(&state.store).await;
    World { team_case, ordinary_case, urgent_case, state, test, firings }
}

/// Makes every question about one table fail, as a torn database would.
pub async fn break_table(file: &Path, table: &str) {
    use sqlx::Connection;
    let mut connection = sqlx::SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    let text = sqlx::AssertSqlSafe(format!("ALTER TABLE {table} RENAME TO broken_{table}"));
    sqlx::query(text).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
