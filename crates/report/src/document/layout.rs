//! Lines, tables and pictures on sheets of A4.

use super::drawing::{Anchor, Colour, Drawing, INK, Shape};
use super::font::{BOLD, Font, REGULAR, encode};
use super::tags::Tags;
use pdf_writer::types::StructRole;
use pdf_writer::{Content, Name, Str};

pub(super) const PAGE: (f32, f32) = (595.0, 842.0);
const MARGIN: f32 = 56.0;
const TOP: f32 = 60.0;
const BOTTOM: f32 = 64.0;
const WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;

/// Sheets as they are filled.
pub(super) struct Sheets {
    pub done: Vec<Content>,
    pub tags: Tags,
    /// Pages on which headings of level 1 begin: title, page, height.
    pub outline: Vec<(String, usize, f32)>,
    now: Content,
    y: f32,
}

impl Sheets {
    pub fn new() -> Self {
        Sheets { done: Vec::new(), tags: Tags::new(), outline: Vec::new(), now: Content::new(), y: PAGE.1 - TOP }
    }

    fn page(&self) -> usize {
        self.done.len()
    }

    pub fn finish(mut self) -> Self {
        self.turn();
        self
    }

    fn turn(&mut self) {
        self.done.push(std::mem::replace(&mut self.now, Content::new()));
        self.y = PAGE.1 - TOP;
    }

    /// Turns the page where less is left than needed.
    fn room(&mut self, height: f32) {
        if self.y - height < BOTTOM && self.y < PAGE.1 - TOP {
            self.turn();
        }
    }

    fn skip(&mut self, height: f32) {
        self.y -= height;
    }

    /// Text of one node from `left`, broken to `width`.
    fn words(&mut self, text: &str, bold: bool, size: f32, (left, width): (f32, f32), node: usize) {
        let font: &Font = if bold { &BOLD } else { &REGULAR };
        for line in broken(text, font, size, width) {
            self.room(size * 1.35);
            self.y -= size * 1.35;
            let number = self.tags.content(self.page(), node);
            show(&mut self.now, &line, bold, size, (left, self.y), INK, Some((StructRole::Span, number)));
        }
    }

    pub fn title(&mut self, title: &str, subtitle: &str) {
        let node = self.tags.node(StructRole::H1, 0, None);
        self.words(title, true, 22.0, (MARGIN, WIDTH), node);
        let node = self.tags.node(StructRole::P, 0, None);
        self.skip(6.0);
        self.words(subtitle, false, 11.0, (MARGIN, WIDTH), node);
        self.skip(14.0);
    }

    /// `picture`: what follows it at once.
    pub fn heading(&mut self, level: u8, text: &str, picture: Option<&Drawing>) {
        let (size, role) = if level <= 1 { (15.0, StructRole::H2) } else { (12.0, StructRole::H3) };
        let below = picture.map_or(40.0, |drawing| scaled(drawing).1 + FIGURE_ROOM);
        self.room(size + 20.0 + below);
        self.skip(if level <= 1 { 12.0 } else { 8.0 });
        if level <= 1 {
            self.outline.push((text.to_owned(), self.page(), self.y));
        }
        let node = self.tags.node(role, 0, None);
        self.words(text, true, size, (MARGIN, WIDTH), node);
        self.skip(4.0);
    }

    pub fn paragraph(&mut self, text: &str) {
        let node = self.tags.node(StructRole::P, 0, None);
        self.words(text, false, 10.0, (MARGIN, WIDTH), node);
        self.skip(6.0);
    }

    pub fn list(&mut self, items: &[String]) {
        let list = self.tags.node(StructRole::L, 0, None);
        for item in items {
            let node = self.tags.node(StructRole::LI, list, None);
            let body = self.tags.node(StructRole::LBody, node, None);
            self.room(14.0);
            let number = self.tags.content(self.page(), body);
            show(
                &mut self.now,
                &encode("•"),
                false,
                10.0,
                (MARGIN + 2.0, self.y - 13.5),
                INK,
                Some((StructRole::Span, number)),
            );
            self.words(item, false, 10.0, (MARGIN + 14.0, WIDTH - 14.0), body);
            self.skip(2.0);
        }
        self.skip(4.0);
    }

