//! Aggregates by group.

use arrcalc_datasets::{Chunk, Column, DataType, Dataset, Layout};
use arrcalc_kernels::Level;

use crate::aggregate::NanPolicy;
use crate::answer::{Scalar, Table};
use crate::error::Result;
use crate::execute::{Pass, Reservation, Scope};
use crate::expression::Evaluator;
use crate::group::{Grouped, GroupedNext, Keys, Positions, grouped};
use crate::order::{SortKey, sorted_rows};
use crate::plan::{Clause, Plan};

use super::blocks::{Blocks, Rows};
use super::fault::Fallen;
use super::streams::{Arguments, Stream, streams};
use super::text::Texts;

/// What needs the memory, for messages.
const WHAT: &str = "the states of groups";
/// Rows of a block: many, so that a group finds several of its rows in one.
const BLOCK_ROWS: usize = 16_384;
/// Chunks between looks at how much memory the states take.
const CHUNKS_A_LOOK: usize = 16;

/// States of one thread, an entry each aggregate; `None`: it has its answers.
type States = Vec<Option<Box<dyn Grouped>>>;

/// One thread's work on a pass.
struct Worker {
    blocks: Blocks,
    key_values: Evaluator,
    streams: Vec<Stream>,
    keys: Keys,
    ids: Vec<u32>,
    /// Numbers and rows of the groups of rows that a filter chose.
    chosen: (Vec<u32>, Vec<u64>),
    positions: Vec<u64>,
    states: States,
    reserved: Reservation,
    chunks: usize,
}

/// The middle table of `plan`: a row for each group, in the order of the keys.
pub(super) fn aggregate(
    scope: &Scope<'_>,
    dataset: &Dataset<'_>,
    plan: &Plan,
    nan: NanPolicy,
    texts: &Texts,
) -> Result<Table> {
    let columns = plan.columns();
    let level = scope.level();
    let count = plan.aggregates.len();
    let types: Vec<DataType> = plan.keys.iter().map(|key| key.data_type().clone()).collect();
    let memory =
        usize::try_from(scope.budget().available_bytes() / 64).unwrap_or(1 << 30).clamp(1 << 12, 1 << 20);
    let mut keys = Keys::new(&types);
    let mut answers: Vec<Vec<Scalar>> = vec![vec![]; count];
    let mut empty: States = (plan.aggregates.iter())
        .map(|one| {
            let types: Vec<DataType> = one.arguments.iter().map(|bound| bound.data_type().clone()).collect();
            Some(grouped(&one.call, &types, nan, memory))
        })
        .collect();
    let mut order = Vec::new();
    let mut is_first = true;
    while is_first || empty.iter().any(Option::is_some) {
        let wanted: Vec<usize> = (0..count).filter(|&index| empty[index].is_some()).collect();
        let start = || {
            Ok(Worker {
                blocks: Blocks::new(plan.predicate.as_ref(), &columns, BLOCK_ROWS),
                key_values: Evaluator::new(&plan.keys, &columns),
                streams: streams(&plan.aggregates, &wanted, &columns, false),
                keys: keys.clone(),
                ids: Vec::new(),
                chosen: Default::default(),
                positions: Vec::new(),
                states: empty.iter().map(|state| state.as_ref().map(|state| state.fork())).collect(),
                reserved: scope.budget().reserve(WHAT, 0)?,
                chunks: 0,
            })
        };
        let update = |worker: &mut Worker, chunk: &Chunk<'_>| {
            let done = worker.update(level, chunk);
            done.map_err(|fallen| fallen.into_error(dataset, texts, chunk.first_row))?;
            worker.account()
        };
        let mut workers = if columns.is_empty() {
            // Groups of constants: nothing is read.
            let mut worker = start()?;
            let rows = usize::try_from(dataset.row_count()).unwrap_or(usize::MAX);
            update(&mut worker, &Chunk { first_row: 0, row_count: rows, columns: vec![] })?;
            vec![worker]
        } else {
            let pass = Pass { dataset, columns: &columns, layout: Layout::Together };
            scope.pass(&pass, start, |worker, _, chunk| update(worker, chunk))?
        }
        .into_iter();
        let mut merged = match workers.next() {
            Some(worker) => worker,
            None => start()?,
        };
        for worker in workers {
            merged.merge(worker, scope)?;
        }
        keys = merged.keys;
        if is_first {
            order = keys.sorted();
            is_first = false;
        }
        empty = Vec::with_capacity(count);
        for (state, answers) in merged.states.into_iter().zip(&mut answers) {
            empty.push(match state.map(|state| state.next(&order)) {
                Some(GroupedNext::Again(state)) => Some(state),
                Some(GroupedNext::Done(done)) => {
                    *answers = done?;
                    None
                }
                None => None,
            });
        }
    }
    let mut middle = Table::new(plan.middle.clone());
    let mut answers: Vec<_> = answers.into_iter().map(Vec::into_iter).collect();
    let mut row = Vec::with_capacity(plan.middle.len());
    for &id in &order {
        row.clear();
        row.extend((0..types.len()).map(|column| keys.key(column, id)));
        row.extend(answers.iter_mut().map(|answers| answers.next().unwrap_or(Scalar::Null)));
        middle.push(&row);
    }
    Ok(if plan.key_order.iter().any(|&key| key != (false, false)) { ordered(plan, middle) } else { middle })
}

