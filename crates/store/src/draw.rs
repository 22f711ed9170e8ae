//! Draws that can be repeated: a number between 0 and 1 made of a seed and what is drawn.

use sha2::{Digest, Sha256};

/// Whether `what` is drawn: its number lies below the share.
pub(crate) fn is_drawn(seed: &str, share: f64, what: &str) -> bool {
    let digest = Sha256::new().chain_update(seed.as_bytes()).chain_update([0]).chain_update(what).finalize();
    let number = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    (number as f64 / u64::MAX as f64) < share
}

#[cfg(test)]
mod tests {
    use super::is_drawn;

    #[test]
    fn a_draw_can_be_repeated_and_keeps_to_its_share() {
        let drawn = |share| (0..2000).filter(|n| is_drawn("s", share, &format!("case_{n}"))).count();
        assert_eq!((drawn(0.0), drawn(1.0)), (0, 2000));
        assert!((150..250).contains(&drawn(0.1)), "{}", drawn(0.1));
        assert_eq!(drawn(0.1), drawn(0.1));
        assert!((0..100).any(|n| is_drawn("s", 0.5, &n.to_string()) != is_drawn("t", 0.5, &n.to_string())));
    }
}