    pub fn table(&mut self, caption: &str, header: &[String], rows: &[Vec<String>]) {
        const SIZE: f32 = 8.5;
        let columns = header.len().max(1);
        let natural = |at: usize| {
            let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| REGULAR.width(&encode(cell), SIZE));
            cells.fold(BOLD.width(&encode(header.get(at).map_or("", String::as_str)), SIZE), f32::max) + 10.0
        };
        let wanted: Vec<f32> = (0..columns).map(natural).collect();
        let all: f32 = wanted.iter().sum();
        let widths: Vec<f32> = if all <= WIDTH {
            let spare = (WIDTH - all) / columns as f32;
            wanted.iter().map(|width| width + spare.min(40.0)).collect()
        } else {
            // Narrow columns keep their width, wide ones share what is left.
            let fair = WIDTH / columns as f32;
            let narrow: f32 = wanted.iter().filter(|width| **width <= fair).sum();
            let wide: f32 = wanted.iter().filter(|width| **width > fair).sum();
            wanted.iter().map(|width| if *width <= fair { *width } else { width / wide * (WIDTH - narrow) }).collect()
        };
        self.room(70.0);
        let table = self.tags.node(StructRole::Table, 0, None);
        let node = self.tags.node(StructRole::Caption, table, None);
        self.words(caption, true, 9.5, (MARGIN, WIDTH), node);
        self.skip(3.0);
        self.row(header, &widths, true, table);
        for row in rows {
            if self.y - self.row_height(row, &widths, false) < BOTTOM {
                self.turn();
                self.row(header, &widths, true, table);
            }
            self.row(row, &widths, false, table);
        }
        self.skip(12.0);
    }

    fn row_height(&self, cells: &[String], widths: &[f32], bold: bool) -> f32 {
        let font: &Font = if bold { &BOLD } else { &REGULAR };
        let lines =
            cells.iter().zip(widths).map(|(cell, width)| broken(cell, font, 8.5, width - 8.0).len()).max().unwrap_or(1);
        lines as f32 * 11.0 + 4.0
    }

    fn row(&mut self, cells: &[String], widths: &[f32], head: bool, table: usize) {
        let height = self.row_height(cells, widths, head);
        let font: &Font = if head { &BOLD } else { &REGULAR };
        let row = self.tags.node(StructRole::TR, table, None);
        let mut left = MARGIN;
        for (at, (cell, width)) in cells.iter().zip(widths).enumerate() {
            let node = self.tags.node(if head { StructRole::TH } else { StructRole::TD }, row, None);
            for (number, line) in broken(cell, font, 8.5, width - 8.0).iter().enumerate() {
                let shift = if at == 0 { 2.0 } else { width - 4.0 - font.width(line, 8.5) };
                let place = (left + shift, self.y - 10.0 - number as f32 * 11.0);
                let content = self.tags.content(self.done.len(), node);
                show(&mut self.now, line, head, 8.5, place, INK, Some((StructRole::Span, content)));
            }
            left += width;
        }
        self.y -= height;
        let line = if head { (INK, 0.8) } else { ((200, 205, 210), 0.4) };
        artifact(&mut self.now, |content| {
            colour(content, line.0, true);
            content.set_line_width(line.1);
            content.move_to(MARGIN, self.y).line_to(left, self.y).stroke();
        });
    }

    pub fn figure(&mut self, caption: &str, drawing: &Drawing) {
        let (scale, height) = scaled(drawing);
        self.room(height + FIGURE_ROOM);
        let figure = self.tags.node(StructRole::Figure, 0, Some(format!("{caption}. {}", drawing.description)));
        let node = self.tags.node(StructRole::P, 0, None);
        self.words(caption, true, 9.5, (MARGIN, WIDTH), node);
        self.skip(4.0);
        let number = self.tags.content(self.page(), figure);
        let (top, page) = (self.y, &mut self.now);
        page.begin_marked_content_with_properties(Name(b"Figure")).properties().identify(number);
        let at = |point: (f64, f64)| (MARGIN + (point.0 * scale) as f32, top - (point.1 * scale) as f32);
        for shape in &drawing.shapes {
            draw(page, shape, &at, scale as f32);
        }
        page.end_marked_content();
        self.y -= height;
        self.skip(10.0);
    }
}

/// What a figure needs beside the picture, for its caption.
const FIGURE_ROOM: f32 = 30.0;

/// A picture's scale on the sheet, and its height there.
fn scaled(drawing: &Drawing) -> (f64, f32) {
    let scale = (f64::from(WIDTH) / drawing.size.0).min(1.0);
    (scale, (drawing.size.1 * scale) as f32)
}

