//! One hash over the states and answers of every family of kernels, the same on every machine and level.
//!
//! Without the test harness, whose threads user-mode emulation cannot start: `tests/aarch64` runs this file off x86.

use arrcalc_kernels::distinct::DistinctSet;
use arrcalc_kernels::elementary::{Function, apply};
use arrcalc_kernels::exact::{DotSums, PowerSums};
use arrcalc_kernels::histogram::{Bins, Histogram};
use arrcalc_kernels::random::*;
use arrcalc_kernels::reduce::Extrema;
use arrcalc_kernels::select::{Selection, Step};
use arrcalc_kernels::{Level, bits::Bits};

/// What every machine computes.
const EXPECTED: u64 = 0x6615_00b8_a0bc_0a87;

/// FNV-1a.
struct Hash(u64);

impl Hash {
    fn take(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }

    fn floats(&mut self, values: &[f64]) {
        values.iter().for_each(|value| self.take(&value.to_bits().to_le_bytes()));
    }

    fn words(&mut self, values: &[u64]) {
        values.iter().for_each(|value| self.take(&value.to_le_bytes()));
    }
}

/// Values of several characters from words of a counter-based generator.
fn floats(kind: usize, words: &[u64]) -> Vec<f64> {
    let of = |(at, &word): (usize, &u64)| {
        let unit = (word >> 11) as f64 / (1u64 << 53) as f64;
        let binades = |span: u64, low: i64| {
            let exponent = (low + (word % span) as i64 + 1023) as u64;
            let value = f64::from_bits(exponent << 52 | word >> 12);
            if word & 0x800 == 0 { value } else { -value }
        };
        match kind {
            0 => unit,
            1 => (word % 2001) as f64 - 1000.0,
            2 => binades(20, -10),
            3 => binades(100, -50),
            4 => binades(2000, -1000),
            5 => f64::from_bits(word >> 13),
            6 => [1.0, -1.0][at % 2] * (1e16 + (at / 2) as f64 * 1e300),
            _ if word % 50 == 0 => [f64::NAN, f64::INFINITY, -0.0, f64::MAX][(word >> 8) as usize % 4],
            _ => unit - 0.5,
        }
    };
    words.iter().enumerate().map(of).collect()
}

fn of_level(level: Level) -> u64 {
    let mut hash = Hash(0xcbf2_9ce4_8422_2325);
    let key = SeedSequence::new(&[2026u64.into()], &[]).generate_u64(2);
    let philox = Philox::new([key[0], key[1]], [0; 4]);
    let mut words = vec![0; 3001];
    philox.fill(level, 5, &mut words);
    hash.words(&words);
    let (mut doubles, mut normals, mut integers) = (vec![0.0; 1001], vec![0.0; 1001], vec![0; 1001]);
    fill_doubles(level, &philox, 3, &mut doubles);
    fill_normals(level, &philox, 3, &mut normals);
    fill_integers(level, &philox, 3, -7, 1_000_000, &mut integers);
    hash.floats(&doubles);
    hash.floats(&normals);
    integers.iter().for_each(|value: &i64| hash.take(&value.to_le_bytes()));
    laws(level, &philox, &mut hash).expect("parameters are in range");
    laws(level, &Pcg64::from(2026), &mut hash).expect("parameters are in range");
    orders(level, philox, &mut hash);

    for kind in 0..8 {
        let values = floats(kind, &words);
        for function in Function::ALL {
            let mut results = vec![0.0; values.len()];
            apply(level, function, &values, &mut results);
            hash.floats(&results);
        }
        let mut sums = PowerSums::<4>::new();
        sums.update_f64(level, &values);
        hash.take(&sums.to_bytes());
        let read = sums.read::<f64>();
        let results = [Some(read.sum()), read.mean(), read.std(1), read.skewness(), read.kurtosis()];
        results.into_iter().for_each(|result| hash.floats(&[result.unwrap_or(0.0)]));
        let mut dot = DotSums::new();
        dot.update_f64(level, &values, &floats((kind + 1) % 8, &words));
        hash.take(&dot.to_bytes());
        hash.floats(&[dot.dot()]);
        let mut extrema = Extrema::<f64>::new();
        extrema.update(level, &values, 17);
        hash.floats(&[extrema.minimum().unwrap_or(0.0), extrema.maximum().unwrap_or(0.0)]);
        let mut distinct = DistinctSet::<f64>::new();
        distinct.update(level, &values);
        hash.words(&[distinct.distinct(), distinct.nan()]);
        if let Some(bins) = Bins::equal(-10.0, 10.0, 37) {
            let mut histogram = Histogram::<f64>::new(bins);
            histogram.update(level, &values);
            hash.words(histogram.counts());
        }
        let mut state = Selection::new::<f64>(1 << 16).first::<f64>();
        let found = loop {
            state.update(level, &values);
            match state.next(|count| vec![0, count / 2, count.saturating_sub(1)]) {
                Step::Again(next) => state = next,
                Step::Done(found) => break found,
            }
        };
        hash.floats(&[0, 1500, 2900].map(|rank| found.at(rank).unwrap_or(0.0)));
    }
    let mut sums = PowerSums::<2>::new();
    sums.update_i64(level, &integers);
    sums.update_u64(level, &words);
    hash.take(&sums.to_bytes());
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    hash.words(&[Bits::new(&bytes, 3, 20_001).count_ones() as u64]);
    hash.0
}

