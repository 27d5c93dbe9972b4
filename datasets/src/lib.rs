//! Files as typed columns. A [`Dataset`] is opened once, hands out independent [`Unit`]s of work, and lends
//! each unit's rows as [`Chunk`]s of native, aligned slices. It knows no aggregate and starts no thread.

mod array;
mod arrow_columns;
mod boundary;
mod chunk;
mod compressed;
mod dataset;
mod error;
mod executor;
mod fault;
pub mod format;
mod generated;
mod join;
mod kept;
mod limits;
mod location;
mod mapped_file;
mod options;
mod pieces;
mod record_batches;
mod schema;
mod scratch;
mod source;
mod spill;
mod spool;
pub mod text;
pub mod write;

pub use array::{ArrayView, Dtype, DtypeError, Slice};
pub use boundary::is_decoding;
pub use bytemuck::Pod;
pub use chunk::{Chunk, Column, Text, Values};
pub use dataset::Dataset;
pub use error::{Error, Result};
pub use executor::{Executor, Sequential};
pub use generated::{Choices, Generator};
pub use kept::{KeptColumn, KeptSpace};
pub use limits::Limits;
pub use options::{CsvOptions, OpenOptions};
pub use schema::{DataType, Field, Schema, TimeUnit};
pub use scratch::Scratch;
pub use source::{
    Bound, ColumnFacts, Early, Flow, KnownBounds, Layout, ReadRequest, SourceFacts, Unit, UnitBounds,
};
pub use spill::{Piece, Spill};
