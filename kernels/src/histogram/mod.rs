//! Fixed-width histograms with the counts that comparisons with the edges give.

mod bins;
mod counts;
#[cfg(test)]
mod tests;

pub use bins::Bins;
pub use counts::Histogram;
