//! Order statistics of a column of decimals: a selection of 128-bit integers by that of 64-bit ones.
//!
//! The first pass finds the lowest and the highest value, or keeps them all where they are few. A value's code is how far
//! it lies above the lowest. Codes of up to 64 bits go through the selection that other numbers go through. Of longer
//! ones it first selects by their upper 64 bits; then, among the values whose upper bits were found, by their lower ones.

use arrcalc_datasets::Column;
use arrcalc_kernels::Level;
use arrcalc_kernels::select::{Selected, Selection, State, Step as OrderStep};

use super::quantile::order_bytes;
use super::{BLOCK_ROWS, Element, Step};

/// Codes that are spread over the range, for the selection's first map.
const SPREAD: u64 = 1024;
/// Up to so many values are kept by the first pass, which is then the only one.
const KEPT: u64 = 2048;
/// Groups of values with the same upper bits that a pass looks into: at least, and at most.
const GROUPS: (usize, usize) = (16, 1024);
/// Bytes that looking into one may take.
const GROUP_BYTES: usize = 1 << 20;

/// The state of one pass of a selection among decimals, by their unscaled integers.
#[derive(Clone, Debug)]
pub struct DecimalOrder {
    memory: usize,
    pass: u32,
    /// Lowest and highest value, once they are known.
    bounds: Option<(i128, i128)>,
    /// Bits of a code below its upper ones.
    shift: u32,
    stage: Stage,
    /// Values that are not null, once they are counted.
    numbers: u64,
    /// Ranks and values found.
    found: Vec<(u64, i128)>,
}

#[derive(Clone, Debug)]
enum Stage {
    Bounds(Survey),
    Upper(State<u64>),
    Lower(Lower),
}

/// How many values, between which, and all of them while they are few.
#[derive(Clone, Debug)]
struct Survey {
    count: u64,
    low: i128,
    high: i128,
    kept: Vec<i128>,
}

/// The selection among values with the same upper bits, of so many groups of them in a pass.
#[derive(Clone, Debug)]
struct Lower {
    /// By their upper bits.
    groups: Vec<Group>,
    /// Values seen, in the first pass over these groups, that lie below the group at a place but not below the one before.
    between: Option<Vec<u64>>,
    /// Upper bits of the groups of later passes, and their ranks.
    waiting: Vec<(u64, Vec<u64>)>,
}

#[derive(Clone, Debug)]
struct Group {
    upper: u64,
    /// Wanted, among all values.
    ranks: Vec<u64>,
    /// Values below the group's, once a pass has counted them.
    below: u64,
    /// By the lower bits; `None` once found.
    order: Option<State<u64>>,
}

impl DecimalOrder {
    /// The empty state of the first pass over values of which nothing is known, whose passes may collect `memory` bytes.
    pub(crate) fn first(memory: usize) -> Self {
        let survey = Survey { count: 0, low: i128::MAX, high: i128::MIN, kept: Vec::new() };
        let stage = Stage::Bounds(survey);
        Self { memory, pass: 1, bounds: None, shift: 0, stage, numbers: 0, found: Vec::new() }
    }

    /// The same for values that are known to lie between `bounds`.
    pub(crate) fn between((low, high): (i128, i128), memory: usize) -> Self {
        let span = high.wrapping_sub(low) as u128;
        let shift = (u128::BITS - span.leading_zeros()).saturating_sub(u64::BITS);
        let stage = Stage::Upper(spread(memory, (span >> shift) as u64).first());
        Self { bounds: Some((low, high)), shift, stage, ..Self::first(memory) }
    }

    /// Lowest and highest value, once they are known.
    pub(super) fn bounds(&self) -> Option<(i128, i128)> {
        self.bounds
    }

    /// Which pass this is a state of, from 1.
    pub(super) fn pass(&self) -> u32 {
        self.pass
    }

    fn low(&self) -> i128 {
        self.bounds.map_or(0, |bounds| bounds.0)
    }

    /// The value of a code.
    fn value(&self, upper: u64, lower: u64) -> i128 {
        self.low().wrapping_add((u128::from(upper) << self.shift | u128::from(lower)) as i128)
    }

