//! Words against NumPy's, distributions against what defines them.

mod distributions;
mod pcg64;

use super::normal::normal;
use super::uniform::double;
use super::*;
use crate::exact::Natural;
use crate::level::Level;

include!("../numpy_cases.rs");
include!("../quantile_cases.rs");

fn seed(entropy: &[&[u64]], spawn_key: &[u32]) -> SeedSequence {
    let entropy: Vec<Natural> = entropy.iter().map(|limbs| Natural::from_limbs(limbs.to_vec())).collect();
    SeedSequence::new(&entropy, spawn_key)
}

#[test]
fn seeds_words_and_doubles_are_numpys() {
    for (entropy, spawn_key, state, words, doubles) in NUMPY {
        let sequence = seed(entropy, spawn_key);
        assert_eq!(sequence.generate_u32(6), state);
        let philox = Philox::from(&sequence);
        let mut stream = Stream::from(philox);
        for (index, &word) in words.iter().enumerate() {
            assert_eq!((philox.at(index as u64), stream.next_u64()), (word, word));
        }
        let mut stream = Stream::from(philox);
        for &bits in doubles {
            assert_eq!(stream.random().to_bits(), bits);
        }
        for level in Level::available() {
            let mut found = [0.0; 3];
            fill_doubles(level, &philox, 0, &mut found);
            assert_eq!(found.map(f64::to_bits), *doubles);
        }
    }
}

#[test]
fn children_are_numpys_whether_spawned_or_named() {
    let mut root = SeedSequence::from(42);
    let children = root.spawn(4);
    assert_eq!(children[0], seed(&[&[42]], &[0]));
    let mut third = children[3].clone();
    assert_eq!(third.spawn(2)[1].generate_u32(6), seed(&[&[42]], &[3, 1]).generate_u32(6));
    assert_eq!(root.spawn(1)[0].spawn_key(), [4]);
    assert_eq!(root.child(2), children[2]);
}

#[test]
fn streams_advance_jump_and_carry_as_numpys() {
    let start = || {
        let mut stream = Stream::from(Philox::from(7));
        (0..3).for_each(|_| assert_ne!(stream.next_u64(), 0));
        stream
    };
    let mut stream = start();
    stream.advance(10);
    assert_eq!(ADVANCED.map(|_| stream.next_u64()), ADVANCED);
    let mut stream = start().jumped(3);
    assert_eq!(JUMPED.map(|_| stream.next_u64()), JUMPED);
    let philox = Philox::new([3, 4], [u64::MAX - 1, u64::MAX, u64::MAX, 0]);
    for level in Level::available() {
        let mut words = [0; 12];
        philox.fill(level, 0, &mut words);
        assert_eq!(words, CARRIED);
    }
}

/// The seed and the thousand words of one of NumPy's test sets, where the corpora are there.
fn corpus(set: &'static str) -> Option<(&'static str, Vec<u64>)> {
    let Ok(corpora) = std::env::var("ARRCALC_CORPORA") else {
        println!("ARRCALC_CORPORA is not set: NumPy's test sets were not read");
        return None;
    };
    let path = format!("{corpora}/random/numpy/tests/data/{set}");
    let text = std::fs::read_to_string(&path).expect("the corpora hold NumPy's test sets");
    let number = |line: &str| {
        let word = line.split(',').nth(1).expect("two fields").trim().trim_start_matches("0x");
        u64::from_str_radix(word, 16).expect("a hexadecimal number")
    };
    Some((set, text.lines().map(number).collect()))
}

#[test]
fn the_thousand_words_of_numpys_own_test_sets_come_out() {
    for (set, expected) in corpus("philox-testset-1.csv").into_iter().chain(corpus("philox-testset-2.csv")) {
        let philox = Philox::from(expected[0]);
        let mut words = vec![0; expected.len() - 1];
        philox.fill(Level::detect(), 0, &mut words);
        assert!(words.len() == 1000 && words == expected[1..], "{set}");
    }
}

#[test]
fn bulk_words_are_single_words_for_every_start_and_length() {
    let philox = Philox::from(9);
    let expected: Vec<u64> = (0..200).map(|index| philox.at(index)).collect();
    for level in Level::available() {
        for first in 0..20 {
            for length in 0..70 {
                let mut words = vec![0; length];
                philox.fill(level, first as u64, &mut words);
                assert_eq!(words, expected[first..first + length], "{level} {first} {length}");
            }
        }
    }
    let mut last = [0; 5];
    philox.fill(Level::detect(), u64::MAX - 4, &mut last);
    assert_eq!(last[4], philox.at(u64::MAX));
}

