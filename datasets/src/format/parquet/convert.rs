//! Integers as Parquet stores them, 4 or 8 bytes, as the types that the schema says.

use arrcalc_kernels::Bits;

use crate::arrow_columns::Scratch;
use crate::chunk::{Column, Values};
use crate::fault::Fault;
use crate::schema::DataType;

/// 4-byte integers as `data_type`.
pub(super) fn int32<'s>(
    stored: &'s [i32],
    validity: Option<Bits<'s>>,
    data_type: &DataType,
    scratch: &'s mut Scratch<'_>,
) -> Result<Column<'s>, Fault> {
    /// Narrower integers; what stands in null slots is not looked at.
    macro_rules! narrow {
        ($variant:ident, $number:ty) => {{
            let narrowed = scratch.map(stored, |row, value| match <$number>::try_from(value) {
                Ok(value) => Ok(value),
                Err(_) if validity.is_some_and(|bits| !bits.get(row)) => Ok(0),
                Err(_) => Err(Fault::Malformed(format!("{value} does not fit its type {data_type}"))),
            });
            Values::$variant(narrowed?)
        }};
    }
    let values = match data_type {
        DataType::Int8 => narrow!(Int8, i8),
        DataType::Int16 => narrow!(Int16, i16),
        DataType::UInt8 => narrow!(UInt8, u8),
        DataType::UInt16 => narrow!(UInt16, u16),
        DataType::UInt32 => Values::UInt32(bytemuck::cast_slice(stored)),
        DataType::Time(_) => Values::Int64(scratch.map(stored, |_, tick| Ok::<_, Fault>(i64::from(tick)))?),
        DataType::Decimal128 { .. } => {
            Values::Decimal128(scratch.map(stored, |_, value| Ok::<_, Fault>(i128::from(value)))?)
        }
        _ => Values::Int32(stored),
    };
    Ok(Column { values, validity })
}

/// 8-byte integers as `data_type`.
pub(super) fn int64<'s>(
    stored: &'s [i64],
    validity: Option<Bits<'s>>,
    data_type: &DataType,
    scratch: &'s mut Scratch<'_>,
) -> Column<'s> {
    let values = match data_type {
        DataType::UInt64 => Values::UInt64(bytemuck::cast_slice(stored)),
        DataType::Decimal128 { .. } => Values::Decimal128(scratch.widen(stored)),
        _ => Values::Int64(stored),
    };
    Column { values, validity }
}
