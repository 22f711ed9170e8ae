//! JSON Lines that come in. A wrong line is reported with its number and the rest goes on; `--strict` stops there.
//! Unknown fields are kept out with one warning for each name.

pub mod ad_line;
pub mod register_line;

use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::io::{BufRead, Read};

/// The longest line that is read: the memory stays bounded whatever comes in. The longest ads have some 20 KiB.
const LONGEST_LINE: u64 = 8 * 1024 * 1024;

/// One object with what was read of it. Fields are taken out one by one; what is left over is unknown.
pub struct Object {
    fields: Map<String, Value>,
}

impl Object {
    /// A required text.
    pub fn text(&mut self, name: &str) -> Result<String, String> {
        self.optional_text(name)?.ok_or_else(|| format!("'{name}' is missing"))
    }

    /// A text that may be missing or null.
    pub fn optional_text(&mut self, name: &str) -> Result<Option<String>, String> {
        match self.fields.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(format!("'{name}' must be a text")),
        }
    }

    /// A text, where a number is taken as its digits (ids).
    pub fn id(&mut self, name: &str) -> Result<String, String> {
        match self.fields.remove(name) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text),
            Some(Value::Number(number)) => Ok(number.to_string()),
            None | Some(Value::Null) => Err(format!("'{name}' is missing")),
            Some(_) => Err(format!("'{name}' must be a text that is not empty")),
        }
    }

    /// Any value, as it is.
    pub fn value(&mut self, name: &str) -> Option<Value> {
        self.fields.remove(name)
    }

    /// Texts by name; numbers and booleans are taken as they are written.
    pub fn texts_by_name(&mut self, name: &str) -> Result<std::collections::BTreeMap<String, String>, String> {
        let mut texts = std::collections::BTreeMap::new();
        match self.fields.remove(name) {
            None | Some(Value::Null) => {}
            Some(Value::Object(map)) => {
                for (key, value) in map {
                    let text = match value {
                        Value::Null => continue,
                        Value::String(text) => text,
                        Value::Number(number) => number.to_string(),
                        Value::Bool(yes) => yes.to_string(),
                        _ => return Err(format!("'{name}.{key}' must be a text")),
                    };
                    texts.insert(key, text);
                }
            }
            Some(_) => return Err(format!("'{name}' must be an object of texts")),
        }
        Ok(texts)
    }

    /// A list of texts that may be missing.
    pub fn list(&mut self, name: &str) -> Result<Vec<String>, String> {
        match self.fields.remove(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(values)) => values
                .into_iter()
                .map(|value| match value {
                    Value::String(text) => Ok(text),
                    _ => Err(format!("'{name}' must be a list of texts")),
                })
                .collect(),
            Some(_) => Err(format!("'{name}' must be a list of texts")),
        }
    }
}

/// What became of a file.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct LineCounts {
    /// Lines that were taken.
    pub taken: u64,
    /// Lines that were reported as wrong.
    pub wrong: u64,
}

/// Reads every line of `input` (called `name` in messages) and gives each object to `take`.
pub fn each_line(
    input: &mut dyn BufRead,
    name: &str,
    strict: bool,
    mut take: impl FnMut(u64, &mut Object) -> Result<(), String>,
) -> anyhow::Result<LineCounts> {
    let (mut counts, mut line, mut number) = (LineCounts::default(), Vec::new(), 0);
    let mut warned: BTreeSet<String> = BTreeSet::new();
    loop {
        line.clear();
        let whole = read_line(input, &mut line)
            .map_err(|error| anyhow::anyhow!("cannot read {name} after line {number}: {error}"))?;
        if line.is_empty() {
            break;
        }
        number += 1;
        if !whole {
            let reason = format!("the line is longer than {} MiB", LONGEST_LINE / 1024 / 1024);
            anyhow::ensure!(!strict, "{name}:{number}: {reason}; nothing after this line was read");
            counts.wrong += 1;
            eprintln!("{name}:{number}: {reason}; the line is left out");
            continue;
        }
        let text = line.strip_prefix(b"\xef\xbb\xbf").filter(|_| number == 1).unwrap_or(&line).trim_ascii();
        if text.is_empty() {
            continue;
        }
        let outcome = parse_object(text).and_then(|mut object| {
            take(number, &mut object)?;
            Ok(object)
        });
        match outcome {
            Ok(rest) => {
                counts.taken += 1;
                for unknown in rest.fields.keys() {
                    if warned.insert(unknown.clone()) {
                        eprintln!("{name}:{number}: unknown field '{unknown}' is kept out (said once)");
                    }
                }
            }
            Err(reason) if strict => anyhow::bail!("{name}:{number}: {reason}; nothing after this line was read"),
            Err(reason) => {
                counts.wrong += 1;
                eprintln!("{name}:{number}: {reason}; the line is left out");
            }
        }
    }
    Ok(counts)
}

/// Reads a line, its end included. `false`: it was longer than [`LONGEST_LINE`], and the rest of it was passed over.
fn read_line(input: &mut dyn BufRead, line: &mut Vec<u8>) -> std::io::Result<bool> {
    (&mut *input).take(LONGEST_LINE).read_until(b'\n', line)?;
    if line.ends_with(b"\n") || (line.len() as u64) < LONGEST_LINE {
        return Ok(true);
    }
    loop {
        let buffer = input.fill_buf()?;
        let (passed, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        input.consume(passed);
        if ended {
            return Ok(false);
        }
    }
}

fn parse_object(line: &[u8]) -> Result<Object, String> {
    let text = std::str::from_utf8(line).map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to() + 1))?;
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => Ok(Object { fields }),
        Ok(_) => Err("not a JSON object".to_owned()),
        // Only the kind and place of the mistake: serde's message may repeat a part of the text.
        Err(error) if error.is_eof() => Err("the line is torn: the JSON object does not end".to_owned()),
        Err(error) => Err(format!("not JSON at column {}", error.column())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(input: &str, strict: bool) -> (anyhow::Result<LineCounts>, Vec<String>) {
        let mut found = Vec::new();
        let counts = each_line(&mut input.as_bytes(), "ads.jsonl", strict, |_, object| {
            found.push(object.id("id")?);
            Ok(())
        });
        (counts, found)
    }

    #[test]
    fn a_torn_line_is_left_out_and_the_rest_goes_on() {
        let (counts, found) = ids("{\"id\":\"a\"}\n{\"id\":\"b\n\n{\"id\":3}\n", false);
        assert_eq!(found, ["a", "3"]);
        assert_eq!(counts.expect("the file is read"), LineCounts { taken: 2, wrong: 1 });
    }

    #[test]
    fn a_line_without_end_is_left_out_in_bounded_memory() {
        let giant = "x".repeat(LONGEST_LINE as usize + 5);
        let (counts, found) = ids(&format!("{{\"id\":\"a\"}}\n{giant}\n{{\"id\":\"c\"}}\n{giant}"), false);
        assert_eq!(found, ["a", "c"]);
        assert_eq!(counts.expect("the file is read"), LineCounts { taken: 2, wrong: 2 });
    }

    #[test]
    fn strict_stops_at_the_line_and_names_it() {
        let (counts, found) = ids("{\"id\":\"a\"}\n{\"id\":\n{\"id\":\"c\"}\n", true);
        assert_eq!(found, ["a"]);
        let message = counts.expect_err("strict stops").to_string();
        assert!(message.starts_with("ads.jsonl:2: the line is torn"), "{message}");
    }
}
