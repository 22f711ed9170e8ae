//! The wiring: command line, configuration, the path of the data, jobs. See ARCHITECTURE.md.
//!
//! **Invariant**: the clock, the file system and the environment are read here and handed down as arguments; what is
//! decided about an ad is decided in the pure crates.

pub mod anchors;
pub mod backup;
mod batch;
pub mod cli;
pub mod closures;
pub mod config;
pub mod configuring;
pub mod explain;
pub mod exports;
pub mod figures;
pub mod forgotten;
pub mod input;
pub mod jobs;
pub mod key;
pub mod live;
pub mod live_pages;
pub mod logging;
pub mod machine;
pub mod mail;
pub mod monitor;
pub mod pipeline;
pub mod plans;
pub mod ports;
pub mod progress;
pub mod references;
pub mod register;
pub mod release;
pub mod time;
pub mod web_settings;
pub mod what_if;

use cli::{Cli, Command, IndicatorCommand};

/// Bytes of a thread's stack, as the main thread has them: a job awaits deep into store and pages, and what an unoptimised
/// build keeps of it does not fit into tokio's 2 MiB. Only what is used takes memory.
const STACK: usize = 8 << 20;

/// Carries out a command.
pub fn run(cli: Cli) -> anyhow::Result<()> {
    let cli = jobs::demo::at_home(cli);
    match &cli.command {
        Command::Read(args) => return jobs::read::run(&cli.config, args),
        // Those in the shadow need the store.
        Command::Indicators(IndicatorCommand::Shadow { .. }) => {}
        Command::Indicators(command) => return jobs::indicators::run(&cli.config, command),
        Command::Programmes => return jobs::programmes::run(&cli.config),
        Command::Instrument(command) => return jobs::instrument::run(&cli.config, command),
        Command::Init => return jobs::init::run(&cli.config),
        _ => {}
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build()?;
    runtime.block_on(async {
        match &cli.command {
            Command::Demo(args) => jobs::demo::run(&cli, args).await,
            Command::Run(args) => {
                let clis = jobs::all::of(&cli, args.listen, args.monitor)?;
                jobs::all::together(clis, async |cli| jobs::run::run(&cli, &args.of(&cli)).await).await
            }
            Command::Serve(args) => {
                let clis = jobs::all::of(&cli, args.listen, args.monitor)?;
                jobs::all::together(clis, async |cli| jobs::serve::run(&cli, &args.of(&cli)).await).await
            }
            Command::Crawl(args) => {
                let clis = jobs::all::watching(jobs::all::of(&cli, None, args.monitor)?, &args.sites)?;
                jobs::all::together(clis, async |cli| jobs::crawl::run(&cli, &args.of(&cli)).await).await
            }
            Command::Analyse(args) => {
                let clis = jobs::all::of(&cli, None, None)?;
                jobs::all::in_turn(clis, async |cli| jobs::analyse::run(&cli, args).await).await
            }
            Command::List(args) => {
                let clis = jobs::all::listing(jobs::all::of(&cli, None, None)?, args.team.as_deref())?;
                jobs::all::in_turn(clis, async |cli| jobs::list::run(&cli, args).await).await
            }
            Command::Import(command) => jobs::import::run(&cli, command).await,
            Command::Archive(command) => jobs::archive::run(&cli, command).await,
            Command::Export(args) => jobs::export::run(&cli, args).await,
            Command::Report(args) => jobs::report::run(&cli, args).await,
            Command::User(command) => jobs::user::run(&cli, command).await,
            Command::Objection(command) => jobs::objection::run(&cli, command).await,
            Command::Places(command) => jobs::places::run(&cli, command).await,
            Command::Linkage(command) => jobs::linkage::run(&cli, command).await,
            Command::Explain(command) => jobs::explain::run(&cli, command).await,
            Command::Audit(command) => jobs::audit::run(&cli, command).await,
            Command::Retention(command) => jobs::retention::run(&cli, command).await,
            Command::Subject(command) => jobs::subject::run(&cli, command).await,
            Command::Backup(command) => jobs::backup::run(&cli, command).await,
            Command::Store(cli::StoreCommand::Copy { from, to }) => jobs::store_copy::run(&cli, from, to).await,
            Command::Key(command) => jobs::key::run(&cli, command).await,
            Command::Doctor => jobs::doctor::run(&cli).await,
            Command::Site(command) => jobs::site::run(&cli, command).await,
            Command::Indicators(command) => jobs::shadow::run(&cli, command).await,
            Command::Read(_) | Command::Instrument(_) | Command::Programmes | Command::Init => Ok(()),
        }
    })
}
