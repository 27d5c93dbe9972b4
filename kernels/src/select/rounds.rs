//! Exact selection by rounds: what a pass over the data must do, and what follows from its merged result.
//!
//! The first pass counts 65,536 buckets of all values (or, of few values, keeps them). The buckets that hold the wanted
//! ranks are then known, and how many elements each has: if they fit the memory allowed the second pass collects
//! them and the ranks are selected in memory; if not, it counts again inside them, thousands of times finer, and notes
//! each sub-bucket's lowest and highest key, so that heavy ties end there. A key has 64 bits and the first pass
//! leaves at most 63 of them: five passes at most for one range of 65,536 counters, seven for many
//! of 8,192; real data take two.
//!
//! Every state is a multiset of keys or a vector of counts: it merges by addition, in any order, exactly. The idea is
//! the histogram-based selection of parallel databases; see Munro and Paterson, "Selection and sorting with limited
//! storage", 1980, for passes against memory.

use super::bucket_map::{BUCKETS, BucketMap, bits_of};
use super::kernels::{Specials, bucket_counts, ordinary_bucket_counts, select_ranks};
use super::ranges::{Cell, Filter, KeyRange};
use super::selected::Selected;
use super::thresholds::{Threshold, key_of, located};
use crate::level::Level;
use crate::order_key::OrderKey;
use std::marker::PhantomData;
use std::sync::Arc;

/// How to select: which map the first pass counts with, and how much memory passes may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Selection {
    /// The first pass's map.
    pub map: BucketMap,
    /// Up to this many values are kept by the first pass, which is then the only one.
    pub keep: usize,
    /// Bytes that later passes may hold in all their states together, for keys; and in each state, for counts.
    pub memory: usize,
}

/// What follows from a pass.
#[derive(Debug)]
pub enum Step<T> {
    /// Another pass over the same values, from copies of this empty state.
    Again(State<T>),
    /// The order statistics.
    Done(Selected<T>),
}

/// The partial result of one pass.
///
/// `merge` is associative and commutative: counts add, keys are a multiset. States may only be merged within one pass.
#[derive(Clone, Debug)]
pub struct State<T> {
    pass: Arc<Pass>,
    specials: Specials,
    keys: Vec<u64>,
    counts: Vec<u64>,
    /// Counts of the first pass not yet in `counts`, and how many elements they count.
    recent: Vec<u32>,
    recent_count: u64,
    cells: Vec<Cell>,
    element: PhantomData<T>,
}

/// What all states of a pass share.
#[derive(Debug)]
struct Pass {
    selection: Selection,
    number: u32,
    nan: u64,
    numbers: u64,
    /// Ranks already known, and their keys.
    known: Vec<(u64, u64)>,
    /// Ranks that are left, increasing.
    wanted: Vec<u64>,
    /// What is counted on the side.
    thresholds: Option<Vec<Threshold>>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Survey,
    Collect(Filter),
    Refine(Filter, u32),
}

impl Selection {
    /// A selection that knows nothing of the data: keeps 4,096 values and collects up to `memory` bytes.
    pub fn new<T: OrderKey>(memory: usize) -> Self {
        Self { map: BucketMap::unseeded::<T>(), keep: 4096, memory }
    }

    /// The same, with the map that spreads a sample of the data best.
    pub fn seeded<T: OrderKey>(memory: usize, sample: &[T]) -> Self {
        Self { map: BucketMap::from_sample(sample), ..Self::new::<T>(memory) }
    }

    /// The empty state of the first pass.
    pub fn first<T: OrderKey>(&self) -> State<T> {
        State::empty(Pass {
            selection: *self,
            number: 1,
            nan: 0,
            numbers: 0,
            known: Vec::new(),
            wanted: Vec::new(),
            thresholds: None,
            kind: Kind::Survey,
        })
    }
}

impl<T: OrderKey> State<T> {
    fn empty(pass: Pass) -> Self {
        let cells = match &pass.kind {
            Kind::Refine(filter, bits) => filter.ranges.len() << bits,
            _ => 0,
        };
        Self {
            pass: Arc::new(pass),
            specials: Specials::default(),
            keys: Vec::new(),
            counts: Vec::new(),
            recent: Vec::new(),
            recent_count: 0,
            cells: vec![Cell::EMPTY; cells],
            element: PhantomData,
        }
    }

    /// Which pass this is a state of, from 1.
    pub fn pass(&self) -> u32 {
        self.pass.number
    }

