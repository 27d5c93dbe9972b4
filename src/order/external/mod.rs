//! Sorting tables of any size: in memory where they fit the budget, else by distribution over buckets on disk.
//!
//! ```text
//! sample -> splitters;   every chunk -> its rows by bucket -> spill;   bucket after bucket: load, sort, deliver
//! ```
//! Two reads and two writes of the data, and no merge: a bucket holds the keys between two splitters. A bucket that is
//! too large still is dealt out again; one of equal keys needs no sorting. The order is that of the keys and then of the
//! rows, so the rows come out the same for any budget and number of threads. A table that stands in order already is
//! handed over as it lies.
//!
//! Sources: Vitter, "External memory algorithms and data structures", ACM Computing Surveys 33, 2001, section 5.1
//! (distribution sort); Frazer and McKellar for the sample (see `splitters.rs`).

mod added;
mod bucket;
mod codes;
mod distribute;
mod in_order;
mod runs;
mod splitters;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use arrcalc_datasets::{Chunk, DataType, Dataset, Executor, Field, Layout, ReadRequest, Schema, Spill};

use super::TableKey;
use crate::answer::{OwnedColumn, Table};
use crate::error::Result;
use crate::{Pass, Scope};
pub(crate) use added::Added;
use added::Room;
use bucket::{load, sorted};
use codes::Coder;
use distribute::{Bucket, Distributor, joined};
use splitters::{Sample, Splitters};

/// A table to be sorted.
#[derive(Clone, Debug)]
pub(crate) struct Sorting<'a> {
    pub(crate) dataset: &'a Dataset<'a>,
    /// Columns that are read.
    pub(crate) columns: &'a [usize],
    /// The order; the first key counts most.
    pub(crate) keys: &'a [TableKey],
    /// A last column that rows get; keys may name it.
    pub(crate) added: Added,
    /// Where rows go that do not fit memory.
    pub(crate) temp_dir: PathBuf,
    /// Bytes that may go there.
    pub(crate) temp_bytes: u64,
}

/// What a sort moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SortVolume {
    /// Rows delivered.
    pub rows: u64,
    /// Bytes written to temporary files, and read back from them; 0 where the table fitted memory.
    pub spilled_bytes: u64,
    /// Buckets that these were in.
    pub buckets: u64,
}

/// Tables of fewer rows are not worth a look at a sample.
const SMALL_ROWS: u64 = 65_536;
/// Rows of a sample, at the most about.
const SAMPLE_ROWS: u64 = 1 << 16;
/// Places of a table at which a sample is taken, where rows can be read at any place.
const SAMPLE_UNITS: u64 = 4_096;
/// Units of which a sample is taken where each has to be decoded.
const DECODED_UNITS: u64 = 24;
/// Rows handed over at a time.
const DELIVERED_ROWS: usize = 65_536;
/// Most buckets at a time, and the least that is worth writing to one of them at a time.
const BUCKETS_MAX: u64 = 4_096;
const BUFFER_BYTES: (u64, u64) = (4 << 10, 256 << 10);
/// While buckets are read, one a thread, and one of them is sorted, memory holds at the most about this many times the
/// bytes of a bucket for each thread: read, decoded, its order, sorted.
const COPIES: u64 = 5;

/// Takes rows in their new order; it may stop the sort.
pub(crate) type Deliver<'d> = dyn FnMut(&Chunk<'_>) -> Result<ControlFlow<()>> + 'd;

