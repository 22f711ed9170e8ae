//! The descriptor (Frictionless data package), the dictionary and the codebook.

use super::table::{Column, Kind, Table, Value};
use super::{Recipient, sha256};
use crate::source::Source;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// The dictionary: a row a column.
pub(super) fn dictionary(tables: &[Table]) -> Table {
    let text = |name: &str, da: &str, en: &str| Column::new(name, Kind::Text, da, en, "this package");
    let columns = vec![
        text("table", "Tabel", "Table"),
        text("column", "Kolonne", "Column"),
        text("type", "Type", "Type"),
        text("meaning_da", "Betydning, dansk", "Meaning, Danish"),
        text("meaning_en", "Betydning, engelsk", "Meaning, English"),
        text("unit", "Enhed", "Unit").missing("none"),
        text("source", "Kilde", "Source"),
        text("coding", "Kodning", "Coding").missing("as it stands"),
        text("missing", "Hvad en manglende værdi betyder", "What a missing value means").missing("none is missing"),
    ];
    let mut dictionary = Table::new("dictionary", "Dataordbog", "Data dictionary", columns);
    for table in tables {
        for column in &table.columns {
            let or_missing = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty()).into();
            dictionary.rows.push(vec![
                table.name.as_str().into(),
                column.name.as_str().into(),
                column.kind.name().into(),
                column.meaning.da.as_str().into(),
                column.meaning.en.as_str().into(),
                or_missing(column.unit),
                column.source.into(),
                or_missing(&column.coding),
                or_missing(column.missing),
            ]);
        }
    }
    dictionary
}

/// The codebook: a row a code.
pub(super) fn codebook(source: &Source) -> Table {
    let text = |name: &str, da: &str, en: &str| Column::new(name, Kind::Text, da, en, "this package");
    let columns = vec![
        text("column", "Kolonne", "Column"),
        text("code", "Kode", "Code"),
        text("da", "Dansk", "Danish"),
        text("en", "Engelsk", "English"),
    ];
    let mut book = Table::new("codebook", "Kodebog", "Codebook", columns);
    let mut put = |column: &str, code: &str, da: &str, en: &str| {
        book.rows.push(vec![column.into(), code.into(), da.into(), en.into()] as Vec<Value>);
    };
    for form in &source.forms {
        put("form", &form.id, &form.title.da, &form.title.en);
    }
    for method in &source.methods {
        put("method", &method.id, &method.title.da, &method.title.en);
    }
    for place in &source.places {
        put("place", &place.code, &place.name, &place.name);
    }
    for (code, da, en) in CODES.iter().map(|(column, code, da, en)| ((*column, *code), *da, *en)) {
        put(code.0, code.1, da, en);
    }
    book
}

const CODES: &[(&str, &str, &str, &str)] = &[
    ("band", "none", "ingen", "none"),
    ("band", "low", "lav", "low"),
    ("band", "medium", "mellem", "medium"),
    ("band", "high", "høj", "high"),
    ("decision", "none", "ingen beslutning", "no decision"),
    ("decision", "offer_outreach", "tilbyd kontakt", "offer outreach"),
    ("decision", "watch", "følg", "watch"),
    ("decision", "no_concern", "ingen bekymring", "no concern"),
    ("decision", "spam", "spam eller svindel", "spam or scam"),
    ("decision", "refer", "henvis", "refer"),
    ("decision", "urgent", "haster", "urgent"),
    ("outcome", "not_approached", "ikke søgt", "not approached"),
    ("outcome", "no_outcome_yet", "søgt, intet udfald endnu", "approached, no outcome yet"),
    ("outcome", "no_answer", "intet svar", "no answer"),
    ("outcome", "wrong_number", "forkert nummer", "wrong number"),
    ("outcome", "third_party", "en tredjepart svarede", "a third party answered"),
    ("outcome", "declined", "ønsker ikke kontakt", "declined"),
    ("outcome", "objection", "indsigelse", "objection"),
    ("outcome", "informed", "informeret", "informed"),
    ("outcome", "no_need", "intet behov", "no need"),
    ("outcome", "wants_to_talk", "vil tale", "wants to talk"),
    ("outcome", "accepted_offer", "tog imod et tilbud", "accepted an offer"),
    ("outcome", "referred", "henvist med samtykke", "referred with consent"),
    ("stratum", "flagged", "markeret af reglerne", "flagged by the rules"),
    ("stratum", "random", "trukket tilfældigt", "drawn at random"),
    ("stratum", "other", "uden liste", "from no list"),
    ("stratum", "all", "alle forsøg", "every attempt"),
    ("against", "outcomes", "udfald af opsøgning", "outcomes of outreach"),
    ("against", "decisions", "forskeres beslutninger", "decisions of researchers"),
    ("language", "other", "andre, sjældne sprog eller intet", "others, rare ones or none"),
    ("region", "unknown", "intet sted læst", "no place was read"),
    ("quantity", "advertisers_seen", "annoncører set i perioden", "advertisers seen in the period"),
    (
        "quantity",
        "advertisers_between_sites",
        "annoncører i alt, skøn mellem sider",
        "all advertisers, estimated between sites",
    ),
    (
        "quantity",
        "advertisers_at_least_over_days",
        "annoncører i alt, mindst, skøn over dage",
        "all advertisers, at least, over days",
    ),
    (
        "quantity",
        "ad_days_half_gone",
        "dage, hvorefter halvdelen af annoncerne er væk",
        "days by which half of the ads are gone",
    ),
];

