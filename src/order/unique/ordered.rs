//! Distinct values by the order of rows: of equal rows the first is the lowest, since the order is stable.
//!
//! The places of rows among the values come from the ranks in order by sorting them back: each beside its row in one
//! word, which all threads do faster than one writes ranks to where they belong. Everything happens in the memory of the
//! answer.

use arrcalc_datasets::{Column, Values};
use arrcalc_kernels::distinct::Restore;

use super::{Found, Unique, WHAT, Wanted};
use crate::Scope;
use crate::error::Result;
use crate::order::keys::sort_keys;
use crate::order::pieces::for_each;
use crate::order::pieces::{PIECE_ROWS, each};
use crate::order::{SortKey, argsort_into};

/// Where values begin in a piece of the order, and their codes, if they are numbers.
#[derive(Default)]
struct Starts {
    places: Vec<u32>,
    codes: Vec<u64>,
}

/// [`super::unique`] of any column.
pub(super) fn unique<'a>(
    scope: &Scope<'_>,
    column: Column<'a>,
    wanted: Wanted,
    inverse: Option<&mut [u64]>,
) -> Result<Unique<'a>> {
    let rows = column.values.len();
    let (mut own, _own_bytes);
    let order = match inverse {
        Some(inverse) => inverse,
        None => {
            _own_bytes = scope.budget().reserve(WHAT, 8 * rows as u64)?;
            own = vec![0; rows];
            &mut own[..]
        }
    };
    let key = SortKey::ascending(column);
    argsort_into(scope, &[key], order)?;
    let nulls = match column.values {
        Values::Null(rows) => rows,
        _ => column.validity.map_or(0, |bits| bits.len() - bits.count_ones()),
    };
    let (valid, null) = order.split_at(rows - nulls);
    let mut is_number = true;
    let starts = match column.values {
        Values::Int8(values) => numbers(scope, values, valid)?,
        Values::Int16(values) => numbers(scope, values, valid)?,
        Values::Int32(values) => numbers(scope, values, valid)?,
        Values::Int64(values) => numbers(scope, values, valid)?,
        Values::UInt8(values) => numbers(scope, values, valid)?,
        Values::UInt16(values) => numbers(scope, values, valid)?,
        Values::UInt32(values) => numbers(scope, values, valid)?,
        Values::UInt64(values) => numbers(scope, values, valid)?,
        Values::Float16(values) => numbers(scope, values, valid)?,
        Values::Float32(values) => numbers(scope, values, valid)?,
        Values::Float64(values) => numbers(scope, values, valid)?,
        Values::Null(_) | Values::Bool(_) | Values::Decimal128(_) | Values::Text(_) => {
            is_number = false;
            others(scope, &key, valid)?
        }
    };

    let mut groups: Vec<u64> = Vec::with_capacity(starts.iter().map(|piece| piece.places.len()).sum());
    for (at, piece) in starts.iter().enumerate() {
        groups.extend(piece.places.iter().map(|&place| (at * PIECE_ROWS) as u64 + u64::from(place)));
    }
    let value_count = groups.len();
    let null_start = (!null.is_empty()).then_some(valid.len() as u64);
    let all = || groups.iter().copied().chain(null_start);
    let counts = wanted
        .parts
        .counts
        .then(|| all().zip(all().skip(1).chain([rows as u64])).map(|(start, end)| end - start).collect());
    let first_rows = wanted.parts.first_rows.then(|| all().map(|start| order[start as usize]).collect());
    let found = if is_number {
        Found::Codes(starts.into_iter().flat_map(|piece| piece.codes).collect())
    } else {
        Found::Rows(groups.iter().map(|&start| order[start as usize]).collect())
    };
    if wanted.inverse {
        let starts: Vec<u64> = all().collect();
        invert(scope, order, &starts)?;
    }
    debug_assert!(value_count <= rows);
    Ok(Unique { column, found, has_null: nulls > 0, first_rows, counts })
}

/// The starts of runs of equal numbers, a piece of the order after the other.
fn numbers<T: Restore>(scope: &Scope<'_>, values: &[T], order: &[u64]) -> Result<Vec<Starts>> {
    let code = |row: u64| values[row as usize].ordered();
    for_each(scope, pieces(order), |(before, piece)| {
        let mut found = Starts::default();
        let mut last = before.map(code);
        for (place, &row) in (0..).zip(piece) {
            let code = code(row);
            if last != Some(code) {
                found.places.push(place);
                found.codes.push(code);
            }
            last = Some(code);
        }
        found
    })
}

/// The starts of runs of equal values of any type.
fn others(scope: &Scope<'_>, key: &SortKey<'_>, order: &[u64]) -> Result<Vec<Starts>> {
    for_each(scope, pieces(order), |(before, piece)| {
        let mut found = Starts::default();
        let mut last = before;
        for (place, &row) in (0..).zip(piece) {
            if last.is_none_or(|last| key.compare(last as usize, row as usize).is_ne()) {
                found.places.push(place);
            }
            last = Some(row);
        }
        found
    })
}

/// The pieces of an order, each with the row before it.
fn pieces(order: &[u64]) -> Vec<(Option<u64>, &[u64])> {
    let before = |at: usize| (at * PIECE_ROWS).checked_sub(1).map(|before| order[before]);
    order.chunks(PIECE_ROWS).enumerate().map(|(at, piece)| (before(at), piece)).collect()
}

/// From rows in order, of which runs begin at `starts`, to the run of each row.
fn invert(scope: &Scope<'_>, order: &mut [u64], starts: &[u64]) -> Result<()> {
    let rows = order.len() as u64;
    let bits = u64::BITS - (starts.len() as u64).leading_zeros();
    if bits + (u64::BITS - rows.leading_zeros()) > u64::BITS {
        // More rows than words have room for beside a rank.
        let _ranks = scope.budget().reserve(WHAT, 8 * rows)?;
        let mut ranks = vec![0; order.len()];
        let ends = starts.iter().copied().skip(1).chain([rows]);
        for (rank, (&start, end)) in (0..).zip(starts.iter().zip(ends)) {
            order[start as usize..end as usize].iter().for_each(|&row| ranks[row as usize] = rank);
        }
        order.copy_from_slice(&ranks);
        return Ok(());
    }
    each(scope, order.chunks_mut(PIECE_ROWS), |at, piece| {
        let first = (at * PIECE_ROWS) as u64;
        // The run that goes on, or begins, at the first place.
        let mut rank = starts.partition_point(|&start| start <= first) as u64 - 1;
        let mut next = starts.get(rank as usize + 1).copied().unwrap_or(rows);
        for (place, word) in (first..).zip(piece) {
            if place == next {
                rank += 1;
                next = starts.get(rank as usize + 1).copied().unwrap_or(rows);
            }
            *word = *word << bits | rank;
        }
        Ok(())
    })?;
    sort_keys(scope, order)?;
    let mask = (1 << bits) - 1;
    each(scope, order.chunks_mut(PIECE_ROWS), |_, piece| {
        piece.iter_mut().for_each(|word| *word &= mask);
        Ok(())
    })
}
