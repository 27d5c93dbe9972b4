//! Histograms with the counts that comparisons with the edges give: those of `numpy.histogram`.

mod bins;
mod bytes;
mod counts;
mod guide;
mod outside;
mod slots;
#[cfg(test)]
mod tests;

pub use bins::{Bins, Comparison};
pub use bytes::byte_counts;
pub use counts::Histogram;
pub use outside::keep_outside;
pub use slots::Slots;
