//! Denmark by municipality: outlines projected once, in pixels of a sheet of 640 by 720. Bornholm stands in a corner of its own.
//! Outlines: Geodatastyrelsen & Danske Kommuner, FOT data set, 2014-02-13, scale 1:500,000, free to use with this attribution
//! (`assets/dk_municipalities.topojson`).

use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Width and height of the sheet.
pub const SIZE: (f64, f64) = (640.0, 720.0);
/// Frame around Bornholm: left, top, width, height.
pub const FRAME: (f64, f64, f64, f64) = (545.0, 18.0, 80.0, 96.0);
/// Who made the outlines.
pub const ATTRIBUTION: &str = "Geodatastyrelsen & Danske Kommuner, FOT 2014-02-13";
/// Pixels a degree of latitude.
const SCALE: f64 = 220.0;
/// West and north edge in degrees.
const WEST_NORTH: (f64, f64) = (8.0, 57.8);
/// A degree of longitude at 56.2° N, in degrees of latitude.
const ASPECT: f64 = 0.5563;
/// Pixels by which an outline may be off: hardly to be seen, and most points are not needed then.
const OFF: f64 = 1.1;
/// Where Bornholm (and Christiansø) is moved to, in pixels.
const BORNHOLM: (f64, f64) = (-265.0, -520.0);

/// A municipality: its rings, and where a circle for it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// Closed rings; islets of less than a dot are left out, unless they are all there is.
    pub rings: Vec<Vec<(f64, f64)>>,
    /// Middle of its largest part.
    pub middle: (f64, f64),
}

/// Every municipality by its code.
pub fn areas() -> &'static BTreeMap<String, Area> {
    static AREAS: LazyLock<BTreeMap<String, Area>> = LazyLock::new(|| {
        let text = include_str!("../assets/dk_municipalities.topojson");
        serde_json::from_str(text).ok().as_ref().and_then(read).unwrap_or_default()
    });
    &AREAS
}

fn read(topology: &Value) -> Option<BTreeMap<String, Area>> {
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
        Some(simpler(&points))
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
        let (mut rings, mut largest, mut middle) = (Vec::new(), 0.0, (0.0, 0.0));
        for numbers in polygons.iter().filter_map(|polygon| polygon.as_array()).flatten() {
            let mut points = ring(numbers)?;
            points.iter_mut().for_each(|point| *point = (point.0 + moved.0, point.1 + moved.1));
            let (area, centre) = area_and_centre(&points);
            if area > largest {
                (largest, middle) = (area, centre);
            }
            if area >= 6.0 || rings.is_empty() {
                rings.push(points);
            }
        }
        // The first ring was taken unseen, and may be an islet that became a line there and back.
        if rings.iter().any(|ring| ring.len() >= 4) {
            rings.retain(|ring| ring.len() >= 4);
        }
        areas.insert(code, Area { rings, middle });
    }
    Some(areas)
}

/// The line with fewer points, nowhere further than [`OFF`] from where it was (Douglas and Peucker 1973). Arcs are simplified
/// and not rings, so that neighbours keep one border.
fn simpler(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut kept = vec![false; points.len()];
    let mut pieces = Vec::new();
    if let Some(last) = points.len().checked_sub(1) {
        (kept[0], kept[last]) = (true, true);
        pieces.push((0, last));
    }
    while let Some((from, to)) = pieces.pop() {
        let inner = (from + 1..to).map(|at| (at, distance(points[at], points[from], points[to])));
        let farthest = inner.max_by(|one, other| one.1.total_cmp(&other.1));
        if let Some((at, _)) = farthest.filter(|(_, off)| *off > OFF) {
            kept[at] = true;
            pieces.extend([(from, at), (at, to)]);
        }
    }
    let fewer: Vec<_> = points.iter().zip(kept).filter(|(_, kept)| *kept).map(|(point, _)| *point).collect();
    // An islet would become a line there and back.
    if fewer.len() < 4 && points.first() == points.last() { points.to_vec() } else { fewer }
}

/// From a point to a stretch.
fn distance(point: (f64, f64), from: (f64, f64), to: (f64, f64)) -> f64 {
    let along = (to.0 - from.0, to.1 - from.1);
    let length = along.0.powi(2) + along.1.powi(2);
    let share = if length > 0.0 {
        (((point.0 - from.0) * along.0 + (point.1 - from.1) * along.1) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (point.0 - from.0 - share * along.0).hypot(point.1 - from.1 - share * along.1)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_its_ends_and_what_can_be_seen() {
        let wavy: Vec<(f64, f64)> = (0..100).map(|at| (f64::from(at), if at % 2 == 0 { 0.0 } else { 0.9 })).collect();
        assert_eq!(simpler(&wavy), [(0.0, 0.0), (99.0, 0.9)]);
        let corner = [(0.0, 0.0), (5.0, 5.0), (10.0, 0.0)];
        assert_eq!(simpler(&corner), corner);
        let island = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 0.0)];
        assert_eq!(simpler(&island), island, "a ring of one arc");
        assert_eq!(simpler(&[]), []);
    }

    #[test]
    fn every_municipality_has_an_outline_and_all_of_them_are_few_points() {
        let areas = areas();
        assert_eq!(areas.len(), 99, "98 and Christiansø");
        assert!(areas.values().all(|area| area.rings.iter().all(|ring| ring.len() >= 4)));
        let points: usize = areas.values().flat_map(|area| &area.rings).map(Vec::len).sum();
        assert!((2_000..6_000).contains(&points), "{points} points");
        let within = |point: &(f64, f64)| (0.0..=SIZE.0).contains(&point.0) && (0.0..=SIZE.1).contains(&point.1);
        assert!(areas.values().flat_map(|area| area.rings.iter().flatten()).all(within));
    }
}
