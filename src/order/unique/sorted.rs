//! Distinct values by sorting all of them: each run of equal ones is one. A value takes no memory of its own until it is
//! written to where it will stay.

use arrcalc_kernels::distinct::{Restore, count_starts, write_starts};
use arrcalc_kernels::order::{Span, span};
use arrcalc_kernels::sort::Key;

use super::{Found, WHAT};
use crate::error::Result;
use crate::order::keys::sort_keys;
use crate::order::pieces::for_each;
use crate::order::pieces::{PIECE_ROWS, each};
use crate::{Reservation, Scope};

/// Sorted keys, each as often as its value occurs.
#[derive(Debug)]
pub(super) struct Sorted<K> {
    keys: Vec<K>,
    /// The code of key 0.
    low: u64,
    /// How many distinct keys there are before each piece of the keys, and altogether.
    before: Vec<usize>,
    _keys: Reservation,
}

/// The code of a NaN stays the highest where the others are moved down to begin at 0.
const NAN_GAP: u64 = 1;

/// Sorts `values`.
pub(super) fn sort<T: Restore>(scope: &Scope<'_>, values: &[T]) -> Result<Found> {
    let level = scope.level();
    let spans = for_each(scope, values.chunks(PIECE_ROWS).collect(), |piece| span(level, piece, None))?;
    let all = spans.into_iter().fold(Span::EMPTY, Span::merge);
    if size_of::<T>() <= 4 {
        return Ok(Found::Sorted32(Sorted::new(scope, values, 0, |code| code as u32)?));
    }
    let is_narrow = !all.has_nan && all.highest.saturating_sub(all.lowest) <= u64::from(u32::MAX) - NAN_GAP;
    if is_narrow {
        let low = all.lowest.min(all.highest);
        return Ok(Found::Sorted32(Sorted::new(scope, values, low, move |code| (code - low) as u32)?));
    }
    Ok(Found::Sorted(Sorted::new(scope, values, 0, |code| code)?))
}

impl<K: Key + Into<u64> + Default> Sorted<K> {
    fn new<T: Restore>(
        scope: &Scope<'_>,
        values: &[T],
        low: u64,
        key: impl Fn(u64) -> K + Sync,
    ) -> Result<Self> {
        let reservation = scope.budget().reserve(WHAT, (size_of::<K>() * values.len()) as u64)?;
        let mut keys = vec![K::default(); values.len()];
        each(scope, keys.chunks_mut(PIECE_ROWS).zip(values.chunks(PIECE_ROWS)), |_, (keys, values)| {
            keys.iter_mut().zip(values).for_each(|(slot, value)| *slot = key(value.ordered()));
            Ok(())
        })?;
        sort_keys(scope, &mut keys)?;
        let level = scope.level();
        let pieces = (0..keys.len().div_ceil(PIECE_ROWS)).collect();
        let starts = for_each(scope, pieces, |at| {
            let (piece, before) = piece(&keys, at);
            count_starts(level, piece, before)
        })?;
        let mut before = Vec::with_capacity(starts.len() + 1);
        before.push(0);
        for count in starts {
            before.push(before[before.len() - 1] + count);
        }
        Ok(Self { keys, low, before, _keys: reservation })
    }

    /// The number of distinct keys.
    pub(super) fn len(&self) -> usize {
        self.before.last().copied().unwrap_or(0)
    }

    /// Writes the values, and how often each occurs.
    pub(super) fn write<T: Restore>(
        &self,
        scope: &Scope<'_>,
        out: &mut [T],
        counts: Option<&mut [u64]>,
    ) -> Result<()> {
        let low = self.low;
        self.write_as(scope, move |key: K| T::restore(low.wrapping_add(key.into())), out, counts)
    }

    /// How often each value occurs.
    pub(super) fn counts(&self, scope: &Scope<'_>) -> Result<Vec<u64>> {
        let mut counts = vec![0; self.len()];
        self.write_as(scope, |_| (), &mut vec![(); self.len()], Some(&mut counts))?;
        Ok(counts)
    }

    fn write_as<V: Send>(
        &self,
        scope: &Scope<'_>,
        value: impl Fn(K) -> V + Copy + Sync,
        out: &mut [V],
        counts: Option<&mut [u64]>,
    ) -> Result<()> {
        let level = scope.level();
        let sizes = || self.before.windows(2).map(|pair| pair[1] - pair[0]);
        let firsts = cut(out, sizes());
        let Some(counts) = counts else {
            return each(scope, firsts, |at, firsts| {
                let (keys, before) = piece(&self.keys, at);
                write_starts(level, keys, before, value, firsts, 0, &mut []);
                Ok(())
            });
        };
        let places = cut(counts, sizes());
        each(scope, firsts.into_iter().zip(places), |at, (firsts, places)| {
            let (keys, before) = piece(&self.keys, at);
            write_starts(level, keys, before, value, firsts, (at * PIECE_ROWS) as u64, places);
            Ok(())
        })?;
        // The place where the next run begins, for each piece of the counts, less its own.
        let nexts: Vec<u64> = (counts.chunks(PIECE_ROWS).skip(1).map(|piece| piece[0]))
            .chain([self.keys.len() as u64])
            .collect();
        each(scope, counts.chunks_mut(PIECE_ROWS).zip(nexts), |_, (piece, next)| {
            let last = piece.len() - 1;
            for at in 0..last {
                piece[at] = piece[at + 1] - piece[at];
            }
            piece[last] = next - piece[last];
            Ok(())
        })
    }
}

/// Piece `at` of the keys, and the key before it.
fn piece<K: Copy>(keys: &[K], at: usize) -> (&[K], Option<K>) {
    let start = at * PIECE_ROWS;
    let end = keys.len().min(start + PIECE_ROWS);
    (&keys[start..end], start.checked_sub(1).map(|before| keys[before]))
}

/// `all` in pieces of `sizes`.
fn cut<V>(mut all: &mut [V], sizes: impl Iterator<Item = usize>) -> Vec<&mut [V]> {
    let mut pieces = Vec::new();
    for size in sizes {
        let (piece, rest) = all.split_at_mut(size);
        pieces.push(piece);
        all = rest;
    }
    pieces
}
