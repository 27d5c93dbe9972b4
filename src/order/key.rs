//! A key of an order of rows: a column and its direction.

use std::cmp::Ordering;

use arrcalc_datasets::{Column, Values, text};

/// One key of an order.
#[derive(Clone, Copy, Debug)]
pub struct SortKey<'a> {
    /// A value for each row.
    pub column: Column<'a>,
    /// Largest first; NaN stays last.
    pub descending: bool,
    /// Nulls before everything, instead of after it.
    pub nulls_first: bool,
}

impl<'a> SortKey<'a> {
    /// Smallest first, then NaN, then nulls.
    pub fn ascending(column: Column<'a>) -> Self {
        Self { column, descending: false, nulls_first: false }
    }

    /// Largest first, then NaN, then nulls.
    pub fn descending(column: Column<'a>) -> Self {
        Self { column, descending: true, nulls_first: false }
    }

    /// How row `left` stands to row `right`; rows of equal values are equal, zeros of both signs and NaNs included.
    ///
    /// # Panics
    /// If one of them is not a row of the column.
    pub fn compare(&self, left: usize, right: usize) -> Ordering {
        let is_null = |row| text::is_null(&self.column, row);
        match (is_null(left), is_null(right)) {
            (true, true) => return Ordering::Equal,
            (false, false) => {}
            (left_is_null, _) => {
                return if left_is_null == self.nulls_first { Ordering::Less } else { Ordering::Greater };
            }
        }
        let direct = |found: Ordering| if self.descending { found.reverse() } else { found };
        match self.column.values {
            Values::Null(_) => Ordering::Equal,
            Values::Bool(bits) => direct(bits.get(left).cmp(&bits.get(right))),
            Values::Int8(values) => direct(values[left].cmp(&values[right])),
            Values::Int16(values) => direct(values[left].cmp(&values[right])),
            Values::Int32(values) => direct(values[left].cmp(&values[right])),
            Values::Int64(values) => direct(values[left].cmp(&values[right])),
            Values::UInt8(values) => direct(values[left].cmp(&values[right])),
            Values::UInt16(values) => direct(values[left].cmp(&values[right])),
            Values::UInt32(values) => direct(values[left].cmp(&values[right])),
            Values::UInt64(values) => direct(values[left].cmp(&values[right])),
            Values::Decimal128(values) => direct(values[left].cmp(&values[right])),
            Values::Float16(values) => self.floats(values[left].to_f64(), values[right].to_f64()),
            Values::Float32(values) => self.floats(values[left].into(), values[right].into()),
            Values::Float64(values) => self.floats(values[left], values[right]),
            Values::Text(text) => direct(text.bytes(left).cmp(text.bytes(right))),
        }
    }

    /// NaN after everything in both directions.
    fn floats(&self, left: f64, right: f64) -> Ordering {
        match left.partial_cmp(&right) {
            Some(found) if self.descending => found.reverse(),
            Some(found) => found,
            None => left.is_nan().cmp(&right.is_nan()),
        }
    }
}

/// How row `left` stands to row `right` in the order of `keys`, of which the first counts most.
pub(crate) fn compare_rows(keys: &[SortKey<'_>], left: usize, right: usize) -> Ordering {
    let decided = keys.iter().map(|key| key.compare(left, right)).find(|found| found.is_ne());
    decided.unwrap_or(Ordering::Equal)
}
