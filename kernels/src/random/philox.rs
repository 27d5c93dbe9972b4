//! Philox4x64-10: a keyed bijection of 256-bit counters, used as a random function of the row.
//!
//! J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011). Word
//! `i` of a stream is word `i % 4` of the block at counter `start + 1 + i / 4`, as in NumPy, which counts first.

use super::seed_sequence::SeedSequence;
use super::words::Words;
use crate::arch::{ABREAST, Simd, bijection, counter_sum as add};
use crate::dispatch::Kernel;
use crate::level::Level;

/// A stream of 64-bit words: word `i` is a function of the key, the counter and `i`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Philox {
    key: [u64; 2],
    counter: [u64; 4],
}

impl From<&SeedSequence> for Philox {
    fn from(seed: &SeedSequence) -> Self {
        let words = seed.generate_u64(2);
        Self::new([words[0], words[1]], [0; 4])
    }
}

impl From<u64> for Philox {
    fn from(seed: u64) -> Self {
        Self::from(&SeedSequence::from(seed))
    }
}

impl Philox {
    /// The stream with this key that starts after this counter (least significant word first).
    pub fn new(key: [u64; 2], counter: [u64; 4]) -> Self {
        Self { key, counter }
    }

    /// The key.
    pub fn key(&self) -> [u64; 2] {
        self.key
    }

    /// The counter before the first block.
    pub fn counter(&self) -> [u64; 4] {
        self.counter
    }

    /// The stream that starts `blocks` blocks of four words later: NumPy's `advance`.
    pub fn advanced(&self, blocks: u64) -> Philox {
        self.advanced_far([blocks, 0, 0, 0])
    }

    /// The stream that starts so many blocks later, a number of 256 bits, least significant word first.
    pub fn advanced_far(&self, blocks: [u64; 4]) -> Philox {
        Philox { counter: add(self.counter, blocks), ..*self }
    }

    /// The stream that starts `jumps * 2^128` blocks later: NumPy's `jumped`.
    pub fn jumped(&self, jumps: u64) -> Philox {
        Philox { counter: add(self.counter, [0, 0, jumps, 0]), ..*self }
    }

    /// Word `index` of the stream.
    #[inline]
    pub fn at(&self, index: u64) -> u64 {
        self.block(index / 4)[(index % 4) as usize]
    }

    /// Words `4 * index` to `4 * index + 3`.
    #[inline]
    pub fn block(&self, index: u64) -> [u64; 4] {
        // index + 1 without overflow: both summands are carried over.
        bijection([add(add(self.counter, [index, 0, 0, 0]), [1, 0, 0, 0])], self.key)[0]
    }

    /// Words `first ..` of the stream.
    pub fn fill(&self, level: Level, first: u64, out: &mut [u64]) {
        level.run(Fill { philox: *self, first, out });
    }
}

impl Words for Philox {
    fn fill(&self, level: Level, first: u64, out: &mut [u64]) {
        Philox::fill(self, level, first, out);
    }

    fn at(&self, row: u64) -> u64 {
        Philox::at(self, row)
    }

    /// The stream `stream * 2^192` blocks later.
    fn beside(&self, stream: u64) -> Self {
        Philox { counter: add(self.counter, [0, 0, 0, stream]), ..*self }
    }
}

/// Words `first ..` into `out`.
pub(super) struct Fill<'a> {
    pub(super) philox: Philox,
    pub(super) first: u64,
    pub(super) out: &'a mut [u64],
}

impl Kernel for Fill<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Fill { philox, first, out } = self;
        let lead = (first.wrapping_neg() % 4).min(out.len() as u64) as usize;
        let (head, body) = out.split_at_mut(lead);
        for (offset, word) in head.iter_mut().enumerate() {
            *word = philox.at(first + offset as u64);
        }
        // The next whole block: ceil(first / 4), without overflow.
        let next = first / 4 + u64::from(first % 4 > 0);
        let mut counter = add(add(philox.counter, [next, 0, 0, 0]), [1, 0, 0, 0]);
        let (blocks, tail) = body.as_chunks_mut::<4>();
        let (groups, rest) = blocks.as_chunks_mut::<ABREAST>();
        for group in groups {
            simd.bijections(counter, philox.key, group);
            counter = add(counter, [ABREAST as u64, 0, 0, 0]);
        }
        for words in rest {
            *words = bijection([counter], philox.key)[0];
            counter = add(counter, [1, 0, 0, 0]);
        }
        tail.copy_from_slice(&bijection([counter], philox.key)[0][..tail.len()]);
    }
}

/// A generator that hands out the words of a stream one after the other, as NumPy's bit generator does.
#[derive(Clone, Debug)]
pub struct Stream {
    philox: Philox,
    buffer: [u64; 4],
    used: usize,
}

impl From<Philox> for Stream {
    fn from(philox: Philox) -> Self {
        Self { philox, buffer: [0; 4], used: 4 }
    }
}

impl Stream {
    /// The next word.
    pub fn next_u64(&mut self) -> u64 {
        if self.used == 4 {
            self.buffer = self.philox.block(0);
            self.philox = self.philox.advanced(1);
            self.used = 0;
        }
        self.used += 1;
        self.buffer[self.used - 1]
    }

    /// The next double in `[0, 1)`.
    pub fn random(&mut self) -> f64 {
        super::uniform::double(self.next_u64())
    }

    /// Moves on by `blocks` blocks of four words; words left of the current block are dropped.
    pub fn advance(&mut self, blocks: u64) {
        *self = Stream::from(self.philox.advanced(blocks));
    }

    /// The generator `jumps * 2^128` blocks later; words left of the current block are dropped.
    pub fn jumped(&self, jumps: u64) -> Stream {
        Stream::from(self.philox.jumped(jumps))
    }
}
