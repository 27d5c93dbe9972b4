//! A histogram for a person, as bars in a terminal, and as rows for programs.

use arrcalc_datasets::{DataType, Field};
use arrcalc_kernels::Level;
use arrcalc_kernels::elementary::{Function, apply};

use crate::answer::Scalar;
use crate::histogram::HistogramAnswer;

use super::bars::bar;
use super::grid::{Align, GridColumn, lines, printable, shorten, total_width};
use super::page::{Page, counted};
use super::significant::{self, thousands};
use super::times::{all_utc, shared_form};
use super::value::{Precision, plain};

/// Widths between which bars are, in a page of any width.
const BAR_WIDTHS: (usize, usize) = (8, 60);
/// Steps of a whole bar, for sums, which are no integers.
const STEPS: f64 = (1u64 << 40) as f64;

/// The columns of a histogram as rows: `low`, `high`, `count` and, with weights, `sum`.
pub fn histogram_fields(answer: &HistogramAnswer) -> Vec<Field> {
    let field = |name: &str, data_type| Field { name: name.into(), data_type };
    let ends = if is_temporal(&answer.data_type) { answer.data_type.clone() } else { DataType::Float64 };
    let mut fields = vec![field("low", ends.clone()), field("high", ends), field("count", DataType::Int64)];
    if let Some(sums) = &answer.sums {
        let data_type = match sums.first() {
            Some(Scalar::Float64(_)) => DataType::Float64,
            Some(Scalar::Float32(_)) => DataType::Float32,
            Some(Scalar::Decimal { scale, .. }) => DataType::Decimal128 { precision: 38, scale: *scale },
            _ => DataType::Int64,
        };
        fields.push(field("sum", data_type));
    }
    fields
}

/// A row a bin: its lower and its upper edge, the count, and the sum of weights if there are any.
///
/// Dates, times and durations end at the first tick that is in the next bin, and the last bin at its last tick.
pub fn histogram_rows(answer: &HistogramAnswer) -> Vec<Vec<Scalar>> {
    let edges = edge_values(answer);
    let row = |bin: usize| {
        let count = Scalar::Integer(answer.counts[bin].into());
        let mut row = vec![edges[bin].clone(), edges[bin + 1].clone(), count];
        if let Some(sums) = &answer.sums {
            row.push(sums[bin].clone());
        }
        row
    };
    (0..answer.counts.len()).map(row).collect()
}

/// The histogram as bars, a line a bin, and what was left out. Ends in a newline.
///
/// With `is_log` the bars' lengths are logarithms.
pub fn histogram_text(answer: &HistogramAnswer, page: &Page, is_log: bool) -> String {
    let right = |heading: &str, cells| GridColumn::new(heading, Align::Right, cells);
    let labels = edge_labels(answer);
    let bins = answer.counts.len();
    let mut columns = vec![right("from", labels[..bins].to_vec()), right("to", labels[1..].to_vec())];
    let counts = answer.counts.iter().map(|count| thousands(&count.to_string())).collect();
    columns.push(right("count", counts));
    if let Some(sums) = &answer.sums {
        columns.push(right("sum", sums.iter().map(|sum| sum_text(sum, page.digits)).collect()));
    }
    let used = total_width(&columns.iter().collect::<Vec<_>>(), 2) + 2;
    let width = page.width.saturating_sub(used).clamp(BAR_WIDTHS.0, BAR_WIDTHS.1);
    let heading = if is_log { "logarithmic" } else { "" };
    columns.push(GridColumn::new(heading, Align::Left, bars(answer, width, is_log)));
    let grid = lines(&columns.iter().collect::<Vec<_>>(), 2);
    let name = shorten(&printable(&answer.name), page.width / 2);
    let about = format!("{}, {}", counted(answer.rows, "row"), counted(bins as u64, "bin"));
    let mut out = vec![format!("{}  {}  {about}", page.bold(&name), answer.data_type)];
    out.extend(grid.iter().enumerate().map(|(at, line)| if at == 0 { page.dim(line) } else { line.clone() }));
    out.extend(left_out(answer).map(|line| page.dim(&line)));
    out.push(String::new());
    out.join("\n")
}

/// What is in no bin, in words; `None` if nothing is.
pub fn histogram_note(answer: &HistogramAnswer) -> Option<String> {
    left_out(answer)
}

fn left_out(answer: &HistogramAnswer) -> Option<String> {
    let counts =
        [(answer.nulls, "null"), (answer.nan, "NaN"), (answer.below, "below"), (answer.above, "above")];
    let parts = counts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> =
        parts.map(|(count, what)| format!("{} {what}", thousands(&count.to_string()))).collect();
    (!parts.is_empty()).then(|| format!("not in a bin: {}", parts.join(", ")))
}

fn bars(answer: &HistogramAnswer, width: usize, is_log: bool) -> Vec<String> {
    let heights = heights(answer, is_log);
    let largest = heights.iter().copied().fold(0.0, f64::max);
    let length = |height: f64| {
        let share = if largest > 0.0 { height / largest } else { 0.0 };
        // Whatever there is shows.
        let steps = (share * STEPS) as u64;
        bar(if height > 0.0 { steps.max(1) } else { 0 }, STEPS as u64, width)
    };
    heights.into_iter().map(length).collect()
}

