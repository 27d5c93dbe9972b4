//! Permutations: rows are dealt to buckets at random, and each bucket is mixed where it lies.
//!
//! ```text
//! count    the rows of each bucket in each piece of the rows, which tells where every row goes
//! deal     each row to the next place of its bucket, all pieces at once
//! mix      bucket after bucket, in cache: Fisher and Yates
//! ```
//! Nothing depends on the pieces: buckets are functions of rows, draws of places, as `kernels::random::Deck` has them,
//! which tells the sources, too.

use std::ops::Range;
use std::slice::IterMut;
use std::sync::{Mutex, PoisonError};

use arrcalc_datasets::{Pod, Scratch};
use arrcalc_kernels::random::{Deck, Philox};

use crate::Scope;
use crate::error::{Error, Result};
use crate::order::RowIndex;

/// Rows whose buckets are told at a time.
const BLOCK_ROWS: usize = 2048;
/// Rows of a piece that is dealt.
const DEALT_ROWS_MIN: usize = 1 << 18;
/// Rows of a piece that is mixed.
const MIXED_ROWS: usize = 1 << 16;
/// What the memory is for, in messages.
const WHAT: &str = "the rows of a shuffle";

/// The rows `0 .. out.len()` in a random order, which [the module](crate::random) defines.
///
/// Cost: linear, on all threads; no memory for rows beside the answer.
///
/// # Errors
/// Cancelling; the deadline.
///
/// # Examples
/// ```
/// use arrcalc::{Engine, random::permutation};
///
/// let mut rows = [0u32; 5];
/// Engine::new().scoped(|scope| permutation(scope, 42, &mut rows))?;
/// assert_eq!(rows, [0, 2, 1, 4, 3]);
/// # Ok::<(), arrcalc::Error>(())
/// ```
pub fn permutation<I: RowIndex>(scope: &Scope<'_>, seed: u64, out: &mut [I]) -> Result<()> {
    let deck = deck(seed, out.len() as u64)?;
    let starts = deal(scope, &deck, out, |row| I::of(row as u64))?;
    mix(scope, &deck, &starts, out, |_, _| ())
}

/// `to[i] = from[permutation[i]]`.
///
/// Cost: as [`permutation`].
///
/// # Errors
/// [`Error::Request`] where the lengths differ; cancelling; the deadline.
///
/// # Examples
/// ```
/// use arrcalc::{Engine, random::permute};
///
/// let mut cards = ['-'; 5];
/// Engine::new().scoped(|scope| permute(scope, 42, &['a', 'b', 'c', 'd', 'e'], &mut cards))?;
/// assert_eq!(cards, ['a', 'c', 'b', 'e', 'd']);
/// # Ok::<(), arrcalc::Error>(())
/// ```
pub fn permute<T: Copy + Send + Sync>(scope: &Scope<'_>, seed: u64, from: &[T], to: &mut [T]) -> Result<()> {
    if from.len() != to.len() {
        let reason = format!("{} places for {} values", to.len(), from.len());
        return Err(Error::Request { reason });
    }
    let deck = deck(seed, to.len() as u64)?;
    let starts = deal(scope, &deck, to, |row| from[row])?;
    mix(scope, &deck, &starts, to, |_, _| ())
}

/// Puts `values` in the order of [`permutation`], in place.
///
/// Cost: as [`permutation`], and the values once more in memory.
///
/// # Errors
/// The memory budget; cancelling; the deadline. Unless it was cancelled while it wrote, an error leaves the values as
/// they were.
pub fn shuffle<T: Pod + Send + Sync>(scope: &Scope<'_>, seed: u64, values: &mut [T]) -> Result<()> {
    let deck = deck(seed, values.len() as u64)?;
    if deck.buckets() == 1 {
        deck.mix(scope.level(), 0, values);
        return Ok(());
    }
    let bytes = size_of_val(values);
    let _held = scope.budget().reserve(WHAT, bytes as u64)?;
    let Some(mut scratch) = Scratch::any(bytes) else {
        return Err(Error::Memory {
            what: WHAT,
            needed_bytes: bytes as u64,
            available_bytes: scope.budget().available_bytes(),
            limit_bytes: scope.budget().limit_bytes(),
        });
    };
    let dealt = scratch.slice_mut(values.len());
    let starts = deal(scope, &deck, dealt, |row| values[row])?;
    mix(scope, &deck, &starts, values, |places, part| part.copy_from_slice(&dealt[places]))
}

/// # Errors
/// [`Error::Request`] for more than 2^47 rows.
pub(super) fn deck(seed: u64, rows: u64) -> Result<Deck> {
    let reason = || format!("{rows} rows are more than are shuffled, 2^47");
    Deck::new(Philox::from(seed), rows).ok_or_else(|| Error::Request { reason: reason() })
}

