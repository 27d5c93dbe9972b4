//! Any aggregate by group: one state each, fed with the rows of a block in the order of their groups.

mod gather;

use std::any::Any;

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
    /// Answers of groups that took fewer passes than others.
    answered: Vec<Option<Result<Scalar>>>,
}

impl States {
    pub(super) fn new(empty: Box<dyn State>, is_positioned: bool) -> Self {
        Self { empty, is_positioned, states: Vec::new(), answered: Vec::new() }
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
        let (mut again, mut unread) = (Vec::new(), false);
        for id in 0..self.states.len() {
            let state = self.states[id].take();
            again.push(None);
            if self.answered[id].is_some() {
                continue;
            }
            match state.unwrap_or_else(|| self.empty.boxed_clone()).next() {
                Next::Again(state) => {
                    again[id] = Some(state);
                    unread = true;
                }
                Next::Done(answer) => self.answered[id] = Some(answer),
            }
        }
        if unread {
            self.states = again;
            return GroupedNext::Again(self);
        }
        let answers = order.iter().enumerate().map(|(at, &id)| {
            let answer = self.answered[id as usize].take().unwrap_or(Ok(Scalar::Null));
            answer.map_err(|error| (at, error))
        });
        GroupedNext::Done(answers.collect())
    }

    fn memory_bytes(&self) -> usize {
        // Each is an allocation of its own, with the allocator's words around it.
        let held: usize = self.states.iter().flatten().map(|state| state.memory_bytes() + 16).sum();
        held + self.states.capacity() * size_of::<Option<Box<dyn State>>>()
            + self.answered.capacity() * size_of::<Option<Result<Scalar>>>()
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
            answered: self.answered.iter().map(|answer| answer.as_ref().map(|_| Ok(Scalar::Null))).collect(),
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
            self.answered.resize_with(groups, || None);
        }
    }

    /// The state of group `id`, unless its answer is known.
    fn state(&mut self, id: usize) -> Option<&mut Box<dyn State>> {
        if self.answered[id].is_some() {
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
