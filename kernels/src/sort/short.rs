//! Numbers of 8 and 16 bits are sorted by counting each of their few values.

use half::f16;

/// A number of 8 or 16 bits.
pub trait Short: Copy + Send + Sync + 'static {
    /// Number of bit patterns.
    const VALUES: usize;

    /// The place among all values in ascending order; those of NaNs are outside the numbers'.
    fn place(self) -> usize;

    /// The value at a place.
    fn at(place: usize) -> Self;

    /// Whether it is a NaN.
    fn is_nan(self) -> bool {
        false
    }
}

macro_rules! short {
    ($($type:ident $unsigned:ident $flip:expr),*) => {$(
        impl Short for $type {
            const VALUES: usize = 1 << $type::BITS;

            #[inline(always)]
            fn place(self) -> usize {
                usize::from(self as $unsigned ^ $flip)
            }

            #[inline(always)]
            fn at(place: usize) -> Self {
                (place as $unsigned ^ $flip) as $type
            }
        }
    )*};
}

short!(u8 u8 0, i8 u8 0x80, u16 u16 0, i16 u16 0x8000);

impl Short for f16 {
    const VALUES: usize = 1 << 16;

    #[inline(always)]
    fn place(self) -> usize {
        let bits = self.to_bits();
        usize::from(bits ^ (((bits as i16) >> 15) as u16 | 0x8000))
    }

    #[inline(always)]
    fn at(place: usize) -> Self {
        let key = place as u16;
        f16::from_bits(key ^ (((!key as i16) >> 15) as u16 | 0x8000))
    }

    #[inline(always)]
    fn is_nan(self) -> bool {
        f16::is_nan(self)
    }
}

/// Counts `values`, fewer than 2^32 in all, by [`Short::place`].
///
/// # Panics
/// If `counts` has not [`Short::VALUES`] elements.
pub fn count_short<T: Short>(values: &[T], counts: &mut [u32]) {
    assert!(counts.len() == T::VALUES, "a counter for each value");
    if T::VALUES > 256 {
        values.iter().for_each(|value| counts[value.place()] += 1);
        return;
    }
    // Equal neighbours would wait for each other in one table.
    let mut tables = [[0u32; 256]; 4];
    let (fours, rest) = values.as_chunks::<4>();
    for four in fours {
        for (table, value) in tables.iter_mut().zip(four) {
            table[value.place() & 255] += 1;
        }
    }
    rest.iter().for_each(|value| tables[0][value.place() & 255] += 1);
    for table in tables {
        counts.iter_mut().zip(table).for_each(|(count, more)| *count += more);
    }
}

/// Writes the sorted values from index `start` on, of which `ends[i]` are at places up to `i`; backwards, if
/// `descending`, from places counted from the highest.
///
/// # Panics
/// If there are not as many.
pub fn fill_short<T: Short>(values: &mut [T], start: usize, ends: &[u64], descending: bool) {
    let mut index = ends.partition_point(|end| *end <= start as u64);
    let mut to = 0;
    while to < values.len() {
        let end = (ends[index] - start as u64).min(values.len() as u64) as usize;
        values[to..end].fill(T::at(if descending { T::VALUES - 1 - index } else { index }));
        to = end;
        index += 1;
    }
}
