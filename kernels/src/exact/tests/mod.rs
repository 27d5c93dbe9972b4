mod data;
mod rounding;
mod sums;
