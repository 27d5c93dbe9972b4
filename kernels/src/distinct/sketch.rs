//! Filling registers by many values at a time.
//!
//! Hashes of a part are computed first, by vector instructions. Once every register has a high rank few hashes can
//! raise any: those with as many zeros as the lowest rank says are found by one test of eight flags, the others are
//! passed over without a look at their registers. The registers come out the same.

use super::hash::HashValue;
use super::registers::{PRECISION, Registers};
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::level::Level;

/// Values hashed before their hashes are used.
const PART: usize = 256;
/// Values after which the lowest rank is looked for again.
const FRESH: usize = 1 << 16;
/// With a lowest rank below this too many hashes pass the test to be worth it.
const LOW: u8 = 3;

/// Registers, and the lowest rank they had some time ago.
#[derive(Clone, Debug)]
pub(super) struct Sketch {
    pub(super) registers: Registers,
    lowest: u8,
    /// Values taken in since `lowest` was found.
    since: usize,
}

impl Sketch {
    pub(super) fn new(registers: Registers) -> Self {
        Self { registers, lowest: 0, since: 0 }
    }

    /// Takes in `values`; returns how many of them are NaN.
    pub(super) fn update<T: HashValue>(&mut self, level: Level, values: &[T]) -> u64 {
        let mut nan = 0;
        for values in values.chunks(FRESH) {
            if self.since >= FRESH {
                (self.lowest, self.since) = (self.registers.lowest(), 0);
            }
            self.since += values.len();
            nan += level.run(Mark { registers: &mut self.registers, lowest: self.lowest, values });
        }
        nan
    }
}

struct Mark<'a, T> {
    registers: &'a mut Registers,
    lowest: u8,
    values: &'a [T],
}

impl<T: HashValue> Kernel for Mark<'_, T> {
    type Output = u64;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> u64 {
        let Mark { registers, lowest, values } = self;
        // The bits that are zero in every hash with a rank above the lowest.
        let zeros = !(u64::MAX >> lowest) >> PRECISION;
        let mut nan = 0;
        let mut hashes = [0u64; PART];
        let mut hits = [0u8; PART];
        for part in values.chunks(PART) {
            let others: u64 = part.iter().map(|value| u64::from(!value.has_plain_hash())).sum();
            if others > 0 {
                nan += insert_each(registers, part);
                continue;
            }
            for (hash, &value) in hashes.iter_mut().zip(part) {
                *hash = value.plain_hash();
            }
            if lowest < LOW {
                hashes[..part.len()].iter().for_each(|&hash| registers.insert(hash));
                continue;
            }
            hits[part.len()..].fill(0);
            for (hit, &hash) in hits.iter_mut().zip(&hashes[..part.len()]) {
                *hit = u8::from(hash & zeros == 0);
            }
            for (hits, hashes) in hits.as_chunks::<8>().0.iter().zip(hashes.as_chunks::<8>().0) {
                let mut word = u64::from_le_bytes(*hits);
                while word != 0 {
                    registers.insert(hashes[word.trailing_zeros() as usize / 8]);
                    word &= word - 1;
                }
            }
        }
        nan
    }
}

/// Takes in values one by one; returns how many of them are NaN.
#[inline(always)]
fn insert_each<T: HashValue>(registers: &mut Registers, values: &[T]) -> u64 {
    let mut nan = 0;
    for &value in values {
        if value.is_nan() {
            nan += 1;
        } else {
            registers.insert(value.hash());
        }
    }
    nan
}
