//! A description for a person, a line each column of the file, by kind of type: numbers, times, text.
//!
//! What every terminal shows comes first; a wider one shows more, in a fixed order. A number is never cut and a
//! column of the middle never dropped: what does not fit side by side continues below, names repeated.

use unicode_width::UnicodeWidthStr;

use crate::answer::{ColumnDescription, Description, Scalar};

use super::bars::sparkline;
use super::grid::{Align, GridColumn, lines, printable, shorten, total_width};
use super::page::{Page, counted};
use super::significant;
use super::times;
use super::value::{Precision, plain};

/// Names are shown whole up to here where the terminal is wide enough.
const NAME_WIDTH: usize = 32;
/// Names keep at least this much on the narrowest terminal.
const NAME_WIDTH_LEAST: usize = 12;
/// A text value in a table of statistics: as wide as may be, as usual, and at least.
const TEXT_WIDTH_MOST: usize = 24;
const TEXT_WIDTH: usize = 12;
const TEXT_WIDTH_LEAST: usize = 7;
/// Room for three frequent values of two letters.
const FREQUENT_WIDTH: usize = 28;

/// What stands above a description: where the data come from.
#[derive(Clone, Debug, Default)]
pub struct Heading {
    /// The file, or what else names the data.
    pub name: String,
    /// Format: `Parquet`, `npy 1.0`, ...
    pub format: String,
    /// Bytes of the files; `None` where there is no file.
    pub bytes: Option<u64>,
}

impl Heading {
    /// `flights.parquet   336,776 rows x 19 columns   Parquet 5.0 MB`
    pub(crate) fn line(&self, rows: u64, columns: usize, page: &Page) -> String {
        let shape = format!("{} x {}", counted(rows, "row"), counted(columns as u64, "column"));
        let size = self.bytes.map(significant::bytes).unwrap_or_default();
        let origin = [self.format.as_str(), size.as_str()].join(" ").trim().to_owned();
        let name = printable(&self.name);
        let plain: Vec<&str> =
            [name.as_str(), &shape, &origin].into_iter().filter(|part| !part.is_empty()).collect();
        // Side by side where there is room, else below each other.
        let width = plain.iter().map(|part| part.width() + 3).sum::<usize>().saturating_sub(3);
        let separator = if width <= page.width { "   " } else { "\n" };
        let rest = if name.is_empty() { &plain[..] } else { &plain[1..] };
        let bold = (!name.is_empty()).then(|| page.bold(&name));
        bold.iter().map(String::as_str).chain(rest.iter().copied()).collect::<Vec<_>>().join(separator)
    }
}

/// The line above a description: `flights.parquet   336,776 rows x 19 columns   Parquet 5.0 MB`.
pub fn description_heading(heading: &Heading, rows: u64, columns: usize, page: &Page) -> String {
    heading.line(rows, columns, page)
}

/// The statistics of every column, for a person. Ends in a newline.
pub fn description_table(description: &Description, heading: &Heading, page: &Page) -> String {
    let mut out = vec![heading.line(description.rows, description.columns.len(), page)];
    let numeric = select(description, |column| column.data_type.is_numeric());
    let temporal = select(description, |column| column.data_type.is_temporal());
    let other =
        select(description, |column| !column.data_type.is_numeric() && !column.data_type.is_temporal());
    let name_width = description
        .columns
        .iter()
        .map(|column| printable(&column.name).width())
        .chain([if temporal.is_empty() { "numeric" } else { "temporal" }.len()])
        .max()
        .unwrap_or(0)
        .min(NAME_WIDTH);
    let mut nans_shown = true;
    if !numeric.is_empty() {
        let block = numeric_block(&numeric, description.rows, name_width, page);
        nans_shown = block.render(page, &mut out);
    }
    if !temporal.is_empty() {
        temporal_block(&temporal, description.rows, name_width, page).render(page, &mut out);
    }
    if !other.is_empty() {
        text_block(&other, description.rows, name_width, page).render(page, &mut out);
    }
    if !nans_shown {
        remark("NaN, left out above", &numeric, |column| column.nans, page, &mut out);
    }
    remark("infinite", &numeric, |column| column.infinities, page, &mut out);
    out.push(String::new());
    out.join("\n")
}

