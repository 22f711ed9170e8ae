//! The site of the crawl bench, and the reading that the hand-written contestants share.

pub mod pages;
pub mod read;
