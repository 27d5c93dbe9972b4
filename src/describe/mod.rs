//! `describe`: every exact statistic of every column, in as few passes as the data allows.
//!
//! The first pass takes everything that one read can give: counts, sums of powers, extrema, distinct values, and the
//! counts that the quantiles' selection starts from. Integers that lie close together are only counted, value by value:
//! all of it is read from the counts, and no second pass is needed. The second collects what the quantiles need and
//! fills the histogram's bins. Columns that must be decoded (Parquet, CSV, compressed ones) are kept decoded between
//! passes while the memory budget has room; mapped ones are read again from their file. Columns are independent of each
//! other, so they are handed out apart, and in batches where their states together would not fit the budget.

mod column;
mod decimals;
mod later;
mod numbers;
mod report;
mod summary;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;
use std::sync::{Mutex, OnceLock, PoisonError};

use arrcalc_datasets::{Dataset, KeptColumn, KeptSpace, Layout, ReadRequest, SourceFacts};
use arrcalc_kernels::Level;
use arrcalc_kernels::select::Selection;

use crate::aggregate::Kind;
use crate::answer::{ColumnDescription, Description};
use crate::convert::positions;
use crate::error::Result;
use crate::execute::{Input, Pass, Reservation, Scope, Task};

pub use summary::Summary;

use column::{ColumnState, Sample, Seed, sample, state_bytes};
use later::LaterState;

/// The description of a table, as a task.
///
/// Null and NaN are counted and left out of everything else; infinities stay in. Sums and what is read from them are
/// exact and rounded once, with `ddof = 1`; binary32 and binary16 columns give binary32 results. Minimum and maximum of
/// a bool column are truth values, its other statistics those of 0 and 1. Dates, times, timestamps and durations have
/// extrema, quantiles and means. Text has counts, extrema and distinct values; a type that arrcalc does not compute with is listed with
/// its nulls, where the file can tell them.
///
/// Cost: two passes over numbers, one over text and over integers that lie close together; memory for the states, some
/// 7 MB a thread and column at most, and for such integers 6 MB more.
///
/// # Examples
/// ```
/// use arrcalc::{Describe, Engine, datasets::Dataset};
///
/// let penguins = Dataset::open("datasets/samples/penguins.csv")?;
/// let answer = Engine::new().run(&Describe::new(&penguins).columns(["year"]))?;
/// assert_eq!((answer.columns[0].count, answer.columns[0].distinct), (344, Some(3)));
/// # Ok::<(), arrcalc::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Describe<'a> {
    input: Input<'a>,
    columns: Option<Vec<String>>,
}

impl<'a> Describe<'a> {
    /// Describes all columns of `dataset` (a `&Dataset`, a `Dataset` or an `Arc<Dataset>`).
    pub fn new(dataset: impl Into<Input<'a>>) -> Self {
        Self { input: dataset.into(), columns: None }
    }

    /// Describes only the columns called `names`, in that order.
    pub fn columns<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.columns = Some(names.into_iter().map(Into::into).collect());
        self
    }
}

impl Task for Describe<'_> {
    type Answer = Description;

    fn run(&self, scope: &Scope<'_>) -> Result<Description> {
        let dataset = &*self.input;
        let _held = scope.budget().reserve("the numbers that opening read", dataset.held_bytes())?;
        let fields = &dataset.schema().fields;
        let selected = positions(dataset.schema(), self.columns.as_deref())?;
        let mut described: Vec<Option<ColumnDescription>> = vec![None; fields.len()];
        let mut computed = selected.clone();
        computed.sort_unstable();
        computed.dedup();
        computed.retain(|&index| Kind::of(&fields[index].data_type) != Kind::Opaque);
        let batches = batches(scope, dataset, &computed);
        scope.progress().expect_passes(2 * batches.len().max(1) as u32);
        let space = KeptSpace::new();
        for batch in batches {
            for (index, entry) in describe(scope, dataset, batch, &space)? {
                described[index] = Some(entry);
            }
        }
        let mut columns = Vec::with_capacity(selected.len());
        for index in selected {
            columns.push(match described[index].clone() {
                Some(entry) => entry,
                None => shown(scope, dataset, index)?,
            });
        }
        Ok(Description { rows: dataset.row_count(), columns })
    }
}

