//! Distributions against what defines them: goodness of fit with fixed seeds, moments, edges, cuts.
//!
//! Critical values: chi-square at 0.999 by Wilson and Hilferty (1931); Kolmogorov-Smirnov `1.9495 / sqrt n` at 0.999
//! (Smirnov, 1948). Distribution functions are the platform's elementary functions and sums, not arrcalc's.

use super::super::*;
use crate::level::Level;

const ROWS: usize = 200_000;

fn draw<D: Distribution>(distribution: &D, words: &impl Words) -> Vec<D::Value> {
    let mut values = vec![D::Value::default(); ROWS];
    distribution.fill(Level::detect(), words, 0, &mut values);
    values
}

/// The same values for every level, first row and length.
fn assert_rows<D: Distribution<Value: PartialEq + std::fmt::Debug>>(distribution: &D) {
    fn of<D: Distribution<Value: PartialEq + std::fmt::Debug>>(distribution: &D, words: &impl Words) {
        let mut whole = vec![D::Value::default(); 3000];
        distribution.fill(Level::BASELINE, words, 40, &mut whole);
        for level in Level::available() {
            for (first, length) in
                [(0, 3000), (0, 0), (1, 700), (5, 63), (471, 513), (472, 512), (1000, 1), (2999, 1)]
            {
                let mut part = vec![D::Value::default(); length];
                distribution.fill(level, words, 40 + first as u64, &mut part);
                assert!(part == whole[first..first + length], "{level} {first} {length}");
            }
        }
    }
    of(distribution, &Philox::from(3));
    of(distribution, &Pcg64::from(3));
}

fn assert_fits(mut values: Vec<f64>, below: impl Fn(f64) -> f64) {
    values.sort_by(f64::total_cmp);
    let n = values.len() as f64;
    let distance = values.iter().enumerate().fold(0.0f64, |worst, (rank, &value)| {
        let p = below(value);
        worst.max(p - rank as f64 / n).max((rank + 1) as f64 / n - p)
    });
    assert!(distance < 1.9495 / n.sqrt(), "{}", distance * n.sqrt());
}

fn assert_chi_square(counts: &[f64], probabilities: &[f64]) {
    let n: f64 = counts.iter().sum();
    assert_eq!(counts.len(), probabilities.len());
    assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-6);
    let terms = counts.iter().zip(probabilities).map(|(count, p)| (count - n * p).powi(2) / (n * p));
    let (chi2, freedom) = (terms.sum::<f64>(), counts.len() as f64 - 1.0);
    let cube = 1.0 - 2.0 / (9.0 * freedom) + 3.0902 * (2.0 / (9.0 * freedom)).sqrt();
    assert!(chi2 < freedom * cube.powi(3), "{chi2} of {freedom}");
}

/// Mean and variance within 4.5 of their standard deviations, given the excess of the fourth moment.
fn assert_moments(values: &[f64], mean: f64, variance: f64, kurtosis: f64) {
    let n = values.len() as f64;
    let found = values.iter().sum::<f64>() / n;
    let spread = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
    assert!((found - mean).abs() < 4.5 * (variance / n).sqrt(), "{found} for {mean}");
    assert!((spread / variance - 1.0).abs() < 4.5 * ((kurtosis - 1.0) / n).sqrt(), "{spread} for {variance}");
}

fn floats(values: Vec<i64>) -> Vec<f64> {
    values.into_iter().map(|value| value as f64).collect()
}

#[test]
fn uniforms_fit() {
    for words in [Philox::from(1), Philox::from(2)] {
        assert_fits(draw(&Doubles, &words), |x| x);
        let values = draw(&Uniform::new(-3.0, 5.0).unwrap(), &words);
        assert_moments(&values, 1.0, 64.0 / 12.0, 1.8);
        assert_fits(values, |x| (x + 3.0) / 8.0);
    }
    assert_fits(draw(&Doubles, &Pcg64::from(1)), |x| x);
    assert_rows(&Doubles);
    assert_rows(&RawWords);
    assert_eq!(Uniform::new(1.0, 0.0), Err(Fault::Bounds));
    assert_eq!(Uniform::new(f64::MIN, f64::MAX), Err(Fault::Bounds));
    assert_eq!(Uniform::new(0.0, f64::NAN), Err(Fault::Bounds));
    assert!(draw(&Uniform::new(2.0, 2.0).unwrap(), &Philox::from(1)).iter().all(|&x| x == 2.0));
}

#[test]
fn truths_have_their_probability() {
    for p in [0.001, 0.3, 0.5, 0.75] {
        let bernoulli = Bernoulli::new(p).unwrap();
        let count = draw(&bernoulli, &Philox::from(8)).iter().filter(|&&truth| truth).count() as f64;
        assert_chi_square(&[count, ROWS as f64 - count], &[p, 1.0 - p]);
        assert_rows(&bernoulli);
    }
    assert!(draw(&Bernoulli::new(1.0).unwrap(), &Philox::from(8)).iter().all(|&truth| truth));
    assert!(!draw(&Bernoulli::new(0.0).unwrap(), &Philox::from(8)).iter().any(|&truth| truth));
    for p in [-0.1, 1.1, f64::NAN] {
        assert_eq!(Bernoulli::new(p), Err(Fault::Probability));
    }
}

