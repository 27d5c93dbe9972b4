//! Aggregates by group.

use std::ops::Range;
use std::sync::{Mutex, OnceLock};

use arrcalc_datasets::{Chunk, Column, DataType, Executor};
use arrcalc_kernels::{Bits, Level};

use crate::aggregate::NanPolicy;
use crate::answer::{OwnedColumn, Scalar, Table};
use crate::error::Result;
use crate::execute::{Reservation, Scope};
use crate::expression::{Evaluator, Packed};
use crate::group::{Grouped, GroupedNext, Keys, Part, Positions, grouped};
use crate::plan::{Clause, Plan};

use super::blocks::{Blocks, Rows};
use super::dealt::Dealer;
use super::early::Filtered;
use super::fault::{Fallen, of_aggregate};
use super::parts::{Unanswered, WHAT};
use super::source::Source;
use super::streams::{Arguments, Stream, streams};
use super::text::Texts;

/// Rows of a block: many, so that a group finds several of its rows in one.
const BLOCK_ROWS: usize = 16_384;
/// Memory with which states may take more than they need, and of that what each thread may.
const AMPLE_BYTES: u64 = 1 << 30;
const AMPLE_BYTES_A_THREAD: u64 = 256 << 20;
/// Chunks between looks at how much memory the states take.
const CHUNKS_A_LOOK: usize = 16;
/// New groups after which there is a look at once, at least.
const GROUPS_A_LOOK: usize = 4096;
/// Groups that one thread puts into a table at a time.
const GROUPS_A_PIECE: usize = 1 << 14;
/// The number of the group of a row whose key is of another part.
const NOWHERE: u32 = u32::MAX;

/// States of one thread, an entry each aggregate; `None`: it has its answers.
type States = Vec<Option<Box<dyn Grouped>>>;

/// One thread's work on a pass.
struct Worker {
    /// Rows put off, where that is allowed.
    dealer: Option<Dealer>,
    blocks: Blocks,
    key_values: Evaluator,
    streams: Vec<Stream>,
    keys: Keys,
    part: Part,
    types: Vec<DataType>,
    ids: Vec<u32>,
    /// Numbers and rows of the groups of rows that a filter chose.
    chosen: (Vec<u32>, Vec<u64>),
    positions: Vec<u64>,
    states: States,
    reserved: Reservation,
    chunks: usize,
    /// Groups that there were at the last look.
    seen: usize,
}

