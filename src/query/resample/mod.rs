//! The answer of one query for many weightings of the rows of its table, in as few passes as one answer takes.
//!
//! A weighting is a function of the row, so states of replicates merge over any split of the rows. Aggregates that are
//! sums of powers weigh the digits of their values (`sums`); any other takes each row as often as its weight says, by the
//! same states as a query. Both give the same bits.

mod sums;
mod weights;
mod worker;

pub(crate) use weights::Weights;

use arrcalc_datasets::Chunk;
use arrcalc_kernels::resample::BLOCK;

use crate::aggregate::{Class, Next, State};
use crate::answer::{Scalar, Table};
use crate::error::{Error, Result};
use crate::execute::{Scope, Task};
use crate::explain::{Explain, Explanation, costs};
use crate::plan::{Kind, Plan};

use super::fault::of_aggregate;
use super::source::Source;
use super::text::Texts;
use super::{Query, finish, row_functions};
use sums::{Sums, shape};
use worker::{Bank, Worker};

/// Replicates of one pass at most: their weights stay in the second-level cache, or nearly.
const BATCH: usize = 2048;
/// The same of states that grow with the data.
const GROWING_BATCH: usize = 256;
/// Bytes of a growing state at least.
const GROWING_BYTES: u64 = 1 << 20;
/// What needs the memory, for messages.
const WHAT: &str = "the states of replicates";

/// The answers of a query, a weighting each.
#[derive(Debug)]
pub(crate) struct Resampled {
    /// A row of values for each weighting.
    pub(crate) table: Table,
    /// The sum of the weights of the rows that the query's filter keeps, for each weighting.
    pub(crate) rows: Vec<u64>,
}

impl Query<'_> {
    /// The answer for each of `weights`.
    ///
    /// # Errors
    /// As [`Query::run`]; [`Error::Request`] where the query does not aggregate all rows together, or by aggregates that
    /// look at where rows stand.
    pub(crate) fn resampled(&self, scope: &Scope<'_>, weights: &[Weights]) -> Result<Resampled> {
        self.resampled_by(scope, weights, true)
    }

    /// What [`Query::resampled`] will do for so many weightings, without doing it.
    ///
    /// # Errors
    /// As [`Query::resampled`], where the query does not fit its table or cannot be resampled.
    pub(crate) fn explain_resampled(&self, scope: &Scope<'_>, weightings: usize) -> Result<Explanation> {
        let plan = self.plan(scope)?;
        settle(&plan)?;
        let mut outline = self.outline(&plan);
        let (most, _) = batch(scope, &plan);
        let batches = weightings.div_ceil(most).max(1);
        let at_once = weightings.div_ceil(batches);
        if batches > 1 {
            outline.passes = format!("{} for each of {batches} batches of weightings", outline.passes);
        }
        for one in &plan.aggregates {
            let is_of_digits = shape(&mut *one.call.empty(0)).is_some();
            let cost = if is_of_digits { costs::RESAMPLE_DIGITS } else { costs::RESAMPLE_STATES };
            let kernels = outline.kernels.iter_mut().filter(|kernel| kernel.name == one.text);
            kernels.for_each(|kernel| kernel.nanoseconds = cost * at_once as f64);
        }
        outline.notes.push(("weightings", format!("{weightings}, {at_once} in a pass")));
        Explain::new(&self.input, outline).run(scope)
    }

    /// [`Query::resampled`], with or without the path of digits.
    fn resampled_by(&self, scope: &Scope<'_>, weights: &[Weights], by_digits: bool) -> Result<Resampled> {
        let plan = self.plan(scope)?;
        settle(&plan)?;
        let source = row_functions::source(scope, &self.input, &plan, &self.texts)?;
        let (batch, memory) = batch(scope, &plan);
        let mut answers =
            Resampled { table: Table::new(plan.fields()), rows: Vec::with_capacity(weights.len()) };
        for weights in weights.chunks(batch) {
            let bytes = (weights.len() * (BLOCK + 512 * plan.aggregates.len()) * scope.threads()) as u64;
            let _room = scope.budget().reserve(WHAT, bytes)?;
            let pass = Passes { scope, source: &source, plan: &plan, texts: &self.texts, weights };
            let (middle, rows) = pass.run(usize::try_from(memory).unwrap_or(1 << 30), by_digits)?;
            let table = finish::answer(scope, &plan, middle, &self.texts)?;
            answers.table.extend(&table.lend().columns, table.row_count());
            answers.rows.extend(rows);
        }
        Ok(answers)
    }
}

