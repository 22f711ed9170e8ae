//! What people decided where an indicator had fired, beside what they decided in all.

use super::DecisionKind;
use crate::db::{Row, args};
use crate::{Store, StoreError};
use domain::IndicatorId;

/// Cases by decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecidedWith {
    /// The decision in force.
    pub kind: DecisionKind,
    /// Cases in which the indicator had fired when they were decided.
    pub fired: u64,
    /// All cases.
    pub all: u64,
}

impl Store {
    /// Cases by the decision in force, in the order of the decisions: those in which an indicator had fired, and all.
    pub async fn decided_with(&self, indicator: &IndicatorId) -> Result<Vec<DecidedWith>, StoreError> {
        // An underscore would stand for any character.
        let part = format!("%\"{}\"%", indicator.as_str().replace('_', "!_"));
        let mut tx = self.read("counting decisions by indicator").await?;
        let rows = tx
            .all(
                "SELECT d.kind, count(*), count(CASE WHEN d.evidence LIKE $1 ESCAPE '!' THEN 1 END) FROM case_file c \
                 JOIN decision d ON d.id = c.decision_id WHERE c.merged_into IS NULL GROUP BY d.kind",
                args![part],
            )
            .await?;
        let one = |row: &Row| {
            let kind = DecisionKind::parse(&row.text(0)?).ok_or(StoreError::Corrupt { what: "a decision" })?;
            Ok(DecidedWith { kind, fired: row.int(2)?.unsigned_abs(), all: row.int(1)?.unsigned_abs() })
        };
        let mut found = rows.iter().map(one).collect::<Result<Vec<_>, StoreError>>()?;
        found.sort_by_key(|row| row.kind);
        Ok(found)
    }
}
