//! From a picture's bytes to luma, within limits.

use image::{DynamicImage, ImageReader, Limits, error::LimitErrorKind};
use std::io::Cursor;

/// Widest or highest picture that is decoded, in pixels.
pub const MAX_SIDE: u32 = 8192;
/// Largest picture that is decoded, in pixels.
pub const MAX_PIXELS: u64 = 16_000_000;

/// Why a picture has no hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The bytes are neither PNG, JPEG nor WebP.
    #[error("the picture is neither PNG, JPEG nor WebP; it is left without a hash")]
    Unknown,
    /// The picture is larger than a site has reason to show.
    #[error("the picture is larger than {MAX_SIDE} pixels a side or {MAX_PIXELS} in all; it is left without a hash")]
    TooLarge,
    /// The bytes end too early or cannot be decoded.
    #[error("the picture cannot be decoded; fetch it again")]
    Broken,
}

/// Luma row by row, width, height.
pub(super) fn luma_of(bytes: &[u8]) -> Result<(Vec<f32>, usize, usize), ImageError> {
    let reader = || ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| ImageError::Unknown);
    // The size is read first: a header that promises 60,000 x 60,000 pixels costs nothing then.
    let mut first = reader()?;
    first.limits(limits());
    let (width, height) = first.into_dimensions().map_err(reason)?;
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(ImageError::TooLarge);
    }
    let mut second = reader()?;
    second.limits(limits());
    let picture = second.decode().map_err(reason)?;
    // At most 8192, so that they fit.
    Ok((to_luma(picture), width as usize, height as usize))
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    // Eight bytes a pixel: 16 bits and four channels.
    limits.max_alloc = Some(MAX_PIXELS * 8);
    limits
}

fn reason(error: image::ImageError) -> ImageError {
    match error {
        image::ImageError::Unsupported(_) => ImageError::Unknown,
        image::ImageError::Limits(error) => match error.kind() {
            LimitErrorKind::DimensionError | LimitErrorKind::InsufficientMemory => ImageError::TooLarge,
            _ => ImageError::Broken,
        },
        _ => ImageError::Broken,
    }
}

/// BT.601 weights in single precision, as in the reference. Transparency is left out of account, also as there.
fn to_luma(picture: DynamicImage) -> Vec<f32> {
    let rgb = picture.into_rgb8();
    let weigh = |pixel: &[u8]| 0.299 * f32::from(pixel[0]) + 0.587 * f32::from(pixel[1]) + 0.114 * f32::from(pixel[2]);
    rgb.as_raw().chunks_exact(3).map(weigh).collect()
}