/// Weightings of a pass at most, and bytes of a state that grows.
fn batch(scope: &Scope<'_>, plan: &Plan) -> (usize, u64) {
    let is_growing = |one: &crate::plan::Aggregated| {
        one.call.class() != Class::Exact || ["distinct", "mode", "entropy"].contains(&one.call.name())
    };
    let growing = plan.aggregates.iter().filter(|one| is_growing(one)).count() as u64;
    let available = scope.budget().available_bytes() / 2;
    let share = available / (scope.threads() as u64 + 1) / growing.max(1);
    let batch = match growing {
        0 => BATCH,
        _ => usize::try_from(share / GROWING_BYTES).unwrap_or(usize::MAX).clamp(1, GROWING_BATCH),
    };
    (batch, (share / batch as u64).clamp(GROWING_BYTES, 1 << 30))
}

/// An error where `plan` cannot be resampled.
fn settle(plan: &Plan) -> Result<()> {
    let refuse = |reason: String| Err(Error::Request { reason });
    if plan.kind != Kind::Whole {
        return refuse("a bootstrap is of aggregates over all rows together, such as mean(x)".into());
    }
    if plan.having.is_some() || !plan.order.is_empty() || plan.limit.is_some() || plan.offset > 0 {
        return refuse("a bootstrap takes values and a filter: no having, order by, limit or offset".into());
    }
    match plan.aggregates.iter().find(|one| one.call.is_positioned()) {
        Some(one) => refuse(format!("{} looks at where rows stand: a replicate has rows twice", one.text)),
        None => Ok(()),
    }
}

/// The passes for some weightings.
struct Passes<'p> {
    scope: &'p Scope<'p>,
    source: &'p Source<'p>,
    plan: &'p Plan,
    texts: &'p Texts,
    weights: &'p [Weights],
}

impl Passes<'_> {
    /// The middle table, a row each weighting, and the rows that count in each.
    fn run(&self, memory_bytes: usize, by_digits: bool) -> Result<(Table, Vec<u64>)> {
        let Self { scope, source, plan, texts, weights } = *self;
        let columns = plan.columns();
        let level = scope.level();
        let mut answers = vec![vec![Scalar::Null; plan.aggregates.len()]; weights.len()];
        let mut banks: Vec<Option<Bank>> = (plan.aggregates.iter())
            .map(|one| {
                let mut empty = one.call.empty(memory_bytes);
                Some(match shape(&mut *empty).filter(|_| by_digits) {
                    Some((kind, degree)) => Bank::Sums(kind, degree, vec![Sums::default(); weights.len()]),
                    None => Bank::States(weights.iter().map(|_| Some(empty.boxed_clone())).collect()),
                })
            })
            .collect();
        let mut rows = None;
        while rows.is_none() || banks.iter().any(Option::is_some) {
            let start = || Ok(Worker::new(plan, &columns, weights, &banks));
            let update = |worker: &mut Worker<'_>, chunk: &Chunk<'_>| {
                let done = worker.update(level, chunk);
                done.map_err(|fallen| fallen.into_error(source.dataset, texts, chunk.first_row))
            };
            let wanted = |unit: &_| plan.wants(source.dataset, unit);
            let workers = source.pass_over(scope, &columns, &wanted, start, update)?;
            let mut counted = vec![0; weights.len()];
            for worker in &workers {
                for (mine, theirs) in banks.iter_mut().zip(&worker.banks) {
                    if let (Some(mine), Some(theirs)) = (mine, theirs) {
                        mine.merge(theirs);
                    }
                }
                counted.iter_mut().zip(&worker.rows).for_each(|(mine, theirs)| *mine += theirs);
            }
            drop(workers);
            rows.get_or_insert(counted);
            for (call, bank) in banks.iter_mut().enumerate() {
                let states = match bank.take() {
                    None => continue,
                    Some(Bank::States(states)) => states,
                    Some(Bank::Sums(_, _, sums)) => self.states_of(call, sums),
                };
                let mut left = Vec::with_capacity(states.len());
                for (state, answers) in states.into_iter().zip(&mut answers) {
                    left.push(match state.map(|state| state.next()) {
                        Some(Next::Again(state)) => Some(state),
                        Some(Next::Done(done)) => {
                            let one = &plan.aggregates[call];
                            answers[call] = done.map_err(|error| of_aggregate(error, one, source.dataset))?;
                            None
                        }
                        None => None,
                    });
                }
                *bank = left.iter().any(Option::is_some).then_some(Bank::States(left));
            }
        }
        let mut middle = Table::new(plan.middle.clone());
        answers.iter().for_each(|row| middle.push(row));
        Ok((middle, rows.unwrap_or_default()))
    }

    /// The states of aggregate `call` that have these sums.
    fn states_of(&self, call: usize, sums: Vec<Sums>) -> Vec<Option<Box<dyn State>>> {
        let empty = self.plan.aggregates[call].call.empty(0);
        let state = |sums: Sums| {
            let mut state = empty.boxed_clone();
            if let Some(of) = state.sums_of_powers() {
                of.take_sums(sums.counts, &sums.powers);
            }
            Some(state)
        };
        sums.into_iter().map(state).collect()
    }
}

