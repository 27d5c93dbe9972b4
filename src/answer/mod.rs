//! Results as values: typed scalars and the description of a table. What they look like on a terminal or in
//! JSON is `present`'s business.

mod description;
mod scalar;

pub use description::{ColumnDescription, Description};
pub use scalar::Scalar;
