//! arrcalc: exact, correctly rounded statistics of files and arrays, the same bits for any schedule.
//!
//! An [`Engine`] runs tasks: [`Describe`] gives every statistic of every column, [`Reduce`] and [`Repeat`] run one
//! aggregate, ours or yours. An answer depends on the data alone: not on threads, chunks, instruction sets, the
//! order of files or how often the work was retried.
//!
//! ```
//! use arrcalc::{Describe, Engine, datasets::Dataset};
//!
//! let penguins = Dataset::open("datasets/samples/penguins.csv")?;
//! let answer = Engine::new().run(&Describe::new(&penguins))?;
//! assert_eq!(answer.rows, 344);
//! # Ok::<(), arrcalc::Error>(())
//! ```
#![forbid(unsafe_code)]

pub mod aggregate;
pub mod answer;
pub mod audit;
mod column_quantiles;
mod convert;
mod describe;
mod error;
pub mod execute;
pub mod explain;
pub mod expression;
mod generate;
pub mod golden;
pub mod group;
pub mod histogram;
mod locate;
#[cfg(feature = "ndarray")]
pub mod ndarray;
pub mod order;
mod plan;
pub mod present;
mod query;
pub mod random;
mod rows;
mod sort;
mod sort_to;
pub mod window;

pub use arrcalc_datasets as datasets;
pub use arrcalc_kernels as kernels;
pub use audit::Audit;
pub use column_quantiles::ColumnQuantiles;
pub use convert::Convert;
pub use describe::{Describe, Summary};
pub use error::{Error, Result};
pub use execute::{
    Budget, CancelToken, Control, Engine, EngineBuilder, Job, Pass, Progress, Reduce, Repeat, Reservation,
    Scope, Task, Trace,
};
pub use explain::Explanation;
pub use generate::Generate;
pub use histogram::Histogram;
pub use locate::Locate;
pub use query::{IntoKey, Query, QueryText, Queryable};
pub use rows::read_rows;
pub use sort::{ColumnOrder, Sort, read_table};
pub use sort_to::SortTo;
