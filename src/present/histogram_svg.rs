//! A histogram as a plot of its own: SVG without scripts, fonts or links, in greys that suit light and dark pages.

use std::fmt::Write;

use crate::histogram::HistogramAnswer;

use super::grid::{printable, shorten};
use super::histogram::{edge_labels, heights, histogram_note, is_temporal};
use super::page::counted;
use super::significant::thousands;

pub(super) const WIDTH: f64 = 760.0;
pub(super) const HEIGHT: f64 = 440.0;
/// Left, right, top, bottom of what the axes need.
pub(super) const MARGINS: [f64; 4] = [84.0, 28.0, 56.0, 64.0];
/// Ticks along an axis, about.
const TICKS: f64 = 6.0;
/// Longest title.
pub(super) const TITLE_WIDTH: usize = 60;

/// The histogram as SVG; with `is_log` the counts' axis is logarithmic. Ends in a newline.
///
/// Bins with an infinite edge are drawn as wide as the mean of the others.
pub fn histogram_svg(answer: &HistogramAnswer, is_log: bool) -> String {
    let edges = drawn_edges(&answer.edges);
    let (low, high) = (edges[0], edges[edges.len() - 1]);
    let heights = heights(answer, is_log);
    let tallest = heights.iter().copied().fold(0.0, f64::max);
    let top = if tallest > 0.0 { tallest } else { 1.0 };
    let [left, right, above, below] = MARGINS;
    let (plot_width, plot_height) = (WIDTH - left - right, HEIGHT - above - below);
    let x = |edge: f64| {
        // Halves, so that no range overflows.
        let share = (edge / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
        left + plot_width * if share.is_finite() { share } else { 0.0 }
    };
    let base = above + plot_height;
    let y = |height: f64| base - plot_height * height / top;
    let what = if answer.sums.is_some() { "sum of weights" } else { "count" };
    let name = escaped(&shorten(&printable(&answer.name), TITLE_WIDTH));
    let mut about = format!("{}, {}", answer.data_type, counted(answer.rows, "row"));
    if let Some(note) = histogram_note(answer) {
        about = format!("{about}; {note}");
    }
    let mut out = opened(&name, &about);
    for (height, label) in height_ticks(tallest, is_log) {
        let at = y(height);
        let end = left + plot_width;
        let _ = writeln!(
            out,
            "<path d=\"M{left} {at:.2}H{end}\" stroke=\"#7a7a7a\" stroke-opacity=\"0.25\"/>\
             <text x=\"{:.2}\" y=\"{:.2}\" text-anchor=\"end\">{label}</text>",
            left - 8.0,
            at + 4.0
        );
    }
    let _ = writeln!(out, "<g fill=\"#4c8dc9\">");
    for (bin, &height) in heights.iter().enumerate().filter(|(_, height)| **height > 0.0) {
        let (start, end) = (x(edges[bin]), x(edges[bin + 1]));
        // A gap between bars where there is room, and at least a hair of each.
        let gap = if end - start > 6.0 { 1.0 } else { 0.0 };
        let tall = (base - y(height)).max(0.75);
        let _ = writeln!(
            out,
            "<rect x=\"{start:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{tall:.2}\"/>",
            base - tall,
            (end - start - gap).max(0.25)
        );
    }
    let _ = writeln!(out, "</g>");
    let _ = writeln!(out, "<path d=\"M{left} {base}H{}\" stroke=\"#7a7a7a\"/>", left + plot_width);
    for (edge, label) in edge_ticks(answer, &edges) {
        let at = x(edge);
        let _ = writeln!(
            out,
            "<path d=\"M{at:.2} {base}v5\" stroke=\"#7a7a7a\"/>{}",
            anchored(at, base + 20.0, &escaped(&label))
        );
    }
    let middle = left + plot_width / 2.0;
    let _ =
        writeln!(out, "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{name}</text>", HEIGHT - 16.0);
    let (across, down) = (18.0, above + plot_height / 2.0);
    let _ = writeln!(
        out,
        "<text transform=\"translate({across} {down}) rotate(-90)\" text-anchor=\"middle\">{what}</text>"
    );
    out.push_str("</svg>\n");
    out
}

/// The beginning of a plot: its title, which is escaped already, and a line about it.
pub(super) fn opened(title: &str, about: &str) -> String {
    let left = MARGINS[0];
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" \
         height=\"{HEIGHT}\" font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"#7a7a7a\">\n\
         <title>{title}</title>\n\
         <text x=\"{left}\" y=\"26\" font-size=\"17\" font-weight=\"600\">{title}</text>\n\
         <text x=\"{left}\" y=\"44\">{}</text>\n",
        escaped(about)
    )
}

/// A label below `at`, moved inwards where it would be cut off at the right.
pub(super) fn anchored(at: f64, down: f64, label: &str) -> String {
    let half = 3.4 * label.chars().count() as f64;
    let (at, anchor) = if at + half > WIDTH { (WIDTH - 2.0, "end") } else { (at, "middle") };
    format!("<text x=\"{at:.2}\" y=\"{down}\" text-anchor=\"{anchor}\">{label}</text>")
}

/// Edges that can be drawn.
pub(super) fn drawn_edges(edges: &[f64]) -> Vec<f64> {
    let finite: Vec<f64> = edges.iter().copied().filter(|edge| edge.is_finite()).collect();
    let (low, high) = match (finite.first(), finite.last()) {
        (Some(&low), Some(&high)) => (low, high),
        _ => (0.0, 0.0),
    };
    let width = (high - low) / finite.len().saturating_sub(1).max(1) as f64;
    let width = if width > 0.0 && width.is_finite() { width } else { 1.0 };
    let draw = |&edge: &f64| {
        if edge.is_finite() {
            edge
        } else if edge < 0.0 {
            low - width
        } else {
            high + width
        }
    };
    edges.iter().map(draw).collect()
}

