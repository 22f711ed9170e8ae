//! The data forms that others rely on (docs/data-forms.md): rows of their own, made from domain types at the edge.
//! One form a file; JSON Lines, keys in the order of the form.

pub mod assessments;
pub mod contact_list;
pub mod entities;
pub mod indicators;
pub mod links;
pub mod mentions;

use serde::Serialize;
use std::io::Write;

/// Writes one line.
pub fn write_line(out: &mut dyn Write, row: &impl Serialize) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *out, row)?;
    out.write_all(b"\n")?;
    Ok(())
}
