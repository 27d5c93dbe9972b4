//! One or many files as one table.

use std::path::Path;

use crate::chunk::Chunk;
use crate::error::{Error, Result};
use crate::executor::{Executor, Sequential};
use crate::format;
use crate::options::OpenOptions;
use crate::schema::Schema;
use crate::source::{Flow, Layout, ReadRequest, Source, SourceFacts, Unit};

/// Files of one schema, in the order given, as one table. `'a` is the life of borrowed arrays; what was opened
/// from files is `Dataset<'static>`.
#[derive(Debug)]
pub struct Dataset<'a> {
    sources: Vec<Box<dyn Source + 'a>>,
    schema: Schema,
    /// First absolute row of each source, and the end.
    starts: Vec<u64>,
}

impl Dataset<'static> {
    /// Opens one file (`file.npz:member` names a member) with everything recognised.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(&[path.as_ref()], &OpenOptions::default(), &Sequential)
    }

    /// Opens files as one table; passes over whole files that opening needs run on `executor`.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn open_with(paths: &[&Path], options: &OpenOptions, executor: &dyn Executor) -> Result<Self> {
        let sources =
            paths.iter().map(|path| format::open(path, options, executor)).collect::<Result<Vec<_>>>()?;
        Self::from_sources(sources)
    }
}

impl<'a> Dataset<'a> {
    pub(crate) fn from_sources(sources: Vec<Box<dyn Source + 'a>>) -> Result<Self> {
        let schema = sources.first().map(|source| source.schema().clone()).unwrap_or_default();
        if let Some(other) = sources.iter().find(|source| *source.schema() != schema) {
            return Err(Error::Request {
                path: other.path().to_path_buf(),
                reason: "its columns are not those of the first file".into(),
            });
        }
        let mut starts = vec![0];
        for source in &sources {
            starts.push(starts[starts.len() - 1] + source.row_count());
        }
        Ok(Self { sources, schema, starts })
    }

    /// Names and types of the columns.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Rows of all files together.
    pub fn row_count(&self) -> u64 {
        self.starts[self.starts.len() - 1]
    }

    /// Cuts the work of reading `columns` into independent units that cover every row once, in row order.
    pub fn units(&self, columns: &[usize], layout: Layout, unit_rows: u64) -> Vec<Unit> {
        let mut units = Vec::new();
        for (index, source) in self.sources.iter().enumerate() {
            let start = self.starts[index];
            units.extend(source.units(columns, layout, unit_rows).into_iter().map(|unit| Unit {
                source: index,
                rows: unit.rows.start + start..unit.rows.end + start,
                ..unit
            }));
        }
        units
    }

    /// Lends the rows of `unit`, chunk by chunk, in row order.
    ///
    /// # Errors
    /// See [`Error`]; the first wrong row of the unit.
    pub fn read(
        &self,
        unit: &Unit,
        request: &ReadRequest,
        sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
    ) -> Result<()> {
        let start = self.starts[unit.source];
        let local = Unit { source: 0, rows: unit.rows.start - start..unit.rows.end - start, ..unit.clone() };
        self.sources[unit.source].read(&local, request, &mut |chunk| {
            sink(&Chunk {
                first_row: chunk.first_row + start,
                row_count: chunk.row_count,
                columns: chunk.columns.clone(),
            })
        })
    }

    /// What `info` shows, a file each.
    pub fn facts(&self) -> Vec<SourceFacts> {
        self.sources.iter().map(|source| source.facts()).collect()
    }

    /// Fails where a file changed since it was opened: call after the last read, before showing a result.
    ///
    /// # Errors
    /// `Error::Changed`.
    pub fn verify_unchanged(&self) -> Result<()> {
        self.sources.iter().try_for_each(|source| source.verify_unchanged())
    }
}
