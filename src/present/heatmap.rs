//! A histogram of two columns: shades of cells in a terminal, and a row a cell for programs.

use arrcalc_datasets::{DataType, Field};

use crate::answer::Scalar;
use crate::histogram::{Histogram2dAnswer, HistogramAnswer};

use super::histogram::{edge_labels, edge_values, heights, histogram_fields};
use super::page::{Page, counted};
use super::significant::thousands;
use super::{grid::printable, significant};

/// From none to most.
const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];

/// The columns of a histogram of two columns as rows: the ends of a cell along both, `count` and, with weights, `sum`.
pub fn heatmap_fields(fields: [&Field; 2], answer: &Histogram2dAnswer) -> Vec<Field> {
    let [x, y] = axes(fields, answer);
    let named = |axis: &HistogramAnswer, prefix: &str| {
        let mut fields = histogram_fields(axis);
        fields.truncate(2);
        fields.iter_mut().for_each(|field| field.name = format!("{prefix}_{}", field.name));
        fields
    };
    let values = histogram_fields(&whole(&x, answer)).split_off(2);
    [named(&x, "x"), named(&y, "y"), values].concat()
}

/// A row a cell, in the order of [`Histogram2dAnswer::counts`].
pub fn heatmap_rows(fields: [&Field; 2], answer: &Histogram2dAnswer) -> Vec<Vec<Scalar>> {
    let [x, y] = axes(fields, answer).map(|axis| edge_values(&axis));
    let across = y.len() - 1;
    let row = |cell: usize| {
        let (i, j) = (cell / across, cell % across);
        let count = Scalar::Integer(answer.counts[cell].into());
        let mut row = vec![x[i].clone(), x[i + 1].clone(), y[j].clone(), y[j + 1].clone(), count];
        row.extend(answer.sums.as_ref().map(|sums| sums[cell].clone()));
        row
    };
    (0..answer.counts.len()).map(row).collect()
}

/// The first column from left to right, the second from bottom to top, cells the darker the more rows they hold (or the
/// more their weights add up to). Ends in a newline. With `is_log` shades are of logarithms.
pub fn heatmap_text(fields: [&Field; 2], answer: &Histogram2dAnswer, page: &Page, is_log: bool) -> String {
    let axes = axes(fields, answer);
    let [x, y] = [&axes[0], &axes[1]].map(edge_labels);
    let (wide, high) = (x.len() - 1, y.len() - 1);
    let margin = y.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    let cell_width = if margin + 3 + 2 * wide <= page.width { 2 } else { 1 };
    let shades = shares(answer, is_log);
    let rows: u64 = answer.counts.iter().sum();
    let names = axes.each_ref().map(|axis| printable(&axis.name).to_string());
    let about = format!("{} in {wide} by {high} bins", counted(rows, "row"));
    let mut out = vec![format!("{} across, {} up  {about}", page.bold(&names[0]), page.bold(&names[1]))];
    for j in (0..high).rev() {
        let cells: String =
            (0..wide).flat_map(|i| [SHADES[shade(shades[i * high + j])]].repeat(cell_width)).collect();
        out.push(format!("{} │{cells}│", page.dim(&format!("{:>margin$}", y[j]))));
    }
    let (first, last) = (&x[0], &x[wide]);
    let room = (wide * cell_width).saturating_sub(first.chars().count());
    out.push(page.dim(&format!("{:margin$}  {first}{last:>room$}", "")));
    out.push(page.dim(&format!("most in a cell: {}", most(answer, page.digits))));
    out.push(String::new());
    out.join("\n")
}

/// The largest count, or sum of weights.
pub(super) fn most(answer: &Histogram2dAnswer, digits: usize) -> String {
    match &answer.sums {
        None => thousands(&answer.counts.iter().max().copied().unwrap_or(0).to_string()),
        Some(sums) => {
            let largest = sums.iter().map(super::histogram::number).fold(f64::NEG_INFINITY, f64::max);
            significant::float(largest, digits)
        }
    }
}

/// Of the fullest cell's height, what each cell's is.
pub(super) fn shares(answer: &Histogram2dAnswer, is_log: bool) -> Vec<f64> {
    let cells = whole(&axis("", &DataType::Float64, &answer.edges[0]), answer);
    let heights = heights(&cells, is_log);
    let largest = heights.iter().copied().fold(0.0, f64::max);
    heights.into_iter().map(|height| if largest > 0.0 { height / largest } else { 0.0 }).collect()
}

/// The shade of a share; whatever there is shows.
fn shade(share: f64) -> usize {
    if share > 0.0 { 1 + ((share * 4.0) as usize).min(3) } else { 0 }
}

/// Each axis as a histogram of its own without counts, which knows how its edges are written.
pub(super) fn axes(fields: [&Field; 2], answer: &Histogram2dAnswer) -> [HistogramAnswer; 2] {
    [0, 1].map(|at: usize| axis(&fields[at].name, &fields[at].data_type, &answer.edges[at]))
}

fn axis(name: &str, data_type: &DataType, edges: &[f64]) -> HistogramAnswer {
    HistogramAnswer {
        name: name.into(),
        data_type: data_type.clone(),
        edges: edges.to_vec(),
        counts: Vec::new(),
        sums: None,
        rows: 0,
        nulls: 0,
        nan: 0,
        below: 0,
        above: 0,
    }
}

/// `axis` with the counts and sums of all cells.
fn whole(axis: &HistogramAnswer, answer: &Histogram2dAnswer) -> HistogramAnswer {
    HistogramAnswer { counts: answer.counts.clone(), sums: answer.sums.clone(), ..axis.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer() -> Histogram2dAnswer {
        Histogram2dAnswer {
            edges: [vec![0.0, 1.0, 2.0], vec![-1.0, 0.0, 1.0, 2.0]],
            counts: vec![1, 0, 4, 0, 2, 0],
            sums: None,
        }
    }

    #[test]
    fn cells_lie_with_the_second_column_upwards() {
        let field = |name: &str| Field { name: name.into(), data_type: DataType::Float64 };
        let (x, y) = (field("x"), field("y"));
        let text = heatmap_text([&x, &y], &answer(), &Page::default(), false);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "x across, y up  7 rows in 2 by 3 bins");
        assert_eq!(lines[1], " 1 │██  │");
        assert_eq!(lines[2], " 0 │  ▓▓│");
        assert_eq!(lines[3], "-1 │▒▒  │");
        assert_eq!(lines[5], "most in a cell: 4");
        let names: Vec<String> =
            heatmap_fields([&x, &y], &answer()).into_iter().map(|field| field.name).collect();
        assert_eq!(names, ["x_low", "x_high", "y_low", "y_high", "count"]);
        let rows = heatmap_rows([&x, &y], &answer());
        let number = |value: f64| Scalar::Float64(value);
        let expected = [number(0.0), number(1.0), number(1.0), number(2.0), Scalar::Integer(4)];
        assert_eq!((rows.len(), &rows[2][..]), (6, &expected[..]));
    }
}
