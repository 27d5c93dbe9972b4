//! A column of any type as dense runs of a kernel's element: nulls dropped, narrow types widened without loss.
//!
//! What needs no change is lent as it lies in the file, the whole chunk at once. Everything else passes through a
//! scratch of one block, which stays in the first-level cache between the conversion and the kernels that read it.

use arrcalc_datasets::{Column, Values};
use arrcalc_kernels::dispatch::Kernel;
use arrcalc_kernels::elementwise::{compress_in_place, prefetch};
use arrcalc_kernels::{Bits, Level, arch::Simd};

/// Rows of a block: 16 KiB of eight-byte elements, half of the smallest first-level cache in use.
pub const BLOCK_ROWS: usize = 2048;

/// Consecutive values of a column without its nulls, and where they came from.
#[derive(Clone, Copy, Debug)]
pub struct Block<'b, E> {
    /// The values.
    pub values: &'b [E],
    /// Row within the column where the block begins.
    first: usize,
    /// Which of the rows from `first` on are the values; `None`: all.
    selected: Option<Bits<'b>>,
}

impl<E> Block<'_, E> {
    /// The row, within the column, of value `index`.
    pub fn row(&self, index: usize) -> usize {
        match &self.selected {
            None => self.first + index,
            Some(bits) => self.first + nth_set(bits, index),
        }
    }
}

/// Position of set bit number `index`.
///
/// # Panics
/// If there are not that many.
fn nth_set(bits: &Bits<'_>, index: usize) -> usize {
    let mut left = index;
    for start in (0..bits.len()).step_by(64) {
        let mut word = bits.word(start);
        let ones = word.count_ones() as usize;
        if left < ones {
            for _ in 0..left {
                word &= word - 1;
            }
            return start + word.trailing_zeros() as usize;
        }
        left -= ones;
    }
    panic!("a block has a row for each of its values");
}

/// A kernel's element: what columns are widened to.
pub trait Element: Copy + Default + Send + Sync + 'static {
    /// Calls `visit` with the values of `column` that are not null, in row order.
    ///
    /// # Panics
    /// If the column's type does not widen to this element: callers choose by [`super::Kind`].
    fn blocks(level: Level, column: &Column<'_>, visit: impl FnMut(Block<'_, Self>));

    /// Moves the values whose bit is set to the front, in order.
    fn compress(level: Level, values: &mut [Self], bits: &Bits<'_>);
}

impl Element for f64 {
    fn compress(level: Level, values: &mut [Self], bits: &Bits<'_>) {
        compress_in_place(level, values, *bits);
    }

    fn blocks(level: Level, column: &Column<'_>, visit: impl FnMut(Block<'_, f64>)) {
        let validity = column.validity;
        match column.values {
            Values::Null(_) => {}
            Values::Float64(values) => lend(level, values, validity, visit),
            Values::Float32(values) => widen(level, values, validity, visit),
            Values::Float16(values) => widen(level, values, validity, visit),
            _ => panic!("the column is not one of floats"),
        }
    }
}

impl Element for i64 {
    fn compress(level: Level, values: &mut [Self], bits: &Bits<'_>) {
        compress_in_place(level, values, *bits);
    }

    fn blocks(level: Level, column: &Column<'_>, visit: impl FnMut(Block<'_, i64>)) {
        let validity = column.validity;
        match column.values {
            Values::Null(_) => {}
            Values::Int64(values) => lend(level, values, validity, visit),
            Values::Int32(values) => widen(level, values, validity, visit),
            Values::Int16(values) => widen(level, values, validity, visit),
            Values::Int8(values) => widen(level, values, validity, visit),
            Values::UInt32(values) => widen(level, values, validity, visit),
            Values::UInt16(values) => widen(level, values, validity, visit),
            Values::UInt8(values) => widen(level, values, validity, visit),
            Values::Bool(bits) => convert(
                level,
                bits.len(),
                validity,
                |start, out: &mut [i64]| {
                    for (index, part) in out.chunks_mut(64).enumerate() {
                        let word = bits.word(start + 64 * index);
                        part.iter_mut()
                            .enumerate()
                            .for_each(|(bit, value)| *value = (word >> bit & 1) as i64);
                    }
                },
                visit,
            ),
            _ => panic!("the column is not one of signed integers"),
        }
    }
}

impl Element for u64 {
    fn compress(level: Level, values: &mut [Self], bits: &Bits<'_>) {
        compress_in_place(level, values, *bits);
    }

    fn blocks(level: Level, column: &Column<'_>, visit: impl FnMut(Block<'_, u64>)) {
        match column.values {
            Values::Null(_) => {}
            Values::UInt64(values) => lend(level, values, column.validity, visit),
            _ => panic!("the column is not one of unsigned 64-bit integers"),
        }
    }
}

impl Element for i128 {
    fn compress(_: Level, values: &mut [Self], bits: &Bits<'_>) {
        compress_each(values, bits);
    }

    fn blocks(level: Level, column: &Column<'_>, visit: impl FnMut(Block<'_, i128>)) {
        match column.values {
            Values::Null(_) => {}
            Values::Decimal128(values) => lend(level, values, column.validity, visit),
            _ => panic!("the column is not one of decimals"),
        }
    }
}

