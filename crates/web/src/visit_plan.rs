//! The plan of a team's visits, as it is drawn and kept.

use crate::places::KnownPlaces;
use crate::settings::{PlacesSettings, Team};
use ::places::{PlaceId, PlanSettings, Planned, Why};
use domain::ProgrammeId;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::{Look, NewVisitPlan, Store, StoreError};

/// Days of a plan.
pub const PLAN_DAYS: u32 = 7;

/// A plan as it is kept.
#[derive(Debug, Serialize, Deserialize)]
pub struct PlanBody {
    /// The visits, in order.
    pub stops: Vec<StopBody>,
    /// Places that come too late, for want of visits.
    pub late: Vec<PlaceId>,
    /// Places that it was drawn from.
    pub frame: usize,
    /// The same seed draws the same plan from the same register.
    pub seed: String,
}

/// A visit that is planned.
#[derive(Debug, Serialize, Deserialize)]
pub struct StopBody {
    /// On which day.
    pub on: Date,
    /// Where.
    pub place: PlaceId,
    /// `concern`, `last_day` or `drawn`.
    pub why: String,
    /// The last day within the interval.
    pub last_day: Date,
    /// From where the team's day begins or from the stop before.
    pub distance_km: Option<f64>,
}

fn why_word(why: Why) -> &'static str {
    match why {
        Why::Concern => "concern",
        Why::LastDay => "last_day",
        Why::Drawn => "drawn",
    }
}

fn of_team(settings: &PlacesSettings, programme: &ProgrammeId, team: &Team) -> PlanSettings {
    PlanSettings {
        municipalities: team.municipalities.clone(),
        interval_days: settings.interval_days,
        concern_days: settings.concern_days,
        pause_days: settings.pause_days,
        visits: settings.visits,
        base: settings.bases.get(&team.id).copied(),
        seed: format!("{programme}|{}", team.id),
    }
}

/// Draws the plan of the next days, from `today` on, and keeps it. What was planned before stands beside it.
pub async fn draw(
    store: &Store,
    look: &Look,
    programme: &ProgrammeId,
    (settings, team): (&PlacesSettings, &Team),
    today: Date,
) -> Result<(), StoreError> {
    let of_team = of_team(settings, programme, team);
    let known = KnownPlaces::read(store, look, programme).await?;
    let plan = ::places::plan(&known.register, &of_team, today, PLAN_DAYS);
    let stop = |visit: Planned| StopBody {
        on: visit.on,
        place: visit.place,
        why: why_word(visit.why).to_owned(),
        last_day: visit.last_day,
        distance_km: visit.distance_km,
    };
    let body = PlanBody {
        stops: plan.visits.into_iter().map(stop).collect(),
        late: plan.late,
        frame: plan.frame,
        seed: of_team.seed,
    };
    let new = NewVisitPlan {
        programme: programme.clone(),
        team: team.id.clone(),
        first: today,
        last: today.saturating_add((i64::from(PLAN_DAYS) - 1).days()),
        body: serde_json::to_value(body).map_err(|_| StoreError::Corrupt { what: "a plan of visits" })?,
    };
    store.put_visit_plan(&new, &look.actor, look.at).await?;
    Ok(())
}
