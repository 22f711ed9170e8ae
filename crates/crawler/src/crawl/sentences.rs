//! The sentences that say what a site is doing and why, in both languages, with what to do where a person can do
//! something.

use crate::error::{CrawlError, ErrorKind};
use crate::ports::{SitePhase, SiteState};
use domain::Bilingual;
use jiff::Timestamp;

fn say(da: impl Into<String>, en: impl Into<String>) -> Bilingual {
    Bilingual { da: da.into(), en: en.into() }
}

/// A time as people in Denmark read it.
fn local(at: Timestamp) -> String {
    let zone = jiff::tz::TimeZone::get("Europe/Copenhagen").unwrap_or(jiff::tz::TimeZone::UTC);
    at.to_zoned_datetime(zone).strftime("%d.%m.%Y %H:%M").to_string()
}

fn waiting(reason: Bilingual, since: Timestamp, until: Timestamp) -> SiteState {
    SiteState { phase: SitePhase::Waiting, reason, since, until: Some(until) }
}

pub(super) fn running(since: Timestamp) -> SiteState {
    let reason = say("Siden bliver læst", "The site is being read");
    SiteState { phase: SitePhase::Running, reason, since, until: None }
}

/// The run was cut off by the word to stop: it waits for the next process.
pub(super) fn stopped(at: Timestamp) -> SiteState {
    let reason =
        say("Læsningen er afbrudt og fortsætter, hvor den slap", "The run was interrupted and goes on where it was");
    SiteState { phase: SitePhase::Resting, reason, since: at, until: Some(at) }
}

/// Nothing is asked until an administrator lets the site go on.
pub(super) fn ended_by_a_person(since: Timestamp) -> SiteState {
    let reason = say("Stoppet af en administrator", "Stopped by an administrator");
    SiteState { phase: SitePhase::Paused, reason, since, until: None }
}

pub(super) fn paused(since: Timestamp) -> SiteState {
    let reason = say("Sat på pause af en administrator", "Paused by an administrator");
    SiteState { phase: SitePhase::Paused, reason, since, until: None }
}

pub(super) fn quiet(since: Timestamp, until: Timestamp) -> SiteState {
    let at = local(until);
    let (da, en) = (
        format!("Siden har bedt om ro (Retry-After) til {at}"),
        format!("The site asked for quiet (Retry-After) until {at}"),
    );
    waiting(say(da, en), since, until)
}

pub(super) fn breaker(since: Timestamp, until: Timestamp) -> SiteState {
    let at = local(until);
    let da = format!("Siden svarer ikke; næste forsøg {at}");
    let en = format!("The site does not answer; next try {at}");
    waiting(say(da, en), since, until)
}

pub(super) fn outside_hours(since: Timestamp, until: Timestamp) -> SiteState {
    let at = local(until);
    let da = format!("Uden for de aftalte timer; fortsætter {at}");
    let en = format!("Outside the agreed hours; goes on {at}");
    SiteState { phase: SitePhase::Resting, reason: say(da, en), since, until: Some(until) }
}

pub(super) fn waits_for_next_run() -> Bilingual {
    say("Alt er læst; venter på næste gang", "All was read; waits for the next run")
}

/// The site is not crawled, since its approval is missing or has ended.
pub(super) fn not_approved(refused: &CrawlError, since: Timestamp) -> SiteState {
    SiteState { phase: SitePhase::Closed, reason: approval(refused), since, until: None }
}

fn approval(refused: &CrawlError) -> Bilingual {
    let da = match refused {
        CrawlError::ApprovalExpired { until, .. } => {
            format!("Godkendelsen udløb {}; forny den i sidens site.toml", local(*until))
        }
        _ => "Siden er ikke godkendt; skriv i dens site.toml hvem der har godkendt den, hvornår, på hvilket grundlag og til hvornår"
            .to_owned(),
    };
    let en = match refused {
        CrawlError::ApprovalExpired { until, .. } => {
            format!("The approval ended {}; renew it in the site's site.toml", local(*until))
        }
        _ => "The site is not approved; record in its site.toml who approved it, when, on what basis and until when"
            .to_owned(),
    };
    say(da, en)
}

/// Whether a kind of failure means that the owner has shut the door, rather than that something is broken.
pub(super) fn shuts(why: ErrorKind) -> bool {
    matches!(
        why,
        ErrorKind::Denied
            | ErrorKind::Challenge
            | ErrorKind::RobotsDenied
            | ErrorKind::RobotsDisallow
            | ErrorKind::RobotsNotText
    )
}

/// Why a visit ended early.
pub(crate) fn ended_early(why: ErrorKind) -> Bilingual {
    use ErrorKind::*;
    match why {
        RobotsDisallow => say(
            "Sidens robots.txt tillader ikke læsning; tal med ejeren eller fjern siden",
            "The site's robots.txt does not allow it; talk to the owner or remove the site",
        ),
        RobotsDenied => say(
            "Ejeren har lukket for robots.txt (401 eller 403); siden læses ikke, før en person har afklaret det",
            "The owner has closed robots.txt (401 or 403); the site is not read until a person has cleared it up",
        ),
        RobotsBusy => say(
            "Siden svarede 'for mange forespørgsler' på robots.txt; der ventes, som den beder om",
            "The site answered 'too many requests' for robots.txt; bavn waits as it asks",
        ),
        RobotsUnreachable => say(
            "Sidens robots.txt kan ikke hentes, så intet hentes; se efter om siden er nede",
            "The site's robots.txt cannot be had, so nothing is fetched; look whether the site is down",
        ),
        RobotsNotText => say(
            "Sidens robots.txt er ikke en tekst med regler; siden læses ikke, før en person har set på det",
            "The site's robots.txt is no text with rules; the site is not read until a person has looked at it",
        ),
        RobotsRedirects => say(
            "Sidens robots.txt sender videre for mange gange; intet hentes",
            "The site's robots.txt redirects too often; nothing is fetched",
        ),
        Denied => say(
            "Siden afviste bavn (401 eller 403); besøget sluttede, og ejeren bør spørges",
            "The site refused bavn (401 or 403); the visit ended, and the owner should be asked",
        ),
        Challenge => say(
            "Siden viste en kontrol eller et login; bavn går ikke forbi den slags",
            "The site showed a challenge or a log-in; bavn does not pass such things",
        ),
        AddressRefused => say(
            "Sidens adresse er privat eller særlig; nævn den i allow_private i site.toml, hvis den er ment",
            "The site's address is private or special; name it in allow_private in site.toml if it is meant",
        ),
        StoppedByPerson => say(
            "Stoppet af en administrator, før alt var læst; det, der var læst, er gemt",
            "Stopped by an administrator before all was read; what was read is kept",
        ),
        Dns => say(
            "Sidens navn findes ikke; se efter adressen i site.toml og netværket",
            "The site's name was not found; check the address in site.toml and the network",
        ),
        _ => say(
            format!("Siden kunne ikke nås ({why}); det, der var læst, er gemt, og der prøves igen næste gang"),
            format!("The site could not be reached ({why}); what was read is kept, and the next run tries again"),
        ),
    }
}