#[test]
fn integers_of_whole_and_inclusive_ranges() {
    let whole = Integers::inclusive(i64::MIN, i64::MAX).unwrap();
    let words = draw(&RawWords, &Philox::from(4));
    let shifted: Vec<i64> = words.iter().map(|&word| i64::MIN.wrapping_add(word as i64)).collect();
    assert_eq!(draw(&whole, &Philox::from(4)), shifted);
    assert_eq!(Integers::inclusive(1, 6), Integers::new(1, 7));
    assert_eq!(Integers::new(3, 3), Err(Fault::Empty));
    assert_eq!(Integers::inclusive(3, 2), Err(Fault::Empty));
    assert_rows(&Integers::new(-3 << 61, 3 << 61).unwrap());
}

#[test]
fn normals_and_lognormals_fit() {
    // Abramowitz and Stegun 7.1.26 is not enough: the series of the error function is.
    let phi = |z: f64| {
        let (mut term, mut sum, mut k) = (z, z, 0.0);
        while term.abs() > 1e-17 {
            k += 1.0;
            term *= -z * z / (2.0 * k);
            sum += term / (2.0 * k + 1.0);
        }
        0.5 + sum / std::f64::consts::TAU.sqrt()
    };
    let normal = Normal::new(2.0, 3.0).unwrap();
    let values = draw(&normal, &Philox::from(5));
    assert_moments(&values, 2.0, 9.0, 3.0);
    assert_fits(values, |x| phi((x - 2.0) / 3.0));
    assert_rows(&normal);
    let lognormal = Lognormal::new(0.5, 0.25).unwrap();
    let values = draw(&lognormal, &Pcg64::from(5));
    assert_fits(values, |x| phi((x.ln() - 0.5) / 0.25));
    assert_rows(&lognormal);
    assert_eq!(Normal::new(f64::INFINITY, 1.0), Err(Fault::Location));
    assert_eq!(Normal::new(0.0, -1.0), Err(Fault::Scale));
    assert_eq!(Lognormal::new(0.0, f64::NAN), Err(Fault::Scale));
}

#[test]
fn exponentials_fit() {
    let exponential = Exponential::new(2.5).unwrap();
    let values = draw(&exponential, &Philox::from(6));
    assert!(values.iter().all(|&x| x >= 0.0 && x.is_sign_positive()));
    assert_moments(&values, 2.5, 6.25, 9.0);
    assert_fits(values, |x| -(-x / 2.5).exp_m1());
    assert_rows(&exponential);
    assert_eq!(Exponential::new(-1.0), Err(Fault::Scale));
}

/// Poisson probabilities by logarithms: exact enough for a test of fit.
fn poisson(rate: f64, k: i64) -> f64 {
    let factorial: f64 = (1..=k).map(|i| (i as f64).ln()).sum();
    (k as f64 * rate.ln() - rate - factorial).exp()
}

#[test]
fn poisson_counts_fit() {
    for rate in [0.01, 0.7, 3.0, 10.0, 29.5, 400.0] {
        let distribution = Poisson::new(rate).unwrap();
        let values = draw(&distribution, &Philox::from(7));
        // Cells of at least ten expected counts, the rest at either end.
        let kept: Vec<i64> = (0..2000).filter(|&k| poisson(rate, k) * ROWS as f64 > 10.0).collect();
        let (low, high) = (kept[0], kept[kept.len() - 1]);
        let mut counts = vec![0.0; kept.len() + 1];
        let mut probabilities: Vec<f64> = kept.iter().map(|&k| poisson(rate, k)).collect();
        probabilities.push(1.0 - probabilities.iter().sum::<f64>());
        for &value in &values {
            let cell = if (low..=high).contains(&value) { (value - low) as usize } else { kept.len() };
            counts[cell] += 1.0;
        }
        assert_chi_square(&counts, &probabilities);
        assert_moments(&floats(values), rate, rate, 3.0 + 1.0 / rate);
        assert_rows(&distribution);
    }
    for rate in [1e4, 1e6, 1e9, Poisson::MAX_RATE] {
        let distribution = Poisson::new(rate).unwrap();
        assert_moments(&floats(draw(&distribution, &Philox::from(7))), rate, rate, 3.0);
        assert_rows(&distribution);
    }
    for rate in [0.0, f64::MIN_POSITIVE, 1e-30] {
        assert!(draw(&Poisson::new(rate).unwrap(), &Philox::from(7)).iter().all(|&count| count == 0));
    }
    for rate in [-1.0, f64::NAN, Poisson::MAX_RATE * 2.0] {
        assert_eq!(Poisson::new(rate), Err(Fault::Rate));
    }
}

