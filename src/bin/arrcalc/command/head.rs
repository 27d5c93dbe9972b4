//! `arrcalc head`, `arrcalc tail`: rows.

use std::ops::{ControlFlow, Range};
use std::path::PathBuf;

use arrcalc::Explanation;
use arrcalc::datasets::Dataset;
use arrcalc::explain::{Explain, Outline};
use arrcalc::read_rows;
use clap::Args;

use crate::Run;
use crate::arguments::columns;
use crate::arguments::input::{Input, NullTokens};
use crate::arguments::quantity;
use crate::destination::Destination;
use crate::failure::Result;
use crate::session::{Session, select};

const HEAD_EXAMPLES: &str = "\
Examples:
  arrcalc head datasets/samples/penguins.csv
  arrcalc head datasets/samples/flights.parquet -n 3 -c carrier,dep_delay
  arrcalc head datasets/samples/weather.csv -n 2 --format jsonl";

const TAIL_EXAMPLES: &str = "\
Examples:
  arrcalc tail datasets/samples/penguins.csv
  arrcalc tail datasets/samples/flights.parquet -n 3 -c carrier,dep_delay
  arrcalc tail datasets/samples/weather.csv -n 1 -c temp --raw";

/// Show the first rows
#[derive(Args, Debug)]
#[command(after_help = HEAD_EXAMPLES)]
pub(crate) struct Head {
    #[command(flatten)]
    rows: Rows,
}

/// Show the last rows
#[derive(Args, Debug)]
#[command(after_help = TAIL_EXAMPLES)]
pub(crate) struct Tail {
    #[command(flatten)]
    rows: Rows,
}

#[derive(Args, Debug)]
struct Rows {
    /// Files of one table, in this order; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Number of rows
    #[arg(short = 'n', long = "rows", value_name = "N", default_value = "10", value_parser = quantity::count)]
    count: u64,
    /// Columns to show: a,b,"odd, name"
    #[arg(short, long, value_name = "COLS")]
    columns: Vec<String>,
    /// Write to a file; its extension tells the form
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    null_tokens: NullTokens,
}

impl Head {
    /// What it would do.
    pub(crate) fn explain(&self, session: &Session) -> Result<Explanation> {
        self.rows.explain(session)
    }
}

impl Tail {
    /// What it would do.
    pub(crate) fn explain(&self, session: &Session) -> Result<Explanation> {
        self.rows.explain(session)
    }
}

impl Run for Head {
    fn run(&self, session: &Session) -> Result<()> {
        self.rows.run(session, |total, count| 0..count.min(total))
    }
}

impl Run for Tail {
    fn run(&self, session: &Session) -> Result<()> {
        self.rows.run(session, |total, count| total.saturating_sub(count)..total)
    }
}

impl Rows {
    fn explain(&self, session: &Session) -> Result<Explanation> {
        let dataset = session.open(&self.files, &self.input, &self.null_tokens.null)?;
        self.foretell(session, &dataset)
    }

    fn foretell(&self, session: &Session, dataset: &Dataset<'_>) -> Result<Explanation> {
        let selected = select(dataset, &columns::listed(&self.columns)?)?;
        let outline = Outline::rows(dataset, selected, self.count);
        Ok(session.engine().run(&Explain::new(dataset, outline))?)
    }

    fn run(&self, session: &Session, range: impl Fn(u64, u64) -> Range<u64>) -> Result<()> {
        let destination = Destination::choose(self.output.as_deref(), session.shared())?;
        let names = columns::listed(&self.columns)?;
        let dataset = session.open(&self.files, &self.input, &self.null_tokens.null)?;
        let columns = select(&dataset, &names)?;
        session.foretell(|| self.foretell(session, &dataset))?;
        let range = range(dataset.row_count(), self.count);
        write(session, &destination, &dataset, &columns, range)
    }
}

/// Writes the rows `range` of `columns` in the form of `destination`.
pub(crate) fn write(
    session: &Session,
    destination: &Destination,
    dataset: &Dataset<'_>,
    columns: &[usize],
    range: Range<u64>,
) -> Result<()> {
    let fields: Vec<_> = columns.iter().map(|&index| dataset.schema().fields[index].clone()).collect();
    destination.write_rows(session, &fields, |emit| {
        let mut written = Ok(());
        read_rows(dataset, columns, range, &session.control(), &mut |row| {
            written = emit(row);
            if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        written
    })
}
