//! `arrcalc generate`: big test data that needs nobody else, the same everywhere for the same seed.

use std::path::PathBuf;

use clap::Args;

use crate::Run;
use crate::arguments::{generators, quantity};
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
    fn run(&self, _session: &Session) -> Result<()> {
        let columns = generators::parse(&self.columns).map_err(Failure::Usage)?;
        Err(Failure::Usage(format!("{} {} {:?} {:?}", self.count, self.seed, self.output, columns)))
    }
}
