//! Aggregates over all rows together.

use arrcalc_datasets::Chunk;
use arrcalc_kernels::Level;

use crate::aggregate::{Class, Next, State};
use crate::answer::{Scalar, Table};
use crate::error::Result;
use crate::execute::Scope;
use crate::expression::Bound;
use crate::order::count_close;
use crate::plan::{Aggregated, Plan};

use super::blocks::Blocks;
use super::early::Filtered;
use super::fault::{Fallen, of_aggregate};
use super::source::Source;
use super::streams::{Stream, are_plain, is_plain_sum, streams, summed};
use super::text::Texts;

/// Rows of a block that a predicate chooses from: what is done once a block is then little beside what is done a row.
const BLOCK_ROWS: usize = 16_384;
/// Rows of a block of which all count: what expressions give is still in the nearest cache when states take it in, and
/// the memory does not wait for long meanwhile.
const DENSE_BLOCK_ROWS: usize = 4096;

/// Sums at most that read the rows of a block again, each for itself.
const MASKED_SUMS: usize = 2;

/// Memory that there should be for a bit for each possible value.
const BITS_BYTES: u64 = 256 << 20;

/// States of one thread, an entry each aggregate; `None`: it has its answer.
type States = Vec<Option<Box<dyn State>>>;

/// One thread's work on a pass.
struct Worker {
    blocks: Blocks,
    streams: Vec<Stream>,
    states: States,
}

/// The middle table of `plan`: one row.
pub(super) fn aggregate(scope: &Scope<'_>, source: &Source<'_>, plan: &Plan, texts: &Texts) -> Result<Table> {
    let dataset = source.dataset;
    let columns = plan.columns();
    let level = scope.level();
    let filtered = Filtered::new(plan, dataset, source.of_file(&columns), level);
    let count = plan.aggregates.len();
    let memory = scope.budget().available_bytes() / (2 * scope.threads() * count.max(1)) as u64;
    let memory = usize::try_from(memory.clamp(1 << 20, 1 << 30)).unwrap_or(1 << 30);
    // Columns as they lie need no cutting: kernels do that by themselves.
    let is_plain = plan.predicate.is_none() && are_plain(&plan.aggregates);
    let block_rows = match plan.predicate {
        _ if is_plain => usize::MAX,
        // Programs cut rows by themselves, too.
        None if plan.aggregates.iter().all(|one| summed(one, &columns).is_some()) => BLOCK_ROWS,
        None => DENSE_BLOCK_ROWS,
        // Rows that are only counted leave nothing behind but a bit each.
        Some(_) if plan.aggregates.iter().all(|one| one.arguments.is_empty() && one.filter.is_none()) => {
            usize::MAX
        }
        Some(_) => BLOCK_ROWS,
    };
    // Few sums of chosen values are faster than moving the values together and adding those up.
    let few_sums = plan.aggregates.iter().filter(|one| is_plain_sum(one)).count() <= MASKED_SUMS;
    let is_in_place = |one: &Aggregated| {
        one.call.is_positioned()
            || (plan.predicate.is_some() || one.filter.is_some()) && few_sums && is_plain_sum(one)
    };
    let packed = plan.used_columns_of(|one| !is_in_place(one));
    let mut answers = vec![Scalar::Null; count];
    let mut empty: States = plan.aggregates.iter().map(|one| Some(one.call.empty(memory))).collect();
    for (index, one) in plan.aggregates.iter().enumerate() {
        if let Some(distinct) = count_side_by_side(scope, source, plan, one)? {
            (answers[index], empty[index]) = (distinct, None);
        }
    }
    if plan.aggregates.iter().all(|one| one.call.class() != Class::Rounds) {
        dataset.read_once(source.of_file(&columns));
    }
    while empty.iter().any(Option::is_some) {
        let wanted: Vec<usize> = (0..count).filter(|&index| empty[index].is_some()).collect();
        let start = || {
            let states = empty.iter().map(|state| state.as_ref().map(|state| state.boxed_clone()));
            Ok(Worker {
                blocks: Blocks::new(plan.predicate.as_ref(), &columns, &packed, block_rows),
                streams: streams(&plan.aggregates, &wanted, &columns, is_in_place),
                states: states.collect(),
            })
        };
        let update = |worker: &mut Worker, chunk: &Chunk<'_>| {
            let done = worker.update(level, chunk);
            done.map_err(|fallen| fallen.into_error(dataset, texts, chunk.first_row))
        };
        let workers = source.pass_over(scope, &columns, &filtered, start, update)?;
        let mut merged = empty;
        for worker in &workers {
            for (mine, theirs) in merged.iter_mut().zip(&worker.states) {
                if let (Some(mine), Some(theirs)) = (mine, theirs) {
                    mine.merge(&**theirs);
                }
            }
        }
        empty = Vec::with_capacity(count);
        for ((state, answer), one) in merged.into_iter().zip(&mut answers).zip(&plan.aggregates) {
            empty.push(match state.map(|state| state.next()) {
                Some(Next::Again(state)) => Some(state),
                Some(Next::Done(done)) => {
                    *answer = done.map_err(|error| of_aggregate(error, one, dataset))?;
                    None
                }
                None => None,
            });
        }
    }
    let mut middle = Table::new(plan.middle.clone());
    middle.push(&answers);
    Ok(middle)
}

