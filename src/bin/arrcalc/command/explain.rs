//! `arrcalc explain COMMAND ...`: what a command would do.

use arrcalc::Explanation;
use arrcalc::answer::Scalar;
use arrcalc::datasets::{DataType, Field};
use clap::{Args, Subcommand};

use super::audit::Audit;
use super::bootstrap::Bootstrap;
use super::convert::Convert;
use super::describe::Describe;
use super::head::{Head, Tail};
use super::hist::Hist;
use super::info::Info;
use super::locate::Locate;
use super::query::Query;
use super::sample::Sample;
use super::shuffle::Shuffle;
use super::sort::Sort;
use super::split::Split;
use crate::Run;
use crate::destination::{Destination, Target};
use crate::failure::Result;
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  arrcalc explain query datasets/samples/flights.parquet -s 'sum(distance)'
  arrcalc explain describe datasets/samples/penguins.csv -c body_mass_g
  arrcalc explain query datasets/samples/weather.csv -s 'count(*)' --format json";

/// Tell what a command would do: passes, columns, threads, what bounds its speed
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Explain {
    #[command(subcommand)]
    command: Explained,
}

/// Commands that can be explained: all that read data.
#[derive(Subcommand, Debug)]
enum Explained {
    Info(Info),
    Head(Head),
    Tail(Tail),
    Describe(Describe),
    Hist(Hist),
    Audit(Audit),
    Query(Box<Query>),
    Locate(Locate),
    Sort(Sort),
    Convert(Convert),
    Sample(Sample),
    Shuffle(Shuffle),
    Split(Split),
    Bootstrap(Box<Bootstrap>),
}

impl Explained {
    fn explain(&self, session: &Session) -> Result<Explanation> {
        match self {
            Explained::Info(command) => command.explain(session),
            Explained::Head(command) => command.explain(session),
            Explained::Tail(command) => command.explain(session),
            Explained::Describe(command) => command.explain(session),
            Explained::Hist(command) => command.explain(session),
            Explained::Audit(command) => command.explain(session),
            Explained::Query(command) => command.explain(session),
            Explained::Locate(command) => command.explain(session),
            Explained::Sort(command) => command.explain(session),
            Explained::Convert(command) => command.explain(session),
            Explained::Sample(command) => command.explain(session),
            Explained::Shuffle(command) => command.explain(session),
            Explained::Split(command) => command.explain(session),
            Explained::Bootstrap(command) => command.explain(session),
        }
    }
}

impl Run for Explain {
    fn run(&self, session: &Session) -> Result<()> {
        let destination = Destination::choose(None, session.shared())?;
        let plan = self.command.explain(session)?;
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
