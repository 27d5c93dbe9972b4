//! Key ranges that a pass looks into, the cells it counts them with, and the filter that finds their elements.

use super::bucket_map::{BUCKETS, BucketMap, bits_of};
use super::kernels::{pick, pick_between, pick_few};
use crate::level::Level;
use crate::order_key::OrderKey;

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

impl KeyRange {
    /// The sub-bucket of a key of the range, of `2^bits`.
    #[inline(always)]
    pub(super) fn cell(&self, key: u64, bits: u32) -> usize {
        let shift = bits_of(self.high - self.low).saturating_sub(bits);
        ((key - self.low) >> shift) as usize
    }
}

/// A sub-bucket of a range that is counted again: how many elements it has, and their lowest and highest key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cell {
    /// Elements.
    pub count: u64,
    /// Their lowest key; `u64::MAX` of none.
    pub lowest: u64,
    /// Their highest key; 0 of none.
    pub highest: u64,
}

impl Cell {
    pub(super) const EMPTY: Cell = Cell { count: 0, lowest: u64::MAX, highest: 0 };

    #[inline(always)]
    pub(super) fn merge(&mut self, other: &Cell) {
        self.count += other.count;
        self.lowest = self.lowest.min(other.lowest);
        self.highest = self.highest.max(other.highest);
    }
}

/// Disjoint key ranges in order, and the buckets that can hold their keys.
#[derive(Debug)]
pub(super) struct Filter {
    pub(super) ranges: Vec<KeyRange>,
    map: BucketMap,
    marks: Marks,
}

/// Which buckets can hold the keys of ranges.
#[derive(Debug)]
enum Marks {
    /// These, some of them more than once.
    Eight([u16; 8]),
    Sixteen([u16; 16]),
    /// Those that are not 0.
    Many(Box<[u8; BUCKETS]>),
}

impl Marks {
    fn new(marks: Box<[u8; BUCKETS]>) -> Self {
        let marked = || (0..=u16::MAX).filter(|&bucket| marks[usize::from(bucket)] > 0);
        match marked().count() {
            1..=8 => Marks::Eight(filled(marked())),
            9..=16 => Marks::Sixteen(filled(marked())),
            _ => Marks::Many(marks),
        }
    }
}

/// The buckets, the last of them until the array is full.
fn filled<const N: usize>(mut buckets: impl Iterator<Item = u16>) -> [u16; N] {
    let mut last = 0;
    std::array::from_fn(|_| {
        last = buckets.next().unwrap_or(last);
        last
    })
}

impl Filter {
    pub(super) fn new<T: OrderKey>(ranges: Vec<KeyRange>, coarse: BucketMap, whole_buckets: bool) -> Self {
        let hull = BucketMap::over(ranges[0].low, ranges[ranges.len() - 1].high);
        let map = if !whole_buckets && hull.grain() < coarse.grain() { hull } else { coarse };
        let mut marks = boxed([0u8; BUCKETS].to_vec());
        for range in &ranges {
            let bucket = |key| usize::from(map.bucket(T::from_key(key)));
            marks[bucket(range.low)..=bucket(range.high)].fill(1);
        }
        Self { ranges, map, marks: Marks::new(marks) }
    }

    /// Calls `take` with the range's index and the key of every element that is in a range.
    pub(super) fn each<T: OrderKey>(&self, level: Level, values: &[T], mut take: impl FnMut(usize, u64)) {
        if let [range] = self.ranges[..] {
            return pick_between(level, (range.low, range.high), values, &mut |key| take(0, key));
        }
        let mut last = (self.ranges[0].low, 0);
        let mut found = |key| {
            if key == last.0 {
                return take(last.1, key);
            }
            let index = self.ranges.partition_point(|range| range.high < key);
            if self.ranges.get(index).is_some_and(|range| range.low <= key) {
                last = (key, index);
                take(index, key);
            }
        };
        match &self.marks {
            Marks::Eight(marked) => pick_few(level, self.map, marked, values, &mut found),
            Marks::Sixteen(marked) => pick_few(level, self.map, marked, values, &mut found),
            Marks::Many(marks) => pick(level, self.map, marks, values, &mut found),
        }
    }
}

fn boxed<T: Copy + std::fmt::Debug>(values: Vec<T>) -> Box<[T; BUCKETS]> {
    values.into_boxed_slice().try_into().expect("as many as there are buckets")
}
