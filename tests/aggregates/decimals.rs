//! Order statistics of decimals against fractions: quantiles, iqr and mad are the floats nearest to the exact values.

use arrcalc::aggregate::{Call, NanPolicy, Parameter, Probability, QuantileMethod};
use arrcalc::answer::Scalar;
use arrcalc::datasets::{Chunk, Column, DataType, Dataset, Values};
use arrcalc::kernels::{Bits, Level};
use arrcalc::{ColumnQuantiles, Engine, Query, QueryText};
use num_rational::BigRational;
use num_traits::{FromPrimitive, Signed, pow};

use super::chosen::answer;

fn whole(value: i128) -> BigRational {
    BigRational::from_i128(value).expect("any integer")
}

fn ratio(numerator: i128, denominator: i128) -> BigRational {
    whole(numerator) / whole(denominator)
}

/// The quantile of sorted values at `numerator / denominator` by one of NumPy's methods.
fn quantile(sorted: &[BigRational], (numerator, denominator): (i128, i128), method: &str) -> BigRational {
    let place = ratio(numerator * (sorted.len() as i128 - 1), denominator);
    let low: usize = place.floor().to_integer().try_into().expect("a rank");
    let (lower, upper) = (&sorted[low], &sorted[(low + 1).min(sorted.len() - 1)]);
    let part = &place - place.floor();
    let is_between = part > whole(0);
    match method {
        "linear" => lower + (upper - lower) * part,
        "lower" => lower.clone(),
        "higher" => if is_between { upper } else { lower }.clone(),
        "midpoint" if is_between => (lower + upper) / whole(2),
        "midpoint" => lower.clone(),
        other => panic!("{other}"),
    }
}

fn median(sorted: &[BigRational]) -> BigRational {
    quantile(sorted, (1, 2), "linear")
}

fn mad(sorted: &[BigRational]) -> BigRational {
    let middle = median(sorted);
    let mut deviations: Vec<BigRational> = sorted.iter().map(|value| (value - &middle).abs()).collect();
    deviations.sort_unstable();
    median(&deviations)
}

fn assert_nearest(found: &Scalar, expected: &BigRational, what: &str) {
    let &Scalar::Float64(found) = found else { panic!("{what}: {found:?}") };
    let error = |float: f64| (BigRational::from_float(float).expect("finite") - expected).abs();
    let (mine, even) = (error(found), found.to_bits().is_multiple_of(2));
    for other in [found.next_down(), found.next_up()].map(error) {
        assert!(mine < other || mine == other && even, "{what}: {found:e} is not nearest");
    }
}

/// Checks every order statistic of the valid ones of `values`.
fn check(values: &[i128], validity: Option<&[u8]>, scale: i8) {
    let is_valid = |row: usize| validity.is_none_or(|mask| mask[row / 8] >> (row % 8) & 1 == 1);
    let unit = pow(whole(10), scale.unsigned_abs().into());
    let mut sorted: Vec<i128> =
        (0..values.len()).filter(|&row| is_valid(row)).map(|row| values[row]).collect();
    sorted.sort_unstable();
    let sorted: Vec<BigRational> = sorted.into_iter().map(|value| whole(value) / &unit).collect();
    let validity = validity.map(|mask| Bits::new(mask, 0, values.len()));
    let columns = vec![Column { values: Values::Decimal128(values), validity }];
    let chunk = Chunk { first_row: 3, row_count: values.len(), columns };
    let data_type = DataType::Decimal128 { precision: 38, scale };
    let found = |name: &str, parameters: &[Parameter]| {
        let call = Call::new(name, std::slice::from_ref(&data_type), parameters, NanPolicy::Propagate);
        let call = call.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(call.result_type(), &DataType::Float64, "{name}");
        let answers = [(values.len().max(1), 1 << 20), (777, 1 << 16), (64, 1 << 12)]
            .map(|(part, bytes)| answer(&call, &chunk, part, bytes).expect(name));
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{name}: {answers:?}");
        answers[0].clone()
    };
    if sorted.is_empty() {
        for name in ["median", "iqr", "mad"] {
            assert_eq!(found(name, &[]), Scalar::Null, "{name} of nothing");
        }
        return;
    }
    let what = |name: &str| format!("{name} of {} values at scale {scale}", sorted.len());
    assert_nearest(&found("median", &[]), &median(&sorted), &what("median"));
    let iqr = quantile(&sorted, (3, 4), "linear") - quantile(&sorted, (1, 4), "linear");
    assert_nearest(&found("iqr", &[]), &iqr, &what("iqr"));
    assert_nearest(&found("mad", &[]), &mad(&sorted), &what("mad"));
    let n = whole(sorted.len() as i128);
    let sum: BigRational = sorted.iter().sum();
    assert_nearest(&found("mean", &[]), &(&sum / &n), &what("mean"));
    if sorted.len() > 1 {
        let squares: BigRational = sorted.iter().map(|value| value * value).sum();
        let variance = (squares - &sum * &sum / &n) / (n - whole(1));
        assert_nearest(&found("var", &[]), &variance, &what("var"));
    }
    for (q, fraction) in [("0.07", (7, 100)), ("0.95", (19, 20)), ("1.0", (1, 1))] {
        for method in ["linear", "lower", "higher", "midpoint"] {
            let parameters = [Parameter::Decimal(q.into()), Parameter::Text(method.into())];
            let expected = quantile(&sorted, fraction, method);
            assert_nearest(&found("quantile", &parameters), &expected, &what(method));
        }
    }
}

