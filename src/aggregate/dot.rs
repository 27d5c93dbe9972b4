//! `dot`.

use arrcalc_datasets::{Chunk, Column, DataType};
use arrcalc_kernels::exact::DotSums;
use arrcalc_kernels::{Bits, Level};

use crate::answer::Scalar;
use crate::error::{Error, Result};

use super::kind::{Kind, integer_text};
use super::{Aggregate, BLOCK_ROWS, Element, column_rows};

/// Inner product of the first two columns over the rows where neither is null: `RN(Σxy)`, exact for integers.
///
/// Types: two columns of floats give binary64, of which two of binary32 or binary16 binary32; two of integers or bool
/// an integer; mixed ones binary64. Special values: a NaN, 0 · ∞ or infinities of both signs give NaN; no rows give 0.
/// Class: exact. Cost: one pass over both.
#[derive(Clone, Debug)]
pub struct Dot {
    types: [DataType; 2],
    sums: DotSums,
}

impl Dot {
    /// The empty state for columns of these types.
    ///
    /// # Errors
    /// [`Error::Request`] unless both are floats, integers or bool.
    pub fn new(left: &DataType, right: &DataType) -> Result<Self> {
        for data_type in [left, right] {
            let kind = Kind::of(data_type);
            if !data_type.is_numeric() || kind == Kind::Decimal {
                let reason = format!("no dot product of values of type {data_type}");
                return Err(Error::Request { reason });
            }
        }
        Ok(Self { types: [left.clone(), right.clone()], sums: DotSums::new() })
    }

    /// The dot product; an integer past 128 bits as a decimal without digits after the point.
    pub fn dot(&self) -> Scalar {
        self.finish()
    }

    fn is_float(&self) -> bool {
        self.types.iter().any(DataType::is_float)
    }
}

/// Some rows of a column as floats whose sum is the value: one part, or two for 64-bit integers, whose halves are
/// exact each.
#[derive(Default)]
struct Parts {
    whole: Vec<f64>,
    upper: Option<Vec<f64>>,
}

fn parts(level: Level, data_type: &DataType, column: &Column<'_>) -> Parts {
    // 2^32: what the upper half of a 64-bit integer is worth.
    const UPPER: f64 = 4_294_967_296.0;
    let mut parts = Parts::default();
    match (Kind::of(data_type), data_type) {
        (Kind::Float, _) => f64::blocks(level, column, |block| parts.whole.extend_from_slice(block.values)),
        (Kind::Unsigned, _) => u64::blocks(level, column, |block| {
            parts.whole.extend(block.values.iter().map(|&value| f64::from(value as u32)));
            let upper = parts.upper.get_or_insert_default();
            upper.extend(block.values.iter().map(|&value| f64::from((value >> 32) as u32) * UPPER));
        }),
        (_, DataType::Int64) => i64::blocks(level, column, |block| {
            parts.whole.extend(block.values.iter().map(|&value| f64::from(value as u32)));
            let upper = parts.upper.get_or_insert_default();
            upper.extend(block.values.iter().map(|&value| f64::from((value >> 32) as i32) * UPPER));
        }),
        // At most 32 bits: exact in a float.
        _ => i64::blocks(level, column, |block| {
            parts.whole.extend(block.values.iter().map(|&value| value as f64))
        }),
    }
    parts
}

impl Aggregate for Dot {
    type Answer = Scalar;

    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        let (left, right) = (&chunk.columns[0], &chunk.columns[1]);
        if let (arrcalc_datasets::Values::Float64(x), arrcalc_datasets::Values::Float64(y), None, None) =
            (left.values, right.values, left.validity, right.validity)
        {
            return self.sums.update_f64(level, x, y);
        }
        for first in (0..chunk.row_count).step_by(BLOCK_ROWS) {
            let rows = first..chunk.row_count.min(first + BLOCK_ROWS);
            let (mut x, mut y) = (column_rows(left, rows.clone()), column_rows(right, rows.clone()));
            let mut both = [0u8; BLOCK_ROWS / 8];
            if x.validity.is_some() || y.validity.is_some() {
                for (index, bytes) in both.as_chunks_mut::<8>().0.iter_mut().enumerate() {
                    let word = |bits: Option<Bits<'_>>| bits.map_or(u64::MAX, |bits| bits.word(64 * index));
                    *bytes = (word(x.validity) & word(y.validity)).to_le_bytes();
                }
                let validity = Some(Bits::new(&both, 0, rows.len()));
                (x.validity, y.validity) = (validity, validity);
            }
            let (x, y) = (parts(level, &self.types[0], &x), parts(level, &self.types[1], &y));
            if x.whole.len() != y.whole.len() {
                continue; // one of the columns holds nothing but nulls
            }
            for x in [Some(&x.whole), x.upper.as_ref()].into_iter().flatten() {
                for y in [Some(&y.whole), y.upper.as_ref()].into_iter().flatten() {
                    self.sums.update_f64(level, x, y);
                }
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        self.sums.merge(&other.sums);
    }

    fn finish(&self) -> Scalar {
        if !self.is_float() {
            let text = integer_text(&self.sums.exact_sum().to_dyadic());
            let integer = text.parse().map(Scalar::Integer);
            return integer.unwrap_or(Scalar::Decimal { unscaled: text, scale: 0 });
        }
        let narrow = |data_type: &DataType| matches!(data_type, DataType::Float16 | DataType::Float32);
        if self.types.iter().all(narrow) {
            return Scalar::Float32(self.sums.dot_as::<f32>());
        }
        Scalar::Float64(self.sums.dot())
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.sums.to_bytes()
    }
}
