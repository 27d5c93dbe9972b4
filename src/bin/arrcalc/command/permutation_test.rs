//! `arrcalc permutation-test`: whether two samples differ by more than chance would have it.

use std::path::PathBuf;

use arrcalc::random::{Alternative, TwoSamples};
use arrcalc::{Query, QueryText};
use clap::Args;

use crate::Run;
use crate::arguments::input::{Input, NullTokens};
use crate::arguments::quantity;
use crate::destination::Destination;
use crate::failure::{Failure, Result};
use crate::session::Session;

const EXAMPLES: &str = "\
The p-value is (b + 1) / (m + 1) for b of m relabellings at least as extreme as
what was observed: a function of the seed and the rows. Rows without value or
group are left out.

Examples:
  arrcalc permutation-test datasets/samples/penguins.csv -c body_mass_g -b sex
  arrcalc permutation-test datasets/samples/penguins.csv -c bill_depth_mm -b sex
  arrcalc permutation-test datasets/samples/weather.csv -c humid -b 'precip>0'";

/// Tell whether two groups of rows differ by more than chance, by dealing out their labels anew
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PermutationTest {
    /// Files of one table, in this order; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The values: a column, or an expression of columns
    #[arg(short, long, value_name = "EXPR", allow_hyphen_values = true)]
    column: String,
    /// The groups: a column or an expression of two values
    #[arg(short, long, value_name = "EXPR", allow_hyphen_values = true)]
    by: String,
    /// Only rows for which this is true
    #[arg(short = 'w', long = "where", value_name = "PREDICATE", allow_hyphen_values = true)]
    predicate: Option<String>,
    /// Whose difference is looked at: mean, median, std, or another aggregate of one column
    #[arg(long, value_name = "NAME", default_value = "mean")]
    statistic: String,
    /// Number of relabellings
    #[arg(long, value_name = "N", default_value = "9999", value_parser = quantity::count)]
    replicates: u64,
    /// Which differences count: two-sided, less, greater
    #[arg(long, value_name = "SIDE", default_value = "two-sided", value_parser = alternative)]
    alternative: Alternative,
    /// Seed of the relabellings
    #[arg(long, value_name = "N", default_value = "0", env = "ARRCALC_SEED", hide_env = true, value_parser = quantity::count)]
    seed: u64,
    /// Write to a file; its extension tells the form
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    null_tokens: NullTokens,
}

fn alternative(text: &str) -> std::result::Result<Alternative, String> {
    Alternative::named(text).ok_or_else(|| "expected two-sided, less or greater".into())
}

impl Run for PermutationTest {
    fn run(&self, session: &Session) -> Result<()> {
        let destination = Destination::choose(self.output.as_deref(), session.shared())?;
        let text = QueryText {
            select: format!(
                "cast({} as float64) as value, {} as \"{}\"",
                self.column,
                self.by,
                label(&self.by)
            ),
            predicate: self.predicate.clone().unwrap_or_default(),
            ..QueryText::default()
        };
        // What cannot be parsed is told before a file is opened.
        Query::check(&text)?;
        let replicates = usize::try_from(self.replicates)
            .map_err(|_| Failure::Usage(format!("--replicates {}: too many", self.replicates)))?;
        let dataset = session.open(&self.files, &self.input, &self.null_tokens.null)?;
        let query = Query::parse(&dataset, &text)?;
        let bar = session.bar();
        let samples = session.engine().scoped(|scope| TwoSamples::read(scope, &query))?;
        let task = samples.test().statistic(&format!("{} difference", self.statistic));
        let task = task.relabellings(replicates).alternative(self.alternative).seed(self.seed);
        let answer = session.engine().run(&task)?;
        drop(bar);
        destination.write_table(session, &samples.to_table(&answer))
    }
}

/// The groups' expression as a name, for messages.
fn label(expression: &str) -> String {
    expression.replace('"', "")
}
