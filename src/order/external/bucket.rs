//! Buckets back from disk: read, put into row order, sorted.

use arrcalc_datasets::{DataType, Field, Spill};
use arrcalc_kernels::OrderKey;

use super::super::keys::sort_keys;
use super::super::{TableKey, sort_table};
use super::distribute::Bucket;
use super::runs;
use crate::Scope;
use crate::answer::{OwnedColumn, Table};
use crate::error::Result;

/// Reads the rows of `bucket`, in their order in the table; `bytes` is memory to read into, which is used again.
pub(super) fn load(spill: &Spill, bucket: &Bucket, fields: &[Field], bytes: &mut Vec<u8>) -> Result<Table> {
    bytes.resize(bucket.byte_count() as usize, 0);
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
pub(super) fn sorted(scope: &Scope<'_>, table: Table, keys: &[TableKey]) -> Result<Table> {
    match alone(scope, &table, keys)? {
        Some(sorted) => Ok(sorted),
        None => sort_table(scope, &table, keys),
    }
}

/// A table that is one column of whole numbers without nulls: equal rows are the same bits, so the numbers are sorted
/// themselves.
fn alone(scope: &Scope<'_>, table: &Table, keys: &[TableKey]) -> Result<Option<Table>> {
    use arrcalc_datasets::Values;
    let (chunk, [key]) = (table.lend(), keys) else { return Ok(None) };
    let [column] = chunk.columns.as_slice() else { return Ok(None) };
    if column.validity.is_some() {
        return Ok(None);
    }
    macro_rules! numbers {
        ($values:expr, $wide:ty, $type:ty) => {{
            let words = $values.iter().map(|&value| <$wide>::from(value).key()).collect();
            let sorted = words_sorted(scope, words, key.descending)?;
            sorted.map(|word| <$wide>::from_key(word) as $type).collect::<Vec<_>>().into()
        }};
    }
    let column = match column.values {
        Values::Int8(values) => numbers!(values, i64, i8),
        Values::Int16(values) => numbers!(values, i64, i16),
        Values::Int32(values) => numbers!(values, i64, i32),
        Values::Int64(values) => numbers!(values, i64, i64),
        Values::UInt8(values) => numbers!(values, u64, u8),
        Values::UInt16(values) => numbers!(values, u64, u16),
        Values::UInt32(values) => numbers!(values, u64, u32),
        Values::UInt64(values) => numbers!(values, u64, u64),
        // Zeros of both signs are equal and stay in their order, as NaNs do.
        Values::Float64(values) if values.iter().all(|x| !x.is_nan() && x.to_bits() != 1 << 63) => {
            numbers!(values, f64, f64)
        }
        _ => return Ok(None),
    };
    Ok(Some(Table::from_columns(table.fields().to_vec(), vec![column])))
}

fn words_sorted(
    scope: &Scope<'_>,
    mut words: Vec<u64>,
    descending: bool,
) -> Result<impl Iterator<Item = u64>> {
    if descending {
        words.iter_mut().for_each(|word| *word = !*word);
    }
    sort_keys(scope, &mut words)?;
    Ok(words.into_iter().map(move |word| if descending { !word } else { word }))
}
