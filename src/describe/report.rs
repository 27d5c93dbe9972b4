//! From the first pass's state of a column to its entry in the description.

use arrcalc_datasets::{DataType, Field};
use arrcalc_kernels::exact::PowerSums;

use crate::aggregate::{estimate, integer_value, mean_of, scale, sum_of};
use crate::answer::{ColumnDescription, Scalar};

use super::column::{ColumnState, with_numbers};
use super::decimals::Decimals;
use super::numbers::{Number, Numbers};

/// Values listed as most frequent.
const MOST_FREQUENT: usize = 8;

/// An entry without any statistic.
pub(super) fn blank(field: &Field) -> ColumnDescription {
    ColumnDescription {
        name: field.name.clone(),
        data_type: field.data_type.clone(),
        count: 0,
        nulls: 0,
        nans: None,
        infinities: None,
        zeros: None,
        distinct: None,
        distinct_estimate: None,
        sum: Scalar::Null,
        mean: Scalar::Null,
        std: Scalar::Null,
        var: Scalar::Null,
        min: Scalar::Null,
        quantiles: [const { Scalar::Null }; 7],
        max: Scalar::Null,
        skewness: Scalar::Null,
        kurtosis: Scalar::Null,
        histogram: None,
        most_frequent: Vec::new(),
    }
}

/// Everything that the first pass knows.
pub(super) fn first(state: &ColumnState, described: &mut ColumnDescription) {
    let numbers = with_numbers!(state, numbers => read_numbers(numbers, described));
    match state {
        _ if numbers.is_some() => {}
        ColumnState::Decimal(decimals) => read_decimals(decimals, described),
        ColumnState::Text(text) => {
            described.count = text.rows() - text.nulls();
            described.nulls = text.nulls();
            described.distinct = text.distinct();
            described.distinct_estimate = Some(text.distinct_estimate());
            if let Some((min, max)) = text.extrema() {
                described.min = string(min);
                described.max = string(max);
            }
            let frequent = text.most_frequent(MOST_FREQUENT).unwrap_or_default();
            described.most_frequent =
                frequent.into_iter().map(|(value, count)| (string(value), count)).collect();
        }
        ColumnState::Null(rows) => {
            described.nulls = *rows;
            described.distinct = Some(0);
            described.distinct_estimate = Some(0);
        }
        _ => {}
    }
}

fn string(bytes: &[u8]) -> Scalar {
    Scalar::Text(String::from_utf8_lossy(bytes).into_owned())
}

fn read_numbers<E: Number>(numbers: &Numbers<E>, described: &mut ColumnDescription) {
    let data_type = described.data_type.clone();
    let census = &numbers.finite.census;
    described.count = numbers.count();
    described.nulls = numbers.nulls;
    described.nans = data_type.is_float().then_some(census.nan);
    described.infinities =
        data_type.is_float().then_some(numbers.positive_infinity + numbers.negative_infinity);
    described.zeros = data_type.is_numeric().then_some(census.zero);
    described.distinct = numbers.distinct.is_exact().then(|| numbers.distinct.distinct());
    described.distinct_estimate = Some(estimate(&numbers.distinct));
    if let Some((low, high)) = numbers.extrema() {
        described.min = low.scalar(&data_type);
        described.max = high.scalar(&data_type);
    }
    let frequent = numbers.distinct.most_frequent(MOST_FREQUENT).unwrap_or_default();
    described.most_frequent =
        frequent.into_iter().map(|(value, count)| (value.scalar(&data_type), count)).collect();
    moments(&numbers.sums.without_nan(), described);
}

fn read_decimals(decimals: &Decimals, described: &mut ColumnDescription) {
    described.count = decimals.sums.count();
    described.nulls = decimals.nulls;
    described.zeros = Some(decimals.zeros);
    described.distinct = decimals.distinct.distinct();
    described.distinct_estimate = Some(decimals.distinct.distinct_estimate());
    let value = |value| integer_value(&described.data_type, value);
    let frequent = decimals.distinct.most_frequent(MOST_FREQUENT).unwrap_or_default();
    described.most_frequent = frequent.into_iter().map(|(found, count)| (value(found), count)).collect();
    (described.min, described.max) = decimals.extrema(&described.data_type);
    moments(&decimals.sums, described);
}

/// Sums, and for numbers what is read from sums of powers; with `ddof = 1`.
fn moments(sums: &PowerSums<4>, described: &mut ColumnDescription) {
    let data_type = &described.data_type;
    described.sum = sum_of(data_type, sums);
    described.mean = mean_of(data_type, sums);
    if !data_type.is_numeric() {
        return;
    }
    let read = |value: Option<Scalar>| value.unwrap_or(Scalar::Null);
    if matches!(data_type, DataType::Float16 | DataType::Float32) {
        let view = sums.read::<f32>();
        described.var = read(view.variance(1).map(Scalar::Float32));
        described.std = read(view.std(1).map(Scalar::Float32));
        described.skewness = read(view.skewness().map(Scalar::Float32));
        described.kurtosis = read(view.kurtosis().map(Scalar::Float32));
    } else {
        let view = sums.read::<f64>().scaled(scale(data_type));
        described.var = read(view.variance(1).map(Scalar::Float64));
        described.std = read(view.std(1).map(Scalar::Float64));
        described.skewness = read(view.skewness().map(Scalar::Float64));
        described.kurtosis = read(view.kurtosis().map(Scalar::Float64));
    }
}
