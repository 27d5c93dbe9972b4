//! `arrcalc split`: rows in random parts: training and test, or folds.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use arrcalc::Explanation;
use arrcalc::datasets::write::{WriteOptions, create};
use arrcalc::datasets::{Dataset, Schema};
use arrcalc::explain::{Explain, Outline};
use arrcalc::random::{Split as Task, SplitRule};
use clap::Args;

use super::sample::say_seed;
use crate::Run;
use crate::arguments::columns;
use crate::arguments::input::{Input, NullTokens};
use crate::arguments::quantity;
use crate::destination::Destination;
use crate::failure::{Failure, Result};
use crate::session::{Session, select};

const EXAMPLES: &str = "\
With {} in -o each part is a file: {} is train, test or the fold's number. Else
all rows come in their order, with a last column: part (train, test) or fold.
Sizes are exact. The same seed and rows give the same parts.

Examples:
  arrcalc split datasets/samples/penguins.csv --test 0.2 -o 'target/{}.csv'
  arrcalc split datasets/samples/penguins.csv --folds 5 -o target/folds.parquet
  arrcalc split datasets/samples/penguins.csv --test 0.2 --stratify sex";

/// Split rows at random: training and test, or folds; by groups or stratified
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Split {
    /// Files of one table, in this order; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Share of the rows that are for testing, from 0 to 1
    #[arg(
        long,
        value_name = "SHARE",
        allow_negative_numbers = true,
        required_unless_present = "folds",
        conflicts_with = "folds"
    )]
    test: Option<f64>,
    /// Folds of equal sizes
    #[arg(long, value_name = "K", value_parser = quantity::count)]
    folds: Option<u64>,
    /// Columns of groups: rows of equal values go to the same part; shares are shares of the groups
    #[arg(long, value_name = "COLS", conflicts_with = "stratify")]
    group: Vec<String>,
    /// Columns of strata: each part has the same share of each
    #[arg(long, value_name = "COLS")]
    stratify: Vec<String>,
    /// Columns to write: a,b,"odd, name"
    #[arg(short, long, value_name = "COLS")]
    columns: Vec<String>,
    /// Another seed is another split
    #[arg(long, value_name = "N", default_value = "0", value_parser = quantity::count)]
    seed: u64,
    /// Write to a file, or with {} in its name to one for each part; the extension tells the form
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    null_tokens: NullTokens,
}

impl Split {
    fn task<'d>(&self, dataset: &'d Dataset<'static>) -> Result<Task<'d>> {
        let rule = match (self.test, self.folds) {
            (Some(share), _) => SplitRule::Test(share),
            (None, folds) => SplitRule::Folds(folds.unwrap_or(0)),
        };
        let (groups, strata) = (columns::listed(&self.group)?, columns::listed(&self.stratify)?);
        let names = columns::listed(&self.columns)?;
        let task = Task::new(dataset, rule).groups(groups).stratify(strata).seed(self.seed);
        Ok(if names.is_empty() { task } else { task.columns(names) })
    }
}

impl Split {
    /// What it would do.
    pub(crate) fn explain(&self, session: &Session) -> Result<Explanation> {
        let dataset = session.open(&self.files, &self.input, &self.null_tokens.null)?;
        let selected = select(&dataset, &columns::listed(&self.columns)?)?;
        let outline = Outline::draw(&dataset, selected);
        Ok(session.engine().run(&Explain::new(&dataset, outline))?)
    }
}

impl Run for Split {
    fn run(&self, session: &Session) -> Result<()> {
        let pattern = self.output.as_deref().and_then(Path::to_str).filter(|output| output.contains("{}"));
        if let Some(pattern) = pattern {
            return self.write_parts(session, pattern);
        }
        let destination = Destination::choose(self.output.as_deref(), session.shared())?;
        let dataset = session.open(&self.files, &self.input, &self.null_tokens.null)?;
        let task = self.task(&dataset)?;
        let fields = task.fields()?;
        say_seed(session, self.seed);
        let _bar = session.bar();
        if let Some((output, format)) =
            self.output.as_deref().and_then(|output| Some((output, session.file_format(output)?)))
        {
            let row_count = Some(dataset.row_count());
            let options = WriteOptions { format: Some(format), row_count, ..WriteOptions::default() };
            let mut writer = create(output, &Schema { fields }, &options)?;
            session.engine().scoped(|scope| {
                task.deliver(scope, &mut |chunk| {
                    writer.write(chunk)?;
                    Ok(ControlFlow::Continue(()))
                })
            })?;
            return Ok(writer.finish()?);
        }
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

impl Split {
    /// A file for each part, each whole or not there.
    fn write_parts(&self, session: &Session, pattern: &str) -> Result<()> {
        let Some(format) = session.file_format(Path::new(pattern)) else {
            return Err(Failure::Usage(format!(
                "{pattern}: parts are written as .csv, .parquet, .arrow, .npy or .raw"
            )));
        };
        let dataset = session.open(&self.files, &self.input, &self.null_tokens.null)?;
        let task = self.task(&dataset)?;
        // What is no number of folds is refused before there are as many names.
        let outputs: Vec<String> = match self.folds {
            Some(folds) if !(2..=1 << 16).contains(&folds) => Vec::new(),
            _ => task.part_names().iter().map(|name| pattern.replace("{}", name)).collect(),
        };
        let options = WriteOptions { format: Some(format), ..WriteOptions::default() };
        say_seed(session, self.seed);
        let _bar = session.bar();
        session.engine().run(&task.outputs(outputs).options(options))?;
        Ok(())
    }
}
