//! Functions over the order of rows, computed before the passes that take their values: for each, its argument over all
//! of its rows, then the function over that. Those that need nothing of each other share a pass.

use arrcalc_datasets::{Chunk, Column, Dataset};
use arrcalc_kernels::Level;

use crate::aggregate::BLOCK_ROWS;
use crate::answer::{BitVec, Table};
use crate::error::{Error, Result};
use crate::execute::{Reservation, Scope};
use crate::expression::{Bound, Evaluator, Expr};
use crate::plan::{Clause, Plan, RowCall, field};

use super::blocks::{Blocks, Rows};
use super::fault::Fallen;
use super::kept::Kept;
use super::source::{Made, Source};
use super::text::Texts;

/// What needs the memory, for messages.
const WHAT: &str = "the values of functions over the order of rows";

/// An argument to compute, and the clause it stands in.
#[derive(Clone, Copy)]
struct Argument<'p> {
    clause: Clause,
    written: &'p Expr,
    bound: &'p Bound,
}

impl Argument<'_> {
    fn is_of(&self, call: &RowCall) -> bool {
        self.clause == call.clause && *self.written == call.written
    }
}

/// Arguments of some row functions, for rows of one chunk.
struct Piece {
    first_row: u64,
    rows: usize,
    values: Table,
    /// Which rows these are; `None`: all.
    kept: Option<BitVec>,
}

/// One thread's work on a pass.
struct Worker {
    blocks: Blocks,
    /// An evaluator for the arguments of each clause.
    evaluators: Vec<(Clause, Evaluator)>,
    pieces: Vec<Piece>,
    reserved: Reservation,
}

/// The rows of `dataset` with what the row functions of `plan` make of them.
pub(super) fn source<'s>(
    scope: &Scope<'_>,
    dataset: &'s Dataset<'s>,
    plan: &Plan,
    texts: &Texts,
) -> Result<Source<'s>> {
    let mut source = Source::new(dataset, plan.row_calls.len());
    for pass in plan.row_passes() {
        compute(scope, &mut source, plan, &pass, texts)?;
    }
    Ok(source)
}

/// Computes the row functions `wanted`, which see the same rows and need nothing of each other.
fn compute(
    scope: &Scope<'_>,
    source: &mut Source<'_>,
    plan: &Plan,
    wanted: &[usize],
    texts: &Texts,
) -> Result<()> {
    let mut rest: Vec<(usize, &RowCall)> = Vec::new();
    for &index in wanted {
        let call = &plan.row_calls[index];
        // What lies side by side already is taken as it lies.
        let made = match call.argument.column() {
            Some(column) if column >= source.file_columns => {
                Some(apply(scope, source, call, &source.whole(column)?.values.lend(), texts)?)
            }
            Some(column) if !call.sees_kept => {
                scope.lent(source.dataset, column, |argument| apply(scope, source, call, argument, texts))?
            }
            _ => None,
        };
        match made {
            Some(made) => source.made[index] = Some(made),
            None => rest.push((index, call)),
        }
    }
    let Some(&(_, first)) = rest.first() else { return Ok(()) };
    let mut arguments: Vec<Argument<'_>> = Vec::new();
    for (_, call) in &rest {
        if !arguments.iter().any(|known| known.is_of(call)) {
            arguments.push(Argument { clause: call.clause, written: &call.written, bound: &call.argument });
        }
    }
    arguments.sort_by_key(|argument| argument.clause.name());
    let (values, _room) = evaluate(scope, source, plan, &arguments, first.sees_kept, texts)?;
    let lent = values.lend();
    for (index, call) in rest {
        let argument = arguments.iter().zip(&lent.columns).find(|(known, _)| known.is_of(call));
        if let Some((_, argument)) = argument {
            source.made[index] = Some(apply(scope, source, call, argument, texts)?);
        }
    }
    Ok(())
}

/// The values of `call` for the rows of `argument`.
fn apply(
    scope: &Scope<'_>,
    source: &Source<'_>,
    call: &RowCall,
    argument: &Column<'_>,
    texts: &Texts,
) -> Result<Made> {
    scope.check()?;
    let rows = argument.values.len();
    // Eight bytes and a bit, which most take: text is counted when it is there.
    let mut room = scope.budget().reserve(WHAT, (rows * 8 + rows.div_ceil(8)) as u64)?;
    let values = call.operation.apply(scope, argument, call.argument.data_type());
    let values = values.map_err(|error| placed(error, call, source, texts))?;
    let bytes = values.memory_bytes() as u64;
    match bytes.checked_sub(room.bytes()) {
        Some(more) => room.grow(WHAT, more)?,
        None => room.shrink_to(bytes),
    }
    Ok(Made { values, is_of_kept: call.sees_kept, _room: room })
}

