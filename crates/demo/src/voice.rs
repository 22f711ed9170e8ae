//! The voice of an independent advertiser: what she or he says, drawn once and unlike everybody else's.

use crate::draw::Draw;
use crate::grammar::Tongue;
use crate::people;
use crate::picture::Picture;
use crate::places::Town;
use crate::script::Manner;
use crate::world::World;

/// Signs that independent writers show by themselves, and how often: ordinary ads are full of them.
const ORDINARY_SIGNS: [(&str, f64); 16] = [
    ("trust_claims", 0.035),
    ("round_the_clock", 0.025),
    ("youth_language", 0.015),
    ("third_person_voice", 0.010),
    ("lives_at_workplace", 0.008),
    ("debt_or_pressure", 0.004),
    ("plural_voice", 0.004),
    ("movement_language", 0.14),
    ("newly_arrived", 0.03),
    ("incall_only", 0.14),
    ("app_only", 0.03),
    ("origin_marketing", 0.06),
    ("limited_language", 0.012),
    ("spam_or_scam", 0.02),
    ("accompanied", 0.006),
    ("payment_elsewhere", 0.003),
];

/// How an independent advertiser works.
const PATTERNS: [(&str, f64); 6] = [
    ("at_home", 0.62),
    ("tours", 0.15),
    ("two_languages", 0.11),
    ("changes_number", 0.035),
    ("long_standing", 0.055),
    ("two_sites", 0.06),
];

/// Sentences by language, in the order in which they stand.
type Parts = Vec<(Tongue, Vec<String>)>;

