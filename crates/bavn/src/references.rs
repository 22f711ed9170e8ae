//! The dated reference: all that depends on everybody. The part of the rules (percentiles) and the part of linking
//! (rarity, common things, damped contacts) are made together, kept once and never changed, so that one ad more moves
//! nobody else.

use crate::config::Config;
use anyhow::Context;
use classifier::Reference;
use domain::AdFacts;
use jiff::Timestamp;
use linkage::LinkReference;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::Store;

/// What a kept reference begins with; another program's has another form.
const FORM: &[u8] = b"bavn reference 2\n";

/// Both parts of a reference.
#[derive(Debug, Clone)]
pub struct References {
    version: String,
    /// Parameters and code that counted it.
    made_with: String,
    /// What the rules take from everybody.
    pub rules: Reference,
    /// What linking takes from everybody.
    pub links: LinkReference,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    version: String,
    made_with: String,
    rules: Vec<u8>,
    links: LinkReference,
}

/// Parameters and code decide what is counted, and how.
fn made_with(config: &Config) -> String {
    format!("{} {}", config.parameters_hash(), env!("CARGO_PKG_VERSION"))
}

impl References {
    /// Of these ads, which are all there are.
    pub fn of(facts: &[AdFacts], config: &Config, as_of: Timestamp) -> anyhow::Result<Self> {
        let rules = Reference::build(facts, &config.geography, as_of);
        Self::new(rules, LinkReference::of(facts, &config.linkage), config, as_of)
    }

    /// Of its parts. The version is the day and a digest of the content: two references of one version say the same.
    pub fn new(rules: Reference, links: LinkReference, config: &Config, as_of: Timestamp) -> anyhow::Result<Self> {
        let made_with = made_with(config);
        let mut kept = Kept { version: String::new(), made_with, rules: rules.to_bytes(), links };
        let bytes = postcard::to_allocvec(&kept).context("writing the reference")?;
        let hash: String = Sha256::digest(&bytes).iter().take(8).map(|b| format!("{b:02x}")).collect();
        kept.version = format!("{}-{hash}", as_of.strftime("%Y-%m-%d"));
        Ok(Self { version: kept.version, made_with: kept.made_with, rules, links: kept.links })
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether the present parameters and code would count the same.
    pub fn fits(&self, config: &Config) -> bool {
        self.made_with == made_with(config)
    }

    /// As it is kept by the store.
    pub fn to_bytes(&self) -> anyhow::Result<Vec<u8>> {
        let kept = Kept {
            version: self.version.clone(),
            made_with: self.made_with.clone(),
            rules: self.rules.to_bytes(),
            links: self.links.clone(),
        };
        let mut bytes = FORM.to_vec();
        bytes.extend(postcard::to_allocvec(&kept).context("writing the reference")?);
        Ok(bytes)
    }

    /// A kept one; `None` where another program wrote it in another form, so that a new one must be made.
    pub fn from_bytes(bytes: &[u8], config: &Config) -> Option<Self> {
        let kept: Kept = postcard::from_bytes(bytes.strip_prefix(FORM)?).ok()?;
        let rules = Reference::from_bytes(&kept.rules, &config.geography)?;
        Some(Self { version: kept.version, made_with: kept.made_with, rules, links: kept.links })
    }

    /// The newest that the store keeps, if it was made by this program with these parameters.
    pub async fn newest(store: &Store, config: &Config) -> anyhow::Result<Option<Self>> {
        let kept = store.latest_reference().await?.and_then(|(_, bytes)| Self::from_bytes(&bytes, config));
        Ok(kept.filter(|kept| kept.fits(config)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_comes_back_as_it_was_kept_and_another_form_is_told() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
        let config = Config::load(&folder, false).unwrap();
        let made = References::of(&[], &config, Timestamp::UNIX_EPOCH).unwrap();
        let bytes = made.to_bytes().unwrap();
        let back = References::from_bytes(&bytes, &config).unwrap();
        assert_eq!((back.version(), &back.links), (made.version(), &made.links));
        assert_eq!(back.to_bytes().unwrap(), bytes);
        assert!(back.fits(&config));
        assert!(References::from_bytes(b"{}", &config).is_none());
        assert!(References::from_bytes(&bytes[..bytes.len() - 1], &config).is_none());
    }
}
