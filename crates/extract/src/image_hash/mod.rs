//! PDQ hashes of pictures: an own port of the algorithm that Meta published ("The TMK+PDQF Video-Hashing Algorithm
//! and the PDQ Image-Hashing Algorithm", 2019; facebook/ThreatExchange, `pdq/`, BSD).
//!
//! A picture becomes luma, is blurred by two passes of box filters (Jarosz), sampled at 64 x 64 and taken to 16 x 16
//! coefficients of a cosine transform; each bit says whether a coefficient is above their median. The pixels are
//! dropped at once: only the hash leaves this module.
//!
//! **Invariant**: the same bytes give the same hash on every machine; nothing larger than [`MAX_PIXELS`] is decoded.

mod dct;
mod decode;
mod luma;
#[cfg(test)]
mod tests;

pub use decode::{ImageError, MAX_PIXELS, MAX_SIDE};

use domain::PdqHash;

/// Pictures of this quality or less are not compared: they hold too little to tell them apart.
pub const TOO_PLAIN: u8 = 49;

/// Pictures are taken for the same up to this distance.
pub const SAME_WITHIN: u32 = 31;

/// The hash of a picture (PNG, JPEG or WebP) and its quality, 0 to 100. A picture with a side of less than five
/// pixels has the zero hash and quality 0, as in the reference.
///
/// ```
/// use extract::image_hash::{ImageError, pdq};
/// assert!(matches!(pdq(b"no picture"), Err(ImageError::Unknown)));
/// ```
pub fn pdq(bytes: &[u8]) -> Result<(PdqHash, u8), ImageError> {
    let (luma, width, height) = decode::luma_of(bytes)?;
    Ok(pdq_luma(luma, width, height))
}

/// Whether bytes begin as a picture does, whatever they are called.
pub fn is_picture(bytes: &[u8]) -> bool {
    image::guess_format(bytes).is_ok()
}

/// The same for luma (0 to 255) row by row. A buffer that is not `width` x `height` long has the zero hash.
pub fn pdq_luma(luma: Vec<f32>, width: usize, height: usize) -> (PdqHash, u8) {
    match luma::sample(luma, width, height) {
        Some(sample) => (dct::bits(&dct::transform(&sample)), luma::quality(&sample)),
        None => (PdqHash([0; 32]), 0),
    }
}

/// The hashes of a picture turned and mirrored, and its quality: as it is; turned by 90, 180 and 270 degrees
/// against the clock; mirrored top to bottom, left to right, along the one and the other diagonal.
pub fn dihedral(bytes: &[u8]) -> Result<([PdqHash; 8], u8), ImageError> {
    let (luma, width, height) = decode::luma_of(bytes)?;
    Ok(dihedral_luma(luma, width, height))
}

/// [`dihedral`] for luma.
pub fn dihedral_luma(luma: Vec<f32>, width: usize, height: usize) -> ([PdqHash; 8], u8) {
    match luma::sample(luma, width, height) {
        Some(sample) => {
            let coefficients = dct::transform(&sample);
            (dct::TURNS.map(|turn| dct::bits(&dct::turned(&coefficients, turn))), luma::quality(&sample))
        }
        None => ([PdqHash([0; 32]); 8], 0),
    }
}

/// Which of `haystack` lie within `max` bits of `query`: index and distance, in the order of the haystack.
pub fn within(haystack: &[PdqHash], query: &PdqHash, max: u32) -> Vec<(usize, u32)> {
    let distances = haystack.iter().map(|hash| hash.distance(query)).enumerate();
    distances.filter(|(_, distance)| *distance <= max).collect()
}
