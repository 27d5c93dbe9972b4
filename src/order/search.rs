//! Positions of many values in sorted ones: `searchsorted`.

use arrcalc_datasets::Values;
use arrcalc_kernels::search::{Blocks, Layer, LineKey, SearchTree, search_by_halves};

use super::pieces::{each, each_with, piece_len};
use super::thresholds::{Query, Searched, Threshold, threshold};
use super::types::{by_type, not_numbers};
use crate::Scope;
use crate::error::{Error, Result};

pub use arrcalc_kernels::search::Side;

/// A tree pays from this many values a query on: making it reads a cache line of every node.
const VALUES_PER_QUERY: usize = 64;

/// Queries of a piece of the work.
const PIECE_QUERIES: usize = 8_192;

/// Nodes of a piece of a tree's making: reads of as many lines for each of the 8 or 16 keys of a node.
const PIECE_NODES: usize = 4_096;

/// Writes the position of each query in `values` into `positions`: before (left) or behind (right) elements equal to it.
///
/// `values` are sorted in ascending order, NaN at the end, as sorting leaves them; a query that is NaN goes before or
/// behind those. Zeros of both signs are equal. Numbers of different types are compared by their exact values. Nothing
/// is checked: positions in values that are not sorted lie between 0 and their number, and mean nothing else.
///
/// Cost: `O(log n)` a query, with about `log n / 3` cache lines touched; many queries make a tree of an eighth of the
/// size of 64-bit values first (a sixteenth for 32 bits), if the budget has room for it.
///
/// # Errors
/// [`Error::Request`] for values that are no numbers, or if there is not one position a query; cancelling; the
/// deadline.
///
/// # Examples
/// ```
/// use arrcalc::{Engine, datasets::Values, order};
///
/// let mut positions = [0; 3];
/// let (values, queries) = (Values::Float64(&[1.0, 2.0, 2.0, 5.0]), Values::Int32(&[2, 0, 9]));
/// Engine::new().scoped(|scope| order::search(scope, values, queries, order::Side::Right, &mut positions))?;
/// assert_eq!(positions, [3, 0, 4]);
/// # Ok::<(), arrcalc::Error>(())
/// ```
pub fn search(
    scope: &Scope<'_>,
    values: Values<'_>,
    queries: Values<'_>,
    side: Side,
    positions: &mut [u64],
) -> Result<()> {
    scope.check()?;
    if positions.len() != queries.len() {
        let reason = format!("{} positions for {} queries", positions.len(), queries.len());
        return Err(Error::Request { reason });
    }
    match values {
        Values::Int8(values) => in_any(scope, values, queries, side, positions),
        Values::Int16(values) => in_any(scope, values, queries, side, positions),
        Values::UInt8(values) => in_any(scope, values, queries, side, positions),
        Values::UInt16(values) => in_any(scope, values, queries, side, positions),
        Values::Int32(values) => in_lines(scope, values, queries, side, positions),
        Values::Int64(values) => in_lines(scope, values, queries, side, positions),
        Values::UInt32(values) => in_lines(scope, values, queries, side, positions),
        Values::UInt64(values) => in_lines(scope, values, queries, side, positions),
        Values::Float32(values) => in_lines(scope, values, queries, side, positions),
        Values::Float64(values) => in_lines(scope, values, queries, side, positions),
        _ => Err(not_numbers()),
    }
}

/// Elements of 8 or 16 bits, of which there are few distinct ones: the same lines are met again and again.
fn in_any<T: Searched + Same>(
    scope: &Scope<'_>,
    values: &[T],
    queries: Values<'_>,
    side: Side,
    positions: &mut [u64],
) -> Result<()> {
    let level = scope.level();
    let find =
        |queries: &[T], positions: &mut [u64]| search_by_halves(level, values, queries, side, positions);
    pieces(scope, values, queries, side, positions, &find)
}

