//! `bavn demo`: the whole path on synthetic sites. Key, people and 'today' come from the seed; one virtual clock drives
//! sites, pacing and schedule, so that 30 days run in minutes and every run is the same.

mod clinics;
mod history;

use crate::cli::{Cli, Command, DemoArgs};
use crate::config::{Config, Duty, ProgrammePlace, UrgentPerson, write_builtin};
use crate::configuring::copy_texts;
use crate::jobs::{analyse, crawl, list, serve};
use crate::key::{database_url, default_key_file, write_key};
use crate::pipeline::{self, NewReference};
use crate::plans::plans;
use anyhow::{Context, bail};
use crawler::clock::Clock;
use crawler::{Progress, ProgressEvent, Stop, VirtualClock};
use demo::{DemoSites, Population, PopulationSettings, site_folders};
use domain::{Bilingual, ProgrammeId, TeamId};
use extract::adapter::Adapter;
use indicatif::ProgressBar;
use jiff::Timestamp;
use outreach::AdmitUnread;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{
    Actor, DecideWith, Decision, DecisionKind, Look, MasterKey, NewAccount, Options, PersonRole, QueueFilter,
    SecondShare, Store,
};

/// Lies in a data folder that the demo made and may make anew.
pub const MARKER: &str = "made-by-bavn-demo";
/// The name under which the store keeps the time at which it stands still.
pub const VIRTUAL_TODAY: &str = "virtual_today";

/// When the demo's people come to work, on the morning after its last day: the time at which its pages stand.
const MORNING: jiff::civil::Time = jiff::civil::time(8, 30, 0, 0);

/// Makes everything, then serves unless `--once`.
pub async fn run(cli: &Cli, args: &DemoArgs) -> anyhow::Result<()> {
    let started = std::time::Instant::now();
    let listener = if args.once { None } else { Some(serve::listen(args.listen).await?) };
    let beside = clinics::beside(cli);
    let other = match &beside {
        Some(_) if !args.once => Some(serve::listen(ProgrammePlace::second().of(args.listen)).await?),
        _ => None,
    };
    let mut config = Config::of(cli, true)?;
    let settings = PopulationSettings {
        seed: args.seed,
        days: args.days,
        advertisers: args.advertisers,
        ..PopulationSettings::default()
    };
    eprintln!("Making {} advertisers and their ads (seed {}) …", settings.advertisers, settings.seed);
    let population = Arc::new(tokio::task::spawn_blocking(move || Population::generate(&settings)).await?);
    let store = fresh_store(cli, from_seed(args.seed, "key"), population.settings.start).await?;
    let clock = VirtualClock::new(population.settings.start);
    let sites = DemoSites::start(population.clone(), clock.reader()).await.context("starting the synthetic sites")?;
    make_folder(cli).context("writing the demo's configuration")?;
    use_demo(&mut config, |site| Some(sites.base_url(site)))?;
    config.settings.crawl.interval_min = 180;

    crawl_days(&config, &store, &clock, population.end()).await?;
    eprintln!(
        "Crawled {} pages of {} sites over {} virtual days.",
        sites.request_log().len(),
        config.sites.len(),
        args.days
    );
    let today = crate::time::at_hour(crate::time::local_day(population.end()), MORNING)?;
    let summary = pipeline::analyse(&store, &config, today, today, NewReference::Always, &|_, _| {}).await?;
    eprintln!("{}", analyse::describe(&summary));
    store.put_setting(VIRTUAL_TODAY, &today.to_string()).await?;
    let people = people(&config, args.seed)?;
    let accounts = fill_people(&store, &people, today).await?;
    let reader = |at: usize| accounts.researchers.get(at).copied().context("the demo has too few researchers");
    let reviewer = reader(0)?;
    let rules = &config.programme(None)?.review;
    let second = SecondShare { share: rules.second_share, seed: rules.second_seed.clone() };
    let cast = history::Cast {
        researchers: [reviewer, reader(1)?],
        workers: &accounts.workers,
        second: SecondShare { share: HISTORY_SHARE, ..second.clone() },
        seed: args.seed,
    };
    let before = history::fill(&store, &config, &population, &cast, today).await?;
    eprintln!(
        "Before today: {} cases decided, {} lines on lists, {} attempts (all made up).",
        before.decided, before.lines, before.attempts
    );
    let decided = review(&store, &second, reviewer, today).await?;
    eprintln!("{decided} cases were decided by the demo's researcher; the others wait.");
    make_lists(&config, &store, today).await?;
    let clinics = match beside {
        Some(own) => Some(clinics::make(own, args.seed, today).await?),
        None => None,
    };
    if cli.database.as_deref().is_none_or(str::is_empty) {
        std::fs::write(cli.data.join("truth.jsonl"), population.truth_jsonl()).context("writing truth.jsonl")?;
        eprintln!("Who is behind each ad stands in {}.", cli.data.join("truth.jsonl").display());
    }
    eprintln!("Done in {:.0} s.", started.elapsed().as_secs_f64());
    let Some(listener) = listener else {
        store.close().await;
        if let Some(clinics) = clinics {
            clinics.store.close().await;
        }
        return Ok(());
    };
    // Standard output names the first programme alone, for whoever reads it by machine.
    if let Some((other, clinics)) = other.as_ref().zip(clinics.as_ref()) {
        eprintln!("The clinics' programme is at http://{}/", other.local_addr()?);
        logins(&clinics.people).iter().for_each(|line| eprintln!("{line}"));
    }
    println!("bavn is at http://{}/", listener.local_addr()?);
    logins(&people).iter().for_each(|line| println!("{line}"));
    println!("The demo asks for no code from an app; an installation does, from administrators and outreach workers.");
    println!("Its rules and texts can be changed on the pages; the files are in {}.", folder(cli).display());
    println!("Stop with Ctrl-C.");
    let own = serve::pages(cli, config, store, listener, Some(today), crawl::signal());
    let Some((other, clinics)) = other.zip(clinics) else { return own.await };
    let second = serve::pages(&clinics.cli, clinics.config, clinics.store, other, Some(today), crawl::signal());
    futures::future::try_join(own, second).await.map(drop)
}

