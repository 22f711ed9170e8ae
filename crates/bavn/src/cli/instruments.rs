//! Screening instruments.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `bavn instrument`
#[derive(Clone, Subcommand)]
pub enum InstrumentCommand {
    /// Every version of every form
    List,
    /// Look for questions that no answers lead to, texts that are missing, licences that have ended; exit 1 for a fault
    Check {
        /// One form [default: every form]
        id: Option<String>,
    },
    /// A form to read: questions, notes, what answers are signs of, how the band is made
    Show {
        /// Which form
        id: String,
        /// Which version [default: the newest]
        #[arg(long = "form-version", value_name = "N")]
        edition: Option<u32>,
        /// Language code [default: the form's own]
        #[arg(long, value_name = "CODE")]
        lang: Option<String>,
    },
    /// Take in an XLSForm workbook as a new form or version
    Import(InstrumentImportArgs),
    /// Write a form as XLSForm workbook, for pyxform, ODK, Kobo and spreadsheets
    Export {
        /// Which form
        id: String,
        /// Workbook to write: FILE.xlsx
        file: PathBuf,
        /// Which version [default: the newest]
        #[arg(long = "form-version", value_name = "N")]
        edition: Option<u32>,
    },
    /// Release a version for use: from then on it never changes
    Release {
        /// Which form
        id: String,
        /// Which version [default: the newest]
        #[arg(long = "form-version", value_name = "N")]
        edition: Option<u32>,
        /// Who says so
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// Try made-up answers, one JSON object {"question":"answer"} a line; nothing is kept
    Try {
        /// Which form
        id: String,
        /// JSON Lines [default: standard input]
        file: Option<PathBuf>,
        /// Which version [default: the newest]
        #[arg(long = "form-version", value_name = "N")]
        edition: Option<u32>,
    },
}

/// `bavn instrument import`
#[derive(Clone, Args)]
pub struct InstrumentImportArgs {
    /// XLSForm workbook (.xlsx)
    pub file: PathBuf,
    /// The form's id: small letters, digits, - and _ [default: form_id of its settings]
    #[arg(long)]
    pub id: Option<String>,
    /// Its version [default: version of its settings where that is a number, else 1]
    #[arg(long = "form-version", value_name = "N")]
    pub edition: Option<u32>,
    /// Language of columns that name none [default: the form's default language, else en]
    #[arg(long, value_name = "CODE")]
    pub language: Option<String>,
    /// Its own question of consent and the answer that gives it
    #[arg(long, value_name = "QUESTION=ANSWER", conflicts_with = "add_consent")]
    pub consent: Option<String>,
    /// Put a question of consent first, and ask nothing without it
    #[arg(long)]
    pub add_consent: bool,
    /// It is the institution's own licensed or validated tool: id own-tool, consent first, a licence
    #[arg(long, requires = "licence_holder")]
    pub own_tool: bool,
    /// Who holds the rights
    #[arg(long, value_name = "NAME", requires = "licence_terms")]
    pub licence_holder: Option<String>,
    /// Agreement or terms under which it is used
    #[arg(long, value_name = "TEXT", requires = "licence_holder")]
    pub licence_terms: Option<String>,
    /// Last day of the licence
    #[arg(long, value_name = "DATE", requires = "licence_holder")]
    pub licence_until: Option<String>,
}
