//! Sorting of numbers of 8 and 16 bits: by counting, and of a few by comparing.

use arrcalc_kernels::sort::{self, Short};

use crate::Scope;
use crate::error::Result;
use crate::order::pieces::for_each;

/// Values counted or written at a time.
const PIECE_VALUES: usize = 1 << 19;

/// Fewer values than this part of all there are are compared instead.
const COUNTED_PART: usize = 32;

/// Sorts `values` in place.
pub(super) fn sort_shorts<T: Short>(scope: &Scope<'_>, values: &mut [T], descending: bool) -> Result<()> {
    scope.check()?;
    // NaNs to the end, in their order; the fewest arrays have any.
    let mut nans = Vec::new();
    if values.iter().any(|value| value.is_nan()) {
        nans.extend(values.iter().copied().filter(|value| value.is_nan()));
        let mut numbers = 0;
        for index in 0..values.len() {
            values[numbers] = values[index];
            numbers += usize::from(!values[index].is_nan());
        }
    }
    let (values, tail) = values.split_at_mut(values.len() - nans.len());
    tail.copy_from_slice(&nans);
    let place = |value: T| if descending { T::VALUES - 1 - value.place() } else { value.place() };
    if values.len() < T::VALUES / COUNTED_PART || values.len() > u32::MAX as usize {
        values.sort_unstable_by_key(|value| place(*value));
        return Ok(());
    }
    let pieces: Vec<&[T]> = values.chunks(PIECE_VALUES).collect();
    let tables = scope.fold(
        pieces.len(),
        || vec![0u32; T::VALUES],
        |counts, index| {
            sort::count_short(pieces[index], counts);
            Ok(())
        },
    )?;
    let mut ends: Vec<u64> =
        (0..T::VALUES).map(|place| tables.iter().map(|table| u64::from(table[place])).sum()).collect();
    if descending {
        ends.reverse();
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += *end;
        *end = sum;
    }
    let pieces = values.chunks_mut(PIECE_VALUES).enumerate().collect();
    for_each(scope, pieces, |(index, piece): (usize, &mut [T])| {
        sort::fill_short(piece, index * PIECE_VALUES, &ends, descending);
    })?;
    Ok(())
}
