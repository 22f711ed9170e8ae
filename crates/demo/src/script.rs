//! A script is a text with its choices made and its slots open; a cast fills the slots for one ad.

use crate::draw::Draw;
use crate::grammar::{Tongue, fill};
use crate::numbers;
use crate::places::Town;
use crate::population::{PhoneTruth, PriceTruth};
use crate::world::{Draft, thousands};

/// How one writer sets a text.
#[derive(Debug, Clone)]
pub(crate) struct Manner {
    /// Sentences on each line; 0 puts everything on one line.
    pub per_line: usize,
    /// What ends a sentence that has no end of its own.
    pub stop: &'static str,
    /// Put after the first and the last sentence.
    pub ornament: &'static str,
    /// Written without capitals.
    pub small: bool,
    /// Form of numbers in the open.
    pub phone_form: usize,
    /// Form of hidden numbers, if this writer hides them.
    pub hidden_form: Option<usize>,
    /// Form of price lists.
    pub price_form: usize,
}

impl Manner {
    pub fn any(draw: &mut Draw) -> Self {
        const ORNAMENTS: [&str; 9] = ["", "", "", "", "😊", "🌸", "✨", "♥", ":-)"];
        Self {
            per_line: [0, 1, 1, 2, 2, 3, 4][draw.below(7)],
            stop: [".", ".", ".", "!", "", " ...", "."][draw.below(7)],
            ornament: draw.pick(&ORNAMENTS),
            small: draw.chance(0.07),
            phone_form: draw.below(8),
            hidden_form: None,
            price_form: draw.below(5),
        }
    }
}

/// Sentences in one language, in order.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub title: String,
    pub parts: Vec<(Tongue, Vec<String>)>,
    pub manner: Manner,
    pub signs: Vec<&'static str>,
}

