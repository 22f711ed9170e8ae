//! Denmark by municipality: a fill and a circle by count, over the outlines that reports are drawn with too.

use super::escape;
use crate::{Language, assets};
use report::outline::{self, SIZE};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

/// A municipality's outline as a path, and where its circle stands.
struct Area {
    path: String,
    middle: (f64, f64),
}

static AREAS: LazyLock<BTreeMap<String, Area>> = LazyLock::new(|| {
    let drawn = |area: &outline::Area| {
        let mut path = String::new();
        area.rings.iter().for_each(|ring| outline(&mut path, ring));
        Area { path, middle: area.middle }
    };
    outline::areas().iter().map(|(code, area)| (code.clone(), drawn(area))).collect()
});

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
