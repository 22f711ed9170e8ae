use super::cube::*;
use super::earlier::{self, Released};
use jiff::civil::date;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn dimension(name: &str, values: usize, adds_up: bool) -> Dimension {
    Dimension { name: name.into(), values: (0..values).map(|n| n.to_string()).collect(), adds_up }
}

/// People by place, form and band, all tables of two.
fn cube(people: &[(u16, u16, u16)]) -> Cube {
    let dimensions = vec![dimension("place", 4, true), dimension("form", 3, true), dimension("band", 2, true)];
    let persons = people.iter().map(|(a, b, c)| vec![vec![*a], vec![*b], vec![*c]]);
    Cube::count(dimensions, &[&[0, 1], &[1, 2], &[0, 2]], persons)
}

/// The attacker: everything shown is subtracted from every sum, and the rest is solved. A withheld count is told where every
/// table that shows the same has it, or where no count of it but one leaves all others at nothing or more (one step of
/// bounds). Dense, in floating point, with nothing of the code that decides. Gives the first small cell that is told.
fn attacker_succeeds(cube: &Cube, known: &BTreeMap<Key, u64>) -> Option<Key> {
    let unknown: Vec<&Key> = cube
        .cells()
        .iter()
        .filter(|(key, cell)| cell.withheld && !known.contains_key(*key))
        .map(|(key, _)| key)
        .collect();
    let place = |key: &Key| unknown.iter().position(|other| *other == key);
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for (sum, parts) in cube.relations() {
        let mut row = vec![0.0; unknown.len() + 1];
        for (key, sign) in parts.iter().map(|part| (part, 1.0)).chain([(&sum, -1.0)]) {
            match place(key) {
                Some(at) => row[at] += sign,
                None => row[unknown.len()] -= sign * cube.cells()[key].people as f64,
            }
        }
        rows.push(row);
    }
    let sums = rows.clone();
    let mut done = 0;
    for column in 0..unknown.len() {
        let Some(pivot) = (done..rows.len()).find(|row| rows[*row][column].abs() > 1e-7) else { continue };
        rows.swap(done, pivot);
        let by = rows[done][column];
        rows[done].iter_mut().for_each(|value| *value /= by);
        let lead = rows[done].clone();
        for (at, row) in rows.iter_mut().enumerate().filter(|(at, row)| *at != done && row[column].abs() > 1e-7) {
            let times = row[column];
            debug_assert!(at != done);
            row.iter_mut().zip(&lead).for_each(|(value, lead)| *value -= times * lead);
        }
        done += 1;
    }
    let small = |at: usize| (1..cube.least()).contains(&cube.cells()[unknown[at]].people);
    let alone = |row: &[f64]| {
        let held: Vec<usize> = (0..unknown.len()).filter(|at| row[*at].abs() > 1e-7).collect();
        if let [one] = held[..] { Some(one) } else { None }
    };
    // Several counts of one sign that add up to nothing are all nothing; a sum that is a handful tells of a handful.
    let handful = |row: &[f64]| {
        let held: Vec<usize> = (0..unknown.len()).filter(|at| row[*at].abs() > 1e-7).collect();
        let one_sign = held.iter().all(|at| row[*at] > 0.0) || held.iter().all(|at| row[*at] < 0.0);
        let sum = row[unknown.len()].abs();
        let told = !held.is_empty() && one_sign && sum > 1e-7 && sum < cube.least() as f64 - 1e-7;
        if told { held.into_iter().find(|at| small(*at)) } else { None }
    };
    let found = rows.iter().filter_map(|row| alone(row)).find(|at| small(*at));
    found.or_else(|| sums.iter().find_map(|row| handful(row))).map(|at| unknown[at].clone())
}

