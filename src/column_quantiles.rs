//! Quantiles of a column by any of NumPy's methods: many at about the cost of one.

use std::ops::ControlFlow;

use arrcalc_datasets::{Chunk, DataType, Dataset, Layout, ReadRequest};
use arrcalc_kernels::select::{Selected, Selection, State, Step};
use arrcalc_kernels::{Level, OrderKey};

use crate::aggregate::{
    Aggregate, BLOCK_ROWS, Element, Interpolate, Kind, NanPolicy, Probability, QuantileMethod, Quantiles,
    Rounds, Step as Next,
};
use crate::answer::Scalar;
use crate::error::Result;
use crate::execute::{Input, Pass, Scope, Task};

/// Which quantiles of a column, as a task over a dataset or of a single chunk.
///
/// Each is interpolated exactly between order statistics and rounded once; a column without values has none
/// (`Scalar::Null`), and one with NaNs NaN where they propagate.
#[derive(Clone, Debug)]
pub struct ColumnQuantiles<'a> {
    input: Input<'a>,
    column: usize,
    probabilities: Vec<Probability>,
    method: QuantileMethod,
    nan: NanPolicy,
}

/// Values that a selection's first map is chosen by, and from how many places of the column.
const SAMPLE_VALUES: usize = 8192;
const SAMPLE_UNITS: usize = 16;
/// Columns of up to so many values are kept by the first pass: 2 MiB, less than what counting them would take.
const KEPT_VALUES: u64 = 1 << 18;
/// Share of the free memory that a selection may hold.
const MEMORY_SHARE: u64 = 4;

impl<'a> ColumnQuantiles<'a> {
    /// The quantiles at `probabilities` of a column (a position in the schema).
    pub fn new(
        dataset: impl Into<Input<'a>>,
        column: usize,
        probabilities: impl Into<Vec<Probability>>,
        method: QuantileMethod,
        nan: NanPolicy,
    ) -> Self {
        Self { input: dataset.into(), column, probabilities: probabilities.into(), method, nan }
    }

    /// The quantiles of the first column of one chunk, on the calling thread: for few values, which need no engine.
    ///
    /// # Errors
    /// [`crate::Error::Request`] for types without quantiles.
    pub fn of_chunk(
        level: Level,
        chunk: &Chunk<'_>,
        data_type: &DataType,
        probabilities: &[Probability],
        method: QuantileMethod,
        nan: NanPolicy,
    ) -> Result<Vec<Scalar>> {
        fn select<E: Element + Interpolate + OrderKey>(
            level: Level,
            chunk: &Chunk<'_>,
            questions: &Quantiles,
        ) -> Selected<E> {
            let keep = Selection { keep: chunk.row_count, ..Selection::new::<E>(0) };
            let mut state = keep.first::<E>();
            loop {
                E::blocks(level, &chunk.columns[0], |block| state.update(level, block.values));
                match state.next(|n| questions.ranks(n)) {
                    Step::Again(next) => state = next,
                    Step::Done(selected) => return selected,
                }
            }
        }
        let questions = Quantiles::new(data_type, probabilities.to_vec(), nan)?.method(method);
        Ok(match Kind::of(data_type) {
            Kind::Float => questions.read(&select::<f64>(level, chunk, &questions)),
            Kind::Unsigned => questions.read(&select::<u64>(level, chunk, &questions)),
            Kind::Decimal => {
                let mut state = questions.first();
                loop {
                    state.update(level, chunk);
                    match questions.next(state) {
                        Next::Again(next) => state = next,
                        Next::Done(answer) => break answer,
                    }
                }
            }
            _ => questions.read(&select::<i64>(level, chunk, &questions)),
        })
    }

    fn select<E: Element + Interpolate + OrderKey>(
        &self,
        scope: &Scope<'_>,
        questions: &Quantiles,
    ) -> Result<Vec<Scalar>> {
        let (dataset, level) = (&*self.input, scope.level());
        let bytes = scope.budget().available_bytes() / MEMORY_SHARE;
        let memory = scope.budget().reserve("the selection of quantiles", bytes)?;
        let selection = if dataset.row_count() <= KEPT_VALUES {
            Selection { keep: KEPT_VALUES as usize, ..Selection::new::<E>(0) }
        } else {
            let sample = sample::<E>(dataset, self.column, level)?;
            Selection::seeded(usize::try_from(bytes).unwrap_or(usize::MAX), &sample)
        };
        let columns = [self.column];
        let pass = Pass { dataset, columns: &columns, layout: Layout::Together };
        let mut state: State<E> = selection.first();
        loop {
            let states = scope.pass(
                &pass,
                || Ok(state.clone()),
                |state, _, chunk| {
                    E::blocks(level, &chunk.columns[0], |block| {
                        block.values.chunks(BLOCK_ROWS).for_each(|values| state.update(level, values));
                    });
                    Ok(())
                },
            )?;
            states.iter().for_each(|part| state.merge(part));
            drop(states);
            match state.next(|n| questions.ranks(n)) {
                Step::Again(next) => state = next,
                Step::Done(selected) => {
                    drop(memory);
                    return Ok(questions.read(&selected));
                }
            }
        }
    }
}

/// Values from all over the column. Any sample gives the same answer; a good one gives it in two passes.
fn sample<E: Element + Interpolate + OrderKey>(
    dataset: &Dataset<'_>,
    column: usize,
    level: Level,
) -> Result<Vec<E>> {
    let mut taken = Vec::new();
    let unit_rows = (dataset.row_count() / SAMPLE_UNITS as u64).max(1);
    let units = dataset.units(&[column], Layout::Together, unit_rows);
    let per_unit = SAMPLE_VALUES / SAMPLE_UNITS;
    for unit in units.iter().step_by((units.len() / SAMPLE_UNITS).max(1)) {
        let request = ReadRequest { chunk_rows: per_unit, memory_bytes: 64 << 20 };
        dataset.read(unit, &request, &mut |chunk| {
            E::blocks(level, &chunk.columns[0], |block| taken.extend_from_slice(block.values));
            ControlFlow::Break(())
        })?;
    }
    taken.retain(|value: &E| !value.is_nan());
    Ok(taken)
}

impl Task for ColumnQuantiles<'_> {
    type Answer = Vec<Scalar>;

    fn run(&self, scope: &Scope<'_>) -> Result<Vec<Scalar>> {
        let data_type = &self.input.schema().fields[self.column].data_type;
        let questions = Quantiles::new(data_type, self.probabilities.clone(), self.nan)?.method(self.method);
        match Kind::of(data_type) {
            Kind::Float => self.select::<f64>(scope, &questions),
            Kind::Unsigned => self.select::<u64>(scope, &questions),
            Kind::Decimal => {
                let bytes = scope.budget().available_bytes() / MEMORY_SHARE;
                let _memory = scope.budget().reserve("the selection of quantiles", bytes)?;
                let questions = questions.memory_bytes(usize::try_from(bytes).unwrap_or(usize::MAX));
                scope.rounds(&self.input, &[self.column], &questions)
            }
            _ => self.select::<i64>(scope, &questions),
        }
    }
}
