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

/// `[below, counts.., above]` by comparing floats, which is exact between them.
fn reference_of_floats(values: &[f64], edges: &[f64]) -> Vec<u64> {
    let mut counts = vec![0; edges.len() + 1];
    for &value in values.iter().filter(|value| !value.is_nan()) {
        let slot = edges.partition_point(|edge| *edge <= value);
        // The last bin that is not empty has its upper edge.
        let is_last = slot == edges.len() && value == edges[edges.len() - 1];
        counts[if is_last { slot - 1 } else { slot }] += 1;
    }
    counts
}

fn found<T: OrderKey>(histogram: &Histogram<T>) -> Vec<u64> {
    [&[histogram.below()], histogram.counts(), &[histogram.above()]].concat()
}

#[test]
fn bins_of_every_table_size_and_given_edges_agree_with_comparisons() {
    let mut next = words(3);
    let mut values: Vec<f64> = (0..20_000).map(|_| (next() >> 11) as f64 / (1u64 << 50) as f64).collect();
    values.extend([f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 0.0, 8.0, 1e300, -1e300, 5e-324]);
    values.extend((0..5000).map(|index| (index % 900) as f64 / 100.0));
    let mut all_edges: Vec<Vec<f64>> = [9, 62, 63, 254, 255, 1000, 1022, 1023, 5000]
        .map(|count| Bins::equal(0.0, 8.0, count).expect("wide enough").edges().to_vec())
        .to_vec();
    for count in [2, 9, 17, 18, 100, 1000] {
        // Uneven, with some that repeat.
        let mut edges: Vec<f64> = (0..count).map(|_| (next() % 64) as f64 / 8.0).collect();
        edges.sort_by(f64::total_cmp);
        all_edges.push(edges.clone());
        edges[0] = f64::NEG_INFINITY;
        edges[count - 1] = f64::INFINITY;
        all_edges.push(edges);
        all_edges.push((0..=count).map(|index| 2f64.powi(index as i32 / 8 - 20)).collect());
    }
    // One place in the range of the least floats, and all of the largest.
    all_edges.push((0..40).map(|index| index as f64 * 5e-324).collect());
    all_edges.push(Bins::equal(f64::MIN, f64::MAX, 100).expect("wide enough").edges().to_vec());
    for edges in all_edges {
        let bins = Bins::between(edges.clone()).expect("sorted");
        let mut values = values.clone();
        values.extend(edges.iter().flat_map(|edge| [*edge, edge.next_up(), edge.next_down()]));
        let expected = reference_of_floats(&values, &edges);
        for level in Level::available() {
            let mut histogram = Histogram::new(bins.clone());
            let (left, right) = values.split_at(777);
            histogram.update(level, left);
            histogram.update(level, right);
            assert_eq!(found(&histogram), expected, "{level} {} {edges:?}", edges.len() - 1);
            let slots = Slots::new(&bins, Comparison::Exact);
            let mut places = vec![0; values.len()];
            slots.fill(level, &values, &mut places);
            for (value, place) in values.iter().zip(places) {
                assert_eq!(place as usize, if value.is_nan() { 0 } else { slots.of(*value) }, "{value}");
            }
        }
        let mut one_by_one = Histogram::new(bins);
        values.iter().for_each(|value| one_by_one.update_repeated(*value, 1));
        assert_eq!(found(&one_by_one), expected);
        assert_eq!(one_by_one.nan(), 1);
    }
}

#[test]
fn nearest_comparison_rounds_integers_as_numpy_does() {
    let mut next = words(5);
    let values: Vec<i64> = (0..3000)
        .map(|_| next() as i64 >> (next() & 63))
        .chain([i64::MIN, i64::MIN + 1, i64::MAX, i64::MAX - 512, (1 << 53) + 1, -(1 << 53) - 1])
        .collect();
    let unsigned: Vec<u64> = values.iter().map(|&value| value as u64).collect();
    for (low, high) in
        [(i64::MIN as f64, i64::MAX as f64), (0.0, u64::MAX as f64), (-9.1e15, 9.1e15), (9.2e18, 9.2233e18)]
    {
        for count in [1, 7, 30, 300] {
            let bins = Bins::equal(low, high, count).expect("wide enough");
            for level in Level::available() {
                let mut signed = Histogram::compared(bins.clone(), Comparison::Nearest);
                signed.update(level, &values);
                let floats: Vec<f64> = values.iter().map(|&value| value as f64).collect();
                assert_eq!(found(&signed), reference_of_floats(&floats, bins.edges()));
                let mut other = Histogram::compared(bins.clone(), Comparison::Nearest);
                other.update(level, &unsigned);
                let floats: Vec<f64> = unsigned.iter().map(|&value| value as f64).collect();
                assert_eq!(found(&other), reference_of_floats(&floats, bins.edges()));
            }
        }
    }
}

