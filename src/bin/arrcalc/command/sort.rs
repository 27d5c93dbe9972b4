//! `arrcalc sort`: rows in another order, of any size.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use arrcalc::Explanation;
use arrcalc::datasets::Dataset;
use arrcalc::datasets::write::WriteOptions;
use arrcalc::explain::{Explain, Outline};
use arrcalc::order::SortVolume;
use arrcalc::{ColumnOrder, SortTo as Task};
use clap::Args;

use crate::Run;
use crate::arguments::columns;
use crate::arguments::input::{Input, NullTokens};
use crate::arguments::quantity;
use crate::destination::Destination;
use crate::failure::Result;
use crate::session::{Session, of_file, select};

const EXAMPLES: &str = "\
Equal rows keep their order; NaN and nulls come last, also in descending order.
The output may be the input itself. What does not fit --memory goes through a
temporary file without a name, in TMPDIR or beside the output.

Examples:
  arrcalc sort datasets/samples/flights.parquet --by '-distance, dest' -n 5
  arrcalc sort datasets/samples/weather.csv --by temp -o target/by-temp.csv
  arrcalc sort datasets/samples/penguins.csv --by '-year' --indices -n 3";

/// Sort rows by columns; files larger than memory too
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Sort {
    /// Files of one table, in this order; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Columns to sort by: 'k, -x' or 'k, x desc nulls first' [default: all, from left to right]
    #[arg(long, short, value_name = "KEYS", allow_hyphen_values = true)]
    by: Vec<String>,
    /// Only the first rows of the result
    #[arg(short = 'n', long, value_name = "N", value_parser = quantity::count)]
    limit: Option<u64>,
    /// Columns to write: a,b,"odd, name"
    #[arg(short, long, value_name = "COLS")]
    columns: Vec<String>,
    /// Write the numbers of the rows, from 0, instead of their values
    #[arg(long, conflicts_with = "columns")]
    indices: bool,
    /// Write to a file, which may be an input; its extension tells the form
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    null_tokens: NullTokens,
}

impl Sort {
    /// What it would do.
    pub(crate) fn explain(&self, session: &Session) -> Result<Explanation> {
        let dataset = session.open(&self.files, &self.input, &self.null_tokens.null)?;
        self.foretell(session, &dataset)
    }

    fn foretell(&self, session: &Session, dataset: &Dataset<'_>) -> Result<Explanation> {
        let by = ColumnOrder::parse(&self.by.join(", "));
        let by = if self.by.is_empty() { Vec::new() } else { by? };
        let mut names = columns::listed(&self.columns)?;
        let keys: Vec<String> = by.into_iter().map(|key| key.column).collect();
        if !names.is_empty() || self.indices {
            names.splice(0..0, keys.iter().cloned());
        }
        let mut selected = select(dataset, &names)?;
        selected.sort_unstable();
        selected.dedup();
        let memory = session.engine().budget().limit_bytes();
        let count = if keys.is_empty() { selected.len() } else { keys.len() };
        let outline = Outline::sort(dataset, selected, count, memory);
        Ok(session.engine().run(&Explain::new(dataset, outline))?)
    }
}

impl Run for Sort {
    fn run(&self, session: &Session) -> Result<()> {
        let names = columns::listed(&self.columns)?;
        let destination = Destination::choose(self.output.as_deref(), session.shared())?;
        let dataset = session.open(&self.files, &self.input, &self.null_tokens.null)?;
        session.foretell(|| self.foretell(session, &dataset))?;
        let output = self.output.as_deref().unwrap_or(Path::new("-"));
        let mut task = Task::new(&dataset, output);
        if !self.by.is_empty() {
            task = task.by(ColumnOrder::parse(&self.by.join(", "))?);
        }
        if !names.is_empty() {
            task = task.columns(names);
        }
        if self.indices {
            task = task.row_numbers();
        }
        if let Some(limit) = self.limit {
            task = task.limit(limit);
        }
        if let Some(bytes) = session.shared().max_temp {
            task = task.temp_bytes(bytes);
        }
        let bar = session.bar();
        let format = self.output.as_deref().and_then(|output| session.file_format(output));
        let volume = match format {
            Some(format) => {
                let options = WriteOptions { format: Some(format), ..WriteOptions::default() };
                session.engine().run(&task.options(options)).map_err(of_file(&dataset))?
            }
            // What a person or a pipe reads is presented, not written by the library.
            None => {
                let fields = task.fields().map_err(of_file(&dataset))?;
                let mut volume = SortVolume::default();
                destination.write_rows(session, &fields, |emit| {
                    let mut written = Ok(());
                    let sorted = session.engine().scoped(|scope| {
                        task.rows(scope, &mut |row| {
                            written = emit(row);
                            if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                        })
                    });
                    volume = sorted.map_err(of_file(&dataset))?;
                    written
                })?;
                volume
            }
        };
        drop(bar);
        if session.shared().verbose > 0 && volume.spilled_bytes > 0 {
            let SortVolume { spilled_bytes, buckets, .. } = volume;
            session
                .note(&format!("{spilled_bytes} bytes went through a temporary file, in {buckets} buckets"));
        }
        Ok(())
    }
}
