//! The order of rows: packed words beside a stable sort of indices, and the first hundred rows beside a selection.

use std::hint::black_box;

use arrcalc::datasets::{Column, Values};
use arrcalc::order::{SortKey, argsort_into, first_rows};
use arrcalc::{ColumnOrder, Engine, Sort, datasets::Dataset};
use arrcalc_benches::family::{Family, SIZES};
use arrcalc_benches::{naive, sample};
use criterion::{Criterion, criterion_group, criterion_main};

fn argsort(criterion: &mut Criterion) {
    let engines = [1, 2].map(|threads| (threads, Engine::builder().threads(threads).build()));
    let mut family = Family::new(criterion, "argsort of f64");
    for size in SIZES {
        let values = sample::floats(size);
        let column = Column { values: Values::Float64(&values), validity: None };
        let mut order = vec![0; size];
        family.size(size, 8 * size);
        if size < SIZES[2] {
            family.contender("naive, a stable sort of indices", || {
                let mut order: Vec<u32> = (0..size as u32).collect();
                order.sort_by(|&left, &right| values[left as usize].total_cmp(&values[right as usize]));
                order
            });
        }
        for (threads, engine) in &engines {
            family.contender(&format!("{threads} threads"), || {
                let key = SortKey::ascending(black_box(column));
                engine.scoped(|scope| argsort_into(scope, &[key], &mut order)).expect("an order");
            });
        }
    }
}

fn top(criterion: &mut Criterion) {
    let engine = Engine::builder().threads(2).build();
    let mut family = Family::new(criterion, "top 100 of f64");
    for size in SIZES {
        let values = sample::floats(size);
        let column = Column { values: Values::Float64(&values), validity: None };
        family.size(size, 8 * size);
        family.contender("roof, one thread", || naive::roof(black_box(&values)));
        family.contender("naive, select and sort", || {
            let mut values = values.clone();
            let (above, _, _) = values.select_nth_unstable_by(100, |left, right| right.total_cmp(left));
            above.sort_by(|left, right| right.total_cmp(left));
            above.to_vec()
        });
        family.contender("2 threads", || {
            let key = SortKey::descending(black_box(column));
            engine.scoped(|scope| first_rows(scope, &[key], size, 100)).expect("rows")
        });
    }
}

fn table(criterion: &mut Criterion) {
    let engine = Engine::builder().threads(2).build();
    let mut family = Family::new(criterion, "table of i64, f64, f64 by the first");
    for size in SIZES {
        let (key, values) = (sample::integers(size, 1_000_000), sample::floats(size));
        let columns = vec![
            ("k".to_owned(), key.as_slice().into()),
            ("x".to_owned(), values.as_slice().into()),
            ("y".to_owned(), values.as_slice().into()),
        ];
        let dataset = Dataset::from_arrays(columns).expect("columns of one length");
        family.size(size, 24 * size);
        family.contender("2 threads", || {
            engine.run(&Sort::new(&dataset).by([ColumnOrder::from("k")])).expect("a table")
        });
    }
}

criterion_group!(benches, argsort, top, table);
criterion_main!(benches);
