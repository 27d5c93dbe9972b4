//! `arrcalc hist`: a histogram in the terminal, as rows, or as SVG.

use std::io::Write;
use std::path::{Path, PathBuf};

use arrcalc::Explanation;
use arrcalc::Histogram as Task;
use arrcalc::datasets::write::Output;
use arrcalc::datasets::{Dataset, Field};
use arrcalc::explain::{Explain, Outline};
use arrcalc::histogram::{BinChoice, Histogram2d, Rule, edge_of};
use arrcalc::present::{
    heatmap_fields, heatmap_rows, heatmap_svg, heatmap_text, histogram_fields, histogram_note,
    histogram_rows, histogram_svg, histogram_text,
};
use clap::Args;

use crate::Run;
use crate::arguments::input::{Input, NullTokens};
use crate::arguments::{columns, quantity};
use crate::destination::{Destination, Target};
use crate::failure::{Failure, Result};
use crate::session::{Session, misfit, of_file, select};

const EXAMPLES: &str = "\
Bins are half open, but for the last; edges and counts are those of NumPy. Rows
that are null, NaN or outside are told apart from them.

Examples:
  arrcalc hist datasets/samples/flights.parquet -c dep_delay --range -30,90
  arrcalc hist datasets/samples/weather.csv -c temp,dewp --bins 30
  arrcalc hist datasets/samples/penguins.csv -c year --svg target/year.svg";

/// Draw the histogram of a column, or of two together, or give it as data or SVG
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Hist {
    /// Files of one table, in this order; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The column, or two as a,b: the first across, the second up; a table of one column needs none
    #[arg(short, long, value_name = "COL[,COL]")]
    column: Option<String>,
    /// A number, a rule (auto, doane, fd, rice, scott, sqrt, sturges) or the edges: 0,1,10,100;
    /// of dates and times as those are written: 2013-01-01,2013-07-01
    #[arg(long, value_name = "N|RULE|EDGES", default_value = "sturges", value_parser = bins, allow_hyphen_values = true)]
    bins: Bins,
    /// Bins between these ends instead of the lowest and the highest value; of two columns LOW,HIGH,LOW,HIGH
    #[arg(long, value_name = "LOW,HIGH", value_parser = ends, allow_hyphen_values = true)]
    range: Option<Ends>,
    /// Also sum this column in each bin
    #[arg(long, value_name = "COL")]
    weights: Option<String>,
    /// Bars on a logarithmic scale
    #[arg(long)]
    log: bool,
    /// Write a plot; - is standard output
    #[arg(long, value_name = "FILE", conflicts_with = "output")]
    svg: Option<PathBuf>,
    /// Write to a file; its extension tells the form
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    null_tokens: NullTokens,
}

/// `--bins` as typed.
#[derive(Clone, Debug)]
enum Bins {
    Choice(BinChoice),
    /// Edges, whose meaning the column's type tells.
    Edges(Vec<String>),
}

fn bins(text: &str) -> std::result::Result<Bins, String> {
    if text.contains(',') {
        return Ok(Bins::Edges(text.split(',').map(str::to_owned).collect()));
    }
    if text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) {
        let count = quantity::positive(text.trim_start_matches('+'))?;
        return Ok(Bins::Choice(count.into()));
    }
    Rule::named(text).map(|rule| Bins::Choice(rule.into())).map_err(|error| error.to_string())
}

impl Bins {
    /// The bins of a column.
    fn of(&self, dataset: &Dataset<'_>, column: usize) -> Result<BinChoice> {
        Ok(match self {
            Bins::Choice(choice) => choice.clone(),
            Bins::Edges(texts) => {
                let edges: Result<Vec<f64>> = texts.iter().map(|text| edge(text, dataset, column)).collect();
                edges?.into()
            }
        })
    }
}

fn edge(text: &str, dataset: &Dataset<'_>, column: usize) -> Result<f64> {
    let Field { name, data_type } = &dataset.schema().fields[column];
    edge_of(text, data_type).ok_or_else(|| {
        let text = text.trim();
        misfit(dataset, format!("column '{name}' is of type {data_type}, for which '{text}' is no edge"))
    })
}

/// `--range` as typed: two ends a column.
#[derive(Clone, Debug)]
struct Ends(Vec<[String; 2]>);

fn ends(text: &str) -> std::result::Result<Ends, String> {
    let texts: Vec<String> = text.split(',').map(str::to_owned).collect();
    match texts.as_chunks::<2>() {
        (pairs @ ([_] | [_, _]), []) => Ok(Ends(pairs.to_vec())),
        _ => Err("two ends, LOW,HIGH, for each column".into()),
    }
}

