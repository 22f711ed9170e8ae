//! What can go wrong before the first ad is read.

/// Why a reader could not be made. Reading itself never fails.
#[derive(Debug, thiserror::Error)]
pub enum ReaderError {
    /// A file of `config/lexicon` is not there.
    #[error("reading the lexicon: the file {file} is missing; put it back from the distribution's config/lexicon")]
    MissingFile {
        /// The file's name.
        file: &'static str,
    },
    /// A file of `config/lexicon` is not what is expected.
    #[error("reading the lexicon: {file}: {message}; correct the file")]
    BadFile {
        /// The file's name.
        file: String,
        /// What is wrong, with line and key where the parser knows them.
        message: String,
    },
    /// The list of places has a line that is not five fields.
    #[error(
        "reading the places: line {line} of dk_places.csv needs postal_code,place,municipality_code,municipality,region"
    )]
    BadPlaceLine {
        /// Counted from 1.
        line: usize,
    },
    /// The lexicon of places names something that the list of places does not hold.
    #[error(
        "reading the places: places.toml names '{name}', which dk_places.csv does not hold; correct one of the two"
    )]
    UnknownPlace {
        /// The name or code.
        name: String,
    },
}
