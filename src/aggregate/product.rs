//! `product`.

use arrcalc_datasets::{Chunk, Column, DataType};
use arrcalc_kernels::Level;

use crate::answer::Scalar;
use crate::error::{Error, Result};

use super::product_tree::ProductTree;
use super::{Aggregate, Element, Kind, NanPolicy};

/// Product of the values of the first column of the chunks that are not null; 1 of none.
///
/// Floats: in binary64, by a tree that is fixed by the values' absolute rows, nulls counting as 1; binary32 is rounded
/// once at the end. Integers and bool: exact, and 0 where any value is 0, whatever the size of the rest.
/// Special values: as IEEE 754's multiplication; the NaN is the canonical one.
/// Class: positioned for floats, exact for integers. Cost: one pass; a multiplication a row.
#[derive(Clone, Debug)]
pub struct Product {
    data_type: DataType,
    nan: NanPolicy,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    Float(ProductTree),
    Integer(IntegerProduct),
}

/// Every magnitude but 0 is at least 1, so once the product is past 64 bits it stays there, in any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct IntegerProduct {
    has_zero: bool,
    is_negative: bool,
    /// Product of the magnitudes that are not zero; `None`: past 64 bits.
    magnitude: Option<u64>,
}

impl IntegerProduct {
    const ONE: Self = Self { has_zero: false, is_negative: false, magnitude: Some(1) };

    fn multiply(&mut self, other: Self) {
        self.has_zero |= other.has_zero;
        self.is_negative ^= other.is_negative;
        self.magnitude =
            self.magnitude.zip(other.magnitude).and_then(|(mine, theirs)| mine.checked_mul(theirs));
    }

    fn push(&mut self, value: impl Into<i128>) {
        let value: i128 = value.into();
        let magnitude = Some(u64::try_from(value.unsigned_abs()).unwrap_or(u64::MAX).max(1));
        self.multiply(Self { has_zero: value == 0, is_negative: value < 0, magnitude });
    }
}

impl Product {
    /// The empty state for a column of `data_type`.
    ///
    /// # Errors
    /// [`Error::Request`] unless it is one of floats, integers or bool.
    pub fn new(data_type: &DataType, nan: NanPolicy) -> Result<Self> {
        let state = match Kind::of(data_type) {
            Kind::Float => State::Float(ProductTree::new()),
            Kind::Signed | Kind::Unsigned if data_type.is_numeric() => State::Integer(IntegerProduct::ONE),
            Kind::Null => State::Integer(IntegerProduct::ONE),
            _ => {
                return Err(Error::Request { reason: format!("no product of values of type {data_type}") });
            }
        };
        Ok(Self { data_type: data_type.clone(), nan, state })
    }

    /// The product, or why it cannot be told.
    ///
    /// # Errors
    /// [`Error::Overflow`] for integers past 64 bits.
    pub(super) fn read(&self, result_type: &DataType) -> Result<Scalar> {
        match &self.state {
            State::Float(tree) => Ok(super::kind::float_value(&self.data_type, tree.finish())),
            State::Integer(IntegerProduct { has_zero: true, .. }) => Ok(Scalar::Integer(0)),
            State::Integer(IntegerProduct { magnitude: Some(magnitude), is_negative, .. }) => {
                let magnitude = i128::from(*magnitude);
                let value = Scalar::Integer(if *is_negative { -magnitude } else { magnitude });
                super::fit::fit_integers("product", result_type, value)
            }
            State::Integer(IntegerProduct { is_negative, .. }) => {
                let value = if *is_negative { "of -2^64 or less" } else { "of 2^64 or more" };
                Err(super::fit::overflow("product", value.into(), result_type))
            }
        }
    }
}

/// Rows of `column` as factors: 1 for nulls and for NaNs that are ignored.
fn factors(level: Level, column: &Column<'_>, rows: usize, nan: NanPolicy) -> Vec<f64> {
    let mut factors = vec![1.0; rows];
    f64::blocks(level, column, |block| {
        for (index, &value) in block.values.iter().enumerate() {
            factors[block.row(index)] = value;
        }
    });
    if nan == NanPolicy::Ignore {
        factors.iter_mut().filter(|value| value.is_nan()).for_each(|value| *value = 1.0);
    }
    factors
}

impl Aggregate for Product {
    type Answer = Result<Scalar>;

    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        let column = &chunk.columns[0];
        match &mut self.state {
            State::Float(tree) => {
                if let (arrcalc_datasets::Values::Float64(values), None, NanPolicy::Propagate) =
                    (column.values, column.validity, self.nan)
                {
                    return tree.push(chunk.first_row, values);
                }
                tree.push(chunk.first_row, &factors(level, column, chunk.row_count, self.nan));
            }
            State::Integer(product) => match Kind::of(&self.data_type) {
                Kind::Unsigned => {
                    u64::blocks(level, column, |block| block.values.iter().for_each(|&x| product.push(x)));
                }
                Kind::Signed => {
                    i64::blocks(level, column, |block| block.values.iter().for_each(|&x| product.push(x)));
                }
                _ => {}
            },
        }
    }

    fn merge(&mut self, other: &Self) {
        match (&mut self.state, &other.state) {
            (State::Float(mine), State::Float(theirs)) => mine.merge(theirs),
            (State::Integer(mine), State::Integer(theirs)) => mine.multiply(*theirs),
            _ => panic!("states of columns of different types do not merge"),
        }
    }

    fn finish(&self) -> Result<Scalar> {
        self.read(&super::fit::sum_type(&self.data_type))
    }

    fn to_bytes(&self) -> Vec<u8> {
        match &self.state {
            State::Float(tree) => tree.to_bytes(),
            State::Integer(IntegerProduct { has_zero, is_negative, magnitude }) => {
                let mut bytes = vec![u8::from(*has_zero), u8::from(*is_negative)];
                bytes.extend(magnitude.unwrap_or(0).to_le_bytes());
                bytes
            }
        }
    }

    fn heap_bytes(&self) -> usize {
        if let State::Float(tree) = &self.state { tree.heap_bytes() } else { 0 }
    }
}
