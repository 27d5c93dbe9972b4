//! One or many files as one table.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;

use crate::array::{ArrayColumn, ArraySource, ArrayView, SourceOrigin, Table};
use crate::boundary;
use crate::chunk::Chunk;
use crate::error::{Error, Result};
use crate::executor::{Executor, Sequential};
use crate::format;
use crate::join::Adapter;
use crate::location::Location;
use crate::options::OpenOptions;
use crate::record_batches::RecordBatches;
use crate::schema::Schema;
use crate::source::{Early, Flow, Layout, ReadRequest, Source, SourceFacts, Unit, UnitBounds};

/// Files of one schema, in the order given, as one table. `'a` is the life of borrowed arrays; what was opened
/// from files is `Dataset<'static>`.
///
/// The same column names in any order make the same table; where the types of a column differ it has their join (the
/// wider integer, float64 for integers with floats, the finer unit), and files that have no join are an error.
/// A column name that occurs twice in a file gets `_1`, `_2`, ...
#[derive(Debug)]
pub struct Dataset<'a> {
    sources: Vec<Box<dyn Source + 'a>>,
    /// How each source becomes the common schema.
    adapters: Vec<Adapter>,
    schema: Schema,
    /// First absolute row of each source, and the end.
    starts: Vec<u64>,
}

impl Dataset<'static> {
    /// Opens one path with everything recognised: a file, `file.npz:member`, `'file.npy[0:100, :, 3]'`, a
    /// directory or quoted glob of files, `-` for standard input.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(&[path.as_ref()], &OpenOptions::default(), &Sequential)
    }

    /// Opens files as one table; passes over whole files that opening needs run on `executor`.
    ///
    /// # Errors
    /// See [`Error`]. A panic of a decoder is `Error::Malformed`; `Error::Stopped` where `executor` says so.
    pub fn open_with(paths: &[&Path], options: &OpenOptions, executor: &dyn Executor) -> Result<Self> {
        let mut sources = Vec::new();
        let mut options = options.clone();
        for path in paths {
            for location in Location::all(path, &options)? {
                if executor.is_stopped() {
                    return Err(Error::Stopped { path: location.file });
                }
                let open = || format::open(&location, &options, executor);
                let source = boundary::guard(&location.file, open)?;
                options.hold_bytes = options.hold_bytes.saturating_sub(source.held_bytes());
                sources.push(source);
            }
        }
        Self::from_sources(sources)
    }
}

