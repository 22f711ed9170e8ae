//! Controlled networks: a few, each known by how its ads hang together.

use crate::draw::Draw;
use crate::grammar::Tongue;
use crate::people;
use crate::picture::Picture;
use crate::places::Town;
use crate::population::{Kind, SITES};
use crate::script::{Cast, Manner, Script};
use crate::timing;
use crate::world::{AdDraft, World};

/// How a network works. A pattern is a row, the loop below is one for all.
struct Pattern {
    name: &'static str,
    numbers: usize,
    personas: usize,
    towns: usize,
    ads: (i64, i64),
    tongue: Tongue,
    /// Sections of the template, in order; those that are indicator ids are the signs.
    template: &'static [&'static str],
    signs: &'static [&'static str],
    hides_number: bool,
    /// Pictures pass from one name to another.
    shares_pictures: bool,
    numbers_follow: Follow,
}

/// Which number an ad carries.
enum Follow {
    /// All numbers at once: each follows the same towns, a day behind the one before.
    Circuit,
    /// One number after another.
    Rotation,
    /// Each person has one of them.
    Person,
}

const PATTERNS: [Pattern; 5] = [
    Pattern {
        name: "one_desk",
        numbers: 1,
        personas: 5,
        towns: 2,
        ads: (12, 16),
        tongue: Tongue::Danish,
        template: &["third_person_voice", "houseoffer", "round_the_clock", "housewhere", "manager_contact", "contact"],
        signs: &["third_person_voice", "round_the_clock", "manager_contact"],
        hides_number: false,
        shares_pictures: false,
        numbers_follow: Follow::Person,
    },
    Pattern {
        name: "circuit",
        numbers: 2,
        personas: 4,
        towns: 5,
        ads: (14, 18),
        tongue: Tongue::English,
        template: &[
            "plural_voice",
            "several_persons_one_ad",
            "movement_language",
            "houseoffer",
            "newly_arrived",
            "contact",
        ],
        signs: &["plural_voice", "several_persons_one_ad", "movement_language", "newly_arrived"],
        hides_number: false,
        shares_pictures: false,
        numbers_follow: Follow::Circuit,
    },
    Pattern {
        name: "passed_pictures",
        numbers: 2,
        personas: 5,
        towns: 3,
        ads: (9, 13),
        tongue: Tongue::Danish,
        template: &["youth_language", "offer", "trust_claims", "limited_language", "booking", "contact"],
        signs: &["youth_language", "trust_claims", "limited_language"],
        hides_number: true,
        shares_pictures: true,
        numbers_follow: Follow::Person,
    },
    Pattern {
        name: "number_rotation",
        numbers: 3,
        personas: 1,
        towns: 3,
        ads: (8, 11),
        tongue: Tongue::English,
        template: &["greeting", "trust_claims", "offer", "about", "round_the_clock", "where", "contact"],
        signs: &["trust_claims", "round_the_clock"],
        hides_number: false,
        shares_pictures: false,
        numbers_follow: Follow::Rotation,
    },
    Pattern {
        name: "driven",
        numbers: 1,
        personas: 6,
        towns: 3,
        ads: (10, 14),
        tongue: Tongue::Danish,
        template: &[
            "staff_rotation",
            "plural_voice",
            "accompanied",
            "youth_language",
            "houseoffer",
            "payment_elsewhere",
            "contact",
        ],
        signs: &["staff_rotation", "plural_voice", "accompanied", "youth_language", "payment_elsewhere"],
        hides_number: false,
        shares_pictures: true,
        numbers_follow: Follow::Person,
    },
];

/// Enters `count` networks, going round the patterns.
pub(crate) fn add(world: &mut World, count: u32) {
    for index in 0..count {
        network(world, index, &PATTERNS[index as usize % PATTERNS.len()]);
    }
}

