//! Random numbers as functions of (seed, row): no state, so it cannot matter who computes which row.
//!
//! Raw words and `random()` doubles are those of NumPy's `Philox` bit for bit. The mappings to integers and normals
//! are arrcalc's own, pure functions of the counter, and fixed under one [`MAPPING_VERSION`].

mod distributions;
mod logarithm;
mod normal_probability;
mod normal_quantile;
mod philox;
mod poisson_counts;
mod seed_sequence;
#[cfg(test)]
mod tests;

pub use distributions::{MAPPING_VERSION, fill_doubles, fill_integers, fill_normals};
pub use logarithm::ln;
pub use normal_probability::normal_probability;
pub use normal_quantile::upper_normal_quantile;
pub use philox::{Philox, Stream};
pub use poisson_counts::{POISSON_COUNT_MAX, POISSON_COUNTS_VERSION, fill_poisson_counts};
pub use seed_sequence::SeedSequence;
