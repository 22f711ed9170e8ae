//! A made world of the size asked for, linked; and the same ads as a table for Splink. For `./measure link`.
//!
//! The table has what Splink needs and cannot find by itself: pictures and texts as the sets that bavn finds, whose making
//! is left out of Splink's time and is in bavn's.
#![allow(clippy::disallowed_methods, missing_docs, dead_code, reason = "a measuring program, not part of the crate")]

#[path = "../tests/world/mod.rs"]
mod world;

use domain::PdqHash;
use std::collections::HashMap;
use std::io::{BufWriter, Write};
use world::World;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, independents, target] = &arguments[..] else { panic!("usage: link_world INDEPENDENTS TABLE") };
    let world = World::mixed(7, 4000, independents.parse().expect("a number"));
    let start = std::time::Instant::now();
    let linkage = linkage::link(&world.ads, &[], &linkage::LinkParameters::default());
    let took = start.elapsed().as_secs_f64();
    let figures = world.measure(&linkage);
    let f1 = 2.0 * figures.precision * figures.recall / (figures.precision + figures.recall);
    println!(
        "bavn: {} ads linked in {took:.1} s ({:.0} ads/s), F1 {f1:.4} (precision {:.4}, recall {:.4})",
        world.ads.len(),
        world.ads.len() as f64 / took,
        figures.precision,
        figures.recall
    );
    let texts: Vec<&str> = world.ads.iter().map(|ad| ad.versions[0].skeleton.as_str()).collect();
    let mut text_of = vec![0; texts.len()];
    for (number, set) in linkage::near_texts(&texts, &Default::default()).iter().enumerate() {
        set.iter().for_each(|text| text_of[*text as usize] = number);
    }
    let mut pictures = Pictures::default();
    let mut out = BufWriter::new(std::fs::File::create(target)?);
    writeln!(out, "unique_id,operator,phone,picture,text,name,age,town,price,language")?;
    for (number, ad) in world.ads.iter().enumerate() {
        let version = &ad.versions[0];
        let phone = version.contacts.first().map(|contact| contact.value.clone()).unwrap_or_default();
        let picture = version.images.first().and_then(|image| image.pdq).map(|hash| pictures.number(hash).to_string());
        writeln!(
            out,
            "{number},{},{phone},{},{},{},{},{},{},{}",
            world.truth[&ad.ad],
            picture.unwrap_or_default(),
            text_of[number],
            version.names[0],
            version.ages[0],
            version.places[0].municipality_code,
            version.prices[0].0,
            version.languages[0].code
        )?;
    }
    out.flush()
}

/// Pictures by their first like: those that agree in one of sixteen parts are compared.
#[derive(Default)]
struct Pictures {
    known: Vec<PdqHash>,
    parts: HashMap<(usize, [u8; 2]), Vec<usize>>,
}

impl Pictures {
    fn number(&mut self, hash: PdqHash) -> usize {
        let parts = || (0..16).map(|at| (at, [hash.0[2 * at], hash.0[2 * at + 1]]));
        let near = parts().find_map(|part| {
            let all = self.parts.get(&part)?;
            all.iter().copied().find(|other| hash.distance(&self.known[*other]) <= 31)
        });
        near.unwrap_or_else(|| {
            self.known.push(hash);
            parts().for_each(|part| self.parts.entry(part).or_default().push(self.known.len() - 1));
            self.known.len() - 1
        })
    }
}
