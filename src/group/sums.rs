//! `sum` and `mean` by group, of every type but decimals: 32 bytes a group.

use std::any::Any;

use arrcalc_datasets::{Column, DataType, Executor, Field};
use arrcalc_kernels::Level;
use arrcalc_kernels::group::{Batches, GroupSums};

use super::answers::{answers, numbers};
use super::selection::Selection;
use super::{Grouped, GroupedNext, Positions};
use crate::aggregate::{Call, Element, Kind, NanPolicy, fit_integers, mean_of, sum_of};
use crate::answer::{Scalar, Table};
use crate::error::Result;

/// Sums of the first argument.
pub(super) struct Sums {
    data_type: DataType,
    nan: NanPolicy,
    is_mean: bool,
    result_type: DataType,
    sums: GroupSums,
    /// Rows put off, where that is allowed.
    batches: Option<Batches>,
}

impl Sums {
    /// The empty states, if this is what `call` needs.
    pub(super) fn new(call: &Call, data_type: &DataType, nan: NanPolicy) -> Option<Self> {
        let is_mean = match call.name() {
            "sum" | "nansum" => false,
            "mean" | "nanmean" => true,
            _ => return None,
        };
        matches!(Kind::of(data_type), Kind::Float | Kind::Signed | Kind::Unsigned | Kind::Decimal).then(
            || Self {
                data_type: data_type.clone(),
                nan,
                is_mean,
                result_type: call.result_type().clone(),
                sums: GroupSums::new(),
                batches: None,
            },
        )
    }

    /// Whether the values are integers that are nothing else.
    fn is_plain_integer(&self) -> bool {
        self.data_type.is_numeric() && matches!(Kind::of(&self.data_type), Kind::Signed | Kind::Unsigned)
    }

    /// An answer that is a float, where it needs no more than machine words.
    fn fast_float(&self, id: u32) -> Option<f64> {
        match (&self.data_type, self.is_mean) {
            (DataType::Float64, false) => self.sums.fast_sum(id),
            (DataType::Float64, true) => self.sums.fast_mean(id),
            (_, true) if self.is_plain_integer() => self.sums.fast_mean(id),
            _ => None,
        }
    }

    fn answer(&self, id: u32) -> Result<Scalar> {
        let sums = &self.sums;
        let fast = if self.is_plain_integer() && !self.is_mean {
            sums.fast_integer(id).map(Scalar::Integer)
        } else {
            self.fast_float(id).map(Scalar::Float64)
        };
        let value = fast.unwrap_or_else(|| {
            let mut state = sums.power_sums(id);
            if self.nan == NanPolicy::Ignore {
                state = state.without_nan();
            }
            if self.is_mean { mean_of(&self.data_type, &state) } else { sum_of(&self.data_type, &state) }
        });
        if self.is_mean { Ok(value) } else { fit_integers("sum", &self.result_type, value) }
    }
}

impl Grouped for Sums {
    fn update(
        &mut self,
        level: Level,
        arguments: &[Column<'_>],
        ids: &[u32],
        _: Positions<'_>,
        groups: usize,
    ) {
        let column = &arguments[0];
        let Self { sums, batches, .. } = self;
        sums.resize(groups);
        let mut room = Vec::new();
        let mut ids = Selection::of(column).pick(ids, &mut room);
        let mut next = |count: usize| {
            let (taken, rest) = ids.split_at(count);
            ids = rest;
            taken
        };
        match Kind::of(&self.data_type) {
            Kind::Float => f64::blocks(level, column, |block| {
                let (ids, values) = (next(block.values.len()), block.values);
                match batches {
                    Some(batches) if Batches::are_worth(groups) => {
                        batches.push(level, ids, values, groups, &mut |ids, values| {
                            sums.update_f64(level, ids, values);
                        });
                    }
                    _ => sums.update_f64(level, ids, values),
                }
            }),
            Kind::Signed => i64::blocks(level, column, |block| {
                sums.update_integers(level, next(block.values.len()), block.values);
            }),
            Kind::Unsigned => u64::blocks(level, column, |block| {
                sums.update_integers(level, next(block.values.len()), block.values);
            }),
            _ => i128::blocks(level, column, |block| {
                sums.update_integers(level, next(block.values.len()), block.values);
            }),
        }
    }

    fn put_off(&mut self) {
        self.batches.get_or_insert_with(Batches::new);
    }

    fn settle(&mut self, level: Level) {
        let Self { sums, batches, .. } = self;
        if let Some(batches) = batches {
            batches.drain(&mut |ids, values| sums.update_f64(level, ids, values));
        }
    }

    fn merge(&mut self, other: &dyn Grouped, ids: &[u32], groups: usize) {
        let other = other.as_any().downcast_ref::<Self>().expect("states of one aggregate");
        self.sums.resize(groups);
        self.sums.merge(&other.sums, ids);
    }

    fn next(mut self: Box<Self>, order: &[u32], executor: &dyn Executor) -> GroupedNext {
        self.sums.resize(order.len());
        let ahead = |ids: &[u32]| self.sums.prefetch(Level::detect(), ids);
        if self.result_type == DataType::Float64 {
            let number = |id| {
                self.fast_float(id).or_else(|| match self.answer(id) {
                    Ok(Scalar::Float64(number)) => Some(number),
                    _ => None,
                })
            };
            if let Some(numbers) = numbers(order, executor, ahead, number) {
                let field = Field { name: String::new(), data_type: DataType::Float64 };
                return GroupedNext::Column(Table::from_columns(vec![field], vec![numbers.into()]));
            }
        }
        answers(order, executor, ahead, |id| self.answer(id))
    }

    fn memory_bytes(&self) -> usize {
        self.sums.memory_bytes() + self.batches.as_ref().map_or(0, Batches::memory_bytes)
    }

    fn to_bytes(&self, order: &[u32]) -> Vec<u8> {
        let mut sums = self.sums.clone();
        sums.resize(order.len());
        order.iter().flat_map(|&id| sums.power_sums(id).to_bytes()).collect()
    }

    fn fork(&self) -> Box<dyn Grouped> {
        Box::new(Self {
            data_type: self.data_type.clone(),
            result_type: self.result_type.clone(),
            sums: GroupSums::new(),
            batches: self.batches.as_ref().map(|_| Batches::new()),
            ..*self
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
