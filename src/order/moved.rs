//! Columns of numbers on the move: written part by part by several threads, then put in order within each part.
//!
//! No two threads share a place: each unit of the input has a stretch of its own in each part, which it fills from the
//! front.

use std::slice::IterMut;
use std::sync::{Mutex, PoisonError};

use arrcalc_datasets::{Column, DataType, Pod, Values};
use half::f16;

use super::part::Spare;
use super::pieces::{PAGE_BYTES, PIECE_ROWS, each, fresh};
use crate::Scope;
use crate::answer::{Numbers, OwnedColumn};
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
    fn permute(&mut self, order: Places<'_>, spare: &mut Spare);

    /// [`Part::permute`] by all threads.
    ///
    /// # Errors
    /// The memory budget; cancelling; the deadline.
    fn permute_together(&mut self, scope: &Scope<'_>, order: &[u64]) -> Result<()>;
}

/// Places in a part.
#[derive(Clone, Copy)]
pub(super) enum Places<'p> {
    Narrow(&'p [u16]),
    Wide(&'p [u64]),
}

/// A number with a column type of its own.
pub(super) trait Number: Pod + Default + Send + Sync {
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
        DataType::Int8 => of::<i8>(scope, rows)?,
        DataType::Int16 => of::<i16>(scope, rows)?,
        DataType::Int32 | DataType::Date => of::<i32>(scope, rows)?,
        DataType::Int64 | DataType::Time(_) | DataType::Timestamp(..) | DataType::Duration(_) => {
            of::<i64>(scope, rows)?
        }
        DataType::UInt8 => of::<u8>(scope, rows)?,
        DataType::UInt16 => of::<u16>(scope, rows)?,
        DataType::UInt32 => of::<u32>(scope, rows)?,
        DataType::UInt64 => of::<u64>(scope, rows)?,
        DataType::Float16 => of::<f16>(scope, rows)?,
        DataType::Float32 => of::<f32>(scope, rows)?,
        DataType::Float64 => of::<f64>(scope, rows)?,
        DataType::Decimal128 { .. } => of::<i128>(scope, rows)?,
        _ => return Ok(None),
    }))
}

/// Room that the threads have taken hold of side by side, as [`fresh`] does, and for the same reason.
fn of<T: Number>(scope: &Scope<'_>, rows: usize) -> Result<Box<dyn Moved>>
where
    OwnedColumn: From<Numbers<T>>,
{
    let mut values = Numbers::<T>::room(rows);
    let page_len = PAGE_BYTES / size_of::<T>();
    each(scope, values.chunks_mut(16 * PIECE_ROWS), |_, piece| {
        piece.chunks_mut(page_len).for_each(|page| page[0] = T::default());
        Ok(())
    })?;
    Ok(Box::new(values))
}

impl<T: Number> Moved for Numbers<T>
where
    OwnedColumn: From<Numbers<T>>,
{
    fn targets(&mut self, counts: &[Vec<usize>]) -> Box<dyn Scatter + '_> {
        let parts = counts.first().map_or(0, Vec::len);
        let mut units: Vec<Vec<IterMut<'_, T>>> = counts.iter().map(|_| Vec::with_capacity(parts)).collect();
        let mut rest: &mut [T] = self;
        for part in 0..parts {
            for (unit, counts) in units.iter_mut().zip(counts) {
                let (places, after) = rest.split_at_mut(counts[part]);
                unit.push(places.iter_mut());
                rest = after;
            }
        }
        Box::new(Targets(units.into_iter().map(Mutex::new).collect()))
    }

    fn parts(&mut self, sizes: &[usize]) -> Vec<Box<dyn Part + '_>> {
        let mut rest: &mut [T] = self;
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
struct Targets<'t, T>(Vec<Mutex<Vec<IterMut<'t, T>>>>);

impl<T: Number> Scatter for Targets<'_, T> {
    fn scatter(&self, unit: usize, values: &Values<'_>, parts: &[u16]) {
        let mut targets = self.0[unit].lock().unwrap_or_else(PoisonError::into_inner);
        let targets = targets.as_mut_slice();
        let Some(values) = T::slice(values) else { return };
        for (&value, &part) in values.iter().zip(parts) {
            if let Some(place) = targets[usize::from(part)].next() {
                *place = value;
            }
        }
    }
}

impl<T: Number> Part for &mut [T] {
    fn lend(&self) -> Column<'_> {
        Column { values: T::lend(self), validity: None }
    }

    fn permute(&mut self, order: Places<'_>, spare: &mut Spare) {
        let own;
        let before = match spare.copy(self) {
            Some(copy) => copy,
            None => {
                own = self.to_vec();
                &own
            }
        };
        match order {
            Places::Narrow(order) => gather(self, before, order.iter().map(|&place| place.into())),
            Places::Wide(order) => gather(self, before, order.iter().map(|&place| place as usize)),
        }
    }

    fn permute_together(&mut self, scope: &Scope<'_>, order: &[u64]) -> Result<()> {
        let _copy = scope.budget().reserve("a copy of a column", size_of_val(*self) as u64)?;
        let mut before = fresh(scope, T::default(), self.len())?;
        each(scope, before.chunks_mut(PIECE_ROWS).zip(self.chunks(PIECE_ROWS)), |_, (copy, values)| {
            copy.copy_from_slice(values);
            Ok(())
        })?;
        each(scope, self.chunks_mut(PIECE_ROWS).zip(order.chunks(PIECE_ROWS)), |_, (values, order)| {
            gather(values, &before, order.iter().map(|&place| place as usize));
            Ok(())
        })
    }
}

/// The values at `places`, in that order.
fn gather<T: Copy>(values: &mut [T], before: &[T], places: impl Iterator<Item = usize>) {
    values.iter_mut().zip(places).for_each(|(value, place)| *value = before[place]);
}
