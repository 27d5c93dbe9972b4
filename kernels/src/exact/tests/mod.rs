//! Tests of the exact kernels: oracles are num-bigint, num-rational and the naive twin in `reference`.

mod chosen;
mod computed;
mod data;
mod pairs;
mod reads;
mod rounding;
mod states;
mod sums;