/// Who can sign in, a line for each.
fn logins(people: &[Person]) -> Vec<String> {
    let line = |person: &Person| {
        let of = &person.account;
        format!("  {:<18} {}   ({}, {})", of.login, person.password, of.name, of.role.as_str())
    };
    people.iter().map(line).collect()
}

/// The demo's own configuration, beside its data: whoever tries the demo changes nothing of an installation.
pub fn folder(cli: &Cli) -> PathBuf {
    crate::key::beside(cli, "demo-config")
}

/// Takes a folder away, where there is one.
fn remove(folder: &Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes it anew: what `--config` names (else what is built into the program), with the demo's sites instead of others.
fn make_folder(cli: &Cli) -> anyhow::Result<()> {
    let folder = folder(cli);
    remove(&folder)?;
    if cli.config.is_dir() {
        copy_texts(&cli.config, &folder)?;
    } else {
        write_builtin(&folder)?;
    }
    let sites = folder.join("sites");
    for other in std::fs::read_dir(&sites).into_iter().flatten() {
        let other = other?.path();
        if other.is_dir() {
            std::fs::remove_dir_all(other)?;
        }
    }
    for site in site_folders() {
        for (path, bytes) in site.files {
            let target = sites.join(site.id).join(path);
            std::fs::create_dir_all(target.parent().unwrap_or(&sites))?;
            std::fs::write(target, bytes)?;
        }
    }
    Ok(())
}

/// A command on the store of the demo's clinics goes by their own files: no other configuration has their programme.
pub fn at_home(mut cli: Cli) -> Cli {
    let making = matches!(cli.command, Command::Demo(_));
    let own = folder(&cli);
    if !making && clinics::are_of(&own) {
        cli.config = own;
    }
    cli
}

/// What a command on a demo's store goes by: `--config` where that is there, else the demo's own files (a demo of before
/// it had any: what is built into the program).
pub fn configured(cli: &Cli) -> anyhow::Result<Config> {
    if folder(cli).is_dir() && !cli.config.is_dir() {
        return own(cli);
    }
    let mut config = Config::of(cli, true)?;
    use_demo(&mut config, |_| None)?;
    Ok(config)
}

/// The demo's own files, which its pages follow.
pub fn own(cli: &Cli) -> anyhow::Result<Config> {
    let mut config = Config::load(&folder(cli), false)?.only(cli.programme.as_deref())?;
    use_demo(&mut config, |_| None)?;
    Ok(config)
}

/// Turns a configuration into the demo's: its three sites (at `base_url`, or at addresses that lead nowhere), unread cases of
/// band high on the lists, a made-up controller and duty.
pub fn use_demo(config: &mut Config, base_url: impl Fn(&str) -> Option<String>) -> anyhow::Result<()> {
    let watches = config.programmes.values().any(|programme| !programme.sites.is_empty());
    let own = if watches { site_folders() } else { Vec::new() };
    // The programme that watches no site is served beside the one that does, on another port of the same host: cookies
    // know no ports, and need names of their own.
    config.settings.several |= !watches;
    config.sites.retain(|id, _| own.iter().any(|folder| folder.id == id));
    for folder in own {
        let folder = match base_url(folder.id) {
            Some(url) => folder.with_base(&url),
            None if config.sites.contains_key(folder.id) => continue,
            None => folder,
        };
        let file = format!("(demo) {}/site.toml", folder.id);
        let bytes = folder.files.iter().find(|(path, _)| *path == "site.toml").map(|(_, bytes)| bytes.clone());
        let text = String::from_utf8(bytes.unwrap_or_default()).context("the demo's site.toml")?;
        config.sites.insert(folder.id.to_owned(), Adapter::parse(folder.id, &file, &text)?);
    }
    // Whoever tries the demo has no app at hand; an installation asks for the second factor.
    config.settings.sign_in.second_factor.clear();
    let controller = &mut config.settings.controller;
    if controller.organisation.is_empty() {
        controller.organisation = "Demonstration".to_owned();
        controller.contact = "demo@example.invalid".to_owned();
    }
    if controller.legal_bases.is_empty() {
        controller.legal_bases = vec![
            "Databeskyttelsesforordningen (GDPR) art. 6, 1, e + art. 9, 2, g; databeskyttelsesloven § 8 \
             (eksempel / example)"
                .to_owned(),
        ];
    }
    if config.settings.public.url.is_empty() {
        config.settings.public.url = "https://bavn.example.invalid".to_owned();
    }
    for programme in config.programmes.values_mut() {
        programme.outreach.policy.admit_unread = AdmitUnread::High;
        if programme.cost.hour_kr == 0.0 {
            programme.cost.hour_kr = 400.0;
            programme.cost.attempt_kr = BTreeMap::from([("sms".to_owned(), 0.5), ("visit".to_owned(), 60.0)]);
        }
        for (number, team) in programme.teams.iter_mut().enumerate() {
            if team.phone.is_empty() {
                team.phone = format!("67 00 00 {:02}", number + 1);
            }
        }
        // So that whoever tries the demo sees a numbered copy; a programme says so itself.
        programme.copies.paper = true;
        // So that a line shows what can be offered, and whom anybody may ring.
        if programme.hotline.is_empty() {
            programme.hotline = "67 00 00 99".to_owned();
        }
        for (number, offer) in programme.offers.iter_mut().enumerate().filter(|(_, offer)| offer.contact.is_empty()) {
            offer.contact = format!("67 00 00 {}", 71 + number);
        }
        if programme.interpreter.is_empty() {
            programme.interpreter = "67 00 00 55".to_owned();
        }
        if programme.urgent.people.is_empty() {
            let person = |(login, phone): (&str, &str)| UrgentPerson {
                login: login.to_owned(),
                email: format!("{login}@example.invalid"),
                name: String::new(),
                phone: phone.to_owned(),
            };
            let people = [("forsker", "67 00 00 61"), ("forsker2", "67 00 00 62"), ("forsker3", "")];
            programme.urgent.people = people.map(person).to_vec();
        }
        if programme.duty.is_none() {
            programme.duty = Some(Duty {
                text: Bilingual {
                    da: "Den, der i tjenesten får kendskab til, at et barn under 18 år kan have brug for støtte, underretter kommunen.".to_owned(),
                    en: "Whoever learns on duty that a child under 18 may need support notifies the municipality.".to_owned(),
                },
                law: "Barnets lov § 133 (eksempel; kontrolleres før brug)".to_owned(),
                checked: jiff::civil::date(2026, 8, 1),
            });
        }
    }
    Ok(())
}

fn from_seed(seed: u64, what: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"bavn demo\0");
    hash.update(what.as_bytes());
    hash.update(seed.to_le_bytes());
    hash.finalize().into()
}

