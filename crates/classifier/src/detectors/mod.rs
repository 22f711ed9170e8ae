//! Every detector, in one list. An indicator's file names one of them.

mod ad_computed;
mod ad_mentions;
mod contacts;
mod counter;
mod hours;
mod images;
mod locations;
mod prices;
mod relative;
mod scams;
mod texts;

use crate::ad::AdContext;
use crate::catalogue::Indicator;
use crate::group::GroupContext;
use domain::{Bilingual, Evidence, Scope};
use std::ops::Range;

/// Something found in one ad: which of its texts, and where in the original.
pub(crate) type Found = (usize, Range<usize>);

/// What a detector sees in one ad.
#[derive(Default)]
pub(crate) struct Seen {
    /// What makes it fire.
    pub found: Vec<Found>,
    /// What came near.
    pub missed: Vec<Missed>,
}

impl Seen {
    /// Either something was found, or `lacks` (Danish, English) says what there is not.
    pub fn found_or(found: Vec<Found>, lacks: (&'static str, &'static str)) -> Self {
        let missed =
            if found.is_empty() { vec![Missed { at: None, by: None, why: Why::Lacks(lacks) }] } else { Vec::new() };
        Self { found, missed }
    }
}

/// Something that did not make an indicator fire: the first condition that it does not meet.
pub(crate) struct Missed {
    /// What it is about.
    pub at: Option<Found>,
    /// What stopped it.
    pub by: Option<Found>,
    /// The condition.
    pub why: Why,
}

/// A condition that is not met.
pub(crate) enum Why {
    /// A guard, or `not` for a pattern of the file.
    Stopped(&'static str),
    /// A stated age outside the bounds.
    Years { years: f64, least: f64, most: f64 },
    /// Something is not there, or not enough of it: Danish, English.
    Lacks((&'static str, &'static str)),
}

/// What a detector of several ads needs of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    Contacts,
    Names,
    Ages,
    /// Names or ages.
    Personas,
    Prices,
    Places,
    Addresses,
    Images,
    /// Texts, or times at which ads were seen: any ad has them.
    Anything,
}

/// What a detector of several ads says.
pub(crate) enum Outcome {
    /// It fires, with evidence.
    Fires(Vec<Evidence>),
    /// The data are there and show nothing.
    Silent,
    /// Data are lacking.
    Abstains(Bilingual),
}

