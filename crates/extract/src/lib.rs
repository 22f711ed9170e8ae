//! What a page and an ad say. Pure: from a page to an ad version (`adapter`), from an ad's texts to its mentions
//! ([`Reader`]), to its masked text ([`mask`]) and to what text comparison needs ([`skeleton`]).
//!
//! Reading is a row of detectors over one tokenised text; each claims the tokens that it read, so that a price is no
//! phone number. Words are data (`config/lexicon`, `config/places`). Every mention points into the original.

mod address;
mod age;
mod amount;
mod claim;
mod clock;
mod contact;
mod error;
mod facts;
mod habits;
mod language;
mod lexicon;
mod mask;
mod name;
mod normal;
mod phone;
mod place;
mod price;
mod reader;
mod skeleton;
mod tokens;

pub mod adapter;
pub mod image_hash;

pub use adapter::{Adapter, AdapterError, SampleResult, SiteSettings, check_site};
pub use error::ReaderError;
pub use facts::version_facts;
pub use mask::mask;
pub use normal::normalise;
pub use reader::{ReadHints, Reader, ReaderSources};
pub use skeleton::skeleton;
