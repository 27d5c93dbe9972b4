//! Values of any size, sorted into classes of similar exponents and scaled to where the kernels are safe.

/// Values whose exponents agree but for their last bits, each scaled by `2^-shift` to lie in `[1, 2^CLASS_WIDTH)`.
pub(crate) struct Class {
    /// Where the class begins in the sorted values.
    pub(crate) start: usize,
    /// Where it ends.
    pub(crate) end: usize,
    /// Binary exponent of the scale that was taken off.
    pub(crate) shift: i32,
}

/// Exponents of a class.
pub(crate) const CLASS_WIDTH: i32 = 16;

/// Exponent of the least subnormal: classes are counted from it.
const LEAST: i32 = -1074;

const CLASSES: usize = ((1023 - LEAST) / CLASS_WIDTH + 1) as usize;

/// Appends the finite nonzero `values` to `sorted`, scaled and by class; `classes` are those that are not empty.
pub(crate) fn sort(values: &[f64], sorted: &mut Vec<f64>, classes: &mut Vec<Class>) {
    let mut ends = [0u32; CLASSES];
    for &value in values {
        if let Some((class, _)) = place(value) {
            ends[class] += 1;
        }
    }
    classes.clear();
    let mut start = sorted.len();
    for (class, end) in ends.iter_mut().enumerate() {
        let count = *end as usize;
        if count > 0 {
            let shift = class as i32 * CLASS_WIDTH + LEAST;
            classes.push(Class { start, end: start + count, shift });
        }
        *end = start as u32;
        start += count;
    }
    sorted.resize(start, 0.0);
    for &value in values {
        if let Some((class, scaled)) = place(value) {
            sorted[ends[class] as usize] = scaled;
            ends[class] += 1;
        }
    }
}

/// The class of a finite value and the value in it; `None` for zero. Integer operations only: exact for
/// subnormals under any floating-point mode.
#[inline]
fn place(value: f64) -> Option<(usize, f64)> {
    let bits = value.to_bits();
    let (field, fraction) = ((bits >> 52 & 0x7ff) as i32, bits & ((1 << 52) - 1));
    let (exponent, fraction) = if field > 0 {
        (field - 1023, fraction)
    } else if fraction == 0 {
        return None;
    } else {
        let up = fraction.leading_zeros() - 11;
        (-1022 - up as i32, fraction << up & ((1 << 52) - 1))
    };
    let above = (exponent - LEAST) as u64;
    let (class, inner) = (above / CLASS_WIDTH as u64, above % CLASS_WIDTH as u64);
    Some((class as usize, f64::from_bits(bits & 1 << 63 | (inner + 1023) << 52 | fraction)))
}
