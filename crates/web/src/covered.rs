//! Care for the reader: words of risk services (group H) are covered by their category until they are asked for.

use domain::{Firing, Group};

/// The group whose words are covered (indicators.md, H: "category flag only").
const COVERED: Group = Group('H');

/// Whether a firing's words are covered unless asked for.
pub fn is_covered(firing: &Firing) -> bool {
    firing.group == COVERED
}
