//! The draw: the same seed gives the same order, and no place is before another by anything but the draw.

use crate::PlaceId;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

/// A place's number in the draw that is made on `day`.
pub fn lot(seed: &str, day: Date, place: &PlaceId) -> u64 {
    let mut hash = Sha256::new();
    for part in [seed, &day.to_string(), &place.0] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let bytes: [u8; 32] = hash.finalize().into();
    bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Kilometres between two points given in degrees.
pub fn distance_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (from, to) = (a.0.to_radians(), b.0.to_radians());
    let (up, over) = ((to - from) / 2.0, (b.1 - a.1).to_radians() / 2.0);
    let half = up.sin().powi(2) + from.cos() * to.cos() * over.sin().powi(2);
    2.0 * 6371.0 * half.sqrt().min(1.0).asin()
}
