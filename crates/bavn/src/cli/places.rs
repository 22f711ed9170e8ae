//! `bavn places`: the register of places that teams visit.

use clap::Subcommand;
use std::path::PathBuf;

/// `bavn places`
#[derive(Clone, Subcommand)]
pub enum PlacesCommand {
    /// The register, one JSON object a place: where it is, since when, of concern or not, visits
    List,
    /// Take in a list from before: a table with the columns name, municipality and, if known, lat and lon
    ///
    /// The first line names the columns; commas, semicolons or tabs stand between. The municipality is its name or its four
    /// digits. A place of the same name in the same municipality is the same place. Taking a list in twice changes nothing.
    Import {
        /// The table, or - for standard input
        file: PathBuf,
        /// Take nothing in where a line is wrong
        #[arg(long)]
        strict: bool,
    },
    /// Add the places that the ads name: each street address with its municipality
    ///
    /// Where an ad names no town, that of other ads with the same contact stands in, if they agree. Building twice changes
    /// nothing.
    Build {
        /// Only ads seen on the last so many days
        #[arg(long, default_value_t = 90, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: u32,
    },
}