impl Sorting<'_> {
    /// Sorts, and hands every row to `deliver`.
    ///
    /// # Errors
    /// As [`Scope::pass`]; `Error::Memory` where the budget does not hold even one bucket;
    /// [`arrcalc_datasets::Error::Limit`] where there is no room for temporary files.
    pub(crate) fn run(&self, scope: &Scope<'_>, deliver: &mut Deliver<'_>) -> Result<SortVolume> {
        let rows = self.dataset.row_count();
        let fields = self.fields();
        let schema = Schema { fields: fields.clone() };
        let coder = Coder::new(self.keys, &schema);
        let memory = scope.budget().available_bytes();
        scope.progress().expect_passes(1);
        let needed = |row_bytes: u64| rows.saturating_mul(row_bytes.saturating_mul(3).saturating_add(16));
        if rows <= SMALL_ROWS && needed(width(&fields)) <= memory {
            return self.in_memory(scope, &fields, needed(width(&fields)), deliver);
        }
        let (sample, row_bytes) = self.sample(scope, &coder, &fields)?;
        if needed(row_bytes) <= memory {
            return self.in_memory(scope, &fields, needed(row_bytes), deliver);
        }
        if self.is_in_order(scope, &coder)? {
            return self.as_it_is(scope, deliver);
        }
        let bytes = rows.saturating_mul(row_bytes);
        let threads = scope.threads() as u64;
        let bucket_bytes = (memory / (COPIES * threads)).max(1);
        let most = (memory / (4 * threads * BUFFER_BYTES.0)).clamp(2, BUCKETS_MAX);
        // Samples err: buckets are made to be somewhat smaller than they may be.
        let count = (bytes.saturating_mul(8) / 5).div_ceil(bucket_bytes).clamp(2, most);
        let buffer_bytes = (memory / (4 * threads * count)).clamp(BUFFER_BYTES.0, BUFFER_BYTES.1);
        let held = scope.budget().reserve("the buffers of a sort", 2 * buffer_bytes * count * threads)?;
        let spill = Spill::create(&self.temp_dir, self.temp_bytes)?;
        let splitters = Splitters::new(&coder, sample, count as usize);
        let pass = Pass { dataset: self.dataset, columns: self.columns, layout: Layout::Together };
        let parts = scope.pass(
            &pass,
            || Ok(Distributor::new(&coder, &splitters, &spill, buffer_bytes as usize, self.added)),
            |distributor, _, chunk| distributor.take(scope.level(), chunk),
        )?;
        let parts = parts.into_iter().map(Distributor::finish).collect::<Result<Vec<_>>>()?;
        drop(held);
        let buckets = joined(parts);
        let mut volume = SortVolume { buckets: buckets.len() as u64, ..SortVolume::default() };
        let work =
            External { scope, coder: &coder, keys: self.keys, fields: &fields, spill: &spill, bucket_bytes };
        work.deliver(buckets.into(), deliver, &mut volume)?;
        volume.spilled_bytes = spill.byte_count();
        Ok(volume)
    }

    /// Names and types of what is delivered.
    pub(crate) fn fields(&self) -> Vec<Field> {
        let schema = self.dataset.schema();
        let mut fields: Vec<Field> = self.columns.iter().map(|&index| schema.fields[index].clone()).collect();
        fields.extend(self.added.field());
        fields
    }

    /// Codes of some rows, and about how many bytes a row takes.
    fn sample(&self, scope: &Scope<'_>, coder: &Coder, fields: &[Field]) -> Result<(Sample, u64)> {
        let rows = self.dataset.row_count();
        let units = self.dataset.units(self.columns, Layout::Together, (rows / SAMPLE_UNITS).max(1_024));
        // Where units are as small as asked for, their first rows can be read alone.
        let is_free = units.len() as u64 >= SAMPLE_UNITS / 2;
        let wanted = if is_free { SAMPLE_UNITS } else { DECODED_UNITS }.min(units.len() as u64) as usize;
        let each = (SAMPLE_ROWS / wanted.max(1) as u64).max(1);
        let request = ReadRequest {
            chunk_rows: if is_free { each as usize } else { scope.chunk_rows(self.columns.len()) },
            memory_bytes: scope.budget().available_bytes() / scope.threads() as u64,
        };
        let parts = scope.fold(
            wanted,
            || (Sample::new(coder), 0u64, 0u64),
            |(sample, bytes, taken), index| {
                let unit = &units[index * units.len() / wanted];
                let stride = if is_free { 1 } else { (unit.rows.end - unit.rows.start) / each };
                self.dataset.read(unit, &request, &mut |chunk| {
                    let stride = stride.max(1) as usize;
                    let mut room = Room::default();
                    sample.take(coder, &self.added.to(scope.level(), chunk, &mut room), stride);
                    let rows: Vec<u32> = (0..chunk.row_count as u32).step_by(stride).collect();
                    let mut run = Vec::new();
                    runs::push(0, &chunk.columns, &rows, &mut run);
                    *bytes += run.len() as u64;
                    *taken += rows.len() as u64;
                    if is_free { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                })?;
                Ok(())
            },
        )?;
        let mut sample = Sample::new(coder);
        let (mut bytes, mut taken) = (0, 0);
        for (part, part_bytes, part_taken) in parts {
            sample.merge(part);
            bytes += part_bytes;
            taken += part_taken;
        }
        let number = if self.added == Added::Nothing { 0 } else { 8 };
        let row_bytes = if taken == 0 { width(fields) } else { bytes.div_ceil(taken) + number };
        Ok((sample, row_bytes))
    }

    fn in_memory(
        &self,
        scope: &Scope<'_>,
        fields: &[Field],
        needed: u64,
        deliver: &mut Deliver<'_>,
    ) -> Result<SortVolume> {
        let _held = scope.budget().reserve("the rows of a sort", needed)?;
        let pass = Pass { dataset: self.dataset, columns: self.columns, layout: Layout::Together };
        let mut pieces: Vec<(u64, Vec<OwnedColumn>)> = scope
            .pass(
                &pass,
                || Ok(Vec::new()),
                |pieces, _, chunk| {
                    let own = |(field, column): (&Field, _)| {
                        let mut own = OwnedColumn::new(&field.data_type);
                        own.extend(column);
                        own
                    };
                    pieces.push((chunk.first_row, fields.iter().zip(&chunk.columns).map(own).collect()));
                    Ok(())
                },
            )?
            .into_iter()
            .flatten()
            .collect();
        pieces.sort_unstable_by_key(|(first, _)| *first);
        let rows = self.dataset.row_count() as usize;
        let mut columns: Vec<OwnedColumn> =
            fields.iter().map(|field| OwnedColumn::new(&field.data_type)).collect();
        columns.iter_mut().for_each(|column| column.reserve(rows));
        for (_, piece) in pieces {
            columns.iter_mut().zip(&piece).for_each(|(mine, theirs)| mine.extend(&theirs.lend()));
        }
        if let (Some(added), Some(last)) = (self.added.whole(scope.level(), rows), columns.last_mut()) {
            *last = added;
        }
        let table = sorted(scope, Table::from_columns(fields.to_vec(), columns), self.keys)?;
        let mut volume = SortVolume::default();
        let _: ControlFlow<()> = hand_over(scope, &table, deliver, &mut volume)?;
        Ok(volume)
    }
}