    /// Whether this pass counts the numbers below the thresholds asked for.
    pub fn counts_thresholds(&self) -> bool {
        self.pass.thresholds.is_some()
    }

    /// Takes in `values`.
    pub fn update(&mut self, level: Level, values: &[T]) {
        self.update_known(level, values, false);
    }

    /// Takes in `values`, which are `ordinary` if it is known that there is neither a NaN nor a zero among them.
    pub fn update_known(&mut self, level: Level, values: &[T], ordinary: bool) {
        let pass = self.pass.clone();
        match &pass.kind {
            Kind::Survey => self.survey(level, values, ordinary),
            Kind::Collect(filter) => filter.each(level, values, |_, key| self.keys.push(key)),
            Kind::Refine(filter, bits) => {
                let cells = &mut self.cells;
                // Ties are what brings data here: equal keys in a row are counted in a register.
                let mut run = Cell { count: 0, lowest: filter.ranges[0].low, highest: filter.ranges[0].low };
                let mut cell = 0;
                filter.each(level, values, |index, key| {
                    if key == run.lowest {
                        run.count += 1;
                        return;
                    }
                    if run.count > 0 {
                        cells[cell].merge(&run);
                    }
                    cell = (index << bits) + filter.ranges[index].cell(key, *bits);
                    run = Cell { count: 1, lowest: key, highest: key };
                });
                if run.count > 0 {
                    cells[cell].merge(&run);
                }
            }
        }
    }

    fn survey(&mut self, level: Level, values: &[T], ordinary: bool) {
        if !self.is_counting() {
            for value in values {
                if value.is_nan() {
                    self.specials.nan += 1;
                } else {
                    self.keys.push(value.key());
                }
            }
            return self.spill();
        }
        for part in values.chunks(1 << 30) {
            if self.recent_count + part.len() as u64 > u64::from(u32::MAX) {
                self.settle();
            }
            if self.recent.is_empty() {
                self.recent = vec![0; BUCKETS];
            }
            let recent = self.recent.as_mut_slice().try_into().expect("as many as there are buckets");
            let map = self.pass.selection.map;
            if ordinary {
                ordinary_bucket_counts(level, map, part, recent);
            } else {
                self.specials.merge(&bucket_counts(level, map, part, recent));
            }
            self.recent_count += part.len() as u64;
        }
    }

    /// Whether the first pass has seen more than it keeps.
    fn is_counting(&self) -> bool {
        !self.counts.is_empty() || !self.recent.is_empty()
    }

    /// Moves the recent counts over.
    fn settle(&mut self) {
        self.counts = self.settled();
        self.recent = Vec::new();
        self.recent_count = 0;
    }

    fn settled(&self) -> Vec<u64> {
        let mut counts = self.counts.clone();
        if !self.recent.is_empty() {
            counts.resize(BUCKETS, 0);
            counts.iter_mut().zip(&self.recent).for_each(|(count, &recent)| *count += u64::from(recent));
        }
        counts
    }

    /// Too many values to keep become counts: which it is depends on their number alone.
    fn spill(&mut self) {
        if self.keys.len() > self.pass.selection.keep {
            self.counts = vec![0; BUCKETS];
            self.count_keys();
        }
    }

    fn count_keys(&mut self) {
        for key in std::mem::take(&mut self.keys) {
            let value = T::from_key(key);
            if T::IS_FLOAT && value == T::ZERO {
                let negative = value.is_negative_zero();
                let count = if negative {
                    &mut self.specials.negative_zero
                } else {
                    &mut self.specials.positive_zero
                };
                *count += 1;
            }
            self.counts[usize::from(self.pass.selection.map.bucket(value))] += 1;
        }
    }

    /// Takes in what `other`, a state of the same pass, has seen.
    ///
    /// # Panics
    /// If it is a state of another pass.
    pub fn merge(&mut self, other: &Self) {
        assert!(self.pass.number == other.pass.number, "states of different passes do not merge");
        self.specials.merge(&other.specials);
        self.keys.extend_from_slice(&other.keys);
        if matches!(self.pass.kind, Kind::Survey) {
            if !self.is_counting() && !other.is_counting() {
                return self.spill();
            }
            self.settle();
            self.counts.resize(BUCKETS, 0);
            self.count_keys();
            self.counts.iter_mut().zip(other.settled()).for_each(|(mine, theirs)| *mine += theirs);
        }
        self.cells.iter_mut().zip(&other.cells).for_each(|(mine, theirs)| mine.merge(theirs));
    }

