//! Charts and the map, made of numbers that are already decided: what is withheld is not drawn, and said to be.

use super::Tongue;
use super::drawing::{Anchor, Drawing, FAINT, FILLS, INK, Shape};
use crate::outline;
use std::collections::BTreeMap;

const WIDTH: f64 = 480.0;

/// A round number at or above all values, and its steps.
fn scale(most: f64) -> (f64, f64) {
    let most = most.max(1.0);
    let power = 10_f64.powf(most.log10().floor());
    let step = [0.2, 0.5, 1.0, 2.0]
        .into_iter()
        .map(|step| step * power)
        .find(|step| most / step <= 5.0)
        .unwrap_or(power * 5.0);
    let step = step.max(1.0);
    ((most / step).ceil() * step, step)
}

/// Lines over the same times: a name and a value (or none, where it is withheld) for each; counts, or shares in per cent.
pub fn lines(
    t: Tongue,
    times: &[String],
    series: &[(String, Vec<Option<f64>>)],
    percent: bool,
    description: String,
) -> Drawing {
    let (left, right, top, bottom, height) = (44.0, 118.0, 12.0, 28.0, 210.0);
    let mut drawing = Drawing::new(WIDTH, height, description);
    let factor = if percent { 100.0 } else { 1.0 };
    let series: Vec<(&str, Vec<Option<f64>>)> = series
        .iter()
        .map(|(name, values)| (name.as_str(), values.iter().map(|value| value.map(|value| value * factor)).collect()))
        .collect();
    let most = series.iter().flat_map(|(_, values)| values.iter().flatten()).copied().fold(0.0, f64::max);
    let (end, step) = scale(most);
    let y = |value: f64| top + (1.0 - value / end) * (height - top - bottom);
    let x = |at: usize| left + (at as f64 + 0.5) / times.len().max(1) as f64 * (WIDTH - left - right);
    let mut tick = 0.0;
    while tick <= end + 1e-9 {
        drawing.line((left, y(tick)), (WIDTH - right, y(tick)), FAINT, 0.6);
        drawing.text(
            (left - 5.0, y(tick) + 3.0),
            8.5,
            Anchor::End,
            if percent { format!("{} %", t.whole(tick as u64)) } else { t.whole(tick as u64) },
        );
        tick += step;
    }
    let every = times.len().div_ceil(8).max(1);
    for (at, time) in times.iter().enumerate().step_by(every) {
        drawing.text((x(at), height - 10.0), 8.5, Anchor::Middle, time.as_str());
    }
    let mut labels: Vec<(f64, usize)> = Vec::new();
    for (number, (_, values)) in series.iter().enumerate() {
        let colour = FILLS[number % FILLS.len()];
        let mut parts: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
        for (at, value) in values.iter().enumerate() {
            match value {
                Some(value) => {
                    if let Some(part) = parts.last_mut() {
                        part.push((x(at), y(*value)));
                    }
                    drawing.shapes.push(Shape::Circle { at: (x(at), y(*value)), radius: 2.2, fill: colour });
                }
                None => parts.push(Vec::new()),
            }
        }
        parts.retain(|part| part.len() > 1);
        let dash = [0.0, 5.0, 2.0, 8.0, 3.5][number % 5];
        drawing.shapes.push(Shape::Path { parts, fill: None, stroke: Some((colour, 1.6)), dash });
        if let Some(last) = values.iter().rev().flatten().next() {
            labels.push((y(*last), number));
        }
    }
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free = top;
    for (place, number) in labels {
        let at = place.max(free);
        free = at + 12.0;
        drawing
            .shapes
            .push(Shape::Rect { at: (WIDTH - right + 8.0, at - 6.0, 8.0, 8.0), fill: FILLS[number % FILLS.len()] });
        drawing.text((WIDTH - right + 20.0, at + 1.5), 9.0, Anchor::Start, series[number].0);
    }
    drawing
}

