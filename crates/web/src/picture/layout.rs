//! Where the boxes of a network stand: distances in the picture follow distances in the network (stress majorisation),
//! then boxes are pushed apart until none overlaps. The same network always gives the same picture.
//!
//! Sources: Gansner, Koren, North, "Graph Drawing by Stress Majorization" (2004); the pushing apart is by the lesser
//! overlap of each pair, and what it cannot settle is settled by scaling.

/// A box by its middle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    pub x: f64,
    pub y: f64,
}

/// Width and height of every box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoxSize {
    pub width: f64,
    pub height: f64,
}

/// Least room between two boxes.
pub const GAP: f64 = 14.0;
/// Rounds of majorisation: by then nothing moves that one sees.
const ROUNDS: usize = 120;
/// Rounds of pushing apart before scaling takes over.
const PUSHES: usize = 400;

/// Middles of the boxes, from (0, 0) on; no two boxes overlap. `ties` are pairs of nodes.
pub fn place(nodes: usize, ties: &[(usize, usize)], size: BoxSize) -> Vec<Place> {
    let distances = distances(nodes, ties);
    let mut places = start(nodes, size);
    // Boxes are wider than high, and so is the page: a step is longer to the side than down.
    // There is room for a letter or two on each line.
    let (step_x, step_y) = (size.width + 84.0, size.height + 76.0);
    for place in &mut places {
        (place.x, place.y) = (place.x / step_x, place.y / step_y);
    }
    majorise(&mut places, &distances);
    for place in &mut places {
        (place.x, place.y) = (place.x * step_x, place.y * step_y);
    }
    part(&mut places, size);
    to_origin(&mut places, size);
    places
}

/// Steps between each two nodes; parts without a tie lie a little further apart than the longest way.
fn distances(nodes: usize, ties: &[(usize, usize)]) -> Vec<Vec<f64>> {
    let mut near = vec![Vec::new(); nodes];
    for (a, b) in ties.iter().filter(|(a, b)| a != b && *a < nodes && *b < nodes) {
        near[*a].push(*b);
        near[*b].push(*a);
    }
    let mut all = vec![vec![f64::INFINITY; nodes]; nodes];
    for (from, row) in all.iter_mut().enumerate() {
        row[from] = 0.0;
        let mut wave = vec![from];
        let mut steps = 0.0;
        while !wave.is_empty() {
            steps += 1.0;
            let mut next = Vec::new();
            for node in wave {
                for to in &near[node] {
                    if row[*to].is_infinite() {
                        row[*to] = steps;
                        next.push(*to);
                    }
                }
            }
            wave = next;
        }
    }
    let longest = all.iter().flatten().filter(|d| d.is_finite()).fold(1.0_f64, |most, d| most.max(*d));
    let apart = (longest + 1.0).min(3.0);
    for distance in all.iter_mut().flatten().filter(|distance| distance.is_infinite()) {
        *distance = apart;
    }
    all
}

/// A spiral: no two at one place, and nobody in the middle of a ring.
fn start(nodes: usize, size: BoxSize) -> Vec<Place> {
    (0..nodes)
        .map(|at| {
            // The golden angle spreads any number of points evenly.
            let (turn, out) = (at as f64 * 2.399_963, (at as f64 + 0.5).sqrt());
            Place { x: out * turn.cos() * size.width, y: out * turn.sin() * size.height }
        })
        .collect()
}

fn majorise(places: &mut [Place], distances: &[Vec<f64>]) {
    let nodes = places.len();
    for _ in 0..ROUNDS {
        for at in 0..nodes {
            let (mut x, mut y, mut weight_sum) = (0.0, 0.0, 0.0);
            for other in (0..nodes).filter(|other| *other != at) {
                let wanted = distances[at][other];
                let weight = 1.0 / (wanted * wanted);
                let (dx, dy) = (places[at].x - places[other].x, places[at].y - places[other].y);
                let found = dx.hypot(dy).max(1e-6);
                x += weight * (places[other].x + wanted * dx / found);
                y += weight * (places[other].y + wanted * dy / found);
                weight_sum += weight;
            }
            if weight_sum > 0.0 {
                places[at] = Place { x: x / weight_sum, y: y / weight_sum };
            }
        }
    }
}

