//! What every format implements: facts, units of work, and lending a unit's rows.

use std::fmt;
use std::ops::{ControlFlow, Range};
use std::path::Path;

use crate::chunk::Chunk;
use crate::error::Result;
use crate::format::CsvSource;
use crate::schema::Schema;

/// What a chunk's receiver answers: go on, or stop reading this unit.
pub type Flow = ControlFlow<()>;

/// An independent piece of work: some rows of some columns. Units are pure: reading one twice, or after
/// another, or on another thread, lends the same rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Which file of the dataset.
    pub source: usize,
    /// The source's own name for the piece (row group, record batch, byte range ...).
    pub part: usize,
    /// Absolute rows, over all files.
    pub rows: Range<u64>,
    /// Columns of the dataset's schema, in the order in which chunks carry them.
    pub columns: Vec<usize>,
}

/// Whether the columns of a request must arrive together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Every unit carries all columns: for work that combines columns.
    Together,
    /// A unit may carry any subset: for work on each column by itself. Columnar formats then hand out one
    /// column a unit, so that one huge row group still keeps every core busy.
    Apart,
}

/// How a unit is to be read.
#[derive(Clone, Copy, Debug)]
pub struct ReadRequest {
    /// At most this many rows a chunk, at least one. Never changes a result.
    pub chunk_rows: usize,
    /// Bytes that this read may hold decoded.
    pub memory_bytes: u64,
}

/// A value that no other of a unit is below, or above.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Bound {
    /// An integer, days of a date, ticks of a time, timestamp or duration.
    Integer(i64),
    /// Text, ordered by its bytes.
    Text(String),
}

/// What a file notes of a column's values in a unit, so that the unit need not be read where none of them can matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitBounds {
    /// Nothing lies below the first or above the second; they need not occur. `None`: all rows are null.
    pub range: Option<(Bound, Bound)>,
    /// Number of nulls, where noted.
    pub null_count: Option<u64>,
}

impl UnitBounds {
    /// The bounds of both.
    pub(crate) fn joined(self, other: Self) -> Self {
        let range = match (self.range, other.range) {
            (Some((low, high)), Some((other_low, other_high))) => {
                Some((low.min(other_low), high.max(other_high)))
            }
            (mine, theirs) => mine.or(theirs),
        };
        let nulls = self.null_count.zip(other.null_count);
        Self { range, null_count: nulls.and_then(|(mine, theirs)| mine.checked_add(theirs)) }
    }
}

/// Bounds of columns by position, where they are known.
pub type KnownBounds<'b> = dyn Fn(usize) -> Option<UnitBounds> + 'b;

/// What is known of the rows that count before every column is decoded: a reader may leave out rows of which it can
/// tell that none does. Whoever reads decides for each row that is lent all the same.
pub struct Early<'e> {
    /// Positions among the unit's columns of those that tell.
    pub columns: &'e [usize],
    /// Whether no row counts, and none can fail, where the columns (by position) have these bounds.
    pub excludes: &'e dyn Fn(&KnownBounds<'_>) -> bool,
    /// Whether any row of a chunk counts, in which the columns that do not tell are all null.
    pub chooses: &'e mut dyn FnMut(&Chunk<'_>) -> bool,
}

impl fmt::Debug for Early<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Early").field("columns", &self.columns).finish_non_exhaustive()
    }
}

/// One file (or member, or array in memory) of a dataset. Rows are counted from 0 within the source.
pub(crate) trait Source: Send + Sync + fmt::Debug {
    /// Columns.
    fn schema(&self) -> &Schema;

    /// Rows.
    fn row_count(&self) -> u64;

    /// Cuts the request into units whose `rows` are relative to this source and whose `source` is 0; `columns`
    /// are indices into this source's schema. The units cover every row of every column exactly once, in
    /// row order; about `unit_rows` rows each where the format is free to choose.
    fn units(&self, columns: &[usize], layout: Layout, unit_rows: u64) -> Vec<Unit>;

    /// Lends the rows of `unit` in order, in chunks. `Chunk::first_row` is relative to this source.
    ///
    /// # Errors
    /// The first row in row order that is wrong.
    fn read(
        &self,
        unit: &Unit,
        request: &ReadRequest,
        sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
    ) -> Result<()>;

    /// As [`Source::read`], where rows of which `early` tells that none counts may be left out.
    ///
    /// # Errors
    /// As [`Source::read`]; what is damaged in rows that are left out may go unnoticed.
    fn read_where(
        &self,
        unit: &Unit,
        request: &ReadRequest,
        _early: &mut Early<'_>,
        sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
    ) -> Result<()> {
        self.read(unit, request, sink)
    }

    /// Tells that `columns` will be read once: see [`crate::Dataset::read_once`].
    fn read_once(&self, _columns: &[usize]) {}

    /// Tells that `columns` will be read twice at the most: see [`crate::Dataset::read_twice`].
    fn read_twice(&self, _columns: &[usize]) {}

    /// Bytes of decoded values that it holds in memory.
    fn held_bytes(&self) -> u64 {
        0
    }

    /// Nulls of a column whose type is only shown, whose structure is checked on the way; `None` where they cannot
    /// be told.
    fn null_count(&self, _column: usize, _memory_bytes: u64) -> Result<Option<u64>> {
        Ok(None)
    }

    /// Bounds of a column's values in `unit`, where the file notes them and they can be believed.
    fn unit_bounds(&self, _unit: &Unit, _column: usize) -> Option<UnitBounds> {
        None
    }

    /// First row of each row group, and the end, where the format has some whose bounds are noted.
    fn row_groups(&self) -> &[u64] {
        &[]
    }

    /// What `info` shows.
    fn facts(&self) -> SourceFacts;

    /// Fails where the file changed since it was opened (size, mtime). Called after the last read.
    fn verify_unchanged(&self) -> Result<()>;

    /// The file.
    fn path(&self) -> &Path;

    /// The source as text whose cells can be read as other types: many such files get the types of all their cells.
    fn as_csv(&mut self) -> Option<&mut CsvSource> {
        None
    }
}

/// What `info` shows of a file.
#[derive(Clone, Debug, Default)]
pub struct SourceFacts {
    /// Format and version: `npy 1.0`, `Parquet`, `Arrow IPC file` ...
    pub format: String,
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Independent pieces: row groups, record batches ...
    pub parts: usize,
    /// One line of remarks: `flattened from (3, 4, 5)`, `big-endian`, `written by ...`.
    pub notes: Vec<String>,
    /// One entry a column.
    pub columns: Vec<ColumnFacts>,
}

/// What `info` shows of a column.
#[derive(Clone, Debug, Default)]
pub struct ColumnFacts {
    /// Whether kernels read the map itself, or decoded copies.
    pub mapped: bool,
    /// Whether its values are in memory already, decoded: what opening the file has read of it.
    pub held: bool,
    /// Encodings and codec, byte order, alignment.
    pub encoding: String,
    /// Number of nulls, where the file knows it without reading the data.
    pub null_count: Option<u64>,
}
