//! What keeps single people out of figures: suppression of small cells, and rows of which at least k are alike.

mod attack;
pub mod cube;
pub mod earlier;
pub mod rows;

#[cfg(test)]
mod tests;
