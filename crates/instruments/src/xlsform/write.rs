//! From a form to a workbook.

use super::book::{self, Written};
use crate::model::{Instrument, Row};
use crate::{Fault, Formula, Place, Text};
use std::collections::BTreeSet;

/// Writes a form as an XLSForm workbook; the same form gives the same bytes.
pub fn to_xlsx(instrument: &Instrument) -> Result<Vec<u8>, Fault> {
    workbook(instrument).map_err(|error| Fault {
        file: format!("{} version {}", instrument.id, instrument.version),
        place: Place::File,
        message: format!("a workbook cannot hold this form: {error}"),
    })
}

/// A table of texts; a sheet that stays empty but for its head is still written, since it says that there is nothing.
struct Table {
    name: &'static str,
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
}

fn workbook(instrument: &Instrument) -> std::io::Result<Vec<u8>> {
    let tables = tables(instrument);
    let sheet = |table: &Table| {
        let wide = |head: &String| if head.contains("::") || head == "bavn_signs" { 44 } else { 20 };
        let heads = table.headers.iter().map(|head| (head.clone(), wide(head))).collect();
        Written { name: table.name, heads, rows: table.rows.clone() }
    };
    book::write(&tables.iter().map(sheet).collect::<Vec<_>>())
}

fn tables(instrument: &Instrument) -> Vec<Table> {
    let mut tables = vec![survey(instrument), choices(instrument), settings(instrument), form(instrument)];
    if !instrument.signs.is_empty() || !instrument.groups.is_empty() || !instrument.sources.is_empty() {
        tables.extend([signs(instrument), groups(instrument), sources(instrument), bands(instrument)]);
    }
    tables
}

/// Language codes, the default language first.
fn codes(instrument: &Instrument) -> Vec<&str> {
    let others = instrument.languages.keys().filter(|code| **code != instrument.default_language);
    [&instrument.default_language].into_iter().chain(others).map(String::as_str).collect()
}

fn named(instrument: &Instrument, code: &str) -> String {
    format!("{} ({code})", instrument.languages.get(code).map_or(code, String::as_str))
}

fn heads(instrument: &Instrument, base: &str) -> Vec<String> {
    codes(instrument).iter().map(|code| format!("{base}::{}", named(instrument, code))).collect()
}

fn cells(instrument: &Instrument, text: &Text) -> Vec<String> {
    codes(instrument).iter().map(|code| text.0.get(*code).cloned().unwrap_or_default()).collect()
}

fn survey(instrument: &Instrument) -> Table {
    let extra: BTreeSet<&String> = instrument.survey.iter().flat_map(|row| row.extra.keys()).collect();
    let head = |base: &str| heads(instrument, base);
    let one = |name: &str| vec![name.to_owned()];
    let headers = [
        one("type"),
        one("name"),
        head("label"),
        head("hint"),
        head("guidance_hint"),
        one("required"),
        head("required_message"),
        one("relevant"),
        one("constraint"),
        head("constraint_message"),
        one("calculation"),
        one("choice_filter"),
        extra.iter().map(|name| (*name).clone()).collect(),
        one("bavn_signs"),
        one("bavn_unreachable"),
    ];
    let formula = |formula: &Option<Formula>| vec![formula.as_ref().map(|f| f.text.clone()).unwrap_or_default()];
    let cells_of = |row: &Row| {
        let texts = |text: &Text| cells(instrument, text);
        let signs: Vec<String> = row.signs.iter().map(|means| format!("{}: {}", means.sign, means.when.text)).collect();
        [
            vec![row.kind.xlsform()],
            vec![row.name.clone()],
            texts(&row.label),
            texts(&row.hint),
            texts(&row.note),
            vec![if row.required { "yes".to_owned() } else { String::new() }],
            texts(&row.required_message),
            formula(&row.relevant),
            formula(&row.constraint),
            texts(&row.constraint_message),
            formula(&row.calculation),
            formula(&row.choice_filter),
            extra.iter().map(|name| row.extra.get(*name).cloned().unwrap_or_default()).collect(),
            vec![signs.join("\n")],
            vec![row.unreachable.clone()],
        ]
        .concat()
    };
    Table { name: "survey", headers: headers.concat(), rows: instrument.survey.iter().map(cells_of).collect() }
}

