//! Comparisons in words, for the command line.

use domain::Band;
use std::fmt::Write as _;
use store::{CaseChange, CaseSubject, Cause};
use web::{Comparison, MovedCase, SettingChange};

/// Longest value that is shown whole, in characters.
const LONGEST: usize = 80;

/// What a new reference would move, one line for each.
pub fn describe_preview(found: &Comparison) -> String {
    let mut text = format!(
        "Against a new reference ({}, now {}): {}. Nothing was changed; 'bavn analyse --all' adopts it.\n",
        found.reference_then,
        found.reference_now,
        counts(found)
    );
    found.moved.iter().for_each(|one| line(&mut text, one));
    text
}

/// What another configuration would move, one line for each.
pub fn describe_what_if(found: &Comparison) -> String {
    let mut text = String::new();
    for change in &found.changes {
        // Writing to a text does not fail.
        _ = writeln!(text, "{}", change_line(change));
    }
    if found.changes.is_empty() {
        text.push_str("No value differs from the configuration in force.\n");
    }
    _ = writeln!(text, "What if: {}.", counts(found));
    let anyway = found.moved.iter().filter(|one| one.also_without == Some(true)).count();
    if found.reference_now != found.reference_then {
        _ = writeln!(
            text,
            "As 'bavn analyse --all' would have it, with a new reference ({}, now {}). {anyway} of these cases would move \
             without the change as well (marked *).",
            found.reference_then, found.reference_now
        );
    }
    found.moved.iter().for_each(|one| line(&mut text, one));
    text
}

fn counts(found: &Comparison) -> String {
    let count = |change| found.count(change);
    let turn = match count(CaseChange::Turns) {
        0 => String::new(),
        some => format!(", {some} go to another queue"),
    };
    format!(
        "{} cases would come, {} go, {} rise in band, {} fall{turn}, {} stay as they are",
        count(CaseChange::Comes),
        count(CaseChange::Goes),
        count(CaseChange::Rises),
        count(CaseChange::Falls),
        found.unchanged
    )
}

/// A value that differs: `indicators/rules.toml  medium.0.points: 4.0 -> 5.0`.
pub(super) fn change_line(change: &SettingChange) -> String {
    let short = |value: &Option<String>| match value {
        None => "(none)".to_owned(),
        Some(value) if value.chars().count() > LONGEST => {
            format!("{}…", value.chars().take(LONGEST).collect::<String>())
        }
        Some(value) => value.clone(),
    };
    if change.key.is_empty() {
        return format!("{}: another text", change.file);
    }
    format!("{}  {}: {} -> {}", change.file, change.key, short(&change.before), short(&change.after))
}

fn line(text: &mut String, one: &MovedCase) {
    let case = one.case.as_ref().map_or("-", |case| case.0.as_str());
    let anyway = if one.also_without == Some(true) { " *" } else { "" };
    _ = writeln!(
        text,
        "{}\t{}\t{} -> {}{anyway}\t{}",
        one.subject,
        case,
        standing(one.now.as_ref()),
        standing(one.then.as_ref()),
        why(one)
    );
}

fn standing(subject: Option<&CaseSubject>) -> String {
    let Some(subject) = subject.filter(|one| one.has_case()) else { return "no case".to_owned() };
    let queue = if subject.spam { " (spam)" } else { "" };
    let urgent = if subject.urgent { " (urgent)" } else { "" };
    format!("{}{queue}{urgent}", Band::as_str(subject.band))
}

fn why(one: &MovedCase) -> String {
    let points = |points: Option<f64>| points.map_or_else(|| "-".to_owned(), |points| points.to_string());
    let cause = |cause: &Cause| format!("{} {} -> {}", cause.indicator, points(cause.now), points(cause.then));
    let mut parts: Vec<String> = one.causes.iter().map(cause).collect();
    if one.other_ads {
        parts.push("other ads belong to it".to_owned());
    }
    if parts.is_empty() {
        parts.push("the ways to a band".to_owned());
    }
    parts.join("; ")
}
