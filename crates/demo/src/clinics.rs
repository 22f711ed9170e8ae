//! Lawful clinics: several persons on one number, the same address and hours for months, one house style.

use crate::grammar::Tongue;
use crate::people;
use crate::picture::Picture;
use crate::population::{Kind, SITES};
use crate::script::{Cast, Manner, Script};
use crate::timing;
use crate::world::{AdDraft, World};

/// Enters `count` clinics.
pub(crate) fn add(world: &mut World, count: u32) {
    for index in 0..count {
        clinic(world, index);
    }
}

fn clinic(world: &mut World, index: u32) {
    let mut draw = world.draw("clinic", index);
    let name = people::clinic(index as usize);
    let address = people::address(&mut draw);
    let town = world.towns.any(&mut draw).clone();
    let phones = vec![world.numbers.next(&mut draw)];
    let personas = people::names(2 + draw.below(3), &mut draw);
    let ages: Vec<u32> = personas.iter().map(|_| people::age(&mut draw).max(21)).collect();
    let operator = world.operator(
        Kind::Clinic,
        "clinic",
        phones.clone(),
        personas.iter().map(|name| (*name).to_owned()).collect(),
    );
    let tongue = if draw.chance(0.8) { Tongue::Danish } else { Tongue::English };
    let manner = Manner { small: false, ornament: "", ..Manner::any(&mut draw) };
    // A minority of clinics write like a house with a desk; that is no sign of control, and looks like one.
    let signs: Vec<&'static str> = match index % 5 {
        1 => vec!["manager_contact"],
        3 => vec!["plural_voice"],
        _ => vec![],
    };
    // The house's sentences stay the same from person to person; only who works there changes.
    let frame = world.phrases.sentences(tongue, &["clinicopen", "clinichours", "clinicrules"], &mut draw);
    let contact = world.phrases.sentence(tongue, "cliniccontact", &mut draw);
    let sign_lines = world.phrases.sentences(tongue, &signs, &mut draw);
    let room = world.picture(Picture::plain(draw.number() | 1 << 40));
    let hour_price = (12 + draw.below(6) as u32) * 100;
    let site = draw.below(3);
    let mut persons = Vec::new();
    for _ in &personas {
        let lines = world.phrases.sentences(tongue, &["clinicpersona", "about", "offer"], &mut draw);
        persons.push((lines, world.phrases.sentence(tongue, "clinictitle", &mut draw)));
    }
    let mut moment = -60.0 + draw.unit() * 48.0;
    for round in 0..4 + draw.below(4) {
        let person = round % personas.len();
        let mut lines = vec![frame[0].clone()];
        lines.extend(persons[person].0.clone());
        lines.extend(sign_lines.clone());
        lines.extend(frame[1..].to_vec());
        lines.push(contact.clone());
        let script = Script {
            title: persons[person].1.clone(),
            parts: vec![(tongue, lines)],
            manner: manner.clone(),
            signs: signs.clone(),
        };
        let mut cast = Cast {
            name: personas[person],
            others: [personas[(person + 1) % personas.len()], personas[(person + 2) % personas.len()]],
            age: ages[person],
            town: &town,
            next_towns: [&town, &town],
            phones: &phones,
            phone_field: true,
            hour_price,
            price_field: true,
            age_field: draw.chance(0.7),
            extra: &[("klinik", &name), ("adresse", &address)],
            images: vec![room],
            category: "Massage",
        };
        let from = timing::posting_h(moment, &mut draw);
        let until = from + 72.0 + draw.unit() * 240.0;
        if from >= world.hours() {
            break;
        }
        let mut versions = vec![(world.after(from), script.play(&cast))];
        if draw.chance(0.2) {
            cast.hour_price += 100;
            versions.push((world.after((from + until) / 2.0), script.play(&cast)));
        }
        moment += world.hours() / 9.0 + draw.unit() * 60.0;
        let (up_from, up_until) = (world.after(from), world.after(until));
        world.ad(AdDraft {
            site: SITES[site],
            operator,
            persona: personas[person].to_owned(),
            up_from,
            up_until,
            versions,
        });
    }
}
