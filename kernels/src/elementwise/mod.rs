//! Elementwise operations on blocks: one loop each, compiled per level, with scalars kept in a register.
//!
//! A loop is a closure over elements; [`map`] and its kin compile it for every level, in the shapes slice with
//! slice, slice with scalar and scalar with slice. Truth values leave as bits, 64 rows to a word.

mod ahead;
mod binary16;
mod compare;
mod compress;
mod floats;
mod integers;
mod map;
mod program;
#[cfg(test)]
mod tests;
mod truths;

pub(crate) use ahead::AHEAD_BYTES;
pub use ahead::prefetch;
pub use binary16::{nearest_binary16, rounded_to_binary16};
pub use compare::{FloatComparison, compare_floats};
pub(crate) use compress::pack as pack_lanes;
pub use compress::{Lane64, compress, compress_in_place};
pub use floats::{FloatOperation, Real, float_operation};
pub use integers::{add_checked, floor_divide, floor_remainder, subtract_checked};
pub use map::{Operand, map, map_checked, map2, map2_checked};
pub use program::{FloatProgram, FloatSource};
pub use truths::{choose, copy_bits, truths, truths2};
