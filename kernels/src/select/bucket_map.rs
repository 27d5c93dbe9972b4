//! A non-decreasing map of values onto 65,536 buckets: what a counting pass counts.

use crate::order_key::OrderKey;

/// Number of buckets.
pub const BUCKETS: usize = 1 << 16;

/// Mantissa bits kept by the logarithmic map.
const FRACTION: u32 = 8;
/// Binades of either sign that it tells apart.
const BINADES: u32 = 128;

/// Which values share a bucket. Any map gives the right order statistics; a good one gives them in fewer passes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BucketMap {
    /// Sign, 128 binades and 8 bits of fraction of the value as a float: buckets 0.2 to 0.4 % wide, whatever the
    /// scale. Magnitudes under `2^(exponent)` and from `2^(exponent + 128)` share the innermost and outermost ones.
    Logarithmic {
        /// Biased exponent of the lowest binade.
        exponent: u32,
    },
    /// `(key - low) >> shift`, clamped: for data in a narrow band.
    Linear {
        /// Keys up to this one share the first bucket.
        low: u64,
        /// Keys per bucket, as a power of two.
        shift: u32,
    },
}

impl BucketMap {
    /// The map for data that nothing is known of: floats from 2^-64 to 2^64, integers of any size.
    pub fn unseeded<T: OrderKey>() -> Self {
        BucketMap::Logarithmic { exponent: if T::IS_FLOAT { 1023 - 64 } else { 1023 - 1 } }
    }

    /// The map that spreads a sample best: unseeded, or linear over the sample's range and as much again.
    ///
    /// The answer of a selection never depends on the sample.
    pub fn from_sample<T: OrderKey>(sample: &[T]) -> Self {
        let numbers = || sample.iter().filter(|value| !value.is_nan());
        let unseeded = Self::unseeded::<T>();
        let Some(low) = numbers().map(|value| value.key()).min() else { return unseeded };
        let high = numbers().map(|value| value.key()).max().unwrap_or(low);
        let slack = (high - low) / 2;
        let linear = Self::over(low.saturating_sub(slack), high.saturating_add(slack));
        // Pairs of the sample that share a bucket: what a second pass would have to look at again.
        let crowding = |map: BucketMap| {
            let mut buckets: Vec<u16> = numbers().map(|&value| map.bucket(value)).collect();
            buckets.sort_unstable();
            buckets.chunk_by(|a, b| a == b).map(|run| (run.len() as u64).pow(2)).sum::<u64>()
        };
        if crowding(linear) < crowding(unseeded) { linear } else { unseeded }
    }

    /// The linear map that spreads the keys from `low` to `high` over 4,096 to 8,192 buckets: more would not stay in
    /// the first-level cache.
    pub(super) fn over(low: u64, high: u64) -> Self {
        BucketMap::Linear { low, shift: bits_of(high - low).saturating_sub(13) }
    }

    /// Keys per bucket where the map is finest, as a power of two; for choosing between maps.
    pub(super) fn grain(self) -> u32 {
        match self {
            BucketMap::Logarithmic { .. } => 52 - FRACTION,
            BucketMap::Linear { shift, .. } => shift,
        }
    }

    /// The bucket of a value; non-decreasing in the order of keys. NaNs fall into one of the outermost.
    #[inline(always)]
    pub fn bucket<T: OrderKey>(self, value: T) -> u16 {
        match self {
            BucketMap::Logarithmic { exponent } => logarithmic(value, exponent),
            BucketMap::Linear { low, shift } => linear(value, low, shift),
        }
    }

    /// The lowest and the highest key of what is not NaN in `bucket`; `None` if there is no such key.
    pub fn keys_of<T: OrderKey>(self, bucket: u16) -> Option<(u64, u64)> {
        let (lowest, highest) = (T::LOWEST.key(), T::HIGHEST.key());
        // The first key whose bucket is `wanted` or above; one past the highest if there is none.
        let first = |wanted: u32| -> u128 {
            let (mut low, mut high) = (u128::from(lowest), u128::from(highest) + 1);
            while low < high {
                let middle = (low + high) / 2;
                if u32::from(self.bucket(T::from_key(middle as u64))) < wanted {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            low
        };
        let (low, next) = (first(u32::from(bucket)), first(u32::from(bucket) + 1));
        (low < next).then(|| (low as u64, (next - 1) as u64))
    }
}

/// Bits needed to write `width`.
pub(super) fn bits_of(width: u64) -> u32 {
    64 - width.leading_zeros()
}

#[inline(always)]
pub(super) fn logarithmic<T: OrderKey>(value: T, exponent: u32) -> u16 {
    let high = (value.nearest_f64().to_bits() >> 32) as u32;
    // 20 fraction bits are left in the high half.
    let magnitude = (high & 0x7fff_ffff) >> (20 - FRACTION);
    let step = magnitude.saturating_sub(exponent << FRACTION).min((BINADES << FRACTION) - 1);
    let flip = ((high as i32) >> 31) as u32;
    ((0x8000 + step) ^ flip) as u16
}

#[inline(always)]
pub(super) fn linear<T: OrderKey>(value: T, low: u64, shift: u32) -> u16 {
    let step = value.key().saturating_sub(low) >> (shift & 63);
    step.min(0xffff) as u16
}
