//! Golden results of what is drawn at random.

use arrcalc_kernels::Level;
use arrcalc_kernels::random::{
    Bernoulli, Choice, Distribution, Exponential, Fault, Gamma, Integers, Lognormal, Normal, Pcg64, Philox,
    Poisson, SeedSequence, Uniform, Words, fill_doubles, fill_poisson_counts,
};

use crate::Engine;
use crate::error::{Error, Result};
use crate::random::{SampleOrder, choice, permutation, weighted_choice};

/// Values of each law: several blocks and a rest.
const VALUES: usize = 1_003;

/// Words of both generators, and values of every law, from rows in the middle on.
pub(super) fn draws(level: Level) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for seed in [0, 42, u64::MAX] {
        of_stream(level, &Philox::from(seed), &mut bytes).map_err(bug)?;
        of_stream(level, &Philox::from(&SeedSequence::from(seed).spawn(2)[1]), &mut bytes).map_err(bug)?;
        of_stream(level, &Pcg64::from(seed), &mut bytes).map_err(bug)?;
        let mut counts = [0; VALUES];
        fill_poisson_counts(level, &Philox::from(seed), 17, &mut counts);
        bytes.extend(counts);
    }
    Ok(bytes)
}

fn of_stream<W: Words>(level: Level, words: &W, bytes: &mut Vec<u8>) -> std::result::Result<(), Fault> {
    let mut raw = [0; VALUES];
    words.fill(level, 5, &mut raw);
    bytes.extend(raw.iter().flat_map(|word| word.to_le_bytes()));
    let mut doubles = [0.0; VALUES];
    fill_doubles(level, words, 7, &mut doubles);
    bytes.extend(doubles.iter().flat_map(|double| double.to_le_bytes()));
    macro_rules! law {
        ($law:expr) => {{
            let law = $law;
            let mut values = vec![Default::default(); VALUES];
            law.fill(level, words, 11, &mut values);
            bytes.extend(values.iter().flat_map(|&value| Bits::bits(value)));
        }};
    }
    law!(Uniform::new(-2.5, 7.0)?);
    law!(Normal::new(1.0, 3.0)?);
    law!(Lognormal::new(0.5, 0.25)?);
    law!(Exponential::new(2.0)?);
    law!(Gamma::new(0.3, 2.0)?);
    law!(Gamma::new(4.5, 1.0)?);
    law!(Poisson::new(0.7)?);
    law!(Poisson::new(1e6)?);
    for (low, high) in [(0, 10), (-1_000_000_007, 998_244_353), (i64::MIN, i64::MAX)] {
        law!(Integers::new(low, high)?);
    }
    law!(Choice::new(&[1.0, 0.0, 2.5, 4.0])?);
    let mut truths = vec![false; VALUES];
    Bernoulli::new(0.3)?.fill(level, words, 11, &mut truths);
    bytes.extend(truths.into_iter().map(u8::from));
    Ok(())
}

/// Permutations and samples of some rows.
pub(super) fn orders(engine: &Engine) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    engine.scoped(|scope| {
        for seed in [0, 42, u64::MAX] {
            let mut rows = vec![0u64; 20_011];
            permutation(scope, seed, &mut rows)?;
            rows.extend(choice(scope, seed, 20_011, 333, false, SampleOrder::Shuffled)?);
            rows.extend(choice(scope, seed, 20_011, 333, true, SampleOrder::Rows)?);
            let weights: Vec<f64> = (0..5_003).map(|row| f64::from(row % 7)).collect();
            rows.extend(weighted_choice(scope, seed, &weights, 99, false, SampleOrder::Shuffled)?);
            rows.extend(weighted_choice(scope, seed, &weights, 99, true, SampleOrder::Shuffled)?);
            bytes.extend(rows.iter().flat_map(|row| row.to_le_bytes()));
        }
        Ok(())
    })?;
    Ok(bytes)
}

fn bug(fault: Fault) -> Error {
    Error::Bug { message: fault.to_string() }
}

/// Values as bytes.
trait Bits {
    fn bits(self) -> [u8; 8];
}

impl Bits for f64 {
    fn bits(self) -> [u8; 8] {
        self.to_le_bytes()
    }
}

impl Bits for i64 {
    fn bits(self) -> [u8; 8] {
        self.to_le_bytes()
    }
}