fn select(description: &Description, keep: impl Fn(&ColumnDescription) -> bool) -> Vec<&ColumnDescription> {
    description.columns.iter().filter(|column| keep(column)).collect()
}

/// `NaN, left out above: temp 3, dewp 12`, if there is any.
fn remark(
    what: &str,
    columns: &[&ColumnDescription],
    count: impl Fn(&ColumnDescription) -> Option<u64>,
    page: &Page,
    out: &mut Vec<String>,
) {
    let parts: Vec<String> = columns
        .iter()
        .filter_map(|column| count(column).filter(|&count| count > 0).map(|count| (column, count)))
        .map(|(column, count)| {
            let count = significant::thousands(&count.to_string());
            format!("{} {count}", shorten(&printable(&column.name), NAME_WIDTH))
        })
        .collect();
    if !parts.is_empty() {
        out.extend(
            wrap(&format!("{what}: {}", parts.join(", ")), page.width).iter().map(|line| page.dim(line)),
        );
    }
}

/// Breaks a list at its blanks so that lines fit where their words do.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is always a line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.width() + 1 + word.width() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(format!("  {word}"));
        }
    }
    lines
}

/// A table of statistics that adapts to the terminal's width.
struct Block {
    names: GridColumn,
    nulls: GridColumn,
    /// Statistics in the order in which they stand, with the rank at which each joins: 0 is always there.
    statistics: Vec<(u8, GridColumn)>,
    /// The rank up to which columns stand close together if that makes room.
    wanted: u8,
}

impl Block {
    fn new(title: &str, columns: &[&ColumnDescription], rows: u64, name_width: usize) -> Self {
        let names = columns.iter().map(|column| shorten(&printable(&column.name), name_width)).collect();
        let mut names = GridColumn::new(title, Align::Left, names);
        // The blocks of a description share the width of their names, so that their columns meet.
        names.headings[0] = format!("{title:name_width$}");
        let nulls = columns.iter().map(|column| significant::percent(column.nulls, rows)).collect();
        Self {
            names,
            nulls: GridColumn::new("null%", Align::Right, nulls),
            statistics: Vec::new(),
            wanted: 0,
        }
    }

    fn push(&mut self, rank: u8, heading: &str, align: Align, cells: Vec<String>) {
        self.statistics.push((rank, GridColumn::new(heading, align, cells)));
    }

    /// Appends the lines; answers whether every statistic found its place.
    fn render(mut self, page: &Page, out: &mut Vec<String>) -> bool {
        let mut rank = 0;
        let highest = self.statistics.iter().map(|(rank, _)| *rank).max().unwrap_or(0);
        // Close together rather than without what belongs to the block.
        let tight = |rank| self.width(rank, 2) > page.width && self.width(rank, 1) <= page.width;
        let gap = if self.width(0, 2) > page.width || tight(self.wanted) { 1 } else { 2 };
        self.shorten_names(page.width, gap);
        while rank < highest && self.width(rank + 1, gap) <= page.width {
            rank += 1;
        }
        self.statistics.retain(|(joins, _)| *joins <= rank);
        for group in self.groups(page.width, gap) {
            // The first gap is 1: a name's last letter and `null%` are far enough apart.
            let mut columns = vec![&self.names, &self.nulls];
            let first = if group.start == 0 { 2 } else { 1 };
            columns.truncate(first);
            columns.extend(self.statistics[group].iter().map(|(_, column)| column));
            let rendered = lines_after_name(&columns, gap);
            out.push(page.bold(&rendered[0]));
            out.extend(rendered.into_iter().skip(1));
        }
        rank == highest
    }

    /// Width with the statistics that join up to `rank`.
    fn width(&self, rank: u8, gap: usize) -> usize {
        let columns: Vec<&GridColumn> = [&self.nulls]
            .into_iter()
            .chain(self.statistics.iter().filter(|(joins, _)| *joins <= rank).map(|(_, column)| column))
            .collect();
        self.names.width() + 1 + total_width(&columns, gap)
    }

    fn shorten_names(&mut self, page_width: usize, gap: usize) {
        let excess = self.width(0, gap).saturating_sub(page_width);
        let width = self.names.width();
        if excess > 0 && width.saturating_sub(excess) >= NAME_WIDTH_LEAST.min(width) {
            let kept = width - excess;
            for text in self.names.cells.iter_mut().chain(&mut self.names.headings) {
                *text = shorten(text.trim_end(), kept);
            }
        }
    }

