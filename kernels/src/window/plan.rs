//! What is asked of every window.

/// A statistic of the values of a window, exact and rounded once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// Their variance; the number of values less `ddof` divides the squares.
    Variance {
        /// 0 for a population, 1 for a sample.
        ddof: u64,
    },
    /// The square root of [`Statistic::Variance`].
    Deviation {
        /// 0 for a population, 1 for a sample.
        ddof: u64,
    },
}

/// Which values are not there: skipped, and counted neither as values nor as NaN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// None: NaN is a value like any other, and propagates.
    Nothing,
    /// Those with the very bits of [`MISSING`]: how nulls stand among floats.
    Marked,
    /// Every NaN.
    Nan,
}

/// The NaN that stands for a null among floats. No arithmetic makes its payload.
pub const MISSING: f64 = f64::from_bits(0x7ff8_0000_6e75_6c6c);

/// As [`MISSING`], for results of 32 bits.
pub const MISSING_32: f32 = f32::from_bits(0x7fc0_6e75);

impl Missing {
    /// Whether `value` is not there.
    #[inline(always)]
    pub fn holds(self, value: f64) -> bool {
        match self {
            Missing::Nothing => false,
            Missing::Marked => value.to_bits() == MISSING.to_bits(),
            Missing::Nan => value.is_nan(),
        }
    }
}

/// Windows down the rows of a column, one ending at each row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// Rows of a window, at least 1; `None`: all rows from the first on.
    pub width: Option<usize>,
    /// Values that a window must hold to have a result.
    pub min_count: usize,
    /// Which values are not there.
    pub missing: Missing,
    /// Whether a row that is not there has no result, whatever its window holds: the rule of cumulative functions.
    pub skips_missing_rows: bool,
}

impl Windows {
    /// From the first row to each row, every row with a result that has a value.
    pub fn cumulative(missing: Missing) -> Self {
        Windows { width: None, min_count: 0, missing, skips_missing_rows: missing != Missing::Nothing }
    }

    /// The first row of the window that ends before row `end`.
    pub(super) fn first(&self, end: usize) -> usize {
        self.width.map_or(0, |width| end.saturating_sub(width))
    }
}
