//! Histograms with the counts that comparisons with the edges give: those of `numpy.histogram`.

mod bins;
mod bytes;
mod counts;
mod guide;
mod slots;
#[cfg(test)]
mod tests;

pub use bins::{Bins, Comparison};
pub use bytes::byte_counts;
pub use counts::Histogram;
pub use slots::Slots;
