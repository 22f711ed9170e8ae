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
        areas.insert(code, Area { rings, middle });
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
