//! The bins that values fall into.

use arrcalc_datasets::Values;

use super::search::{Same, Side, search};
use super::types::{by_type, not_numbers};
use crate::Scope;
use crate::error::{Error, Result};

/// Writes the bin of each of `values`: with increasing edges, the number of edges that are not above it (`right`: below
/// it); with decreasing ones, the number that are above it (`right`: not below it). NaN lies behind all numbers.
///
/// That is `numpy.digitize`: bin `i` of increasing edges is `edges[i - 1] <= x < edges[i]`, with `right`
/// `edges[i - 1] < x <= edges[i]`.
///
/// Cost: as [`search`].
///
/// # Errors
/// [`Error::Request`] for what is no numbers, for edges that neither rise nor fall, or if there is not one bin a value;
/// cancelling; the deadline.
pub fn digitize(
    scope: &Scope<'_>,
    values: Values<'_>,
    edges: Values<'_>,
    right: bool,
    bins: &mut [u64],
) -> Result<()> {
    let side = if right { Side::Left } else { Side::Right };
    by_type!(edges, numbers => {
        if !falls(numbers)? {
            return search(scope, edges, values, side, bins);
        }
        let rising: Vec<_> = numbers.iter().rev().copied().collect();
        search(scope, Same::lend(&rising), values, side, bins)?;
        bins.iter_mut().for_each(|bin| *bin = rising.len() as u64 - *bin);
        Ok(())
    }, _ => Err(not_numbers()))
}

/// Whether edges fall from the first to the last; equal ones rise.
fn falls<T: PartialOrd + Copy>(edges: &[T]) -> Result<bool> {
    let rises = |pair: &[T]| pair[0] < pair[1];
    let falls = |pair: &[T]| pair[0] > pair[1];
    match (edges.windows(2).any(rises), edges.windows(2).any(falls)) {
        (true, true) => Err(Error::Request { reason: "bins must rise or fall all the way".into() }),
        (_, falls) => Ok(falls),
    }
}
