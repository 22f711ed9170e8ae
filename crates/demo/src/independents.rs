//! Independent advertisers: each with a voice of her or his own.

use crate::draw::Draw;
use crate::grammar::Tongue;
use crate::people;
use crate::picture::Picture;
use crate::places::Town;
use crate::population::{Kind, SITES};
use crate::script::{Cast, Manner, Script};
use crate::timing;
use crate::world::{AdDraft, World};

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
struct Writer {
    pattern: &'static str,
    name: &'static str,
    age: u32,
    towns: Vec<Town>,
    phones: Vec<String>,
    hour_price: u32,
    titles: Vec<String>,
    core: Parts,
    extras: Vec<String>,
    /// What is said once the number has changed.
    new_number: String,
    manner: Manner,
    signs: Vec<&'static str>,
    contact: Vec<String>,
    own: Vec<(&'static str, String)>,
    images: Vec<u32>,
    site: usize,
    phone_field: f64,
    price_field: bool,
    age_field: bool,
    category: &'static str,
}

/// Enters `count` independent advertisers.
pub(crate) fn add(world: &mut World, count: u32) {
    for index in 0..count {
        let mut draw = world.draw("independent", index);
        let flat = shared_flat(index, count);
        let writer = writer(world, index, flat, &mut draw);
        let operator =
            world.operator(Kind::Independent, writer.pattern, writer.phones.clone(), vec![writer.name.to_owned()]);
        put_up(world, operator, &writer, &mut draw);
    }
}

/// Every fortieth, with the next one or two, shares a flat for safety: the number of the flat, if any.
fn shared_flat(index: u32, count: u32) -> Option<u32> {
    let (flat, place) = (index / 40, index % 40);
    let persons = if flat % 3 == 0 { 3 } else { 2 };
    (place < persons && flat * 40 + persons <= count).then_some(flat)
}

fn writer(world: &mut World, index: u32, flat: Option<u32>, draw: &mut Draw) -> Writer {
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

/// Puts up the writer's ads over the period.
fn put_up(world: &mut World, operator: usize, writer: &Writer, draw: &mut Draw) {
    let hours = world.hours();
    if writer.pattern == "long_standing" {
        let (from, until) = (-20.0 + draw.unit() * 12.0, hours + 24.0);
        return one_ad(world, operator, writer, (from, until), writer.site, &mut 0, draw);
    }
    let count = 1 + draw.weighted(&[0.26, 0.24, 0.19, 0.13, 0.09, 0.09]);
    // Begins before the period, so that the first day is as full as the others; what has ended by then is left out.
    let mut moment = -90.0 + draw.unit() * (hours + 80.0) * (1.0 - count as f64 / 14.0);
    if count < 3 {
        moment = moment.max(-20.0);
    }
    let mut town = draw.below(writer.towns.len());
    for _ in 0..count {
        let from = timing::posting_h(moment, draw);
        let until = from + timing::lifetime_h(draw);
        if from >= hours {
            break;
        }
        if until < 1.0 {
            moment = until + draw.unit() * 30.0;
            continue;
        }
        let site = if draw.chance(0.1) { draw.below(3) } else { writer.site };
        if writer.pattern == "two_sites" {
            let later = from + draw.unit() * 3.0;
            one_ad(world, operator, writer, (later, until + draw.unit() * 5.0 + 3.0), (site + 1) % 3, &mut town, draw);
        }
        one_ad(world, operator, writer, (from, until), site, &mut town, draw);
        moment = until + 5.0 + draw.unit() * 110.0;
        if writer.pattern == "tours" {
            town += 1;
        }
    }
}

fn one_ad(
    world: &mut World,
    operator: usize,
    writer: &Writer,
    span: (f64, f64),
    site: usize,
    town: &mut usize,
    draw: &mut Draw,
) {
    let (from, until) = span;
    let edits = if until - from > 8.0 && draw.chance(if writer.pattern == "long_standing" { 1.0 } else { 0.28 }) {
        timing::edits_h(from, until, 1 + draw.below(3), draw)
    } else {
        Vec::new()
    };
    // A change of number falls on the same day for all of this writer's ads.
    let switch = world.hours() * (0.3 + 0.4 * (operator % 7) as f64 / 7.0);
    let mut moments = vec![from];
    moments.extend(edits);
    if writer.pattern == "changes_number" && from < switch && switch < until {
        moments.push(switch);
        moments.sort_by(f64::total_cmp);
    }
    let mut state = State {
        title: draw.below(writer.titles.len()),
        extra: draw.below(writer.extras.len() + 1),
        price: writer.hour_price,
        contact_in_text: draw.chance(if SITES[site] == "demo-veiled" { 0.3 } else { 0.75 })
            || writer.manner.hidden_form.is_some(),
        phone_field: draw.chance(writer.phone_field),
        images: draw.below(writer.images.len() + 1).max(writer.images.len().min(1)),
        // Some writers are careless about their age from one ad to the next.
        age: if draw.chance(0.015) { (writer.age + draw.between(1, 3) as u32).max(18) } else { writer.age },
    };
    let mut versions = Vec::new();
    for (at, moment) in moments.iter().enumerate() {
        if at > 0 && !(writer.pattern == "changes_number" && *moment == switch) {
            match draw.weighted(&[0.35, 0.35, 0.3]) {
                0 => state.price = (state.price as i64 + draw.between(-2, 2) * 100).max(800) as u32,
                1 => state.extra = (state.extra + 1) % (writer.extras.len() + 1),
                _ if writer.pattern == "tours" => *town += 1,
                _ => state.title = (state.title + 1) % writer.titles.len(),
            }
        }
        let new_number = writer.pattern == "changes_number" && *moment >= switch;
        let draft = state.draft(writer, *town, new_number);
        if versions.last().is_none_or(|(_, last): &(_, crate::world::Draft)| last.differs(&draft)) {
            versions.push((world.after(*moment), draft));
        }
    }
    let (up_from, up_until) = (world.after(from), world.after(until));
    world.ad(AdDraft { site: SITES[site], operator, persona: writer.name.to_owned(), up_from, up_until, versions });
}

/// What one ad shows of its writer at the moment.
struct State {
    title: usize,
    extra: usize,
    price: u32,
    contact_in_text: bool,
    phone_field: bool,
    images: usize,
    age: u32,
}

impl State {
    fn draft(&self, writer: &Writer, town: usize, new_number: bool) -> crate::world::Draft {
        let mut parts = writer.core.clone();
        for (at, (_, sentences)) in parts.iter_mut().enumerate() {
            if at == 0 {
                if let Some(extra) = writer.extras.get(self.extra) {
                    sentences.insert(sentences.len().min(3), extra.clone());
                }
                if new_number {
                    sentences.push(writer.new_number.clone());
                }
            }
            if self.contact_in_text {
                sentences.push(writer.contact[at.min(writer.contact.len() - 1)].clone());
            }
        }
        let script = Script {
            title: writer.titles[self.title].clone(),
            parts,
            manner: writer.manner.clone(),
            signs: writer.signs.clone(),
        };
        let next = |ahead: usize| &writer.towns[(town + ahead) % writer.towns.len()];
        let own: Vec<(&str, &str)> = writer.own.iter().map(|(slot, value)| (*slot, value.as_str())).collect();
        let phones = if new_number { &writer.phones[1..] } else { &writer.phones[..] };
        script.play(&Cast {
            name: writer.name,
            others: ["", ""],
            age: self.age,
            town: next(0),
            next_towns: [next(1), next(2)],
            phones,
            phone_field: self.phone_field,
            hour_price: self.price,
            price_field: writer.price_field,
            age_field: writer.age_field,
            extra: &own,
            images: writer.images[..self.images].to_vec(),
            category: writer.category,
        })
    }
}
