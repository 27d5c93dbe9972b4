//! A table of results: typed columns, in memory.

use std::ops::Range;

use arrcalc_datasets::write::{RecordBatch, arrow_schema, record_batch};
use arrcalc_datasets::{Chunk, Column, Field, Schema};

use super::Scalar;
use super::owned_column::OwnedColumn;
use crate::error::Result;

/// Rows of typed columns: what a query answers.
///
/// Values of a column have the type of its field or are null; binary16, dates and ticks keep their own types.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    fields: Vec<Field>,
    columns: Vec<OwnedColumn>,
    rows: usize,
}

impl Table {
    /// An empty table of `fields`.
    pub fn new(fields: Vec<Field>) -> Self {
        let columns = fields.iter().map(|field| OwnedColumn::new(&field.data_type)).collect();
        Self { fields, columns, rows: 0 }
    }

    /// A table of `columns`: one for each field, of its physical type, all as long as the first.
    ///
    /// # Panics
    /// If there are more or fewer columns than fields, or of several lengths.
    pub(crate) fn from_columns(fields: Vec<Field>, columns: Vec<OwnedColumn>) -> Self {
        assert_eq!(columns.len(), fields.len(), "a column for each field");
        let rows = columns.first().map_or(0, |column| column.lend().values.len());
        assert!(columns.iter().all(|column| column.lend().values.len() == rows), "a value for each row");
        Self { fields, columns, rows }
    }

    /// The columns.
    pub(crate) fn into_columns(self) -> Vec<OwnedColumn> {
        self.columns
    }

    /// An empty table of `fields` with room for `rows` rows (of text, for their places).
    pub fn with_capacity(fields: Vec<Field>, rows: usize) -> Self {
        let mut table = Self::new(fields);
        table.columns.iter_mut().for_each(|column| column.reserve(rows));
        table
    }

    /// Names and types of the columns.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Number of rows.
    pub fn row_count(&self) -> usize {
        self.rows
    }

    /// Appends `rows` rows of `columns`: one for each field, of its physical type or null.
    ///
    /// # Panics
    /// If a column has another type.
    pub fn extend(&mut self, columns: &[Column<'_>], rows: usize) {
        assert_eq!(columns.len(), self.columns.len(), "a row has a value for each field");
        self.columns.iter_mut().zip(columns).for_each(|(mine, column)| mine.extend(column));
        self.rows += rows;
    }

    /// Appends a row: one value for each field, of its type or null.
    ///
    /// # Panics
    /// If `values` are more or fewer than the fields.
    pub fn push(&mut self, values: &[Scalar]) {
        assert_eq!(values.len(), self.columns.len(), "a row has a value for each field");
        self.columns.iter_mut().zip(values).for_each(|(mine, value)| mine.push(value));
        self.rows += 1;
    }

    /// The value in row `row` of column `column`.
    ///
    /// # Panics
    /// If there is no such row or column.
    pub fn value(&self, row: usize, column: usize) -> Scalar {
        assert!(row < self.rows, "a table has no row past its last");
        self.columns[column].value(&self.fields[column].data_type, row)
    }

    /// The values of row `row`.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row(&self, row: usize) -> Vec<Scalar> {
        (0..self.columns.len()).map(|column| self.value(row, column)).collect()
    }

    /// All rows, lent as a chunk.
    pub fn lend(&self) -> Chunk<'_> {
        let columns = self.columns.iter().map(OwnedColumn::lend).collect();
        Chunk { first_row: 0, row_count: self.rows, columns }
    }

    /// The rows `rows`, lent as a chunk.
    ///
    /// # Panics
    /// If they end past the table.
    pub fn lend_rows(&self, rows: Range<usize>) -> Chunk<'_> {
        let columns = self.columns.iter().map(|column| column.lend().slice(rows.clone())).collect();
        Chunk { first_row: rows.start as u64, row_count: rows.len(), columns }
    }

    /// All rows as one Arrow record batch: what DataFusion, Ballista or any other user of the `arrow` crates takes.
    ///
    /// Every column may have nulls; text is `utf8`. Cost: a copy of the rows.
    ///
    /// # Errors
    /// A value that Arrow's type cannot hold: a `time[s]` past 24 hours, more than 2 GiB of text in a column.
    ///
    /// ```
    /// use arrcalc::datasets::Dataset;
    /// use arrcalc::{Engine, Query, QueryText};
    ///
    /// let x = [1.0, 2.0, 4.0];
    /// let dataset = Dataset::from_arrays(vec![("x".to_owned(), (&x[..]).into())])?;
    /// let text = QueryText { select: "sum(x) as s".into(), ..QueryText::default() };
    /// let batch = Engine::new().run(&Query::parse(&dataset, &text)?)?.record_batch()?;
    /// assert_eq!((batch.num_rows(), batch.schema().field(0).name().as_str()), (1, "s"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn record_batch(&self) -> Result<RecordBatch> {
        let schema = arrow_schema(&Schema { fields: self.fields.clone() })?;
        Ok(record_batch(&schema, &self.lend())?)
    }

    /// The rows `rows`, in that order, as a table of their own.
    ///
    /// # Panics
    /// If one of them is past the last.
    pub fn take(&self, rows: &[usize]) -> Self {
        let columns = self.columns.iter().map(|column| column.take(rows)).collect();
        Self { fields: self.fields.clone(), columns, rows: rows.len() }
    }

    /// Bytes of memory that it takes.
    pub fn memory_bytes(&self) -> usize {
        self.columns.iter().map(OwnedColumn::memory_bytes).sum()
    }
}

#[cfg(test)]
mod tests {
    use arrcalc_datasets::DataType;

    use super::*;

    #[test]
    fn rows_come_back_as_they_went_in() {
        let field = |name: &str, data_type| Field { name: name.into(), data_type };
        let fields = vec![
            field("id", DataType::Int64),
            field("say", DataType::String),
            field("yes", DataType::Bool),
            field("x", DataType::Float32),
            field("d", DataType::Date),
        ];
        let rows: Vec<Vec<Scalar>> = (0..100i64)
            .map(|row| {
                let or_null = |value: Scalar, modulus| if row % modulus == 0 { Scalar::Null } else { value };
                vec![
                    or_null(Scalar::Integer(row.into()), 7),
                    or_null(Scalar::Text("é".repeat(row as usize % 4)), 3),
                    or_null(Scalar::Bool(row % 2 == 0), 5),
                    or_null(Scalar::Float32(row as f32 / 3.0), 11),
                    or_null(Scalar::Date(row - 50), 13),
                ]
            })
            .collect();
        let mut table = Table::new(fields.clone());
        rows.iter().for_each(|row| table.push(row));
        // A copy by chunks at odd places, and back to front by single rows.
        let mut copy = Table::new(fields);
        for part in [0..1, 1..10, 10..10, 10..73, 73..100] {
            copy.extend(&table.lend_rows(part.clone()).columns, part.len());
        }
        let backwards: Vec<usize> = (0..100).rev().collect();
        let reversed = table.take(&backwards);
        for (row, expected) in rows.iter().enumerate() {
            assert_eq!(&table.row(row), expected);
            assert_eq!(&copy.row(row), expected);
            assert_eq!(&reversed.row(99 - row), expected);
        }
        assert!(table.memory_bytes() > 100 * (8 + 8 + 4 + 4));
    }
}
