//! Digits of two columns, and all products of them, by the multiply-add of 52-bit integers (AVX-512 IFMA).
//!
//! A magic number's addition leaves the multiple of its unit in the fraction of the sum, 2^51 too large; the multiply-add
//! reads nothing but fractions. So the patterns are its operands as they stand, and what is too much is known from the
//! sums of the digits.

#[cfg(target_arch = "x86_64")]
use super::Avx2;
use super::Baseline;

/// Vectors that a call takes at most: 2^11 products of less than 2^52 in each half of a lane's sums.
pub const PAIR_VECTORS: usize = 1 << 10;

/// Sums over pairs, of which each value is two digits: what is left after the first magic number was added and taken off
/// goes to the second.
#[derive(Clone, Copy, Debug)]
pub struct PairDigits {
    /// Sums of the patterns of the digits, modulo 2^64: the first and the second of x, then of y.
    pub patterns: [[u64; 2]; 2],
    /// Sums of the products of the patterns' fractions: of x by x, y by y and x by y; of the first digits, of a first by
    /// a second (of x by y both of them), of the second ones.
    pub products: [[u128; 3]; 3],
    /// Largest magnitudes of x and y, as bits.
    pub most: [u64; 2],
    /// Least magnitudes.
    pub least: [u64; 2],
}

/// Sums of the digits of pairs and of their products.
pub trait Pairs {
    /// The sums over `x` and `y`, of which there are as many, [`PAIR_VECTORS`] at most, where `magics` are those of the two
    /// digits of x and y; `None` where the CPU lacks the instruction. Without `SQUARES` the products of x by x and of y by
    /// y are left zero. The memory after them is asked for.
    #[inline(always)]
    fn pair_digits<const SQUARES: bool>(
        self,
        x: &[[f64; 8]],
        y: &[[f64; 8]],
        magics: [[f64; 2]; 2],
    ) -> Option<PairDigits>
    where
        Self: Sized,
    {
        let _ = (x, y, magics);
        None
    }
}

impl Pairs for Baseline {}

#[cfg(target_arch = "x86_64")]
impl Pairs for Avx2 {}

#[cfg(target_arch = "x86_64")]
mod avx512 {
    use super::{PAIR_VECTORS, PairDigits, Pairs};
    use crate::arch::Avx512;
    use crate::arch::lane_sum::sum_of_lanes;
    use crate::level::has_ifma;
    use std::arch::x86_64::{
        __m512d, __m512i, _MM_HINT_T1, _mm_prefetch, _mm512_add_epi64, _mm512_add_pd, _mm512_and_si512,
        _mm512_castpd_si512, _mm512_loadu_pd, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64, _mm512_max_epu64,
        _mm512_min_epu64, _mm512_reduce_max_epu64, _mm512_reduce_min_epu64, _mm512_set1_epi64,
        _mm512_set1_pd, _mm512_setzero_si512, _mm512_sub_pd,
    };

    /// Far enough for memory to answer, near enough to stay in the cache.
    const AHEAD_BYTES: usize = 4096;

    impl Pairs for Avx512 {
        #[inline(always)]
        fn pair_digits<const SQUARES: bool>(
            self,
            x: &[[f64; 8]],
            y: &[[f64; 8]],
            magics: [[f64; 2]; 2],
        ) -> Option<PairDigits> {
            assert!(x.len() == y.len() && x.len() <= PAIR_VECTORS, "as many x as y, and not too many");
            if !has_ifma() {
                return None;
            }
            // SAFETY: an `Avx512` token is only made where AVX-512 was detected, and the rest of the features was now.
            Some(unsafe { pair_digits::<SQUARES>(x, y, magics) })
        }
    }

    /// The sums of a product in 104 bits: of the lower and of the upper halves.
    type Halves = [__m512i; 2];

    #[target_feature(
        enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512ifma"
    )]
    fn pair_digits<const SQUARES: bool>(x: &[[f64; 8]], y: &[[f64; 8]], magics: [[f64; 2]; 2]) -> PairDigits {
        let magics = magics.map(|column| column.map(|magic| _mm512_set1_pd(magic)));
        let zero = _mm512_setzero_si512();
        let magnitude = _mm512_set1_epi64(i64::MAX);
        let mut patterns = [[zero; 2]; 2];
        let mut products = [[[zero; 2]; 3]; 3];
        let mut most = [zero; 2];
        let mut least = [magnitude; 2];
        for (x, y) in x.iter().zip(y) {
            for lane in [x, y] {
                _mm_prefetch::<_MM_HINT_T1>(lane.as_ptr().cast::<i8>().wrapping_add(AHEAD_BYTES));
            }
            // SAFETY: the reference covers the 64 bytes read.
            let x = unsafe { _mm512_loadu_pd(x.as_ptr()) };
            // SAFETY: the reference covers the 64 bytes read.
            let y = unsafe { _mm512_loadu_pd(y.as_ptr()) };
            let unsigned = [x, y].map(|value| _mm512_and_si512(_mm512_castpd_si512(value), magnitude));
            let [a, b] = [digits(x, magics[0]), digits(y, magics[1])];
            for (at, digits) in [a, b].into_iter().enumerate() {
                most[at] = _mm512_max_epu64(most[at], unsigned[at]);
                least[at] = _mm512_min_epu64(least[at], unsigned[at]);
                patterns[at][0] = _mm512_add_epi64(patterns[at][0], digits[0]);
                patterns[at][1] = _mm512_add_epi64(patterns[at][1], digits[1]);
            }
            let [xx, yy, xy] = &mut products;
            if SQUARES {
                for (sums, digits) in [(xx, a), (yy, b)] {
                    multiply_add(&mut sums[0], digits[0], digits[0]);
                    multiply_add(&mut sums[1], digits[0], digits[1]);
                    multiply_add(&mut sums[2], digits[1], digits[1]);
                }
            }
            multiply_add(&mut xy[0], a[0], b[0]);
            multiply_add(&mut xy[1], a[0], b[1]);
            multiply_add(&mut xy[2], a[1], b[1]);
            multiply_add(&mut xy[1], a[1], b[0]);
        }
        PairDigits {
            patterns: patterns.map(|digits| digits.map(|sum| sum_of_lanes(sum) as u64)),
            products: products
                .map(|sums| sums.map(|[low, high]| sum_of_lanes(low) + (sum_of_lanes(high) << 52))),
            most: most.map(|most| _mm512_reduce_max_epu64(most)),
            least: least.map(|least| _mm512_reduce_min_epu64(least)),
        }
    }

    #[target_feature(
        enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512ifma"
    )]
    #[inline]
    fn digits(value: __m512d, [first, second]: [__m512d; 2]) -> [__m512i; 2] {
        let high = _mm512_add_pd(value, first);
        let rest = _mm512_sub_pd(value, _mm512_sub_pd(high, first));
        [_mm512_castpd_si512(high), _mm512_castpd_si512(_mm512_add_pd(rest, second))]
    }

    #[target_feature(
        enable = "avx2,fma,bmi1,bmi2,f16c,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512ifma"
    )]
    #[inline]
    fn multiply_add(sums: &mut Halves, a: __m512i, b: __m512i) {
        sums[0] = _mm512_madd52lo_epu64(sums[0], a, b);
        sums[1] = _mm512_madd52hi_epu64(sums[1], a, b);
    }
}
