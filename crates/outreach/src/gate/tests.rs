use super::*;
use crate::outcome::{Channel, CoolDownCause, Outcome};
use crate::policy::{AdmitUnread, RandomApproval};
use proptest::prelude::*;

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// 06:00 in Copenhagen on 20 November.
pub(crate) fn now() -> Timestamp {
    at("2026-11-20T05:00:00Z")
}

pub(crate) fn contact(number: u32) -> ContactFact<u32> {
    ContactFact {
        contact: number,
        kind: ContactKind::Phone,
        damped: false,
        objected: false,
        last_seen: now(),
        personas: 1,
    }
}

/// Somebody whom the gate lets through.
pub(crate) fn open(id: &str) -> GateFacts<u32> {
    GateFacts {
        advertiser: AdvertiserId::from(id),
        network: NetworkId::from(id),
        checked: Checked::all(),
        stratum: Stratum::Flagged,
        review: Review::Decided {
            decision: ReviewDecision::OfferOutreach,
            at: at("2026-11-19T12:00:00Z"),
            until: None,
        },
        reopened: false,
        band: Band::High,
        queue: Queue::Ordinary,
        objection: false,
        objection_stays: false,
        desk: None,
        third_party_possible: false,
        urgent_open: false,
        common: CommonFact::default(),
        claim: None,
        attempts: vec![],
        network_attempts: vec![],
        municipalities: vec!["0751".into()],
        last_seen: at("2026-11-19T20:00:00Z"),
        personas: 1,
        contacts: vec![contact(1)],
        address_known: false,
    }
}

pub(crate) fn team() -> TeamView {
    TeamView {
        id: TeamId::from("vest"),
        municipalities: ["0751".to_owned(), "0461".to_owned()].into(),
        languages: vec!["da".into(), "en".into()],
        lines: 12,
        worker: None,
        interpreter: String::new(),
    }
}

fn attempt(when: &str, outcome: Option<Outcome>) -> AttemptFact {
    AttemptFact {
        at: at(when),
        channel: Channel::Sms,
        outcome,
        contact_known: true,
        person_asked: false,
        cautions: BTreeSet::new(),
    }
}

fn refused(change: impl FnOnce(&mut GateFacts<u32>)) -> Vec<Refusal> {
    let mut facts = open("adv_1");
    change(&mut facts);
    gate(&facts, &team(), &GatePolicy::default(), now()).err().unwrap_or_default()
}

#[test]
fn each_reason_shuts_the_gate_by_itself() {
    assert_eq!(refused(|_| {}), []);
    assert_eq!(refused(|f| f.objection = true), [Refusal::Objection]);
    assert_eq!(refused(|f| f.urgent_open = true), [Refusal::Urgent]);
    assert_eq!(refused(|f| f.queue = Queue::Spam), [Refusal::SpamQueue]);
    assert_eq!(refused(|f| f.review = Review::Undecided), [Refusal::NotRead]);
    assert_eq!(refused(|f| f.municipalities = vec!["0101".into()]), [Refusal::OutsideArea]);
    assert_eq!(refused(|f| f.municipalities.clear()), [Refusal::OutsideArea]);
    let long_ago = at("2026-11-01T00:00:00Z");
    assert_eq!(refused(|f| f.last_seen = long_ago), [Refusal::Silent { last_seen: long_ago }]);
    assert_eq!(refused(|f| f.contacts.clear()), [Refusal::NoContact]);
    assert_eq!(refused(|f| f.contacts[0].damped = true), [Refusal::NoContact]);
    assert_eq!(refused(|f| f.last_seen = at("2027-01-01T00:00:00Z")), [Refusal::CannotAnswer("time")]);
    let declined = || attempt("2024-01-01T00:00:00Z", Some(Outcome::Declined));
    let stop = CoolDownCause::After(Outcome::Declined);
    assert!(matches!(&refused(|f| f.attempts.push(declined()))[..], [Refusal::CoolDown(c)] if c.cause == stop));
    for decision in [ReviewDecision::NoConcern, ReviewDecision::Spam, ReviewDecision::Refer, ReviewDecision::Urgent] {
        let review = Review::Decided { decision, at: now(), until: None };
        assert_eq!(refused(|f| f.review = review), [Refusal::Decided(decision)]);
    }
    let watch = Review::Decided { decision: ReviewDecision::Watch, at: now(), until: None };
    assert_eq!(
        refused(|f| (f.review, f.reopened) = (watch, true)),
        [Refusal::Watched { until: None }, Refusal::Reopened]
    );
}

