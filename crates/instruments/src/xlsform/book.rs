//! Workbooks (ECMA-376, SpreadsheetML): sheets as texts by row and column, both ways. Formulas, pictures and styles are
//! none of a form's business; of styles only whether a number is a day.

use super::zip;
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Rows by their number from 1, cells by their column from 1; empty cells are left out.
pub type Cells = BTreeMap<usize, BTreeMap<usize, String>>;

/// Columns and rows beyond these are passed over; forms end long before.
const MOST_COLUMNS: usize = 1_000;
const MOST_ROWS: usize = 50_000;
/// Most sheets, and most bytes that the cells of all of them hold: cells may share a text, and sheets a part, so that a small
/// file could ask for any amount.
const MOST_SHEETS: usize = 200;
const MOST_BYTES: usize = 80_000_000;
/// What a cell takes beside its text.
const CELL_BYTES: usize = 32;

/// Every sheet in order, by name.
pub fn read(bytes: &[u8]) -> Result<Vec<(String, Cells)>, String> {
    let parts = zip::unpack(bytes)?;
    let part = |name: &str| parts.get(name).map(|bytes| String::from_utf8_lossy(bytes));
    let book = part("xl/workbook.xml").ok_or("it holds no workbook")?;
    let mut targets = BTreeMap::new();
    walk(&part("xl/_rels/workbook.xml.rels").unwrap_or_default(), |step| {
        if let Step::Start("Relationship", element) = step {
            let target = attribute(element, "Target").unwrap_or_default();
            let path = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
            targets.insert(attribute(element, "Id").unwrap_or_default(), path);
        }
    })?;
    let (mut sheets, mut since_1904) = (Vec::new(), false);
    walk(&book, |step| match step {
        Step::Start("sheet", element) => {
            let id = attribute(element, "id").unwrap_or_default();
            sheets.push((attribute(element, "name").unwrap_or_default(), id));
        }
        Step::Start("workbookPr", element) => {
            since_1904 = matches!(attribute(element, "date1904").as_deref(), Some("1" | "true"));
        }
        _ => {}
    })?;
    let strings = strings(&part("xl/sharedStrings.xml").unwrap_or_default())?;
    let days = day_styles(&part("xl/styles.xml").unwrap_or_default())?;
    if sheets.len() > MOST_SHEETS {
        return Err(format!("it has {} sheets", sheets.len()));
    }
    let (mut found, mut left) = (Vec::new(), MOST_BYTES);
    for (name, id) in sheets {
        let Some(xml) = targets.get(&id).and_then(|path| part(path)) else {
            return Err(format!("the sheet '{name}' is missing"));
        };
        found.push((name, cells(&xml, &strings, &days, since_1904, &mut left)?));
    }
    Ok(found)
}

