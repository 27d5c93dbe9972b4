//! Blocks of 64-bit integers into sums of powers.
//!
//! Small integers are floats already. Large ones are cut into three digits here, by shifts, in the units that the
//! kernels of [`super::powers`] take digits in.

use super::digits::BLOCK;
use super::higher::WAITING;
use super::powers::{PowerLanes, add_powers, digits_needed, width};
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::exact::accumulator::Accumulator;

/// A 64-bit integer type.
pub(crate) trait Integer: Copy {
    /// The bits of `|x|` or of `|x| - 1`: its length is what is wanted of it.
    fn magnitude(self) -> u64;
    /// `2^bits + x` modulo 2^64.
    fn wrapping_plus(self, offset: u64) -> u64;
    /// `floor(x / 2^bits)`.
    fn shifted(self, bits: u32) -> i64;
    /// `x mod 2^64`.
    fn low(self) -> u64;
}

impl Integer for i64 {
    #[inline(always)]
    fn magnitude(self) -> u64 {
        (self ^ self >> 63) as u64
    }
    #[inline(always)]
    fn wrapping_plus(self, offset: u64) -> u64 {
        offset.wrapping_add(self as u64)
    }
    #[inline(always)]
    fn shifted(self, bits: u32) -> i64 {
        self >> bits
    }
    #[inline(always)]
    fn low(self) -> u64 {
        self as u64
    }
}

impl Integer for u64 {
    #[inline(always)]
    fn magnitude(self) -> u64 {
        self
    }
    #[inline(always)]
    fn wrapping_plus(self, offset: u64) -> u64 {
        offset.wrapping_add(self)
    }
    #[inline(always)]
    fn shifted(self, bits: u32) -> i64 {
        (self >> bits) as i64
    }
    #[inline(always)]
    fn low(self) -> u64 {
        self
    }
}

/// Takes integers into the sums of powers.
pub(crate) struct UpdateIntegers<'a, I, const DEGREE: usize> {
    pub(crate) values: &'a [I],
    pub(crate) sums: &'a mut [Accumulator; DEGREE],
}

/// `|x| <= 2^SMALL` is converted by adding a magic number, which vector instructions of every level can do.
const SMALL: u32 = 51;

impl<I: Integer, const DEGREE: usize> Kernel for UpdateIntegers<'_, I, DEGREE> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { values, sums } = self;
        if DEGREE == 1 {
            return add_halves(values, &mut sums[0]);
        }
        let mut floats = [0.0f64; BLOCK / 2];
        let mut digits = Digits::<I>::new();
        for block in values.chunks(BLOCK / 2) {
            let union = block.iter().fold(0, |all, value| all | value.magnitude());
            let length = 64 - union.leading_zeros();
            if length < SMALL {
                let floats = &mut floats[..block.len()];
                let offset = 1.5 * (1u64 << 52) as f64;
                for (float, value) in floats.iter_mut().zip(block) {
                    *float = f64::from_bits(value.wrapping_plus(offset.to_bits())) - offset;
                }
                // The magnitude may be one less than |x|, hence the bit more.
                let top = length as i32 + 1;
                // Bounds of integers come cheaper than by reading floats ahead, so that is wasted.
                let _ = match digits_needed(DEGREE, top, 0) {
                    1 => add_powers::<S, DEGREE, 1>(simd, floats, floats, top, 0, sums),
                    2 => add_powers::<S, DEGREE, 2>(simd, floats, floats, top, 0, sums),
                    _ => add_powers::<S, DEGREE, 3>(simd, floats, floats, top, 0, sums),
                };
            } else {
                digits.add_powers(simd, block, sums);
            }
        }
    }
}

/// Adds the sum of the values, by 32-bit halves.
#[inline(always)]
fn add_halves<I: Integer>(values: &[I], sum: &mut Accumulator) {
    // 2^24 halves below 2^32 stay far below 2^63, in one sum or in the lanes of several.
    for values in values.chunks(1 << 24) {
        let (mut low, mut high) = (0u64, 0i64);
        for value in values {
            low += value.low() & 0xffff_ffff;
            high += value.shifted(32);
        }
        sum.add_i64(high, 32);
        sum.add_i64(low as i64, 0);
    }
}

/// Three digits of each integer of a part of a block.
struct Digits<I> {
    columns: [[f64; PART]; 3],
    integer: std::marker::PhantomData<I>,
}

const PART: usize = 256;

impl<I: Integer> Digits<I> {
    #[inline(always)]
    fn new() -> Self {
        Self { columns: [[0.0; PART]; 3], integer: std::marker::PhantomData }
    }

    #[inline(always)]
    fn add_powers<S: Simd, const DEGREE: usize>(
        &mut self,
        simd: S,
        values: &[I],
        sums: &mut [Accumulator; DEGREE],
    ) {
        // 2 WIDTH + TOP is at least 73 bits: more than 64, so the first digit has room.
        let unit = 2 * width(DEGREE);
        for values in values.chunks(PART) {
            self.cut(values, width(DEGREE) as u32, S::LANES);
            let mut lanes = PowerLanes::<S, DEGREE, 3>::new(simd, unit);
            let [first, second, third] = &self.columns;
            let columns = simd.vectors(first).0.iter().zip(simd.vectors(second).0);
            let vectors = values.len().div_ceil(S::LANES);
            let mut waiting = 0;
            for ((first, second), third) in columns.zip(simd.vectors(third).0).take(vectors) {
                lanes.push_cut([simd.load(first), simd.load(second), simd.load(third)]);
                waiting += 1;
                if waiting == WAITING {
                    lanes.settle();
                    waiting = 0;
                }
            }
            lanes.settle();
            lanes.flush(vectors, 0, sums);
        }
    }

    /// The digits of each value, the lower two in `-2^(width-1)..=2^(width-1)`, in units of 1; zeros fill up the last
    /// vector of `lanes`.
    #[inline(always)]
    fn cut(&mut self, values: &[I], width: u32, lanes: usize) {
        let [first, second, third] = &mut self.columns;
        let (half, mask) = (1i64 << (width - 1), (1u64 << (2 * width)) - 1);
        let (middle_unit, first_unit) = ((1u64 << width) as f64, (1u64 << (2 * width)) as f64);
        for (at, value) in values.iter().enumerate() {
            let rest = (value.low() & mask) as i64;
            let middle = (rest + half) >> width;
            let carry = (middle + half) >> width;
            first[at] = (value.shifted(2 * width) + carry) as f64 * first_unit;
            second[at] = (middle - (carry << width)) as f64 * middle_unit;
            third[at] = (rest - (middle << width)) as f64;
        }
        for column in [first, second, third] {
            let end = values.len().next_multiple_of(lanes);
            column[values.len()..end].fill(0.0);
        }
    }
}
