//! Queries over arrays in memory, on one thread, beside one loop over the same arrays that does not sum exactly.

use std::hint::black_box;

use arrcalc::datasets::Dataset;
use arrcalc::{Engine, Query, QueryText};
use arrcalc_benches::family::{Family, SIZES};
use arrcalc_benches::{naive, sample};
use criterion::{Criterion, criterion_group, criterion_main};

/// Elements of the arrays: so many that they are in no cache.
const ROWS: usize = SIZES[2];

struct Arrays {
    x: Vec<f64>,
    y: Vec<f64>,
    few: Vec<i64>,
    many: Vec<i64>,
}

/// What the exact answer is compared with.
type Naive = fn(&Arrays) -> f64;

/// What is selected, from which rows, by which key; bytes read a row; the naive twin.
const QUESTIONS: [(&str, &str, &str, usize, Naive); 5] = [
    ("sum(x)", "y > 0.5", "", 16, |data| {
        data.x.iter().zip(&data.y).map(|(x, y)| if *y > 0.5 { *x } else { 0.0 }).sum()
    }),
    ("sum(x*y + 2*x - y)", "", "", 16, |data| {
        data.x.iter().zip(&data.y).map(|(x, y)| x * y + 2.0 * x - y).sum()
    }),
    ("count(*)", "x > 1", "", 8, |data| data.x.iter().filter(|x| **x > 1.0).count() as f64),
    ("sum(x)", "", "few", 16, |data| grouped(&data.few, &data.x, 1_000)),
    ("sum(x)", "", "many", 16, |data| grouped(&data.many, &data.x, 1_000_000)),
];

/// The sum of a group, after those of all are made.
fn grouped(keys: &[i64], values: &[f64], groups: usize) -> f64 {
    let mut sums = vec![0.0; groups];
    keys.iter().zip(values).for_each(|(key, value)| sums[*key as usize] += value);
    sums[0]
}

fn query(criterion: &mut Criterion) {
    let data = Arrays {
        x: sample::floats(ROWS),
        y: sample::floats(ROWS).into_iter().rev().collect(),
        few: sample::integers(ROWS, 1_000),
        many: sample::integers(ROWS, 1_000_000),
    };
    let columns = vec![
        ("x".to_owned(), data.x.as_slice().into()),
        ("y".to_owned(), data.y.as_slice().into()),
        ("few".to_owned(), data.few.as_slice().into()),
        ("many".to_owned(), data.many.as_slice().into()),
    ];
    let dataset = Dataset::from_arrays(columns).expect("columns of one length");
    for (select, predicate, by, bytes, twin) in QUESTIONS {
        let clause =
            |word: &str, text: &str| if text.is_empty() { String::new() } else { format!(" {word} {text}") };
        let name = format!("{select}{}{}", clause("where", predicate), clause("by", by));
        let text = QueryText {
            select: select.into(),
            predicate: predicate.into(),
            by: by.into(),
            ..QueryText::default()
        };
        let query = Query::parse(&dataset, &text).expect("a query");
        let mut family = Family::new(criterion, &name);
        family.size(ROWS, bytes * ROWS);
        family.contender("roof", || naive::roof(black_box(&data.x)));
        family.contender("naive", || twin(black_box(&data)));
        family.levels("exact", |level| {
            let engine = Engine::builder().threads(1).level(level).build();
            engine.run(&query).expect("an answer").row_count()
        });
    }
}

criterion_group!(benches, query);
criterion_main!(benches);
