//! The passes after the first over a column of decimals, for its quantiles.
//!
//! A value's code is how far it lies above the lowest, which the first pass has found. Codes of up to 64 bits go through
//! the selection that other numbers go through. Of longer ones it first selects by their upper 64 bits; then, among the
//! values whose upper bits were found, by their lower ones.

use arrcalc_datasets::{Column, DataType};
use arrcalc_kernels::Level;
use arrcalc_kernels::exact::Dyadic;
use arrcalc_kernels::select::quantile::Position;
use arrcalc_kernels::select::{Selection, State, Step};

use crate::aggregate::{BLOCK_ROWS, Element, ranks};
use crate::answer::{ColumnDescription, Scalar};

use super::later::positions;

/// Codes that are spread over the range, for the selection's first map.
const SPREAD: u64 = 1024;

/// The order statistics that the quantiles of a column lie between.
#[derive(Clone, Debug)]
pub(crate) struct DecimalOrder {
    /// The lowest value.
    low: i128,
    /// Bits of a code below its upper ones.
    shift: u32,
    memory: usize,
    stage: Stage,
    /// Values that are neither null nor anything else than a number.
    numbers: u64,
    /// Ranks and values found.
    found: Vec<(u64, i128)>,
}

#[derive(Clone, Debug)]
enum Stage {
    Upper(State<u64>),
    Lower(Vec<Group>),
    Done,
}

/// Values with the same upper bits.
#[derive(Clone, Debug)]
struct Group {
    upper: u64,
    /// Wanted, among all values.
    ranks: Vec<u64>,
    /// Values below the group's, once a pass has counted them.
    below: u64,
    is_counted: bool,
    /// By the lower bits; `None` once found.
    order: Option<State<u64>>,
}

impl DecimalOrder {
    /// The quantiles of values from `low` to `high`, whose passes may collect `memory` bytes.
    pub(super) fn new(low: i128, high: i128, memory: usize) -> Self {
        let span = high.wrapping_sub(low) as u128;
        let shift = (u128::BITS - span.leading_zeros()).saturating_sub(u64::BITS);
        let stage = Stage::Upper(spread(memory, (span >> shift) as u64).first());
        Self { low, shift, memory, stage, numbers: 0, found: Vec::new() }
    }

