//! Any aggregate by group: one state each, fed with the rows of a block in the order of their groups.

mod gather;

use std::any::Any;
use std::sync::{Arc, Mutex};

use arrcalc_datasets::{Chunk, Column, Executor};
use arrcalc_kernels::Level;

use self::gather::Gathered;
use super::{Grouped, GroupedNext, Positions};
use crate::aggregate::{Next, State};
use crate::answer::Scalar;
use crate::error::Result;

/// A boxed state for each group.
pub(super) struct States {
    empty: Box<dyn State>,
    is_positioned: bool,
    states: Vec<Option<Box<dyn State>>>,
    /// Groups that took fewer passes than others.
    answered: Vec<bool>,
    /// Their answers, which all threads' states of a pass share.
    answers: Arc<Mutex<Vec<Option<Result<Scalar>>>>>,
}

impl States {
    pub(super) fn new(empty: Box<dyn State>, is_positioned: bool) -> Self {
        Self { empty, is_positioned, states: Vec::new(), answered: Vec::new(), answers: Arc::default() }
    }
}

impl Grouped for States {
    fn update(
        &mut self,
        level: Level,
        arguments: &[Column<'_>],
        ids: &[u32],
        positions: Positions<'_>,
        groups: usize,
    ) {
        self.resize(groups);
        let rows = by_group(ids, groups);
        let gathered: Vec<Gathered<'_>> =
            arguments.iter().map(|column| Gathered::new(column, &rows)).collect();
        let columns: Vec<Column<'_>> = gathered.iter().map(Gathered::column).collect();
        let mut start = 0;
        while start < rows.len() {
            let id = ids[rows[start] as usize];
            let mut end = start + 1;
            // Where rows matter a state sees runs of consecutive ones.
            while end < rows.len()
                && ids[rows[end] as usize] == id
                && (!self.is_positioned
                    || positions.row(rows[end] as usize) == positions.row(rows[end - 1] as usize) + 1)
            {
                end += 1;
            }
            let chunk = Chunk {
                first_row: positions.row(rows[start] as usize),
                row_count: end - start,
                columns: columns.iter().map(|column| column.slice(start..end)).collect(),
            };
            if let Some(state) = self.state(id as usize) {
                state.update(level, &chunk);
            }
            start = end;
        }
    }

    fn merge(&mut self, other: &dyn Grouped, ids: &[u32], groups: usize) {
        let other = other.as_any().downcast_ref::<Self>().expect("states of one aggregate");
        self.resize(groups);
        for (theirs, &id) in other.states.iter().zip(ids) {
            let Some(theirs) = theirs else { continue };
            if let Some(state) = self.state(id as usize) {
                state.merge(&**theirs);
            }
        }
    }

    fn next(mut self: Box<Self>, order: &[u32], _: &dyn Executor) -> GroupedNext {
        self.resize(order.len());
        if !self.answered.contains(&true) {
            // The first pass of these groups: states that began as these did have answers of their own.
            self.answers = Arc::default();
        }
        let shared = self.answers.clone();
        let mut answers = shared.lock().unwrap_or_else(|poison| poison.into_inner());
        answers.resize_with(self.states.len(), || None);
        let (mut again, mut unread) = (Vec::new(), false);
        for id in 0..self.states.len() {
            let state = self.states[id].take();
            again.push(None);
            if self.answered[id] {
                continue;
            }
            match state.unwrap_or_else(|| self.empty.boxed_clone()).next() {
                Next::Again(state) => {
                    again[id] = Some(state);
                    unread = true;
                }
                Next::Done(answer) => (self.answered[id], answers[id]) = (true, Some(answer)),
            }
        }
        if unread {
            self.states = again;
            return GroupedNext::Again(self);
        }
        let answers = order.iter().enumerate().map(|(at, &id)| {
            let answer = answers[id as usize].take().unwrap_or(Ok(Scalar::Null));
            answer.map_err(|error| (at, error))
        });
        GroupedNext::Done(answers.collect())
    }

    fn memory_bytes(&self) -> usize {
        // Each is an allocation of its own, with the allocator's words around it.
        let held: usize = self.states.iter().flatten().map(|state| state.memory_bytes() + 16).sum();
        held + self.states.capacity() * size_of::<Option<Box<dyn State>>>()
            + self.answered.capacity() * (1 + size_of::<Option<Result<Scalar>>>())
    }

    fn to_bytes(&self, order: &[u32]) -> Vec<u8> {
        let empty = self.empty.to_bytes();
        let bytes =
            |id: u32| self.states.get(id as usize).and_then(|state| state.as_ref()).map(|s| s.to_bytes());
        order.iter().flat_map(|&id| bytes(id).unwrap_or_else(|| empty.clone())).collect()
    }

    fn fork(&self) -> Box<dyn Grouped> {
        Box::new(Self {
            empty: self.empty.boxed_clone(),
            is_positioned: self.is_positioned,
            // After the first pass every group has a state of its own, which this thread's begin from.
            states: self.states.iter().map(|state| state.as_ref().map(|state| state.boxed_clone())).collect(),
            answered: self.answered.clone(),
            answers: self.answers.clone(),
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl States {
    fn resize(&mut self, groups: usize) {
        if self.states.len() < groups {
            self.states.resize_with(groups, || None);
            self.answered.resize(groups, false);
        }
    }

    /// The state of group `id`, unless its answer is known.
    fn state(&mut self, id: usize) -> Option<&mut Box<dyn State>> {
        if self.answered[id] {
            return None;
        }
        let empty = &self.empty;
        Some(self.states[id].get_or_insert_with(|| empty.boxed_clone()))
    }
}

/// The rows in the order of their groups, within a group as they come: by counting where groups are fewer than rows.
fn by_group(ids: &[u32], groups: usize) -> Vec<u32> {
    let mut rows = vec![0u32; ids.len()];
    if groups > ids.len() {
        rows.iter_mut().zip(0..).for_each(|(row, index)| *row = index);
        rows.sort_unstable_by_key(|&row| (ids[row as usize], row));
        return rows;
    }
    let mut starts = vec![0usize; groups + 1];
    ids.iter().for_each(|&id| starts[id as usize + 1] += 1);
    for group in 0..groups {
        starts[group + 1] += starts[group];
    }
    for (&id, row) in ids.iter().zip(0..) {
        let to = &mut starts[id as usize];
        rows[*to] = row;
        *to += 1;
    }
    rows
}

#[cfg(test)]
mod tests {
    use arrcalc_datasets::Dataset;

    use crate::answer::Scalar;
    use crate::{Engine, Query, QueryText};

    #[test]
    fn groups_that_took_fewer_passes_keep_their_answers() {
        // One group of so many values that its median takes more passes than those of the others.
        let keys: Vec<i64> = (0..300_000).map(|row| if row % 3 > 0 { -1 } else { row % 1000 }).collect();
        let x: Vec<f64> =
            (0..300_000u64).map(|row| (row.wrapping_mul(0x9E37_79B9) % 100_003) as f64).collect();
        let median = |of: &str| {
            let mut values: Vec<f64> = (keys.iter().zip(&x))
                .filter(|(key, _)| key.to_string() == of)
                .map(|(_, &value)| value)
                .collect();
            values.sort_unstable_by(f64::total_cmp);
            (values[(values.len() - 1) / 2] + values[values.len() / 2]) / 2.0
        };
        let columns = vec![("k".to_owned(), keys.as_slice().into()), ("x".to_owned(), x.as_slice().into())];
        let dataset = Dataset::from_arrays(columns).expect("columns of one length");
        let question = QueryText { select: "median(x)".into(), by: "k".into(), ..QueryText::default() };
        for threads in [1, 3] {
            let engine = Engine::builder().threads(threads).memory_bytes(64 << 20).chunk_rows(10_000).build();
            let answer = engine.run(&Query::parse(&dataset, &question).expect("a query")).expect("an answer");
            for row in [0, 1, 2, answer.row_count() - 1] {
                let key = match answer.value(row, 0) {
                    Scalar::Integer(key) => key.to_string(),
                    other => panic!("{other:?} for a key"),
                };
                assert_eq!(answer.value(row, 1), Scalar::Float64(median(&key)), "group {key}");
            }
        }
    }
}
