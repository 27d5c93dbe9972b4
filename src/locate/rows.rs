//! The rows of one chunk of a column as keys of one type, in an order: numbers by value with NaN behind them, text by
//! its bytes.

use std::cmp::Ordering;

use arrcalc_datasets::{Text, Values};
use arrcalc_kernels::Level;
use arrcalc_kernels::elementwise::{Operand, truths2};
use arrcalc_kernels::search::{Ordered, Side};

/// Rows whose order is checked before a descent is looked for.
const BLOCK_ROWS: usize = 2_048;

/// A row's value.
pub(super) trait Key: Clone + Send + Sync {
    /// Lends the rows of `values` as keys of this type; `false` if they are of another.
    fn lend(values: Values<'_>, take: &mut dyn FnMut(&dyn Rows<Self>)) -> bool;

    /// The order of two keys, NaN last.
    fn order(&self, other: &Self) -> Ordering;
}

/// Rows without nulls in front of the chunk's first null.
pub(super) trait Rows<K> {
    /// The key of row `row`.
    fn key(&self, row: usize) -> K;

    /// How many of the first `rows` rows, which are sorted, are not NaN.
    fn numbers(&self, rows: usize) -> usize;

    /// The position of `key` among the first `rows` rows, sorted and without NaN.
    fn position(&self, rows: usize, key: &K, side: Side) -> usize;

    /// The first of the first `rows` rows that is below the one before it.
    fn descent(&self, level: Level, rows: usize) -> Option<usize>;
}

struct Numbers<'a, T>(&'a [T]);

/// Whether `next` must not follow `last`.
fn descends<T: Ordered>(last: T, next: T) -> bool {
    next < last || last.is_nan() && !next.is_nan()
}

impl<T: Ordered> Rows<T> for Numbers<'_, T> {
    fn key(&self, row: usize) -> T {
        self.0[row]
    }

    fn numbers(&self, rows: usize) -> usize {
        self.0[..rows].partition_point(|value| !value.is_nan())
    }

    fn position(&self, rows: usize, key: &T, side: Side) -> usize {
        self.0[..rows].partition_point(|value| match side {
            Side::Left => value < key,
            Side::Right => value <= key,
        })
    }

    fn descent(&self, level: Level, rows: usize) -> Option<usize> {
        let values = &self.0[..rows];
        let mut words = [0u64; BLOCK_ROWS / 64];
        (0..rows.saturating_sub(1)).step_by(BLOCK_ROWS).find_map(|start| {
            let pairs = BLOCK_ROWS.min(rows - 1 - start);
            let (last, next) = (&values[start..start + pairs], &values[start + 1..start + 1 + pairs]);
            let words = &mut words[..pairs.div_ceil(64)];
            truths2(level, Operand::Slice(last), Operand::Slice(next), pairs, words, descends);
            let word = words.iter().position(|&word| word != 0)?;
            Some(start + 64 * word + words[word].trailing_zeros() as usize + 1)
        })
    }
}

macro_rules! number_keys {
    ($($type:ty, $($variant:ident $values:ident => $slice:expr),*);*) => {$(
        impl Key for $type {
            fn lend(values: Values<'_>, take: &mut dyn FnMut(&dyn Rows<Self>)) -> bool {
                match values {
                    $(Values::$variant($values) => take(&Numbers($slice)),)*
                    _ => return false,
                }
                true
            }

            fn order(&self, other: &Self) -> Ordering {
                let is_nan = <$type as Ordered>::is_nan;
                self.partial_cmp(other).unwrap_or_else(|| is_nan(*self).cmp(&is_nan(*other)))
            }
        }
    )*};
}

number_keys!(
    i8, Int8 values => values;
    i16, Int16 values => values;
    i32, Int32 values => values;
    i64, Int64 values => values;
    u8, UInt8 values => values,
        Bool bits => &(0..bits.len()).map(|row| u8::from(bits.get(row))).collect::<Vec<_>>();
    u16, UInt16 values => values;
    u32, UInt32 values => values;
    u64, UInt64 values => values;
    f32, Float32 values => values,
        Float16 values => &values.iter().map(|value| value.to_f32()).collect::<Vec<_>>();
    f64, Float64 values => values;
    i128, Decimal128 values => values
);

impl Key for Box<[u8]> {
    fn lend(values: Values<'_>, take: &mut dyn FnMut(&dyn Rows<Self>)) -> bool {
        let Values::Text(text) = values else { return false };
        take(&Texts(text));
        true
    }

    fn order(&self, other: &Self) -> Ordering {
        self.cmp(other)
    }
}

struct Texts<'a>(Text<'a>);

impl Rows<Box<[u8]>> for Texts<'_> {
    fn key(&self, row: usize) -> Box<[u8]> {
        self.0.bytes(row).into()
    }

    fn numbers(&self, rows: usize) -> usize {
        rows
    }

    fn position(&self, rows: usize, key: &Box<[u8]>, side: Side) -> usize {
        let (mut start, mut end) = (0, rows);
        while start < end {
            let middle = start + (end - start) / 2;
            match (self.0.bytes(middle).cmp(key), side) {
                (Ordering::Less, _) | (Ordering::Equal, Side::Right) => start = middle + 1,
                _ => end = middle,
            }
        }
        start
    }

    fn descent(&self, _: Level, rows: usize) -> Option<usize> {
        (1..rows).find(|&row| self.0.bytes(row) < self.0.bytes(row - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_descent_is_found_wherever_it_is() {
        let level = Level::detect();
        for rows in [2, 64, 65, 2_048, 2_049, 2_050, 5_000] {
            let mut values: Vec<f64> = (0..rows).map(f64::from).collect();
            let last = values.len() - 1;
            values[last] = f64::NAN;
            assert_eq!(Numbers(&values).descent(level, values.len()), None);
            for row in [1, 63, 64, 65, 2_047, 2_048, 2_049, last] {
                let mut values = values.clone();
                if let Some(value) = values.get_mut(row) {
                    *value = -1.0;
                    let len = values.len();
                    assert_eq!(Numbers(&values).descent(level, len), Some(row), "{rows} rows");
                }
            }
        }
        assert_eq!(Numbers(&[1.0, f64::NAN, 2.0]).descent(level, 3), Some(2));
        assert_eq!(Numbers(&[f64::NAN, f64::NAN]).descent(level, 2), None);
        let texts = Texts(Text::Slices(&["a", "ab", "é", "b"]));
        assert_eq!((texts.descent(level, 4), texts.descent(level, 3)), (Some(3), None));
    }
}
