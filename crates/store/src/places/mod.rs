//! Places that teams visit: acts with the register, drawn plans of visits, forms that were filled in.
//!
//! What an act means is for `places` to say; here it is a sealed value with the places that it names. Nothing is
//! overwritten: taking an act back is another act. A form that is being filled in is kept as it stands, with the revision
//! that the next save must have seen; refused or withdrawn, nothing of it stays.

mod acts;
mod forms;
mod plans;

pub use acts::{NewPlaceAct, PlaceActRow, VisitTold};
pub use forms::{FormId, FormRow, FormState, NewForm};
pub use plans::{NewVisitPlan, VisitPlanRow};
