//! Distinct values, in order: which they are, how often and where they occur first, and which of them each row has.
//!
//! The way depends on what the values look like; what comes out does not.
//!
//! | values | way | file |
//! |---|---|---|
//! | whole numbers that lie close together | a bit or a count for each that there could be | `narrow` |
//! | a small part of the rows | numbered by a table, per piece of the rows, then merged | `few` |
//! | many, and no rows are asked for | sorted; each run of equal ones is one | `sorted` |
//! | everything else, text and nulls among it | the rows are sorted; each run of equal ones is one | `ordered` |

mod few;
mod narrow;
mod ordered;
mod sample;
mod sorted;
#[cfg(test)]
mod tests;

use arrcalc_datasets::{Column, DataType, Field, Values};
use arrcalc_kernels::distinct::Restore;

use super::pieces::{PIECE_ROWS, each};
use super::take_column::take;
use super::with_numbers::with_numbers;
use crate::Scope;
use crate::answer::{OwnedColumn, Scalar, Table};
use crate::error::Result;
use sorted::Sorted;

/// What the memory is for, in messages.
const WHAT: &str = "distinct values";

/// Codes that [`count_close`] gives a bit each.
const CLOSE_SPAN: usize = 1 << 22;

/// What [`unique`] finds out beside the values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UniqueParts {
    /// The lowest row of each value.
    pub first_rows: bool,
    /// How often each value occurs.
    pub counts: bool,
}

/// The distinct values of a column, in order.
#[derive(Debug)]
pub struct Unique<'a> {
    column: Column<'a>,
    found: Found,
    /// Whether a null comes after the values; the next two tell of it as well.
    has_null: bool,
    first_rows: Option<Vec<u64>>,
    counts: Option<Vec<u64>>,
}

/// The values that are not null, in one form or another.
#[derive(Debug)]
enum Found {
    /// Ordered codes.
    Codes(Vec<u64>),
    /// Sorted codes, each as often as its value occurs.
    Sorted(Sorted<u64>),
    /// The same, less the lowest.
    Sorted32(Sorted<u32>),
    /// A row of each value of something else than numbers.
    Rows(Vec<u64>),
}

/// A call on the way.
#[derive(Clone, Copy, Debug)]
struct Wanted {
    parts: UniqueParts,
    /// Whether each row is to be told its value's place.
    inverse: bool,
}

/// The distinct values of `column` in ascending order: all NaNs are one, after the numbers; all nulls are one, after
/// everything; zeros of both signs are one, `+0.0`.
///
/// `inverse`, where it is given, gets for each row the place of its value among them.
///
/// Cost: one or two passes where the values lie close together or are few, else that of sorting, with 8 bytes a row.
///
/// # Errors
/// The memory budget; cancelling; the deadline.
///
/// # Panics
/// If `inverse` has not one place for each row.
///
/// # Examples
/// ```
/// use arrcalc::datasets::{Column, DataType, Values};
/// use arrcalc::order::{UniqueParts, unique};
///
/// let column = Column { values: Values::Int64(&[30, 10, 30, 20]), validity: None };
/// arrcalc::Engine::new().scoped(|scope| {
///     let parts = UniqueParts { first_rows: true, counts: true };
///     let mut inverse = [0; 4];
///     let found = unique(scope, column, parts, Some(&mut inverse))?;
///     let mut values = vec![0i64; found.len()];
///     found.write_values(scope, &mut values)?;
///     assert_eq!(values, [10, 20, 30]);
///     assert_eq!(found.counts(scope)?, [1, 1, 2]);
///     assert_eq!(found.first_rows(), Some(&[1, 3, 0][..]));
///     assert_eq!(inverse, [2, 0, 2, 1]);
///     Ok(())
/// })?;
/// # Ok::<(), arrcalc::Error>(())
/// ```
pub fn unique<'a>(
    scope: &Scope<'_>,
    column: Column<'a>,
    parts: UniqueParts,
    inverse: Option<&mut [u64]>,
) -> Result<Unique<'a>> {
    scope.check()?;
    let rows = column.values.len();
    assert!(inverse.as_ref().is_none_or(|inverse| inverse.len() == rows), "a place for each row");
    let column = without_validity(column);
    let wanted = Wanted { parts, inverse: inverse.is_some() };
    if column.validity.is_none() {
        macro_rules! numbers {
            ($values:expr) => {
                return numbers(scope, column, $values, wanted, inverse)
            };
        }
        match column.values {
            Values::Int8(values) => numbers!(values),
            Values::Int16(values) => numbers!(values),
            Values::Int32(values) => numbers!(values),
            Values::Int64(values) => numbers!(values),
            Values::UInt8(values) => numbers!(values),
            Values::UInt16(values) => numbers!(values),
            Values::UInt32(values) => numbers!(values),
            Values::UInt64(values) => numbers!(values),
            Values::Float16(values) => numbers!(values),
            Values::Float32(values) => numbers!(values),
            Values::Float64(values) => numbers!(values),
            Values::Null(_) | Values::Bool(_) | Values::Decimal128(_) | Values::Text(_) => {}
        }
    }
    ordered::unique(scope, column, wanted, inverse)
}

