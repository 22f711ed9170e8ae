//! Why somebody is not approached.

use crate::gate::ReviewDecision;
use crate::outcome::CoolDown;
use domain::{Bilingual, TeamId};
use jiff::Timestamp;
use jiff::civil::Date;

/// One reason. All that apply are listed, so that lifting one does not surprise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A register could not be read, or what it gave contradicts itself.
    CannotAnswer(&'static str),
    /// An objection covers the advertiser.
    Objection,
    /// In the urgent route until a named person closes it.
    Urgent,
    /// Waits in the queue of spam and scam.
    SpamQueue,
    /// Left alone after earlier attempts.
    CoolDown(CoolDown),
    /// Its network was approached within the allowed days.
    NetworkCoolDown {
        /// When.
        approached: Timestamp,
    },
    /// Another programme that shares the register approached it; it is left alone until then.
    OtherProgramme {
        /// Until when.
        until: Timestamp,
    },
    /// Another programme approached somebody in its network.
    OtherProgrammeNetwork {
        /// When.
        approached: Timestamp,
    },
    /// Another programme is about to approach it.
    OtherProgrammeNow {
        /// Until when it has the claim.
        until: Timestamp,
    },
    /// Somebody else has taken it.
    Claimed {
        /// Which team.
        team: TeamId,
        /// Until when.
        until: Timestamp,
    },
    /// No researcher has decided, and its band is not admitted unread.
    NotRead,
    /// New evidence came after the decision.
    Reopened,
    /// Decided otherwise.
    Decided(ReviewDecision),
    /// To be watched until a day.
    Watched {
        /// Which day.
        until: Option<Date>,
    },
    /// The random stratum is not approved, or this advertiser is flagged and so no part of its frame.
    NoRandomDraw,
    /// In none of the team's municipalities now.
    OutsideArea,
    /// Not seen for too long.
    Silent {
        /// Last sighting.
        last_seen: Timestamp,
    },
    /// No contact that may be used, and no address for a visit.
    NoContact,
    /// Another line of today's list is for the same network.
    NetworkOnList,
    /// The list is full.
    ListFull,
}

