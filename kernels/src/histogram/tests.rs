//! Counts against a search of the edges, and against what NumPy 2.4 answered.

use super::*;
use crate::level::Level;
use crate::order_key::OrderKey;
use num_rational::BigRational;

fn words(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed;
    move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 29)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        z ^ (z >> 32)
    }
}

/// `[below, counts.., above]` by exact rational comparison; infinities by sign.
fn reference<T: OrderKey>(values: &[T], exact: &dyn Fn(T) -> Option<BigRational>, bins: &Bins) -> Vec<u64> {
    let edges: Vec<BigRational> =
        bins.edges().iter().map(|&edge| BigRational::from_float(edge).expect("finite")).collect();
    let mut counts = vec![0; bins.len() + 2];
    for &value in values.iter().filter(|value| !value.is_nan()) {
        let slot = match exact(value) {
            Some(value) if value == edges[bins.len()] => bins.len(),
            Some(value) => edges.partition_point(|edge| *edge <= value),
            None if value > T::ZERO => bins.len() + 1,
            None => 0,
        };
        counts[slot] += 1;
    }
    counts
}

fn check<T: OrderKey>(values: &[T], exact: &dyn Fn(T) -> Option<BigRational>, bins: &Bins) {
    let expected = reference(values, exact, bins);
    let nan = values.iter().filter(|value| value.is_nan()).count() as u64;
    for level in Level::available() {
        for cut in [0, values.len() / 3, values.len()] {
            let (mut left, mut right) = (Histogram::new(bins.clone()), Histogram::new(bins.clone()));
            left.update(level, &values[..cut]);
            right.update(level, &values[cut..]);
            right.merge(&left);
            let mut found = vec![right.below()];
            found.extend_from_slice(right.counts());
            found.push(right.above());
            assert_eq!(found, expected, "{level} {bins:?}");
            assert_eq!(right.nan(), nan);
        }
    }
}

#[test]
fn counts_of_floats_equal_exact_comparison_at_every_level_length_and_number_of_bins() {
    for length in (0..40).chain([1023, 1024, 1025, 3000]) {
        let mut next = words(length as u64);
        let values: Vec<f64> = (0..=length)
            .map(|index| match next() >> 60 {
                0 => f64::NAN,
                1 => [f64::INFINITY, f64::NEG_INFINITY, -0.0, 0.0][index % 4],
                2 => (next() % 81) as f64 / 10.0,
                3 => f64::from_bits(next()),
                _ => (next() >> 11) as f64 / (1u64 << 50) as f64,
            })
            .collect();
        for count in [1, 2, 8, 16, 17, 100] {
            for (low, high) in [(0.0, 8.0), (0.1, 0.7), (-1.0, 0.0), (3.0, 3.0), (f64::MIN, f64::MAX)] {
                let bins = Bins::equal(low, high, count).expect("the range is wide enough");
                check(&values[1..], &BigRational::from_float, &bins);
                // The edges themselves and their neighbours.
                let mut near = bins.edges().to_vec();
                near.extend(bins.edges().iter().map(|edge| edge.next_up()));
                near.extend(bins.edges().iter().map(|edge| edge.next_down()));
                check(&near, &BigRational::from_float, &bins);
            }
        }
    }
}

#[test]
fn counts_of_integers_compare_without_rounding() {
    let mut next = words(9);
    let values: Vec<i64> =
        (0..2000).map(|_| next() as i64 >> (next() & 63)).chain([i64::MIN, i64::MAX]).collect();
    let unsigned: Vec<u64> = values.iter().map(|&value| value as u64).collect();
    for (low, high) in [
        (-9.3e18, 9.3e18),
        (-9_223_372_036_854_775_808.0, 9_223_372_036_854_775_808.0),
        (0.0, 18_446_744_073_709_551_616.0),
        (0.5, 7.5),
        (9_007_199_254_740_992.0, 9_007_199_254_741_056.0),
    ] {
        for count in [1, 8, 16, 30] {
            let bins = Bins::equal(low, high, count).expect("the range is wide enough");
            check(&values, &|value| Some(BigRational::from_integer(value.into())), &bins);
            check(&unsigned, &|value| Some(BigRational::from_integer(value.into())), &bins);
            let near: Vec<i64> = bins
                .edges()
                .iter()
                .flat_map(|&edge| [-1, 0, 1].map(|step| (edge as i64).saturating_add(step)))
                .collect();
            check(&near, &|value| Some(BigRational::from_integer(value.into())), &bins);
        }
    }
}

#[test]
fn edges_are_those_of_numpy_linspace() {
    // numpy 2.4.6: np.histogram_bin_edges([0.1, 0.7], 8).tolist()
    let numpy = [0.1, 0.175, 0.25, 0.32499999999999996, 0.4, 0.475, 0.5499999999999999, 0.625, 0.7];
    assert_eq!(Bins::equal(0.1, 0.7, 8).map(|bins| bins.edges().to_vec()), Some(numpy.to_vec()));
    assert_eq!(Bins::equal(5.0, 5.0, 1).map(|bins| bins.edges().to_vec()), Some(vec![4.5, 5.5]));
}

#[test]
fn ranges_without_increasing_edges_are_refused() {
    assert_eq!(Bins::equal(0.0, f64::INFINITY, 8), None);
    assert_eq!(Bins::equal(f64::NAN, 1.0, 8), None);
    assert_eq!(Bins::equal(2.0, 1.0, 8), None);
    assert_eq!(Bins::equal(1.0, 1.0 + f64::EPSILON, 8), None);
    assert_eq!(Bins::equal(1e300, 1e300, 8), None);
    assert!(Bins::between(vec![0.0]).is_none() && Bins::between(vec![0.0, 1.0, 5.0]).is_some());
}
