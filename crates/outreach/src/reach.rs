//! How far an objection reaches.
//!
//! The contact that it names is left alone at once, whoever objects. Beyond that contact the rule goes only where one
//! persona is all there is and the ties are strong; where several personas share the contact or somebody else may hold
//! the phone, the one who objects may not be the one who would be offered help, and a named person decides. No damped
//! contact is passed, and nobody outside the advertiser is reached.

use domain::Bilingual;
use std::collections::{BTreeMap, BTreeSet};

/// An ad of the advertiser: what it shows. `C` stands for a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskAd<C> {
    /// Contacts in it.
    pub contacts: BTreeSet<C>,
    /// Persona names in it, as numbers that are the same for the same name.
    pub personas: BTreeSet<u32>,
}

/// A tie between two ads of the advertiser, by their places.
#[derive(Debug, Clone, PartialEq)]
pub struct DeskTie {
    /// One.
    pub a: usize,
    /// The other.
    pub b: usize,
    /// Weight of evidence in bits.
    pub bits: f64,
    /// A person says that they are one, so that no weight is asked for.
    pub judged: bool,
}

/// An advertiser as the rule sees it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Desk<C> {
    /// Its ads.
    pub ads: Vec<DeskAd<C>>,
    /// Ties among them.
    pub ties: Vec<DeskTie>,
    /// Contacts that join many else unrelated ads.
    pub damped: BTreeSet<C>,
}

/// Why a named person must decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AskWhy {
    /// Several persona names on what would be reached.
    SeveralPersonas,
    /// Somebody other than the person advertised may hold the phone.
    ThirdParty,
    /// Some of it hangs on weak ties.
    WeakTies,
}

impl AskWhy {
    /// All of them.
    pub const ALL: [AskWhy; 3] = [AskWhy::SeveralPersonas, AskWhy::ThirdParty, AskWhy::WeakTies];

    /// As kept.
    pub fn as_str(self) -> &'static str {
        match self {
            AskWhy::SeveralPersonas => "several_personas",
            AskWhy::ThirdParty => "third_party",
            AskWhy::WeakTies => "weak_ties",
        }
    }

    /// From its kept form.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.as_str() == text)
    }

    /// As people read it.
    pub fn label(self) -> Bilingual {
        let (da, en) = match self {
            AskWhy::SeveralPersonas => ("Flere navne bruger kontaktpunktet", "Several names use the contact"),
            AskWhy::ThirdParty => ("En anden kan have telefonen", "Someone else may hold the phone"),
            AskWhy::WeakTies => ("Resten hænger kun svagt sammen", "The rest is tied only weakly"),
        };
        Bilingual { da: da.to_owned(), en: en.to_owned() }
    }
}

/// How far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach<C> {
    /// Further contacts that the rule covers.
    pub covers: BTreeSet<C>,
    /// The whole advertiser is left alone, by whatever way.
    pub whole: bool,
    /// Why a named person must decide; empty where the rule is enough.
    pub ask: BTreeSet<AskWhy>,
    /// Contacts that a named person may add.
    pub beyond: BTreeSet<C>,
}

impl<C> Reach<C> {
    fn only_the_contact() -> Self {
        Self { covers: BTreeSet::new(), whole: false, ask: BTreeSet::new(), beyond: BTreeSet::new() }
    }
}

/// How far an objection against `objected` reaches in an advertiser. `strong_bits`: weight from which a tie between two
/// groups of ads that share no contact counts as strong.
pub fn reach<C: Ord + Clone>(
    objected: &BTreeSet<C>,
    desk: &Desk<C>,
    third_party_possible: bool,
    strong_bits: f64,
) -> Reach<C> {
    let named =
        |ad: &DeskAd<C>| ad.contacts.iter().any(|contact| objected.contains(contact) && !desk.damped.contains(contact));
    let sides = sides(desk);
    let mut near: BTreeSet<usize> =
        (0..desk.ads.len()).filter(|at| named(&desk.ads[*at])).map(|at| sides[at]).collect();
    if near.is_empty() {
        return Reach::only_the_contact();
    }
    let strong = strong_pairs(desk, &sides, strong_bits);
    while let Some((a, b)) = strong.iter().find(|(a, b)| near.contains(a) != near.contains(b)) {
        near.extend([*a, *b]);
    }
    let contacts_of = |keep: &dyn Fn(usize) -> bool| -> BTreeSet<C> {
        let ads = desk.ads.iter().enumerate().filter(|(at, _)| keep(sides[*at]));
        let contacts = ads.flat_map(|(_, ad)| &ad.contacts);
        contacts.filter(|contact| !desk.damped.contains(*contact) && !objected.contains(*contact)).cloned().collect()
    };
    let covers = contacts_of(&|side| near.contains(&side));
    let all = contacts_of(&|_| true);
    let personas: BTreeSet<u32> = (desk.ads.iter().enumerate())
        .filter(|(at, _)| near.contains(&sides[*at]))
        .flat_map(|(_, ad)| ad.personas.iter().copied())
        .collect();
    // Ads without a name say nothing of how many persons they are about: what stands only in such is not covered by rule,
    // or whoever runs eight nameless numbers could end the offers to eight persons.
    let of_somebody: BTreeSet<&C> =
        desk.ads.iter().filter(|ad| !ad.personas.is_empty()).flat_map(|ad| &ad.contacts).collect();
    let nameless = covers.iter().any(|contact| !of_somebody.contains(contact));
    let mut ask = BTreeSet::new();
    if personas.len() > 1 || nameless {
        ask.insert(AskWhy::SeveralPersonas);
    }
    if third_party_possible {
        ask.insert(AskWhy::ThirdParty);
    }
    if !ask.is_empty() {
        return Reach { covers: BTreeSet::new(), whole: false, ask, beyond: all };
    }
    let beyond: BTreeSet<C> = all.difference(&covers).cloned().collect();
    let far = (0..desk.ads.len()).any(|at| !near.contains(&sides[at]));
    if far {
        ask.insert(AskWhy::WeakTies);
    }
    Reach { covers, whole: !far, ask, beyond }
}

