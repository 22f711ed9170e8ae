//! Ads over time as SVG: a row an ad, a bar a version, a tick a day seen. The table beside it says the same.

use super::escape;
use crate::{Language, format};
use jiff::Timestamp;
use jiff::civil::Date;
use std::fmt::Write;

/// One row of the picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The ad's label.
    pub label: String,
    /// Versions: first and last sighting.
    pub versions: Vec<(Timestamp, Timestamp)>,
    /// Days on which it was seen.
    pub days: Vec<Date>,
    /// Known to be gone since.
    pub gone_at: Option<Timestamp>,
}

const LEFT: f64 = 150.0;
const WIDTH: f64 = 800.0;
const ROW: f64 = 22.0;
const TOP: f64 = 26.0;

/// Draws the rows. Empty where there is nothing to draw.
pub fn timeline(t: Language, rows: &[Row]) -> String {
    let times = || rows.iter().flat_map(|row| row.versions.iter().flat_map(|(first, last)| [*first, *last]));
    let (Some(from), Some(to)) = (times().min(), times().max()) else { return String::new() };
    let span_s = (to.as_second() - from.as_second()).max(86_400) as f64;
    let x = |at: Timestamp| LEFT + (at.as_second() - from.as_second()) as f64 / span_s * (WIDTH - LEFT - 10.0);
    let height = TOP + ROW * rows.len() as f64 + 6.0;
    let title = t.t("chart-title");
    let text = t.vs(
        "chart-description",
        &[
            ("ads", t.n("count-ads", rows.len() as i64)),
            ("from", format::date(t, format::day_of(from))),
            ("to", format::date(t, format::day_of(to))),
        ],
    );
    let mut svg = String::new();
    // Writing to a String cannot fail.
    let mut put = |piece: std::fmt::Arguments<'_>| _ = svg.write_fmt(piece);
    put(format_args!(
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"chart-t chart-d\" class=\"timeline\">\
         <title id=\"chart-t\">{}</title><desc id=\"chart-d\">{}</desc>",
        escape(&title),
        escape(&text)
    ));
    put(format_args!("<g class=\"axis\">"));
    for step in 0..=3_u32 {
        let at = from + jiff::SignedDuration::from_secs((span_s * f64::from(step) / 3.0) as i64);
        let (place, anchor) = (x(at), if step == 3 { "end" } else { "start" });
        put(format_args!(
            "<line x1=\"{place:.1}\" x2=\"{place:.1}\" y1=\"18\" y2=\"{height}\"/><text x=\"{place:.1}\" y=\"13\" \
             text-anchor=\"{anchor}\">{}</text>",
            format::short_date(t, format::day_of(at))
        ));
    }
    put(format_args!("</g>"));
    for (at, row) in rows.iter().enumerate() {
        let y = TOP + ROW * at as f64;
        put(format_args!("<text class=\"label\" x=\"0\" y=\"{:.1}\">{}</text>", y + 13.0, escape(&row.label)));
        for (number, (first, last)) in row.versions.iter().enumerate() {
            let (start, end) = (x(*first), x(*last));
            put(format_args!(
                "<rect class=\"v{}\" x=\"{start:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"12\" rx=\"2\"/>",
                number % 2,
                y + 2.0,
                (end - start).max(4.0)
            ));
        }
        for day in &row.days {
            if let Ok(noon) = day.at(12, 0, 0, 0).in_tz("UTC") {
                let place = x(noon.timestamp()).clamp(LEFT, WIDTH - 10.0);
                put(format_args!(
                    "<line class=\"seen\" x1=\"{place:.1}\" x2=\"{place:.1}\" y1=\"{:.1}\" y2=\"{:.1}\"/>",
                    y + 15.0,
                    y + 18.0
                ));
            }
        }
        if let Some(gone) = row.gone_at {
            let place = x(gone).clamp(LEFT, WIDTH - 10.0);
            put(format_args!("<text class=\"gone\" x=\"{place:.1}\" y=\"{:.1}\">×</text>", y + 13.0));
        }
    }
    put(format_args!("</svg>"));
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_names_itself_and_escapes_what_it_is_given() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let row = Row {
            label: "s1 · <1>".into(),
            versions: vec![
                (at("2026-10-01T08:00:00Z"), at("2026-10-03T08:00:00Z")),
                (at("2026-10-04T08:00:00Z"), at("2026-10-09T08:00:00Z")),
            ],
            days: vec!["2026-10-01".parse().unwrap()],
            gone_at: Some(at("2026-10-12T00:00:00Z")),
        };
        let svg = timeline(Language::En, &[row]);
        assert!(svg.contains("<title id=\"chart-t\">") && svg.contains("1 ad ") && svg.contains("1 October 2026"));
        assert!(svg.contains("s1 · &lt;1&gt;") && !svg.contains("<1>"));
        assert_eq!((svg.matches("<rect").count(), svg.matches("class=\"seen\"").count()), (2, 1));
        assert!(!svg.contains("style="), "the policy allows no inline style");
        assert_eq!(timeline(Language::Da, &[]), "");
    }
}
