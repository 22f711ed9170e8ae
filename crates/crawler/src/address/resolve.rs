//! Names to addresses, at the moment of the connection.

use super::AddressPolicy;
use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Looks a name up.
#[async_trait]
pub trait Lookup: Send + Sync {
    /// The addresses of a name.
    async fn lookup(&self, name: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// The machine's own resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn lookup(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Why a name led nowhere.
#[derive(Debug, thiserror::Error)]
pub enum LookupFailed {
    /// Nobody knows the name.
    #[error("the name was not found: {0}")]
    NotFound(std::io::Error),
    /// It leads to private or special addresses only.
    #[error("the name leads to a private or special address")]
    Refused,
}

/// A resolver that gives the client only addresses that the policy permits. The client connects to exactly these, so
/// there is no second look-up between check and connection.
pub struct SafeResolver {
    policy: AddressPolicy,
    lookup: Arc<dyn Lookup>,
}

impl SafeResolver {
    /// A resolver for one site.
    pub fn new(policy: AddressPolicy, lookup: Arc<dyn Lookup>) -> Self {
        Self { policy, lookup }
    }

    /// The permitted addresses of a name.
    pub async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, LookupFailed> {
        let mut found = self.lookup.lookup(name).await.map_err(LookupFailed::NotFound)?;
        if found.is_empty() {
            return Err(LookupFailed::NotFound(std::io::ErrorKind::NotFound.into()));
        }
        found.retain(|address| self.policy.permits(*address));
        if found.is_empty() { Err(LookupFailed::Refused) } else { Ok(found) }
    }
}

impl Resolve for SafeResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = SafeResolver { policy: self.policy.clone(), lookup: self.lookup.clone() };
        Box::pin(async move {
            let addresses = resolver.addresses(name.as_str()).await?;
            let sockets: Addrs = Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(sockets)
        })
    }
}
