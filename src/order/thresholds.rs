//! Numbers of one type among numbers of another, compared by their exact values.
//!
//! A value is below a number if and only if it is below the lowest value of its type that is not below the number, so
//! a query of another type becomes one of the values' type, and nothing is rounded that matters.

use arrcalc_kernels::search::{Ordered, Side};

/// A number, by its exact value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A whole number.
    Integer(i128),
    /// A float; every binary32 number is one.
    Float(f64),
}

/// What can be searched for.
pub(crate) trait Query: Ordered {
    fn exact(self) -> Number;
}

/// What can be searched in for numbers of any type.
pub(crate) trait Searched: Ordered {
    /// The lowest value that is not below the number; `None` if there is none.
    fn at_least(number: Number) -> Option<Self>;
    /// The highest value that is not above the number; `None` if there is none.
    fn at_most(number: Number) -> Option<Self>;
    /// The value that stands in for NaN: itself, or `None` for integers.
    fn nan() -> Option<Self>;
    /// The lowest and the highest value, infinite where there are such.
    fn ends() -> (Self, Self);
    /// The next lower value; `None` for the lowest.
    fn before(self) -> Option<Self>;
    /// The next higher value; `None` for the highest.
    fn after(self) -> Option<Self>;
    /// The value equal to the number.
    fn equal_to(number: Number) -> Option<Self> {
        let (low, high) = (Self::at_least(number)?, Self::at_most(number)?);
        (low == high).then_some(low)
    }
}

/// What becomes of a query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Threshold<T> {
    /// To be searched for on the same side.
    Value(T),
    /// In front of everything.
    First,
    /// Behind all numbers, in front of NaN.
    BehindNumbers,
    /// Behind everything.
    Last,
}

/// The query as one among values of type `T`.
#[inline(always)]
pub(crate) fn threshold<T: Searched, Q: Query>(query: Q, side: Side) -> Threshold<T> {
    if query.is_nan() {
        return T::nan().map_or(Threshold::Last, Threshold::Value);
    }
    threshold_of(query.exact(), side)
}

/// The same of a number that is not NaN.
#[inline(always)]
pub(crate) fn threshold_of<T: Searched>(number: Number, side: Side) -> Threshold<T> {
    match side {
        Side::Left => T::at_least(number).map_or(Threshold::BehindNumbers, Threshold::Value),
        Side::Right => T::at_most(number).map_or(Threshold::First, Threshold::Value),
    }
}

