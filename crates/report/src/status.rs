//! The status report: what a ministry could receive. Every number comes from [`Figures`].

mod drift;
mod outreach;
mod parts;
mod validation;

use crate::document::{Block, Document, Tongue};
use crate::figures::Figures;
use crate::source::Source;
use crate::stat::Estimate;

/// Writes it.
pub fn document(source: &Source, figures: &Figures, t: Tongue) -> Document {
    let mut blocks = Vec::new();
    parts::summary(&mut blocks, source, figures, t);
    parts::watched(&mut blocks, source, figures, t);
    parts::forms(&mut blocks, source, figures, t);
    parts::places(&mut blocks, source, figures, t);
    parts::volatility(&mut blocks, figures, t);
    drift::lifetimes(&mut blocks, figures, t);
    parts::how_many(&mut blocks, figures, t);
    drift::bands(&mut blocks, figures, t);
    parts::indicators(&mut blocks, source, figures, t);
    drift::drift(&mut blocks, source, figures, t);
    outreach::outreach(&mut blocks, source, figures, t);
    parts::limits(&mut blocks, source, figures, t);
    parts::methods(&mut blocks, source, figures, t);
    Document {
        tongue: t,
        title: format!("{}: {}", t.pick("Status", "Status report"), t.of(&source.made_of.programme_title)),
        subtitle: format!(
            "{} {} {} {} · {}",
            source.from,
            t.pick("til", "to"),
            source.to,
            t.pick("(lokale dage)", "(local days)"),
            source.made_of.controller
        ),
        author: source.made_of.controller.clone(),
        blocks,
    }
}

/// What the cube says of a region and a language, where one is chosen: the same counts, none counted again.
pub fn chosen(
    figures: &Figures,
    region: Option<&str>,
    language: Option<&str>,
    source: &Source,
    t: Tongue,
) -> Vec<Block> {
    let mut blocks = Vec::new();
    parts::chosen(&mut blocks, source, figures, (region, language), t);
    blocks
}

/// A change of a grade that the figures speak for, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GradeProposal {
    /// The indicator's id.
    pub indicator: String,
    /// Its title.
    pub title: String,
    /// From which grade.
    pub from: String,
    /// To which.
    pub to: String,
    /// Outcomes or decisions, and the ratio with its interval.
    pub because: String,
}

/// The proposals of the figures, as a page offers them to a person.
pub fn proposals(figures: &Figures, source: &Source, t: Tongue) -> Vec<GradeProposal> {
    validation::offered(figures, source, t)
}

fn heading(blocks: &mut Vec<Block>, text: &str) {
    blocks.push(Block::Heading(1, text.to_owned()));
}

fn say(blocks: &mut Vec<Block>, text: impl Into<String>) {
    blocks.push(Block::Paragraph(text.into()));
}

/// A count, or the word for one that is withheld.
fn count(t: Tongue, number: Option<u64>) -> String {
    number.map_or_else(|| t.pick("holdt tilbage", "withheld").to_owned(), |number| t.whole(number))
}

/// A count within a sentence.
fn told(t: Tongue, number: Option<u64>) -> String {
    number.map_or_else(
        || t.pick("et antal, der er holdt tilbage,", "a number that is withheld").to_owned(),
        |number| t.whole(number),
    )
}

/// A share with its interval, or the word for one that is withheld.
fn share_words(t: Tongue, estimate: Option<&Estimate>) -> String {
    match estimate {
        Some(e) => format!("{} ({}–{})", t.percent(e.value), t.decimal(e.low * 100.0, 1), t.decimal(e.high * 100.0, 1)),
        None => t.pick("holdt tilbage", "withheld").to_owned(),
    }
}

/// Words of a table's head.
fn words(t: Tongue, pairs: &[(&str, &str)]) -> Vec<String> {
    pairs.iter().map(|(da, en)| t.pick(da, en).to_owned()).collect()
}
