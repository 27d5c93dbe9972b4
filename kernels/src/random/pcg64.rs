//! PCG64: the generator behind NumPy's `default_rng`, at any place of its stream.
//!
//! M. E. O'Neill, "PCG: a family of simple fast space-efficient statistically good algorithms for random number
//! generation" (2014): a linear congruential generator of 128 bits, of which the output function XSL-RR leaves 64. A
//! step is an affine map modulo 2^128, so `k` steps are one too, found by squaring in `log2 k` products (F. B. Brown,
//! "Random number generation with arbitrary strides", 1994).

use super::seed_sequence::SeedSequence;
use super::words::Words;
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::level::Level;

const MULTIPLIER: u128 = 0x2360_ED05_1FC6_5DA4_4385_DF64_9FCC_F645;
/// Steps of NumPy's `jumped`: 2^128 over the golden ratio.
const JUMP: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;
/// Steps between the streams that a row's further words come from: 2^128 times the fraction of the square root of 2.
const BESIDE: u128 = 0x6A09_E667_F3BC_C908_B2FB_1366_EA95_7D3F;
/// Parts of a stream computed in turn: the steps of one are a chain of multiplications.
const ABREAST: usize = 4;

/// A stream of 64-bit words: word `i` is the output after `i + 1` steps.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Pcg64 {
    state: u128,
    increment: u128,
}

/// `x -> multiplier x + increment` modulo 2^128.
#[derive(Clone, Copy)]
struct Affine {
    multiplier: u128,
    increment: u128,
}

impl Affine {
    #[inline(always)]
    fn of(self, x: u128) -> u128 {
        x.wrapping_mul(self.multiplier).wrapping_add(self.increment)
    }

    /// This map applied `count` times.
    fn times(self, mut count: u128) -> Affine {
        let mut power = self;
        let mut total = Affine { multiplier: 1, increment: 0 };
        while count > 0 {
            if count & 1 == 1 {
                total = Affine {
                    multiplier: total.multiplier.wrapping_mul(power.multiplier),
                    increment: power.of(total.increment),
                };
            }
            power = Affine {
                multiplier: power.multiplier.wrapping_mul(power.multiplier),
                increment: power.of(power.increment),
            };
            count >>= 1;
        }
        total
    }
}

impl From<&SeedSequence> for Pcg64 {
    fn from(seed: &SeedSequence) -> Self {
        let words = seed.generate_u64(4);
        let pair = |at: usize| u128::from(words[at]) << 64 | u128::from(words[at + 1]);
        let increment = pair(2) << 1 | 1;
        let start = Pcg64 { state: increment.wrapping_add(pair(0)), increment };
        start.advanced(1)
    }
}

impl From<u64> for Pcg64 {
    fn from(seed: u64) -> Self {
        Self::from(&SeedSequence::from(seed))
    }
}

impl Pcg64 {
    /// The stream after this state, with this increment, whose lowest bit is set.
    pub fn new(state: u128, increment: u128) -> Self {
        Self { state, increment: increment | 1 }
    }

    /// The state before the first word: NumPy's `state["state"]["state"]`.
    pub fn state(&self) -> u128 {
        self.state
    }

    /// The increment: NumPy's `state["state"]["inc"]`.
    pub fn increment(&self) -> u128 {
        self.increment
    }

    #[inline(always)]
    fn step(&self) -> Affine {
        Affine { multiplier: MULTIPLIER, increment: self.increment }
    }

    /// The stream that starts `words` words later: NumPy's `advance`.
    pub fn advanced(&self, words: u128) -> Pcg64 {
        Pcg64 { state: self.step().times(words).of(self.state), ..*self }
    }

    /// The stream that starts `jumps` times 0.618 2^128 words later: NumPy's `jumped`.
    pub fn jumped(&self, jumps: u128) -> Pcg64 {
        self.advanced(JUMP.wrapping_mul(jumps))
    }
}

impl Words for Pcg64 {
    fn fill(&self, level: Level, first: u64, out: &mut [u64]) {
        level.run(Fill { pcg64: self.advanced(u128::from(first)), out });
    }

    fn at(&self, row: u64) -> u64 {
        output(self.advanced(u128::from(row) + 1).state)
    }

    fn beside(&self, stream: u64) -> Self {
        self.advanced(BESIDE.wrapping_mul(u128::from(stream)))
    }
}

/// XSL-RR: the halves' exclusive or, turned by the top six bits.
#[inline(always)]
fn output(state: u128) -> u64 {
    ((state >> 64) as u64 ^ state as u64).rotate_right((state >> 122) as u32)
}

struct Fill<'a> {
    pcg64: Pcg64,
    out: &'a mut [u64],
}

impl Kernel for Fill<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Fill { pcg64, out } = self;
        let step = pcg64.step();
        let stride = step.times(ABREAST as u128);
        let mut states = [0; ABREAST];
        let mut state = pcg64.state;
        for slot in &mut states {
            state = step.of(state);
            *slot = state;
        }
        let (groups, rest) = out.as_chunks_mut::<ABREAST>();
        for group in groups {
            for (word, state) in group.iter_mut().zip(&mut states) {
                *word = output(*state);
                *state = stride.of(*state);
            }
        }
        for (word, state) in rest.iter_mut().zip(states) {
            *word = output(state);
        }
    }
}
