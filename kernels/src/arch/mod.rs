//! What the compiler cannot find by itself, per level, behind one small trait.
//!
//! A vector is one of 64-bit lanes, as many as suit the level's registers ([`Simd::LANES`]). An algorithm written with
//! it must give the same result for any number of lanes: by integer sums, minima, maxima and unions, which do not care
//! how values are dealt out, never by floating-point sums. All floating-point operations here are the correctly
//! rounded ones of IEEE 754.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod baseline;
mod chosen;
mod digits;
mod extrema;
#[cfg(target_arch = "x86_64")]
mod lane_sum;
mod left_pack;
mod pair_digits;
mod philox;
mod power_digits;
mod ranks;
pub(crate) mod sort;

#[cfg(target_arch = "x86_64")]
pub use avx2::Avx2;
#[cfg(target_arch = "x86_64")]
pub use avx512::Avx512;
pub use baseline::Baseline;
pub use chosen::{Chosen, ChosenDigits};
pub use digits::SmallDigits;
pub use extrema::FloatExtrema;
pub use left_pack::LeftPack;
pub use pair_digits::{PAIR_VECTORS, PairDigits, Pairs};
pub use philox::{ABREAST, Bijections, bijection, counter_sum};
pub use power_digits::{POWER_VECTORS, PowerDigits, Powers};
pub use ranks::Ranks;

/// From how many bytes ahead on memory is asked for into the second-level cache, not the first.
///
/// The first level has few places for lines on their way, and what waits for them holds up loads: on a Xeon (Sapphire
/// Rapids or later) sums of a column out of memory gain a tenth by this.
#[cfg(target_arch = "x86_64")]
pub(crate) const FAR_BYTES: usize = 1024;

