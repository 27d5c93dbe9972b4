//! States chosen by name, driven as an engine drives them.

use arrcalc::aggregate::{Aggregate, Call, NanPolicy, Next, Parameter, State, chunk_rows};
use arrcalc::answer::Scalar;
use arrcalc::datasets::{Chunk, Column, DataType, Values};
use arrcalc::kernels::Level;
use arrcalc::{Error, aggregate::laws};

/// Room for a state of the tests.
pub(crate) const BYTES: usize = 1 << 20;

/// A chosen state as an aggregate, for the check of the law.
pub(crate) struct Chosen(pub(crate) Box<dyn State>);

impl Clone for Chosen {
    fn clone(&self) -> Self {
        Chosen(self.0.boxed_clone())
    }
}

impl Aggregate for Chosen {
    type Answer = ();

    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        self.0.update(level, chunk);
    }

    fn merge(&mut self, other: &Self) {
        self.0.merge(&*other.0);
    }

    fn finish(&self) {}

    fn to_bytes(&self) -> Vec<u8> {
        self.0.to_bytes()
    }
}

/// `name` of columns of these types with the constants it needs, if it is defined for them.
pub(crate) fn call(name: &str, types: &[DataType], nan: NanPolicy) -> Result<Call, Error> {
    let arity = Call::arity(name).unwrap();
    let types = &types[..types.len().min(*arity.columns.end())];
    let parameters = vec![Parameter::Decimal("0.3".into()); *arity.parameters.start()];
    Call::new(name, types, &parameters, nan)
}

/// The answer over the rows of `chunk`, a state for each `part` of them, merged in an order of no meaning.
pub(crate) fn answer(call: &Call, chunk: &Chunk<'_>, part: usize, bytes: usize) -> Result<Scalar, Error> {
    let mut empty = call.empty(bytes);
    loop {
        let mut merged = empty.boxed_clone();
        let starts: Vec<usize> = (0..chunk.row_count).step_by(part.max(1)).collect();
        let (even, odd): (Vec<usize>, Vec<usize>) =
            starts.iter().partition(|start| (*start / part).is_multiple_of(2));
        for start in odd.into_iter().rev().chain(even) {
            let mut state = empty.boxed_clone();
            let end = chunk.row_count.min(start + part);
            state.update(Level::detect(), &chunk_rows(chunk, start..end));
            merged.merge(&*state);
        }
        match merged.next() {
            Next::Again(next) => empty = next,
            Next::Done(answer) => return answer,
        }
    }
}

/// The answer of a single float column, or of two.
pub(crate) fn of_floats(name: &str, columns: &[&[f64]], nan: NanPolicy) -> Result<Scalar, Error> {
    let types = vec![DataType::Float64; columns.len()];
    let call = call(name, &types, nan)?;
    let row_count = columns[0].len();
    let columns = columns
        .iter()
        .take(*Call::arity(name).unwrap().columns.end())
        .map(|values| Column { values: Values::Float64(values), validity: None })
        .collect();
    answer(&call, &Chunk { first_row: 5, row_count, columns }, 777, BYTES)
}

/// Checks the law on every pass; returns how many there were.
pub(crate) fn check_passes(name: &str, call: &Call, chunk: &Chunk<'_>) -> usize {
    let mut state = Chosen(call.empty(BYTES));
    for pass in 1.. {
        laws::check(&state, chunk).unwrap_or_else(|violation| panic!("{name}, pass {pass}: {violation}"));
        state.update(Level::detect(), chunk);
        match state.0.next() {
            Next::Again(next) => state = Chosen(next),
            Next::Done(_) => return pass,
        }
    }
    unreachable!("passes end")
}
