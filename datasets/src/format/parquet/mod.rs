//! Parquet: a mapped file whose row groups are decoded once per pass, each requested column on its own, into
//! reused buffers. The footer and every page header are checked here before any decoder sees a byte; numbers and
//! dictionary-encoded text are decoded here too, the rest by the parquet crate.
//! Source: apache/parquet-format, README.md, Encodings.md, LogicalTypes.md.

mod arrays;
mod base64;
mod bounds;
mod checks;
mod codec;
mod columns;
mod convert;
mod delta;
mod dictionary;
mod fixed;
mod footer;
mod hybrid;
mod levels;
mod page_header;
mod page_index;
mod pages;
mod reader;
#[cfg(test)]
mod skip_tests;
mod slim;
mod thrift;
mod unpack;
mod workspace;

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use parquet::file::metadata::ParquetMetaData;

use self::bounds::Bounds;
use self::columns::RootColumn;
use self::page_index::PageBounds;
use self::reader::{Group, Selection};
use crate::chunk::Chunk;
use crate::error::Result;
use crate::fault::Fault;
use crate::limits::Limits;
use crate::mapped_file::MappedFile;
use crate::options::OpenOptions;
use crate::pieces;
use crate::schema::{Field, Schema};
use crate::source::{ColumnFacts, Early, Flow, Layout, ReadRequest, Source, SourceFacts, Unit, UnitBounds};

/// An open Parquet file.
#[derive(Debug)]
struct ParquetFile {
    file: MappedFile,
    metadata: ParquetMetaData,
    /// Where the footer lies: pages lie before it.
    footer: Range<usize>,
    bounds: Bounds,
    columns: Vec<RootColumn>,
    schema: Schema,
    /// First row of each row group, and the end.
    starts: Vec<u64>,
    limits: Limits,
}

/// Opens a file of this format.
pub(crate) fn open(path: &Path, options: &OpenOptions) -> Result<Box<dyn Source>> {
    let file = MappedFile::open(path)?;
    let opened = (|| {
        let (metadata, footer) = footer::read(file.bytes(), &options.limits)?;
        let columns = columns::of(&metadata)?;
        if columns.len() > options.limits.columns {
            return Err(Fault::malformed(format!(
                "it has {} columns, the limit is {}",
                columns.len(),
                options.limits.columns
            )));
        }
        let starts = checks::row_starts(&metadata, footer.start)?;
        let leaves = metadata.file_metadata().schema_descr().num_columns();
        let bounds = Bounds::read(&file.bytes()[footer.clone()], metadata.num_row_groups(), leaves);
        Ok((metadata, footer, bounds, columns, starts))
    })();
    let (metadata, footer, bounds, columns, starts) =
        opened.map_err(|fault: Fault| fault.at(path, None, None))?;
    let fields = columns
        .iter()
        .map(|column| Field { name: column.name.clone(), data_type: column.data_type.clone() })
        .collect();
    let schema = Schema { fields };
    Ok(Box::new(ParquetFile {
        file,
        metadata,
        footer,
        bounds,
        columns,
        schema,
        starts,
        limits: options.limits,
    }))
}