#[cfg(test)]
mod tests {
    use arrcalc_datasets::Dataset;
    use arrcalc_kernels::Level;
    use arrcalc_kernels::random::{Philox, fill_normals};

    use super::*;
    use crate::{Engine, QueryText};

    #[test]
    fn digits_give_the_bits_of_rows_taken_one_by_one() {
        let rows = 3001;
        let mut x = vec![0.0; rows];
        fill_normals(Level::BASELINE, &Philox::from(1), 0, &mut x);
        let wide: Vec<f64> = (x.iter().enumerate())
            .map(|(row, x)| match row % 11 {
                0 => -0.0,
                1 => f64::from_bits(row as u64),
                2 => x * 1e300,
                3 => x * 1e-300,
                _ => *x,
            })
            .collect();
        let special: Vec<f64> = (x.iter().enumerate())
            .map(|(row, x)| match row {
                5 | 2900 => f64::NAN,
                1700 => f64::INFINITY,
                _ => *x,
            })
            .collect();
        let narrow: Vec<f32> = x.iter().map(|&x| x as f32).collect();
        let words: Vec<u64> = (0..rows as u64).map(|row| Philox::from(4).at(row)).collect();
        let signed: Vec<i64> = words.iter().map(|&word| word as i64 >> 14).collect();
        let unsigned: Vec<u64> = words.iter().map(|&word| word >> 14).collect();
        let dataset = Dataset::from_arrays(vec![
            ("x".into(), x.as_slice().into()),
            ("wide".into(), wide.as_slice().into()),
            ("special".into(), special.as_slice().into()),
            ("narrow".into(), narrow.as_slice().into()),
            ("signed".into(), signed.as_slice().into()),
            ("unsigned".into(), unsigned.as_slice().into()),
        ]);
        let dataset = dataset.expect("columns of one length");
        let mut weights = vec![Weights::Each, Weights::Without { group: 3, groups: 1000 }];
        weights.extend((0..40).map(|replicate| Weights::Poisson(Philox::from(8).jumped(replicate + 1))));
        let columns = ["x", "wide", "special", "narrow", "signed", "unsigned"];
        let aggregates = ["sum", "mean", "var", "std_pop", "norm", "rms", "nansum", "nanmean"];
        for predicate in ["", "x > 0.5", "signed % 3 = 1 and x < 9"] {
            for column in columns {
                let select = (aggregates.iter())
                    .map(|name| {
                        format!("{name}({column}), {name}(if(x > 0, {column}, null)) filter (where x < 1)")
                    })
                    .collect::<Vec<_>>()
                    .join(", ");
                let text = QueryText { select, predicate: predicate.into(), ..QueryText::default() };
                let query = Query::parse(&dataset, &text).expect("a query");
                let engine = Engine::builder().threads(2).build();
                let run = |by_digits| {
                    let found = engine.scoped(|scope| query.resampled_by(scope, &weights, by_digits));
                    let found = found.expect("an answer");
                    let values =
                        (0..found.table.row_count()).map(|row| format!("{:?}", found.table.row(row)));
                    (values.collect::<Vec<_>>(), found.rows)
                };
                assert_eq!(run(true), run(false), "{column} {predicate}");
                // All rows once are the query itself.
                assert_eq!(run(true).0[0], format!("{:?}", query.run(&engine).expect("an answer").row(0)));
            }
        }
    }
}
