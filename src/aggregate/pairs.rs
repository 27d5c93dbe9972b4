//! The exact sums of two columns at once, and what is read from them: `cov`, `corr`, `slope`, `intercept`, `r2`.
//!
//! ```text
//! A = n Σx² - (Σx)²      B = n Σy² - (Σy)²      C = n Σxy - Σx Σy
//! cov = C / (n (n - ddof))     corr = C / √(A B)     r2 = C² / (A B)
//! least squares of y on x:  slope = C / A     intercept = (Σy Σx² - Σx Σxy) / A
//! ```
//! The textbook's formulas, which lose every digit in floating point and none here.

use arrcalc_datasets::{Chunk, Column, DataType, Values};
use arrcalc_kernels::Level;
use arrcalc_kernels::exact::{Dyadic, Ratio, update_pairs};

use crate::answer::Scalar;
use crate::error::{Error, Result};

use super::quotient::{quotient, result};
use super::rows::for_both;
use super::{Aggregate, Dot, Moments, NanPolicy};

/// What is read from [`Pairs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Relation {
    /// `RN(C / (n (n - ddof)))`; null where `n <= ddof`.
    Covariance {
        /// 1 for a sample, 0 for a population.
        ddof: u64,
    },
    /// Pearson's correlation, from -1 to 1; null where either column does not vary.
    Correlation,
    /// Slope of the line of least squares of y on x; null where x does not vary.
    Slope,
    /// Where that line meets x = 0; null where x does not vary.
    Intercept,
    /// Share of y's variance that the line explains, the squared correlation; null where either does not vary.
    RSquared,
}

/// How two columns vary together, over the rows where neither is null: one [`Relation`], rounded once.
///
/// Columns: x and y; for [`Relation::Slope`], [`Relation::Intercept`] and [`Relation::RSquared`] y comes first, as in
/// `slope(y, x)`. Types: binary32 where both are binary32 or binary16, else binary64; decimals have none. Special
/// values: a NaN (unless ignored: then its row is left out) or an infinity gives NaN; no rows give null.
/// Class: exact. Cost: one pass over both.
#[derive(Clone, Debug)]
pub struct Pairs {
    relation: Relation,
    nan: NanPolicy,
    is_narrow: bool,
    first: Moments<2>,
    second: Moments<2>,
    products: Dot,
}

impl Pairs {
    /// The empty state for columns of these types.
    ///
    /// # Errors
    /// [`Error::Request`] unless both are floats, integers or bool.
    pub fn new(types: [&DataType; 2], relation: Relation, nan: NanPolicy) -> Result<Self> {
        let [first, second] = types;
        let name = relation.name();
        let products = Dot::new(first, second).map_err(|_| Error::Request {
            reason: format!("no {name} of values of types {first} and {second}; cast them to float64"),
        })?;
        Ok(Self {
            relation,
            nan,
            is_narrow: types.iter().all(|data_type| is_narrow(data_type)),
            first: Moments::named(name, first, NanPolicy::Propagate, false)?,
            second: Moments::named(name, second, NanPolicy::Propagate, false)?,
            products,
        })
    }

    /// Takes in two columns of floats without nulls at once; `false`, and nothing is done, where they are not that.
    fn take_floats(&mut self, level: Level, x: &Column<'_>, y: &Column<'_>) -> bool {
        let (Values::Float64(x), Values::Float64(y), None, None) =
            (x.values, y.values, x.validity, y.validity)
        else {
            return false;
        };
        let powers = (self.first.sums_mut(), self.second.sums_mut());
        update_pairs(level, x, y, powers, self.products.sums_mut());
        true
    }

    /// The exact value, or NaN; `None` where it is undefined.
    fn exact(&self) -> Option<Exact> {
        let (first, second) = (self.first.sums(), self.second.sums());
        let n = first.count();
        let freedom =
            if let Relation::Covariance { ddof } = self.relation { n.checked_sub(ddof)? } else { n };
        if freedom == 0 {
            return None;
        }
        if first.counts().has_special() || second.counts().has_special() {
            return Some(Exact::Nan);
        }
        let n = Dyadic::from(n);
        let power = |at: usize| [first, second].map(|sums| sums.power_sum(at).to_dyadic());
        let ([s, t], [ss, tt]) = (power(1), power(2));
        let st = self.products.sums().exact_sum().to_dyadic();
        let spread = |square: &Dyadic, sum: &Dyadic| n.mul(square).sub(&sum.pow(2));
        let (a, b) = (spread(&ss, &s), spread(&tt, &t));
        let c = n.mul(&st).sub(&s.mul(&t));
        let varies = |spread: &Dyadic| (!spread.is_zero()).then_some(());
        Some(match self.relation {
            Relation::Covariance { .. } => Exact::Value(quotient(&c, &n.mul(&Dyadic::from(freedom)))),
            Relation::Correlation => {
                varies(&a).and(varies(&b))?;
                Exact::Root { negative: c.is_negative(), square: quotient(&c.pow(2), &a.mul(&b)) }
            }
            Relation::RSquared => {
                varies(&a).and(varies(&b))?;
                Exact::Value(quotient(&c.pow(2), &a.mul(&b)))
            }
            // y is the first column here.
            Relation::Slope => {
                varies(&b)?;
                Exact::Value(quotient(&c, &b))
            }
            Relation::Intercept => {
                varies(&b)?;
                Exact::Value(quotient(&s.mul(&tt).sub(&t.mul(&st)), &b))
            }
        })
    }
}

enum Exact {
    Nan,
    Value(Ratio),
    /// The root of `square`, with that sign.
    Root {
        negative: bool,
        square: Ratio,
    },
}

impl Relation {
    fn name(self) -> &'static str {
        match self {
            Relation::Covariance { .. } => "cov",
            Relation::Correlation => "corr",
            Relation::Slope => "slope",
            Relation::Intercept => "intercept",
            Relation::RSquared => "r2",
        }
    }
}

/// Whether results of a column are binary32.
pub(super) fn is_narrow(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Float16 | DataType::Float32)
}

impl Aggregate for Pairs {
    type Answer = Scalar;

    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        for_both(chunk, self.nan, |x, y| {
            if self.take_floats(level, x, y) {
                return;
            }
            self.first.take(level, x);
            self.second.take(level, y);
            self.products.take(level, x, y);
        });
    }

    fn merge(&mut self, other: &Self) {
        self.first.merge(&other.first);
        self.second.merge(&other.second);
        self.products.merge(&other.products);
    }

    fn finish(&self) -> Scalar {
        match self.exact() {
            None => Scalar::Null,
            Some(Exact::Nan) if self.is_narrow => Scalar::Float32(f32::from_bits(0x7fc0_0000)),
            Some(Exact::Nan) => Scalar::Float64(f64::from_bits(0x7ff8_0000_0000_0000)),
            Some(Exact::Value(ratio)) => result(self.is_narrow, &ratio),
            Some(Exact::Root { negative, square }) if self.is_narrow => {
                let root = square.sqrt_to_f32();
                Scalar::Float32(if negative { -root } else { root })
            }
            Some(Exact::Root { negative, square }) => {
                let root = square.sqrt_to_f64();
                Scalar::Float64(if negative { -root } else { root })
            }
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        [self.first.to_bytes(), self.second.to_bytes(), self.products.to_bytes()].concat()
    }

    fn heap_bytes(&self) -> usize {
        self.first.heap_bytes() + self.second.heap_bytes() + self.products.heap_bytes()
    }
}
