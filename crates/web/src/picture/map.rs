//! Denmark by municipality: outlines projected once, a fill and a circle by count. Bornholm stands in a corner of its
//! own. Outlines: Geodatastyrelsen & Danske Kommuner, FOT data set, 2014-02-13, scale 1:500,000, free to use with this
//! attribution (`assets/dk_municipalities.topojson`).

use super::escape;
use crate::{Language, assets};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

/// Width and height of the picture.
const SIZE: (f64, f64) = (640.0, 720.0);
/// Pixels a degree of latitude.
const SCALE: f64 = 220.0;
/// West and north edge in degrees.
const WEST_NORTH: (f64, f64) = (8.0, 57.8);
/// A degree of longitude at 56.2° N, in degrees of latitude.
const ASPECT: f64 = 0.5563;
/// Where Bornholm (and Christiansø) is moved to, in pixels.
const BORNHOLM: (f64, f64) = (-265.0, -520.0);

/// A municipality's outline as a path, and where its circle stands.
struct Area {
    path: String,
    middle: (f64, f64),
}

static AREAS: LazyLock<BTreeMap<String, Area>> = LazyLock::new(|| {
    let text = include_str!("../../assets/dk_municipalities.topojson");
    serde_json::from_str(text).ok().as_ref().and_then(areas).unwrap_or_default()
});

fn areas(topology: &Value) -> Option<BTreeMap<String, Area>> {
    let pair = |value: &Value| Some((value.get(0)?.as_f64()?, value.get(1)?.as_f64()?));
    let scale = pair(topology.get("transform")?.get("scale")?)?;
    let offset = pair(topology.get("transform")?.get("translate")?)?;
    let arc = |steps: &Value| {
        let (mut x, mut y) = (0.0, 0.0);
        let mut points = Vec::new();
        for step in steps.as_array()? {
            let (dx, dy) = pair(step)?;
            (x, y) = (x + dx, y + dy);
            let (lon, lat) = (x * scale.0 + offset.0, y * scale.1 + offset.1);
            points.push(((lon - WEST_NORTH.0) * ASPECT * SCALE, (WEST_NORTH.1 - lat) * SCALE));
        }
        Some(points)
    };
    let arcs: Vec<Vec<(f64, f64)>> = topology.get("arcs")?.as_array()?.iter().map(arc).collect::<Option<_>>()?;
    let ring = |numbers: &Value| {
        let mut points: Vec<(f64, f64)> = Vec::new();
        for number in numbers.as_array()? {
            let number = number.as_i64()?;
            let arc = arcs.get(usize::try_from(if number < 0 { !number } else { number }).ok()?)?;
            let mut arc: Vec<(f64, f64)> = arc.clone();
            if number < 0 {
                arc.reverse();
            }
            points.extend(arc.into_iter().skip(usize::from(!points.is_empty())));
        }
        Some(points)
    };
    let mut areas = BTreeMap::new();
    for shape in topology.get("objects")?.get("kommuner")?.get("geometries")?.as_array()? {
        let code = shape.get("properties")?.get("code")?.as_str()?.to_owned();
        let moved = if matches!(code.as_str(), "0400" | "0411") { BORNHOLM } else { (0.0, 0.0) };
        let polygons: Vec<&Value> = match shape.get("type")?.as_str()? {
            "Polygon" => vec![shape.get("arcs")?],
            _ => shape.get("arcs")?.as_array()?.iter().collect(),
        };
        let (mut path, mut largest, mut middle) = (String::new(), 0.0, (0.0, 0.0));
        for numbers in polygons.iter().filter_map(|polygon| polygon.as_array()).flatten() {
            let mut points = ring(numbers)?;
            points.iter_mut().for_each(|point| *point = (point.0 + moved.0, point.1 + moved.1));
            let (area, centre) = area_and_centre(&points);
            if area > largest {
                (largest, middle) = (area, centre);
            }
            // Islets that would be less than a dot are left out, unless they are all there is.
            if area >= 6.0 || path.is_empty() {
                outline(&mut path, &points);
            }
        }
        areas.insert(code, Area { path, middle });
    }
    Some(areas)
}

/// Area and centre of a ring.
fn area_and_centre(points: &[(f64, f64)]) -> (f64, (f64, f64)) {
    let (mut twice, mut x, mut y) = (0.0, 0.0, 0.0);
    for two in points.windows(2) {
        let cross = two[0].0 * two[1].1 - two[1].0 * two[0].1;
        twice += cross;
        x += (two[0].0 + two[1].0) * cross;
        y += (two[0].1 + two[1].1) * cross;
    }
    if twice.abs() < 1e-9 {
        return (0.0, points.first().copied().unwrap_or_default());
    }
    ((twice / 2.0).abs(), (x / (3.0 * twice), y / (3.0 * twice)))
}