fn words(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 11
    }
}

#[test]
fn order_statistics_of_decimals_are_correctly_rounded() {
    let mut next = words(7);
    // Around the numbers up to which states keep all values, and the mad asks for all of them.
    for rows in [0usize, 1, 2, 3, 4, 100, 1_024, 1_025, 2_048, 2_049, 6_001] {
        let prices: Vec<i128> = (0..rows).map(|_| i128::from(next() % 20_000) - 5_000).collect();
        check(&prices, None, 2);
        let ties: Vec<i128> = (0..rows).map(|_| i128::from(next() % 4) * 125).collect();
        check(&ties, None, 3);
        let wide =
            |word: u64, other: u64| i128::from(word) * 10i128.pow(20) - i128::from(other) * 10i128.pow(9);
        let wide: Vec<i128> = (0..rows).map(|_| wide(next(), next())).collect();
        check(&wide, None, 10);
        // Now and then one that does not fit 64 bits.
        let mixed = |row: usize| if row % 700 == 699 { wide[row] } else { prices[row] };
        check(&(0..rows).map(mixed).collect::<Vec<i128>>(), None, 4);
        let mask: Vec<u8> = (0..rows.div_ceil(8)).map(|_| next() as u8).collect();
        check(&wide, Some(&mask), 38);
        check(&prices, Some(&vec![0; rows.div_ceil(8)]), 0);
    }
}

#[test]
fn examples_by_hand() {
    // 1.25, -3.50, 10.00, 1.25: sorted -3.50, 1.25, 1.25, 10.00; deviations from 1.25: 0, 0, 4.75, 8.75.
    let values = [125, -350, 1000, 125];
    let columns = vec![Column { values: Values::Decimal128(&values), validity: None }];
    let chunk = Chunk { first_row: 0, row_count: 4, columns };
    let types = [DataType::Decimal128 { precision: 10, scale: 2 }];
    for (name, expected) in [("median", 1.25), ("iqr", 3.4375 - 0.0625), ("mad", 2.375)] {
        let call = Call::new(name, &types, &[], NanPolicy::Propagate).expect(name);
        assert_eq!(answer(&call, &chunk, 3, 1 << 20).expect(name), Scalar::Float64(expected), "{name}");
    }
    let call = Call::new("distinct_estimate", &types, &[], NanPolicy::Propagate).expect("of any type");
    assert_eq!(answer(&call, &chunk, 3, 1 << 20).expect("a number"), Scalar::Integer(3));
}

#[test]
fn quantiles_of_a_column_of_decimals_are_those_of_the_aggregate() {
    let x: Vec<i64> = (0..5_000i64).map(|row| row * row * 7919 % 100_003 - 40_000).collect();
    let dataset = Dataset::from_arrays(vec![("x".into(), x.as_slice().into())]).expect("a column");
    let question = QueryText { select: "cast(x as decimal(38, 3)) as x".into(), ..QueryText::default() };
    let engine = Engine::builder().threads(3).chunk_rows(700).build();
    let table = engine.run(&Query::parse(&dataset, &question).expect("a query")).expect("an answer");
    let batch = table.record_batch().expect("columns of Arrow's");
    let decimals = Dataset::from_batches("x", &batch.schema(), vec![batch]).expect("a table");
    let data_type = decimals.schema().fields[0].data_type.clone();
    assert_eq!(data_type, DataType::Decimal128 { precision: 38, scale: 3 });
    let probabilities =
        ["0.03", "0.5", "0.97"].map(|q| Probability::parse(q).expect("a probability")).to_vec();
    let (method, nan) = (QuantileMethod::Linear, NanPolicy::Propagate);
    let found = engine
        .run(&ColumnQuantiles::new(&decimals, 0, probabilities.clone(), method, nan))
        .expect("quantiles");
    let mut sorted = x.clone();
    sorted.sort_unstable();
    let sorted: Vec<BigRational> = sorted.into_iter().map(|value| whole(value.into())).collect();
    for (found, fraction) in found.iter().zip([(3, 100), (1, 2), (97, 100)]) {
        assert_nearest(found, &quantile(&sorted, fraction, "linear"), "a quantile of a column");
    }
    let chunk = table.lend();
    let level = Level::detect();
    let few = ColumnQuantiles::of_chunk(level, &chunk, &data_type, &probabilities, method, nan);
    assert_eq!(few.expect("quantiles"), found);
}
