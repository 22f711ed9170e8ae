//! A network as a picture: a box for each advertiser or ad, a line for each kind of tie. Colour, dash and a letter say
//! the kind, and each line opens its evidence.

use super::layout::{self, BoxSize, Place};
use super::{cut, escape};
use crate::Language;
use domain::LinkKind;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Most boxes that a picture holds; beyond it the table stands alone.
pub const MOST_NODES: usize = 60;
/// Characters of a line in a box.
pub const LINE: usize = 17;
/// Size of a box: two lines of text at 12 px.
const SIZE: BoxSize = BoxSize { width: 138.0, height: 42.0 };
/// Lines of several kinds between two boxes lie so far apart.
const BESIDE: f64 = 7.0;

/// A box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// First line.
    pub name: String,
    /// Second line.
    pub about: String,
    /// Where it leads.
    pub href: String,
    /// `band-high` and so on, or empty.
    pub class: String,
}

/// A tie between two boxes, given by their places in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Tie {
    pub a: usize,
    pub b: usize,
    pub kind: LinkKind,
    /// It holds the two together.
    pub joins: bool,
    /// Where its evidence stands.
    pub href: String,
    /// What it is, in words.
    pub words: String,
}

/// The letter that stands on a line, the same in both languages.
pub fn letter(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Phone => "P",
        LinkKind::Email => "E",
        LinkKind::Handle => "H",
        LinkKind::Url => "U",
        LinkKind::Image => "I",
        LinkKind::Text => "T",
        LinkKind::Template => "S",
        LinkKind::Premises => "A",
        LinkKind::Style => "Y",
        LinkKind::Symbol => "Z",
        LinkKind::Manual => "M",
    }
}

/// Draws. Empty where there is nothing to draw, or too much.
pub fn draw(t: Language, nodes: &[Node], ties: &[Tie]) -> String {
    if nodes.len() < 2 || nodes.len() > MOST_NODES {
        return String::new();
    }
    let pairs: BTreeSet<(usize, usize)> = ties.iter().map(|tie| (tie.a.min(tie.b), tie.a.max(tie.b))).collect();
    let places = layout::place(nodes.len(), &pairs.into_iter().collect::<Vec<_>>(), SIZE);
    let reach = |of: &dyn Fn(&Place) -> f64, half: f64| places.iter().map(of).fold(0.0, f64::max) + half;
    let margin = 8.0;
    let width = reach(&|place| place.x, SIZE.width / 2.0) + 2.0 * margin;
    let height = reach(&|place| place.y, SIZE.height / 2.0) + 2.0 * margin;
    let mut svg = String::new();
    // Writing to a String cannot fail.
    let mut put = |piece: std::fmt::Arguments<'_>| _ = svg.write_fmt(piece);
    put(format_args!(
        "<svg viewBox=\"{:.0} {:.0} {width:.0} {height:.0}\" width=\"{width:.0}\" role=\"group\" \
         aria-labelledby=\"graph-t graph-d\" class=\"graph\"><title id=\"graph-t\">{}</title><desc id=\"graph-d\">{}</desc>",
        -margin,
        -margin,
        escape(&t.t("graph-title")),
        escape(&t.t("graph-description"))
    ));
    let mut at_pair: BTreeMap<(usize, usize), Vec<&Tie>> = BTreeMap::new();
    for tie in ties {
        at_pair.entry((tie.a.min(tie.b), tie.a.max(tie.b))).or_default().push(tie);
    }
    let taken = labels(&at_pair, &places);
    for ((a, b), here) in &at_pair {
        for (number, tie) in here.iter().enumerate() {
            let (from, to) = beside(places[*a], places[*b], number, here.len());
            let class = format!("tie k-{}{}", tie.kind.as_str(), if tie.joins { "" } else { " loose" });
            put(format_args!(
                "<a href=\"{}\" class=\"{class}\"><title>{}</title><line class=\"wide\" x1=\"{:.0}\" y1=\"{:.0}\" \
                 x2=\"{:.0}\" y2=\"{:.0}\"/><line x1=\"{:.0}\" y1=\"{:.0}\" x2=\"{:.0}\" y2=\"{:.0}\"/>",
                escape(&tie.href),
                escape(&tie.words),
                from.x,
                from.y,
                to.x,
                to.y,
                from.x,
                from.y,
                to.x,
                to.y
            ));
            if let Some(place) = taken.get(&(*a, *b, number)) {
                put(format_args!(
                    "<circle cx=\"{:.0}\" cy=\"{:.0}\" r=\"8\"/><text x=\"{:.0}\" y=\"{:.0}\">{}</text>",
                    place.x,
                    place.y,
                    place.x,
                    place.y + 4.0,
                    letter(tie.kind)
                ));
            }
            put(format_args!("</a>"));
        }
    }
    for (node, place) in nodes.iter().zip(&places) {
        let (left, top) = (place.x - SIZE.width / 2.0, place.y - SIZE.height / 2.0);
        put(format_args!(
            "<a href=\"{}\" class=\"node {}\"><rect x=\"{left:.0}\" y=\"{top:.0}\" width=\"{:.0}\" height=\"{:.0}\" \
             rx=\"4\"/><text x=\"{:.0}\" y=\"{:.0}\" class=\"name\">{}</text><text x=\"{:.0}\" y=\"{:.0}\">{}</text></a>",
            escape(&node.href),
            node.class,
            SIZE.width,
            SIZE.height,
            left + 9.0,
            top + 17.0,
            escape(&cut(&node.name, LINE)),
            left + 9.0,
            top + 33.0,
            escape(&cut(&node.about, LINE))
        ));
    }
    put(format_args!("</svg>"));
    svg
}

