//! arrcalc: exact, correctly rounded statistics of files and arrays, the same bits for any schedule.

pub mod aggregate;
pub mod answer;
pub mod present;

pub use arrcalc_datasets as datasets;
pub use arrcalc_kernels as kernels;