    /// Takes in the rows of `column`.
    pub(crate) fn update(&mut self, level: Level, column: &Column<'_>) {
        let (low, shift) = (self.low(), self.shift);
        let code = |value: i128| {
            let code = value.wrapping_sub(low) as u128;
            ((code >> shift) as u64, (code & !(u128::MAX << shift)) as u64)
        };
        let mut codes = Vec::new();
        i128::blocks(level, column, |block| {
            for values in block.values.chunks(BLOCK_ROWS) {
                match &mut self.stage {
                    Stage::Bounds(survey) => survey.update(values),
                    Stage::Upper(order) => {
                        codes.clear();
                        codes.extend(values.iter().map(|&value| code(value).0));
                        order.update(level, &codes);
                    }
                    Stage::Lower(lower) => lower.update(level, values.iter().map(|&value| code(value))),
                }
            }
        });
    }

    /// Takes in the rows that `other` has seen in this pass.
    ///
    /// # Panics
    /// If it is a state of another pass.
    pub(crate) fn merge(&mut self, other: &Self) {
        match (&mut self.stage, &other.stage) {
            (Stage::Bounds(mine), Stage::Bounds(theirs)) => mine.merge(theirs),
            (Stage::Upper(mine), Stage::Upper(theirs)) => mine.merge(theirs),
            (Stage::Lower(mine), Stage::Lower(theirs)) => mine.merge(theirs),
            _ => panic!("states of different passes do not merge"),
        }
    }

    /// What follows, once every row has been seen: another pass, or the values at the `ranks` of so many numbers.
    pub(crate) fn next(mut self, ranks: impl FnOnce(u64) -> Vec<u64>) -> Step<Self, Selected<i128>> {
        self.pass += 1;
        let survey = Survey { count: 0, low: 0, high: 0, kept: Vec::new() };
        match std::mem::replace(&mut self.stage, Stage::Bounds(survey)) {
            Stage::Bounds(survey) => self.after_bounds(survey, ranks),
            Stage::Upper(order) => self.after_upper(order, ranks),
            Stage::Lower(lower) => self.after_lower(lower),
        }
    }

    fn after_bounds(
        mut self,
        survey: Survey,
        ranks: impl FnOnce(u64) -> Vec<u64>,
    ) -> Step<Self, Selected<i128>> {
        let Survey { count, low, high, mut kept } = survey;
        if count > KEPT {
            return Step::Again(Self { pass: self.pass, ..Self::between((low, high), self.memory) });
        }
        kept.sort_unstable();
        self.numbers = count;
        let wanted = if count > 0 { ranks(count) } else { Vec::new() };
        self.found = wanted.into_iter().map(|rank| (rank, kept[rank as usize])).collect();
        self.done()
    }

    fn after_upper(
        mut self,
        order: State<u64>,
        ranks: impl FnOnce(u64) -> Vec<u64>,
    ) -> Step<Self, Selected<i128>> {
        let selected = match order.next(ranks) {
            OrderStep::Again(order) => return Step::Again(Self { stage: Stage::Upper(order), ..self }),
            OrderStep::Done(selected) => selected,
        };
        self.numbers = selected.numbers;
        if self.shift == 0 {
            self.found = selected.values.iter().map(|&(rank, upper)| (rank, self.value(upper, 0))).collect();
            return self.done();
        }
        let mut waiting: Vec<(u64, Vec<u64>)> = Vec::new();
        // Ranks rise, and so do upper bits.
        for &(rank, upper) in &selected.values {
            match waiting.last_mut() {
                Some(last) if last.0 == upper => last.1.push(rank),
                _ => waiting.push((upper, vec![rank])),
            }
        }
        self.look_into(waiting)
    }

    /// A pass over some of the groups that are `waiting`.
    fn look_into(mut self, mut waiting: Vec<(u64, Vec<u64>)>) -> Step<Self, Selected<i128>> {
        if waiting.is_empty() {
            return self.done();
        }
        let together = (self.memory / GROUP_BYTES).clamp(GROUPS.0, GROUPS.1);
        let later = waiting.split_off(together.min(waiting.len()));
        let selection = spread(self.memory / together, u64::MAX >> (u64::BITS - self.shift));
        let group = |(upper, ranks)| Group { upper, ranks, below: 0, order: Some(selection.first()) };
        let groups: Vec<Group> = waiting.into_iter().map(group).collect();
        let between = Some(vec![0; groups.len() + 1]);
        self.stage = Stage::Lower(Lower { groups, between, waiting: later });
        Step::Again(self)
    }