fn person() -> impl Strategy<Value = (u16, u16, u16)> {
    // Skewed, so that small cells are common.
    (
        prop_oneof![6 => Just(0_u16), 3 => Just(1), 1 => 2..4_u16],
        prop_oneof![6 => Just(0_u16), 1 => 1..3_u16],
        prop_oneof![4 => Just(0_u16), 1 => Just(1)],
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// The differencing attack: no small count follows from what is shown.
    #[test]
    fn no_small_count_follows_from_what_is_shown(people in prop::collection::vec(person(), 0..220)) {
        let mut cube = cube(&people);
        cube.suppress(5, &|_, _| false);
        for cell in cube.cells().values() {
            prop_assert!(cell.withheld || cell.people == 0 || cell.people >= 5);
        }
        prop_assert_eq!(attacker_succeeds(&cube, &BTreeMap::new()), None);
    }

    /// The same against an earlier release of the same period with fewer people: what both show differs by nobody or by five.
    #[test]
    fn two_releases_beside_each_other_tell_of_no_few(people in prop::collection::vec(person(), 20..220), later in 1_usize..20) {
        let (from, to) = (date(2026, 1, 1), date(2026, 3, 31));
        let mut first = cube(&people[later..]);
        earlier::suppress(&mut first, 5, (from, to), &[]);
        let register = [Released::of(&first, from, to)];
        let mut second = cube(&people);
        earlier::suppress(&mut second, 5, (from, to), &register);
        for (key, cell) in second.cells() {
            if let (false, Some(before)) = (cell.withheld, first.shown(key)) {
                prop_assert!(cell.people.abs_diff(before) == 0 || before == 0 || cell.people.abs_diff(before) >= 5, "{key:?}");
            }
            if let (Some(_), Some(before)) = (second.shown(key).filter(|now| *now > 0), first.cells().get(key)) {
                prop_assert!(!before.withheld, "{key:?} was withheld before and is shown now");
            }
        }
        prop_assert_eq!(attacker_succeeds(&second, &BTreeMap::new()), None);
    }
}

#[test]
fn without_complementary_cells_the_attack_succeeds() {
    // Ten and three in two places: the total gives the three away.
    let people: Vec<(u16, u16, u16)> = (0..13).map(|n| (u16::from(n > 9), 0, 0)).collect();
    let mut cube = cube(&people);
    cube.suppress(5, &|_, _| false);
    assert_eq!(attacker_succeeds(&cube, &BTreeMap::new()), None);
    let place = |value| vec![value, ALL, ALL];
    assert_eq!((cube.shown(&place(0)), cube.shown(&place(1))), (None, None), "the larger one goes with the small one");
    let known = cube
        .cells()
        .iter()
        .filter(|(key, _)| **key == place(0))
        .map(|(key, cell)| (key.clone(), cell.people))
        .collect();
    assert!(attacker_succeeds(&cube, &known).is_some(), "the attacker of this test must be able to win");
}

#[test]
fn the_limit_can_only_be_raised() {
    let people: Vec<(u16, u16, u16)> = (0..40).map(|n| (n % 4, 0, 0)).collect();
    let shown = |least: u64| {
        let mut cube = cube(&people);
        cube.suppress(least, &|_, _| false);
        (cube.least(), cube.shown(&[0, ALL, ALL]))
    };
    assert_eq!(shown(1), (5, Some(10)));
    assert_eq!(shown(11), (11, None));
}

#[test]
fn months_do_not_add_up_and_a_person_counts_once_in_the_total() {
    let dimensions = vec![dimension("month", 3, false)];
    let people = (0..9).map(|n: u16| vec![if n < 6 { vec![0, 1] } else { vec![2] }]);
    let mut cube = Cube::count(dimensions, &[&[0]], people);
    cube.suppress(5, &|_, _| false);
    assert_eq!(
        (cube.shown(&[ALL]), cube.shown(&[0]), cube.shown(&[1]), cube.shown(&[2])),
        (Some(9), Some(6), Some(6), None)
    );
    assert_eq!((cube.name(&[2]), cube.name(&[ALL])), ("month=2".to_owned(), "all".to_owned()));
}

/// Cells that cover others are needed: with any one of them shown again, a small count would follow or stand nearly alone.
#[test]
fn no_covering_cell_is_withheld_without_need() {
    let mut state = 7_u64;
    let mut draw = |limit: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    let (mut demanded, mut covering, mut needless, mut held) = (0, 0, 0, 0);
    for _ in 0..60 {
        let people: Vec<(u16, u16, u16)> = (0..150)
            .map(|_| (if draw(3) == 0 { 1 + draw(3) as u16 } else { 0 }, (draw(7) / 5) as u16, u16::from(draw(5) == 0)))
            .collect();
        let mut cube = cube(&people);
        cube.suppress(5, &|_, _| false);
        held += cube.withheld().0;
        covering += cube.covering();
        demanded += cube.withheld().1 - cube.covering();
        for key in cube.cells().iter().filter(|(_, c)| c.withheld && c.people >= 5).map(|(key, _)| key.clone()) {
            needless += usize::from(cube.could_be_shown(&key));
        }
    }
    println!("{held} cells, {demanded} small, {covering} covering, {needless} of them needless");
    assert!(demanded > 50 && covering > 20, "nothing to judge by: {demanded} small, {covering} covering");
    assert_eq!(needless, 0);
}
