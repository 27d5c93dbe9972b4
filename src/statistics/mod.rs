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

mod quantiles;

pub use crate::aggregate::{Dot, Extremes, Moments, NanPolicy};
pub use quantiles::Quantiles;
