//! Chunks as Arrow record batches in memory: what Arrow's C interface hands on.

use std::path::Path;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use super::record_batch::{BatchBuilder, Refused};
use crate::chunk::Chunk;
use crate::error::{Error, Result};
use crate::schema::Schema;

/// What errors name in place of a file.
const NOWHERE: &str = "table";

/// The Arrow schema of `schema`: every column may have nulls, text is `utf8`.
///
/// # Errors
/// [`Error::Unsupported`] for a column of a type that arrcalc does not compute with.
pub fn arrow_schema(schema: &Schema) -> Result<SchemaRef> {
    super::record_batch::arrow_schema(schema, Clone::clone)
        .map_err(|at| super::type_not_written(Path::new(NOWHERE), schema, at))
}

/// The rows of `chunk`, copied once into a batch of `schema`, which is [`arrow_schema`] of the chunk's columns.
///
/// Null slots hold zeros. Cost: the bytes of the rows.
///
/// # Errors
/// [`Error::Unsupported`] for a value that Arrow's type cannot hold: a `time[s]` past 24 hours, or more than 2 GiB of
/// text in one column of the chunk.
///
/// # Panics
/// If the chunk has fewer columns than the schema.
pub fn record_batch(schema: &SchemaRef, chunk: &Chunk<'_>) -> Result<RecordBatch> {
    assert!(chunk.columns.len() >= schema.fields().len(), "a chunk has a column for each field");
    let mut builder = BatchBuilder::with_capacity(SchemaRef::clone(schema), chunk.row_count);
    let path = Path::new(NOWHERE);
    super::in_parts(chunk, 0, |columns, rows| {
        builder.push(columns, rows).map_err(|Refused { column, reason }| {
            super::value_not_written(path, schema.field(column).name(), reason)
        })
    })?;
    builder.take().map_err(|reason| Error::Unsupported { path: path.into(), column: None, reason })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrcalc_kernels::Bits;
    use arrow_array::{Array, BooleanArray, Float64Array, Int64Array, StringArray};

    use super::*;
    use crate::chunk::{Column, Text, Values};
    use crate::schema::{DataType, Field, TimeUnit};

    fn schema(columns: &[(&str, DataType)]) -> Schema {
        let field = |(name, data_type): &(&str, DataType)| Field {
            name: (*name).to_owned(),
            data_type: data_type.clone(),
        };
        Schema { fields: columns.iter().map(field).collect() }
    }

    #[test]
    fn a_chunk_becomes_the_batch_that_arrow_builds_itself() {
        // Over several parts, with nulls that hide values.
        let rows = 10_000usize;
        let floats: Vec<f64> = (0..rows).map(|row| row as f64 / 3.0).collect();
        let integers: Vec<i64> = (0..rows as i64).map(|row| row * row - 7).collect();
        let strings: Vec<String> = (0..rows).map(|row| "é".repeat(row % 5)).collect();
        let slices: Vec<&str> = strings.iter().map(String::as_str).collect();
        let bytes: Vec<u8> = (0..rows.div_ceil(8)).map(|byte| (byte * 37 % 251) as u8).collect();
        let bits = Bits::new(&bytes, 0, rows);
        let column = |values, validity| Column { values, validity };
        let chunk = Chunk {
            first_row: 5,
            row_count: rows,
            columns: vec![
                column(Values::Float64(&floats), None),
                column(Values::Int64(&integers), Some(bits)),
                column(Values::Text(Text::Slices(&slices)), Some(bits)),
                column(Values::Bool(bits), None),
            ],
        };
        let types = [DataType::Float64, DataType::Int64, DataType::String, DataType::Bool];
        let named: Vec<(&str, DataType)> = ["f", "i", "s", "b"].into_iter().zip(types).collect();
        let batch = record_batch(&arrow_schema(&schema(&named)).unwrap(), &chunk).unwrap();
        let kept = |row: usize| bits.get(row);
        let expected: [Arc<dyn Array>; 4] = [
            Arc::new(Float64Array::from(floats.clone())),
            Arc::new(Int64Array::from_iter((0..rows).map(|row| kept(row).then_some(integers[row])))),
            Arc::new(StringArray::from_iter((0..rows).map(|row| kept(row).then_some(slices[row])))),
            Arc::new(BooleanArray::from_iter((0..rows).map(|row| Some(kept(row))))),
        ];
        for (found, expected) in batch.columns().iter().zip(&expected) {
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn no_rows_and_no_columns_are_a_batch_too() {
        let none = Chunk { first_row: 0, row_count: 3, columns: vec![] };
        assert_eq!(record_batch(&arrow_schema(&schema(&[])).unwrap(), &none).unwrap().num_rows(), 3);
        let columns = vec![Column { values: Values::Float64(&[]), validity: None }];
        let empty = Chunk { first_row: 0, row_count: 0, columns };
        let arrow = arrow_schema(&schema(&[("x", DataType::Float64)])).unwrap();
        assert_eq!(record_batch(&arrow, &empty).unwrap().num_rows(), 0);
    }

    #[test]
    fn what_arrow_cannot_hold_is_named() {
        let opaque = schema(&[("x", DataType::Bool), ("l", DataType::Unsupported("list<int8>".into()))]);
        assert!(arrow_schema(&opaque).unwrap_err().to_string().contains("column 'l'"));
        let late = schema(&[("t", DataType::Time(TimeUnit::Second))]);
        let columns = vec![Column { values: Values::Int64(&[1 << 40]), validity: None }];
        let chunk = Chunk { first_row: 0, row_count: 1, columns };
        let error = record_batch(&arrow_schema(&late).unwrap(), &chunk).unwrap_err().to_string();
        assert!(error.contains("column 't'") && error.contains("longer than a day"), "{error}");
    }
}
