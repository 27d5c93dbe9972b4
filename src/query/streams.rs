//! Aggregates by the rows that they see: those of one `filter (where ...)` share its evaluation.

use std::ops::Range;

use arrcalc_datasets::{Chunk, Column};
use arrcalc_kernels::exact::PowerSums;
use arrcalc_kernels::{Bits, Level};

use crate::expression::{Bound, Evaluator, Expr, Floats};
use crate::plan::{Aggregated, Clause};

use super::blocks::{Chosen, Filter, Packs, Rows, masked, nth_set};
use super::fault::Fallen;

/// Arguments of some aggregates, computed together.
pub(super) struct Stream {
    filter: Option<Filter>,
    /// Whether rows keep their positions: what is left out is null, instead of missing.
    is_positioned: bool,
    arguments: Evaluator,
    /// Where they stand.
    clause: Clause,
    /// Which aggregates, and which of the expressions each takes.
    calls: Vec<(usize, Range<usize>)>,
    scratch: Vec<u8>,
    packs: Packs,
    /// The argument of the only aggregate, a sum of all rows, as a program.
    floats: Option<Floats>,
}

/// What a stream hands to one aggregate.
pub(super) struct Arguments<'a, 's> {
    /// Which aggregate.
    pub(super) call: usize,
    /// A column each argument.
    pub(super) columns: &'a [Column<'s>],
    /// Number of rows.
    pub(super) rows: usize,
    /// Which of the dense rows these are, where a filter chose; `None`: all.
    pub(super) chosen: Option<Bits<'a>>,
}

/// Whether `one` adds up a column of floats as it lies: it takes those that a predicate chooses from where they stand.
pub(super) fn is_plain_sum(one: &Aggregated) -> bool {
    let is_floats = |argument: &Bound| {
        argument.column().is_some() && *argument.data_type() == arrcalc_datasets::DataType::Float64
    };
    matches!(one.call.name(), "sum" | "mean") && one.arguments.iter().all(is_floats)
}

/// The argument of `one` over chunks of `columns` as a program, where that is added up.
pub(super) fn summed(one: &Aggregated, columns: &[usize]) -> Option<Floats> {
    let is_sum = matches!(one.call.name(), "sum" | "mean") && one.filter.is_none();
    let [argument] = &one.arguments[..] else { return None };
    Floats::new(argument, columns).filter(|_| is_sum)
}

/// The streams of `wanted`, a part of `aggregates`, over chunks of `columns`. Those for which `is_in_place` see nulls in
/// place of rows that are left out.
pub(super) fn streams(
    aggregates: &[Aggregated],
    wanted: &[usize],
    columns: &[usize],
    is_in_place: impl Fn(&Aggregated) -> bool,
) -> Vec<Stream> {
    // The first of each, and all that go with it.
    let mut groups: Vec<(&Aggregated, bool, Vec<usize>)> = Vec::new();
    for &index in wanted {
        let one = &aggregates[index];
        let is_positioned = is_in_place(one);
        let is_alike = |(first, positioned, _): &&mut (&Aggregated, bool, Vec<usize>)| {
            written(first) == written(one) && first.clause == one.clause && *positioned == is_positioned
        };
        match groups.iter_mut().find(is_alike) {
            Some((.., calls)) => calls.push(index),
            None => groups.push((one, is_positioned, vec![index])),
        }
    }
    groups
        .into_iter()
        .map(|(first, positioned, calls)| {
            let clause = first.clause;
            let filter = &first.filter;
            let floats = match calls[..] {
                [only] if !positioned => summed(&aggregates[only], columns),
                _ => None,
            };
            let mut expressions = Vec::new();
            let mut ranges = Vec::with_capacity(calls.len());
            for index in calls {
                let start = expressions.len();
                expressions.extend(aggregates[index].arguments.iter().cloned());
                ranges.push((index, start..expressions.len()));
            }
            let used: Vec<usize> = expressions.iter().flat_map(|bound| bound.columns().to_vec()).collect();
            Stream {
                filter: filter.as_ref().map(|(filter, _)| Filter::new(filter, clause, columns)),
                is_positioned: positioned,
                arguments: Evaluator::new(&expressions, columns),
                clause,
                calls: ranges,
                scratch: Vec::new(),
                packs: Packs::new(columns, &used),
                floats,
            }
        })
        .collect()
}