fn overlap(a: Place, b: Place, size: BoxSize) -> Option<(f64, f64)> {
    let (x, y) = (size.width + GAP - (a.x - b.x).abs(), size.height + GAP - (a.y - b.y).abs());
    (x > 1e-9 && y > 1e-9).then_some((x, y))
}

/// Pushes boxes apart along the way that is shorter for their shape.
fn part(places: &mut [Place], size: BoxSize) {
    let nodes = places.len();
    for _ in 0..PUSHES {
        let mut moved = false;
        for a in 0..nodes {
            for b in a + 1..nodes {
                let Some((x, y)) = overlap(places[a], places[b], size) else { continue };
                moved = true;
                // The node that comes later stands right or below where both are at one place.
                if x / size.width <= y / size.height {
                    let way = if places[a].x <= places[b].x { 0.5 } else { -0.5 };
                    places[a].x -= way * x;
                    places[b].x += way * x;
                } else {
                    let way = if places[a].y <= places[b].y { 0.5 } else { -0.5 };
                    places[a].y -= way * y;
                    places[b].y += way * y;
                }
            }
        }
        if !moved {
            return;
        }
    }
    // Whatever is left goes apart with the whole picture, since no two middles are at one place.
    while (0..nodes).any(|a| (a + 1..nodes).any(|b| overlap(places[a], places[b], size).is_some())) {
        for place in places.iter_mut() {
            (place.x, place.y) = (place.x * 1.08, place.y * 1.08);
        }
    }
}

fn to_origin(places: &mut [Place], size: BoxSize) {
    let least = |of: &dyn Fn(&Place) -> f64| places.iter().map(of).fold(f64::INFINITY, f64::min);
    let (left, top) = (least(&|place| place.x), least(&|place| place.y));
    for place in places {
        place.x += size.width / 2.0 - left;
        place.y += size.height / 2.0 - top;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A random graph of `nodes`: a few ties each, from the seed.
    fn graph(nodes: usize, seed: u64, density: u64) -> Vec<(usize, usize)> {
        let mut state = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(nodes as u64 + 1);
        let mut draw = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut ties = Vec::new();
        for a in 0..nodes {
            for b in a + 1..nodes {
                if draw(100) < density {
                    ties.push((a, b));
                }
            }
        }
        ties
    }

    #[test]
    fn no_two_boxes_of_random_networks_overlap_and_the_picture_stays_of_use() {
        let size = BoxSize { width: 132.0, height: 40.0 };
        for nodes in 2..=60 {
            for (seed, density) in [(1, 2), (2, 8), (3, 40), (4, 0), (5, 100)] {
                let ties = graph(nodes, seed, density);
                let places = place(nodes, &ties, size);
                for a in 0..nodes {
                    for b in a + 1..nodes {
                        let apart = overlap(places[a], places[b], BoxSize { width: size.width - 0.01, ..size });
                        assert_eq!(apart, None, "{nodes} nodes, seed {seed}: {a} and {b}");
                    }
                }
                let right = places.iter().map(|place| place.x).fold(0.0, f64::max);
                let bottom = places.iter().map(|place| place.y).fold(0.0, f64::max);
                assert!(right < 4_000.0 && bottom < 2_500.0, "{nodes} nodes, seed {seed}: {right} × {bottom}");
                assert!(places.iter().all(|place| place.x >= size.width / 2.0 - 1e-6), "nothing left of the edge");
                assert_eq!(places, place(nodes, &ties, size), "the same network, the same picture");
            }
        }
    }

    #[test]
    fn what_is_tied_stands_nearer_than_what_is_not() {
        let size = BoxSize { width: 132.0, height: 40.0 };
        // Two rings of five on one tie.
        let mut ties: Vec<(usize, usize)> = (0..5).map(|at| (at, (at + 1) % 5)).collect();
        ties.extend((0..5).map(|at| (5 + at, 5 + (at + 1) % 5)));
        ties.push((0, 5));
        let places = place(10, &ties, size);
        let middle = |of: std::ops::Range<usize>| {
            let count = of.len() as f64;
            of.fold((0.0, 0.0), |sum, at| (sum.0 + places[at].x / count, sum.1 + places[at].y / count))
        };
        let (one, other) = (middle(0..5), middle(5..10));
        let between = (one.0 - other.0).hypot(one.1 - other.1);
        assert!(between > 120.0, "two rings are seen as two: {between}");
    }
}
