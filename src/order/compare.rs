//! Comparisons with a number of any type, settled once as a test of values of one type.

use std::str::FromStr;

use arrcalc_kernels::Level;
use arrcalc_kernels::elementwise::truths;

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

/// The same comparison, as a test among values of type `T`: whether they lie in a range, or outside of it, where NaN is.
/// There is one test for all comparisons, so that there is one loop for each type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Test<T> {
    /// Both ends belong to the range; nothing does if the first is above the second.
    range: (T, T),
    is_outside: bool,
}

impl<T: Searched + PartialOrd> Test<T> {
    /// What `value comparison number` means for values of type `T`. NaN compares as IEEE says: unequal to everything.
    pub(crate) fn new(comparison: Comparison, number: Number) -> Self {
        let (lowest, highest) = T::ends();
        let range = match (comparison, number) {
            (_, Number::Float(float)) if float.is_nan() => None,
            (Comparison::Less, _) => match T::at_least(number) {
                Some(bound) => bound.before().map(|high| (lowest, high)),
                None => Some((lowest, highest)),
            },
            (Comparison::LessOrEqual, _) => T::at_most(number).map(|high| (lowest, high)),
            (Comparison::Equal | Comparison::Unequal, _) => T::equal_to(number).map(|value| (value, value)),
            (Comparison::GreaterOrEqual, _) => T::at_least(number).map(|low| (low, highest)),
            (Comparison::Greater, _) => match T::at_most(number) {
                Some(bound) => bound.after().map(|low| (low, highest)),
                None => Some((lowest, highest)),
            },
        };
        Self { range: range.unwrap_or((highest, lowest)), is_outside: comparison == Comparison::Unequal }
    }

    /// Bit `i % 64` of `words[i / 64]` is whether `values[i]` passes; bits past the last value are zero.
    pub(crate) fn mark(&self, level: Level, values: &[T], words: &mut [u64]) {
        let Self { range: (low, high), is_outside } = *self;
        truths(level, values, words, |value| ((low <= value) & (value <= high)) ^ is_outside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of `values` pass, by [`Test::mark`].
    fn passed<T: Searched + PartialOrd>(comparison: Comparison, number: Number, values: &[T]) -> Vec<bool> {
        let test = Test::new(comparison, number);
        let mut words = [u64::MAX];
        for level in Level::available() {
            let mut found = [0];
            test.mark(level, values, &mut found);
            assert!(words == [u64::MAX] || words == found, "{level}");
            words = found;
        }
        (0..values.len()).map(|row| words[0] >> row & 1 == 1).collect()
    }

    fn holds(comparison: Comparison, ordering: Option<std::cmp::Ordering>) -> bool {
        match comparison {
            Comparison::Less => ordering.is_some_and(|ordering| ordering.is_lt()),
            Comparison::LessOrEqual => ordering.is_some_and(|ordering| ordering.is_le()),
            Comparison::Equal => ordering.is_some_and(|ordering| ordering.is_eq()),
            Comparison::Unequal => ordering.is_none_or(|ordering| ordering.is_ne()),
            Comparison::GreaterOrEqual => ordering.is_some_and(|ordering| ordering.is_ge()),
            Comparison::Greater => ordering.is_some_and(|ordering| ordering.is_gt()),
        }
    }

    const COMPARISONS: [Comparison; 6] = [
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::Equal,
        Comparison::Unequal,
        Comparison::GreaterOrEqual,
        Comparison::Greater,
    ];

    #[test]
    fn integers_are_compared_with_any_number_by_exact_values() {
        let values = [0u8, 1, 2, 3, 127, 128, 254, 255];
        let signed = values.map(|value| value.wrapping_add(128) as i8);
        for comparison in COMPARISONS {
            for number in [-200, -129, -128, -1, 0, 1, 2, 126, 127, 128, 254, 255, 256, 300] {
                let expected = values.map(|value| holds(comparison, Some(i128::from(value).cmp(&number))));
                assert_eq!(passed(comparison, Number::Integer(number), &values), expected);
                let expected = signed.map(|value| holds(comparison, Some(i128::from(value).cmp(&number))));
                assert_eq!(passed(comparison, Number::Integer(number), &signed), expected);
            }
            for number in [-0.5, 0.0, 0.5, 2.5, 254.5, 255.0, 255.5, f64::INFINITY, -f64::INFINITY, f64::NAN]
            {
                let expected = values.map(|value| holds(comparison, f64::from(value).partial_cmp(&number)));
                assert_eq!(passed(comparison, Number::Float(number), &values), expected, "{number}");
            }
        }
    }

    #[test]
    fn floats_are_compared_as_ieee_says() {
        let large = (1i64 << 53) as f64;
        let floats =
            [0.0, -0.0, 1.5, f64::MAX, f64::MIN, f64::INFINITY, -f64::INFINITY, f64::NAN, 5e-324, large];
        for comparison in COMPARISONS {
            for number in floats {
                let expected = floats.map(|value| holds(comparison, value.partial_cmp(&number)));
                assert_eq!(passed(comparison, Number::Float(number), &floats), expected, "{number}");
                let narrow = floats.map(|value| value as f32);
                let expected = narrow.map(|value| holds(comparison, f64::from(value).partial_cmp(&number)));
                assert_eq!(passed(comparison, Number::Float(number), &narrow), expected, "{number}");
            }
            // One more than a float that is the nearest to it.
            let number = Number::Integer((1 << 53) + 1);
            let expected = floats.map(|value| match value.partial_cmp(&large) {
                Some(std::cmp::Ordering::Equal) => holds(comparison, Some(std::cmp::Ordering::Less)),
                ordering => holds(comparison, ordering),
            });
            assert_eq!(passed(comparison, number, &floats), expected);
        }
    }
}
