mod data;
mod reads;
mod rounding;
mod states;
mod sums;