/// The middle table of the groups of `part`: a row each, in the ascending order of the keys.
pub(super) fn aggregate(
    scope: &Scope<'_>,
    source: &Source<'_>,
    plan: &Plan,
    nan: NanPolicy,
    texts: &Texts,
    part: Part,
) -> std::result::Result<Table, Box<Unanswered>> {
    let dataset = source.dataset;
    let columns = plan.columns();
    let level = scope.level();
    let filtered = Filtered::new(plan, dataset, source.of_file(&columns), level);
    let count = plan.aggregates.len();
    let types: Vec<DataType> = plan.keys.iter().map(|key| key.data_type().clone()).collect();
    let memory =
        usize::try_from(scope.budget().available_bytes() / 64).unwrap_or(1 << 30).clamp(1 << 12, 1 << 20);
    let ample = AMPLE_BYTES.max(AMPLE_BYTES_A_THREAD * scope.threads() as u64);
    let is_ample = scope.budget().available_bytes() >= ample;
    let dealer = || Dealer::new(plan, &columns).filter(|_| is_ample && part.count == 1);
    let mut keys = Keys::new(&types);
    let mut answers: Vec<Answers> = (0..count).map(|_| Answers::Values(vec![])).collect();
    let mut empty: States = (plan.aggregates.iter())
        .map(|one| {
            let types: Vec<DataType> = one.arguments.iter().map(|bound| bound.data_type().clone()).collect();
            let mut states = grouped(&one.call, &types, nan, memory);
            if is_ample && dealer().is_none() {
                states.put_off();
            }
            Some(states)
        })
        .collect();
    let mut order = Vec::new();
    let mut is_first = true;
    let mut room = scope.budget().reserve(WHAT, 0)?;
    let mut answer_bytes = 0;
    while is_first || empty.iter().any(Option::is_some) {
        let wanted: Vec<usize> = (0..count).filter(|&index| empty[index].is_some()).collect();
        let start = || {
            let mut worker = Worker {
                dealer: dealer(),
                blocks: Blocks::new(plan.predicate.as_ref(), &columns, &plan.used_columns(), BLOCK_ROWS),
                key_values: Evaluator::new(&plan.keys, &columns),
                streams: streams(&plan.aggregates, &wanted, &columns, |_| false),
                keys: keys.clone(),
                part,
                types: types.clone(),
                ids: Vec::new(),
                chosen: Default::default(),
                positions: Vec::new(),
                states: empty.iter().map(|state| state.as_ref().map(|state| state.fork())).collect(),
                reserved: scope.budget().reserve(WHAT, 0)?,
                chunks: 0,
                seen: keys.len(),
            };
            worker.settle()?;
            Ok(worker)
        };
        let update = |worker: &mut Worker, chunk: &Chunk<'_>| {
            let done = worker.update(level, chunk);
            done.map_err(|fallen| fallen.into_error(dataset, texts, chunk.first_row))?;
            worker.account()
        };
        let mut workers = source.pass_over(scope, &columns, &filtered, start, update)?;
        let fallen = settle(scope, &mut workers);
        fallen.map_err(|fallen| fallen.into_error(dataset, texts, 0))?;
        let mut workers = workers.into_iter();
        let mut merged = match workers.next() {
            Some(worker) => worker,
            None => start()?,
        };
        for worker in workers {
            merged.merge(worker, scope)?;
        }
        keys = merged.keys;
        if is_first {
            answer_bytes = (keys.len() * (count * size_of::<Scalar>() + size_of::<u32>())) as u64;
            room.grow(WHAT, answer_bytes)?;
            order = keys.sorted();
        }
        empty = Vec::with_capacity(count);
        for (call, (state, answers)) in merged.states.into_iter().zip(&mut answers).enumerate() {
            empty.push(match state.map(|state| state.next(&order, scope)) {
                Some(GroupedNext::Again(state)) => Some(state),
                Some(GroupedNext::Done(done)) => {
                    let done = done.map_err(|(at, error)| {
                        Box::new(Unanswered {
                            place: Some((!is_first, call)),
                            key: (0..types.len()).map(|column| keys.key(column, order[at])).collect(),
                            error: of_aggregate(error, &plan.aggregates[call], dataset),
                        })
                    })?;
                    *answers = Answers::Values(done);
                    None
                }
                Some(GroupedNext::Column(column)) => {
                    *answers = Answers::Column(column);
                    None
                }
                None => None,
            });
        }
        is_first = false;
        // What the next pass begins from stays beside what its threads make of it.
        let states: usize = empty.iter().flatten().map(|state| state.memory_bytes()).sum();
        drop(merged.reserved);
        room.shrink_to(answer_bytes);
        room.grow(WHAT, (keys.memory_bytes() + states) as u64)?;
    }
    Ok(middle(scope, plan, &keys, &order, answers))
}

/// What workers put off is done, by as many threads.
fn settle(scope: &Scope<'_>, workers: &mut [Worker]) -> std::result::Result<(), Fallen> {
    let workers: Vec<Mutex<&mut Worker>> = workers.iter_mut().map(Mutex::new).collect();
    let fallen = Mutex::new(Ok(()));
    scope.run(workers.len(), &|index| {
        let mut worker = workers[index].lock().unwrap_or_else(|poison| poison.into_inner());
        let level = scope.level();
        if let Some(mut dealer) = worker.dealer.take()
            && let Err(one) = dealer.drain(level, &mut |rows| worker.take_in(level, rows))
        {
            *fallen.lock().unwrap_or_else(|poison| poison.into_inner()) = Err(one);
        }
        worker.states.iter_mut().flatten().for_each(|state| state.settle(level));
    });
    fallen.into_inner().unwrap_or_else(|poison| poison.into_inner())
}

/// Answers of one aggregate, by group.
enum Answers {
    Values(Vec<Scalar>),
    Column(Table),
}

/// The groups `order` as a table: keys, then answers.
fn middle(scope: &Scope<'_>, plan: &Plan, keys: &Keys, order: &[u32], answers: Vec<Answers>) -> Table {
    let mut columns = Vec::with_capacity(plan.middle.len());
    for at in 0..plan.keys.len() {
        let data_type = &plan.middle[at].data_type;
        let column = keys.column(order, scope).unwrap_or_else(|| {
            gathered(scope, data_type, order.len(), |rows, column| {
                order[rows].iter().for_each(|&id| column.push(&keys.key(at, id)));
            })
        });
        columns.push(column);
    }
    for (answers, field) in answers.into_iter().zip(&plan.middle[plan.keys.len()..]) {
        columns.extend(match answers {
            Answers::Column(table) => table.into_columns(),
            Answers::Values(values) => {
                vec![gathered(scope, &field.data_type, order.len(), |rows, column| {
                    let given = values.get(rows.start..).unwrap_or_default().iter();
                    let given = given.chain(std::iter::repeat(&Scalar::Null));
                    given.take(rows.len()).for_each(|answer| column.push(answer));
                })]
            }
        });
    }
    Table::from_columns(plan.middle.clone(), columns)
}