/// Heights that are marked, and what they stand for.
fn height_ticks(tallest: f64, is_log: bool) -> Vec<(f64, String)> {
    if tallest <= 0.0 {
        return vec![(0.0, "0".into())];
    }
    if is_log {
        // Heights are logarithms to base 2 of one more than what they stand for.
        let powers = (0..=300).map(|power| (power, 10f64.powi(power)));
        let known = powers.take_while(|(_, value)| *value < 2f64.powi(tallest.ceil() as i32));
        let ticks = known.filter_map(|(power, value)| {
            let height = height_of_log(value);
            let label = if power < 7 { thousands(&format!("{value}")) } else { format!("1e{power}") };
            (height <= tallest).then_some((height, label))
        });
        let ticks: Vec<(f64, String)> = ticks.collect();
        let keep = ticks.len().div_ceil(8).max(1);
        return [(0.0, "0".to_owned())].into_iter().chain(ticks.into_iter().step_by(keep)).collect();
    }
    round_ticks(0.0, tallest)
}

fn height_of_log(value: f64) -> f64 {
    let mut found = [0.0];
    arrcalc_kernels::elementary::apply(
        arrcalc_kernels::Level::BASELINE,
        arrcalc_kernels::elementary::Function::Log2,
        &[value + 1.0],
        &mut found,
    );
    found[0]
}

/// Edges that are marked: round numbers, or some of the bins' own edges where they are times.
pub(super) fn edge_ticks(answer: &HistogramAnswer, edges: &[f64]) -> Vec<(f64, String)> {
    if !is_temporal(&answer.data_type) {
        return round_ticks(edges[0], edges[edges.len() - 1]);
    }
    let labels = edge_labels(answer);
    let widest = labels.iter().map(|label| label.chars().count()).max().unwrap_or(1);
    let room = ((WIDTH - MARGINS[0] - MARGINS[1]) / (7.0 * widest as f64 + 16.0)).max(2.0) as usize;
    let step = (edges.len() - 1).div_ceil(room - 1).max(1);
    edges.iter().copied().zip(labels).step_by(step).collect()
}

/// Multiples of 1, 2 or 5 times a power of ten between `low` and `high`.
fn round_ticks(low: f64, high: f64) -> Vec<(f64, String)> {
    let rough = (high / TICKS - low / TICKS).abs();
    if rough <= 0.0 || !rough.is_finite() {
        return vec![(low, format!("{low}"))];
    }
    let exponent: i32 =
        format!("{rough:e}").split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    let power: f64 = format!("1e{exponent}").parse().unwrap_or(1.0);
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| factor * power >= rough).unwrap_or(10.0);
    let step = factor * power;
    let places = if factor == 10.0 { exponent + 1 } else { exponent };
    let (first, last) = ((low / step).ceil(), (high / step).floor());
    if step <= 0.0 || (last - first).is_nan() || last - first > 4.0 * TICKS {
        return vec![(low, format!("{low}")), (high, format!("{high}"))];
    }
    (0..=(last - first) as usize)
        .map(|index| {
            let value = (first + index as f64) * step;
            (value, tick_label(value, places))
        })
        .collect()
}

/// A multiple of a power of ten, without what rounding adds to it.
fn tick_label(value: f64, places: i32) -> String {
    if value == 0.0 {
        return "0".into();
    }
    if !(1e-4..1e7).contains(&value.abs()) {
        let digits = format!("{value:.5e}");
        return match digits.split_once('e') {
            Some((mantissa, exponent)) => {
                format!("{}e{exponent}", mantissa.trim_end_matches('0').trim_end_matches('.'))
            }
            None => digits,
        };
    }
    let decimals = (-places).max(0) as usize;
    let text = format!("{value:.decimals$}");
    match text.split_once('.') {
        Some((whole, fraction)) => format!("{}.{fraction}", thousands(whole)),
        None => thousands(&text),
    }
}

/// `text` as the content of an element or an attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            character => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrcalc_datasets::DataType;

    fn labels(low: f64, high: f64) -> Vec<String> {
        round_ticks(low, high).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(labels(0.0, 30_000.0), ["0", "5,000", "10,000", "15,000", "20,000", "25,000", "30,000"]);
        assert_eq!(labels(-0.31, 0.21), ["-0.3", "-0.2", "-0.1", "0", "0.1", "0.2"]);
        assert_eq!(labels(0.0, 5.5e-9), ["0", "1e-9", "2e-9", "3e-9", "4e-9", "5e-9"]);
        assert!(labels(f64::MIN, f64::MAX).len() > 2 && labels(1e15, 1e15 + 1.0).len() > 1);
    }

    #[test]
    fn names_are_text_and_no_markup() {
        let answer = HistogramAnswer {
            name: "<b>&\"x'".into(),
            data_type: DataType::Float64,
            edges: vec![f64::NEG_INFINITY, 0.0, 1.0, f64::INFINITY],
            counts: vec![1, 20_000, 0],
            sums: None,
            rows: 20_001,
            nulls: 0,
            nan: 0,
            below: 0,
            above: 0,
        };
        for is_log in [false, true] {
            let svg = histogram_svg(&answer, is_log);
            assert!(svg.contains("&lt;b&gt;&amp;&quot;x&#39;") && !svg.contains("<b>"));
            assert_eq!(svg.matches("<rect").count(), 2);
            assert!(!svg.contains("NaN") && !svg.contains("inf"));
        }
    }
}
