//! Literals, which take the type of what they meet.

use arrcalc_datasets::text::parse_data_type;
use arrcalc_datasets::{DataType, TimeUnit};
use arrcalc_kernels::elementwise::nearest_binary16;

use super::super::syntax::Literal;
use super::super::{ExpressionError, Span};
use super::node::Constant;
use super::walk::{Binder, Value};
use crate::expression::evaluate::{float_of, parsed};

/// What a literal says, before it has a type.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Weak {
    Null,
    Integer(i128),
    /// As written, with its sign.
    Decimal(String),
    Text(String),
}

impl Binder<'_> {
    /// A literal of the type it has alone: int64 (uint64, decimal if it is too large), float64, string.
    pub(super) fn literal(&mut self, literal: &Literal, span: Span) -> Result<Value, ExpressionError> {
        let weak = match literal {
            Literal::Bool(value) => {
                let node = self.graph.constant(Constant::Bool(*value), DataType::Bool, span);
                return Ok(Value { node, weak: None });
            }
            Literal::Null => Weak::Null,
            Literal::Integer(value) => Weak::Integer(
                i128::try_from(*value)
                    .map_err(|_| ExpressionError::new(span, "the integer has more than 38 digits"))?,
            ),
            Literal::Decimal(text) => Weak::Decimal(text.clone()),
            Literal::Text(text) => Weak::Text(text.clone()),
        };
        self.weak(weak, span)
    }

    pub(super) fn weak(&mut self, weak: Weak, span: Span) -> Result<Value, ExpressionError> {
        let data_type = match &weak {
            Weak::Null => DataType::Null,
            Weak::Integer(value) if i64::try_from(*value).is_ok() => DataType::Int64,
            Weak::Integer(value) if u64::try_from(*value).is_ok() => DataType::UInt64,
            Weak::Integer(_) => DataType::Decimal128 { precision: 38, scale: 0 },
            Weak::Decimal(_) => DataType::Float64,
            Weak::Text(_) => DataType::String,
        };
        let constant = constant(&weak, &data_type)
            .ok_or_else(|| ExpressionError::new(span, format!("the literal is not a {data_type}")))?;
        Ok(Value { node: self.graph.constant(constant, data_type, span), weak: Some(weak) })
    }
}

/// The literal as a value of `data_type`; `None` where it is none.
pub(super) fn constant(weak: &Weak, data_type: &DataType) -> Option<Constant> {
    use DataType::*;
    let range = |value: i128, low: i128, high: i128| {
        (low..=high).contains(&value).then_some(Constant::I64(value as i64))
    };
    Some(match (weak, data_type) {
        (Weak::Null, _) => Constant::Null,
        (Weak::Text(text), data_type) => return parsed(text, data_type),
        (Weak::Integer(value), Int8) => return range(*value, i8::MIN.into(), i8::MAX.into()),
        (Weak::Integer(value), Int16) => return range(*value, i16::MIN.into(), i16::MAX.into()),
        (Weak::Integer(value), Int32) => return range(*value, i32::MIN.into(), i32::MAX.into()),
        (Weak::Integer(value), Int64) => Constant::I64(i64::try_from(*value).ok()?),
        (Weak::Integer(value), UInt8) => return range(*value, 0, u8::MAX.into()),
        (Weak::Integer(value), UInt16) => return range(*value, 0, u16::MAX.into()),
        (Weak::Integer(value), UInt32) => return range(*value, 0, u32::MAX.into()),
        (Weak::Integer(value), UInt64) => Constant::U64(u64::try_from(*value).ok()?),
        (Weak::Integer(value), Float64) => Constant::F64((*value as f64).to_bits()),
        (Weak::Integer(value), Float32) => Constant::F32((*value as f32).to_bits()),
        (Weak::Integer(value), Float16) => Constant::F32(nearest_binary16(*value as f64).to_f32().to_bits()),
        (Weak::Integer(value), Decimal128 { .. }) => return parsed(&value.to_string(), data_type),
        (Weak::Decimal(text), Float16 | Float32 | Float64 | Decimal128 { .. }) => {
            return parsed(text, data_type);
        }
        _ => return None,
    })
}

/// The decimal type that holds the literal exactly; `None` for what has an exponent, `nan` and `inf`.
pub(super) fn decimal_type(weak: &Weak) -> Option<DataType> {
    let (digits, scale) = match weak {
        Weak::Integer(value) => (value.unsigned_abs().to_string().len(), 0),
        Weak::Decimal(text) => {
            let text = text.trim_start_matches(['-', '+']);
            let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
            let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
            if !is_digits(whole) || !is_digits(fraction) || text.is_empty() {
                return None;
            }
            let fraction = fraction.trim_end_matches('0');
            (whole.trim_start_matches('0').len() + fraction.len(), fraction.len())
        }
        _ => return None,
    };
    let precision = u8::try_from(digits.max(scale).max(1)).ok().filter(|digits| *digits <= 38)?;
    Some(DataType::Decimal128 { precision, scale: i8::try_from(scale).ok()? })
}

/// What a constant that was folded from literals says: it stays weak.
pub(super) fn weak_of(constant: &Constant, data_type: &DataType) -> Option<Weak> {
    match (constant, data_type) {
        (Constant::Null, _) => Some(Weak::Null),
        (Constant::I64(value), DataType::Int64) => Some(Weak::Integer((*value).into())),
        (Constant::U64(value), DataType::UInt64) => Some(Weak::Integer((*value).into())),
        (Constant::F64(bits), DataType::Float64) => {
            Some(Weak::Decimal(format!("{:?}", f64::from_bits(*bits))))
        }
        (Constant::I128(value), DataType::Decimal128 { scale, .. }) => {
            Some(Weak::Decimal(format!("{:?}", float_of(*value, *scale))))
        }
        _ => None,
    }
}

/// What a text of `data_type` looks like, for errors.
pub(super) fn expected_form(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Date => "a date such as '2013-01-31'",
        DataType::Time(_) => "a time such as '06:30:00'",
        DataType::Timestamp(_, None) => "a timestamp such as '2013-01-31 06:30:00'",
        DataType::Timestamp(..) => "a timestamp such as '2013-01-31T06:30:00Z'",
        DataType::Duration(_) => "a duration such as 'P1DT2H30M'",
        DataType::Bool => "'true' or 'false'",
        _ => "a number",
    }
}

/// Names of types for the nearest of them to a mistyped one.
pub(super) const TYPE_NAMES: [&str; 18] = [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
    "string",
    "date",
    "timestamp",
    "decimal128",
    "double",
    "integer",
];

/// The type called `name`, also by SQL's words.
pub(super) fn type_named(name: &str) -> Option<DataType> {
    parse_data_type(name).or_else(|| parse_data_type(&name.to_lowercase())).or_else(|| {
        Some(match name.to_lowercase().as_str() {
            "integer" | "bigint" => DataType::Int64,
            "smallint" => DataType::Int16,
            "real" => DataType::Float32,
            "varchar" => DataType::String,
            "timestamp" => DataType::Timestamp(TimeUnit::Microsecond, None),
            _ => return None,
        })
    })
}