/// An empty store with a key from the seed. A folder that the demo made before is made anew; any other is left alone.
async fn fresh_store(cli: &Cli, key: [u8; 32], at: Timestamp) -> anyhow::Result<Store> {
    let key = MasterKey::from_bytes(key);
    let key_file = cli.key.clone().unwrap_or_else(|| default_key_file(&cli.data));
    let embedded = cli.database.as_deref().is_none_or(str::is_empty);
    if embedded {
        clear_folder(&cli.data)?;
    } else if key_file.exists() {
        bail!("{} is there already: the demo writes its own key; name another file with --key", key_file.display());
    }
    let store =
        Store::open_with(&database_url(cli), key.clone(), at, Options { durable: false, ..Options::default() }).await?;
    if !store.sites(0).await?.is_empty() {
        bail!("the database holds something already: the demo wants an empty one");
    }
    if embedded {
        std::fs::write(cli.data.join(MARKER), "The next 'bavn demo' replaces what is in this folder.\n")?;
        drop(std::fs::remove_file(&key_file));
    }
    write_key(&key_file, &key)?;
    crate::anchors::move_aside(&crate::key::beside(cli, "anchors.jsonl"), crate::time::now())?;
    Ok(store)
}

fn clear_folder(data: &Path) -> anyhow::Result<()> {
    let holds_something = data.is_dir() && std::fs::read_dir(data)?.next().is_some();
    if holds_something {
        if !data.join(MARKER).exists() {
            bail!("'{}' holds something that the demo did not make: name another folder with --data", data.display());
        }
        for file in ["bavn.sqlite", "bavn.sqlite-wal", "bavn.sqlite-shm", "truth.jsonl"] {
            drop(std::fs::remove_file(data.join(file)));
        }
    }
    std::fs::create_dir_all(data).with_context(|| format!("cannot make the data folder {}", data.display()))
}

