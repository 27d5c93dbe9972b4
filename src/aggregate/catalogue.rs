//! The list of aggregates: names, arguments, and how each is made for the types it is asked for.

use std::sync::Arc;

use arrcalc_datasets::{DataType, TimeUnit};

use crate::answer::Scalar;
use crate::error::{Error, Result};

use super::adapt::{OnePass, Passes};
use super::call::{Class, Make, Parameter};
use super::entropy::entropy;
use super::fit::{fit_integers, sum_type};
use super::{
    Aggregate, Distinct, Dot, Edge, Extremum, Iqr, Kurtosis, Mad, Mean, NanPolicy, Norm, Pairs, Probability,
    Product, QuantileMethod, Quantiles, Question, Relation, RootMeanSquare, Rounds, RowCount, Side, Skewness,
    Span, Std, Sum, SumSquares, Tally, ValueCounts, Variance, WeightedMean, Which, quantile_method,
};

/// One aggregate of the catalogue.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) aliases: &'static [&'static str],
    /// Fewest and most columns.
    pub(super) columns: (usize, usize),
    /// Fewest and most constants.
    pub(super) parameters: (usize, usize),
    /// Whether NaN is ignored whatever the policy says.
    pub(super) is_nan_twin: bool,
    operation: Operation,
}

/// What is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Tally(Question),
    Sum,
    Mean,
    Variance { ddof: u64 },
    Std { ddof: u64 },
    Norm,
    Skewness,
    Kurtosis,
    Extremum(Which),
    Median,
    Quantile,
    Distinct,
    DistinctEstimate,
    Mode,
    Entropy,
    Mad,
    Iqr,
    Range,
    Edge(Side),
    Product,
    SumSquares,
    RootMeanSquare,
    Dot,
    WeightedMean,
    Related(Relation),
}

use Operation as Op;

/// An aggregate of one column.
const fn one(name: &'static str, aliases: &'static [&'static str], operation: Operation) -> Entry {
    Entry { name, aliases, columns: (1, 1), parameters: (0, 0), is_nan_twin: false, operation }
}

/// NumPy's twin of an aggregate, which ignores NaN.
const fn twin(name: &'static str, operation: Operation) -> Entry {
    Entry { is_nan_twin: true, ..one(name, &[], operation) }
}

const fn two(name: &'static str, operation: Operation) -> Entry {
    Entry { columns: (2, 2), ..one(name, &[], operation) }
}

/// All of them, in the order in which they are listed to people.
pub(super) static ENTRIES: &[Entry] = &[
    Entry { columns: (0, 1), ..one("count", &[], Op::Tally(Question::Count)) },
    one("sum", &[], Op::Sum),
    one("mean", &["avg"], Op::Mean),
    one("var", &["variance"], Op::Variance { ddof: 1 }),
    one("var_pop", &[], Op::Variance { ddof: 0 }),
    one("std", &["stddev"], Op::Std { ddof: 1 }),
    one("std_pop", &["stddev_pop"], Op::Std { ddof: 0 }),
    one("min", &[], Op::Extremum(Which::Min)),
    one("max", &[], Op::Extremum(Which::Max)),
    one("argmin", &[], Op::Extremum(Which::ArgMin)),
    one("argmax", &[], Op::Extremum(Which::ArgMax)),
    one("first", &[], Op::Edge(Side::First)),
    one("last", &[], Op::Edge(Side::Last)),
    one("median", &[], Op::Median),
    Entry { parameters: (1, 2), ..one("quantile", &[], Op::Quantile) },
    one("mode", &[], Op::Mode),
    one("distinct", &["count_distinct"], Op::Distinct),
    one("distinct_estimate", &[], Op::DistinctEstimate),
    Entry { parameters: (1, 2), ..one("quantile_estimate", &[], Op::Quantile) },
    one("count_null", &[], Op::Tally(Question::CountNull)),
    one("count_nan", &[], Op::Tally(Question::CountNan)),
    one("count_nonzero", &[], Op::Tally(Question::CountNonzero)),
    one("any", &[], Op::Tally(Question::Any)),
    one("all", &[], Op::Tally(Question::All)),
    one("product", &["prod"], Op::Product),
    one("norm", &[], Op::Norm),
    one("rms", &[], Op::RootMeanSquare),
    one("skewness", &[], Op::Skewness),
    one("kurtosis", &[], Op::Kurtosis),
    one("mad", &[], Op::Mad),
    one("iqr", &[], Op::Iqr),
    two("cov", Op::Related(Relation::Covariance { ddof: 1 })),
    two("cov_pop", Op::Related(Relation::Covariance { ddof: 0 })),
    two("corr", Op::Related(Relation::Correlation)),
    two("dot", Op::Dot),
    two("weighted_mean", Op::WeightedMean),
    two("slope", Op::Related(Relation::Slope)),
    two("intercept", Op::Related(Relation::Intercept)),
    two("r2", Op::Related(Relation::RSquared)),
    one("sum_squares", &[], Op::SumSquares),
    one("range", &["ptp"], Op::Range),
    one("entropy", &[], Op::Entropy),
    twin("nansum", Op::Sum),
    twin("nanmean", Op::Mean),
    twin("nanvar", Op::Variance { ddof: 1 }),
    twin("nanstd", Op::Std { ddof: 1 }),
    twin("nanmin", Op::Extremum(Which::Min)),
    twin("nanmax", Op::Extremum(Which::Max)),
    twin("nanargmin", Op::Extremum(Which::ArgMin)),
    twin("nanargmax", Op::Extremum(Which::ArgMax)),
    twin("nanprod", Op::Product),
    twin("nanmedian", Op::Median),
    Entry { parameters: (1, 2), ..twin("nanquantile", Op::Quantile) },
];

/// The entry whose name or alias is `name`, in any case.
pub(super) fn find(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| {
        entry.name.eq_ignore_ascii_case(name)
            || entry.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    })
}

