//! Permutations: values in the order of their rows' keys.
//!
//! ```text
//! deal: (key, value) of each row to the bucket of the key's high bits, each piece of the rows into places of its own
//! bucket after bucket, in cache: sort words of (key bits | place), check ties, take the values
//! ```
//! Keys are uniform, so buckets are about equally large and their places can be laid out beforehand: one pass over keys,
//! no count. Where chance overfills a place (8 standard deviations), rows are sorted instead: the answer is the same.
//!
//! Sources: Rao and Sandelius, "A simple method of obtaining random permutations" (Sankhya 1961) for shuffling by dealing
//! to random buckets; the word of key and place is that of `order::argsort`.

use std::sync::{Mutex, PoisonError};

use arrcalc_datasets::{Column, Values};
use arrcalc_kernels::{Level, sort};

use super::keys::RowKeys;
use crate::Scope;
use crate::error::{Error, Result};
use crate::order::{RowIndex, SortKey, argsort};

/// Rows of a bucket: words and values stay in a core's second-level cache.
const BUCKET_ROWS: usize = 24_576;
/// Most buckets: as many lines are written to in turns.
const BUCKET_BITS_MAX: u32 = 12;
/// Rows of a piece that is worth a thread.
const PIECE_ROWS_MIN: usize = 1 << 18;
/// Rows whose keys are made at a time.
const BLOCK_ROWS: usize = 1024;
/// What the memory is for, in messages.
const WHAT: &str = "the rows of a shuffle";

/// The rows `0 .. out.len()` in the order of (key, row): `np.argsort(Philox(seed).random_raw(n), kind="stable")`.
///
/// Cost: linear, about 12 bytes a row beside the answer, on all threads.
///
/// # Errors
/// The memory budget; cancelling; the deadline.
///
/// # Examples
/// ```
/// use arrcalc::{Engine, random::permutation};
///
/// let mut rows = [0u32; 5];
/// Engine::new().scoped(|scope| permutation(scope, 42, &mut rows))?;
/// assert_eq!(rows, [0, 1, 4, 2, 3]);
/// # Ok::<(), arrcalc::Error>(())
/// ```
pub fn permutation<I: RowIndex + Default>(scope: &Scope<'_>, seed: u64, out: &mut [I]) -> Result<()> {
    let keys = RowKeys::new(seed);
    let rows = out.len();
    if u32::try_from(rows).is_ok() {
        let number = |first: usize, values: &mut [u32]| {
            (first as u32..).zip(values).for_each(|(row, value)| *value = row);
        };
        match Dealt::new(scope, keys, rows, &number)? {
            Some(dealt) => dealt.write(scope, out, &|row| I::of(u64::from(row))),
            None => {
                let order = by_sorting(scope, keys, rows)?;
                out.iter_mut().zip(order).for_each(|(place, row)| *place = I::of(row));
                Ok(())
            }
        }
    } else {
        let order = by_sorting(scope, keys, rows)?;
        out.iter_mut().zip(order).for_each(|(place, row)| *place = I::of(row));
        Ok(())
    }
}