fn network(world: &mut World, index: u32, pattern: &Pattern) {
    let mut draw = world.draw("network", index);
    let phones: Vec<String> = (0..pattern.numbers).map(|_| world.numbers.next(&mut draw)).collect();
    let personas = people::names(pattern.personas, &mut draw);
    let ages: Vec<u32> = personas.iter().map(|_| 19 + draw.below(8) as u32).collect();
    let towns = world.towns.tour(pattern.towns, &mut draw);
    let names = personas.iter().map(|name| (*name).to_owned()).collect();
    let operator = world.operator(Kind::Network, pattern.name, phones.clone(), names);
    let scenes: Vec<u64> = personas.iter().map(|_| draw.number() | 1 << 40).collect();
    let own_pictures: Vec<u32> = scenes.iter().map(|scene| world.picture(Picture::plain(*scene))).collect();
    // Two templates, used again and again with other names, towns and numbers.
    let mut manner = Manner { small: false, per_line: 1, ..Manner::any(&mut draw) };
    manner.hidden_form = pattern.hides_number.then(|| draw.below(8));
    let templates: Vec<Script> = (0..2).map(|_| template(world, pattern, &manner, &mut draw)).collect();
    let hour_price = (9 + draw.below(5) as u32) * 100;
    let count = draw.between(pattern.ads.0, pattern.ads.1) as usize;
    let minor_at = (index == 1).then_some(count / 2);
    for at in 0..count {
        let step = Step::of(pattern, at, count, world.hours(), &mut draw);
        let persona = step.persona % personas.len();
        let script = &templates[usize::from(draw.chance(0.3))];
        let images = if pattern.shares_pictures {
            let picture = Picture::reused(scenes[(persona + at / personas.len()) % scenes.len()], &mut draw);
            vec![world.picture(picture)]
        } else {
            vec![own_pictures[persona]]
        };
        let minor = minor_at == Some(at);
        let other = |ahead: usize| personas[(persona + ahead) % personas.len()];
        let town = |ahead: usize| -> &Town { &towns[(step.town + ahead) % towns.len()] };
        let number = std::slice::from_ref(&phones[step.number % phones.len()]);
        let mut version = script.play(&Cast {
            name: personas[persona],
            others: [other(1), other(2)],
            age: if minor { 17 } else { ages[persona] },
            town: town(0),
            next_towns: [town(1), town(2)],
            phones: number,
            phone_field: !pattern.hides_number,
            hour_price,
            price_field: draw.chance(0.7),
            age_field: true,
            extra: &[],
            images,
            category: "Selskab",
        });
        if minor {
            // The one planted ad for the urgent route; worded as plainly as an age can be.
            let line = if pattern.tongue == Tongue::Danish { "17 år" } else { "17 years old" };
            version.body = format!("{} {line}\n{}", personas[persona], version.body);
            version.signs.push("possible_minor");
        }
        let site = SITES[(index as usize + at % 2) % 3];
        let (up_from, up_until) = (world.after(step.from_h), world.after(step.until_h));
        let versions = vec![(up_from, version)];
        world.ad(AdDraft { site, operator, persona: personas[persona].to_owned(), up_from, up_until, versions });
    }
}

fn template(world: &World, pattern: &Pattern, manner: &Manner, draw: &mut Draw) -> Script {
    Script {
        title: world.phrases.sentence(pattern.tongue, "title", draw),
        parts: vec![(pattern.tongue, world.phrases.sentences(pattern.tongue, pattern.template, draw))],
        manner: manner.clone(),
        signs: pattern.signs.iter().copied().chain(pattern.hides_number.then_some("obscured_phone")).collect(),
    }
}

/// The n-th ad's place in its network.
struct Step {
    number: usize,
    persona: usize,
    town: usize,
    from_h: f64,
    until_h: f64,
}

impl Step {
    fn of(pattern: &Pattern, at: usize, count: usize, hours: f64, draw: &mut Draw) -> Self {
        let evenly = hours * 0.92 * at as f64 / count as f64 + draw.unit() * 10.0;
        match pattern.numbers_follow {
            Follow::Circuit => {
                // Stops of about three days; the second number comes to each town a day after the first.
                let (stop, number) = (at / pattern.numbers, at % pattern.numbers);
                let stops = count.div_ceil(pattern.numbers);
                let start = hours * 0.9 * stop as f64 / stops as f64 + 22.0 * number as f64;
                let from_h = timing::posting_h(start, draw);
                Self {
                    number,
                    persona: stop + 2 * number,
                    town: stop,
                    from_h,
                    until_h: from_h + 40.0 + draw.unit() * 24.0,
                }
            }
            Follow::Rotation => {
                let from_h = timing::posting_h(evenly, draw);
                let number = at * pattern.numbers / count;
                Self { number, persona: 0, town: at / 2, from_h, until_h: from_h + 24.0 + draw.unit() * 40.0 }
            }
            Follow::Person => {
                // Round the clock: these ads also come up at night.
                let persona = at;
                Self {
                    number: persona % pattern.numbers,
                    persona,
                    town: at / 3,
                    from_h: evenly,
                    until_h: evenly + 14.0 + draw.unit() * 60.0,
                }
            }
        }
    }
}
