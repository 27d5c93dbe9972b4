//! Rows in parts: those before a place of the order, those after it, without an order within the parts.
//!
//! The codes at the wanted places come from selection by counting (`ranked`); then every row goes, in the order of the
//! rows, to the part in which its code lies, so that the answer is a function of the values alone.

use std::ops::Range;

use arrcalc_kernels::Bits;
use arrcalc_kernels::order::Orderable;

use super::argsort::argsort_into;
use super::key::SortKey;
use super::pieces::{PIECE_ROWS, each, for_each};
use super::ranked::{BLOCK_ROWS, codes_at};
use super::with_numbers::with_numbers;
use crate::Scope;
use crate::error::Result;

/// The rows so that at each of `places` stands the row that [`super::argsort`] puts there, or one that is equal to it, and
/// nothing after it comes before it in the order. Rows between two places are in no order that means anything.
///
/// Cost: a few passes at the speed of memory, for a number; that of sorting for other types and where there are nulls.
///
/// # Errors
/// The memory budget; cancelling; the deadline.
///
/// # Panics
/// If `order` has not one place for each row, or one of `places` is past it.
pub fn argpartition_into(
    scope: &Scope<'_>,
    key: &SortKey<'_>,
    places: &[usize],
    order: &mut [u64],
) -> Result<()> {
    assert!(key.column.values.len() == order.len(), "a value for each row");
    assert!(places.iter().all(|&place| place < order.len()), "places that there are");
    let nulls = |bits: &Bits<'_>| bits.count_ones() < bits.len();
    if order.len() < BLOCK_ROWS || key.column.validity.filter(nulls).is_some() {
        return argsort_into(scope, &[*key], order);
    }
    with_numbers!(key.column.values, values => partition(scope, values, key.descending, places, order), {
        argsort_into(scope, &[*key], order)
    })
}

fn partition<T: Orderable>(
    scope: &Scope<'_>,
    values: &[T],
    descending: bool,
    places: &[usize],
    order: &mut [u64],
) -> Result<()> {
    let code = |value: T| match value.ordered() {
        nan if T::NAN == Some(nan) => u64::MAX,
        ordered if descending => !ordered,
        ordered => ordered,
    };
    let codes = |rows: Range<usize>, codes: &mut [u64]| {
        codes.iter_mut().zip(&values[rows]).for_each(|(word, &value)| *word = code(value));
    };
    let pivots = codes_at(scope, values.len(), codes, places)?;
    // Part 2i: below pivot i; part 2i + 1: equal to it.
    let part = |value: T| {
        let code = code(value);
        let below = pivots.partition_point(|&pivot| pivot < code);
        2 * below + usize::from(pivots.get(below) == Some(&code))
    };
    let parts = 2 * pivots.len() + 1;
    let counts = for_each(scope, values.chunks(PIECE_ROWS).collect(), |values: &[T]| {
        let mut counts = vec![0; parts];
        values.iter().for_each(|&value| counts[part(value)] += 1);
        counts
    })?;
    // The places of each piece in each part, in the order of the answer.
    let mut targets: Vec<Vec<&mut [u64]>> = counts.iter().map(|_| Vec::with_capacity(parts)).collect();
    let mut rest = order;
    for part in 0..parts {
        for (target, counts) in targets.iter_mut().zip(&counts) {
            let (places, after) = rest.split_at_mut(counts[part]);
            target.push(places);
            rest = after;
        }
    }
    each(scope, values.chunks(PIECE_ROWS).zip(targets), |at, (values, mut targets)| {
        let mut filled = vec![0; parts];
        for (row, &value) in values.iter().enumerate() {
            let part = part(value);
            targets[part][filled[part]] = (at * PIECE_ROWS + row) as u64;
            filled[part] += 1;
        }
        Ok(())
    })
}
