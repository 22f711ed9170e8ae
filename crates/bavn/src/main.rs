//! Parses, picks the role, maps errors to exit codes: 0 done, 1 failed with one clear sentence, 2 wrong usage.

use bavn::cli::Cli;
use clap::Parser;
use std::process::ExitCode;

/// See Cargo.toml.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Where each small piece that is left keeps two megabytes, a crawl takes twice the memory that it uses. On a system
    // that does not know the wish it stays so.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are what was asked for: exit 0. The rest is wrong usage: exit 2.
            let code = if error.use_stderr() { 2 } else { 0 };
            drop(error.print());
            return ExitCode::from(code);
        }
    };
    bavn::logging::start(&cli);
    match bavn::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads the output has had enough of it: that is no failure.
        Err(error) if bavn::explain::reader_is_gone(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", bavn::explain::explain(&error));
            ExitCode::FAILURE
        }
    }
}