/// Values that are elements already: the whole slice where there are no nulls, else block by block.
fn lend<E: Element>(
    level: Level,
    values: &[E],
    validity: Option<Bits<'_>>,
    mut visit: impl FnMut(Block<'_, E>),
) {
    match validity {
        None if values.is_empty() => {}
        None => visit(Block { values, first: 0, selected: None }),
        Some(_) => convert(
            level,
            values.len(),
            validity,
            |start, out: &mut [E]| out.copy_from_slice(&values[start..start + out.len()]),
            visit,
        ),
    }
}

/// Values of a narrower type.
fn widen<T: Copy, E: Element + From<T>>(
    level: Level,
    values: &[T],
    validity: Option<Bits<'_>>,
    visit: impl FnMut(Block<'_, E>),
) {
    let fill = |start: usize, out: &mut [E]| {
        let values = &values[start..start + out.len()];
        prefetch(level, values, size_of_val(values));
        level.run(Widen(values, out));
    };
    convert(level, values.len(), validity, fill, visit);
}

/// Fills a scratch block by block with `fill(first row, block)`, drops nulls there, and visits what is left.
fn convert<E: Element>(
    level: Level,
    rows: usize,
    validity: Option<Bits<'_>>,
    fill: impl Fn(usize, &mut [E]),
    mut visit: impl FnMut(Block<'_, E>),
) {
    let mut scratch = [E::default(); BLOCK_ROWS];
    for first in (0..rows).step_by(BLOCK_ROWS) {
        let len = BLOCK_ROWS.min(rows - first);
        let selected = validity.map(|bits| bits.slice(first, len));
        let valid = selected.map_or(len, |bits| bits.count_ones());
        if valid == 0 {
            continue;
        }
        fill(first, &mut scratch[..len]);
        let selected = selected.filter(|_| valid < len);
        if let Some(bits) = &selected {
            E::compress(level, &mut scratch[..len], bits);
        }
        visit(Block { values: &scratch[..valid], first, selected });
    }
}

/// Moves the values whose bit is set to the front, in order: for elements that no kernel packs.
fn compress_each<E: Copy>(values: &mut [E], bits: &Bits<'_>) {
    let mut to = 0;
    for start in (0..values.len()).step_by(64) {
        let word = bits.word(start);
        let end = values.len().min(start + 64);
        if word == u64::MAX {
            values.copy_within(start..end, to);
            to += end - start;
        } else if word != 0 {
            // Without a branch on the bit: a wrong guess costs more than a store that is overwritten.
            for from in start..end {
                values[to] = values[from];
                to += (word >> (from - start) & 1) as usize;
            }
        }
    }
}

/// Lossless conversion, compiled for the level.
struct Widen<'a, T, E>(&'a [T], &'a mut [E]);

impl<T: Copy, E: From<T>> Kernel for Widen<'_, T, E> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        for (to, from) in self.1.iter_mut().zip(self.0) {
            *to = E::from(*from);
        }
    }
}

#[cfg(test)]
mod tests {
    use half::f16;

    use super::*;

    /// Every visited value with its row.
    fn visited<E: Element>(column: &Column<'_>) -> Vec<(usize, E)> {
        let mut seen = Vec::new();
        E::blocks(Level::detect(), column, |block| {
            seen.extend(block.values.iter().enumerate().map(|(index, &value)| (block.row(index), value)));
        });
        seen
    }

    #[test]
    fn blocks_hold_every_valid_value_with_its_row_for_any_length_and_pattern() {
        for rows in [0usize, 1, 63, 64, 65, 200, 2047, 2048, 2049, 5000] {
            let values: Vec<i32> = (0..rows as i32).map(|row| row * 7 - 1000).collect();
            let patterns: [fn(usize) -> bool; 5] =
                [|_| true, |_| false, |row| row % 3 == 1, |row| row % 64 != 5, |row| row / 128 % 2 == 0];
            for pattern in patterns {
                for offset in [0usize, 3] {
                    let mut mask = vec![0u8; (rows + offset).div_ceil(8)];
                    for row in (0..rows).filter(|&row| pattern(row)) {
                        mask[(row + offset) / 8] |= 1 << ((row + offset) % 8);
                    }
                    let validity = Some(Bits::new(&mask, offset, rows));
                    let column = Column { values: Values::Int32(&values), validity };
                    let expected: Vec<(usize, i64)> = (0..rows)
                        .filter(|&row| pattern(row))
                        .map(|row| (row, i64::from(values[row])))
                        .collect();
                    assert_eq!(visited::<i64>(&column), expected);
                }
            }
        }
    }

    #[test]
    fn narrow_types_widen_without_loss() {
        let floats = [f16::MIN_POSITIVE_SUBNORMAL, f16::NEG_INFINITY, f16::MAX, f16::NEG_ZERO];
        let column = Column { values: Values::Float16(&floats), validity: None };
        let seen: Vec<u64> = visited::<f64>(&column).iter().map(|(_, value)| value.to_bits()).collect();
        let expected = [2f64.powi(-24), f64::NEG_INFINITY, 65504.0, -0.0].map(f64::to_bits);
        assert_eq!(seen, expected);
        let column = Column { values: Values::Float32(&[f32::MIN_POSITIVE, -0.0, 1e-45]), validity: None };
        let seen: Vec<u64> = visited::<f64>(&column).iter().map(|(_, value)| value.to_bits()).collect();
        let expected = [2f64.powi(-126), -0.0, 2f64.powi(-149)].map(f64::to_bits);
        assert_eq!(seen, expected);
        let column = Column { values: Values::Bool(Bits::new(&[0b0110_1001], 1, 6)), validity: None };
        let seen: Vec<i64> = visited::<i64>(&column).iter().map(|&(_, value)| value).collect();
        assert_eq!(seen, [0, 0, 1, 0, 1, 1]);
    }
}
