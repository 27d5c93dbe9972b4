//! Columns as results of windows: validity from marks, extrema and counts of any type.

use arrcalc_datasets::{Column, DataType, Values, text};
use arrcalc_kernels::window::{MISSING, MISSING_32, Missing, OrderStatistic, Statistic, Windows};

use super::ewm::ewm_means;
use super::extrema::{End, least_keys};
use super::floats::Floats;
use super::moments::{cumulative_floats, moving_floats};
use super::order::order_of_floats;
use crate::Scope;
use crate::answer::{BitVec, OwnedColumn, Scalar};
use crate::error::Result;

/// What is computed on floats.
pub(super) enum OfFloats<'a> {
    CumSum,
    Moment(Statistic, Windows),
    Order(&'a OrderStatistic, Windows),
    Ewm(f64),
}

impl OfFloats<'_> {
    /// The column of results, of 32 bits where `output_type` is.
    pub(super) fn apply(
        &self,
        scope: &Scope<'_>,
        input: &Column<'_>,
        output_type: &DataType,
    ) -> Result<OwnedColumn> {
        let floats = Floats::of(input);
        let rows = floats.len();
        macro_rules! results {
            ($type:ty, $zero:expr, $missing:expr) => {{
                let mut out: Vec<$type> = vec![$zero; rows];
                match self {
                    OfFloats::CumSum => {
                        cumulative_floats(scope, floats.missing(), &floats, &mut out, $missing)?;
                    }
                    OfFloats::Moment(statistic, windows) => {
                        moving_floats(scope, *statistic, windows, &floats, &mut out, $missing)?;
                    }
                    OfFloats::Order(statistic, windows) => {
                        order_of_floats(scope, statistic, windows, &floats, &mut out, $missing)?;
                    }
                    OfFloats::Ewm(alpha) => {
                        let mut kept = Vec::new();
                        let values = floats.rows(0..rows, &mut kept).to_vec();
                        let missing = floats.missing();
                        let mut row = 0;
                        ewm_means(*alpha, missing, values.iter().copied(), |mean| {
                            out[row] = if missing.holds(values[row]) { $missing } else { mean as _ };
                            row += 1;
                        });
                    }
                }
                let is_missing = |value: &$type| value.to_bits() == $missing.to_bits();
                if !out.iter().any(is_missing) {
                    return Ok(OwnedColumn::from(out));
                }
                let validity = bits(out.iter().map(|value| !is_missing(value)));
                out.iter_mut().filter(|value| is_missing(&**value)).for_each(|value| *value = $zero);
                OwnedColumn::from(out).with_validity(validity)
            }};
        }
        Ok(match output_type {
            DataType::Float32 => results!(f32, 0.0, MISSING_32),
            _ => results!(f64, 0.0, MISSING),
        })
    }
}

fn bits(values: impl Iterator<Item = bool>) -> BitVec {
    let mut bits = BitVec::default();
    values.for_each(|bit| bits.push(bit));
    bits
}

/// A column of nulls.
pub(super) fn nulls(output_type: &DataType, rows: usize) -> OwnedColumn {
    let mut nulls = OwnedColumn::new(output_type);
    (0..rows).for_each(|_| nulls.push(&Scalar::Null));
    nulls
}

/// The least or greatest value of each window, `windows.width` `None` for all rows from the first on.
pub(super) fn extrema(
    scope: &Scope<'_>,
    end: End,
    windows: &Windows,
    input: &Column<'_>,
    output_type: &DataType,
) -> Result<OwnedColumn> {
    let rows = input.values.len();
    let is_there = |row: usize| !text::is_null(input, row);
    let windows = &Windows { width: Some(windows.width.unwrap_or(usize::MAX)), ..*windows };
    let skips = windows.skips_missing_rows;
    macro_rules! least {
        ($key:expr, $absent:expr, $zero:expr, $value:expr) => {{
            let mut found = vec![None; rows];
            let key = |row: usize| if is_there(row) { $key(row) } else { $absent };
            least_keys(scope, windows, &mut found, key, is_there, |key| key)?;
            let is_kept = |row: usize| found[row].is_some() && (!skips || is_there(row));
            let validity = bits((0..rows).map(is_kept));
            let values: Vec<_> = found.iter().map(|key| key.map_or($zero, $value)).collect();
            OwnedColumn::from(values).with_validity(validity)
        }};
    }
    macro_rules! integers {
        ($values:expr, $type:ty) => {
            least!(|row: usize| end.key(i64::from($values[row])), i64::MAX, 0, |key| end.key(key) as $type)
        };
    }
    macro_rules! floats {
        ($value:expr, $type:ty) => {
            least!(|row: usize| end.key_of_float($value(row), Missing::Nothing), i64::MAX, 0.0, |key| {
                end.float_of_key(key) as $type
            })
        };
    }
    Ok(match input.values {
        Values::Int8(values) => integers!(values, i8),
        Values::Int16(values) => integers!(values, i16),
        Values::Int32(values) => integers!(values, i32),
        Values::Int64(values) => integers!(values, i64),
        Values::UInt8(values) => integers!(values, u8),
        Values::UInt16(values) => integers!(values, u16),
        Values::UInt32(values) => integers!(values, u32),
        Values::UInt64(values) => {
            least!(|row: usize| end.wide_key(values[row].into()), i128::MAX, 0, |key| end.wide_key(key)
                as u64)
        }
        Values::Decimal128(values) => {
            least!(|row: usize| end.wide_key(values[row]), i128::MAX, 0, |key| end.wide_key(key))
        }
        Values::Float16(values) => floats!(|row: usize| values[row].to_f64(), f32),
        Values::Float32(values) => floats!(|row: usize| f64::from(values[row]), f32),
        Values::Float64(values) => floats!(|row: usize| values[row], f64),
        Values::Bool(truths) => {
            least!(|row: usize| end.key(truths.get(row).into()), i64::MAX, false, |key| end.key(key) == 1)
        }
        Values::Null(_) | Values::Text(_) => nulls(output_type, rows),
    })
}

/// How many values each window holds; null below `windows.min_count`.
pub(super) fn counts(windows: &Windows, input: &Column<'_>) -> OwnedColumn {
    let rows = input.values.len();
    let is_there = |row: usize| !text::is_null(input, row);
    let mut count = 0i64;
    let counts: Vec<i64> = (0..rows)
        .map(|row| {
            count += i64::from(is_there(row));
            if let Some(gone) = windows.width.and_then(|width| row.checked_sub(width)) {
                count -= i64::from(is_there(gone));
            }
            count
        })
        .collect();
    let validity = bits(counts.iter().map(|&count| count as u64 >= windows.min_count as u64));
    OwnedColumn::from(counts).with_validity(validity)
}
