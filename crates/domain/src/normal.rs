//! A text folded for matching, with the way back to the original.
//!
//! Patterns are matched on ASCII letters with ASCII word boundaries, since Unicode `\b` on text with æøå drops a
//! regex set to its slow engine. So æ, ø and å become `ae`, `oe` and `aa` in text and pattern alike, which also makes
//! the old and new spelling of Danish names one (`Århus`, `Aarhus`).

use std::ops::Range;

/// A folded text. Every byte of it knows the bytes of the original that it came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NormalText {
    text: String,
    origin: Vec<(u32, u32)>,
}

impl NormalText {
    /// The folded text: lower case, ASCII where the script is Latin, single spaces.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The original's bytes that `range` of the folded text came from. An empty range gives an empty one.
    pub fn original(&self, range: Range<usize>) -> Range<usize> {
        match (self.origin.get(range.start), range.end.checked_sub(1).and_then(|last| self.origin.get(last))) {
            (Some(first), Some(last)) if range.start < range.end => first.0 as usize..last.1 as usize,
            (Some(first), _) => first.0 as usize..first.0 as usize,
            (None, _) => {
                let end = self.origin.last().map_or(0, |last| last.1 as usize);
                end..end
            }
        }
    }

    /// Folds a text letter by letter (see [`fold_char`]) and runs of white space to one space; nothing else. For
    /// patterns and dictionaries; ads go through `extract`, which also undoes look-alikes and spacing.
    pub fn fold(original: &str) -> Self {
        let mut builder = NormalTextBuilder::default();
        for (start, character) in original.char_indices() {
            builder.push_folded(character, start..start + character.len_utf8());
        }
        builder.finish()
    }
}

/// Builds a [`NormalText`] from left to right.
#[derive(Debug, Default)]
pub struct NormalTextBuilder {
    text: String,
    origin: Vec<(u32, u32)>,
}

impl NormalTextBuilder {
    /// Appends `piece`, which came from `original` (bytes of the original text).
    pub fn push(&mut self, piece: &str, original: Range<usize>) {
        self.text.push_str(piece);
        let origin = (clamp(original.start), clamp(original.end));
        self.origin.resize(self.text.len(), origin);
    }

    /// Appends one character folded; white space after white space only widens what the one space came from.
    pub fn push_folded(&mut self, character: char, original: Range<usize>) {
        if character.is_whitespace() {
            if self.text.ends_with(' ') {
                if let Some(last) = self.origin.last_mut() {
                    last.1 = clamp(original.end);
                }
            } else {
                self.push(" ", original);
            }
            return;
        }
        match fold_char(character) {
            Some(folded) => self.push(folded, original),
            None => {
                let mut buffer = [0; 4];
                for lower in character.to_lowercase() {
                    self.push(lower.encode_utf8(&mut buffer), original.clone());
                }
            }
        }
    }

    /// What was appended so far.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The finished text.
    pub fn finish(self) -> NormalText {
        NormalText { text: self.text, origin: self.origin }
    }
}

fn clamp(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// ASCII for a letter of the Latin script that has marks or is a ligature; `None` for every other character.
/// Danish, Norwegian, Swedish and German by their own conventions (æ ae, ø oe, å aa, ü ue, ß ss), others by dropping
/// the mark.
pub fn fold_char(character: char) -> Option<&'static str> {
    Some(match character {
        'æ' | 'Æ' | 'ä' | 'Ä' => "ae",
        'ø' | 'Ø' | 'ö' | 'Ö' | 'œ' | 'Œ' => "oe",
        'å' | 'Å' => "aa",
        'ü' | 'Ü' => "ue",
        'ß' | 'ẞ' => "ss",
        'á' | 'à' | 'â' | 'ã' | 'ā' | 'ă' | 'ą' | 'Á' | 'À' | 'Â' | 'Ã' | 'Ā' | 'Ă' | 'Ą' => "a",
        'ç' | 'ć' | 'č' | 'ĉ' | 'Ç' | 'Ć' | 'Č' | 'Ĉ' => "c",
        'ď' | 'đ' | 'ð' | 'Ď' | 'Đ' | 'Ð' => "d",
        'é' | 'è' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' | 'É' | 'È' | 'Ê' | 'Ë' | 'Ē' | 'Ė' | 'Ę' | 'Ě' => {
            "e"
        }
        'ğ' | 'ģ' | 'Ğ' | 'Ģ' => "g",
        'í' | 'ì' | 'î' | 'ï' | 'ī' | 'į' | 'ı' | 'Í' | 'Ì' | 'Î' | 'Ï' | 'Ī' | 'Į' | 'İ' => "i",
        'ķ' | 'Ķ' => "k",
        'ł' | 'ľ' | 'ļ' | 'Ł' | 'Ľ' | 'Ļ' => "l",
        'ñ' | 'ń' | 'ň' | 'ņ' | 'Ñ' | 'Ń' | 'Ň' | 'Ņ' => "n",
        'ó' | 'ò' | 'ô' | 'õ' | 'ō' | 'ő' | 'Ó' | 'Ò' | 'Ô' | 'Õ' | 'Ō' | 'Ő' => "o",
        'ř' | 'ŕ' | 'Ř' | 'Ŕ' => "r",
        'ś' | 'š' | 'ş' | 'ș' | 'Ś' | 'Š' | 'Ş' | 'Ș' => "s",
        'ť' | 'ţ' | 'ț' | 'Ť' | 'Ţ' | 'Ț' => "t",
        'ú' | 'ù' | 'û' | 'ū' | 'ů' | 'ű' | 'ų' | 'Ú' | 'Ù' | 'Û' | 'Ū' | 'Ů' | 'Ű' | 'Ų' => "u",
        'ý' | 'ÿ' | 'Ý' | 'Ÿ' => "y",
        'ź' | 'ż' | 'ž' | 'Ź' | 'Ż' | 'Ž' => "z",
        'þ' | 'Þ' => "th",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_match_points_back_into_the_original() {
        let original = "Kom til  ÅRHUS i dag";
        let normal = NormalText::fold(original);
        assert_eq!(normal.as_str(), "kom til aarhus i dag");
        let at = normal.as_str().find("aarhus").map(|at| normal.original(at..at + 6));
        assert_eq!(at.map(|range| &original[range]), Some("ÅRHUS"));
        assert_eq!(normal.original(7..8), 7..9, "the one space came from two");
        assert_eq!(normal.original(99..99), original.len()..original.len());
    }
}