/// Bars from left to right: label, value, and an interval where there is one.
pub fn bars(
    t: Tongue,
    rows: &[(String, Option<f64>, Option<(f64, f64)>)],
    percent: bool,
    description: String,
) -> Drawing {
    let (left, right, line) = (150.0, 64.0, 18.0);
    let height = rows.len() as f64 * line + 8.0;
    let mut drawing = Drawing::new(WIDTH, height, description);
    let most = rows
        .iter()
        .flat_map(|(_, value, interval)| [*value, interval.map(|(_, high)| high)])
        .flatten()
        .fold(0.0, f64::max);
    let end = if percent { most.clamp(0.01, 1.0) } else { most.max(1.0) };
    let x = |value: f64| left + value / end * (WIDTH - left - right);
    for (number, (label, value, interval)) in rows.iter().enumerate() {
        let y = 4.0 + number as f64 * line;
        drawing.text((left - 6.0, y + 11.0), 9.0, Anchor::End, label.as_str());
        let Some(value) = value else {
            drawing.text((left + 2.0, y + 11.0), 9.0, Anchor::Start, t.pick("holdt tilbage", "withheld"));
            continue;
        };
        drawing
            .shapes
            .push(Shape::Rect { at: (left, y + 2.0, (x(*value) - left).max(0.5), line - 6.0), fill: FILLS[1] });
        let mut after = x(*value);
        if let Some((low, high)) = interval {
            drawing.line((x(*low), y + 8.0), (x(*high), y + 8.0), INK, 1.0);
            for end in [*low, *high] {
                drawing.line((x(end), y + 5.0), (x(end), y + 11.0), INK, 1.0);
            }
            after = after.max(x(*high));
        }
        let words = if percent { t.percent(*value) } else { t.whole(value.round() as u64) };
        drawing.text((after + 5.0, y + 11.0), 9.0, Anchor::Start, words);
    }
    drawing
}

/// Municipalities by count, in five steps of blue; without one where nothing is shown.
pub fn map(t: Tongue, counts: &BTreeMap<String, u64>, description: String) -> Drawing {
    let shrink = 0.62;
    let mut drawing = Drawing::new(outline::SIZE.0 * shrink + 80.0, outline::SIZE.1 * shrink, description);
    let most = counts.values().max().copied().unwrap_or(0).max(1) as f64;
    let shade = |share: f64| {
        let mix = |from: u8, to: u8| (f64::from(from) + (f64::from(to) - f64::from(from)) * share).round() as u8;
        (mix(198, 0), mix(219, 61), mix(239, 91))
    };
    for (code, area) in outline::areas() {
        let parts: Vec<Vec<(f64, f64)>> =
            area.rings.iter().map(|ring| ring.iter().map(|(x, y)| (x * shrink, y * shrink)).collect()).collect();
        let fill = counts.get(code).map_or((240, 240, 240), |count| shade((*count as f64 / most).sqrt()));
        drawing.shapes.push(Shape::Path { parts, fill: Some(fill), stroke: Some((FAINT, 0.4)), dash: 0.0 });
    }
    for (code, count) in counts {
        if let Some(area) = outline::areas().get(code) {
            let (x, y) = (area.middle.0 * shrink, area.middle.1 * shrink);
            let words = t.whole(*count);
            drawing.shapes.push(Shape::Circle {
                at: (x, y),
                radius: 4.0 + 2.4 * words.len() as f64,
                fill: (255, 255, 255),
            });
            drawing.text((x, y + 3.0), 8.5, Anchor::Middle, words);
        }
    }
    let (left, top, width, height) = outline::FRAME;
    let corner = |x: f64, y: f64| ((left + x) * shrink, (top + y) * shrink);
    let frame =
        vec![corner(0.0, 0.0), corner(width, 0.0), corner(width, height), corner(0.0, height), corner(0.0, 0.0)];
    drawing.shapes.push(Shape::Path { parts: vec![frame], fill: None, stroke: Some((FAINT, 0.6)), dash: 0.0 });
    drawing.text((0.0, outline::SIZE.1 * shrink - 4.0), 7.0, Anchor::Start, outline::ATTRIBUTION);
    drawing
}
