//! Two texts laid beside each other, word by word.

/// Words that both texts have in the same order, as positions in each.
pub type Matched = Vec<(u32, u32)>;

/// Longest common subsequence of greatest weight. Quadratic in the words of an ad, which are capped by the caller;
/// what begins and ends alike is taken off first.
pub fn align(a: &[u32], b: &[u32], weight: &dyn Fn(u32) -> f32) -> Matched {
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(x, y)| x == y).count();
    let (middle_a, middle_b) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    let mut matched: Matched = (0..head as u32).map(|at| (at, at)).collect();
    let (rows, columns) = (middle_a.len(), middle_b.len());
    if rows > 0 && columns > 0 {
        let width = columns + 1;
        let weights: Vec<f32> = middle_a.iter().map(|word| weight(*word)).collect();
        let mut best = vec![0f32; (rows + 1) * width];
        for (row, (word, weight)) in middle_a.iter().zip(&weights).enumerate().rev() {
            let (above, below) = best.split_at_mut((row + 1) * width);
            let (here, below) = (&mut above[row * width..row * width + columns], &below[..width]);
            let mut right = 0f32;
            for ((other, cell), below) in middle_b.iter().zip(here).zip(below.windows(2)).rev() {
                let both = if word == other { below[1] + weight } else { 0.0 };
                // What does not wait for the cell beside it comes first: the rest is one step a cell.
                let down = greater(below[0], both);
                right = greater(down, right);
                *cell = right;
            }
        }
        let (mut row, mut column) = (0, 0);
        while row < rows && column < columns {
            let here = best[row * width + column];
            if middle_a[row] == middle_b[column] && here <= best[(row + 1) * width + column + 1] + weights[row] {
                matched.push(((head + row) as u32, (head + column) as u32));
                row += 1;
                column += 1;
            } else if best[(row + 1) * width + column] >= best[row * width + column + 1] {
                row += 1;
            } else {
                column += 1;
            }
        }
    }
    matched.extend((0..tail).rev().map(|back| ((a.len() - 1 - back) as u32, (b.len() - 1 - back) as u32)));
    matched
}

/// Weights are never NaN, which `f32::max` would ask at each step.
fn greater(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// Runs that are contiguous in both texts, as ranges of the first.
pub fn runs(matched: &Matched) -> Vec<std::ops::Range<usize>> {
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    let mut before: Option<(u32, u32)> = None;
    for (x, y) in matched {
        match runs.last_mut() {
            Some(run) if before == Some((x.wrapping_sub(1), y.wrapping_sub(1))) => run.end = *x as usize + 1,
            _ => runs.push(*x as usize..*x as usize + 1),
        }
        before = Some((*x, *y));
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aligned(a: &[u32], b: &[u32]) -> Matched {
        align(a, b, &|_| 1.0)
    }

    #[test]
    fn what_stays_fixed_is_found_around_what_changes() {
        let matched = aligned(&[1, 2, 3, 9, 4, 5], &[1, 2, 3, 7, 8, 4, 5]);
        assert_eq!(matched, [(0, 0), (1, 1), (2, 2), (4, 5), (5, 6)]);
        assert_eq!(runs(&matched), [0..3, 4..6]);
        assert_eq!(aligned(&[1, 5, 2, 3, 4], &[9, 5, 3, 9, 4]), [(1, 1), (3, 2), (4, 4)]);
        assert_eq!(aligned(&[1, 1], &[1]), [(0, 0)], "head and tail do not overlap");
        assert!(aligned(&[], &[1]).is_empty());
    }

    #[test]
    fn of_two_orders_the_rarer_words_win() {
        let weight = |word: u32| if word == 1 { 5.0 } else { 1.0 };
        assert_eq!(align(&[1, 2, 3], &[2, 3, 1], &weight), [(0, 2)]);
        assert_eq!(align(&[1, 2, 3], &[2, 3, 1], &|_| 1.0), [(1, 0), (2, 1)]);
    }
}
