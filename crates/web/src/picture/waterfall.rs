//! What speaks for two ads belonging together and what against, added up bit by bit to the threshold. What speaks for
//! is a full bar, what speaks against a hatched one, what is missing an empty one. The table beside it says the same.

use super::{cut, escape};
use crate::{Language, format};
use std::fmt::Write;

const LEFT: f64 = 310.0;
const WIDTH: f64 = 800.0;
const ROW: f64 = 24.0;
const TOP: f64 = 24.0;

/// One line: words, and bits where there was something to weigh.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub words: String,
    pub bits: Option<f64>,
}

/// Draws the steps, their sum and the threshold. Empty where there is nothing.
pub fn draw(t: Language, steps: &[Step], needed: f64) -> String {
    if steps.is_empty() {
        return String::new();
    }
    let (mut low, mut high, mut sum) = (0.0_f64, needed.max(1.0), 0.0_f64);
    for step in steps {
        sum += step.bits.unwrap_or(0.0);
        (low, high) = (low.min(sum), high.max(sum));
    }
    let x = |bits: f64| LEFT + (bits - low) / (high - low) * (WIDTH - LEFT - 60.0);
    let height = TOP + ROW * (steps.len() as f64 + 1.0) + 6.0;
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"fall-t fall-d\" class=\"waterfall\">\
         <title id=\"fall-t\">{}</title><desc id=\"fall-d\">{}</desc><defs><pattern id=\"hatch\" width=\"6\" height=\"6\" \
         patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"6\"/></pattern></defs>",
        escape(&t.t("waterfall-title")),
        escape(
            &t.vs("waterfall-description", &[("sum", format::decimal(t, sum)), ("needed", format::decimal(t, needed))])
        )
    );
    // Writing to a String cannot fail.
    let mut put = |piece: std::fmt::Arguments<'_>| _ = svg.write_fmt(piece);
    // The nought is left out where the threshold's words need its room.
    let zero = if (x(needed) - x(0.0)).abs() < 70.0 { String::new() } else { "0".to_owned() };
    let words = t.v("waterfall-needed", "bits", format::decimal(t, needed));
    for (at, name, class) in [(0.0, zero, "zero"), (needed, words, "needed")] {
        put(format_args!(
            "<line class=\"{class}\" x1=\"{:.0}\" x2=\"{:.0}\" y1=\"18\" y2=\"{height}\"/><text x=\"{:.0}\" y=\"13\" \
             text-anchor=\"middle\">{}</text>",
            x(at),
            x(at),
            x(at),
            escape(&name)
        ));
    }
    let mut before = 0.0;
    for (number, step) in steps.iter().enumerate() {
        let y = TOP + ROW * number as f64;
        put(format_args!("<text x=\"0\" y=\"{:.0}\">{}</text>", y + 15.0, escape(&cut(&step.words, 46))));
        let (class, from, to) = match step.bits {
            Some(bits) if bits < 0.0 => ("against", before + bits, before),
            Some(bits) => ("for", before, before + bits),
            None => ("missing", before, before),
        };
        put(format_args!(
            "<rect class=\"{class}\" x=\"{:.0}\" y=\"{:.0}\" width=\"{:.0}\" height=\"15\"/><text x=\"{WIDTH}\" y=\"{:.0}\" \
             text-anchor=\"end\">{}</text>",
            x(from),
            y + 3.0,
            (x(to) - x(from)).max(if class == "missing" { 10.0 } else { 2.0 }),
            y + 15.0,
            step.bits.map_or_else(|| "?".to_owned(), |bits| escape(&format::signed(t, bits)))
        ));
        before += step.bits.unwrap_or(0.0);
    }
    let y = TOP + ROW * steps.len() as f64;
    put(format_args!(
        "<text class=\"sum\" x=\"0\" y=\"{:.0}\">{}</text><rect class=\"sum\" x=\"{:.0}\" y=\"{:.0}\" width=\"{:.0}\" \
         height=\"15\"/><text class=\"sum\" x=\"{WIDTH}\" y=\"{:.0}\" text-anchor=\"end\">{}</text></svg>",
        y + 15.0,
        escape(&t.t("waterfall-sum")),
        x(sum.min(0.0)),
        y + 3.0,
        (x(sum.max(0.0)) - x(sum.min(0.0))).max(2.0),
        y + 15.0,
        escape(&format::decimal(t, sum))
    ));
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_for_against_and_missing_is_told_apart_by_more_than_colour_and_adds_up() {
        let step = |words: &str, bits| Step { words: words.into(), bits };
        let steps = [step("Samme <billede>", Some(9.0)), step("Intet fælles sprog", Some(-3.0)), step("Priser", None)];
        let svg = draw(Language::Da, &steps, 14.0);
        for part in
            ["class=\"for\"", "class=\"against\"", "class=\"missing\"", "Samme &lt;billede&gt;", ">+9", ">−3", ">?<"]
        {
            assert!(svg.contains(part), "{part}: {svg}");
        }
        assert!(svg.contains(">6<") && svg.contains("14") && !svg.contains("style="), "{svg}");
        assert_eq!(draw(Language::Da, &[], 14.0), "");
    }
}
