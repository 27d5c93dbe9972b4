//! The first rows of an order, without putting the others in order.

use arrcalc_kernels::Bits;
use arrcalc_kernels::order::Orderable;

use super::argsort::argsort;
use super::key::{SortKey, compare_rows};
use super::pieces::PIECE_ROWS;
use super::top_rows::TopRows;
use super::with_numbers::with_numbers;
use crate::Scope;
use crate::error::Result;

/// Values that a first threshold is taken from: each costs a visit to memory of its own.
const SAMPLE: (usize, usize) = (1 << 14, 1 << 16);

/// From this share of all rows on it is cheaper to sort.
const SORT_SHARE: usize = 8;

/// The first `count` rows in the order of `keys`, as [`argsort`] orders them, ties by the lowest row: with
/// [`SortKey::descending`] top-k, with [`SortKey::ascending`] bottom-k. All rows where there are fewer.
///
/// Cost: by one number, a pass over it at the speed of memory while `count` is small, on all threads; by other keys, `rows`
/// comparisons.
///
/// # Errors
/// The memory budget; cancelling; the deadline.
///
/// # Panics
/// If a key has not one value for each row.
///
/// # Examples
/// ```
/// use arrcalc::datasets::{Column, Values};
/// use arrcalc::order::{SortKey, first_rows};
///
/// let column = Column { values: Values::Int32(&[5, 9, 1, 9, 7]), validity: None };
/// let top = arrcalc::Engine::new().scoped(|scope| first_rows(scope, &[SortKey::descending(column)], 5, 2))?;
/// assert_eq!(top, [1, 3]);
/// # Ok::<(), arrcalc::Error>(())
/// ```
pub fn first_rows(scope: &Scope<'_>, keys: &[SortKey<'_>], rows: usize, count: usize) -> Result<Vec<u64>> {
    scope.check()?;
    assert!(keys.iter().all(|key| key.column.values.len() == rows), "a value for each row");
    let count = count.min(rows);
    if count == 0 {
        return Ok(Vec::new());
    }
    let [key] = keys else { return chosen(scope, keys, rows, count) };
    let nulls = |bits: &Bits<'_>| bits.count_ones() < bits.len();
    let validity = key.column.validity.filter(nulls);
    if count > rows / SORT_SHARE || (key.nulls_first && validity.is_some()) {
        return chosen(scope, keys, rows, count);
    }
    with_numbers!(key.column.values, values => top(scope, values, validity, key.descending, count), {
        chosen(scope, keys, rows, count)
    })
}

/// By sorting, or by selecting with comparisons.
fn chosen(scope: &Scope<'_>, keys: &[SortKey<'_>], rows: usize, count: usize) -> Result<Vec<u64>> {
    if count > rows / SORT_SHARE {
        let mut order: Vec<u64> = argsort(scope, keys, rows)?;
        order.truncate(count);
        return Ok(order);
    }
    let compare =
        |left: &u64, right: &u64| compare_rows(keys, *left as usize, *right as usize).then(left.cmp(right));
    let states = scope.fold(rows.div_ceil(PIECE_ROWS), Vec::new, |kept: &mut Vec<u64>, at| {
        kept.extend((at * PIECE_ROWS) as u64..rows.min((at + 1) * PIECE_ROWS) as u64);
        keep(kept, count, compare);
        Ok(())
    })?;
    let mut kept: Vec<u64> = states.into_iter().flatten().collect();
    keep(&mut kept, count, compare);
    kept.sort_unstable_by(compare);
    Ok(kept)
}

fn keep(kept: &mut Vec<u64>, count: usize, compare: impl Fn(&u64, &u64) -> std::cmp::Ordering) {
    if kept.len() > count {
        kept.select_nth_unstable_by(count - 1, compare);
        kept.truncate(count);
    }
}

fn top<T: Orderable>(
    scope: &Scope<'_>,
    values: &[T],
    validity: Option<Bits<'_>>,
    descending: bool,
    count: usize,
) -> Result<Vec<u64>> {
    let threshold = if validity.is_none() { sampled(values, descending, count) } else { None };
    let states = scope.fold(
        values.len().div_ceil(PIECE_ROWS),
        || TopRows::new(count, descending).with_threshold(threshold),
        |state, at| {
            let rows = at * PIECE_ROWS..values.len().min((at + 1) * PIECE_ROWS);
            let validity = validity.map(|bits| bits.slice(rows.start, rows.len()));
            state.update(scope.level(), &values[rows.clone()], validity, rows.start as u64);
            Ok(())
        },
    )?;
    let mut states = states.into_iter();
    let mut merged = states.next().unwrap_or_else(|| TopRows::new(count, descending));
    states.for_each(|state| merged.merge(state));
    Ok(merged.finish())
}

/// A value that at least `count` values reach: from a sample at equal distances, so that it is close to the last that is
/// wanted even where the values are sorted.
fn sampled<T: Orderable>(values: &[T], descending: bool, count: usize) -> Option<T> {
    let step = values.len() / count.saturating_mul(64).clamp(SAMPLE.0, SAMPLE.1);
    if step < 2 || count > SAMPLE.1 / 16 {
        return None;
    }
    let mut sample: Vec<T> = values.iter().copied().step_by(step).collect();
    sample.retain(|value| T::NAN != Some(value.ordered()));
    if sample.len() < count {
        return None;
    }
    let (_, last, _) = sample.select_nth_unstable_by_key(count - 1, |value| {
        if descending { !value.ordered() } else { value.ordered() }
    });
    Some(*last)
}
