//! Passwords: argon2id with the crate's defaults (19 MiB, 2 passes, 1 lane: the least that OWASP's cheat sheet on
//! password storage recommends for argon2id).

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use std::sync::LazyLock;

/// Why a password could not be hashed.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed: {what}; try again")]
pub struct PasswordError {
    what: String,
}

/// Hashes a password with a fresh salt, as it is kept in the store.
pub fn hash(password: &str) -> Result<String, PasswordError> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| PasswordError { what: error.to_string() })
}

/// Whether the password is the one that was hashed.
pub fn matches(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Takes as long as checking a real password, so that an unknown login cannot be told from a wrong password.
pub fn waste_as_long(password: &str) {
    static NOBODY: LazyLock<String> = LazyLock::new(|| hash("nobody").unwrap_or_default());
    matches(password, &NOBODY);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_its_own_hash_only_and_two_hashes_differ() {
        let kept = hash("gul cykel ved havnen").unwrap();
        assert!(kept.starts_with("$argon2id$"));
        assert!(matches("gul cykel ved havnen", &kept));
        assert!(!matches("gul cykel ved havnen ", &kept));
        assert!(!matches("", "no hash"));
        assert_ne!(kept, hash("gul cykel ved havnen").unwrap());
    }
}