fn choices(instrument: &Instrument) -> Table {
    let all = || instrument.lists.iter().flat_map(|list| list.choices.iter().map(move |choice| (list, choice)));
    let extra: BTreeSet<&String> = all().flat_map(|(_, choice)| choice.extra.keys()).collect();
    let mut headers = vec!["list_name".to_owned(), "name".to_owned()];
    headers.extend(heads(instrument, "label"));
    headers.extend(extra.iter().map(|name| (*name).clone()));
    let rows = all().map(|(list, choice)| {
        let mut row = vec![list.name.clone(), choice.name.clone()];
        row.extend(cells(instrument, &choice.label));
        row.extend(extra.iter().map(|name| choice.extra.get(*name).cloned().unwrap_or_default()));
        row
    });
    Table { name: "choices", headers, rows: rows.collect() }
}

fn settings(instrument: &Instrument) -> Table {
    let default = &instrument.default_language;
    let mut pairs = vec![
        ("form_title".to_owned(), instrument.title.get(default, default).to_owned()),
        ("form_id".to_owned(), instrument.id.clone()),
        ("version".to_owned(), instrument.version.to_string()),
        ("default_language".to_owned(), named(instrument, default)),
    ];
    pairs.extend(instrument.settings.iter().map(|(key, value)| (key.clone(), value.clone())));
    let (headers, row) = pairs.into_iter().unzip();
    Table { name: "settings", headers, rows: vec![row] }
}

fn form(instrument: &Instrument) -> Table {
    let mut headers = vec!["key".to_owned(), "value".to_owned()];
    headers.extend(heads(instrument, "text"));
    let mut rows = vec![vec!["status".to_owned(), instrument.status.as_str().to_owned()]];
    for (key, text) in
        [("title", &instrument.title), ("purpose", &instrument.purpose), ("validated", &instrument.validated)]
    {
        rows.push([vec![key.to_owned(), String::new()], cells(instrument, text)].concat());
    }
    let mut value = |key: &str, value: &str| rows.push(vec![key.to_owned(), value.to_owned()]);
    if let Some(consent) = &instrument.consent {
        value("consent_question", &consent.question);
        value("consent_given", &consent.given);
    }
    if let Some(licence) = &instrument.licence {
        value("licence_holder", &licence.holder);
        value("licence_terms", &licence.terms);
        value("licence_until", &licence.until);
    }
    Table { name: "bavn_form", headers, rows }
}

fn signs(instrument: &Instrument) -> Table {
    let mut headers: Vec<String> =
        ["id", "group", "grade", "role", "points", "sources"].map(str::to_owned).into_iter().collect();
    headers.extend(heads(instrument, "title"));
    headers.extend(heads(instrument, "other_reading"));
    let rows = instrument.signs.iter().map(|sign| {
        let own = vec![
            sign.id.clone(),
            sign.group.clone(),
            sign.grade.as_str().to_owned(),
            sign.role.as_str().to_owned(),
            sign.points.to_string(),
            sign.sources.join(" "),
        ];
        [own, cells(instrument, &sign.title), cells(instrument, &sign.other_reading)].concat()
    });
    Table { name: "bavn_signs", headers, rows: rows.collect() }
}

fn groups(instrument: &Instrument) -> Table {
    let headers = [vec!["key".to_owned()], heads(instrument, "title")].concat();
    let row = |group: &crate::SignGroup| [vec![group.key.clone()], cells(instrument, &group.title)].concat();
    Table { name: "bavn_groups", headers, rows: instrument.groups.iter().map(row).collect() }
}

fn sources(instrument: &Instrument) -> Table {
    let headers = ["key", "title", "verified"].map(str::to_owned).into_iter().collect();
    let yes = |verified: bool| if verified { "yes" } else { "no" }.to_owned();
    let row = |source: &crate::Source| vec![source.key.clone(), source.title.clone(), yes(source.verified)];
    Table { name: "bavn_sources", headers, rows: instrument.sources.iter().map(row).collect() }
}

fn bands(instrument: &Instrument) -> Table {
    let mut headers: Vec<String> =
        ["band", "points", "groups", "strong_groups", "one_of"].map(str::to_owned).into_iter().collect();
    headers.extend(heads(instrument, "title"));
    let rows = instrument.bands.iter().map(|rule| {
        let own = vec![
            rule.band.as_str().to_owned(),
            rule.points.to_string(),
            rule.groups.to_string(),
            rule.strong_groups.to_string(),
            rule.one_of.join(" "),
        ];
        [own, cells(instrument, &rule.title)].concat()
    });
    Table { name: "bavn_bands", headers, rows: rows.collect() }
}
