//! Results as values: typed scalars and the description of a table. What they look like on a terminal or in
//! JSON is `present`'s business.

mod bits;
mod description;
mod scalar;
mod table;
mod table_column;
mod value;

pub use description::{ColumnDescription, Description};
pub use scalar::Scalar;
pub use table::Table;
pub(crate) use value::value_at;
