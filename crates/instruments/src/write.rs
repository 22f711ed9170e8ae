//! A form as TOML, in one way only: what is written is what is hashed.

use crate::Text;
use crate::model::{Instrument, Row};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A key of an inline table: bare where it can be. On one line too: a column's head may be broken over several.
fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if bare { name.to_owned() } else { single(name) }
}

fn table(map: &BTreeMap<String, String>) -> String {
    let parts: Vec<String> = map.iter().map(|(name, value)| format!("{} = {}", key(name), single(value))).collect();
    if parts.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", parts.join(", ")) }
}

/// On one line, since an inline table is.
fn single(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out + "\""
}

fn list(values: &[String]) -> String {
    let parts: Vec<String> = values.iter().map(|value| single(value)).collect();
    format!("[{}]", parts.join(", "))
}

/// A number that TOML reads back as a float.
fn float(number: f64) -> String {
    let text = format!("{number}");
    if text.contains(['.', 'e']) { text } else { text + ".0" }
}

struct Out(String);

impl Out {
    fn line(&mut self, name: &str, value: impl AsRef<str>) {
        self.0 += &format!("{name} = {}\n", value.as_ref());
    }
    fn string(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.line(name, single(text));
        }
    }
    fn text(&mut self, name: &str, text: &Text) {
        if !text.is_empty() {
            self.line(name, table(&text.0));
        }
    }
    fn map(&mut self, name: &str, map: &BTreeMap<String, String>) {
        if !map.is_empty() {
            self.line(name, table(map));
        }
    }
    fn head(&mut self, name: &str) {
        self.0 += &format!("\n[[{name}]]\n");
    }
}

impl Instrument {
    /// As TOML; read back it is the same form.
    pub fn to_toml(&self) -> String {
        let mut out = Out(String::new());
        out.string("id", &self.id);
        out.line("version", self.version.to_string());
        out.string("status", self.status.as_str());
        out.text("title", &self.title);
        out.text("purpose", &self.purpose);
        out.text("validated", &self.validated);
        out.line("languages", table(&self.languages));
        out.string("default_language", &self.default_language);
        if let Some(consent) = &self.consent {
            let (question, given) = (single(&consent.question), single(&consent.given));
            out.line("consent", format!("{{ question = {question}, given = {given} }}"));
        }
        if let Some(licence) = &self.licence {
            let [holder, terms, until] = [&licence.holder, &licence.terms, &licence.until].map(|text| single(text));
            out.line("licence", format!("{{ holder = {holder}, terms = {terms}, until = {until} }}"));
        }
        out.map("settings", &self.settings);
        for source in &self.sources {
            out.head("sources");
            out.string("key", &source.key);
            out.line("title", single(&source.title));
            out.line("verified", source.verified.to_string());
        }
        for group in &self.groups {
            out.head("groups");
            out.string("key", &group.key);
            out.line("title", table(&group.title.0));
        }
        for sign in &self.signs {
            out.head("signs");
            out.string("id", &sign.id);
            out.text("title", &sign.title);
            out.string("group", &sign.group);
            out.string("grade", sign.grade.as_str());
            out.string("role", sign.role.as_str());
            out.line("points", float(sign.points));
            if !sign.sources.is_empty() {
                out.line("sources", list(&sign.sources));
            }
            out.text("other_reading", &sign.other_reading);
        }
        for rule in &self.bands {
            out.head("bands");
            out.string("band", rule.band.as_str());
            out.text("title", &rule.title);
            out.line("points", float(rule.points));
            out.line("groups", rule.groups.to_string());
            out.line("strong_groups", rule.strong_groups.to_string());
            if !rule.one_of.is_empty() {
                out.line("one_of", list(&rule.one_of));
            }
        }
        for choices in &self.lists {
            for choice in &choices.choices {
                out.head("choices");
                out.string("list", &choices.name);
                out.string("name", &choice.name);
                out.text("label", &choice.label);
                out.map("extra", &choice.extra);
            }
        }
        for row in &self.survey {
            out.head("survey");
            self::row(&mut out, row);
        }
        out.0
    }
}

fn row(out: &mut Out, row: &Row) {
    out.string("type", &row.kind.xlsform());
    out.string("name", &row.name);
    out.text("label", &row.label);
    out.text("hint", &row.hint);
    out.text("note", &row.note);
    if row.required {
        out.line("required", "true");
    }
    out.text("required_message", &row.required_message);
    let formulas = [
        ("relevant", &row.relevant),
        ("constraint", &row.constraint),
        ("calculation", &row.calculation),
        ("choice_filter", &row.choice_filter),
    ];
    for (name, formula) in formulas {
        if let Some(formula) = formula {
            out.string(name, &formula.text);
        }
    }
    out.text("constraint_message", &row.constraint_message);
    if !row.signs.is_empty() {
        let means = |means: &crate::Means| {
            format!("  {{ sign = {}, when = {} }},\n", single(&means.sign), single(&means.when.text))
        };
        out.line("signs", format!("[\n{}]", row.signs.iter().map(means).collect::<String>()));
    }
    out.string("unreachable", &row.unreachable);
    out.map("extra", &row.extra);
}
