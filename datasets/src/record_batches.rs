//! Arrow record batches in memory as a source.

use std::path::{Path, PathBuf};

use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType as Arrow;

use crate::arrow_columns::{self, LendError, Stored};
use crate::chunk::Chunk;
use crate::error::{Error, Result};
use crate::fault::Fault;
use crate::pieces;
use crate::schema::{DataType, Field, Schema};
use crate::source::{ColumnFacts, Flow, Layout, ReadRequest, Source, SourceFacts, Unit};

/// Batches of one schema.
#[derive(Debug)]
pub(crate) struct RecordBatches {
    name: PathBuf,
    schema: Schema,
    batches: Vec<RecordBatch>,
    /// First row of each batch, and the end.
    starts: Vec<u64>,
}

impl RecordBatches {
    /// Checks that all `batches` have the columns of `schema`.
    pub(crate) fn new(name: &str, schema: &arrow_schema::Schema, batches: Vec<RecordBatch>) -> Result<Self> {
        let types = || schema.fields().iter().map(|field| field.data_type());
        let mut starts = vec![0];
        for (at, batch) in batches.iter().enumerate() {
            if !batch.columns().iter().map(|column| column.data_type()).eq(types()) {
                return Err(Error::Request {
                    path: name.into(),
                    reason: format!("record batch {at} has other columns than the schema"),
                });
            }
            starts.push(starts[at] + batch.num_rows() as u64);
        }
        let fields = schema.fields().iter().map(|field| Field {
            name: field.name().clone(),
            data_type: arrow_columns::data_type(field.data_type()),
        });
        Ok(Self { name: name.into(), schema: Schema { fields: fields.collect() }, batches, starts })
    }

    fn fault(&self, fault: Fault, column: usize, rows: (u64, u64)) -> Error {
        fault.at(&self.name, Some(&self.schema.fields[column].name), Some(rows))
    }
}

impl Source for RecordBatches {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn row_count(&self) -> u64 {
        self.starts[self.starts.len() - 1]
    }

    fn units(&self, columns: &[usize], layout: Layout, unit_rows: u64) -> Vec<Unit> {
        pieces::units(&self.starts, columns, layout, unit_rows, |_| true)
    }

    fn read(
        &self,
        unit: &Unit,
        request: &ReadRequest,
        sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
    ) -> Result<()> {
        for (batch, rows) in pieces::of_unit(&self.starts, unit) {
            let first = self.starts[batch] + rows.start as u64;
            let whole = (self.starts[batch], self.starts[batch + 1]);
            let mut stored = Vec::with_capacity(unit.columns.len());
            for &column in &unit.columns {
                if let DataType::Unsupported(name) = &self.schema.fields[column].data_type {
                    return Err(self.fault(Fault::shown_only(name), column, whole));
                }
                let array = self.batches[batch].column(column);
                stored.push(Stored::Array(array.slice(rows.start, rows.len())));
            }
            let lent = arrow_columns::lend(&stored, 0..rows.len(), first, request.chunk_rows, sink);
            let flow = lent.map_err(|LendError { column, row, reason }| {
                let rows = row.map_or(whole, |row| (first + row, first + row + 1));
                self.fault(Fault::Malformed(reason), unit.columns[column], rows)
            })?;
            if flow.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn null_count(&self, column: usize, _memory_bytes: u64) -> Result<Option<u64>> {
        let nulls = self.batches.iter().map(|batch| match batch.column(column).data_type() {
            Arrow::Null => batch.num_rows(),
            _ => batch.column(column).null_count(),
        });
        Ok(Some(nulls.map(|nulls| nulls as u64).sum()))
    }

    fn facts(&self) -> SourceFacts {
        let columns = (0..self.schema.fields.len()).map(|column| {
            let arrow = self.batches.first().map(|batch| batch.column(column).data_type());
            ColumnFacts {
                held: false,
                mapped: arrow.is_some_and(arrow_columns::is_lent_in_place),
                encoding: arrow.map(arrow_columns::storage_name).unwrap_or_default(),
                null_count: None,
            }
        });
        SourceFacts {
            format: "Arrow record batches".into(),
            file_bytes: self.batches.iter().map(|batch| batch.get_array_memory_size() as u64).sum(),
            parts: self.batches.len(),
            notes: Vec::new(),
            columns: columns.collect(),
        }
    }

    fn verify_unchanged(&self) -> Result<()> {
        Ok(())
    }

    fn path(&self) -> &Path {
        &self.name
    }
}
