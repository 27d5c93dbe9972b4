//! The dot product of two columns.

use arrcalc_datasets::{Chunk, Column, DataType, Values};
use arrcalc_kernels::Level;
use arrcalc_kernels::exact::DotSums;

use crate::aggregate::{Aggregate, Element, Kind, digits};
use crate::answer::Scalar;
use crate::error::Result;

use super::no_such;

/// Exact `Σ a·b` over the rows where neither is null.
///
/// Products of floats are exact; integers of 64 bits are cut into two floats each, whose four products are. Of two
/// integer columns the result is an integer; of two columns of float32 or float16 it is float32; otherwise float64,
/// rounded once.
#[derive(Clone, Debug, PartialEq)]
pub struct Dot {
    kinds: [Kind; 2],
    is_narrow: bool,
    sums: DotSums,
}

/// Integers up to here are floats.
const EXACT_INTEGER: u64 = 1 << f64::MANTISSA_DIGITS;
/// Where longer integers are cut: both parts then have fewer digits than a float.
const CUT: i128 = 1 << 32;

impl Dot {
    /// The state of no pairs of values of these types.
    ///
    /// # Errors
    /// [`crate::Error::Request`] for types that are neither numbers nor truth values.
    pub fn new(a: &DataType, b: &DataType) -> Result<Self> {
        let kind = |data_type: &DataType| match Kind::of(data_type) {
            kind @ (Kind::Float | Kind::Signed | Kind::Unsigned) if data_type.is_numeric() => Ok(kind),
            _ => Err(no_such("dot product", data_type)),
        };
        let is_narrow =
            |data_type: &DataType| matches!(data_type, DataType::Float16 | DataType::Float32);
        Ok(Self { kinds: [kind(a)?, kind(b)?], is_narrow: is_narrow(a) && is_narrow(b), sums: DotSums::new() })
    }

    /// The dot product. An integer that no machine type holds is a `Scalar::Decimal` of scale 0.
    pub fn dot(&self) -> Scalar {
        if !self.kinds.contains(&Kind::Float) {
            let sum = self.sums.exact_sum().to_dyadic();
            let magnitude = sum.magnitude().shl(sum.exponent().max(0) as u64);
            let magnitude = magnitude.shr(sum.exponent().min(0).unsigned_abs());
            let text = format!("{}{}", if sum.is_negative() { "-" } else { "" }, digits(&magnitude));
            let integer = text.parse().map(Scalar::Integer);
            return integer.unwrap_or(Scalar::Decimal { unscaled: text, scale: 0 });
        }
        if self.is_narrow { Scalar::Float32(self.sums.dot_as()) } else { Scalar::Float64(self.sums.dot()) }
    }

    /// Takes in pairs, each factor perhaps in two parts.
    fn take(&mut self, level: Level, a: &Parts, b: &Parts) {
        self.sums.update_f64(level, &a.high, &b.high);
        if !a.has_low && !b.has_low {
            return;
        }
        // Long integers: what is left of each, times the other. Parts of one integer have one sign, and zeros are
        // left out, so that an infinity on the other side stays what it is.
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for row in 0..a.high.len() {
            for (x, y) in [(a.low[row], b.high[row]), (a.high[row], b.low[row]), (a.low[row], b.low[row])] {
                if x != 0.0 && y != 0.0 && x.is_finite() && y.is_finite() {
                    left.push(x);
                    right.push(y);
                }
            }
        }
        self.sums.update_f64(level, &left, &right);
    }
}

/// The values of a chunk as floats `high + low`, exactly.
#[derive(Default)]
struct Parts {
    high: Vec<f64>,
    low: Vec<f64>,
    has_low: bool,
}

impl Parts {
    /// All rows of a column; those of nulls hold anything.
    fn of(level: Level, kind: Kind, column: &Column<'_>) -> Self {
        let column = Column { values: column.values, validity: None };
        let mut parts = Self::default();
        match kind {
            Kind::Float => f64::blocks(level, &column, |block| parts.high.extend_from_slice(block.values)),
            Kind::Unsigned => parts.read_integers::<u64>(level, &column),
            _ => parts.read_integers::<i64>(level, &column),
        }
        parts.low.resize(parts.high.len(), 0.0);
        parts
    }

    fn read_integers<E: Element + Into<i128>>(&mut self, level: Level, column: &Column<'_>) {
        E::blocks(level, column, |block| {
            for &value in block.values {
                let value: i128 = value.into();
                let is_short = value.unsigned_abs() <= u128::from(EXACT_INTEGER);
                // Towards zero, so that both parts have the integer's sign.
                let low = if is_short { 0 } else { value % CUT };
                self.high.push((value - low) as f64);
                self.low.push(low as f64);
                self.has_low |= low != 0;
            }
        });
    }

    /// Keeps only `rows`.
    fn keep(&mut self, rows: &[usize]) {
        for values in [&mut self.high, &mut self.low] {
            rows.iter().enumerate().for_each(|(to, &from)| values[to] = values[from]);
            values.truncate(rows.len());
        }
    }
}

impl Aggregate for Dot {
    type Answer = Scalar;

    /// Takes in the first two columns of `chunk`.
    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        let [a, b] = [&chunk.columns[0], &chunk.columns[1]];
        if let (Values::Float64(x), Values::Float64(y), None, None) = (a.values, b.values, a.validity, b.validity) {
            return self.sums.update_f64(level, x, y);
        }
        let mut x = Parts::of(level, self.kinds[0], a);
        let mut y = Parts::of(level, self.kinds[1], b);
        if a.validity.is_some() || b.validity.is_some() {
            let is_valid = |column: &Column<'_>, row| column.validity.is_none_or(|bits| bits.get(row));
            let rows: Vec<usize> =
                (0..chunk.row_count).filter(|&row| is_valid(a, row) && is_valid(b, row)).collect();
            x.keep(&rows);
            y.keep(&rows);
        }
        self.take(level, &x, &y);
    }

    fn merge(&mut self, other: &Self) {
        self.sums.merge(&other.sums);
    }

    fn finish(&self) -> Scalar {
        self.dot()
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.sums.to_bytes()
    }
}
