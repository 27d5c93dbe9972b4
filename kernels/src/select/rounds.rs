//! Exact selection by rounds: what a pass over the data must do, and what follows from its merged result.
//!
//! The first pass counts 65,536 buckets of all values (or, of few values, keeps them). The buckets that hold the wanted
//! ranks are then known, and how many elements each has: if they fit the memory allowed the second pass collects
//! them and the ranks are selected in memory; if not, it counts again inside them, up to 65,536 times finer, and
//! notes each sub-bucket's lowest and highest key, so that heavy ties end there. A key has 64 bits and the first pass
//! leaves at most 63 of them: five passes at most while every range can have its 65,536 counters.
//!
//! Every state is a multiset of keys or a vector of counts: it merges by addition, in any order, exactly. The idea is
//! the histogram-based selection of parallel databases; see Munro and Paterson, "Selection and sorting with limited
//! storage", 1980, for passes against memory.

use super::bucket_map::{BUCKETS, BucketMap, bits_of};
use super::kernels::{bucket_counts, pick, pick_between, select_ranks};
use crate::level::Level;
use crate::order_key::OrderKey;
use std::marker::PhantomData;
use std::sync::Arc;

/// Keys in `low..=high`: `count` of them, after `below` lower ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeyRange {
    /// Lowest key.
    pub low: u64,
    /// Highest key.
    pub high: u64,
    /// Elements with lower keys.
    pub below: u64,
    /// Elements in the range.
    pub count: u64,
}

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

/// The wanted order statistics.
#[derive(Clone, PartialEq, Debug)]
pub struct Selected<T> {
    /// Values that are not NaN.
    pub numbers: u64,
    /// NaNs.
    pub nan: u64,
    /// Wanted ranks and their values, in order.
    pub values: Vec<(u64, T)>,
    /// Passes made.
    pub passes: u32,
}

impl<T: Copy> Selected<T> {
    /// The value at `rank` among those that are not NaN, sorted, from 0; `None` if it was not asked for.
    pub fn at(&self, rank: u64) -> Option<T> {
        let index = self.values.binary_search_by_key(&rank, |entry| entry.0).ok()?;
        Some(self.values[index].1)
    }
}

/// The partial result of one pass.
///
/// `merge` is associative and commutative: counts add, keys are a multiset. States may only be merged within one pass.
#[derive(Clone, Debug)]
pub struct State<T> {
    pass: Arc<Pass>,
    nan: u64,
    keys: Vec<u64>,
    counts: Vec<u64>,
    lowest: Vec<u64>,
    highest: Vec<u64>,
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
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Survey,
    Collect(Filter),
    Refine(Filter, u32),
}

/// Disjoint key ranges in order, and the buckets that can hold their keys.
#[derive(Debug)]
struct Filter {
    ranges: Vec<KeyRange>,
    map: BucketMap,
    marks: Box<[u8; BUCKETS]>,
}

impl Filter {
    fn new<T: OrderKey>(ranges: Vec<KeyRange>, coarse: BucketMap) -> Self {
        let hull = BucketMap::over(ranges[0].low, ranges[ranges.len() - 1].high);
        let map = if hull.grain() < coarse.grain() { hull } else { coarse };
        let mut marks = boxed([0u8; BUCKETS].to_vec());
        for range in &ranges {
            let bucket = |key| usize::from(map.bucket(T::from_key(key)));
            marks[bucket(range.low)..=bucket(range.high)].fill(1);
        }
        Self { ranges, map, marks }
    }

    /// Calls `take` with the range's index and the key of every element that is in a range.
    fn each<T: OrderKey>(&self, level: Level, values: &[T], mut take: impl FnMut(usize, u64)) {
        if let [range] = self.ranges[..] {
            return pick_between(level, (range.low, range.high), values, &mut |key| take(0, key));
        }
        pick(level, self.map, &self.marks, values, &mut |key| {
            let index = self.ranges.partition_point(|range| range.high < key);
            if self.ranges.get(index).is_some_and(|range| range.low <= key) {
                take(index, key);
            }
        });
    }
}

