//! One or many files as one table.

use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::chunk::Chunk;
use crate::error::Result;
use crate::executor::{Executor, Sequential};
use crate::options::OpenOptions;
use crate::schema::Schema;
use crate::source::{Flow, Layout, ReadRequest, Source, SourceFacts, Unit};

/// Files of one schema, in the order given, as one table.
#[derive(Debug)]
pub struct Dataset {
    sources: Vec<Box<dyn Source>>,
    schema: Schema,
    /// First absolute row of each source, and the end.
    starts: Vec<u64>,
}