/// A zero-sized token: holding one proves that the CPU has the level's instructions.
///
/// Its operations are inlined into the level's copy of a [`Kernel`](crate::dispatch::Kernel); elsewhere they work
/// but are slow.
pub trait Simd:
    Bijections
    + Chosen
    + FloatExtrema
    + LeftPack
    + Pairs
    + Powers
    + Ranks
    + SmallDigits
    + Copy
    + Send
    + Sync
    + 'static
{
    /// The level's name.
    const NAME: &'static str;

    /// Whether there is a fused multiply-add: whether [`Simd::product_error`] is exact.
    const FUSED: bool;

    /// Lanes of a vector: 4 or 8.
    const LANES: usize;

    /// As many floats in memory: an array.
    type Floats: 'static;

    /// A vector of `f64`.
    type F64: Copy;

    /// A vector of 64-bit integers.
    type I64: Copy;

    /// `values` as whole vectors, and the rest.
    fn vectors(self, values: &[f64]) -> (&[Self::Floats], &[f64]);

    /// The floats.
    fn load(self, values: &Self::Floats) -> Self::F64;

    /// Fewer floats than there are lanes, filled up with zeros.
    ///
    /// # Panics
    /// If there are more.
    fn load_rest(self, rest: &[f64]) -> Self::F64;

    /// As [`Simd::vectors`], to write to.
    fn vectors_mut(self, values: &mut [f64]) -> (&mut [Self::Floats], &mut [f64]);

    /// Writes the lanes.
    fn store(self, a: Self::F64, to: &mut Self::Floats);

    /// Lane `i` is the sum of lanes `0..=i`, none of whose additions rounds, which the caller has shown: then it makes
    /// no difference in which order levels add.
    fn exact_running_sums(self, a: Self::F64) -> Self::F64;

    /// The last lane in every lane.
    fn splat_last(self, a: Self::F64) -> Self::F64;

    /// The same float in every lane.
    fn splat(self, value: f64) -> Self::F64;

    /// The same integer in every lane.
    fn splat_integer(self, value: u64) -> Self::I64;

    /// `a + b`.
    fn add(self, a: Self::F64, b: Self::F64) -> Self::F64;

    /// `a - b`.
    fn sub(self, a: Self::F64, b: Self::F64) -> Self::F64;

    /// `a * b`.
    fn mul(self, a: Self::F64, b: Self::F64) -> Self::F64;

    /// `a * b + c` where `a * b` needs no rounding, which the caller has shown: then it makes no difference that
    /// one level rounds once (a fused instruction) and another twice.
    fn add_exact_product(self, a: Self::F64, b: Self::F64, c: Self::F64) -> Self::F64;

    /// The error `a * b - product` of a rounded product: exact where the level is [`Simd::FUSED`] and no bit of it is
    /// below the least float, and of no use elsewhere.
    fn product_error(self, a: Self::F64, b: Self::F64, product: Self::F64) -> Self::F64;

    /// The bits of the floats.
    fn bits(self, a: Self::F64) -> Self::I64;

    /// `a + b` modulo 2^64.
    fn add_integers(self, a: Self::I64, b: Self::I64) -> Self::I64;

    /// All ones where the lanes are equal, else zero.
    fn equal_integers(self, a: Self::I64, b: Self::I64) -> Self::I64;

    /// Bit `i` tells whether `a < b` in lane `i`: false where one is NaN.
    fn less(self, a: Self::F64, b: Self::F64) -> u64;

    /// Bit `i` tells whether `a <= b` in lane `i`: false where one is NaN.
    fn less_or_equal(self, a: Self::F64, b: Self::F64) -> u64;

    /// Bit `i` tells whether `a == b` in lane `i`: false where one is NaN.
    fn equal(self, a: Self::F64, b: Self::F64) -> u64;

    /// Lane `i` of each of the four vectors, side by side; past the last lane there may be anything.
    fn interleave(self, parts: [Self::I64; 4]) -> [[u64; 4]; 8];

    /// Bitwise and.
    fn and(self, a: Self::I64, b: Self::I64) -> Self::I64;

    /// Bitwise or.
    fn or(self, a: Self::I64, b: Self::I64) -> Self::I64;

    /// The maximum of each part of 16 bits, as signed numbers.
    fn max_i16(self, a: Self::I64, b: Self::I64) -> Self::I64;

    /// The minimum of each part of 16 bits, as signed numbers.
    fn min_i16(self, a: Self::I64, b: Self::I64) -> Self::I64;

    /// The lanes folded one after the other into `start`.
    fn fold(self, a: Self::I64, start: u64, step: impl Fn(u64, u64) -> u64) -> u64;

    /// Bit `i` is the lowest bit of byte `i`; the other bits of every byte are zero.
    fn pack_truths(self, bytes: &[u8; 64]) -> u64;

    /// Those of four integers whose bit of `mask` (below 16) is set, moved to the front in order; what follows them may
    /// be anything.
    fn left_pack(self, values: &[u64; 4], mask: usize) -> [u64; 4];

    /// Whether [`Simd::left_pack_eight`] is one instruction.
    const PACKS_EIGHT: bool = false;

    /// As [`Simd::left_pack`] for eight integers and the low eight bits of `mask`.
    #[inline(always)]
    fn left_pack_eight(self, values: &[u64; 8], mask: usize) -> [u64; 8] {
        let (mut packed, mut to) = ([0; 8], 0);
        for (lane, value) in values.iter().enumerate() {
            packed[to & 7] = *value;
            to += mask >> lane & 1;
        }
        packed
    }

    /// Asks for the cache line `bytes` past the start of `values`, which need not be inside them, to be brought as near as the
    /// second-level cache (see `FAR_BYTES`).
    fn prefetch(self, values: &Self::Floats, bytes: usize);

    /// Asks for the cache line where `value` begins: it will be used soon, at a place that no pattern foretells.
    #[inline(always)]
    fn prefetch_one<T>(self, _value: &T) {}

    /// Asks for the cache line `bytes` past `value`, which need not be inside anything; from `FAR_BYTES` on to be brought as
    /// near as the second-level cache.
    #[inline(always)]
    fn prefetch_beyond<T>(self, _value: &T, _bytes: usize) {}
}