fn in_lines<T: Searched + LineKey + Same>(
    scope: &Scope<'_>,
    values: &[T],
    queries: Values<'_>,
    side: Side,
    positions: &mut [u64],
) -> Result<()> {
    if values.len() / VALUES_PER_QUERY > queries.len() {
        return in_any(scope, values, queries, side, positions);
    }
    let blocks = Blocks::new(values);
    // The layers above the first are a seventh of it at most.
    let bytes = size_of::<T>() as u64 * (blocks.count() + blocks.count() / 7) as u64;
    let Ok(_held) = scope.budget().reserve("a search tree", bytes) else {
        return in_any(scope, values, queries, side, positions);
    };
    let level = scope.level();
    let tree = plant(scope, blocks)?;
    let find = |queries: &[T], positions: &mut [u64]| tree.search(level, queries, side, positions);
    pieces(scope, values, queries, side, positions, &find)
}

/// The tree over `blocks`, made on all threads.
pub(crate) fn plant<'a, T: LineKey>(scope: &Scope<'_>, blocks: Blocks<'a, T>) -> Result<SearchTree<'a, T>> {
    let mut layer = Layer::new(&blocks);
    each(scope, layer.parts(PIECE_NODES), |_, mut part| {
        part.fill(&blocks);
        Ok(())
    })?;
    Ok(SearchTree::new(blocks, layer))
}

/// Slices as columns lend them, and back.
pub(crate) trait Same: Sized {
    fn same(queries: Values<'_>) -> Option<&[Self]>;
    fn lend(values: &[Self]) -> Values<'_>;
}

macro_rules! same {
    ($($type:ty, $variant:ident);*) => {$(
        impl Same for $type {
            fn same(queries: Values<'_>) -> Option<&[Self]> {
                if let Values::$variant(queries) = queries { Some(queries) } else { None }
            }

            fn lend(values: &[Self]) -> Values<'_> {
                Values::$variant(values)
            }
        }
    )*};
}

same!(i8, Int8; i16, Int16; i32, Int32; i64, Int64; u8, UInt8; u16, UInt16; u32, UInt32; u64, UInt64; f32, Float32;
    f64, Float64);

/// A search for queries of the values' type.
type Find<'f, T> = dyn Fn(&[T], &mut [u64]) + Sync + 'f;

/// Finds the queries piece by piece, those of another type by their [`threshold`]s.
fn pieces<T: Searched + Same>(
    scope: &Scope<'_>,
    values: &[T],
    queries: Values<'_>,
    side: Side,
    positions: &mut [u64],
    find: &Find<'_, T>,
) -> Result<()> {
    if let Some(queries) = T::same(queries) {
        let len = piece_len(queries.len(), PIECE_QUERIES);
        let pieces = queries.chunks(len).zip(positions.chunks_mut(len));
        return each(scope, pieces, |_, (queries, positions)| {
            find(queries, positions);
            Ok(())
        });
    }
    by_type!(
        queries,
        queries => converted(scope, values, queries, side, positions, find),
        _ => Err(not_numbers())
    )
}