    /// Cuts the statistics into runs that fit, the first beside names and nulls, others beside names alone.
    fn groups(&self, page_width: usize, gap: usize) -> Vec<std::ops::Range<usize>> {
        let mut groups = Vec::new();
        let mut start = 0;
        let mut width = self.names.width() + 1 + self.nulls.width();
        for (index, (_, column)) in self.statistics.iter().enumerate() {
            if index > start && width + gap + column.width() > page_width {
                groups.push(start..index);
                start = index;
                width = self.names.width();
            }
            width += gap + column.width();
        }
        groups.push(start..self.statistics.len());
        groups
    }
}

/// Lines of a grid whose first gap is one blank.
fn lines_after_name(columns: &[&GridColumn], gap: usize) -> Vec<String> {
    let name_width = columns[0].width();
    let names = lines(&columns[..1], 0);
    let rest = lines(&columns[1..], gap);
    names
        .iter()
        .zip(&rest)
        .map(|(name, rest)| {
            let blanks = " ".repeat(name_width - name.width() + 1);
            format!("{name}{blanks}{rest}").trim_end_matches(' ').to_owned()
        })
        .collect()
}

/// The cells of one statistic.
fn cells(columns: &[&ColumnDescription], cell: impl Fn(&ColumnDescription) -> String) -> Vec<String> {
    columns.iter().map(|column| cell(column)).collect()
}

fn numeric_block(columns: &[&ColumnDescription], rows: u64, name_width: usize, page: &Page) -> Block {
    let digits = page.digits;
    let mut block = Block::new("numeric", columns, rows, name_width);
    let count = |count: Option<u64>| match count {
        None => String::new(),
        Some(0) => "·".to_owned(),
        Some(count) => significant::integer(count.into(), digits),
    };
    let mut statistic = |rank, heading: &str, of: &dyn Fn(&ColumnDescription) -> &Scalar| {
        block.push(rank, heading, Align::Right, cells(columns, |column| number(of(column), digits)));
    };
    statistic(0, "mean", &|column| &column.mean);
    statistic(0, "std", &|column| &column.std);
    statistic(3, "skewness", &|column| &column.skewness);
    statistic(7, "kurtosis", &|column| &column.kurtosis);
    statistic(0, "min", &|column| &column.min);
    statistic(8, "1%", &|column| &column.quantiles[0]);
    statistic(2, "5%", &|column| &column.quantiles[1]);
    statistic(0, "25%", &|column| &column.quantiles[2]);
    statistic(0, "50%", &|column| &column.quantiles[3]);
    statistic(0, "75%", &|column| &column.quantiles[4]);
    statistic(2, "95%", &|column| &column.quantiles[5]);
    statistic(8, "99%", &|column| &column.quantiles[6]);
    statistic(0, "max", &|column| &column.max);
    statistic(9, "sum", &|column| &column.sum);
    let mut front = |position, rank, heading: &str, texts: Vec<String>| {
        block.statistics.insert(position, (rank, GridColumn::new(heading, Align::Right, texts)));
    };
    front(0, 5, "NaN", cells(columns, |column| count(column.nans)));
    front(1, 4, "zeros", cells(columns, |column| count(column.zeros)));
    front(2, 1, "distinct", cells(columns, |column| distinct(column, digits)));
    block.push(0, "histogram", Align::Left, cells(columns, histogram));
    block.push(6, "type", Align::Left, cells(columns, |column| column.data_type.to_string()));
    block
}

fn temporal_block(columns: &[&ColumnDescription], rows: u64, name_width: usize, page: &Page) -> Block {
    let utc = times::all_utc(columns.iter().flat_map(|column| [&column.min, &column.max]));
    let title = if utc { "temporal UTC" } else { "temporal" };
    let mut block = Block::new(title, columns, rows, name_width);
    let mut statistic = |rank, heading: &str, of: &dyn Fn(&ColumnDescription) -> &Scalar| {
        // Each statistic is told as precisely as its own values need: minima are often dates, means never.
        let form = times::shared_form(columns.iter().map(|column| of(column)), utc);
        block.push(rank, heading, Align::Left, cells(columns, |column| form.text(of(column))));
    };
    statistic(0, "min", &|column| &column.min);
    statistic(4, "5%", &|column| &column.quantiles[1]);
    statistic(3, "25%", &|column| &column.quantiles[2]);
    statistic(0, "50%", &|column| &column.quantiles[3]);
    statistic(3, "75%", &|column| &column.quantiles[4]);
    statistic(4, "95%", &|column| &column.quantiles[5]);
    statistic(0, "max", &|column| &column.max);
    statistic(5, "mean", &|column| &column.mean);
    let texts = cells(columns, |column| distinct(column, page.digits));
    block.statistics.insert(0, (2, GridColumn::new("distinct", Align::Right, texts)));
    block.push(1, "histogram", Align::Left, cells(columns, histogram));
    block.wanted = 1;
    block.push(6, "type", Align::Left, cells(columns, |column| column.data_type.to_string()));
    block
}

