//! Ads by contact over time: a row a contact (as a pseudonym), a bar an ad. The table beside it says the same.

use super::escape;
use crate::{Language, format};
use jiff::{SignedDuration, Timestamp};
use std::fmt::Write;

/// Most rows that a picture can hold and still be read.
pub const MOST_ROWS: usize = 24;
/// Ads at the same time get lanes of their own, up to so many.
const LANES: usize = 6;
const LEFT: f64 = 96.0;
const WIDTH: f64 = 800.0;
const LANE: f64 = 9.0;
const TOP: f64 = 26.0;

/// A contact's row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Pseudonym.
    pub name: String,
    /// First and last sighting of each ad, in order, with its name.
    pub ads: Vec<(Timestamp, Timestamp, String)>,
}

/// Draws the rows. Empty where there is nothing to draw.
pub fn draw(t: Language, rows: &[Row]) -> String {
    let rows = &rows[..rows.len().min(MOST_ROWS)];
    let times = || rows.iter().flat_map(|row| &row.ads);
    let from = times().map(|(first, _, _)| *first).min();
    let to = times().map(|(_, last, _)| *last).max();
    let (Some(from), Some(to)) = (from, to) else { return String::new() };
    let span_s = (to.as_second() - from.as_second()).max(86_400) as f64;
    let x = |at: Timestamp| LEFT + (at.as_second() - from.as_second()) as f64 / span_s * (WIDTH - LEFT - 10.0);
    let (mut body, mut y) = (String::new(), TOP);
    // Writing to a String cannot fail.
    let mut put = |piece: std::fmt::Arguments<'_>| _ = body.write_fmt(piece);
    for row in rows {
        let mut ends: Vec<f64> = Vec::new();
        let top = y + 4.0;
        for (first, last, name) in &row.ads {
            let (start, end) = (x(*first), x(*last).max(x(*first) + 4.0));
            let free = ends.iter().position(|taken| *taken + 2.0 <= start);
            let lane = free.unwrap_or_else(|| ends.len().min(LANES - 1));
            match ends.get_mut(lane) {
                Some(taken) => *taken = taken.max(end),
                None => ends.push(end),
            }
            put(format_args!(
                "<rect class=\"v{}\" x=\"{start:.0}\" y=\"{:.0}\" width=\"{:.0}\" height=\"7\" rx=\"2\"><title>{}</title></rect>",
                lane % 2,
                top + LANE * lane as f64,
                end - start,
                escape(name)
            ));
        }
        let height = (LANE * ends.len() as f64 + 8.0).max(22.0);
        put(format_args!("<text class=\"label\" x=\"0\" y=\"{:.0}\">{}</text>", y + 14.0, escape(&row.name)));
        y += height;
        put(format_args!("<line class=\"row\" x1=\"0\" x2=\"{WIDTH}\" y1=\"{y:.0}\" y2=\"{y:.0}\"/>"));
    }
    let mut axis = String::new();
    for step in 0..=3_u32 {
        let at = from + SignedDuration::from_secs((span_s * f64::from(step) / 3.0) as i64);
        let (place, anchor) = (x(at), if step == 3 { "end" } else { "start" });
        _ = write!(
            axis,
            "<line x1=\"{place:.0}\" x2=\"{place:.0}\" y1=\"18\" y2=\"{y:.0}\"/><text x=\"{place:.0}\" y=\"13\" \
             text-anchor=\"{anchor}\">{}</text>",
            format::short_date(t, format::day_of(at))
        );
    }
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {:.0}\" role=\"img\" aria-labelledby=\"contacts-t contacts-d\" class=\"timeline\">\
         <title id=\"contacts-t\">{}</title><desc id=\"contacts-d\">{}</desc><g class=\"axis\">{axis}</g>{body}</svg>",
        y + 4.0,
        escape(&t.t("contacts-chart-title")),
        escape(&t.n("contacts-chart-description", rows.len() as i64)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ads_at_the_same_time_lie_beside_each_other_and_others_share_a_lane() {
        let at = |text: &str| format!("2026-10-{text}T08:00:00Z").parse::<Timestamp>().unwrap();
        let ad = |from: &str, to: &str| (at(from), at(to), "s1 · <1>".to_owned());
        let row =
            Row { name: "K-ABC".into(), ads: vec![ad("01", "10"), ad("02", "05"), ad("11", "20"), ad("06", "09")] };
        let svg = draw(Language::En, &[row]);
        assert_eq!((svg.matches("class=\"v0\"").count(), svg.matches("class=\"v1\"").count()), (2, 2));
        assert!(svg.contains("s1 · &lt;1&gt;") && svg.contains("K-ABC") && !svg.contains("style="));
        assert_eq!(draw(Language::Da, &[]), "");
    }
}