fn converted<T: Searched, Q: Query>(
    scope: &Scope<'_>,
    values: &[T],
    queries: &[Q],
    side: Side,
    positions: &mut [u64],
    find: &Find<'_, T>,
) -> Result<()> {
    let numbers = values.partition_point(|value| !value.is_nan());
    let len = piece_len(queries.len(), PIECE_QUERIES);
    let pieces = queries.chunks(len).zip(positions.chunks_mut(len));
    // Queries as thresholds, and those that have their position already.
    let state = || (Vec::new(), Vec::new());
    each_with(scope, pieces, state, |(thresholds, known): &mut (Vec<T>, Vec<_>), _, (queries, positions)| {
        thresholds.clear();
        known.clear();
        let Some(&any) = values.first() else {
            positions.fill(0);
            return Ok(());
        };
        for (index, &query) in queries.iter().enumerate() {
            let mut place = |position: usize| {
                known.push((index, position as u64));
                any
            };
            thresholds.push(match threshold(query, side) {
                Threshold::Value(value) => value,
                Threshold::First => place(0),
                Threshold::BehindNumbers => place(numbers),
                Threshold::Last => place(values.len()),
            });
        }
        find(thresholds, positions);
        known.iter().for_each(|&(index, position)| positions[index] = position);
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Engine;

    /// Every combination of element types, against the exact values' order.
    #[test]
    fn types_mix_by_their_exact_values() {
        let big = 1i64 << 53;
        let i64s = [i64::MIN, -big - 1, -big, -7, 0, 3, 3, big, big + 1, i64::MAX];
        let f64s = [f64::NEG_INFINITY, -9.3e15, -0.0, 0.0, 3.0, 3.5, 9007199254740992.0, 1e300, f64::NAN];
        let u8s = [0u8, 3, 3, 200, 255];
        let f32s = [-0.1f32, 0.1, 3.0, f32::INFINITY, f32::NAN, f32::NAN];
        let u64s = [0u64, 3, 1 << 53, (1 << 53) + 1, u64::MAX];
        let all = [
            Values::Int64(&i64s),
            Values::Float64(&f64s),
            Values::UInt8(&u8s),
            Values::Float32(&f32s),
            Values::UInt64(&u64s),
        ];
        let exact = |values: Values<'_>, row: usize| match values {
            Values::Int64(values) => Number::Integer(values[row].into()),
            Values::Float64(values) => Number::Float(values[row]),
            Values::UInt8(values) => Number::Integer(values[row].into()),
            Values::Float32(values) => Number::Float(values[row].into()),
            Values::UInt64(values) => Number::Integer(values[row].into()),
            _ => unreachable!(),
        };
        let engine = Engine::new();
        for values in all {
            for queries in all {
                for side in [Side::Left, Side::Right] {
                    let mut found = vec![u64::MAX; queries.len()];
                    engine.scoped(|scope| search(scope, values, queries, side, &mut found)).unwrap();
                    for (query, &position) in found.iter().enumerate() {
                        let query = exact(queries, query);
                        let before = |row: &usize| match order(exact(values, *row), query) {
                            Ordering::Less => true,
                            Ordering::Equal => side == Side::Right,
                            Ordering::Greater => false,
                        };
                        let expected = (0..values.len()).filter(before).count() as u64;
                        assert_eq!(position, expected, "{query:?} among {values:?}, {side:?}");
                    }
                }
            }
        }
    }

    use crate::order::thresholds::Number;
    use std::cmp::Ordering;

    /// Number comparison, NaN last: floats of these tests are integers or fit a float with their fraction.
    fn order(left: Number, right: Number) -> Ordering {
        match (left, right) {
            (Number::Integer(left), Number::Integer(right)) => left.cmp(&right),
            (Number::Float(left), Number::Float(right)) => {
                left.partial_cmp(&right).unwrap_or_else(|| left.is_nan().cmp(&right.is_nan()))
            }
            (Number::Integer(_), Number::Float(right)) if right.is_nan() => Ordering::Less,
            (Number::Integer(left), Number::Float(right)) => match left.cmp(&(right.floor() as i128)) {
                Ordering::Equal if right.floor() < right => Ordering::Less,
                found => found,
            },
            (Number::Float(_), Number::Integer(_)) => order(right, left).reverse(),
        }
    }

    #[test]
    fn pieces_and_threads_change_nothing() {
        let values: Vec<f64> = (0..200_000).map(|index| f64::from(index / 3)).collect();
        let queries: Vec<f64> = (0..100_000u64).map(|index| (index * 7919 % 70_000) as f64 - 0.5).collect();
        let mut first = None;
        for threads in [1, 2, 5] {
            let engine = Engine::builder().threads(threads).build();
            let mut found = vec![0; queries.len()];
            engine
                .scoped(|scope| {
                    search(scope, Values::Float64(&values), Values::Float64(&queries), Side::Left, &mut found)
                })
                .unwrap();
            assert_eq!(*first.get_or_insert_with(|| found.clone()), found);
            let expected = |query: f64| values.partition_point(|&value| value < query) as u64;
            assert!(found.iter().zip(&queries).all(|(&found, &query)| found == expected(query)));
        }
    }
}
