//! Values of one file in the common type of all.

use arrcalc_kernels::Bits;

use crate::chunk::{Column, Text, Values};
use crate::schema::DataType;

const SECONDS_PER_DAY: i64 = 86_400;

/// A conversion that is exact or refuses; integers become floats by rounding to nearest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cast {
    ToInt64,
    ToUInt64,
    ToFloat64,
    /// Coarser ticks, or days, times `factor`.
    Scale {
        factor: i64,
    },
}

/// Buffers of one column.
#[derive(Debug, Default)]
pub(super) struct Converted {
    integers: Vec<i64>,
    unsigned: Vec<u64>,
    floats: Vec<f64>,
}

/// The first wrong row of a chunk, and what is wrong.
type Fault = (usize, String);

impl Cast {
    /// How `from` becomes `to`; `None` where it is the same bytes.
    pub(super) fn between(from: &DataType, to: &DataType) -> Option<Self> {
        use DataType::*;
        let scale = |factor: i64| (factor != 1).then_some(Cast::Scale { factor });
        match (from, to) {
            (from, to) if from == to => None,
            // A chunk of nulls is one in every type.
            (Null, _) => None,
            (_, Int64) => Some(Cast::ToInt64),
            (_, UInt64) => Some(Cast::ToUInt64),
            (_, Float64) => Some(Cast::ToFloat64),
            (Date, Timestamp(unit, _)) => {
                Some(Cast::Scale { factor: SECONDS_PER_DAY * unit.ticks_per_second() })
            }
            (Time(u), Time(v)) | (Duration(u), Duration(v)) | (Timestamp(u, _), Timestamp(v, _)) => {
                scale(v.ticks_per_second() / u.ticks_per_second())
            }
            _ => None,
        }
    }

    /// Converts `column`; rows before a fault are converted.
    pub(super) fn convert(self, column: &Column<'_>, out: &mut Converted) -> Result<(), Fault> {
        macro_rules! each {
            ($($variant:ident),*) => {
                match (self, column.values) {
                    $(
                        (Cast::ToFloat64, Values::$variant(values)) => {
                            out.floats.clear();
                            out.floats.extend(values.iter().map(|&value| as_f64!($variant, value)));
                        }
                    )*
                    _ => return self.convert_integers(column, out),
                }
            };
        }
        // `as` rounds wide integers to nearest, ties to even; `half` has its own conversion.
        macro_rules! as_f64 {
            (Float16, $value:expr) => {
                $value.to_f64()
            };
            ($other:ident, $value:expr) => {
                $value as f64
            };
        }
        each!(Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64, Float16, Float32, Float64);
        Ok(())
    }

    fn convert_integers(self, column: &Column<'_>, out: &mut Converted) -> Result<(), Fault> {
        match column.values {
            Values::Int8(values) => self.convert_each(values.iter().map(|&v| v.into()), column.validity, out),
            Values::Int16(values) => {
                self.convert_each(values.iter().map(|&v| v.into()), column.validity, out)
            }
            Values::Int32(values) => {
                self.convert_each(values.iter().map(|&v| v.into()), column.validity, out)
            }
            Values::Int64(values) => {
                self.convert_each(values.iter().map(|&v| v.into()), column.validity, out)
            }
            Values::UInt8(values) => {
                self.convert_each(values.iter().map(|&v| v.into()), column.validity, out)
            }
            Values::UInt16(values) => {
                self.convert_each(values.iter().map(|&v| v.into()), column.validity, out)
            }
            Values::UInt32(values) => {
                self.convert_each(values.iter().map(|&v| v.into()), column.validity, out)
            }
            Values::UInt64(values) => {
                self.convert_each(values.iter().map(|&v| v.into()), column.validity, out)
            }
            // `Values::Null`, which is lent as it is.
            _ => Ok(()),
        }
    }

    fn convert_each(
        self,
        values: impl Iterator<Item = i128>,
        validity: Option<Bits<'_>>,
        out: &mut Converted,
    ) -> Result<(), Fault> {
        out.integers.clear();
        out.unsigned.clear();
        let factor = if let Cast::Scale { factor } = self { i128::from(factor) } else { 1 };
        for (row, value) in values.enumerate() {
            // No product of two 64-bit integers leaves 128 bits. What stands in a null slot does not matter.
            let value = if validity.is_some_and(|bits| !bits.get(row)) { 0 } else { value * factor };
            if self == Cast::ToUInt64 {
                out.unsigned
                    .push(u64::try_from(value).map_err(|_| (row, format!("{value} does not fit uint64")))?);
            } else {
                out.integers.push(i64::try_from(value).map_err(|_| {
                    let what = if self == Cast::ToInt64 {
                        "int64, the common type of the files"
                    } else {
                        "64-bit ticks"
                    };
                    (row, format!("{value} does not fit {what}"))
                })?);
            }
        }
        Ok(())
    }
}

/// The first `count` rows, converted where there was something to convert.
pub(super) fn lend<'c>(
    column: &Column<'c>,
    cast: Option<&Cast>,
    buffer: &'c Converted,
    count: usize,
) -> Column<'c> {
    let validity = column.validity.map(|bits| bits.slice(0, count));
    let values = match (cast, column.values) {
        (_, Values::Null(_)) => Values::Null(count),
        (None, values) => prefix(values, count),
        (Some(Cast::ToUInt64), _) => Values::UInt64(&buffer.unsigned[..count]),
        (Some(Cast::ToFloat64), _) => Values::Float64(&buffer.floats[..count]),
        (Some(Cast::ToInt64 | Cast::Scale { .. }), _) => Values::Int64(&buffer.integers[..count]),
    };
    Column { values, validity }
}

fn prefix(values: Values<'_>, count: usize) -> Values<'_> {
    match values {
        Values::Null(_) => Values::Null(count),
        Values::Bool(bits) => Values::Bool(bits.slice(0, count)),
        Values::Int8(values) => Values::Int8(&values[..count]),
        Values::Int16(values) => Values::Int16(&values[..count]),
        Values::Int32(values) => Values::Int32(&values[..count]),
        Values::Int64(values) => Values::Int64(&values[..count]),
        Values::UInt8(values) => Values::UInt8(&values[..count]),
        Values::UInt16(values) => Values::UInt16(&values[..count]),
        Values::UInt32(values) => Values::UInt32(&values[..count]),
        Values::UInt64(values) => Values::UInt64(&values[..count]),
        Values::Float16(values) => Values::Float16(&values[..count]),
        Values::Float32(values) => Values::Float32(&values[..count]),
        Values::Float64(values) => Values::Float64(&values[..count]),
        Values::Decimal128(values) => Values::Decimal128(&values[..count]),
        Values::Text(Text::Offsets32 { offsets, data }) => {
            Values::Text(Text::Offsets32 { offsets: &offsets[..count + 1], data })
        }
        Values::Text(Text::Offsets64 { offsets, data }) => {
            Values::Text(Text::Offsets64 { offsets: &offsets[..count + 1], data })
        }
        Values::Text(Text::Slices(slices)) => Values::Text(Text::Slices(&slices[..count])),
        Values::Text(Text::Codes { codes, values }) => {
            Values::Text(Text::Codes { codes: &codes[..count], values })
        }
    }
}
