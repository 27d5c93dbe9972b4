//! `arrcalc explain COMMAND ...`: what a command would do.

use arrcalc::Query as Task;
use arrcalc::answer::Scalar;
use arrcalc::datasets::{DataType, Field};
use clap::{Args, Subcommand};

use super::query::Query;
use crate::Run;
use crate::destination::{Destination, Target};
use crate::failure::Result;
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  arrcalc explain query datasets/samples/flights.parquet -s 'sum(distance)'
  arrcalc explain query datasets/samples/penguins.csv -s 'median(body_mass_g)'
  arrcalc explain query datasets/samples/weather.csv -s 'count(*)' --format json";

/// Tell what a command would do: passes, columns, threads, what bounds its speed
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Explain {
    #[command(subcommand)]
    command: Explained,
}

/// Commands that can be explained.
#[derive(Subcommand, Debug)]
enum Explained {
    Query(Box<Query>),
}

impl Run for Explain {
    fn run(&self, session: &Session) -> Result<()> {
        let Explained::Query(query) = &self.command;
        let destination = Destination::choose(None, session.shared())?;
        let (dataset, text) = query.open(session)?;
        let plan = Task::parse(&dataset, &text)?.explain(session.engine())?;
        if destination.form() == Target::Table {
            let lines = plan.entries().iter().map(|(head, text)| format!("{head:<10}  {text}\n"));
            return destination.write_text(&lines.collect::<String>());
        }
        let text = |text: &str| Scalar::Text(text.to_owned());
        let field = |(head, _): &(&str, String)| Field { name: (*head).into(), data_type: DataType::String };
        let fields: Vec<Field> = plan.entries().iter().map(field).collect();
        let row: Vec<Scalar> = plan.entries().iter().map(|(_, said)| text(said)).collect();
        destination.write_rows(session, &fields, |emit| emit(&row))
    }
}
