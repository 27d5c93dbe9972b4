//! Buckets back from disk: read, put into row order, sorted.

use arrcalc_datasets::{DataType, Field, Spill};
use arrcalc_kernels::OrderKey;

use super::super::rows::{SortKey, sorted_rows};
use super::Key;
use super::distribute::Bucket;
use super::runs;
use crate::answer::{OwnedColumn, Table};
use crate::error::Result;

/// Reads the rows of `bucket`, in their order in the table.
pub(super) fn load(spill: &Spill, bucket: &Bucket, fields: &[Field]) -> Result<Table> {
    let mut bytes = vec![0; bucket.byte_count() as usize];
    let mut found = Vec::new();
    let mut start = 0;
    for piece in &bucket.pieces {
        let end = start + piece.len as usize;
        spill.read(piece.offset, &mut bytes[start..end])?;
        found.extend(
            runs::runs(&bytes[start..end])
                .into_iter()
                .map(|run| runs::Run { body: run.body.start + start..run.body.end + start, ..run }),
        );
        start = end;
    }
    found.sort_unstable_by_key(|run| run.first_row);
    let types: Vec<DataType> = fields.iter().map(|field| field.data_type.clone()).collect();
    let mut columns: Vec<OwnedColumn> = types.iter().map(OwnedColumn::new).collect();
    columns.iter_mut().for_each(|column| column.reserve(bucket.rows as usize));
    for run in &found {
        runs::read(&bytes[run.body.clone()], run.rows, &types, &mut columns);
    }
    Ok(Table::from_columns(fields.to_vec(), columns))
}

/// The rows of `table` in the order of `keys`; equal ones stay in theirs.
pub(super) fn sorted(table: Table, keys: &[Key]) -> Table {
    match alone(&table, keys) {
        Some(sorted) => sorted,
        None => {
            let chunk = table.lend();
            let sort_key = |key: &Key| SortKey {
                column: chunk.columns[key.column],
                descending: key.descending,
                nulls_first: key.nulls_first,
            };
            let sort_keys: Vec<SortKey<'_>> = keys.iter().map(sort_key).collect();
            table.take(&sorted_rows(&sort_keys, table.row_count()))
        }
    }
}

/// A table that is one column of whole numbers without nulls: equal rows are the same bits, so the numbers are sorted
/// themselves.
fn alone(table: &Table, keys: &[Key]) -> Option<Table> {
    use arrcalc_datasets::Values;
    let (chunk, [key]) = (table.lend(), keys) else { return None };
    let [column] = chunk.columns.as_slice() else { return None };
    if column.validity.is_some() {
        return None;
    }
    macro_rules! numbers {
        ($values:expr) => {{
            let mut values = $values.to_vec();
            values.sort_unstable();
            if key.descending {
                values.reverse();
            }
            OwnedColumn::from(values)
        }};
    }
    let column = match column.values {
        Values::Int8(values) => numbers!(values),
        Values::Int16(values) => numbers!(values),
        Values::Int32(values) => numbers!(values),
        Values::Int64(values) => numbers!(values),
        Values::UInt8(values) => numbers!(values),
        Values::UInt16(values) => numbers!(values),
        Values::UInt32(values) => numbers!(values),
        Values::UInt64(values) => numbers!(values),
        Values::Float64(values) if values.iter().all(|x| !x.is_nan() && !x.is_negative_zero()) => {
            let mut words: Vec<u64> = values.iter().map(|x| x.key()).collect();
            words.sort_unstable();
            if key.descending {
                words.reverse();
            }
            OwnedColumn::from(words.into_iter().map(f64::from_key).collect::<Vec<_>>())
        }
        _ => return None,
    };
    Some(Table::from_columns(table.fields().to_vec(), vec![column]))
}