pub(crate) enum Kind {
    /// Looks at one ad; what its wording matches is found in any case.
    Ad(fn(&AdContext<'_>, &Indicator) -> Seen),
    /// Looks at the ads of one subject.
    Group(fn(&GroupContext<'_>, &Indicator) -> Outcome),
}

/// A way to find a sign; many indicators may use one.
pub struct Detector {
    /// As files name it.
    pub name: &'static str,
    /// What it does.
    pub what: &'static str,
    /// What it can look at.
    pub scopes: &'static [Scope],
    /// The numbers that it takes from a file's `[parameters]`.
    pub numbers: &'static [&'static str],
    /// The lists of words that it takes from there.
    pub words: &'static [&'static str],
    pub(crate) needs: &'static [Needs],
    pub(crate) kind: Kind,
}

const AD: &[Scope] = &[Scope::Ad];
const ADVERTISER: &[Scope] = &[Scope::Advertiser];
const NETWORK: &[Scope] = &[Scope::Network];
const BOTH: &[Scope] = &[Scope::Advertiser, Scope::Network];

const fn ad(name: &'static str, what: &'static str, kind: fn(&AdContext<'_>, &Indicator) -> Seen) -> Detector {
    Detector { name, what, scopes: AD, numbers: &[], words: &[], needs: &[Needs::Anything], kind: Kind::Ad(kind) }
}

const fn group(
    name: &'static str,
    scopes: &'static [Scope],
    needs: &'static [Needs],
    numbers: &'static [&'static str],
    what: &'static str,
    kind: fn(&GroupContext<'_>, &Indicator) -> Outcome,
) -> Detector {
    Detector { name, what, scopes, numbers, words: &[], needs, kind: Kind::Group(kind) }
}

/// Every detector.
pub static DETECTORS: &[Detector] = &[
    ad("wording", "words and patterns by language", |_, _| Seen::default()),
    Detector {
        numbers: &["least_years", "most_years"],
        words: &["born"],
        ..ad("stated_age", "a stated age between two bounds", ad_mentions::stated_age)
    },
    ad("several_names", "two or more persons named side by side", ad_mentions::several_names),
    Detector {
        words: &["acts", "first_person"],
        ..ad("named_subject", "a name that does something, where nobody says I", ad_mentions::named_subject)
    },
    ad("several_phones", "two or more phone numbers", ad_mentions::several_phones),
    ad("obscured_phone", "a number written so as to hide it", ad_mentions::obscured_phone),
    ad("foreign_phone", "a number that is not Danish", ad_mentions::foreign_phone),
    ad("price_missing", "no price in text or fields", ad_computed::price_missing),
    ad("location_conflict", "text and listing field name different places", ad_computed::location_conflict),
    Detector {
        numbers: &["least_languages", "least_confidence"],
        ..ad("several_languages", "the same text in several languages", ad_computed::several_languages)
    },
    ad("tour_schedule", "two or more towns, each with a date", ad_computed::tour_schedule),
    ad("own_link", "a link of the ad's own", ad_computed::own_link),
    group(
        "shared_contact",
        BOTH,
        &[Needs::Contacts, Needs::Personas],
        &["personas"],
        "one contact, several personas",
        contacts::shared_contact,
    ),
    group(
        "contact_rotation",
        BOTH,
        &[Needs::Contacts],
        &["contacts", "within_days", "overlap_days", "least_words"],
        "one persona, text or picture under several numbers",
        contacts::contact_rotation,
    ),
    group(
        "persona_churn",
        BOTH,
        &[Needs::Contacts, Needs::Names],
        &["new_personas", "days"],
        "new personas on one contact",
        contacts::persona_churn,
    ),
    group(
        "shared_premises",
        BOTH,
        &[Needs::Addresses, Needs::Personas],
        &["personas"],
        "many personas at one address",
        contacts::shared_premises,
    ),
    group(
        "network_size",
        NETWORK,
        &[Needs::Contacts],
        &["persons", "contacts", "towns", "sites", "criteria"],
        "how much the ties hold together",
        contacts::network_size,
    ),
    group("cross_site", BOTH, &[Needs::Anything], &["sites"], "the same owner on several sites", contacts::cross_site),
    group("hub_number", BOTH, &[Needs::Anything], &[], "a contact that was damped", contacts::hub_number),
    group(
        "short_lived_number",
        BOTH,
        &[Needs::Contacts],
        &["days", "numbers", "least_words"],
        "numbers that vanish while the persona, text or picture goes on",
        contacts::short_lived_number,
    ),
    group(
        "multi_city",
        BOTH,
        &[Needs::Contacts, Needs::Places],
        &["towns", "days", "towns_same_day", "km"],
        "one contact in many municipalities",
        locations::multi_city,
    ),
    group(
        "rapid_relocation",
        ADVERTISER,
        &[Needs::Contacts, Needs::Places],
        &["percentile", "least_km_day"],
        "travel per day",
        locations::rapid_relocation,
    ),
    group(
        "synchronised_circuit",
        BOTH,
        &[Needs::Contacts, Needs::Places],
        &["towns", "days", "contacts"],
        "contacts that follow each other from town to town",
        locations::synchronised_circuit,
    ),
    group(
        "simultaneous_locations",
        BOTH,
        &[Needs::Names, Needs::Places],
        &["km", "days"],
        "one persona in two distant places at once",
        locations::simultaneous_locations,
    ),
    group(
        "long_hours",
        BOTH,
        &[Needs::Anything],
        &["hours", "days"],
        "marks of activity around the clock",
        hours::long_hours,
    ),
    group(
        "no_days_off",
        BOTH,
        &[Needs::Anything],
        &["weeks", "gap_days", "least_marks"],
        "no gap in activity",
        hours::no_days_off,
    ),
    group(
        "posting_rate",
        ADVERTISER,
        &[Needs::Anything],
        &["percentile", "least_ads"],
        "new ads per day",
        relative::posting_rate,
    ),
    group(
        "list_length",
        ADVERTISER,
        &[Needs::Anything],
        &["percentile", "least_items"],
        "length of lists in the text",
        relative::list_length,
    ),
    group(
        "price_low",
        ADVERTISER,
        &[Needs::Prices, Needs::Places],
        &["percentile"],
        "hourly price low for the area",
        prices::price_low,
    ),
    group(
        "price_identical",
        NETWORK,
        &[Needs::Contacts, Needs::Prices],
        &["prices", "contacts", "most_share_percent"],
        "the same rare price list under several contacts",
        prices::price_identical,
    ),
    group(
        "price_conflict",
        BOTH,
        &[Needs::Names, Needs::Prices],
        &["percent", "days"],
        "one persona, different prices at once",
        prices::price_conflict,
    ),
    group(
        "price_drop",
        BOTH,
        &[Needs::Prices],
        &["percent", "days"],
        "falling price of one persona",
        prices::price_drop,
    ),
    group(
        "age_conflict",
        BOTH,
        &[Needs::Names, Needs::Ages],
        &["years"],
        "different ages of one persona",
        contacts::age_conflict,
    ),
    group(
        "near_duplicate",
        BOTH,
        &[Needs::Anything],
        &["overlap_days", "least_words", "contacts", "within_days"],
        "the same text elsewhere",
        texts::near_duplicate,
    ),
    group(
        "template_slots",
        BOTH,
        &[Needs::Anything],
        &["overlap_days", "contacts", "within_days"],
        "a shared template with other slots",
        texts::template_slots,
    ),
    group("style_match", BOTH, &[Needs::Anything], &[], "similar style without a shared contact", texts::style_match),
    group("symbol_code", BOTH, &[Needs::Anything], &[], "the same unusual string of symbols", texts::symbol_code),
    group(
        "image_personas",
        BOTH,
        &[Needs::Images, Needs::Personas],
        &["distance", "least_quality"],
        "one picture, several personas",
        images::image_personas,
    ),
    group(
        "image_contacts",
        BOTH,
        &[Needs::Images, Needs::Contacts],
        &["distance", "least_quality", "overlap_days", "contacts", "within_days"],
        "one picture, several contacts",
        images::image_contacts,
    ),
    Detector {
        words: &["advance_payment"],
        ..group(
            "scam_signs",
            BOTH,
            &[Needs::Anything],
            &["signs", "ads", "towns"],
            "two different signs of spam or scam",
            scams::scam_signs,
        )
    },
    group(
        "stable_contact",
        BOTH,
        &[Needs::Contacts, Needs::Places],
        &["days", "km"],
        "same number and town for long",
        counter::stable_contact,
    ),
    group("single_persona", ADVERTISER, &[Needs::Names], &["days"], "one persona all along", counter::single_persona),
    group("long_history", BOTH, &[Needs::Anything], &["days"], "advertised for long", counter::long_history),
];

/// The detector of that name.
pub(crate) fn find(name: &str) -> Option<&'static Detector> {
    DETECTORS.iter().find(|detector| detector.name == name)
}

/// Whether a word (in small letters) is a day of the week in one of the languages of the region.
fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 25] = [
        "mandag",
        "tirsdag",
        "onsdag",
        "torsdag",
        "fredag",
        "lørdag",
        "søndag",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "måndag",
        "tisdag",
        "lördag",
        "söndag",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
    ];
    DAYS.contains(&word)
}
