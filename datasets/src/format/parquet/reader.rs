//! One row group's requested columns, lent together: every column decodes its own spans, a chunk is as long as
//! the shortest of them.

use std::ops::{ControlFlow, Range};

use arrcalc_kernels::Bits;
use bytes::Bytes;
use parquet::file::metadata::ParquetMetaData;

use super::arrays::{ArrayColumn, Leaf};
use super::columns::{Reading, RootColumn};
use super::convert;
use super::dictionary::DictionaryPage;
use super::fixed::{self, FixedColumn, Stored};
use super::levels::{self, Depth};
use super::pages::{ChunkPlace, walk};
use crate::arrow_columns::{Lender, Scratch};
use crate::chunk::{Chunk, Column, Text, Values};
use crate::fault::{Fault, within};
use crate::source::{Early, Flow};

/// A fault and the column (its place in the request) it was found in.
pub(super) type ColumnFault = (usize, Fault);

/// What all columns of a row group share.
pub(super) struct Group<'a> {
    pub(super) file: &'a Bytes,
    pub(super) metadata: &'a ParquetMetaData,
    pub(super) group: usize,
    pub(super) pages_end: usize,
    pub(super) page_limit: u64,
    pub(super) memory_bytes: u64,
}

/// A column with its decoder.
enum Decoder {
    Int32(FixedColumn<i32>),
    Int64(FixedColumn<i64>),
    Float32(FixedColumn<f32>),
    Float64(FixedColumn<f64>),
    Codes(FixedColumn<u32>),
    Array(ArrayColumn),
}

macro_rules! each {
    ($decoder:expr, $column:ident => $body:expr) => {
        match $decoder {
            Decoder::Int32($column) => $body,
            Decoder::Int64($column) => $body,
            Decoder::Float32($column) => $body,
            Decoder::Float64($column) => $body,
            Decoder::Codes($column) => $body,
            Decoder::Array($column) => $body,
        }
    };
}

/// Rows that need not be lent.
pub(super) struct Selection<'s, 'e> {
    /// Rows of the row group, ascending, which bounds exclude.
    pub(super) excluded: &'s [Range<u64>],
    /// Columns that tell of others.
    pub(super) early: Option<&'s mut Early<'e>>,
}

/// Rows that are asked about at a time: no more than the least pages that writers make.
const ZONE_ROWS: usize = 4_096;
/// Zones after which nobody is asked any more, if rows of all of them counted.
const ASKED: usize = 32;

/// Zones that follow one another, all with rows that count or all without.
#[derive(Default)]
struct Run {
    rows: usize,
    is_chosen: Option<bool>,
}

impl Run {
    /// Takes in the next zone of `chunk`, if it is as those before.
    fn next(&mut self, chunk: &Chunk<'_>, chooses: &mut dyn FnMut(&Chunk<'_>) -> bool) -> bool {
        let zone = self.rows..chunk.row_count.min(self.rows + ZONE_ROWS);
        let columns = chunk.columns.iter().map(|column| column.slice(zone.clone())).collect();
        let first_row = chunk.first_row + zone.start as u64;
        let is_chosen = chooses(&Chunk { first_row, row_count: zone.len(), columns });
        let is_alike = *self.is_chosen.get_or_insert(is_chosen) == is_chosen;
        if is_alike {
            self.rows = zone.end;
        }
        is_alike
    }
}

/// Lowers `count` to the rows that all `wanted` columns have decoded, at row `done` of `rows`.
fn available(
    decoders: &mut [Decoder],
    wanted: &dyn Fn(usize) -> bool,
    (done, rows): (u64, u64),
    count: &mut usize,
) -> Result<(), ColumnFault> {
    for (at, decoder) in decoders.iter_mut().enumerate().filter(|(at, _)| wanted(*at)) {
        let available = each!(decoder, column => column.available()).map_err(|fault| (at, fault))?;
        if available == 0 {
            let reason = format!("it ends after {done} of {rows} rows; the file is damaged");
            return Err((at, Fault::Malformed(reason)));
        }
        *count = available.min(*count);
    }
    Ok(())
}

