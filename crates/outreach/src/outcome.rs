//! What came of an attempt, and how long the advertiser is then left alone.

use crate::policy::GatePolicy;
use domain::Bilingual;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal, $da:literal, $en:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),* }
        impl $name {
            /// All of them, in the order of the page.
            pub const ALL: &[$name] = &[$($name::$variant),*];
            /// As stored, imported and exported.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),* }
            }
            /// From its written form.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.as_str() == text)
            }
            /// As people read it.
            pub fn label(self) -> Bilingual {
                let (da, en) = match self { $($name::$variant => ($da, $en)),* };
                Bilingual { da: da.to_owned(), en: en.to_owned() }
            }
        }
    };
}

words!(
    /// How somebody is approached.
    Channel {
        /// Text message.
        Sms = "sms", "SMS", "Text message";
        /// Call.
        Call = "call", "Opkald", "Call";
        /// Visit.
        Visit = "visit", "Besøg", "Visit";
        /// E-mail.
        Mail = "mail", "E-mail", "E-mail";
        /// Message in a messaging service, by a handle.
        App = "app", "Besked i app", "Message in an app";
        /// No safe way is known.
        None = "none", "Ingen sikker vej", "No safe way";
    }
);

words!(
    /// What came of an attempt.
    Outcome {
        /// Nobody answered.
        NoAnswer = "no_answer", "Intet svar", "No answer";
        /// The number does not lead to the person advertised.
        WrongNumber = "wrong_number", "Forkert nummer", "Wrong number";
        /// A third party answered.
        ThirdParty = "third_party", "En anden svarede", "Someone else answered";
        /// Told of rights and help.
        Informed = "informed", "Har fået oplysning", "Informed";
        /// Does not want contact.
        Declined = "declined", "Sagde nej tak", "Declined";
        /// Wants to talk.
        WantsToTalk = "wants_to_talk", "Vil gerne tale", "Wants to talk";
        /// Accepted an offer.
        AcceptedOffer = "accepted_offer", "Tog imod et tilbud", "Accepted an offer";
        /// Works independently and needs nothing.
        NoNeed = "no_need", "Selvstændig, intet behov", "Independent, no need";
        /// Referred with consent.
        Referred = "referred", "Henvist med samtykke", "Referred with consent";
        /// Does not want to be contacted or kept.
        Objection = "objection", "Indsigelse", "Objection";
    }
);

words!(
    /// What a worker learned that colleagues must know for their own safety.
    WorkerCaution {
        /// Somebody threatened, or it felt unsafe.
        Threat = "threat", "Trusler eller utryghed", "Threats, or it felt unsafe";
        /// A camera watches.
        Camera = "camera", "Kamera på stedet", "A camera on the spot";
        /// Nobody goes there alone.
        NotAlone = "not_alone", "Gå aldrig alene", "Never go alone";
    }
);

/// An attempt as the gate needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptFact {
    /// When.
    pub at: Timestamp,
    /// How.
    pub channel: Channel,
    /// What came of it; `None` while it is not recorded.
    pub outcome: Option<Outcome>,
    /// The contact used is on record. What is objected to through it stands in the register of objections, where a
    /// person can let it go further or take it back; without one this attempt is all that remembers it.
    pub contact_known: bool,
    /// The person asked for contact: what came before no longer keeps us away. What stands in the register of objections
    /// is not touched by it.
    pub person_asked: bool,
    /// What colleagues must know for their own safety. It outlives every cool-down.
    pub cautions: BTreeSet<WorkerCaution>,
}

/// Why somebody is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CoolDownCause {
    /// An attempt has no outcome yet.
    NoOutcomeYet,
    /// What came of an attempt.
    After(Outcome),
    /// As many attempts without an answer as the policy allows.
    Unanswered,
}

impl CoolDownCause {
    /// As people read it.
    pub fn label(self) -> Bilingual {
        match self {
            CoolDownCause::After(outcome) => outcome.label(),
            CoolDownCause::NoOutcomeYet => {
                Bilingual { da: "Udfald er ikke skrevet endnu".into(), en: "Outcome not recorded yet".into() }
            }
            CoolDownCause::Unanswered => {
                Bilingual { da: "Flere forsøg uden svar".into(), en: "Several attempts without an answer".into() }
            }
        }
    }
}

/// A time of being left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoolDown {
    /// Until when; `None` = until the person asks.
    pub until: Option<Timestamp>,
    /// Why.
    pub cause: CoolDownCause,
}

