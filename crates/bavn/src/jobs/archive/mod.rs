//! `bavn archive`: archived pages as web archive files, and read again.

mod export;
mod import;
pub mod reread;
mod revisits;

use crate::cli::{ArchiveCommand, Cli};

/// Carries out the command.
pub async fn run(cli: &Cli, command: &ArchiveCommand) -> anyhow::Result<()> {
    match command {
        ArchiveCommand::Export(args) => export::run(cli, args).await,
        ArchiveCommand::Import(args) => import::run(cli, args).await,
    }
}
