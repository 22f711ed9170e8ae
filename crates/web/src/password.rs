//! Passwords: argon2id with the crate's defaults (19 MiB, 2 passes, 1 lane: the least that OWASP's cheat sheet on
//! password storage recommends for argon2id).

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use std::collections::HashSet;
use std::sync::LazyLock;

/// Fewest characters. NIST SP 800-63B-4 asks for 15 where a password is all, 8 where a second factor goes with it.
pub const LEAST: usize = 12;
/// Most characters: enough for any sentence; hashing more would only cost time.
pub const MOST: usize = 200;

/// The list that Django checks against (`common-passwords.txt` of Django 5.2, BSD-3-Clause; compiled by Royce Williams from
/// published leaks), without the entries of fewer than five characters.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("../data/common_passwords.txt").lines().collect());

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Too few characters.
    #[error("the password needs at least 12 characters; several words are easy to remember")]
    Short,
    /// Too many.
    #[error("the password may have 200 characters at most")]
    Long,
    /// A common one, or one with a few signs around it or said twice.
    #[error(
        "the password is among the most common ones, or nearly so; choose several words that do not belong together"
    )]
    Common,
    /// The person's own name or log-in, or ours.
    #[error("the password is little more than the log-in, the name or the word bavn; choose something else")]
    Own,
}

/// Whether a password may be chosen. No rule on kinds of characters: length and not being guessable count (NIST SP
/// 800-63B-4, 3.1.1.2; OWASP ASVS 5, 6.2).
pub fn check(password: &str, login: &str, name: &str) -> Result<(), Weak> {
    let length = password.chars().count();
    if length < LEAST {
        return Err(Weak::Short);
    }
    if length > MOST {
        return Err(Weak::Long);
    }
    let lower = password.to_lowercase();
    let repeated = (1..=lower.len() / 2)
        .filter(|part| lower.len().is_multiple_of(*part) && lower.is_char_boundary(*part))
        .find(|part| lower[..*part].repeat(lower.len() / part) == lower);
    let once = repeated.map_or(lower.as_str(), |part| &lower[..part]);
    let inner = |text: &str| text.trim_matches(|c: char| !c.is_alphabetic()).to_owned();
    let guesses = [lower.clone(), once.to_owned(), inner(&lower), inner(once)];
    let follows = |first: u8, second: u8| second == first.wrapping_add(1) || (first, second) == (b'9', b'0');
    let counts = lower.as_bytes().windows(2).all(|pair| follows(pair[0], pair[1]))
        || lower.as_bytes().windows(2).all(|pair| follows(pair[1], pair[0]));
    let different: HashSet<char> = lower.chars().collect();
    let few = inner(&lower).chars().count() < 5 && lower.chars().filter(|c| c.is_numeric()).count() < LEAST;
    if counts || different.len() < 5 || few || guesses.iter().any(|guess| COMMON.contains(guess.as_str())) {
        return Err(Weak::Common);
    }
    let own: Vec<String> = name
        .to_lowercase()
        .split_whitespace()
        .map(str::to_owned)
        .chain([login.to_lowercase(), "bavn".into()])
        .collect();
    let mut rest = lower;
    for word in own.iter().filter(|word| word.chars().count() >= 3) {
        rest = rest.replace(word.as_str(), "");
    }
    if rest.chars().filter(|c| c.is_alphabetic()).count() < 4 && rest.chars().count() < 8 {
        Err(Weak::Own)
    } else {
        Ok(())
    }
}

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

/// Whether it is the hash of a password at all: an account that waits for its one-time link has none.
pub fn is_hash(hash: &str) -> bool {
    PasswordHash::new(hash).is_ok()
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
    fn weak_passwords_are_told_why_and_sentences_are_taken() {
        for (password, why) in [
            ("kort", Weak::Short),
            ("elleve tegn", Weak::Short),
            ("passwordpassword", Weak::Common),
            ("Password2026!", Weak::Common),
            ("123456789012", Weak::Common),
            ("210987654321", Weak::Common),
            ("abcdefghijklm", Weak::Common),
            ("aaaaaaaaaaaaaaaa", Weak::Common),
            ("1qaz2wsx3edc", Weak::Common),
            ("!!!!1234!!!!", Weak::Common),
            ("metteholm2026", Weak::Own),
            ("bavnbavnMette1", Weak::Own),
        ] {
            assert_eq!(check(password, "mette", "Mette Holm"), Err(why), "{password}");
        }
        assert_eq!(check(&"å".repeat(201), "mette", "Mette"), Err(Weak::Long));
        for good in
            ["gul cykel ved havnen", "æblegrød-på-tirsdage", "483920174659", "c1f0a9b27d3e", "bavnehøj ved stranden"]
        {
            assert_eq!(check(good, "mette", "Mette Holm"), Ok(()), "{good}");
        }
        assert!(COMMON.len() > 18_000, "{}", COMMON.len());
        let long: Vec<_> = COMMON.iter().filter(|entry| entry.chars().count() >= LEAST).collect();
        assert!(long.len() > 150 && long.iter().all(|entry| check(entry, "mette", "Mette Holm").is_err()));
    }

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