impl ParquetFile {
    fn group(&self, group: usize, memory_bytes: u64) -> Group<'_> {
        Group {
            file: self.file.bytes(),
            metadata: &self.metadata,
            group,
            pages_end: self.footer.start,
            page_limit: self.limits.page_bytes.min(memory_bytes),
            memory_bytes,
        }
    }

    /// Lends the rows of `unit`, but for those of which `early` tells that none counts.
    fn lend(
        &self,
        unit: &Unit,
        request: &ReadRequest,
        mut early: Option<&mut Early<'_>>,
        sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
    ) -> Result<()> {
        let columns: Vec<_> = unit.columns.iter().map(|&column| (column, &self.columns[column])).collect();
        for (group, _) in pieces::of_unit(&self.starts, unit) {
            let rows = (self.starts[group], self.starts[group + 1]);
            let one = self.group(group, request.memory_bytes);
            let excluded = match &early {
                Some(early) => self.excluded(&one, &columns, unit, early),
                None => vec![],
            };
            let selection = Selection { excluded: &excluded, early: early.as_deref_mut() };
            let flow =
                one.lend(&columns, rows.0, request.chunk_rows, selection, sink).map_err(|(at, fault)| {
                    fault.at(self.file.path(), Some(&self.columns[unit.columns[at]].name), Some(rows))
                })?;
            if flow.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Rows of a row group, counted within it, that bounds exclude: all of them, or those of pages.
    fn excluded(
        &self,
        group: &Group<'_>,
        columns: &[(usize, &RootColumn)],
        unit: &Unit,
        early: &Early<'_>,
    ) -> Vec<Range<u64>> {
        let rows = self.starts[group.group]..self.starts[group.group + 1];
        let whole = Unit { source: 0, part: group.group, rows: rows.clone(), columns: unit.columns.clone() };
        if (early.excludes)(&|at| self.unit_bounds(&whole, unit.columns[at])) {
            return std::iter::once(0..rows.end - rows.start).collect();
        }
        let pages: Vec<Option<PageBounds>> = (columns.iter().enumerate())
            .map(|(at, (_, column))| {
                let places =
                    self.bounds.index(group.group, column).filter(|_| early.columns.contains(&at))?;
                // What is wrong with the pages is told by whoever decodes them.
                let (pages, _) = group.leaf(column.leaves.start).ok()?;
                PageBounds::read(group.file, places, column, &pages)
            })
            .collect();
        let mut starts: Vec<u64> = pages.iter().flatten().flat_map(|one| one.starts().to_vec()).collect();
        starts.sort_unstable();
        starts.dedup();
        let mut excluded: Vec<Range<u64>> = Vec::new();
        for rows in starts.windows(2).map(|pair| pair[0]..pair[1]) {
            if !(early.excludes)(&|at| pages[at].as_ref()?.of_row(rows.start)) {
                continue;
            }
            match excluded.last_mut() {
                Some(last) if last.end == rows.start => last.end = rows.end,
                _ => excluded.push(rows),
            }
        }
        excluded
    }
}

impl Source for ParquetFile {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn row_count(&self) -> u64 {
        self.starts[self.starts.len() - 1]
    }

    fn units(&self, columns: &[usize], layout: Layout, unit_rows: u64) -> Vec<Unit> {
        pieces::units(&self.starts, columns, layout, unit_rows, |_| false)
    }

    fn read(
        &self,
        unit: &Unit,
        request: &ReadRequest,
        sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
    ) -> Result<()> {
        self.lend(unit, request, None, sink)
    }

    fn read_where(
        &self,
        unit: &Unit,
        request: &ReadRequest,
        early: &mut Early<'_>,
        sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
    ) -> Result<()> {
        self.lend(unit, request, Some(early), sink)
    }

    fn null_count(&self, column: usize, memory_bytes: u64) -> Result<Option<u64>> {
        let root = &self.columns[column];
        let mut nulls = Some(0);
        for group in 0..self.starts.len() - 1 {
            let rows = (self.starts[group], self.starts[group + 1]);
            let in_group = self.group(group, memory_bytes).null_count(root);
            let in_group =
                in_group.map_err(|fault| fault.at(self.file.path(), Some(&root.name), Some(rows)))?;
            nulls = nulls.zip(in_group).map(|(nulls, more)| nulls + more);
        }
        Ok(nulls)
    }

    fn unit_bounds(&self, unit: &Unit, column: usize) -> Option<UnitBounds> {
        let root = &self.columns[column];
        if root.reading == columns::Reading::Unsupported || root.leaves.len() != 1 {
            return None;
        }
        let footer = &self.file.bytes()[self.footer.clone()];
        let mut joined: Option<UnitBounds> = None;
        for (group, rows) in pieces::of_unit(&self.starts, unit) {
            let metadata = self.metadata.row_group(group);
            let statistics = metadata.column(root.leaves.start).statistics();
            let null_count = statistics.and_then(|statistics| statistics.null_count_opt());
            let range = self.bounds.of(footer, group, root);
            // Without bounds and without values, or just without bounds.
            let is_empty = null_count == Some(metadata.num_rows() as u64);
            if range.is_none() && !is_empty {
                return None;
            }
            // Of a part of a row group it is not known which rows are null.
            let is_whole = rows.len() as u64 == metadata.num_rows() as u64;
            let more = UnitBounds { range, null_count: null_count.filter(|_| is_whole) };
            joined = Some(match joined {
                Some(before) => before.joined(more),
                None => more,
            });
        }
        joined
    }

    fn row_groups(&self) -> &[u64] {
        &self.starts
    }

    fn facts(&self) -> SourceFacts {
        let groups = self.metadata.row_groups();
        let columns = self.columns.iter().map(|column| {
            let chunks = || groups.iter().flat_map(|group| &group.columns()[column.leaves.clone()]);
            let mut encodings: Vec<String> = chunks()
                .flat_map(|chunk| chunk.encodings().map(|encoding| encoding.to_string().to_lowercase()))
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect();
            let codecs: BTreeSet<_> = chunks().map(|chunk| codec::name(chunk.compression())).collect();
            encodings.extend(codecs.into_iter().map(String::from));
            let null_count = (column.leaves.len() == 1 && column.reading != columns::Reading::Unsupported)
                .then(|| {
                    chunks().try_fold(0u64, |sum, chunk| {
                        let nulls = chunk.statistics()?.null_count_opt()?;
                        Some(sum + nulls).filter(|_| nulls <= chunk.num_values() as u64)
                    })
                })
                .flatten();
            ColumnFacts { mapped: false, held: false, encoding: encodings.join(", "), null_count }
        });
        let writer = self.metadata.file_metadata().created_by();
        SourceFacts {
            format: "Parquet".into(),
            file_bytes: self.file.bytes().len() as u64,
            parts: groups.len(),
            notes: writer.map(|writer| format!("written by {writer}")).into_iter().collect(),
            columns: columns.collect(),
        }
    }

    fn verify_unchanged(&self) -> Result<()> {
        self.file.verify_unchanged()
    }

    fn path(&self) -> &Path {
        self.file.path()
    }
}
