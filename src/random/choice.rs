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
/// Without `replace` the rows of the least (key, row), for the keys of [the module](crate::random); with it draw `j` is
/// integer `j` below `rows` of NumPy's `Philox(seed)` jumped once.
///
/// Cost: without replacement a quarter of a word a row on all threads, and 16 bytes a chosen row.
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
/// assert_eq!(rows, [2, 3, 4]);
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
    let mut found = vec![0; count as usize];
    keys.least(scope, rows, &mut found, |row| row)?;
    in_order(scope, keys, found, order)
}

/// `out.len()` of `values`, each equally likely and at most once, in their order: those at the rows of [`choice`].
///
/// # Errors
/// As [`choice`].
///
/// # Examples
/// ```
/// use arrcalc::{Engine, random::choose};
///
/// let mut chosen = [""; 3];
/// Engine::new().scoped(|scope| choose(scope, 42, &["a", "b", "c", "d", "e"], &mut chosen))?;
/// assert_eq!(chosen, ["c", "d", "e"]);
/// # Ok::<(), arrcalc::Error>(())
/// ```
pub fn choose<T: Copy + Send + Sync>(
    scope: &Scope<'_>,
    seed: u64,
    values: &[T],
    out: &mut [T],
) -> Result<()> {
    let (rows, count) = (values.len() as u64, out.len() as u64);
    refuse_too_many(rows, count, false)?;
    let _held = scope.budget().reserve("the rows of a sample", 8 * count)?;
    RowKeys::new(seed).least(scope, rows, out, |row| values[row as usize])
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

/// Rows in their order, as `order` wants them.
pub(super) fn in_order(
    scope: &Scope<'_>,
    keys: RowKeys,
    found: Vec<u64>,
    order: SampleOrder,
) -> Result<Vec<u64>> {
    match order {
        SampleOrder::Rows => Ok(found),
        SampleOrder::Shuffled => keys.sorted(scope, &found),
    }
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