/// A column of a type that is only shown: its nulls, for which the structure of its data is read and checked.
fn shown(scope: &Scope<'_>, dataset: &Dataset<'_>, index: usize) -> Result<ColumnDescription> {
    let mut entry = report::blank(&dataset.schema().fields[index]);
    if let Some(nulls) = dataset.null_count(index, scope.budget().available_bytes())? {
        entry.nulls = nulls;
        entry.count = dataset.row_count() - nulls;
    }
    Ok(entry)
}

/// Whether the passes after the first read a column.
fn is_read_again(dataset: &Dataset<'_>, index: usize) -> bool {
    let data_type = &dataset.schema().fields[index].data_type;
    matches!(Kind::of(data_type), Kind::Float | Kind::Signed | Kind::Unsigned)
}

/// Kept bytes from which on columns are described after one another, so that the next uses the memory of the last:
/// filling fresh memory costs more than the pause between two passes.
const KEPT_TOGETHER: u64 = 128 << 20;
/// Units that each thread must find in a batch nevertheless.
const BATCH_UNITS: usize = 16;

/// Cuts `columns` so that the states of a batch fit half of the free budget, and what a batch keeps is not much more
/// than [`KEPT_TOGETHER`].
fn batches<'c>(scope: &Scope<'_>, dataset: &Dataset<'_>, columns: &'c [usize]) -> Vec<&'c [usize]> {
    let room = scope.budget().available_bytes() / 2;
    let decoded = decoded_columns(dataset);
    let units = units_per_column(scope, dataset, columns);
    let column_kept = KeptColumn::bytes(dataset.row_count());
    let (mut batches, mut start, mut bytes, mut kept) = (Vec::new(), 0, 0u64, 0u64);
    for (at, &index) in columns.iter().enumerate() {
        let cost = column_bytes(scope, dataset, index);
        let is_enough = kept >= KEPT_TOGETHER && (at - start) * units >= scope.threads() * BATCH_UNITS;
        if at > start && (bytes.saturating_add(cost) > room || is_enough) {
            batches.push(&columns[start..at]);
            (start, bytes, kept) = (at, 0, 0);
        }
        bytes = bytes.saturating_add(cost);
        if decoded[index] && is_read_again(dataset, index) {
            kept = kept.saturating_add(column_kept);
        }
    }
    if start < columns.len() {
        batches.push(&columns[start..]);
    }
    batches
}

/// Units of a column that can be read without its neighbours; 0 where a row's columns come together.
fn units_per_column(scope: &Scope<'_>, dataset: &Dataset<'_>, columns: &[usize]) -> usize {
    let Some(pair) = columns.get(..2) else { return 0 };
    let units = dataset.units(pair, Layout::Apart, scope.unit_rows(dataset.row_count()));
    if units.iter().all(|unit| unit.columns.len() == 1) { units.len() / 2 } else { 0 }
}

/// Bytes that the states of a column may take, on all threads.
fn column_bytes(scope: &Scope<'_>, dataset: &Dataset<'_>, index: usize) -> u64 {
    let data_type = &dataset.schema().fields[index].data_type;
    state_bytes(data_type, dataset.row_count()).saturating_mul(scope.threads() as u64)
}

