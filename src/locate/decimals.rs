//! Decimals with other digits after the point than the column that they are looked for in.

use arrcalc_datasets::{DataType, text};
use arrcalc_kernels::search::Side;

use crate::answer::Scalar;

/// Digits that a decimal has at most.
const PRECISION: u8 = 38;

/// The values that `texts` write and their type: that of a column with `precision` and `scale` if they are values of it,
/// else one with digits enough for all of them.
///
/// # Errors
/// The text that is no decimal of at most 38 digits in that type.
pub(super) fn read(texts: &[String], precision: u8, scale: i8) -> Result<(Vec<Scalar>, DataType), &String> {
    let of_type = |precision: u8, scale: i8| {
        let mut values = Vec::with_capacity(texts.len());
        for text in texts {
            let unscaled = text::parse_decimal(text, precision, scale).ok_or(text)?.to_string();
            values.push(Scalar::Decimal { unscaled, scale });
        }
        Ok((values, DataType::Decimal128 { precision, scale }))
    };
    let digits = |text: &String| {
        (scale..=PRECISION as i8).find(|&scale| text::parse_decimal(text, PRECISION, scale).is_some())
    };
    of_type(precision, scale).or_else(|_: &String| {
        let mut needed = scale;
        for text in texts {
            needed = needed.max(digits(text).ok_or(text)?);
        }
        of_type(PRECISION, needed)
    })
}

/// The unscaled integer, with `to` digits after the point, below which as many rows lie as below `value` with `from` of
/// them; for [`Side::Right`] the one not above which as many lie.
pub(super) fn rescaled(value: i128, from: i8, to: i8, side: Side) -> i128 {
    let digits = i32::from(to) - i32::from(from);
    let power = 10i128.checked_pow(digits.unsigned_abs());
    if digits >= 0 {
        // No decimal is as large as the largest integer.
        let beyond = if value < 0 { i128::MIN } else { i128::MAX };
        return if value == 0 {
            0
        } else {
            power.and_then(|power| value.checked_mul(power)).unwrap_or(beyond)
        };
    }
    let (below, is_between) = match power {
        Some(power) => (value.div_euclid(power), value.rem_euclid(power) != 0),
        None => (if value < 0 { -1 } else { 0 }, value != 0),
    };
    match side {
        Side::Left => below + i128::from(is_between),
        Side::Right => below,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_between_two_of_the_column_goes_to_the_one_that_has_as_many_below() {
        let both = |value, from, to| [Side::Left, Side::Right].map(|side| rescaled(value, from, to, side));
        assert_eq!(both(1_250, 3, 2), [125, 125]);
        assert_eq!(both(1_254, 3, 2), [126, 125]);
        assert_eq!(both(-1_254, 3, 2), [-125, -126]);
        assert_eq!(both(-7, 38, -5), [0, -1]);
        assert_eq!(both(7, 38, -5), [1, 0]);
        assert_eq!(both(-3, 1, 4), [-3_000, -3_000]);
        assert_eq!(both(9, 0, 38), [i128::MAX; 2]);
        assert_eq!(both(-9, -20, 30), [i128::MIN; 2]);
        assert_eq!(both(0, -20, 30), [0, 0]);
    }

    #[test]
    fn texts_have_the_columns_type_where_they_fit() {
        let read = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
            let (values, data_type) = read(&texts, 5, 2).map_err(Clone::clone)?;
            let unscaled = values.into_iter().map(|value| match value {
                Scalar::Decimal { unscaled, .. } => unscaled,
                other => panic!("{other:?}"),
            });
            Ok::<_, String>((unscaled.collect::<Vec<_>>(), data_type.to_string()))
        };
        let known = |unscaled: &[&str], data_type: &str| {
            Ok((unscaled.iter().map(|&text| text.to_owned()).collect(), data_type.to_owned()))
        };
        assert_eq!(read(&["1.5", "-2"]), known(&["150", "-200"], "decimal128(5, 2)"));
        assert_eq!(read(&["1.5", "0.0625"]), known(&["15000", "625"], "decimal128(38, 4)"));
        assert_eq!(read(&["1000000"]), known(&["100000000"], "decimal128(38, 2)"));
        assert_eq!(read(&["1", "much"]), Err("much".into()));
        assert_eq!(read(&["1e37"]), Err("1e37".into()));
    }
}
