//! Near-identical texts of a file (a line each), as pairs of line numbers, for `./measure texts`: each pair that stands
//! in one set. Reading, splitting and writing are part of the time.

#![allow(clippy::disallowed_methods, reason = "a measuring program, not part of the crate")]

use std::io::{BufWriter, Write};

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, source, target] = &arguments[..] else { panic!("usage: near_texts TEXTS PAIRS") };
    let file = std::fs::read_to_string(source)?;
    let texts: Vec<&str> = file.lines().collect();
    let sets = linkage::near_texts(&texts, &linkage::LinkParameters::default());
    let mut out = BufWriter::new(std::fs::File::create(target)?);
    for set in sets.iter().filter(|set| set.len() > 1) {
        // Neighbours are enough: whoever reads them joins them again.
        for two in set.windows(2) {
            writeln!(out, "{} {}", two[0], two[1])?;
        }
    }
    out.flush()
}