/// Describes a batch of columns.
fn describe(
    scope: &Scope<'_>,
    dataset: &Dataset<'_>,
    batch: &[usize],
    space: &KeptSpace,
) -> Result<Vec<(usize, ColumnDescription)>> {
    let fields = &dataset.schema().fields;
    let bytes = batch.iter().map(|&index| column_bytes(scope, dataset, index)).sum();
    let states = scope.budget().reserve("the states of describe", bytes)?;
    // Decoded columns stay in memory as far as half of what is left goes.
    let mut kept = scope.budget().reserve("decoded columns", 0)?;
    let mut room = scope.budget().available_bytes() / 2;
    let decoded = decoded_columns(dataset);
    let column_bytes = KeptColumn::bytes(dataset.row_count());
    let mut keep = vec![false; fields.len()];
    for &index in batch.iter().filter(|&&index| decoded[index] && is_read_again(dataset, index)) {
        if column_bytes <= room && kept.grow("decoded columns", column_bytes).is_ok() {
            room -= column_bytes;
            keep[index] = true;
        }
    }
    let memory = (room / batch.len() as u64).clamp(1 << 20, 1 << 30) as usize;

    let windows = Mutex::default();
    let (mut firsts, values) = first_pass(scope, dataset, batch, &keep, space, memory, &windows)?;
    let mut laters: Vec<Option<LaterState>> = firsts
        .iter_mut()
        .map(|first| first.as_mut().and_then(|first| LaterState::after(scope.level(), first, memory)))
        .collect();
    drop(windows);
    loop {
        let open = |index: &&usize| laters[**index].as_ref().is_some_and(|later| !later.is_done());
        let pending: Vec<usize> = batch.iter().filter(open).copied().collect();
        if pending.is_empty() {
            break;
        }
        later_pass(scope, dataset, &pending, &values, &mut laters)?;
        for &index in &pending {
            if let Some(later) = &mut laters[index] {
                later.next_pass();
            }
        }
    }
    drop((values, kept, states));
    let entry = |&index: &usize| {
        let mut described = report::blank(&fields[index]);
        if let Some(first) = &firsts[index] {
            report::first(first, &mut described);
        }
        if let Some(later) = &laters[index] {
            later.finish(&mut described);
        }
        (index, described)
    };
    Ok(batch.iter().map(entry).collect())
}

/// Which columns are decoded at every read, in at least one file.
fn decoded_columns(dataset: &Dataset<'_>) -> Vec<bool> {
    let facts = dataset.facts();
    let columns = dataset.schema().fields.len();
    let lies_there = |index: usize| {
        let is_there =
            |file: &SourceFacts| file.columns.get(index).is_some_and(|column| column.mapped || column.held);
        facts.iter().all(is_there)
    };
    (0..columns).map(|index| !lies_there(index)).collect()
}

/// By position in the schema: the states of columns, and the columns whose values are kept.
type Firsts = (Vec<Option<ColumnState>>, Vec<Option<KeptColumn>>);

/// The states of the columns of `batch` after every row, and the values of those to `keep`.
fn first_pass(
    scope: &Scope<'_>,
    dataset: &Dataset<'_>,
    batch: &[usize],
    keep: &[bool],
    space: &KeptSpace,
    memory: usize,
    windows: &Mutex<Vec<Reservation>>,
) -> Result<Firsts> {
    let fields = &dataset.schema().fields;
    let level = scope.level();
    // How a column's state begins changes its speed alone, so whoever comes first may choose it.
    let seeds: Vec<OnceLock<Seed>> = seeds(level, dataset, batch, memory)?;
    let is_held = |bytes: u64| {
        let budget = scope.budget();
        // Readers need memory, too.
        let is_small = bytes <= budget.available_bytes() / 16;
        let held = is_small.then(|| budget.reserve("counts of describe", bytes).ok()).flatten();
        let is_held = held.is_some();
        windows.lock().unwrap_or_else(PoisonError::into_inner).extend(held);
        is_held
    };
    dataset.read_twice(batch);
    let pass = Pass { dataset, columns: batch, layout: Layout::Apart };
    let states = scope.pass(
        &pass,
        || Ok(nothing(fields.len())),
        |(states, kept), unit, chunk| {
            for (column, &index) in chunk.columns.iter().zip(&unit.columns) {
                let state = states[index].get_or_insert_with(|| {
                    let data_type = &fields[index].data_type;
                    let seed = seeds[index].get_or_init(|| {
                        let mut taken = Sample::default();
                        sample(level, data_type, column, &mut taken);
                        taken.seed(data_type, dataset.row_count(), memory)
                    });
                    let mut state = ColumnState::new(data_type, &seed.selection);
                    if let Some(plan) = seed.window.filter(|plan| is_held(plan.bytes())) {
                        state.open_window(level, &plan);
                    }
                    state
                });
                state.update(level, column);
                if keep[index] {
                    kept[index].get_or_insert_with(|| KeptColumn::new(space)).push(column);
                }
            }
            Ok(())
        },
    )?;
    let (mut merged, mut values) = nothing(fields.len());
    for (states, kept) in states {
        for (mine, theirs) in merged.iter_mut().zip(states) {
            match (mine, theirs) {
                (Some(mine), Some(theirs)) => mine.merge(theirs),
                (empty, theirs) => *empty = empty.take().or(theirs),
            }
        }
        for (mine, theirs) in values.iter_mut().zip(kept) {
            match (mine, theirs) {
                (Some(mine), Some(theirs)) => mine.append(theirs),
                (empty, theirs) => *empty = empty.take().or(theirs),
            }
        }
    }
    for &index in batch {
        // A table without rows lends no chunk.
        let none = Selection::new::<f64>(memory);
        merged[index].get_or_insert_with(|| ColumnState::new(&fields[index].data_type, &none));
    }
    Ok((merged, values))
}

