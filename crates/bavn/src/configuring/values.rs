//! The values of a TOML file as fields of a form, and back: only the values that differ are written, comments and order stay.

use std::collections::BTreeMap;
use toml_edit::{DocumentMut, Item, Table, TableLike, Value};
use web::{ConfigField, ConfigMistake};

/// Texts longer than this are shown in several lines.
const LONG: usize = 80;

/// The values of a text in their order; none where it cannot be read.
pub fn fields(text: &str) -> Vec<ConfigField> {
    let Ok(document) = text.parse::<DocumentMut>() else { return Vec::new() };
    let mut fields = Vec::new();
    walk(document.as_table(), "", "", &mut fields);
    fields
}

fn walk(table: &dyn TableLike, at: &str, shown: &str, fields: &mut Vec<ConfigField>) {
    // A table's own values come before the tables below it, as in the file.
    for (key, item) in table.iter() {
        let place = join(at, key, '/');
        match item {
            Item::Value(Value::InlineTable(inner)) => {
                for (part, value) in inner.iter() {
                    let help = help(table, key, item);
                    fields.push(field(&join(&place, part, '/'), shown, &format!("{key}.{part}"), value, help));
                }
            }
            Item::Value(value) => fields.push(field(&place, shown, key, value, help(table, key, item))),
            Item::Table(_) | Item::ArrayOfTables(_) | Item::None => {}
        }
    }
    for (key, item) in table.iter() {
        let (place, name) = (join(at, key, '/'), join(shown, key, '.'));
        match item {
            Item::Table(inner) => walk(inner, &place, &name, fields),
            Item::ArrayOfTables(all) => {
                for (number, inner) in all.iter().enumerate() {
                    walk(inner, &join(&place, &number.to_string(), '/'), &format!("{name} {}", number + 1), fields);
                }
            }
            Item::Value(_) | Item::None => {}
        }
    }
}

fn join(before: &str, key: &str, between: char) -> String {
    if before.is_empty() { key.to_owned() } else { format!("{before}{between}{key}") }
}

fn field(at: &str, table: &str, key: &str, value: &Value, help: String) -> ConfigField {
    let shown = shown(value);
    ConfigField {
        at: at.to_owned(),
        table: table.to_owned(),
        key: key.to_owned(),
        yes_no: value.is_bool(),
        long: shown.len() > LONG || shown.contains('\n'),
        value: shown,
        help,
    }
}

/// A text as it is; all else as TOML without what stands around it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.value().clone(),
        other => {
            let mut bare = other.clone();
            bare.decor_mut().clear();
            bare.to_string().trim().to_owned()
        }
    }
}

/// The comment after a value, else those above its key.
fn help(table: &dyn TableLike, key: &str, item: &Item) -> String {
    let words = |raw: Option<&toml_edit::RawString>| {
        let lines = raw.and_then(toml_edit::RawString::as_str).unwrap_or_default().lines();
        let lines = lines.filter_map(|line| line.trim().strip_prefix('#')).map(str::trim);
        lines.collect::<Vec<_>>().join(" ")
    };
    let after = item.as_value().map(|value| words(value.decor().suffix())).unwrap_or_default();
    if !after.is_empty() {
        return after;
    }
    table.key(key).map(|key| words(key.leaf_decor().prefix())).unwrap_or_default()
}

/// The text with other values. Places that are not in `values` stay as they are.
pub fn changed(text: &str, values: &BTreeMap<String, String>) -> Result<String, ConfigMistake> {
    let wrong = |message: String| ConfigMistake { line: 0, message, caret: String::new() };
    let mut document = text.parse::<DocumentMut>().map_err(|error| wrong(error.message().to_owned()))?;
    for (at, value) in values {
        let place = find(document.as_table_mut(), at)
            .ok_or_else(|| wrong(format!("the file has no value '{at}' any more; open it again")))?;
        // A browser sends line ends of its own.
        let sent = value.replace("\r\n", "\n");
        if shown(place) == sent {
            continue;
        }
        let mut new = parse(place, &sent).map_err(|why| wrong(format!("'{at}': {why}")))?;
        *new.decor_mut() = place.decor().clone();
        *place = new;
    }
    Ok(document.to_string())
}

