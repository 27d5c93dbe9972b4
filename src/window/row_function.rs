//! The functions of rows by name and argument, over columns whose type is known at run time.

use arrcalc_datasets::{Column, DataType, TimeUnit, Values};
use arrcalc_kernels::select::quantile::Probability;
use arrcalc_kernels::window::{Missing, OrderStatistic, Statistic, Windows};

use super::columns::{self, OfFloats};
use super::extrema::End;
use super::{cumulative, inexact, shift};
use crate::Scope;
use crate::answer::OwnedColumn;
use crate::error::{Error, Result};

/// A function that gives a value for each row of a column from the values around it.
///
/// A null stays null in cumulative functions, which go on after it. Windows end at their row, skip nulls, and give null
/// where they hold fewer than `min_count` values. NaN propagates: from its row on in cumulative functions, while it is
/// inside in windows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RowFunction {
    /// The exact sum of all values up to the row, rounded once.
    CumSum,
    /// The product of all values up to the row, from the first on, rounded at each step.
    CumProd,
    /// The least value up to the row.
    CumMin,
    /// The greatest value up to the row.
    CumMax,
    /// How many values there are up to the row.
    CumCount,
    /// The value so many rows before; null where there is none.
    Lag(u64),
    /// The value so many rows after; null where there is none.
    Lead(u64),
    /// The value less the value so many rows before.
    Diff(u64),
    /// The exact sum over a window, rounded once.
    MoveSum {
        /// Rows.
        width: u64,
        /// Values that a window must hold to have a result.
        min_count: u64,
    },
    /// The exact mean over a window, rounded once.
    MoveMean {
        /// Rows.
        width: u64,
        /// Values that a window must hold to have a result.
        min_count: u64,
    },
    /// The exact variance over a window, rounded once.
    MoveVar {
        /// Rows.
        width: u64,
        /// Values that a window must hold to have a result.
        min_count: u64,
        /// What the number of values is lessened by in the denominator: 1 for a sample.
        ddof: u64,
    },
    /// The square root of the exact variance over a window, rounded once.
    MoveStd {
        /// Rows.
        width: u64,
        /// Values that a window must hold to have a result.
        min_count: u64,
        /// What the number of values is lessened by in the denominator: 1 for a sample.
        ddof: u64,
    },
    /// The least value in a window.
    MoveMin {
        /// Rows.
        width: u64,
        /// Values that a window must hold to have a result.
        min_count: u64,
    },
    /// The greatest value in a window.
    MoveMax {
        /// Rows.
        width: u64,
        /// Values that a window must hold to have a result.
        min_count: u64,
    },
    /// The median of a window.
    MoveMedian {
        /// Rows.
        width: u64,
        /// Values that a window must hold to have a result.
        min_count: u64,
    },
    /// A quantile of a window, interpolated linearly.
    MoveQuantile {
        /// The probability.
        q: Probability,
        /// Rows.
        width: u64,
        /// Values that a window must hold to have a result.
        min_count: u64,
    },
    /// The rank of the row's value in its window, from 1, ties at their average.
    MoveRank {
        /// Rows.
        width: u64,
        /// Values that a window must hold to have a result.
        min_count: u64,
    },
    /// How many values a window holds.
    MoveCount {
        /// Rows.
        width: u64,
        /// Values that a window must hold to have a result.
        min_count: u64,
    },
    /// The exponentially weighted mean: `y = y + alpha (x - y)`, from the first value on.
    EwmMean {
        /// The weight of the newest value: above 0, at most 1.
        alpha: f64,
    },
}