#[test]
fn all_reasons_are_listed_and_explained_in_both_languages() {
    let all = refused(|f| {
        (f.objection, f.urgent_open, f.queue) = (true, true, Queue::Spam);
        f.checked = Checked::default();
        f.contacts.clear();
    });
    assert_eq!(all.len(), 10);
    for refusal in all {
        let text = refusal.explain();
        assert!(!text.da.is_empty() && !text.en.is_empty() && !refusal.as_str().is_empty());
        assert_eq!(crate::text::names_trafficking(&text.da), None);
    }
}

#[test]
fn one_approach_a_network_a_local_day() {
    let approached = |when: &str| refused(|f| f.network_attempts.push(attempt(when, Some(Outcome::Informed))));
    assert_eq!(approached("2026-11-19T22:30:00Z"), [], "23:30 the evening before is another day");
    let same_day = at("2026-11-19T23:30:00Z");
    assert_eq!(
        approached("2026-11-19T23:30:00Z"),
        [Refusal::NetworkCoolDown { approached: same_day }],
        "00:30 is today"
    );
    assert_eq!(approached("2026-11-25T10:00:00Z").len(), 1, "a wrong clock does not open it");
}

#[test]
fn a_claim_shuts_it_for_others_until_it_ends() {
    let claim = |team: &str, worker: &str, until: &str| {
        Some(ClaimFact { team: TeamId::from(team), worker: worker.into(), until: at(until) })
    };
    assert_eq!(refused(|f| f.claim = claim("oest", "a", "2026-11-20T05:00:00Z")), [], "over");
    assert_eq!(refused(|f| f.claim = claim("oest", "a", "2026-11-20T05:00:01Z")).len(), 1);
    assert_eq!(refused(|f| f.claim = claim("vest", "a", "2026-11-20T09:00:00Z")), [], "the team's own list");
    let mut facts = open("adv_1");
    facts.claim = claim("vest", "a", "2026-11-20T09:00:00Z");
    let asks = |worker: &str| TeamView { worker: Some(worker.into()), ..team() };
    assert_eq!(gate(&facts, &asks("a"), &GatePolicy::default(), now()), Ok(()));
    assert!(gate(&facts, &asks("b"), &GatePolicy::default(), now()).is_err(), "a colleague has it");
}

#[test]
fn an_objection_reaches_the_advertiser_only_where_one_persona_is_all_there_is() {
    let object = |personas: u32| {
        refused(|f| {
            f.contacts.push(contact(2));
            f.contacts[0].objected = true;
            f.personas = personas;
        })
    };
    assert_eq!(object(1), [Refusal::Objection]);
    assert_eq!(object(8), [], "the other seven are still offered help, by another contact");
    assert_eq!(
        refused(|f| (f.contacts[0].objected, f.personas) = (true, 8)),
        [Refusal::NoContact],
        "but never by that contact"
    );
}

#[test]
fn an_objection_closes_the_advertiser_as_far_as_the_rule_and_a_named_person_say() {
    use crate::reach::{Desk, DeskAd, DeskTie};
    let desk = |bits: f64, personas: [u32; 2]| {
        let ad = |contact: u32, persona: u32| DeskAd { contacts: [contact].into(), personas: [persona].into() };
        Desk {
            ads: vec![ad(1, personas[0]), ad(2, personas[1])],
            ties: vec![DeskTie { a: 0, b: 1, bits, judged: false }],
            damped: [].into(),
        }
    };
    let object = |bits: f64, personas: [u32; 2], stays: bool| {
        refused(|f| {
            f.contacts.push(contact(2));
            f.contacts[0].objected = true;
            (f.desk, f.objection_stays, f.address_known) = (Some(desk(bits, personas)), stays, true);
        })
    };
    assert_eq!(
        object(9.0, [7, 7], false),
        [Refusal::Objection],
        "a new number strongly tied to the old one, visits too"
    );
    assert_eq!(object(3.0, [7, 7], false), [], "weakly tied: until a named person decides");
    assert_eq!(object(9.0, [7, 8], false), [], "two personas");
    assert_eq!(object(9.0, [7, 7], true), [], "a named person said that it stays with the contact");
    assert_eq!(refused(|f| f.objection = true), [Refusal::Objection], "or that it covers all");
}