fn boxed<T: Copy + std::fmt::Debug>(values: Vec<T>) -> Box<[T; BUCKETS]> {
    values.into_boxed_slice().try_into().expect("as many as there are buckets")
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
            nan: 0,
            keys: Vec::new(),
            counts: vec![0; cells],
            lowest: vec![u64::MAX; cells],
            highest: vec![0; cells],
            element: PhantomData,
        }
    }

    /// Which pass this is a state of, from 1.
    pub fn pass(&self) -> u32 {
        self.pass.number
    }

    /// Takes in `values`.
    pub fn update(&mut self, level: Level, values: &[T]) {
        let pass = self.pass.clone();
        match &pass.kind {
            Kind::Survey => self.survey(level, values),
            Kind::Collect(filter) => filter.each(level, values, |_, key| self.keys.push(key)),
            Kind::Refine(filter, bits) => {
                let (counts, lowest, highest) = (&mut self.counts, &mut self.lowest, &mut self.highest);
                filter.each(level, values, |index, key| {
                    let cell = (index << bits) + filter.ranges[index].cell(key, *bits);
                    counts[cell] += 1;
                    lowest[cell] = lowest[cell].min(key);
                    highest[cell] = highest[cell].max(key);
                });
            }
        }
    }

    fn survey(&mut self, level: Level, values: &[T]) {
        if self.counts.is_empty() {
            for value in values {
                if value.is_nan() {
                    self.nan += 1;
                } else {
                    self.keys.push(value.key());
                }
            }
            self.spill();
        } else {
            let counts = self.counts.as_mut_slice().try_into().expect("as many as there are buckets");
            self.nan += bucket_counts(level, self.pass.selection.map, values, counts);
        }
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
            self.counts[usize::from(self.pass.selection.map.bucket(T::from_key(key)))] += 1;
        }
    }

    /// Takes in what `other`, a state of the same pass, has seen.
    ///
    /// # Panics
    /// If it is a state of another pass.
    pub fn merge(&mut self, other: &Self) {
        assert!(self.pass.number == other.pass.number, "states of different passes do not merge");
        self.nan += other.nan;
        self.keys.extend_from_slice(&other.keys);
        if matches!(self.pass.kind, Kind::Survey) {
            match (self.counts.is_empty(), other.counts.is_empty()) {
                (true, true) => return self.spill(),
                (true, false) => {
                    self.counts = other.counts.clone();
                    return self.count_keys();
                }
                (false, true) => return self.count_keys(),
                (false, false) => {}
            }
        }
        add(&mut self.counts, &other.counts, |a, b| a + b);
        add(&mut self.lowest, &other.lowest, u64::min);
        add(&mut self.highest, &other.highest, u64::max);
    }

    /// NaNs seen; only the first pass counts them.
    pub fn nan(&self) -> u64 {
        self.nan
    }

    /// The keys kept or collected, sorted, so that equal states give equal vectors.
    pub fn sorted_keys(&self) -> Vec<u64> {
        let mut keys = self.keys.clone();
        keys.sort_unstable();
        keys
    }

    /// The counts, then each cell's lowest and highest key where the pass notes them.
    pub fn counts(&self) -> [&[u64]; 3] {
        [&self.counts, &self.lowest, &self.highest]
    }

    /// Takes in the fields that a state of the same pass wrote: NaNs, [`State::sorted_keys`] and [`State::counts`].
    ///
    /// Returns false, and takes in nothing, if their lengths or keys cannot be this pass's.
    pub fn merge_fields(&mut self, nan: u64, keys: Vec<u64>, counts: [Vec<u64>; 3]) -> bool {
        let [counts, lowest, highest] = counts;
        let survey = matches!(self.pass.kind, Kind::Survey);
        let fits = if survey {
            (counts.is_empty() || counts.len() == BUCKETS && keys.is_empty()) && lowest.is_empty()
        } else {
            counts.len() == self.counts.len() && lowest.len() == self.lowest.len()
        };
        let numbers = |key: &u64| (T::LOWEST.key()..=T::HIGHEST.key()).contains(key);
        if !fits || lowest.len() != highest.len() || !keys.iter().all(numbers) {
            return false;
        }
        let pass = self.pass.clone();
        self.merge(&State { pass, nan, keys, counts, lowest, highest, element: PhantomData });
        true
    }

    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        8 * (self.keys.capacity() + self.counts.len() + self.lowest.len() + self.highest.len())
    }

    /// What follows, once every value has been taken in by one of the states merged into this one.
    ///
    /// `ranks` is asked once, after the first pass, which ranks are wanted of how many numbers; it is not asked of none.
    ///
    /// # Panics
    /// If a wanted rank is not below the number of numbers.
    pub fn next(self, ranks: impl FnOnce(u64) -> Vec<u64>) -> Step<T> {
        let pass = self.pass.clone();
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
                    return done(&pass, numbers, self.nan, known);
                }
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
                return done(&pass, pass.numbers, pass.nan, known);
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
        let nan = if first { self.nan } else { pass.nan };
        if left.is_empty() {
            return done(&pass, numbers, nan, known);
        }
        let selection = pass.selection;
        let elements: u64 = ranges.iter().map(|range| range.count).sum();
        let fits = elements <= selection.memory as u64 / 8;
        let bits = bits_of((selection.memory / 24 / ranges.len()) as u64).saturating_sub(1).clamp(8, 16);
        let filter = Filter::new::<T>(ranges, selection.map);
        let kind = if fits { Kind::Collect(filter) } else { Kind::Refine(filter, bits) };
        Step::Again(State::empty(Pass {
            selection,
            number: pass.number + 1,
            nan,
            numbers,
            known,
            wanted: left,
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
                found.push(KeyRange { low, high, below, count });
            }
            below += count;
        }
        found
    }

    /// The cells of the refined ranges that hold anything.
    fn refined(&self, filter: &Filter, bits: u32) -> Vec<KeyRange> {
        let mut found = Vec::new();
        for (index, range) in filter.ranges.iter().enumerate() {
            let mut below = range.below;
            for cell in index << bits..(index + 1) << bits {
                let count = self.counts[cell];
                if count > 0 {
                    found.push(KeyRange { low: self.lowest[cell], high: self.highest[cell], below, count });
                    below += count;
                }
            }
        }
        found
    }
}

impl KeyRange {
    /// The sub-bucket of a key of the range, of `2^bits`.
    #[inline(always)]
    fn cell(&self, key: u64, bits: u32) -> usize {
        let shift = bits_of(self.high - self.low).saturating_sub(bits);
        ((key - self.low) >> shift) as usize
    }
}

fn add(mine: &mut [u64], theirs: &[u64], combine: fn(u64, u64) -> u64) {
    for (a, &b) in mine.iter_mut().zip(theirs) {
        *a = combine(*a, b);
    }
}

fn done<T: OrderKey>(pass: &Pass, numbers: u64, nan: u64, mut known: Vec<(u64, u64)>) -> Step<T> {
    known.sort_unstable();
    let values = known.into_iter().map(|(rank, key)| (rank, T::from_key(key))).collect();
    Step::Done(Selected { numbers, nan, values, passes: pass.number })
}
