//! Replicates, their invariance and their coverage.

use arrcalc_datasets::Dataset;
use arrcalc_kernels::Level;
use arrcalc_kernels::random::{Philox, fill_normals, fill_poisson_counts};

use super::*;
use crate::{Engine, QueryText};

fn column(rows: usize) -> Vec<f64> {
    let mut values = vec![0.0; rows];
    fill_normals(Level::BASELINE, &Philox::from(9), 0, &mut values);
    values
}

fn ask(
    engine: &Engine,
    columns: &[(&str, &[f64])],
    select: &str,
    predicate: &str,
    method: IntervalMethod,
) -> Estimates {
    let arrays = columns.iter().map(|&(name, values)| (name.to_owned(), values.into())).collect();
    let dataset = Dataset::from_arrays(arrays).expect("columns of one length");
    let text = QueryText { select: select.into(), predicate: predicate.into(), ..QueryText::default() };
    let query = Query::parse(&dataset, &text).expect("a query");
    let task = Bootstrap::new(query).replicates(37).seed(5).method(method);
    engine.run(&task).expect("an answer")
}

/// NaN equal to itself.
fn bits(answer: &Estimates) -> Vec<u64> {
    let ends = |one: &Estimate| {
        [one.estimate, one.std_error, one.low, one.high, one.bias].map(|value| value.map_or(1, f64::to_bits))
    };
    let all = answer.estimates.iter();
    all.flat_map(|one| ends(one).into_iter().chain(one.distribution.iter().map(|value| value.to_bits())))
        .collect()
}

#[test]
fn replicates_are_those_of_rows_written_out() {
    let x = column(3000);
    let answer =
        ask(&Engine::new(), &[("x", &x)], "mean(x), median(x), sum(x)", "", IntervalMethod::Percentile);
    for replicate in 0..37 {
        let mut counts = vec![0; x.len()];
        let stream = Philox::from(5).jumped(replicate as u64 + 1);
        fill_poisson_counts(Level::BASELINE, &stream, 0, &mut counts);
        let mut taken: Vec<f64> = Vec::new();
        for (&value, &count) in x.iter().zip(&counts) {
            taken.extend(std::iter::repeat_n(value, count.into()));
        }
        let mut sums = PowerSums::<1>::new();
        sums.update_f64(Level::BASELINE, &taken);
        taken.sort_by(f64::total_cmp);
        let middle = taken.len() / 2;
        let median =
            if taken.len() % 2 == 1 { taken[middle] } else { (taken[middle - 1] + taken[middle]) / 2.0 };
        let found: Vec<f64> = answer.estimates.iter().map(|one| one.distribution[replicate]).collect();
        assert_eq!(found, [sums.mean().expect("rows"), median, sums.sum()]);
    }
}

#[test]
fn no_schedule_changes_a_bit() {
    let rows = 1700;
    let x: Vec<f64> =
        column(rows).into_iter().enumerate().map(|(row, x)| if row % 50 == 3 { -0.0 } else { x }).collect();
    let y: Vec<f64> = (0..rows).map(|row| ((row * 7919) % 1000) as f64).collect();
    let select = "mean(x), std(x) as s, sum(y) / count(*), corr(x, y), median(y), distinct(y), \
                  mean(x) filter (where y > 300), sum(x * 1e200 * y), max(y)";
    let ask = |engine: &Engine, predicate: &str, method| {
        ask(engine, &[("x", &x), ("y", &y)], select, predicate, method)
    };
    for predicate in ["", "y < 900 and x > -1"] {
        for method in [IntervalMethod::Percentile, IntervalMethod::Bca] {
            let expected = bits(&ask(&Engine::builder().threads(1).build(), predicate, method));
            for (threads, chunk_rows) in [(1, 1), (5, 2), (2, 3), (1, 1000), (2, 1000), (5, 4096)] {
                // The jackknife has many replicates, and says nothing new of small chunks.
                if method == IntervalMethod::Bca && chunk_rows < 1000 {
                    continue;
                }
                let engine = Engine::builder().threads(threads).chunk_rows(chunk_rows).build();
                assert_eq!(bits(&ask(&engine, predicate, method)), expected, "{threads} {chunk_rows}");
            }
            for level in Level::available() {
                let engine = Engine::builder().level(level).build();
                assert_eq!(bits(&ask(&engine, predicate, method)), expected, "{level}");
            }
        }
    }
}