    pub(super) fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Done)
    }

    /// Upper and lower bits of a value's code.
    fn code(&self, value: i128) -> (u64, u64) {
        let code = value.wrapping_sub(self.low) as u128;
        let lower = code & !(u128::MAX << self.shift);
        ((code >> self.shift) as u64, lower as u64)
    }

    /// The value of a code.
    fn value(&self, upper: u64, lower: u64) -> i128 {
        self.low.wrapping_add((u128::from(upper) << self.shift | u128::from(lower)) as i128)
    }

    /// Takes in the rows of `column`.
    pub(super) fn update(&mut self, level: Level, column: &Column<'_>) {
        let mut stage = std::mem::replace(&mut self.stage, Stage::Done);
        let mut codes = Vec::with_capacity(BLOCK_ROWS);
        i128::blocks(level, column, |block| {
            for values in block.values.chunks(BLOCK_ROWS) {
                match &mut stage {
                    Stage::Upper(order) => {
                        codes.clear();
                        codes.extend(values.iter().map(|&value| self.code(value).0));
                        order.update(level, &codes);
                    }
                    Stage::Lower(groups) => {
                        for group in groups.iter_mut().filter(|group| group.order.is_some()) {
                            codes.clear();
                            for (upper, lower) in values.iter().map(|&value| self.code(value)) {
                                group.below += u64::from(!group.is_counted && upper < group.upper);
                                if upper == group.upper {
                                    codes.push(lower);
                                }
                            }
                            if let Some(order) = &mut group.order {
                                order.update(level, &codes);
                            }
                        }
                    }
                    Stage::Done => {}
                }
            }
        });
        self.stage = stage;
    }

    /// Takes in the rows that `other` has seen in this pass.
    pub(super) fn merge(&mut self, other: &Self) {
        match (&mut self.stage, &other.stage) {
            (Stage::Upper(mine), Stage::Upper(theirs)) => mine.merge(theirs),
            (Stage::Lower(mine), Stage::Lower(theirs)) => {
                for (mine, theirs) in mine.iter_mut().zip(theirs) {
                    if !mine.is_counted {
                        mine.below += theirs.below;
                    }
                    if let (Some(mine), Some(theirs)) = (&mut mine.order, &theirs.order) {
                        mine.merge(theirs);
                    }
                }
            }
            _ => {}
        }
    }

    /// What follows from a pass over every row.
    pub(super) fn next_pass(&mut self) {
        self.stage = match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Upper(order) => self.after_upper(order),
            Stage::Lower(groups) => self.after_lower(groups),
            Stage::Done => Stage::Done,
        };
    }

    fn after_upper(&mut self, order: State<u64>) -> Stage {
        let wanted = |n| positions(n).flat_map(|position| ranks(&position)).collect();
        let selected = match order.next(wanted) {
            Step::Again(order) => return Stage::Upper(order),
            Step::Done(selected) => selected,
        };
        self.numbers = selected.numbers;
        if self.shift == 0 {
            self.found = selected.values.iter().map(|&(rank, upper)| (rank, self.value(upper, 0))).collect();
            return Stage::Done;
        }
        let mut groups: Vec<Group> = Vec::new();
        for &(rank, upper) in &selected.values {
            match groups.iter_mut().find(|group| group.upper == upper) {
                Some(group) => group.ranks.push(rank),
                None => groups.push(Group {
                    upper,
                    ranks: vec![rank],
                    below: 0,
                    is_counted: false,
                    order: Some(spread(self.memory / 16, u64::MAX >> (u64::BITS - self.shift)).first()),
                }),
            }
        }
        if groups.is_empty() { Stage::Done } else { Stage::Lower(groups) }
    }

    fn after_lower(&mut self, mut groups: Vec<Group>) -> Stage {
        for group in &mut groups {
            group.is_counted = true;
            let Some(order) = group.order.take() else { continue };
            let wanted = |_| group.ranks.iter().map(|rank| rank - group.below).collect();
            match order.next(wanted) {
                Step::Again(order) => group.order = Some(order),
                Step::Done(selected) => {
                    for &(rank, lower) in &selected.values {
                        self.found.push((rank + group.below, self.value(group.upper, lower)));
                    }
                }
            }
        }
        if groups.iter().all(|group| group.order.is_none()) { Stage::Done } else { Stage::Lower(groups) }
    }

    /// Writes the quantiles into `described`.
    pub(super) fn finish(&self, described: &mut ColumnDescription) {
        let DataType::Decimal128 { scale, .. } = described.data_type else { return };
        let at = |rank| self.found.iter().find(|found| found.0 == rank).map(|found| found.1);
        let quantile = |position: Position| {
            let (lower, upper) = (at(position.lower())?, at(position.upper())?);
            let exact = position.ratio(Dyadic::from(lower), Dyadic::from(upper));
            Some(Scalar::Float64(exact.scaled(i32::from(scale)).to_f64()))
        };
        if self.numbers > 0 {
            for (described, position) in described.quantiles.iter_mut().zip(positions(self.numbers)) {
                *described = quantile(position).unwrap_or(Scalar::Null);
            }
        }
    }
}

/// A selection for codes from 0 to `highest`.
fn spread(memory: usize, highest: u64) -> Selection {
    let step = (highest / SPREAD).max(1);
    let codes: Vec<u64> = (0..=highest).step_by(step as usize).take(SPREAD as usize + 1).collect();
    Selection::seeded(memory, &codes)
}

#[cfg(test)]
mod tests {
    use arrcalc_datasets::{Field, Values};
    use num_rational::BigRational;
    use num_traits::{FromPrimitive, Signed, pow};

    use super::*;
    use crate::describe::report;

    fn exact(value: i128) -> BigRational {
        BigRational::from_i128(value).expect("any integer")
    }