/// The line of a kind: moved to the side where several run between the same two.
fn beside(a: Place, b: Place, number: usize, of: usize) -> (Place, Place) {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length = dx.hypot(dy).max(1.0);
    let off = (number as f64 - (of as f64 - 1.0) / 2.0) * BESIDE;
    let (x, y) = (-dy / length * off, dx / length * off);
    (Place { x: a.x + x, y: a.y + y }, Place { x: b.x + x, y: b.y + y })
}

/// Where the letters stand: on their line, in the room between the boxes, none on a box or on another letter. A letter
/// that finds no room is left out; its line says the kind by colour and dash, and by its title.
fn labels(at_pair: &BTreeMap<(usize, usize), Vec<&Tie>>, boxes: &[Place]) -> BTreeMap<(usize, usize, usize), Place> {
    const APART: f64 = 17.0;
    let mut taken: BTreeMap<(usize, usize, usize), Place> = BTreeMap::new();
    for ((a, b), here) in at_pair {
        for number in 0..here.len() {
            let (from, to) = beside(boxes[*a], boxes[*b], number, here.len());
            let shares = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74];
            let found = shares
                .into_iter()
                .map(|share| Place { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share });
            let free = found.into_iter().find(|place| {
                let on_box = boxes.iter().any(|node| {
                    (node.x - place.x).abs() < SIZE.width / 2.0 + 9.0
                        && (node.y - place.y).abs() < SIZE.height / 2.0 + 9.0
                });
                !on_box && taken.values().all(|other| (other.x - place.x).hypot(other.y - place.y) >= APART)
            });
            if let Some(place) = free {
                taken.insert((*a, *b, number), place);
            }
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::width_of;

    fn sample(nodes: usize) -> (Vec<Node>, Vec<Tie>) {
        let node = |at: usize| Node {
            name: format!("Annoncør {}", at + 1),
            about: "1.234 annoncer i Lyngby-Taarbæk".into(),
            href: format!("/network/adv_{at}"),
            class: "band-high".into(),
        };
        let tie = |a: usize, b: usize, kind| Tie {
            a,
            b,
            kind,
            joins: kind == LinkKind::Text,
            href: format!("/pair/{a}/{b}"),
            words: "Samme <tekst>".into(),
        };
        let ties = (0..nodes).flat_map(|a| {
            let b = (a * 7 + 1) % nodes;
            [LinkKind::Text, LinkKind::Image].map(|kind| tie(a, b, kind))
        });
        ((0..nodes).map(node).collect(), ties.filter(|tie| tie.a != tie.b).collect())
    }

    /// Middles of what a picture shows: `x` and `y` of each element of a kind.
    fn numbers(svg: &str, element: &str, names: [&str; 2]) -> Vec<(f64, f64)> {
        let value = |part: &str, name: &str| {
            part.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next()).unwrap().parse().unwrap()
        };
        svg.split(element)
            .skip(1)
            .map(|part| part.split('>').next().unwrap())
            .map(|part| (value(part, names[0]), value(part, names[1])))
            .collect()
    }

    #[test]
    fn neither_boxes_nor_letters_collide_and_words_stay_in_their_box() {
        for nodes in 2..=MOST_NODES {
            let (boxes, ties) = sample(nodes);
            let svg = draw(Language::Da, &boxes, &ties);
            let rects = numbers(&svg, "<rect", ["x", "y"]);
            assert_eq!(rects.len(), nodes);
            for (at, one) in rects.iter().enumerate() {
                for other in &rects[at + 1..] {
                    let clear = (one.0 - other.0).abs() >= SIZE.width || (one.1 - other.1).abs() >= SIZE.height;
                    assert!(clear, "{nodes} nodes: {one:?} on {other:?}");
                }
            }
            let letters = numbers(&svg, "<circle", ["cx", "cy"]);
            for (at, one) in letters.iter().enumerate() {
                for other in &letters[at + 1..] {
                    assert!((one.0 - other.0).hypot(one.1 - other.1) >= 15.0, "{nodes} nodes: letters collide");
                }
                let covered = |rect: &(f64, f64)| {
                    (rect.0..rect.0 + SIZE.width).contains(&one.0) && (rect.1..rect.1 + SIZE.height).contains(&one.1)
                };
                assert!(!rects.iter().any(covered), "{nodes} nodes: a letter under a box");
            }
        }
        for text in ["Annoncør 60", "1.234 annoncer i Lyngby-Taarbæk", "MWMWMWMWMW"] {
            assert!(width_of(&cut(text, LINE)) < SIZE.width - 12.0, "{text}");
        }
    }

    #[test]
    fn each_line_opens_its_evidence_and_a_picture_beyond_sixty_is_not_drawn() {
        let (nodes, ties) = sample(5);
        let svg = draw(Language::En, &nodes, &ties);
        assert_eq!(svg.matches("class=\"tie ").count(), ties.len());
        assert_eq!(svg.matches(" loose\"").count(), ties.len() / 2, "what joins nothing is drawn otherwise");
        assert!(ties.iter().all(|tie| svg.contains(&format!("href=\"{}\"", tie.href))));
        assert!(svg.contains("Samme &lt;tekst&gt;") && !svg.contains("style="));
        let (nodes, ties) = sample(61);
        assert_eq!(draw(Language::En, &nodes, &ties), "");
    }
}
