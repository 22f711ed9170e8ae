//! A document as blocks: computed once, then shown as a page or as a PDF. Both show the same words and numbers.

pub mod chart;
pub mod drawing;
mod font;
mod html;
mod layout;
mod pdf;
mod tags;

pub use drawing::Drawing;

use domain::Bilingual;

/// Language of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// Danish.
    Da,
    /// English.
    En,
}

impl Tongue {
    /// The word of this language.
    pub fn pick<'a>(self, da: &'a str, en: &'a str) -> &'a str {
        match self {
            Tongue::Da => da,
            Tongue::En => en,
        }
    }

    /// The side of a pair.
    pub fn of(self, both: &Bilingual) -> &str {
        self.pick(&both.da, &both.en)
    }

    /// `da` or `en`.
    pub fn code(self) -> &'static str {
        self.pick("da", "en")
    }

    /// A whole number: `1.234` or `1,234`.
    pub fn whole(self, number: u64) -> String {
        let digits = number.to_string();
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push_str(self.pick(".", ","));
            }
            text.push(digit);
        }
        text
    }

    /// A number with so many decimals.
    pub fn decimal(self, number: f64, decimals: usize) -> String {
        let text = format!("{number:.decimals$}");
        // A number that rounds to nothing has no sign.
        let text = match text.strip_prefix('-') {
            Some(rest) if rest.bytes().all(|byte| matches!(byte, b'0' | b'.')) => rest.to_owned(),
            _ => text,
        };
        if self == Tongue::Da { text.replace('.', ",") } else { text }
    }

    /// A share in per cent.
    pub fn percent(self, share: f64) -> String {
        format!("{} %", self.decimal(share * 100.0, 1))
    }
}

/// A block.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A heading of level 1 or 2.
    Heading(u8, String),
    /// A paragraph.
    Paragraph(String),
    /// Items.
    List(Vec<String>),
    /// A table; the first column is text, the others stand to the right.
    Table {
        /// What it shows.
        caption: String,
        /// Names of columns.
        header: Vec<String>,
        /// Cells.
        rows: Vec<Vec<String>>,
    },
    /// A picture, with the table that says the same beside it.
    Figure {
        /// What it shows.
        caption: String,
        /// The picture.
        drawing: Drawing,
    },
}

/// A document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Language.
    pub tongue: Tongue,
    /// Title.
    pub title: String,
    /// Line below the title.
    pub subtitle: String,
    /// Who issues it.
    pub author: String,
    /// Blocks in order.
    pub blocks: Vec<Block>,
}

impl Document {
    /// As a page of its own.
    pub fn to_html(&self) -> String {
        html::write(self)
    }

    /// As a tagged PDF with the fonts in it.
    pub fn to_pdf(&self) -> Vec<u8> {
        pdf::write(self)
    }
}