/// The number of distinct values of `column`: all NaNs are one value, nulls are none, zeros of both signs are one.
///
/// Cost: as [`unique`].
///
/// # Errors
/// As [`unique`].
pub fn count_distinct(scope: &Scope<'_>, column: Column<'_>) -> Result<u64> {
    Ok(unique(scope, column, UniqueParts::default(), None)?.value_count() as u64)
}

/// [`count_distinct`] of numbers without nulls that lie close enough together for a bit each, in some MiB of memory; `None` of
/// others.
///
/// # Errors
/// As [`unique`].
pub(crate) fn count_close(scope: &Scope<'_>, column: Column<'_>) -> Result<Option<u64>> {
    fn count<T: Restore>(scope: &Scope<'_>, values: &[T]) -> Result<Option<u64>> {
        let wanted = Wanted { parts: UniqueParts::default(), inverse: false };
        let Some(bounds) = narrow::bounds(scope, values, &sample::look(values), wanted)? else {
            return Ok(None);
        };
        if bounds.span > CLOSE_SPAN {
            return Ok(None);
        }
        Ok(Some(narrow::unique(scope, values, bounds, wanted, None)?.codes.len() as u64))
    }
    if without_validity(column).validity.is_some() {
        return Ok(None);
    }
    with_numbers!(column.values, values => count(scope, values), Ok(None))
}

/// The column, which has a validity only where there are nulls.
fn without_validity(column: Column<'_>) -> Column<'_> {
    let validity = column.validity.filter(|bits| bits.count_ones() < bits.len());
    Column { validity, ..column }
}

/// [`unique`] of numbers without nulls.
fn numbers<'a, T: Restore>(
    scope: &Scope<'_>,
    column: Column<'a>,
    values: &[T],
    wanted: Wanted,
    mut inverse: Option<&mut [u64]>,
) -> Result<Unique<'a>> {
    let look = sample::look(values);
    let answer = |found, first_rows, counts| Unique { column, found, has_null: false, first_rows, counts };
    if let Some(bounds) = narrow::bounds(scope, values, &look, wanted)? {
        let found = narrow::unique(scope, values, bounds, wanted, inverse)?;
        return Ok(answer(Found::Codes(found.codes), found.first_rows, found.counts));
    }
    if look.has_few
        && let Some(found) = few::unique(scope, values, wanted, inverse.as_deref_mut())?
    {
        return Ok(answer(Found::Codes(found.codes), found.first_rows, found.counts));
    }
    if wanted.inverse || wanted.parts.first_rows {
        return ordered::unique(scope, column, wanted, inverse);
    }
    Ok(answer(sorted::sort(scope, values)?, None, None))
}

/// Codes of distinct values in order, and what was asked beside them.
#[derive(Debug, Default)]
struct Codes {
    codes: Vec<u64>,
    first_rows: Option<Vec<u64>>,
    counts: Option<Vec<u64>>,
}