enum Step<'a> {
    Start(&'a str, &'a BytesStart<'a>),
    Text(&'a str),
    End(&'a str),
}

/// Walks the elements by their local names. Entities that a document declares for itself are not expanded.
fn walk(xml: &str, mut step: impl FnMut(Step<'_>)) -> Result<(), String> {
    let mut reader = Reader::from_str(xml);
    let local = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => step(Step::Start(&local(element.local_name().as_ref()), &element)),
            Ok(Event::Empty(element)) => {
                let name = local(element.local_name().as_ref());
                step(Step::Start(&name, &element));
                step(Step::End(&name));
            }
            Ok(Event::End(element)) => step(Step::End(&local(element.local_name().as_ref()))),
            Ok(Event::Text(text)) => step(Step::Text(&text.decode().unwrap_or_default())),
            Ok(Event::CData(text)) => step(Step::Text(&text.decode().unwrap_or_default())),
            Ok(Event::GeneralRef(reference)) => {
                let one = match reference.resolve_char_ref() {
                    Ok(Some(letter)) => letter.to_string(),
                    _ => match reference.decode().unwrap_or_default().as_ref() {
                        "lt" => "<",
                        "gt" => ">",
                        "amp" => "&",
                        "quot" => "\"",
                        "apos" => "'",
                        _ => "",
                    }
                    .to_owned(),
                };
                step(Step::Text(&one));
            }
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(error) => return Err(format!("one of its parts is broken: {error}")),
        }
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes().flatten();
    let found = attributes.find(|attribute| attribute.key.local_name().as_ref() == name.as_bytes())?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
}

/// The texts that cells share.
fn strings(xml: &str) -> Result<Vec<String>, String> {
    let mut strings = Vec::new();
    let (mut text, mut inside, mut phonetic) = (String::new(), false, false);
    walk(xml, |step| match step {
        Step::Start("t", _) => inside = !phonetic,
        Step::Start("rPh", _) => phonetic = true,
        Step::End("rPh") => phonetic = false,
        Step::End("t") => inside = false,
        Step::End("si") => strings.push(unescaped(&std::mem::take(&mut text))),
        Step::Text(piece) if inside => text.push_str(piece),
        _ => {}
    })?;
    Ok(strings)
}

/// For each style of a cell, whether its numbers are days.
fn day_styles(xml: &str) -> Result<Vec<bool>, String> {
    let mut own: BTreeMap<usize, bool> = BTreeMap::new();
    let (mut styles, mut inside) = (Vec::new(), false);
    let number = |element: &BytesStart<'_>| attribute(element, "numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
    walk(xml, |step| match step {
        Step::Start("numFmt", element) => {
            own.insert(number(element), is_day(&attribute(element, "formatCode").unwrap_or_default()));
        }
        Step::Start("cellXfs", _) => inside = true,
        Step::End("cellXfs") => inside = false,
        Step::Start("xf", element) if inside => {
            let id = number(element);
            // 14 to 22 and 45 to 47 are the days and times that every workbook has.
            styles.push(own.get(&id).copied().unwrap_or(matches!(id, 14..=22 | 45..=47)));
        }
        _ => {}
    })?;
    Ok(styles)
}

/// Whether a format of numbers speaks of days: d, m, y or h outside quotes and brackets.
fn is_day(format: &str) -> bool {
    let (mut quoted, mut bracket) = (false, false);
    format.chars().any(|c| {
        match c {
            '"' => quoted = !quoted,
            '[' => bracket = true,
            ']' => bracket = false,
            _ => {}
        }
        !quoted && !bracket && matches!(c.to_ascii_lowercase(), 'd' | 'm' | 'y' | 'h')
    })
}

fn cells(xml: &str, strings: &[String], days: &[bool], since_1904: bool, left: &mut usize) -> Result<Cells, String> {
    let (mut cells, mut full) = (Cells::new(), false);
    let (mut row, mut column, mut kind, mut day) = (0_usize, 0_usize, String::new(), false);
    let (mut text, mut inside) = (String::new(), false);
    walk(xml, |step| match step {
        Step::Start("row", element) => {
            row = attribute(element, "r").and_then(|number| number.parse().ok()).unwrap_or(row.saturating_add(1));
            column = 0;
        }
        Step::Start("c", element) => {
            column = attribute(element, "r").and_then(|name| column_of(&name)).unwrap_or(column + 1);
            kind = attribute(element, "t").unwrap_or_default();
            let style = attribute(element, "s").and_then(|style| style.parse::<usize>().ok());
            day = style.and_then(|style| days.get(style)).copied().unwrap_or(false);
            text.clear();
        }
        Step::Start("v" | "t", _) => inside = true,
        Step::End("v" | "t") => inside = false,
        Step::Text(piece) if inside => text.push_str(piece),
        Step::End("c") if !full => {
            let value = match kind.as_str() {
                "s" => {
                    text.trim().parse::<usize>().ok().and_then(|index| strings.get(index)).cloned().unwrap_or_default()
                }
                "b" => if text.trim() == "1" { "true" } else { "false" }.to_owned(),
                "e" => String::new(),
                "str" | "inlineStr" | "d" => unescaped(&text),
                _ => plain_number(text.trim(), day, since_1904),
            };
            let value = value.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
            if !value.is_empty() && (1..=MOST_ROWS).contains(&row) && column <= MOST_COLUMNS {
                match left.checked_sub(value.len() + CELL_BYTES) {
                    Some(rest) => {
                        *left = rest;
                        cells.entry(row).or_default().insert(column, value);
                    }
                    None => full = true,
                }
            }
        }
        _ => {}
    })?;
    if full { Err("its cells hold more than 80 MB".to_owned()) } else { Ok(cells) }
}

/// The column of a cell's name: `AB12` is 28.
fn column_of(name: &str) -> Option<usize> {
    let letters = name.bytes().take_while(u8::is_ascii_uppercase);
    let column = letters.take(4).fold(0, |number, letter| number * 26 + usize::from(letter - b'A') + 1);
    (column > 0).then_some(column)
}

/// Whole numbers without a point; days in the ISO form.
fn plain_number(text: &str, day: bool, since_1904: bool) -> String {
    let Ok(number) = text.parse::<f64>() else { return text.to_owned() };
    if !day || !(0.0..2_958_466.0).contains(&number) {
        return format!("{number}");
    }
    // Day 60 of the older count is 29 February 1900, which never was.
    let shift = if since_1904 {
        1_462.0
    } else if number < 60.0 {
        1.0
    } else {
        0.0
    };
    let (days, part) = ((number + shift).floor(), number.fract());
    // Days since 1899-12-30, as days since 1970-01-01, as a date of the civil calendar.
    let z = days as i64 - 25_569 + 719_468;
    let (era, of_era) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let (date, month) = (of_year - (153 * shifted + 2) / 5 + 1, if shifted < 10 { shifted + 3 } else { shifted - 9 });
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let date = format!("{year:04}-{month:02}-{date:02}");
    let minutes = (part * 1_440.0).round() as i64;
    let time = || format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60);
    match (number < 1.0, minutes) {
        (true, _) => time(),
        (false, 0) => date,
        (false, _) => format!("{date}T{}", time()),
    }
}

/// `_x000A_` stands for a letter that XML cannot hold.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let letter = from.get(2..6).filter(|_| from.as_bytes().get(6) == Some(&b'_'));
        let letter = letter.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
        match letter {
            Some(letter) => {
                out.push(letter);
                rest = from.get(7..).unwrap_or_default();
            }
            None => {
                out.push_str("_x");
                rest = from.get(2..).unwrap_or_default();
            }
        }
    }
    out + rest
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // What would be read as such an escape is escaped itself.
            '_' if unescaped(text.get(at..at + 7).unwrap_or_default()).chars().count() == 1 => out.push_str("_x005F_"),
            c if c.is_control() && !matches!(c, '\n' | '\t') || matches!(c, '\u{FFFE}' | '\u{FFFF}') => {
                let _ = write!(out, "_x{:04X}_", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const TYPES: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// A sheet to write: name, heads with the width of their column, rows.
pub struct Written<'a> {
    pub name: &'a str,
    pub heads: Vec<(String, u32)>,
    pub rows: Vec<Vec<String>>,
}

/// Writes a workbook; the same sheets give the same bytes.
pub fn write(sheets: &[Written<'_>]) -> std::io::Result<Vec<u8>> {
    let (mut types, mut names, mut relations) = (String::new(), String::new(), String::new());
    let mut parts = Vec::new();
    for (number, sheet) in (1..).zip(sheets) {
        let path = format!("worksheets/sheet{number}.xml");
        let _ = write!(types, "<Override PartName=\"/xl/{path}\" ContentType=\"{TYPES}.worksheet+xml\"/>");
        let _ = write!(names, "<sheet name=\"{}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>", escaped(sheet.name));
        let _ = write!(relations, "<Relationship Id=\"rId{number}\" Type=\"{OFFICE}/worksheet\" Target=\"{path}\"/>");
        parts.push((format!("xl/{path}"), sheet_xml(sheet)));
    }
    let styles = sheets.len() + 1;
    let _ = write!(relations, "<Relationship Id=\"rId{styles}\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/>");
    let mut entries = vec![
        (
            "[Content_Types].xml".to_owned(),
            format!(
                "{HEAD}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
                 <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
                 <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
                 <Override PartName=\"/xl/workbook.xml\" ContentType=\"{TYPES}.sheet.main+xml\"/>\
                 <Override PartName=\"/xl/styles.xml\" ContentType=\"{TYPES}.styles+xml\"/>{types}</Types>"
            ),
        ),
        (
            "_rels/.rels".to_owned(),
            format!(
                "{HEAD}<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml".to_owned(),
            format!("{HEAD}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets>{names}</sheets></workbook>"),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!("{HEAD}<Relationships xmlns=\"{RELATIONS}\">{relations}</Relationships>"),
        ),
        (
            // Style 1 is a bold head, style 2 a cell whose text wraps.
            "xl/styles.xml".to_owned(),
            format!(
                "{HEAD}<styleSheet xmlns=\"{MAIN}\"><fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font>\
                 <font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>\
                 <fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>\
                 <borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
                 <cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
                 <cellXfs count=\"3\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>\
                 <xf numFmtId=\"0\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/>\
                 <xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyAlignment=\"1\"><alignment vertical=\"top\" wrapText=\"1\"/></xf></cellXfs>\
                 <cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>"
            ),
        ),
    ];
    entries.extend(parts);
    zip::pack(&entries)
}

fn sheet_xml(sheet: &Written<'_>) -> String {
    let mut out = format!(
        "{HEAD}<worksheet xmlns=\"{MAIN}\"><sheetViews><sheetView workbookViewId=\"0\">\
         <pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>"
    );
    if !sheet.heads.is_empty() {
        out.push_str("<cols>");
        for (column, (_, width)) in (1..).zip(&sheet.heads) {
            let _ = write!(out, "<col min=\"{column}\" max=\"{column}\" width=\"{width}\" customWidth=\"1\"/>");
        }
        out.push_str("</cols>");
    }
    out.push_str("<sheetData>");
    let heads: Vec<String> = sheet.heads.iter().map(|(head, _)| head.clone()).collect();
    for (row, (style, cells)) in (1..).zip([(1, &heads)].into_iter().chain(sheet.rows.iter().map(|row| (2, row)))) {
        let _ = write!(out, "<row r=\"{row}\">");
        for (column, cell) in (1..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            let _ = write!(
                out,
                "<c r=\"{}{row}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
                crate::fault::letters(column),
                escaped(cell)
            );
        }
        out.push_str("</row>");
    }
    out + "</sheetData></worksheet>"
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cells_come_back_as_they_were(rows in prop::collection::vec(prop::collection::vec("\\PC{0,12}|[\u{1}-\u{7f}]{0,8}|(_x00[0-9A-F]{2}_){0,2}", 1..4), 0..4)) {
            let tidy = |text: &String| text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
            let sheet = Written { name: "a & b", heads: vec![("x".to_owned(), 9)], rows: rows.clone() };
            let back = read(&write(&[sheet]).expect("written")).expect("read");
            prop_assert_eq!(&back[0].0, "a & b");
            for (number, row) in rows.iter().enumerate() {
                for (column, cell) in row.iter().enumerate() {
                    let found = back[0].1.get(&(number + 2)).and_then(|cells| cells.get(&(column + 1)));
                    prop_assert_eq!(found.cloned().unwrap_or_default(), tidy(cell));
                }
            }
        }
    }

    /// Each cell names the same long text; a row's number is the highest that there is.
    #[test]
    fn a_small_file_cannot_ask_for_any_amount() {
        let (strings, row) = (["x".repeat(1_000_000)], "<c t=\"s\"><v>0</v></c>".repeat(100));
        let sheet = format!("<sheetData><row r=\"{}\"/><row r=\"2\">{row}</row></sheetData>", usize::MAX);
        let mut left = MOST_BYTES;
        assert!(cells(&sheet, &strings, &[], false, &mut left).is_err());
        assert!(
            cells("<row r=\"18446744073709551615\"/><row><c><v>1</v></c></row>", &[], &[], false, &mut left).is_ok()
        );
    }

    #[test]
    fn numbers_are_days_where_their_format_says_so() {
        assert_eq!(plain_number("46356", true, false), "2026-11-30");
        assert_eq!(plain_number("46356.5", true, false), "2026-11-30T12:00");
        assert_eq!(plain_number("44894", true, true), "2026-11-30");
        assert_eq!(plain_number("1", true, false), "1900-01-01");
        assert_eq!(plain_number("0.75", true, false), "18:00");
        assert_eq!(plain_number("46356", false, false), "46356");
        assert_eq!(plain_number("2.50", false, false), "2.5");
        assert!(is_day("dd/mm/yyyy") && is_day("[$-406]d. mmm") && !is_day("0.00 \"dage\"") && !is_day("[Red]0"));
    }
}
