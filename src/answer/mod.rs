//! Results as values: typed scalars and the description of a table. What they look like on a terminal or in
//! JSON is `present`'s business.

mod bits;
mod description;
mod numbers;
mod owned_column;
mod scalar;
mod table;
mod value;

pub(crate) use bits::BitVec;
pub use description::{ColumnDescription, Description};
pub(crate) use numbers::Numbers;
pub(crate) use owned_column::OwnedColumn;
pub use scalar::Scalar;
pub use table::Table;
pub(crate) use value::value_at;