    /// Special values seen by the first pass.
    pub fn specials(&self) -> Specials {
        self.specials
    }

    /// The keys kept or collected, sorted, so that equal states give equal vectors.
    pub fn sorted_keys(&self) -> Vec<u64> {
        let mut keys = self.keys.clone();
        keys.sort_unstable();
        keys
    }

    /// The counts of the first pass's buckets; empty while it keeps keys, and in later passes.
    pub fn counts(&self) -> Vec<u64> {
        self.settled()
    }

    /// The cells of a pass that counts again.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Takes in the fields that a state of the same pass wrote: [`State::specials`],
    /// [`State::sorted_keys`], [`State::counts`] and [`State::cells`].
    ///
    /// Returns false, and takes in nothing, if their lengths or keys cannot be this pass's.
    pub fn merge_fields(
        &mut self,
        specials: Specials,
        keys: Vec<u64>,
        counts: Vec<u64>,
        cells: Vec<Cell>,
    ) -> bool {
        let survey = matches!(self.pass.kind, Kind::Survey);
        let counted = counts.len() == BUCKETS && keys.is_empty() && survey;
        let numbers = |key: &u64| (T::LOWEST.key()..=T::HIGHEST.key()).contains(key);
        let fits =
            (counts.is_empty() || counted) && cells.len() == self.cells.len() && keys.iter().all(numbers);
        if fits {
            self.merge(&State {
                pass: self.pass.clone(),
                specials,
                keys,
                counts,
                recent: Vec::new(),
                recent_count: 0,
                cells,
                element: PhantomData,
            });
        }
        fits
    }

    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        8 * (self.keys.capacity() + self.counts.len()) + 24 * self.cells.len() + 4 * self.recent.len()
    }

    /// What follows, once every value has been taken in by one of the states merged into this one.
    ///
    /// `ranks` is asked once, after the first pass, which ranks are wanted of how many numbers; it is not asked of none.
    ///
    /// # Panics
    /// If a wanted rank is not below the number of numbers.
    pub fn next(self, ranks: impl FnOnce(u64) -> Vec<u64>) -> Step<T> {
        self.next_and_count(ranks, &[])
    }

    /// [`State::next`]; and after the first pass, the numbers below each of `thresholds`, which are not NaN, are to be
    /// counted on the side, if that takes no pass more and little else.
    ///
    /// # Panics
    /// As [`State::next`].
    pub fn next_and_count(mut self, ranks: impl FnOnce(u64) -> Vec<u64>, thresholds: &[T]) -> Step<T> {
        self.settle();
        let pass = self.pass.clone();
        let mut counted = None;
        let (found, wanted) = match &pass.kind {
            Kind::Survey => {
                let numbers = self.keys.len() as u64 + self.counts.iter().sum::<u64>();
                let mut wanted = if numbers == 0 { Vec::new() } else { ranks(numbers) };
                wanted.sort_unstable();
                wanted.dedup();
                assert!(
                    wanted.last().is_none_or(|&rank| rank < numbers),
                    "a rank is below the number of values"
                );
                if self.counts.is_empty() {
                    let mut keys = self.keys;
                    let known = wanted.iter().copied().zip(select_ranks(&mut keys, &wanted)).collect();
                    let below = |&value| {
                        let threshold = key_of::<T>(value);
                        keys.iter().filter(|&&key| key < threshold).count() as u64
                    };
                    let below = Some(thresholds.iter().map(below).collect());
                    return done(&pass, numbers, self.specials.nan, known, below);
                }
                let narrowed = |range| self.narrowed_to_zero(range);
                counted = located(thresholds, pass.selection.map, &self.counts, narrowed);
                (self.surveyed(&wanted), wanted)
            }
            Kind::Collect(filter) => {
                let mut offset = 0;
                let mut local = Vec::with_capacity(pass.wanted.len());
                let mut ranges = filter.ranges.iter().peekable();
                for &rank in &pass.wanted {
                    while let Some(range) = ranges.next_if(|range| rank >= range.below + range.count) {
                        offset += range.count;
                    }
                    let below = ranges.peek().map_or(0, |range| range.below);
                    local.push(offset + rank - below);
                }
                let mut keys = self.keys;
                let mut known = pass.known.clone();
                known.extend(pass.wanted.iter().copied().zip(select_ranks(&mut keys, &local)));
                let below = |thresholds: &Vec<Threshold>| {
                    thresholds.iter().map(|threshold| threshold.below(&keys)).collect()
                };
                return done(&pass, pass.numbers, pass.nan, known, pass.thresholds.as_ref().map(below));
            }
            Kind::Refine(filter, bits) => (self.refined(filter, *bits), pass.wanted.clone()),
        };
        let mut known = pass.known.clone();
        let (mut ranges, mut left): (Vec<KeyRange>, Vec<u64>) = (Vec::new(), Vec::new());
        for rank in wanted {
            let index = found.partition_point(|range| range.below + range.count <= rank);
            let range = found[index];
            if range.low == range.high {
                known.push((rank, range.low));
                continue;
            }
            left.push(rank);
            if ranges.last() != Some(&range) {
                ranges.push(range);
            }
        }
        let first = matches!(pass.kind, Kind::Survey);
        let numbers = if first { self.counts.iter().sum() } else { pass.numbers };
        let nan = if first { self.specials.nan } else { pass.nan };
        let selection = pass.selection;
        let fits = |ranges: &[KeyRange]| {
            ranges.iter().map(|range| range.count).sum::<u64>() <= selection.memory as u64 / 8
        };
        if let Some(thresholds) = &counted {
            let mut all = ranges.clone();
            all.extend(thresholds.iter().filter_map(|threshold| threshold.open));
            all.sort_unstable_by_key(|range| range.low);
            all.dedup();
            if fits(&all) {
                ranges = all;
            } else {
                counted = None;
            }
        }
        if ranges.is_empty() {
            let below =
                counted.map(|thresholds| thresholds.iter().map(|threshold| threshold.below(&[])).collect());
            return done(&pass, numbers, nan, known, below);
        }
        let fits = fits(&ranges);
        let most = if ranges.len() > 2 { 13 } else { 16 };
        let bits = bits_of((selection.memory / 24 / ranges.len()) as u64).saturating_sub(1).clamp(8, most);
        let filter = Filter::new::<T>(ranges, selection.map, first);
        let kind = if fits { Kind::Collect(filter) } else { Kind::Refine(filter, bits) };
        Step::Again(State::empty(Pass {
            selection,
            number: pass.number + 1,
            nan,
            numbers,
            known,
            wanted: left,
            thresholds: counted,
            kind,
        }))
    }

    /// The buckets that hold the wanted ranks.
    fn surveyed(&self, wanted: &[u64]) -> Vec<KeyRange> {
        let mut below = 0;
        let mut wanted = wanted.iter().peekable();
        let mut found = Vec::new();
        for (bucket, &count) in self.counts.iter().enumerate() {
            if wanted.next_if(|&&rank| rank < below + count).is_some() {
                while wanted.next_if(|&&rank| rank < below + count).is_some() {}
                let keys = self.pass.selection.map.keys_of::<T>(bucket as u16);
                let (low, high) = keys.expect("a bucket with elements has keys");
                found.push(self.narrowed_to_zero(KeyRange { low, high, below, count }));
            }
            below += count;
        }
        found
    }

    /// A bucket of nothing but zeros is one key: the heaviest ties of real data end with the first pass.
    fn narrowed_to_zero(&self, range: KeyRange) -> KeyRange {
        let zero = T::ZERO.key();
        let holds = |key| range.low <= key && key <= range.high;
        if T::IS_FLOAT && holds(zero) && range.count == self.specials.positive_zero {
            return KeyRange { low: zero, high: zero, ..range };
        }
        if T::IS_FLOAT && holds(zero - 1) && range.count == self.specials.negative_zero {
            return KeyRange { low: zero - 1, high: zero - 1, ..range };
        }
        range
    }

    /// The cells of the refined ranges that hold anything.
    fn refined(&self, filter: &Filter, bits: u32) -> Vec<KeyRange> {
        let mut found = Vec::new();
        for (index, range) in filter.ranges.iter().enumerate() {
            let mut below = range.below;
            for cell in index << bits..(index + 1) << bits {
                let Cell { count, lowest: low, highest: high } = self.cells[cell];
                if count > 0 {
                    found.push(KeyRange { low, high, below, count });
                    below += count;
                }
            }
        }
        found
    }
}

fn done<T: OrderKey>(
    pass: &Pass,
    numbers: u64,
    nan: u64,
    mut known: Vec<(u64, u64)>,
    below: Option<Vec<u64>>,
) -> Step<T> {
    known.sort_unstable();
    let values = known.into_iter().map(|(rank, key)| (rank, T::from_key(key))).collect();
    Step::Done(Selected { numbers, nan, values, below, passes: pass.number })
}
