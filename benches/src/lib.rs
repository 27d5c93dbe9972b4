//! What the benches share: columns of numbers, the naive twins of the kernels, and the memory roof.

pub mod naive;
pub mod npy;
pub mod sample;