/// `to[i] = from[permutation[i]]`.
///
/// Cost: linear, the keys and values again in memory, on all threads.
///
/// # Errors
/// [`Error::Request`] where the lengths differ; the memory budget; cancelling; the deadline.
///
/// # Examples
/// ```
/// use arrcalc::{Engine, random::permute};
///
/// let mut cards = ['-'; 5];
/// Engine::new().scoped(|scope| permute(scope, 42, &['a', 'b', 'c', 'd', 'e'], &mut cards))?;
/// assert_eq!(cards, ['a', 'b', 'e', 'c', 'd']);
/// # Ok::<(), arrcalc::Error>(())
/// ```
pub fn permute<T>(scope: &Scope<'_>, seed: u64, from: &[T], to: &mut [T]) -> Result<()>
where
    T: Copy + Default + Send + Sync,
{
    if from.len() != to.len() {
        let reason = format!("{} places for {} values", to.len(), from.len());
        return Err(Error::Request { reason });
    }
    match dealt(scope, seed, from)? {
        Some(dealt) => dealt.write(scope, to, &|value| value),
        None => {
            let order = by_sorting(scope, RowKeys::new(seed), from.len())?;
            to.iter_mut().zip(order).for_each(|(place, row)| *place = from[row as usize]);
            Ok(())
        }
    }
}

/// Puts `values` in the order of [`permutation`], in place.
///
/// Cost: as [`permute`].
///
/// # Errors
/// The memory budget; cancelling; the deadline. Unless it was cancelled while it wrote, an error leaves the values as
/// they were.
pub fn shuffle<T: Copy + Default + Send + Sync>(
    scope: &Scope<'_>,
    seed: u64,
    values: &mut [T],
) -> Result<()> {
    match dealt(scope, seed, values)? {
        Some(dealt) => dealt.write(scope, values, &|value| value),
        None => {
            let before = values.to_vec();
            permute(scope, seed, &before, values)
        }
    }
}

fn dealt<T: Copy + Default + Send + Sync>(
    scope: &Scope<'_>,
    seed: u64,
    values: &[T],
) -> Result<Option<Dealt<T>>> {
    let read = |first: usize, block: &mut [T]| {
        let end = first + block.len();
        block.copy_from_slice(&values[first..end]);
    };
    Dealt::new(scope, RowKeys::new(seed), values.len(), &read)
}

/// The rows in the order of their keys, whatever the keys.
pub(super) fn by_sorting(scope: &Scope<'_>, keys: RowKeys, rows: usize) -> Result<Vec<u64>> {
    let _held = scope.budget().reserve(WHAT, 8 * rows as u64)?;
    let mut words = vec![0; rows];
    keys.fill(scope.level(), 0, &mut words);
    let column = Column { values: Values::UInt64(&words), validity: None };
    argsort(scope, &[SortKey::ascending(column)], rows)
}

/// Rows dealt to buckets by the high bits of their keys.
struct Dealt<T> {
    bucket_bits: u32,
    /// A piece of the rows each, in their order.
    regions: Vec<Region<T>>,
}

/// What one piece of the rows was dealt to: bucket `b` has `counts[b]` places from `b * room` on.
struct Region<T> {
    keys: Vec<u64>,
    values: Vec<T>,
    counts: Vec<u32>,
    room: usize,
}

impl<T: Copy + Default + Send + Sync> Dealt<T> {
    /// Deals `rows` rows, whose values `read` gives from a row on; `None` where a bucket has no room for what chance
    /// gives it.
    fn new(
        scope: &Scope<'_>,
        keys: RowKeys,
        rows: usize,
        read: &(dyn Fn(usize, &mut [T]) + Sync),
    ) -> Result<Option<Self>> {
        scope.check()?;
        let bucket_bits = rows.div_ceil(BUCKET_ROWS).next_power_of_two().ilog2().min(BUCKET_BITS_MAX);
        let pieces = rows.div_ceil(PIECE_ROWS_MIN).clamp(1, 4 * scope.threads());
        let piece_rows = rows.div_ceil(pieces);
        let mean = (piece_rows >> bucket_bits) as f64;
        let room = if bucket_bits == 0 { rows } else { (mean + 8.0 * mean.sqrt() + 16.0) as usize };
        let places = (room << bucket_bits) as u64 * pieces as u64;
        let _held = scope.budget().reserve(WHAT, places * (8 + size_of::<T>() as u64))?;
        let regions: Vec<Mutex<Option<Region<T>>>> = (0..pieces).map(|_| Mutex::new(None)).collect();
        scope.fold(
            pieces,
            || (),
            |(), piece| {
                let start = (piece * piece_rows).min(rows);
                let end = rows.min(start + piece_rows);
                let region = Region::fill(scope, keys, start..end, bucket_bits, room, read)?;
                *regions[piece].lock().unwrap_or_else(PoisonError::into_inner) = region;
                Ok(())
            },
        )?;
        let regions =
            regions.into_iter().map(|cell| cell.into_inner().unwrap_or_else(PoisonError::into_inner));
        Ok(regions.collect::<Option<Vec<_>>>().map(|regions| Self { bucket_bits, regions }))
    }

    /// Writes the values in the order of their keys.
    fn write<U: Send>(
        &self,
        scope: &Scope<'_>,
        out: &mut [U],
        convert: &(dyn Fn(T) -> U + Sync),
    ) -> Result<()> {
        let buckets = 1 << self.bucket_bits;
        let mut rest = out;
        let mut parts = Vec::with_capacity(buckets);
        for bucket in 0..buckets {
            let rows = self.regions.iter().map(|region| region.counts[bucket] as usize).sum();
            let (part, after) = rest.split_at_mut(rows);
            rest = after;
            parts.push(Mutex::new(Some(part)));
        }
        scope.fold(buckets, Sorter::default, |sorter, bucket| {
            let part = parts[bucket].lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(part) = part {
                sorter.sort(scope.level(), self, bucket, part.len());
                let values = &sorter.values;
                let mask = sorter.mask;
                for (place, word) in part.iter_mut().zip(&sorter.words) {
                    *place = convert(values[(word & mask) as usize]);
                }
            }
            Ok(())
        })?;
        Ok(())
    }
}

impl<T: Copy + Default> Region<T> {
    fn fill(
        scope: &Scope<'_>,
        keys: RowKeys,
        rows: std::ops::Range<usize>,
        bucket_bits: u32,
        room: usize,
        read: &(dyn Fn(usize, &mut [T]) + Sync),
    ) -> Result<Option<Self>> {
        let places = room << bucket_bits;
        let mut region = Self {
            keys: vec![0; places],
            values: vec![T::default(); places],
            counts: vec![0; 1 << bucket_bits],
            room,
        };
        let (mut words, mut values) = ([0; BLOCK_ROWS], [T::default(); BLOCK_ROWS]);
        let mut first = rows.start;
        while first < rows.end {
            let count = (rows.end - first).min(BLOCK_ROWS);
            let (words, values) = (&mut words[..count], &mut values[..count]);
            keys.fill(scope.level(), first as u64, words);
            read(first, values);
            if !region.deal(bucket_bits, words, values) {
                return Ok(None);
            }
            first += count;
            if first.is_multiple_of(1 << 20) {
                scope.check()?;
            }
        }
        Ok(Some(region))
    }

    /// Whether there was room.
    fn deal(&mut self, bucket_bits: u32, words: &[u64], values: &[T]) -> bool {
        for (&key, &value) in words.iter().zip(values) {
            let bucket = if bucket_bits == 0 { 0 } else { (key >> (64 - bucket_bits)) as usize };
            let count = &mut self.counts[bucket];
            if *count as usize == self.room {
                return false;
            }
            let place = bucket * self.room + *count as usize;
            *count += 1;
            self.keys[place] = key;
            self.values[place] = value;
        }
        true
    }
}

/// One thread's memory for a bucket.
#[derive(Default)]
struct Sorter<T> {
    words: Vec<u64>,
    keys: Vec<u64>,
    values: Vec<T>,
    /// Bits of a word that are the place.
    mask: u64,
}

impl<T: Copy + Default + Send + Sync> Sorter<T> {
    /// The rows of a bucket in the order of their keys: word `i` holds the place of row `i`'s value.
    fn sort(&mut self, level: Level, dealt: &Dealt<T>, bucket: usize, rows: usize) {
        self.keys.clear();
        self.values.clear();
        for region in &dealt.regions {
            let places = bucket * region.room..bucket * region.room + region.counts[bucket] as usize;
            self.keys.extend_from_slice(&region.keys[places.clone()]);
            self.values.extend_from_slice(&region.values[places]);
        }
        self.mask = (rows.max(1) as u64).next_power_of_two() - 1;
        self.words.clear();
        let (mask, bits) = (self.mask, dealt.bucket_bits);
        self.words.extend((0u64..).zip(&self.keys).map(|(place, key)| (key << bits) & !mask | place));
        sort::sort(level, &mut self.words);
        // Rows whose words agree in all bits of the key: by the whole key, then in their order.
        let is_tied = |pair: &[u64]| pair[0] & !mask == pair[1] & !mask;
        if self.words.windows(2).any(is_tied) {
            let keys = &self.keys;
            let runs = self.words.chunk_by_mut(|left, right| left & !mask == right & !mask);
            runs.for_each(|run| run.sort_unstable_by_key(|word| (keys[(word & mask) as usize], word & mask)));
        }
    }
}
