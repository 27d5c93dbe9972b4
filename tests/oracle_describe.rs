//! `describe` against rational arithmetic: every float it prints is the one nearest to the exact value.
//!
//! The oracle is num-rational's integers: no rounding until the end, and the end is checked by comparing the exact value
//! with the midpoints to the neighbouring floats.

use arrcalc::answer::{ColumnDescription, Scalar};
use arrcalc::datasets::{Dataset, Layout, ReadRequest, Values};
use arrcalc::{Describe, Engine};
use num_rational::BigRational;
use num_traits::{FromPrimitive, Signed, Zero};

fn exact(value: f64) -> BigRational {
    BigRational::from_float(value).expect("a finite float")
}

/// Whether `found` is the float nearest to `f(exact)`, where `f` is increasing on what matters and `compare` tells the
/// order of the exact value and of `f^-1` of a candidate.
fn is_nearest(found: f64, compare: impl Fn(&BigRational) -> std::cmp::Ordering) -> bool {
    use std::cmp::Ordering::*;
    let halfway = |other: f64| (exact(found) + exact(other)) / BigRational::from_i32(2).unwrap();
    let even = found.to_bits().is_multiple_of(2);
    let (below, above) = (found.next_down(), found.next_up());
    let low = if below.is_finite() { compare(&halfway(below)) } else { Greater };
    let high = if above.is_finite() { compare(&halfway(above)) } else { Less };
    (low == Greater || (low == Equal && even)) && (high == Less || (high == Equal && even))
}

fn assert_rational(what: &str, found: &Scalar, expected: &BigRational) {
    let Scalar::Float64(found) = found else { panic!("{what}: {found:?}, expected {expected}") };
    assert!(is_nearest(*found, |candidate| expected.cmp(candidate)), "{what}: {found:e} is not nearest");
}

/// `found` must be nearest to `sign * sqrt(square)`.
fn assert_root(what: &str, found: &Scalar, square: &BigRational, negative: bool) {
    let Scalar::Float64(found) = found else { panic!("{what}: {found:?}") };
    let magnitude = if negative { -found } else { *found };
    let compare = |candidate: &BigRational| {
        if candidate.is_negative() {
            std::cmp::Ordering::Greater
        } else {
            square.cmp(&(candidate * candidate))
        }
    };
    assert!(is_nearest(magnitude, compare), "{what}: {found:e} is not nearest");
}

/// The sums of the first four powers.
fn power_sums(values: &[f64]) -> [BigRational; 4] {
    // A common exponent turns sums of rationals into sums of integers.
    let one = BigRational::from_i32(1).unwrap().to_integer();
    let scaled = |value: f64| {
        let value = exact(value);
        let places = value.denom().bits() - 1; // a power of two
        value.numer().clone() << (1074 - places)
    };
    let integers: Vec<_> = values.iter().map(|&value| scaled(value)).collect();
    let shift = integers.iter().filter_map(|integer| integer.trailing_zeros()).min().unwrap_or(0);
    let mut sums = [(); 4].map(|()| one.clone() - &one);
    for integer in integers {
        let x = integer >> shift;
        let mut power = x.clone();
        for sum in &mut sums {
            *sum += &power;
            power *= &x;
        }
    }
    let unit = BigRational::new(one.clone() << shift, one << 1074u64);
    let mut factor = BigRational::from_i32(1).unwrap();
    sums.map(|sum| {
        factor *= &unit;
        BigRational::from_integer(sum) * &factor
    })
}

