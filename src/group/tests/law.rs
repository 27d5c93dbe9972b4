//! Bytes in the order of the sorted keys are a function of the rows.

use arrcalc_datasets::{Column, DataType, Values};
use arrcalc_kernels::{Bits, Level};

use super::{values, words};
use crate::aggregate::{Call, NanPolicy};
use crate::group::{Grouped, Keys, Positions, grouped};

/// What one thread holds.
struct Part {
    keys: Keys,
    states: Vec<Box<dyn Grouped>>,
}

const NAMES: [&str; 15] = [
    "count",
    "sum",
    "mean",
    "var",
    "std",
    "min",
    "max",
    "argmin",
    "nansum",
    "nanmean",
    "count_nan",
    "any",
    "count_null",
    "nanmax",
    "median",
];

fn empty() -> Part {
    let states = NAMES.iter().map(|name| {
        let call = Call::new(name, &[DataType::Float64], &[], NanPolicy::Propagate).unwrap();
        grouped(&call, &[DataType::Float64], NanPolicy::Propagate, 1 << 12)
    });
    Part { keys: Keys::new(&[DataType::Float64]), states: states.collect() }
}

fn update(part: &mut Part, level: Level, key: &Column<'_>, x: &Column<'_>, first: usize) {
    let mut ids = Vec::new();
    part.keys.assign(level, key.values.len(), &[*key], &mut ids);
    for states in &mut part.states {
        states.update(level, &[*x], &ids, Positions::From(first as u64), part.keys.len());
    }
}

fn merge(part: &mut Part, other: &Part) {
    let ids = part.keys.merge(&other.keys);
    for (mine, theirs) in part.states.iter_mut().zip(&other.states) {
        mine.merge(&**theirs, &ids, part.keys.len());
    }
}

fn bytes(part: &Part) -> Vec<Vec<u8>> {
    let order = part.keys.sorted();
    let mut bytes =
        vec![format!("{:?}", order.iter().map(|&id| part.keys.key(0, id)).collect::<Vec<_>>()).into()];
    bytes.extend(part.states.iter().map(|states| states.to_bytes(&order)));
    bytes
}

#[test]
fn any_cut_level_and_order_of_merges_gives_the_same_bytes() {
    for spread in [20, 150, 2040] {
        let rows = 700;
        let mut word = words(spread);
        let choices = [f64::NAN, -f64::NAN, 0.0, -0.0, 1.5, -3.0, f64::INFINITY, 1e300, 5e-324];
        let key: Vec<f64> = (0..rows).map(|_| choices[word() as usize % choices.len()]).collect();
        let mut x = values(rows, 77, spread);
        x[5] = f64::NAN;
        x[6] = f64::NEG_INFINITY;
        let masks: Vec<Vec<u8>> =
            (0..2).map(|_| (0..rows.div_ceil(8)).map(|_| word() as u8 | word() as u8).collect()).collect();
        let validity = |index: usize| Some(Bits::new(&masks[index], 0, rows));
        let key = Column { values: Values::Float64(&key), validity: validity(0) };
        let x = Column { values: Values::Float64(&x), validity: validity(1) };
        let mut whole = empty();
        update(&mut whole, Level::BASELINE, &key, &x, 0);
        let expected = bytes(&whole);
        for level in Level::available() {
            for cut in [1, 2, 3, 64, 350, 699] {
                let mut parts = [empty(), empty(), empty()];
                for (index, start) in (0..rows).step_by(cut).enumerate() {
                    let rows = start..rows.min(start + cut);
                    update(&mut parts[index % 3], level, &key.slice(rows.clone()), &x.slice(rows), start);
                }
                for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
                    let mut merged = empty();
                    order.iter().for_each(|&part| merge(&mut merged, &parts[part]));
                    assert!(bytes(&merged) == expected, "cut {cut}, order {order:?}, spread {spread}");
                }
            }
        }
    }
}