/// The longest time of being left alone that still holds at `now`, from attempts in any order. Attempts at a later
/// time than `now` count too: a wrong clock must not open the gate.
pub fn cool_down(attempts: &[AttemptFact], policy: &GatePolicy, now: Timestamp) -> Option<CoolDown> {
    let asked = attempts.iter().filter(|attempt| attempt.person_asked).map(|attempt| attempt.at).max();
    // Another attempt at the moment of the wish is older than the wish: nobody asks before being told what happened. Who
    // asks and says no in the same breath has said no.
    let own_no = |attempt: &AttemptFact| {
        let no = !matches!(attempt.outcome, None | Some(Outcome::NoAnswer | Outcome::WantsToTalk));
        attempt.person_asked && Some(attempt.at) == asked && no
    };
    // An objection stops the contact that it was told through, and the rule of `reach` or a named person says how far it
    // goes. Were it a time of being left alone too, one no by the operator of eight numbers would end eight offers.
    let in_register = |attempt: &AttemptFact| attempt.outcome == Some(Outcome::Objection) && attempt.contact_known;
    let counts = |attempt: &&AttemptFact| {
        !in_register(attempt) && (asked.is_none_or(|asked| attempt.at > asked) || own_no(attempt))
    };
    let mut counted: Vec<&AttemptFact> = attempts.iter().filter(counts).collect();
    counted.sort_by_key(|attempt| (attempt.at, attempt.outcome));
    let mut longest: Option<CoolDown> = None;
    let mut offer = |cause: CoolDownCause, until: Option<Timestamp>| {
        let over = until.is_some_and(|until| until <= now);
        let longer = longest.is_none_or(|known| match (known.until, until) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(known), Some(until)) => until > known,
        });
        if !over && longer {
            longest = Some(CoolDown { until, cause });
        }
    };
    let mut unanswered = 0;
    for attempt in counted {
        let days = policy.cool_down_days.after(attempt.outcome);
        // A sum beyond the calendar counts as for ever.
        let until = days.and_then(|days| attempt.at.checked_add(SignedDuration::from_hours(24 * i64::from(days))).ok());
        offer(attempt.outcome.map_or(CoolDownCause::NoOutcomeYet, CoolDownCause::After), until);
        unanswered = match attempt.outcome {
            Some(Outcome::NoAnswer) | None => unanswered + 1,
            _ => 0,
        };
        if unanswered >= policy.attempts_without_answer {
            offer(CoolDownCause::Unanswered, None);
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }
    fn attempt(when: &str, outcome: Outcome) -> AttemptFact {
        AttemptFact {
            at: at(when),
            channel: Channel::Sms,
            outcome: Some(outcome),
            contact_known: true,
            person_asked: false,
            cautions: BTreeSet::new(),
        }
    }
    const NOW: &str = "2026-11-20T05:00:00Z";

    #[test]
    fn a_no_holds_until_the_person_asks() {
        let policy = GatePolicy::default();
        let mut attempts = vec![attempt("2025-01-01T10:00:00Z", Outcome::Declined)];
        let stop = CoolDown { until: None, cause: CoolDownCause::After(Outcome::Declined) };
        assert_eq!(cool_down(&attempts, &policy, at(NOW)), Some(stop));
        attempts.push(AttemptFact { person_asked: true, ..attempt("2026-01-01T10:00:00Z", Outcome::WantsToTalk) });
        assert_eq!(cool_down(&attempts, &policy, at(NOW)), None);
        attempts.push(AttemptFact { person_asked: true, ..attempt("2026-02-01T10:00:00Z", Outcome::Declined) });
        assert_eq!(cool_down(&attempts, &policy, at(NOW)), Some(stop), "who rings to say no has said no");
    }

    #[test]
    fn an_objection_is_left_to_the_register_where_it_stands_there() {
        let policy = GatePolicy::default();
        let told = attempt("2026-11-19T10:00:00Z", Outcome::Objection);
        assert_eq!(cool_down(std::slice::from_ref(&told), &policy, at(NOW)), None, "contact, rule and decision say it");
        let mut attempts = vec![AttemptFact { contact_known: false, ..told }];
        let stop = CoolDown { until: None, cause: CoolDownCause::After(Outcome::Objection) };
        assert_eq!(cool_down(&attempts, &policy, at(NOW)), Some(stop), "nothing else remembers it");
        attempts.push(AttemptFact { person_asked: true, ..attempt("2026-11-19T12:00:00Z", Outcome::WantsToTalk) });
        assert_eq!(cool_down(&attempts, &policy, at(NOW)), None, "the words promise it: unless the person asks");
    }

    #[test]
    fn three_attempts_without_an_answer_are_enough() {
        let policy = GatePolicy::default();
        let mut attempts = vec![
            attempt("2026-01-01T10:00:00Z", Outcome::NoAnswer),
            attempt("2026-02-01T10:00:00Z", Outcome::NoAnswer),
        ];
        assert_eq!(cool_down(&attempts, &policy, at(NOW)), None);
        attempts.push(attempt("2026-01-15T10:00:00Z", Outcome::NoAnswer));
        let stop = CoolDown { until: None, cause: CoolDownCause::Unanswered };
        assert_eq!(cool_down(&attempts, &policy, at(NOW)), Some(stop));
        attempts[2] = attempt("2026-01-15T10:00:00Z", Outcome::WantsToTalk);
        assert_eq!(cool_down(&attempts, &policy, at(NOW)), None, "an answer between them begins anew");
    }

    #[test]
    fn the_longest_of_several_holds_to_the_second() {
        let policy = GatePolicy::default();
        let attempts =
            [attempt("2026-11-01T05:00:00Z", Outcome::Informed), attempt("2026-11-19T05:00:00Z", Outcome::NoAnswer)];
        let until = at("2026-11-01T05:00:00Z") + SignedDuration::from_hours(24 * 90);
        assert_eq!(cool_down(&attempts, &policy, at(NOW)).and_then(|c| c.until), Some(until));
        assert_eq!(cool_down(&attempts, &policy, until), None);
    }

    #[test]
    fn every_word_reads_back() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::parse(outcome.as_str()), Some(*outcome));
            assert!(!outcome.label().da.is_empty() && !outcome.label().en.is_empty());
        }
        assert_eq!(Channel::parse("post"), None);
    }
}
