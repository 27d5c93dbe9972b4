//! A macro: the same code for every column type that is a slice of numbers.

/// Calls `$with` with the slice of a numeric column as `$values`, else `$other`.
macro_rules! with_numbers {
    ($column:expr, $values:ident => $with:expr, $other:expr) => {
        match $column {
            arrcalc_datasets::Values::Int8($values) => $with,
            arrcalc_datasets::Values::Int16($values) => $with,
            arrcalc_datasets::Values::Int32($values) => $with,
            arrcalc_datasets::Values::Int64($values) => $with,
            arrcalc_datasets::Values::UInt8($values) => $with,
            arrcalc_datasets::Values::UInt16($values) => $with,
            arrcalc_datasets::Values::UInt32($values) => $with,
            arrcalc_datasets::Values::UInt64($values) => $with,
            arrcalc_datasets::Values::Float16($values) => $with,
            arrcalc_datasets::Values::Float32($values) => $with,
            arrcalc_datasets::Values::Float64($values) => $with,
            _ => $other,
        }
    };
}

pub(super) use with_numbers;
