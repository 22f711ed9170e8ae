//! `bavn objection`, `subject` and `user`.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// `bavn objection`
#[derive(Clone, Subcommand)]
pub enum ObjectionCommand {
    /// Keep an objection: that contact is left alone from now on, whether or not it is known
    ///
    /// Of the contact only a keyed hash is kept. The objection reaches further contacts of the same advertiser by rule only where
    /// one persona uses them and the ties are strong; otherwise a named person decides ('bavn objection list --open').
    Add(ObjectionAddArgs),
    /// Objections, newest first, and what a named person is to decide. Contacts stand as pseudonyms
    List {
        /// Only what a named person is to decide
        #[arg(long)]
        open: bool,
        /// As JSON Lines
        #[arg(long)]
        json: bool,
        /// Why: kept in the audit log
        #[arg(long, default_value = "operation")]
        purpose: String,
    },
    /// Decide how far an objection goes at an advertiser
    Decide(ObjectionDecideArgs),
    /// Take such a decision back
    Undo {
        /// Number of the question, as 'bavn objection list' shows it
        question: i64,
    },
    /// Take an objection back, for the person who made it
    Withdraw {
        /// Number of the objection
        objection: i64,
        /// Who asked for it, and how: kept as an event
        #[arg(long, value_name = "TEXT")]
        because: String,
    },
}

/// `bavn objection add`
#[derive(Clone, Args)]
pub struct ObjectionAddArgs {
    /// A phone number, e-mail address or user name (telegram: name); - reads one a line from standard input, so that it stands
    /// in no shell history
    pub contact: String,
    /// Why: kept in the audit log
    #[arg(long, default_value = "operation")]
    pub purpose: String,
}

/// `bavn objection decide`
#[derive(Clone, Args)]
pub struct ObjectionDecideArgs {
    /// Number of the question, as 'bavn objection list --open' shows it
    pub question: i64,
    /// How far
    #[arg(long)]
    pub extent: ExtentArg,
    /// Why: kept as an event
    #[arg(long, value_name = "TEXT")]
    pub because: String,
}

/// How far an objection goes.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExtentArg {
    /// No further than its own contact
    Contact,
    /// To every contact of the advertiser that is not damped, now and in later ads
    Advertiser,
}

/// `bavn subject`
#[derive(Clone, Subcommand)]
pub enum SubjectCommand {
    /// What is known of a contact, in counts. The look-up is logged
    Find {
        /// A phone number, e-mail address or service:name
        contact: String,
        /// Why: kept in the audit log
        #[arg(long)]
        purpose: String,
    },
    /// Record that a named person has checked who asks, and whether an answer endangers somebody
    Check(SubjectCheckArgs),
    /// Write the answer to a person who asks what is known of her contact. Needs a check
    Export {
        /// A phone number, e-mail address or service:name
        contact: String,
        /// File for the answer (JSON)
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Also name further ads of the same advertisers; they may be other people's
        #[arg(long)]
        linked: bool,
        /// Why: kept in the audit log
        #[arg(long, default_value = "right of access")]
        purpose: String,
    },
    /// Erase the contact and the ads that show it, everywhere. Needs a check; an objection is kept
    Erase {
        /// A phone number, e-mail address or service:name
        contact: String,
        /// Why: kept in the audit log
        #[arg(long, default_value = "right to erasure")]
        purpose: String,
    },
    /// Keep an objection: the contact is left alone from now on
    Object {
        /// A phone number, e-mail address or service:name
        contact: String,
    },
}

/// `bavn subject check`
#[derive(Clone, Args)]
pub struct SubjectCheckArgs {
    /// A phone number, e-mail address or service:name
    pub contact: String,
    /// Log-in of the person who has checked
    #[arg(long, value_name = "LOGIN")]
    pub checked_by: String,
    /// How it was made sure who asks, and that the contact is theirs
    #[arg(long, value_name = "TEXT")]
    pub identity: String,
    /// Whether an answer or an erasure endangers somebody, and why not
    #[arg(long, value_name = "TEXT")]
    pub danger: String,
    /// Withhold it, under this exception, for example "databeskyttelsesloven § 22, stk. 2"
    #[arg(long, value_name = "EXCEPTION", requires = "because")]
    pub withhold: Option<String>,
    /// The exception's reason
    #[arg(long, value_name = "TEXT", requires = "withhold")]
    pub because: Option<String>,
}

/// `bavn user`
#[derive(Clone, Subcommand)]
pub enum UserCommand {
    /// Add an account; the password is asked for, or read from standard input
    Add(UserAddArgs),
    /// Add an account and print a one-time link with which its owner sets the password and the second factor
    Invite(UserAddArgs),
    /// Print a new one-time link for an account that has lost password, app or codes
    ///
    /// What was there before is good until the link is used.
    Link {
        /// The account's log-in
        login: String,
    },
    /// Every account
    List,
    /// Where an account is signed in
    Sessions {
        /// The account's log-in
        login: String,
        /// End them all
        #[arg(long)]
        end: bool,
    },
    /// Let a closed account sign in again
    Open {
        /// The account's log-in
        login: String,
    },
    /// Set a new password; all sessions end
    Password {
        /// The account's log-in
        login: String,
    },
    /// Say which languages a person speaks, so that lines match; none: those of the team
    Languages {
        /// The account's log-in
        login: String,
        /// e.g. da,en,ro
        #[arg(value_delimiter = ',')]
        languages: Vec<String>,
    },
    /// Close an account at once
    Close {
        /// The account's log-in
        login: String,
    },
}

/// `bavn user add`
#[derive(Clone, Args)]
pub struct UserAddArgs {
    /// Log-in
    pub login: String,
    /// Full name
    #[arg(long)]
    pub name: String,
    /// What the person may do
    #[arg(long)]
    pub role: RoleArg,
    /// Team, for outreach workers
    #[arg(long)]
    pub team: Option<String>,
    /// Languages that the person speaks, e.g. da,en,ro [default: those of the team]
    #[arg(long, value_delimiter = ',')]
    pub languages: Vec<String>,
}

/// Roles of accounts.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoleArg {
    /// Tunes the crawl, manages accounts
    Administrator,
    /// Reviews cases
    Researcher,
    /// Works a team's contact list
    #[value(alias = "outreach_worker")]
    OutreachWorker,
    /// Reads the audit log and its alarms, nothing else
    Auditor,
}