/// Checks everything that has a meaning for finite values.
fn check(found: &ColumnDescription, values: &[f64]) {
    let name = &found.name;
    assert_eq!(found.count, values.len() as u64, "{name}");
    if values.is_empty() {
        return;
    }
    let n = BigRational::from_usize(values.len()).unwrap();
    let one = BigRational::from_i32(1).unwrap();
    let number = |value: i32| BigRational::from_i32(value).unwrap();
    let [s1, s2, s3, s4] = power_sums(values);
    let mean = &s1 / &n;
    if let Scalar::Integer(sum) = found.sum {
        assert_eq!(BigRational::from_integer(sum.into()), s1, "{name}");
    } else {
        assert_rational(&format!("{name} sum"), &found.sum, &s1);
    }
    assert_rational(&format!("{name} mean"), &found.mean, &mean);
    let m2 = &s2 / &n - &mean * &mean;
    if values.len() > 1 {
        let variance = &m2 * &n / (&n - &one);
        assert_rational(&format!("{name} var"), &found.var, &variance);
        assert_root(&format!("{name} std"), &found.std, &variance, false);
    } else {
        assert_eq!((&found.var, &found.std), (&Scalar::Null, &Scalar::Null), "{name}");
    }
    if m2.is_zero() {
        assert_eq!((&found.skewness, &found.kurtosis), (&Scalar::Null, &Scalar::Null), "{name}");
    } else {
        let m3 = &s3 / &n - number(3) * &mean * &s2 / &n + number(2) * &mean * &mean * &mean;
        let square = &m3 * &m3 / (&m2 * &m2 * &m2);
        assert_root(&format!("{name} skewness"), &found.skewness, &square, m3.is_negative());
        let m4 = &s4 / &n - number(4) * &mean * &s3 / &n + number(6) * &mean * &mean * &s2 / &n
            - number(3) * &mean * &mean * &mean * &mean;
        assert_rational(&format!("{name} kurtosis"), &found.kurtosis, &(m4 / (&m2 * &m2) - number(3)));
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    for ((label, numerator, denominator), found) in ColumnDescription::QUANTILES.iter().zip(&found.quantiles)
    {
        let index = (&n - &one) * BigRational::new((*numerator).into(), (*denominator).into());
        let lower = usize::try_from(index.to_integer()).unwrap();
        let upper = (lower + 1).min(sorted.len() - 1);
        let (low, high) = (exact(sorted[lower]), exact(sorted[upper]));
        assert_rational(&format!("{name} {label}"), found, &(&low + (high - &low) * index.fract()));
    }
    let end = |scalar: &Scalar| match scalar {
        Scalar::Float64(value) => *value,
        Scalar::Integer(value) => *value as f64,
        other => panic!("{name}: {other:?}"),
    };
    assert_eq!(end(&found.min).to_bits(), sorted[0].to_bits(), "{name}");
    assert_eq!(end(&found.max).to_bits(), sorted[sorted.len() - 1].to_bits(), "{name}");
    let mut distinct: Vec<u64> = values.iter().map(|value| (value + 0.0).to_bits()).collect();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(found.distinct, Some(distinct.len() as u64).filter(|&count| count < 65_536), "{name}");
    assert_eq!(found.zeros, Some(values.iter().filter(|&&value| value == 0.0).count() as u64), "{name}");
    assert_eq!(found.histogram.map(|bins| bins.iter().sum()), Some(found.count), "{name}");
}

fn describe(values: &[f64]) -> ColumnDescription {
    let dataset = Dataset::from_arrays(vec![("x".into(), values.into())]).unwrap();
    Engine::builder().threads(2).build().run(&Describe::new(&dataset)).unwrap().columns.remove(0)
}

#[test]
fn cancelling_tiny_and_wide_columns_are_rounded_once() {
    let tiny: Vec<f64> = (0..300).map(|row| f64::from_bits(row * 7 + 1)).collect();
    let cancelling: Vec<f64> =
        (0..500).map(|row| if row % 2 == 0 { 1e8 + row as f64 } else { -1e8 }).collect();
    let wide: Vec<f64> = (0..1000).map(|row| 2f64.powi(row - 500) * f64::from(row % 3 - 1)).collect();
    // NIST's NumAcc4: third and fourth moments that cancel almost wholly.
    let numacc4: Vec<f64> =
        std::iter::once(10_000_000.2).chain((0..1000).map(|row| 1e7 + [0.1, 0.3][row % 2])).collect();
    let many: Vec<f64> = (0..20_000u64).map(|row| (row * row % 7919) as f64 / 8.0).collect();
    for values in [tiny, cancelling, wide, numacc4, many, vec![3.5], vec![-0.0; 4], vec![1.0, 1.0]] {
        let mut finite = values.clone();
        check(&describe(&values), &finite);
        // NaNs are counted and left out; -0.0 is lower than +0.0.
        finite.push(-0.0);
        let mut with_nan = finite.clone();
        with_nan.extend([f64::NAN, f64::from_bits(u64::MAX)]);
        let described = describe(&with_nan);
        assert_eq!(described.nans, Some(2));
        check(&described, &finite);
    }
}

#[test]
fn infinities_stay_in() {
    let described = describe(&[1.0, f64::INFINITY, 2.0, f64::NAN, 4.0]);
    assert_eq!((described.count, described.infinities, described.nans), (4, Some(1), Some(1)));
    assert_eq!(described.sum, Scalar::Float64(f64::INFINITY));
    assert_eq!(described.mean, Scalar::Float64(f64::INFINITY));
    assert!(matches!(described.var, Scalar::Float64(value) if value.is_nan()));
    assert_eq!((described.min, described.max), (Scalar::Float64(1.0), Scalar::Float64(f64::INFINITY)));
    assert_eq!(described.quantiles[3], Scalar::Float64(3.0));
    assert_eq!(described.histogram.unwrap().iter().sum::<u64>(), 3, "only finite values are in bins");
    let both = describe(&[f64::NEG_INFINITY, f64::INFINITY]);
    assert!(matches!(both.sum, Scalar::Float64(value) if value.is_nan()));
    assert!(matches!(both.quantiles[3], Scalar::Float64(value) if value.is_nan()));
    assert_eq!(both.histogram, None);
    assert_eq!(both.min, Scalar::Float64(f64::NEG_INFINITY));
}

#[test]
fn real_columns_are_rounded_once() {
    let mut checked = 0;
    for file in ["penguins.csv", "weather.csv"] {
        let dataset = Dataset::open(format!("datasets/samples/{file}")).unwrap();
        let description = Engine::new().run(&Describe::new(&dataset)).unwrap();
        for (index, described) in description.columns.iter().enumerate() {
            if !described.data_type.is_numeric() {
                continue;
            }
            let mut values = Vec::new();
            for unit in dataset.units(&[index], Layout::Together, u64::MAX) {
                let request = ReadRequest { chunk_rows: 1000, memory_bytes: 64 << 20 };
                let read = dataset.read(&unit, &request, &mut |chunk| {
                    let column = &chunk.columns[0];
                    let valid = |row: &usize| column.validity.is_none_or(|bits| bits.get(*row));
                    let rows = (0..chunk.row_count).filter(valid);
                    match column.values {
                        Values::Float64(column) => values.extend(rows.map(|row| column[row])),
                        Values::Int64(column) => values.extend(rows.map(|row| column[row] as f64)),
                        ref other => panic!("{other:?}"),
                    }
                    std::ops::ControlFlow::Continue(())
                });
                read.unwrap();
            }
            check(described, &values);
            checked += 1;
        }
    }
    assert!(checked >= 15, "only {checked} columns");
}

/// Bins by comparison of every value with NumPy's edges: the oracle, and every quantile as it is in a sorted copy.
#[test]
fn bins_and_extrema_of_long_columns_are_those_of_comparisons() {
    let mut state = 7u64;
    let mut next = move || {
        state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
        (state >> 11) as f64 / 2f64.powi(53)
    };
    let spread: Vec<f64> = (0..150_000).map(|_| (next() - 0.4) * 2f64.powf(20.0 * next())).collect();
    let mut columns = vec![spread.clone()];
    columns.push(spread.iter().map(|value| value.abs() + 0.25).collect());
    columns.push(spread.iter().map(|value| -value.abs() - 1e-3).collect());
    columns.push(spread.iter().map(|value| value.round()).collect());
    columns.push(spread.iter().map(|value| f64::from(*value > 0.0)).collect());
    columns.push((0..20_000).map(|row| [0.0, -0.0, 8.0, -8.0, 4.0][row % 5]).collect());
    let special = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 0.0, 5e-324];
    columns.push(
        spread
            .iter()
            .enumerate()
            .map(|(row, &value)| if row % 97 < 6 { special[row % 97] } else { value })
            .collect(),
    );
    for (index, column) in columns.iter().enumerate() {
        let described = describe(column);
        let finite: Vec<f64> = column.iter().copied().filter(|value| value.is_finite()).collect();
        let low = finite.iter().copied().fold(f64::INFINITY, f64::min);
        let high = finite.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut bins = [0u64; 8];
        let step = (high - low) / 8.0;
        for &value in &finite {
            let reached = (1..8).filter(|&edge| value >= f64::from(edge) * step + low).count();
            bins[reached] += 1;
        }
        assert_eq!(described.histogram, Some(bins), "column {index}");
        let mut sorted: Vec<f64> = column.iter().copied().filter(|value| !value.is_nan()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let ends = [sorted[0], sorted[sorted.len() - 1]].map(Scalar::Float64);
        assert_eq!([described.min, described.max], ends, "column {index}");
    }
}
