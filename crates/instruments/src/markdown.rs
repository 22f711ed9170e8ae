//! A form to read: what `bavn instrument show` prints.

use crate::Text;
use crate::model::{Instrument, Kind, Row};
use std::fmt::Write;

impl Instrument {
    /// The form in a language, as text with headings.
    pub fn markdown(&self, language: &str) -> String {
        let say = |text: &Text| text.get(language, &self.default_language).to_owned();
        let mut out = String::new();
        let mut line = |text: String| {
            out.push_str(&text);
            out.push('\n');
        };
        line(format!("# {} ({}, version {}, {})\n", say(&self.title), self.id, self.version, self.status.as_str()));
        line(format!("{}. {}\n", capital(&say(&self.validated)), say(&self.purpose)));
        if let Some(licence) = &self.licence {
            let until = if licence.until.is_empty() { String::new() } else { format!(" until {}", licence.until) };
            line(format!("Licence: {}, {}{until}.\n", licence.holder, licence.terms));
        }
        if let Some(consent) = &self.consent {
            line(format!("Nothing is asked unless `{}` is answered `{}`.\n", consent.question, consent.given));
        }
        let names: Vec<String> = self.languages.iter().map(|(code, name)| format!("{name} ({code})")).collect();
        line(format!("Languages: {}. Content: {}\n", names.join(", "), self.hash()));
        let mut depth = 2;
        for row in &self.survey {
            match row.kind {
                Kind::BeginGroup => {
                    line(format!("{} {}{}\n", "#".repeat(depth.min(6)), say_or_name(&say(&row.label), row), when(row)));
                    depth += 1;
                }
                Kind::EndGroup => depth = depth.saturating_sub(1).max(2),
                _ => line(self.row_markdown(row, &say)),
            }
        }
        if !self.signs.is_empty() {
            line("## Signs\n".to_owned());
        }
        for sign in &self.signs {
            let group = self.groups.iter().find(|group| group.key == sign.group);
            let group = group.map_or(String::new(), |group| say(&group.title));
            line(format!(
                "- `{}` {}: {} ({}), grade {}, {} points, {}. Or: {}",
                sign.id,
                say(&sign.title),
                group,
                sign.group,
                sign.grade.as_str(),
                sign.points,
                if sign.sources.is_empty() { sign.role.as_str().to_owned() } else { sign.sources.join(", ") },
                say(&sign.other_reading),
            ));
        }
        for rule in &self.bands {
            let one_of =
                if rule.one_of.is_empty() { String::new() } else { format!(", one of {}", rule.one_of.join(", ")) };
            line(format!(
                "- {}: {} ({} points, {} groups, {} of them strong{one_of})",
                rule.band.as_str(),
                say(&rule.title),
                rule.points,
                rule.groups,
                rule.strong_groups,
            ));
        }
        out
    }

    fn row_markdown(&self, row: &Row, say: &dyn Fn(&Text) -> String) -> String {
        let mut out = format!("- `{}` {}{}", row.name, say(&row.label).replace('\n', " "), when(row));
        let required = if row.required { ", needs an answer" } else { "" };
        let _ = write!(out, " [{}{required}]", row.kind.xlsform());
        if let Some(list) = row.kind.list() {
            let choice = |choice: &crate::Choice| format!("{} = {}", choice.name, say(&choice.label));
            let names: Vec<String> = self.choices(list).iter().map(choice).collect();
            let _ = write!(out, "\n  - {}", names.join(" · "));
        }
        for (what, text) in [("Help", &row.hint), ("Interviewer", &row.note)] {
            if !text.is_empty() {
                let _ = write!(out, "\n  - {what}: {}", say(text).replace('\n', " "));
            }
        }
        for (what, formula) in
            [("possible where", &row.constraint), ("is", &row.calculation), ("choices where", &row.choice_filter)]
        {
            if let Some(formula) = formula {
                let _ = write!(out, "\n  - {what} `{}`", formula.text);
            }
        }
        for means in &row.signs {
            let _ = write!(out, "\n  - sign `{}` where `{}`", means.sign, means.when.text);
        }
        out
    }
}

fn when(row: &Row) -> String {
    row.relevant.as_ref().map_or(String::new(), |formula| format!(" (only where `{}`)", formula.text))
}

fn say_or_name(label: &str, row: &Row) -> String {
    if label.is_empty() { row.name.clone() } else { label.to_owned() }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
