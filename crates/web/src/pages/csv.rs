//! A list as a file for a spreadsheet: semicolons and a byte-order mark, as Danish spreadsheets expect it. Cells that a
//! spreadsheet would run as a formula begin with an apostrophe.

use crate::page::Page;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// Most rows of a file; the page beside the link says so.
pub const MOST_ROWS: u32 = 1000;
/// What makes a spreadsheet run a cell.
const RUNS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Says so where a list has more rows than its file.
pub fn cut(page: &Page, total: u64) -> Option<String> {
    (total > u64::from(MOST_ROWS)).then(|| page.v("as-file-most", "count", page.whole(MOST_ROWS)))
}

/// The file's answer. The name holds no more than letters and hyphens of ours.
pub fn answer(name: &'static str, header: Vec<String>, rows: Vec<Vec<String>>) -> Response {
    let mut text = String::from("\u{feff}");
    for row in std::iter::once(header).chain(rows) {
        let cells: Vec<String> = row.iter().map(|cell| safe(cell)).collect();
        text.push_str(&cells.join(";"));
        text.push_str("\r\n");
    }
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"bavn-{name}.csv\"")),
    ];
    (headers, text).into_response()
}

fn safe(cell: &str) -> String {
    let runs = cell.trim_start().starts_with(RUNS) || cell.starts_with(RUNS);
    let cell = if runs { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([';', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn cells_that_would_run_do_not() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("  @SUM(A1)", "'  @SUM(A1)"),
            ("-3", "'-3"),
            ("a;b", "\"a;b\""),
            ("han sagde \"ny\"", "\"han sagde \"\"ny\"\"\""),
            ("to\nlinjer", "\"to\nlinjer\""),
            ("Aarhus C", "Aarhus C"),
        ] {
            assert_eq!(safe(cell), expected);
        }
    }
}
