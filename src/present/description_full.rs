//! A description with nothing rounded: a block of lines for every column, its histogram and frequent values below.

use crate::answer::{ColumnDescription, Description, Scalar};

use super::bars::bar;
use super::description_table::Heading;
use super::grid::{Align, GridColumn, lines, printable, shorten};
use super::page::Page;
use super::significant::{self, thousands};
use super::value::{Precision, plain};

/// Width of the bars of a histogram.
const BAR_WIDTH: usize = 30;
/// A text value beside its frequency.
const TEXT_WIDTH: usize = 40;

/// Every statistic of every column at full precision. Ends in a newline.
pub fn description_full(
    description: &Description,
    heading: &Heading,
    page: &Page,
    precision: &Precision,
) -> String {
    let mut out = vec![heading.line(description.rows, description.columns.len(), page)];
    for column in &description.columns {
        out.push(String::new());
        let name = page.bold(&printable(&column.name));
        out.push(format!("{name}   {}", page.dim(&printable(&column.data_type.to_string()))));
        out.extend(statistics(column, description.rows, precision));
        out.extend(histogram(column, precision));
        out.extend(most_frequent(column, precision));
    }
    out.push(String::new());
    out.join("\n")
}

fn statistics(column: &ColumnDescription, rows: u64, precision: &Precision) -> Vec<String> {
    let count = |count: u64| thousands(&count.to_string());
    let mut pairs: Vec<(&str, String)> = vec![("count", count(column.count))];
    let nulls = match significant::percent(column.nulls, rows).as_str() {
        "·" => count(column.nulls),
        percent => format!("{}   {percent} %", count(column.nulls)),
    };
    pairs.push(("nulls", nulls));
    let counts = [("NaN", column.nans), ("infinite", column.infinities), ("zeros", column.zeros)];
    pairs.extend(counts.iter().filter_map(|(name, value)| Some((*name, count((*value)?)))));
    match (column.distinct, column.distinct_estimate) {
        (Some(exact), _) => pairs.push(("distinct", count(exact))),
        (None, Some(estimate)) => pairs.push(("distinct", format!("about {}", count(estimate)))),
        (None, None) => {}
    }
    let mut value = |name, value: &Scalar| {
        if *value != Scalar::Null {
            pairs.push((name, printable(&plain(value, precision))));
        }
    };
    value("sum", &column.sum);
    value("mean", &column.mean);
    value("std", &column.std);
    value("var", &column.var);
    value("skewness", &column.skewness);
    value("kurtosis", &column.kurtosis);
    value("min", &column.min);
    for (name, quantile) in ["1%", "5%", "25%", "50%", "75%", "95%", "99%"].into_iter().zip(&column.quantiles)
    {
        value(name, quantile);
    }
    value("max", &column.max);
    pairs.iter().map(|(name, value)| format!("  {name:<10} {value}")).collect()
}

/// Eight bars with the ends of their bins, where the ends are finite.
fn histogram(column: &ColumnDescription, precision: &Precision) -> Vec<String> {
    let Some(counts) = &column.histogram else { return Vec::new() };
    let largest = counts.iter().copied().max().unwrap_or(0);
    // A constant needs no picture.
    if largest == 0 || column.min == column.max {
        return Vec::new();
    }
    let edges = bin_starts(column, precision);
    let starts = GridColumn::new("histogram from", Align::Right, edges);
    let numbers = counts.iter().map(|count| thousands(&count.to_string())).collect();
    let numbers = GridColumn::new("count", Align::Right, numbers);
    let bars = counts.iter().map(|&count| bar(count, largest, BAR_WIDTH)).collect();
    let bars = GridColumn::new("", Align::Left, bars);
    let columns: &[&GridColumn] =
        if starts.cells.is_empty() { &[&numbers, &bars] } else { &[&starts, &numbers, &bars] };
    lines(columns, 2).iter().map(|line| format!("  {line}")).collect()
}

/// Where the bins begin, rounded for a person; empty where an end is infinite or no number.
fn bin_starts(column: &ColumnDescription, precision: &Precision) -> Vec<String> {
    let number = |value: &Scalar| match value {
        Scalar::Integer(integer) => Some(*integer as f64),
        Scalar::Float64(float) => Some(*float),
        Scalar::Float32(float) => Some(f64::from(*float)),
        Scalar::Bool(truth) => Some(f64::from(u8::from(*truth))),
        Scalar::Decimal { .. } => plain(value, &Precision::default()).parse().ok(),
        _ => None,
    };
    let ends = number(&column.min).zip(number(&column.max));
    let Some((min, max)) = ends.filter(|(min, max)| min.is_finite() && max.is_finite()) else {
        return Vec::new();
    };
    let digits = precision.digits.unwrap_or(significant::DIGITS);
    // Halved first, so that the width of the widest range does not overflow.
    (0..8)
        .map(|bin| {
            let share = f64::from(bin) / 8.0;
            significant::float(((1.0 - share) * (min / 2.0) + share * (max / 2.0)) * 2.0, digits)
        })
        .collect()
}

fn most_frequent(column: &ColumnDescription, precision: &Precision) -> Vec<String> {
    let repeated: Vec<_> = column.most_frequent.iter().filter(|(_, count)| *count > 1).collect();
    if repeated.is_empty() {
        return Vec::new();
    }
    let values: Vec<String> =
        repeated.iter().map(|(value, _)| shorten(&printable(&plain(value, precision)), TEXT_WIDTH)).collect();
    let align = if matches!(repeated[0].0, Scalar::Text(_)) { Align::Left } else { Align::Right };
    let counts = repeated.iter().map(|(_, count)| thousands(&count.to_string())).collect();
    let shares = repeated
        .iter()
        .map(|(_, count)| format!("{} %", significant::percent(*count, column.count)))
        .collect();

    let columns = [
        GridColumn::new("most frequent", align, values),
        GridColumn::new("count", Align::Right, counts),
        GridColumn::new("", Align::Right, shares),
    ];
    lines(&columns.iter().collect::<Vec<_>>(), 2).iter().map(|line| format!("  {line}")).collect()
}