impl RowFunction {
    /// The name in queries.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::CumSum => "cumsum",
            Self::CumProd => "cumprod",
            Self::CumMin => "cummin",
            Self::CumMax => "cummax",
            Self::CumCount => "cumcount",
            Self::Lag(_) => "lag",
            Self::Lead(_) => "lead",
            Self::Diff(_) => "diff",
            Self::MoveSum { .. } => "move_sum",
            Self::MoveMean { .. } => "move_mean",
            Self::MoveVar { .. } => "move_var",
            Self::MoveStd { .. } => "move_std",
            Self::MoveMin { .. } => "move_min",
            Self::MoveMax { .. } => "move_max",
            Self::MoveMedian { .. } => "move_median",
            Self::MoveQuantile { .. } => "move_quantile",
            Self::MoveRank { .. } => "move_rank",
            Self::MoveCount { .. } => "move_count",
            Self::EwmMean { .. } => "ewm_mean",
        }
    }

    /// The type of the results for a column of type `input`.
    ///
    /// # Errors
    /// Why there is no such result.
    pub(crate) fn output_type(&self, input: &DataType) -> std::result::Result<DataType, String> {
        use DataType::*;
        let refused = || Err(format!("{} is not defined for {input}", self.name()));
        if let Unsupported(_) = input {
            return refused();
        }
        let float = match input {
            Float16 | Float32 => Float32,
            _ => Float64,
        };
        let is_number = input.is_numeric() && !matches!(input, Decimal128 { .. });
        match self {
            Self::Lag(_) | Self::Lead(_) => Ok(input.clone()),
            Self::CumCount | Self::MoveCount { .. } => Ok(Int64),
            Self::CumSum | Self::MoveSum { .. } => match input {
                Null => Ok(Null),
                Decimal128 { scale, .. } => Ok(Decimal128 { precision: 38, scale: *scale }),
                Duration(unit) => Ok(Duration(*unit)),
                other => total_type(other).map_or_else(refused, Ok),
            },
            Self::CumProd if is_number || *input == Bool => total_type(input).map_or_else(refused, Ok),
            Self::CumMin | Self::CumMax | Self::MoveMin { .. } | Self::MoveMax { .. } => match input {
                Float16 => Ok(Float32),
                numbers if numbers.is_numeric() || numbers.is_temporal() => Ok(input.clone()),
                _ => refused(),
            },
            Self::Diff(_) => match input {
                Date => Ok(Duration(TimeUnit::Second)),
                Time(unit) | Timestamp(unit, _) | Duration(unit) => Ok(Duration(*unit)),
                Decimal128 { scale, .. } => Ok(Decimal128 { precision: 38, scale: *scale }),
                Float16 | Float32 | Float64 => Ok(float),
                numbers if numbers.is_numeric() => Ok(Int64),
                _ => refused(),
            },
            Self::MoveRank { .. } if is_number || input.is_temporal() => Ok(Float64),
            Self::MoveMean { .. }
            | Self::MoveVar { .. }
            | Self::MoveStd { .. }
            | Self::MoveMedian { .. }
            | Self::MoveQuantile { .. }
            | Self::EwmMean { .. }
                if is_number || *input == Bool =>
            {
                Ok(float)
            }
            _ => refused(),
        }
    }

    /// The values for all rows of `input`, a whole column of type `input_type`.
    ///
    /// # Errors
    /// [`Error::Evaluation`] at the lowest row whose result does not fit its type, counted from 0, with the function's
    /// name for a column and no file: the caller knows them; [`Error::Request`] for a type that
    /// [`RowFunction::output_type`] refuses; memory; cancelling; the deadline.
    pub(crate) fn apply(
        &self,
        scope: &Scope<'_>,
        input: &Column<'_>,
        input_type: &DataType,
    ) -> Result<OwnedColumn> {
        let output_type = self.output_type(input_type).map_err(|reason| Error::Request { reason })?;
        scope.check()?;
        if let Values::Null(rows) = input.values
            && !matches!(self, Self::CumCount | Self::MoveCount { .. })
        {
            return Ok(columns::nulls(&output_type, rows));
        }
        let is_float = matches!(output_type, DataType::Float32 | DataType::Float64);
        let missing = if input.validity.is_some() { Missing::Marked } else { Missing::Nothing };
        let all = Windows::cumulative(Missing::Marked);
        let windows = |width: &u64, min_count: &u64| {
            let rows = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
            Windows {
                width: Some(rows(*width).max(1)),
                min_count: rows(*min_count),
                missing,
                skips_missing_rows: false,
            }
        };
        let moment = |statistic, width, min_count| {
            let windows = windows(width, min_count);
            match inexact::moments(scope, statistic, &windows, input)? {
                Some(column) => Ok(column),
                None => OfFloats::Moment(statistic, windows).apply(scope, input, &output_type),
            }
        };
        let order = |statistic: OrderStatistic, width, min_count| {
            OfFloats::Order(&statistic, windows(width, min_count)).apply(scope, input, &output_type)
        };
        match self {
            Self::Lag(rows) => Ok(shift::shifted(input, input_type, shift::Direction::Down, *rows)),
            Self::Lead(rows) => Ok(shift::shifted(input, input_type, shift::Direction::Up, *rows)),
            Self::Diff(rows) => shift::difference(input, input_type, *rows),
            Self::CumSum if is_float => OfFloats::CumSum.apply(scope, input, &output_type),
            Self::CumSum => cumulative::sums(input, &output_type),
            Self::CumProd => cumulative::products(input, &output_type),
            Self::CumMin => columns::extrema(scope, End::Least, &all, input, &output_type),
            Self::CumMax => columns::extrema(scope, End::Greatest, &all, input, &output_type),
            Self::CumCount => Ok(columns::counts(&all, input)),
            Self::MoveSum { width, min_count } if is_float => moment(Statistic::Sum, width, min_count),
            Self::MoveSum { width, min_count } => {
                let windows = windows(width, min_count);
                cumulative::moving_sums(input, &output_type, windows.width.unwrap_or(1), windows.min_count)
            }
            Self::MoveMean { width, min_count } => moment(Statistic::Mean, width, min_count),
            Self::MoveVar { width, min_count, ddof } => {
                moment(Statistic::Variance { ddof: *ddof }, width, min_count)
            }
            Self::MoveStd { width, min_count, ddof } => {
                moment(Statistic::Deviation { ddof: *ddof }, width, min_count)
            }
            Self::MoveMin { width, min_count } => {
                columns::extrema(scope, End::Least, &windows(width, min_count), input, &output_type)
            }
            Self::MoveMax { width, min_count } => {
                columns::extrema(scope, End::Greatest, &windows(width, min_count), input, &output_type)
            }
            Self::MoveMedian { width, min_count } => order(OrderStatistic::Median, width, min_count),
            Self::MoveQuantile { q, width, min_count } => {
                order(OrderStatistic::Quantile(q.clone()), width, min_count)
            }
            Self::MoveRank { width, min_count } => order(OrderStatistic::Rank, width, min_count),
            Self::MoveCount { width, min_count } => Ok(columns::counts(&windows(width, min_count), input)),
            Self::EwmMean { alpha } if *alpha > 0.0 && *alpha <= 1.0 => {
                OfFloats::Ewm(*alpha).apply(scope, input, &output_type)
            }
            Self::EwmMean { alpha } => Err(Error::Request {
                reason: format!("ewm_mean weighs by a number above 0 and at most 1, not {alpha}"),
            }),
        }
    }
}

/// The type of a sum or product of values of `input`.
fn total_type(input: &DataType) -> Option<DataType> {
    use DataType::*;
    match input {
        Bool | Int8 | Int16 | Int32 | Int64 => Some(Int64),
        UInt8 | UInt16 | UInt32 | UInt64 => Some(UInt64),
        Float16 | Float32 => Some(Float32),
        Float64 => Some(Float64),
        _ => None,
    }
}

/// That the result of row `row`, `exact` where it fits 128 bits, does not fit its type.
pub(super) fn overflow(function: &str, row: usize, exact: Option<i128>, output_type: &DataType) -> Error {
    let shown = exact.map_or_else(String::new, |exact| match output_type {
        DataType::Decimal128 { scale, .. } if *scale != 0 => format!(" {exact}e{}", -i32::from(*scale)),
        _ => format!(" {exact}"),
    });
    Error::Evaluation {
        file: String::new(),
        column: function.into(),
        row: row as u64,
        reason: format!("the exact result{shown} does not fit {output_type}; cast its argument to float64"),
    }
}