/// A column of `data_type` whose `rows` are what `fill` appends for each range of them, in parts that threads share.
fn gathered(
    scope: &Scope<'_>,
    data_type: &DataType,
    rows: usize,
    fill: impl Fn(Range<usize>, &mut OwnedColumn) + Sync,
) -> OwnedColumn {
    let pieces: Vec<OnceLock<OwnedColumn>> =
        (0..rows.div_ceil(GROUPS_A_PIECE)).map(|_| OnceLock::new()).collect();
    scope.run(pieces.len(), &|index| {
        let first = index * GROUPS_A_PIECE;
        let rows = first..rows.min(first + GROUPS_A_PIECE);
        let mut column = OwnedColumn::new(data_type);
        column.reserve(rows.len());
        fill(rows, &mut column);
        // Each index comes once.
        let _ = pieces[index].set(column);
    });
    let mut all = OwnedColumn::new(data_type);
    all.reserve(rows);
    pieces.into_iter().filter_map(OnceLock::into_inner).for_each(|piece| all.extend(&piece.lend()));
    all
}

/// Numbers the rows whose keys are of `part`; the others are [`NOWHERE`].
fn assign_part(
    level: Level,
    part: Part,
    types: &[DataType],
    keys: &mut Keys,
    columns: &[Column<'_>],
    rows: usize,
    ids: &mut Vec<u32>,
) {
    let mut bits = Vec::new();
    part.choose(level, rows, types, columns, &mut bits);
    let bits = Bits::new(&bits, 0, rows);
    let mut numbers = Vec::new();
    packed(level, columns, bits, |columns| keys.assign(level, bits.count_ones(), columns, &mut numbers));
    ids.clear();
    ids.resize(rows, NOWHERE);
    let rows = (0..rows).filter(|&row| bits.get(row));
    rows.zip(numbers).for_each(|(row, number)| ids[row] = number);
}

/// Lends the rows of `columns` whose bit is set, side by side.
fn packed<R>(
    level: Level,
    columns: &[Column<'_>],
    bits: Bits<'_>,
    body: impl FnOnce(&[Column<'_>]) -> R,
) -> R {
    let mut buffers: Vec<Packed<'_>> = columns.iter().map(|_| Packed::new()).collect();
    let columns: Vec<Column<'_>> =
        columns.iter().zip(&mut buffers).map(|(column, buffer)| buffer.pack(level, column, bits)).collect();
    body(&columns)
}

impl Worker {
    fn update(&mut self, level: Level, chunk: &Chunk<'_>) -> std::result::Result<(), Fallen> {
        let Some(mut dealer) = self.dealer.take() else { return self.take_in(level, chunk) };
        if !dealer.takes(chunk) {
            // From here on states put off what they can by themselves.
            self.states.iter_mut().flatten().for_each(|state| state.put_off());
            dealer.drain(level, &mut |rows| self.take_in(level, rows))?;
            return self.take_in(level, chunk);
        }
        let done = if Dealer::is_worth(self.keys.len()) {
            dealer.deal(level, chunk, &mut |rows| self.take_in(level, rows))
        } else {
            self.take_in(level, chunk)
        };
        self.dealer = Some(dealer);
        done
    }

    /// Takes the rows of `chunk` into keys and states.
    fn take_in(&mut self, level: Level, chunk: &Chunk<'_>) -> std::result::Result<(), Fallen> {
        let Self { blocks, key_values, streams, keys, part, types, ids, chosen, positions, states, .. } =
            self;
        blocks.visit(level, chunk, &mut |rows: &Rows<'_>| {
            let columns = key_values.evaluate(level, rows.dense, None);
            let columns: Vec<Column<'_>> =
                columns.map_err(|fault| rows.placed(Fallen::of(Clause::By)(fault)))?;
            let row_count = rows.dense.row_count;
            if part.count == 1 {
                keys.assign(level, row_count, &columns, ids);
            } else {
                assign_part(level, *part, types, keys, &columns, row_count, ids);
            }
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
                    if arguments.chosen.is_none() && part.count == 1 {
                        state.update(level, arguments.columns, ids, dense, groups);
                        return Ok(());
                    }
                    let (some_ids, some_rows) = &mut *chosen;
                    some_ids.clear();
                    some_rows.clear();
                    let mut mask = vec![0u8; arguments.rows.div_ceil(8)];
                    let mut list = |at: usize, row: usize| {
                        if ids[row] != NOWHERE {
                            mask[at / 8] |= 1 << (at % 8);
                            some_ids.push(ids[row]);
                            some_rows.push(dense.row(row));
                        }
                    };
                    match arguments.chosen {
                        None => (0..arguments.rows).for_each(|row| list(row, row)),
                        Some(bits) => {
                            let rows = (0..bits.len()).filter(|&row| bits.get(row));
                            rows.enumerate().for_each(|(at, row)| list(at, row));
                        }
                    }
                    let listed = Positions::Listed(some_rows);
                    if part.count == 1 {
                        state.update(level, arguments.columns, some_ids, listed, groups);
                    } else {
                        let bits = Bits::new(&mask, 0, arguments.rows);
                        packed(level, arguments.columns, bits, |columns| {
                            state.update(level, columns, some_ids, listed, groups);
                        });
                    }
                    Ok(())
                })?;
            }
            Ok(())
        })
    }

    /// Sees to it that the states stay within the budget.
    fn account(&mut self) -> Result<()> {
        self.chunks += 1;
        let groups = self.keys.len();
        // A look may take as long as there are groups.
        let are_many = groups - self.seen > GROUPS_A_LOOK.max(self.seen / 8);
        if !are_many && !self.chunks.is_multiple_of(CHUNKS_A_LOOK) {
            return Ok(());
        }
        self.seen = groups;
        self.settle()
    }

    fn settle(&mut self) -> Result<()> {
        let states: usize = self.states.iter().flatten().map(|state| state.memory_bytes()).sum();
        let waiting = self.dealer.as_ref().map_or(0, Dealer::memory_bytes);
        let bytes = (self.keys.memory_bytes() + states + waiting) as u64;
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

#[cfg(test)]
mod tests {
    use arrcalc_datasets::Dataset;

    use crate::answer::Scalar;
    use crate::{Engine, Query, QueryText};

    #[test]
    fn many_groups_have_answers_as_few_have_and_one_without_values_has_none() {
        let groups = 20_000i64;
        let keys: Vec<i64> = (0..3 * groups).map(|row| (row * 7919) % groups - 77).collect();
        let x: Vec<f64> = keys.iter().map(|&key| key as f64 / 4.0).collect();
        let columns = vec![("k".to_owned(), keys.as_slice().into()), ("x".to_owned(), x.as_slice().into())];
        let dataset = Dataset::from_arrays(columns).expect("columns of one length");
        let ask = |select: &str, order_by: &str| {
            let text = QueryText {
                select: select.into(),
                by: "k".into(),
                order_by: order_by.into(),
                ..QueryText::default()
            };
            let engine = Engine::builder().threads(3).chunk_rows(5000).build();
            engine.run(&Query::parse(&dataset, &text).expect("a query")).expect("an answer")
        };
        // All numbers; one null among them; an order, which takes another way.
        let plain = ask("sum(x) as s, mean(x) as m", "");
        let null = ask("mean(nullif(x, 0.5)) as m, sum(nullif(x, 0.5)) as s", "");
        let turned = ask("sum(x) as s, mean(x) as m, sum(x) + mean(x) as both", "-k");
        assert_eq!([&plain, &null, &turned].map(|table| table.row_count()), [groups as usize; 3]);
        for (row, key) in (-77..groups - 77).enumerate() {
            let x = key as f64 / 4.0;
            let key = Scalar::Integer(key.into());
            let numbers = [3.0 * x, x].map(Scalar::Float64);
            let [sum, mean] = numbers.clone();
            assert_eq!(plain.row(row), [key.clone(), sum.clone(), mean.clone()]);
            let none = if x == 0.5 { [Scalar::Null, Scalar::Float64(0.0)] } else { [mean, sum] };
            assert_eq!(null.row(row), [vec![key.clone()], none.to_vec()].concat());
            let both = vec![Scalar::Float64(4.0 * x)];
            assert_eq!(turned.row(groups as usize - 1 - row), [vec![key], numbers.to_vec(), both].concat());
        }
    }
}
