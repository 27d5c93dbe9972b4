//! `iqr`.

use arrcalc_datasets::DataType;
use arrcalc_kernels::exact::{Dyadic, Ratio};
use arrcalc_kernels::select::Selected;
use arrcalc_kernels::select::quantile::Position;

use crate::answer::Scalar;
use crate::error::{Error, Result};

use super::extended::Extended;
use super::kind::{float_value, scale};
use super::pairs::is_narrow;
use super::quantile::DEFAULT_MEMORY_BYTES;
use super::quotient::result;
use super::{NanPolicy, OrderState, Probability, QuantileMethod, Rounds, Step, ranks};

/// Interquartile range of the first column of the chunks: `RN(Q3 - Q1)`, the quartiles by linear interpolation.
///
/// Neither quartile is rounded before they are subtracted. Types: numbers; binary32 for binary32 and
/// binary16, else binary64. Special values: a NaN gives NaN unless it is ignored; infinite quartiles as IEEE 754
/// subtracts them; no values give null.
/// Class: rounds. Cost: as [`super::Quantiles`], two passes as a rule.
#[derive(Clone, Debug)]
pub struct Iqr {
    data_type: DataType,
    nan: NanPolicy,
    memory_bytes: usize,
}

impl Iqr {
    /// The interquartile range of a column of `data_type`.
    ///
    /// # Errors
    /// [`Error::Request`] for types without it.
    pub fn new(data_type: &DataType, nan: NanPolicy) -> Result<Self> {
        check_type("iqr", data_type)?;
        Ok(Self { data_type: data_type.clone(), nan, memory_bytes: DEFAULT_MEMORY_BYTES })
    }

    /// Passes may collect `bytes`; fewer bytes may mean more passes, never another answer.
    pub fn memory_bytes(mut self, bytes: usize) -> Self {
        self.memory_bytes = bytes;
        self
    }

    fn positions(n: u64) -> [Position; 2] {
        ["0.25", "0.75"].map(|q| {
            let q = Probability::parse(q).unwrap_or_else(|| unreachable!("quarters are probabilities"));
            QuantileMethod::Linear.position(&q, n)
        })
    }

    fn read(&self, selected: &Selected<Extended>) -> Scalar {
        if self.nan == NanPolicy::Propagate && selected.nan > 0 {
            return float_value(&self.data_type, f64::from_bits(0x7ff8_0000_0000_0000));
        }
        if selected.numbers == 0 {
            return Scalar::Null;
        }
        let [low, high] = Self::positions(selected.numbers).map(|position| quartile(&position, selected));
        match (low, high) {
            (Some(Ok(low)), Some(Ok(high))) => {
                let exact = difference(&high, &low).scaled(scale(&self.data_type).into());
                result(is_narrow(&self.data_type), &exact)
            }
            (Some(low), Some(high)) => {
                let special = |quartile: std::result::Result<Ratio, f64>| quartile.err().unwrap_or(0.0);
                let value = special(high) - special(low);
                let nan = f64::from_bits(0x7ff8_0000_0000_0000);
                float_value(&self.data_type, if value.is_nan() { nan } else { value })
            }
            _ => Scalar::Null,
        }
    }
}

/// Numbers alone.
pub(super) fn check_type(name: &str, data_type: &DataType) -> Result<()> {
    if data_type.is_numeric() || *data_type == DataType::Null {
        return Ok(());
    }
    Err(Error::Request { reason: format!("no {name} of values of type {data_type}") })
}

/// The exact quartile, or the infinity or NaN that stands for it; `None` where it was not asked for.
fn quartile(position: &Position, selected: &Selected<Extended>) -> Option<std::result::Result<Ratio, f64>> {
    let (lower, upper) = (selected.at(position.lower())?, selected.at(position.upper())?);
    Some(match (lower.exact(), upper.exact()) {
        (Some(lower), Some(upper)) => Ok(position.ratio(lower, upper)),
        // Of opposite signs: NaN. The same: itself.
        (None, None) if lower != upper => Err(lower.infinity() + upper.infinity()),
        (None, _) => Err(lower.infinity()),
        (_, None) => Err(upper.infinity()),
    })
}

fn difference(high: &Ratio, low: &Ratio) -> Ratio {
    let (a, b) = (Dyadic::from(high.denominator().clone()), Dyadic::from(low.denominator().clone()));
    let numerator = high.numerator().mul(&b).sub(&low.numerator().mul(&a));
    Ratio::new(numerator, high.denominator().mul(low.denominator()))
}

impl Rounds for Iqr {
    type State = OrderState;
    type Answer = Scalar;

    fn first(&self) -> OrderState {
        OrderState::empty(&self.data_type, self.memory_bytes)
    }

    fn next(&self, merged: OrderState) -> Step<OrderState, Scalar> {
        match merged.advance(|n| Self::positions(n).iter().flat_map(ranks).collect()) {
            Step::Again(state) => Step::Again(state),
            Step::Done(selected) => Step::Done(self.read(&selected)),
        }
    }
}
