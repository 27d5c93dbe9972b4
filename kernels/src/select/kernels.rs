//! The loops of selection: count buckets, pick the elements of marked buckets, select several ranks in memory.

use super::bucket_map::{BUCKETS, BucketMap, linear, logarithmic};
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::level::Level;
use crate::order_key::OrderKey;

/// Elements whose buckets are computed before they are used: vectorised first half, scattered second half.
const PART: usize = 512;
/// Elements of a cache line.
const LINE: usize = 8;
/// Far enough for memory to answer while buckets are counted, near enough to stay in the cache.
const AHEAD_BYTES: usize = 8192;

/// Floats that a counting pass counts apart; integers have none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Specials {
    /// NaNs.
    pub nan: u64,
    /// `+0.0`.
    pub positive_zero: u64,
    /// `-0.0`.
    pub negative_zero: u64,
}

impl Specials {
    /// Takes in what `other` has counted.
    pub fn merge(&mut self, other: &Specials) {
        self.nan += other.nan;
        self.positive_zero += other.positive_zero;
        self.negative_zero += other.negative_zero;
    }
}

/// Adds the number of elements in every bucket to `counts`, which must not overflow: 32 bits, because the buckets in use
/// should stay in the first-level cache. Returns the special
/// values among them; NaNs are in no bucket.
pub fn bucket_counts<T: OrderKey>(
    level: Level,
    map: BucketMap,
    values: &[T],
    counts: &mut [u32; BUCKETS],
) -> Specials {
    level.run(Count { map, values, counts, ordinary: false })
}

/// [`bucket_counts`] of values among which there is neither a NaN nor a zero.
pub(super) fn ordinary_bucket_counts<T: OrderKey>(
    level: Level,
    map: BucketMap,
    values: &[T],
    counts: &mut [u32; BUCKETS],
) {
    level.run(Count { map, values, counts, ordinary: true });
}

/// Calls `take` with the key of every element that is in a marked bucket, in order. NaNs may be among them: their
/// keys are outside the keys of numbers.
pub fn pick<T: OrderKey>(
    level: Level,
    map: BucketMap,
    marks: &[u8; BUCKETS],
    values: &[T],
    take: &mut impl FnMut(u64),
) {
    let is_marked = |slot: u16| marks[usize::from(slot)];
    level.run(Pick { map, is_marked, values, take });
}

/// [`pick`] where no bucket is marked but those of `marked`, some of which may be the same: the buckets of a part are
/// compared with each of them, many at a time, in place of a look into a table for each.
pub(super) fn pick_few<T: OrderKey, const N: usize>(
    level: Level,
    map: BucketMap,
    marked: &[u16; N],
    values: &[T],
    take: &mut impl FnMut(u64),
) {
    // Every mark is compared: a jump would keep the loop from being vectorised.
    let is_marked = |slot: u16| marked.iter().fold(0, |found, &mark| found | u8::from(slot == mark));
    level.run(Pick { map, is_marked, values, take });
}

/// Calls `take` with the key of every element whose key is in `low..=high`, in order.
pub(super) fn pick_between<T: OrderKey>(
    level: Level,
    (low, high): (u64, u64),
    values: &[T],
    take: &mut impl FnMut(u64),
) {
    level.run(PickBetween { low, width: high - low, values, take });
}

/// The keys at `ranks` (strictly increasing, below the length) of the sorted order of `keys`, which is reordered.
///
/// Linear in the keys, times the logarithm of the number of ranks.
///
/// # Panics
/// If a rank is not below the number of keys.
pub fn select_ranks(keys: &mut [u64], ranks: &[u64]) -> Vec<u64> {
    let mut selected = vec![0; ranks.len()];
    select_into(keys, 0, ranks, &mut selected);
    selected
}

