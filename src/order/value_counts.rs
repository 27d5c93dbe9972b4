//! How often each value occurs, the most frequent first.

use arrcalc_datasets::{Column, DataType, Values};

use super::take_column::take;
use super::{SortKey, Unique, UniqueParts, argsort, unique};
use crate::Scope;
use crate::answer::{Scalar, Table};
use crate::error::Result;

/// How often each value of `column` occurs, as a table with columns `value` and `count`: the most frequent first, equal
/// counts by value; or all by value, unless `by_count`. Nulls are not counted; all NaNs are one value.
///
/// Cost: as [`unique`], and a sort of the counts.
///
/// # Errors
/// As [`unique`].
pub fn value_counts(
    scope: &Scope<'_>,
    column: Column<'_>,
    data_type: &DataType,
    by_count: bool,
) -> Result<Table> {
    let found = unique(scope, column, UniqueParts { counts: true, ..UniqueParts::default() }, None)?;
    let table = found.to_table(scope, data_type)?;
    let rows: Vec<usize> =
        if by_count { order_of_counts(scope, &found)? } else { (0..found.value_count()).collect() };
    Ok(table.take(&rows))
}

/// The most frequent value of `column`, the lowest among ties, NaN last; nulls do not count. Null of no values.
///
/// Cost: as [`unique`].
///
/// # Errors
/// As [`unique`].
pub fn mode(scope: &Scope<'_>, column: Column<'_>, data_type: &DataType) -> Result<Scalar> {
    let found = unique(scope, column, UniqueParts { counts: true, ..UniqueParts::default() }, None)?;
    let counts = found.counts(scope)?;
    let best =
        (0..).zip(&counts[..found.value_count()]).max_by_key(|&(at, count)| (count, std::cmp::Reverse(at)));
    match best {
        Some((at, _)) => found.value(scope, data_type, at),
        None => Ok(Scalar::Null),
    }
}

/// The places of values that are not null, by count downwards, then value upwards.
fn order_of_counts(scope: &Scope<'_>, found: &Unique<'_>) -> Result<Vec<usize>> {
    let counts = found.counts(scope)?;
    let counts = &counts[..found.value_count()];
    let column = Column { values: Values::UInt64(counts), validity: None };
    argsort(scope, &[SortKey::descending(column)], counts.len())
}

impl Unique<'_> {
    /// Value `at`, which is not null.
    fn value(&self, scope: &Scope<'_>, data_type: &DataType, at: usize) -> Result<Scalar> {
        Ok(take(scope, &self.values(scope)?.lend(), &[at])?.value(data_type, 0))
    }
}
