//! `arrcalc generate`: big test data that needs nobody else, the same everywhere for the same seed.

use std::path::PathBuf;

use arrcalc::Generate as Task;
use arrcalc::datasets::Dataset;
use arrcalc::datasets::write::WriteOptions;
use clap::Args;

use crate::Run;
use crate::arguments::quantity;
use crate::command::head::write;
use crate::destination::Destination;
use crate::failure::Result;
use crate::session::Session;

const EXAMPLES: &str = "\
Kinds of columns:
  row                               0, 1, 2, ...
  raw                               the words of NumPy's Philox(seed)
  uniform(low, high)                without bounds, NumPy's random()
  integers(low, high)               high left out, without bias
  bernoulli(p)                      true with probability p
  normal(mean, std)                 lognormal(mean, std): its exponential
  exponential(scale)                gamma(shape, scale), poisson(rate)
  choice('A', 'B'; 0.7, 0.3)        texts or numbers, by weights or all alike
  dates('2024-01-01', '2024-12-31') both included
  timestamps('2024-01-01', '2025-01-01T12:00:00')
  correlated(x, 0.8, mean, std)     normal, with the earlier column x
  nullable(normal(0, 1), 0.05)      null with a probability
Every value is a function of seed, column and row: the same for any number of
threads, and whatever columns are added behind it.

Examples:
  arrcalc generate 'x=uniform' -n 1e6 --seed 42 -o target/uniform.npy
  arrcalc generate 'id=row, x=normal, city=choice(\"A\", \"B\"; 0.7, 0.3)' -n 5
  arrcalc generate raw -n 4 --seed 42";

/// Make columns of random numbers, each a function of seed and row
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Generate {
    /// Columns: NAME=KIND between commas
    #[arg(value_name = "COLUMNS")]
    columns: String,
    /// Number of rows
    #[arg(short = 'n', long = "rows", value_name = "N", value_parser = quantity::count)]
    count: u64,
    /// Seed of the random numbers
    #[arg(long, value_name = "N", default_value = "0", env = "ARRCALC_SEED", hide_env = true, value_parser = quantity::count)]
    seed: u64,
    /// Write to a file; its extension tells the format
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Run for Generate {
    fn run(&self, session: &Session) -> Result<()> {
        let columns = Task::columns(&self.columns)?;
        let bar = session.bar();
        // What the library writes, it writes by itself; rows on a terminal or as JSON are presented.
        if let Some(output) = &self.output
            && let Some(format) = session.file_format(output)
        {
            let options = WriteOptions { format: Some(format), ..WriteOptions::default() };
            let task = Task::new(&columns, self.count, self.seed, output)?.options(options);
            session.engine().run(&task)?;
            return Ok(());
        }
        drop(bar);
        let destination = Destination::choose(self.output.as_deref(), session.shared())?;
        let dataset = Dataset::generated(&columns, self.count, self.seed)?;
        let all: Vec<usize> = (0..columns.len()).collect();
        write(session, &destination, &dataset, &all, 0..self.count)
    }
}
