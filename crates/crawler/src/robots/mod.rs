//! robots.txt by RFC 9309: what it says, and what it means when it cannot be had.

#[cfg(test)]
mod conformance;
mod gate;
mod matcher;
#[cfg(test)]
mod oracle;
mod parse;

pub use gate::RobotsGate;
pub use matcher::Rules;
pub use parse::{LIMIT_BYTES, directives, escape, is_product_token, path_and_query, within_limit};
