//! The bootstrap of any aggregates of a query: how far an estimate may be off, told from the sample alone.
//!
//! Replicate `r` takes row `i` as often as a Poisson(1) count says that is a function of (seed, r, i): see
//! [`arrcalc_kernels::random::fill_poisson_counts`] for the mapping, on the stream `jumped(r + 1)` of NumPy's
//! `Philox(seed)`. Counts of the usual bootstrap add up to the number of rows, so the count of a row depends on those of
//! all others; independent counts do not, merge over any split of the rows, and give the same intervals for all but the
//! smallest samples (Hanley and MacGibbon 2006; Chamandy et al. 2012). A mean of a replicate is over its own number of
//! rows. An aggregate sees a row that is taken twice as two rows.

mod confidence;
mod interval;
#[cfg(test)]
mod tests;

pub use interval::IntervalMethod;

use arrcalc_datasets::{DataType, Field};
use arrcalc_kernels::exact::PowerSums;
use arrcalc_kernels::random::Philox;

use crate::answer::{Scalar, Table};
use crate::error::{Error, Result};
use crate::execute::{Engine, Scope, Task};
use crate::explain::Explanation;
use crate::query::{Query, Weights};

use confidence::Confidence;
use interval::interval;

/// Groups of the jackknife at most, for the acceleration of BCa: up to so many rows, one row is left out at a time; of
/// more, the rows whose number leaves the same remainder.
const JACKKNIFE_GROUPS: u64 = 1000;

/// Replicates at most: their answers are held in memory.
pub const REPLICATES_MAX: usize = 10_000_000;

/// Estimates with their standard errors and confidence intervals, as a task; the answer is [`Estimates`].
///
/// The query aggregates all rows together that its filter keeps; any aggregates but those that look at where rows stand
/// (argmin, first, product of floats ...), in any expressions. Replicates that are null (the variance of one row) are
/// left out; a NaN among them makes everything but the estimate NaN.
///
/// Cost: about a nanosecond for each row and replicate for sums, means, variances and what else reads sums of powers;
/// ten for others; BCa up to twice as much. As many passes as the query, for some 2,000 replicates at a time (256 of
/// medians and the like). The same bits for any threads, chunks and files.
///
/// # Examples
/// ```
/// use arrcalc::random::Bootstrap;
/// use arrcalc::{Engine, Query, QueryText, datasets::Dataset};
///
/// let penguins = Dataset::open("datasets/samples/penguins.csv")?;
/// let text = QueryText { select: "mean(body_mass_g) / 1000 as kg".into(), ..QueryText::default() };
/// let answer = Engine::new().run(&Bootstrap::new(Query::parse(&penguins, &text)?).replicates(200).seed(7))?;
/// let kg = &answer.estimates[0];
/// assert_eq!(kg.estimate, Some(4.201754385964912));
/// assert!(kg.low < kg.estimate && kg.estimate < kg.high);
/// # Ok::<(), arrcalc::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Bootstrap<'a> {
    query: Query<'a>,
    replicates: usize,
    confidence: Confidence,
    method: IntervalMethod,
    seed: u64,
}

/// What a [`Bootstrap`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimates {
    /// One for each value of the query.
    pub estimates: Vec<Estimate>,
}

/// One value of the query, and how far it may be off.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The name of the value.
    pub name: String,
    /// The value over all rows; `None`: null.
    pub estimate: Option<f64>,
    /// Standard deviation of the replicates; `None` of fewer than two.
    pub std_error: Option<f64>,
    /// The lower end of the interval; `None` where it is not defined.
    pub low: Option<f64>,
    /// The upper end of the interval.
    pub high: Option<f64>,
    /// Mean of the replicates minus the estimate.
    pub bias: Option<f64>,
    /// The values of the replicates, in their order, without nulls.
    pub distribution: Vec<f64>,
}

impl<'a> Bootstrap<'a> {
    /// 1,000 replicates of `query`, a percentile interval of confidence 0.95, seed 0.
    pub fn new(query: Query<'a>) -> Self {
        let confidence = Confidence::standard();
        Self { query, replicates: 1000, confidence, method: IntervalMethod::Percentile, seed: 0 }
    }

    /// That many replicates.
    pub fn replicates(mut self, replicates: usize) -> Self {
        self.replicates = replicates;
        self
    }

    /// The confidence, as a decimal between 0 and 1: `0.95` is 19/20.
    ///
    /// # Errors
    /// [`Error::Request`] for anything else.
    pub fn confidence(mut self, confidence: &str) -> Result<Self> {
        self.confidence = Confidence::parse(confidence)?;
        Ok(self)
    }

    /// How the interval is made.
    pub fn method(mut self, method: IntervalMethod) -> Self {
        self.method = method;
        self
    }

