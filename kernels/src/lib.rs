//! Kernels: slices in, results out. SIMD chosen at run time, the same bits at every level; no I/O, no threads,
//! no allocation in hot paths, no errors (contracts are asserted).

pub mod arch;
pub mod bits;
pub mod dispatch;
pub mod distinct;
pub mod elementary;
pub mod elementwise;
pub mod exact;
pub mod group;
pub mod histogram;
pub mod level;
pub mod order;
pub mod order_key;
pub mod random;
pub mod reduce;
pub mod resample;
pub mod search;
pub mod select;
pub mod sort;
pub mod window;

pub use bits::Bits;
pub use level::Level;
pub use order_key::OrderKey;
