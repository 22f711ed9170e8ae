//! Shares over time as SVG: a line a name. The table beside it says the same.

use super::escape;
use crate::{Language, format};
use jiff::Timestamp;
use std::fmt::Write;

/// One line of the picture: its label, and shares (0 to 1) by time.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it is about.
    pub label: String,
    /// Points in order of time.
    pub points: Vec<(Timestamp, f64)>,
}

const LEFT: f64 = 50.0;
const WIDTH: f64 = 720.0;
const RIGHT: f64 = 160.0;
const HEIGHT: f64 = 200.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 24.0;

/// Draws the lines; empty where there are fewer than two times.
pub fn lines(t: Language, title: &str, description: &str, lines: &[Line]) -> String {
    let points = || lines.iter().flat_map(|line| &line.points);
    let (Some(from), Some(to)) = (points().map(|p| p.0).min(), points().map(|p| p.0).max()) else {
        return String::new();
    };
    if from == to {
        return String::new();
    }
    // To the next 5 % above all, so that small shares can be told apart.
    let most = points().map(|p| p.1).fold(0.0_f64, f64::max);
    let top = ((most * 20.0).ceil() / 20.0).clamp(0.05, 1.0);
    let span_s = (to.as_second() - from.as_second()).max(1) as f64;
    let x = |at: Timestamp| LEFT + (at.as_second() - from.as_second()) as f64 / span_s * (WIDTH - LEFT - RIGHT);
    let y = |share: f64| TOP + (1.0 - share / top) * (HEIGHT - TOP - BOTTOM);
    let mut svg = String::new();
    // Writing to a String cannot fail.
    let mut put = |piece: std::fmt::Arguments<'_>| _ = svg.write_fmt(piece);
    put(format_args!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"lines-t lines-d\" class=\"timeline\">\
         <title id=\"lines-t\">{}</title><desc id=\"lines-d\">{}</desc><g class=\"axis\">",
        escape(title),
        escape(description)
    ));
    for share in [0.0, top / 2.0, top] {
        let at = y(share);
        put(format_args!(
            "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{} %</text>",
            WIDTH - RIGHT,
            LEFT - 6.0,
            at + 4.0,
            format::decimal(t, share * 100.0)
        ));
    }
    for (at, anchor) in [(from, "start"), (to, "end")] {
        put(format_args!(
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
            x(at),
            HEIGHT - 6.0,
            format::short_date(t, format::day_of(at))
        ));
    }
    put(format_args!("</g>"));
    // Labels stand at the lines' ends, moved apart so that none covers another.
    let mut ends: Vec<(f64, usize)> =
        lines.iter().enumerate().filter_map(|(n, line)| Some((y(line.points.last()?.1), n))).collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free = TOP;
    for (end, number) in ends {
        let Some(line) = lines.get(number) else { continue };
        let path: Vec<String> =
            line.points.iter().map(|(at, share)| format!("{:.1},{:.1}", x(*at), y(*share))).collect();
        let dash = ["", "6 3", "2 3", "8 3 2 3", "1 4"][number % 5];
        let place = end.max(free);
        free = place + 14.0;
        put(format_args!(
            "<polyline fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" stroke-dasharray=\"{dash}\" points=\"{}\"/>\
             <text class=\"label\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            path.join(" "),
            WIDTH - RIGHT + 8.0,
            place + 4.0,
            escape(&line.label)
        ));
    }
    put(format_args!("</svg>"));
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_names_itself_and_its_lines() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let line = |label: &str, share| Line {
            label: label.to_owned(),
            points: vec![(at("2026-10-01T08:00:00Z"), 0.01), (at("2026-10-09T08:00:00Z"), share)],
        };
        let svg = lines(Language::En, "Flagged", "By language", &[line("Danish <1>", 0.04), line("Thai", 0.04)]);
        assert!(svg.contains("<title id=\"lines-t\">Flagged</title>") && svg.contains("Danish &lt;1&gt;"));
        assert_eq!(svg.matches("<polyline").count(), 2);
        assert!(svg.contains("5 %"), "{svg}");
        let one = Line { label: "x".to_owned(), points: vec![(at("2026-10-01T08:00:00Z"), 0.5)] };
        assert_eq!(lines(Language::Da, "", "", &[one]), "", "one analysis is no line");
    }
}