#[test]
fn unread_cases_pass_only_as_far_as_the_programme_says() {
    let mut facts = open("adv_1");
    facts.review = Review::Undecided;
    let passes = |facts: &GateFacts<u32>, admit_unread| {
        gate(facts, &team(), &GatePolicy { admit_unread, ..GatePolicy::default() }, now()).is_ok()
    };
    assert!(!passes(&facts, AdmitUnread::None) && passes(&facts, AdmitUnread::High));
    facts.band = Band::Medium;
    assert!(!passes(&facts, AdmitUnread::High) && passes(&facts, AdmitUnread::Medium));
    facts.band = Band::Low;
    assert!(!passes(&facts, AdmitUnread::Medium));
}

#[test]
fn the_random_stratum_needs_its_whole_approval() {
    let approval = RandomApproval {
        by: "A. Leder".into(),
        at: at("2026-11-01T00:00:00Z"),
        until: at("2026-12-01T00:00:00Z"),
        dpia: "2026-17".into(),
        seed: 0,
        share: 0.1,
    };
    let mut facts = open("adv_1");
    (facts.stratum, facts.review, facts.band) = (Stratum::Random, Review::Undecided, Band::None);
    let passes = |facts: &GateFacts<u32>, approval: Option<RandomApproval>| {
        gate(facts, &team(), &GatePolicy { random: approval, ..GatePolicy::default() }, now()).is_ok()
    };
    assert!(passes(&facts, Some(approval.clone())) && !passes(&facts, None));
    assert!(!passes(&facts, Some(RandomApproval { dpia: " ".into(), ..approval.clone() })));
    assert!(!passes(&facts, Some(RandomApproval { until: now(), ..approval.clone() })));
    assert!(!passes(&facts, Some(RandomApproval { share: 0.2, ..approval.clone() })));
    assert!(!passes(&facts, Some(RandomApproval { share: f64::NAN, ..approval.clone() })));
    facts.objection = true;
    assert!(!passes(&facts, Some(approval)), "the same gate");
}

#[test]
fn whom_another_programme_met_is_left_alone_for_the_agreed_days() {
    let hours = |hours: i64| Some(now() - SignedDuration::from_hours(hours));
    let asked = |common: CommonFact| {
        let facts = GateFacts { common, ..open("adv_1") };
        gate(&facts, &team(), &GatePolicy::default(), now()).err().unwrap_or_default()
    };
    assert_eq!(asked(CommonFact::default()), []);
    for (since, stops) in [(1, true), (24, true), (14 * 24 - 1, true), (14 * 24, false)] {
        let refusals = asked(CommonFact { approached: hours(since), ..CommonFact::default() });
        assert_eq!(matches!(refusals[..], [Refusal::OtherProgramme { .. }]), stops, "{since} hours: {refusals:?}");
    }
    let network = asked(CommonFact { network_approached: hours(1), ..CommonFact::default() });
    assert!(matches!(network[..], [Refusal::OtherProgrammeNetwork { .. }]), "{network:?}");
    assert_eq!(asked(CommonFact { network_approached: hours(25), ..CommonFact::default() }), [], "one a day");
    let held = asked(CommonFact { held_until: hours(-1), ..CommonFact::default() });
    assert!(matches!(held[..], [Refusal::OtherProgrammeNow { .. }]), "{held:?}");
    assert_eq!(asked(CommonFact { held_until: hours(1), ..CommonFact::default() }), [], "run out");
    for refusal in [&network[0], &held[0]] {
        let words = refusal.explain();
        assert!(words.en.contains("nother programme") && words.da.contains("ndet program"), "{words:?}");
    }
    let facts = GateFacts { checked: Checked { common: false, ..Checked::all() }, ..open("adv_1") };
    let unread = gate(&facts, &team(), &GatePolicy::default(), now()).unwrap_err();
    assert!(matches!(unread[..], [Refusal::CannotAnswer(_)]), "what was not read is not assumed to be empty");
    for common_days in [0, 181] {
        let policy = GatePolicy { common_days, ..GatePolicy::default() };
        let settings = crate::Settings { policy, ..crate::Settings::default() };
        assert!(matches!(settings.check(), Err(crate::OutreachError::CommonDays { .. })), "{common_days}");
    }
}

