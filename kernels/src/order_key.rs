//! Order-preserving 64-bit keys: what selection, sorting and distinct sets compare instead of values.
//!
//! Floats become integers by the usual trick on IEEE 754 bit patterns: they are ordered as sign and magnitude, so
//! flipping every bit of a negative number and the sign bit of a positive one orders them as unsigned integers.

mod sealed {
    pub trait Sealed {}
    impl Sealed for f64 {}
    impl Sealed for i64 {}
    impl Sealed for u64 {}
}

/// A kernel's element: `f64`, `i64` or `u64`, with a strictly increasing map onto `u64`.
///
/// The order is total over everything that is not NaN: `-inf < .. < -0.0 < +0.0 < .. < +inf`. A NaN's key lies
/// outside `LOWEST.key()..=HIGHEST.key()`.
pub trait OrderKey: sealed::Sealed + Copy + PartialOrd + Send + Sync + std::fmt::Debug + 'static {
    /// The lowest value: `-inf`, `i64::MIN`, `0`.
    const LOWEST: Self;
    /// The highest value: `+inf`, `i64::MAX`, `u64::MAX`.
    const HIGHEST: Self;
    /// Zero; `+0.0` for floats.
    const ZERO: Self;
    /// Whether the type is a float, with NaN, infinities and two zeros.
    const IS_FLOAT: bool;

    /// The key; strictly increasing.
    fn key(self) -> u64;

    /// The value whose key is `key`.
    fn from_key(key: u64) -> Self;

    /// Whether the value is NaN; never for integers.
    fn is_nan(self) -> bool;

    /// Whether the value is `-0.0`; never for integers.
    fn is_negative_zero(self) -> bool;

    /// The value rounded to the nearest `f64`: non-decreasing, but not injective.
    fn nearest_f64(self) -> f64;

    /// The lowest value that compares greater than or equal to `edge`, no NaN; `None` if all are below it.
    fn at_least(edge: f64) -> Option<Self>;

    /// The lowest value above `edge`, no NaN; `None` if there is none.
    fn above(edge: f64) -> Option<Self>;

    /// The slice itself, if it is one of floats: for kernels that have a vector form of their own for them.
    fn as_floats(values: &[Self]) -> Option<&[f64]>;
}

const SIGN: u64 = 1 << 63;

impl OrderKey for f64 {
    const LOWEST: Self = f64::NEG_INFINITY;
    const HIGHEST: Self = f64::INFINITY;
    const ZERO: Self = 0.0;
    const IS_FLOAT: bool = true;

    #[inline(always)]
    fn key(self) -> u64 {
        let bits = self.to_bits();
        bits ^ (((bits as i64) >> 63) as u64 | SIGN)
    }

    #[inline(always)]
    fn from_key(key: u64) -> Self {
        f64::from_bits(key ^ (((!key as i64) >> 63) as u64 | SIGN))
    }

    #[inline(always)]
    fn is_nan(self) -> bool {
        f64::is_nan(self)
    }

    #[inline(always)]
    fn is_negative_zero(self) -> bool {
        self.to_bits() == SIGN
    }

    #[inline(always)]
    fn nearest_f64(self) -> f64 {
        self
    }

    fn at_least(edge: f64) -> Option<Self> {
        Some(edge)
    }

    fn above(edge: f64) -> Option<Self> {
        (edge < f64::INFINITY).then(|| edge.next_up())
    }

    #[inline(always)]
    fn as_floats(values: &[Self]) -> Option<&[f64]> {
        Some(values)
    }
}

impl OrderKey for i64 {
    const LOWEST: Self = i64::MIN;
    const HIGHEST: Self = i64::MAX;
    const ZERO: Self = 0;
    const IS_FLOAT: bool = false;

    #[inline(always)]
    fn key(self) -> u64 {
        self as u64 ^ SIGN
    }

    #[inline(always)]
    fn from_key(key: u64) -> Self {
        (key ^ SIGN) as i64
    }

    #[inline(always)]
    fn is_nan(self) -> bool {
        false
    }

    #[inline(always)]
    fn is_negative_zero(self) -> bool {
        false
    }

    #[inline(always)]
    fn nearest_f64(self) -> f64 {
        self as f64
    }

    fn at_least(edge: f64) -> Option<Self> {
        // A conversion from float saturates, so an edge below the type's range gives its lowest value.
        let integer = edge.ceil();
        (integer < 9_223_372_036_854_775_808.0).then_some(integer as i64)
    }

