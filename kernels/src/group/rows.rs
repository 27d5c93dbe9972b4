//! Rows into the cells of their groups.
//!
//! Of some rows at a time the values are cut into digits by vector instructions: adding a magic number rounds a float
//! to a multiple of a digit's unit, and leaves the multiple in its bits ([`crate::exact`] does so for whole columns).
//! Then each row's digits and a one for the count are added to its cell as one vector.

use super::cell::{Cell, WIDTH, digits_of, is_small, unit};
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::elementwise::AHEAD_BYTES;
use crate::exact::Counts;
use crate::exact::block::bounds::measure;
use crate::exact::block::digits::magic;

/// Exponent fields of the window.
pub(super) const BINADES: u64 = 64;
/// Units of 1 are 2^(field - 1075) for this field.
pub(super) const UNIT_FIELD: u64 = 1075;
/// Rows that are measured together: where one is special or outside the window, they are not for the kernel.
pub(super) const ROWS: usize = 128;
/// Cells that stay in the first two levels of cache, where asking ahead is in vain.
const CELLS_IN_CACHE: usize = 1 << 14;
/// How many rows ahead a cell is asked for.
const AHEAD: usize = 24;
const FRACTION: u64 = (1 << 52) - 1;

/// A finite float in units of the window, if it lies inside.
#[inline(always)]
pub(super) fn term(bits: u64, base: u64) -> Option<i128> {
    let shift = (bits >> 52 & 0x7ff).wrapping_sub(base);
    if shift >= BINADES || base == 0 {
        return (bits << 1 == 0).then_some(0);
    }
    let sign = (bits as i64) >> 63;
    let significand = ((((bits & FRACTION) | 1 << 52) as i64) ^ sign) - sign;
    Some(i128::from(significand) << shift)
}

/// Adds floats until [`ROWS`] rows have one that is special or outside the window; returns how many were added.
pub(super) struct AddFloats<'a> {
    pub(super) cells: &'a mut [Cell],
    pub(super) base: u64,
    pub(super) groups: &'a [u32],
    pub(super) values: &'a [f64],
}

impl Kernel for AddFloats<'_> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> usize {
        let Self { cells, base, groups, values } = self;
        // The units of all digits must be those of normal floats.
        if base + 2 * u64::from(WIDTH) >= 0x7ff {
            return 0;
        }
        let is_far = cells.len() > CELLS_IN_CACHE;
        let cutter = Cutter::new(simd, base.max(1));
        let mut done = 0;
        for (at, values) in values.chunks(ROWS).enumerate() {
            let rows = &groups[at * ROWS..];
            values.iter().step_by(8).for_each(|value| simd.prefetch_beyond(value, AHEAD_BYTES));
            if is_far {
                // On their way while the values are measured.
                Ask { cells, groups: &rows[..values.len()] }.run(simd);
            }
            if !are_inside(simd, values, base) {
                break;
            }
            cutter.add(cells, &rows[..values.len()], values);
            done += values.len();
        }
        done
    }
}

/// Asks for the cells of groups.
pub(super) struct Ask<'a> {
    pub(super) cells: &'a [Cell],
    pub(super) groups: &'a [u32],
}

impl Kernel for Ask<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Some(first) = self.cells.first() else { return };
        for group in self.groups {
            simd.prefetch_beyond(first, *group as usize * size_of::<Cell>());
        }
    }
}

/// Whether all values are of the window, or zero but not -0.0.
#[inline(always)]
fn are_inside<S: Simd>(simd: S, values: &[f64], base: u64) -> bool {
    let mut counts = Counts::default();
    let measured = measure(simd, values, &mut counts);
    if measured.has_special || counts.negative_zero > 0 {
        return false;
    }
    match measured.bounds {
        None => true,
        Some(bounds) => {
            let (least, most) = (i64::from(bounds.least) + 1023, i64::from(bounds.top) + 1022);
            base > 0 && base as i64 <= least && most < (base + BINADES) as i64
        }
    }
}

/// Cuts values into digits.
struct Cutter<S: Simd> {
    simd: S,
    magic: [S::F64; 3],
    /// What takes a magic number's bits off.
    less: [S::I64; 3],
    one: S::I64,
}

impl<S: Simd> Cutter<S> {
    #[inline(always)]
    fn new(simd: S, base: u64) -> Self {
        let (unit, width) = (unit(base), WIDTH as i32);
        let magics = [magic(unit + 2 * width), magic(unit + width), magic(unit)];
        let [first, second, third] = magics;
        Self {
            simd,
            magic: [simd.splat(first), simd.splat(second), simd.splat(third)],
            less: [
                simd.splat_integer(first.to_bits().wrapping_neg()),
                simd.splat_integer(second.to_bits().wrapping_neg()),
                simd.splat_integer(third.to_bits().wrapping_neg()),
            ],
            one: simd.splat_integer(1),
        }
    }

    #[inline(always)]
    fn add(&self, cells: &mut [Cell], groups: &[u32], values: &[f64]) {
        let (vectors, rest) = self.simd.vectors(values);
        let (mut groups, last) = groups.split_at(vectors.len() * S::LANES);
        for vector in vectors {
            let rows = self.cut(self.simd.load(vector));
            let (now, later) = groups.split_at(S::LANES);
            for (group, row) in now.iter().zip(rows) {
                cells[*group as usize].add(row);
            }
            groups = later;
        }
        if !rest.is_empty() {
            let rows = self.cut(self.simd.load_rest(rest));
            for (group, row) in last.iter().zip(rows) {
                cells[*group as usize].add(row);
            }
        }
    }

    /// The digits of each value, and a one. No operation rounds: a value is below 2^116 units, and what a digit leaves
    /// is a multiple of the value's last place and at most half of the digit's unit.
    #[inline(always)]
    fn cut(&self, values: S::F64) -> [[u64; 4]; 8] {
        let (simd, [first, second, third]) = (self.simd, self.magic);
        let high = simd.add(values, first);
        let rest = simd.sub(values, simd.sub(high, first));
        let middle = simd.add(rest, second);
        let rest = simd.sub(rest, simd.sub(middle, second));
        let low = simd.add(rest, third);
        simd.interleave([
            simd.add_integers(simd.bits(high), self.less[0]),
            simd.add_integers(simd.bits(middle), self.less[1]),
            simd.add_integers(simd.bits(low), self.less[2]),
            self.one,
        ])
    }
}

/// Adds integers until one is too large for a digit of its cell; returns how many were added.
pub(super) struct AddIntegers<'a, T> {
    pub(super) cells: &'a mut [Cell],
    pub(super) groups: &'a [u32],
    pub(super) values: &'a [T],
}

impl<T: Copy + Into<i128>> Kernel for AddIntegers<'_, T> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> usize {
        let Self { cells, groups, values } = self;
        let is_far = cells.len() > CELLS_IN_CACHE;
        for (at, (&group, &value)) in groups.iter().zip(values).enumerate() {
            if is_far && let Some(cell) = groups.get(at + AHEAD).and_then(|&next| cells.get(next as usize)) {
                simd.prefetch_one(cell);
            }
            let [first, second, third] = digits_of(value.into());
            if !is_small(first) {
                return at;
            }
            cells[group as usize].add([first as u64, second as u64, third as u64, 1]);
        }
        values.len()
    }
}
