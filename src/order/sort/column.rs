//! Sorting of a column of any type, nulls apart.

use arrcalc_datasets::{Column, Field, Text, Values};
use arrcalc_kernels::Bits;

use super::{Direction, Sort, sort, text};
use crate::Scope;
use crate::answer::Table;
use crate::error::Result;

/// Where nulls stand, in both directions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Nulls {
    /// Before all values.
    First,
    /// After all values, NaNs included.
    #[default]
    Last,
}

/// The values of `column` in order, as a table of one column, `field`. Text is ordered by its bytes, which is the order of
/// code points.
///
/// Cost: a copy of the values, and that of [`sort()`]; text is compared.
///
/// # Errors
/// Memory; cancelling; the deadline.
pub fn sort_column(
    scope: &Scope<'_>,
    field: &Field,
    column: &Column<'_>,
    direction: Direction,
    nulls: Nulls,
) -> Result<Table> {
    let rows = column.values.len();
    let _copy = scope.budget().reserve("a column to sort", 32 * rows as u64)?;
    let validity = column.validity;
    let descending = direction == Direction::Descending;
    macro_rules! numbers {
        ($variant:ident, $values:expr) => {{
            let values = sorted($values, validity, scope, direction)?;
            table(field, Values::$variant(&values), rows, nulls)
        }};
    }
    Ok(match column.values {
        Values::Null(_) => table(field, Values::Null(0), rows, nulls),
        Values::Bool(bits) => {
            let mut values: Vec<u8> = valid(rows, validity).map(|row| u8::from(bits.get(row))).collect();
            sort(scope, &mut values, direction)?;
            let mut bytes = vec![0u8; values.len().div_ceil(8)];
            values.iter().enumerate().for_each(|(row, value)| bytes[row / 8] |= value << (row % 8));
            table(field, Values::Bool(Bits::new(&bytes, 0, values.len())), rows, nulls)
        }
        Values::Int8(values) => numbers!(Int8, values),
        Values::Int16(values) => numbers!(Int16, values),
        Values::Int32(values) => numbers!(Int32, values),
        Values::Int64(values) => numbers!(Int64, values),
        Values::UInt8(values) => numbers!(UInt8, values),
        Values::UInt16(values) => numbers!(UInt16, values),
        Values::UInt32(values) => numbers!(UInt32, values),
        Values::UInt64(values) => numbers!(UInt64, values),
        Values::Float16(values) => numbers!(Float16, values),
        Values::Float32(values) => numbers!(Float32, values),
        Values::Float64(values) => numbers!(Float64, values),
        Values::Decimal128(values) => {
            let mut values: Vec<i128> = valid(rows, validity).map(|row| values[row]).collect();
            values.sort_unstable();
            if descending {
                values.reverse();
            }
            table(field, Values::Decimal128(&values), rows, nulls)
        }
        Values::Text(given) => {
            let strings = valid(rows, validity).map(|row| given.bytes(row)).collect();
            let strings = text::sorted(scope, strings, descending)?;
            let (mut offsets, mut data) = (Vec::with_capacity(strings.len() + 1), Vec::new());
            let bytes = strings.iter().map(|string| string.len()).sum::<usize>();
            let _text = scope.budget().reserve("text in order", bytes as u64)?;
            data.reserve_exact(bytes);
            offsets.push(0);
            for string in strings {
                data.extend_from_slice(string);
                offsets.push(data.len() as i64);
            }
            table(field, Values::Text(Text::Offsets64 { offsets: &offsets, data: &data }), rows, nulls)
        }
    })
}

/// The rows that are not null.
fn valid<'b>(rows: usize, validity: Option<Bits<'b>>) -> impl Iterator<Item = usize> + 'b {
    (0..rows).filter(move |row| validity.is_none_or(|bits| bits.get(*row)))
}

fn sorted<T: Sort>(
    values: &[T],
    validity: Option<Bits<'_>>,
    scope: &Scope<'_>,
    direction: Direction,
) -> Result<Vec<T>> {
    let mut kept: Vec<T> = match validity {
        None => values.to_vec(),
        Some(_) => valid(values.len(), validity).map(|row| values[row]).collect(),
    };
    sort(scope, &mut kept, direction)?;
    Ok(kept)
}

/// `values` and as many nulls as there are rows left.
fn table(field: &Field, values: Values<'_>, rows: usize, nulls: Nulls) -> Table {
    let (found, missing) = (values.len(), rows - values.len());
    let values = Column { values, validity: None };
    let absent = Column { values: Values::Null(missing), validity: None };
    let mut table = Table::with_capacity(vec![field.clone()], rows);
    if nulls == Nulls::First {
        table.extend(&[absent], missing);
    }
    table.extend(&[values], found);
    if nulls == Nulls::Last {
        table.extend(&[absent], missing);
    }
    table
}
