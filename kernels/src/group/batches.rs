//! Rows put off until many of neighbouring groups have come together.
//!
//! The states of a million groups are in no cache: each row would wait for memory twice, to read its state and to write
//! it. So rows are dealt out to parts by the high bits of their groups' numbers, and a part's rows are handed on when
//! there are some for each of its states, which then stay in the second-level cache meanwhile. It is the radix
//! partitioning of joins (S. Manegold, P. Boncz and M. Kersten, "Optimizing Main-Memory Join on Modern Hardware", 2002).

use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::elementwise::AHEAD_BYTES;
use crate::level::Level;

/// Groups of a part: 512 KiB of states of 32 bytes.
const PART_BITS: u32 = 14;
/// Rows of a part that wait.
const ROWS: usize = 1 << 15;
/// Parts at most: as many places are written to in turn.
const PARTS: usize = 256;
/// Groups whose states are near enough as they are.
const NEAR: usize = 1 << 15;

/// Rows that wait: a group and a value each.
#[derive(Clone, Debug, Default)]
pub struct Batches {
    /// Groups of a part, as a power of two.
    bits: u32,
    parts: Vec<Batch>,
}

#[derive(Clone, Debug, Default)]
struct Batch {
    len: usize,
    groups: Vec<u32>,
    values: Vec<f64>,
}

impl Batches {
    /// No rows.
    pub fn new() -> Self {
        Self { bits: PART_BITS, parts: Vec::new() }
    }

    /// Whether putting off rows is worth it with so many groups.
    pub fn are_worth(groups: usize) -> bool {
        groups > NEAR
    }

    /// Takes in rows, whose groups are below `count`, and hands rows that waited long enough to `take`.
    ///
    /// # Panics
    /// If the lengths differ, or a group is not below `count`.
    pub fn push(
        &mut self,
        level: Level,
        groups: &[u32],
        values: &[f64],
        count: usize,
        take: &mut dyn FnMut(&[u32], &[f64]),
    ) {
        assert_eq!(groups.len(), values.len(), "a group for each value");
        let bits = (count.div_ceil(PARTS).next_power_of_two().trailing_zeros()).max(PART_BITS);
        if bits != self.bits {
            self.drain(take);
            self.bits = bits;
        }
        let parts = count.div_ceil(1 << bits);
        if self.parts.len() < parts {
            self.parts.resize_with(parts, Batch::default);
        }
        let mut done = 0;
        while done < groups.len() {
            let (groups, values) = (&groups[done..], &values[done..]);
            let dealt = level.run(Deal { parts: &mut self.parts, bits, groups, values });
            done += dealt;
            if let Some(&group) = groups.get(dealt) {
                self.parts[(group >> bits) as usize].turn_over(take);
            }
        }
    }

    /// Hands all rows to `take`.
    pub fn drain(&mut self, take: &mut dyn FnMut(&[u32], &[f64])) {
        for part in std::mem::take(&mut self.parts) {
            take(&part.groups[..part.len], &part.values[..part.len]);
        }
    }

    /// Whether no row waits.
    pub fn are_empty(&self) -> bool {
        self.parts.iter().all(|part| part.len == 0)
    }

    /// Bytes of memory that they take.
    pub fn memory_bytes(&self) -> usize {
        self.parts.iter().map(|part| part.groups.capacity() * 4 + part.values.capacity() * 8).sum()
    }
}

/// Deals rows out until a part has no room; returns how many.
struct Deal<'a> {
    parts: &'a mut [Batch],
    bits: u32,
    groups: &'a [u32],
    values: &'a [f64],
}

impl Kernel for Deal<'_> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> usize {
        let Self { parts, bits, groups, values } = self;
        for (at, (&group, value)) in groups.iter().zip(values).enumerate() {
            if at % 8 == 0 {
                simd.prefetch_beyond(value, AHEAD_BYTES);
            }
            let part = &mut parts[(group >> bits) as usize];
            let (Some(held_group), Some(held_value)) =
                (part.groups.get_mut(part.len), part.values.get_mut(part.len))
            else {
                return at;
            };
            (*held_group, *held_value) = (group, *value);
            // The lines after the ones that are being filled: nothing foretells so many places.
            simd.prefetch_beyond(held_group, LINE_BYTES);
            simd.prefetch_beyond(held_value, LINE_BYTES);
            part.len += 1;
        }
        groups.len()
    }
}

/// Bytes of a cache line.
const LINE_BYTES: usize = 64;

impl Batch {
    /// Hands the rows on and makes room for others.
    #[cold]
    #[inline(never)]
    fn turn_over(&mut self, take: &mut dyn FnMut(&[u32], &[f64])) {
        take(&self.groups[..self.len], &self.values[..self.len]);
        self.groups.resize(ROWS, 0);
        self.values.resize(ROWS, 0.0);
        self.len = 0;
    }
}
