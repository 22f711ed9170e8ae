//! Frauds: advance payment for nobody. Stock texts, links to elsewhere, many towns within a day.

use crate::grammar::Tongue;
use crate::people;
use crate::picture::Picture;
use crate::population::{Kind, SITES};
use crate::script::{Cast, Manner, Script};
use crate::timing;
use crate::world::{AdDraft, World};

/// Enters `count` frauds.
pub(crate) fn add(world: &mut World, count: u32) {
    for index in 0..count {
        let mut draw = world.draw("scam", index);
        let tongue = if draw.chance(0.5) { Tongue::Danish } else { Tongue::English };
        let phones = vec![world.numbers.next(&mut draw)];
        let personas = people::names(1 + draw.below(3), &mut draw);
        let names = personas.iter().map(|name| (*name).to_owned()).collect();
        let operator = world.operator(Kind::Scam, "advance_payment", phones.clone(), names);
        let mut lines = world.phrases.sentences(tongue, &["greeting", "scambody", "contact"], &mut draw);
        if draw.chance(0.5) {
            lines.insert(1, world.phrases.sentence(tongue, "trust_claims", &mut draw));
        }
        let link =
            format!("www.{}{}.example/id{}", ["book", "vip", "date"][draw.below(3)], draw.between(10, 99), index);
        let amount = (draw.between(3, 15) * 100).to_string();
        let scenes = [1, draw.number() | 1 << 40];
        let title = world.phrases.sentence(tongue, "scamtitle", &mut draw);
        let manner = Manner { small: false, ..Manner::any(&mut draw) };
        let mut moment = draw.unit() * world.hours() * 0.7;
        for round in 0..2 + draw.below(5) {
            let town = world.towns.any(&mut draw).clone();
            let script = Script {
                title: title.clone(),
                parts: vec![(tongue, lines.clone())],
                manner: manner.clone(),
                signs: vec!["spam_or_scam"],
            };
            let picture = Picture::reused(scenes[draw.below(2)], &mut draw);
            let images = vec![world.picture(picture)];
            let persona = personas[round % personas.len()];
            let version = script.play(&Cast {
                name: persona,
                others: ["", ""],
                age: 23 + draw.below(6) as u32,
                town: &town,
                next_towns: [&town, &town],
                phones: &phones,
                phone_field: draw.chance(0.5),
                hour_price: 900,
                price_field: true,
                age_field: true,
                extra: &[("link", &link), ("belob", &amount)],
                images,
                category: "Selskab",
            });
            let from = timing::posting_h(moment, &mut draw);
            let until = from + 6.0 + draw.unit() * 40.0;
            if from >= world.hours() {
                break;
            }
            moment += 3.0 + draw.unit() * 40.0;
            let site = SITES[draw.below(3)];
            let (up_from, up_until) = (world.after(from), world.after(until));
            world.ad(AdDraft {
                site,
                operator,
                persona: persona.to_owned(),
                up_from,
                up_until,
                versions: vec![(up_from, version)],
            });
        }
    }
}
