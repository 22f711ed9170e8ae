//! Pictures as shapes: drawn once, shown as SVG and in PDF. Colours do on paper and in grey.

use std::fmt::Write;

/// Red, green, blue.
pub type Colour = (u8, u8, u8);
/// Lines and text.
pub const INK: Colour = (26, 26, 26);
/// Faint lines.
pub const FAINT: Colour = (176, 184, 192);
/// Fills, told apart in grey too.
pub const FILLS: [Colour; 5] = [(0, 61, 91), (64, 143, 184), (158, 202, 225), (230, 145, 56), (120, 120, 120)];

/// Where a text is tied to its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Begins there.
    Start,
    /// Is centred there.
    Middle,
    /// Ends there.
    End,
}

/// A shape. Places count from the upper left.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A line through points; filled where it has a fill.
    Path {
        /// Parts of it.
        parts: Vec<Vec<(f64, f64)>>,
        /// Fill.
        fill: Option<Colour>,
        /// Line and its width.
        stroke: Option<(Colour, f64)>,
        /// Lengths of dash and gap; 0 for a whole line.
        dash: f64,
    },
    /// A rectangle.
    Rect {
        /// Left, top, width, height.
        at: (f64, f64, f64, f64),
        /// Fill.
        fill: Colour,
    },
    /// A circle.
    Circle {
        /// Middle.
        at: (f64, f64),
        /// Radius.
        radius: f64,
        /// Fill.
        fill: Colour,
    },
    /// A text on one line.
    Text {
        /// Where its base line is tied.
        at: (f64, f64),
        /// Size.
        size: f64,
        /// How it is tied.
        anchor: Anchor,
        /// The words.
        text: String,
        /// Colour.
        fill: Colour,
    },
}

/// A picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// Width and height.
    pub size: (f64, f64),
    /// What it shows, for whoever does not see it.
    pub description: String,
    /// Shapes, the lowest first.
    pub shapes: Vec<Shape>,
}

impl Drawing {
    /// An empty one.
    pub fn new(width: f64, height: f64, description: String) -> Self {
        Drawing { size: (width, height), description, shapes: Vec::new() }
    }

    /// A line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour, width: f64) {
        self.shapes.push(Shape::Path {
            parts: vec![vec![from, to]],
            fill: None,
            stroke: Some((colour, width)),
            dash: 0.0,
        });
    }

    /// A text.
    pub fn text(&mut self, at: (f64, f64), size: f64, anchor: Anchor, text: impl Into<String>) {
        self.shapes.push(Shape::Text { at, size, anchor, text: text.into(), fill: INK });
    }

    /// As SVG. `id` tells it from others on the page.
    pub fn to_svg(&self, id: &str, title: &str) -> String {
        let (width, height) = self.size;
        let mut svg = format!(
            "<svg viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" class=\"figure\">\
             <title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>",
            escape(title),
            escape(&self.description)
        );
        let hex = |(r, g, b): Colour| format!("#{r:02x}{g:02x}{b:02x}");
        // Writing to a String cannot fail.
        let mut put = |piece: std::fmt::Arguments<'_>| _ = svg.write_fmt(piece);
        for shape in &self.shapes {
            match shape {
                Shape::Path { parts, fill, stroke, dash } => {
                    let path = svg_path(parts, fill.is_some());
                    let fill = fill.map_or_else(|| "none".to_owned(), hex);
                    put(format_args!("<path d=\"{path}\" fill=\"{fill}\""));
                    if let Some((colour, width)) = stroke {
                        put(format_args!(" stroke=\"{}\" stroke-width=\"{width}\"", hex(*colour)));
                    }
                    if *dash > 0.0 {
                        put(format_args!(" stroke-dasharray=\"{dash}\""));
                    }
                    put(format_args!("/>"));
                }
                Shape::Rect { at, fill } => put(format_args!(
                    "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{}\"/>",
                    at.0,
                    at.1,
                    at.2,
                    at.3,
                    hex(*fill)
                )),
                Shape::Circle { at, radius, fill } => put(format_args!(
                    "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius:.1}\" fill=\"{}\"/>",
                    at.0,
                    at.1,
                    hex(*fill)
                )),
                Shape::Text { at, size, anchor, text, fill } => {
                    let anchor = match anchor {
                        Anchor::Start => "start",
                        Anchor::Middle => "middle",
                        Anchor::End => "end",
                    };
                    put(format_args!(
                        "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"{size}\" text-anchor=\"{anchor}\" fill=\"{}\">{}</text>",
                        at.0,
                        at.1,
                        hex(*fill),
                        escape(text)
                    ));
                }
            }
        }
        put(format_args!("</svg>"));
        svg
    }
}

/// The parts as steps from point to point, in tenths: a map of absolute points would be most of a page's bytes. Each step is
/// taken from the rounded point before, so that nothing adds up.
fn svg_path(parts: &[Vec<(f64, f64)>], closed: bool) -> String {
    let tenths = |value: f64| (value * 10.0).round() as i64;
    let mut path = String::new();
    // Two numbers need nothing between them where the second begins with a sign, or with a point that the first has already.
    let mut pointed = false;
    let mut number = |path: &mut String, value: i64| {
        let (sign, whole, tenth) = (if value < 0 { "-" } else { "" }, value.abs() / 10, value.abs() % 10);
        let begins_with_point = sign.is_empty() && whole == 0 && tenth != 0;
        if sign.is_empty() && !(begins_with_point && pointed) && path.ends_with(|c: char| c.is_ascii_digit()) {
            path.push(' ');
        }
        pointed = tenth != 0;
        // Writing to a String cannot fail.
        _ = match (whole, tenth) {
            (_, 0) => write!(path, "{sign}{whole}"),
            (0, _) => write!(path, "{sign}.{tenth}"),
            _ => write!(path, "{sign}{whole}.{tenth}"),
        };
    };
    for part in parts {
        let (mut before, mut stepping) = (None, false);
        for (x, y) in part {
            let here = (tenths(*x), tenths(*y));
            let step = match before {
                None => {
                    path.push('M');
                    here
                }
                Some(before) if before == here => continue,
                Some((x, y)) => {
                    if !stepping {
                        path.push('l');
                    }
                    stepping = true;
                    (here.0 - x, here.1 - y)
                }
            };
            number(&mut path, step.0);
            number(&mut path, step.1);
            before = Some(here);
        }
        if closed {
            path.push('Z');
        }
    }
    path
}

/// Text that may stand in a page.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_goes_by_steps_and_ends_where_it_should() {
        let parts = vec![vec![(1.0, 2.0), (1.04, 2.0), (1.5, 2.0), (0.04, 1.46)], vec![(10.0, 10.0), (-1.0, 10.0)]];
        assert_eq!(svg_path(&parts, false), "M1 2l.5 0-1.5-.5M10 10l-11 0");
        assert_eq!(svg_path(&[vec![(0.0, 0.0), (0.5, 0.3), (1.0, 1.3)]], false), "M0 0l.5.3.5 1");
        assert!(svg_path(&parts, true).ends_with("l-11 0Z"));
    }
}