/// The filter of an aggregate as it is written.
fn written(one: &Aggregated) -> Option<&Expr> {
    one.filter.as_ref().map(|(_, written)| written)
}

/// Whether the arguments of `aggregates` are columns as they lie, so that chunks may pass whole.
pub(super) fn are_plain(aggregates: &[Aggregated]) -> bool {
    aggregates
        .iter()
        .all(|one| one.filter.is_none() && one.arguments.iter().all(|argument| argument.column().is_some()))
}

impl Stream {
    /// The sum of what the only aggregate is of, over `rows`, and which aggregate that is; `None` where there is no such sum
    /// or one of the columns has nulls.
    pub(super) fn sum_at_once(&self, level: Level, rows: &Rows<'_>) -> Option<(usize, PowerSums<1>)> {
        let (floats, (call, _)) = (self.floats.as_ref()?, self.calls.first()?);
        let columns = floats.columns(rows.dense)?;
        let mut sums = PowerSums::new();
        sums.update_computed(level, floats.program(), &columns, rows.dense.row_count);
        Some((*call, sums))
    }

    /// Computes the arguments over `rows` and hands them to `take`, an aggregate at a time. Faults name rows of the block.
    pub(super) fn update(
        &mut self,
        level: Level,
        rows: &Rows<'_>,
        take: &mut dyn FnMut(Arguments<'_, '_>) -> Result<(), Fallen>,
    ) -> Result<(), Fallen> {
        if self.is_positioned { self.in_place(level, rows, take) } else { self.dense(level, rows, take) }
    }

    fn dense(
        &mut self,
        level: Level,
        rows: &Rows<'_>,
        take: &mut dyn FnMut(Arguments<'_, '_>) -> Result<(), Fallen>,
    ) -> Result<(), Fallen> {
        let Self { filter, packs, arguments, clause, calls, .. } = self;
        let clause = *clause;
        let mut feed = |chunk: &Chunk<'_>, chosen: Option<Bits<'_>>| {
            let columns = arguments.evaluate(level, chunk, None).map_err(|fault| {
                let row = chosen.map_or(fault.row, |bits| nth_set(&bits, fault.row));
                rows.placed(Fallen::of(clause)(fault).at(row))
            })?;
            for (call, range) in &*calls {
                let columns = &columns[range.clone()];
                take(Arguments { call: *call, columns, rows: chunk.row_count, chosen })?;
            }
            Ok(())
        };
        let Some(filter) = filter else { return feed(rows.dense, None) };
        match filter.choose(level, rows.dense, None).map_err(|fallen| rows.placed(fallen))? {
            Chosen::None => Ok(()),
            Chosen::All => feed(rows.dense, None),
            Chosen::Some(count) => {
                let bits = filter.bits(rows.dense.row_count);
                packs.lend(level, rows.dense, (bits, count), |chunk| feed(chunk, Some(bits)))
            }
        }
    }

    fn in_place(
        &mut self,
        level: Level,
        rows: &Rows<'_>,
        take: &mut dyn FnMut(Arguments<'_, '_>) -> Result<(), Fallen>,
    ) -> Result<(), Fallen> {
        let block = rows.block;
        let mut selected = rows.selected;
        if let Some(filter) = &mut self.filter {
            match filter.choose(level, block, selected)? {
                Chosen::None => return Ok(()),
                Chosen::All => {}
                Chosen::Some(_) => selected = Some(filter.bits(block.row_count)),
            }
        }
        let mut columns = self.arguments.evaluate(level, block, selected).map_err(Fallen::of(self.clause))?;
        if let Some(selected) = selected {
            columns = masked(&columns, selected, &mut self.scratch);
        }
        for (call, range) in &self.calls {
            let columns = &columns[range.clone()];
            take(Arguments { call: *call, columns, rows: block.row_count, chosen: None })?;
        }
        Ok(())
    }
}
