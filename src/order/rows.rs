//! The order of rows by comparing one row with another: by several keys, stable, NaN and nulls last.

use super::key::{SortKey, compare_rows};

/// The rows `0..rows` in the order of `keys`, of which the first counts most; rows whose keys are all equal keep their
/// order. Zeros of both signs are equal; text is compared by its bytes.
///
/// Cost: `O(rows log rows)` comparisons.
pub(crate) fn sorted_rows(keys: &[SortKey<'_>], rows: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows).collect();
    order.sort_by(|&left, &right| compare_rows(keys, left, right));
    order
}

#[cfg(test)]
mod tests {
    use arrcalc_datasets::{Column, Values};
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