    fn above(edge: f64) -> Option<Self> {
        let integer = edge.floor();
        if integer < -9_223_372_036_854_775_808.0 {
            return Some(i64::MIN);
        }
        (integer < 9_223_372_036_854_775_808.0).then(|| (integer as i64).checked_add(1)).flatten()
    }

    #[inline(always)]
    fn as_floats(_: &[Self]) -> Option<&[f64]> {
        None
    }
}

impl OrderKey for u64 {
    const LOWEST: Self = 0;
    const HIGHEST: Self = u64::MAX;
    const ZERO: Self = 0;
    const IS_FLOAT: bool = false;

    #[inline(always)]
    fn key(self) -> u64 {
        self
    }

    #[inline(always)]
    fn from_key(key: u64) -> Self {
        key
    }

    #[inline(always)]
    fn is_nan(self) -> bool {
        false
    }

    #[inline(always)]
    fn is_negative_zero(self) -> bool {
        false
    }

    #[inline(always)]
    fn nearest_f64(self) -> f64 {
        self as f64
    }

    fn at_least(edge: f64) -> Option<Self> {
        // A conversion from float saturates, so an edge below the type's range gives its lowest value.
        let integer = edge.ceil();
        (integer < 18_446_744_073_709_551_616.0).then_some(integer as u64)
    }

    fn above(edge: f64) -> Option<Self> {
        let integer = edge.floor();
        if integer < 0.0 {
            return Some(u64::MIN);
        }
        (integer < 18_446_744_073_709_551_616.0).then(|| (integer as u64).checked_add(1)).flatten()
    }

    #[inline(always)]
    fn as_floats(_: &[Self]) -> Option<&[f64]> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn float_keys_order_as_ieee_total_order_without_nan() {
        let ladder = [
            f64::NEG_INFINITY,
            f64::MIN,
            -1.5,
            -1.0,
            -f64::MIN_POSITIVE,
            -5e-324,
            -0.0,
            0.0,
            5e-324,
            f64::MIN_POSITIVE,
            1.0,
            1.5,
            f64::MAX,
            f64::INFINITY,
        ];
        for pair in ladder.windows(2) {
            assert!(pair[0].key() < pair[1].key(), "{pair:?}");
            assert_eq!(pair[0].total_cmp(&pair[1]), std::cmp::Ordering::Less);
        }
        for value in ladder {
            assert_eq!(f64::from_key(value.key()).to_bits(), value.to_bits());
        }
    }

    #[test]
    fn every_nan_has_a_key_outside_the_infinities() {
        for bits in [0x7ff8_0000_0000_0000_u64, 0x7ff0_0000_0000_0001, 0xfff8_0000_0000_0000, u64::MAX] {
            let key = f64::from_bits(bits).key();
            assert!(key > f64::HIGHEST.key() || key < f64::LOWEST.key());
            assert_eq!(f64::from_key(key).to_bits(), bits);
        }
    }

    #[test]
    fn thresholds_of_integers_are_exact() {
        assert_eq!((i64::at_least(2.5), i64::above(2.5), i64::above(3.0)), (Some(3), Some(3), Some(4)));
        assert_eq!((i64::at_least(-1e30), i64::above(-1e30)), (Some(i64::MIN), Some(i64::MIN)));
        assert_eq!((i64::at_least(2.0f64.powi(63)), i64::above(1e30)), (None, None));
        assert_eq!((u64::at_least(-0.5), u64::above(-0.5), u64::above(0.0)), (Some(0), Some(0), Some(1)));
        assert_eq!((u64::at_least(-3.0), u64::above(2.0f64.powi(64))), (Some(0), None));
        assert_eq!((f64::at_least(0.0), f64::above(1.0)), (Some(0.0), Some(1.0 + f64::EPSILON)));
        assert_eq!((f64::above(f64::MAX), f64::above(f64::INFINITY)), (Some(f64::INFINITY), None));
    }

    #[test]
    fn integer_keys_keep_the_order_and_come_back() {
        for pair in [i64::MIN, -2, -1, 0, 1, i64::MAX].windows(2) {
            assert!(pair[0].key() < pair[1].key());
            assert_eq!(i64::from_key(pair[0].key()), pair[0]);
        }
        assert_eq!(u64::from_key(7_u64.key()), 7);
        assert_eq!((i64::MIN.key(), i64::MAX.key()), (0, u64::MAX));
    }
}