#[test]
fn equal_bins_are_guessed_for_common_ranges() {
    // Speed rests on it: counts are right either way.
    for (low, high) in [(0.0, 1.0), (-1e-3, 7e5), (1e9, 1e9 + 1.0), (-3.0, 1e300), (0.0, 5e-310)] {
        for count in [9, 100, 1000, 100_000] {
            let Some(bins) = Bins::equal(low, high, count) else { continue };
            let guessed = Slots::<f64>::new(&bins, Comparison::Exact).is_guessed();
            assert!(guessed || high < 1e-300, "{low} {high} {count}");
        }
    }
}

#[test]
fn uneven_edges_have_a_guide() {
    // Speed rests on it: counts are right either way.
    let mut next = words(7);
    let mut random: Vec<f64> = (0..51).map(|_| (next() >> 11) as f64 / 1e3).collect();
    random.sort_by(f64::total_cmp);
    let growing: Vec<f64> = (0..200).map(|index| 1.1f64.powi(index - 100)).collect();
    let mut open = growing.clone();
    open[0] = f64::NEG_INFINITY;
    open[199] = f64::INFINITY;
    let signed: Vec<f64> = growing
        .iter()
        .rev()
        .map(|edge| -edge)
        .chain([0.0])
        .chain(growing.iter().copied())
        .step_by(2)
        .collect();
    for edges in [random, growing, open, signed] {
        assert!(guide::Guide::new(&edges).is_some(), "{} from {}", edges.len(), edges[0]);
    }
    assert!(guide::Guide::new(&[1.0; 20]).is_none());
}

#[test]
fn bytes_are_counted() {
    let mut next = words(6);
    let values: Vec<i8> = (0..10_007).map(|_| next() as i8 >> (next() & 7)).collect();
    for level in Level::available() {
        let mut counts = [0; 256];
        byte_counts(level, &values, |value| value as u8, &mut counts);
        for byte in 0..=255u8 {
            let expected = values.iter().filter(|value| **value == byte as i8).count() as u64;
            assert_eq!(counts[usize::from(byte)], expected);
        }
    }
}

#[test]
fn edges_are_those_of_numpy_linspace() {
    // numpy 2.4.6: np.histogram_bin_edges([0.1, 0.7], 8).tolist()
    let numpy = [0.1, 0.175, 0.25, 0.32499999999999996, 0.4, 0.475, 0.5499999999999999, 0.625, 0.7];
    assert_eq!(Bins::equal(0.1, 0.7, 8).map(|bins| bins.edges().to_vec()), Some(numpy.to_vec()));
    // numpy 2.4.6: np.histogram_bin_edges(np.array([0.1, 0.7], "f4"), 6).tolist()
    let numpy = [
        0.10000000149011612,
        0.19999998807907104,
        0.29999998211860657,
        0.3999999761581421,
        0.4999999701976776,
        0.5999999642372131,
        0.699999988079071,
    ];
    let narrow = |value: f64| f64::from(value as f32);
    let bins = Bins::equal_rounded(0.1f32.into(), 0.7f32.into(), 6, narrow, narrow);
    assert_eq!(bins.map(|bins| bins.edges().to_vec()), Some(numpy.to_vec()));
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
    assert!(Bins::between(vec![0.0, 1.0, 0.5]).is_none() && Bins::between(vec![f64::NAN; 3]).is_none());
}

#[test]
fn what_is_outside_is_kept_in_order_and_the_rest_is_counted() {
    let mut next = 7u64;
    let mut word = || {
        next = next.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
        next >> 33
    };
    for len in (0..140).chain([1000, 1023, 2049]) {
        let floats: Vec<f64> = (0..len)
            .map(|_| match word() % 9 {
                0 => f64::NAN,
                1 => -0.0,
                2 => f64::INFINITY,
                _ => word() as f64 % 50.0 - 25.0,
            })
            .collect();
        let integers: Vec<i64> = (0..len).map(|_| (word() % 60) as i64 - 30).collect();
        for level in Level::available() {
            for (low, high) in [(-10.0, 20.0), (0.0, 0.0), (-99.0, f64::INFINITY), (30.0, 40.0)] {
                let mut kept = vec![1.5];
                let inside = keep_outside(level, &floats, (low, high), &mut kept);
                let expected: Vec<f64> = floats.iter().copied().filter(|v| *v < low || *v > high).collect();
                assert_eq!(kept[1..], expected, "{level}, {len} floats");
                assert_eq!((inside, kept[0]), (len - expected.len(), 1.5));
            }
            let mut kept = Vec::new();
            let inside = keep_outside(level, &integers, (-20, 25), &mut kept);
            let expected: Vec<i64> = integers.iter().copied().filter(|v| *v < -20 || *v > 25).collect();
            assert_eq!((inside, kept), (len - expected.len(), expected), "{level}, {len} integers");
        }
    }
}
