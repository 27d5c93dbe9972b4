//! Columns that are made, not read: each value a function of seed, column and row, so that any unit can be made by
//! anyone, in any order, with the same bits.

mod column;
mod generator;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use arrcalc_kernels::Level;
use arrcalc_kernels::random::Philox;

use self::column::{Buffer, GeneratedColumn};
pub use self::generator::{Choices, Generator};
use crate::chunk::Chunk;
use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::schema::{Field, Schema};
use crate::source::{ColumnFacts, Flow, Layout, ReadRequest, Source, SourceFacts, Unit};

impl Dataset<'static> {
    /// A table of `row_count` rows that are made when they are read.
    ///
    /// Column `j` takes row `i` from word `i` of the Philox stream of `seed` that starts `j * 2^128` blocks on (NumPy's
    /// `jumped(j)`), so that adding a column changes no other. Its nulls are drawn from the stream `2^63 + j` jumps on.
    ///
    /// # Errors
    /// `Error::Request` where a column's parameters make no sense.
    ///
    /// ```
    /// use arrcalc_datasets::{Dataset, Generator};
    /// let columns = [("id".into(), Generator::Row), ("x".into(), Generator::Uniform { low: 0.0, high: 1.0 })];
    /// let table = Dataset::generated(&columns, 1_000_000, 42)?;
    /// assert_eq!(table.row_count(), 1_000_000);
    /// # Ok::<(), arrcalc_datasets::Error>(())
    /// ```
    pub fn generated(columns: &[(String, Generator)], row_count: u64, seed: u64) -> Result<Self> {
        let path = PathBuf::from("generate");
        let philox = Philox::from(seed);
        let mut made: Vec<GeneratedColumn> = Vec::with_capacity(columns.len());
        for (name, generator) in columns {
            let column = GeneratedColumn::new(generator, &philox, columns, &made).map_err(|reason| {
                Error::Request { path: path.clone(), reason: format!("column '{name}': {reason}") }
            })?;
            made.push(column);
        }
        let field = |(name, generator): &(String, Generator)| Field {
            name: name.clone(),
            data_type: generator.data_type(),
        };
        let schema = Schema { fields: columns.iter().map(field).collect() };
        let source = GeneratedSource { path, schema, columns: made, row_count, level: Level::detect() };
        Self::from_sources(vec![Box::new(source)])
    }
}

#[derive(Debug)]
struct GeneratedSource {
    path: PathBuf,
    schema: Schema,
    columns: Vec<GeneratedColumn>,
    row_count: u64,
    level: Level,
}

/// Units at most: rows can be more than any list of units has room for.
const UNITS_MAX: u64 = 1 << 17;

impl Source for GeneratedSource {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn row_count(&self) -> u64 {
        self.row_count
    }

    fn units(&self, columns: &[usize], layout: Layout, unit_rows: u64) -> Vec<Unit> {
        let unit_rows = unit_rows.max(1).max(self.row_count.div_ceil(UNITS_MAX));
        let groups: Vec<Vec<usize>> = match layout {
            Layout::Together => vec![columns.to_vec()],
            Layout::Apart => columns.iter().map(|&column| vec![column]).collect(),
        };
        let mut units = Vec::new();
        for part in 0..self.row_count.div_ceil(unit_rows) {
            let start = part * unit_rows;
            let rows = start..self.row_count.min(start.saturating_add(unit_rows));
            for columns in &groups {
                units.push(Unit {
                    source: 0,
                    part: part as usize,
                    rows: rows.clone(),
                    columns: columns.clone(),
                });
            }
        }
        units
    }

    fn read(
        &self,
        unit: &Unit,
        request: &ReadRequest,
        sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
    ) -> Result<()> {
        let columns: Vec<&GeneratedColumn> =
            unit.columns.iter().map(|&column| &self.columns[column]).collect();
        let texts: Vec<Vec<&str>> = columns.iter().map(|column| column.texts()).collect();
        let mut buffers: Vec<Buffer> = columns.iter().map(|_| Buffer::default()).collect();
        let mut first = unit.rows.start;
        while first < unit.rows.end {
            let len = (unit.rows.end - first).min(request.chunk_rows.max(1) as u64) as usize;
            for (column, buffer) in columns.iter().zip(&mut buffers) {
                column.fill(self.level, first, len, buffer);
            }
            let lent = columns.iter().zip(&buffers).zip(&texts);
            let columns = lent.map(|((column, buffer), texts)| column.lend(buffer, texts, len)).collect();
            if sink(&Chunk { first_row: first, row_count: len, columns }).is_break() {
                break;
            }
            first += len as u64;
        }
        Ok(())
    }

    fn facts(&self) -> SourceFacts {
        let facts = |column: &GeneratedColumn| ColumnFacts {
            held: false,
            mapped: true,
            encoding: "generated".into(),
            null_count: (!column.has_nulls()).then_some(0),
        };
        SourceFacts {
            format: "generated".into(),
            columns: self.columns.iter().map(facts).collect(),
            parts: 1,
            ..SourceFacts::default()
        }
    }

    fn verify_unchanged(&self) -> Result<()> {
        Ok(())
    }

    fn path(&self) -> &Path {
        &self.path
    }
}
