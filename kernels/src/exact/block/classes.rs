//! Values of any size, sorted into classes of similar exponents and scaled to where the kernels are safe.
//!
//! Integer operations only: exact for subnormals under any floating-point mode.

/// A run of sorted values (or pairs), scaled by `2^-shift`.
pub(crate) struct Class {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) shift: i32,
}

/// Exponents of a class: its values lie in `[1, 2^CLASS_WIDTH)`.
pub(crate) const CLASS_WIDTH: i32 = 16;

/// Exponent of the least subnormal: classes are counted from it.
const LEAST: i32 = -1074;

const CLASSES: usize = ((1023 - LEAST) / CLASS_WIDTH + 1) as usize;

/// Exponents of products begin at `2 LEAST`.
const PRODUCT_CLASSES: usize = (2 * (1023 - LEAST) / CLASS_WIDTH + 1) as usize;

/// Appends the finite nonzero `values` to `sorted`, scaled and by class; `classes` are those that are not empty.
pub(crate) fn sort(values: &[f64], sorted: &mut Vec<f64>, classes: &mut Vec<Class>) {
    let mut places = [0u32; CLASSES];
    for &value in values {
        if let Some(parts) = Parts::of(value) {
            places[parts.place(LEAST)] += 1;
        }
    }
    let end = begin_classes(&mut places, sorted.len(), LEAST, classes);
    sorted.resize(end, 0.0);
    for &value in values {
        if let Some(parts) = Parts::of(value) {
            let place = &mut places[parts.place(LEAST)];
            sorted[*place as usize] = parts.scaled((parts.exponent - LEAST) % CLASS_WIDTH);
            *place += 1;
        }
    }
}

/// Appends the pairs of finite values without a zero to `sorted`, by class of their product: `x` scaled into
/// `[1, 2)`, `y` into `[1, 2^CLASS_WIDTH)`.
pub(crate) fn sort_pairs(
    x: &[f64],
    y: &[f64],
    (sorted_x, sorted_y): (&mut Vec<f64>, &mut Vec<f64>),
    classes: &mut Vec<Class>,
) {
    let pairs = || {
        x.iter().zip(y).filter_map(|(&x, &y)| {
            let (x, y) = (Parts::of(x)?, Parts::of(y)?);
            let product = Parts { exponent: x.exponent + y.exponent, ..y };
            Some((x, product))
        })
    };
    let mut places = [0u32; PRODUCT_CLASSES];
    for (_, product) in pairs() {
        places[product.place(2 * LEAST)] += 1;
    }
    let end = begin_classes(&mut places, sorted_x.len(), 2 * LEAST, classes);
    sorted_x.resize(end, 0.0);
    sorted_y.resize(end, 0.0);
    for (x, product) in pairs() {
        let place = &mut places[product.place(2 * LEAST)];
        sorted_x[*place as usize] = x.scaled(0);
        sorted_y[*place as usize] = product.scaled((product.exponent - 2 * LEAST) % CLASS_WIDTH);
        *place += 1;
    }
}

/// Turns counts by class into first places by class, from `start`; returns the end of all.
fn begin_classes(counts: &mut [u32], mut start: usize, least: i32, classes: &mut Vec<Class>) -> usize {
    classes.clear();
    for (class, entry) in counts.iter_mut().enumerate() {
        let count = *entry as usize;
        if count > 0 {
            classes.push(Class { start, end: start + count, shift: class as i32 * CLASS_WIDTH + least });
        }
        *entry = start as u32;
        start += count;
    }
    start
}

/// A nonzero value `±1.fraction * 2^exponent`, subnormals normalised.
#[derive(Clone, Copy)]
struct Parts {
    sign: u64,
    exponent: i32,
    fraction: u64,
}

impl Parts {
    /// `None` for zero.
    #[inline]
    fn of(value: f64) -> Option<Parts> {
        let bits = value.to_bits();
        let (sign, field, fraction) = (bits & 1 << 63, (bits >> 52 & 0x7ff) as i32, bits & ((1 << 52) - 1));
        if field > 0 {
            return Some(Parts { sign, exponent: field - 1023, fraction });
        }
        if fraction == 0 {
            return None;
        }
        let up = fraction.leading_zeros() - 11;
        Some(Parts { sign, exponent: -1022 - up as i32, fraction: fraction << up & ((1 << 52) - 1) })
    }

    /// Its class, where they are counted from the exponent `least`.
    #[inline]
    fn place(&self, least: i32) -> usize {
        ((self.exponent - least) as u32 / CLASS_WIDTH as u32) as usize
    }

    /// `±1.fraction * 2^exponent` with another exponent.
    #[inline]
    fn scaled(&self, exponent: i32) -> f64 {
        f64::from_bits(self.sign | ((exponent + 1023) as u64) << 52 | self.fraction)
    }
}