prop_compose! {
    /// Facts of any kind, mostly near the open ones.
    pub(crate) fn facts()(
        id in 0u32..40,
        network in 0u32..12,
        flags in proptest::collection::vec(prop::bool::weighted(0.06), 9),
        read in proptest::collection::vec(prop::bool::weighted(0.97), 6),
        band in prop::sample::select(vec![Band::None, Band::Low, Band::Medium, Band::High]),
        decision in prop::option::weighted(0.8, prop::sample::select(vec![
            ReviewDecision::OfferOutreach, ReviewDecision::OfferOutreach, ReviewDecision::OfferOutreach,
            ReviewDecision::Watch, ReviewDecision::NoConcern, ReviewDecision::Urgent,
        ])),
        attempts in proptest::collection::vec(
            (-400i64..2, prop::option::of(prop::sample::select(Outcome::ALL)), any::<bool>()), 0..3),
        seen in -500i64..100,
    ) -> GateFacts<u32> {
        let mut facts = open(&format!("adv_{id:02}"));
        facts.network = NetworkId(format!("net_{network}"));
        facts.checked = Checked {
            objections: read[0], ledger: read[1], claims: read[2], urgent: read[3], reviews: read[4], common: read[5],
        };
        facts.objection = flags[0];
        facts.urgent_open = flags[1];
        facts.contacts[0].damped = flags[2];
        facts.contacts[0].objected = flags[3];
        facts.queue = if flags[4] { Queue::Spam } else { Queue::Ordinary };
        facts.stratum = if flags[5] { Stratum::Random } else { Stratum::Flagged };
        if flags[6] { facts.municipalities.clear(); }
        if flags[7] {
            let until = now() + SignedDuration::from_hours(1);
            facts.claim = Some(ClaimFact { team: TeamId::from("oest"), worker: "x".into(), until });
        }
        facts.band = band;
        facts.review = decision.map_or(Review::Undecided, |decision| Review::Decided { decision, at: now(), until: None });
        facts.attempts = attempts.into_iter().map(|(days, outcome, person_asked)| AttemptFact {
            at: now() + SignedDuration::from_hours(24 * days), channel: Channel::Call, outcome, person_asked,
            contact_known: days % 2 == 0, cautions: BTreeSet::new(),
        }).collect();
        facts.last_seen = now() + SignedDuration::from_hours(seen);
        facts
    }
}

proptest! {
    #[test]
    fn what_was_not_read_never_opens(mut facts in facts(), which in 0usize..5) {
        let checked = &mut facts.checked;
        *[&mut checked.objections, &mut checked.ledger, &mut checked.claims, &mut checked.urgent, &mut checked.reviews]
            [which] = false;
        let policy = GatePolicy { admit_unread: AdmitUnread::Medium, ..GatePolicy::default() };
        prop_assert!(gate(&facts, &team(), &policy, now()).is_err());
    }

    #[test]
    fn more_attempts_objections_or_claims_never_open_it(facts in facts(), more in facts()) {
        let policy = GatePolicy { admit_unread: AdmitUnread::Medium, ..GatePolicy::default() };
        let before = gate(&facts, &team(), &policy, now());
        let mut after = facts.clone();
        after.objection |= more.objection;
        after.urgent_open |= more.urgent_open;
        after.claim = after.claim.or(more.claim);
        // A wish of the person is the one thing that may open it.
        after.attempts.extend(more.attempts.into_iter().filter(|attempt| {
            !attempt.person_asked && !matches!(attempt.outcome, Some(o) if o != Outcome::Declined && o != Outcome::Objection)
        }));
        prop_assert!(before.is_ok() || gate(&after, &team(), &policy, now()).is_err());
    }

    #[test]
    fn the_order_of_attempts_does_not_matter(mut facts in facts()) {
        let before = gate(&facts, &team(), &GatePolicy::default(), now());
        facts.attempts.reverse();
        prop_assert_eq!(before, gate(&facts, &team(), &GatePolicy::default(), now()));
    }
}
