//! `arrcalc sample`: rows chosen at random.

use std::ops::ControlFlow;
use std::path::PathBuf;

use arrcalc::Explanation;
use arrcalc::datasets::write::WriteOptions;
use arrcalc::explain::{Explain, Outline};
use arrcalc::random::{Sample as Task, SampleOrder};
use clap::Args;

use crate::Run;
use crate::arguments::columns;
use crate::arguments::input::{Input, NullTokens};
use crate::arguments::quantity;
use crate::destination::Destination;
use crate::failure::Result;
use crate::session::{Session, select};

const EXAMPLES: &str = "\
The same seed and rows give the same sample: with any threads, files, format.
Rows come in their order. Each has a key, of words of NumPy's Philox(seed): a
sample of N is the N rows of the least keys, a fraction those below it.

Examples:
  arrcalc sample datasets/samples/flights.parquet -n 5 -c carrier,dest,distance
  arrcalc sample datasets/samples/penguins.csv --fraction 0.02 --seed 7
  arrcalc sample datasets/samples/penguins.csv -n 2 -b species --shuffled";

/// Choose rows at random, the same ones for the same seed
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Sample {
    /// Files of one table, in this order; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Rows to choose; of each group, with -b
    #[arg(
        short = 'n',
        long = "rows",
        value_name = "N",
        value_parser = quantity::count,
        required_unless_present = "fraction",
        conflicts_with = "fraction"
    )]
    rows: Option<u64>,
    /// Share of the rows to choose, from 0 to 1: each on its own; with -b so much of each group
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    fraction: Option<f64>,
    /// A row may be chosen several times
    #[arg(long)]
    replace: bool,
    /// Column of weights: a row is as likely as its own says, and never chosen if that is 0
    #[arg(long, value_name = "COL")]
    weights: Option<String>,
    /// Columns of groups: so many rows of each, or all of a smaller one
    #[arg(long, short, value_name = "COLS", conflicts_with_all = ["replace", "weights"])]
    by: Vec<String>,
    /// Rows in random order instead of theirs
    #[arg(long)]
    shuffled: bool,
    /// Columns to write: a,b,"odd, name"
    #[arg(short, long, value_name = "COLS")]
    columns: Vec<String>,
    /// Another seed is another sample
    #[arg(long, value_name = "N", default_value = "0", value_parser = quantity::count)]
    seed: u64,
    /// Write to a file; its extension tells the form
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    null_tokens: NullTokens,
}

impl Sample {
    /// What it would do.
    pub(crate) fn explain(&self, session: &Session) -> Result<Explanation> {
        let dataset = session.open(&self.files, &self.input, &self.null_tokens.null)?;
        let selected = select(&dataset, &columns::listed(&self.columns)?)?;
        let outline = Outline::draw(&dataset, selected);
        Ok(session.engine().run(&Explain::new(&dataset, outline))?)
    }
}

impl Run for Sample {
    fn run(&self, session: &Session) -> Result<()> {
        let (names, by) = (columns::listed(&self.columns)?, columns::listed(&self.by)?);
        let destination = Destination::choose(self.output.as_deref(), session.shared())?;
        let dataset = session.open(&self.files, &self.input, &self.null_tokens.null)?;
        let mut task = match (self.rows, self.fraction) {
            (Some(rows), _) => Task::rows(&dataset, rows),
            (None, fraction) => Task::fraction(&dataset, fraction.unwrap_or(0.0)),
        };
        task = task.by(by).seed(self.seed);
        if self.replace {
            task = task.replace();
        }
        if let Some(weights) = &self.weights {
            task = task.weights(weights);
        }
        if !names.is_empty() {
            task = task.columns(names);
        }
        if self.shuffled {
            task = task.order(SampleOrder::Shuffled);
        }
        say_seed(session, self.seed);
        let _bar = session.bar();
        if let Some((output, format)) =
            self.output.as_deref().and_then(|output| Some((output, session.file_format(output)?)))
        {
            let options = WriteOptions { format: Some(format), ..WriteOptions::default() };
            session.engine().scoped(|scope| task.write(scope, output, &options))?;
            return Ok(());
        }
        let fields = task.fields()?;
        destination.write_rows(session, &fields, |emit| {
            let mut written = Ok(());
            session.engine().scoped(|scope| {
                task.each(scope, &mut |row| {
                    written = emit(row);
                    if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                })
            })?;
            written
        })
    }
}

/// `-v` tells the seed, so that a result can be had again.
pub(crate) fn say_seed(session: &Session, seed: u64) {
    if session.shared().verbose > 0 {
        session.note(&format!("seed {seed}"));
    }
}