/// Heights of the bars: counts or sums of weights, or the logarithms of one more; not negative.
pub(super) fn heights(answer: &HistogramAnswer, is_log: bool) -> Vec<f64> {
    let heights = match &answer.sums {
        None => answer.counts.iter().map(|&count| count as f64).collect(),
        Some(sums) => sums.iter().map(number).collect::<Vec<f64>>(),
    };
    let mut heights: Vec<f64> =
        heights.into_iter().map(|height| if height.is_finite() { height.max(0.0) } else { 0.0 }).collect();
    if is_log {
        let above: Vec<f64> = heights.iter().map(|height| height + 1.0).collect();
        apply(Level::BASELINE, Function::Log2, &above, &mut heights);
    }
    heights
}

pub(super) fn number(value: &Scalar) -> f64 {
    match value {
        Scalar::Float64(value) => *value,
        Scalar::Float32(value) => f64::from(*value),
        Scalar::Integer(value) => *value as f64,
        Scalar::Decimal { .. } => plain(value, &Precision::default()).parse().unwrap_or(f64::NAN),
        _ => f64::NAN,
    }
}

fn sum_text(sum: &Scalar, digits: usize) -> String {
    match sum {
        Scalar::Integer(value) => thousands(&value.to_string()),
        Scalar::Float32(value) => significant::float32(*value, digits),
        other => significant::float(number(other), digits),
    }
}

pub(super) fn is_temporal(data_type: &DataType) -> bool {
    use DataType::{Date, Duration, Time, Timestamp};
    matches!(data_type, Date | Time(_) | Timestamp(..) | Duration(_))
}

/// The edges in the type of the column where that is temporal, else as numbers.
pub(super) fn edge_values(answer: &HistogramAnswer) -> Vec<Scalar> {
    let last = answer.edges.len() - 1;
    let ticks = |at: usize, edge: f64| if at == last { edge.floor() } else { edge.ceil() } as i64;
    let value = |(at, &edge): (usize, &f64)| match &answer.data_type {
        DataType::Date => Scalar::Date(ticks(at, edge)),
        DataType::Time(unit) => Scalar::Time(ticks(at, edge), *unit),
        DataType::Timestamp(unit, zone) => Scalar::Timestamp(ticks(at, edge), *unit, zone.clone()),
        DataType::Duration(unit) => Scalar::Duration(ticks(at, edge).into(), *unit),
        _ => Scalar::Float64(edge),
    };
    answer.edges.iter().enumerate().map(value).collect()
}

/// The edges for a person: with as many decimals as tell neighbours apart, the same for all.
pub(super) fn edge_labels(answer: &HistogramAnswer) -> Vec<String> {
    let values = edge_values(answer);
    if is_temporal(&answer.data_type) {
        let form = shared_form(values.iter(), all_utc(values.iter()));
        return values.iter().map(|value| form.text(value)).collect();
    }
    let finite = || answer.edges.iter().copied().filter(|edge| edge.is_finite());
    let largest = finite().fold(0.0, |largest: f64, edge| largest.max(edge.abs()));
    let steps = answer.edges.windows(2).map(|pair| pair[1] - pair[0]);
    let step = steps.filter(|step| *step > 0.0 && step.is_finite()).fold(f64::INFINITY, f64::min);
    if largest >= 1e15 || step < 1e-9 {
        return values.iter().map(|value| plain(value, &Precision::default())).collect();
    }
    // Two digits of the narrowest bin.
    let mut decimals = 0;
    let mut scaled = step;
    while scaled < 10.0 && decimals < 12 {
        scaled *= 10.0;
        decimals += 1;
    }
    let fixed = |edge: f64, decimals: usize| {
        let text = format!("{edge:.decimals$}");
        let text = if text.trim_start_matches('-').chars().all(|digit| "0.".contains(digit)) {
            text.trim_start_matches('-').to_owned()
        } else {
            text
        };
        match text.split_once('.') {
            _ if !edge.is_finite() => text,
            Some((whole, fraction)) => format!("{}.{fraction}", thousands(whole)),
            None => thousands(&text),
        }
    };
    while decimals > 0 && finite().all(|edge| fixed(edge, decimals).ends_with('0')) {
        decimals -= 1;
    }
    answer.edges.iter().map(|&edge| fixed(edge, decimals)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(data_type: DataType, edges: Vec<f64>, counts: Vec<u64>) -> HistogramAnswer {
        let (nulls, nan, below, above) = (3, 0, 0, 1);
        HistogramAnswer {
            name: "x".into(),
            data_type,
            edges,
            counts,
            sums: None,
            rows: 1000,
            nulls,
            nan,
            below,
            above,
        }
    }

    #[test]
    fn edges_share_their_decimals_and_bars_the_page() {
        let found = answer(DataType::Float64, vec![-0.5, 0.0, 0.25, 1250.0], vec![1, 900, 95]);
        let page = Page { width: 40, ..Page::default() };
        let text = histogram_text(&found, &page, false);
        let expected = "\
x  float64  1,000 rows, 3 bins
 from        to  count
-0.50      0.00      1  ▏
 0.00      0.25    900  ████████████████
 0.25  1,250.00     95  █▊
not in a bin: 3 null, 1 above
";
        assert_eq!(text, expected);
        assert!(histogram_text(&found, &page, true).contains("logarithmic"));
        assert!(text.lines().all(|line| line.chars().count() <= 40));
    }

    #[test]
    fn bins_of_dates_begin_at_the_first_day_in_them() {
        let found = answer(DataType::Date, vec![0.0, 1.5, 3.0], vec![2, 2]);
        let days = [0, 2, 3].map(Scalar::Date);
        let rows = histogram_rows(&found);
        assert_eq!(rows[0][..2], days[..2]);
        assert_eq!(rows[1][..2], days[1..]);
        assert_eq!(edge_labels(&found), ["1970-01-01", "1970-01-03", "1970-01-04"]);
    }
}
