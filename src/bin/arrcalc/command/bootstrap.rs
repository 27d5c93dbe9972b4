//! `arrcalc bootstrap`: standard errors and confidence intervals of aggregates.

use std::path::PathBuf;

use arrcalc::Explanation;
use arrcalc::datasets::Dataset;
use arrcalc::random::{Bootstrap as Task, IntervalMethod};
use arrcalc::{Query, QueryText};
use clap::Args;

use crate::Run;
use crate::arguments::input::{Input, NullTokens};
use crate::arguments::quantity;
use crate::command::query::Nan;
use crate::destination::Destination;
use crate::failure::{Failure, Result};
use crate::session::Session;

const EXAMPLES: &str = "\
A replicate takes each row as often as a Poisson count of mean 1 says, which is
a function of seed, replicate and row: no schedule changes a bit.

Examples:
  arrcalc bootstrap datasets/samples/penguins.csv -s 'mean(body_mass_g)'
  arrcalc bootstrap datasets/samples/penguins.csv -s 'std(year)' --method bca
  arrcalc bootstrap datasets/samples/weather.csv -s 'median(temp)' --seed 7";

/// Tell how far aggregates may be off: standard errors and confidence intervals from replicates
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Bootstrap {
    /// Files of one table, in this order; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Aggregates, in any expressions: 'mean(x), corr(x, y) as r'; may repeat
    #[arg(short, long, value_name = "EXPRS", required = true, allow_hyphen_values = true)]
    select: Vec<String>,
    /// Only rows for which this is true
    #[arg(short = 'w', long = "where", value_name = "PREDICATE", allow_hyphen_values = true)]
    predicate: Option<String>,
    /// Number of replicates
    #[arg(long, value_name = "N", default_value = "1000", value_parser = quantity::count)]
    replicates: u64,
    /// Share of samples whose interval has the truth in it, as a decimal
    #[arg(long, value_name = "C", default_value = "0.95")]
    confidence: String,
    /// How intervals are made: percentile, basic, bca
    #[arg(long, value_name = "METHOD", default_value = "percentile", value_parser = method)]
    method: IntervalMethod,
    /// Seed of the replicates
    #[arg(long, value_name = "N", default_value = "0", env = "ARRCALC_SEED", hide_env = true, value_parser = quantity::count)]
    seed: u64,
    /// What NaN does to aggregates: propagate, ignore
    #[arg(
        long,
        value_name = "POLICY",
        default_value = "propagate",
        env = "ARRCALC_NAN",
        hide_env = true,
        hide_possible_values = true,
        hide_default_value = true
    )]
    nan: Nan,
    /// Write to a file; its extension tells the form
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    null_tokens: NullTokens,
}

fn method(text: &str) -> std::result::Result<IntervalMethod, String> {
    IntervalMethod::named(text).ok_or_else(|| "expected percentile, basic or bca".into())
}

impl Run for Bootstrap {
    fn run(&self, session: &Session) -> Result<()> {
        let destination = Destination::choose(self.output.as_deref(), session.shared())?;
        let (dataset, text) = self.open(session)?;
        let task = self.task(&dataset, &text)?;
        session.foretell(|| Ok(task.explain(session.engine())?))?;
        let bar = session.bar();
        let answer = session.engine().run(&task)?;
        drop(bar);
        destination.write_table(session, &answer.to_table())
    }
}

impl Bootstrap {
    /// What it would do.
    pub(crate) fn explain(&self, session: &Session) -> Result<Explanation> {
        let (dataset, text) = self.open(session)?;
        Ok(self.task(&dataset, &text)?.explain(session.engine())?)
    }

    /// The table and what is asked of it.
    fn open(&self, session: &Session) -> Result<(Dataset<'static>, QueryText)> {
        let text = QueryText {
            select: self.select.join(", "),
            predicate: self.predicate.clone().unwrap_or_default(),
            nan: self.nan.policy(),
            ..QueryText::default()
        };
        // What cannot be parsed is told before a file is opened.
        Query::check(&text)?;
        Ok((session.open(&self.files, &self.input, &self.null_tokens.null)?, text))
    }

    fn task<'d>(&self, dataset: &'d Dataset<'d>, text: &QueryText) -> Result<Task<'d>> {
        let replicates = usize::try_from(self.replicates)
            .map_err(|_| Failure::Usage(format!("--replicates {}: too many", self.replicates)))?;
        Ok(Task::new(Query::parse(dataset, text)?)
            .replicates(replicates)
            .confidence(&self.confidence)?
            .method(self.method)
            .seed(self.seed))
    }
}
