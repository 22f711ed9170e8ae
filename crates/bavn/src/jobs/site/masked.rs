//! Values of ads as a terminal may show them: contacts are masked unless they are asked for.

use crate::config::Config;
use domain::Field;

/// Longest value that is shown.
const LONGEST: usize = 60;

/// Shows values.
pub struct Shown<'a> {
    config: &'a Config,
    clear: bool,
}

impl<'a> Shown<'a> {
    /// With contacts in clear or masked.
    pub fn new(config: &'a Config, clear: bool) -> Self {
        Self { config, clear }
    }

    /// One value of a key such as `detail.fields.phone`, in one line.
    pub fn value(&self, at: &str, value: &str) -> String {
        let text = if self.clear { value.to_owned() } else { self.masked(at, value) };
        let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.chars().count() > LONGEST {
            true => line.chars().take(LONGEST - 1).chain(['…']).collect(),
            false => line,
        }
    }

    /// Several values, each once.
    pub fn values(&self, at: &str, values: &[String], most: usize) -> String {
        let mut shown: Vec<String> = Vec::new();
        for value in values {
            let value = self.value(at, value);
            if shown.len() < most && !shown.contains(&value) {
                shown.push(value);
            }
        }
        shown.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>().join(", ")
    }

    fn masked(&self, at: &str, value: &str) -> String {
        let name = at.rsplit('.').next().unwrap_or(at);
        // A site's own ids are numbers of the site, not of a person.
        if matches!(name, "ad_id" | "item" | "next" | "link" | "posted_at" | "images") {
            return value.to_owned();
        }
        if name == "phone" {
            return value.chars().map(|letter| if letter.is_alphanumeric() { '•' } else { letter }).collect();
        }
        let field = match name {
            "title" => Field::Title,
            "body" => Field::Body,
            other => Field::Named(other.to_owned()),
        };
        let read = self.config.reader.read(vec![(field, value.to_owned())], &Default::default());
        extract::mask(&read).first().map_or_else(String::new, |masked| masked.text.clone())
    }
}
