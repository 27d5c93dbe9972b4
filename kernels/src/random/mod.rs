//! Random numbers as functions of (seed, row): no state, so it cannot matter who computes which row.
//!
//! Raw words and `random()` doubles of [`Philox`] and [`Pcg64`] are NumPy's bit for bit. A [`Distribution`] maps a
//! stream of [`Words`] to values, each a pure function of the stream and the row, fixed under one [`MAPPING_VERSION`];
//! the mappings are arrcalc's own. A row takes its own word, and what else it needs from streams beside.

mod choice;
mod cumulative;
mod deck;
mod digits;
mod distribution;
mod exponential;
mod fault;
mod gamma;
mod integers;
mod logarithm;
mod normal;
mod normal_probability;
mod normal_quantile;
mod parts;
mod pcg64;
mod philox;
mod poisson;
mod poisson_counts;
mod seed_sequence;
#[cfg(test)]
mod tests;
mod uniform;
mod words;

pub use choice::Choice;
pub use deck::Deck;
pub use digits::Digits;
pub use distribution::{Distribution, MAPPING_VERSION, RawWords};
pub use exponential::Exponential;
pub use fault::Fault;
pub use gamma::Gamma;
pub use integers::{Integers, fill_integers};
pub use logarithm::ln;
pub use normal::{Lognormal, Normal, fill_normals};
pub use normal_probability::normal_probability;
pub use normal_quantile::upper_normal_quantile;
pub use pcg64::Pcg64;
pub use philox::{Philox, Stream};
pub use poisson::Poisson;
pub use poisson_counts::{POISSON_COUNT_MAX, POISSON_COUNTS_VERSION, fill_poisson_counts};
pub use seed_sequence::SeedSequence;
pub use uniform::{Bernoulli, Doubles, Uniform, fill_doubles};
pub use words::Words;
