//! Sums of two columns from one reading: the states of each by itself, and those of the naive twin.

use super::data::{KINDS, SplitMix, dataset};
use crate::Level;
use crate::exact::{DotSums, PowerSums, reference, update_pairs};

type States = (PowerSums<2>, PowerSums<2>, DotSums);

fn naive(x: &[f64], y: &[f64]) -> States {
    let mut states = States::default();
    reference::update_f64(x, &mut states.0.counts, &mut states.0.sums);
    reference::update_f64(y, &mut states.1.counts, &mut states.1.sums);
    reference::update_dot(x, y, &mut states.2.counts, &mut states.2.sum);
    states
}

fn apart(level: Level, x: &[f64], y: &[f64]) -> States {
    let mut states = States::default();
    states.0.update_f64(level, x);
    states.1.update_f64(level, y);
    states.2.update_apart(level, x, y);
    states
}

fn together(level: Level, x: &[f64], y: &[f64], piece: usize) -> States {
    let mut states = States::default();
    for (x, y) in x.chunks(piece).zip(y.chunks(piece)) {
        update_pairs(level, x, y, (&mut states.0, &mut states.1), &mut states.2);
    }
    let mut products = DotSums::new();
    x.chunks(piece).zip(y.chunks(piece)).for_each(|(x, y)| products.update_f64(level, x, y));
    assert_eq!(products, states.2, "products alone, {level}");
    states
}

#[test]
fn pairs_of_every_kind_give_the_naive_states() {
    for (at, left) in KINDS.into_iter().enumerate() {
        for right in ["normal", "lognormal", "sparse", "fifty binades", "special values"] {
            let (x, y) = (dataset(left, 4203, at as u64), dataset(right, 4203, 77));
            let expected = naive(&x, &y);
            for level in Level::available() {
                assert_eq!(together(level, &x, &y, 4203), expected, "{left} by {right}, {level}");
                assert_eq!(together(level, &y, &x, 4203).2, expected.2, "{right} by {left}, {level}");
            }
        }
    }
}

#[test]
fn pairs_whose_kind_changes_give_the_states_of_each_column() {
    let mut random = SplitMix(5);
    for round in 0..40 {
        let mut columns = [vec![], vec![]];
        for part in 0..8 {
            let rows = [1, 2047, 2048, 4096, 9000][random.below(5) as usize];
            for column in &mut columns {
                // Mostly ordinary values, so that grids are kept, widened and left.
                let ordinary = ["normal", "uniform", "prices", "twenty binades", "small integers"];
                let kind = match random.below(4) {
                    0 => KINDS[random.below(20) as usize],
                    _ => ordinary[random.below(5) as usize],
                };
                column.extend(dataset(kind, rows, 100 * round + part));
            }
        }
        let [x, y] = columns;
        for level in Level::available() {
            let expected = apart(level, &x, &y);
            for piece in [x.len(), 5000, 777] {
                assert_eq!(together(level, &x, &y, piece), expected, "round {round}, {level}, {piece}");
            }
        }
    }
}

#[test]
fn digits_at_their_ends_do_not_overflow() {
    // Values next to the ends of a grid, of one sign, for more blocks than are held.
    let ends =
        [2f64.next_down(), 1.5, 1.0 + f64::EPSILON, -(2f64.next_down()), 8f64.next_down(), 2f64.powi(-45)];
    for &high in &ends {
        for &low in &ends {
            let x: Vec<f64> = (0..9000).map(|row| if row % 2048 == 7 { low } else { high }).collect();
            let y: Vec<f64> = (0..9000).map(|row| if row % 1024 == 3 { -high } else { low }).collect();
            for level in Level::available() {
                assert_eq!(together(level, &x, &y, 9000), naive(&x, &y), "{high:e} by {low:e}, {level}");
            }
        }
    }
    let (x, y) = (vec![2f64.next_down(); 3_000_000], vec![-(8f64.next_down()); 3_000_000]);
    for level in Level::available() {
        assert_eq!(together(level, &x, &y, 3_000_000), apart(level, &x, &y));
    }
}

#[test]
fn every_length_around_vectors_and_blocks_agrees() {
    let (x, y) = (dataset("normal", 8300, 1), dataset("twenty binades", 8300, 2));
    for n in (0..=17).chain([2040, 2047, 2048, 2049, 2056, 4095, 4096, 4104, 8191, 8192, 8200]) {
        let expected = naive(&x[1..][..n], &y[..n]);
        for level in Level::available() {
            assert_eq!(together(level, &x[1..][..n], &y[..n], 8300), expected, "{n} pairs, {level}");
        }
    }
}
