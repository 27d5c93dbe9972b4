//! A histogram of two columns as a plot: SVG without scripts, fonts or links, as that of one column.

use std::fmt::Write;

use arrcalc_datasets::Field;

use crate::histogram::Histogram2dAnswer;

use super::heatmap::{axes, most, shares};
use super::histogram_svg::{
    HEIGHT, MARGINS, TITLE_WIDTH, WIDTH, anchored, drawn_edges, edge_ticks, escaped, opened,
};
use super::page::counted;
use super::{
    grid::{printable, shorten},
    significant,
};

/// Opacity of a cell that holds anything at least.
const FAINTEST: f64 = 0.08;

/// The first column from left to right, the second from bottom to top. Ends in a newline. With `is_log` shades are of
/// logarithms.
pub fn heatmap_svg(fields: [&Field; 2], answer: &Histogram2dAnswer, is_log: bool) -> String {
    let axes = axes(fields, answer);
    let edges = answer.edges.each_ref().map(|edges| drawn_edges(edges));
    let [left, right, above, below] = MARGINS;
    let (plot_width, plot_height) = (WIDTH - left - right, HEIGHT - above - below);
    let base = above + plot_height;
    let share = |edges: &[f64], edge: f64| {
        let (low, high) = (edges[0], edges[edges.len() - 1]);
        let share = (edge / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
        if share.is_finite() { share } else { 0.0 }
    };
    let x = |edge: f64| left + plot_width * share(&edges[0], edge);
    let y = |edge: f64| base - plot_height * share(&edges[1], edge);
    let names = axes.each_ref().map(|axis| escaped(&shorten(&printable(&axis.name), TITLE_WIDTH / 2)));
    let title = format!("{} and {}", names[0], names[1]);
    let rows: u64 = answer.counts.iter().sum();
    let most = most(answer, significant::DIGITS);
    let mut out = opened(&title, &format!("{}; most in a cell: {most}", counted(rows, "row")));
    let _ = writeln!(out, "<g fill=\"#4c8dc9\">");
    let high = edges[1].len() - 1;
    for (cell, share) in shares(answer, is_log).into_iter().enumerate().filter(|(_, share)| *share > 0.0) {
        let (i, j) = (cell / high, cell % high);
        let (start, end) = (x(edges[0][i]), x(edges[0][i + 1]));
        let (bottom, top) = (y(edges[1][j]), y(edges[1][j + 1]));
        let _ = writeln!(
            out,
            "<rect x=\"{start:.2}\" y=\"{top:.2}\" width=\"{:.2}\" height=\"{:.2}\" fill-opacity=\"{:.3}\"/>",
            end - start,
            bottom - top,
            FAINTEST + (1.0 - FAINTEST) * share
        );
    }
    let _ = writeln!(out, "</g>");
    let _ = writeln!(
        out,
        "<path d=\"M{left} {above}V{base}H{}\" fill=\"none\" stroke=\"#7a7a7a\"/>",
        WIDTH - right
    );
    for (edge, label) in edge_ticks(&axes[0], &edges[0]) {
        let (at, label) = (x(edge), escaped(&label));
        let _ = writeln!(
            out,
            "<path d=\"M{at:.2} {base}v5\" stroke=\"#7a7a7a\"/>{}",
            anchored(at, base + 20.0, &label)
        );
    }
    for (edge, label) in edge_ticks(&axes[1], &edges[1]) {
        let (at, label) = (y(edge), escaped(&label));
        let _ = writeln!(
            out,
            "<path d=\"M{left} {at:.2}h-5\" stroke=\"#7a7a7a\"/>\
             <text x=\"{:.2}\" y=\"{:.2}\" text-anchor=\"end\">{label}</text>",
            left - 8.0,
            at + 4.0
        );
    }
    let (middle, bottom) = (left + plot_width / 2.0, HEIGHT - 16.0);
    let _ = writeln!(out, "<text x=\"{middle}\" y=\"{bottom}\" text-anchor=\"middle\">{}</text>", names[0]);
    let (across, down) = (18.0, above + plot_height / 2.0);
    let _ = writeln!(
        out,
        "<text transform=\"translate({across} {down}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
        names[1]
    );
    out.push_str("</svg>\n");
    out
}
