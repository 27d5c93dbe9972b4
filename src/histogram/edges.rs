//! From what is asked for to edges.

use arrcalc_datasets::{DataType, Dataset};
use arrcalc_kernels::elementwise::nearest_binary16;
use arrcalc_kernels::exact::PowerSums;
use arrcalc_kernels::histogram::Bins;

use crate::aggregate::Kind;
use crate::error::{Error, Result};
use crate::execute::Scope;

use super::axis::of_column;
use super::choice::{BinChoice, Rule};
use super::counts::Counted;
use super::extent::{Extent, Number, Special};
use super::rule::Facts;

/// Bins where nobody says how many: NumPy's number.
const BINS: usize = 10;
/// Most bins.
const BINS_MAX: usize = i32::MAX as usize - 2;

/// The floating-point types in which NumPy computes the edges of equal bins: `float16`, `float32`, `float64`; anything
/// else counts as `float64`.
///
/// Both are the type of the column where the bins lie between its extrema. Where ends are given as `float64` numbers,
/// the steps are computed in `float64`, and the edges of a column of narrower floats rounded to its type.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgeTypes {
    /// Of the steps from one edge to the next.
    pub steps: DataType,
    /// Of the edges.
    pub edges: DataType,
}

/// What is asked for along one axis.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) bins: BinChoice,
    pub(super) range: Option<(f64, f64)>,
    pub(super) types: Option<EdgeTypes>,
    /// Whether NaN and infinities are refused where there is no range.
    pub(super) is_finite: bool,
}

impl Default for Question {
    fn default() -> Self {
        Self { bins: BinChoice::Count(BINS), range: None, types: None, is_finite: false }
    }
}

/// The rounding to a type of floats.
fn rounding(data_type: &DataType) -> fn(f64) -> f64 {
    match data_type {
        DataType::Float32 => |value| f64::from(value as f32),
        DataType::Float16 => |value| nearest_binary16(value).to_f64(),
        _ => |value| value,
    }
}

fn request(reason: String) -> Error {
    Error::Request { reason }
}

impl Question {
    /// The bins of a column.
    pub(super) fn settle(&self, scope: &Scope<'_>, dataset: &Dataset<'_>, column: usize) -> Result<Bins> {
        Ok(self.settle_and_count(scope, dataset, column, false)?.0)
    }

    /// The bins of a column; if `counts` are asked for, those as well, where what finds the bins counts all values.
    pub(super) fn settle_and_count(
        &self,
        scope: &Scope<'_>,
        dataset: &Dataset<'_>,
        column: usize,
        counts: bool,
    ) -> Result<(Bins, Option<Counted>)> {
        let field = &dataset.schema().fields[column];
        let data_type = &field.data_type;
        match Kind::of(data_type) {
            // Decimals are counted as the nearest floats.
            Kind::Float | Kind::Decimal => self.settle_for::<f64>(scope, dataset, column, counts),
            Kind::Signed => self.settle_for::<i64>(scope, dataset, column, counts),
            Kind::Unsigned => self.settle_for::<u64>(scope, dataset, column, counts),
            _ => Err(of_column(field, super::axis::refusal(data_type))),
        }
    }

