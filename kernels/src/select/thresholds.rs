//! Counting the numbers below given values on the side of a selection: what a histogram with few bins is made of.
//!
//! After the first pass whole buckets are known to be below a value or not; only the bucket that holds it is open.
//! The second pass collects that bucket with the others, unless too many elements are in it.

use super::bucket_map::BucketMap;
use super::ranges::KeyRange;
use crate::order_key::OrderKey;

/// One of so many elements may be collected for thresholds alone: a second look at each must cost less than
/// comparing all.
const SHARE: u64 = 64;

/// A value, and the numbers below it as far as they are known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Threshold {
    key: u64,
    below: u64,
    /// Elements to be compared one by one; `below` counts those under the range.
    pub(super) open: Option<KeyRange>,
}

impl Threshold {
    /// The numbers below, once the elements of the open range are among `keys`.
    pub(super) fn below(&self, keys: &[u64]) -> u64 {
        let Some(range) = self.open else { return self.below };
        let width = self.key - range.low;
        self.below + keys.iter().map(|key| u64::from(key.wrapping_sub(range.low) < width)).sum::<u64>()
    }
}

/// The key that numbers below `value` are under: both zeros are as low as the lower one.
pub(super) fn key_of<T: OrderKey>(value: T) -> u64 {
    value.key() - u64::from(T::IS_FLOAT && value == T::ZERO && !value.is_negative_zero())
}

/// The thresholds `values` after a survey; `None` where too many elements would have to be looked at again.
pub(super) fn located<T: OrderKey>(
    values: &[T],
    map: BucketMap,
    counts: &[u64],
    narrowed: impl Fn(KeyRange) -> KeyRange,
) -> Option<Vec<Threshold>> {
    let locate = |&value: &T| {
        let key = key_of(value);
        let bucket = map.bucket(T::from_key(key));
        let count = counts[usize::from(bucket)];
        let below: u64 = counts[..usize::from(bucket)].iter().sum();
        let settled = |below| Threshold { key, below, open: None };
        if count == 0 {
            return settled(below);
        }
        let (low, high) = map.keys_of::<T>(bucket).expect("a bucket with elements has keys");
        let range = narrowed(KeyRange { low, high, below, count });
        if key <= range.low {
            settled(below)
        } else if range.low == range.high {
            settled(below + count)
        } else {
            Threshold { key, below, open: Some(range) }
        }
    };
    let thresholds: Vec<Threshold> = values.iter().map(locate).collect();
    let open: u64 = thresholds.iter().filter_map(|threshold| threshold.open).map(|range| range.count).sum();
    (open <= counts.iter().sum::<u64>() / SHARE).then_some(thresholds)
}