/// Values of every law.
fn laws<W: Words>(level: Level, words: &W, hash: &mut Hash) -> Result<(), Fault> {
    let mut floats = |law: &dyn Fn(&mut [f64])| {
        let mut values = [0.0; 701];
        law(&mut values);
        hash.floats(&values);
    };
    let (uniform, normal, lognormal) =
        (Uniform::new(-2.5, 7.0)?, Normal::new(1.0, 3.0)?, Lognormal::new(0.5, 0.25)?);
    floats(&|values| uniform.fill(level, words, 3, values));
    floats(&|values| normal.fill(level, words, 3, values));
    floats(&|values| lognormal.fill(level, words, 3, values));
    let (exponential, flat, steep) = (Exponential::new(2.0)?, Gamma::new(0.3, 2.0)?, Gamma::new(4.5, 1.0)?);
    floats(&|values| exponential.fill(level, words, 3, values));
    floats(&|values| flat.fill(level, words, 3, values));
    floats(&|values| steep.fill(level, words, 3, values));
    let mut integers = |law: &dyn Fn(&mut [i64])| {
        let mut values = [0; 701];
        law(&mut values);
        hash.words(&values.map(i64::cast_unsigned));
    };
    let (rare, common, choice) =
        (Poisson::new(0.7)?, Poisson::new(1e6)?, Choice::new(&[1.0, 0.0, 2.5, 4.0])?);
    integers(&|values| rare.fill(level, words, 3, values));
    integers(&|values| common.fill(level, words, 3, values));
    integers(&|values| choice.fill(level, words, 3, values));
    let mut truths = [false; 701];
    Bernoulli::new(0.3)?.fill(level, words, 3, &mut truths);
    hash.take(&truths.map(u8::from));
    Ok(())
}

/// Counts of a bootstrap, small digits, an order of rows.
fn orders(level: Level, philox: Philox, hash: &mut Hash) {
    let mut counts = [0; 701];
    fill_poisson_counts(level, &philox, 3, &mut counts);
    hash.take(&counts);
    let (mut found, mut doubtful) = (Vec::new(), Vec::new());
    Digits(philox).within(level, (3, 20_000), (900, 1_000), &mut found, &mut doubtful);
    let deck = Deck::new(philox, 9_001).expect("few rows");
    let mut buckets = vec![0; 9_001];
    deck.fill(level, 0, &mut buckets);
    let mut order: Vec<u32> = (0..9_001).collect();
    deck.mix(level, 0, &mut order);
    for row in found.iter().chain(&doubtful).chain(&order) {
        hash.take(&row.to_le_bytes());
    }
    buckets.iter().for_each(|bucket| hash.take(&bucket.to_le_bytes()));
}

fn main() {
    for level in Level::available() {
        let found = of_level(level);
        assert_eq!(found, EXPECTED, "the golden hash at level {} is {found:#x}", level.name());
        println!("golden hash {found:#x} at level {}", level.name());
    }
}