/// Deals the values of all rows to `out`: bucket after bucket, each in the order of its rows. Answers where buckets start,
/// and the end of the last.
fn deal<T: Send>(
    scope: &Scope<'_>,
    deck: &Deck,
    out: &mut [T],
    value: impl Fn(usize) -> T + Sync,
) -> Result<Vec<usize>> {
    let rows = out.len();
    if deck.buckets() == 1 {
        (0..rows).zip(out).for_each(|(row, place)| *place = value(row));
        return Ok(vec![0, rows]);
    }
    let pieces = (rows / DEALT_ROWS_MIN).clamp(1, 2 * scope.threads());
    let piece_rows = rows.div_ceil(pieces).next_multiple_of(BLOCK_ROWS);
    let rows_of = |piece: usize| (piece * piece_rows).min(rows)..((piece + 1) * piece_rows).min(rows);
    let counts: Vec<Mutex<Vec<usize>>> = (0..pieces).map(|_| Mutex::default()).collect();
    scope.share(pieces, &|_, piece| {
        let mut found = vec![0; deck.buckets()];
        each_bucket(scope, deck, rows_of(piece), |_, bucket| found[bucket] += 1)?;
        *counts[piece].lock().unwrap_or_else(PoisonError::into_inner) = found;
        Ok(())
    })?;
    let counts: Vec<Vec<usize>> = counts.into_iter().map(into_inner).collect();
    // The places of each bucket in turn, and in it of each piece in turn.
    let mut starts = Vec::with_capacity(deck.buckets() + 1);
    let mut places: Vec<Vec<IterMut<'_, T>>> =
        (0..pieces).map(|_| Vec::with_capacity(deck.buckets())).collect();
    let mut rest = out;
    for bucket in 0..deck.buckets() {
        starts.push(rows - rest.len());
        for (counts, places) in counts.iter().zip(&mut places) {
            let (part, after) = rest.split_at_mut(counts[bucket]);
            rest = after;
            places.push(part.iter_mut());
        }
    }
    starts.push(rows);
    let places: Vec<Mutex<Vec<IterMut<'_, T>>>> = places.into_iter().map(Mutex::new).collect();
    scope.share(pieces, &|_, piece| {
        let mut places = std::mem::take(&mut *places[piece].lock().unwrap_or_else(PoisonError::into_inner));
        each_bucket(scope, deck, rows_of(piece), |row, bucket| {
            if let Some(place) = places[bucket].next() {
                *place = value(row);
            }
        })
    })?;
    Ok(starts)
}

/// Tells `take` each of `rows` and its bucket.
fn each_bucket(
    scope: &Scope<'_>,
    deck: &Deck,
    rows: Range<usize>,
    mut take: impl FnMut(usize, usize),
) -> Result<()> {
    let mut buckets = [0; BLOCK_ROWS];
    let mut first = rows.start;
    while first < rows.end {
        let buckets = &mut buckets[..(rows.end - first).min(BLOCK_ROWS)];
        deck.fill(scope.level(), first as u64, buckets);
        for (row, &bucket) in (first..).zip(buckets.iter()) {
            take(row, usize::from(bucket));
        }
        first += buckets.len();
        if first.is_multiple_of(1 << 20) {
            scope.check()?;
        }
    }
    Ok(())
}

/// Mixes each bucket of `out`, after `before` was told its places.
fn mix<T: Send>(
    scope: &Scope<'_>,
    deck: &Deck,
    starts: &[usize],
    out: &mut [T],
    before: impl Fn(Range<usize>, &mut [T]) + Sync,
) -> Result<()> {
    let pieces = out.len().div_ceil(MIXED_ROWS).clamp(1, deck.buckets());
    let piece_buckets = deck.buckets().div_ceil(pieces);
    let mut rest = out;
    let mut parts = Vec::with_capacity(pieces);
    for bounds in starts[..deck.buckets()].chunks(piece_buckets).enumerate() {
        let (piece, buckets) = bounds;
        let end = starts[piece * piece_buckets + buckets.len()];
        let (part, after) = rest.split_at_mut(end - buckets[0]);
        rest = after;
        parts.push(Mutex::new(Some(part)));
    }
    scope.share(parts.len(), &|_, piece| {
        let part = parts[piece].lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut part) = part else { return Ok(()) };
        let first = piece * piece_buckets;
        let last = (first + piece_buckets).min(deck.buckets());
        for bounds in starts[first..=last].windows(2) {
            let (bucket, after) = part.split_at_mut(bounds[1] - bounds[0]);
            part = after;
            before(bounds[0]..bounds[1], bucket);
            deck.mix(scope.level(), bounds[0] as u64, bucket);
        }
        Ok(())
    })?;
    Ok(())
}

fn into_inner<T>(cell: Mutex<T>) -> T {
    cell.into_inner().unwrap_or_else(PoisonError::into_inner)
}