impl<'a> Dataset<'a> {
    /// Arrays in memory, side by side. A single 2-D or structured array is a table by itself, as an .npy file is; the
    /// columns of one among several are called `name.c0`, `name.field`.
    ///
    /// # Errors
    /// `Error::Request` where their lengths differ.
    pub fn from_arrays(arrays: Vec<(String, ArrayView<'a>)>) -> Result<Self> {
        let is_single = arrays.len() == 1;
        let (mut columns, mut notes, mut rows) = (Vec::<ArrayColumn<'a>>::new(), Vec::new(), None);
        for (name, array) in &arrays {
            let table = Table::of(array, name);
            if *rows.get_or_insert(table.row_count) != table.row_count {
                let reason = format!("{} rows, the first array has {}", table.row_count, rows.unwrap_or(0));
                return Err(Error::Request { path: PathBuf::from(name), reason });
            }
            notes.extend(table.notes);
            let is_split = !is_single && (table.columns.len() != 1 || table.columns[0].name != *name);
            columns.extend(table.columns.into_iter().map(|mut column| {
                if is_split {
                    column.name = format!("{name}.{}", column.name);
                }
                column
            }));
        }
        let origin = SourceOrigin {
            path: PathBuf::from(arrays.first().map_or("array", |(name, _)| name)),
            format: "memory".into(),
            file: None,
        };
        let table = Table { columns, row_count: rows.unwrap_or(0), notes };
        Self::from_sources(vec![Box::new(ArraySource::new(origin, table))])
    }

    /// Record batches in memory, called `name` in errors: a table that another library handed over, or what an earlier
    /// pass kept. Rows are lent where they lie.
    ///
    /// The batches are believed: whoever takes them from a foreign interface validates them there.
    ///
    /// # Errors
    /// `Error::Request` where a batch has other columns than `schema`.
    pub fn from_batches(
        name: &str,
        schema: &arrow_schema::Schema,
        batches: Vec<RecordBatch>,
    ) -> Result<Self> {
        Self::from_sources(vec![Box::new(RecordBatches::new(name, schema, batches)?)])
    }

    pub(crate) fn from_sources(mut sources: Vec<Box<dyn Source + 'a>>) -> Result<Self> {
        format::join_types(&mut sources);
        let (schema, adapters) = Adapter::join(&sources)?;
        let mut starts = vec![0];
        for source in &sources {
            let end = starts[starts.len() - 1] + source.row_count();
            starts.push(end);
        }
        Ok(Self { sources, adapters, schema, starts })
    }

    /// Names and types of the columns.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Rows of all files together.
    pub fn row_count(&self) -> u64 {
        self.starts[self.starts.len() - 1]
    }

    /// The files, in order; `file.npz:member` for a member.
    pub fn paths(&self) -> Vec<&Path> {
        self.sources.iter().map(|source| source.path()).collect()
    }

    /// The file in which absolute row `row` lies.
    pub fn path_of_row(&self, row: u64) -> Option<&Path> {
        let index = self.starts.partition_point(|&start| start <= row).checked_sub(1)?;
        self.sources.get(index).map(|source| source.path())
    }

    /// Absolute row `row`, counted within its file.
    pub fn row_in_file(&self, row: u64) -> u64 {
        let before = self.starts.partition_point(|&start| start <= row);
        row - before.checked_sub(1).map_or(0, |index| self.starts[index])
    }

    /// Cuts the work of reading `columns` into independent units that cover every row once, in row order.
    ///
    /// # Panics
    /// If an index of `columns` is not below the number of columns.
    pub fn units(&self, columns: &[usize], layout: Layout, unit_rows: u64) -> Vec<Unit> {
        let mut units = Vec::new();
        for (index, (source, adapter)) in self.sources.iter().zip(&self.adapters).enumerate() {
            let start = self.starts[index];
            let own = adapter.to_source(columns);
            units.extend(source.units(&own, layout, unit_rows).into_iter().map(|unit| Unit {
                source: index,
                rows: unit.rows.start + start..unit.rows.end + start,
                columns: adapter.to_dataset(&unit.columns),
                ..unit
            }));
        }
        units
    }

    /// Lends the rows of `unit`, chunk by chunk, in row order. A panic of `sink` goes through.
    ///
    /// # Errors
    /// See [`Error`]; the first wrong row of the unit. A panic of a decoder is `Error::Malformed`.
    pub fn read(
        &self,
        unit: &Unit,
        request: &ReadRequest,
        sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
    ) -> Result<()> {
        self.read_where(unit, request, None, sink)
    }

    /// As [`Dataset::read`], where rows of which `early` tells that none counts may be left out: they are then not
    /// decoded, as far as the format allows.
    ///
    /// # Errors
    /// As [`Dataset::read`]; what is damaged in rows that are left out may go unnoticed.
    pub fn read_where(
        &self,
        unit: &Unit,
        request: &ReadRequest,
        early: Option<&mut Early<'_>>,
        sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
    ) -> Result<()> {
        let start = self.starts[unit.source];
        let (source, adapter) = (&self.sources[unit.source], &self.adapters[unit.source]);
        let local = Unit {
            source: 0,
            rows: unit.rows.start - start..unit.rows.end - start,
            columns: adapter.to_source(&unit.columns),
            ..unit.clone()
        };
        // The receiver's own panic is not the decoder's: it is carried around the boundary.
        let mut panicked: Option<Box<dyn Any + Send>> = None;
        let mut receive = |chunk: &Chunk<'_>| -> Flow {
            let sunk = boundary::outside(|| catch_unwind(AssertUnwindSafe(|| sink(chunk))));
            sunk.unwrap_or_else(|payload| {
                panicked = Some(payload);
                Flow::Break(())
            })
        };
        // Where values are converted, those of the file tell nothing.
        let as_they_are =
            |_: &&mut Early<'_>| unit.columns.iter().all(|&one| adapter.source_column_as_is(one).is_some());
        let done = match early.filter(as_they_are) {
            Some(early) => boundary::guard(source.path(), || {
                let mut chooses = |chunk: &Chunk<'_>| boundary::outside(|| (early.chooses)(chunk));
                let mut early =
                    Early { columns: early.columns, excludes: early.excludes, chooses: &mut chooses };
                source.read_where(&local, request, &mut early, &mut |chunk| {
                    let columns = chunk.columns.clone();
                    receive(&Chunk {
                        first_row: chunk.first_row + start,
                        row_count: chunk.row_count,
                        columns,
                    })
                })
            }),
            None => boundary::guard(source.path(), || {
                adapter.read(source.as_ref(), &unit.columns, &local, start, request, &mut receive)
            }),
        };
        match panicked {
            Some(payload) => resume_unwind(payload),
            None => done,
        }
    }

    /// The row groups of files that have some, each as a unit of `columns`: what bounds may exclude.
    ///
    /// # Panics
    /// If an index of `columns` is not below the number of columns.
    pub fn row_groups(&self, columns: &[usize]) -> Vec<Unit> {
        let sources = self.sources.iter().zip(&self.starts).enumerate();
        let units = sources.flat_map(|(source, (file, &start))| {
            let groups = file.row_groups().windows(2).enumerate();
            groups.map(move |(part, rows)| Unit {
                source,
                part,
                rows: rows[0] + start..rows[1] + start,
                columns: columns.to_vec(),
            })
        });
        units.filter(|unit| !unit.rows.is_empty()).collect()
    }

    /// Bounds of a column's values in `unit`, where the file notes them and they can be believed: integers, moments of
    /// time and text in Parquet. Units of which none of the values can matter need not be read.
    ///
    /// # Panics
    /// If `column` is not below the number of columns.
    pub fn unit_bounds(&self, unit: &Unit, column: usize) -> Option<UnitBounds> {
        let start = self.starts[unit.source];
        let own = self.adapters[unit.source].source_column_as_is(column)?;
        let rows = unit.rows.start - start..unit.rows.end - start;
        self.sources[unit.source].unit_bounds(&Unit { source: 0, rows, ..unit.clone() }, own)
    }

    /// Bytes of decoded values that opening left in memory: see [`OpenOptions::hold_bytes`].
    pub fn held_bytes(&self) -> u64 {
        self.sources.iter().map(|source| source.held_bytes()).sum()
    }

    /// Tells that the next pass over `columns` is the last for now: where a large file is mapped, copying a column once
    /// takes half the time of mapping its pages, which pays from the second pass on. Changes no value.
    ///
    /// # Panics
    /// If an index of `columns` is not below the number of columns.
    pub fn read_once(&self, columns: &[usize]) {
        for (source, adapter) in self.sources.iter().zip(&self.adapters) {
            source.read_once(&adapter.to_source(columns));
        }
    }

    /// Tells that the next pass over all of `columns` and one over some of them are the last for now: see
    /// [`Dataset::read_once`]. Changes no value.
    ///
    /// # Panics
    /// If an index of `columns` is not below the number of columns.
    pub fn read_twice(&self, columns: &[usize]) {
        for (source, adapter) in self.sources.iter().zip(&self.adapters) {
            source.read_twice(&adapter.to_source(columns));
        }
    }

    /// Nulls of a column whose type is only shown ([`crate::DataType::Unsupported`]): no value of it is lent, but the
    /// structure of its data is checked. `None` where a file cannot tell. `memory_bytes` is what this may decode.
    ///
    /// # Errors
    /// See [`Error`].
    ///
    /// # Panics
    /// If `column` is not below the number of columns.
    pub fn null_count(&self, column: usize, memory_bytes: u64) -> Result<Option<u64>> {
        let mut nulls = Some(0);
        for (source, adapter) in self.sources.iter().zip(&self.adapters) {
            let own = adapter.to_source(&[column])[0];
            let more = boundary::guard(source.path(), || source.null_count(own, memory_bytes))?;
            nulls = nulls.zip(more).map(|(nulls, more)| nulls + more);
        }
        Ok(nulls)
    }

    /// What `info` shows, a file each; its columns in the order of the table's.
    pub fn facts(&self) -> Vec<SourceFacts> {
        let sources = self.sources.iter().zip(&self.adapters);
        sources.map(|(source, adapter)| adapter.facts(source.facts())).collect()
    }

    /// Fails where a file changed since it was opened: call after the last read, before showing a result.
    ///
    /// # Errors
    /// `Error::Changed`.
    pub fn verify_unchanged(&self) -> Result<()> {
        self.sources.iter().try_for_each(|source| source.verify_unchanged())
    }
}
