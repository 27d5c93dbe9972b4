//! `arrcalc query`: select, filter, group, aggregate.

use std::path::{Path, PathBuf};

use arrcalc::aggregate::NanPolicy;
use arrcalc::answer::Scalar;
use arrcalc::datasets::write::WriteOptions;
use arrcalc::datasets::{Chunk, Dataset};
use arrcalc::present::RowForm;
use arrcalc::{Explanation, Query as Task, QueryText};
use clap::{Args, ValueEnum};

use crate::Run;
use crate::arguments::input::{Input, NullTokens};
use crate::arguments::quantity;
use crate::destination::{Destination, Target};
use crate::failure::{Failure, Result};
use crate::session::Session;

const EXAMPLES: &str = "\
Without aggregates and keys rows stay rows; -b alone counts groups; a bare name
of an aggregate, as in -s mean,std, is of every numeric column.

Examples:
  arrcalc query datasets/samples/flights.parquet -s 'mean(dep_delay)' -b dest
  arrcalc query datasets/samples/penguins.csv -w 'body_mass_g > 6000'
  arrcalc query \"select max(year) from 'datasets/samples/penguins.csv'\"";

/// Select, filter, group and aggregate rows, exactly
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Query {
    /// Files of one table, in this order; - is standard input; or one whole SELECT statement
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Values of the answer: 'sum(price * qty) as notional, quantile(price, 0.99)'; may repeat
    #[arg(short, long, value_name = "EXPRS", allow_hyphen_values = true)]
    select: Vec<String>,
    /// Only rows for which this is true: 'qty > 3 and venue in (''A'', ''B'')'
    #[arg(short = 'w', long = "where", value_name = "PREDICATE", allow_hyphen_values = true)]
    predicate: Option<String>,
    /// Group by these: 'region, month(day) as m'
    #[arg(short, long, value_name = "KEYS", allow_hyphen_values = true)]
    by: Vec<String>,
    /// Only groups for which this is true
    #[arg(long, value_name = "PREDICATE", allow_hyphen_values = true)]
    having: Option<String>,
    /// Order of the answer: '-notional, region' or 'notional desc'
    #[arg(long, value_name = "KEYS", allow_hyphen_values = true)]
    order_by: Vec<String>,
    /// At most that many rows
    #[arg(short = 'n', long, value_name = "N", value_parser = quantity::count)]
    limit: Option<u64>,
    /// Leave out the first rows of the answer
    #[arg(long, value_name = "N", default_value = "0", value_parser = quantity::count)]
    offset: u64,
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

/// What NaN does to aggregates.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Nan {
    /// The result is NaN
    Propagate,
    /// As if it were not there
    Ignore,
}

impl Nan {
    pub(crate) fn policy(self) -> NanPolicy {
        match self {
            Nan::Propagate => NanPolicy::Propagate,
            Nan::Ignore => NanPolicy::Ignore,
        }
    }
}

impl Run for Query {
    fn run(&self, session: &Session) -> Result<()> {
        let destination = Destination::choose(self.output.as_deref(), session.shared())?;
        let (dataset, text) = self.open(session)?;
        let query = Task::parse(&dataset, &text)?;
        session.foretell(|| Ok(query.explain(session.engine())?))?;
        // Rows are written as they are found, but for a table, whose columns are as wide as the widest, and for standard
        // output in a binary form, where nothing tells that the rest is missing.
        let is_file = self.output.as_ref().is_some_and(|output| output.as_os_str() != "-");
        match destination.form() {
            _ if query.aggregates() => {}
            Target::Rows(form) => return write_text(session, &destination, &query, form),
            Target::File(format) if is_file => {
                let _bar = session.bar();
                let options = WriteOptions { format: Some(format), ..WriteOptions::default() };
                let output = self.output.as_deref().unwrap_or(Path::new("-"));
                session.engine().scoped(|scope| query.write(scope, output, &options))?;
                return Ok(());
            }
            _ => {}
        }
        let bar = session.bar();
        let answer = session.engine().run(&query)?;
        drop(bar);
        let is_nan = |value: Scalar| match value {
            Scalar::Float64(value) => value.is_nan(),
            Scalar::Float32(value) => value.is_nan(),
            _ => false,
        };
        let propagates = query.aggregates() && matches!(self.nan, Nan::Propagate);
        // A NaN key is what it says.
        let values =
            if propagates { session.engine().scoped(|scope| query.value_columns(scope))? } else { vec![] };
        if (0..answer.row_count()).any(|row| values.iter().any(|&at| is_nan(answer.value(row, at)))) {
            session.note(
                "a result is NaN: NaN, or infinities of both signs, are among its values; --nan ignore leaves NaN out",
            );
        }
        destination.write_table(session, &answer)
    }
}

/// Writes rows as they are found.
fn write_text(session: &Session, destination: &Destination, query: &Task<'_>, form: RowForm) -> Result<()> {
    let engine = session.engine();
    // On a terminal the rows show how far they are.
    let _bar = (!destination.is_terminal()).then(|| session.bar());
    let fields = engine.scoped(|scope| query.fields(scope))?;
    destination.write_parts(session, form, &fields, |rows, take| {
        let encode = |chunk: &Chunk<'_>, text: &mut String| {
            if !text.is_empty() {
                text.push_str(rows.between(false));
            }
            rows.push_rows(chunk, text);
        };
        engine.scoped(|scope| query.encoded(scope, &encode, take))
    })
}

impl Query {
    /// What it would do.
    pub(crate) fn explain(&self, session: &Session) -> Result<Explanation> {
        let (dataset, text) = self.open(session)?;
        Ok(Task::parse(&dataset, &text)?.explain(session.engine())?)
    }

    /// The table and what is asked of it.
    fn open(&self, session: &Session) -> Result<(Dataset<'static>, QueryText)> {
        let (files, text) = self.question()?;
        // What cannot be parsed is told before a file is opened.
        Task::check(&text)?;
        Ok((session.open(&files, &self.input, &self.null_tokens.null)?, text))
    }

    /// The files and the clauses: from the options, or from a statement in the place of the file.
    fn question(&self) -> Result<(Vec<PathBuf>, QueryText)> {
        let mut text = QueryText {
            select: self.select.join(", "),
            predicate: self.predicate.clone().unwrap_or_default(),
            by: self.by.join(", "),
            having: self.having.clone().unwrap_or_default(),
            order_by: self.order_by.join(", "),
            limit: self.limit,
            offset: self.offset,
            nan: self.nan.policy(),
            ..QueryText::default()
        };
        let [only] = &*self.files else { return Ok((self.files.clone(), text)) };
        let statement = only.to_string_lossy();
        let is_statement = statement.trim_start().get(..7).is_some_and(|word| {
            word[..6].eq_ignore_ascii_case("select") && word[6..].starts_with(|c: char| c.is_whitespace())
        });
        if !is_statement || only.exists() {
            return Ok((self.files.clone(), text));
        }
        let clauses = [&text.select, &text.predicate, &text.by, &text.having, &text.order_by];
        if clauses.iter().any(|clause| !clause.is_empty()) || self.limit.is_some() || self.offset > 0 {
            let reason =
                "a whole statement has its own clauses: leave out -s, -w, -b, --having, --order-by, -n";
            return Err(Failure::Usage(reason.into()));
        }
        text.statement = statement.into_owned();
        let source = text.source()?;
        Ok((vec![PathBuf::from(source)], text))
    }
}