/// Who and what fills a script's slots.
#[derive(Debug, Clone)]
pub(crate) struct Cast<'a> {
    pub name: &'a str,
    pub others: [&'a str; 2],
    pub age: u32,
    pub town: &'a Town,
    pub next_towns: [&'a Town; 2],
    pub phones: &'a [String],
    /// Also put the first number in the site's own field.
    pub phone_field: bool,
    pub hour_price: u32,
    pub price_field: bool,
    pub age_field: bool,
    pub extra: &'a [(&'a str, &'a str)],
    pub images: Vec<u32>,
    pub category: &'static str,
}

impl Script {
    /// The ad that this script gives with this cast.
    pub fn play(&self, cast: &Cast<'_>) -> Draft {
        let half = (cast.hour_price * 6 / 10).div_ceil(50) * 50;
        let mut lines = Vec::new();
        for (tongue, sentences) in &self.parts {
            let number = |at: usize| {
                let e164 = cast.phones.get(at).or(cast.phones.first()).map_or("", String::as_str);
                match self.manner.hidden_form {
                    Some(form) => numbers::hidden(e164, form, *tongue),
                    None => numbers::open(e164, self.manner.phone_form),
                }
            };
            let (first, second) = (number(0), number(1));
            let prices = price_list(*tongue, self.manner.price_form, half, cast.hour_price);
            let values = Self::values(cast, &[("tlf", &first), ("tlf2", &second), ("priser", &prices)]);
            let filled: Vec<String> = sentences.iter().map(|sentence| fill(sentence, &values)).collect();
            lines.extend(self.set(&filled, sentences));
        }
        let has = |slot: &str| self.parts.iter().flat_map(|(_, all)| all).any(|sentence| sentence.contains(slot));
        let (first, second) = (has("[tlf]"), has("[tlf2]"));
        let phone_field = cast.phone_field || !first;
        let mut phones = Vec::new();
        for (at, e164) in cast.phones.iter().enumerate() {
            if at == 0 || (at == 1 && second) {
                let obscured = self.manner.hidden_form.is_some() && !(at == 0 && phone_field);
                phones.push(PhoneTruth { e164: e164.clone(), obscured });
            }
        }
        let mut prices = Vec::new();
        if has("[priser]") {
            if self.manner.price_form != 3 {
                prices.push(PriceTruth { amount: half, minutes: 30 });
            }
            prices.push(PriceTruth { amount: cast.hour_price, minutes: 60 });
        }
        // Two signs hang on how the numbers came out.
        let shows = |sign: &str| match sign {
            "obscured_phone" => phones.iter().any(|phone| phone.obscured),
            "several_phones_in_ad" => phones.len() > 1,
            _ => true,
        };
        let signs = self.signs.iter().copied().filter(|sign| shows(sign)).collect();
        Draft {
            title: fill(&self.title, &Self::values(cast, &[])),
            body: lines.join("\n"),
            phone: if phone_field { cast.phones.first().cloned() } else { None },
            name: Some(cast.name.to_owned()),
            age: cast.age_field.then_some(cast.age),
            price: cast.price_field.then_some(cast.hour_price),
            category: cast.category,
            town: cast.town.clone(),
            images: cast.images.clone(),
            phones,
            prices,
            languages: self.parts.iter().map(|(tongue, _)| tongue.code()).collect(),
            signs,
        }
    }

    fn values<'a>(cast: &'a Cast<'_>, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, String)> {
        let mut values = vec![
            ("navn", cast.name.to_owned()),
            ("navn2", cast.others[0].to_owned()),
            ("navn3", cast.others[1].to_owned()),
            ("alder", cast.age.to_string()),
            ("by", short(&cast.town.name).to_owned()),
            ("by2", short(&cast.next_towns[0].name).to_owned()),
            ("by3", short(&cast.next_towns[1].name).to_owned()),
        ];
        values.extend(more.iter().chain(cast.extra).map(|(slot, value)| (*slot, (*value).to_owned())));
        values
    }

    /// Joins sentences as this writer does. Sentences with a number, a link or a price keep their case.
    fn set(&self, filled: &[String], sentences: &[String]) -> Vec<String> {
        let manner = &self.manner;
        let last = filled.len().saturating_sub(1);
        let finished = filled.iter().zip(sentences).enumerate().map(|(at, (text, template))| {
            let mut text = match manner.small {
                true if !template.contains('[') => text.to_lowercase(),
                true => text.clone(),
                false => capital(text),
            };
            match (text.ends_with(['.', '!', '?', ':']), manner.stop) {
                (true, _) => {}
                (false, "") if manner.per_line != 1 => text.push(if at == last { '.' } else { ',' }),
                (false, stop) => text.push_str(stop),
            }
            if !manner.ornament.is_empty() && (at == 0 || at == last) {
                text.push(' ');
                text.push_str(manner.ornament);
            }
            text
        });
        let finished: Vec<String> = finished.collect();
        let per_line = if manner.per_line == 0 { finished.len().max(1) } else { manner.per_line };
        finished.chunks(per_line).map(|chunk| chunk.join(" ")).collect()
    }
}

/// A sentence that begins with a slot may begin small.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `København NV` is `København` in a sentence.
fn short(name: &str) -> &str {
    match name.rsplit_once(' ') {
        Some((town, quarter)) if quarter.len() <= 3 && quarter.chars().all(char::is_uppercase) => town,
        _ => name,
    }
}

fn price_list(tongue: Tongue, form: usize, half: u32, hour: u32) -> String {
    match (tongue, form) {
        (Tongue::Danish, 0) => format!("30 min {half} kr., 60 min {hour} kr."),
        (Tongue::Danish, 1) => format!("½ time {half},- og 1 time {hour},-"),
        (Tongue::Danish, 2) => {
            format!("{} kr. for en halv time og {} kr. for en time", thousands(half), thousands(hour))
        }
        (Tongue::Danish, 3) => format!("1 time {} kr.", thousands(hour)),
        (Tongue::Danish, _) => format!("30 minutter kr. {half}, 60 minutter kr. {hour}"),
        (Tongue::English, 0) => format!("30 min {half} kr., 60 min {hour} kr."),
        (Tongue::English, 1) => format!("half hour {half} DKK, 1 hour {hour} DKK"),
        (Tongue::English, 2) => format!("{half} kr. for half an hour and {hour} kr. for one hour"),
        (Tongue::English, 3) => format!("1 hour {hour} DKK"),
        (Tongue::English, _) => format!("30 minutes DKK {half}, 60 minutes DKK {hour}"),
    }
}
