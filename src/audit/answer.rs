//! What an audit says of a table.

use arrcalc_datasets::{DataType, Field};
use arrcalc_kernels::exact::{Dyadic, Natural, Ratio};

use crate::aggregate::Moments;

use super::methods::Methods;

/// The audit of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditAnswer {
    /// Rows of the table.
    pub rows: u64,
    /// One entry a column of floats or integers, in the order asked for.
    pub columns: Vec<ColumnAudit>,
}

/// What floating-point arithmetic would have made of one column.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnAudit {
    /// Name.
    pub name: String,
    /// Logical type.
    pub data_type: DataType,
    /// Values that are finite.
    pub count: u64,
    /// NaNs and infinities, of which no sum is taken.
    pub left_out: u64,
    /// The correctly rounded sum of those.
    pub sum: f64,
    /// The correctly rounded variance, `ddof = 1`; `None` of fewer than two values.
    pub variance: Option<f64>,
    /// `Σ|x| / |Σx|`: by how much relative errors of the additions may grow; infinite where the sum is 0 and not all
    /// values are; `None` of none but zeros.
    pub condition: Option<f64>,
    /// Decimal digits of the condition number before the point, less one: so many of binary64's 16 may be lost.
    pub digits_lost: Option<u32>,
    /// One entry a method, in the order of [`Method::ALL`].
    pub methods: Vec<MethodAudit>,
}

impl ColumnAudit {
    /// What is known of `method`.
    pub fn method(&self, method: Method) -> &MethodAudit {
        &self.methods[method as usize]
    }
}

/// A way to sum, or to compute a variance, in binary64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Sum by one addition after the other.
    LeftToRight,
    /// NumPy's pairwise sum.
    Pairwise,
    /// Kahan's compensated sum.
    Kahan,
    /// Neumaier's compensated sum.
    Neumaier,
    /// Variance as `(Σx² - (Σx)² / n) / (n - 1)`, by additions from left to right.
    TextbookVariance,
}

impl Method {
    /// All of them.
    pub const ALL: [Method; 5] =
        [Method::LeftToRight, Method::Pairwise, Method::Kahan, Method::Neumaier, Method::TextbookVariance];

    /// Its name in tables and documents.
    pub fn name(self) -> &'static str {
        match self {
            Method::LeftToRight => "left_to_right",
            Method::Pairwise => "pairwise",
            Method::Kahan => "kahan",
            Method::Neumaier => "neumaier",
            Method::TextbookVariance => "textbook_variance",
        }
    }
}

/// What one method gives, and how far that is from the exact value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MethodAudit {
    /// Which.
    pub method: Method,
    /// Its result.
    pub value: f64,
    /// Units in the last place of the correctly rounded result between it and the exact value, itself rounded once:
    /// at most 0.5 where the result is correctly rounded; infinite where the method overflows. `None` where there is no
    /// exact value to compare with (a variance of fewer than two values).
    pub ulps: Option<f64>,
}

/// The entry of a column.
pub(super) fn column(
    field: &Field,
    sums: &Moments<2>,
    magnitudes: &Moments<1>,
    methods: Methods,
) -> ColumnAudit {
    let power = |at: usize| sums.sums().power_sum(at).to_dyadic();
    let (sum, squares) = (power(1), power(2));
    let counts = sums.sums().counts();
    let left_out = counts.nan + counts.positive_infinity + counts.negative_infinity;
    let magnitude = magnitudes.sums().power_sum(1).to_dyadic();
    let count = methods.count;
    let variance = (count > 1).then(|| {
        let n = Dyadic::from(count);
        let freedom = Natural::from(u128::from(count) * u128::from(count - 1));
        Ratio::new(n.mul(&squares).sub(&sum.pow(2)), freedom)
    });
    let condition = condition(&magnitude, &sum);
    let is_zero = sum.is_zero();
    let sum = Ratio::from(sum);
    // A sum of none but -0.0 is -0.0, which no ratio is.
    let rounded = if is_zero && left_out == 0 { sums.sums().sum() } else { sum.to_f64() };
    let audited = |method: Method| {
        let (value, exact) = match method {
            Method::LeftToRight => (methods.left_to_right, Some(&sum)),
            Method::Pairwise => (methods.pairwise(), Some(&sum)),
            Method::Kahan => (methods.kahan(), Some(&sum)),
            Method::Neumaier => (methods.neumaier(), Some(&sum)),
            Method::TextbookVariance => (methods.textbook_variance(), variance.as_ref()),
        };
        MethodAudit { method, value: canonical(value), ulps: exact.map(|exact| ulps(value, exact)) }
    };
    ColumnAudit {
        name: field.name.clone(),
        data_type: field.data_type.clone(),
        count,
        left_out,
        sum: rounded,
        variance: variance.as_ref().map(Ratio::to_f64),
        condition,
        digits_lost: condition.map(digits),
        methods: Method::ALL.map(audited).to_vec(),
    }
}

fn canonical(value: f64) -> f64 {
    if value.is_nan() { f64::from_bits(0x7ff8_0000_0000_0000) } else { value }
}

/// `Σ|x| / |Σx|`.
fn condition(magnitude: &Dyadic, sum: &Dyadic) -> Option<f64> {
    if magnitude.is_zero() {
        return None;
    }
    if sum.is_zero() {
        return Some(f64::INFINITY);
    }
    let exponent = magnitude.exponent() - sum.exponent();
    let numerator = Dyadic::new(false, magnitude.magnitude().clone(), exponent);
    Some(Ratio::new(numerator, sum.magnitude().clone()).to_f64())
}

/// Digits before the point, less one; more than binary64 has are all of them.
fn digits(condition: f64) -> u32 {
    const ALL: u32 = 16;
    (1..=ALL).take_while(|&digits| condition >= 10u64.pow(digits) as f64).count() as u32
}

/// `|value - exact|` in units in the last place of `RN(exact)`.
fn ulps(value: f64, exact: &Ratio) -> f64 {
    let Some(value) = Dyadic::from_f64(value) else { return f64::INFINITY };
    let denominator = Dyadic::from(exact.denominator().clone());
    let error = value.mul(&denominator).sub(exact.numerator());
    let nearest = exact.to_f64().abs();
    // The last place: that of the largest float where the exact value is past the range.
    let field = (nearest.min(f64::MAX).to_bits() >> 52) as i64;
    let last_place = field.max(1) - 1075;
    let scaled = Dyadic::new(false, error.magnitude().clone(), error.exponent() - last_place);
    Ratio::new(scaled, exact.denominator().clone()).to_f64()
}