    /// The quantiles by sorting and fractions.
    fn expected(values: &[i128], scale: usize) -> Vec<BigRational> {
        let mut sorted = values.to_vec();
        sorted.sort_unstable();
        let quantile = |numerator: u64, denominator: u64| {
            let product = numerator * (sorted.len() as u64 - 1);
            let (rank, weight) = ((product / denominator) as usize, product % denominator);
            let at = |rank: usize| exact(sorted[rank.min(sorted.len() - 1)]);
            let weight = exact(weight.into()) / exact(denominator.into());
            (at(rank) + weight * (at(rank + 1) - at(rank))) / pow(exact(10), scale)
        };
        ColumnDescription::QUANTILES.iter().map(|&(_, n, d)| quantile(n.into(), d.into())).collect()
    }

    fn assert_nearest(found: &[Scalar], expected: &[BigRational], what: &str) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            let &Scalar::Float64(found) = found else { panic!("{found:?}, {what}") };
            let error = |float: f64| (BigRational::from_float(float).expect("finite") - expected).abs();
            let (mine, even) = (error(found), found.to_bits().is_multiple_of(2));
            for other in [found.next_down(), found.next_up()].map(error) {
                assert!(mine < other || mine == other && even, "{found:e} is not nearest, {what}");
            }
        }
    }

    fn found(values: &[i128], scale: i8, memory: usize, cuts: &[usize]) -> Vec<Scalar> {
        let (low, high) = (*values.iter().min().expect("values"), *values.iter().max().expect("values"));
        let mut order = DecimalOrder::new(low, high, memory);
        let mut passes = 0;
        while !order.is_done() {
            let mut parts: Vec<DecimalOrder> = Vec::new();
            let mut start = 0;
            for &end in cuts.iter().chain([&values.len()]) {
                let mut part = order.clone();
                let column = Column { values: Values::Decimal128(&values[start..end]), validity: None };
                part.update(Level::detect(), &column);
                parts.push(part);
                start = end;
            }
            parts.iter().rev().for_each(|part| order.merge(part));
            order.next_pass();
            passes += 1;
            assert!(passes < 40, "the passes end");
        }
        let data_type = DataType::Decimal128 { precision: 38, scale };
        let mut described = report::blank(&Field { name: "x".into(), data_type });
        order.finish(&mut described);
        described.quantiles.to_vec()
    }

    #[test]
    fn quantiles_are_those_of_sorted_fractions_at_any_width_cut_and_memory() {
        let mut state = 77u128;
        let mut next = || {
            state = state.wrapping_mul(0x2360_ED05_1FC6_5DA4_4385_DF64_9FCC_F645).wrapping_add(0x5851_F42D);
            (state ^ state >> 71) as i128
        };
        let limit = 10i128.pow(38) - 1;
        for bits in [0u32, 1, 8, 30, 63, 64, 65, 70, 100, 126] {
            for count in [1usize, 2, 3, 101, 5000] {
                let values: Vec<i128> = (0..count)
                    .map(|row| {
                        let value = if bits == 0 { 7 } else { next() >> (128 - bits) };
                        let value = if row % 10 == 3 { value >> (bits / 2) } else { value };
                        value.clamp(-limit, limit)
                    })
                    .collect();
                for (scale, cuts) in [(2, vec![]), (38, vec![count / 3, count / 2]), (0, vec![0, count])] {
                    let expected = expected(&values, scale as usize);
                    for memory in [1 << 20, 1 << 10] {
                        let found = found(&values, scale, memory, &cuts);
                        assert_nearest(&found, &expected, &format!("{bits} bits, {count} rows"));
                    }
                }
            }
        }
        // The whole range of the type, most of it in one place.
        let mut values = vec![limit, -limit, 0, 1, -1];
        values.extend((0..3000).map(|row| 10i128.pow(30) + row));
        let found = found(&values, 5, 1 << 12, &[7, 1000]);
        assert_nearest(&found, &expected(&values, 5), "all of the range");
    }
}
