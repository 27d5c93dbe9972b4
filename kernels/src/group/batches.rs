//! Rows put off until many of neighbouring groups have come together.
//!
//! The states of a million groups are in no cache: each row would wait for memory twice, to read its state and to write
//! it. So rows are dealt out to parts by the high bits of their groups' numbers, and a part's rows are handed on when
//! there are some for each of its states, which then stay in the second-level cache meanwhile. It is the radix
//! partitioning of joins (S. Manegold, P. Boncz and M. Kersten, "Optimizing Main-Memory Join on Modern Hardware", 2002).

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
        for (&group, &value) in groups.iter().zip(values) {
            let part = &mut self.parts[(group >> bits) as usize];
            let at = part.len;
            if let (Some(held_group), Some(held_value)) = (part.groups.get_mut(at), part.values.get_mut(at)) {
                (*held_group, *held_value) = (group, value);
                part.len = at + 1;
            } else {
                part.turn_over(take);
                (part.groups[0], part.values[0], part.len) = (group, value, 1);
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

impl Batch {
    /// Hands the rows on and makes room for others.
    #[cold]
    #[inline(never)]
    fn turn_over(&mut self, take: &mut dyn FnMut(&[u32], &[f64])) {
        take(&self.groups[..self.len], &self.values[..self.len]);
        self.groups.resize(ROWS, 0);
        self.values.resize(ROWS, 0.0);
    }
}
