//! The roof that everything is measured against: how fast this machine reads memory.

use std::hint::black_box;
use std::time::Instant;

use crate::error::Result;

use super::{Scope, Task};

/// Bytes read: more than the caches of a machine hold; less where the budget is small.
const BYTES: u64 = 128 << 20;
/// Below this nothing of memory would be seen.
const BYTES_MIN: u64 = 16 << 20;
/// Words of a piece.
const PIECE: usize = 1 << 17;
/// Times that the buffer is read; the best counts.
const TIMES: usize = 3;

/// Measures [`Scope::memory_roof`], as a task.
#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryRoof;

impl Task for MemoryRoof {
    type Answer = f64;

    fn run(&self, scope: &Scope<'_>) -> Result<f64> {
        scope.memory_roof()
    }
}

impl Scope<'_> {
    /// Bytes a second that all threads together read from memory, measured now, by a sum of words: the best of three.
    ///
    /// Cost: a buffer of 128 MiB, or half of the budget, about 0.1 s.
    ///
    /// # Errors
    /// [`crate::Error::Memory`], and that the run was stopped.
    pub fn memory_roof(&self) -> Result<f64> {
        let bytes = (self.budget().available_bytes() / 2).clamp(BYTES_MIN, BYTES);
        let _room = self.budget().reserve("measuring the memory's speed", bytes)?;
        let words: Vec<u64> = (0..bytes / 8).collect();
        let pieces = words.len() / PIECE;
        let mut best = f64::INFINITY;
        for _ in 0..TIMES {
            let start = Instant::now();
            let sums = self.fold(
                pieces,
                || 0u64,
                |sum, piece| {
                    let words = &words[piece * PIECE..(piece + 1) * PIECE];
                    *sum = words.iter().fold(*sum, |sum, word| sum.wrapping_add(*word));
                    Ok(())
                },
            )?;
            black_box(sums);
            best = best.min(start.elapsed().as_secs_f64());
        }
        Ok((pieces * PIECE * 8) as f64 / best)
    }
}
