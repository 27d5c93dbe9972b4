//! Arrow arrays lent as the slices of a [`crate::Chunk`]. Arrays come from IPC files, from Parquet (text and
//! rare types) and from record batches in memory; here they lose their layouts. Nothing is copied that need not
//! be: offsets of sliced arrays become offsets of slices, and only dictionaries of numbers, run-end encoded
//! columns, `time32`, `date64` and string views are written anew, chunk by chunk, into reused buffers.

mod index;
mod lender;
mod scratch;
mod stored;
mod types;

pub(crate) use lender::{LendError, Lender, lend};
pub(crate) use scratch::Scratch;
pub(crate) use stored::{Stored, StoredText};
pub(crate) use types::{arrow_type, data_type, is_lent_in_place, storage_name, type_name};