    /// The seed.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// What it will do, without doing it.
    ///
    /// # Errors
    /// As the task, where its query does not fit its table or is not of aggregates over all rows.
    pub fn explain(&self, engine: &Engine) -> Result<Explanation> {
        self.check()?;
        let jackknife = match self.method {
            IntervalMethod::Bca => self.query.row_count().min(JACKKNIFE_GROUPS) as usize,
            _ => 0,
        };
        engine.scoped(|scope| self.query.explain_resampled(scope, 1 + self.replicates + jackknife))
    }

    fn check(&self) -> Result<()> {
        if (1..=REPLICATES_MAX).contains(&self.replicates) {
            return Ok(());
        }
        let reason = format!("a bootstrap has 1 to {REPLICATES_MAX} replicates, not {}", self.replicates);
        Err(Error::Request { reason })
    }

    /// The weightings: all rows, then the replicates, then those of the jackknife.
    fn weights(&self) -> Vec<Weights> {
        let stream = Philox::from(self.seed);
        let mut weights = vec![Weights::Each];
        weights.extend(
            (0..self.replicates as u64).map(|replicate| Weights::Poisson(stream.jumped(replicate + 1))),
        );
        if self.method == IntervalMethod::Bca {
            let groups = self.query.row_count().min(JACKKNIFE_GROUPS);
            weights.extend((0..groups).map(|group| Weights::Without { group, groups }));
        }
        weights
    }
}

impl Task for Bootstrap<'_> {
    type Answer = Estimates;

    fn run(&self, scope: &Scope<'_>) -> Result<Estimates> {
        self.check()?;
        let found = self.query.resampled(scope, &self.weights())?;
        let fields = found.table.fields();
        let mut estimates = Vec::with_capacity(fields.len());
        for (column, field) in fields.iter().enumerate() {
            let values = (0..found.table.row_count())
                .map(|row| number(found.table.value(row, column)))
                .collect::<std::result::Result<Vec<Option<f64>>, ()>>()
                .map_err(|()| Error::Request {
                    reason: format!("{}: a bootstrap is of numbers, not of {}", field.name, field.data_type),
                })?;
            let (replicates, left_out) = values[1..].split_at(self.replicates);
            // Groups without a row that counts leave nothing out.
            let jackknife: Vec<f64> = (left_out.iter().zip(&found.rows[1 + self.replicates..]))
                .filter(|&(_, &rows)| rows < found.rows[0])
                .map(|(value, _)| value.unwrap_or(f64::NAN))
                .collect();
            let distribution: Vec<f64> = replicates.iter().flatten().copied().collect();
            estimates.push(self.estimate(scope, &field.name, values[0], distribution, &jackknife));
        }
        Ok(Estimates { estimates })
    }
}

impl Bootstrap<'_> {
    fn estimate(
        &self,
        scope: &Scope<'_>,
        name: &str,
        estimate: Option<f64>,
        distribution: Vec<f64>,
        jackknife: &[f64],
    ) -> Estimate {
        let mut moments = PowerSums::<2>::new();
        moments.update_f64(scope.level(), &distribution);
        let ends = estimate.and_then(|estimate| {
            if estimate.is_nan() || distribution.iter().any(|value| value.is_nan()) {
                return Some((f64::NAN, f64::NAN));
            }
            let mut sorted = distribution.clone();
            sorted.sort_unstable_by(f64::total_cmp);
            interval(self.method, &self.confidence, estimate, &sorted, jackknife)
        });
        Estimate {
            name: name.to_owned(),
            estimate,
            std_error: moments.std(1),
            low: ends.map(|ends| ends.0),
            high: ends.map(|ends| ends.1),
            bias: estimate.zip(moments.mean()).map(|(estimate, mean)| mean - estimate),
            distribution,
        }
    }
}

/// A number of any type as the nearest float; `Err` of anything else.
fn number(value: Scalar) -> std::result::Result<Option<f64>, ()> {
    match value {
        Scalar::Null => Ok(None),
        Scalar::Float64(value) => Ok(Some(value)),
        Scalar::Float32(value) => Ok(Some(value.into())),
        Scalar::Integer(value) => Ok(Some(value as f64)),
        Scalar::Decimal { unscaled, scale } => {
            format!("{unscaled}e{}", -i32::from(scale)).parse().map(Some).map_err(|_| ())
        }
        _ => Err(()),
    }
}

impl Estimates {
    /// A row for each value: name, estimate, std_error, low, high, bias.
    pub fn to_table(&self) -> Table {
        let field = |name: &str, data_type| Field { name: name.to_owned(), data_type };
        let mut fields = vec![field("name", DataType::String)];
        fields.extend(
            ["estimate", "std_error", "low", "high", "bias"].map(|name| field(name, DataType::Float64)),
        );
        let mut table = Table::with_capacity(fields, self.estimates.len());
        for one in &self.estimates {
            let mut row = vec![Scalar::Text(one.name.clone())];
            let numbers = [one.estimate, one.std_error, one.low, one.high, one.bias];
            row.extend(numbers.map(|number| number.map_or(Scalar::Null, Scalar::Float64)));
            table.push(&row);
        }
        table
    }
}
