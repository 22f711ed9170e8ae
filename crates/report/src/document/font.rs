//! The two fonts of documents, whole, and the encoding in which a PDF names their letters. Liberation Sans 2.1.5, SIL Open Font
//! License 1.1 (`assets/LiberationSans.copyright`).

use std::sync::LazyLock;

/// The font file.
pub(super) struct Font {
    /// As embedded.
    pub bytes: &'static [u8],
    /// Name in the PDF.
    pub name: &'static str,
    /// Widths of the 256 codes, in thousandths of the size.
    pub widths: Vec<f32>,
    /// Height above and depth below the line, in thousandths.
    pub rise: (f32, f32),
}

/// Regular.
pub(super) static REGULAR: LazyLock<Font> =
    LazyLock::new(|| Font::read(include_bytes!("../../assets/LiberationSans-Regular.ttf"), "LiberationSans"));
/// Bold.
pub(super) static BOLD: LazyLock<Font> =
    LazyLock::new(|| Font::read(include_bytes!("../../assets/LiberationSans-Bold.ttf"), "LiberationSans-Bold"));

/// Characters of the codes 128 to 159 in Windows-1252.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

impl Font {
    fn read(bytes: &'static [u8], name: &'static str) -> Font {
        let mut font = Font { bytes, name, widths: vec![556.0; 256], rise: (905.0, -212.0) };
        if let Ok(face) = ttf_parser::Face::parse(bytes, 0) {
            let thousandths = |units: i32| units as f32 * 1000.0 / f32::from(face.units_per_em());
            font.rise = (thousandths(i32::from(face.ascender())), thousandths(i32::from(face.descender())));
            for (code, width) in font.widths.iter_mut().enumerate() {
                let glyph = face.glyph_index(character(code as u8)).and_then(|glyph| face.glyph_hor_advance(glyph));
                *width = glyph.map_or(0.0, |advance| thousandths(i32::from(advance)));
            }
        }
        font
    }

    /// Width of an encoded text at a size.
    pub fn width(&self, text: &[u8], size: f32) -> f32 {
        text.iter().map(|code| self.widths[usize::from(*code)]).sum::<f32>() * size / 1000.0
    }
}

/// The character of a code.
fn character(code: u8) -> char {
    match code {
        128..=159 => HIGH[usize::from(code - 128)],
        _ => char::from(code),
    }
}

/// A text in Windows-1252. What that does not have is written with what it has.
pub(super) fn encode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{a0}' | '\u{202f}' | '\u{2009}' => bytes.push(b' '),
            ' '..='~' | '\u{a1}'..='\u{ff}' => bytes.push(character as u8),
            '≥' => bytes.extend(b">="),
            '≤' => bytes.extend(b"<="),
            '−' => bytes.push(150),
            _ => match HIGH.iter().position(|known| *known == character) {
                Some(at) => bytes.push(128 + at as u8),
                None => bytes.push(b'?'),
            },
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn danish_letters_are_in_the_font_and_keep_their_code() {
        assert_eq!(encode("ÆØÅæøå§–≥"), [198, 216, 197, 230, 248, 229, 167, 150, b'>', b'=']);
        for font in [&*REGULAR, &*BOLD] {
            for code in encode("ABCæøåÆØÅ0123456789%,.–•") {
                assert!(font.widths[usize::from(code)] > 100.0, "{code}");
            }
            assert!(font.rise.0 > 700.0 && font.rise.1 < -100.0);
        }
        assert!(REGULAR.width(&encode("iiii"), 10.0) < REGULAR.width(&encode("MMMM"), 10.0));
    }
}
