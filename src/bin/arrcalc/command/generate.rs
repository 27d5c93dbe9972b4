//! `arrcalc generate`: big test data that needs nobody else, the same everywhere for the same seed.

use std::path::PathBuf;

use arrcalc::Generate as Task;
use arrcalc::datasets::Dataset;
use arrcalc::datasets::write::WriteOptions;
use clap::Args;

use crate::Run;
use crate::arguments::{generators, quantity};
use crate::command::head::write;
use crate::destination::Destination;
use crate::failure::{Failure, Result};
use crate::session::Session;

const EXAMPLES: &str = "\
raw is the words of NumPy's Philox(seed), uniform its random(); any number of threads gives the same bits.

Examples:
  arrcalc generate 'x=uniform' -n 1e6 --seed 42 -o target/uniform.npy
  arrcalc generate 'id=row, x=normal(0, 1), k=integers(0, 100)' -n 1000 -o target/table.parquet
  arrcalc generate raw -n 4 --seed 42";

/// Make columns of random numbers, each a function of seed and row
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Generate {
    /// Columns: NAME=KIND between commas; kinds are row, raw, uniform(low, high), integers(low, high),
    /// normal(mean, std)
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
        let columns = generators::parse(&self.columns).map_err(Failure::Usage)?;
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
