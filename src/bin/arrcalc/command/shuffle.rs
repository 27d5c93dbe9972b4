//! `arrcalc shuffle`: all rows in a random order, of any size.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use arrcalc::Explanation;
use arrcalc::datasets::write::WriteOptions;
use arrcalc::explain::{Explain, Outline};
use arrcalc::order::SortVolume;
use arrcalc::random::Shuffle as Task;
use clap::Args;

use super::sample::say_seed;
use crate::Run;
use crate::arguments::columns;
use crate::arguments::input::{Input, NullTokens};
use crate::arguments::quantity;
use crate::destination::Destination;
use crate::failure::Result;
use crate::session::{Session, select};

const EXAMPLES: &str = "\
The same seed gives the same order: with any threads, memory, files, format.
Rows are dealt to buckets and mixed in each, by words of NumPy's Philox(seed).
The output may be the input itself. What does not fit --memory goes through a
temporary file without a name, in TMPDIR or beside the output.

Examples:
  arrcalc shuffle datasets/samples/penguins.csv -o target/shuffled.csv
  arrcalc shuffle datasets/samples/weather.csv --seed 7 -o target/w.parquet
  arrcalc shuffle datasets/samples/penguins.csv -c species,year --format jsonl";

/// Put all rows in a random order; files larger than memory too
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Shuffle {
    /// Files of one table, in this order; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Columns to write: a,b,"odd, name"
    #[arg(short, long, value_name = "COLS")]
    columns: Vec<String>,
    /// Another seed is another order
    #[arg(long, value_name = "N", default_value = "0", value_parser = quantity::count)]
    seed: u64,
    /// Write to a file, which may be an input; its extension tells the form
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    null_tokens: NullTokens,
}

impl Shuffle {
    /// What it would do.
    pub(crate) fn explain(&self, session: &Session) -> Result<Explanation> {
        let dataset = session.open(&self.files, &self.input, &self.null_tokens.null)?;
        let selected = select(&dataset, &columns::listed(&self.columns)?)?;
        let outline = Outline::draw(&dataset, selected);
        Ok(session.engine().run(&Explain::new(&dataset, outline))?)
    }
}

impl Run for Shuffle {
    fn run(&self, session: &Session) -> Result<()> {
        let names = columns::listed(&self.columns)?;
        let destination = Destination::choose(self.output.as_deref(), session.shared())?;
        let dataset = session.open(&self.files, &self.input, &self.null_tokens.null)?;
        let output = self.output.as_deref().unwrap_or(Path::new("-"));
        let mut task = Task::new(&dataset, output).seed(self.seed);
        if !names.is_empty() {
            task = task.columns(names);
        }
        if let Some(bytes) = session.shared().max_temp {
            task = task.temp_bytes(bytes);
        }
        say_seed(session, self.seed);
        let bar = session.bar();
        let format = self.output.as_deref().and_then(|output| session.file_format(output));
        let volume = match format {
            Some(format) => {
                let options = WriteOptions { format: Some(format), ..WriteOptions::default() };
                session.engine().run(&task.options(options))?
            }
            None => {
                let fields = task.fields()?;
                let mut volume = SortVolume::default();
                destination.write_rows(session, &fields, |emit| {
                    let mut written = Ok(());
                    volume = session.engine().scoped(|scope| {
                        task.each(scope, &mut |row| {
                            written = emit(row);
                            if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                        })
                    })?;
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
