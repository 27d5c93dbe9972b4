//! `arrcalc convert`: from any format that is read to any that is written.

use std::path::PathBuf;

use arrcalc::Convert as Task;
use arrcalc::Explanation;
use arrcalc::datasets::Dataset;
use arrcalc::datasets::format::Format;
use arrcalc::datasets::write::{Compression, CsvSafety, NullPolicy, WriteOptions};
use arrcalc::explain::{Explain, Outline};
use clap::{Args, ValueEnum};

use crate::Run;
use crate::arguments::columns;
use crate::arguments::input::Input;
use crate::command::head::write;
use crate::destination::Destination;
use crate::failure::Result;
use crate::session::{Session, select};

const EXAMPLES: &str = "\
Examples:
  arrcalc convert datasets/samples/penguins.csv -o target/penguins.parquet
  arrcalc convert datasets/samples/flights.parquet -o target/flights.arrow
  arrcalc convert datasets/samples/weather.csv -c temp,humid -o target/temp.csv";

/// Write files in another format, told by the output's extension
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Convert {
    /// Files of one table, in this order; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Columns to write: a,b,"odd, name"
    #[arg(short, long, value_name = "COLS")]
    columns: Vec<String>,
    /// File to write: .npy, .arrow, .arrows, .parquet, .csv, .jsonl, .raw, ...; - is standard output
    #[arg(short, long, required = true, value_name = "FILE")]
    output: PathBuf,
    /// What becomes of nulls in formats that have none (npy, raw): refuse, nan (NaT in times), drop (their rows)
    #[arg(long, value_name = "POLICY", default_value = "refuse", hide_possible_values = true)]
    null: Nulls,
    /// Compression of Arrow and Parquet: usual (Arrow none, Parquet zstd), none, lz4, zstd, snappy
    #[arg(long, value_name = "CODEC", default_value = "usual", hide_possible_values = true)]
    compression: Codec,
    /// CSV: put ' before text that a spreadsheet would run as a formula
    #[arg(long)]
    csv_safe: bool,
    /// CSV: a cell of the inputs that means null, may repeat [default: NA, null, NULL and the empty cell]
    #[arg(
        long = "null-token",
        value_name = "TOKEN",
        env = "ARRCALC_NULL",
        hide_env = true,
        help_heading = "Reading"
    )]
    null_tokens: Vec<String>,
    #[command(flatten)]
    input: Input,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Nulls {
    /// An error that names column and row
    Refuse,
    /// NaN, or NaT in times
    Nan,
    /// Rows with a null are left out
    Drop,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Codec {
    /// None in Arrow, so that it can be mapped; zstd in Parquet
    Usual,
    /// None
    None,
    /// LZ4
    Lz4,
    /// Zstandard
    Zstd,
    /// Snappy (Parquet)
    Snappy,
}

impl Convert {
    fn write_options(&self) -> WriteOptions {
        WriteOptions {
            null: match self.null {
                Nulls::Refuse => NullPolicy::Refuse,
                Nulls::Nan => NullPolicy::Nan,
                Nulls::Drop => NullPolicy::Drop,
            },
            compression: match self.compression {
                Codec::Usual => Compression::Usual,
                Codec::None => Compression::Uncompressed,
                Codec::Lz4 => Compression::Lz4,
                Codec::Zstd => Compression::Zstd,
                Codec::Snappy => Compression::Snappy,
            },
            csv_safety: if self.csv_safe { CsvSafety::Guarded } else { CsvSafety::Unchanged },
            ..WriteOptions::default()
        }
    }
}

impl Convert {
    /// What it would do.
    pub(crate) fn explain(&self, session: &Session) -> Result<Explanation> {
        let dataset = session.open(&self.files, &self.input, &self.null_tokens)?;
        self.foretell(session, &dataset)
    }

    fn foretell(&self, session: &Session, dataset: &Dataset<'_>) -> Result<Explanation> {
        let selected = select(dataset, &columns::listed(&self.columns)?)?;
        let is_text = !matches!(session.file_format(&self.output), Some(format) if format != Format::Csv);
        let outline = Outline::convert(dataset, selected, is_text);
        Ok(session.engine().run(&Explain::new(dataset, outline))?)
    }
}

impl Run for Convert {
    fn run(&self, session: &Session) -> Result<()> {
        let names = columns::listed(&self.columns)?;
        let dataset = session.open(&self.files, &self.input, &self.null_tokens)?;
        let selected = select(&dataset, &names)?;
        session.foretell(|| self.foretell(session, &dataset))?;
        if let Some(format) = session.file_format(&self.output) {
            let options = WriteOptions { format: Some(format), ..self.write_options() };
            let names = selected.iter().map(|&index| dataset.schema().fields[index].name.clone());
            let task = Task::new(&dataset, &self.output).columns(names).options(options);
            let _bar = session.bar();
            session.engine().run(&task)?;
            return Ok(());
        }
        // JSON, JSON lines and Markdown are presented, not written by the library.
        let destination = Destination::choose(Some(&self.output), session.shared())?;
        write(session, &destination, &dataset, &selected, 0..dataset.row_count())
    }
}
