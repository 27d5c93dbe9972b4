//! Columns of numbers as floats, a stretch of rows at a time.

use std::ops::Range;

use arrcalc_datasets::{Column, Values};
use arrcalc_kernels::window::{MISSING, Missing, Settled};

/// A float type of columns: `f64` or `f32`.
pub trait Sample: Settled + Copy + Sync {
    /// The values, to be read as `f64`.
    #[doc(hidden)]
    fn floats(values: &[Self]) -> Floats<'_>;
    /// As `f64`, without loss.
    #[doc(hidden)]
    fn wide(self) -> f64;
}

impl Sample for f64 {
    fn floats(values: &[f64]) -> Floats<'_> {
        Floats(Source::Wide(values))
    }
    fn wide(self) -> f64 {
        self
    }
}

impl Sample for f32 {
    fn floats(values: &[f32]) -> Floats<'_> {
        Floats(Source::Narrow(values))
    }
    fn wide(self) -> f64 {
        self.into()
    }
}

/// Values that floats hold exactly.
#[derive(Clone, Copy, Debug)]
pub struct Floats<'a>(Source<'a>);

#[derive(Clone, Copy, Debug)]
enum Source<'a> {
    Wide(&'a [f64]),
    Narrow(&'a [f32]),
    Column(&'a Column<'a>),
}

impl<'a> Floats<'a> {
    /// The numbers or truth values of `column`, nulls marked; integers above 2^53 are rounded.
    pub(super) fn of(column: &'a Column<'a>) -> Self {
        match column.values {
            Values::Float64(values) if column.validity.is_none() => Floats(Source::Wide(values)),
            Values::Float32(values) if column.validity.is_none() => Floats(Source::Narrow(values)),
            _ => Floats(Source::Column(column)),
        }
    }

    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        match self.0 {
            Source::Wide(values) => values.len(),
            Source::Narrow(values) => values.len(),
            Source::Column(column) => column.values.len(),
        }
    }

    /// How nulls stand among them.
    pub(super) fn missing(&self) -> Missing {
        match self.0 {
            Source::Column(column)
                if column.validity.is_some() || matches!(column.values, Values::Null(_)) =>
            {
                Missing::Marked
            }
            _ => Missing::Nothing,
        }
    }

    /// The values of `rows`, in `kept` where they do not lie in memory as they are.
    pub(super) fn rows<'b>(&'b self, rows: Range<usize>, kept: &'b mut Vec<f64>) -> &'b [f64] {
        kept.clear();
        let column = match self.0 {
            Source::Wide(values) => return &values[rows],
            Source::Narrow(values) => {
                kept.extend(values[rows].iter().map(|&value| f64::from(value)));
                return kept;
            }
            Source::Column(column) => column,
        };
        let start = rows.start;
        let count = rows.len();
        macro_rules! taken {
            ($values:expr) => {
                kept.extend($values[rows].iter().map(|&value| value as f64))
            };
        }
        match column.values {
            Values::Bool(bits) => kept.extend(rows.map(|row| f64::from(u8::from(bits.get(row))))),
            Values::Int8(values) => taken!(values),
            Values::Int16(values) => taken!(values),
            Values::Int32(values) => taken!(values),
            Values::Int64(values) => taken!(values),
            Values::UInt8(values) => taken!(values),
            Values::UInt16(values) => taken!(values),
            Values::UInt32(values) => taken!(values),
            Values::UInt64(values) => taken!(values),
            Values::Float16(values) => kept.extend(values[rows].iter().map(|value| value.to_f64())),
            Values::Float32(values) => taken!(values),
            Values::Float64(values) => kept.extend_from_slice(&values[rows]),
            Values::Null(_) | Values::Decimal128(_) | Values::Text(_) => {
                kept.extend(std::iter::repeat_n(MISSING, count));
            }
        }
        if let Some(bits) = column.validity {
            for (place, value) in kept.iter_mut().enumerate() {
                if !bits.get(start + place) {
                    *value = MISSING;
                } else if value.is_nan() {
                    *value = f64::NAN;
                }
            }
        }
        kept
    }
}