fn find<'a>(table: &'a mut Table, at: &str) -> Option<&'a mut Value> {
    let mut parts = at.split('/');
    let mut item = table.get_mut(parts.next()?)?;
    for part in parts {
        item = match item {
            Item::Table(inner) => inner.get_mut(part)?,
            Item::ArrayOfTables(all) => {
                let table = all.get_mut(part.parse().ok()?)?;
                // The next part is a key of that table.
                return find(table, at.split_once(&format!("/{part}/"))?.1);
            }
            Item::Value(Value::InlineTable(inner)) => return inner.get_mut(part),
            _ => return None,
        };
    }
    item.as_value_mut()
}

/// A value of the kind that stands there.
fn parse(before: &Value, text: &str) -> Result<Value, String> {
    let number = text.trim().replace(',', ".");
    match before {
        Value::String(_) => Ok(Value::from(text)),
        Value::Integer(_) => {
            text.trim().parse::<i64>().map(Value::from).map_err(|_| format!("'{text}' is no whole number"))
        }
        Value::Float(_) => match number.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Value::from(value)),
            _ => Err(format!("'{text}' is no number")),
        },
        Value::Boolean(_) => {
            text.trim().parse::<bool>().map(Value::from).map_err(|_| "must be true or false".to_owned())
        }
        _ => text.trim().parse::<Value>().map_err(|error| format!("not TOML: {}", error.to_string().trim())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# The head\ntitle = { da = \"Ét\", en = \"One\" } # both\n\n[crawl]   # how it crawls\ndelay_s = 1.5  # seconds\n# asked for\n# by law\nnames = [\n  \"a\", # first\n  \"b\",\n]\non = true\n\n[[teams]]\nname = \"Nord\"\nlines = 8\n[[teams]]\nname = \"Syd\"\nlines = 9 # most\n";

    #[test]
    fn values_come_with_their_comments_and_go_back_without_loss() {
        let fields = fields(TEXT);
        let told: Vec<(&str, &str, &str)> =
            fields.iter().map(|field| (field.at.as_str(), field.value.as_str(), field.help.as_str())).collect();
        assert_eq!(told[0], ("title/da", "Ét", "both"));
        assert_eq!(told[2], ("crawl/delay_s", "1.5", "seconds"));
        assert_eq!((told[3].0, told[3].2), ("crawl/names", "asked for by law"));
        assert_eq!(told[8], ("teams/1/lines", "9", "most"));
        let all = fields.iter().map(|field| (field.at.clone(), field.value.clone())).collect();
        assert_eq!(changed(TEXT, &all).expect("valid"), TEXT, "what is not changed stays to the byte");
        let some =
            [("teams/1/lines", "10"), ("title/en", "The \"first\""), ("crawl/delay_s", "2,5"), ("crawl/on", "false")];
        let some = some.map(|(at, value)| (at.to_owned(), value.to_owned())).into();
        let new = changed(TEXT, &some).expect("valid");
        for line in [
            "lines = 10 # most",
            "title = { da = \"Ét\", en = 'The \"first\"' } # both",
            "delay_s = 2.5  # seconds",
            "on = false",
            "# asked for",
            "  \"a\", # first",
        ] {
            assert!(new.contains(line), "{line}: {new}");
        }
        assert_eq!(new.lines().count(), TEXT.lines().count());
    }

    #[test]
    fn a_value_of_another_kind_is_refused_with_its_place() {
        for (at, value) in
            [("teams/0/lines", "many"), ("crawl/on", "perhaps"), ("crawl/names", "[\"a\""), ("crawl/gone", "1")]
        {
            let values = [(at.to_owned(), value.to_owned())].into();
            let mistake = changed(TEXT, &values).expect_err("must be refused");
            assert!(mistake.message.contains(at), "{mistake:?}");
        }
    }

    #[test]
    fn every_file_that_ships_survives_a_form() {
        for path in crate::config::Builtin::paths().into_iter().filter(|path| path.ends_with(".toml")) {
            let text = crate::config::Builtin::text(&path).expect("there");
            let all = fields(&text).into_iter().map(|field| (field.at, field.value)).collect();
            assert_eq!(changed(&text, &all).expect("valid"), text, "{path}");
        }
    }
}