/// An entry for given types.
pub(super) struct Built {
    pub(super) class: Class,
    pub(super) result_type: DataType,
    pub(super) make: Make,
}

/// The aggregate of `entry` for columns of these types; their number has been checked.
pub(super) fn build(
    entry: &'static Entry,
    types: &[DataType],
    parameters: &[Parameter],
    nan: NanPolicy,
) -> Result<Built> {
    let Some(x) = types.first() else {
        return Ok(exact(RowCount::default(), DataType::Int64));
    };
    Ok(match entry.operation {
        Op::Tally(question) => {
            let truth = matches!(question, Question::Any | Question::All);
            let result_type = if truth { DataType::Bool } else { DataType::Int64 };
            exact(Tally::new(x, question)?, result_type)
        }
        Op::Sum => {
            let result_type = sum_type(x);
            let fit = result_type.clone();
            one_pass(Class::Exact, Sum::new(x, nan)?, result_type, move |sum| {
                fit_integers("sum", &fit, sum.finish())
            })
        }
        Op::Mean => exact(Mean::new(x, nan)?, mean_type(x)),
        Op::Variance { ddof } => exact(Variance::new(x, nan, ddof)?, float_type(x)),
        Op::Std { ddof } => exact(Std::new(x, nan, ddof)?, float_type(x)),
        Op::Norm => exact(Norm::new(x, nan)?, float_type(x)),
        Op::Skewness => exact(Skewness::new(x, nan)?, float_type(x)),
        Op::Kurtosis => exact(Kurtosis::new(x, nan)?, float_type(x)),
        Op::Extremum(which @ (Which::Min | Which::Max)) => exact(Extremum::new(x, which, nan)?, x.clone()),
        Op::Extremum(which) => {
            let extremum = Extremum::new(x, which, nan)?;
            one_pass(Class::Positioned, extremum, DataType::Int64, |extremum| Ok(extremum.finish()))
        }
        Op::Median => quantile(x, Probability::parse("0.5"), QuantileMethod::Linear, nan)?,
        Op::Quantile => {
            let method = match parameters.get(1) {
                None => QuantileMethod::Linear,
                Some(Parameter::Text(name)) => quantile_method(name)?,
                Some(other) => {
                    let reason = format!("{}: {other} is not the name of a method", entry.name);
                    return Err(Error::Request { reason });
                }
            };
            quantile(x, parameters.first().and_then(probability), method, nan).map_err(
                |error| match error {
                    Error::Request { reason } => {
                        Error::Request { reason: format!("{}: {reason}", entry.name) }
                    }
                    other => other,
                },
            )?
        }
        Op::Distinct => counted(ValueCounts::new(x, nan, 0)?.values_only(), DataType::Int64, |counts| {
            Ok(Scalar::Integer(counts.finish().distinct()?.into()))
        }),
        Op::Mode => counted(ValueCounts::new(x, nan, 0)?, x.clone(), |counts| counts.finish().mode()),
        Op::Entropy => counted(ValueCounts::new(x, nan, 0)?, DataType::Float64, |counts| {
            Ok(entropy(&counts.finish().counts()?).map_or(Scalar::Null, Scalar::Float64))
        }),
        Op::Mad => {
            let mad = Mad::new(x, nan)?;
            rounds(float_type(x), move |bytes| mad.clone().memory_bytes(bytes), Ok)
        }
        Op::Iqr => {
            let iqr = Iqr::new(x, nan)?;
            rounds(float_type(x), move |bytes| iqr.clone().memory_bytes(bytes), Ok)
        }
        Op::Range => {
            let result_type = Span::result_type(x);
            let fit = result_type.clone();
            one_pass(Class::Exact, Span::new(x, nan)?, result_type, move |span| {
                fit_integers("range", &fit, span.finish())
            })
        }
        Op::Edge(side) => {
            let edge = Edge::new(x, side, nan)?;
            one_pass(Class::Positioned, edge, x.clone(), |edge| Ok(edge.finish()))
        }
        Op::Product => {
            let class = if x.is_float() { Class::Positioned } else { Class::Exact };
            one_pass(class, Product::new(x, nan)?, sum_type(x), Product::finish)
        }
        Op::SumSquares => {
            let result_type = match x {
                DataType::Decimal128 { .. } => DataType::Float64,
                other => sum_type(other),
            };
            let fit = result_type.clone();
            one_pass(Class::Exact, SumSquares::new(x, nan)?, result_type, move |squares| {
                // Of no values a query has no sum of squares, as it has no norm.
                let none = squares.moments.count() == 0;
                if none { Ok(Scalar::Null) } else { fit_integers("sum_squares", &fit, squares.finish()) }
            })
        }
        Op::RootMeanSquare => exact(RootMeanSquare::new(x, nan)?, float_type(x)),
        Op::WeightedMean => {
            let w = &types[1];
            exact(WeightedMean::new(x, w, nan)?, joint_type(x, w))
        }
        Op::Related(relation) => {
            let y = &types[1];
            exact(Pairs::new([x, y], relation, nan)?, joint_type(x, y))
        }
        Op::DistinctEstimate => {
            one_pass(Class::Approximate, Distinct::new(x, nan, 0)?, DataType::Int64, |set| {
                Ok(Scalar::Integer(set.finish().estimate.into()))
            })
        }
        Op::Dot => {
            let y = &types[1];
            let result_type = pair_type(x, y);
            let fit = result_type.clone();
            one_pass(Class::Exact, Dot::new(x, y)?, result_type, move |dot| {
                let none = dot.count() == 0;
                if none { Ok(Scalar::Null) } else { fit_integers("dot", &fit, dot.finish()) }
            })
        }
    })
}