#[test]
fn special_values_are_those_of_the_query() {
    let answer = |x: &[f64], select: &str| ask(&Engine::new(), &[("x", x)], select, "", IntervalMethod::Bca);
    let mut x = column(100);
    x[7] = f64::NAN;
    let one = answer(&x, "mean(x), nanmean(x), count(x)");
    assert!(
        one.estimates[0].low.is_some_and(f64::is_nan) && one.estimates[0].std_error.is_some_and(f64::is_nan)
    );
    assert!(one.estimates[1].low < one.estimates[1].high);
    assert_eq!(one.estimates[2].estimate, Some(100.0));
    // A replicate of one row has no variance unless it is taken twice.
    let one = answer(&[3.0], "var(x), mean(x)");
    assert!(one.estimates[0].estimate.is_none() && one.estimates[0].distribution.len() < 37);
    assert!(one.estimates[1].distribution.iter().all(|&mean| mean == 3.0));
    // Of rows that are all alike there is nothing to correct.
    assert_eq!(answer(&[-0.0; 9], "sum(x)").estimates[0].low, Some(-0.0));
}

#[test]
fn what_cannot_be_resampled_is_refused() {
    let x = column(10);
    let dataset = Dataset::from_arrays(vec![("x".into(), x.as_slice().into())]).expect("one column");
    let run = |select: &str, by: &str| {
        let text = QueryText { select: select.into(), by: by.into(), ..QueryText::default() };
        let task = Bootstrap::new(Query::parse(&dataset, &text).expect("a query")).replicates(3);
        Engine::new().run(&task).map(|_| ()).map_err(|error| error.to_string())
    };
    for (select, by, part) in [
        ("x", "", "aggregates over all rows"),
        ("mean(x)", "x", "aggregates over all rows"),
        ("argmin(x)", "", "where rows stand"),
        ("first(x)", "", "where rows stand"),
        ("any(x)", "", "numbers"),
    ] {
        let error = run(select, by).expect_err(select);
        assert!(error.contains(part), "{error}");
    }
    let text = QueryText { select: "mean(x)".into(), ..QueryText::default() };
    let query = Query::parse(&dataset, &text).expect("a query");
    assert!(Engine::new().run(&Bootstrap::new(query.clone()).replicates(0)).is_err());
    assert!(Bootstrap::new(query).confidence("1.5").is_err());
}

#[test]
fn intervals_cover_the_mean_as_often_as_they_say() {
    const SAMPLES: usize = 400;
    const ROWS: usize = 60;
    let engine = Engine::builder().threads(1).build();
    let mut all = vec![0.0; SAMPLES * ROWS];
    fill_normals(Level::BASELINE, &Philox::from(77), 0, &mut all);
    for method in [IntervalMethod::Percentile, IntervalMethod::Basic, IntervalMethod::Bca] {
        let mut covered = 0;
        for (seed, sample) in all.chunks_exact(ROWS).enumerate() {
            let dataset = Dataset::from_arrays(vec![("x".into(), sample.into())]).expect("one column");
            let text = QueryText { select: "mean(x)".into(), ..QueryText::default() };
            let task = Bootstrap::new(Query::parse(&dataset, &text).expect("a query"));
            let task = task.replicates(300).seed(seed as u64).method(method).confidence("0.9").expect("0.9");
            let one = engine.run(&task).expect("an answer").estimates.remove(0);
            covered += usize::from(one.low < Some(0.0) && Some(0.0) < one.high);
        }
        // 360 expected, fewer by some 6 as 60 rows are few; three standard deviations are 18.
        assert!((333..=378).contains(&covered), "{}: {covered} of {SAMPLES}", method.name());
    }
}
