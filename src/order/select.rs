//! Rows chosen by what is true of them: a mask first, then their places.
//!
//! The set bits of each piece are counted when the mask is made, so every piece knows where its rows go: pieces are
//! written by any thread in any order.

use arrcalc_datasets::Values;
use arrcalc_kernels::search::{count_ones, places};

use super::compare::{Comparison, Test};
use super::pieces::{SEQUENTIAL, each};
use super::thresholds::{Number, Searched};
use super::types::{by_type, not_numbers};
use crate::error::{Error, Result};
use crate::{Reservation, Scope};

/// Rows of a piece: its values stay in a core's cache, from the mask's making to the choice.
const PIECE_ROWS: usize = 32_768;

/// Which rows are chosen: a bit a row, and where the rows of each piece go.
#[derive(Debug)]
pub struct Choice {
    words: Vec<u64>,
    rows: usize,
    /// Chosen rows in front of each piece, and of all.
    starts: Vec<u64>,
    _held: Reservation,
}

impl Choice {
    /// The rows of `values` that are not zero; NaN is not zero.
    ///
    /// Cost: a pass at the speed of memory; a bit a row.
    ///
    /// # Errors
    /// [`Error::Request`] for values that are no numbers; [`Error::Memory`]; cancelling; the deadline.
    pub fn nonzero(scope: &Scope<'_>, values: Values<'_>) -> Result<Self> {
        Self::compared(scope, values, Comparison::Unequal, Number::Integer(0))
    }

    /// The rows of `values` for which `value comparison number` is true; comparisons with NaN are IEEE's, numbers of
    /// different types are compared by their exact values.
    ///
    /// # Errors
    /// As [`Choice::nonzero`].
    pub fn compared(
        scope: &Scope<'_>,
        values: Values<'_>,
        comparison: Comparison,
        number: Number,
    ) -> Result<Self> {
        by_type!(values, values => Self::new(scope, values, Test::new(comparison, number)), _ => Err(not_numbers()))
    }

    fn new<T: Searched + PartialOrd>(scope: &Scope<'_>, values: &[T], test: Test<T>) -> Result<Self> {
        scope.check()?;
        let rows = values.len();
        let count = rows.div_ceil(PIECE_ROWS);
        let bytes = 8 * (rows.div_ceil(64) + count + 1) as u64;
        let held = scope.budget().reserve("a mask", bytes)?;
        let (mut words, mut starts) = (vec![0; rows.div_ceil(64)], vec![0; count + 1]);
        let pieces = values.chunks(PIECE_ROWS).zip(words.chunks_mut(PIECE_ROWS / 64)).zip(&mut starts[1..]);
        let level = scope.level();
        let mark = |((values, words), chosen): ((&[T], &mut [u64]), &mut u64)| {
            test.mark(level, values, words);
            *chosen = count_ones(level, words);
        };
        if rows < SEQUENTIAL {
            pieces.for_each(mark);
        } else {
            each(scope, pieces, |_, piece| {
                mark(piece);
                Ok(())
            })?;
        }
        let mut chosen = 0;
        for start in &mut starts {
            chosen += *start;
            *start = chosen;
        }
        Ok(Self { words, rows, starts, _held: held })
    }

    /// Number of rows that were looked at.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of rows that are chosen.
    pub fn count(&self) -> usize {
        self.starts[self.starts.len() - 1] as usize
    }

    /// Writes the chosen rows, in ascending order.
    ///
    /// # Errors
    /// [`Error::Request`] if there are not [`Choice::count`] places; cancelling; the deadline.
    pub fn write_rows(&self, scope: &Scope<'_>, out: &mut [u64]) -> Result<()> {
        scope.check()?;
        if out.len() != self.count() {
            let reason = format!("{} places for {} chosen rows", out.len(), self.count());
            return Err(Error::Request { reason });
        }
        let level = scope.level();
        let mut rest = out;
        let parts = self.words.chunks(PIECE_ROWS / 64).zip(self.starts.windows(2)).map(|(words, ends)| {
            let (part, behind) = std::mem::take(&mut rest).split_at_mut((ends[1] - ends[0]) as usize);
            rest = behind;
            (words, part)
        });
        let write = |piece: usize, (words, out): (&[u64], &mut [u64])| {
            places(level, words, (piece * PIECE_ROWS) as u64, out);
        };
        if self.rows < SEQUENTIAL {
            parts.enumerate().for_each(|(piece, part)| write(piece, part));
            return Ok(());
        }
        each(scope, parts, |piece, part| {
            write(piece, part);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Engine;

    #[test]
    fn chosen_rows_are_those_of_a_loop() {
        for rows in [0, 1, 63, 64, 65, 16_383, 16_384, 32_768, 32_769, 100_003] {
            let values: Vec<f64> = (0..rows as u64)
                .map(|row| if row % 97 == 0 { f64::NAN } else { (row * 7919 % 1000) as f64 - 500.0 })
                .collect();
            for threads in [1, 2, 5] {
                let engine = Engine::builder().threads(threads).build();
                for (comparison, bound) in [
                    (Comparison::Less, -499.5),
                    (Comparison::GreaterOrEqual, 0.0),
                    (Comparison::Unequal, 3.0),
                    (Comparison::Equal, 3.0),
                    (Comparison::Greater, 1e9),
                ] {
                    let is_chosen = |value: f64| match comparison {
                        Comparison::Less => value < bound,
                        Comparison::GreaterOrEqual => value >= bound,
                        Comparison::Unequal => value != bound,
                        Comparison::Equal => value == bound,
                        _ => value > bound,
                    };
                    let expected: Vec<usize> = (0..rows).filter(|&row| is_chosen(values[row])).collect();
                    let number = Number::Float(bound);
                    let places = engine
                        .scoped(|scope| {
                            let choice =
                                Choice::compared(scope, Values::Float64(&values), comparison, number)?;
                            let mut places = vec![0; choice.count()];
                            choice.write_rows(scope, &mut places)?;
                            Ok(places)
                        })
                        .unwrap();
                    assert!(places.iter().map(|&row| row as usize).eq(expected.iter().copied()));
                }
            }
        }
    }
}