    fn after_lower(mut self, mut lower: Lower) -> Step<Self, Selected<i128>> {
        if let Some(between) = lower.between.take() {
            let mut below = 0;
            for (group, count) in lower.groups.iter_mut().zip(between) {
                below += count;
                group.below = below;
            }
        }
        for group in &mut lower.groups {
            let Some(order) = group.order.take() else { continue };
            let wanted = |_| group.ranks.iter().map(|rank| rank - group.below).collect();
            match order.next(wanted) {
                OrderStep::Again(order) => group.order = Some(order),
                OrderStep::Done(selected) => {
                    for &(rank, code) in &selected.values {
                        self.found.push((rank + group.below, self.value(group.upper, code)));
                    }
                }
            }
        }
        if lower.groups.iter().all(|group| group.order.is_none()) {
            return self.look_into(lower.waiting);
        }
        self.stage = Stage::Lower(lower);
        Step::Again(self)
    }

    fn done(self) -> Step<Self, Selected<i128>> {
        let Self { mut found, numbers, pass, .. } = self;
        found.sort_unstable();
        found.dedup();
        Step::Done(Selected { numbers, nan: 0, values: found, below: None, passes: pass - 1 })
    }

    /// Canonical bytes of a state within its pass.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.pass.to_le_bytes().to_vec();
        match &self.stage {
            Stage::Bounds(survey) => {
                let mut kept = survey.kept.clone();
                kept.sort_unstable();
                bytes.extend(survey.count.to_le_bytes());
                kept.extend([survey.low, survey.high]);
                bytes.extend(kept.iter().flat_map(|value| value.to_le_bytes()));
            }
            Stage::Upper(order) => bytes.extend(order_bytes(order)),
            Stage::Lower(lower) => {
                let between = lower.between.iter().flatten();
                bytes.extend(between.flat_map(|count| count.to_le_bytes()));
                let orders = lower.groups.iter().filter_map(|group| group.order.as_ref());
                bytes.extend(orders.flat_map(order_bytes));
            }
        }
        bytes
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        let held = match &self.stage {
            Stage::Bounds(survey) => size_of::<i128>() * survey.kept.capacity(),
            Stage::Upper(order) => order.heap_bytes(),
            Stage::Lower(lower) => {
                let group = |group: &Group| {
                    size_of::<Group>() + group.order.as_ref().map_or(0, |order| order.heap_bytes())
                };
                lower.groups.iter().map(group).sum()
            }
        };
        held + size_of::<(u64, i128)>() * self.found.capacity()
    }
}

impl Survey {
    fn update(&mut self, values: &[i128]) {
        for &value in values {
            self.low = self.low.min(value);
            self.high = self.high.max(value);
        }
        self.keep(values, values.len() as u64);
    }

    fn merge(&mut self, other: &Self) {
        self.low = self.low.min(other.low);
        self.high = self.high.max(other.high);
        self.keep(&other.kept, other.count);
    }

    /// Values are kept or not, as their number alone says.
    fn keep(&mut self, values: &[i128], count: u64) {
        self.count += count;
        if self.count <= KEPT {
            self.kept.extend_from_slice(values);
        } else {
            self.kept = Vec::new();
        }
    }
}

impl Lower {
    /// Takes in the upper and the lower bits of codes.
    fn update(&mut self, level: Level, codes: impl Iterator<Item = (u64, u64)>) {
        let mut found = vec![Vec::new(); self.groups.len()];
        for (upper, lower) in codes {
            let place = self.groups.binary_search_by_key(&upper, |group| group.upper);
            if let Some(between) = &mut self.between {
                between[place.map_or_else(|above| above, |at| at + 1)] += 1;
            }
            if let Ok(at) = place {
                found[at].push(lower);
            }
        }
        for (group, lower) in self.groups.iter_mut().zip(found) {
            if let Some(order) = &mut group.order {
                order.update(level, &lower);
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        if let (Some(mine), Some(theirs)) = (&mut self.between, &other.between) {
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
        }
        for (mine, theirs) in self.groups.iter_mut().zip(&other.groups) {
            if let (Some(mine), Some(theirs)) = (&mut mine.order, &theirs.order) {
                mine.merge(theirs);
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
mod tests;
