//! The level that every CPU of the architecture has, through `wide`.

use super::Simd;
use wide::bytemuck::cast;
use wide::{f64x4, i16x16, u64x4};

/// Token of the baseline level.
#[derive(Clone, Copy, Debug)]
pub struct Baseline;

impl Simd for Baseline {
    const NAME: &'static str = "baseline";

    /// As `wide` decides, when it is compiled.
    const FUSED: bool =
        cfg!(any(target_feature = "fma", all(target_arch = "aarch64", target_feature = "neon")));

    const LANES: usize = 4;

    type Floats = [f64; 4];
    type F64 = f64x4;
    type I64 = u64x4;

    #[inline(always)]
    fn vectors(self, values: &[f64]) -> (&[[f64; 4]], &[f64]) {
        values.as_chunks()
    }

    #[inline(always)]
    fn load(self, values: &[f64; 4]) -> f64x4 {
        f64x4::new(*values)
    }

    #[inline(always)]
    fn load_rest(self, rest: &[f64]) -> f64x4 {
        let mut filled = [0.0; 4];
        filled[..rest.len()].copy_from_slice(rest);
        f64x4::new(filled)
    }

    #[inline(always)]
    fn vectors_mut(self, values: &mut [f64]) -> (&mut [[f64; 4]], &mut [f64]) {
        values.as_chunks_mut()
    }

    #[inline(always)]
    fn store(self, a: f64x4, to: &mut [f64; 4]) {
        *to = a.to_array();
    }

    #[inline(always)]
    fn exact_running_sums(self, a: f64x4) -> f64x4 {
        let [a, b, c, d] = a.to_array();
        f64x4::new([a, a + b, a + b + c, a + b + (c + d)])
    }

    #[inline(always)]
    fn splat_last(self, a: f64x4) -> f64x4 {
        f64x4::splat(a.to_array()[3])
    }

    #[inline(always)]
    fn splat(self, value: f64) -> f64x4 {
        f64x4::splat(value)
    }

    #[inline(always)]
    fn splat_integer(self, value: u64) -> u64x4 {
        u64x4::splat(value)
    }

    #[inline(always)]
    fn add(self, a: f64x4, b: f64x4) -> f64x4 {
        a + b
    }

    #[inline(always)]
    fn sub(self, a: f64x4, b: f64x4) -> f64x4 {
        a - b
    }

    #[inline(always)]
    fn mul(self, a: f64x4, b: f64x4) -> f64x4 {
        a * b
    }

    #[inline(always)]
    fn add_exact_product(self, a: f64x4, b: f64x4, c: f64x4) -> f64x4 {
        a.mul_add(b, c)
    }

    #[inline(always)]
    fn product_error(self, a: f64x4, b: f64x4, product: f64x4) -> f64x4 {
        a.mul_sub(b, product)
    }

    #[inline(always)]
    fn bits(self, a: f64x4) -> u64x4 {
        cast(a)
    }

    #[inline(always)]
    fn add_integers(self, a: u64x4, b: u64x4) -> u64x4 {
        a + b
    }

    #[inline(always)]
    fn equal_integers(self, a: u64x4, b: u64x4) -> u64x4 {
        a.simd_eq(b)
    }

    #[inline(always)]
    fn less(self, a: f64x4, b: f64x4) -> u64 {
        u64::from(a.simd_lt(b).to_bitmask())
    }

    #[inline(always)]
    fn less_or_equal(self, a: f64x4, b: f64x4) -> u64 {
        u64::from(a.simd_le(b).to_bitmask())
    }

    #[inline(always)]
    fn equal(self, a: f64x4, b: f64x4) -> u64 {
        u64::from(a.simd_eq(b).to_bitmask())
    }

    #[inline(always)]
    fn interleave(self, parts: [u64x4; 4]) -> [[u64; 4]; 8] {
        let [a, b, c, d] = parts;
        let [a, b, c, d] = [a.to_array(), b.to_array(), c.to_array(), d.to_array()];
        let mut rows = [[0; 4]; 8];
        for lane in 0..4 {
            rows[lane] = [a[lane], b[lane], c[lane], d[lane]];
        }
        rows
    }

    #[inline(always)]
    fn and(self, a: u64x4, b: u64x4) -> u64x4 {
        a & b
    }

    #[inline(always)]
    fn or(self, a: u64x4, b: u64x4) -> u64x4 {
        a | b
    }

    #[inline(always)]
    fn max_i16(self, a: u64x4, b: u64x4) -> u64x4 {
        cast(cast::<_, i16x16>(a).max(cast(b)))
    }

    #[inline(always)]
    fn min_i16(self, a: u64x4, b: u64x4) -> u64x4 {
        cast(cast::<_, i16x16>(a).min(cast(b)))
    }

    #[inline(always)]
    fn fold(self, a: u64x4, start: u64, step: impl Fn(u64, u64) -> u64) -> u64 {
        a.to_array().into_iter().fold(start, step)
    }

    #[inline(always)]
    fn pack_truths(self, bytes: &[u8; 64]) -> u64 {
        let (eights, _) = bytes.as_chunks::<8>();
        // The product moves bit 0 of byte `i` to bit `56 + i`, without a carry into it.
        eights.iter().rev().fold(0, |word, eight| {
            word << 8 | u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56
        })
    }

    #[inline(always)]
    fn left_pack(self, values: &[u64; 4], mask: usize) -> [u64; 4] {
        let (mut packed, mut to) = ([0; 4], 0);
        for (lane, value) in values.iter().enumerate() {
            packed[to & 3] = *value;
            to += mask >> lane & 1;
        }
        packed
    }

    #[inline(always)]
    fn prefetch(self, _values: &[f64; 4], _bytes: usize) {}
}