/// `middle` in the order that the keys ask for.
fn ordered(plan: &Plan, middle: Table) -> Table {
    let chunk = middle.lend();
    let keys: Vec<SortKey<'_>> = (chunk.columns.iter().zip(&plan.key_order))
        .map(|(&column, &(descending, nulls_first))| SortKey { column, descending, nulls_first })
        .collect();
    let order = sorted_rows(&keys, middle.row_count());
    middle.take(&order)
}

impl Worker {
    fn update(&mut self, level: Level, chunk: &Chunk<'_>) -> std::result::Result<(), Fallen> {
        let Self { blocks, key_values, streams, keys, ids, chosen, positions, states, .. } = self;
        blocks.visit(level, chunk, &mut |rows: &Rows<'_>| {
            let columns = key_values.evaluate(level, rows.dense, None);
            let columns: Vec<Column<'_>> =
                columns.map_err(|fault| rows.placed(Fallen::of(Clause::By)(fault)))?;
            keys.assign(level, rows.dense.row_count, &columns, ids);
            let groups = keys.len();
            let first_row = rows.block.first_row;
            positions.clear();
            if let Some(selected) = rows.selected {
                let listed = (0..selected.len()).filter(|&row| selected.get(row));
                positions.extend(listed.map(|row| first_row + row as u64));
            }
            let dense = match rows.selected {
                None => Positions::From(first_row),
                Some(_) => Positions::Listed(positions),
            };
            for stream in streams.iter_mut() {
                stream.update(level, rows, &mut |arguments: Arguments<'_, '_>| {
                    let Some(state) = &mut states[arguments.call] else { return Ok(()) };
                    let Some(bits) = arguments.chosen else {
                        state.update(level, arguments.columns, ids, dense, groups);
                        return Ok(());
                    };
                    let (some_ids, some_rows) = &mut *chosen;
                    some_ids.clear();
                    some_rows.clear();
                    for row in (0..bits.len()).filter(|&row| bits.get(row)) {
                        some_ids.push(ids[row]);
                        some_rows.push(dense.row(row));
                    }
                    state.update(level, arguments.columns, some_ids, Positions::Listed(some_rows), groups);
                    Ok(())
                })?;
            }
            Ok(())
        })
    }

    /// Sees to it that the states stay within the budget.
    fn account(&mut self) -> Result<()> {
        self.chunks += 1;
        if !self.chunks.is_multiple_of(CHUNKS_A_LOOK) {
            return Ok(());
        }
        self.settle()
    }

    fn settle(&mut self) -> Result<()> {
        let states: usize = self.states.iter().flatten().map(|state| state.memory_bytes()).sum();
        let bytes = (self.keys.memory_bytes() + states) as u64;
        match bytes.checked_sub(self.reserved.bytes()) {
            Some(more) => self.reserved.grow(WHAT, more),
            None => {
                self.reserved.shrink_to(bytes);
                Ok(())
            }
        }
    }

    fn merge(&mut self, other: Self, scope: &Scope<'_>) -> Result<()> {
        scope.check()?;
        let ids = self.keys.merge(&other.keys);
        let groups = self.keys.len();
        for (mine, theirs) in self.states.iter_mut().zip(&other.states) {
            if let (Some(mine), Some(theirs)) = (mine, theirs) {
                mine.merge(&**theirs, &ids, groups);
            }
        }
        self.settle()
    }
}
