//! Independent advertisers: each with a voice of her or his own, and ads that come, change and vanish.

use crate::draw::Draw;
use crate::population::{Kind, SITES};
use crate::script::{Cast, Script};
use crate::timing;
use crate::voice::{Writer, writer};
use crate::world::{AdDraft, Draft, World};

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
        if versions.last().is_none_or(|(_, last): &(_, Draft)| last.differs(&draft)) {
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
    fn draft(&self, writer: &Writer, town: usize, new_number: bool) -> Draft {
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