/// The distinct values of a column that lies in memory, by a bit for each that there could be: a fraction of the work of
/// counting how often each occurs. `None` where that is not what `one` is, or they do not lie close together.
fn count_side_by_side(
    scope: &Scope<'_>,
    source: &Source<'_>,
    plan: &Plan,
    one: &Aggregated,
) -> Result<Option<Scalar>> {
    let Some(column) = one.arguments.first().and_then(Bound::column) else { return Ok(None) };
    let is_whole = plan.predicate.is_none() && one.filter.is_none() && column < source.file_columns;
    if one.call.name() != "distinct" || !is_whole || scope.budget().available_bytes() < BITS_BYTES {
        return Ok(None);
    }
    let count = scope.lent(source.dataset, column, |column| count_close(scope, *column))?;
    Ok(count.flatten().map(|count| Scalar::Integer(count.into())))
}

impl Worker {
    fn update(&mut self, level: Level, chunk: &Chunk<'_>) -> std::result::Result<(), Fallen> {
        let Self { blocks, streams, states } = self;
        blocks.visit(level, chunk, &mut |rows| {
            for stream in streams.iter_mut() {
                if let Some((call, sums)) = stream.sum_at_once(level, rows)
                    && let Some(state) = states[call].as_mut().and_then(|state| state.sums_of_powers())
                    && state.degree() == 1
                {
                    state.take_sums(*sums.counts(), std::slice::from_ref(sums.power_sum(1)));
                    continue;
                }
                stream.update(level, rows, &mut |arguments| {
                    let Some(state) = &mut states[arguments.call] else { return Ok(()) };
                    let columns = arguments.columns.to_vec();
                    state.update(
                        level,
                        &Chunk { first_row: rows.block.first_row, row_count: arguments.rows, columns },
                    );
                    Ok(())
                })?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use arrcalc_datasets::Dataset;

    use crate::answer::Scalar;
    use crate::{Engine, Query, QueryText};

    /// The answer over columns `x` and `y`, the same for several schedules.
    fn ask(x: &[f64], y: &[f64], select: &str, predicate: &str) -> Vec<Scalar> {
        let columns = vec![("x".to_owned(), x.into()), ("y".to_owned(), y.into())];
        let dataset = Dataset::from_arrays(columns).expect("columns of one length");
        let text = QueryText { select: select.into(), predicate: predicate.into(), ..QueryText::default() };
        let mut answers = [(1, 1 << 20), (2, 5000), (3, 1000)].into_iter().map(|(threads, chunk_rows)| {
            let engine = Engine::builder().threads(threads).chunk_rows(chunk_rows).build();
            engine.run(&Query::parse(&dataset, &text).expect("a query")).expect("an answer").row(0)
        });
        let first = answers.next().expect("an answer");
        answers
            .for_each(|other| assert_eq!(format!("{other:?}"), format!("{first:?}"), "{select} {predicate}"));
        first
    }

    #[test]
    fn sums_of_chosen_and_of_computed_values_are_those_of_integers() {
        let mixed = |row: i64, salt: i64| row.wrapping_mul(0x1E37_79B9_7F4A_7C15).wrapping_add(salt) >> 40;
        let rows = 40_000;
        let x: Vec<i64> = (0..rows).map(|row| mixed(row, 0) % 1000).collect();
        let y: Vec<i64> = (0..rows).map(|row| mixed(row, 1 << 50) % 777).collect();
        let floats = |values: &[i64]| values.iter().map(|&value| value as f64).collect::<Vec<f64>>();
        let (fx, fy) = (floats(&x), floats(&y));
        let of = |value: &dyn Fn(i64, i64) -> Option<i64>| {
            let values: Vec<i64> = x.iter().zip(&y).filter_map(|(&x, &y)| value(x, y)).collect();
            (values.iter().sum::<i64>() as f64, values.len() as f64)
        };
        let float = |value: f64| Scalar::Float64(value);
        for (predicate, limit) in [("y > 100", 100), ("y > 770", 770), ("y > -1000", -1000), ("y > 776", 776)]
        {
            let (sum, count) = of(&|x, y| (y > limit).then_some(x));
            let found = ask(&fx, &fy, "sum(x), count(*)", predicate);
            assert_eq!(found, [float(sum), Scalar::Integer(count as i128)], "{predicate}");
            let mean = if count == 0.0 { Scalar::Null } else { float(sum / count) };
            assert_eq!(ask(&fx, &fy, "mean(x)", predicate), [mean], "{predicate}");
            let filtered = format!("sum(x) filter (where {predicate}), max(x), sum(y)");
            let (all, _) = of(&|_, y| Some(y));
            let most = x.iter().max().map_or(0.0, |&most| most as f64);
            assert_eq!(ask(&fx, &fy, &filtered, ""), [float(sum), float(most), float(all)]);
            let (sums, _) = of(&|x, y| (y > limit).then_some(x * y + 2 * x - y));
            assert_eq!(ask(&fx, &fy, "sum(x*y + 2*x - y)", predicate), [float(sums)], "{predicate}");
            // More sums than are taken from where the rows stand.
            let found = ask(&fx, &fy, "sum(x), sum(y), mean(x) filter (where x > 5), sum(x + y)", predicate);
            let (sum_y, _) = of(&|_, y| (y > limit).then_some(y));
            let (above, number) = of(&|x, y| (y > limit && x > 5).then_some(x));
            let mean = if number == 0.0 { Scalar::Null } else { float(above / number) };
            assert_eq!(found, [float(sum), float(sum_y), mean, float(sum + sum_y)], "{predicate}");
        }
        let (sum, count) = of(&|x, y| Some(x * y + 2 * x - y));
        assert_eq!(ask(&fx, &fy, "sum(x*y + 2*x - y)", ""), [float(sum)]);
        let found = ask(&fx, &fy, "mean((x - y) * 0.5), sum(x * x)", "");
        let (halves, (squares, _)) = (of(&|x, y| Some(x - y)).0 * 0.5, of(&|x, _| Some(x * x)));
        assert_eq!(found, [float(halves / count), float(squares)]);
    }

    #[test]
    fn a_nan_that_is_computed_or_chosen_counts_and_one_that_is_not_does_not() {
        let y: Vec<f64> = (0..9000).map(|row| f64::from(row) - 4000.0).collect();
        let mut x = y.clone();
        x[123] = f64::NAN;
        let number = |scalar: &Scalar| if let Scalar::Float64(value) = scalar { *value } else { 0.0 };
        assert!(number(&ask(&x, &y, "sum(x)", "y > -3990")[0]).is_nan());
        assert!(number(&ask(&x, &y, "sum(x * y - x)", "")[0]).is_nan());
        assert_eq!(ask(&x, &y, "sum(x)", "y > 0"), [Scalar::Float64(4999.0 * 2500.0)]);
    }

    #[test]
    fn distinct_values_are_those_of_a_set_wherever_they_lie() {
        let mixed = |row: u64| row.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 11;
        let close: Vec<i64> = (0..90_000).map(|row| (mixed(row) % 5000) as i64 - 7).collect();
        let wide: Vec<u64> = (0..90_000).map(|row| mixed(row % 70_000)).collect();
        let narrow: Vec<i32> = close.iter().map(|&value| (value / 50) as i32).collect();
        let columns = vec![
            ("close".to_owned(), close.as_slice().into()),
            ("wide".to_owned(), wide.as_slice().into()),
            ("narrow".to_owned(), narrow.as_slice().into()),
        ];
        let dataset = Dataset::from_arrays(columns).expect("columns of one length");
        let expected = [
            close.iter().collect::<HashSet<_>>().len(),
            wide.iter().collect::<HashSet<_>>().len(),
            narrow.iter().collect::<HashSet<_>>().len(),
        ];
        let select =
            "count_distinct(close), count_distinct(wide), count_distinct(narrow), count_distinct(close + 0)";
        for (threads, memory) in [(1, 1 << 30), (3, 1 << 30), (2, 100 << 20)] {
            let engine = Engine::builder().threads(threads).memory_bytes(memory).chunk_rows(7_777).build();
            let text = QueryText { select: select.into(), ..QueryText::default() };
            let answer = engine.run(&Query::parse(&dataset, &text).expect("a query")).expect("an answer");
            for (column, expected) in
                [expected[0], expected[1], expected[2], expected[0]].into_iter().enumerate()
            {
                assert_eq!(answer.value(0, column), Scalar::Integer(expected as i128));
            }
        }
    }
}
