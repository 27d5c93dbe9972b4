//! What a column's type means for its statistics: which element kernels see, and which type results have.

use arrcalc_datasets::{DataType, TimeUnit};
use arrcalc_kernels::exact::{Dyadic, Natural, PowerSums, Ratio};

use crate::answer::Scalar;

/// The element that a column's values are widened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// `f64`: every float.
    Float,
    /// `i64`: bool, signed integers, unsigned ones up to 32 bits, dates, times, timestamps, durations.
    Signed,
    /// `u64`: unsigned 64-bit integers.
    Unsigned,
    /// `i128`: decimals, unscaled.
    Decimal,
    /// Text.
    Text,
    /// Nothing but nulls.
    Null,
    /// No statistics but counts.
    Opaque,
}

impl Kind {
    /// The kind of `data_type`.
    pub fn of(data_type: &DataType) -> Self {
        use DataType::*;
        match data_type {
            Float16 | Float32 | Float64 => Kind::Float,
            Bool | Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 => Kind::Signed,
            Date | Time(_) | Timestamp(..) | Duration(_) => Kind::Signed,
            UInt64 => Kind::Unsigned,
            Decimal128 { .. } => Kind::Decimal,
            String => Kind::Text,
            Null => Kind::Null,
            _ => Kind::Opaque,
        }
    }
}

/// A float result for a column of `data_type`: binary32 for binary16 and binary32, else binary64.
fn float(data_type: &DataType, wide: f64, narrow: f32) -> Scalar {
    match data_type {
        DataType::Float16 | DataType::Float32 => Scalar::Float32(narrow),
        _ => Scalar::Float64(wide),
    }
}

/// One value of a float column, as a result: its own type, so that nothing is rounded.
pub(crate) fn float_value(data_type: &DataType, value: f64) -> Scalar {
    float(data_type, value, value as f32)
}

/// One value of any other numeric or temporal column.
pub(crate) fn integer_value(data_type: &DataType, value: i128) -> Scalar {
    let ticks = || value as i64; // came from an i64 column, or from the mean or a quantile of one
    match data_type {
        DataType::Bool => Scalar::Bool(value != 0),
        DataType::Date => Scalar::Date(ticks()),
        DataType::Time(unit) => Scalar::Time(ticks(), *unit),
        DataType::Timestamp(unit, zone) => Scalar::Timestamp(ticks(), *unit, zone.clone()),
        DataType::Duration(unit) => Scalar::Duration(value, *unit),
        DataType::Decimal128 { scale, .. } => Scalar::Decimal { unscaled: value.to_string(), scale: *scale },
        _ => Scalar::Integer(value),
    }
}

/// The exact sum of a column's values; null for dates and times, which cannot be added.
pub(crate) fn sum_of<const D: usize>(data_type: &DataType, sums: &PowerSums<D>) -> Scalar {
    match data_type {
        DataType::Float16 | DataType::Float32 => Scalar::Float32(sums.read::<f32>().sum()),
        DataType::Float64 => Scalar::Float64(sums.sum()),
        DataType::Date | DataType::Time(_) | DataType::Timestamp(..) => Scalar::Null,
        DataType::Duration(unit) => {
            sums.sum_integer().map_or(Scalar::Null, |ticks| Scalar::Duration(ticks, *unit))
        }
        DataType::Decimal128 { scale, .. } => {
            Scalar::Decimal { unscaled: integer_text(&sums.power_sum(1).to_dyadic()), scale: *scale }
        }
        _ => sums.sum_integer().map_or(Scalar::Null, Scalar::Integer),
    }
}

/// The mean: a timestamp in seconds for dates, the nearest tick for other temporal types, else a float.
pub(crate) fn mean_of<const D: usize>(data_type: &DataType, sums: &PowerSums<D>) -> Scalar {
    let ticks = || sums.mean_ticks();
    let value = match data_type {
        DataType::Float16 | DataType::Float32 => sums.read::<f32>().mean().map(Scalar::Float32),
        DataType::Date => date_mean(sums),
        DataType::Time(_) | DataType::Timestamp(..) | DataType::Duration(_) => {
            ticks().map(|ticks| integer_value(data_type, ticks))
        }
        DataType::Decimal128 { scale, .. } => sums.read::<f64>().scaled(*scale).mean().map(Scalar::Float64),
        _ => sums.mean().map(Scalar::Float64),
    };
    value.unwrap_or(Scalar::Null)
}

/// `RN(86400 Σ days / n)` in seconds.
fn date_mean<const D: usize>(sums: &PowerSums<D>) -> Option<Scalar> {
    let n = sums.count();
    let days = sums.sum_integer()?;
    let seconds = days.checked_mul(86_400)?;
    let mean = (n > 0).then(|| Ratio::new(Dyadic::from(seconds), Natural::from(n)))?.to_nearest_i128()?;
    Some(Scalar::Timestamp(i64::try_from(mean).ok()?, TimeUnit::Second, None))
}

/// Powers of ten that a decimal's values are divided by; 0 for other types.
pub(crate) fn scale(data_type: &DataType) -> i8 {
    match data_type {
        DataType::Decimal128 { scale, .. } => *scale,
        _ => 0,
    }
}

/// The decimal digits of a dyadic number that is an integer, of any size, with its sign.
pub(crate) fn integer_text(value: &Dyadic) -> String {
    let magnitude = value.magnitude().shl(value.exponent().max(0) as u64);
    let magnitude = magnitude.shr(value.exponent().min(0).unsigned_abs());
    let sign = if value.is_negative() { "-" } else { "" };
    format!("{sign}{}", digits(&magnitude))
}

/// Decimal digits of a natural number of any size.
pub(crate) fn digits(value: &Natural) -> String {
    // The largest power of ten whose remainders fit u64.
    const DIGITS: u32 = 19;
    let base = Natural::power_of_ten(DIGITS);
    let mut groups = Vec::new();
    let mut rest = value.clone();
    while rest.bit_length() > 63 {
        let (quotient, remainder) = rest.div_rem(&base);
        groups.push(remainder.to_u128().unwrap_or(0));
        rest = quotient;
    }
    let mut text = rest.to_u128().unwrap_or(0).to_string();
    for group in groups.iter().rev() {
        text.push_str(&format!("{group:0width$}", width = DIGITS as usize));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_right_past_every_machine_word() {
        assert_eq!(digits(&Natural::from(0u64)), "0");
        assert_eq!(digits(&Natural::from(u128::MAX)), u128::MAX.to_string());
        assert_eq!(digits(&Natural::power_of_ten(60)), format!("1{}", "0".repeat(60)));
        let mut sums = PowerSums::<1>::new();
        for _ in 0..3 {
            sums.update_i128(i128::MIN);
        }
        let decimal = DataType::Decimal128 { precision: 38, scale: 2 };
        let expected = "-510423550381407695195061911147652317184"; // 3 * 2^127
        assert_eq!(sum_of(&decimal, &sums), Scalar::Decimal { unscaled: expected.into(), scale: 2 });
    }

    #[test]
    fn the_mean_of_dates_is_a_moment_of_the_day() {
        let mut sums = PowerSums::<1>::new();
        [0i128, 1, 1].iter().for_each(|&days| sums.update_i128(days));
        assert_eq!(mean_of(&DataType::Date, &sums), Scalar::Timestamp(57_600, TimeUnit::Second, None));
        assert_eq!(sum_of(&DataType::Date, &sums), Scalar::Null);
    }
}