/// A ring in whole pixels; points that fall on the one before are left out.
fn outline(path: &mut String, points: &[(f64, f64)]) {
    let mut last: Option<(i64, i64)> = None;
    for point in points {
        let here = (point.0.round() as i64, point.1.round() as i64);
        // Writing to a String cannot fail.
        match last {
            None => _ = write!(path, "M{} {}", here.0, here.1),
            Some(before) if before == here => continue,
            Some(before) => _ = write!(path, "l{} {}", here.0 - before.0, here.1 - before.1),
        }
        last = Some(here);
    }
    path.push('z');
}

/// The whole country as a picture of its own: greys that do on light and dark ground.
pub fn ground() -> String {
    let (width, height) = SIZE;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\"><g fill=\"#7f8790\" \
         fill-opacity=\".18\" stroke=\"#7f8790\" stroke-opacity=\".6\" stroke-width=\".8\">"
    );
    for area in AREAS.values() {
        _ = write!(svg, "<path d=\"{}\"/>", area.path);
    }
    svg.push_str("<path d=\"M545 60h80v96h-80z\" fill=\"none\"/></g></svg>");
    svg
}

/// A municipality on the map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// Four digits.
    pub code: String,
    /// Its name.
    pub name: String,
    /// How many.
    pub count: u32,
    /// In words, for the title.
    pub words: String,
}

/// Draws the counts over the country. Empty where no municipality is known.
pub fn draw(t: Language, counts: &[Count]) -> String {
    let known: Vec<(&Count, &Area)> =
        counts.iter().filter_map(|count| Some((count, AREAS.get(&count.code)?))).collect();
    let Some(most) = known.iter().map(|(count, _)| count.count).max() else { return String::new() };
    let (width, height) = SIZE;
    let mut svg = format!(
        "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"map-t map-d\" class=\"map\">\
         <title id=\"map-t\">{}</title><desc id=\"map-d\">{}</desc>\
         <image href=\"{}\" width=\"{width}\" height=\"{height}\"/>",
        escape(&t.t("map-title")),
        escape(&t.n("map-description", known.len() as i64)),
        assets::denmark()
    );
    for (count, area) in &known {
        _ = write!(svg, "<path class=\"area\" d=\"{}\"><title>{}</title></path>", area.path, escape(&count.words));
    }
    let mut numbers: Vec<(f64, f64)> = Vec::new();
    // The largest first, so that a small circle lies on a large one.
    let mut circles = known;
    circles.sort_by(|a, b| b.0.count.cmp(&a.0.count).then(a.0.code.cmp(&b.0.code)));
    for (count, area) in circles {
        let (x, y) = area.middle;
        let radius = 7.0 + 19.0 * (f64::from(count.count) / f64::from(most.max(1))).sqrt();
        _ = write!(
            svg,
            "<circle cx=\"{x:.0}\" cy=\"{y:.0}\" r=\"{radius:.0}\"><title>{}</title></circle>",
            escape(&count.words)
        );
        if numbers.iter().all(|other| (other.0 - x).abs() > 34.0 || (other.1 - y).abs() > 22.0) {
            numbers.push((x, y));
            _ = write!(svg, "<text x=\"{x:.0}\" y=\"{:.0}\">{}</text>", y + 7.0, count.count);
        }
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_municipality_lies_on_the_sheet_and_the_country_is_the_right_way_up() {
        assert_eq!(AREAS.len(), 99);
        for (code, area) in AREAS.iter() {
            let (x, y) = area.middle;
            assert!((0.0..SIZE.0).contains(&x) && (0.0..SIZE.1).contains(&y), "{code}: {x} {y}");
            assert!(area.path.starts_with('M') && area.path.ends_with('z'), "{code}");
        }
        let at = |code: &str| AREAS[code].middle;
        let (aarhus, odense, copenhagen, aalborg) = (at("0751"), at("0461"), at("0101"), at("0851"));
        assert!(aalborg.1 < aarhus.1 && aarhus.1 < odense.1, "north is up");
        assert!(aarhus.0 < copenhagen.0 && odense.0 < copenhagen.0, "east is right");
        assert!(ground().len() < 90_000, "{} bytes", ground().len());
    }

    #[test]
    fn counts_are_drawn_by_size_and_said_in_words() {
        let count =
            |code: &str, count| Count { code: code.into(), name: code.into(), count, words: format!("{count} <b>") };
        let svg = draw(Language::Da, &[count("0751", 12), count("0101", 3), count("9999", 1)]);
        assert_eq!((svg.matches("<circle").count(), svg.matches("class=\"area\"").count()), (2, 2));
        assert!(svg.contains("r=\"26\"") && svg.contains("12 &lt;b&gt;") && !svg.contains("style="));
        assert!(svg.len() < 6_000, "{} bytes", svg.len());
        assert_eq!(draw(Language::Da, &[count("9999", 1)]), "");
    }
}
