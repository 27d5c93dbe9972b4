//! Arrays by shape and strides, in memory or in a file: the one way in which npy, npz, raw files and a caller's own
//! slices become columns.
//!
//! ```text
//! bytes + dtype + shape + strides  =  ArrayView  ->  columns (table)  ->  chunks (decode)
//! ```

mod copied;
mod decode;
mod dtype;
mod element;
pub(crate) mod literal;
mod slice;
mod source;
mod storage;
mod strided;
mod table;
mod temporal;
mod text;
mod view;

pub use dtype::{Dtype, DtypeError};
pub use slice::Slice;
pub use view::ArrayView;

pub(crate) use source::{ArraySource, SourceOrigin};
pub(crate) use storage::{Deferred, Storage};
pub(crate) use table::{ArrayColumn, Table, tuple};
pub(crate) use view::array_bytes;
