//! One master key, and the keys derived from it.

use crate::StoreError;

/// The master key: 32 bytes outside the data folder. `Debug` shows nothing.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl MasterKey {
    /// From bytes, for instance those that the demo makes from its seed.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
    /// A new one from the system's randomness.
    pub fn random() -> Result<Self, StoreError> {
        todo!()
    }
    /// From a key file's text: 64 hex digits or base64 of 32 bytes, white space around it allowed.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        todo!()
    }
    /// As a key file's text: 64 hex digits and a line end.
    pub fn to_file_text(&self) -> String {
        todo!()
    }
}