    fn settle_for<E: Number>(
        &self,
        scope: &Scope<'_>,
        dataset: &Dataset<'_>,
        column: usize,
        counts: bool,
    ) -> Result<(Bins, Option<Counted>)> {
        let data_type = &dataset.schema().fields[column].data_type;
        let (rule, equal) = match &self.bins {
            BinChoice::Edges(edges) => {
                let bins = Bins::between(edges.clone()).ok_or_else(|| {
                    request("edges of bins are two or more numbers, none below the one before it".into())
                })?;
                return Ok((bins, None));
            }
            BinChoice::Count(0) => return Err(request("a histogram has at least 1 bin".into())),
            BinChoice::Count(count) => (None, Some(*count)),
            BinChoice::Rule(rule) => (Some(*rule), None),
        };
        if let Some((low, high)) = self.range {
            if low > high {
                return Err(request(format!("the range {low}, {high} ends before it begins")));
            }
            if !low.is_finite() || !high.is_finite() {
                return Err(request(format!("the range {low}, {high} is not finite")));
            }
        }
        let types = self.types.clone().unwrap_or_else(|| EdgeTypes {
            steps: if self.range.is_some() { DataType::Float64 } else { data_type.clone() },
            edges: data_type.clone(),
        });
        let (mut steps, edges) = (rounding(&types.steps), rounding(&types.edges));
        let mut extent = None;
        if rule.is_some() || self.range.is_none() {
            let ends = self.range.map(|(low, high)| (edges(low), edges(high)));
            extent = Some(Extent::<E>::of(scope, dataset, column, ends, rule, equal.filter(|_| counts))?);
        }
        let found =
            extent.as_ref().and_then(|(extent, _)| extent.extrema.minimum().zip(extent.extrema.maximum()));
        if let Some((extent, _)) = &extent
            && self.is_finite
            && self.range.is_none()
            && extent.special.is_any()
        {
            let found = found.map(|(low, high)| (low.nearest_f64(), high.nearest_f64()));
            return Err(not_finite(found, extent.special));
        }
        let (low, high) = match (self.range, found) {
            (Some(range), _) => range,
            (None, Some((low, high))) => (low.nearest_f64(), high.nearest_f64()),
            (None, None) => {
                steps = rounding(&DataType::Float64);
                (0.0, 1.0)
            }
        };
        let count = match (&self.bins, rule, &extent, found) {
            (BinChoice::Count(count), ..) => *count as f64,
            (_, Some(rule), Some((extent, quartiles)), Some((lowest, highest))) => {
                let round = rounding(data_type);
                let (std, skewness) = spread(data_type, extent.moments.as_ref());
                let facts = Facts {
                    size: extent.extrema.census.count,
                    range: round(highest.above(lowest)),
                    ends: match self.range {
                        _ if low == high => 1.0,
                        Some((low, high)) => high - low,
                        None => round(highest.above(lowest)),
                    },
                    ends_are_wide: self.range.is_some(),
                    std,
                    skewness,
                    quartiles: quartiles.map(|(low, high)| (low.nearest_f64(), high.nearest_f64())),
                    is_integer: !E::IS_FLOAT,
                    round,
                };
                facts.bins(scope.level(), rule)
            }
            _ => 1.0,
        };
        if count.is_nan() || count > BINS_MAX as f64 {
            return Err(too_many(rule, count, low, high));
        }
        let bytes = (count as u64 + 1) * super::BIN_BYTES;
        let _memory = scope.budget().reserve("the edges of the bins", bytes)?;
        let bins = Bins::equal_rounded(low, high, count as usize, steps, edges)
            .ok_or_else(|| too_many(rule, count, low, high))?;
        let counted =
            extent.and_then(|(extent, _)| extent.counted(scope.level(), &bins, dataset.row_count()));
        Ok((bins, counted))
    }
}

fn too_many(rule: Option<Rule>, count: f64, low: f64, high: f64) -> Error {
    let asked = rule.map_or("asked for".into(), |rule| format!("by '{}'", rule.name()));
    request(format!("too many bins for the range {low} to {high}: {count} {asked}; take fewer, or a range"))
}

fn not_finite(found: Option<(f64, f64)>, special: Special) -> Error {
    let (mut low, mut high) = found.unwrap_or((f64::INFINITY, f64::NEG_INFINITY));
    if special.nan {
        (low, high) = (f64::NAN, f64::NAN);
    } else {
        if special.negative {
            (low, high) = (f64::NEG_INFINITY, high.max(f64::NEG_INFINITY));
        }
        if special.positive {
            (low, high) = (low.min(f64::INFINITY), f64::INFINITY);
        }
    }
    let shown = |end: f64| if end.is_nan() { "nan".to_owned() } else { end.to_string() };
    let (low, high) = (shown(low), shown(high));
    request(format!("autodetected range of [{low}, {high}] is not finite; give a range"))
}

/// Population standard deviation and skewness, in the type of the data.
fn spread(data_type: &DataType, sums: Option<&PowerSums<3>>) -> (f64, f64) {
    let Some(sums) = sums else { return (0.0, 0.0) };
    match data_type {
        DataType::Float16 | DataType::Float32 => {
            let read = sums.read::<f32>();
            (read.std(0).unwrap_or(0.0).into(), read.skewness().unwrap_or(0.0).into())
        }
        _ => (sums.std(0).unwrap_or(0.0), sums.skewness().unwrap_or(0.0)),
    }
}
