//! `ndarray` arrays in as columns, without a copy, and answers out as arrays.
//!
//! ```
//! use arrcalc::answer::Scalar;
//! use arrcalc::{Describe, Engine, datasets::Dataset, ndarray::{column, histogram, quantiles}};
//! use ndarray::array;
//!
//! let x = array![[1.0, 2.0, 3.0], [4.0, 5.0, 60.0]];
//! let dataset = Dataset::from_arrays(vec![("x".into(), column(&x)?)])?;
//! let answer = Engine::new().run(&Describe::new(&dataset))?;
//! assert_eq!(answer.columns[0].sum, Scalar::Float64(75.0));
//! assert_eq!(quantiles(&answer.columns[0])[3], 3.5);
//! assert_eq!(histogram(&answer.columns[0]).unwrap(), array![5, 0, 0, 0, 0, 0, 0, 1]);
//!
//! // A view with gaps has no slice; its copy in standard layout has one.
//! let odd = x.slice(ndarray::s![.., ..;2]);
//! assert!(column(&odd).is_err());
//! assert!(column(&odd.as_standard_layout()).is_ok());
//! # Ok::<(), arrcalc::Error>(())
//! ```

use arrcalc_datasets::{ArrayView, Column, Values};
use arrcalc_kernels::Bits;
use half::f16;
use ndarray::{Array1, Array2, ArrayBase, Data, Dimension};

use crate::answer::{ColumnDescription, Scalar, Table};
use crate::error::{Error, Result};

/// The elements of `array`, of any number of axes, as one column in C order; nothing is copied.
///
/// # Errors
/// [`Error::Request`] where the array is not in standard layout: pass its `as_standard_layout()`.
pub fn column<'a, T, S, D>(array: &'a ArrayBase<S, D>) -> Result<ArrayView<'a>>
where
    S: Data<Elem = T>,
    D: Dimension,
    T: 'a,
    &'a [T]: Into<ArrayView<'a>>,
{
    let reason = "the array's elements do not follow each other; pass its as_standard_layout()";
    array.as_slice().map(Into::into).ok_or_else(|| Error::Request { reason: reason.into() })
}

/// Numbers that a column of an answer can hold as they are.
pub trait Native: Copy {
    /// The values of `column`, if they are of this type.
    #[doc(hidden)]
    fn of<'c>(column: &Column<'c>) -> Option<&'c [Self]>;
}

macro_rules! native {
    ($($number:ty: $variant:ident)*) => {$(
        impl Native for $number {
            fn of<'c>(column: &Column<'c>) -> Option<&'c [Self]> {
                if let Values::$variant(values) = column.values { Some(values) } else { None }
            }
        }
    )*};
}
native!(i8: Int8 i16: Int16 i32: Int32 i64: Int64 u8: UInt8 u16: UInt16 u32: UInt32 u64: UInt64);
native!(f16: Float16 f32: Float32 f64: Float64 i128: Decimal128);

/// Column `index` of an answer as an array of its own type: integers, floats, days of dates, ticks of times, unscaled
/// decimals.
///
/// Cost: a copy.
///
/// # Errors
/// [`Error::Request`] where there is no such column, it has another type, or one of its values is null.
///
/// # Examples
/// ```
/// use arrcalc::ndarray::{array, matrix};
/// use arrcalc::{Engine, Query, QueryText, datasets::Dataset};
/// use ndarray::array;
///
/// let penguins = Dataset::open("datasets/samples/penguins.csv")?;
/// let text = QueryText {
///     select: "count(*) as n, max(body_mass_g) as heaviest, min(bill_depth_mm) as least".into(),
///     by: "island".into(),
///     ..QueryText::default()
/// };
/// let answer = Engine::new().run(&Query::parse(&penguins, &text)?)?;
/// assert_eq!(array::<i64>(&answer, 1)?, array![168, 124, 52]);
/// assert!(array::<f64>(&answer, 1).is_err());
/// let both = matrix(&answer, &[2, 3])?;
/// assert_eq!(both, array![[6300.0, 13.1], [4800.0, 15.5], [4700.0, 15.9]]);
/// # Ok::<(), arrcalc::Error>(())
/// ```
pub fn array<T: Native>(answer: &Table, index: usize) -> Result<Array1<T>> {
    let (field, column) = column_of(answer, index)?;
    let name = &field.name;
    let values = T::of(&column).ok_or_else(|| Error::Request {
        reason: format!("column '{name}' is {}, not {}", field.data_type, std::any::type_name::<T>()),
    })?;
    if let Some(row) = column.validity.and_then(|bits: Bits<'_>| (0..bits.len()).find(|&row| !bits.get(row)))
    {
        let reason = format!("row {row} of column '{name}' is null, which an array has not; use matrix");
        return Err(Error::Request { reason });
    }
    Ok(Array1::from(values.to_vec()))
}

/// Columns `indices` of an answer side by side, a row each: numbers and truth values as the nearest binary64, nulls as
/// NaN.
///
/// # Errors
/// [`Error::Request`] where there is no such column, or it holds no numbers.
pub fn matrix(answer: &Table, indices: &[usize]) -> Result<Array2<f64>> {
    let mut matrix = Array2::from_elem((answer.row_count(), indices.len()), f64::NAN);
    for (&index, mut out) in indices.iter().zip(matrix.columns_mut()) {
        let (field, column) = column_of(answer, index)?;
        if !field.data_type.is_numeric() {
            let reason = format!("column '{}' is {}, not a number", field.name, field.data_type);
            return Err(Error::Request { reason });
        }
        for (row, out) in out.iter_mut().enumerate() {
            let is_valid = column.validity.is_none_or(|bits| bits.get(row));
            let value = || match answer.value(row, index) {
                Scalar::Bool(value) => f64::from(u8::from(value)),
                Scalar::Integer(value) => value as f64,
                Scalar::Float32(value) => value.into(),
                Scalar::Float64(value) => value,
                // Digits, point and exponent read as the nearest number.
                Scalar::Decimal { unscaled, scale } => {
                    format!("{unscaled}e{}", -i32::from(scale)).parse().unwrap_or(f64::NAN)
                }
                _ => f64::NAN,
            };
            if is_valid {
                *out = value();
            }
        }
    }
    Ok(matrix)
}

fn column_of(answer: &Table, index: usize) -> Result<(&arrcalc_datasets::Field, Column<'_>)> {
    let field = answer.fields().get(index);
    let columns = answer.lend().columns;
    field.zip(columns.get(index).copied()).ok_or_else(|| Error::Request {
        reason: format!("the answer has {} columns, none of which is number {index}", columns.len()),
    })
}

/// The seven quantiles of a description, in the order of [`ColumnDescription::QUANTILES`]; NaN where there is none.
pub fn quantiles(column: &ColumnDescription) -> Array1<f64> {
    let number = |scalar: &Scalar| match scalar {
        Scalar::Float64(value) => *value,
        Scalar::Float32(value) => f64::from(*value),
        _ => f64::NAN,
    };
    column.quantiles.iter().map(number).collect()
}

/// The counts of the eight equal bins between the lowest and the highest finite value, where there are any.
pub fn histogram(column: &ColumnDescription) -> Option<Array1<u64>> {
    column.histogram.map(|counts| Array1::from(counts.to_vec()))
}
