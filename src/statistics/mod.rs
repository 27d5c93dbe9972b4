//! Single statistics of a column, as aggregates and tasks: what `sum`, `var`, `argmin`, `dot`, `quantile` of the
//! faces are made of. `describe` gives all of them at once; this is for one at a time.
//!
//! | aggregate | class | gives |
//! |---|---|---|
//! | [`Moments`] | exact | sum, mean, variance, standard deviation, norm |
//! | [`Extremes`] | exact, its rows positioned | min, max, argmin, argmax, count of nonzero values |
//! | [`Dot`] | exact | dot product of two columns |
//! | [`Quantiles`] | rounds | quantiles by any of NumPy's methods |
//!
//! ```
//! use arrcalc::datasets::Dataset;
//! use arrcalc::answer::Scalar;
//! use arrcalc::{Engine, Reduce, statistics::{Moments, NanPolicy}};
//!
//! let values = [1e16, 1.0, -1e16];
//! let dataset = Dataset::from_arrays(vec![("x".into(), values.as_slice().into())])?;
//! let empty = Moments::<1>::new(&dataset.schema().fields[0].data_type, NanPolicy::Propagate)?;
//! let moments = Engine::new().run(&Reduce::new(&dataset, [0], empty))?;
//! assert_eq!(moments.sum(), Scalar::Float64(1.0));
//! # Ok::<(), arrcalc::Error>(())
//! ```

mod dot;
mod extremes;
mod moments;
mod quantiles;

use arrcalc_datasets::DataType;
use arrcalc_kernels::Level;
use arrcalc_kernels::exact::PowerSums;

use crate::aggregate::{Element, Interpolate, float, float_value, integer_value};
use crate::answer::Scalar;
use crate::error::Error;

pub use dot::Dot;
pub use extremes::Extremes;
pub use moments::Moments;
pub use quantiles::Quantiles;

/// What a NaN among the values does to a statistic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum NanPolicy {
    /// The result is NaN, as IEEE 754 and NumPy have it; positions are those of the first NaN.
    #[default]
    Propagate,
    /// NaNs are left out, as NumPy's `nan...` functions do.
    Ignore,
}

/// An element that statistics are computed of.
trait Number: Element + Interpolate {
    /// Takes `values` into `sums`.
    fn add_powers<const DEGREE: usize>(level: Level, values: &[Self], sums: &mut PowerSums<DEGREE>);

    /// One value of a column of `data_type`, as a result.
    fn scalar(self, data_type: &DataType) -> Scalar;
}

impl Number for f64 {
    fn add_powers<const DEGREE: usize>(level: Level, values: &[f64], sums: &mut PowerSums<DEGREE>) {
        sums.update_f64(level, values);
    }

    fn scalar(self, data_type: &DataType) -> Scalar {
        if self.is_nan() { nan(data_type) } else { float_value(data_type, self) }
    }
}

impl Number for i64 {
    fn add_powers<const DEGREE: usize>(level: Level, values: &[i64], sums: &mut PowerSums<DEGREE>) {
        sums.update_i64(level, values);
    }

    fn scalar(self, data_type: &DataType) -> Scalar {
        integer_value(data_type, i128::from(self))
    }
}

impl Number for u64 {
    fn add_powers<const DEGREE: usize>(level: Level, values: &[u64], sums: &mut PowerSums<DEGREE>) {
        sums.update_u64(level, values);
    }

    fn scalar(self, data_type: &DataType) -> Scalar {
        integer_value(data_type, i128::from(self))
    }
}

/// The canonical NaN in the type of a column's float results.
fn nan(data_type: &DataType) -> Scalar {
    float(data_type, f64::from_bits(0x7ff8_0000_0000_0000), f32::from_bits(0x7fc0_0000))
}

fn no_such(statistic: &str, data_type: &DataType) -> Error {
    Error::Request { reason: format!("no {statistic} of values of type {data_type}") }
}