#[test]
fn integers_are_a_function_of_the_row_and_unbiased() {
    let philox = Philox::from(11);
    for (low, high) in [(0, 1), (-5, 10), (i64::MIN, i64::MAX), (0, i64::MAX), (-3 << 61, 3 << 61), (7, 8)] {
        for level in Level::available() {
            let mut whole = vec![0; 3000];
            fill_integers(level, &philox, 0, low, high, &mut whole);
            assert!(whole.iter().all(|value| (low..high).contains(value)));
            for (first, length) in [(0, 1), (1, 700), (513, 600), (2999, 1)] {
                let mut part = vec![0; length];
                fill_integers(level, &philox, first as u64, low, high, &mut part);
                assert_eq!(part, whole[first..first + length]);
            }
        }
    }
    // Three quarters of 2^64 reject a third of the words: a biased mapping would favour two thirds of the values.
    let mut values = vec![0; 90_000];
    fill_integers(Level::detect(), &philox, 0, -3 << 61, 3 << 61, &mut values);
    let thirds = [-1i64 << 61, 1 << 61].map(|cut| values.iter().filter(|&&value| value < cut).count() as f64);
    for (found, expected) in thirds.into_iter().zip([30_000.0, 60_000.0]) {
        assert!((found - expected).abs() < 5.0 * 142.0, "{found} of {expected}");
    }
    let mut dice = vec![0; 60_000];
    fill_integers(Level::detect(), &philox, 1 << 40, 0, 6, &mut dice);
    let squares = (0..6).map(|face| dice.iter().filter(|&&value| value == face).count() as f64 - 10_000.0);
    let chi2: f64 = squares.map(|difference| difference * difference / 10_000.0).sum();
    assert!(chi2 < 25.7, "{chi2}");
}

#[test]
fn logarithms_are_within_the_stated_error() {
    // The platform's logarithm is the oracle here: itself within 1 ulp.
    let mut worst = 0.0f64;
    for index in 0..200_000u64 {
        let word = Philox::from(5).at(index);
        let x = match index % 3 {
            0 => double(word) + f64::EPSILON,
            1 => f64::from_bits((word >> 2) | 1 << 52),
            _ => 1.0 + (word as i64 as f64) * 2.0f64.powi(-80),
        };
        let (found, expected) = (ln(x), x.ln());
        let ulp = expected.abs().next_up() - expected.abs();
        worst = worst.max((found - expected).abs() / ulp);
    }
    assert!(worst <= 2.0, "{worst}");
    assert_eq!(ln(1.0), 0.0);
}

#[test]
fn normal_quantiles_are_within_six_ulp_of_the_exact_ones() {
    for &(u, expected) in QUANTILES {
        let found = upper_normal_quantile(u);
        let ulp = expected.next_up() - expected;
        assert!(
            (found - expected).abs() <= 6.0 * ulp,
            "{u:e}: {found} {expected} {}",
            (found - expected) / ulp
        );
    }
    assert_eq!(upper_normal_quantile(0.5), 0.0);
}

#[test]
fn normals_are_symmetric_finite_and_have_the_right_moments() {
    let (least, most) = (normal(u64::MAX), normal(0));
    assert!(most == -normal(1 << 63) && (8.9..9.3).contains(&most), "{most}");
    assert!(least == 0.0 && normal((1 << 63) - 1) == 0.0);
    let philox = Philox::from(13);
    let mut values = vec![0.0; 200_000];
    for level in Level::available() {
        fill_normals(level, &philox, 0, &mut values);
        let mut part = vec![0.0; 1000];
        fill_normals(level, &philox, 777, &mut part);
        assert_eq!(part, values[777..1777]);
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|x| x * x).sum::<f64>() / n;
    let fourth = values.iter().map(|x| x * x * x * x).sum::<f64>() / n;
    assert!(
        mean.abs() < 4.0 / n.sqrt() && (variance - 1.0).abs() < 6.0 / n.sqrt() && (fourth - 3.0).abs() < 0.1
    );
    let below = values.iter().filter(|&&x| x < -1.959_963_984_540_054).count() as f64;
    assert!((below - 5000.0).abs() < 4.0 * 70.0, "{below}");
}
