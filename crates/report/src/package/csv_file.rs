//! CSV as RFC 4180 has it, in UTF-8. A text that a spreadsheet would run (it begins with `=`, `+`, `-`, `@`, a tab or a return)
//! gets an apostrophe in front; the descriptor says so.

use super::PackageError;
use super::table::{Table, Value};

pub(super) fn write(table: &Table) -> Result<Vec<u8>, PackageError> {
    let fault = |what: String| PackageError::File { file: table.csv_path(), what };
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let header = table.columns.iter().map(|column| column.name.as_str());
    writer.write_record(header).map_err(|error| fault(error.to_string()))?;
    for row in &table.rows {
        writer.write_record(row.iter().map(text)).map_err(|error| fault(error.to_string()))?;
    }
    writer.into_inner().map_err(|error| fault(error.to_string()))
}

fn text(value: &Value) -> String {
    match value {
        Value::Missing => String::new(),
        Value::Text(text) => safe(text),
        Value::Int(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Day(day) => day.to_string(),
    }
}

fn safe(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::table::{Column, Kind};
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_made_safe_and_quotes_are_doubled() {
        let columns = vec![Column::new("a", Kind::Text, "", "", ""), Column::new("b", Kind::Real, "", "", "")];
        let mut table = Table::new("t", "", "", columns);
        table.rows = vec![
            vec!["=1+1".into(), 0.25.into()],
            vec!["a \"b\", c".into(), Value::Missing],
            vec!["-".into(), (-1.0).into()],
        ];
        let bytes = write(&table).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), "a,b\n'=1+1,0.25\n\"a \"\"b\"\", c\",\n'-,-1\n");
    }
}
