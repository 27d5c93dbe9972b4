//! `arrcalc describe`, and `arrcalc FILE...`: every statistic of every column.

use std::path::{Path, PathBuf};

use arrcalc::Describe as Task;
use arrcalc::Explanation;
use arrcalc::answer::Description;
use arrcalc::datasets::Dataset;
use arrcalc::explain::{Explain, Outline};
use arrcalc::present::{
    Heading, RowForm, description_full, description_json, description_table, field_types, field_values,
};
use clap::Args;

use crate::Run;
use crate::arguments::columns;
use crate::arguments::input::{Input, NullTokens};
use crate::destination::{Destination, Target};
use crate::failure::Result;
use crate::session::{Session, select};

const EXAMPLES: &str = "\
A terminal gets four significant digits; --full, one column, and every form but
the table give all of them.

Examples:
  arrcalc describe datasets/samples/flights.parquet
  arrcalc describe datasets/samples/weather.csv -c temp
  arrcalc describe datasets/samples/penguins.csv --format json";

/// Compute every statistic of every column, exactly (also: arrcalc FILE...)
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Describe {
    /// Files of one table, in this order; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Columns to describe: a,b,"odd, name"
    #[arg(short, long, value_name = "COLS")]
    columns: Vec<String>,
    /// Print everything at full precision, a block each column
    #[arg(long)]
    full: bool,
    /// Write to a file; its extension tells the form
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    null_tokens: NullTokens,
}

impl Describe {
    /// What it would do.
    pub(crate) fn explain(&self, session: &Session) -> Result<Explanation> {
        let dataset = session.open(&self.files, &self.input, &self.null_tokens.null)?;
        self.foretell(session, &dataset)
    }

    fn foretell(&self, session: &Session, dataset: &Dataset<'_>) -> Result<Explanation> {
        let selected = select(dataset, &columns::listed(&self.columns)?)?;
        let outline = Outline::describe(dataset, selected);
        Ok(session.engine().run(&Explain::new(dataset, outline))?)
    }
}

impl Run for Describe {
    fn run(&self, session: &Session) -> Result<()> {
        let destination = Destination::choose(self.output.as_deref(), session.shared())?;
        let names = columns::listed(&self.columns)?;
        let dataset = if names.is_empty() {
            session.open_whole(&self.files, &self.input, &self.null_tokens.null)?
        } else {
            session.open(&self.files, &self.input, &self.null_tokens.null)?
        };
        // A name that is not there is told before anything is computed.
        select(&dataset, &names)?;
        session.foretell(|| self.foretell(session, &dataset))?;
        let heading = heading(&self.files, &dataset);
        let mut task = Task::new(&dataset);
        if !names.is_empty() {
            task = task.columns(names.iter().cloned());
        }
        let bar = session.bar();
        let description = session.engine().run(&task)?;
        dataset.verify_unchanged()?;
        drop(bar);
        self.write(session, &destination, &heading, &description, names.len() == 1)
    }
}

impl Describe {
    fn write(
        &self,
        session: &Session,
        destination: &Destination,
        heading: &Heading,
        description: &Description,
        is_single: bool,
    ) -> Result<()> {
        let precision = session.precision();
        match destination.form() {
            Target::Table => {
                let page = session.page(destination);
                let is_full = self.full || is_single;
                destination.write_text(&if is_full {
                    description_full(description, heading, &page, &precision)
                } else {
                    description_table(description, heading, &page)
                })
            }
            Target::Rows(RowForm::Json) => {
                destination.write_text(&format!("{}\n", description_json(description, &precision)))
            }
            Target::Rows(_) | Target::File(_) => destination.write_rows(session, &field_types(), |emit| {
                description.columns.iter().try_for_each(|column| emit(&field_values(column)))
            }),
        }
    }
}

/// The line above a description: names, formats and size of the files.
pub(crate) fn heading(files: &[PathBuf], dataset: &Dataset<'_>) -> Heading {
    let facts = dataset.facts();
    let mut formats: Vec<&str> = facts.iter().map(|facts| facts.format.as_str()).collect();
    formats.dedup();
    Heading {
        name: name_of(files),
        format: formats.join(", "),
        bytes: Some(facts.iter().map(|facts| facts.file_bytes).sum()),
    }
}

/// `flights.parquet`, `standard input`, `a.csv and 3 more`.
fn name_of(files: &[PathBuf]) -> String {
    let short = |path: &Path| match path.file_name() {
        _ if path.as_os_str() == "-" => "standard input".to_owned(),
        Some(name) => name.to_string_lossy().into_owned(),
        None => path.display().to_string(),
    };
    match files {
        [] => String::new(),
        [file] => short(file),
        [first, rest @ ..] => format!("{} and {} more", short(first), rest.len()),
    }
}
