//! Queries over arrays in memory, timed: `query_speed DIRECTORY [TEXT]` reads the columns x, y, g and k of the
//! directory's .npy files onto the heap and prints a line each question: milliseconds (median of 7), question. The answers,
//! summed over their groups, must be those of a plain loop to nine digits.

use std::path::Path;
use std::time::Instant;

use arrcalc::answer::Scalar;
use arrcalc::datasets::{Dataset, Layout, ReadRequest, Values};
use arrcalc::{Engine, Query, QueryText};

/// The answer's last column, summed over the groups, from x and y.
type Naive = fn(&[f64], &[f64]) -> f64;

/// Questions: what is selected, which rows, by which keys, and what a plain loop answers.
const QUESTIONS: [(&str, &str, &str, Naive); 8] = [
    ("sum(x)", "", "", |x, _| x.iter().sum()),
    ("sum(x)", "y > 0.5", "", |x, y| pairs(x, y).map(|(x, y)| if y > 0.5 { x } else { 0.0 }).sum()),
    ("sum(x*y + 2*x - y)", "", "", |x, y| pairs(x, y).map(|(x, y)| x * y + 2.0 * x - y).sum()),
    ("count(*)", "x > 1", "", |x, _| x.iter().filter(|x| **x > 1.0).count() as f64),
    ("sum(x)", "", "g", |x, _| x.iter().sum()),
    ("sum(x)", "", "k", |x, _| x.iter().sum()),
    ("corr(x, y)", "", "", corr),
    ("sum(x), mean(y)", "y > 0.5 and x < 3", "", |x, y| {
        let chosen = pairs(x, y).filter(|(x, y)| *y > 0.5 && *x < 3.0);
        let (sum, count) = chosen.fold((0.0, 0.0), |(sum, count), (_, y)| (sum + y, count + 1.0));
        sum / count
    }),
];

fn pairs<'a>(x: &'a [f64], y: &'a [f64]) -> impl Iterator<Item = (f64, f64)> + 'a {
    x.iter().copied().zip(y.iter().copied())
}

/// The textbook's correlation, in two passes.
fn corr(x: &[f64], y: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_x, mean_y) = (mean(x), mean(y));
    let (xx, yy, xy) = pairs(x, y).fold((0.0, 0.0, 0.0), |(xx, yy, xy), (x, y)| {
        let (a, b) = (x - mean_x, y - mean_y);
        (xx + a * a, yy + b * b, xy + a * b)
    });
    xy / f64::sqrt(xx * yy)
}

/// The sum of the last column of an answer.
fn total(answer: &arrcalc::answer::Table) -> f64 {
    let last = answer.fields().len() - 1;
    (0..answer.row_count())
        .map(|row| match answer.value(row, last) {
            Scalar::Float64(value) => value,
            Scalar::Integer(value) => value as f64,
            other => panic!("a number, not {other:?}"),
        })
        .sum()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let directory = Path::new(arguments.first().expect("a directory"));
    let wanted = arguments.get(1).map_or("", String::as_str);
    let (x, y) = (floats(&directory.join("x.npy")), floats(&directory.join("y.npy")));
    let (mut g, mut k): (Vec<i32>, Vec<i64>) = (Vec::new(), Vec::new());
    each(&directory.join("g.npy"), |values| match values {
        Values::Int32(values) => g.extend_from_slice(values),
        _ => panic!("a column of int32"),
    });
    each(&directory.join("k.npy"), |values| match values {
        Values::Int64(values) => k.extend_from_slice(values),
        _ => panic!("a column of int64"),
    });
    let columns = vec![
        ("x".to_owned(), x.as_slice().into()),
        ("y".to_owned(), y.as_slice().into()),
        ("g".to_owned(), g.as_slice().into()),
        ("k".to_owned(), k.as_slice().into()),
    ];
    let dataset = Dataset::from_arrays(columns).expect("columns of one length");
    let engine = Engine::builder().threads(2).build();
    for (select, predicate, by, naive) in QUESTIONS {
        let text = QueryText {
            select: select.into(),
            predicate: predicate.into(),
            by: by.into(),
            ..QueryText::default()
        };
        let name = format!("{select} where {predicate} by {by}");
        if !name.contains(wanted) {
            continue;
        }
        let query = match Query::parse(&dataset, &text) {
            Ok(query) => query,
            Err(error) => panic!("{error}"),
        };
        match engine.run(&query) {
            Ok(answer) => {
                let (found, expected) = (total(&answer), naive(&x, &y));
                let near = (found - expected).abs() <= 1e-9 * expected.abs().max(1.0);
                assert!(near, "{name}: {found} is not {expected}");
            }
            Err(error) => panic!("{name}: {error}"),
        }
        let mut times: Vec<f64> = (0..7)
            .map(|_| {
                let start = Instant::now();
                let answer = engine.run(&query).map(|answer| answer.row_count());
                if let Err(error) = answer {
                    panic!("{name}: {error}");
                }
                start.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        println!("{:9.2} {name}", times[3]);
    }
}

fn floats(path: &Path) -> Vec<f64> {
    arrcalc_benches::npy::column(path)
}

/// Lends the values of the first column of a file, piece by piece.
fn each(path: &Path, mut visit: impl FnMut(Values<'_>)) {
    let dataset = Dataset::open(path).expect("a readable file");
    let request = ReadRequest { chunk_rows: 1 << 16, memory_bytes: 1 << 30 };
    for unit in dataset.units(&[0], Layout::Together, 1 << 20) {
        let read = dataset.read(&unit, &request, &mut |chunk| {
            visit(chunk.columns[0].values);
            std::ops::ControlFlow::Continue(())
        });
        read.expect("a readable file");
    }
}