/// Lends the next `count` rows, the first of which is `first_row`, to `body`; columns that are not `wanted` are null.
fn lent<R>(
    decoders: &[Decoder],
    columns: &[(usize, &RootColumn)],
    strings: &[Vec<&str>],
    wanted: &dyn Fn(usize) -> bool,
    (first_row, count): (u64, usize),
    body: &mut dyn FnMut(&Chunk<'_>) -> R,
) -> Result<R, ColumnFault> {
    let mut scratches: Vec<Scratch<'_>> = decoders.iter().map(|_| Scratch::default()).collect();
    let lenders = decoders
        .iter()
        .enumerate()
        .map(|(at, decoder)| match decoder {
            Decoder::Array(ArrayColumn { array: Some(array), .. }) if wanted(at) => {
                Lender::new(array).map(Some).map_err(|reason| (at, Fault::Malformed(reason)))
            }
            _ => Ok(None),
        })
        .collect::<Result<Vec<_>, _>>()?;
    let mut lent = Vec::with_capacity(decoders.len());
    for (at, ((decoder, scratch), lender)) in decoders.iter().zip(&mut scratches).zip(&lenders).enumerate() {
        if !wanted(at) {
            lent.push(Column { values: Values::Null(count), validity: None });
            continue;
        }
        let data_type = &columns[at].1.data_type;
        let column = match (decoder, lender) {
            (Decoder::Int32(column), _) => {
                let (values, validity) = column.lend(count);
                convert::int32(values, validity, data_type, scratch)
            }
            (Decoder::Int64(column), _) => {
                let (values, validity) = column.lend(count);
                Ok(convert::int64(values, validity, data_type, scratch))
            }
            (Decoder::Float32(column), _) => Ok(plain(column.lend(count), Values::Float32)),
            (Decoder::Float64(column), _) => Ok(plain(column.lend(count), Values::Float64)),
            (Decoder::Codes(column), _) => Ok(plain(column.lend(count), |codes| {
                Values::Text(Text::Codes { codes, values: &strings[at] })
            })),
            (Decoder::Array(column), Some(lender)) => {
                let start = column.position();
                lender.lend(start..start + count, scratch).map_err(|(_, reason)| Fault::Malformed(reason))
            }
            (Decoder::Array(_), None) => Err(Fault::malformed("it has fewer rows than announced")),
        };
        lent.push(column.map_err(|fault| (at, fault))?);
    }
    Ok(body(&Chunk { first_row, row_count: count, columns: lent }))
}

impl Group<'_> {
    /// The checked pages of a leaf.
    pub(super) fn leaf(&self, leaf: usize) -> Result<Leaf, Fault> {
        let chunk = self.metadata.row_group(self.group).column(leaf);
        let place = ChunkPlace {
            bytes: super::checks::chunk_bytes(chunk, self.pages_end)?,
            pages_end: self.pages_end,
            value_count: u64::try_from(chunk.num_values())
                .map_err(|_| Fault::malformed("a column chunk has a negative number of values"))?,
            compression: chunk.compression(),
        };
        Ok((walk(self.file, &place, self.page_limit)?, place.compression))
    }

    /// Nulls of a root by its levels; `None` where they cannot be read.
    pub(super) fn null_count(&self, root: &RootColumn) -> Result<Option<u64>, Fault> {
        let group = self.metadata.row_group(self.group);
        let mut nulls = None;
        for leaf in root.leaves.clone() {
            let (pages, compression) = self.leaf(leaf)?;
            let depth = Depth::of(group.column(leaf).column_descr());
            let Some(counted) = levels::count(self.file, &pages, compression, depth)? else {
                return Ok(None);
            };
            if i64::try_from(counted.rows).ok() != Some(group.num_rows()) {
                return Err(Fault::Malformed(format!(
                    "it has {} rows in a row group of {}; the file is damaged",
                    counted.rows,
                    group.num_rows()
                )));
            }
            nulls.get_or_insert(counted.undefined);
        }
        // Level 0 of a required or repeated root means something else: an empty list, or nothing.
        Ok(nulls.map(|nulls| if root.optional { nulls } else { 0 }))
    }

    /// Lends the rows of `columns` (roots and their description), the first of which is row `first_row`.
    pub(super) fn lend(
        &self,
        columns: &[(usize, &RootColumn)],
        first_row: u64,
        chunk_rows: usize,
        selection: Selection<'_, '_>,
        sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
    ) -> Result<Flow, ColumnFault> {
        let mut held_bytes = 0;
        let mut decoders = Vec::with_capacity(columns.len());
        let mut dictionaries = Vec::with_capacity(columns.len());
        for (at, &(root, column)) in columns.iter().enumerate() {
            let (decoder, dictionary) =
                self.open(root, column, &mut held_bytes).map_err(|fault| (at, fault))?;
            decoders.push(decoder);
            dictionaries.push(dictionary);
        }
        let strings = dictionaries
            .iter()
            .enumerate()
            .map(|(at, page)| page.strings(self.memory_bytes).map_err(|fault| (at, fault)))
            .collect::<Result<Vec<_>, _>>()?;

        let rows = self.metadata.row_group(self.group).num_rows() as u64;
        let Selection { excluded, mut early } = selection;
        // Where all columns tell there is nothing to save.
        early = early.filter(|early| early.columns.len() < columns.len());
        let (mut asked, mut refused) = (0, 0);
        let mut done = 0;
        while done < rows {
            let next = excluded.iter().find(|range| done < range.end);
            if let Some(range) = next.filter(|range| range.start <= done) {
                let count = range.end.min(rows) - done;
                for decoder in &mut decoders {
                    each!(decoder, column => column.skip(count));
                }
                done += count;
                continue;
            }
            let left = next.map_or(rows, |range| range.start.min(rows)) - done;
            let mut count = chunk_rows.max(1).min(usize::try_from(left).unwrap_or(usize::MAX));
            // Columns that tell come first; the others only where they say so.
            if let Some(tells) = early.as_mut().filter(|_| asked < ASKED || refused > 0) {
                let telling = tells.columns;
                available(&mut decoders, &|at| telling.contains(&at), (done, rows), &mut count)?;
                let place = (first_row + done, count);
                let (run, is_chosen) =
                    lent(&decoders, columns, &strings, &|at| telling.contains(&at), place, &mut |chunk| {
                        let mut run = Run::default();
                        while run.rows < count && run.next(chunk, tells.chooses) {
                            asked += 1;
                        }
                        (run.rows, run.is_chosen == Some(true))
                    })?;
                count = run;
                if !is_chosen {
                    refused += 1;
                    for decoder in &mut decoders {
                        each!(decoder, column => column.skip(count as u64));
                    }
                    done += count as u64;
                    continue;
                }
            }
            available(&mut decoders, &|_| true, (done, rows), &mut count)?;
            let flow = lent(&decoders, columns, &strings, &|_| true, (first_row + done, count), sink)?;
            if flow.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            for decoder in &mut decoders {
                each!(decoder, column => column.advance(count));
            }
            done += count as u64;
        }
        for (at, decoder) in decoders.iter_mut().enumerate() {
            if each!(decoder, column => column.available()).map_err(|fault| (at, fault))? > 0 {
                let reason =
                    format!("it has more than the {rows} rows of its row group; the file is damaged");
                return Err((at, Fault::Malformed(reason)));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn open(
        &self,
        root: usize,
        column: &RootColumn,
        held_bytes: &mut u64,
    ) -> Result<(Decoder, DictionaryPage), Fault> {
        if column.reading == Reading::Unsupported {
            return Err(Fault::shown_only(&column.data_type.to_string()));
        }
        let (pages, compression) = self.leaf(column.leaves.start)?;
        let largest = pages.iter().map(|page| page.decoded_bytes(compression)).max().unwrap_or(0);
        // A page, the dictionary page, and the dictionary's values.
        *held_bytes = held_bytes.saturating_add(3 * largest as u64);
        within("decoding", *held_bytes, self.memory_bytes)?;
        let ours = match column.reading {
            Reading::Int32 => fixed::decodes::<i32>(&pages),
            Reading::Int64 => fixed::decodes::<i64>(&pages),
            Reading::Float32 => fixed::decodes::<f32>(&pages),
            Reading::Float64 => fixed::decodes::<f64>(&pages),
            Reading::Text => fixed::decodes::<u32>(&pages),
            Reading::Array | Reading::Unsupported => false,
        };
        if !ours {
            let leaves = vec![(pages, compression)];
            let column = ArrayColumn::new(self.file, self.metadata, self.group, root, column, leaves)?;
            return Ok((Decoder::Array(column), DictionaryPage::default()));
        }
        let (leaf, nullable) = ((pages, compression), column.nullable);
        let mut dictionary = DictionaryPage::default();
        let decoder = match column.reading {
            Reading::Int32 => Decoder::Int32(self.fixed(leaf, nullable, 0)?),
            Reading::Int64 => Decoder::Int64(self.fixed(leaf, nullable, 0)?),
            Reading::Float32 => Decoder::Float32(self.fixed(leaf, nullable, 0)?),
            Reading::Float64 => Decoder::Float64(self.fixed(leaf, nullable, 0)?),
            _ => {
                dictionary = DictionaryPage::read(self.file, &leaf.0, compression)?;
                Decoder::Codes(self.fixed(leaf, nullable, dictionary.value_count)?)
            }
        };
        Ok((decoder, dictionary))
    }

    fn fixed<T: Stored>(
        &self,
        (pages, compression): Leaf,
        nullable: bool,
        code_count: usize,
    ) -> Result<FixedColumn<T>, Fault> {
        FixedColumn::new(self.file.clone(), pages, compression, nullable, code_count)
    }
}

fn plain<'a, T>(
    (values, validity): (&'a [T], Option<Bits<'a>>),
    wrap: impl FnOnce(&'a [T]) -> Values<'a>,
) -> Column<'a> {
    Column { values: wrap(values), validity }
}
