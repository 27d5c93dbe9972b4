//! What a file holds, as far as a test asks: rows, and per column nulls, NaNs, extremes and sums.
#![allow(dead_code, reason = "shared by tests that each ask for a part")]

use std::ops::ControlFlow;

use arrcalc_datasets::{Dataset, Layout, ReadRequest, Result, Text, Values};

/// Statistics of one column.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Found {
    pub(crate) rows: u64,
    pub(crate) nulls: u64,
    pub(crate) nans: u64,
    pub(crate) trues: u64,
    pub(crate) ints: Option<(i128, i128, i128)>,
    pub(crate) floats: Option<(f64, f64)>,
    pub(crate) float_values: Vec<f64>,
    /// Length and a fold of all text, in row order.
    pub(crate) text: (u64, u64),
}

/// Reads column `column` of `dataset` in chunks of `chunk_rows` rows.
pub(crate) fn column(dataset: &Dataset<'_>, column: usize, chunk_rows: usize) -> Result<Found> {
    let mut found = columns(dataset, &[column], Layout::Apart, chunk_rows)?;
    Ok(found.remove(0))
}

/// Reads `wanted` columns.
pub(crate) fn columns(
    dataset: &Dataset<'_>,
    wanted: &[usize],
    layout: Layout,
    chunk_rows: usize,
) -> Result<Vec<Found>> {
    let mut found = vec![Found::default(); wanted.len()];
    let request = ReadRequest { chunk_rows, memory_bytes: 512 << 20 };
    for unit in dataset.units(wanted, layout, 1 << 20) {
        let mut next = unit.rows.start;
        dataset.read(&unit, &request, &mut |chunk| {
            assert_eq!(chunk.first_row, next, "chunks must follow one another");
            assert!(
                chunk.row_count >= 1 && chunk.row_count <= chunk_rows,
                "a chunk of {} rows",
                chunk.row_count
            );
            next += chunk.row_count as u64;
            for (at, column) in chunk.columns.iter().enumerate() {
                assert_eq!(column.values.len(), chunk.row_count, "a column as long as its chunk");
                let place = wanted.iter().position(|&w| w == unit.columns[at]).expect("a column asked for");
                add(&mut found[place], column);
            }
            ControlFlow::Continue(())
        })?;
        assert_eq!(next, unit.rows.end, "all rows of the unit");
    }
    dataset.verify_unchanged()?;
    Ok(found)
}

fn add(found: &mut Found, column: &arrcalc_datasets::Column<'_>) {
    let rows = column.values.len();
    found.rows += rows as u64;
    if let Some(bits) = column.validity {
        assert_eq!(bits.len(), rows, "validity as long as its column");
    }
    let valid = |row: usize| column.validity.is_none_or(|bits| bits.get(row));
    if let Values::Null(_) = column.values {
        found.nulls += rows as u64;
        return;
    }
    found.nulls += (0..rows).filter(|&row| !valid(row)).count() as u64;
    let mut int = |row: usize, value: i128| {
        if valid(row) {
            let (sum, min, max) = found.ints.unwrap_or((0, value, value));
            found.ints = Some((sum.wrapping_add(value), min.min(value), max.max(value)));
        }
    };
    macro_rules! ints {
        ($values:expr) => {
            $values.iter().enumerate().for_each(|(row, &value)| int(row, i128::from(value)))
        };
    }
    let mut floats: Vec<(usize, f64)> = Vec::new();
    match column.values {
        Values::Null(_) => {}
        Values::Bool(bits) => {
            found.trues += (0..rows).filter(|&row| valid(row) && bits.get(row)).count() as u64
        }
        Values::Int8(v) => ints!(v),
        Values::Int16(v) => ints!(v),
        Values::Int32(v) => ints!(v),
        Values::Int64(v) => ints!(v),
        Values::UInt8(v) => ints!(v),
        Values::UInt16(v) => ints!(v),
        Values::UInt32(v) => ints!(v),
        Values::UInt64(v) => ints!(v),
        Values::Decimal128(v) => ints!(v),
        Values::Float16(v) => floats = v.iter().map(|v| f64::from(*v)).enumerate().collect(),
        Values::Float32(v) => floats = v.iter().map(|v| f64::from(*v)).enumerate().collect(),
        Values::Float64(v) => floats = v.iter().copied().enumerate().collect(),
        Values::Text(text) => {
            for row in (0..rows).filter(|&row| valid(row)) {
                fold(&mut found.text, &text, row);
            }
        }
    }
    for (_, value) in floats.into_iter().filter(|&(row, _)| valid(row)) {
        if value.is_nan() {
            found.nans += 1;
            continue;
        }
        found.float_values.push(value);
        let (min, max) = found.floats.unwrap_or((value, value));
        found.floats = Some((min.min(value), max.max(value)));
    }
}

fn fold(text: &mut (u64, u64), values: &Text<'_>, row: usize) {
    let value = std::str::from_utf8(values.bytes(row)).expect("text is UTF-8");
    text.0 += value.len() as u64;
    for byte in value.bytes().chain([0xff]) {
        text.1 = (text.1 ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    }
}

/// The exact sum, rounded once: Shewchuk's expansion, as Python's `math.fsum` keeps it.
pub(crate) fn exact_sum(values: &[f64]) -> f64 {
    if let Some(special) = values.iter().copied().filter(|v| !v.is_finite()).reduce(|a, b| a + b) {
        return special;
    }
    let mut partials: Vec<f64> = Vec::new();
    for &value in values {
        let mut x = value;
        let mut kept = 0;
        for at in 0..partials.len() {
            let (mut a, mut b) = (x, partials[at]);
            if a.abs() < b.abs() {
                std::mem::swap(&mut a, &mut b);
            }
            let high = a + b;
            let low = b - (high - a);
            if low != 0.0 {
                partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        partials.truncate(kept);
        partials.push(x);
    }
    // From the top: the first rest that is not zero decides a tie.
    let Some(mut high) = partials.pop() else { return 0.0 };
    let mut low = 0.0;
    while let Some(next) = partials.pop() {
        let sum = high + next;
        low = next - (sum - high);
        high = sum;
        if low != 0.0 {
            break;
        }
    }
    if let Some(&next) = partials.last()
        && ((low < 0.0 && next < 0.0) || (low > 0.0 && next > 0.0))
    {
        let doubled = low * 2.0;
        let sum = high + doubled;
        if doubled == sum - high {
            high = sum;
        }
    }
    high
}

/// C99's hexadecimal floats, as Python prints them.
pub(crate) fn hex_float(text: &str) -> f64 {
    let (sign, rest) = text.strip_prefix('-').map_or((1.0, text), |rest| (-1.0, rest));
    match rest {
        "inf" => return sign * f64::INFINITY,
        "nan" => return f64::NAN,
        _ => {}
    }
    let (mantissa, exponent) = rest.strip_prefix("0x").and_then(|rest| rest.split_once('p')).expect(text);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = u64::from_str_radix(&format!("{whole}{fraction}"), 16).expect(text);
    let mut exponent = exponent.parse::<i32>().expect(text) - 4 * fraction.len() as i32;
    let mut value = digits as f64;
    while exponent != 0 {
        let step = exponent.clamp(-500, 500);
        value *= 2f64.powi(step);
        exponent -= step;
    }
    sign * value
}

/// Caps this process's address space, so that a reader that believes a file's claims dies of it.
pub(crate) fn limit_memory(bytes: u64) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let hard = getrlimit(Resource::As).maximum;
    setrlimit(Resource::As, Rlimit { current: Some(bytes), maximum: hard })
        .expect("the limit can be lowered");
}
