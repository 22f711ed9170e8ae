//! Two halves of a list at the same time. What each item gives depends on nothing but itself, so the result is that of one
//! after the other.

/// Items below which a second thread costs more than it saves.
const LEAST: usize = 512;

/// What `each` gives for the halves, in order. `size` weighs an item, so that both halves take about as long.
pub fn in_halves<T: Sync, R: Send>(
    items: &[T],
    size: impl Fn(&T) -> usize,
    each: impl Fn(&[T]) -> Vec<R> + Sync,
) -> Vec<R> {
    let total: usize = items.iter().map(&size).sum();
    if total < LEAST {
        return each(items);
    }
    let mut before = 0;
    let middle = items.iter().take_while(|item| {
        before += size(item);
        2 * before <= total
    });
    let (left, right) = items.split_at(middle.count());
    std::thread::scope(|scope| {
        let first = scope.spawn(|| each(left));
        let second = each(right);
        // A panic there is a panic here.
        let mut all = first.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        all.extend(second);
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_put_together_in_order() {
        for count in [0, 1, 10, 2_000] {
            let items: Vec<usize> = (0..count).collect();
            let doubled = in_halves(&items, |item| item % 7 + 1, |half| half.iter().map(|item| 2 * item).collect());
            assert_eq!(doubled, (0..count).map(|item| 2 * item).collect::<Vec<_>>());
        }
        let one_large = in_halves(&[1_000, 1, 1], |size| *size, |half| half.to_vec());
        assert_eq!(one_large, [1_000, 1, 1]);
    }
}
