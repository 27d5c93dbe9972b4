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

use arrcalc_datasets::ArrayView;
use ndarray::{Array1, ArrayBase, Data, Dimension};

use crate::answer::{ColumnDescription, Scalar};
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
