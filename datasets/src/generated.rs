//! Columns that are made, not read: each value a function of seed, column and row, so that any unit can be made by
//! anyone, in any order, with the same bits.

use std::path::{Path, PathBuf};

use arrcalc_kernels::Level;
use arrcalc_kernels::random::{Philox, fill_doubles, fill_integers, fill_normals};

use crate::chunk::{Chunk, Column, Values};
use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::schema::{DataType, Field, Schema};
use crate::source::{ColumnFacts, Flow, Layout, ReadRequest, Source, SourceFacts, Unit};

/// What a generated column holds.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Generator {
    /// The row: 0, 1, 2, ...
    Row,
    /// 64-bit words: in the first column those of NumPy's `Philox(seed)`.
    Raw,
    /// Doubles: `low + (high - low) * u`, where the first column's `u` are NumPy's `Generator(Philox(seed)).random()`.
    Uniform {
        /// The lowest value.
        low: f64,
        /// Above the highest value.
        high: f64,
    },
    /// Integers, without bias.
    Integers {
        /// The lowest value.
        low: i64,
        /// One above the highest value.
        high: i64,
    },
    /// Normally distributed doubles.
    Normal {
        /// Their mean.
        mean: f64,
        /// Their standard deviation.
        std: f64,
    },
}

impl Generator {
    fn data_type(self) -> DataType {
        match self {
            Generator::Row | Generator::Integers { .. } => DataType::Int64,
            Generator::Raw => DataType::UInt64,
            Generator::Uniform { .. } | Generator::Normal { .. } => DataType::Float64,
        }
    }

    /// What is wrong with the parameters, if anything.
    fn fault(self) -> Option<String> {
        match self {
            Generator::Uniform { low, high } if !(low <= high && (high - low).is_finite()) => {
                Some(format!("uniform({low}, {high}): the bounds must be finite and in order"))
            }
            Generator::Integers { low, high } if low >= high => {
                Some(format!("integers({low}, {high}): the upper bound must be above the lower one"))
            }
            Generator::Normal { mean, std } if !(mean.is_finite() && std.is_finite() && std >= 0.0) => Some(
                format!("normal({mean}, {std}): mean and deviation must be finite, the latter not negative"),
            ),
            _ => None,
        }
    }
}

impl Dataset<'static> {
    /// A table of `row_count` rows that are made when they are read.
    ///
    /// Column `j` takes row `i` from word `i` of the Philox stream of `seed` that starts `j * 2^128` blocks on (NumPy's
    /// `jumped(j)`), so that adding a column changes no other.
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
        if let Some(reason) = columns.iter().find_map(|(_, generator)| generator.fault()) {
            return Err(Error::Request { path, reason });
        }
        let field = |(name, generator): &(String, Generator)| Field {
            name: name.clone(),
            data_type: generator.data_type(),
        };
        let schema = Schema { fields: columns.iter().map(field).collect() };
        let generators = columns.iter().map(|&(_, generator)| generator).collect();
        let source = GeneratedSource {
            path,
            schema,
            generators,
            row_count,
            philox: Philox::from(seed),
            level: Level::detect(),
        };
        Self::from_sources(vec![Box::new(source)])
    }
}

#[derive(Debug)]
struct GeneratedSource {
    path: PathBuf,
    schema: Schema,
    generators: Vec<Generator>,
    row_count: u64,
    philox: Philox,
    level: Level,
}

/// A column's values between filling and lending; the buffer is reused from chunk to chunk.
#[derive(Debug)]
enum Buffer {
    Signed(Vec<i64>),
    Unsigned(Vec<u64>),
    Float(Vec<f64>),
}

impl Buffer {
    fn new(generator: Generator) -> Self {
        match generator.data_type() {
            DataType::Float64 => Buffer::Float(Vec::new()),
            DataType::UInt64 => Buffer::Unsigned(Vec::new()),
            _ => Buffer::Signed(Vec::new()),
        }
    }

    fn values(&self) -> Values<'_> {
        match self {
            Buffer::Signed(values) => Values::Int64(values),
            Buffer::Unsigned(values) => Values::UInt64(values),
            Buffer::Float(values) => Values::Float64(values),
        }
    }
}

