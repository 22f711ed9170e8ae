//! The pages, one file each: who may, read, decide, show.

pub mod account;
pub mod ad;
pub mod administration;
pub mod attempt;
mod attempt_form;
pub mod audit;
mod both;
pub mod called;
mod care;
pub mod case;
mod case_ads;
mod changes;
pub mod contact;
pub mod copies;
pub mod coverage;
mod csv;
pub mod decision;
pub mod drift;
pub mod findings;
mod firings;
pub mod follow_ups;
pub mod hand_over;
pub mod health;
pub mod history;
pub mod identity;
pub mod incoming;
pub mod indicators;
pub mod interview;
mod interview_view;
pub mod invitation;
pub mod left_out;
pub mod line;
mod line_view;
pub mod network;
mod network_parts;
pub mod notes;
pub mod objection;
pub mod objections;
pub mod pair;
pub mod people;
pub mod place;
mod place_view;
pub mod places;
pub mod queue;
pub mod queue_acts;
mod queue_filter;
pub mod retention;
pub mod search;
pub mod second;
pub mod second_factor;
pub mod settings;
pub mod shadow;
pub mod shared_numbers;
pub mod sign_in;
pub mod today;
pub mod try_text;
pub mod urgent;
pub mod visits;
pub mod what_came;
pub mod what_if;

use crate::errors::WebError;
use askama::Template;
use axum::response::Html;

/// An option of a list of choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What is shown.
    pub words: String,
    /// It is chosen.
    pub chosen: bool,
}

impl Choice {
    fn new(value: impl Into<String>, words: impl Into<String>, chosen: &str) -> Self {
        let value = value.into();
        Self { chosen: value == chosen, words: words.into(), value }
    }
}

fn show(view: &impl Template) -> Result<Html<String>, WebError> {
    Ok(Html(view.render()?))
}
