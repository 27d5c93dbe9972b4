//! Values of an ordered column, exactly, whatever their type: what is computed between order statistics.

use arrcalc_kernels::exact::Dyadic;

/// A value that is not NaN; copied where selections copy values, so it stays in its machine type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Extended {
    Float(f64),
    Integer(i128),
}

impl Extended {
    /// The exact value; `None` for an infinity.
    pub(super) fn exact(self) -> Option<Dyadic> {
        match self {
            Extended::Float(value) => Dyadic::from_f64(value),
            Extended::Integer(value) => Some(Dyadic::from(value)),
        }
    }

    /// The infinity that it is, or some finite float.
    pub(super) fn infinity(self) -> f64 {
        match self {
            Extended::Float(value) if value.is_infinite() => value,
            _ => 0.0,
        }
    }
}

impl From<f64> for Extended {
    fn from(value: f64) -> Self {
        Extended::Float(value)
    }
}

impl From<i64> for Extended {
    fn from(value: i64) -> Self {
        Extended::Integer(value.into())
    }
}

impl From<i128> for Extended {
    fn from(value: i128) -> Self {
        Extended::Integer(value)
    }
}

impl From<u64> for Extended {
    fn from(value: u64) -> Self {
        Extended::Integer(value.into())
    }
}