impl GeneratedSource {
    /// Fills `buffer` with rows `first..first + len` of column `index`.
    fn fill(&self, index: usize, first: u64, len: usize, buffer: &mut Buffer) {
        let philox = self.philox.jumped(index as u64);
        match (self.generators[index], buffer) {
            (Generator::Row, Buffer::Signed(out)) => {
                out.clear();
                out.extend((first..first + len as u64).map(|row| row as i64));
            }
            (Generator::Raw, Buffer::Unsigned(out)) => {
                out.resize(len, 0);
                philox.fill(self.level, first, out);
            }
            (Generator::Uniform { low, high }, Buffer::Float(out)) => {
                out.resize(len, 0.0);
                fill_doubles(self.level, &philox, first, out);
                let width = high - low;
                if (low, high) != (0.0, 1.0) {
                    out.iter_mut().for_each(|value| *value = low + width * *value);
                }
            }
            (Generator::Integers { low, high }, Buffer::Signed(out)) => {
                out.resize(len, 0);
                fill_integers(self.level, &philox, first, low, high, out);
            }
            (Generator::Normal { mean, std }, Buffer::Float(out)) => {
                out.resize(len, 0.0);
                fill_normals(self.level, &philox, first, out);
                if (mean, std) != (0.0, 1.0) {
                    out.iter_mut().for_each(|value| *value = mean + std * *value);
                }
            }
            (generator, _) => unreachable!("the buffer was made for {generator:?}"),
        }
    }
}

impl Source for GeneratedSource {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn row_count(&self) -> u64 {
        self.row_count
    }

    fn units(&self, columns: &[usize], layout: Layout, unit_rows: u64) -> Vec<Unit> {
        let unit_rows = unit_rows.max(1);
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
        let mut buffers: Vec<Buffer> =
            unit.columns.iter().map(|&column| Buffer::new(self.generators[column])).collect();
        let mut first = unit.rows.start;
        while first < unit.rows.end {
            let len = (unit.rows.end - first).min(request.chunk_rows.max(1) as u64) as usize;
            for (&column, buffer) in unit.columns.iter().zip(&mut buffers) {
                self.fill(column, first, len, buffer);
            }
            let columns =
                buffers.iter().map(|buffer| Column { values: buffer.values(), validity: None }).collect();
            if sink(&Chunk { first_row: first, row_count: len, columns }).is_break() {
                break;
            }
            first += len as u64;
        }
        Ok(())
    }

    fn facts(&self) -> SourceFacts {
        let column = ColumnFacts { mapped: true, encoding: "generated".into(), null_count: Some(0) };
        SourceFacts {
            format: "generated".into(),
            columns: vec![column; self.generators.len()],
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

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Dataset<'static> {
        let columns = [
            ("row".to_string(), Generator::Row),
            ("word".to_string(), Generator::Raw),
            ("u".to_string(), Generator::Uniform { low: -1.0, high: 3.0 }),
            ("k".to_string(), Generator::Integers { low: -5, high: 6 }),
            ("z".to_string(), Generator::Normal { mean: 10.0, std: 2.0 }),
        ];
        Dataset::generated(&columns, 10_000, 7).unwrap()
    }

    /// Every value of every column, as bits.
    fn bits(layout: Layout, unit_rows: u64, chunk_rows: usize) -> Vec<Vec<u64>> {
        let table = table();
        let mut found = vec![vec![0; 10_000]; 5];
        for unit in table.units(&[0, 1, 2, 3, 4], layout, unit_rows) {
            table
                .read(&unit, &ReadRequest { chunk_rows, memory_bytes: 1 << 20 }, &mut |chunk| {
                    for (column, &index) in chunk.columns.iter().zip(&unit.columns) {
                        let bits: Vec<u64> = match column.values {
                            Values::Int64(values) => values.iter().map(|&value| value as u64).collect(),
                            Values::UInt64(values) => values.to_vec(),
                            Values::Float64(values) => values.iter().map(|value| value.to_bits()).collect(),
                            ref other => panic!("{other:?}"),
                        };
                        let first = chunk.first_row as usize;
                        found[index][first..first + chunk.row_count].copy_from_slice(&bits);
                    }
                    Flow::Continue(())
                })
                .unwrap();
        }
        found
    }

    #[test]
    fn every_value_is_a_function_of_its_row_whatever_the_cut() {
        let whole = bits(Layout::Together, 100_000, 100_000);
        assert_eq!(whole[0][9_999], 9_999);
        assert!(whole[3].iter().all(|&value| (-5..6).contains(&(value as i64))));
        assert!(whole[2].iter().all(|&value| (-1.0..3.0).contains(&f64::from_bits(value))));
        for (layout, unit_rows, chunk_rows) in
            [(Layout::Apart, 1_000, 64), (Layout::Together, 777, 1_000), (Layout::Apart, 1, 1)]
        {
            assert_eq!(bits(layout, unit_rows, chunk_rows), whole);
        }
    }

    #[test]
    fn senseless_parameters_are_refused() {
        for generator in [
            Generator::Uniform { low: 1.0, high: 0.0 },
            Generator::Uniform { low: f64::MIN, high: f64::MAX },
            Generator::Integers { low: 3, high: 3 },
            Generator::Normal { mean: 0.0, std: -1.0 },
            Generator::Normal { mean: f64::NAN, std: 1.0 },
        ] {
            assert!(Dataset::generated(&[("x".into(), generator)], 1, 0).is_err(), "{generator:?}");
        }
    }
}
