//! A QR code as inline SVG: one path, no style, so that the page's policy on content stays as it is.

use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

/// Modules of quiet zone around the code (ISO/IEC 18004 asks for four).
const QUIET: usize = 4;

/// The picture of a text; `None` where it is too long for one. Dark on light in either mode, as readers expect it.
pub fn qr(text: &str, title: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let side = width + 2 * QUIET;
    let mut path = String::new();
    for (place, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let _ = write!(path, "M{} {}h1v1h-1z", place % width + QUIET, place / width + QUIET);
        }
    }
    let title = crate::picture::escape(title);
    Some(format!(
        "<svg class=\"qr\" viewBox=\"0 0 {side} {side}\" role=\"img\" shape-rendering=\"crispEdges\" xmlns=\"http://www.w3.org/2000/svg\">\
         <title>{title}</title><rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_has_its_three_finders_and_no_style() {
        let picture = qr("otpauth://totp/bavn:mette?secret=GEZDGNBV&issuer=bavn", "Kode <1>").unwrap();
        // The upper row of a finder: seven dark modules, then a light one.
        for (x, y) in [(4, 4), (10, 4), (4, 10)] {
            assert!(picture.contains(&format!("M{x} {y}h1v1h-1z")), "{x} {y}");
        }
        assert!(!picture.contains("M11 4h"), "the light line beside the finder");
        assert!(!picture.contains("style") && picture.contains("Kode &lt;1&gt;"));
        assert!(qr(&"x".repeat(5_000), "").is_none());
    }
}