/// Groups of ads that share contacts: the place of the least ad in each ad's group. A damped contact groups nobody.
fn sides<C: Ord>(desk: &Desk<C>) -> Vec<usize> {
    let mut side: Vec<usize> = (0..desk.ads.len()).collect();
    let mut first: BTreeMap<&C, usize> = BTreeMap::new();
    for (at, ad) in desk.ads.iter().enumerate() {
        for contact in ad.contacts.iter().filter(|contact| !desk.damped.contains(*contact)) {
            match first.get(contact) {
                Some(other) => join(&mut side, *other, at),
                None => _ = first.insert(contact, at),
            }
        }
    }
    side
}

fn join(side: &mut [usize], a: usize, b: usize) {
    let (a, b) = (side[a], side[b]);
    let (least, other) = (a.min(b), a.max(b));
    side.iter_mut().filter(|of| **of == other).for_each(|of| *of = least);
}

/// Pairs of groups whose ties add up to enough, or that a person has judged one.
fn strong_pairs<C>(desk: &Desk<C>, sides: &[usize], strong_bits: f64) -> Vec<(usize, usize)> {
    let mut sums: BTreeMap<(usize, usize), (f64, bool)> = BTreeMap::new();
    for tie in &desk.ties {
        let (Some(a), Some(b)) = (sides.get(tie.a), sides.get(tie.b)) else { continue };
        if a != b && tie.bits.is_finite() {
            let (bits, judged) = sums.entry((*a.min(b), *a.max(b))).or_default();
            *bits += tie.bits;
            *judged |= tie.judged;
        }
    }
    sums.into_iter().filter(|(_, (bits, judged))| *judged || *bits >= strong_bits).map(|(pair, _)| pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ad(contacts: &[u32], personas: &[u32]) -> DeskAd<u32> {
        DeskAd { contacts: contacts.iter().copied().collect(), personas: personas.iter().copied().collect() }
    }
    fn tie(a: usize, b: usize, bits: f64) -> DeskTie {
        DeskTie { a, b, bits, judged: false }
    }
    fn set(of: &[u32]) -> BTreeSet<u32> {
        of.iter().copied().collect()
    }

    #[test]
    fn one_persona_is_left_alone_on_every_number_that_hangs_together_strongly() {
        let desk = Desk {
            ads: vec![ad(&[1], &[7]), ad(&[1, 2], &[7]), ad(&[3], &[7])],
            ties: vec![tie(0, 2, 5.0), tie(1, 2, 4.0)],
            damped: set(&[]),
        };
        let far = reach(&set(&[1]), &desk, false, 8.0);
        assert_eq!((far.covers, far.whole, far.ask), (set(&[2, 3]), true, BTreeSet::new()), "9 bits add up");
        let near = reach(&set(&[1]), &desk, false, 10.0);
        assert_eq!((near.covers, near.whole, near.beyond), (set(&[2]), false, set(&[3])));
        assert_eq!(near.ask, BTreeSet::from([AskWhy::WeakTies]), "a named person may add the rest");
    }

    #[test]
    fn the_operator_of_eight_numbers_ends_no_offer_but_on_the_number_named() {
        let ads = (1..=8).map(|n| ad(&[n], &[n])).collect();
        let ties = (1..8).map(|n| tie(n - 1, n, 30.0)).collect();
        let desk = Desk { ads, ties, damped: set(&[]) };
        let answer = reach(&set(&[3]), &desk, false, 8.0);
        assert!(answer.covers.is_empty() && !answer.whole);
        assert_eq!(answer.ask, BTreeSet::from([AskWhy::SeveralPersonas]));
        assert_eq!(answer.beyond, set(&[1, 2, 4, 5, 6, 7, 8]), "a named person may");
    }

    #[test]
    fn ads_without_a_name_say_nothing_of_how_many_persons_they_are_about() {
        let nameless = Desk { ads: (1..8).map(|n| ad(&[n, n + 1], &[])).collect(), ties: vec![], damped: set(&[]) };
        let answer = reach(&set(&[3]), &nameless, false, 8.0);
        assert!(answer.covers.is_empty() && !answer.whole && answer.ask.contains(&AskWhy::SeveralPersonas));
        let alone = Desk { ads: vec![ad(&[3], &[])], ties: vec![], damped: set(&[]) };
        assert!(reach(&set(&[3]), &alone, false, 8.0).whole, "one number is one number");
        let partly = Desk { ads: vec![ad(&[1, 2], &[7]), ad(&[2, 3], &[])], ties: vec![], damped: set(&[]) };
        assert!(reach(&set(&[1]), &partly, false, 8.0).covers.is_empty(), "3 stands in nobody's ad");
    }

    #[test]
    fn a_third_party_may_speak_for_somebody_and_a_damped_number_is_nobody_s() {
        let desk = Desk { ads: vec![ad(&[1, 2], &[7])], ties: vec![], damped: set(&[]) };
        let answer = reach(&set(&[1]), &desk, true, 8.0);
        assert!(answer.covers.is_empty() && !answer.whole && answer.ask == BTreeSet::from([AskWhy::ThirdParty]));
        let damped = Desk { damped: set(&[1]), ..desk.clone() };
        assert_eq!(reach(&set(&[1]), &damped, false, 8.0), Reach::only_the_contact());
        let other = Desk { damped: set(&[2]), ..desk };
        assert_eq!(reach(&set(&[1]), &other, false, 8.0).covers, set(&[]), "nor is a damped one covered");
    }

    prop_compose! {
        fn desks()(
            ads in proptest::collection::vec(
                (proptest::collection::btree_set(0u32..9, 0..4), proptest::collection::btree_set(0u32..3, 0..3)), 1..8),
            ties in proptest::collection::vec((0usize..8, 0usize..8, -5.0f64..20.0, prop::bool::weighted(0.1)), 0..10),
            damped in proptest::collection::btree_set(0u32..9, 0..3),
        ) -> Desk<u32> {
            Desk {
                ads: ads.into_iter().map(|(contacts, personas)| DeskAd { contacts, personas }).collect(),
                ties: ties.into_iter().map(|(a, b, bits, judged)| DeskTie { a, b, bits, judged }).collect(),
                damped,
            }
        }
    }

    proptest! {
        #[test]
        fn the_rule_never_goes_too_far(
            desk in desks(), objected in proptest::collection::btree_set(0u32..9, 1..3), third in any::<bool>()
        ) {
            let answer = reach(&objected, &desk, third, 8.0);
            let all: BTreeSet<u32> = desk.ads.iter().flat_map(|ad| ad.contacts.clone()).collect();
            for covered in answer.covers.iter().chain(&answer.beyond) {
                prop_assert!(all.contains(covered), "nobody outside the advertiser");
                prop_assert!(!desk.damped.contains(covered), "no damped contact");
                prop_assert!(!objected.contains(covered), "the named ones are covered already");
            }
            if third {
                prop_assert!(answer.covers.is_empty() && !answer.whole);
            }
            // A damped contact is nobody's: an ad that shares only that one with the objection is not touched by it.
            let holds = |c: &u32| !desk.damped.contains(c) && (objected.contains(c) || answer.covers.contains(c));
            let personas: BTreeSet<u32> = desk.ads.iter().filter(|ad| ad.contacts.iter().any(holds))
                .flat_map(|ad| ad.personas.clone()).collect();
            if !answer.covers.is_empty() {
                prop_assert!(personas.len() <= 1, "one persona is all there is: {personas:?}");
            }
            if answer.whole {
                prop_assert!(answer.ask.is_empty() && answer.beyond.is_empty());
                prop_assert!(desk.ads.iter().flat_map(|ad| &ad.personas).collect::<BTreeSet<_>>().len() <= 1);
            }
            if desk.ads.iter().all(|ad| ad.contacts.iter().all(|c| desk.damped.contains(c) || !objected.contains(c))) {
                prop_assert_eq!(&answer, &Reach::only_the_contact());
            }
            prop_assert_eq!(answer, reach(&objected, &desk, third, 8.0), "the same each time");
        }

        #[test]
        fn another_objection_elsewhere_changes_nothing_here(desk in desks(), objected in 0u32..9, flood in 9u32..900) {
            let alone = reach(&BTreeSet::from([objected]), &desk, false, 8.0);
            let many: BTreeSet<u32> = std::iter::once(objected).chain(9..flood).collect();
            prop_assert_eq!(alone, reach(&many, &desk, false, 8.0));
        }
    }
}