/// A person who writes her or his own ads.
pub(crate) struct Writer {
    pub pattern: &'static str,
    pub name: &'static str,
    pub age: u32,
    pub towns: Vec<Town>,
    pub phones: Vec<String>,
    pub hour_price: u32,
    pub titles: Vec<String>,
    pub core: Parts,
    pub extras: Vec<String>,
    /// What is said once the number has changed.
    pub new_number: String,
    pub manner: Manner,
    pub signs: Vec<&'static str>,
    pub contact: Vec<String>,
    pub own: Vec<(&'static str, String)>,
    pub images: Vec<u32>,
    pub site: usize,
    pub phone_field: f64,
    pub price_field: bool,
    pub age_field: bool,
    pub category: &'static str,
}

/// Draws the writer with this number; `flat` is the shared flat she or he lives in, if any.
pub(crate) fn writer(world: &mut World, index: u32, flat: Option<u32>, draw: &mut Draw) -> Writer {
    let name = people::names(1, draw)[0];
    let shares: Vec<f64> = PATTERNS.iter().map(|(_, share)| *share).collect();
    let pattern = if flat.is_some() { "shares_flat" } else { PATTERNS[draw.weighted(&shares)].0 };
    let towns = match (pattern, flat) {
        ("tours", _) => world.towns.tour(2 + draw.below(4), draw),
        (_, Some(flat)) => vec![world.towns.any(&mut world.draw("flat", flat)).clone()],
        _ => vec![world.towns.any(draw).clone()],
    };
    let mut phones = vec![world.numbers.next(draw)];
    let second = pattern != "changes_number" && draw.chance(0.02);
    if second || pattern == "changes_number" {
        phones.push(world.numbers.next(draw));
    }
    let first = if draw.chance(0.72) { Tongue::Danish } else { Tongue::English };
    let tongues: &[Tongue] = match (pattern, first) {
        ("two_languages", _) => &[Tongue::Danish, Tongue::English],
        (_, Tongue::Danish) => &[Tongue::Danish],
        (_, Tongue::English) => &[Tongue::English],
    };
    let lead = tongues[0];
    let mut manner = Manner::any(draw);
    let hides = draw.chance(0.045);
    if hides {
        manner.hidden_form = Some(draw.below(8));
    }
    let signs: Vec<&str> =
        ORDINARY_SIGNS
            .iter()
            .filter(|(sign, share)| {
                if *sign == "movement_language" && pattern == "tours" { draw.chance(0.5) } else { draw.chance(*share) }
            })
            .map(|(sign, _)| *sign)
            .collect();
    let own = own(name, flat.map(|flat| people::address(&mut world.draw("address", flat))), draw);
    let core = unlike_others(world, tongues, &signs, &own, draw);
    let titles = (0..3).map(|_| world.phrases.sentence(lead, "title", draw)).collect();
    let extras = (0..3)
        .map(|_| {
            let section = ["about", "offer", "where", "booking", "hours"][draw.below(5)];
            world.phrases.sentence(lead, section, draw)
        })
        .collect();
    let new_number = world.phrases.sentence(lead, "newnumber", draw);
    let contact_section = if second { "twonumbers" } else { "contact" };
    let contact = tongues.iter().map(|tongue| world.phrases.sentence(*tongue, contact_section, draw)).collect();
    let mut images = Vec::new();
    for _ in 0..[0, 1, 1, 2, 2, 3, 4][draw.below(7)] {
        // A stock picture of a flower that several unrelated writers took from the same place.
        let scene = if draw.chance(0.006) { 1 } else { draw.number() | 1 << 40 };
        images.push(world.picture(Picture::plain(scene)));
    }
    let mut signs = signs;
    if hides {
        signs.push("obscured_phone");
    }
    if second {
        signs.push("several_phones_in_ad");
    }
    let category = ["Massage", "Selskab", "Massage og selskab", "Privat"][draw.weighted(&[0.35, 0.25, 0.25, 0.15])];
    Writer {
        pattern,
        name,
        age: people::age(draw),
        towns,
        phones,
        hour_price: (10 + draw.below(12) as u32) * 100,
        titles,
        core,
        extras,
        new_number,
        manner,
        signs,
        contact,
        own,
        images,
        site: (index as usize + draw.weighted(&[0.36, 0.4, 0.24])) % 3,
        phone_field: if hides { 0.0 } else { [1.0, 1.0, 0.6, 0.0][draw.below(4)] },
        price_field: draw.chance(0.72),
        age_field: draw.chance(0.85),
        category,
    }
}

/// Things of one's own that a text may name.
fn own(name: &str, flat: Option<String>, draw: &mut Draw) -> Vec<(&'static str, String)> {
    let plain: String = name.to_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    let number = draw.between(11, 98);
    let mut own = Vec::new();
    if draw.chance(0.05) {
        own.push(("site", format!("www.{plain}-{}.example", ["ro", "pause", "massage", "stund"][draw.below(4)])));
    }
    if draw.chance(0.04) {
        own.push(("email", format!("{plain}.{number}@post.example")));
    }
    if draw.chance(0.05) {
        own.push(("handle", format!("@{plain}_{}{number}", ["dk", "tid", "te", "by"][draw.below(4)])));
    }
    if draw.chance(0.08) {
        own.push(("whatsapp", String::new()));
    }
    if let Some(address) = flat {
        own.push(("flatshare", String::new()));
        own.push(("adresse", address));
    } else if draw.chance(0.05) {
        own.push(("adresse", people::address(draw)));
    }
    own
}

/// Sentences unlike those of every earlier writer; drawn again while too many are shared.
fn unlike_others(
    world: &mut World,
    tongues: &[Tongue],
    signs: &[&'static str],
    own: &[(&'static str, String)],
    draw: &mut Draw,
) -> Parts {
    let mut best: Option<(f64, Parts)> = None;
    for _ in 0..12 {
        let parts: Parts = tongues
            .iter()
            .enumerate()
            .map(|(at, tongue)| (*tongue, sentences(world, *tongue, if at == 0 { signs } else { &[] }, own, draw)))
            .collect();
        let likeness = world.likeness.highest(&joined(&parts));
        if best.as_ref().is_none_or(|(least, _)| likeness < *least) {
            best = Some((likeness, parts));
        }
        if likeness < 0.18 {
            break;
        }
    }
    let parts = best.map_or_else(Vec::new, |(_, parts)| parts);
    world.likeness.remember(&joined(&parts));
    parts
}

fn joined(parts: &[(Tongue, Vec<String>)]) -> String {
    parts.iter().flat_map(|(_, sentences)| sentences.iter().map(String::as_str)).collect::<Vec<_>>().join(" ")
}

fn sentences(
    world: &World,
    tongue: Tongue,
    signs: &[&'static str],
    own: &[(&'static str, String)],
    draw: &mut Draw,
) -> Vec<String> {
    let mut sections = vec!["about"; 1 + draw.below(3)];
    sections.extend(vec!["offer"; 1 + draw.below(3)]);
    for (section, share) in [
        ("where", 0.8),
        ("where", 0.35),
        ("booking", 0.8),
        ("booking", 0.3),
        ("hours", 0.45),
        ("limits", 0.25),
        ("screening", 0.12),
    ] {
        if draw.chance(share) {
            sections.push(section);
        }
    }
    draw.shuffle(&mut sections);
    let mut middle = world.phrases.sentences(tongue, &sections, draw);
    let mut seen = std::collections::BTreeSet::new();
    middle.retain(|sentence| seen.insert(sentence.clone()));
    for sign in signs {
        let at = draw.below(middle.len() + 1);
        middle.insert(at, world.phrases.sentence(tongue, sign, draw));
    }
    let lines = [
        ("site", "ownsite"),
        ("email", "emailline"),
        ("handle", "handleline"),
        ("whatsapp", "whatsapp"),
        ("flatshare", "flatshare"),
        ("adresse", "address"),
    ];
    for (slot, section) in lines {
        if own.iter().any(|(name, _)| *name == slot) {
            middle.push(world.phrases.sentence(tongue, section, draw));
        }
    }
    let mut all = Vec::new();
    if draw.chance(0.8) {
        all.push(world.phrases.sentence(tongue, "greeting", draw));
    }
    all.append(&mut middle);
    if draw.chance(0.55) {
        all.push(world.phrases.sentence(tongue, "pricelist", draw));
    }
    if draw.chance(0.6) {
        all.push(world.phrases.sentence(tongue, "closing", draw));
    }
    all
}
