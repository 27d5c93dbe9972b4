//! The order of rows by comparing one row with another: by several keys, stable, NaN and nulls last.

use std::cmp::Ordering;

use arrcalc_datasets::{Column, Values, text};

/// One key of an order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SortKey<'a> {
    /// A value for each row.
    pub(crate) column: Column<'a>,
    /// Largest first; NaN stays last.
    pub(crate) descending: bool,
    /// Nulls before everything, instead of after it.
    pub(crate) nulls_first: bool,
}

/// The rows `0..rows` in the order of `keys`, of which the first counts most; rows whose keys are all equal keep their
/// order. Zeros of both signs are equal; text is compared by its bytes.
///
/// Cost: `O(rows log rows)` comparisons.
pub(crate) fn sorted_rows(keys: &[SortKey<'_>], rows: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows).collect();
    order.sort_by(|&left, &right| {
        (keys.iter())
            .map(|key| key.compare(left, right))
            .find(|found| found.is_ne())
            .unwrap_or(Ordering::Equal)
    });
    order
}

impl SortKey<'_> {
    fn compare(&self, left: usize, right: usize) -> Ordering {
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

#[cfg(test)]
mod tests {
    use arrcalc_kernels::Bits;

    use super::*;

    #[test]
    fn nan_and_nulls_stand_last_and_ties_keep_their_order() {
        let values = [2.0, f64::NAN, 1.0, -0.0, 0.0, 9.0, 2.0];
        let validity = Some(Bits::new(&[0b0101_1111], 0, 7));
        let column = Column { values: Values::Float64(&values), validity };
        let key = SortKey { column, descending: false, nulls_first: false };
        assert_eq!(sorted_rows(&[key], 7), [3, 4, 2, 0, 6, 1, 5]);
        let key = SortKey { descending: true, ..key };
        assert_eq!(sorted_rows(&[key], 7), [0, 6, 2, 3, 4, 1, 5]);
        let key = SortKey { nulls_first: true, ..key };
        assert_eq!(sorted_rows(&[key], 7), [5, 0, 6, 2, 3, 4, 1]);
    }

    #[test]
    fn later_keys_decide_among_equals() {
        let first = Column { values: Values::Int32(&[1, 2, 1, 2]), validity: None };
        let second = Column { values: Values::UInt8(&[5, 6, 4, 7]), validity: None };
        let key = |column, descending| SortKey { column, descending, nulls_first: false };
        assert_eq!(sorted_rows(&[key(first, false), key(second, true)], 4), [0, 2, 3, 1]);
        assert_eq!(sorted_rows(&[key(first, true), key(second, false)], 4), [1, 3, 2, 0]);
        assert_eq!(sorted_rows(&[], 3), [0, 1, 2]);
    }
}
