//! What can go wrong: what was tried, on what, and what to do.

/// An error of the store. Holds no text, number, name or address of any ad.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address of the database cannot be understood.
    #[error("the database address {url:?} cannot be used: {what}; write sqlite:PATH or postgres://USER@HOST/NAME")]
    Url {
        /// The address, without its password.
        url: String,
        /// What is wrong with it.
        what: String,
    },
    /// The folder for the database file is not there.
    #[error("the folder {folder} for the database does not exist; create it, or name another with --data")]
    MissingFolder {
        /// Which folder.
        folder: String,
    },
    /// The engine does not answer.
    #[error("the database at {url} cannot be reached: {what}; check that it runs and that the address is right")]
    Unreachable {
        /// The address, without its password.
        url: String,
        /// What the engine or the system said.
        what: String,
    },
    /// The database was written by a newer program.
    #[error(
        "the database has schema version {found}, this program knows {known}: it was written by a newer bavn; install that version, or restore a backup from before the upgrade"
    )]
    Newer {
        /// Version of the database.
        found: i64,
        /// Newest version that this program knows.
        known: i64,
    },
    /// A migration failed; it was rolled back.
    #[error("bringing the database to schema version {version} failed and was rolled back: {what}")]
    Migration {
        /// Which version.
        version: i64,
        /// What the engine said.
        what: String,
    },
    /// The key is not the one that the database was made with.
    #[error(
        "the master key does not fit this database; give the key file that belongs to it with --key or BAVN_MASTER_KEY_FILE (beside an embedded store it is <data>.key)"
    )]
    WrongKey,
    /// A change of the master key was begun and is not done.
    #[error(
        "the master key is being changed, or was: finish it with 'bavn key rotate', then start this program again with the new key"
    )]
    KeyChanging,
    /// The key file holds no key.
    #[error("the master key cannot be used: {what}; a key file holds 32 bytes as 64 hex digits or base64")]
    BadKey {
        /// What is wrong.
        what: String,
    },
    /// A sealed value cannot be opened: it was changed, or moved from another row.
    #[error(
        "a sealed value in {table}.{column} cannot be opened: it was changed or belongs to another row; run `bavn doctor` and restore a backup"
    )]
    Unsealable {
        /// Its table.
        table: &'static str,
        /// Its column.
        column: &'static str,
    },
    /// What is stored has not the form that it should have.
    #[error("what is stored for {what} cannot be read; run `bavn doctor`")]
    Corrupt {
        /// What it is.
        what: &'static str,
    },
    /// What was named does not exist.
    #[error("there is no such {what}")]
    NotFound {
        /// Kind of thing.
        what: &'static str,
    },
    /// Somebody else saved in the meantime.
    #[error(
        "the {what} was changed meanwhile (version {found}, the page showed {expected}); look at it again, nothing was saved"
    )]
    Conflict {
        /// Kind of thing.
        what: &'static str,
        /// Version that the caller saw.
        expected: i64,
        /// Version that is stored.
        found: i64,
    },
    /// Someone else holds it.
    #[error("the {what} is held by {by} until {until}")]
    Held {
        /// Kind of thing.
        what: &'static str,
        /// Name of the holder.
        by: String,
        /// Until when.
        until: jiff::Timestamp,
    },
    /// The rules do not allow it.
    #[error("not allowed: {why}")]
    Refused {
        /// Which rule, and what to do.
        why: &'static str,
    },
    /// The disk is full, the database is away or busy: it may work again in a moment.
    #[error("the database did not answer while {doing}: {what}; it will be tried again")]
    Unavailable {
        /// What was tried.
        doing: &'static str,
        /// What the engine said.
        what: String,
    },
    /// The engine refused.
    #[error("the database refused while {doing}: {what}; run `bavn doctor`")]
    Engine {
        /// What was tried.
        doing: &'static str,
        /// What the engine said.
        what: String,
    },
    /// The disk or the folder cannot be written.
    #[error(
        "the store cannot be written ({what}): make its disk and folder writable again (`mount -o remount,rw`, the rights of the data folder); what was kept is whole"
    )]
    ReadOnly {
        /// What the engine or the system said.
        what: String,
    },
    /// The database file is damaged.
    #[error(
        "the database file is damaged ({what}), found while {doing}: stop bavn, keep a copy of the file, and bring back the newest good backup (`bavn backup restore`)"
    )]
    Damaged {
        /// What was tried.
        doing: &'static str,
        /// What the engine said.
        what: String,
    },
    /// A backup or a copy cannot be made or used.
    #[error("the backup or copy cannot be used: {what}")]
    Backup {
        /// What is wrong.
        what: String,
    },
    /// Randomness from the system is not to be had.
    #[error("the system gives no random numbers: {what}")]
    Random {
        /// What the system said.
        what: String,
    },
}

impl StoreError {
    /// It may go away by itself: wait and try again.
    pub fn is_transient(&self) -> bool {
        matches!(self, StoreError::Unavailable { .. } | StoreError::Unreachable { .. } | StoreError::ReadOnly { .. })
    }
}