/// `datapackage.json`.
pub(super) fn datapackage(
    source: &Source,
    recipient: &Recipient,
    tables: &[Table],
    files: &BTreeMap<String, Vec<u8>>,
) -> Json {
    let resources: Vec<Json> = tables
        .iter()
        .map(|table| {
            let bytes = files.get(&table.csv_path()).map(Vec::as_slice).unwrap_or_default();
            let fields: Vec<Json> = table
                .columns
                .iter()
                .map(|column| {
                    json!({
                        "name": column.name, "type": column.kind.name(), "title": column.meaning.en,
                        "description": describe(column),
                    })
                })
                .collect();
            json!({
                "name": table.name, "path": table.csv_path(), "title": table.title.en,
                "description": table.title.da, "profile": "tabular-data-resource", "scheme": "file", "format": "csv",
                "mediatype": "text/csv", "encoding": "utf-8", "bytes": bytes.len(), "hash": format!("sha256:{}", sha256(bytes)),
                "schema": { "fields": fields, "missingValues": [""] },
            })
        })
        .collect();
    let parquet: Vec<Json> = files
        .iter()
        .filter(|(path, _)| path.starts_with("parquet/"))
        .map(|(path, bytes)| json!({ "path": path, "bytes": bytes.len(), "hash": format!("sha256:{}", sha256(bytes)) }))
        .collect();
    json!({
        "profile": "tabular-data-package",
        "name": format!("bavn-{}-{}-{}", source.made_of.programme, source.from, source.to),
        "title": format!("{} – {} to {}", source.made_of.programme_title.en, source.from, source.to),
        "description": "Pseudonymised for its recipient and still personal data where it holds rows: keep it as the agreement says. In \
                        CSV, texts that a spreadsheet would run begin with an apostrophe. Empty is missing; the dictionary says why.",
        "version": source.made_of.code,
        "licenses": [],
        "contributors": [
            { "title": source.made_of.controller, "role": "publisher" },
            { "title": recipient.organisation, "role": "contributor" },
        ],
        "resources": resources,
        "bavn": {
            "recipient": recipient.name, "from": source.from.to_string(), "to": source.to.to_string(),
            "as_of": source.as_of.to_string(), "made_of": source.made_of, "parquet": parquet,
            "small_cell_limit": recipient.least.max(crate::guard::cube::LEAST),
        },
    })
}

fn describe(column: &Column) -> String {
    let mut text = format!("{} / {}. Source: {}.", column.meaning.da, column.meaning.en, column.source);
    for (word, value) in [("Unit", column.unit), ("Coding", &column.coding), ("Missing", column.missing)] {
        if !value.is_empty() {
            text.push_str(&format!(" {word}: {value}."));
        }
    }
    text
}
