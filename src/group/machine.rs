//! Aggregates whose state is two machine words a group: counts, lowest and highest numbers.

use std::any::Any;

use arrcalc_datasets::{Column, DataType, Executor};
use arrcalc_kernels::{Level, OrderKey};

use super::answers::answers;
use super::selection::Selection;
use super::{Grouped, GroupedNext, Positions};
use crate::aggregate::{Call, Element, Kind, NanPolicy, float_value, integer_value};
use crate::answer::Scalar;

/// States of the first argument, or of no argument.
#[derive(Clone)]
pub(super) struct Words {
    question: Question,
    data_type: DataType,
    nan: NanPolicy,
    cells: Vec<Cell>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    Count,
    CountNull,
    CountNan,
    CountNonzero,
    Any,
    All,
    Min,
    Max,
}

/// How many values there were, or rows where nulls are asked for, and how many of them are what is asked for; for
/// extrema the highest order key, or the complement of the lowest, with all ones for NaN.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    count: u64,
    word: u64,
}

impl Words {
    /// The empty states, if this is what `call` needs.
    pub(super) fn new(call: &Call, arguments: &[DataType], nan: NanPolicy) -> Option<Self> {
        let data_type = arguments.first().cloned().unwrap_or(DataType::Null);
        let is_number = matches!(Kind::of(&data_type), Kind::Float | Kind::Signed | Kind::Unsigned);
        let question = match call.name() {
            "count" => Question::Count,
            "count_null" => Question::CountNull,
            "count_nan" if is_number => Question::CountNan,
            "count_nonzero" if is_number => Question::CountNonzero,
            "any" if is_number => Question::Any,
            "all" if is_number => Question::All,
            "min" | "nanmin" if is_number => Question::Min,
            "max" | "nanmax" if is_number => Question::Max,
            _ => return None,
        };
        Some(Self { question, data_type, nan, cells: Vec::new() })
    }

    fn resize(&mut self, groups: usize) {
        if groups > self.cells.len() {
            self.cells.resize(groups, Cell::default());
        }
    }

    fn is_extremum(&self) -> bool {
        matches!(self.question, Question::Min | Question::Max)
    }

    fn answer(&self, id: u32) -> Scalar {
        let Cell { count, word } = self.cells[id as usize];
        let truth = |value: bool| if count == 0 { Scalar::Null } else { Scalar::Bool(value) };
        match self.question {
            Question::Count => Scalar::Integer(count.into()),
            Question::CountNull | Question::CountNan | Question::CountNonzero => Scalar::Integer(word.into()),
            Question::Any => truth(word > 0),
            Question::All => truth(word == count),
            Question::Min | Question::Max if count == 0 => Scalar::Null,
            Question::Min => self.extremum(word, !word),
            Question::Max => self.extremum(word, word),
        }
    }

    fn extremum(&self, word: u64, key: u64) -> Scalar {
        match Kind::of(&self.data_type) {
            Kind::Float if word == u64::MAX => {
                float_value(&self.data_type, f64::from_bits(0x7ff8_0000_0000_0000))
            }
            Kind::Float => float_value(&self.data_type, f64::from_key(key)),
            Kind::Unsigned => integer_value(&self.data_type, u64::from_key(key).into()),
            _ => integer_value(&self.data_type, i64::from_key(key).into()),
        }
    }

    /// Takes in the values of a column of numbers.
    fn numbers<E: Element + OrderKey>(&mut self, level: Level, column: &Column<'_>, ids: &[u32]) {
        let (question, nan, cells) = (self.question, self.nan, &mut self.cells[..]);
        let mut ids = ids.iter();
        // One loop for each question, with nothing to decide in it but what a value is.
        match question {
            Question::Min => each::<E>(level, column, |value| {
                let Some(&id) = ids.next() else { return };
                raise(&mut cells[id as usize], !value.key(), value.is_nan(), nan);
            }),
            Question::Max => each::<E>(level, column, |value| {
                let Some(&id) = ids.next() else { return };
                raise(&mut cells[id as usize], value.key(), value.is_nan(), nan);
            }),
            _ => each::<E>(level, column, |value| {
                let Some(&id) = ids.next() else { return };
                let is_nan = question == Question::CountNan;
                let hit = if is_nan { value.is_nan() } else { value != E::ZERO };
                let cell = &mut cells[id as usize];
                *cell = Cell { count: cell.count + 1, word: cell.word + u64::from(hit) };
            }),
        }
    }
}

#[inline(always)]
fn each<E: Element>(level: Level, column: &Column<'_>, mut visit: impl FnMut(E)) {
    E::blocks(level, column, |block| block.values.iter().for_each(|&value| visit(value)));
}

/// Takes a key, or a NaN, into a highest key.
#[inline(always)]
fn raise(cell: &mut Cell, key: u64, is_nan: bool, nan: NanPolicy) {
    if is_nan && nan == NanPolicy::Ignore {
        return;
    }
    let key = if is_nan { u64::MAX } else { key };
    *cell = Cell { count: cell.count + 1, word: cell.word.max(key) };
}

impl Grouped for Words {
    fn update(
        &mut self,
        level: Level,
        arguments: &[Column<'_>],
        ids: &[u32],
        _: Positions<'_>,
        groups: usize,
    ) {
        self.resize(groups);
        let Some(column) = arguments.first() else {
            ids.iter().for_each(|&id| self.cells[id as usize].count += 1);
            return;
        };
        let mut room = Vec::new();
        let valid = Selection::of(column).pick(ids, &mut room);
        match (self.question, Kind::of(&self.data_type)) {
            (Question::Count, _) => valid.iter().for_each(|&id| self.cells[id as usize].count += 1),
            (Question::CountNull, _) => {
                for &id in ids {
                    let cell = &mut self.cells[id as usize];
                    *cell = Cell { count: cell.count + 1, word: cell.word + 1 };
                }
                valid.iter().for_each(|&id| self.cells[id as usize].word -= 1);
            }
            (_, Kind::Float) => self.numbers::<f64>(level, column, valid),
            (_, Kind::Unsigned) => self.numbers::<u64>(level, column, valid),
            _ => self.numbers::<i64>(level, column, valid),
        }
    }

    fn merge(&mut self, other: &dyn Grouped, ids: &[u32], groups: usize) {
        let other = other.as_any().downcast_ref::<Self>().expect("states of one aggregate");
        self.resize(groups);
        let is_extremum = self.is_extremum();
        for (theirs, &id) in other.cells.iter().zip(ids) {
            let mine = &mut self.cells[id as usize];
            mine.count += theirs.count;
            mine.word = if is_extremum { mine.word.max(theirs.word) } else { mine.word + theirs.word };
        }
    }

    fn next(mut self: Box<Self>, order: &[u32], executor: &dyn Executor) -> GroupedNext {
        self.resize(order.len());
        answers(order, executor, |_| (), |id| Ok(self.answer(id)))
    }

    fn memory_bytes(&self) -> usize {
        self.cells.capacity() * size_of::<Cell>()
    }

    fn to_bytes(&self, order: &[u32]) -> Vec<u8> {
        let cell = |id: u32| self.cells.get(id as usize).copied().unwrap_or_default();
        let bytes = |cell: Cell| [cell.count.to_le_bytes(), cell.word.to_le_bytes()].concat();
        order.iter().flat_map(|&id| bytes(cell(id))).collect()
    }

    fn fork(&self) -> Box<dyn Grouped> {
        Box::new(Self { cells: Vec::new(), ..self.clone() })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