/// Bytes of a row of `fields`, where nobody has looked at one.
fn width(fields: &[Field]) -> u64 {
    let of = |field: &Field| match field.data_type {
        DataType::Decimal128 { .. } => 16,
        DataType::String => 64,
        _ => 8,
    };
    fields.iter().map(of).sum::<u64>().max(1)
}

/// Hands `table` to `deliver`; whether it wants more.
fn hand_over(
    scope: &Scope<'_>,
    table: &Table,
    deliver: &mut Deliver<'_>,
    volume: &mut SortVolume,
) -> Result<ControlFlow<()>> {
    let mut start = 0;
    while start < table.row_count() {
        scope.check()?;
        let end = table.row_count().min(start + DELIVERED_ROWS);
        volume.rows += (end - start) as u64;
        if deliver(&table.lend_rows(start..end))?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        start = end;
    }
    Ok(ControlFlow::Continue(()))
}

/// The second half of a sort over buckets.
struct External<'w> {
    scope: &'w Scope<'w>,
    coder: &'w Coder,
    keys: &'w [TableKey],
    fields: &'w [Field],
    spill: &'w Spill,
    /// What a bucket may have to be sorted in memory while others are.
    bucket_bytes: u64,
}

impl External<'_> {
    fn deliver(
        &self,
        mut buckets: VecDeque<Bucket>,
        deliver: &mut Deliver<'_>,
        volume: &mut SortVolume,
    ) -> Result<()> {
        let threads = self.scope.threads();
        let rooms: Vec<Mutex<Vec<u8>>> = (0..threads).map(|_| Mutex::default()).collect();
        while let Some(front) = buckets.front() {
            self.scope.check()?;
            if front.byte_count() > self.bucket_bytes {
                let Some(large) = buckets.pop_front() else { break };
                if large.is_equal {
                    if self.stream(&large, deliver, volume)?.is_break() {
                        return Ok(());
                    }
                } else {
                    let parts = self.split(&large)?;
                    volume.buckets += parts.len() as u64;
                    parts.into_iter().rev().for_each(|part| buckets.push_front(part));
                }
                continue;
            }
            let count = (buckets.iter().take(threads))
                .take_while(|bucket| bucket.byte_count() <= self.bucket_bytes)
                .count();
            let batch: Vec<Bucket> = buckets.drain(..count).collect();
            let bytes = 2 * batch.iter().map(Bucket::byte_count).sum::<u64>();
            let _held = self.scope.budget().reserve("a bucket of a sort", bytes)?;
            let tables = self.load(&batch, &rooms)?;
            for (table, bucket) in tables.into_iter().zip(&batch) {
                let table = if bucket.is_equal { table } else { sorted(self.scope, table, self.keys)? };
                if hand_over(self.scope, &table, deliver, volume)?.is_break() {
                    return Ok(());
                }
            }
            batch.iter().flat_map(|bucket| &bucket.pieces).for_each(|&piece| self.spill.discard(piece));
        }
        Ok(())
    }

    /// The rows of each of `batch`, one thread a bucket, each with memory of its own in `rooms`.
    fn load(&self, batch: &[Bucket], rooms: &[Mutex<Vec<u8>>]) -> Result<Vec<Table>> {
        let tables: Vec<Mutex<Option<Result<Table>>>> = batch.iter().map(|_| Mutex::new(None)).collect();
        Executor::run(self.scope, batch.len(), &|index| {
            let mut room = rooms[index].lock().unwrap_or_else(PoisonError::into_inner);
            let table = load(self.spill, &batch[index], self.fields, &mut room);
            *tables[index].lock().unwrap_or_else(PoisonError::into_inner) = Some(table);
        });
        let taken =
            tables.into_iter().filter_map(|table| table.into_inner().unwrap_or_else(PoisonError::into_inner));
        taken.collect()
    }

    /// Deals a bucket that is too large out again.
    fn split(&self, large: &Bucket) -> Result<Vec<Bucket>> {
        let stride = (large.rows / SAMPLE_ROWS).max(1) as usize;
        let mut sample = Sample::new(self.coder);
        self.visit(large, &mut |chunk| {
            sample.take(self.coder, chunk, stride);
            Ok(ControlFlow::Continue(()))
        })?;
        let memory = self.scope.budget().available_bytes();
        let most = (memory / (4 * BUFFER_BYTES.0)).clamp(2, BUCKETS_MAX);
        let count = (large.byte_count().saturating_mul(8) / 5).div_ceil(self.bucket_bytes).clamp(3, most);
        let buffer_bytes = (memory / (4 * count)).clamp(BUFFER_BYTES.0, BUFFER_BYTES.1);
        let _held = self.scope.budget().reserve("the buffers of a sort", 2 * buffer_bytes * count)?;
        let splitters = Splitters::new(self.coder, sample, count as usize);
        let mut distributor =
            Distributor::new(self.coder, &splitters, self.spill, buffer_bytes as usize, Added::Nothing);
        self.visit(large, &mut |chunk| {
            distributor.take(self.scope.level(), chunk)?;
            Ok(ControlFlow::Continue(()))
        })?;
        let parts = distributor.finish()?;
        large.pieces.iter().for_each(|&piece| self.spill.discard(piece));
        Ok(parts.into_iter().filter(|part| part.rows > 0).collect())
    }

    /// Delivers a bucket of equal keys that does not fit memory: run by run, in the order of the rows.
    fn stream(
        &self,
        bucket: &Bucket,
        deliver: &mut Deliver<'_>,
        volume: &mut SortVolume,
    ) -> Result<ControlFlow<()>> {
        let mut places = Vec::new();
        let mut bytes = Vec::new();
        for piece in &bucket.pieces {
            bytes.resize(piece.len as usize, 0);
            self.spill.read(piece.offset, &mut bytes)?;
            places.extend(runs::runs(&bytes).into_iter().map(|run| (piece.offset, run)));
        }
        places.sort_unstable_by_key(|(_, run)| run.first_row);
        for (offset, run) in places {
            bytes.resize(run.body.len(), 0);
            self.spill.read(offset + run.body.start as u64, &mut bytes)?;
            let table = self.decode(&bytes, run.rows);
            if hand_over(self.scope, &table, deliver, volume)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Lends the rows of `bucket`, run by run, with the first rows of their chunks.
    fn visit(&self, bucket: &Bucket, step: &mut Deliver<'_>) -> Result<()> {
        let mut bytes = Vec::new();
        for piece in &bucket.pieces {
            self.scope.check()?;
            bytes.resize(piece.len as usize, 0);
            self.spill.read(piece.offset, &mut bytes)?;
            for run in runs::runs(&bytes) {
                let table = self.decode(&bytes[run.body.clone()], run.rows);
                let chunk = Chunk { first_row: run.first_row, ..table.lend() };
                if step(&chunk)?.is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn decode(&self, body: &[u8], rows: usize) -> Table {
        let types: Vec<DataType> = self.fields.iter().map(|field| field.data_type.clone()).collect();
        let mut columns: Vec<OwnedColumn> = types.iter().map(OwnedColumn::new).collect();
        runs::read(body, rows, &types, &mut columns);
        Table::from_columns(self.fields.to_vec(), columns)
    }
}
