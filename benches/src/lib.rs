//! What the benches share: columns of numbers, the naive twins of the kernels, and the memory roof.
//!
//! ```text
//! cargo bench -p arrcalc-benches                 # every family
//! cargo bench -p arrcalc-benches --bench sum     # one
//! cargo bench -p arrcalc-benches --bench sort --features vqsort   # with Highway's sort: a C++ compiler and libhwy-contrib
//! ```
//!
//! Every family reports GB/s (`Throughput::Bytes`) at a size that lies in the first-level cache and at one that does
//! not fit any, beside the memory roof (a plain sum in 32 lanes), a naive twin, and rivals where there are any.

pub mod family;
pub mod naive;
pub mod npy;
pub mod sample;
