//! Lines of `bavn import decisions` and `bavn import attempts`: an existing register.

use super::{Object, ad_line::time};
use domain::AdRef;
use jiff::Timestamp;
use jiff::civil::Date;

/// A decision of an existing register.
#[derive(Debug, PartialEq)]
pub struct DecisionLine {
    /// An ad of the case that was decided.
    pub ad: AdRef,
    /// Its name as in the decision form.
    pub decision: String,
    /// Why.
    pub reason: String,
    /// For `watch`: until which day.
    pub until: Option<Date>,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A contact attempt of an existing register.
#[derive(Debug, PartialEq)]
pub struct AttemptLine {
    /// An ad of the advertiser that was approached.
    pub ad: AdRef,
    /// How, for example `street` or `phone`.
    pub method: String,
    /// `sms`, `call`, `visit` or `none`.
    pub channel: String,
    /// What came of it, by its name.
    pub outcome: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

fn at(object: &mut Object) -> Result<Timestamp, String> {
    time(&object.text("at")?).map_err(|reason| format!("'at' {reason}"))
}

/// Reads a decision.
pub fn decision(object: &mut Object) -> Result<DecisionLine, String> {
    Ok(DecisionLine {
        ad: AdRef::new(object.id("site")?, object.id("ad_id")?),
        decision: object.text("decision")?,
        reason: object.optional_text("reason")?.unwrap_or_default(),
        until: match object.optional_text("until")? {
            Some(text) => Some(text.parse().map_err(|_| "'until' is no day such as 2026-10-01".to_owned())?),
            None => None,
        },
        by: object.text("by")?,
        at: at(object)?,
    })
}

/// Reads an attempt.
pub fn attempt(object: &mut Object) -> Result<AttemptLine, String> {
    Ok(AttemptLine {
        ad: AdRef::new(object.id("site")?, object.id("ad_id")?),
        method: object.optional_text("method")?.unwrap_or_default(),
        channel: object.text("channel")?,
        outcome: object.text("outcome")?,
        by: object.text("by")?,
        at: at(object)?,
    })
}