fn draw(content: &mut Content, shape: &Shape, at: &dyn Fn((f64, f64)) -> (f32, f32), scale: f32) {
    match shape {
        Shape::Path { parts, fill, stroke, dash } => {
            content.save_state();
            if let Some(fill) = fill {
                colour(content, *fill, false);
            }
            if let Some((line, width)) = stroke {
                colour(content, *line, true);
                content.set_line_width(*width as f32 * scale);
            }
            if *dash > 0.0 {
                content.set_dash_pattern([*dash as f32 * scale], 0.0);
            }
            for part in parts {
                for (number, point) in part.iter().enumerate() {
                    let (x, y) = at(*point);
                    if number == 0 {
                        content.move_to(x, y)
                    } else {
                        content.line_to(x, y)
                    };
                }
                if fill.is_some() {
                    content.close_path();
                }
            }
            match (fill.is_some(), stroke.is_some()) {
                (true, true) => content.fill_even_odd_and_stroke(),
                (true, false) => content.fill_even_odd(),
                _ => content.stroke(),
            };
            content.restore_state();
        }
        Shape::Rect { at: (left, top, width, height), fill } => {
            let (x, y) = at((*left, top + height));
            colour(content, *fill, false);
            content.rect(x, y, *width as f32 * scale, *height as f32 * scale).fill_nonzero();
        }
        Shape::Circle { at: middle, radius, fill } => {
            let ((x, y), r) = (at(*middle), *radius as f32 * scale);
            // Four curves make a circle to within a thousandth of its radius.
            let k = r * 0.552_285;
            colour(content, *fill, false);
            content
                .move_to(x + r, y)
                .cubic_to(x + r, y + k, x + k, y + r, x, y + r)
                .cubic_to(x - k, y + r, x - r, y + k, x - r, y)
                .cubic_to(x - r, y - k, x - k, y - r, x, y - r)
                .cubic_to(x + k, y - r, x + r, y - k, x + r, y)
                .fill_nonzero();
        }
        Shape::Text { at: place, size, anchor, text, fill } => {
            let (line, size) = (encode(text), *size as f32 * scale);
            let width = REGULAR.width(&line, size);
            let (x, y) = at(*place);
            let shift = match anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => width / 2.0,
                Anchor::End => width,
            };
            show(content, &line, false, size, (x - shift, y), *fill, None);
        }
    }
}

fn colour(content: &mut Content, (r, g, b): Colour, stroke: bool) {
    let part = |value: u8| f32::from(value) / 255.0;
    if stroke {
        content.set_stroke_rgb(part(r), part(g), part(b));
    } else {
        content.set_fill_rgb(part(r), part(g), part(b));
    }
}

/// What is there for the eye alone.
pub(super) fn artifact(content: &mut Content, of: impl FnOnce(&mut Content)) {
    content.begin_marked_content(Name(b"Artifact"));
    of(content);
    content.end_marked_content();
}

/// A line of text; within a figure it is part of that.
pub(super) fn show(
    content: &mut Content,
    line: &[u8],
    bold: bool,
    size: f32,
    (x, y): (f32, f32),
    fill: Colour,
    mark: Option<(StructRole, i32)>,
) {
    if let Some((_, number)) = mark {
        content.begin_marked_content_with_properties(Name(b"Span")).properties().identify(number);
    }
    colour(content, fill, false);
    content.begin_text();
    content.set_font(Name(if bold { b"B" } else { b"R" }), size);
    content.next_line(x, y);
    content.show(Str(line));
    content.end_text();
    if mark.is_some() {
        content.end_marked_content();
    }
}

/// A text in lines of a width; a word that is too long is cut.
fn broken(text: &str, font: &Font, size: f32, width: f32) -> Vec<Vec<u8>> {
    let mut lines = vec![Vec::new()];
    for word in encode(text).split(|byte| *byte == b' ').map(<[u8]>::to_vec) {
        let mut word = word;
        while font.width(&word, size) > width && word.len() > 1 {
            let fits = (1..word.len()).rev().find(|end| font.width(&word[..*end], size) <= width).unwrap_or(1);
            let rest = word.split_off(fits);
            lines.push(word);
            word = rest;
        }
        match lines.last_mut() {
            Some(line) if line.is_empty() => *line = word,
            Some(line) => {
                let mut longer = line.clone();
                longer.push(b' ');
                longer.extend(&word);
                if font.width(&longer, size) <= width { *line = longer } else { lines.push(word) }
            }
            None => lines.push(word),
        }
    }
    lines.retain(|line| !line.is_empty());
    if lines.is_empty() {
        lines.push(Vec::new());
    }
    lines
}
