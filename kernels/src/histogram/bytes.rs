//! Counts of the values of a type of eight bits, from which any histogram of them follows.

use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::level::Level;

/// Elements that are counted in 32 bits.
const PIECE: usize = 1 << 30;
/// Tables that are counted into in turn, because a count that was just written cannot be read again at once.
const TABLES: usize = 4;

/// How often each byte occurs, added to `counts`.
pub fn byte_counts<T: Copy>(level: Level, values: &[T], byte: impl Fn(T) -> u8, counts: &mut [u64; 256]) {
    for values in values.chunks(PIECE) {
        level.run(Count { values, byte: &byte, counts });
    }
}

struct Count<'a, T, F> {
    values: &'a [T],
    byte: &'a F,
    counts: &'a mut [u64; 256],
}

impl<T: Copy, F: Fn(T) -> u8> Kernel for Count<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let mut tables = [[0u32; 256]; TABLES];
        let (groups, rest) = self.values.as_chunks::<TABLES>();
        for group in groups {
            for (table, value) in tables.iter_mut().zip(group) {
                table[usize::from((self.byte)(*value))] += 1;
            }
        }
        for value in rest {
            tables[0][usize::from((self.byte)(*value))] += 1;
        }
        for (slot, count) in self.counts.iter_mut().enumerate() {
            *count += tables.iter().map(|table| u64::from(table[slot])).sum::<u64>();
        }
    }
}
