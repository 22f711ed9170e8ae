//! What can be wrong with what an administrator writes.

/// What was tried, on what, and what to do.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq)]
pub enum OutreachError {
    /// A prepared text names what it must not.
    #[error(
        "prepared text '{id}' ({language}) names '{word}': texts never name trafficking; write it without the word"
    )]
    Names {
        /// The text's id.
        id: String,
        /// Its language.
        language: String,
        /// The word found.
        word: &'static str,
    },
    /// A text for a phone that somebody else may hold takes up who writes.
    #[error(
        "prepared text '{id}' ({language}) has reveals_nothing = true and a variable: somebody else may read it, so it names \
         neither team nor number; write it without variables, or set reveals_nothing = false"
    )]
    Reveals {
        /// The text's id.
        id: String,
        /// Its language.
        language: String,
    },
    /// A text has a variable that nobody fills.
    #[error("prepared text '{id}' ({language}) uses '{{{variable}}}', which is unknown: use one of {known}")]
    Variable {
        /// The text's id.
        id: String,
        /// Its language.
        language: String,
        /// The variable.
        variable: String,
        /// Those that exist.
        known: String,
    },
    /// A confirmation of a text that does not ship.
    #[error("confirmed = [\"{name}\"]: no draft of that name and version ships; write it as in offer-ro-1")]
    Confirmed {
        /// As written.
        name: String,
    },
    /// A brace without its partner.
    #[error("prepared text '{id}' ({language}) has a brace that is not closed: write variables as {{team}}")]
    Brace {
        /// The text's id.
        id: String,
        /// Its language.
        language: String,
    },
    /// A trial that compares nothing.
    #[error("a trial names two methods or more, each once: what is not compared is not on trial")]
    Trial,
    /// A rest that the register cannot know of.
    #[error(
        "common_days = {given}: it must lie between 1 and {most}, since the register keeps an approach for so long"
    )]
    CommonDays {
        /// As given.
        given: u32,
        /// Most.
        most: u32,
    },
    /// A share that is none.
    #[error("the random share is {given}: it must lie between 0 and 0.1 (10 % of the list at most)")]
    RandomShare {
        /// As given.
        given: String,
    },
}
