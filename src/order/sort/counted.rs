//! Values of a narrow range, sorted by counting them.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use arrcalc_kernels::sort::{self, Key, Map, Range};

use crate::Scope;
use crate::error::Result;
use crate::order::pieces::for_each;

/// Values counted or written at a time.
const PIECE_VALUES: usize = 1 << 17;

/// A range is narrow where each of its keys comes this often on average ..
const REPEATS: usize = 8;

/// .. and a table of it is not too large for the caches.
const RANGE_MAX: usize = 1 << 21;

/// Fewer values are compared.
const COUNTED_VALUES: usize = 1 << 13;

/// Keys from which the range is guessed.
const SAMPLE: usize = 1023;

/// How often each key of a range comes.
pub(super) struct Counted<K> {
    range: Range<K>,
    /// Of all keys, how many are at most the first of the range, the second ..
    ends: Vec<u64>,
}

/// Counts the keys that `map` gives for `bits`, if their range is narrow.
///
/// # Errors
/// Cancelling; the deadline; memory for the tables.
pub(super) fn count<K: Key>(scope: &Scope<'_>, bits: &[K], map: &Map<K>) -> Result<Option<Counted<K>>> {
    let mut sample = [K::ZERO; SAMPLE];
    if bits.len() < COUNTED_VALUES || bits.len() > u32::MAX as usize {
        return Ok(None);
    }
    sort::sample(bits, map, &mut sample);
    let Some(range) =
        Range::around(&sample).filter(|range| range.size <= (bits.len() / REPEATS).min(RANGE_MAX))
    else {
        return Ok(None);
    };
    let table_bytes = (range.counters() * size_of::<u32>() * scope.threads() + range.size * 8) as u64;
    let Ok(_tables) = scope.budget().reserve("counts of values", table_bytes) else { return Ok(None) };
    let is_outside = AtomicBool::new(false);
    let pieces: Vec<&[K]> = bits.chunks(PIECE_VALUES).collect();
    let tables = scope.fold(
        pieces.len(),
        || vec![0u32; range.counters()],
        |counts, index| {
            if !is_outside.load(Relaxed) && !sort::count(pieces[index], map, range, counts) {
                is_outside.store(true, Relaxed);
            }
            Ok(())
        },
    )?;
    if is_outside.into_inner() {
        return Ok(None);
    }
    let mut ends = vec![0u64; range.size];
    for counts in tables.iter().flat_map(|table| table.chunks(range.size + 1)) {
        ends.iter_mut().zip(counts).for_each(|(end, count)| *end += u64::from(*count));
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += *end;
        *end = sum;
    }
    Ok(Some(Counted { range, ends }))
}

impl<K: Key> Counted<K> {
    /// Writes the values in order.
    ///
    /// # Errors
    /// Cancelling; the deadline.
    pub(super) fn write(&self, scope: &Scope<'_>, values: &mut [K], map: &Map<K>) -> Result<()> {
        let pieces = values.chunks_mut(PIECE_VALUES).enumerate().collect();
        for_each(scope, pieces, |(index, piece): (usize, &mut [K])| {
            sort::fill(piece, index * PIECE_VALUES, &self.ends, map, self.range.lowest);
        })?;
        Ok(())
    }
}
