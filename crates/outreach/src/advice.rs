//! What a line says beside the contact: why, what to take care of, and by which way.

use crate::outcome::{Channel, WorkerCaution};
use domain::{Bilingual, ContactKind, Group, IndicatorId};
use std::collections::BTreeSet;

/// Signs that somebody else may read or answer: then a message may reach whoever decides over the person.
const THIRD_PARTY: [&str; 13] = [
    "third_person_voice",
    "plural_voice",
    "several_persons_one_ad",
    "manager_contact",
    "staff_rotation",
    "recruits_workers",
    "payment_elsewhere",
    "paid_by_other",
    "accompanied",
    "shared_contact",
    "shared_premises",
    "persona_churn",
    "debt_or_pressure",
];

/// What is known of the one to be approached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Situation {
    /// Indicators that fired for the advertiser or its network, scoring or not.
    pub indicators: BTreeSet<IndicatorId>,
    /// Groups that scored.
    pub groups: BTreeSet<Group>,
    /// Kinds of contacts that may be used.
    pub contacts: BTreeSet<ContactKind>,
    /// Persona names on the contact that would be used.
    pub personas_on_contact: u32,
    /// Advertisers in its network.
    pub network_size: u32,
    /// A street address is known.
    pub address_known: bool,
    /// Likely language.
    pub language: String,
    /// Languages of the team.
    pub team_languages: Vec<String>,
    /// Somebody else answered an earlier attempt.
    pub third_party_answered: bool,
    /// What workers learned there for their own safety, at it or at others of its network.
    pub worker_cautions: BTreeSet<WorkerCaution>,
    /// Whom to ring for an interpreter; empty where none is configured.
    pub interpreter: String,
}

impl Situation {
    /// Whether somebody other than the person advertised may hold the phone.
    pub fn third_party_possible(&self) -> bool {
        self.third_party_answered
            || self.personas_on_contact > 1
            || self.indicators.iter().any(|id| THIRD_PARTY.contains(&id.as_str()))
    }

    fn speaks(&self) -> bool {
        self.language.is_empty() || self.team_languages.contains(&self.language)
    }

    /// The advised way. A message only where nobody else is likely to read it; a visit with a health offer where
    /// somebody may and the place is known; else no way that is known to be safe.
    pub fn channel(&self) -> Channel {
        let phone = self.contacts.contains(&ContactKind::Phone);
        match (self.third_party_possible(), phone, self.address_known) {
            (true, _, true) => Channel::Visit,
            (true, _, false) => Channel::None,
            (false, true, _) if self.speaks() => Channel::Sms,
            // Without a text in their language a call with an interpreter says more than a message.
            (false, true, _) => Channel::Call,
            (false, false, true) => Channel::Visit,
            (false, false, false) => Channel::None,
        }
    }

