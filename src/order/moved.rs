//! Columns of numbers on the move: written part by part by several threads, then put in order within each part.
//!
//! No two threads share a place: each unit of the input has a stretch of its own in each part, which it fills from the
//! front.

use std::sync::{Mutex, PoisonError};

use arrcalc_datasets::{Column, DataType, Values};
use half::f16;

use super::pieces::fresh;
use crate::Scope;
use crate::answer::OwnedColumn;
use crate::error::Result;

/// A column that has been made room for.
pub(super) trait Moved {
    /// Its places by part and unit: `counts[unit][part]` of them.
    fn targets(&mut self, counts: &[Vec<usize>]) -> Box<dyn Scatter + '_>;

    /// Its parts, as long as `sizes` says.
    fn parts(&mut self, sizes: &[usize]) -> Vec<Box<dyn Part + '_>>;

    /// The column of a table.
    fn finish(self: Box<Self>) -> OwnedColumn;
}

/// Takes values to their parts.
pub(super) trait Scatter: Sync {
    /// Takes the next values of `unit`, each to the part beside it.
    fn scatter(&self, unit: usize, values: &Values<'_>, parts: &[u16]);
}

/// The values of one part.
pub(super) trait Part: Send {
    /// To be compared.
    fn lend(&self) -> Column<'_>;

    /// Puts the values at places `order` in that order.
    fn permute(&mut self, order: &[u64]);
}

/// A number with a column type of its own.
pub(super) trait Number: Copy + Default + Send + Sync {
    /// The values, if they are of this type.
    fn slice<'v>(values: &Values<'v>) -> Option<&'v [Self]>;
    /// As values of a column.
    fn lend(values: &[Self]) -> Values<'_>;
}

macro_rules! numbers {
    ($($variant:ident $type:ty),*) => {$(
        impl Number for $type {
            fn slice<'v>(values: &Values<'v>) -> Option<&'v [Self]> {
                if let Values::$variant(values) = values { Some(values) } else { None }
            }
            fn lend(values: &[Self]) -> Values<'_> {
                Values::$variant(values)
            }
        }
    )*};
}

numbers!(Int8 i8, Int16 i16, Int32 i32, Int64 i64, UInt8 u8, UInt16 u16, UInt32 u32, UInt64 u64, Float16 f16,
    Float32 f32, Float64 f64, Decimal128 i128);

/// Bytes of a value of `data_type`; 0 for what is no number.
pub(super) fn width_bytes(data_type: &DataType) -> u64 {
    match data_type {
        DataType::Int8 | DataType::UInt8 => 1,
        DataType::Int16 | DataType::UInt16 | DataType::Float16 => 2,
        DataType::Int32 | DataType::UInt32 | DataType::Float32 | DataType::Date => 4,
        DataType::Int64 | DataType::UInt64 | DataType::Float64 => 8,
        DataType::Time(_) | DataType::Timestamp(..) | DataType::Duration(_) => 8,
        DataType::Decimal128 { .. } => 16,
        _ => 0,
    }
}

/// Room for `rows` values of `data_type`; `None` for what is no number.
///
/// # Errors
/// Cancelling; the deadline.
pub(super) fn room(scope: &Scope<'_>, data_type: &DataType, rows: usize) -> Result<Option<Box<dyn Moved>>> {
    Ok(Some(match data_type {
        DataType::Int8 => Box::new(fresh(scope, 0i8, rows)?),
        DataType::Int16 => Box::new(fresh(scope, 0i16, rows)?),
        DataType::Int32 | DataType::Date => Box::new(fresh(scope, 0i32, rows)?),
        DataType::Int64 | DataType::Time(_) | DataType::Timestamp(..) | DataType::Duration(_) => {
            Box::new(fresh(scope, 0i64, rows)?)
        }
        DataType::UInt8 => Box::new(fresh(scope, 0u8, rows)?),
        DataType::UInt16 => Box::new(fresh(scope, 0u16, rows)?),
        DataType::UInt32 => Box::new(fresh(scope, 0u32, rows)?),
        DataType::UInt64 => Box::new(fresh(scope, 0u64, rows)?),
        DataType::Float16 => Box::new(fresh(scope, f16::ZERO, rows)?),
        DataType::Float32 => Box::new(fresh(scope, 0f32, rows)?),
        DataType::Float64 => Box::new(fresh(scope, 0f64, rows)?),
        DataType::Decimal128 { .. } => Box::new(fresh(scope, 0i128, rows)?),
        _ => return Ok(None),
    }))
}

impl<T: Number> Moved for Vec<T>
where
    OwnedColumn: From<Vec<T>>,
{
    fn targets(&mut self, counts: &[Vec<usize>]) -> Box<dyn Scatter + '_> {
        let parts = counts.first().map_or(0, Vec::len);
        let mut units: Vec<Vec<&mut [T]>> = counts.iter().map(|_| Vec::with_capacity(parts)).collect();
        let mut rest = self.as_mut_slice();
        for part in 0..parts {
            for (unit, counts) in units.iter_mut().zip(counts) {
                let (places, after) = rest.split_at_mut(counts[part]);
                unit.push(places);
                rest = after;
            }
        }
        Box::new(Targets(units.into_iter().map(Mutex::new).collect()))
    }

    fn parts(&mut self, sizes: &[usize]) -> Vec<Box<dyn Part + '_>> {
        let mut rest = self.as_mut_slice();
        let mut parts: Vec<Box<dyn Part + '_>> = Vec::with_capacity(sizes.len());
        for &size in sizes {
            let (part, after) = rest.split_at_mut(size);
            parts.push(Box::new(part));
            rest = after;
        }
        parts
    }

    fn finish(self: Box<Self>) -> OwnedColumn {
        OwnedColumn::from(*self)
    }
}

/// What is left of the places, by unit and part.
struct Targets<'t, T>(Vec<Mutex<Vec<&'t mut [T]>>>);

impl<T: Number> Scatter for Targets<'_, T> {
    fn scatter(&self, unit: usize, values: &Values<'_>, parts: &[u16]) {
        let mut targets = self.0[unit].lock().unwrap_or_else(PoisonError::into_inner);
        let targets = targets.as_mut_slice();
        let Some(values) = T::slice(values) else { return };
        for (&value, &part) in values.iter().zip(parts) {
            let target = &mut targets[usize::from(part)];
            if let Some((place, after)) = std::mem::take(target).split_first_mut() {
                *place = value;
                *target = after;
            }
        }
    }
}

impl<T: Number> Part for &mut [T] {
    fn lend(&self) -> Column<'_> {
        Column { values: T::lend(self), validity: None }
    }

    fn permute(&mut self, order: &[u64]) {
        let before = self.to_vec();
        for (place, &row) in self.iter_mut().zip(order) {
            *place = before[row as usize];
        }
    }
}
