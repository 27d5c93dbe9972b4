//! Sorting of numbers of 32 and 64 bits, in place or on their way to another place.

use arrcalc_kernels::sort::{self, Key, Map, Order, Part, Value};

use super::counted;
use super::order::order;
use crate::Scope;
use crate::error::Result;
use crate::order::keys::{SEQUENTIAL_KEYS, exchange, sort_parts, stretch};
use crate::order::pieces::for_each;

/// Values copied or changed at a time.
pub(super) const PIECE_VALUES: usize = 1 << 16;

/// Sorts `values` in place.
pub(super) fn sort_words<T: Value>(scope: &Scope<'_>, values: &mut [T], descending: bool) -> Result<()> {
    let map = T::map(descending);
    let bits = T::bits_mut(values);
    scope.check()?;
    match order(scope, bits, &map)? {
        Order::Ascending | Order::Equal => return Ok(()),
        Order::Descending => {
            bits.reverse();
            return Ok(());
        }
        Order::None => {}
    }
    if let Some(counted) = counted::count(scope, bits, &map)? {
        return counted.write(scope, bits, &map);
    }
    let numbers = apply(scope, bits, &map)?;
    sort_parts(scope, vec![Part { keys: &mut bits[..numbers], lowest: None }], &map)
}

/// Values become keys; those of NaNs move to the end, in their order, and are bits again. Returns how many are not NaN.
pub(super) fn apply<K: Key>(scope: &Scope<'_>, bits: &mut [K], map: &Map<K>) -> Result<usize> {
    if *map == Map::IDENTITY {
        return Ok(bits.len());
    }
    let level = scope.level();
    let are_numbers = if bits.len() <= PIECE_VALUES {
        map.apply(level, bits)
    } else {
        let pieces = bits.chunks_mut(PIECE_VALUES).collect();
        !for_each(scope, pieces, |piece| map.apply(level, piece))?.contains(&false)
    };
    if are_numbers {
        return Ok(bits.len());
    }
    let mut nans = Vec::new();
    let mut numbers = 0;
    for index in 0..bits.len() {
        let key = bits[index];
        if map.is_number(key) {
            bits[numbers] = key;
            numbers += 1;
        } else {
            nans.push(map.bits(key));
        }
    }
    bits[numbers..].copy_from_slice(&nans);
    Ok(numbers)
}

/// Writes `values` in order to `out`.
pub(super) fn sort_words_to<T: Value>(
    scope: &Scope<'_>,
    values: &[T],
    out: &mut [T],
    descending: bool,
) -> Result<()> {
    let map = T::map(descending);
    let (bits, out) = (T::bits(values), T::bits_mut(out));
    scope.check()?;
    match order(scope, bits, &map)? {
        Order::Ascending | Order::Equal => return copy(scope, bits, out),
        Order::Descending => {
            copy(scope, bits, out)?;
            out.reverse();
            return Ok(());
        }
        Order::None => {}
    }
    if let Some(counted) = counted::count(scope, bits, &map)? {
        return counted.write(scope, out, &map);
    }
    let level = scope.level();
    if bits.len() < SEQUENTIAL_KEYS {
        out.copy_from_slice(bits);
        let numbers = apply(scope, out, &map)?;
        return sort_parts(scope, vec![Part { keys: &mut out[..numbers], lowest: None }], &map);
    }
    let pivot = sort::pivot(level, bits, &map);
    let stretch = stretch(scope, bits.len());
    let pairs = bits.chunks(stretch).zip(out.chunks_mut(stretch)).collect();
    let found = for_each(scope, pairs, |(bits, keys)| sort::partition_from(level, bits, keys, &map, pivot))?;
    if found.iter().any(|(_, are_numbers)| !are_numbers) {
        let numbers = pack(scope, bits, out, &map)?;
        return sort_parts(scope, vec![Part { keys: &mut out[..numbers], lowest: None }], &map);
    }
    let below: Vec<usize> = found.into_iter().map(|(below, _)| below).collect();
    let boundary = exchange(scope, out, &below, stretch)?;
    let (left, right) = out.split_at_mut(boundary);
    let parts = vec![Part { keys: left, lowest: None }, Part { keys: right, lowest: Some(pivot) }];
    sort_parts(scope, parts, &map)
}

/// `from` to `to`, on all threads.
fn copy<K: Key>(scope: &Scope<'_>, from: &[K], to: &mut [K]) -> Result<()> {
    let pairs = from.chunks(PIECE_VALUES).zip(to.chunks_mut(PIECE_VALUES)).collect();
    for_each(scope, pairs, |(from, to): (&[K], &mut [K])| to.copy_from_slice(from))?;
    Ok(())
}

/// The keys of all numbers to the front of `out`, in any order, and the NaNs behind them, in theirs. Returns how many are
/// not NaN.
fn pack<K: Key>(scope: &Scope<'_>, bits: &[K], out: &mut [K], map: &Map<K>) -> Result<usize> {
    let is_nan = |bits: &K| !map.is_number(map.key(*bits));
    let nans = for_each(scope, bits.chunks(PIECE_VALUES).collect(), |bits| {
        bits.iter().filter(|bits| is_nan(bits)).count()
    })?;
    let numbers = bits.len() - nans.iter().sum::<usize>();
    let (mut numbers_out, mut nans_out) = out.split_at_mut(numbers);
    let mut pieces = Vec::new();
    for (piece, nans) in bits.chunks(PIECE_VALUES).zip(nans) {
        let (numbers_here, numbers_later) = numbers_out.split_at_mut(piece.len() - nans);
        let (nans_here, nans_later) = nans_out.split_at_mut(nans);
        pieces.push((piece, numbers_here, nans_here));
        (numbers_out, nans_out) = (numbers_later, nans_later);
    }
    for_each(scope, pieces, |(bits, numbers, nans)| {
        let (mut number, mut nan) = (0, 0);
        for bits in bits {
            if is_nan(bits) {
                nans[nan] = *bits;
                nan += 1;
            } else {
                numbers[number] = map.key(*bits);
                number += 1;
            }
        }
    })?;
    Ok(numbers)
}