fn select_into(keys: &mut [u64], offset: u64, ranks: &[u64], selected: &mut [u64]) {
    if ranks.is_empty() {
        return;
    }
    let middle = ranks.len() / 2;
    let at = (ranks[middle] - offset) as usize;
    let (left, &mut key, right) = keys.select_nth_unstable(at);
    selected[middle] = key;
    let (before, after) = selected.split_at_mut(middle);
    select_into(left, offset, &ranks[..middle], before);
    select_into(right, ranks[middle] + 1, &ranks[middle + 1..], &mut after[1..]);
}

#[inline(always)]
fn buckets<T: OrderKey>(map: BucketMap, values: &[T], out: &mut [u16; PART]) {
    match map {
        BucketMap::Logarithmic { exponent } => {
            for (slot, &value) in out.iter_mut().zip(values) {
                *slot = logarithmic(value, exponent);
            }
        }
        BucketMap::Linear { low, shift } => {
            for (slot, &value) in out.iter_mut().zip(values) {
                *slot = linear(value, low, shift);
            }
        }
    }
}

struct Count<'a, T> {
    map: BucketMap,
    values: &'a [T],
    counts: &'a mut [u32; BUCKETS],
    ordinary: bool,
}

impl<T: OrderKey> Kernel for Count<'_, T> {
    type Output = Specials;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Specials {
        let mut slots = [0u16; PART];
        let mut specials = Specials::default();
        for part in self.values.chunks(PART) {
            buckets(self.map, part, &mut slots);
            for (line, slots) in part.chunks(LINE).zip(slots[..part.len()].chunks(LINE)) {
                simd.prefetch_beyond(&line[0], AHEAD_BYTES);
                for &slot in slots {
                    self.counts[usize::from(slot)] += 1;
                }
            }
            if T::IS_FLOAT && !self.ordinary {
                let nan: u64 = part.iter().map(|value| u64::from(value.is_nan())).sum();
                let negative_zero: u64 = part.iter().map(|value| u64::from(value.is_negative_zero())).sum();
                let zero: u64 = part.iter().map(|&value| u64::from(value == T::ZERO)).sum();
                specials.merge(&Specials { nan, negative_zero, positive_zero: zero - negative_zero });
                if nan > 0 {
                    for value in part.iter().filter(|value| value.is_nan()) {
                        self.counts[usize::from(self.map.bucket(*value))] -= 1;
                    }
                }
            }
        }
        specials
    }
}

struct Pick<'a, T, M, F> {
    map: BucketMap,
    is_marked: M,
    values: &'a [T],
    take: &'a mut F,
}

impl<T: OrderKey, M: Fn(u16) -> u8, F: FnMut(u64)> Kernel for Pick<'_, T, M, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let mut slots = [0u16; PART];
        let mut hits = [0u8; PART];
        for part in self.values.chunks(PART) {
            buckets(self.map, part, &mut slots);
            hits[part.len()..].fill(0);
            for (hit, &slot) in hits.iter_mut().zip(&slots[..part.len()]) {
                *hit = (self.is_marked)(slot);
            }
            take_hits(&hits, part, self.take);
        }
    }
}

struct PickBetween<'a, T, F> {
    low: u64,
    width: u64,
    values: &'a [T],
    take: &'a mut F,
}

impl<T: OrderKey, F: FnMut(u64)> Kernel for PickBetween<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let mut hits = [0u8; PART];
        for part in self.values.chunks(PART) {
            hits[part.len()..].fill(0);
            for (hit, &value) in hits.iter_mut().zip(part) {
                *hit = u8::from(value.key().wrapping_sub(self.low) <= self.width);
            }
            take_hits(&hits, part, self.take);
        }
    }
}

/// Hits are few: eight flags at a time are passed over with one test.
#[inline(always)]
fn take_hits<T: OrderKey>(hits: &[u8; PART], part: &[T], take: &mut impl FnMut(u64)) {
    for (index, group) in hits.as_chunks::<8>().0.iter().enumerate() {
        let mut word = u64::from_le_bytes(*group);
        while word != 0 {
            let lane = word.trailing_zeros() as usize / 8;
            take(part[index * 8 + lane].key());
            word &= word - 1;
        }
    }
}
