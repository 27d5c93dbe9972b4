//! `arrcalc audit`: what floating-point summation would have lost.

use std::path::PathBuf;

use arrcalc::Audit as Task;
use arrcalc::Explanation;
use arrcalc::datasets::Dataset;
use arrcalc::explain::{Explain, Outline};
use arrcalc::present::{audit_fields, audit_row, audit_table};
use clap::Args;

use crate::Run;
use crate::arguments::columns;
use crate::arguments::input::{Input, NullTokens};
use crate::destination::{Destination, Target};
use crate::failure::Result;
use crate::session::{Session, of_file, select};

const EXAMPLES: &str = "\
condition is sum |x| over |sum x|: its digits are lost by every method that
rounds as it goes. An ulp is a unit in the last place of the exact answer.

Examples:
  arrcalc audit datasets/samples/weather.csv
  arrcalc audit datasets/samples/flights.parquet -c dep_delay,distance
  arrcalc audit datasets/samples/weather.csv -c temp --format json";

/// Tell what naive, pairwise and compensated summation would lose on each column
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Audit {
    /// Files of one table, in this order; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Columns to audit: a,b,"odd, name"
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

impl Audit {
    /// What it would do.
    pub(crate) fn explain(&self, session: &Session) -> Result<Explanation> {
        let dataset = session.open(&self.files, &self.input, &self.null_tokens.null)?;
        self.foretell(session, &dataset)
    }

    fn foretell(&self, session: &Session, dataset: &Dataset<'_>) -> Result<Explanation> {
        let selected = select(dataset, &columns::listed(&self.columns)?)?;
        let outline = Outline::audit(dataset, selected);
        Ok(session.engine().run(&Explain::new(dataset, outline))?)
    }
}

impl Run for Audit {
    fn run(&self, session: &Session) -> Result<()> {
        let destination = Destination::choose(self.output.as_deref(), session.shared())?;
        let names = columns::listed(&self.columns)?;
        let dataset = session.open(&self.files, &self.input, &self.null_tokens.null)?;
        select(&dataset, &names)?;
        session.foretell(|| self.foretell(session, &dataset))?;
        let mut task = Task::new(&dataset);
        if !names.is_empty() {
            task = task.columns(names);
        }
        let bar = session.bar();
        let answer = session.engine().run(&task).map_err(of_file(&dataset))?;
        drop(bar);
        for column in answer.columns.iter().filter(|column| column.left_out > 0) {
            let (name, count) = (&column.name, column.left_out);
            session.note(&format!("column '{name}': {count} values are NaN or infinite and left out"));
        }
        if destination.form() == Target::Table {
            return destination.write_text(&audit_table(&answer, &session.page(&destination)));
        }
        destination.write_rows(session, &audit_fields(), |emit| {
            answer.columns.iter().try_for_each(|column| emit(&audit_row(column)))
        })
    }
}
