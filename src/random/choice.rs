//! Rows chosen from `0 .. rows`: what samples of arrays and of tables are made of.

use arrcalc_kernels::random::fill_integers;

use super::keys::RowKeys;
use super::weighted::{check_weights, weighted_draws, weighted_rows};
use crate::Scope;
use crate::error::{Error, Result};

/// The order in which chosen rows come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SampleOrder {
    /// Ascending.
    #[default]
    Rows,
    /// At random: of their keys without replacement, of the draws with it.
    Shuffled,
}

/// `count` of the rows `0 .. rows`, each equally likely.
///
/// Without `replace` the rows of the least (key, row), where the key of row `i` is word `i` of NumPy's `Philox(seed)`; with it
/// draw `j` is integer `j` below `rows` of that stream jumped once.
///
/// Cost: without replacement a word a row on all threads, and 16 bytes a chosen row.
///
/// # Errors
/// [`Error::Request`] for more rows than there are without replacement, or any of none; the memory budget; cancelling; the
/// deadline.
///
/// # Examples
/// ```
/// use arrcalc::{Engine, random::{SampleOrder, choice}};
///
/// let engine = Engine::new();
/// let rows = engine.scoped(|scope| choice(scope, 42, 5, 3, false, SampleOrder::Rows))?;
/// assert_eq!(rows, [0, 1, 4]);
/// # Ok::<(), arrcalc::Error>(())
/// ```
pub fn choice(
    scope: &Scope<'_>,
    seed: u64,
    rows: u64,
    count: u64,
    replace: bool,
    order: SampleOrder,
) -> Result<Vec<u64>> {
    let keys = RowKeys::new(seed);
    refuse_too_many(rows, count, replace)?;
    let _held =
        scope.budget().reserve("the rows of a sample", count.saturating_mul(if replace { 8 } else { 24 }))?;
    if replace {
        return draws(scope, keys, rows, count as usize, order);
    }
    Ok(in_order(keys.least(scope, rows, count)?, order))
}

/// As [`choice`], each row as likely as its weight says.
///
/// Without `replace` the rows of the least `-ln(1 - u) / weight`, where `u` is the row's key as a share of 2^64 (a row's chance
/// to be first is its share of the weights, to be next its share of those that are left); with it rows by cumulative
/// weights, rounded once from the exact sums. Rows of weight 0 are never chosen.
///
/// # Errors
/// As [`choice`]; [`Error::Request`] for a weight that is negative, NaN or infinite, and for fewer weights above 0 than
/// are asked for without replacement.
pub fn weighted_choice(
    scope: &Scope<'_>,
    seed: u64,
    weights: &[f64],
    count: u64,
    replace: bool,
    order: SampleOrder,
) -> Result<Vec<u64>> {
    check_weights("weights", weights)?;
    weighted(scope, RowKeys::new(seed), weights, count, replace, order)
}

pub(super) fn weighted(
    scope: &Scope<'_>,
    keys: RowKeys,
    weights: &[f64],
    count: u64,
    replace: bool,
    order: SampleOrder,
) -> Result<Vec<u64>> {
    refuse_too_many(weights.len() as u64, count, replace)?;
    let mut rows = if replace {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        weighted_draws(scope, keys, weights, count)?
    } else {
        weighted_rows(scope, keys, weights, count)?
    };
    if order == SampleOrder::Rows {
        rows.sort_unstable();
    }
    Ok(rows)
}

fn draws(scope: &Scope<'_>, keys: RowKeys, rows: u64, count: usize, order: SampleOrder) -> Result<Vec<u64>> {
    let Ok(high) = i64::try_from(rows) else {
        return Err(Error::Request { reason: format!("{rows} rows are more than draws can name") });
    };
    let mut drawn = vec![0; count];
    if count > 0 {
        fill_integers(scope.level(), &keys.philox.jumped(1), 0, 0, high, &mut drawn);
    }
    if order == SampleOrder::Rows {
        drawn.sort_unstable();
    }
    Ok(drawn.into_iter().map(|row| row as u64).collect())
}

/// Rows with their keys, in the order of the rows, as `order` wants them.
pub(super) fn in_order(mut found: Vec<(u64, u64)>, order: SampleOrder) -> Vec<u64> {
    if order == SampleOrder::Shuffled {
        found.sort_unstable();
    }
    found.into_iter().map(|(_, row)| row).collect()
}

pub(super) fn refuse_too_many(rows: u64, count: u64, replace: bool) -> Result<()> {
    if count > rows && !replace {
        let reason = format!(
            "{count} rows are asked for without replacement, and there are {rows}; ask for fewer, or sample with \
             replacement"
        );
        return Err(Error::Request { reason });
    }
    if count > 0 && rows == 0 {
        return Err(Error::Request { reason: "there are no rows to sample from".into() });
    }
    Ok(())
}