    /// The ways that are safe: where somebody else may hold the phone only a visit with a health offer.
    pub fn safe_channels(&self) -> BTreeSet<Channel> {
        let phone = self.contacts.contains(&ContactKind::Phone) && !self.third_party_possible();
        let safe = |channel: Channel, is: bool| is.then_some(channel);
        [
            safe(Channel::Sms, phone && self.speaks()),
            safe(Channel::Call, phone),
            safe(Channel::Visit, self.address_known),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// What to take care of, the most important first.
    pub fn cautions(&self) -> Vec<Bilingual> {
        let mut cautions = Vec::new();
        let mut say = |da: &str, en: &str| cautions.push(Bilingual { da: da.to_owned(), en: en.to_owned() });
        // What a colleague met with comes before everything else.
        for caution in &self.worker_cautions {
            match caution {
                WorkerCaution::Threat => say(
                    "En kollega er truet her før: gå aldrig alene, og aftal med holdet, hvem der ved, hvor I er",
                    "A colleague was threatened here before: never go alone, and agree with the team on who knows where \
                     you are",
                ),
                WorkerCaution::Camera => say(
                    "En kollega har set kamera her: I kan blive set, når I kommer",
                    "A colleague saw a camera here: you may be seen when you come",
                ),
                WorkerCaution::NotAlone => {
                    say("En kollega siger: gå aldrig alene her", "A colleague says: never go here alone");
                }
            }
        }
        if self.third_party_answered {
            say(
                "En anden har svaret før: nævn intet, der røber tilbuddet",
                "Someone else answered before: do not mention anything that reveals the offer",
            );
        } else if self.personas_on_contact > 1 {
            say(
                "Flere personer bruger dette nummer: nævn intet, der røber tilbuddet",
                "Several people share this number: do not mention anything that reveals the offer",
            );
        } else if self.third_party_possible() {
            say(
                "En anden kan have telefonen: nævn intet, der røber tilbuddet",
                "Someone else may hold this phone: do not mention anything that reveals the offer",
            );
        }
        match self.channel() {
            Channel::None => say(
                "Ingen sikker vej er kendt: tal med holdet, før I gør noget",
                "No safe way is known: talk to the team before you do anything",
            ),
            Channel::Visit => say(
                "Gå aldrig alene, kom med et sundhedstilbud, regn med kameraer",
                "Never go alone, come with a health offer, expect cameras",
            ),
            Channel::Sms | Channel::Call | Channel::Mail | Channel::App => {}
        }
        if self.network_size > 1 {
            say(
                "Flere hører sammen: højst én henvendelse om dagen til dem alle",
                "Several belong together: at most one approach a day to all of them",
            );
        }
        if !self.speaks() {
            match self.interpreter.as_str() {
                "" => say("Brug tolk", "Use an interpreter"),
                line => say(&format!("Brug tolk: {line}"), &format!("Use an interpreter: {line}")),
            }
        }
        say("Brug holdets telefon, og slet tråden bagefter", "Use the team's phone and delete the thread afterwards");
        cautions
    }

    /// Why, by category only: no explicit word, no origin, nothing about anybody's looks.
    pub fn reasons(&self) -> Vec<Bilingual> {
        let reasons: Vec<Bilingual> = self.groups.iter().filter_map(|group| reason(*group)).collect();
        if !reasons.is_empty() {
            return reasons;
        }
        // Also what lines of the random stratum say, so that nobody can tell them apart by an empty field.
        vec![Bilingual {
            da: "Oplysning om sundhed og rettigheder".to_owned(),
            en: "Information on health and rights".to_owned(),
        }]
    }
}

/// A group in plain words. Group F (origin) and L (what argues the other way) are no reason to approach anybody.
fn reason(group: Group) -> Option<Bilingual> {
    let (da, en) = match group.0 {
        'A' => ("Flytter ofte mellem byer", "Moves often between towns"),
        'B' => ("En anden ser ud til at styre kontakten", "Someone else seems to run the contact"),
        'C' => ("Annoncen hænger sammen med andre annoncer", "The ad belongs together with other ads"),
        'D' => ("Ser ud til at være til rådighed næsten altid", "Seems to be available nearly always"),
        'E' => ("Tegn på en udsat situation", "Signs of a vulnerable situation"),
        'G' => ("Priserne skiller sig ud", "The prices stand out"),
        'H' => ("Et sundhedstilbud kan være vigtigt", "A health offer may be important"),
        'I' => ("Kontakten er gjort svær at finde eller skifter", "The contact is hidden or changes"),
        'J' => ("Teksten går igen i andre annoncer", "The text recurs in other ads"),
        'K' => ("Billedet går igen i andre annoncer", "The picture recurs in other ads"),
        _ => return None,
    };
    Some(Bilingual { da: da.to_owned(), en: en.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn situation(indicators: &[&str]) -> Situation {
        Situation {
            indicators: indicators.iter().map(|id| IndicatorId::from(*id)).collect(),
            contacts: [ContactKind::Phone].into(),
            personas_on_contact: 1,
            language: "en".into(),
            team_languages: vec!["da".into(), "en".into()],
            ..Situation::default()
        }
    }

    #[test]
    fn no_message_where_somebody_else_may_read_it() {
        assert_eq!(situation(&["obscured_phone"]).channel(), Channel::Sms);
        assert_eq!(situation(&[]).safe_channels(), [Channel::Sms, Channel::Call].into());
        for id in THIRD_PARTY {
            let mut at_risk = situation(&[id]);
            assert_eq!(at_risk.channel(), Channel::None, "{id}");
            assert!(at_risk.safe_channels().is_empty(), "{id}");
            at_risk.address_known = true;
            assert_eq!(at_risk.channel(), Channel::Visit, "{id}");
            assert!(at_risk.cautions()[0].en.contains("do not mention"), "{id}");
        }
        let shared = Situation { personas_on_contact: 3, ..situation(&[]) };
        assert_eq!((shared.channel(), shared.third_party_possible()), (Channel::None, true));
    }

    #[test]
    fn another_language_is_called_with_an_interpreter() {
        let other = Situation { language: "ro".into(), ..situation(&[]) };
        assert_eq!(other.channel(), Channel::Call);
        assert!(other.cautions().iter().any(|caution| caution.en == "Use an interpreter"));
    }

    #[test]
    fn what_colleagues_met_with_comes_first_and_the_interpreter_is_named() {
        let met = Situation {
            worker_cautions: WorkerCaution::ALL.iter().copied().collect(),
            third_party_answered: true,
            language: "ro".into(),
            interpreter: "67 00 00 55".into(),
            ..situation(&[])
        };
        let said: Vec<String> = met.cautions().into_iter().map(|caution| caution.en).collect();
        assert!(said[0].contains("threatened") && said[1].contains("camera") && said[2].contains("alone"), "{said:?}");
        assert!(said[3].contains("do not mention"));
        assert!(said.contains(&"Use an interpreter: 67 00 00 55".to_owned()));
    }

    #[test]
    fn no_reason_or_caution_names_trafficking_or_is_empty() {
        let groups: BTreeSet<Group> = ('A'..='L').map(Group).collect();
        let all = Situation {
            groups,
            network_size: 3,
            third_party_answered: true,
            worker_cautions: WorkerCaution::ALL.iter().copied().collect(),
            ..situation(&[])
        };
        let said = all.reasons().into_iter().chain(all.cautions()).chain(situation(&[]).reasons());
        for Bilingual { da, en } in said {
            assert!(!da.is_empty() && !en.is_empty());
            assert_eq!((crate::text::names_trafficking(&da), crate::text::names_trafficking(&en)), (None, None));
        }
        assert_eq!(situation(&[]).reasons().len(), 1, "a line never stands without a reason");
    }
}
