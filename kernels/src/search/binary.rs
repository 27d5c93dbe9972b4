//! Binary search without branches, many queries in step: what few queries or few values deserve.
//!
//! The halving that never stops early is P. Khuong and P. Morin's ("Array layouts for comparison-based searching", 2017,
//! section 3); queries in step let the memory fetch for all of them at the same time.

use super::key::Ordered;
use super::side::Side;
use crate::Level;
use crate::arch::Simd;
use crate::dispatch::Kernel;

/// Queries in step.
const GROUP: usize = 16;

/// Writes the position of each query in `values`, sorted, with NaN at the end, into `positions`: before or behind
/// elements equal to it. NaN goes before or behind the NaNs at the end.
///
/// Positions never exceed the number of values, even if they are not sorted.
///
/// Cost: `log n` steps a query.
///
/// # Panics
/// If there is not one position a query.
pub fn search_by_halves<T: Ordered>(
    level: Level,
    values: &[T],
    queries: &[T],
    side: Side,
    positions: &mut [u64],
) {
    struct Halves<'a, T, const OR_EQUAL: bool>(&'a [T], &'a [T], &'a mut [u64]);
    impl<T: Ordered, const OR_EQUAL: bool> Kernel for Halves<'_, T, OR_EQUAL> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd>(self, _: S) {
            let Halves(values, queries, positions) = self;
            let numbers = &values[..values.partition_point(|value| !value.is_nan())];
            let behind = if OR_EQUAL { values.len() } else { numbers.len() };
            for (queries, positions) in queries.chunks(GROUP).zip(positions.chunks_mut(GROUP)) {
                search_group::<T, OR_EQUAL>(numbers, queries, positions);
                for (query, position) in queries.iter().zip(positions) {
                    *position = if query.is_nan() { behind as u64 } else { *position };
                }
            }
        }
    }
    assert!(queries.len() == positions.len(), "a position for each query");
    match side {
        Side::Left => level.run(Halves::<T, false>(values, queries, positions)),
        Side::Right => level.run(Halves::<T, true>(values, queries, positions)),
    }
}

#[inline(always)]
fn search_group<T: Ordered, const OR_EQUAL: bool>(values: &[T], queries: &[T], positions: &mut [u64]) {
    let is_below = |value: T, query: T| if OR_EQUAL { value <= query } else { value < query };
    let mut starts = [0usize; GROUP];
    let mut len = values.len();
    while len > 1 {
        let half = len / 2;
        for (start, &query) in starts.iter_mut().zip(queries) {
            *start += if is_below(values[*start + half - 1], query) { half } else { 0 };
        }
        len -= half;
    }
    for ((&start, &query), position) in starts.iter().zip(queries).zip(positions) {
        let is_past = values.get(start).is_some_and(|&value| is_below(value, query));
        *position = (start + usize::from(is_past)) as u64;
    }
}