/// One pass, whose answer is a scalar already.
fn exact<A: Aggregate<Answer = Scalar>>(empty: A, result_type: DataType) -> Built {
    one_pass(Class::Exact, empty, result_type, |state| Ok(state.finish()))
}

fn one_pass<A: Aggregate>(
    class: Class,
    empty: A,
    result_type: DataType,
    read: impl Fn(&A) -> Result<Scalar> + Clone + Send + Sync + 'static,
) -> Built {
    let empty = OnePass { aggregate: empty, read };
    Built { class, result_type, make: Arc::new(move |_| Box::new(empty.clone())) }
}

/// What is read from the counts of values, which may take so many bytes.
fn counted(
    empty: ValueCounts,
    result_type: DataType,
    read: impl Fn(&ValueCounts) -> Result<Scalar> + Clone + Send + Sync + 'static,
) -> Built {
    let make: Make = Arc::new(move |memory_bytes| {
        Box::new(OnePass { aggregate: empty.clone().memory_bytes(memory_bytes), read: read.clone() })
    });
    Built { class: Class::Exact, result_type, make }
}

/// Several passes, whose rounds are made for a number of bytes.
fn rounds<R: Rounds + 'static>(
    result_type: DataType,
    rounds: impl Fn(usize) -> R + Send + Sync + 'static,
    read: impl Fn(R::Answer) -> Result<Scalar> + Clone + Send + Sync + 'static,
) -> Built {
    let make: Make = Arc::new(move |memory_bytes| {
        let rounds = rounds(memory_bytes);
        let state = rounds.first();
        Box::new(Passes { rounds: Arc::new(rounds), state, read: read.clone() })
    });
    Built { class: Class::Rounds, result_type, make }
}

/// The probability that a constant says.
fn probability(parameter: &Parameter) -> Option<Probability> {
    match parameter {
        Parameter::Decimal(digits) => Probability::parse(digits),
        Parameter::Integer(value) => Probability::parse(&value.to_string()),
        Parameter::Text(_) => None,
    }
}

fn quantile(
    data_type: &DataType,
    probability: Option<Probability>,
    method: QuantileMethod,
    nan: NanPolicy,
) -> Result<Built> {
    let reason = "a quantile's probability is a decimal constant from 0 to 1, such as 0.95";
    let probability = probability.ok_or_else(|| Error::Request { reason: reason.into() })?;
    let quantiles = Quantiles::new(data_type, vec![probability], nan)?.method(method);
    let result_type = if data_type.is_temporal() { data_type.clone() } else { float_type(data_type) };
    let make = move |bytes| quantiles.clone().memory_bytes(bytes);
    Ok(rounds(result_type, make, |answer| Ok(answer.into_iter().next().unwrap_or(Scalar::Null))))
}

/// binary32 of binary16 and binary32, binary64 of every other number.
fn float_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Float16 | DataType::Float32 => DataType::Float32,
        _ => DataType::Float64,
    }
}

fn mean_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Date => DataType::Timestamp(TimeUnit::Second, None),
        temporal if temporal.is_temporal() => temporal.clone(),
        number => float_type(number),
    }
}

/// A float result of two columns.
fn joint_type(x: &DataType, y: &DataType) -> DataType {
    if float_type(x) == DataType::Float32 { float_type(y) } else { DataType::Float64 }
}

/// Of products of two columns.
fn pair_type(x: &DataType, y: &DataType) -> DataType {
    match (x.is_float(), y.is_float()) {
        (true, true) if float_type(x) == float_type(y) => float_type(x),
        (true, _) | (_, true) => DataType::Float64,
        _ if sum_type(x) == sum_type(y) => sum_type(x),
        _ => DataType::Int64,
    }
}