impl Unique<'_> {
    /// How many values there are, a null among them included.
    pub fn len(&self) -> usize {
        self.value_count() + usize::from(self.has_null)
    }

    /// How many values there are that are not null.
    pub fn value_count(&self) -> usize {
        match &self.found {
            Found::Codes(codes) => codes.len(),
            Found::Sorted(sorted) => sorted.len(),
            Found::Sorted32(sorted) => sorted.len(),
            Found::Rows(rows) => rows.len(),
        }
    }

    /// Whether the last of them is null.
    pub fn has_null(&self) -> bool {
        self.has_null
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The lowest row of each value, if it was asked for.
    pub fn first_rows(&self) -> Option<&[u64]> {
        self.first_rows.as_deref()
    }

    /// Writes the values that are not null, of a column of numbers of type `T`.
    ///
    /// # Errors
    /// Cancelling; the deadline.
    ///
    /// # Panics
    /// If there is not one place for each, or the column is not one of numbers.
    pub fn write_values<T: Restore>(&self, scope: &Scope<'_>, out: &mut [T]) -> Result<()> {
        self.write(scope, out, None)
    }

    /// Writes the values as [`Unique::write_values`] does, and how often each of them occurs.
    ///
    /// # Errors
    /// Cancelling; the deadline.
    ///
    /// # Panics
    /// As [`Unique::write_values`]; if there is not one count for each, or counts were not asked for.
    pub fn write_counted<T: Restore>(
        &self,
        scope: &Scope<'_>,
        out: &mut [T],
        counts: &mut [u64],
    ) -> Result<()> {
        assert!(counts.len() == out.len(), "a place for each count");
        self.write(scope, out, Some(counts))
    }

    fn write<T: Restore>(&self, scope: &Scope<'_>, out: &mut [T], counts: Option<&mut [u64]>) -> Result<()> {
        assert!(out.len() == self.value_count(), "a place for each value");
        let codes = match &self.found {
            Found::Sorted(sorted) => return sorted.write(scope, out, counts),
            Found::Sorted32(sorted) => return sorted.write(scope, out, counts),
            Found::Codes(codes) => codes,
            Found::Rows(_) => panic!("a column of numbers"),
        };
        if let Some(counts) = counts {
            let known = self.counts.as_deref().expect("counts were asked for");
            counts.copy_from_slice(&known[..codes.len()]);
        }
        let pieces = out.chunks_mut(PIECE_ROWS).zip(codes.chunks(PIECE_ROWS));
        each(scope, pieces, |_, (out, codes)| {
            out.iter_mut().zip(codes).for_each(|(out, &code)| *out = T::restore(code));
            Ok(())
        })
    }

    /// How often each value occurs.
    ///
    /// # Errors
    /// Cancelling; the deadline.
    ///
    /// # Panics
    /// If counts were not asked for.
    pub fn counts(&self, scope: &Scope<'_>) -> Result<Vec<u64>> {
        match &self.found {
            Found::Sorted(sorted) => sorted.counts(scope),
            Found::Sorted32(sorted) => sorted.counts(scope),
            Found::Codes(_) | Found::Rows(_) => Ok(self.counts.clone().expect("counts were asked for")),
        }
    }

    /// The values, and what was asked beside them, as a table: a row for each value, in order; columns `value`, `count`,
    /// `first_row`.
    ///
    /// # Errors
    /// Cancelling; the deadline.
    pub fn to_table(&self, scope: &Scope<'_>, data_type: &DataType) -> Result<Table> {
        let (mut fields, mut columns) = (Vec::new(), Vec::new());
        let mut add = |name: &str, data_type: DataType, column: OwnedColumn| {
            fields.push(Field { name: name.into(), data_type });
            columns.push(column);
        };
        add("value", data_type.clone(), self.values(scope)?);
        if self.counts.is_some() || matches!(self.found, Found::Sorted(_) | Found::Sorted32(_)) {
            add("count", DataType::UInt64, OwnedColumn::from(self.counts(scope)?));
        }
        if let Some(rows) = &self.first_rows {
            add("first_row", DataType::UInt64, OwnedColumn::from(rows.clone()));
        }
        Ok(Table::from_columns(fields, columns))
    }

    /// The values as a column.
    pub(crate) fn values(&self, scope: &Scope<'_>) -> Result<OwnedColumn> {
        let mut values = if let Found::Rows(rows) = &self.found {
            take(scope, &self.column, rows)?
        } else {
            self.numbers(scope)?
        };
        if self.has_null {
            values.push(&Scalar::Null);
        }
        Ok(values)
    }

    fn numbers(&self, scope: &Scope<'_>) -> Result<OwnedColumn> {
        macro_rules! numbers {
            ($type:ty) => {{
                let mut values = vec![<$type>::restore(0); self.value_count()];
                self.write_values(scope, &mut values)?;
                OwnedColumn::from(values)
            }};
        }
        let values = match self.column.values {
            Values::Int8(_) => numbers!(i8),
            Values::Int16(_) => numbers!(i16),
            Values::Int32(_) => numbers!(i32),
            Values::Int64(_) => numbers!(i64),
            Values::UInt8(_) => numbers!(u8),
            Values::UInt16(_) => numbers!(u16),
            Values::UInt32(_) => numbers!(u32),
            Values::UInt64(_) => numbers!(u64),
            Values::Float16(_) => numbers!(half::f16),
            Values::Float32(_) => numbers!(f32),
            Values::Float64(_) => numbers!(f64),
            _ => OwnedColumn::new(&DataType::Null),
        };
        Ok(values)
    }
}