fn text_block(columns: &[&ColumnDescription], rows: u64, name_width: usize, page: &Page) -> Block {
    let mut block = Block::new("text", columns, rows, name_width);
    let texts = cells(columns, |column| distinct(column, page.digits));
    block.push(0, "distinct", Align::Right, texts);
    let ends = |text_width| {
        cells(columns, |column| match (&column.min, &column.max) {
            (Scalar::Null, _) | (_, Scalar::Null) => String::new(),
            (min, max) => format!("{} .. {}", text(min, text_width), text(max, text_width)),
        })
    };
    let beside = block.width(0, 2) + 4;
    let room = |ends: &[String]| {
        let widest = ends.iter().map(|text| text.width()).chain(["min .. max".len()]).max().unwrap_or(0);
        page.width.saturating_sub(beside + widest)
    };
    // Long values give way to the most frequent ones, if that helps.
    let ends = (TEXT_WIDTH_LEAST..=TEXT_WIDTH_MOST)
        .rev()
        .map(ends)
        .find(|ends| room(ends) >= FREQUENT_WIDTH)
        .unwrap_or_else(|| ends(TEXT_WIDTH));
    let room = room(&ends).max("most frequent".len());
    block.push(0, "min .. max", Align::Left, ends);
    block.push(0, "most frequent", Align::Left, cells(columns, |column| most_frequent(column, room)));
    block
}

/// A number of a table: rounded for a person.
pub(crate) fn number(value: &Scalar, digits: usize) -> String {
    match value {
        Scalar::Integer(integer) => significant::integer(*integer, digits),
        Scalar::Float64(float) => significant::float(*float, digits),
        Scalar::Float32(float) => significant::float32(*float, digits),
        Scalar::Bool(truth) => u8::from(*truth).to_string(),
        Scalar::Decimal { .. } => {
            let exact = plain(value, &Precision::default());
            exact.parse().map_or(exact, |float| significant::float(float, digits))
        }
        other => plain(other, &Precision::default()),
    }
}

/// Distinct values: exact where that is known, else `~` and the estimate.
fn distinct(column: &ColumnDescription, digits: usize) -> String {
    match (column.distinct, column.distinct_estimate) {
        (Some(exact), _) => significant::integer(exact.into(), digits),
        (None, Some(estimate)) => format!("~{}", significant::integer(estimate.into(), digits)),
        (None, None) => String::new(),
    }
}

fn histogram(column: &ColumnDescription) -> String {
    column.histogram.as_ref().map(|counts| sparkline(counts)).unwrap_or_default()
}

fn text(value: &Scalar, width: usize) -> String {
    shorten(&printable(&plain(value, &Precision::default())), width)
}

/// As many of the most frequent values as fit into `room`, with their shares of the values.
fn most_frequent(column: &ColumnDescription, room: usize) -> String {
    let mut line = String::new();
    for (value, count) in &column.most_frequent {
        let share = *count as f64 / column.count.max(1) as f64 * 100.0;
        // What is one in thousands is not frequent, though nothing is more so.
        if *count == 1 || share < 0.05 {
            break;
        }
        let entry = format!("{} {share:.1}%", text(value, TEXT_WIDTH));
        let separator = if line.is_empty() { "" } else { "  " };
        if line.width() + separator.len() + entry.width() > room {
            break;
        }
        line.push_str(separator);
        line.push_str(&entry);
    }
    if line.is_empty() && column.distinct.is_some_and(|distinct| distinct > 1 && distinct == column.count) {
        line.push_str("every value once");
    }
    line
}
