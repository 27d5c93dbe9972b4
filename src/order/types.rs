//! One body for every type of number that columns and arrays hold.

use crate::error::Error;

/// `$with` for the slice of numbers that `$values` is; `$otherwise` for anything else.
macro_rules! by_type {
    ($values:expr, $slice:ident => $with:expr, _ => $otherwise:expr) => {
        match $values {
            Values::Int8($slice) => $with,
            Values::Int16($slice) => $with,
            Values::Int32($slice) => $with,
            Values::Int64($slice) => $with,
            Values::UInt8($slice) => $with,
            Values::UInt16($slice) => $with,
            Values::UInt32($slice) => $with,
            Values::UInt64($slice) => $with,
            Values::Float32($slice) => $with,
            Values::Float64($slice) => $with,
            _ => $otherwise,
        }
    };
}
pub(crate) use by_type;

pub(super) fn not_numbers() -> Error {
    Error::Request {
        reason: "only numbers of 8 to 64 bits (floats: 32 or 64) are searched and chosen".into(),
    }
}
