//! `arrcalc locate`: positions in a sorted column.

use std::path::PathBuf;

use arrcalc::Explanation;
use arrcalc::Locate as Task;
use arrcalc::datasets::Dataset;
use arrcalc::explain::{Explain, Outline};
use arrcalc::order::Side;
use clap::{Args, ValueEnum};

use crate::Run;
use crate::arguments::input::{Input, NullTokens};
use crate::destination::Destination;
use crate::failure::{Failure, Result};
use crate::session::{Session, of_file, select};

const EXAMPLES: &str = "\
The column is in ascending order, NaN and then nulls at its end; one that is not
is an error that names the first row out of order.

Examples:
  arrcalc locate datasets/samples/weather.csv -c origin JFK LGA
  arrcalc locate datasets/samples/weather.csv -c origin EWR --side right --raw
  arrcalc locate datasets/samples/weather.csv -c year 2013 2014 --format json";

/// Find the positions of values in a sorted column
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Locate {
    /// File of the table; - is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Values to find the positions of, as the column's type is written
    #[arg(value_name = "VALUE", allow_negative_numbers = true)]
    texts: Vec<String>,
    /// The sorted column
    #[arg(short, long, value_name = "COL")]
    column: String,
    /// File of the values: its column of the same name, or its only one
    #[arg(long, value_name = "FILE", conflicts_with = "texts")]
    values: Option<PathBuf>,
    /// Position among equal values: left (before them) or right (behind them)
    #[arg(
        long,
        value_name = "SIDE",
        default_value = "left",
        hide_possible_values = true,
        hide_default_value = true
    )]
    side: Where,
    /// Write to a file; its extension tells the form
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    null_tokens: NullTokens,
}

/// Position among equal values.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Where {
    /// Before them
    Left,
    /// Behind them
    Right,
}

impl Where {
    fn side(self) -> Side {
        match self {
            Where::Left => Side::Left,
            Where::Right => Side::Right,
        }
    }
}

impl Locate {
    /// What it would do.
    pub(crate) fn explain(&self, session: &Session) -> Result<Explanation> {
        let dataset = session.open(std::slice::from_ref(&self.file), &self.input, &self.null_tokens.null)?;
        self.foretell(session, &dataset)
    }

    fn foretell(&self, session: &Session, dataset: &Dataset<'_>) -> Result<Explanation> {
        let column = select(dataset, std::slice::from_ref(&self.column))?[0];
        let outline = Outline::locate(dataset, column);
        Ok(session.engine().run(&Explain::new(dataset, outline))?)
    }
}

impl Run for Locate {
    fn run(&self, session: &Session) -> Result<()> {
        let destination = Destination::choose(self.output.as_deref(), session.shared())?;
        if self.values.is_none() && self.texts.is_empty() {
            return Err(Failure::Usage(
                "what to look for is missing; write VALUE... or --values FILE".into(),
            ));
        }
        let open =
            |file: &PathBuf| session.open(std::slice::from_ref(file), &self.input, &self.null_tokens.null);
        let dataset = open(&self.file)?;
        // A name that is not there is told with those that are.
        select(&dataset, std::slice::from_ref(&self.column))?;
        session.foretell(|| self.foretell(session, &dataset))?;
        let values = self.values.as_ref().map(open).transpose()?;
        let bar = session.bar();
        let task = self.task(session, &dataset, values)?;
        let answer = session.engine().run(&task).map_err(of_file(&dataset))?;
        drop(bar);
        destination.write_table(session, &answer)
    }
}

impl Locate {
    fn task<'d>(
        &self,
        session: &Session,
        dataset: &'d Dataset<'static>,
        values: Option<Dataset<'static>>,
    ) -> Result<Task<'d>> {
        let side = self.side.side();
        let Some(values) = values else {
            return Task::of_texts(dataset, &self.column, &self.texts, side).map_err(of_file(dataset));
        };
        let values = values.into();
        let read =
            session.engine().scoped(|scope| Task::of_column(scope, dataset, &self.column, &values, side));
        read.map_err(of_file(dataset))
    }
}
