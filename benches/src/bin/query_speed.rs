//! Queries over arrays in memory, timed: `query_speed DIRECTORY [TEXT]` reads the columns x, y, g and k of the
//! directory's .npy files onto the heap and prints a line each question: milliseconds (median of 7), question.

use std::path::Path;
use std::time::Instant;

use arrcalc::datasets::{Dataset, Layout, ReadRequest, Values};
use arrcalc::{Engine, Query, QueryText};

/// Questions: what is selected, which rows, by which keys.
const QUESTIONS: [(&str, &str, &str); 8] = [
    ("sum(x)", "", ""),
    ("sum(x)", "y > 0.5", ""),
    ("sum(x*y + 2*x - y)", "", ""),
    ("count(*)", "x > 1", ""),
    ("sum(x)", "", "g"),
    ("sum(x)", "", "k"),
    ("corr(x, y)", "", ""),
    ("sum(x), mean(y)", "y > 0.5 and x < 3", ""),
];

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
    for (select, predicate, by) in QUESTIONS {
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
