//! Sheets as tables of texts, and the heads of their columns.

use super::book;
use std::collections::BTreeMap;

/// A column's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// What the column holds, by the name that bavn uses.
    pub base: String,
    /// Language code and name, where the head names one.
    pub language: Option<(String, String)>,
    /// As written.
    pub text: String,
}

/// Languages that forms often name without a code.
const LANGUAGES: &[(&str, &str)] = &[
    ("da", "danish"),
    ("da", "dansk"),
    ("en", "english"),
    ("fr", "french"),
    ("fr", "francais"),
    ("es", "spanish"),
    ("de", "german"),
    ("ar", "arabic"),
    ("pt", "portuguese"),
    ("ru", "russian"),
    ("ro", "romanian"),
    ("th", "thai"),
    ("pl", "polish"),
    ("uk", "ukrainian"),
    ("hu", "hungarian"),
    ("lt", "lithuanian"),
    ("lv", "latvian"),
    ("bg", "bulgarian"),
    ("vi", "vietnamese"),
    ("zh", "chinese"),
    ("sw", "swahili"),
    ("so", "somali"),
    ("fa", "farsi"),
    ("fa", "persian"),
    ("tr", "turkish"),
    ("it", "italian"),
    ("nl", "dutch"),
    ("sv", "swedish"),
    ("no", "norwegian"),
    ("ne", "nepali"),
    ("hi", "hindi"),
    ("bn", "bengali"),
    ("ur", "urdu"),
    ("am", "amharic"),
    ("ti", "tigrinya"),
    ("sq", "albanian"),
];

/// `Danish (da)`, `Danish` or `da` as code and name.
pub fn language(text: &str) -> (String, String) {
    let text = text.trim();
    if let Some((name, code)) = text.strip_suffix(')').and_then(|text| text.rsplit_once('(')) {
        let (name, code) = (name.trim(), code.trim());
        return (code.to_owned(), if name.is_empty() { code.to_owned() } else { name.to_owned() });
    }
    let lower = text.to_lowercase();
    if let Some((code, _)) = LANGUAGES.iter().find(|(_, name)| *name == lower) {
        return ((*code).to_owned(), text.to_owned());
    }
    if let Some((code, name)) = LANGUAGES.iter().find(|(code, _)| *code == lower) {
        let mut letters = name.chars();
        let name = letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>());
        return ((*code).to_owned(), name.unwrap_or_default());
    }
    let code: String = lower.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    (code, text.to_owned())
}

impl Header {
    /// Reads a head.
    pub fn of(text: &str) -> Header {
        let text = text.trim();
        let plain = |part: &str| part.trim().to_lowercase().replace([' ', '-'], "_");
        let (first, rest) = match text.split_once("::") {
            Some((first, rest)) => (first, Some(rest)),
            // The older way: "label:English".
            None => text.split_once(':').map_or((text, None), |(first, rest)| (first, Some(rest))),
        };
        let base = match plain(first).as_str() {
            "relevance" => "relevant".to_owned(),
            "constraint_msg" => "constraint_message".to_owned(),
            "calculate" => "calculation".to_owned(),
            "list" | "listname" => "list_name".to_owned(),
            "value" => "name".to_owned(),
            "id_string" => "form_id".to_owned(),
            "title" => "form_title".to_owned(),
            other => other.to_owned(),
        };
        let translated =
            super::TEXTS.contains(&base.as_str()) || ["text", "other_reading", "title"].contains(&base.as_str());
        // On bavn's own sheets "title" is a title.
        let base = if base == "form_title" && rest.is_some() { "title".to_owned() } else { base };
        let translated = translated || base == "title";
        match rest {
            Some(rest) if translated => Header { base, language: Some(language(rest)), text: text.to_owned() },
            Some(_) => Header { base: text.to_owned(), language: None, text: text.to_owned() },
            None => Header { base, language: None, text: text.to_owned() },
        }
    }
}

/// A sheet.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// Its columns.
    pub headers: Vec<Header>,
    /// Number of the row in the sheet from 1, and the cells.
    pub rows: Vec<(usize, Vec<String>)>,
}

impl Sheet {
    /// The cell of a row in the column of this head without a language; empty where there is none.
    pub fn value<'a>(&self, cells: &'a [String], base: &str) -> &'a str {
        self.column(base).and_then(|column| cells.get(column)).map_or("", String::as_str)
    }

    /// Which column.
    pub fn column(&self, base: &str) -> Option<usize> {
        self.headers.iter().position(|header| header.base == base && header.language.is_none())
    }

    /// The texts of a row by language; a column that names no language is of `plain`.
    pub fn text(&self, cells: &[String], base: &str, plain: &str) -> crate::Text {
        let mut texts = BTreeMap::new();
        for (header, cell) in
            self.headers.iter().zip(cells).filter(|(header, cell)| header.base == base && !cell.is_empty())
        {
            match &header.language {
                Some((code, _)) => {
                    texts.insert(code.clone(), cell.clone());
                }
                None => {
                    texts.entry(plain.to_owned()).or_insert_with(|| cell.clone());
                }
            }
        }
        crate::Text(texts)
    }
}

/// Most fields of all sheets: heads of a sheet by its rows. A form of 10,000 rows with fifty columns has half a million.
const MOST_FIELDS: usize = 5_000_000;

/// Every sheet by its name in small letters.
pub fn sheets(bytes: &[u8]) -> Result<BTreeMap<String, Sheet>, String> {
    let (mut sheets, mut left) = (BTreeMap::new(), MOST_FIELDS);
    for (name, cells) in book::read(bytes)? {
        // What stands beyond the last head belongs to no column.
        let wide = cells.values().next().and_then(|heads| heads.keys().next_back()).copied().unwrap_or(0);
        left = left
            .checked_sub(wide * cells.len())
            .ok_or_else(|| format!("its sheets have more than {MOST_FIELDS} fields"))?;
        let mut rows = cells.into_iter().map(|(number, row)| {
            let cell = |column: usize| row.get(&column).cloned().unwrap_or_default();
            (number, (1..=wide).map(cell).collect::<Vec<_>>())
        });
        let headers = rows.next().map(|(_, cells)| cells.iter().map(|cell| Header::of(cell)).collect());
        sheets.insert(name.trim().to_lowercase(), Sheet { headers: headers.unwrap_or_default(), rows: rows.collect() });
    }
    Ok(sheets)
}