/// Crawls by schedule from the population's first moment to `today`, in virtual time.
async fn crawl_days(config: &Config, store: &Store, clock: &VirtualClock, today: Timestamp) -> anyhow::Result<()> {
    let config = config.for_crawl();
    let mut plans = plans(&config, store, &[], clock.now()).await?;
    // The demo is to be ready soon: one fixed interval. What an interval that adapts is worth, `./measure coverage` shows.
    plans.iter_mut().for_each(|plan| plan.least_interval = plan.interval);
    let bar = crate::progress::spinner("pages");
    let participant: Arc<dyn Clock> = Arc::new(clock.participant("schedule"));
    let progress: Arc<dyn Progress> = Arc::new(Days { bar: bar.clone(), now: clock.reader() });
    let deps = crawl::deps(&config, store, participant, Stop::default(), progress)?;
    crawler::crawl_forever(plans, &deps, Some(today)).await;
    bar.finish_and_clear();
    Ok(())
}

/// Shows the virtual day beside the number of pages.
struct Days {
    bar: ProgressBar,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Progress for Days {
    fn event(&self, event: ProgressEvent) {
        match event {
            ProgressEvent::PageDone { .. } => self.bar.inc(1),
            ProgressEvent::RunEnded(_) => {
                self.bar.set_message(format!("{} pages", crate::time::local_day((self.now)())))
            }
            _ => {}
        }
    }
}

struct Person {
    account: NewAccount,
    password: String,
}

/// An administrator, three researchers (one decision may be read by three) and a worker for each team, with passwords from the seed.
fn people(config: &Config, seed: u64) -> anyhow::Result<Vec<Person>> {
    let programme = config.programme(None)?;
    let mut people = Vec::new();
    let mut add = |login: &str, name: &str, role: PersonRole, team: Option<TeamId>| -> anyhow::Result<()> {
        let password: String =
            from_seed(seed, login).iter().take(6).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        people.push(Person {
            account: NewAccount {
                login: login.to_owned(),
                name: name.to_owned(),
                role,
                team,
                programme: Some(ProgrammeId(programme.id.clone())),
                organisation: Some("Demonstration".to_owned()),
                language: config.settings.serve.language.clone(),
                urgent_contact: programme.urgent.people.iter().any(|person| person.login == login),
                password_hash: web::password::hash(&password)?,
            },
            password,
        });
        Ok(())
    };
    add("admin", "Ada Administrator", PersonRole::Administrator, None)?;
    add("forsker", "Frederik Forsker", PersonRole::Researcher, None)?;
    add("forsker2", "Freja Forsker", PersonRole::Researcher, None)?;
    add("forsker3", "Fatima Forsker", PersonRole::Researcher, None)?;
    for team in &programme.teams {
        let login = format!("team-{}", team.id);
        add(&login, &format!("Opsøgende, {}", team.name), PersonRole::OutreachWorker, Some(TeamId(team.id.clone())))?;
    }
    Ok(people)
}

/// Whose accounts the demo made.
#[derive(Default)]
struct Accounts {
    researchers: Vec<store::AccountId>,
    workers: BTreeMap<TeamId, store::AccountId>,
}

async fn fill_people(store: &Store, people: &[Person], at: Timestamp) -> anyhow::Result<Accounts> {
    let actor = Actor::System("job:demo".to_owned());
    let mut accounts = Accounts::default();
    for person in people {
        let id = store.put_account(&person.account, &actor, at).await?;
        match (person.account.role, &person.account.team) {
            (PersonRole::Researcher, _) => accounts.researchers.push(id),
            (PersonRole::OutreachWorker, Some(team)) => _ = accounts.workers.insert(team.clone(), id),
            _ => {}
        }
    }
    Ok(accounts)
}

/// Share of the history's decisions that a colleague reads once more: enough for a figure of how far two agree.
const HISTORY_SHARE: f64 = 0.4;

/// How many cases the demo's researcher has decided: the first half of those that count as medium.
const DECIDED: u32 = 12;

/// The researcher's first morning: offers outreach to the clearest cases of band medium. Those of band high stay for
/// whoever tries the demo (they are on the lists unread).
async fn review(
    store: &Store,
    second: &SecondShare,
    reviewer: store::AccountId,
    at: Timestamp,
) -> anyhow::Result<usize> {
    let look = Look {
        actor: Actor::Account(reviewer),
        purpose: "demonstration".to_owned(),
        what: "queue",
        subject: String::new(),
        at,
    };
    let filter = QueueFilter { band: Some(domain::Band::Medium), ..QueueFilter::default() };
    let page = store.queue(&look, &filter, 0, DECIDED).await?;
    for row in &page.rows {
        let decision = Decision {
            kind: DecisionKind::OfferOutreach,
            reason_code: "several_signs".to_owned(),
            text: String::new(),
            change_mind: String::new(),
            until: None,
            refer_to: None,
        };
        let with = DecideWith { form: String::new(), second: second.clone(), referral: None };
        store.decide_with(&row.case, &decision, row.version, reviewer, at, &with).await?;
    }
    Ok(page.rows.len())
}

/// The lists of the demo's last day, made at its end so that everything just decided counts.
async fn make_lists(config: &Config, store: &Store, today: Timestamp) -> anyhow::Result<()> {
    let date = crate::time::local_day(today);
    let actor = Actor::System("job:demo".to_owned());
    for programme in config.programmes.values() {
        for team in &programme.teams {
            let made = list::make(store, config, programme, team, date, today, today, &actor).await?;
            eprintln!("{}: {} lines on the list of {date}.", team.name, made.lines.len());
        }
    }
    Ok(())
}