fn nothing(columns: usize) -> Firsts {
    ((0..columns).map(|_| None).collect(), (0..columns).map(|_| None).collect())
}

/// Units that a mapped column's sample is taken from.
const SAMPLED_UNITS: usize = 16;
/// Rows taken from each.
const SAMPLED_ROWS: usize = 64;

/// How the states of the mapped columns begin, by values from all over them. Where reading means decoding it is not
/// worth it: the first chunk's values will do.
fn seeds(level: Level, dataset: &Dataset<'_>, batch: &[usize], memory: usize) -> Result<Vec<OnceLock<Seed>>> {
    let decoded = decoded_columns(dataset);
    let fields = &dataset.schema().fields;
    let seeds: Vec<OnceLock<Seed>> = (0..fields.len()).map(|_| OnceLock::new()).collect();
    let rows = dataset.row_count();
    if rows <= (SAMPLED_UNITS * SAMPLED_ROWS) as u64 {
        return Ok(seeds);
    }
    for &index in batch.iter().filter(|&&index| !decoded[index]) {
        let data_type = &fields[index].data_type;
        let units = dataset.units(&[index], Layout::Apart, (rows / SAMPLED_UNITS as u64).max(1));
        let stride = units.len().div_ceil(SAMPLED_UNITS).max(1);
        let mut taken = Sample::default();
        for unit in units.iter().step_by(stride) {
            let request = ReadRequest { chunk_rows: SAMPLED_ROWS, memory_bytes: 1 << 20 };
            dataset.read(unit, &request, &mut |chunk| {
                if let Some(column) = chunk.columns.first() {
                    sample(level, data_type, column, &mut taken);
                }
                ControlFlow::Break(())
            })?;
        }
        let _ = seeds[index].set(taken.seed(data_type, rows, memory));
    }
    Ok(seeds)
}

/// One pass over the columns `pending` into `laters`: from memory where the first pass kept the values.
fn later_pass(
    scope: &Scope<'_>,
    dataset: &Dataset<'_>,
    pending: &[usize],
    values: &[Option<KeptColumn>],
    laters: &mut [Option<LaterState>],
) -> Result<()> {
    let level = scope.level();
    let kept_of = |index: usize| values[index].as_ref().filter(|kept| kept.is_complete());
    let (kept, read): (Vec<usize>, Vec<usize>) = pending.iter().partition(|&&index| kept_of(index).is_some());
    let empty = || laters.to_vec();
    let mut states = Vec::new();
    if !kept.is_empty() {
        let pieces: Vec<(usize, usize)> = (kept.iter())
            .flat_map(|&index| (0..kept_of(index).map_or(0, KeptColumn::len)).map(move |at| (index, at)))
            .collect();
        states.extend(scope.fold(pieces.len(), empty, |states, at| {
            let (index, piece) = pieces[at];
            if let (Some(state), Some(kept)) = (&mut states[index], kept_of(index)) {
                state.update(level, &kept.get(piece));
            }
            Ok(())
        })?);
    }
    if !read.is_empty() {
        let pass = Pass { dataset, columns: &read, layout: Layout::Apart };
        states.extend(scope.pass(
            &pass,
            || Ok(empty()),
            |states, unit, chunk| {
                for (column, &index) in chunk.columns.iter().zip(&unit.columns) {
                    if let Some(state) = &mut states[index] {
                        state.update(level, column);
                    }
                }
                Ok(())
            },
        )?);
    }
    for state in &states {
        for &index in pending {
            if let (Some(mine), Some(theirs)) = (&mut laters[index], &state[index]) {
                mine.merge(theirs);
            }
        }
    }
    Ok(())
}