impl Ends {
    /// Those of `column`, the `at`-th that is asked for.
    fn of(&self, at: usize, dataset: &Dataset<'_>, column: usize) -> Result<Option<(f64, f64)>> {
        let Some([low, high]) = self.0.get(at) else { return Ok(None) };
        Ok(Some((edge(low, dataset, column)?, edge(high, dataset, column)?)))
    }
}

impl Hist {
    /// What it would do.
    pub(crate) fn explain(&self, session: &Session) -> Result<Explanation> {
        let dataset = session.open(&self.files, &self.input, &self.null_tokens.null)?;
        self.foretell(session, &dataset)
    }

    fn foretell(&self, session: &Session, dataset: &Dataset<'_>) -> Result<Explanation> {
        let (columns, weights) = self.selected(dataset)?;
        let outline = Outline::histogram(dataset, columns, weights);
        Ok(session.engine().run(&Explain::new(dataset, outline))?)
    }

    /// The columns, and that of the weights.
    fn selected(&self, dataset: &Dataset<'_>) -> Result<(Vec<usize>, Option<usize>)> {
        let listed = |text: &str| select(dataset, &columns::listed(&[text.to_owned()])?);
        let of = match &self.column {
            Some(text) => listed(text)?,
            None if dataset.schema().fields.len() == 1 => vec![0],
            None => return Err(Failure::Usage("which column? name it with -c, or two as -c a,b".into())),
        };
        if !(1..=2).contains(&of.len()) {
            return Err(Failure::Usage("a histogram is of one column or of two".into()));
        }
        if self.range.as_ref().is_some_and(|ends| ends.0.len() != of.len()) {
            return Err(Failure::Usage("--range takes LOW,HIGH for each column".into()));
        }
        let weights = match self.weights.as_deref().map(listed).transpose()?.as_deref() {
            None => None,
            Some([column]) => Some(*column),
            Some(_) => return Err(Failure::Usage("weights are of one column".into())),
        };
        Ok((of, weights))
    }

    /// The histogram of two columns.
    fn draw_plane(
        &self,
        session: &Session,
        destination: &Destination,
        dataset: &Dataset<'_>,
        columns: [usize; 2],
        weights: Option<usize>,
    ) -> Result<()> {
        let [x, y] = columns;
        let bins = [self.bins.of(dataset, x)?, self.bins.of(dataset, y)?];
        let mut task = Histogram2d::new(dataset, columns).bins(bins);
        if let Some(ends) = &self.range {
            task = task.range([ends.of(0, dataset, x)?, ends.of(1, dataset, y)?]);
        }
        if let Some(weights) = weights {
            task = task.weights(weights);
        }
        let bar = session.bar();
        let answer = session.engine().run(&task).map_err(of_file(dataset))?;
        drop(bar);
        let fields = columns.map(|column| &dataset.schema().fields[column]);
        if let Some(path) = &self.svg {
            return write(path, &heatmap_svg(fields, &answer, self.log));
        }
        if destination.form() == Target::Table {
            let text = heatmap_text(fields, &answer, &session.page(destination), self.log);
            return destination.write_text(&text);
        }
        destination.write_rows(session, &heatmap_fields(fields, &answer), |emit| {
            heatmap_rows(fields, &answer).iter().try_for_each(|row| emit(row))
        })
    }
}

impl Run for Hist {
    fn run(&self, session: &Session) -> Result<()> {
        let destination = Destination::choose(self.output.as_deref(), session.shared())?;
        let dataset = session.open(&self.files, &self.input, &self.null_tokens.null)?;
        let (columns, weights) = self.selected(&dataset)?;
        session.foretell(|| self.foretell(session, &dataset))?;
        if let [first, second] = columns[..] {
            return self.draw_plane(session, &destination, &dataset, [first, second], weights);
        }
        let mut task = Task::new(&dataset, columns[0]).bins(self.bins.of(&dataset, columns[0])?);
        let ends = self.range.as_ref().map(|ends| ends.of(0, &dataset, columns[0])).transpose()?;
        if let Some((low, high)) = ends.flatten() {
            task = task.range(low, high);
        }
        if let Some(weights) = weights {
            task = task.weights(weights);
        }
        let bar = session.bar();
        let answer = session.engine().run(&task).map_err(of_file(&dataset))?;
        drop(bar);
        if let Some(path) = &self.svg {
            return write(path, &histogram_svg(&answer, self.log));
        }
        if destination.form() == Target::Table {
            return destination.write_text(&histogram_text(&answer, &session.page(&destination), self.log));
        }
        if let Some(note) = histogram_note(&answer) {
            session.note(&note);
        }
        destination.write_rows(session, &histogram_fields(&answer), |emit| {
            histogram_rows(&answer).iter().try_for_each(|row| emit(row))
        })
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    let mut output = Output::create(path)?;
    let written = output.write_all(text.as_bytes());
    written.map_err(|error| Failure::write(&path.display().to_string(), error))?;
    Ok(output.commit()?)
}