impl Refusal {
    /// The machine name, for counts by reason.
    pub fn as_str(&self) -> &'static str {
        match self {
            Refusal::CannotAnswer(_) => "cannot_answer",
            Refusal::Objection => "objection",
            Refusal::Urgent => "urgent",
            Refusal::SpamQueue => "spam_queue",
            Refusal::CoolDown(_) => "cool_down",
            Refusal::NetworkCoolDown { .. } => "network_cool_down",
            Refusal::OtherProgramme { .. } => "other_programme",
            Refusal::OtherProgrammeNetwork { .. } => "other_programme_network",
            Refusal::OtherProgrammeNow { .. } => "other_programme_now",
            Refusal::Claimed { .. } => "claimed",
            Refusal::NotRead => "not_read",
            Refusal::Reopened => "reopened",
            Refusal::Decided(_) => "decided",
            Refusal::Watched { .. } => "watched",
            Refusal::NoRandomDraw => "no_random_draw",
            Refusal::OutsideArea => "outside_area",
            Refusal::Silent { .. } => "silent",
            Refusal::NoContact => "no_contact",
            Refusal::NetworkOnList => "network_on_list",
            Refusal::ListFull => "list_full",
        }
    }

    /// In words for somebody of another organisation: what came of an attempt is left out.
    pub fn explain_to_others(&self) -> Bilingual {
        let (da, en) = match self {
            Refusal::CoolDown(CoolDown { until: Some(until), .. }) => {
                (format!("Lades i fred til {}", day(*until).da), format!("Left alone until {}", day(*until).en))
            }
            Refusal::CoolDown(_) => {
                ("Lades i fred, medmindre personen selv spørger".into(), "Left alone unless the person asks".into())
            }
            other => return other.explain(),
        };
        Bilingual { da, en }
    }

    /// In words for a team: taken by one of its own, or by another team. Anything else as it is.
    pub fn explain_claim(&self, own: bool) -> Bilingual {
        let Refusal::Claimed { until, .. } = self else { return self.explain() };
        let (da, en) = if own { ("en kollega", "a colleague") } else { ("et andet hold", "another team") };
        Bilingual {
            da: format!("Taget af {da} til {}", minute(*until).da),
            en: format!("Taken by {en} until {}", minute(*until).en),
        }
    }

    /// In words, without anything personal.
    pub fn explain(&self) -> Bilingual {
        let (da, en): (String, String) = match self {
            Refusal::CannotAnswer(what) => (
                format!("Kan ikke afgøres, fordi noget mangler ({what}); prøv igen, når det virker"),
                format!("Cannot be decided, because something is missing ({what}); try again when it works"),
            ),
            Refusal::Objection => ("En indsigelse gælder".into(), "An objection holds".into()),
            Refusal::Urgent => (
                "Ligger i hasteforløbet, til en udpeget person lukker det".into(),
                "In the urgent route until a named person closes it".into(),
            ),
            Refusal::SpamQueue => ("Ligger i køen for spam og svindel".into(), "In the queue of spam and scam".into()),
            Refusal::CoolDown(cool_down) => {
                let cause = cool_down.cause.label();
                match cool_down.until {
                    Some(until) => (
                        format!("Lades i fred til {} ({})", day(until).da, lower(&cause.da)),
                        format!("Left alone until {} ({})", day(until).en, lower(&cause.en)),
                    ),
                    None => (
                        format!("Lades i fred, medmindre personen selv spørger ({})", lower(&cause.da)),
                        format!("Left alone unless the person asks ({})", lower(&cause.en)),
                    ),
                }
            }
            Refusal::NetworkCoolDown { approached } => (
                format!("Nogen i samme netværk blev kontaktet {}", day(*approached).da),
                format!("Someone in the same network was approached on {}", day(*approached).en),
            ),
            Refusal::OtherProgramme { until } => (
                format!("Et andet program har haft kontakt; lades i fred til {}", day(*until).da),
                format!("Another programme has been in contact; left alone until {}", day(*until).en),
            ),
            Refusal::OtherProgrammeNetwork { approached } => (
                format!("Et andet program kontaktede nogen i samme netværk {}", day(*approached).da),
                format!("Another programme approached someone in the same network on {}", day(*approached).en),
            ),
            Refusal::OtherProgrammeNow { until } => (
                format!("Et andet program er ved at tage kontakt, til {}", minute(*until).da),
                format!("Another programme is making contact, until {}", minute(*until).en),
            ),
            Refusal::Claimed { team, until } => (
                format!("Taget af {team} til {}", minute(*until).da),
                format!("Taken by {team} until {}", minute(*until).en),
            ),
            Refusal::NotRead => ("Ingen har læst sagen endnu".into(), "Nobody has read the case yet".into()),
            Refusal::Reopened => (
                "Nye belæg er kommet til, siden sagen blev afgjort".into(),
                "New evidence came after the decision".into(),
            ),
            Refusal::Decided(decision) => {
                let label = decision.label();
                (format!("Afgjort som: {}", lower(&label.da)), format!("Decided as: {}", lower(&label.en)))
            }
            Refusal::Watched { until: Some(until) } => {
                (format!("Holdes øje med til {}", of_date(*until).da), format!("Watched until {}", of_date(*until).en))
            }
            Refusal::Watched { until: None } => ("Holdes øje med".into(), "Watched".into()),
            Refusal::NoRandomDraw => (
                "Tilfældig udtrækning er ikke godkendt eller omfatter ikke denne".into(),
                "The random draw is not approved or does not cover this one".into(),
            ),
            Refusal::OutsideArea => ("Uden for holdets kommuner".into(), "Outside the team's municipalities".into()),
            Refusal::Silent { last_seen } => {
                (format!("Ikke set siden {}", day(*last_seen).da), format!("Not seen since {}", day(*last_seen).en))
            }
            Refusal::NoContact => ("Ingen kontaktpunkter, der må bruges".into(), "No contact that may be used".into()),
            Refusal::NetworkOnList => (
                "Samme netværk står allerede på dagens liste".into(),
                "The same network is on today's list already".into(),
            ),
            Refusal::ListFull => ("Listen er fuld".into(), "The list is full".into()),
        };
        Bilingual { da, en }
    }
}

/// Days and minutes are told in Danish time, also where the policy has no zone at hand.
fn local(at: Timestamp) -> jiff::ZonedDateTime {
    at.to_zoned_datetime(crate::policy::copenhagen())
}

fn day(at: Timestamp) -> Bilingual {
    of_date(local(at).date())
}

fn of_date(day: Date) -> Bilingual {
    Bilingual { da: day.strftime("%-d.%-m.%Y").to_string(), en: day.strftime("%-d %B %Y").to_string() }
}

fn minute(at: Timestamp) -> Bilingual {
    let at = local(at);
    Bilingual { da: at.strftime("%-d.%-m.%Y kl. %H.%M").to_string(), en: at.strftime("%-d %B %Y, %H:%M").to_string() }
}

fn lower(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        // 'SMS' stays as it is.
        Some(first) if !text.chars().nth(1).is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(characters).collect()
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_teams_are_told_as_people_say_them() {
        let watched = Refusal::Watched { until: Some(jiff::civil::date(2026, 11, 5)) };
        assert_eq!(watched.explain().da, "Holdes øje med til 5.11.2026");
        assert_eq!(watched.explain().en, "Watched until 5 November 2026");
        let until = "2026-11-24T09:30:00Z".parse().unwrap();
        let claimed = Refusal::Claimed { team: TeamId::from("vest"), until };
        assert_eq!(claimed.explain_claim(false).da, "Taget af et andet hold til 24.11.2026 kl. 10.30");
        assert_eq!(claimed.explain_claim(true).en, "Taken by a colleague until 24 November 2026, 10:30");
        assert_eq!(Refusal::Urgent.explain_claim(true), Refusal::Urgent.explain());
    }
}