macro_rules! integers {
    ($($type:ty)*) => {$(
        impl Query for $type {
            #[inline(always)]
            fn exact(self) -> Number {
                Number::Integer(self.into())
            }
        }

        impl Searched for $type {
            #[inline(always)]
            fn at_least(number: Number) -> Option<Self> {
                let number = match number {
                    Number::Integer(number) => number,
                    // Conversions saturate, far outside of this type.
                    Number::Float(number) => number.ceil() as i128,
                };
                (number <= <$type>::MAX.into()).then(|| number.max(<$type>::MIN.into()) as $type)
            }

            #[inline(always)]
            fn at_most(number: Number) -> Option<Self> {
                let number = match number {
                    Number::Integer(number) => number,
                    Number::Float(number) => number.floor() as i128,
                };
                (number >= <$type>::MIN.into()).then(|| number.min(<$type>::MAX.into()) as $type)
            }

            #[inline(always)]
            fn nan() -> Option<Self> {
                None
            }

            fn ends() -> (Self, Self) {
                (<$type>::MIN, <$type>::MAX)
            }

            fn before(self) -> Option<Self> {
                self.checked_sub(1)
            }

            fn after(self) -> Option<Self> {
                self.checked_add(1)
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 u8 u16 u32 u64);

/// Decimals of one scale, by their digits.
impl Searched for i128 {
    fn at_least(number: Number) -> Option<Self> {
        match number {
            Number::Integer(number) => Some(number),
            Number::Float(number) => (number <= i128::MAX as f64).then(|| number.ceil() as i128),
        }
    }

    fn at_most(number: Number) -> Option<Self> {
        match number {
            Number::Integer(number) => Some(number),
            Number::Float(number) => (number >= i128::MIN as f64).then(|| number.floor() as i128),
        }
    }

    fn nan() -> Option<Self> {
        None
    }

    fn ends() -> (Self, Self) {
        (i128::MIN, i128::MAX)
    }

    fn before(self) -> Option<Self> {
        self.checked_sub(1)
    }

    fn after(self) -> Option<Self> {
        self.checked_add(1)
    }
}

macro_rules! floats {
    ($($type:ty)*) => {$(
        impl Query for $type {
            #[inline(always)]
            fn exact(self) -> Number {
                Number::Float(self.into())
            }
        }

        impl Searched for $type {
            #[inline(always)]
            fn at_least(number: Number) -> Option<Self> {
                Some(match number {
                    Number::Integer(number) => {
                        let near = number as $type;
                        if (near as i128) < number { near.next_up() } else { near }
                    }
                    Number::Float(number) => {
                        let near = number as $type;
                        if f64::from(near) < number { near.next_up() } else { near }
                    }
                })
            }

            #[inline(always)]
            fn at_most(number: Number) -> Option<Self> {
                Some(match number {
                    Number::Integer(number) => {
                        let near = number as $type;
                        if near as i128 > number { near.next_down() } else { near }
                    }
                    Number::Float(number) => {
                        let near = number as $type;
                        if f64::from(near) > number { near.next_down() } else { near }
                    }
                })
            }

            #[inline(always)]
            fn nan() -> Option<Self> {
                Some(<$type>::NAN)
            }

            fn ends() -> (Self, Self) {
                (<$type>::NEG_INFINITY, <$type>::INFINITY)
            }

            fn before(self) -> Option<Self> {
                (self > <$type>::NEG_INFINITY).then(|| self.next_down())
            }

            fn after(self) -> Option<Self> {
                (self < <$type>::INFINITY).then(|| self.next_up())
            }
        }
    )*};
}

floats!(f32 f64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_divides_the_values_as_the_number_does() {
        let ladder = [i64::MIN, -(1 << 53) - 1, -3, 0, 7, (1 << 53) + 1, i64::MAX - 1, i64::MAX];
        for integer in ladder {
            let number = integer.exact();
            let (low, high) = (f64::at_least(number).unwrap(), f64::at_most(number).unwrap());
            assert!(low as i128 >= integer.into() && high as i128 <= integer.into());
            if integer.unsigned_abs() > 1 << 52 {
                assert!(
                    (low.next_down() as i128) < integer.into() && high.next_up() as i128 > integer.into()
                );
            }
            let (low, high) = (f32::at_least(number).unwrap(), f32::at_most(number).unwrap());
            assert!(low as i128 >= integer.into() && high as i128 <= integer.into());
        }
        assert_eq!(threshold::<u8, f64>(255.5, Side::Left), Threshold::BehindNumbers);
        assert_eq!(threshold::<u8, f64>(255.5, Side::Right), Threshold::Value(255));
        assert_eq!(threshold::<u8, i64>(-1, Side::Right), Threshold::First);
        assert_eq!(threshold::<u8, i64>(-1, Side::Left), Threshold::Value(0));
        assert_eq!(threshold::<i64, f64>(f64::NAN, Side::Left), Threshold::Last);
        assert_eq!(threshold::<i64, f64>(f64::INFINITY, Side::Left), Threshold::BehindNumbers);
        assert_eq!(threshold::<f32, f64>(0.1, Side::Left), Threshold::Value(0.1f32));
        assert_eq!(threshold::<f32, f64>(0.1, Side::Right), Threshold::Value(0.1f32.next_down()));
        assert_eq!((i32::equal_to(Number::Float(2.5)), i32::equal_to(Number::Float(-4.0))), (None, Some(-4)));
    }
}