#[test]
fn gamma_variates_fit() {
    // The distribution function of whole shapes: 1 - e^-x sum x^k / k!.
    for (shape, words) in [(1.0, 1), (2.0, 2), (7.0, 3)] {
        let gamma = Gamma::new(shape, 0.5).unwrap();
        assert_fits(draw(&gamma, &Philox::from(words)), |x| {
            let tail = (0..shape as i64).map(|k| (0..k).fold(1.0, |term, i| term * x * 2.0 / (i + 1) as f64));
            1.0 - (-2.0 * x).exp() * tail.sum::<f64>()
        });
    }
    for shape in [0.1, 0.5, 1.5, 100.0, 1e6] {
        let gamma = Gamma::new(shape, 2.0).unwrap();
        let values = draw(&gamma, &Pcg64::from(9));
        assert!(values.iter().all(|&x| x >= 0.0));
        assert_moments(&values, 2.0 * shape, 4.0 * shape, 3.0 + 6.0 / shape);
        assert_rows(&gamma);
    }
    assert_eq!(Gamma::new(0.0, 1.0), Err(Fault::Shape));
    assert_eq!(Gamma::new(1.0, f64::INFINITY), Err(Fault::Scale));
}

#[test]
fn choices_have_their_weights() {
    let weights = [3.0, 0.0, 1.0, 5e-324, 2.0, 0.5, 0.0];
    let choice = Choice::new(&weights).unwrap();
    let mut counts = [0.0; 7];
    draw(&choice, &Philox::from(10)).iter().for_each(|&index| counts[index as usize] += 1.0);
    assert_eq!([counts[1], counts[3], counts[6]], [0.0; 3]);
    let kept = [0, 2, 4, 5];
    assert_chi_square(&kept.map(|index| counts[index]), &kept.map(|index| weights[index] / 6.5));
    assert_rows(&choice);
    let many: Vec<f64> = (0..100_000).map(|index| f64::from(index % 7)).collect();
    let choice = Choice::new(&many).unwrap();
    let mut residues = [0.0; 7];
    for index in draw(&choice, &Philox::from(11)) {
        residues[many[index as usize] as usize] += 1.0;
    }
    let probability =
        |residue: f64| many.iter().filter(|&&w| w == residue).sum::<f64>() / many.iter().sum::<f64>();
    let probabilities: Vec<f64> = (1..7).map(|residue| probability(f64::from(residue))).collect();
    assert_chi_square(&residues[1..], &probabilities);
    assert_rows(&choice);
    assert!(
        draw(&Choice::new(&[0.0, 1e300, 0.0]).unwrap(), &Philox::from(12)).iter().all(|&index| index == 1)
    );
    // Halves: the first bit of the word.
    let words = draw(&RawWords, &Philox::from(13));
    let halves: Vec<i64> = words.iter().map(|word| (word >> 63) as i64).collect();
    assert_eq!(draw(&Choice::new(&[0.1, 0.1]).unwrap(), &Philox::from(13)), halves);
    for (weights, fault) in [
        (&[][..], Fault::NoWeight),
        (&[0.0], Fault::NoWeight),
        (&[1.0, -1.0], Fault::Weight),
        (&[f64::NAN], Fault::Weight),
        (&[f64::INFINITY], Fault::Weight),
    ] {
        assert_eq!(Choice::new(weights), Err(fault));
    }
}

/// FNV-1a of the bits of a thousand rows.
fn hash<D: Distribution>(distribution: Result<D, Fault>, bits: impl Fn(D::Value) -> u64) -> u64 {
    let mut values = vec![D::Value::default(); 1000];
    let distribution = distribution.expect("parameters that make sense");
    distribution.fill(Level::BASELINE, &Philox::from(2026), 77, &mut values);
    let bytes = values.into_iter().flat_map(|value| bits(value).to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

#[test]
fn mappings_are_those_of_version_1() {
    let found = [
        hash(Uniform::new(-3.0, 5.0), f64::to_bits),
        hash(Bernoulli::new(0.3), u64::from),
        hash(Integers::new(-5, 1 << 62), |value| value as u64),
        hash(Normal::new(1.0, 2.0), f64::to_bits),
        hash(Lognormal::new(0.5, 0.25), f64::to_bits),
        hash(Exponential::new(3.0), f64::to_bits),
        hash(Poisson::new(0.3), |value| value as u64),
        hash(Poisson::new(1e6), |value| value as u64),
        hash(Gamma::new(2.5, 2.0), f64::to_bits),
        hash(Gamma::new(0.3, 2.0), f64::to_bits),
        hash(Choice::new(&[0.2, 0.3, 0.5]), |value| value as u64),
    ];
    assert_eq!(MAPPING_VERSION, 1);
    assert!(found == VERSION_1, "{found:#x?}");
}

const VERSION_1: [u64; 11] = [
    0x634bc3062db2b6c9,
    0x604122eea02b4504,
    0x90de25f7acf5b997,
    0xa3af0680b81b46aa,
    0x8f58f8125e370d7b,
    0xda6b26d8573577d4,
    0x264db2e79b5fd545,
    0x4a71852f14384725,
    0xf2fca185d86d0526,
    0x7b63d5722f82538b,
    0xfd52833486a2af46,
];