/// The values of `arguments` for all rows, or those that the predicate keeps, which are noted then.
fn evaluate(
    scope: &Scope<'_>,
    source: &mut Source<'_>,
    plan: &Plan,
    arguments: &[Argument<'_>],
    sees_kept: bool,
    texts: &Texts,
) -> Result<(Table, Vec<Reservation>)> {
    let dataset = source.dataset;
    let predicate = plan.predicate.as_ref().filter(|_| sees_kept);
    let used = columns_of(arguments.iter().map(|argument| argument.bound));
    let columns = columns_of(arguments.iter().map(|argument| argument.bound).chain(predicate));
    let level = scope.level();
    let start = || {
        let of = |group: &[Argument<'_>]| {
            let bound: Vec<Bound> = group.iter().map(|argument| argument.bound.clone()).collect();
            (group[0].clause, Evaluator::new(&bound, &columns))
        };
        Ok(Worker {
            blocks: Blocks::new(predicate, &columns, &used, BLOCK_ROWS),
            evaluators: arguments.chunk_by(|a, b| a.clause == b.clause).map(of).collect(),
            pieces: Vec::new(),
            reserved: scope.budget().reserve(WHAT, 0)?,
        })
    };
    let fields = || arguments.iter().map(|argument| field("", argument.bound.data_type())).collect();
    let wanted = |unit: &_| predicate.is_none() || plan.wants(dataset, unit);
    let workers = source.pass_over(scope, &columns, &wanted, start, |worker, chunk| {
        let bytes = worker.update(level, chunk, Table::new(fields()), predicate.is_some());
        let bytes = bytes.map_err(|fallen| fallen.into_error(dataset, texts, chunk.first_row))?;
        worker.reserved.grow(WHAT, bytes as u64)
    })?;
    let mut pieces = Vec::new();
    let mut room = Vec::new();
    for worker in workers {
        room.push(worker.reserved);
        pieces.extend(worker.pieces);
    }
    pieces.sort_unstable_by_key(|piece| piece.first_row);
    let rows = pieces.iter().map(|piece| piece.values.row_count()).sum();
    let mut values = Table::with_capacity(fields(), rows);
    let mut bits = BitVec::default();
    let all_rows = usize::try_from(dataset.row_count()).unwrap_or(usize::MAX);
    // Each piece goes when it has been copied, so that the values are hardly ever there twice.
    for piece in pieces {
        values.extend(&piece.values.lend().columns, piece.values.row_count());
        if let Some(kept) = &piece.kept {
            // Units that the bounds exclude have no piece.
            let first = usize::try_from(piece.first_row).unwrap_or(usize::MAX);
            bits.grow(false, first - bits.bits().len());
            bits.extend(&kept.bits());
            bits.grow(false, first + piece.rows - bits.bits().len());
        }
    }
    if predicate.is_some() && source.kept.is_none() {
        bits.grow(false, all_rows - bits.bits().len());
        let kept = Kept::new(bits);
        let taken = scope.budget().reserve(WHAT, kept.memory_bytes() as u64)?;
        source.kept = Some((kept, taken));
    }
    Ok((values, room))
}

/// The columns that `expressions` read, each once, ascending.
fn columns_of<'b>(expressions: impl Iterator<Item = &'b Bound>) -> Vec<usize> {
    let mut columns: Vec<usize> = expressions.flat_map(|bound| bound.columns().to_vec()).collect();
    columns.sort_unstable();
    columns.dedup();
    columns
}

/// `error` of a row of `call`'s argument as one of its row of its file.
fn placed(error: Error, call: &RowCall, source: &Source<'_>, texts: &Texts) -> Error {
    let Error::Evaluation { row, reason, .. } = error else { return error };
    let row = match &source.kept {
        Some((kept, _)) if call.sees_kept => kept.row(usize::try_from(row).unwrap_or(usize::MAX)) as u64,
        _ => row,
    };
    Fallen::at_first(call.clause, call.span, reason).into_error(source.dataset, texts, row)
}

impl Worker {
    /// Takes in the rows of `chunk`, whose values go to `values`; returns how many bytes they take.
    fn update(
        &mut self,
        level: Level,
        chunk: &Chunk<'_>,
        mut values: Table,
        is_filtered: bool,
    ) -> std::result::Result<usize, Fallen> {
        let Self { blocks, evaluators, pieces, .. } = self;
        let mut kept = BitVec::default();
        blocks.visit(level, chunk, &mut |rows: &Rows<'_>| {
            let mut columns = Vec::new();
            for (clause, evaluator) in &mut *evaluators {
                let own = evaluator.evaluate(level, rows.dense, None);
                columns.extend(own.map_err(|fault| rows.placed(Fallen::of(*clause)(fault)))?);
            }
            values.extend(&columns, rows.dense.row_count);
            if is_filtered {
                // Blocks of which no row is kept are not shown.
                kept.grow(false, (rows.block.first_row - chunk.first_row) as usize - kept.bits().len());
                match rows.selected {
                    Some(selected) => kept.extend(&selected),
                    None => kept.grow(true, rows.block.row_count),
                }
            }
            Ok(())
        })?;
        let bytes = values.memory_bytes() + kept.capacity_bytes();
        let kept = is_filtered.then_some(kept);
        pieces.push(Piece { first_row: chunk.first_row, rows: chunk.row_count, values, kept });
        Ok(bytes)
    }
}
