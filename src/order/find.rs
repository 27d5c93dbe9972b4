//! The first row of which a comparison is true.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use arrcalc_datasets::Values;

use super::compare::{Comparison, Test};
use super::pieces::SEQUENTIAL;
use super::thresholds::{Number, Searched};
use super::types::{by_type, not_numbers};
use crate::Scope;
use crate::error::Result;

/// Rows of a piece, which one thread looks through.
const PIECE_ROWS: usize = 65_536;

/// Rows that are looked at before the search may stop.
const BLOCK_ROWS: usize = 2_048;

/// The first row of `values` for which `value comparison number` is true; comparisons with NaN are IEEE's, numbers of
/// different types are compared by their exact values.
///
/// Cost: what lies before the row is read at the speed of memory, and a little behind it.
///
/// # Errors
/// [`crate::Error::Request`] for values that are no numbers; cancelling; the deadline.
pub fn find(
    scope: &Scope<'_>,
    values: Values<'_>,
    comparison: Comparison,
    number: Number,
) -> Result<Option<u64>> {
    scope.check()?;
    by_type!(values, values => first(scope, values, Test::new(comparison, number)), _ => Err(not_numbers()))
}

fn first<T: Searched + PartialOrd>(scope: &Scope<'_>, values: &[T], test: Test<T>) -> Result<Option<u64>> {
    let level = scope.level();
    let find_in = |values: &[T]| {
        let mut words = [0u64; BLOCK_ROWS / 64];
        values.chunks(BLOCK_ROWS).enumerate().find_map(|(block, values)| {
            let words = &mut words[..values.len().div_ceil(64)];
            test.mark(level, values, words);
            let word = words.iter().position(|&word| word != 0)?;
            Some(block * BLOCK_ROWS + 64 * word + words[word].trailing_zeros() as usize)
        })
    };
    // What is found at once needs no other thread.
    let (front, rest) = values.split_at(values.len().min(SEQUENTIAL));
    let found = find_in(front);
    if found.is_some() || rest.is_empty() {
        return Ok(found.map(|row| row as u64));
    }
    let lowest = AtomicUsize::new(usize::MAX);
    let count = rest.len().div_ceil(PIECE_ROWS);
    scope.share(count, &|_, piece| {
        let start = piece * PIECE_ROWS;
        if start < lowest.load(Relaxed)
            && let Some(row) = find_in(&rest[start..rest.len().min(start + PIECE_ROWS)])
        {
            lowest.fetch_min(start + row, Relaxed);
        }
        Ok(())
    })?;
    let lowest = lowest.into_inner();
    Ok((lowest != usize::MAX).then(|| (front.len() + lowest) as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Engine;

    #[test]
    fn the_first_of_several_is_found_wherever_it_is() {
        let mut values = vec![1.5f32; 400_000];
        values[399_999] = 7.0;
        for threads in [1, 2, 5] {
            let engine = Engine::builder().threads(threads).build();
            for row in [0, 63, 64, 2_047, 2_048, 16_383, 16_384, 16_385, 82_000, 399_998] {
                let mut values = values.clone();
                values[row] = 7.0;
                let find = |number| {
                    engine.scoped(|scope| {
                        find(scope, Values::Float32(&values), Comparison::GreaterOrEqual, number)
                    })
                };
                assert_eq!(find(Number::Integer(2)).unwrap(), Some(row as u64));
                assert_eq!(find(Number::Float(7.1)).unwrap(), None);
            }
        }
    }
}
