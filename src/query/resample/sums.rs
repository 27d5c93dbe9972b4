//! Sums of powers for many replicates at once: a block's values become digits once, and every replicate weighs them.

use arrcalc_datasets::Column;
use arrcalc_kernels::Level;
use arrcalc_kernels::exact::{Accumulator, Counts};
use arrcalc_kernels::resample::{Digits, Term, weigh};

use crate::aggregate::{Element, Kind, State};

use super::worker::Bank;

/// Powers that digits are made of.
const DEGREE_MAX: usize = 2;

/// The sums of one aggregate in one replicate.
#[derive(Clone, Debug, Default)]
pub(super) struct Sums {
    pub(super) counts: Counts,
    pub(super) powers: [Accumulator; DEGREE_MAX],
}

impl Sums {
    pub(super) fn merge(&mut self, other: &Sums) {
        let (mine, theirs) = (&mut self.counts, &other.counts);
        mine.total += theirs.total;
        mine.nan += theirs.nan;
        mine.positive_infinity += theirs.positive_infinity;
        mine.negative_infinity += theirs.negative_infinity;
        mine.negative_zero += theirs.negative_zero;
        for (mine, theirs) in self.powers.iter_mut().zip(&other.powers) {
            mine.merge(theirs);
        }
    }
}

/// The kind and the degree of the sums that `state` consists of, where they can be made of digits.
pub(super) fn shape(state: &mut dyn State) -> Option<(Kind, usize)> {
    let sums = state.sums_of_powers()?;
    let (kind, degree) = (Kind::of(sums.data_type()), sums.degree());
    let is_narrow = matches!(kind, Kind::Float | Kind::Signed | Kind::Unsigned);
    (is_narrow && degree <= DEGREE_MAX).then_some((kind, degree))
}

/// What a weighted sum is added to.
#[derive(Clone, Copy, Debug)]
enum Target {
    Total,
    Nan,
    PositiveInfinity,
    NegativeInfinity,
    NegativeZero,
    Power(usize),
}

/// Arguments of aggregates over one block of rows, as digits.
#[derive(Default)]
pub(super) struct Features {
    digits: Digits,
    /// For each row of digits, of which aggregate it is and what it adds to.
    targets: Vec<(usize, Target)>,
    /// Aggregates that count every row of the block.
    of_all: Vec<usize>,
    terms: Vec<(usize, Term)>,
    found: Vec<i64>,
}

impl Features {
    pub(super) fn clear(&mut self) {
        self.digits.clear();
        self.targets.clear();
        self.of_all.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.digits.is_empty() && self.of_all.is_empty()
    }

    /// Takes in `column`, the argument of aggregate `call`, whose values stand at `places` of a block of `rows` rows.
    pub(super) fn push(
        &mut self,
        level: Level,
        (call, kind, degree): (usize, Kind, usize),
        column: &Column<'_>,
        places: &[u16],
        rows: usize,
    ) {
        let valid = |index: usize| column.validity.is_none_or(|bits| bits.get(index));
        let mut at = (0..places.len()).filter(|&index| valid(index)).map(|index| usize::from(places[index]));
        let count = places.len() - column.validity.map_or(0, |bits| bits.len() - bits.count_ones());
        if count == rows {
            self.of_all.push(call);
        } else if count > 0 {
            self.ones(call, Target::Total, at.clone());
        }
        let mut terms = std::mem::take(&mut self.terms);
        terms.clear();
        match kind {
            Kind::Float => {
                let mut special: [(Target, Vec<usize>); 4] = [
                    (Target::Nan, vec![]),
                    (Target::PositiveInfinity, vec![]),
                    (Target::NegativeInfinity, vec![]),
                    (Target::NegativeZero, vec![]),
                ];
                f64::blocks(level, column, |block| {
                    for (&value, row) in block.values.iter().zip(&mut at) {
                        match value {
                            _ if value.is_nan() => special[0].1.push(row),
                            f64::INFINITY => special[1].1.push(row),
                            f64::NEG_INFINITY => special[2].1.push(row),
                            _ if value.to_bits() == (-0.0f64).to_bits() => special[3].1.push(row),
                            _ => terms.push((row, Term::from(value))),
                        }
                    }
                });
                for (target, rows) in special {
                    if !rows.is_empty() {
                        self.ones(call, target, rows.into_iter());
                    }
                }
            }
            Kind::Unsigned => u64::blocks(level, column, |block| {
                terms.extend((&mut at).zip(block.values).map(|(row, &value)| (row, Term::from(value))));
            }),
            _ => i64::blocks(level, column, |block| {
                terms.extend((&mut at).zip(block.values).map(|(row, &value)| (row, Term::from(value))));
            }),
        }
        self.digits.push(terms.iter().copied());
        self.targets.resize(self.digits.len(), (call, Target::Power(0)));
        if degree > 1 {
            // Of 64 bits each, so there is a product.
            self.digits.push(terms.iter().filter_map(|&(row, term)| Some((row, term.product(term)?))));
            self.targets.resize(self.digits.len(), (call, Target::Power(1)));
        }
        self.terms = terms;
    }

    fn ones(&mut self, call: usize, target: Target, rows: impl Iterator<Item = usize>) {
        self.digits.push_ones(rows);
        self.targets.push((call, target));
    }

    /// Adds the sums of the rows, taken `weights` times each, to those of each aggregate in replicate `replicate`.
    pub(super) fn weigh(
        &mut self,
        level: Level,
        weights: &[u8],
        banks: &mut [Option<Bank>],
        replicate: usize,
    ) {
        let Self { digits, targets, of_all, found, .. } = self;
        found.resize(digits.len(), 0);
        let total = weigh(level, weights, digits, found);
        for &call in &*of_all {
            if let Some(Bank::Sums(_, _, sums)) = &mut banks[call] {
                sums[replicate].counts.total += total;
            }
        }
        for (row, (&(call, target), &found)) in targets.iter().zip(&*found).enumerate() {
            let Some(Bank::Sums(_, _, sums)) = &mut banks[call] else { continue };
            let Sums { counts, powers } = &mut sums[replicate];
            match target {
                Target::Power(power) => powers[power].add_i64(found, digits.exponent(row)),
                Target::Total => counts.total += found as u64,
                Target::Nan => counts.nan += found as u64,
                Target::PositiveInfinity => counts.positive_infinity += found as u64,
                Target::NegativeInfinity => counts.negative_infinity += found as u64,
                Target::NegativeZero => counts.negative_zero += found as u64,
            }
        }
    }
}
