//! Comparisons with a number of any type, settled once as a test of values of one type.

use std::str::FromStr;

use super::thresholds::{Number, Searched};

/// How a value is compared with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `>=`
    GreaterOrEqual,
    /// `>`
    Greater,
}

impl FromStr for Comparison {
    type Err = ();

    /// From `<`, `<=`, `==`, `!=`, `>=`, `>`.
    fn from_str(text: &str) -> Result<Self, ()> {
        Ok(match text {
            "<" => Comparison::Less,
            "<=" => Comparison::LessOrEqual,
            "==" => Comparison::Equal,
            "!=" => Comparison::Unequal,
            ">=" => Comparison::GreaterOrEqual,
            ">" => Comparison::Greater,
            _ => return Err(()),
        })
    }
}

/// The same comparison, as a test among values of type `T`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Test<T> {
    /// Every value, NaN included.
    All,
    /// Every value but NaN.
    Numbers,
    /// No value.
    Nothing,
    /// `value < .0`
    Below(T),
    /// `value <= .0`
    AtMost(T),
    /// `value >= .0`
    AtLeast(T),
    /// `value > .0`
    Above(T),
    /// `value == .0`
    Equal(T),
    /// `value != .0`
    Unequal(T),
}

/// What `value comparison number` means for values of type `T`. NaN compares as IEEE says: unequal to everything.
pub(crate) fn test<T: Searched>(comparison: Comparison, number: Number) -> Test<T> {
    if matches!(number, Number::Float(float) if float.is_nan()) {
        return if comparison == Comparison::Unequal { Test::All } else { Test::Nothing };
    }
    match comparison {
        Comparison::Less => T::at_least(number).map_or(Test::Numbers, Test::Below),
        Comparison::LessOrEqual => T::at_most(number).map_or(Test::Nothing, Test::AtMost),
        Comparison::Equal => T::equal_to(number).map_or(Test::Nothing, Test::Equal),
        Comparison::Unequal => T::equal_to(number).map_or(Test::All, Test::Unequal),
        Comparison::GreaterOrEqual => T::at_least(number).map_or(Test::Nothing, Test::AtLeast),
        Comparison::Greater => T::at_most(number).map_or(Test::Numbers, Test::Above),
    }
}

/// `$with` for the predicate of a [`Test`] of type `$type`, compiled for each kind of test.
macro_rules! tested {
    ($test:expr, $type:ty, $predicate:ident => $with:expr) => {{
        macro_rules! with {
            ($closure:expr) => {{
                let $predicate = $closure;
                $with
            }};
        }
        match $test {
            Test::All => with!(|_: $type| true),
            Test::Numbers => with!(|value: $type| !value.is_nan()),
            Test::Nothing => with!(|_: $type| false),
            Test::Below(bound) => with!(move |value: $type| value < bound),
            Test::AtMost(bound) => with!(move |value: $type| value <= bound),
            Test::AtLeast(bound) => with!(move |value: $type| value >= bound),
            Test::Above(bound) => with!(move |value: $type| value > bound),
            Test::Equal(to) => with!(move |value: $type| value == to),
            Test::Unequal(to) => with!(move |value: $type| value != to),
        }
    }};
}
pub(crate) use tested;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_across_types_are_exact() {
        let half = Number::Float(2.5);
        assert_eq!(test::<i32>(Comparison::Less, half), Test::Below(3));
        assert_eq!(test::<i32>(Comparison::GreaterOrEqual, half), Test::AtLeast(3));
        assert_eq!(test::<i32>(Comparison::Greater, half), Test::Above(2));
        assert_eq!(test::<i32>(Comparison::Equal, half), Test::Nothing);
        assert_eq!(test::<i32>(Comparison::Unequal, half), Test::All);
        let large = Number::Integer(300);
        assert_eq!(test::<u8>(Comparison::Less, large), Test::Numbers);
        assert_eq!(test::<u8>(Comparison::LessOrEqual, large), Test::AtMost(255));
        assert_eq!(test::<u8>(Comparison::Greater, large), Test::Above(255));
        assert_eq!(test::<u8>(Comparison::GreaterOrEqual, large), Test::Nothing);
        assert_eq!(test::<u8>(Comparison::Greater, Number::Integer(-1)), Test::Numbers);
        assert_eq!(test::<f64>(Comparison::Unequal, Number::Float(f64::NAN)), Test::All);
        assert_eq!(test::<f64>(Comparison::Less, Number::Float(f64::NAN)), Test::Nothing);
    }
}
