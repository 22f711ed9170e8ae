//! Ambiguous places are settled by the part of the country named beside them and by the ad's other places.

use super::find::Found;
use crate::lexicon::Lexicon;
use domain::Place;

/// Mentions of all texts of an ad, resolved together. `parts` are the parts of the country that the ad names anywhere.
pub(crate) fn resolve(found: Vec<Found>, parts: &[String], lexicon: &Lexicon) -> Vec<Place> {
    let certain: Vec<String> = found.iter().filter_map(|place| only(&place.codes)).collect();
    found
        .into_iter()
        .map(|place| {
            let code = only(&place.codes).or_else(|| choose(&place, &certain, parts, lexicon));
            let candidates = if code.is_some() { Vec::new() } else { place.codes.clone() };
            Place {
                municipality_code: code,
                candidates,
                place: place.name,
                postal_code: place.postal_code,
                span: place.span,
            }
        })
        .collect()
}

fn only(codes: &[String]) -> Option<String> {
    if let [code] = codes { Some(code.clone()) } else { None }
}

fn choose(place: &Found, certain: &[String], parts: &[String], lexicon: &Lexicon) -> Option<String> {
    let fitting = |prefixes: &[String]| {
        let codes: Vec<&String> =
            place.codes.iter().filter(|code| prefixes.iter().any(|p| code.starts_with(p.as_str()))).collect();
        if let [code] = codes[..] { Some(code.clone()) } else { None }
    };
    let by_part = |part: &String| lexicon.parts.get(part).and_then(|prefixes| fitting(prefixes));
    if let Some(code) = place.part.as_ref().and_then(by_part) {
        return Some(code);
    }
    let same: Vec<&String> = place.codes.iter().filter(|code| certain.contains(code)).collect();
    if let [code] = same[..] {
        return Some(code.clone());
    }
    if let Some(code) = parts.iter().find_map(by_part) {
        return Some(code);
    }
    // Neighbours: the same side of the Great Belt, by the codes' order (01-03 east, 04 Funen, 05-08 west).
    let sides: Vec<u8> = certain.iter().filter_map(|code| side(code)).collect();
    let first = sides.first()?;
    if sides.iter().any(|other| other != first) {
        return None;
    }
    let near: Vec<&String> = place.codes.iter().filter(|code| side(code) == Some(*first)).collect();
    if let [code] = near[..] { Some(code.clone()) } else { None }
}

/// 0 for Zealand and its islands, 1 for Funen, 2 for Jutland; Bornholm (0400, 0411) is on its own.
fn side(code: &str) -> Option<u8> {
    match code {
        "0400" | "0411" => None,
        _ => match code.get(0..2)? {
            "01" | "02" | "03" => Some(0),
            "04" => Some(1),
            "05" | "06" | "07" | "08" => Some(2),
            _ => None,
        },
    }
}
